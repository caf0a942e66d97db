"""Nine further offices: nothing wrong in silence, the right tables, and the true counts once the clerk has answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from karier_stats.intake.prepare import rehearse
from karier_stats.intake.start import talk
from karier_stats.intake.start.content import unread
from karier_stats.intake.start.talk import Start
from tests.start.further import Further, further
from tests.start.later import district, hospital, transport

OFFICES = [*further(), transport(), district(), hospital()]


def graded(office: Further, start: Start) -> Counter[str]:
    """How each column of the truth is mapped at the first run, and how many others take a column of the truth."""
    found, asked = Counter[str](), [question.id for question in start.open]
    for look in start.looks:
        table, truth = office.truth[look.where]
        proposed = start.made.tables.get(look.where)
        feeds = [
            feed
            for feed in start.made.content["tables"].get(table, [])
            if all(feed.get(key) == name for key, name in look.origin.items())
        ]
        columns = feeds[0].get("columns", {}) if feeds else {}
        for column, heading in truth.items():
            begin = (
                f"column {table} {column}",
                f"{column.partition('_')[0]}_from",
                f"{column.partition('_')[0]} ",
                "person ",
            )
            doubt = proposed is None or any(one.startswith(begin) for one in asked)
            given = columns.get(column)
            found["right" if given == heading else "asked" if doubt else "missed" if given is None else "wrong"] += 1
        found["wrong"] += proposed not in (None, table)
        found["wrong"] += sum(
            column not in truth and heading in truth.values()
            for column, heading in columns.items()
            if column not in ("unit_id", "program_id", "batch_id", "end_date")
        )
    return found


def settled(office: Further, start: Start) -> Start:
    """Every question answered as the clerk would."""
    for _ in range(60):
        if not start.open:
            return start
        question = start.open[0]
        item = question.unanswered(start.answers.get(question.id))[0] if question.items else ""
        given = office.reply(question.id, item, [*question.choices])
        assert question.takes(given), (question.id, item, given)
        start.answer(question, given, item)
    raise AssertionError([question.id for question in start.open])


@pytest.mark.parametrize("office", OFFICES, ids=lambda office: office.name)
def test_nothing_is_wrong_in_silence_and_the_counts_are_true(office, tmp_path):
    folder = tmp_path / "kantor"
    folder.mkdir()
    office.write(folder)
    start = talk.begin(folder)
    assert not start.made.refused and {look.where for look in start.looks} == {*office.truth}
    grades = graded(office, start)
    assert not grades["wrong"] and not grades["missed"], grades
    assert grades["right"] >= 0.75 * grades.total(), grades
    settled(office, start)
    assert len(start.made.asked.questions) <= office.most
    intake = rehearse(
        start.evaluation, raw=folder, peta=talk.write(start.made, folder, "id"), folder=tmp_path / "coba"
    )
    stored = {table: about["rows"] for table, about in intake.content["tables"].items()}
    assert {table: stored[table] for table in office.rows} == office.rows and not intake.quarantined


def test_units_are_read_of_the_titles_of_parts(tmp_path):
    import pandas as pd

    office = next(one for one in OFFICES if one.name == "wards")
    office.write(tmp_path)
    start = settled(office, talk.begin(tmp_path))
    intake = rehearse(
        start.evaluation, raw=tmp_path, peta=talk.write(start.made, tmp_path, "id"), folder=tmp_path / "coba"
    )
    staff = pd.read_parquet(intake.folder / "employee.parquet")
    assert sorted(staff["unit_id"].value_counts()) == [20, 20, 20, 20]


def test_a_sheet_without_a_table_is_said(tmp_path):
    (tmp_path / "catatan.csv").write_text("Rapat\nbesok\n", encoding="utf-8")
    (tmp_path / "pegawai_2025.csv").write_text("NIP;Nama;Unit Kerja\n198001012005012901;Ani;Dinas\n", encoding="utf-8")
    assert [error.code for error in talk.begin(tmp_path).made.refused] == ["K290"]


def test_sheets_that_look_like_others_are_asked_about(tmp_path):
    """Ticks of attendance are no wishes, hours by quarter no staff list, completions by e-mail no schedule."""
    people = OFFICES[0].files["siasn_2025.db"]["pegawai"][1:]
    numbers = [row[1] for row in people]

    def csv_of(name: str, head: str, line: Callable[[int, str], str]) -> None:
        rows = "".join(f"{line(n, number)}\n" for n, number in enumerate(numbers))
        (tmp_path / f"{name}.csv").write_text(f"{head}\n{rows}", encoding="utf-8")

    csv_of("rekap", "NIP;Hari 1;Hari 2;Hari 3;Hari 4", lambda n, number: f"{number};v;{'v-'[n % 2]};{'-v'[n % 2]};v")
    csv_of("jam", "NIP;Unit;JP TW1;JP TW2;JP TW3;JP TW4", lambda n, number: f"{number};Dinas;{n % 9};{n % 7};{n % 5};4")
    csv_of(
        "lms", "Email;Course;Completed;Score", lambda n, _: f"u{n}@x.id;Arsip {n % 3};1{n % 9}/03/2025;{60 + n % 30}"
    )
    csv_of(
        "pegawai 2025",
        "NIP;Nama;Unit Kerja;Tgl Input;NIP Atasan",
        lambda n, number: f"{number};A;Dinas;1{n % 9}/02/2024;{numbers[0]}",
    )
    csv_of(
        "minat 2025", "NIP;Pilihan 1;Pilihan 2", lambda n, number: f"{number};{'AB'[n % 2]} dasar;{'BA'[n % 2]} dasar"
    )
    start = talk.begin(tmp_path)
    tables = {look.file: start.made.tables.get(look.where) for look in start.looks}
    assert tables == {
        "rekap.csv": None,
        "jam.csv": None,
        "lms.csv": None,
        "pegawai 2025.csv": "employee",
        "minat 2025.csv": "need",
    }
    staff, wish = (start.made.content["tables"][table][0] for table in ("employee", "need"))
    assert staff["make"] == {"tahun@file": {"from": "file", "take": "year"}}  # and not of the day of input
    assert any(question.id.startswith("person ") for question in start.open)
    assert wish["long"]["columns"] == {"Pilihan 1": {"interest_rank": 1}, "Pilihan 2": {"interest_rank": 2}}


def staff_of(office: Further) -> list[list[str]]:
    """The rows of the hospital's staff."""
    return [row for row in office.files["Ketenagaan.xlsx"]["2025"] if row and isinstance(row[0], int)]


