"""Not only whether but how much: courses attended and learning hours beside engagement (chapter leadership)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from karier_stats.answers.record import Answer, Field, Finding, Table, answers
from karier_stats.chapters import claims, counting, slopes
from karier_stats.chapters.claims import Words, claim, estimate_of
from karier_stats.chapters.counting import in_words
from karier_stats.chapters.engagement import INDEX, LAGGED, NEEDS, associate, holds_adjusted, staff_years
from karier_stats.chapters.slopes import Quantity
from karier_stats.errors import StatisticsError
from karier_stats.stats.results import METHODS, TERMS, base_term
from karier_stats.words.numbers import both, percent

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation
    from karier_stats.stats.association.regression import Regression

CHAPTER = "leadership"
_SCORE = both("keterlibatan pimpinan tahun sebelumnya", "leader engagement of the year before")


@dataclass(frozen=True)
class Amount:
    """A column of staff, its family, its measure, and its words."""

    column: str
    family: Literal["count", "continuous"]
    measure: str
    words: Quantity


AMOUNTS = (
    Amount("courses", "count", "courses_per_point", Quantity(
        both("rata-rata banyaknya pelatihan yang diikuti seorang pegawai", "the mean number of courses per person"),
        both("pelatihan", "courses"), _SCORE, digits=2,
    )),
    Amount("jp", "continuous", "jp_per_point", Quantity(
        both("rata-rata jam pelajaran seorang pegawai", "the mean learning hours per person"),
        both("JP", "learning hours"), _SCORE, digits=2,
    )),
)


@answers(
    CHAPTER,
    both(
        "Apakah banyaknya pelatihan dan jam pelajaran juga berkaitan dengan keterlibatan pimpinan?",
        "Do the number of courses and the learning hours also go with leaders' engagement?",
    ),
    NEEDS,
)
def amounts(ev: Evaluation) -> Answer:
    """Courses attended and learning hours on the engagement of the year before, units compared."""
    rows = staff_years(ev)
    if rows.empty:
        return counting.nothing(
            amounts, ev, "belum ada data keterlibatan pimpinan untuk tahun sebelum suatu tahun partisipasi.",
            "there are no data on leader engagement for the year before a year of participation.",
        )
    findings, lines, notes = [], [], [INDEX, LAGGED]
    for amount in AMOUNTS:
        try:
            result = associate(ev, rows, outcome=amount.column, family=amount.family)
        except StatisticsError as error:
            findings.append(_refused(ev, amount, error))
            continue
        holds = holds_adjusted(ev, rows, result, outcome=amount.column, family=amount.family) is True
        findings.append(_finding(ev, amount, result, len(rows), holds))
        lines += _lines(amount, result)
        notes += _zeros(result)
    return counting.answer(amounts, findings, table=_table(lines) if lines else None, notes=tuple(notes))


def _refused(ev: Evaluation, amount: Amount, error: StatisticsError) -> Finding:
    """Why one of the amounts could not be assessed."""
    sentence = in_words(
        lambda lang: both(
            f"Keterkaitan {amount.words.subject['id']} belum dapat dinilai. {error.message('id')}",
            f"Whether {amount.words.subject['en']} goes with engagement cannot be assessed. {error.message('en')}",
        )[lang]
    )
    nothing = counting.exact(float("nan"))
    return counting.finding(amounts, ev, nothing, 0, sentence, part=amount.column, measure=amount.measure)


def _finding(ev: Evaluation, amount: Amount, result: Regression, n: int, holds: bool) -> Finding:
    """One amount in words; ``holds``: adjusting for whom the units employ leads to the same conclusion."""
    row, undecided = result.headline, result.conclusion == "undecided"
    scope = str(base_term(str(row["term"]))[1])
    return claim(
        amounts, ev, estimate_of(row), n,
        in_words(lambda lang: slopes.sentence(row, amount.words, scope, undecided, lang)),
        design="association", measure=amount.measure, part=amount.column, coverage=1.0,
        robust=holds and not undecided and not slopes.too_few(row), p_value=claims.plain(row["p_value"]),
        n_units=int(row["n_units"]),
    )


def _lines(amount: Amount, result: Regression) -> list[dict[str, object]]:
    """Every scope and method of one amount."""
    table = result.table[result.table["term"].str.startswith("engagement[") & result.table["estimate"].notna()]
    return [
        {
            **{
                f"outcome_{lang}": amount.words.subject[lang] for lang in ("id", "en")
            },
            **{
                f"method_{lang}": f"{TERMS[base_term(str(row['term']))[1]][lang]}: {METHODS[str(row['method'])][lang]}"
                for lang in ("id", "en")
            },
            "estimate": claims.plain(row["estimate"]), "low": claims.plain(row["ci_low"]),
            "high": claims.plain(row["ci_high"]), "p": claims.plain(row["p_value"]), "n": int(row["n"]),
        }
        for _, row in table.iterrows()
    ]


def _zeros(result: Regression) -> list[Words]:
    """People without a course, observed and as each model of counts expects them."""
    if not result.zeros:
        return []
    names = {
        "observed": both("teramati", "observed"), "poisson": both("Poisson", "Poisson"),
        "negative_binomial": both("binomial negatif", "negative binomial"), "hurdle": both("hurdle", "hurdle"),
    }

    def shares(lang: str) -> str:
        known = ((names[key][lang], value) for key, value in result.zeros.items() if key in names)
        return ", ".join(f"{name} {percent(value, lang)}" for name, value in known)

    return [both(
        f"Bagian pegawai tanpa pelatihan, teramati dan menurut model: {shares('id')}. Model yang meleset jauh tidak "
        "menjadi dasar simpulan; jawaban utama hanya mengandaikan rata-ratanya.",
        f"Share of staff without a course, observed and by model: {shares('en')}. No conclusion rests on a model that is "
        "far off; the main answer assumes the mean only.",
    )]


def _table(lines: list[dict[str, object]]) -> Table:
    """All amounts and methods; ratios stand with their names."""
    return Table(
        pd.DataFrame(lines),
        (
            Field("outcome", both("Hasil", "Outcome")), Field("method", both("Perbandingan dan cara", "Comparison")),
            Field("estimate", both("Per poin indeks", "Per point of the index"), "number", 2),
            *counting.bounds(2, "number"), Field("p", both("p", "p"), "p"),
            Field("n", both("Pegawai-tahun", "Staff-years"), "integer"),
        ),
        both(
            "Banyaknya pelatihan dan jam pelajaran menurut keterlibatan pimpinan; rasio laju dan rasio odds bernilai 1 "
            "bila tidak ada beda",
            "Courses and learning hours by leader engagement; rate and odds ratios are 1 where nothing differs",
        ),
        count="n",
    )
