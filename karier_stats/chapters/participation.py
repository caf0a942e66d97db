"""Who takes part, who is left out, who drops out; the 20 JP duty; equity.

The unit of analysis is one person in one year; the denominator is the active
staff of that year's snapshot (legal standing 01).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.answers.record import Answer, Field, Finding, Picture, Recommendation, Table, answers
from karier_stats.chapters import counting
from karier_stats.chapters.counting import finding, in_words, share_words
from karier_stats.chapters.dropout import dropout
from karier_stats.chapters.equity import equity
from karier_stats.chapters.learning_hours import concentration, duty
from karier_stats.domain import codes
from karier_stats.stats.numerics import shares
from karier_stats.stats.numerics.estimate import Estimate
from karier_stats.words.numbers import both, integer, listing, percent

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

CHAPTER = "participation"
_RATE = both("Bagian pegawai aktif yang ikut serta", "Share of active staff who took part")


@answers(
    CHAPTER, both("Siapa yang ikut serta dalam pengembangan kompetensi?", "Who takes part in competency development?"),
    ("employee", "participation", "batch"),
)
def rate(ev: Evaluation) -> Answer:
    """Share of active staff who attended at least one course, and its trend."""
    people = counting.with_activity(ev)
    if people.empty:
        return counting.no_staff(rate, ev)
    if counting.only_participants(ev, people):
        return counting.nothing(
            rate, ev, "daftar pegawai dibuat dari daftar peserta, sehingga yang tidak ikut tidak diketahui.",
            "the staff list was made from the list of participants, so those who did not take part are not known.",
        )
    k, n = int(people["took_part"].sum()), len(people)
    value = shares.share(k, n, ev.level)
    found = [finding(rate, ev, value, n, in_words(lambda lang: _rate_sentence(ev, value, k, n, lang)),
                     coverage=counting.linked(ev).value, headline=True)]
    found += _trend(ev, k, n) + _on_study(ev)
    years = _rates_by_year(ev)
    picture = Picture("lines", years, both("Keikutsertaan menurut tahun dan status", "Taking part by year and status"),
                      both("Tahun", "Year"), _RATE, n, "percent", 0)
    return counting.answer(rate, found, picture=picture, notes=(counting.CENSUS,))


def _rate_sentence(ev: Evaluation, value: Estimate, k: int, n: int, lang: str) -> str:
    """The headline of the chapter."""
    words = share_words(value, lang, ev.level)
    if lang == "id":
        return (f"Sebanyak {integer(k, lang)} dari {integer(n, lang)} ASN aktif ({words}) menghadiri paling sedikit "
                f"satu pelatihan sampai selesai pada tahun {ev.period}.")
    return (f"{integer(k, lang)} of {integer(n, lang)} active civil servants ({words}) attended at least one course "
            f"to its end in {ev.period}.")


def _trend(ev: Evaluation, k: int, n: int) -> list[Finding]:
    """The rate beside last year's, where there is one."""
    before = counting.with_activity(ev, ev.period - 1)
    if before.empty or counting.enrolments(ev, ev.period - 1).empty:
        return []
    change = shares.newcombe(k, n, int(before["took_part"].sum()), len(before), ev.level)
    what = both("tingkat partisipasi", "the participation rate")
    sentence = in_words(lambda lang: counting.change_words(what, change, ev.period - 1, lang, ev.level))
    return [finding(rate, ev, change, n + len(before), sentence, part="trend", measure="share_difference")]


def _on_study(ev: Evaluation) -> list[Finding]:
    """People on study assignment, shown apart from the denominator."""
    away = counting.staff(ev, standing=counting.ON_STUDY)
    if away.empty:
        return []
    count = len(away)
    sentence = both(
        f"{integer(count, 'id')} pegawai tugas belajar (kedudukan hukum 03) ditampilkan terpisah dan tidak masuk "
        "penyebut.",
        f"{integer(count, 'en')} people on study assignment (legal standing 03) are shown apart and are not in the "
        "denominator.",
    )
    return [finding(rate, ev, counting.exact(count), count, sentence, part="on_study", measure="person", precise=True)]


def _rates_by_year(ev: Evaluation) -> pd.DataFrame:
    """The rate of each year by status, in the form of a ``lines`` picture."""
    frames = []
    active_years = set(counting.years_of(ev, "batch"))
    for year in (year for year in counting.years_of(ev, "employee") if year in active_years):
        people = counting.with_activity(ev, year)
        people = people.assign(status=_drawn(people["status"]), x=year)
        frames.append(counting.tally(people, ["x", "status"], "took_part", ev.level))
    data = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["x", "status", "n", "estimate"])
    names = {**codes.STATUS, EVERYBODY: ("Semua", "All"), OTHERS: ("Status lain", "Other statuses")}
    named = counting.labelled(data, "status", names, "group")
    named = counting.code_order(named.rename(columns={"estimate": "value"}), "status", codes.STATUS)
    return named[["x", "value", "n", "low", "high", "group_id", "group_en"]]


EVERYBODY, OTHERS = "semua", "lainnya"


