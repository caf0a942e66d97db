"""The catalogues: both languages, the same facts, and every way to write one."""

from __future__ import annotations

import ast
import copy
import pickle

import pytest
import yaml

from karier_stats.words import Figure, Joined, Phrase, catalogue, say
from karier_stats.words.numbers import LANGUAGES
from tests import sentences

ROOMS = sorted(path.stem for path in catalogue.FOLDER.glob("*.yml"))


@pytest.fixture
def written(monkeypatch):
    """A catalogue of one room, made up here."""
    room = {
        "plain": {"id": "{n} orang", "en": "{n} {n:person|people}"},
        "kinds": dict.fromkeys(LANGUAGES, "{x:number.2} {x:percent.0} {m:rupiah} {y:plain} {q:p}"),
        "nested": {"id": "Ada {who:capital}: {names:codes}; {row.n}.", "en": "There: {who:capital}; {names:codes}; {row.n}."},
        "deep": {"er": {"id": "a", "en": "b"}},
    }
    catalogue.template.cache_clear()
    monkeypatch.setattr(catalogue, "room_of", lambda name: room)
    yield
    catalogue.template.cache_clear()


def test_a_number_agrees_with_its_noun(written):
    assert say("made.plain", "id", n=1234) == "1.234 orang"
    assert [say("made.plain", "en", n=n) for n in (1, 2, 0)] == ["1 person", "2 people", "0 people"]


def test_each_kind_of_number_is_written_as_the_language_does(written):
    facts = {"x": 0.456, "m": 1.5e9, "y": 2025, "q": 0.0004}
    assert say("made.kinds", "id", **facts) == "0,46 46 persen Rp1,5 miliar 2025 p < 0,001"
    assert say("made.kinds", "en", **facts) == "0.46 46 percent Rp1.5 billion 2025 p < 0.001"


def test_a_fact_may_be_a_phrase_a_pair_a_figure_or_a_list(written):
    class Row:
        n = 3

    who = Phrase("made.plain", n=2)
    assert say("made.nested", "en", who=who, names=["a", "b"], row=Row) == "There: 2 people; `a` and `b`; 3."
    assert catalogue.told([{"id": "x", "en": "y"}, Figure(0.5, "percent", 0)], "id") == "x dan 50 persen"


def test_a_phrase_is_a_text_in_both_languages(written):
    one = Phrase("made.plain", n=1)
    assert dict(one) == {"id": "1 orang", "en": "1 person"}
    assert pickle.loads(pickle.dumps(one)) == one == copy.deepcopy(one)
    assert Joined(one, None, Phrase("made.deep.er"))["en"] == "1 person b"


def test_what_is_not_there_is_a_defect_and_no_sentence(written):
    for wrong in ("made.nothing", "made.deep"):
        with pytest.raises(KeyError):
            say(wrong, "id")
    with pytest.raises(KeyError):
        say("made.plain", "id")
    with pytest.raises(TypeError, match="format"):
        say("made.plain", "id", n=0.5)


@pytest.mark.parametrize("room", ROOMS)
def test_both_languages_name_the_same_facts(room):
    keys = sentences.keys(room)
    assert keys
    assert not [key for key, texts in keys.items() if set(texts) != set(LANGUAGES)]
    assert not [key for key, texts in keys.items() if sentences.facts_of(texts["id"]) != sentences.facts_of(texts["en"])]


def test_every_key_that_code_names_whole_is_there():
    """A sentence that goes from a catalogue takes with it who says it: else a reader meets a KeyError."""
    named = {
        (call.args[0].value, path.name) for path in sorted(catalogue.FOLDER.parent.rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(call, ast.Call) and call.args
        and getattr(call.func, "id", getattr(call.func, "attr", "")) in ("Phrase", "say")
        and isinstance(call.args[0], ast.Constant)
    }
    assert len(named) > 300
    assert not [one for one in sorted(named) if not catalogue.has(one[0])]


@pytest.mark.parametrize("room", ROOMS)
def test_no_key_stands_twice(room):
    """Of two the reader would keep the last, without a word."""
    def keys(node: yaml.Node) -> None:
        names = [key.value for key, _ in node.value] if isinstance(node, yaml.MappingNode) else []
        assert len(names) == len(set(names)), names
        for below in [value for _, value in node.value] if names else []:
            keys(below)

    keys(yaml.compose((catalogue.FOLDER / f"{room}.yml").read_text(encoding="utf-8")))
