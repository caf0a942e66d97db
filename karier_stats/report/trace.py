"""From a number of a report back to what it was computed from, and the proof that it comes out again."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karier_stats.errors import EnvironmentFault, InputError
from karier_stats.intake.project import alone, shown
from karier_stats.report import engine, manifest
from karier_stats.report.request import Request, check_request
from karier_stats.words import Phrase

if TYPE_CHECKING:
    from karier_stats.intake.processed import Processed

NUMBERS = ("estimate", "ci_low", "ci_high", "n", "p_value", "n_units")


def request_of(folder: Path) -> Request:
    """What a report was asked for, by its manifest."""
    about = manifest.read(folder)
    names = ("evaluation", "unit", "period", "audience", "level", "seed")
    return Request(langs=(about["lang"],), **{name: about[name] for name in names})


def findings_of(folder: Path) -> list[dict[str, Any]]:
    """The findings of a report."""
    found: list[dict[str, Any]] = json.loads((folder / manifest.FINDINGS).read_text(encoding="utf-8"))["findings"]
    return found


def trace(folder: Path, root: Path, name: str) -> Iterator[Phrase]:
    """The way of one finding (number ``F-5.1`` or id): its words, the cell that computed it, its table, processed and raw rows.

    K517 with the nearest finding that there is.
    """
    import nbformat

    from karier_stats.report.sanitise import findings_of as told

    found = findings_of(folder)
    known = {key: one for one in reversed(found) for key in (one["id"], one.get("number") or one["id"])}
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0)
        raise InputError("K517", report=manifest.place(folder), finding=shown(name), near=near[0] if near else "–")
    finding = known[name]
    number = finding.get("number") or "–"
    notebook = manifest.read_notebook(folder / "chapters" / f"{finding['chapter']}.ipynb")
    holding = (place for place, cell in enumerate(notebook.cells, 1)
               if finding["id"] in [one["id"] for one in told(nbformat.from_dict({"cells": [cell]}))])
    yield Phrase("report.verify.finding", number=number, name=finding["id"], sentence=finding["sentence"])
    yield Phrase("report.verify.cell", chapter=finding["chapter"], cell=next(holding, 0))
    table = f"tabel/T-B.{number.removeprefix('F-').partition('-')[0]}.csv"
    if (folder / table).is_file():
        yield Phrase("report.verify.output", file=table)
    request = request_of(folder)
    opened, raw = check_request(root, request), manifest.raw_files(root, request.evaluation)
    for source in finding["source_tables"]:
        yield from _source(opened, source, raw)


def _source(opened: Processed, name: str, raw: Mapping[str, str]) -> Iterator[Phrase]:
    """A processed table, and the raw files, sheets and rows that its rows for this report were read from."""
    about = opened.intake["tables"].get(name)
    if about is None:
        return
    origins = opened.origins(name)
    yield Phrase("report.verify.table", name=name, used=len(origins), rows=about["rows"], digest=about["sha256"][:12])
    for place, feed in enumerate(opened.intake["feeds"]):
        if feed["table"] == name:
            state = Phrase(f"report.verify.raw.{raw.get(feed['file'], 'gone')}")
            yield Phrase(
                "report.verify.feed", file=feed["file"], sheet=feed["sheet"] or "–", read=feed["rows_read"],
                processed=feed["processed"], state=state)
            used = origins[origins["feed"] == place]
            if len(used):
                yield Phrase("report.verify.rows", raw=spans(used["source_row"]), rows=spans(used["row"]))


def spans(numbers: Iterable[int]) -> str:
    """Whole numbers as the spans that they fill: ``2–4, 7``."""
    held = {int(number) for number in numbers}
    starts = sorted(number for number in held if number - 1 not in held)
    ends = sorted(number for number in held if number + 1 not in held)
    return ", ".join(str(start) if start == end else f"{start}–{end}" for start, end in zip(starts, ends, strict=True))


def differing(folder: Path, root: Path) -> tuple[int, list[str]]:
    """Run a report again beside itself: how many findings there are, and the ids of those with another number."""
    request = request_of(folder)
    with alone(root, request.evaluation, EnvironmentFault("K501", report=request.place)):
        again = {one["id"]: one for one in engine.findings_again(root, request)}
    before = findings_of(folder)
    shown = [one for one in before if not one["suppressed"]]  # what is hidden tells no number, and beside others more is hidden
    wrong = [one["id"] for one in shown if [again.get(one["id"], {}).get(name, "") for name in NUMBERS]
             != [one.get(name) for name in NUMBERS]]
    return len(before), [*wrong, *(again.keys() - {one["id"] for one in before})]
