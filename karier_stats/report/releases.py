"""All public releases of one evaluation and year together: an attacker subtracts one from another before they leave.

The attacker has what the releases show: the records of their executed notebooks. He knows which units each is about,
so that a number of people of several units is the sum of theirs; a row that is not there tells him nothing. Of every
number that is not shown linear programming gives the least and the greatest value that agree with all that is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from karier_stats.answers.record import Answer, restored
from karier_stats.domain.disclosure import POLICIES, declared
from karier_stats.errors import EnvironmentFault, GateError
from karier_stats.intake.project import processed_folder, refuse_link
from karier_stats.report import manifest
from karier_stats.report.cells import counted
from karier_stats.report.contents import records_of_cell
from karier_stats.report.disclosure import MARK, hide_too
from karier_stats.report.record import bundle, picture_of, records_of, table_of
from karier_stats.report.render import QUESTION
from karier_stats.report.sanitise import clean_notebook, findings_of
from karier_stats.words.record import RECORD_MIME

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from karier_stats.intake.processed import Evaluation

Record = dict[str, Any]
Records = Mapping[str, Sequence[Record]]
"""The records of each question of a release."""
PARTS = {"n": (1, 0), "k": (0, 1), "rest": (1, -1)}
"""Who stands behind a number, who is counted, who remains: how often each of the first two enters."""
ROUNDS = 5
"""How often more is hidden before a release is refused."""
NOBODY_S = -1
"""In place of a release: units that none is about by themselves."""
EVERYBODY = 1e7
"""More people than an evaluation has."""


_YEARS = ("x", "year")


class Key(NamedTuple):
    """One number of people, the same in every release: its question, where it stands, the words of its row, its column."""

    question: str
    place: str
    words: tuple[str, ...]
    column: str


@dataclass(frozen=True)
class Release:
    """What one release shows: the units that it is about, and its numbers of people; None for one that is hidden."""

    units: frozenset[str]
    numbers: Mapping[Key, float | None]


class Pinned(NamedTuple):
    """A number that no release shows and the attacker knows too well: of which release, and between which values."""

    release: int
    key: Key
    low: float
    high: float


@contextmanager
def one_at_a_time(root: Path, evaluation: str) -> Iterator[None]:
    """Public reports of an evaluation are finished one after another, so that each is held against all before it."""
    from filelock import FileLock

    folder = processed_folder(root, evaluation)
    lock = FileLock(folder.parent / f".{folder.name}.public.lock", mode=0o600)
    refuse_link(Path(lock.lock_file))
    with lock:
        yield


def finish(work: Path, place: Path, langs: Sequence[str], evaluation: Evaluation) -> dict[str, list[dict[str, Any]]]:
    """Hide in a new report what it would give away beside those that the public has.

    Parameters
    ----------
    work : Path
        The new report, its chapters executed: one folder for each language.
    place : Path
        Where it will lie.
    langs : sequence of str
    evaluation : Evaluation

    Returns
    -------
    dict
        The findings of the chapters that are changed.

    Raises
    ------
    GateError
        K413, as :func:`among`.
    """
    paths = sorted((work / langs[0] / "chapters").glob("*.ipynb"))
    earlier = list(_earlier(place, langs, evaluation))
    told = among(earlier, evaluation.units["unit_id"], records_in(paths), POLICIES["public"].safe_threshold)
    findings = {}
    for path in (path for path in paths if any(question.startswith(f"{path.stem}.") for question in told)):
        for lang in reversed(langs):
            notebook = _rewritten(work / lang / "chapters" / path.name, told, lang)
        findings[path.stem] = findings_of(notebook)
    return findings


def _earlier(place: Path, langs: Sequence[str], evaluation: Evaluation) -> Iterator[Release]:
    """The public reports of the same evaluation and year that are whole, but for those that the new one takes the place of."""
    for folder in sorted(place.parents[1].glob(f"*/{place.name}/*")):
        if folder.parent == place and folder.name in langs:
            continue
        with suppress(EnvironmentFault):
            unit = replace(evaluation, unit=manifest.read(folder)["unit"])
            yield release(unit.units["unit_id"], records_in(sorted((folder / "chapters").glob("*.ipynb"))))


def records_in(paths: Iterable[Path]) -> dict[str, list[Record]]:
    """The records of each question of executed notebooks."""
    import nbformat

    cells = (cell for path in paths for cell in nbformat.read(path, as_version=4).cells)
    return {match[1]: list(records_of_cell(cell)) for cell in cells if (match := QUESTION.search(cell.source))}


def _rewritten(path: Path, told: Records, lang: str) -> NotebookNode:
    """An executed notebook on the disk with other records of some questions."""
    import nbformat
    from nbformat.v4 import new_output

    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        match = QUESTION.search(cell.source)
        if match and match[1] in told:
            bundles = (bundle(record, lang) for record in told[match[1]])
            shown = [new_output("display_data", data=data, metadata=about) for data, about in bundles]
            cell.outputs = shown + [one for one in cell.outputs if RECORD_MIME not in one.get("data", {})]
    notebook = clean_notebook(notebook)
    manifest.write_text(path, nbformat.writes(notebook) + "\n")
    return notebook


def release(units: Iterable[str], records: Records) -> Release:
    """What a release shows, of the records of each of its questions."""
    return Release(frozenset(units), dict(chain.from_iterable(
        _numbers(question, one) for question, found in records.items() for one in found
    )))


def among(earlier: Sequence[Release], units: Iterable[str], records: Records, least: int) -> Records:
    """The records of a new release, of which more is hidden where with earlier ones it would tell of few people.

    Parameters
    ----------
    earlier : sequence of Release
        Those of the same evaluation and year that the public has.
    units : iterable of str
        What the new one is about.
    records : mapping
        Those of the new one.
    least : int
        People between whom a hidden number must be able to lie.

    Returns
    -------
    mapping
        The records of the questions that are changed.

    Raises
    ------
    GateError
        K413: there is still a number that the new release gives away.
    """
    told = dict(records)
    for _ in range(ROUNDS):
        new = release(units, told)
        pinned = attack([*earlier, new], least, new)
        if not pinned:
            return {question: found for question, found in told.items() if found is not records[question]}
        rows = {one.key._replace(column="") for one in pinned}
        for question in dict.fromkeys(row.question for row in rows):
            told[question] = _hidden(question, told[question], {row for row in rows if row.question == question})
    raise GateError("K413", count=len(pinned), questions=", ".join(dict.fromkeys(one.key.question for one in pinned)))


def _hidden(question: str, records: Sequence[Record], rows: Collection[Key]) -> list[Record]:
    """The records of a question without the numbers of some rows."""
    parts = {one["kind"]: one for one in records}
    words = parts["words"]
    table = table_of(parts["table"]["table"]) if "table" in parts else None
    if table is not None and "n" in table.data:
        table = replace(table, count="n")
    answer = Answer(
        question, question.partition(".")[0], tuple(restored(one) for one in words["findings"]),
        picture_of(parts["picture"]["picture"]) if "picture" in parts else None, table, tuple(words["notes"]), audience="public",
    )
    places = {name: [place for place, key in _rows(question, one) if key in rows] for name, one in parts.items() if name != "words"}
    return records_of(hide_too(answer, places, {row.place for row in rows}))


def _numbers(question: str, record: Record) -> Iterator[tuple[Key, float | None]]:
    """The numbers of people of one record; of a share whom it counts."""
    if record["kind"] == "words":
        for one in record["findings"]:
            share = one["estimate"] if one["unit_of_measure"] == "share" else None
            if one["of_people"] and not any(restored(one).bears(name) for name in declared(question).get("findings", ())):
                yield from _row(Key(question, one["id"], (), ""), one["n"], share, one["suppressed"])
        return
    about = record[record["kind"]]
    data, kinds = about["data"], {one["name"]: one["kind"] for one in about.get("fields", ())}
    shares = [name for name in ("estimate", "value") if kinds.get(name, about.get("value_format")) == "percent" and name in data]
    share = next(iter(shares), None)
    for place, key in _rows(question, record):
        hidden = bool(data[MARK][place]) if MARK in data else False
        yield from _row(key, data["n"][place], data[share][place] if share else None, hidden)


def _rows(question: str, record: Record) -> Iterator[tuple[int, Key]]:
    """The rows of a table or picture about people, by their words."""
    data, about = record[record["kind"]]["data"], declared(question)
    things = record["kind"] == "picture" and about.get("picture") == "things"
    if "n" not in data or "n" in about.get("things", ()) or things:
        return
    told = {*about.get("values", ()), *(name for name in data if name.endswith("_en"))}
    texts = [name for name, column in data.items()
             if name in _YEARS or (name not in told and any(isinstance(value, str) for value in column))]
    for place in range(len(data["n"])):
        yield place, Key(question, record["kind"], tuple(str(data[name][place]) for name in texts), "")


def _row(key: Key, n: float | None, share: float | None, hidden: bool) -> Iterator[tuple[Key, float | None]]:
    """The people of a row and those whom its share counts."""
    if hidden or n is not None:
        yield key._replace(column="n"), None if hidden else float(n or 0)
    told = counted(np.array([share]), np.array([float(n or 0)]))[0] if share is not None else np.nan
    if hidden or np.isfinite(told):
        yield key._replace(column="k"), None if hidden else float(told)


def attack(releases: Sequence[Release], least: int, new: Release | None = None) -> list[Pinned]:
    """The numbers that no release shows and that are known within fewer than ``least`` people, and may be as few.

    Those are the hidden ones, and those of the units that remain when releases are taken from one another.
    With ``new``, one of the releases, only numbers that it may have given away.
    """
    found: list[Pinned] = []
    asked = [new] if new else releases
    for row in dict.fromkeys(key._replace(column="") for one in asked for key, value in one.numbers.items() if value is not None):
        if not _surely_safe(releases, row, least):
            found += _pinned(releases, row, least)
    return found


def _surely_safe(releases: Sequence[Release], row: Key, least: int) -> bool:
    """Whether a row is seen to give nobody away without a programme, as most do.

    Where of two releases one holds the other or they share no unit, what remains of each when the largest within it are
    taken away is all that is told of the units left: they may share it in any way, so that it must be large or nothing.
    """
    n, k = (
        {one.units: value for one in releases if (value := one.numbers.get(row._replace(column=name))) is not None} for name in "nk"
    )
    if any(one & other and not (one <= other or other <= one) for one in n for other in n) or (k and set(k) != set(n)):
        return False
    for units, whole in n.items():
        within = [other for other in n if other < units]
        largest = [other for other in within if not any(other < one for one in within)]
        if units == frozenset().union(*largest):
            continue
        left = whole - sum(n[other] for other in largest)
        told = k[units] - sum(k[other] for other in largest) if k else least
        if left and min(left, told, left - told if k else least) < least:
            return False
    return True


def _pinned(releases: Sequence[Release], row: Key, least: int) -> Iterator[Pinned]:
    """The same for one row of the releases, in which those counted are some of all."""
    patterns = {tuple(unit in one.units for one in releases) for unit in set().union(*(one.units for one in releases))}
    inside = np.array(sorted(patterns), dtype=float).T  # units that no release tells apart are as one
    none = np.zeros(inside.shape[1])
    told = [
        (np.concatenate([inside[which], none] if name == "n" else [none, inside[which]]), value)
        for which, one in enumerate(releases) for name in "nk" if (value := one.numbers.get(row._replace(column=name))) is not None
    ]
    hidden = [which for which, one in enumerate(releases) if one.numbers.get(row._replace(column="n"), 0.0) is None]
    asked = [*((which, inside[which]) for which in hidden), *((NOBODY_S, part) for part in np.eye(len(none)))]
    names = PARTS if any(one.numbers.get(row._replace(column="k")) for one in releases) else ["n"]
    targets = [np.concatenate([PARTS[name][0] * part, PARTS[name][1] * part]) for _, part in asked for name in names]
    ranges = _ranges(targets, told).reshape(-1, len(names), 2)
    for (which, _), ends in zip(asked, ranges, strict=False):
        for name, (low, high) in zip(names, ends, strict=True):
            if ends[0, 1] > 0.5 and high - low < least and low < least:  # of none there is nobody to tell of
                yield Pinned(which, row._replace(column=name), low, high)


def _ranges(targets: Sequence[np.ndarray], told: Sequence[tuple[np.ndarray, float]]) -> np.ndarray:
    """The least and the greatest value of each target that agree with what is told; none where nothing agrees with it.

    All are found by one linear programme, in which each has people of its own.
    """
    from scipy import sparse
    from scipy.optimize import linprog

    size, ends = len(targets[0]) // 2, np.repeat([[1.0], [-1.0]], len(targets), axis=1).T.ravel()
    each = sparse.eye_array(len(ends))
    among = np.hstack([-np.eye(size), np.eye(size)])  # nobody is counted who is not there
    found = linprog(
        (ends[:, None] * np.repeat(targets, 2, axis=0)).ravel(), bounds=(0, EVERYBODY),
        A_ub=sparse.kron(each, among, format="csr"), b_ub=np.zeros(size * len(ends)),
        A_eq=sparse.kron(each, np.array([weights for weights, _ in told]), format="csr"),
        b_eq=np.tile([value for _, value in told], len(ends)),
    )
    if found.status != 0:
        return np.zeros((0, 2))  # nothing agrees with what is told
    people = found.x.reshape(len(targets), 2, 2 * size)
    ranges: np.ndarray = np.einsum("tes,ts->te", people, np.array(targets))
    return ranges
