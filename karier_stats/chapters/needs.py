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
from karier_stats.chapters.counting import finding, in_words, share_words
from karier_stats.domain import codes
from karier_stats.domain.indices import job_person_match
from karier_stats.stats.numerics import shares
from karier_stats.stats.numerics.estimate import Estimate, between
from karier_stats.words.numbers import Text, both, integer, listing, number, percent

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

CHAPTER = "needs"
IT = "teknologi_informasi"
SHOWN = 12
"""Choices shown in a picture; the table has all."""
GAP_POINTS = verdicts.smallest("share")
"""A topic is out of step where wish and offer surely differ by more than the smallest difference that matters."""

_UNIT = both("Satuan analisis: satu responden", "Unit of analysis: one respondent")
_ALIKE = both(
    " Selang berlaku bila responden serupa dengan pegawai yang tidak menjawab.",
    " The intervals hold if respondents are like the staff who did not answer.",
)


def respondents(wishes: pd.DataFrame, ranked: bool = False) -> dict[str, str]:
    """Who is counted, and whether the shares can add to more than all: only where somebody chose several."""
    several = wishes.drop_duplicates(["employee_uid", "choice"])["employee_uid"].duplicated().any()
    if ranked:
        how = both(", dengan satu pilihan pertama.", ", with one first choice.")
    elif several:
        how = both(
            "; satu responden dapat memilih beberapa, sehingga jumlah bagian dapat melebihi seratus persen.",
            ", who may choose several, so the shares can add to more than a hundred percent.",
        )
    else:
        how = both(", masing-masing dengan satu pilihan.", ", each with one choice.")
    return both(*(_UNIT[lang] + how[lang] + _ALIKE[lang] for lang in ("id", "en")))


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


def _names(wishes: pd.DataFrame) -> codes.CodeList:
    """Names of the choices: topics from the code list, items as written."""
    return codes.TOPIC if bool(wishes["by_topic"].iloc[0]) else {}


def _coverage(ev: Evaluation, wishes: pd.DataFrame) -> float:
    """Respondents over active staff."""
    people = counting.staff(ev)["employee_uid"]
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


@answers(CHAPTER, both("Apa yang dibutuhkan dan diminati pegawai?", "What do staff need and want?"), ("need",))
def choices(ev: Evaluation) -> Answer:
    """Share of respondents who chose each topic (or item), with intervals."""
    wishes = _wishes(ev)
    if wishes.empty:
        return _empty(choices, ev)
    data, n = _choice_shares(ev, wishes), int(wishes["employee_uid"].nunique())
    top, second = data.iloc[0], data.iloc[min(1, len(data) - 1)]
    value = between(top['estimate'], top['low'], top['high'])

    def sentence(lang: str) -> str:
        words, name = share_words(value, lang, ev.level), top[f"label_{lang}"]
        other = f"{second[f'label_{lang}']} ({percent(second['estimate'], lang)})"
        counts = integer(top["k"], lang), integer(n, lang)
        tied = data.loc[data["k"] == top["k"], f"label_{lang}"]
        if len(data) > 1 and len(tied) == len(data):
            return both(
                f"Semua {len(data)} pilihan disebut sama banyak, masing-masing oleh {counts[0]} dari {counts[1]} responden "
                f"({words}).",
                f"All {len(data)} choices are named equally often, each by {counts[0]} of {counts[1]} respondents ({words}).",
            )[lang]
        if len(tied) > 1:
            names = listing(list(tied), lang)
            return both(
                f"Pilihan yang paling banyak disebut ialah {names}, masing-masing oleh {counts[0]} dari {counts[1]} responden "
                f"({words}).",
                f"The choices named most are {names}, each by {counts[0]} of {counts[1]} respondents ({words}).",
            )[lang]
        if lang == "id":
            text = f"Pilihan yang paling banyak disebut ialah {name}: {counts[0]} dari {counts[1]} responden ({words})"
            return text + (f", diikuti {other}." if len(data) > 1 else ".")
        text = f"The choice named most is {name}: {counts[0]} of {counts[1]} respondents ({words})"
        return text + (f", followed by {other}." if len(data) > 1 else ".")

    found = finding(choices, ev, value, n, in_words(sentence), coverage=_coverage(ev, wishes))
    picture = Picture(
        "intervals", data.head(SHOWN), both("Pilihan responden survei kebutuhan", "Choices in the needs survey"),
        both("Bagian responden yang memilih", "Share of respondents who chose it"), both("Pilihan", "Choice"), n,
        "percent", 0,
    )
    return counting.answer(choices, [found], picture=picture, table=_choice_table(data), notes=(respondents(wishes),))


