"""Findings from results and the words of their question."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import singledispatch
from string import Formatter
from typing import Any, NamedTuple

from karier_stats.answers.facts import margin_of, rows_told
from karier_stats.answers.record import Brief, Design, Evidence, Finding, Grade, Recommendation, weakest
from karier_stats.answers.rules import RULES
from karier_stats.answers.verdicts import graded, is_precise, shown, smallest
from karier_stats.answers.verdicts import margin_of as margin_for
from karier_stats.stats.association.slopes import Slope, Slopes, UnitsNeeded
from karier_stats.stats.change.gain import Gain
from karier_stats.stats.change.gains import DealtOut, Gains
from karier_stats.stats.description.contrasts import Gap, Gaps
from karier_stats.stats.description.decisions import Decisions
from karier_stats.stats.description.describe import Description, Inequality
from karier_stats.stats.description.mismatch import Mismatch
from karier_stats.stats.description.others import Others, Within, Withins
from karier_stats.stats.effect import Effect, Refused
from karier_stats.stats.numerics.estimate import NAN, Estimate
from karier_stats.stats.plan.allocate import Allocation, Shortfall, Trials
from karier_stats.words import Phrase, catalogue
from karier_stats.words.catalogue import column_of
from karier_stats.words.numbers import Text

UNIT = "unit_id"
"""The column of work units: only of these is said how many stand behind a number."""


class Said(NamedTuple):
    """What a finding needs of a result.

    Parameters
    ----------
    value : Estimate
        In the unit of ``measure`` (a key of ``said.unit``), with bounds at ``level``.
    n, n_units : int
        People or rows behind it, and clusters where there are any.
    about : mapping
        What the view says of its table.
    exact : bool, optional
        True for what was counted, which has no interval; else whether the interval tells something, where that is known.
    p : float, optional
        Of the test that belongs to the interval.
    robust : bool
        False where methods, or the data themselves, disagree.
    evidence, reasons
        Given where it was weighed already, or where findings are counted and no people.
    ends : tuple
        Of a difference whom each side counts (None where it counts nobody) and of how many; of gains the same of each.
    """

    value: Estimate
    n: int
    level: float
    measure: str
    about: Mapping[str, Any]
    n_units: int | None = None
    exact: bool | None = None
    design: Design = "descriptive"
    p: float | None = None
    robust: bool = True
    evidence: Evidence | None = None
    reasons: tuple[str, ...] = ()
    ends: tuple[tuple[float | None, float], ...] = ()


def counted(value: float, measure: str, evidence: Evidence | None) -> Said:
    """A number of findings or recommendations: nobody stands behind it, nothing is estimated; no evidence, no finding."""
    return Said(Estimate(float(value)), 0, 0.95, measure, {}, evidence=evidence)


def weighed(result: Shortfall) -> bool:
    """Whether the money wanting is known well enough beside what may be spent."""
    return is_precise(result.value, smallest("money") * result.money)


@singledispatch
def said(result: Any) -> Said:
    """The number that a result's finding speaks of; a TypeError tells a programmer of a result that nobody taught it."""
    raise TypeError(type(result).__name__)


@said.register
def _(result: Description) -> Said:
    row, about = result.told, result.about
    units = len(result.groups) if result.verb.get("by") == UNIT else None
    units = row.lots if result.verb.get("least") and result.verb.get("cluster") == UNIT else units
    measure = "share" if result.kind == "share" else result.of
    exact = True if result.kind == "total" or result.verb.get("census") else None
    return Said(row.value, about.get("examined", row.n), row.level, measure, about, units, exact, robust=about.get("robust", True))


@said.register
def _(result: Gap) -> Said:
    measure = "share_difference" if result.one.k is not None else f"{result.verb.get('of', '')}_difference"
    exact = True if result.verb.get("verb") == "totals" else None
    return Said(result.value, result.n, result.level, measure, result.about, exact=exact,
                design=result.design, ends=tuple((side.k, side.n) for side in (result.one, result.two)))


@said.register
def _(result: Gaps) -> Said:
    return said(result.lag) if len(result) else Said(Estimate(NAN), 0, 0.95, "share_difference", result.about)


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
def _(result: Effect) -> Said:
    p = result.value.p if math.isfinite(result.value.low) and result.design != "descriptive" else None
    units = result.n_units if result.verb.get("cluster", UNIT) == UNIT else None
    return Said(result.value, result.n, result.level, result.measure, result.about, units, result.precise,
                result.design, p, result.robust)


