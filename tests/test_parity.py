"""Both languages parsed back give the same finding: its numbers, its verdict, its direction."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from karier_stats.answers import chapters
from karier_stats.answers.ledger import Ledger
from karier_stats.answers.verdicts import SCALED
from karier_stats.intake.processed import Processed
from karier_stats.report.record import as_data
from karier_stats.report.wording import faults
from karier_stats.words.numbers import LANGUAGES
from tests import sentences, small_office
from tests.golden import districts
from tests.test_degenerate_districts import absurd, outside

GOLDEN = Path(__file__).parent / "golden"
LEDGERS = 200 if os.environ.get("KARIER_LONG") else 4
FIGURE = re.compile(r"(?:−|(?<!\w)-)?(?:Rp)?\d(?:[\d.,]*\d)?")
CODE, QUOTED = re.compile(r"`[^`]*`"), re.compile(r"“[^”]*”")
REASON = re.compile(r"; (?:tanpa pembanding|without a comparison)\b.*")
"""What a title says of the reason: that it is open leaves no direction open."""
UNSEEN = {"id": r"\b(?:belum|tidak) (?:dapat|terlihat|ada|cukup)\b|terlalu kecil|hanya|hampir|bila kemajuan",
          "en": r"\b(?:no(?!-)|not|cannot|too few|too small|nearly|only|if)\b"}
DIRECTIONS = {  # of titles of differences
    "up": {"id": r"\bnaik\b|lebih tinggi|di atas|meningkatkan|lebih banyak|unggul|melampaui",
           "en": r"\brose\b|\braised\b|higher|\babove\b|\bmore\b|ahead|exceeds|further|\bstill\b"},
    "down": {"id": r"\bturun\b|lebih rendah|di bawah|lebih sedikit|kurang",
             "en": r"\bfell\b|lower|\bbelow\b|\bless\b|\bfewer\b|behind|short|drop"},
}


class Parsed(NamedTuple):
    """What a text says: its numbers, its verdicts, and the direction that its title names."""

    numbers: list[float]
    verdicts: list[str]
    direction: str


@cache
def clauses(lang: str) -> dict[str, re.Pattern[str]]:
    """The words of each verdict in one language, their facts left open."""
    found = {}
    for key, texts in sentences.keys("said").items():
        room, _, name = key.removeprefix("said.").partition(".")
        if room in ("verdict", "weighed"):
            open_ = re.split(r"\{[^}]*\}", texts[lang].rstrip("."))
            found[f"{name}"] = re.compile(".{1,90}?".join(map(re.escape, [part for part in open_ if part.strip()])))
    return found


def figures(text: str, lang: str) -> list[float]:
    """The numbers of a text, the smallest first."""
    bare = [one.replace("Rp", "").replace("−", "-") for one in FIGURE.findall(CODE.sub("", text))]
    plain = (one.replace(".", "").replace(",", ".") if lang == "id" else one.replace(",", "") for one in bare)
    return sorted(map(float, plain))


def direction(title: str, lang: str) -> str:
    """The direction that a title tells; none where it leaves it open, or names both."""
    title = REASON.sub("", QUOTED.sub("", title))
    if re.search(UNSEEN[lang], title, re.IGNORECASE):
        return ""
    told = [name for name, words in DIRECTIONS.items() if re.search(words[lang], title)]
    return told[0] if len(told) == 1 else ""


def parsed(texts: dict[str, Any], lang: str, title: bool = False) -> Parsed:
    """One text of a finding, read back."""
    said = texts[lang]
    verdicts = sorted(name for name, clause in clauses(lang).items() for _ in clause.findall(said))
    return Parsed(figures(said, lang), verdicts, direction(said, lang) if title else "")


def texts_of(one: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything that a finding says, by what it is."""
    yield "sentence", one["sentence"]
    for part in ("brief", "recommendation"):
        for name, text in (one[part] or {}).items():
            if isinstance(text, dict):
                yield name, text