def _choice_shares(ev: Evaluation, wishes: pd.DataFrame) -> pd.DataFrame:
    """Respondents who chose each option among all who chose anything, most chosen first."""
    n = int(wishes["employee_uid"].nunique())
    once = wishes.drop_duplicates(["employee_uid", "choice"])
    data = once.groupby("choice", sort=True).size().rename("k").reset_index()
    low, high = shares.wilson(data["k"].to_numpy(), np.full(len(data), n), ev.level)
    data = data.assign(n=n, estimate=data["k"] / n, low=low, high=high, mentions=data["k"] / data["k"].sum())
    first = wishes[(wishes["interest_rank"] == 1).fillna(False)].groupby("choice", sort=True)["employee_uid"].nunique()
    data["first"] = data["choice"].map(first).fillna(0).astype(int)
    data = data.sort_values(["k", "choice"], ascending=[False, True], kind="stable").reset_index(drop=True)
    return counting.labelled(data, "choice", _names(wishes))


def _choice_table(data: pd.DataFrame) -> Table:
    """All choices; shares of respondents and of mentions kept apart."""
    fields = [
        Field("label", both("Pilihan", "Choice")), Field("k", both("Memilih", "Chose it"), "integer"),
        Field("n", both("Responden", "Respondents"), "integer"),
        Field("estimate", both("Bagian responden", "Share of respondents"), "percent"), *counting.bounds(),
        Field("mentions", both("Bagian penyebutan", "Share of mentions"), "percent"),
    ]
    if data["first"].sum():
        fields.append(Field("first", both("Pilihan pertama", "First choice"), "integer"))
    return Table(data, tuple(fields), both("Pilihan kebutuhan dan minat", "Needs and interests chosen"), count="k")


@answers(
    CHAPTER, both("Apakah teknologi informasi pilihan pertama?", "Is information technology the first choice?"),
    ("need",),
)
def first_choice(ev: Evaluation) -> Answer:
    """The leading choice against the next, by first rank where ranks are given."""
    wishes = _wishes(ev)
    if wishes.empty:
        return _empty(first_choice, ev)
    ranked = bool((wishes["interest_rank"] == 1).fillna(False).any())
    data, lead = _race(ev, wishes, ranked)
    if len(data) < 2:
        return counting.nothing(first_choice, ev, "hanya satu pilihan yang tersedia.", "only one choice is given.")
    by_topic, n = bool(wishes["by_topic"].iloc[0]), int(data["n"].iloc[0])
    value = _chosen(data, IT if by_topic and IT in set(data["choice"]) else data["choice"].iloc[0])
    sentence = in_words(lambda lang: _race_sentence(ev, data, lead, by_topic, ranked, lang))
    found = [
        finding(first_choice, ev, value, n, sentence, coverage=_coverage(ev, wishes), headline=True),
        finding(
            first_choice, ev, lead, n, in_words(lambda lang: _lead_sentence(ev, data, lead, ranked, lang)), part="lead",
            measure="share_difference", coverage=_coverage(ev, wishes), precise=margins.precise(lead, "share"),
        ),
    ]
    title = (
        both("Pilihan pertama responden", "Respondents' first choice") if ranked
        else both("Pilihan responden", "Respondents' choices")
    )
    picture = Picture(
        "bars", data.head(SHOWN).assign(value=data["estimate"], highlight=data["choice"] == IT, n=data["n"]), title,
        both("Bagian responden", "Share of respondents"), both("Pilihan", "Choice"), n, "percent", 0,
    )
    return counting.answer(first_choice, found, picture=picture, notes=(respondents(wishes, ranked),))


def _race(ev: Evaluation, wishes: pd.DataFrame, ranked: bool) -> tuple[pd.DataFrame, Estimate]:
    """Shares in order, and the difference of the first two among the same respondents."""
    rows = wishes[(wishes["interest_rank"] == 1).fillna(False)] if ranked else wishes
    rows = rows.sort_values("choice", kind="stable").drop_duplicates("employee_uid") if ranked else rows
    data = _choice_shares(ev, rows)
    if len(data) < 2:
        return data, counting.exact(float("nan"))
    first, second = (set(rows.loc[rows["choice"] == data["choice"].iloc[place], "employee_uid"]) for place in (0, 1))
    return data, shares.paired_difference(len(first - second), len(second - first), int(data["n"].iloc[0]), ev.level)


