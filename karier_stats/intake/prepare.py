"""From the office's files to processed tables: read, check, pseudonymise, write.

The processed folder is made beside the old one and takes its place at the
end; a run that is refused or interrupted leaves the old tables as they were.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import json
import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from karier_stats import __version__
from karier_stats.errors import EnvironmentFault, InputError, describe, visible
from karier_stats.intake import project, pseudonyms
from karier_stats.intake.check.checks import Known, check_table
from karier_stats.intake.check.consistency import Notice, notices, unmapped
from karier_stats.intake.columns import Column
from karier_stats.intake.crosswalk import PETA, Crosswalk, Feed, load_crosswalk
from karier_stats.intake.feeds import FeedRows, read_feed
from karier_stats.intake.files import readers
from karier_stats.intake.files.readers import BlockFile, Grid, Unfit, file_hash, read_bytes
from karier_stats.intake.files.sources import grid_of, read_query
from karier_stats.intake.processed import SEAL, check_folder, previous
from karier_stats.intake.schema import TABLES, schema_version
from karier_stats.intake.scrub import Scrubber, inert, lifeless
from karier_stats.intake.stored import ReadTable, StoredTable, arrow_table, settle, write_parquet, write_through
from karier_stats.words import Phrase, say
from karier_stats.words.numbers import LANGUAGES, integer

if TYPE_CHECKING:
    import pandas as pd

_FIRST = ("unit", "employee", "partnership", "program", "batch", "participation", "survey_item")
ORDER = (*_FIRST, *(name for name in TABLES if name not in _FIRST))  # checked in this order: what others refer to first
FORGOTTEN = "K239"  # the rule under which the rows of a forgotten person are left out
WRITTEN = ("comment", "survey_response")  # their rows may come from a form that names nobody: they go with the form
QUARANTINE = "karantina"
_WAITING = ".baru"
UNMAPPED = "nama-belum-dipetakan.csv"  # names that no dictionary knows: what a person puts under ``aliases``


@dataclass(frozen=True)
class Intake:
    """What ``prepare`` did.

    Attributes
    ----------
    content : dict
        The content of ``intake.json``: ``evaluation``, ``title``,
        ``synthetic``; ``feeds`` (each with file, sheet, table, rows_read,
        processed, quarantined, excluded, records and ``reasons``: under
        ``quarantined`` and ``excluded`` the count of each code, one per row); ``files`` (sha256); ``tables`` (rows,
        sha256, ``missing``: column to share); ``reasons`` (short names of the
        codes, both languages); ``warnings`` (code, count and text);
        ``unmapped`` (names that no dictionary knows, with counts);
        ``person``, ``metadata``, ``retention``, ``forgotten`` (how many
        people are left out on request) and ``names`` (the hash of the marks
        beside the key); ``key_fingerprint``, ``schema`` and ``created_by``.
    folder : Path
        The processed tables.
    quarantine : Path
        The folder of the quarantine lists.
    """

    content: dict[str, Any]
    folder: Path
    quarantine: Path

    @property
    def quarantined(self) -> int:
        """Rows set aside, over all feeds."""
        return sum(feed["quarantined"] for feed in self.content["feeds"])

    @property
    def exit_code(self) -> int:
        """0, or 1 where rows were set aside."""
        return int(self.quarantined > 0)

    def summary(self, lang: str = "id") -> str:
        """The account of every feed, in words, with the warnings."""
        lines = []
        for feed in self.content["feeds"]:
            where = f"{feed['file']}:{feed['sheet']}" if feed["sheet"] else feed["file"]
            lines.append(say("intake.account", lang, **{**feed, "where": where}))
            names = self.content["reasons"]
            counted = {code: n for codes in feed["reasons"].values() for code, n in codes.items()}
            lines += [f"    {code} {names[code][lang]}: {integer(n, lang)}" for code, n in counted.items()]
        alike: dict[str, list[dict[str, Any]]] = {}
        for one in self.content["warnings"]:  # what sheets alike leave unread is said once
            text = one["text"][lang]
            alike.setdefault(f"{one['table']}: {one['facts']}" if one["code"] == "K146" else text, []).append(one)
        for first, *more in alike.values():
            where = ", ".join(one["where"] for one in (first, *more))
            lines.append(describe("K146", lang, table=first["table"], n=first["n"], where=where, **first["facts"])
                         if more and first["code"] == "K146" else first["text"][lang])
        return "\n".join(lines)


def prepare(
    evaluation: str, *, root: Path, raw: Path | None = None, peta: Path | None = None, lang: str = "id",
    today: datetime.date | None = None,
) -> Intake:
    """Read an office's files and write the processed tables of an evaluation.

    Parameters
    ----------
    evaluation : str
        Name of the evaluation.
    root : Path
        The project's folder.
    raw : Path, optional
        The folder with the raw files; default ``data/raw/<evaluation>``.
        Nothing is ever written to a folder that is given here.
    peta : Path, optional
        The crosswalk; default ``peta.yml`` in the raw folder.
    lang : {"id", "en"}
        Language of the notes in the quarantine lists.
    today : date, optional
        The day that the retention date is held against; default the machine's.

    Returns
    -------
    Intake

    Raises
    ------
    InputError
        K1xx for a file, K20x for the crosswalk, K225 for the evaluation's
        name, K226, K227 and K229 where the tables would take the place of
        files that are none of ``prepare``'s, K237 after the retention date,
        K270 where no row of a required table stands; the old tables stay.
    EnvironmentFault
        K260 where the disk is full or may not be written, K513 where another
        run has the same evaluation; the old tables stay.

    Notes
    -----
    For every feed, rows read = processed + quarantined + excluded by rule;
    a row that gives several records stands or falls as one. Equal files and
    crosswalk under one key give equal bytes.
    """
    home, target = project.raw_folder(root, evaluation), project.processed_folder(root, evaluation)
    raw = home if raw is None else raw
    peta = raw / PETA if peta is None else peta
    crosswalk = load_crosswalk(peta, raw, evaluation)
    project.check_retention(evaluation, crosswalk.retention, lang, today)
    key = pseudonyms.load_key(evaluation, project=root)
    inputs = [peta, *(raw / feed.file for feed in crosswalk.feeds if feed.file)]
    project.refuse_link(home / QUARANTINE)
    project.check_apart([raw, *inputs], [target.parent, home / QUARANTINE])
    try:
        with project.alone(root, evaluation):
            project.check_replaceable(target)
            marks = pseudonyms.forgotten_marks(evaluation, _check_key(target, evaluation, pseudonyms.fingerprint(key)))
            keep = partial(pseudonyms.keep_names, evaluation, key)
            return _prepared(crosswalk, raw, key, target, home / QUARANTINE, lang, marks, keep)
    except OSError as error:  # a disk that cannot be written is said with its reason and the room that is needed
        size = sum(path.stat().st_size for path in {*inputs[1:]} if path.is_file())
        raise EnvironmentFault("K260", evaluation=evaluation, reason=error.strerror or "–", needed=size // 1_000_000 + 1) from error


def rehearse(evaluation: str, *, raw: Path, peta: Path, folder: Path, lang: str = "id") -> Intake:
    """What :func:`prepare` would make of a crosswalk, in a folder that is thrown away and under a key that nobody keeps."""
    crosswalk = load_crosswalk(peta, raw, evaluation)
    return _prepared(crosswalk, raw, secrets.token_bytes(32), folder / evaluation, folder / QUARANTINE, lang)


def _prepared(
    crosswalk: Crosswalk, raw: Path, key: bytes, target: Path, quarantine: Path, lang: str, marks: frozenset[str] = frozenset(),
    keep: Callable[[Iterable[tuple[tuple[str, str], bool]]], str | None] = lambda _: None,
) -> Intake:
    """The work of :func:`prepare` under its lock; ``marks`` are those of people left out, ``keep`` keeps those of names."""
    recover(target)
    files, reads = _read_all(crosswalk, raw)
    scrubber, named = _scrubber(reads), partial(pseudonyms.pseudonym, key, crosswalk.evaluation)

    def refuse_empty(table: str, own: list[FeedRows]) -> None:
        """Refuse a required table without a row, once its lists say why."""
        if TABLES[table].required and not any(read.written() for read in own):
            _mask_quoted(reads, scrubber)
            _place_lists(quarantine, _write_lists(quarantine, reads, unmapped(reads), lang))
            raise _nothing_stands(table, own)

    if marks:
        _leave_out(reads, lambda person: pseudonyms.mark(key, crosswalk.evaluation, person) in marks)
    known, tables, stored = Known(crosswalk), dict[str, ReadTable](), dict[str, StoredTable]()
    for name in ORDER:
        own = [read for read in reads if read.feed.table == name]
        if own:
            refuse_empty(name, own)
            tables[name] = ReadTable(name, own)
            check_table(tables[name], known)
            refuse_empty(name, own)
            stored[name] = StoredTable(tables[name], scrubber, named)
    _mask_quoted(reads, scrubber)
    names = keep(scrubber.telling_pairs())
    noticed = notices(reads, tables, known, scrubber)
    if names == "":
        noticed.append(Notice("K418", "", "employee", 0))
    content = _account(crosswalk, files, reads, noticed, key)
    content |= {"forgotten": len(marks), "names": names or ""}
    lists = _write_lists(quarantine, reads, content["unmapped"], lang)
    write_tables(target, stored, content)
    _place_lists(quarantine, lists)
    pseudonyms.drop_other_names(crosswalk.evaluation, content["names"])
    return Intake(content, target, quarantine)


def _scrubber(reads: list[FeedRows]) -> Scrubber:
    """What knows everybody in the files, whether their row stands or not, and the units."""
    def said(*columns: str, table: str = "") -> set[Any]:
        return {value for read in reads if table in ("", read.feed.table) for name in columns for value in read.said(name)}

    people = {name for spec in TABLES.values() for name in spec.people}
    return Scrubber(map(str, said("name")), map(str, said(*people)), said("birth_date"),
                    map(str, said("unit_name", "unit_id", table="unit")))


def owned_by(table: str) -> list[str]:
    """Columns whose person the whole row is about: the employee, or a person in the table's key."""
    return [name for name in TABLES[table].people if name == "employee_uid" or name in TABLES[table].key]


