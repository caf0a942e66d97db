"""What is left of a gain where people were chosen for a low pre-test: regression to the mean (chapter outcomes)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.answers import margins, verdicts
from karier_stats.answers.record import Answer, Field, Finding, Picture, Table, answers
from karier_stats.chapters import claims, counting
from karier_stats.chapters.claims import claim, decided, plain
from karier_stats.chapters.counting import in_words
from karier_stats.stats.change import gain_notes
from karier_stats.stats.change.gains import nested
from karier_stats.stats.change.nomination import NetGain, net_gain, retest_reliability
from karier_stats.stats.description.contrasts import LEAST
from karier_stats.stats.numerics import strata
from karier_stats.stats.numerics.estimate import Estimate, between
from karier_stats.stats.results import name_of
from karier_stats.views import scores
from karier_stats.views.scores import POINTS, TEST
from karier_stats.words.numbers import both, integer, listing, number

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation
    from karier_stats.words.numbers import Text

CHAPTER = "outcomes"
LOW = "low_before"
TERMS = ("mean_change", "drift", "net_gain")


@dataclass(frozen=True)
class _Course:
    """One course whose people were chosen for a low pre-test.

    Attributes
    ----------
    title : str
    reliability : Estimate
        Slope of the post-test on the pre-test of those who were not trained.
    trained, untrained : NetGain
        Of the participants, and of those who were not trained.
    otherwise : NetGain
        Of the participants, if all who sat the pre-test were those chosen from.
    separate : bool
        Those not trained are no remainder of the candidates, for some of them score as low as the chosen.
    coverage : float
        Share of participants with a pre-test who sat the post-test.
    without : int
        People left out because their unit is not known.
    """

    title: str
    reliability: Estimate
    trained: NetGain
    untrained: NetGain
    otherwise: NetGain
    separate: bool
    coverage: float
    without: int

    @property
    def n(self) -> int:
        """Participants with both tests."""
        return int(self.trained.headline["n"])


@answers(
    CHAPTER,
    both(
        "Berapa peningkatan yang tersisa setelah regresi ke rata-rata diperhitungkan?",
        "How much gain is left once regression to the mean is taken out?",
    ),
    TEST,
)
def nominated(ev: Evaluation) -> Answer:
    """The net gain of courses that took people for a low pre-test, and what those not trained say of its assumption."""
    rows, wider = scores.tests(ev)
    chosen = rows[(rows["selection"] == LOW) & rows["pre"].notna()]
    tested = chosen[(chosen["arm"] == scores.TRAINED) & chosen["post"].notna()]
    if tested.empty:
        return counting.nothing(
            nominated, ev, "tidak ada peserta dengan kedua tes yang dipilih karena nilai pretes rendah.",
            "no participant with both tests was chosen for a low pre-test.",
        )
    found, without = [], []
    for _, part in chosen.groupby(["program_id", "measure"], sort=True):
        course = _course(ev, part)
        if course is None:
            without.append(str(part["title"].iloc[0]))
        else:
            found.append(course)
    if not found:
        return counting.nothing(
            nominated, ev,
            f"perlu reliabilitas tes, yaitu pretes dan postes sekurang-kurangnya {scores.FEW} orang yang tidak dilatih, pada "
            f"pelatihan yang memiliki sekurang-kurangnya {LEAST} peserta dengan kedua tes.",
            f"the reliability of the test is needed, that is pre-test and post-test of at least {scores.FEW} people who were "
            f"not trained, in a course with at least {LEAST} participants with both tests.",
        )
    unseen = _together(ev, [course.untrained for course in found], "net_gain")
    notes = (*_notes(ev, found, without), *((scores.TO_DATE,) if wider else ()))
    answer = counting.answer(
        nominated, [_left(ev, found, unseen), _untrained(ev, found, unseen)], picture=_picture(ev, found),
        table=_table(found), notes=notes,
    )
    return replace(answer, results={course.title: course.trained for course in found})


def _course(ev: Evaluation, part: pd.DataFrame) -> _Course | None:
    """The net gain of one course; None without enough participants or without a reliability."""
    part, unit, without = nested(part, "unit_id", "arm")
    trained, others = (part[part["arm"] == arm] for arm in (scores.TRAINED, scores.CONTROL))
    both_tests, retested = scores.complete(trained), scores.complete(others)
    if len(both_tests) < LEAST or len(retested) < scores.FEW:
        return None
    reliability = retest_reliability(
        retested["pre"], retested["post"], cluster=None if unit is None else retested[unit], level=ev.level,
    )
    if math.isnan(reliability.estimate):
        return None
    separate = bool(others["pre"].min() < trained["pre"].max())

    def net(people: pd.DataFrame, pool: pd.DataFrame) -> NetGain:
        return net_gain(
            people["pre"], people["post"], reliability=min(max(reliability.estimate, 0.0), 1.0),
            reliability_se=0.0 if math.isnan(reliability.std_error) else reliability.std_error, pool=pool["pre"],
            cluster=None if unit is None else people[unit], pool_cluster=None if unit is None else pool[unit],
            level=ev.level,
        )

    pool = others if separate else part
    return _Course(
        str(part["title"].iloc[0]), reliability, net(both_tests, pool), net(retested, pool), net(both_tests, part),
        separate, len(both_tests) / len(trained), len(without),
    )


def _together(ev: Evaluation, results: list[NetGain], term: str) -> Estimate:
    """One row of several courses as a mean over their people."""
    rows = [result.row(term) for result in results]
    if any(math.isnan(plain(row["std_error"])) for row in rows):
        weights = [int(row["n"]) for row in rows]
        value = sum(float(row["estimate"]) * n for row, n in zip(rows, weights, strict=True)) / sum(weights)
        return Estimate(value)
    estimates, errors, dofs, sizes = ([plain(row[name]) for row in rows] for name in ("estimate", "std_error", "dof", "n"))
    found = strata.combine(estimates, errors, dofs, sizes, ev.level)
    return between(found.estimate, found.low, found.high)


def _left(ev: Evaluation, found: list[_Course], unseen: Estimate) -> Finding:
    """What is left of the participants' change."""
    change, drift, net = (_together(ev, [course.trained for course in found], term) for term in TERMS)
    n = sum(course.n for course in found)

    def sentence(lang: str) -> str:
        raw, expected, left = (number(each.value, lang) for each in (change, drift, net))
        facts = f"{claims.bounds(net, lang, ev.level)}; n = {integer(n, lang)}"
        courses = integer(len(found), lang)
        text = both(
            f"Pada {courses} pelatihan yang memilih peserta karena nilai pretes rendah, nilai peserta berubah rata-rata {raw} "
            f"poin; {expected} poin sudah diharapkan dari regresi ke rata-rata, sehingga tersisa {left} poin ({facts})",
            f"In {courses} course{'s' if len(found) > 1 else ''} that took people for a low pre-test, participants' scores "
            f"moved by {raw} points on average; {expected} points were to be expected from regression to the mean, which "
            f"leaves {left} points ({facts})",
        )[lang]
        said = margins.told(net, "points", lang, both("Sisa ini", "What is left"))
        if not decided(net):
            return f"{text}.{said}"
        return text + both(
            "; sisa ini belum tentu karena pelatihan, sebab dihitung tanpa perubahan orang yang tidak dilatih.",
            "; this need not be due to the training, for it is computed without the change of people who were not trained.",
        )[lang] + said

    coverage = sum(course.coverage * course.n for course in found) / n
    return claim(
        nominated, ev, net, n, in_words(sentence), design="before_after", measure="points", coverage=coverage,
        precise=margins.precise(net, "points"), robust=not decided(unseen),
    )


