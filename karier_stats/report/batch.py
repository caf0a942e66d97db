"""Many reports of one evaluation: each made by itself, none stopped by another, none made again that still holds."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Executor, Future, as_completed
from concurrent.futures import TimeoutError as Late
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from karier_stats.domain.disclosure import policy_for
from karier_stats.errors import EnvironmentFault, InputError, KarierError, TooFew, default_language
from karier_stats.intake.project import alone, ending_as_interrupt, shown
from karier_stats.report import engine, site
from karier_stats.report.cluster import away, packed, put, workers
from karier_stats.report.engine import is_current
from karier_stats.report.processes import Callers, Serial
from karier_stats.report.request import Request, check_request
from karier_stats.words import say

EACH = "each"
"""In place of a unit: every unit of the evaluation."""

Submit = Callable[[Request], Future[Any]]
"""Gives a request to who makes its report."""
_PERIODS = re.compile(r"(\d{4})(?:\.\.(\d{4}))?")


@dataclass(frozen=True)
class Outcome:
    """What became of one report of a batch: ``made``, ``current`` (it still holds), ``failed``, ``left`` (no time) or
    ``internal``: not for the public, of too few staff."""

    request: Request
    state: str
    seconds: float = 0.0
    error: KarierError | None = None


def requests_for(root: Path, first: Request, units: str, periods: str, audiences: str) -> list[Request]:
    """The reports that a batch is asked for, in the order of years, units and readers.

    Parameters
    ----------
    first : Request
        Evaluation, languages, level and seed of all of them.
    units : str
        ``each``, or units with commas between them.
    periods : str
        ``2025``, ``2023,2025`` or ``2023..2025``.
    audiences : str
        Audiences with commas between them.

    Raises
    ------
    InputError
        K276 for years that are none, and what :func:`~karier_stats.report.request.check_request` refuses.
    """
    asked, readers = [], audiences.split(",")
    for period in years(periods):
        whole = replace(first, period=period, unit="semua", audience=readers[0])
        names = units.split(",") if units != EACH else check_request(root, whole).units["unit_id"].tolist()
        for unit, audience in itertools.product(names, readers):
            asked.append(replace(whole, unit=str(unit), audience=audience))
            with suppress(TooFew) if units == EACH else nullcontext():
                check_request(root, asked[-1])
    return list(dict.fromkeys(asked))


def years(text: str) -> list[int]:
    """The years that ``2025``, ``2023,2025`` or ``2023..2025`` names."""
    found: list[int] = []
    for part in text.split(","):
        match = _PERIODS.fullmatch(part.strip())
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if first > last:
            raise InputError("K276", given=shown(text))
        found += range(first, last + 1)
    return found


def make_reports(
    requests: Sequence[Request], *, root: Path, jobs: int = 2, minutes: float | None = None,
    executor: Executor | None = None, scheduler: str | None = None, progress: bool = True,
) -> Generator[Outcome]:
    """Make reports of one evaluation, several at a time, and give each one's outcome as soon as it is known.

    Parameters
    ----------
    requests : sequence of Request
        What :func:`requests_for` gives.
    root : Path
        The project's folder.
    jobs : int
        Reports at a time, 1 to 32, each in a process of its own.
    minutes : float, optional
        Time for all of them; what is not made by then is left.
    executor : Executor, optional
        What makes them instead of processes here: any of :mod:`concurrent.futures`.
    scheduler : str, optional
        Address of a dask scheduler whose workers make them. Those for the public, of which each is held against all
        others, are made here.
    progress : bool
        Whether a bar with the estimated end is drawn on standard error.

    Raises
    ------
    InputError, EnvironmentFault
        What holds for all of them and is found before the first begins: K235, K501, K520, K525, K526, K532.
    GateError
        As :func:`karier_stats.report.engine.gate_before`.
    KeyboardInterrupt
        Ctrl-C or a request to end: everything begun is stopped first.

    Notes
    -----
    A report whose manifest is whole, and whose data, notebooks, assumptions, program, versions and parameters are
    those of today, is kept: a batch that was stopped goes on where it was.
    """
    root, evaluation = Path(root).resolve(), requests[0].evaluation
    engine.check_before(root, requests[0], jobs)
    with ending_as_interrupt(), alone(root, evaluation, EnvironmentFault("K501", report=evaluation)):
        try:
            with nullcontext(executor) if executor else Callers(jobs) as pool, _hands(root, evaluation, pool, scheduler) as submit:
                yield from _outcomes(root, requests, pool, submit, minutes, progress)
        finally:
            site.write_index(root)


def _outcomes(
    root: Path, requests: Sequence[Request], pool: Executor, submit: Submit, minutes: float | None, progress: bool
) -> Iterator[Outcome]:
    """The outcomes, beside their bar."""
    from tqdm import tqdm

    form = say("cli.batch.bar", default_language(), **{name: f"{{{name}}}" for name in ("n", "total", "elapsed", "remaining")})
    with tqdm(total=len(requests), bar_format=form, leave=False, disable=not progress) as bar:
        waiting: dict[Future[Any], Request] = {}
        for request in requests:
            if is_current(root, request):
                bar.update()
                bar.clear()  # whoever gets it may write a line
                yield Outcome(request, "current")
            else:
                if not waiting:  # once for all of them: by what they have in common, which no unit's own name is
                    before = pool.submit(engine.gate_before, root, replace(request, unit="semua"), engine.CHAPTERS)
                    engine.result_of(before, engine.died(request))
                waiting[submit(request)] = request
        try:
            for done in as_completed(tuple(waiting), timeout=minutes and 60 * minutes):
                bar.update()
                bar.clear()
                yield _outcome(root, waiting.pop(done), done)
        except Late:
            for request in waiting.values():
                yield Outcome(request, "left", 0, EnvironmentFault("K529", report=request.place, minutes=minutes))


@contextmanager
def _hands(root: Path, evaluation: str, pool: Executor, scheduler: str | None) -> Iterator[Submit]:
    """Who makes a report: a process here, or a worker elsewhere."""
    def here(request: Request) -> Future[Any]:
        return pool.submit(_make, root, request, engine.CHAPTERS)

    if not scheduler:
        yield here
        return
    project = packed(root, evaluation, engine.CHAPTERS)
    with workers(scheduler) as others:
        yield lambda request: here(request) if policy_for(request.audience).outside else others.submit(
            away, project, _make, request, engine.CHAPTERS)


def _make(root: Path, request: Request, chapters: tuple[str, ...]) -> float:
    """Make one report in this process, and say how many seconds it took."""
    began = time.monotonic()
    engine.make_report(root, request, Serial(), chapters)
    return time.monotonic() - began


def _outcome(root: Path, request: Request, done: Future[Any]) -> Outcome:
    """What became of a report; what nobody has foreseen fails it as well, and only it."""
    try:
        made = done.result()
        if isinstance(made, tuple):
            seconds, report = made
            put(root, request, report)
            return Outcome(request, "made", seconds)
        return Outcome(request, "made", made)
    except TooFew:
        return Outcome(request, "internal")
    except KarierError as error:
        return Outcome(request, "failed", 0, error)
    except Exception as error:
        return Outcome(request, "failed", 0, EnvironmentFault("K528", report=request.place, reason=type(error).__name__))


def worst(outcomes: Sequence[Outcome]) -> int:
    """The exit code of a batch: the highest of its reports'."""
    return max((one.error.exit_code for one in outcomes if one.error), default=0)
