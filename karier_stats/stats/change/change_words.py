"""What a comparison says: keys and facts of its sentences; every number comes from its table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from karier_stats.stats.change.pairing import Pairs, balance_note
from karier_stats.stats.results import METHODS, Spoken, base_term, is_null, limit, step_name, step_of, verdict
from karier_stats.words import Figure, Joined, Phrase
from karier_stats.words.catalogue import column_of, has
from karier_stats.words.numbers import Text, is_missing

if TYPE_CHECKING:
    from karier_stats.stats.change.compare import Change

PREFERRED = ("cr2", "mcnemar", "welch", "ols", "paired_t")
"""Whose row a sentence takes: clustered first, then made for the outcome."""


def sentence(result: Change) -> Joined:
    """The headline, then later waves, the dose and the smallest change worth having."""
    base = base_term(result.lead[0])[0]
    terms = [f"{base}[{arm}]" for arm in result.arms[1:]] or ["mean_change"]
    parts: list[Text]
    if result.arms and result.selection == "unknown":
        parts = [_bracket(result, arm, ("did", "ancova")) for arm in result.arms[1:]]
    else:
        parts = [_one_arm(result, term) if result.arms else _one_group(result) for term in terms]
    parts += [Phrase(f"change.reading.{result.selection}")] if result.arms else []
    parts += [_wave(result, wave, arm) for wave in result.pairs.waves for arm in result.arms[1:] or ("",)]
    parts += [_dose(result)] if result.pairs.dose is not None else []
    return Joined(*parts, *(_equivalence(result, term) for term in terms if term in result.equivalence))


def preferred(result: Change, term: str, *first: str) -> pd.Series:
    """The row of a term by CR2 where there are clusters, else by the method made for the outcome, Welch or least squares."""
    rows = result.table[result.table["term"] == term].set_index("method", drop=False)
    return rows.loc[[next(method for method in (*first, *PREFERRED) if method in rows.index)]].iloc[0]


def _told(result: Change, row: pd.Series, step: float = 1.0) -> Spoken:
    """A row in the unit of its outcome, a 0/1 outcome in percentage points, per so many units of a dose."""
    share = result.pairs.kind == "pass_fail"
    row = row.copy()
    row[["estimate", "ci_low", "ci_high"]] *= step * (100 if share else 1)
    return Spoken(row, "share" if share else "points")


def _limit(result: Change, term: str, told: Spoken) -> Phrase | None:
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
    up, same, down = (result.row(f"{name}{inside}", result.lead[1]) for name in ("improved", "unchanged", "declined"))
    bounds = {} if is_missing(up["ci_low"]) else {"low": 100 * up["ci_low"], "high": 100 * up["ci_high"]}
    return {
        "up": up["estimate"], "same": same["estimate"], "down": down["estimate"], "n": int(up["n"]),
        "level": up["ci_level"], "low": None, "high": None, **bounds,
    }


def _one_arm(result: Change, term: str) -> Joined:
    (base, arm), row, split = base_term(term), preferred(result, term, result.lead[1]), _split(result, term)
    what = Phrase(f"change.what.{base}", arm=arm, control=result.arms[0])
    told, found = _told(result, row), verdict(row, split)
    text = Phrase(f"change.verdict.{found}", what=what, shown=told, split=split)
    return Joined(text, _limit(result, term, told) if found == "unseen" else None)


def _bracket(result: Change, arm: str, bases: tuple[str, str], wave: str = "") -> Joined:
    """Both answers, or that one cannot be computed, where nobody knows how people were chosen; of a change or of what lasts."""
    terms = [f"{base}[{arm} · {wave}]" if wave else f"{base}[{arm}]" for base in bases]
    rows = [preferred(result, term) if wave else preferred(result, term, result.lead[1]) for term in terms]
    split = None if wave else next((found for found in (_split(result, term) for term in terms) if found is not None), None)
    alike = len({bool(row["estimate"] > 0) for row in rows if not is_missing(row["estimate"])}) == 1
    seen = all(verdict(row) == "seen" for row in rows) and (alike or bool(wave))
    reading = "split" if split is not None else "open" if not seen else "same" if alike else "opposite"
    both: dict[str, Any] = {
        name: Phrase("change.none") if is_missing(row["estimate"]) else _told(result, row)
        for name, row in zip(("did", "ancova"), rows, strict=True)
    }
    key = "wave" if wave else "bracket"
    text = Phrase(f"change.{key}.{'bracket' if wave else 'text'}", wave=wave, arm=arm, control=result.arms[0], **both,
                  reading=Phrase(f"change.{key}.{reading}", split=split))
    return Joined(text, _limit(result, terms[0], _told(result, rows[0])) if reading == "open" else None)


def _wave(result: Change, wave: str, arm: str) -> Text:
    if result.pairs.kind == "ordinal" and not arm:
        facts = _shares(result, f"[{wave}]")
        bounds = Phrase(f"change.wave.{'no_bounds' if facts['low'] is None else 'bounds'}", **facts)
        return Phrase("change.wave.moved", wave=wave, bounds=bounds, **facts)
    if arm and result.selection == "unknown":
        return _bracket(result, arm, ("lasting", "lasting_ancova"), wave)
    ending = "_ancova" if arm and result.selection in ("random", "low_before") else ""
    inside = f"{arm} · {wave}" if arm else wave
    row = preferred(result, term := f"lasting{ending}[{inside}]")
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


FEW = 10
"""Below so many pairs a result is marked as indicative."""

CROWDED = 0.10
"""Share of people at the lowest or highest score from which a floor or ceiling is said."""


def pair_notes(pairs: Pairs, scale: tuple[float, float] | None) -> list[Phrase]:
    """Who was left out, how few there are, and who was at the floor or the ceiling."""
    notes = [Phrase(f"change.dropped.{reason}", n=n) for reason, n in pairs.dropped.items()]
    notes += [Phrase("change.note.changed", name=name, n=n) for name, n in pairs.changed.items()]
    n = len(pairs.before)
    if n < FEW:
        notes.append(Phrase("change.note.few", n=n))
    else:
        notes += _few_in(pairs.arm, pairs.arms) + _few_in(pairs.level, pairs.levels)
    return notes + (_crowding_notes(pairs) if scale is None else _end_notes(pairs, scale))


def _few_in(labels: NDArray[np.str_] | None, names: tuple[str, ...]) -> list[Phrase]:
    few = [name for name in names if np.sum(labels == name) < FEW]
    if not few:
        return []
    shown = ", ".join(few[:FEW]) + (", ..." if len(few) > FEW else "")
    return [Phrase("change.note.few_in", least=FEW, n=len(few), names=shown)]


def as_score(value: float) -> Figure:
    """A score as it was given: whole, or with two decimals."""
    return Figure(value, digits=0 if value == round(value) else 2)


def _end_notes(pairs: Pairs, scale: tuple[float, float]) -> list[Phrase]:
    """How many people stand at each end of the scale, before and after."""
    n, low, high = len(pairs.before), *map(as_score, scale)
    at = {
        f"{wave}_{end}": int((values == bound).sum())
        for wave, values in (("before", pairs.before), ("after", pairs.after))
        for end, bound in zip(("low", "high"), scale, strict=True)
    }
    most = {"floor": max(at["before_low"], at["after_low"]), "ceiling": max(at["before_high"], at["after_high"])}
    return [Phrase("change.note.ends", low=low, high=high, n=n, **at), *(
        Phrase(f"change.note.end_{end}", share=CROWDED) for end, count in most.items() if count >= CROWDED * n
    )]


def _crowding_notes(pairs: Pairs) -> list[Phrase]:
    """Shares at the lowest and highest observed score, where many people share it."""
    if pairs.kind == "pass_fail":
        return []
    waves = {"before": pairs.before, "after": pairs.after}
    bounds = {"floor": min(map(np.min, waves.values())), "ceiling": max(map(np.max, waves.values()))}
    return [
        Phrase(
            f"change.note.crowded_{end}", share=float((values == bound).mean()), bound=as_score(bound),
            wave=Phrase(f"change.picture.waves.{wave}"),
        )
        for wave, values in waves.items() for end, bound in bounds.items()
        if (values == bound).mean() >= CROWDED and bounds["floor"] < bounds["ceiling"] and (values == bound).sum() > 1
    ]


def design_notes(pairs: Pairs, selection: str, level: float) -> list[Phrase]:
    """What the design assumes."""
    if pairs.arm is not None:
        return [Phrase("change.note.two_readings"), Phrase("change.note.welch_and_ols"), *balance_note(pairs, level)]
    chosen = [Phrase("change.note.chosen_low")] if selection == "low_before" else []
    return [Phrase("change.note.one_group"), *chosen]


def family_notes(pairs: Pairs, family: pd.DataFrame) -> list[Phrase]:
    """Which family the p-values and ranks of ``result.level_estimates`` belong to; nothing that the levels do not have."""
    tests, known = int(family["p_value"].notna().sum()), family[family["std_error"].notna() & family["dof"].notna()]
    # A level has a rank where another one in its arm has a standard error too.
    ranked = int(known.loc[known.groupby("arm")["level"].transform("size") > 1, "level"].nunique())
    shared = "" if pairs.cluster is None else Phrase("change.note.ranks_shared")
    notes = [Phrase("change.note.family", tests=tests)] if tests else []
    return notes + ([Phrase("change.note.ranks", levels=ranked, shared=shared)] if ranked else [])


CLUSTERED = ("cr2", "wild")
"""Methods that take people as nested in clusters."""
Made = tuple["Text | None", str]
"""What a result is called (None: it is the only one) and its method, as in a result's table."""


