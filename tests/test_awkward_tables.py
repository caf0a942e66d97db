"""Every verb that is told of a plain table, on tables as they come: gaps, codes of any kind, one group, nobody, all alike.

A number, or an error with a code; never a traceback, a warning, a number without its method, or one that hangs on the
order of the rows. The short form takes one pair of verb and table in four.
"""

from __future__ import annotations

import os
import warnings
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import karier_stats as ks
from karier_stats.errors import StatisticsError
from karier_stats.stats.results import COLUMNS, METHODS, TERMS, base_term

LABELS = ["form", "sex", "unit", "person", "arm"]
SCORES = ["pre", "post", "later", "hours", "paid"]
ARMS: dict[str, Any] = {"before": "pre", "after": "post", "group": "arm", "control": "0"}


def people(n: int = 120) -> pd.DataFrame:
    """Made-up participants and others in twelve units, with three tests, hours and money."""
    rng = np.random.default_rng(5)
    trained = rng.random(n) < 0.5
    pre = rng.normal(60, 10, n).round()
    post = pre + 2 + 5 * trained + rng.normal(0, 6, n).round()
    return pd.DataFrame({
        "pre": pre, "post": post, "later": post - 2 + rng.normal(0, 4, n).round(), "arm": np.where(trained, "1", "0"),
        "form": rng.choice(["bentuk klasikal panjang satu", "bentuk klasikal panjang dua", "bentuk jarak jauh"], n),
        "sex": rng.choice(["P", "L"], n), "unit": [f"unit {k}" for k in rng.integers(0, 12, n)], "yes": rng.random(n) < 0.4,
        "year": rng.choice([2024, 2025], n), "hours": rng.gamma(2, 5, n) + 1, "paid": rng.gamma(2, 9, n),
        "person": [f"p{k}" for k in range(n)],
    })


def mapped(rows: pd.DataFrame, columns: list[str], change: Callable[[pd.Series], pd.Series]) -> pd.DataFrame:
    """Some columns changed alike."""
    return rows.assign(**{name: change(rows[name]) for name in columns})


ALIKE: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "shuffled": lambda d: d.sample(frac=1, random_state=1), "one index": lambda d: d.set_axis([0] * len(d)),
    "categories": lambda d: mapped(d, LABELS, lambda c: c.astype("category")),
    "strings": lambda d: mapped(d, LABELS, lambda c: c.astype("string")), "further columns": lambda d: d.assign(other=1),
    "nullable": lambda d: mapped(d, SCORES, lambda c: c.astype("Float64")).astype({"yes": "boolean", "year": "Int64"}),
    "objects": lambda d: mapped(d, [*LABELS, *SCORES, "yes"], lambda c: c.astype(object)),
}
"""Tables that say the same."""
OTHER: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "a gap everywhere": lambda d: mapped(d, [*LABELS, *SCORES], lambda c: c.where(d.index != 3)),
    "nobody": lambda d: d.head(0), "one row": lambda d: d.head(1), "two rows": lambda d: d.head(2),
    "one group": lambda d: d.assign(form="a", sex="P", arm="1"), "one unit": lambda d: d.assign(unit="a"),
    "declared categories": lambda d: d.assign(form=d["form"].astype(pd.CategoricalDtype([*sorted(d["form"].unique()), "nobody"]))),
    "no unit": lambda d: d.assign(unit=None), "all alike": lambda d: d.assign(**dict.fromkeys(SCORES, 4.0), yes=True),
    "one change": lambda d: d.assign(post=d["pre"] + 3, later=d["pre"] + 3), "each alone": lambda d: d.assign(form=d["person"]),
    "codes": lambda d: d.assign(form=d["form"].str.len(), unit=d["unit"].str[5:].astype(int), arm=d["arm"].astype(int)),
    "codes with a gap": lambda d: d.assign(form=d["form"].str.len().where(d.index != 2)), "blank": lambda d: d.assign(form=" "),
    "huge": lambda d: mapped(d, SCORES, lambda c: c * 1e12), "tiny": lambda d: mapped(d, SCORES, lambda c: c * 1e-12),
    "below zero": lambda d: mapped(d, SCORES, lambda c: -c),
    "numbers as text": lambda d: mapped(d, SCORES, lambda c: c.astype(str)),
    "infinite": lambda d: mapped(d, SCORES, lambda c: c.where(d.index != 4, np.inf)),
    "leavers": lambda d: d.assign(post=d["post"].where(d.index % 4 > 0), later=d["later"].where(d.index % 3 > 0)),
}


