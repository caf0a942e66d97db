"""What changed at work: activities of trained officers, motivation after further study (chapter outcomes)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from karier_stats.answers import margins
from karier_stats.answers.record import Answer, Picture, answers
from karier_stats.chapters import claims, counting, nesting, scores, surveys
from karier_stats.chapters.claims import claim, decided, estimate_of
from karier_stats.chapters.counting import ATTENDED, in_words
from karier_stats.chapters.scores import CONTROL, TRAINED
from karier_stats.stats.change.compare import compare
from karier_stats.stats.columns import labels_of
from karier_stats.stats.numerics.estimate import Estimate, between
from karier_stats.stats.numerics.permutation import OfficePermutation, office_permutation
from karier_stats.words.numbers import both, integer, number, p_value

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

CHAPTER = "outcomes"
PROJECT = "manajemen_proyek"


@dataclass(frozen=True)
class Officers:
    """Activity officers in two years.

    Attributes
    ----------
    pairs : DataFrame
        ``officer_uid``, ``pre``, ``post`` (absorption in percent), ``arm``, ``unit_id``.
    before, after : int
        The two years.
    earlier, late, unpaired : int
        Officers left out: trained before the first year; trained in the last
        year only; without activities in both years.
    """

    pairs: pd.DataFrame
    before: int
    after: int
    earlier: int = 0
    late: int = 0
    unpaired: int = 0


def officers(ev: Evaluation) -> Officers | None:
    """Absorption of officers trained in project management between two years, and of the others.

    The last year is the period, the first one two years before (else the
    latest earlier year). None where there are no two years.
    """
    rows = ev.table("project_performance", "to_date").dropna(subset=["officer_uid", "spent_rp", "ceiling_rp"])
    years = sorted({int(year) for year in rows["year"]})
    if len(years) < 2 or years[-1] != ev.period:
        return None
    first = ev.period - 2 if ev.period - 2 in years else years[-2]
    wide = _absorption(rows[rows["year"].isin([first, ev.period])], first, ev.period)
    when = wide["officer_uid"].map(_first_training(ev))
    ends = first if ev.period - first == 1 else first + 1
    earlier, late = (when < ends).fillna(False), (when == ev.period).fillna(False)
    complete = wide["pre"].notna() & wide["post"].notna()
    wide["arm"] = np.where(when.notna(), TRAINED, CONTROL)
    kept = wide[complete & ~earlier & ~late].reset_index(drop=True)
    return Officers(
        kept, first, ev.period, earlier=int((earlier & complete).sum()), late=int((late & complete).sum()),
        unpaired=int((~complete).sum()),
    )


def _absorption(rows: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Spent over ceiling of all activities of an officer, in percent, one column per year."""
    sums = rows.groupby(["officer_uid", "year"], sort=True)[["spent_rp", "ceiling_rp"]].sum().astype(float)
    sums = sums[sums["ceiling_rp"] > 0]
    percent = (100 * sums["spent_rp"] / sums["ceiling_rp"]).unstack("year").reindex(columns=[first, last])
    unit = rows.sort_values("year", kind="stable").drop_duplicates(
        "officer_uid", keep="last",
    ).set_index("officer_uid")["unit_id"]
    percent.columns = pd.Index(["pre", "post"])
    return percent.join(unit).reset_index()


def _first_training(ev: Evaluation) -> pd.Series:
    """The first year in which a person attended a course in project management."""
    rows = ev.table("participation", "to_date")
    rows = rows[rows["outcome"].isin(ATTENDED)]
    batch = ev.table("batch", "all")[["batch_id", "program_id"]].merge(
        ev.table("program", "all")[["program_id", "topic"]], on="program_id",
    )
    attended = rows.merge(batch[batch["topic"] == PROJECT][["batch_id"]], on="batch_id")
    return attended.groupby("employee_uid", sort=True)["year"].min()


