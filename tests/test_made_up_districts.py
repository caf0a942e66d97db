"""Three made-up districts: the chapter says "not seen", "contrary" and "not enough data", and holds the planted slopes."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest
from asked import leadership

from karier_stats.answers.record import Answer, Finding
from karier_stats.intake.processed import Processed
from karier_stats.report.disclosure import protect
from karier_stats.report.wording import faults
from tests.made_up import FEW, VARIANTS, MadeUp, made_up, write_made_up

COLUMNS = ("engagement", "took_part", "contract_share", "unit_size")
DEAR = {} if os.environ.get("KARIER_LONG") else dict.fromkeys(("opposite", "five_units"), ("doubts", "averaging"))
"""Questions that take half of the chapter's time: the short form asks them in the district without association only."""
HEADLINES = ("participation.between", "participation.within", "learning_culture")


@pytest.fixture(scope="module")
def districts() -> dict[str, MadeUp]:
    return {variant: made_up(variant) for variant in VARIANTS}


@pytest.fixture(scope="module")
def answers(districts: dict[str, MadeUp]) -> dict[str, dict[str, Answer]]:
    """Every answer of the chapter by district and question."""
    evaluations = {variant: Processed.from_tables(found.tables, period=2025) for variant, found in districts.items()}
    return {
        variant: {question.__name__: question(ev) for question in leadership.QUESTIONS
                  if question.__name__ not in DEAR.get(variant, ())}
        for variant, ev in evaluations.items()
    }


@pytest.fixture(scope="module")
def found(answers: dict[str, dict[str, Answer]]) -> dict[str, dict[str, Finding]]:
    return {
        variant: {one.id.removeprefix("leadership."): one for answer in of.values() for one in answer.findings}
        for variant, of in answers.items()
    }


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_planted_slopes_lie_in_the_intervals(variant: str, districts, found) -> None:
    # The slope of learning culture is that of the answers, had all given them: rounding to whole answers shrinks it.
    made = districts[variant]
    planted = dict(zip(HEADLINES, (made.planted.between, made.planted.within, made.culture), strict=True))
    missed = [name for name, value in planted.items()
              if not found[variant][name].ci_low <= value <= found[variant][name].ci_high]
    assert missed == []


@pytest.mark.parametrize(("variant", "id", "en"), [
    ("no_association", "tidak terlihat", "is seen"),
    ("opposite", "arahnya berlawanan dengan dugaan", "this is contrary to what was expected"),
    ("five_units", "data tidak cukup untuk menyimpulkan", "the data are not enough to conclude"),
])
def test_each_district_gets_its_words(variant: str, id: str, en: str, found) -> None:
    for name in HEADLINES:
        sentence = found[variant][name].sentence
        assert id in sentence["id"] and en in sentence["en"], name


def test_the_words_of_the_null_in_full(found) -> None:
    null = found["no_association"]["participation.between"]
    bounds = [f"{100 * value:.2f}".replace(".", ",").replace("-", "−") for value in (null.ci_low, null.ci_high)]
    start = (
        "Antarunit, keterkaitan partisipasi pegawai dengan keterlibatan pimpinan tahun sebelumnya tidak terlihat: "
        f"{100 * null.estimate:.1f}".replace(".", ",").replace("-", "−")
        + f" poin persentase per poin indeks (selang kepercayaan 95 persen: {bounds[0]} s.d. {bounds[1]}; p = "
    )
    assert null.sentence["id"].startswith(start)
    assert null.sentence["id"].endswith("poin persentase per poin indeks.")
    assert "no association of staff participation with leader engagement of the year before is seen" in null.sentence["en"]


def test_no_association_is_claimed_where_there_is_none(found) -> None:
    district = found["no_association"]
    assert not any("berlawanan" in one.sentence["id"] or "lebih tinggi" in one.sentence["id"]
                   for name, one in district.items() if name in HEADLINES)
    assert "0 melihat keterkaitan" in district["inferences"].sentence["id"]
    assert "masih dapat muncul secara kebetulan" in district["doubts.specifications"].sentence["id"]


def test_every_null_tells_what_it_could_have_seen(found) -> None:
    # The bend is exempt: its unit of measure means nothing to a reader.
    for variant in found:
        for name, one in found[variant].items():
            if "tidak terlihat" in one.sentence["id"] and name != "moderators.bend":
                assert "beda terkecil yang dapat terlihat" in one.sentence["id"], name
                assert "smallest difference that could be seen" in one.sentence["en"], name


