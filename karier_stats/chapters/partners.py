"""Which mix of partners' places closes most of the need in the coming year (chapter challenges)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.answers import verdicts
from karier_stats.answers.record import Answer, Field, Finding, Picture, Recommendation, Table, answers
from karier_stats.chapters import claims, counting
from karier_stats.chapters.counting import exact, finding, in_words
from karier_stats.chapters.money import UNKNOWN, Need, need_of, not_people, offers_in
from karier_stats.domain import codes
from karier_stats.stats.numerics.allocation import Mix, best_mix
from karier_stats.words.numbers import both, integer, listing, percent, rupiah

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

CHAPTER = "challenges"
OWN = "own"
"""Stands for the office's own courses beside the partners."""
SOURCES = ("partnership", "budget", "need", "employee", "program")
LEAST_WORTH = 0.1
"""An hour of a topic without any gap still counts this much."""
_OWN_WORDS = both("Pelatihan sendiri", "Own courses")
_PLANNED = both(
    "Rencana berlaku untuk tahun sesudah periode ini dan memakai pagu tahun itu: sisa anggaran tahun lalu tidak dipakai, "
    "karena menurut aturan sisa pagu APBD menjadi SiLPA. Kebutuhan dipenuhi menurut topik, paling banyak sebesar yang "
    "dinyatakan; satu JP pada topik dengan kesenjangan kompetensi satu tingkat lebih lebar daripada rata-rata dihitung "
    "sebagai dua. Hanya mitra yang perjanjiannya masih berlaku pada tahun itu yang dihitung; pelatihan sendiri memakai "
    "rata-rata biaya per JP-orang menurut bentuk. Bauran dihitung dengan program bilangan bulat.",
    "The plan is for the year after this period and uses the ceiling of that year: money left over from the year before "
    "is not used, since by rule it lapses. The need is met by topic and no further than it was stated; an hour of a topic "
    "whose competency gap is one level wider than the mean counts as two. Only partners whose agreement is in force in "
    "that year count; own courses cost the mean per person hour over forms. The mix is an integer programme.",
)


@dataclass(frozen=True)
class Plan:
    """What the coming year is planned with.

    Attributes
    ----------
    offers : DataFrame
        One row per partner, then one per topic of own courses: ``partner_id``, ``topic``, ``seats``, ``jp_per_seat``,
        ``cost_per_seat_rp``, ``worth``.
    wanted : dict
        Hours by topic.
    money : float
        The ceiling of the coming year.
    known : bool
        Whether that ceiling is in the data; otherwise it is this period's.
    """

    offers: pd.DataFrame
    wanted: dict[str, float]
    money: float
    known: bool

    @property
    def total(self) -> float:
        """Hours wanted in all topics."""
        return sum(self.wanted.values())

    def mix(self, factor: float = 1.0, without: str | None = None, partners: bool = True) -> Mix:
        """The best mix with a multiple of the money, without one partner, or without any."""
        rows = self.offers[self.offers["partner_id"] != without] if without is not None else self.offers
        rows = rows if partners else rows[rows["partner_id"] == OWN]
        return best_mix(
            *(rows[name].to_numpy(float) for name in ("seats", "jp_per_seat", "cost_per_seat_rp")),
            money=factor * self.money, need=self.wanted, topic=rows["topic"].to_numpy(object),
            worth=rows["worth"].to_numpy(float), divisible=(rows["partner_id"] == OWN).to_numpy(bool),
        )

    def closes(self, mix: Mix) -> float:
        """The share of the hours wanted that a mix gives."""
        return mix.hours / self.total


@answers(
    CHAPTER,
    both("Bauran mitra mana yang menutup kebutuhan paling banyak?", "Which mix of partners closes most of the need?"),
    ("partnership", "budget", "need", "employee"),
)
def partners(ev: Evaluation) -> Answer:
    """Partners' places and own courses that meet most of the need with the coming year's ceiling, topic by topic."""
    need = need_of(ev)
    offers = offers_in(ev, ev.period + 1)
    if need is None or offers.empty or not need.total > 0:
        return counting.nothing(
            partners, ev, f"kursi mitra yang berlaku pada tahun {ev.period + 1}, kebutuhan, atau anggaran tidak tersedia.",
            f"places of partners in force in {ev.period + 1}, need or budget are not given.",
        )
    plan = _plan(ev, need, offers)
    mix, alone = plan.mix(), plan.mix(partners=False)
    data = _taken(plan, mix)
    seats = data[data["partner_id"] != OWN]
    picture = Picture(
        "bars", data,
        both("JP-orang dari setiap mitra dan pelatihan sendiri", "Person hours from each partner and own courses"),
        both("JP-orang", "Person hours"), both("Mitra", "Partner"), need.respondents, "integer", 0,
    )
    findings = [_mix_finding(ev, need, plan, mix, alone, seats), _sensitivity(ev, need, plan)]
    return counting.answer(partners, findings, picture=picture, table=_table(data), notes=(_PLANNED,))


