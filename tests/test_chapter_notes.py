"""Every note on how a result was made names what the result's row has, over the sample and over made-up variants of it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from asked import leadership, outcomes

import karier_stats as ks
from karier_stats.answers.facts import facts_of
from karier_stats.answers.record import Answer
from karier_stats.intake.processed import Processed
from karier_stats.stats.association import halves, slopes
from karier_stats.stats.change import change_words, dropout, gain, gains, nomination, retention
from karier_stats.stats.results import METHODS
from karier_stats.views.evaluation import with_views
from karier_stats.words.numbers import both
from tests import every_answer

SAID = {
    "CR2": "cr2", "Welch": "welch", "kuadrat terkecil": "ols", "uji t berpasangan": "paired_t",
    "reliabilitas tes ulang": "retest", "t(G−2)": "unit_means", "wild cluster bootstrap": "wild",
}
"""Words of a note and the method that a row must then have."""
QUESTIONS = (
    outcomes.change, outcomes.by_form, outcomes.by_course, outcomes.by_unit, outcomes.hours, outcomes.nominated,
    outcomes.retention, outcomes.missed, outcomes.project_management, outcomes.study_motivation,
)


def tables_without(tables: dict[str, pd.DataFrame], change: Callable[[pd.DataFrame], pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The sample with its staff table changed, and no unit in any other table's rows of people."""
    return tables | {"employee": change(tables["employee"])}


@pytest.fixture(scope="module")
def sample() -> dict[str, pd.DataFrame]:
    return every_answer.sample()


@pytest.fixture(scope="module")
def variants(sample: dict[str, pd.DataFrame]) -> dict[str, dict[str, pd.DataFrame]]:
    tested = sample["test_score"]
    first = tested.loc[(tested["year"] == 2025) & (tested["arm"] == "peserta"), "employee_uid"].iloc[0]
    three = sorted(sample["employee"]["unit_id"].unique())[:3]
    return {
        "sample": sample,
        "no_units": tables_without(sample, lambda staff: staff.assign(unit_id=pd.NA)),
        "three_units": tables_without(sample, lambda staff: staff.assign(
            unit_id=[three[place % 3] for place in range(len(staff))],
        )),
        "one_missing": tables_without(sample, lambda staff: staff[staff["employee_uid"] != first]),
        "no_control": sample | {"test_score": tested[tested["arm"] == "peserta"]},
    }


