"""The processed tables of one evaluation, as chapters and researchers read them.

Only what ``prepare`` has written is read here: one Parquet file per table,
each checked against the sha256 that ``intake.json`` keeps for it.
"""

from __future__ import annotations

import difflib
import hashlib
import html
import importlib.metadata
import io
import json
import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from karier_stats.domain.disclosure import policy_for
from karier_stats.errors import EnvironmentFault, InputError, TooFew
from karier_stats.intake.project import is_name, known_table, shown
from karier_stats.intake.schema import TABLES, schema_version
from karier_stats.words import say
from karier_stats.words.numbers import LANGUAGES, Text
from karier_stats.words.record import said

if TYPE_CHECKING:
    import pandas as pd

When = Literal["period", "to_date", "all"]
AUDIENCES = ("internal", "public")
SCOPES: dict[str, tuple[str, ...]] = {"lingkup-a": ("A",), "lingkup-b": ("A", "B"), "lingkup-c": ("C",)}
"""Populations that ``unit`` may name, and the scopes of the unit table that they hold."""
DTYPES: dict[str, str] = {
    "person": "string", "id": "string", "text": "string", "category": "string",
    "int": "Int64", "money": "Int64", "float": "float64", "bool": "boolean", "date": "datetime64[us]"}
"""The pandas dtype of each kind of column in a processed table."""
_PACKAGES = ("numpy", "pandas", "scipy", "statsmodels", "pyarrow")
SEAL = "intake.sha256"  # the hash of ``intake.json``, which holds the hashes of all tables
EXPECTED = "KARIER_DATA_SHA256"  # environment variable in which a report tells its chapters the one data hash that they may open


def previous(folder: Path) -> Path:
    """Where the tables lie that a run is about to replace, for the moment between two renames."""
    return folder.parent / f".old-{folder.name}"


def table_dtypes(name: str) -> dict[str, str]:
    """Columns of a processed table, in order, with their dtypes."""
    columns = {column.name: DTYPES[column.kind] for column in TABLES[name].columns if not column.input_only}
    return {**columns, "source_file": "string", "source_row": "Int64"}


