"""The contract that every result keeps, and the closed vocabulary of its table.

Each verb returns a frozen :class:`Result` whose ``table`` has the columns of
``COLUMNS``, in that order, at every level. ``TERMS`` and ``METHODS`` are the
only place where a term or a method is named and explained.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from numbers import Real
from typing import TYPE_CHECKING, Any

from karier_stats.errors import StatisticsError
from karier_stats.words.numbers import Text, both, number, p_value

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

COLUMNS = (
    "term", "method", "estimate", "std_error", "ci_low", "ci_high", "ci_level",
    "statistic", "dof", "p_value", "n", "n_units",
)
FLOATS = ("estimate", "std_error", "ci_low", "ci_high", "ci_level", "statistic", "dof", "p_value")

TERMS: dict[str, dict[str, str]] = {
    "mean_change": both("perubahan rata-rata", "mean change"),
    "median_change": both("perubahan median (Hodges–Lehmann)", "median change (Hodges–Lehmann)"),
    "d_av": both("d_av (penyebut: rerata varians kedua gelombang)", "d_av (denominator: average variance of both waves)"),
    "d_z": both("d_z (penyebut: simpangan baku selisih)", "d_z (denominator: SD of the differences)"),
    "d_rm": both("d_rm (penyebut: simpangan baku selisih dengan r)", "d_rm (denominator: SD of differences with r)"),
    "rank_biserial": both("korelasi rank-biserial berpasangan", "matched-pairs rank-biserial correlation"),
    "improved": both("bagian yang naik", "share improved"),
    "unchanged": both("bagian yang tetap", "share unchanged"),
    "declined": both("bagian yang turun", "share declined"),
    "did": both("beda perubahan (difference in differences)", "difference in differences"),
    "ancova": both("beda nilai akhir pada nilai awal yang sama (ANCOVA)", "difference after, at equal scores before (ANCOVA)"),
    "class_gain": both("gain kelas (Hake)", "class gain (Hake)"),
    "lasting": both("perubahan yang bertahan", "change that lasts"),
    "loss": both("perubahan sejak gelombang sesudah", "change since the wave after"),
    "share_kept": both("bagian perubahan yang bertahan", "share of the change that is kept"),
    "lasting_ancova": both(
        "beda yang bertahan pada nilai awal yang sama (ANCOVA)", "difference that lasts, at equal scores before (ANCOVA)"
    ),
    "share_kept_ancova": both(
        "bagian beda ANCOVA yang bertahan", "share of the ANCOVA difference that is kept"
    ),
    "dose": both("keterkaitan perubahan dengan dosis", "association of the change with the dose"),
    "drift": both("perubahan yang diharapkan dari regresi ke rata-rata", "change expected from regression to the mean"),
    "net_gain": both("peningkatan bersih setelah regresi ke rata-rata", "net gain after regression to the mean"),
    "left": both("bagian yang keluar", "share who left"),
    "left_gap": both("beda bagian yang keluar", "difference in the share who left"),
    "before_gap": both("beda nilai awal yang keluar dan yang bertahan", "difference in scores before, leavers and others"),
    "tipping_unseen": both(
        "selisih perubahan yang keluar agar hasil tidak lagi terlihat", "leavers' shortfall that hides the result"
    ),
    "tipping_zero": both(
        "selisih perubahan yang keluar agar hasil menjadi nol", "leavers' shortfall that brings the result to zero"
    ),
    "tipping_unseen_opposed": both(
        "selisih berlawanan arah di kedua kelompok agar hasil tidak lagi terlihat",
        "opposite shortfalls in both arms that hide the result",
    ),
    "tipping_zero_opposed": both(
        "selisih berlawanan arah di kedua kelompok agar hasil menjadi nol",
        "opposite shortfalls in both arms that bring the result to zero",
    ),
    "imputed": both("hasil bila yang keluar turut dihitung, delta", "result with the leavers counted in, delta"),
    "lee_lower": both("batas bawah Lee", "Lee's lower bound"),
    "lee_upper": both("batas atas Lee", "Lee's upper bound"),
    "within": both("di dalam unit", "within units"),
    "between": both("antarunit", "between units"),
    "icc": both("korelasi intrakelas", "intraclass correlation"),
    "agreement": both("kesepakatan mutlak (ICC(A,1))", "absolute agreement (ICC(A,1))"),
    "consistency": both("keajekan urutan (ICC(C,1))", "consistency (ICC(C,1))"),
    "kappa": both("kappa Cohen", "Cohen's kappa"),
    "icc1": both("ICC(1)", "ICC(1)"),
    "icc2": both("ICC(2)", "ICC(2)"),
    "rwg": both("kesepakatan dalam unit r_wg(j)", "within-unit agreement r_wg(j)"),
    "detectable_effect": both("beda terkecil yang dapat terlihat", "smallest difference that could be seen"),
    "persons_needed": both("banyaknya orang yang diperlukan", "people needed"),
    "units_needed": both("banyaknya unit yang diperlukan", "units needed"),
    "power": both("daya uji", "power"),
    "between_sd": both("simpangan baku antarunit", "standard deviation between units"),
    "pooled_mean": both("rata-rata unit", "mean of the units"),
    "new_unit": both("unit lain yang serupa", "another unit of this kind"),
    "unit_value": both("nilai unit", "value of the unit"),
    "year_change": both("perubahan setahun, dikurangi perubahan unit lain", "change in a year less that of the other units"),
    "robustness_value": both("nilai ketahanan (RV)", "robustness value (RV)"),
    "robustness_value_alpha": both("nilai ketahanan sampai selang memuat nol", "robustness value until the interval holds zero"),
    "partial_r2": both(
        "bagian sisa keragaman skor yang harus dijelaskan pengganggu ekstrem",
        "share of the score's rest that an extreme confounder must explain",
    ),
    "as_strong_as": both("taksiran bila ada pengganggu sekuat", "estimate beside a confounder as strong as"),
    "e_value": both("nilai-E", "E-value"),
    "e_value_limit": both("nilai-E batas selang", "E-value of the interval's limit"),
    "oster_delta": both("delta Oster", "Oster's delta"),
    "oster_beta": both("taksiran pada delta = 1 (Oster)", "estimate at delta = 1 (Oster)"),
    "gamma": both("gamma Rosenbaum", "Rosenbaum's gamma"),
    "curve_median": both("median taksiran semua spesifikasi", "median estimate of all specifications"),
    "curve_same_sign": both("bagian spesifikasi yang searah dengan median", "share of specifications with the median's sign"),
    "curve_seen": both(
        "bagian spesifikasi yang searah dan terlihat", "share of specifications with that sign and seen"
    ),
    "alpha": both("alfa Cronbach", "Cronbach's alpha"),
    "omega": both("omega McDonald", "McDonald's omega"),
    "item_rest": both("korelasi butir dengan sisanya", "item-rest correlation"),
}
"""Terms; a bracket (``did[seminar]``, ``lead[within]``) names the arm, item or level. Secondary questions of ``regress``
add `` x <moderator>``, ``^2`` or, for a class of the score, ``[>=cut]`` to a term of the score."""

METHODS: dict[str, dict[str, str]] = {
    "paired_t": both("uji t berpasangan", "paired t"),
    "wilcoxon": both("peringkat bertanda Wilcoxon", "Wilcoxon signed rank"),
    "bonett": both("Bonett (2008)", "Bonett (2008)"),
    "noncentral_t": both("t nonsentral", "noncentral t"),
    "normal": both("hampiran normal", "normal approximation"),
    "bca": both("bootstrap BCa", "BCa bootstrap"),
    "welch": both("Welch", "Welch"),
    "ols": both("kuadrat terkecil", "least squares"),
    "cr2": both("CR2, derajat bebas Satterthwaite", "CR2, Satterthwaite degrees of freedom"),
    "hc3": both("kuadrat terkecil, galat baku HC3", "least squares, HC3 standard error"),
    "spearman": both("korelasi Spearman", "Spearman's correlation"),
    "fieller": both("selang Fieller", "Fieller interval"),
    "sign_flip": both("permutasi tanda", "sign-flip permutation"),
    "permutation": both("permutasi kelompok antarklaster", "permutation of arms among clusters"),
    "wild": both("wild cluster bootstrap terbatas", "restricted wild cluster bootstrap"),
    "mcnemar": both("McNemar", "McNemar"),
    "wilson": both("selang Wilson", "Wilson interval"),
    "newcombe": both("Newcombe, metode 10", "Newcombe, method 10"),
    "retest": both("reliabilitas tes ulang", "test-retest reliability"),
    "cut_normal": both("sebaran normal terpotong", "normal distribution cut off"),
    "tipping": both("titik balik", "tipping point"),
    "imputation": both("imputasi ganda, aturan Rubin", "multiple imputation, Rubin's rules"),
    "lee": both("Lee (2009), selang Imbens–Manski", "Lee (2009), Imbens–Manski interval"),
    "unit_means": both("rata-rata unit, t(G−2)", "unit means, t(G−2)"),
    "two_way": both("rerata kuadrat dua arah", "two-way mean squares"),
    "quadratic": both("bobot kuadrat", "quadratic weights"),
    "reml": both("intersep acak, REML", "random intercept, REML"),
    "reml_satterthwaite": both(
        "intersep acak, REML, derajat bebas Satterthwaite", "random intercept, REML, Satterthwaite degrees of freedom"
    ),
    "ame": both("efek marginal rata-rata", "average marginal effect"),
    "odds_ratio": both("rasio odds", "odds ratio"),
    "agq": both("rasio odds, logit dengan intersep acak", "odds ratio, logit with a random intercept"),
    "rate_ratio": both("rasio laju", "rate ratio"),
    "firth": both("rasio odds, Firth, selang profil", "odds ratio, Firth, profile interval"),
    "negative_binomial": both("rasio laju, binomial negatif", "rate ratio, negative binomial"),
    "hurdle_any": both("rasio odds ada-tidaknya (hurdle)", "odds ratio of at least one (hurdle)"),
    "hurdle_positive": both(
        "rasio laju di antara yang bernilai sekurang-kurangnya satu (hurdle)",
        "rate ratio among those with at least one (hurdle)",
    ),
    "confounder": both("R² parsial, Cinelli & Hazlett (2020)", "partial R², Cinelli & Hazlett (2020)"),
    "bias_factor": both("faktor bias, VanderWeele & Ding (2017)", "bias factor, VanderWeele & Ding (2017)"),
    "bias_factor_root": both(
        "faktor bias, akar kuadrat rasio odds (hasil tidak jarang)", "bias factor, square root of the odds ratio (common outcome)"
    ),
    "oster": both("Oster (2019), akar tepat", "Oster (2019), exact root"),
    "rosenbaum": both("peringkat bertanda, Rosenbaum (2002)", "signed rank, Rosenbaum (2002)"),
    "rosenbaum_mcnemar": both("McNemar, Rosenbaum (2002)", "McNemar, Rosenbaum (2002)"),
    "specification_curve": both(
        "kurva spesifikasi, permutasi bersama", "specification curve, joint permutation"
    ),
    "anova": both("ANOVA", "ANOVA"),
    "anova_mean_size": both("ANOVA pada ukuran unit rata-rata", "ANOVA at the mean size of a unit"),
    "spearman_brown": both("Spearman–Brown pada ukuran unit rata-rata", "Spearman–Brown at the mean size of a unit"),
    "mean_reliability": both("rerata keandalan tiap unit", "mean of each unit's reliability"),
    "hartung_knapp": both("REML dan Hartung–Knapp", "REML and Hartung–Knapp"),
    "averaged": both(
        "dirata-rata atas ragam antarunit yang mungkin", "averaged over what the variance between units may be"
    ),
    "shrunken": both("disusutkan ke rata-rata (Bayes empiris)", "shrunken to the mean (empirical Bayes)"),
    "own_rows": both("dari baris unit itu saja", "from the unit's own rows"),
    "pooled_spread": both("ragam gabungan di dalam unit dan tahun", "pooled spread within units and years"),
    "plus_four": both("dua berhasil dan dua gagal ditambahkan", "two successes and two failures added"),
    "uniform": both("nol seragam", "uniform null"),
    "skewed": both("nol agak menceng", "slightly skewed null"),
    "feldt": both("selang Feldt", "Feldt interval"),
    "bootstrap": both("bootstrap", "bootstrap"),
    "raw": both("tanpa koreksi", "uncorrected"),
}

RATIOS = ("odds_ratio", "agq", "rate_ratio", "firth", "negative_binomial", "hurdle_any", "hurdle_positive")
"""Methods whose estimate is a ratio: no association is one, not zero, and percentage points are not its unit."""


def base_term(term: str) -> tuple[str, str]:
    """Split ``did[seminar]`` into ``("did", "seminar")``; no bracket gives ``""``."""
    match = re.fullmatch(r"(.*?)(?:\[(.*)\])?", term)
    assert match is not None
    return match[1], match[2] or ""


def name_of(term: str, lang: str) -> str:
    """The term as a reader knows it; a column's own name stays as it is."""
    if " x " in term:
        slope, _, moderator = term.partition(" x ")
        return f"{name_of(slope, lang)} × {moderator}"
    if term.endswith("^2"):
        return f"{name_of(term[:-2], lang)}, {both('kuadrat', 'squared')[lang]}"
    base, inside = base_term(term)
    if base in TERMS:
        return TERMS[base][lang] + (f": {inside}" if inside else "")
    return f"{base}, {TERMS[inside][lang]}" if inside in TERMS else term