def studied(ev: Evaluation) -> pd.DataFrame:
    """Motivation before and after of those who finished a study and of those who wait or were declined.

    Returns
    -------
    DataFrame
        ``employee_uid, pre, post, arm, unit_id``; people with both waves only.
    """
    scale = surveys.scale(ev, "motivasi", when="to_date")
    answers = scale.wide.assign(score=scale.means).dropna(subset=["employee_uid", "score"])
    answers = answers.sort_values(["year", "response_id"], kind="stable")
    ends = {"pre": answers.drop_duplicates(["employee_uid", "wave"], keep="first"),
            "post": answers.drop_duplicates(["employee_uid", "wave"], keep="last")}
    scores = {wave: frame[frame["wave"] == wave].set_index("employee_uid")["score"] for wave, frame in ends.items()}
    wide = pd.concat(scores, axis=1, join="inner").reset_index()
    unit = answers.dropna(subset=["unit_id"]).drop_duplicates(
        "employee_uid", keep="last",
    ).set_index("employee_uid")["unit_id"]
    return wide.assign(
        arm=wide["employee_uid"].map(_study_arm(ev)), unit_id=wide["employee_uid"].map(unit),
    ).dropna(subset=["arm"])


def _study_arm(ev: Evaluation) -> pd.Series:
    """Participants finished a study; the comparison only waits or was declined; those still studying are neither."""
    rows = ev.table("further_study", "all")
    states = rows.groupby("employee_uid", sort=True)["state"].agg(frozenset)
    finished = states.map(lambda found: "selesai" in found).astype(bool)  # of nobody it would be text
    waiting = states.map(lambda found: found <= {"menunggu", "ditolak"}).astype(bool)
    arm = pd.Series(pd.NA, index=states.index, dtype="string")
    return arm.mask(finished, TRAINED).mask(waiting & ~finished, CONTROL)


@dataclass(frozen=True)
class Arms:
    """Two arms compared in two ways.

    Attributes
    ----------
    did, ancova : Estimate
        Difference in differences, and the difference after at equal values before.
    p_value : float
        Of the difference in differences.
    trained, control : int
        People in each arm.
    method : str
        Of the leading row, as in a result's table.
    without : int
        People left out because their unit is not known.
    """

    did: Estimate
    ancova: Estimate
    p_value: float
    trained: int
    control: int
    method: str
    without: int

    @property
    def agree(self) -> bool:
        """Whether both lead to one conclusion."""
        same = math.copysign(1, self.did.value) == math.copysign(1, self.ancova.value)
        return decided(self.did) == decided(self.ancova) and same


def two_arms(ev: Evaluation, pairs: pd.DataFrame) -> Arms | None:
    """Participants against the comparison; None where an arm is too small."""
    group = nesting.nested(pairs)
    if not scores.has_control(group.rows):
        return None
    result = compare(
        group.rows, before="pre", after="post", group="arm", control=CONTROL, cluster=group.cluster,
        selection="unknown", level=ev.level, seed=ev.seed,
    )
    lead = result.headline
    other = result.row(f"ancova[{TRAINED}]", "cr2" if lead["method"] == "cr2" else "ols")
    sizes = group.rows["arm"].value_counts()
    return Arms(
        estimate_of(lead), estimate_of(other), claims.plain(lead["p_value"]), int(sizes[TRAINED]), int(sizes[CONTROL]),
        str(lead["method"]), len(group.without),
    )


def _facts(ev: Evaluation, arms: Arms, digits: int, who: str, lang: str) -> str:
    """Interval, p and people of the leading estimate."""
    return f"{claims.bounds(arms.did, lang, ev.level, digits)}; {p_value(arms.p_value, lang)}; {who}"


def _other_method(ev: Evaluation, arms: Arms, digits: int, lang: str) -> str:
    """The second estimate, as a sentence of its own."""
    shown = _apart(ev, arms.ancova, digits, lang)
    return both(f" ANCOVA sebagai pembanding cara: {shown}.", f" ANCOVA as the other method: {shown}.")[lang]


def _apart(ev: Evaluation, value: Estimate, digits: int, lang: str) -> str:
    """A value followed by its interval in brackets."""
    return f"{number(value.value, lang, digits)} ({claims.bounds(value, lang, ev.level, digits)})"


