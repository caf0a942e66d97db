"""The yearly duty of learning hours, and how evenly the hours are spread (chapter participation)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from karier_stats.answers.record import Answer, Field, Finding, Picture, Recommendation, Table, answers
from karier_stats.chapters import counting
from karier_stats.chapters.counting import finding, in_words, share_words
from karier_stats.domain import codes
from karier_stats.domain.codes import label
from karier_stats.domain.rules import rule
from karier_stats.stats.numerics import shares
from karier_stats.stats.numerics.estimate import Estimate
from karier_stats.words.numbers import both, integer, number, percent

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

CHAPTER = "participation"


@answers(
    CHAPTER, both("Apakah kewajiban 20 JP setahun terpenuhi?", "Is the yearly duty of 20 learning hours (JP) met?"),
    ("employee", "participation", "batch"),
)
def duty(ev: Evaluation) -> Answer:
    """Share of permanent staff with the yearly minimum; contract staff and their ceiling apart."""
    people = counting.with_activity(ev)
    pns = people[(people["status"] == "PNS").fillna(False)]
    contract = [*_ceiling(ev, people), *_part_time(ev, people)]
    if pns.empty and not contract:
        return counting.nothing(duty, ev, f"tidak ada pegawai aktif berstatus PNS atau PPPK pada tahun {ev.period}.",
                                f"no active staff with PNS or PPPK status in {ev.period}.")
    permanent = [] if pns.empty else [_duty_share(ev, pns), _duty_median(ev, pns), *_duty_trend(ev, pns)]
    found = [*permanent, *contract]
    picture = Picture(
        "stacked", _bands(people), both("JP yang diakui menurut status", "Credited learning hours by status"),
        both("Bagian pegawai aktif", "Share of active staff"), both("Status", "Status"), len(people), "percent", 0,
    )
    basis = f"{rule('jp_pns_minimum').legal_basis}; {rule('jp_pppk_maximum').legal_basis}"
    note = both(
        f"Batas PPPK ({integer(_ceiling_jp(), 'id')} JP) dibaca sebagai batas atas, bukan target, sehingga PPPK tidak "
        "masuk penyebut kewajiban PNS; menurut PP 49/2018 pasal 40 ayat (1) batas itu dihitung dalam satu tahun masa "
        f"perjanjian kerja. Dasar hukum: {basis}.",
        f"The limit for PPPK ({integer(_ceiling_jp(), 'en')} JP) is read as a ceiling, not a target, so PPPK are not "
        "in the denominator of the duty; by PP 49/2018 article 40(1) it counts one year of the contract. "
        f"Legal basis: {basis}.",
    )
    return counting.answer(duty, found, picture=picture, table=_duty_table(people), notes=(counting.CENSUS, note))


def _minimum() -> float:
    """The yearly minimum of permanent staff in JP."""
    return float(rule("jp_pns_minimum").value)


def _ceiling_jp() -> float:
    """The yearly ceiling of contract staff in JP."""
    return float(rule("jp_pppk_maximum").value)


def _duty_share(ev: Evaluation, pns: pd.DataFrame) -> Finding:
    """The share that met the duty, with what to do where many did not."""
    k, n = int((pns["jp"] >= _minimum()).sum()), len(pns)
    value = shares.share(k, n, ev.level)

    def sentence(lang: str) -> str:
        words, least = share_words(value, lang, ev.level), integer(_minimum(), lang)
        if lang == "id":
            return (f"Sebanyak {integer(k, lang)} dari {integer(n, lang)} PNS aktif ({words}) telah memenuhi paling "
                    f"sedikit {least} JP pada tahun {ev.period}.")
        return (f"{integer(k, lang)} of {integer(n, lang)} active permanent staff (PNS) ({words}) reached at least "
                f"{least} JP in {ev.period}.")

    return finding(duty, ev, value, n, in_words(sentence), coverage=counting.linked(ev).value, headline=True,
                   recommendation=_schedule(ev, n - k, value))


def _schedule(ev: Evaluation, lacking: int, value: Estimate) -> Recommendation | None:
    """The duty is everyone's: act where even the upper bound leaves some behind."""
    if not value.high < 1:
        return None
    least = integer(_minimum(), "id")
    return Recommendation(
        both(
            f"Menyusun jadwal pemenuhan {least} JP bagi {integer(lacking, 'id')} PNS yang belum memenuhi, dengan "
            "e-learning dan pembelajaran di tempat kerja lebih dahulu.",
            f"Schedule the {least} JP for the {integer(lacking, 'en')} PNS who lack them, e-learning and workplace "
            "learning first.",
        ),
        both("kepala unit kerja bersama BKPSDM", "heads of units with the personnel agency (BKPSDM)"),
        both(f"triwulan II tahun {ev.period + 1}", f"second quarter of {ev.period + 1}"),
        both(
            f"jumlah PNS yang belum memenuhi {least} JP turun dari {integer(lacking, 'id')} orang",
            f"the number of PNS below {least} JP falls from {integer(lacking, 'en')}",
        ),
    )


