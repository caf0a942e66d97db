"""B23 to B44 and B91 to B98: files, dialects, headings, sheets, and what is unsafe."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import IO, Any
from unittest.mock import patch

from small_intake import ANI, BUDI, CITRA, DEDI, SCORES, SEATS, STAFF

from karier_stats.intake import prepare as door

from .door import Behind, Case, Office, case, knock

THANKS = "Terima kasih, déjà vu"
ROWS: list[list[object]] = [
    [ANI, "Ani Lestari", "U1", "P", "III/a"], [BUDI, "BUDI SANTOSO", "U2", "L", "III/b"],
    [CITRA, "Citra Dewi", "U1", "P", "III/a"], [DEDI, "Dedi", "U2", "L", "IV/a"],
]
HEAD: list[object] = ["NIP", "Nama", "Unit", "JK", "Gol"]
SECONDS, MEGABYTES = 2.0, 200.0
"""The bars of issue 5 for files that are refused before they are unpacked."""


def _accented(encoding: str):
    """The comment with accented letters, in some encoding."""

    def spoil(office: Office) -> None:
        office.text("nilai.csv", SCORES.replace("Terima kasih Bu Citra", f'"{THANKS}"'), encoding)

    return spoil


def _mixed(office: Office) -> None:
    """Two files pasted together: one line in UTF-8, one in Windows-1252."""
    lines = f'NIP,Pre,Post,Komentar\n{ANI},60,75,"{THANKS}"\n'.encode() + f'{BUDI},55,,"{THANKS}"\n'.encode("cp1252")
    office.files["nilai.csv"] = lines


def _comments_are(n: int):
    """The accented comment came through, ``n`` times."""

    def look(behind: Behind) -> None:
        assert behind.table("comment")["comment"].tolist() == [THANKS] * n

    return look


def _dialect(behind: Behind, table: str, **wanted: str) -> None:
    """How the file was read is on record."""
    dialect = behind.account(table)["dialect"]
    assert {key: dialect[key] for key in wanted} == wanted


def _read_as(encoding: str, n: int = 1):
    """The comment and the recorded encoding."""

    def look(behind: Behind) -> None:
        _comments_are(n)(behind)
        _dialect(behind, "comment", encoding=encoding)

    return look


def _separated_by(separator: str):
    """The staff list with another separator, and its record."""

    def spoil(office: Office) -> None:
        office.text("pegawai.csv", STAFF.replace(";", separator).replace(
            "Ani Lestari, S.E.", '"Ani Lestari, S.E."' if separator == "," else "Ani Lestari, S.E."))

    def look(behind: Behind) -> None:
        assert len(behind.table("employee")) == 4
        _dialect(behind, "employee", separator=separator)

    return spoil, look


def _hours(cell: str, numbers: str | None = None):
    """A number of hours written one way; the column declares nothing unless ``numbers`` does."""

    def spoil(office: Office) -> None:
        feed = office.feed("participation")
        feed.pop("numbers")
        feed["columns"] = {"employee_uid": "NIP", "batch_id": "Angkatan", "outcome": "Hasil", "attended_jp": "JP"}
        if numbers:
            feed["numbers"] = numbers
        office.text("peserta.csv", f"NIP;Angkatan;Hasil;JP\n{ANI};B1;lulus;{cell}\n")

    return spoil


def _hours_are(value: float):
    """The number that was meant."""

    def look(behind: Behind) -> None:
        assert behind.table("participation")["attended_jp"].tolist() == [value]

    return look


def _english_number(behind: Behind) -> None:
    """1,250.75 can be read in one way; 1.250 alone cannot, and refuses the file unless the crosswalk says."""
    _hours_are(1250.75)(behind)
    with knock(_hours("1.250")) as other:
        assert other.error is not None and other.error.code == "K130"
        assert "peserta.csv" in other.error.message("id")
    with knock(_hours("1.250", "id")) as declared:
        assert declared.table("participation")["attended_jp"].tolist() == [1250.0]


def _line_ends(behind: Behind) -> None:
    """CR alone is read as well as CRLF."""
    assert len(behind.table("employee")) == 4
    with knock(lambda office: office.text("pegawai.csv", STAFF.replace("\n", "\r"))) as other:
        assert len(other.table("employee")) == 4


def _no_rows(behind: Behind) -> None:
    """Without participants there is nothing to evaluate; a table that an evaluation can do without is there and says 0."""
    def spoil(office: Office) -> None:
        office.text("komentar.csv", SCORES.split("\n")[0] + "\n")
        office.feed("comment")["file"] = "komentar.csv"

    with knock(spoil) as other:
        assert [warning["n"] for warning in other.warnings("K141")] == [1]
        assert other.content["tables"]["comment"]["rows"] == 0
        assert len(other.table("comment")) == 0


def _staff_sheet(*above: list[object], merged: tuple[str, ...] = (), head: list[list[object]] | None = None):
    """The staff list as a workbook with rows above its data."""

    def spoil(office: Office) -> None:
        book = office.workbook("pegawai.xlsx", ("2025", [*above, *(head or [HEAD]), *ROWS]))
        for area in merged:
            book["2025"].merge_cells(area)
        office.save("pegawai.xlsx", book)
        office.feed("employee")["file"] = "pegawai.xlsx"

    return spoil


def _under_a_title(behind: Behind) -> None:
    """The heading is found on row 3; a crosswalk that names a wrong row is refused with the headings there."""
    assert len(behind.table("employee")) == 4
    _dialect(behind, "employee", header="3")

    def wrong(office: Office) -> None:
        _staff_sheet(["DAFTAR PEGAWAI"], [], merged=("A1:E1",))(office)
        office.feed("employee")["header"] = 1

    with knock(wrong) as other:
        assert other.error is not None and other.error.code == "K142"
        assert "NIP, Nama, Unit, JK, Gol" in other.error.message("en")


def _two_rows_of_headings(office: Office) -> None:
    """A two-row heading, merged across and downwards."""
    head: list[list[object]] = [["Pegawai", None, "Unit", "JK", "Gol"], ["NIP", "Nama", None, None, None]]
    _staff_sheet(["DAFTAR"], head=head, merged=("A2:B2", "C2:C3", "D2:D3", "E2:E3"))(office)
    office.feed("employee")["columns"] |= {"employee_uid": "Pegawai / NIP", "name": "Pegawai / Nama"}


def _found_on_two_rows(behind: Behind) -> None:
    """The pair of rows is found and on record."""
    assert len(behind.table("employee")) == 4
    _dialect(behind, "employee", header="2+3")


def _doubled_column(office: Office) -> None:
    """Two columns of one name."""
    office.feed("employee")["columns"].pop("grade")
    office.swap("pegawai.csv", "JK;Gol", "JK;JK")


def _extra_column(office: Office) -> None:
    """A column that nobody asked for."""
    lines = STAFF.strip().split("\n")
    office.text("pegawai.csv", "\n".join([lines[0] + ";Hobi", *(line + ";catur" for line in lines[1:])]) + "\n")


def _no_person_in_headings(behind: Behind) -> None:
    """Where a file has no heading at all, the message does not read people out."""

    def headless(office: Office) -> None:
        office.text("pegawai.csv", STAFF.split("\n", 1)[1])

    assert behind.error is not None and behind.error.values["headers"] == "JK"
    with knock(headless) as other:
        assert other.error is not None and other.error.code == "K142"
        assert ANI not in other.error.message("id") and "lestari" not in other.error.message("id").casefold()


def _renamed(behind: Behind) -> None:
    """The scores are there."""
    assert sorted(behind.table("test_score")["score"]) == [55, 60, 75]


def _hidden(office: Office) -> None:
    """A hidden row, and a hidden sheet."""
    book = office.workbook("pegawai.xlsx", ("2025", [HEAD, *ROWS]), ("lama", [HEAD]))
    book["2025"].row_dimensions[3].hidden = True
    book["lama"].sheet_state = "hidden"
    office.save("pegawai.xlsx", book)
    office.feed("employee")["file"] = "pegawai.xlsx"


def _read_and_said(behind: Behind) -> None:
    """Hidden rows are read; the hidden sheet is not, and both are said."""
    assert len(behind.table("employee")) == 4
    assert [warning["n"] for warning in behind.warnings("K147")] == [1]


def _two_sheets(office: Office) -> None:
    """Two visible sheets and no word which."""
    office.workbook("pegawai.xlsx", ("2024", [HEAD, *ROWS]), ("2025", [HEAD, *ROWS]))
    office.feed("employee")["file"] = "pegawai.xlsx"


def _package(**parts: bytes) -> bytes:
    """A zip of named parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return buffer.getvalue()


