"""Findings, pictures and tables from results and the words of their question."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping
from functools import partial, singledispatch
from string import Formatter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from karier_stats.answers import rubric
from karier_stats.answers.facts import facts_of
from karier_stats.answers.phrases import column_of, label_of
from karier_stats.answers.record import Brief, Design, Evidence, Field, Finding, Grade, Picture, Recommendation, Table
from karier_stats.answers.rules import RULES
from karier_stats.answers.slope_facts import margin_of
from karier_stats.answers.verdicts import Measure, is_precise, shown, smallest
from karier_stats.answers.verdicts import margin_of as margin_for
from karier_stats.stats.association.slopes import Slope, Slopes, Units
from karier_stats.stats.change.dealt_out import DealtOut
from karier_stats.stats.change.gains import Gain, Gains
from karier_stats.stats.description.contrasts import Gap, Gaps
from karier_stats.stats.description.decide import Decisions
from karier_stats.stats.description.describe import Description, Row
from karier_stats.stats.description.inequality import Inequality
from karier_stats.stats.description.mismatch import Mismatch
from karier_stats.stats.description.others import Others
from karier_stats.stats.description.within import Within, Withins
from karier_stats.stats.effect import Effect
from karier_stats.stats.numerics.estimate import Estimate
from karier_stats.stats.plan.allocate import Allocation, Trials
from karier_stats.stats.plan.shortfall import Shortfall
from karier_stats.stats.tried import Refused
from karier_stats.words import Phrase, catalogue
from karier_stats.words.numbers import LANGUAGES, Text

if TYPE_CHECKING:
    import pandas as pd


class Said(NamedTuple):
    """What a finding needs of a result."""

    value: Estimate
    n: int
    level: float
    measure: str
    about: Mapping[str, Any]
    n_units: int | None = None
    exact: bool | None = None
    """True for what was counted, which has no interval."""
    design: Design = "descriptive"
    p: float | None = None
    robust: bool = True
    evidence: Evidence | None = None
    """Given where it was weighed already, or where findings are counted and no people."""


def counted(value: float, measure: str, evidence: Evidence | None) -> Said:
    """A number of findings or recommendations: nobody stands behind it, nothing is estimated; no evidence, no finding."""
    return Said(Estimate(float(value)), 0, 0.95, measure, {}, evidence=evidence)


def weighed(result: Shortfall) -> bool:
    """Whether the money wanting is known well enough beside what may be spent."""
    return is_precise(result.value, smallest("money") * result.money)


@singledispatch
def said(result: Any) -> Said:
    """The number that a result's finding speaks of."""
    raise TypeError(f"no finding is made of {type(result).__name__}")


@said.register
def _(result: Description) -> Said:
    row, about = result.told, result.about
    units = len(result.groups) if result.strict or result.verb.get("by") == "unit_id" else None
    units = row.lots if result.verb.get("least") else units
    measure = "share" if result.kind == "share" else result.of
    exact = True if result.kind == "total" or result.verb.get("census") else None
    return Said(row.value, about.get("examined", row.n), row.level, measure, about, units, exact, robust=about.get("robust", True))


@said.register
def _(result: Gap) -> Said:
    measure = "share_difference" if result.one.k is not None else f"{result.verb.get('of', '')}_difference"
    exact = True if result.verb.get("verb") == "totals" else None
    return Said(result.value, result.n, result.level, measure, result.about, exact=exact,
                design=result.design)


@said.register
def _(result: Decisions) -> Said:
    return said(result.result)


@said.register
def _(result: Gaps) -> Said:
    return said(result.plainest) if len(result) else Said(Estimate(float("nan")), 0, 0.95, "share_difference", result.about)


@said.register
def _(result: Mismatch) -> Said:
    margin = smallest("share")
    top = result.top(margin)
    return Said(top.value, result.n, top.level, "share_difference", result.about, robust=result.agrees(top, margin))


@said.register
def _(result: Within) -> Said:
    people = min(result.n_group, result.n - result.n_group)
    return Said(result.value, people, result.value.level, "share_difference", result.about, result.n_units,
                design="adjusted_association", p=result.p_adjusted)


@said.register
def _(result: Inequality) -> Said:
    return Said(result.row.value, result.n, result.row.level, "gini", result.about)


