"""Large texts block by block: the same tables, account and lists, byte for byte, as a sheet that is read whole."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from pathlib import Path
from unittest.mock import patch

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from karier_stats.errors import InputError
from karier_stats.intake import feeds, prepare, stored
from karier_stats.intake.feeds import FeedRows
from karier_stats.intake.files import readers
from karier_stats.intake.files.readers import BlockFile
from karier_stats.intake.pseudonyms import load_key, make_key, mark, remember_to_forget

PEOPLE = [f"19{70 + n}0{1 + n % 9}152005012{n:03d}" for n in range(1, 10)]
STRANGER = "198502022010011902"
HEAD = ["No", "NIP", "Nama", "Unit", "Angkatan", "Hasil", "JP", "Nilai", "Tanggal", "Ket"]
STAFF = "NIP;Nama;Unit;Tahun;Status\n" + "".join(
    f"{nip};Orang {n} Sekali;U{n % 3};{year};{'PPPK' if n == 2 else 'PNS'}\n"
    for n, nip in enumerate(PEOPLE) for year in (2024, 2025) if n != 5 or year == 2025)
BATCHES = [
    {"batch_id": f"B{n}", "program_id": f"P{n % 2}", "year": 2024 + n % 2, "jp": 20 if n < 4 else None,
     "end_date": f"{2024 + n % 2}-05-0{1 + n // 2}" if n < 5 else None} for n in range(6)]


def peta(**more: object) -> dict[str, object]:
    """The crosswalk of an office whose participation list is large."""
    columns = {"employee_uid": "NIP", "name": "Nama", "unit_id": "Unit", "batch_id": "Angkatan", "outcome": "Hasil",
               "credited_jp": "JP", "final_score": "Nilai", "certificate_date": "Tanggal"}
    feed = {"file": "peserta.csv", "columns": columns, "numbers": "id", "dates": "dd-mm-yyyy",
            "exclude": {"Ket": ["Batal*", ""]}, "constants": {"nomination": "mandiri"}, **more}
    return {
        "evaluation": "besar", "title": {"id": "Besar", "en": "Large"}, "as_of": "2026-01-31",
        "aliases": {"unit": {"Unit Nol": "U0", "Lama": {"id": "U1", "from": 2020, "until": 2024}},
                    "batch": {"Angkatan I": "B1"}},
        "tables": {
            "unit": [{"rows": [{"unit_id": f"U{n}", "unit_name": f"Kantor {n}", "scope": "A"} for n in range(3)] + [
                {"unit_id": "14.71.10.1012", "unit_name": "Kelurahan Sialangsakti", "unit_type": "kelurahan",
                 "area_code": "14.71.10.1012", "scope": "A"}]}],
            "employee": [{"file": "pegawai.csv", "columns": {
                "employee_uid": "NIP", "name": "Nama", "unit_id": "Unit", "year": "Tahun", "status": "Status"}}],
            "program": [{"rows": [{"program_id": f"P{n}", "title": f"Pelatihan {n}"} for n in range(2)]}],
            "batch": [{"rows": BATCHES}],
            "participation": [feed, {"rows": [{"employee_uid": PEOPLE[0], "batch_id": "B5", "outcome": "lulus"}]}],
            "budget": [{"rows": [{"budget_id": "a", "year": 2025, "program_id": "P1", "funding_source": "apbd",
                                  "ceiling_rp": 1_000_000, "participants": 2}]}],
        },
    }


def prepared(text: bytes, crosswalk: dict[str, object], large: int, block: int, head: int, forget: bool = False):
    """Everything that is written, or the refusal; and whether the feed was read block by block."""
    read: list[FeedRows] = []

    def read_feed(feed, source, person):
        found = feeds.read_feed(feed, source, person)
        read.extend([found] if isinstance(source, BlockFile) and feed.table == "participation" else [])
        return found

    with tempfile.TemporaryDirectory() as temporary:
        root, raw = Path(temporary) / "proyek", Path(temporary) / "proyek/data/raw/besar"
        for folder in (root / "data/processed", root / "notebooks", raw):
            folder.mkdir(parents=True)
        (raw / "pegawai.csv").write_text(STAFF)
        (raw / "peserta.csv").write_bytes(text)
        (raw / "peta.yml").write_text(yaml.safe_dump(crosswalk, sort_keys=False))
        keys = Path(temporary) / "kunci"
        keys.mkdir()
        with (
            patch.dict(os.environ, {"KARIER_KEYS": str(keys)}), patch.object(readers, "LARGE", large),
            patch.object(readers, "BLOCK", block), patch.object(readers, "HEAD", head),
            patch.object(stored, "ROWS", 16),  # several row groups
            patch("secrets.token_bytes", lambda n: b"k" * n),
            patch.object(prepare, "read_feed", read_feed),
        ):
            make_key("besar")
            if forget:
                remember_to_forget("besar", [mark(load_key("besar"), "besar", PEOPLE[3])])
            try:
                intake = prepare.prepare("besar", root=root)
            except InputError as error:
                return (error.code, error.message("en")), bool(read)
            written = [*intake.folder.iterdir(), *intake.quarantine.glob("*")]
            assert not list((root / "data/processed").glob("*.tmp"))
            return {path.name: path.read_bytes() for path in written} | {"summary": intake.summary("en")}, bool(read)


def same(text: bytes, crosswalk: dict[str, object] | None = None, *, block: int = 300, head: int = 10**6, forget=False):
    """Both ways give the same; what was written, and whether it was read block by block."""
    crosswalk = crosswalk or peta()
    whole, _ = prepared(text, crosswalk, 10**9, block, head, forget)
    by_blocks, used = prepared(text, crosswalk, 0, block, head, forget)
    assert by_blocks == whole
    return by_blocks, used


def delimited(rows: list[list[str]], separator: str = ";", end: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> bytes:
    """The rows under the heading."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=end, quoting=quoting).writerows([HEAD, *rows])
    return out.getvalue().encode()


