"""Small groups: hidden, with the next smallest where one alone could be worked out."""

import itertools
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from asked import Chapter

import karier_stats as ks
from karier_stats.answers.chapters import CHAPTERS
from karier_stats.answers.exhibits import tabulated
from karier_stats.answers.record import Answer, Brief, Field, Finding, Picture, Recommendation, Table
from karier_stats.domain import disclosure
from karier_stats.domain.disclosure import policy_for
from karier_stats.errors import GateError
from karier_stats.intake.processed import Processed
from karier_stats.report.cells import with_complements
from karier_stats.report.checks import LARGEST
from karier_stats.report.disclosure import hide_too, protect
from karier_stats.words.numbers import both
from tests.every_answer import of_question

WORDS = both("x", "x")


def finding(n, **more):
    base = {
        "id": "f", "chapter": "needs", "question": WORDS, "estimate": 0.5, "unit_of_measure": "share",
        "ci_low": 0.1, "ci_high": 0.9, "n": n, "design": "descriptive", "evidence": "sedang",
        "source_tables": ("need",), "sentence": both("Separuh.", "Half."),
        "p_value": 0.03, "recommendation": Recommendation(WORDS, WORDS, WORDS, WORDS),
    }
    return Finding(**{**base, **more})


def picture(kind, **columns):
    return Picture(kind, pd.DataFrame(columns), WORDS, WORDS, WORDS, n=100)


def shown(answer, audience):
    return protect(answer, audience)


def bars(*counts):
    names = [chr(97 + place) for place in range(len(counts))]
    values = [n / 10 for n in counts]
    return picture("bars", label_id=names, label_en=names, value=values, n=list(counts))


def visible(data, column="value"):
    return data.loc[data[column].notna(), "label_id"].tolist()


@pytest.mark.parametrize(("audience", "n", "hidden"), [
    ("internal", 4, True), ("internal", 5, False), ("public", 9, True), ("public", 10, False),
    ("internal", 0, False), ("public", 0, False),
])
def test_findings_below_the_threshold(audience, n, hidden):
    out = shown(Answer("a", "needs", (finding(n, unit_of_measure="points"),)), audience).findings[0]
    assert out.suppressed is hidden
    assert (out.estimate is None) is hidden
    assert (out.ci_low is None) is hidden
    assert (out.p_value is None) is hidden
    assert (out.recommendation is None) is hidden


@pytest.mark.parametrize("given", [3, 4.5, 30, "sepuluh"])
def test_a_threshold_outside_its_bounds_is_refused(given, monkeypatch):
    monkeypatch.setattr(disclosure, "rule", lambda _: SimpleNamespace(value=given))
    with pytest.raises(GateError) as caught:
        disclosure.threshold()
    assert caught.value.code == "K414" and str(given) in caught.value.message("en")


@pytest.mark.parametrize("counted", [7, 15])
def test_a_hidden_share_takes_its_difference_from_others_with_it(counted):
    # With the share of all others, which other releases show, 15 of 22 or 7 of 22 would be had from the difference.
    own = finding(22, id="a", estimate=counted / 22)
    gap = finding(1480, id="a.beside", estimate=counted / 22 - 0.475, unit_of_measure="share_difference")
    whole = finding(1480, id="a.others", estimate=0.475)
    public = shown(Answer("a", "needs", (own, gap, whole)), "public")
    assert [one.suppressed for one in public.findings] == [True, True, False]
    assert not any(one.suppressed for one in shown(Answer("a", "needs", (own, gap, whole)), "internal").findings)
    told = hide_too(shown(Answer("a", "needs", (finding(220, id="a"), gap, whole)), "public"), {}, {"a"})
    assert [one.suppressed for one in told.findings] == [True, True, False]


@pytest.mark.parametrize(("now", "before", "hidden"), [
    ((3, 7), (8, 8), True), ((16, 235), (5, 60), True), ((16, 235), (55, 60), True), ((16, 235), (22, 244), False),
    ((None, 40), (None, 9), True), ((None, 40), (None, 10), False),
])
def test_a_difference_leaves_only_where_neither_side_counts_few(now, before, hidden):
    # 3 of 7 less 8 of 8 is -57.1 points, and no other shares of 15 are so far apart.
    gap = finding(now[1] + before[1], id="a.b.trend", estimate=-0.2, unit_of_measure="share_difference", ends=(now, before))
    assert shown(Answer("a", "needs", (gap,)), "public").findings[0].suppressed is hidden
    assert not shown(Answer("a", "needs", (gap,)), "internal").findings[0].suppressed
    assert not shown(Answer("a", "needs", (replace(gap, of_people=False),)), "public").findings[0].suppressed
    assert "ends" not in gap.as_dict()