def _drawn(status: pd.Series) -> pd.Series:
    """The line of each person: the status; few people are drawn together, so that no total and the rest tells them."""
    if status.isna().all():
        return status.fillna(EVERYBODY).astype(str)
    known = status.fillna(OTHERS).astype(str)
    sizes = known.value_counts().sort_index().sort_values(kind="stable")
    few = list(sizes.index[sizes < counting.LEAST])
    if len(few) == 1 and len(sizes) > 1:
        few.append(next(code for code in sizes.index if code not in few))
    return known.where(~known.isin(few), OTHERS)


@answers(CHAPTER, both("Di unit mana partisipasi rendah?", "In which units is participation low?"),
         ("unit", "employee", "participation", "batch"))
def units(ev: Evaluation) -> Answer:
    """Rates of units as intervals around the overall rate; no ranking."""
    people = counting.with_activity(ev)
    people = people[people["unit_id"].notna()].astype({"unit_id": str})
    if people["unit_id"].nunique() < 2:
        return counting.nothing(units, ev, "perbandingan unit memerlukan paling sedikit dua unit.",
                                "a comparison of units needs at least two units.")
    data = _unit_rates(ev, people)
    found = _units_apart(ev, data)
    picture = Picture(
        "intervals", data, both("Tingkat partisipasi menurut unit", "Participation rate by unit"), _RATE,
        both("Unit", "Unit"), len(people), "percent", 0, reference=float(people["took_part"].mean()),
        note=both(
            "Urutan menurut kode unit, bukan peringkat; garis tegak: seluruh pegawai aktif.",
            "Ordered by unit code, not ranked; vertical line: all active staff.",
        ),
    )
    note = both(
        "Unit kecil mudah tampak sangat tinggi atau sangat rendah karena kebetulan; selang dan jumlah pegawai harus "
        "dibaca bersama.",
        "Small units easily look very high or very low by chance; read the interval and the number of staff together.",
    )
    return counting.answer(units, [found], picture=picture, table=_unit_table(data), notes=(counting.CENSUS, note))


def _unit_rates(ev: Evaluation, people: pd.DataFrame) -> pd.DataFrame:
    """Each unit's rate with two intervals: at the level, and adjusted for the number of units."""
    data = counting.tally(people, "unit_id", "took_part", ev.level)
    strict = 1 - (1 - ev.level) / len(data)
    low, high = shares.wilson(data["k"].to_numpy(), data["n"].to_numpy(), strict)
    names = ev.units.drop_duplicates("unit_id").set_index("unit_id")["unit_name"]
    text = data["unit_id"].map(names).fillna(data["unit_id"]).astype(str)
    return data.assign(strict_low=low, strict_high=high, label_id=text, label_en=text)


def _units_apart(ev: Evaluation, data: pd.DataFrame) -> Finding:
    """Units whose adjusted interval lies wholly below the overall rate."""
    k, n = int(data["k"].sum()), int(data["n"].sum())
    overall = shares.share(k, n, ev.level)
    below = data[data["strict_high"] < overall.value]
    above = data[data["strict_low"] > overall.value]

    def sentence(lang: str) -> str:
        names = listing([f"{row['label_id']} (n = {integer(row['n'], lang)})" for _, row in below.iterrows()], lang)
        counts, every = (integer(len(below), lang), integer(len(above), lang)), integer(len(data), lang)
        middle = percent(overall.value, lang)
        if lang == "id":
            text = (
                f"Dari {every} unit, {counts[0]} jelas di bawah tingkat keseluruhan {middle} dan {counts[1]} jelas di "
                "atasnya "
                f"(selang disesuaikan untuk {every} unit)."
            )
            return (
                text + (f" Di bawah: {names}." if len(below) else "")
                + " Unit selebihnya belum dapat dibedakan dari tingkat keseluruhan."
            )
        text = (
            f"Of {every} units, {counts[0]} lie clearly below the overall rate of {middle} and {counts[1]} clearly "
            "above it "
            f"(intervals adjusted for {every} units)."
        )
        return (
            text + (f" Below: {names}." if len(below) else "")
            + " The remaining units cannot be told apart from the overall rate."
        )

    return finding(units, ev, overall, n, in_words(sentence), n_units=len(data), coverage=counting.linked(ev).value,
                   recommendation=_talk(ev, below))


def _talk(ev: Evaluation, below: pd.DataFrame) -> Recommendation | None:
    """Whom to talk to where units lie clearly below."""
    if below.empty:
        return None
    return Recommendation(
        both(f"Membahas penyebab partisipasi rendah dengan pimpinan {listing(below['label_id'], 'id')}.",
             f"Discuss the causes of low participation with the heads of {listing(below['label_en'], 'en')}."),
        both("BKPSDM bersama kepala unit tersebut", "Personnel agency (BKPSDM) with the heads of these units"),
        both(f"triwulan I tahun {ev.period + 1}", f"first quarter of {ev.period + 1}"),
        both("selang partisipasi unit tersebut memuat tingkat keseluruhan",
             "these units' intervals include the overall rate"),
    )


def _unit_table(data: pd.DataFrame) -> Table:
    """Units with their counts and intervals."""
    fields = (
        Field("label", both("Unit", "Unit")), Field("n", both("Pegawai aktif", "Active staff"), "integer"),
        Field("estimate", both("Tingkat", "Rate"), "percent"), *counting.bounds(),
    )
    return Table(
        data, fields, both("Tingkat partisipasi unit, menurut kode unit", "Participation of units, by unit code"),
        count="n",
    )


QUESTIONS = (rate, equity, duty, concentration, dropout, units)
