"""A real training programme through ``prepare``: the figures of its own README come out."""

from __future__ import annotations

from pathlib import Path

import pytest

from karier_stats.answers.record import Answer
from karier_stats.intake.prepare import prepare
from karier_stats.intake.processed import open_evaluation
from karier_stats.intake.pseudonyms import make_key
from karier_stats.report.wording import faults
from tests.every_answer import questions

NAME = "carpentries_longterm2017"
PETA = Path(__file__).parent / "real" / NAME / "peta.yml"


@pytest.fixture(scope="module")
def survey(shared_data, tmp_path_factory):
    """The survey, prepared once."""
    root = tmp_path_factory.mktemp("proyek")
    for name in ("data/processed", "notebooks"):
        (root / name).mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KARIER_KEYS", str(tmp_path_factory.mktemp("kunci")))
        patch.setenv("KARIER_HOME", str(root))
        make_key(NAME)
        intake = prepare(NAME, root=root, raw=shared_data / NAME, peta=PETA)
        yield intake, open_evaluation(NAME, period=2017)


def test_no_row_is_lost_and_none_is_refused(survey):
    intake, _ = survey
    assert intake.exit_code == 0
    processed = {feed["table"]: (feed["rows_read"], feed["processed"]) for feed in intake.content["feeds"]}
    assert processed["employee"] == processed["participation"] == (476, 476)
    assert processed["test_score"] == (476, 433)
    assert processed["need"] == (476, 392)
    assert processed["survey_response"] == (476, 410)


def test_use_before_and_since(survey):
    _, ev = survey
    scores = ev.table("test_score")
    counts = {kind: list(group["score"].value_counts().sort_index()) for kind, group in scores.groupby("kind")}
    assert counts == {"pre": [75, 47, 70, 41, 81, 119], "post": [22, 18, 61, 48, 96, 188]}
    wide = scores.pivot(index="employee_uid", columns="kind", values="score").dropna()
    change = wide["post"] - wide["pre"]
    assert (len(change), (change > 0).sum(), (change == 0).sum(), (change < 0).sum()) == (433, 202, 209, 22)
    assert change.mean() == pytest.approx(0.8753, abs=5e-5)  # four decimals are given
    assert set(scores.loc[scores["score"] == 6, "label"]) == {"Daily."}


def test_means_of_the_seven_items(survey):
    _, ev = survey
    answers = ev.table("survey_response").groupby("item_id")["value"].agg(["mean", "std"]).round(2)
    assert [tuple(answers.loc[item]) for item in ev.table("survey_item")["item_id"]] == [
        (3.67, 1.01), (4.12, 0.89), (3.58, 1.01), (2.86, 1.03), (3.73, 1.01), (3.47, 1.01), (3.71, 0.96)]


def test_those_who_answered_all_seven(survey):
    _, ev = survey
    wide = ev.table("survey_response").pivot(index="response_id", columns="item_id", values="value").dropna()
    items, total = wide.var(), wide.sum(axis=1).var()
    assert len(wide) == 404
    assert 7 / 6 * (1 - items.sum() / total) == pytest.approx(0.9141838, abs=5e-8)  # seven decimals are given


def test_practices_taken_up(survey):
    _, ev = survey
    needs = ev.table("need")
    assert needs["employee_uid"].nunique() == 392
    assert needs["need_item"].value_counts().iloc[0] == 260


def test_no_finding_of_the_real_survey_claims_more_than_its_design(survey):
    _, ev = survey
    answers: list[Answer] = [question(ev) for question in questions()]
    found = [one for answer in answers for one in answer.findings]
    assert [(one.id, faults(one)) for one in found if faults(one)] == []
    assert any(one.design == "before_after" for one in found)
