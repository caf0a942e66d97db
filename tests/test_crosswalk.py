"""The crosswalk: what it accepts, and what it says where something is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from peta_keys import README, in_readme
from small_intake import office, peta

from karier_stats.errors import InputError
from karier_stats.intake import crosswalk
from karier_stats.intake.crosswalk import Long, load_crosswalk
from karier_stats.words.catalogue import node


def refused(raw: Path, change) -> InputError:
    """The refusal of a crosswalk after ``change``."""
    given = peta()
    change(given)
    office(raw, given)
    with pytest.raises(InputError) as caught:
        load_crosswalk(raw / "peta.yml", raw, "kecil")
    assert caught.value.message("id")
    return caught.value


def feed(given: dict, table: str) -> dict:
    """The first feed of a table."""
    return given["tables"][table][0]


def test_a_sound_crosswalk(tmp_path):
    read = load_crosswalk(office(tmp_path) / "peta.yml", tmp_path, "kecil")
    assert (read.person, read.synthetic, read.title["en"]) == ("nip", False, "Small evaluation")
    assert [feed.table for feed in read.feeds] == [
        "unit", "employee", "program", "batch", "participation", "test_score", "comment"]
    scores = read.feeds[5]
    assert scores.long == Long("score", {"Pre": {"kind": "pre"}, "Post": {"kind": "post"}})
    assert scores.headers == ("NIP", "Pre", "Post")
    assert set(scores.filled) == {"employee_uid", "program_id", "year", "measure", "scale_kind", "score", "kind"}


def test_the_example_of_the_documentation_is_a_sound_crosswalk(tmp_path):
    example = yaml.safe_load(Path(crosswalk.__file__).with_name("peta.yml").read_text(encoding="utf-8"))
    for name in ("01_pegawai.xlsx", "nilai.csv", "minat.csv", "peserta.csv", "simpeg.db", "asesmen.xlsx", "centang.csv"):
        (tmp_path / name).write_text("x")
    example["tables"] |= {
        "program": [{"rows": [{"program_id": "P07", "title": "x"}]}],
        "batch": [{"rows": [{"batch_id": "B", "program_id": "P07", "year": 2025}]}],
    }
    (tmp_path / "peta.yml").write_text(yaml.safe_dump(example))
    read = load_crosswalk(tmp_path / "peta.yml", tmp_path, "contoh")
    assert {feed.table for feed in read.feeds} >= {"unit", "employee", "test_score", "need", "participation"}


@pytest.mark.parametrize(("change", "code", "near"), [
    (lambda p: p.update(alias={}), "K202", "aliases"),
    (lambda p: feed(p, "employee").update(colums={}), "K202", "columns"),
    (lambda p: p["tables"].update(employe=[]), "K203", "employee"),
    (lambda p: feed(p, "employee")["columns"].update(sexx="JK"), "K204", "sex"),
    (lambda p: feed(p, "employee")["constants"].update(years=2025), "K204", "year"),
    (lambda p: feed(p, "employee").update(file="pegawai.xls"), "K205", "pegawai.csv"),
    (lambda p: feed(p, "employee").update(file="PEGAWAI2.csv"), "K205", "pegawai.csv"),
])
def test_what_is_misspelt_is_named_with_the_nearest_right_word(tmp_path, change, code, near):
    error = refused(tmp_path, change)
    assert (error.code, error.values["near"]) == (code, near)


@pytest.mark.parametrize(("change", "code"), [
    (lambda p: feed(p, "employee")["columns"].pop("unit_id"), "K206"),
    (lambda p: feed(p, "employee")["constants"].update(sex="L"), "K207"),
    (lambda p: feed(p, "employee").update(header="4"), "K208"),
    (lambda p: feed(p, "employee").update(header=[4, 4]), "K208"),
    (lambda p: feed(p, "employee").update(header=0), "K208"),
    (lambda p: feed(p, "employee").update(columns=["NIP"]), "K208"),
    (lambda p: feed(p, "employee")["constants"].update(status=["a"]), "K208"),
    (lambda p: feed(p, "employee").update(distinct="ya"), "K208"),
    (lambda p: p.update(synthetic="ya"), "K208"),
    (lambda p: p.update(as_of="besok"), "K208"),
    (lambda p: p["aliases"]["unit"].update({"X": {"id": "U1", "from": 2024, "until": 2023}}), "K208"),
    (lambda p: p["aliases"]["unit"].update({"X": {"until": 2023}}), "K218"),
    (lambda p: p["aliases"]["unit"].update({"X": {"id": "U1", "to": 2023}}), "K202"),
    (lambda p: feed(p, "employee").update(answers="setuju-5"), "K202"),
    (lambda p: p.update(person="nik"), "K209"),
    (lambda p: feed(p, "employee").update(dates="yyyy/dd/mm"), "K209"),
    (lambda p: feed(p, "employee").update(numbers={"service_years": "us"}), "K209"),
    (lambda p: p.update(evaluation="lain"), "K211"),
    (lambda p: p["tables"].pop("batch"), "K212"),
    (lambda p: feed(p, "employee").update(rows=[{}]), "K215"),
    (lambda p: feed(p, "employee").pop("file"), "K215"),
    (lambda p: feed(p, "test_score").update(split={"column": "label", "separator": ";"}), "K216"),
    (lambda p: feed(p, "employee").update(file="peta.yml"), "K217"),
    (lambda p: p.pop("title"), "K218"),
    (lambda p: feed(p, "test_score")["long"].pop("value"), "K218"),
    (lambda p: feed(p, "test_score")["long"].update(columns={}), "K218"),
    (lambda p: feed(p, "employee").update(file="../pegawai.csv"), "K197"),
    (lambda p: feed(p, "employee").update(file="/pegawai.csv"), "K197"),
])
def test_what_is_wrong_has_its_code(tmp_path, change, code):
    assert refused(tmp_path, change).code == code


def answered(given: dict, answers: object) -> None:
    """A form answered in words."""
    given["tables"]["survey_response"] = [{
        "file": "nilai.csv", "answers": answers, "constants": {"response_id": "{row}", "year": 2025, "instrument": "m"},
        "long": {"value": "value", "columns": {"Pre": {"item_id": "a"}}}}]


def test_an_answer_scale_is_one_that_is_known_or_written_out(tmp_path):
    assert refused(tmp_path, lambda p: answered(p, "setuju-7")).values["known"] == "setuju-5, setuju-4, baik-5, baik-4"
    given = peta()
    answered(given, {"m": {"Kurang  Setuju": 2}, "*": "setuju-4"})
    office(tmp_path, given)
    found = load_crosswalk(tmp_path / "peta.yml", tmp_path, "kecil").feeds[-1].answers
    assert (found["m"], found["*"]["sangat setuju"]) == ({"kurang setuju": 2}, 4)


def test_aliases_may_hold_for_some_years(tmp_path):
    given = peta()
    given["as_of"] = "2026-01-31"
    given["aliases"]["unit"]["Badan Lama"] = {"id": "U2", "until": 2023}
    read = load_crosswalk(office(tmp_path, given) / "peta.yml", tmp_path, "kecil")
    assert read.aliases["unit"]["Badan Lama"] == "U2"
    assert read.periods == {("unit", "badanlama"): (0, 2023)}
    assert str(read.as_of) == "2026-01-31"


def test_the_message_says_where_and_what_is_meant(tmp_path):
    error = refused(tmp_path, lambda p: feed(p, "employee").update(colums={}))
    assert error.message("en").startswith(
        'K202 The key "colums" in tables.employee[1] is not known. Did you mean "columns"? There are: file, rows,')
    assert error.message("id").startswith(
        'K202 Kunci "colums" pada tables.employee[1] tidak dikenal. Maksud Anda: "columns"? Yang ada: file, rows,')


@pytest.mark.parametrize(("text", "code"), [
    ("a: [1", "K201"), ("just words", "K208"), ("evaluation: kecil\nevaluation: dua\n", "K213"), ("? [1]\n: 2", "K201"),
])
def test_files_that_are_no_crosswalk(tmp_path, text, code):
    (tmp_path / "peta.yml").write_text(text)
    with pytest.raises(InputError) as caught:
        load_crosswalk(tmp_path / "peta.yml", tmp_path, "kecil")
    assert caught.value.code == code


def test_an_absent_crosswalk(tmp_path):
    with pytest.raises(InputError) as caught:
        load_crosswalk(tmp_path / "peta.yml", tmp_path, "kecil")
    assert caught.value.code == "K200"
    with pytest.raises(InputError) as caught:
        load_crosswalk(tmp_path / ("p" * 304 + ".yml"), tmp_path, "kecil")
    assert caught.value.code == "K200"


def test_the_readme_lists_every_key_as_the_crosswalk_reads_it():
    text = README.read_text(encoding="utf-8")
    assert in_readme(text) == text
    named = {(where, key) for where, keys in node("start.keys").items() for key in keys}
    assert named == {("top", key) for key in crosswalk._TOP} | {("feed", key) for key in crosswalk._FEED}
