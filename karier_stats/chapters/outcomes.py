"""Did competence change, by form of training; did it last; did work and motivation change?

The unit of analysis is one tested person in one course; for activities one
officer; for motivation one applicant for further study.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.chapters import claims, counting, gains, scores
from karier_stats.chapters.claims import claim, decided, estimate_of
from karier_stats.chapters.counting import in_words, share_words
from karier_stats.chapters.course_gains import by_course, by_unit, hours
from karier_stats.chapters.findings import Answer, Field, Finding, Picture, Recommendation, Table, answers
from karier_stats.chapters.lasting import missed, retention
from karier_stats.chapters.nominated import nominated
from karier_stats.chapters.scores import POINTS, TEST
from karier_stats.chapters.work import project_management, study_motivation
from karier_stats.domain import codes
from karier_stats.language import both, integer, number, p_value
from karier_stats.stats.compare import compare
from karier_stats.stats.shares import Estimate

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation
    from karier_stats.stats.change import Change

CHAPTER = "outcomes"
NESTED = both(
    "Pegawai dipandang bersarang dalam unit kerja bila unit yang diketahui sekurang-kurangnya sepuluh (CR2, "
    "Satterthwaite).",
    "Staff are taken as nested in work units where at least ten units are known (CR2, Satterthwaite).",
)


@answers(CHAPTER, both("Apakah kompetensi peserta berubah?", "Did participants' competence change?"), TEST)
def change(ev: Evaluation) -> Answer:
    """The change of all tested participants, beside comparison people where there are any."""
    rows, wider = scores.tests(ev)
    pairs = scores.complete(rows)
    trained = pairs[pairs["arm"] == scores.TRAINED]
    if len(trained) < 2:
        return _levels(ev)
    found = gains.by_form(ev, pairs)
    coverage = _coverage(rows)
    finding = _against_control(ev, found, coverage) if found else _before_after(ev, trained, coverage)
    columns = both("Nilai (skala 0–100)", "Score (scale 0–100)")
    picture = Picture(
        "change", scores.arms_of(pairs if found else trained),
        both("Nilai sebelum dan sesudah pelatihan", "Scores before and after training"),
        both("Sebelum dan sesudah", "Before and after"), columns, len(pairs if found else trained),
    )
    notes = [NESTED] + ([scores.TO_DATE] if wider else []) + _ceiling(trained)
    if found:
        notes.append(_left_out(trained, found))
    return counting.answer(change, [finding], picture=picture, notes=tuple(note for note in notes if note))


def _coverage(rows: pd.DataFrame) -> float:
    """Participants with both tests among those with any of the two."""
    trained = rows[(rows["arm"] == scores.TRAINED) & (rows["pre"].notna() | rows["post"].notna())]
    return len(scores.complete(trained)) / len(trained) if len(trained) else float("nan")


def _against_control(ev: Evaluation, found: list[gains.Gain], coverage: float) -> Finding:
    """The mean gain over all forms that have comparison people."""
    total = gains.overall(found, ev.level)
    value = Estimate(total.estimate, total.low, total.high)
    trained, control = (sum(getattr(gain, name) for gain in found) for name in ("trained", "control"))
    return claim(
        change, ev, value, trained,
        in_words(lambda lang: _gain_sentence(ev, value, total.p_value, trained, control, found, lang)),
        design="randomised" if all(gain.selection == "random" for gain in found) else "comparison_group",
        measure="points", coverage=coverage, robust=all(gain.agree for gain in found), p_value=total.p_value,
        headline=True, widest=gains.WIDEST,
    )


def _gain_sentence(
    ev: Evaluation, value: Estimate, p: float, trained: int, control: int, found: list[gains.Gain], lang: str,
) -> str:
    """The gain in words, with the assumption that it stands on."""
    facts = f"{claims.bounds(value, lang, ev.level)}; {p_value(p, lang)}; " + both(
        f"{integer(trained, 'id')} peserta dan {integer(control, 'id')} pembanding",
        f"{integer(trained, 'en')} participants and {integer(control, 'en')} comparison people",
    )[lang]
    points = number(abs(value.value), lang)
    if not decided(value):
        return both(
            f"Selisih nilai antara peserta dan pembanding, {number(value.value, 'id')} poin ({facts}), "
            f"{claims.unseen(value, 'id')}.",
            f"The difference between participants and comparison people, {number(value.value, 'en')} points ({facts}), "
            f"{claims.unseen(value, 'en')}.",
        )[lang]
    if value.value > 0:
        text = both(
            f"Pelatihan meningkatkan nilai peserta rata-rata {points} poin dibandingkan pembanding ({facts})",
            f"Training raised participants' scores by {points} points on average against comparison people ({facts})",
        )[lang]
    else:
        text = both(
            f"Berlawanan dengan tujuan program, nilai peserta rata-rata {points} poin di bawah pembanding ({facts})",
            f"Contrary to the aim of the programme, participants end {points} points on average below comparison "
            f"people ({facts})",
        )[lang]
    return text + both(
        f", dengan asumsi bahwa {gains.assumptions(found, 'id')}.",
        f", on the assumption that {gains.assumptions(found, 'en')}.",
    )[lang]


def _left_out(trained: pd.DataFrame, found: list[gains.Gain]) -> dict[str, str]:
    """How many participants are in forms without comparison people."""
    without = int((~trained["form"].isin([gain.form for gain in found])).sum())
    if not without:
        return {}
    return both(
        f"{integer(without, 'id')} peserta mengikuti bentuk pelatihan tanpa pembanding dan tidak masuk taksiran ini.",
        f"{integer(without, 'en')} participants took forms of training without comparison people and are not in this "
        "estimate.",
    )


def _ceiling(trained: pd.DataFrame) -> list[dict[str, str]]:
    """How many participants had the highest score before: they could not rise."""
    top = int((trained["pre"] >= 100).sum())
    if not top:
        return []
    return [
        both(
            f"{integer(top, 'id')} peserta sudah bernilai tertinggi pada pretes sehingga nilainya tidak dapat naik.",
            f"{integer(top, 'en')} participants already had the highest pre-test score, so theirs could not rise.",
        )
    ]


def _before_after(ev: Evaluation, trained: pd.DataFrame, coverage: float) -> Finding:
    """The change of the participants alone, worded so."""
    result = compare(
        trained, before="pre", after="post", cluster=scores.cluster_of(trained), level=ev.level, seed=ev.seed,
    )
    row = result.headline
    return claim(
        change, ev, estimate_of(row), int(row["n"]), in_words(result.sentence), design="before_after", measure="points",
        coverage=coverage, p_value=claims.plain(row["p_value"]), headline=True,
    )


def _levels(ev: Evaluation) -> Answer:
    """Ordered levels: shares who moved up, stayed and moved down, and the frequencies before and after."""
    rows, wider = scores.tests(ev, ordinal=True)
    trained = rows[rows["arm"] == scores.TRAINED]
    pairs = scores.complete(trained)
    if len(pairs) < 2:
        return counting.nothing(
            change, ev, "belum ada peserta dengan pretes dan postes.",
            "no participant has both a pre-test and a post-test yet.",
        )
    ordered = pd.CategoricalDtype(sorted(set(pairs["pre"]) | set(pairs["post"])), ordered=True)
    result = compare(
        pairs.astype({"pre": ordered, "post": ordered}), before="pre", after="post", level=ev.level, seed=ev.seed,
    )
    findings = [_moved(ev, result, term, len(pairs), _coverage(rows)) for term in ("improved", "unchanged", "declined")]
    data = _frequencies(ev, trained)
    picture = Picture(
        "stacked", data, both("Jawaban sebelum dan sesudah pelatihan", "Answers before and after training"),
        both("Bagian peserta", "Share of participants"), both("Gelombang", "Wave"), len(trained), "percent", 0,
    )
    table = Table(
        data,
        (
            Field("label", both("Gelombang", "Wave")), Field("part", both("Tingkat", "Level")),
            Field("count", both("Orang", "People"), "integer"), Field("value", both("Bagian", "Share"), "percent"),
        ),
        both("Frekuensi sebelum dan sesudah", "Frequencies before and after"), count="count",
    )
    notes = (*((scores.TO_DATE,) if wider else ()), *result.notes)
    return counting.answer(change, findings, picture=picture, table=table, notes=notes)


def _moved(ev: Evaluation, result: Change, term: str, n: int, coverage: float) -> Finding:
    """One of the three shares; the first speaks for all three."""
    row = result.row(term)
    words = {
        "unchanged": both("berada pada tingkat yang sama", "stayed on the same level"),
        "declined": both("turun tingkat", "moved down"),
    }
    count, value = round(float(row["estimate"]) * n), estimate_of(row)

    def sentence(lang: str) -> str:
        if term == "improved":
            return result.sentence(lang)
        return both(
            f"{integer(count, 'id')} dari {integer(n, 'id')} orang ({share_words(value, 'id', ev.level)}) "
            f"{words[term]['id']}.",
            f"{integer(count, 'en')} of {integer(n, 'en')} people ({share_words(value, 'en', ev.level)}) "
            f"{words[term]['en']}.",
        )[lang]

    return claim(
        change, ev, value, n, in_words(sentence), design="before_after", measure="share", part=term, coverage=coverage,
        precise=value.high - value.low <= counting.PRECISE_WIDTH, headline=term == "improved",
    )


def _frequencies(ev: Evaluation, trained: pd.DataFrame) -> pd.DataFrame:
    """Counts of every level in each wave, all who answered that wave."""
    rows = ev.table("test_score", "to_date")
    named = rows.dropna(subset=["label"]).drop_duplicates("score").set_index("score")["label"]
    parts = []
    for kind, wave in (("pre", codes.TEST_KIND["pre"]), ("post", codes.TEST_KIND["post"])):
        counts = trained[kind].dropna().value_counts().sort_index()
        parts.append(
            pd.DataFrame({
                "label_id": wave[0], "label_en": wave[1], "score": counts.index, "count": counts.to_numpy(),
                "value": counts.to_numpy() / counts.sum(), "n": int(counts.sum()),
            })
        )
    data = pd.concat(parts, ignore_index=True)
    name = [str(named.get(score, number(score, "en", 0))) for score in data["score"]]
    return data.assign(part_id=name, part_en=name)


@answers(
    CHAPTER, both("Bentuk pelatihan mana yang mengubah kompetensi?", "Which forms of training changed competence?"),
    TEST,
)
def by_form(ev: Evaluation) -> Answer:
    """The gain of every form of training, Holm-adjusted over the forms."""
    rows, wider = scores.tests(ev)
    pairs = scores.complete(rows)
    found = gains.by_form(ev, pairs)
    if not found:
        return _forms_alone(ev, pairs)
    adjusted = gains.holm_p(found)
    findings = [
        _form_finding(ev, gain, p, _coverage(rows[rows["form"] == gain.form]))
        for gain, p in zip(found, adjusted, strict=True)
    ]
    data = _form_rows(found, adjusted)
    picture = Picture(
        "intervals", data,
        both(
            "Selisih peserta dan pembanding menurut bentuk pelatihan",
            "Participants against comparison people by form of training",
        ),
        POINTS, both("Bentuk pelatihan", "Form of training"), int(data["n"].sum()), reference=0.0,
    )
    notes = [
        both(
            f"Keluarga uji: {len(found)} bentuk pelatihan; nilai p disesuaikan menurut Holm.",
            f"Family of tests: {len(found)} forms of training; p-values are adjusted by Holm's method.",
        ),
        both(
            "Taksiran utama mengikuti cara memilih peserta: acak atau nilai pretes rendah memakai ANCOVA, kemampuan "
            "memakai beda perubahan; bila tidak diketahui, keduanya disebut.",
            "The leading estimate follows how participants were chosen: ANCOVA where by lot or for a low pre-test, "
            "difference in differences where by ability; where unknown, both are given.",
        ),
        NESTED,
    ]
    return counting.answer(
        by_form, findings, picture=picture, table=_form_table(data),
        notes=tuple(notes + ([scores.TO_DATE] if wider else [])),
    )


def _form_rows(found: list[gains.Gain], adjusted: list[float]) -> pd.DataFrame:
    """One row per form: both estimates, the leading one with its interval."""
    data = pd.DataFrame([
        {
            "form": gain.form, "selection": gain.selection, "estimate": gain.estimate.value, "low": gain.estimate.low,
            "high": gain.estimate.high, "did": claims.plain(gain.other("did")["estimate"]),
            "ancova": claims.plain(gain.other("ancova")["estimate"]), "n": gain.trained, "control": gain.control,
            "p_holm": p, "method_id": "ANCOVA" if gain.base == "ancova" else "beda perubahan",
            "method_en": "ANCOVA" if gain.base == "ancova" else "difference in differences",
        }
        for gain, p in zip(found, adjusted, strict=True)
    ])
    return counting.labelled(counting.labelled(data, "form", codes.FORM), "selection", codes.SELECTION, "chosen")


def _form_table(data: pd.DataFrame) -> Table:
    """The forms with both estimates."""
    return Table(
        data,
        (
            Field("label", both("Bentuk pelatihan", "Form of training")),
            Field("chosen", both("Cara memilih", "Chosen by")), Field("n", both("Peserta", "Participants"), "integer"),
            Field("control", both("Pembanding", "Comparison"), "integer"),
            Field("did", both("Beda perubahan", "Difference in differences"), "number"),
            Field("ancova", both("ANCOVA", "ANCOVA"), "number"),
            Field("method", both("Taksiran utama", "Leading estimate")),
            Field("low", both("Batas bawah", "Lower bound"), "number"),
            Field("high", both("Batas atas", "Upper bound"), "number"),
            Field("p_holm", both("p (Holm)", "p (Holm)"), "p"),
        ),
        both(
            "Selisih peserta dan pembanding menurut bentuk pelatihan, poin",
            "Participants against comparison people by form of training, points",
        ),
        count="n",
    )


def _form_finding(ev: Evaluation, gain: gains.Gain, p: float, coverage: float) -> Finding:
    """One form in words."""
    value, seen = gain.estimate, p < 1 - ev.level
    pair = [estimate_of(gain.other(base)) for base in ("did", "ancova")]

    def sentence(lang: str) -> str:
        name, level = codes.label(codes.FORM, gain.form, lang), ev.level
        shown = p_value(p, lang).removeprefix("p ").removeprefix("= ")
        facts = f"{claims.bounds(value, lang, level)}; p Holm: {shown}; " + both(
            f"{integer(gain.trained, 'id')} peserta, {integer(gain.control, 'id')} pembanding",
            f"{integer(gain.trained, 'en')} participants, {integer(gain.control, 'en')} comparison people",
        )[lang]
        size, assumed = number(abs(value.value), lang), gains.ASSUMPTION[gain.base][lang]
        if not seen:
            text = both(
                f"{name}: selisih {number(value.value, 'id')} poin terhadap pembanding ({facts}) "
                f"{claims.unseen(value, 'id')}.",
                f"{name}: the difference of {number(value.value, 'en')} points from comparison people ({facts}) "
                f"{claims.unseen(value, 'en')}.",
            )[lang]
        elif value.value > 0:
            text = both(
                f"{name} meningkatkan nilai peserta rata-rata {size} poin ({facts}), dengan asumsi bahwa {assumed}.",
                f"{name} raised participants' scores by {size} points on average ({facts}), on the assumption that "
                f"{assumed}.",
            )[lang]
        else:
            text = both(
                f"{name}: berlawanan dengan tujuan, nilai peserta {size} poin di bawah pembanding ({facts}), dengan "
                f"asumsi bahwa {assumed}.",
                f"{name}: contrary to the aim, participants end {size} points below comparison people ({facts}), on "
                f"the assumption that {assumed}.",
            )[lang]
        if gain.selection != "unknown":
            return text
        bracket = [f"{number(each.value, lang)} ({claims.bounds(each, lang, level)})" for each in pair]
        return text + both(
            f" Cara memilih peserta tidak diketahui; kedua taksiran yang mengapitnya ialah beda perubahan {bracket[0]} "
            f"dan ANCOVA {bracket[1]}.",
            " How participants were chosen is unknown; the two estimates that bracket it are the difference in "
            f"differences {bracket[0]} and ANCOVA {bracket[1]}.",
        )[lang]

    return claim(
        by_form, ev, value, min(gain.trained, gain.control), in_words(sentence),
        design="randomised" if gain.selection == "random" else "comparison_group", measure="points", part=gain.form,
        coverage=coverage, precise=seen and (value.high - value.low) / 2 <= gains.WIDEST, robust=gain.agree,
        p_value=p, recommendation=_form_advice(ev, gain),
    )


def _form_advice(ev: Evaluation, gain: gains.Gain) -> Recommendation | None:
    """A form whose gain surely stays below the others' needs a look at its design."""
    if gain.estimate.high >= 3:  # fewer than 3 of 100 points would not repay a day away from work
        return None
    name = {lang: codes.label(codes.FORM, gain.form, lang).lower() for lang in ("id", "en")}
    return Recommendation(
        both(
            f"Meninjau rancangan {name['id']}: menambah praktik dan tugas, atau mengalihkan jam pelajarannya ke bentuk "
            "lain.",
            f"Review the design of the form {name['en']}: add practice and assignments, or move its learning hours to "
            "other forms.",
        ),
        claims.BKPSDM, claims.mid_next_year(ev),
        both(
            "Selisih nilai peserta dan pembanding pada periode berikutnya sekurang-kurangnya tiga poin.",
            "Participants end at least three points above comparison people in the next period.",
        ),
    )


