"""Which mix of partners' places closes most of the need (chapter challenges)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.chapters import claims, counting
from karier_stats.chapters.counting import exact, finding, in_words
from karier_stats.chapters.findings import Answer, Field, Finding, Picture, Recommendation, Table, answers
from karier_stats.chapters.money import Need, need_of, not_people
from karier_stats.language import both, integer, listing, percent, rupiah
from karier_stats.stats.allocation import Mix, best_mix

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

CHAPTER = "challenges"


@answers(
    CHAPTER,
    both("Bauran mitra mana yang menutup kebutuhan paling banyak?", "Which mix of partners closes most of the need?"),
    ("partnership", "budget", "need", "employee"),
)
def partners(ev: Evaluation) -> Answer:
    """Partners' places that give the most hours for the money not spent, and what changes with more or less money."""
    need, offers = need_of(ev), _offers(ev)
    if need is None or offers.empty:
        return counting.nothing(
            partners, ev, "kursi mitra yang masih berlaku, kebutuhan, atau anggaran tidak tersedia.",
            "places of partners still in force, need or budget are not given.",
        )
    money = max(need.ceiling - need.spent, 0.0)
    mix = _mix(offers, money, need.unmet)
    data = offers.assign(
        taken=mix.places, hours=mix.places * offers["jp_per_seat"], paid=mix.places * offers["cost_per_seat_rp"],
        label_id=offers["partner_name"].astype(str), label_en=offers["partner_name"].astype(str),
    )
    data = not_people(data.assign(value=data["hours"]))
    picture = Picture(
        "bars", data,
        both("JP-orang dari setiap mitra pada bauran terbaik", "Person hours from each partner in the best mix"),
        both("JP-orang", "Person hours"), both("Mitra", "Partner"), int(mix.places.sum()), "integer", 0,
    )
    table = Table(
        data,
        (
            Field("label", both("Mitra", "Partner")),
            Field("seats", both("Kursi tersedia", "Places offered"), "integer"),
            Field("taken", both("Kursi dipakai", "Places taken"), "integer"),
            Field("hours", both("JP-orang", "Person hours"), "integer"), Field("paid", both("Biaya", "Cost"), "rupiah"),
        ),
        both("Bauran mitra dengan sisa anggaran", "Mix of partners with the money not spent"),
    )
    findings = [_mix_finding(ev, need, mix, data, money), _sensitivity(ev, need, offers, money)]
    notes = (
        both(
            "Bauran dihitung dengan program bilangan bulat; topik yang ditawarkan mitra dianggap sesuai kebutuhan, dan "
            "hanya mitra yang perjanjiannya masih berlaku setelah periode ini yang dihitung.",
            "The mix is an integer programme; partners' topics are taken to fit the need, and only partners whose "
            "agreement runs beyond this period are counted.",
        ),
    )
    return counting.answer(partners, findings, picture=picture, table=table, notes=notes)


def _offers(ev: Evaluation) -> pd.DataFrame:
    """Partners with places whose agreement runs beyond the period."""
    offers = ev.table("partnership", "all").dropna(subset=["seats", "jp_per_seat"])
    running = offers["end_date"].isna() | (offers["end_date"].dt.year > ev.period)
    offers = offers[running & (offers["seats"] > 0)].sort_values("partner_id", kind="stable").reset_index(drop=True)
    return offers.assign(cost_per_seat_rp=offers["cost_per_seat_rp"].fillna(0))


def _mix(offers: pd.DataFrame, money: float, need: float) -> Mix:
    """The best mix of these offers."""
    return best_mix(
        *(offers[name].astype(float) for name in ("seats", "jp_per_seat", "cost_per_seat_rp")), money=money, need=need,
    )


def _closes(mix: Mix, need: Need) -> float:
    """The share of the unmet hours that a mix gives; all where none is unmet."""
    return mix.hours / need.unmet if need.unmet else 1.0