@said.register
def _(result: Effect) -> Said:
    p = result.value.p if math.isfinite(result.value.low) and result.design != "descriptive" else None
    return Said(result.value, result.n, result.level, result.measure, result.about, result.n_units, result.precise,
                result.design, p, result.robust)


@said.register
def _(result: Gains) -> Said:
    """How many gains over comparison people lie above zero."""
    values = [gain.estimate for gain in result.beside]
    told = [is_precise(value, smallest("points")) for value in values]
    return Said(
        Estimate(float(sum(value.low > 0 for value in values)), level=result.roles.level),
        sum(gain.n for gain in result.beside), result.roles.level,
        "courses", result.about, None, sum(told) >= len(told) / 2, "comparison_group",
    )


@said.register
def _(result: Others) -> Said:
    """How many groups are seen to differ."""
    told = [is_precise(row.value, smallest("points")) for row in result.rows]
    seen = Estimate(float(sum(row.seen for row in result.rows)), level=result.level)
    return Said(seen, result.n, result.level, "pairs", result.about, None, sum(told) >= len(told) / 2, "before_after")


@said.register
def _(result: Slope) -> Said:
    margin = margin_of(result)
    precise = result.seen if margin is None else is_precise(result.value, margin)
    p = result.value.p if math.isfinite(result.value.low) else None
    return Said(result.value, result.n, result.level, result.measure, result.about, result.n_units, precise, result.design,
                p, result.robust)


@said.register
def _(result: Slopes) -> Said:
    """The main slope; robust where every way of computing it, or none, sees an association."""
    one = said(result.lead)
    return one._replace(robust=one.robust and result.agree in (0, len(result.ways)))


@said.register
def _(result: Units) -> Said:
    return Said(result.value, result.n, result.level, "unit", result.about, result.n_units, True)


@said.register
def _(result: Refused) -> Said:
    return Said(Estimate(float("nan")), 0, 0.95, "", result.about)


@said.register(Gain)
@said.register(DealtOut)
def _(result: Gain | DealtOut) -> Said:
    return said(result.effect)


@said.register
def _(result: Shortfall) -> Said:
    return said(result.effect)._replace(exact=weighed(result))


@said.register
def _(result: Allocation) -> Said:
    n, robust = result.gap.n if result.total else 0, not result.about["facts"].get("assumed", False)
    return Said(Estimate(result.closed), n, 0.95, "share", result.about, exact=weighed(result.gap), robust=robust)


@said.register
def _(result: Trials) -> Said:
    return said(result.plan)._replace(value=Estimate(result.none))


def about_first(result: Any) -> Any:
    """A result; the first of several."""
    return next(iter(result.values())) if isinstance(result, Mapping) else result


def unexpected(words: Mapping[str, Any], result: Any) -> bool:
    """Whether a result was asked for otherwise than its words expect, so that they could lie.

    ``expect`` in the catalogue names keywords of the call: ``{verb: shares, of: took_part}``.
    """
    if isinstance(result, Mapping):
        return any(unexpected(words, one) for one in result.values())
    if isinstance(result, Gaps):
        return any(unexpected(words, one) for one in result)
    if isinstance(result, Refused) or hasattr(result, "columns"):
        return False  # no call that words could expect
    call = getattr(result, "verb", {})
    return any(_named(call.get(name)) != _named(value) for name, value in words.get("expect", {}).items())


def plain(result: Any) -> str:
    """Which plain words speak of a result: those of its verb, of a comparison those of its kind."""
    return str(result.verb["verb"]) if isinstance(result, Description | Decisions) else type(result).__name__.lower()


def _named(value: Any) -> Any:
    """A keyword as it is compared: one column and a list of one are the same, and so are none and an empty one."""
    return [value] if isinstance(value, str) else list(value or [])


def filtered(result: Any) -> tuple[int, int] | None:
    """Rows described and rows of the view, where some were left out."""
    if not isinstance(result, Description) or "rows" not in result.about:
        return None
    found = int(result.data[result.of].notna().sum()) if result.of in result.data else len(result.data)
    return None if found >= result.about["rows"] else (found, int(result.about["rows"]))


def about_of(result: Any) -> Mapping[str, Any]:
    """What the view behind a result says of its table; of several results, of the first."""
    found: Mapping[str, Any] | None = getattr(result, "about", None)
    if found is None and isinstance(result, Mapping):
        return about_of(next(iter(result.values()), None))
    return found or {}


