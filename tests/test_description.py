"""Describing verbs against plain pandas and statsmodels, and what becomes of words when a keyword is changed."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from contract import words_on
from matplotlib.figure import Figure
from small_office import office
from statsmodels.stats.proportion import proportion_confint

import karier_stats as ks
from karier_stats.answers.chapters import NOTEBOOKS
from karier_stats.answers.record import Answer, collected
from karier_stats.errors import InputError, StatisticsError
from karier_stats.stats.numerics import shares as counts
from karier_stats.stats.results import COLUMNS, METHODS, TERMS
from karier_stats.views.evaluation import Evaluation, with_views


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    """200 made-up people of three groups whose names share their first letters, in 12 lots."""
    rng = np.random.default_rng(7)
    group = rng.choice(["kelompok satu", "kelompok dua", "kelompok tiga"], 200, p=[0.5, 0.3, 0.2])
    return pd.DataFrame({
        "person": np.arange(200), "group": group, "lot": rng.integers(0, 12, 200), "year": rng.choice([2024, 2025], 200),
        "yes": rng.random(200) < 0.4, "hours": rng.gamma(2, 10, 200),
    })


def test_shares_are_counted_and_their_intervals_are_wilsons(people):
    found = ks.shares(people, of="yes", by="group")
    assert found.row.estimate == people["yes"].mean()
    for row in found:
        own = people[people["group"] == row.code]["yes"]
        assert (row.k, row.n) == (own.sum(), len(own))
        assert (row.low, row.high) == pytest.approx(proportion_confint(own.sum(), len(own), method="wilson"), abs=1e-12)
    assert sum(row.n for row in found) == 200


def test_several_breakdowns_are_not_crossed_and_a_line_is_told_at_each_place(people):
    found = ks.shares(people, of="yes", by=["group", "year"])
    assert {row.by for row in found} == {"group", "year"} and len(found) == 5
    lines = ks.shares(people, of="yes", by="group", over="year")
    assert sum(row.n for row in lines) == 200 and {row.over for row in lines} == {2024, 2025}


def test_a_table_that_is_counted_already_gives_what_its_rows_would(people):
    """Each row of the counted table stands for as many people as it says."""
    counted = people.groupby(["group", "year", "yes"]).size().reset_index(name="people")
    whole, short = ks.shares(people, of="yes", by="group"), ks.shares(counted, of="yes", by="group", frequency="people")
    assert [(row.k, row.n, row.value.ends) for row in short] == [(row.k, row.n, row.value.ends) for row in whole]
    held = ks.totals(counted, by="group", frequency="people")
    assert [(row.estimate, row.n) for row in held] == [(row.n, row.n) for row in whole]
    assert sum(row.estimate for row in ks.totals(counted, by="group", frequency="people", share=True)) == pytest.approx(1)


def test_the_lowest_group_may_be_in_focus(people):
    found = replace(ks.shares(people, of="yes", by="group"), focus="lowest")
    assert found.told.estimate == min(row.estimate for row in found)


def test_categories_have_a_share_each_and_a_person_counts_once():
    chosen = pd.DataFrame({"person": [1, 1, 2, 3, 3, 3], "choice": ["a", "b", "a", "a", "b", "c"]})
    race = ks.shares(chosen, of="choice", per="person")
    assert [(row.part, row.k, row.n) for row in race] == [("a", 3, 3), ("b", 2, 3), ("c", 1, 3)]
    mentions = ks.shares(chosen, of="choice")
    assert [(row.k, row.n) for row in mentions] == [(3, 6), (2, 6), (1, 6)]
    lead = ks.contrast(race, 1, 2)  # one person chose only a, nobody only b
    assert lead.value.ends == counts.paired_difference(1, 0, 3).ends


def test_lots_widen_an_interval_and_a_census_has_none(people):
    alike = people.assign(yes=people["lot"] < 5)
    plain, lots = ks.shares(alike, of="yes"), ks.shares(alike, of="yes", cluster="lot")
    assert lots.row.low < plain.row.low and lots.row.high > plain.row.high
    assert np.isnan(ks.shares(alike, of="yes", census=True).row.low)


def test_groups_described_over_lots_are_contrasted_over_lots() -> None:
    """The bounds of the difference are those of each share over its lots (Zou and Donner 2008), not of single people."""
    rng = np.random.default_rng(4)
    lots = np.repeat(np.arange(24), 20)
    people = pd.DataFrame({"lot": lots, "level": np.where(lots < 12, "b", "a")})
    people["yes"] = rng.random(len(people)) < np.tile(np.repeat(np.linspace(0.2, 0.8, 12), 20), 2) * np.where(lots < 12, 1, 0.7)
    result = ks.shares(people, of="yes", by="level", cluster="lot")
    first, last = result.rows
    gap = ks.contrast(result, "last", "first")
    assert gap is not None and (gap.one, gap.two) == (last, first)
    assert gap.value.value == pytest.approx(last.estimate - first.estimate)
    (low1, high1), (low2, high2) = last.value.interval(0.95), first.value.interval(0.95)
    ends = (gap.value.value - float(np.hypot(last.estimate - low1, high2 - first.estimate)),
            gap.value.value + float(np.hypot(high1 - last.estimate, first.estimate - low2)))
    assert gap.value.ends[1:] == pytest.approx(ends)
    alone = ks.contrast(ks.shares(people, of="yes", by="level"), "last", "first")
    assert alone is not None and gap.value.high - gap.value.low > 1.5 * (alone.value.high - alone.value.low)


def test_simultaneous_intervals_are_those_of_bonferroni(people):
    found = ks.shares(people, of="yes", by="group", simultaneous=True)
    row = found.groups[0]
    own = people[people["group"] == row.code]["yes"]
    expected = proportion_confint(own.sum(), len(own), alpha=0.05 / 3, method="wilson")
    assert (row.low, row.high) == pytest.approx(expected, abs=1e-12)
    assert found.apart("below") == [one for one in found if one.high < found.row.estimate]  # one interval for words and pictures


def test_means_medians_totals_and_numbers_of_different_things(people):
    assert ks.means(people, of="hours").row.estimate == pytest.approx(people["hours"].mean())
    assert ks.medians(people, of="hours", by="group").find("kelompok dua").estimate == pytest.approx(
        people.query("group == 'kelompok dua'")["hours"].median())
    parts = ks.totals(people, of="hours", by="group", share=True)
    assert sum(row.estimate for row in parts) == pytest.approx(1)
    for of in (["lot"], "lot"):  # a string is one column
        lots, = ks.distinct(people, of=of)
        assert lots.row.estimate == people["lot"].nunique()


def test_a_gap_of_means_is_welchs_of_independent_samples(people):
    """Of a few people too: five values on each side have an interval of t(8), half as wide again as the normal one."""
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

    for rows in (people, people.sort_values("year").iloc[[*range(5), *range(-5, 0)]]):
        early, late = (rows[rows["year"] == year] for year in (2024, 2025))
        both = CompareMeans(DescrStatsW(late["hours"]), DescrStatsW(early["hours"]))
        against = ks.contrast(ks.means(late, of="hours"), against=ks.means(early, of="hours"))
        assert against.value.interval() == pytest.approx(both.tconfint_diff(usevar="unequal"), abs=1e-9)
    groups = ks.contrast(ks.means(people, of="hours", by="year"), "2025", "2024")
    assert groups.value.interval() == pytest.approx(ks.contrast(
        ks.means(people[people["year"] == 2025], of="hours"), against=ks.means(people[people["year"] == 2024], of="hours"),
    ).value.interval()) and groups.table.method.item() == "welch"


def test_medians_and_ratios_are_contrasted_by_the_interval_of_each(people):
    """A difference of medians was told as one of shares of nobody: 0, between bounds about it."""
    for found in (ks.medians(people, of="hours", by="year"), ks.ratios(people, of="hours", to="person", by="year")):
        gap, (first, last) = ks.contrast(found, "2025", "2024"), found.rows
        (low1, high1), (low2, high2) = last.value.interval(), first.value.interval()
        assert gap.estimate == last.estimate - first.estimate != 0 and gap.table.method.item() == "zou_donner"
        assert gap.low == pytest.approx(gap.estimate - np.hypot(last.estimate - low1, high2 - first.estimate))
        assert gap.high == pytest.approx(gap.estimate + np.hypot(high1 - last.estimate, first.estimate - low2))


def test_what_is_no_share_has_no_rest_and_rows_of_the_same_people_are_no_groups(people):
    means = ks.means(people, of="hours", by="group")
    for refused in (lambda: ks.contrast(means, two="rest"), lambda: ks.rest(means), lambda: ks.representation(means),
                    lambda: ks.contrast(means, against=ks.medians(people, of="hours"))):
        with pytest.raises(StatisticsError, match="K334"):
            refused()
    twice = pd.concat([people, people.assign(group="kelompok satu")])
    for refused in (lambda: ks.contrast(ks.shares(people, of="yes", by=["group", "year"])),
                    lambda: ks.contrast(ks.shares(people, of="yes", by="group", over="year")),
                    lambda: ks.last_change(ks.shares(people, of="group", by="yes", over="year")),
                    lambda: ks.rest(ks.shares(twice, of="yes", by="group", per="person"))):
        with pytest.raises(StatisticsError, match="K333"):
            refused()
    with pytest.raises(StatisticsError, match="K349"):
        ks.shares(people, of="yes", level=95)


def test_the_rest_of_a_group_that_comes_in_lots_comes_in_lots_too(people):
    """Places of one batch are alike: the interval of a form less the rest is made of both intervals over batches."""
    alike = people.assign(yes=(people["lot"] % 3 == 0) | (people["person"] % 10 == 0), half=np.where(people["lot"] < 6, "a", "b"))
    found = ks.shares(alike, of="yes", by="half", cluster="lot")
    first, last = found.rows  # of two groups one is the rest of the other
    expected = counts.apart(first.value, last.value, 0.95)
    gap = ks.contrast(found, "a", "rest")
    assert gap.value.ends == pytest.approx(expected.ends) and gap.two.lots == last.lots == 6
    raised, = ks.rest(found).rows
    p = raised.p
    at = raised.value.interval(1 - p)
    assert 0 < p < 1 and min(map(abs, at)) < 1e-6
    plain, = ks.rest(ks.shares(alike, of="yes", by="half")).rows
    assert raised.high - raised.low > 1.5 * (plain.high - plain.low) and raised.p > plain.p
    against = ks.contrast(found, against=ks.shares(alike[alike["year"] == 2024], of="yes", cluster="lot"))
    assert against.table.method.item() == "zou_donner"


def test_people_and_counted_rows_come_in_lots_as_single_rows_do(people):
    """Each person once, or a row for several people: the same interval over lots as of the rows that they stand for."""
    alike = people.assign(yes=people["lot"] < 5)
    found = ks.shares(alike, of="yes", cluster="lot")
    twice = ks.shares(pd.concat([alike, alike.assign(yes=False)]), of="yes", per="person", cluster="lot")
    table = alike.groupby(["lot", "yes"]).size().reset_index(name="people")
    counted = ks.shares(table, of="yes", cluster="lot", frequency="people")
    for other in (twice, counted):
        assert other.row.value.ends == pytest.approx(found.row.value.ends)
        assert (other.row.k, other.row.n) == (found.row.k, found.row.n)
    with pytest.raises(StatisticsError, match="K317"):
        ks.shares(table, of="yes", per="lot", frequency="people")
    with pytest.raises(StatisticsError, match="K317"):
        ks.representation(ks.shares(alike, of="yes", by="group", cluster="lot"))


def test_a_full_count_is_held_against_the_limit_itself_and_what_has_no_interval_is_few(people):
    """A census of 60 percent was kept where the limit is 20: without an interval no bound passes any limit."""
    worse = people.assign(yes=people["person"] % 5 < 3)
    ruled = ks.decide(ks.shares(worse, of="yes", by="group", census=True), least=5, revise=0.2)
    assert [row.code for row in ruled.rows["revise"]] and not ruled.rows["keep"]
    few = ks.decide(ks.shares(worse, of="yes", by="group", cluster="lot", least=99), least=5, revise=0.2)
    assert len(few.rows["few"]) == 3


def test_representation_is_within_each_category_and_place(people):
    for row in ks.representation(ks.shares(people, of="yes", by="group", over="year")).groups:
        now = people[people["year"] == row.over]
        assert row.estimate == pytest.approx(now[now["group"] == row.code]["yes"].mean() / now["yes"].mean())


def test_the_rest_is_that_of_the_same_category_and_place(people):
    """Of categories, or along years, everybody else of that category and year."""
    parts = ks.rest(ks.shares(people, of="group", by="year"))
    assert len(parts) == 3 and all(gap.one.part == gap.two.part for gap in parts)
    for gap in ks.rest(ks.shares(people, of="yes", by="group", over="year")):
        others = people[(people["group"] != gap.one.code) & (people["year"] == gap.one.over)]["yes"]
        assert (gap.two.k, gap.two.n) == (others.sum(), len(others))


def test_extremes_of_the_same_people_are_compared_at_a_raised_level_and_the_first_two_are_not():
    rng = np.random.default_rng(3)
    chosen = pd.DataFrame({"person": range(90), "choice": rng.choice(list("abcd"), 90, p=[.4, .3, .2, .1])})
    race = ks.shares(chosen, of="choice", per="person")
    assert ks.contrast(race).level == pytest.approx(1 - 0.05 / 6) and ks.contrast(race).family == 6
    assert ks.contrast(race, 1, 2).level == 0.95


def test_the_extremes_of_several_groups_are_compared_at_a_raised_level(people):
    gap = ks.contrast(ks.shares(people, of="yes", by="group"))
    assert gap.family == 3 and gap.level == pytest.approx(1 - 0.05 / 3) and gap.n == gap.one.n + gap.two.n
    assert gap.value.ends == counts.newcombe(gap.one.k, gap.one.n, gap.two.k, gap.two.n, gap.level).ends
    wrong = counts.newcombe(gap.one.k, gap.one.n, gap.two.k, gap.two.n, 0.95)  # as if nobody had looked for extremes
    assert gap.value.low < wrong.low and gap.value.high > wrong.high


def test_nothing_to_compare_is_nothing_and_a_group_that_is_not_there_is_an_error(people):
    few = people.head(4)
    assert ks.contrast(ks.shares(few, of="yes", by="group")) is None
    assert ks.contrast(ks.shares(people, of="yes"), against=ks.shares(people.head(0), of="yes")) is None
    with pytest.raises(StatisticsError, match="K332"):
        ks.contrast(ks.shares(people, of="yes", by="group"), "kelompok lima", "rest")
    with pytest.raises(StatisticsError, match="K340"):
        ks.shares(people, of="tidak_ada")


def test_a_table_of_any_description_has_the_columns_of_the_contract(people):
    """Its term and method are those of the row: a spread is no mean, and over lots no interval is Wilson's or Student's."""
    for found, term, method in (
        (ks.shares(people, of="yes", by="group"), "share", "wilson"), (ks.means(people, of="hours"), "mean", "student"),
        (ks.shares(people, of="yes", cluster="lot"), "share", "wider"), (ks.totals(people), "total", "counted"),
        (ks.means(people, of="hours", cluster="lot"), "mean", "linearised"), (ks.medians(people, of="hours"), "median", "order"),
        (ks.medians(people, of="hours", at=0.25), "quantile", "counted"),
        (ks.deviations(people, of="hours"), "deviation", "counted"),
        (ks.ratios(people, of="hours", to="person"), "ratio", "linearised"),
        (ks.inequality(people, of="hours"), "gini", "jackknife"),
        (ks.ratios(people, of="hours", to="person", among="group"), "ratio", "bootstrap"),
        (ks.representation(ks.shares(people, of="yes", by="year")), "ratio", "linearised"),
        (ks.contrast(ks.shares(people, of="yes", by="year")), "difference", "newcombe"),
    ):
        assert tuple(found.table.columns) == COLUMNS
        row = found.table.iloc[0 if method in ("bootstrap", "wider") else -1]
        assert (row.term.partition("[")[0], row.method) == (term, method) and term in TERMS and method in METHODS
    assert ks.representation(ks.shares(people, of="yes", by="year")).row.estimate == 1
    assert ks.shares(people, of="yes", cluster="lot").table.n_units.item() == people["lot"].nunique()


def test_a_description_draws_its_rows(people):
    """By the shape of what was described: ranges of groups, bars of totals, lines along years, parts of a whole."""
    found = ks.shares(people, of="yes", by="group")
    shown = found.picture()
    assert (shown.kind, shown.n, shown.value_format) == ("intervals", 200, "percent")
    assert shown.data[["estimate", "low", "high"]].to_numpy().tolist() == [list(row.value.ends) for row in found]
    assert shown.data["label_en"].tolist() == [row.code for row in found] and shown.data["n"].tolist() == [row.n for row in found]
    ax = Figure(figsize=(10, 5)).add_subplot()
    assert found.plot(ax, "en") is ax
    assert all(f"{100 * row.estimate:.1f}%" in words_on(ax) and row.code in words_on(ax) for row in found)
    totals, lines = ks.totals(people, by="group"), ks.means(people, of="hours", by="group", over="year")
    assert (totals.picture().kind, totals.picture().value_format) == ("bars", "integer")
    assert lines.picture().kind == "lines" and set(lines.picture().data["x"]) == {2024, 2025}
    assert "Jumlah baris" in words_on(totals.plot(Figure().add_subplot()))
    parts = ks.shares(people, of="group", by="year").picture()
    assert parts.kind == "stacked" and len(parts.data) == 6 and parts.data["value"].sum() == pytest.approx(2)
    assert ks.means(people, of="hours").picture().data["label_id"].tolist() == ["Semua"]
    several = ks.shares(people, of="yes", by=["group", "year"]).picture()
    assert several.data["label_id"].tolist()[-1] == "tahun: 2025"
    assert "tidak ada" in words_on(ks.means(people[:0], of="hours").plot(Figure().add_subplot())).lower()


def test_one_missing_value_leaves_out_its_row(people):
    gap = people.assign(group=people["group"].mask(people["person"] == 0), hours=people["hours"].mask(people["person"] == 1))
    assert sum(row.n for row in ks.shares(gap, of="yes", by="group")) == 199
    assert ks.means(gap, of="hours").n == 199


def test_equal_amounts_are_even_and_one_owner_is_not():
    assert ks.inequality(pd.DataFrame({"jp": [5.0] * 10}), of="jp").row.estimate == pytest.approx(0)
    assert ks.inequality(pd.DataFrame({"jp": [0.0] * 9 + [8.0]}), of="jp").held == 1


@pytest.fixture
def ev() -> Evaluation:
    return with_views(office())


def given(ev: Evaluation, name: str, *args: object, **parts: object) -> Answer:
    """The record of one question."""
    with collected() as found, ks.question(ev, name) as q:
        q.answer(*args, **parts)
    return found[0]


def test_words_follow_a_changed_level_and_a_changed_group(ev):
    wide = given(ev, "participation.rate", ks.shares(ev.people(), of="took_part", level=0.99))
    assert "99 persen" in wide.findings[0].sentence["id"]
    by_sex = given(ev, "participation.units", ks.shares(ev.people(), of="took_part", by="sex", simultaneous=True))
    assert by_sex.picture.title["id"] == "Bagian yang ikut serta menurut jenis kelamin"
    assert by_sex.table.caption["en"] == "Share who took part by sex"
    assert "unit" not in by_sex.findings[0].sentence["id"] and by_sex.findings[0].recommendation is None


def changed(ev: Evaluation, name: str, old: str, new: str) -> Answer:
    """The record of a question whose cell a researcher edited."""
    cells = json.loads((NOTEBOOKS / f"{name.partition('.')[0]}.ipynb").read_text(encoding="utf-8"))["cells"]
    source = next(text for cell in cells if f'"{name}"' in (text := "".join(cell["source"])))
    assert old in source
    with collected() as found:
        exec(source.replace(old, new), {"ks": ks, "ev": ev})
    return found[0]


@pytest.mark.parametrize("name", ["participation.rate", "participation.equity"])
def test_a_whole_cell_with_another_column_is_told_in_plain_words(ev, name):
    """Descriptions, differences, groups beside the rest and colleagues of the unit alike; nothing is told as taking part."""
    record = changed(ev, name, 'of="took_part"', 'of="none"')
    told = [text for one in record.findings if not one.id.endswith("on_study") for text in one.sentence.values()]
    assert len(told) >= 2
    assert not [text for text in told if re.search("ikut serta|took part|partisipasi|the rate", text)]
    assert not [one.recommendation for one in record.findings if one.recommendation]


@pytest.mark.parametrize(("name", "old", "new", "lie"), [
    ("needs.first_choice", 'focus="teknologi_informasi"', 'focus="kepemimpinan"', "enyebut teknologi informasi|^Teknologi inf"),
    ("participation.duty", 'pns = ks.shares(ev.hours(status="PNS")', 'pns = ks.shares(ev.hours(status=None)', "(?<!bagian )PNS"),
    ("challenges.commitment", 'of="outcome", value=sign)', 'of="outcome", value="lulus")', "tidak hadir|tanpa kehadiran|mundur"),
])
def test_a_cell_about_others_is_not_told_as_about_those_of_its_words(ev, name, old, new, lie):
    """Neither the category asked for, nor the one that counts, nor whom a view was asked for stands only in the words."""
    found = changed(ev, name, old, new).findings[0]
    told = [found.sentence["id"], *((found.brief.message["id"], found.brief.plain["id"]) if found.brief else ())]
    assert found.n and not re.search(lie, " ".join(told)), told


def test_colleagues_of_a_unit_in_another_column_are_told_in_plain_words(ev, people):
    found = ks.within(people, of="yes", by=["group"], unit="lot", person="person", adjust=["year"])
    told = given(ev, "participation.equity", ks.rest(ks.shares(ev.people(), of="took_part", by="sex")).told, within=found.told)
    words = [one.sentence for one in told.findings if ".within" in one.id]
    assert words and all("partisipasi" not in one["id"] and "less colleagues of the same unit" in one["en"] for one in words)


def test_a_difference_of_means_is_told_in_its_own_unit(ev):
    gap = ks.contrast(ks.means(ev.people(), of="jp"), against=ks.means(ev.people(-1), of="jp"))
    found = given(ev, "participation.rate", ks.shares(ev.people(), of="took_part"), trend=gap).findings[1]
    assert found.unit_of_measure == "jp_difference" and "persen;" not in found.sentence["id"].replace("95 persen", "")
    assert f"{gap.value.value:.2f}" in found.sentence["en"]


def test_words_name_the_year_that_was_read_and_no_year_where_none_differs(ev):
    share = [ks.shares(ev.people(year), of="took_part") for year in (None, -1)]
    earlier = given(ev, "participation.rate", share[1]).findings[0].sentence
    assert str(ev.period - 1) in earlier["id"] and str(ev.period) not in earlier["en"]
    beside = given(ev, "participation.rate", share[0], trend=ks.contrast(share[0], against=share[1])).findings[1].sentence
    assert f"terhadap tahun {ev.period - 1}" in beside["id"]
    women = ks.shares(ev.people().query("sex == 'P'"), of="took_part")
    told = given(ev, "participation.rate", share[0], trend=ks.contrast(share[0], against=women)).findings[1].sentence
    assert not [text for text in told.values() if "tahun" in text or str(ev.period - 1) in text or "took part in" in text]


def test_a_year_further_back_is_named(ev):
    back = ks.shares(ev.people(-1), of="took_part")
    gap = ks.contrast(ks.shares(ev.people(), of="took_part"), against=back)
    gap.about["against"] = ev.period - 2  # as a view of that year says
    found = given(ev, "participation.rate", ks.shares(ev.people(), of="took_part"), trend=gap).findings[1]
    assert f"from {ev.period - 2}" in found.sentence["en"] and f"{ev.period - 1}" not in found.sentence["en"]


def test_another_breakdown_over_the_years_names_the_years_along_and_what_is_counted_upwards(ev):
    picture = changed(ev, "participation.rate", 'by="status_line"', 'by="sex"').picture
    assert (picture.title["id"], picture.x["id"], picture.y["id"]) == (
        "Bagian yang ikut serta menurut jenis kelamin", "Tahun", "Bagian yang ikut serta")


def test_words_of_one_verb_are_never_said_of_another(ev):
    """A median under "Rata-rata" would be a lie."""
    middle = given(ev, "delivery.trend", ks.medians(ev.people(), of="jp")).findings[0].sentence["id"]
    assert middle.startswith("Median JP") and "Rata-rata" not in middle
    other = given(ev, "participation.rate", ks.shares(ev.people().assign(many=lambda p: p["courses"] > 1), of="many"))
    assert other.findings[0].sentence["id"].startswith("Many: ") and "pelatihan" not in other.findings[0].sentence["id"]


def test_a_filtered_view_is_said(ev):
    women = given(ev, "participation.rate", ks.shares(ev.people().query("sex == 'P'"), of="took_part"))
    assert women.notes[-1]["id"].startswith("Dihitung dari 12 di antara 24 baris")
    everybody = given(ev, "participation.rate", ks.shares(ev.people(), of="took_part"))
    assert not any("di antara" in note["id"] for note in everybody.notes)


def test_a_refusal_ends_the_question_and_a_defect_does_not_hide(ev):
    with collected() as found, ks.question(ev, "participation.rate"):
        ks.shares(ev.people(), of="tidak_ada")
    assert found[0].findings[0].evidence == "belum_ada_data" and "K340" in found[0].findings[0].sentence["id"]
    with pytest.raises(ZeroDivisionError), ks.question(ev, "participation.rate"):
        raise ZeroDivisionError
    with pytest.raises(InputError, match="K279 Pertanyaan"), ks.question(ev, "participation.rate"):
        pass
    with pytest.raises(InputError) as refused:
        ks.question(ev, "participation.rates")
    assert (refused.value.code, refused.value.values["near"].split(", ")[0]) == ("K280", "participation.rate")


@pytest.mark.parametrize(("name", "of", "part"), [
    ("data_quality.verdict", "known", "criteria"), ("leadership.heads", "unsettled", "acting"),
])
def test_words_that_need_a_part_that_was_not_given_say_which(ev, name, of, part):
    """Of a sentence and of the rule that chooses among them alike; the part that the question has, the cell forgot."""
    with pytest.raises(InputError) as refused:
        given(ev, name, ks.shares(ev.people().rename(columns={"took_part": of}), of=of))
    assert (refused.value.code, refused.value.exit_code) == ("K278", 2)
    assert refused.value.values == {"question": name, "part": part, "file": f"{name.split('.')[0]}.yml"}
    assert f"`{part}=...` to `q.answer(...)`" in refused.value.message("en")


def test_groups_of_the_same_people_are_compared_among_those_in_both():
    """Six people answer both items, one the first alone: 4 agree to the first only, 1 to the second only."""
    rows = pd.DataFrame({
        "who": [*range(7), *range(6)], "item": ["a"] * 7 + ["b"] * 6,
        "agrees": [True, True, True, True, True, False, True, True, False, False, False, False, True],
    })
    found = ks.shares(rows, of="agrees", by="item", per="who")
    gap = ks.contrast(found, 1, 2)
    assert (gap.one.code, gap.n) == ("a", 6)
    assert gap.value.ends == counts.paired_difference(4, 1, 6).ends
    apart = ks.contrast(ks.shares(rows.assign(who=range(13)), of="agrees", by="item", per="who"), 1, 2)
    assert apart is None  # other people in each: fewer than ten are not compared
