"""Facts and rules as YAML declares them: each can be computed from what its kind has, and gives what is asked for."""

from __future__ import annotations

import dataclasses
from typing import Any

import jinja2
import pytest

from karier_stats.answers import facts, rules, scorecard  # noqa: F401  (with it all kinds are known)
from karier_stats.answers.chapters import CHAPTERS
from karier_stats.answers.facts import RowFacts, facts_of
from karier_stats.answers.ledger import Ledger  # noqa: F401
from karier_stats.stats.description.describe import Row
from karier_stats.stats.numerics.estimate import Estimate
from karier_stats.words import catalogue


def kinds(of: type = facts.Factual) -> dict[str, type]:
    """Every kind of result with facts, by its name."""
    found = {one.__name__: one for one in of.__subclasses__()}
    return found | {name: kind for one in found.values() for name, kind in kinds(one).items()}


DECLARED = [(kind, name) for kind, declared in facts.DECLARED.items() for name in declared]


@pytest.mark.parametrize(("kind", "name"), DECLARED, ids=[".".join(one) for one in DECLARED])
def test_an_expression_names_what_its_kind_has(kind, name):
    own = kinds()[kind]
    fields = {field.name for field in dataclasses.fields(own)} if dataclasses.is_dataclass(own) else set()
    declared = {fact for one in own.__mro__ for fact in facts.DECLARED.get(one.__name__, ())}
    names, _ = facts.expression(facts.DECLARED[kind][name])
    assert names <= {"it", *dir(own), *fields, *declared}
    assert name not in fields and not hasattr(own, name)  # Python would hide it


def test_a_fact_is_computed_from_others():
    row = RowFacts(Row("", "a", "", None, Estimate(0.25), 5, 20), {"": {"a": ("Satu", "One")}})
    assert (row.k, row.rest, row.half, row.hundred) == (5, 15, 2, 25)
    assert row.named["en"] == "One (25.0 percent)"
    assert facts_of(row.row).count == 0


def test_an_unknown_fact_is_an_error_and_no_empty_text():
    row = RowFacts(Row("", "a", "", None, Estimate(0.25), 5, 20), {})
    with pytest.raises(AttributeError, match=r"RowFacts\.colour"):
        row.colour
    _, value = facts.expression("row.colour + 1")
    with pytest.raises(jinja2.UndefinedError, match="colour"):
        value({"row": row.row})


def choosing(node: object) -> list[dict[str, Any]]:
    """Every part of a catalogue that names a rule."""
    if not isinstance(node, dict):
        return []
    own = [node] if isinstance(node.get("choose"), str) else []
    return own + [one for below in node.values() for one in choosing(below)]


@pytest.mark.parametrize("name", rules.DECLARED)
def test_a_rule_always_gives_a_key_and_names_what_it_is_given(name):
    *conditions, last = rules.DECLARED[name].values()
    assert last is True and all(facts.expression(str(one))[0] <= {"it", "effect"} for one in conditions)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_sentence_of_a_chosen_part_stands_under_a_key_of_its_rule(chapter):
    for part in choosing(catalogue.room_of(chapter)):
        said = part.get("said", {})
        assert part["choose"] in {*rules.RULES, "verdict"}
        if part["choose"] in rules.DECLARED and isinstance(said, dict) and "id" not in said:
            assert set(said) <= rules.DECLARED[part["choose"]].keys(), part["choose"]
