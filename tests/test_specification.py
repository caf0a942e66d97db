"""The specification curve: every point against regress, the joint p by enumeration, its size by simulation."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import os
import re

import matplotlib

matplotlib.use("Agg")

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from test_regress import HAND, staff
from test_result_contract_regress import CAUSAL

from karier_stats.errors import StatisticsError
from karier_stats.stats.association.regress import regress
from karier_stats.stats.association.specification import Specifications, _Deal, specifications
from karier_stats.stats.results import COLUMNS, METHODS, TERMS
from karier_stats.words.numbers import number, p_value, percent
from tests.contract import words_on

CHOICES = {
    "outcome": {"score": "y", "joined": "joined"},
    "adjust": {"none": (), "age": "age", "age and status": ("age", "status")},
    "method": {"unit means": "unit_means", "CR2": "cr2"},
    "missing": {"complete": "complete", "indicator": "indicator"},
    "sample": {"all": None, "PNS": lambda data: data["status"] == "PNS"},
}


def gaps(data: pd.DataFrame) -> pd.DataFrame:
    """Every ninth person has no age."""
    return data.assign(age=data["age"].where(np.arange(len(data)) % 9 > 0))


def by_regress(data: pd.DataFrame, outcome: str, adjust: tuple[str, ...], method: str) -> tuple[float, float]:
    """The estimate and p of one specification by ``regress``."""
    row = regress(data, outcome=outcome, on="lead", adjust=adjust, unit="unit", family="continuous").row(
        "lead[between]", method
    )
    return float(row["estimate"]), float(row["p_value"])


RESULTS = {
    "units": lambda: specifications(gaps(staff(slope=0.6)), on="lead", unit="unit", choices=CHOICES, draws=19),
    "rows": lambda: specifications(
        gaps(staff()), on="lead", choices={"outcome": {"y": "y"}, "adjust": CHOICES["adjust"]}, draws=39
    ),
    "one": lambda: specifications(staff(slope=-1.0), on="lead", unit="unit", choices={"outcome": {"y": "y"}}, draws=19),
    "some fail": lambda: specifications(
        staff(), on="lead", unit="unit", draws=19,
        choices={"outcome": {"y": "y"}, "adjust": {"none": (), "absent": "tenure"}, "sample": {
            "all": None, "three units": lambda data: data["unit"] < "U03"}},
    ),
}


@functools.cache
def made(name: str) -> Specifications:
    """One of the results, made once: it is frozen."""
    return RESULTS[name]()


@pytest.fixture(params=RESULTS, scope="module")
def result(request: pytest.FixtureRequest) -> Specifications:
    return made(request.param)


def test_the_contract(result: Specifications) -> None:
    assert tuple(result.table.columns) == COLUMNS
    assert list(result.table["term"]) == ["curve_median", "curve_same_sign", "curve_seen"]
    assert set(result.table["term"]) <= set(TERMS) and set(result.table["method"]) <= set(METHODS)
    assert result.table["estimate"].notna().all() and result.table["p_value"].between(0, 1).all()
    assert result.lead == ("curve_median", "specification_curve")
    for lang in ("id", "en"):
        text, row = result.sentence(lang), result.headline
        assert number(row["estimate"], lang, 3) in text and p_value(row["p_value"], lang) in text
        assert f"n = {number(row['n'], lang, 0)}" in text and text.endswith(".")
        assert percent(result.row("curve_seen")["estimate"], lang, 0) in text
        unit = {"id": "simpangan baku hasil per simpangan bakunya", "en": "standard deviations of the outcome per one of its own"}
        assert re.search(rf"[.,]\d+ {unit[lang]} \(", text)
        assert not CAUSAL.search(text) and not re.search(r"\b(nan|none)\b|<NA>", text, re.IGNORECASE)
    assert all(set(note) == {"id", "en"} and note["id"] != note["en"] for note in result.notes)
    assert repr(result) == repr(result.recompute(0.95))
    assert not re.search(r"0x[0-9a-f]{6,}|\bnan\b", repr(result) + result._repr_html_() + result._repr_markdown_())
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.draws = 2  # type: ignore[misc]


def test_the_picture(result: Specifications) -> None:
    before = result.curve.copy()
    for lang in ("id", "en"):
        ax = result.plot(lang=lang)
        assert result.picture().y[lang] in words_on(ax)
    points = sum(len(part.get_offsets()) for part in ax.child_axes[0].collections)
    assert points == len(result.computed)
    pd.testing.assert_frame_equal(before, result.curve)
    plt.close("all")


def test_a_new_level_counts_anew() -> None:
    found = made("units")
    strict, same = found.recompute(0.999), found.recompute(0.95)
    pd.testing.assert_frame_equal(same.table, found.table)
    assert strict.row("curve_seen")["estimate"] < found.row("curve_seen")["estimate"]
    assert strict.headline["estimate"] == found.headline["estimate"]


def test_one_specification_by_hand() -> None:
    found = specifications(HAND, on="x", unit="unit", choices={"outcome": {"y": "y"}}, draws=9)
    # Slope 2 of the unit means; the eight x have a variance of 10/7 and the eight y one of 50/7.
    point = found.curve.iloc[0]
    assert float(point["estimate"]) == pytest.approx(2 * np.sqrt(10 / 7) / HAND["y"].std(), rel=1e-12)
    assert float(point["p_value"]) == pytest.approx(float(regress(HAND, outcome="y", on="x", unit="unit").headline.p_value))


def test_every_point_is_a_regression() -> None:
    data = gaps(staff(slope=0.6))
    found = made("units").curve.set_index(["outcome", "adjust", "method", "missing", "sample"])
    filled = data.assign(age=data["age"].fillna(data["age"].mean()), no_age=data["age"].isna() * 1.0)
    tried = 0
    for outcome, adjust, method in itertools.product(CHOICES["outcome"], ("none", "age"), CHOICES["method"]):
        column, kind = CHOICES["outcome"][outcome], CHOICES["method"][method]
        scale = data["lead"].std() / data[column].std()
        for missing, table, names in (
            ("complete", data, {"none": (), "age": ("age",)}), ("indicator", filled, {"none": (), "age": ("age", "no_age")})
        ):
            key = (outcome, adjust, method, missing, "all")
            if key not in found.index:
                continue
            estimate, p = by_regress(table, column, names[adjust], kind)
            # The same least squares by the same code but for the order of sums.
            assert float(found.loc[key, "estimate"]) == pytest.approx(scale * estimate, rel=1e-9)
            assert float(found.loc[key, "p_value"]) == pytest.approx(p, rel=1e-7)
            tried += 1
    assert tried == 12  # no covariate: gaps make no difference, so that `indicator` is not a specification of its own


def test_choices_that_come_to_the_same_count_once() -> None:
    found = made("units")
    # 48 combinations; without a covariate the two rules for gaps are one (8 of 48), and among PNS status is constant.
    assert len(found.curve) == 48 - 8 - 8
    assert any("16 combinations come to the same regression" in note["en"] for note in found.notes)


def test_the_joint_p_against_all_orders() -> None:
    """Five units have 120 orders; 2,000 draws find the share that is as extreme within four Monte Carlo errors."""
    data = staff(3, slope=0.5, sizes=[6, 9, 12, 7, 10])
    choices = {"outcome": {"y": "y", "joined": "joined"}, "method": {"means": "unit_means"}}
    found = specifications(data, on="lead", unit="unit", choices=choices, draws=2000)
    means = data.groupby("unit")[["lead", "y", "joined"]].mean()
    medians = []
    for order in itertools.permutations(range(5)):
        dealt = means["lead"].to_numpy()[list(order)]
        slopes = {outcome: np.polyfit(dealt, means[outcome], 1)[0] for outcome in choices["outcome"]}
        medians.append(np.median([slope * data["lead"].std() / data[outcome].std() for outcome, slope in slopes.items()]))
        if order == (4, 2, 0, 3, 1):  # the slope of unit means is that of regress
            table = data.assign(lead=data["unit"].map(dict(zip(means.index, dealt, strict=True))))
            assert slopes["y"] == pytest.approx(by_regress(table, "y", (), "unit_means")[0], rel=1e-9)
    exact = np.mean(np.abs(medians) >= abs(float(found.headline["estimate"])) - 1e-12)
    assert 0.05 < exact < 0.95
    assert float(found.headline["p_value"]) == pytest.approx(exact, abs=4 * 0.5 / 2000**0.5 + 1 / 2001)


def test_size_of_the_joint_test_and_of_picking_the_best() -> None:
    """No association, eight units: the joint p keeps its level, the smallest p of the curve does not.

    The long form has 120 data sets, the short one the first 40 of them.
    """
    choices = {
        "outcome": {"y": "y", "other": "other"}, "adjust": {"none": (), "age": "age"}, "sample": CHOICES["sample"],
    }
    joint, best, reps = 0, 0, 120 if os.environ.get("KARIER_LONG") else 40
    for seed in range(reps):
        data = staff(100 + seed, sizes=[6, 8, 10, 12, 14, 9, 11, 7])
        rng = np.random.default_rng(seed)
        data["other"] = rng.normal(0, 0.33, 8)[pd.factorize(data["unit"])[0]] + rng.normal(size=len(data))
        found = specifications(data, on="lead", unit="unit", choices=choices, draws=19, seed=seed)
        joint += found.headline["p_value"] <= 0.05
        best += found.curve["p_value"].min() < 0.05
    # With 19 draws p is at most 0.05 in one of twenty curves: binomial upper 99.9 percent point 14 of 120, 7 of 40.
    assert joint <= (14 if reps == 120 else 7)
    # Positive control: whoever reports the best of eight specifications is wrong far more often than 5 percent.
    assert best >= 0.10 * reps


def test_a_planted_association_is_found() -> None:
    found = specifications(
        staff(slope=1.2, sizes=[25] * 10), on="lead", unit="unit", choices={**CHOICES, "missing": {"complete": "complete"}},
        draws=99,
    )
    assert float(found.headline["p_value"]) < 0.05 and float(found.row("curve_same_sign")["estimate"]) == 1.0
    assert "sulit dijelaskan oleh kebetulan" in found.sentence("id")


def test_swapping_the_sign_of_the_regressor_mirrors_the_curve() -> None:
    data = staff(slope=0.4)
    one, other = (
        specifications(data.assign(lead=sign * data["lead"]), on="lead", unit="unit", choices=CHOICES, draws=19)
        for sign in (1, -1)
    )
    assert float(one.headline["estimate"]) == pytest.approx(-float(other.headline["estimate"]), rel=1e-9)
    pd.testing.assert_series_equal(one.table["p_value"], other.table["p_value"])


@pytest.mark.parametrize("unit", ["unit", None])
def test_neither_the_order_of_rows_nor_pseudonyms_move_a_number(unit: str | None) -> None:
    data = staff(slope=0.3)
    choices = {"outcome": {"y": "y"}, "adjust": {"none": (), "age": ("age", "status")}}
    one = specifications(data, on="lead", unit=unit, choices=choices, draws=39)
    turned = data.sample(frac=1, random_state=4).assign(person=lambda d: d["person"].to_numpy()[::-1])
    other = specifications(turned, on="lead", unit=unit, choices=choices, draws=39)
    pd.testing.assert_series_equal(one.table["p_value"], other.table["p_value"])
    np.testing.assert_allclose(one.table["estimate"], other.table["estimate"], rtol=1e-9)  # sums in another order


def test_deviations_from_the_unit_means_are_kept() -> None:
    """The regressor that is dealt out differs from the old one by a constant in every unit."""
    data = staff(within=True)
    deal, rng = _Deal.of(data, "lead", "unit", {"outcome": {"y": "y"}}), np.random.default_rng(0)
    for dealt in (deal.drawn(rng) for _ in range(3)):
        moved = pd.Series(dealt - data["lead"]).groupby(data["unit"]).agg(["min", "max"])
        np.testing.assert_allclose(moved["min"], moved["max"], atol=1e-12)  # rounding of one sum
        means = [np.sort(pd.Series(values).groupby(data["unit"]).mean()) for values in (dealt, data["lead"])]
        np.testing.assert_allclose(*means, atol=1e-12)


def test_a_specification_without_an_estimate_is_shown_and_counted() -> None:
    found = made("some fail")
    failed = found.curve[found.curve["estimate"].isna()]
    assert len(found.curve) == 4 and len(failed) == 3 and len(found.computed) == 1
    assert failed["reason"].str.match(r"K34[01] ").all()
    assert any(note["en"].startswith("3 specifications could not be computed") for note in found.notes)


def test_refusals_in_words() -> None:
    data, outcome = staff(), {"y": "y"}
    for choices, more, code, words in (
        ({"outcome": {"y": "y"}, "method": {"HC1": "hc1"}}, {"unit": "unit"}, "K368",
         "K368 The choice `method` of `choices` cannot be used: hc1. Needed: unit_means, cr2."),
        ({"outcome": outcome, "weights": {"none": None}}, {}, "K368", None),
        ({"adjust": {"none": ()}}, {}, "K368", None),
        ({"outcome": {}}, {}, "K368", None),
        ({"outcome": outcome, "sample": {"PNS": "status == 'PNS'"}}, {}, "K368", None),
        ({"outcome": outcome}, {"draws": 0}, "K368", None),
        ({"outcome": outcome}, {"level": 1.5}, "K349", None),
        ({"outcome": outcome}, {"unit": "office"}, "K340", None),
        ({"outcome": {"absent": "score"}}, {}, "K369", None),
    ):
        with pytest.raises(StatisticsError) as caught:
            specifications(data, on="lead", choices=choices, **more)
        assert caught.value.code == code
        assert words is None or caught.value.message("en") == words
    with pytest.raises(StatisticsError) as caught:
        specifications(data, on="status", choices={"outcome": outcome})
    assert caught.value.code == "K345"


def test_the_data_are_not_changed() -> None:
    data = gaps(staff())
    before = data.copy()
    specifications(data, on="lead", unit="unit", choices=CHOICES, draws=1)
    pd.testing.assert_frame_equal(data, before)
