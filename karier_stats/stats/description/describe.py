"""``shares``, ``means``, ``medians``, ``totals``: what a table says of everybody, of groups and along years.

Each takes a table and gives a frozen :class:`Description`. A view's table carries in ``attrs`` what its columns' codes
are called, which files lie behind it and the level of its intervals; a plain table needs none of that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd

from karier_stats.errors import StatisticsError
from karier_stats.stats.columns import about_of, having, labels_of, level_of, listed, measured, read, refuse_absent, takes
from karier_stats.stats.columns import share as inside
from karier_stats.stats.numerics import shares as counts
from karier_stats.stats.numerics.estimate import NAN, Estimate, Valued
from karier_stats.stats.numerics.planning import Lines, price_of_hour
from karier_stats.stats.picture import NAMELESS, Drawn, Picture, PictureKind, labelled
from karier_stats.stats.results import Tabled, TableRow, named
from karier_stats.words import Joined, Phrase
from karier_stats.words.catalogue import column_of, label_of
from karier_stats.words.numbers import Text

Kind = Literal["share", "mean", "median", "quantile", "deviation", "total", "ratio"]
Measured = tuple[Estimate, "int | None", int]
"""A value, what is counted (None where nothing is), and of how many."""
Measure = Callable[[pd.DataFrame, float], Measured]
COUNTED = "_counted"
"""Column that says of a row whether it has what is counted."""


@dataclass(frozen=True)
class Row(Valued):
    """One number with its interval and what it counts.

    ``by`` and ``code`` are column and value of the group, empty for everybody; ``part`` the category whose share this is, where
    every category of a column has one; ``over`` the place on a line, such as a year. ``value`` is in the unit of the column
    (shares 0-1); ``k`` people or rows are counted, None for means and medians, of ``n`` that could be; ``lots`` they come in,
    None where they come singly.
    """

    by: str
    code: str
    part: str
    over: Any
    value: Estimate
    k: int | None
    n: int
    lots: int | None = None

    @property
    def name(self) -> str:
        """What tells this row from its neighbours: its category, else its group."""
        return self.part or self.code

    @property
    def place(self) -> str:
        """Its group, category and place on a line, as a term of a table has them: ``grade=III,2025``."""
        parts = (f"{self.by}={self.code}" if self.code else "", self.part, "" if self.over is None else str(self.over))
        return ",".join(part for part in parts if part)


@dataclass(frozen=True, eq=False, repr=False)
class Description(Drawn, Tabled):
    """What a describing verb found.

    ``kind`` is the number that was taken (:data:`Kind`), ``of`` the column described. ``whole`` has everybody: one row, or one
    for each category; ``groups`` those of each breakdown in the order of their codes, and of each point of ``over``;
    ``about`` is what the view says of its table (``names`` of codes by column, ``tables``, ``coverage``, ``of_people``),
    ``verb`` has the keywords of the call, by which words are chosen, ``data`` is the table described. ``focus`` is the group
    or category that a question asks about, or ``lowest``; empty for the largest.
    """

    kind: Kind
    of: str
    whole: tuple[Row, ...]
    groups: tuple[Row, ...]
    about: Mapping[str, Any]
    verb: Mapping[str, Any]
    level: float
    data: pd.DataFrame = field(repr=False)
    focus: str = ""

    @property
    def row(self) -> Row:
        """Everybody."""
        return self.whole[0]

    @property
    def rows(self) -> tuple[Row, ...]:
        """The groups, or the categories of everybody where no groups were asked for."""
        return self.groups or (self.whole if len(self.whole) > 1 or self.whole[0].part else ())

    @property
    def n(self) -> int:
        """People or rows described."""
        return sum(row.n for row in self.whole) if self.kind == "total" else self.whole[0].n

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def told(self) -> Row:
        """The row that a finding speaks of: the one in focus, else everybody, or of categories the largest."""
        if self.focus == "lowest" and self.groups:
            return min(self.groups, key=lambda row: row.estimate)
        asked = self.find(self.focus) if self.focus else None
        if asked is None and (self.groups or not self.rows):
            return self.row
        return asked or self.ranked()[0]

    def find(self, name: str) -> Row | None:
        """The row of one group or category; None where it has none."""
        return next((row for row in self.rows if name in (row.part, row.code)), None)

    def ranked(self) -> list[Row]:
        """The rows from the largest on; equals by their codes."""
        return sorted(self.rows, key=lambda row: (-row.estimate, row.code, row.part))

    def apart(self, side: Literal["below", "above"]) -> list[Row]:
        """Groups whose interval lies wholly on one side of everybody's value."""
        middle = self.row.estimate
        return [row for row in self.groups if (row.high < middle if side == "below" else row.low > middle)]

    def table_rows(self) -> Iterator[TableRow]:
        """Everybody first, then the groups."""
        for row in (*self.whole, *self.groups):
            yield TableRow(named(self.kind, row.place), row.method, row.value, row.n, row.lots)

    def shape(self, kind: PictureKind | None = None) -> PictureKind:
        """The kind of its picture, where none is asked for: ``lines`` along ``over``, ``stacked`` where groups have categories."""
        if kind is not None:
            return kind
        if any(row.over is not None for row in self):
            return "lines"
        return "stacked" if any(row.part and row.code for row in self) else "intervals"

    def drawn(self, row: Row, kind: PictureKind, label: Text, n: int | None) -> dict[str, Any]:
        """One of its rows in the columns that a kind of picture reads (:class:`~karier_stats.stats.picture.Picture`).

        ``label`` is what the row is called, ``n`` the people behind it, None where it rests on none.
        """
        names, low, high = self.about.get("names", {}), row.low, row.high
        if kind == "matrix":
            column = label_of(names, str(self.verb["over"]), row.over)
            return {**labelled("row", label), **labelled("column", column), "value": row.estimate, "n": n}
        if kind == "lines":
            return {"x": row.over, "value": row.estimate, "n": n, "low": low, "high": high, **labelled("group", label)}
        if kind == "stacked":
            part = labelled("part", label_of(names, self.of, row.part))
            return {**labelled("label", label), **part, "value": row.estimate, "n": n}
        value = "value" if kind == "bars" else "estimate"
        return {**labelled("label", label), value: row.estimate, "low": low, "high": high, "n": n}

    def picture(self) -> Picture:
        """Its rows: along ``over`` as lines, categories of groups as parts of bars, totals as bars, others with their ranges."""
        rows = [row for row in self.rows or self.whole if np.isfinite(row.estimate)]
        kind = self.shape()
        kind = "bars" if self.kind == "total" and kind != "lines" else kind
        names, several = self.about.get("names", {}), len({row.by for row in rows}) > 1
        labels = [
            Joined(column_of(row.by) if several else None, label_of(names, row.by, row.code),
                   None if kind == "stacked" else label_of(names, self.of, row.part), mark=": ")
            if row.name else Phrase("stats.everybody") for row in rows
        ]
        data = pd.DataFrame([self.drawn(row, kind, label, row.n) for row, label in zip(rows, labels, strict=True)])
        whole = self.kind == "total" and all(row.estimate == round(row.estimate) for row in rows)
        of = column_of(self.of) if self.of else Phrase("stats.rows")
        x, y = (column_of(self.verb["over"]), of) if kind == "lines" else (of, NAMELESS)
        return Picture(kind, data, NAMELESS, x, y, self.n, digits=2 if self.kind == "ratio" else 1,
                       value_format="percent" if self.kind == "share" else "integer" if whole else "number")