def test_a_difference_from_a_hidden_row_or_share_is_hidden_with_it():
    """Years are no parts of a total: of three that one is hidden of which few are counted, and what tells of it."""
    data = pd.DataFrame({"over": ["2023", "2024", "2025"], "n": [60, 80, 90], "k": [30, 8, 60]})
    rows = Table(data.assign(estimate=data["k"] / data["n"]), (Field("over", WORDS), Field("n", WORDS, "integer"),
                                                             Field("estimate", WORDS, "percent")), WORDS, count="n")
    gap = finding(170, id="a.trend", estimate=60 / 90 - 8 / 80, unit_of_measure="share_difference", ends=((60, 90), (8, 80)))
    own = finding(90, id="a", estimate=60 / 90)
    out = shown(Answer("a", "needs", (own, gap), table=rows), "public")
    assert out.table.data["suppressed"].tolist() == [False, True, False]
    assert [one.suppressed for one in out.findings] == [False, True]
    named = replace(own, estimate=30 / 60, n=60, sentence=both("Pada 2024 8 dari 80.", "In 2024 8 of 80."))
    others = replace(gap, id="a.beside", ends=((400, 800), (60, 90)))
    out = shown(Answer("a", "needs", (named, others), table=rows), "public")
    assert [one.suppressed for one in out.findings] == [True, True]
    data = data.assign(k=[30, 40, 60], estimate=[0.5, 0.5, 60 / 90])
    gap = replace(gap, estimate=60 / 90 - 40 / 80, ends=((60, 90), (40, 80)))
    alone = shown(Answer("a", "needs", (own, gap), table=replace(rows, data=data)), "public")
    assert not any(one.suppressed for one in alone.findings)
    alone = hide_too(alone, {"table": [1]}, ())
    assert alone.table.data["suppressed"].tolist() == [False, True, False]
    assert [one.suppressed for one in alone.findings] == [False, True]


def test_a_share_beside_what_the_rows_tell_leaves_the_table_before_they_are_hidden():
    """Of OPD-02 nine PNS met their duty in 2025: its columns go, and 37 of 121 may be told, with how far that is from others."""
    answer = of_question("participation.rate", "OPD-02", audience="public")
    assert {"met", "pns", "met_low"} <= set(answer.table.data)
    out = protect(answer, "public")
    assert not out.table.data["suppressed"].any() and not {"met", "pns", "met_low", "met_high"} & set(out.table.data)
    assert [one.name for one in out.table.fields] == ["over", "n", "took_part"]
    assert [(one.n, one.suppressed) for one in out.findings[:2]] == [(121, False), (1480, False)]
    within = protect(of_question("participation.rate", "lingkup-b", audience="public"), "public")  # 38 of 173, and none fewer
    assert {"met", "pns"} <= set(within.table.data)


def test_a_hidden_finding_says_so_in_both_languages():
    out = shown(Answer("a", "needs", (finding(3),)), "public").findings[0]
    assert out.sentence == {
        "id": "Angka untuk kelompok dengan kurang dari 10 orang tidak ditampilkan.",
        "en": "Figures for groups of fewer than 10 people are not shown.",
    }
    assert out.n == 0


def test_one_small_row_takes_the_next_smallest_with_it():
    out = shown(Answer("a", "needs", (), picture=bars(40, 3, 12, 25)), "internal").picture.data
    assert visible(out) == ["a", "d"]
    assert out["label_id"].tolist() == ["a", "b", "c", "d"]
    assert out["n"].isna().tolist() == [False, True, True, False]


def test_two_small_rows_need_no_third():
    out = shown(Answer("a", "needs", (), picture=bars(40, 3, 4, 25)), "internal").picture.data
    assert visible(out) == ["a", "d"]


def test_nothing_is_hidden_among_large_groups():
    out = shown(Answer("a", "needs", (), picture=bars(40, 5, 12)), "internal").picture.data
    assert visible(out) == ["a", "b", "c"]
    assert not out["suppressed"].any()


def test_groups_without_people_are_hidden_from_the_public_only():
    answer = Answer("a", "needs", (), picture=bars(40, 0, 30))
    assert visible(shown(answer, "internal").picture.data) == ["a", "b", "c"]
    assert visible(shown(answer, "public").picture.data) == ["a"]


def test_protecting_twice_changes_nothing():
    answer = Answer("a", "needs", (finding(3),), picture=bars(40, 3, 12, 25), table=table(40, 3, 12, 25))
    once = shown(answer, "internal")
    twice = shown(once, "internal")
    pd.testing.assert_frame_equal(once.picture.data, twice.picture.data)
    pd.testing.assert_frame_equal(once.table.data, twice.table.data)
    assert once.findings == twice.findings


def test_the_answer_itself_is_not_changed():
    answer = Answer("a", "needs", (), picture=bars(40, 3, 12))
    before = answer.picture.data.copy()
    shown(answer, "public")
    pd.testing.assert_frame_equal(answer.picture.data, before)


