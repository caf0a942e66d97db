"""The door of a notebook that papermill runs by itself: parameters that the notebook does not know are refused.

papermill writes what it is given into a cell of its own, names unchecked, as Python text: an unknown name would run to the
end on the default, and a name that is code would run as code. The first cell of every notebook therefore calls
:func:`guard_parameters`, and papermill's cell is read before it runs.
"""

from __future__ import annotations

import ast
import builtins
import io
import tokenize
from typing import Any

from karier_stats.report.request import check_names, check_type

INJECTED = "# Parameters"
"""First line of the cell that papermill writes."""

_TYPES = {"str": str, "int": int, "float": float}


def guard_parameters() -> None:
    """Refuse, from here on in this kernel, a cell of parameters that the notebook does not declare.

    The cell with the notebook's own parameters (annotated assignments and nothing else) says which names and types there
    are; papermill's cell may assign plain values to those names and do nothing else.

    Raises
    ------
    InputError
        From papermill's cell, before it runs: K230 for a name that is not
        declared or is no name, K231 for a value of another type.

    Notes
    -----
    Outside a Jupyter kernel there is nothing to guard. A value that has the
    right type and no meaning (a unit that does not exist) is refused by
    ``open_evaluation``.
    """
    shell = getattr(builtins, "get_ipython", lambda: None)()
    if shell is not None:
        transforms = shell.input_transformers_cleanup
        transforms[:] = [_Door(), *(one for one in transforms if not isinstance(one, _Door))]


class _Door:
    """An input transformer of IPython that changes nothing and reads each cell before it runs."""

    def __init__(self) -> None:
        self.declared: dict[str, str] = {}

    def __call__(self, lines: list[str]) -> list[str]:
        """Learn the declared parameters from their cell; check papermill's against them."""
        source = "".join(lines)
        if source.startswith(INJECTED):
            check_injected(source, self.declared)
        else:
            self.declared = declared_in(source) or self.declared
        return lines


def declared_in(source: str) -> dict[str, str]:
    """Names and types of a cell that holds annotated assignments only; none of any other cell."""
    found: dict[str, str] = {}
    for statement in _statements(source) or ():
        if not (isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value):
            return {}
        found[statement.target.id] = ast.unparse(statement.annotation)
    return found


def check_injected(source: str, declared: dict[str, str]) -> None:
    """Refuse a cell of papermill's that does more than give declared parameters a value of their type.

    K230 for the first name that is not declared, or is more than a name; K231 for the first value of another type.
    """
    statements, tokens = _statements(source), tokenize.generate_tokens(io.StringIO(source).readline)
    if statements is None or sum(token.type == tokenize.COMMENT for token in tokens) > 1:
        check_names(["?"], declared)  # a name that is no Python, or hides behind a comment sign
    for statement in statements or ():
        name, value = _assigned(statement)
        check_names([name], declared)
        check_type(name, value, _TYPES.get(declared[name], object))


def _statements(source: str) -> list[ast.stmt] | None:
    """The statements of a cell; None where it is no plain Python."""
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _assigned(statement: ast.stmt) -> tuple[str, Any]:
    """The name and the plain value of an assignment; anything else as a text that is no name."""
    text = ast.unparse(statement)
    if not (isinstance(statement, ast.Assign) and len(statement.targets) == 1):
        return text, None
    target, value = statement.targets[0], statement.value
    if isinstance(value, ast.Call) and ast.unparse(value) in ("float('nan')", "float('inf')", "float('-inf')"):
        return ast.unparse(target), float(value.args[0].value)  # type: ignore[attr-defined]
    try:
        return ast.unparse(target), ast.literal_eval(value)
    except ValueError:
        return text, None
