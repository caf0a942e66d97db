"""The sample district: each planted truth beside the chapters' estimate and interval."""

from __future__ import annotations

import json
import os
from typing import Any

import pandas as pd
import pytest
from asked import Chapter

from karier_stats.answers.record import Finding
from karier_stats.intake.processed import Processed
from karier_stats.report.wording import faults
from tests import once
from tests.every_answer import of_chapter, of_question, renamed, sample

CHAPTERS = ("needs", "outcomes", "feedback", "leadership", "challenges")


DEAR = {"doubts", "averaging", "heads"}
"""Questions of the leaders' chapter that take as long as all others: asked under other pseudonyms in the long form only."""


def _answers(ev: Processed, chapters: tuple[str, ...], without: frozenset[str] = frozenset()) -> dict[str, Finding]:
    """All findings of some chapters by id."""
    found: dict[str, Finding] = {}
    for chapter in chapters:
        for question in (one for one in Chapter(chapter).QUESTIONS if one.__name__ not in without):
            found.update({one.id: one for one in question(ev).findings})
    return found


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return sample()


@pytest.fixture(scope="module")
def found() -> dict[str, Finding]:
    return {one.id: one for chapter in CHAPTERS for answer in of_chapter(chapter) for one in answer.findings}


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return json.loads((once.raw() / "truth.json").read_text(encoding="utf-8"))


def _covers(finding: Finding, value: float) -> bool:
    """Whether the interval holds the value."""
    assert finding.ci_low is not None and finding.ci_high is not None
    return finding.ci_low <= value <= finding.ci_high


def test_gain_by_form_and_overall(found: dict[str, Finding], truth: dict[str, Any]) -> None:
    planted = truth["test_gain"]["2025"]
    missed = [
        form for form, value in planted["by_form"].items() if not _covers(found[f"outcomes.by_form.{form}"], value)
    ]
    assert missed == []
    assert _covers(found["outcomes.change"], planted["overall"])
    assert found["outcomes.change"].n == sum(planted["n"].values())


def test_what_is_left_at_the_retention_test(found: dict[str, Finding], truth: dict[str, Any]) -> None:
    planted = truth["retention"]["2025"]
    assert _covers(found["outcomes.retention.left"], planted["share_kept"])
    assert _covers(found["outcomes.retention.lasting"], planted["later_overall"])


def test_the_difference_that_lasts_by_form(truth: dict[str, Any]) -> None:
    data = of_question("outcomes.retention").table.data.set_index("form")
    planted = truth["retention"]["2025"]["later_by_form"]
    missed = [form for form, row in data.iterrows() if not row["low"] <= planted[form] <= row["high"]]
    assert missed == []
    assert data["kept"].notna().tolist() == (data["gain"] > 3).tolist()  # seminar and e-learning show no clear gain


def test_the_net_gain_of_people_chosen_for_a_low_score(found: dict[str, Finding], truth: dict[str, Any]) -> None:
    assert _covers(found["outcomes.nominated"], truth["test_gain"]["2025"]["by_form"]["bimtek"])


def test_project_management_and_motivation(found: dict[str, Finding], truth: dict[str, Any]) -> None:
    planted = truth["project_performance"]
    assert _covers(found["outcomes.project_management"], planted["difference_points"])
    assert found["outcomes.project_management"].n == min(planted["n_trained"], planted["n_compared"])
    assert _covers(found["outcomes.study_motivation"], truth["motivation_after_study"]["difference"])


def test_the_rise_of_the_professionalism_index_and_what_certificates_give(found: dict[str, Finding], truth: dict[str, Any]) -> None:
    planted, change = truth["ip_asn"], found["needs.ip_asn.change"]
    assert change.estimate == pytest.approx(planted["change"]["total"]) and change.n == planted["n_both"]
    assert f"{planted['from_competence']:.0%} ".replace("%", " percent") + "comes from competence" in change.sentence["en"]
    assert found["needs.ip_asn"].n == planted["measured"]["2025"]
    assert f"the IP ASN of {planted['mistyped']} is not the sum" in found["needs.ip_asn.amiss"].sentence["en"]


def test_leadership_within_and_between(found: dict[str, Finding], truth: dict[str, Any]) -> None:
    planted = truth["leadership"]
    assert _covers(found["leadership.participation.within"], planted["within"])
    assert _covers(found["leadership.participation.between"], planted["between"])
    assert _covers(found["leadership.learning_culture"], truth["learning_culture"]["slope"])


def test_the_irrelevant_course_and_the_revised_one(found: dict[str, Finding], truth: dict[str, Any]) -> None:
    planted = truth["irrelevant"]
    still, revised = planted["still"], planted["revised"]
    assert _covers(found[f"feedback.irrelevant.{still}"], planted["planted"][f"{still}_v1"])
    assert f"feedback.irrelevant.{revised}" not in found
    assert _covers(
        found[f"feedback.revised.{revised}"], planted["planted"][f"{revised}_v2"] - planted["planted"][f"{revised}_v1"],
    )


def test_the_budget_gap(found: dict[str, Finding], truth: dict[str, Any]) -> None:
    assert _covers(found["challenges.budget_gap"], truth["budget_gap_2025"]["gap_rp"])


def test_commitment(found: dict[str, Finding], truth: dict[str, Any]) -> None:
    planted = truth["commitment"]
    assert _covers(found["challenges.commitment.no_show"], planted["no_show"])
    assert _covers(found["challenges.commitment.withdrew"], planted["withdrawn"])
    assert _covers(found["challenges.commitment.plans"], planted["planned_states"]["selesai"])


def test_no_sentence_claims_more_than_its_design(found: dict[str, Finding]) -> None:
    assert {name: faults(one) for name, one in found.items() if faults(one)} == {}


def test_no_number_depends_on_the_pseudonyms(found: dict[str, Finding]) -> None:
    without = frozenset() if os.environ.get("KARIER_LONG") else frozenset(DEAR)
    chapters = CHAPTERS if os.environ.get("KARIER_LONG") else ("leadership",)  # test_row_order.py asks the others in both ways
    again = _answers(Processed.from_tables(renamed(), period=2025), chapters, without)
    wanted = {name: one.as_dict() for name, one in found.items() if one.chapter in chapters and name.split(".")[1] not in without}
    assert {name: one.as_dict() for name, one in again.items()} == wanted


def test_one_unit_still_gives_a_whole_answer() -> None:
    """A kelurahan for the public, as test_hidden_cells.py asks it too."""
    one = {one.id: one for chapter in CHAPTERS for answer in of_chapter(chapter, "14.71.10.1002", 2025, "public")
           for one in answer.findings}
    assert all(finding.sentence["id"] and finding.sentence["en"] for finding in one.values())
    assert one["leadership.participation"].evidence == "belum_ada_data"


def test_the_other_method_misses_the_truth_where_people_were_chosen(
    tables: dict[str, pd.DataFrame], truth: dict[str, Any],
) -> None:
    from karier_stats.stats.change.gains import gains
    from karier_stats.views.evaluation import with_views

    ev = with_views(Processed.from_tables(tables, period=2025))
    by_form = gains(
        ev.arms("form"), before="pre", after="post", group="arm", control="pembanding", by="form", person="test",
        cluster="unit_id", adjust="site", selection="selection",
    )
    planted = truth["test_gain"]["2025"]["by_form"]
    wrong = by_form["bimtek"].other("did")  # nominated for a low pre-test: the change regresses to the mean
    assert not wrong["ci_low"] <= planted["bimtek"] <= wrong["ci_high"]
