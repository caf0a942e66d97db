"""What was delivered: forms of training, formal study, plan against result, cost per learning hour.

The units of analysis are the batch (angkatan), the place on a course and the
person learning hour (JP-orang): hours credited, summed over people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from karier_stats.chapters import counting
from karier_stats.chapters.counting import finding, in_words, share_words
from karier_stats.chapters.findings import Answer, Field, Finding, Picture, Recommendation, Table, answers
from karier_stats.domain import codes
from karier_stats.domain.codes import label
from karier_stats.language import both, integer, listing, number, percent, rupiah
from karier_stats.stats import shares

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

CHAPTER = "delivery"
LONG_JP = 100.0
"""Courses of more hours (basic and leadership training) are shown apart: a design choice."""
UNKNOWN = "lainnya"

COUNTED = both(
    "JP-orang: JP yang diakui dijumlahkan menurut orang; yang belum diakui tetapi lulus dihitung dengan JP yang dihadiri, "
    "bila tidak ada dengan JP angkatan.",
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
    picture = Picture("bars", data.assign(value=data["jp"], n=data["people"]).sort_values("jp", ascending=False, kind="stable"),
                      both("JP-orang menurut bentuk pelatihan", "Person learning hours by form"), both("JP-orang", "Person learning hours"),
                      both("Bentuk", "Form"), int(rows["employee_uid"].nunique()), "integer", 0)
    return counting.answer(by_form, [_delivered(ev, rows, data), _leading_form(ev, rows)], picture=picture,
                           table=_form_table(data), notes=(COUNTED,))


def _delivered(ev: Evaluation, rows: pd.DataFrame, data: pd.DataFrame) -> Finding:
    """The size of the year's programme in one sentence."""
    people, jp = int(rows["employee_uid"].nunique()), float(rows["jp"].sum())
    facts = int(data["courses"].sum()), int(rows["batch_id"].nunique()), len(rows)

    def sentence(lang: str) -> str:
        courses, batches, places = (integer(fact, lang) for fact in facts)
        if lang == "id":
            return (f"Pada tahun {ev.period}, {courses} program dalam {batches} angkatan dihadiri {integer(people, lang)} orang pada "
                    f"{places} tempat pelatihan, dengan {integer(jp, lang)} JP-orang.")
        return (f"In {ev.period}, {courses} courses in {batches} batches were attended by {integer(people, lang)} people on "
                f"{places} places, with {integer(jp, lang)} person learning hours.")

    return finding(by_form, ev, counting.exact(jp), people, in_words(sentence), measure="JP-person", precise=True,
                   headline=True, n_units=facts[1])


def _leading_form(ev: Evaluation, rows: pd.DataFrame) -> Finding:
    """The form with most places, its share with an interval over batches."""
    counts = rows["form"].value_counts()
    form = min(counts.index[counts == counts.max()])
    by_batch = rows.assign(hit=rows["form"] == form).groupby("batch_id", sort=False)["hit"].agg(["sum", "size"])
    value = shares.ratio(by_batch["sum"], by_batch["size"], ev.level)
    value = shares.Estimate(value.value, np.clip(value.low, 0, 1), np.clip(value.high, 0, 1))
    hours = float(rows.loc[rows["form"] == form, "jp"].sum() / rows["jp"].sum()) if rows["jp"].sum() else np.nan

    def sentence(lang: str) -> str:
        name, words = label(codes.FORM, form, lang), share_words(value, lang, ev.level)
        if lang == "id":
            return f"Bentuk dengan tempat terbanyak ialah {name}: {words}, dari seluruh tempat yang dihadiri, dan {percent(hours, lang)} dari JP-orang."
        return f"The form with most places is {name}: {words}, of all places attended, and {percent(hours, lang)} of person learning hours."

    return finding(by_form, ev, value, len(rows), in_words(sentence), part="leading", n_units=len(by_batch))


def _form_table(data: pd.DataFrame) -> Table:
    """What was delivered, form by form."""
    fields = (
        Field("label", both("Bentuk", "Form")), Field("courses", both("Program", "Courses"), "integer"),
        Field("batches", both("Angkatan", "Batches"), "integer"), Field("people", both("Orang", "People"), "integer"),
        Field("places", both("Tempat dihadiri", "Places attended"), "integer"), Field("jp", both("JP-orang", "Person hours"), "integer"),
        Field("share", both("Bagian JP-orang", "Share of hours"), "percent"),
    )
    return Table(data, fields, both("Yang diselenggarakan menurut bentuk pelatihan", "What was delivered by form"), count="people")


