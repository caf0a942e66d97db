"""``compare_units`` and what it rests on: against lme4, metafor and exact enumeration, and with known truth."""

from __future__ import annotations

import os
import re
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics import pooling
from karier_stats.stats.numerics.pooling import Pooled, Posterior
from karier_stats.stats.results import COLUMNS, FLOATS, METHODS, TERMS
from karier_stats.stats.scales.agreement import agreement
from karier_stats.stats.units.compare_units import compare_units, read_units
from karier_stats.words.numbers import number
from tests.contract import words_on

HERE = Path(__file__).parent / "reference"
REFERENCE = pd.read_csv(HERE / "units.csv", keep_default_na=False)
DATA = pd.read_csv(HERE / "units_data.csv")
SETS = ("apart", "alike")
LONG = bool(os.environ.get("KARIER_LONG"))
SIZES = np.tile([6, 9, 12, 18, 25, 30, 40, 60], 3)

EXACT = 1e-9
"""metafor runs at a threshold of 1e-14; R's CSV keeps 15 digits."""
LME4 = 5e-5
"""lme4's optimiser leaves the variance right to 4-5 digits, and with it the predictions."""


def staff(name: str) -> pd.DataFrame:
    return DATA[DATA["set"] == name].reset_index(drop=True)


def value(name: str, what: str) -> float:
    rows = REFERENCE[(REFERENCE["set"] == name) & (REFERENCE["what"] == what)]
    assert len(rows) == 1, (name, what)
    return float(rows["value"].iloc[0])


def values(name: str, what: str) -> np.ndarray:
    rows = REFERENCE[(REFERENCE["set"] == name) & (REFERENCE["what"] == what)].sort_values("unit")
    assert len(rows) > 1, (name, what)
    return rows["value"].to_numpy()


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("adjust", [(), ("age",)])
def test_shrunken_means_against_lme4(name, adjust):
    """The whole prediction, through the verb: mean plus ranef."""
    result = compare_units(staff(name), outcome="hours", unit="unit", adjust=adjust)
    reference = name + ("_age" if adjust else "")
    assert result.headline.estimate ** 2 == pytest.approx(value(reference, "lme4_tau2"), rel=LME4, abs=1e-12)
    shrunken = result.table[result.table["method"] == "shrunken"]["estimate"].to_numpy(dtype=float)
    away = shrunken - float(result.row("pooled_mean").estimate)
    assert away == pytest.approx(values(reference, "ranef"), abs=LME4)  # the largest is 4.4


@pytest.mark.parametrize("name", [f"{s}_{kind}" for s in SETS for kind in ("means", "shares")])
def test_pooling_against_metafor(name):
    data = staff(name.split("_")[0])
    groups = data.groupby("unit", sort=True)
    n, share = groups.size().to_numpy(), data["joined"].mean()
    if name.endswith("means"):
        y, v = groups["hours"].mean().to_numpy(), value(name.split("_")[0], "lme4_sigma2") / n
    else:
        y, v = groups["joined"].mean().to_numpy(), share * (1 - share) / n
    found = pooling.fit(y, v)
    assert found.tau2 == pytest.approx(value(name, "tau2"), rel=EXACT, abs=1e-15)
    assert found.mean == pytest.approx(value(name, "mean"), rel=EXACT)
    assert found.std_error == pytest.approx(value(name, "mean_se"), rel=EXACT)
    for ours, theirs in ((found.mean_interval(0.95), "mean"), (found.new_unit_interval(0.95), "new")):
        assert ours == pytest.approx([value(name, f"{theirs}_low"), value(name, f"{theirs}_high")], rel=EXACT)
    # uniroot stops at 1e-12 of values up to 13
    ends = [value(name, "tau2_low"), value(name, "tau2_high")]
    assert pooling.tau2_interval(found, 0.95) == pytest.approx(ends, rel=1e-7, abs=1e-12)
    estimates, errors = found.shrunken()
    assert estimates == pytest.approx(values(name, "blup"), rel=EXACT)
    assert errors == pytest.approx(values(name, "blup_se"), rel=EXACT)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("level", [0.95, 0.998])
