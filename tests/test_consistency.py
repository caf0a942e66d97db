"""What the tables say of one another: each notice by a case that can be counted by hand."""

from __future__ import annotations

import pytest
from catalogue.door import EKA, Behind, Office, knock
from small_intake import ANI, BUDI, CITRA, DEDI, SEATS


def noticed(spoil) -> dict[str, int]:
    """Code to count of everything noticed."""
    with knock(spoil) as behind:
        found: dict[str, int] = {}
        for warning in behind.content["warnings"]:
            assert warning["text"]["id"] != warning["text"]["en"]
            found[warning["code"]] = found.get(warning["code"], 0) + warning["n"]
        return found


QUIET = {"K126": 1}
"""The sound office: the name of a colleague in a comment is masked."""


def test_a_sound_office_gives_no_other_notice():
    assert noticed(lambda office: None) == QUIET


def batch(office: Office, **facts: object) -> None:
    """Facts about the first batch."""
    office.feed("batch")["rows"][0] |= facts


def with_columns(office: Office, table: str, **columns: str) -> None:
    """More columns of a table's first feed."""
    office.feed(table)["columns"] |= columns


def status(office: Office) -> None:
    """Ani's number is of permanent staff, her status says contract."""
    with_columns(office, "employee", status="Gol")
    office.feed("employee")["columns"].pop("grade")
    for old, new in (("III/a\n", "PNS\n"), ("III/b\n", "PNS\n"), ("IV/a\n", "PPPK\n")):
        office.swap("pegawai.csv", old, new)


def moved(office: Office) -> None:
    """Budi was in U1 the year before."""
    office.peta["tables"]["employee"].append(
        {**office.feed("employee"), "file": "lama.csv", "constants": {"year": 2024}})
    office.text("lama.csv", f"NIP;Nama;Unit;JK;Gol\n{ANI};Ani Lestari;U1;P;III/a\n{BUDI};Budi;U1;L;III/b\n")


def elsewhere(office: Office) -> None:
    """Ani's seat names U2, the staff list U1; Budi's names his own."""
    with_columns(office, "participation", unit_id="Unit")
    office.text("peserta.csv", f"NIP;Angkatan;Hasil;Nilai;Unit\n{ANI};B1;lulus;80;U2\n{BUDI};B1;lulus;80;U2\n"
                               f"{CITRA};B2;lulus;80;\n")


def last_year(office: Office) -> None:
    """The batch of two seats is of a year without staff list: 2 of 3 rows do not join."""
    batch(office, year=2024)


def two_uploads(office: Office) -> None:
    """Two batch ids, one course, one end date; Ani completed both."""
    batch(office, end_date="2025-05-03")
    office.feed("batch")["rows"][1]["end_date"] = "2025-05-03"
    office.add("peserta.csv", f"{ANI};B2;lulus;80")


def credited(office: Office) -> None:
    """21 hours credited in a batch of 20; exactly 20 is no excess."""
    batch(office, jp=20)
    with_columns(office, "participation", credited_jp="Nilai")
    office.feed("participation")["columns"].pop("final_score")
    office.text("peserta.csv", SEATS.replace("80,5", "21").replace("Tidak hadir;", "lulus;20"))


def contract_hours(office: Office) -> None:
    """Two courses of 13 hours make 26; the ceiling is 24. Dedi, permanent, may have more."""
    status(office)
    office.swap("pegawai.csv", ";PPPK", ";PNS")
    office.add("pegawai.csv", "199001012022211001;Orang;U1;L;PPPK")
    office.numbers.append("199001012022211001")
    with_columns(office, "participation", credited_jp="Nilai")
    office.feed("participation")["columns"].pop("final_score")
    seats = [(number, b, 13) for number in ("199001012022211001", DEDI) for b in ("B1", "B2")]
    office.text("peserta.csv", "NIP;Angkatan;Hasil;Nilai\n" + "".join(f"{p};{b};lulus;{h}\n" for p, b, h in seats))


def budget(office: Office, participants: int) -> None:
    """One budget line of the course."""
    office.peta["tables"]["budget"] = [{"rows": [{
        "budget_id": "a", "year": 2025, "program_id": "P1", "funding_source": "apbd", "ceiling_rp": 5_000_000,
        "participants": participants}]}]


def old_code(office: Office) -> None:
    """A ward under the code that it had until 2020."""
    office.feed("unit")["rows"][0]["area_code"] = "14.71.10.1009"