def _untrained(ev: Evaluation, found: list[_Course], unseen: Estimate) -> Finding:
    """Whether those who were not trained moved beyond their own regression: the assumption, tried out."""
    n = sum(int(course.untrained.headline["n"]) for course in found)

    def sentence(lang: str) -> str:
        moved = number(unseen.value, lang)
        facts = f"{claims.bounds(unseen, lang, ev.level)}; n = {integer(n, lang)}"
        text = both(
            f"Setelah regresi ke rata-rata diperhitungkan, nilai orang yang tidak dilatih berubah {moved} poin ({facts})",
            f"Once regression to the mean is taken out, scores of people who were not trained moved by {moved} points "
            f"({facts})",
        )[lang]
        if decided(unseen):
            return text + both(
                "; anggapan bahwa nilai tidak berubah tanpa pelatihan tidak terpenuhi, sehingga sisa peningkatan peserta "
                "masih memuat perubahan serupa. Perbandingan pada nilai pretes yang sama (ANCOVA) menyisihkannya.",
                "; the assumption that scores do not move without the training does not hold, so that what is left of the "
                "participants' gain still holds a like change. The comparison at equal pre-tests (ANCOVA) takes it out.",
            )[lang]
        said = margins.told(unseen, "points", lang, both("Perubahan ini", "This change"))
        settled = (
            "Anggapan bahwa nilai tidak berubah tanpa pelatihan terpenuhi dalam batas itu.",
            "The assumption that scores do not move without the training holds within that margin.",
        ) if verdicts.verdict(unseen, verdicts.smallest("points")) == "terlalu_kecil" else (
            "Anggapan bahwa nilai tidak berubah tanpa pelatihan belum dapat dipastikan.",
            "The assumption that scores do not move without the training is not settled.",
        )
        return text + both(
            f".{said} {settled[0]} Perbandingan pada nilai pretes yang sama (ANCOVA) tidak memerlukannya.",
            f".{said} {settled[1]} The comparison at equal pre-tests (ANCOVA) does not need it.",
        )[lang]

    return claim(
        nominated, ev, unseen, n, in_words(sentence), design="before_after", measure="points", part="untrained",
        coverage=1.0, precise=margins.precise(unseen, "points"),
    )


