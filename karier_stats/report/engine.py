"""From a request to a proven report: check, run the chapters, render, pass the gate, swap in.

Work happens in a folder of its own; the report that is already there stays
until the new one is complete. Success is a manifest written last.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, as_completed
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from karier_stats.answers.record import restored
from karier_stats.domain.disclosure import policy_for
from karier_stats.errors import EnvironmentFault, InputError
from karier_stats.intake.project import alone, ending_as_interrupt
from karier_stats.intake.pseudonyms import Names, kept_names
from karier_stats.report import gate, manifest, site
from karier_stats.report.editions import MAIN, editions
from karier_stats.report.kernels import Job, check_kernel, private_folder, run
from karier_stats.report.office import named
from karier_stats.report.processes import Callers, ProcessDied
from karier_stats.report.request import Request, changed_notebooks, check_notebook, check_request
from karier_stats.report.sanitise import clean_notebook
from karier_stats.report.wording import refuse
from karier_stats.words import catalogue, say

if TYPE_CHECKING:
    from karier_stats.intake.processed import Processed

CHAPTERS = (
    "data_quality", "needs", "delivery", "participation", "outcomes", "feedback", "leadership", "challenges",
    "synthesis",
)
"""The chapters in the order of the evaluation; the last reads the findings of the others."""

Work = TypeVar("Work")

MOST_JOBS = 32
MEGABYTES = 20
"""Room on the disk that a report of one language may need."""


def write_report(
    evaluation: str, *, root: Path, period: int, unit: str = "semua", langs: tuple[str, ...] = ("id", "en"),
    audience: str = "internal", level: float = 0.95, seed: int = 20250817, kinds: tuple[str, ...] = (), jobs: int = 2,
    progress: bool = True, keep: bool = False, allow_changed: bool = False,
) -> list[Path]:
    """Make the report of one evaluation, for one unit and year, in each language.

    Parameters
    ----------
    evaluation : str
        Folder name under ``data/processed``.
    root : Path
        The project's folder.
    period, unit, audience, level, seed
        As in :func:`karier_stats.intake.processed.open_evaluation`.
    langs : tuple of str
        Languages, each a report of its own.
    kinds : tuple of {"docx", "pdf"}
        Further kinds of files in which the one page and the main report are written.
    jobs : int
        How many chapters run at a time, 1 to 32.
    progress : bool
        Whether a progress bar is drawn on standard error.
    keep : bool
        Whether a report that stands whole, made as it would be made today, is left as it is.
    allow_changed : bool
        Whether notebooks may differ from the package's; the report then says so.

    Returns
    -------
    list of Path
        The main report ``laporan.html`` of each language, in the order of ``langs``.

    Raises
    ------
    InputError
        A parameter is refused (K219-K225, K230-K235), before a kernel starts.
    StatisticsError
        K521: a chapter's data cannot carry its analysis.
    GateError
        K400-K417: something in the report may not leave; of what is there
        without a kernel (notebooks, assumptions, names), before one starts; K530: words
        beyond a finding's design.
    EnvironmentFault
        K500 disk, K501 another run has the evaluation, K514 and K515 its
        sources changed meanwhile, K506-K508 documents and the browser that prints, K520-K527 and K533
        kernels and notebooks.
    KeyboardInterrupt
        Ctrl-C or a request to end: everything started is stopped first.

    Notes
    -----
    Whatever happens, the report that was there before is still there unless
    the new one is complete and has passed the gate.
    """
    root = Path(root).resolve()
    request = Request(evaluation, unit, period, tuple(langs), audience, level, seed, tuple(kinds), allow_changed)
    opened = check_request(root, request)
    check_before(root, request, jobs)
    with ending_as_interrupt(), alone(root, evaluation, EnvironmentFault("K501", report=request.place)):
        if check_request(root, request).intake != opened.intake:  # prepared anew before the lock was ours
            raise EnvironmentFault("K514", evaluation=evaluation)
        if not (keep and is_current(root, request)):
            with Callers(jobs) as pool:
                result_of(pool.submit(gate_before, root, request, CHAPTERS), died(request))
                make_report(root, request, pool, progress=progress)
        site.write_index(root)
    return [request.folder(root) / lang / MAIN for lang in request.langs]


def check_before(root: Path, request: Request, jobs: int) -> None:
    """Refuse, before anything is begun, a number of jobs, notebooks or a kernel that cannot do."""
    if isinstance(jobs, bool) or not isinstance(jobs, int) or not 1 <= jobs <= MOST_JOBS:
        raise InputError("K235", name="jobs", low=1, high=MOST_JOBS, given=jobs)
    for chapter in CHAPTERS:
        check_notebook(root / "notebooks" / f"{chapter}.ipynb", request.parameters(request.langs[0]))
    changed_notebooks(root, CHAPTERS, request.allow_changed)
    check_kernel()


def gate_before(root: Path, request: Request, chapters: tuple[str, ...]) -> None:
    """Pass through the gate, before a kernel starts, what a report will hold whatever its chapters find.

    Raises
    ------
    GateError
        As :func:`karier_stats.report.gate.check`.
    """
    opened, place = check_request(root, request), request.folder(root)
    with _disk_faults(request), private_folder() as work:
        made_from = manifest.sources(root, request.evaluation, chapters)
        _Report(root, request, opened, place, work, chapters, made_from).gate_before()


def make_report(
    root: Path, request: Request, pool: Executor, chapters: tuple[str, ...] | None = None, *, progress: bool = False
) -> None:
    """Make one report of an evaluation that is already ours alone; its chapters go through ``pool``.

    Raises
    ------
    KarierError
        As :func:`write_report`.
    """
    place = request.folder(root)
    chapters = chapters or CHAPTERS
    with _disk_faults(request), workspace(place) as work:
        opened, made_from = check_request(root, request), manifest.sources(root, request.evaluation, chapters)
        outside = policy_for(request.audience).outside  # it is held against the others, and hides more than its chapters do
        standing = {} if outside else manifest.standing(place, request.parameters(request.langs[0]), made_from)
        changed = tuple(changed_notebooks(root, chapters, request.allow_changed))
        _Report(root, request, opened, place, work, chapters, made_from, standing, changed).make(pool, progress)


def is_current(root: Path, request: Request) -> bool:
    """Whether a report is there in all its languages, whole, and made as it would be made today."""
    for lang in request.langs:
        folder = request.folder(root) / lang
        try:
            about = manifest.read(folder)
            if manifest.verify(folder, root=root) or {**about, **request.parameters(lang)} != about:
                return False
            if any(named(MAIN, kind) not in about["outputs"] for kind in request.kinds):
                return False
        except EnvironmentFault:
            return False
    return True


def findings_again(root: Path, request: Request, jobs: int = 2) -> list[dict[str, Any]]:
    """The findings of a report of one language, computed anew beside it; nothing of it is changed."""
    place = request.folder(root)
    with _disk_faults(request), ending_as_interrupt(), workspace(place) as work, Callers(jobs) as pool:
        made_from = manifest.sources(root, request.evaluation, CHAPTERS)
        report = _Report(root, request, check_request(root, request), place, work, CHAPTERS, made_from)
        (work / request.langs[0] / "chapters").mkdir(parents=True)
        report.run_chapters(pool)
        return [finding for chapter in CHAPTERS for finding in report.findings[chapter]]


@dataclass
class _Report:
    """One run: the request, the data, the place, the work folder, and what the chapters have found so far."""

    root: Path
    request: Request
    evaluation: Processed
    place: Path
    work: Path
    chapters: tuple[str, ...]
    made_from: dict[str, Any]
    standing: Mapping[str, Mapping[str, Path]] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    findings: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def make(self, pool: Executor, progress: bool) -> None:
        """Run all chapters, finish each language, and swap them in together at the end."""
        from tqdm import tqdm

        langs = self.request.langs
        for lang in langs:
            (self.work / lang / "chapters").mkdir(parents=True)
        steps = len(self.chapters) + len(langs)
        with tqdm(total=steps, unit="bab", desc=self.request.evaluation, disable=not progress) as bar, ExitStack() as held:
            self.run_chapters(pool, bar.update, held)
            number = manifest.next_run(self.place)
            for done in as_completed([pool.submit(self._finish, lang, number) for lang in langs]):
                result_of(done, died(self.request))
                bar.update()
            self._check_sources()
            for lang in langs:
                swap(self.work / lang, self.place / lang)

    def gate_before(self) -> None:
        """What every report of these notebooks, assumptions and tables holds, in each language, through the gate."""
        import nbformat

        for lang in self.request.langs:
            folder = self.work / lang
            (folder / "chapters").mkdir(parents=True)
            for name in self.chapters:
                notebook = clean_notebook(nbformat.read(self.root / "notebooks" / f"{name}.ipynb", as_version=4))
                manifest.write_notebook(folder / "chapters" / f"{name}.ipynb", notebook)
            self._write_editions(folder, lang, [])
            self._pass_gate(folder)

    @cached_property
    def people(self) -> Names | None:
        """The staff by name, where the key of their tables is here."""
        return kept_names(self.evaluation.name, self.evaluation.intake)

    def _pass_gate(self, folder: Path, files: str = "*") -> None:
        """The gate."""
        known = texts_of_office(self.root, self.evaluation)
        gate.check(folder, secrets=(str(self.root),), known=known, people=self.people, files=files)

    def _check_sources(self) -> None:
        """Refuse to seal a report whose sources are no longer those that it began with (K515)."""
        now = manifest.sources(self.root, self.request.evaluation, self.chapters)
        changed = [name for name, value in self.made_from.items() if now[name] != value]
        if changed:
            raise EnvironmentFault("K515", report=self.request.place, what=", ".join(changed))

    def run_chapters(
        self, pool: Executor, tick: Callable[[], object] = lambda: None, held: ExitStack | None = None
    ) -> None:
        """All chapters through one queue, each once; the last reads the findings of the others.

        A public report is held against the others before that; until ``held`` ends no other one is.
        """
        *others, last = self.chapters
        pending = {pool.submit(run, self._job(chapter)): chapter for chapter in others}
        for done in as_completed(pending):
            self.findings[pending[done]] = result_of(done, EnvironmentFault("K527", chapter=pending[done]))
            tick()
        if held and policy_for(self.request.audience).outside:
            from karier_stats.report import releases

            held.enter_context(releases.one_at_a_time(self.root, self.request.evaluation))
            self.findings |= releases.finish(self.work, self.place, self.request.langs, self.evaluation)
        found = self._write_findings(self.request.langs[0])
        self.findings[last] = result_of(pool.submit(run, self._job(last, found)), EnvironmentFault("K527", chapter=last))
        if held and policy_for(self.request.audience).outside:
            self.findings |= releases.finish(self.work, self.place, self.request.langs, self.evaluation, last)
        tick()

    def _job(self, chapter: str, findings: Path | None = None) -> Job:
        """One chapter as the workers take it."""
        langs = self.request.langs
        return Job(
            chapter, self.root / "notebooks" / f"{chapter}.ipynb",
            {lang: self.work / lang / "chapters" / f"{chapter}.ipynb" for lang in langs},
            self.request.parameters(langs[0]), self.root, self.evaluation.data_sha256, findings,
            {} if findings and len(self.standing) < len(self.chapters) else self.standing.get(chapter, {}),
        )

    def _write_findings(self, lang: str) -> Path:
        """findings.json of one language: what it belongs to, and every finding in the order of the chapters."""
        found: dict[str, dict[str, Any]] = {}
        for chapter in self.chapters:
            for finding in self.findings.get(chapter, []):
                found.setdefault(finding["id"], finding)
        path = self.work / lang / manifest.FINDINGS
        content = {
            **self.request.parameters(lang), "data_sha256": self.evaluation.data_sha256,
            "findings": list(found.values()),
        }
        manifest.write_text(path, json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
        return path

    def _finish(self, lang: str, number: int) -> None:
        """Editions, gate and manifest of one language, in this order; in a worker, beside the other language."""
        folder = self.work / lang
        findings = json.loads(self._write_findings(lang).read_text(encoding="utf-8"))["findings"]
        refuse(restored(finding) for finding in findings)
        self._write_editions(folder, lang, findings, self.request.kinds)
        if policy_for(self.request.audience).outside:
            from karier_stats.report import releases

            releases.keep(folder, self.evaluation)
        self._pass_gate(folder)
        about = {
            **self.request.parameters(lang), "title": dict(self.evaluation.title),
            "synthetic": self.evaluation.synthetic, "unit_name": unit_words(self.evaluation, lang),
            "notebooks_changed": list(self.changed),
        }
        manifest.write(folder, about=about, made_from=self.made_from, chapters=self.chapters, run=number)
        self._pass_gate(folder, manifest.NAME)

    def _write_editions(
        self, folder: Path, lang: str, findings: list[Mapping[str, Any]], kinds: tuple[str, ...] = ()
    ) -> None:
        """Every edition of one language, of the notebooks in a folder."""
        from karier_stats.report.render import Cover

        assumptions = self.root / "ASSUMPTIONS.md"
        cover = Cover(
            title=self.evaluation.title[lang], lang=lang, unit=unit_words(self.evaluation, lang),
            period=self.request.period, audience=self.request.audience, synthetic=self.evaluation.synthetic,
            parameters=self.request.parameters(lang), versions=self.made_from["versions"],
            intake=self.evaluation.intake, data_sha256=self.evaluation.data_sha256,
            assumptions=assumptions.read_text(encoding="utf-8") if assumptions.is_file() else "",
            unit_names=tuple(self.evaluation.units["unit_name"]), changed=bool(self.changed),
        )
        notebooks = {name: manifest.read_notebook(folder / "chapters" / f"{name}.ipynb") for name in self.chapters}
        for name, text in editions(cover, notebooks, findings, kinds).items():
            (folder / name).parent.mkdir(exist_ok=True)
            manifest.write_text(folder / name, text)


def texts_of_office(root: Path, evaluation: Processed) -> str:
    """What the office itself calls its programme, tables and addresses: no secret of a machine or a person."""
    assumptions = root / "ASSUMPTIONS.md"
    told = json.dumps(evaluation.intake, ensure_ascii=False)
    return told + (assumptions.read_text(encoding="utf-8") if assumptions.is_file() else "")


def unit_words(evaluation: Processed, lang: str) -> str:
    """The chosen units in words: the unit's name, or the population with its number of units."""
    units = evaluation.units
    if not catalogue.has(f"report.units.{evaluation.unit}"):
        return str(units["unit_name"].iloc[0])
    return say(f"report.units.{evaluation.unit}", lang, n=len(units))