def gains(data: pd.DataFrame, **keywords: Any) -> Any:
    return ks.gains(data, **ARMS, **keywords)


def price(data: pd.DataFrame) -> Any:
    return ks.ratios(data, of="paid", to="hours", among="form")


def planned(data: pd.DataFrame) -> Any:
    """Every number of a plan of places."""
    offers = pd.DataFrame({"offer": ["a", "b"], "sex": ["P", "L"], "seats": [9, 5], "hours": [8.0, 20.0], "cost": [1.0, 3.0]})
    gap = ks.shortfall(data, price(data), of="hours", person="person", people=500, money=100.0)
    plan = ks.allocate(offers, gap, by="sex", money=pd.DataFrame({"ceiling": [90.0]}))
    assert len(plan) == len(plan.frame("bars")) and not plan.closed < 0 and not plan.trials.double < plan.closed - 1e-9
    assert plan.table["estimate"].tolist() == pytest.approx([plan.closed, plan.alone], nan_ok=True)
    return {"gap": gap, "plan": plan}


VERBS: dict[str, Callable[[pd.DataFrame], Any]] = {
    "shares": lambda d: ks.shares(d, of="yes", by=["form", "sex"]),
    "over lots": lambda d: ks.shares(d, of="yes", by="form", cluster="unit"),
    "categories": lambda d: ks.shares(d, of="form", per="person"),
    "summary": lambda d: ks.summary(d, of="hours", by="form", share="yes"),
    "means over lots": lambda d: ks.means(d, of="hours", by="form", cluster="unit"),
    "deviations": lambda d: ks.deviations(d, of="hours"),
    "totals": lambda d: ks.totals(d, of="paid", by="form"), "ratios": lambda d: ks.ratios(d, of="paid", to="hours", by="form"),
    "price": price, "highest": lambda d: ks.contrast(ks.shares(d, of="yes", by="form")),
    "highest over lots": lambda d: ks.contrast(ks.shares(d, of="yes", by="form", cluster="unit"), two="rest"),
    "first two": lambda d: ks.contrast(ks.shares(d, of="form", per="person"), 1, 2),
    "means apart": lambda d: ks.contrast(ks.means(d, of="hours", by="form")),
    "medians apart": lambda d: ks.contrast(ks.medians(d, of="hours", by="form")),
    "years apart": lambda d: ks.contrast(
        ks.means(d[d["year"] == 2025], of="hours"), against=ks.means(d[d["year"] == 2024], of="hours")),
    "rest": lambda d: ks.rest(ks.shares(d, of="yes", by=["form", "sex"])), "rest over lots": lambda d: ks.rest(
        ks.shares(d, of="yes", by="form", cluster="unit")),
    "representation": lambda d: ks.representation(ks.shares(d, of="yes", by="form")),
    "last change": lambda d: ks.last_change(ks.shares(d, of="yes", by="form", over="year"), least=3),
    "decide": lambda d: ks.decide(ks.shares(d, of="yes", by="form"), least=5, watch=0.1, revise=0.3).result,
    "mismatch": lambda d: ks.mismatch(d, ks.totals(d, of="paid", by="form"), of="form", per="person"),
    "others": lambda d: ks.others(d, of="post", by="form", within="sex"),
    "within": lambda d: ks.within(d, of="yes", by=["form", "sex"], unit="unit", person="person", adjust="year"),
    "inequality": lambda d: ks.inequality(d, of="hours", beside={"last": d[d["year"] == 2024]}),
    "each": lambda d: ks.each(d, "form", ks.means, of="hours"),
    "promoters": lambda d: ks.promoters(d, of="post", promoter=70, detractor=50),
    "halves": lambda d: ks.split_halves(d, outcome="post", on="pre", unit="unit", splits=3),
    "raters": lambda d: ks.raters(d, raters=["pre", "post"]), "plan": planned,
    "moderated": lambda d: ks.moderated(d, outcome="post", on="pre", moderators=["yes"], unit="unit", person="person"),
    "gains": lambda d: gains(d, by="form", person="person", cluster="unit", adjust="sex"),
    "alone": lambda d: gains(d, by="form", alone=5),
    "dealt out": lambda d: ks.dealt_out(gains(d, cluster="unit")), "dropouts": lambda d: ks.dropouts(d, **ARMS, cluster="unit"),
    "retained": lambda d: ks.retained(gains(d, by="form"), d[d["later"].notna()], later="later"),
    "retained, one group": lambda d: ks.retained(gains(d), d[d["later"].notna()], later="later"),
    "net gains": lambda d: ks.net_gains(d, **ARMS, by="sex", cluster="unit"),
}


