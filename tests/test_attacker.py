"""An attacker who enumerates service numbers: nobody is recovered, and plain hashes would have given everybody away.

The attacker knows the format of the number and a little about people (birth
within ten days, an appointment within eighteen years, a small serial; for the
sample district birth date and month of appointment, as public decrees name
them), tries every number that fits, and has all that ``prepare`` and the
report write. The candidates are bounded, so the test takes seconds.
"""

from __future__ import annotations

import datetime
import hashlib
import itertools
import json
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import whole_report
from asked import data_quality
from pyarrow import parquet
from small_intake import office, peta, project
from tiny_report import undrawn

from karier_stats.intake.prepare import prepare
from karier_stats.intake.processed import open_evaluation
from karier_stats.intake.pseudonyms import load_key, make_key, pseudonym
from karier_stats.report import render
from tests import once

PLANTED = 200
FIRST_DAY = datetime.date(1990, 1, 1)
LONG = bool(os.environ.get("KARIER_LONG"))
DAYS, SERIALS = 10 if LONG else 4, 10
APPOINTED = range(2008, 2026)
GUESSES = (b"", b"kecil", b"karier-stats", b"\x00" * 32)
"""Keys that somebody might have chosen instead of a random one."""


def candidates() -> Iterator[str]:
    """Every number of the format: birth date, month of appointment, sex, serial."""
    births = [(FIRST_DAY + datetime.timedelta(days)).strftime("%Y%m%d") for days in range(DAYS)]
    months = [f"{year}{month:02d}" for year in APPOINTED for month in range(1, 13)]
    for birth, month, sex, serial in itertools.product(births, months, "12", range(1, SERIALS + 1)):
        yield f"{birth}{month}{sex}{serial:03d}"


def tokens(texts: Iterable[str]) -> dict[int, set[str]]:
    """Everything in the texts that may be a hash, by its length; pictures left aside."""
    found: dict[int, set[str]] = {}
    for text in texts:
        for token in re.findall(r"(?<![0-9a-f])[0-9a-f]{16,64}(?![0-9a-f])", re.sub(r"base64,[A-Za-z0-9+/=]+", "", text)):
            found.setdefault(len(token), set()).add(token)
    return found


def recovered(texts: list[str], numbers: Iterable[str], evaluation: str) -> set[str]:
    """The numbers that stand in the texts, in clear or under any hash or keyed hash with a guessable key."""
    hashes = tokens(texts)
    clear = set(re.findall(r"(?<!\d)\d{18}(?!\d)", " ".join(texts)))
    hit = set()
    for number in numbers:
        raw = number.encode()
        digests = [hashlib.sha256(raw).hexdigest(), hashlib.sha1(raw).hexdigest(), hashlib.md5(raw).hexdigest(),
                   hashlib.sha256(evaluation.encode() + raw).hexdigest(),
                   *(pseudonym(key, evaluation, number)[1:] for key in GUESSES)]
        if number in clear or any(digest[:size] in known for digest in digests for size, known in hashes.items()):
            hit.add(number)
    return hit


def everything(folder: Path) -> list[str]:
    """All that was written, as text: cells of the tables, footers, accounts, lists, pages."""
    texts = []
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".parquet":
            texts += [pd.read_parquet(path).astype("string").fillna("").to_csv(), str(parquet.read_metadata(path).to_dict())]
        elif path.suffix in (".json", ".csv", ".html", ".ipynb", ".txt"):
            texts.append(path.read_text(encoding="utf-8"))
    return texts


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A project folder whose keys lie elsewhere."""
    return project(tmp_path, monkeypatch)


def planted() -> list[str]:
    """People whom the attacker's candidates cover, drawn with a fixed seed."""
    everybody = [number for number in candidates() if int(number[8:12]) - int(number[:4]) >= 19]
    return [everybody[place] for place in np.random.default_rng(20250817).choice(len(everybody), PLANTED, replace=False)]


def staffed(root: Path, people: list[str], evaluation: str = "kecil") -> Path:
    """Prepare an office whose staff are these people; the folder of its tables."""
    given = {**peta(), "evaluation": evaluation}
    given["tables"]["employee"][0]["columns"] = {"employee_uid": "NIP", "name": "Nama", "unit_id": "Unit"}
    for table in ("participation", "test_score", "comment"):
        given["tables"].pop(table)
    given["tables"]["participation"] = [{"rows": [
        {"batch_id": "B1", "employee_uid": person, "outcome": "lulus"} for person in people[:20]]}]
    staff = "NIP;Nama;Unit\n" + "".join(f"{person};Orang {n};U1\n" for n, person in enumerate(people))
    office(root / "data" / "raw" / evaluation, given, pegawai=staff + "123;Salah;U1\n")
    make_key(evaluation)
    return prepare(evaluation, root=root).folder


