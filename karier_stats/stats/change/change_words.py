"""Sentences of a comparison in both languages; every number comes from its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from karier_stats.stats.change import later_words
from karier_stats.stats.change.change_panels import LINES_TO, scores_of, share_words
from karier_stats.stats.row_words import digits_for, is_null, limit, methods_split, missing, spoken, told, unit_of
from karier_stats.words.numbers import (
    both,
    integer,
    interval,
    level_percent,
    listing,
    number,
    p_value,
    percent,
)

if TYPE_CHECKING:
    import pandas as pd

    from karier_stats.stats.change.result import Change

def sentence(result: Change, lang: str) -> str:
    """The headline in words."""
    parts = [_comparison(result, lang)] if result.arms else [_one_group(result, lang)]
    parts += later_words.sentences(result, lang)
    parts += [_equivalence(result, term, lang) for term in _spoken_terms(result) if term in result.equivalence]
    return " ".join(parts)


def _spoken_terms(result: Change) -> list[str]:
    """Terms that the sentence gives: the mean change, or the headline of every arm."""
    if not result.arms:
        return ["mean_change"]
    base = result.lead[0].split("[")[0]
    return [f"{base}[{arm}]" for arm in result.arms[1:]]


def _caveat(lang: str) -> str:
    """Why a change in one group is not an effect."""
    return both(
        "perubahan sebelum–sesudah ini belum tentu karena program, sebab tidak ada kelompok pembanding",
        "this before–after change need not be due to the programme, because there is no comparison group",
    )[lang]


def _one_group(result: Change, lang: str) -> str:
    """The change of one group."""
    if result.lead[0] == "improved":
        return _shares(result, lang)
    if result.pairs.kind == "pass_fail":
        subject = both("Proporsi yang bernilai 1", "The share that scores 1")[lang]
        return _mean_sentence(
            result, lang, subject, both("Perubahan proporsi yang bernilai 1", "The change in the share that scores 1")[lang]
        )
    subject, change = both("Nilai rata-rata", "The mean score")[lang], both("Perubahan rata-rata", "The mean change")[lang]
    return _mean_sentence(result, lang, subject, change)


def _mean_sentence(result: Change, lang: str, subject: str, change: str) -> str:
    """A mean or a share that rose, fell, or did neither for certain."""
    row, split = result.headline, methods_split(result, "mean_change", lang)
    shown = told(result, row, lang)
    if missing(row["ci_low"]):
        return both(
            f"{change} {shown}; selang dan ujinya tidak dapat dihitung, dan {_caveat('id')}.",
            f"{change} is {shown}; its interval and test cannot be computed, and {_caveat('en')}.",
        )[lang]
    if split:
        return both(
            f"{change} {shown} belum dapat disimpulkan: {split}; {_caveat('id')}.",
            f"{change} of {shown} allows no conclusion: {split}; {_caveat('en')}.",
        )[lang]
    if is_null(row):
        return both(
            f"{change} {shown} belum dapat dibedakan dari nol.",
            f"{change} of {shown} cannot be told apart from zero.",
        )[lang] + limit(result, "mean_change", row, lang)
    if row["estimate"] > 0:
        return both(f"{subject} naik {shown}; {_caveat('id')}.", f"{subject} rose by {shown}; {_caveat('en')}.")[lang]
    return both(
        f"{subject} turun: perubahannya {shown}; {_caveat('id')}.",
        f"{subject} fell: the change is {shown}; {_caveat('en')}.",
    )[lang]


def _shares(result: Change, lang: str) -> str:
    """Shares who rose, stayed and fell on ordered categories."""
    up, same, down = (result.row(name, result.lead[1]) for name in ("improved", "unchanged", "declined"))
    level = level_percent(up["ci_level"], lang)
    bounds = interval(100 * up["ci_low"], 100 * up["ci_high"], lang, 1)
    test = result.row("median_change")
    p = "" if missing(test["p_value"]) else both(
        f" Uji Wilcoxon: {p_value(test['p_value'], 'id')}.", f" Wilcoxon's test: {p_value(test['p_value'], 'en')}."
    )[lang]
    n = integer(up["n"], lang)
    return both(
        f"Sebanyak {percent(up['estimate'], lang)} naik (selang kepercayaan {level} {bounds}), "
        f"{percent(same['estimate'], lang)} tetap, dan {percent(down['estimate'], lang)} turun (n = {n});"
        f" {_caveat('id')}.",
        f"{percent(up['estimate'], lang)} moved up ({level} confidence interval {bounds}), "
        f"{percent(same['estimate'], lang)} stayed and {percent(down['estimate'], lang)} moved down (n = {n});"
        f" {_caveat('en')}.",
    )[lang] + p


def _comparison(result: Change, lang: str) -> str:
    """Every arm beside the comparison arm, and how it may be read."""
    if result.selection == "unknown":
        body = " ".join(_bracket(result, arm, lang) for arm in result.arms[1:])
    else:
        body = " ".join(_one_arm(result, term, lang) for term in _spoken_terms(result))
    return f"{body} {_reading(result, lang)}"


def _lead_row(result: Change, term: str) -> pd.Series:
    """The row of an arm by the headline's method, or the best there is of that term."""
    for method in (result.lead[1], "cr2", "welch", "ols"):
        try:
            return result.row(term, method)
        except KeyError:
            continue
    raise KeyError(term)


