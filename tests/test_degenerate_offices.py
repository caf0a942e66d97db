"""Tiny and degenerate offices: no tie is told as a rank, no share of nothing, no interval from 0 to 100, one unit is no "units"."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import pytest
from asked import Chapter
from small_office import person, tables

from karier_stats.answers.record import Finding
from karier_stats.intake.processed import Processed
from karier_stats.report.disclosure import protect
from karier_stats.report.wording import faults

CHAPTERS = ("delivery", "participation", "challenges", "leadership")
Tables = dict[str, pd.DataFrame]
ABSURD = {
    "id": (
        r"\b0 dari 0\b", r"\bnan\b", r"<NA>", r"\bNone\b", r"\binf\b", r": 0,0 s\.d\. 100,0", r": −100,0 s\.d\. 100,0",
        r"Rp[−-]\d[\d.,]*(?: juta| miliar)? tidak terserap", r"Sebanyak 0 dari \d+ angkatan dibatalkan", r"; 0 kursi hilang",
        r"menjadi 0 orang", r"terbanyak ialah .*: 0,0 persen",
    ),
    "en": (
        r"\b0 of 0\b", r"\bnan\b", r"\b1 (?:units|years|lines|places|batches were)\b", r": 0\.0 to 100\.0",
        r"-100\.0 to 100\.0",
    ),
}


def of(keep: int, given: Tables | None = None) -> Tables:
    """The office with its first people only."""
    found, names = given or tables(), set(person(*range(1, keep + 1)))
    return {
        name: frame[frame["employee_uid"].isin(names)] if "employee_uid" in frame else frame for name, frame in found.items()
    }


def changed(name: str, **columns: object) -> Tables:
    """The office with columns of one table set."""
    found = tables()
    return {**found, name: found[name].assign(**columns)}


def without(*names: str) -> Tables:
    """The office without some tables."""
    return {name: frame for name, frame in tables().items() if name not in names}


def _survey() -> Tables:
    """Two barriers that as many respondents agree with, and one with which nobody does."""
    items = pd.DataFrame({
        "instrument": "h", "item_id": ["H1", "H2", "H3"], "item_text": ["Uang", "Waktu", "Jarak"], "purpose": "hambatan",
        "scale_min": 1, "scale_max": 5,
    })
    answers = pd.DataFrame([
        {"response_id": f"r{i}", "instrument": "h", "item_id": item, "year": 2025, "value": value}
        for i in range(12) for item, value in (("H1", 5 if i < 6 else 1), ("H2", 1 if i < 6 else 5), ("H3", 1))
    ])
    return {"survey_item": items, "survey_response": answers}


def _needs(jp: list[float]) -> pd.DataFrame:
    """A needs survey with hours."""
    return pd.DataFrame({"employee_uid": person(*range(1, len(jp) + 1)), "year": 2025, "need_item": "x", "needed_jp": jp})


def _partner(**more: object) -> pd.DataFrame:
    """One partner with free places."""
    return pd.DataFrame({
        "partner_id": ["M"], "partner_name": ["Mitra"], "seats": [1], "jp_per_seat": [4.0], "cost_per_seat_rp": [0], **more,
    })


def _engaged(units: int) -> Tables:
    """Units of six staff and a head with engagement of the year before."""
    names = [f"E{k}" for k in range(units)]
    staff = pd.DataFrame([
        {
            "employee_uid": f"{unit}-{i}", "year": 2025, "unit_id": unit, "standing_code": "01", "is_head": i == 6,
            "sex": "LP"[i % 2],
        }
        for unit in names for i in range(7)
    ])
    who = [f"{unit}-{i}" for unit in names for i in range(3)]
    joined = pd.DataFrame({"batch_id": "B", "employee_uid": who, "outcome": "lulus"})
    heads = pd.DataFrame({
        "unit_id": names, "year": 2024, "head_uid": [f"h{k}" for k in range(units)], "acting_type": "D", "head_jp": 20.0,
        "events_opened": range(units), "letters_promoting": 4,
    })
    return {
        "unit": pd.DataFrame({"unit_id": names, "unit_name": names}), "employee": staff, "participation": joined,
        "leader_engagement": heads, "batch": pd.DataFrame({"batch_id": ["B"], "program_id": ["P"], "year": [2025], "jp": [4.0]}),
        "program": pd.DataFrame({"program_id": ["P"], "title": ["x"], "form": ["seminar"]}),
    }


def _all_attend() -> Tables:
    """Everybody on the staff list attended."""
    found = tables()
    rows = pd.DataFrame({"batch_id": "B1", "employee_uid": person(*range(1, 26)), "outcome": "lulus", "credited_jp": 20.0})
    return {**found, "participation": rows}


def _batches(**columns: object) -> Tables:
    """Ten batches in one state."""
    found = tables()
    more = pd.concat([found["batch"], *(found["batch"].query("batch_id == 'B1'").assign(batch_id=f"C{n}") for n in range(6))])
    return {**found, "batch": more.assign(**columns)}


def _two_units_apart() -> Tables:
    """Two units whose rates are equal."""
    found = tables()
    return {**found, "employee": found["employee"].assign(unit_id=["U1" if n % 2 else "U2" for n in range(len(found["employee"]))])}


OFFICES: dict[str, Callable[[], Tables]] = {
    **{f"{n} people": (lambda n=n: of(n)) for n in (1, 2, 3, 5, 9, 11, 13)},
    "one unit": lambda: changed("employee", unit_id="U1"),
    "everybody attends": _all_attend,
    "everybody PNS": lambda: changed("employee", status="PNS"),
    "everybody PPPK": lambda: changed("employee", status="PPPK"),
    "everybody part-time": lambda: changed("employee", status="PPPK_PART_TIME"),
    "part-time beside the rest": lambda: changed("employee", status=(["PNS"] * 11 + ["PPPK_PART_TIME"] * 14) * 2),
    "no status": lambda: changed("employee", status=None),
    "everybody of one sex": lambda: changed("employee", sex="P"),
    "no hours": lambda: {**changed("participation", credited_jp=None), "batch": tables()["batch"].assign(jp=None)},
    "one form": lambda: changed("program", form="seminar"),
    "everybody passes": lambda: changed("participation", outcome="lulus"),
    "nobody comes": lambda: changed("participation", outcome="tidak_hadir"),
    "none cancelled": lambda: _batches(state="selesai", cancel_reason=None),
    "all cancelled": lambda: _batches(state="batal", cancel_reason=None),
    "reasons tie": lambda: _batches(state="batal", cancel_reason=["a", "b"] * 5 + ["c"]),
    "nothing spent": lambda: changed("budget", spent_rp=0),
    "no ceiling": lambda: changed("budget", ceiling_rp=0),
    "overspent": lambda: changed("budget", spent_rp=[9_000_000, 900_000, 0]),
    "one line": lambda: {**tables(), "budget": tables()["budget"].head(1)},
    "one source": lambda: changed("budget", funding_source="apbd"),
    "one respondent": lambda: {**tables(), "need": _needs([20.0]), "partnership": _partner()},
    "nobody needs": lambda: {**tables(), "need": _needs([0.0] * 6), "partnership": _partner()},
    "a place for one": lambda: {**tables(), "need": _needs([20.0] * 12), "partnership": _partner()},
    "a costly partner": lambda: {**tables(), "need": _needs([20.0] * 12), "partnership": _partner(cost_per_seat_rp=[9_000_000])},
    "barriers tie": lambda: {**tables(), **_survey()},
    "no study": lambda: {**tables(), "further_study": tables()["further_study"].assign(start_date="2030-01-01")},
    "one application": lambda: {**tables(), "further_study": tables()["further_study"].head(1)},
    "required tables only": lambda: without("need", "competency", "budget", "further_study"),
    "units alike": _two_units_apart,
    **{f"heads of {n} units": (lambda n=n: _engaged(n)) for n in (1, 2, 4, 5, 6)},
    "heads alike": lambda: {**_engaged(6), "leader_engagement": _engaged(6)["leader_engagement"].assign(events_opened=3)},
}


def _findings(given: Tables) -> Iterator[Finding]:
    """Everything that the four chapters say, and what of it is public."""
    ev = Processed.from_tables(given, period=2025)
    for chapter in CHAPTERS:
        for question in Chapter(chapter).QUESTIONS:
            answer = question(ev)
            yield from answer.findings
            yield from protect(answer, "public").findings


@pytest.mark.parametrize("office", list(OFFICES) if os.environ.get("KARIER_LONG") else list(OFFICES)[::5])
def test_no_sentence_is_absurd(office: str) -> None:
    wrong = []
    for found in _findings(OFFICES[office]()):
        wrong += [
            (found.id, pattern, found.sentence[lang]) for lang, patterns in ABSURD.items() for pattern in patterns
            if re.search(pattern, found.sentence[lang])
        ]
        wrong += [(found.id, fault) for fault in faults(found)]
        if found.ci_low is not None and found.unit_of_measure == "share":
            wrong += [(found.id, "from nothing to all")] if found.ci_high - found.ci_low > 0.999 else []
        wrong += [(found.id, "not finite") for value in (found.estimate, found.ci_low, found.ci_high)
                  if value is not None and not np.isfinite(value)]
    assert wrong == []


def test_part_time_staff_are_counted_and_shown() -> None:
    from asked import participation

    ev = Processed.from_tables(OFFICES["part-time beside the rest"](), period=2025)
    duty = {one.id.rpartition(".")[2]: one for one in participation.duty(ev).findings}
    assert duty["duty"].n == 11  # the duty is that of PNS
    assert duty["pppk_part_time"].n == 13 and "PPPK paruh waktu ditampilkan tersendiri" in duty["pppk_part_time"].sentence["id"]
    assert participation.rate(ev).findings[0].n == 24
    assert "PPPK paruh waktu" in set(participation.rate(ev).picture.data["group_id"])
    assert {"PNS", "PPPK_PART_TIME"} == set(participation.equity(ev).table.data.query("dimension == 'status'")["code"])
    alone = Processed.from_tables(OFFICES["everybody part-time"](), period=2025)
    assert participation.duty(alone).findings[0].n == 24


def test_few_people_of_a_status_are_drawn_with_others() -> None:
    """Two part-time people in a total of 24 could be told by subtraction."""
    from asked import participation

    status = ["PNS"] * 12 + ["PPPK"] * 10 + ["PPPK_PART_TIME"] * 2 + ["PNS"]
    ev = Processed.from_tables(changed("employee", status=status * 2), period=2025)
    drawn = participation.rate(ev).picture.data.query("x == 2025").set_index("group_id")["n"].to_dict()
    assert drawn == {"PNS": 12, "Status lain": 12}
