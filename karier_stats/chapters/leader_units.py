"""Units side by side in how many of their staff take part, without a league table (chapter leadership)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.answers import verdicts
from karier_stats.answers.record import Answer, Field, Picture, Table, answers
from karier_stats.chapters import counting, slopes
from karier_stats.chapters.claims import claim, estimate_of
from karier_stats.chapters.counting import in_words
from karier_stats.stats.units.compare_units import compare_units
from karier_stats.views import activity
from karier_stats.words.numbers import both

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation
    from karier_stats.stats.units.compare_units import Units

CHAPTER = "leadership"
NEEDS = ("employee", "participation")
_NAMES = {"took_part": both("partisipasi pegawai", "staff participation")}
_CHANCE = both(
    "Taksiran yang disusutkan menarik unit ke rata-rata, unit kecil lebih kuat. Batas diagram corong hanya menghitung "
    "kebetulan. Unit disajikan menurut urutan data, bukan menurut nilai: unit kecil lebih sering berada di ujung karena "
    "kebetulan.",
    "Shrunken estimates pull units to the mean, small ones more. The limits of the funnel allow for chance only. Units "
    "are listed as the data have them, not by value: small units land at the ends by chance more often.",
)
_OUTSIDE = {
    "": both("di dalam batas", "within the limits"), "95": both("di luar batas 95 persen", "beyond the 95 percent limits"),
    "99.8": both("di luar batas 99,8 persen", "beyond the 99.8 percent limits"),
}


@answers(
    CHAPTER,
    both(
        "Apakah tingkat partisipasi unit berbeda melebihi kebetulan?",
        "Do the units' rates of participation differ beyond chance?",
    ),
    NEEDS,
)
def side_by_side(ev: Evaluation) -> Answer:
    """Shares of staff who took part by unit: shrunken, with rank intervals and the limits of chance."""
    people = activity.with_activity(ev)
    people = people.dropna(subset=["unit_id"])  # heads among them: the same staff as in the chapter on participation
    if people.empty:
        return counting.no_staff(side_by_side, ev)
    rows = people.assign(took_part=people["took_part"].astype(float), unit=people["unit_id"].astype(str))
    result = compare_units(rows, outcome="took_part", unit="unit", level=ev.level, seed=ev.seed)
    value = estimate_of(result.headline)
    found = claim(
        side_by_side, ev, value, len(rows), in_words(lambda lang: slopes.worded(result.sentence(lang), _NAMES, lang)),
        design="descriptive", measure="share_sd_between_units", coverage=1.0, precise=verdicts.is_precise(value, verdicts.smallest("share")),
        n_units=len(result.units),
    )
    data = _rows(ev, result)
    picture = Picture(
        "intervals", data, both("Tingkat partisipasi menurut unit, setelah penyusutan", "Participation by unit, shrunken"),
        both("Bagian pegawai yang ikut pelatihan", "Share of staff who took part"), both("Unit", "Unit"), len(rows),
        "percent", 0, reference=result.target, ranked=False,
    )
    return counting.answer(side_by_side, [found], picture=picture, table=_table(data), notes=(counting.CENSUS, _CHANCE))


def _rows(ev: Evaluation, result: Units) -> pd.DataFrame:
    """One row per unit in the order of the data, never by value."""
    names = ev.table("unit", "all").set_index("unit_id")["unit_name"]
    units = result.units
    label = [str(names.get(unit, unit)) for unit in units["label"]]
    places = [f"{int(low)}–{int(high)}" for low, high in zip(units["rank_low"], units["rank_high"], strict=True)]
    return pd.DataFrame({
        "label_id": label, "label_en": label, "raw": units["raw"].astype(float),
        "estimate": units["estimate"].astype(float), "low": units["ci_low"].astype(float).clip(0, 1),
        "high": units["ci_high"].astype(float).clip(0, 1), "rank_id": places, "rank_en": places,
        "outside_id": [_OUTSIDE[kind]["id"] for kind in units["outside"]],
        "outside_en": [_OUTSIDE[kind]["en"] for kind in units["outside"]], "n": units["n"].astype(int),
    })


def _table(data: pd.DataFrame) -> Table:
    """What each unit's value is, how sure its place is, and whether chance alone explains it."""
    return Table(
        data,
        (
            Field("label", both("Unit", "Unit")), Field("n", both("Pegawai", "Staff"), "integer"),
            Field("raw", both("Bagian yang ikut", "Share who took part"), "percent"),
            Field("estimate", both("Setelah penyusutan", "Shrunken"), "percent"), *counting.bounds(),
            Field("rank", both("Selang peringkat", "Interval of the rank")),
            Field("outside", both("Diagram corong", "Funnel")),
        ),
        both(
            "Partisipasi menurut unit; unit tidak diurutkan menurut nilai",
            "Participation by unit; units are not ordered by value",
        ),
        count="n",
    )
