"""A crosswalk that is hostile or merely odd: any content is read or refused by a code, and soon."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
import yaml
from small_intake import office, peta

from karier_stats.errors import InputError, KarierError
from karier_stats.intake.crosswalk import load_crosswalk
from karier_stats.intake.files.yaml_files import DEEPEST, LARGEST, LONGEST, MOST
from karier_stats.sample.catalogue import CROSSWALK

BASE = yaml.safe_dump(peta(), sort_keys=False, allow_unicode=True)
FILE = "file: pegawai.csv"
SECONDS = 1.0


def bomb(levels: int, width: int = 9) -> str:
    """Aliases of aliases: a few hundred letters that stand for ``width ** levels`` entries."""
    lines = [f"a0: &a0 [{', '.join('x' * width)}]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, levels)]
    return "\n".join(lines)


def instead(old: str, new: str) -> str:
    """The small crosswalk with a text replaced once."""
    assert old in BASE
    return BASE.replace(old, new, 1)


def ended(folder: Path, content: str | bytes) -> tuple[str, float]:
    """The code of the refusal or ``read``, and the processor's seconds; any other exception is an error."""
    path = folder / "peta.yml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    begun = time.process_time()
    try:
        load_crosswalk(path, folder, "kecil")
        code = "read"
    except KarierError as error:
        code = error.code
        for lang in ("id", "en"):
            assert len(error.message(lang).encode()) < 10_000
    return code, time.process_time() - begun


