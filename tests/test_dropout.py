"""Leavers: by hand, against R (t.test, clubSandwich, mice, Lee's formulas), by brute force, and with a known truth."""

from __future__ import annotations

import math
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import numpy as np
import pandas as pd
import pytest
from contract import keeps, words_on
from matplotlib import pyplot as plt

from karier_stats.errors import StatisticsError
from karier_stats.stats.change.dropout import Leavers, leavers
from karier_stats.stats.numerics import leaving, paired
from karier_stats.stats.numerics.leaving import Side, lee_bounds, whole
from karier_stats.stats.numerics.paired import joint_means

HERE = Path(__file__).parent / "reference"
PEOPLE = pd.read_csv(HERE / "dropout_data.csv", keep_default_na=False, na_values=[""]).astype({"gone": bool})
TRAINED, CONTROL = (PEOPLE[PEOPLE["arm"] == arm] for arm in ("trained", "control"))
R = pd.read_csv(HERE / "dropout.csv")


def run(people: pd.DataFrame, *, arms: bool = False, units: bool = False, **more: object) -> Leavers:
    stayed, gone = people[~people["gone"]], people[people["gone"]]
    named: dict = {"arm": stayed["arm"], "left_arm": gone["arm"], "control": "control"} if arms else {}
    named |= {"cluster": stayed["unit"], "left_cluster": gone["unit"]} if units else {}
    return leavers(stayed["before"], stayed["after"], gone["before"], **named, **more)


def side(people: pd.DataFrame) -> Side:
    stayed, gone = people[~people["gone"]], people[people["gone"]]
    return Side(*(frame.to_numpy(float) for frame in (stayed["before"], stayed["after"], gone["before"])))


@pytest.fixture(scope="module")
def found() -> dict[str, Leavers]:
    return {
        "one": run(TRAINED), "one_units": run(TRAINED, units=True),
        "two": run(PEOPLE, arms=True, random=True), "two_units": run(PEOPLE, arms=True, units=True, random=True),
    }


@pytest.mark.parametrize("row", [
    pytest.param(row, id=f"{row.set}-{row.term}-{row.what}")
    for row in R.itertuples() if not row.term.startswith("imputed")
])
def test_against_r(found: dict[str, Leavers], row) -> None:
    # closed forms: order of summation only; tipping points: both root finders stop at 1e-10 of 20 points
    assert float(found[row.set].row(row.term)[row.what]) == pytest.approx(row.value, rel=1e-9)


@pytest.mark.parametrize("delta", [0, -6])
@pytest.mark.parametrize("people", ["one", "two"])
def test_imputation_against_mice(people: str, delta: int) -> None:
    sides = [side(TRAINED)] if people == "one" else [side(TRAINED), side(CONTROL)]
    rng = np.random.default_rng(1)
    drawn = [leaving.draw_changes(each, False, rng, draws=8000) for each in sides]
    ours = leaving.imputed(sides, drawn, float(delta), False, 0.95)
    term = f"imputed[{delta}]" if people == "one" else f"imputed[trained · {delta}]"
    theirs = R[(R["set"] == people) & (R["term"] == term)].set_index("what")["value"]
    # mice drew 2,000 times: the between spread of 0.4 points leaves an error of 0.4 / sqrt(2000) = 0.009; four of them
    assert ours.estimate == pytest.approx(theirs["estimate"], abs=0.036)
    # the spread between 2,000 draws is known to 1.6 percent and is a tenth of the variance
    assert ours.std_error == pytest.approx(theirs["std_error"], rel=0.01)
    assert ours.dof == pytest.approx(theirs["dof"], rel=0.03)


def test_completed_sets_in_clusters_are_those_of_cr2() -> None:
    stayed, gone = TRAINED[~TRAINED["gone"]], TRAINED[TRAINED["gone"]]
    arms = [
        Side(*(frame.to_numpy(float) for frame in (mine["before"], mine["after"], left["before"])), mine["unit"].to_numpy(str),
             left["unit"].to_numpy(str))
        for mine, left in ((stayed, gone), (CONTROL[~CONTROL["gone"]], CONTROL[CONTROL["gone"]]))
    ]
    drawn = [leaving.draw_changes(arm, True, np.random.default_rng(3), draws=3) for arm in arms]
    ours = leaving._clustered(arms, drawn)
    signs = np.array([1.0, -1.0])
    for draw in range(3):
        blocks = [np.concatenate([arm.change, changes[draw]]) for arm, changes in zip(arms, drawn, strict=True)]
        units = [np.concatenate([arm.units, arm.left_units[leaving._order(arm)]]) for arm in arms]
        means = joint_means(blocks, units, [0, 0])
        theirs = signs @ means.values, means.std_error(signs) ** 2, means.dof_of(signs)
        assert [each[draw] for each in ours] == pytest.approx(theirs, rel=1e-10)  # sums in another order


