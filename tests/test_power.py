"""``power``: against R's power.t.test and power.prop.test, closed forms, and simulations with known truth."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics import planning
from karier_stats.stats.numerics.paired import detectable
from karier_stats.stats.numerics.planning import Plan, t_power
from karier_stats.stats.plan.power import power
from karier_stats.stats.results import COLUMNS, FLOATS, METHODS, TERMS
from karier_stats.words import Figure as Told
from karier_stats.words import Phrase
from karier_stats.words.numbers import number
from tests.contract import words_on

REFERENCE = pd.read_csv(Path(__file__).parent / "reference" / "power.csv")
DESIGN_B = [6, 9, 12, 18, 25, 30, 40, 60]

EXACT = 1e-9
"""R's root search runs at a tolerance of 1e-12; SciPy's noncentral F and R's noncentral t agree to 11 digits."""


def plan(design: str, **changes) -> Plan:
    base = {
        "effect": 0.5, "n": 200.0, "units": None, "icc": 0.0, "size_cv": 0.0, "sd": 1.0, "r": 0.5, "share": 0.4,
        "level": 0.95,
    }
    return Plan(design, **(base | changes))


@pytest.mark.parametrize("row", list(REFERENCE.itertuples()), ids=lambda row: f"{row.Index}-{row.design}-{row.what}")
def test_against_r(row):
    """R counts people per arm, and takes the spread of the differences for a pair (r = .5 makes it the score's own)."""
    arms = 1 if row.design == "paired" else 2
    given = plan(row.design, effect=row.effect, n=row.n * arms, level=row.level, sd=1.0 if row.design == "shares" else row.sd)
    if row.what == "power":
        found = given.power
    elif row.what == "effect":
        found = planning.detectable_effect(given, row.power)
    else:
        found = planning.people_needed(given, row.power) / arms
    assert found == pytest.approx(row.value, rel=EXACT)


def test_power_never_fails_and_never_falls():
    """SciPy 1.17's noncentral t is NaN at ncp = 20, 30, 37 for t = 2.447 with 6 degrees of freedom; this is not."""
    for dof in (1, 2, 6, 30, 1000.5):
        for level in (0.8, 0.95, 0.999):
            values = np.array([t_power(ncp, dof, level) for ncp in np.linspace(0, 80, 161)])
            assert np.isfinite(values).all()
            assert values[0] == pytest.approx(1 - level, abs=1e-12)
            # The quadrature that steps in for far noncentralities is off by up to .005 with one degree of freedom.
            assert (np.diff(values) > -5e-3).all()


def test_the_quadrature_behind_it():
    """The spread of a sample: mean square 1, and the power of a random score between those of its ends."""
    for dof in (4, 7, 40):
        weights, values = np.array(planning._spreads(dof)).T
        assert weights.sum() == pytest.approx(1, abs=1e-12)
        assert weights @ values**2 == pytest.approx(1, abs=1e-3)  # the far tail of chi-squared lies between two nodes


def test_design_effect_is_the_closed_form():
    """Equal sizes: 1 + (m - 1) icc; unequal: Eldridge's for weighted means is larger than that of unit means."""
    equal = plan("two_arms", units=10.0, icc=0.1)
    assert equal.design_effect == pytest.approx(1 + 19 * 0.1)
    uneven = replace(equal, size_cv=0.6)
    # m (icc + (1 - icc)(1 + cv^2)/m)
    assert uneven.design_effect == pytest.approx(20 * 0.1 + 0.9 * 1.36)
    assert uneven.design_effect < 1 + ((1 + 0.36) * 20 - 1) * 0.1


def test_units_of_one_person_are_people():
    """With one person per unit and no ICC the unit-level test is the person-level one."""
    assert plan("two_arms", n=40.0, units=40.0).power == pytest.approx(plan("two_arms", n=40.0).power, rel=1e-12)
    assert plan("paired", n=40.0, units=40.0).power == pytest.approx(plan("paired", n=40.0).power, rel=1e-12)


def test_what_is_solved_gives_the_power_asked_for():
    for kind in ("two_arms", "paired", "slope", "shares"):
        given = plan(kind, units=None if kind == "paired" else 20.0, icc=0.05, n=400.0)
        effect = planning.detectable_effect(given, 0.8)
        assert replace(given, effect=effect).power == pytest.approx(0.8, abs=1e-9), kind
    found = planning.units_needed(plan("slope", icc=0.1), 25.0, 0.9, 4.0)
    assert plan("slope", icc=0.1, units=found, n=25 * found).power == pytest.approx(0.9, abs=1e-9)
    found = planning.people_needed(plan("two_arms", units=24.0, icc=0.1), 0.8)
    assert plan("two_arms", units=24.0, icc=0.1, n=found).power == pytest.approx(0.8, abs=1e-9)