def table(*counts):
    data = pd.DataFrame({
        "name_id": [f"unit {n}" for n in counts], "name_en": [f"unit {n}" for n in counts],
        "share": [0.5] * len(counts), "n": counts,
    })
    fields = (Field("name", both("Unit", "Unit")), Field("share", WORDS, "percent"), Field("n", WORDS, "integer"))
    return Table(data, fields, WORDS, count="n")


def test_table_rows_keep_their_name_and_lose_their_numbers():
    out = shown(Answer("a", "needs", (), table=table(40, 3, 12)), "internal").table.data
    assert out["name_id"].tolist() == ["unit 40", "unit 3", "unit 12"]
    assert out["share"].isna().tolist() == [False, True, True]
    assert out["suppressed"].tolist() == [False, True, True]


def test_a_table_without_a_count_is_not_about_people():
    free = replace(table(40, 3, 12), count=None)
    assert shown(Answer("a", "needs", (), table=free), "public").table is free


def test_a_row_without_a_count_is_kept():
    data = table(40, 30, 20).data.astype({"n": "Int64"})
    data.loc[1, "n"] = pd.NA
    out = shown(Answer("a", "needs", (), table=replace(table(1), data=data)), "public").table.data
    assert out["share"].notna().all()


def parts(counts_by_bar):
    rows = [
        {"label_id": bar, "label_en": bar, "part_id": part, "part_en": part, "value": 0.5, "n": n}
        for bar, counts in counts_by_bar.items() for part, n in zip("pqr", counts, strict=True)
    ]
    return Picture("stacked", pd.DataFrame(rows), WORDS, WORDS, WORDS, n=100)


def test_a_stacked_bar_with_one_count_is_hidden_whole():
    answer = Answer("a", "needs", (), picture=parts({"a": (40, 40, 40), "b": (3, 3, 3), "c": (20, 20, 20)}))
    assert visible(shown(answer, "internal").picture.data) == ["a", "a", "a"]


def test_parts_with_their_own_counts_are_hidden_within_their_bar():
    answer = Answer("a", "needs", (), picture=parts({"a": (3, 20, 40), "b": (30, 30, 50)}))
    out = shown(answer, "internal").picture.data
    # 3 is small; 20 stands beside it in the bar, and the 30 of each part would tell them by subtraction.
    assert visible(out) == ["a", "b"]
    assert out.loc[out["value"].notna(), "part_id"].tolist() == ["r", "r"]


def units(*counts):
    names = [f"Unit {place}" for place in range(len(counts))]
    return picture("units", label_id=names, label_en=names, x=np.arange(len(counts)), y=0.5, n=list(counts))


def test_points_of_units_are_not_shown_to_the_public():
    answer = Answer("a", "leadership", (), picture=units(30, 40, 50))
    assert shown(answer, "internal").picture.data["label_id"].tolist() == ["Unit 0", "Unit 1", "Unit 2"]
    assert shown(answer, "public").picture is None


def test_the_table_beside_unit_points_goes_with_them():
    named = replace(table(30, 40, 50), data=table(30, 40, 50).data.assign(name_id=["Unit 0", "Unit 1", "Unit 2"]))
    answer = Answer("a", "leadership", (), picture=units(30, 40, 50), table=named)
    assert shown(answer, "internal").table.data["name_id"].tolist() == ["Unit 0", "Unit 1", "Unit 2"]
    assert shown(answer, "public").table is None


def test_small_units_have_no_point():
    answer = Answer("a", "leadership", (), picture=units(30, 3, 50, 8))
    assert shown(answer, "internal").picture.data["label_id"].tolist() == ["Unit 0", "Unit 2"]


def persons(**arms):
    rows = [{"before": 1.0, "after": 2.0, "arm_id": arm, "arm_en": arm} for arm, n in arms.items() for _ in range(n)]
    return Picture("change", pd.DataFrame(rows), WORDS, WORDS, WORDS, n=len(rows))


def test_small_arms_leave_the_picture_of_change():
    out = shown(Answer("a", "outcomes", (), picture=persons(seminar=30, workshop=4)), "internal").picture
    assert set(out.data["arm_id"]) == {"seminar"}
    assert out.n == 30


def test_a_picture_of_few_people_is_not_shown():
    assert shown(Answer("a", "outcomes", (), picture=persons(seminar=4)), "internal").picture is None
    assert shown(Answer("a", "outcomes", (), picture=persons(seminar=9)), "public").picture is None


def test_policies_carry_the_names_of_acro():
    assert policy_for("public").safe_threshold == 10
    assert policy_for("internal").safe_threshold == 5
    assert policy_for("public").zeros_are_disclosive


