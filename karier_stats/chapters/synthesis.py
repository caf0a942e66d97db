"""The verdict: how strong the evidence is, whether the programme is sustainable, what should be done.

Findings of the other chapters are read; no number is added but the counts of
findings and of earlier recommendations.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.answers import chapters
from karier_stats.answers.record import (
    EVIDENCE,
    Answer,
    Design,
    Evidence,
    Field,
    Finding,
    Picture,
    Recommendation,
    Table,
    answers,
    restored,
)
from karier_stats.chapters import claims, counting, verdict
from karier_stats.chapters.counting import in_words
from karier_stats.chapters.verdict import Judged
from karier_stats.domain import codes
from karier_stats.words.numbers import both, date, integer, listing

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

CHAPTER = "synthesis"
VARIABLE = "KARIER_FINDINGS"
"""Environment variable that names the file of findings while a report is being made."""
SOURCES: dict[str, dict[str, str]] = {
    "data_quality": both("Mutu data", "Data quality"), "needs": both("Kebutuhan", "Needs"),
    "delivery": both("Penyelenggaraan", "Delivery"), "participation": both("Partisipasi", "Participation"),
    "outcomes": both("Hasil", "Outcomes"), "feedback": both("Umpan balik", "Feedback"),
    "leadership": both("Pimpinan", "Leadership"), "challenges": both("Tantangan", "Challenges"),
}
"""The chapters that are read, in order."""
FEWEST_PEOPLE = {"internal": 5, "public": 10}
"""Findings about fewer people are not read where no report has been through disclosure control."""
DONE = "selesai"


def read_findings(evaluation: Evaluation) -> tuple[Finding, ...]:
    """All findings of the other chapters for this evaluation.

    Taken from the file that ``KARIER_FINDINGS`` names; else from a finished
    report of the same parameters and data; else computed here.

    Parameters
    ----------
    evaluation : Evaluation

    Returns
    -------
    tuple of Finding
        In the order of the chapters, without those of the synthesis.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return _from_file(Path(named))
    finished = _finished(evaluation)
    return _from_file(finished) if finished else _computed(evaluation, evaluation.facts()["data_sha256"])


def _from_file(path: Path) -> tuple[Finding, ...]:
    """The findings of a findings.json."""
    content = json.loads(path.read_text(encoding="utf-8"))
    found = [restored(one) for one in content["findings"]]
    return tuple(one for one in found if one.chapter in SOURCES)


