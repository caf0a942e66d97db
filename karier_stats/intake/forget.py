"""One person's rows deleted from everything that was made of the raw files, and kept from coming back.

The processed tables and the quarantine lists are written again without the
person; a keyed mark beside the key makes every later ``prepare`` leave the
person out. Raw files belong to the office and are never changed: the result
says which of them hold the person.
"""

from __future__ import annotations

import csv
import datetime
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from karier_stats.domain import nip
from karier_stats.errors import InputError, KarierError, visible
from karier_stats.intake import prepare
from karier_stats.intake.files.sources import every_grid
from karier_stats.intake.processed import read_table
from karier_stats.intake.project import alone, check_replaceable, processed_folder, raw_folder, refuse_link
from karier_stats.intake.pseudonyms import fingerprint, forgotten_marks, load_key, mark, pseudonym, remember_to_forget
from karier_stats.intake.values import as_text
from karier_stats.words import Phrase, say
from karier_stats.words.numbers import integer

if TYPE_CHECKING:
    import pandas as pd

LOG = "penghapusan.csv"  # the log of deletions beside the raw files: day, keyed mark, table, rows. It names nobody
_LISTS = "*.karantina.csv"  # the quarantine lists
_SHIFTED = re.compile(r"[ .\-]+")


class Place(NamedTuple):
    """A row of a raw file."""

    file: str
    sheet: str
    row: int


@dataclass
class Forgetting:
    """What was deleted.

    Attributes
    ----------
    people : int
        How many people were named.
    rows : Counter of str
        Rows deleted, by table.
    emptied : Counter of str
        Rows that stay and no longer name the person, by table.
    quarantine : Counter of str
        Lines deleted from the quarantine lists, by file.
    raw : Counter of str
        Rows of raw files that still hold the person: their owner must clean these.
    unread : list of str
        Raw files that could not be searched.
    """

    people: int
    rows: Counter[str] = field(default_factory=Counter)
    emptied: Counter[str] = field(default_factory=Counter)
    quarantine: Counter[str] = field(default_factory=Counter)
    raw: Counter[str] = field(default_factory=Counter)
    unread: list[str] = field(default_factory=list)

    def summary(self, lang: str) -> str:
        """What was deleted and what is left to do, in words."""
        lines = [say("forget.done", lang, n=self.people, rows=self.rows.total(), lines=self.quarantine.total())]
        for heading, listed in ((None, self.rows), ("emptied", self.emptied), ("raw", self.raw)):
            if heading and listed:
                lines.append(say(f"forget.{heading}", lang))
            lines += [f"    {visible(name)}: {integer(n, lang)}" for name, n in sorted(listed.items())]
        lines += [say("forget.unread", lang, file=visible(file)) for file in self.unread]
        return "\n".join([*lines, say("forget.reports", lang)])


def forget(
    evaluation: str, people: Sequence[str], *, root: Path, raw: Path | None = None, today: datetime.date | None = None
) -> Forgetting:
    """Delete people from the processed tables and quarantine lists of an evaluation, and keep them out.

    Parameters
    ----------
    evaluation : str
        Name of the evaluation.
    people : sequence of str
        Service numbers (or the ids by which people are known), as in the raw files.
    root : Path
        The project's folder.
    raw : Path, optional
        The folder of the raw files, which are searched and never changed;
        default ``data/raw/<evaluation>``.
    today : date, optional
        The day for the log; default the machine's.

    Returns
    -------
    Forgetting

    Raises
    ------
    InputError
        K110, K111 for the key; K225 for the evaluation's name, K226 and K229
        where its folders are not as ``prepare`` made them; K240 nobody named, K241 not
        a service number, K242 nothing was prepared, K243 the list of forgotten
        people is damaged.
    EnvironmentFault
        K510 a table is damaged; K513 another run has the same evaluation.

    Notes
    -----
    The mark is kept first, then the tables take the place of the old ones,
    then lists and log follow: a run that is killed is finished by running it
    again. Raw files, and answers that name nobody and stand in a file without
    the person's number, are beyond its reach.
    """
    home, target = raw_folder(root, evaluation), processed_folder(root, evaluation)
    key = load_key(evaluation, project=root)
    refuse_link(home / prepare.QUARANTINE)
    with alone(root, evaluation):
        prepare.recover(target)
        if not (target / "intake.json").is_file():
            raise InputError("K242", evaluation=evaluation)
        content = json.loads((target / "intake.json").read_text(encoding="utf-8"))
        if content["key_fingerprint"] != fingerprint(key):
            raise InputError("K111", evaluation=evaluation)
        check_replaceable(target)
        numbers = _numbers(people, content.get("person", "nip"))
        done, places = _searched(home if raw is None else raw, numbers)
        marks = [mark(key, evaluation, number) for number in numbers]
        remember_to_forget(evaluation, marks)
        content["forgotten"] = len(forgotten_marks(evaluation))
        gone = {pseudonym(key, evaluation, number) for number in numbers}
        _Deletion(content, places, done).from_tables(target, gone, _codes(home / prepare.QUARANTINE, places))
        _clear_lists(home / prepare.QUARANTINE, places, done)
        emptied = {say("forget.log.emptied", "id", table=table): n for table, n in done.emptied.items()}
        counts = {**done.rows, **emptied, **({prepare.QUARANTINE: done.quarantine.total()} if done.quarantine else {})}
        signs, day = "+".join(sign[:16] for sign in marks), today or datetime.date.today()
        new = [[day.isoformat(), signs, table, str(n)] for table, n in sorted(counts.items() or {"–": 0}.items())]
        _rewritten(home / LOG, [say("forget.log.heading", "id").split(","), *_lines(home / LOG)[1:], *new])
        return done


