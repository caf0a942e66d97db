"""The rules that the chapter notebooks keep, read from their JSON."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from karier_stats.report.request import analysis, changed_notebooks

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
CHAPTERS = (
    "data_quality", "needs", "delivery", "participation", "outcomes", "feedback", "leadership", "challenges", "synthesis",
)
BESIDE = {"calibration": ("lang: str",), "start": ("folder: str", "answers: str", "lang: str")}
"""Notebooks that are no chapter, with their parameters."""
PARAMETERS = ("evaluation: str", "unit: str", "period: int", "lang: str", "audience: str", "level: float", "seed: int")


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request) -> nbformat.NotebookNode:
    """One committed chapter notebook."""
    return nbformat.read(request.param, as_version=4)


def code(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """The code cells."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook: nbformat.NotebookNode, lang: str) -> list[nbformat.NotebookNode]:
    """The prose cells of one language."""
    return [cell for cell in notebook.cells if f"lang-{lang}" in cell.metadata.get("tags", [])]


def test_every_notebook_is_a_chapter_of_the_report():
    assert {path.stem for path in NOTEBOOKS} <= {*CHAPTERS, *BESIDE}


def test_the_package_knows_its_notebooks_by_what_they_say_and_run(tmp_path):
    assert changed_notebooks(NOTEBOOKS[0].parents[1], CHAPTERS, allowed=False) == []  # `python -m tests.notebooks` lists them
    given = nbformat.read(NOTEBOOKS[-1], as_version=4)
    known, copy = analysis(NOTEBOOKS[-1]), tmp_path / "copy.ipynb"
    cell = code(given)[-1]
    cell.execution_count, cell.outputs = 3, [nbformat.v4.new_output("stream", text="1")]
    nbformat.write(given, copy)
    assert analysis(copy) == known  # run and saved in JupyterLab
    cell.source += " "
    nbformat.write(given, copy)
    assert analysis(copy) != known


def test_valid_and_committed_without_outputs(notebook):
    nbformat.validate(notebook)
    assert all(not cell.outputs and cell.execution_count is None for cell in code(notebook))
    assert notebook.metadata.kernelspec.name == "python3"


def test_one_cell_of_plain_typed_parameters(notebook, request):
    parameters = BESIDE.get(request.node.callspec.params["notebook"].stem, PARAMETERS)
    cells = [cell for cell in code(notebook) if "parameters" in cell.metadata.get("tags", [])]
    assert len(cells) == 1
    lines = cells[0].source.splitlines()
    assert len(lines) == len(parameters)
    for line, wanted in zip(lines, parameters, strict=True):
        assert re.fullmatch(rf"{wanted} = [^=|#]+  # .+", line), line


def test_cells_are_short_and_define_nothing(notebook):
    for cell in code(notebook):
        assert len(cell.source.splitlines()) <= 8
        assert not re.search(r"^\s*(def|class|for|while) ", cell.source, re.M)
        assert not re.search(r"[\"'][^\"']*/[^\"']*\.(parquet|csv|json|xlsx)", cell.source)


def test_prose_outweighs_code_and_both_languages_say_the_same_things(notebook):
    indonesian, english = prose(notebook, "id"), prose(notebook, "en")
    assert len(indonesian) + len(english) >= len(code(notebook))
    marks = [[re.findall(r"^#+", cell.source, re.M) for cell in cells] for cells in (indonesian, english)]
    assert marks[0] == marks[1]


def test_every_prose_cell_belongs_to_one_language(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            assert len({"lang-id", "lang-en"} & set(cell.metadata.get("tags", []))) == 1, cell.source[:60]


def test_headings_ask_questions(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            headings = re.findall(r"^#{1,2} (.+)$", cell.source, re.M)
            assert all(heading.rstrip().endswith("?") for heading in headings), headings


def test_no_number_is_typed_into_prose(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"\d+[.,]\d|\d\s?(%|persen|percent)", cell.source), cell.source[:80]


def test_a_chapter_has_between_14_and_30_cells_for_its_reader_beside_a_shared_design(notebook, request):
    """Its reader sees one language: cells of the other do not count."""
    if request.node.callspec.params["notebook"].stem == "start":
        pytest.skip("a form to be filled in, not pages to be read")
    seen = [cell for cell in notebook.cells if not {"remove-cell", "lang-en"} & set(cell.metadata.get("tags", []))]
    designs = [cell for cell in seen if cell.source.startswith("#") and cell.cell_type == "code"]  # one that all questions share
    assert 14 <= len(seen) - len(designs) <= 30 and len(designs) <= 1


def test_the_first_cell_guards_the_parameters_and_stands_before_them(notebook):
    first, second = code(notebook)[:2]
    assert first.source.startswith("import karier_stats as ks\n\nks.guard_parameters()")
    assert first.metadata.tags == ["remove-cell"]
    assert second.metadata.tags == ["parameters"]