def sound(n: int, person: int, batch: int) -> list[str]:
    """A row with nothing wrong."""
    return [str(n), PEOPLE[person], f"Orang {person} Sekali", f"U{person % 3}", f"B{batch}", "lulus", "20", "81,5",
            "07-05-2025", "x"]


SOUND = [sound(n, n % 9, n // 9) for n in range(45)]


def test_a_sound_file_is_read_block_by_block():
    written, used = same(delimited(SOUND))
    assert used and isinstance(written, dict)
    assert "peserta.csv → participation: 45 rows read = 45 processed + 0 quarantined + 0 excluded" in written["summary"]


@pytest.mark.parametrize(("place", "cell"), [
    (1, "123"), (1, STRANGER), (1, ""), (1, " ".join((PEOPLE[0][:8], PEOPLE[0][8:]))), (3, "Unit Nol"), (3, "U9"),
    (3, "Lama"), (3, ""), (3, "Kelurahan Sialang Sakti"), (3, "14.71.07.1005"), (4, "Angkatan I"), (4, "B9"), (4, "B1"),
    (5, "LULUS"), (5, "entah"), (5, ""), (6, "1.000"), (6, "-0"), (6, "99999"), (7, "101"), (7, ""), (7, "-"),
    (8, "31-12-2027"), (8, "2025-01-01"), (9, "Batal saja"), (9, ""), (3, "\u200eU1"), (1, "1.98E+17"),
    (8, "12-31-2025"), (2, "Budi; \"Ani\""), (9, "baris\nbaru"), (2, "Cafe\u0301"), (1, f'="{PEOPLE[0]}"'), (3, '="U1"'),
    (5, '="Lulus"'), (6, '="20"'), (6, "24 JP"), (6, "2 hari"), (6, "7 5"), (7, "1 000"), (8, "07-05-25"), (8,
    "07-05-2025 23.30 GMT-7"),
    (8, "07-05-98"), (8, '=""'), (7, '="-"'), (5, "'lulus"), (9, '="Batal"'), (4, "'B1"),
])
def test_one_cell_that_is_not_like_the_others(place, cell):
    rows = [list(row) for row in SOUND]
    rows[20][place] = cell
    _, used = same(delimited(rows))
    assert used or cell in ("1.98E+17", "12-31-2025")  # those are refused


@pytest.mark.parametrize("change", [
    lambda rows: rows.insert(20, rows[20]), lambda rows: rows.append(sound(9, 0, 0)),
    lambda rows: rows.append([*sound(9, 0, 0)[:7], "7", "", "x"]), lambda rows: rows.insert(7, [""] * 10),
    lambda rows: rows.extend([[""] * 10, ["-"] * 10, [""] * 10]), lambda rows: rows.insert(0, [""] * 10),
    lambda rows: rows.insert(0, [str(n) for n in range(1, 11)]), lambda rows: rows[3].extend(["", ""]),
    lambda rows: rows[3].append("sisa"), lambda rows: rows.__setitem__(3, rows[3][:8]),
    lambda rows: [row.append("") for row in rows], lambda rows: [row.append("y") for row in rows[:30]],
    lambda rows: [row.pop() for row in rows], lambda rows: rows.insert(5, []), lambda rows: rows.clear(),
    lambda rows: rows.append([*sound(9, 0, 5)[:9], "x"]),
    lambda rows: [row.__setitem__(7, "8") for row in rows],
])
def test_rows_that_are_not_like_the_others(change):
    rows = [list(row) for row in SOUND]
    change(rows)
    same(delimited(rows))


@pytest.mark.parametrize("more", [
    {"distinct": True}, {"header": 1}, {"separator": ";"}, {"encoding": "utf-8"}, {"exclude": {"Unit": ["U1", "*0"]}},
    {"values": {"outcome": {"lulus": "tidak_lulus", "*": "lulus"}}}, {"constants": {"nomination": "lain"}},
    {"constants": {"nomination": None}}, {"stop": "Jumlah"}, {"missing": {"credited_jp": ["20"], "Nilai": [7]}},
    {"missing": ["U1", "NA"]}, {"missing": {"outcome": ["lulus"]}}, {"missing": {"nomination": "mandiri"}},
    {"values": {"final_score": {"7": None, "": 50}, "credited_jp": {"*": None}}}, {"missing": {"employee_uid": [PEOPLE[3]]}},
])
def test_rules_of_the_crosswalk(more):
    rows = [*SOUND, SOUND[4], [*SOUND[5][:7], "7", "", "x"]]
    _, used = same(delimited(rows), peta(**more))
    assert used


@pytest.mark.parametrize(("separator", "end", "quoting"), [
    (",", "\n", csv.QUOTE_MINIMAL), ("\t", "\r\n", csv.QUOTE_MINIMAL), ("|", "\n", csv.QUOTE_ALL),
    (";", "\r\n", csv.QUOTE_ALL), (";", "\r", csv.QUOTE_MINIMAL)])
@pytest.mark.parametrize("head", [1500, 10**6])
def test_dialects(separator, end, quoting, head):
    _, used = same(delimited(SOUND, separator, end, quoting), block=700, head=head)
    assert used == (end != "\r" and head > 1500) or head == 1500


def test_other_encodings_and_damage_are_read_whole():
    text = delimited([[*row[:2], "Café", *row[3:]] for row in SOUND])
    assert same(b"\xef\xbb\xbf" + text)[1]
    for other in (text.decode().encode("cp1252"), text.decode().encode("utf-16"), text + b"\x00;", text + b'"x'):
        assert not same(other)[1]


def test_forgotten_people_are_left_out_of_blocks_too():
    rows = [list(row) for row in SOUND]
    rows[12][3] = "U9"  # theirs, and wrong
    written, used = same(delimited(rows), forget=True)
    assert used and isinstance(written, dict) and "K239" in written["summary"]


CELLS = [
    st.just("1"), st.sampled_from([*PEOPLE] * 6 + ["", "123", STRANGER, f"'{PEOPLE[0]}", f"{PEOPLE[1]} "]),
    st.sampled_from(["Orang 1 Sekali", "", "Budi"]), st.sampled_from(["U0", "U1", "U2", "", "Unit Nol", "u1", "Lama", "U7"]),
    st.sampled_from(["B0", "B1", "B2", "B3", "B4", "B5", "b1", "Angkatan I", "B77", ""]),
    st.sampled_from(["lulus"] * 5 + ["Lulus", "tidak_lulus", "Tidak hadir", "", "?"]),
    st.sampled_from(["20", "21", "4,5", "", "0,1", "-1", "24 JP", "NA", '="20"']),
    st.sampled_from(["80", "81,5", "", "7", "x", "100", "NA", '="NA"']),
    st.sampled_from(["07-05-2025", "", "07-05-2028", "7 Mei 2025", "07-05-25", "07-05-2025 23.30 GMT-7"]),
    st.sampled_from(["x", "x", "x", "x", "", "batal"]),
]
ROW = st.tuples(*CELLS).map(list) | st.integers(0, 44).map(SOUND.__getitem__) | st.lists(
    st.sampled_from(["", "-", "x", '"', "1"]), max_size=12)


@settings(max_examples=25 if os.environ.get("KARIER_LONG") else 10, derandomize=True, deadline=None)
@given(rows=st.lists(ROW, max_size=40), block=st.integers(60, 900), separator=st.sampled_from(";,\t"),
       quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), end=st.sampled_from(["\n", "\r\n"]),
       distinct=st.booleans())
def test_both_ways_agree_whatever_the_rows(rows, block, separator, quoting, end, distinct):
    missing = {"final_score": ["NA"], "JP": ["NA", "21"], "outcome": ["?"]}
    same(delimited(rows, separator, end, quoting), peta(distinct=distinct, missing=missing), block=block)


@pytest.mark.parametrize("header", [None, 1, 2])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_line_that_names_the_separator_and_numbers_wrapped_as_texts(separator, header):
    rows = [[row[0], f'="{row[1]}"', *row[2:]] for row in SOUND]
    lines = [separator.join(row) for row in [HEAD, *rows]]  # no comma in the cells but in the scores
    text = f"sep={separator}\n" + "\n".join(lines).replace("81,5", "81") + "\n"
    written, used = same(text.encode(), peta(**({"header": header} if header else {})), block=500)
    assert used and isinstance(written, dict)
    assert "45 processed" in written["summary"] and "K122 9 service numbers" in written["summary"]


def test_the_benchmark_reads_what_its_peer_copies():
    from benchmarks import bench_intake

    with patch.object(readers, "LARGE", 0), patch.dict(os.environ):
        made, copied = pd.read_parquet(bench_intake.ours(3_000)), pd.read_parquet(bench_intake.peer(3_000))
    assert copied.shape == (3_000, 15)
    assert made["final_score"].tolist() == copied["Nilai"].tolist()
    assert made["outcome"].tolist() == copied["Hasil"].tolist()
    assert made["employee_uid"].nunique() == copied["NIP"].nunique() == 3_000