@answers(CHAPTER, both("Bagaimana perkembangannya dari tahun ke tahun?", "How has delivery developed over the years?"),
         ("employee", "program", "batch", "participation"))
def trend(ev: Evaluation) -> Answer:
    """Credited hours per active employee, year by year."""
    years = [year for year in counting.years_of(ev, "batch") if year in set(counting.years_of(ev, "employee"))]
    if ev.period not in years:
        return counting.nothing(trend, ev, f"perlu potret pegawai dan angkatan tahun {ev.period}.",
                                f"needs a staff snapshot and batches of {ev.period}.")
    people = {year: counting.with_activity(ev, year) for year in years}
    data = _per_head(ev, people)
    picture = Picture("lines", data, both("JP yang diakui per pegawai aktif", "Credited hours per active employee"),
                      both("Tahun", "Year"), both("JP per pegawai", "JP per employee"), int(data["n"].iloc[-1]), "number", 1)
    return counting.answer(trend, [_growth(ev, people)], picture=picture, table=_year_table(ev, people), notes=(COUNTED,))


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
    change = None if before is None or before.empty else _difference_of_means(now["jp"], before["jp"], ev.level)

    def sentence(lang: str) -> str:
        words = f"{number(value.value, lang)} JP ({counting.span(value, lang, ev.level, 1)})"
        first = both(f"Rata-rata JP yang diakui per pegawai aktif tahun {ev.period} ialah {words}.",
                     f"Credited hours per active employee averaged {words} in {ev.period}.")[lang]
        return first if change is None else f"{first} {_growth_words(change, ev, lang)}"

    return finding(trend, ev, value, len(now), in_words(sentence), measure="JP", precise=bool(value.high - value.low <= 10),
                   coverage=counting.linked(ev).value)


def _difference_of_means(now: pd.Series, before: pd.Series, level: float) -> shares.Estimate:
    """Difference of two means with the normal interval of independent samples.

    Staff who are in both years make the two means alike, so it errs on the wide side.
    """
    value = float(now.mean() - before.mean())
    error = np.sqrt(now.var(ddof=1) / len(now) + before.var(ddof=1) / len(before))
    spread = shares.critical(level) * float(error)
    return shares.Estimate(value, value - spread, value + spread)


def _growth_words(change: shares.Estimate, ev: Evaluation, lang: str) -> str:
    """The change since last year in words."""
    before, bounds = ev.period - 1, counting.span(change, lang, ev.level, 1)
    if change.low > 0 or change.high < 0:
        size = number(abs(change.value), lang)
        word = (both("lebih banyak", "more") if change.value > 0 else both("lebih sedikit", "fewer"))[lang]
        return both(f"Angka ini {size} JP {word} daripada tahun {before} ({bounds}).", f"That is {size} JP {word} than in {before} ({bounds}).")[lang]
    seen = number(counting.smallest_seen(change), lang)
    return both(
        f"Selisih dengan tahun {before} sebesar {number(change.value, 'id')} JP ({bounds}) belum cukup bukti secara statistik; "
        f"perubahan terkecil yang biasanya dapat terlihat {seen} JP.",
        f"The difference from {before}, {number(change.value, 'en')} JP ({bounds}), is not established statistically; "
        f"the smallest change that such data usually show is {seen} JP.",
    )[lang]


def _year_table(ev: Evaluation, people: dict[int, pd.DataFrame]) -> Table:
    """Batches, places, people and hours of each year."""
    rows = []
    for year, group in people.items():
        held = counting.enrolments(ev, year)
        held = held[held["attended"]]
        rows.append({"year": str(year), "n": len(group), "batches": held["batch_id"].nunique(), "places": len(held),
                     "people": held["employee_uid"].nunique(), "jp": float(held["jp"].sum()), "mean": float(group["jp"].mean()),
                     "median": float(group["jp"].median())})
    fields = (
        Field("year", both("Tahun", "Year")), Field("n", both("Pegawai aktif", "Active staff"), "integer"),
        Field("batches", both("Angkatan", "Batches"), "integer"), Field("places", both("Tempat dihadiri", "Places attended"), "integer"),
        Field("people", both("Orang", "People"), "integer"), Field("jp", both("JP-orang", "Person hours"), "integer"),
        Field("mean", both("Rata-rata JP per pegawai", "Mean JP per employee"), "number"),
        Field("median", both("Median JP per pegawai", "Median JP per employee"), "number"),
    )
    return Table(pd.DataFrame(rows), fields, both("Penyelenggaraan menurut tahun", "Delivery by year"), count="n")


