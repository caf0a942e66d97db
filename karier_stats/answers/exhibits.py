"""Pictures and tables from results and the words of their question."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from karier_stats.answers.build import fact, said, unexpected
from karier_stats.answers.facts import facts_of
from karier_stats.answers.record import Field, Picture, Table
from karier_stats.stats.description.contrasts import Gap, Gaps
from karier_stats.stats.description.describe import Description, Inequality, Row
from karier_stats.stats.description.others import Within, Withins
from karier_stats.stats.effect import Refused
from karier_stats.stats.picture import labelled
from karier_stats.words import Phrase, catalogue
from karier_stats.words.catalogue import column_of, label_of
from karier_stats.words.numbers import LANGUAGES, Text


def picture(name: str, result: Any, n: int, facts: Mapping[str, Any]) -> Picture | None:
    """The picture of a result with groups; None where the catalogue has no words for one, or nothing is grouped.

    ``n`` is the number that the question is about. The catalogue's ``picture`` holds ``title``, ``x``, ``y`` and, where
    wanted, ``kind``, ``format``, ``digits``, ``reference`` (a number, a fact, or ``all``: everybody's value) with its name
    (``against``), ``count: k``
    (rows stand for those counted), ``note``, ``most`` (rows shown), ``grouped`` (breakdowns told apart) and ``less`` (of a
    bridge, the groups that are taken off).
    """
    place = f"{name}.picture{getattr(result, 'variant', '')}"
    words = catalogue.node(place, {})
    if not words or isinstance(result, Refused) or (_apart(result) and "groups" not in words):
        return None
    if not (hasattr(result, "shown") or len(result)):
        return None
    kind, data = kind_of(result, words), drawn(result, words, facts)
    empty = "value" in data and kind != "matrix" and not data["value"].fillna(0).any()
    if empty or not len(data):
        return None
    n = result.shown(kind) if hasattr(result, "shown") else n
    reference = words.get("reference")
    if reference == "all":
        reference = result.reference if hasattr(result, "reference") else result.row.estimate
    elif isinstance(reference, str):
        reference = float(fact(reference, facts))
    own = not unexpected(words, result)
    if not own:
        place, facts = f"said.plain.{'lines' if kind == 'lines' else 'picture'}", {**facts, "it": facts_of(result)}
    texts = {part: dict(Phrase(f"{place}.{part}", **facts)) for part in ("title", "x", "y")}
    further = {part: dict(Phrase(f"{place}.{part}", **facts)) for part in ("note", "against") if part in words and own}
    return Picture(
        kind, data.head(words.get("most", len(data))), n=n, digits=words.get("digits", 0), reference=reference,
        value_format=words.get("format", getattr(result, "value_format", "percent")),
        line=result.line if kind == "units" else None, ranked=words.get("ranked", True), **texts, **further,
    )


def pictured(result: Any, n: int) -> int:
    """The number of people under a picture: those of its result; along years, ``n`` of the period."""
    if isinstance(result, Description) and kind_of(result, {}) != "lines":
        return int(result.about.get("people", result.n))
    return n


def kind_of(result: Any, words: Mapping[str, Any]) -> Any:
    """The kind of picture: the catalogue's, else the one that the result has by itself (``shape``), else ``intervals``."""
    return result.shape(words.get("kind")) if hasattr(result, "shape") else words.get("kind", "intervals")


def drawn(result: Any, words: Mapping[str, Any], facts: Mapping[str, Any]) -> pd.DataFrame:
    """The data of a picture, in the columns of its kind (:class:`~karier_stats.answers.record.Picture`)."""
    if hasattr(result, "frame"):
        return named(result.about, result.frame(kind_of(result, words)))
    if isinstance(result, Mapping):
        parts = [(one, Phrase(words["groups"][name]), name not in words.get("less", ())) for name, one in result.items()]
        if words.get("kind") == "lines":
            return pd.DataFrame([_shape(one, row, "lines", label) for one, label, _ in parts for row in one])
        return pd.DataFrame([_whole(one, label, words["kind"], level) for one, label, level in parts if said(one).n])
    kind, names = kind_of(result, words), result.about.get("names", {})
    if isinstance(result, Inequality):
        told = [Phrase(words["groups"].get(group, words["groups"]["now"]), **facts) for group in result.curves["group"]]
        return result.curves.assign(**{f"group_{lang}": [one[lang] for one in told] for lang in LANGUAGES})
    if isinstance(result, Gaps):
        return pd.DataFrame([{
            **labelled("label", label_of(names, gap.one.by, gap.one.code)), "estimate": gap.value.value,
            "low": gap.value.low, "high": gap.value.high, "n": gap.one.n, "least": min(gap.one.n, gap.two.n),
            **labelled("group", column_of(gap.one.by)),
        } for gap in result])
    rows, drawn = result.ranked() if words.get("order") == "value" else result.rows, []
    for row in rows:
        own = _own(result, row)
        label = label_of(names, *own) if own[1] else Phrase("said.everybody")
        group = labelled("group", column_of(row.by)) if words.get("grouped") else {}
        drawn.append({**_codes(result, row), **group, **_shape(result, row, kind, label)})
    data = pd.DataFrame(drawn)
    return data.assign(n=[row.k for row in rows]) if words.get("count") == "k" else data


def named(about: Mapping[Hashable, Any], data: pd.DataFrame) -> pd.DataFrame:
    """Rows by code with the names of their codes beside them, also under the column that ``attrs`` says (``label``).

    A column of texts is parted into its languages.
    """
    names, targets = about.get("names", {}), data.attrs.get("as", {})
    for column in [name for name in data if len(data) and isinstance(data[name].iloc[0], Mapping)]:
        texts = list(data[column])
        data = data.drop(columns=column).assign(**{f"{column}_{lang}": [text[lang] for text in texts] for lang in LANGUAGES})
    for column in [name for name in data if name in names or name in targets]:
        texts = [label_of(names, str(column), code) for code in data[column]]
        data = data.assign(**{f"{targets.get(column, column)}_{lang}": [text[lang] for text in texts] for lang in LANGUAGES})
    return data.drop(columns=targets.get("drop", []))


def _apart(result: Any) -> bool:
    """Whether several results were given under names of their own."""
    return isinstance(result, Mapping) and not hasattr(result, "frame")


def _own(result: Description, row: Row) -> tuple[str, str]:
    """Column and code of a row: its group, or its category where there are no groups."""
    return (result.of, row.part) if row.part and not row.code else (row.by, row.code)


def _whole(result: Any, label: Text, kind: str, level: bool) -> dict[str, Any]:
    """A result as one row of a picture; of a bridge a ``level``, or what leads down from the one before."""
    one = said(result)
    value, low, high = one.value.ends
    n = one.n if one.about.get("of_people", True) else None
    if kind == "bridge":
        return {**labelled("label", label), "value": value if level else -value, "level": level, "n": n}
    return {**labelled("label", label), "value" if kind == "bars" else "estimate": value, "low": low, "high": high, "n": n}


def _codes(result: Description, row: Row) -> dict[str, str]:
    """The codes of a row under their columns' names: what tells it, whatever the language."""
    return {**({row.by: row.code} if row.by else {}), **({result.of: row.part} if row.part else {})}


def _shape(result: Description, row: Row, kind: str, label: Text) -> dict[str, Any]:
    """One row of a description in the columns of a picture of a report.

    ``n`` is left out where the rows are no people: disclosure control asks for people only.
    """
    people = result.about.get("of_people", True)
    if kind == "stacked" and not people:
        label = Phrase("said.in_brackets", label=label, n=row.n)
    shown = result.drawn(row, kind, label, row.n if people or kind == "lines" else None)  # type: ignore[arg-type]
    return {**shown, "highlight": not result.focus or row.name == result.focus} if kind == "bars" else shown


def table(name: str, result: Any, facts: Mapping[str, Any]) -> Table | None:
    """The table of a result; None where the catalogue has no words for one, or there is nothing to tabulate.

    The catalogue's ``table`` holds ``caption`` and ``columns``, in order: for each the words of its ``head`` and, where
    wanted, ``kind``, ``digits`` and what its ``codes`` are called; ``order: value`` puts the largest first; ``rows`` says
    which of a result's frames, or ``facts`` names rows that are each a fact in words of their own; ``count`` names the
    column with the number of people (``n``), ``block`` that whose groups add up.
    """
    place = f"{name}.table{getattr(result, 'variant', '')}"
    words, one = catalogue.node(place, {}), next(iter(result.values())) if _apart(result) else result
    if not words or isinstance(one, Gap | Gaps | Within | Refused):
        return None
    if unexpected(words, result):
        place, facts, words = "said.plain.table", {**facts, "it": facts_of(one)}, catalogue.node("said.plain.table")
    if "facts" in words:  # rows that the catalogue names, each with a fact in words of its own
        told = [[Phrase(f"{place}.facts.{row}.{column}", **facts) for column in ("label", "value")] for row in words["facts"]]
        data = pd.DataFrame([{**labelled("label", label), **labelled("value", value)} for label, value in told])
    else:
        data = tabulated(result, words.get("rows", "rows"))
    if words.get("order") == "value" and len(data):
        data = data.sort_values(["estimate", "code"], ascending=[False, True], kind="stable").reset_index(drop=True)
    if not len(data):
        return None
    if isinstance(result, pd.DataFrame):  # what the table does not name stays out of the record
        named_here = {*words["columns"], words.get("count", "n"), words.get("block")}
        data = data[[name for name in data if name in named_here or str(name)[:-3] in named_here]]
    for column, about in words["columns"].items():
        if "codes" in about:
            data = data.assign(**{f"{column}_{lang}": [about["codes"][code][lang] for code in data[column]] for lang in LANGUAGES})
    fields = tuple(
        Field(column, dict(Phrase(f"{place}.columns.{column}.head", **facts)) if "head" in about
              else dict(Phrase(f"said.column.{column}")), about.get("kind", "text"), about.get("digits", 1))
        for column, about in words["columns"].items() if column in data or f"{column}_id" in data
    )
    return Table(data, fields, dict(Phrase(f"{place}.caption", **facts)), count=words.get("count", "n"),
                 block=words.get("block"))


def tabulated(result: Any, rows: str = "rows") -> pd.DataFrame:
    """Groups as rows: names, counts, estimate and bounds; further results of a mapping as columns of their own.

    Parameters
    ----------
    result : Description, result with a ``frame``, DataFrame, or mapping of these
        Of a mapping the first gives the rows; the others stand beside the row of the same group and place.
    rows : str
        Which of a result's frames.
    """
    if isinstance(result, pd.DataFrame):
        return named(result.attrs, result)
    if hasattr(result, "frame"):
        return named(result.about, result.frame(rows))
    if isinstance(result, Mapping) and any(hasattr(one, "frame") for one in result.values()):
        return pd.concat([tabulated(one, rows) for one in result.values() if hasattr(one, "frame")], ignore_index=True)
    if not isinstance(result, Mapping):
        names, of = result.about.get("names", {}), result.of
        return pd.DataFrame([{
            **_codes(result, row), "code": _own(result, row)[1], "dimension": row.by, "over": _over(row),
            **labelled("dimension", column_of(row.by)), **labelled("label", label_of(names, *_own(result, row))),
            **labelled("part", label_of(names, of, row.part)), "k": row.k, "n": row.n, "estimate": row.estimate, "low": row.low,
            "high": row.high,
        } for row in result])
    first, *others = result.items()
    data = tabulated(first[1])
    if data.empty:
        return data
    data = data.assign(**{str(first[0]): data["estimate"]}, **_largest(data, str(first[0]), first[1]))
    for name, further in others:
        if isinstance(further, pd.DataFrame):
            by, beside = first[1].verb["by"], named(further.attrs, further)
            data = data.merge(beside, how="left", on=by, validate="m:1") if by in list(beside) else data
            continue
        data = data.assign(**_beside(data, name, further), **_largest(data, name, further))
    return data


def _largest(data: pd.DataFrame, name: str, further: Any) -> dict[str, list[float]]:
    """The two largest parts of each row of a sum, of those that its view calls contributors: disclosure control asks for them."""
    contributor = further.about.get("contributor") if isinstance(further, Description) and further.kind == "total" else None
    if contributor is None or not further.of:
        return {}
    parts = further.data.assign(**{further.of: further.data[further.of].astype(float)})
    groups = zip(data["dimension"], data["code"], strict=True)
    behind = [parts[parts[by].astype(str) == code] if by else parts for by, code in groups]
    sums = [lines.groupby(contributor, dropna=False)[further.of].sum().nlargest(2).tolist() for lines in behind]
    return {f"{name}_{which}": [one[place] if place < len(one) else 0.0 for one in sums]
            for place, which in enumerate(("first", "second"))}


def _beside(data: pd.DataFrame, name: str, further: Description | Gaps | Withins) -> dict[str, list[float]]:
    """The columns that a further result gives a table: each value beside the row of its group and place."""
    places: dict[tuple[str, ...], list[int]] = {}
    within = isinstance(further, Gaps | Withins)
    for place, (code, by, over) in enumerate(zip(data["code"], data["dimension"], data["over"], strict=True)):
        places.setdefault((code, by) if within else (code, by, over), []).append(place)
    columns: dict[str, list[float]] = {}
    for one in further.each if isinstance(further, Gaps) else further:
        part = one.part if isinstance(one, Row) and one.code else ""
        group = one.one if isinstance(one, Gap) else one
        at = (one.code or one.part, one.by, _over(one)) if isinstance(one, Row) else (group.code, group.by)
        for column, value in zip([part] if part else [name, f"{name}_low", f"{name}_high"], one.value.ends, strict=False):
            values = columns.setdefault(column, list(data[column]) if column in data else [math.nan] * len(data))
            for place in places.get(at, ()):
                values[place] = value
    return columns


def _over(row: Row) -> str:
    """The place on a line as text; empty without one."""
    return "" if row.over is None else str(row.over)
