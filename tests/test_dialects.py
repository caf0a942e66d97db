"""Any valid table in any dialect reads back equal; any bytes end in a table or a named refusal, no row lost."""

from __future__ import annotations

import csv
import io
import itertools

import pandas as pd
from catalogue.door import Office, knock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from karier_stats.errors import KarierError
from karier_stats.intake.pseudonyms import load_key, pseudonym

DIALECTS = tuple(itertools.product(("utf-8", "utf-8-sig", "utf-16", "cp1252"), (",", ";", "\t")))
QUIET = {"derandomize": True, "deadline": None, "suppress_health_check": list(HealthCheck)}
WORD = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyzéèüñ"), min_size=3, max_size=9)
PERSON = st.tuples(
    st.integers(1960, 1990), st.integers(1, 12), st.integers(1, 28), st.sampled_from("12"), st.integers(1, 999),
    st.sampled_from(("U1", "Kel. Satu", "dinas  DUA")), st.lists(WORD, min_size=1, max_size=4).map(" ".join),
    st.sampled_from((None, "III/a", "IV/b")), st.floats(0, 45).map(lambda years: round(years, 2)),
)
UNIT = {"U1": "U1", "Kel. Satu": "U1", "dinas  DUA": "U2"}


def written(people, encoding: str, separator: str, wrapped: bool) -> bytes:
    """The staff list in one dialect; posts hold the separator (but a tab) and quotation marks.

    ``wrapped``: below a line that names the separator, with numbers and
    grades as texts in a formula.
    """
    buffer = io.StringIO(newline="")
    if wrapped:
        buffer.write(f"sep={separator}\r\n")
    out = csv.writer(buffer, delimiter=separator)
    out.writerow(["NIP", "Jabatan", "Unit", "Gol", "Masa"])
    for number, unit, post, grade, years in people:
        cells = [number, post, unit, grade, str(years).replace(".", ",")]
        out.writerow([f'="{cell}"' if wrapped and place in (0, 3) and cell else cell for place, cell in enumerate(cells)])
    return buffer.getvalue().encode(encoding)


@settings(max_examples=16, **QUIET)
@given(drawn=st.lists(PERSON, min_size=1, max_size=12, unique_by=lambda person: person[:5]), data=st.data())
def test_a_valid_table_in_any_of_twelve_dialects_reads_back_equal(drawn, data):
    encoding, separator = data.draw(st.sampled_from(DIALECTS))
    wrapped = data.draw(st.booleans())
    people = [
        (f"{y}{m:02d}{d:02d}{y + 25}{m:02d}{sex}{serial:03d}", unit, f'{post}{separator.strip()}, "{post}"', grade, years)
        for y, m, d, sex, serial, unit, post, grade, years in drawn]

    def spoil(office: Office) -> None:
        office.peta["tables"] = {name: feeds for name, feeds in office.peta["tables"].items()
                                 if name not in ("test_score", "comment", "participation")}
        office.peta["tables"]["participation"] = [{"rows": [
            {"employee_uid": people[0][0], "batch_id": "B1", "outcome": "lulus"}]}]
        office.feed("employee").update(numbers="id", columns={
            "employee_uid": "NIP", "position_name": "Jabatan", "unit_id": "Unit", "grade": "Gol",
            "service_years": "Masa"})
        office.files = {"pegawai.csv": written(people, encoding, separator, wrapped)}

    with knock(spoil) as behind:
        assert behind.account("employee")["dialect"]["separator"] == separator
        found = behind.table("employee")
        key = load_key("kecil")
        assert found["employee_uid"].tolist() == [pseudonym(key, "kecil", number) for number, *_ in people]
        assert found["unit_id"].tolist() == [UNIT[unit] for _, unit, *_ in people]
        assert found["position_name"].tolist() == [post for _, _, post, *_ in people]
        assert [None if pd.isna(grade) else grade for grade in found["grade"]] == [grade for *_, grade, _ in people]
        assert found["service_years"].tolist() == [years for *_, years in people]


STAFF_BYTES = Office().files["pegawai.csv"]


@settings(max_examples=25, **QUIET)
@given(change=st.lists(st.tuples(st.integers(0, len(STAFF_BYTES)), st.binary(max_size=4)), max_size=6))
def test_any_bytes_end_in_a_table_or_a_named_refusal(change):
    content = STAFF_BYTES
    for place, put in change:
        content = content[:place] + put + content[place + len(put):]

    def spoil(office: Office) -> None:
        office.files["pegawai.csv"] = content

    with knock(spoil) as behind:
        if behind.error is not None:
            assert isinstance(behind.error, KarierError) and behind.error.message("id") and behind.error.message("en")
        else:
            for feed in behind.content["feeds"]:
                assert feed["rows_read"] == feed["processed"] + feed["quarantined"] + feed["excluded"]
