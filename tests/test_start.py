"""``karier start``: twelve made-up offices held against the truth, and the parts of it by themselves."""

from __future__ import annotations

import contextlib
import datetime
import errno
import os
import re
import shutil
import statistics
from collections import Counter
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from fuzz.inputs import input_of
from small_intake import ANI, BUDI, CITRA, DEDI, project
from start_offices import Office, Sheet, offices, sheet_patterns

from karier_stats.cli import cli
from karier_stats.errors import InputError, KarierError
from karier_stats.intake.crosswalk import load_crosswalk
from karier_stats.intake.prepare import rehearse
from karier_stats.intake.start import talk
from karier_stats.intake.start.content import unread
from karier_stats.intake.start.talk import Start, impersonal, preview
from karier_stats.intake.start.talk import start as start_form
from karier_stats.words import say

OFFICES = offices()
RIGHT, ASKED, MISSED, WRONG = "right", "asked", "missed", "wrong"


def begun(office: Office, folder: Path) -> Start:
    """The first proposal for an office."""
    folder.mkdir()
    office.write(folder)
    return talk.begin(folder)


def settle(office: Office, start: Start) -> int:
    """Answer every question as the clerk would; how many decisions that were."""
    for _ in range(80):
        if not start.open:
            return len(start.made.asked.questions)
        question = start.open[0]
        item = question.unanswered(start.answers.get(question.id))[0] if question.items else ""
        given = office.reply(question, item, sheet_patterns(start.looks))
        assert question.takes(given), (question.id, item, given)
        start.answer(question, given, item)
    raise AssertionError([question.id for question in start.open])


def columns_of(start: Start, sheet: Sheet) -> dict[str, str]:
    """What is proposed for the table of a sheet."""
    feeds = [feed for feed in start.made.content["tables"].get(sheet.table, []) if feed.get("file") == sheet.file]
    return next((feed.get("columns", {}) for feed in feeds if feed.get("sheet", sheet.sheet) == sheet.sheet), {})


def graded(office: Office, start: Start) -> Counter[str]:
    """How each column of the truth is mapped at the first run."""
    found = Counter[str]()
    asked = " ".join(question.id for question in start.open)
    for sheet in office.sheets:
        got, truth = columns_of(start, sheet), office.truth(sheet)
        for column, heading in truth.items():
            doubt = (
                f"column {sheet.table} {column}" in asked
                or ("batch " in asked and column == "batch_id")
                or "table " in asked
                or ("person " in asked and column == "employee_uid")
                or ("_from " in asked and column in ("unit_id", "program_id"))
            )
            given = got.get(column)
            found[RIGHT if given == heading else ASKED if doubt else MISSED if given is None else WRONG] += 1
        strange = {
            name: heading
            for name, heading in got.items()
            if name not in truth
            and heading in truth.values()
            and name not in ("unit_name", "unit_id", "title", "batch_id", "program_id")
        }
        found[WRONG] += len(strange)
    return found


@pytest.mark.parametrize("office", OFFICES, ids=lambda office: office.name)
def test_an_office_is_read_rightly_or_asked(office, tmp_path):
    start = begun(office, tmp_path / "kantor")
    first = graded(office, start)
    assert first[WRONG] == 0, first
    heads = {look.where.removesuffix(":Sheet1"): look for look in start.looks}
    for sheet in office.sheets:
        look = heads[f"{sheet.file}:{sheet.sheet}" if sheet.sheet else sheet.file]
        assert (look.header, len(look.rows), len(look.left)) == (sheet.header, sheet.kept, sheet.left), sheet
    assert settle(office, start) <= 12
    peta = talk.write(start.made, start.folder, "id")
    rows = {
        table: about["rows"]
        for table, about in rehearse(start.evaluation, raw=start.folder, peta=peta, folder=tmp_path / "coba")
        .content["tables"]
        .items()
    }
    years = len({sheet.year for sheet in office.sheets if sheet.table == "employee"}) or 1
    assert rows["employee"] == len(office.people) * years
    assert (rows["batch"], rows["participation"]) == (len(office.batches), len(office.seats))
    if any(sheet.table == "test_score" for sheet in office.sheets):
        assert rows["test_score"] == 2 * len(office.seats)


def test_most_columns_need_no_question_and_few_are_asked(tmp_path):
    grades, asked = Counter[str](), []
    for office in OFFICES:
        start = begun(office, tmp_path / office.name)
        grades += graded(office, start)
        asked.append(settle(office, start))
    assert grades[WRONG] == 0
    assert grades[RIGHT] >= 0.75 * grades.total(), grades
    assert statistics.median(asked) <= 12


