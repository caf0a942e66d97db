"""Evaluates the career-development programmes of civil servants (ASN), from an office's own files to a report.

``import karier_stats as ks`` is a map; what it names loads when it is first used.

- ``ks.open_evaluation``: the processed tables of one evaluation, for one year and one population.
- ``ks.compare``, ``ks.regress``, ``ks.reliability``, ``ks.agreement``: data in, a frozen result with a tidy table out.
- ``ks.slopes``, ``ks.every_way``, ``ks.split_halves``: a regression with what may be concluded from it, asked in every way.
- ``ks.compare_units``: units side by side without a league table.
- ``ks.raters``: whether several raters of the same people agree.
- ``ks.shortfall``, ``ks.allocate``: a need beside the money for it, and which offered places close most of it.
- ``ks.power``: the one number of a plan that is left out: effect, people, units or power.
- ``ks.sensitivity``, ``ks.specifications``: how strong a confounder must be to undo a result; all ways to ask at once.
- ``ks.show``: an answer as picture, table and words; ``ks.close``: what the chapter was computed from.
- ``ks.guard_parameters``: the first cell of a notebook; refuses parameters that the notebook does not know.
"""

from __future__ import annotations

import ast
import importlib
from pathlib import Path
from typing import Any

__version__ = "0.1.0"

_PLACES = {
    one.name: line.module
    for line in ast.parse(Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8")).body
    if isinstance(line, ast.ImportFrom) and line.module for one in line.names
}
"""The module of each public name, as the stub has it, which editors and type checkers read too."""

__all__ = sorted(_PLACES)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    """A public name, loaded where it lies and kept (PEP 562).

    Raises
    ------
    AttributeError
        There is no such name; the message has all that there are.
    """
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has: {', '.join(__all__)}")
    found = getattr(importlib.import_module(_PLACES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """The public names, for completion in JupyterLab."""
    return [*__all__, "__version__"]
