"""What the tables say of one another: noticed and counted, never repaired and never refused.

Each check compares rows that stand. A finding goes into ``intake.json`` with
its code and count, for a person to judge.
"""

import itertools
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from karier_stats.domain.rules import rule
from karier_stats.intake.check.checks import NAMING, YEAR, Known
from karier_stats.intake.columns import keys
from karier_stats.intake.feeds import FeedRows, Record
from karier_stats.intake.schema import TABLES
from karier_stats.intake.scrub import Scrubber, lifeless
from karier_stats.intake.spellings import near_pairs
from karier_stats.intake.stored import ReadTable
from karier_stats.intake.values import folded

STRAIGHT_ITEMS = 4  # equal answers to fewer items are no sign of careless answering
LINKED_LEAST = 0.95
NEAR_SHOWN = 5
OVERSPENT = 1.5
ATTENDED = ("lulus", "tidak_lulus")
_END = "_end"
_THOUSAND = (500, 2000)  # amounts with such a ratio were likely written in different units (rupiah, thousands, millions)
_ONCE_PER_FILE = ("K122", "K123", "K128", "K129", "K136", "K147")

Stands = dict[str, ReadTable]


class Notice(NamedTuple):
    """One thing noticed: code, place, table, count, and what else its sentence names."""

    code: str
    where: str
    table: str
    n: int
    more: dict[str, object] = {}  # noqa: RUF012 - a NamedTuple's default, never changed


def notices(reads: list[FeedRows], stands: Stands, known: Known, scrubber: Scrubber) -> list[Notice]:
    """Everything that was noticed and let pass; the scrubber masks people where a heading is somebody's name."""
    found = [
        *_of_files(reads), *_rounded_endings(reads),
        *(Notice(code, "employee", "employee", n) for code, n in sorted(known.noticed.items())),
        *_of_sheets(reads, scrubber), *_staff(stands, known), *_training(stands), *_money(stands),
        *_answers(stands), *_near_names(stands, scrubber)]
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


def _rounded_endings(reads: list[FeedRows]) -> Iterator[Notice]:
    """Service numbers that end as a spreadsheet's rounding leaves them, where they are more than a fifth."""
    for read in reads:
        for name in TABLES[read.feed.table].people:
            numbers = read.said(name)
            n = sum(len(number) == 18 and number.endswith(("000", "008", "016", "984", "992")) for number in numbers)
            if n > 0.2 * len(numbers) and n >= 5:
                yield Notice("K124", read.where, read.feed.table, n)


def _of_sheets(reads: list[FeedRows], scrubber: Scrubber) -> Iterator[Notice]:
    """Error values of a spreadsheet, with the columns that they stand in; and headings of a sheet that no feed reads."""
    sheets: dict[str, list[FeedRows]] = defaultdict(list)
    for read in reads:
        sheets[read.where].append(read)
        columns = Counter(defect.column for _, defects in read.faulty() for defect in defects if defect.code == "K117")
        names = ", ".join(dict.fromkeys(read.feed.columns.get(column, column) for column in columns))
        yield Notice("K255", read.where, read.feed.table, columns.total(), {"columns": names})
    for where, own in sheets.items():
        used = {folded(header) for read in own for header in read.feed.headers}
        left = [name for name in dict.fromkeys(own[0].headings) if folded(name) not in used]
        names = ", ".join(lifeless(scrubber.scrub(name)) for name in left)[:300]
        yield Notice("K146", where, own[0].feed.table, len(left), {"names": names})


