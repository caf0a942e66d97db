"""B99 to B118: data that cannot carry an analysis, and what is said instead of a number."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from asked import leadership, participation
from small_office import tables

import karier_stats as ks
from karier_stats.answers.record import Answer, Finding
from karier_stats.errors import StatisticsError
from karier_stats.intake.processed import Processed
from karier_stats.report.disclosure import protect
from karier_stats.stats.results import Result
from karier_stats.words.numbers import both

from .door import EKA, Case, knock

LARGEST = 1e9
"""No estimate, bound or statistic of these small sets is anywhere near; what is, has diverged."""
MILLIONS = "KARIER_LONG"
"""With this variable set, the large set has all its 5 million rows; without it a fifth, with a fifth of the bars."""


def _sound(result: Result) -> None:
    """No nan, no infinity, no diverged number; words in both languages that agree with the table's headline."""
    for column in ("estimate", "std_error", "ci_low", "ci_high", "statistic", "dof", "p_value"):
        values = result.table[column].dropna().astype(float)
        assert np.isfinite(values).all() and (values.abs() < LARGEST).all(), column
    for lang in ("id", "en"):
        assert result.sentence(lang) and "nan" not in result.sentence(lang).casefold().split()
    assert all(note["id"] and note["en"] for note in result.notes)


def _refusal(code: str, analyse: Callable[[], object], *named: str) -> None:
    """A refusal with its code, in both languages, that names what it is about."""
    with pytest.raises(StatisticsError) as caught:
        analyse()
    error = caught.value
    assert (error.code, error.exit_code) == (code, 3)
    assert error.message("id") != error.message("en")
    for lang in ("id", "en"):
        message = error.message(lang)
        assert message.startswith(f"{code} ") and all(name in message for name in named), message


def _says(result: Result, *words: str) -> None:
    """Some note says so, in English."""
    notes = [note["en"] for note in result.notes]
    assert all(any(word in note for note in notes) for word in words), notes


def _staff(units: int = 8, size: int = 20, seed: int = 1) -> pd.DataFrame:
    """Staff of some units: a share that took part, a score of their leader, an age."""
    rng = np.random.default_rng(seed)
    unit, n = np.repeat(np.arange(units), size), units * size
    return pd.DataFrame({
        "unit": unit, "score": rng.normal(3, 1, units)[unit], "age": rng.normal(40, 8, n),
        "took_part": (rng.random(n) < 0.5).astype(int), "points": rng.normal(0, 1, n),
    })


def _pairs(n: int, seed: int = 1) -> pd.DataFrame:
    """Scores before and after of ``n`` people."""
    rng = np.random.default_rng(seed)
    before = rng.normal(60, 10, n).round(1)
    return pd.DataFrame({"before": before, "after": (before + rng.normal(5, 4, n)).round(1)})


def _compare(data: pd.DataFrame) -> Result:
    """The change of one group."""
    return ks.compare(data, before="before", after="after")


def _none_can_be_assessed(answers: list[Answer]) -> None:
    """Every section says that it cannot be assessed, and gives no number."""
    for answer in answers:
        for finding in answer.findings:
            assert finding.estimate is None and finding.evidence == "belum_ada_data"
            assert finding.sentence["id"].startswith("Belum dapat dinilai: ")
            assert finding.sentence["en"].startswith("Cannot be assessed yet: ")


def _nobody_took_part() -> None:
    changed = tables()
    changed["participation"] = changed["participation"].head(0)
    ev = Processed.from_tables(changed, period=2025)
    _none_can_be_assessed([question(ev) for question in participation.QUESTIONS])
    _none_can_be_assessed([question(ev) for question in leadership.QUESTIONS])
    _refusal("K344", lambda: ks.regress(_staff().assign(took_part=0), outcome="took_part", on="score", unit="unit"),
             "took_part", "160")


def _everybody_took_part() -> None:
    changed = tables()
    people = changed["employee"].query("year == 2025")["employee_uid"]
    changed["participation"] = pd.DataFrame(
        {"batch_id": "B1", "employee_uid": people, "outcome": "lulus", "credited_jp": 20.0})
    found = participation.rate(Processed.from_tables(changed, period=2025)).findings[0]
    # Wilson's lower bound for 24 of 24: 24 / (24 + 1.959964^2)
    assert (found.estimate, found.ci_high) == (1.0, 1.0)
    assert found.ci_low == pytest.approx(24 / (24 + 1.959963984540054**2), rel=1e-12)
    _refusal("K344", lambda: ks.regress(_staff().assign(took_part=1), outcome="took_part", on="score", unit="unit"),
             "took_part")


def _one_unit() -> None:
    changed = tables()
    changed["unit"] = changed["unit"].head(1)
    changed["employee"] = changed["employee"].query("unit_id == 'U1'")
    inside = changed["participation"]["employee_uid"].isin(changed["employee"]["employee_uid"])
    changed["participation"] = changed["participation"][inside]
    ev = Processed.from_tables(changed, period=2025)
    _none_can_be_assessed([participation.units(ev)])
    assert participation.rate(ev).findings[0].estimate == 0.75
    _refusal("K341", lambda: ks.regress(_staff(1), outcome="points", on="age", unit="unit"), "1 ", "4")


