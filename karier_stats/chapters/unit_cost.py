"""What one person learning hour costs (chapter delivery)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from karier_stats.chapters import counting
from karier_stats.chapters.counting import finding, in_words
from karier_stats.chapters.findings import Answer, Field, Picture, Table, answers
from karier_stats.domain import codes
from karier_stats.domain.codes import label
from karier_stats.language import both, integer, rupiah
from karier_stats.stats import shares

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

CHAPTER = "delivery"


@answers(CHAPTER, both("Berapa biaya satu JP-orang?", "What does one person learning hour cost?"), ("budget",))
def cost(ev: Evaluation) -> Answer:
    """Rupiah per person learning hour, by form and by source of funds."""
    lines = _cost_lines(ev)
    paid = lines[(lines["spent"] > 0) & (lines["jp"] > 0)].reset_index(drop=True)
    if paid.empty:
        return counting.nothing(cost, ev, f"realisasi dan JP-orang pada anggaran tahun {ev.period} tidak tersedia.",
                                f"money spent and person hours are not given in the budget of {ev.period}.")
    table = _cost_table(ev, paid)
    value = shares.ratio(paid["spent"], paid["jp"], ev.level, positive=True)
    free = float(lines.loc[lines["spent"] <= 0, "jp"].sum())
    sentence = in_words(lambda lang: _cost_sentence(ev, value, len(paid), free, lang))
    found = finding(cost, ev, value, round(float(paid["jp"].sum())), sentence, measure="Rp/JP", headline=True,
                    precise=bool(value.high - value.low <= value.value))
    picture = Picture(
        "intervals", table.data, both("Biaya per JP-orang", "Cost per person learning hour"),
        both("Rupiah per JP-orang", "Rupiah per person hour"),
        both("Menurut bentuk dan sumber dana", "By form and source of funds"), round(float(paid["jp"].sum())), "rupiah",
        0, reference=value.value,
    )
    return counting.answer(
        cost, [found], picture=picture, table=table,
        notes=(
            both(
                "Biaya per JP-orang: jumlah realisasi dibagi jumlah JP-orang, bukan rata-rata rasio per baris; "
                "selang menunjukkan keragaman antarbaris anggaran. Kegiatan tanpa biaya tidak menurunkan angka ini.",
                "Cost per person hour: total spent over total person hours, not a mean of ratios; the interval shows "
                "how budget lines vary. Activities without cost do not lower it.",
            ),
        ),
    )


def _cost_sentence(ev: Evaluation, value: shares.Estimate, lines: int, free: float, lang: str) -> str:
    """Rupiah per person hour with its interval, and the free hours apart."""
    bounds = f"{rupiah(value.low, lang)} {both('s.d.', 'to')[lang]} {rupiah(value.high, lang)}"
    span = (
        f"{counting.level_words(ev.level, lang)}: {bounds}" if np.isfinite(value.low)
        else counting.span(value, lang, ev.level)
    )
    return both(
        f"Satu JP-orang menelan {rupiah(value.value, 'id')} ({span}) menurut {integer(lines, 'id')} baris anggaran "
        f"dengan realisasi pada tahun {ev.period}; {integer(free, 'id')} JP-orang tanpa biaya dihitung terpisah.",
        f"One person learning hour cost {rupiah(value.value, 'en')} ({span}) by {integer(lines, 'en')} budget lines "
        f"with spending in {ev.period}; {integer(free, 'en')} person hours without cost are counted apart.",
    )[lang]


def _cost_lines(ev: Evaluation) -> pd.DataFrame:
    """The period's budget lines with spending, hours, source and form."""
    lines = ev.table("budget")
    forms = (
        ev.table("program", "all").set_index("program_id")["form"] if ev.has("program") else pd.Series(dtype="string")
    )
    return lines.assign(
        spent=lines["spent_rp"].astype("Float64").fillna(0).astype(float),
        jp=lines["jp_total"].astype(float).fillna(0.0), form=lines["program_id"].map(forms),
        source=lines["funding_source"],
    ).reset_index(drop=True)


def _cost_table(ev: Evaluation, paid: pd.DataFrame) -> Table:
    """Cost per person hour of each form and each source."""
    rows = []
    for column, name, names in (
        ("form", both("bentuk", "form"), codes.FORM), ("source", both("sumber dana", "source"), codes.FUNDING),
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