def method_notes(made: Sequence[Made], without: int = 0) -> tuple[Text, ...]:
    """How the people of some results are taken, each from the method of its row; ``without`` have no known cluster."""
    notes: list[Text] = []
    kinds = {kind: [one for one in made if (one[1] in CLUSTERED) == (kind == "nested")] for kind in ("nested", "alone")}
    for kind, found in kinds.items():
        if not found:
            continue
        how = Phrase(f"gains.{kind}", methods=[METHODS[method] for method in dict.fromkeys(method for _, method in found)])
        names = [name for name, _ in found if name] if all(kinds.values()) else []
        notes.append(Phrase("gains.some", names=names, how=how) if names else Phrase("gains.all", how=how))
    return *notes, *counted("gains.no_unit", without)


def counted(key: str, n: int) -> tuple[Text, ...]:
    """A note that counts those whom something befell; none where there are none."""
    return (Phrase(key, n=n),) if n else ()


def family_note(count: int, by: str, method: str) -> Text:
    """How many tests make one family and how their p-values were adjusted; a single test needs nothing."""
    what = Phrase(f"gains.what.{by}") if has(f"gains.what.{by}") else Phrase("gains.what.other", column=column_of(by))
    return Phrase("gains.one_test" if count == 1 else "gains.tests", n=count, what=what, method=Phrase(f"gains.{method}"))