def _larger(value: Estimate, lang: str) -> str:
    """On which side of the comparison the change lies."""
    return both("lebih besar", "larger")[lang] if value.value > 0 else both("lebih kecil", "smaller")[lang]


@answers(
    CHAPTER,
    both(
        "Apakah pejabat kegiatan yang terlatih manajemen proyek menyerap anggaran lebih baik?",
        "Do activity officers trained in project management spend their budgets better?",
    ),
    ("project_performance", "participation", "program", "batch"),
)
def project_management(ev: Evaluation) -> Answer:
    """Absorption of officers trained in project management against that of others, unit by unit and in all."""
    found = officers(ev)
    arms = None if found is None else two_arms(ev, found.pairs)
    if found is None or arms is None:
        return counting.nothing(
            project_management, ev, "pejabat kegiatan dengan dua tahun data, terlatih dan tidak, terlalu sedikit.",
            "too few officers, trained and untrained, have data of two years.",
        )
    dealt = deal_out(ev, found.pairs)
    lead, n = _led_by(dealt, arms), arms.trained + arms.control + arms.without
    finding = claim(
        project_management, ev, lead.did, min(lead.trained, lead.control),
        in_words(
            lambda lang: _officer_sentence(ev, found, lead, dealt, lang) + margins.told(_share(lead.did), "share", lang)
            + _beside(ev, arms, dealt, lang)
        ),
        design="comparison_group", measure="percentage_points", coverage=(lead.trained + lead.control) / (n + found.unpaired),
        robust=False,  # nobody knows how the officers came to be trained
        p_value=lead.p_value, headline=True, precise=margins.precise(_share(lead.did), "share"),
        n_units=None if dealt.refused else dealt.offices,
    )
    picture = Picture(
        "change", scores.arms_of(found.pairs),
        both("Penyerapan anggaran pejabat kegiatan", "Budget absorption of activity officers"),
        both(f"{found.before} dan {found.after}", f"{found.before} and {found.after}"),
        both("Realisasi terhadap pagu (%)", "Spent of the ceiling (%)"), n,
    )
    beside = nesting.method_notes([nesting.Made(None, arms.method)], arms.without)
    notes = (*_officer_notes(found), *beside, _dealt_note(dealt, n))
    return counting.answer(project_management, [finding], picture=picture, notes=notes)


def _share(points: Estimate) -> Estimate:
    """Percentage points as a share."""
    return between(*(each / 100 for each in points.ends))


def deal_out(ev: Evaluation, pairs: pd.DataFrame) -> OfficePermutation:
    """Officers compared by dealing out the training anew within and among the units; those without a unit left out."""
    known = pairs.dropna(subset=["unit_id"])
    return office_permutation(
        (known["post"] - known["pre"]).to_numpy(dtype=float), (known["arm"] == TRAINED).to_numpy(dtype=bool),
        labels_of(known["unit_id"]).text, np.random.default_rng(ev.seed), level=ev.level,
    )


def _led_by(dealt: OfficePermutation, arms: Arms) -> Arms:
    """The arms with the permutation in the lead; as they are where it is refused."""
    if dealt.refused:
        return arms
    return replace(
        arms, did=between(dealt.estimate, dealt.low, dealt.high), p_value=dealt.p, trained=dealt.trained,
        control=dealt.people - dealt.trained,
    )


_DEALT = {
    "within": both("di dalam {units} unit kerja", "within {units} work units"),
    "offices": both("antarunit pada {units} unit kerja", "among {units} work units"),
    "both": both("di dalam unit dan antarunit pada {units} unit kerja", "within and among {units} work units"),
}
"""Where the training was dealt out, by the design of the permutation."""


def _where(dealt: OfficePermutation, lang: str) -> str:
    """Within or among how many units."""
    return _DEALT[dealt.design][lang].format(units=integer(dealt.offices, lang))