STAFF = f"""NIP;Nama;Tgl Lahir;JK;Unit Kerja
{ANI};Ani Lestari, S.E.;01/01/1980;W;Kel. Satu
{BUDI};Budi Santoso;02/02/1985;P;Dinas Dua
{CITRA};Citra Dewi;03/03/1990;W;Kel. Satu
{DEDI};Dedi Saputra;04/04/1970;P;Dinas Dua
"""
SEATS = f"""NIP;Nama Pelatihan;Tanggal Mulai;Hasil
{ANI};Arsip;03/04/2025;Hadir
{BUDI};Arsip;03/04/2025;Hadir
{CITRA};Pengadaan;05/06/2025;Tidak hadir
"""


def folder_of(tmp_path: Path, **files: str) -> Path:
    """A folder of csv files."""
    folder = tmp_path / "proyek" / "data" / "raw" / "kecil"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_what_is_never_guessed_is_asked(tmp_path):
    start = talk.begin(folder_of(tmp_path, pegawai_2025=STAFF, peserta=SEATS))
    asked = {question.id.split(" ")[0] for question in start.open}
    assert {"dates", "values", "batch"} <= asked  # day or month first, what Hadir counts as, what makes a batch
    hadir, sex = (
        next(question for question in start.open if question.id == f"values {name}") for name in ("outcome", "sex")
    )
    assert hadir.items == ("hadir",) and set(sex.items) == {"w", "p"}  # too few people prove it: P may be Pria


def test_labels_that_lie_are_not_believed(tmp_path):
    """P for Pria beside W for Wanita: the digits of the service numbers say so, or nothing is said."""
    people = "\n".join(f"1980010{n}200501{1 + n % 2}00{n};Nama {n};{'PW'[n % 2]};Dinas" for n in range(1, 10)) + "\n"
    people += "\n".join(f"1981010{n}200601{1 + n % 2}00{n};Nama {n};{'PW'[n % 2]};Dinas" for n in range(1, 10)) + "\n"
    start = talk.begin(folder_of(tmp_path, pegawai_2025="NIP;Nama;JK;Unit Kerja\n" + people))
    feed = start.made.content["tables"]["employee"][0]
    assert feed["values"]["sex"] == {"P": "L", "W": "P"}


def test_a_question_left_open_refuses_the_proposal_by_code(tmp_path):
    folder = folder_of(tmp_path, pegawai_2025=STAFF, peserta=SEATS)
    talk.begin(folder)
    with pytest.raises(InputError) as caught:
        load_crosswalk(folder / "peta.usulan.yml", folder, "kecil")
    assert caught.value.code == "K287" and caught.value.values["question"] in caught.value.message("id")
    with pytest.raises(InputError) as caught:
        load_crosswalk(folder / "peta.yml", folder, "kecil")
    assert caught.value.code == "K288"


def answers(start: Start) -> None:
    """Everything answered, the first choice or what is typed."""
    while start.open:
        question = start.open[0]
        item = question.unanswered(start.answers.get(question.id))[0] if question.items else ""
        start.answer(question, "2025" if question.free == "year" else next(iter(question.choices)), item)


def test_own_lines_and_answers_are_kept_when_it_is_run_again(tmp_path):
    folder = folder_of(tmp_path, pegawai_2025=STAFF, peserta=SEATS)
    answers(talk.begin(folder))
    peta = folder / "peta.usulan.yml"
    text = peta.read_text(encoding="utf-8")
    changed = text.replace("title: {id: kecil, en: kecil}", "title: {id: Bimtek, en: Training}").replace(
        "person: nip", "person: nip\nretention: 2030-12-31"
    )
    assert changed != text
    peta.write_text(changed, encoding="utf-8")
    again = talk.begin(folder)
    assert not again.open
    content = yaml.safe_load(peta.read_text(encoding="utf-8"))
    assert content["title"]["id"] == "Bimtek" and str(content["retention"]) == "2030-12-31"
    assert "baris Anda sendiri" not in text


