"""What civil servants need and want, whether information technology is first, and whether the offer matches.

The unit of analysis of the wishes is one respondent, who may choose several;
of the gap, one assessment of one competency of one person.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from karier_stats.answers import margins, verdicts
from karier_stats.answers.record import Answer, Field, Finding, Picture, Recommendation, Table, answers
from karier_stats.chapters import counting
from karier_stats.chapters.counting import finding, in_words
from karier_stats.domain import codes
from karier_stats.stats.numerics import shares
from karier_stats.stats.numerics.estimate import between
from karier_stats.views import activity
from karier_stats.words.numbers import both, listing, percent

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

CHAPTER = "needs"
GAP_POINTS = verdicts.smallest("share")
"""A topic is out of step where wish and offer surely differ by more than the smallest difference that matters."""


def _wishes(ev: Evaluation) -> pd.DataFrame:
    """The period's choices with ``choice``: the topic where topics are given, else the chosen item as it was written.

    A public release speaks of topics only: without them it has no choices.
    """
    rows = ev.table("need")
    by_topic = rows["topic"].notna().any()
    if ev.audience == "public" and not by_topic:
        rows = rows.head(0)
    choice = rows["topic"].fillna("lainnya") if by_topic else rows["need_item"]
    return rows.assign(choice=choice.astype(str), by_topic=bool(by_topic)).reset_index(drop=True)


def _coverage(ev: Evaluation, wishes: pd.DataFrame) -> float:
    """Respondents over active staff."""
    people = activity.staff(ev)["employee_uid"]
    return float(people.isin(set(wishes["employee_uid"])).mean()) if len(people) else float("nan")


def _empty(of: Callable[[Any], Answer], ev: Evaluation) -> Answer:
    """No needs survey in the period, or none that this audience may see."""
    if len(ev.table("need")):
        return counting.nothing(
            of, ev, "jawaban survei kebutuhan belum dikelompokkan menurut topik; rilis publik hanya memuat topik.",
            "the answers to the needs survey have no topics yet, and a public release shows topics only.",
        )
    return counting.nothing(of, ev, f"tidak ada jawaban survei kebutuhan pada tahun {ev.period}.",
                            f"no answers to a needs survey in {ev.period}.")


@answers(
    CHAPTER, both("Apakah yang ditawarkan sesuai dengan yang diminati?", "Does the offer match the wishes?"),
    ("need", "program", "batch"),
)
def offer(ev: Evaluation) -> Answer:
    """Share of wishes against share of places offered, topic by topic."""
    wishes = _wishes(ev)
    if wishes.empty:
        return _empty(offer, ev)
    offered = _places_by_topic(ev)
    if not bool(wishes["by_topic"].iloc[0]) or offered.empty:
        return counting.nothing(
            offer, ev, "perlu topik pada survei kebutuhan dan pada program.",
            "needs topics in the needs survey and in the courses.",
        )
    data = _wish_and_offer(ev, wishes, offered)
    n = int(wishes["employee_uid"].nunique())
    found = _mismatch(ev, data, n, wishes)
    return counting.answer(
        offer, found, picture=_offer_picture(data, n), table=_offer_table(data),
        notes=(
            both(
                "Bagian minat: penyebutan topik dari seluruh penyebutan, dengan selang menurut responden. Bagian "
                "tawaran: kursi yang disediakan (kuota; bila kosong, jumlah peserta) pada angkatan yang tidak "
                "batal, dihitung seluruhnya. Saran hanya dibuat bila seluruh penyebutan dan pilihan pertama "
                "menyimpang ke arah yang sama.",
                "Share of wishes: mentions of the topic among all mentions, the interval over respondents. Share of "
                "the offer: places (quota; where empty, participants) in batches not cancelled, a full count. Advice "
                "is given only where all mentions and first choices depart in the same direction.",
            ),
        ),
    )


def _places_by_topic(ev: Evaluation) -> pd.Series:
    """Places offered in the period's batches that were not cancelled."""
    rows = activity.batches(ev)
    rows = rows[
        (rows["year"] == ev.period).fillna(False) & ~(rows["state"] == "batal").fillna(False) & rows["topic"].notna()
    ]
    seats = rows["batch_id"].map(activity.enrolments(ev)["batch_id"].value_counts())
    places = rows["quota"].astype("Float64").fillna(seats.astype("Float64")).fillna(0).astype(float)
    total = places.groupby(rows["topic"].astype(str), sort=True).sum()
    return total[total > 0]


def _wish_and_offer(ev: Evaluation, wishes: pd.DataFrame, offered: pd.Series) -> pd.DataFrame:
    """One row per topic: share of wishes with interval, share of the offer, their difference.

    ``first`` is the share of first choices; ``agrees`` tells whether it lies on
    the same side of the offer, by more than ``GAP_POINTS``, as all wishes do.
    """
    once = wishes.drop_duplicates(["employee_uid", "choice"])
    firsts = once[(once["interest_rank"] == 1).fillna(False)].drop_duplicates("employee_uid")
    asked = once.groupby("employee_uid", sort=False).size()
    rows = []
    for topic in (code for code in codes.TOPIC if code in set(once["choice"]) | set(offered.index)):
        chose = asked.index.isin(once.loc[once["choice"] == topic, "employee_uid"])
        wish = shares.ratio(chose, asked, ev.level)
        if not wish.low < wish.high:  # all named it alone, or nobody did: the linearised interval has no width
            wish = shares.share(int(chose.sum()), len(asked), ev.level)
        part = float(offered.get(topic, 0.0) / offered.sum())
        first = float((firsts["choice"] == topic).mean()) if len(firsts) else np.nan
        rows.append({
            "topic": topic, "n": int(chose.sum()), "wish": wish.value, "wish_low": max(wish.low, 0.0),
            "wish_high": min(wish.high, 1.0), "places": float(offered.get(topic, 0.0)), "offer": part, "first": first,
            "estimate": wish.value - part, "low": wish.low - part, "high": wish.high - part,
        })
    data = pd.DataFrame(rows).sort_values(["estimate", "topic"], ascending=[False, True], kind="stable")
    lead = (data["first"] - data["offer"]).fillna(data["estimate"])
    data["agrees"] = np.where(data["estimate"] > 0, lead > GAP_POINTS, lead < -GAP_POINTS)
    return counting.labelled(data.reset_index(drop=True), "topic", codes.TOPIC)