def test_the_enumerator_recovers_nobody(root):
    """43,200 candidates (17,280 in the short form), all 200 people among them; tables, account, quarantine list and findings."""
    people = planted()
    folder = staffed(root, people)
    ev = open_evaluation("kecil", period=2025)
    findings = [finding.as_dict() for question in data_quality.QUESTIONS for finding in question(ev).findings]
    texts = [*everything(folder), *everything(root / "data/raw/kecil/karantina"), json.dumps(findings)]
    tried = list(candidates())
    assert len(tried) == DAYS * len(APPOINTED) * 12 * 2 * SERIALS and set(people) <= set(tried)
    assert len(pd.read_parquet(folder / "employee.parquet")) == PLANTED
    assert recovered(texts, tried, "kecil") == set()


@pytest.mark.parametrize("weak", [
    lambda number: "p" + hashlib.sha256(number.encode()).hexdigest()[:20],
    lambda number: "p" + hashlib.sha256(b"kecil" + number.encode()).hexdigest()[:20],
    lambda number: pseudonym(b"kecil", "kecil", number),
], ids=["plain SHA-256", "salted with the name", "a key that can be guessed"])
def test_the_same_attacker_recovers_everybody_from_weak_pseudonyms(root, weak):
    """The wrong way, run too: the attack above is a real one."""
    people = planted()
    folder = staffed(root, people)
    frame = pd.read_parquet(folder / "employee.parquet")
    texts = [frame.assign(employee_uid=[weak(number) for number in people]).astype("string").to_csv()]
    assert recovered(texts, candidates(), "kecil") == set(people)


def test_no_part_of_a_number_is_kept(root):
    """Birth date, month of appointment and sex are inside the number: no column holds a run of its digits."""
    people = planted()
    text = "\n".join(everything(staffed(root, people)))
    assert not [number for number in people if number[:8] in text or number[:14] in text or number[8:14] + number[14] in text]


def test_two_releases_link_nobody(root):
    """One key each; and even under one key, another name of the evaluation gives other pseudonyms."""
    people = planted()
    first, second = (
        set(pd.read_parquet(staffed(root, people, name) / "employee.parquet")["employee_uid"]) for name in ("satu", "dua"))
    assert len(first) == len(second) == PLANTED and not first & second
    key = load_key("satu")
    assert {pseudonym(key, "satu", person) for person in people} == first
    assert not {pseudonym(key, "dua", person) for person in people} & first


def test_footers_keep_no_least_and_greatest_of_people(root):
    """Statistics of a column hold its extremes in clear: only year, unit, course and batch have them."""
    with_statistics = set()
    for path in staffed(root, planted()).glob("*.parquet"):
        about = parquet.read_metadata(path)
        for group in range(about.num_row_groups):
            for place in range(about.num_columns):
                column = about.row_group(group).column(place)
                if column.statistics is not None and column.statistics.has_min_max:
                    with_statistics.add(column.path_in_schema)
    assert with_statistics <= {"year", "unit_id", "program_id", "batch_id"}


def test_the_sample_district_gives_nobody_away():
    """Birth date and month of appointment known of 60 people, as on public decrees: every serial to 999, either sex.

    The short form knows of 20 people.
    """
    root = once.prepared()
    folder = root / "data" / "processed" / "contoh"
    known = [person.nip for person in once.district().roster.people[:60 if LONG else 20]]
    tried = [f"{number[:14]}{sex}{serial:03d}" for number in known for sex in "12" for serial in range(1, 1000)]
    report = Path(__file__).parents[1] / "reports" / "contoh"
    texts = [*everything(folder), *everything(root / "data/raw/contoh/karantina"), *(everything(report) if report.is_dir() else [])]
    assert set(known) <= set(tried)
    assert recovered(texts, tried, "contoh") == set()
    control = [*texts, " ".join(hashlib.sha256(number.encode()).hexdigest() for number in known)]
    assert recovered(control, known, "contoh") == set(known)


SOUNDS = "ba ke lo mu ndra ri sa tu wi yo nga pe ru di fa hu jo ka le ma".split()
FIRST = int(os.environ.get("KARIER_FIRST", "0"))
"""The first of a long form's cases: one that was stopped goes on there."""
OFFICES = range(FIRST, 300) if LONG else range(1)


def someone(rng: np.random.Generator, number: int) -> tuple[str, str]:
    """A made-up person with a service number; no word of the name is a word of any language."""
    words = ["".join(rng.choice(SOUNDS, 4)).capitalize() for _ in range(rng.integers(2, 4))]
    day, appointed = FIRST_DAY + datetime.timedelta(int(rng.integers(0, 3000))), rng.integers(2018, 2024)
    return " ".join(words), f"{day:%Y%m%d}{appointed}{rng.integers(1, 13):02d}{rng.integers(1, 3)}{number + 1:03d}"


