"""Retention and forgetting: one person's rows go everywhere, are counted, and do not come back."""

from __future__ import annotations

import csv
import datetime
import io
import json
import os

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from small_intake import ANI, BUDI, CITRA, DEDI, SEATS, office, peta, project

from karier_stats.cli import cli
from karier_stats.errors import EnvironmentFault, InputError
from karier_stats.intake.forget import LOG, forget
from karier_stats.intake.prepare import prepare
from karier_stats.intake.processed import open_evaluation
from karier_stats.intake.project import check_retention
from karier_stats.intake.pseudonyms import forgotten_marks, key_path, list_path, load_key, make_key, mark, pseudonym
from karier_stats.report.request import Request, check_request

DAY = datetime.date(2026, 3, 2)


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A project folder with a key for the evaluation ``kecil``."""
    return project(tmp_path, monkeypatch, "kecil")


def run(root, crosswalk=None, **files):
    """Write the small office's files and prepare them."""
    office(root / "data" / "raw" / "kecil", crosswalk, **files)
    return prepare("kecil", root=root)


def content(root):
    """What ``intake.json`` says now."""
    return json.loads((root / "data/processed/kecil/intake.json").read_text(encoding="utf-8"))


def table(root, name):
    """A processed table as it lies on the disk."""
    return pd.read_parquet(root / "data/processed/kecil" / f"{name}.parquet")


def everything_written(root):
    """All bytes of the project but the raw files themselves."""
    raw = root / "data/raw/kecil"
    paths = [path for path in root.rglob("*") if path.is_file() and (path.parent != raw or path.name == LOG)]
    return b"".join(path.read_bytes() for path in paths)


def log(root):
    """The log of deletions."""
    with (root / "data/raw/kecil" / LOG).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def conserved(account):
    """Rows read = processed + quarantined + excluded, and the reasons add up, for every feed."""
    return all(
        feed["rows_read"] == feed["processed"] + feed["quarantined"] + feed["excluded"]
        and all(sum(feed["reasons"][state].values()) == feed[state] for state in ("quarantined", "excluded"))
        for feed in account["feeds"]
    )


def test_one_person_goes_from_every_table_and_the_account_still_adds_up(root):
    """Ani: one staff row, one seat, two scores, and the comment on the row of her scores."""
    run(root)
    done = forget("kecil", [ANI], root=root, today=DAY)
    assert dict(done.rows) == {"employee": 1, "participation": 1, "test_score": 2, "comment": 1}
    assert dict(done.raw) == {"pegawai.csv": 1, "peserta.csv": 1, "nilai.csv": 1} and done.unread == []
    her = pseudonym(load_key("kecil"), "kecil", ANI)
    assert her.encode() not in everything_written(root)
    assert her not in set(table(root, "employee")["employee_uid"]) and len(table(root, "employee")) == 3
    account = content(root)
    assert conserved(account) and account["forgotten"] == 1
    staff = next(feed for feed in account["feeds"] if feed["table"] == "employee")
    assert (staff["rows_read"], staff["processed"], staff["excluded"]) == (4, 3, 1)
    assert staff["reasons"]["excluded"] == {"K239": 1} and account["reasons"]["K239"]["en"] == "Forgotten on request"
    assert open_evaluation("kecil", period=2025).table("employee").shape[0] == 3  # every sha256 fits


def test_the_next_prepare_leaves_the_person_out_and_gives_the_same_tables(root):
    """What forgetting writes is what reading the raw files again gives, byte for byte."""
    run(root)
    forget("kecil", [ANI], root=root, today=DAY)
    tables = {path.name: path.read_bytes() for path in (root / "data/processed/kecil").glob("*.parquet")}
    before = content(root)
    prepare("kecil", root=root)
    assert {path.name: path.read_bytes() for path in (root / "data/processed/kecil").glob("*.parquet")} == tables
    after = content(root)
    assert {name: after[name] for name in ("feeds", "tables", "reasons", "forgotten")} == {
        name: before[name] for name in ("feeds", "tables", "reasons", "forgotten")}


def test_it_works_without_the_raw_files(root):
    """The office has cleaned its files already; the processed tables are all there is."""
    run(root)
    for path in (root / "data/raw/kecil").glob("*.csv"):
        path.unlink()
    done = forget("kecil", [BUDI], root=root, today=DAY)
    assert dict(done.rows) == {"employee": 1, "participation": 1, "test_score": 1} and not done.raw
    assert conserved(content(root))


