"""How wrong could the association be: what nobody measured, and every declared way to ask (chapter leadership)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from karier_stats.answers.record import Answer, Finding, Picture, answers
from karier_stats.chapters import claims, counting, slopes
from karier_stats.chapters.claims import Words, claim
from karier_stats.chapters.counting import in_words
from karier_stats.chapters.engagement import (
    INDEX,
    LAGGED,
    NEEDS,
    associate,
    composed,
    composition,
    composition_words,
    settled_rows,
    staff_years,
)
from karier_stats.domain.codes import CONTRACT_STATUS
from karier_stats.errors import StatisticsError
from karier_stats.stats.association.sensitivity import sensitivity
from karier_stats.stats.association.specification import specifications
from karier_stats.stats.numerics.estimate import Estimate
from karier_stats.words.numbers import both, listing

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation
    from karier_stats.stats.association.regression import Regression
    from karier_stats.stats.association.specification import Specifications

CHAPTER = "leadership"
DRAWS = 99
"""Permutations of the whole curve; the smallest joint p is 1/100."""
NAMES = {
    "engagement": both("keterlibatan pimpinan", "leader engagement"),
    "took_part": both("partisipasi", "participation"),
    "contract_share": both("bagian PPPK dalam unit", "the share of contract staff in the unit"),
    "unit_size": both("besar unit", "the size of the unit"),
}
BENCHMARKS = ("contract_share", "unit_size")
"""What is known of units and chosen beforehand as a yardstick for what is not."""
_OUTCOMES = (
    ("took_part", both("ikut pelatihan", "took part")), ("courses", both("banyaknya pelatihan", "courses")),
    ("jp", both("jam pelajaran", "learning hours")),
)
_ADJUST = (both("tanpa penyesuaian", "not adjusted"), both("disesuaikan susunan pegawai", "adjusted for staff"))
_SAMPLE = (both("semua unit", "all units"), both("kepala tetap", "settled heads"))


@answers(
    CHAPTER,
    both("Seberapa besar kemungkinan temuan ini keliru?", "How wrong could this finding be?"), NEEDS,
)
def doubts(ev: Evaluation) -> Answer:
    """Robustness value with benchmarks known of units, and the specification curve of the declared set."""
    rows = staff_years(ev)
    if rows.empty:
        return counting.nothing(
            doubts, ev, "belum ada data keterlibatan pimpinan untuk tahun sebelum suatu tahun partisipasi.",
            "there are no data on leader engagement for the year before a year of participation.",
        )
    known = described(rows)
    findings, beside = [_unmeasured(ev, known)], _benchmark_note(known)
    try:
        curve = _curve(ev, rows)
    except StatisticsError as error:
        return counting.answer(doubts, [*findings, _no_curve(ev, error)], notes=(*beside, INDEX, LAGGED))
    return counting.answer(
        doubts, [*findings, _curve_finding(ev, curve)], picture=_picture(curve), notes=(_declared(rows), *beside, INDEX),
    )


def described(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with what is known of their unit: ``contract_share`` and ``unit_size`` (logarithm)."""
    unit = rows.assign(one=rows["status"].isin(CONTRACT_STATUS).astype(float)).groupby("unit_id", sort=False)["one"]
    return rows.assign(contract_share=unit.transform("mean"), unit_size=np.log(unit.transform("size").astype(float)))


def _benchmarked(ev: Evaluation, rows: pd.DataFrame) -> tuple[Regression, tuple[str, ...]]:
    """The association with the benchmarks that the units can carry."""
    known = _known_benchmarks(rows)
    return associate(ev, rows, known), known


def _known_benchmarks(rows: pd.DataFrame) -> tuple[str, ...]:
    """The benchmarks that vary among units, where units leave 3 degrees of freedom."""
    units = rows.drop_duplicates("unit_id")
    return tuple(name for name in BENCHMARKS if units[name].nunique() > 1) if len(units) >= slopes.ENOUGH + 1 else ()


def _unmeasured(ev: Evaluation, rows: pd.DataFrame) -> Finding:
    """What an unmeasured confounder would have to explain, in the library's words."""
    fitted, known = _benchmarked(ev, rows)
    result = sensitivity(fitted, benchmark=known)
    row = result.headline
    value = claims.plain(row["estimate"])
    return claim(
        doubts, ev, counting.exact(value), len(rows),
        in_words(lambda lang: slopes.worded(result.sentence(lang), NAMES, lang)),
        design="adjusted_association" if known else "association",
        measure="share_of_variance", part="unmeasured", coverage=1.0, precise=False, n_units=int(row["n_units"]),
    )