def conform(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """A copy of ``frame`` with exactly the columns and dtypes of table ``name``."""
    dtypes = table_dtypes(name)
    return frame.reindex(columns=list(dtypes)).astype(dtypes).reset_index(drop=True)


def find_root() -> Path:
    """The project's folder: ``KARIER_HOME``, else the nearest folder upwards with the data.

    Raises
    ------
    EnvironmentFault
        K511 where neither gives a folder with ``data/processed`` and ``notebooks``.
    """
    chosen = os.environ.get("KARIER_HOME")
    here = Path.cwd()
    for folder in [Path(chosen)] if chosen else [here, *here.parents]:
        if (folder / "data" / "processed").is_dir() and (folder / "notebooks").is_dir():
            return folder.resolve()
    raise EnvironmentFault("K511", variable="KARIER_HOME")


@dataclass(frozen=True)
class Processed:
    """The processed tables of one evaluation, seen for one unit and one period.

    Made by :func:`open_evaluation`; never changed afterwards.

    Attributes
    ----------
    name, unit, period, lang, audience, level, seed
        As in :func:`open_evaluation`.
    folder : Path
        Where the Parquet files lie.
    intake : dict
        What ``prepare`` read, refused and wrote: the content of ``intake.json``.
    """

    name: str
    unit: str
    period: int
    lang: str
    audience: str
    level: float
    seed: int
    folder: Path
    intake: dict[str, Any] = field(repr=False, compare=False)
    _whole: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False, compare=False)
    _made: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, make: Callable[[], Any], *what: Any) -> Any:
        """What is made of the tables, once for what ``what`` and the evaluation's choices name; whoever gets it copies it."""
        key = (self.unit, self.period, self.audience, self.level, self.seed, *what)
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    @classmethod
    def from_tables(
        cls, tables: Mapping[str, pd.DataFrame], *, period: int, unit: str = "semua", name: str = "contoh",
        lang: str = "id", audience: str = "internal", level: float = 0.95, seed: int = 20250817,
        synthetic: bool = True, title: Text | None = None,
    ) -> Processed:
        """An evaluation of tables in memory, for tests and explorations; nothing is read or written.

        Parameters
        ----------
        tables : mapping of str to DataFrame
            Processed tables by name; missing columns are added empty.
        period, unit, name, lang, audience, level, seed
            As in :func:`open_evaluation`.
        synthetic : bool
            Whether the data are made up; shown on every page.
        title : mapping of str to str, optional
            The evaluation's title in both languages.

        Raises
        ------
        InputError
            K221 to K224 where a parameter or a table's name is not known.
        """
        from pandas.util import hash_pandas_object

        whole = {key: conform(frame, known_table(key)) for key, frame in tables.items()}
        hashes = {key: hash_pandas_object(frame, index=False).to_numpy().tobytes() for key, frame in whole.items()}
        intake = {
            "evaluation": name, "title": dict(title or dict.fromkeys(LANGUAGES, name)), "synthetic": synthetic, "feeds": [],
            "tables": {key: {"rows": len(frame), "sha256": hashlib.sha256(hashes[key]).hexdigest()}
                       for key, frame in whole.items()}}
        return _checked(cls(name, unit, period, lang, audience, level, seed, Path(), intake, whole))

    @property
    def synthetic(self) -> bool:
        """Whether the data are made up."""
        return bool(self.intake.get("synthetic", False))

    @property
    def title(self) -> Text:
        """The evaluation's title in both languages."""
        return self.intake["title"]

    def has(self, *tables: str) -> bool:
        """Whether every one of ``tables`` was given and holds at least one row."""
        return not self.missing(*tables)

    def missing(self, *tables: str) -> tuple[str, ...]:
        """Those of ``tables`` that were not given or hold no row."""
        known = self.intake["tables"]
        return tuple(name for name in tables if known.get(known_table(name), {}).get("rows", 0) == 0)

    def table(self, name: str, when: When = "period") -> pd.DataFrame:
        """One processed table for the chosen units and time, as a fresh copy.

        Parameters
        ----------
        name : str
            A table of the data dictionary.
        when : {"period", "to_date", "all"}
            Rows of the period's year, of all years up to it, or of every year.
            Tables that know no year (``unit``, ``program``, ``survey_item``,
            ``partnership``, ``further_study``) come whole.

        Returns
        -------
        DataFrame
            All columns of the data dictionary; a table that takes its year
            from its batch gets a column ``year`` at the end. An absent table
            is empty. For a public release whatever somebody wrote in their
            own words (comments, needs, reasons) is missing.

        Raises
        ------
        InputError
            K224 for an unknown table or an unknown ``when``.
        EnvironmentFault
            K510 where a file is not the one that ``prepare`` wrote.

        Notes
        -----
        A row belongs to its own ``unit_id`` or, where it has none, to the unit
        that the employee table gives its person for the row's year (the
        period, where the row has no year). Tables about neither a unit nor a
        person (``program``, ``batch``, ``survey_item``, ``comment``,
        ``partnership``, ``recommendation``) are the same for every unit.
        """
        if when not in ("period", "to_date", "all"):
            raise InputError("K224", what="when", value=shown(when), known="period, to_date, all", hint="–")
        made: pd.DataFrame = self.once(lambda: self._chosen(self._read(known_table(name)), name, when), "table", name, when)
        return made.copy(deep=False)

    def origins(self, name: str) -> pd.DataFrame:
        """Where each row of ``table(name)`` stands and came from: its row in the processed table, and the place of its feed.

        Parameters
        ----------
        name : str
            A table of the data dictionary.

        Returns
        -------
        DataFrame
            ``row`` (from 1), ``feed`` (place in ``intake["feeds"]``; missing where the account does not tell), and the raw
            file's own ``source_file`` and ``source_row``.

        Notes
        -----
        A table is written feed after feed, each with the records that its account counts.
        """
        import pandas as pd

        whole = self._read(known_table(name))
        feeds = [place for place, feed in enumerate(self.intake["feeds"]) if feed["table"] == name
                 for _ in range(feed.get("records", 0))]
        told = pd.array(feeds if len(feeds) == len(whole) else [None] * len(whole), dtype="Int64")
        rows = self._chosen(whole.assign(row=range(1, len(whole) + 1), feed=told), name, "period")
        return rows[["row", "feed", "source_file", "source_row"]]

    def _chosen(self, whole: pd.DataFrame, name: str, when: When) -> pd.DataFrame:
        """The rows of a table for the chosen units and time; what knows no year of its own has that of its batch."""
        import pandas as pd

        rows = whole
        if "year" not in rows.columns and "batch_id" in rows.columns:
            years = self._read("batch").drop_duplicates("batch_id").set_index("batch_id")["year"]
            rows = rows.assign(year=rows["batch_id"].map(years).astype("Int64"))
        if when != "all" and "year" in rows.columns:
            in_time = rows["year"] == self.period if when == "period" else rows["year"] <= self.period
            rows = rows[in_time.fillna(False).astype(bool)]
        unit = rows["unit_id"] if "unit_id" in rows.columns else None
        if self.unit != "semua" and "employee_uid" in rows.columns:  # that of the person in the staff list of the row's year
            staff = self._read("employee").drop_duplicates(["employee_uid", "year"]).set_index(["employee_uid", "year"])
            year = rows["year"] if "year" in rows.columns else pd.Series(self.period, index=rows.index, dtype="Int64")
            wanted = pd.MultiIndex.from_arrays([rows["employee_uid"], year])
            persons = pd.Series(staff["unit_id"].reindex(wanted).to_numpy(), index=rows.index, dtype="string")
            unit = persons if unit is None else unit.fillna(persons)
        if self.unit != "semua" and unit is not None:
            rows = rows[unit.isin(self.units["unit_id"]).astype(bool)]
        found = rows.reset_index(drop=True).copy()
        for column in TABLES[name].columns if self.audience == "public" else ():
            if column.typed:
                found[column.name] = found[column.name].mask(found[column.name].notna())
        return found

    @property
    def units(self) -> pd.DataFrame:
        """The chosen units: their rows of the unit table."""
        rows = self._read("unit")
        if self.unit == "semua":
            chosen = rows
        elif self.unit in SCOPES:
            chosen = rows[rows["scope"].isin(SCOPES[self.unit])]
        else:
            chosen = rows[rows["unit_id"] == self.unit]
        return chosen.reset_index(drop=True).copy()

    @property
    def of_one_unit(self) -> bool:
        """Whether one unit was chosen, not a population."""
        return self.unit not in (*SCOPES, "semua")

    def facts(self) -> dict[str, Any]:
        """Parameters, versions (Python's, this package's, those that numbers come from) and the data's hash, for a report's end."""
        versions = {}
        for package in ("karier-stats", *_PACKAGES):
            try:
                versions[package] = importlib.metadata.version(package)
            except importlib.metadata.PackageNotFoundError:
                versions[package] = "–"
        return {
            "parameters": {
                "evaluation": self.name, "unit": self.unit, "period": self.period, "lang": self.lang,
                "audience": self.audience, "level": self.level, "seed": self.seed},
            "versions": {"python": platform.python_version(), **versions}, "data_sha256": self.data_sha256}

    @property
    def data_sha256(self) -> str:
        """One hash of all processed tables."""
        hashes = sorted(f"{name} {about['sha256']}" for name, about in self.intake["tables"].items())
        return hashlib.sha256("\n".join(hashes).encode()).hexdigest()

    def check_files(self) -> None:
        """Compare every table's file with what ``prepare`` wrote.

        Raises
        ------
        EnvironmentFault
            K510 for the first file that is gone or differs in a single byte.
        """
        for name, about in self.intake["tables"].items():
            if name not in self._whole:
                _checked_bytes(self.folder, name, about["sha256"])

    def __repr__(self) -> str:
        return self._words(self.lang)["text/plain"]

    def _repr_html_(self) -> str:
        return self._words(self.lang)["text/html"]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """Whose data, which period, which units, with the record of it for the other language."""
        return said(self._words, self.lang)

    def _words(self, lang: str) -> dict[str, str]:
        """Title, period and units, a population with their number; a banner where the data are made up."""
        title = self.title[lang]
        units = (str(self.units["unit_name"].iloc[0]) if self.of_one_unit
                 else say(f"evaluation.population.{self.unit}", lang, n=len(self.units)))
        banner, period, heading = (say(f"evaluation.{word}", lang) for word in ("banner", "period", "units"))
        above = f"<p><strong>{banner}</strong></p>" if self.synthetic else ""
        return {
            "text/plain": f"{title}: {units}, {self.period}" + (f" [{banner}]" if self.synthetic else ""),
            "text/html": f"{above}<p><strong>{html.escape(title)}</strong><br>{period}: {self.period}"
                         f"<br>{heading}: {html.escape(units)}</p>"}

    def _read(self, name: str) -> pd.DataFrame:
        """The whole table; read and checked once, never handed out uncopied."""
        import pandas as pd

        if name not in self._whole:
            about = self.intake["tables"].get(name)
            self._whole[name] = conform(pd.DataFrame(), name) if about is None else read_table(self.folder, name, about["sha256"])
        return self._whole[name]