def _staff(stands: Stands, known: Known) -> Iterator[Notice]:
    """People who moved from one year to the next, and rows that place them elsewhere than the staff list."""
    units: dict[str, set[str]] = defaultdict(set)
    for person, unit, _ in _counted(stands, "employee", "employee_uid", "unit_id"):
        units[person].add(unit)
    yield Notice("K164", "employee", "employee", sum(len(own) > 1 for own in units.values()))
    seats = [(unit, known.people[person].get(year), n)
             for person, year, unit, n in _counted(stands, "participation", "employee_uid", YEAR, "unit_id")]
    rows, unlisted = sum(n for *_, n in seats), sum(n for _, own, n in seats if own is None)
    elsewhere = sum(n for unit, own, n in seats if own is not None and own != unit)
    yield Notice("K163", "participation", "participation", elsewhere)
    few = rows and 1 - unlisted / rows < LINKED_LEAST
    yield Notice("K173", "participation", "participation", unlisted if few else 0, {"of": rows})


def _training(stands: Stands) -> Iterator[Notice]:
    """Batches against their participants: nobody there, too many hours, one course twice."""
    table, batches = stands["participation"], stands["batch"].records("batch_id", "program_id", "end_date", "jp", "state")
    seats = _seats(stands)[0]
    held = [seats[batch["batch_id"]] for batch in batches if batch["state"] in (None, "selesai")]
    yield Notice("K158", "batch", "batch", sum(n == 0 for n in held), {"of": len(held)})
    hours = {batch["batch_id"]: batch["jp"] for batch in batches if batch["jp"] is not None}
    above = sum(n for batch, credited, n in table.counted("batch_id", "credited_jp")
                if credited is not None and batch in hours and credited > hours[batch] + 1e-9)
    yield Notice("K167", "participation", "participation", above)
    ends = {batch["batch_id"]: (batch["program_id"], batch["end_date"]) for batch in batches if batch["end_date"]}
    table.derive(_END, "batch_id", ends.get)
    passed = table.column("outcome").of(lambda outcome: outcome == "lulus") & (table.columns[_END].codes > 0)
    every, _ = keys([table.columns["employee_uid"], table.columns.pop(_END)], table.at[passed[table.at]])
    yield Notice("K166", "participation", "participation", len(every) - len(np.unique(every)))  # beyond the first
    ids, first = table.groups(("employee_uid", YEAR))
    jp, people = table.column("credited_jp"), (table.column(name).list(first) for name in ("employee_uid", YEAR))
    sums = np.bincount(ids, np.array([value or 0.0 for value in jp.values])[jp.codes[table.at]]).tolist()
    credited = dict(zip(zip(*people, strict=True), sums, strict=True))
    ceiling = float(rule("jp_pppk_maximum").value) + 1e-9  # beyond rounding
    over = sum(status == "PPPK" and credited.get((person, year), 0) > ceiling
               for person, year, status, _ in _counted(stands, "employee", "employee_uid", "year", "status"))
    yield Notice("K168", "participation", "participation", over)


def _seats(stands: Stands) -> tuple[Counter[str], Counter[str]]:
    """Participation rows of each batch, and those of people who came."""
    rows, attended = Counter[str](), Counter[str]()
    for batch, outcome, n in _counted(stands, "participation", "batch_id", "outcome"):
        rows[batch] += n
        attended[batch] += n * (outcome in ATTENDED)
    return rows, attended


def _money(stands: Stands) -> Iterator[Notice]:
    """Money in the wrong unit, spent beyond its ceiling, or for other participants than there were."""
    for table in ("budget", "project_performance"):
        lines = stands[table].records("year", "ceiling_rp", "spent_rp", "activity_code", "sub_activity_code", "unit_id",
                                      "funding_source") if table in stands else []
        overspent = sum((row["spent_rp"] or 0) > OVERSPENT * row["ceiling_rp"]
                        and not _thousandfold(row["spent_rp"], row["ceiling_rp"])
                        for row in lines if row["ceiling_rp"] is not None)
        yield Notice("K179", table, table, overspent)
        yield Notice("K180", table, table, len(_other_unit(lines)))
    rows, attended, paid = Counter[tuple[str, int]](), Counter[tuple[str, int]](), Counter[tuple[str, int]]()
    seats, came = _seats(stands)
    for batch, course, year, _ in _counted(stands, "batch", "batch_id", "program_id", "year"):
        rows[course, year] += seats[batch]
        attended[course, year] += came[batch]
    for course, year, participants, n in _counted(stands, "budget", "program_id", "year", "participants"):
        if course and participants is not None:
            paid[course, year] += participants * n
    other = sum(n not in (rows[course], attended[course]) for course, n in paid.items())
    yield Notice("K169", "budget", "budget", other, {"of": len(paid)})