def unlike(findings: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """Findings that their two languages do not tell alike, or whose title says another direction than their number."""
    wrong = []
    for one in findings:
        for name, texts in texts_of(one):
            id, en = (parsed(texts, lang, name == "message" and one["unit_of_measure"] in SCALED) for lang in LANGUAGES)
            if id != en:
                wrong.append((one["id"], name, str(id), str(en), *texts.values()))
        title = (one["brief"] or {}).get("message")
        told = title and one["unit_of_measure"] in SCALED and direction(title["en"], "en")
        if told and one["estimate"] and told != ("up" if one["estimate"] > 0 else "down"):
            wrong.append((one["id"], told, str(one["estimate"]), title["en"]))
    return wrong


@pytest.mark.parametrize("name", districts.NAMES)
def test_the_sample_a_real_programme_and_made_up_districts(name: str) -> None:
    found = [one for path in sorted((GOLDEN / name).glob("*.json")) for answer in json.loads(path.read_text(encoding="utf-8"))
             for one in answer["findings"]]
    assert len(found) > 60
    assert unlike(found) == []


def office(seed: int) -> dict[str, pd.DataFrame]:
    """The office that can be counted by hand with everything that can change drawn at random: who took part, hours, money,
    wishes, levels, tests of participants and of people beside them.
    """
    rng, given = np.random.default_rng(seed), small_office.tables()
    places, people = given["participation"], given["employee"]["employee_uid"].unique()
    ends = rng.dirichlet(np.full(4, 0.6))
    places = places.assign(outcome=rng.choice(["lulus", "tidak_lulus", "tidak_hadir", "mengundurkan_diri"], len(places), p=ends))
    places = places.assign(credited_jp=np.where(places["outcome"] == "lulus", places["credited_jp"], 0))
    ceiling = rng.integers(0, 9, len(given["budget"])) * 1_000_000
    money = given["budget"].assign(ceiling_rp=ceiling, spent_rp=(ceiling * rng.uniform(0, 1.1, len(ceiling))).round(-3))
    wishes = given["need"].assign(topic=rng.permutation(given["need"]["topic"].to_numpy()), needed_jp=rng.integers(0, 60))
    levels = given["competency"].assign(actual_level=rng.integers(1, 5, len(given["competency"])))
    staff = given["employee"].assign(status=rng.choice(["PNS", "PPPK"], len(given["employee"])))
    return {**given, "participation": places, "budget": money, "need": wishes, "competency": levels, "employee": staff,
            "test_score": scores_of(rng, people)}


def scores_of(rng: np.random.Generator, people: np.ndarray) -> pd.DataFrame:
    """Tests before and after of some people, trained or beside them, with a gain and a spread of any size."""
    rows, gain, spread = [], rng.uniform(-15, 15), rng.choice([0.5, 4.0, 12.0])
    for person in people[: rng.integers(4, len(people) + 1)]:
        arm = "peserta" if rng.random() < 0.6 else "pembanding"
        before = rng.normal(60, 8)
        scores = {"pre": before, "post": before + rng.normal(gain * (arm == "peserta"), spread)}
        rows += [{"employee_uid": person, "arm": arm, "kind": kind, "score": float(np.clip(round(score, 1), 0, 100))}
                 for kind, score in scores.items() if kind == "pre" or rng.random() < 0.9]
    return pd.DataFrame(rows).assign(program_id="P1", batch_id="B1", year=2025, measure="nilai", scale_kind="skor", attempt=1,
                                     score_min=0.0, score_max=100.0)


@pytest.mark.parametrize("seed", range(LEDGERS))
def test_random_ledgers(seed: int) -> None:
    ev = Processed.from_tables(office(seed), period=2025)
    asked = ("needs", "delivery", "participation", "outcomes", "challenges")
    found = [one for chapter in asked for answer in chapters.answers(ev, chapter) for one in answer.findings]
    assert unlike(as_data(found)) == []
    assert [(one.id, faults(one)) for one in found if faults(one)] == []
    assert [one.id for one in found if outside(one)] == []
    assert [(one.id, *absurd(text, lang)) for one in found for lang, text in one.sentence.items() if [*absurd(text, lang)]] == []
    assert Ledger(tuple(found)).agreement.broken == ()
    assert [one.id for one in Ledger(tuple(found)).advice.findings if one.suppressed or one.evidence == "belum_ada_data"] == []


def test_a_text_that_differs_is_seen() -> None:
    texts = {"id": "Nilai naik 3,2 poin (1.234 orang)", "en": "Scores rose by 3.2 points (1,234 people)"}
    one = {"id": "a.b", "sentence": texts, "brief": {"message": texts}, "recommendation": None, "unit_of_measure": "points",
           "estimate": 3.2}
    assert unlike([one]) == []
    for spoiled in ("Scores fell by 3.2 points (1,234 people)", "Scores rose by 3.1 points (1,234 people)"):
        assert unlike([{**one, "brief": {"message": {**texts, "en": spoiled}}}]) != []
    assert unlike([{**one, "estimate": -3.2}]) != []
    verdict = {lang: dict(sentences.keys("said"))["said.verdict.berarti"][lang].format(what="X", margin="3") for lang in LANGUAGES}
    other = {**verdict, "en": dict(sentences.keys("said"))["said.verdict.arah"]["en"].format(what="X", margin="3")}
    assert unlike([{**one, "sentence": verdict}]) == []
    assert unlike([{**one, "sentence": other}]) != []
