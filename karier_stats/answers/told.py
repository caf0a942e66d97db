"""Expressions of facts and rules: what ``facts.yml`` and ``rules.yml`` declare, beside what takes more in Python."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karier_stats.answers import phrases, verdicts
from karier_stats.stats.association.slopes import ENOUGH, called
from karier_stats.stats.description.contrasts import LEAST, contrast
from karier_stats.stats.results import METHODS
from karier_stats.words import Figure, Joined, Phrase, catalogue
from karier_stats.words.catalogue import column_of, label_of, own_data

if TYPE_CHECKING:
    from jinja2 import Environment

DECLARED: Mapping[str, Mapping[str, str]] = own_data(Path(__file__).with_name("facts.yml"))
"""Expressions by kind of result and fact."""
BESIDE: dict[str, Any] = {
    "say": Phrase, "figure": Figure, "joined": Joined, "nothing": Joined(), "has": catalogue.has, "called": called,
    "label_of": label_of, "column_of": column_of, "coverage_of": phrases.coverage_of,
    "lowered": phrases.lowered, "shortened": phrases.shortened, "first_few": phrases.few, "plain_share": phrases.plainly,
    "span": phrases.span, "unsigned": phrases.unsigned, "weigh": phrases.matters, "weigh_or_see": phrases.judged,
    "could_see": phrases.unsettled, "verdict_key": phrases.verdict_key, "margin_words": phrases.margin_words,
    "smallest_seen": phrases.smallest_seen, "margin": verdicts.smallest, "METHODS": METHODS, "LEAST": LEAST,
    "LISTED": phrases.LISTED, "ENOUGH": ENOUGH, "nan": math.nan, "finite": math.isfinite, "abs": abs, "len": len,
    "max": max, "min": min, "round": round, "near": math.isclose, "contrast": contrast, "verdict": verdicts.verdict,
    "commitment": verdicts.commitment,
}
"""What an expression may name beside facts."""


class Told:
    """A kind of result whose facts stand in ``facts.yml`` under the name of its class, or of one it is made from."""

    def __getattr__(self, name: str) -> Any:
        """The value of a declared fact.

        Raises
        ------
        AttributeError
            Neither the class nor ``facts.yml`` knows it.
        """
        for kind in type(self).__mro__:
            if name in DECLARED.get(kind.__name__, ()):
                text = DECLARED[kind.__name__][name]
                names, _ = expression(text)
                return value_of(text, {one: self if one == "it" else getattr(self, one) for one in names})
        raise AttributeError(f"{type(self).__name__}.{name}", name=name, obj=self)


def value_of(text: str, known: Mapping[str, Any]) -> Any:
    """What an expression comes to, of what is known by name."""
    return expression(text)[1](known)


@cache
def expression(text: str) -> tuple[frozenset[str], Callable[[Mapping[str, Any]], Any]]:
    """The facts that an expression names, and how it is computed from them.

    Raises
    ------
    jinja2.TemplateSyntaxError
        It is none.

    Notes
    -----
    What stands beside facts is handed over with them, and only what is named: Jinja copies all that an engine holds at
    every call, which takes ten times as long as most expressions.
    """
    from jinja2 import meta

    named = meta.find_undeclared_variables(_engine().parse("{{" + text + "}}"))
    beside = {name: BESIDE[name] for name in named & BESIDE.keys()}
    compute = _engine().compile_expression(text, undefined_to_none=False)
    return frozenset(named - beside.keys()), lambda known: compute(**beside, **known)


@cache
def _engine() -> Environment:
    """Jinja's expressions; what is not known is an error, never an empty text."""
    from jinja2 import Environment, StrictUndefined

    engine = Environment(undefined=StrictUndefined, autoescape=False)
    engine.globals.clear()
    engine.filters["column_of"] = column_of
    return engine
