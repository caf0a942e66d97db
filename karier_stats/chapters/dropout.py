"""Who does not reach the end of a course (chapter participation)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.answers.record import Answer, Field, Finding, Picture, Recommendation, Table, answers
from karier_stats.chapters import counting
from karier_stats.chapters.counting import finding, in_words
from karier_stats.domain import codes
from karier_stats.domain.codes import label
from karier_stats.stats.numerics import shares
from karier_stats.words.numbers import both, integer, listing, percent

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

CHAPTER = "participation"


@answers(
    CHAPTER, both("Siapa yang batal di tengah jalan?", "Who drops out on the way?"),
    ("participation", "batch", "program"),
)
def dropout(ev: Evaluation) -> Answer:
    """No-shows, withdrawals and failures among places that came to an end, by form."""
    rows = counting.enrolments(ev)
    ended = rows[rows["outcome"].isin(("tidak_hadir", "mengundurkan_diri", *counting.ATTENDED))
                 & ~(rows["state"] == "batal").fillna(False)].reset_index(drop=True)
    if ended.empty:
        return counting.nothing(dropout, ev, f"tidak ada kepesertaan yang berakhir pada tahun {ev.period}.",
                                f"no place came to an end in {ev.period}.")
    if counting.one_outcome_only(ev):
        return counting.nothing(
            dropout, ev, "daftar peserta hanya memuat satu hasil, sehingga kehilangan tidak tercatat.",
            "the list of participants holds one outcome only, so losses are not on record.",
        )
    ended["lost"] = ended["outcome"] != "lulus"
    ended["form"] = ended["form"].fillna("lainnya").astype(str)
    found = [_loss(ev, ended)]
    worst = _worst_form(ev, ended)
    found += [worst] if worst is not None else []
    picture = Picture(
        "stacked", _outcome_parts(ended),
        both("Hasil kepesertaan menurut bentuk pelatihan", "Outcome of places by form of training"),
        both("Bagian kepesertaan", "Share of places"), both("Bentuk", "Form"), len(ended), "percent", 0,
    )
    alike = both(
        " Selang keseluruhan memperhitungkan bahwa peserta seangkatan serupa.",
        " The overall interval allows for likeness within a batch.",
    ) if ended["batch_id"].nunique() > 1 else both("", "")
    note = both(
        "Satuan analisis: satu keikutsertaan (satu orang dapat memiliki beberapa). Angkatan yang batal dan "
        f"peserta yang baru diundang atau terdaftar tidak dihitung.{alike['id']}",
        "Unit of analysis: one place on a course (a person may hold several). Cancelled batches and people only "
        f"invited or registered are not counted.{alike['en']}",
    )
    return counting.answer(dropout, found, picture=picture, table=_dropout_table(ev, ended), notes=(note,))


def _loss(ev: Evaluation, ended: pd.DataFrame) -> Finding:
    """How many places did not end in a pass, by kind of loss."""
    value = counting.clustered_share(ended, "lost", "batch_id", ev.level)
    parts = {
        outcome: float((ended["outcome"] == outcome).mean())
        for outcome in ("tidak_hadir", "mengundurkan_diri", "tidak_lulus")
    }

    def sentence(lang: str) -> str:
        kinds = listing(
            [f"{label(codes.OUTCOME, key, lang).lower()} {percent(part, lang)}" for key, part in parts.items() if part], lang,
        )
        words, n = counting.share_apart(value, lang, ev.level), integer(len(ended), lang)
        if not ended["lost"].any():
            return both(
                f"Seluruh {n} keikutsertaan yang berakhir pada tahun {ev.period} berakhir dengan kelulusan.",
                f"All {n} places that came to an end in {ev.period} ended in a pass.",
            )[lang]
        return both(
            f"Dari {n} keikutsertaan yang berakhir pada tahun {ev.period}, {words} tidak berakhir dengan "
            f"kelulusan: {kinds}.",
            f"Of {n} places that came to an end in {ev.period}, {words} did not end in a pass: {kinds}.",
        )[lang]

    return finding(dropout, ev, value, len(ended), in_words(sentence))


def _worst_form(ev: Evaluation, ended: pd.DataFrame) -> Finding | None:
    """The form that loses most against all others, allowing for the number of forms looked at."""
    rows = counting.tally(ended, "form", "lost", ev.level)
    rows = rows[rows["n"] >= counting.LEAST]
    if len(rows) < 2:
        return None
    worst = counting.top(rows, "estimate")
    if worst["k"] == 0 or (rows["estimate"] >= worst["estimate"]).sum() > 1:
        return None  # nothing is lost, or several lose most
    level = 1 - (1 - ev.level) / len(rows)
    others = ended[ended["form"] != worst["form"]]
    gap = shares.newcombe(int(worst["k"]), int(worst["n"]), int(others["lost"].sum()), len(others), level)
    names = {lang: label(codes.FORM, worst["form"], lang) for lang in ("id", "en")}

    def sentence(lang: str) -> str:
        points, lost = counting.points_words(gap, lang, level, len(rows)), percent(worst["estimate"], lang)
        return both(
            f"Kehilangan terbesar terdapat pada {names['id']}: {lost} keikutsertaan, berselisih {points} dengan bentuk lain.",
            f"The loss is largest for {names['en']}: {lost} of places, a difference of {points} from the other forms.",
        )[lang] + counting.judged(gap, lang, level)

    recommendation = (
        None if gap.low <= 0
        else Recommendation(
            both(
                f"Mengonfirmasi kehadiran dan izin atasan sebelum kursi {names['id']} dibagikan, dan menyiapkan daftar "
                "cadangan.",
                f"Confirm attendance and the superior's leave before places on {names['en']} are given, and keep a "
                "reserve list.",
            ),
            both("penyelenggara pelatihan bersama atasan peserta", "course organisers with participants' superiors"),
            both(f"mulai triwulan I tahun {ev.period + 1}", f"from the first quarter of {ev.period + 1}"),
            both(
                f"bagian keikutsertaan {names['id']} yang hilang turun dari {percent(worst['estimate'], 'id')}",
                f"the share of lost places on {names['en']} falls from {percent(worst['estimate'], 'en')}",
            ),
        )
    )
    return finding(dropout, ev, gap, len(ended), in_words(sentence), part="form", measure="share_difference",
                   level=level, recommendation=recommendation)


def _outcome_parts(ended: pd.DataFrame) -> pd.DataFrame:
    """Shares of outcomes by form, for a ``stacked`` picture."""
    rows = []
    for form in (code for code in codes.FORM if (ended["form"] == code).any()):
        group = ended[ended["form"] == form]
        for outcome in ("lulus", "tidak_lulus", "mengundurkan_diri", "tidak_hadir"):
            rows.append({
                **{f"label_{lang}": label(codes.FORM, form, lang) for lang in ("id", "en")},
                **{f"part_{lang}": label(codes.OUTCOME, outcome, lang) for lang in ("id", "en")},
                "value": float((group["outcome"] == outcome).mean()), "n": len(group),
            })
    return pd.DataFrame(rows)


def _dropout_table(ev: Evaluation, ended: pd.DataFrame) -> Table:
    """Each kind of loss by form, the whole loss with its interval."""
    data = counting.tally(ended, "form", "lost", ev.level)
    for outcome in ("tidak_hadir", "mengundurkan_diri", "tidak_lulus"):
        data[outcome] = (ended["outcome"] == outcome).groupby(ended["form"], sort=True).mean().to_numpy()
    data = counting.labelled(counting.code_order(data, "form", codes.FORM), "form", codes.FORM)
    kinds = tuple(
        Field(outcome, both(*codes.OUTCOME[outcome]), "percent")
        for outcome in ("tidak_hadir", "mengundurkan_diri", "tidak_lulus")
    )
    fields = (
        Field("label", both("Bentuk", "Form")), Field("n", both("Keikutsertaan", "Places"), "integer"), *kinds,
        Field("estimate", both("Tidak lulus atau tidak selesai", "Not passed or not finished"), "percent"),
        *counting.bounds(),
    )
    return Table(
        data, fields, both("Kehilangan peserta menurut bentuk pelatihan", "Loss of participants by form"), count="n",
    )