def only_named_in(table: str) -> list[str]:
    """Columns that name a person in a row about something else: the name goes, the row stays."""
    return [name for name in TABLES[table].people if name not in owned_by(table)]


def _leave_out(reads: list[FeedRows], is_forgotten: Callable[[str], bool]) -> None:
    """Exclude the rows of forgotten people, in place, and what they wrote on the same rows."""
    known: dict[object, bool] = {None: False}

    def gone(person: object) -> bool:
        return known[person] if person in known else known.setdefault(person, is_forgotten(str(person)))

    left: dict[str, set[int]] = {}
    for read in reads:
        own, named = ([name for name in names(read.feed.table) if name in read.columns] for names in (owned_by, only_named_in))
        rows = read.row[np.logical_or.reduce([read.columns[name].of(gone) for name in own])] if own else read.row[:0]
        if len(rows):
            read.exclude(rows, FORGOTTEN)
            left.setdefault(read.where, set()).update(read.numbers[rows].tolist())
        for name in named:
            column = read.columns[name]
            read.columns[name] = Column(np.where(column.of(gone), 0, column.codes), column.values)
    for read in reads if left else ():
        if read.feed.table in WRITTEN and read.feed.file and read.where in left:
            with_records = np.zeros(len(read.numbers), bool)
            with_records[read.row] = True
            read.exclude(np.flatnonzero(with_records & np.isin(read.numbers, list(left[read.where]))), FORGOTTEN)


