"""From the office's files to processed tables: read, check, pseudonymise, write.

The processed folder is made beside the old one and takes its place at the
end; a run that is refused or interrupted leaves the old tables as they were.
"""

from __future__ import annotations

import contextlib
import csv
import datetime
import hashlib
import importlib.metadata
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karier_stats.errors import EnvironmentFault, InputError, describe, visible
from karier_stats.intake.check.checks import REASONS, Entry, Known, check_table, validate
from karier_stats.intake.check.consistency import Notice, notices, unmapped
from karier_stats.intake.check.seat_columns import SeatColumns, SeatTable, set_apart
from karier_stats.intake.check.seats import Places, Seats
from karier_stats.intake.columnar import ColumnRows, fits, read_columns
from karier_stats.intake.crosswalk import Crosswalk, Feed, load_crosswalk
from karier_stats.intake.feeds import FeedRows, read_feed
from karier_stats.intake.files.columnar_csv import Unfit
from karier_stats.intake.files.parquet_files import arrow_table, settle, write_parquet, write_through
from karier_stats.intake.files.readers import Grid, file_hash, read_bytes, read_csv, read_xlsx
from karier_stats.intake.files.sources import read_parquet, read_query
from karier_stats.intake.forgotten import forgotten_marks, leave_out, mark
from karier_stats.intake.processed import SEAL, conform, previous
from karier_stats.intake.project import alone, check_apart, check_replaceable, processed_folder, raw_folder, refuse_link
from karier_stats.intake.pseudonyms import fingerprint, load_key, pseudonym
from karier_stats.intake.retention import check_retention
from karier_stats.intake.schema import TABLES
from karier_stats.intake.scrub import Scrubber, inert, lifeless
from karier_stats.intake.values import LONGEST_TEXT
from karier_stats.words.numbers import LANGUAGES, both, integer

if TYPE_CHECKING:
    import pandas as pd

_FIRST = ("unit", "employee", "partnership", "program", "batch", "participation", "survey_item")
ORDER = (*_FIRST, *(name for name in TABLES if name not in _FIRST))
"""Tables in the order in which they are checked: what others refer to comes first."""

QUARANTINE = "karantina"
_WAITING = ".baru"
UNMAPPED = "nama-belum-dipetakan.csv"
"""Names that no dictionary knows, beside the quarantine lists: what a person reviews and puts under `aliases`."""


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
        ``person``, ``metadata``, ``retention`` and ``forgotten`` (how many
        people are left out on request); ``key_fingerprint``, ``schema`` and
        ``created_by``.
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
        head = both(
            "{where} → {table}: {read} baris dibaca = "
            "{processed} diolah + {quarantined} dikarantina + {excluded} dikecualikan",
            "{where} → {table}: {read} rows read = "
            "{processed} processed + {quarantined} quarantined + {excluded} excluded",
        )[lang]
        lines = []
        for feed in self.content["feeds"]:
            counts = {key: integer(feed[key], lang) for key in ("processed", "quarantined", "excluded")}
            where = f"{feed['file']}:{feed['sheet']}" if feed["sheet"] else feed["file"]
            lines.append(head.format(where=where, table=feed["table"], read=integer(feed["rows_read"], lang), **counts))
            names = self.content["reasons"]
            counted = {code: n for codes in feed["reasons"].values() for code, n in codes.items()}
            lines += [f"    {code} {names[code][lang]}: {integer(n, lang)}" for code, n in counted.items()]
        return "\n".join([*lines, *(warning["text"][lang] for warning in self.content["warnings"])])


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
    home, target = raw_folder(root, evaluation), processed_folder(root, evaluation)
    raw = home if raw is None else raw
    peta = raw / "peta.yml" if peta is None else peta
    crosswalk = load_crosswalk(peta, raw, evaluation)
    check_retention(evaluation, crosswalk.retention, lang, today)
    key = load_key(evaluation, project=root)
    inputs = [peta, *(raw / feed.file for feed in crosswalk.feeds if feed.file)]
    refuse_link(home / QUARANTINE)
    check_apart([raw, *inputs], [target.parent, home / QUARANTINE])
    with _no_disk(crosswalk, raw), alone(root, evaluation):
        check_replaceable(target)
        marks = forgotten_marks(evaluation, _check_key(target, evaluation, key))
        return _prepared(crosswalk, raw, key, marks, target, home / QUARANTINE, lang)