def _what(term: str, control: str, lang: str) -> str:
    """"Beda perubahan rata-rata seminar terhadap kontrol" or ANCOVA's counterpart."""
    base, arm = term.split("[", 1)
    arm = arm[:-1]
    if base == "did":
        return both(
            f"Beda perubahan rata-rata {arm} terhadap {control}", f"The difference in mean change, {arm} against {control},"
        )[lang]
    return both(
        f"Pada nilai awal yang sama, beda nilai akhir {arm} terhadap {control}",
        f"At equal scores before, the difference in scores after, {arm} against {control},",
    )[lang]


def _one_arm(result: Change, term: str, lang: str) -> str:
    """One arm's difference from the comparison arm."""
    row, what = _lead_row(result, term), _what(term, result.arms[0], lang)
    if missing(row["estimate"]):
        return both(f"{what} tidak dapat dihitung.", f"{what} cannot be computed.")[lang]
    text = both(f"{what} {told(result, row, 'id')}", f"{what} is {told(result, row, 'en')}")[lang]
    if missing(row["ci_low"]):
        return text + both("; selang dan ujinya tidak dapat dihitung.", "; its interval and test cannot be computed.")[lang]
    split = methods_split(result, term, lang)
    if split:
        return text + both(f", belum dapat disimpulkan: {split}.", f", which allows no conclusion: {split}.")[lang]
    if is_null(row):
        return text + both(", belum dapat dibedakan dari nol.", ", not told apart from zero.")[lang] + limit(
            result, term, row, lang
        )
    return text + "."


def _bracket(result: Change, arm: str, lang: str) -> str:
    """Both answers where nobody knows how people were chosen."""
    rows = [_lead_row(result, f"{base}[{arm}]") for base in ("did", "ancova")]
    control = result.arms[0]
    none = both("tidak dapat dihitung", "not computable")[lang]
    shown = [none if missing(row["estimate"]) else told(result, row, lang) for row in rows]
    text = both(
        f"Beda {arm} terhadap {control}: {shown[0]} menurut beda perubahan (difference in differences) dan {shown[1]} "
        f"menurut ANCOVA pada nilai awal yang sama;",
        f"The difference of {arm} from {control}: {shown[0]} by difference in differences and {shown[1]} by ANCOVA at "
        f"equal scores before;",
    )[lang]
    splits = [split for split in (methods_split(result, f"{base}[{arm}]", lang) for base in ("did", "ancova")) if split]
    if splits:
        return text + both(f" belum dapat disimpulkan: {splits[0]}.", f" no conclusion: {splits[0]}.")[lang]
    signs = {None if missing(r["ci_low"]) or is_null(r) else bool(r["estimate"] > 0) for r in rows}
    if len(signs) == 1 and None not in signs:
        return text + both(" keduanya searah.", " both point the same way.")[lang]
    none = both(" arahnya belum dapat disimpulkan.", " no direction can be concluded.")[lang]
    return text + none + limit(result, f"did[{arm}]", rows[0], lang)


_READINGS = {
    "random": both(
        "Karena peserta ditentukan secara acak, beda ini dapat dibaca sebagai pengaruh program, dengan anggapan bahwa "
        "orang yang keluar tidak berbeda antarkelompok.",
        "Because people were assigned at random, this difference can be read as an effect of the programme, assuming "
        "that those who left do not differ between the groups.",
    ),
    "low_before": both(
        "Peserta dipilih menurut nilai awal: beda ini dapat dibaca sebagai pengaruh program hanya dengan anggapan bahwa "
        "orang dengan nilai awal sama akan berakhir sama tanpa program.",
        "People were chosen by their score before: this difference can be read as an effect of the programme only on "
        "the assumption that people with equal scores before would have ended alike without it.",
    ),
    "ability": both(
        "Peserta dipilih menurut kemampuan: beda ini dapat dibaca sebagai pengaruh program hanya dengan anggapan bahwa "
        "tanpa program kedua kelompok akan berubah sama besar.",
        "People were chosen by ability: this difference can be read as an effect of the programme only on the "
        "assumption that without it both groups would have changed alike.",
    ),
    "unknown": both(
        "Cara pemilihan peserta tidak diketahui, sehingga jawabannya berupa rentang di antara keduanya: yang pertama "
        "menganggap kedua kelompok akan berubah sama besar tanpa program, yang kedua menganggap orang dengan nilai awal "
        "sama akan berakhir sama.",
        "How people were chosen is not known, so that the answer is the range between the two: the first assumes that "
        "both groups would have changed alike without the programme, the second that people with equal scores before "
        "would have ended alike.",
    ),
}