@cache
def _bomb() -> bytes:
    """A small file that unpacks to 120 MB."""
    return _package(**{"xl/worksheets/sheet1.xml": bytes(120_000_000)})


def _sound() -> bytes:
    """A sound workbook."""
    office = Office()
    office.workbook("a.xlsx", ("2025", [HEAD, *ROWS]))
    return office.files["a.xlsx"]


def _with_part(name: str, before: bytes) -> bytes:
    """A sound workbook with something put before one of its parts, or beside them."""
    source, buffer = zipfile.ZipFile(io.BytesIO(_sound())), io.BytesIO()
    names = source.namelist()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for part in names:
            package.writestr(part, (before if part == name else b"") + source.read(part))
        if name not in names:
            package.writestr(name, before)
    return buffer.getvalue()


def _entities() -> bytes:
    """Entities within entities: a few bytes that would grow without end."""
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return _with_part("xl/workbook.xml", f'<!DOCTYPE x [<!ENTITY e0 "ha">{levels}]>'.encode())


UNSAFE = {
    "B91": ("workbook that unpacks to more than 50 times its size", "K190", _bomb),
    "B92": ("workbook with entities", "K191", _entities),
    "B93": ("workbook with macros", "K192", lambda: _with_part("xl/vbaProject.bin", b"macro")),
    "B94": ("workbook with a password", "K193", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)),
    "B95": ("HTML under the name .xlsx", "K194",
            lambda: b"<html><table><tr><td>NIP</td></tr></table></html>"),
}

