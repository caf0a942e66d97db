"""What staff say of learning and of their superiors, beside the recorded engagement of heads (chapter leadership)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.chapters import claims, counting, surveys
from karier_stats.chapters.claims import claim, decided, estimate_of
from karier_stats.chapters.counting import in_words
from karier_stats.chapters.engagement import INDEX, engagement
from karier_stats.chapters.findings import Answer, Finding, Picture, answers
from karier_stats.language import both, integer, number, p_value
from karier_stats.stats import shares
from karier_stats.stats.regress import regress
from karier_stats.stats.results import METHODS
from karier_stats.stats.shares import Estimate

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation
    from karier_stats.stats.regression import Regression

CHAPTER = "leadership"
NEEDS = ("leader_engagement", "survey_item", "survey_response")


@dataclass(frozen=True)
class Subject:
    """A scale that staff answered: the purpose of its items, and its name within a sentence."""

    purpose: str
    name: dict[str, str]


CULTURE = Subject("budaya_belajar", both("budaya belajar", "learning culture"))
SUPPORT = Subject("dukungan_atasan", both("dukungan atasan", "superiors' support"))


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
    rows = _placed(ev, scale.wide.assign(score=scale.means).dropna(subset=["score"]))
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
    findings = [_slope(of, ev, subject, result, rows, headline), *surveys.reliable(of, ev, scale)]
    picture = Picture(
        "units", _points(ev, rows),
        both(
            f"Keterlibatan pimpinan dan {subject.name['id']} menurut unit",
            f"Leader engagement and {subject.name['en']} by unit",
        ),
        both("Rata-rata indeks keterlibatan tahun-tahun sebelumnya (0–10)", "Mean engagement of earlier years (0–10)"),
        both("Rata-rata butir menurut pegawai", "Mean of items by staff"), len(rows), line=result.line,
    )
    note = both(
        "Skala ini diisi pegawai; keterlibatan pimpinan berasal dari catatan, sehingga keduanya tidak berasal dari "
        "satu kuesioner.",
        "This scale is filled in by staff and engagement comes from records, so the two do not come from one "
        "questionnaire.",
    )
    return counting.answer(of, findings, picture=picture, notes=(INDEX, note))


def _placed(ev: Evaluation, rows: pd.DataFrame) -> pd.DataFrame:
    """Answers with a unit: their own, else that of the person in the year's staff table."""
    known = ev.table("employee", "all").drop_duplicates(["employee_uid", "year"])[["employee_uid", "year", "unit_id"]]
    joined = rows.merge(known, on=["employee_uid", "year"], how="left", suffixes=("", "_staff"))
    return joined.assign(unit_id=joined["unit_id"].fillna(joined["unit_id_staff"])).dropna(subset=["unit_id"])


def _answered(ev: Evaluation, rows: pd.DataFrame) -> float:
    """Respondents over active staff."""
    return min(len(rows) / max(len(counting.staff(ev)), 1), 1.0)


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
    headline: bool,
) -> Finding:
    """The slope between units."""
    row, undecided = result.headline, result.conclusion == "undecided"
    value, p = estimate_of(row), claims.plain(row["p_value"])
    return claim(
        of, ev, value, len(rows), in_words(lambda lang: _slope_sentence(ev, subject, row, value, undecided, lang)),
        design="adjusted_association", measure="scale_points_per_point", coverage=_answered(ev, rows),
        robust=not undecided, p_value=p, n_units=int(row["n_units"]), headline=headline,
    )


def _slope_sentence(
    ev: Evaluation, subject: Subject, row: pd.Series, value: Estimate, undecided: bool, lang: str
) -> str:
    """The slope in words; about units, never about persons."""
    method, name = METHODS[str(row["method"])][lang], subject.name[lang]
    units = f"{integer(row['n_units'], lang)} {both('unit', 'units')[lang]}"
    p = p_value(claims.plain(row["p_value"]), lang)
    facts = f"{claims.bounds(value, lang, ev.level, 3)}; {p}; {method}; {units}"
    if undecided:
        return both(
            f"Keterkaitan {name} unit dengan keterlibatan pimpinannya belum dapat disimpulkan karena cara-cara yang "
            f"wajar berbeda jawaban ({facts}).",
            f"Whether {name} in a unit goes with its leaders' engagement cannot be concluded yet since reasonable "
            f"methods disagree ({facts}).",
        )[lang]
    if not decided(value):
        return both(
            f"Antarunit, keterkaitan {name} dengan keterlibatan pimpinan tidak terlihat: "
            f"{number(value.value, 'id', 2)} poin skala per poin indeks ({facts}) {claims.unseen(value, 'id', 2)}.",
            f"Between units no association of {name} with leader engagement is seen: {number(value.value, 'en', 2)} "
            f"scale points per point of the index ({facts}); it {claims.unseen(value, 'en', 2)}.",
        )[lang]
    up, size = value.value > 0, number(abs(value.value), lang, 2)
    word = both("lebih tinggi", "higher")[lang] if up else both("lebih rendah", "lower")[lang]
    against = "" if up else both("; arahnya berlawanan dengan dugaan", "; this is contrary to what was expected")[lang]
    return both(
        f"Antarunit, satu poin indeks keterlibatan pimpinan berkaitan dengan {name} {size} poin skala {word} "
        f"({facts}){against}. Temuan ini menunjukkan keterkaitan, bukan hubungan sebab akibat.",
        f"Between units, one point of leader engagement goes with {name} {size} scale points {word} "
        f"({facts}){against}. This is an association; it does not prove a cause.",
    )[lang]
