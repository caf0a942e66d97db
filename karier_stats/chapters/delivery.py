"""What was delivered: forms of training, formal study, plan against result, cost per learning hour.

The units of analysis are the batch (angkatan), the place on a course and the
person learning hour (JP-orang): hours credited, summed over people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from karier_stats.answers.record import Answer, Field, Finding, Picture, Table, answers
from karier_stats.chapters import counting
from karier_stats.chapters.counting import english, finding, in_words, share_words
from karier_stats.chapters.unit_cost import cost
from karier_stats.domain import codes
from karier_stats.domain.codes import label
from karier_stats.stats.numerics import shares
from karier_stats.stats.numerics.estimate import Estimate, between
from karier_stats.words.numbers import both, integer, listing, number, percent

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

CHAPTER = "delivery"
LONG_JP = 100.0
"""Courses of more hours (basic and leadership training) are shown apart: a design choice."""
UNKNOWN = "lainnya"

COUNTED = both(
    "JP-orang: JP yang diakui dijumlahkan menurut orang; yang belum diakui tetapi lulus dihitung dengan JP yang "
    "dihadiri, bila tidak ada dengan JP angkatan.",
    "Person learning hours (JP-orang): credited hours summed over people; for a graduate without credit the hours "
    "attended, else the batch's hours.",
)


def _with_form(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows whose form is never missing."""
    return rows.assign(form=rows["form"].fillna(UNKNOWN).astype(str))


@answers(CHAPTER, both("Apa yang diselenggarakan, dalam bentuk apa, dan untuk berapa orang?",
                       "What was delivered, in which forms, and for how many people?"),
         ("program", "batch", "participation"))
def by_form(ev: Evaluation) -> Answer:
    """Courses, batches, people, places and person learning hours by form of training."""
    rows = _with_form(counting.enrolments(ev))
    rows = rows[rows["attended"]]
    if rows.empty:
        return counting.nothing(by_form, ev, f"tidak ada pelatihan yang dihadiri pada tahun {ev.period}.",
                                f"no course was attended in {ev.period}.")
    data = rows.groupby("form", sort=True).agg(
        courses=("program_id", "nunique"), batches=("batch_id", "nunique"), people=("employee_uid", "nunique"),
        places=("employee_uid", "size"), jp=("jp", "sum"),
    ).reset_index()
    total = float(data["jp"].sum())
    data["share"] = data["jp"] / total if total else np.nan
    data = counting.labelled(counting.code_order(data, "form", codes.FORM), "form", codes.FORM)
    picture = Picture(
        "bars", data.assign(value=data["jp"], n=data["people"]).sort_values("jp", ascending=False, kind="stable"),
        both("JP-orang menurut bentuk pelatihan", "Person learning hours by form"),
        both("JP-orang", "Person learning hours"), both("Bentuk", "Form"), int(rows["employee_uid"].nunique()),
        "integer", 0,
    )
    found = [_delivered(ev, rows, data)] + ([_leading_form(ev, rows)] if len(data) > 1 else [])
    return counting.answer(by_form, found, picture=picture if total else None,
                           table=_form_table(data), notes=(COUNTED,))


def _delivered(ev: Evaluation, rows: pd.DataFrame, data: pd.DataFrame) -> Finding:
    """The size of the year's programme in one sentence."""
    people, jp = int(rows["employee_uid"].nunique()), float(rows["jp"].sum())
    facts = int(data["courses"].sum()), int(rows["batch_id"].nunique()), len(rows)

    def sentence(lang: str) -> str:
        courses, batches, places = (integer(fact, lang) for fact in facts)
        volume = both(f", dengan {integer(jp, 'id')} JP-orang.", f", with {integer(jp, 'en')} person learning hours.")
        unknown = both("; JP-nya tidak tercatat.", "; their hours are not on record.")
        return (
            both(
                f"Pada tahun {ev.period}, {courses} program dalam {batches} angkatan dihadiri "
                f"{integer(people, 'id')} orang pada {places} tempat pelatihan",
                f"In {ev.period}, {english(facts[0], 'course')} in {english(facts[1], 'batch', 'batches')} "
                f"{'was' if facts[0] == 1 else 'were'} attended by {english(people, 'person', 'people')} on "
                f"{english(facts[2], 'place')}",
            )[lang] + (volume if jp else unknown)[lang]
        )

    return finding(by_form, ev, counting.exact(jp), people, in_words(sentence), measure="JP-person", precise=True,
                   headline=True)