def _plan(ev: Evaluation, need: Need, offers: pd.DataFrame) -> Plan:
    """Need by topic, offers of partners and of own courses, and the money of the coming year."""
    wanted = {str(row["topic"]): need.total * float(row["share"]) for _, row in need.wishes.iterrows()}
    own = pd.DataFrame({
        "partner_id": OWN, "partner_name": OWN, "topic": list(wanted), "seats": list(wanted.values()), "jp_per_seat": 1.0,
        "cost_per_seat_rp": need.cost.value,
    })
    columns = list(own.columns)
    offers = offers.assign(topic=offers["topic"].astype("string").fillna(UNKNOWN).astype(str))
    every = pd.concat([offers[columns].astype({"seats": float, "cost_per_seat_rp": float}), own], ignore_index=True)
    worth = _worth(ev)
    ceilings = ev.table("budget", "all")
    coming = float(ceilings.loc[(ceilings["year"] == ev.period + 1).fillna(False), "ceiling_rp"].fillna(0).sum())
    return Plan(
        every.assign(worth=every["topic"].map(worth).fillna(1.0).astype(float)), wanted, coming or need.ceiling, coming > 0,
    )


def _worth(ev: Evaluation) -> dict[str, float]:
    """What an hour of each topic counts: 1, and more where the gap of its competencies is wider than the mean."""
    if not ev.has("competency"):
        return {}
    rows = ev.table("competency", "to_date")
    topics = pd.Series([codes.topic_of_competency(str(code)) for code in rows["competency_code"]], index=rows.index, dtype=object)
    rows = rows.assign(topic=topics)
    rows = rows[(rows["year"] == rows["year"].max()) & rows["topic"].notna()]
    short = (rows["standard_level"] - rows["actual_level"]).clip(lower=0).astype(float)
    gap = short.groupby(rows["topic"], sort=True).mean()
    return {str(topic): max(1 + value - float(gap.mean()), LEAST_WORTH) for topic, value in gap.items()}


def _taken(plan: Plan, mix: Mix) -> pd.DataFrame:
    """What the mix takes of each partner, and own courses in one row."""
    rows = plan.offers.assign(taken=mix.places)
    rows = rows.assign(hours=rows["taken"] * rows["jp_per_seat"], paid=rows["taken"] * rows["cost_per_seat_rp"])
    own = rows["partner_id"] == OWN
    last = pd.DataFrame([{
        "partner_id": OWN, "partner_name": OWN, "topic": pd.NA, "hours": float(rows.loc[own, "hours"].sum()),
        "paid": float(rows.loc[own, "paid"].sum()),
    }])
    places = rows.loc[~own].astype({"taken": "Float64", "seats": "Float64"}).round()
    data = pd.concat([places.astype({"taken": "Int64", "seats": "Int64"}).drop(columns="worth"), last], ignore_index=True)
    for lang in ("id", "en"):
        data[f"label_{lang}"] = data["partner_name"].astype(str).where(data["partner_id"] != OWN, _OWN_WORDS[lang])
        data[f"topic_{lang}"] = ["–" if pd.isna(topic) else codes.label(codes.TOPIC, str(topic), lang) for topic in data["topic"]]
    return not_people(data.assign(value=data["hours"]))


def _table(data: pd.DataFrame) -> Table:
    """The mix, partner by partner."""
    return Table(
        data,
        (
            Field("label", both("Mitra", "Partner")), Field("topic", both("Topik", "Topic")),
            Field("seats", both("Kursi tersedia", "Places offered"), "integer"),
            Field("taken", both("Kursi dipakai", "Places taken"), "integer"),
            Field("hours", both("JP-orang", "Person hours"), "integer"), Field("paid", both("Biaya", "Cost"), "rupiah"),
        ),
        both("Bauran mitra dan pelatihan sendiri untuk tahun berikutnya", "Mix of partners and own courses for the coming year"),
    )


def _mix_finding(ev: Evaluation, need: Need, plan: Plan, mix: Mix, alone: Mix, seats: pd.DataFrame) -> Finding:
    """The best mix in words."""
    covered = plan.closes(alone) > 1 - 1e-6
    used = seats[seats["taken"] > 0]
    hours = float(used["hours"].sum())
    sentence = in_words(lambda lang: _covered(ev, plan, lang) if covered else _mixed(ev, plan, mix, alone, used, lang))
    advice = Recommendation(
        both(
            "Mengisi kursi mitra menurut bauran ini, mulai dari yang tidak berbiaya, dengan perjanjian yang dicatat "
            "dan disetujui.",
            "Fill partners' places by this mix, those free of charge first, with agreements on record and approved.",
        ),
        claims.BKPSDM, claims.end_next_year(ev),
        both(
            f"Sekurang-kurangnya {integer(hours, 'id')} JP-orang diberikan mitra.",
            f"Partners give at least {integer(hours, 'en')} person hours.",
        ),
    ) if hours and not covered else None
    return finding(
        partners, ev, exact(plan.closes(mix)), need.respondents, sentence, measure="share_of_need",
        coverage=min(need.respondents / need.staff, 1.0), precise=verdicts.is_precise(need.gap, need.margin),
        robust=plan.known, headline=True, recommendation=advice, sources=SOURCES,
    )