def test_the_right_sheet_of_a_workbook_is_counted(root):
    """Two years on two sheets: Citra stands in row 4 of one and in row 3 of the other."""
    book = openpyxl.Workbook()
    for title, people in (("2024", (ANI, BUDI, CITRA)), ("2025", (ANI, CITRA, BUDI, DEDI))):
        sheet = book.create_sheet(title)
        sheet.append(["NIP", "Unit"])
        for person in people:
            sheet.append([person, "U1"])
    book.remove(book["Sheet"])
    given, columns = peta(), {"employee_uid": "NIP", "unit_id": "Unit"}
    given["tables"]["employee"] = [
        {"file": "staf.xlsx", "sheet": year, "columns": columns, "constants": {"year": int(year)}}
        for year in ("2024", "2025")]
    buffer = io.BytesIO()
    book.save(buffer)
    office(root / "data/raw/kecil", given)
    (root / "data/raw/kecil/staf.xlsx").write_bytes(buffer.getvalue())
    prepare("kecil", root=root)
    done = forget("kecil", [CITRA], root=root, today=DAY)
    assert done.raw["staf.xlsx"] == 2 and done.rows["employee"] == 2
    accounts = {feed["sheet"]: feed for feed in content(root)["feeds"] if feed["table"] == "employee"}
    assert [accounts[year]["processed"] for year in ("2024", "2025")] == [2, 3]
    before = content(root)["feeds"]
    prepare("kecil", root=root)
    assert content(root)["feeds"] == before


