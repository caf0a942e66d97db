"""Who may import whom, and where a heavy library may load."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "karier_stats"
MODULES = sorted(PACKAGE.rglob("*.py"))
HEAVY = {
    "scipy", "statsmodels", "matplotlib", "seaborn", "babel", "openpyxl", "pyarrow", "pandera", "papermill", "nbconvert",
}
TOP = {
    "notebooks", "karier_stats", "data", "reports", "environment.yml", "tests", "README.md", "pyproject.toml",
    "requirements.lock", "Makefile", "run.py", "LICENSE", "CHANGELOG.md", "ASSUMPTIONS.md", ".ci", ".gitignore",
}


def test_the_import_rules_hold():
    linter = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert linter, "import-linter is a test dependency"
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_no_modules_import_each_other_in_a_circle():
    """Imports inside functions count; those of types alone, which never run, do not."""
    from graphlib import TopologicalSorter

    import grimp

    graph = grimp.build_graph("karier_stats", exclude_type_checking_imports=True, cache_dir=None)
    TopologicalSorter({name: graph.find_modules_directly_imported_by(name) for name in graph.modules}).prepare()


def test_pictures_are_drawn_in_one_room():
    """Results and chapters hold data and words; figures and colours are those of ``draw``."""
    drawing = re.compile(r"pyplot|[\"']#[0-9a-f]{6}[\"']")
    rooms = [path for path in MODULES if path.relative_to(PACKAGE).parts[0] in ("stats", "views", "answers", "chapters")]
    assert not [str(path) for path in rooms if drawing.search(path.read_text(encoding="utf-8"))]


def top_level_imports(path: Path) -> set[str]:
    """First names of the modules imported when ``path`` is imported."""
    names: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_heavy_libraries_load_where_they_are_used(path):
    if path.name in ("exporter.py", "vector.py"):
        pytest.skip("a subclass of nbconvert's exporter or of matplotlib's renderer, loaded where a page or a picture is made")
    assert not top_level_imports(path) & HEAVY


def test_no_room_without_a_name():
    assert not [path for path in MODULES if path.stem in ("util", "utils", "helper", "helpers", "misc", "common")]


def test_no_class_has_the_name_of_another():
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in MODULES]
    names = Counter(node.name.lstrip("_") for tree in trees for node in tree.body if isinstance(node, ast.ClassDef))
    assert [name for name, n in names.items() if n > 1] == []


def test_no_module_is_more_than_one_room():
    long = {str(path.relative_to(ROOT)): n for path in MODULES if (n := len(path.read_text().splitlines())) > 700}
    assert not long


def test_nothing_else_at_the_top():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    assert {name.partition("/")[0] for name in listed.stdout.split()} <= TOP


def test_committed_text_names_no_host_of_a_registry_and_no_path_of_a_machine():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    here = (str(ROOT), f"{Path.home()}/", "pypi" + ".org", "python" + "hosted")
    texts = [ROOT / name for name in listed.stdout.split() if not name.endswith((".png", ".csv", ".xlsx", ".woff"))]
    pattern = re.compile("|".join(map(re.escape, here)))
    assert not [str(path) for path in texts if path.exists() and pattern.search(path.read_text(encoding="utf-8"))]


def test_nothing_is_unpickled():
    """Reading a pickle runs whatever its writer wants."""
    for path in MODULES:
        names = {alias.name.partition(".")[0] for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                 if isinstance(node, ast.Import) for alias in node.names}
        names |= {str(node.module).partition(".")[0] for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                  if isinstance(node, ast.ImportFrom)}
        assert not names & {"pickle", "joblib", "dill", "cloudpickle", "shelve", "marshal"}, path