def test_the_contrary_district_recommends_nothing_and_says_it_by_every_way(found) -> None:
    district = found["opposite"]
    assert district["participation.between"].recommendation is None
    assert district["participation.between"].ci_high < 0
    assert "4 melihat keterkaitan" in district["inferences"].sentence["id"]
    assert district["participation.between"].evidence == "sedang"


def test_shares_beside_each_other_are_told_apart_or_said_not_to_be(found) -> None:
    told = {variant: found[variant]["bands"] for variant in VARIANTS}
    assert told["no_association"].brief.message["id"] == "Keikutsertaan belum terlihat berbeda menurut keterlibatan pimpinan"
    assert "sampai 11,3 poin persentase masih mungkin" in told["no_association"].brief.plain["id"]
    assert told["opposite"].brief.message["en"] == "34 in 100 staff take part under engaged heads, 60 under little-engaged ones"
    assert "differ by 25.6 percentage points (range 16.2 to 35.0)" in told["opposite"].brief.plain["en"]
    assert told["five_units"].brief is None  # two units at the top: no interval


def test_five_units_conclude_nothing_whatever_the_estimate(districts, answers, found) -> None:
    district = found["five_units"]
    assert district["participation.between"].n_units == len(FEW) == 5
    assert district["participation.between"].evidence == "lemah"
    assert all("data tidak cukup" in district[name].sentence["id"] for name in ("inferences", "heads.settled"))
    assert set(districts["five_units"].tables["leader_engagement"]["unit_id"]) == set(FEW)


def test_few_units_are_told_how_many_would_do(found) -> None:
    few, many = (found[variant]["inferences.units_needed"] for variant in ("five_units", "no_association"))
    assert few.estimate > 100 and "data ini memuat 5 unit" in few.sentence["id"]
    # 26 units see 2.6 points by the plan's own formula, so that 2 points ask for more: noncentral t, tests of ks.power
    assert 26 < many.estimate < 40


def test_one_source_shows_an_association_where_none_was_planted(found) -> None:
    # The wrong way is run, too: people who rate both see 0.5 points where leaders and culture have nothing in common.
    one = found["no_association"]["averaging.one_source"]
    same = float(one.sentence["en"].split("learning culture ")[1].split(" ")[0])
    assert same > 0.4
    assert one.ci_low < 0 < one.ci_high


def test_no_sentence_claims_more_than_its_design_nor_names_a_column(found) -> None:
    every = [(variant, name, one) for variant, of in found.items() for name, one in of.items()]
    assert [(variant, name, faults(one)) for variant, name, one in every if faults(one)] == []
    assert [(variant, name) for variant, name, one in every for words in one.sentence.values()
            if any(f"`{column}`" in words for column in COLUMNS)] == []
    assert all(math.isfinite(value) for _, _, one in every for value in (one.estimate, one.ci_low) if value is not None)


def test_districts_differ_in_nothing_but_slopes(districts) -> None:
    one, other = districts["no_association"].tables, districts["opposite"].tables
    for name in ("employee", "leader_engagement", "unit"):
        assert one[name].equals(other[name])
    assert not one["participation"].equals(other["participation"])


def test_the_public_sees_no_score_of_a_unit(districts) -> None:
    made = districts["opposite"]
    public = Processed.from_tables(made.tables, period=2025, audience="public")
    for question in (leadership.participation, leadership.learning_culture, leadership.support, leadership.averaging):
        safe = protect(question(public), "public")
        assert safe.picture is None
        assert any("nilai pribadi" in note["id"] for note in safe.notes), question.__name__


@pytest.mark.skipif(not os.environ.get("KARIER_LONG"), reason="long form (KARIER_LONG=1): the chapter is asked above, cell by cell")
def test_the_notebook_runs_on_a_district_of_five_units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import nbformat
    import papermill

    from karier_stats.report import forking

    forking.fork_kernels()
    notebook = Path(__file__).parents[1] / "notebooks" / "leadership.ipynb"
    write_made_up(tmp_path / "data" / "processed" / "lima-unit", "five_units")
    (tmp_path / "notebooks").mkdir()
    monkeypatch.setenv("KARIER_HOME", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(notebook.parents[1]))
    parameters = {"evaluation": "lima-unit", "lang": "en"}
    papermill.execute_notebook(str(notebook), str(tmp_path / "out.ipynb"), parameters, progress_bar=False)
    cells = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells
    shown = " ".join(str(output.get("data", "")) for cell in cells for output in cell.get("outputs", []))
    assert "Made-up district of five units" in shown
    assert "the data are not enough to conclude whether staff participation goes with leader engagement" in shown