def test_funnel_limits_against_spiegelhalters_formula(name, level):
    data = staff(name)
    n = data.groupby("unit", sort=True).size().to_numpy()
    share = float(data["joined"].mean())
    low, high = pooling.count_limits([pooling.binomial_chances(share, size) for size in n], level)
    assert low == pytest.approx(np.maximum(values(name, f"low_{level}"), 0), abs=1e-10)  # sums of up to 60 terms
    assert high == pytest.approx(np.minimum(values(name, f"high_{level}"), 1), abs=1e-10)


def test_funnel_limits_hold_their_level_and_the_published_upper_side_does_not():
    """Counts beyond the limits, enumerated: never above 2.5 percent a side; the printed formula leaves up to 52."""
    worst = 0.0
    for n, share in product((4, 8, 15, 60), (0.1, 0.4, 0.5, 0.85)):
        mass, counts = pooling.binomial_chances(share, n), np.arange(n + 1)
        assert mass.sum() == pytest.approx(1, abs=1e-12)
        low, high = (bound[0] for bound in pooling.count_limits([mass], 0.95))
        below, above = mass[counts / n < low].sum(), mass[counts / n > high].sum()
        assert below <= 0.025 and above <= 0.025, (n, share)
        cumulative = np.cumsum(mass)
        r = int(np.searchsorted(cumulative, 0.975))
        published = (r - (cumulative[r] - 0.975) / mass[r]) / n
        worst = max(worst, mass[counts / n > published].sum())
    assert worst == pytest.approx(0.85**4)  # n = 4, share .85: everybody lies beyond the limit as printed


def test_expected_counts_against_glm_and_their_distribution():
    for name in SETS:
        found = read_units(staff(name), "joined", "unit", ["age"])
        # glm stops when the deviance moves by 1e-8 of itself; counts are then right to 6 digits or more
        assert found.expected == pytest.approx(values(name, "expected"), rel=1e-6)
        assert found.observed is not None
        assert found.observed.tolist() == values(name, "observed").tolist()
        below = [mass[: count + 1].sum() for mass, count in zip(found.chances, found.observed, strict=True)]
        assert below == pytest.approx(values(name, "poisson_binomial_at_observed"), rel=1e-6)


def test_chances_of_a_count_by_enumeration():
    shares = [0.1, 0.5, 0.7, 0.35]
    expected = np.zeros(5)
    for outcome in product((0, 1), repeat=4):
        expected[sum(outcome)] += np.prod([p if hit else 1 - p for p, hit in zip(shares, outcome, strict=True)])
    assert pooling.count_chances(shares) == pytest.approx(expected, abs=1e-15)
    assert pooling.count_chances([0.3] * 9) == pytest.approx(pooling.binomial_chances(0.3, 9), abs=1e-14)
    assert pooling.tail_p(np.array([0.2, 0.3, 0.5]), 0) == pytest.approx(0.4)
    assert pooling.tail_p(np.array([0.2, 0.3, 0.5]), 1) == 1.0


def test_posterior_against_its_own_draws_and_a_brute_force_integral():
    y, v = np.array([1.0, 3.0, 2.5, 6.0, 2.0]), np.array([0.5, 1.0, 0.3, 2.0, 0.8])
    found = Posterior(y, v)
    # Brute force: even grid of the spread up to 40 and of the unit's value.
    tau = np.linspace(0, 40, 20_001)
    deviance = pooling.restricted_deviance(tau**2, y, v)
    weight = np.exp(-(deviance - deviance.min()) / 2)
    w = 1 / (v + (tau**2)[:, None])
    mean = (w @ y) / w.sum(axis=1)
    keep = (tau**2)[:, None] * w
    centre = keep * y + (1 - keep) * mean[:, None]
    spread2 = keep * v + (1 - keep) ** 2 / w.sum(axis=1)[:, None]
    weight /= weight.sum()
    middle = weight @ centre
    sd = np.sqrt(weight @ (spread2 + (centre - middle) ** 2))
    # the grid of 201 uneven steps ends at 12 standard deviations of the estimates: 1 in 1,000
    assert found.std_errors == pytest.approx(sd, rel=2e-3)
    draws = found.draws(200_000, np.random.default_rng(4))
    low, high = found.interval(0.9)
    # four Monte Carlo errors of a 5 percent quantile
    assert np.quantile(draws, 0.05, axis=0) == pytest.approx(low, abs=0.03)
    assert np.quantile(draws, 0.95, axis=0) == pytest.approx(high, abs=0.03)


