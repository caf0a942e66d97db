"""What the system refuses, at every verb of the command line: exit code 5, a code, a remedy, never a traceback."""

from __future__ import annotations

import builtins
import errno
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import small_intake
import tiny_report
from small_intake import project

from karier_stats import cli
from karier_stats.intake.prepare import prepare
from karier_stats.report import engine
from karier_stats.words.catalogue import node

NIP = "199001152015031901"
LONG = bool(os.environ.get("KARIER_LONG"))
VERBS: dict[str, list[str]] = {
    "key": ["baru"], "sample": [], "template": ["unit", "--out", "../keluar/formulir"],
    "prepare": ["kecil", "--ok-with-quarantine"], "forget": ["kecil", "--from", "../nip.txt"],
    "report": ["kecil", "--period", "2025", "--lang", "id", "--allow-changed"], "verify": ["../keluar/laporan"],
    "start": ["data/raw/kecil", "--yes"],
}
WRITES = {
    "home": {"key"}, "keys": {"key", "forget"}, "output": {"template"},
    "project": {"sample", "prepare", "forget", "report", "start"},
}
"""Which verbs must write in which place; the others must go on as if nothing were the matter."""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a project whose evaluation is prepared, a list of numbers, a home, and a folder for what comes out."""
    root = project(tmp_path, monkeypatch, "kecil")
    small_intake.office(root / "data" / "raw" / "kecil")
    prepare("kecil", root=root)
    (tmp_path / "nip.txt").write_text(NIP)
    for name in ("rumah", "keluar"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "rumah"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(engine, "CHAPTERS", tiny_report.CHAPTERS)
    tiny_report.write_project(tmp_path / "lain")
    (tmp_path / "lain" / "notebooks").rename(tmp_path / "lain" / "n")
    for path in (tmp_path / "lain" / "n").iterdir():
        path.rename(root / "notebooks" / path.name)
    monkeypatch.chdir(root)
    return tmp_path


def deny(monkeypatch: pytest.MonkeyPatch, folder: Path, number: int) -> None:
    """Let the system refuse every write below a folder, as it would to a user without the right; root too."""
    below = (str(folder), os.path.realpath(folder))

    def guarded(real: Callable[..., Any], writes: Callable[..., bool]) -> Callable[..., Any]:
        def call(path: Any, *more: Any, **named: Any) -> Any:
            where = os.path.abspath(os.fsdecode(path)) if isinstance(path, str | bytes | os.PathLike) else ""
            if any(where == one or where.startswith(one + os.sep) for one in below) and writes(*more, **named):
                raise OSError(number, os.strerror(number), str(path))
            return real(path, *more, **named)

        return call

    opened = guarded(io.open, lambda mode="r", *_, **__: not set(mode).isdisjoint("wax+"))
    monkeypatch.setattr(io, "open", opened)
    monkeypatch.setattr(builtins, "open", opened)
    monkeypatch.setattr(os, "open", guarded(os.open, lambda flags, *_, **__: bool(flags & (os.O_WRONLY | os.O_RDWR))))
    monkeypatch.setattr(os, "access", lambda path, mode, real=os.access, **named: (
        real(path, mode, **named) and not (mode & os.W_OK and os.path.abspath(path).startswith(below))))
    for name in ("mkdir", "rename", "replace", "unlink", "remove", "rmdir"):
        monkeypatch.setattr(os, name, guarded(getattr(os, name), lambda *_, **__: True))


def ended(verb: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Exit code and words of one verb; any other exception than an exit would be a traceback to the user."""
    monkeypatch.setattr(sys, "argv", ["karier", verb, *VERBS[verb]])
    capsys.readouterr()
    try:
        cli.main()
    except SystemExit as end:
        return int(end.code or 0), capsys.readouterr().err
    return 0, capsys.readouterr().err


def test_the_table_of_verbs_is_whole() -> None:
    """A new verb must be tried here, too."""
    assert set(VERBS) == set(cli.cli.commands)