def _chosen(data: pd.DataFrame, choice: str) -> Estimate:
    """One choice's share as an estimate."""
    row = data[data["choice"] == choice].iloc[0]
    return between(row['estimate'], row['low'], row['high'])


def _race_sentence(
    ev: Evaluation, data: pd.DataFrame, lead: Estimate, by_topic: bool, ranked: bool, lang: str,
) -> str:
    """Whether information technology is first, and how surely."""
    top, n = data.iloc[0], integer(data["n"].iloc[0], lang)
    how = both(
        "sebagai pilihan pertama" if ranked else "di antara pilihannya",
        "as first choice" if ranked else "among the choices",
    )[lang]
    if not by_topic or IT not in set(data["choice"]):
        words = share_words(_chosen(data, top["choice"]), lang, ev.level)
        return both(
            f"Topik teknologi informasi tidak tercantum pada survei ini; yang terbanyak disebut {how} oleh {n} "
            f"responden ialah {top['label_id']} ({words}).",
            f"This survey does not name information technology as a topic; named most {how} by {n} respondents is "
            f"{top['label_en']} ({words}).",
        )[lang]
    words = counting.share_apart(_chosen(data, IT), lang, ev.level)
    text = both(
        f"Teknologi informasi disebut {how} oleh {words} dari {n} responden",
        f"Information technology is named {how} by {words} of {n} respondents",
    )[lang]
    if top["choice"] != IT and top["k"] == data.loc[data["choice"] == IT, "k"].iloc[0]:
        return text + both(f", sama banyak dengan {top['label_id']}.", f", as often as {top['label_en']}.")[lang]
    if top["choice"] != IT:
        return (
            text
            + both(
                f"; yang pertama ialah {top['label_id']} ({percent(top['estimate'], 'id')}).",
                f"; the first is {top['label_en']} ({percent(top['estimate'], 'en')}).",
            )[lang]
        )
    if lead.low > 0:
        return text + both(" dan menempati urutan pertama.", " and ranks first.")[lang]
    return (
        text
        + both(
            " dan berada di urutan teratas, tetapi belum dapat dibedakan dari pilihan kedua.",
            " and is on top, but cannot be told apart from the second choice.",
        )[lang]
    )


def _lead_sentence(ev: Evaluation, data: pd.DataFrame, lead: Estimate, ranked: bool, lang: str) -> str:
    """The first two choices side by side."""
    pair = [f"{row[f'label_{lang}']} ({percent(row['estimate'], lang)})" for row in (data.iloc[0], data.iloc[1])]
    points = counting.points_words(lead, lang, ev.level)
    if data["k"].iloc[0] == data["k"].iloc[1]:
        return both(
            f"{pair[0]} dan {pair[1]} disebut sama banyak: selisih {points}.",
            f"{pair[0]} and {pair[1]} are named equally often: a difference of {points}.",
        )[lang] + margins.told(lead, "share", lang)
    text = both(
        f"Selisih {pair[0]} terhadap {pair[1]} ialah {points}.", f"{pair[0]} leads {pair[1]} by {points}.",
    )[lang]
    return text + margins.told(lead, "share", lang)