def _curve(ev: Evaluation, rows: pd.DataFrame) -> Specifications:
    """Outcome × adjustment × sample, all declared here, by unit means."""
    year = ("calendar",) if rows["calendar"].nunique() > 1 else ()
    adjust: dict[str, Any] = {_ADJUST[0]["id"]: year}
    if composition(rows):
        adjust[_ADJUST[1]["id"]] = (*year, *composition(rows))
        rows = composed(rows)
    choices: dict[str, dict[str, Any]] = {
        "outcome": {words["id"]: column for column, words in _OUTCOMES}, "adjust": adjust,
        "sample": {_SAMPLE[0]["id"]: None, _SAMPLE[1]["id"]: settled_rows}, "method": {"t(G−2)": "unit_means"},
    }
    return specifications(
        rows, on="engagement", unit="unit_id", choices=choices, draws=DRAWS, level=ev.level, seed=ev.seed,
    )


def _curve_finding(ev: Evaluation, curve: Specifications) -> Finding:
    """All declared ways together, in the library's words."""
    row, estimates = curve.headline, curve.computed["estimate"]
    span = Estimate(claims.plain(row['estimate']))
    same = bool((np.sign(estimates) == np.sign(span.value)).all())
    return claim(
        doubts, ev, span, int(row["n"]),
        in_words(lambda lang: slopes.worded(curve.sentence(lang), NAMES, lang)), design="association",
        measure="sd_per_sd", part="specifications", coverage=1.0, precise=False, robust=same,
        n_units=int(row["n_units"]),
    )


def _no_curve(ev: Evaluation, error: StatisticsError) -> Finding:
    """Why there is no curve."""
    sentence = both(
        f"Kurva spesifikasi belum dapat dibuat. {error.message('id')}",
        f"There is no specification curve. {error.message('en')}",
    )
    return counting.finding(doubts, ev, counting.exact(float("nan")), 0, sentence, part="specifications")


def _picture(curve: Specifications) -> Picture:
    """Every specification in the order of the estimates, none picked."""
    english = {words["id"]: words["en"] for words in (*(words for _, words in _OUTCOMES), *_ADJUST, *_SAMPLE)}
    rows = curve.computed
    labels = [[str(row[name]) for name in ("outcome", "adjust", "sample")] for _, row in rows.iterrows()]
    n = int(curve.headline["n"])
    data = pd.DataFrame({
        "label_id": [", ".join(parts) for parts in labels],
        "label_en": [", ".join(english[part] for part in parts) for parts in labels],
        "estimate": rows["estimate"].to_numpy(float), "low": np.nan, "high": np.nan, "n": n,
    })
    return Picture(
        "intervals", data, both("Kurva spesifikasi", "Specification curve"),
        both("Simpangan baku hasil per simpangan baku indeks", "Standard deviations of the outcome per one of the index"),
        both("Cara bertanya", "Way to ask"), n, "number", 2, reference=0.0,
    )


def _benchmark_note(rows: pd.DataFrame) -> tuple[Words, ...]:
    """What an unmeasured confounder is set beside: the benchmarks that these units can carry; none where they carry none."""
    known = _known_benchmarks(rows)
    if not known:
        return ()
    names = {lang: listing([NAMES[name][lang] for name in known], lang) for lang in ("id", "en")}
    return (both(
        f"Pengganggu yang tidak diukur dibandingkan dengan yang diketahui tentang unit dan dipilih di muka: {names['id']}.",
        f"An unmeasured confounder is set beside what is known of units and was chosen beforehand: {names['en']}.",
    ),)


def _declared(rows: pd.DataFrame) -> Words:
    """The declared set of specifications; adjusted ones only where the composition is known."""
    names = {lang: listing([words[lang] for _, words in _OUTCOMES], lang) for lang in ("id", "en")}
    who = composition_words(rows)
    both_ways = both(
        f" dengan dan tanpa penyesuaian susunan pegawai ({who['id']}),",
        f" adjusted and not adjusted for whom the unit employs ({who['en']}),",
    ) if composition(rows) else both("", "")
    return both(
        f"Himpunan cara bertanya dinyatakan di muka: hasil ({names['id']}),{both_ways['id']} "
        "semua unit dan hanya unit-tahun dengan satu kepala tetap; semuanya dengan rata-rata unit. Nilai p "
        "bersama mengacak keterlibatan antarunit.",
        f"The set of ways to ask is declared beforehand: outcome ({names['en']}),{both_ways['en']} "
        "all units and only unit-years with one settled head; all by unit means. The joint p permutes "
        "engagement among units.",
    )
