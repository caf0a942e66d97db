"""Whether the result of training lasted, and who missed the post-test (chapter outcomes)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.chapters import claims, counting, gains, scores
from karier_stats.chapters.claims import claim, decided
from karier_stats.chapters.counting import in_words, share_words
from karier_stats.chapters.findings import Answer, Design, Finding, Picture, Recommendation, answers
from karier_stats.chapters.scores import POINTS, TEST
from karier_stats.domain import codes
from karier_stats.language import both, integer, number, percent
from karier_stats.stats import shares, strata
from karier_stats.stats.shares import Estimate

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

CHAPTER = "outcomes"
LOST_TOO_MANY = 0.10
"""Share without a post-test from which, by the lower bound, something must be done."""
ENOUGH_LEFT = 10
"""Fewer than this without a post-test are not compared with the others."""
NOT_LASTING = 0.5
"""Where less than half of the gain is surely left, a refresher is advised."""


@answers(CHAPTER, both("Apakah hasil pelatihan bertahan?", "Did the result of training last?"), TEST)
def retention(ev: Evaluation) -> Answer:
    """What is left of the gain at the retention test."""
    rows, wider = scores.tests(ev)
    kept = rows.dropna(subset=["pre", "post", "retensi"])
    trained = kept[kept["arm"] == scores.TRAINED]
    if len(trained) < 2:
        return counting.nothing(
            retention, ev, "belum ada peserta dengan tes retensi.", "no participant has a retention test yet.",
        )
    control = kept[kept["arm"] == scores.CONTROL]
    loss = _loss(ev, trained, control)
    gain = [g for g in gains.by_form(ev, scores.complete(rows)) if g.form in set(trained["form"])]
    coverage = len(trained) / max(
        int(((rows["arm"] == scores.TRAINED) & rows["post"].notna() & rows["form"].isin(trained["form"])).sum()), 1,
    )
    findings = [_loss_finding(ev, loss, trained, control, coverage)]
    if gain:
        design: Design = "comparison_group" if len(control) >= scores.FEW else "before_after"
        findings.append(_left_finding(ev, loss, gains.overall(gain, ev.level), len(trained), coverage, design))
    data = _waves(ev, trained)
    picture = Picture(
        "intervals", data, both("Nilai rata-rata peserta pada tiga tes", "Participants' mean scores at three tests"),
        POINTS, both("Tes", "Test"), len(trained),
    )
    notes = (
        both(
            "Selisih postes dan tes retensi dihitung pada peserta yang mengikuti ketiga tes.",
            "The difference between post-test and retention test is that of participants who took all three tests.",
        ),
    )
    return counting.answer(retention, findings, picture=picture, notes=notes + ((scores.TO_DATE,) if wider else ()))


def _loss(ev: Evaluation, trained: pd.DataFrame, control: pd.DataFrame) -> Estimate:
    """Mean change from post-test to retention test, less that of comparison people where they took it."""
    moved, beside = ((arm["retensi"] - arm["post"]).to_numpy(float) for arm in (trained, control))
    if len(control) >= scores.FEW:
        return strata.mean_difference(moved, beside, ev.level)
    return shares.mean(moved, ev.level)


def _loss_finding(
    ev: Evaluation, loss: Estimate, trained: pd.DataFrame, control: pd.DataFrame, coverage: float,
) -> Finding:
    """How far scores moved after the course."""
    compared = len(control) >= scores.FEW

    def sentence(lang: str) -> str:
        facts = f"{claims.bounds(loss, lang, ev.level)}; n = {integer(len(trained), lang)}"
        more = both(
            " dibandingkan pembanding" if compared else "", " against comparison people" if compared else "",
        )[lang]
        if not decided(loss):
            return both(
                f"Dari postes ke tes retensi nilai peserta berubah {number(loss.value, 'id')} poin{more} ({facts}); "
                f"perubahan ini {claims.unseen(loss, 'id')}.",
                f"From post-test to retention test participants' scores moved by {number(loss.value, 'en')} "
                f"points{more} ({facts}); this {claims.unseen(loss, 'en')}.",
            )[lang]
        word = both("turun" if loss.value < 0 else "naik", "fell" if loss.value < 0 else "rose")[lang]
        return both(
            f"Dari postes ke tes retensi nilai peserta {word} {number(abs(loss.value), 'id')} poin{more} ({facts}).",
            f"From post-test to retention test participants' scores {word} by {number(abs(loss.value), 'en')} "
            f"points{more} ({facts}).",
        )[lang]

    return claim(
        retention, ev, loss, len(trained), in_words(sentence),
        design="comparison_group" if compared else "before_after", measure="points", part="loss", coverage=coverage,
    )


def _left_finding(
    ev: Evaluation, loss: Estimate, gain: strata.Combined, n: int, coverage: float, design: Design,
) -> Finding:
    """The share of the gain that is left."""
    ratio = strata.ratio_of(loss, Estimate(gain.estimate, gain.low, gain.high))
    left = Estimate(*(1 + each for each in ratio))
    useful = math.isfinite(left.low) and left.high - left.low <= 1
    sentence = in_words(lambda lang: _left_sentence(ev, left, useful, lang))
    advice = Recommendation(
        both(
            "Menyelenggarakan penyegaran tiga bulan setelah pelatihan dan mengukurnya dengan tes retensi.",
            "Hold a refresher three months after training and measure it by a retention test.",
        ),
        claims.BKPSDM, claims.end_next_year(ev),
        both(
            "Sekurang-kurangnya setengah dari peningkatan nilai masih tersisa pada tes retensi.",
            "At least half of the gain is left at the retention test.",
        ),
    ) if left.high < NOT_LASTING else None
    precise = math.isfinite(left.low) and left.high - left.low <= 0.5
    return claim(
        retention, ev, left, n, sentence, design=design, measure="share_of_gain", part="left", coverage=coverage,
        precise=precise, recommendation=advice,
    )


def _left_sentence(ev: Evaluation, left: Estimate, useful: bool, lang: str) -> str:
    """The share that is left, or that the interval is too wide to say."""
    shown, bounds = percent(left.value, lang, 0), counting.span(left, lang, ev.level, digits=0)
    if useful:
        return both(
            f"Bagian peningkatan yang masih tersisa pada tes retensi ditaksir {shown} ({bounds}).",
            f"The share of the gain that is left at the retention test is estimated at {shown} ({bounds}).",
        )[lang]
    return both(
        f"Bagian peningkatan yang masih tersisa pada tes retensi belum dapat dipastikan: taksirannya {shown} dengan "
        f"selang yang terlalu lebar ({bounds}).",
        f"What share of the gain is left at the retention test is not certain: the estimate is {shown} with an "
        f"interval that is too wide ({bounds}).",
    )[lang]


def _waves(ev: Evaluation, trained: pd.DataFrame) -> pd.DataFrame:
    """Mean score at each test with its interval."""
    rows = []
    for kind, name in codes.TEST_KIND.items():
        value = shares.mean(trained[kind].to_numpy(float), ev.level)
        rows.append({
            "label_id": name[0], "label_en": name[1], "estimate": value.value, "low": value.low, "high": value.high,
            "n": len(trained),
        })
    return pd.DataFrame(rows)


@answers(
    CHAPTER, both("Berapa banyak peserta yang tidak mengikuti postes?", "How many participants missed the post-test?"),
    TEST,
)
def missed(ev: Evaluation) -> Answer:
    """Participants with a pre-test and without a post-test, and whether they differ from the others."""
    rows, wider = scores.tests(ev)
    ordinal = rows.empty
    if ordinal:
        rows, wider = scores.tests(ev, ordinal=True)
    began = rows[(rows["arm"] == scores.TRAINED) & rows["pre"].notna()].assign(gone=lambda frame: frame["post"].isna())
    if began.empty:
        return counting.nothing(missed, ev, "belum ada peserta dengan pretes.", "no participant has a pre-test yet.")
    value = shares.share(int(began["gone"].sum()), len(began), ev.level)
    left, stayed = (began.loc[began["gone"] == gone, "pre"].to_numpy(float) for gone in (True, False))
    differ = strata.mean_difference(left, stayed, ev.level)
    findings = [
        counting.finding(
            missed, ev, value, len(began), in_words(lambda lang: _missed_sentence(ev, value, began, lang)),
            recommendation=_attend_advice(ev) if value.low > LOST_TOO_MANY else None,
        )
    ]
    if len(left) >= ENOUGH_LEFT and not ordinal:
        findings.append(
            claim(
                missed, ev, differ, len(began), in_words(lambda lang: _differ_sentence(ev, differ, lang)),
                design="descriptive", measure="points", part="before", coverage=1.0,
            )
        )
    data = counting.code_order(counting.tally(began, "form", "gone", ev.level), "form", codes.FORM)
    picture = Picture(
        "intervals", counting.labelled(data, "form", codes.FORM),
        both("Peserta tanpa postes", "Participants without a post-test"),
        both("Bagian peserta dengan pretes", "Share of participants with a pre-test"),
        both("Bentuk pelatihan", "Form of training"), len(began), "percent", 0,
    )
    notes = (
        both(
            "Taksiran perubahan hanya memuat orang dengan kedua tes; taksiran itu berlaku bagi semua peserta bila yang "
            "tidak mengikuti postes akan berubah serupa.",
            "Estimates of change hold only people with both tests; they hold for all participants if those who missed "
            "the post-test would have changed alike.",
        ),
    )
    return counting.answer(missed, findings, picture=picture, notes=notes + ((scores.TO_DATE,) if wider else ()))


def _missed_sentence(ev: Evaluation, value: Estimate, began: pd.DataFrame, lang: str) -> str:
    """How many, in words."""
    count, total = integer(began["gone"].sum(), lang), integer(len(began), lang)
    return both(
        f"Sebanyak {count} dari {total} peserta dengan pretes ({share_words(value, 'id', ev.level)}) tidak mengikuti "
        "postes.",
        f"{count} of {total} participants with a pre-test ({share_words(value, 'en', ev.level)}) missed the post-test.",
    )[lang]


def _differ_sentence(ev: Evaluation, differ: Estimate, lang: str) -> str:
    """Whether those who left had other scores at the start."""
    facts = claims.bounds(differ, lang, ev.level)
    if decided(differ):
        word = both(
            "lebih rendah" if differ.value < 0 else "lebih tinggi", "lower" if differ.value < 0 else "higher",
        )[lang]
        size = number(abs(differ.value), lang)
        return both(
            f"Nilai pretes mereka rata-rata {size} poin {word} daripada peserta lain ({facts}), sehingga taksiran "
            "perubahan mungkin bergeser.",
            f"Their pre-test scores are {size} points {word} on average than those of the others ({facts}), so "
            "estimates of change may be off.",
        )[lang]
    return both(
        f"Selisih nilai pretes mereka dengan peserta lain, {number(differ.value, 'id')} poin ({facts}), "
        f"{claims.unseen(differ, 'id')}.",
        f"The difference between their pre-test scores and the others', {number(differ.value, 'en')} points ({facts}), "
        f"{claims.unseen(differ, 'en')}.",
    )[lang]


def _attend_advice(ev: Evaluation) -> Recommendation:
    """Post-tests before the certificate."""
    return Recommendation(
        both(
            "Menyelenggarakan postes pada jam pelajaran terakhir dan menjadikannya syarat sertifikat.",
            "Hold the post-test in the last learning hour and make it a condition of the certificate.",
        ),
        both("Penyelenggara pelatihan bersama BKPSDM", "Organisers together with the personnel agency (BKPSDM)"),
        claims.mid_next_year(ev),
        both(
            "Sekurang-kurangnya sembilan dari sepuluh peserta dengan pretes mengikuti postes.",
            "At least nine in ten participants with a pre-test take the post-test.",
        ),
    )
