"""How large the budget gap is, where commitment is weak, and which mix of partners closes most of the need.

Money is that of the period; the need is what respondents of the needs survey
state, carried over to all active staff.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.answers import verdicts
from karier_stats.answers.record import Answer, Field, Finding, Picture, Recommendation, Table, answers
from karier_stats.chapters import claims, counting
from karier_stats.chapters.counting import exact, finding, in_words
from karier_stats.chapters.money import Need, lines_of, need_of, not_people
from karier_stats.chapters.partners import partners
from karier_stats.domain import codes
from karier_stats.stats.numerics import shares
from karier_stats.stats.numerics.estimate import Estimate, between
from karier_stats.views import activity, surveys
from karier_stats.words.numbers import both, integer, number, percent, rupiah

if TYPE_CHECKING:
    from karier_stats.chapters.counting import Words
    from karier_stats.intake.processed import Evaluation

CHAPTER = "challenges"
LEAST_BATCHES = 2
"""One batch alone gives no share of cancelled ones."""
ENDED = ("tidak_hadir", "mengundurkan_diri", "tidak_lulus", "lulus")
"""Outcomes of people who were registered and whose course is over."""
HIGH_NO_SHOW, LOW_PLANS = 0.05, 0.60
"""Bounds from which something must be done about no-shows and about follow-up plans."""
ASSUMED = both(
    "Kesenjangan = (pegawai aktif × rata-rata JP yang dibutuhkan − JP-orang tanpa biaya) × biaya per JP-orang − pagu. Biaya "
    "per JP-orang ialah rata-rata biaya setiap bentuk pelatihan pada baris yang berbiaya, berbobot menurut pesertanya, "
    "sehingga satu pelatihan panjang tidak menentukannya. JP-orang tanpa biaya ialah yang terbanyak di antara JP pada baris "
    "tanpa realisasi dan kursi mitra tanpa biaya. Selang memuat ketidakpastian survei kebutuhan dan biaya sekaligus "
    "(bootstrap bersama responden dan baris anggaran); pagu ialah keputusan, sehingga tanpa galat.",
    "Gap = (active staff × mean learning hours needed − person hours without cost) × cost per person hour − ceiling. The "
    "cost per person hour is the mean of the cost of each form of training on lines with spending, weighted by its "
    "participants, so that one long course does not decide it. Person hours without cost are those of lines without "
    "spending or of partners' free places, whichever are more. The interval holds the uncertainty of the needs survey and "
    "of the cost together (joint bootstrap of respondents and budget lines); the ceiling is a decision and has no error.",
)
_GAP_SOURCES = ("budget", "need", "employee", "program")


@answers(
    CHAPTER, both("Seberapa besar kesenjangan anggaran?", "How large is the budget gap?"),
    ("budget", "need", "employee"),
)
def budget_gap(ev: Evaluation) -> Answer:
    """Need in rupiah less the ceiling, and what of the ceiling was spent."""
    need = need_of(ev)
    if need is None:
        return counting.nothing(
            budget_gap, ev, f"realisasi, JP-orang, atau JP yang dibutuhkan pada tahun {ev.period} tidak tersedia.",
            f"spending, person hours or hours needed are not given for {ev.period}.",
        )
    findings = [_gap_finding(ev, need), _spent_finding(ev, need)]
    rows = [
        ("Kebutuhan", "Need", need.gap.value + need.ceiling), ("Pagu", "Ceiling", need.ceiling),
        ("Realisasi", "Spent", need.spent),
    ]
    data = pd.DataFrame([{"label_id": id, "label_en": en, "value": value, "n": need.staff} for id, en, value in rows])
    picture = Picture(
        "bars", data, both("Kebutuhan, pagu, dan realisasi", "Need, ceiling and spending"), both("Rupiah", "Rupiah"),
        both("Besaran", "Quantity"), need.staff, "rupiah",
    )
    return counting.answer(budget_gap, findings, picture=picture, table=_parts(need), notes=(ASSUMED, *_organisers(ev)))


def _organisers(ev: Evaluation) -> tuple[Words, ...]:
    """A note, in a report on some units only, on whose money the ceiling is."""
    if ev.unit == "semua":
        return ()
    return (both(
        "Baris anggaran dicatat pada unit penyelenggara, yang juga melatih pegawai unit lain; untuk sebagian unit, pagu ini "
        "bukan seluruh uang bagi pegawainya.",
        "Budget lines are on record with the unit that organises, which trains staff of other units too; for some units only, "
        "this ceiling is not all the money for their staff.",
    ),)


def _parts(need: Need) -> Table:
    """The parts of the gap."""
    def money(value: float) -> dict[str, str]:
        return {lang: rupiah(value, lang, short=False) for lang in ("id", "en")}

    def count(value: float, digits: int = 0) -> dict[str, str]:
        return {lang: number(value, lang, digits) for lang in ("id", "en")}

    rows = [
        (both("Pegawai aktif", "Active staff"), count(need.staff)),
        (both("Responden yang menyebut JP", "Respondents who state hours"), count(need.respondents)),
        (both("Rata-rata JP yang dibutuhkan", "Mean hours needed"), count(need.hours.value, 1)),
        (both("JP-orang tanpa biaya", "Person hours without cost"), count(need.free)),
        (both("Biaya per JP-orang", "Cost per person hour"), money(need.cost.value)),
        (both("Kebutuhan", "Need"), money(need.gap.value + need.ceiling)),
        (both("Pagu", "Ceiling"), money(need.ceiling)), (both("Kesenjangan", "Gap"), money(need.gap.value)),
    ]
    data = pd.DataFrame([
        {"label_id": name["id"], "label_en": name["en"], "value_id": value["id"], "value_en": value["en"]}
        for name, value in rows
    ])
    return Table(
        data, (Field("label", both("Bagian", "Part")), Field("value", both("Nilai", "Value"))),
        both("Bagian-bagian kesenjangan anggaran", "Parts of the budget gap"),
    )


def _gap_words(ev: Evaluation, need: Need, lang: str) -> str:
    """The gap, which side of zero it lies on if that is known, and whether it matters."""
    gap = need.gap
    known = math.isfinite(gap.low)
    ends = f"{rupiah(gap.low, lang)} {both('s.d.', 'to')[lang]} {rupiah(gap.high, lang)}"
    spread = f"{counting.level_words(ev.level, lang)}: {ends}" if known else counting.span(gap, lang, ev.level)
    if known and gap.low > 0:
        text = both(
            f"Kebutuhan melampaui pagu sebesar {rupiah(gap.value, 'id')} ({spread})",
            f"The need exceeds the ceiling by {rupiah(gap.value, 'en')} ({spread})",
        )[lang]
    elif known and gap.high < 0:
        text = both(
            f"Pagu melampaui kebutuhan sebesar {rupiah(-gap.value, 'id')} (kesenjangan {spread})",
            f"The ceiling exceeds the need by {rupiah(-gap.value, 'en')} (gap, {spread})",
        )[lang]
    else:
        text = both(
            f"Kesenjangan ditaksir {rupiah(gap.value, 'id')} ({spread}); belum dapat dipastikan apakah pagu mencukupi atau "
            "kurang",
            f"The gap is estimated at {rupiah(gap.value, 'en')} ({spread}); whether the ceiling suffices is not certain",
        )[lang]
    margin = f"{percent(verdicts.smallest('money'), lang, 0)} {both('dari pagu', 'of the ceiling')[lang]}"
    weighed = both("Kesenjangan ini", "This gap is")[lang] + f" {verdicts.weighed(gap, need.margin, lang, margin)}." if known else ""
    return f"{text}, {_basis(need, lang)}. {weighed}".rstrip()


def _basis(need: Need, lang: str) -> str:
    """What the gap was computed from."""
    return both(
        f"dihitung dari {integer(need.staff, 'id')} pegawai aktif, rata-rata {number(need.hours.value, 'id')} JP yang "
        f"dibutuhkan menurut {integer(need.respondents, 'id')} responden, {integer(need.free, 'id')} JP-orang tanpa biaya, "
        f"dan {rupiah(need.cost.value, 'id')} per JP-orang menurut {integer(need.lines, 'id')} baris anggaran",
        f"computed from {integer(need.staff, 'en')} active staff, {number(need.hours.value, 'en')} hours needed on average "
        f"by {integer(need.respondents, 'en')} respondents, {integer(need.free, 'en')} person hours without cost, and "
        f"{rupiah(need.cost.value, 'en')} per person hour by {integer(need.lines, 'en')} budget "
        + ("line" if need.lines == 1 else "lines"),
    )[lang]


def _gap_finding(ev: Evaluation, need: Need) -> Finding:
    """The gap with what should be done where it is sure."""
    gap = need.gap
    advice = Recommendation(
        both(
            "Mengajukan pagu pengembangan kompetensi berdasarkan analisis kebutuhan dan melengkapinya dengan kursi "
            "mitra.",
            "Submit a training budget based on the needs analysis and complete it with partners' places.",
        ),
        both("BKPSDM bersama BPKAD dan Bappeda", "The personnel agency (BKPSDM) with the finance and planning boards"),
        both(f"Penyusunan RKA tahun {ev.period + 2}", f"Budget preparation for {ev.period + 2}"),
        both(
            "Kesenjangan antara kebutuhan dan pagu berkurang setengahnya.",
            "The gap between need and ceiling is halved.",
        ),
    ) if gap.low > 0 else None
    return finding(
        budget_gap, ev, gap, need.respondents, in_words(lambda lang: _gap_words(ev, need, lang)), measure="Rp",
        coverage=min(need.respondents / need.staff, 1.0), precise=verdicts.is_precise(gap, need.margin), headline=True,
        recommendation=advice, sources=_GAP_SOURCES,
    )


def _spent_finding(ev: Evaluation, need: Need) -> Finding:
    """What of the ceiling was spent."""
    share, rest = need.spent / need.ceiling if need.ceiling else float("nan"), need.ceiling - need.spent
    lines = len(lines_of(ev))

    def sentence(lang: str) -> str:
        spent, ceiling, left = (rupiah(amount, lang) for amount in (need.spent, need.ceiling, abs(rest)))
        if not need.ceiling:
            return both(
                f"Realisasi {spent} tercatat tanpa pagu.", f"{spent} was spent; no ceiling is on record.",
            )[lang]
        text = both(
            f"Dari pagu {ceiling}, {spent} direalisasikan ({percent(share, 'id')}); ",
            f"Of a ceiling of {ceiling}, {spent} was spent ({percent(share, 'en')}); ",
        )[lang]
        if rest < 0:
            return text + both(f"realisasi melampaui pagu {left}.", f"spending exceeds the ceiling by {left}.")[lang]
        return text + both(f"{left} tidak terserap.", f"{left} was not.")[lang]

    return finding(
        budget_gap, ev, exact(share), lines, in_words(sentence), part="spent", precise=True, sources=("budget",),
        of_people=False,
    )


@answers(CHAPTER, both("Dari mana uangnya berasal?", "Where does the money come from?"), ("budget",))
def sources(ev: Evaluation) -> Answer:
    """Spending, hours and cost per person hour by source of funds."""
    lines = lines_of(ev)
    total = float(lines["spent"].sum())
    if not total:
        return counting.nothing(
            sources, ev, f"tidak ada realisasi anggaran pada tahun {ev.period}.", f"nothing was spent in {ev.period}.",
        )
    data = lines.groupby("funding_source", sort=True)[["ceiling", "spent", "jp"]].sum().join(
        lines.groupby("funding_source", sort=True).size().rename("n")
    ).reset_index()
    data = data.assign(
        value=data["spent"] / total, hours_share=data["jp"] / max(float(data["jp"].sum()), 1.0), lines=data["n"],
        cost=(data["spent"] / data["jp"]).where(data["jp"] > 0),
    )
    data = not_people(data)
    data = counting.labelled(
        counting.code_order(data, "funding_source", codes.FUNDING), "funding_source", codes.FUNDING,
    )
    top = data.sort_values("spent", ascending=False, kind="stable").iloc[0]
    sentence = in_words(lambda lang: _source_words(data, top, total, lang))
    found = finding(sources, ev, exact(float(top["value"])), len(lines), sentence, precise=True, of_people=False)
    picture = Picture(
        "bars", data, both("Realisasi menurut sumber dana", "Spending by source of funds"),
        both("Bagian realisasi", "Share of spending"), both("Sumber dana", "Source of funds"), 0,
        "percent", 0,
    )
    table = Table(
        data,
        (
            Field("label", both("Sumber dana", "Source of funds")),
            Field("lines", both("Baris anggaran", "Budget lines"), "integer"),
            Field("ceiling", both("Pagu", "Ceiling"), "rupiah"), Field("spent", both("Realisasi", "Spent"), "rupiah"),
            Field("jp", both("JP-orang", "Person hours"), "integer"),
            Field("cost", both("Rupiah per JP-orang", "Rupiah per person hour"), "rupiah"),
        ),
        both("Sumber dana", "Sources of funds"),
    )
    return counting.answer(sources, [found], picture=picture, table=table)


def _source_words(data: pd.DataFrame, top: pd.Series, total: float, lang: str) -> str:
    """Who bears most, and what sources outside the public budgets bear, where there is more than one source."""
    text = both(
        f"{top['label_id']} menanggung {percent(top['value'], 'id')} dari realisasi {rupiah(total, 'id')}",
        f"{top['label_en']} bears {percent(top['value'], 'en')} of the {rupiah(total, 'en')} spent",
    )[lang]
    if len(data) == 1:
        return text + both(", satu-satunya sumber yang tercatat.", ", the only source on record.")[lang]
    outside = data[~data["funding_source"].isin(["apbd", "apbn"])]
    money, hours = (percent(outside[name].sum(), lang) for name in ("value", "hours_share"))
    return text + both(
        f"; sumber di luar APBD dan APBN menanggung {money} dari uang dan {hours} dari JP-orang.",
        f"; sources outside the regional and state budgets bear {money} of the money and {hours} of the person hours.",
    )[lang]


@answers(CHAPTER, both("Di mana komitmen lemah?", "Where is commitment weak?"), ("participation", "batch"))
def commitment(ev: Evaluation) -> Answer:
    """No-shows and withdrawals of those registered, and follow-up plans that were done."""
    rows = activity.enrolments(ev)
    ended = rows[rows["outcome"].isin(ENDED)]
    if ended.empty:
        return counting.nothing(
            commitment, ev, f"belum ada kepesertaan yang selesai pada tahun {ev.period}.",
            f"no participation has ended in {ev.period}.",
        )
    if activity.one_outcome_only(ev):
        return counting.nothing(
            commitment, ev, "daftar peserta hanya memuat satu hasil, sehingga ketidakhadiran tidak tercatat.",
            "the list of participants holds one outcome only, so absence is not on record.",
        )
    plans = _plans(ev)
    kinds = [
        ("no_show", both("Tidak hadir", "No-show"), int((ended["outcome"] == "tidak_hadir").sum()), len(ended)),
        (
            "withdrew", both("Mengundurkan diri", "Withdrew"), int((ended["outcome"] == "mengundurkan_diri").sum()),
            len(ended),
        ),
    ]
    if len(plans):
        kinds.append((
            "plans", both("Rencana tindak lanjut selesai", "Follow-up plans done"),
            int((plans["state"] == "selesai").sum()), len(plans),
        ))
    data = pd.DataFrame([
        {
            "part": part, "label_id": name["id"], "label_en": name["en"], "k": k, "n": n,
            **dict(zip(("estimate", "low", "high"), shares.share(k, n, ev.level).ends, strict=True)),
        }
        for part, name, k, n in kinds
    ])
    findings = [_commitment_finding(ev, row) for _, row in data.iterrows()]
    picture = Picture(
        "intervals", data, both("Tanda-tanda komitmen", "Signs of commitment"), both("Bagian", "Share"),
        both("Tanda", "Sign"), len(ended), "percent", 0,
    )
    note = both(
        "Tidak hadir dan mengundurkan diri dihitung terhadap kepesertaan yang sudah selesai; rencana tindak lanjut "
        "terhadap rencana yang jatuh tempo pada periode ini.",
        "No-shows and withdrawals are shares of participation that has ended; follow-up plans of those due in this "
        "period.",
    )
    return counting.answer(commitment, findings, picture=picture, notes=(note,))


_SIGN_SOURCES = {
    "no_show": ("participation", "batch"), "withdrew": ("participation", "batch"), "plans": ("action_plan", "batch"),
}


def _plans(ev: Evaluation) -> pd.DataFrame:
    """Follow-up plans due in the period; those without a due date belong to the year of their batch."""
    plans = ev.table("action_plan", "all")
    due = plans["due_on"].dt.year.astype("Int64").fillna(plans["year"])
    return plans[(due == ev.period).fillna(False)]


def _commitment_finding(ev: Evaluation, row: pd.Series) -> Finding:
    """One sign of commitment in words."""
    value = between(row['estimate'], row['low'], row['high'])
    k, n = ({lang: integer(row[name], lang) for lang in ("id", "en")} for name in ("k", "n"))
    words = {lang: counting.share_apart(value, lang, ev.level) for lang in ("id", "en")}
    sentence = {
        "no_show": both(
            f"Sebanyak {k['id']} dari {n['id']} kepesertaan, {words['id']}, berakhir tanpa kehadiran peserta yang "
            "sudah terdaftar.",
            f"{k['en']} of {n['en']} enrolments, {words['en']}, ended with a registered participant not coming.",
        ),
        "withdrew": both(
            f"Sebanyak {k['id']} dari {n['id']} kepesertaan, {words['id']}, berakhir dengan pengunduran diri.",
            f"{k['en']} of {n['en']} enrolments, {words['en']}, ended in withdrawal.",
        ),
        "plans": both(
            f"Dari {n['id']} rencana tindak lanjut yang jatuh tempo, {k['id']} selesai, {words['id']}.",
            f"Of {n['en']} follow-up plans that were due {k['en']} are done, {words['en']}.",
        ),
    }[str(row["part"])]
    return finding(
        commitment, ev, value, int(row["n"]), sentence, part=str(row["part"]), sources=_SIGN_SOURCES[str(row["part"])],
        recommendation=_commitment_advice(ev, str(row["part"]), value),
    )


def _commitment_advice(ev: Evaluation, part: str, value: Estimate) -> Recommendation | None:
    """What to do where a sign of commitment is surely weak."""
    if part == "no_show" and value.low > HIGH_NO_SHOW:
        return Recommendation(
            both(
                "Menetapkan daftar cadangan untuk setiap angkatan dan meminta konfirmasi atasan tiga hari sebelum "
                "pelatihan.",
                "Keep a reserve list for each batch and ask superiors to confirm three days before the training.",
            ),
            claims.BKPSDM, claims.mid_next_year(ev),
            both(
                f"Ketidakhadiran di bawah {percent(HIGH_NO_SHOW, 'id', 0)}.",
                f"No-shows below {percent(HIGH_NO_SHOW, 'en', 0)}.",
            ),
        )
    if part == "plans" and value.high < LOW_PLANS:
        return Recommendation(
            both(
                "Memantau rencana tindak lanjut setiap triwulan dalam dialog kinerja atasan dan pegawai.",
                "Follow up action plans every quarter in the performance dialogue between superior and staff.",
            ),
            claims.HEADS, claims.end_next_year(ev),
            both(
                f"Sekurang-kurangnya {percent(LOW_PLANS, 'id', 0)} rencana tindak lanjut selesai pada tenggatnya.",
                f"At least {percent(LOW_PLANS, 'en', 0)} of follow-up plans are done when due.",
            ),
        )
    return None


@answers(
    CHAPTER, both("Hambatan apa yang paling banyak dirasakan?", "Which barriers are felt most?"),
    ("survey_item", "survey_response"),
)
def barriers(ev: Evaluation) -> Answer:
    """Share of respondents who agree that something holds them back, by item."""
    scale = surveys.scale(ev, "hambatan")
    if scale.wide.empty:
        return counting.nothing(
            barriers, ev, "belum ada survei tentang hambatan.", "there is no survey on barriers yet.",
        )
    rows = []
    for _, item in scale.items.iterrows():
        values = scale.wide[item["item"]].dropna()
        if values.empty:
            continue
        agrees = int((values >= item["scale_max"] - 1).sum())
        rows.append({
            "item": item["item"], "label_id": item["label_id"], "label_en": item["label_en"], "k": agrees,
            "n": len(values),
            **dict(zip(("estimate", "low", "high"), shares.share(agrees, len(values), ev.level).ends, strict=True)),
        })
    data = pd.DataFrame(rows).sort_values(
        ["estimate", "item"], ascending=[False, True], kind="stable",
    ).reset_index(drop=True)
    picture = Picture(
        "intervals", data, both("Hambatan mengikuti pelatihan", "Barriers to training"),
        both("Bagian responden yang setuju", "Share of respondents who agree"), both("Hambatan", "Barrier"),
        len(scale.wide), "percent", 0,
    )
    coverage = min(len(scale.wide) / max(len(activity.staff(ev)), 1), 1.0) if not scale.wider else None
    note = both(
        "“Setuju” berarti jawaban pada dua tingkat tertinggi.", "“Agree” means an answer on the two highest levels.",
    )
    return counting.answer(barriers, [_barrier_finding(ev, scale, data, coverage)], picture=picture, notes=(note,))


def _barrier_finding(ev: Evaluation, scale: surveys.Scale, data: pd.DataFrame, coverage: float | None) -> Finding:
    """The barrier named most, and whether it can be told apart from the next."""
    top = data.iloc[0]
    value, lead = between(top['estimate'], top['low'], top['high']), _lead(ev, scale, data)

    def sentence(lang: str) -> str:
        if not top["k"]:
            return both(
                f"Tidak satu pun dari {integer(top['n'], 'id')} responden menyetujui salah satu hambatan yang ditanyakan.",
                f"None of {integer(top['n'], 'en')} respondents agrees with any of the barriers asked about.",
            )[lang]
        name, words = top[f"label_{lang}"], counting.share_apart(value, lang, ev.level)
        text = both(
            f"Hambatan yang paling banyak disetujui ialah “{name}”: {words} dari {integer(top['n'], 'id')} responden",
            f"The barrier most agreed with is “{name}”: {words} of {integer(top['n'], 'en')} respondents",
        )[lang]
        if lead is None:
            return text + "."
        other = data.iloc[1][f"label_{lang}"]
        if lead.low > 0:
            return text + both(f", di atas “{other}”.", f", ahead of “{other}”.")[lang]
        return text + both(
            f", tetapi belum dapat dibedakan dari “{other}”.", f", but it cannot be told apart from “{other}”.",
        )[lang]

    return finding(barriers, ev, value, int(top["n"]), in_words(sentence), coverage=coverage)


def _lead(ev: Evaluation, scale: surveys.Scale, data: pd.DataFrame) -> Estimate | None:
    """The difference of the first two barriers among the same respondents."""
    if len(data) < 2:
        return None
    limits = scale.items.set_index("item")["scale_max"] - 1
    names = [str(name) for name in data["item"].head(2)]
    answered = scale.wide[names].dropna()
    one, two = (answered[name].to_numpy(float) >= float(limits[name]) for name in names)
    return shares.paired_difference(int((one & ~two).sum()), int((two & ~one).sum()), len(answered), ev.level)


@answers(CHAPTER, both("Mengapa pelatihan dibatalkan?", "Why were courses cancelled?"), ("batch",))
def cancelled(ev: Evaluation) -> Answer:
    """Cancelled batches of the period by reason, with the places lost."""
    batches = activity.batches(ev)
    batches = batches[(batches["year"] == ev.period).fillna(False) & batches["state"].notna()]
    lost = batches[batches["state"] == "batal"]
    if batches.empty:
        return counting.nothing(
            cancelled, ev, f"status angkatan tahun {ev.period} tidak tersedia.",
            f"the state of batches in {ev.period} is not given.",
        )
    if len(batches) < LEAST_BATCHES:
        return counting.nothing(
            cancelled, ev, f"hanya satu angkatan pada tahun {ev.period}.",
            f"there is only one batch in {ev.period}.",
        )
    unknown = both("Tidak disebutkan", "Not given")
    reasons = lost.assign(reason=lost["cancel_reason"]).groupby(
        "reason", sort=True, dropna=False,
    ).size().rename("value").reset_index().sort_values(
        "value", ascending=False, kind="stable",
    )
    data = pd.DataFrame({
        f"label_{lang}": [unknown[lang] if pd.isna(each) else str(each) for each in reasons["reason"]]
        for lang in ("id", "en")
    }).assign(value=reasons["value"].to_numpy()).head(0 if ev.audience == "public" else len(reasons))
    picture = Picture(
        "bars", not_people(data), both("Alasan pembatalan", "Reasons for cancelling"), both("Angkatan", "Batches"),
        both("Alasan", "Reason"), len(batches), "integer", 0,
    ) if len(data) else None
    note = both("Alasan ditampilkan sebagaimana ditulis kantor.", "Reasons are shown as the office wrote them.") if (
        ev.audience == "internal") else both(
        "Alasan yang ditulis kantor tidak dimuat dalam rilis publik.",
        "The reasons that the office wrote are not part of a public release.")
    return counting.answer(
        cancelled, [_cancelled_finding(ev, batches, lost, reasons)],
        picture=picture, notes=(note, *claims.whole_programme(ev)),
    )


def _cancelled_finding(ev: Evaluation, batches: pd.DataFrame, lost: pd.DataFrame, reasons: pd.DataFrame) -> Finding:
    """How many batches were cancelled, the places lost where they are known, and the commonest reason if there is one."""
    value = shares.share(len(lost), len(batches), ev.level)
    places = int(lost["quota"].fillna(0).sum())
    named = reasons.dropna(subset=["reason"])
    first = named[named["value"] == named["value"].max()]["reason"].astype(str).tolist()

    def sentence(lang: str) -> str:
        count, total, seats = (integer(each, lang) for each in (len(lost), len(batches), places))
        if lost.empty:
            return both(
                f"Tidak satu pun dari {total} angkatan dibatalkan.", f"None of {total} batches was cancelled.",
            )[lang]
        text = both(
            f"Sebanyak {count} dari {total} angkatan dibatalkan, {counting.share_apart(value, 'id', ev.level)}",
            f"{count} of {total} batches {'was' if len(lost) == 1 else 'were'} cancelled, "
            f"{counting.share_apart(value, 'en', ev.level)}",
        )[lang]
        gone = both(f"; {seats} kursi hilang", f"; {seats} places were lost")[lang] if places else ""
        typed = "" if ev.audience == "public" else _reason_words(first, len(lost), lang)  # as somebody wrote it
        return text + gone + typed + "."

    return finding(
        cancelled, ev, value, len(batches), in_words(sentence), of_people=False, sources=("batch", "program"),
    )


def _reason_words(first: list[str], lost: int, lang: str) -> str:
    """The commonest reason on record, where one is commoner than every other."""
    if not first:
        return both("; alasannya tidak disebutkan", "; no reason is given")[lang]
    if len(first) > 1:
        return both("; tidak ada satu alasan yang terbanyak", "; no one reason stands out")[lang]
    if lost == 1:
        return both(f"; alasannya: {first[0].lower()}", f"; the reason given: “{first[0]}”")[lang]
    return both(f"; alasan terbanyak: {first[0].lower()}", f"; the reason given most: “{first[0]}”")[lang]


QUESTIONS = (budget_gap, sources, commitment, barriers, partners, cancelled)