def test_intervals_of_true_values_hold_what_they_promise():
    """24 units, true spread 0, .15 and .5 of the staff's: coverage over units of 95 percent intervals."""
    rng = np.random.default_rng(20250817)
    v = 1 / SIZES
    for spread, least in ((0.0, 0.97), (0.15, 0.93), (0.5, 0.93)):
        inside, fixed = [], []
        for _ in range(80):
            truth = rng.normal(0, spread, 24)
            y = truth + rng.normal(size=24) * np.sqrt(v)
            low, high = Posterior(y, v).interval(0.95)
            inside.append(((low <= truth) & (truth <= high)).mean())
            estimate, error = pooling.fit(y, v).shrunken()
            fixed.append((np.abs(estimate - truth) <= 1.96 * error).mean())
        # 1,920 intervals, those of one study not independent: Monte Carlo error about .8 points
        assert least <= np.mean(inside) <= 1, spread
        if spread == 0.15:  # plug-in errors, the wrong way, fall short where the spread is hard to tell from zero
            assert np.mean(fixed) < np.mean(inside) - 0.02


def test_where_another_unit_lies():
    """8 units, true spread .15: Hartung and Knapp's interval holds 83 of 100, the one averaged over the spread 98."""
    rng = np.random.default_rng(5)
    v, known, averaged = 1 / SIZES[:8], [], []
    for _ in range(250):
        y, new = rng.normal(0, 0.15, 8) + rng.normal(size=8) * np.sqrt(v), rng.normal(0, 0.15)
        for kept, (low, high) in (
            (known, pooling.fit(y, v).new_unit_interval(0.95)), (averaged, Posterior(y, v).new_unit_interval(0.95))
        ):
            kept.append(low <= new <= high)
    # Monte Carlo errors are 2.4 and .9 points
    assert np.mean(known) < 0.91
    assert np.mean(averaged) >= 0.95


def test_league_tables_of_equal_units():
    """validity.md, S6: some unit "significant" in 66.7 percent, 3.7 after Holm; RMSE raw .257, shrunken .052."""
    rng, runs = np.random.default_rng(6), 150 if LONG else 60
    codes = np.repeat(np.arange(24), SIZES)
    some, holm, raw, shrunken, smallest_first, ranks_hold = [], [], [], [], [], []
    for _ in range(runs):
        data = pd.DataFrame({"y": rng.normal(size=600), "unit": codes})
        units = compare_units(data, outcome="y", unit="unit").units
        some.append((units["p_value"] < 0.05).any())
        holm.append((units["p_holm"] < 0.05).any())
        raw.append((units["raw"] ** 2).mean())
        shrunken.append((units["estimate"] ** 2).mean())
        smallest_first.append(units["n"][units["raw"].to_numpy().argmax()] <= 9)
        ranks_hold.append((units["rank_all_low"].eq(1) & units["rank_all_high"].eq(24)).all())
    # Bounds are three Monte Carlo errors of 150 repetitions, wider where there are fewer.
    wider = np.sqrt(150 / runs)
    assert np.mean(some) == pytest.approx(0.667, abs=0.116 * wider)
    assert np.mean(holm) <= 0.037 + 0.047 * wider
    assert np.sqrt(np.mean(raw)) == pytest.approx(0.257, abs=0.01 * wider)
    assert np.sqrt(np.mean(shrunken)) == pytest.approx(0.052, abs=0.01 * wider)
    assert np.mean(smallest_first) == pytest.approx(0.62, abs=0.12 * wider)
    assert np.mean(ranks_hold) >= 0.95 - 0.054 * wider


