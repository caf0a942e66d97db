"""The sample district: same bytes, every table fed, nobody real, truths that can be counted again."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from karier_stats.domain import nip
from karier_stats.domain.indices import engagement_index
from karier_stats.intake.crosswalk import load_crosswalk
from karier_stats.intake.schema import TABLES
from karier_stats.sample import write_sample
from karier_stats.sample.catalogue import TESTED, UNITS
from karier_stats.sample.courses import train
from karier_stats.sample.district import District
from karier_stats.sample.files import Hand, Layout, rupiah
from karier_stats.sample.leaders import BETWEEN, WITHIN, lead
from karier_stats.sample.people import Roster
from karier_stats.sample.records import choose_students
from karier_stats.sample.scores import potential_outcomes
from karier_stats.sample.truth import tell
from tests import once

SEED = 20250817
CAME = ["lulus", "tidak_lulus"]


@pytest.fixture(scope="module")
def district() -> District:
    return once.district()


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return once.tables()


@pytest.fixture(scope="module")
def raw() -> Path:
    return once.raw()


@pytest.fixture(scope="module")
def truth(raw: Path) -> dict[str, Any]:
    return json.loads((raw / "truth.json").read_text(encoding="utf-8"))


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_seed_writes_the_same_bytes_xlsx_included(raw: Path, tmp_path: Path) -> None:
    write_sample(tmp_path / "again")
    first, second = _bytes(raw), _bytes(tmp_path / "again")
    assert len(first) == 24
    assert [name for name in sorted(first) if first[name] != second.get(name)] == []


def test_another_seed_writes_other_people(district: District) -> None:
    other = Roster(SEED + 1)
    assert {p.nip for p in other.people}.isdisjoint({p.nip for p in district.roster.people[:50]})


def test_every_table_is_fed_and_the_crosswalk_is_accepted(raw: Path) -> None:
    crosswalk = load_crosswalk(raw / "peta.yml", raw, "contoh")
    assert {feed.table for feed in crosswalk.feeds} == set(TABLES)
    assert crosswalk.synthetic
    assert {feed.file for feed in crosswalk.feeds} - {None} == {p.name for p in raw.iterdir()} - {"peta.yml", "truth.json"}


def test_the_tables_fit_the_data_dictionary(tables: dict[str, pd.DataFrame]) -> None:
    assert list(tables) == list(TABLES)
    for name, frame in tables.items():
        spec = TABLES[name]
        assert list(frame.columns) == [c.name for c in spec.columns if not c.input_only] + ["source_file", "source_row"]
        assert not frame.duplicated(list(spec.key)).any(), name
        for column in (c for c in spec.columns if not c.input_only):
            values = frame[column.name].dropna()
            assert not column.required or len(values) == len(frame), (name, column.name)
            assert column.codes is None or set(values) <= set(column.codes), (name, column.name)
            assert column.low is None or bool((values >= column.low).all()), (name, column.name)
            assert column.high is None or bool((values <= column.high).all()), (name, column.name)


def test_people_are_as_many_as_the_brief_asks(tables: dict[str, pd.DataFrame]) -> None:
    assert len(tables["unit"]) == len(UNITS) == 26
    sizes = tables["employee"].groupby("year").size()
    assert list(sizes.index) == [2023, 2024, 2025]
    assert sizes.between(1400, 1600).all()
    assert set(tables["employee"]["status"]) == {"PNS", "CPNS", "PPPK", "PPPK_PART_TIME"}


def test_numbers_are_of_legal_form_and_can_belong_to_nobody(district: District) -> None:
    numbers = [p.nip for p in district.roster.people]
    assert len(set(numbers)) == len(numbers)
    for person in district.roster.people:
        parsed = nip.parse(person.nip, 2025)
        assert parsed.sex == person.sex
        assert pd.Timestamp(parsed.birth) == person.birth
        assert 901 <= int(person.nip[-3:]) <= 999


def test_no_service_number_and_no_name_is_in_the_tables(tables: dict[str, pd.DataFrame]) -> None:
    for name, frame in tables.items():
        assert "name" not in frame and "birth_date" not in frame
        for column in frame.select_dtypes("string"):
            assert not frame[column].dropna().str.contains(r"\d{18}").any(), (name, column)


def test_truth_of_the_tests_is_the_mean_of_potential_outcomes(district: District, truth: dict[str, Any]) -> None:
    scores = district.outcomes
    for year in ("2023", "2024", "2025"):
        told = truth["test_gain"][year]
        sat = scores[(scores["year"] == int(year)) & (scores["arm"] == "peserta") & scores["has_post"]]
        differences = [float(a) - float(b) for a, b in zip(sat["post_1"], sat["post_0"], strict=True)]
        # Sums of whole marks: only the last bits of the division may differ.
        assert told["overall"] == pytest.approx(sum(differences) / len(differences), rel=1e-12)
        for form in TESTED:
            own = sat[sat["form"] == form]
            assert told["by_form"][form] == pytest.approx(float(own["post_1"].mean() - own["post_0"].mean()), rel=1e-9)
            assert told["n"][form] == len(own) >= 60
            compared = scores[(scores["year"] == int(year)) & (scores["form"] == form) & (scores["arm"] == "pembanding")]
            assert compared["has_post"].sum() >= 60


def test_share_kept_is_about_seven_tenths(truth: dict[str, Any]) -> None:
    # Planted .70; rounding to whole marks moves a ratio of means over about 300 people by a few hundredths.
    for year in ("2023", "2024", "2025"):
        assert truth["retention"][year]["share_kept"] == pytest.approx(0.70, abs=0.05)


def test_what_is_seen_is_one_of_the_two_outcomes(district: District, tables: dict[str, pd.DataFrame]) -> None:
    post = tables["test_score"].query("kind == 'post'")
    arms = post.groupby("arm")["score"].sum()
    seen = district.outcomes[district.outcomes["has_post"]]
    assert arms["peserta"] == seen.loc[seen["arm"] == "peserta", "post_1"].sum()
    assert arms["pembanding"] == seen.loc[seen["arm"] == "pembanding", "post_0"].sum()


def test_compared_people_are_not_trained_that_year(tables: dict[str, pd.DataFrame]) -> None:
    rows = tables["participation"].merge(tables["batch"][["batch_id", "year"]], on="batch_id")
    trained = set(zip(rows["employee_uid"][rows["outcome"].isin(CAME)], rows["year"][rows["outcome"].isin(CAME)], strict=True))
    compared = tables["test_score"].query("arm == 'pembanding'")
    assert trained.isdisjoint(zip(compared["employee_uid"], compared["year"], strict=True))


def test_selection_shows_in_the_pretest(district: District) -> None:
    pre = district.outcomes.groupby(["form", "arm"])["pre"].mean().unstack()
    difference = pre["peserta"] - pre["pembanding"]
    # The standard error of each difference is about 1.1 marks; the planted ones are several times that.
    assert difference["bimtek"] < -4
    assert difference["workshop"] > 3
    assert abs(difference["diklat_teknis"]) < 4


def test_chance_to_take_part_is_linear_in_recorded_engagement(district: District, tables: dict[str, pd.DataFrame]) -> None:
    counts = tables["leader_engagement"].groupby(["unit_id", "year"])[["head_jp", "events_opened", "letters_promoting"]].sum()
    index = engagement_index(*(counts[name].astype(float) for name in counts))
    chance = district.leadership.chance.query("year >= 2024")
    means = chance.groupby(["unit_id", "year"])["chance"].mean().reset_index()
    lag = np.array([index[unit, year - 1] for unit, year in zip(means["unit_id"], means["year"], strict=True)])
    middle = means["unit_id"].map(index[index.index.get_level_values("year") < 2025].groupby("unit_id").mean())
    within = (means["chance"] - means.groupby("unit_id")["chance"].transform("mean")).to_numpy()
    deviation = lag - middle.to_numpy()
    # Exact up to rounding of floats: the personal part is centred and no chance is clipped.
    assert np.abs(within - WITHIN * deviation).max() < 1e-12
    told = tell(district)["leadership"]
    assert told["clipped"] == 0
    assert (told["within"], told["between"]) == (WITHIN, BETWEEN)


def test_who_came_is_who_took_part(district: District, tables: dict[str, pd.DataFrame]) -> None:
    rows = tables["participation"].merge(tables["batch"][["batch_id", "year"]], on="batch_id")
    rows = rows[rows["outcome"].isin(CAME)]
    heads = tables["employee"].query("is_head")
    for year in (2023, 2024, 2025):
        came = set(rows.loc[rows["year"] == year, "employee_uid"]) - set(heads.loc[heads["year"] == year, "employee_uid"])
        assert came == district.leadership.takers(year)


def test_budget_gap_can_be_computed_again(tables: dict[str, pd.DataFrame], truth: dict[str, Any], district: District) -> None:
    lines = tables["budget"].query("year == 2025")
    form = tables["program"].set_index("program_id")["form"]
    paid = lines[lines["spent_rp"] > 0].assign(form=lambda rows: rows["program_id"].map(form))
    active = tables["employee"].query("year == 2025 and standing_code == '01'")
    # The price of an hour in each form, weighted by who took that form: one long course does not decide it.
    by_form = paid.groupby("form")[["spent_rp", "jp_total", "participants"]].sum().astype(float)
    cost = np.average(by_form["spent_rp"] / by_form["jp_total"], weights=by_form["participants"])
    # Hours that cost nothing: those of lines without spending, or the free seats of partners if these are more.
    partners = tables["partnership"].query("cost_per_seat_rp == 0")
    free = max(lines.loc[lines["spent_rp"] == 0, "jp_total"].sum(), (partners["seats"] * partners["jp_per_seat"]).sum())
    needed = np.mean([p.needed_jp for p in district.roster.people if p.standing.get(2025) == "01"])
    gap = (len(active) * needed - free) * cost - lines["ceiling_rp"].sum()
    assert truth["budget_gap_2025"]["gap_rp"] == pytest.approx(gap, rel=1e-9)
    assert gap > 100_000_000


def test_budget_lines_agree_with_participation(tables: dict[str, pd.DataFrame]) -> None:
    rows = tables["participation"].merge(tables["batch"][["batch_id", "year", "program_id"]], on="batch_id")
    came = rows[rows["outcome"].isin(CAME)].groupby(["year", "program_id"])["attended_jp"].agg(["size", "sum"])
    lines = tables["budget"].set_index(["year", "program_id"])
    assert (lines["participants"].astype(int) == came["size"].reindex(lines.index)).all()
    assert (lines["jp_total"] == came["sum"].reindex(lines.index)).all()


def test_information_technology_is_wished_first(tables: dict[str, pd.DataFrame], truth: dict[str, Any]) -> None:
    shares = truth["needs"]["first_2025"]
    assert max(shares, key=shares.__getitem__) == "teknologi_informasi"
    assert sum(shares.values()) == pytest.approx(1, abs=1e-12)
    first = tables["need"].query("year == 2025 and interest_rank == 1")
    assert first["needed_jp"].notna().all() and len(first) == truth["needs"]["respondents"]


def test_the_revised_course_became_better_and_the_other_did_not(tables: dict[str, pd.DataFrame], truth: dict[str, Any]) -> None:
    answers = tables["survey_response"].query("instrument == 'relevansi'").merge(
        tables["batch"][["batch_id", "program_id", "curriculum_version"]], on="batch_id")
    for course, years in truth["irrelevant"]["observed"].items():
        for year, told in years.items():
            own = answers[(answers["program_id"] == course) & (answers["year"] == int(year))]
            assert (int((own["value"] <= 2).sum()), len(own)) == (told["not_relevant"], told["n"])
    assert set(answers.loc[answers["curriculum_version"] == 2, "program_id"]) == {"P11"}
    observed = truth["irrelevant"]["observed"]
    assert observed["P11"]["2025"]["not_relevant"] < 0.2 * observed["P11"]["2025"]["n"]
    assert observed["P12"]["2025"]["not_relevant"] > 0.3 * observed["P12"]["2025"]["n"]


def test_activities_have_the_same_officers_each_year(tables: dict[str, pd.DataFrame], truth: dict[str, Any]) -> None:
    years = tables["project_performance"].groupby("officer_uid")["year"].apply(list)
    assert years.map(lambda found: found == [2023, 2024, 2025]).all()
    told = truth["project_performance"]
    assert len(years) == told["n_trained"] + told["n_compared"]
    assert 60 <= len(years) <= 90
    assert 4 < told["difference_points"] < 8


def test_acting_heads_movers_and_ceilings_are_there(tables: dict[str, pd.DataFrame]) -> None:
    heads = tables["leader_engagement"]
    assert (heads["acting_type"] == "PLT").sum() == 5
    assert heads.query("year == 2025").groupby("unit_id").size().eq(2).sum() == 2
    units = tables["employee"].groupby("employee_uid")["unit_id"].nunique()
    assert (units > 1).sum() > 20
    reaction = tables["survey_response"].query("instrument == 'reaksi'")["value"]
    assert reaction.mean() > 4.3
    assert (reaction == 5).mean() > 0.4


def test_tallies_conserve_rows(truth: dict[str, Any]) -> None:
    for file, sheets in truth["intake"].items():
        for sheet, tally in sheets.items():
            assert tally["rows_read"] == tally["processed"] + tally["quarantined"] + tally["excluded"], (file, sheet)
            assert sum(tally["reasons"].values()) == tally["quarantined"] + tally["excluded"]
    quarantined = [tally["quarantined"] for sheets in truth["intake"].values() for tally in sheets.values()]
    assert 20 <= sum(quarantined) <= 60


def test_prepare_reports_what_was_planted_and_leaves_the_clean_tables(
    truth: dict[str, Any], tables: dict[str, pd.DataFrame],
) -> None:
    processed = once.prepared() / "data" / "processed" / "contoh"
    for feed in json.loads((processed / "intake.json").read_text(encoding="utf-8"))["feeds"]:
        told = truth["intake"][feed["file"]][feed["sheet"] or ""]
        assert {name: feed[name] for name in ("rows_read", "processed", "quarantined", "excluded")} == {
            name: told[name] for name in ("rows_read", "processed", "quarantined", "excluded")}, feed["file"]
        assert {**feed["reasons"]["quarantined"], **feed["reasons"]["excluded"]} == told["reasons"], feed["file"]
    named_anew = {"source_file", "source_row", "response_id", "comment_id", "employee_uid", "head_uid", "officer_uid"}
    for name, clean in tables.items():
        found = pd.read_parquet(processed / f"{name}.parquet")
        for column in (column for column in clean if column not in named_anew):
            assert found[column].dtype == clean[column].dtype, (name, column)
            counts = (frame[column].astype("string").fillna("").value_counts().sort_index() for frame in (found, clean))
            pd.testing.assert_series_equal(*counts, obj=f"{name}.{column}")


def test_files_look_like_an_offices_own(raw: Path) -> None:
    import openpyxl

    book = openpyxl.load_workbook(raw / "01_rekap_pegawai.xlsx")
    sheet = book["2025"]
    assert "E5:F5" in {str(area) for area in sheet.merged_cells.ranges}
    assert sheet["A7"].value == "(1)"
    assert any(str(cell.value).startswith("JUMLAH") for cell in sheet["A"])
    assert isinstance(sheet["B8"].value, str)
    form = (raw / "09_formulir_evaluasi_pelatihan.csv").read_text(encoding="utf-8")
    assert re.search(r"\n\d\d/\d\d/20\d\d \d{1,2}\.\d\d\.\d\d,", form)
    assert "Sangat Setuju" in form
    assert re.search(r"\d\d-\d\d-2023", (raw / "05_siasn_riwayat_kursus_2023.csv").read_text(encoding="utf-8"))
    assert re.search(r"Rp\d{1,3}(\.\d{3})+,00", (raw / "15_realisasi_anggaran_sipd.csv").read_text(encoding="utf-8"))


def test_a_file_is_laid_out_as_the_crosswalk_reads_it(district: District) -> None:
    """A two-row header is split again; what nobody reads must be told how to write; a line may be like another."""
    hand = Hand(district.roster, np.random.default_rng(0))
    frame = pd.DataFrame({"officer_uid": ["u00001"] * 2, "unit_id": ["OPD-01"] * 2, "ceiling_rp": [5, 1_000], "note": ["a", "b"]})
    columns = ["Pagu", {"Catatan / Isi": "note"}, {"Catatan / Lagi": "note"}]
    part = {"table": "some", "line": True, "columns": columns, "total": {"label": "JUMLAH", "Pagu": "sum"},
            "added": [{"like": 1, "cells": {"Catatan / Isi": "c"}, "code": "K161"}], "tail": [["K181"]]}
    sheet = Layout("17_kinerja_kegiatan.csv", part, hand).sheet({"some": frame})
    assert [*sheet.lines()] == [
        ["No", "Pagu", "Catatan", None], [None, None, "Isi", "Lagi"], [1, "Rp5,00", "a", "a"], [2, "Rp1.000,00", "b", "b"],
        [3, "Rp1.000,00", "c", "b"], ["JUMLAH", "Rp1.005,00"], []]
    assert sheet.tally() == {"rows_read": 5, "processed": 2, "quarantined": 1, "excluded": 2,
                             "reasons": {"K161": 1, "K181": 1, "K186": 1}}


def test_rupiah_is_written_as_the_budget_system_does() -> None:
    assert rupiah(1_234_567) == "Rp1.234.567,00"
    assert rupiah(0) == "Rp0,00"


def _errors(seed: int) -> dict[str, float]:
    """Estimate less truth of the method that fits, and of the one that does not."""
    roster = Roster(seed)
    choose_students(roster, seed)
    leadership = lead(roster, seed)
    scores = potential_outcomes(train(roster, leadership, seed), roster, seed)
    scores = scores[scores["has_post"]]
    trained = scores["arm"] == "peserta"
    scores = scores.assign(t=trained * 1.0, post=scores["post_1"].where(trained, scores["post_0"]))
    found = {}
    for form in ("bimtek", "workshop", "diklat_teknis"):
        own = scores[scores["form"] == form]
        known = float((own["post_1"] - own["post_0"])[own["t"] == 1].mean())
        gain = (own["post"] - own["pre"]).groupby(own["t"]).mean()
        design = np.column_stack([np.ones(len(own)), own["t"], own["pre"]])
        found[f"{form} did"] = float(gain[1.0] - gain[0.0]) - known
        found[f"{form} ancova"] = float(np.linalg.lstsq(design, own["post"].to_numpy(), rcond=None)[0][1]) - known
    return found


def test_over_seeds_the_fitting_method_is_right_and_the_other_is_wrong() -> None:
    errors = pd.DataFrame([_errors(seed) for seed in range(1, 9 if os.environ.get("KARIER_LONG") else 6)]).mean()
    # One estimate (three years together) has a standard error of about 1.0; the mean of 8 about .35, of 5 about .45. 1.4 is
    # three of those at least.
    for fits in ("bimtek ancova", "workshop did", "diklat_teknis did", "diklat_teknis ancova"):
        assert abs(errors[fits]) < 1.4, fits
    # The wrong way round: regression to the mean lifts the change score, ability lifts ANCOVA, by two marks and more.
    assert errors["bimtek did"] > 1.4
    assert errors["workshop ancova"] > 1.4