def _prepared(
    crosswalk: Crosswalk, raw: Path, key: bytes, marks: frozenset[str], target: Path, quarantine: Path, lang: str
) -> Intake:
    """The work of :func:`prepare` under its lock."""
    recover(target)
    files, reads = _read_all(crosswalk, raw, target.parent)
    known = Known(crosswalk)
    scrubber, named = _scrubber(reads), partial(pseudonym, key, crosswalk.evaluation)
    code = partial(_code, scrubber, named)

    def refuse_empty(table: str, own: list[FeedRows]) -> None:
        """Refuse a required table without a row, once its lists say why."""
        if TABLES[table].required and not any(read.written() for read in own):
            _mask_quoted(reads, scrubber)
            _write_lists(quarantine, lists := _lists(reads, unmapped(reads), lang))
            _place_lists(quarantine, lists)
            raise _nothing_stands(table, own)

    for read in reads if marks else ():
        if isinstance(read, ColumnRows):
            read.bring_out_people(lambda person: mark(key, crosswalk.evaluation, person) in marks)
    leave_out(reads, crosswalk.evaluation, key, marks)
    stands: dict[str, list[Entry]] = {}
    frames: dict[str, pd.DataFrame | SeatTable] = {}
    seats = Seats(Places({}, []))
    for table in ORDER:
        own = [read for read in reads if read.feed.table == table]
        columns: list[SeatColumns] = []
        if table == "participation":
            seats = Seats(Places(known.people, [entry.record for entry in stands["batch"]]))
            columns = set_apart(own, known, seats)
        if own:
            refuse_empty(table, own)
            stands[table] = check_table(table, own, known)
            refuse_empty(table, own)
            frame = _frame(table, stands[table], scrubber, named)
            frames[table] = SeatTable(own, columns, stands[table], frame, seats.places, named, code) if columns else frame
    seats.add_records([entry.record for entry in stands["participation"]])
    _mask_quoted(reads, scrubber)
    content = _account(crosswalk, files, reads, notices(reads, stands, known, scrubber, seats), frames, key)
    content["forgotten"] = len(marks)
    lists = _lists(reads, content["unmapped"], lang)
    _write_lists(quarantine, lists)
    write_tables(target, frames, content)
    _place_lists(quarantine, lists)
    return Intake(content, target, quarantine)


def _scrubber(reads: list[FeedRows]) -> Scrubber:
    """What knows everybody in the files, whether their row stands or not, and the units."""
    people = {column.name for spec in TABLES.values() for column in spec.columns if column.kind == "person"}
    numbers = {str(number) for name in people for number in _said(reads, name)}
    places = {str(text) for name in ("unit_name", "unit_id") for text in _said(reads, name, "unit")}
    return Scrubber(map(str, _said(reads, "name")), numbers, _said(reads, "birth_date"), places)


def _said(reads: list[FeedRows], column: str, table: str = "") -> set[Any]:
    """What the files hold in a column, of one table where one is named."""
    return {value for read in reads if table in ("", read.feed.table) for value in read.said(column)}


def _nothing_stands(table: str, reads: list[FeedRows]) -> InputError:
    """The refusal of a required table of which no row stands: what is said without it would be about nobody (K270)."""
    states, reasons = Counter[str](), Counter[str]()
    for (state, code), n in sum((read.ends() for read in reads), Counter[tuple[str, str]]()).items():
        states[state] += n
        reasons[code] += n
    commonest = min(reasons, key=lambda code: (-reasons[code], code), default="–")
    where = ", ".join(dict.fromkeys(read.where for read in reads))
    return InputError(
        "K270", where=where, table=table, read=states.total(), quarantined=states["quarantined"], excluded=states["excluded"],
        reason=commonest,
    )