_ALONE = textwrap.dedent("""
    import sys, time
    from pathlib import Path
    from karier_stats.errors import InputError
    from karier_stats.intake.prepare import prepare
    begun = time.perf_counter()
    try:
        prepare("kecil", root=Path(sys.argv[1]))
    except InputError as error:
        peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
        print(error.code, time.perf_counter() - begun, int(peak.split()[1]) / 1024)
""")


def _as_staff(content: bytes):
    """Something under the name of the staff list."""

    def spoil(office: Office) -> None:
        office.files["pegawai.xlsx"] = content
        office.feed("employee")["file"] = "pegawai.xlsx"

    return spoil


def _soon_and_small(code: str):
    """A process of its own refuses it in 2 seconds and 200 MB, counted by the system."""

    def look(behind: Behind) -> None:
        if not Path("/proc/self/status").exists():
            return
        done = subprocess.run(
            [sys.executable, "-c", _ALONE, str(behind.root)], capture_output=True, text=True, check=True, timeout=60)
        found, seconds, megabytes = done.stdout.split()
        assert found == code
        assert float(seconds) < SECONDS and float(megabytes) < MEGABYTES, done.stdout

    return look


def _unsafe(id: str) -> Case:
    """A row of the catalogue for an unsafe workbook."""
    given, code, content = UNSAFE[id]

    def spoil(office: Office) -> None:
        _as_staff(content())(office)

    return case(id, given, "refused", code, spoil, then=_soon_and_small(code))


def _also_csv(behind: Behind) -> None:
    """A csv under the name .xlsx is refused as well."""
    _soon_and_small("K194")(behind)
    with knock(_as_staff(STAFF.encode())) as other:
        assert other.error is not None and other.error.code == "K194"


def _linked(office: Office) -> None:
    """A link out of the raw folder."""

    @contextlib.contextmanager
    def around(raw: Path) -> Iterator[None]:
        outside = raw.parents[3] / "pegawai.csv"
        outside.write_bytes(office.files["pegawai.csv"])
        (raw / "pegawai.csv").unlink()
        (raw / "pegawai.csv").symlink_to(outside)
        yield

    office.prepared_by = around


def _growing(office: Office) -> None:
    """A file that another program still writes to."""

    @contextlib.contextmanager
    def around(raw: Path) -> Iterator[None]:
        read = door.read_feed

        def slowly(feed, grid, person):
            with (raw / "pegawai.csv").open("ab") as file:
                file.write(b"\n")
            return read(feed, grid, person)

        with patch.object(door, "read_feed", slowly):
            yield

    office.prepared_by = around