def _mix_finding(ev: Evaluation, need: Need, mix: Mix, data: pd.DataFrame, money: float) -> Finding:
    """The best mix in words."""
    used = data[data["taken"] > 0]

    def sentence(lang: str) -> str:
        names = listing(
            [
                f"{row['partner_name']} ({integer(row['taken'], lang)} {both('kursi', 'places')[lang]})"
                for _, row in used.iterrows()
            ],
            lang,
        )
        if not need.unmet:
            return both(
                "Pagu sudah mencukupi kebutuhan, sehingga tidak ada kekurangan yang perlu ditutup mitra.",
                "The ceiling covers the need, so there is nothing for partners to close.",
            )[lang]
        return both(
            f"Dengan sisa anggaran {rupiah(money, 'id')}, bauran terbaik memberi {integer(mix.hours, 'id')} JP-orang, "
            f"yaitu {percent(_closes(mix, need), 'id', 0)} dari kekurangan {integer(need.unmet, 'id')} JP-orang, "
            f"dengan biaya {rupiah(mix.cost, 'id')}: {names}.",
            f"With the unspent {rupiah(money, 'en')}, the best mix gives {integer(mix.hours, 'en')} person hours, "
            f"{percent(_closes(mix, need), 'en', 0)} of the {integer(need.unmet, 'en')} that are wanting, at a cost of "
            f"{rupiah(mix.cost, 'en')}: {names}.",
        )[lang]

    advice = Recommendation(
        both(
            "Mengisi kursi mitra menurut bauran ini, mulai dari yang tidak berbiaya, dengan perjanjian yang dicatat "
            "dan disetujui.",
            "Fill partners' places by this mix, those free of charge first, with agreements on record and approved.",
        ),
        claims.BKPSDM, claims.end_next_year(ev),
        both(
            f"Sekurang-kurangnya {integer(mix.hours, 'id')} JP-orang diberikan mitra.",
            f"Partners give at least {integer(mix.hours, 'en')} person hours.",
        ),
    ) if need.unmet and mix.hours else None
    return finding(
        partners, ev, exact(_closes(mix, need)), need.respondents, in_words(sentence), measure="share_of_need",
        coverage=min(need.respondents / need.staff, 1.0), precise=need.hours.low > 0, headline=True,
        recommendation=advice,
    )


def _sensitivity(ev: Evaluation, need: Need, offers: pd.DataFrame, money: float) -> Finding:
    """What the mix closes with no, half and twice the money, and without the partner that matters most."""
    cases = [_closes(_mix(offers, factor * money, need.unmet), need) for factor in (0.0, 0.5, 2.0)]
    without = [
        (_closes(_mix(offers.drop(index=place), money, need.unmet), need), str(offers["partner_name"].iloc[place]))
        for place in range(len(offers))
    ] if len(offers) > 1 else []
    worst = min(without, default=None)

    def sentence(lang: str) -> str:
        shown = [percent(case, lang, 0) for case in cases]
        text = both(
            f"Tanpa uang bauran terbaik menutup {shown[0]} dari kekurangan, dengan setengah sisa anggaran {shown[1]}, "
            f"dan dengan dua kali sisa anggaran {shown[2]}.",
            f"Without money the best mix closes {shown[0]} of what is wanting, with half the unspent money {shown[1]}, "
            f"and with twice that money {shown[2]}.",
        )[lang]
        if worst is None:
            return text
        return text + both(
            f" Mitra yang paling menentukan ialah {worst[1]}: tanpa mitra itu {percent(worst[0], 'id', 0)}.",
            f" The partner that matters most is {worst[1]}: without it the mix closes {percent(worst[0], 'en', 0)}.",
        )[lang]

    return finding(
        partners, ev, exact(cases[0]), need.respondents, in_words(sentence), part="sensitivity",
        measure="share_of_need", coverage=min(need.respondents / need.staff, 1.0), precise=need.hours.low > 0,
    )
