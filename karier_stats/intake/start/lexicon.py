"""What headings and words in cells mean, from the vocabulary of offices in ``lexicon.yml``; never a proof by itself."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from karier_stats.domain.codes import CodeList
from karier_stats.intake.schema import TABLES
from karier_stats.intake.values import category_names, folded
from karier_stats.words.catalogue import own_data

LEXICON: dict[str, Any] = own_data(Path(__file__).with_suffix(".yml"))
_MARKS, _CAMEL, _VOWELS = re.compile(r"[^\w%]+|_"), re.compile(r"(?<=[a-z])(?=[A-Z])"), frozenset("aiueo")
_YEAR = re.compile(r"\b(?:(?:tahun|thn?|ta) )?20\d\d\b")
_REMARK, _LABEL = re.compile(r"\([^()]*\)|\[[^][]*\]"), re.compile(r"(?<=\w)[ _]nama$", re.IGNORECASE)
"""What a heading says in brackets; and *nama* behind it, as registers call the words of a code."""
_SHORT = {tuple(short.split()): tuple(full.split()) for full, shorts in LEXICON["short"].items() for short in shorts}
_LONGEST = max(map(len, _SHORT))
_FILLING, _OTHERS = (frozenset(LEXICON[kind]) for kind in ("filling", "others"))
KNOWN = 0.9  # from this likeness on a heading is one that the vocabulary knows


@cache
def normal(text: str) -> tuple[str, ...]:
    """The words of a heading, folded, without the year of its data, shortened ones written out."""
    words = _YEAR.sub(" ", _MARKS.sub(" ", folded(_CAMEL.sub(" ", text)))).split()
    return _written_out(tuple(map(_in_full, _written_out(words))))


def _written_out(words: Sequence[str]) -> tuple[str, ...]:
    """Words, those that offices shorten in full."""
    found, place = list[str](), 0
    while place < len(words):
        for length in range(min(_LONGEST, len(words) - place), 0, -1):
            part = tuple(words[place:place + length])
            if part in _SHORT or length == 1:
                found += _SHORT.get(part, part)
                place += length
                break
    return tuple(found)


@cache
def _in_full(word: str) -> str:
    """The one word that another shortens to its consonants (``klmn``, ``pddkn``) or its beginning; any other word as it is."""
    if len(word) < 3 or not word.isalpha() or word in _vocabulary():
        return word
    if _VOWELS.isdisjoint(word):
        bare = {full: re.sub("[aiueo]", "", full) for full in _vocabulary() if full[0] == word[0] and full != word}
        fits = [full for full, letters in bare.items() if letters == word] or [
            full for full, letters in bare.items() if letters[-1:] == word[-1] and re.search(".*".join(word), letters)]
    else:
        fits = sorted(full for full in _vocabulary() if len(word) > 3 and full.startswith(word))
    return fits[0] if fits and all(full.startswith(fits[0]) for full in fits) else word


@cache
def _vocabulary() -> frozenset[str]:
    """Every word that offices write in headings."""
    columns = [*LEXICON["shared"].values(), *(some for spec in LEXICON["tables"].values() for some in spec["columns"].values())]
    return frozenset(word for some in columns for phrase in some for word in phrase.split()) | _OTHERS


@cache
def likeness(heading: str, phrases: tuple[str, ...], shared: frozenset[str] = frozenset()) -> float:
    """How well a heading fits the best of some phrases: 1 the same words, less the more that it says beside them.

    Upper headings that other columns share (``shared``) say nothing by themselves.
    """
    parts = [(heading, 1.0), (_REMARK.sub(" ", heading), 0.95), (_LABEL.sub("", heading), 0.95)]
    parts += [(" ".join(heading.split(" / ")[-2:]), 0.95)] if heading.count(" / ") > 1 else []
    parts += [(_REMARK.sub(" ", part), 0.9) for part in (heading.split(" / ") if " / " in heading else ()) if part not in shared]
    return max((_fit(normal(part), normal(phrase)) * weight for part, weight in parts for phrase in phrases), default=0.0)


def words_alike(heading: str, phrases: tuple[str, ...]) -> int:
    """How many words a heading has that is wholly one of some phrases, which says more the more they are; 0 for any other."""
    return len(normal(heading)) if normal(heading) in map(normal, phrases) else 0


def _fit(words: tuple[str, ...], phrase: tuple[str, ...]) -> float:
    """How well the words of a heading fit those of a phrase."""
    if not words or not phrase:
        return 0.0
    if words == phrase or "".join(words) == "".join(phrase):
        return 1.0
    if not set(phrase) <= set(words):
        return 0.0
    rest = [word for word in words if word not in phrase and word not in _FILLING]
    if not _OTHERS.isdisjoint(rest):
        return 0.0
    return 0.95 if not rest else 0.4 + 0.45 * len(phrase) / (len(phrase) + len(rest))


@cache
def phrases(table: str, column: str) -> tuple[str, ...]:
    """What offices call a column of a table; its own name and sentence too."""
    spec = TABLES[table].by_name[column]
    own = LEXICON["tables"].get(table, {}).get("columns", {}).get(column, ())
    shared = () if own and column not in ("employee_uid", "name") else LEXICON["shared"].get(column, ())
    texts = [spec.text[lang].partition(" (")[0] for lang in spec.text]
    return (*own, *shared, column.replace("_", " "), *(text for text in texts if spec.kind != "person"))


@cache
def _all_phrases() -> frozenset[tuple[str, ...]]:
    """Every phrase of any column."""
    return frozenset(normal(phrase) for table, spec in TABLES.items() for column in spec.by_name
                     for phrase in phrases(table, column)) | {("nomor",), ("keterangan",)}


def known_headings(labels: Iterable[str]) -> int:
    """How many of some labels are headings that offices use."""
    return sum(normal(part) in _all_phrases() for label in labels for part in [label.rpartition(" / ")[2]])


def table_words(table: str) -> tuple[str, ...]:
    """Words by which a sheet of a table is known."""
    return tuple(LEXICON["tables"].get(table, {}).get("words", ()))


def said_in(words: Iterable[str], text: str) -> int:
    """The length of the longest of some phrases that stands in a text, in words; 0 for none."""
    given = f" {' '.join(normal(text))} "
    return max((len(normal(word)) for word in words if f" {' '.join(normal(word))} " in given), default=0)


def is_word(kind: str, text: str) -> str:
    """The word of a list with which a text begins; empty for none."""
    given = folded(text)
    found = [word for word in LEXICON[kind] if given == word or re.match(re.escape(word) + r"\b", given)]
    return max(found, key=len, default="")


def labels_of(column: str, codes: CodeList) -> dict[str, str]:
    """Every word that means one code of a column, folded."""
    more = {word: code for code, words in LEXICON["values"].get(column, {}).items() for word in words}
    plain = {**category_names(codes), **more}
    asked = LEXICON["asked"].get(column, ())
    spelled = {variant: code for word, code in plain.items() for variant in (word, " ".join(_MARKS.sub(" ", word).split()))}
    return {word: code for word, code in spelled.items() if word not in asked}


def wave_of(heading: str) -> str | None:
    """Whether a heading speaks of before, after or later; None where it says nothing, or two things."""
    found = {wave for wave, words in LEXICON["waves"].items() if said_in(words, heading)}
    return found.pop() if len(found) == 1 else None


def is_wave(heading: str) -> bool:
    """Whether a heading says before, after or later and nothing else."""
    last = normal(heading.rpartition(" / ")[2])
    return any(last == normal(word) for words in LEXICON["waves"].values() for word in words)


def is_of_others(heading: str) -> bool:
    """Whether a heading speaks of somebody else than the row's person."""
    return not _OTHERS.isdisjoint(normal(heading))


def is_score(heading: str) -> bool:
    """Whether a heading is one of scores."""
    return said_in(LEXICON["scores"], heading) > 0