def test_ranks_know_what_they_do_not_know():
    """Units that are far apart have narrow ranks; equal ones may stand anywhere."""
    rng = np.random.default_rng(1)
    far = pd.DataFrame({"y": np.repeat([0.0, 10, 20, 30], 20) + rng.normal(size=80), "unit": np.repeat(list("abcd"), 20)})
    units = compare_units(far, outcome="y", unit="unit").units
    assert units["rank_low"].tolist() == units["rank_high"].tolist() == [4, 3, 2, 1]
    same = far.assign(y=rng.normal(size=80))
    units = compare_units(same, outcome="y", unit="unit").units
    assert (units["rank_high"] - units["rank_low"] >= 2).all()


def test_small_units_are_pulled_more_and_stay_wide():
    units = compare_units(staff("apart"), outcome="hours", unit="unit").units
    mean = float(compare_units(staff("apart"), outcome="hours", unit="unit").row("pooled_mean").estimate)
    kept = (units["estimate"] - mean) / (units["raw"] - mean)
    assert (np.diff(kept[np.argsort(units["n"])]) >= -1e-12).all()
    width = units["ci_high"] - units["ci_low"]
    assert width[units["n"].idxmin()] > 1.5 * width[units["n"].idxmax()]


def test_units_stand_in_the_order_of_the_data_and_numbers_do_not_depend_on_it():
    data = staff("apart")
    one = compare_units(data, outcome="hours", unit="unit", adjust="age")
    turned = compare_units(data.iloc[::-1], outcome="hours", unit="unit", adjust="age")
    assert turned.units["label"].tolist() == one.units["label"].tolist()[::-1]
    pd.testing.assert_frame_equal(
        one.units.set_index("label"), turned.units.set_index("label").loc[one.units["label"]], rtol=1e-9
    )
    given = data.assign(unit=pd.Categorical(data["unit"], categories=["u03", "u01", *sorted(set(data["unit"]) - {"u01", "u03"})]))
    assert compare_units(given, outcome="hours", unit="unit").units["label"].tolist()[:2] == ["u03", "u01"]


def test_outside_is_where_p_says_so():
    for outcome, adjust in (("joined", ()), ("joined", "age"), ("hours", ())):
        units = compare_units(staff("apart"), outcome=outcome, unit="unit", adjust=adjust).units
        assert ((units["outside"] != "") == (units["p_value"] < 0.05)).all()
        assert ((units["outside"] == "99.8") == (units["p_value"] < 0.002)).all()


def test_adjustment_takes_away_what_age_explains():
    """Units differ in age only: the raw spread between them is seen, the adjusted one is not."""
    rng = np.random.default_rng(8)
    age = np.repeat(np.linspace(30, 50, 10), 20) + rng.normal(0, 3, 200)
    data = pd.DataFrame({"age": age, "unit": np.repeat(np.arange(10), 20), "hours": 0.5 * age + rng.normal(0, 2, 200)})
    data["joined"] = (rng.random(200) < 1 / (1 + np.exp(-(age - 40) / 5))).astype(int)
    for outcome in ("hours", "joined"):
        plain = compare_units(data, outcome=outcome, unit="unit").headline
        adjusted = compare_units(data, outcome=outcome, unit="unit", adjust="age").headline
        assert plain.ci_low > 0 and adjusted.ci_low == 0
        assert adjusted.estimate < 0.3 * plain.estimate


def test_standardised_shares_average_to_the_share_of_all():
    data = staff("apart")
    units = compare_units(data, outcome="joined", unit="unit", adjust="age").units
    assert units["expected"].sum() == pytest.approx(units["observed"].sum(), rel=1e-9)  # a logit with a constant
    assert (units["raw"] * units["expected"]).sum() / units["expected"].sum() == pytest.approx(data["joined"].mean())


