"""How far the tables join and agree, and whether survey answers can be trusted (chapter data_quality)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from karier_stats.answers.record import Answer, Field, Finding, Picture, Table, answers
from karier_stats.chapters import counting
from karier_stats.chapters.counting import Words, finding, in_words, share_words
from karier_stats.domain.codes import PURPOSE, label
from karier_stats.domain.rules import rule
from karier_stats.intake.schema import TABLES
from karier_stats.stats.numerics import shares
from karier_stats.stats.numerics.estimate import between
from karier_stats.views import activity
from karier_stats.words.numbers import both, integer, listing, percent

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

CHAPTER = "data_quality"
LINKED_GOOD, LINKED_LEAST = 0.95, 0.80
"""Share of participation rows that join a staff snapshot: the check of the data model, and the least."""
STRAIGHT_ITEMS = 4
"""Equal answers to fewer items are no sign of careless answering."""


@answers(
    CHAPTER, both("Apakah tabel-tabelnya saling cocok?", "Do the tables agree with one another?"),
    ("employee", "participation", "batch"),
)
def linked(ev: Evaluation) -> Answer:
    """Which rows join a staff snapshot, and the cross-checks of the data model."""
    joins = _joins(ev)
    value = shares.share(*activity.linked(ev), ev.level)
    n = len(activity.enrolments(ev))
    if not n:
        return counting.nothing(
            linked, ev, f"tidak ada kepesertaan pada tahun {ev.period}.", f"no participation in {ev.period}.",
        )

    def sentence(lang: str) -> str:
        words, count, limit = counting.share_apart(
            value, lang, ev.level,
        ), integer(n, lang), percent(LINKED_GOOD, lang, 0)
        return both(
            f"Dari {count} baris kepesertaan tahun {ev.period}, {words} bertemu dengan potret pegawai tahun itu; "
            f"batas yang dipakai {limit}.",
            f"Of {count} participation rows in {ev.period}, {words} join the staff snapshot of that year; the limit "
            f"in use is {limit}.",
        )[lang]

    checks = _checks(ev)
    found = [finding(linked, ev, value, n, in_words(sentence), coverage=value.value), *_failing(ev, checks)]
    picture = Picture(
        "intervals", joins, both("Baris yang bertemu dengan potret pegawai", "Rows that join the staff snapshot"),
        both("Bagian baris", "Share of rows"), both("Tabel", "Table"), int(joins["n"].sum()), "percent", 0,
        reference=LINKED_GOOD,
    )
    fields = (
        Field("check", both("Pemeriksaan", "Check")), Field("rows", both("Baris diperiksa", "Rows checked"), "integer"),
        Field("failing", both("Tidak sesuai", "Failing"), "integer"),
        Field("share", both("Bagian", "Share"), "percent"),
    )
    return counting.answer(
        linked, found, picture=picture, table=Table(checks, fields, both("Pemeriksaan silang", "Cross-checks")),
    )


def _joins(ev: Evaluation) -> pd.DataFrame:
    """Share of rows about a person that find that person in the snapshot of their year."""
    everyone = set(activity.staff(replace(ev, unit="semua"), standing=None)["employee_uid"])
    rows = []
    for name in ("participation", "need", "competency", "test_score", "survey_response", "performance"):
        frame = ev.table(name) if ev.has(name) else None
        if frame is None or not frame["employee_uid"].notna().any():
            continue
        person = frame["employee_uid"].dropna()
        value = shares.share(int(person.isin(everyone).sum()), len(person), ev.level)
        rows.append({
            **{f"label_{lang}": TABLES[name].text[lang] for lang in ("id", "en")}, "estimate": value.value,
            "low": value.low, "high": value.high, "n": len(person),
        })
    return pd.DataFrame(rows)


def _checks(ev: Evaluation) -> pd.DataFrame:
    """The cross-checks: what is checked, how many rows, how many fail."""
    rows = activity.enrolments(ev)
    batch = ev.table("batch")
    status = activity.with_activity(ev)
    dated, pppk = batch[batch["end_date"].notna()], status[(status["status"] == "PPPK").fillna(False)]
    both_dates = dated[dated["start_date"].notna()]
    certain = rows[rows["credited_jp"].notna() & rows["batch_jp"].notna()]
    twice = rows.merge(batch[["batch_id", "end_date"]], on="batch_id", how="left", validate="m:1")
    twice = twice[twice["end_date"].notna() & twice["attended"]]
    ceiling = float(rule("jp_pppk_maximum").value)
    found = [
        (
            both("JP diakui tidak melebihi JP angkatan", "Credited hours do not exceed the batch's"), len(certain),
            int((certain["credited_jp"] > certain["batch_jp"] + 1e-9).sum()),
        ),
        (
            both("Tahun angkatan sama dengan tahun selesainya", "Year of the batch is the year in which it ends"),
            len(dated), int((dated["end_date"].dt.year != dated["year"]).sum()),
        ),
        (
            both("Angkatan tidak selesai sebelum dimulai", "No batch ends before it starts"), len(both_dates),
            int((both_dates["end_date"] < both_dates["start_date"]).sum()),
        ),
        (
            both(
                "Satu orang tidak tercatat dua kali pada program dan tanggal selesai yang sama",
                "Nobody is on record twice for one course and end date",
            ),
            len(twice), int(twice.duplicated(["employee_uid", "program_id", "end_date"]).sum()),
        ),
        (
            both(
                f"PPPK tidak melebihi {integer(ceiling, 'id')} JP setahun (orang)",
                f"No PPPK above {integer(ceiling, 'en')} JP a year (people)",
            ),
            len(pppk), int((pppk["jp"] > ceiling).sum()),
        ),
    ]
    return pd.DataFrame([
        {"check_id": text["id"], "check_en": text["en"], "rows": n, "failing": bad, "share": bad / n if n else np.nan}
        for text, n, bad in found
    ])


def _failing(ev: Evaluation, checks: pd.DataFrame) -> list[Finding]:
    """One finding on all cross-checks together."""
    done = checks[checks["rows"] > 0]
    bad = done[done["failing"] > 0]
    if done.empty:
        return []

    def sentence(lang: str) -> str:
        counts = integer(len(done) - len(bad), lang), integer(len(done), lang)
        text = both(
            f"{counts[0]} dari {counts[1]} pemeriksaan silang terpenuhi tanpa kecuali.",
            f"{counts[0]} of {counts[1]} cross-checks hold without exception.",
        )[lang]
        if bad.empty:
            return text
        worst = counting.top(bad, "share")
        failing = f"{integer(worst['failing'], lang)}/{integer(worst['rows'], lang)}"
        return (
            text
            + both(
                f" Penyimpangan terbesar pada “{worst['check_id']}” ({failing} baris).",
                f" The largest departure is from “{worst['check_en']}” ({failing} rows).",
            )[lang]
        )

    return [
        finding(
            linked, ev, counting.exact(1 - len(bad) / len(done)), len(activity.enrolments(ev)), in_words(sentence),
            part="checks", precise=True,
        )
    ]


@answers(
    CHAPTER, both("Apakah jawaban surveinya dapat dipercaya?", "Can the survey answers be trusted?"),
    ("survey_response",),
)
def surveys(ev: Evaluation) -> Answer:
    """Response rates and straight-lining, instrument by instrument."""
    rows = ev.table("survey_response")
    if rows.empty:
        return counting.nothing(
            surveys, ev, f"tidak ada jawaban survei pada tahun {ev.period}.", f"no survey answers in {ev.period}.",
        )
    data = _instruments(ev, rows)
    found = [*_response_rate(ev, data), *_straight(ev, data)]
    if not found:
        return counting.nothing(
            surveys, ev, "jawaban survei terlalu sedikit butirnya untuk diperiksa.",
            "the surveys have too few items to be checked.",
        )
    return counting.answer(
        surveys, found, picture=_response_picture(data), table=_survey_table(data),
        notes=(
            both(
                "Seharusnya: peserta yang hadir pada angkatan yang disurvei, atau seluruh pegawai aktif bila survei "
                f"tidak terikat angkatan. Jawaban seragam: paling sedikit {STRAIGHT_ITEMS} butir dijawab sama semua; "
                "pada skala dengan nilai tertinggi umum hal ini juga dapat berarti puas.",
                "Eligible: those who attended the batches surveyed, or all active staff where a survey is not tied "
                f"to a batch. Straight-lined: at least {STRAIGHT_ITEMS} items all answered alike; where top marks "
                "are common this may also mean satisfied.",
            ),
        ),
    )


def _response_picture(data: pd.DataFrame) -> Picture | None:
    """Response rates, where it is known who could have answered."""
    known = data[data["eligible"] > 0]
    if known.empty:
        return None
    return Picture(
        "intervals",
        known.assign(estimate=known["rate"], low=known["rate_low"], high=known["rate_high"], n=known["eligible"]),
        both("Tingkat jawaban survei", "Survey response rates"), both("Bagian yang menjawab", "Share who answered"),
        both("Instrumen", "Instrument"), int(known["eligible"].sum()), "percent", 0,
    )


def _survey_table(data: pd.DataFrame) -> Table:
    """Response and straight-lining of each instrument."""
    fields = (
        Field("label", both("Instrumen", "Instrument")), Field("items", both("Butir", "Items"), "integer"),
        Field("answered", both("Jawaban masuk", "Responses"), "integer"),
        Field("eligible", both("Seharusnya", "Eligible"), "integer"),
        Field("frame", both("Yang seharusnya menjawab", "Who could have answered")),
        Field("rate", both("Tingkat jawaban", "Response rate"), "percent"),
        Field("judged", both("Dapat diperiksa", "Can be judged"), "integer"),
        Field("straight", both("Jawaban seragam", "Straight-lined"), "percent"),
        Field("straight_low", both("Batas bawah", "Lower bound"), "percent"),
        Field("straight_high", both("Batas atas", "Upper bound"), "percent"),
    )
    return Table(data, fields, both("Mutu jawaban survei", "Quality of survey answers"), count="answered")


def _instruments(ev: Evaluation, rows: pd.DataFrame) -> pd.DataFrame:
    """Responses, those who could have answered and straight-lined responses of each instrument."""
    out = []
    for name, group in rows.astype({"instrument": str}).groupby("instrument", sort=True):
        answered, (people, frame) = int(group["response_id"].nunique()), eligible(ev, str(name), group)
        due = len(people)
        forms = group.fillna({"wave": ""}).groupby(
            ["response_id", "wave"], sort=False,
        )["value"].agg(["size", "nunique"])
        judged = forms[forms["size"] >= STRAIGHT_ITEMS]
        flat = int((judged["nunique"] == 1).sum())
        rate, straight = shares.share(
            min(answered, due), due, ev.level,
        ), shares.share(flat, len(judged), ev.level)
        out.append({
            "label_id": label(PURPOSE, str(name), "id"), "label_en": label(PURPOSE, str(name), "en"), "items": int(group["item_id"].nunique()), "answered": answered,
            "eligible": due, "frame_id": frame["id"], "frame_en": frame["en"], "rate": rate.value,
            "rate_low": rate.low, "rate_high": rate.high, "judged": len(judged), "flat": flat,
            "straight": straight.value, "straight_low": straight.low, "straight_high": straight.high,
        })
    return pd.DataFrame(out)


_PARTICIPANTS = both("peserta yang hadir", "participants who attended")


def eligible(ev: Evaluation, instrument: str, group: pd.DataFrame) -> tuple[pd.DataFrame, Words]:
    """Those who could have answered an instrument, one row each, and who they are.

    Parameters
    ----------
    ev : Evaluation
    instrument : str
    group : DataFrame
        The answers to the instrument.
    """
    if group["batch_id"].notna().all():
        attended = activity.enrolments(ev)
        attended = attended[attended["attended"]]
        return attended[attended["batch_id"].isin(set(group["batch_id"]))], _PARTICIPANTS
    purposes = set()
    if ev.has("survey_item"):
        items = ev.table("survey_item", "all")
        purposes = set(items.loc[items["instrument"] == instrument, "purpose"])
    if "motivasi" in purposes and ev.has("further_study"):
        return ev.table("further_study", "all").drop_duplicates("employee_uid"), both(
            "pemohon pendidikan lanjut", "applicants for further study",
        )
    return activity.staff(ev), both("pegawai aktif", "active staff")


def _response_rate(ev: Evaluation, data: pd.DataFrame) -> list[Finding]:
    """The lowest response rate, which bounds what the surveys can say."""
    known = data[data["eligible"] > 0]
    if known.empty:
        return []
    low = counting.top(known, "rate", lowest=True)
    value = between(low['rate'], low['rate_low'], low['rate_high'])
    over = known[known["answered"] > known["eligible"]]
    ranked = known["rate"].nunique() > 1  # of equals none is the lowest

    def sentence(lang: str) -> str:
        answered, eligible = integer(min(low["answered"], low["eligible"]), lang), integer(low["eligible"], lang)
        words, names = share_words(value, lang, ev.level), listing(over[f"label_{lang}"], lang)
        opening = both(
            f"Tingkat jawaban terendah terdapat pada instrumen {low['label_id']}",
            f"The lowest response rate is that of the instrument {low['label_en']}",
        ) if ranked else both(
            f"Tingkat jawaban instrumen {low['label_id']}", f"Response rate of the instrument {low['label_en']}",
        )
        text = f"{opening[lang]}: {answered} {both('dari', 'of')[lang]} {eligible} {low[f'frame_{lang}']} ({words})."
        if not ranked and len(known) > 1:
            text += both(" Instrumen lain sama.", " The other instruments have the same.")[lang]
        double = both(f" Jawaban melebihi yang seharusnya pada {names}: periksa pengisian ganda.",
                      f" More answers than eligible people for {names}: look for double entries.")[lang]
        return text + (double if len(over) else "")

    return [
        finding(surveys, ev, value, int(low["eligible"]), in_words(sentence), coverage=value.value, robust=over.empty)
    ]


def _straight(ev: Evaluation, data: pd.DataFrame) -> list[Finding]:
    """The share of straight-lined responses over all instruments."""
    n, k = int(data["judged"].sum()), int(data["flat"].sum())
    if not n:
        return []
    value = shares.share(k, n, ev.level)

    def sentence(lang: str) -> str:
        words, counts = share_words(value, lang, ev.level), (integer(k, lang), integer(n, lang))
        return both(
            f"Sebanyak {counts[0]} dari {counts[1]} lembar jawaban ({words}) berisi jawaban yang sama untuk semua "
            "butir.",
            f"{counts[0]} of {counts[1]} response forms ({words}) give the same answer to every item.",
        )[lang]

    return [finding(surveys, ev, value, n, in_words(sentence), part="straight")]
