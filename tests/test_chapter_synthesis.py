"""The synthesis reads findings, weighs them by the rubric, and adds no number."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from asked import synthesis
from small_office import office

from karier_stats.answers import ledger, scorecard
from karier_stats.answers.record import Finding, Recommendation
from karier_stats.intake.processed import Processed
from karier_stats.report import manifest
from karier_stats.report.record import as_data
from karier_stats.report.wording import faults
from karier_stats.views.evaluation import with_views
from karier_stats.words.numbers import both

ADVICE = Recommendation(
    both("Bertindak.", "Act."), both("BKPSDM", "BKPSDM"), both("2026", "2026"), both("Selesai", "Done"),
)


def finding(
    name: str, estimate: float | None = 5.0, low: float | None = 4.0, high: float | None = 6.0, **more: object,
) -> Finding:
    """A finding of any chapter."""
    plain = {
        "unit_of_measure": "points", "n": 50, "design": "descriptive", "evidence": "kuat", "source_tables": ("unit",),
        "question": both("Apa?", "What?"), "sentence": both(f"Kalimat {name}.", f"Sentence {name}."),
    }
    return Finding(
        id=name, chapter=name.partition(".")[0], estimate=estimate, ci_low=low, ci_high=high, **{**plain, **more},
    )


@pytest.fixture
def ev() -> Processed:
    tables = {
        "unit": pd.DataFrame({"unit_id": ["U"], "unit_name": ["Unit"]}),
        "employee": pd.DataFrame({"employee_uid": ["a"], "year": 2025, "unit_id": "U"}),
        "recommendation": pd.DataFrame({
            "rec_id": ["1", "2", "3"], "year": [2024, 2024, 2025], "action": "x", "owner_unit": "U",
            "state": ["selesai", "proses", "belum"],
            "due_on": pd.to_datetime(["2025-01-01", "2025-06-30", "2026-06-30"]),
        }),
    }
    return with_views(Processed.from_tables(tables, period=2025))


@pytest.fixture
def given(tmp_path, monkeypatch):
    """Write findings where the synthesis looks for them."""
    def write(*findings: Finding) -> None:
        path = tmp_path / "findings.json"
        path.write_text(json.dumps({"findings": as_data(findings)}), encoding="utf-8")
        monkeypatch.setenv(ledger.VARIABLE, str(path))
    return write


def test_findings_come_back_as_they_were_written(ev, given):
    one = finding("outcomes.change", headline=True, recommendation=ADVICE)
    given(one, finding("synthesis.overall"))
    assert ledger.ledger(ev).findings == (one,)
    assert repr(ledger.ledger(ev)) == f"{one.number} {one.sentence['id']}"


@pytest.mark.parametrize(
    ("low", "high", "judged"),
    [(4, 6, "favourable"), (-6, -4, "unfavourable"), (-5, 5, "not_visible"), (None, None, "not_visible"),
     (0.5, 6, "leaning"), (-6, -0.5, "unfavourable"), (-1, 2, "too_small"), (0.5, 2, "too_small")],
)
def test_quantities_with_a_direction_are_judged_by_their_interval(low, high, judged):
    assert scorecard.judge(finding("outcomes.change", low=low, high=high)) == judged


@pytest.mark.parametrize(
    ("low", "high", "judged"), [(1e6, 2e6, "unfavourable"), (-2e6, -1e6, "favourable"), (-1e6, 1e6, "not_visible")],
)
def test_money_has_no_margin_of_its_own_and_is_held_against_zero(low, high, judged):
    assert scorecard.judge(finding("challenges.budget_gap", low=low, high=high, unit_of_measure="Rp")) == judged


def test_descriptions_are_judged_only_where_they_call_for_action():
    assert scorecard.judge(finding("participation.rate")) == "described"
    assert scorecard.judge(finding("participation.rate", recommendation=ADVICE)) == "action"
    assert scorecard.judge(finding("participation.rate", evidence="belum_ada_data")) == "no_data"


def test_a_criterion_is_as_sure_as_its_weakest_finding():
    line = scorecard.weigh(
        "leaders",
        [finding("leadership.participation.between"), finding("leadership.learning_culture", evidence="lemah")],
    )
    assert (line.judgement, line.evidence) == ("favourable", "lemah")
    # the summary shows the stronger of the two with its own grade: the verdict names both
    assert line.strength["id"] == "lemah sampai kuat" and line.strength["en"] == "weak to strong"


@pytest.mark.parametrize(
    ("up", "down", "judged"),
    [
        ((0.4, 0.5), (0.03, 0.08), "favourable"), ((0.1, 0.3), (0.2, 0.4), "not_visible"),
        ((0.0, 0.1), (0.2, 0.4), "unfavourable"),
    ],
)
def test_ordered_levels_are_judged_as_a_pair(up, down, judged):
    pair = [
        finding("outcomes.change.improved", low=up[0], high=up[1]),
        finding("outcomes.change.declined", low=down[0], high=down[1]),
    ]
    assert scorecard.weigh("benefit", pair).judgement == judged


@pytest.mark.parametrize(("findings", "code"), [
    ([], "open"),
    ([finding("outcomes.change", low=-5, high=5)], "open"),
    ([finding("outcomes.change", low=-1, high=1, design="comparison_group")], "small"),
    ([finding("outcomes.change", low=1, high=6, design="comparison_group")], "leaning"),
    ([finding("outcomes.change", low=1, high=6, design="before_after")], "change"),
    ([finding("outcomes.change", low=-5, high=-4, design="randomised")], "against"),
    ([finding("outcomes.change", evidence="lemah", design="comparison_group")], "weak"),
    ([finding("outcomes.change", design="comparison_group")], "continue"),
    ([finding("outcomes.change", design="comparison_group"), finding("challenges.budget_gap")], "improve"),
    ([finding("outcomes.change", design="before_after")], "change"),
    ([finding("outcomes.change", low=-5, high=-4, design="before_after")], "change"),
])
def test_the_conclusion_follows_the_benefit(findings, code):
    assert scorecard.scorecard(findings).code == code


def test_the_verdict_is_prose_with_the_design_of_its_ground(ev, given):
    given(finding("outcomes.change", design="comparison_group"), finding("challenges.budget_gap", evidence="sedang"))
    found = synthesis.overall(ev).findings[0]
    assert found.sentence["id"].startswith(
        "Hasil evaluasi mendukung pelanjutan program dengan perbaikan. Manfaat bagi kompetensi peserta terlihat, "
        "dengan bukti yang kuat."
    )
    assert "kecukupan anggaran (bukti sedang)" in found.sentence["id"]
    assert "sufficiency of the budget (evidence moderate)" in found.sentence["en"]
    assert (found.design, found.estimate, found.headline) == ("comparison_group", None, True)
    assert faults(found) == ()


def test_a_change_without_comparison_is_not_called_a_benefit(ev, given):
    given(finding("outcomes.change", design="before_after"))
    sentence = synthesis.overall(ev).findings[0].sentence
    assert sentence["id"].startswith("Hasil evaluasi belum dapat menyatakan manfaat program")
    assert "mendukung pelanjutan" not in sentence["id"] and "supports" not in sentence["en"]
    assert "need not come from the programme" in sentence["en"]


def test_what_is_only_described_does_not_carry_the_programme(ev, given):
    given(finding("challenges.commitment.no_show"))
    found = synthesis.sustainability(ev).findings[0]
    assert "ditopang" not in found.sentence["id"] and not found.headline


def test_nothing_known_is_said_so(ev, given):
    given()
    ev = with_views(Processed.from_tables({name: ev.table(name) for name in ("unit", "employee")}, period=2025))
    assert "belum cukup" in synthesis.overall(ev).findings[0].sentence["id"]
    assert synthesis.sustainability(ev).findings[0].sentence[
        "id"
    ] == "Keberlanjutan program belum dapat dinilai dari data yang ada."
    assert synthesis.recommendations(ev).findings[0].evidence == "belum_ada_data"
    assert synthesis.summary(ev).findings[0].evidence == "belum_ada_data"
    assert synthesis.scorecard(ev).findings[0].estimate == 0


def test_the_summary_holds_the_headlines_as_they_stand(ev, given):
    main = finding("outcomes.change", headline=True)
    given(main, finding("needs.gap"))
    assert synthesis.summary(ev).findings == (main,)


def test_each_recommendation_once_and_strong_evidence_first(ev, given):
    other = Recommendation(both("Lain.", "Other."), ADVICE.owner, ADVICE.due, ADVICE.indicator)
    given(
        finding("needs.gap", evidence="lemah", recommendation=other),
        finding("feedback.irrelevant.P1", recommendation=ADVICE),
        finding("feedback.irrelevant.P2", recommendation=ADVICE),
    )
    answer = synthesis.recommendations(ev)
    late = "Menyelesaikan 1 rekomendasi terdahulu yang melewati tenggat dan melaporkannya setiap triwulan."
    assert answer.table.data["action_id"].tolist() == ["Bertindak.", late, "Lain."]
    assert answer.findings[0].estimate == 3


def test_follow_up_counts_what_is_late(ev):
    found = synthesis.follow_up(ev).findings[0]
    assert found.estimate == pytest.approx(1 / 3)
    assert found.sentence[
        "id"
    ] == "Dari 3 rekomendasi terdahulu, 1 selesai ditindaklanjuti; 1 melewati tenggat pada akhir tahun 2025."
    assert found.recommendation is not None


def test_without_a_file_every_chapter_is_answered_here(ev, monkeypatch):
    monkeypatch.delenv(ledger.VARIABLE, raising=False)
    found = ledger.ledger(ev).findings
    assert {one.chapter for one in found} == set(ledger.SOURCES)
    assert len({one.id for one in found}) == len(found)


def test_few_people_are_hidden_here_as_in_the_file_of_a_report(monkeypatch):
    """The one on study assignment is a finding without numbers, and not none: both ways to the synthesis count alike."""
    monkeypatch.delenv(ledger.VARIABLE, raising=False)
    found = {one.id: one for one in ledger.ledger(with_views(office())).findings}
    assert found["participation.rate.on_study"].suppressed
    assert not [one for one in found.values() if 0 < one.n < 5 and one.of_people]


def test_a_finished_report_of_the_same_data_is_read(ev, tmp_path, monkeypatch):
    monkeypatch.delenv(ledger.VARIABLE, raising=False)
    from dataclasses import replace

    monkeypatch.setattr(manifest, "PACKAGE", tmp_path / "program")
    placed = replace(ev, folder=tmp_path / "data" / "processed" / "contoh")
    facts = placed.facts()
    placed.folder.mkdir(parents=True)
    (placed.folder / "intake.json").write_text("{}", encoding="utf-8")
    path = tmp_path / "reports" / "contoh" / "2025" / "semua" / "internal" / "id" / "findings.json"
    path.parent.mkdir(parents=True)
    one = finding("outcomes.change")
    path.write_text(
        json.dumps({**facts["parameters"], "data_sha256": facts["data_sha256"], "findings": as_data([one])}),
        encoding="utf-8",
    )
    assert ledger.ledger(placed).findings != (one,)  # nothing proves it
    made_from = manifest.sources(tmp_path, "contoh", ledger.SOURCES)
    about = {"evaluation": "contoh", "lang": "id"}
    manifest.write(path.parent, about=about, made_from=made_from, chapters=ledger.SOURCES, run=1)
    assert ledger.ledger(placed).findings == (one,)
    manifest.write(path.parent, about=about, made_from={**made_from, "program": "older"}, chapters=ledger.SOURCES, run=1)
    assert ledger.ledger(placed).findings != (one,)
    path.write_text(
        json.dumps({**facts["parameters"], "data_sha256": "other", "findings": as_data([one])}), encoding="utf-8",
    )
    manifest.write(path.parent, about=about, made_from=made_from, chapters=ledger.SOURCES, run=1)
    assert ledger.ledger(placed).findings != (one,)