def open_evaluation(
    evaluation: str, *, unit: str = "semua", period: int, lang: str = "id", audience: str = "internal",
    level: float = 0.95, seed: int = 20250817,
) -> Processed:
    """Open the processed tables of an evaluation for one unit and one period.

    Parameters
    ----------
    evaluation : str
        Folder name under ``data/processed``.
    unit : str
        A unit's id, ``semua``, ``lingkup-a`` (district and ward offices),
        ``lingkup-b`` (those and the other units in the district) or
        ``lingkup-c`` (the office complex).
    period : int
        The year that the report speaks of.
    lang : {"id", "en"}
        Language of what is shown.
    audience : {"internal", "public"}
        Who will read; ``public`` hides small counts.
    level : float
        Level of every interval, between 0.5 and 1.
    seed : int
        Start of every random number generator.

    Returns
    -------
    Processed

    Raises
    ------
    InputError
        K220 to K223 for an unknown evaluation, unit, period or parameter value; K277 where the public would be told of
        a unit, or of several, with too few staff.
    EnvironmentFault
        K510 where a file is not the one that ``prepare`` wrote, K511 where
        the project's folder is not found, K512 where ``intake.json``
        cannot be read or has changed since it was written, K514 where a
        report expects other data (``KARIER_DATA_SHA256``).
    """
    processed = find_root() / "data" / "processed"
    folder = processed / evaluation if is_name(evaluation) else None
    if folder is not None and not folder.exists():
        folder = previous(folder)
    if folder is None or not (folder / "intake.json").is_file():
        known = sorted(path.parent.name for path in processed.glob("[!.]*/intake.json"))
        raise InputError("K220", evaluation=shown(evaluation), known=", ".join(known) or "–")
    opened = Processed(evaluation, unit, period, lang, audience, level, seed, folder, _account(folder))
    if os.environ.get(EXPECTED) not in (None, "", opened.data_sha256):
        raise EnvironmentFault("K514", evaluation=evaluation)
    _checked(opened)
    least = policy_for(audience).safe_staff
    if least and unit != "semua" and (staff := len(opened.table("employee"))) < least:
        raise TooFew("K277", staff=staff, period=period, least=least)
    return opened


