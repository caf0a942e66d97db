"""From raw files to processed tables: every row accounted for, nobody recognisable."""

from __future__ import annotations

import csv
import errno
import json
import os
import re

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_intake import ANI, BUDI, CITRA, DEDI, SCORES, SEATS, STAFF, office, peta

from karier_stats import cli
from karier_stats.errors import EnvironmentFault, GateError, InputError, describe
from karier_stats.intake.prepare import Intake, prepare, rehearse
from karier_stats.intake.processed import open_evaluation
from karier_stats.intake.pseudonyms import kept_names, key_path, load_key, make_key, pseudonym


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A project folder with a key for the evaluation ``kecil``."""
    for name in ("data/processed", "data/raw", "notebooks"):
        (tmp_path / "proyek" / name).mkdir(parents=True)
    monkeypatch.setenv("KARIER_KEYS", str(tmp_path / "kunci"))
    monkeypatch.setenv("KARIER_HOME", str(tmp_path / "proyek"))
    make_key("kecil")
    return tmp_path / "proyek"


def run(root, crosswalk=None, **files):
    """Write the small office's files and prepare them."""
    office(root / "data" / "raw" / "kecil", crosswalk, **files)
    return prepare("kecil", root=root)


def feed(intake, table):
    """The account of a table's first feed."""
    return next(feed for feed in intake.content["feeds"] if feed["table"] == table)


def counts(intake, table):
    """Read, processed, quarantined, excluded."""
    account = feed(intake, table)
    return tuple(account[key] for key in ("rows_read", "processed", "quarantined", "excluded"))


def noticed(intake):
    """The warnings, code to count."""
    return {warning["code"]: warning["n"] for warning in intake.content["warnings"]}