def _dealt_note(dealt: OfficePermutation, n: int) -> dict[str, str]:
    """What the permutation does and takes for granted, or why it is refused; ``n`` officers in all."""
    refused = dealt.why_refused()
    if refused:
        return both(refused["id"], refused["en"])
    used, left = dealt.used, n - dealt.people
    ways = {
        "id": f"{'semua ' if dealt.enumerated else ''}{integer(used, 'id')} susunan{'' if dealt.enumerated else ' acak'}",
        "en": f"{'all ' if dealt.enumerated else ''}{integer(used, 'en')} {'' if dealt.enumerated else 'random '}arrangements",
    }
    least = {lang: p_value(dealt.smallest_p, lang).removeprefix("p ").removeprefix("= ") for lang in ways}
    out = both(
        f" {integer(left, 'id')} pejabat tanpa unit atau tanpa pembanding di unitnya tidak ikut dalam uji ini.",
        f" {integer(left, 'en')} {'officer' if left == 1 else 'officers'} without a unit, or without a comparison in it, "
        f"{'is' if left == 1 else 'are'} not in this test.",
    )
    return both(
        f"Uji permutasi membagi ulang status terlatih {_where(dealt, 'id')} ({ways['id']}; nilai p terkecil yang mungkin "
        f"{least['id']}). Uji ini eksak bila tanpa pelatihan setiap susunan sama mungkinnya; selangnya menganggap "
        f"pelatihan menggeser semua perubahan sama besar.{out['id'] if left else ''}",
        f"The permutation test deals out the training anew {_where(dealt, 'en')} ({ways['en']}; smallest possible p-value "
        f"{least['en']}). It is exact if without the training every arrangement was equally likely; its interval takes "
        f"the training to shift all changes alike.{out['en'] if left else ''}",
    )


def _beside(ev: Evaluation, arms: Arms, dealt: OfficePermutation, lang: str) -> str:
    """The estimates that do not lead, as a sentence of their own."""
    if dealt.refused:
        return _other_method(ev, arms, 1, lang)
    did, ancova = _apart(ev, arms.did, 1, lang), _apart(ev, arms.ancova, 1, lang)
    return both(
        f" Cara lain sebagai pembanding: beda perubahan seluruh pejabat {did}, ANCOVA {ancova}.",
        f" Other methods: difference in differences of all officers {did}, ANCOVA {ancova}.",
    )[lang]


def _officer_sentence(ev: Evaluation, found: Officers, arms: Arms, dealt: OfficePermutation, lang: str) -> str:
    """What trained officers did otherwise, and when that can be read as a result."""
    value, years = arms.did, f"{found.before}–{found.after}"
    how = "" if dealt.refused else both(" menurut permutasi ", " by permutation ")[lang] + _where(dealt, lang)
    who = both(
        f"{integer(arms.trained, 'id')} pejabat terlatih dan {integer(arms.control, 'id')} lainnya",
        f"{integer(arms.trained, 'en')} trained officers and {integer(arms.control, 'en')} others",
    )[lang]
    facts = f"{claims.bounds(value, lang, ev.level)}; {p_value(arms.p_value, lang)}{how}; {who}"
    if not decided(value):
        return both(
            f"Selisih perubahan penyerapan anggaran {years} antara pejabat terlatih manajemen proyek dan lainnya ialah "
            f"{number(value.value, 'id')} poin persentase ({facts}).",
            f"The difference in the change of budget absorption {years} between officers trained in project "
            f"management and others is {number(value.value, 'en')} percentage points ({facts}).",
        )[lang]
    size, word = number(abs(value.value), lang), _larger(value, lang)
    return both(
        f"Perubahan penyerapan anggaran {years} pada pejabat terlatih manajemen proyek {size} poin persentase "
        f"{word} daripada pejabat lain ({facts}); selisih ini dapat dibaca sebagai hasil pelatihan hanya bila "
        "tanpa pelatihan keduanya akan berubah sama besar.",
        f"The change in budget absorption {years} of officers trained in project management is {size} percentage "
        f"points {word} than that of others ({facts}); it can be read as a result of the training only if without "
        "it both would have changed alike.",
    )[lang]


