"""What one person learning hour costs (chapter delivery)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from karier_stats.answers.record import Answer, Field, Finding, Picture, Table, answers
from karier_stats.chapters import counting
from karier_stats.chapters.counting import finding, in_words
from karier_stats.chapters.money import lines_of, paid_lines, prices_of
from karier_stats.domain import codes
from karier_stats.domain.codes import label
from karier_stats.stats.numerics import shares
from karier_stats.stats.numerics.estimate import Estimate
from karier_stats.stats.numerics.unit_price import price_of_hour
from karier_stats.views import activity
from karier_stats.words.numbers import both, integer, rupiah

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

CHAPTER = "delivery"


@answers(CHAPTER, both("Berapa biaya satu JP-orang?", "What does one person learning hour cost?"), ("budget",))
def cost(ev: Evaluation) -> Answer:
    """Rupiah per person learning hour, by form and by source of funds."""
    lines = lines_of(ev)
    paid = paid_lines(lines)
    if paid.empty:
        return counting.nothing(cost, ev, f"realisasi dan JP-orang pada anggaran tahun {ev.period} tidak tersedia.",
                                f"money spent and person hours are not given in the budget of {ev.period}.")
    table = _cost_table(ev, paid)
    value = shares.ratio(paid["spent"], paid["jp"], ev.level, positive=True)
    free = float(lines.loc[lines["spent"] <= 0, "jp"].sum())
    sentence = in_words(lambda lang: _cost_sentence(ev, value, len(paid), free, lang))
    found = finding(cost, ev, value, len(paid), sentence, measure="Rp/JP", headline=True, of_people=False,
                    precise=bool(value.high - value.low <= value.value))
    picture = Picture(
        "intervals", table.data, both("Biaya per JP-orang", "Cost per person learning hour"),
        both("Rupiah per JP-orang", "Rupiah per person hour"),
        both("Menurut bentuk dan sumber dana", "By form and source of funds"), 0, "rupiah", 0, reference=value.value,
    )
    return counting.answer(
        cost, [found, *_typical(ev, paid), *_reconciled(ev, lines)], picture=picture, table=table,
        notes=(
            both(
                "Biaya per JP-orang: jumlah realisasi dibagi jumlah JP-orang, bukan rata-rata rasio per baris; "
                "selang menunjukkan keragaman antarbaris anggaran. Kegiatan tanpa biaya tidak menurunkan angka ini. "
                "Rata-rata menurut bentuk memberi setiap bentuk bobot menurut pesertanya, bukan menurut JP-nya.",
                "Cost per person hour: total spent over total person hours, not a mean of ratios; the interval shows "
                "how budget lines vary. Activities without cost do not lower it. The mean over forms weighs each form by "
                "its participants, not by its hours.",
            ),
        ),
    )


def _typical(ev: Evaluation, paid: pd.DataFrame) -> list[Finding]:
    """The mean over forms, which no long course pulls; nothing where there is one form only."""
    if paid["form"].nunique() < 2:
        return []
    value = price_of_hour(prices_of(paid), ev.level, ev.seed)

    def sentence(lang: str) -> str:
        words = _rupiah_words(value, ev, lang)
        return both(
            f"Rata-rata menurut bentuk pelatihan, berbobot peserta, ialah {words} per JP-orang; pelatihan yang panjang tidak "
            "menentukan angka ini.",
            f"The mean over forms of training, weighted by participants, is {words} per person hour; long courses do not "
            "decide it.",
        )[lang]

    return [finding(
        cost, ev, value, len(paid), in_words(sentence), part="by_form", measure="Rp/JP", of_people=False,
        sources=("budget", "program"), precise=bool(value.high - value.low <= value.value),
    )]


def _reconciled(ev: Evaluation, lines: pd.DataFrame) -> list[Finding]:
    """Person hours of the budget beside those of the attendance lists; nothing where one is absent, or both agree.

    Nor for some units only: lines belong to the unit that organises, hours to the unit of the participant.
    """
    if ev.unit != "semua" or any(not ev.has(name) for name in ("participation", "batch", "program")) or not lines["jp"].sum() > 0:
        return []
    rows = activity.enrolments(ev)
    rows = rows[rows["attended"]]
    booked, credited = float(lines["jp"].sum()), float(rows["jp"].sum())
    if rows.empty or abs(booked - credited) < 0.5:
        return []
    failed = float(rows.loc[rows["outcome"] != "lulus", "attended_jp"].fillna(0).sum())
    rest = booked - credited - failed
    sentence = in_words(lambda lang: _difference_words(booked, credited, failed, rest, lang))
    return [finding(
        cost, ev, counting.exact(booked - credited), len(rows), sentence, part="reconciled", measure="JP-person",
        precise=True, robust=abs(rest) < 0.5, sources=("budget", "participation", "batch", "program"),
    )]


def _difference_words(booked: float, credited: float, failed: float, rest: float, lang: str) -> str:
    """Both totals, their difference, and what of it the hours of people who did not pass explain."""
    one, two = integer(booked, lang), integer(credited, lang)
    size = integer(abs(booked - credited), lang)
    more = both("lebih banyak" if booked > credited else "lebih sedikit", "more" if booked > credited else "fewer")[lang]
    text = both(
        f"Anggaran mencatat {one} JP-orang, {size} JP-orang {more} daripada JP yang diakui menurut daftar peserta ({two})",
        f"The budget records {one} person hours, {size} {more} than are credited in the list of participants ({two})",
    )[lang]
    if abs(rest) < 0.5:
        return text + both(
            "; selisih itu seluruhnya JP yang dihadiri peserta yang tidak lulus, yang dibayar tetapi tidak diakui.",
            "; all of it are hours attended by people who did not pass, which were paid for and not credited.",
        )[lang]
    known = both(
        f"; JP yang dihadiri peserta yang tidak lulus menjelaskan {integer(failed, 'id')} JP-orang, dan",
        f"; hours attended by people who did not pass explain {integer(failed, 'en')} and",
    )[lang] if failed else ";"
    return f"{text}{known} " + both(
        f"{integer(abs(rest), 'id')} JP-orang belum dapat dijelaskan dan perlu dicocokkan.",
        f"{integer(abs(rest), 'en')} person hours are not explained and need to be reconciled.",
    )[lang]


def _rupiah_words(value: Estimate, ev: Evaluation, lang: str) -> str:
    """An amount with its interval in brackets."""
    if not np.isfinite(value.low):
        return f"{rupiah(value.value, lang)} ({counting.span(value, lang, ev.level)})"
    bounds = f"{rupiah(value.low, lang)} {both('s.d.', 'to')[lang]} {rupiah(value.high, lang)}"
    return f"{rupiah(value.value, lang)} ({counting.level_words(ev.level, lang)}: {bounds})"


def _cost_sentence(ev: Evaluation, value: Estimate, lines: int, free: float, lang: str) -> str:
    """Rupiah per person hour with its interval, and the free hours apart."""
    apart = both(
        f"; {integer(free, 'id')} JP-orang tanpa biaya dihitung terpisah",
        f"; {integer(free, 'en')} person hours without cost are counted apart",
    )[lang] if free else ""
    amount, word = _rupiah_words(value, ev, lang), "line" if lines == 1 else "lines"
    return both(
        f"Satu JP-orang menelan {amount} menurut {integer(lines, 'id')} baris anggaran dengan realisasi pada tahun "
        f"{ev.period}",
        f"One person learning hour cost {amount} by {integer(lines, 'en')} budget {word} with spending in {ev.period}",
    )[lang] + apart + "."


def _cost_table(ev: Evaluation, paid: pd.DataFrame) -> Table:
    """Cost per person hour of each form and each source."""
    rows = []
    for column, name, names in (
        ("form", both("bentuk", "form"), codes.FORM), ("funding_source", both("sumber dana", "source"), codes.FUNDING),
    ):
        for code in (code for code in names if (paid[column] == code).fillna(False).any()):
            group = paid[(paid[column] == code).fillna(False)]
            value = shares.ratio(group["spent"], group["jp"], ev.level, positive=True)
            rows.append({
                "group_id": name["id"], "group_en": name["en"], "label_id": label(names, code, "id"),
                "label_en": label(names, code, "en"), "lines": len(group), "spent": float(group["spent"].sum()),
                "jp": float(group["jp"].sum()), "estimate": value.value, "low": value.low, "high": value.high,
                "n": pd.NA,
            })
    columns = ["group_id", "group_en", "label_id", "label_en", "lines", "spent", "jp", "estimate", "low", "high", "n"]
    data = pd.DataFrame(rows, columns=columns).astype({"n": "Int64"})
    fields = (
        Field("group", both("Menurut", "By")), Field("label", both("Kelompok", "Group")),
        Field("lines", both("Baris anggaran", "Budget lines"), "integer"),
        Field("spent", both("Realisasi", "Spent"), "rupiah"), Field("jp", both("JP-orang", "Person hours"), "integer"),
        Field("estimate", both("Rupiah per JP-orang", "Rupiah per person hour"), "rupiah"),
        *counting.bounds(1, "rupiah"),
    )
    return Table(
        data, fields,
        both("Biaya per JP-orang menurut bentuk dan sumber dana", "Cost per person hour by form and source"),
    )
