"""Is the training seen at work: ratings some months later, by graduates and their superiors, and whether they agree."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.answers import margins
from karier_stats.answers.record import Answer, Finding, Picture, answers
from karier_stats.chapters import claims, counting
from karier_stats.chapters.claims import decided
from karier_stats.chapters.counting import finding, in_words
from karier_stats.domain import codes
from karier_stats.domain.rules import rule
from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics import shares
from karier_stats.stats.numerics.estimate import Estimate, between
from karier_stats.stats.scales.raters import raters
from karier_stats.words.numbers import both, integer, listing, number

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

CHAPTER = "feedback"
PAIR = ["alumni", "atasan"]


@answers(
    CHAPTER,
    both(
        "Apakah hasil pelatihan terlihat di tempat kerja menurut alumni dan atasan?",
        "Is the training seen at work, by graduates and their superiors?",
    ),
    ("post_training_rating",),
)
def at_work(ev: Evaluation) -> Answer:
    """Ratings some months after the training, by rater; graduates with two kinds of rater compared with themselves."""
    rows = ev.table("post_training_rating", "to_date")
    if rows.empty:
        return counting.nothing(
            at_work, ev, "belum ada penilaian pasca pelatihan sampai dengan periode ini.",
            "there are no post-training ratings up to this period.",
        )
    people = rows.groupby(["batch_id", "employee_uid", "rater_role"], sort=True)["value"].mean().unstack("rater_role")
    people = people.sort_values(list(people.columns), kind="stable")  # by value, never by pseudonym
    data = pd.DataFrame([
        {
            "role": role,
            **dict(
                zip(
                    ("estimate", "low", "high"), shares.mean(people[role].dropna().to_numpy(float), ev.level).ends,
                    strict=True,
                )
            ),
            "n": int(people[role].notna().sum()),
        }
        for role in codes.RATER
        if role in people
    ])
    data = counting.labelled(data, "role", codes.RATER)
    findings = [_rater_finding(ev, data, int(data["n"].iloc[0]))]
    if set(PAIR) <= set(people):
        findings += _pair(ev, people[PAIR].dropna())
    picture = Picture(
        "intervals", data, both("Penilaian pasca pelatihan", "Post-training ratings"),
        both("Nilai rata-rata (1–5)", "Mean rating (1–5)"), both("Penilai", "Rater"), len(people),
    )
    return counting.answer(
        at_work, findings, picture=picture,
        notes=(
            both(
                "Satuan analisis: satu alumni dalam satu angkatan; semua tahun sampai dengan periode ini.",
                "Unit of analysis: one graduate in one batch; all years up to this period.",
            ),
        ),
    )


def _rater_finding(ev: Evaluation, data: pd.DataFrame, n: int) -> Finding:
    """Mean rating by rater."""
    first = data.iloc[0]
    value = between(first['estimate'], first['low'], first['high'])

    def sentence(lang: str) -> str:
        parts = [_rater_words(row, lang, ev.level) for _, row in data.iterrows()]
        return both(
            f"Penilaian pasca pelatihan pada skala 1–5 menurut penilai: {listing(parts, 'id')}.",
            f"Post-training ratings on a scale of 1–5 by rater: {listing(parts, 'en')}.",
        )[lang]

    return finding(
        at_work, ev, value, n, in_words(sentence), measure="scale_points", coverage=None,
        precise=value.high - value.low <= 0.4,
    )


def _rater_words(row: pd.Series, lang: str, level: float) -> str:
    """One kind of rater: ``alumni 3,86 (selang ...; n = 186)``."""
    bounds = claims.bounds(between(row['estimate'], row['low'], row['high']), lang, level, 2)
    name = row[f"label_{lang}"].lower()
    return f"{name} {number(row['estimate'], lang, 2)} ({bounds}; n = {integer(row['n'], lang)})"


def _rater_gap(ev: Evaluation, gap: Estimate, n: int) -> Finding:
    """How graduates rate themselves against their superiors' rating."""
    def sentence(lang: str) -> str:
        facts = f"{claims.bounds(gap, lang, ev.level, 2)}; n = {integer(n, lang)}"
        if not decided(gap):
            return both(
                f"Selisih penilaian alumni dan atasannya ialah {number(gap.value, 'id', 2)} poin skala ({facts}).",
                f"The difference between graduates' and superiors' ratings is {number(gap.value, 'en', 2)} scale points "
                f"({facts}).",
            )[lang] + margins.told(gap, "answer", lang)
        word = both("lebih tinggi" if gap.value > 0 else "lebih rendah", "higher" if gap.value > 0 else "lower")[lang]
        return both(
            f"Alumni menilai dirinya {number(abs(gap.value), 'id', 2)} poin skala {word} daripada penilaian atasannya "
            f"({facts}).",
            f"Graduates rate themselves {number(abs(gap.value), 'en', 2)} scale points {word} than their superiors do "
            f"({facts}).",
        )[lang] + margins.told(gap, "answer", lang)

    return finding(
        at_work, ev, gap, n, in_words(sentence), part="gap", measure="scale_points", coverage=None,
        precise=margins.precise(gap, "answer"),
    )


def _pair(ev: Evaluation, paired: pd.DataFrame) -> list[Finding]:
    """Graduates beside their own superiors: who is milder, and whether the two agree."""
    if len(paired) < 2:
        return []
    gap = shares.mean((paired["alumni"] - paired["atasan"]).to_numpy(float), ev.level)
    return [_rater_gap(ev, gap, len(paired)), *_agreement(ev, paired)]


def _agreement(ev: Evaluation, paired: pd.DataFrame) -> list[Finding]:
    """Absolute agreement of graduates and superiors; nothing where it cannot be computed."""
    try:
        result = raters(paired.reset_index(drop=True), raters=PAIR)
    except StatisticsError:
        return []
    row = result.interval(ev.level).iloc[0]
    value, least = claims.estimate_of(row), float(rule("rater_agreement").value)
    if not math.isfinite(value.low):
        return []
    facts = {lang: f"{number(value.value, lang, 2)}; {claims.bounds(value, lang, ev.level, 2)}; n = "
                   f"{integer(len(paired), lang)}" for lang in ("id", "en")}
    bound = {lang: number(least, lang, 2) for lang in ("id", "en")}
    if value.high < least:
        words = both(
            f"terlalu lemah (di bawah {bound['id']}): penilaian yang satu tidak dapat menggantikan yang lain",
            f"too weak (below {bound['en']}): neither rating can stand for the other",
        )
    elif value.low >= least:
        words = both(f"cukup (sekurang-kurangnya {bound['id']})", f"sufficient (at least {bound['en']})")
    else:
        words = both(
            f"belum dapat diketahui cukup atau tidaknya (batas {bound['id']})",
            f"not known yet to be sufficient or not (limit {bound['en']})",
        )
    sentence = both(
        f"Kesepakatan alumni dan atasannya atas orang yang sama, ICC(A,1) ({facts['id']}), {words['id']}.",
        f"The agreement of graduates and their superiors on the same people, ICC(A,1) ({facts['en']}), is {words['en']}.",
    )
    return [finding(
        at_work, ev, value, len(paired), sentence, part="agreement", measure="share_of_variance", coverage=None,
        precise=value.high < least or value.low >= least,
    )]