def test_last_years_answers_leave_only_what_is_new(tmp_path):
    folder = folder_of(tmp_path, pegawai_2025=STAFF, peserta=SEATS)
    answers(talk.begin(folder))
    later = tmp_path / "tahun-depan"
    later.mkdir()
    shutil.copy(folder / "peserta.csv", later / "peserta.csv")
    (later / "pegawai_2026.csv").write_text(STAFF, encoding="utf-8")
    assert talk.begin(later).open
    (later / "peta.usulan.yml").unlink()
    assert not talk.begin(later, folder / "peta.usulan.yml").open


def test_the_terminal_asks_in_numbers_takes_no_empty_answer_and_can_be_left(tmp_path):
    start = talk.begin(folder_of(tmp_path, pegawai_2025=STAFF, peserta=SEATS))
    lines, told = iter(["", "99", "1", "q"]), []
    before = len(start.open)
    assert not talk.talk(start, lambda prompt: next(lines), told.append)
    assert sum("Enter" in line for line in told) == 2
    assert len(start.open) <= before and start.answers


def test_a_typed_answer_that_is_none_is_asked_for_as_what_it_is(tmp_path):
    staff = re.sub(r";Tgl Lahir|;\d\d/\d\d/\d{4}", "", STAFF)
    start = talk.begin(folder_of(tmp_path, pegawai=staff, peserta=SEATS))
    while (question := start.open[0]).free != "year":
        item = question.unanswered(start.answers.get(question.id))[0] if question.items else ""
        start.answer(question, next(iter(question.choices)), item)
    lines, told = iter(["1", "2205", "2024", "q"]), []
    talk.talk(start, lambda prompt: next(lines), told.append)
    assert told.count(say("start.again.year", "id")) == 2
    assert "2024" in start.answers.values()


def test_a_disk_that_is_full_loses_no_answer_given_before(tmp_path, monkeypatch):
    start = talk.begin(folder_of(tmp_path, pegawai_2025=STAFF, peserta=SEATS))

    def given():
        question = start.open[0]
        start.answer(question, next(iter(question.choices)), question.unanswered(None)[0] if question.items else "")

    given()
    kept = talk.earlier_answers(talk.current(start.folder))

    def full(path, *_, **__):
        path.write_bytes(b"evalu")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="space"):
        given()
    assert kept and talk.earlier_answers(talk.current(start.folder)) == kept


def test_a_folder_becomes_a_crosswalk_and_the_screen_shows_nobody(tmp_path, monkeypatch):
    root = project(tmp_path, monkeypatch, "kecil")
    folder = folder_of(tmp_path, pegawai_2025=STAFF, peserta=SEATS)
    first = CliRunner().invoke(cli, ["start", str(folder), "--yes"])
    assert first.exit_code == 1 and "terbuka" in first.output
    start = talk.begin(folder)
    typed = []
    while start.open:
        question = start.open[0]
        item = question.unanswered(start.answers.get(question.id))[0] if question.items else ""
        choice = {"batch": len(question.choices)}.get(question.id.split(" ")[0], 1)
        if question.id.startswith("values"):
            choice = list(question.choices).index({"hadir": "lulus", "w": "P", "p": "L"}[item]) + 1
        typed.append(str(choice))
        start.answer(question, list(question.choices)[choice - 1], item)
    for last in ([], ["tidak"]):  # the input ends at the last prompt, or somebody says no
        for name in ("peta.usulan.yml", ".peta.usulan.yml"):
            (folder / name).unlink()
        left = CliRunner().invoke(cli, ["start", str(folder)], input="\n".join([*typed, *last]) + "\n")
        assert left.exit_code == 1 and "belum disahkan" in left.output and not (folder / "peta.yml").exists()
    done = CliRunner().invoke(cli, ["start", str(folder)], input="ya\n")
    assert done.exit_code == 0, (done.output, done.exception)
    assert (folder / "peta.yml").is_file() and not (folder / "peta.usulan.yml").exists()
    for secret in (ANI, BUDI, "Ani Lestari", "Santoso"):
        assert secret not in done.output and secret not in (folder / "peta.yml").read_text(encoding="utf-8")
    read = CliRunner().invoke(cli, ["prepare", "kecil"])
    assert read.exit_code == 0, read.output
    assert (root / "data" / "processed" / "kecil" / "participation.parquet").is_file()


