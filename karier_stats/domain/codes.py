"""Closed lists of codes, each value with its Indonesian and English name; the lists lie in ``codes.yml``.

A processed column of kind ``category`` holds only values of one of these lists.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from karier_stats.words.catalogue import own_data

CodeList = dict[str, tuple[str, str]]

_DATA: dict[str, dict[Any, Any]] = own_data(Path(__file__).with_suffix(".yml"))


def _listed(name: str) -> CodeList:
    """One list: code, its name in Indonesian and in English."""
    return {code: (names["id"], names["en"]) for code, names in _DATA[name].items()}


UNIT_TYPE = _listed("unit_type")
SCOPE = _listed("scope")
STATUS = _listed("status")
CONTRACT_STATUS = ("PPPK", "PPPK_PART_TIME")  # statuses of people on a contract; part-time ones are staff of their own kind
STANDING = _listed("standing")
SEX = _listed("sex")
AGE_BAND = _listed("age_band")
POSITION_TYPE = _listed("position_type")
EDUCATION = _listed("education")
TOPIC = _listed("topic")
FORM = _listed("form")
DELIVERY = _listed("delivery")
COMPETENCY_KIND = _listed("competency_kind")
BATCH_STATE = _listed("batch_state")
NOMINATION = _listed("nomination")
OUTCOME = _listed("outcome")
TEST_KIND = _listed("test_kind")
ARM = _listed("arm")
SCALE_KIND = _listed("scale_kind")
SELECTION = _listed("selection")
PURPOSE = _listed("purpose")
WAVE = _listed("wave")
THEME = _listed("theme")
THEME_SOURCE = _listed("theme_source")
ACTING = _listed("acting")
FUNDING = _listed("funding")
PARTNER_KIND = _listed("partner_kind")
STUDY_KIND = _listed("study_kind")
STUDY_STATE = _listed("study_state")
RATER = _listed("rater")
WORK_STATE = _listed("work_state")
LEVER = _listed("lever")  # what a recommendation moves: advice on one lever to one owner is one action, this year and the next
RATING = _listed("rating")
IP_ASN_BAND = _listed("ip_asn_band")
EXPECTATION = _listed("expectation")
SCHEME = _listed("scheme")
METHOD = _listed("method")
SERVICE_ELEMENTS = _listed("service_elements")  # of the public satisfaction survey, known by name and never by number
COMPETENCIES = _listed("competencies")
TRAINING_TYPE: dict[int, tuple[str, str]] = {id: (about["name"], about["form"]) for id, about in _DATA["training_type"].items()}
"""BKN's 25 forms of training: id -> (its name there, the ``FORM`` it counts under)."""


def label(codes: CodeList, value: str, lang: str) -> str:
    """The name of one code in ``lang``; an unknown code stands for itself."""
    pair = codes.get(value)
    return value if pair is None else pair[0 if lang == "id" else 1]


def topic_of_competency(code: str) -> str | None:
    """The topic of courses that train a competency, by its number or by a word of a technical code; None if unknown.

    Examples
    --------
    >>> topic_of_competency("5"), topic_of_competency("Literasi digital"), topic_of_competency("9")
    ('pelayanan_publik', 'teknologi_informasi', None)
    """
    words = code.casefold().replace("_", " ").split()
    named = (topic for topic, known in _DATA["topic_words"].items() if any(word in known for word in words))
    return _DATA["competency_topic"].get(code.strip()) or next(named, None)
