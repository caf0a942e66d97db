"""What reaches the notebook: the bundles of one answer, in order, after disclosure control."""

import base64
import json
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import karier_stats as ks
from karier_stats.answers.record import Answer, Field, Finding, Picture, Table
from karier_stats.report.record import as_data
from karier_stats.words.numbers import both
from karier_stats.words.record import RECORD_MIME

QUESTION = both("Apa yang dibutuhkan?", "What is needed?")


def answer(n=50, **more):
    data = pd.DataFrame({"label_id": ["TI", "Hukum"], "label_en": ["IT", "Law"], "value": [0.6, 0.4], "n": [n, n]})
    finding = Finding(
        id="needs.first", chapter="needs", question=QUESTION, estimate=0.6, unit_of_measure="share", ci_low=0.5,
        ci_high=0.7, n=np.int64(n), design="descriptive", evidence="kuat", source_tables=("need",),
        sentence=both("TI dipilih 60 persen.", "IT was chosen by 60 percent."),
    )
    return Answer(
        id="needs.first", chapter="needs", findings=(finding,),
        picture=Picture("bars", data, QUESTION, both("Bagian", "Share"), both("", ""), 2 * n, "percent"),
        table=Table(data.rename(columns={"label_id": "topic_id", "label_en": "topic_en"}),
                    (Field("topic", both("Bidang", "Field")), Field("value", both("Bagian", "Share"), "percent")),
                    QUESTION, count="n"),
        notes=(both("Satu pilihan pertama per orang.", "One first choice per person."),), **more,
    )


@pytest.fixture
def shown(monkeypatch):
    """Every bundle that is displayed, as (data, metadata)."""
    bundles = []

    def display(data, *, raw, metadata):
        assert raw
        bundles.append((data, metadata))

    monkeypatch.setattr("IPython.display.display", display)
    return bundles


def test_picture_then_table_then_words(shown):
    assert ks.show(answer()) is None
    assert [sorted(data) for data, _ in shown] == [
        [RECORD_MIME, "image/png", "text/plain"], [RECORD_MIME, "text/html", "text/plain"],
        [RECORD_MIME, "text/html", "text/plain"],
    ]


def test_the_picture_has_an_alternative_text_made_from_its_data(shown):
    ks.show(answer())
    data, metadata = shown[0]
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert metadata["image/png"]["alt"] == data["text/plain"]
    assert "Tertinggi: TI 60,0%; terendah: Hukum 40,0%." in data["text/plain"]


def test_words_carry_finding_badge_and_notes(shown):
    ks.show(answer())
    data, _ = shown[-1]
    assert "TI dipilih 60 persen." in data["text/html"]
    assert "k-evidence-kuat" in data["text/html"]
    assert "Satu pilihan pertama per orang." in data["text/html"]
    assert data["text/plain"].startswith("TI dipilih 60 persen.\n  [Bukti: kuat · gambaran · n = 50]")


def test_findings_are_plain_json_in_both_languages(shown):
    ks.show(answer())
    found = json.loads(json.dumps(shown[-1][0][RECORD_MIME]["findings"]))
    assert [item["id"] for item in found] == ["needs.first"]
    assert found[0]["n"] == 50
    assert set(found[0]["sentence"]) == {"id", "en"}


def test_english_answers_are_shown_in_english(shown):
    ks.show(replace(answer(), lang="en"))
    everything = json.dumps([data for data, _ in shown])
    assert "IT was chosen by 60 percent." in everything
    assert "60.0%" in everything
    assert "Bukti" not in everything


def test_small_groups_never_reach_the_notebook(shown):
    ks.show(replace(answer(n=7), audience="public"))
    data, _ = shown[-1]
    found = data[RECORD_MIME]["findings"][0]
    assert found["suppressed"] is True
    assert found["estimate"] is None and found["n"] == 0
    everything = json.dumps([bundle for bundle, _ in shown])
    assert "60 persen" not in everything
    assert "60,0%" not in everything


def test_an_answer_without_picture_and_table_is_words_only(shown):
    ks.show(replace(answer(), picture=None, table=None))
    assert len(shown) == 1


def test_as_data_refuses_what_is_not_a_number():
    odd = replace(answer().findings[0], ci_level=float("nan"))
    with pytest.raises(ValueError, match="Out of range float"):
        as_data([odd])


