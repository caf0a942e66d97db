"""``compare`` with more than two waves and with a dose: numbers by hand, reasons, sentences."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from karier_stats.errors import StatisticsError
from karier_stats.stats.change import change_rows
from karier_stats.stats.change.compare import Change, compare
from karier_stats.stats.numerics import linear, paired
from karier_stats.stats.numerics.estimate import of_t

SIX = pd.DataFrame({
    "pre": [40.0, 50, 60, 50, 70, 60], "post": [50.0, 60, 72, 58, 82, 68], "later": [46.0, 56, 66, 56, 74, None],
    "jp": [10, 10, 20, 5, 20, 5],
})
"""Gains 10, 10, 12, 8, 12, 8; the five who came later kept 6, 6, 6, 6, 4."""


def found(data: pd.DataFrame = SIX, **more: object) -> Change:
    return compare(data, before="pre", after=["post", "later"], **more)


def notes(result: Change, lang: str = "en") -> str:
    return " ".join(note[lang] for note in result.notes)


# Later waves ----------------------------------------------------------------


def test_what_lasts_by_hand() -> None:
    result = found()
    assert (result.headline["estimate"], result.headline["n"]) == (10, 6)
    lasting, loss, kept = (result.row(f"{term}[later]") for term in ("lasting", "loss", "share_kept"))
    assert (lasting["estimate"], lasting["n"]) == (5.6, 5)  # (6 + 6 + 6 + 6 + 4) / 5
    assert loss["estimate"] == pytest.approx(-4.8)  # -4, -4, -6, -2, -8
    assert kept["estimate"] == pytest.approx(5.6 / 10.4)  # the five gained 52 together
    # of the same five people: what lasts is the gain and the loss together
    assert lasting["estimate"] == pytest.approx(10.4 + loss["estimate"])
    assert "later: 1 of 6 people have no score at this wave and are not counted there; their first change was 8.00" in (
        notes(result)
    )


def test_fieller_holds_just_the_ratios_that_a_t_test_does_not_reject() -> None:
    part = SIX.dropna()
    gain, left = (part["post"] - part["pre"]).to_numpy(), (part["later"] - part["pre"]).to_numpy()
    row = found().row("share_kept[later]")
    for bound in ("ci_low", "ci_high"):
        # the end of the interval is the ratio that is rejected at exactly 5 percent
        assert paired.mean_change(left - row[bound] * gain, 0.95).p == pytest.approx(0.05, rel=1e-8)
    inside = paired.mean_change(left - row["estimate"] * gain, 0.95)
    assert inside.estimate == pytest.approx(0, abs=1e-12)


def test_sentence_of_what_lasts() -> None:
    assert found().sentence("id").endswith(
        "Pada gelombang later, selisih rata-rata terhadap nilai sebelum 5,6 poin (selang kepercayaan 95 persen 4,5 s.d. "
        "6,7; n = 5); yang bertahan dari perubahan pertama 54 persen (selang kepercayaan 95 persen 38 s.d. 77 persen)."
    )
    assert found().sentence("en").endswith(
        "At the wave later, the mean difference from the score before is 5.6 points (95 percent confidence interval 4.5 "
        "to 6.7; n = 5); 54 percent of the first change is kept (95 percent confidence interval 38 to 77 percent)."
    )


def test_share_of_a_change_that_may_be_zero_is_not_given() -> None:
    data = SIX.assign(post=SIX["pre"] + [1.0, -1, 2, -2, 1, -1])
    result = found(data)
    row = result.row("share_kept[later]")
    assert pd.isna(row["estimate"]) and pd.isna(row["ci_low"])
    assert "the share kept is not computed where the first change cannot be told apart from zero" in notes(result)
    assert "kept" not in result.sentence("en")


def test_everything_lasts() -> None:
    result = found(SIX.assign(later=SIX["post"]))
    row = result.row("share_kept[later]")
    assert row["estimate"] == 1 and pd.isna(row["ci_low"])  # nothing varies that could give an interval
    assert result.row("loss[later]")["estimate"] == 0


def test_long_data_with_three_waves_is_the_wide_data() -> None:
    parts = [
        SIX.assign(who=range(6), wave=wave, score=SIX[wave])[["who", "wave", "score"]] for wave in ("pre", "post", "later")
    ]
    long = pd.concat(parts).dropna()
    result = compare(
        long, before="pre", after=("post", "later"), outcome="score", wave="wave", person="who"
    )
    pd.testing.assert_frame_equal(result.table, found().table)


def test_two_later_waves_each_with_its_own_people() -> None:
    data = SIX.assign(year=[45.0, None, None, 52, 75, 61])
    result = compare(data, before="pre", after=["post", "later", "year"])
    assert result.row("lasting[later]")["n"] == 5
    assert (result.row("lasting[year]")["estimate"], result.row("lasting[year]")["n"]) == (3.25, 4)  # 5, 2, 5, 1
    assert "year: 2 of 6 people have no score" in notes(result)


def arms(n: int = 90, seed: int = 5) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    arm = np.array(["control", "seminar", "workshop"])[np.arange(n) % 3]
    pre = rng.normal(60, 8, n).round()
    post = (pre + 2 + 9 * (arm == "workshop") + rng.normal(0, 4, n)).round()
    later = (pre + 1 + 6 * (arm == "workshop") + rng.normal(0, 4, n)).round()
    return pd.DataFrame({
        "pre": pre, "post": post, "later": later, "arm": arm, "unit": np.arange(n) // 3 % 15, "jp": rng.integers(2, 30, n),
    })


def test_arms_are_compared_with_the_control() -> None:
    data = arms()
    change = (data["later"] - data["pre"]).groupby(data["arm"]).mean()
    result = found(data, group="arm", control="control", selection="ability")
    row = result.row("lasting[workshop · later]", "welch")
    assert row["estimate"] == pytest.approx(change["workshop"] - change["control"])
    assert row["n"] == 60
    text = result.sentence("en")
    assert "At the wave later, the difference in mean change since before, workshop against control, is" in text
    assert "percent of the first difference is kept" in text


@pytest.mark.parametrize(
    ("selection", "words", "id_words"),
    [
        ("low_before", "At the wave later, at equal scores before, the difference of workshop from control is",
         "Pada gelombang later, dengan nilai awal yang sama, beda nilai workshop terhadap control"),
        ("ability", "the difference in mean change since before, workshop against control,",
         "beda perubahan rata-rata sejak awal, workshop terhadap control,"),
        ("unknown", "by difference in differences and 6.2 points (95 percent confidence interval 4.0 to 8.3; n = 60) by "
                    "ANCOVA, both pointing the same way.", "menurut ANCOVA, keduanya searah."),
    ],
)
def test_selection_picks_the_reading_of_later_waves_too(selection: str, words: str, id_words: str) -> None:
    result = found(arms(), group="arm", control="control", selection=selection)
    assert words in result.sentence("en")
    assert id_words in result.sentence("id")


def test_low_scorers_seem_to_keep_a_gain_that_they_never_had() -> None:
    """No effect at all, low scorers trained: the change score errs at every wave by 2 * 0.7979 * 0.3 SD, ANCOVA by none."""
    rng = np.random.default_rng(12)
    ability = rng.normal(0, math.sqrt(0.7), 4000)
    pre, post, later = (ability + rng.normal(0, math.sqrt(0.3), 4000) for _ in range(3))
    data = pd.DataFrame({"pre": pre, "post": post, "later": later, "arm": np.where(pre < np.median(pre), "low", "rest")})
    result = found(data, group="arm", control="rest", selection="low_before")
    # the standard error of either is about 0.026
    assert result.row("lasting[low · later]", "welch")["estimate"] == pytest.approx(0.479, abs=4 * 0.026)
    assert abs(result.row("lasting_ancova[low · later]", "ols")["estimate"]) < 4 * 0.04
    # and so a share that is kept of nothing
    assert result.row("share_kept[low · later]")["estimate"] == pytest.approx(1, abs=0.25)
    assert pd.isna(result.row("share_kept_ancova[low · later]")["estimate"])


def test_clusters_of_later_waves() -> None:
    result = found(arms(), group="arm", control="control", cluster="unit", selection="ability")
    row = result.row("lasting[workshop · later]", "cr2")
    assert row["n_units"] == 15
    few = found(SIX.assign(unit=[1, 1, 2, 2, 3, 3]), cluster="unit")
    assert pd.isna(few.row("lasting[later]", "cr2")["ci_low"])
    assert pd.isna(few.row("share_kept[later]")["estimate"])


def test_a_wave_that_nobody_has() -> None:
    result = found(SIX.assign(later=np.nan))
    assert pd.isna(result.row("lasting[later]")["estimate"])
    assert "later: 6 of 6 people have no score at this wave and are not counted there." in notes(result)
    assert "later: fewer than 2 people have all three scores; not computed." in notes(result)
    assert "At the wave later, the mean difference from the score before cannot be computed." in result.sentence("en")
    data = arms().assign(later=lambda d: d["later"].where(d["arm"] != "workshop"))
    result = found(data, group="arm", control="control")
    assert pd.isna(result.row("lasting[workshop · later]")["estimate"])
    assert result.row("lasting[seminar · later]")["n"] == 60
    assert "later (workshop): fewer than 2 people" in notes(result)


def test_ordered_levels_and_shares_at_later_waves() -> None:
    kind = pd.CategoricalDtype(["never", "some", "often"], ordered=True)
    data = pd.DataFrame({
        "pre": ["never", "some", "some", "often"], "post": ["some", "some", "often", "often"],
        "later": ["some", "never", "often", None],
    }).astype(kind)
    result = found(data)
    assert [result.row(f"{s}[later]")["estimate"] for s in ("improved", "unchanged", "declined")] == [2 / 3, 0, 1 / 3]
    assert "At the wave later, 66.7 percent are above their level before" in result.sentence("en")
    other = data.assign(later=data["later"].cat.add_categories("always"))
    with pytest.raises(StatisticsError) as error:
        found(other)
    assert error.value.code == "K318"


def test_pass_rates_at_later_waves() -> None:
    data = pd.DataFrame({
        "pre": [0] * 14 + [1] * 6, "post": [1] * 12 + [0] * 2 + [1] * 6, "later": [1] * 9 + [0] * 5 + [1] * 5 + [0],
    })
    result = found(data)
    row = result.row("lasting[later]", "mcnemar")
    assert row["estimate"] == pytest.approx(8 / 20)  # nine gained, one lost
    assert row["p_value"] == pytest.approx(22 / 1024)  # binomial: two tails of 11 in 2**10
    assert "At the wave later, the mean difference from the score before is 40 percentage points" in result.sentence("en")


def test_levels_with_later_waves() -> None:
    data = arms().assign(form=lambda d: np.where(np.arange(90) % 2, "a", "b"))
    result = found(data, by="form")
    alone = found(data[data["form"] == "a"])
    assert result.row("lasting[a · later]")["ci_low"] == alone.row("lasting[later]")["ci_low"]
    assert result.by["a"].row("lasting[later]")["n"] == 45


@pytest.mark.parametrize("after", [[], ["post", "post"], ["post", "pre"]])
def test_waves_that_make_no_comparison(after: list) -> None:
    with pytest.raises(StatisticsError) as error:
        compare(SIX, before="pre", after=after)
    assert error.value.code == "K317"
    assert "each named once and none of them `before`" in error.value.message("en")


def test_a_later_wave_that_the_data_lack() -> None:
    with pytest.raises(StatisticsError) as error:
        compare(SIX, before="pre", after=["post", "late"])
    assert "`after`: the data have no column 'late'" in error.value.message("en")


def test_share_kept_covers_the_truth_in_a_small_simulation() -> None:
    """1,000 data sets of 30 people, true share 0.6: nominal 95 percent, binomial 99.9 percent band 92.6 to 97.1."""
    rng, hits = np.random.default_rng(3), 0
    for _ in range(1000):
        gain = rng.normal(8, 6, 30)
        left = 0.6 * gain + rng.normal(0, 5, 30)
        row = change_rows.share_kept(gain, left, lambda y: paired.mean_change(y, 0.95), 0.95)
        hits += row.low <= 0.6 <= row.high
    assert 926 <= hits <= 971


# Dose -----------------------------------------------------------------------


def test_slope_by_hand() -> None:
    # gains 10, 10, 12, 8, 12, 8 at 10, 10, 20, 5, 20, 5 hours
    jp, gain = SIX["jp"].to_numpy(float), (SIX["post"] - SIX["pre"]).to_numpy()
    row = compare(SIX, before="pre", after="post", dose="jp").row("dose[linear]")
    expected = ((jp - jp.mean()) * gain).sum() / ((jp - jp.mean()) ** 2).sum()
    assert row["estimate"] == pytest.approx(expected)
    assert (row["method"], row["dof"]) == ("hc3", 4)


def test_sentence_of_a_dose_claims_no_effect() -> None:
    rng = np.random.default_rng(8)
    data = pd.DataFrame({"pre": rng.normal(60, 9, 80).round(), "jp": rng.integers(2, 30, 80)})
    data["post"] = data["pre"] + (0.4 * data["jp"] + rng.normal(0, 4, 80)).round()
    result = compare(data, before="pre", after="post", dose="jp")
    assert result.row("dose[monotone]")["estimate"] > 0
    assert result.sentence("id").endswith(
        "Tiap tambahan satu satuan dosis (`jp`) berkaitan dengan perubahan 0,46 poin (selang kepercayaan 95 persen 0,35 "
        "s.d. 0,58; n = 80); dosisnya tidak ditetapkan secara acak."
    )
    assert "was not assigned at random: those who took more may differ in other ways too" in notes(result)
    null = compare(data.assign(post=data["pre"] + rng.normal(0, 4, 80)), before="pre", after="post", dose="jp")
    assert "not told apart from zero (less than" in null.sentence("en")
    assert "points per unit would be hard to see in this much data); the dose was not" in null.sentence("en")


def test_dose_of_participants_only() -> None:
    data = arms().assign(jp=lambda d: d["jp"].where(d["arm"] != "control"))
    data.loc[1, "jp"] = np.nan
    result = compare(data, before="pre", after="post", group="arm", control="control", dose="jp")
    assert result.row("dose[linear]")["n"] == 59
    assert "1 person without a dose is left out of the rows of the dose." in notes(result)
    assert "The rows of the dose hold participants only" in notes(result)


def test_dose_in_clusters_has_no_rank_test() -> None:
    result = compare(arms(), before="pre", after="post", dose="jp", cluster="unit")
    assert result.row("dose[linear]")["method"] == "cr2"
    assert pd.isna(result.row("dose[monotone]")["p_value"])
    assert "Spearman's correlation has no interval or test" in notes(result)


def test_a_dose_that_few_whole_clusters_took_is_not_tested() -> None:
    data = arms().assign(jp=lambda d: np.where(d["unit"] < 2, 20, 4))
    result = compare(data, before="pre", after="post", dose="jp", cluster="unit")
    assert pd.isna(result.row("dose[linear]")["p_value"])
    assert "only 15 clusters, 2 on one side" in notes(result)
    # three doses, the highest in one cluster alone: its leverage is one, and CR2 knows no error of it
    three = arms().assign(jp=lambda d: np.where(d["unit"] < 1, 1000.0, 0.0))
    three.loc[three.index[-1], "jp"] = 1e-9
    result = compare(three, before="pre", after="post", dose="jp", cluster="unit")
    assert pd.isna(result.row("dose[linear]")["std_error"])
    assert "`dose[linear]` (CR2): the estimate rests on one cluster alone" in notes(result)


def test_a_dose_that_does_not_vary() -> None:
    result = compare(SIX.assign(jp=20), before="pre", after="post", dose="jp")
    assert pd.isna(result.row("dose[linear]")["estimate"])
    assert "`jp` does not vary or there are fewer than 3 people (n = 6)" in notes(result)
    assert "The association of the change with the dose (`jp`) cannot be computed." in result.sentence("en")


def test_a_slope_that_one_person_carries_has_no_test() -> None:
    alone = np.array([0.0, 0, 0, 0, 20])
    assert math.isnan(change_rows.dose_line(alone, np.array([1.0, 2, 3, 4, 9])).contrast(1, "hc3").std_error)
    assert math.isnan(change_rows.dose_line(np.arange(5.0), 2 * np.arange(5.0)).contrast(1, "hc3").std_error)


def test_slope_covers_where_equal_variances_do_not() -> None:
    """1,500 data sets of 40 people whose changes scatter more at the ends of the dose; 99.9 percent band 93.0 to 96.7."""
    rng, hits, naive = np.random.default_rng(21), 0, 0
    for _ in range(1500):
        jp = rng.integers(2, 31, 40).astype(float)
        change = 0.3 * jp + rng.normal(0, 1, 40) * (0.5 + 0.05 * (jp - 16) ** 2)
        found = change_rows.dose_line(jp, change).contrast(1, "hc3")
        hits += found.low <= 0.3 <= found.high
        X = np.column_stack([np.ones(40), jp])
        fitted = linear.fit(X, change)
        ols = of_t(fitted.coef[1], math.sqrt(fitted.covariance[1, 1]), 38, 0.95)
        naive += ols.low <= 0.3 <= ols.high
    assert 1395 <= hits <= 1451
    assert naive < 1320  # below 88 percent: the wrong way


def test_spearman_covers_in_a_small_simulation() -> None:
    """1,500 normal samples of 30 with correlation 0.6: Spearman's is 6/pi asin(0.3); 99.9 percent band 93.0 to 96.7."""
    rng, hits, truth = np.random.default_rng(22), 0, 6 / math.pi * math.asin(0.3)
    for _ in range(1500):
        x = rng.normal(size=30)
        found = change_rows.spearman(x, 0.6 * x + 0.8 * rng.normal(size=30), 0.95)
        hits += found.low <= truth <= found.high
    assert 1395 <= hits <= 1451