def _officer_notes(found: Officers) -> tuple[dict[str, str], ...]:
    """Who was left out, and what one year before cannot show."""
    return (
        both(
            f"Tidak ikut: {integer(found.earlier, 'id')} pejabat yang terlatih sebelum kurun ini, "
            f"{integer(found.late, 'id')} yang baru terlatih pada tahun terakhir, {integer(found.unpaired, 'id')} "
            "tanpa data kedua tahun.",
            f"Left out: {integer(found.earlier, 'en')} officers trained before these years, "
            f"{integer(found.late, 'en')} trained only in the last year, {integer(found.unpaired, 'en')} without data "
            "of both years.",
        ),
        both(
            "Hanya satu tahun sebelum pelatihan yang dipakai; kesamaan arah sebelum pelatihan tidak dapat diperiksa.",
            "Only one year before the training is used; whether both moved alike before cannot be checked.",
        ),
    )


@answers(
    CHAPTER,
    both(
        "Apakah pegawai yang selesai pendidikan lanjut lebih termotivasi?",
        "Are staff who finished further study more motivated?",
    ),
    ("further_study", "survey_item", "survey_response"),
)
def study_motivation(ev: Evaluation) -> Answer:
    """Motivation of those who finished further study against those who wait or were declined."""
    pairs = studied(ev)
    arms = two_arms(ev, pairs)
    if arms is None:
        return counting.nothing(
            study_motivation, ev, "lulusan dan pemohon yang mengisi skala motivasi dua kali terlalu sedikit.",
            "too few graduates and applicants filled in the motivation scale twice.",
        )
    n = arms.trained + arms.control
    applicants = int(ev.table("further_study", "all")["employee_uid"].nunique())
    finding = claim(
        study_motivation, ev, arms.did, min(arms.trained, arms.control),
        in_words(lambda lang: _study_sentence(ev, arms, lang)),
        design="comparison_group", measure="scale_points", coverage=n / applicants,
        robust=False,  # nobody knows how the graduates came to study
        p_value=arms.p_value, precise=margins.precise(arms.did, "answer"),
    )
    picture = Picture(
        "change", scores.arms_of(pairs), both("Motivasi sebelum dan sesudah", "Motivation before and after"),
        both("Sebelum dan sesudah", "Before and after"),
        both("Rata-rata butir motivasi", "Mean of the motivation items"), n,
    )
    note = both(
        "Motivasi dilaporkan sendiri oleh pegawai; pegawai yang masih belajar tidak ikut dibandingkan.",
        "Motivation is self-reported; staff who are still studying are not compared.",
    )
    how = nesting.method_notes([nesting.Made(None, arms.method)], arms.without)
    return counting.answer(study_motivation, [finding], picture=picture, notes=(note, *how))


def _study_sentence(ev: Evaluation, arms: Arms, lang: str) -> str:
    """How the motivation of graduates moved against that of other applicants."""
    value = arms.did
    who = both(
        f"{integer(arms.trained, 'id')} lulusan dan {integer(arms.control, 'id')} pemohon yang menunggu atau ditolak",
        f"{integer(arms.trained, 'en')} graduates and {integer(arms.control, 'en')} applicants who wait or were "
        "declined",
    )[lang]
    facts = _facts(ev, arms, 2, who, lang)
    tail = margins.told(value, "answer", lang) + _other_method(ev, arms, 2, lang)
    if not decided(value):
        return both(
            "Selisih perubahan motivasi antara lulusan pendidikan lanjut dan pemohon lain ialah "
            f"{number(value.value, 'id', 2)} poin skala ({facts}).",
            "The difference in the change of motivation between graduates of further study and other applicants is "
            f"{number(value.value, 'en', 2)} scale points ({facts}).",
        )[lang] + tail
    size, word = number(abs(value.value), lang, 2), _larger(value, lang)
    return both(
        f"Perubahan motivasi lulusan pendidikan lanjut {size} poin skala {word} daripada pemohon yang menunggu "
        f"atau ditolak ({facts}); selisih ini dapat dibaca sebagai hasil pendidikan hanya bila tanpa pendidikan "
        "keduanya akan berubah sama besar.",
        f"The change in motivation of graduates of further study is {size} scale points {word} than that of "
        f"applicants who wait or were declined ({facts}); it can be read as a result of the study only if without "
        "it both would have changed alike.",
    )[lang] + tail