@answers(
    CHAPTER, both("Apakah minat berbeda menurut umur dan jabatan?", "Do interests differ by age and post?"),
    ("need", "employee"),
)
def by_group(ev: Evaluation) -> Answer:
    """The leading choice's share among groups of age, post and sex."""
    wishes = _wishes(ev)
    if wishes.empty:
        return _empty(by_group, ev)
    ranked = bool((wishes["interest_rank"] == 1).fillna(False).any())
    rows = wishes[(wishes["interest_rank"] == 1).fillna(False)] if ranked else wishes
    lead = _race(ev, wishes, ranked)[0]["choice"].iloc[0]
    people = _asked(ev, rows, lead)
    groups = _group_shares(ev, people)
    if groups.empty:
        return counting.nothing(
            by_group, ev, "umur, jabatan, dan jenis kelamin responden tidak tersedia.",
            "age, post and sex of respondents are not given.",
        )
    names = {lang: codes.label(_names(wishes), lead, lang) for lang in ("id", "en")}
    found = [one for dimension in _DIMENSIONS if (one := _contrast(ev, groups, dimension, names)) is not None]
    if not found:
        found = [finding(
            by_group, ev, counting.exact(float("nan")), 0, both(
                f"Belum dapat dinilai: kurang dari dua kelompok memiliki sekurang-kurangnya {counting.LEAST} responden.",
                f"Cannot be assessed yet: fewer than two groups have at least {counting.LEAST} respondents.",
            ),
        )]
    picture = Picture(
        "intervals", groups, both(f"Yang memilih {names['id']}", f"Those who chose {names['en']}"),
        both("Bagian responden", "Share of respondents"), both("Kelompok", "Group"), len(people), "percent", 0,
        reference=float(people["chose"].mean()),
    )
    return counting.answer(by_group, found, picture=picture, notes=(respondents(wishes, ranked),))


_DIMENSIONS = {
    "age_band": (both("kelompok umur", "age band"), codes.AGE_BAND),
    "position_type": (both("jenis jabatan", "post type"), codes.POSITION_TYPE),
    "sex": (both("jenis kelamin", "sex"), codes.SEX),
}


def _asked(ev: Evaluation, rows: pd.DataFrame, choice: str) -> pd.DataFrame:
    """Respondents in the staff snapshot, with whether they made the choice."""
    chosen = rows.assign(chose=rows["choice"] == choice).groupby("employee_uid", sort=False)["chose"].any()
    people = counting.staff(ev, standing=None)
    return people[people["employee_uid"].isin(chosen.index)].assign(
        chose=lambda p: p["employee_uid"].map(chosen).astype(bool)
    )


def _group_shares(ev: Evaluation, people: pd.DataFrame) -> pd.DataFrame:
    """The share in each group of each dimension that the office gave."""
    frames = []
    for dimension, (name, names) in _DIMENSIONS.items():
        known = people[people[dimension].notna()]
        if known[dimension].nunique() < 2:
            continue
        rows = counting.tally(known.astype({dimension: str}), dimension, "chose", ev.level)
        rows = counting.labelled(counting.code_order(rows, dimension, names), dimension, names)
        frames.append(
            rows.drop(columns=dimension).assign(dimension=dimension, group_id=name["id"], group_en=name["en"])
        )
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _contrast(ev: Evaluation, groups: pd.DataFrame, dimension: str, names: Text) -> Finding | None:
    """Each group of a dimension against the rest: the one that differs most surely, allowing for all that are looked at."""
    rows = groups[groups["dimension"] == dimension]
    k, n = int(rows["k"].sum()), int(rows["n"].sum())
    looked = rows[(rows["n"] >= counting.LEAST) & (n - rows["n"] >= counting.LEAST)]
    if looked.empty:
        return None
    family = 1 if len(rows) == 2 else len(looked)  # of two groups both comparisons are one
    level = 1 - (1 - ev.level) / family
    gaps = [
        shares.newcombe(chose, of, k - chose, n - of, level) for chose, of in looked[["k", "n"]].to_numpy(int).tolist()
    ]
    at = int(np.argmax([abs(gap.value) / max(gap.high - gap.low, 1e-12) for gap in gaps]))
    row, gap = looked.iloc[at], gaps[at]
    seen = sum(each.low > 0 or each.high < 0 for each in gaps)
    sentence = in_words(lambda lang: _contrast_sentence(row, gap, level, family, seen, dimension, names, lang))
    people = len(counting.staff(ev))
    return finding(
        by_group, ev, gap, int(min(row["n"], n - row["n"])), sentence, part=dimension, measure="share_difference",
        level=level, coverage=n / people if people else None, precise=margins.precise(gap, "share"),
    )


