"""Did competence change, by form of training; did it last; did work and motivation change?

The unit of analysis is one tested person in one course; for activities one
officer; for motivation one applicant for further study.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.answers import margins, verdicts
from karier_stats.answers.record import Answer, Field, Finding, Picture, Recommendation, Table, answers
from karier_stats.chapters import claims, counting, gains, nesting, scores
from karier_stats.chapters.claims import claim, decided, estimate_of
from karier_stats.chapters.counting import in_words, share_words
from karier_stats.chapters.course_gains import by_course, by_unit, hours
from karier_stats.chapters.lasting import missed, retention
from karier_stats.chapters.nominated import nominated
from karier_stats.chapters.scores import POINTS, TEST
from karier_stats.chapters.work import project_management, study_motivation
from karier_stats.domain import codes
from karier_stats.stats.change.compare import compare
from karier_stats.stats.numerics.estimate import Estimate, between
from karier_stats.words.numbers import both, integer, number, p_value

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation
    from karier_stats.stats.change.result import Change

CHAPTER = "outcomes"
@answers(CHAPTER, both("Apakah kompetensi peserta berubah?", "Did participants' competence change?"), TEST)
def change(ev: Evaluation) -> Answer:
    """The change of all tested participants, beside comparison people where there are any."""
    rows, wider = scores.tests(ev)
    pairs = scores.complete(rows)
    trained = pairs[pairs["arm"] == scores.TRAINED]
    if len(trained) < 2:
        return _levels(ev)
    found = gains.by_form(ev, pairs)
    coverage = scores.coverage(rows, scores.places(ev, rows))
    if found:
        finding, made, shown = _against_control(ev, found, coverage), [gain.made for gain in found], gains.people_of(found)
        without = gains.without_unit(found)
    else:
        finding, made, shown, without = _before_after(ev, trained, coverage)
    columns = both("Nilai (skala 0–100)", "Score (scale 0–100)")
    picture = Picture(
        "change", scores.arms_of(shown),
        both("Nilai sebelum dan sesudah pelatihan", "Scores before and after training"),
        both("Sebelum dan sesudah", "Before and after"), columns, len(shown),
    )
    notes = (
        *nesting.method_notes(made, without), *gains.site_notes(found), *((scores.TO_DATE,) if wider else ()),
        *_ceiling(trained), *_left_out(trained, found),
    )
    return counting.answer(change, [finding], picture=picture, notes=notes)


def _against_control(ev: Evaluation, found: list[gains.Gain], coverage: float | None) -> Finding:
    """The mean gain over all forms that have comparison people."""
    total = gains.overall(ev, found)
    value = between(total.estimate, total.low, total.high)
    parts = gains.apart(ev, found)
    trained, control = (sum(getattr(gain, name) for gain in parts) for name in ("trained", "control"))
    return claim(
        change, ev, value, min(trained, control),
        in_words(lambda lang: _gain_sentence(ev, value, total.p, trained, control, found, lang)),
        design="randomised" if all(gain.selection == "random" for gain in found) else "comparison_group",
        measure="points", coverage=coverage, robust=gains.robust(found), p_value=total.p,
        headline=True, precise=margins.precise(value, "points"),
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
            f"Selisih nilai antara peserta dan pembanding ialah {number(value.value, 'id')} poin ({facts}).",
            f"The difference between participants and comparison people is {number(value.value, 'en')} points ({facts}).",
        )[lang] + margins.told(value, "points", lang)
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
    )[lang] + margins.told(value, "points", lang)


def _left_out(trained: pd.DataFrame, found: list[gains.Gain]) -> tuple[dict[str, str], ...]:
    """How many participants are in forms that cannot be compared; none where nothing is compared at all."""
    without = int((~trained["form"].isin([gain.form for gain in found])).sum())
    if not (without and found):
        return ()
    return (both(
        f"{integer(without, 'id')} peserta mengikuti bentuk pelatihan tanpa pembanding yang memadai dan tidak masuk taksiran "
        "ini.",
        f"{integer(without, 'en')} {'participant' if without == 1 else 'participants'} took forms of training without "
        "enough comparison people and are not in this estimate.",
    ),)


def _ceiling(trained: pd.DataFrame) -> list[dict[str, str]]:
    """How many participants had the highest score before: they could not rise."""
    top = int((trained["pre"] >= 100).sum())
    if not top:
        return []
    return [
        both(
            f"{integer(top, 'id')} peserta sudah bernilai tertinggi pada pretes sehingga nilainya tidak dapat naik.",
            f"{integer(top, 'en')} {'participant' if top == 1 else 'participants'} already had the highest pre-test score and "
            "could not rise.",
        )
    ]


def _before_after(
    ev: Evaluation, trained: pd.DataFrame, coverage: float | None,
) -> tuple[Finding, list[nesting.Made], pd.DataFrame, int]:
    """The change of the participants alone, worded so; how it was made, of whom, and how many have no unit."""
    group = nesting.nested(trained)
    result = compare(group.rows, before="pre", after="post", cluster=group.cluster, level=ev.level, seed=ev.seed)
    row = result.headline
    value = estimate_of(row)
    finding = claim(
        change, ev, value, int(row["n"]),
        in_words(lambda lang: result.sentence(lang) + margins.told(value, "points", lang)), design="before_after",
        measure="points", coverage=coverage, precise=margins.precise(value, "points"),
        p_value=claims.plain(row["p_value"]), headline=True,
    )
    return finding, [nesting.Made(None, str(row["method"]))], group.rows, len(group.without)


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
    coverage = scores.coverage(rows, scores.places(ev, rows))
    findings = [_moved(ev, result, term, len(pairs), coverage) for term in ("improved", "unchanged", "declined")]
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


def _moved(ev: Evaluation, result: Change, term: str, n: int, coverage: float | None) -> Finding:
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
        return _forms_alone(ev, rows, wider)
    adjusted, found, places = gains.holm_p(found), gains.as_family(found, ev.level), scores.places(ev, rows)
    findings = [
        _form_finding(ev, gain, p, scores.coverage(rows[rows["form"] == gain.form], places), len(found))
        for gain, p in zip(found, adjusted, strict=True)
    ]
    data = _form_rows(found, adjusted)
    picture = Picture(
        "intervals", data,
        both(
            "Selisih peserta dan pembanding menurut bentuk pelatihan",
            "Participants against comparison people by form of training",
        ),
        POINTS, both("Bentuk pelatihan", "Form of training"), int(data["trained"].sum()), reference=0.0,
    )
    notes = (
        nesting.family_note(len(found), both("bentuk pelatihan", "forms of training"), both("Holm", "Holm")),
        *gains.lead_notes(found), *nesting.method_notes([gain.made for gain in found], gains.without_unit(found)),
        *gains.site_notes(found), *((scores.TO_DATE,) if wider else ()),
    )
    return counting.answer(by_form, findings, picture=picture, table=_form_table(data), notes=notes)


def _form_rows(found: list[gains.Gain], adjusted: list[float]) -> pd.DataFrame:
    """One row per form: both estimates, the leading one with its interval."""
    data = pd.DataFrame([
        {
            "form": gain.form, "selection": gain.selection, "estimate": gain.estimate.value, "low": gain.estimate.low,
            "high": gain.estimate.high, "did": claims.plain(gain.other("did")["estimate"]),
            "ancova": claims.plain(gain.other("ancova")["estimate"]), "n": gain.fewest, "trained": gain.trained,
            "control": gain.control, "p_holm": p, **gains.lead_words(gain),
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
            Field("chosen", both("Cara memilih", "Chosen by")),
            Field("trained", both("Peserta", "Participants"), "integer"),
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


def _form_finding(ev: Evaluation, gain: gains.Gain, p: float, coverage: float | None, family: int) -> Finding:
    """One form in words."""
    value = gain.estimate
    return claim(
        by_form, ev, value, gain.fewest, in_words(lambda lang: _form_sentence(gain, p, family, lang)),
        design="randomised" if gain.selection == "random" else "comparison_group", measure="points", part=gain.form,
        coverage=coverage, precise=margins.precise(value, "points"), robust=gains.robust([gain]), p_value=p,
        recommendation=_form_advice(ev, gain), level=gain.level,
    )


def _form_sentence(gain: gains.Gain, p: float, family: int, lang: str) -> str:
    """The difference of one form, its verdict, and both estimates where nobody knows how people were chosen."""
    value, name = gain.estimate, codes.label(codes.FORM, gain.form, lang)
    shown = p_value(p, lang) if family == 1 else "p Holm: " + p_value(p, lang).removeprefix("p ").removeprefix("= ")
    facts = f"{claims.bounds(value, lang, gain.level)}; {shown}; " + both(
        f"{integer(gain.trained, 'id')} peserta, {integer(gain.control, 'id')} pembanding",
        f"{integer(gain.trained, 'en')} participants, {integer(gain.control, 'en')} comparison people",
    )[lang]
    size, assumed = number(abs(value.value), lang), gains.ASSUMPTION[gain.base][lang]
    if not decided(value):
        text = both(
            f"{name}: selisih {number(value.value, 'id')} poin terhadap pembanding ({facts}).",
            f"{name}: a difference of {number(value.value, 'en')} points from comparison people ({facts}).",
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
    text += margins.told(value, "points", lang)
    if gain.selection != "unknown":
        return text
    pair = [gain.interval(gain.other(base)) for base in ("did", "ancova")]
    bracket = [f"{number(each.value, lang)} ({claims.bounds(each, lang, gain.level)})" for each in pair]
    return text + both(
        f" Cara memilih peserta tidak diketahui; kedua taksiran yang mengapitnya ialah beda perubahan {bracket[0]} "
        f"dan ANCOVA {bracket[1]}.",
        " How participants were chosen is unknown; the two estimates that bracket it are the difference in "
        f"differences {bracket[0]} and ANCOVA {bracket[1]}.",
    )[lang]


def _form_advice(ev: Evaluation, gain: gains.Gain) -> Recommendation | None:
    """A form whose gain surely stays below the others' needs a look at its design."""
    if not gain.estimate.high < verdicts.smallest("points"):  # less would not repay a day away from work
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