def _other_unit(rows: list[Record]) -> set[int]:
    """Places of the rows whose amount is about a thousandfold of its own other amount, last year's, or the table's."""
    amounts = [abs(record["ceiling_rp"]) for record in rows if record.get("ceiling_rp")]
    middle = statistics.median(amounts) if amounts else 0
    years: dict[tuple[object, ...], list[tuple[int, int, int]]] = defaultdict(list)
    found = set()
    for place, record in enumerate(rows):
        ceiling, spent = record.get("ceiling_rp"), record.get("spent_rp")
        small = ceiling and abs(ceiling) < 100_000 and abs(ceiling) * _THOUSAND[0] < middle
        if small or _thousandfold(ceiling, spent):
            found.add(place)
        code = record.get("activity_code") or record.get("sub_activity_code")
        if code and ceiling:
            years[code, record.get("unit_id"), record.get("funding_source")].append((record["year"], place, ceiling))
    for line in years.values():
        line.sort()
        for (_, _, before), (_, place, after) in itertools.pairwise(line):
            found |= {place} if _thousandfold(before, after) else set()
    return found


def _thousandfold(one: int | None, other: int | None) -> bool:
    """Whether the larger of two amounts is about a thousand times the other."""
    small, large = sorted((abs(one or 0), abs(other or 0)))
    return small > 0 and _THOUSAND[0] <= large / small <= _THOUSAND[1]


def _answers(stands: Stands) -> Iterator[Notice]:
    """Forms that give one answer to every item."""
    items, answers = Counter[tuple[object, ...]](), Counter[tuple[object, ...]]()
    for *form, _, n in _counted(stands, "survey_response", "response_id", "instrument", "wave", "value"):
        items[tuple(form)] += n
        answers[tuple(form)] += 1
    judged = [form for form, n in items.items() if n >= STRAIGHT_ITEMS]
    straight = sum(answers[form] == 1 for form in judged)
    yield Notice("K165", "survey_response", "survey_response", straight, {"of": len(judged)})


def _near_names(stands: Stands, scrubber: Scrubber) -> Iterator[Notice]:
    """Names of units, courses and partners that a slip of the finger may have parted: for a person to judge."""
    for table, naming in NAMING.items():
        names = [str(name) for name, _ in _counted(stands, table, naming) if name]
        pairs = near_pairs(table, names)
        shown = "; ".join(" ~ ".join(f'"{lifeless(scrubber.scrub(name))}"' for name in pair) for pair in pairs[:NEAR_SHOWN])
        yield Notice("K272", table, table, len(pairs), {"names": shown})


def _counted(stands: Stands, table: str, *names: str) -> list[tuple[Any, ...]]:
    """Each distinct combination of some columns of a table, and how many of its records hold it."""
    return stands[table].counted(*names) if table in stands else []


def unmapped(reads: Iterable[FeedRows]) -> list[dict[str, Any]]:
    """Names of units, courses and partners that no dictionary knows, with rows ``n`` and the nearest known one; commonest first."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for read in reads:
        for _, defects in read.faulty():
            counts.update({
                (str(defect.values["table"]), str(defect.values["value"]), str(defect.values["near"]))
                for defect in defects if defect.code == "K160" and defect.values["table"] in NAMING})
    ordered = sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0][1]))
    return [{"table": table, "value": value, "n": n, "near": near} for (table, value, near), n in ordered]
