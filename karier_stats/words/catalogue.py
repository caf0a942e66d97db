"""Sentences by key: ``say(key, lang, **facts)``, and :class:`Phrase`, a sentence that has not been said yet.

The catalogues are the YAML files beside this module, one per room, nested; a leaf holds both languages side by side::

    left_out:
      id: "{n} dari {total} baris dibuang ({columns})."
      en: "{n} of {total} {total:row was|rows were} dropped ({columns})."

Code chooses a key and hands over facts; it holds no sentence. How a fact is written:

- ``{n}``: a whole number with its thousands mark, a text as it is, a phrase or a ``{"id", "en"}`` pair in the language
  of the sentence, a sequence as a list ("a, b, dan c"), a :class:`Figure` as it says itself;
- ``{x:number}``, ``{x:number.2}``, ``{x:percent.0}``, ``{x:integer}``, ``{x:rupiah}``, ``{x:p}``, ``{x:level}``,
  ``{x:date}``: a number as :mod:`karier_stats.words.numbers` writes it; ``{year:plain}``: without any mark;
- ``{n:person|people}``: the first word for one (or a sequence of one), the second for any other number;
- ``{names:codes}``: names of columns, each in backticks; ``{what:capital}``, ``{what:lower}``: its first letter so;
- ``{row.label}``: an attribute of a fact.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from karier_stats.words import numbers
from karier_stats.words.numbers import LANGUAGES

FOLDER = Path(__file__).parent


class Phrase(Mapping[str, str]):
    """A key (room and place in its catalogue, such as ``"compare.left_out"``) with the facts that its sentence names."""

    __slots__ = ("facts", "key")

    def __init__(self, key: str, **facts: Any) -> None:
        self.key, self.facts = key, facts

    def __getitem__(self, lang: str) -> str:
        return say(self.key, lang, **self.facts)

    def __iter__(self) -> Iterator[str]:
        return iter(LANGUAGES)

    def __len__(self) -> int:
        return len(LANGUAGES)

    def __repr__(self) -> str:
        return f"Phrase({self.key!r}, {', '.join(f'{name}={value!r}' for name, value in self.facts.items())})"

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Mapping) and dict(self) == dict(other))

    def __hash__(self) -> int:
        return hash(self.key)

    def __deepcopy__(self, memo: object) -> Phrase:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(Phrase, self.key, **self.facts), ()


class Joined(Mapping[str, str]):
    """Phrases one after the other, as one text in any language; empty ones leave no blank."""

    __slots__ = ("mark", "parts")

    def __init__(self, *parts: Mapping[str, str] | None, mark: str = " ") -> None:
        self.parts, self.mark = [part for part in parts if part is not None], mark

    def __getitem__(self, lang: str) -> str:
        return self.mark.join(text for part in self.parts if (text := part[lang]))

    def __iter__(self) -> Iterator[str]:
        return iter(LANGUAGES)

    def __len__(self) -> int:
        return len(LANGUAGES)


class Figure(NamedTuple):
    """A number that brings the way it is written: a name of ``KINDS``, and decimals, of no use to kinds without them."""

    value: float | None
    kind: str = "number"
    digits: int = 1

    def say(self, lang: str) -> str:
        """The number in words of one language."""
        return KINDS[self.kind](self.value, lang, self.digits)


KINDS: dict[str, Callable[[Any, str, int], str]] = {
    "number": numbers.number,
    "integer": lambda value, lang, digits: numbers.integer(value, lang),
    "percent": numbers.percent,
    "sign": lambda value, lang, digits: numbers.percent(value, lang, digits, sign=True),
    "rupiah": lambda value, lang, digits: numbers.rupiah(value, lang),
    "money": lambda value, lang, digits: numbers.rupiah(value, lang, short=False),
    "p": lambda value, lang, digits: numbers.p_value(value, lang),
    "p_bare": lambda value, lang, digits: numbers.p_value(value, lang).removeprefix("p ").removeprefix("= "),
    "level": lambda value, lang, digits: numbers.level_percent(value, lang),
    "date": lambda value, lang, digits: numbers.date(value, lang),
    "plain": lambda value, lang, digits: str(value),
}


def say(key: str, lang: str, **facts: Any) -> str:
    """One sentence of the catalogues in one language, with the facts that it names.

    A KeyError where there is no such key, or a fact is not given (:class:`NotGiven`): a defect of the program, never of the
    data.
    """
    return _Sentence(lang).vformat(template(key)[lang], (), facts)


def has(key: str) -> bool:
    """Whether the catalogues hold a sentence under this key."""
    try:
        template(key)
    except KeyError:
        return False
    return True


def column_of(column: str) -> numbers.Text:
    """A column in words; its own name where the catalogue has none."""
    key = f"columns.{column}"
    return Phrase(key) if has(key) else {"id": column, "en": column}


def label_of(names: Mapping[str, Any], column: str, code: str) -> numbers.Text:
    """A code in words; one outside its list, such as a typed name, as it is."""
    known = names.get(column, {})
    if code in known:
        return {"id": known[code][0], "en": known[code][1]} if isinstance(known[code], tuple) else known[code]
    text = str(code).rstrip(".")
    return {"id": text, "en": text}


@cache
def template(key: str) -> Mapping[str, str]:
    """Both languages of one key, facts still in braces.

    Raises
    ------
    KeyError
        No catalogue, no such key, or what stands there is no sentence in every language.
    """
    room, *path = key.split(".")
    found: Any = room_of(room)
    for name in path:
        found = found[name]
    if not isinstance(found, dict) or set(found) != set(LANGUAGES):
        raise KeyError(f"{key} is no sentence")
    return found


def node(key: str, default: Any = None) -> dict[str, Any]:
    """What stands under a key, sentences and all else; ``default`` where nothing does (without one a KeyError)."""
    room, *path = key.split(".")
    found: Any = room_of(room)
    for name in path:
        if not isinstance(found, dict) or name not in found:
            if default is None:
                raise KeyError(key)
            return dict(default)
        found = found[name]
    return dict(found)


@cache
def room_of(room: str) -> dict[str, Any]:
    """The catalogue of one room as nested dictionaries."""
    path = FOLDER / f"{room}.yml"
    if not path.is_file():
        raise KeyError(f"no catalogue {room}.yml")
    loaded: dict[str, Any] = own_data(path)
    return loaded


def own_data(path: Path) -> Any:
    """The content of one of the package's own YAML files; those from outside are read with more care."""
    import yaml

    return yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