def _forbidden(office: Office) -> None:
    """A file that may not be read (said by the system, since a superuser may read everything)."""

    @contextlib.contextmanager
    def around(raw: Path) -> Iterator[None]:
        opened = Path.open

        def refuse(path: Path, *how: Any, **more: Any) -> IO[Any]:
            if path.name == "pegawai.csv":
                raise PermissionError(13, "Permission denied", str(path))
            return opened(path, *how, **more)

        with patch.object(Path, "open", refuse):
            yield

    office.prepared_by = around


_TAB, _TAB_READ = _separated_by("\t")
_BAR, _BAR_READ = _separated_by("|")
_SEMICOLON, _SEMICOLON_READ = _separated_by(";")

DIALECTS: tuple[Case, ...] = (
    case("B23", "UTF-8 with BOM", "accepted", "", _accented("utf-8-sig"), then=_read_as("utf-8-sig")),
    case("B24", "UTF-16", "accepted", "", _accented("utf-16"), then=_read_as("utf-16")),
    case("B25", "Windows-1252", "noticed", "K129", _accented("cp1252"), file="nilai.csv", then=_read_as("cp1252")),
    case("B26", "two encodings in one file", "noticed", "K136", _mixed, file="nilai.csv",
         then=_read_as("utf-8+cp1252", 2)),
    case("B27", "semicolons", "accepted", "", _SEMICOLON, then=_SEMICOLON_READ),
    case("B28", "tabs", "accepted", "", _TAB, then=_TAB_READ),
    case("B29", "bars", "accepted", "", _BAR, then=_BAR_READ),
    case("B30", "decimal comma", "accepted", "", _hours("7,5"), then=_hours_are(7.5)),
    case("B31", "1.250,75", "accepted", "", _hours("1.250,75"), then=_hours_are(1250.75)),
    case("B32", "1,250.75", "accepted", "", _hours("1,250.75"), then=_english_number),
    case("B33", "a quotation mark not closed", "refused", "K144",
         lambda office: office.swap("pegawai.csv", "Dedi;", '"Dedi;')),
    case("B34", "CRLF and CR", "accepted", "",
         lambda office: office.text("pegawai.csv", STAFF.replace("\n", "\r\n")), then=_line_ends),
    case("B35", "an empty file", "refused", "K140", lambda office: office.text("pegawai.csv", "")),
    case("B36", "only a heading", "refused", "K270",
         lambda office: office.text("peserta.csv", SEATS.split("\n")[0] + "\n"), file="peserta.csv", then=_no_rows),
    case("B37", "heading on row 3 under a merged title", "accepted", "",
         _staff_sheet(["DAFTAR PEGAWAI"], [], merged=("A1:E1",)), then=_under_a_title),
    case("B38", "merged heading of two rows", "accepted", "", _two_rows_of_headings, then=_found_on_two_rows),
    case("B39", "a column twice", "refused", "K143", _doubled_column),
    case("B40", "a column too many", "noticed", "K146", _extra_column),
    case("B41", "a column missing", "refused", "K142",
         lambda office: office.swap("pegawai.csv", "JK", "Jenis"), then=_no_person_in_headings),
    case("B42", "a heading with a space behind", "accepted", "",
         lambda office: office.swap("nilai.csv", "Pre,Post", "PRE ,Post  "), then=_renamed),
    case("B43", "hidden rows and sheets", "noticed", "K128", _hidden, then=_read_and_said),
    case("B44", "two sheets", "refused", "K210", _two_sheets),
)

UNSAFE_FILES: tuple[Case, ...] = (
    *(_unsafe(id) for id in ("B91", "B92", "B93", "B94")),
    case("B95", UNSAFE["B95"][0], "refused", "K194", _as_staff(UNSAFE["B95"][2]()), then=_also_csv),
    case("B96", "a link out of the raw folder", "refused", "K197", _linked),
    case("B97", "a file that changes while it is read", "refused", "K195", _growing),
    case("B98", "a file without permission to read", "refused", "K196", _forbidden),
)
