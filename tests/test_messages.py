"""Every defect has one stable code and the same facts in both languages."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from karier_stats.errors import InputError, KarierError, StatisticsError, describe
from karier_stats.words.catalogue import room_of

PACKAGE = Path(__file__).parents[1] / "karier_stats"
MESSAGES = room_of("errors")
CODES = sorted(MESSAGES)


def fields(template: str) -> set[str]:
    """The names between braces of a template."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_both_languages_know_the_same_codes():
    assert [code for code, both in MESSAGES.items() if set(both) != {"id", "en"}] == []


def test_both_languages_name_the_same_facts():
    assert [code for code in CODES if fields(MESSAGES[code]["id"]) != fields(MESSAGES[code]["en"])] == []


def test_every_code_that_is_raised_has_a_message():
    source = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    used = set(re.findall(r'"(K[1-5]\d\d)"', source))
    assert used - set(CODES) == set()


def raised(path: Path) -> Iterator[tuple[str, int, str, set[str]]]:
    """Every error that a module makes with a code and named facts: where, the code and the facts."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        named = {word.arg for word in node.keywords}
        if name.endswith(("Error", "Fault")) and node.args[0].value in MESSAGES and None not in named:
            yield path.name, node.lineno, node.args[0].value, named


def test_every_error_is_given_the_facts_that_its_message_names_and_no_others():
    made = [found for path in PACKAGE.rglob("*.py") for found in raised(path)]
    assert len(made) > 200
    assert [(*where, code) for *where, code, given in made if given != fields(MESSAGES[code]["id"])] == []


def test_a_statistics_error_is_a_value_error_with_its_exit_code():
    error = StatisticsError(CODES[-1])
    assert isinstance(error, ValueError)
    assert (error.exit_code, InputError.exit_code) == (3, 2)


def test_the_message_begins_with_its_code(monkeypatch):
    code = next(code for code in CODES if not fields(MESSAGES[code]["id"]))
    assert describe(code, "en").startswith(f"{code} ")
    monkeypatch.setenv("KARIER_LANG", "en")
    assert str(KarierError(code)) == describe(code, "en")
    monkeypatch.setenv("KARIER_LANG", "xx")
    assert str(KarierError(code)) == describe(code, "id")


@pytest.mark.parametrize(("lang", "seen"), [("id", "satu\\x1b[2J"), ("en", "one\\x1b[2J")])
def test_a_fact_may_be_a_phrase_and_is_as_visible_as_any(lang, seen):
    code, name = next((code, min(named)) for code in CODES if len(named := fields(MESSAGES[code]["id"])) == 1)
    assert seen in describe(code, lang, **{name: {"id": "satu\x1b[2J", "en": "one\x1b[2J"}})