def _mask_quoted(reads: list[FeedRows], scrubber: Scrubber) -> None:
    """Mask people in the cells that a defect quotes: a shifted row puts a name under any heading."""
    for read in reads:
        for row in read.rows:
            for defect in row.defects:
                for quoted in {"value", "near"} & defect.values.keys():
                    defect.values[quoted] = scrubber.scrub(str(defect.values[quoted]))


def _check_key(target: Path, evaluation: str, key: bytes) -> int:
    """Refuse a key other than the one of the tables that are there already; how many people those have forgotten."""
    try:
        content = json.loads((target / "intake.json").read_text(encoding="utf-8"))
        before = content["key_fingerprint"]
    except (OSError, ValueError, KeyError):
        return 0
    if before != fingerprint(key):
        raise InputError("K111", evaluation=evaluation)
    return int(content.get("forgotten", 0))


def _read_all(crosswalk: Crosswalk, raw: Path, scratch: Path) -> tuple[dict[str, str], list[FeedRows]]:
    """Every feed read; each file is opened once, each sheet parsed once, a large one block by block."""
    contents: dict[str, bytes] = {}
    grids: dict[tuple[object, ...], Grid] = {}
    hashes: dict[str, str] = {}
    queried: dict[str, str] = {}
    reads: list[FeedRows] = []
    for feed in crosswalk.feeds:
        read = _in_columns(feed, raw, crosswalk.person, scratch, hashes)
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
                grids[dialect] = _grid(feed, contents[feed.file])
            grid = grids[dialect]
        reads.append(read or read_feed(feed, grid, crosswalk.person))
    for name, before in sorted(hashes.items()):
        if file_hash(raw / name, raw) != before:
            raise InputError("K195", file=name)
    return dict(sorted({**hashes, **queried}.items())), reads


def _in_columns(feed: Feed, raw: Path, person: str, scratch: Path, hashes: dict[str, str]) -> ColumnRows | None:
    """A large feed in columns; None where it must be read as records. Its hash is added to the others."""
    path = raw / feed.file if feed.file and feed.query is None else None
    if path is None or not fits(feed, path) or not path.resolve().is_relative_to(raw.resolve()):
        return None
    try:
        read, hashes[str(feed.file)] = read_columns(feed, path, person, scratch)
    except Unfit:
        return None
    return read


def _grid(feed: Feed, content: bytes) -> Grid:
    """The cells of a feed's sheet."""
    file = str(feed.file)
    if file.lower().endswith(".xlsx"):
        return read_xlsx(content, file, sheet=feed.sheet)
    if file.lower().endswith(".parquet"):
        return read_parquet(content, file, feed)
    return read_csv(content, file, encoding=feed.encoding, separator=feed.separator)


def _frame(table: str, stand: list[Entry], scrubber: Scrubber, named: Callable[[str], str]) -> pd.DataFrame:
    """The processed table: people as pseudonyms, free text scrubbed, validated."""
    import pandas as pd

    frame = pd.DataFrame([
        {**record, "source_file": read.file, "source_row": row.number} for record, row, read in stand
    ])
    frame = conform(frame, table)
    noticed = stand[0].read.noticed if stand else Counter[str]()
    for column in TABLES[table].columns:
        if column.input_only:
            continue
        values = frame[column.name]
        if column.kind == "person":
            frame[column.name] = values.map(named, na_action="ignore").astype("string")
        elif column.kind == "text":
            scrub = partial(scrubber.scrub, runs=column.name != "mou_no", typed=column.typed)
            frame[column.name] = _clean(values, scrub, noticed)
        elif column.kind == "id":
            _refuse_numbers_in_ids(values, column.name, stand)
            frame[column.name] = _replaced(values, "K275", partial(_code, scrubber, named), noticed)
    validate(frame, table)
    return frame


