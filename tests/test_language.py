"""Numbers, money, days and lists as each language writes them."""

import datetime

import numpy as np
import pandas as pd
import pytest

from karier_stats.words import say
from karier_stats.words.numbers import (
    both,
    date,
    integer,
    interval,
    is_missing,
    listing,
    number,
    p_value,
    percent,
    rupiah,
    write,
)


@pytest.mark.parametrize(("value", "digits", "id_", "en"), [
    (1234.56, 1, "1.234,6", "1,234.6"),
    (1234567, 0, "1.234.567", "1,234,567"),
    (-0.04, 1, "0,0", "0.0"),
    (-1.25, 2, "−1,25", "−1.25"),
    (0, 2, "0,00", "0.00"),
    (np.int64(7), 0, "7", "7"),
])
def test_number(value, digits, id_, en):
    assert number(value, "id", digits) == id_
    assert number(value, "en", digits) == en


@pytest.mark.parametrize("gone", [None, float("nan"), np.nan, np.float32("nan"), float("inf"), pd.NA, pd.NaT])
def test_every_missing_value_is_an_en_dash(gone):
    assert is_missing(gone)
    assert number(gone, "id") == percent(gone, "en") == rupiah(gone, "id") == date(gone, "en") == "–"
    assert p_value(gone, "id") == "p = –"


@pytest.mark.parametrize("there", [0, 0.0, "", "nan", False, np.float64(1), datetime.date(2025, 1, 1)])
def test_what_is_there_is_not_missing(there):
    assert not is_missing(there)


def test_percent_as_word_and_as_sign():
    assert percent(0.125, "id") == "12,5 persen"
    assert percent(0.125, "en") == "12.5 percent"
    assert percent(0.125, "id", 0, sign=True) == "12%"


@pytest.mark.parametrize(("p", "text"), [
    (0.0312, "p = 0,031"), (0.001, "p = 0,001"), (0.0009, "p < 0,001"), (1.5e-29, "p < 0,001"),
    (0.9994, "p = 0,999"), (0.9999, "p > 0,999"), (1.0, "p > 0,999"),
])
def test_p_value_never_reads_nought_or_one(p, text):
    assert p_value(p, "id") == text


@pytest.mark.parametrize(("amount", "id_", "en"), [
    (1_500_000_000, "Rp1,5 miliar", "Rp1.5 billion"),
    (2_000_000, "Rp2,0 juta", "Rp2.0 million"),
    (999_960_000, "Rp1,0 miliar", "Rp1.0 billion"),
    (3.25e12, "Rp3,2 triliun", "Rp3.2 trillion"),
    (750_000, "Rp750.000", "Rp750,000"),
    (-4_000_000, "−Rp4,0 juta", "−Rp4.0 million"),
    (-0.2, "Rp0", "Rp0"),
])
def test_rupiah(amount, id_, en):
    assert rupiah(amount, "id") == id_
    assert rupiah(amount, "en") == en


def test_rupiah_in_full():
    assert rupiah(1_500_000_000, "id", short=False) == "Rp1.500.000.000"


def test_interval_and_date():
    assert interval(-1.2, 3.4, "id") == "−1,2 s.d. 3,4"
    assert interval(-1.2, 3.4, "en") == "−1.2 to 3.4"
    assert date(datetime.date(2025, 8, 17), "id") == "17 Agustus 2025"
    assert date(datetime.date(2025, 8, 17), "en") == "17 August 2025"


@pytest.mark.parametrize(("words", "id_", "en"), [
    ([], "", ""), (["a"], "a", "a"), (["a", "b"], "a dan b", "a and b"),
    (["a", "b", "c"], "a, b, dan c", "a, b, and c"),
])
def test_listing(words, id_, en):
    assert listing(words, "id") == id_
    assert listing(words, "en") == en


@pytest.mark.parametrize(("kind", "text"), [
    ("number", "0,12"), ("integer", "0"), ("percent", "12,50%"), ("points", "12,50"), ("p", "0,125"), ("rupiah", "Rp0"),
])
def test_write_follows_the_kind(kind, text):
    assert write(0.125, "id", kind, 2) == text


def test_write_of_a_tiny_p():
    assert write(1e-9, "en", "p") == "<0.001"


def test_both_and_integer():
    assert both("ya", "yes") == {"id": "ya", "en": "yes"}
    assert integer(12345, "id") == "12.345"


@pytest.mark.parametrize(
    ("level", "text"),
    [(0.95, "95 persen"), (0.975, "97,5 persen"), (1 - 0.05 / 325, "99,98 persen"), (1 - 1e-7, "99,99999 persen")],
)
def test_a_level_below_one_is_never_written_as_certainty(level: float, text: str) -> None:
    assert say("said.level", "id", level=level) == f"selang kepercayaan {text}"