@pytest.mark.parametrize("slope, printed", [(0.5, 0.71), (0.3, 0.38)])
def test_design_b_of_the_validity_study(slope, printed):
    """8 units of 6 to 60 staff, ICC .10: unit means see a slope of .5 SD in 71 and of .3 SD in 38 of 100 studies."""
    found = power(design="slope", sizes=DESIGN_B, icc=0.1, effect=slope, power=None).headline.estimate
    # 2 points: the bound that the issue sets, above two standard errors of the printed simulation.
    assert found == pytest.approx(printed, abs=0.02)


def test_design_b_by_simulation():
    """Whole studies simulated: staff in units, unit means regressed on the score, t(6)."""
    rng = np.random.default_rng(20250817)
    repetitions, sizes = 20_000, np.array(DESIGN_B)
    score = rng.normal(size=(repetitions, 8))
    means = 0.5 * score + rng.normal(size=(repetitions, 8)) * np.sqrt(0.1 + 0.9 / sizes)
    x, y = (v - v.mean(axis=1, keepdims=True) for v in (score, means))
    slope = (x * y).sum(axis=1) / (x * x).sum(axis=1)
    error = np.sqrt(((y - slope[:, None] * x) ** 2).sum(axis=1) / 6 / (x * x).sum(axis=1))
    seen = np.mean(np.abs(slope / error) > planning.t_quantile(0.975, 6))
    found = power(design="slope", sizes=DESIGN_B, icc=0.1, effect=0.5, power=None).headline.estimate
    # Units of unequal variance are not quite the model of equal ones: 1 point, of which .64 is two Monte Carlo errors.
    assert found == pytest.approx(seen, abs=0.01)
    # The wrong way, a score whose spread is exactly one in every study, promises 7 points more.
    fixed = plan("slope", n=200.0, units=8.0, icc=0.1, per_person=float((1 / sizes).mean()))
    assert t_power(0.5 / fixed.std_error, 6, 0.95) - seen == pytest.approx(0.07, abs=0.015)


def test_two_arms_of_units_by_simulation():
    """24 units of 3 to 30 people, 12 in each arm; people as if independent would promise 97 percent."""
    rng = np.random.default_rng(7)
    sizes = np.tile([3, 6, 10, 15, 20, 30], 4)
    arm = np.repeat([0, 1], 12)
    means = 0.4 * arm + rng.normal(size=(20_000, 24)) * np.sqrt(0.1 + 0.9 / sizes)
    gap = means[:, 12:].mean(axis=1) - means[:, :12].mean(axis=1)
    error = np.sqrt((means[:, 12:].var(axis=1, ddof=1) + means[:, :12].var(axis=1, ddof=1)) / 12)
    seen = np.mean(np.abs(gap / error) > planning.t_quantile(0.975, 22))
    found = power(sizes=[int(n) for n in sizes], icc=0.1, effect=0.4, power=None).headline.estimate
    assert found == pytest.approx(seen, abs=0.01)  # two Monte Carlo errors are .007
    by_cv = power(units=24, size=14, size_cv=float(sizes.std() / sizes.mean()), icc=0.1, effect=0.4, power=None)
    # The mean of 1/size by its second-order value (.107 for .125 here) is a little hopeful.
    assert by_cv.headline.estimate == pytest.approx(found, abs=0.05)
    assert plan("two_arms", effect=0.4, n=336.0).power - seen > 0.2


def test_textbook_numbers():
    """Cohen (1988): 64 people an arm for d = .5; 34 pairs for d_z = .5 (both 80 percent, 5 percent two-sided)."""
    assert power(effect=0.5).row("persons_needed").estimate == 128
    assert power(design="paired", effect=0.5).row("persons_needed").estimate == 34


def test_people_are_rounded_up_in_each_arm():
    result = power(effect=0.5)
    n = float(result.headline.estimate)
    assert n == math.ceil(n) and result.plan.power >= 0.8
    fewer = replace(result.plan, n=n - 2)
    assert fewer.power < 0.8


