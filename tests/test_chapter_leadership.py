"""Leadership on tables that can be counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from karier_stats.chapters import leadership
from karier_stats.intake.processed import Evaluation
from karier_stats.report.wording import faults

YEAR = 2025
STAFF = 10


def district(rates: dict[str, float], events: dict[str, int], heads: int = 1, **more: pd.DataFrame) -> Evaluation:
    """Units of ten staff and a head; ``rates`` of them took part, heads opened ``events``."""
    people = [
        {"employee_uid": f"{unit}-{i}", "year": YEAR, "unit_id": unit, "standing_code": "01", "is_head": i == STAFF}
        for unit in rates for i in range(STAFF + 1)
    ]
    joined = [
        {"batch_id": "B", "employee_uid": f"{unit}-{i}", "outcome": "lulus"} for unit, rate in rates.items()
        for i in range(round(rate * STAFF))
    ]
    joined += [{"batch_id": "B", "employee_uid": f"{unit}-{STAFF}", "outcome": "lulus"} for unit in rates]
    engaged = [
        {
            "unit_id": unit, "year": YEAR - 1, "head_uid": f"h{unit}{k}", "acting_type": "D", "head_jp": 20.0 / heads,
            "events_opened": count // heads, "letters_promoting": 4 // heads,
        }
        for unit, count in events.items()
        for k in range(heads)
    ]
    tables = {
        "unit": pd.DataFrame({"unit_id": list(rates), "unit_name": [f"Unit {unit}" for unit in rates]}),
        "employee": pd.DataFrame(people), "participation": pd.DataFrame(joined),
        "leader_engagement": pd.DataFrame(engaged),
        "batch": pd.DataFrame({"batch_id": ["B"], "program_id": ["P"], "year": [YEAR]}),
        "program": pd.DataFrame({"program_id": ["P"], "title": ["Kursus"], "form": ["seminar"]}), **more,
    }
    return Evaluation.from_tables(tables, period=YEAR)


RATES = {"A": 0.2, "B": 0.4, "C": 0.4, "D": 0.6, "E": 0.6, "F": 0.8}
EVENTS = {"A": 0, "B": 1, "C": 2, "D": 4, "E": 5, "F": 6}


def test_heads_are_not_among_the_staff():
    rows = leadership.staff_years(district(RATES, EVENTS))
    assert len(rows) == 6 * STAFF
    assert rows.groupby("unit_id")["took_part"].mean().to_dict() == pytest.approx(RATES)


def test_the_index_by_hand_and_counts_of_two_heads_are_added():
    one = leadership.engagement(district(RATES, EVENTS)).set_index("unit_id")["engagement"]
    assert one["A"] == pytest.approx(10 * 2 / 3)
    assert one["D"] == pytest.approx(10 * (1 + 4 / 6 + 1) / 3)
    two = leadership.engagement(district(RATES, dict.fromkeys(RATES, 2), heads=2)).set_index("unit_id")
    assert two.loc["A", "engagement"] == pytest.approx(10 * (1 + 2 / 6 + 1) / 3)
    assert (two["heads"] == 2).all()


def test_a_unit_with_an_unknown_count_is_left_out():
    ev = district(RATES, EVENTS)
    table = ev.table("leader_engagement", "all")
    table.loc[0, "letters_promoting"] = pd.NA
    tables = {name: ev.table(name, "all") for name in ("unit", "employee", "participation", "batch", "program")}
    again = Evaluation.from_tables({**tables, "leader_engagement": table}, period=YEAR)
    assert "A" not in set(leadership.engagement(again)["unit_id"])


def test_units_apart_by_engagement_and_worded_as_association():
    answer = leadership.participation(district(RATES, EVENTS))
    found = answer.findings[0]
    # slope of the unit means on the index; the index rises by 10/18 per event
    x, y = pd.Series(EVENTS) * 10 / 18, pd.Series(RATES)
    assert found.estimate == pytest.approx(((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum())
    assert found.design == "adjusted_association" and found.n_units == 6
    assert "bukan hubungan sebab akibat" in found.sentence["id"]
    assert all(faults(one) == () for one in answer.findings)


def test_the_other_way_round_is_said():
    found = leadership.participation(
        district(RATES, dict(zip(RATES, reversed(EVENTS.values()), strict=True)))
    ).findings[0]
    assert found.estimate < 0
    assert "berlawanan dengan dugaan" in found.sentence["id"] or "belum dapat disimpulkan" in found.sentence["id"]
    assert found.recommendation is None


def test_nothing_seen_has_its_interval_and_the_smallest_it_could_see():
    flat = {"A": 0.5, "B": 0.4, "C": 0.6, "D": 0.4, "E": 0.6, "F": 0.5}
    found = leadership.participation(district(flat, EVENTS)).findings[0]
    assert found.ci_low < 0 < found.ci_high
    assert "tidak terlihat" in found.sentence["id"] and "terkecil" in found.sentence["id"]
    assert faults(found) == ()


def test_three_units_are_refused():
    few = {unit: RATES[unit] for unit in "ABC"}
    found = leadership.participation(district(few, {unit: EVENTS[unit] for unit in "ABC"})).findings[0]
    assert found.evidence == "belum_ada_data"
    assert "Data belum memadai" in found.sentence["id"]


def test_acting_heads_and_changes_are_counted():
    ev = district(RATES, EVENTS)
    table = ev.table("leader_engagement", "all")
    table.loc[0, "acting_type"] = "PLT"
    extra = table.iloc[[1]].assign(head_uid="other")
    tables = {name: ev.table(name, "all") for name in ("unit", "employee", "participation", "batch", "program")}
    again = Evaluation.from_tables({**tables, "leader_engagement": pd.concat([table, extra])}, period=YEAR)
    found = leadership.heads(again).findings[0]
    assert found.estimate == pytest.approx(2 / 6)
    assert "1 dipimpin pelaksana tugas atau penjabat dan 1 berganti kepala" in found.sentence["id"]


def test_bands_hold_their_units():
    data = leadership.bands(district(RATES, EVENTS)).picture.data
    # index 6.67 (A: in the top band, which begins at 20/3) and above
    assert data["units"].sum() == 6
    assert data["n"].sum() == 60


def test_what_staff_say_is_set_beside_the_record_of_their_own_unit():
    items = pd.DataFrame({
        "instrument": "b", "item_id": ["B1"], "item_text": "x", "purpose": "budaya_belajar", "scale_min": 1,
        "scale_max": 5,
    })
    said = dict(zip(RATES, (1, 2, 2, 3, 4, 5), strict=True))
    answers = pd.DataFrame([
        {
            "response_id": f"{unit}-{i}", "instrument": "b", "item_id": "B1", "employee_uid": f"{unit}-{i}",
            "year": YEAR, "value": value,
        }
        for unit, value in said.items() for i in range(2)
    ])  # no unit in the form: it comes from the staff table
    found = leadership.learning_culture(district(RATES, EVENTS, survey_item=items, survey_response=answers)).findings
    x, y = pd.Series(EVENTS) * 10 / 18, pd.Series(said, dtype=float)
    assert len(found) == 1  # one item has no reliability
    assert found[0].estimate == pytest.approx(((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum())
    assert found[0].n == 12 and faults(found[0]) == ()
    assert leadership.support(district(RATES, EVENTS, survey_item=items, survey_response=answers)).findings[0].n == 0