def _nothing_stands(table: str, reads: list[FeedRows]) -> InputError:
    """The refusal of a required table of which no row stands: what is said without it would be about nobody (K270)."""
    ends = [_feed_account(read) for read in reads]
    read, quarantined, excluded = (sum(one[key] for one in ends) for key in ("rows_read", "quarantined", "excluded"))
    reasons = sum((Counter(codes) for one in ends for codes in one["reasons"].values()), Counter[str]())
    commonest = min(reasons, key=lambda code: (-reasons[code], code), default="–")
    where = ", ".join(dict.fromkeys(read.where for read in reads))
    why = Phrase(f"intake.reasons.{commonest}") if reasons else dict.fromkeys(LANGUAGES, "–")
    first = {lang: next((note[-1] for read in reads for note in _notes(read, lang)), f"{commonest} {why[lang]}.")
             for lang in LANGUAGES}
    return InputError("K270", where=where, table=table, read=read, quarantined=quarantined, excluded=excluded, reason=commonest,
                      first=first)


def _mask_quoted(reads: list[FeedRows], scrubber: Scrubber) -> None:
    """Mask people in the cells that a defect quotes: a shifted row puts a name under any heading."""
    defects = {id(defect.values): defect.values for read in reads for _, found in read.faulty() for defect in found}
    for values in defects.values():
        values |= {name: scrubber.scrub(str(values[name])) for name in {"value", "near"} & values.keys()}


