"""The column judges, not the cell: letters, dashes, missing codes, unit words; and the remedies that messages propose."""

from __future__ import annotations

import csv
import datetime
import io
import re
from typing import Any

import pytest
import yaml
from catalogue.door import Office, knock
from small_intake import ANI, BUDI, DEDI, office, peta, rows_of

from karier_stats.errors import InputError, describe
from karier_stats.intake.cells import CellReader
from karier_stats.intake.crosswalk import Feed, Long, Split, load_crosswalk
from karier_stats.intake.feeds import FeedRows, read_feed
from karier_stats.intake.files.readers import read_csv
from karier_stats.intake.files.shown import Shown
from karier_stats.intake.schema import TABLES
from karier_stats.words.catalogue import room_of

DAY = datetime.date


def read(table: str, sheet: dict[str, list[str]], **rule: Any) -> FeedRows:
    """A sheet, by heading, read by a rule; unless the rule says otherwise its headings are the columns' names."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([["No", *sheet], *zip(*[range(9), *sheet.values()], strict=False)])
    grid = read_csv(text.getvalue().encode(), "berkas.csv", separator=";")
    given = {"columns": {name: name for name in sheet}, **rule}
    return read_feed(Feed(table, "berkas.csv", header=(1,), **given), grid, "nip")


def stored(table: str, name: str, *cells: str, **rule: Any) -> list[Any]:
    """What each cell of a column is stored as, or the code of its defect."""
    rows = rows_of(read(table, {name: [*cells]}, **rule))
    found = [[defect.code for defect in row.defects if defect.column == name] for row in rows]
    return [codes[0] if codes else row.records[0][name] for row, codes in zip(rows, found, strict=True)]


@pytest.mark.parametrize(("cells", "truths"), [
    (["t", "f", "T"], [True, False, True]), (["y", "t", ""], [True, False, None]), (["Ya", "T", "t"], [True, False, False]),
    (["1", "0"], [True, False]), (["v", "", "V"], [True, None, True]), (["x", "", "x"], [True, None, True]),
    (["v", "x", ""], [True, False, None]), (["ya", "tdk"], [True, False]), (["T", "Y"], [False, True]),
    (["Benar", "S", "B"], [True, False, True]), (["sdh", "b"], [True, False]), (["✓", "✗"], [True, False]),
    (['="t"', '="f"'], [True, False]), (["'y", "'t"], [True, False]),
])
def test_yes_and_no_by_the_column(cells, truths):
    assert stored("employee", "is_head", *cells) == truths


@pytest.mark.parametrize("cells", [["t", "t"], ["t", "", "n"], ["B", "S"], ["x", "ya"], ["t", "f", "y"]])
@pytest.mark.parametrize("meaning", [True, False])
def test_a_letter_that_the_column_leaves_open_refuses_the_file_and_the_remedy_of_the_message_holds(cells, meaning):
    with pytest.raises(InputError) as caught:
        stored("employee", "is_head", *cells)
    error = caught.value
    assert (error.code, error.values["row"]) == ("K177", 2)
    remedy = error.message("en").split("if it means yes" if meaning else "if it means no")[0].split("`")[-2]
    rule = {"values": yaml.safe_load(remedy)["values"]}
    letter = str(error.values["value"]).casefold()
    for other in "tbsx":  # B and S of one column are two letters to be declared
        if other in {cell.casefold() for cell in cells} - {letter}:
            rule["values"]["is_head"][other] = not meaning
    found = stored("employee", "is_head", *cells, **rule)
    assert [value for cell, value in zip(cells, found, strict=True) if cell.casefold() == letter] == [
        meaning for cell in cells if cell.casefold() == letter]


@pytest.mark.parametrize(("cells", "amounts"), [
    (["Rp5.000.000", "Rp-", "-"], [5_000_000, 0, 0]), ([" 5.000.000 ", " -   ", ""], [5_000_000, 0, None]),
    (["(1.000)", "–"], [-1000, 0]), (["5.000.000", "-", " - "], [5_000_000, None, None]), (["Rp 0", "Rp -"], [0, 0]),
    (["7 5", "1 250 000"], ["K132", 1_250_000]),
])
def test_a_dash_is_zero_where_the_column_is_in_accounting_format(cells, amounts):
    read_ = read("budget", {"spent_rp": cells}, numbers={"*": "id"})
    assert stored("budget", "spent_rp", *cells, numbers={"*": "id"}) == amounts
    assert read_.noticed["K175"] == sum(cell.strip() in "-–" and bool(cell) and amount == 0
                                        for cell, amount in zip(cells, amounts, strict=True))


def test_what_the_crosswalk_declares_of_a_dash_goes_before_the_format():
    cells = ["Rp5.000.000", "-", ""]
    rule = {"numbers": {"*": "id"}}
    assert stored("budget", "spent_rp", *cells, missing={"spent_rp": ("-",)}, **rule) == [5_000_000, None, None]
    assert stored("budget", "spent_rp", *cells, values={"spent_rp": {"-": None}}, **rule) == [5_000_000, None, None]
    assert stored("budget", "spent_rp", "5.000", "-", values={"spent_rp": {"-": 0, "": 0}}, **rule) == [5000, 0]
    assert stored("employee", "is_head", "v", "", values={"is_head": {"": False}}) == [True, False]


def test_each_heading_of_a_wide_form_is_a_column_of_its_own():
    found = read(
        "budget", {"budget_id": ["A", "B"], "2024": ["Rp1.000", "-"], "2025": ["1.000", "-"]}, numbers={"*": "id"},
        columns={"budget_id": "budget_id"}, long=Long("ceiling_rp", {"2024": {"year": 2024}, "2025": {"year": 2025}}))
    assert [(r["budget_id"], r["year"], r["ceiling_rp"]) for row in rows_of(found) for r in row.records] == [
        ("A", 2024, 1000), ("A", 2025, 1000), ("B", 2024, 0)]


@pytest.mark.parametrize(("name", "cell", "day"), [
    ("birth_date", "14/05/85", DAY(1985, 5, 14)), ("birth_date", "14/05/30", DAY(1930, 5, 14)),
    ("birth_date", "14/05/03", DAY(2003, 5, 14)), ("birth_date", "14/05/1985", DAY(1985, 5, 14)),
    ("birth_date", "14.05.68", DAY(1968, 5, 14)), ("birth_date", '="14/05/85"', DAY(1985, 5, 14)),
])
def test_a_birth_date_of_two_digits_lies_in_the_years_of_those_who_may_serve(name, cell, day):
    assert stored("employee", name, cell, dates={"*": "dd/mm/yyyy"}) == [day]
    if cell[-2:] != "85" or "1985" not in cell:
        words = f"14-Mei-{cell.strip('=').strip(chr(34))[-2:]}"
        assert stored("employee", name, words, dates={"*": "dd-mmm-yy"}) == [day]


def test_other_dates_of_two_digits_lie_between_1969_and_2068():
    rule = {"dates": {"*": "dd/mm/yyyy"}}
    assert stored("batch", "start_date", "01/02/25", "01/02/98", "31/12/30", **rule) == [
        DAY(2025, 2, 1), DAY(1998, 2, 1), DAY(2030, 12, 31)]
    assert stored("participation", "certificate_date", "01/02/99", **rule) == [DAY(1999, 2, 1)]


def test_a_birth_date_in_the_future_names_the_two_digits_and_not_the_day_of_handing_in():
    def spoil(office: Office) -> None:
        office.feed("employee")["columns"]["birth_date"] = "Lahir"
        office.feed("employee")["dates"] = "dd/mm/yyyy"
        lines = office.files["pegawai.csv"].decode().splitlines()
        births = ["Lahir", "01/01/28", "02/02/85", "03/03/90", "04/04/70"]
        office.text("pegawai.csv", "\n".join(f"{line};{birth}" for line, birth in zip(lines, births, strict=True)) + "\n")

    with knock(spoil) as behind:
        assert behind.account("employee")["reasons"]["quarantined"] == {"K178": 1}
        note = next(line for line in behind.english if "K178" in line)
        assert "four digits" in note and "1930" in note and "as_of" not in note and "28" not in note.split("K178")[1][:60]
        assert sorted(behind.table("employee")["age_band"]) == ["30-39", "40-49", "50+"]


RULES = [{"missing": {"grade": ("NA", "99")}}, {"missing": {"*": ("na", "99")}}, {"missing": {"Gol": ("NA", "99")}},
         {"values": {"grade": {"NA": None, "99": None}}}]


@pytest.mark.parametrize("rule", RULES)
def test_a_missing_code_is_blank_and_counted(rule):
    columns = {"columns": {"grade": "Gol"}} | rule
    found = read("employee", {"Gol": ["NA", "III/a", " na ", "99", '="NA"', "", "199"]}, **columns)
    assert [row.records[0]["grade"] for row in rows_of(found)] == [None, "III/a", None, None, None, None, "199"]
    assert found.noticed["K174"] == 4


def test_a_missing_code_is_known_in_a_cell_that_shows_more_than_its_digits():
    reader = CellReader(Feed("batch", missing={"jp": ("99",)}), "nip")
    column = TABLES["batch"].by_name["jp"]
    assert [reader.read(column, cell) for cell in (99, 99.0, Shown(99, "99,00"), Shown(99.4, "99", altered=True), 199)] == [
        None, None, None, None, 199]
    assert reader.noticed["K174"] == 4


def test_a_missing_code_in_a_required_column_is_an_empty_required_entry_and_counted():
    found = read("participation", {"outcome": ["NA", "lulus"]}, missing={"outcome": ("NA",)})
    assert [[d.code for d in row.defects if d.column == "outcome"] for row in rows_of(found)] == [["K137"], []]
    assert found.noticed["K174"] == 1
    found = read("participation", {"employee_uid": ["NA", ANI]}, missing={"employee_uid": ("NA",)})
    assert [d.code for d in rows_of(found)[0].defects if d.column == "employee_uid"] == ["K109"]


@pytest.mark.parametrize("more", [
    {"missing": {"score": ["TH", 99]}}, {"missing": ["TH", 99]}, {"missing": {"Pre": ["TH", 99], "Post": "TH"}},
    {"values": {"score": {"TH": None, 99: None}}},
])
def test_a_missing_code_in_a_wide_form_gives_no_record_and_loses_no_row(more):
    def spoil(office: Office) -> None:
        office.feed("test_score").update(more)
        office.text("nilai.csv", f"NIP,Pre,Post,Komentar\n{ANI},99,75,a\n{BUDI},55,TH,\n{DEDI},99,TH,\n")

    with knock(spoil) as behind:
        account = behind.account("test_score")
        assert (account["rows_read"], account["processed"], account["excluded"], account["quarantined"]) == (3, 2, 1, 0)
        assert sorted(behind.table("test_score")["score"]) == [55, 75]
        assert behind.warnings("K174")[0]["n"] == 4


def test_a_cell_that_all_records_of_a_wide_row_share_is_counted_once():
    found = read(
        "test_score", {"taken_on": ["NA", "2025-03-01"], "Pre": ["1", "NA"], "Post": ["2", "3"]}, missing={"*": ("NA",)},
        columns={"taken_on": "taken_on"}, long=Long("score", {"Pre": {"kind": "pre"}, "Post": {"kind": "post"}}))
    assert [[record["taken_on"] for record in row.records] for row in rows_of(found)] == [[None, None], [DAY(2025, 3, 1)]]
    assert found.noticed["K174"] == 2


def test_a_missing_code_among_options_is_no_option():
    found = read("need", {"need_item": ["Arsip, NA", "NA"]}, missing={"need_item": ("NA",)}, split=Split("need_item", ", "))
    assert [[record["need_item"] for record in row.records] for row in rows_of(found)] == [["Arsip"], []]


@pytest.mark.parametrize(("change", "code"), [
    ({"missing": {"gol": ["NA"]}}, "K204"), ({"missing": {"grade": [True]}}, "K208"), ({"missing": [[1]]}, "K208"),
    ({"missing": {"grade": [""]}}, "K208"),
])
def test_a_missing_code_is_checked_when_the_crosswalk_is_read(tmp_path, change, code):
    given = peta()
    given["tables"]["employee"][0].update(change)
    with pytest.raises(InputError) as caught:
        load_crosswalk(office(tmp_path, given) / "peta.yml", tmp_path, "kecil")
    assert caught.value.code == code


@pytest.mark.parametrize(("change", "code"), [
    ({"time_zone": "Asia/Tokyo"}, "K209"), ({"unit_words": {"JP": {"hari": "8"}}}, "K208"),
    ({"unit_words": {"JP": {"hari": 0}}}, "K208"), ({"unit_words": {"jam": {"hari": 8}}}, "K202"),
    ({"unit_words": [8]}, "K208"), ({"time_zone": ["WIB"]}, "K209"),
])
def test_what_an_office_declares_once_is_checked(tmp_path, change, code):
    raw = office(tmp_path, peta() | change)
    with pytest.raises(InputError) as caught:
        load_crosswalk(raw / "peta.yml", raw, "kecil")
    assert caught.value.code == code


def test_what_an_office_declares_once_holds_for_every_feed(tmp_path):
    raw = office(tmp_path, peta() | {"time_zone": "WIT", "unit_words": {"JP": {"Hari Kerja": 8, "%": 2}}})
    feeds = load_crosswalk(raw / "peta.yml", raw, "kecil").feeds
    assert {feed.time_zone for feed in feeds} == {9}
    assert all(feed.unit_words == {"JP": {"harikerja": 8.0, "%": 2.0}} for feed in feeds)


def test_truth_words_as_keys_of_yaml_are_what_a_cell_holds(tmp_path):
    given = peta()
    given["tables"]["employee"][0]["values"] = {"is_head": {"Ya": True}}
    raw = office(tmp_path, given)
    text = (raw / "peta.yml").read_text()
    assert text.count("Ya: true\n") == 1
    (raw / "peta.yml").write_text(re.sub(r"\s*Ya: true\n", " {Yes: true, No: false, 2: false, ~: false}\n", text))
    mapped = load_crosswalk(raw / "peta.yml", raw, "kecil").feeds[1].values["is_head"]
    assert {key: mapped[key] for key in ("yes", "no", "2", "")} == {"yes": True, "no": False, "2": False, "": False}
    assert stored("employee", "is_head", "No", "YES", "2", "", values={"is_head": mapped}) == [False, True, False, False]


@pytest.mark.parametrize(("table", "name", "cells", "numbers"), [
    ("batch", "jp", ["24 JP", "20 jam pelajaran", "2 hari"], [24, 20, "K176"]),
    ("employee", "service_years", ["12 th", "12 tahun 3 bulan", "144 hari"], [12, 12.25, "K176"]),
    ("leader_engagement", "months", ["6 bulan", "1 tahun", "6 bln."], [6, 12, 6]),
    ("batch", "quota", ["30 orang", "30 paket", "1.250 org"], [30, "K176", 1250]),
    ("project_performance", "physical_actual_pct", ["85%", "85,5 %", "85"], [85, 85.5, 85]),
    ("test_score", "score", ["80 poin", "80%", "80"], ["K170", "K170", 80]),
])
def test_the_words_of_a_columns_own_unit_need_no_declaration(table, name, cells, numbers):
    assert stored(table, name, *cells, numbers={"*": "id"}) == numbers


def test_other_unit_words_count_what_is_declared():
    rule = {"numbers": {"*": "id"}, "unit_words": {"JP": {"hari": 8.0}, "score": {"poin": 1.0}}}
    assert stored("batch", "jp", "2 hari", "1,5 hari", "2 minggu", **rule) == [16, 12, "K176"]
    assert stored("test_score", "score", "80 poin", **rule) == [80]


def test_a_stamp_with_an_offset_is_the_day_in_the_office():
    cells = ["2025/08/17 11:30:33 PM GMT+0", "2025/08/17 9:05:33 AM GMT+7", "2025-08-17T16:59:00Z", "2025-08-17T17:00:00Z"]
    assert [str(day) for day in stored("survey_response", "submitted_on", *cells)] == [
        "2025-08-18", "2025-08-17", "2025-08-17", "2025-08-18"]
    assert str(stored("survey_response", "submitted_on", "2025-08-17T16:59:00Z", time_zone=8)[0]) == "2025-08-18"


REMEDIES = [  # the message proposes it; what it leads to
    ("K130", "batch", "jp", ["1.250", "4"], {}, {"numbers": {"*": "id"}}, [1250, 4]),
    ("K130", "batch", "jp", ["1.250", "4"], {}, {"numbers": {"*": "en"}}, [1.25, 4]),
    ("K130", "budget", "spent_rp", ["Rp 1,250"], {}, {"numbers": {"*": "en"}}, [1250]),
    ("K131", "employee", "sex", ["Pria", "P"], {}, {"values": {"sex": {"Pria": "L"}}}, ["L", "P"]),
    ("K131", "employee", "sex", ["?", "P"], {}, {"values": {"sex": {"?": None}}}, [None, "P"]),
    ("K132", "batch", "jp", ["dua puluh", "4"], {}, {"values": {"jp": {"dua puluh": 20}}}, [20, 4]),
    ("K132", "batch", "jp", ["belum ada", "4"], {}, {"missing": {"jp": ("belum ada",)}}, [None, 4]),
    ("K132", "project_performance", "physical_actual_pct", ["selesai", "85 %"], {"numbers": {"*": "id%"}},
     {"values": {"physical_actual_pct": {"selesai": 100}}}, [100, 85]),
    ("K133", "batch", "start_date", ["awal Maret", "01/02/2025"], {"dates": {"*": "dd/mm/yyyy"}},
     {"values": {"start_date": {"awal Maret": DAY(2025, 3, 1)}}}, [DAY(2025, 3, 1), DAY(2025, 2, 1)]),
    ("K133", "batch", "start_date", ["17 Agustus 2025"], {"dates": {"*": "dd/mm/yyyy"}},
     {"dates": {"*": "teks"}}, [DAY(2025, 8, 17)]),
    ("K134", "batch", "start_date", ["17/08/0024", "01/02/2025"], {"dates": {"*": "dd/mm/yyyy"}},
     {"values": {"start_date": {"17/08/0024": DAY(2024, 8, 17)}}}, [DAY(2024, 8, 17), DAY(2025, 2, 1)]),
    ("K135", "employee", "is_head", ["Belum diisi", "ya"], {}, {"values": {"is_head": {"Belum diisi": None}}}, [None, True]),
    ("K135", "employee", "is_head", ["bukan kepala", "ya"], {}, {"values": {"is_head": {"bukan kepala": False}}}, [False, True]),
    ("K150", "batch", "start_date", ["08/17/2025", "03/04/2025"], {"dates": {"*": "dd/mm/yyyy"}}, {"dates": {"*": "mm/dd/yyyy"}},
     [DAY(2025, 8, 17), DAY(2025, 3, 4)]),
    ("K170", "test_score", "score", ["70.5", "80"], {"numbers": {"*": "id"}}, {"numbers": {"*": "en"}}, [70.5, 80]),
    ("K176", "batch", "jp", ["2 hari"], {"numbers": {"*": "id"}}, {"unit_words": {"JP": {"hari": 8.0}}}, [16]),
]


@pytest.mark.parametrize(("code", "table", "name", "cells", "before", "remedy", "after"), REMEDIES)
def test_the_remedy_of_a_message_leads_to_the_right_value(code, table, name, cells, before, remedy, after):
    try:
        read_ = read(table, {name: cells}, **before)
        facts = next(defect.values for row in rows_of(read_) for defect in row.defects if defect.code == code)
        text = describe(code, "en", **{"where": "berkas.csv", "row": 2, "column": name, "peta": "peta.yml:9", **facts})
    except InputError as error:
        assert error.code == code
        facts, text = error.values, error.message("en")
    assert facts["value"] == cells[0] and f"`{next(iter(remedy))}" in text
    if code == "K130":
        assert f"{facts[remedy['numbers']['*']]}" == f"{after[0]}"
    assert stored(table, name, *cells, **{**before, **remedy}) == after


def test_every_message_that_proposes_a_rule_of_reading_is_tried():
    tried = {code for code, *_ in REMEDIES} | {"K177", "K175", "K172"}  # these two and the answers have tests of their own
    for lang in ("id", "en"):
        named = {code for code, both in room_of("errors").items() if code < "K190" and any(
            f"`{key}" in both[lang] for key in ("values", "numbers", "dates", "missing", "unit_words", "answers"))}
        assert named == tried, lang


def test_an_unreadable_value_shows_what_is_read_and_an_example_masked_where_it_is_personal():
    def facts(table: str, name: str, cell: str, **rule: Any) -> dict[str, object]:
        return rows_of(read(table, {name: [cell]}, **rule))[0].defects[-1].values | {
            key: value for defect in rows_of(read(table, {name: [cell]}, **rule))[0].defects if defect.column == name
            for key, value in defect.values.items()}

    assert facts("employee", "birth_date", "17 Agst 85", dates={"*": "dd/mm/yyyy"})["value"] == "** **** **"
    assert facts("batch", "jp", f"{ANI} x")["value"] == "[disamarkan] x"
    assert facts("batch", "jp", "entah", numbers={"*": "id"})["forms"] == "1.234,5"
    assert "17-08-2025" in str(facts("batch", "start_date", "besok", dates={"*": "dd-mm-yyyy"})["forms"])
    both = {"columns": {"start_date": "start_date", "end_date": "start_date"}, "dates": {"*": "teks"}}
    assert "24 s.d. 28" in str(facts("batch", "start_date", "besok", **both)["forms"])


def test_a_column_that_is_kept_as_columns_is_never_judged_as_a_whole():
    """Large files of participation are read block by block; no column there may need all its cells at once."""
    assert not {column.kind for column in TABLES["participation"].columns} & {"bool", "money"}


def test_ids_and_people_of_another_kind_lose_the_mark_of_a_text():
    assert stored("unit", "unit_id", "'14.71", '="14.71"', "14.71") == ["14.71"] * 3
    assert stored("unit", "unit_name", "'Aisyiyah", '="Kelurahan ""A"""', '="A"&"B"') == ["'Aisyiyah", 'Kelurahan "A"', '="A"&"B"']