def _reading(result: Change, lang: str) -> str:
    """What the headline may be read as, with its assumption."""
    return _READINGS[result.selection][lang]


def _equivalence(result: Change, term: str, lang: str) -> str:
    """What the equivalence test concludes about the smallest change worth having."""
    test = result.equivalence[term]
    percentage = result.pairs.kind == "pass_fail"
    margin = _margin(test.margin * (100 if percentage else 1), lang)
    unit = unit_of(result, lang)
    arm = term.partition("[")[2][:-1]
    who = f" {arm}" if len(result.arms) > 2 else ""
    p = "" if missing(test.p) else f", {p_value(test.p, lang)}"
    return {
        "smaller": both(
            f"Uji kesetaraan (TOST{p}): perubahan{who} lebih kecil dari {margin} {unit}, batas yang dianggap berarti.",
            f"Equivalence test (TOST{p}): the change{' of' + who if who else ''} is smaller than {margin} {unit}, the "
            f"smallest one held to matter.",
        ),
        "larger": both(
            f"Selang perubahan{who} seluruhnya melampaui {margin} {unit}, batas yang dianggap berarti.",
            f"The interval of the change{' of' + who if who else ''} lies wholly beyond {margin} {unit}, the smallest "
            f"one held to matter.",
        ),
        "open": both(
            f"Uji kesetaraan (TOST{p}): data belum cukup untuk menyatakan perubahan{who} lebih kecil atau lebih besar "
            f"dari {margin} {unit}, batas yang dianggap berarti.",
            f"Equivalence test (TOST{p}): the data do not settle whether the change{' of' + who if who else ''} is "
            f"smaller or larger than {margin} {unit}, the smallest one held to matter.",
        ),
        "not_tested": both(
            f"Uji kesetaraan terhadap {margin} {unit} tidak dapat dibuat.",
            f"The equivalence test against {margin} {unit} cannot be made.",
        ),
    }[test.verdict][lang]


def _margin(value: float, lang: str) -> str:
    """The smallest change worth having as it was stated: no decimals that it does not have, up to three figures."""
    return number(value, lang, next((places for places in range(9) if abs(round(value, places) / value - 1) < 5e-3), 9))


def alternative(result: Change, lang: str) -> str:
    """The picture in words: what is drawn, the means, the change and its interval."""
    lines, waves = len(result.pairs.before) <= LINES_TO, listing(result.pairs.waves, lang)
    left = both(
        ("garis nilai sebelum dan sesudah tiap orang" + (f" serta gelombang {waves}" if waves else "")) if lines
        else "kepadatan nilai sebelum dan sesudah",
        ("each person's line from before to after" + (f" and on to {waves}" if waves else "")) if lines
        else "a density of scores before and after",
    )[lang]
    opening = both(
        f"Gambar dua bagian: {left}, dan sebaran perubahannya.", f"Picture in two parts: {left}, and the distribution of "
        f"the changes.",
    )[lang]
    return " ".join([opening, *(_alt_arm(result, arm, lang) for arm in result.arms or ("",))])


def _alt_arm(result: Change, arm: str, lang: str) -> str:
    """Means and change of one arm."""
    name = f"{arm}: " if arm else ""
    if result.pairs.kind == "ordinal":
        moved = f"{share_words(result, arm, lang)} (n = {integer(len(scores_of(result.pairs, arm)[0]), lang)})"
        text = both(f"bagian orang menurut perubahan tingkat: {moved}.", f"shares of people by change of level: {moved}.")[lang]
        return name + text if name else text[0].upper() + text[1:]
    row = result.mean_row(arm)
    before, after = scores_of(result.pairs, arm)
    places = digits_for(row)
    first, second = number(before.mean(), lang, places), number(after.mean(), lang, places)
    text = both(
        f"rata-rata sebelum {first}, sesudah {second}; perubahan {spoken(row, 'id')}.",
        f"mean before {first}, after {second}; change {spoken(row, 'en')}.",
    )[lang]
    text = text[:-1] + _alt_waves(result, arm, places, lang) + "."
    return name + text if name else text[0].upper() + text[1:]


def _alt_waves(result: Change, arm: str, places: int, lang: str) -> str:
    """Means at the later waves of those who have them."""
    mask = slice(None) if not arm else result.pairs.arm == arm
    words = ""
    for wave, scores in zip(result.pairs.waves, result.pairs.later[mask].T, strict=True):
        known = scores[~np.isnan(scores)]
        if len(known):
            mean, n = number(known.mean(), lang, places), integer(len(known), lang)
            words += both(f"; rata-rata pada {wave} {mean} (n = {n})", f"; mean at {wave} {mean} (n = {n})")[lang]
    return words
