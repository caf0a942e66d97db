"""Kills, full and read-only disks, two runs at once, flipped bytes: the old tables stay whole, and it is said."""

from __future__ import annotations

import errno
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from faults.kills import contents, desk, hand_in, in_child, killed_before, random_kills, run
from faults.same_bytes import digest

from karier_stats import cli
from karier_stats.errors import EnvironmentFault, KarierError
from karier_stats.intake import prepare
from karier_stats.intake.processed import SEAL, open_evaluation

LONG = bool(os.environ.get("KARIER_LONG"))
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system with fork")


@pytest.fixture
def office(tmp_path, monkeypatch):
    """An office with old tables in place and new files handed in."""
    monkeypatch.setenv("KARIER_KEYS", str(tmp_path / "kunci"))
    monkeypatch.setenv("KARIER_HOME", str(tmp_path / "proyek"))
    found = desk(tmp_path / "proyek")
    found.outset()
    return found


def fault(office) -> EnvironmentFault:
    """How a run fails; its message stands in both languages and the old tables stay."""
    with pytest.raises(EnvironmentFault) as caught:
        run(office.root)
    assert caught.value.exit_code == 5
    assert caught.value.message("id") != caught.value.message("en")
    assert office.look() == "old"
    return caught.value


def test_a_run_killed_before_any_touch_of_the_disk_leaves_old_or_new_tables(office):
    found = []
    while (tables := killed_before(office, 4 * len(found))) is not None:  # every one: python -m tests.faults
        found.append(tables)
    assert len(found) >= 8
    assert found == sorted(found, reverse=True)  # old up to one step, new from there on
    assert {"old", "new"} == set(found)


def test_a_run_killed_at_any_moment_leaves_old_or_new_tables(office):
    assert Counter(random_kills(office, 10, seed=1)).total() == 10


def test_a_killed_run_holds_no_lock(office):
    child = in_child(lambda: held(office))
    os.waitpid(child, os.WUNTRACED)
    assert fault(office).code == "K513"
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    office.make_good()


def held(office) -> None:
    """A run that stops in the middle, with the lock in its hand."""
    prepare.write_tables = lambda *given: os.kill(os.getpid(), signal.SIGSTOP)
    run(office.root)


def test_two_runs_at_once_end_in_one_result_and_one_refusal(office):
    child = in_child(lambda: held(office))
    os.waitpid(child, os.WUNTRACED)
    error = fault(office)
    assert (error.code, error.values) == ("K513", {"evaluation": "kecil"})
    os.kill(child, signal.SIGCONT)
    os.waitpid(child, 0)


@pytest.fixture
def disk(tmp_path):
    """A small disk of its own under ``tmp_path``; skips where none may be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", place], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("no disk may be mounted here")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.fixture
def on_disk(disk, tmp_path, monkeypatch):
    """The office of :func:`office` on the small disk."""
    monkeypatch.setenv("KARIER_KEYS", str(tmp_path / "kunci"))
    monkeypatch.setenv("KARIER_HOME", str(disk / "proyek"))
    found = desk(disk / "proyek")
    found.outset()
    return found


def test_a_full_disk_is_said_and_the_old_tables_stay(on_disk, disk):
    (disk / "lain").write_bytes(b"x" * (shutil.disk_usage(disk).free - 12_000))
    error = fault(on_disk)
    assert (error.code, error.values["reason"]) == ("K260", os.strerror(errno.ENOSPC))
    assert error.message("en") == (
        'K260 The tables of the evaluation "kecil" cannot be written: No space left on device. Check the permissions of '
        "data/processed and data/raw and free up to 1 MB of disk space, then run again; the old tables are unchanged.")
    assert not (on_disk.root / "data/processed/.tmp-kecil").exists()
    (disk / "lain").unlink()
    on_disk.make_good()


def test_a_read_only_disk_is_said_and_the_old_tables_stay(on_disk, disk):
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    assert (fault(on_disk).values["reason"]) == os.strerror(errno.EROFS)
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    on_disk.make_good()


def prepare_at_the_command_line() -> None:
    """The verb, in a child of the tests; its exit code is the child's."""
    sys.argv = ["karier", "prepare", "kecil"]
    try:
        cli.main()
    except SystemExit as left:
        os._exit(int(left.code or 0))


