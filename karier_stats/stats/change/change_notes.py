"""What a comparison says beside its numbers: who was left out, what was switched, what the design assumes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from karier_stats.stats.change.balance import balance_note
from karier_stats.stats.numerics import paired
from karier_stats.stats.numerics.resampling import DRAWS, Moments
from karier_stats.words.numbers import Text, both, integer, number, p_value, percent

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from karier_stats.stats.change.pairing import Pairs

FEW = 10
"""Below so many pairs a result is marked as indicative."""

CROWDED = 0.10
"""Share of people at the lowest or highest score from which a floor or ceiling is said."""


def no_cr2(term: str) -> Text:
    """Why CR2 gives no standard error."""
    return both(
        f"`{term}` (CR2): taksirannya bertumpu pada satu klaster saja atau tanpa sisaan, sehingga galat bakunya tidak "
        "terdefinisi; selang dan uji tidak dihitung.",
        f"`{term}` (CR2): the estimate rests on one cluster alone or leaves no residual, so that its standard error is "
        "undefined; no interval and test are computed.",
    )


def zeros_note(change: NDArray[np.float64], test: paired.SignedRank, zeros: int) -> Text:
    """How unchanged scores were ranked, and the p-value of the other way."""
    other = paired.signed_rank(change, "drop" if test.zeros == "pratt" else "pratt")
    if test.zeros == "pratt":
        return both(
            f"Wilcoxon: {integer(zeros, 'id')} selisih nol diperingkat menurut Pratt (1959); tanpa selisih nol "
            f"(Wilcoxon 1945) {p_value(other.p, 'id')}.",
            f"Wilcoxon: {integer(zeros, 'en')} zero differences ranked as in Pratt (1959); without the zeros "
            f"(Wilcoxon 1945) {p_value(other.p, 'en')}.",
        )
    return both(
        f"Wilcoxon: {integer(zeros, 'id')} selisih nol dikeluarkan sebelum pemeringkatan (Wilcoxon 1945); dengan cara "
        f"Pratt (1959) {p_value(other.p, 'id')}.",
        f"Wilcoxon: {integer(zeros, 'en')} zero differences left out before ranking (Wilcoxon 1945); in Pratt's way "
        f"(1959) {p_value(other.p, 'en')}.",
    )


def size_notes(m: Moments, skew: float, resample: bool) -> list[Text]:
    """Why an interval was switched, and what another reading of d_av would give."""
    notes: list[Text] = []
    if resample:
        notes.append(both(
            f"Selisih menceng (kemencengan {number(skew, 'id', 1)}): selang ukuran efek memakai bootstrap BCa "
            f"({integer(DRAWS, 'id')} ulangan).",
            f"The differences are skewed (skewness {number(skew, 'en', 1)}): intervals of the effect sizes are BCa "
            f"bootstrap ({integer(DRAWS, 'en')} draws).",
        ))
    first, second = math.sqrt(m.before), math.sqrt(m.after)
    if min(first, second) > 0 and max(first, second) > 1.2 * min(first, second):
        other = float(m.change / ((first + second) / 2))
        notes.append(both(
            f"d_av memakai akar rerata varians kedua gelombang; dengan rerata kedua simpangan baku sebagai penyebut "
            f"nilainya {number(other, 'id', 4)}.",
            f"d_av takes the root of the average variance of both waves; with the average of the two standard "
            f"deviations as denominator it is {number(other, 'en', 4)}.",
        ))
    return notes


def alone(wild: bool) -> Text:
    """Which rows allow for clusters: those by CR2, and by the wild bootstrap where it was made."""
    return both(
        f"Hanya baris CR2{' dan wild' if wild else ''} memperhitungkan klaster; uji dan selang lain menganggap orang "
        "saling bebas dan dapat terlalu sempit.",
        f"Only the rows by CR2{' and wild' if wild else ''} allow for the clusters; the other tests and intervals take "
        "people as independent and may be too narrow.",
    )


NO_D_RM = both(
    "d_rm tidak dihitung: nilai salah satu gelombang tidak bervariasi, atau kedua gelombang berkorelasi sempurna.",
    "d_rm is not computed: the scores of one wave do not vary, or both waves are perfectly correlated.",
)
GAIN_TRAP = both(
    "Gain kelas (Hake) dihitung dari rata-rata kelas. Rata-rata gain tiap orang tidak disajikan: tanpa perubahan apa pun "
    "nilainya jatuh di bawah nol, makin jauh makin dekat nilai awal ke ujung skala, dan tidak terdefinisi bagi orang yang "
    "sudah di ujung itu. Gain tidak dipakai untuk memeringkat.",
    "The class gain (Hake) is made of the averages. The mean of individual gains is not given: with no change at all it "
    "falls below zero, the further the nearer the scores before are to the end of the scale, and it is undefined for "
    "people at that end. Gains rank nobody.",
)
_DROPPED = {
    "only_before": both("hanya punya nilai sebelum", "have only a score before"),
    "only_after": both("hanya punya nilai sesudah", "have only a score after"),
    "neither": both("tidak punya nilai sebelum maupun sesudah", "have no score at all"),
    "group": both("tanpa keterangan kelompok", "have no group"),
    "by": both("tanpa keterangan `by`", "have no level of `by`"),
    "cluster": both("tanpa keterangan klaster", "have no cluster"),
}


_DROPPED_ROWS = {
    "no_wave": both("tanpa keterangan gelombang", "without a wave"),
    "no_person": both("tanpa keterangan orang", "without a person"),
}


def _left_out(reason: str, n: int) -> Text:
    """How many people, or rows, were left out for one reason."""
    if reason in _DROPPED_ROWS:
        return both(
            f"{integer(n, 'id')} baris {_DROPPED_ROWS[reason]['id']} tidak ikut dihitung.",
            f"{integer(n, 'en')} {'row' if n == 1 else 'rows'} {_DROPPED_ROWS[reason]['en']} "
            f"{'is' if n == 1 else 'are'} not counted.",
        )
    words = _DROPPED[reason]["en"]
    return both(
        f"{integer(n, 'id')} orang {_DROPPED[reason]['id']} dan tidak ikut dihitung.",
        f"{integer(n, 'en')} {'person' if n == 1 else 'people'} {words.replace('have', 'has', 1) if n == 1 else words} "
        f"and {'is' if n == 1 else 'are'} not counted.",
    )


def _changed(name: str, n: int) -> Text:
    """People whose cluster or covariate is not the same in all waves."""
    return both(
        f"`{name}` berbeda antargelombang pada {integer(n, 'id')} orang; yang dipakai ialah nilai pada gelombang pertama.",
        f"`{name}` differs between the waves for {integer(n, 'en')} {'person' if n == 1 else 'people'}; the value of the "
        "first wave counts.",
    )


def pair_notes(pairs: Pairs, scale: tuple[float, float] | None) -> list[Text]:
    """Who was left out, how few there are, and who was at the floor or the ceiling."""
    notes = [_left_out(reason, n) for reason, n in pairs.dropped.items()]
    notes += [_changed(name, n) for name, n in pairs.changed.items()]
    n = len(pairs.before)
    if n < FEW:
        notes.append(both(
            f"Hanya {n} pasangan: bacalah sebagai petunjuk awal.", f"Only {n} pairs: read this as a first indication.",
        ))
    else:
        notes += _few_in(pairs.arm, pairs.arms) + _few_in(pairs.level, pairs.levels)
    return notes + (_crowding_notes(pairs) if scale is None else _end_notes(pairs, scale))


def _few_in(labels: NDArray[np.str_] | None, names: tuple[str, ...]) -> list[Text]:
    """Arms or levels with fewer than ``FEW`` pairs."""
    few = [name for name in names if np.sum(labels == name) < FEW]
    if not few:
        return []
    shown = ", ".join(few[:FEW]) + (", ..." if len(few) > FEW else "")
    return [both(
        f"Kurang dari {FEW} pasangan pada {len(few)} bagian ({shown}): bacalah angkanya sebagai petunjuk awal.",
        f"Fewer than {FEW} pairs in {len(few)} {'part' if len(few) == 1 else 'parts'} ({shown}): read "
        f"{'its' if len(few) == 1 else 'their'} numbers as a first indication.",
    )]


def _end_notes(pairs: Pairs, scale: tuple[float, float]) -> list[Text]:
    """How many people stand at each end of the scale, before and after."""
    counts = [[int((values == end).sum()) for end in scale] for values in (pairs.before, pairs.after)]
    n, (low, high) = len(pairs.before), (number(end, "id", 0 if end == round(end) else 2) for end in scale)
    first, last = (number(end, "en", 0 if end == round(end) else 2) for end in scale)
    shown = {lang: [[integer(k, lang) for k in wave] for wave in counts] for lang in ("id", "en")}
    notes: list[Text] = [both(
        f"Ujung skala ({low} dan {high}): sebelum, {shown['id'][0][0]} orang di ujung terendah dan {shown['id'][0][1]} "
        f"di ujung tertinggi; sesudah, {shown['id'][1][0]} dan {shown['id'][1][1]}, dari {integer(n, 'id')} orang.",
        f"Ends of the scale ({first} and {last}): before, {shown['en'][0][0]} at the lowest end and "
        f"{shown['en'][0][1]} at the highest; after, {shown['en'][1][0]} and {shown['en'][1][1]}, of "
        f"{integer(n, 'en')} people.",
    )]
    for end, k in (("floor", 0), ("ceiling", 1)):
        if max(counts[0][k], counts[1][k]) >= CROWDED * n:
            notes.append(both(
                f"Sedikitnya {percent(CROWDED, 'id', 0)} orang berada di ujung skala {_END[end]['id']}: "
                f"{_BEYOND[end]['id']}, sehingga perubahan tampak lebih kecil daripada yang sebenarnya.",
                f"At least {percent(CROWDED, 'en', 0)} of the people stand at the {_END[end]['en']} end of the scale: "
                f"{_BEYOND[end]['en']}, so that the change looks smaller than it is.",
            ))
    return notes


def _crowding_notes(pairs: Pairs) -> list[Text]:
    """Shares at the lowest and highest observed score, where many people share it."""
    if pairs.kind == "pass_fail":
        return []
    lowest = min(pairs.before.min(), pairs.after.min())
    highest = max(pairs.before.max(), pairs.after.max())
    notes = []
    for wave, values in (("before", pairs.before), ("after", pairs.after)):
        for bound, end in ((lowest, "floor"), (highest, "ceiling")):
            share = float((values == bound).mean())
            if share >= CROWDED and lowest < highest and (values == bound).sum() > 1:
                notes.append(_crowding_note(wave, end, share, bound))
    return notes


_WAVE = {"before": both("sebelum", "before"), "after": both("sesudah", "after")}
_END = {
    "floor": both("terendah", "lowest"), "ceiling": both("tertinggi", "highest"),
}
_BEYOND = {
    "floor": both("nilai mereka tidak dapat turun lagi", "their score cannot fall further"),
    "ceiling": both("nilai mereka tidak dapat naik lagi", "their score cannot rise further"),
}


def _crowding_note(wave: str, end: str, share: float, bound: float) -> Text:
    """One sentence on a floor or a ceiling."""
    digits = 0 if bound == round(bound) else 2
    return both(
        f"{percent(share, 'id')} nilai {_WAVE[wave]['id']} berada pada nilai {_END[end]['id']} yang tercatat "
        f"({number(bound, 'id', digits)}); bila itu batas skala, {_BEYOND[end]['id']}.",
        f"{percent(share, 'en')} of the scores {_WAVE[wave]['en']} are at the {_END[end]['en']} one recorded "
        f"({number(bound, 'en', digits)}); if that is the end of the scale, {_BEYOND[end]['en']}.",
    )


def design_notes(pairs: Pairs, selection: str, level: float) -> list[Text]:
    """What the design assumes."""
    notes: list[Text]
    if pairs.arm is None:
        notes = [both(
            "Satu kelompok tanpa pembanding: perubahan memuat juga kebiasaan mengerjakan tes, waktu, dan regresi ke "
            "rata-rata.",
            "One group without comparison: the change also holds practice with the test, time, and regression to the "
            "mean.",
        )]
    else:
        notes = [both(
            "Beda perubahan menganggap kedua kelompok akan berubah sama besar tanpa program; dengan satu gelombang "
            "sebelum, anggapan itu tidak dapat diperiksa. ANCOVA menganggap orang bernilai awal sama akan berakhir "
            "sama tanpa program.",
            "The difference in differences assumes that both groups would have changed alike without the programme; "
            "with one wave before, this cannot be checked. ANCOVA assumes that people with equal scores before would "
            "have ended alike without it.",
        )]
        notes.append(both(
            "did menurut Welch tidak menganggap varians sama; menurut kuadrat terkecil (ols) memakai satu varians "
            "gabungan.",
            "did by Welch does not assume equal variances; by least squares (ols) it pools one variance.",
        ))
        notes += balance_note(pairs, level)
    if pairs.arm is None and selection == "low_before":
        notes.append(both(
            "Peserta dipilih karena nilai awalnya rendah: sebagian perubahan adalah regresi ke rata-rata yang akan "
            "terjadi juga tanpa program; `net_gain(reliability=...)` menghitung sisanya.",
            "People were chosen for a low score before: part of the change is regression to the mean, which would have "
            "come without the programme too; `net_gain(reliability=...)` gives what is left.",
        ))
    return notes


def family_notes(pairs: Pairs, family: pd.DataFrame) -> list[Text]:
    """Which family the adjusted p-values and the rank intervals belong to; nothing that the levels do not have.

    Parameters
    ----------
    pairs : Pairs
    family : DataFrame
        See :func:`karier_stats.stats.change.result.level_estimates`.
    """
    tests = int(family["p_value"].notna().sum())
    notes: list[Text] = []
    if tests:
        notes.append(both(
            f"Nilai p per bagian belum disesuaikan; `by_table()` memberi nilai p Holm dan Benjamini–Hochberg atas satu "
            f"keluarga yang berisi {integer(tests, 'id')} uji. Bila ada sel kosong pada bagian yang dianalisis, alasannya "
            "ada pada `by[bagian].notes`.",
            f"The p-values by level are not adjusted; `by_table()` gives Holm's and Benjamini–Hochberg's over one family "
            f"of {integer(tests, 'en')} {'test' if tests == 1 else 'tests'}. The reason for an empty cell of a level that "
            "was analysed is in `by[level].notes`.",
        ))
    ranked = _ranked(family)
    if not ranked:
        return notes
    shared = pairs.cluster is not None
    return [*notes, both(
        f"Urutan bagian bukan peringkat: `by_table()` memberi peringkat terbaik dan terburuk yang mungkin "
        f"(rank_low, rank_high) bagi {integer(ranked, 'id')} bagian sekaligus (Bonferroni atas semua pasangan; "
        "Mogstad dkk. 2024)"
        + ("; klaster yang sama di beberapa bagian dianggap saling bebas." if shared else "."),
        f"The order of the levels is no ranking: `by_table()` gives the best and worst rank that each may have "
        f"(rank_low, rank_high), for {integer(ranked, 'en')} levels at once (Bonferroni over all pairs; Mogstad et "
        "al. 2024)"
        + ("; the same cluster in several levels is taken as independent." if shared else "."),
    )]


def _ranked(family: pd.DataFrame) -> int:
    """How many levels have a rank: those with a standard error in an arm where another one has it too."""
    known = family[family["std_error"].notna() & family["dof"].notna()]
    return int(known.loc[known.groupby("arm")["level"].transform("size") > 1, "level"].nunique())