@answers(CHAPTER, both("Apakah yang direncanakan terlaksana?", "Was what was planned carried out?"), ("program", "batch"))
def planned(ev: Evaluation) -> Answer:
    """Batches planned, running, completed and cancelled, by form, with the reasons."""
    rows = counting.batches(ev)
    rows = _with_form(rows[(rows["year"] == ev.period).fillna(False) & rows["state"].notna()])
    if rows.empty:
        return counting.nothing(planned, ev, f"status pelaksanaan angkatan tahun {ev.period} tidak tersedia.",
                                f"the state of the batches of {ev.period} is not given.")
    rows["cancelled"] = (rows["state"] == "batal").astype(bool)
    picture = Picture("stacked", _states(rows), both("Status angkatan menurut bentuk", "State of batches by form"),
                      both("Bagian angkatan", "Share of batches"), both("Bentuk", "Form"), len(rows), "percent", 0)
    return counting.answer(planned, [_cancelled(ev, rows)], picture=picture, table=_state_table(ev, rows), notes=(both(
        "Satuan analisis: satu angkatan di seluruh wilayah evaluasi; angkatan tidak dipilah menurut unit peserta.",
        "Unit of analysis: one batch in the whole evaluation; batches are not split by participants' units."),))


def _cancelled(ev: Evaluation, rows: pd.DataFrame) -> Finding:
    """The share of cancelled batches and the commonest reason."""
    k, n = int(rows["cancelled"].sum()), len(rows)
    done = int((rows["state"] == "selesai").sum())
    value = shares.share(k, n, ev.level)
    reasons = rows.loc[rows["cancelled"], "cancel_reason"].dropna().astype(str).str.strip()
    counts = reasons.value_counts()
    first = min(counts.index[counts == counts.max()]) if len(counts) else None

    def sentence(lang: str) -> str:
        words, numbers = share_words(value, lang, ev.level), [integer(count, lang) for count in (n, done, k)]
        text = both(
            f"Dari {numbers[0]} angkatan yang direncanakan untuk tahun {ev.period}, {numbers[1]} selesai dan {numbers[2]} batal ({words}).",
            f"Of {numbers[0]} batches planned for {ev.period}, {numbers[1]} were completed and {numbers[2]} cancelled ({words}).")[lang]
        if first is None:
            return text
        times = integer(int(counts.max()), lang)
        return text + both(f" Alasan tersering: {first} ({times} angkatan).", f" The commonest reason on record: {first} ({times} batches).")[lang]

    recommendation = None if not value.low > 0.05 or first is None else Recommendation(
        both(f"Tangani sebab pembatalan yang tersering ({first}) sebelum jadwal tahun {ev.period + 1} ditetapkan.",
             f"Settle the commonest cause of cancelling ({first}) before the schedule of {ev.period + 1} is set."),
        both("BKPSDM", "Personnel agency (BKPSDM)"), both(f"sebelum triwulan I tahun {ev.period + 1}", f"before the first quarter of {ev.period + 1}"),
        both(f"bagian angkatan yang batal turun dari {percent(value.value, 'id')}", f"the share of cancelled batches falls from {percent(value.value, 'en')}"),
    )
    return finding(planned, ev, value, n, in_words(sentence), recommendation=recommendation)


def _states(rows: pd.DataFrame) -> pd.DataFrame:
    """Shares of batch states by form, for a ``stacked`` picture."""
    parts = []
    for form in (code for code in codes.FORM if (rows["form"] == code).any()):
        group = rows[rows["form"] == form]
        for state in ("selesai", "berjalan", "direncanakan", "batal"):
            parts.append({
                **{f"label_{lang}": f"{label(codes.FORM, form, lang)} ({integer(len(group), lang)})" for lang in ("id", "en")},
                **{f"part_{lang}": label(codes.BATCH_STATE, state, lang) for lang in ("id", "en")},
                "value": float((group["state"] == state).mean()), "n": pd.NA,
            })
    return pd.DataFrame(parts).astype({"n": "Int64"})


