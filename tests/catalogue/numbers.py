"""B01 to B22: service numbers."""

from __future__ import annotations

from small_intake import ANI, DEDI

from karier_stats.intake.pseudonyms import load_key, pseudonym

from .door import EKA, Behind, Case, Office, case

LOST = "1.97004041995042E+17"


def _instead(number: str):
    """DEDI's number written another way."""
    return lambda office: office.swap("pegawai.csv", DEDI, number)


def _also(number: str):
    """One more person with a bad number."""

    def spoil(office: Office) -> None:
        office.add("pegawai.csv", f"{number};Eka Putri;U1;P;")
        office.numbers.append(number)

    return spoil


def _numeric_cell(office: Office) -> None:
    """The staff list as a workbook in which one number is a number."""
    people = [["NIP", "Nama", "Unit", "JK", "Gol"], [ANI, "Ani Lestari", "U1", "P", "III/a"],
              [int(DEDI), "Dedi", "U2", "L", "IV/a"]]
    office.workbook("pegawai.xlsx", ("Sheet", people))
    office.feed("employee")["file"] = "pegawai.xlsx"


def _dedi_is_himself(behind: Behind) -> None:
    """The cleaned number gives the pseudonym of the clean one."""
    assert pseudonym(load_key("kecil"), "kecil", DEDI) in set(behind.table("employee")["employee_uid"])


def _separated(behind: Behind) -> None:
    """Separators are cleaned; digits 13-14 outside 01-12 are taken for contract staff, and said."""
    _dedi_is_himself(behind)
    assert [warning["n"] for warning in behind.warnings("K123")] == [1]


def _spaced_and_unusual(office: Office) -> None:
    """Spaces and dots; and a number whose digits 13-14 are neither a month nor 21-29."""
    office.swap("pegawai.csv", DEDI, f"{DEDI[:8]} {DEDI[8:14]}.{DEDI[14]} {DEDI[15:]}")
    office.add("pegawai.csv", "199001012022342001;Eka Putri;U1;P;IX")
    office.numbers.append("199001012022342001")


def _one_gap_in_a_long_column(office: Office) -> None:
    """Two hundred people, the hundredth without a number."""
    numbers = [f"19860926201505{sex}{serial:03d}" for sex in (1, 2) for serial in range(1, 101)]
    numbers[99] = ""
    office.add("pegawai.csv", *(f"{number};Orang;U1;;" for number in numbers))
    office.numbers += numbers


def _every_digit_kept(behind: Behind) -> None:
    """All others are there, digit for digit."""
    key = load_key("kecil")
    wanted = {pseudonym(key, "kecil", number) for number in behind.office.numbers if number and number != EKA}
    assert set(behind.table("employee")["employee_uid"]) == wanted


def _one_of_two(behind: Behind) -> None:
    """One of the two rows is used, the other left out by rule."""
    assert behind.account("participation")["reasons"]["excluded"] == {"K121": 1}
    assert len(behind.table("participation")) == 3


def _never_averaged(behind: Behind) -> None:
    """Neither of the two scores nor their mean is used."""
    assert not set(behind.table("participation")["final_score"].dropna()) & {80.5, 70.0, 75.25}


CASES: tuple[Case, ...] = (
    case("B01", "NIP in a numeric cell", "refused", "K101", _numeric_cell),
    case("B02", "NIP as 1.98E+17", "refused", "K101", _instead(LOST)),
    case("B03", "NIP as 1,98E+17", "refused", "K101", _instead(LOST.replace(".", ","))),
    case("B04", "NIP ending in .0", "refused", "K101", _instead(f"{DEDI}.0")),
    case("B05", "NIP after an apostrophe", "noticed", "K122", _instead(f"'{DEDI}"), then=_dedi_is_himself),
    case("B06", "NIP with a space behind", "noticed", "K122", _instead(f"{DEDI} "), then=_dedi_is_himself),
    case("B07", "NIP with hard and zero-width spaces", "noticed", "K122",
         _instead(f"{DEDI[:8]}\u00a0{DEDI[8:]}\u200b"), then=_dedi_is_himself),
    case("B08", "NIP in full-width digits", "quarantined", "K102",
         _also("".join(chr(ord(digit) + 0xFEE0) for digit in EKA))),
    case("B09", "NIP of 17 digits", "quarantined", "K103", _also(EKA[:17])),
    case("B10", "NIP of 19 digits", "quarantined", "K103", _also(EKA + "1")),
    case("B11", "NIP with the letters O and l", "quarantined", "K102", _also("198O0101200501290l")),
    case("B12", "birth month 13", "quarantined", "K104", _also("198013012005012901")),
    case("B13", "30 February", "quarantined", "K104", _also("198002302005012901")),
    case("B14", "born in 2015", "quarantined", "K105", _also("201501012035012901")),
    case("B15", "appointed before the age of 17", "quarantined", "K106", _also("198001011996122901")),
    case("B16", "sex digit 3", "quarantined", "K107", _also("198001012005013901")),
    case("B17", "serial 000", "quarantined", "K108", _also("198001012005012000")),
    case("B18", "NIP with spaces and dots", "noticed", "K122", _spaced_and_unusual, then=_separated),
    case("B19", "NIP empty", "quarantined", "K109", _also("")),
    case("B20", "one empty NIP in a long column", "quarantined", "K109", _one_gap_in_a_long_column,
         then=_every_digit_kept),
    case("B21", "one NIP twice, identical", "noticed", "K121",
         lambda office: office.add("peserta.csv", f"{ANI};B1;lulus;80,5"), file="peserta.csv", then=_one_of_two),
    case("B22", "one NIP twice with two scores", "quarantined", "K120",
         lambda office: office.add("peserta.csv", f"{ANI};B1;lulus;70"), table="participation", n=2,
         then=_never_averaged),
)