def tables(found: Any) -> list[pd.DataFrame]:
    """The table of a result, of each of several, or none."""
    parts = found.values() if type(found) is dict else [found]
    return [part.table for part in parts if hasattr(part, "table")]


def told(verb: str, data: pd.DataFrame) -> list[pd.DataFrame] | str:
    """The tables that a verb gives, or the code of its error."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            return tables(VERBS[verb](data))
    except StatisticsError as error:
        assert error.message("id") and error.message("en")
        return error.code


def chosen(tables: dict[str, Any]) -> list[tuple[str, str]]:
    """Pairs of a verb and a table."""
    pairs = [(verb, table) for verb in VERBS for table in tables]
    return pairs if os.environ.get("KARIER_LONG") else [pair for pair in pairs if zlib.crc32(repr(pair).encode()) % 4 == 0]


@pytest.mark.parametrize(("verb", "table"), [*chosen(OTHER), *((verb, "as made") for verb in VERBS)])
def test_a_number_with_its_method_or_an_error_with_a_code(verb, table):
    found = told(verb, {"as made": people, **OTHER}[table](people()) if table in OTHER else people())
    assert table in OTHER or not isinstance(found, str)
    for one in [] if isinstance(found, str) else found:
        assert tuple(one.columns) == COLUMNS and one["method"].isin(list(METHODS)).all()
        assert all(base_term(term.split(" x ")[0])[0] in {*TERMS, "pre"} for term in one["term"])
        numbers = one[["estimate", "std_error", "ci_low", "ci_high", "p_value"]].astype("Float64")
        assert np.isfinite(numbers.to_numpy(float, na_value=0.0)).all() and numbers["p_value"].dropna().between(0, 1).all()
        bounded = one[one["ci_low"].notna()]
        assert bounded["ci_level"].between(0.9499, 1).all()
        assert (bounded["ci_low"] <= bounded["estimate"]).all()
        assert (bounded["estimate"] <= bounded["ci_high"]).all()
        assert verb == "raters" or one[one["ci_low"].isna()]["ci_level"].isna().all()  # a level stands beside an interval


@pytest.mark.parametrize(("verb", "table"), chosen(ALIKE))
def test_tables_that_say_the_same_give_the_same(verb, table):
    for one, other in zip(told(verb, people()), told(verb, ALIKE[table](people())), strict=True):
        pd.testing.assert_frame_equal(one, other, rtol=1e-9, atol=1e-12)


def test_codes_are_labels_and_a_single_breakdown_is_one_name():
    """Codes of numbers ended in a traceback, one column given as a word was read letter by letter and nobody was compared."""
    coded = people().assign(form=lambda d: d["form"].str.len())
    asked: dict[str, Any] = {"of": "yes", "unit": "unit", "person": "person"}
    found, named = ks.within(coded, by="form", **asked), ks.within(coded, by=["form"], **asked)
    assert [one.code for one in found] == ["17", "27", "28"] and found.told and found.table.equals(named.table)
    with pytest.raises(StatisticsError, match="K340"):
        ks.within(coded, by=["form", "rank"], **asked)


def test_what_nobody_knows_of_hours_is_no_need_of_none():
    """A respondent who states no hours is left out, not one who needs none; text and infinite amounts are no numbers."""
    asked: dict[str, Any] = {"of": "hours", "person": "person", "people": 100, "money": 0.0}
    stated = people().assign(hours=lambda d: d["hours"].where(d.index % 2 == 0))
    found = ks.shortfall(stated, price(people()), **asked)
    assert (found.n, found.hours.value) == (60, pytest.approx(stated["hours"].mean()))
    tall = people().assign(hours=lambda d: d["hours"].where(d.index > 0, np.inf))
    assert ks.means(tall, of="hours").row.estimate == pytest.approx(tall["hours"][1:].mean())
    assert ks.shortfall(people(), ks.ratios(people(), of="paid", to="hours", among="form", level=0.9), **asked).value.level == 0.9


def test_a_level_is_that_of_the_interval_in_every_table():
    """At 90 percent: the permutation, what lasts, net gains of people of whom some rows have no interval."""
    dealt = ks.dealt_out(gains(people(), cluster="unit", level=0.9))
    assert dealt.table["ci_level"].tolist() == [0.9, 0.9] and dealt.table["n_units"].tolist() == [12, 12]
    alike = people().assign(post=lambda d: d["pre"] + 3)
    net = ks.net_gains(alike, **ARMS, by="sex", level=0.9)
    assert len(net.table) == 6 and set(net.table["ci_level"].dropna()) <= {0.9}


def test_of_one_group_alone_what_lasts_is_told():
    """Gains without ``by`` ended in a traceback; nobody's way of being chosen known is no error either."""
    data, several = people(), people().assign(form="a")
    one, named = ks.retained(gains(data), data, later="later"), ks.retained(gains(several, by="form"), several, later="later")
    assert one.left.value.ends == pytest.approx(named.left.value.ends) and len(one.rows) == 1
    left = ks.dropouts(OTHER["leavers"](data), **ARMS)
    assert left.filled is not None and not left.filled.robust
    with pytest.raises(StatisticsError, match="K338"):
        ks.dealt_out(gains(data))
    with pytest.raises(StatisticsError, match="K317"):
        ks.dealt_out(gains(data, by="form", cluster="unit"))