def test_lines_of_the_quarantine_lists_go_too(root):
    """Dedi's seat names a batch that does not exist: his row was set aside, with what he wrote in it."""
    run(root, peserta=SEATS + f"{DEDI};B9;lulus;70\n{CITRA};B8;lulus;70\n")
    assert content(root)["feeds"][4]["reasons"]["quarantined"] == {"K160": 2}
    done = forget("kecil", [DEDI], root=root, today=DAY)
    assert dict(done.quarantine) == {"peserta.csv": 1}
    with (root / "data/raw/kecil/karantina/peserta.csv.karantina.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    assert [line[3] for line in lines[1:]] == ["6"]
    account = content(root)
    assert conserved(account)
    assert account["feeds"][4]["reasons"] == {"quarantined": {"K160": 1}, "excluded": {"K239": 1}}
    prepare("kecil", root=root)
    assert content(root)["feeds"] == account["feeds"]


def test_a_list_left_empty_disappears(root):
    run(root, peserta=SEATS + f"{DEDI};B9;lulus;70\n")
    forget("kecil", [DEDI], root=root, today=DAY)
    assert not list((root / "data/raw/kecil/karantina").glob("*.karantina.csv"))


def test_a_row_about_something_else_stays_without_the_name(root):
    """The activity belongs to the unit; its officer is no longer named. A head's row goes with the head."""
    given = peta()
    given["tables"]["project_performance"] = [{"rows": [
        {"year": 2025, "sub_activity_code": "1.01", "unit_id": "U1", "officer_uid": ANI, "spent_rp": 10}]}]
    given["tables"]["leader_engagement"] = [{"rows": [
        {"year": 2025, "unit_id": "U1", "head_uid": ANI, "head_jp": 20},
        {"year": 2025, "unit_id": "U2", "head_uid": BUDI, "head_jp": 10}]}]
    run(root, given)
    done = forget("kecil", [ANI], root=root, today=DAY)
    assert dict(done.emptied) == {"project_performance": 1} and done.rows["leader_engagement"] == 1
    assert table(root, "project_performance")["officer_uid"].isna().all()
    assert table(root, "project_performance")["spent_rp"].tolist() == [10]
    before = content(root)
    prepare("kecil", root=root)
    assert {name: content(root)[name] for name in ("feeds", "tables")} == {name: before[name] for name in ("feeds", "tables")}


def test_the_log_says_what_was_done_and_names_nobody(root):
    run(root)
    forget("kecil", [ANI], root=root, today=DAY)
    forget("kecil", [BUDI], root=root, today=DAY)
    lines = log(root)
    assert lines[0] == ["tanggal", "tanda", "tabel", "baris"]
    assert [(line[0], *line[2:]) for line in lines[1:]] == [
        ("2026-03-02", "comment", "1"), ("2026-03-02", "employee", "1"), ("2026-03-02", "participation", "1"),
        ("2026-03-02", "test_score", "2"), ("2026-03-02", "employee", "1"), ("2026-03-02", "participation", "1"),
        ("2026-03-02", "test_score", "1")]
    text = (root / "data/raw/kecil" / LOG).read_text(encoding="utf-8-sig")
    key = load_key("kecil")
    for person in (ANI, BUDI):
        assert person not in text and pseudonym(key, "kecil", person) not in text
        assert mark(key, "kecil", person)[:16] in text
        assert not mark(key, "kecil", person).startswith(pseudonym(key, "kecil", person)[1:5])
    if os.name == "posix":
        assert (root / "data/raw/kecil" / LOG).stat().st_mode & 0o077 == 0
        assert list_path("kecil").stat().st_mode & 0o077 == 0


def test_doing_it_twice_changes_nothing_more(root):
    run(root)
    forget("kecil", [ANI], root=root, today=DAY)
    first = {name: content(root)[name] for name in ("feeds", "tables", "forgotten")}
    done = forget("kecil", [f"{ANI[:8]} {ANI[8:14]} {ANI[14]} {ANI[15:]}"], root=root, today=DAY)
    assert done.rows.total() == 0 and len(forgotten_marks("kecil")) == 1
    assert {name: content(root)[name] for name in ("feeds", "tables", "forgotten")} == first


@pytest.mark.parametrize("people, code", [([], "K240"), ([" "], "K240"), ([ANI, "123"], "K241")])
def test_nothing_is_deleted_where_a_number_is_no_number(root, people, code):
    run(root)
    before = everything_written(root)
    with pytest.raises(InputError) as caught:
        forget("kecil", people, root=root, today=DAY)
    assert caught.value.code == code and everything_written(root) == before
    assert "123" not in caught.value.message("id")


def test_nothing_prepared_and_another_key(root):
    with pytest.raises(InputError) as caught:
        forget("kecil", [ANI], root=root)
    assert caught.value.code == "K242"
    run(root)
    key_path("kecil").unlink()
    make_key("kecil")
    with pytest.raises(InputError) as caught:
        forget("kecil", [ANI], root=root)
    assert caught.value.code == "K111"


def test_a_lost_or_damaged_list_stops_the_next_prepare(root):
    """Without the list, Ani would come back and nobody would see it."""
    run(root)
    forget("kecil", [ANI], root=root, today=DAY)
    whole = list_path("kecil").read_text()
    for text in (None, "", "zz\n", whole[:20] + "\n"):
        list_path("kecil").unlink(missing_ok=True)
        if text is not None:
            list_path("kecil").write_text(text)
            list_path("kecil").chmod(0o600)
        with pytest.raises(InputError) as caught:
            prepare("kecil", root=root)
        assert caught.value.code == "K243"
    list_path("kecil").write_text(whole)
    list_path("kecil").chmod(0o644)
    if os.name == "posix":
        with pytest.raises(InputError):
            prepare("kecil", root=root)


def test_two_at_once_are_refused(root):
    from filelock import FileLock

    run(root)
    with FileLock(root / "data/processed/.kecil.lock", mode=0o600), pytest.raises(EnvironmentFault) as caught:
        forget("kecil", [ANI], root=root)
    assert caught.value.code == "K513"


def test_the_command_takes_the_number_from_its_input(root, tmp_path):
    """Never as an argument: a shell keeps those."""
    run(root)
    done = CliRunner().invoke(cli, ["forget", "kecil"], input=f"{ANI}\n", env={"KARIER_LANG": "en"})
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[0] == (
        "1 people forgotten: 5 rows of processed tables and 0 lines of quarantine lists deleted.")
    assert ANI not in done.output and "pegawai.csv: 1" in done.output
    (tmp_path / "nip.txt").write_text(f"{BUDI}\n{CITRA}\n")
    done = CliRunner().invoke(cli, ["forget", "kecil", "--from", str(tmp_path / "nip.txt")])
    assert done.output.startswith("2 orang dihapus"), done.output
    assert len(table(root, "employee")) == 1


def test_retention_is_kept_warned_of_and_refused_after_its_end(root, monkeypatch):
    given = peta()
    given["retention"] = datetime.date(2026, 12, 31)
    office(root / "data/raw/kecil", given)
    intake = prepare("kecil", root=root, today=datetime.date(2026, 12, 31))
    assert intake.content["retention"] == "2026-12-31"
    before = everything_written(root)
    with pytest.raises(InputError) as caught:
        prepare("kecil", root=root, today=datetime.date(2027, 1, 1))
    assert caught.value.code == "K237" and everything_written(root) == before
    assert caught.value.message("id") == (
        'K237 Masa simpan data evaluasi "kecil" berakhir pada 2026-12-31. Musnahkan berkas mentah dan tabel olahannya, '
        "atau tetapkan `retention` yang baru pada peta.yml dengan dasar tertulis."
    )


def test_the_end_of_the_retention_counted_in_days():
    end = datetime.date(2026, 12, 31)
    assert check_retention("kecil", None, "id", end) is None
    assert check_retention("kecil", end, "id", datetime.date(2026, 10, 2)) is None  # 90 days before
    warning = check_retention("kecil", end, "en", datetime.date(2026, 10, 3))
    assert warning is not None and warning.startswith('K238 The retention period of the evaluation "kecil" ends in 89 days')
    assert check_retention("kecil", end, "en", end) is not None


def test_a_report_of_data_beyond_their_time_is_refused(root):
    given = peta()
    given["retention"] = datetime.date(2001, 1, 1)
    office(root / "data/raw/kecil", given)
    prepare("kecil", root=root, today=datetime.date(2000, 12, 31))
    done = CliRunner().invoke(cli, ["report", "kecil", "--period", "2025"])
    assert isinstance(done.exception, InputError) and done.exception.code == "K237"
    with pytest.raises(InputError) as caught:  # and where the library is called without the command
        check_request(root, Request("kecil", "semua", 2025, ("id",), "internal", 0.95, 1))
    assert caught.value.code == "K237"


def test_a_wrong_retention_date_is_refused(root):
    given = peta()
    given["retention"] = "akhir tahun"
    office(root / "data/raw/kecil", given)
    with pytest.raises(InputError) as caught:
        prepare("kecil", root=root)
    assert caught.value.code == "K208"