@takes("of", "by", "over", "per", "cluster", "frequency", numeric=("frequency",))
def shares(
    data: pd.DataFrame, *, of: str, value: Any = None, by: str | Sequence[str] | None = None, over: str | None = None,
    per: str | None = None, cluster: str | None = None, least: int = 0, frequency: str | None = None,
    simultaneous: bool = False, census: bool = False, level: float | None = None,
) -> Description:
    """Which share of people (or rows) has something.

    Parameters
    ----------
    data : DataFrame
    of : str
        A column of yes and no, or of categories: then every category (of pandas' own kind also one that nobody has) has
        its share, or ``value`` alone.
    value : object or sequence, optional
        The category that counts; of several each has its own share.
    by : str or sequence of str, optional
        Columns that group the rows; several give separate breakdowns, not crossed ones.
    over : str, optional
        A column to go along, such as the year; the groups of ``by`` are then told at each of its values.
    per : str, optional
        The person behind several rows: everybody counts once, and once for each category that they chose; in the lot of
        the first row.
    cluster : str, optional
        Rows that come in lots, such as the places of one batch: the wider of Wilson's interval and that of the ratio
        over lots.
    least : int
        Fewest lots that give an interval.
    frequency : str, optional
        A column that says for how many people or rows each row stands, where the table is counted already.
    simultaneous : bool
        The intervals of the groups of a breakdown hold all at once (Bonferroni).
    census : bool
        Everybody was counted: no interval.
    level : float, optional
        Default: the view's, else 0.95.

    Raises
    ------
    StatisticsError
        K317 (``per`` with ``frequency``, or one below zero), K340 (column absent), K349 (level).

    Notes
    -----
    Wilson's score interval (:func:`karier_stats.stats.numerics.shares.wilson`); over lots the linearised ratio with
    ``t(lots - 1)``. Rows without ``of`` are left out.
    """
    def measure(rows: pd.DataFrame, at: float) -> Measured:
        value, k, n = share_of(rows, per, cluster, at, frequency)
        counted = census or (cluster is not None and rows[cluster].nunique() < least)
        return value.alone if counted else value, k, n

    if per is not None and frequency is not None:
        raise StatisticsError("K317", name="frequency", value=frequency, rule="per = None")
    _refuse_below_zero(data, frequency)
    marked, parts = _marked(having(data, cluster, frequency), of, value)
    call = {"verb": "shares", "of": of, "value": value, "by": by, "over": over, "per": per, "census": census,
            "cluster": cluster, "least": least, "frequency": frequency, "simultaneous": simultaneous}
    return _described("share", marked, measure, call, parts, level, simultaneous)