def _forms_alone(ev: Evaluation, pairs: pd.DataFrame) -> Answer:
    """Forms without comparison people: before and after only."""
    trained = pairs[pairs["arm"] == scores.TRAINED]
    forms = [form for form in codes.FORM if (trained["form"] == form).sum() >= scores.FEW]
    if pairs.empty:
        return counting.nothing(
            by_form, ev, "tidak ada tes berupa skor; tingkat yang berurut dibaca pada pertanyaan sebelumnya.",
            "there are no tests with scores; ordered levels are read in the question before.",
        )
    if not forms:
        return counting.nothing(
            by_form, ev,
            "peserta dengan nilai pretes dan postes terlalu sedikit untuk dipilah menurut bentuk pelatihan.",
            "too few participants have scores before and after to be split by form of training.",
        )
    findings, rows = [], []
    for form in forms:
        part = trained[trained["form"] == form]
        result = compare(part, before="pre", after="post", level=ev.level, seed=ev.seed)
        value, name = estimate_of(result.headline), codes.FORM[form]
        findings.append(
            claim(
                by_form, ev, value, len(part),
                both(f"{name[0]}. {result.sentence('id')}", f"{name[1]}. {result.sentence('en')}"),
                design="before_after", measure="points", part=form, coverage=None,
                p_value=claims.plain(result.headline["p_value"]),
            )
        )
        rows.append({
            "label_id": name[0], "label_en": name[1], "estimate": value.value, "low": value.low, "high": value.high,
            "n": len(part),
        })
    data = pd.DataFrame(rows)
    picture = Picture(
        "intervals", data,
        both("Perubahan sebelum–sesudah menurut bentuk pelatihan", "Change before–after by form of training"), POINTS,
        both("Bentuk pelatihan", "Form of training"), int(data["n"].sum()), reference=0.0,
    )
    return counting.answer(by_form, findings, picture=picture)


QUESTIONS = (change, by_form, by_course, by_unit, hours, nominated, retention, missed, project_management, study_motivation)
