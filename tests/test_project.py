"""The name of an evaluation and the folders under it: refused before anything is written, and nothing else is touched."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import small_intake
import yaml
from small_intake import project

from karier_stats import cli
from karier_stats.errors import EnvironmentFault, InputError, KarierError
from karier_stats.intake.forget import forget
from karier_stats.intake.prepare import prepare
from karier_stats.intake.processed import open_evaluation
from karier_stats.intake.project import alone, check_name, is_name, proposed_name, shown
from karier_stats.intake.pseudonyms import forgotten_marks, key_path, list_path, load_key, make_key
from karier_stats.intake.template import write_templates

GOOD = ("carpentries_longterm2017", "contoh", "kecil", "latihan", "bimtek2025", "lima-unit", "a", "2025", "a" * 60, "com10")
BAD = (
    "../evil", "..", ".", "", "/abs", "/tmp/karier-evil", "a/b", "a\\b", "..\\evil", "C:evil", "C:\\evil", "evil.", "evil ",
    " evil", "a.b", ".tmp-kecil", ".old-kecil", "-a", "_a", "a\0b", "a\nb", "a\x1b[31m", "Kecil", "KECIL", "kécil", "a b",
    "a:b", "a*", "a?", "a<b", "a|b", 'a"b', "con", "nul", "CON", "com1", "lpt9", "aux.key", "nul.txt", "con ", "a" * 61,
    "a" * 300, "~", "~root", "$HOME", "%TEMP%", "198609262015051001", "ｋecil", "a\u202eb",
)


@pytest.mark.parametrize("name", GOOD)
def test_a_plain_name_stays_itself(name: str) -> None:
    """Letters a to z, digits, minus and underscore, at most 60."""
    assert check_name(name) == name


@pytest.mark.parametrize("name", BAD)
def test_any_other_name_is_refused_with_one_that_would_do(name: str) -> None:
    """The message is one line, holds no control character and no long number, and its proposal is a name."""
    with pytest.raises(InputError) as caught:
        check_name(name)
    assert (caught.value.code, caught.value.exit_code) == ("K225", 2)
    assert is_name(caught.value.values["near"])
    text = caught.value.message("id") + caught.value.message("en")
    assert text.isprintable()
    assert "198609262015051001" not in text


def test_proposals_are_near_the_name() -> None:
    """Capitals, blanks and marks become what a folder can be called."""
    assert proposed_name("Bimtek Keuangan 2025") == "bimtek-keuangan-2025"
    assert proposed_name("..") == "evaluasi"
    assert proposed_name("CON") == "evaluasi-con"
    assert shown("a\nb\x1b[1m 198609262015051001") == r"a b\x1b[1m …"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one prepared evaluation, and folders beside it that somebody could aim at."""
    made = project(tmp_path, monkeypatch, "kecil")
    small_intake.office(made / "data" / "raw" / "kecil")
    prepare("kecil", root=made)
    for folder in ("data/evil", "data/raw/lain", "reports/lain"):
        small_intake.office(made / folder)
    small_intake.office(tmp_path / "evil")
    return made


