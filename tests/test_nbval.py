"""Every chapter run again by nbval against its executed copy of a small fixed district."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests import notebooks

ROOT = Path(__file__).parents[1]
RUN = "import sys, pytest; from karier_stats.report import forking; forking.fork_kernels(); sys.exit(pytest.main(sys.argv[1:]))"
"""The report's room first: it spares whoever reads notebooks a grammar that takes seconds, and kernels their imports."""
PLUGIN = f"""import pytest

@pytest.hookimpl
def pytest_collection_modifyitems(items):
    for item in items:
        item.parent.skip_compare = (*item.parent.skip_compare, {notebooks.RECORD_MIME!r})
"""


def sources(path: Path) -> list[str]:
    """The cells of a notebook without those of parameters that papermill puts in."""
    cells = nbformat.read(path, as_version=4).cells
    return [cell.source for cell in cells if "injected-parameters" not in cell.metadata.get("tags", [])]


@pytest.mark.parametrize("chapter", notebooks.CHAPTERS)
def test_the_copy_is_of_the_chapter_as_it_stands(chapter: str) -> None:
    """Where this fails: ``python -m tests.notebooks``."""
    assert sources(notebooks.HERE / f"{chapter}.ipynb") == sources(notebooks.CHAPTER_FOLDER / f"{chapter}.ipynb")


def test_nbval_sees_the_same_outputs(tmp_path: Path) -> None:
    """Every output of every chapter, hashes and versions aside."""
    environment = notebooks.write_project(tmp_path / "proyek")
    (tmp_path / "leave_records_out.py").write_text(PLUGIN, encoding="utf-8")
    environment["PYTHONPATH"] = f"{ROOT}:{tmp_path}"
    done = subprocess.run(
        [sys.executable, "-c", RUN, "--nbval", "--nbval-cell-timeout", "120", "--nbval-sanitize-with",
         notebooks.HERE / "sanitize.cfg", "-p", "leave_records_out", "-p", "no:cacheprovider", notebooks.HERE],
        env=environment, cwd=ROOT, capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "passed" in done.stdout
