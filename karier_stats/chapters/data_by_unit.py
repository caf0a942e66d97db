"""Where the gaps are: empty cells and survey response, unit by unit (chapter data_quality)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.answers.record import Answer, Field, Finding, Picture, Table, answers
from karier_stats.chapters import counting
from karier_stats.chapters.counting import finding, in_words
from karier_stats.chapters.cross_checks import eligible
from karier_stats.domain.codes import PURPOSE, label
from karier_stats.intake.schema import TABLES
from karier_stats.stats.description.contrasts import LEAST
from karier_stats.stats.numerics import shares
from karier_stats.views import activity
from karier_stats.words.numbers import both, integer, percent

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

CHAPTER = "data_quality"
CORE = ("status", "standing_code", "sex", "age_band", "grade", "position_type", "education")
"""Columns of the staff list on which the comparisons of groups rest."""
OF_COURSES = ("nomination", "attended_jp", "credited_jp", "final_score", "certificate_date")
"""Columns of participation that everybody who attended should have."""


@answers(
    CHAPTER, both("Unit mana yang datanya berlubang?", "Which units have gaps in their data?"),
    ("unit", "employee", "participation"),
)
def by_unit(ev: Evaluation) -> Answer:
    """Share of empty cells of staff lists and attended courses, by unit and column."""
    people, seats = activity.staff(ev, standing=None), activity.enrolments(ev)
    if people.empty:
        return counting.no_staff(by_unit, ev)
    home = people.set_index("employee_uid")["unit_id"]
    groups = _empty_cells(ev, people, CORE)
    attended = _empty_cells(ev, _placed(seats[seats["attended"]], home), OF_COURSES)
    picture = Picture(
        "matrix", pd.concat([_cells(groups, "employee", CORE), _cells(attended, "participation", OF_COURSES)], ignore_index=True),
        both("Bagian sel kosong menurut unit", "Share of empty cells by unit"),
        both("Kolom", "Column"), both("Unit", "Unit"), len(people), "percent", 0,
    )
    found = [_emptiest(ev, groups, _OF_STAFF)] + ([_emptiest(ev, attended, _OF_SEATS, "courses")] if len(attended) else [])
    seen = attended[["unit_id", "n", "empty"]].rename(columns={"n": "rows", "empty": "of_courses"})
    data = groups.merge(seen, on="unit_id", how="left", validate="1:1").astype({"rows": "Int64"})
    fields = (
        Field("label", both("Unit", "Unit")), Field("n", both("Pegawai", "Staff"), "integer"),
        Field("empty", both("Sel pokok kosong", "Empty core cells"), "percent"),
        Field("rows", both("Kepesertaan yang dihadiri", "Courses attended"), "integer"),
        Field("of_courses", both("Sel kepesertaan kosong", "Empty course cells"), "percent"),
    )
    return counting.answer(
        by_unit, found, picture=picture,
        table=Table(data, fields, both("Sel kosong menurut unit", "Empty cells by unit"), count="n"),
    )


def _empty_cells(ev: Evaluation, frame: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """Share of empty cells of each column in each unit, over all columns (``empty``), and the rows (``n``)."""
    cells = _named(ev, frame.assign(**{name: frame[name].isna() for name in columns}))
    grouped = cells.groupby(["unit_id", "label_id", "label_en"], sort=True)[list(columns)]
    shares_of = grouped.mean().reset_index()
    return shares_of.assign(n=grouped.size().to_numpy(), empty=shares_of[list(columns)].mean(axis=1))


def _named(ev: Evaluation, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows with the names of their units; rows without a unit are left aside."""
    names = ev.table("unit", "all").set_index("unit_id")["unit_name"]
    kept = frame[frame["unit_id"].notna()]
    words = kept["unit_id"].map(names).fillna(kept["unit_id"]).astype(str)
    return kept.assign(label_id=words, label_en=words)


def _cells(groups: pd.DataFrame, table: str, columns: tuple[str, ...]) -> pd.DataFrame:
    """One row per unit and column, for a ``matrix`` picture."""
    rows = [
        {
            "row_id": unit["label_id"], "row_en": unit["label_en"], "value": float(unit[name]), "n": int(unit["n"]),
            **{f"column_{lang}": TABLES[table].by_name[name].text[lang] for lang in ("id", "en")},
        } for unit in groups.to_dict("records") for name in columns
    ]
    names = ["row_id", "row_en", "value", "n", "column_id", "column_en"]
    return pd.DataFrame(rows, columns=names).astype({"value": float, "n": "Int64"})


_OF_STAFF = both("Sel pokok yang kosong pada daftar pegawai", "Empty core cells in the staff lists")
_OF_SEATS = both("Sel yang kosong pada kepesertaan yang dihadiri", "Empty cells in the courses attended")


def _emptiest(ev: Evaluation, groups: pd.DataFrame, what: dict[str, str], part: str = "") -> Finding:
    """The unit with the largest share of empty cells, beside all units."""
    whole = float((groups["empty"] * groups["n"]).sum() / groups["n"].sum())
    large = groups[groups["n"] >= LEAST]
    worst = counting.top(large, "empty") if len(large) else None

    def sentence(lang: str) -> str:
        units, share = integer(len(groups), lang), percent(whole, lang)
        of = both(f"{units} unit", "one unit" if len(groups) == 1 else f"{units} units")[lang]
        text = both(f"{what['id']} {of}: {share}.", f"{what['en']} of {of}: {share}.")[lang]
        if worst is None or large["empty"].nunique() < 2:  # of equals none has the most
            return text
        most, name = percent(float(worst["empty"]), lang), worst[f"label_{lang}"]
        return text + both(f" Yang terbanyak di {name}: {most}.", f" The most are in {name}: {most}.")[lang]

    return finding(
        by_unit, ev, counting.exact(whole), int(groups["n"].sum()), in_words(sentence), part=part, precise=True,
        n_units=len(groups),
    )


