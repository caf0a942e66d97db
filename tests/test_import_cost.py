"""``import karier_stats`` is a map: it costs next to nothing and loads no heavy library."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import karier_stats as ks

MOST = 0.25
"""Seconds of CPU more than pandas, as the project promises."""

HEAVY = ("scipy", "statsmodels", "matplotlib", "seaborn", "babel", "openpyxl", "pyarrow", "pandera", "papermill")


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def cpu(module):
    """Least CPU time of three fresh imports, so that a busy machine does not decide."""
    code = f"import time; start = time.process_time(); import pandas, {module}; print(time.process_time() - start)"
    return min(float(run(code)) for _ in range(3))


def test_importing_costs_little_more_than_pandas():
    assert cpu("karier_stats") - cpu("pandas") <= MOST


@pytest.mark.parametrize("code", [
    "import karier_stats",
    "import karier_stats as ks; ks.show; ks.close",
])
def test_no_heavy_library_is_loaded(code):
    loaded = run(f"{code}\nimport sys; print(sorted(set(sys.modules) & set({HEAVY!r})))")
    assert loaded.strip() == "[]"


def test_whoever_reads_notebooks_compiles_no_grammar_of_addresses():
    """jsonschema would, in every process; and what it then checks is in no notebook: a wrong one is still refused."""
    code = (
        "import sys, karier_stats.report, nbformat; print(bool(sys.modules.get('rfc3987_syntax')), 'lark' in sys.modules)\n"
        "nbformat.validate(nbformat.v4.new_notebook())\n"
        "try: nbformat.validate({'nbformat': 4, 'nbformat_minor': 5, 'cells': [], 'metadata': 1})\n"
        "except nbformat.ValidationError: print('refused')"
    )
    assert run(code).split() == ["False", "False", "refused"]


def test_the_map_lists_its_names():
    assert set(dir(ks)) == {*ks.__all__, "__version__"}
    assert {"open_evaluation", "compare", "regress", "reliability", "show", "close", "question"} <= set(dir(ks))


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(AttributeError, match="has no attribute 'summarise'; it has: agreement, allocate, close"):
        ks.summarise


def test_the_version_has_one_place():
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    where = project.get("tool", {}).get("setuptools", {}).get("dynamic", {}).get("version", {})
    assert project["project"].get("version", ks.__version__) == ks.__version__
    assert where.get("attr", "karier_stats.__version__") == "karier_stats.__version__"
