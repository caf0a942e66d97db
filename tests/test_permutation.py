"""Sign flips and permutation among offices: by hand, by listing, against R, and by size."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from karier_stats.stats.numerics.permutation import OfficePermutation, SignFlip, office_permutation, sign_flip

HERE = Path(__file__).parent / "reference"
R = pd.read_csv(HERE / "permutation.csv").set_index("name")["value"]
DATA = pd.read_csv(HERE / "permutation_data.csv")

EXACT = 1e-12
"""Both sides count the same patterns; sums of up to 2^50 terms keep about 13 digits."""


def flip(change: object, seed: int = 0, draws: int = 9_999) -> SignFlip:
    return sign_flip(np.asarray(change, dtype=float), np.random.default_rng(seed), draws)


def deal(change: object, treated: object, office: object, seed: int = 0, **more: float) -> OfficePermutation:
    arrays = np.asarray(change, dtype=float), np.asarray(treated, dtype=bool), np.asarray(office)
    return office_permutation(*arrays, np.random.default_rng(seed), **more)  # type: ignore[arg-type]


def listed_flip(change: np.ndarray) -> float:
    """The same by writing down every pattern of signs."""
    sums = [abs(np.dot(signs, change)) for signs in itertools.product((-1, 1), repeat=len(change))]
    return float(np.mean(np.array(sums) >= abs(change.sum()) - 1e-9))


def test_three_gains_give_two_patterns_of_eight():
    found = flip([1, 2, 4])
    assert (found.estimate, found.p, found.exact, found.patterns) == (7 / 3, 2 / 8, True, 8)


def test_unchanged_people_say_nothing_on_the_sign():
    assert flip([1, 2, 4, 0, 0]).p == flip([1, 2, 4]).p
    assert math.isnan(flip([0, 0, 0]).p) and flip([0, 0, 0]).estimate == 0


@pytest.mark.parametrize("change", [
    [3, -1, 2, 5, 0, -2, 1], [1 / 3, -2 / 3, 1, 4 / 3, 5 / 3], [0.1, 0.2, 0.3, -0.4, 0.5, 0.5],
    [1.234567, -0.5551, 2.71828, 3.14159, 0.001, 1.41421], [-7, -7, -7, -7],
])
def test_every_kind_of_change_is_the_list_of_all_signs(change):
    found = flip(change)
    assert found.exact
    assert found.p == pytest.approx(listed_flip(np.array(change)), rel=EXACT)


def test_the_exact_p_is_that_of_r():
    change = (DATA["after"] - DATA["before"]).to_numpy(float)
    # perm.test keeps 1e-9 relative at p = 6e-7
    assert flip(change).p == pytest.approx(R["sign_flip_all"], rel=1e-6)
    assert flip(change[:12] - 4).p == pytest.approx(R["sign_flip_first12"], rel=EXACT)


@pytest.mark.parametrize("sizes", ["of their own", "few and repeated"])
def test_drawn_patterns_give_the_exact_p_within_their_error(sizes):
    rng = np.random.default_rng(7)
    if sizes == "of their own":
        change = rng.normal(1, 6, 200)
        exact = flip(np.round(change, 2)).p
    else:
        # beyond the cost of the exact test by one size that no grid holds
        change = rng.integers(-3, 4, 6000).astype(float)
        exact = flip(change).p
        change = np.append(change, 1e-7 * math.pi)
    assert flip(np.round(change, 2)).exact
    found = flip(change)
    assert not found.exact
    # 9,999 draws: standard error sqrt(p (1 - p) / 9,999), three of them, and 1e-4 for the data as a draw
    assert found.p == pytest.approx(exact, abs=3 * math.sqrt(exact * (1 - exact) / 9_999) + 1e-4)


def test_a_drawn_p_is_never_zero():
    change = 1 + np.random.default_rng(0).random(300) * math.pi
    assert flip(change).p == 1 / 10_000


def test_neither_order_nor_scale_matters():
    rng = np.random.default_rng(3)
    change = rng.normal(0.5, 4, 80)
    found = flip(change)
    assert not found.exact
    assert flip(rng.permutation(change)) == found
    assert flip(-change).p == found.p and flip(4 * change).p == found.p


def test_the_size_of_sign_flips_is_the_level():
    rng = np.random.default_rng(11)
    rejected = sum(flip(np.round(rng.standard_t(3, 14) * 4)).p <= 0.05 for _ in range(1500))
    # 1,500 samples at 5 percent: standard error 0.56 points, band of two
    assert 0.039 <= rejected / 1500 <= 0.061


def test_whole_offices_by_hand():
    # office means 4, 5, 6 (trained) and 1, 2, 3: the most extreme of 20 ways, twice
    change, treated = [4, 4, 5, 6, 1, 2, 3, 3], [1, 1, 1, 1, 0, 0, 0, 0]
    found = deal(change, treated, list("aabcdeff"), level=0.9)
    assert (found.estimate, found.p, found.smallest_p) == (3, 2 / 20, 2 / 20)
    assert (found.design, found.arrangements, found.enumerated, found.offices, found.people) == ("offices", 20, True, 6, 8)
    # shifted by less than 1 or more than 5, the means do not overlap and no other arrangement is as extreme
    assert (found.low, found.high) == pytest.approx((1, 5))


def test_two_trained_among_three_in_each_office_by_hand():
    change, treated = [9, 8, 1, 7, 8, 2], [1, 1, 0, 1, 1, 0]
    found = deal(change, treated, list("aaabbb"), level=0.7)
    assert (found.design, found.arrangements, found.offices, found.people) == ("within", 9, 2, 6)
    assert found.estimate == pytest.approx(((8.5 - 1) + (7.5 - 2)) / 2)
    assert found.p == 2 / 9


def listed_within(change: np.ndarray, treated: np.ndarray, office: np.ndarray, shift: float) -> float:
    """Two-sided p that the training shifts all changes alike, by writing down all arrangements."""
    values = change - shift * treated
    centred = values - pd.Series(values).groupby(office).transform("mean").to_numpy()
    choices = [
        list(itertools.combinations(np.flatnonzero(office == name), int(treated[office == name].sum())))
        for name in np.unique(office)
    ]
    sums = np.array([sum(centred[list(part)].sum() for part in way) for way in itertools.product(*choices)])
    observed = centred[treated == 1].sum()
    return float(min(1, 2 * min((sums >= observed - 1e-9).mean(), (sums <= observed + 1e-9).mean())))


def test_p_and_interval_are_those_of_the_list_of_all_arrangements():
    rng = np.random.default_rng(5)
    office = np.repeat(list("abc"), [4, 3, 5])
    treated = np.array([1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0], dtype=float)
    change = np.round(rng.normal(3 * treated, 3), 1)
    found = deal(change, treated, office)
    assert found.enumerated and found.arrangements == 6 * 3 * 10
    assert found.p == pytest.approx(listed_within(change, treated, office, 0.0), abs=EXACT)
    for bound, side in ((found.low, -1), (found.high, 1)):
        assert listed_within(change, treated, office, bound + side * 1e-6) <= 0.05
        assert listed_within(change, treated, office, bound - side * 1e-6) > 0.05


def test_whole_offices_are_those_of_r():
    found = deal(DATA["change"], DATA["whole"], DATA["office"])
    assert found.estimate == pytest.approx(R["offices_estimate"], rel=EXACT)
    assert found.p == pytest.approx(2 * min(R["offices_greater"], R["offices_less"]), rel=EXACT)
    assert found.arrangements == 462


def test_blocks_are_those_of_r():
    less = DATA["change"] - 1.5 * DATA["mixed"]
    found = deal(less, DATA["mixed"], DATA["office"])
    assert not found.enumerated and found.people == 50
    # least squares with a constant per office: the same number by another way
    assert found.estimate == pytest.approx(R["within_estimate"], rel=1e-9)
    expected = 2 * min(R["within_greater"], R["within_less"])
    # one tail from 9,999 draws beside one from a million, doubled: three standard errors
    error = 2 * math.sqrt(expected / 2 * (1 - expected / 2) / 9_999)
    assert found.p == pytest.approx(expected, abs=3 * error)


def test_shift_scale_and_row_order():
    less = DATA["change"] - 1.5 * DATA["mixed"]
    found = deal(less, DATA["mixed"], DATA["office"])
    order = np.random.default_rng(1).permutation(len(DATA))
    again = deal(less[order], DATA["mixed"][order], DATA["office"][order])
    assert again == found
    moved = deal(2 * less + 30, DATA["mixed"], DATA["office"])
    assert (moved.estimate, moved.low, moved.high) == pytest.approx((2 * found.estimate, 2 * found.low, 2 * found.high))
    assert moved.p == found.p
    swapped = deal(less, 1 - DATA["mixed"], DATA["office"])
    assert swapped.estimate == pytest.approx(-found.estimate)
    # other draws: the p-value moves by its Monte Carlo error
    assert swapped.p == pytest.approx(found.p, abs=0.02)


def test_offices_of_one_kind_are_a_block_of_their_own():
    # a, b, c hold both: differences 4, 4, 4, each of weight 1/2; d, e are whole: 9 - 3 of weight 1/2
    change, treated, office = [5, 1, 6, 2, 7, 3, 9, 3, 3], [1, 0, 1, 0, 1, 0, 1, 0, 0], list("aabbccdee")
    found = deal(change, treated, office, level=0.7)
    assert (found.design, found.offices, found.people, found.trained) == ("both", 5, 9, 4)
    assert found.estimate == pytest.approx((4 + 4 + 4 + 6) / 4)
    assert (found.arrangements, found.p) == (16, 2 / 16)


def test_whole_offices_without_a_counterpart_are_left_out_where_others_hold_both():
    found = deal([5, 1, 6, 2, 7, 3, 99, 98], [1, 0, 1, 0, 1, 0, 1, 1], list("aabbccde"), level=0.7)
    assert (found.design, found.offices, found.people, found.trained, found.estimate) == ("within", 3, 6, 3, 4)


@pytest.mark.parametrize(("change", "treated", "office", "reason", "words"), [
    ([1, 2, 3], [1, 1, 1], "abc", "contrast",
     "No permutation test can be made: there is no comparison of trained and untrained people."),
    ([2, 2, 2, 2], [1, 0, 1, 0], "aabb", "constant", "No permutation test can be made: all changes compared are equal."),
    (range(8), [1, 0, 0, 0, 0, 0, 0, 0], "abcdefgh", "offices",
     "The permutation test is refused: of 8 offices, fewer than 3 are on one side (trained or not)."),
    (range(6), [1, 1, 1, 0, 0, 0], "abcdef", "level",
     "The permutation test is refused: there are only 20 arrangements, so that the smallest possible p-value is 0.100."),
    ([], [], "", "contrast",
     "No permutation test can be made: there is no comparison of trained and untrained people."),
])
def test_a_test_that_cannot_be_made_says_why(change, treated, office, reason, words):
    found = deal(list(change), treated, list(office))
    assert found.refused == reason
    assert found.why_refused()["en"] == words
    assert all(math.isnan(value) for value in (found.low, found.high, found.p))
    assert math.isfinite(found.estimate) == (reason != "contrast")


def test_a_test_that_is_made_has_no_reason():
    assert deal(DATA["change"], DATA["whole"], DATA["office"]).why_refused() is None


def test_the_estimate_lies_in_the_interval_even_with_one_far_outlier():
    change = np.arange(100.0)
    change[0] = -1e6
    found = deal(change, [1, 1] + [0] * 98, ["a"] * 100)
    assert found.low <= found.estimate <= found.high


def test_the_interval_grows_with_the_level():
    narrow, wide = (deal(DATA["change"], DATA["whole"], DATA["office"], level=level) for level in (0.8, 0.95))
    assert wide.low < narrow.low < narrow.high < wide.high
    assert wide.p == narrow.p


def test_size_with_few_offices_and_the_wrong_way_beside_it():
    rng = np.random.default_rng(2)
    office = np.repeat(np.arange(12), 6)
    treated = office < 6
    right = wrong = 0
    for _ in range(600):
        change = rng.normal(0, 2, 12)[office] + rng.normal(0, 4, 72)  # no effect; offices differ (ICC 0.2)
        right += deal(change, treated, office).p <= 0.05
        wrong += deal(change, treated, np.zeros(72), draws=999).p <= 0.05  # people as if of one office
    # 924 arrangements reach 4.98 percent; 600 samples: standard error 0.9 points, band of two
    assert 0.032 <= right / 600 <= 0.068
    # dealing out people instead of offices: a design effect of 2 makes 5 percent into about 17
    assert wrong / 600 > 0.11


def test_size_and_coverage_within_offices():
    rng = np.random.default_rng(4)
    office = np.repeat(np.arange(8), 5)
    rejected = covered = 0
    for _ in range(500):
        treated = rng.random(40).argsort() < 18
        change = rng.normal(0, 5, 8)[office] + rng.exponential(3, 40) + 2 * treated
        found = deal(change, treated, office, draws=999)
        covered += found.low <= 2 <= found.high
        rejected += deal(change - 2 * treated, treated, office, draws=999).p <= 0.05
    # 500 samples: standard error 1 point, band of two
    assert 0.03 <= rejected / 500 <= 0.07
    assert 0.93 <= covered / 500 <= 0.97