def test_secondary_suppression_stays_within_a_block_that_has_its_own_total():
    data = pd.DataFrame({
        "dimension_id": ["sex", "sex", "status", "status", "status"],
        "label_id": ["L", "P", "PNS", "CPNS", "PPPK"], "label_en": ["M", "F", "PNS", "CPNS", "PPPK"],
        "n": pd.array([6, 90, 70, 24, 2], dtype="Int64"), "rate": [0.5, 0.4, 0.4, 0.5, 0.5],
    })
    fields = (Field("label", both("a", "a")), Field("n", both("n", "n"), "integer"), Field("rate", both("r", "r"), "percent"))
    table = Table(data, fields, both("x", "x"), count="n", block="dimension_id")
    hidden = protect(Answer("a", "b", (), table=table), "internal").table.data["suppressed"]
    # 6 is the smallest of all, but its block gives nothing away; 24 stands beside the 2.
    assert hidden.tolist() == [False, False, False, True, True]
    whole = protect(Answer("a", "b", (), table=Table(data, fields, both("x", "x"), count="n")), "internal").table.data
    assert whole["suppressed"].tolist() == [True, False, False, False, True]


# what leaves the office: those counted and those who remain


@pytest.mark.parametrize(("n", "counted", "hidden"), [
    (40, 9, True), (40, 10, False), (40, 30, False), (40, 31, True), (40, 0, True), (40, 40, True), (19, 10, True), (20, 10, False),
])
def test_a_share_may_leave_only_with_ten_counted_and_ten_who_remain(n, counted, hidden):
    answer = Answer("a", "needs", (finding(n, estimate=counted / n),), picture=bars_of_shares((n, counted), (400, 200), (300, 100)))
    assert shown(answer, "public").findings[0].suppressed is hidden
    assert ("a" not in visible(shown(answer, "public").picture.data)) is hidden
    assert not shown(answer, "internal").findings[0].suppressed
    assert visible(shown(answer, "internal").picture.data) == ["a", "b", "c"]


def bars_of_shares(*bars):
    names = [chr(97 + place) for place in range(len(bars))]
    drawn = picture("bars", label_id=names, label_en=names, value=[k / n for n, k in bars], n=[n for n, _ in bars])
    return replace(drawn, value_format="percent")


def test_a_table_hides_a_row_whose_share_counts_few():
    rows = table(40, 60, 80)
    rows.data["share"] = [0.5, 0.05, 0.5]
    assert shown(Answer("a", "needs", (), table=rows), "public").table.data["suppressed"].tolist() == [True, True, False]
    assert not shown(Answer("a", "needs", (), table=rows), "internal").table.data["suppressed"].any()


def test_a_share_is_one_of_the_people_of_its_row_where_the_table_counts_others():
    # of 100 asked 30, 40, 50 and 60 chose a thing, and 9, 20, 30 and 40 chose it first
    data = pd.DataFrame({"label_id": list("abcd"), "label_en": list("abcd"), "k": [30, 40, 50, 60], "n": [100] * 4})
    data = data.assign(estimate=data["k"] / 100, first=[0.09, 0.2, 0.3, 0.4])
    kinds = {"label": "text", "k": "integer", "n": "integer", "estimate": "percent", "first": "percent"}
    rows = Table(data, tuple(Field(name, WORDS, kind) for name, kind in kinds.items()), WORDS, count="k")
    assert shown(Answer("a", "needs", (), table=rows), "public").table.data["suppressed"].tolist() == [True, True, False, False]


def test_what_a_further_share_hides_is_not_what_is_left_of_it():
    # one row of nine who chose it first; beside the next smallest they would be fewer than ten of those who did not
    data = table(40, 60, 80, 90).data.assign(share=None, other=[31 / 40, 1, 40 / 80, 30 / 90])
    fields = (*table(1).fields, Field("other", WORDS, "percent"))
    rows = replace(table(1), data=data, fields=fields)
    safe = shown(Answer("a", "needs", (), table=rows), "public").table.data
    assert safe["suppressed"].tolist() == [True, True, True, False]


def test_numbers_of_things_are_no_numbers_of_people():
    data = table(40, 60, 80).data.assign(courses=[2, 3, 4], batches=[1, 2, 3])
    fields = (*table(1).fields, Field("courses", WORDS, "integer"), Field("batches", WORDS, "integer"))
    things, people = (replace(table(1), data=data, fields=fields) for _ in range(2))
    assert not shown(Answer("delivery.by_form", "delivery", (), table=things), "public").table.data["suppressed"].any()
    assert shown(Answer("delivery.other", "delivery", (), table=people), "public").table.data["suppressed"].all()