def test_people_of_all_three_tests_are_told_by_codes_as_by_words():
    """Of arms and groups in numbers everybody counted as a participant, and one gap made all of it missing."""
    data = people().assign(form=lambda d: d["form"].str.len())
    coded = data.assign(arm=data["arm"].astype(int), form=data["form"].astype(float))
    gap = pd.concat([data, data.head(3).assign(later=np.nan)])
    found, *others = (ks.retained(gains(one, by="form"), other, later="later") for one, other in (
        (data, data), (coded, coded), (data, gap), (coded, data.assign(arm=data["arm"].astype("category")))))
    assert found.design == "comparison_group" and found.rows
    for other in others:
        assert other.table.equals(found.table) and other.loss.value.ends == found.loss.value.ends


def test_raters_who_never_vary_have_no_kappa_and_scores_of_any_size_no_table_of_levels():
    same = ks.raters(pd.DataFrame({"a": [4, 4, 4, 4], "b": [5, 5, 5, 5]}), raters=["a", "b"])
    far = ks.raters(pd.DataFrame({"a": [0, 10**14, 5], "b": [0, 10**14, 7]}), raters=["a", "b"])
    assert "kappa" not in {*same.table["term"], *far.table["term"]}


def test_amounts_below_zero_are_refused_where_no_share_is_made_of_them():
    owed = people().assign(hours=lambda d: d["hours"] - 5)
    for refused in (lambda: ks.inequality(owed, of="hours"), lambda: ks.inequality(people(), of="hours", beside={"last": owed}),
                    lambda: ks.ratios(owed, of="paid", to="hours")):
        with pytest.raises(StatisticsError, match="K317"):
            refused()
    with pytest.raises(StatisticsError, match="K334"):
        ks.mismatch(people(), ks.shares(people(), of="form"), of="form", per="person")