def test_an_empty_folder_and_an_unreadable_file_have_their_codes(tmp_path):
    with pytest.raises(InputError, match="K289"):
        talk.begin(tmp_path)
    folder = folder_of(tmp_path, pegawai_2025=STAFF)
    (folder / "lama.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    (folder / "rusak.xlsx").write_bytes(b"PK nothing")
    refused = talk.begin(folder).made.refused
    assert {error.code for error in refused} == {"K217", "K194"}


def test_another_hands_crosswalk_is_not_replaced(tmp_path):
    folder = folder_of(tmp_path, pegawai_2025=STAFF, peserta=SEATS)
    (folder / "peta.yml").write_text("evaluation: kecil\n", encoding="utf-8")
    talk.begin(folder)
    assert talk.confirm(folder) is None
    assert (folder / "peta.yml").read_text(encoding="utf-8") == "evaluation: kecil\n"


PEOPLE = Office("x", [], n=30, seed=21).people
ROSTER = "NIP;Nama;Unit Kerja\n" + "".join(f"{p['nip']};{p['name']};{p['unit']}\n" for p in PEOPLE)
SCHEDULE = "Kode;Nama Pelatihan;Tanggal Pelaksanaan;JP\n" + "".join(
    f"A{n};{title};{10 + n} s.d. {12 + n} Maret 2025;20\n"
    for n, title in enumerate(("Arsip", "Anggaran", "Pelayanan", "Beban Kerja"))
)
TAKEN = "NIP;Kode;Keterangan\n" + "".join(f"{p['nip']};A{n % 4};Lulus\n" for n, p in enumerate(PEOPLE))


def stored(
    folder: Path, tmp_path: Path, replies: dict[str, str] | None = None
) -> tuple[dict[str, int], list[str], Start]:
    """The rows of each table once every question has its reply, or its first choice; and what was asked."""
    start, asked = talk.begin(folder), list[str]()
    while start.open:
        question = start.open[0]
        item = question.unanswered(start.answers.get(question.id))[0] if question.items else ""
        reply = next(
            (reply for name, reply in (replies or {}).items() if f"{question.id} {item}".startswith(name)), None
        )
        asked.append(question.id.split(" ")[0])
        start.answer(question, reply or next(iter(question.choices), "2025"), item)
    intake = rehearse(start.evaluation, raw=folder, peta=folder / "peta.usulan.yml", folder=tmp_path / "coba")
    assert not intake.quarantined, intake.summary()
    return {table: about["rows"] for table, about in intake.content["tables"].items()}, asked, start


def test_a_code_that_only_another_sheet_gives_away_and_days_as_ranges(tmp_path):
    rows, asked, start = stored(folder_of(tmp_path, pegawai_2025=ROSTER, jadwal=SCHEDULE, peserta=TAKEN), tmp_path)
    assert not asked and (rows["batch"], rows["participation"]) == (4, 30)
    batch = start.made.content["tables"]["batch"][0]["columns"]
    assert batch["batch_id"] == "Kode" and batch["start_date"] == batch["end_date"] == "Tanggal Pelaksanaan"


def test_name_and_number_in_one_cell_and_a_file_for_each_unit(tmp_path):
    def part(people: list[dict]) -> str:
        return "Nama / NIP;Jabatan\n" + "".join(f"{p['name']} / {p['nip']};{p['post']}\n" for p in people)

    folder = folder_of(
        tmp_path,
        jadwal=SCHEDULE,
        peserta=TAKEN,
        **{"Pegawai Dinas Pangan": part(PEOPLE[:10]), "Pegawai Dinas Sosial": part(PEOPLE[10:])},
    )
    rows, asked, _ = stored(folder, tmp_path, {"unit_from": "@file"})
    assert (rows["employee"], rows["unit"]) == (30, 2)
    assert asked.count("unit_from") == 1  # one pattern of headings, one question


def test_titles_of_parts_subtotals_and_signatures_are_no_data(tmp_path):
    import openpyxl

    folder, book = folder_of(tmp_path, jadwal=SCHEDULE, peserta=TAKEN), openpyxl.Workbook()
    page = book.active
    for row in (["DAFTAR PEGAWAI TAHUN 2025"], ["No", "NIP", "Nama", "Unit Kerja", "Gol"]):
        page.append(row)
    for n, p in enumerate(PEOPLE):
        if n % 10 == 0:
            page.append([None, f"BAGIAN {n}"])
        page.append([n + 1, p["nip"], p["name"], p["unit"], p["grade"]])
        if n % 10 == 9:
            page.append([None, "JUMLAH", 10])
    for row in (
        [None, "JUMLAH", 30],
        [],
        [None, None, None, "Pekanbaru, 2 Januari 2026"],
        [None, None, None, "NIP. 196501011990031001"],
    ):
        page.append(row)
    book.save(folder / "pegawai.xlsx")
    rows, asked, start = stored(folder, tmp_path)
    staff = next(look for look in start.looks if look.file == "pegawai.xlsx")
    assert rows["employee"] == len(staff.rows) == 30 and asked == ["rows"]
    assert Counter(staff.left.values()) == {"part": 3, "subtotal": 4, "stop": 2}


def test_people_known_by_another_id(tmp_path):
    ids = {p["nip"]: f"E{n:03d}" for n, p in enumerate(PEOPLE)}

    def coded(text: str, heading: str) -> str:
        for number, code in ids.items():
            text = text.replace(number, code)
        return text.replace("NIP;", f"{heading};")

    folder = folder_of(
        tmp_path, pegawai_2025=coded(ROSTER, "ID Pegawai"), jadwal=SCHEDULE, peserta=coded(TAKEN, "Pegawai")
    )
    rows, asked, start = stored(folder, tmp_path, {"person_id": "ID Pegawai"})
    assert asked[0] == "person_id" and start.made.content["person"] == "other"
    assert (rows["employee"], rows["participation"]) == (30, 30)


def test_scores_in_two_files_and_elements_that_are_only_numbered(tmp_path):
    def scores(first: int) -> str:
        return "NIP;Nama Pelatihan;Nilai\n" + "".join(f"{p['nip']};Arsip;{first + n}\n" for n, p in enumerate(PEOPLE))

    survey = "Unit Kerja;U1;U2;U3;U4;U5;U6;U7;U8;U9\n" + "".join(
        f"{p['unit']};" + ";".join(str(2 + (n + m) % 3) for m in range(9)) + "\n" for n, p in enumerate(PEOPLE)
    )
    folder = folder_of(
        tmp_path,
        pegawai_2025=ROSTER,
        jadwal=SCHEDULE,
        peserta=TAKEN,
        **{"nilai pretest 2025": scores(40), "nilai posttest 2025": scores(50), "SKM 2025": survey},
    )
    elements = "persyaratan prosedur waktu biaya produk kompetensi perilaku sarana pengaduan".split()
    pattern = "elements unit kerja|u#|u#|u#|u#|u#|u#|u#|u#|u# u"
    rows, asked, start = stored(
        folder,
        tmp_path,
        {
            "table unit": "service_survey",
            "score_max": "100",
            **{f"{pattern}{n}": name for n, name in enumerate(elements, 1)},
        },
    )
    assert (rows["test_score"], rows["service_survey"]) == (60, 30)
    assert (
        asked.count("elements") == 9
        and sum(question.id.startswith("elements") for question in start.made.asked.questions.values()) == 1
    )
    kinds = [feed["long"]["columns"]["Nilai"]["kind"] for feed in start.made.content["tables"]["test_score"]]
    assert sorted(kinds) == ["post", "pre"]


def test_damaged_files_are_looked_at_or_refused_by_code(tmp_path):
    for number in range(60):
        kind, content = input_of(7, number)[:2]
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / f"berkas.{kind}").write_bytes(content)
        with contextlib.suppress(KarierError):
            start = talk.begin(folder)
            for _ in range(4):
                for question in start.open[:1]:
                    item = question.unanswered(start.answers.get(question.id))[0] if question.items else ""
                    start.answer(question, next(iter(question.choices), "2025"), item)