def _clean(values: pd.Series, scrub: Callable[[str], str], noticed: Counter[str]) -> pd.Series:
    """Texts as they are stored: nobody in them, nothing that would hold a report back, not too long."""
    nobody = _replaced(values, "K126", scrub, noticed)
    return _replaced(nobody, "K274", lifeless, noticed).str.slice(0, LONGEST_TEXT)


def _replaced(values: pd.Series, code: str, step: Callable[[str], str], noticed: Counter[str]) -> pd.Series:
    """Each distinct text put through a step, and how many cells it changed."""
    counts = values.value_counts()
    new = {str(text): step(str(text)) for text in counts.index}
    noticed[code] += sum(int(n) for text, n in counts.items() if new[str(text)] != text)
    return values.map(new, na_action="ignore").astype("string")


def _code(scrubber: Scrubber, named: Callable[[str], str], text: str) -> str:
    """An id as it is; a keyed one in place of what holds somebody's name, address or number, or a path."""
    told = scrubber.scrub(text, runs=False) != text or lifeless(text) != text
    return f"k{named(f'kode/{text}')[1:]}" if told else text


def _refuse_numbers_in_ids(values: pd.Series, column: str, stand: list[Entry]) -> None:
    """Refuse ids that are service or identity numbers: they would leave in clear."""
    long = values.str.replace(r"[ .\-]", "", regex=True).str.contains(r"[0-9]{16}", na=False).astype(bool)
    if long.any():
        entry = stand[int(long.to_numpy().argmax())]
        raise InputError("K118", where=entry.read.where, column=column, n=int(long.sum()), row=entry.row.number)


def _account(
    crosswalk: Crosswalk, files: dict[str, str], reads: list[FeedRows], noticed: list[Notice],
    frames: Mapping[str, pd.DataFrame | SeatTable], key: bytes,
) -> dict[str, Any]:
    """Everything that ``intake.json`` says, but for the hashes of the tables."""
    feeds = [_feed_account(read) for read in reads]
    codes = sorted({code for feed in feeds for counts in feed["reasons"].values() for code in counts})
    return {
        "evaluation": crosswalk.evaluation, "title": crosswalk.title, "synthetic": crosswalk.synthetic,
        "person": crosswalk.person, "metadata": crosswalk.metadata,
        "retention": crosswalk.retention.isoformat() if crosswalk.retention else None,
        "feeds": feeds, "files": files,
        "tables": {
            table: frame.account() if isinstance(frame, SeatTable) else table_account(frame)
            for table, frame in frames.items()
        },
        "reasons": {code: REASONS[code] for code in codes}, "warnings": [_warning(notice) for notice in noticed],
        "unmapped": [{**name, "value": lifeless(name["value"])} for name in unmapped(reads)],
        "key_fingerprint": fingerprint(key), "schema": _schema_version(), "created_by": _created_by(),
    }


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
        "dialect": {name: visible(value) if name == "sheet" else value for name, value in read.dialect.items()},
    }


def table_account(frame: pd.DataFrame) -> dict[str, Any]:
    """Rows, first and last year, and the share of missing values in each column."""
    shares = frame.isna().mean() if len(frame) else frame.isna().sum().astype(float)
    years = frame["year"].dropna() if "year" in frame else ()
    span = {"years": [int(min(years)), int(max(years))]} if len(years) else {}
    return {"rows": len(frame), **span, "missing": {str(name): round(float(share), 6) for name, share in shares.items()}}


def _warning(notice: Notice) -> dict[str, Any]:
    """One thing noticed and let pass, in both languages."""
    values = {"where": notice.where, "table": notice.table, "n": notice.n}
    facts = {**values, **notice.more}
    return {"code": notice.code, **values, "text": {lang: describe(notice.code, lang, **facts) for lang in LANGUAGES}}