def _forms_alone(ev: Evaluation, rows: pd.DataFrame, wider: bool) -> Answer:
    """Forms without comparison people: before and after only."""
    pairs = scores.complete(rows)
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
    findings: list[Finding] = []
    made: list[nesting.Made] = []
    shown, without, places = [], 0, scores.places(ev, rows)
    for form in forms:
        part = trained[trained["form"] == form]
        group, name = nesting.nested(part), both(*codes.FORM[form])
        result = compare(group.rows, before="pre", after="post", cluster=group.cluster, level=ev.level, seed=ev.seed)
        row = result.headline
        value, n = estimate_of(row), int(row["n"])
        sentence = {
            lang: f"{name[lang]}. {result.sentence(lang)}{margins.told(value, 'points', lang)}" for lang in ("id", "en")
        }
        findings.append(
            claim(
                by_form, ev, value, n, both(sentence["id"], sentence["en"]), design="before_after", measure="points",
                part=form, coverage=scores.coverage(rows[rows["form"] == form], places),
                precise=margins.precise(value, "points"), p_value=claims.plain(row["p_value"]),
            )
        )
        made.append(nesting.Made(name, str(row["method"])))
        without += len(group.without)
        shown.append({
            "label_id": name["id"], "label_en": name["en"], "form": form, "estimate": value.value, "low": value.low,
            "high": value.high, "n": n,
        })
    data = pd.DataFrame(shown)
    picture = Picture(
        "intervals", data,
        both("Perubahan sebelum–sesudah menurut bentuk pelatihan", "Change before–after by form of training"), POINTS,
        both("Bentuk pelatihan", "Form of training"), int(data["n"].sum()), reference=0.0,
    )
    notes = (*nesting.method_notes(made, without), *((scores.TO_DATE,) if wider else ()))
    return counting.answer(by_form, findings, picture=picture, notes=notes)


QUESTIONS = (change, by_form, by_course, by_unit, hours, nominated, retention, missed, project_management, study_motivation)
