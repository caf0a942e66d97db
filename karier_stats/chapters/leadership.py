"""Does leaders' engagement go with their staff's participation and with a learning culture?

The unit of analysis of participation is one active member of staff in one
year, nested in the work unit; engagement is that of the unit's heads in the
year before. Heads are not among the staff. What varies by whom, how much is
attended, ratings by staff, and how wrong it could be lie in modules beside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.answers import verdicts
from karier_stats.answers.record import Answer, Field, Finding, Table, answers
from karier_stats.chapters import claims, counting, slopes
from karier_stats.chapters.claims import claim, decided, estimate_of
from karier_stats.chapters.counting import finding, in_words, span
from karier_stats.chapters.culture import learning_culture, support
from karier_stats.chapters.engagement import (
    INDEX,
    NEEDS,
    associate,
    engagement,
    holds_adjusted,
    settled_rows,
    staff_years,
)
from karier_stats.chapters.leader_moderators import moderators
from karier_stats.chapters.leader_ratings import averaging
from karier_stats.chapters.slopes import Quantity
from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics import shares
from karier_stats.words.numbers import both, integer, number

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

CHAPTER = "leadership"
FEWEST = 3
"""A band of engagement with fewer units than this is counted but not compared."""
TAKING_PART = Quantity(
    both("partisipasi pegawai", "staff participation"), both("poin persentase", "percentage points"),
    both("keterlibatan pimpinan tahun sebelumnya", "leader engagement of the year before"), scale=100,
    margin=verdicts.smallest("slope"),
)


@answers(
    CHAPTER,
    both(
        "Berapa unit dipimpin pejabat sementara atau berganti kepala?",
        "How many units have an acting head or a change of head?",
    ),
    NEEDS,
)
def heads(ev: Evaluation) -> Answer:
    """Acting heads and changes of head counted, and the association without those unit-years beside that of all."""
    known = engagement(ev)
    changed, acting = known["heads"] > 1, known["acting"]
    data = known.assign(
        acting_units=acting.astype(int), changed_units=changed.astype(int),
    ).groupby("year", sort=True).agg(
        units=("unit_id", "size"), acting=("acting_units", "sum"), changed=("changed_units", "sum"),
        engagement=("engagement", "mean"),
    ).reset_index()
    if ev.audience != "internal":  # the mean of one or two units tells a head's own score
        data["engagement"] = data["engagement"].where(data["units"] >= FEWEST)
    value = shares.share(int((acting | changed).sum()), len(known), ev.level)
    sentence = in_words(
        lambda lang: both(
            f"Dari {integer(len(known), 'id')} unit-tahun, {integer(acting.sum(), 'id')} dipimpin pelaksana tugas atau "
            f"penjabat dan {integer(changed.sum(), 'id')} berganti kepala; salah satu atau keduanya terjadi pada "
            f"{counting.share_apart(value, 'id', ev.level)}.",
            f"Of {integer(len(known), 'en')} unit-years {integer(acting.sum(), 'en')} had an acting or caretaker head "
            f"and {integer(changed.sum(), 'en')} a change of head; either or both happened in "
            f"{counting.share_apart(value, 'en', ev.level)}.",
        )[lang]
    )
    counted = finding(
        heads, ev, value, len(known), sentence, of_people=False, sources=("leader_engagement",), n_units=known["unit_id"].nunique(),
    )
    findings = [counted, *_settled_finding(ev, staff_years(ev))]
    table = Table(
        data.assign(year_id=data["year"].astype(str), year_en=data["year"].astype(str)),
        (
            Field("year", both("Tahun", "Year")), Field("units", both("Unit", "Units"), "integer"),
            Field("acting", both("Pejabat sementara", "Acting head"), "integer"),
            Field("changed", both("Berganti kepala", "Change of head"), "integer"),
            Field("engagement", both("Rata-rata indeks", "Mean index"), "number", 1),
        ),
        both("Kepala unit dan keterlibatannya", "Heads of units and their engagement"),
    )
    return counting.answer(heads, findings, table=table, notes=(INDEX,))


def _settled_finding(ev: Evaluation, rows: pd.DataFrame) -> list[Finding]:
    """The association in unit-years with one permanent head beside that of all; nothing where it cannot be tested."""
    kept = rows[settled_rows(rows)] if len(rows) else rows
    if kept.empty or len(kept) == len(rows):
        return []
    try:
        whole, result = associate(ev, rows), associate(ev, kept)
    except StatisticsError:
        return []
    row, value = result.headline, estimate_of(result.headline)
    same = decided(value) == decided(estimate_of(whole.headline))
    sentence = in_words(lambda lang: _settled_words(row, whole.headline, same, len(rows) - len(kept), lang))
    return [
        claim(
            heads, ev, value, len(kept), sentence, design="association", measure="share_per_point", part="settled",
            coverage=1.0, precise=TAKING_PART.is_precise(value),
            robust=same and not slopes.too_few(row) and holds_adjusted(ev, kept, result) is True,
            p_value=claims.plain(row["p_value"]), n_units=int(row["n_units"]),
        )
    ]


def _settled_words(row: pd.Series, whole: pd.Series, same: bool, out: int, lang: str) -> str:
    """The estimate without the unit-years concerned, beside the one of all, and whether the conclusion is the same."""
    with_all = number(100 * claims.plain(whole["estimate"]), lang)
    size = number(100 * claims.plain(row["estimate"]), lang)
    units = counting.units_words(row["n_units"], lang)
    facts = f"{span(estimate_of(row), lang, claims.plain(row['ci_level']), digits=2)}; {units}"
    end = both(
        "data tidak cukup untuk menyimpulkan karena unitnya terlalu sedikit.",
        "the data are not enough to conclude since there are too few units.",
    )[lang] if slopes.too_few(row) else both(
        "simpulannya sama." if same else "simpulannya berubah, sehingga hasil bergantung pada unit-tahun tersebut.",
        "the conclusion is the same." if same else "the conclusion changes, so that it hangs on those unit-years.",
    )[lang]
    return both(
        f"Tanpa unit-tahun tersebut ({integer(out, 'id')} pegawai-tahun), keterkaitan partisipasi dengan keterlibatan "
        f"pimpinan ditaksir {size} poin persentase per poin indeks ({facts}), dibandingkan dengan {with_all} pada "
        f"semua unit; {end}",
        f"Without those unit-years ({integer(out, 'en')} staff-years) the association of participation with leader "
        f"engagement is estimated at {size} percentage points per point of the index ({facts}), beside {with_all} in "
        f"all units; {end}",
    )[lang]


QUESTIONS = (moderators, heads, learning_culture, support, averaging)