def test_rubins_rules_by_hand() -> None:
    pooled = leaving.pool(np.array([1.0, 2.0, 3.0]), np.array([0.5, 0.5, 0.5]), np.full(3, 20.0), 0.95)
    # U = 0.5, B = 1, T = 0.5 + 4/3; lambda = (4/3)/T; old = 2/lambda^2; observed = 21/23 * 20 * (1 - lambda)
    share = (4 / 3) / (0.5 + 4 / 3)
    old, observed = 2 / share**2, 21 / 23 * 20 * (1 - share)
    assert (pooled.estimate, pooled.std_error**2) == pytest.approx((2, 0.5 + 4 / 3), rel=1e-12)
    assert pooled.dof == pytest.approx(1 / (1 / old + 1 / observed), rel=1e-12)


def test_by_hand() -> None:
    result = leavers([50, 52, 54, 56], [60, 61, 65, 66], [48, 50])
    # changes 10, 9, 11, 10; two of six left: 10 + x/3 = 0 at -30
    assert float(result.row("left")["estimate"]) == pytest.approx(2 / 6)
    assert float(result.row("before_gap")["estimate"]) == 49 - 53
    assert float(result.row("tipping_zero")["estimate"]) == pytest.approx(-30)


def test_the_tipping_point_by_brute_force() -> None:
    everybody = whole([side(TRAINED)], False)
    found = everybody.unseen(0.95)
    grid = np.linspace(0, -40, 4001)
    seen = [everybody.at(delta, 0.0, 0.95).low > 0 for delta in grid]
    assert all(seen[: seen.index(False)]) and not any(seen[seen.index(False):])  # one crossing only
    assert grid[seen.index(False)] <= found <= grid[seen.index(False) - 1]


def test_the_interval_behind_the_tipping_point_covers() -> None:
    rng, runs = np.random.default_rng(2), 2000
    covered = []
    for _ in range(runs):
        gone = rng.random(80) < 0.25
        change = rng.normal(3, 8, 80)
        # leavers changed by 6 points less: 3 - 0.25 * 6 = 1.5 for everybody
        low_high = whole([Side(np.zeros((~gone).sum()), change[~gone], np.zeros(gone.sum()))], False).at(-6.0, 0, 0.95)
        covered.append(low_high.low <= 1.5 <= low_high.high)
    assert 0.935 <= np.mean(covered) <= 0.965  # Monte Carlo error 0.5 points


def test_imputation_covers_where_complete_cases_are_off() -> None:
    rng, runs = np.random.default_rng(4), 500
    hits = np.empty((runs, 2))
    for run_ in range(runs):
        before = rng.normal(50, 10, 120)
        after = 55 + 0.6 * (before - 50) + rng.normal(0, 6, 120)
        gone = rng.random(120) < 1 / (1 + np.exp((before - 46) / 5))  # the low scorers leave, and they gain most
        stayed = Side(before[~gone], after[~gone], before[gone])
        drawn = [leaving.draw_changes(stayed, False, rng, draws=40)]
        whole_ = leaving.imputed([stayed], drawn, 0.0, False, 0.95)
        plain = paired.mean_change(stayed.change, 0.95)
        hits[run_] = whole_.low <= 5 <= whole_.high, plain.low <= 5 <= plain.high
    imputed_, complete = hits.mean(axis=0)
    assert 0.92 <= imputed_ <= 0.98  # Monte Carlo error 1 point
    assert complete < 0.7  # complete cases are off by about 1.7 points, two standard errors


def test_imputation_allows_for_clusters() -> None:
    rng, runs = np.random.default_rng(6), 400
    places = np.repeat(np.arange(24), 6)
    unit = places.astype(str)
    hits = np.empty((runs, 2))
    for run_ in range(runs):
        before = rng.normal(50, 8, 144) + rng.normal(0, 4, 24)[places]
        after = 54 + 0.7 * (before - 50) + rng.normal(0, 3, 24)[places] + rng.normal(0, 6, 144)
        gone = rng.random(144) < 1 / (1 + np.exp((before - 42) / 5))
        people = Side(before[~gone], after[~gone], before[gone], unit[~gone], unit[gone])
        for k, clustered in enumerate((True, False)):
            drawn = [leaving.draw_changes(people, clustered, rng, draws=40)]
            found = leaving.imputed([people], drawn, 0.0, clustered, 0.95)
            hits[run_, k] = found.low <= 4 <= found.high
    robust, naive = hits.mean(axis=0)
    assert robust > 0.91  # Monte Carlo error 1.1 points; 0.935 seen, for likeness within clusters is not drawn
    assert naive < 0.9


