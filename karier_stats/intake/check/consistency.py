"""What the tables say of one another: noticed and counted, never repaired and never refused.

Each check compares rows that stand. A finding goes into ``intake.json`` with
its code and count, for a person to judge.
"""

from __future__ import annotations

import itertools
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from karier_stats.domain.rules import rule
from karier_stats.intake.check.checks import NAMING, Entry, Known
from karier_stats.intake.check.seats import Seats
from karier_stats.intake.feeds import FeedRows, Record
from karier_stats.intake.schema import TABLES
from karier_stats.intake.scrub import Scrubber, lifeless
from karier_stats.intake.spellings import near_pairs
from karier_stats.intake.values import folded

STRAIGHT_ITEMS = 4
"""Equal answers to fewer items are no sign of careless answering."""
LINKED_LEAST = 0.95
NEAR_SHOWN = 5
OVERSPENT = 1.5
_THOUSAND = (500, 2000)
"""Two amounts whose ratio lies here were most likely written in different units (rupiah, thousands, millions)."""
_ONCE_PER_FILE = ("K122", "K123", "K128", "K129", "K136", "K147")

Stands = dict[str, list[Entry]]


class Notice(NamedTuple):
    """One thing noticed: code, place, table, count, and what else its sentence names."""

    code: str
    where: str
    table: str
    n: int
    more: dict[str, object] = {}  # noqa: RUF012 - a NamedTuple's default, never changed


def notices(
    reads: list[FeedRows], stands: Stands, known: Known, scrubber: Scrubber, seats: Seats
) -> list[Notice]:
    """Everything that was noticed and let pass.

    Parameters
    ----------
    reads : list of FeedRows
        Every feed, with what its reading noticed.
    stands : dict of str to list of Entry
        The records that stand, by table.
    known : Known
        What the checks gathered.
    scrubber : Scrubber
        Masks people where a heading is somebody's name.
    seats : Seats
        The participation rows in sum.
    """
    found = [
        *_of_files(reads), *(Notice("K124", where, table, n) for where, table, n in _rounded_endings(reads)),
        *(Notice(code, "employee", "employee", n) for code, n in sorted(known.noticed.items())),
        *_failed(reads), *_unread(reads, scrubber), *_staff(stands, seats), *_training(stands, seats), *_money(stands, seats),
        *_answers(stands), *_near_names(stands, scrubber),
    ]
    return [notice for notice in found if notice.n]


def _of_files(reads: list[FeedRows]) -> Iterator[Notice]:
    """Notices of the feeds; what is true of a file as such is said once for all tables that it feeds."""
    once: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for read in reads:
        for code, n in sorted(read.noticed.items()):
            if code in _ONCE_PER_FILE and n:
                once[read.where, code].append((read.feed.table, n))
            elif n:
                yield Notice(code, read.where, read.feed.table, n)
    for (where, code), counts in once.items():
        tables = ", ".join(dict.fromkeys(table for table, _ in counts))
        yield Notice(code, where, tables, max(n for _, n in counts))


def _rounded_endings(reads: list[FeedRows]) -> Iterator[tuple[str, str, int]]:
    """Service numbers that end as a spreadsheet's rounding leaves them, where they are more than a fifth."""
    for read in reads:
        for name in _people(read.feed.table):
            numbers = read.said(name)
            n = sum(len(number) == 18 and number.endswith(("000", "008", "016", "984", "992")) for number in numbers)
            if n > 0.2 * len(numbers) and n >= 5:
                yield read.where, read.feed.table, n


def _failed(reads: list[FeedRows]) -> Iterator[Notice]:
    """Error values of a spreadsheet, with the columns that they stand in."""
    for read in reads:
        columns = Counter(defect.column for row in read.rows for defect in row.defects if defect.code == "K117")
        names = ", ".join(dict.fromkeys(read.feed.columns.get(column, column) for column in columns))
        yield Notice("K255", read.where, read.feed.table, columns.total(), {"columns": names})


def _people(table: str) -> list[str]:
    """Columns of a table that hold people."""
    return [column.name for column in TABLES[table].columns if column.kind == "person"]


def _unread(reads: list[FeedRows], scrubber: Scrubber) -> Iterator[Notice]:
    """Headings of a sheet that no feed reads."""
    sheets: dict[str, list[FeedRows]] = defaultdict(list)
    for read in reads:
        sheets[read.where].append(read)
    for where, own in sheets.items():
        used = {folded(header) for read in own for header in read.feed.headers}
        left = [name for name in dict.fromkeys(own[0].headings) if folded(name) not in used]
        names = ", ".join(lifeless(scrubber.scrub(name)) for name in left)[:300]
        yield Notice("K146", where, own[0].feed.table, len(left), {"names": names})


def _staff(stands: Stands, seats: Seats) -> Iterator[Notice]:
    """People who moved from one year to the next, and rows that place them elsewhere than the staff list."""
    units: dict[str, dict[int, str]] = defaultdict(dict)
    for record in _records(stands, "employee"):
        units[record["employee_uid"]][record["year"]] = record["unit_id"]
    moved = sum(len(set(years.values())) > 1 for years in units.values())
    yield Notice("K164", "employee", "employee", moved)
    yield Notice("K163", "participation", "participation", seats.elsewhere)
    few = seats.rows and 1 - seats.unlisted / seats.rows < LINKED_LEAST
    yield Notice("K173", "participation", "participation", seats.unlisted if few else 0, {"of": seats.rows})