@said.register
def _(result: Gains) -> Said:
    """How many gains over comparison people lie above zero: as sure as the least sure of those that are seen, else of all."""
    parts = [said(gain) for gain in result.beside]
    seen = [one for one in parts if one.value.seen] or parts
    weights = (graded(
        one.design, one.value, one.measure, coverage=one.about.get("coverage", 1.0), precise=one.exact, robust=one.robust,
    ) for one in seen)
    grades = {found.evidence: found for found in weights}
    grade = grades[weakest(grades)] if grades else None
    return Said(
        Estimate(float(sum(one.value.low > 0 for one in parts)), level=result.roles.level), sum(one.n for one in parts),
        result.roles.level, "courses", result.about, design="comparison_group", evidence=grade and grade.evidence,
        reasons=grade.reasons if grade else (), ends=tuple((None, one.n) for one in parts),
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
def _(result: Allocation) -> Said:
    n, robust = result.gap.n if result.total else 0, not result.about["facts"].get("assumed", False)
    return Said(Estimate(result.closed), n, 0.95, "share", result.about, exact=weighed(result.gap), robust=robust)


said.register(Decisions, lambda result: said(result.result))
said.register(Inequality, lambda result: Said(result.row.value, result.n, result.row.level, "gini", result.about))
said.register(UnitsNeeded, lambda result: Said(result.value, result.n, result.level, "unit", result.about, result.n_units, True))
said.register(Refused, lambda result: Said(Estimate(NAN), 0, 0.95, "", result.about))
said.register(Gain, lambda result: said(result.effect))
said.register(DealtOut, lambda result: said(result.effect))
said.register(Shortfall, lambda result: said(result.effect)._replace(exact=weighed(result)))
said.register(Trials, lambda result: said(result.plan)._replace(value=Estimate(result.none)))


def unexpected(words: Mapping[str, Any], result: Any) -> bool:
    """Whether a result was asked for otherwise than its words expect, so that they could lie.

    ``expect`` in the catalogue names keywords of the call, and of the view's: ``{verb: shares, of: met, status: PNS}``.
    """
    if isinstance(result, Mapping) and not isinstance(result, Gains):
        return any(unexpected(words, one) for one in result.values())
    if isinstance(result, Gaps):
        return any(unexpected(words, one) for one in result)
    if isinstance(result, Refused | Withins) or hasattr(result, "columns"):
        return False  # no call that words could expect
    call, years = {**about_of(result).get("view", {}), **getattr(result, "verb", {})}, years_of(result)
    if years.get("last_year", 0) >= years.get("year", 1):  # set beside others of the same year, not beside another year
        return True
    return any(_named(call.get(name)) != _named(value) for name, value in words.get("expect", {}).items())


def _named(value: Any) -> Any:
    """A keyword as it is compared: one column and a list of one are the same, and so are none and an empty one."""
    return list(value) if isinstance(value, list | tuple) else [] if value in (None, "") else [value]


def filtered(result: Any) -> tuple[int, int] | None:
    """Rows described and rows of the view, where some were left out."""
    if not isinstance(result, Description | Inequality) or "rows" not in result.about:
        return None
    if isinstance(result, Inequality):
        found = result.n
    else:
        found = int(result.data[result.of].notna().sum()) if result.of in result.data else len(result.data)
    return None if found >= result.about["rows"] else (found, int(result.about["rows"]))


def ungrouped(result: Any) -> list[Text]:
    """The columns that a description goes by in which some of its rows have no entry, each with their number."""
    if not isinstance(result, Description):
        return []
    by = [column for role in ("by", "over") for column in _named(result.verb.get(role)) if column in result.data]
    without = {column: int(result.data[column].isna().sum()) for column in by}
    return [Phrase("said.without", column=column_of(column), n=n) for column, n in without.items() if n]


def about_of(result: Any) -> Mapping[str, Any]:
    """What the view behind a result says of its table; of several results, of the first."""
    found: Mapping[str, Any] | None = getattr(result, "about", None)
    if found is None and isinstance(result, Mapping):
        return about_of(next(iter(result.values()), None))
    return found or {}


def known_of(results: Iterable[Any]) -> dict[str, Any]:
    """What the views behind some results know by name (their ``facts``); of one name the first result counts."""
    facts: dict[str, Any] = {}
    for result in results:
        facts = {**about_of(result).get("facts", {}), **facts}
    return facts


def years_of(result: Any) -> dict[str, int]:
    """The year that a result tells of and the one it is set against, as its views were asked for them."""
    about = about_of(result)
    known = {"year": about.get("year"), "last_year": about.get("against")}
    return {name: year for name, year in known.items() if year is not None}


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
        ``robust`` (for all choices or for some) and ``why`` it is not (a reason), ``coverage: own`` (the share told is that of
        those who are in the data), ``tables`` (where they are not the view's), ``recommend``.
    choice : str
        Which of several sentences; empty where there is one.
    """
    if unexpected(catalogue.node(key), result):
        kind = result.verb["verb"] if isinstance(result, Description | Decisions) else type(result).__name__.lower()
        key, choice = f"said.plain.{kind}", ""  # of a description the words of its verb, of a comparison those of its kind
    words, one = catalogue.node(key), said(result)
    measure = words.get("measure", one.measure)
    place = words["said"] if isinstance(words.get("said"), str) else f"{key}.said"
    if isinstance(result, Refused) and "refused" not in words:
        key, words, facts = "said.not_assessable", {}, {"reason": result.error.texts}
    place = f"{key}.refused" if isinstance(result, Refused) else ".".join(bit for bit in (place, choice) if bit)
    value = one.value.times(words["scale"]) if "scale" in words else one.value
    found = _grade(words, choice, one, value, measure)
    reasons = tuple({"disputed": words.get("why", "disputed")}.get(name, name) for name in found.reasons
                    if name != "counted" or not one.about.get("sampled"))
    with rows_told() as rows:
        sentence = {lang: text.rstrip() for lang, text in Phrase(place, **facts).items()}
        told = brief(f"{key}.brief", choice, result, facts, measure)
        advised = advice(f"{key}.recommend", choice, facts)
    return Finding(
        id=id, chapter=chapter, question=dict(question), estimate=value.value, unit_of_measure=measure,
        ci_low=value.low, ci_high=value.high, n=int(one.n), design=one.design, p_value=one.p,
        evidence=found.evidence, reasons=reasons, source_tables=tuple(words.get("tables", one.about.get("tables", ()))),
        sentence=sentence, ci_level=one.level if value.low == value.low else None, n_units=one.n_units,
        recommendation=advised, of_people=one.about.get("of_people", True), number=number,
        brief=told, ends=one.ends, rows=frozenset(rows),
    )


def _grade(words: Mapping[str, Any], choice: str, one: Said, value: Estimate, measure: str) -> Grade:
    """How strong a finding is, by the rubric and by what its words say of its precision, coverage and robustness."""
    if one.evidence or not one.n:
        return Grade(one.evidence or "belum_ada_data", one.reasons if one.evidence else ())
    robust = words.get("robust", one.robust)
    return graded(
        one.design, value, measure, precise=_precise(words.get("precise"), choice, one, value),
        coverage=one.value.value if words.get("coverage") == "own" else one.about.get("coverage", 1.0),
        robust=robust.get(choice, one.robust) if isinstance(robust, Mapping) else robust,
    )


def _precise(width: Any, choice: str, one: Said, value: Estimate) -> bool | None:
    """Whether an interval tells something, by ``precise`` of :func:`finding`; None where the rubric is to judge."""
    width = width.get(choice) if isinstance(width, Mapping) else value.value if width == "value" else width
    if width is None or one.exact:
        return one.exact
    if isinstance(width, bool):
        return width
    if width == "tenth":
        low, high = one.about.get("scale", (0.0, 1.0))
        width = 0.1 * (high - low)
    margin = smallest(width) if isinstance(width, str) else None  # type: ignore[arg-type]  # refused where it is unknown
    return bool(value.high - value.low <= width) if margin is None else is_precise(value, margin)


def brief(key: str, choice: str, result: Any, facts: Mapping[str, Any], measure: str) -> Brief | None:
    """A finding as the main report tells it, where the catalogue has words for it.

    ``brief`` holds ``message``, ``plain`` and, where wanted, ``condition``: one text each, or by the choice; ``choose``
    names a rule of its own, or ``verdict`` (:func:`~karier_stats.answers.verdicts.shown`). A choice without words of its
    own is told in the annex alone.
    """
    words = catalogue.node(key, {})
    if not words or isinstance(result, Refused):
        return None
    if words.get("choose") == "verdict":
        choice = shown(said(result).value, margin_for(measure))
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
        plain["subject"] = str(fact(given["subject"], facts))
    return Recommendation(**texts, **plain, share=reach(given.get("reach"), facts))


def reach(told: str | float | None, facts: Mapping[str, Any]) -> float | None:
    """A share affected (0-1): as it stands, or the fact that it names; of two with ``*`` or ``/`` between them so."""
    if not isinstance(told, str):
        return told
    names = told.removeprefix("1 - ")
    parts, *whole = names.split(" / ")
    found = math.prod(float(fact(name, facts)) for name in parts.split(" * "))
    found = found / (float(fact(whole[0], facts)) or math.nan) if whole else found
    share = 1 - found if names != told else found
    return min(max(share, 0.0), 1.0) if math.isfinite(share) else None


def fact(name: str, facts: Mapping[str, Any]) -> Any:
    """What a sentence would name by ``{name}``, such as ``it.row.estimate``."""
    return Formatter().get_field(name, (), facts)[0]