@pytest.mark.parametrize("most", [10, 4_000])
def test_a_quota_on_files_gives_exit_5_at_the_command_line(office, most):
    def limited() -> None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        prepare_at_the_command_line()

    _, status = os.waitpid(in_child(limited), 0)
    assert os.WEXITSTATUS(status) == 5
    assert office.look() == "old"
    office.make_good()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_request_to_end_leaves_the_old_tables_and_exit_code_130(office, number):
    def asked_to_end() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        prepare.write_tables = lambda *given: os.kill(os.getpid(), number)
        prepare_at_the_command_line()

    _, status = os.waitpid(in_child(asked_to_end), 0)
    assert os.waitstatus_to_exitcode(status) == 130
    assert office.look() == "old"
    office.make_good()


@pytest.mark.parametrize(("owner", "name", "nth"), [
    (os, "fsync", 0), (os, "fsync", 9), (prepare.Path, "rename", 0), (prepare.Path, "rename", 1)])
def test_a_disk_that_fails_in_between_leaves_the_old_tables(office, monkeypatch, owner, name, nth):
    calls = []
    kept = getattr(owner, name)

    def failing(*arguments):
        calls.append(arguments)
        if len(calls) == nth + 1:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return kept(*arguments)

    monkeypatch.setattr(owner, name, failing)
    assert fault(office).code == "K260"
    assert len(calls) > nth
    monkeypatch.undo()
    os.environ.update(KARIER_KEYS=str(office.root.parent / "kunci"), KARIER_HOME=str(office.root))
    office.make_good()


def test_any_flipped_byte_is_found(office):
    office.make_good()
    folder = office.root / "data/processed/kecil"
    rng = random.Random(1)
    whole = contents(folder)
    assert SEAL in whole and len(whole) > 7
    for name, content in whole.items():
        places = range(len(content)) if len(content) < 100 else rng.sample(range(len(content)), 60 if LONG else 20)
        for place in places:
            changed = bytearray(content)
            changed[place] ^= 1 << rng.randrange(8)
            (folder / name).write_bytes(changed)
            with pytest.raises(KarierError) as caught:
                open_evaluation("kecil", period=2025).check_files()
            assert caught.value.code in ("K510", "K512")
        (folder / name).write_bytes(content)
    assert office.look() == "new"


def test_a_reader_between_two_renames_finds_the_old_tables(office):
    (office.root / "data/processed/kecil").rename(office.root / "data/processed/.old-kecil")
    assert office.look() == "old"
    office.make_good()


def test_a_refused_file_leaves_lists_and_tables_as_they_were(office):
    before = contents(office.root / "data/raw/kecil/karantina")
    hand_in(office.root, 1)
    path = office.root / "data/raw/kecil/pegawai.csv"
    path.write_text(path.read_text().replace("197004041995041904", "1.97004E+17"))
    with pytest.raises(KarierError):
        run(office.root)
    assert office.look() == "old"
    assert contents(office.root / "data/raw/kecil/karantina") == before


SURROUNDINGS = {"TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "7", "OMP_NUM_THREADS": "2"}


@pytest.mark.parametrize("names", [*([name] for name in SURROUNDINGS if LONG), list(SURROUNDINGS)])
def test_time_zone_language_hash_seed_and_cores_change_no_byte(tmp_path, monkeypatch, names):
    """All at once, in the long form each by itself too; compared with this process."""
    monkeypatch.setattr(os, "environ", os.environ.copy())
    (tmp_path / "sini").mkdir()
    (tmp_path / "sana").mkdir()
    here = Path(__file__).parent
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(here.parent), str(here)))}
    env |= {name: SURROUNDINGS[name] for name in names}
    done = subprocess.run(
        [sys.executable, "-m", "faults.same_bytes", tmp_path / "sana"], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == digest(tmp_path / "sini")


def test_a_lock_that_cannot_be_had_is_said(office):
    """No file where the lock should lie; whoever runs as root may read any."""
    lock = office.root / "data/processed/.kecil.lock"
    lock.unlink()
    lock.mkdir()
    assert fault(office).code == "K260"
    lock.rmdir()
    office.make_good()


def test_every_fault_and_attack_has_a_test():
    here = Path(__file__).parent
    rows = re.findall(r"^\| ([FS]\d\d) \|.*\| (\w+)::(\w+) \|$", (here / "faults" / "README.md").read_text(encoding="utf-8"), re.M)
    assert [row[0] for row in rows] == [f"F{n:02d}" for n in range(1, 43)] + [f"S{n:02d}" for n in range(1, 41)]
    for name, module, test in rows:
        assert f"def {test}(" in (here / f"{module}.py").read_text(encoding="utf-8"), name