def test_no_number_of_people_is_enough():
    """8 units, ICC .10: even with everybody asked the unit variance remains."""
    result = power(units=8, icc=0.1, effect=0.3)
    assert pd.isna(result.headline.estimate) and len(result.curve) == 0
    assert "add units" in result.notes[0]["en"]
    assert result.sentence("id").startswith("Dengan berapa pun orang dalam 8 unit,")
    assert plan("two_arms", effect=0.3, n=1e7, units=8.0, icc=0.1).power < 0.8


def test_shares_end_at_a_hundred_percent_and_at_zero():
    result = power(design="shares", share=0.5, n=6)
    assert pd.isna(result.headline.estimate)
    assert "beyond 0 and 100 percent" in result.notes[0]["en"]


def test_shares_are_looked_at_both_ways():
    # From 90 percent no rise can be seen with ten people an arm; a fall can (R's power.prop.test(n = 10,
    # p1 = 0.1, power = 0.8) from the other side: 1 - p is the same test).
    result = power(design="shares", share=0.9, n=20)
    mirrored = power(design="shares", share=0.1, n=20)
    assert result.headline.estimate == pytest.approx(-mirrored.headline.estimate, rel=1e-9)
    assert result.fall is None and result.plan.power == pytest.approx(0.8, abs=1e-9)
    # 60 percent, 45 an arm: the rise and the fall differ, and each has the power asked for.
    result = power(design="shares", share=0.6, n=90)
    assert replace(result.plan, effect=result.fall).power == pytest.approx(0.8, abs=1e-9)
    assert result.headline.estimate == pytest.approx(-power(design="shares", share=0.4, n=90).fall, rel=1e-9)
    rise, fall = (number(100 * abs(v), "en", 1) for v in (result.headline.estimate, result.fall))
    assert f"about {rise} percentage points upwards and {fall} percentage points downwards" in result.sentence("en")
    assert rise != fall


def test_a_fall_needs_as_many_as_a_rise():
    assert power(effect=-0.5).headline.estimate == power(effect=0.5).headline.estimate
    one = power(design="shares", share=0.5, effect=0.2)
    assert power(design="shares", share=0.5, effect=-0.2).headline.estimate == one.headline.estimate
    assert "−20.0 percentage points" in power(design="shares", share=0.5, effect=-0.2).sentence("en")


def test_beside_a_row():
    size = detectable(1.5, 6.0, 0.95)
    assert size == pytest.approx((2.446912 + 0.905703) * 1.5, abs=1e-5)
    beside = Phrase("plan.beside", power=0.8, size=Told(size), unit=Phrase("plan.measure.points"))
    assert beside["id"] == "Dengan data ini, beda terkecil yang dapat terlihat (daya uji 80 persen) sekitar 5,0 poin."
    assert math.isnan(detectable(1.5, np.nan, 0.95))
    # Against the exact noncentral t: 3.3526 for 3.3669 standard errors, half of a percent.
    exact = planning.detectable_effect(plan("paired", n=7.0, sd=math.sqrt(7)), 0.8)
    assert exact == pytest.approx(5.0289 / 1.5, rel=0.005)