def test_the_preview_shows_nobody_who_stands_there_twice(tmp_path):
    folder = folder_of(
        tmp_path,
        pegawai_2025=ROSTER,
        jadwal=SCHEDULE,
        peserta="NIP;Nama;Kode;Ket;Keterangan\n"
        + "".join(f"{p['nip']};{p['name']};A{n};rumah {p['name']};Lulus\n" for p in PEOPLE for n in range(4)),
    )
    _, _, start = stored(folder, tmp_path)
    lines = "\n".join(preview(start, folder / "peta.usulan.yml"))
    assert not [p["name"] for p in PEOPLE if p["name"].partition(",")[0] in lines or p["nip"] in lines]
    assert "Lulus" in lines and "A0" in lines


def test_the_form_in_jupyterlab_asks_the_same_and_confirms(tmp_path):
    folder = folder_of(tmp_path, pegawai_2025=STAFF, peserta=SEATS)
    form = start_form(str(folder))
    for _ in range(30):
        if len(form.children) < 4:
            break
        *_, choice, button = form.children
        button.click()  # the empty choice answers nothing
        assert form.children[-1] is button
        choice.value = choice.options[1][1]
        button.click()
    text, confirm = form.children
    assert ANI not in text.value and "Ani" not in text.value
    confirm.click()
    assert (folder / "peta.yml").is_file()