def test_one_delta_moves_the_gain_by_its_share() -> None:
    result = run(TRAINED, deltas=(-10,))
    at = [float(result.row(f"imputed[{delta}]")["estimate"]) for delta in ("0", "-10")]
    # the same draws: exactly the share who left times the delta
    assert at[0] - at[1] == pytest.approx(10 * 22 / 90, rel=1e-9)


def test_lee_by_hand() -> None:
    zeros = np.zeros(5)
    trained = Side(zeros, np.array([1.0, 2, 3, 4, 5]), np.empty(0))
    control = Side(zeros[:4], np.array([0.0, 1, 1, 2]), np.zeros(1))
    bounds = lee_bounds(trained, control)
    # a fifth of the trained is cut off: 1..4 or 2..5, less 1
    assert (bounds.lower, bounds.upper) == pytest.approx((1.5, 2.5))
    turned = lee_bounds(control, trained)
    assert (turned.lower, turned.upper) == pytest.approx((-2.5, -1.5))
    half = lee_bounds(Side(zeros, np.array([1.0, 2, 3, 4, 5]), np.zeros(5)), Side(zeros[:3], np.zeros(3), np.zeros(5)))
    # 5 of 10 and 3 of 8 stayed: 3.75 people are kept, (1 + 2 + 3 + 0.75 * 4) / 3.75
    assert half.lower == pytest.approx(9 / 3.75)


def test_lee_where_as_many_stayed_is_the_difference_in_means() -> None:
    even = lee_bounds(Side(np.zeros(3), np.array([1.0, 2, 6]), np.zeros(1)), Side(np.zeros(3), np.array([0.0, 1, 2]), np.zeros(1)))
    assert even.lower == even.upper == pytest.approx(2)
    low, high = even.interval(0.95)
    assert (high - low) / 2 == pytest.approx(1.959964 * even.lower_se, rel=1e-6)  # a point: the normal quantile


def test_lee_covers_those_who_would_stay_anyway() -> None:
    rng, runs = np.random.default_rng(9), 400
    hits = np.empty((runs, 2))
    for run_ in range(runs):
        kept = rng.normal(0, 1, 300)
        untreated = 2 * kept + rng.normal(0, 3, 300)
        lot = rng.permutation(300) < 150
        stays = np.where(lot, kept > -1.2, kept > -0.5)  # training keeps people who would have left, and they do badly
        change = untreated + 2 * lot
        sides = [
            Side(np.zeros((arm & stays).sum()), change[arm & stays], np.zeros((arm & ~stays).sum())) for arm in (lot, ~lot)
        ]
        low, high = lee_bounds(*sides).interval(0.95)
        plain = paired.welch(sides[0].change, sides[1].change, 0.95)
        hits[run_] = low <= 2 <= high, plain.low <= 2 <= plain.high
    assert hits[:, 0].mean() >= 0.94
    assert hits[:, 1].mean() < 0.9  # those who stayed are not alike in both arms


def test_clusters_of_one_are_no_clusters() -> None:
    alone = PEOPLE.assign(unit=[f"p{k}" for k in range(len(PEOPLE))])
    plain, robust = run(PEOPLE, arms=True, random=True), run(alone, arms=True, units=True, random=True)
    for term in ("did[trained]", "before_gap[trained]"):
        # CR2 of single people is the variance over n, to the last bits
        assert float(robust.row(term)["std_error"]) == pytest.approx(float(plain.row(term)["std_error"]), rel=1e-9)
    points = [float(each.row("tipping_unseen[trained]")["estimate"]) for each in (plain, robust)]
    assert points[0] == pytest.approx(points[1], rel=2e-3)  # Satterthwaite's dof take one variance for both arms in CR2
    factor = math.sqrt(160 / 159)
    expected = float(plain.row("lee_lower[trained]")["std_error"])
    assert float(robust.row("lee_lower[trained]")["std_error"]) == pytest.approx(factor * expected, rel=1e-9)


def test_neither_the_order_of_rows_nor_the_level_touches_a_draw() -> None:
    again = run(PEOPLE.sample(frac=1, random_state=3), arms=True, units=True)
    pd.testing.assert_frame_equal(run(PEOPLE, arms=True, units=True).table, again.table, rtol=1e-9)
    narrow = run(TRAINED).interval(0.8)
    assert float(narrow.set_index("term").loc["imputed[0]", "estimate"]) == float(run(TRAINED).row("imputed[0]")["estimate"])


