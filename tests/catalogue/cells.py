"""B45 to B90: dates, names of units, scores, answers, money, and texts that are more than text."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Callable
from typing import Any

import pandas as pd
from small_intake import ANI, BUDI, CITRA, SEATS

from karier_stats.intake.prepare import UNMAPPED
from karier_stats.intake.processed import open_evaluation
from karier_stats.report.gate import text_leaks
from karier_stats.stats.scales.reliability import reliability

from .door import EKA, Behind, Case, Office, case, knock

Spoil = Callable[[Office], None]
Look = Callable[[Behind], None]
ITEMS = ("a", "b", "c", "d")
SCRIPT = '<script>alert("NIP")</script><img src=x onerror=alert(1)>'


def _certified(*days: str, style: str | None = "dd/mm/yyyy") -> Spoil:
    """Certificates dated in some way, one person each."""

    def spoil(office: Office) -> None:
        feed = office.feed("participation")
        feed["columns"]["certificate_date"] = "Tanggal"
        if style:
            feed["dates"] = style
        rows = zip((ANI, BUDI, CITRA), days, strict=False)
        lines = "".join(f"{number};B1;lulus;80;{day}\n" for number, day in rows)
        office.text("peserta.csv", "NIP;Angkatan;Hasil;Nilai;Tanggal\n" + lines)

    return spoil


def _dated(day: str) -> Look:
    """The day that was meant."""

    def look(behind: Behind) -> None:
        assert behind.table("participation")["certificate_date"].tolist() == [pd.Timestamp(day)]

    return look


def _serial_day(office: Office) -> None:
    """A day that lost its format: 45657 instead of 31 December 2024; the next cell is a date."""
    rows: list[list[object]] = [["NIP", "Angkatan", "Hasil", "Nilai", "Tanggal"], [ANI, "B1", "lulus", 80, 45657],
                                [BUDI, "B1", "lulus", 80, datetime.date(2024, 12, 31)]]
    office.workbook("peserta.xlsx", ("2025", rows))
    feed = office.feed("participation")
    feed["file"] = "peserta.xlsx"
    feed["columns"]["certificate_date"] = "Tanggal"


def _handed_in_earlier(behind: Behind) -> None:
    """A declared day of handing in is the limit instead of the year after the last staff list."""
    assert "2026-12-31" in behind.notes[0]["keterangan"]

    def declared(office: Office) -> None:
        _certified("30-06-2026", "01-05-2025", style="dd-mm-yyyy")(office)
        office.peta["as_of"] = "2026-01-31"

    with knock(declared) as other:
        assert other.account("participation")["reasons"]["quarantined"] == {"K154": 1}
        assert "2026-01-31" in other.notes[0]["keterangan"]


def _post_before_pre(office: Office) -> None:
    """The post-test stands a day before the pre-test."""
    columns = office.feed("test_score")["long"]["columns"]
    columns["Pre"]["taken_on"], columns["Post"]["taken_on"] = "2025-05-02", "2025-05-01"


def _of_unit(unit: str) -> Spoil:
    """One more person, in a unit written some way."""
    return lambda office: office.add("pegawai.csv", f"{EKA};Eka Putri;{unit};P;")


def _third_unit(name: str) -> Spoil:
    """One more unit, U3."""
    return lambda office: office.feed("unit")["rows"].append({"unit_id": "U3", "unit_name": name, "scope": "A"})


def _ward(office: Office) -> None:
    """A ward whose official name is written in one word, misspelt by the staff list."""
    _third_unit("Kelurahan Sialangsakti")(office)
    _of_unit("Kel. Sialangsaktii")(office)


def _only_suggested(behind: Behind) -> None:
    """The nearest unit is named and not assigned; the name is listed for review."""
    note = next(note["keterangan"] for note in behind.notes if note["kode"] == "K160")
    near = "Kelurahan Sialangsakti (U3)"
    assert f"Maksud Anda: {near}?" in note
    assert behind.content["unmapped"] == [{"table": "unit", "value": "Kel. Sialangsaktii", "n": 1, "near": near}]
    assert behind.intake is not None
    with (behind.intake.quarantine / UNMAPPED).open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1:] == [["unit", "Kel. Sialangsaktii", "1", near]]


def _in_unit(unit: str) -> Look:
    """Where the fifth person ended up."""

    def look(behind: Behind) -> None:
        assert behind.table("employee")["unit_id"].tolist()[4] == unit

    return look


def _old_name(office: Office) -> None:
    """A unit under the name that it had until 2023, in a list of 2022."""
    office.peta["aliases"]["unit"]["Badan Lama"] = {"id": "U2", "until": 2023}
    office.peta["tables"]["employee"].append({**office.feed("employee"), "file": "lama.csv", "constants": {"year": 2022}})
    office.text("lama.csv", f"NIP;Nama;Unit;JK;Gol\n{EKA};Eka Putri;Badan Lama;P;\n")


def _old_name_in_its_years(behind: Behind) -> None:
    """It is known in its own years, and set aside in later ones."""
    assert behind.table("employee").set_index("year").loc[2022, "unit_id"] == "U2"

    def later(office: Office) -> None:
        _old_name(office)
        office.peta["tables"]["employee"][1]["constants"] = {"year": 2024}

    with knock(later) as other:
        assert [note["kode"] for note in other.notes] == ["K159"]
        assert "–2023" in other.english[0]


def _kulim_is_named(behind: Behind) -> None:
    """A ward that went to Kulim in 2020 is named with its code and district."""
    assert "Pebatuan (14.71.14.1004, Kecamatan Kulim)" in behind.notes[0]["keterangan"]


def _orphans(office: Office) -> None:
    """A seat of somebody who is in no staff list; and a batch that nobody attended."""
    office.add("peserta.csv", f"{EKA};B1;lulus;70")
    office.peta["tables"]["batch"][0]["rows"].append({"batch_id": "B3", "program_id": "P1", "year": 2025})


def _both_ways(behind: Behind) -> None:
    """The orphans the other way are counted."""
    assert [(warning["n"], "1 dari 3" in warning["text"]["id"]) for warning in behind.warnings("K158")] == [(1, True)]


def _scored(cell: str) -> Spoil:
    """A final score written some way."""
    return lambda office: office.swap("peserta.csv", "lulus;91", f"lulus;{cell}")


def _blank_score(office: Office) -> None:
    """A list of scores in which one is blank."""
    feed = office.feed("test_score")
    feed.pop("long")
    feed["columns"]["score"] = "Pre"
    feed["constants"]["kind"] = "pre"


def _on_another_scale(top: float) -> Spoil:
    """Twelve people scored on 0-1 or 0-10 where 0-100 is declared."""

    def spoil(office: Office) -> None:
        numbers = [f"1980010120050129{n:02d}" for n in range(10, 22)]
        office.numbers += numbers
        office.add("pegawai.csv", *(f"{number};Orang;U1;P;" for number in numbers))
        lines = "".join(f"{number};B1;lulus;{str(top - 0.01 * n).replace('.', ',')}\n" for n, number in enumerate(numbers))
        office.text("peserta.csv", SEATS.split("\n")[0] + "\n" + lines)

    return spoil


def _ten_as_well(behind: Behind) -> None:
    """A column that ends at 10 is refused as well as one that ends at 1."""
    with knock(_on_another_scale(9.5)) as other:
        assert other.error is not None and other.error.code == "K171"
        assert other.error.values["top"] == "9.5"


def _answered(*forms: str, answers: Any = None) -> Spoil:
    """Forms of four items on a scale from 1 to 5."""

    def spoil(office: Office) -> None:
        office.peta["tables"]["survey_item"] = [{"rows": [
            {"instrument": "m", "item_id": item, "item_text": item, "purpose": "manfaat", "scale_min": 1, "scale_max": 5}
            for item in ITEMS]}]
        feed = {"file": "survei.csv", "columns": {"submitted_on": "Waktu"}, "dates": "dd-mm-yyyy", "constants": {
            "response_id": "R-{row}", "year": 2025},
                "long": {"value": "value", "columns": {item: {"instrument": "m", "item_id": item} for item in ITEMS}}}
        office.peta["tables"]["survey_response"] = [feed | ({"answers": answers} if answers else {})]
        lines = [";".join(("Waktu", *ITEMS)), *(f"17-08-2025;{form}" for form in forms)]
        office.text("survei.csv", "\n".join(lines) + "\n")

    return spoil


def _kurang_setuju(behind: Behind) -> None:
    """Words count what their instrument declares; Kurang Setuju is never guessed."""
    with knock(_answered("Setuju;STS;Netral;Kurang Setuju", answers="setuju-5")) as other:
        assert other.account("survey_response")["reasons"]["quarantined"] == {"K172": 1}
        assert "Kurang Setuju" in other.notes[0]["keterangan"] and "instrumen m" in other.notes[0]["keterangan"]
    declared = {"m": {"Kurang Setuju": 2, "Setuju": 3, "STS": 1, "Netral": 3}}
    with knock(_answered("Setuju;STS;Netral;Kurang Setuju", answers=declared)) as other:
        assert other.table("survey_response")["value"].tolist() == [3, 1, 3, 2]


def _share_of(n: int, of: int) -> Look:
    """The straight-liners as a share of the forms, in words."""

    def look(behind: Behind) -> None:
        assert f"{n} dari {of}" in behind.warnings("K165")[0]["text"]["id"]

    return look


def _reversed_item() -> None:
    """An item worded the other way round is named, and no answer is turned."""
    answers = pd.DataFrame({"a": [1, 2, 3, 4, 5, 4], "b": [1, 2, 3, 4, 5, 5], "c": [2, 1, 3, 5, 4, 4]})
    answers["d"] = 6 - answers["a"]
    before = answers.copy()
    result = reliability(answers, items=list(ITEMS))
    assert result.reversed_items == ("d",)
    for lang in ("id", "en"):
        assert "`d`" in result.sentence(lang)
        assert any("`d`" in note[lang] for note in result.notes)
    pd.testing.assert_frame_equal(answers, before)


def _nothing_answered(behind: Behind) -> None:
    """The blank form is left out by rule and counted."""
    assert behind.account("survey_response")["reasons"] == {"quarantined": {}, "excluded": {"K187": 1}}


def _budget(*lines: str, reversal: bool = False) -> Spoil:
    """Budget lines: id, year, activity, ceiling, spent."""

    def spoil(office: Office) -> None:
        columns = {"budget_id": "Kode", "year": "Tahun", "activity_code": "Kegiatan", "ceiling_rp": "Pagu",
                   "spent_rp": "Realisasi"} | ({"reversal": "Koreksi"} if reversal else {})
        office.peta["tables"]["budget"] = [{"file": "anggaran.csv", "numbers": "id", "columns": columns,
                                            "constants": {"funding_source": "apbd", "unit_id": "U1"}}]
        head = "Kode;Tahun;Kegiatan;Pagu;Realisasi" + (";Koreksi" if reversal else "")
        office.text("anggaran.csv", "\n".join([head, *lines]) + "\n")

    return spoil


def _a_reversal_may_be_negative(behind: Behind) -> None:
    """Where the line is marked as a reversal, brackets are a minus and stay."""
    with knock(_budget("a;2025;5.04;(2.000.000);0;ya", "b;2025;5.05;9.000.000;0;tidak", reversal=True)) as other:
        assert other.table("budget")["ceiling_rp"].tolist() == [-2_000_000, 9_000_000]
        assert not other.notes


def _zero_alone_is_sound(behind: Behind) -> None:
    """A ceiling of nothing is kept as 0; only spending beyond it is noticed."""
    assert behind.table("budget")["ceiling_rp"].tolist() == [0, 0]


def _rupiah(behind: Behind) -> None:
    """What the words and marks stand for."""
    assert behind.table("budget")["ceiling_rp"].tolist() == [1_500_000, 1_500_000_000, 250_000_000]


def _titled(title: str) -> Spoil:
    """A course with a strange title."""

    def spoil(office: Office) -> None:
        office.feed("program")["rows"][0]["title"] = title

    return spoil


def _title_is(title: str) -> Look:
    """The title is kept as text; a list of set-aside rows that quotes it cannot be run."""

    def look(behind: Behind) -> None:
        assert behind.table("program")["title"].tolist() == [title]
        with knock(lambda office: _heading(office, title)) as other:
            assert other.intake is not None and len(other.notes) == 1
            for path in other.intake.quarantine.glob("*.csv"):
                with path.open(encoding="utf-8-sig", newline="") as file:
                    assert not [cell for line in csv.reader(file) for cell in line if cell[:1] in "=+-@\t\r" and cell]

    return look


def _heading(office: Office, text: str) -> None:
    """The same text as a heading and a unit, so that the list of set-aside rows must quote it."""
    office.swap("pegawai.csv", "Unit", text)
    office.feed("employee")["columns"]["unit_id"] = text
    _of_unit(text)(office)


def _twins(office: Office) -> None:
    """One name in composed and in combining letters."""
    _third_unit("Dinas Caf\u00e9")(office)
    _of_unit("Dinas Cafe\u0301")(office)


def _long(office: Office) -> None:
    """Ten thousand letters, as a person's name and in a comment."""
    office.add("pegawai.csv", f"{EKA};{'Eka Putri ' * 1000};U1;P;")
    office.swap("nilai.csv", "Terima kasih Bu Citra", "x" * 10_000)