def test_a_spreadsheet_that_has_swapped_days_and_months_is_told_of(tmp_path):
    import openpyxl

    folder, book = folder_of(tmp_path, pegawai_2025=ROSTER), openpyxl.Workbook()
    book.active.append(["NIP", "Nama Pelatihan", "Tgl Mulai", "Hasil"])
    for n, p in enumerate(PEOPLE):
        day = datetime.date(2025, 1 + n % 12, 1 + n % 9) if n % 2 else f"0{1 + n % 9}/{13 + n % 10}/2025"
        book.active.append([p["nip"], "Arsip", day, "Lulus"])
    book.save(folder / "peserta.xlsx")
    assert "dates swapped" in [question.id for question in talk.begin(folder).open]


def test_trainers_are_no_participants_and_a_comparison_group_is_asked(tmp_path):
    scores = "NIP;Nama Pelatihan;Pre Test;Post Test\n" + "".join(
        f"{p['nip']};Arsip;{40 + n};{50 + n}\n" for n, p in enumerate(PEOPLE)
    )
    folder = folder_of(
        tmp_path,
        pegawai_2025=ROSTER,
        jadwal=SCHEDULE,
        peserta=TAKEN,
        **{"daftar narasumber": TAKEN, "nilai kelompok kontrol 2025": scores},
    )
    start = talk.begin(folder)
    kinds = [question.id.split(" ")[0] for question in start.open]
    assert "table" in kinds and "arm" in kinds
    assert "daftar narasumber.csv" not in start.made.tables


def test_hours_that_differ_within_a_batch_are_those_of_people(tmp_path):
    seats = "NIP;Nama Pelatihan;Tanggal Mulai;JP;Hasil;Nilai Awal;Nilai Akhir\n" + "".join(
        f"{p['nip']};Arsip;14/03/2025;{10 + n % 3};Lulus;{40 + n};{50 + n}\n" for n, p in enumerate(PEOPLE)
    )
    _, _, start = stored(folder_of(tmp_path, pegawai_2025=ROSTER, peserta_2025=seats), tmp_path, {"score_max": "100"})
    feeds = start.made.content["tables"]
    assert "jp" not in feeds["batch"][0]["columns"] and feeds["participation"][0]["columns"]["credited_jp"] == "JP"
    assert "final_score" not in feeds["participation"][0]["columns"]  # it is the post-test
    assert feeds["test_score"][0]["long"]["columns"] == {"Nilai Awal": {"kind": "pre"}, "Nilai Akhir": {"kind": "post"}}


def test_a_required_table_without_a_file_is_told_and_ends_the_talk(tmp_path):
    start, told = talk.begin(folder_of(tmp_path, pegawai_2025=ROSTER)), []
    assert not talk.talk(start, pytest.fail, told.append)
    assert any("Tidak ada lembar" in line for line in told)


def test_sheets_by_unit_are_asked_about_together_and_a_chosen_column_of_wishes_may_list_several(tmp_path):
    import openpyxl

    wishes = "Cap waktu;NIP;Apa saja yang Bapak/Ibu perlukan tahun depan?\n" + "".join(
        f"2025/01/{6 + n % 20:02d} 9:05:33 AM GMT+7;{p['nip']};{'Arsip, Keuangan' if n % 2 else 'Arsip'}\n"
        for n, p in enumerate(PEOPLE))
    folder, book = folder_of(tmp_path, jadwal=SCHEDULE, peserta=TAKEN, survei=wishes), openpyxl.Workbook()
    book.remove(book.active)
    for unit in ("Dinas Pangan", "Dinas Sosial", "Kecamatan Bina"):
        page = book.create_sheet(unit)
        for row in (["NOMINATIF PEGAWAI 31 DESEMBER 2025"], ["NO. URUT", "NAMA / NIP", "GOL. RUANG"]):
            page.append(row)
        for n, p in enumerate(PEOPLE):
            if ("Dinas Pangan", "Dinas Sosial", "Kecamatan Bina")[n % 3] == unit:
                page.append([n + 1, f"{p['name']}\n{p['nip']}", p["grade"]])
        page.append([None, "JUMLAH", 10])
    book.save(folder / "nominatif.xlsx")
    rows, asked, start = stored(folder, tmp_path, {
        "table cap waktu": "need", "column need need_item": "Apa saja yang Bapak/Ibu perlukan tahun depan?",
        "unit_from": "@sheet", "year ": "Cap waktu", "split": "ya"})
    assert (rows["employee"], rows["unit"], rows["need"]) == (30, 3, 45)  # 15 ask for one thing, 15 for two
    assert asked.count("rows") == asked.count("unit_from") == asked.count("split") == 1
    assert next(question.items for question in start.made.asked.questions.values() if question.id == "rows") == (
        "nominatif.xlsx:dinas pangan …: jumlah",)