@takes("of", "by", "over", "cluster", numeric=("of",))
def means(
    data: pd.DataFrame, *, of: str, by: str | Sequence[str] | None = None, over: str | None = None,
    cluster: str | None = None, census: bool = False, level: float | None = None,
) -> Description:
    """The mean of a column, of everybody and of groups, with Student's interval; arguments as in :func:`shares`.

    Notes
    -----
    With ``cluster`` the mean is the ratio of two totals over lots, with ``t(lots - 1)``.
    """
    def measure(rows: pd.DataFrame, at: float) -> Measured:
        found = counts.mean(rows[of], at) if cluster is None else _over_lots(rows, of, cluster, at)
        return found.alone if census else found, None, len(rows)

    call = {"verb": "means", "of": of, "by": by, "over": over, "census": census, "cluster": cluster}
    return _described("mean", having(data[data[of].notna()], cluster), measure, call, level=level)


@takes("of", "by", "over", numeric=("of",))
def medians(
    data: pd.DataFrame, *, of: str, by: str | Sequence[str] | None = None, over: str | None = None, at: float = 0.5,
    level: float | None = None,
) -> Description:
    """The median of a column, of everybody and of groups, between two order statistics; arguments as in :func:`shares`.

    ``at`` names another quantile, such as 0.25, which comes without an interval; K317 where it is none.
    """
    inside("at", at)

    def measure(rows: pd.DataFrame, sure: float) -> Measured:
        found = counts.median(rows[of], sure) if at == 0.5 else Estimate(float(rows[of].quantile(at)), level=sure)
        return found, None, len(rows)

    kind: Kind = "median" if at == 0.5 else "quantile"
    return _described(kind, data[data[of].notna()], measure, {"verb": "medians", "of": of, "by": by, "over": over}, level=level)