@pytest.mark.parametrize(("verb", "place", "number"), [
    (verb, place, number) for verb in VERBS if verb != "verify" for place in WRITES
    for number in (errno.EACCES, errno.EROFS, errno.ENOSPC)
    if verb != "sample" or (number == errno.EACCES and place == "project") or LONG  # it writes a whole district
])
def test_a_place_that_may_not_be_written(
    desk: Path, verb: str, place: str, number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A verb that must write there ends with 5, a code of the environment and the system's reason; others do not."""
    folder = {"home": desk / "rumah", "keys": desk / "kunci", "project": desk / "proyek", "output": desk / "keluar"}[place]
    if place == "home" and verb == "key":
        monkeypatch.delenv("KARIER_KEYS")
    monkeypatch.setattr(engine._Report, "run_chapters", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    deny(monkeypatch, folder, number)
    code, words = ended(verb, monkeypatch, capsys)
    # A folder of keys that may only be read is a notice of prepare, which keeps marks of names there; a full one is not.
    if verb in WRITES[place] or (verb, place, number) == ("prepare", "keys", errno.ENOSPC):
        assert code == 5, words
        assert words.startswith(("K260", "K5"))
        assert os.strerror(number) in words
        assert ("KARIER_KEYS" in words) == (words[:4] in ("K504", "K505"))
        assert NIP not in words
        assert str(desk) not in words.replace(str(desk / "kunci"), "").replace(str(desk / "rumah"), "")
    else:
        assert code == {"report": 130, "start": 1}.get(verb, 0), words  # 1: questions are open


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "start"])  # it writes beside the files alone
def test_a_file_where_a_folder_should_be(
    desk: Path, verb: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Keys, raw folder, reports and target each a file: no permission is needed to meet this."""
    monkeypatch.setattr(engine._Report, "run_chapters", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    keys = desk / "kunci"
    if verb in ("key", "forget", "prepare"):
        keys.rename(desk / "aside")
        keys.write_text("")
    (desk / "proyek" / "reports").write_text("")
    (desk / "keluar").rmdir()
    (desk / "keluar").write_text("")
    if verb == "sample":
        (desk / "proyek" / "data" / "raw").rename(desk / "raw")
        (desk / "proyek" / "data" / "raw").write_text("")
    code, words = ended(verb, monkeypatch, capsys)
    without_key = verb in ("prepare", "forget")  # a key that is not there is named as such, with how to make it
    assert (code, words[:2]) == (2, "K1") if without_key else (5, "K5"), words


@pytest.mark.skipif(os.name != "posix", reason="rights as on Linux and macOS")
def test_what_is_written_is_nobody_elses_to_change(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Even where the shell would let everyone write."""
    before = os.umask(0)
    try:
        assert ended("template", monkeypatch, capsys)[0] == 0
    finally:
        os.umask(before)
    written = list((desk / "keluar").rglob("*"))
    assert written
    assert not [path for path in written if path.stat().st_mode & 0o022]


def test_a_report_that_cannot_be_read(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`verify` writes nothing; a file that it may not read is the system's refusal, too."""
    from karier_stats.report import manifest

    folder = desk / "keluar" / "laporan"
    folder.mkdir()
    (folder / "laporan.html").write_text("a")
    manifest.write(folder, about={}, made_from={}, chapters=(), run=1)
    assert ended("verify", monkeypatch, capsys) == (0, "")
    real = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: _refuse(path) if path.name == "laporan.html" else real(path))
    code, words = ended("verify", monkeypatch, capsys)
    assert (code, words[:4]) == (5, "K504")
    assert "karier verify" in words
    assert "laporan.html" in words


def _refuse(path: Path) -> bytes:
    """The system's refusal to read."""
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))


