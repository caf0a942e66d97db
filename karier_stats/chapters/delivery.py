"""What was delivered: forms of training, formal study, plan against result, cost per learning hour.

The units of analysis are the batch (angkatan), the place on a course and the
person learning hour (JP-orang): hours credited, summed over people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.answers.record import Answer, Field, Finding, Picture, Table, answers
from karier_stats.chapters import counting
from karier_stats.chapters.counting import finding, in_words, share_words
from karier_stats.chapters.unit_cost import cost
from karier_stats.domain import codes
from karier_stats.domain.codes import label
from karier_stats.stats.description.contrasts import LEAST
from karier_stats.stats.numerics import shares
from karier_stats.views import activity
from karier_stats.words.numbers import both, integer, listing, percent

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

CHAPTER = "delivery"
UNKNOWN = "lainnya"


@answers(
    CHAPTER, both("Siapa yang menempuh pendidikan lanjut?", "Who takes up further study?"),
    ("further_study", "employee"),
)
def study(ev: Evaluation) -> Answer:
    """Applications for formal study: how many, of which kind, in which state, by whom."""
    rows = ev.table("further_study", "all")
    began = rows["start_date"].dt.year
    rows = rows[~(began > ev.period).fillna(False)].reset_index(drop=True)
    if rows.empty:
        return counting.nothing(
            study, ev, f"tidak ada pendidikan lanjut sampai tahun {ev.period}.", f"no further study up to {ev.period}.",
        )
    people = activity.staff(ev, standing=None)
    cells = _study_cells(rows)
    return counting.answer(
        study, [_studying(ev, rows, people, cells), *_study_by_sex(ev, rows, people)], picture=_study_picture(cells, len(rows)),
        table=_study_table(cells),
        notes=(
            both(
                "Satuan analisis: satu orang untuk satu jenjang. Penyebut: seluruh pegawai pada potret tahun periode, "
                "termasuk yang sedang tugas belajar.",
                "Unit of analysis: one person and degree. Denominator: all staff in the period's snapshot, those on "
                "study assignment included.",
            ),
        ),
    )


def _studying(ev: Evaluation, rows: pd.DataFrame, people: pd.DataFrame, cells: pd.DataFrame) -> Finding:
    """Share of staff who study now or have finished; by state only where no cell of the table is small."""
    taken = set(rows.loc[rows["state"].isin(("berjalan", "selesai")), "employee_uid"])
    k, n = int(people["employee_uid"].isin(taken).sum()), len(people)
    value = shares.share(k, n, ev.level)
    counts = {state: int((rows["state"] == state).sum()) for state in codes.STUDY_STATE}
    shown = bool((cells.loc[cells["n"] > 0, "n"] >= LEAST).all())

    def sentence(lang: str) -> str:
        states = listing(
            [
                f"{label(codes.STUDY_STATE, state, lang).lower()} {integer(count, lang)}"
                for state, count in counts.items() if count
            ],
            lang,
        )
        words, numbers = share_words(value, lang, ev.level), (integer(k, lang), integer(n, lang))
        text = both(
            f"Sebanyak {numbers[0]} dari {numbers[1]} pegawai ({words}) sedang atau telah menempuh pendidikan lanjut.",
            f"{numbers[0]} of {numbers[1]} staff ({words}) are in or have finished further study.",
        )[lang]
        more = both(f" Menurut status usulan: {states}.", f" Applications by state: {states}.")[lang]
        return text + (more if shown and states else "")

    return finding(study, ev, value, n, in_words(sentence))


def _study_by_sex(ev: Evaluation, rows: pd.DataFrame, people: pd.DataFrame) -> list[Finding]:
    """Women's and men's take-up of further study."""
    known = people[people["sex"].isin(("L", "P"))]
    taken = known["employee_uid"].isin(set(rows.loc[rows["state"].isin(("berjalan", "selesai")), "employee_uid"]))
    women, men = known["sex"] == "P", known["sex"] == "L"
    if not women.any() or not men.any():
        return []
    counts = int(taken[women].sum()), int(women.sum()), int(taken[men].sum()), int(men.sum())
    gap = shares.newcombe(*counts, level=ev.level)

    def sentence(lang: str) -> str:
        rates = percent(counts[0] / counts[1], lang), percent(counts[2] / counts[3], lang)
        points = counting.points_words(gap, lang, ev.level)
        return both(
            f"Pendidikan lanjut ditempuh {rates[0]} perempuan dan {rates[1]} laki-laki: selisih {points}.",
            f"Further study is taken up by {rates[0]} of women and {rates[1]} of men: a difference of {points}.",
        )[lang] + counting.judged(gap, lang, ev.level)

    return [finding(study, ev, gap, len(known), in_words(sentence), part="sex", measure="share_difference")]


def _study_cells(rows: pd.DataFrame) -> pd.DataFrame:
    """Applications by kind and degree (one bar) and state, cells without any included: what picture and table both show."""
    filled = rows.assign(kind=rows["study_kind"].fillna(UNKNOWN).astype(str)).astype({"degree": str, "state": str})
    counted = filled.groupby(["kind", "degree", "state"], sort=True).size()
    kinds = {**codes.STUDY_KIND, UNKNOWN: ("Tidak tercatat", "Not recorded")}
    bars = sorted(set(zip(filled["kind"], filled["degree"], strict=True)), key=lambda bar: (_rank(codes.EDUCATION, bar[1]), bar[0]))
    parts = []
    for kind, degree in bars:
        names = {lang: (label(codes.EDUCATION, degree, lang), label(kinds, kind, lang)) for lang in ("id", "en")}
        parts += [
            {
                **{f"degree_{lang}": names[lang][0] for lang in names}, **{f"kind_{lang}": names[lang][1] for lang in names},
                **{f"label_{lang}": f"{names[lang][0]}, {names[lang][1].lower()}" for lang in names},
                "part_id": state[0], "part_en": state[1], "n": int(counted.get((kind, degree, code), 0)),
            } for code, state in codes.STUDY_STATE.items()
        ]
    return pd.DataFrame(parts)


def _rank(names: codes.CodeList, code: str) -> int:
    """The place of a code in its list; unknown ones last."""
    return list(names).index(code) if code in names else len(names)


def _study_picture(cells: pd.DataFrame, n: int) -> Picture:
    """Applications by degree and kind, cut by state."""
    return Picture(
        "stacked", cells.assign(value=cells["n"]),
        both("Pendidikan lanjut menurut jenjang, jenis, dan status", "Further study by degree, kind and state"),
        both("Orang", "People"), both("Jenjang", "Degree"), n, "integer", 0,
    )


def _study_table(cells: pd.DataFrame) -> Table:
    """Kind, degree and state of further study, counted."""
    fields = (
        Field("kind", both("Jenis", "Kind")), Field("degree", both("Jenjang", "Degree")),
        Field("part", both("Status", "State")), Field("n", both("Orang", "People"), "integer"),
    )
    return Table(cells, fields, both("Pendidikan lanjut", "Further study"), count="n", block="label_id")


QUESTIONS = (cost, study,)
