"""Pseudonyms: keyed, stable, separate by evaluation; the key is guarded."""

from __future__ import annotations

import os
import re

import pytest

from karier_stats.errors import InputError
from karier_stats.intake.pseudonyms import fingerprint, has_key, key_path, load_key, make_key, pseudonym

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))


@pytest.fixture(autouse=True)
def keys(tmp_path, monkeypatch):
    """A key folder of its own for each test."""
    monkeypatch.setenv("KARIER_KEYS", str(tmp_path / "keys"))


def test_a_pseudonym_is_eighty_bits_and_a_known_value():
    made = pseudonym(KEY, "contoh", "199608182022041901")
    assert re.fullmatch("p[0-9a-f]{20}", made)
    # HMAC-SHA256 of "karier-stats/person/1\0contoh\0199608182022041901" by `openssl dgst -mac HMAC`
    assert made == "p81cdc85bbceccc23a3ca"


def test_key_evaluation_and_person_each_change_it():
    made = {pseudonym(key, name, person) for key in (KEY, OTHER) for name in ("a", "b") for person in ("1", "2")}
    assert len(made) == 8


def test_many_numbers_many_pseudonyms():
    assert len({pseudonym(KEY, "contoh", f"{n:018d}") for n in range(20000)}) == 20000


def test_make_and_load():
    path = make_key("contoh")
    assert path == key_path("contoh")
    assert len(load_key("contoh")) == 32
    assert os.name != "posix" or path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["../..", "..", "/tmp/contoh", "a/b", "a\\b", "C:\\contoh", "con", "", "a\0b", "a" * 61])
def test_a_name_that_leads_elsewhere_makes_no_key(tmp_path, name):
    for call in (make_key, has_key, load_key, key_path):
        with pytest.raises(InputError) as caught:
            call(name)
        assert caught.value.code == "K225"
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_key_is_never_overwritten():
    make_key("contoh")
    before = load_key("contoh")
    with pytest.raises(InputError) as caught:
        make_key("contoh")
    assert caught.value.code == "K113"
    assert load_key("contoh") == before


def test_without_a_key_there_is_no_run():
    with pytest.raises(InputError) as caught:
        load_key("contoh")
    assert caught.value.code == "K110"
    assert "`karier key contoh`" in caught.value.message("id")


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
def test_a_key_open_to_others_is_refused():
    make_key("contoh").chmod(0o640)
    with pytest.raises(InputError) as caught:
        load_key("contoh")
    assert (caught.value.code, caught.value.values["found"]) == ("K110", "0640")


def test_a_damaged_key_is_refused():
    make_key("contoh").write_bytes(b"short")
    with pytest.raises(InputError) as caught:
        load_key("contoh")
    assert caught.value.code == "K110"


def test_a_key_inside_the_project_is_refused(tmp_path):
    make_key("contoh")
    with pytest.raises(InputError) as caught:
        load_key("contoh", project=tmp_path)
    assert caught.value.code == "K114"


def test_the_fingerprint_knows_the_key_and_tells_nothing_of_it():
    assert fingerprint(KEY) == fingerprint(KEY) != fingerprint(OTHER)
    assert len(fingerprint(KEY)) == 16
    assert KEY.hex()[:16] != fingerprint(KEY)