@takes("of", "by", numeric=("of",))
def deviations(data: pd.DataFrame, *, of: str, by: str | Sequence[str] | None = None) -> Description:
    """The standard deviation of a column, of everybody and of groups, without an interval."""
    def measure(rows: pd.DataFrame, at: float) -> Measured:
        return Estimate(float(rows[of].std()), level=at), None, len(rows)

    return _described("deviation", data[data[of].notna()], measure, {"verb": "deviations", "of": of, "by": by})


def summary(
    data: pd.DataFrame, *, of: str, by: str | Sequence[str], share: str | Sequence[str] = (), mean: str | Sequence[str] = (),
) -> dict[str, Description]:
    """Mean, median and quartiles of a column by group, and shares and means of further ones, side by side for a table.

    Returns
    -------
    dict
        ``mean``, ``median``, ``lower``, ``upper``, and each column of ``share`` and ``mean`` under its name.
    """
    return {
        "mean": means(data, of=of, by=by), "median": medians(data, of=of, by=by),
        "lower": medians(data, of=of, by=by, at=0.25), "upper": medians(data, of=of, by=by, at=0.75),
        **{name: shares(data, of=name, by=by) for name in listed(share)},
        **{name: means(data, of=name, by=by) for name in listed(mean)},
    }


@takes("of", "by", "over", "frequency", numeric=("frequency",))
def totals(
    data: pd.DataFrame, *, of: str | None = None, by: str | Sequence[str] | None = None, over: str | None = None,
    share: bool = False, frequency: str | None = None,
) -> Description:
    """The sum of a column, or the number of rows without one: counted, so without an interval.

    Of a column of categories, how many rows have each of them, also of those that nobody has. With ``share`` the part
    of everybody's total, 0-1; ``frequency`` as in :func:`shares`.
    """
    call = {"verb": "totals", "of": of, "by": by, "over": over, "frequency": frequency}
    data = having(data, frequency)
    if of is not None and not (pd.api.types.is_numeric_dtype(data[of].dtype) or data.empty):
        return _counted(data, of, frequency, call)
    data = data if of is None else data.assign(**{of: measured(data[of], "of")})
    rows = data if of is None else data[data[of].notna()]
    summed = of or frequency

    def total(rows: pd.DataFrame) -> float:
        return float(len(rows) if summed is None else rows[summed].astype(float).sum())

    def measure(rows: pd.DataFrame, at: float) -> Measured:
        value = total(rows) / whole if share and whole else total(rows)
        return Estimate(value, level=at), None, _people(data if share else rows, frequency)

    whole = total(data) if share else 1.0
    return _described("total", rows, measure, call)


def _counted(data: pd.DataFrame, of: str, frequency: str | None, call: Mapping[str, Any]) -> Description:
    """How many rows have each category of a column, those of its list that nobody has too."""
    marked, parts = _marked(data, of, list({**data.attrs.get("names", {}).get(of, {}), **dict.fromkeys(data[of].dropna())}))

    def measure(rows: pd.DataFrame, at: float) -> Measured:
        found = rows[rows[COUNTED]]
        total = len(found) if frequency is None else found[frequency].sum()
        return Estimate(float(total), level=at), None, _people(found, frequency)

    return _described("total", marked, measure, call, parts)


