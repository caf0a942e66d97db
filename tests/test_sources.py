"""Databases, Parquet and exports of learning platforms: read with their types, never written, no password in a file."""

from __future__ import annotations

import datetime
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet
from small_intake import ANI, BUDI, CITRA, DEDI, office, peta, project

from karier_stats.errors import EnvironmentFault, InputError
from karier_stats.intake.files import sources
from karier_stats.intake.files.sources import HOSTS, PASSWORD, check_server, checked_url, hosts_file, statement
from karier_stats.intake.forget import forget
from karier_stats.intake.prepare import prepare
from karier_stats.intake.pseudonyms import load_key, pseudonym
from karier_stats.intake.values import Unreadable, date, number

STAFF = [(int(ANI), "Ani", "U1", "1980-01-01"), (int(BUDI), "Budi", "U2", "1985-02-02"),
         (int(CITRA), "Citra", "U1", "1990-03-03"), (int(DEDI), "Dedi", "U2", "1970-04-04")]
COLUMNS = {"employee_uid": "nip", "name": "nama", "unit_id": "unit"}


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A project folder with a key for the evaluation ``kecil``."""
    return project(tmp_path, monkeypatch, "kecil")


def from_(feed: dict[str, Any], table: str = "employee") -> dict[str, Any]:
    """The small office with one table read from elsewhere."""
    given = peta()
    constants = {"constants": {"year": 2025}} if table == "employee" else {}
    given["tables"][table] = [{"columns": COLUMNS, **constants, **feed}]
    return given


def ask(query: str) -> dict[str, str]:
    """A table by its name, or a query."""
    return {"table": query} if query.isidentifier() else {"query": query}


def staff_of(root: Path) -> pd.DataFrame:
    """The processed staff list."""
    return pd.read_parquet(root / "data/processed/kecil/employee.parquet")


def pseudonyms(*people: str) -> list[str]:
    """What the people are called in the processed tables."""
    return [pseudonym(load_key("kecil"), "kecil", person) for person in people]


def noticed(intake) -> dict[str, int]:
    """The warnings, code to count."""
    return {warning["code"]: warning["n"] for warning in intake.content["warnings"]}


def sqlite_office(root: Path, kind: str, query: str = "SELECT * FROM pegawai ORDER BY nama") -> Path:
    """The staff list in a SQLite file whose service numbers are of this type."""
    folder = office(root / "data/raw/kecil", from_({"source": "sqlite:///simpeg.db", **ask(query)}))
    (folder / "simpeg.db").unlink(missing_ok=True)
    with sqlite3.connect(folder / "simpeg.db") as database:
        database.execute(f"CREATE TABLE pegawai (nip {kind}, nama TEXT, unit TEXT, lahir TEXT)")
        database.executemany("INSERT INTO pegawai VALUES (?, ?, ?, ?)",
                             [(str(nip) if kind == "TEXT" else nip, *rest) for nip, *rest in STAFF])
    database.close()
    return folder




def test_a_sqlite_file_beside_the_others(root):
    """Text numbers, digit for digit; the account names file and table."""
    sqlite_office(root, "TEXT")
    intake = prepare("kecil", root=root)
    assert list(staff_of(root)["employee_uid"]) == pseudonyms(ANI, BUDI, CITRA, DEDI)
    feed = next(feed for feed in intake.content["feeds"] if feed["table"] == "employee")
    assert (feed["file"], feed["rows_read"], feed["processed"], feed["dialect"]["kind"]) == ("simpeg.db", 4, 4, "sql")
    assert feed["sheet"].startswith("kueri ") and f"simpeg.db:{feed['sheet']}" in intake.content["files"]
    assert "K247" not in noticed(intake) and "K248" not in noticed(intake)


def test_whole_numbers_are_exact_and_noticed(root):
    """Eighteen digits fit a 64-bit integer: taken, with a word of warning."""
    sqlite_office(root, "INTEGER")
    intake = prepare("kecil", root=root)
    assert list(staff_of(root)["employee_uid"]) == pseudonyms(ANI, BUDI, CITRA, DEDI)
    assert noticed(intake)["K247"] == 4


def test_floating_point_numbers_have_lost_their_digits(root):
    sqlite_office(root, "REAL")
    with pytest.raises(InputError) as caught:
        prepare("kecil", root=root)
    assert caught.value.code == "K101" and caught.value.values["n"] == 4


def test_a_table_by_name_and_its_missing_order_is_noticed(root):
    sqlite_office(root, "TEXT", "pegawai")
    intake = prepare("kecil", root=root)
    assert noticed(intake)["K248"] == 1 and len(staff_of(root)) == 4


def test_nothing_can_be_written_to_the_source(root):
    """Refused by its words; and a statement that slips through meets a database that is open for reading only."""
    folder = sqlite_office(root, "TEXT")
    before = (folder / "simpeg.db").read_bytes()
    prepare("kecil", root=root)
    assert (folder / "simpeg.db").read_bytes() == before
    from karier_stats.intake.files.sources import _sqlite

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        _sqlite(folder / "simpeg.db").execute("DELETE FROM pegawai")


@pytest.mark.parametrize("query", [
    "DELETE FROM pegawai", "SELECT 1; DROP TABLE pegawai", "WITH a AS (DELETE FROM pegawai RETURNING *) SELECT * FROM a",
    "PRAGMA writable_schema=1", "ATTACH 'x' AS y", "SELECT * INTO baru FROM pegawai", "", "pegawai; pegawai",
    "/* SELECT */ UPDATE pegawai SET nama = ''",
])
def test_only_one_reading_statement(query):
    with pytest.raises(InputError) as caught:
        statement(query, "simpeg.db:kueri")
    assert caught.value.code == "K249"


@pytest.mark.parametrize("query, sql", [
    ("pegawai", 'SELECT * FROM "pegawai"'), ("simpeg.pegawai", 'SELECT * FROM "simpeg"."pegawai"'),
    ("select a from b;", "select a from b"),
    ("SELECT 'hapus; delete' AS kata FROM b -- drop", "SELECT 'hapus; delete' AS kata FROM b -- drop"),
    ("WITH a AS (SELECT 1) SELECT * FROM a", "WITH a AS (SELECT 1) SELECT * FROM a"),
])
def test_words_in_quotes_and_remarks_are_not_commands(query, sql):
    assert statement(query, "–") == sql


@pytest.mark.parametrize("source, code", [
    ("postgresql://ani:rahasia@server/db", "K244"), ("postgresql://server/db?password=rahasia", "K244"),
    ("mysql://server/db", "K251"), ("postgresql://server", "K251"), ("sqlite://", "K251"), ("bukan alamat", "K251"),
    ("postgresql://server/db?options=-c%20x", "K251"),
])
def test_addresses_that_are_refused(source, code):
    """A password in a file is refused, whatever way it is put; the message does not repeat it."""
    with pytest.raises(InputError) as caught:
        checked_url(source, "db:pegawai")
    assert caught.value.code == code
    assert "rahasia" not in caught.value.message("id") + caught.value.message("en")


def test_a_password_in_the_crosswalk_is_refused_by_prepare(root):
    office(root / "data/raw/kecil", from_({"source": "postgresql://a:rahasia@localhost/db", "table": "pegawai"}))
    with pytest.raises(InputError) as caught:
        prepare("kecil", root=root)
    assert caught.value.code == "K244" and PASSWORD in caught.value.message("en")


@pytest.mark.parametrize("feed, code", [
    ({"source": "sqlite:///tidak_ada.db", "table": "pegawai"}, "K205"),
    ({"source": "sqlite:////etc/simpeg.db", "table": "pegawai"}, "K197"),
    ({"source": "sqlite:///../simpeg.db", "table": "pegawai"}, "K197"),
    ({"source": "sqlite:///simpeg.db"}, "K215"), ({"source": "sqlite:///simpeg.db", "query": "pegawai"}, "K249"),
    ({"source": "sqlite:///simpeg.db", "table": "SELECT 1"}, "K249"),
    ({"source": "sqlite:///simpeg.db", "table": "pegawai", "header": 1}, "K254"),
    ({"table": "pegawai"}, "K218"),
    ({"source": "sqlite:///simpeg.db", "table": "pegawai", "file": "pegawai.csv"}, "K215"),
    ({"source": "sqlite:///pegawai.csv", "table": "pegawai"}, "K217"),
    ({"source": "sqlite:///simpeg.db", "table": "pegawai_lama"}, "K253"),
    ({"source": "sqlite:///simpeg.db", "query": "SELECT nip, nama, X'00FF' AS unit FROM pegawai ORDER BY nama"}, "K246"),
])
def test_what_a_source_is_refused_for(root, feed, code):
    folder = sqlite_office(root, "TEXT")
    office(folder, from_(feed))
    with pytest.raises(InputError) as caught:
        prepare("kecil", root=root)
    assert caught.value.code == code and caught.value.message("id") and caught.value.message("en")


def test_what_a_database_says_names_nobody(root):
    """SQLite quotes nothing here; a server quotes the value that it cannot read."""
    from karier_stats.intake.files.sources import _reason

    error = ValueError(f'invalid input syntax for type integer: "{ANI[:6]}x"\nLINE 1')
    assert ANI[:6] not in _reason(error)
    assert ANI not in _reason(ValueError(f"duplicate key {ANI}"))


def parquet_office(root: Path, table: pa.Table) -> None:
    """The staff list as a Parquet file."""
    folder = root / "data/raw/kecil"
    folder.mkdir(parents=True, exist_ok=True)
    parquet.write_table(table, folder / "pegawai.parquet")
    office(folder, from_({"file": "pegawai.parquet"}))


def staff_table(numbers: pa.Array) -> pa.Table:
    """The staff with their numbers of some type."""
    return pa.table({"nip": numbers, "nama": [row[1] for row in STAFF], "unit": [row[2] for row in STAFF]})


@pytest.mark.parametrize("kind, whole", [(pa.string(), 0), (pa.int64(), 4), (pa.decimal128(18, 0), 4)])
def test_parquet_keeps_every_digit(root, kind, whole):
    numbers = [row[0] for row in STAFF]
    parquet_office(root, staff_table(pa.array([str(n) for n in numbers]) if kind == pa.string() else pa.array(numbers, kind)))
    intake = prepare("kecil", root=root)
    assert list(staff_of(root)["employee_uid"]) == pseudonyms(ANI, BUDI, CITRA, DEDI)
    assert noticed(intake).get("K247", 0) == whole


def test_parquet_with_floating_point_numbers_is_refused(root):
    parquet_office(root, staff_table(pa.array([float(row[0]) for row in STAFF])))
    with pytest.raises(InputError) as caught:
        prepare("kecil", root=root)
    assert caught.value.code == "K101"


def test_a_damaged_parquet_file_and_a_list_in_a_cell(root):
    parquet_office(root, staff_table(pa.array([str(row[0]) for row in STAFF])))
    path = root / "data/raw/kecil/pegawai.parquet"
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(InputError) as caught:
        prepare("kecil", root=root)
    assert caught.value.code == "K252"
    parquet_office(root, staff_table(pa.array([[str(row[0])] for row in STAFF])))
    with pytest.raises(InputError) as caught:
        prepare("kecil", root=root)
    assert caught.value.code == "K246" and caught.value.values["kind"] == "list"


def test_forgetting_searches_parquet_and_sqlite_files_and_says_what_it_cannot_search(root):
    sqlite_office(root, "TEXT")
    parquet_office(root, staff_table(pa.array([row[0] for row in STAFF])))
    prepare("kecil", root=root)
    (root / "data/raw/kecil/rusak.db").write_bytes(b"SQLite format 3\x00 and no more")
    done = forget("kecil", [ANI], root=root)
    assert done.raw["pegawai.parquet"] == done.raw["simpeg.db"] == 1 and done.unread == ["rusak.db"]


MOODLE = f"""Last name,First name,ID number,Email address,Quiz: Postes (Real),Course total (Real),Status,Time completed
Lestari,Ani,{ANI},ani@example.go.id,80.50,85.25,Completed,"12 March 2025, 10:15 AM"
Santoso,Budi,{BUDI},budi@example.go.id,-,-,Not completed,-
Dewi,Citra,{CITRA},citra@example.go.id,91.00,90.00,Completed,"Wednesday, 2 April 2025, 9:05 PM"
"""


def test_an_export_of_a_learning_platform(root):
    """Moodle's grade book: a dash is a missing grade, dates in words, the names of states mapped by the crosswalk."""
    given = peta()
    given["tables"]["participation"] = [{
        "file": "peserta.csv", "constants": {"batch_id": "B1"}, "numbers": "en", "dates": {"certificate_date": "teks"},
        "columns": {"employee_uid": "ID number", "name": "First name", "final_score": "Course total (Real)",
                    "outcome": "Status", "certificate_date": "Time completed"},
        "values": {"outcome": {"Completed": "lulus", "Not completed": "mengundurkan_diri"}}}]
    office(root / "data/raw/kecil", given, peserta=MOODLE)
    prepare("kecil", root=root)
    seats = pd.read_parquet(root / "data/processed/kecil/participation.parquet")
    assert list(seats["outcome"]) == ["lulus", "mengundurkan_diri", "lulus"]
    assert seats["final_score"].tolist()[::2] == [85.25, 90.0] and pd.isna(seats["final_score"][1])
    assert [str(day)[:10] for day in seats["certificate_date"]] == ["2025-03-12", "NaT", "2025-04-02"]
    assert "example.go.id" not in seats.to_csv()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A PostgreSQL server of this test's own, with a password and the staff in it; gives ``user@host:port/database``."""
    pytest.importorskip("psycopg")
    folders = [Path(found).parent for found in [shutil.which("initdb")] if found]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    tools = next((folder.resolve() for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)
    if tools is None:
        pytest.skip("PostgreSQL is not installed")
    as_user: dict[str, Any] = {}
    home = Path(tempfile.mkdtemp(prefix="karier-pg-", dir="/tmp"))
    if os.geteuid() == 0:  # the server refuses to run as root
        try:
            shutil.chown(home, "postgres", "postgres")
        except LookupError:
            pytest.skip("no user to run PostgreSQL as")
        as_user = {"user": "postgres", "group": "postgres", "extra_groups": []}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def call(*command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, timeout=120, cwd=home, **as_user)

    (home / "sandi").write_text("rahasia-uji\n")
    (home / "sandi").chmod(0o644)
    call(str(tools / "initdb"), "-D", str(home / "data"), "-U", "karier", "-A", "scram-sha-256", "--pwfile", str(home / "sandi"),
         "-E", "UTF8", "--no-sync")
    call(str(tools / "pg_ctl"), "-D", str(home / "data"), "-w", "-l", str(home / "log"), "-o",
         f"-p {port} -h 127.0.0.1 -k {home}", "start")
    try:
        import psycopg

        with psycopg.connect(host="127.0.0.1", port=port, user="karier", dbname="postgres", password="rahasia-uji") as link:
            link.execute("CREATE TABLE pegawai (id serial, nip bigint, nip_teks text, nip_num numeric(18,0), nip_dbl float8,"
                         " nama text, unit text, lahir date, aktif boolean, masa numeric(6,2))")
            for nip, name, unit, birth in STAFF:
                link.execute("INSERT INTO pegawai (nip, nip_teks, nip_num, nip_dbl, nama, unit, lahir, aktif, masa)"
                             " VALUES (%s, %s, %s, %s, %s, %s, %s, true, 12.50)", (nip, str(nip), nip, nip, name, unit, birth))
        yield f"karier@127.0.0.1:{port}/postgres"
    finally:
        call(str(tools / "pg_ctl"), "-D", str(home / "data"), "-m", "immediate", "stop")
        shutil.rmtree(home, ignore_errors=True)


def asked(root: Path, server: str, query: str, **columns: str):
    """Prepare with the staff list from the server, which the user has named."""
    feed = {"source": f"postgresql://{server}", **ask(query), "columns": {**COLUMNS, **columns}}
    office(root / "data/raw/kecil", from_(feed))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(HOSTS, server.partition("@")[2].partition("/")[0])
        return prepare("kecil", root=root)


@pytest.mark.parametrize("column, whole", [("nip_teks", 0), ("nip", 4), ("nip_num", 4)])
def test_postgresql_gives_typed_values_and_whole_numbers(root, server, monkeypatch, column, whole):
    """A real server: dates, booleans and decimals keep their types; the password comes from the environment."""
    monkeypatch.setenv(PASSWORD, "rahasia-uji")
    intake = asked(root, server, f"SELECT {column} AS nip, nama, unit, lahir, aktif, masa FROM pegawai ORDER BY id",
                   birth_date="lahir", is_head="aktif", service_years="masa")
    staff = staff_of(root)
    assert list(staff["employee_uid"]) == pseudonyms(ANI, BUDI, CITRA, DEDI)
    assert staff["is_head"].all() and set(staff["service_years"]) == {12.5} and staff["age_band"].iloc[0] == "40-49"
    assert noticed(intake).get("K247", 0) == whole
    text = (root / "data/processed/kecil/intake.json").read_text()
    assert "rahasia-uji" not in text and "127.0.0.1" not in text and "postgresql:postgres" in text


def test_postgresql_double_precision_is_refused(root, server, monkeypatch):
    monkeypatch.setenv(PASSWORD, "rahasia-uji")
    with pytest.raises(InputError) as caught:
        asked(root, server, "SELECT nip_dbl AS nip, nama, unit FROM pegawai ORDER BY id")
    assert caught.value.code == "K101"


def test_postgresql_opens_for_reading_only(root, server, monkeypatch):
    """A function that writes is a SELECT by its words; the transaction refuses it. Times and casts are left alone."""
    monkeypatch.setenv(PASSWORD, "rahasia-uji")
    with pytest.raises(InputError) as caught:
        asked(root, server, "SELECT nextval('pegawai_id_seq') AS nip, 'a' AS nama, 'U1' AS unit")
    assert caught.value.code == "K253" and "read-only" in caught.value.message("en")
    asked(root, server, "SELECT nip::text AS nip, nama || ' 12:30:a' AS nama, unit FROM pegawai WHERE '100%' = '100%' ORDER BY id")
    assert len(staff_of(root)) == 4


def test_postgresql_with_libpqs_own_password_and_without_any(root, server, monkeypatch):
    monkeypatch.delenv(PASSWORD, raising=False)
    monkeypatch.setenv("PGPASSWORD", "rahasia-uji")
    asked(root, server, "pegawai", employee_uid="nip_teks")
    assert len(staff_of(root)) == 4
    monkeypatch.delenv("PGPASSWORD")
    with pytest.raises(EnvironmentFault) as caught:
        asked(root, server, "pegawai", employee_uid="nip_teks")
    assert caught.value.code == "K245" and caught.value.exit_code == 5


def test_a_value_that_the_server_cannot_read_is_not_repeated(root, server, monkeypatch):
    monkeypatch.setenv(PASSWORD, "rahasia-uji")
    with pytest.raises(InputError) as caught:
        asked(root, server, "SELECT nama::integer AS nip, nama, unit FROM pegawai ORDER BY id")
    assert caught.value.code == "K253" and "Ani" not in caught.value.message("id")


def test_a_server_that_is_not_there(root):
    with pytest.raises(EnvironmentFault) as caught:
        asked(root, "karier@127.0.0.1:1/tidak_ada", "pegawai")
    assert caught.value.code == "K245"


def staff_file(folder: Path, numbers: list[str], kind: str) -> str:
    """A staff list of these people as csv, xlsx (text cells) or Parquet; the file's name."""
    frame = pd.DataFrame({"nip": numbers, "nama": "Contoh", "unit": "U1"})
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"staf.{kind}"
    {"csv": frame.to_csv, "xlsx": frame.to_excel, "parquet": frame.to_parquet}[kind](path, index=False)
    return path.name


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_198_service_numbers_come_back_digit_for_digit(root, kind):
    """Two sexes and 99 serials of one prefix: as floating-point numbers only 8 of them would stay apart."""
    numbers = [f"19860926201505{sex}{serial:03d}" for sex in "12" for serial in range(1, 100)]
    assert len({float(number) for number in numbers}) == 8  # the wrong way, and by how much
    given = peta()
    given["tables"]["employee"] = [
        {"file": staff_file(root / "data/raw/kecil", numbers, kind), "columns": COLUMNS, "constants": {"year": 2025}}]
    for table in ("participation", "test_score", "comment"):
        given["tables"].pop(table)
    given["tables"]["participation"] = [{"rows": [{"batch_id": "B1", "employee_uid": numbers[0], "outcome": "lulus"}]}]
    office(root / "data/raw/kecil", given)
    prepare("kecil", root=root)
    assert list(staff_of(root)["employee_uid"]) == pseudonyms(*numbers)


def test_rows_of_a_result_are_counted_from_one_and_a_short_number_is_set_aside(root):
    """A whole number of 17 digits is one bad row, not a file whose digits are lost; an unread picture is no matter."""
    folder = office(root / "data/raw/kecil", from_({"source": "sqlite:///simpeg.db", "table": "pegawai"}))
    with sqlite3.connect(folder / "simpeg.db") as database:
        database.execute("CREATE TABLE pegawai (nip INTEGER, nama TEXT, unit TEXT, foto BLOB)")
        database.executemany("INSERT INTO pegawai VALUES (?, ?, ?, x'00FF')",
                             [row[:3] for row in STAFF] + [(int(ANI) // 10, "Eka", "U1")])
    database.close()
    intake = prepare("kecil", root=root)
    feed = next(feed for feed in intake.content["feeds"] if feed["table"] == "employee")
    assert (feed["rows_read"], feed["processed"], feed["reasons"]["quarantined"]) == (5, 4, {"K103": 1})
    assert list(staff_of(root)["source_row"]) == [1, 2, 3, 4]


def test_a_database_without_the_column_shows_its_names_and_no_row(root):
    sqlite_office(root, "TEXT", "SELECT nip, nama FROM pegawai ORDER BY nama")
    with pytest.raises(InputError) as caught:
        prepare("kecil", root=root)
    assert caught.value.code == "K142" and caught.value.values["present"] == "nip, nama"


def test_parquet_gives_what_the_same_rows_give_as_csv(root):
    """Dates, decimals, a dictionary column and empty cells, typed and as text; only file and row number differ."""
    births = [datetime.date.fromisoformat(row[3]) for row in STAFF[:3]] + [None]
    table = staff_table(pa.array([str(row[0]) for row in STAFF])).append_column(
        "jk", pa.array(["P", "L", "P", None]).dictionary_encode()).append_column(
        "lahir", pa.array(births, pa.date32())).append_column(
        "masa", pa.array([Decimal("12.50"), None, Decimal("3.00"), Decimal("0.25")], pa.decimal128(6, 2)))
    columns = {**COLUMNS, "sex": "jk", "birth_date": "lahir", "service_years": "masa"}
    folder, frames = root / "data/raw/kecil", []
    folder.mkdir(parents=True)
    parquet.write_table(table, folder / "staf.parquet")
    table.to_pandas().to_csv(folder / "staf.csv", index=False)
    for file in ("staf.parquet", "staf.csv"):
        office(folder, from_({"file": file, "columns": columns, **({} if file == "staf.parquet" else {"numbers": "en"})}))
        prepare("kecil", root=root)
        frames.append(staff_of(root).drop(columns=["source_file", "source_row"]))
    pd.testing.assert_frame_equal(*frames)
    assert frames[0]["service_years"].tolist()[::2] == [12.5, 3.0] and list(frames[0]["sex"]) == ["P", "L", "P", "L"]


def test_a_package_that_is_missing_is_named(root, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(EnvironmentFault) as caught:
        asked(root, "karier@127.0.0.1:1/tidak_ada", "pegawai")
    assert (caught.value.code, caught.value.values["package"]) == ("K250", "psycopg")


def test_postgresql_takes_one_statement_even_where_the_text_hides_another(root, server, monkeypatch):
    """A backslash before a quote hides the second statement from the check of words; the server refuses it."""
    monkeypatch.setenv(PASSWORD, "rahasia-uji")
    query = r"SELECT E'a\''; COMMIT; BEGIN READ WRITE; DELETE FROM pegawai; COMMIT; SELECT ''"
    assert statement(query, "–") == query
    with pytest.raises(InputError) as caught:
        asked(root, server, query)
    assert caught.value.code == "K253"
    asked(root, server, "SELECT nip_teks AS nip, nama, unit FROM pegawai ORDER BY id")
    assert len(staff_of(root)) == 4


@pytest.mark.parametrize("cell, style, found", [("85.25 %", "en%", 85.25), ("85,25%", "id%", 85.25), ("100 %", "id%", 100.0)])
def test_grades_in_percent(cell, style, found):
    assert number(cell, style) == found


@pytest.mark.parametrize("cell", ["85.25", 0.8525, "%", "8 5 % %"])
def test_what_is_no_percentage_is_not_taken_for_one(cell):
    """A spreadsheet holds 0.8525 where it shows 85.25 %: never guessed."""
    with pytest.raises(Unreadable):
        number(cell, "en%")


@pytest.mark.parametrize("cell", [
    "Completed 12 March 2025, 10:15 AM", "12 Maret 2025, 10:15", "Wednesday, 12 March 2025, 10:15 AM", "Rabu, 12 Maret 2025",
    "Selesai 12 Maret 2025, 10:15"])
def test_days_of_a_learning_platform(cell):
    assert date(cell, "teks").isoformat() == "2025-03-12"


def test_a_day_that_was_not_completed_is_no_date():
    with pytest.raises(Unreadable):
        date("Not completed 12 March 2025", "teks")


def test_a_small_parquet_file_that_unpacks_without_end_is_refused(root):
    """Sixty million empty cells in a hundred kilobytes."""
    rows = 30_000_000
    parquet_office(root, pa.table({name: pa.nulls(rows, pa.string()) for name in ("nip", "nama")}))
    assert (root / "data/raw/kecil/pegawai.parquet").stat().st_size < 1_000_000
    with pytest.raises(InputError) as caught:
        prepare("kecil", root=root)
    assert caught.value.code == "K263" and caught.value.message("id") and caught.value.message("en")


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "


@pytest.mark.parametrize("query", [
    ENDLESS + "SELECT x AS nip, 'a' AS nama, 'U1' AS unit FROM n",
    ENDLESS + "SELECT count(*) AS nip, 'a' AS nama, 'U1' AS unit FROM n",
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION SELECT x + 1 FROM n) SELECT max(x) AS nip, 'a' AS nama, 'U1' AS unit FROM n",
    "SELECT zeroblob(900000000) AS nip, 'a' AS nama, 'U1' AS unit",
    "SELECT replace(hex(zeroblob(4000000)), '00', 'aaaaaaaa') AS nip, 'a' AS nama, 'U1' AS unit",
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 100) "
    "SELECT hex(zeroblob(2000000)) AS nip, 'a' AS nama, 'U1' AS unit FROM n",
])
def test_a_query_without_end_is_stopped(root, monkeypatch, query):
    """By rows, by time, by the memory that it takes inside SQLite, by one cell, by all cells together."""
    monkeypatch.setattr(sources, "SECONDS", 1)
    monkeypatch.setattr(sources, "MOST_ROWS", 50_000)
    monkeypatch.setattr(sources, "MOST_BYTES", 100_000_000)
    sqlite_office(root, "TEXT", query)
    begun = time.monotonic()
    with pytest.raises(InputError) as caught:
        prepare("kecil", root=root)
    assert caught.value.code == "K259" and caught.value.message("id") and caught.value.message("en")
    assert time.monotonic() - begun < 15


def test_a_stored_blob_too_large_is_not_loaded(root):
    folder = sqlite_office(root, "TEXT", "SELECT nip, nama, unit, foto FROM pegawai")
    with sqlite3.connect(folder / "simpeg.db") as database:
        database.execute("ALTER TABLE pegawai ADD COLUMN foto BLOB")
        database.execute("UPDATE pegawai SET foto = zeroblob(30000000) WHERE nama = 'Ani'")
    database.close()
    with pytest.raises(InputError) as caught:
        prepare("kecil", root=root)
    assert caught.value.code == "K259"
    office(folder, from_({"source": "sqlite:///simpeg.db", "query": "SELECT nip, nama, unit FROM pegawai ORDER BY nama"}))
    prepare("kecil", root=root)  # as the message advises
    assert len(staff_of(root)) == 4


@pytest.mark.parametrize("query", [
    ENDLESS.replace("x + 1", "x + 1 - x") + "SELECT x AS nip, 'a' AS nama, 'U1' AS unit FROM n",
    "SELECT x AS nip, 'a' AS nama, 'U1' AS unit FROM generate_series(1, 1000000000000) AS x",
    "SELECT pg_sleep(600)::text AS nip, 'a' AS nama, 'U1' AS unit",
    "SELECT repeat('a', 90000000) AS nip, 'a' AS nama, 'U1' AS unit",
    "SELECT repeat('a', 900000) AS nip, 'a' AS nama, 'U1' AS unit FROM generate_series(1, 1000)",
    "SELECT x::text AS nip, 'a' AS nama, 'U1' AS unit FROM generate_series(1, 60000) AS x",
])
def test_postgresql_is_stopped_too(root, server, monkeypatch, query):
    monkeypatch.setenv(PASSWORD, "rahasia-uji")
    monkeypatch.setattr(sources, "SECONDS", 1)
    monkeypatch.setattr(sources, "MOST_ROWS", 50_000)
    with pytest.raises(InputError) as caught:
        asked(root, server, query)
    assert caught.value.code == "K259"


@pytest.fixture
def listener() -> Iterator[tuple[str, list[bytes]]]:
    """A server that asks whoever comes for the password in clear; its address and what it was told."""
    told: list[bytes] = []
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.settimeout(20)

        def serve() -> None:
            while True:
                try:
                    link, _ = listening.accept()
                except OSError:
                    return
                with link:
                    link.settimeout(5)
                    first = link.recv(1024)
                    if first[4:8] == b"\x04\xd2\x16\x2f":  # it asks for TLS: there is none
                        link.sendall(b"N")
                        first = link.recv(1024)
                    told.append(first)
                    if first:
                        link.sendall(b"R\x00\x00\x00\x08\x00\x00\x00\x03")
                        told.append(link.recv(1024))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}", told
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=10)


@pytest.mark.parametrize("variable", [PASSWORD, "PGPASSWORD"])
def test_a_server_that_only_the_crosswalk_names_is_told_nothing(root, listener, monkeypatch, variable):
    """Positive control: named by the user, the same server is told the password."""
    pytest.importorskip("psycopg")
    address, told = listener
    monkeypatch.setenv(variable, "rahasia-uji")
    office(root / "data/raw/kecil", from_({"source": f"postgresql://karier@{address}/db", "table": "pegawai"}))
    with pytest.raises(InputError) as caught:
        prepare("kecil", root=root)
    assert caught.value.code == "K261" and address in caught.value.message("id") and told == []
    monkeypatch.setenv(HOSTS, address)
    with pytest.raises(EnvironmentFault):
        prepare("kecil", root=root)
    assert any(b"rahasia-uji" in message for message in told)


@pytest.mark.parametrize("source, named, code", [
    ("postgresql://a@server.example/db", "", "K261"), ("postgresql://a@server.example/db", "lain.example", "K261"),
    ("postgresql://a@server.example/db", "server.example", None), ("postgresql://a@SERVER.example/db", "server.Example:5432", None),
    ("postgresql://a@server.example:6000/db", "server.example", "K261"),
    ("postgresql://a@server.example:6000/db", "x, server.example:6000", None),
    ("postgresql://a@baik.example/db?host=jahat.example", "baik.example", "K261"),
    ("postgresql://a@/db?host=baik.example,jahat.example", "baik.example", "K261"),
    ("postgresql://a@/db?host=baik.example&host=jahat.example", "baik.example", "K261"),
    ("postgresql://a@/db?host=/tmp/jahat", "", "K261"), ("postgresql:///db", "", None),
    ("postgresql://a@[::1]:6000/db", "[::1]:6000", None),
    ("postgresql://a@server.example/db?sslmode=disable", "server.example", "K262"),
    ("postgresql://a@server.example/db?sslmode=prefer", "server.example", "K262"),
    ("postgresql://a@server.example/db?sslmode=verify-full", "server.example", None),
    ("postgresql://a@127.0.0.1/db?sslmode=disable", "127.0.0.1", None), ("postgresql://a@127.0.0.1.example/db?sslmode=disable",
                                                                     "127.0.0.1.example", "K262"),
])
def test_servers_are_named_by_the_user_and_reached_under_tls(monkeypatch, tmp_path, source, named, code):
    monkeypatch.setenv("KARIER_KEYS", str(tmp_path))
    for variable in ("PGSSLMODE", HOSTS):
        monkeypatch.delenv(variable, raising=False)
    for given in ("variable", "file"):
        if given == "variable":
            monkeypatch.setenv(HOSTS, named)
        else:
            monkeypatch.delenv(HOSTS)
            hosts_file().write_text("\n".join(named.split(",")), encoding="utf-8")
        if code:
            with pytest.raises(InputError) as caught:
                check_server(checked_url(source, "db:a"), "db:a")
            assert caught.value.code == code and caught.value.message("id") and caught.value.message("en")
        else:
            mode = check_server(checked_url(source, "db:a"), "db:a")
            assert mode == ("verify-full" if "verify" in source else "require" if "server" in source.lower() else None)


def test_a_weaker_mode_in_the_environment_is_no_way_out(monkeypatch, tmp_path):
    monkeypatch.setenv("KARIER_KEYS", str(tmp_path))
    monkeypatch.setenv(HOSTS, "server.example")
    monkeypatch.setenv("PGSSLMODE", "prefer")
    with pytest.raises(InputError) as caught:
        check_server(checked_url("postgresql://a@server.example/db", "db:a"), "db:a")
    assert caught.value.code == "K262"
