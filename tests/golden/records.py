"""What the library and its chapters say today, as plain records: numbers, tables, notes and words in both languages.

A record is compared as text, so that no change goes unseen: ``python -m tests.golden`` writes the records anew, and
the difference in the commit shows what changed. Numbers keep ten significant digits: below that, processors and
their libraries of linear algebra differ.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from karier_stats.answers.chapters import answers
from karier_stats.intake.processed import Processed
from karier_stats.report.disclosure import protect
from karier_stats.stats.results import Result

HERE = Path(__file__).parent
CHAPTERS = (
    "data_quality", "needs", "delivery", "participation", "outcomes", "feedback", "leadership", "challenges", "synthesis",
)
VARIANTS = ("no_association", "opposite", "five_units")
DIGITS = 10


def plain(value: Any) -> Any:
    """A value as JSON holds it, floats to ten significant digits; without what two of its kind are not compared by."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value) if field.compare}
    if isinstance(value, pd.DataFrame):
        return [plain(row) for row in value.to_dict("records")]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, list | tuple | pd.Series | np.ndarray):
        return [plain(item) for item in value]
    if value is None or isinstance(value, str | bool | int):
        return value
    if pd.isna(value):
        return None
    if isinstance(value, datetime.date):
        return value.isoformat()
    number = float(value)
    if not math.isfinite(number):
        return str(number)
    return float(f"{number:.{DIGITS}g}") + 0.0


def chapter_record(ev: Processed, chapter: str) -> list[dict[str, Any]]:
    """Every answer of a chapter as a reader of the internal report gets it."""
    return [_answer(protect(answer, "internal")) for answer in answers(ev, chapter)]


def _answer(answer: Any) -> dict[str, Any]:
    """Findings, picture, table and notes; the library's own results are recorded as calls of verbs."""
    return {
        "id": answer.id, "findings": plain(answer.findings), "picture": plain(answer.picture), "table": plain(answer.table),
        "notes": plain(answer.notes), "missing": plain(answer.missing),
    }


def result_record(result: Result) -> dict[str, Any]:
    """Table, headline, sentence and notes of a verb's result."""
    return {
        "lead": list(result.lead), "table": plain(result.table),
        "sentence": {lang: result.sentence(lang) for lang in ("id", "en")}, "notes": plain(result.notes),
    }


def text(record: Any) -> str:
    """A record as the file holds it: one fact a line, so that a difference reads."""
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def verb_record(verb: str) -> dict[str, Any]:
    """Every golden call of one verb."""
    from tests.golden.calls import CALLS

    return {name: result_record(call()) for name, call in CALLS.items() if name.replace(",", " ").split(" ")[0] == verb}


def verbs() -> list[str]:
    """The verbs that are called."""
    from tests.golden.calls import CALLS

    return sorted({name.replace(",", " ").split(" ")[0] for name in CALLS})