def known_of(results: Iterable[Any]) -> dict[str, Any]:
    """What the views behind some results know by name; of one name the first counts."""
    facts: dict[str, Any] = {}
    for result in results:
        facts = {**about_of(result).get("facts", {}), **facts}
    return facts


def finding(
    key: str, choice: str, result: Any, facts: Mapping[str, Any], *, id: str, chapter: str, question: Text, number: str = "",
) -> Finding:
    """One statement: its number from the result, its words, unit and advice from the catalogue.

    Parameters
    ----------
    key : str
        Where the part's words stand: ``said`` (or the key under which they do), and where wanted ``refused``, ``measure``,
        ``scale`` (what the number is multiplied by), ``precise`` (width of an interval that is still precise; ``value``: as
        wide as the value is large; ``tenth`` of the scale; the kind of margin that it is judged by; or by choice),
        ``robust`` (for all choices or for some), ``coverage: own`` (the share told is that of those who are in the data),
        ``tables`` (where they are not the view's), ``recommend``.
    choice : str
        Which of several sentences; empty where there is one.
    """
    if unexpected(catalogue.node(key), result):
        key, choice = f"said.plain.{plain(result)}", ""
    words, one = catalogue.node(key), said(result)
    measure = words.get("measure", one.measure)
    place = words["said"] if isinstance(words.get("said"), str) else f"{key}.said"
    place = f"{key}.refused" if isinstance(result, Refused) else ".".join(bit for bit in (place, choice) if bit)
    sentence = Phrase(place, **facts)
    value = one.value.times(words["scale"]) if "scale" in words else one.value
    width = words.get("precise")
    width = width.get(choice) if isinstance(width, Mapping) else value.value if width == "value" else width
    precise = one.exact if width is None or one.exact else told_apart(value, width, one.about.get("scale", (0.0, 1.0)))
    graded = rubric.described if one.design == "descriptive" else partial(rubric.claimed, one.design)
    robust = words.get("robust", one.robust)
    found = Grade(one.evidence) if one.evidence else (graded(
        value, measure, coverage=one.value.value if words.get("coverage") == "own" else one.about.get("coverage", 1.0),
        precise=precise, robust=robust.get(choice, one.robust) if isinstance(robust, Mapping) else robust,
    ) if one.n else Grade("belum_ada_data"))
    reasons = tuple(name for name in found.reasons if name != "counted" or not one.about.get("sampled"))
    return Finding(
        id=id, chapter=chapter, question=dict(question), estimate=value.value, unit_of_measure=measure,
        ci_low=value.low, ci_high=value.high, n=int(one.n), design=one.design, p_value=one.p,
        evidence=found.evidence, reasons=reasons, source_tables=tuple(words.get("tables", one.about.get("tables", ()))),
        sentence={lang: text.rstrip() for lang, text in sentence.items()},
        ci_level=one.level if value.low == value.low else None, n_units=one.n_units,
        recommendation=advice(f"{key}.recommend", choice, facts), of_people=one.about.get("of_people", True), number=number,
        brief=brief(f"{key}.brief", choice, result, facts),
    )


def brief(key: str, choice: str, result: Any, facts: Mapping[str, Any]) -> Brief | None:
    """A finding as the main report tells it, where the catalogue has words for it.

    ``brief`` holds ``message``, ``plain`` and, where wanted, ``condition``: one text each, or by the choice; ``choose``
    names a rule of its own, or ``verdict`` (:func:`~karier_stats.answers.verdicts.shown`). A choice without words of its
    own is told in the annex alone.
    """
    words = catalogue.node(key, {})
    if not words or isinstance(result, Refused):
        return None
    if words.get("choose") == "verdict":
        one = said(result)
        choice = shown(one.value, margin_for(one.measure))
    elif "choose" in words:
        choice = RULES[words["choose"]](result) or ""
    told = {name: worded(f"{key}.{name}", choice, facts) for name in ("message", "plain", "condition") if name in words}
    message, plain = told.get("message"), told.get("plain")
    return Brief(message, plain, told.get("condition")) if message and plain else None


def worded(key: str, choice: str, facts: Mapping[str, Any]) -> dict[str, str] | None:
    """The text under a key, or under a choice of it; None where the choice has none."""
    words = catalogue.node(key)
    place = key if "id" in words else f"{key}.{choice}"
    return {lang: text.rstrip() for lang, text in Phrase(place, **facts).items()} if catalogue.has(place) else None