def _state_table(ev: Evaluation, rows: pd.DataFrame) -> Table:
    """Batches of each state by form; the cancelled share with its interval."""
    data = counting.tally(rows, "form", "cancelled", ev.level)
    for state in codes.BATCH_STATE:
        data[state] = (rows["state"] == state).groupby(rows["form"], sort=True).sum().to_numpy(dtype=int)
    data = counting.labelled(counting.code_order(data, "form", codes.FORM), "form", codes.FORM)
    fields = (
        Field("label", both("Bentuk", "Form")), Field("n", both("Angkatan", "Batches"), "integer"),
        *(Field(state, both(*names), "integer") for state, names in codes.BATCH_STATE.items()),
        Field("estimate", both("Bagian batal", "Share cancelled"), "percent"), Field("low", both("Batas bawah", "Lower bound"), "percent"),
        Field("high", both("Batas atas", "Upper bound"), "percent"),
    )
    return Table(data, fields, both("Rencana dan pelaksanaan angkatan", "Batches planned and carried out"))


@answers(CHAPTER, both("Berapa lama pelatihan, dan apakah pelatihan panjang mendominasi?", "How long are courses, and do long ones dominate?"),
         ("program", "batch", "participation"))
def hours(ev: Evaluation) -> Answer:
    """Hours per place: median beside mean, and the weight of long courses."""
    rows = _with_form(counting.enrolments(ev))
    rows = rows[rows["attended"] & (rows["jp"] > 0)]
    if rows.empty:
        return counting.nothing(hours, ev, f"JP kepesertaan tahun {ev.period} tidak tersedia.", f"hours of participation in {ev.period} are not given.")
    table = _hours_by_form(ev, rows)
    picture = Picture("intervals", table.data.rename(columns={"median": "estimate"}), both("Median JP per tempat menurut bentuk", "Median hours per place by form"),
                      both("JP per tempat", "JP per place"), both("Bentuk", "Form"), len(rows), "number", 0)
    return counting.answer(hours, [_long(ev, rows)], picture=picture, table=table, notes=(COUNTED,))


def _long(ev: Evaluation, rows: pd.DataFrame) -> Finding:
    """Median against mean, and how many hours lie in long courses."""
    middle, average = shares.median(rows["jp"], ev.level), float(rows["jp"].mean())
    is_long = rows["jp"] > LONG_JP
    places, held = float(is_long.mean()), float(rows.loc[is_long, "jp"].sum() / rows["jp"].sum())

    def sentence(lang: str) -> str:
        value, bounds = number(middle.value, lang), counting.span(middle, lang, ev.level, 1)
        if lang == "id":
            return (f"Median panjang pelatihan {value} JP ({bounds}), rata-ratanya {number(average, lang)} JP. Pelatihan di atas "
                    f"{integer(LONG_JP, lang)} JP mencakup {percent(places, lang)} tempat tetapi {percent(held, lang)} JP-orang.")
        return (f"The median length is {value} JP ({bounds}), the mean {number(average, lang)} JP. Courses above "
                f"{integer(LONG_JP, lang)} JP are {percent(places, lang)} of places but {percent(held, lang)} of person learning hours.")

    return finding(hours, ev, middle, len(rows), in_words(sentence), measure="JP", precise=bool(middle.high - middle.low <= 10))


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
        Field("median", both("Median JP", "Median JP"), "number"), Field("low", both("Batas bawah", "Lower bound"), "number"),
        Field("high", both("Batas atas", "Upper bound"), "number"), Field("mean", both("Rata-rata JP", "Mean JP"), "number"),
        Field("long", both(f"Di atas {LONG_JP:.0f} JP", f"Above {LONG_JP:.0f} JP"), "percent"),
    )
    return Table(counting.labelled(pd.DataFrame(data), "form", codes.FORM), fields,
                 both("JP per tempat menurut bentuk pelatihan", "Hours per place by form"), count="n")