def _mismatch(ev: Evaluation, data: pd.DataFrame, n: int, wishes: pd.DataFrame) -> list[Finding]:
    """The topic most short of places, and how much of the offer lies where the wishes are."""
    named = data[(data["n"] > 0) & (data["topic"] != "lainnya")]
    short = named[(named["low"] > GAP_POINTS) & named["agrees"]]
    over = named[(named["high"] < -GAP_POINTS) & named["agrees"]]
    top = next(frame for frame in (short, named, data) if len(frame)).iloc[0]
    value = between(top['estimate'], top['low'], top['high'])
    overlap = float(np.minimum(data["wish"], data["offer"]).sum())

    def sentence(lang: str) -> str:
        points = counting.points_words(value, lang, ev.level)
        pair = percent(top["wish"], lang), percent(top["offer"], lang)
        if not value.low > 0:
            text = both(
                f"Tidak terlihat topik yang kurang ditawarkan. Selisih terbesar terdapat pada {top['label_id']}: {pair[0]} dari "
                f"minat dan {pair[1]} dari kursi, selisih {points}.",
                f"No topic is seen to be offered too little. The difference is largest for {top['label_en']}: {pair[0]} of "
                f"wishes and {pair[1]} of places, a difference of {points}.",
            )[lang]
        else:
            text = both(
                f"Topik yang paling kurang ditawarkan ialah {top['label_id']}: {pair[0]} dari minat tetapi {pair[1]} dari "
                f"kursi, selisih {points}.",
                f"The topic offered least for its demand is {top['label_en']}: {pair[0]} of wishes but {pair[1]} of "
                f"places, a difference of {points}.",
            )[lang]
        text += margins.told(value, "share", lang)
        if len(over):
            text += both(
                " Yang ditawarkan jauh melebihi minat: ", " Offered far beyond the wishes: ",
            )[lang] + listing(over[f"label_{lang}"], lang) + "."
        return (
            text
            + both(
                f" Sebaran kursi dan minat bertumpang tindih {percent(overlap, 'id')}.",
                f" The spread of places and of wishes overlaps by {percent(overlap, 'en')}.",
            )[lang]
        )

    return [finding(
        offer, ev, value, n, in_words(sentence), measure="share_difference", coverage=_coverage(ev, wishes),
        precise=margins.precise(value, "share"), headline=True, robust=bool(top["agrees"]), recommendation=_rebalance(ev, short, over, overlap),
    )]


def _rebalance(ev: Evaluation, short: pd.DataFrame, over: pd.DataFrame, overlap: float) -> Recommendation | None:
    """Which places to add, and where they may come from."""
    if short.empty:
        return None
    wanted = {lang: listing(short[f"label_{lang}"], lang) for lang in ("id", "en")}
    spare = {lang: listing(over[f"label_{lang}"], lang) for lang in ("id", "en")}
    moved = both(f", antara lain dengan mengalihkan dari {spare['id']}", f", for instance moved from {spare['en']}")
    moved = moved if len(over) else both("", "")
    return Recommendation(
        both(f"Menambah kursi pada {wanted['id']}{moved['id']}, setelah dicocokkan dengan kesenjangan kompetensi.",
             f"Add places on {wanted['en']}{moved['en']}, after checking against the competency gaps."),
        both("BKPSDM", "Personnel agency (BKPSDM)"),
        both(f"rencana tahun {ev.period + 1}", f"the plan for {ev.period + 1}"),
        both(f"tumpang tindih kursi dan minat naik dari {percent(overlap, 'id')}",
             f"the overlap of places and wishes rises from {percent(overlap, 'en')}"),
    )


def _offer_picture(data: pd.DataFrame, n: int) -> Picture:
    """Difference between wish and offer by topic."""
    return Picture(
        "intervals", data, both("Minat dikurangi tawaran menurut topik", "Wishes minus offer by topic"),
        both("Selisih bagian (kanan: kurang ditawarkan)", "Difference of shares (right: offered too little)"),
        both("Topik", "Topic"), n, "percent", 0, reference=0.0,
    )


def _offer_table(data: pd.DataFrame) -> Table:
    """Wishes and places, topic by topic."""
    fields = (
        Field("label", both("Topik", "Topic")), Field("n", both("Peminat", "Wish it"), "integer"),
        Field("wish", both("Bagian minat", "Share of wishes"), "percent"),
        Field("wish_low", both("Batas bawah", "Lower bound"), "percent"),
        Field("wish_high", both("Batas atas", "Upper bound"), "percent"),
        Field("places", both("Kursi", "Places"), "integer"),
        Field("first", both("Bagian pilihan pertama", "Share of first choices"), "percent"),
        Field("offer", both("Bagian tawaran", "Share of offer"), "percent"),
        Field("estimate", both("Selisih", "Difference"), "percent"),
    )
    return Table(data, fields, both("Minat dan tawaran menurut topik", "Wishes and offer by topic"), count="n")


QUESTIONS = (offer,)
