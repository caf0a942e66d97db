"""What ``compare`` gives beside its headline: ends of the scale, balance, rank intervals, bootstrap, permutations."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from karier_stats.errors import StatisticsError
from karier_stats.stats.change.compare import Change, compare
from karier_stats.stats.numerics.effect_size import standardised_difference
from karier_stats.stats.numerics.multiplicity import rank_intervals

TEN = pd.DataFrame({
    "pre": [40, 55, 60, 50, 70, 45, 65, 80, 100, 50], "post": [70, 75, 85, 60, 90, 80, 60, 90, 100, 75],
})


def wide(data: pd.DataFrame, **more: object) -> Change:
    return compare(data, before="pre", after="post", **more)


def notes(result: Change, lang: str = "en") -> str:
    return " ".join(note[lang] for note in result.notes)


# Scale ----------------------------------------------------------------------


def test_ends_of_the_scale_are_counted() -> None:
    result = wide(TEN, scale=(0, 100))
    assert (
        "Ends of the scale (0 and 100): before, 0 at the lowest end and 1 at the highest; after, 0 and 1, of 10 people."
    ) in notes(result)
    assert (
        "Ujung skala (0 dan 100): sebelum, 0 orang di ujung terendah dan 1 di ujung tertinggi; sesudah, 0 dan 1, dari 10 "
        "orang."
    ) in notes(result, "id")
    # one of ten is ten percent: said
    assert "berada di ujung skala tertinggi: nilai mereka tidak dapat naik lagi" in notes(result, "id")
    assert "recorded" not in notes(result)


def test_scores_beyond_the_scale_are_refused_with_their_rows() -> None:
    data = TEN.copy()
    data.loc[[2, 5], "post"] = [101, -1]
    with pytest.raises(StatisticsError) as error:
        wide(data, scale=(0, 100))
    assert error.value.message("en") == (
        "K319 The score column 'post' holds 2 scores outside the scale 0 to 100 (rows 3, 6). Mend them at the source, or "
        "give the true ends in `scale`."
    )
    long = pd.DataFrame({"who": list("abab"), "wave": ["pre", "pre", "post", "post"], "score": [1.0, 2, 3, 9]})
    with pytest.raises(StatisticsError) as error:
        compare(long, before="pre", after="post", outcome="score", wave="wave", person="who", scale=(1, 5))
    assert "(rows 4)" in error.value.message("en")  # the row of the long table, not of the pair


@pytest.mark.parametrize("scale", [(100, 0), (0, math.inf), (5, 5)])
def test_scales_that_are_none(scale: tuple) -> None:
    with pytest.raises(StatisticsError) as error:
        wide(TEN, scale=scale)
    assert error.value.code == "K317"


def test_ordered_levels_are_their_own_scale() -> None:
    kind = pd.CategoricalDtype(["never", "often"], ordered=True)
    data = pd.DataFrame({"pre": ["never", "often"], "post": ["often", "often"]}).astype(kind)
    with pytest.raises(StatisticsError) as error:
        wide(data, scale=(1, 2))
    assert error.value.code == "K320"


def test_class_gain_of_the_worked_example() -> None:
    row = wide(TEN, scale=(0, 100)).row("class_gain")
    assert round(row["estimate"], 4) == 0.4416  # domain.md 4.2; the mean of individual gains would be .4366
    assert row["method"] == "fieller" and row["ci_low"] < row["estimate"] < row["ci_high"]
    assert "The mean of individual gains is not given" in notes(wide(TEN, scale=(0, 100)))
    assert "class_gain" not in set(wide(TEN).table["term"])


def test_class_gain_by_arm_and_where_everyone_is_at_the_top() -> None:
    data = pd.concat([TEN.assign(arm="x"), TEN.assign(arm="y", pre=100, post=100)])
    result = wide(data, group="arm", control="y", scale=(0, 100))
    assert round(result.row("class_gain[x]")["estimate"], 4) == 0.4416
    assert pd.isna(result.row("class_gain[y]")["estimate"])
    assert "the average before is at the highest score (100) already" in notes(result)


# Balance --------------------------------------------------------------------


def two_arms() -> pd.DataFrame:
    return pd.DataFrame({
        "pre": [1.0, 2, 3, 2, 3, 4], "post": [2.0, 4, 4, 3, 3, 7], "arm": list("cccttt"), "age": [30, 40, None, 30, 30, 50],
        "sex": list("LLPLPP"),
    })


def test_balance_by_hand() -> None:
    table = wide(two_arms(), group="arm", control="c", adjust=["age", "sex"]).balance().set_index("variable")
    before = table.loc["before"]
    assert (before["mean"], before["control_mean"], before["sd"], before["smd"]) == (3, 2, 1, 1)
    # d = 1, both variances 1, two degrees of freedom each: 1 * (1/2 + 1/2) / 8 + 1/2 + 1/2
    assert before["smd_high"] - 1 == pytest.approx(1.959964 * math.sqrt(1.125), rel=1e-6)
    age = table.loc["age"]
    assert (age["n"], age["n_missing"], age["control_n"], age["control_missing"]) == (3, 0, 2, 1)
    assert table.loc["sex=P", "mean"] == pytest.approx(2 / 3)
    assert list(table["arm"]) == ["t"] * 3


def test_balance_of_one_group_is_an_empty_table() -> None:
    table = wide(TEN).balance()
    assert table.empty and "smd" in table


def test_the_largest_imbalance_is_said() -> None:
    result = wide(two_arms(), group="arm", control="c")
    assert (
        "Balance before the programme: the largest standardised difference is in the score before, t against c: 1.00 "
        "(more than 0.25, Rubin's (2001) bound for adjustment by regression); see `balance()`."
    ) in notes(result)
    even = pd.DataFrame({"pre": [1.0, 2, 3] * 2, "post": [2.0, 2, 5, 3, 4, 6], "arm": list("cccttt")})
    assert "Balance" not in notes(wide(even, group="arm", control="c"))


def test_a_variable_that_does_not_vary_has_no_standardised_difference() -> None:
    assert math.isnan(standardised_difference(np.ones(5), np.zeros(4), 0.95).estimate)
    assert math.isnan(standardised_difference(np.ones(1), np.zeros(4), 0.95).estimate)


def test_balance_interval_covers_in_a_small_simulation() -> None:
    """1,000 pairs of samples of 25 and 40, true difference 0.5 with unequal variances: 99.9 percent band 92.6 to 97.1."""
    rng, hits = np.random.default_rng(5), 0
    truth = 0.5 / math.sqrt((1 + 1.5**2) / 2)
    for _ in range(1000):
        found = standardised_difference(rng.normal(0.5, 1, 25), rng.normal(0, 1.5, 40), 0.95)
        hits += found.low <= truth <= found.high
    assert 926 <= hits <= 971


# Rank intervals -------------------------------------------------------------


def test_ranks_by_counting() -> None:
    estimates, errors = np.array([9.0, 1.0, 1.5, 5.0]), np.ones(4)
    low, high = rank_intervals(estimates, errors, np.full(4, 1e9), 0.95)
    # six pairs: |z| must exceed 2.638; the differences over sqrt(2): 9-1 5.7, 9-1.5 5.3, 9-5 2.83, 5-1 2.83, 5-1.5 2.47
    assert low.tolist() == [1, 3, 2, 2]
    assert high.tolist() == [1, 4, 4, 3]


def test_equal_levels_may_take_any_place() -> None:
    low, high = rank_intervals(np.zeros(5), np.ones(5), np.full(5, 9.0), 0.95)
    assert (low == 1).all() and (high == 5).all()


def test_rank_intervals_hold_all_true_ranks_at_once() -> None:
    """8 levels of 12 people, 500 data sets: all eight true ranks inside in at least 95 percent (Bonferroni: more)."""
    truth = np.array([0, 0.4, 0.8, 1.2, 1.6, 2.0, 2.4, 2.8])
    ranks, rng = 8 - np.arange(8), np.random.default_rng(6)
    hits = naive = 0
    for _ in range(500):
        change = truth + rng.normal(0, 1, (12, 8))
        means = change.mean(axis=0)
        low, high = rank_intervals(means, change.std(axis=0, ddof=1) / math.sqrt(12), np.full(8, 11.0), 0.95)
        hits += bool(((low <= ranks) & (ranks <= high)).all())
        naive += bool((8 - np.argsort(np.argsort(means)) == ranks).all())
    assert hits >= 475
    assert naive < 150  # the league table itself is right in less than a third: the wrong way


def test_by_table_carries_rank_intervals_and_names_its_family() -> None:
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"pre": rng.normal(60, 8, 90).round(), "form": np.repeat(["a", "b", "c"], 30)})
    data["post"] = (data["pre"] + np.repeat([0, 0, 15], 30) + rng.normal(0, 4, 90)).round()
    data.loc[90] = [50, "d", 55]
    result = wide(data, by="form")
    table = result.by_table().set_index("level")
    assert table.loc["c", ["rank_low", "rank_high"]].tolist() == [1, 1]
    assert table.loc["a", ["rank_low", "rank_high"]].tolist() == [2, 3]
    assert pd.isna(table.loc["d", "rank_low"])  # one pair: no interval, no rank
    assert "over one family of 3 tests" in notes(result)  # none was made of the one pair of d
    assert "(rank_low, rank_high), for 3 levels at once (Bonferroni over all pairs; Mogstad et al. 2024)." in notes(result)
    assert "Fewer than 10 pairs in 1 part (d): read its numbers as a first indication." in notes(result)


def test_pass_rates_have_ranks_too() -> None:
    data = pd.DataFrame({"pre": [0, 1] * 40, "post": [1] * 39 + [0] + [1, 0] * 2 + [0, 1] * 18, "form": ["a"] * 40 + ["b"] * 40})
    table = wide(data, by="form").by_table()
    assert table["rank_low"].tolist() == [1, 2] and table["rank_high"].tolist() == [1, 2]


def test_levels_of_ordered_outcomes_have_no_ranks() -> None:
    kind = pd.CategoricalDtype(["never", "some", "often"], ordered=True)
    data = pd.DataFrame({"pre": ["never", "some", "some"] * 8, "post": ["some", "some", "often"] * 8}).astype(kind)
    table = wide(data.assign(form=list("ab") * 12), by="form").by_table()
    assert table["rank_low"].isna().all()


# Wild bootstrap -------------------------------------------------------------


def nested(seed: int, shift: float = 0.0, units: int = 6, size: int = 6) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(units), size)
    pre = rng.normal(50, 8, len(unit)).round()
    post = pre + shift + rng.normal(0, 3, units)[unit] + rng.normal(0, 4, len(unit))
    return pd.DataFrame({"pre": pre, "post": post.round(), "unit": unit})


def test_wild_row_of_the_mean_by_enumeration() -> None:
    data = nested(2, 2.0)
    row = wide(data, cluster="unit").row("mean_change", "wild")
    sums = (data["post"] - data["pre"]).groupby(data["unit"]).sum().to_numpy()
    # without a regressor the residuals under the null are the changes: t of every sign pattern, by CR1
    def statistic(signs: tuple[int, ...]) -> float:
        y = np.repeat(signs, 6) * (data["post"] - data["pre"]).to_numpy()
        left = pd.Series(y - y.mean()).groupby(data["unit"]).sum().to_numpy()
        return abs(y.mean()) / math.sqrt((left**2).sum())

    patterns = [statistic(signs) for signs in itertools.product((-1, 1), repeat=6)]
    observed = statistic((1,) * 6)
    assert len(sums) == 6
    assert row["p_value"] == np.mean([t >= observed * (1 - 1e-9) for t in patterns])


def test_methods_that_fall_on_two_sides_of_the_level_allow_no_conclusion() -> None:
    data = nested(4, 2.5)
    result = wide(data, cluster="unit")
    robust, wild = (result.row("mean_change", method)["p_value"] for method in ("cr2", "wild"))
    assert (robust < 0.05) != (wild < 0.05)
    assert "belum dapat disimpulkan: menurut CR2 p = " in result.sentence("id")
    assert "allows no conclusion: by CR2 p = " in result.sentence("en")
    assert "; this before–after change need not be due to the programme" in result.sentence("en")


def test_a_bootstrap_that_can_never_reject_has_no_say() -> None:
    data = nested(1, 20.0, units=4)
    result = wide(data, cluster="unit")
    assert pd.isna(result.row("mean_change", "wild")["ci_low"])  # 2 of 16 patterns: p is at least 0.125
    assert "has no say in the conclusion" in notes(result)
    assert "rose by" in result.sentence("en")


def test_wild_rows_of_arms_and_their_refusal() -> None:
    data = nested(4, units=8).assign(arm=lambda d: np.where(d["unit"] < 4, "x", "y"))
    result = wide(data, group="arm", control="x", cluster="unit")
    for base in ("did", "ancova"):
        row = result.row(f"{base}[y]", "wild")
        assert (row["n_units"], row["n"]) == (8, 48)
    few = wide(data.assign(arm=np.where(data["unit"] < 6, "x", "y")), group="arm", control="x", cluster="unit")
    assert "wild" not in set(few.table["method"])
    assert "only 8 clusters, 2 on one side" in notes(few)


def test_names_of_clusters_do_not_touch_drawn_signs() -> None:
    data = nested(6, 1.0, units=15, size=3)  # 2**15 patterns: drawn
    other = data.assign(unit=data["unit"].map(dict(zip(range(15), np.random.default_rng(1).permutation(15), strict=True))))
    first, second = (wide(d, cluster="unit") for d in (data, other))
    pd.testing.assert_frame_equal(first.table, second.table, rtol=0, atol=0)


# Permutations ---------------------------------------------------------------


def test_sign_flips_of_few_people() -> None:
    data = pd.DataFrame({"pre": [5.0] * 6, "post": [6.0, 7, 8, 9, 10, 11]})
    row = wide(data).row("mean_change", "sign_flip")
    assert (row["estimate"], row["p_value"]) == (3.5, 2 / 64)  # all six rose: two of 64 sign patterns
    assert pd.isna(row["ci_low"])
    assert "sign_flip" not in set(wide(pd.concat([TEN] * 6)).table["method"])
    assert "sign_flip" not in set(wide(nested(1), cluster="unit").table["method"])


def test_arms_dealt_out_among_whole_clusters() -> None:
    data = nested(7, units=8).assign(arm=lambda d: np.where(d["unit"] % 2, "y", "x"))
    result = wide(data, group="arm", control="x", cluster="unit")
    row = result.row("did[y]", "permutation")
    means = (data["post"] - data["pre"]).groupby(data["unit"]).mean().to_numpy()
    gaps = [
        np.mean(means[list(pick)]) - np.mean(np.delete(means, pick)) for pick in itertools.combinations(range(8), 4)
    ]
    observed = means[1::2].mean() - means[::2].mean()
    upper, lower = (np.mean([side * g >= side * observed - 1e-9 for g in gaps]) for side in (1, -1))
    assert row["estimate"] == pytest.approx(observed)
    assert row["p_value"] == pytest.approx(min(1, 2 * min(upper, lower)))
    assert "70 of 70 arrangements of the arms counted" in notes(result)


def test_clusters_that_hold_both_arms_are_not_permuted() -> None:
    data = nested(8, units=8).assign(arm=lambda d: np.where(np.arange(48) % 2, "y", "x"))
    assert "permutation" not in set(wide(data, group="arm", control="x", cluster="unit").table["method"])


# Leavers --------------------------------------------------------------------


def test_pairs_keep_those_who_left() -> None:
    data = pd.DataFrame({
        "pre": [3.0, 1, 2, 5, None, 4], "post": [4.0, None, 3, 6, 2, None], "arm": ["x", "x", "x", "y", "x", None],
        "unit": [1, 2, 3, 4, 5, 6], "age": [30.0, 31, 32, 33, 34, 35],
    })
    data.loc[6] = [7, 8, "y", 7, 36]
    pairs = wide(data, group="arm", control="x", cluster="unit", adjust=["age"]).pairs
    left = pairs.left  # the last of the six has no arm, and is neither a pair nor a leaver
    assert (left.before.tolist(), list(left.arm), list(left.cluster), left.covariates.tolist()) == (
        [1.0], ["x"], ["2"], [[31.0]]
    )
    by = wide(data.drop(columns="arm").assign(form=list("aabbaab")), by="form")
    assert by.pairs.at_level("a").left.before.tolist() == [1.0, 4.0]


def test_leavers_of_the_result() -> None:
    data = pd.DataFrame({"pre": [50.0, 52, 54, 56, 48], "post": [60.0, 61, 65, 66, None]})
    found = wide(data).leavers()
    # four gained 10 on average, so that one who lost 50 more than they gained brings the mean of five to zero
    assert (found.headline["estimate"], found.row("tipping_zero")["estimate"]) == (10, -50)
    arms = pd.concat([data.assign(arm=arm, unit=i * 5 + np.arange(5)) for i, arm in enumerate("xyz")])
    arms.loc[arms["arm"] == "z", "post"] = np.nan  # an arm that everybody left
    by_arm = wide(arms, group="arm", control="x", selection="random").leavers()
    assert by_arm.row("left[y]")["estimate"] == 0.2
    assert by_arm.row("lee_lower[y]")["n"] == 10
    assert not any("[z" in term for term in by_arm.table["term"])


def test_low_scorers_are_pointed_at_the_net_gain() -> None:
    assert "`net_gain(reliability=...)` gives what is left" in notes(wide(TEN, selection="low_before"))
    assert "net_gain" not in notes(wide(TEN))


def test_net_gain_of_the_pairs() -> None:
    from karier_stats.stats.change.nomination import net_gain

    data = TEN.assign(unit=np.arange(10) // 2)
    mine = wide(data, selection="low_before", level=0.9).net_gain(reliability=0.8, pool=np.arange(30.0, 101))
    alone = net_gain(TEN["pre"], TEN["post"], reliability=0.8, pool=np.arange(30.0, 101), level=0.9)
    assert mine.headline["estimate"] == pytest.approx(alone.headline["estimate"])
    assert mine.headline["ci_low"] == pytest.approx(alone.headline["ci_low"])
    with pytest.raises(StatisticsError) as error:
        wide(two_arms(), group="arm", control="c").net_gain(reliability=0.8, pool=np.arange(30.0, 101))
    assert error.value.message("en") == (
        "K323 `net_gain` is for one group; this result compares the arms c, t. There the ANCOVA rows already hold scores "
        'before equal: use `selection="low_before"`.'
    )


# Degenerate data (reliability.md, B99 to B108) ------------------------------


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ({"pre": [], "post": []}, "K312"),  # B99: nobody
        ({"pre": [50.0], "post": [60.0]}, "K312"),  # B102: one person
        ({"pre": [50.0, 60, 70], "post": [None, None, None]}, "K312"),  # B103: all missing after
    ],
)
def test_too_little_for_a_comparison(rows: dict, code: str) -> None:
    with pytest.raises(StatisticsError) as error:
        wide(pd.DataFrame(rows, dtype=float))
    assert error.value.code == code
    for lang in ("id", "en"):
        assert str(len(rows["pre"])) in error.value.message(lang)


def test_everyone_takes_part() -> None:  # B100: no comparison arm
    data = TEN.assign(arm="trained")
    with pytest.raises(StatisticsError) as error:
        wide(data, group="arm", control="control")
    assert error.value.message("en").endswith("Set `control` to one of: trained.")


def test_one_unit() -> None:  # B101
    result = wide(TEN.assign(unit="a"), cluster="unit")
    assert pd.isna(result.headline["p_value"]) and result.headline["estimate"] == 17
    assert "refused: only 1 clusters" in notes(result)


def test_constant_before() -> None:  # B104
    result = wide(TEN.assign(pre=50))
    assert result.row("d_av")["estimate"] > 0 and result.headline["p_value"] < 0.001
    assert pd.isna(result.row("d_rm")["estimate"])  # needs the variance of both waves


@pytest.mark.parametrize("cluster", [None, "unit"])
@pytest.mark.parametrize("shift", [0, 5])  # B105: after is before; B106: a constant difference
def test_nothing_varies(shift: int, cluster: str | None) -> None:
    data = TEN.assign(post=TEN["pre"] + shift, unit=np.arange(10) // 2)
    result = wide(data, cluster=cluster)
    assert result.headline["estimate"] == pytest.approx(shift, rel=1e-14)  # least squares rounds the last digit
    tests = result.table.set_index("term").loc[["mean_change", "d_av", "d_z", "d_rm"]]
    robust = tests[tests["method"] != "sign_flip"]
    assert robust["p_value"].isna().all() and robust["ci_low"].isna().all()
    assert "All differences are equal" in notes(result)
    assert "cannot be computed" in result.sentence("en")


def test_two_people() -> None:  # B107
    result = wide(pd.DataFrame({"pre": [50.0, 60], "post": [60.0, 64]}))
    assert (result.headline["estimate"], result.headline["dof"]) == (7, 1)
    assert pd.isna(result.row("median_change")["ci_low"])
    assert "Only 2 pairs: read this as a first indication." in notes(result)


def test_fewer_than_ten_are_marked() -> None:  # B108
    assert "Only 9 pairs" in notes(wide(TEN[:9]))
    assert "first indication" not in notes(wide(TEN))
    data = pd.concat([TEN.assign(arm="x"), TEN[:9].assign(arm="y")])
    assert "Fewer than 10 pairs in 1 part (y)" in notes(wide(data, group="arm", control="x"))


def test_everyone_at_the_ceiling() -> None:
    result = wide(pd.DataFrame({"pre": [100.0] * 12, "post": [100.0] * 12}), scale=(0, 100))
    assert result.headline["estimate"] == 0 and pd.isna(result.headline["p_value"])
    assert pd.isna(result.row("class_gain")["estimate"])
    assert "before, 0 at the lowest end and 12 at the highest; after, 0 and 12" in notes(result)


def test_degenerate_later_waves_doses_and_clusters_never_give_nan() -> None:
    rng = np.random.default_rng(9)
    for case in range(60):
        n = int(rng.integers(2, 9))
        data = pd.DataFrame({
            "pre": rng.integers(0, 3, n), "post": rng.integers(0, 3, n),
            "later": np.where(rng.random(n) < 0.3, np.nan, rng.integers(0, 3, n)), "jp": rng.integers(0, 2, n),
            "unit": rng.integers(0, 6, n), "arm": rng.integers(0, 2, n),
        })
        sides = data["arm"].value_counts()
        more: dict = {"group": "arm", "control": 0} if len(sides) == 2 and sides.min() > 1 and case % 2 else {}
        with np.errstate(all="raise", under="ignore"):
            result = compare(
                data, before="pre", after=["post", "later"], dose="jp", cluster="unit" if case % 3 else None,
                scale=(0, 2), smallest_effect=1, **more,
            )
        numbers = result.table.drop(columns=["term", "method"]).to_numpy(dtype=float, na_value=np.nan)
        assert np.isfinite(numbers[~np.isnan(numbers)]).all()
        assert np.abs(numbers[~np.isnan(numbers)]).max() < 1e6
        said = (result.sentence("en") + notes(result)).lower().split()
        assert "nan" not in said and "inf" not in said
