"""The processed tables: for whom, when, and whether they are those that were written."""

from __future__ import annotations

import pandas as pd
import pytest
from small_intake import office

from karier_stats.errors import EnvironmentFault, InputError
from karier_stats.intake.prepare import prepare
from karier_stats.intake.processed import Processed, find_root, open_evaluation, table_dtypes
from karier_stats.intake.pseudonyms import make_key

TABLES = {
    "unit": pd.DataFrame({
        "unit_id": ["u1", "u2", "u3"], "unit_name": ["Satu", "Dua", "Tiga"], "scope": ["A", "B", "C"]}),
    "employee": pd.DataFrame({  # p2 moves from u1 to u2
        "employee_uid": ["p1", "p2", "p1", "p2", "p3"], "year": [2024, 2024, 2025, 2025, 2025],
        "unit_id": ["u1", "u1", "u1", "u2", "u3"]}),
    "batch": pd.DataFrame({"batch_id": ["b4", "b5"], "program_id": ["x", "x"], "year": [2024, 2025]}),
    "participation": pd.DataFrame({
        "batch_id": ["b4", "b4", "b5", "b5"], "employee_uid": ["p1", "p2", "p2", "p3"], "outcome": "lulus",
        "unit_id": ["u1", "u1", "u2", None]}),
    "action_plan": pd.DataFrame({
        "batch_id": ["b4", "b5"], "employee_uid": ["p2", "p2"], "state": ["belum", "selesai"]}),
    "further_study": pd.DataFrame({
        "employee_uid": ["p2", "p3"], "degree": ["45", "45"], "state": ["selesai", "ditolak"]}),
    "budget": pd.DataFrame({
        "budget_id": ["a", "b"], "year": [2025, 2025], "unit_id": ["u2", None], "funding_source": "apbd",
        "ceiling_rp": [1, 2]}),
    "comment": pd.DataFrame(columns=["comment_id"]),
}