@pytest.mark.parametrize(("words", "few"), [
    (both("Sebanyak 7 dari 12 ASN aktif.", "7 of 12 civil servants."), True),
    (both("Ada 3 orang.", "There are 3 people."), True),
    (both("Sebanyak 0 dari 12 pegawai.", "0 of 12 employees."), True),
    (both("Sebanyak 1.203 orang, 12 pegawai.", "1,203 people, 12 employees."), False),
    (both("Kira-kira 20 dari 100 pegawai.", "About 20 of 100 employees."), False),
    (both("Mencakup 3,6 persen JP-orang.", "3.6 percent of person learning hours."), False),
    (both("Sebanyak 1 dari 28 keikutsertaan.", "1 of 28 places."), True),
    (both("Ada 3 pelatihan; 4 dari 49 angkatan.", "There are 3 courses; 4 of 49 batches."), False),
    (both("Seminar memberi 6 JP-orang.", "Seminars give 6 person hours."), False),
])
def test_words_that_count_few_people_do_not_leave(words, few):
    telling = finding(90, estimate=None, sentence=words)
    advised = finding(90, estimate=None, recommendation=Recommendation(words, WORDS, WORDS, WORDS))
    safe = shown(Answer("a", "needs", (telling, advised), notes=(words,)), "public")
    assert safe.findings[0].suppressed is few
    assert not safe.findings[1].suppressed
    assert bool(safe.notes) is not few
    assert not shown(Answer("a", "needs", (telling,)), "internal").findings[0].suppressed


@pytest.mark.parametrize(("words", "few"), [
    (both("Kira-kira 6 dari 100 pegawai.", "About 6 of 100 employees."), True),  # of ninety: five
    (both("Sebanyak 94,0 persen PNS.", "94.0 percent of civil servants."), True),  # and five who remain
    (both("Mencakup 7,1 persen keikutsertaan.", "7.1 percent of places."), True),
    (both("Mencakup 50 persen dari keikutsertaan.", "50 percent of places."), False),
    (both("Kira-kira 2 dari 10 PNS.", "About 2 of 10 civil servants."), False),
    (both("Tidak sampai 0,4 persen orang.", "Not even 0.4 percent of people."), True),
])
def test_a_share_of_few_people_is_not_told_in_words(words, few):
    """Of ninety: those counted and those who remain; what counts things has no people, and more people make the share safe."""
    told = Brief(words, words)
    answer = Answer("a", "needs", (finding(90, estimate=None, sentence=words), finding(90, estimate=None, brief=told)))
    sentence, brief = shown(answer, "public").findings
    assert (sentence.suppressed, brief.brief.hidden) == (few, few)
    more = replace(answer, findings=tuple(replace(one, n=9000) for one in answer.findings))
    assert not any(one.suppressed for one in shown(more, "public").findings)
    things = replace(answer, findings=tuple(replace(one, of_people=False) for one in answer.findings))
    assert not any(one.suppressed for one in shown(things, "public").findings)
    assert not any(one.suppressed for one in shown(answer, "internal").findings)


@pytest.mark.parametrize(("rows", "few"), [
    ({(9, 235, 9 / 235)}, True), ({(226, 235, 226 / 235)}, True), ({(None, 8, 3.8)}, True), ({(9, 36, 9 / 36)}, False),
    ({(11, 235, 3.8)}, False), ({(None, 12, 3.8)}, False), (set(), False),
])
def test_words_of_rows_of_few_people_do_not_leave(rows, few):
    """No word for people stands beside these numbers: it is the rows that the words were made from that count them."""
    words = both("Tidak lulus 4,7 persen, mengundurkan diri 3,8 persen.", "Failed 4.7 percent, withdrew 3.8 percent.")
    one = finding(235, estimate=36 / 235, sentence=words, rows=frozenset(rows))
    assert shown(Answer("a", "needs", (one,)), "public").findings[0].suppressed is few
    assert not shown(Answer("a", "needs", (one,)), "internal").findings[0].suppressed
    titled = replace(one, brief=Brief(both("Sebanyak 36 tidak lulus", "36 did not pass"), words))
    out = shown(Answer("a", "needs", (titled,)), "public").findings[0]
    assert out.told and out.sentence == (both("Sebanyak 36 tidak lulus.", "36 did not pass.") if few else words)
    assert ("3,8" in out.brief.plain["id"]) is not few


def test_a_row_is_known_by_whatever_words_tell_of_it():
    # of 235 places that ended in a population 36 were lost: 11 did not pass, 9 withdrew, 16 did not attend
    raw = of_question("participation.dropout", "lingkup-b", audience="public").findings[0]
    assert {row[:2] for row in raw.rows} == {(36, 235), (11, 235), (9, 235), (16, 235)} and "rows" not in raw.as_dict()
    told = protect(of_question("participation.dropout", "lingkup-b", audience="public"), "public").findings[0]
    assert told.sentence["en"] == "36 of 235 places on courses did not end in a pass." and "9" not in told.brief.plain["en"]


def test_advice_may_aim_at_nobody():
    none = both("Turun menjadi 0 orang.", "Down to 0 people.")
    advised = finding(90, estimate=None, recommendation=Recommendation(none, WORDS, WORDS, WORDS))
    assert shown(Answer("a", "needs", (advised,)), "public").findings[0].recommendation is not None