@pytest.mark.parametrize(("spoil", "code", "n"), [
    (status, "K116", 1), (moved, "K164", 1), (elsewhere, "K163", 1), (last_year, "K173", 2), (two_uploads, "K166", 1),
    (credited, "K167", 1), (contract_hours, "K168", 1), (old_code, "K157", 1),
    (lambda office: budget(office, 9), "K169", 1),
])
def test_what_is_noticed(spoil, code, n):
    assert noticed(spoil) == QUIET | {code: n}


@pytest.mark.parametrize("participants", [3, 2])
def test_a_budget_may_count_all_rows_or_those_who_attended(participants):
    assert noticed(lambda office: budget(office, participants)) == QUIET


@pytest.mark.parametrize(("ceiling", "spent", "codes"), [
    (10_000_000, 15_000_000, {}), (10_000_000, 15_000_001, {"K179": 1}), (10_000, 10_000_000, {"K180": 1}),
    (10_000_000, 10_000, {"K180": 1}), (5_000_000, None, {}),
])
def test_spending_against_its_ceiling(ceiling, spent, codes):
    def spoil(office):
        budget(office, 3)
        office.feed("budget")["rows"][0] |= {"ceiling_rp": ceiling, **({"spent_rp": spent} if spent else {})}

    assert noticed(spoil) == QUIET | codes


def test_one_small_line_among_large_ones_is_in_another_unit():
    def spoil(office):
        budget(office, 3)
        line = office.feed("budget")["rows"][0]
        office.feed("budget")["rows"] += [{**line, "budget_id": name, "ceiling_rp": 7_000, "participants": None}
                                          for name in "b"]
        office.feed("budget")["rows"] += [{**line, "budget_id": name, "participants": None} for name in "cd"]

    assert noticed(spoil) == QUIET | {"K180": 1}


def test_what_is_true_of_a_file_is_said_once_for_all_its_tables():
    def spoil(office):
        office.swap("nilai.csv", ANI, f"'{ANI}")
        office.peta["tables"]["need"] = [{
            "file": "nilai.csv", "columns": {"employee_uid": "NIP", "need_item": "Komentar"},
            "constants": {"year": 2025}, "exclude": {"Komentar": ""}}]

    with knock(spoil) as behind:
        (warning,) = behind.warnings("K122")
    assert (warning["table"], warning["n"]) == ("test_score, need", 1)


def test_a_declared_encoding_needs_no_warning():
    def spoil(office):
        office.swap("nilai.csv", "Terima kasih Bu Citra", "déjà vu")
        office.text("nilai.csv", office.files["nilai.csv"].decode(), "cp1252")
        for table in ("test_score", "comment"):
            office.feed(table)["encoding"] = "cp1252"

    assert noticed(spoil) == {}


def test_numbering_and_blank_headings_are_not_columns_left_unread():
    def spoil(office):
        lines = office.files["pegawai.csv"].decode().strip().split("\n")
        text = "\n".join([f"No.;{lines[0]};", *(f"{n};{line};" for n, line in enumerate(lines[1:], start=1))])
        office.text("pegawai.csv", text + "\n")

    assert noticed(spoil) == QUIET


def test_a_heading_that_is_somebody_is_masked():
    def spoil(office):
        lines = office.files["pegawai.csv"].decode().strip().split("\n")
        office.text("pegawai.csv", "\n".join([f"{lines[0]};Citra Dewi;Hobi", *(line + ";;" for line in lines[1:])]) + "\n")

    with knock(spoil) as behind:
        assert "[disamarkan], Hobi" in behind.warnings("K146")[0]["text"]["id"]


# what resolves a name


def ward(office: Office) -> None:
    """U1 is the ward Sialangsakti, known by its code alone."""
    office.feed("unit")["rows"][0] |= {"area_code": "14.71.10.1012", "unit_type": "kelurahan"}
    office.add("pegawai.csv", f"{EKA};Eka Putri;KEL. SIALANG SAKTI;P;")


def test_a_ward_is_known_by_every_official_spelling():
    with knock(ward) as behind:
        assert behind.table("employee")["unit_id"].tolist()[4] == "U1"


def test_a_code_that_two_wards_share_stands_for_neither():
    def spoil(office):
        ward(office)
        office.feed("unit")["rows"][1] |= {"area_code": "14.71.10.1012", "unit_type": "kelurahan"}

    with knock(spoil) as behind:
        assert behind.account("employee")["reasons"]["quarantined"] == {"K160": 1}