def _leading_form(ev: Evaluation, rows: pd.DataFrame) -> Finding:
    """The form with most places, its share with an interval over batches."""
    counts = rows["form"].value_counts()
    first = sorted(counts.index[counts == counts.max()])
    form = first[0]
    value = counting.clustered_share(rows.assign(hit=rows["form"] == form), "hit", "batch_id", ev.level)
    hours = float(rows.loc[rows["form"] == form, "jp"].sum() / rows["jp"].sum()) if rows["jp"].sum() else np.nan

    def sentence(lang: str) -> str:
        name, words = label(codes.FORM, form, lang), counting.share_apart(value, lang, ev.level)
        if len(first) > 1:
            names = listing([label(codes.FORM, one, lang) for one in first], lang)
            each = percent(value.value, lang)
            return both(
                f"{names} memiliki tempat sama banyak, masing-masing {each} dari seluruh tempat yang dihadiri.",
                f"{names} have equally many places, {each} of all places attended each.",
            )[lang]
        return both(
            f"Bentuk dengan tempat terbanyak ialah {name}: {words} dari seluruh tempat yang dihadiri",
            f"The form with most places is {name}: {words} of all places attended",
        )[lang] + (both(
            f" dan {percent(hours, 'id')} dari JP-orang.", f" and {percent(hours, 'en')} of person learning hours.",
        )[lang] if np.isfinite(hours) else ".")

    return finding(by_form, ev, value, len(rows), in_words(sentence), part="leading")


def _form_table(data: pd.DataFrame) -> Table:
    """What was delivered, form by form."""
    fields = (
        Field("label", both("Bentuk", "Form")), Field("courses", both("Program", "Courses"), "integer"),
        Field("batches", both("Angkatan", "Batches"), "integer"), Field("people", both("Orang", "People"), "integer"),
        Field("places", both("Tempat dihadiri", "Places attended"), "integer"),
        Field("jp", both("JP-orang", "Person hours"), "integer"),
        Field("share", both("Bagian JP-orang", "Share of hours"), "percent"),
    )
    return Table(
        data, fields, both("Yang diselenggarakan menurut bentuk pelatihan", "What was delivered by form"),
        count="people",
    )


@answers(CHAPTER, both("Bagaimana perkembangannya dari tahun ke tahun?", "How has delivery developed over the years?"),
         ("employee", "program", "batch", "participation"))
def trend(ev: Evaluation) -> Answer:
    """Credited hours per active employee, year by year."""
    years = [year for year in counting.years_of(ev, "batch") if year in set(counting.years_of(ev, "employee"))]
    if ev.period not in years:
        return counting.nothing(trend, ev, f"perlu potret pegawai dan angkatan tahun {ev.period}.",
                                f"needs a staff snapshot and batches of {ev.period}.")
    people = {year: counting.with_activity(ev, year) for year in years}
    if not people[ev.period]["jp"].sum():
        return counting.nothing(trend, ev, f"tidak ada JP yang tercatat pada tahun {ev.period}.",
                                f"no learning hours are on record in {ev.period}.")
    data = _per_head(ev, people)
    picture = Picture(
        "lines", data, both("JP yang diakui per pegawai aktif", "Credited hours per active employee"),
        both("Tahun", "Year"), both("JP per pegawai", "JP per employee"), int(data["n"].iloc[-1]), "number", 1,
    )
    return counting.answer(
        trend, [_growth(ev, people)], picture=picture, table=_year_table(ev, people), notes=(COUNTED,),
    )


