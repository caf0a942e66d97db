"""What a comparison says of later waves and of the dose, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from karier_stats.stats.row_words import digits_for, is_null, limit, missing, scaled, told, unit_of
from karier_stats.stats.steps import step_name, step_of
from karier_stats.words.numbers import both, interval, level_percent, number, percent

if TYPE_CHECKING:
    import pandas as pd

    from karier_stats.stats.change.result import Change
    from karier_stats.words.numbers import Text


def sentences(result: Change, lang: str) -> list[str]:
    """One sentence per later wave (and arm), and one on the dose."""
    found = [_wave(result, wave, arm, lang) for wave in result.pairs.waves for arm in result.arms[1:] or ("",)]
    return found + ([_dose(result, lang)] if result.pairs.dose is not None else [])


def _lead(result: Change, term: str) -> pd.Series:
    """The row of a term that the sentence takes: clustered first, then made for the outcome."""
    rows = result.table[result.table["term"] == term]
    for method in ("cr2", "mcnemar", "welch"):
        if (rows["method"] == method).any():
            return rows[rows["method"] == method].iloc[0]
    return rows.iloc[0]


def _wave(result: Change, wave: str, arm: str, lang: str) -> str:
    """What lasts to one wave."""
    inside = f"{arm} · {wave}" if arm else wave
    if result.pairs.kind == "ordinal" and not arm:
        return _levels(result, wave, lang)
    if arm and result.selection == "unknown":
        return _bracket(result, wave, arm, lang)
    adjusted = result.selection in ("random", "low_before") and bool(arm)
    ending = "_ancova" if adjusted else ""
    term = f"lasting{ending}[{inside}]"
    row = _lead(result, term)
    what = _subject(wave, arm, result.arms[0] if arm else "", adjusted)[lang]
    if missing(row["estimate"]):
        return both(f"{what} tidak dapat dihitung.", f"{what} cannot be computed.")[lang]
    text = both(f"{what} {told(result, row, 'id')}", f"{what} is {told(result, row, 'en')}")[lang]
    if is_null(row):
        null = both(", belum dapat dibedakan dari nol.", ", not told apart from zero.")[lang]
        return text + null + limit(result, term, row, lang)
    first = both("beda pertama", "difference") if arm else both("perubahan pertama", "change")
    return text + _kept(result, f"share_kept{ending}[{inside}]", first, lang) + "."


def _bracket(result: Change, wave: str, arm: str, lang: str) -> str:
    """What lasts by both readings, where nobody knows how people were chosen."""
    inside, control = f"{arm} · {wave}", result.arms[0]
    rows = [_lead(result, f"{base}[{inside}]") for base in ("lasting", "lasting_ancova")]
    none = both("tidak dapat dihitung", "not computable")[lang]
    first, second = (none if missing(row["estimate"]) else told(result, row, lang) for row in rows)
    text = both(
        f"Pada gelombang {wave}, beda {arm} terhadap {control} {first} menurut beda perubahan dan {second} menurut ANCOVA",
        f"At the wave {wave}, the difference of {arm} from {control} is {first} by difference in differences and {second} "
        "by ANCOVA",
    )[lang]
    if any(missing(row["ci_low"]) or is_null(row) for row in rows):
        null = both(", belum dapat disimpulkan masih ada.", ", which does not settle whether any of it lasts.")[lang]
        return text + null + limit(result, f"lasting[{inside}]", rows[0], lang)
    if (rows[0]["estimate"] > 0) != (rows[1]["estimate"] > 0):
        return text + both(", berlawanan arah.", ", pointing opposite ways.")[lang]
    return text + both(", keduanya searah.", ", both pointing the same way.")[lang]


def _subject(wave: str, arm: str, control: str, adjusted: bool) -> dict[str, str]:
    """What the sentence of a wave speaks of."""
    if not arm:
        return both(
            f"Pada gelombang {wave}, selisih rata-rata terhadap nilai sebelum",
            f"At the wave {wave}, the mean difference from the score before",
        )
    if adjusted:
        return both(
            f"Pada gelombang {wave}, dengan nilai awal yang sama, beda nilai {arm} terhadap {control}",
            f"At the wave {wave}, at equal scores before, the difference of {arm} from {control}",
        )
    return both(
        f"Pada gelombang {wave}, beda perubahan rata-rata sejak awal, {arm} terhadap {control},",
        f"At the wave {wave}, the difference in mean change since before, {arm} against {control},",
    )


def _kept(result: Change, term: str, first: Text, lang: str) -> str:
    """The share of the first change, or difference, that is left."""
    row = result.row(term)
    if missing(row["ci_low"]):
        return ""
    level = level_percent(row["ci_level"], lang)
    value = percent(row["estimate"], lang, 0)
    bounds = interval(100 * row["ci_low"], 100 * row["ci_high"], lang, 0)
    return both(
        f"; yang bertahan dari {first['id']} {value} (selang kepercayaan {level} {bounds} persen)",
        f"; {value} of the first {first['en']} is kept ({level} confidence interval {bounds} percent)",
    )[lang]


def _levels(result: Change, wave: str, lang: str) -> str:
    """Shares above, at and below the level before, for ordered categories."""
    method = result.lead[1]
    up, same, down = (result.row(f"{name}[{wave}]", method) for name in ("improved", "unchanged", "declined"))
    n, facts = number(up["n"], lang, 0), both("tanpa selang", "no interval")[lang]
    if not missing(up["ci_low"]):
        level, bounds = level_percent(up["ci_level"], lang), interval(100 * up["ci_low"], 100 * up["ci_high"], lang)
        facts = both(f"selang kepercayaan {level} {bounds} persen", f"{level} confidence interval {bounds} percent")[lang]
    return both(
        f"Pada gelombang {wave}, {percent(up['estimate'], lang)} berada di atas tingkat awalnya ({facts}), "
        f"{percent(same['estimate'], lang)} pada tingkat yang sama, dan {percent(down['estimate'], lang)} di bawahnya "
        f"(n = {n}).",
        f"At the wave {wave}, {percent(up['estimate'], lang)} are above their level before ({facts}), "
        f"{percent(same['estimate'], lang)} at the same level and {percent(down['estimate'], lang)} below it (n = {n}).",
    )[lang]


def _dose(result: Change, lang: str) -> str:
    """Points of change that go with one more unit of dose."""
    name, row = result.pairs.dose_name, result.row("dose[linear]")
    if missing(row["estimate"]):
        return both(
            f"Keterkaitan perubahan dengan dosis (`{name}`) tidak dapat dihitung.",
            f"The association of the change with the dose (`{name}`) cannot be computed.",
        )[lang]
    share = 100 if result.pairs.kind == "pass_fail" else 1
    assert result.pairs.dose is not None
    doses = result.pairs.dose[np.isfinite(result.pairs.dose)]
    size = max(abs(row["estimate"]), 0.0 if missing(row["std_error"]) else row["std_error"])
    step = step_of(share * size, float(np.ptp(doses)))
    per = both(*(step_name(step, name, code).replace("`", both("dosis (`", "dose (`")[code], 1) + ")" for code in ("id", "en")))
    row = row.copy()
    row[["estimate", "ci_low", "ci_high"]] *= step
    text = both(
        f"Tiap tambahan {per['id']} berkaitan dengan perubahan {told(result, row, 'id')}",
        f"Each additional {per['en'].removeprefix('one ')} goes with a change of {told(result, row, 'en')}",
    )[lang]
    if is_null(row):
        text += both(", belum dapat dibedakan dari nol", ", not told apart from zero")[lang]
        smallest = result.detectable.get("dose[linear]")
        if smallest is not None and not missing(smallest):
            short = both("satuan", "unit") if step == 1 else both(*(step_name(step, name, code) for code in ("id", "en")))
            value = f"{number(share * step * smallest, lang, digits_for(scaled(result, row)))} {unit_of(result, lang)}"
            text += both(
                f" (yang lebih kecil dari {value} per {short['id']} memang sulit terlihat pada data sebanyak ini)",
                f" (less than {value} per {short['en']} would be hard to see in this much data)",
            )[lang]
    return text + both("; dosisnya tidak ditetapkan secara acak.", "; the dose was not assigned at random.")[lang]