class NotGiven(KeyError):
    """A fact that words name and nobody gave."""


class _Sentence(string.Formatter):
    """Writes facts as one language does."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        """One fact by its name."""
        if key not in kwargs:
            raise NotGiven(key)
        return kwargs[str(key)]

    def format_field(self, value: Any, format_spec: str) -> str:
        """One fact by what stands after its colon."""
        kind, _, digits = format_spec.partition(".")
        if "|" in format_spec:
            one, many = format_spec.split("|")
            return one if (len(value) if hasattr(value, "__len__") else value) == 1 else many
        if kind in KINDS:
            return KINDS[kind](value, self.lang, int(digits) if digits else 1)
        if kind == "codes":
            return numbers.listing([f"`{name}`" for name in value], self.lang)
        text = told(value, self.lang)
        if kind == "capital":
            return capital(text)
        if kind == "lower":
            return text[:1].lower() + text[1:]
        if kind:
            raise KeyError(f"no way to write a fact is called {format_spec}")
        return text


def capital(text: str) -> str:
    """A text as a sentence begins."""
    return text[:1].upper() + text[1:]


def told(value: Any, lang: str) -> str:
    """A fact without a format: text, whole number, phrase, figure or a sequence of them."""
    if isinstance(value, str):
        return value
    if hasattr(value, "say"):
        return str(value.say(lang))
    if isinstance(value, Mapping):
        return str(value[lang])
    if isinstance(value, list | tuple):
        return numbers.listing([told(one, lang) for one in value], lang)
    if isinstance(value, float) and not value.is_integer():
        raise TypeError(f"a fraction needs a format: {value}")
    return numbers.integer(value, lang)
