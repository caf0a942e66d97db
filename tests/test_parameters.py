"""The door of a notebook: what plain papermill injects is refused before it runs, unless the notebook knows it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest
import tiny_report
from click.testing import CliRunner
from papermill import cli as command
from papermill.translators import PythonTranslator

from karier_stats.errors import InputError
from karier_stats.report import forking
from karier_stats.report.parameters import check_injected, declared_in
from karier_stats.report.request import TYPES

ROOT = Path(__file__).parents[1]
DECLARED = declared_in(tiny_report.PARAMETERS)
HOSTILE = 'x=1\nopen("pwned","w").write("x")\ny'


def injected(parameters: Mapping[str, Any]) -> None:
    """Check the cell that papermill would write for these parameters."""
    check_injected(PythonTranslator.codify(parameters), DECLARED)


def test_the_declared_parameters_are_read_from_their_cell() -> None:
    """Names and types as the notebook states them; a cell that does anything else declares nothing."""
    assert {name: kind.__name__ for name, kind in TYPES.items()} == DECLARED
    assert declared_in("import karier_stats as ks\nunit: str = 'semua'") == {}
    assert declared_in("unit: str") == {}
    assert declared_in("%matplotlib inline") == {}


@pytest.mark.parametrize("parameters", [
    {}, {"unit": "U2", "period": 2025, "level": 0.9, "seed": 7}, {"level": 1}, {"level": float("nan")},
    {"level": float("-inf")}, {"unit": 'a"\n# b\\'}, {"unit": "x=1; y"}, {"unit": "# c"}, {"unit": ""},
])
def test_known_names_with_values_of_their_type_pass(parameters: dict[str, Any]) -> None:
    """Whatever a value says, it is only a value."""
    injected(parameters)


@pytest.mark.parametrize(("parameters", "code"), [
    ({"unitt": "U2"}, "K230"), ({"Unit": "U2"}, "K230"), ({"unit ": "U2", "x": 1}, "K230"), ({HOSTILE: 1}, "K230"),
    ({"unit": "U2", HOSTILE: 1}, "K230"), ({"unit = period": 1}, "K230"), ({"unit, period": [1, 2]}, "K230"),
    ({"unit: str": "U2"}, "K230"), ({"#unit": "U2"}, "K230"), ({"unit = 'U2' #": 1}, "K230"), ({"": 1}, "K230"),
    ({"!touch pwned\nunit": 1}, "K230"), ({"%%bash\nunit": 1}, "K230"), ({"unit[0]": 1}, "K230"), ({"a\0b": 1}, "K230"),
    ({"import os\nunit": "U2"}, "K230"), ({"unit = open('pwned', 'w') or": "U2"}, "K230"), ({"(unit := 1) or x": 1}, "K230"),
    ({"unit": 14}, "K231"), ({"period": "2025"}, "K231"), ({"period": 2025.0}, "K231"), ({"period": True}, "K231"),
    ({"level": "0.9"}, "K231"), ({"seed": None}, "K231"), ({"unit": ["U1", "U2"]}, "K231"), ({"lang": {"a": 1}}, "K231"),
])
def test_every_other_cell_is_refused(parameters: dict[str, Any], code: str) -> None:
    """Unknown names, names that are code, and values of another type, each with its code."""
    with pytest.raises(InputError) as caught:
        injected(parameters)
    assert caught.value.code == code
    assert "\n" not in caught.value.message("id")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of four people whose notebook shows a figure, that is: leaves a file when it gets that far."""
    root = tiny_report.write_project(tmp_path_factory.mktemp("proyek"))
    committed = nbformat.read(ROOT / "notebooks" / "needs.ipynb", as_version=4)
    door, parameters, opening = [cell for cell in committed.cells if cell.cell_type == "code"][:3]
    shown = nbformat.v4.new_code_cell("open('shown', 'w').write(ev.unit)")
    nbformat.write(tiny_report.notebook(door, parameters, opening, shown), root / "a.ipynb")
    return root


def papermill(project: Path, *arguments: str) -> tuple[int, str, set[str]]:
    """Exit code, words, and the files that papermill's own command leaves beside its output; its kernel is forked."""
    for name in ("shown", "pwned"):
        (project / name).unlink(missing_ok=True)
    forking.fork_kernels()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"KARIER_HOME": str(project), "PYTHONPATH": str(ROOT), "KARIER_LANG": "en"}.items():
            patch.setenv(name, value)
        patch.chdir(project)
        done = CliRunner().invoke(command.papermill, ["a.ipynb", "out.ipynb", "--no-progress-bar", *arguments])
    return done.exit_code, str(done.exception), {name for name in ("shown", "pwned") if (project / name).exists()}


def test_papermill_itself_with_a_known_parameter(project: Path) -> None:
    """The door lets through what the notebook declares; the positive control of the refusals."""
    code, words, left = papermill(project, "-p", "unit", "U2")
    assert (code, left) == (0, {"shown"}), words
    assert (project / "shown").read_text() == "U2"


@pytest.mark.parametrize(("arguments", "code"), [
    (("-p", "unitt", "U2"), "K230 The parameter `unitt` is not known. The nearest is: unit."),
    (("-p", "unit", "14"), "K231 The parameter `unit` must be of type str, not int."),
    (("-p", HOSTILE, "1"), "K230"),
])
def test_papermill_itself_with_what_the_notebook_does_not_know(
    project: Path, arguments: tuple[str, ...], code: str
) -> None:
    """No figure is shown, no code of a name has run, and the message says which parameter it is."""
    exit_code, words, left = papermill(project, *arguments)
    assert exit_code != 0
    assert code in words
    assert left == set()
