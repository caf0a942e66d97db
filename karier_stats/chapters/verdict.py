"""The written rubric of the synthesis: which findings speak for a criterion, and what they say together.

Nothing is computed from data here; findings of the other chapters are read
and weighed. A criterion is as sure as the weakest finding that it rests on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from karier_stats.answers.record import CAUSAL_DESIGNS, EVIDENCE, Evidence, Finding
from karier_stats.answers.verdicts import WORDS, margin_of, verdict
from karier_stats.stats.numerics.estimate import between
from karier_stats.words.numbers import both

Judgement = Literal[
    "favourable", "unfavourable", "action", "leaning", "too_small", "not_visible", "described", "no_data",
]
Words = dict[str, str]

JUDGEMENTS: dict[Judgement, Words] = {
    "favourable": both("terlihat mendukung", "seen, and in favour"),
    "unfavourable": both("terlihat berlawanan", "seen, and against"),
    "action": both("perlu tindakan", "calls for action"),
    "leaning": both(
        "arahnya mendukung, besarnya belum dapat diketahui", "in favour by its direction, its size cannot be known yet",
    ),
    "too_small": dict(WORDS["terlalu_kecil"]),
    "not_visible": dict(WORDS["belum_diketahui"]),
    "described": both("tergambar, tidak dinilai", "described, not judged"),
    "no_data": both("belum dapat dinilai", "cannot be assessed yet"),
}
WEAKEST_FIRST: tuple[Evidence, ...] = ("lemah", "sedang", "kuat")

DIRECTIONS: dict[str, int] = {
    "outcomes.change": 1, "outcomes.retention.left": 1, "outcomes.project_management": 1,
    "outcomes.study_motivation": 1, "leadership.participation.between": 1, "leadership.learning_culture": 1,
    "challenges.budget_gap": -1,
}
"""Findings whose sign is good (1) or bad (-1) news; their interval is held against the smallest difference that matters."""


@dataclass(frozen=True)
class Criterion:
    """One line of the scorecard: its name and the findings that it rests on, by id.

    An id that ends in ``*`` stands for all findings that begin so.
    """

    name: str
    words: Words
    rests_on: tuple[str, ...]


CRITERIA = (
    Criterion("data", both("Kelayakan data", "Soundness of the data"), ("data_quality.verdict",)),
    Criterion("fit", both("Kesesuaian dengan kebutuhan", "Fit with the needs"), ("needs.offer", "needs.gap")),
    Criterion(
        "reach", both("Jangkauan dan kewajiban JP", "Reach and the yearly hours"),
        ("participation.rate", "participation.duty", "participation.units"),
    ),
    Criterion(
        "benefit", both("Manfaat bagi kompetensi", "Benefit to competence"),
        ("outcomes.change", "outcomes.change.improved"),
    ),
    Criterion("lasting", both("Ketahanan hasil", "Lasting of the result"), ("outcomes.retention.left",)),
    Criterion(
        "work", both("Perubahan dalam pekerjaan", "Change at work"),
        ("outcomes.project_management", "outcomes.study_motivation"),
    ),
    Criterion(
        "relevance", both("Relevansi pelatihan", "Relevance of the courses"),
        ("feedback.irrelevant", "feedback.irrelevant.*"),
    ),
    Criterion(
        "leaders", both("Keterlibatan pimpinan", "Engagement of leaders"),
        ("leadership.participation.between", "leadership.learning_culture"),
    ),
    Criterion("commitment", both("Komitmen pegawai", "Commitment of staff"), ("challenges.commitment.*",)),
    Criterion("budget", both("Kecukupan anggaran", "Sufficiency of the budget"), ("challenges.budget_gap",)),
)
SUSTAINING = ("lasting", "leaders", "commitment", "budget", "relevance")
"""Criteria that decide whether the programme can go on as it is."""

RUBRIC = both(
    "Rubrik: besaran yang berarah dinilai dari letak selangnya terhadap perbedaan terkecil yang berarti (mendukung, "
    "berlawanan, terlalu kecil untuk berarti, atau belum dapat diketahui); bila arahnya jelas tetapi besarnya belum, "
    "disebut demikian, dan arah yang merugikan dinilai berlawanan. Temuan gambaran yang menuntut rekomendasi dinilai "
    "“perlu tindakan”. Bila temuan yang menopang suatu kriteria tidak sama kuat, yang terlemah dan yang terkuat "
    "disebut. Manfaat hanya dinyatakan bila ada pembanding.",
    "Rubric: quantities with a direction are judged by where their interval lies against the smallest difference that "
    "matters (in favour, against, too small to matter, or cannot be known yet); where the direction is clear and the "
    "size is not, that is said, and a harmful direction counts as against. Descriptive findings that call for a "
    "recommendation are judged “calls for action”. Where the findings behind a criterion are not equally strong, the "
    "weakest and the strongest are named. A benefit is stated only where there is a comparison.",
)


@dataclass(frozen=True)
class Judged:
    """A criterion with its judgement, its evidence and the findings behind it."""

    criterion: Criterion
    judgement: Judgement
    evidence: Evidence
    findings: tuple[Finding, ...]


def strength(line: Judged, lang: str) -> str:
    """How strong the findings behind a criterion are: the weakest, and the strongest where it is another."""
    known = [WEAKEST_FIRST.index(one.evidence) for one in line.findings if one.evidence in WEAKEST_FIRST]
    if not known or line.judgement == "no_data":
        return EVIDENCE[line.evidence][lang]
    ends = [EVIDENCE[WEAKEST_FIRST[place]][lang] for place in sorted({min(known), max(known)})]
    return both(" sampai ", " to ")[lang].join(ends)


def judge(finding: Finding) -> Judgement:
    """What one finding says, by the rubric."""
    if finding.evidence == "belum_ada_data" or finding.suppressed:
        return "no_data"
    sign = DIRECTIONS.get(finding.id)
    if sign is not None:
        return _by_interval(finding, sign)
    if finding.recommendation is not None:
        return "action"
    return "described"


def _by_interval(finding: Finding, sign: int) -> Judgement:
    """Where the interval lies against the smallest difference that matters; a measure without one is held against 0."""
    if finding.estimate is None or finding.ci_low is None or finding.ci_high is None:
        return "not_visible"
    value = between(finding.estimate, finding.ci_low, finding.ci_high)
    said = verdict(value, margin_of(finding.unit_of_measure) or 0.0)
    if said == "terlalu_kecil":
        return "too_small"
    if value.low <= 0 <= value.high:
        return "not_visible"
    if sign * value.low < 0:
        return "unfavourable"
    return "favourable" if said == "berarti" else "leaning"


def weigh(criterion: Criterion, findings: Iterable[Finding]) -> Judged:
    """One criterion judged by the findings that it rests on.

    Notes
    -----
    Order of precedence: against, calls for action, in favour, in favour by
    direction, too small, not known, described. Shares of people who moved up and down are compared as a pair.
    """
    given = tuple(findings)
    kept = tuple(one for one in given if _rests_on(criterion, one.id))
    judgements = {judge(one) for one in kept} | _moved(given, kept)
    order: tuple[Judgement, ...] = (
        "unfavourable", "action", "favourable", "leaning", "too_small", "not_visible", "described",
    )
    found: Judgement = next((one for one in order if one in judgements), "no_data")
    with_data = [one.evidence for one in kept if one.evidence != "belum_ada_data"]
    evidence: Evidence = next((one for one in WEAKEST_FIRST if one in with_data), "belum_ada_data")
    return Judged(criterion, found, evidence if found != "no_data" else "belum_ada_data", kept)


def _rests_on(criterion: Criterion, name: str) -> bool:
    """Whether a finding's id is among those of the criterion."""
    return any(name.startswith(one[:-1]) if one.endswith("*") else name == one for one in criterion.rests_on)


