"""Units side by side in words: how far they differ, what stands out, and what a rank is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from karier_stats.stats.results import METHODS
from karier_stats.words.numbers import (
    Text,
    both,
    decimals,
    integer,
    interval,
    level_percent,
    listing,
    number,
)

if TYPE_CHECKING:
    import pandas as pd

    from karier_stats.stats.units.compare_units import Units

NO_VARIANCE = both(
    "Ragam antarunit ditaksir nol. Itu bukan bukti bahwa unit sama: lihat ujung atas selangnya.",
    "The variance between units is estimated at zero. That is no proof that units are equal: see the upper end of its "
    "interval.",
)
NEW_UNIT = both(
    "`new_unit` adalah letak nilai sebenarnya dari unit lain yang serupa. Selang Hartung–Knapp menganggap ragam "
    "antarunit "
    "diketahui dan terlalu sempit bila ragam itu kecil (8 unit: memuat 83 sampai 92 dari 100, bukan 95); baris "
    "`averaged` "
    "memperhitungkan ketidakpastian itu.",
    "`new_unit` is where the true value of another unit of this kind lies. Hartung and Knapp's interval takes the "
    "variance "
    "between units as known and is too narrow where that is small (8 units: it holds 83 to 92 of 100 instead of 95); "
    "the row "
    "`averaged` "
    "counts what is not known.",
)
NO_LEAGUE = both(
    "Unit disajikan menurut urutan data, bukan menurut nilai. Unit kecil lebih sering berada di ujung karena "
    "kebetulan; "
    "urutan tanpa selang peringkat menyesatkan.",
    "Units are listed as the data have them, not by value. Small units land at the ends by chance more often; an order "
    "without intervals of ranks misleads.",
)


def sentence(result: Units, lang: str) -> str:
    """The headline, what stands out, and the width of ranks."""
    return " ".join([_headline(result, lang), _outside(result.units, lang), _ranks(result.units, lang)])


def _headline(result: Units, lang: str) -> str:
    """Standard deviation between units with its interval; a null says what it leaves open."""
    row = result.headline
    level = level_percent(row.ci_level, lang)
    scale, places = _scale(result), _digits(result)
    size = number(scale * row.estimate, lang, places) + _unit(result, lang)
    upto = number(scale * row.ci_high, lang, places) + _unit(result, lang)
    bounds = interval(scale * row.ci_low, scale * row.ci_high, lang, places)
    facts = {
        code: f"{METHODS[row.method][code]}; {integer(row.n_units, code)} {'unit' if code == 'id' else 'units'}; "
        f"n = {integer(row.n, code)}"
        for code in ("id", "en")
    }
    what = both(f"`{result.outcome}`", f"`{result.outcome}`")
    if result.adjust:
        names = [f"`{name}`" for name in result.adjust]
        what = {code: f"{what[code]} {_ADJUSTED[code]} {listing(names, code)}" for code in ("id", "en")}
    if row.ci_low > 0:
        return both(
            f"Nilai unit yang sebenarnya dalam {what['id']} berbeda melebihi kebetulan: simpangan baku antarunit "
            f"ditaksir "
            f"{size} (selang kepercayaan {level} {bounds}; {facts['id']}).",
            f"True values of units in {what['en']} differ beyond chance: the standard deviation between units is "
            f"estimated "
            f"at {size} ({level} confidence interval {bounds}; {facts['en']}).",
        )[lang]
    return both(
        f"Perbedaan antarunit dalam {what['id']} belum terlihat melebihi kebetulan: simpangan baku antarunit ditaksir "
        f"{size}, dan data ini masih sejalan dengan nilai hingga {upto} (selang kepercayaan {level} {bounds}; "
        f"{facts['id']}).",
        f"Units are not seen to differ beyond chance in {what['en']} yet: the standard deviation between units is "
        f"estimated at {size}, and these data still go with values up to {upto} ({level} confidence interval "
        f"{bounds}; {facts['en']}).",
    )[lang]


_ADJUSTED = both("yang disesuaikan untuk", "adjusted for")


def _scale(result: Units) -> float:
    """Shares are told in percent."""
    return 100.0 if result.kind == "share" else 1.0


def _unit(result: Units, lang: str) -> str:
    """Percentage points for a share, nothing for a mean."""
    return both(" poin persentase", " percentage points")[lang] if result.kind == "share" else ""


def _digits(result: Units) -> int:
    """Decimals that show two figures of the upper end of the spread between units."""
    high = _scale(result) * float(result.headline.ci_high)
    return decimals(high)


def _outside(units: pd.DataFrame, lang: str) -> str:
    """Units beyond the limits, against what chance alone would put there."""
    beyond, far = int((units["outside"] != "").sum()), int((units["outside"] == "99.8").sum())
    holm = int((units["p_holm"] < 0.05).sum())
    by_chance = number(0.05 * len(units), lang, 1)
    figures = {code: [integer(count, code) for count in (beyond, far, len(units), holm)] for code in ("id", "en")}
    return both(
        f"Unit di luar batas 95 persen diagram corong: {figures['id'][0]} (karena kebetulan saja paling banyak sekitar "
        f"{by_chance}); di luar batas 99,8 persen: {figures['id'][1]}; berbeda dari rata-rata setelah koreksi Holm "
        f"untuk "
        f"{figures['id'][2]} unit: {figures['id'][3]}.",
        f"Units beyond the 95 percent limits of the funnel: {figures['en'][0]} (at most about {by_chance} by chance "
        f"alone); "
        f"beyond the 99.8 percent limits: {figures['en'][1]}; different from the mean after Holm's correction for "
        f"{figures['en'][2]} units: {figures['en'][3]}.",
    )[lang]


def _ranks(units: pd.DataFrame, lang: str) -> str:
    """How many places the interval of a rank spans."""
    wide = number((units["rank_high"] - units["rank_low"] + 1).mean(), lang, 1)
    return both(
        f"Daftar peringkat tidak disajikan: selang peringkat satu unit rata-rata mencakup {wide} dari {len(units)} "
        f"tempat.",
        f"No league table is given: the interval of one unit's rank spans {wide} of {len(units)} places on average.",
    )[lang]


def spread(kind: str) -> Text:
    """What the variances of units rest on."""
    if kind == "mean":
        return both(
            "Sebaran di dalam unit dianggap sama pada semua unit (ragam gabungan), agar unit kecil pun memiliki "
            "selang. "
            "Taksiran yang disusutkan menarik unit ke rata-rata, unit kecil lebih kuat; selangnya turut menghitung "
            "ketidakpastian ragam antarunit.",
            "The spread within units is taken as one (pooled), so that small units have an interval too. Shrunken "
            "estimates pull units to the mean, small ones more; their intervals also count that the variance between "
            "units is not known.",
        )
    return both(
        "Selang bagian tiap unit menurut Wilson. Taksiran yang disusutkan menarik unit ke rata-rata, unit kecil "
        "lebih kuat; "
        "selangnya memakai hampiran normal dan turut menghitung ketidakpastian ragam antarunit.",
        "Intervals of the units' shares are Wilson's. Shrunken estimates pull units to the mean, small ones more; "
        "their "
        "intervals use the normal approximation and also count that the variance between units is not known.",
    )


def adjusted(columns: Sequence[str], kind: str) -> Text:
    """How covariates enter."""
    names = [f"`{column}`" for column in columns]
    if kind == "mean":
        return both(
            f"Rata-rata unit disesuaikan ke nilai rata-rata {listing(names, 'id')} dengan kemiringan model intersep "
            f"acak.",
            f"Unit means are adjusted to average values of {listing(names, 'en')} by the slopes of a "
            f"random-intercept model.",
        )
    return both(
        f"Standardisasi tak langsung: jumlah teramati dibagi jumlah yang diharapkan menurut {listing(names, 'id')} "
        f"(logit "
        "tanpa unit), dikali bagian seluruh baris. Hasil bagi itu dapat melebihi 100 persen (dituturkan sebagai 100) "
        "dan hanya dibandingkan dengan rata-rata, bukan unit dengan unit.",
        f"Indirect standardisation: the count observed over the one expected from {listing(names, 'en')} (logit "
        f"without "
        "units), times the share of all rows. That ratio may exceed 100 percent (told as 100), and is to be compared "
        "with the mean, not one unit with another.",
    )


def funnel(units: int) -> Text:
    """What the limits allow for."""
    return both(
        "Batas corong hanya menghitung kebetulan (tepat untuk cacah, t untuk rata-rata). `wide_low` dan `wide_high` "
        "juga "
        f"menghitung beda antarunit yang biasa. Dengan {integer(units, 'id')} unit, sekitar "
        f"{number(0.05 * units, 'id', 1)} "
        "di luar batas 95 persen bukan kejutan.",
        "Limits of the funnel allow for chance only (exact for counts, t for means). `wide_low` and `wide_high` also "
        "allow "
        f"for ordinary differences between units. With {integer(units, 'en')} units, about "
        f"{number(0.05 * units, 'en', 1)} beyond the 95 percent limits are no surprise.",
    )


def ranks(draws: int, seed: int) -> Text:
    """Both kinds of intervals of ranks."""
    return both(
        f"`rank_low` s.d. `rank_high`: selang peringkat tiap unit dari {integer(draws, 'id')} undian nilai "
        f"sebenarnya (seed "
        f"{seed}), peringkat 1 nilai terbesar. `rank_all_low` s.d. `rank_all_high` berlaku bagi semua unit sekaligus "
        "(Bonferroni atas semua pasangan).",
        f"`rank_low` to `rank_high`: interval of each unit's rank from {integer(draws, 'en')} draws of the true "
        f"values (seed "
        f"{seed}), rank 1 is the largest value. `rank_all_low` to `rank_all_high` hold for all units at once "
        f"(Bonferroni over "
        "all pairs).",
    )


def funnel_alt(result: Units, lang: str) -> str:
    """The funnel in words."""
    units, scale = result.units, _scale(result)
    places = _digits(result)
    sizes = interval(units["n"].min(), units["n"].max(), lang, 0)
    span = _span(result, "raw", lang)
    target = number(scale * result.target, lang, places)
    beyond, far = int((units["outside"] != "").sum()), int((units["outside"] == "99.8").sum())
    percents = both(" persen", " percent")[lang] if result.kind == "share" else ""
    return both(
        f"Diagram corong {integer(len(units), 'id')} unit berisi {sizes} baris: `{result.outcome}` {span}{percents}, "
        f"garis "
        f"rata-rata {target}{percents}; {beyond} unit di luar batas 95 persen, {far} di luar batas 99,8 persen.",
        f"Funnel plot of {integer(len(units), 'en')} units of {sizes} rows: `{result.outcome}` {span}{percents}, "
        f"line of the "
        f"mean {target}{percents}; {beyond} units beyond the 95 percent limits, {far} beyond the 99.8 percent limits.",
    )[lang]


def _span(result: Units, column: str, lang: str) -> str:
    """Lowest and highest value of the units; a standardised share is never told outside 0 to 100 percent."""
    ends = result.units[column].agg(["min", "max"]).to_numpy(dtype=float)
    low, high = np.clip(ends, 0, 1) if result.kind == "share" else ends
    return interval(_scale(result) * low, _scale(result) * high, lang, _digits(result))


def ranks_alt(result: Units, lang: str) -> str:
    """Estimates and ranks in words."""
    units = result.units
    span = _span(result, "estimate", lang)
    width = units["rank_high"] - units["rank_low"] + 1
    percents = both(" persen", " percent")[lang] if result.kind == "share" else ""
    return both(
        f"Dua panel untuk {integer(len(units), 'id')} unit menurut urutan data: taksiran yang disusutkan "
        f"{span}{percents} "
        f"dengan selangnya, dan selang peringkat yang mencakup {width.min()} s.d. {width.max()} tempat.",
        f"Two panels for {integer(len(units), 'en')} units in the order of the data: shrunken estimates "
        f"{span}{percents} with "
        f"their intervals, and intervals of ranks that span {width.min()} to {width.max()} places.",
    )[lang]
