"""Facts as ``answers/facts.yml`` declares them: each can be computed from others of its kind, and none stands twice."""

from __future__ import annotations

import dataclasses

import jinja2
import pytest

from karier_stats.answers import told
from karier_stats.answers.facts import RowFacts, facts_of
from karier_stats.answers.plan_facts import facts_of as _all_kinds_known  # noqa: F401
from karier_stats.stats.description.describe import Row
from karier_stats.stats.numerics.estimate import Estimate


def kinds(of: type = told.Told) -> dict[str, type]:
    """Every kind of result with facts, by its name."""
    found = {one.__name__: one for one in of.__subclasses__()}
    return found | {name: kind for one in found.values() for name, kind in kinds(one).items()}


DECLARED = [(kind, name) for kind, facts in told.DECLARED.items() for name in facts]


@pytest.mark.parametrize(("kind", "name"), DECLARED, ids=[".".join(one) for one in DECLARED])
def test_an_expression_names_what_its_kind_has(kind, name):
    own = kinds()[kind]
    fields = {field.name for field in dataclasses.fields(own)} if dataclasses.is_dataclass(own) else set()
    declared = {fact for one in own.__mro__ for fact in told.DECLARED.get(one.__name__, ())}
    names, _ = told.expression(told.DECLARED[kind][name])
    assert names <= {"it", *dir(own), *fields, *declared}
    assert name not in fields and not hasattr(own, name)  # Python would hide it


def test_a_fact_is_computed_from_others():
    row = RowFacts(Row("", "a", "", None, Estimate(0.25), 5, 20), {"": {"a": ("Satu", "One")}})
    assert (row.k, row.rest, row.half, row.hundred) == (5, 15, 2, 25)
    assert row.named["en"] == "One (25.0 percent)"
    assert facts_of(row.row).count == 0


def test_an_unknown_fact_is_an_error_and_no_empty_text():
    row = RowFacts(Row("", "a", "", None, Estimate(0.25), 5, 20), {})
    with pytest.raises(AttributeError, match="'RowFacts' has no fact 'colour'"):
        row.colour
    _, value = told.expression("row.colour + 1")
    with pytest.raises(jinja2.UndefinedError, match="colour"):
        value({"row": row.row})