def nothing(id: str, chapter: str, question: Text, sentence: Text, tables: tuple[str, ...], number: str = "") -> Finding:
    """The finding of a question that cannot be answered."""
    return Finding(
        id=id, chapter=chapter, question=dict(question), estimate=None, unit_of_measure="", ci_low=None, ci_high=None, n=0,
        design="descriptive", evidence="belum_ada_data", source_tables=tables, sentence=dict(sentence), number=number,
    )


def told_apart(value: Estimate, width: bool | float | Measure | Literal["tenth"], scale: tuple[float, float]) -> bool:
    """Whether an interval tells something: at most so wide, or as the catalogue judges it (:func:`finding`)."""
    if isinstance(width, bool):
        return width
    if width == "tenth":
        return bool(value.high - value.low <= 0.1 * (scale[1] - scale[0]))
    return is_precise(value, smallest(width)) if isinstance(width, str) else bool(value.high - value.low <= width)


def advice(key: str, choice: str, facts: Mapping[str, Any]) -> Recommendation | None:
    """What should be done, where the catalogue has it for this choice.

    Beside its four texts the catalogue may give ``lever``, ``subject`` (a fact: which of several things of one lever),
    ``authority``, ``duty``, ``repair``, ``cost`` (a text) and
    ``reach``: the share affected, a number or the name of a fact (``it.row.estimate``); after ``1 -`` those not in it, and
    of two facts (``it.row.rest / main.n``) the first over the second.
    """
    given = catalogue.node(key, {})
    given = given.get(choice, {}) if choice else given
    if not given:
        return None
    place = f"{key}.{choice}" if choice else key
    parts = [name for name in ("action", "owner", "due", "indicator", "cost") if name in given]
    texts: dict[str, Any] = {name: dict(Phrase(f"{place}.{name}", **facts)) for name in parts}
    plain: dict[str, Any] = {name: given[name] for name in ("lever", "authority", "duty", "repair") if name in given}
    if "subject" in given:
        plain["subject"] = str(Formatter().get_field(given["subject"], (), facts)[0])
    return Recommendation(**texts, **plain, share=reach(given.get("reach"), facts))


def reach(told: str | float | None, facts: Mapping[str, Any]) -> float | None:
    """A share affected (0-1): as it stands, or the fact that it names; of two with ``*`` or ``/`` between them so."""
    if not isinstance(told, str):
        return told
    names = told.removeprefix("1 - ")
    parts, *whole = names.split(" / ")
    found = math.prod(float(Formatter().get_field(name, (), facts)[0]) for name in parts.split(" * "))
    found = found / (float(Formatter().get_field(whole[0], (), facts)[0]) or math.nan) if whole else found
    share = 1 - found if names != told else found
    return min(max(share, 0.0), 1.0) if math.isfinite(share) else None


def picture(name: str, result: Any, n: int, facts: Mapping[str, Any]) -> Picture | None:
    """The picture of a result with groups; None where the catalogue has no words for one, or nothing is grouped.

    ``n`` is the number that the question is about. The catalogue's ``picture`` holds ``title``, ``x``, ``y`` and, where
    wanted, ``kind``, ``format``, ``digits``, ``reference`` (a number, a fact, or ``all``: everybody's value), ``count: k``
    (rows stand for those counted), ``note``, ``most`` (rows shown) and ``grouped`` (breakdowns told apart).
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
        reference = float(Formatter().get_field(reference, (), facts)[0])
    own = not unexpected(words, result)
    if not own:
        place, facts = f"said.plain.{'lines' if kind == 'lines' else 'picture'}", {**facts, "it": facts_of(result)}
    texts = {part: dict(Phrase(f"{place}.{part}", **facts)) for part in ("title", "x", "y")}
    note = dict(Phrase(f"{place}.note", **facts)) if "note" in words and own else None
    return Picture(
        kind, data.head(words.get("most", len(data))), n=n, digits=words.get("digits", 0), reference=reference, note=note,
        value_format=words.get("format", getattr(result, "value_format", "percent")),
        line=result.line if kind == "units" else None, ranked=words.get("ranked", True), **texts,
    )


def pictured(result: Any, n: int) -> int:
    """The number of people under a picture: those of its result; along years, ``n`` of the period."""
    if isinstance(result, Description) and kind_of(result, {}) != "lines":
        return int(result.about.get("people", result.n))
    return n


def kind_of(result: Any, words: Mapping[str, Any]) -> Any:
    """The kind of picture: the catalogue's, else by the shape of the result."""
    if hasattr(result, "shape"):
        return result.shape(words.get("kind"))
    if "kind" in words:
        return words["kind"]
    if isinstance(result, Description) and any(row.over is not None for row in result):
        return "lines"
    return "stacked" if isinstance(result, Description) and any(row.part and row.code for row in result) else "intervals"