_PULLED = both(
    " Pelatihan panjang menarik rata-rata, sehingga median dan bagian yang memenuhi lebih tepat dibaca.",
    " Long courses pull the mean, so the median and the share that meets the duty are the better reading.",
)


def _duty_median(ev: Evaluation, pns: pd.DataFrame) -> Finding:
    """The middle person's hours beside the mean, which long courses pull up."""
    middle, average = shares.median(pns["jp"], ev.level), float(pns["jp"].mean())

    def sentence(lang: str) -> str:
        value, bounds = number(middle.value, lang), counting.span(middle, lang, ev.level, scale=1)
        text = both(
            f"Median JP yang diakui per PNS aktif {value} JP ({bounds}); rata-ratanya {number(average, 'id')} JP.",
            f"The median of credited hours per active PNS is {value} JP ({bounds}); the mean is {number(average, 'en')} JP.",
        )[lang]
        return text + (_PULLED[lang] if average > middle.value + 1 else "")

    return finding(duty, ev, middle, len(pns), in_words(sentence), part="median", measure="JP",
                   precise=bool(middle.high - middle.low <= 10))


def _duty_trend(ev: Evaluation, pns: pd.DataFrame) -> list[Finding]:
    """The share that met the duty against last year's."""
    before = counting.with_activity(ev, ev.period - 1)
    before = before[(before["status"] == "PNS").fillna(False)]
    if before.empty or counting.enrolments(ev, ev.period - 1).empty:
        return []
    met = [int((group["jp"] >= _minimum()).sum()) for group in (pns, before)]
    change = shares.newcombe(met[0], len(pns), met[1], len(before), ev.level)
    what = both("bagian PNS yang memenuhi kewajiban", "the share of PNS who met the duty")
    sentence = in_words(lambda lang: counting.change_words(what, change, ev.period - 1, lang, ev.level))
    return [finding(duty, ev, change, len(pns) + len(before), sentence, part="trend", measure="share_difference")]


def _ceiling(ev: Evaluation, people: pd.DataFrame) -> list[Finding]:
    """Contract staff above their yearly ceiling, as an indication: the rule counts the contract year."""
    pppk = people[(people["status"] == "PPPK").fillna(False)]
    if pppk.empty:
        return []
    k, n = int((pppk["jp"] > _ceiling_jp()).sum()), len(pppk)
    value = shares.share(k, n, ev.level)

    def sentence(lang: str) -> str:
        words, most = share_words(value, lang, ev.level), integer(_ceiling_jp(), lang)
        middle = number(float(pppk["jp"].median()), lang)
        if lang == "id":
            return (
                f"Sebanyak {integer(k, lang)} dari {integer(n, lang)} PPPK aktif ({words}) tercatat di atas {most} JP pada "
                f"tahun kalender {ev.period}; median JP PPPK {middle} JP. Batas {most} JP berlaku untuk satu tahun masa "
                "perjanjian kerja, sehingga hitungan tahun kalender hanya petunjuk."
            )
        return (
            f"{integer(k, lang)} of {integer(n, lang)} active PPPK ({words}) are on record above {most} JP in the calendar "
            f"year {ev.period}; their median is {middle} JP. The ceiling of {most} JP holds for one year of the contract, so "
            "that a count by calendar year is an indication only."
        )

    # not robust: the year that the rule counts is not in the data
    return [finding(duty, ev, value, n, in_words(sentence), part="pppk", coverage=counting.linked(ev).value, robust=False)]