def _contrast_sentence(
    row: pd.Series, gap: Estimate, level: float, family: int, seen: int, dimension: str, names: Text, lang: str,
) -> str:
    """The group that differs most surely from the rest, and how many do."""
    what, points = _DIMENSIONS[dimension][0][lang], counting.points_words(gap, lang, level, family)
    group = f"{row[f'label_{lang}']} ({percent(row['estimate'], lang)})"
    text = both(
        f"Menurut {what}, minat pada {names['id']} pada kelompok {group} berselisih {points} dengan kelompok lainnya.",
        f"By {what}, interest in {names['en']} of the group {group} differs by {points} from that of the others.",
    )[lang] + margins.told(gap, "share", lang)
    if family == 1:
        return text
    if not seen:
        return text + both(
            f" Dari {family} kelompok yang masing-masing dibandingkan dengan yang lain, tidak satu pun terlihat berbeda.",
            f" Of {family} groups, each compared with the others, none is seen to differ.",
        )[lang]
    return text + both(
        f" Dari {family} kelompok yang masing-masing dibandingkan dengan yang lain, {seen} terlihat berbeda.",
        f" Of {family} groups, each compared with the others, {seen} {'is' if seen == 1 else 'are'} seen to differ.",
    )[lang]


@answers(
    CHAPTER, both("Kompetensi mana yang masih di bawah standar?", "Which competencies fall short of the standard?"),
    ("competency",),
)
def gap(ev: Evaluation) -> Answer:
    """Gap (standard minus actual) per competency, and job-person match per person."""
    rows = ev.table("competency")
    if rows.empty:
        return counting.nothing(
            gap, ev, f"tidak ada penilaian kompetensi pada tahun {ev.period}.",
            f"no competency assessment in {ev.period}.",
        )
    rows = rows.assign(gap=(rows["standard_level"] - rows["actual_level"]).astype(float))
    data = _gaps(ev, rows)
    found = [_widest(ev, data, rows), *_match(ev, rows)]
    picture = Picture(
        "intervals", data, both("Kesenjangan menurut kompetensi", "Gap by competency"),
        both("Rata-rata tingkat standar dikurangi tingkat dicapai", "Mean of required level minus level reached"),
        both("Kompetensi", "Competency"), int(rows["employee_uid"].nunique()), "number", 2, reference=0.0,
    )
    return counting.answer(
        gap, found, picture=picture, table=_gap_table(data),
        notes=(
            both(
                "Kesenjangan positif berarti di bawah standar. JPM = 100 × jumlah tingkat dicapai (paling tinggi "
                "setara standar) dibagi jumlah tingkat standar; kelebihan pada satu kompetensi tidak menutup "
                "kekurangan pada yang lain.",
                "A positive gap means below the standard. Job-person match = 100 × sum of levels reached (capped at "
                "the standard) over the sum of standards; a surplus in one competency does not make up for another.",
            ),
        ),
    )


def _gaps(ev: Evaluation, rows: pd.DataFrame) -> pd.DataFrame:
    """Mean gap with interval and share below the standard, widest gap first."""
    data = []
    for code, group in rows.astype({"competency_code": str}).groupby("competency_code", sort=True):
        value, below = shares.mean(group["gap"], ev.level), group["gap"] > 0
        low, high = shares.wilson(int(below.sum()), len(group), ev.level)
        data.append({
            "code": str(code), "n": len(group), "standard": float(group["standard_level"].mean()),
            "actual": float(group["actual_level"].mean()), "estimate": value.value, "low": value.low,
            "high": value.high, "below": float(below.mean()), "below_low": float(low), "below_high": float(high),
        })
    frame = pd.DataFrame(data).sort_values(
        ["estimate", "code"], ascending=[False, True], kind="stable",
    ).reset_index(drop=True)
    return counting.labelled(frame, "code", codes.COMPETENCIES)