def _picture(ev: Evaluation, found: list[_Course]) -> Picture:
    """Change, expected drift and what is left, over all these courses."""
    n = sum(course.n for course in found)
    rows = []
    for term in TERMS:
        value = _together(ev, [course.trained for course in found], term)
        rows.append({
            "label_id": name_of(term, "id"), "label_en": name_of(term, "en"), "estimate": value.value, "low": value.low,
            "high": value.high, "n": n,
        })
    return Picture(
        "intervals", pd.DataFrame(rows),
        both("Perubahan peserta yang dipilih karena nilai pretes rendah", "Change of participants chosen for a low pre-test"),
        POINTS, both("Bagian perubahan", "Part of the change"), n, reference=0.0,
    )


def _table(found: list[_Course]) -> Table:
    """Course by course."""
    rows = []
    for course in found:
        change, drift, net = (course.trained.row(term) for term in TERMS)
        rows.append({
            "course": course.title, "n": course.n, "reliability": course.trained.reliability,
            "change": plain(change["estimate"]), "drift": plain(drift["estimate"]), "net": plain(net["estimate"]),
            "low": plain(net["ci_low"]), "high": plain(net["ci_high"]),
        })
    fields = (
        Field("course", both("Pelatihan", "Course")), Field("n", both("Peserta", "Participants"), "integer"),
        Field("reliability", both("Reliabilitas tes", "Reliability of the test"), "number", 2),
        Field("change", both("Perubahan (poin)", "Change (points)"), "number"),
        Field("drift", both("Diharapkan dari regresi (poin)", "Expected from regression (points)"), "number"),
        Field("net", both("Peningkatan bersih (poin)", "Net gain (points)"), "number"), *counting.bounds(1, "number"),
    )
    caption = both("Peningkatan bersih menurut pelatihan", "Net gain by course")
    return Table(pd.DataFrame(rows), fields, caption, count="n")


def _notes(ev: Evaluation, found: list[_Course], without: list[str]) -> tuple[Text, ...]:
    """Where reliability and origin come from, and which courses have neither."""
    notes = [both(
        "Reliabilitas tes diambil dari kemiringan postes atas pretes orang yang tidak dilatih; kemiringan itu, tidak seperti "
        "korelasinya, tidak berubah bila mereka dipilih menurut nilai pretes. Galat bakunya ikut diperhitungkan.",
        "The reliability of the test is the slope of post-test on pre-test of people who were not trained; unlike their "
        "correlation it stays the same where they were chosen by their pre-test. Its standard error is allowed for.",
    )]
    apart = [course for course in found if course.separate]
    if apart:
        values = {
            lang: number(_together(ev, [course.otherwise for course in found], "net_gain").value, lang)
            for lang in ("id", "en")
        }
        notes.append(both(
            "Sebagian orang yang tidak dilatih bernilai pretes serendah peserta, sehingga mereka bukan sisa calon yang tidak "
            "terpilih; rata-rata kelompok asal dibaca dari pretes mereka. Bila mereka sebenarnya sisa calon, kelompok asal "
            f"ialah semua yang mengikuti pretes dan peningkatan bersihnya {values['id']} poin.",
            "Some people who were not trained had pre-tests as low as participants', so that they are not the candidates left "
            "over; the mean of origin is read from their pre-tests. If they were left over after all, those chosen from are "
            f"all who sat the pre-test, and the net gain is {values['en']} points.",
        ))
    if len(apart) < len(found):
        notes.append(both(
            "Bila semua orang yang tidak dilatih bernilai pretes di atas peserta, kelompok asal ialah semua yang mengikuti "
            "pretes.",
            "Where all people who were not trained had pre-tests above the participants', those chosen from are all who sat "
            "the pre-test.",
        ))
    if without:
        notes.append(both(
            f"Tidak dihitung karena perlu reliabilitas tes atau pesertanya terlalu sedikit: {listing(without, 'id')}.",
            f"Left out because the reliability of the test is needed or participants are too few: {listing(without, 'en')}.",
        ))
    made = [(both(course.title, course.title), str(course.trained.headline["method"])) for course in found]
    return (*notes, *gain_notes.method_notes(made, sum(course.without for course in found)))