def seen(unit: str = "semua", **more) -> Processed:
    """The evaluation of the tables above in 2025."""
    return Processed.from_tables(TABLES, period=2025, unit=unit, **more)


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A project with the small office prepared."""
    for name in ("data/processed", "notebooks"):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.setenv("KARIER_KEYS", str(tmp_path.parent / f"{tmp_path.name}-kunci"))
    monkeypatch.setenv("KARIER_HOME", str(tmp_path))
    make_key("kecil")
    office(tmp_path / "data/raw/kecil")
    prepare("kecil", root=tmp_path)
    return tmp_path


@pytest.mark.parametrize(("when", "rows"), [
    ("period", ["b5", "b5"]), ("to_date", ["b4", "b4", "b5", "b5"]), ("all", ["b4", "b4", "b5", "b5"])])
def test_time_comes_from_the_batch_where_a_table_has_no_year(when, rows):
    assert list(seen().table("participation", when)["batch_id"]) == rows


def test_the_year_of_the_batch_is_given_at_the_end():
    assert list(seen().table("action_plan", "all")["year"]) == [2024, 2025]
    assert list(seen().table("action_plan").columns) == [*table_dtypes("action_plan"), "year"]


def test_to_date_stops_at_the_period():
    ev = Processed.from_tables(TABLES, period=2024)
    assert list(ev.table("employee", "to_date")["year"]) == [2024, 2024]
    assert len(ev.table("employee", "all")) == 5


@pytest.mark.parametrize(("unit", "units"), [
    ("semua", ["u1", "u2", "u3"]), ("lingkup-a", ["u1"]), ("lingkup-b", ["u1", "u2"]), ("lingkup-c", ["u3"]),
    ("u2", ["u2"])])
def test_which_units(unit, units):
    assert list(seen(unit).units["unit_id"]) == units


def test_a_row_belongs_to_its_own_unit_else_to_its_person():
    assert list(seen("u3").table("participation")["employee_uid"]) == ["p3"]
    assert list(seen("u2").table("participation")["employee_uid"]) == ["p2"]


def test_a_person_belongs_to_the_unit_of_the_rows_year():
    assert list(seen("u1").table("action_plan", "all")["batch_id"]) == ["b4"]
    assert list(seen("u2").table("action_plan", "all")["batch_id"]) == ["b5"]
    assert list(seen("u2").table("further_study")["employee_uid"]) == ["p2"]


def test_tables_without_unit_or_person_are_the_same_for_every_unit():
    assert len(seen("u1").table("batch")) == 1
    assert len(seen("u1").table("batch", "all")) == 2


def test_rows_of_no_unit_are_seen_by_the_whole_only():
    assert list(seen().table("budget")["budget_id"]) == ["a", "b"]
    assert list(seen("u2").table("budget")["budget_id"]) == ["a"]


def test_absent_and_empty_tables():
    ev = seen()
    assert ev.has("unit", "employee") and not ev.has("unit", "need")
    assert ev.missing("comment", "unit", "need") == ("comment", "need")
    assert list(ev.table("need").columns) == list(table_dtypes("need"))
    assert ev.table("need").empty


def test_a_table_is_a_fresh_copy_with_the_dtypes_of_the_dictionary():
    ev = seen()
    taken = ev.table("employee")
    taken["unit_id"] = "x"
    assert list(ev.table("employee", "all")["unit_id"].unique()) == ["u1", "u2", "u3"]
    staff = ev.table("employee")
    assert {str(staff[name].dtype) for name in ("unit_id", "sex")} == {"string"}
    assert (str(staff["year"].dtype), str(staff["service_years"].dtype), str(staff["is_head"].dtype)) == (
        "Int64", "float64", "boolean")


@pytest.mark.parametrize(("parameters", "code"), [
    ({"unit": "u9"}, "K221"), ({"unit": "lingkup-d"}, "K221"), ({"lang": "fr"}, "K223"), ({"audience": "all"}, "K223"),
    ({"level": 95}, "K223"), ({"level": True}, "K223"), ({"seed": -1}, "K223"), ({"seed": 1.5}, "K223"),
])
def test_parameters_that_are_refused(parameters, code):
    with pytest.raises(InputError) as caught:
        seen(**parameters)
    assert caught.value.code == code
    assert caught.value.message("id") and caught.value.message("en")


def test_a_unit_that_is_not_there_is_told_with_ids_to_type_and_their_names():
    with pytest.raises(InputError) as caught:
        seen(unit="u9")
    near = caught.value.values["near"].split(", ")
    names = dict(TABLES["unit"][["unit_id", "unit_name"]].to_numpy())
    assert near and all(one == f"{one.split(' (')[0]} ({names[one.split(' (')[0]]})" for one in near)


def test_a_period_without_data_is_refused_with_those_that_have_some():
    with pytest.raises(InputError) as caught:
        Processed.from_tables(TABLES, period=2031)
    assert caught.value.message("en") == (
        "K222 There are no employee data for the period 2031. Periods with data: 2024, 2025. Choose one of them.")


def test_an_unknown_table_is_refused_with_the_nearest():
    with pytest.raises(InputError) as caught:
        seen().table("employe")
    assert (caught.value.code, caught.value.values["hint"]) == ("K224", "employee")
    with pytest.raises(InputError):
        seen().table("employee", "now")


def test_whose_data_are_shown_and_made_up_data_are_called_so():
    ev = seen("u1", title={"id": "A <b>", "en": "B"})
    assert repr(ev) == "A <b>: Satu, 2025 [CONTOH: data sintetis]"
    assert "CONTOH: data sintetis" in ev._repr_html_() and "A &lt;b&gt;" in ev._repr_html_()
    assert "sintetis" not in repr(seen(synthetic=False))
    assert "SAMPLE: synthetic data" in repr(seen(lang="en"))


def test_facts_change_with_the_data_and_with_nothing_else():
    changed = {**TABLES, "unit": TABLES["unit"].assign(unit_name=["Satu", "Dua", "Empat"])}
    facts = seen().facts()
    assert facts["parameters"]["period"] == 2025
    assert {"python", "karier-stats", "numpy", "pandas"} <= set(facts["versions"])
    assert facts["data_sha256"] == seen("u1").facts()["data_sha256"]
    assert facts["data_sha256"] != Processed.from_tables(changed, period=2025).facts()["data_sha256"]


def test_what_prepare_wrote_is_opened(root):
    ev = open_evaluation("kecil", period=2025, unit="U1", lang="en")
    assert (len(ev.table("employee")), ev.title["en"], ev.synthetic) == (2, "Small evaluation", False)
    assert ev.folder == root.resolve() / "data/processed/kecil"


def test_any_changed_byte_is_noticed(root):
    path = root / "data/processed/kecil/participation.parquet"
    content = path.read_bytes()
    for place in range(0, len(content), 97):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1:])
        with pytest.raises(EnvironmentFault) as caught:
            open_evaluation("kecil", period=2025).table("participation")
        assert caught.value.code == "K510"
    path.unlink()
    with pytest.raises(EnvironmentFault) as caught:
        open_evaluation("kecil", period=2025).table("participation")
    assert caught.value.message("id") == (
        "K510 Berkas data/processed/kecil/participation.parquet hilang atau berubah sejak ditulis "
        "(sha256 tidak cocok). Jalankan `karier prepare` kembali.")


@pytest.mark.parametrize("name", ["lain", "../kecil", "", "."])
def test_an_unknown_evaluation_is_refused_with_those_that_exist(root, name):
    with pytest.raises(InputError) as caught:
        open_evaluation(name, period=2025)
    assert (caught.value.code, caught.value.values["known"]) == ("K220", "kecil")


def test_a_damaged_account_is_refused(root):
    (root / "data/processed/kecil/intake.json").write_text("{")
    with pytest.raises(EnvironmentFault) as caught:
        open_evaluation("kecil", period=2025)
    assert caught.value.code == "K512"


def test_the_project_is_found_upwards_and_its_absence_is_said(root, tmp_path_factory, monkeypatch):
    monkeypatch.delenv("KARIER_HOME")
    (root / "notebooks" / "a").mkdir()
    monkeypatch.chdir(root / "notebooks" / "a")
    assert find_root() == root.resolve()
    monkeypatch.chdir(tmp_path_factory.mktemp("lain"))
    with pytest.raises(EnvironmentFault) as caught:
        find_root()
    assert (caught.value.code, caught.value.exit_code) == ("K511", 5)


def test_damage_in_any_table_is_found_before_one_is_read(root):
    ev = open_evaluation("kecil", period=2025)
    ev.check_files()
    path = root / "data/processed/kecil/program.parquet"
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(EnvironmentFault, match=r"K510.*program\.parquet"):
        open_evaluation("kecil", period=2025).check_files()


@pytest.mark.parametrize("damage", ["seal", "schema"])
def test_tables_without_their_seal_or_of_another_dictionary_are_refused(tmp_path, monkeypatch, damage):
    """A deleted seal hides an edited account (K512); tables of another data dictionary are to be prepared again (K516)."""
    import hashlib
    import json
    import shutil

    import once

    from karier_stats.intake.processed import SEAL

    root = tmp_path / "proyek"
    folder = root / "data" / "processed" / "contoh"
    shutil.copytree(once.prepared() / "data" / "processed" / "contoh", folder)
    (root / "notebooks").mkdir()
    monkeypatch.setenv("KARIER_HOME", str(root))
    open_evaluation("contoh", period=2025)
    if damage == "seal":
        (folder / SEAL).unlink()
    else:
        content = json.dumps(json.loads((folder / "intake.json").read_text()) | {"schema": "000000000000"}).encode()
        (folder / "intake.json").write_bytes(content)
        (folder / SEAL).write_text(hashlib.sha256(content).hexdigest())
    with pytest.raises(EnvironmentFault) as caught:
        open_evaluation("contoh", period=2025)
    assert caught.value.code == {"seal": "K512", "schema": "K516"}[damage]