CASES = {
    "a date that does not exist": (instead("evaluation: kecil", "evaluation: kecil\nas_of: 2025-02-31"), "K257"),
    "a month that does not exist": (instead("year: 2025", "year: 2025-13-45"), "K257"),
    "a time that does not exist": (instead("year: 2025", "year: 2025-01-01T99:99:99Z"), "K257"),
    "an offset that does not exist": (instead("year: 2025", "year: 2025-01-01T01:01:01+99:99"), "K257"),
    "an int of a word": (instead("year: 2025", "year: !!int kata"), "K257"),
    "a float of a word": (instead("year: 2025", "year: !!float kata"), "K257"),
    "a truth of a word": (instead("year: 2025", "year: !!bool kata"), "K257"),
    "a timestamp of a word": (instead("year: 2025", "year: !!timestamp kata"), "K257"),
    "bytes": (instead("year: 2025", "year: !!binary aGk="), "K257"),
    "five thousand digits": (instead("year: 2025", f"year: {'9' * 5000}"), "K257"),
    "four hundred digits": (instead("year: 2025", f"year: {'9' * 400}"), "K257"),
    "hexadecimal digits": (instead("year: 2025", f"year: 0x{'f' * 3000}"), "K257"),
    "sexagesimal digits": (instead("year: 2025", f"year: 1{':59' * 3000}"), "K257"),
    "3,000 levels": (BASE + "x: " + "[" * 3000 + "]" * 3000, "K256"),
    "3,000 levels of mappings": (BASE + "x: " + "{a: " * 3000 + "1" + "}" * 3000, "K256"),
    "levels in blocks": (BASE + "".join(f"{'  ' * n}a:\n" for n in range(300)), "K256"),
    "an alias bomb": (bomb(20) + "\n" + BASE, "K256"),
    "an alias bomb in a text": (bomb(20) + "\n" + BASE.replace("evaluation: kecil", "evaluation: *a19"), "K256"),
    "a wide bomb": (f"a: &a [{', '.join('x' * 2000)}]\nb: [{', '.join(['*a'] * 2000)}]\n" + BASE, "K256"),
    "too many entries": (f"x: [{', '.join('x' * (MOST + 1))}]\n" + BASE, "K256"),
    "too many bytes": (BASE + "# " + "x" * LARGEST, "K256"),
    "a text too long": (BASE + f"metadata: {{producer: '{'x' * (LONGEST + 1)}'}}", "K256"),
    "itself in itself": ("evaluation: &a [*a]\n" + BASE.replace("evaluation: kecil\n", ""), "K201"),
    "a mapping in itself": ("&a {evaluation: *a}", "K201"), "an alias of nothing": ("evaluation: *b\n", "K201"),
    "a merge": (instead("    constants:\n", "    constants:\n      <<: {a: 1}\n"), "K201"),
    "a list for a key": ("? [1, 2]\n: 3\n" + BASE, "K201"), "an object": ("!!python/object/apply:os.getcwd []", "K201"),
    "two documents": (BASE + "\n---\na: 1", "K201"), "a key twice": (BASE + "\nevaluation: kecil", "K213"),
    "a file name of 304 letters": (instead("pegawai.csv", "a" * 300 + ".csv"), "K205"),
    "a file name with NUL": (instead("pegawai.csv", '"a\\0b.csv"'), "K258"),
    "a folder for a file": (instead("pegawai.csv", "map.csv"), "K205"), "the folder itself": (instead("pegawai.csv", "."), "K205"),
    "a device": (instead("pegawai.csv", "/dev/zero"), "K197"), "a device of Windows": (instead("pegawai.csv", "CON.csv"), "K205"),
    "an escape of a terminal": (instead("evaluation: kecil", 'evaluation: "k\\e[31mecil"'), "K258"),
    "a separator of two letters": (instead(FILE, f"{FILE}\n    separator: ab"), "K208"),
    "no separator": (instead(FILE, f"{FILE}\n    separator: ''"), "K208"),
    "a line end for a separator": (instead(FILE, f'{FILE}\n    separator: "\\n"'), "K208"),
    "a quotation mark for a separator": (instead(FILE, f"{FILE}\n    separator: '\"'"), "K208"),
    "a split without separator": (
        instead("file: nilai.csv", "file: nilai.csv\n    split: {column: employee_uid, separator: ''}"), "K208"),
    "a split with an empty option": (
        instead("file: nilai.csv", "file: nilai.csv\n    split: {column: employee_uid, separator: ';', options: ['']}"), "K208"),
    "a stop at every row": (instead(FILE, f"{FILE}\n    stop: ' '"), "K208"),
    "an encoding that is none": (instead(FILE, f"{FILE}\n    encoding: base64"), "K209"),
    "an encoding that computes": (instead(FILE, f"{FILE}\n    encoding: punycode"), "K209"),
    "a header beyond the sheet": (instead(FILE, f"{FILE}\n    header: 99999999"), "K208"),
    "a mapping for a heading": (instead("employee_uid: NIP", "employee_uid: {a: 1}"), "K208"),
    "nothing for a heading": (instead("employee_uid: NIP", "employee_uid: null"), "K208"),
    "a mapping for a word to leave out": (instead(FILE, f"{FILE}\n    exclude: {{JK: {{a: 1}}}}"), "K208"),
    "a list for a title": (instead("id: Evaluasi kecil", "id: [1]"), "K208"),
    "an empty title": (instead("id: Evaluasi kecil", "id: ''"), "K208"),
    "a title of blanks": (instead("id: Evaluasi kecil", "id: ' '"), "K208"),
    "an empty heading": (instead("employee_uid: NIP", "employee_uid: ''"), "K208"),
    "an alias of no name": (instead("Kel. Satu: U1", "Kel. Satu: ''"), "K208"),
    "a list for an alias": (instead("Kel. Satu: U1", "Kel. Satu: [1, 2]"), "K208"),
    "no mapping": ("- 1\n- 2", "K208"), "nothing": ("", "K208"), "a word": ("kata", "K208"), "a set": ("!!set {a, b}", "K208"),
    "no text": (b"\xff\xfe\x00\xd8", "K201"), "NUL": (BASE.encode() + b"\x00", "K201"), "UTF-16": (BASE.encode("utf-16"), "K201"),
    "a key of 20,000 letters": ("? " + "a" * LONGEST + "\n: 1\n" + BASE, "K202"),
    "an address with a port of words": (instead(FILE, "source: 'postgresql://a@h:kata/db'\n    table: a"), "read"),
    "half an address": (instead(FILE, "source: 'postgresql://[::1/db'\n    table: a"), "read"),
    "a sheet name of 10,000 letters": (instead(FILE, f"{FILE}\n    sheet: {'S' * 10_000}"), "read"),
    "a byte order mark": ("\ufeff" + BASE, "read"), "letters of patterns": (instead("Kel. Satu", "(a+)+$[^"), "read"),
    "fifty levels of what is not known": (BASE + "x: " + "[" * (DEEPEST - 2) + "]" * (DEEPEST - 2), "K202"),
}