@answers(CHAPTER, both("Berapa biaya satu JP-orang?", "What does one person learning hour cost?"), ("budget",))
def cost(ev: Evaluation) -> Answer:
    """Rupiah per person learning hour, by form and by source of funds."""
    lines = _cost_lines(ev)
    paid = lines[(lines["spent"] > 0) & (lines["jp"] > 0)].reset_index(drop=True)
    if paid.empty:
        return counting.nothing(cost, ev, f"realisasi dan JP-orang pada anggaran tahun {ev.period} tidak tersedia.",
                                f"money spent and person hours are not given in the budget of {ev.period}.")
    table = _cost_table(ev, paid)
    value = shares.ratio(paid["spent"], paid["jp"], ev.level)
    unpaid = lines[(lines["spent"] <= 0) & (lines["jp"] > 0)]

    def sentence(lang: str) -> str:
        bounds = f"{rupiah(value.low, lang)} {both('s.d.', 'to')[lang]} {rupiah(value.high, lang)}"
        span = f"{counting.level_words(ev.level, lang)}: {bounds}" if np.isfinite(value.low) else counting.span(value, lang, ev.level)
        free, n = integer(unpaid["jp"].sum(), lang), integer(len(paid), lang)
        if lang == "id":
            return (f"Satu JP-orang menelan {rupiah(value.value, lang)} ({span}) menurut {n} baris anggaran dengan realisasi pada tahun "
                    f"{ev.period}; {free} JP-orang tanpa biaya dihitung terpisah.")
        return (f"One person learning hour cost {rupiah(value.value, lang)} ({span}) by {n} budget lines with spending in "
                f"{ev.period}; {free} person hours without cost are counted apart.")

    found = finding(cost, ev, value, len(paid), in_words(sentence), measure="Rp/JP", headline=True,
                    precise=bool(value.high - value.low <= value.value))
    picture = Picture("intervals", table.data, both("Biaya per JP-orang", "Cost per person learning hour"),
                      both("Rupiah per JP-orang", "Rupiah per person hour"), both("Menurut bentuk dan sumber dana", "By form and source of funds"),
                      len(paid), "rupiah", 0, reference=value.value)
    return counting.answer(cost, [found], picture=picture, table=table, notes=(both(
        "Biaya per JP-orang: jumlah realisasi dibagi jumlah JP-orang, bukan rata-rata rasio per baris; selang menunjukkan "
        "keragaman antarbaris anggaran. Kegiatan tanpa biaya tidak menurunkan angka ini.",
        "Cost per person hour: total spent over total person hours, not a mean of ratios; the interval shows how budget "
        "lines vary. Activities without cost do not lower it."),))


def _cost_lines(ev: Evaluation) -> pd.DataFrame:
    """The period's budget lines with spending, hours, source and form."""
    lines = ev.table("budget")
    forms = ev.table("program", "all").set_index("program_id")["form"] if ev.has("program") else pd.Series(dtype="string")
    return lines.assign(
        spent=lines["spent_rp"].astype("Float64").fillna(0).astype(float), jp=lines["jp_total"].astype(float).fillna(0.0),
        form=lines["program_id"].map(forms), source=lines["funding_source"],
    ).reset_index(drop=True)


def _cost_table(ev: Evaluation, paid: pd.DataFrame) -> Table:
    """Cost per person hour of each form and each source."""
    rows = []
    for column, name, names in (("form", both("bentuk", "form"), codes.FORM), ("source", both("sumber dana", "source"), codes.FUNDING)):
        for code in (code for code in names if (paid[column] == code).fillna(False).any()):
            group = paid[(paid[column] == code).fillna(False)]
            value = shares.ratio(group["spent"], group["jp"], ev.level)
            rows.append({
                "group_id": name["id"], "group_en": name["en"], "label_id": label(names, code, "id"), "label_en": label(names, code, "en"),
                "lines": len(group), "spent": float(group["spent"].sum()), "jp": float(group["jp"].sum()), "estimate": value.value,
                "low": max(value.low, 0.0), "high": value.high, "n": pd.NA,
            })
    columns = ["group_id", "group_en", "label_id", "label_en", "lines", "spent", "jp", "estimate", "low", "high", "n"]
    data = pd.DataFrame(rows, columns=columns).astype({"n": "Int64"})
    fields = (
        Field("group", both("Menurut", "By")), Field("label", both("Kelompok", "Group")), Field("lines", both("Baris anggaran", "Budget lines"), "integer"),
        Field("spent", both("Realisasi", "Spent"), "rupiah"), Field("jp", both("JP-orang", "Person hours"), "integer"),
        Field("estimate", both("Rupiah per JP-orang", "Rupiah per person hour"), "rupiah"),
        Field("low", both("Batas bawah", "Lower bound"), "rupiah"), Field("high", both("Batas atas", "Upper bound"), "rupiah"),
    )
    return Table(data, fields, both("Biaya per JP-orang menurut bentuk dan sumber dana", "Cost per person hour by form and source"))


