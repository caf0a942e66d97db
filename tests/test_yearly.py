"""``yearly_flags``: changes of units from year to year, flagged at the rate that is promised."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from scipy.special import ndtri

from karier_stats.errors import StatisticsError
from karier_stats.stats.results import COLUMNS, FLOATS, METHODS, TERMS
from karier_stats.stats.units.yearly import yearly_flags
from karier_stats.words.numbers import number

SIZES = (6, 9, 12, 18, 25, 30, 40, 60)
NAMES = {"outcome": "y", "unit": "unit", "year": "year"}


def panel(rng: np.random.Generator, years: int = 4, share: float | None = None, jump: float = 0.0) -> pd.DataFrame:
    """Eight units of 6 to 60; everybody drifts by one a year; the last unit jumps in 2022."""
    rows = []
    for year in range(2020, 2020 + years):
        for unit, n in enumerate(SIZES):
            moved = jump if unit == 7 and year >= 2022 else 0.0
            y = rng.random(n) < share + moved if share is not None else rng.normal(10 + unit + year - 2020 + moved, 2, n)
            rows.append(pd.DataFrame({"unit": f"u{unit}", "year": year, "y": y.astype(float)}))
    return pd.concat(rows, ignore_index=True)


def test_counted_by_hand():
    """Four units of two; unit d moves by 5 and the others by 1, spread 1 everywhere."""
    rows = [
        {"unit": unit, "year": year, "y": base + away}
        for unit, (first, second) in {"a": (0, 1), "b": (2, 3), "c": (5, 6), "d": (1, 6)}.items()
        for year, base in ((2024, first), (2025, second)) for away in (-1, 1)
    ]
    result = yearly_flags(pd.DataFrame(rows), **NAMES, horizon=1)
    row = result.row("year_change[d; 2025]")
    # Residual squares 16 on 8 degrees of freedom: s2 = 2; a change has variance 2 (1/2 + 1/2) = 2, the others' mean 2/3.
    assert row.estimate == pytest.approx(4)
    assert row.std_error == pytest.approx(math.sqrt(2 + 2 / 3))
    assert row.dof == 8 and row.n == 4 and row.n_units == 4
    assert row.ci_level == pytest.approx(1 - 0.05 / 4)
    t = 4 / math.sqrt(8 / 3)
    from scipy.stats import t as student

    assert row.p_value == pytest.approx(4 * 2 * student.sf(t, 8), rel=1e-9)
    assert result.row("year_change[a; 2025]").estimate == pytest.approx(1 - (1 + 1 + 5) / 3)
    assert result.lead[0] == "year_change[d; 2025]"


def test_spending_never_exceeds_alpha():
    """With a horizon every look has its even part; without one 6 / (pi k)^2 adds up to one."""
    data = panel(np.random.default_rng(1), years=5)
    for horizon, parts in ((4, [0.25] * 4), (None, [6 / (math.pi * k) ** 2 for k in range(1, 5)])):
        table = yearly_flags(data, **NAMES, horizon=horizon).table
        spent = (1 - table["ci_level"]).astype(float).to_numpy().reshape(4, 8).sum(axis=1)
        assert spent == pytest.approx(0.05 * np.array(parts))
    assert sum(6 / (math.pi * k) ** 2 for k in range(1, 200_000)) == pytest.approx(1, abs=1e-5)


def test_false_flags_of_means_are_rare_where_plain_p_values_flag_nearly_always():
    rng = np.random.default_rng(20250817)
    flagged, plain = [], []
    for _ in range(100):
        result = yearly_flags(panel(rng, years=5), **NAMES, horizon=4)
        flagged.append(result.changes["flagged"].any())
        plain.append((result.table["statistic"].abs() > 1.96).any())
    # 99.9 percent band of 100 repetitions about 5 percent; 32 plain looks, some sharing data, flag in three of four
    assert np.mean(flagged) <= 0.05 + 3.1 * math.sqrt(0.05 * 0.95 / 100)
    assert np.mean(plain) > 0.6


def _false_alarms(added: float, sizes: np.ndarray, share: float, repetitions: int) -> float:
    """Chance of any flag over four looks at shares that do not change, ``added`` successes and failures a year."""
    rng = np.random.default_rng(5)
    k = rng.binomial(sizes, share, size=(repetitions, 5, len(sizes)))
    p = (k + added) / (sizes + 2 * added)
    v = (p * (1 - p) / (sizes + 2 * added))
    v, d = v[:, 1:] + v[:, :-1], p[:, 1:] - p[:, :-1]
    w = 1 / v
    others = w.sum(axis=2, keepdims=True) - w
    z = (d - ((w * d).sum(axis=2, keepdims=True) - w * d) / others) / np.sqrt(v + 1 / others)
    return float((np.abs(z) > ndtri(1 - 0.05 / (2 * 4 * len(sizes)))).any(axis=(1, 2)).mean())


@pytest.mark.parametrize("share", [0.5, 0.3, 0.1])
@pytest.mark.parametrize("sizes", [SIZES, (10,) * 8, SIZES * 3])
def test_false_flags_of_shares_are_kept(share, sizes):
    """Two and two hold 5 percent; the one and one of Agresti and Caffo does not at tails this far out."""
    kept = _false_alarms(2, np.array(sizes), share, 6000)
    assert kept <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 6000)
    if share == 0.5:
        assert _false_alarms(1, np.array(sizes), share, 6000) > 0.058


def test_the_verb_makes_the_same_statistic_as_the_simulation():
    data = panel(np.random.default_rng(2), years=2, share=0.4)
    result = yearly_flags(data, **NAMES)
    cells = data.groupby(["unit", "year"])["y"].agg(["sum", "size"]).to_numpy(dtype=float).reshape(8, 2, 2)
    p = (cells[..., 0] + 2) / (cells[..., 1] + 4)
    v = (p * (1 - p) / (cells[..., 1] + 4)).sum(axis=1)
    d = p[:, 1] - p[:, 0]
    for i in range(8):
        w = np.delete(1 / v, i)
        expected = d[i] - (w @ np.delete(d, i)) / w.sum()
        row = result.row(f"year_change[u{i}; 2021]")
        assert row.estimate == pytest.approx(expected, abs=1e-12)
        assert row.std_error == pytest.approx(math.sqrt(v[i] + 1 / w.sum()), abs=1e-12)


def test_a_jump_is_found_and_named_and_what_moves_everybody_is_not():
    result = yearly_flags(panel(np.random.default_rng(3), jump=4), **NAMES, horizon=3)
    flagged = result.changes[result.changes["flagged"]]
    assert flagged[["label", "year"]].to_numpy().tolist() == [["u7", 2022]]
    assert "`u7` tahun 2022" in result.sentence("id") and "`u7` in 2022" in result.sentence("en")
    assert result.sentence("en").startswith("1 of 24 yearly changes of `y`")
    assert "at or below 5 percent over 3 yearly looks" in result.sentence("en")


def test_a_large_unit_that_jumps_does_not_make_the_others_look_as_if_they_fell():
    """The unit holds 30 percent of the weight: left in the yardstick, its jump of 4 would move all others by -1.7."""
    still = yearly_flags(panel(np.random.default_rng(3)), **NAMES, horizon=3).changes.set_index(["label", "year"])
    jumped = yearly_flags(panel(np.random.default_rng(3), jump=4), **NAMES, horizon=3).changes.set_index(["label", "year"])
    moved = (jumped["estimate"] - still["estimate"]).drop(("u7", 2022))
    # what is left is the unit's own random change, no longer counted among the others
    assert moved.abs().max() < 0.5


def test_a_null_carries_its_interval_and_the_smallest_change_that_could_be_seen():
    result = yearly_flags(panel(np.random.default_rng(3)), **NAMES)
    assert not result.changes["flagged"].any()
    assert result.sentence("id").startswith("Tidak satu pun dari 24 perubahan tahunan")
    assert "daya uji 80 persen" in result.sentence("id") and "80 percent power" in result.sentence("en")
    assert "however many" in result.sentence("en")


def test_years_apart_are_not_compared_and_absent_units_are_left_out():
    data = panel(np.random.default_rng(4), years=4)
    data = data[(data["year"] != 2022) & ~((data["year"] == 2021) & (data["unit"] == "u0"))]
    changes = yearly_flags(data, **NAMES).changes
    assert set(changes["year"]) == {2021} and "u0" not in set(changes["label"])
    with pytest.raises(StatisticsError) as caught:
        yearly_flags(data[data["year"] != 2021], **NAMES)
    assert caught.value.message("en") == (
        "K396 A yearly comparison needs units with complete rows in two years that follow one another; the years at hand are "
        "2020, 2023, and at most 0 units have both years of a pair (at least 4 are needed). Check the year column, or add years."
    )


@pytest.mark.parametrize("changes, code", [
    ({"horizon": 0}, "K317"), ({"level": 0.0}, "K349"), ({"outcome": "x"}, "K340"), ({"year": "unit", "unit": "year"}, "K345"),
    ({"year": "y"}, "K346"),
])
def test_errors(changes, code):
    with pytest.raises(StatisticsError) as caught:
        yearly_flags(panel(np.random.default_rng(1)), **(NAMES | changes))
    assert caught.value.code == code


@pytest.mark.parametrize("share, jump", [(None, 0.0), (None, 4.0), (0.3, 0.0), (0.2, 0.6)])
def test_contract(share, jump):
    result = yearly_flags(panel(np.random.default_rng(9), share=share, jump=jump), **NAMES, horizon=3)
    table = result.table
    assert tuple(table.columns) == COLUMNS
    assert {term.split("[")[0] for term in table["term"]} <= set(TERMS) and set(table["method"]) <= set(METHODS)
    assert ((table["ci_low"] <= table["estimate"]) & (table["estimate"] <= table["ci_high"])).all()
    for column in FLOATS:
        assert np.isfinite(table[column].dropna().to_numpy(dtype=float)).all()
    excludes = (table["ci_low"] > 0) | (table["ci_high"] < 0)
    assert (excludes == (table["p_value"] < 0.05)).all()
    assert result.changes["flagged"].any() == bool(jump)
    wide = result.interval(0.99)
    assert (wide["ci_high"] > table["ci_high"]).all() and wide["p_value"].equals(table["p_value"])
    pd.testing.assert_frame_equal(result.interval(0.95), table)
    row, scale = result.headline, 100 if share is not None else 1
    for lang in ("id", "en"):
        text = result.sentence(lang)
        assert f"n = {number(row.n, lang, 0)}" in text and text.endswith(".")
        for column in ("estimate", "ci_low", "ci_high"):
            assert any(number(scale * row[column], lang, digits) in text for digits in (0, 1, 2, 3))
        assert not re.search(r"\bnan\b|<NA>|meningkatkan|pengaruh|effect of", text)
        assert re.search(r"\d", result.alt(lang))
    assert not re.search(r"0x[0-9a-f]{6,}|\bnan\b", repr(result) + result._repr_html_())
    ax = result.plot(Figure().add_subplot(), "id", names=True)
    assert len(ax.texts) == int(result.changes["flagged"].sum())
    assert [label.get_text() for label in ax.get_xticklabels()] == ["2021", "2022", "2023"]