def test_a_schedule_tells_the_year_of_scores_its_money_and_what_is_said_of_courses(tmp_path):
    head, *lines = SCHEDULE.splitlines()
    plan = "".join(f"{line};{extra}\n" for line, extra in zip(
        [head, *lines], ["Penyelenggara;Pagu;Sumber Dana", *["BPSDM;12.500.000;APBD"] * len(lines)], strict=True))
    scores = "NIP;Kode;Pre Test;Post Test\n" + "".join(
        f"{line.split(';')[0]};{line.split(';')[1]};{40 + n};{50 + n}\n" for n, line in enumerate(TAKEN.splitlines()[1:]))
    folder = folder_of(tmp_path, pegawai_2025=ROSTER, jadwal=plan, peserta=TAKEN, nilai=scores)
    rows, asked, start = stored(folder, tmp_path, {"score_max": "100"})
    feeds = start.made.content["tables"]
    assert set(asked) == {"score_max"} and (rows["batch"], rows["budget"], rows["test_score"]) == (4, 4, 60)
    assert feeds["test_score"][0]["columns"]["year"] == "Kode" and set(feeds["test_score"][0]["values"]["year"].values()) == {2025}
    assert all(row["organizer"] == "BPSDM" for row in feeds["program"][0]["rows"])


def test_remarks_and_wishes_in_a_form_are_read_beside_its_answers(tmp_path):
    import pandas as pd

    head = ["Timestamp", "NIP", "Pilihan pertama", "Pilihan kedua", *(f"Materi berguna {n}" for n in "abcd"), "Kesan", "Saran lain"]
    form = ";".join(head) + "\n" + "".join(
        f"2025-06-0{1 + n % 9} 10:00:00;{p['nip']};{'Arsip Hukum'.split()[n % 2]};{'Hukum Arsip'.split()[n % 2]};4;5;{2 + n % 4};3;"
        f"{'bagus' if n % 3 == 0 else ''};{'lebih lama' if n % 5 == 0 else ''}\n" for n, p in enumerate(PEOPLE))
    folder = folder_of(tmp_path, pegawai_2025=ROSTER, jadwal=SCHEDULE, peserta=TAKEN, survei=form)
    rows, _, start = stored(folder, tmp_path, {"scale": "5", "reversed": "-"})
    assert (rows["survey_response"], rows["need"], rows["comment"]) == (120, 60, 16) and not [*unread(start.made, start.looks[-1])]
    open_ones = impersonal(start.made, start.looks[-1])
    assert "Materi berguna a" in open_ones and open_ones.isdisjoint({"Kesan", "Saran lain", "NIP"})
    said = pd.read_parquet(tmp_path / "coba" / start.evaluation / "comment.parquet")
    assert said["comment"].value_counts().to_dict() == {"bagus": 10, "lebih lama": 6} and set(said["year"]) == {2025}


def test_the_professionalism_index_is_known_by_its_name_and_its_four_scores(tmp_path):
    index = "NIP;Nama;Tahun;Kualifikasi;Kompetensi;Kinerja;Disiplin;Nilai IP ASN\n" + "".join(
        f"{p['nip']};{p['name']};2025;15;{(10, 22.5, 40)[n % 3]};25;5;{(55, 67.5, 85)[n % 3]}\n" for n, p in enumerate(PEOPLE))
    start = talk.begin(folder_of(tmp_path, pegawai_2025=ROSTER, ip_asn_2025=index))
    assert start.made.content["tables"]["ip_asn"][0]["columns"] == {
        "employee_uid": "NIP", "year": "Tahun", "qualification": "Kualifikasi", "competence": "Kompetensi",
        "performance": "Kinerja", "discipline": "Disiplin", "total": "Nilai IP ASN",
    }