ERRORS = {
    "two": ({}, "K393", "Exactly one of `effect`, `n`, `units` and `power` must be left out, so that it can be found; left "
            "out here: effect, n (2). Units in play need two of `n`, `units` and `size`, or `size` alone to find the "
            "units."),
    "none": ({"effect": 1, "n": 20}, "K393", None),
    "units and size": ({"effect": 1, "icc": 0.1}, "K393", None),
    "design": ({"design": "cross"}, "K317", "`design` = cross cannot be used; it must satisfy design in two_arms, paired, "
               "shares, slope."),
    "icc": ({"n": 20, "icc": 1.0}, "K317", "`icc` = 1.0 cannot be used; it must satisfy 0 <= icc < 1."),
    "power": ({"n": 20, "power": 0.01}, "K317", None),
    "share": ({"design": "shares", "share": 0.9, "effect": 0.2}, "K317", None),
    "few": ({"n": 60, "units": 5}, "K317", "`units` = 5 cannot be used; it must satisfy units >= 6 (3 / arm)."),
    "empty units": ({"n": 6, "units": 8}, "K317", "`n` = 6 cannot be used; it must satisfy n >= units."),
    "twice": ({"sizes": [3, 4, 5, 6], "n": 18}, "K394", "`sizes` gives the size of every unit; leave out `n`, `units`, "
              "`size` and `size_cv`."),
    "size": ({"sizes": [3, 0, 5, 6]}, "K317", "`sizes` = [3, 0, 5, 6] cannot be used; it must satisfy sizes >= 1, 2, "
             "3, ...."),
    "one person": ({"n": 1}, "K317", "`n` = 1 cannot be used; it must satisfy n = 2, 3, 4, ...."),
    "half a person": ({"n": 20.5}, "K317", None), "no people": ({"n": 0}, "K317", None),
    "fewer than none": ({"n": -5}, "K317", None), "no number": ({"n": float("nan")}, "K317", None),
    "endless": ({"n": float("inf")}, "K317", "`n` = inf cannot be used; it must satisfy -inf < n < inf."),
    "half a unit": ({"n": 80, "units": 8.5}, "K317", None), "endless units": ({"units": float("inf"), "size": 9}, "K317", None),
    "no effect": ({"effect": float("nan"), "n": 20, "power": None}, "K317", None),
    "endless effect": ({"effect": float("inf"), "n": 20, "power": None}, "K317", None),
    "endless spread": ({"n": 20, "sd": float("inf")}, "K317", None), "empty unit": ({"effect": 1, "size": 0.5}, "K317", None),
    "half sizes": ({"sizes": [3, 4.5, 5, 6, 7, 8]}, "K317", None), "gap": ({"sizes": [3, float("nan"), 5]}, "K317", None),
    "endless sizes": ({"sizes": [3, float("inf"), 5]}, "K317", None), "word": ({"n": "20"}, "K317", None),
    "complex": ({"n": 20, "effect": None, "sd": 1 + 2j}, "K317", None), "level": ({"n": 20, "level": float("nan")}, "K317", None),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name):
    given, code, message = ERRORS[name]
    with pytest.raises(StatisticsError) as caught:
        power(**given)
    assert caught.value.code == code
    if message:
        assert caught.value.message("en") == f"{code} {message}"


CASES = {
    "effect": {"n": 60}, "people": {"effect": 0.4, "level": 0.99}, "units": {"effect": 0.5, "icc": 0.1, "size": 25, "size_cv": 0.6},
    "power": {"effect": 0.5, "n": 60, "power": None}, "shares": {"design": "shares", "share": 0.4, "n": 90},
    "shares in units": {"design": "shares", "share": 0.4, "effect": 0.1, "icc": 0.02, "size": 15},
    "slope": {"design": "slope", "sizes": DESIGN_B, "icc": 0.1}, "paired": {"design": "paired", "n": 30, "sd": 9, "r": 0.65},
    "never": {"units": 8, "icc": 0.1, "effect": 0.3},
}


@pytest.mark.parametrize("name", CASES)
def test_contract(name):
    result = power(**CASES[name])
    assert tuple(result.table.columns) == COLUMNS
    assert set(result.table["term"]) <= set(TERMS) and set(result.table["method"]) <= set(METHODS)
    for column in FLOATS:
        assert np.isfinite(result.table[column].dropna().to_numpy(dtype=float)).all()
    assert result.table["ci_low"].isna().all() and result.table["ci_level"].isna().all()
    pd.testing.assert_frame_equal(result.interval(result.plan.level), result.table)
    strict = result.interval(0.999)["estimate"]
    if name == "power":
        assert (strict < result.table["estimate"]).all()
    elif name != "never":
        assert (strict > result.table["estimate"]).all()
    row = result.headline
    for lang in ("id", "en"):
        text = result.sentence(lang)
        assert text.endswith(".") and not re.search(r"\bnan\b|<NA>|meningkatkan|pengaruh|effect of", text)
        if name != "never":
            assert f"n = {number(row.n, lang, 0)}" in text
            scale = 100 if name in ("shares", "power") else 1
            value = scale * float(row.estimate)
            assert any(number(value, lang, digits) in text for digits in (0, 1, 2, 3, 4))
    assert all(set(note) == {"id", "en"} and note["id"] != note["en"] for note in result.notes)
    assert not re.search(r"0x[0-9a-f]{6,}|\bnan\b|<NA>", repr(result) + result._repr_html_())


@pytest.mark.parametrize("name", CASES)
def test_plot_draws_the_curve(name):
    result = power(**CASES[name])
    ax = Figure().add_subplot()
    assert result.plot(ax, "en") is ax
    if len(result.curve):
        assert result.picture().x["en"] in words_on(ax) and words_on(ax).startswith("Power (percent)")
        (curve,) = [line for line in ax.child_axes[0].lines if len(line.get_ydata()) == len(result.curve)]
        assert np.asarray(curve.get_ydata()) == pytest.approx(100 * result.curve["power"].to_numpy())
    else:
        assert words_on(ax).endswith("There is no number that can be shown.")