def _numbers(people: Sequence[str], person: str) -> list[str]:
    """The people as ``prepare`` knows them, each once."""
    given = [(row, text) for row, text in enumerate(people, start=1) if text.strip()]
    if not given:
        raise InputError("K240")
    numbers = []
    for row, text in given:
        try:
            numbers.append(nip.parse(text).number if person == "nip" else as_text(text))
        except nip.InvalidNip as error:
            raise InputError("K241", row=row, reason=error.code) from None
    return list(dict.fromkeys(numbers))


def _searched(raw: Path, numbers: Sequence[str]) -> tuple[Forgetting, set[Place]]:
    """Which rows of which raw files hold the people."""
    done, places = Forgetting(len(numbers)), set()
    for path in sorted(raw.rglob("*")) if raw.is_dir() else ():
        inside = path.relative_to(raw)
        name = str(inside)
        if not path.is_file() or name in (LOG, "peta.yml") or inside.parts[0] == prepare.QUARANTINE:
            continue
        try:
            found = {
                Place(visible(name), visible(grid.dialect.get("sheet", "")), number) for _, grid in every_grid(name, raw)
                for number, cells in grid.rows if any(_holds(cell, numbers) for cell in cells)}
        except KarierError:
            done.unread.append(name)
            continue
        places |= found
        done.raw.update({name: len(found)} if found else {})
    return done, places


def _holds(cell: object, numbers: Sequence[str]) -> bool:
    """Whether a cell names one of the people, with or without marks between the digits."""
    if not isinstance(cell, str | int):
        return False
    text = _SHIFTED.sub("", nip.clean(str(cell)))
    return any(number == text or (len(number) >= 9 and number in text) for number in numbers)


def _lines(path: Path) -> list[list[str]]:
    """The lines of a list, its heading first; none where there is no such list."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def _rewritten(path: Path, lines: Sequence[Sequence[str]]) -> None:
    """Let a new list take the place of the old one; a list without lines disappears."""
    fresh = path.with_suffix(".fresh")
    fresh.unlink(missing_ok=True)
    if len(lines) < 2:
        path.unlink(missing_ok=True)
        return
    prepare.write_list(fresh, lines)
    fresh.replace(path)


def _theirs(line: Sequence[str], places: set[Place]) -> Place | None:
    """The place of a line of a quarantine list that is about one of the people."""
    place = Place(line[0], line[1], int(line[3]))
    return place if place in places and (line[2] in prepare.WRITTEN or prepare.owned_by(line[2])) else None


def _codes(folder: Path, places: set[Place]) -> dict[tuple[Place, str], str]:
    """The first code of every row of the people that had been set aside, by place and table."""
    codes: dict[tuple[Place, str], str] = {}
    for path in sorted(folder.glob(_LISTS)):
        for line in _lines(path)[1:]:
            if place := _theirs(line, places):
                codes.setdefault((place, line[2]), line[5])
    return codes


def _clear_lists(folder: Path, places: set[Place], done: Forgetting) -> None:
    """Delete the people's lines from the quarantine lists."""
    for path in sorted(folder.glob(_LISTS)):
        lines = _lines(path)
        kept = [line for line in lines[1:] if not _theirs(line, places)]
        if len(kept) < len(lines) - 1:
            done.quarantine[lines[1][0]] += len(lines) - 1 - len(kept)
            _rewritten(path, [lines[0], *kept])