@pytest.mark.parametrize(("years", "name", "column", "asked"), [
    (["2025"], "predikat 2025", "tahun_nilai", False), (["2024"], "predikat 2025", None, True), (["2025"], "predikat", None, True),
    (["2024", "2025"], "predikat 2025", None, True), (["2010", "2011"], "predikat 2025", "tahun@file", False),
])
def test_a_column_of_years_counts_where_what_stands_around_agrees_and_else_is_asked(tmp_path, years, name, column, asked):
    ratings = "nip;hasil_kerja;predikat_kinerja;tahun_nilai\n" + "".join(
        f"{p['nip']};Sesuai Ekspektasi;{('Baik', 'Sangat Baik')[n % 2]};{years[n % len(years)]}\n" for n, p in enumerate(PEOPLE))
    start = talk.begin(folder_of(tmp_path, pegawai_2025=ROSTER, **{name: ratings}))
    assert start.made.content["tables"]["performance"][0]["columns"].get("year") == column
    assert any(question.id.startswith("year ") for question in start.open) == asked


def test_cells_speak_for_a_column_whose_heading_says_nothing(tmp_path):
    """Status and outcome are known by their words, the one person of a table by the numbers; a slip of the pen changes nothing."""
    staff = "NIP;Nama;Unit Kerja;Ikatan;Masa Kerja\n" + "".join(
        f"{p['nip']};{p['name']};Dinas;{p['status']};{n if n else 900}\n" for n, p in enumerate(PEOPLE))
    leaders = "Unit Kerja;Tahun;Pejabat;Kegiatan Dibuka;Skor Dukungan\n" + "".join(
        f"Dinas;2025;{p['nip']};{n % 4};{1 + n % 4}\n" for n, p in enumerate(PEOPLE[:6]))
    seats = "NIP;Kode;JP Diakui;Jumlah Jam;Catatan Akhir\n" + "".join(
        f"{p['nip']};A{n % 4};20;{10 + n % 3};{('Lulus', 'Tidak Lulus')[n % 2]}\n" for n, p in enumerate(PEOPLE))
    start = talk.begin(folder_of(tmp_path, pegawai_2025=staff, pimpinan=leaders, jadwal=SCHEDULE, peserta=seats))
    feeds = start.made.content["tables"]
    assert {"status": "Ikatan", "service_years": "Masa Kerja"}.items() <= feeds["employee"][0]["columns"].items()
    assert feeds["leader_engagement"][0]["columns"]["head_uid"] == "Pejabat"
    taken = feeds["participation"][0]["columns"]
    assert (taken["outcome"], taken["credited_jp"], taken["attended_jp"]) == ("Catatan Akhir", "JP Diakui", "Jumlah Jam")


def test_a_survey_with_an_answer_in_each_row_and_ratings_without_any_are_asked_about(tmp_path):
    answers = "NIP;Hal;Isi\n" + "".join(f"{p['nip']};{'AB'[k]};{60 + (n + k) % 5}\n" for n, p in enumerate(PEOPLE) for k in (0, 1))
    folder = folder_of(tmp_path, pegawai_2025=ROSTER, jadwal=SCHEDULE, peserta=TAKEN, jawaban_2025=answers)
    for table, column in (("survey_response", "item_id"), ("post_training_rating", "item_id")):
        start = talk.begin(folder)
        (question,) = (one for one in start.open if one.id.startswith("table "))
        start.answer(question, table)
        assert any(one.id.startswith(f"column {table} {column} ") for one in start.open), [one.id for one in start.open]
        (folder / talk.PROPOSED).unlink()


def test_what_somebody_else_is_is_not_taken_for_the_person(tmp_path):
    """The sex of a spouse is no word of the person: by its heading, and where that is silent by the digits of the numbers."""
    for heading, read in (("Jenis Kelamin Pasangan", None), ("Jenis Kelamin", {"l", "p"})):
        folder = tmp_path / heading
        folder.mkdir()
        staff = f"NIP;Nama;Unit Kerja;{heading}\n" + "".join(
            f"{p['nip']};{p['name']};{p['unit']};{'LP'[n % 2]}\n" for n, p in enumerate(PEOPLE))
        start = talk.begin(folder_of(folder, pegawai_2025=staff))
        asked = next((set(one.items) for one in start.open if one.id == "values sex"), None)
        assert asked == read and ("sex" in start.made.content["tables"]["employee"][0]["columns"]) == (read is not None)