def _widest(ev: Evaluation, data: pd.DataFrame, rows: pd.DataFrame) -> Finding:
    """The competency with the widest gap."""
    top = data.iloc[0]
    value = between(top['estimate'], top['low'], top['high'])

    def sentence(lang: str) -> str:
        name, size = top[
            f"label_{lang}"
        ], f"{number(value.value, lang, 2)} ({counting.span(value, lang, ev.level, 1, 2)})"
        below = percent(top["below"], lang)
        if not value.value > 0:
            return both(
                f"Rata-rata tidak ada kompetensi yang di bawah standar; yang paling dekat ialah {name}: {size} tingkat; {below} "
                f"dari {integer(top['n'], 'id')} pegawai yang dinilai berada di bawah standar.",
                f"On average no competency is below the standard; closest to it is {name}: {size} levels; {below} of "
                f"{integer(top['n'], 'en')} people assessed are below the standard.",
            )[lang]
        tied = data.loc[np.isclose(data["estimate"], top["estimate"]), f"label_{lang}"]
        if len(tied) > 1:
            names = listing(list(tied), lang)
            return both(
                f"Kesenjangan terlebar terdapat pada {names}, sama besar: rata-rata {size} tingkat.",
                f"The widest gap is in {names} alike: {size} levels on average.",
            )[lang]
        return both(
            f"Kesenjangan terlebar terdapat pada {name}: rata-rata {size} tingkat; {below} dari "
            f"{integer(top['n'], 'id')} pegawai yang dinilai berada di bawah standar.",
            f"The widest gap is in {name}: {size} levels on average; {below} of {integer(top['n'], 'en')} people "
            "assessed are below the standard.",
        )[lang]

    recommendation = (
        None if not value.low > 0
        else Recommendation(
            both(
                f"Mendahulukan {top['label_id']} dalam rencana pengembangan kompetensi, bagi pegawai yang dinilai di "
                "bawah standar.",
                f"Put {top['label_en']} first in the competency-development plan, for people assessed below the "
                "standard.",
            ),
            both("BKPSDM bersama pejabat pembina unit", "Personnel agency (BKPSDM) with the heads of units"),
            both(f"rencana tahun {ev.period + 1}", f"the plan for {ev.period + 1}"),
            both(
                f"bagian di bawah standar turun dari {percent(top['below'], 'id')}",
                f"the share below the standard falls from {percent(top['below'], 'en')}",
            ),
        )
    )
    return finding(
        gap, ev, value, int(top["n"]), in_words(sentence), measure="level", precise=bool(value.high - value.low <= 0.5),
        coverage=_assessed(ev, rows), recommendation=recommendation,
    )


def _assessed(ev: Evaluation, rows: pd.DataFrame) -> float:
    """Share of active staff with an assessment."""
    people = counting.staff(ev)["employee_uid"]
    return float(people.isin(set(rows["employee_uid"])).mean()) if len(people) else float("nan")


def _match(ev: Evaluation, rows: pd.DataFrame) -> list[Finding]:
    """The median job-person match; nothing where no standard is above 0."""
    known = rows[rows["standard_level"].groupby(rows["employee_uid"], sort=False).transform("sum") > 0]
    if known.empty:
        return []
    match = known.groupby("employee_uid", sort=False)[["standard_level", "actual_level"]].apply(
        lambda person: job_person_match(person["standard_level"], person["actual_level"]))
    value, full = shares.median(match, ev.level), float((match >= 100).mean())

    def sentence(lang: str) -> str:
        size = f"{number(value.value, lang)} ({counting.span(value, lang, ev.level, 1)})"
        return both(
            f"Median kesesuaian jabatan (JPM) {size} persen pada {integer(len(match), 'id')} pegawai; "
            f"{percent(full, lang)} memenuhi seluruh standar.",
            f"The median job-person match is {size} percent among {integer(len(match), 'en')} people; "
            f"{percent(full, lang)} meet every standard.",
        )[lang]

    return [finding(gap, ev, value, len(match), in_words(sentence), part="match", measure="percent",
                    precise=bool(value.high - value.low <= 10), coverage=_assessed(ev, rows))]


def _gap_table(data: pd.DataFrame) -> Table:
    """Every competency with its gap and share below the standard."""
    fields = (
        Field("label", both("Kompetensi", "Competency")), Field("n", both("Dinilai", "Assessed"), "integer"),
        Field("standard", both("Standar", "Required"), "number", 2),
        Field("actual", both("Dicapai", "Reached"), "number", 2),
        Field("estimate", both("Kesenjangan", "Gap"), "number", 2), *counting.bounds(2, "number"),
        Field("below", both("Di bawah standar", "Below standard"), "percent"),
        Field("below_low", both("Batas bawah bagian", "Share, lower bound"), "percent"),
        Field("below_high", both("Batas atas bagian", "Share, upper bound"), "percent"),
    )
    return Table(data, fields, both("Kesenjangan kompetensi", "Competency gaps"), count="n")


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
    rows = counting.batches(ev)
    rows = rows[
        (rows["year"] == ev.period).fillna(False) & ~(rows["state"] == "batal").fillna(False) & rows["topic"].notna()
    ]
    seats = rows["batch_id"].map(counting.enrolments(ev)["batch_id"].value_counts())
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


QUESTIONS = (choices, first_choice, by_group, gap, offer)