def check_level(level: Any) -> None:
    """Refuse a level that is no number between 0 and 1.

    Raises
    ------
    StatisticsError
        K349.
    """
    if not (isinstance(level, Real) and 0 < float(level) < 1):
        raise StatisticsError("K349", level=level)


def make_table(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows as the contract's table; a value that is absent or not finite is ``pd.NA``."""
    import pandas as pd

    frame = pd.DataFrame([{column: _clean(row.get(column)) for column in COLUMNS} for row in rows], columns=list(COLUMNS))
    for column in FLOATS:
        frame[column] = frame[column].astype("Float64")
    for column in ("n", "n_units"):
        frame[column] = frame[column].astype("Int64")
    return frame.astype({"term": "string", "method": "string"})


def _clean(value: Any) -> Any:
    """NaN and infinity never leave the library: they become a missing value."""
    import pandas as pd

    if value is None or isinstance(value, str):
        return value if value is not None else pd.NA
    return value if math.isfinite(float(value)) else pd.NA


@dataclass(frozen=True, eq=False)
class Result:
    """What a verb returns: a tidy table, the row to speak of, and what was assumed.

    Parameters
    ----------
    table : DataFrame
        Columns ``COLUMNS``; one row per term and method.
    lead : tuple of str
        ``(term, method)`` of the headline row.
    notes : tuple of Text
        What was dropped, what the design assumes, why a method was switched.
    recompute : callable
        ``level -> Result``; used by :meth:`interval`.
    """

    table: pd.DataFrame
    lead: tuple[str, str]
    notes: tuple[Text, ...]
    recompute: Callable[[float], Result] = field(repr=False)

    @property
    def headline(self) -> pd.Series:
        """The row that the sentence speaks of."""
        return self.row(*self.lead)

    def row(self, term: str, method: str | None = None) -> pd.Series:
        """One row by term, and by method where a term has several."""
        rows = self.table[self.table["term"] == term]
        if method is not None:
            rows = rows[rows["method"] == method]
        if rows.empty:
            known = sorted(set(self.table["term"]))
            raise KeyError(f"no row {term!r} ({method or 'any method'}); terms here: {known}")
        return rows.iloc[0]

    def interval(self, level: float) -> pd.DataFrame:
        """The whole table at another confidence level, computed anew."""
        return self.recompute(level).table

    def sentence(self, lang: str = "id") -> str:
        """The headline in words; no claim beyond what the design allows."""
        raise NotImplementedError

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the result; nothing is computed here."""
        raise NotImplementedError

    def display_table(self, lang: str = "id", digits: int = 3) -> pd.DataFrame:
        """The rows as text for a reader: names, estimates with intervals, p-values."""
        import pandas as pd

        head = both("Besaran|Cara|Taksiran|Selang|p|n|Unit", "Quantity|Method|Estimate|Interval|p|n|Units")[lang]
        rows = [
            [
                name_of(row["term"], lang), METHODS[row["method"]][lang], number(row["estimate"], lang, digits),
                f"[{number(row['ci_low'], lang, digits)}; {number(row['ci_high'], lang, digits)}]",
                p_value(row["p_value"], lang).removeprefix("p = ").removeprefix("p "),
                number(row["n"], lang, 0), number(row["n_units"], lang, 0),
            ]
            for row in self.table.to_dict("records")
        ]
        return pd.DataFrame(rows, columns=head.split("|"))

    def _repr_html_(self) -> str:
        notes = "".join(f"<li>{html.escape(note['id'])}</li>" for note in self.notes)
        return (
            f"<p>{html.escape(self.sentence('id'))}</p>"
            f"{self.display_table('id').to_html(index=False, escape=True, border=0)}<ul>{notes}</ul>"
        )

    def _repr_markdown_(self) -> str:
        table = self.display_table("id")
        lines = [" | ".join(table.columns), " | ".join("---" for _ in table.columns)]
        lines += [" | ".join(map(str, row)) for row in table.to_numpy()]
        return self.sentence("id") + "\n\n" + "\n".join(f"| {line} |" for line in lines)

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self.sentence('en')}\n{self.display_table('en').to_string(index=False)}"
