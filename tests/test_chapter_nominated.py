"""Net gain of courses that took low scorers, and what those who missed the post-test could undo."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from asked import outcomes

from karier_stats.intake.processed import Processed
from karier_stats.report.wording import faults
from karier_stats.stats.change import dropout, nomination
from karier_stats.stats.change.nomination import net_gain, retest_reliability
from karier_stats.views import scores
from karier_stats.views.evaluation import with_views
from tests import once
from tests.every_answer import sample

YEAR = 2025
QUESTIONS = (outcomes.missed, outcomes.nominated)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return sample()


@pytest.fixture(scope="module")
def found(tables: dict[str, pd.DataFrame]) -> dict[int, dict[str, Any]]:
    evaluations = {year: Processed.from_tables(tables, period=year) for year in (2024, 2025)}
    return {year: {one.id: one for question in QUESTIONS for one in question(ev).findings} for year, ev in evaluations.items()}


def evaluation(people: list[tuple[str, float, float | None]], selection: str = "low_before") -> Processed:
    """A unit with one course: (arm, before, after) of everybody."""
    rows = [
        {
            "employee_uid": f"e{place}", "program_id": "P1", "year": YEAR, "arm": arm, "measure": "m",
            "scale_kind": "interval", "kind": kind, "score": score,
        }
        for place, (arm, before, after) in enumerate(people)
        for kind, score in (("pre", before), ("post", after))
        if score is not None
    ]
    uids = [f"e{place}" for place in range(len(people))]
    return Processed.from_tables({
        "unit": pd.DataFrame({"unit_id": ["U"], "unit_name": ["Unit"]}),
        "employee": pd.DataFrame({"employee_uid": uids, "year": YEAR, "unit_id": "U"}),
        "program": pd.DataFrame({"program_id": ["P1"], "title": ["Kursus"], "form": ["bimtek"], "selection": [selection]}),
        "test_score": pd.DataFrame(rows),
    }, period=YEAR)


def low_scorers(gain: float = 6.0, seed: int = 5) -> list[tuple[str, float, float | None]]:
    """Sixty who sat the pre-test; the lower half is trained, the upper half is not."""
    rng = np.random.default_rng(seed)
    true = rng.normal(55, 10, 60)
    before, after = (np.round(true + rng.normal(0, 6.5, 60), 1) for _ in range(2))
    order = np.argsort(before)
    return [
        ("peserta" if rank < 30 else "pembanding", float(before[k]), float(after[k] + gain * (rank < 30)))
        for rank, k in enumerate(order)
    ]


def test_the_sample_districts_truth_is_covered(found: dict[int, dict[str, Any]]) -> None:
    truth = json.loads((once.raw() / "truth.json").read_text(encoding="utf-8"))["test_gain"]
    for year in (2024, 2025):
        net, others = found[year]["outcomes.nominated"], found[year]["outcomes.nominated.untrained"]
        planted = truth[str(year)]["by_form"]["bimtek"]
        assert net.ci_low <= planted <= net.ci_high
        # the practice gain of everybody is in the net gain and in the change of those not trained, who are too few to show it
        assert net.ci_low <= planted + truth["drift"] <= net.ci_high
        assert others.ci_low <= truth["drift"] <= others.ci_high
        assert "belum dapat dipastikan" in others.sentence["id"] and "not settled" in others.sentence["en"]


def test_the_plain_change_of_the_nominated_misses_the_truth(tables: dict[str, pd.DataFrame]) -> None:
    answer = outcomes.nominated(Processed.from_tables(tables, period=2024))
    change = answer.picture.data.iloc[0]
    assert change["low"] > 8.3  # 8 points were planted, and the interval of the mean change lies above them


def test_no_sentence_claims_more_than_its_design(found: dict[int, dict[str, Any]]) -> None:
    assert {name: faults(one) for year in found for name, one in found[year].items() if faults(one)} == {}


def test_no_number_depends_on_the_pseudonyms(tables: dict[str, pd.DataFrame], found: dict[int, dict[str, Any]]) -> None:
    turned = {
        name: frame.assign(employee_uid=frame["employee_uid"].map(lambda uid: uid[::-1], na_action="ignore").astype("string"))
        if "employee_uid" in frame else frame
        for name, frame in tables.items()
    }
    ev = Processed.from_tables(turned, period=2025)
    again = {one.id: one for question in QUESTIONS for one in question(ev).findings}
    assert {name: one.as_dict() for name, one in again.items()} == {name: one.as_dict() for name, one in found[2025].items()}


def test_left_over_candidates_and_participants_are_the_origin_together() -> None:
    people = low_scorers()
    answer = outcomes.nominated(evaluation(people))
    frame = pd.DataFrame(people, columns=["arm", "pre", "post"])
    trained, others = (frame[frame["arm"] == arm] for arm in ("peserta", "pembanding"))
    slope = retest_reliability(others["pre"], others["post"])
    by_hand = net_gain(
        trained["pre"], trained["post"], reliability=slope.estimate, reliability_se=slope.std_error, pool=frame["pre"]
    ).headline
    # the chapter adds its rows in another order: the last bits may differ
    assert answer.findings[0].estimate == pytest.approx(float(by_hand["estimate"]), rel=1e-9)
    assert answer.findings[0].ci_low == pytest.approx(float(by_hand["ci_low"]), rel=1e-9)
    assert "pretes di atas peserta" in answer.notes[1]["id"]
    assert answer.table.data["label_id"].tolist() == ["Kursus"]
    net = nomination.net_gains(
        with_views(evaluation(people)).low_scorers(), before="pre", after="post", group="arm", control="pembanding",
        by="program_id",
    )
    assert [course.code for course in net.rows] == ["P1"]


def test_those_not_trained_who_moved_break_the_assumption() -> None:
    practice = [(arm, before, after + 5) for arm, before, after in low_scorers()]  # type: ignore[operator]
    net, others = outcomes.nominated(evaluation(practice)).findings
    assert others.ci_low > 0
    assert "tidak terpenuhi" in others.sentence["id"] and "does not hold" in others.sentence["en"]
    assert net.evidence == "lemah"


def test_without_a_reliability_it_says_what_is_needed() -> None:
    alone = [row for row in low_scorers() if row[0] == "peserta"]
    answer = outcomes.nominated(evaluation(alone))
    assert answer.findings[0].evidence == "belum_ada_data"
    assert "perlu reliabilitas tes" in answer.findings[0].sentence["id"]
    assert "the reliability of the test is needed" in answer.findings[0].sentence["en"]
    other_way = outcomes.nominated(evaluation(low_scorers(), "ability"))
    assert "tidak ada peserta dengan kedua tes yang dipilih" in other_way.findings[0].sentence["id"]


def missing(compared: bool = True, gain: float = 8.0) -> Processed:
    """Forty participants, of whom twelve missed the post-test, and thirty others."""
    rng = np.random.default_rng(8)
    people: list[tuple[str, float, float | None]] = []
    for place in range(40):
        before = float(np.round(rng.normal(55, 8), 1))
        after = float(np.round(before + gain + rng.normal(0, 6), 1))
        people.append(("peserta", before, None if place < 12 else after))
    for _ in range(30 if compared else 0):
        before = float(np.round(rng.normal(55, 8), 1))
        people.append(("pembanding", before, float(np.round(before + rng.normal(0, 6), 1))))
    return evaluation(people, "random")


def test_what_those_who_missed_the_post_test_could_undo() -> None:
    ev = missing()
    answer = outcomes.missed(ev)
    by_id = {one.id.rpartition(".")[2]: one for one in answer.findings}
    assert set(by_id) == {"missed", "before", "tipping", "imputed"}
    began = with_views(ev).began()
    leaving = dropout.dropouts(began, before="pre", after="post", group="arm", control="pembanding", cluster="unit_id").result
    assert leaving is not None
    points = [float(leaving.row(f"{term}[peserta]")["estimate"]) for term in ("tipping_unseen", "tipping_zero")]
    gain = by_id["tipping"]
    assert points[1] == pytest.approx(-gain.estimate * 40 / 12)
    assert gain.design == "comparison_group" and gain.n == 28  # who took the post-test
    assert "lebih rendah daripada perubahan peserta lain" in gain.sentence["id"]
    assert by_id["imputed"].estimate == pytest.approx(
        float(leaving.row("imputed[peserta · 0]")["estimate"]) - 5 * 12 / 40, rel=1e-9
    )
    assert all(faults(one) == () for one in answer.findings)


def test_without_comparison_people_the_change_itself_is_tried() -> None:
    gain = next(one for one in outcomes.missed(missing(compared=False)).findings if one.id.endswith("tipping"))
    assert gain.design == "before_after" and gain.n == 28
    assert gain.sentence["en"].startswith("The mean change of participants who took the post-test is")


def test_a_result_that_is_not_seen_has_no_tipping_point() -> None:
    answer = outcomes.missed(missing(gain=0.5))
    gain = next(one for one in answer.findings if one.id.endswith("tipping"))
    assert gain.ci_low < 0 < gain.ci_high
    assert "belum dapat diketahui berarti atau tidaknya: kisarannya memuat nol" in gain.sentence["id"]
    assert all(faults(one) == () for one in answer.findings)


def test_a_way_of_choosing_that_does_not_fit_weakens_the_finding(found: dict[int, dict[str, Any]]) -> None:
    assert found[2025]["outcomes.missed.tipping"].evidence == "sedang"  # low scorers and unknown ways are among them
    assert dropout.ALIKE == ("random", "ability")
    assert scores.FEW == 20  # comparison people from which on a difference is taken
