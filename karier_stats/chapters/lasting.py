"""Whether the result of training lasted, and who missed the post-test (chapter outcomes)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.answers import margins
from karier_stats.answers.effect_facts import assumptions
from karier_stats.answers.record import Answer, Design, Field, Finding, Picture, Recommendation, Table, answers
from karier_stats.chapters import claims, counting
from karier_stats.chapters.claims import claim, decided
from karier_stats.chapters.counting import in_words, share_words
from karier_stats.domain import codes
from karier_stats.stats.change import gain_notes
from karier_stats.stats.change.compare import compare
from karier_stats.stats.change.dropout import Leavers, leavers
from karier_stats.stats.change.gains import Gain, known, nested, preferred
from karier_stats.stats.change.gains import gains as ks_gains
from karier_stats.stats.description.contrasts import LEAST
from karier_stats.stats.numerics import shares, strata
from karier_stats.stats.numerics.estimate import Estimate, between
from karier_stats.views import scores
from karier_stats.views.evaluation import with_views
from karier_stats.views.scores import POINTS, TEST
from karier_stats.words.numbers import Text, both, integer, listing, number, p_value, percent

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

CHAPTER = "outcomes"
LOST_TOO_MANY = 0.10
"""Share without a post-test from which, by the lower bound, something must be done."""
ENOUGH_LEFT = 10
"""Fewer than this without a post-test are not compared with the others."""
WORSE = -5.0
"""Points taken off the post-tests that are filled in for participants: what decides between forms of training."""
ALIKE = ("random", "ability")
"""Ways of choosing people under which a difference in change is read as it stands."""
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
    beside = scores.beside(kept, set(trained["program_id"]))
    control = beside[beside["arm"] == scores.CONTROL]
    loss = _loss(ev, trained, control)
    forms = ks_gains(
        with_views(ev).arms("form"), before="pre", after="post", group="arm", control=scores.CONTROL, by="form", person="test",
        cluster="unit_id", adjust="site", selection="selection",
    )
    gained = [replace(each, level=ev.level) for each in forms.rows if each.control]
    gain = [each for each in gained if each.code in set(trained["form"])]
    coverage = _still_tested(ev, rows, trained)
    findings = [_loss_finding(ev, loss, trained, control, coverage)]
    later = _later(ev, gained)
    if later:
        findings.insert(0, _lasting_finding(ev, later, coverage))
    if gain:
        design: Design = "comparison_group" if len(control) >= scores.FEW else "before_after"
        findings.append(_left_finding(ev, loss, replace(forms, rows=tuple(gain)).total.value, len(trained), coverage, design))
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
        *gain_notes.method_notes([each.made for each in later], sum(len(each.gain.without) for each in later)),
        *_harm_note(gain), *((scores.TO_DATE,) if wider else ()),
    )
    return counting.answer(
        retention, findings, picture=picture, table=_later_table(later) if later else None, notes=notes,
    )


def _still_tested(ev: Evaluation, rows: pd.DataFrame, trained: pd.DataFrame) -> float | None:
    """Participants with all three tests over the places of their forms."""
    of_forms = rows[rows["form"].isin(trained["form"])]
    tested, complete = scores.coverage(of_forms, scores.places(ev, of_forms)), scores.complete(of_forms)
    both_tests = int((complete["arm"] == scores.TRAINED).sum())
    return None if tested is None else tested * len(trained) / max(both_tests, 1)


def _harm_note(gain: list[Gain]) -> tuple[dict[str, str], ...]:
    """Forms whose participants end below comparison people: nothing gained there can last."""
    harmed = [each for each in gain if each.estimate.high < 0]
    if not harmed:
        return ()
    names = {lang: listing([codes.label(codes.FORM, each.code, lang) for each in harmed], lang) for lang in ("id", "en")}
    return (both(
        f"Pada {names['id']} peserta berada di bawah pembanding pada postes; bagian yang bertahan tidak dihitung.",
        f"For {names['en']} participants are below comparison people at the post-test; no share kept is computed.",
    ),)


@dataclass(frozen=True)
class _Later:
    """What lasts of one form of training against its comparison people.

    Attributes
    ----------
    gain : Gain
        The difference at the post-test.
    lasting : Series
        Row of the result: the difference at the retention test.
    kept : Estimate
        Share of the difference that is left, of those who took all three tests;
        NaN where the difference at the post-test is not surely above zero.
    n, control : int
        Participants and comparison people with all three tests.
    """

    gain: Gain
    lasting: pd.Series
    kept: Estimate
    n: int
    control: int

    @property
    def made(self) -> gain_notes.Made:
        """The form, and the method of the row that lasts."""
        return both(*codes.FORM[self.gain.code]), str(self.lasting["method"])


def _assumed(found: list[Gain]) -> Text:
    """The assumptions that the leading estimates of some forms rest on."""
    return assumptions([(gain.base, both(*codes.FORM[gain.code])) for gain in found])


def _later(ev: Evaluation, gained: list[Gain]) -> list[_Later]:
    """The forms with enough people of both arms at all three tests, in the order of the code list."""
    found = []
    for gain in gained:
        part = gain.people
        sizes = part.loc[part["retensi"].notna(), "arm"].value_counts().reindex([scores.TRAINED, scores.CONTROL], fill_value=0)
        if sizes.min() < LEAST:
            continue
        result = compare(
            part, before="pre", after=["post", "retensi"], group="arm", control=scores.CONTROL,
            cluster=gain.cluster, adjust=gain.adjust, selection=gain.selection, level=ev.level,  # type: ignore[arg-type]
            seed=ev.seed,
        )
        suffix = "_ancova" if gain.base == "ancova" else ""
        inside = f"{scores.TRAINED} · retensi"
        lasting = preferred(result, f"lasting{suffix}[{inside}]")
        if math.isnan(claims.plain(lasting["std_error"])):
            continue
        kept = claims.estimate_of(result.row(f"share_kept{suffix}[{inside}]"))
        if not gain.estimate.low > 0:  # a share of a harm, or of what may be nothing, is no share kept
            kept = Estimate(math.nan)
        found.append(_Later(gain, lasting, kept, int(sizes[scores.TRAINED]), int(sizes[scores.CONTROL])))
    return found


def _lasting_finding(ev: Evaluation, later: list[_Later], coverage: float | None) -> Finding:
    """How far participants are still ahead of comparison people at the retention test, over all forms."""
    values, errors, dofs = (
        [claims.plain(each.lasting[name]) for each in later] for name in ("estimate", "std_error", "dof")
    )
    total = strata.combine(values, errors, dofs, [each.n for each in later], ev.level)
    value, n = between(total.estimate, total.low, total.high), sum(each.n for each in later)
    fewest = min(n, sum(each.control for each in later))

    def sentence(lang: str) -> str:
        facts = f"{claims.bounds(value, lang, ev.level)}; {p_value(total.p, lang)}; n = {integer(n, lang)}"
        size = number(abs(value.value), lang)
        if not decided(value):
            return both(
                f"Pada tes retensi selisih peserta dan pembanding {number(value.value, 'id')} poin ({facts}).",
                f"At the retention test participants and comparison people differ by {number(value.value, 'en')} points "
                f"({facts}).",
            )[lang] + margins.told(value, "points", lang)
        assumed = _assumed([each.gain for each in later])[lang]
        if value.value < 0:
            return both(
                f"Berlawanan dengan tujuan program, pada tes retensi nilai peserta {size} poin di bawah pembanding ({facts}); "
                f"selisih ini dapat dibaca sebagai hasil pelatihan hanya dengan asumsi bahwa {assumed}.",
                f"Contrary to the aim of the programme, participants are {size} points below comparison people at the "
                f"retention test ({facts}); this can be read as a result of the training only on the assumption that "
                f"{assumed}.",
            )[lang] + margins.told(value, "points", lang)
        return both(
            f"Pada tes retensi nilai peserta masih {size} poin di atas pembanding ({facts}); selisih ini dapat dibaca "
            f"sebagai hasil pelatihan hanya dengan asumsi bahwa {assumed}.",
            f"At the retention test participants are still {size} points above comparison people ({facts}); this can be "
            f"read as a result of the training only on the assumption that {assumed}.",
        )[lang] + margins.told(value, "points", lang)

    return claim(
        retention, ev, value, fewest, in_words(sentence), design="comparison_group", measure="points", part="lasting",
        coverage=coverage, precise=margins.precise(value, "points"), robust=known(*(each.gain for each in later)),
        p_value=total.p,
    )


def _later_table(later: list[_Later]) -> Table:
    """Form by form: the difference at both tests and the share that is left."""
    data = pd.DataFrame([
        {
            "form": each.gain.code, "n": min(each.n, each.control), "trained": each.n, "control": each.control, "gain": each.gain.estimate.value,
            "lasting": claims.plain(each.lasting["estimate"]), "low": claims.plain(each.lasting["ci_low"]),
            "high": claims.plain(each.lasting["ci_high"]), "kept": each.kept.value, "kept_low": each.kept.low,
            "kept_high": each.kept.high,
        }
        for each in later
    ])
    fields = (
        Field("label", both("Bentuk pelatihan", "Form of training")),
        Field("trained", both("Peserta", "Participants"), "integer"),
        Field("control", both("Pembanding", "Comparison"), "integer"),
        Field("gain", both("Selisih pada postes", "Difference at the post-test"), "number"),
        Field("lasting", both("Selisih pada tes retensi", "Difference at the retention test"), "number"),
        *counting.bounds(1, "number"),
        Field("kept", both("Bagian yang bertahan", "Share kept"), "percent", 0),
        Field("kept_low", both("batas bawahnya", "its lower bound"), "percent", 0),
        Field("kept_high", both("batas atasnya", "its upper bound"), "percent", 0),
    )
    caption = both(
        "Selisih peserta dan pembanding pada postes dan tes retensi, poin; bagian yang bertahan (selang Fieller) hanya "
        "dihitung bila selisih postes jelas di atas nol",
        "Participants against comparison people at the post-test and the retention test, points; the share kept (Fieller's "
        "interval) is computed only where the difference at the post-test is clearly above zero",
    )
    return Table(counting.labelled(data, "form", codes.FORM), fields, caption, count="n")


def _loss(ev: Evaluation, trained: pd.DataFrame, control: pd.DataFrame) -> Estimate:
    """Mean change from post-test to retention test, less that of comparison people where they took it."""
    moved, beside = ((arm["retensi"] - arm["post"]).to_numpy(float) for arm in (trained, control))
    if len(control) >= scores.FEW:
        return strata.mean_difference(moved, beside, ev.level)
    return shares.mean(moved, ev.level)


def _loss_finding(
    ev: Evaluation, loss: Estimate, trained: pd.DataFrame, control: pd.DataFrame, coverage: float | None,
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
                f"Dari postes ke tes retensi nilai peserta berubah {number(loss.value, 'id')} poin{more} ({facts}).",
                f"From post-test to retention test participants' scores moved by {number(loss.value, 'en')} "
                f"points{more} ({facts}).",
            )[lang] + margins.told(loss, "points", lang, _CHANGE)
        word = both("turun" if loss.value < 0 else "naik", "fell" if loss.value < 0 else "rose")[lang]
        return both(
            f"Dari postes ke tes retensi nilai peserta {word} {number(abs(loss.value), 'id')} poin{more} ({facts}).",
            f"From post-test to retention test participants' scores {word} by {number(abs(loss.value), 'en')} "
            f"points{more} ({facts}).",
        )[lang] + margins.told(loss, "points", lang, _CHANGE)

    return claim(
        retention, ev, loss, min(len(trained), len(control)) if compared else len(trained), in_words(sentence),
        design="comparison_group" if compared else "before_after", measure="points", part="loss", coverage=coverage,
        precise=margins.precise(loss, "points"),
    )


_CHANGE = both("Perubahan ini", "This change")


def _left_finding(
    ev: Evaluation, loss: Estimate, gain: Estimate, n: int, coverage: float | None, design: Design,
) -> Finding:
    """The share of the gain that is left, where there surely is a gain; else why none is told."""
    first = gain
    if not first.low > 0:
        return claim(
            retention, ev, Estimate(math.nan), n,
            in_words(lambda lang: _nothing_left_sentence(ev, first, lang)), design=design, measure="share_of_gain",
            part="left", coverage=coverage, precise=first.high < 0,
        )
    ratio = strata.ratio_of(loss, first)
    left = between(*(1 + each for each in ratio.ends))
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


def _nothing_left_sentence(ev: Evaluation, first: Estimate, lang: str) -> str:
    """Why no share kept is told: the difference at the post-test is a harm, or not surely a gain."""
    facts = f"{number(first.value, lang)} {both('poin', 'points')[lang]} ({claims.bounds(first, lang, ev.level)})"
    if first.high < 0:
        return both(
            f"Pada postes peserta berada di bawah pembanding, {facts}; tidak ada peningkatan yang dapat bertahan, sehingga "
            "bagian yang bertahan tidak dihitung.",
            f"At the post-test participants are below comparison people, {facts}; there is no gain that could last, so no "
            "share kept is computed.",
        )[lang]
    return both(
        f"Selisih peserta dan pembanding pada postes, {facts}, belum jelas di atas nol; bagian peningkatan yang bertahan "
        "belum dapat diketahui.",
        f"The difference between participants and comparison people at the post-test, {facts}, is not clearly above zero; "
        "what share of a gain is left cannot be known yet.",
    )[lang]


def _left_sentence(ev: Evaluation, left: Estimate, useful: bool, lang: str) -> str:
    """The share that is left, that nothing is, or that the interval is too wide to say."""
    shown, bounds = percent(left.value, lang, 0), counting.span(left, lang, ev.level, digits=0)
    if left.high < 0:
        return both(
            f"Peningkatan pada postes tidak bertahan: pada tes retensi peserta berada di bawah pembanding (taksiran bagian "
            f"yang tersisa {shown}; {bounds}).",
            f"The gain at the post-test did not last: at the retention test participants are below comparison people (the "
            f"share left is estimated at {shown}; {bounds}).",
        )[lang]
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
    findings = [
        counting.finding(
            missed, ev, value, len(began), in_words(lambda lang: _missed_sentence(ev, value, began, lang)),
            recommendation=_attend_advice(ev) if value.low > LOST_TOO_MANY else None,
        )
    ]
    leaving, without = (None, 0) if ordinal else _leaving(ev, rows)
    if leaving is not None:
        fits = bool(began["selection"].isin(ALIKE).all())
        findings += [
            _differ_finding(ev, leaving), _undone_finding(ev, leaving, value, fits),
            _counted_in_finding(ev, leaving, value, fits),
        ]
    data = counting.code_order(counting.tally(began, "form", "gone", ev.level), "form", codes.FORM)
    picture = Picture(
        "intervals", counting.labelled(data, "form", codes.FORM),
        both("Peserta tanpa postes", "Participants without a post-test"),
        both("Bagian peserta dengan pretes", "Share of participants with a pre-test"),
        both("Bentuk pelatihan", "Form of training"), len(began), "percent", 0,
    )
    notes: tuple[dict[str, str], ...] = (
        both(
            "Taksiran perubahan hanya memuat orang dengan kedua tes; taksiran itu berlaku bagi semua peserta bila yang "
            "tidak mengikuti postes akan berubah serupa.",
            "Estimates of change hold only people with both tests; they hold for all participants if those who missed "
            "the post-test would have changed alike.",
        ),
    )
    if leaving is not None:
        notes += gain_notes.method_notes([(None, str(leaving.headline["method"]))], without)
    if leaving is not None and leaving.control:
        notes += (both(
            "Selisih perubahan pada pertanyaan ini menggabungkan semua bentuk pelatihan tanpa memperhitungkan cara pemilihan "
            "peserta; perubahan menurut cara pemilihannya disajikan pada pertanyaan tentang perubahan kompetensi.",
            "The difference in change in this question puts all forms of training together, whatever the way people were "
            "chosen; the change by the way they were chosen is under the question on change in competence.",
        ),)
    found = counting.answer(missed, findings, picture=picture, notes=notes + ((scores.TO_DATE,) if wider else ()))
    return found if leaving is None else replace(found, results={"leavers": leaving})


def _leaving(ev: Evaluation, rows: pd.DataFrame) -> tuple[Leavers | None, int]:
    """The participants who left, against comparison people where enough of them took both tests; None where few left.

    The second value counts those who are left out because their unit is not known.
    """
    began = scores.beside(rows[rows["pre"].notna()], set(rows.loc[rows["arm"] == scores.TRAINED, "program_id"]))
    trained, control = (began[began["arm"] == arm] for arm in (scores.TRAINED, scores.CONTROL))
    gone = int(trained["post"].isna().sum())
    if gone < ENOUGH_LEFT or len(trained) - gone < ENOUGH_LEFT:
        return None, 0
    compared = int(control["post"].notna().sum()) >= scores.FEW
    people = began[began["arm"].isin([scores.TRAINED, scores.CONTROL])] if compared else trained
    people, unit, without = nested(people, "unit_id", "arm")
    stayed, left = people[people["post"].notna()], people[people["post"].isna()]
    found = leavers(
        stayed["pre"], stayed["post"], left["pre"], arm=stayed["arm"] if compared else None,
        left_arm=left["arm"] if compared else None, control=scores.CONTROL if compared else None,
        cluster=None if unit is None else stayed[unit], left_cluster=None if unit is None else left[unit],
        level=ev.level, seed=ev.seed, deltas=(WORSE,),
    )
    return found, len(without)


def _differ_finding(ev: Evaluation, leaving: Leavers) -> Finding:
    """Whether those who left had other scores at the start."""
    left = leaving.row(f"left[{scores.TRAINED}]" if leaving.control else "left")
    gone = round(claims.plain(left["estimate"]) * int(left["n"]))
    differ = claims.estimate_of(leaving.row(f"before_gap[{scores.TRAINED}]" if leaving.control else "before_gap"))
    return claim(
        missed, ev, differ, gone, in_words(lambda lang: _differ_sentence(ev, differ, lang)), design="descriptive",
        measure="points", part="before", coverage=1.0, precise=margins.precise(differ, "points"),
    )


def _undone_finding(ev: Evaluation, leaving: Leavers, lost: Estimate, fits: bool) -> Finding:
    """How much worse the participants who left must have done for the result to be hidden, or gone."""
    row, n = leaving.headline, _smaller_side(leaving)
    gain, arm = claims.estimate_of(row), scores.TRAINED if leaving.control else ""
    ending = f"[{arm}]" if arm else ""
    unseen, zero = (claims.plain(leaving.row(f"{term}{ending}")["estimate"]) for term in ("tipping_unseen", "tipping_zero"))
    theirs = leaving.stayed_change[arm] + unseen
    return claim(
        missed, ev, gain, n, in_words(lambda lang: _undone_sentence(ev, gain, n, (unseen, zero, theirs), lang, bool(arm))),
        design="comparison_group" if leaving.control else "before_after", measure="points", part="tipping",
        coverage=1 - lost.value, robust=fits and not theirs > 0, precise=margins.precise(gain, "points"),
    )


def _undone_sentence(
    ev: Evaluation, gain: Estimate, n: int, points: tuple[float, float, float], lang: str, compared: bool,
) -> str:
    """The result of those who took the post-test, and the two tipping points."""
    what = both(
        "Selisih perubahan peserta dan pembanding yang mengikuti postes" if compared
        else "Perubahan rata-rata peserta yang mengikuti postes",
        "The difference in change between participants and comparison people who took the post-test" if compared
        else "The mean change of participants who took the post-test",
    )[lang]
    facts = f"{claims.bounds(gain, lang, ev.level)}; n = {integer(n, lang)}"
    text = both(f"{what} {number(gain.value, 'id')} poin ({facts})", f"{what} is {number(gain.value, 'en')} points ({facts})")[lang]
    unseen, zero, theirs = points
    if math.isnan(unseen):
        return f"{text}.{margins.told(gain, 'points', lang, _RESULT)}"
    word = both("lebih rendah" if unseen < 0 else "lebih tinggi", "lower" if unseen < 0 else "higher")[lang]
    near, far, change = number(abs(unseen), lang), number(abs(zero), lang), number(theirs, lang)
    return text + both(
        f". Perubahan peserta yang tidak mengikuti postes harus rata-rata {near} poin {word} daripada perubahan peserta lain "
        f"(yaitu {change} poin) agar hasil itu tidak lagi terlihat, dan {far} poin {word} agar menjadi nol.",
        f". The change of participants who missed the post-test must have been {near} points {word} on average than that of "
        f"the others (that is, {change} points) for this no longer to be seen, and {far} points {word} for it to be zero.",
    )[lang]


def _counted_in_finding(ev: Evaluation, leaving: Leavers, lost: Estimate, fits: bool) -> Finding:
    """The result with the missing post-tests filled in, and ``WORSE`` points taken off."""
    start = f"{scores.TRAINED} · " if leaving.control else ""
    plain, worse = (claims.estimate_of(leaving.row(f"imputed[{start}{delta:g}]")) for delta in (0.0, WORSE))
    n = _smaller_side(leaving)

    def sentence(lang: str) -> str:
        less, first, second = (number(each, lang, 0 if k == 0 else 1) for k, each in enumerate((-WORSE, plain.value, worse.value)))
        text = both(
            f"Bila postes yang tidak diikuti diduga dari nilai pretes, hasilnya {first} poin "
            f"({claims.bounds(plain, 'id', ev.level)}); bila nilai dugaan peserta dikurangi {less} poin, hasilnya {second} "
            f"poin ({claims.bounds(worse, 'id', ev.level)}; n = {integer(n, 'id')})",
            f"If missing post-tests are filled in from the pre-test, the result is {first} points "
            f"({claims.bounds(plain, 'en', ev.level)}); with {less} points taken off what is filled in for participants, it "
            f"is {second} points ({claims.bounds(worse, 'en', ev.level)}; n = {integer(n, 'en')})",
        )[lang]
        return f"{text}.{margins.told(worse, 'points', lang, _RESULT)}"

    return claim(
        missed, ev, worse, n, in_words(sentence), design="comparison_group" if leaving.control else "before_after",
        measure="points", part="imputed", coverage=1 - lost.value, robust=fits, precise=margins.precise(worse, "points"),
    )


_RESULT = both("Hasil ini", "This result")


def _smaller_side(leaving: Leavers) -> int:
    """People with a pre-test in the smaller arm."""
    return min(int(row["n"]) for row in leaving.table.to_dict("records") if str(row["term"]).startswith("left"))


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
        )[lang] + margins.told(differ, "points", lang)
    return both(
        f"Selisih nilai pretes mereka dengan peserta lain ialah {number(differ.value, 'id')} poin ({facts}).",
        f"The difference between their pre-test scores and the others' is {number(differ.value, 'en')} points ({facts}).",
    )[lang] + margins.told(differ, "points", lang)


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