def test_spearman_at_its_edges() -> None:
    assert change_rows.spearman(np.arange(12.0), np.arange(12.0) ** 3, 0.95).estimate == 1
    assert math.isnan(change_rows.spearman(np.arange(12.0), np.arange(12.0) ** 3, 0.95).low)
    assert math.isnan(change_rows.spearman(np.arange(9.0), np.array([1.0, 0, 2, 5, 3, 4, 7, 6, 8]), 0.95).low)
    assert math.isnan(change_rows.spearman(np.arange(12.0), np.ones(12), 0.95).estimate)


def test_wrong_doses_are_refused() -> None:
    with pytest.raises(StatisticsError) as error:
        compare(SIX.assign(jp=list("abcdef")), before="pre", after="post", dose="jp")
    assert error.value.message("en") == (
        "K321 The dose column 'jp' holds 6 cells that are not numbers. `dose` is an amount, such as hours; name a labelled "
        "column in `by` or `group` instead."
    )
    long = pd.DataFrame({
        "who": list("abab"), "wave": ["pre", "pre", "post", "post"], "score": [1.0, 2, 3, 5], "jp": [0, 0, 20, 20],
    })
    with pytest.raises(StatisticsError) as error:
        compare(long, before="pre", after="post", outcome="score", wave="wave", person="who", dose="jp")
    assert error.value.message("en") == (
        "K322 `dose` ('jp') differs between the waves (people concerned: 2). Give each person the one dose of the "
        "programme in every row."
    )


def test_a_class_gain_of_people_at_the_ceiling_is_named_by_its_interval() -> None:
    data = pd.DataFrame({"pre": [100.0] * 50 + [80.0, 90.0] * 5, "post": [100.0] * 50 + [90.0, 95.0] * 5})
    row = compare(data, before="pre", after="post", scale=(0, 100)).row("class_gain")
    assert row["method"] == "fieller"  # sixty pairs, but ten only can still gain