def notes(root):
    """Every line of the quarantine lists: file, row, column, code, note."""
    lines = []
    for path in sorted((root / "data/raw/kecil/karantina").glob("*.karantina.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            names = ("berkas", "baris", "kolom", "kode", "keterangan")
            lines += [tuple(line[name] for name in names) for line in csv.DictReader(file)]
    return lines


def refusal(root, crosswalk=None, **files):
    """The refusal of a whole run."""
    with pytest.raises(InputError) as caught:
        run(root, crosswalk, **files)
    assert caught.value.message("id") and caught.value.message("en")
    return caught.value


def test_a_sound_office_is_read_whole(root):
    intake = run(root)
    assert [counts(intake, table) for table in ("unit", "employee", "participation", "test_score", "comment")] == [
        (2, 2, 0, 0), (4, 4, 0, 0), (3, 3, 0, 0), (3, 2, 0, 1), (3, 1, 0, 2)]
    assert feed(intake, "test_score")["records"] == 3
    assert feed(intake, "test_score")["reasons"] == {"quarantined": {}, "excluded": {"K187": 1}}
    assert feed(intake, "comment")["reasons"] == {"quarantined": {}, "excluded": {"K182": 2}}
    assert intake.exit_code == 0
    assert not list(intake.quarantine.glob("*"))


def test_the_tables_hold_what_the_files_say(root):
    run(root)
    ev = open_evaluation("kecil", period=2025)
    key = load_key("kecil")
    staff = ev.table("employee").set_index("employee_uid")
    ani = staff.loc[pseudonym(key, "kecil", ANI)]
    assert (ani["unit_id"], ani["sex"], ani["age_band"], ani["grade"]) == ("U1", "P", "40-49", "III/a")
    assert (ani["source_file"], ani["source_row"]) == ("pegawai.csv", 2)
    assert list(staff["unit_id"]) == ["U1", "U2", "U1", "U2"]
    seats = ev.table("participation")
    assert list(seats["outcome"]) == ["lulus", "tidak_hadir", "lulus"]
    assert list(seats["unit_id"]) == ["U1", "U2", "U1"]  # taken from the employee table
    assert seats["final_score"].tolist()[::2] == [80.5, 91.0]
    scores = ev.table("test_score")[["kind", "score"]]
    assert scores.to_numpy().tolist() == [["pre", 60.0], ["post", 75.0], ["pre", 55.0]]
    assert ev.table("comment")["comment"].tolist() == ["Terima kasih Bu [disamarkan]"]


def test_nobody_can_be_recognised_in_what_is_written(root):
    told = SCORES.replace("Terima kasih", f"NIP {ANI}; eka@x.id; 081234567890")
    run(root, pegawai=STAFF + "123;Eka Putri;U1;P;\n", nilai=told)
    written = b"".join(path.read_bytes() for path in (root / "data/processed").rglob("*") if path.is_file())
    listed = b"".join(path.read_bytes() for path in (root / "data/raw/kecil/karantina").iterdir())
    tables = "".join(
        pd.read_parquet(path).to_csv() for path in (root / "data/processed/kecil").glob("*.parquet"))
    people = (ANI, BUDI, CITRA, DEDI, ANI[:9], "Lestari", "SANTOSO", "Citra", "Eka Putri")
    for secret in (*people, "eka@x.id", "081234567890"):
        assert secret.encode() not in written + listed
        assert secret not in tables
    assert not {"name", "birth_date"} & set(pd.read_parquet(root / "data/processed/kecil/employee.parquet").columns)


def test_marks_of_names_lie_beside_the_key_alone(root, tmp_path):
    intake = run(root)
    (kept,) = (tmp_path / "kunci").glob("*.names")
    assert os.name != "posix" or kept.stat().st_mode & 0o777 == 0o600
    assert re.fullmatch("(?:[0-9a-f]{20}\n)+", kept.read_text())
    staff = kept_names("kecil", intake.content)
    assert [hit[0] for hit in staff.hits("Ani Lestari, lalu CITRA DEWI")] == ["Ani", "CITRA"]
    newer = run(root, pegawai=STAFF.replace("Ani Lestari", "Rosmiati Hutapea"))
    assert [path.name for path in (tmp_path / "kunci").glob("*.names")] == [f"kecil.{newer.content['names'][:16]}.names"]
    staff = kept_names("kecil", newer.content)
    assert staff.hits("Rosmiati Hutapea") and not staff.hits("Ani Lestari")
    rehearse("kecil", raw=root / "data/raw/kecil", peta=root / "data/raw/kecil/peta.yml", folder=tmp_path / "coba")
    assert len(list((tmp_path / "kunci").glob("*.names"))) == 1


def test_a_report_is_held_back_where_the_marks_of_names_are_not_those_of_its_tables(root, tmp_path):
    content = run(root).content
    (kept,) = (tmp_path / "kunci").glob("*.names")
    kept.write_text("")
    with pytest.raises(GateError, match="K417"):
        kept_names("kecil", content)
    (tmp_path / "kunci/kecil.key").unlink()
    assert kept_names("kecil", content) is None, "without the key nobody can tell"
    make_key("kecil")
    assert kept_names("kecil", content) is None, "nor with the key of other tables"
    assert kept_names("kecil", {**content, "names": ""}) is None


def test_a_folder_of_keys_that_is_only_to_be_read_is_told(root, monkeypatch):
    """Nobody is masked any less; only the gate cannot look for names, and the account says so. Any other fault ends the run."""
    def refused(number):
        def write(*_: object) -> None:
            raise OSError(number, os.strerror(number))
        monkeypatch.setattr("karier_stats.intake.pseudonyms.write_marks", write)

    refused(errno.EROFS)
    content = run(root).content
    assert content["names"] == "" and [one["code"] for one in content["warnings"]].count("K418") == 1
    refused(errno.EIO)
    with pytest.raises(EnvironmentFault, match="K260"):
        run(root)


def test_several_offices_at_once_and_one_refused_stops_none(root, capsys, monkeypatch):
    for name in ("utara", "selatan", "tanpa-kunci"):
        office(root / "data/raw" / name, {**peta(), "evaluation": name})
    for name in ("utara", "selatan"):
        make_key(name)
    monkeypatch.setattr("sys.argv", ["karier", "prepare", "utara", "tanpa-kunci", "selatan", "--ok-with-quarantine"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 2 and "K110" in capsys.readouterr().err
    assert sorted(path.name for path in (root / "data/processed").glob("*/intake.json")) == ["intake.json"] * 2
    for name in ("utara", "selatan"):
        assert set(pd.read_parquet(root / "data/processed" / name / "employee.parquet")["unit_id"]) == {"U1", "U2"}


def test_parquet_keeps_no_statistics_of_people(root):
    from pyarrow import parquet

    run(root)
    group = parquet.ParquetFile(root / "data/processed/kecil/employee.parquet").metadata.row_group(0)
    kept = {group.column(i).path_in_schema for i in range(group.num_columns) if group.column(i).is_stats_set}
    assert kept <= {"year", "unit_id"}


def test_equal_files_give_equal_bytes(root):
    run(root)
    first = {path.name: path.read_bytes() for path in (root / "data/processed/kecil").iterdir()}
    run(root)
    assert {path.name: path.read_bytes() for path in (root / "data/processed/kecil").iterdir()} == first
    assert str(root) not in first["intake.json"].decode()


def test_what_intake_json_says(root):
    content = json.loads((run(root).folder / "intake.json").read_text())
    assert set(content) == {"evaluation", "title", "synthetic", "feeds", "files", "tables", "reasons", "warnings", "unmapped",
                            "key_fingerprint", "schema", "created_by", "person", "metadata", "retention", "forgotten", "names"}
    assert sorted(content["files"]) == ["nilai.csv", "pegawai.csv", "peserta.csv"]
    assert content["tables"]["employee"]["rows"] == 4
    assert content["tables"]["employee"]["missing"]["status"] == 1.0
    assert content["tables"]["employee"]["missing"]["unit_id"] == 0.0
    assert feed_dialect(content) == {"kind": "csv", "encoding": "utf-8", "separator": ";"}


def feed_dialect(content):
    """The dialect of the employee file."""
    return next(feed["dialect"] for feed in content["feeds"] if feed["table"] == "employee")


@pytest.mark.parametrize(("line", "code", "column"), [
    ("19800101200501290;X Y;U1;P;", "K103", "NIP"), ("1980010120050129O1;X Y;U1;P;", "K102", "NIP"),
    ("198013012005012901;X Y;U1;P;", "K104", "NIP"), ("192001011940012901;X Y;U1;P;", "K105", "NIP"),
    ("198001011990012901;X Y;U1;P;", "K106", "NIP"), ("198001012005013901;X Y;U1;P;", "K107", "NIP"),
    ("198001012005012000;X Y;U1;P;", "K108", "NIP"), (";X Y;U1;P;", "K109", "NIP"),
    ("198001012005012905;X Y;U1;L;", "K115", "JK"), ("198001012005012905;X Y;U1;Cewek;", "K131", "JK"),
    ("198001012005012905;X Y;Kelurahan Saru;P;", "K160", "Unit"), ("198001012005012905;X Y;;P;", "K137", "Unit"),
    ("198001012005012905;X Y;U1;P;III/a;sisa", "K145", ""),
])
def test_a_bad_row_is_set_aside_with_its_code_and_the_others_stay(root, line, code, column):
    intake = run(root, pegawai=STAFF + line + "\n")
    assert counts(intake, "employee") == (5, 4, 1, 0)
    assert feed(intake, "employee")["reasons"]["quarantined"] == {code: 1}
    assert [note[:4] for note in notes(root)] == [("pegawai.csv", "6", column, code)]
    assert intake.exit_code == 1


def test_the_note_says_what_where_and_what_to_do(root):
    run(root, pegawai=STAFF + "198001012005012905;X Y;Kelurahan Saru;P;\n198001012005012000;X Y;U1;P;\n")
    line = line_of(root / "data/raw/kecil", "unit_id: Unit")
    assert [note for *_, note in notes(root)] == [
        'K160 "Kelurahan Saru" pada kolom "Unit" di pegawai.csv baris 6 tidak dikenal dalam tabel unit. '
        "Maksud Anda: Kelurahan Satu (U1)? "
        f"Perbaiki, atau tambahkan pada `aliases` di peta; bila kolomnya keliru, ubah peta.yml:{line}.",
        "K108 NIP 19**************00 di pegawai.csv baris 7 bernomor urut 000, tanda bahwa Excel telah membulatkannya. "
        "Minta NIP aslinya.",
    ]


def test_lists_of_set_aside_rows_are_private_and_vanish_when_the_file_is_mended(root):
    intake = run(root, pegawai=STAFF + "123;X;U1;P;\n")
    (path,) = intake.quarantine.iterdir()
    assert os.name != "posix" or path.stat().st_mode & 0o777 == 0o600
    run(root)
    assert not list(intake.quarantine.iterdir())


def test_cells_of_the_lists_are_no_formulas(root):
    crosswalk = peta()
    crosswalk["tables"]["employee"][0]["columns"]["unit_id"] = "=Unit"
    run(root, crosswalk, pegawai=STAFF.replace("Unit", "=Unit") + "198001012005012905;X Y;=1+1;P;\n")
    text = (root / "data/raw/kecil/karantina/pegawai.csv.karantina.csv").read_text(encoding="utf-8-sig")
    assert ",'=Unit," in text


def test_repeats_that_agree_count_once_and_repeats_that_differ_are_all_set_aside(root):
    same = run(root, peserta=SEATS + f"{ANI};B1;lulus;80,5\n")
    assert counts(same, "participation") == (4, 3, 0, 1)
    assert feed(same, "participation")["reasons"]["excluded"] == {"K121": 1}
    assert noticed(same) == {"K121": 1, "K126": 1}  # K126: the name in the comment
    other = run(root, peserta=SEATS + f"{ANI};B1;lulus;70\n")
    assert counts(other, "participation") == (4, 2, 2, 0)
    assert {(row, code) for _, row, _, code, _ in notes(root)} == {("2", "K120"), ("5", "K120")}


def test_distinct_keeps_the_first_row_of_each_key(root):
    crosswalk = peta()
    crosswalk["tables"]["participation"][0]["distinct"] = True
    intake = run(root, crosswalk, peserta=SEATS + f"{ANI};B1;lulus;70\n")
    assert counts(intake, "participation") == (4, 3, 0, 1)
    assert feed(intake, "participation")["reasons"]["excluded"] == {"K185": 1}


def test_people_who_are_in_no_employee_table_are_set_aside(root):
    intake = run(root, peserta=SEATS + "198001012005012905;B1;lulus;70\n198001012005012905;B9;lulus;70\n")
    assert feed(intake, "participation")["reasons"]["quarantined"] == {"K161": 1, "K160": 1}


def test_people_of_a_row_that_was_set_aside_are_unknown_later(root):
    intake = run(root, pegawai=STAFF.replace("Kel. Satu", "Kel. Entah"))
    assert counts(intake, "employee") == (4, 3, 1, 0)
    assert feed(intake, "participation")["reasons"]["quarantined"] == {"K161": 1}
    assert feed(intake, "test_score")["reasons"]["quarantined"] == {"K161": 1}


def test_scores_outside_their_bounds_are_set_aside(root):
    intake = run(root, peserta=SEATS.replace("91", "101"))
    assert feed(intake, "participation")["reasons"]["quarantined"] == {"K170": 1}


def test_a_ruined_number_condemns_the_file_and_the_old_tables_stay(root):
    run(root)
    before = (root / "data/processed/kecil/intake.json").read_bytes()
    error = refusal(root, pegawai=STAFF.replace(DEDI, "1.97004E+17"))
    assert (error.code, error.values["n"], error.values["row"], error.values["column"]) == ("K101", 1, 5, "NIP")
    assert (root / "data/processed/kecil/intake.json").read_bytes() == before
    assert sorted(path.name for path in (root / "data/processed").iterdir() if path.is_dir()) == ["kecil"]


def xlsx_office(root, people):
    """The staff list as an office hands it in: titles, merged header, numbering, subtotal, signatures."""
    book = openpyxl.Workbook()
    sheet = book.active
    lines = [["DAFTAR PEGAWAI"], ["TAHUN 2025"], [], ["No", "Pegawai", None, "Unit", "JK"],
             [None, "NIP", "Nama", None, None], [1, 2, 3, 4, 5]]
    lines += [[n, *person] for n, person in enumerate(people, start=1)]
    lines += [[], ["JUMLAH", len(people)], ["Mengetahui,"], ["Kepala Bagian"]]
    for line in lines:
        sheet.append(line)
    for area in ("A1:E1", "A4:A5", "B4:C4", "D4:D5", "E4:E5"):
        sheet.merge_cells(area)
    folder = office(root / "data/raw/kecil", with_xlsx())
    book.save(folder / "pegawai.xlsx")
    return folder


def with_xlsx():
    """The crosswalk for the staff list in xlsx."""
    crosswalk = peta()
    crosswalk["tables"]["employee"] = [{
        "file": "pegawai.xlsx", "header": [4, 5], "stop": "Mengetahui", "subtotal": "JUMLAH",
        "constants": {"year": 2025},
        "columns": {"employee_uid": "Pegawai / NIP", "name": "Pegawai / Nama", "unit_id": "Unit", "sex": "JK"},
    }]
    return crosswalk


SPACED = f"{BUDI[:8]} {BUDI[8:14]} {BUDI[14]} {BUDI[15:]}"
PEOPLE = [(ANI, "Ani Lestari", "Kel. Satu", "P"), (SPACED, "Budi", "U2", "L"), (CITRA, "Citra", "U1", "P"),
          (DEDI, "Dedi", "U2", "L")]


def test_a_sheet_with_titles_numbering_subtotal_and_signatures(root):
    xlsx_office(root, PEOPLE)
    intake = prepare("kecil", root=root)
    account = feed(intake, "employee")
    assert (account["rows_read"], account["processed"], account["excluded"]) == (9, 4, 5)
    assert account["reasons"]["excluded"] == {"K181": 1, "K183": 2, "K184": 1, "K186": 1}
    assert noticed(intake) == {"K122": 1, "K126": 1}
    assert list(open_evaluation("kecil", period=2025).table("employee")["source_row"]) == [7, 8, 9, 10]


def test_one_numeric_cell_among_the_numbers_condemns_the_workbook(root):
    xlsx_office(root, [*PEOPLE[:3], (int(DEDI), "Dedi", "U2", "L")])
    with pytest.raises(InputError) as caught:
        prepare("kecil", root=root)
    assert caught.value.message("id") == (
        'K101 Kolom NIP berisi angka (bukan teks) di pegawai.xlsx:Sheet, kolom "Pegawai / NIP": 1 sel, mulai baris 10. '
        "Excel sudah menghilangkan digit terakhir dan tidak dapat dipulihkan. "
        "Minta ulang berkas dengan kolom NIP berformat Teks.")


@pytest.mark.parametrize(("change", "files", "code"), [
    (lambda p: p["tables"]["participation"][0].pop("numbers"), {"peserta": SEATS.replace("91", "1.250")}, "K130"),
    (lambda p: None, {"pegawai": STAFF.replace("JK", "Jenis")}, "K142"),
    (lambda p: None, {"pegawai": STAFF.replace("Gol", "JK")}, "K143"),
    (lambda p: p["aliases"]["unit"].update({"X": "U9"}), {}, "K214"),
    (lambda p: p["tables"]["test_score"][0]["constants"].update(batch_id=ANI), {}, None),
    (lambda p: p["tables"]["comment"][0]["constants"].update(comment_id=ANI), {}, "K118"),
])
def test_what_condemns_a_file(root, change, files, code):
    crosswalk = peta()
    change(crosswalk)
    if code in ("K143",):
        crosswalk["tables"]["employee"][0]["columns"].pop("grade")
    if code == "K142":
        assert refusal(root, crosswalk, **files).values["headers"] == "JK"
    elif code:
        assert refusal(root, crosswalk, **files).code == code
    else:
        assert feed(run(root, crosswalk, **files), "test_score")["quarantined"] == 2


def test_months_before_days_condemn_a_column_of_dates(root):
    crosswalk = peta()
    participation = crosswalk["tables"]["participation"][0]
    participation["columns"]["certificate_date"] = "Tanggal"
    participation["dates"] = "dd/mm/yyyy"
    rows = f"NIP;Angkatan;Hasil;Nilai;Tanggal\n{ANI};B1;lulus;80;31/12/2025\n{BUDI};B1;lulus;80;12/31/2025\n"
    assert refusal(root, crosswalk, peserta=rows).code == "K150"


def test_scores_on_another_scale_condemn_the_file(root):
    people = [f"1980010120050129{n:02d}" for n in range(10, 22)]
    staff = STAFF + "".join(f"{nip};Orang;U1;P;\n" for nip in people)
    seats = "NIP;Angkatan;Hasil;Nilai\n" + "".join(f"{nip};B1;lulus;0,8\n" for nip in people)
    assert refusal(root, pegawai=staff, peserta=seats).code == "K171"


def test_a_post_test_before_the_pre_test_is_set_aside(root):
    crosswalk = peta()
    crosswalk["tables"]["test_score"][0]["long"]["columns"]["Pre"]["taken_on"] = "2025-05-02"
    crosswalk["tables"]["test_score"][0]["long"]["columns"]["Post"]["taken_on"] = "2025-05-01"
    assert feed(run(root, crosswalk), "test_score")["reasons"]["quarantined"] == {"K152": 1}


def test_answers_must_be_on_the_scale_of_their_item(root):
    crosswalk = peta()
    item = {"instrument": "m", "item_id": "a", "item_text": "A", "purpose": "manfaat", "scale_min": 1, "scale_max": 5}
    crosswalk["tables"]["survey_item"] = [{"rows": [item]}]
    answers = [("a", 5), ("a", 0), ("a", 6), ("a", 2.5), ("b", 3)]
    crosswalk["tables"]["survey_response"] = [{"rows": [
        {"response_id": f"R{n}", "instrument": "m", "item_id": item, "value": value, "year": 2025}
        for n, (item, value) in enumerate(answers)]}]
    intake = run(root, crosswalk)
    assert feed(intake, "survey_response")["reasons"]["quarantined"] == {"K162": 1, "K170": 3}


def test_options_of_a_multi_select_become_records(root):
    crosswalk = peta()
    crosswalk["tables"]["need"] = [{
        "file": "minat.csv", "columns": {"employee_uid": "NIP", "need_item": "Minat", "topic": "Minat"},
        "constants": {"year": 2025, "interest_rank": "{option}"},
        "values": {"topic": {"Analisis data, dasar": "teknologi_informasi", "*": "lainnya"}},
        "split": {"column": "need_item", "separator": ", ", "options": ["Analisis data, dasar"]},
    }]
    run(root, crosswalk, minat=f'NIP,Minat\n{ANI},"Pengadaan, Analisis data, dasar, Arsip"\n{BUDI},\n')
    needs = open_evaluation("kecil", period=2025).table("need")
    assert needs[["need_item", "topic", "interest_rank"]].to_numpy().tolist() == [
        ["Pengadaan", "lainnya", 1], ["Analisis data, dasar", "teknologi_informasi", 2], ["Arsip", "lainnya", 3]]


def test_people_known_by_another_id(root):
    crosswalk = peta()
    crosswalk["person"] = "other"
    intake = run(root, crosswalk, **{
        name: text.replace(ANI, "7").replace(BUDI, "8").replace(CITRA, "9").replace(DEDI, "10")
        for name, text in (("pegawai", STAFF), ("peserta", SEATS), ("nilai", SCORES))})
    assert counts(intake, "participation") == (3, 3, 0, 0)
    uids = set(open_evaluation("kecil", period=2025).table("employee")["employee_uid"])
    assert pseudonym(load_key("kecil"), "kecil", "7") in uids


def test_without_a_key_nothing_is_read_and_a_changed_key_is_refused(root):
    run(root)
    key_path("kecil").unlink()
    assert refusal(root).code == "K110"
    make_key("kecil")
    assert refusal(root).code == "K111"


def test_a_second_run_at_the_same_time_is_refused(root):
    from filelock import FileLock

    with FileLock(root / "data/processed/.kecil.lock"), pytest.raises(EnvironmentFault) as caught:
        run(root)
    assert caught.value.code == "K513"


def test_old_tables_come_back_where_a_run_was_killed_between_its_renames(root):
    run(root)
    target, aside = root / "data/processed/kecil", root / "data/processed/.old-kecil"
    before = {path.name: path.read_bytes() for path in target.iterdir()}
    target.rename(aside)
    refusal(root, pegawai=STAFF.replace(DEDI, "1.97004E+17"))
    assert {path.name: path.read_bytes() for path in target.iterdir()} == before
    assert not aside.exists()


def test_nothing_is_written_to_a_raw_folder_that_is_given(root, tmp_path):
    raw = office(tmp_path / "luar", pegawai=STAFF + "123;X;U1;P;\n")
    before = sorted(raw.iterdir())
    intake = prepare("kecil", root=root, raw=raw)
    assert sorted(raw.iterdir()) == before
    assert [path.name for path in intake.quarantine.iterdir()] == ["pegawai.csv.karantina.csv"]
    assert intake.quarantine == root / "data/raw/kecil/karantina"


def test_the_summary_says_the_sum_in_both_languages(root):
    intake = run(root, pegawai=STAFF + "123;X;U1;P;\n")
    assert "pegawai.csv → employee: 5 baris dibaca = 4 diolah + 1 dikarantina + 0 dikecualikan" in intake.summary("id")
    assert "    K103 Service number not of 18 digits: 1" in intake.summary("en")


def test_what_sheets_alike_leave_unread_is_said_once_whatever_they_are_called(tmp_path):
    places = ("kolom", "hobi")  # words that stand in the sentence, and among the headings
    warnings = [{"code": "K146", "where": where, "table": "employee", "n": 2, "facts": {"names": "hobi, kolom"}, "text": {
        lang: describe("K146", lang, where=where, table="employee", n=2, names="hobi, kolom") for lang in ("id", "en")}}
        for where in places]
    other = {**warnings[0], "n": 3, "facts": {"names": "kolom, hobi, lagi"}, "text": {"id": "lain", "en": "other"}}
    intake = Intake({"feeds": [], "reasons": {}, "warnings": [*warnings, other]}, tmp_path, tmp_path)
    assert intake.summary("id").startswith("K146 2 kolom di kolom, hobi (tabel employee) tidak dibaca: hobi, kolom.")
    assert intake.summary("en").startswith("K146 2 columns of kolom, hobi (table employee) are not read: hobi, kolom.")
    assert intake.summary("id").splitlines()[1:] == ["lain"]


CELL = st.sampled_from(["", "-", "U1", "u2", "Kel. Satu", "x", "1.250", "=1", "L", "P", "é", "0", "B1", "lulus",
                        ANI, BUDI, CITRA, DEDI, "123", "198001012005012000"])


@settings(max_examples=40 if os.environ.get("KARIER_LONG") else 20, derandomize=True, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(CELL, min_size=1, max_size=6), max_size=8))
def test_no_row_is_ever_lost(root, rows):
    lines = "".join(";".join(f'"{cell}"' for cell in row) + "\n" for row in rows)
    intake = run(root, pegawai=STAFF + lines)
    blank = all(cell == "" for row in rows for cell in row)
    for account in intake.content["feeds"]:
        assert account["rows_read"] == account["processed"] + account["quarantined"] + account["excluded"]
        assert sum(account["reasons"]["quarantined"].values()) == account["quarantined"]
        assert sum(account["reasons"]["excluded"].values()) == account["excluded"]
    read = feed(intake, "employee")["rows_read"]
    trailing = next((n for n, row in enumerate(reversed(rows)) if any(cell != "" for cell in row)), len(rows))
    assert read == 4 + len(rows) - trailing
    assert not blank or read == 4


def line_of(folder, words):
    """The number of the one line of a crosswalk that holds some words."""
    (line,) = [n for n, text in enumerate((folder / "peta.yml").read_text().splitlines(), 1) if words in text]
    return line


@pytest.mark.parametrize(("code", "words", "table", "feed", "files"), [
    ("K170", "final_score: Nilai", "participation", {}, {"peserta": SEATS.replace("80,5", "180,5")}),
    ("K170", "value: score", "test_score", {"constants": {"score_max": 70}}, {}),
    ("K176", "credited_jp: Nilai", "participation", {"columns": {"final_score": None, "credited_jp": "Nilai"}},
     {"peserta": SEATS.replace("80,5", "3 sesi")}),
    ("K134", "certificate_date: Nilai", "participation",
     {"columns": {"final_score": None, "certificate_date": "Nilai"}, "dates": "dd/mm/yyyy"},
     {"peserta": SEATS.replace("80,5", "01/02/0024")}),
    ("K151", "certificate_date: Nilai", "participation", {"columns": {"final_score": None, "certificate_date": "Nilai"}},
     {"peserta": SEATS.replace("80,5", "45678")}),
    ("K160", "program_id: P9", "batch", {"rows": [{"batch_id": n, "program_id": p, "year": 2025} for n, p in
                                                  (("B1", "P1"), ("B2", "P9"))]}, {}),
    ("K160", "program_id: P9", "test_score", {"constants": {"program_id": "P9"}}, {}),
    ("K131", "kind: entah", "test_score", {"long": {"columns": {"Pre": {"kind": "entah"}, "Post": {"kind": "post"}}}}, {}),
])
def test_every_note_names_the_line_of_the_crosswalk_to_change(root, code, words, table, feed, files):
    crosswalk = peta()
    rule = crosswalk["tables"][table][0]
    for key, own in feed.items():
        held = {**rule.get(key, {}), **own} if isinstance(own, dict) else own
        rule[key] = {name: value for name, value in held.items() if value is not None} if isinstance(held, dict) else held
    run(root, crosswalk, **files)
    found = [note for *_, found, note in notes(root) if found == code]
    line = line_of(root / "data/raw/kecil", words)
    assert any(re.search(rf"peta\.yml:{line}\b", note) for note in found), (line, found)


def test_a_refused_entry_names_the_line_of_the_crosswalk_that_reads_it(root):
    crosswalk = peta()
    columns = crosswalk["tables"]["participation"][0]["columns"]
    columns["credited_jp"] = columns.pop("final_score")
    folder = office(root / "data/raw/kecil", crosswalk, peserta=SEATS.replace("80,5", "delapan"))
    intake = prepare("kecil", root=root)
    line = line_of(folder, "credited_jp:")
    text = (intake.quarantine / "peserta.csv.karantina.csv").read_text(encoding="utf-8-sig")
    assert f"`values` di peta.yml:{line}" in text and "delapan" in text and "1.234,5" in text