@takes("of", "to", "by", "among", "weight", numeric=("of", "to", "weight"))
def ratios(
    data: pd.DataFrame, *, of: str, to: str, by: str | Sequence[str] | None = None, among: str | None = None,
    weight: str | None = None, census: bool = False, level: float | None = None, seed: int | None = None,
) -> Description:
    """One total over another, such as money spent over learning hours, of everybody and of groups.

    Parameters
    ----------
    data : DataFrame
        Rows with ``of`` and with ``to`` above 0.
    of, to : str
        Columns of amounts.
    by : str or sequence of str, optional
        As in :func:`shares`.
    among : str, optional
        Column of kinds: everybody's value is then the mean of the ratios of the kinds, so that no kind with a large
        ``to`` decides it.
    weight : str, optional
        What each row counts in that mean, such as its people; rows count alike where one has none.
    census : bool
        Everything was counted: no interval.
    level, seed : optional
        Default: the view's, else 0.95 and 0.

    Raises
    ------
    StatisticsError
        K317: ``to`` below zero. K340, K345: columns that are absent, or not of numbers.

    Notes
    -----
    :func:`karier_stats.stats.numerics.shares.ratio` on the log scale; with ``among``
    :func:`karier_stats.stats.numerics.planning.price_of_hour`, by resampling the rows.
    """
    def measure(rows: pd.DataFrame, at: float) -> Measured:
        found = counts.ratio(rows[of], rows[to], at, positive=True)
        return found.alone if census else found, None, len(rows)

    call = {"verb": "ratios", "of": of, "to": to, "by": by, "among": among, "weight": weight, "census": census}
    _refuse_below_zero(data, to)
    found = _described("ratio", having(data[data[of].notna()], to, among), measure, call, level=level)
    if among is None:
        return found
    value = price_of_hour(lines_of(found), found.level, data.attrs.get("seed", 0) if seed is None else seed)
    return replace(found, whole=(replace(found.row, value=value),))


def lines_of(price: Description) -> Lines:
    """The rows behind :func:`ratios` as lines of a price: of one kind where none were named."""
    rows, call = price.data, price.verb
    weight, kind = (call.get(name) for name in ("weight", "among"))
    weights = np.full(len(rows), np.nan) if weight is None else rows[weight].to_numpy(dtype=float, na_value=np.nan)
    return Lines.of(rows[call["of"]], rows[call["to"]], weights, [""] * len(rows) if kind is None else rows[kind].astype(str))


@takes("of", "by", "over")
def distinct(
    data: pd.DataFrame, *, of: str | Sequence[str], by: str | Sequence[str] | None = None, over: str | None = None,
) -> tuple[Description, ...]:
    """How many different values each of several columns has, such as people, batches and courses: counted."""
    def measure(rows: pd.DataFrame, at: float, name: str) -> Measured:
        return Estimate(float(rows[name].nunique()), level=at), None, _people(rows)

    return tuple(_described("total", data[data[name].notna()], partial(measure, name=name),
                            {"verb": "distinct", "of": name, "by": by, "over": over}) for name in listed(of))


def _described(
    kind: Kind, rows: pd.DataFrame, measure: Measure, call: Mapping[str, Any], parts: Sequence[str] = (),
    level: float | None = None, simultaneous: bool = False,
) -> Description:
    """Everybody and every group of a verb's ``call``, each measured once, or once for each of some categories."""
    of, over, per, cluster = call["of"] or "", *(call.get(name) for name in ("over", "per", "cluster"))
    columns = listed(call.get("among") or call.get("by"))
    at, names = level_of(rows, level), rows.attrs.get("names", {})
    categories = code_order(parts, names.get(of, {})) or [""]
    # Every group copies what it is given: only the columns that are used, and the person behind the rows.
    person = rows.attrs.get("person")
    used = {of, over, per, cluster, call.get("to"), call.get("frequency"), COUNTED, person, *columns}
    lean = rows[[name for name in rows if name in used]]
    lean.attrs = {"person": person}

    def made(lot: pd.DataFrame, by: str, code: str, place: Any, sure: float) -> Iterator[Row]:
        for part in categories:  # of no rows: nothing counted, and no interval
            marked = lot.assign(**{COUNTED: lot[COUNTED] == part}) if parts else lot
            value, k, n = measure(marked, sure)
            yield Row(by, code, part, place, value, k, n, None if cluster is None else int(lot[cluster].nunique()))

    groups: list[Row] = []
    for column in columns or ([""] if over else []):
        lots = list(_lots(lean, column, over, names))
        sure = 1 - (1 - at) / len(lots) if simultaneous and lots else at
        groups += [row for code, place, lot in lots for row in made(lot, column, code, place, sure)]
    whole = tuple(made(lean, "", "", None, at))
    return Description(kind, of, whole, tuple(groups), about_of(rows), call, at, rows)


