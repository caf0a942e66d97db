"""What an output carries beside its words: a record without language, from which the other language is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from karier_stats.words.numbers import LANGUAGES

RECORD_MIME = "application/vnd.karier.record+json"
"""Mime type of the record."""
VECTOR = "image/svg+xml"
"""Mime type of a picture in a report."""


def said(words: Callable[[str], Mapping[str, str]], lang: str) -> dict[str, Any]:
    """A bundle of short texts whose record is the same texts in every language.

    Parameters
    ----------
    words : callable
        The bundle (mime type to text) of a language.
    lang : {"id", "en"}
        Language of the bundle that is shown.
    """
    record = {"kind": "said", "words": {one: dict(words(one)) for one in LANGUAGES}}
    return {**record["words"][lang], RECORD_MIME: record}  # type: ignore[index]