def _moved(given: tuple[Finding, ...], kept: tuple[Finding, ...]) -> set[Judgement]:
    """Ordered levels: more people surely moved up than down, fewer, or neither."""
    shares = {one.id.rpartition(".")[2]: one for one in given if one.id.startswith("outcomes.change.")}
    up, down = shares.get("improved"), shares.get("declined")
    if up not in kept or up is None or down is None or None in (up.ci_low, up.ci_high, down.ci_low, down.ci_high):
        return set()
    if up.ci_low > down.ci_high:  # type: ignore[operator]
        return {"favourable"}
    return {"unfavourable"} if up.ci_high < down.ci_low else {"not_visible"}  # type: ignore[operator]


def scorecard(findings: Iterable[Finding]) -> list[Judged]:
    """Every criterion, in the order of the evaluation."""
    given = tuple(findings)
    return [weigh(criterion, given) for criterion in CRITERIA]


def attributable(line: Judged) -> bool:
    """Whether a finding behind the line has a design that can show what the programme did."""
    return any(one.design in CAUSAL_DESIGNS for one in line.findings)


def conclusion(judged: Iterable[Judged]) -> tuple[str, Words]:
    """What the scorecard says of the programme as a whole: a code and the words.

    Notes
    -----
    The benefit to competence decides, and only a design with a comparison
    can show one: a change before-after alone leaves the verdict open.
    Too small to matter: to be reviewed. In favour by direction only: open as to size. Against: not to be continued as it is. In favour with weak evidence: continue and strengthen the evidence. In
    favour: continue, with improvements where another criterion calls for
    action or speaks against. Otherwise the data do not decide.
    """
    lines = {one.criterion.name: one for one in judged}
    benefit = lines["benefit"]
    if benefit.judgement in ("favourable", "leaning", "unfavourable") and not attributable(benefit):
        return "change", both(
            "hasil evaluasi belum dapat menyatakan manfaat program, sebab perubahan peserta tidak didampingi "
            "pembanding",
            "the evaluation cannot state a benefit of the programme yet, since there is no comparison beside the "
            "participants' change",
        )
    if benefit.judgement == "unfavourable":
        return "against", both(
            "hasil evaluasi tidak mendukung pelanjutan program dalam bentuk sekarang",
            "the evaluation does not support continuing the programme as it is",
        )
    if benefit.judgement == "too_small":
        return "small", both(
            "manfaat program bagi kompetensi terlalu kecil untuk berarti, sehingga bentuk program perlu ditinjau",
            "the benefit of the programme to competence is too small to matter, so that its form is to be reviewed",
        )
    if benefit.judgement == "leaning":
        return "leaning", both(
            "arah hasilnya mendukung program, tetapi belum dapat diketahui apakah manfaatnya cukup besar untuk berarti",
            "the result is in favour of the programme by its direction, but whether the benefit is large enough to "
            "matter cannot be known yet",
        )
    if benefit.judgement != "favourable":
        return "open", both(
            "data belum cukup untuk menyimpulkan manfaat program",
            "the data are not enough to conclude on the benefit of the programme",
        )
    if benefit.evidence == "lemah":
        return "weak", both(
            "hasil evaluasi mendukung pelanjutan program sambil memperkuat buktinya",
            "the evaluation supports continuing the programme while its evidence is strengthened",
        )
    if any(one.judgement in ("action", "unfavourable") for one in lines.values()):
        return "improve", both(
            "hasil evaluasi mendukung pelanjutan program dengan perbaikan",
            "the evaluation supports continuing the programme with improvements",
        )
    return "continue", both(
        "hasil evaluasi mendukung pelanjutan program", "the evaluation supports continuing the programme",
    )