def test_no_variance_is_not_equality():
    result = compare_units(staff("alike"), outcome="hours", unit="unit")
    assert result.headline.estimate == 0 and result.headline.ci_high > 1
    assert (result.units["ci_high"] - result.units["ci_low"] > 0.5).all()
    assert "belum terlihat melebihi kebetulan" in result.sentence("id")
    assert "masih sejalan dengan nilai hingga 1,3" in result.sentence("id")
    assert any("no proof that units are equal" in note["en"] for note in result.notes)


def test_a_category_and_gaps():
    data = staff("apart").assign(status=lambda d: np.where(d["age"] > 40, "PNS", "PPPK"))
    data.loc[3, "hours"] = np.nan
    before = data.copy()
    result = compare_units(data, outcome="hours", unit="unit", adjust=["status"])
    assert result.notes[0]["en"] == "1 of 268 rows were dropped because a column was empty (`hours` 1)."
    assert any("`PNS`" in note["en"] for note in result.notes)
    pd.testing.assert_frame_equal(data, before)


def test_extreme_shares_stay_between_nothing_and_everything():
    data = pd.DataFrame({"joined": [0] * 40 + [1] * 40 + [0, 1] * 20, "unit": np.repeat(list("abcdef"), 20)})
    result = compare_units(data, outcome="joined", unit="unit")
    bounds = result.table[["estimate", "ci_low", "ci_high"]].iloc[1:].to_numpy(dtype=float)
    assert (bounds >= 0).all() and (bounds <= 1).all()


ERRORS = {
    "K340": {"adjust": "rank"}, "K344": {"outcome": "same"}, "K345": {"outcome": "unit", "unit": "hours"},
    "K346": {"adjust": "hours"}, "K343": {"adjust": ["age", "twice"]}, "K349": {"level": 1.0}, "K395": {"unit": "three"},
    "K355": {"outcome": "by_unit"},
}


@pytest.mark.parametrize("code", ERRORS)
def test_errors(code):
    data = staff("apart").assign(same=1.5, twice=lambda d: 2 * d["age"], three=lambda d: np.arange(len(d)) % 3)
    data["by_unit"] = data["unit"].str[1:].astype(float)
    with pytest.raises(StatisticsError) as caught:
        compare_units(data, **({"outcome": "hours", "unit": "unit"} | ERRORS[code]))
    assert caught.value.code == code
    if code == "K395":
        assert caught.value.message("en") == (
            "K395 Too few units to compare: units with complete data: 3; at least 4 are needed. Widen the choice of units, or "
            "show their figures without a comparison."
        )


CASES = {f"{s} {o} {a}": (s, o, a) for s in SETS for o in ("hours", "joined") for a in ((), ("age",))}


@pytest.mark.parametrize("name", CASES)
def test_contract(name):
    data, outcome, adjust = CASES[name]
    result = compare_units(staff(data), outcome=outcome, unit="unit", adjust=adjust)
    assert tuple(result.table.columns) == COLUMNS
    assert {term.split("[")[0] for term in result.table["term"]} <= set(TERMS) and set(result.table["method"]) <= set(METHODS)
    assert ((result.table["ci_low"] <= result.table["estimate"]) & (result.table["estimate"] <= result.table["ci_high"])).all()
    assert (result.table["ci_level"] == 0.95).all()
    for column in FLOATS:
        assert np.isfinite(result.table[column].dropna().to_numpy(dtype=float)).all()
    assert np.isfinite(result.units.select_dtypes(float).drop(columns=["observed", "expected"]).to_numpy(dtype=float)).all()
    wide, narrow = result.interval(0.99), result.interval(0.8)
    assert wide["estimate"].equals(result.table["estimate"])
    assert (wide["ci_high"] - wide["ci_low"] > narrow["ci_high"] - narrow["ci_low"]).all()
    pd.testing.assert_frame_equal(result.interval(0.95), result.table)
    row, scale = result.headline, 100 if outcome == "joined" else 1
    for lang in ("id", "en"):
        text = result.sentence(lang)
        assert f"n = {number(row.n, lang, 0)}" in text and text.endswith(".")
        for column in ("estimate", "ci_low", "ci_high"):
            assert any(number(scale * row[column], lang, digits) in text for digits in (0, 1, 2, 3))
        assert not re.search(r"\bnan\b|<NA>|meningkatkan|pengaruh|effect of", text)
    assert all(set(note) == {"id", "en"} and note["id"] != note["en"] for note in result.notes)
    again = result.recompute(0.95)
    assert repr(result) == repr(again) and result._repr_html_() == again._repr_html_()
    assert not re.search(r"0x[0-9a-f]{6,}|\bnan\b", repr(result) + result._repr_html_())


