"""The data and the words of one picture, of a result or of a report; ``karier_stats.draw`` draws it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from karier_stats.words.numbers import LANGUAGES, Text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

PictureKind = Literal["intervals", "bars", "stacked", "lines", "change", "units", "matrix", "bridge", "sides", "options"]


@dataclass(frozen=True)
class Picture:
    """The data of one figure; ``draw`` draws it.

    ``data`` by ``kind`` (``label_id``/``label_en`` are text columns):

    - ``intervals``: label_id, label_en, estimate, low, high [, n, tone, group_id, group_en]: points with their ranges, one row
      each. The groups of one label share a row; where every label belongs to one group, groups are headings. A dot is full
      where its range leaves out ``reference``, a vertical line.
    - ``bars``: label_id, label_en, value [, low, high, n, tone, highlight (bool)]: horizontal bars; ``reference`` as above.
    - ``stacked``: label_id, label_en, part_id, part_en, value, n: bars cut in parts, parts in order of appearance.
    - ``lines``: x (numbers to scale, else days or words in order), value, group_id, group_en [, low, high, highlight, n]: one
      line per group over x.
    - ``change``: before, after [, arm_id, arm_en, later_0, ...]: one row per person; lines (to 300) or density beside the
      distribution of the change. ``data.attrs`` may hold names of later ``waves`` and of ordered ``levels``, and by arm
      the ``change`` (mean, low, high) at its ``level``, or what is ``told`` in place of the mean.
    - ``units``: label_id, label_en, x, y [, n, y_low, y_high, far_low, far_high, tone, named (bool)]: one point per unit;
      ``line`` = (intercept, slope), which ``against`` names.
    - ``matrix``: row_id, row_en, column_id, column_en, value, n: shaded cells; one that is absent is empty, one hidden says so.
    - ``sides``: as ``stacked``, with two parts: two bars from the middle.
    - ``options``: estimate, highlight (bool), group_id, group_en, and one column of booleans for each option: one row per
      estimate, above the options that it rests on.
    - ``bridge``: label_id, label_en, value [, level (bool), tone]: levels from nought (without ``level`` the first row), and
      the parts that lead from one to the next.
    """

    kind: PictureKind
    data: pd.DataFrame
    title: Text
    x: Text
    y: Text
    n: int
    """People behind it; nought where nobody is counted."""
    value_format: Literal["number", "percent", "points", "rupiah", "integer"] = "number"
    digits: int = 1
    reference: float | None = None
    line: tuple[float, float] | None = None
    note: Text | None = None
    against: Text | None = None
    """What the reference is, in words."""
    ranked: bool = True
    """False where rows must not be read as a ranking: words name no highest and no lowest row, no value ends a line."""


class Drawn:
    """What has a picture of its own."""

    def picture(self) -> Picture:
        """What its picture shows."""
        raise NotImplementedError

    def plot(self, ax: Axes | None = None, lang: str = "id", **shown: Any) -> Axes:
        """Draw the picture, on axes or in a figure of its own, in "id" or "en"; nothing is computed here.

        ``shown`` is what :meth:`picture` asks, such as ``names`` of units.
        """
        from karier_stats.draw import plot

        return plot(self.picture(**shown), lang, ax)


def alike(name: str) -> Text:
    """A name that is the same in every language, such as that of a column."""
    return dict.fromkeys(LANGUAGES, name)


NAMELESS = alike("")


def labelled(column: str, text: Text) -> dict[str, str]:
    """One text in the columns that pictures and tables read, ``<column>_id`` and ``<column>_en``."""
    return {f"{column}_{lang}": text[lang] for lang in LANGUAGES}


def worded(column: str, texts: Iterable[Text]) -> dict[str, list[str]]:
    """The same of the texts of all rows."""
    told = list(texts)
    return {f"{column}_{lang}": [text[lang] for text in told] for lang in LANGUAGES}