def _per_head(ev: Evaluation, people: dict[int, pd.DataFrame]) -> pd.DataFrame:
    """Mean and median hours of each year for a ``lines`` picture."""
    rows = []
    for year, group in people.items():
        for name, value in ((both("rata-rata", "mean"), shares.mean(group["jp"], ev.level)),
                            (both("median", "median"), shares.median(group["jp"], ev.level))):
            rows.append({"x": year, "value": value.value, "low": value.low, "high": value.high, "n": len(group),
                         "group_id": name["id"], "group_en": name["en"]})
    return pd.DataFrame(rows).sort_values("group_en", kind="stable").reset_index(drop=True)


def _growth(ev: Evaluation, people: dict[int, pd.DataFrame]) -> Finding:
    """This year's hours per head, against last year's where people are in both snapshots or not."""
    now = people[ev.period]
    value = shares.mean(now["jp"], ev.level)
    before = people.get(ev.period - 1)
    change = None if before is None or min(len(before), len(now)) < 2 else _difference_of_means(now["jp"], before["jp"], ev.level)

    def sentence(lang: str) -> str:
        words = f"{number(value.value, lang)} JP ({counting.span(value, lang, ev.level, 1)})"
        first = both(f"Rata-rata JP yang diakui per pegawai aktif tahun {ev.period} ialah {words}.",
                     f"Credited hours per active employee averaged {words} in {ev.period}.")[lang]
        return first if change is None else f"{first} {_growth_words(change, ev, lang)}"

    return finding(
        trend, ev, value, len(now), in_words(sentence), measure="JP", precise=bool(value.high - value.low <= 10),
        coverage=counting.linked(ev).value,
    )


def _difference_of_means(now: pd.Series, before: pd.Series, level: float) -> Estimate:
    """Difference of two means with the normal interval of independent samples.

    Staff who are in both years make the two means alike, so it errs on the wide side.
    """
    value = float(now.mean() - before.mean())
    error = np.sqrt(now.var(ddof=1) / len(now) + before.var(ddof=1) / len(before))
    spread = shares.critical(level) * float(error)
    return between(value, value - spread, value + spread)


def _growth_words(change: Estimate, ev: Evaluation, lang: str) -> str:
    """The change since last year in words."""
    before = ev.period - 1
    size = f"{number(change.value, lang)} JP ({counting.span(change, lang, ev.level, 1)})"
    text = both(f"Selisihnya terhadap tahun {before} ialah {size}.", f"The difference from {before} is {size}.")[lang]
    return text + counting.unsettled(change, lang, ev.level, "JP", 1)


def _year_table(ev: Evaluation, people: dict[int, pd.DataFrame]) -> Table:
    """Batches, places, people and hours of each year."""
    rows = []
    for year, group in people.items():
        held = counting.enrolments(ev, year)
        held = held[held["attended"]]
        rows.append({
            "year": str(year), "n": len(group), "batches": held["batch_id"].nunique(), "places": len(held),
            "people": held["employee_uid"].nunique(), "jp": float(held["jp"].sum()), "mean": float(group["jp"].mean()),
            "median": float(group["jp"].median()),
        })
    fields = (
        Field("year", both("Tahun", "Year")), Field("n", both("Pegawai aktif", "Active staff"), "integer"),
        Field("batches", both("Angkatan", "Batches"), "integer"),
        Field("places", both("Tempat dihadiri", "Places attended"), "integer"),
        Field("people", both("Orang", "People"), "integer"), Field("jp", both("JP-orang", "Person hours"), "integer"),
        Field("mean", both("Rata-rata JP per pegawai", "Mean JP per employee"), "number"),
        Field("median", both("Median JP per pegawai", "Median JP per employee"), "number"),
    )
    return Table(pd.DataFrame(rows), fields, both("Penyelenggaraan menurut tahun", "Delivery by year"), count="n")