def drawn(result: Any, words: Mapping[str, Any], facts: Mapping[str, Any]) -> pd.DataFrame:
    """The data of a picture, in the columns of its kind (:class:`~karier_stats.answers.record.Picture`)."""
    import pandas as pd

    if hasattr(result, "frame"):
        return named(result.about, result.frame(kind_of(result, words)))
    if isinstance(result, Mapping):
        parts = [(one, Phrase(words["groups"][name])) for name, one in result.items()]
        if words.get("kind") == "lines":
            return pd.concat([_lines(one, label) for one, label in parts], ignore_index=True)
        return pd.DataFrame([_whole(one, label, words["kind"]) for one, label in parts if said(one).n])
    kind, names = kind_of(result, words), result.about.get("names", {})
    if isinstance(result, Inequality):
        told = [Phrase(words["groups"].get(group, words["groups"]["now"]), **facts) for group in result.curves["group"]]
        return result.curves.assign(**{f"group_{lang}": [one[lang] for one in told] for lang in LANGUAGES})
    if isinstance(result, Gaps):
        return pd.DataFrame([{
            **_labels("label", label_of(names, gap.one.by, gap.one.code)), "estimate": gap.value.value,
            "low": gap.value.low, "high": gap.value.high, "n": min(gap.one.n, gap.two.n),
            **_labels("group", column_of(gap.one.by)),
        } for gap in result])
    rows = result.ranked() if words.get("order") == "value" else result.rows
    data = pd.DataFrame([_drawn_row(result, row, kind, words) for row in rows])
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


def _drawn_row(result: Description, row: Row, kind: str, words: Mapping[str, Any]) -> dict[str, Any]:
    """One row of a picture's data."""
    names = result.about.get("names", {})
    own = _own(result, row)
    label = label_of(names, *own) if own[1] else Phrase("said.everybody")
    group = _labels("group", column_of(row.by)) if words.get("grouped") else {}
    return {**_codes(result, row), **group, **_shape(result, row, kind, label)}


def _apart(result: Any) -> bool:
    """Whether several results were given under names of their own."""
    return isinstance(result, Mapping) and not hasattr(result, "frame")


def _own(result: Description, row: Row) -> tuple[str, str]:
    """Column and code of a row: its group, or its category where there are no groups."""
    return (result.of, row.part) if row.part and not row.code else (row.by, row.code)


def _whole(result: Any, label: Text, kind: str) -> dict[str, Any]:
    """A result as one row of a picture."""
    one = said(result)
    value, low, high = one.value.ends
    return {**_labels("label", label), "value" if kind == "bars" else "estimate": value, "low": low, "high": high,
            "n": one.n if one.about.get("of_people", True) else None}


def _lines(result: Description, label: Text) -> pd.DataFrame:
    """One line of a picture."""
    import pandas as pd

    return pd.DataFrame([_shape(result, row, "lines", label) for row in result])


def _codes(result: Description, row: Row) -> dict[str, str]:
    """The codes of a row under their columns' names: what tells it, whatever the language."""
    return {**({row.by: row.code} if row.by else {}), **({result.of: row.part} if row.part else {})}


def _shape(result: Description, row: Row, kind: str, label: Text) -> dict[str, Any]:
    """The columns that a kind of picture reads."""
    names, people = result.about.get("names", {}), result.about.get("of_people", True)
    n = row.n if people else None
    if kind == "matrix":
        column = label_of(names, str(result.verb["over"]), row.over)
        return {**_labels("row", label), **_labels("column", column), "value": row.estimate, "n": n}
    if kind == "lines":
        return {"x": row.over, "value": row.estimate, "n": row.n, "low": row.low, "high": row.high, **_labels("group", label)}
    if kind == "stacked":
        shown = label if people else Phrase("said.in_brackets", label=label, n=row.n)
        return {**_labels("label", shown), **_labels("part", label_of(names, result.of, row.part)), "value": row.estimate,
                "n": n}
    if kind == "bars":
        return {**_labels("label", label), "value": row.estimate, "low": row.low, "high": row.high, "n": n,
                "highlight": not result.focus or row.name == result.focus}
    return {**_labels("label", label), "estimate": row.estimate, "low": row.low, "high": row.high, "n": n}


