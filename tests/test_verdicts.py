"""Three verdicts, counted by hand."""

import math

import pytest

from karier_stats.answers.phrases import judged, matters
from karier_stats.answers.record import grade
from karier_stats.answers.verdicts import is_precise, says_nothing, smallest, verdict
from karier_stats.stats.numerics.estimate import between


@pytest.mark.parametrize(("low", "high", "said", "precise"), [
    (3.5, 6.7, "berarti", True),
    (-9.0, -3.1, "berarti", True),
    (-1.0, 2.0, "terlalu_kecil", True),
    (0.5, 2.0, "terlalu_kecil", True),
    (0.5, 6.0, "belum_diketahui", True),
    (0.5, 9.0, "belum_diketahui", False),
    (-3.0, 3.0, "belum_diketahui", True),
    (-20.0, 26.0, "belum_diketahui", False),
    (math.nan, math.nan, "belum_diketahui", False),
])
def test_the_interval_against_the_margin_decides(low, high, said, precise):
    value = between((low + high) / 2, low, high)
    assert verdict(value, 3.0) == said
    assert is_precise(value, 3.0) is precise


def test_the_clause_names_the_margin_and_the_direction():
    assert "melampaui batas 3 poin" in matters(between(5, 3.5, 6.7), "points")["id"]
    assert "clear in its direction" in matters(between(3, 0.5, 6), "points")["en"]
    assert "holds zero" in matters(between(1, -5, 7), "points")["en"]


def test_the_margins_are_those_of_the_rules_file():
    assert [smallest(name) for name in ("points", "share", "answer", "slope", "money")] == [3, 0.05, 0.2, 0.02, 0.10]


@pytest.mark.parametrize(("low", "high", "evidence"), [
    (3.5, 6.7, "kuat"), (-1.0, 2.0, "kuat"), (0.5, 9.0, "sedang"), (-20.0, 26.0, "lemah"), (math.nan, math.nan, "lemah"),
])
def test_a_precise_null_is_strong_and_a_useless_interval_weak(low, high, evidence):
    value = between((low + high) / 2, low, high)
    found = grade("comparison_group", coverage=1.0, precise=is_precise(value, 3), useless=says_nothing(value, 3))
    assert found.evidence == evidence


def test_what_people_tell_of_themselves_and_unknown_selection_cost_a_grade():
    assert grade("comparison_group", coverage=1.0, precise=True, reported=True) == ("sedang", ("compared", "reported"))
    assert grade("comparison_group", coverage=1.0, precise=True, selected=False) == ("sedang", ("compared", "selected"))
    assert grade("comparison_group", coverage=0.3, precise=True) == ("sedang", ("compared", "incomplete"))


def test_a_precise_null_is_knowledge_and_a_wide_one_is_not():
    narrow, wide = (judged(between(0.0, low, -low), "share", 0.95)["id"] for low in (-0.02, -0.2))
    assert "terlalu kecil untuk berarti" in narrow and "belum cukup bukti" not in narrow
    assert "belum dapat diketahui" in wide and "perbedaan terkecil yang biasanya dapat terlihat" in wide