@pytest.fixture
def rows_made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Methods of the rows that the chapters read while an answer is made."""
    made: list[str] = []

    def watch(module: Any, name: str, read: Callable[[Any], list[str]]) -> None:
        real = getattr(module, name)

        def watched(*args: Any, **keywords: Any) -> Any:
            result = real(*args, **keywords)
            made.extend(read(result))
            return result

        monkeypatch.setattr(module, name, watched)

    for module in (gain, retention, ks):
        watch(module, "compare", lambda result: sorted({str(result.headline["method"]), *_later(result)}))
    watch(ks, "others", lambda result: ["welch"] if len(result) else [])
    watch(nomination, "net_gain", lambda result: [str(result.headline["method"])])
    watch(dropout, "leavers", lambda result: [str(result.headline["method"])])
    for module in (slopes, halves):
        watch(module, "regress", lambda result: sorted(set(result.table["method"])))
    return made


def _later(result: Any) -> set[str]:
    """Methods of the rows that the chapters read beside the headline: the slope on hours, and what lasts."""
    rows = result.table[result.table["term"].str.startswith(("dose[linear]", "lasting"))]
    return set(rows["method"])


def wrong(answer: Answer, made: list[str]) -> list[str]:
    """Words of the notes that name a method which no row has."""
    text = " ".join(note["id"] for note in answer.notes)
    found = [word for word, method in SAID.items() if re.search(rf"\b{re.escape(word)}", text) and method not in made]
    if "bersarang dalam unit" in text and "cr2" not in made:
        found.append("nested")
    family = re.search(r"Keluarga uji: (\d+)", text)
    if family and int(family[1]) < 2:
        found.append("family")
    if "disesuaikan menurut Holm" in text and not (family and int(family[1]) > 1):
        found.append("Holm")
    return found


@pytest.mark.parametrize("variant", ["sample", "no_units", "three_units", "one_missing", "no_control"])
def test_no_note_names_what_the_row_does_not_have(variant: str, variants: Any, rows_made: list[str]) -> None:
    """The sample is asked everything; of its variants the short form asks one every other question, the next the others."""
    ev = Processed.from_tables(variants[variant], period=2025)
    faults = []
    asked = (*QUESTIONS, leadership.inferences)
    if variant != "sample" and not os.environ.get("KARIER_LONG"):
        asked = asked[list(variants).index(variant) % 2::2]
    for question in asked:
        rows_made.clear()
        answer = question(ev)
        faults += [(answer.id, word) for word in wrong(answer, rows_made)]
    assert faults == []


def test_the_old_constant_note_is_caught(variants: Any, rows_made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    constant = (both("Pegawai dipandang bersarang dalam unit kerja (CR2).", "Staff are nested in units (CR2)."),)
    for module in (gains, retention):
        monkeypatch.setattr(module, "method_notes", lambda *_: constant)
    answer = outcomes.change(Processed.from_tables(variants["no_units"], period=2025))
    assert wrong(answer, rows_made) == ["CR2", "nested"]


def test_one_person_without_a_unit_is_left_out_and_counted(sample: Any, variants: Any) -> None:
    less = Processed.from_tables(variants["one_missing"], period=2025)
    with_all, without = every_answer.of_question("outcomes.change"), outcomes.change(less)
    assert without.findings[0].n == with_all.findings[0].n - 1
    assert any(note["id"].startswith("1 orang yang unit kerjanya tidak diketahui") for note in without.notes)
    assert not any("tidak diketahui tidak ikut" in note["id"] for note in with_all.notes)
    # by hand: that person's tests taken away, everybody else with a unit
    gone = set(sample["employee"]["employee_uid"]) - set(variants["one_missing"]["employee"]["employee_uid"])
    tests = sample["test_score"][~sample["test_score"]["employee_uid"].isin(gone)]
    by_hand = outcomes.change(Processed.from_tables(sample | {"test_score": tests}, period=2025)).findings[0]
    found = without.findings[0]
    assert (found.estimate, found.ci_low, found.ci_high) == pytest.approx((by_hand.estimate, by_hand.ci_low, by_hand.ci_high))
    # positive control, the way that was taken before: nobody nested, another interval
    bare = gains.gains(
        with_views(less).arms("form"), before="pre", after="post", group="arm", control="pembanding", by="form", person="test",
        adjust="site", selection="selection",
    )
    assert len(bare) == 5 and all(gain.cluster is None for gain in bare.values())
    assert bare.total.value.low != pytest.approx(found.ci_low, abs=1e-3)


def test_where_most_have_no_unit_all_are_kept_and_taken_as_independent(sample: Any) -> None:
    staff = sample["employee"]
    few = staff.assign(unit_id=staff["unit_id"].where(pd.Series(range(len(staff)), index=staff.index) % 3 == 0))
    answer = outcomes.change(Processed.from_tables(sample | {"employee": few}, period=2025))
    assert any("saling bebas" in note["id"] for note in answer.notes)
    assert answer.findings[0].n == 364


def test_forms_that_were_made_in_two_ways_are_named() -> None:
    made = [
        (both("Seminar", "Seminar"), "cr2"), (both("Workshop", "Workshop"), "welch"),
        (both("E-learning", "E-learning"), "cr2"),
    ]
    notes = change_words.method_notes(made, 2)
    assert notes[0]["id"].startswith("Seminar dan E-learning: pegawai dipandang bersarang")
    assert notes[1]["en"].startswith("Workshop: staff are taken as independent") and METHODS["welch"]["en"] in notes[1]["en"]
    assert notes[2]["en"] == "2 people whose work unit is not known are left out."


def test_one_test_is_no_family() -> None:
    assert "Holm" not in change_words.family_note(1, "form", "holm")["id"] + change_words.family_note(1, "form", "holm")["en"]
    assert "5 bentuk pelatihan" in change_words.family_note(5, "form", "holm")["id"]


def test_benchmarks_are_named_only_where_units_can_carry_them() -> None:
    rng, units = np.random.default_rng(1), np.repeat(range(8), 6)
    people = pd.DataFrame({
        "unit_id": [f"U{k}" for k in units], "contract_share": 0.2, "unit_size": units % 5, "x": rng.normal(size=8)[units],
        "y": rng.normal(size=48),
    })

    def note(rows: pd.DataFrame) -> str:
        known = ["contract_share", "unit_size"]
        return facts_of(slopes.slopes(rows, outcome="y", on="x", unit="unit_id", of_units=known)).known["id"]

    assert "besar unit" in note(people) and "PPPK" not in note(people)
    assert note(people[people["unit_id"] < "U4"]) == ""
