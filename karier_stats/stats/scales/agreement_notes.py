"""Notes of an agreement: what each figure is, and what none of them proves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from karier_stats.stats.results import METHODS
from karier_stats.words.numbers import Text, both, integer, number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NO_GROUND = both(
    "Selang itu memuat nol: bahwa unit berbeda belum terlihat, sehingga rata-rata unit belum berdasar untuk "
    "dibandingkan.",
    "That interval holds zero: units are not seen to differ yet, so there is no ground yet to compare unit means.",
)
RELIABILITIES = both(
    "ICC(2) adalah keandalan rata-rata unit dan memiliki beberapa definisi: Spearman–Brown dari ICC(1) REML pada "
    "ukuran "
    "unit rata-rata; rerata keandalan tiap unit menurut ukurannya sendiri; dan 1 − 1/F (ANOVA). Ketiganya berbeda "
    "bila ukuran unit berbeda.",
    "ICC(2) is the reliability of unit means and has several definitions: Spearman–Brown of the REML ICC(1) at the "
    "mean "
    "size of a unit; the mean of each unit's reliability at its own size; and 1 − 1/F (ANOVA). They differ where "
    "sizes do.",
)
NO_TESTS = both(
    "Selang ICC: profil (REML) dan F (ANOVA; tepat hanya bila ukuran unit sama). Galat baku dan uji tidak disajikan; "
    "r_wg(j) menggambarkan unit yang ada dan tidak memiliki selang.",
    "Intervals of ICC: profile (REML) and F (ANOVA; exact only for units of one size). Standard errors and tests are "
    "not "
    "given; r_wg(j) describes the units at hand and has no interval.",
)
BELOW_ZERO = both(
    "ICC(1) ANOVA negatif: rata-rata unit berbeda lebih sedikit daripada yang diharapkan secara kebetulan; taksiran "
    "REML "
    "tidak dapat di bawah nol, dan ICC(2) ANOVA tidak bermakna sehingga dikosongkan.",
    "The ANOVA ICC(1) is negative: unit means differ less than chance would have them; the REML estimate cannot be "
    "below "
    "zero, and the ANOVA ICC(2) has no meaning and is left empty.",
)
NO_SPREAD = both(
    "ICC tidak dihitung: di dalam tiap unit semua jawaban sama, sehingga tidak ada sebaran untuk dibandingkan.",
    "No ICC: within every unit all answers are equal, so that there is no spread to compare with.",
)
NO_GATE = both(
    "Angka-angka ini dilaporkan, bukan dipakai sebagai syarat: batas 0,70 yang lazim tidak memiliki dasar untuk "
    "menerima "
    "atau menolak perataan (LeBreton & Senter 2008).",
    "These figures are reported, not used as a gate: the customary .70 has no ground for allowing or forbidding "
    "aggregation (LeBreton & Senter 2008).",
)


def mean_of_items(items: int) -> Text:
    """ICC speaks of the mean of the items."""
    return both(
        f"ICC dihitung dari rata-rata {items} butir tiap orang; r_wg(j) dari ragam tiap butir.",
        f"ICC is that of each person's mean of {items} items; r_wg(j) comes from the variance of every item.",
    )


def sizes(mean: float, n0: float) -> Text:
    """The two sizes that ICC(1) from mean squares may be computed with."""
    return both(
        f"ICC(1) ANOVA (`anova`) memakai ukuran n0 = {number(n0, 'id', 2)} yang sesuai untuk unit tak sama besar; "
        f"`anova_mean_size` memakai ukuran rata-rata {number(mean, 'id', 2)} seperti pada paket multilevel di R.",
        f"ICC(1) by ANOVA (`anova`) uses n0 = {number(n0, 'en', 2)}, which fits units of unequal size; "
        f"`anova_mean_size` uses the mean size {number(mean, 'en', 2)}, as R's multilevel does.",
    )


def alone(units: int) -> Text:
    """Units of one respondent have no agreement."""
    return both(
        f"{integer(units, 'id')} unit hanya berisi satu baris: r_wg(j) dan selangnya tidak ada.",
        f"{integer(units, 'en')} units hold one row only: they have no r_wg(j) and no interval.",
    )


def nulls(known: Mapping[str, float], options: int) -> Text:
    """Variances of random answers, and why one may be absent."""
    parts = {
        lang: "; ".join(f"{METHODS[name][lang]} {number(value, lang, 2)}" for name, value in known.items())
        for lang in ("id", "en")
    }
    more = both("", "") if "skewed" in known else both(
        f" Nol agak menceng tidak disajikan: tabelnya hanya untuk 5 sampai 11 pilihan, di sini {options}.",
        f" No slightly skewed null: its table covers 5 to 11 options, and here there are {options}.",
    )
    return both(
        f"Ragam jawaban acak yang menjadi pembanding: {parts['id']} (LeBreton & Senter 2008, tabel 2). Unit yang "
        f"ragamnya lebih besar diberi r_wg(j) nol.{more['id']}",
        f"Variance of random answers to compare with: {parts['en']} (LeBreton & Senter 2008, table 2). A unit with a "
        f"larger variance gets an r_wg(j) of zero.{more['en']}",
    )


def spread(name: str, values: NDArray[np.float64]) -> Text:
    """Lowest, median and highest agreement over the units."""
    import numpy as np

    low, middle, high = np.nanquantile(values, [0, 0.5, 1])
    figures = {
        lang: [number(value, lang, 2) for value in (low, middle, high)] for lang in ("id", "en")
    }
    return both(
        f"r_wg(j) per unit ({METHODS[name]['id']}): terendah {figures['id'][0]}, median {figures['id'][1]}, tertinggi "
        f"{figures['id'][2]}.",
        f"r_wg(j) by unit ({METHODS[name]['en']}): lowest {figures['en'][0]}, median {figures['en'][1]}, highest "
        f"{figures['en'][2]}.",
    )


def everybody(value: float) -> Text:
    """What agreement all rows together have, whatever their unit."""
    return both(
        f"r_wg(j) yang tinggi bukan bukti bahwa unit berbeda (Woehr dkk. 2015): semua baris sebagai satu kelompok pun "
        f"memberi {number(value, 'id', 2)} (nol seragam).",
        f"A high r_wg(j) is no proof that units differ (Woehr et al. 2015): all rows taken as one group give "
        f"{number(value, 'en', 2)} (uniform null).",
    )
