"""What the picture of a result shows: data and words, for ``karier_stats.draw`` to draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from karier_stats.words.numbers import Text


@dataclass(frozen=True)
class Line:
    """A line of a plane: places (k,) and heights (k,), and the name in its legend, if any.

    ``style`` says what it is: the line that is tested (``trend``), the limits of chance (``limit``, ``far``), two curves
    (``first``, ``second``), a benchmark with its points (``bench``) or the diagonal of equal values (``equal``).
    """

    x: Any
    y: Any
    style: str
    label: Text | str = ""


@dataclass(frozen=True)
class Drawing:
    """What the picture of a result shows, in the words of both languages; ``karier_stats.draw`` draws it.

    Parameters
    ----------
    kind : {"rows", "plane", "options", "change"}
        Rows under one another with their intervals; points and lines on a plane; estimates above the options that each
        rests on; people before and after.
    data : DataFrame or Change
        Of rows: ``label`` (text), ``estimate``, ``ci_low``, ``ci_high``. Of a plane: ``x``, ``y``, ``size`` in square
        points, ``marked`` and, where points are named, ``label``. Of options: ``estimate``, ``seen`` and one column of
        booleans per option. Of people: the comparison.
    x, y : Text or str
        Names of the axes.
    lines : tuple of Line
    reference : float, optional
        Where the dashed line of "nothing happened" stands: across rows, or at this height.
    limits : tuple of float, optional
        Ends of both axes of a plane.
    """

    kind: str
    data: Any
    x: Text | str
    y: Text | str = ""
    lines: tuple[Line, ...] = ()
    reference: float | None = 0.0
    limits: tuple[float, float] | None = None