def _training(stands: Stands, seats: Seats) -> Iterator[Notice]:
    """Batches against their participants: nobody there, too many hours, one course twice."""
    held = [n for batch, n in zip(seats.places.batches.values(), seats.of_batch, strict=True)
            if batch.get("state") in (None, "selesai")]
    yield Notice("K158", "batch", "batch", sum(int(n == 0) for n in held), {"of": len(held)})
    yield Notice("K167", "participation", "participation", seats.above_batch)
    yield Notice("K166", "participation", "participation", seats.repeats)
    contract = {(record["employee_uid"], record["year"]) for record in _records(stands, "employee")
                if record.get("status") == "PPPK"}
    over = seats.above_ceiling(contract, float(rule("jp_pppk_maximum").value))
    yield Notice("K168", "participation", "participation", over)


def _money(stands: Stands, seats: Seats) -> Iterator[Notice]:
    """Money in the wrong unit, spent beyond its ceiling, or for other participants than there were."""
    for table in ("budget", "project_performance"):
        rows = _records(stands, table)
        pairs = [(record.get("ceiling_rp"), record.get("spent_rp")) for record in rows]
        overspent = sum((spent or 0) > OVERSPENT * (ceiling or 0) and not _thousandfold(spent, ceiling)
                        for ceiling, spent in pairs if ceiling is not None)
        yield Notice("K179", table, table, overspent)
        yield Notice("K180", table, table, len(_other_unit(rows)))
    yield _paid_seats(stands, seats)


def _paid_seats(stands: Stands, seats: Seats) -> Notice:
    """Courses of a year whose budget names neither as many participants as there are rows, nor as attended."""
    rows, attended = seats.of_courses()
    paid: Counter[tuple[str, int]] = Counter()
    for record in _records(stands, "budget"):
        if record.get("program_id") and record.get("participants") is not None:
            paid[record["program_id"], record["year"]] += record["participants"]
    other = sum(n not in (rows[course], attended[course]) for course, n in paid.items())
    return Notice("K169", "budget", "budget", other, {"of": len(paid)})


def _other_unit(rows: list[Record]) -> set[int]:
    """Places of the rows whose amount is about a thousandfold of its own other amount, last year's, or the table's."""
    amounts = [abs(record["ceiling_rp"]) for record in rows if record.get("ceiling_rp")]
    middle = statistics.median(amounts) if amounts else 0
    years: dict[tuple[object, ...], list[tuple[int, int, int]]] = defaultdict(list)
    found = set()
    for place, record in enumerate(rows):
        ceiling, spent = record.get("ceiling_rp"), record.get("spent_rp")
        small = ceiling and abs(ceiling) < 100_000 and abs(ceiling) * _THOUSAND[0] < middle
        if small or _thousandfold(ceiling, spent) or _thousandfold(spent, ceiling):
            found.add(place)
        code = record.get("activity_code") or record.get("sub_activity_code")
        if code and ceiling:
            years[code, record.get("unit_id"), record.get("funding_source")].append((record["year"], place, ceiling))
    for line in years.values():
        line.sort()
        for (_, _, before), (_, place, after) in itertools.pairwise(line):
            if _thousandfold(before, after) or _thousandfold(after, before):
                found.add(place)
    return found


def _thousandfold(large: int | None, small: int | None) -> bool:
    """Whether one amount is about a thousand times another."""
    return bool(large and small) and _THOUSAND[0] <= abs(large or 0) / abs(small or 1) <= _THOUSAND[1]


def _answers(stands: Stands) -> Iterator[Notice]:
    """Forms that give one answer to every item."""
    forms: dict[tuple[object, ...], list[float]] = defaultdict(list)
    for record in _records(stands, "survey_response"):
        forms[record["response_id"], record["instrument"], record.get("wave")].append(record["value"])
    judged = [answers for answers in forms.values() if len(answers) >= STRAIGHT_ITEMS]
    straight = sum(len(set(answers)) == 1 for answers in judged)
    yield Notice("K165", "survey_response", "survey_response", straight, {"of": len(judged)})


def _near_names(stands: Stands, scrubber: Scrubber) -> Iterator[Notice]:
    """Names of units, courses and partners that a slip of the finger may have parted: for a person to judge."""
    for table, naming in NAMING.items():
        names = dict.fromkeys(str(record[naming]) for record in _records(stands, table) if record.get(naming))
        pairs = near_pairs(table, names)
        shown = "; ".join(" ~ ".join(f'"{lifeless(scrubber.scrub(name))}"' for name in pair) for pair in pairs[:NEAR_SHOWN])
        yield Notice("K272", table, table, len(pairs), {"names": shown})


def _records(stands: Stands, table: str) -> list[Record]:
    """The records of a table that stand."""
    return [entry.record for entry in stands.get(table, ())]


def unmapped(reads: Iterable[FeedRows]) -> list[dict[str, Any]]:
    """Names of units, courses and partners that no dictionary knows, with counts and the nearest known one.

    Returns
    -------
    list of dict
        ``table``, ``value``, ``n`` (rows) and ``near``; commonest first, then
        by name.
    """
    counts: Counter[tuple[str, str, str]] = Counter()
    for read in reads:
        for row in read.rows:
            counts.update({
                (str(defect.values["table"]), str(defect.values["value"]), str(defect.values["near"]))
                for defect in row.defects if defect.code == "K160" and defect.values["table"] in NAMING
            })
    ordered = sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0][1]))
    return [{"table": table, "value": value, "n": n, "near": near} for (table, value, near), n in ordered]