def test_memory_that_runs_out_and_a_reader_that_leaves(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither is a traceback."""
    def full(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("karier_stats.intake.template.write_templates", full)
    code, words = ended("template", monkeypatch, capsys)
    assert (code, words[:4]) == (5, "K504")
    assert "MemoryError" in words


def test_a_sample_is_not_written_over_files_of_the_office(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An office that named its evaluation `contoh` keeps its files, with `--force` too; a link is not followed."""
    raw = small_intake.office(desk / "proyek" / "data" / "raw" / "contoh")
    before = {path.name: path.read_bytes() for path in raw.iterdir()}
    monkeypatch.setitem(VERBS, "sample", ["--force"])
    code, words = ended("sample", monkeypatch, capsys)
    assert (code, words[:4]) == (2, "K232")
    raw.rename(desk / "kantor")
    raw.symlink_to(desk / "kantor")
    code, words = ended("sample", monkeypatch, capsys)
    assert (code, words[:4]) == (2, "K229")
    assert {path.name: path.read_bytes() for path in (desk / "kantor").iterdir()} == before


def test_a_list_that_is_no_text(desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Numbers saved as UTF-16: the input is refused and nothing is deleted."""
    (desk / "nip.txt").write_bytes(NIP.encode("utf-16"))
    code, words = ended("forget", monkeypatch, capsys)
    assert (code, words[:4]) == (2, "K228")


@pytest.mark.parametrize(("words", "code", "told"), [
    (["reprot", "contoh"], "K282", "report"), (["report", "contoh", "--period", "2025", "--unti", "x"], "K282", "--unit"),
    (["key", "satu", "dua"], "K282", '"dua"'), (["report", "contoh"], "K281", "--period"), (["verify"], "K281", "REPORT_FOLDER"),
    (["report", "contoh", "--period"], "K281", "--period"), (["start", "data/raw/kecil", "--yes=3"], "K281", "--yes"),
    (["start", "tidak-ada"], "K223", "tidak-ada"), (["start", "data/raw/kecil", "--answers", "lalu.yml"], "K223", "lalu.yml"),
    (["forget", "kecil", "--from", "daftar.txt"], "K223", "daftar.txt"), (["sample", "--seed", "-1"], "K223", "-1"),
    (["report", "contoh", "--period", "2025", "--level", "tinggi"], "K223", "tinggi"),
])
@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_command_line_that_cannot_be_read_is_told_in_the_words_of_the_session(
    desk: Path, words: list[str], code: str, told: str, lang: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A code, what is meant and the form of the command, in one line of the office's language, not click's own."""
    monkeypatch.setenv("KARIER_LANG", lang)
    monkeypatch.setitem(VERBS, words[0], words[1:])
    ended_with, text = ended(words[0], monkeypatch, capsys)
    assert (ended_with, text[:4], text.count("\n")) == (2, code, 1)
    assert told in text and not {"Error", "Usage", "No such"} & {*text.split(":")[0].split(" ")}
    assert code == "K223" or f"karier {words[0] if words[0] in cli.cli.commands else '[OPTIONS]'}" in text


def test_every_kind_of_value_has_its_words() -> None:
    """What an option or an argument must be can be said for each of them."""
    kinds = {param.type.name for command in cli.cli.commands.values() for param in command.params} - {"text", "boolean"}
    assert kinds <= set(node("cli.kinds"))


def test_an_earlier_sample_and_an_unconfirmed_crosswalk_are_told(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither ends in silence or without a code; files that nothing can read are told on the screen before the questions."""
    raw = desk / "proyek" / "data" / "raw"
    (raw / "contoh").mkdir()
    (raw / "contoh" / "truth.json").write_text("{}")
    code, words = ended("sample", monkeypatch, capsys)
    assert (code, words[:4]) == (2, "K283")
    for name in ("lama.xls", "~$rekap.xlsx"):
        (raw / "kecil" / name).write_bytes(b"x")
    monkeypatch.setitem(VERBS, "start", ["data/raw/kecil"])
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    code, words = ended("start", monkeypatch, capsys)
    assert code == 1 and "K217" in words and "lama.xls" in words and "~$" not in words