def _part_time(ev: Evaluation, people: pd.DataFrame) -> list[Finding]:
    """Part-time contract staff, a kind of their own: how many took part and with how many hours; no limit is judged."""
    group = people[(people["status"] == "PPPK_PART_TIME").fillna(False)]
    if group.empty:
        return []
    k, n = int(group["took_part"].sum()), len(group)
    value = shares.share(k, n, ev.level)

    def sentence(lang: str) -> str:
        words, middle = share_words(value, lang, ev.level), number(float(group["jp"].median()), lang)
        if lang == "id":
            return (
                f"PPPK paruh waktu ditampilkan tersendiri: {integer(k, lang)} dari {integer(n, lang)} orang yang aktif "
                f"({words}) mengikuti pelatihan pada tahun {ev.period}, dengan median {middle} JP; kewajiban PNS dan batas "
                "PPPK tidak diterapkan pada mereka."
            )
        return (
            f"Part-time PPPK stand apart: {integer(k, lang)} of {integer(n, lang)} active ones ({words}) took part in "
            f"{ev.period}, with a median of {middle} JP; neither the duty of PNS nor the ceiling of PPPK is applied to them."
        )

    return [finding(
        duty, ev, value, n, in_words(sentence), part="pppk_part_time", coverage=counting.linked(ev).value,
    )]


def _bands(people: pd.DataFrame) -> pd.DataFrame:
    """Shares of staff by band of hours and status, for a ``stacked`` picture."""
    least = _minimum()
    names = {
        lang: [
            "0 JP", both(f"di bawah {least:.0f} JP", f"below {least:.0f} JP")[lang],
            f"{least:.0f}–{2 * least:.0f} JP",
            both(f"di atas {2 * least:.0f} JP", f"above {2 * least:.0f} JP")[lang],
        ] for lang in ("id", "en")
    }
    band = np.select([people["jp"] <= 0, people["jp"] < least, people["jp"] <= 2 * least], [0, 1, 2], 3)
    rows = []
    known = people.assign(band=band)[people["status"].notna()]
    for status in (code for code in codes.STATUS if (known["status"] == code).any()):
        group = known[known["status"] == status]
        rows += [
            {"label_id": label(codes.STATUS, status, "id"), "label_en": label(codes.STATUS, status, "en"),
             "part_id": names["id"][part], "part_en": names["en"][part],
             "value": float((group["band"] == part).mean()), "n": len(group)}
            for part in range(4)
        ]
    return pd.DataFrame(rows)