@answers(CHAPTER, both("Siapa yang menempuh pendidikan lanjut?", "Who takes up further study?"), ("further_study", "employee"))
def study(ev: Evaluation) -> Answer:
    """Applications for formal study: how many, of which kind, in which state, by whom."""
    rows = ev.table("further_study", "all")
    began = rows["start_date"].dt.year
    rows = rows[~(began > ev.period).fillna(False)].reset_index(drop=True)
    if rows.empty:
        return counting.nothing(study, ev, f"tidak ada pendidikan lanjut sampai tahun {ev.period}.", f"no further study up to {ev.period}.")
    people = counting.staff(ev, standing=None)
    return counting.answer(study, [_studying(ev, rows, people), *_study_by_sex(ev, rows, people)], picture=_study_picture(rows),
                           table=_study_table(rows), notes=(both(
        "Satuan analisis: satu orang untuk satu jenjang. Penyebut: seluruh pegawai pada potret tahun periode, termasuk yang sedang tugas belajar.",
        "Unit of analysis: one person and degree. Denominator: all staff in the period's snapshot, those on study assignment included."),))


def _studying(ev: Evaluation, rows: pd.DataFrame, people: pd.DataFrame) -> Finding:
    """Share of staff who study now or have finished."""
    taken = set(rows.loc[rows["state"].isin(("berjalan", "selesai")), "employee_uid"])
    k, n = int(people["employee_uid"].isin(taken).sum()), len(people)
    value = shares.share(k, n, ev.level)
    counts = {state: int((rows["state"] == state).sum()) for state in codes.STUDY_STATE}

    def sentence(lang: str) -> str:
        states = listing([f"{label(codes.STUDY_STATE, state, lang).lower()} {integer(count, lang)}" for state, count in counts.items()], lang)
        words, numbers = share_words(value, lang, ev.level), (integer(k, lang), integer(n, lang))
        if lang == "id":
            return f"Sebanyak {numbers[0]} dari {numbers[1]} pegawai ({words}) sedang atau telah menempuh pendidikan lanjut. Menurut status usulan: {states}."
        return f"{numbers[0]} of {numbers[1]} staff ({words}) are in or have finished further study. Applications by state: {states}."

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
        points = f"{number(100 * gap.value, lang)} ({counting.span(gap, lang, ev.level)})"
        sure = gap.low > 0 or gap.high < 0
        if lang == "id":
            text = f"Pendidikan lanjut ditempuh {rates[0]} perempuan dan {rates[1]} laki-laki: selisih {points} poin persentase."
            return text if sure else text + " Perbedaan tersebut belum cukup bukti secara statistik."
        text = f"Further study is taken up by {rates[0]} of women and {rates[1]} of men: a difference of {points} percentage points."
        return text if sure else text + " The difference is not established statistically."

    return [finding(study, ev, gap, len(known), in_words(sentence), part="sex", measure="share_difference")]


def _study_counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Applications by degree and state."""
    counted = rows.astype({"degree": str, "state": str}).groupby(["degree", "state"], sort=True).size().rename("count").reset_index()
    return counting.labelled(counting.code_order(counted, "degree", codes.EDUCATION), "degree", codes.EDUCATION)


def _study_picture(rows: pd.DataFrame) -> Picture:
    """Applications by degree, cut by state."""
    counted = _study_counts(rows)
    parts = []
    for degree, group in counted.groupby("degree", sort=False):
        by_state = group.set_index("state")["count"]
        parts += [{"label_id": label(codes.EDUCATION, str(degree), "id"), "label_en": label(codes.EDUCATION, str(degree), "en"),
                   "part_id": names[0], "part_en": names[1], "value": int(by_state.get(state, 0)), "n": int(by_state.get(state, 0))}
                  for state, names in codes.STUDY_STATE.items()]
    return Picture("stacked", pd.DataFrame(parts), both("Pendidikan lanjut menurut jenjang dan status", "Further study by degree and state"),
                   both("Orang", "People"), both("Jenjang", "Degree"), len(rows), "integer", 0)


def _study_table(rows: pd.DataFrame) -> Table:
    """Kind, degree and state of further study, counted."""
    filled = rows.assign(kind=rows["study_kind"].fillna(UNKNOWN).astype(str))
    data = filled.astype({"degree": str, "state": str}).groupby(["kind", "degree", "state"], sort=True).size().rename("n").reset_index()
    for column, names in (("kind", {**codes.STUDY_KIND, UNKNOWN: ("Tidak tercatat", "Not recorded")}), ("degree", codes.EDUCATION), ("state", codes.STUDY_STATE)):
        data = counting.labelled(data, column, names, column)
    fields = (Field("kind", both("Jenis", "Kind")), Field("degree", both("Jenjang", "Degree")), Field("state", both("Status", "State")),
              Field("n", both("Orang", "People"), "integer"))
    return Table(data, fields, both("Pendidikan lanjut", "Further study"), count="n")


QUESTIONS = (by_form, trend, planned, hours, cost, study)
