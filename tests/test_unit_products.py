"""Cross-products kept per unit: by hand, of rows side by side, and against the plain sums."""

from __future__ import annotations

import numpy as np
import pytest

from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics.cluster import by_appearance, cluster_products
from karier_stats.stats.numerics.unit_products import products_of, unit_products


@pytest.fixture
def rows() -> tuple[np.ndarray, np.ndarray]:
    """Five rows in two units."""
    return np.array([[1.0, 10], [3, 10], [2, 20], [5, 40], [4, 40]]), np.array(["b", "b", "a", "b", "a"])


def test_five_rows_by_hand(rows):
    parts = unit_products(*rows)
    assert list(parts.units) == ["b", "a"] and list(parts.sizes) == [3, 2]
    assert (parts.origin + parts.means).tolist() == [[3, 20], [3, 30]]
    # Unit b: deviations -2, 0, 2 and -10, -10, 20; unit a: -1, 1 and -10, 10.
    assert parts.scatter.tolist() == [[[8, 60], [60, 600]], [[2, 20], [20, 200]]]
    assert (parts.origin + parts.mean).tolist() == [3, 24]
    assert parts.within.tolist() == [[10, 80], [80, 800]]
    # Means of the second column are 4 below and 6 above 24: 3 x 16 + 2 x 36.
    assert parts.between == pytest.approx(np.array([[0, 0], [0, 120]]), abs=1e-12)
    assert (parts.n, parts.n_units) == (5, 2)


def test_a_few_rows_have_the_same_products(rows):
    columns, units = rows
    design = np.column_stack([np.ones(5), columns])
    one, few, codes = unit_products(*rows).rows()
    assert len(one) == 6 and one[[0, 3]] == pytest.approx(np.sqrt([3, 2]), rel=1e-15)
    # Roots of the scatter, squared again.
    expected = cluster_products(design, by_appearance(units))
    assert cluster_products(np.column_stack([one, few]), codes) == pytest.approx(expected, rel=1e-12)


def test_the_order_of_rows_does_not_matter(rows):
    columns, units = rows
    turned, plain = unit_products(columns[::-1], units[::-1]), unit_products(columns, units)
    assert list(turned.units) == ["a", "b"]
    assert turned.scatter[::-1] == pytest.approx(plain.scatter, rel=1e-13)
    assert (turned.origin + turned.means)[::-1] == pytest.approx(plain.origin + plain.means, rel=1e-13)


def test_the_rows_are_not_changed(rows):
    columns, units = rows
    before = columns.copy()
    unit_products(columns, units)
    assert (columns == before).all()


def test_rows_side_by_side_are_those_of_any_order():
    """Units that stand in one part, in another, or in both."""
    rng = np.random.default_rng(3)
    columns, units = rng.normal(size=(90, 3)) + np.array([0, 50, 1e4]), rng.integers(0, 12, 90)
    whole = unit_products(columns, units)
    order = np.argsort(units, kind="stable")
    joined = products_of(columns[order], np.flatnonzero(np.diff(units[order], prepend=-1)))
    place = np.argsort(whole.units)
    assert (units[order][joined.units] == whole.units[place]).all() and (joined.sizes == whole.sizes[place]).all()
    # A level of 1e4 beside a spread of 1 leaves twelve digits in the data.
    assert joined.scatter == pytest.approx(whole.scatter[place], rel=1e-10, abs=1e-10)
    apart = joined.origin + joined.means
    assert apart == pytest.approx(whole.origin + whole.means[place], rel=1e-13, abs=1e-13)


def test_columns_keep_the_order_asked(rows):
    columns, units = rows
    some, want = unit_products(columns, units), unit_products(columns[:, ::-1], units)
    assert (some.scatter[:, ::-1, ::-1] == want.scatter).all() and (some.means[:, ::-1] == want.means).all()


def test_a_column_without_spread_in_a_unit_leaves_zeros():
    """Rounding leaves nothing where a covariate is the same for all staff of a unit."""
    rng = np.random.default_rng(8)
    codes = np.repeat(np.arange(5), 40)
    rows = np.column_stack([rng.normal(size=5)[codes] + 3, rng.normal(size=200)])
    one, few, _ = unit_products(rows, codes).rows()
    assert (few[one == 0, 0] == 0).all() and (few[one == 0, 1] != 0).any()


def test_one_way_by_hand():
    """Two units of two: means 1 and 5; between 2 x 4 + 2 x 4 = 16, within 2 + 2 = 4, F = 16 / (4 / 2) = 8."""
    table = unit_products(np.array([[0.0], [2], [4], [6]]), ["a", "a", "b", "b"]).one_way()
    assert (table.between, table.within, table.between_dof, table.within_dof) == (16, 4, 1, 2)
    assert table.f == 8 and table.size == 2
    # (8 - 1) / (8 - 1 + 2)
    assert table.icc == pytest.approx(7 / 9, rel=1e-15)


def test_the_interval_of_the_icc_holds_it_and_widens():
    rng = np.random.default_rng(1)
    units = np.repeat(np.arange(6), [3, 5, 8, 9, 12, 20])
    table = unit_products((rng.normal(size=6)[units] + rng.normal(size=57))[:, None], units).one_way()
    (low, high), (lower, higher) = table.icc_interval(0.9), table.icc_interval(0.99)
    assert -1 < lower < low < table.icc < high < higher < 1


@pytest.mark.parametrize(("values", "units"), [([1.0, 2, 3], ["a", "a", "a"]), ([1.0, 1, 3], ["a", "a", "b"])])
def test_no_comparison_without_two_units_or_spread_within(values, units):
    with pytest.raises(StatisticsError) as error:
        unit_products(np.array(values)[:, None], units).one_way()
    assert error.value.message("en") == (
        f"K355 Units cannot be compared with the spread within them: 3 rows in {len(set(units))} units, at least 2 "
        "units are needed and a value that differs within one of them. Check the unit column, or widen the choice of "
        "units."
    )