def died(request: Request) -> EnvironmentFault:
    """What is said where a process of a report ended before its work did."""
    return EnvironmentFault("K528", report=request.place, reason=ProcessDied.__name__)


def result_of(done: Future[Work], otherwise: EnvironmentFault) -> Work:
    """What a piece of work gives, or its error; ``otherwise`` where its process died."""
    try:
        return done.result()
    except ProcessDied:
        raise otherwise from None


@contextlib.contextmanager
def _disk_faults(request: Request) -> Iterator[None]:
    """Turn the system's refusals (full disk, no right to write) into an error of ours, without a path."""
    try:
        yield
    except OSError as error:
        room = MEGABYTES * len(request.langs)
        raise EnvironmentFault("K500", report=request.place, reason=error.strerror or "–", megabytes=room) from error


@contextlib.contextmanager
def workspace(place: Path) -> Iterator[Path]:
    """A fresh work folder beside the report; what a killed run left is mended or removed first."""
    place.mkdir(parents=True, exist_ok=True)
    for old in sorted(place.glob(".old-*")):
        current = place / old.name.removeprefix(".old-")
        if current.exists():
            shutil.rmtree(old)
        else:
            old.replace(current)
    for left in place.glob(".tmp-*"):
        shutil.rmtree(left)
    work = place / f".tmp-{manifest.next_run(place)}"
    work.mkdir(mode=0o700)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def swap(new: Path, current: Path) -> None:
    """Put a finished report in place, in one step where the system has it; the old one goes with the work folder.

    Elsewhere two renames do it; :func:`workspace` mends what a kill between them leaves.
    """
    if not current.exists():
        new.replace(current)
    elif not _exchange(new, current):
        old = current.with_name(f".old-{current.name}")
        current.replace(old)
        new.replace(current)
        shutil.rmtree(old)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change their names in one step (Linux, macOS); False where that cannot be done."""
    if sys.platform == "win32":
        return False
    libc, names = ctypes.CDLL(None), (bytes(one), bytes(other))
    if hasattr(libc, "renameat2"):
        return bool(libc.renameat2(-100, names[0], -100, names[1], 2) == 0)  # AT_FDCWD, RENAME_EXCHANGE
    return hasattr(libc, "renamex_np") and libc.renamex_np(*names, 2) == 0  # RENAME_SWAP