def test_proof_decides_where_words_leave_it_open(tmp_path):
    """People who stand in other files make an example a list; several wishes in a cell, and a day by which, name their tables."""
    people = staff_of(hospital())

    def csv_of(name: str, head: str, line: Callable[[int, str], str]) -> None:
        rows = "".join(f"{line(n, row[2])}\n" for n, row in enumerate(people))
        (tmp_path / f"{name}.csv").write_text(f"{head}\n{rows}", "utf-8")

    csv_of("contoh pegawai 2025", "NIP;Nama;Unit Kerja;Tanggal Lahir",
           lambda n, number: f"{number};{people[n][1]};Dinas;{people[n][3]}")
    csv_of("minat 2025", "Stempel waktu;NIP;Unit kerja;Pelatihan apa yang Anda minati?",
           lambda n, number: f"2025/10/12 09.05.33;{number};Dinas;{'Arsip, Surat' if n % 2 else 'Surat, Kearsipan, Arsip'}")
    csv_of("RTL", "Kode Angkatan;NIP;Tenggat;Status",
           lambda n, number: f"A{n % 3};{number};2025-11-2{n % 9};{('belum', 'selesai')[n % 2]}")
    (tmp_path / "jadwal.csv").write_text(
        "Kode Angkatan;Nama Pelatihan;Tanggal Mulai\n" + "".join(f"A{n};Arsip {n};2025-03-0{n + 1}\n" for n in range(3)), "utf-8")
    tables = {name.partition(".")[0]: table for name, table in talk.begin(tmp_path).made.tables.items()}
    assert tables == {"contoh pegawai 2025": "employee", "minat 2025": "need", "RTL": "action_plan", "jadwal": "batch"}
    for name in ("minat 2025", "RTL"):
        (tmp_path / f"{name}.csv").unlink()
    start = talk.begin(tmp_path)  # and an example whose people stand nowhere else stays one
    assert "contoh pegawai 2025.csv" not in start.made.tables and start.open[0].id.startswith("table ")


def test_one_word_throughout_under_a_heading_that_says_nothing_is_asked(tmp_path):
    people = staff_of(hospital())
    (tmp_path / "pegawai 2025.csv").write_text(
        "NIP;Nama;Unit Kerja;Ikatan;Kode X\n" + "".join(f"{row[2]};{row[1]};Dinas;PNS;41\n" for row in people), "utf-8")
    start = talk.begin(tmp_path)
    (question,) = (one for one in start.open if one.id == "worded employee")
    assert question.items == ("ikatan = pns",) and [*question.choices] == ["status", "-"]
    assert unread(start.made, start.looks[0]) == ["Ikatan", "Kode X"]
    start.answer(question, "status", "ikatan = pns")
    assert start.made.content["tables"]["employee"][0]["columns"]["status"] == "Ikatan"
    assert unread(start.made, start.looks[0]) == ["Kode X"]


def test_rows_of_two_sheets_get_ids_of_their_own(tmp_path):
    office = hospital()
    office.write(tmp_path)
    budgets = settled(office, talk.begin(tmp_path)).made.content["tables"]["budget"]
    assert [feed["constants"]["budget_id"] for feed in budgets] == ["A-{row}", "A-2-{row}"]