def mention(rng: np.random.Generator, people: list[tuple[str, str]]) -> str:
    """What somebody writes of another, in one of the ways in which that is done."""
    name, number = people[rng.integers(len(people))]
    first, *_, last = name.split()
    ways = (name, name.upper(), f"{last}, {first}", f"Pak {first}", f"Ibu {last}", f"{first[0]}. {last}", f"NIP {number}",
            number[:8], f"{number[6:8]}-{number[4:6]}-{number[:4]}",
            f"{first}.{last}@kantor.go.id", "0812-3456-7890", f"{first}_{last}")
    return f"Bersama {ways[rng.integers(len(ways))]} pada hari itu"


def random_office(root: Path, rng: np.random.Generator) -> list[tuple[str, str]]:
    """An office of 12 to 60 people whose every file and text tells of somebody; they are given."""
    people = [someone(rng, number) for number in range(int(rng.integers(12, 60)))]
    units = rng.choice(["U1", "U2", "U3"], len(people))
    given = {**peta(), "tables": {**peta()["tables"]}}
    given["tables"]["unit"] = [{"rows": [
        {"unit_id": one, "unit_name": f"Dinas {place}", "scope": "AC"[place % 2]} for place, one in enumerate(("U1", "U2", "U3"))]}]
    given["tables"]["employee"] = [{
        "file": "pegawai.csv", "constants": {"year": 2025, "status": "PNS"},
        "columns": {"employee_uid": "NIP", "name": "Nama", "unit_id": "Unit"}}]
    given["tables"]["need"] = [{
        "file": "minat.csv", "constants": {"year": 2025, "topic": "teknologi_informasi", "interest_rank": 1},
        "columns": {"employee_uid": "NIP", "need_item": "Minat", "reason": "Alasan"}}]
    for name in ("test_score", "comment"):
        given["tables"][name][0]["separator"] = ";"
    given["tables"]["comment"][0]["constants"]["theme"] = "biaya"
    given.pop("aliases")
    seats = "".join(
        f"{nip};B{rng.integers(1, 3)};{rng.choice(['Lulus', 'Tidak hadir'])};{rng.integers(50, 100)}\n" for _, nip in people)
    office(
        root / "data/raw/kecil", given, peserta="NIP;Angkatan;Hasil;Nilai\n" + seats,
        pegawai="NIP;Nama;Unit\n" + "".join(f"{nip};{name};{unit}\n" for (name, nip), unit in zip(people, units, strict=True))
        + "".join(f"1{nip[2:]};{name};U9\n" for name, nip in people[:2]),
        minat="NIP;Minat;Alasan\n" + "".join(f"{nip};{mention(rng, people)};{mention(rng, people)}\n" for _, nip in people),
        nilai="NIP;Pre;Post;Komentar\n" + "".join(
            f"{nip};{rng.integers(30, 70)};{rng.integers(50, 100)};{mention(rng, people)}\n" for _, nip in people),
    )
    return people


def told_of(people: list[tuple[str, str]], texts: Iterable[str]) -> set[str]:
    """Words of names, first nine digits of numbers and birth dates that stand in the texts, and an address or a phone."""
    words = {word.lower() for name, _ in people for word in name.split()}
    digits = {form for _, nip in people for form in (nip[:9], nip[:8], nip[6:8] + nip[4:6] + nip[:4], nip[8:])}
    found = set[str]()
    for text in texts:
        found |= words & set(re.findall(r"[a-z]+", text.lower()))
        found |= digits & {run[start:start + size] for run in re.findall(r"\d{8,}", re.sub(r"(?<=\d)[-/. ](?=\d)", "", text))
                           for size in (8, 9, 10) for start in range(len(run) - size + 1)}
        found |= set(re.findall("@kantor|081234567890|0812-3456-7890", text))
    return found


def written(root: Path, audience: str, folder: Path) -> list[str]:
    """Every text of a report of the office, as it leaves."""
    ev = open_evaluation("kecil", period=2025, audience=audience)
    answers = whole_report.found(ev, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(render, "vectors", undrawn)
        pages = whole_report.whole(ev, answers, "id")
    return [*map(str, pages.values()), json.dumps(whole_report.findings(answers), ensure_ascii=False)]


@pytest.mark.parametrize("seed", OFFICES)
def test_no_output_of_random_offices_tells_of_anybody(root, tmp_path, seed):
    """From files whose every text names somebody to tables, lists and reports; 300 offices in the long form."""
    rng = np.random.default_rng(seed)
    people = random_office(root, rng)
    make_key("kecil")
    folder = prepare("kecil", root=root).folder
    audience = "public" if seed % 2 else "internal"
    texts = [*everything(folder), *everything(root / "data/raw/kecil/karantina"), *written(root, audience, tmp_path)]
    assert told_of(people, texts) == set()
    assert len(told_of(people, everything(root / "data/raw/kecil"))) > 2 * len(people)