def _labels(column: str, text: Text) -> dict[str, str]:
    """One text in the two columns that pictures and tables read."""
    return {f"{column}_{lang}": text[lang] for lang in LANGUAGES}


def table(name: str, result: Any, facts: Mapping[str, Any]) -> Table | None:
    """The table of a result; None where the catalogue has no words for one, or there is nothing to tabulate.

    The catalogue's ``table`` holds ``caption`` and ``columns``, in order: for each the words of its ``head`` and, where
    wanted, ``kind``, ``digits`` and what its ``codes`` are called; ``order: value`` puts the largest first; ``rows`` says
    which of a result's frames, or ``facts`` names rows that are each a fact in words of their own; ``count`` names the
    column with the number of people (``n``), ``block`` that whose groups add up.
    """
    import pandas as pd

    place = f"{name}.table{getattr(result, 'variant', '')}"
    words = catalogue.node(place, {})
    if not words or isinstance(about_first(result) if _apart(result) else result, Gap | Gaps | Within | Refused):
        return None
    if unexpected(words, result):
        place, facts, words = "said.plain.table", {**facts, "it": facts_of(about_first(result))}, catalogue.node("said.plain.table")
    data = _told_rows(place, words["facts"], facts) if "facts" in words else tabulated(result, words.get("rows", "rows"))
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


def _told_rows(place: str, rows: Mapping[str, Any], facts: Mapping[str, Any]) -> pd.DataFrame:
    """Rows that the catalogue names, each with a fact in words of its own."""
    import pandas as pd

    return pd.DataFrame([{
        name: text for column in ("label", "value")
        for name, text in _labels(column, Phrase(f"{place}.facts.{row}.{column}", **facts)).items()
    } for row in rows])


def tabulated(result: Any, rows: str = "rows") -> pd.DataFrame:
    """Groups as rows: names, counts, estimate and bounds; further results of a mapping as columns of their own."""
    import pandas as pd

    if isinstance(result, pd.DataFrame):
        return named(result.attrs, result)
    if hasattr(result, "frame"):
        return named(result.about, result.frame(rows))
    if isinstance(result, Mapping) and any(hasattr(one, "frame") for one in result.values()):
        return pd.concat([tabulated(one, rows) for one in result.values() if hasattr(one, "frame")], ignore_index=True)
    if not isinstance(result, Mapping):
        return pd.DataFrame([_table_row(result, row) for row in result]) if len(result) else pd.DataFrame()
    first, *others = result.items()
    data = tabulated(first[1])
    if data.empty:
        return data
    data[first[0]] = data["estimate"]
    for name, further in others:
        if isinstance(further, pd.DataFrame):
            by, beside = first[1].verb["by"], named(further.attrs, further)
            data = data.merge(beside, how="left", on=by, validate="m:1") if by in list(beside) else data
            continue
        if isinstance(further, Withins):
            for one in further:
                at = (data["code"] == one.code) & (data["dimension"] == one.by)
                data.loc[at, [name, f"{name}_low", f"{name}_high"]] = one.value.ends
            continue
        for row in further:
            at = (data["code"] == (row.code or row.part)) & (data["dimension"] == row.by) & (data["over"] == _over(row))
            data.loc[at, row.part if row.code and row.part else name] = row.estimate
            if not (row.code and row.part):
                data.loc[at, f"{name}_low"], data.loc[at, f"{name}_high"] = row.low, row.high
    return data


def _over(row: Row) -> str:
    """The place on a line as text; empty without one."""
    return "" if row.over is None else str(row.over)


def _table_row(result: Description, row: Row) -> dict[str, Any]:
    """One row of a table."""
    names = result.about.get("names", {})
    own = _own(result, row)
    return {
        **_codes(result, row), "code": own[1], "dimension": row.by, "over": _over(row), **_labels("dimension", column_of(row.by)),
        **_labels("label", label_of(names, *own)), **_labels("part", label_of(names, result.of, row.part)), "k": row.k,
        "n": row.n, "estimate": row.estimate, "low": row.low,
        "high": row.high,
    }