def _duty_table(people: pd.DataFrame) -> Table:
    """Hours by status: the middle half, the mean, and both limits counted."""
    known = people[people["status"].notna()].astype({"status": str})
    grouped = known.groupby("status", sort=True)["jp"]
    data = grouped.agg(n="size", median="median", mean="mean").reset_index()
    data["lower"], data["upper"] = grouped.quantile(0.25).to_numpy(), grouped.quantile(0.75).to_numpy()
    data["met"] = grouped.agg(lambda jp: float((jp >= _minimum()).mean())).to_numpy()
    data["above"] = grouped.agg(lambda jp: float((jp > _ceiling_jp()).mean())).to_numpy()
    data = counting.labelled(counting.code_order(data, "status", codes.STATUS), "status", codes.STATUS)
    least, most = f"{_minimum():.0f}", f"{_ceiling_jp():.0f}"
    fields = (
        Field("label", both("Status", "Status")), Field("n", both("Pegawai aktif", "Active staff"), "integer"),
        Field("median", both("Median JP", "Median JP"), "number"),
        Field("lower", both("Kuartil 1", "Lower quartile"), "number"),
        Field("upper", both("Kuartil 3", "Upper quartile"), "number"),
        Field("mean", both("Rata-rata JP", "Mean JP"), "number"),
        Field("met", both(f"Paling sedikit {least} JP", f"At least {least} JP"), "percent"),
        Field("above", both(f"Di atas {most} JP", f"Above {most} JP"), "percent"),
    )
    return Table(
        data, fields, both("JP yang diakui menurut status kepegawaian", "Credited hours (JP) by status"), count="n",
    )


@answers(
    CHAPTER, both("Apakah JP terbagi merata?", "Are the learning hours spread evenly?"),
    ("employee", "participation", "batch"),
)
def concentration(ev: Evaluation) -> Answer:
    """Gini coefficient and Lorenz curve of credited hours among active staff."""
    people = counting.with_activity(ev)
    if people.empty or not people["jp"].sum():
        return counting.nothing(concentration, ev, f"tidak ada JP yang diakui pada tahun {ev.period}.",
                                f"no learning hours are credited in {ev.period}.")
    value, held = shares.gini(people["jp"], ev.level), shares.top_share(people["jp"])
    none = float((people["jp"] <= 0).mean())

    def sentence(lang: str) -> str:
        coefficient, bounds = number(value.value, lang, 2), counting.span(value, lang, ev.level, 1, 2)
        if lang == "id":
            return (
                f"Koefisien Gini JP di antara {integer(len(people), lang)} pegawai aktif {coefficient} ({bounds}); 0 "
                "berarti "
                f"merata. Sepersepuluh pegawai dengan JP terbanyak memegang {percent(held, lang)} dari seluruh JP, "
                f"dan {percent(none, lang)} pegawai tidak memperoleh JP."
            )
        return (
            f"The Gini coefficient of hours among {integer(len(people), lang)} active staff is {coefficient} "
            f"({bounds}); 0 means "
            f"even. The tenth of staff with most hours hold {percent(held, lang)} of all hours, and "
            f"{percent(none, lang)} of staff have none."
        )

    found = finding(concentration, ev, value, len(people), in_words(sentence), measure="gini",
                    coverage=counting.linked(ev).value, precise=bool(value.high - value.low <= 0.1))
    picture = Picture(
        "lines", _lorenz(ev, people), both("Kurva Lorenz JP pegawai aktif", "Lorenz curve of active staff's hours"),
        both("Bagian pegawai, dari JP tersedikit (persen)", "Share of staff, fewest hours first (percent)"),
        both("Bagian JP", "Share of hours"), len(people), "percent", 0,
    )
    return counting.answer(concentration, [found], picture=picture, notes=(counting.CENSUS,))


def _lorenz(ev: Evaluation, people: pd.DataFrame) -> pd.DataFrame:
    """The Lorenz curve of this and last year and the line of equal shares."""
    curves = {(str(ev.period), str(ev.period)): people}
    before = counting.with_activity(ev, ev.period - 1)
    if before["jp"].sum() > 0:
        curves[(str(ev.period - 1), str(ev.period - 1))] = before
    frames = []
    for (id, en), group in curves.items():
        x, held = shares.lorenz(group["jp"])
        frames.append(
            pd.DataFrame({
                "x": (100 * x).round().astype(int), "value": held, "n": len(group), "group_id": id, "group_en": en,
            })
        )
    even = frames[0].assign(value=frames[0]["x"] / 100, group_id="merata", group_en="even")
    return pd.concat([*frames, even], ignore_index=True)