def _ceiling_words(ev: Evaluation, plan: Plan, lang: str) -> str:
    """The coming year's ceiling, and that it is assumed where it is."""
    amount, year = rupiah(plan.money, lang), ev.period + 1
    if plan.known:
        return both(f"pagu tahun {year} sebesar {amount}", f"the ceiling of {year}, {amount}")[lang]
    return both(
        f"pagu tahun {year} yang diandaikan sama dengan pagu {ev.period} ({amount}) karena belum ada dalam data",
        f"a ceiling for {year} assumed to be that of {ev.period} ({amount}), since it is not in the data yet",
    )[lang]


def _covered(ev: Evaluation, plan: Plan, lang: str) -> str:
    """Nothing is left for partners to close."""
    words = _ceiling_words(ev, plan, lang)
    return both(
        f"Dengan {words}, pelatihan sendiri sudah mencukupi kebutuhan, sehingga tidak ada kekurangan yang perlu ditutup "
        "mitra.",
        f"With {words}, own courses cover the need, so there is nothing for partners to close.",
    )[lang]


def _mixed(ev: Evaluation, plan: Plan, mix: Mix, alone: Mix, used: pd.DataFrame, lang: str) -> str:
    """What partners and own courses meet, and what own courses would meet alone."""
    start, shown = _ceiling_words(ev, plan, lang), [percent(plan.closes(one), lang, 0) for one in (mix, alone)]
    total, own = integer(plan.total, lang), integer(mix.hours - float(used["hours"].sum()), lang)
    if used.empty:
        return both(
            f"Dengan {start}, pelatihan sendiri menutup {shown[0]} dari kebutuhan {total} JP-orang; tidak ada kursi mitra "
            "yang menambahnya.",
            f"With {start}, own courses meet {shown[0]} of the {total} person hours needed; no partner's place adds to it.",
        )[lang]
    names = listing([
        f"{row['partner_name']} ({integer(row['taken'], lang)} "
        + both("kursi", "place" if row["taken"] == 1 else "places")[lang] + ")" for _, row in used.iterrows()
    ], lang)
    paid = rupiah(float(used["paid"].sum()), lang)
    return both(
        f"Dengan {start}, kursi mitra dan pelatihan sendiri menutup {shown[0]} dari kebutuhan {total} JP-orang; tanpa mitra "
        f"{shown[1]}. Bauran terbaik: {names}, dengan biaya {paid}, ditambah {own} JP-orang pelatihan sendiri.",
        f"With {start}, partners' places and own courses meet {shown[0]} of the {total} person hours needed, and {shown[1]} "
        f"without partners. The best mix: {names}, at a cost of {paid}, with {own} person hours of own courses.",
    )[lang]


def _sensitivity(ev: Evaluation, need: Need, plan: Plan) -> Finding:
    """What the mix closes with no, half and twice the money, and without the partner that matters most."""
    cases, whole = [plan.closes(plan.mix(factor)) for factor in (0.0, 0.5, 2.0)], plan.closes(plan.mix())
    names = plan.offers[plan.offers["partner_id"] != OWN].set_index("partner_id")["partner_name"].astype(str)
    without = [(round(plan.closes(plan.mix(without=str(key))), 6), name) for key, name in names.items()]
    worst = min(without)
    matters = len(without) > 1 and worst[0] < whole - 0.005 and [one[0] for one in without].count(worst[0]) == 1

    def sentence(lang: str) -> str:
        shown = [percent(case, lang, 0) for case in cases]
        text = both(
            f"Tanpa uang bauran terbaik menutup {shown[0]} dari kebutuhan, dengan setengah pagu {shown[1]}, dan dengan dua "
            f"kali pagu {shown[2]}.",
            f"Without money the best mix meets {shown[0]} of the need, with half the ceiling {shown[1]}, and with twice the "
            f"ceiling {shown[2]}.",
        )[lang]
        if not matters:
            return text
        return text + both(
            f" Mitra yang paling menentukan ialah {worst[1]}: tanpa mitra itu {percent(worst[0], 'id', 0)}.",
            f" The partner that matters most is {worst[1]}: without it the mix meets {percent(worst[0], 'en', 0)}.",
        )[lang]

    return finding(
        partners, ev, exact(cases[0]), need.respondents, in_words(sentence), part="sensitivity",
        measure="share_of_need", coverage=min(need.respondents / need.staff, 1.0), robust=plan.known,
        precise=verdicts.is_precise(need.gap, need.margin), sources=SOURCES,
    )
