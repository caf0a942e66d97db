"""A researcher changes a keyword of a cell: what is not there is told by its role, and words follow another grouping."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import karier_stats as ks
from karier_stats.answers import chapters
from karier_stats.answers.facts import facts_of
from karier_stats.answers.record import Answer
from karier_stats.errors import StatisticsError
from karier_stats.intake.schema import TABLES
from karier_stats.report import show
from karier_stats.stats.results import COLUMNS, METHODS, TERMS, Tabled
from karier_stats.views.evaluation import Evaluation
from karier_stats.words import catalogue, say
from tests import every_answer

ABSENT = "tidak_ada"
TESTS = {"before": "pre", "after": "post", "group": "arm", "control": "C"}
VERBS: dict[Any, dict[str, Any]] = {
    ks.shares: {"of": "yes", "by": "kind", "over": "year", "per": "who", "cluster": "unit"},
    ks.means: {"of": "post", "by": "kind", "over": "year", "cluster": "unit"},
    ks.medians: {"of": "post", "by": "kind", "over": "year"},
    ks.deviations: {"of": "post", "by": "kind"},
    ks.totals: {"of": "post", "by": "kind", "over": "year"},
    ks.ratios: {"of": "post", "to": "pre", "by": "kind", "among": "year", "weight": "pre"},
    ks.distinct: {"of": ["who"], "by": "kind", "over": "year"},
    ks.summary: {"of": "post", "by": "kind", "share": "yes", "mean": "pre"},
    ks.inequality: {"of": "post"},
    ks.others: {"of": "post", "by": "unit", "within": "kind"},
    ks.within: {"of": "yes", "by": ["kind"], "unit": "unit", "person": "who", "adjust": ["year"]},
    ks.gains: {**TESTS, "by": "kind", "person": "who", "cluster": "unit", "adjust": "kind"},
    ks.net_gains: {**TESTS, "by": "kind", "within": "year", "cluster": "unit"},
    ks.dropouts: {**TESTS, "cluster": "unit", "selection": "kind"},
    ks.slopes: {"outcome": "yes", "on": "pre", "unit": "unit", "person": "who", "adjust": "kind", "also": "year"},
    ks.moderated: {"outcome": "yes", "on": "pre", "moderators": "yes", "unit": "unit", "person": "who", "adjust": "kind"},
    ks.promoters: {"of": "post"},
    ks.split_halves: {"outcome": "post", "on": "pre", "unit": "unit"},
}
"""Verbs with keywords of columns that exist."""
AS_ASKED = {
    "table": """
        data_quality.received data_quality.refused data_quality.noticed data_quality.loose_ends data_quality.stewardship
        data_quality.linked data_quality.verdict needs.choices needs.offer delivery.trend participation.rate
        outcomes.project_management outcomes.retention outcomes.nominated leadership.inferences leadership.amounts
        leadership.side_by_side leadership.moderators leadership.averaging challenges.commitment challenges.budget_gap
        challenges.partners synthesis.scorecard synthesis.recommendations synthesis.follow_up
    """.split(),
    "picture": """
        needs.offer delivery.trend participation.concentration participation.equity outcomes.change
        outcomes.project_management outcomes.study_motivation outcomes.retention outcomes.nominated
        leadership.participation leadership.inferences leadership.doubts leadership.side_by_side
        leadership.learning_culture leadership.support leadership.moderators challenges.commitment challenges.budget_gap
        challenges.partners synthesis.scorecard
    """.split(),
}
"""Exhibits whose words stand whatever is asked: their results take no breakdown by a keyword of a cell."""


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """Made-up people; what they scored is of no interest here."""
    n = 40
    return pd.DataFrame({
        "who": range(n), "unit": [f"U{i % 8}" for i in range(n)], "kind": ["a", "b"] * (n // 2), "year": [2024, 2025] * (n // 2),
        "yes": [i % 3 == 0 for i in range(n)], "pre": [40.0 + i % 7 for i in range(n)], "post": [45.0 + i % 11 for i in range(n)],
        "arm": ["C", "C", "P", "P"] * (n // 4), "_counted": 1,
    })


@pytest.mark.parametrize(("verb", "role"), [
    pytest.param(verb, role, id=f"{verb.__name__}-{role}")
    for verb, keywords in VERBS.items() for role in keywords
    if role != "control" and (verb, role) != (ks.within, "by")  # a breakdown that an office has no column for is left out
])
def test_a_column_that_is_not_there_is_told_by_its_role(rows, verb, role):
    asked = VERBS[verb][role]
    absent = [ABSENT] if isinstance(asked, list) else ABSENT
    with pytest.raises(StatisticsError) as refused:
        verb(rows, **{**VERBS[verb], role: absent})
    if (verb, role) in [(ks.summary, "share"), (ks.summary, "mean")]:
        role = "of"
    assert (refused.value.code, refused.value.values["column"], refused.value.values["role"]) == ("K340", ABSENT, role)
    assert "kind" in refused.value.values["known"] and "_counted" not in refused.value.values["known"]


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in (ks.split_halves, ks.distinct, ks.summary)])
def test_the_table_of_every_result_has_the_columns_and_names_of_the_contract(rows, verb):
    result = verb(rows, **{**VERBS[verb], **({"outcome": "post"} if verb is ks.moderated else {})})
    table = result.table
    assert tuple(table.columns) == COLUMNS
    shown = repr(result)  # what a cell without a page shows, and print: the table, not the insides
    assert shown.startswith(type(result).__name__) and len(shown.splitlines()) > len(table)
    assert not re.search(r"<NA>|&lt;NA|\bnan\b|Estimate\(", shown + result._repr_html_())
    assert {re.split(r"\[| x |\^|=", term)[0] for term in table["term"]} <= {*TERMS, *rows.columns}
    assert set(table["method"].dropna()) <= set(METHODS)
    known = table.dropna(subset=["ci_low"])
    assert ((known["ci_low"] <= known["estimate"]) & (known["estimate"] <= known["ci_high"])).all()


def test_every_result_with_a_table_prints_it():
    """A dataclass would print its fields: each says ``repr=False``."""
    kinds = list(Tabled.__subclasses__())
    for kind in kinds:
        kinds += kind.__subclasses__()
    assert len(kinds) > 20 and [kind.__name__ for kind in kinds if kind.__repr__ is not Tabled.__repr__] == []


def test_a_table_has_the_numbers_of_its_result(rows):
    taken = ks.shares(rows, of="yes", by="kind", level=0.9)
    gap = ks.contrast(taken)
    (row,) = gap.table.to_dict("records")
    assert row["term"] == "difference[kind=a · kind=b]" and row["ci_level"] == 0.9
    assert (row["estimate"], row["ci_low"], row["ci_high"], row["n"]) == (gap.estimate, gap.low, gap.high, 40)
    found = ks.slopes(rows, **VERBS[ks.slopes])
    pd.testing.assert_frame_equal(found.table, found.fit.table)
    gains = ks.gains(rows, **{**VERBS[ks.gains], "adjust": None})
    assert list(gains.table["estimate"]) == [gain.estimate.value for gain in gains.values()]
    assert "<table" in gains._repr_html_() and "difference[" in gap._repr_html_()


def test_each_group_by_a_column_that_is_not_there(rows):
    with pytest.raises(StatisticsError, match="K340"):
        ks.each(rows, ABSENT, ks.means, of="post")


@pytest.mark.parametrize(("asked", "role"), [
    (lambda ev: ev.arms(ABSENT), "by"), (lambda ev: ev.arms("form", having=[ABSENT]), "having"),
    (lambda ev: ev.satisfaction(by=ABSENT), "by"),
])
def test_a_column_that_a_view_has_not_is_told_as_a_verb_tells_it(asked, role):
    with pytest.raises(StatisticsError) as refused:
        asked(_district())
    assert (refused.value.code, refused.value.values["column"], refused.value.values["role"]) == ("K340", ABSENT, role)
    assert "unit_id" in refused.value.values["known"]


@pytest.mark.parametrize("asked", [
    lambda ev: ev.answered(ABSENT), lambda ev: ev.forms(ABSENT), lambda ev: ev.gaps(ABSENT), lambda ev: ks.smallest(ABSENT),
    lambda ev: ks.effect(None, of=pd.DataFrame(), design=ABSENT),
])
def test_a_choice_that_no_list_has_is_told_with_the_list(asked):
    ev = _district()
    with pytest.raises(StatisticsError) as refused:
        asked(ev)
    assert refused.value.code == "K316" and refused.value.values["value"] == ABSENT and refused.value.values["known"]


def _district() -> Evaluation:
    """The sample, as a notebook opens it."""
    return Evaluation.from_tables(every_answer.sample(), period=2025)


@pytest.fixture
def shown(monkeypatch) -> Iterator[list[Answer]]:
    """What questions show."""
    found: list[Answer] = []
    monkeypatch.setattr(show, "show", found.append)
    yield found


def test_words_follow_another_grouping(shown):
    ev = _district()
    arms = {"before": "pre", "after": "post", "group": "arm", "control": "pembanding"}
    with ks.question(ev, "outcomes.by_form") as q:
        forms = ks.gains(ev.arms("competency"), by="competency", alone=20, cluster="unit_id", **arms)
        q.answer(forms, overall=forms)
    with ks.question(ev, "participation.dropout") as q:
        ended = ev.ended()
        lost = ks.shares(ended, of="lost", by="topic")
        kinds = ks.shares(ended, of="outcome", value=["tidak_hadir", "tidak_lulus"], by="topic")
        q.answer(lost, kinds=kinds, picture=ks.shares(ended, of="outcome", by="topic"), table={"lost": lost})
    assert forms.family[0]["id"].startswith("Keluarga uji: 2 kelompok menurut jenis kompetensi;")
    gained, ended = shown
    assert gained.picture.title == {"id": "Perubahan nilai menurut jenis kompetensi", "en": "Change in score by kind of competency"}
    assert gained.table.caption == gained.picture.title
    assert gained.findings[-1].sentence["id"].startswith("Menurut jenis kompetensi, 2 kelompok dibandingkan")
    assert ended.table.caption["en"] == "Share not ended in a pass by topic" and ended.table.fields[1].label["id"] == "Kelompok"
    told = json.dumps([one.sentence for answer in shown for one in answer.findings])
    assert "bentuk pelatihan" not in told and "forms of training" not in told


def test_every_coded_column_has_a_name_and_every_column_of_the_dictionary_its_codes():
    ev = _district()
    views = [view() for view in (
        ev.people, ev.ended, ev.scores, ev.doses, ev.led, ev.earlier, ev.offers, ev.rated, ev.applications)]
    coded = {column for view in views for column in view if column in view.attrs["names"]}
    assert len(coded) > 25 and not {column for column in coded if not catalogue.has(f"columns.{column}")}
    lists = {column.name for about in TABLES.values() for column in about.columns if column.codes}
    assert {"education", "standing_code", "nomination", "study_kind", "work_result"} <= lists & coded
    assert not {column for view in views for column in view if column in lists - coded}


def test_every_column_that_a_notebook_asks_about_has_a_name():
    cells = "".join(path.read_text(encoding="utf-8") for path in (Path(ks.__file__).parents[1] / "notebooks").glob("*.ipynb"))
    asked = {*re.findall(r'(?:of|by|over|outcome)=\\"(\w+)\\"', cells)}
    assert len(asked) > 50 and not {column for column in asked if not catalogue.has(f"columns.{column}")}


def test_plain_words_name_the_group_in_focus_with_its_own_number(rows):
    groups = replace(ks.shares(rows, of="yes", by="kind"), focus="b")
    row = groups.find("b")
    told = {lang: say("said.plain.shares.said", lang, it=facts_of(groups)) for lang in ("id", "en")}
    assert told["id"].startswith(f"Yes (b): {row.k} dari {row.n} (") and told["en"].startswith(f"Yes (b): {row.k} of {row.n} (")
    assert row.n < len(rows)


def test_every_exhibit_of_a_breakdown_says_what_it_expects():
    """A picture or a table without ``expect`` keeps its own words whatever is asked: their results take no ``by``."""
    nodes = {f"{chapter}.{name}": words for chapter in chapters.CHAPTERS for name, words in catalogue.node(chapter).items()
             if isinstance(words, Mapping) and "question" in words}
    for part, names in AS_ASKED.items():
        own = {name for name, words in nodes.items() if isinstance(words.get(part), Mapping) and not words[part].get("expect")}
        assert own == set(names), part


def test_one_outcome_and_one_sample_are_names_and_not_their_letters(rows):
    found = ks.slopes(rows.assign(sure=rows["yes"] >= 0), **VERBS[ks.slopes])
    (one, many) = (ks.every_way(found, outcomes=of, samples=sample, draws=9).result.computed
                   for of, sample in (("yes", "sure"), (["yes"], ["sure"])))
    pd.testing.assert_frame_equal(one, many)