def courses(*titles: str):
    """Courses C1, C2 ...; the two batches are of "Diklat PIM Tk. III" and P1."""

    def spoil(office: Office) -> None:
        office.feed("program")["rows"] += [
            {"program_id": f"C{n}", "title": title} for n, title in enumerate(titles, start=1)]
        batch(office, program_id="Diklat PIM Tk. III Angkatan XII")

    return spoil


def test_an_old_name_of_leadership_training_is_the_course_of_its_level():
    with knock(courses("Pelatihan Kepemimpinan Administrator (PKA)", "Pelatihan Kepemimpinan Pengawas")) as behind:
        assert behind.table("batch")["program_id"].tolist() == ["C1", "P1"]


def test_a_level_that_two_courses_share_stands_for_neither_and_the_title_is_listed():
    with knock(courses("PKA", "Diklat PIM III")) as behind:
        assert behind.account("batch")["reasons"]["quarantined"] == {"K160": 1}
        (title,) = behind.content["unmapped"][:1]
        assert (title["table"], title["value"], title["n"]) == ("program", "Diklat PIM Tk. III Angkatan XII", 1)


def test_unknown_names_are_listed_commonest_first():
    def spoil(office):
        people = [f"19800101200501290{n}" for n in (5, 6, 7)]
        units = ("Biro X", "Aneh", "Biro X")
        office.add("pegawai.csv", *(f"{p};Orang;{u};P;" for p, u in zip(people, units, strict=True)))

    with knock(spoil) as behind:
        assert [(name["value"], name["n"]) for name in behind.content["unmapped"]] == [("Biro X", 2), ("Aneh", 1)]


# dates, grades, keys


def ranged(cell: str):
    """A list of batches with one column of ranges."""

    def spoil(office: Office) -> None:
        office.peta["tables"]["batch"] = [{
            "file": "angkatan.csv", "dates": "teks", "constants": {"year": 2025, "program_id": "P1"},
            "columns": {"batch_id": "Kode", "start_date": "Pelaksanaan", "end_date": "Pelaksanaan"}}]
        office.text("angkatan.csv", f"Kode;Pelaksanaan\nB1;{cell}\nB2;3 Maret 2025\n")

    return spoil


def days(behind: Behind) -> list[tuple[str, str]]:
    """First and last day of each batch."""
    frame = behind.table("batch")
    return [(f"{start:%m-%d}", f"{end:%m-%d}") for start, end in zip(frame["start_date"], frame["end_date"], strict=True)]


def test_one_column_of_ranges_gives_start_and_end():
    with knock(ranged("24 s.d. 28 Februari 2025")) as behind:
        assert days(behind) == [("02-24", "02-28"), ("03-03", "03-03")]


def test_a_range_that_ends_before_it_starts_is_set_aside():
    with knock(ranged("28 s.d. 24 Februari 2025")) as behind:
        assert behind.account("batch")["reasons"]["quarantined"] == {"K155": 1}


def test_an_end_before_the_start_is_set_aside():
    with knock(lambda office: batch(office, start_date="2025-03-02", end_date="2025-03-01")) as behind:
        assert behind.account("batch")["reasons"]["quarantined"] == {"K155": 1}


@pytest.mark.parametrize(("number", "grade", "code"), [
    (EKA, "IX", "K156"), ("199001012022211001", "III/a", "K156"), (EKA, "Penata Muda (III/a)", None),
    ("199001012022211001", "9", None),
])
def test_a_grade_is_read_with_the_status_that_the_number_tells(number, grade, code):
    def spoil(office):
        office.add("pegawai.csv", f"{number};Orang;U1;;{grade}")
        office.numbers.append(number)

    with knock(spoil) as behind:
        assert behind.account("employee")["reasons"]["quarantined"] == ({code: 1} if code else {})


def test_two_years_of_one_test_are_two_tests():
    def spoil(office):
        office.peta["tables"]["test_score"].append({
            **office.feed("test_score"), "constants": {**office.feed("test_score")["constants"], "year": 2024}})

    with knock(spoil) as behind:
        assert sorted(behind.table("test_score")["year"]) == [2024] * 3 + [2025] * 3


# nobody is quoted


def test_a_shifted_row_does_not_put_a_name_or_number_into_the_list():
    def spoil(office):
        office.add("pegawai.csv", f"{EKA};U1;Citra Dewi;{DEDI};", f"{EKA[:-1]}6;x;{BUDI};P;")

    with knock(spoil) as behind:
        notes = " ".join(note["keterangan"] for note in behind.notes) + " ".join(behind.english)
        assert "[disamarkan]" in notes
        for secret in ("Citra Dewi", DEDI[:9], BUDI[:9]):
            assert secret not in notes and secret not in str(behind.content)
