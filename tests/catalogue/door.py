"""An office's folder with one thing wrong, the door it is brought to, and what is looked at behind it."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from unittest.mock import patch

import openpyxl
import pandas as pd
import yaml
from small_intake import ANI, BUDI, CITRA, DEDI, SCORES, SEATS, STAFF, peta

from karier_stats.errors import InputError, KarierError
from karier_stats.intake import prepare as door
from karier_stats.intake.prepare import Intake
from karier_stats.intake.pseudonyms import make_key

EKA = "198001012005012905"
"""Somebody who is in no file unless a case puts her there."""
NAMES = ("lestari", "santoso", "citra dewi", "eka putri")
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
Fate = Literal["refused", "quarantined", "noticed", "accepted", "switched", "not assessed"]


@dataclass
class Office:
    """The small office's files and crosswalk, to be spoilt by a case."""

    peta: dict[str, Any] = field(default_factory=peta)
    files: dict[str, bytes] = field(default_factory=lambda: {
        "pegawai.csv": STAFF.encode(), "peserta.csv": SEATS.encode(), "nilai.csv": SCORES.encode()})
    numbers: list[str] = field(default_factory=lambda: [ANI, BUDI, CITRA, DEDI, EKA])
    """Everybody's service number: no nine digits of any may be seen again."""
    prepared_by: Callable[[Path], contextlib.AbstractContextManager[object]] | None = None

    def feed(self, table: str) -> dict[str, Any]:
        """The first feed of a table."""
        found: dict[str, Any] = self.peta["tables"][table][0]
        return found

    def text(self, name: str, text: str, encoding: str = "utf-8") -> None:
        """Put a text file in place."""
        self.files[name] = text.encode(encoding)

    def add(self, name: str, *lines: str) -> None:
        """Add lines to a text file."""
        self.files[name] += "".join(f"{line}\n" for line in lines).encode()

    def swap(self, name: str, old: str, new: str) -> None:
        """Change a text in a file, which must be there."""
        text = self.files[name].decode()
        assert old in text
        self.text(name, text.replace(old, new))

    def workbook(self, name: str, *sheets: tuple[str, list[list[object]]]) -> openpyxl.Workbook:
        """A workbook of titled sheets, put in place when it is saved with :meth:`save`."""
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets:
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        self.save(name, book)
        return book

    def save(self, name: str, book: openpyxl.Workbook) -> None:
        """Put a workbook in place."""
        buffer = io.BytesIO()
        book.save(buffer)
        self.files[name] = buffer.getvalue()


@dataclass(frozen=True)
class Behind:
    """What stands behind the door: an intake or a refusal, and every text that was written or said."""

    office: Office
    root: Path
    intake: Intake | None
    error: KarierError | None
    notes: list[dict[str, str]]

    @cached_property
    def english(self) -> list[str]:
        """The notes of the quarantine lists in English, of a copy; ``notes`` holds the Indonesian ones."""
        if not self.notes:
            return []
        root = self.root.with_name("english")
        shutil.copytree(self.root, root)
        return [note["note"] for note in _notes(door.prepare("kecil", root=root, lang="en"))]

    @property
    def content(self) -> dict[str, Any]:
        """The content of ``intake.json``."""
        assert self.intake is not None, f"refused: {self.error and self.error.message('en')}"
        return self.intake.content

    def account(self, table: str) -> dict[str, Any]:
        """The account of a table's first feed."""
        found: dict[str, Any] = next(feed for feed in self.content["feeds"] if feed["table"] == table)
        return found

    def table(self, name: str) -> pd.DataFrame:
        """A processed table."""
        assert self.intake is not None, f"refused: {self.error and self.error.message('en')}"
        return pd.read_parquet(self.intake.folder / f"{name}.parquet")

    def warnings(self, code: str) -> list[dict[str, Any]]:
        """Everything noticed under one code."""
        return [warning for warning in self.content["warnings"] if warning["code"] == code]


@dataclass(frozen=True)
class Case:
    """One row of the catalogue.

    Attributes
    ----------
    id : str
        B01 to B118.
    given : str
        The bad input, in a few words.
    fate : str
        What must become of it.
    code : str
        Under which code; empty where it is taken in silence.
    check : callable
        Brings it to the door and looks; raises AssertionError.
    """

    id: str
    given: str
    fate: Fate
    code: str
    check: Callable[[], None]


def case(
    id: str, given: str, fate: Fate, code: str, spoil: Callable[[Office], None], *, table: str = "employee", n: int = 1,
    file: str | None = None, then: Callable[[Behind], None] | None = None,
) -> Case:
    """A row of the catalogue that is a file.

    ``table`` and ``n`` say whose feed it concerns and how many rows (or how
    high a count); ``file`` what the message must name where it is not the
    feed's file; ``then`` looks further.
    """

    def check() -> None:
        with knock(spoil) as behind:
            _keeps_its_promises(behind)
            if fate == "refused":
                _refused(behind, code, file)
            elif fate == "quarantined":
                _quarantined(behind, table, code, n)
            else:
                _taken(behind, code, n, file)
            if then is not None:
                then(behind)

    return Case(id, given, fate, code, check)