@pytest.mark.parametrize("case", CASES)
def test_odd_content_ends_in_its_code_within_a_second(tmp_path, case):
    content, code = CASES[case]
    (office(tmp_path) / "map.csv").mkdir()
    found, seconds = ended(tmp_path, content)
    assert found == code and seconds < SECONDS


@pytest.mark.parametrize("escape", ["\\ud800", "\\uDFFF", "\\x07", "\\x9b"])
def test_letters_that_cannot_be_written_are_refused_wherever_they_stand(tmp_path, escape):
    office(tmp_path)
    for old in ("evaluation: kecil", "pegawai.csv", "P1", "employee_uid: NIP", "Kel. Satu", "Evaluasi kecil"):
        key, _, value = old.rpartition(": ")
        new = f'{key}: "{value}{escape}"' if key else f'"{value}{escape}"'
        assert ended(tmp_path, instead(old, new))[0] in ("K258", "K201")


def test_a_long_sheet_name_does_not_fill_the_message(tmp_path):
    import openpyxl

    office(tmp_path)
    openpyxl.Workbook().save(tmp_path / "pegawai.xlsx")
    from karier_stats.intake.files.readers import read_xlsx

    with pytest.raises(InputError) as caught:
        read_xlsx((tmp_path / "pegawai.xlsx").read_bytes(), "pegawai.xlsx", sheet="S" * 10_000)
    assert caught.value.code == "K210" and len(caught.value.message("id")) < 3000


PIECES = (
    "!!int ", "!!float ", "!!binary ", "!!timestamp ", "!!set ", "!!null ", "&a ", "*a", "<<: ", "? ", "- ", "[", "]", "{", "}",
    '"', "'", "\\", '"\\ud800"', '"\\0"', "2025-02-30", "9" * 400, "~", "null", "yes", "\t", "  ", "\n", ": ", "#", "|", ">",
    "---", ".inf", "1e999", "'*'", "%", "@", "\u2028", "\x85", "é", "😀", "a" * 500, "[1, 2]", "{a: 1}", "-1", "0", "!x ", "../",
    "/")


def mutated(text: str, rng: random.Random) -> str:
    """A crosswalk after one to four accidents."""
    for _ in range(rng.randrange(1, 5)):
        lines = text.split("\n")
        match rng.randrange(5):
            case 0:
                lines.insert(rng.randrange(len(lines)), rng.choice(lines))
            case 1:
                del lines[rng.randrange(len(lines))]
            case 2:
                line = rng.randrange(len(lines))
                lines[line] = " " * rng.randrange(9) + lines[line].lstrip()
            case 3:
                line = rng.randrange(len(lines))
                key, colon, _ = lines[line].partition(": ")
                lines[line] = f"{key}{colon or ': '}{rng.choice(PIECES)}"
            case _:
                place = rng.randrange(len(text) + 1)
                lines = (text[:place] + rng.choice(PIECES) + text[place + rng.randrange(4):]).split("\n")
        text = "\n".join(lines)
    return text


@pytest.mark.parametrize(("name", "rounds"), [("small", 400), ("sample", 25)])
def test_any_mutation_is_read_or_refused_within_a_second(tmp_path, name, rounds):
    """Of the small crosswalk and of the sample's; the seed makes each input again."""
    text = BASE
    if name == "sample":
        text = yaml.safe_dump({**CROSSWALK, "evaluation": "kecil"}, sort_keys=False, allow_unicode=True)
    office(tmp_path)
    for file in {word for line in text.split("\n") for key, _, word in [line.strip(" -").partition(": ")] if key == "file"}:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    assert ended(tmp_path, text)[0] == "read"
    found = [ended(tmp_path, mutated(text, random.Random(f"{name}/{number}"))) for number in range(rounds)]
    assert max(seconds for _, seconds in found) < SECONDS
    assert len({code for code, _ in found}) > 5 and sum(code == "read" for code, _ in found) > rounds // 50