@answers(
    CHAPTER, both("Unit mana yang kurang menjawab survei?", "Which units answer the surveys less?"),
    ("unit", "employee", "survey_response"),
)
def responses_by_unit(ev: Evaluation) -> Answer:
    """Response rate of each instrument in each unit, and the widest gap between units."""
    rows = ev.table("survey_response")
    rates = _rates(ev, rows)
    if rates.empty:
        return counting.nothing(
            responses_by_unit, ev, "jawaban survei tidak dapat dikaitkan dengan unit.",
            "survey answers cannot be tied to a unit.",
        )
    picture = Picture(
        "matrix", rates.rename(columns={"label_id": "row_id", "label_en": "row_en"}).assign(value=rates["estimate"])
        .astype({"n": "Int64"}),
        both("Tingkat jawaban menurut unit dan instrumen", "Response rate by unit and instrument"),
        both("Instrumen", "Instrument"), both("Unit", "Unit"), int(rates["n"].sum()), "percent", 0,
    )
    largest = str(counting.top(rates.groupby("instrument", sort=True)["n"].sum().reset_index(), "n")["instrument"])
    own = rates[rates["instrument"] == largest].reset_index(drop=True)
    fields = (
        Field("label", both("Unit", "Unit")), Field("k", both("Jawaban masuk", "Responses"), "integer"), Field("n", both("Seharusnya", "Eligible"), "integer"),
        Field("estimate", both("Tingkat jawaban", "Response rate"), "percent"), *counting.bounds(),
    )
    return counting.answer(
        responses_by_unit, [_gap(ev, own)], picture=picture,
        table=Table(own, fields, {lang: f"{_RATE[lang]}: {own.iloc[0][f'column_{lang}']}" for lang in _RATE}, count="n"),
        notes=(both("Tabel dan temuan memakai instrumen yang dapat dijawab oleh paling banyak orang; gambar menunjukkan semuanya.",
                    "Table and finding take the instrument that most people could answer; the picture shows them all."),),
    )


_RATE = both("Tingkat jawaban menurut unit", "Response rate by unit")


def _rates(ev: Evaluation, rows: pd.DataFrame) -> pd.DataFrame:
    """One row per instrument and unit: ``k`` answered of ``n``, with Wilson's interval."""
    home = activity.staff(ev, standing=None).set_index("employee_uid")["unit_id"]
    found = []
    for name, group in rows.astype({"instrument": str}).groupby("instrument", sort=True):
        answered = _placed(group.drop_duplicates("response_id"), home)
        due = _placed(eligible(ev, str(name), group)[0], home)
        counts = due.groupby("unit_id", sort=True).size()
        if answered["unit_id"].isna().all() or counts.empty:
            continue
        n = counts.to_frame("n").assign(k=answered.groupby("unit_id").size()).fillna({"k": 0}).astype(int).reset_index()
        n["k"] = n[["k", "n"]].min(axis=1)
        low, high = shares.wilson(n["k"].to_numpy(), n["n"].to_numpy(), ev.level)
        found.append(_named(ev, n).assign(
            instrument=name, estimate=n["k"] / n["n"], low=low, high=high,
            column_id=label(PURPOSE, str(name), "id"), column_en=label(PURPOSE, str(name), "en"),
        ))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def _placed(frame: pd.DataFrame, home: pd.Series) -> pd.DataFrame:
    """The rows with their unit: as given, else that of the person."""
    given = frame["unit_id"] if "unit_id" in frame else pd.Series(pd.NA, index=frame.index, dtype="string")
    return frame.assign(unit_id=given.fillna(frame["employee_uid"].map(home)))


def _gap(ev: Evaluation, own: pd.DataFrame) -> Finding:
    """The response rate of one instrument over all units, and the widest gap between units."""
    contrast = counting.widest(own, ev.level)
    total = shares.share(int(own["k"].sum()), int(own["n"].sum()), ev.level)

    def sentence(lang: str) -> str:
        name, words = own.iloc[0][f"column_{lang}"], counting.share_apart(total, lang, ev.level)
        where = both("di semua unit", "over all units") if len(own) > 1 else both("di unit ini", "in this unit")
        text = both(f"Tingkat jawaban instrumen {name} {where['id']} ialah {words}.",
                    f"The response rate of the instrument {name} {where['en']} is {words}.")[lang]
        if contrast is None:
            return text
        if contrast.gap.value == 0:
            return text + both(" Tidak ada unit yang lebih tinggi dari unit lain.", " No unit is above another.")[lang]
        high, low = (f"{row[f'label_{lang}']} ({percent(row['estimate'], lang)})" for row in (contrast.high, contrast.low))
        points = counting.points_words(contrast.gap, lang, contrast.level, contrast.pairs)
        return text + both(
            f" Tertinggi di {high}, terendah di {low}; selisih {points}.",
            f" Highest in {high}, lowest in {low}; a difference of {points}.",
        )[lang] + counting.unsettled(contrast.gap, lang, contrast.level)

    return finding(
        responses_by_unit, ev, total, int(own["n"].sum()), in_words(sentence), coverage=total.value, n_units=len(own),
    )
