"""What must hold whatever the data: swaps, shifts, scales, orders, and two ways to the same number."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from karier_stats.stats.change.compare import Change, compare
from karier_stats.stats.numerics import effect_size, linear, paired
from karier_stats.stats.numerics.multiplicity import benjamini_hochberg, holm

SAME = 1e-9
"""Two orders of the same sums in double precision."""


def people(n: int = 40, seed: int = 1, arms: tuple[str, ...] = ("control", "trained")) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    before = rng.normal(60, 10, n).round()
    arm = np.array(arms)[np.arange(n) % len(arms)]
    after = (before + 3 + 4 * (arm != arms[0]) + rng.normal(0, 6, n)).round()
    return pd.DataFrame({
        "before": before, "after": after, "arm": arm, "age": rng.integers(25, 58, n), "unit": np.arange(n) // 2 % 8,
    })


def one(data: pd.DataFrame, before: str = "before", after: str = "after") -> Change:
    return compare(data, before=before, after=after)


def two(data: pd.DataFrame, **more: object) -> Change:
    return compare(data, before="before", after="after", group="arm", control="control", **more)


@pytest.mark.parametrize("term", ["mean_change", "median_change", "d_av", "d_z", "d_rm", "rank_biserial"])
def test_swapping_the_waves_flips_the_sign(term: str) -> None:
    data = people()
    forth, back = one(data).row(term), one(data, "after", "before").row(term)
    assert back["estimate"] == pytest.approx(-forth["estimate"], rel=SAME)
    # the noncentral t is inverted by bisection to 1e-10 of t
    assert back["ci_low"] == pytest.approx(-forth["ci_high"], rel=1e-8)
    if not pd.isna(forth["p_value"]):
        assert back["p_value"] == pytest.approx(forth["p_value"], rel=SAME)


def test_shift_changes_nothing() -> None:
    data = people()
    moved = data.assign(before=data["before"] + 1e6, after=data["after"] + 1e6)
    for make in (one, two):
        pd.testing.assert_frame_equal(make(data).table, make(moved).table, rtol=1e-7)  # 1e6 costs 4 of 16 digits


def test_scale_scales_points_and_leaves_standardised_numbers() -> None:
    data = people()
    scaled = data.assign(before=data["before"] * 8, after=data["after"] * 8)
    first, second = one(data), one(scaled)
    for term in ("mean_change", "median_change"):
        assert second.row(term)["ci_high"] == pytest.approx(8 * first.row(term)["ci_high"], rel=SAME)
    for term in ("d_av", "d_z", "d_rm", "rank_biserial", "improved"):
        assert second.row(term)["ci_high"] == pytest.approx(first.row(term)["ci_high"], rel=SAME)


def test_row_order_does_not_matter_to_the_last_digit() -> None:
    data = people()
    shuffled = data.sample(frac=1, random_state=3)
    for more in ({}, {"adjust": ["age"]}, {"cluster": "unit"}):
        pd.testing.assert_frame_equal(two(data, **more).table, two(shuffled, **more).table, rtol=0, atol=0)
    pd.testing.assert_frame_equal(one(data).table, one(shuffled).table, rtol=0, atol=0)


def test_names_of_people_do_not_matter_in_long_data() -> None:
    data = people()
    tables = []
    for names in (np.arange(40), np.random.default_rng(0).permutation(40)):
        long = pd.concat([
            pd.DataFrame({"who": names, "wave": wave, "score": data[column]})
            for wave, column in (("pre", "before"), ("post", "after"))
        ]).sort_values("who")
        found = compare(long, before="pre", after="post", outcome="score", wave="wave", person="who")
        tables.append(found.table)
    pd.testing.assert_frame_equal(*tables, rtol=0, atol=0)
    pd.testing.assert_frame_equal(tables[0], one(data).table, rtol=0, atol=0)


def test_paired_t_is_regression_on_a_constant() -> None:
    data = people()
    change = (data["after"] - data["before"]).to_numpy()
    fitted = linear.fit(np.ones((40, 1)), change)
    row = one(data).row("mean_change")
    assert row["estimate"] == pytest.approx(fitted.coef[0], rel=SAME)
    assert row["std_error"] == pytest.approx(np.sqrt(fitted.covariance[0, 0]), rel=SAME)


def test_difference_in_differences_is_the_two_wave_fixed_effects_model() -> None:
    data = people()
    n = len(data)
    person = np.kron(np.ones((2, 1)), np.eye(n))
    wave = np.repeat([0.0, 1.0], n)[:, None]
    treated = np.tile((data["arm"] == "trained").to_numpy(float), 2)[:, None] * wave
    fitted = linear.fit(np.hstack([person, wave, treated]), data[["before", "after"]].to_numpy().T.ravel())
    row = two(data).row("did[trained]", "ols")
    assert row["estimate"] == pytest.approx(fitted.coef[-1], rel=SAME)
    assert row["std_error"] == pytest.approx(np.sqrt(fitted.covariance[-1, -1]), rel=SAME)


def three(data: pd.DataFrame, **more: object) -> Change:
    return compare(data, before="before", after=["after", "later"], **more)


def with_later(n: int = 40) -> pd.DataFrame:
    data = people(n)
    return data.assign(later=data["after"] - 2 + np.random.default_rng(7).normal(0, 4, n).round())


def test_what_lasts_is_the_comparison_of_that_wave() -> None:
    data = with_later()
    for more in ({}, {"cluster": "unit"}):
        method = "cr2" if more else "paired_t"
        lasting, alone = (
            three(data, **more).row("lasting[later]", method),
            compare(data, before="before", after="later", **more).row("mean_change", method),
        )
        assert lasting["ci_low"] == pytest.approx(alone["ci_low"], rel=SAME)
        assert lasting["p_value"] == pytest.approx(alone["p_value"], rel=SAME)
    arms = three(data, group="arm", control="control", adjust=["age"])
    alone = compare(data, before="before", after="later", group="arm", control="control", adjust=["age"])
    for term, of in (("lasting", ("did", "welch")), ("lasting_ancova", ("ancova", "ols"))):
        row = arms.row(f"{term}[trained · later]", of[1])
        assert row["ci_high"] == pytest.approx(alone.row(f"{of[0]}[trained]", of[1])["ci_high"], rel=SAME)


def test_swapping_the_later_waves_turns_the_loss_and_inverts_the_share() -> None:
    data = with_later().assign(later=lambda d: d["before"] + 6 + (d["after"] - d["before"]) / 2)
    forth, back = three(data), compare(data, before="before", after=["later", "after"])
    assert back.row("loss[after]")["ci_low"] == pytest.approx(-forth.row("loss[later]")["ci_high"], rel=SAME)
    share, inverse = forth.row("share_kept[later]"), back.row("share_kept[after]")
    assert inverse["estimate"] == pytest.approx(1 / share["estimate"], rel=SAME)
    # Fieller's set of the inverse ratio is the set of the inverses
    assert inverse["ci_low"] == pytest.approx(1 / share["ci_high"], rel=1e-8)


def test_unit_of_the_dose_scales_the_slope_alone() -> None:
    data = people().assign(jp=lambda d: d["age"] / 2)
    hours = compare(data, before="before", after="after", dose="jp")
    minutes = compare(data.assign(jp=data["jp"] * 60), before="before", after="after", dose="jp")
    slope, other = hours.row("dose[linear]"), minutes.row("dose[linear]")
    assert other["ci_low"] * 60 == pytest.approx(slope["ci_low"], rel=SAME)
    assert other["p_value"] == pytest.approx(slope["p_value"], rel=SAME)
    assert minutes.row("dose[monotone]")["estimate"] == hours.row("dose[monotone]")["estimate"]


def test_slope_on_two_doses_is_the_difference_of_two_groups() -> None:
    data = people().assign(jp=lambda d: np.where(d["arm"] == "trained", 1, 0))
    slope = compare(data, before="before", after="after", dose="jp").row("dose[linear]")
    assert slope["estimate"] == pytest.approx(two(data).row("did[trained]", "ols")["estimate"], rel=SAME)


def test_rows_and_names_do_not_matter_with_waves_and_dose() -> None:
    data = with_later().assign(jp=lambda d: d["age"])
    shuffled = data.sample(frac=1, random_state=5)
    for more in ({}, {"cluster": "unit"}, {"group": "arm", "control": "control", "cluster": "unit"}):
        tables = [three(d, dose="jp", scale=(0, 200), **more).table for d in (data, shuffled)]
        pd.testing.assert_frame_equal(*tables, rtol=0, atol=0)


def test_shift_and_scale_with_waves() -> None:
    data = with_later()
    scores = ["before", "after", "later"]
    moved, scaled = (data.assign(**f(data[scores])) for f in (lambda s: s + 1000, lambda s: s * 8))
    first = three(data)
    for other, factor in ((moved, 1), (scaled, 8)):
        for term, times in (("lasting[later]", factor), ("loss[later]", factor), ("share_kept[later]", 1)):
            row = three(other).row(term)
            assert row["ci_low"] == pytest.approx(times * first.row(term)["ci_low"], rel=1e-8)


def test_balance_turns_with_the_arms() -> None:
    data = people()
    there = compare(data, before="before", after="after", group="arm", control="control").balance()
    back = compare(data, before="before", after="after", group="arm", control="trained").balance()
    assert there.loc[0, "smd_low"] == pytest.approx(-back.loc[0, "smd_high"], rel=SAME)


def test_f_is_t_squared() -> None:
    data = people()
    change = data["after"] - data["before"]
    F = stats.f_oneway(change[data["arm"] == "trained"], change[data["arm"] == "control"]).statistic
    assert two(data).row("did[trained]", "ols")["statistic"] ** 2 == pytest.approx(F, rel=SAME)


def test_cr2_is_welch_when_every_person_is_a_cluster() -> None:
    data = people().assign(alone=np.arange(40))
    found = two(data, cluster="alone")
    welch, robust = found.row("did[trained]", "welch"), found.row("did[trained]", "cr2")
    assert robust["std_error"] == pytest.approx(welch["std_error"], rel=SAME)
    # Satterthwaite's dof takes equal variances as its working model: for 20 and 20 people, 2 * 19
    assert robust["dof"] == pytest.approx(38, rel=1e-6)


def test_cr2_is_hc2_for_singletons() -> None:
    data = people().assign(alone=np.arange(40))
    X = np.column_stack([np.ones(40), data["arm"] == "trained", data["before"]]).astype(float)
    fitted = linear.fit(X, data["after"].to_numpy())
    error = np.sqrt(linear.heteroskedastic(fitted, X, "hc2")[1, 1])
    assert two(data, cluster="alone").row("ancova[trained]", "cr2")["std_error"] == pytest.approx(error, rel=1e-8)


def test_test_and_interval_agree() -> None:
    for seed in range(30):
        data = people(20, seed).assign(after=lambda d: d["after"] - 5)
        for result in (one(data), two(data)):
            rows = result.table.dropna(subset=["std_error", "p_value"])
            outside = (rows["ci_low"] > 0) | (rows["ci_high"] < 0)
            assert (outside == (rows["p_value"] < 0.05)).all()


@pytest.mark.parametrize("zeros", ["pratt", "drop"])
def test_wilcoxon_is_the_enumeration_of_all_signs(zeros: str) -> None:
    rng = np.random.default_rng(5)
    for n in range(3, 11):
        change = rng.integers(-2, 4, n).astype(float)
        if not change.any():
            continue
        kept = change if zeros == "pratt" else change[change != 0]
        ranks = stats.rankdata(np.abs(kept))[kept != 0]
        V = ranks[kept[kept != 0] > 0].sum()
        all_V = np.array([np.dot(signs, ranks) for signs in itertools.product([0, 1], repeat=len(ranks))])
        expected = min(1.0, 2 * min((all_V <= V + 1e-9).mean(), (all_V >= V - 1e-9).mean()))
        found = paired.signed_rank(change, zeros)
        assert (found.statistic, found.p) == (pytest.approx(V), pytest.approx(expected, rel=SAME))


def test_untied_scipy_agrees_and_its_exact_ignores_ties() -> None:
    untied = np.array([1.2, -0.4, 2.2, 3.1, -0.9, 0.7, 1.9])
    assert paired.signed_rank(untied).p == pytest.approx(stats.wilcoxon(untied, method="exact").pvalue, rel=SAME)
    tied = np.array([1.0, 1, 1, -1, 2, 2, -2, 3, 3, 1])
    wrong = stats.wilcoxon(tied, method="exact").pvalue
    assert abs(paired.signed_rank(tied).p - wrong) > 0.003  # validity.md: 0.1956 against 0.1915 on another set


@pytest.mark.parametrize("n", [2, 3, 6, 7, 20, 51])
def test_walsh_averages_by_counting(n: int) -> None:
    change = np.random.default_rng(n).integers(-5, 9, n).astype(float)
    averages = sorted((change[i] + change[j]) / 2 for i in range(n) for j in range(i, n))
    assert paired.hodges_lehmann(change, 0.95).estimate == pytest.approx(np.median(averages), rel=SAME)


def test_walsh_bisection_is_the_listed_order() -> None:
    for change in (np.random.default_rng(1).normal(size=2001), np.random.default_rng(1).integers(-3, 5, 2001) / 1.0):
        i, j = np.triu_indices(2001)
        listed = np.sort((change[i] + change[j]) / 2)
        places = [1, 777, 1_001_001, len(listed)]
        # the bisection stops four units in the last place of the largest difference
        assert paired.walsh_order(change, places) == pytest.approx([listed[p - 1] for p in places], abs=1e-14)


def test_noncentral_t_against_scipy_where_scipy_answers() -> None:
    statistics, dofs, shifts = (-3.0, 0.3, 2.0, 4.0, 20.0, 300.0), (1, 5, 30, 2000), (-5.0, -1.0, 0.5, 5.0, 60.0)
    for t, dof, nc in itertools.product(statistics, dofs, shifts):
        expected = stats.nct.cdf(t, dof, nc)
        if np.isfinite(expected):
            # scipy promises about ten digits
            assert effect_size.noncentral_t_cdf(t, dof, np.array([nc]))[0] == pytest.approx(expected, abs=1e-9)


def test_noncentral_t_is_monotone_and_never_nan() -> None:
    nc = np.linspace(-40, 40, 801)
    for t, dof in itertools.product((-50.0, -4.0, 0.0, 4.0, 50.0, 1e6), (1, 2, 39, 5000)):
        p = effect_size.noncentral_t_cdf(t, dof, nc)
        assert np.isfinite(p).all() and (np.diff(p) <= 1e-12).all()


def test_adjusted_p_values_by_hand() -> None:
    p = np.array([0.04, 0.01, np.nan, 0.03])
    assert holm(p)[[0, 1, 3]] == pytest.approx([0.06, 0.03, 0.06])
    assert benjamini_hochberg(p)[[0, 1, 3]] == pytest.approx([0.04, 0.03, 0.04])
    assert np.isnan(holm(p)[2])


def test_leverages_sum_to_the_number_of_columns() -> None:
    X = np.column_stack([np.ones(9), np.arange(9.0), np.arange(9.0) ** 2])
    assert linear.leverages(X, linear.fit(X, np.arange(9.0)).bread).sum() == pytest.approx(3, rel=SAME)