def test_where_nobody_knows_a_row_is_neither_in_a_sample_nor_left_out():
    """A gap counted as yes; of a nullable column it ended in a traceback."""
    data = people().assign(settled=lambda d: d["yes"].astype("boolean").mask(d.index < 30))
    asked: dict[str, Any] = {"outcome": "post", "on": "pre", "unit": "unit"}
    for settled in (data["settled"], data["settled"].astype("Float64").astype(float), data["settled"].astype(object)):
        gap = data.assign(settled=settled)
        curve = ks.every_way(ks.slopes(gap, **asked), outcomes="post", samples="settled", draws=9).result.curve
        known = ks.slopes(gap[gap.index.isin(np.flatnonzero(data["settled"].fillna(False)))], **asked)
        own = curve.set_index("sample").loc["settled", "p_value"]
        assert own == pytest.approx(known.fit.row("pre[between]", "unit_means")["p_value"])
        left = ks.without(gap, settled, **asked)
        assert left is not None and left.out == int(data["settled"].fillna(False).sum())
    with pytest.raises(StatisticsError, match="K340"):
        ks.every_way(ks.slopes(data, **asked), outcomes=["post", "rank"])


def test_halves_have_a_row_for_each_way_to_judge():
    found = ks.split_halves(people(), outcome="post", on="pre", unit="unit", splits=3)
    assert found is not None and found.table["term"].tolist() == ["other_half", "same_person", "other_people"]
    assert found.table["estimate"].tolist() == [found.value.value, found.own.value, found.others.value]
    assert found.table["n_units"].tolist() == [12] * 3 and found.table["n"].tolist()[1:] == [120] * 2
    slope = ks.slopes(people(), outcome="post", on="pre", unit="unit").lead
    assert slope.table["term"].tolist() == ["pre[between]"] and slope.table["ci_low"].item() == slope.low


@pytest.mark.parametrize(("code", "asked"), [
    ("K317", lambda d: ks.medians(d, of="hours", at=2)), ("K317", lambda d: ks.shares(d.assign(n=-1), of="yes", frequency="n")),
    ("K345", lambda d: ks.shares(d.assign(n="3"), of="yes", frequency="n")),
    ("K317", lambda d: ks.contrast(ks.shares(d, of="yes", by="sex"), "P", "P")),
    ("K317", lambda d: ks.promoters(d, of="post", promoter=50, detractor=60)),
    ("K317", lambda d: ks.decide(ks.shares(d, of="yes", by="sex"), least=5, watch="0.1")),
    ("K338", lambda d: ks.units_needed(ks.slopes(d, outcome="post", on="pre"), slope=0.1)),
])
def test_a_keyword_that_cannot_be_is_refused(code, asked):
    with pytest.raises(StatisticsError, match=code):
        asked(people())


def test_a_value_names_its_code_however_it_is_stored():
    """Of a column of numbers the word "1" was nobody's, and told so without a doubt."""
    data = people().assign(code=lambda d: d.index % 3)
    for column in (data["code"], data["code"].astype(str), data["code"].astype(float).where(data.index != 1)):
        told = {value: ks.shares(data.assign(code=column), of="code", value=value).row.k for value in (2, "2", 2.0)}
        assert set(told.values()) == {40}, told
    assert ks.shares(data, of="code", value="9").row.k == 0
    assert ks.promoters(data.assign(post=np.nan), of="post") is None