@answers(
    CHAPTER,
    both(
        "Berapa lama pelatihan, dan apakah pelatihan panjang mendominasi?",
        "How long are courses, and do long ones dominate?",
    ),
    ("program", "batch", "participation"),
)
def hours(ev: Evaluation) -> Answer:
    """Hours per place: median beside mean, and the weight of long courses."""
    rows = _with_form(counting.enrolments(ev))
    rows = rows[rows["attended"] & (rows["jp"] > 0)]
    if rows.empty:
        return counting.nothing(
            hours, ev, f"JP kepesertaan tahun {ev.period} tidak tersedia.",
            f"hours of participation in {ev.period} are not given.",
        )
    table = _hours_by_form(ev, rows)
    picture = Picture(
        "intervals", table.data.rename(columns={"median": "estimate"}),
        both("Median JP per tempat menurut bentuk", "Median hours per place by form"),
        both("JP per tempat", "JP per place"), both("Bentuk", "Form"), len(rows), "number", 0,
    )
    return counting.answer(hours, [_long(ev, rows)], picture=picture, table=table, notes=(COUNTED,))


def _long(ev: Evaluation, rows: pd.DataFrame) -> Finding:
    """Median against mean, and how many hours lie in long courses."""
    middle, average = shares.median(rows["jp"], ev.level), float(rows["jp"].mean())
    is_long = rows["jp"] > LONG_JP
    places, held = float(is_long.mean()), float(rows.loc[is_long, "jp"].sum() / rows["jp"].sum())

    def sentence(lang: str) -> str:
        value, bounds = number(middle.value, lang), counting.span(middle, lang, ev.level, 1)
        if lang == "id":
            return (
                f"Median panjang pelatihan {value} JP ({bounds}), rata-ratanya {number(average, lang)} JP. "
                f"{_long_words(places, held, lang)}"
            )
        return f"The median length is {value} JP ({bounds}), the mean {number(average, lang)} JP. {_long_words(places, held, lang)}"

    return finding(
        hours, ev, middle, len(rows), in_words(sentence), measure="JP", precise=bool(middle.high - middle.low <= 10),
    )


def _long_words(places: float, held: float, lang: str) -> str:
    """What long courses weigh, where there are any."""
    limit = integer(LONG_JP, lang)
    if not places:
        return both(f"Tidak satu pun pelatihan di atas {limit} JP.", f"No course is above {limit} JP.")[lang]
    shown = percent(places, lang), percent(held, lang)
    return both(
        f"Pelatihan di atas {limit} JP mencakup {shown[0]} tempat tetapi {shown[1]} JP-orang.",
        f"Courses above {limit} JP are {shown[0]} of places but {shown[1]} of person learning hours.",
    )[lang] if held > places else both(
        f"Pelatihan di atas {limit} JP mencakup {shown[0]} tempat dan {shown[1]} JP-orang.",
        f"Courses above {limit} JP are {shown[0]} of places and {shown[1]} of person learning hours.",
    )[lang]


def _hours_by_form(ev: Evaluation, rows: pd.DataFrame) -> Table:
    """Median with its interval, mean and long places of each form."""
    data = []
    for form in (code for code in codes.FORM if (rows["form"] == code).any()):
        jp = rows.loc[rows["form"] == form, "jp"]
        value = shares.median(jp, ev.level)
        data.append({"form": form, "n": len(jp), "median": value.value, "low": value.low, "high": value.high,
                     "mean": float(jp.mean()), "long": float((jp > LONG_JP).mean())})
    fields = (
        Field("label", both("Bentuk", "Form")), Field("n", both("Tempat", "Places"), "integer"),
        Field("median", both("Median JP", "Median JP"), "number"), *counting.bounds(1, "number"),
        Field("mean", both("Rata-rata JP", "Mean JP"), "number"),
        Field("long", both(f"Di atas {LONG_JP:.0f} JP", f"Above {LONG_JP:.0f} JP"), "percent"),
    )
    return Table(counting.labelled(pd.DataFrame(data), "form", codes.FORM), fields,
                 both("JP per tempat menurut bentuk pelatihan", "Hours per place by form"), count="n")


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
    people = counting.staff(ev, standing=None)
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
    shown = bool((cells.loc[cells["n"] > 0, "n"] >= counting.LEAST).all())

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


QUESTIONS = (by_form, trend, cost, study,)