def _one_person() -> None:
    changed = tables()
    for name in ("employee", "participation"):
        changed[name] = changed[name].query("employee_uid == 'a01'")
    ev = Processed.from_tables(changed, period=2025)
    for audience in ("internal", "public"):
        shown = [protect(question(ev), audience) for question in participation.QUESTIONS]
        assert all(finding.estimate is None for answer in shown for finding in answer.findings)
    _refusal("K312", lambda: _compare(_pairs(1)), "2", "1")
    _refusal("K347", lambda: ks.regress(_staff().head(1), outcome="points", on="age"), "1 ")


def _no_scores_after() -> None:
    _refusal("K312", lambda: _compare(_pairs(30).assign(after=np.nan)), "0", "30")


def _one_score_before() -> None:
    result = _compare(_pairs(30).assign(before=50.0))
    _sound(result)
    assert pd.isna(result.row("d_rm").estimate)
    _says(result, "d_rm is not computed")


def _only_counts(result: Result, unchanged: float) -> None:
    """Change and shares stand; t, its interval, its test and d have no value, and a note says why."""
    _sound(result)
    change = result.row("mean_change", "paired_t")
    assert all(pd.isna(change[name]) for name in ("std_error", "ci_low", "ci_high", "statistic", "p_value"))
    assert pd.isna(result.row("d_z").estimate)
    assert result.row("unchanged").estimate == unchanged
    _says(result, "All differences are equal")


def _few_people(n: int) -> Callable[[], None]:
    """The library calls it a first indication; no report shows it to the public, nor under 5 to anybody."""

    def check() -> None:
        result = _compare(_pairs(n))
        _sound(result)
        _says(result, f"Only {n} pairs")
        finding = Finding(
            id="f", chapter="outcomes", question=both("x", "x"), estimate=5.0, unit_of_measure="points", ci_low=1.0,
            ci_high=9.0, n=n, design="before_after", evidence="lemah", source_tables=("test_score",),
            sentence=both("Naik 5 poin.", "Up 5 points."))
        shown = {audience: protect(Answer("a", "outcomes", (finding,)), audience).findings[0].suppressed
                 for audience in ("internal", "public")}
        assert shown == {"internal": n < 5, "public": True}

    return check


def _two_pairs() -> None:
    _few_people(2)()
    with pytest.raises(StatisticsError):
        _compare(_pairs(1))


def _switched_to_firth(data: pd.DataFrame, term: str) -> None:
    """The odds ratio of a separated outcome comes from the penalised likelihood, with its profile interval."""
    result = ks.regress(data, outcome="took_part", on=term)
    _sound(result)
    assert not {"odds_ratio", "ame"} & set(result.table["method"])
    _says(result, f"separated by `{term}`", "penalised likelihood (Firth)")
    row = result.row(term, "firth")
    assert 1 < row.ci_low < row.estimate < row.ci_high and pd.isna(row.std_error)
    # in a two by two table Firth's penalty is half a person in each cell
    cells = pd.crosstab(data[term], data["took_part"]).reindex(columns=[0, 1], fill_value=0) + 0.5
    by_hand = cells.loc[1, 1] * cells.loc[0, 0] / (cells.loc[1, 0] * cells.loc[0, 1])
    assert row.estimate == pytest.approx(by_hand, rel=1e-6)  # the search stops at 1e-8 of the log odds


def _separated() -> None:
    data = _staff(2, 8).assign(older=lambda frame: (frame["age"] > 40).astype(int))
    _switched_to_firth(data.assign(took_part=data["older"]), "older")


def _separated_by_one_unit() -> None:
    data = _staff().assign(first=lambda frame: (frame["unit"] == 0).astype(int))
    data.loc[data["first"] == 1, "took_part"] = 1
    _switched_to_firth(data, "first")


def _collinear() -> None:
    data = _staff().assign(months=lambda frame: 12 * frame["age"])
    _refusal("K343", lambda: ks.regress(data, outcome="points", on="score", adjust=["age", "months"], unit="unit"),
             "months")


def _nearly_collinear() -> None:
    rng = np.random.default_rng(5)
    data = _staff().assign(months=lambda frame: 12 * frame["age"] + rng.normal(0, 1e-6, len(frame)))
    result = ks.regress(data.assign(hours=rng.normal(0, 1, len(data))), outcome="points", on="hours",
                        adjust=["age", "months"])
    _sound(result)
    assert any("age" in note["en"] and "months" in note["en"] for note in result.notes)


def _two_clusters() -> None:
    _refusal("K341", lambda: ks.regress(_staff(2), outcome="points", on="age", unit="unit"), "2", "4")


def _clusters_of_one() -> None:
    data = _staff(4, 39)
    alone = pd.DataFrame({"unit": range(10, 14), "score": [1.0, 2.0, 3.0, 4.0], "age": 40.0, "took_part": 1,
                          "points": [0.1, 0.2, 0.3, 0.4]})
    result = ks.regress(pd.concat([data, alone]), outcome="points", on="score", unit="unit")
    _sound(result)
    row = result.row("score[between]", "cr2")
    assert (row.n, row.n_units) == (160, 8) and 0 < row.dof < 7


