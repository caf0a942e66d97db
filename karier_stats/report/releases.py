"""All public releases of one evaluation together: an attacker subtracts one from another before they leave.

The attacker has what the releases show, of every year and in every language: the records of their executed notebooks.
He knows which units each is about, so that a number of people of several units is the sum of theirs, and he knows a
number again where another question, or the report of another year, tells it; a row that is not there tells him nothing.
Of every number that is not shown linear programming gives the least and the greatest value that agree with all that is
shown. Where that does not add up (somebody is counted by two units, a model leaves somebody out), he takes it to be off
by as little in all as can be. What a programme leaves undecided is held to be known.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from karier_stats.answers.ledger import LEDGER, valued
from karier_stats.answers.record import Answer, question_of, restored
from karier_stats.domain.disclosure import declared, policy_for
from karier_stats.errors import EnvironmentFault, GateError
from karier_stats.intake.project import processed_folder, refuse_link
from karier_stats.report import manifest
from karier_stats.report.cells import counted
from karier_stats.report.checks import of_things, people_columns
from karier_stats.report.contents import records_of_cell
from karier_stats.report.disclosure import MARK, hide_too
from karier_stats.report.record import bundle, picture_of, records_of, table_of
from karier_stats.report.render import QUESTION
from karier_stats.report.sanitise import clean_notebook, findings_of
from karier_stats.report.sums import EVERYBODY, NOBODY_S, given_away, wholes
from karier_stats.words import Phrase
from karier_stats.words.record import RECORD_MIME

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from karier_stats.intake.processed import Processed

Record = dict[str, Any]
Records = Mapping[str, Sequence[Record]]
"""The records of each question of a release."""
PARTS = {"n": (1, 0), "k": (0, 1), "rest": (1, -1)}
"""Who stands behind a number, who is counted, who remains: how often each of the first two enters."""
ROUNDS = 5
"""How often more is hidden before a release is refused."""
NUMBERS = "numbers.json"
"""What an attacker takes from a release, kept beside it."""
MAIN = ("estimate", "value")
"""The columns with the number of a row that its table or picture is about; a further one has a place of its own."""
REST = Phrase("views.other_statuses")
"""How a row is called that holds all that is too rare to stand apart."""
AMISS = 1e-6
"""By how much the programme itself may be off."""


_YEARS = ("x", "year")
_YEAR = re.compile(r"20\d\d")


class Key(NamedTuple):
    """One number of people, the same in every release: question, place, the words of its row with its year, its column."""

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
    through: Key | None = None
    """A row of the new release that is shown, where what gives the number away is a sum of which it is a part."""


@contextmanager
def one_at_a_time(root: Path, evaluation: str) -> Iterator[None]:
    """Public reports of an evaluation are finished one after another, so that each is held against all before it."""
    from filelock import FileLock

    folder = processed_folder(root, evaluation)
    lock = FileLock(folder.parent / f".{folder.name}.public.lock", mode=0o600)
    refuse_link(Path(lock.lock_file))
    with lock:
        yield


def finish(
    work: Path, place: Path, langs: Sequence[str], evaluation: Processed, last: str = ""
) -> dict[str, list[dict[str, Any]]]:
    """Hide in a new report what it would give away beside those that the public has; the findings of the chapters changed.

    ``work`` holds its executed chapters, one folder for each language, ``place`` is where it will lie, ``last`` the chapter that
    has read the findings of the others since: it alone is held against them as well. K413 as :func:`among`.
    """
    paths = sorted((work / langs[0] / "chapters").glob("*.ipynb"))
    earlier: list[Release] = []
    for folder in sorted(place.parents[2].glob(f"*/*/{place.name}/*")):
        if folder.parent == place and folder.name in langs:  # those that the new one takes the place of
            continue
        with suppress(EnvironmentFault):  # both languages of a report show the same: what is told twice is read once
            one = _kept(folder, manifest.read(folder), evaluation)
            earlier += [one] if one not in earlier else []
    units, year = evaluation.units["unit_id"], evaluation.period
    beside = None
    if last:
        beside = release(units, records_in(path for path in paths if path.stem != last), year)
        paths = [path for path in paths if path.stem == last]
    asked = {path: records_in([path]) for path in paths}
    new = {question: found for one in asked.values() for question, found in one.items()}
    told = among(earlier, units, new, policy_for("public").safe_threshold, year, beside)
    findings = {}
    for path in (path for path, found in asked.items() if found.keys() & told.keys()):
        for lang in reversed(langs):
            notebook = _rewritten(work / lang / "chapters" / path.name, told, lang)
        findings[path.stem] = findings_of(notebook)
    return findings


def keep(folder: Path, evaluation: Processed) -> None:
    """Keep beside a finished report what an attacker takes from it: later ones need not open its notebooks."""
    found = release(evaluation.units["unit_id"], records_in(sorted((folder / "chapters").glob("*.ipynb"))), evaluation.period)
    numbers = [[*key, value] for key, value in found.numbers.items()]
    text = json.dumps({"units": sorted(found.units), "numbers": numbers}, ensure_ascii=False, separators=(",", ":"))
    manifest.write_text(folder / NUMBERS, text + "\n")


def _kept(folder: Path, about: Mapping[str, Any], evaluation: Processed) -> Release:
    """What a report shows, as it is kept beside it; of one without that, or where it was changed, as its notebooks have it."""
    path = folder / NUMBERS
    if path.is_file() and manifest.sha256(path) == about["outputs"].get(NUMBERS, {}).get("sha256"):
        kept = json.loads(path.read_text(encoding="utf-8"))
        numbers = {Key(one[0], one[1], tuple(one[2]), one[3]): one[4] for one in kept["numbers"]}
        return Release(frozenset(kept["units"]), numbers)
    opened = replace(evaluation, unit=about["unit"], period=about["period"])
    return release(opened.units["unit_id"], records_in(sorted((folder / "chapters").glob("*.ipynb"))), opened.period)


def records_in(paths: Iterable[Path]) -> dict[str, list[Record]]:
    """The records of each question of executed notebooks."""
    cells = (cell for path in paths for cell in manifest.read_notebook(path).cells)
    return {match[1]: list(records_of_cell(cell)) for cell in cells if (match := QUESTION.search(cell.source))}


def _rewritten(path: Path, told: Records, lang: str) -> NotebookNode:
    """An executed notebook on the disk with other records of some questions."""
    from nbformat.v4 import new_output

    notebook = manifest.read_notebook(path)
    for cell in notebook.cells:
        match = QUESTION.search(cell.source)
        if match and match[1] in told:
            bundles = (bundle(record, lang, vector=True) for record in told[match[1]])
            shown = [new_output("display_data", data=data, metadata=about) for data, about in bundles]
            cell.outputs = shown + [one for one in cell.outputs if RECORD_MIME not in one.get("data", {})]
    notebook = clean_notebook(notebook)
    manifest.write_notebook(path, notebook)
    return notebook


def release(units: Iterable[str], records: Records, year: int = 0) -> Release:
    """What a release of a year shows, of the records of each of its questions."""
    return Release(frozenset(units), dict(chain.from_iterable(
        _numbers(question, one, year) for question, found in records.items() for one in found
    )))


def among(
    earlier: Sequence[Release], units: Iterable[str], records: Records, least: int, year: int = 0, beside: Release | None = None
) -> Records:
    """The records of a new release on some units of which more is hidden, where with earlier ones it would tell of few people.

    A hidden number must be able to lie between ``least`` people; only the questions that are changed come back. ``beside`` is
    what the same report shows already: one release with the new records, since a number that is told twice is no second
    witness against those that do not agree with it. K413 where there is still a number that the new release gives away.
    """
    told, units = dict(records), frozenset(units)
    before = beside.numbers if beside else {}
    known = {key: value for key, value in before.items() if value is not None}
    for _ in range(ROUNDS):
        new = release(units, told, year)
        pinned = [*attack([*earlier, Release(units, {**before, **new.numbers, **known})], least, new), *_left(told, new, least)]
        if not pinned:
            return {question: found for question, found in told.items() if found is not records[question]}
        rows = {key._replace(column="", place=key.place.partition(":")[0]) for one in pinned for key in [one.through or one.key]}
        for question in dict.fromkeys(row.question for row in rows if row.question in told):
            told[question] = _hidden(question, told[question], {row for row in rows if row.question == question}, year)
    raise GateError("K413", count=len(pinned), questions=", ".join(dict.fromkeys(one.key.question for one in pinned)))


def _left(told: Records, new: Release, least: int) -> Iterator[Pinned]:
    """The rows of the smallest part of a whole (``identities`` of the ledger) beside which what is left of it is few people.

    Whole and parts are findings of several questions: of the places lost on courses, those to which nobody came.
    """
    found = [restored(one) for records in told.values() for record in records if record["kind"] == "words"
             for one in record["findings"]]
    known, hidden = {one.id: one for one in found if not one.suppressed}, {one.id for one in found if one.suppressed}
    for about in (one for one in LEDGER["identities"].values() if " " in one.get("whole", "")):
        whole = valued(about["whole"], known)
        parts = {term: round(value) for term in about["parts"] if (value := valued(term, known)) is not None}
        left = math.inf if whole is None or not parts else round(whole) - sum(parts.values())
        if 0 < left < least or (left == 0 and not hidden.isdisjoint(term.split()[0] for term in about["parts"])):
            term = min(parts, key=lambda one: parts[one])
            question, column = question_of(term.split()[0]), term.split()[1]
            yield from (Pinned(0, key, left, left) for key, value in new.numbers.items()
                        if (key.question, key.column, value) == (question, column, parts[term]))


def _hidden(question: str, records: Sequence[Record], rows: Collection[Key], year: int) -> list[Record]:
    """The records of a question without the numbers of some rows."""
    parts = {one["kind"]: one for one in records}
    words = parts["words"]
    table = table_of(parts["table"]["table"]) if "table" in parts else None
    if table is not None:
        table = replace(table, count=_people(question, table.data))
    answer = Answer(
        question, question.partition(".")[0], tuple(restored(one) for one in words["findings"]),
        picture_of(parts["picture"]["picture"]) if "picture" in parts else None, table, tuple(words["notes"]), audience="public",
        checks=tuple(words.get("checks", ())),
    )
    places = {
        name: [place for place, key in _rows(question, one, year) if key in rows] for name, one in parts.items() if name != "words"
    }
    return records_of(hide_too(answer, places, {row.place for row in rows}))


def _numbers(question: str, record: Record, year: int) -> Iterator[tuple[Key, float | None]]:
    """The numbers of people of one record; of a share whom it counts. A finding that another chapter repeats is the same."""
    if "everywhere" in declared(question):
        return
    if record["kind"] == "words":
        for one in record["findings"]:
            share = one["estimate"] if one["unit_of_measure"] == "share" and one["estimate"] is not None else math.nan
            said = one["suppressed"] or one["n"]
            if said and one["of_people"] and not of_things(question, restored(one)):
                key = Key(question_of(one["id"]), one["id"], (str(year),), "")
                yield from _row(key, one["n"], counted(np.array([share]), np.array([one["n"]]))[0], one["suppressed"])
        return
    about = record[record["kind"]]
    data, fields = about["data"], {one["name"]: one["kind"] for one in about.get("fields", ())}
    kinds = fields or dict.fromkeys(MAIN, about.get("value_format"))
    kinds = {name: kind for name, kind in kinds.items() if name in data}

    def column(name: str) -> np.ndarray:
        return np.array(data[name], dtype=float)

    rows, n = list(_rows(question, record, year)), _people(question, data)
    columns = [one for one in people_columns(question, kinds, column, column(n)) if one[0] != n] if n and rows else []
    for place, key in rows:
        hidden = bool(data[MARK][place]) if MARK in data else False
        if record["kind"] == "picture" and data[str(n)][place] is None and not hidden:
            continue  # a picture of things, behind which nobody stands
        yield from _row(key, column(str(n))[place], math.nan, hidden)
        for name, people, told in columns:
            at = key if name in MAIN and told is not None else key._replace(place=f"{key.place}:{name}")
            yield from _row(at, people[place], math.nan if told is None else told[place], hidden)


def _people(question: str, data: Collection[Any]) -> str | None:
    """The column with the number of people of each row."""
    return next((name for name in ("n", declared(question).get("counts")) if name in data), None)


def _rows(question: str, record: Record, year: int) -> Iterator[tuple[int, Key]]:
    """The rows of a table or picture about people, by their words and the year that they tell of."""
    data, about = record[record["kind"]]["data"], declared(question)
    things = record["kind"] == "picture" and about.get("picture") == "things"
    n = _people(question, data)
    if n is None or n in about.get("things", ()) or things:
        return
    told = {*about.get("values", ()), *(name for name in data if name.endswith("_en"))}
    texts = [name for name, column in data.items()
             if name in _YEARS or (name not in told and any(isinstance(value, str) for value in column))]
    rare, others = REST["id"], [str(value) for name in texts for value in dict.fromkeys(data[name])]
    for place in range(len(data[n])):
        words = tuple(str(data[name][place]) for name in texts)
        dated = any(_YEAR.fullmatch(word) for word in words)
        rest = others if rare in words else ()  # what is put together there depends on what stands apart
        yield place, Key(question, record["kind"], (*words, *rest, *(() if dated else (str(year),))), "")


def _row(key: Key, n: float, k: float, hidden: bool) -> Iterator[tuple[Key, float | None]]:
    """The people of a row and those whom its share counts; NaN where it tells none."""
    for name, value in (("n", n), ("k", k)):
        if hidden or math.isfinite(value):
            yield key._replace(column=name), None if hidden else float(value)


def attack(releases: Sequence[Release], least: int, new: Release | None = None) -> list[Pinned]:
    """The numbers that no release shows and that are known within fewer than ``least`` people, and may be as few.

    Those are the hidden ones, and those of the units that remain when releases are taken from one another.
    With ``new``, one of the releases or a part of one, only numbers that it may have given away.
    """
    same = _same_numbers(releases)
    found: list[Pinned] = []
    asked = [new] if new else releases
    rows: dict[tuple[Key | None, ...], list[Key]] = {}
    for row in dict.fromkeys(key._replace(column="") for one in asked for key, value in one.numbers.items() if value is not None):
        rows.setdefault(tuple(same.get(row._replace(column=name)) for name in "nk"), []).append(row)
    known: list[dict[Key, float | None]] = [{} for _ in releases]
    for numbers, one in zip(known, releases, strict=True):  # each once: shown where any of those that are the same is
        for key, value in one.numbers.items():
            numbers[same[key]] = value if value is not None else numbers.get(same[key])
    for (n, k), alike in rows.items():
        told = {name: {which: one[key] for which, one in enumerate(known) if key in one} for name, key in (("n", n), ("k", k))}
        units = [one.units for one in releases]
        if not _surely_safe(units, told, least):
            found += [one._replace(key=row._replace(column=one.key.column)) for one in _pinned(units, told, least) for row in alike]
    if found:
        return found
    shown = [(key, value) for one in asked for key, value in one.numbers.items() if value is not None]
    for together, whole in wholes(known, {key.question for key, _ in shown}).items():  # what sums give away
        parts = [(value, key) for key, value in shown if same[key] in {*together, whole} and value]
        given = given_away([one.units for one in releases], known, together, whole, least) if parts else ()
        found += [Pinned(*one, through=min(parts)[1] if new else None) for one in given]
    return found


def _same_numbers(releases: Sequence[Release]) -> dict[Key, Key]:
    """The first of the numbers that are the same one, told by several tables, pictures and questions.

    They stand in rows of the same words, and wherever two of them are shown by a release they are equal.
    """
    shown: dict[Key, dict[int, float]] = {}
    for which, one in enumerate(releases):
        for key, value in one.numbers.items():
            shown.setdefault(key, {}).update({which: value} if value is not None else {})
    same: dict[Key, Key] = {}
    firsts: dict[tuple[Any, ...], dict[Key, dict[int, float]]] = {}
    for key, values in sorted(shown.items(), key=lambda one: one[0].column != "n"):
        people = same.get(key._replace(column="n"))  # those counted are the same where they are of the same
        alike = firsts.setdefault((people, *sorted(key.words)), {})
        same[key] = key
        for first, known in alike.items() if len(key.words) > 1 else ():
            both = known.keys() & values.keys()
            if both and all(known[which] == values[which] for which in both):
                same[key] = first
                break
        alike.setdefault(same[key], {}).update(values)
    return same


Told = Mapping[str, Mapping[int, float | None]]
"""Of one row who stands behind it (``n``) and who is counted (``k``), by the place of the release; None where it is hidden."""


def _surely_safe(units: Sequence[frozenset[str]], told: Told, least: int) -> bool:
    """Whether a row is seen to give nobody away without a programme, as most do.

    Where of two releases one holds the other or they share no unit, what remains of each when the largest within it are
    taken away is all that is told of the units left: they may share it in any way, so that it must be large or nothing.
    """
    n, k = ({units[which]: value for which, value in told[name].items() if value is not None} for name in "nk")
    if any(one & other and not (one <= other or other <= one) for one in n for other in n) or (k and set(k) != set(n)):
        return False
    for one, whole in n.items():
        within = [other for other in n if other < one]
        largest = [other for other in within if not any(other < one for one in within)]
        if one == frozenset().union(*largest):
            continue
        left = whole - sum(n[other] for other in largest)
        counted = k[one] - sum(k[other] for other in largest) if k else least
        if left and min(left, counted, left - counted if k else least) < least:
            return False
    return True


def _pinned(units: Sequence[frozenset[str]], told: Told, least: int) -> Iterator[Pinned]:
    """The same for one row of the releases, in which those counted are some of all."""
    about = sorted(told["n"])
    everywhere = frozenset[str]().union(*(units[which] for which in about))
    patterns = sorted({tuple(unit in units[which] for which in about) for unit in everywhere})  # units never told apart are as one
    inside = dict(zip(about, np.array(patterns, dtype=float).T, strict=True))
    none = np.zeros(len(patterns))
    shown = [
        (np.concatenate([inside[which], none] if name == "n" else [none, inside[which]]), value)
        for which in about for name in "nk" if (value := told[name].get(which)) is not None
    ]
    hidden = [which for which in about if told["n"][which] is None]
    asked = [*((which, inside[which]) for which in hidden), *((NOBODY_S, part) for part in np.eye(len(none)))]
    names = PARTS if any(told["k"].values()) else ["n"]
    targets = [np.concatenate([PARTS[name][0] * part, PARTS[name][1] * part]) for _, part in asked for name in names]
    found = _ranges(targets, shown)
    if found is None:  # undecided is not safe
        yield from (Pinned(which, Key("", "", (), name), math.nan, math.nan) for which, _ in asked for name in names)
        return
    for (which, _), ends in zip(asked, found.reshape(-1, len(names), 2), strict=True):
        for name, (low, high) in zip(names, ends, strict=True):
            if ends[0, 1] > 0.5 and high - low < least and low < least:  # of none there is nobody to tell of
                yield Pinned(which, Key("", "", (), name), low, high)


def _ranges(targets: Sequence[np.ndarray], told: Sequence[tuple[np.ndarray, float]]) -> np.ndarray | None:
    """The least and the greatest value of each target that agree with what is told; None where the programme does not end.

    All are found by one linear programme, in which each has people of its own. Where nothing agrees with what is told,
    as little of it as can be is taken to be amiss: the least sum of what each number would have to be changed by.
    """
    weights, values = np.array([one for one, _ in told]), np.array([value for _, value in told])
    found = _programme(targets, weights, values, np.zeros((len(told), 0)), 0.0)
    if found.status == 2:
        amiss = np.hstack([np.eye(len(told)), -np.eye(len(told))])
        least = _programme([np.zeros(weights.shape[1])], weights, values, amiss, EVERYBODY, cost=1.0)
        found = _programme(targets, weights, values, amiss, least.fun / 2 + AMISS) if least.status == 0 else least
    if found.status != 0:
        return None
    people = found.x.reshape(len(targets), 2, -1)[:, :, : weights.shape[1]]
    ranges: np.ndarray = np.einsum("tes,ts->te", people, np.array(targets))
    return ranges


def _programme(
    targets: Sequence[np.ndarray], weights: np.ndarray, values: np.ndarray, amiss: np.ndarray, most: float, cost: float = 0.0
) -> Any:
    """The programme itself: least and greatest of each target, where numbers are amiss by ``most`` in all, at a cost."""
    from scipy import sparse
    from scipy.optimize import linprog

    size, more, ends = weights.shape[1] // 2, amiss.shape[1], np.tile([1.0, -1.0], len(targets))
    each = sparse.eye_array(len(ends))
    among = np.hstack([-np.eye(size), np.eye(size), np.zeros((size, more))])  # nobody is counted who is not there
    limits = np.vstack([among, np.repeat([0.0, 1.0], [2 * size, more])])
    sought = np.hstack([ends[:, None] * np.repeat(targets, 2, axis=0), np.full((len(ends), more), cost)])
    return linprog(
        sought.ravel(), bounds=(0, EVERYBODY), A_ub=sparse.kron(each, limits, format="csr"),
        b_ub=np.tile([*np.zeros(size), most], len(ends)), A_eq=sparse.kron(each, np.hstack([weights, amiss]), format="csr"),
        b_eq=np.tile(values, len(ends)),
    )