@pytest.mark.parametrize(("n_units", "hidden"), [(11, True), (12, False)])
def test_a_model_on_units_leaves_with_ten_residual_degrees_of_freedom(n_units, hidden):
    slope = finding(300, chapter="leadership", design="association", unit_of_measure="points", n_units=n_units)
    assert shown(Answer("a", "leadership", (slope,)), "public").findings[0].suppressed is hidden
    assert not shown(Answer("a", "leadership", (slope,)), "internal").findings[0].suppressed


@pytest.mark.parametrize(("n_units", "hidden"), [(2, True), (3, False)])
def test_two_heads_are_not_told_of(n_units, hidden):
    score = finding(300, chapter="leadership", unit_of_measure="points")
    answer = Answer("a", "leadership", (score,), picture=bars(40, 50, 60), table=table(40, 50, 60), notes=(WORDS,), n_units=n_units)
    safe = shown(answer, "public")
    assert safe.findings[0].suppressed is hidden
    assert (safe.picture is None) is (safe.table is None) is hidden
    assert shown(answer, "internal").picture is not None


def test_quartiles_are_told_of_twenty_people():
    rows = table(40, 19, 20, 60)
    rows = replace(rows, data=rows.data.assign(share=None))
    safe = shown(Answer("participation.duty", "participation", (), table=rows), "public").table.data
    assert safe["suppressed"].tolist() == [False, True, True, False]  # 19 are few; 20 so that they are not worked out


def test_every_check_that_hides_something_is_named():
    rows = table(40, 3, 12, 50)
    assert shown(Answer("a", "a", (), table=rows), "public").checks == ("threshold", "secondary")
    assert shown(Answer("a", "a", (), table=table(40, 30)), "public").checks == ()
    assert shown(Answer("needs", "needs", (finding(80, estimate=1.0),)), "public").checks == ("all-values-are-same",)
    twice = shown(shown(Answer("a", "a", (), table=rows), "public"), "public")
    assert twice.checks == ("threshold", "secondary")
    assert hide_too(twice, {"table": [0]}, ()).checks == ("threshold", "secondary", "differencing")


def test_no_label_of_a_rare_group_leaves():
    """Who is so few as to be hidden is not told of by a label; those of things, and of the office, are."""
    counts = {"sex": [40, 50], "status": [60, 3, 27], "position": [2, 1, 80, 7]}
    rows = [(kind, f"{kind} {place}", n) for kind, given in counts.items() for place, n in enumerate(given)]
    data = pd.DataFrame(rows, columns=["dimension_id", "label_id", "n"])
    data = data.assign(dimension_en=data["dimension_id"], label_en=data["label_id"], estimate=np.nan)
    fields = (Field("dimension", WORDS), Field("label", WORDS), Field("n", WORDS, "integer"))
    table = Table(data, fields, WORDS, count="n", block="dimension_id")
    drawn = data.rename(columns={"dimension_id": "group_id", "dimension_en": "group_en"}).assign(low=0.1, high=0.9)
    picture = Picture("intervals", drawn, WORDS, WORDS, WORDS, 90)
    asked = Answer("participation.equity", "participation", (), picture, table)
    for found in (protect(asked, "public"), protect(protect(asked, "public"), "public")):
        for shown in (found.table.data, found.picture.data):
            known = shown["label_id"].isin(data["label_id"])
            assert list(shown.loc[known, "label_id"]) == ["sex 0", "sex 1", "status 0", "position 2"]
            assert list(shown.loc[shown["suppressed"].astype(bool), "label_en"]) == ["Others, not shown"] * 2
    assert list(protect(asked, "internal").table.data["label_id"]) == list(data["label_id"])
    assert list(protect(replace(asked, id="needs.offer"), "public").table.data["label_id"]) == list(data["label_id"])


def test_ranks_in_words_go_with_their_row():
    rows = table(40, 3, 12, 50)
    ranked = rows.data.assign(rank=["1–2", "3–4", "1–4", "2–3"], share=None)
    rows = replace(rows, data=ranked, fields=(*rows.fields, Field("rank", WORDS)))
    safe = shown(Answer("leadership.side_by_side", "leadership", (), table=rows), "public").table.data
    assert safe["rank"].notna().tolist() == [True, False, False, True]
    assert safe["name_id"].notna().all()


# the optimiser


def brute(hidden, parts, groups, least):
    """The fewest people that can be hidden besides, by trying every choice."""
    best = None
    for choice in itertools.product([False, True], repeat=len(hidden)):
        gone = hidden | np.array(choice)
        sums = [(gone[group].sum(), *(part[group][gone[group]].sum() for part in parts)) for group in groups if gone[group].any()]
        most = [(len(group), *(part[group].sum() for part in parts)) for group in groups if gone[group].any()]
        if all(a >= min(wanted, whole) for one, all_ in zip(sums, most, strict=True)
               for a, wanted, whole in zip(one, (2, *[least] * len(parts)), all_, strict=True)):
            cost = (parts[0] + 1)[gone].sum()
            best = cost if best is None else min(best, cost)
    return best