@pytest.mark.parametrize("name", CASES)
def test_pictures_are_drawn_from_the_result(name):
    data, outcome, adjust = CASES[name]
    result = compare_units(staff(data), outcome=outcome, unit="unit", adjust=adjust)
    scale = 100 if outcome == "joined" else 1
    ax = result.plot(Figure().add_subplot(), "en")
    assert not set(words_on(ax).split()) & set(result.units["label"])
    drawn = np.asarray(ax.child_axes[0].collections[-1].get_offsets())[:, 1]
    assert sorted(drawn) == pytest.approx(sorted(scale * result.units["raw"]))
    assert set(result.units["label"]) <= set(words_on(result.plot(Figure().add_subplot(), "en", names=True)).split())


def test_hartung_knapp_is_the_t_interval_of_units_alike():
    """Equal variances: the mean's interval is that of a plain t test on the units, whatever the spread."""
    y = np.array([1.0, 2.0, 4.0, 7.0])
    for tau2 in (0.0, 3.0):
        found = Pooled(y, np.full(4, 0.5), tau2)
        assert found.std_error == pytest.approx(y.std(ddof=1) / 2)


def _awkward(rng: np.random.Generator) -> pd.DataFrame:
    """Few rows, single-row units, constants, rare events, gaps, tiny and huge numbers."""
    n, kind = int(rng.integers(4, 40)), int(rng.integers(0, 8))
    y = (
        rng.normal(size=n), rng.integers(0, 2, n), np.zeros(n), rng.normal(size=n) * 1e-9 + 5, rng.normal(size=n) * 1e9,
        (rng.random(n) < 0.05).astype(int), np.where(rng.random(n) < 0.3, np.nan, rng.normal(size=n)), rng.integers(1, 6, n),
    )[kind]
    unit = rng.integers(0, int(rng.integers(1, 9)), n) if rng.random() < 0.8 else np.arange(n) % (n - 1)
    return pd.DataFrame({"y": y, "unit": unit, "x": rng.normal(size=n), "year": 2020 + rng.integers(0, 3, n)})


def test_awkward_data_give_finite_numbers_or_a_reason():
    rng = np.random.default_rng(12)
    verbs = {
        "agreement": lambda d: agreement(d.assign(y=d["y"].clip(1, 5)), items="y", unit="unit", scale=(1, 5)),
        "units": lambda d: compare_units(d, outcome="y", unit="unit"),
        "adjusted": lambda d: compare_units(d, outcome="y", unit="unit", adjust="x"),
    }
    refused, tables = dict.fromkeys(verbs, 0), 50 if LONG else 20
    for _ in range(tables):
        data = _awkward(rng)
        for name, verb in verbs.items():
            try:
                result = verb(data)
            except StatisticsError as error:
                assert error.message("id") != error.message("en")
                refused[name] += 1
                continue
            for column in FLOATS:
                assert np.isfinite(result.table[column].dropna().to_numpy(dtype=float)).all(), (name, column)
            assert not re.search(r"\bnan\b|\binf\b|<NA>", result.sentence("id"))
    assert all(0 < count < tables for count in refused.values()), refused