def _capped(behind: Behind) -> None:
    """The comment is cut at 2,000 letters; the name is nowhere."""
    assert behind.table("comment")["comment"].str.len().tolist() == [2000]


def _inert(behind: Behind) -> None:
    """Unknown as a unit; as a unit's name it is shown as text, in marks that no browser and no gate takes for a tag."""
    assert "<script" in behind.notes[0]["keterangan"]

    def named(office: Office) -> None:
        office.peta["tables"]["unit"][0]["rows"][0]["unit_name"] = SCRIPT

    with knock(named) as other:
        harmless = SCRIPT.replace("<", "‹")
        assert harmless in set(other.table("unit")["unit_name"])
        assert text_leaks(SCRIPT, "", "") and not text_leaks(harmless, "", "")
        assert [warning["n"] for warning in other.warnings("K274")] == [1]
        shown = open_evaluation("kecil", unit="U1", period=2025)._repr_html_()
        assert "‹script&gt;" in shown and "<script" not in shown and "<img" not in shown


def _same(found: object, wanted: object) -> None:
    """Equality, as a statement."""
    assert found == wanted


CASES: tuple[Case, ...] = (
    case("B45", "31/12/24", "accepted", "", _certified("31/12/24"), then=_dated("2024-12-31")),
    case("B46", "days first and months first in one column", "refused", "K150", _certified("31/12/2024", "12/31/2024"),
         file="peserta.csv"),
    case("B47", "ISO date", "accepted", "", _certified("2024-12-31", style=None), then=_dated("2024-12-31")),
    case("B48", "a day as Excel's serial number", "quarantined", "K151", _serial_day, table="participation"),
    case("B49", "1 Mei 2024", "accepted", "", _certified("1 Mei 2024", style="teks"), then=_dated("2024-05-01")),
    case("B50", "the year 0024", "quarantined", "K134", _certified("0024-05-01", "2024-05-01", style=None),
         table="participation"),
    case("B51", "a day in the future", "quarantined", "K154", _certified("01/01/2031", "01/05/2025"), table="participation",
         then=_handed_in_earlier),
    case("B52", "post-test before the pre-test", "quarantined", "K152", _post_before_pre, table="test_score"),
    case("B53", "a unit misspelt", "quarantined", "K160", _ward, then=_only_suggested),
    case("B54", "a unit in other case", "accepted", "", _of_unit("KELURAHAN SATU"), then=_in_unit("U1")),
    case("B55", "a unit with two spaces", "accepted", "", _of_unit("Dinas  Dua"), then=_in_unit("U2")),
    case("B56", "the old name of a unit", "accepted", "", _old_name, then=_old_name_in_its_years),
    case("B57", "a unit that nobody knows", "quarantined", "K160", _of_unit("Biro Umum Pusat")),
    case("B58", "a unit of another kecamatan", "quarantined", "K160", _of_unit("Kel. Pebatuan"), then=_kulim_is_named),
    case("B59", "somebody in attendance who is in no staff list", "quarantined", "K161", _orphans, table="participation",
         then=_both_ways),
    *(case(f"B{number}", given, "quarantined", "K170", _scored(cell), table="participation") for number, given, cell in (
        (60, "score -1", "-1"), (61, "score 101", "101"), (62, "score 80%", "80%"), (63, "score B+", "B+"))),
    case("B64", "score blank", "quarantined", "K137", _blank_score, table="test_score"),
    *(case(f"B{number}", given, "quarantined", "K170", _scored(cell), table="participation") for number, given, cell in (
        (65, "score 'tidak hadir'", "tidak hadir"), (66, "score 1e308", "1e308"), (67, "score inf", "inf"),
        (68, "score NaN", "NaN"))),
    case("B69", "scores of 0.8 on a scale of 0-100", "refused", "K171", _on_another_scale(0.9), file="peserta.csv",
         then=_ten_as_well),
    case("B70", "answer 0 of 1-5", "quarantined", "K170", _answered("2;1;3;4", "0;2;3;4"), table="survey_response"),
    case("B71", "answer 6 of 1-5", "quarantined", "K170", _answered("2;1;3;4", "6;2;3;4"), table="survey_response",
         then=_kurang_setuju),
    case("B72", "answer 2.5 of 1-5", "quarantined", "K170", _answered("2;1;3;4", "2,5;2;3;4"), table="survey_response"),
    case("B73", "one answer to every item", "noticed", "K165", _answered("2;1;3;4", "3;3;3;3", "5;5;5;5"), n=2,
         file="survey_response", then=_share_of(2, 3)),
    Case("B74", "a reversed item not recoded", "not assessed", "", _reversed_item),
    case("B75", "a form without any answer", "accepted", "", _answered("2;1;3;4", "-;;;", "4;3;2;1"),
         then=_nothing_answered),
    case("B76", "a negative budget", "quarantined", "K170", _budget("a;2025;5.04;-2.000.000;0"), table="budget",
         then=_a_reversal_may_be_negative),
    case("B77", "a budget of 0", "noticed", "K179", _budget("a;2025;5.04;0;0", "b;2025;5.05;0;5.000.000"),
         file="budget", then=_zero_alone_is_sound),
    case("B78", "Rp 1.500.000,-", "accepted", "",
         _budget("a;2025;5.04;Rp 1.500.000,-;0", "b;2025;5.05;Rp 1,5 M;0", "c;2025;5.06;250 jt;0"), then=_rupiah),
    case("B79", "millions beside rupiah", "noticed", "K180",
         _budget("a;2024;5.04;150.000.000;140.000.000", "a2;2025;5.04;150.000;140.000"), file="budget"),
    case("B80", "spent 160 % of the ceiling", "noticed", "K179",
         _budget("a;2025;5.04;10.000.000;16.000.000", "b;2025;5.05;10.000.000;15.000.000"), file="budget"),
    *(case(f"B{number}", given, "accepted", "", _titled(text), then=_title_is(text.strip())) for number, given, text in (
        (81, "a formula =cmd|...", "=cmd|' /C calc'!A0"), (82, "a formula @SUM", "@SUM(1+1)*cmd"),
        (83, "a formula +1", "+1+cmd"), (84, "a tab before a name", "\t=1+1"))),
    case("B85", "a mark that turns the writing", "noticed", "K138",
         lambda office: office.swap("nilai.csv", "Terima kasih", "Terima \u202ekasih"), file="nilai.csv"),
    case("B86", "emoji", "accepted", "", _titled("Analisis data \U0001f4ca"),
         then=lambda behind: _same(behind.table("program")["title"].tolist(), ["Analisis data \U0001f4ca"])),
    case("B87", "one name in two compositions", "accepted", "", _twins, then=_in_unit("U3")),
    case("B88", "a text of 10,000 letters", "noticed", "K127", _long, file="nilai.csv", then=_capped),
    case("B89", "a NUL character", "refused", "K198", lambda office: office.swap("pegawai.csv", "Dedi", "De\0di")),
    case("B90", "<script> in a unit", "quarantined", "K160", _of_unit(SCRIPT.replace('"', "'")), then=_inert),
)