def everything(folder: Path) -> dict[str, bytes | None]:
    """Every file below a folder with its bytes, links followed to files only; locks aside."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*")) if not path.name.endswith(".lock")
    }


VERBS = {
    "key": lambda name: ["key", name],
    "keep": lambda name: ["key", name, "--keep"],
    "prepare": lambda name: ["prepare", name],
    "forget": lambda name: ["forget", name, "--from", "nip.txt"],
    "report": lambda name: ["report", name, "--period", "2025"],
    "template": lambda name: ["template", "employee", "--out", "formulir", "--evaluation", name],
}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_refuses_every_such_name_and_writes_nothing(
    root: Path, tmp_path: Path, verb: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 with K225; every file of the project, of its keys and around them is as it was."""
    (tmp_path / "nip.txt").write_text("199001152015031901\n")
    monkeypatch.chdir(tmp_path)
    before = everything(tmp_path)
    for name in BAD:
        if name[:1] == "-":
            continue  # click takes it for an option
        monkeypatch.setattr(sys, "argv", ["karier", *VERBS[verb](name)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert (ended.value.code, capsys.readouterr().err[:5]) == (2, "K225 "), name
    assert everything(tmp_path) == before


@pytest.mark.parametrize("name", BAD)
def test_every_function_refuses_such_a_name(root: Path, tmp_path: Path, name: str) -> None:
    """The library's own doors, without the command line."""
    before = everything(tmp_path)
    for call in (
        lambda: prepare(name, root=root), lambda: forget(name, ["199001152015031901"], root=root), lambda: make_key(name),
        lambda: load_key(name), lambda: key_path(name), lambda: list_path(name), lambda: forgotten_marks(name),
        lambda: write_templates(tmp_path / "formulir", ["unit"], evaluation=name), lambda: alone(root, name).__enter__(),
    ):
        with pytest.raises(InputError) as caught:
            call()
        assert caught.value.code == "K225"
    with pytest.raises(InputError) as caught:
        open_evaluation(name, period=2025)
    assert caught.value.code == "K220"  # a reader is told which evaluations there are
    assert everything(tmp_path) == before


@pytest.mark.parametrize("name", ["../kecil", "/abs", "Kecil", "con", "ke cil."])
def test_a_crosswalk_that_names_such_an_evaluation_is_refused(root: Path, name: str) -> None:
    """The name inside peta.yml is the same kind of name."""
    raw = root / "data" / "raw" / "kecil"
    small_intake.office(raw, {**small_intake.peta(), "evaluation": name})
    before = everything(root)
    with pytest.raises(InputError) as caught:
        prepare("kecil", root=root)
    assert caught.value.code == "K225"
    assert caught.value.message("id").isprintable()
    assert everything(root) == before


def test_the_default_name_of_forms_is_one_that_an_evaluation_can_have(tmp_path: Path) -> None:
    """A folder may be called anything; its crosswalk gets a name near it."""
    write_templates(tmp_path / "Formulir Diklat 2025", ["unit"])
    peta = yaml.safe_load((tmp_path / "Formulir Diklat 2025" / "peta.yml").read_text(encoding="utf-8"))
    assert peta["evaluation"] == "formulir-diklat-2025"


@pytest.mark.parametrize("given", [
    {"unit": "U\x1b[2J"}, {"unit": "\udcff\n"}, {"unit": "198609262015051001"}, {"lang": "\x1b[31m"}, {"audience": "a\rb"},
    {"seed": "\x07"}, {"level": "1\n2"}, {"period": "2025\u202e"},
])
def test_no_control_character_of_a_parameter_reaches_the_terminal(root: Path, given: dict[str, object]) -> None:
    """What somebody typed is repeated as one line of letters, without a long number."""
    with pytest.raises(InputError) as caught:
        open_evaluation("kecil", **{"period": 2025, **given})
    assert caught.value.message("id").isprintable()
    assert "198609262015051001" not in caught.value.message("en")


def test_forms_are_not_written_through_a_link_to_nowhere(tmp_path: Path) -> None:
    """A file that only a link names counts as there."""
    (tmp_path / "formulir").mkdir()
    (tmp_path / "formulir" / "peta.yml").symlink_to(tmp_path / "luar.yml")
    with pytest.raises(InputError) as caught:
        write_templates(tmp_path / "formulir", ["unit"])
    assert caught.value.code == "K236"
    assert not (tmp_path / "luar.yml").exists()


def refused(root: Path, **more: Path) -> KarierError:
    """How ``prepare`` refuses; every file below the project is as it was."""
    before = everything(root.parent)
    with pytest.raises(InputError) as caught:
        prepare("kecil", root=root, **more)
    assert everything(root.parent) == before
    assert caught.value.message("id") != caught.value.message("en")
    return caught.value


def test_a_folder_of_raw_files_is_never_replaced_by_tables(root: Path) -> None:
    """Raw files where the tables go: as the raw folder itself, by a link, by an alias of the folder above."""
    processed, raw = root / "data" / "processed", root / "data" / "raw" / "kecil"
    assert refused(root, raw=small_intake.office(processed / "kecil")).code == "K227"
    assert refused(root).code == "K226"  # its raw files lie elsewhere, and are still in the way
    for name in ("pegawai.csv", "peserta.csv", "nilai.csv", "peta.yml"):
        (processed / "kecil" / name).unlink()
    assert refused(root, raw=small_intake.office(processed / "mentah")).code == "K227"
    (processed / "kecil").rename(root / "aside")
    (processed / "kecil").symlink_to(raw)
    assert refused(root).code == "K229"
    (processed / "kecil").unlink()
    processed.rename(root / "olahan")
    processed.symlink_to(root / "data" / "raw")
    assert refused(root).code == "K227"
    assert refused(root, raw=root / "data" / "evil").code == "K226"  # data/raw/kecil stands where the tables would


def test_a_folder_that_prepare_did_not_write_is_left_alone(root: Path) -> None:
    """A table of somebody else's beside no account; a note beside the account; what a desktop leaves is no matter."""
    target = root / "data" / "processed" / "kecil"
    (target / "Thumbs.db").write_bytes(b"x")
    (target / ".DS_Store").write_bytes(b"x")
    prepare("kecil", root=root)
    (target / "catatan.txt").write_text("penting")
    error = refused(root)
    assert (error.code, error.values["file"], error.values["n"]) == ("K226", "catatan.txt", 1)
    (target / "catatan.txt").unlink()
    (target / "intake.json").unlink()
    (target / "intake.sha256").unlink()
    assert refused(root).code == "K226"


@pytest.mark.parametrize("place", ["data/raw/kecil", "data/evil"])
def test_lists_of_rows_set_aside_never_land_among_raw_files(root: Path, place: str) -> None:
    """A link in place of the folder of lists is refused; so is a raw folder within it."""
    lists = root / "data" / "raw" / "kecil" / "karantina"
    (lists / "mentah").mkdir(parents=True)
    assert refused(root, raw=small_intake.office(lists / "mentah")).code == "K227"
    lists.rename(root / "aside")
    lists.symlink_to(root / place)
    assert refused(root).code == "K229"
    with pytest.raises(InputError) as caught:
        forget("kecil", ["199001152015031901"], root=root)
    assert caught.value.code == "K229"


def test_a_key_is_not_made_inside_the_project(root: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    """Wherever the folder of keys is named from, a key never lies beside the data."""
    for keys in (root / "keys", root / "data" / ".." / "k"):
        monkeypatch.setenv("KARIER_KEYS", str(keys))
        monkeypatch.setattr(sys, "argv", ["karier", "key", "baru"])
        before = everything(root)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert (ended.value.code, capsys.readouterr().err[:4]) == (2, "K114")
        assert everything(root) == before


def test_a_lock_that_is_a_link_empties_nothing(root: Path) -> None:
    """A link in place of the lock is refused; the raw file that it leads to keeps its bytes."""
    raw = root / "data" / "raw" / "kecil" / "pegawai.csv"
    lock = root / "data" / "processed" / ".kecil.lock"
    before = raw.read_bytes()
    lock.unlink(missing_ok=True)
    lock.symlink_to(raw)
    with pytest.raises(InputError) as caught:
        prepare("kecil", root=root)
    assert caught.value.code == "K229"
    assert raw.read_bytes() == before


def test_one_run_at_a_time_per_evaluation(root: Path) -> None:
    """A second run gets K513 at once, another evaluation is free, and so is the first one afterwards."""
    with alone(root, "kecil"):
        with pytest.raises(EnvironmentFault) as caught, alone(root, "kecil"):
            pass
        assert caught.value.code == "K513"
        with pytest.raises(EnvironmentFault, match="K513"):
            prepare("kecil", root=root)
        with pytest.raises(EnvironmentFault, match="K513"):
            forget("kecil", ["199001152015031901"], root=root)
        with alone(root, "lain"):
            pass
    prepare("kecil", root=root)