@dataclass
class _Deletion:
    """People on their way out of the processed tables and of the account of these.

    ``places`` are the rows of raw files that hold the people, ``rows`` those
    of them that were taken out of a table.
    """

    content: dict[str, Any]
    places: set[Place]
    done: Forgetting
    rows: set[Place] = field(default_factory=set)

    def from_tables(self, target: Path, pseudonyms: set[str], codes: dict[tuple[Place, str], str]) -> None:
        """Write all tables again without the people, and their account with it."""
        import pandas as pd

        content = self.content
        frames = {name: read_table(target, name, about["sha256"]) for name, about in content["tables"].items()}
        for name, frame in frames.items():
            for column in prepare.only_named_in(name):
                hit = frame[column].isin(pseudonyms)
                frame.loc[hit, column] = None
                self.done.emptied.update({name: int(hit.sum())} if hit.any() else {})
            frames[name] = self._without(frame, frame[prepare.owned_by(name)].isin(pseudonyms).any(axis=1), name)
        for name in [one for one in prepare.WRITTEN if one in frames and self.rows]:
            rows = frames[name][["source_file", "source_row"]].to_dict("records")  # the crosswalk's own rows are nobody's
            theirs = [one["source_file"] != "peta.yml" and self._place(one, name) in self.rows for one in rows]
            frames[name] = self._without(frames[name], pd.Series(theirs, index=frames[name].index, dtype=bool), name)
        for (place, table), code in codes.items():
            self._recount(table, place, "quarantined", code)
        if any(prepare.FORGOTTEN in feed["reasons"].get("excluded", {}) for feed in content["feeds"]):
            content["reasons"] = dict(sorted(
                {**content["reasons"], prepare.FORGOTTEN: dict(Phrase(f"intake.reasons.{prepare.FORGOTTEN}"))}.items()))
        prepare.write_tables(target, frames, content)

    def _without(self, frame: pd.DataFrame, own: pd.Series, table: str) -> pd.DataFrame:
        """The table without some rows; the account of their feed counts each source row as left out by rule."""
        if not own.any():
            return frame
        self.done.rows[table] += int(own.sum())
        for place, n in Counter(self._place(record, table) for record in frame.loc[own].to_dict("records")).items():
            self._feed(table, place)["records"] -= n
            self._recount(table, place, "processed")
            self.rows.add(place)
        return frame[~own].reset_index(drop=True)

    def _place(self, record: dict[Any, Any], table: str) -> Place:
        """Where a processed row came from; of several sheets, the one on which that row holds the person."""
        file, row = str(record["source_file"]), int(record["source_row"])
        feeds = [feed for feed in self.content["feeds"] if (feed["table"], feed["file"]) == (table, file)]
        sheets = [Place(file, feed["sheet"], row) for feed in feeds]
        return next((place for place in sheets if place in self.places), (sheets or [Place(file, "", row)])[0])

    def _feed(self, table: str, place: Place) -> dict[str, Any]:
        """The account of the feed that a row came from."""
        return next(feed for feed in self.content["feeds"]
                    if (feed["table"], feed["file"], feed["sheet"]) == (table, place.file, place.sheet))

    def _recount(self, table: str, place: Place, before: str, code: str = "") -> None:
        """One row more that a rule leaves out, one less of what it was: the sum stays the rows read."""
        feed = self._feed(table, place)
        feed[before] -= 1
        feed["excluded"] += 1
        left_out = feed["reasons"]["excluded"]
        feed["reasons"]["excluded"] = dict(sorted({**left_out, prepare.FORGOTTEN: left_out.get(prepare.FORGOTTEN, 0) + 1}.items()))
        if code:
            counts = Counter(feed["reasons"][before])
            counts[code] -= 1
            feed["reasons"][before] = dict(+counts)