def _lots(
    rows: pd.DataFrame, column: str, over: str | None, names: Mapping[str, Mapping[str, Any]],
) -> Iterator[tuple[str, Any, pd.DataFrame]]:
    """Rows of each group, in the order of the code list, at each place."""
    places = [None] if over is None else code_order(list(rows[over].dropna().unique()), names.get(over, {}))
    lots: dict[Any, Any] = {"": slice(None)} if not column else rows.groupby(rows[column].astype("string"), sort=False).indices
    for code in code_order(list(lots), names.get(column, {})):
        inside = rows.iloc[lots[code]]
        for place in places:
            lot = inside if over is None else inside[(inside[over] == place).fillna(False)]
            if len(lot):
                yield code, place, lot


def code_order(codes: Sequence[str], names: Mapping[str, Any]) -> list[str]:
    """Codes in the order of their list; those outside it come last by name."""
    rank = {code: place for place, code in enumerate(names)}
    return sorted(codes, key=lambda code: (rank.get(code, len(rank)), code))


def _marked(data: pd.DataFrame, of: str, value: Any) -> tuple[pd.DataFrame, list[str]]:
    """Rows with a column ``COUNTED``, whether each counts; or its category, and the categories that have a share of their own."""
    rows = data[data[of].notna()]
    if value is not None and not isinstance(value, list | tuple):
        counted = np.asarray((rows[of] == value).fillna(False).astype(bool))
        labels = None if counted.any() else labels_of(rows[of])
        if labels is not None and (label := labels.find(value)) is not None:  # a code as text, or the other way round
            counted = labels.codes == labels.order.index(label)
        return rows.assign(**{COUNTED: counted}), []
    if value is None and pd.api.types.is_bool_dtype(rows[of].dtype):
        return rows.assign(**{COUNTED: rows[of].astype(bool)}), []
    told = read(rows[of]).astype(str)
    known = rows[of].cat.categories if isinstance(rows[of].dtype, pd.CategoricalDtype) else sorted(told.unique())
    parts = [str(one) for one in (known if value is None else value)]
    return rows.assign(**{COUNTED: told if parts else False}), parts


def _people(rows: pd.DataFrame, frequency: str | None = None) -> int:
    """People behind rows, where they are counted or the view names their column; else the number of rows."""
    if frequency is not None:
        return int(rows[frequency].sum())
    person = rows.attrs.get("person")
    return len(rows) if person is None else int(rows[person].nunique())


def _over_lots(rows: pd.DataFrame, of: str, cluster: str, level: float, frequency: str | None = None) -> Estimate:
    times = rows[frequency].astype(float) if frequency else 1.0  # people or rows that each row stands for
    sums = rows[[cluster]].assign(top=rows[of].astype(float) * times, bottom=times).groupby(cluster, sort=False).sum()
    return counts.ratio(sums["top"], sums["bottom"], level)