def _check_key(target: Path, evaluation: str, mark: str) -> int:
    """Refuse the fingerprint of another key than that of the tables that are there; how many people those have forgotten."""
    try:
        content = json.loads((target / "intake.json").read_text(encoding="utf-8"))
        before = content["key_fingerprint"]
    except (OSError, ValueError, KeyError):
        return 0
    if before != mark:
        raise InputError("K111", evaluation=evaluation)
    return int(content.get("forgotten", 0))


def _read_all(crosswalk: Crosswalk, raw: Path) -> tuple[dict[str, str], list[FeedRows]]:
    """Every feed read; each file is opened once, each sheet parsed once, a large text block by block."""
    contents: dict[str, bytes] = {}
    grids: dict[tuple[object, ...], Grid] = {}
    hashes: dict[str, str] = {}
    queried: dict[str, str] = {}
    reads: list[FeedRows] = []
    for feed in crosswalk.feeds:
        read = _by_blocks(feed, raw, crosswalk.person, hashes)
        grid = None
        if feed.query is not None:
            grid = read_query(feed, raw)
            queried[f"{feed.file}:{feed.sheet}"] = grid.sha256
        elif read is None and feed.file is not None:
            if feed.file not in contents:
                contents[feed.file] = read_bytes(raw / feed.file, raw)
                hashes[feed.file] = hashlib.sha256(contents[feed.file]).hexdigest()
            dialect = (feed.file, feed.sheet, feed.encoding, feed.separator)
            if dialect not in grids:
                grids[dialect] = grid_of(feed, contents[feed.file])
            grid = grids[dialect]
        reads.append(read or read_feed(feed, grid, crosswalk.person))
    for name, before in sorted(hashes.items()):
        if file_hash(raw / name, raw) != before:
            raise InputError("K195", file=name)
    return dict(sorted({**hashes, **queried}.items())), reads


def _by_blocks(feed: Feed, raw: Path, person: str, hashes: dict[str, str]) -> FeedRows | None:
    """A feed of a large text; None where the file must be read whole. Its hash is added to the others."""
    path = raw / str(feed.file)
    if not (feed.file and feed.query is None and path.suffix.lower() not in (".xlsx", ".parquet") and path.is_file()
            and path.stat().st_size >= readers.LARGE and path.resolve().is_relative_to(raw.resolve())):
        return None
    try:
        file = BlockFile(path, feed.encoding, feed.separator)
        read = read_feed(feed, file, person)
    except Unfit:
        return None
    hashes[str(feed.file)] = file.sha256
    return read


def _account(
    crosswalk: Crosswalk, files: dict[str, str], reads: list[FeedRows], noticed: list[Notice], key: bytes,
) -> dict[str, Any]:
    """Everything that ``intake.json`` says, but for its tables."""
    feeds = [_feed_account(read) for read in reads]
    codes = sorted({code for feed in feeds for counts in feed["reasons"].values() for code in counts})
    warnings = [{"code": one.code, "where": one.where, "table": one.table, "n": one.n, "facts": one.more, "text": {
        lang: describe(one.code, lang, where=one.where, table=one.table, n=one.n, **one.more) for lang in LANGUAGES}}
        for one in noticed]
    return {
        "evaluation": crosswalk.evaluation, "title": crosswalk.title, "synthetic": crosswalk.synthetic,
        "person": crosswalk.person, "metadata": crosswalk.metadata,
        "retention": crosswalk.retention.isoformat() if crosswalk.retention else None,
        "feeds": feeds, "files": files, "tables": {},
        "reasons": {code: dict(Phrase(f"intake.reasons.{code}")) for code in codes}, "warnings": warnings,
        "unmapped": [{**name, "value": lifeless(name["value"])} for name in unmapped(reads)],
        "key_fingerprint": pseudonyms.fingerprint(key), "schema": schema_version(),
        "created_by": f"karier-stats {__version__}"}


def _feed_account(read: FeedRows) -> dict[str, Any]:
    """How the rows of one feed ended; each row counts once, under its first code."""
    ends = read.ends()
    states, reasons = Counter[str](), {"quarantined": Counter[str](), "excluded": Counter[str]()}
    for (state, code), n in ends.items():
        states[state] += n
        if state in reasons:
            reasons[state][code] += n
    return {
        "file": read.file, "sheet": read.sheet, "table": read.feed.table, "rows_read": ends.total(),
        "processed": states["processed"], "quarantined": states["quarantined"], "excluded": states["excluded"],
        "records": read.written(),
        "reasons": {state: dict(sorted(codes.items())) for state, codes in reasons.items()},
        "dialect": {name: visible(value) if name == "sheet" else value for name, value in read.dialect.items()}}