@contextlib.contextmanager
def knock(spoil: Callable[[Office], None]) -> Iterator[Behind]:
    """Bring a spoilt office to ``prepare`` in a project of its own."""
    office = Office()
    spoil(office)
    with tempfile.TemporaryDirectory() as temporary:
        root, raw = Path(temporary) / "proyek", Path(temporary) / "proyek" / "data" / "raw" / "kecil"
        for folder in (root / "data" / "processed", root / "notebooks", raw):
            folder.mkdir(parents=True)
        for name, content in office.files.items():
            (raw / name).write_bytes(content)
        (raw / "peta.yml").write_text(yaml.dump(office.peta, Dumper=DUMPER, allow_unicode=True, sort_keys=False), "utf-8")
        with patch.dict(os.environ, {"KARIER_KEYS": str(Path(temporary) / "kunci"), "KARIER_HOME": str(root)}):
            make_key("kecil")
            yield _entered(office, root, raw)


def _entered(office: Office, root: Path, raw: Path) -> Behind:
    """What ``prepare`` makes of it."""
    around = office.prepared_by(raw) if office.prepared_by else contextlib.nullcontext()
    try:
        with around:
            intake = door.prepare("kecil", root=root)
    except KarierError as error:
        return Behind(office, root, None, error, [])
    return Behind(office, root, intake, None, list(_notes(intake)))


def _notes(intake: Intake) -> Iterator[dict[str, str]]:
    """Every line of the quarantine lists."""
    for path in sorted(intake.quarantine.glob("*.karantina.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file)


def _refused(behind: Behind, code: str, file: str | None) -> None:
    """The whole file is refused with its code, named in both languages, and nothing was written."""
    error = behind.error
    assert isinstance(error, InputError), "not refused"
    assert (error.code, error.exit_code) == (code, 2), error.message("en")
    for lang in ("id", "en"):
        message = error.message(lang)
        assert message.startswith(f"{code} ") and len(message) > 40
        assert (file or "pegawai") in message
        assert all(str(error.values[key]) in message for key in ("n", "row") if key in error.values)
    assert error.message("id") != error.message("en")
    assert not list((behind.root / "data" / "processed" / "kecil").glob("*"))


def _quarantined(behind: Behind, table: str, code: str, n: int) -> None:
    """So many rows are set aside under the code, each named by file and row in both languages."""
    account = behind.account(table)
    assert account["reasons"]["quarantined"].get(code) == n, account["reasons"]
    assert behind.intake is not None and behind.intake.exit_code == 1
    found = [note for note in behind.notes if note["kode"] == code and note["tabel"] == table]
    assert len({note["baris"] for note in found}) == n
    for note in found:
        assert account["file"] in note["keterangan"] and note["baris"] in note["keterangan"]
        assert note["keterangan"].startswith(f"{code} ")
    there = [text for text in behind.english if text.startswith(f"{code} ")]
    assert len(there) >= n and not set(there) & {note["keterangan"] for note in found}


def _taken(behind: Behind, code: str, n: int, file: str | None) -> None:
    """Nothing is refused; what is noticed is counted and said in both languages."""
    assert behind.intake is not None, f"refused: {behind.error and behind.error.message('en')}"
    if not code:
        return
    found = behind.warnings(code)
    assert sum(warning["n"] for warning in found) == n, behind.content["warnings"]
    for warning in found:
        for lang in ("id", "en"):
            text = warning["text"][lang]
            assert text.startswith(f"{code} ") and (file or "pegawai") in text and str(warning["n"]) in text
        assert warning["text"]["id"] != warning["text"]["en"]


def _keeps_its_promises(behind: Behind) -> None:
    """Whatever came: no row is lost, and nobody is seen again."""
    if behind.intake is not None:
        for feed in behind.content["feeds"]:
            assert feed["rows_read"] == feed["processed"] + feed["quarantined"] + feed["excluded"], feed
    said = "\n".join(_everything_said(behind)).casefold()
    for number in behind.office.numbers:
        for start in range(len(number) - 8):
            assert number[start:start + 9] not in said, "digits of a service number"
    for name in NAMES:
        assert name not in said, "a name"


def _everything_said(behind: Behind) -> Iterator[str]:
    """Messages, account, lists and tables, as text."""
    if behind.error is not None:
        yield from (behind.error.message(lang) for lang in ("id", "en"))
        yield str(behind.error.values)
    if behind.intake is None:
        return
    yield from (behind.intake.summary(lang) for lang in ("id", "en"))
    yield json.dumps(behind.content, ensure_ascii=False, default=str)
    yield from behind.english
    for path in (*behind.intake.folder.iterdir(), *behind.intake.quarantine.glob("*")):
        yield path.read_bytes().decode("utf-8", errors="ignore")
        if path.suffix == ".parquet":
            yield pd.read_parquet(path).to_csv()
