"""What staff say of learning and of their superiors, beside the recorded engagement of heads (chapter leadership)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.answers import verdicts
from karier_stats.answers.record import Answer, Finding, Picture, answers
from karier_stats.chapters import claims, counting, reliabilities, slopes
from karier_stats.chapters.claims import claim, estimate_of
from karier_stats.chapters.counting import in_words
from karier_stats.chapters.engagement import INDEX, PERSONAL, engagement
from karier_stats.chapters.slopes import Quantity
from karier_stats.stats.association.regress import regress
from karier_stats.stats.numerics import shares
from karier_stats.views import activity, surveys
from karier_stats.words.numbers import both, percent

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation
    from karier_stats.stats.association.regression import Regression

CHAPTER = "leadership"
NEEDS = ("leader_engagement", "survey_item", "survey_response")


@dataclass(frozen=True)
class Subject:
    """A scale that staff answered: the purpose of its items, and its name within a sentence."""

    purpose: str
    name: dict[str, str]


CULTURE = Subject("budaya_belajar", both("budaya belajar", "learning culture"))
SUPPORT = Subject("dukungan_atasan", both("dukungan atasan", "superiors' support"))
EARLIER = both("keterlibatan pimpinan tahun-tahun sebelumnya", "leader engagement of earlier years")


@answers(
    CHAPTER,
    both(
        "Apakah keterlibatan pimpinan berkaitan dengan budaya belajar?",
        "Does leaders' engagement go with a learning culture?",
    ),
    NEEDS,
)
def learning_culture(ev: Evaluation) -> Answer:
    """Learning culture as staff see it on the engagement of earlier years, between units; reliability of the scale."""
    return _answered_by_staff(learning_culture, ev, CULTURE, headline=True)


@answers(
    CHAPTER,
    both("Apakah pegawai merasakan dukungan atasannya?", "Do staff feel the support of their superiors?"), NEEDS,
)
def support(ev: Evaluation) -> Answer:
    """Superiors' support as staff see it on the recorded engagement, between units; reliability of the scale."""
    return _answered_by_staff(support, ev, SUPPORT, headline=False)


def _answered_by_staff(
    of: Callable[[Evaluation], Answer], ev: Evaluation, subject: Subject, headline: bool
) -> Answer:
    """One scale beside the engagement of earlier years."""
    scale = surveys.scale(ev, subject.purpose)
    rows = placed(ev, scale.wide.assign(score=scale.means).dropna(subset=["score"]))
    earlier = engagement(ev)
    earlier = earlier[earlier["year"] < ev.period].groupby("unit_id", sort=True)["engagement"].mean().reset_index()
    rows = rows.merge(earlier, on="unit_id", how="inner")
    if rows.empty:
        return counting.nothing(
            of, ev,
            f"belum ada jawaban tentang {subject.name['id']} dari unit yang keterlibatan pimpinannya diketahui.",
            f"no answers on {subject.name['en']} come from units whose leader engagement is known.",
        )
    result = regress(
        rows, outcome="score", on="engagement", unit="unit_id", family="continuous", level=ev.level, seed=ev.seed,
    )
    width = float((scale.items["scale_max"] - scale.items["scale_min"]).mean())
    margin = verdicts.smallest("slope") * width
    findings = [_slope(of, ev, subject, result, rows, headline, margin), *reliabilities.reliable(of, ev, scale)]
    picture = _unit_picture(ev, subject, rows, result) if ev.audience == "internal" else None
    note = both(
        "Skala ini diisi pegawai; keterlibatan pimpinan berasal dari catatan, sehingga keduanya tidak berasal dari "
        "satu kuesioner. Taksirannya tidak disesuaikan dengan susunan pegawai unit. Keterkaitan yang berarti ialah "
        f"{percent(verdicts.smallest('slope'), 'id', 0)} dari lebar skala per poin indeks atau lebih.",
        "This scale is filled in by staff and engagement comes from records, so the two do not come from one "
        "questionnaire. The estimate is not adjusted for whom the units employ. An association that matters is "
        f"{percent(verdicts.smallest('slope'), 'en', 0)} of the width of the scale per point of the index or more.",
    )
    return counting.answer(of, findings, picture=picture, notes=(INDEX, note) + (() if picture else (PERSONAL,)))


def _unit_picture(ev: Evaluation, subject: Subject, rows: pd.DataFrame, result: Regression) -> Picture:
    """Units as points with their own intervals and the line that the headline tests."""
    return Picture(
        "units", _points(ev, rows),
        both(
            f"Keterlibatan pimpinan dan {subject.name['id']} menurut unit",
            f"Leader engagement and {subject.name['en']} by unit",
        ),
        both("Rata-rata indeks keterlibatan tahun-tahun sebelumnya (0–10)", "Mean engagement of earlier years (0–10)"),
        both("Rata-rata butir menurut pegawai", "Mean of items by staff"), len(rows), line=result.line,
    )


def placed(ev: Evaluation, rows: pd.DataFrame) -> pd.DataFrame:
    """Answers with a unit: their own, else that of the person in the year's staff table."""
    known = ev.table("employee", "all").drop_duplicates(["employee_uid", "year"])[["employee_uid", "year", "unit_id"]]
    joined = rows.merge(known, on=["employee_uid", "year"], how="left", suffixes=("", "_staff"))
    return joined.assign(unit_id=joined["unit_id"].fillna(joined["unit_id_staff"])).dropna(subset=["unit_id"])


def _answered(ev: Evaluation, rows: pd.DataFrame) -> float:
    """Respondents over active staff."""
    return min(len(rows) / max(len(activity.staff(ev)), 1), 1.0)


def _points(ev: Evaluation, rows: pd.DataFrame) -> pd.DataFrame:
    """Mean engagement and mean score of every unit."""
    names = ev.table("unit", "all").set_index("unit_id")["unit_name"]
    points = []
    for unit, part in rows.groupby("unit_id", sort=True):
        value = shares.mean(part["score"].to_numpy(float), ev.level)
        points.append({
            "label_id": str(names.get(unit, unit)), "label_en": str(names.get(unit, unit)),
            "x": float(part["engagement"].iloc[0]), "y": value.value, "y_low": value.low, "y_high": value.high,
            "n": len(part),
        })
    return pd.DataFrame(points)


def _slope(
    of: Callable[[Evaluation], Answer], ev: Evaluation, subject: Subject, result: Regression, rows: pd.DataFrame,
    headline: bool, margin: float,
) -> Finding:
    """The slope between units; ``margin``: the smallest that matters, in scale points per point of the index."""
    row, undecided = result.headline, result.conclusion == "undecided"
    scale = Quantity(subject.name, both("poin skala", "scale points"), EARLIER, digits=2, margin=margin)
    return claim(
        of, ev, estimate_of(row), len(rows),
        in_words(lambda lang: slopes.sentence(row, scale, "between", undecided, lang)),
        design="association", measure="scale_points_per_point", coverage=_answered(ev, rows),
        precise=scale.is_precise(estimate_of(row)), robust=False, p_value=claims.plain(row["p_value"]),
        n_units=int(row["n_units"]), headline=headline,
    )