def test_the_optimiser_hides_the_fewest_people():
    rng = np.random.default_rng(7)
    for _ in range(40):
        people = rng.integers(10, 60, 6).astype(float)
        told = np.floor(people * rng.random(6))
        hidden = (told < 10) | (people - told < 10)
        parts = [people, told, people - told]
        groups = [np.array([0, 1, 2]), np.array([3, 4, 5]), np.array([0, 3]), np.array([1, 4]), np.array([2, 5])]
        found = with_complements(hidden, parts, groups, 10)
        assert (found >= hidden).all()
        assert not hidden.any() or (people + 1)[found].sum() == brute(hidden, parts, groups, 10)


# what somebody wrote in their own words


def everything_shown(audience: str, **without: object) -> str:
    """Sentences, pictures, tables and notes of every chapter on the small office, in which people have written."""
    from small_office import tables

    given = tables()
    given["need"] = given["need"].assign(
        need_item=[f"ingin-{n}" for n in range(len(given["need"]))], reason="alasan-kami", **without)
    given["batch"] = given["batch"].assign(cancel_reason=["batal-karena"] * len(given["batch"]))
    given["comment"] = pd.DataFrame({
        "comment_id": [f"K{n}" for n in range(30)], "batch_id": "B1", "year": 2025, "theme": "waktu",
        "comment": [f"komentar-{n}" for n in range(30)]})
    given["recommendation"] = pd.DataFrame({
        "rec_id": [f"R{n}" for n in range(12)], "year": 2024, "finding": "temuan-lama", "action": "tindakan-lama",
        "owner_unit": "U1", "due_on": "2025-06-30", "state": "belum"})
    ev = Processed.from_tables(given, period=2025, audience=audience)
    ev.intake["unmapped"] = [{"table": "unit", "value": "nama-tak-dikenal", "n": 12, "near": "-"}]
    texts = []
    for chapter in CHAPTERS:
        for question in Chapter(chapter).QUESTIONS:
            shown = protect(question(ev), audience)
            texts += [str(found.as_dict()) for found in shown.findings] + [str(shown.notes)]
            texts += [part.data.to_csv() + str(part) for part in (shown.picture, shown.table) if part is not None]
    return "\n".join(texts)


TYPED = ("ingin-", "alasan-kami", "batal-karena", "komentar-", "temuan-lama", "tindakan-lama", "nama-tak-dikenal")


@pytest.mark.parametrize("without", [{}, {"topic": None}], ids=["topics", "no topic"])
def test_no_public_release_shows_what_somebody_typed(without):
    shown = everything_shown("public", **without)
    assert [text for text in TYPED if text in shown] == []
    assert "tidak disebutkan" not in shown.lower()  # a reason that is left out is not one that nobody gave


def test_within_the_office_typed_texts_are_shown():
    """The wrong audience, run too: the search above finds what there is to find."""
    shown = everything_shown("internal", topic=None)
    assert {"ingin-", "batal-karena", "tindakan-lama", "nama-tak-dikenal"} <= {text for text in TYPED if text in shown}


# money: what the two largest spent


def money(**spent):
    """A table of sums of money by source, as a question of the budget tabulates it."""
    lines = pd.DataFrame([{"source": name, "program_id": f"P{place}", "spent": float(amount), "jp": 10.0}
                          for name, amounts in spent.items() for place, amount in enumerate(amounts)])
    lines.attrs = {"contributor": "program_id", "of_people": False}
    sums = {name: ks.totals(lines, of=name, by="source") for name in ("spent", "jp")}
    kinds = {"label": "text", "spent": "rupiah", "jp": "integer"}
    return Table(tabulated(sums), tuple(Field(name, WORDS, kind) for name, kind in kinds.items()), WORDS)


@pytest.mark.parametrize(("amounts", "hidden"), [
    ([100], True),  # one spent all of it
    ([100, 50], True),  # the one knows the other
    ([100, 50, 9], True),  # p %: the second knows the first within 9 of 100
    ([100, 50, 10], True),  # (2, 0.90): two spent 150 of 160
    ([100, 50, 17], False),
    ([40, 40, 30, 30], False),
    ([0], False),  # nobody spent anything
])
def test_a_sum_of_money_that_one_or_two_decide_is_not_for_the_public(amounts, hidden):
    even = [20] * 20
    table = money(a=amounts, b=even, c=[30] * 30, d=[25] * 30)
    answer = Answer("challenges.sources", "challenges", (), table=table)
    safe = shown(answer, "public").table.data
    gone = safe.get("suppressed", pd.Series(False, index=safe.index))
    assert gone.tolist() == [hidden, hidden, False, False]  # b is the next smallest, so that a is not what is left
    assert set(safe) == set(shown(answer, "internal").table.data) | ({"suppressed"} if hidden else set())
    assert not any(name.endswith(LARGEST) for name in safe)
    assert shown(answer, "internal").table.data["spent"].tolist() == table.data["spent"].tolist()