def _account(folder: Path) -> dict[str, Any]:
    """The content of ``intake.json``, held against its hash, which ``prepare`` writes, and against today's data dictionary."""
    content, seal = (folder / "intake.json").read_bytes(), folder / SEAL
    try:
        account: dict[str, Any] = json.loads(content)
        sealed = seal.is_file() or "schema" in account
        if sealed and hashlib.sha256(content).hexdigest().encode() != seal.read_bytes():
            raise ValueError
    except (ValueError, FileNotFoundError) as error:
        raise EnvironmentFault("K512", evaluation=folder.name) from error
    if account.get("schema", schema_version()) != schema_version():
        raise EnvironmentFault("K516", evaluation=folder.name)
    return account


def check_folder(folder: Path) -> dict[str, Any]:
    """The content of ``intake.json`` of tables that are whole, every file of them (K510, K512, K516)."""
    account = _account(folder)
    for name, about in account["tables"].items():
        _checked_bytes(folder, name, about["sha256"])
    return account


def _checked(evaluation: Processed) -> Processed:
    """The evaluation itself, once each of its parameters has been found sound."""
    lang, audience, level, seed = evaluation.lang, evaluation.audience, evaluation.level, evaluation.seed
    a_number = isinstance(level, int | float) and not isinstance(level, bool)
    for name, value, sound, allowed in (
            ("lang", lang, lang in LANGUAGES, ", ".join(LANGUAGES)),
            ("audience", audience, audience in AUDIENCES, ", ".join(AUDIENCES)),
            ("level", level, a_number and 0.5 <= level < 1, "0.5 <= level < 1"),
            ("seed", seed, isinstance(seed, int) and not isinstance(seed, bool) and seed >= 0, "0, 1, 2, ...")):
        if not sound:
            raise InputError("K223", name=name, value=shown(value), allowed=allowed)
    years = sorted({int(year) for year in evaluation._read("employee")["year"].dropna()})
    if isinstance(evaluation.period, bool) or evaluation.period not in years:
        raise InputError("K222", period=shown(evaluation.period), years=", ".join(map(str, years)) or "–")
    unit = evaluation.unit
    if not isinstance(unit, str) or unit != unit.encode(errors="ignore").decode() or evaluation.units.empty:
        table = evaluation._read("unit")
        told = {i: i if i == name else f"{i} ({name})" for i, name in zip(table["unit_id"], table["unit_name"], strict=True)}
        names = {**dict(zip(table["unit_name"], told.values(), strict=True)), **told}
        near = difflib.get_close_matches(str(unit), list(names), n=3, cutoff=0.5)
        hint = dict.fromkeys(names[word] for word in near) or [*told.values()][:5]
        raise InputError("K221", unit=shown(unit), near=", ".join(hint))
    return evaluation


def read_table(folder: Path, name: str, sha256: str) -> pd.DataFrame:
    """One processed table, its file checked against ``sha256`` (K510)."""
    from pyarrow import parquet

    content = io.BytesIO(_checked_bytes(folder, name, sha256))
    table = parquet.read_table(content, page_checksum_verification=True)
    return conform(table.to_pandas(), name)


def _checked_bytes(folder: Path, name: str, sha256: str) -> bytes:
    """One Parquet file, refused (K510) where a single byte differs from what was written."""
    path = folder / f"{name}.parquet"
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise EnvironmentFault("K510", file=path.name, evaluation=folder.name)
    return content