def _schema_version() -> str:
    """A short hash of the data dictionary: tables, columns, kinds, keys."""
    shape = [
        [spec.name, spec.key, [[c.name, c.kind, c.required, c.low, c.high, list(c.codes or ())] for c in spec.columns]]
        for spec in TABLES.values()
    ]
    return hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()[:12]


def _created_by() -> str:
    """This package and its version."""
    try:
        return f"karier-stats {importlib.metadata.version('karier-stats')}"
    except importlib.metadata.PackageNotFoundError:
        return "karier-stats"


def _lists(reads: list[FeedRows], names: list[dict[str, Any]], lang: str) -> dict[str, list[list[object]]]:
    """The lists beside the raw files: one for each with a row set aside, and the names that no dictionary knows."""
    head = {"id": ["berkas", "lembar", "tabel", "baris", "kolom", "kode", "keterangan"],
            "en": ["file", "sheet", "table", "row", "column", "code", "note"]}[lang]
    lists: dict[str, list[list[object]]] = {}
    for read in reads:
        for row in read.rows:
            for defect in dict.fromkeys((d.code, d.column, tuple(sorted(d.values.items()))) for d in row.defects):
                code, column, values = defect
                source = read.feed.columns.get(column, column)
                facts = {"where": read.where, "row": row.number, "column": source or "–", **dict(values)}
                line = [read.file, read.sheet, read.feed.table, row.number, source, code, describe(code, lang, **facts)]
                lists.setdefault(f"{read.file.replace('/', '_')}.karantina.csv", [[*head]]).append(line)
    head = {"id": ["tabel", "isian", "jumlah baris", "terdekat"], "en": ["table", "entry", "rows", "nearest"]}[lang]
    return {**lists, **({UNMAPPED: [[*head], *([*name.values()] for name in names)]} if names else {})}


def _write_lists(folder: Path, lists: dict[str, list[list[object]]]) -> None:
    """Write the lists where they wait for the tables to take their place."""
    shutil.rmtree(folder / _WAITING, ignore_errors=True)
    for name, lines in lists.items():
        write_list(folder / _WAITING / name, lines)


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
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows([inert(visible(cell)) if isinstance(cell, str) else cell for cell in line] for line in lines)
        out.flush()
        os.fsync(out.fileno())


def recover(target: Path) -> None:
    """Put the old tables back where a run was killed between its two renames."""
    old = previous(target)
    if old.exists() and not target.exists():
        old.rename(target)


def write_tables(target: Path, frames: Mapping[str, pd.DataFrame | SeatTable], content: dict[str, Any]) -> None:
    """Write all tables, then ``intake.json`` and its hash, then let the folder take its place.

    Whatever goes wrong, the old tables stay or come back.
    """
    fresh = target.parent / f".tmp-{target.name}"
    for left in (fresh, previous(target)):
        shutil.rmtree(left, ignore_errors=True)
    try:
        fresh.mkdir(mode=0o700, parents=True)
        for table, frame in frames.items():
            pieces = frame.pieces() if isinstance(frame, SeatTable) else [arrow_table(frame)]
            content["tables"][table]["sha256"] = write_parquet(pieces, fresh / f"{table}.parquet")
        text = (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
        write_through(fresh / "intake.json", text)
        write_through(fresh / SEAL, hashlib.sha256(text).hexdigest().encode())
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


@contextlib.contextmanager
def _no_disk(crosswalk: Crosswalk, raw: Path) -> Iterator[None]:
    """A disk that cannot be written is said with its reason and the room that is needed (K260)."""
    try:
        yield
    except OSError as error:
        files = {raw / feed.file for feed in crosswalk.feeds if feed.file}
        size = sum(path.stat().st_size for path in files if path.is_file())
        raise EnvironmentFault(
            "K260", evaluation=crosswalk.evaluation, reason=error.strerror or "–", needed=size // 1_000_000 + 1,
        ) from error