def _write_lists(folder: Path, reads: list[FeedRows], names: list[dict[str, Any]], lang: str) -> list[str]:
    """Write the lists beside the raw files where they wait for the tables to take their place: one for each file with a row
    set aside, and the names that no dictionary knows; what they are called.
    """
    head = say("intake.lists.quarantine", lang).split(", ")
    lists: dict[str, list[list[object]]] = {}
    for read in reads:
        for line in _notes(read, lang):
            lists.setdefault(f"{read.file.replace('/', '_')}.karantina.csv", [[*head]]).append(line)
    if names:
        lists[UNMAPPED] = [[*say("intake.lists.unmapped", lang).split(", ")], *([*name.values()] for name in names)]
    shutil.rmtree(folder / _WAITING, ignore_errors=True)
    for name, lines in lists.items():
        write_list(folder / _WAITING / name, lines)
    return list(lists)


def _notes(read: FeedRows, lang: str) -> Iterator[list[object]]:
    """The lines of a list of rows set aside, the last cell in words."""
    for number, defects in read.faulty():
        for code, column, values in dict.fromkeys((d.code, d.column, tuple(sorted(d.values.items()))) for d in defects):
            source = read.feed.columns.get(column, column)
            facts = {"where": read.where, "row": number, "column": source or "–", "peta": read.feed.line(column, number),
                     **dict(values)}
            yield [read.file, read.sheet, read.feed.table, number, source, code, describe(code, lang, **facts)]


def _place_lists(folder: Path, names: Collection[str]) -> None:
    """Let the new lists take the place of the old ones; lists of files that are mended disappear."""
    for old in (*folder.glob("*.karantina.csv"), folder / UNMAPPED):
        if old.name not in names:
            old.unlink(missing_ok=True)
    for name in names:
        (folder / _WAITING / name).replace(folder / name)
    shutil.rmtree(folder / _WAITING, ignore_errors=True)


def write_list(path: Path, lines: Iterable[Sequence[object]]) -> None:
    """A list for the office's own eyes: readable by its owner alone, no cell a formula."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with project.private(path, encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows([inert(visible(cell)) if isinstance(cell, str) else cell for cell in line] for line in lines)


def recover(target: Path) -> None:
    """Put the old tables back where a run was killed between its two renames."""
    old = previous(target)
    if old.exists() and not target.exists():
        old.rename(target)


def write_tables(target: Path, frames: Mapping[str, pd.DataFrame | StoredTable], content: dict[str, Any]) -> None:
    """Write all tables, then ``intake.json`` and its hash, then let the folder take its place.

    Whatever goes wrong, the old tables stay or come back.
    """
    def fill(fresh: Path) -> None:
        pieces = {table: frame.pieces() if isinstance(frame, StoredTable) else [arrow_table(frame)]
                  for table, frame in frames.items()}
        content["tables"] = {table: write_parquet(some, fresh / f"{table}.parquet") for table, some in pieces.items()}
        text = (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
        write_through(fresh / "intake.json", text)
        write_through(fresh / SEAL, hashlib.sha256(text).hexdigest().encode())

    _place(target, fill)


def receive(evaluation: str, fill: Callable[[Path], None], *, root: Path) -> Path:
    """Let tables that another machine has prepared take their place, once they are whole; the folder.

    Raises
    ------
    InputError
        K111 under another key than the tables that are there, K226 with a file that is none of ``prepare``'s.
    EnvironmentFault
        K510, K512 and K516 where they are not whole, or of another data dictionary; K513.
    """
    target = project.processed_folder(root, evaluation)

    def checked(fresh: Path) -> None:
        fill(fresh)
        project.check_replaceable(fresh)
        _check_key(target, evaluation, check_folder(fresh)["key_fingerprint"])

    with project.alone(root, evaluation):
        project.check_replaceable(target)
        recover(target)
        _place(target, checked)
    return target


def _place(target: Path, fill: Callable[[Path], None]) -> None:
    """Fill a folder beside the tables and let it take their place; whatever goes wrong, the old ones stay or come back."""
    fresh = target.parent / f".tmp-{target.name}"
    for left in (fresh, previous(target)):
        shutil.rmtree(left, ignore_errors=True)
    try:
        fresh.mkdir(mode=0o700, parents=True)
        fill(fresh)
        settle(fresh)
        if target.exists():
            target.rename(previous(target))
        fresh.rename(target)
    except BaseException:
        recover(target)
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    settle(target.parent)
    shutil.rmtree(previous(target), ignore_errors=True)