@pytest.mark.parametrize(("lines", "hidden"), [(0, False), (1, True), (2, True), (3, False)])
def test_what_one_or_two_lines_of_the_budget_tell_is_not_for_the_public(lines, hidden):
    one = finding(lines, id="delivery.cost", estimate=69_245.0, unit_of_measure="Rp/JP", of_people=False, source_tables=("budget",))
    out = shown(Answer("delivery.cost", "delivery", (one,)), "public").findings[0]
    assert out.suppressed is hidden
    if hidden:  # no people are named where there are none
        assert out.sentence["en"] == "Figures that one or two lines of the budget decide are not shown."
    assert not shown(Answer("delivery.cost", "delivery", (one,)), "internal").findings[0].suppressed


def test_what_a_course_costs_in_two_lines_is_one_part():
    lines = pd.DataFrame({"source": ["a"] * 4, "program_id": list("xxyz"), "spent": [50.0, 50.0, 30.0, 20.0]})
    lines.attrs = {"contributor": "program_id"}
    found = tabulated({"spent": ks.totals(lines, of="spent", by="source")})
    assert found[["spent_first", "spent_second"]].to_numpy().tolist() == [[100, 30]]


def test_a_picture_of_money_hides_what_its_table_hides():
    table = money(a=[100], b=[20] * 20, c=[30] * 30)
    sums = table.data.assign(value=table.data["spent"], n=np.nan)
    drawn = Picture("bars", sums[["label_id", "label_en", "value", "n"]], WORDS, WORDS, WORDS, 51, "rupiah")
    safe = shown(Answer("challenges.sources", "challenges", (), picture=drawn, table=table), "public")
    assert safe.picture.data["value"].notna().tolist() == [False, False, True]


def test_what_one_partner_is_paid_is_no_column_for_the_public():
    fields = (Field("name", WORDS), Field("taken", WORDS, "integer"), Field("paid", WORDS, "rupiah"))
    data = pd.DataFrame({"name_id": ["a"], "name_en": ["a"], "taken": [30], "paid": [1e6]})
    answer = Answer("challenges.partners", "challenges", (), table=Table(data, fields, WORDS))
    assert [one.name for one in shown(answer, "public").table.fields] == ["name", "taken"]
    assert [one.name for one in shown(answer, "internal").table.fields] == ["name", "taken", "paid"]


def test_a_title_stands_for_a_sentence_only_where_it_tells_the_finding_s_own_number():
    """One person's 480 hours are 31 of 100 person hours: not what the sentence tells besides, and not the share in the title."""
    sentence = both("Median 12,0 JP. Di atas 100 JP 1,3 persen.", "Median 12.0. Above 100 hours 1.3 percent.")
    rows = frozenset({(1, 77, 1 / 77), (None, 46, 0.307), (None, 77, 12.0)})
    one = finding(77, estimate=12.0, unit_of_measure="JP", sentence=sentence, rows=rows)
    for title, hidden in ((both("Ada 31 dari 100 JP", "31 of 100 hours"), True), (both("Separuhnya 12,0 JP", "Half 12.0"), False)):
        titled = replace(one, brief=Brief(title, sentence))
        assert shown(Answer("a", "needs", (titled,)), "public").findings[0].suppressed is hidden
    told = replace(one, rows=frozenset({(7, 87, 7 / 87)}), sentence=both("Kira-kira 8 dari 100.", "About 8 of 100."))
    assert shown(Answer("a", "needs", (told,)), "public").findings[0].suppressed


def test_what_counts_no_people_is_told_where_another_question_repeats_it():
    four = finding(68, id="data_quality.verdict", estimate=1.0, sentence=both("Semua 4 kriteria.", "All 4 criteria."))
    for question in ("data_quality.verdict", "synthesis.headlines"):
        assert not shown(Answer(question, question.partition(".")[0], (four,)), "public").findings[0].suppressed
    assert shown(Answer("needs.a", "needs", (replace(four, id="needs.a"),)), "public").findings[0].suppressed


def test_what_is_said_of_gains_together_needs_ten_people_behind_each():
    """Five forms of OPD-08 were compared by 18 people: a verdict on each, and that nine places were in others, was told."""
    few, many = (of_question("outcomes.by_form", unit, audience="public") for unit in ("OPD-08", "semua"))
    said = {unit: next(one for one in protect(answer, "public").findings if one.id == "outcomes.by_form.overall")
            for unit, answer in (("OPD-08", few), ("semua", many))}
    assert said["OPD-08"].suppressed and not said["semua"].suppressed