def _finished(evaluation: Evaluation) -> Path | None:
    """findings.json of a report with the same parameters and data."""
    if not evaluation.folder.name:
        return None
    facts = evaluation.facts()
    wanted = {**facts["parameters"], "data_sha256": facts["data_sha256"]}
    place = evaluation.folder.resolve().parents[2] / "reports" / evaluation.name / str(evaluation.period)
    for path in sorted(place.glob(f"*/{evaluation.lang}/findings.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        if all(content.get(name) == value for name, value in wanted.items()):
            return path
    return None


@lru_cache(maxsize=4)
def _computed(evaluation: Evaluation, data: str) -> tuple[Finding, ...]:
    """Every question of every chapter answered here; ``data`` tells evaluations with other tables apart."""
    found: dict[str, Finding] = {}
    for chapter in SOURCES:
        for answer in chapters.answers(evaluation, chapter):
            for one in answer.findings:
                if not 0 < one.n < FEWEST_PEOPLE[evaluation.audience]:
                    found.setdefault(one.id, one)
    return tuple(found.values())


@answers(CHAPTER, both("Apa simpulan evaluasi ini?", "What is the verdict of this evaluation?"), ())
def overall(ev: Evaluation) -> Answer:
    """The verdict by the rubric, as strong as the findings that it rests on."""
    lines = verdict.scorecard(read_findings(ev))
    benefit = next(line for line in lines if line.criterion.name == "benefit")
    sentence = in_words(lambda lang: _verdict_sentence(lines, benefit, lang))
    base = benefit.findings[0] if benefit.findings else None
    found = _own(
        overall, sentence, benefit.evidence, n=base.n if base else 0, design=base.design if base else "descriptive",
        headline=True,
    )
    return counting.answer(overall, [found], notes=(verdict.RUBRIC,))


def _own(
    of: Callable[[Evaluation], Answer], sentence: dict[str, str], evidence: Evidence, *, n: int = 0,
    design: Design = "descriptive", estimate: float | None = None, measure: str = "", headline: bool = False,
    recommendation: Recommendation | None = None,
) -> Finding:
    """A finding of the synthesis; ``n`` is 0 where it counts findings or recommendations and no people."""
    return Finding(
        id=f"{CHAPTER}.{of.__name__}", chapter=CHAPTER, question=of.question,  # type: ignore[attr-defined]
        estimate=estimate, unit_of_measure=measure, ci_low=None, ci_high=None, n=n, design=design, evidence=evidence,
        source_tables=of.needs,  # type: ignore[attr-defined]
        sentence=sentence, headline=headline, recommendation=recommendation,
    )


def _verdict_sentence(lines: list[Judged], benefit: Judged, lang: str) -> str:
    """The verdict as a paragraph of a report."""
    _, words = verdict.conclusion(lines)
    opening = words[lang][0].upper() + words[lang][1:]
    parts = [both(f"{opening}.", f"{opening}.")[lang], _benefit_words(benefit, lang)]
    supporting = [line for line in lines if line.judgement == "favourable" and line is not benefit]
    calling = [line for line in lines if line.judgement in ("action", "unfavourable") and line is not benefit]
    leaning = [line for line in lines if line.judgement == "leaning" and line is not benefit]
    little = [line for line in lines if line.judgement == "too_small" and line is not benefit]
    unseen = [line for line in lines if line.judgement == "not_visible" and line is not benefit]
    absent = [line for line in lines if line.judgement == "no_data" and line is not benefit]
    for group, id, en in (
        (supporting, "Kriteria lain yang terlihat mendukung ialah {}.", "Other criteria seen in favour: {}."),
        (calling, "Yang memerlukan tindakan ialah {}.", "Those that call for action: {}."),
        (leaning, "Yang arahnya mendukung, tetapi besarnya belum dapat diketahui, ialah {}.",
         "In favour by direction, of a size that cannot be known yet: {}."),
        (little, "Yang terlalu kecil untuk berarti ialah {}.", "Too small to matter: {}."),
        (unseen, "Yang belum dapat diketahui dari data ialah {}.", "What cannot be known from the data yet: {}."),
        (absent, "Yang belum dapat dinilai ialah {}.", "Cannot be assessed yet: {}."),
    ):
        if group:
            parts.append(both(id, en)[lang].format(_names(group, lang)))
    return " ".join(parts)


def _benefit_words(benefit: Judged, lang: str) -> str:
    """What the verdict rests on."""
    strength = verdict.strength(benefit, lang)
    if benefit.judgement == "no_data":
        return both(
            "Manfaat bagi kompetensi peserta belum dapat dinilai dari data yang ada.",
            "The benefit to participants' competence cannot be assessed from the data at hand.",
        )[lang]
    if benefit.judgement in ("favourable", "leaning", "unfavourable") and not verdict.attributable(benefit):
        up = benefit.judgement != "unfavourable"
        return both(
            f"Kompetensi peserta {'naik' if up else 'turun'} setelah pelatihan, dengan bukti yang {strength}, tetapi "
            "perubahan itu belum tentu berasal dari program.",
            f"Participants' competence {'rose' if up else 'fell'} after the training, on {strength} evidence, but the "
            "change need not come from the programme.",
        )[lang]
    state = {
        "favourable": both("terlihat", "is seen"),
        "unfavourable": both("berlawanan dengan tujuan program", "runs against the aim of the programme"),
        "leaning": both("jelas arahnya, tetapi besarnya belum dapat diketahui",
                        "is clear in its direction, but its size cannot be known yet"),
        "too_small": both("terlalu kecil untuk berarti", "is too small to matter"),
    }.get(benefit.judgement, both("belum dapat diketahui", "cannot be known yet"))[lang]
    return both(
        f"Manfaat bagi kompetensi peserta {state}, dengan bukti yang {strength}.",
        f"The benefit to participants' competence {state}, on {strength} evidence.",
    )[lang]


def _names(lines: list[Judged], lang: str) -> str:
    """Criteria with their evidence, in words."""
    return listing(
        [
            _inside(line.criterion.words[lang]) + (
                f" ({both('bukti', 'evidence')[lang]} {verdict.strength(line, lang)})"
                if line.evidence != "belum_ada_data" else ""
            )
            for line in lines
        ],
        lang,
    )


def _inside(name: str) -> str:
    """A name inside a sentence: its first letter small, abbreviations as they are."""
    return name[0].lower() + name[1:]


@answers(CHAPTER, both("Apa temuan utamanya?", "What are the main findings?"), ())
def summary(ev: Evaluation) -> Answer:
    """The headline findings of all chapters, as they stand there."""
    found = [one for one in read_findings(ev) if one.headline]
    if not found:
        return counting.nothing(
            summary, ev, "belum ada temuan utama dari bab lain.", "no other chapter has a main finding yet.",
        )
    note = both(
        "Temuan disalin dari bab asalnya beserta kekuatan buktinya; tidak ada angka baru.",
        "Findings are taken from their chapters with their evidence; no number is new.",
    )
    return counting.answer(summary, found, notes=(note,))


@answers(CHAPTER, both("Seberapa kuat bukti setiap kriteria?", "How strong is the evidence on each criterion?"), ())
def scorecard(ev: Evaluation) -> Answer:
    """Every criterion with its judgement and evidence; findings by chapter and evidence as the picture."""
    found = read_findings(ev)
    lines = verdict.scorecard(found)
    data = pd.DataFrame([
        {
            **{f"criterion_{lang}": line.criterion.words[lang] for lang in ("id", "en")},
            **{f"judgement_{lang}": verdict.JUDGEMENTS[line.judgement][lang] for lang in ("id", "en")},
            **{f"evidence_{lang}": verdict.strength(line, lang) for lang in ("id", "en")},
            "findings": len(line.findings),
        }
        for line in lines
    ])
    table = Table(
        data,
        (
            Field("criterion", both("Kriteria", "Criterion")), Field("judgement", both("Penilaian", "Judgement")),
            Field("evidence", both("Kekuatan bukti", "Evidence")),
            Field("findings", both("Temuan yang menopang", "Findings behind it"), "integer"),
        ),
        both("Kartu penilaian", "Scorecard"),
    )
    strong = sum(line.evidence == "kuat" for line in lines)
    known = sum(line.judgement != "no_data" for line in lines)
    sentence = in_words(
        lambda lang: both(
            f"Dari {integer(len(lines), 'id')} kriteria, {integer(known, 'id')} dapat dinilai dan "
            f"{integer(strong, 'id')} bertumpu seluruhnya pada bukti kuat.",
            f"Of {integer(len(lines), 'en')} criteria {integer(known, 'en')} can be assessed and "
            f"{integer(strong, 'en')} rest on strong evidence throughout.",
        )[lang]
    )
    card = _own(scorecard, sentence, "kuat" if known else "belum_ada_data", estimate=float(known), measure="criteria")
    picture = Picture(
        "matrix", _strength(found), both("Temuan menurut bab dan kekuatan bukti", "Findings by chapter and evidence"),
        both("Kekuatan bukti", "Evidence"), both("Bab", "Chapter"), len(found), "integer", 0,
    )
    return counting.answer(scorecard, [card], picture=picture, table=table, notes=(verdict.RUBRIC,))


def _strength(found: tuple[Finding, ...]) -> pd.DataFrame:
    """How many findings of each chapter have which evidence."""
    rows = [{"row_id": name["id"], "row_en": name["en"], "column_id": grade["id"], "column_en": grade["en"],
             "value": sum(one.chapter == chapter and one.evidence == code for one in found)}
            for chapter, name in SOURCES.items() for code, grade in EVIDENCE.items()]
    data = pd.DataFrame(rows)
    return data.assign(n=pd.Series(pd.NA, index=data.index, dtype="Int64"))


@answers(CHAPTER, both("Apakah program ini berkelanjutan?", "Is the programme sustainable?"), ())
def sustainability(ev: Evaluation) -> Answer:
    """What carries the programme and what limits it, from the criteria that decide on going on."""
    found = read_findings(ev)
    lines = [line for line in verdict.scorecard(found) if line.criterion.name in verdict.SUSTAINING]
    known = [line for line in lines if line.judgement in ("favourable", "leaning", "action", "unfavourable")]
    weakest: Evidence = next(
        (grade for grade in verdict.WEAKEST_FIRST if any(line.evidence == grade for line in known)), "belum_ada_data",
    )
    n = max((one.n for line in known for one in line.findings), default=0)
    designs = {one.design for line in known if line.criterion.name == "leaders" for one in line.findings}
    design: Design = next((one for one in ("association", "adjusted_association") if one in designs), "descriptive")
    result = _own(
        sustainability, in_words(lambda lang: _sustain_sentence(lines, lang)), weakest, n=n, design=design,
        headline=bool(known),
    )
    return counting.answer(sustainability, [result], notes=(verdict.RUBRIC,))


def _sustain_sentence(lines: list[Judged], lang: str) -> str:
    """What carries, what limits, what is unknown."""
    carrying = [line for line in lines if line.judgement == "favourable"]
    limiting = [line for line in lines if line.judgement in ("action", "unfavourable")]
    unknown = [line for line in lines if line not in carrying and line not in limiting]
    if len(unknown) == len(lines):
        return both(
            "Keberlanjutan program belum dapat dinilai dari data yang ada.",
            "Whether the programme is sustainable cannot be assessed from the data at hand.",
        )[lang]
    parts = []
    if carrying:
        parts.append(
            both(
                f"Keberlanjutan program ditopang oleh {_names(carrying, 'id')}.",
                f"The programme is carried by {_names(carrying, 'en')}.",
            )[lang]
        )
    if limiting:
        parts.append(
            both(
                f"Keberlanjutannya dibatasi oleh {_names(limiting, 'id')}; selama hal ini belum ditangani, program "
                "bergantung pada keputusan anggaran dan pimpinan dari tahun ke tahun.",
                f"It is limited by {_names(limiting, 'en')}; until these are dealt with, the programme depends on "
                "decisions of budget and leadership from year to year.",
            )[lang]
        )
    if unknown:
        parts.append(
            both(
                f"Belum dapat dipastikan perannya: {_names(unknown, 'id')}.",
                f"What these contribute is not certain yet: {_names(unknown, 'en')}.",
            )[lang]
        )
    return " ".join(parts)


@answers(CHAPTER, both("Apa yang disarankan, oleh siapa, dan kapan?", "What should be done, by whom, by when?"), ())
def recommendations(ev: Evaluation) -> Answer:
    """The recommendations of all findings, each once, those on strong evidence first."""
    given: dict[str, Finding] = {}
    for one in read_findings(ev):
        if one.recommendation is not None and not one.suppressed:
            given.setdefault(one.recommendation.action["id"], one)
    if not given:
        return counting.nothing(
            recommendations, ev, "angka yang ada belum menuntut rekomendasi.",
            "the numbers at hand do not call for a recommendation.",
        )
    ranked = sorted(given.values(), key=lambda one: -_rank(one))
    data = pd.DataFrame([_advice_row(one) for one in ranked])
    table = Table(
        data,
        (
            Field("action", both("Tindakan", "Action")), Field("owner", both("Pelaksana", "By whom")),
            Field("due", both("Tenggat", "By when")), Field("indicator", both("Indikator", "Indicator")),
            Field("evidence", both("Bukti", "Evidence")), Field("source", both("Bab", "Chapter")),
        ),
        both("Rekomendasi dan rencana tindak lanjut", "Recommendations and plan of action"),
    )
    strong = sum(one.evidence == "kuat" for one in ranked)
    sentence = in_words(
        lambda lang: both(
            f"Terdapat {integer(len(ranked), 'id')} rekomendasi, {integer(strong, 'id')} di antaranya bertumpu pada "
            "bukti kuat dan disarankan didahulukan.",
            f"Recommendations: {integer(len(ranked), 'en')}, of which {integer(strong, 'en')} on strong evidence, to "
            "come first.",
        )[lang]
    )
    result = _own(recommendations, sentence, "kuat", estimate=float(len(ranked)), measure="recommendations")
    return counting.answer(recommendations, [result], table=table)


def _rank(one: Finding) -> int:
    """Strong evidence first."""
    return verdict.WEAKEST_FIRST.index(one.evidence) if one.evidence in verdict.WEAKEST_FIRST else -1


def _advice_row(one: Finding) -> dict[str, str]:
    """One recommendation as a row in both languages."""
    advice = one.recommendation
    assert advice is not None
    parts = {
        "action": advice.action, "owner": advice.owner, "due": advice.due, "indicator": advice.indicator,
        "evidence": EVIDENCE[one.evidence], "source": SOURCES[one.chapter],
    }
    return {f"{name}_{lang}": text[lang] for name, text in parts.items() for lang in ("id", "en")}


@answers(
    CHAPTER, both("Apakah rekomendasi terdahulu ditindaklanjuti?", "Were earlier recommendations followed up?"),
    ("recommendation",),
)
def follow_up(ev: Evaluation) -> Answer:
    """Earlier recommendations by state, and those overdue at the end of the period."""
    rows = ev.table("recommendation", "to_date").sort_values("rec_id", kind="stable").reset_index(drop=True)
    if rows.empty:
        return counting.nothing(
            follow_up, ev, "belum ada rekomendasi sampai dengan periode ini.",
            "there are no recommendations up to this period.",
        )
    end = pd.Timestamp(ev.period, 12, 31)
    late = (rows["due_on"] <= end).fillna(False) & rows["state"].isin(["belum", "proses"])

    def sentence(lang: str) -> str:
        counts = integer((rows["state"] == DONE).sum(), lang), integer(len(rows), lang), integer(late.sum(), lang)
        return both(
            f"Dari {counts[1]} rekomendasi terdahulu, {counts[0]} selesai ditindaklanjuti; {counts[2]} melewati "
            f"tenggat pada akhir tahun {ev.period}.",
            f"Of {counts[1]} earlier recommendations {counts[0]} have been followed up; {counts[2]} are past their due "
            f"date at the end of {ev.period}.",
        )[lang]

    advice = Recommendation(
        both(
            "Menyelesaikan rekomendasi yang melewati tenggat dan melaporkannya setiap triwulan.",
            "Complete the recommendations past their due date and report on them every quarter.",
        ),
        both(
            "Penanggung jawab masing-masing, dipantau Inspektorat Daerah",
            "Each owner, monitored by the regional inspectorate",
        ),
        claims.mid_next_year(ev),
        both("Tidak ada rekomendasi yang melewati tenggat.", "No recommendation is past its due date."),
    ) if late.any() else None
    # every recommendation is counted: there is no sampling interval
    result = _own(
        follow_up, in_words(sentence), "kuat", estimate=float((rows["state"] == DONE).mean()), measure="share",
        recommendation=advice,
    )
    table = _follow_table(ev, rows) if ev.audience == "internal" else None  # actions as the office wrote them
    return counting.answer(follow_up, [result], picture=_states(rows), table=table)


def _states(rows: pd.DataFrame) -> Picture:
    """Recommendations by state."""
    counts = rows["state"].value_counts()
    data = pd.DataFrame([
        {"label_id": name[0], "label_en": name[1], "value": int(counts.get(code, 0))}
        for code, name in codes.WORK_STATE.items() if counts.get(code, 0)
    ])
    return Picture(
        "bars", data.assign(n=pd.Series(pd.NA, index=data.index, dtype="Int64")),
        both("Tindak lanjut rekomendasi terdahulu", "Follow-up of earlier recommendations"),
        both("Rekomendasi", "Recommendations"), both("Status", "State"), len(rows), "integer", 0,
    )


def _day(value: pd.Timestamp, lang: str) -> str:
    """A due date in words; a dash where there is none."""
    return "–" if pd.isna(value) else date(value.date(), lang)


def _follow_table(ev: Evaluation, rows: pd.DataFrame) -> Table:
    """Every earlier recommendation with owner, due date and state."""
    names = ev.table("unit", "all").set_index("unit_id")["unit_name"]
    data = pd.DataFrame([
        {
            **{f"action_{lang}": str(row["action"]) for lang in ("id", "en")},
            **{f"owner_{lang}": str(names.get(row["owner_unit"], "–")) for lang in ("id", "en")},
            **{f"due_{lang}": _day(row["due_on"], lang) for lang in ("id", "en")},
            **{f"state_{lang}": codes.label(codes.WORK_STATE, str(row["state"]), lang) for lang in ("id", "en")},
        }
        for _, row in rows.iterrows()
    ])
    return Table(
        data,
        (
            Field("action", both("Tindakan", "Action")), Field("owner", both("Penanggung jawab", "Owner")),
            Field("due", both("Tenggat", "Due")), Field("state", both("Status", "State")),
        ),
        both(
            "Rekomendasi terdahulu (sebagaimana ditulis kantor)", "Earlier recommendations (as the office wrote them)",
        ),
    )


QUESTIONS = (overall, summary, scorecard, sustainability, recommendations, follow_up)