FEW = pd.DataFrame({
    "before": [50, 52, 54, 56, 58, 60, 48, 49], "after": [60, 61, 63, 66, 65, 71, None, None],
    "gone": [False] * 6 + [True] * 2, "unit": list("aabbccab"), "arm": "trained",
})
RESULTS = {
    "one": lambda: run(TRAINED, deltas=(-5, 5)),
    "one in clusters": lambda: run(TRAINED, units=True),
    "two": lambda: run(PEOPLE, arms=True),
    "two by lot, in clusters": lambda: run(PEOPLE, arms=True, units=True, random=True, deltas=(-3,)),
    "fell": lambda: run(TRAINED.assign(after=TRAINED["after"] - 20)),
    "nothing seen": lambda: run(TRAINED.assign(after=TRAINED["after"] - 8)),
    "nobody left": lambda: run(TRAINED[~TRAINED["gone"]]),
    "nobody left by lot": lambda: run(PEOPLE[~PEOPLE["gone"]], arms=True, random=True),
    "few clusters": lambda: run(FEW, units=True),
    "one leaver": lambda: run(FEW.iloc[:7]),
    "all gained the same": lambda: leavers([50, 52, 54], [60, 62, 64], [48, 49]),
    "all began alike": lambda: leavers([50] * 6, [60, 62, 64, 63, 61, 60], [50, 50]),
    "two who stayed": lambda: leavers([50, 52], [60, 63], [48, 47, 49]),
}


@pytest.mark.parametrize("name", RESULTS)
def test_the_contract_of_results(name: str) -> None:
    result = RESULTS[name]()
    keeps(result)
    assert not result.table.duplicated(["term", "method"]).any()
    assert result.table.loc[result.table["ci_low"].isna(), "ci_level"].isna().all()
    assert "Poin" in words_on(result.plot()).split()
    plt.close("all")
    assert "<NA>" not in result._repr_html_() and repr(result).startswith("Leavers: ")
    assert result.notes and all(set(note) == {"id", "en"} for note in result.notes)
    assert len({note["en"] for note in result.notes}) == len(result.notes)


def notes_of(name: str) -> str:
    return " ".join(note["en"] for note in RESULTS[name]().notes)


def test_what_cannot_be_computed_says_why() -> None:
    assert "Nobody left" in notes_of("nobody left")
    assert "even the result of those who stayed is not told apart from zero" in notes_of("nothing seen")
    assert "the result of those who stayed has no interval" in notes_of("all gained the same")
    assert "their scores before are all equal" in notes_of("all began alike")
    assert "fewer than 5 people stayed" in notes_of("two who stayed")
    assert "Only one person left" in notes_of("one leaver")
    assert "only 3 clusters" in notes_of("few clusters") and "there are too few clusters" in notes_of("few clusters")
    assert "No Lee bounds: they hold only where arms were drawn by lot." in notes_of("two")
    assert "No Lee bounds: they need two arms." in " ".join(note["en"] for note in run(TRAINED, random=True).notes)
    assert not run(PEOPLE, arms=True).table["term"].str.startswith("lee").any()


def test_the_sentence() -> None:
    assert RESULTS["one"]().sentence("id") == (
        "Sebanyak 22 dari 90 orang (24,4 persen) keluar tanpa nilai sesudah. Perubahan rata-rata orang yang bertahan 8,1 poin "
        "(selang kepercayaan 95 persen 6,4 s.d. 9,8; n = 68). Agar hasil itu tidak lagi dapat dibedakan dari nol, perubahan "
        "orang yang keluar harus rata-rata 22,3 poin lebih rendah daripada yang bertahan (yaitu −14,2 poin); agar menjadi "
        "nol, 33,1 poin lebih rendah."
    )
    assert "points higher on average" in RESULTS["fell"]().sentence("en")
    assert "not told apart from zero. A change smaller than" in RESULTS["nothing seen"]().sentence("en")
    assert "7 of 70 people (10.0 percent)" in RESULTS["two"]().sentence("en")


ARMS = {"arm": ["t", "t", "c", "c"], "left_arm": ["t"], "control": "c"}


@pytest.mark.parametrize("code, more", [
    ("K312", {"before": [1], "after": [2]}), ("K336", {"left_before": [math.nan]}), ("K337", {"after": [1, 2]}),
    ("K337", {"arm": ["t"], "left_arm": ["t"], "control": "c"}), ("K338", {"arm": ["t", "t", "c", "c"]}),
    ("K338", {"cluster": [1, 2, 3, 4]}), ("K338", {"control": "c"}), ("K313", ARMS | {"control": "x"}),
    ("K314", ARMS | {"arm": ["c"] * 4, "left_arm": ["c"]}), ("K315", ARMS | {"arm": ["t", "c", "c", "c"]}),
    ("K317", {"level": 0}), ("K317", {"deltas": (math.inf,)}),
])
def test_refusals(code: str, more: dict) -> None:
    people = {"before": [1, 2, 3, 4], "after": [2, 4, 5, 5], "left_before": [1]} | more
    with pytest.raises(StatisticsError) as caught:
        leavers(**people)
    assert caught.value.code == code
    assert caught.value.message("id").startswith(code) and caught.value.message("en").startswith(code)
