"""What a comparison says: keys and facts of its sentences; every number comes from its table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from karier_stats.stats.results import base_term
from karier_stats.stats.row_words import Told, is_null, limit, step_name, step_of, verdict
from karier_stats.words import Figure, Joined, Phrase
from karier_stats.words.numbers import is_missing

if TYPE_CHECKING:

    from karier_stats.stats.change.result import Change
    from karier_stats.words.numbers import Text

METHODS = ("cr2", "mcnemar", "welch", "ols", "paired_t")
"""Whose row a sentence takes: clustered first, then made for the outcome."""


def sentence(result: Change) -> Joined:
    """The headline, then later waves, the dose and the smallest change worth having."""
    base = base_term(result.lead[0])[0]
    terms = [f"{base}[{arm}]" for arm in result.arms[1:]] or ["mean_change"]
    parts: list[Text]
    if result.arms and result.selection == "unknown":
        parts = [_bracket(result, arm) for arm in result.arms[1:]]
    else:
        parts = [_one_arm(result, term) if result.arms else _one_group(result) for term in terms]
    parts += [Phrase(f"change.reading.{result.selection}")] if result.arms else []
    parts += [_wave(result, wave, arm) for wave in result.pairs.waves for arm in result.arms[1:] or ("",)]
    parts += [_dose(result)] if result.pairs.dose is not None else []
    return Joined(*parts, *(_equivalence(result, term) for term in terms if term in result.equivalence))


def _row(result: Change, term: str, *first: str) -> pd.Series:
    rows = result.table[result.table["term"] == term].set_index("method", drop=False)
    return rows.loc[[next(method for method in (*first, *METHODS) if method in rows.index)]].iloc[0]


def _both(result: Change, rows: list[pd.Series]) -> dict[str, Told | Phrase]:
    """Both readings of a difference, or that one cannot be computed."""
    return {
        name: Phrase("change.none") if is_missing(row["estimate"]) else _told(result, row)
        for name, row in zip(("did", "ancova"), rows, strict=True)
    }


def _told(result: Change, row: pd.Series, step: float = 1.0) -> Told:
    """A row in the unit of its outcome, a 0/1 outcome in percentage points, per so many units of a dose."""
    share = result.pairs.kind == "pass_fail"
    row = row.copy()
    row[["estimate", "ci_low", "ci_high"]] *= step * (100 if share else 1)
    return Told(row, "share" if share else "points")


def _limit(result: Change, term: str, told: Told) -> Phrase | None:
    least = result.detectable.get(term)
    return None if least is None or is_missing(least) else limit(least * (100 if told.unit == "share" else 1), told)


def _split(result: Change, term: str) -> Phrase | None:
    """Both answers where CR2 and the bootstrap, or Newcombe's interval and McNemar's exact test, fall on different sides."""
    rows = {row["method"]: row for row in result.table[result.table["term"] == term].to_dict("records")}
    if result.lead[1] == "mcnemar" and "mcnemar" in rows:
        row = rows["mcnemar"]
        if is_missing(row["ci_low"]) or is_missing(row["p_value"]):
            return None
        outside = not row["ci_low"] <= 0 <= row["ci_high"]
        if outside == (row["p_value"] < 1 - row["ci_level"]):
            return None
        return Phrase(f"change.split.mcnemar_{'outside' if outside else 'inside'}", p=row["p_value"])
    if "cr2" not in rows or "wild" not in rows:
        return None
    cr2, wild = (rows[method]["p_value"] for method in ("cr2", "wild"))
    alpha = 1 - result.options.level
    # Without an interval the bootstrap can never reject at this level, and has no say.
    if is_missing(cr2) or is_missing(rows["wild"]["ci_low"]) or (cr2 < alpha) == (wild < alpha):
        return None
    return Phrase("change.split.wild", cr2=cr2, wild=wild)


def _one_group(result: Change) -> Text:
    """A mean or a share that rose, fell, or did neither for certain; shares who moved of ordered levels."""
    if result.lead[0] == "improved":
        p = result.row("median_change")["p_value"]
        return Joined(
            Phrase("change.one.moved", **_shares(result, ""), caveat=Phrase("change.one.caveat")),
            None if is_missing(p) else Phrase("change.one.wilcoxon", p=p),
        )
    row, split = result.headline, _split(result, "mean_change")
    told, found = _told(result, row), verdict(row, split)
    kind = "share" if told.unit == "share" else "score"
    key = found if found != "seen" else "rose" if row["estimate"] > 0 else "fell"
    text = Phrase(
        f"change.one.{key}", subject=Phrase(f"change.one.subject.{kind}"), change=Phrase(f"change.one.change.{kind}"),
        shown=told, split=split, caveat=Phrase("change.one.caveat"),
    )
    return Joined(text, _limit(result, "mean_change", told) if found == "unseen" else None)


def _shares(result: Change, inside: str) -> dict[str, Any]:
    """Shares above, at and below the level before, and the interval of the first in percent."""
    up, same, down = (
        result.row(f"{name}{inside}", result.lead[1]) for name in ("improved", "unchanged", "declined")
    )
    bounds = {} if is_missing(up["ci_low"]) else {"low": 100 * up["ci_low"], "high": 100 * up["ci_high"]}
    return {
        "up": up["estimate"], "same": same["estimate"], "down": down["estimate"], "n": int(up["n"]),
        "level": up["ci_level"], "low": None, "high": None, **bounds,
    }


def _one_arm(result: Change, term: str) -> Joined:
    (base, arm), row, split = base_term(term), _row(result, term, result.lead[1]), _split(result, term)
    what = Phrase(f"change.what.{base}", arm=arm, control=result.arms[0])
    told, found = _told(result, row), verdict(row, split)
    text = Phrase(f"change.verdict.{found}", what=what, shown=told, split=split)
    return Joined(text, _limit(result, term, told) if found == "unseen" else None)


def _bracket(result: Change, arm: str) -> Joined:
    """Both answers where nobody knows how people were chosen."""
    terms = [f"{base}[{arm}]" for base in ("did", "ancova")]
    rows = [_row(result, term, result.lead[1]) for term in terms]
    split = next((found for found in (_split(result, term) for term in terms) if found is not None), None)
    seen = all(verdict(row) == "seen" for row in rows) and len({bool(row["estimate"] > 0) for row in rows}) == 1
    reading = "split" if split is not None else "same" if seen else "open"
    text = Phrase(
        "change.bracket.text", arm=arm, control=result.arms[0], **_both(result, rows),
        reading=Phrase(f"change.bracket.{reading}", split=split),
    )
    return Joined(text, _limit(result, terms[0], _told(result, rows[0])) if reading == "open" else None)


def _wave(result: Change, wave: str, arm: str) -> Text:
    """What lasts to one later wave."""
    if result.pairs.kind == "ordinal" and not arm:
        facts = _shares(result, f"[{wave}]")
        bounds = Phrase(f"change.wave.{'no_bounds' if facts['low'] is None else 'bounds'}", **facts)
        return Phrase("change.wave.moved", wave=wave, bounds=bounds, **facts)
    if arm and result.selection == "unknown":
        return _wave_bracket(result, wave, arm)
    ending = "_ancova" if arm and result.selection in ("random", "low_before") else ""
    inside = f"{arm} · {wave}" if arm else wave
    row = _row(result, term := f"lasting{ending}[{inside}]")
    key = f"lasting{ending or ('_did' if arm else '')}"
    what = Phrase(f"change.what.{key}", wave=wave, arm=arm, control=result.arms[0] if arm else "")
    told, found = _told(result, row), verdict(row)
    if found in ("not_estimated", "unseen"):
        least = _limit(result, term, told) if found == "unseen" else None
        return Joined(Phrase(f"change.verdict.{found}", what=what, shown=told), least)
    kept = result.row(f"share_kept{ending}[{inside}]")
    if is_missing(kept["ci_low"]):
        return Phrase("change.verdict.seen", what=what, shown=told)
    first = Phrase(f"change.wave.first_{'difference' if arm else 'change'}")
    return Phrase(
        "change.wave.kept", what=what, shown=told, first=first, share=kept["estimate"], level=kept["ci_level"],
        low=100 * kept["ci_low"], high=100 * kept["ci_high"],
    )


def _wave_bracket(result: Change, wave: str, arm: str) -> Joined:
    """What lasts by both readings, where nobody knows how people were chosen."""
    terms = [f"{base}[{arm} · {wave}]" for base in ("lasting", "lasting_ancova")]
    rows = [_row(result, term) for term in terms]
    reading = "open" if any(verdict(row) != "seen" for row in rows) else (
        "same" if (rows[0]["estimate"] > 0) == (rows[1]["estimate"] > 0) else "opposite"
    )
    text = Phrase(
        "change.wave.bracket", wave=wave, arm=arm, control=result.arms[0], **_both(result, rows),
        reading=Phrase(f"change.wave.{reading}"),
    )
    return Joined(text, _limit(result, terms[0], _told(result, rows[0])) if reading == "open" else None)


def _dose(result: Change) -> Phrase:
    """Points of change that go with one more unit of dose, or with so many that the number can be read."""
    name, row, dose = result.pairs.dose_name, result.row("dose[linear]"), result.pairs.dose
    assert dose is not None
    if is_missing(row["estimate"]):
        return Phrase("change.dose.not_estimated", name=name)
    factor = 100 if result.pairs.kind == "pass_fail" else 1
    size = max(abs(row["estimate"]), 0.0 if is_missing(row["std_error"]) else row["std_error"])
    step = step_of(factor * size, float(np.ptp(dose[np.isfinite(dose)])))
    told, least = _told(result, row, step), result.detectable.get("dose[linear]")
    limit: Phrase | str = "" if least is None or is_missing(least) else Phrase(
        "change.dose.limit", least=told.figure(factor * step * least), unit=Phrase(f"change.unit.{told.unit}"),
        step=Phrase("change.dose.one") if step == 1 else step_name(step, name),
    )
    # The step as what comes on top: ``satu satuan dosis (`jp`)``.
    column, steps = Phrase("change.dose.column", name=name), step_name(step, name)
    per = {lang: steps[lang].replace(f"`{name}`", column[lang]).removeprefix("one ") for lang in ("id", "en")}
    found = "unseen" if is_null(row) else "seen"
    return Phrase(f"change.dose.{found}", per=per, shown=told, limit=limit)


def _equivalence(result: Change, term: str) -> Phrase:
    """What the equivalence test concludes about the smallest change worth having."""
    test, share = result.equivalence[term], result.pairs.kind == "pass_fail"
    # As it was stated: no decimals that it does not have, up to three figures.
    margin = test.margin * (100 if share else 1)
    places = next((places for places in range(9) if abs(round(margin, places) / margin - 1) < 5e-3), 9)
    return Phrase(
        f"change.equivalence.{test.verdict}", margin=Figure(margin, digits=places),
        unit=Phrase(f"change.unit.{'share' if share else 'points'}"),
        who=Phrase("change.equivalence.who", arm=base_term(term)[1]) if len(result.arms) > 2 else "",
        p="" if is_missing(test.p) else Phrase("change.equivalence.p", p=test.p),
    )
