"""The inputs: input number ``index`` of a seed is always the same bytes."""

from __future__ import annotations

import io
import random
import zipfile
from functools import cache
from typing import Literal

import openpyxl

Kind = Literal["csv", "xlsx"]
XLSX_EVERY = 20
"""One input in so many is a workbook; it takes thirty times as long to read."""
_LINES = [
    "NIP;Angkatan;Hasil;Nilai;Ket", "198001012005012901;B1;Lulus;80,5;x", '198502022010011902;B1;"Tidak; hadir";;',
    "199003032015032903;B2;lulus;91;Café", "'197004041995041904;B2;\"dua\r\nbaris\";1.250;-", ";;;;", "JUMLAH;3;;;",
]
_ENCODINGS = ("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252")
_PIECES = (b"", b'"', b'""', b"\n", b"\r", b"\r\n", b";", b",", b"\t", b"|", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xe2\x80\x8e",
           b"1e308", b"=1+1", b"1.98E+17", b"nan", b"\xe2\x80\xa8", b"\x1a", b" ", b"0" * 40, b"\x85", b"'", b"{row}")
_XML = (b"", b"<", b">", b'"', b"&", b"&#0;", b"9", b"99999", b"-1", b"<c/>", b"A1:C9", b"t='s'", b"<v>1e999</v>", b"\xff",
        b"XFD", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"t='e'", b"t='d'", b"inlineStr", b"s='9'")


def input_of(seed: int, index: int) -> tuple[Kind, bytes]:
    """What kind of file the input claims to be, and its bytes."""
    rng = random.Random(f"{seed}/{index}")
    if index % XLSX_EVERY == 0:
        return "xlsx", _workbook(rng)
    if rng.random() < 0.1:
        return "csv", rng.randbytes(rng.randrange(200))
    separator = rng.choice(";;,\t|")
    lines = [line.replace(";", separator) for line in [_LINES[0], *rng.choices(_LINES, k=rng.randrange(8))]]
    content = rng.choice(["\n", "\r\n", "\r", "\n"]).join([*lines, ""]).encode(rng.choice(_ENCODINGS), errors="replace")
    return "csv", damaged(content, rng, _PIECES)


def damaged(content: bytes, rng: random.Random, pieces: tuple[bytes, ...]) -> bytes:
    """The bytes after none to six accidents."""
    for _ in range(rng.randrange(7)):
        place = rng.randrange(len(content) + 1)
        end = min(len(content), place + rng.choice((0, 0, 1, 1, 5, 50)))
        again = content[place:place + rng.randrange(60)] if rng.random() < 0.2 else rng.choice(pieces)
        content = content[:place] + again + content[end:]
        if rng.random() < 0.1:
            content = content[:rng.randrange(len(content) + 1)]
        if content and rng.random() < 0.3:
            place = rng.randrange(len(content))
            content = content[:place] + bytes([content[place] ^ 1 << rng.randrange(8)]) + content[place + 1:]
    return content


@cache
def _parts() -> tuple[tuple[str, bytes], ...]:
    """The parts of a small sound workbook with a merged heading, a date and a hidden sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["DAFTAR"], ["NIP", "Angkatan", "Hasil"], ["198001012005012901", "B1", "lulus"], ["7", 2.5, True]):
        sheet.append(row)
    sheet.merge_cells("A1:C1")
    book.create_sheet("lain").sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as package:
        return tuple((name, package.read(name)) for name in package.namelist())


def _workbook(rng: random.Random) -> bytes:
    """A workbook with a damaged part, or whose own bytes are damaged."""
    parts = dict(_parts())
    for name in rng.choices(sorted(parts), k=rng.randrange(3)):
        parts[name] = damaged(parts[name], rng, _XML)
    if rng.random() < 0.2:
        del parts[rng.choice(sorted(parts))]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED if rng.random() < 0.5 else zipfile.ZIP_STORED) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name), content)
    content = buffer.getvalue()
    return damaged(content, rng, _PIECES) if rng.random() < 0.3 else content