def share_of(
    rows: pd.DataFrame, per: str | None, cluster: str | None, level: float, frequency: str | None,
) -> tuple[Estimate, int, int]:
    """The share of people, or of rows, that are ``COUNTED``, how many these are, and of how many."""
    if per is not None:
        rows = rows.groupby(per, sort=False).agg({COUNTED: "any", **({cluster: "first"} if cluster else {})})
    k, n = (int(rows[COUNTED].sum()), len(rows)) if frequency is None else (
        int(rows.loc[rows[COUNTED], frequency].sum()), int(rows[frequency].sum()))
    plain = counts.share(k, n, level)
    if cluster is None:
        return plain, k, n
    spread = _over_lots(rows, COUNTED, cluster, level, frequency)

    def bounds(at: float) -> tuple[float, float]:
        ends = plain.interval(at), spread.interval(at)
        low, high = float(np.fmin(ends[0][0], ends[1][0])), float(np.fmax(ends[0][1], ends[1][1]))
        return (NAN, NAN) if low <= 0 and high >= 1 else (max(low, 0.0), min(high, 1.0))

    return Estimate(plain.value, bounds=bounds, level=level, method="wider"), k, n


@dataclass(frozen=True, eq=False, repr=False)
class Inequality(Tabled):
    """What ``inequality`` found.

    ``row`` is Gini's coefficient with its interval, ``held`` the share of the total that the tenth of people with most hold;
    ``curves`` are Lorenz curves: ``group``, ``x`` (percent of people, least first), ``value`` (share of the total), ``n``.
    """

    of: str
    row: Row
    held: float
    curves: pd.DataFrame
    about: Mapping[str, Any]

    @property
    def verb(self) -> dict[str, str]:
        """The keywords of the call, by which words are chosen."""
        return {"verb": "inequality", "of": self.of}

    @property
    def n(self) -> int:
        """People."""
        return self.row.n

    def __len__(self) -> int:
        return len(self.curves)

    def table_rows(self) -> list[TableRow]:
        """Gini's coefficient."""
        return [TableRow("gini", self.row.method, self.row.value, self.n)]


@takes("of", numeric=("of",))
def inequality(
    data: pd.DataFrame, *, of: str, beside: Mapping[str, pd.DataFrame] | None = None, level: float | None = None,
) -> Inequality:
    """Gini's coefficient of a column of amounts, and its Lorenz curve beside those of other tables.

    Parameters
    ----------
    data : DataFrame
        One row per person; zeros count, those without an amount do not.
    of : str
        The column of amounts.
    beside : mapping of str to DataFrame, optional
        Further tables whose curves are drawn, by what they are called; empty ones are left out.
    level : float, optional
        Default: the view's, else 0.95.

    Raises
    ------
    StatisticsError
        K317: amounts below zero, of which no share of the total is held. K340, K345: no such column, or not of numbers.

    Notes
    -----
    :func:`karier_stats.stats.numerics.shares.gini`: jackknife interval.
    """
    at, data = level_of(data, level), having(data, of)
    drawn = {"": data, **{name: _amounts(table, of) for name, table in (beside or {}).items()}}
    for table in drawn.values():
        _refuse_below_zero(table, of)
    total = float(data[of].sum())
    row = Row("", "", "", None, counts.gini(data[of], at), None, len(data) if total else 0)
    curves = []
    for name, table in drawn.items():
        if len(table) and table[of].sum() > 0:
            people, held = counts.lorenz(table[of])
            percent = (100 * people).round().astype(int)
            curves.append(pd.DataFrame({"group": name, "x": percent, "value": held, "n": len(table)}))
    even = curves[0].assign(value=curves[0]["x"] / 100, group="even") if curves else pd.DataFrame()
    return Inequality(of, row, counts.top_share(data[of]) if total else float("nan"),
                      pd.concat([*curves, even], ignore_index=True), about_of(data))


def _refuse_below_zero(data: pd.DataFrame, *columns: str | None) -> None:
    """Raise K317 where an amount is below zero."""
    for name in columns:
        if name is not None and (data[name] < 0).any():
            raise StatisticsError("K317", name=name, value="< 0", rule=f"{name} >= 0")


def _amounts(data: pd.DataFrame, of: str) -> pd.DataFrame:
    """The rows of a further table that have an amount."""
    refuse_absent(data, [("of", of)])
    return data.assign(**{of: measured(data[of], "of")}).dropna(subset=[of])