def test_close_lists_the_facts(shown):
    facts = {"evaluation": "contoh", "versions": {"karier_stats": "0.1.0", "numpy": "2"}, "units": ["a", "b"],
             "hash": "<b>"}
    ks.close(SimpleNamespace(lang="en", facts=lambda: facts))
    data, _ = shown[0]
    assert data["text/plain"] == (
        "evaluation: contoh\nkarier_stats: 0.1.0\nnumpy: 2\nunits: a, b\nhash: <b>"
    )
    assert "<b>" not in data["text/html"]
    assert "What this chapter was computed from" in data["text/html"]
    assert data["text/html"].count('scope="row"') == 5


def executed(bundles):
    """A notebook whose one cell has shown these bundles."""
    from nbformat.v4 import new_code_cell, new_notebook, new_output

    parameters = new_code_cell('# Parameters\nlang = "id"\n', metadata={"tags": ["injected-parameters"]})
    cell = new_code_cell("x", outputs=[new_output("display_data", data, metadata=about) for data, about in bundles])
    return new_notebook(cells=[parameters, cell])


def test_the_other_language_is_written_from_the_records_as_if_it_had_been_run(shown):
    from karier_stats.report.record import in_language

    for lang in ("id", "en"):
        ks.show(replace(answer(), lang=lang))
        facts = {"parameters": {"lang": lang, "period": 2025}}
        ks.close(SimpleNamespace(lang=lang, facts=lambda facts=facts: facts))
    first, second = executed(shown[:4]), executed(shown[4:])
    told = in_language(first, "en")
    assert [output.data for output in told.cells[1].outputs] == [output.data for output in second.cells[1].outputs]
    assert [output.metadata for output in told.cells[1].outputs] == [output.metadata for output in second.cells[1].outputs]
    assert told.cells[0].source == '# Parameters\nlang = "en"\n'
    assert first.cells[0].source == '# Parameters\nlang = "id"\n'


def test_a_kernel_of_the_report_leaves_the_writing_to_it(shown, monkeypatch):
    from karier_stats.report.record import RECORDS_ONLY, in_language

    ks.show(answer())
    monkeypatch.setenv(RECORDS_ONLY, "1")
    ks.show(answer())
    assert [list(data) for data, _ in shown[3:]] == [[RECORD_MIME]] * 3
    written, direct = (in_language(executed(part), "id").cells[1].outputs for part in (shown[3:], shown[:3]))
    assert [output.data for output in written] == [output.data for output in direct]


@pytest.mark.parametrize("audience", ["internal", "public"])
def test_no_person_is_in_the_record_of_a_picture_of_people(shown, audience):
    rng = np.random.default_rng(3)
    before = rng.normal(60, 10, 40)
    people = pd.DataFrame({"before": before, "after": before + rng.normal(3, 5, 40), "arm_id": "Peserta", "arm_en": "Participants"})
    one = Picture("change", people, QUESTION, both("Nilai", "Score"), both("Nilai", "Score"), 40)
    ks.show(replace(answer(), picture=one, audience=audience))
    record = json.dumps(shown[0][0][RECORD_MIME])
    numbers = {round(float(number), 3) for number in re.findall(r"-?\d+\.\d+", record)}
    persons = {round(value, 3) for value in (*people["before"], *people["after"], *(people["after"] - people["before"]))}
    assert not numbers & persons
    assert len(shown[0][0][RECORD_MIME]["picture"]["data"]["n"]) == 1


def test_days_and_missing_counts_come_back_from_a_record(shown):
    import datetime

    data = pd.DataFrame({
        "x": [datetime.date(2025, 1, 1), datetime.date(2025, 7, 1)] * 2, "value": [0.1, np.nan, 0.3, 0.4],
        "n": pd.array([20, None, 30, 30], "Int64"), "group_id": ["a", "a", "b", "b"], "group_en": ["a", "a", "b", "b"],
    })
    ks.show(replace(answer(), picture=Picture("lines", data, QUESTION, QUESTION, QUESTION, 50, "percent")))
    assert "1 Juli 2025" in shown[0][0]["text/plain"]
    assert json.dumps(shown[0][0][RECORD_MIME], allow_nan=False)