def _one_treated_unit() -> None:
    data = _staff().assign(led=lambda frame: (frame["unit"] == 0).astype(int))
    means = data.groupby("unit")["points"].mean()
    gaps = np.array([means[unit] - means.drop(unit).mean() for unit in means.index])
    extreme = int((np.abs(gaps) >= abs(gaps[0]) - 1e-12).sum())
    # equal units, so that the difference of means over rows is that over units: 8 choices of one, so many as extreme
    _refusal("K342", lambda: ks.regress(data, outcome="points", on="led", unit="unit"), "7", "1", "8", str(extreme))


def _no_unit_named() -> None:
    with knock(lambda office: office.add("pegawai.csv", f"{EKA};Eka Putri;;P;")) as behind:
        assert behind.account("employee")["reasons"]["quarantined"] == {"K137": 1}
    data = _staff()
    kept = ks.regress(data.iloc[4:], outcome="points", on="score", unit="unit")
    result = ks.regress(data.assign(unit=data["unit"].where(data.index > 3)), outcome="points", on="score", unit="unit")
    _sound(result)
    pd.testing.assert_frame_equal(result.table, kept.table)
    _says(result, "4 of 160 rows were dropped")


def _leverage_of_one() -> None:
    data = _staff().assign(chief=[1] + [0] * 159)
    _refusal("K380", lambda: ks.regress(data, outcome="points", on="chief"), "chief", "159", "1")
    result = ks.regress(data, outcome="points", on="age", adjust=["chief"])
    _sound(result)
    assert "chief" not in set(result.table["term"])
    _says(result, "`chief`")


_LARGE = textwrap.dedent("""
    import sys, time
    import numpy as np, pandas as pd, karier_stats as ks
    n = int(sys.argv[1])
    rng = np.random.default_rng(0)
    before = rng.normal(60, 10, n).round()
    data = pd.DataFrame({"before": before, "after": before + rng.normal(5, 8, n).round()})
    begun = time.process_time()  # what others do on the machine does not count
    row = ks.compare(data, before="before", after="after").headline
    peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(time.process_time() - begun, int(peak.split()[1]) / 1024, row.n, row.estimate)
""")


def _five_million_rows() -> None:
    if not Path("/proc/self/status").exists():
        return
    part = 1.0 if os.environ.get(MILLIONS) else 0.2
    rows = int(5_000_000 * part)
    done = subprocess.run([sys.executable, "-c", _LARGE, str(rows)], capture_output=True, text=True, check=True,
                          timeout=180, cwd=Path(__file__).parents[2])
    seconds, megabytes, n, estimate = map(float, done.stdout.split())
    assert n == rows
    # the true change is 5 points; its standard error is 8 / sqrt(rows), here five of them
    assert abs(estimate - 5) < 5 * 8 / rows**0.5
    # 150 MB stand before the first row is there, whatever their number
    assert seconds < 60 * part and megabytes < 150 + 1850 * part, done.stdout


CASES: tuple[Case, ...] = (
    Case("B99", "nobody took part", "not assessed", "K344", _nobody_took_part),
    Case("B100", "everybody took part", "not assessed", "K344", _everybody_took_part),
    Case("B101", "one unit", "not assessed", "K341", _one_unit),
    Case("B102", "one person", "not assessed", "K347", _one_person),
    Case("B103", "no score after", "not assessed", "K312", _no_scores_after),
    Case("B104", "one score before for all", "not assessed", "", _one_score_before),
    Case("B105", "scores after equal to those before", "not assessed", "",
         lambda: _only_counts(_compare(_pairs(30).assign(after=lambda data: data["before"])), 1.0)),
    Case("B106", "the same difference for all", "not assessed", "",
         lambda: _only_counts(_compare(_pairs(30).assign(after=lambda data: data["before"] + 5)), 0.0)),
    Case("B107", "two people", "not assessed", "K312", _two_pairs),
    Case("B108", "fewer than ten people", "not assessed", "", _few_people(9)),
    Case("B109", "an outcome that a column separates", "switched", "", _separated),
    Case("B110", "an outcome that one unit separates", "switched", "", _separated_by_one_unit),
    Case("B111", "columns that are one another's multiple", "not assessed", "K343", _collinear),
    Case("B112", "columns that nearly are", "noticed", "", _nearly_collinear),
    Case("B113", "two clusters", "not assessed", "K341", _two_clusters),
    Case("B114", "clusters of one member", "accepted", "", _clusters_of_one),
    Case("B115", "one unit of eight treated", "not assessed", "K342", _one_treated_unit),
    Case("B116", "rows without a unit", "noticed", "", _no_unit_named),
    Case("B117", "leverage of one", "not assessed", "K380", _leverage_of_one),
    Case("B118", "five million rows", "accepted", "", _five_million_rows),
)
