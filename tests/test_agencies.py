"""Evaluations prepared by the workers that hold them: tables come home, raw files and keys stay."""

from __future__ import annotations

import os
import shutil
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import small_intake

from karier_stats.errors import EnvironmentFault, InputError
from karier_stats.intake.prepare import Intake, prepare, receive
from karier_stats.intake.pseudonyms import make_key
from karier_stats.report import cluster, forking


def project(root: Path, *held: str) -> Path:
    """A project that holds the small office under some names, with keys of its own in ``kunci`` beside it."""
    for name in ("data/processed", "notebooks"):
        (root / name).mkdir(parents=True)
    for name in held:
        small_intake.office(
            root / "data/raw" / name, {**small_intake.peta(), "evaluation": name}, pegawai=f"{small_intake.STAFF}123;X;U1;P;\n")
    return root


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def at_ease(evaluation: str, root: Path, **how: Any) -> Intake:
    """What ``prepare`` does; the first time it says where it is, and takes a minute."""
    told = Path(os.environ["KARIER_TEST_BEGUN"])
    if evaluation == "bersama" and not told.exists():
        told.write_text(root.name)
        time.sleep(60)
    return prepare(evaluation, root=root, **how)


def test_who_holds_an_evaluation_prepares_it_though_one_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two agencies with folders and a key of their own: each does its own; what both hold outlives the loss of one."""
    distributed = pytest.importorskip("distributed")
    begun, server, home = tmp_path / "mulai", forking.address() or "", project(tmp_path / "pusat")
    workers: dict[str, Any] = {}
    paths = os.pathsep.join((str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")))
    for name, own in (("satu", "kecil"), ("dua", "lain")):
        project(tmp_path / name, own, "bersama")
        env = {"KARIER_HOME": str(tmp_path / name), "KARIER_KEYS": str(tmp_path / f"kunci-{name}"), forking.ADDRESS: server,
               "KARIER_TEST_BEGUN": str(begun), "PYTHONPATH": paths}
        monkeypatch.setenv("KARIER_KEYS", env["KARIER_KEYS"])
        make_key(own)
        workers[name] = {"cls": distributed.Nanny, "options": {"nthreads": 2, "env": env}}
    make_key("bersama")
    shutil.copy(tmp_path / "kunci-dua" / "bersama.key", tmp_path / "kunci-satu")
    monkeypatch.setenv("KARIER_KEYS", str(tmp_path / "kunci-pusat"))
    scheduler = {"cls": distributed.Scheduler, "options": {"dashboard": False, "dashboard_address": None}}
    with distributed.SpecCluster(workers, scheduler) as both, distributed.Client(both) as client:
        processes = client.run(lambda: (os.environ["KARIER_HOME"], os.getpid()))

        def lose() -> None:
            while not begun.exists() or not begun.read_text():
                time.sleep(0.05)
            os.kill(dict(processes.values())[str(tmp_path / begun.read_text())], 9)

        threading.Thread(target=lose, daemon=True).start()
        with cluster.agencies(both.scheduler_address, at_ease, receive) as elsewhere:
            run = partial(elsewhere, root=home, raw=None, peta=None, lang="en")
            made = {name: run(name) for name in ("kecil", "lain", "bersama")}
            with pytest.raises(EnvironmentFault, match="K534"):
                run("tidak-ada")
    lost = begun.read_text()
    holder = {"kecil": "satu", "lain": "dua", "bersama": "dua" if lost == "satu" else "satu"}
    for name, intake in made.items():
        theirs, ours = tmp_path / holder[name] / "data/processed" / name, home / "data/processed" / name
        assert intake.folder == ours and intake.content["evaluation"] == name and intake.quarantined
        assert contents(ours) == contents(theirs)
    assert not (home / "data/raw").exists() and not (tmp_path / "kunci-pusat").exists()


def test_tables_that_come_home_take_their_place_only_whole_and_under_their_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A changed byte, a foreign file and another key are refused, and the old tables stay."""
    home, there = project(tmp_path / "pusat"), project(tmp_path / "satu", "kecil")
    monkeypatch.setenv("KARIER_KEYS", str(tmp_path / "kunci"))
    make_key("kecil")
    folder = prepare("kecil", root=there).folder

    def bring(change: str = "", content: bytes = b"") -> None:
        def fill(fresh: Path) -> None:
            shutil.copytree(folder, fresh, dirs_exist_ok=True)
            if change:
                (fresh / change).write_bytes(content)
        receive("kecil", fill, root=home)

    bring()
    placed = home / "data/processed/kecil"
    before = contents(placed)
    for change, code in (("unit.parquet", "K510"), ("intake.json", "K512"), ("pegawai.csv", "K226")):
        with pytest.raises((EnvironmentFault, InputError), match=code):
            bring(change, b"{}")
    monkeypatch.setenv("KARIER_KEYS", str(tmp_path / "kunci-lain"))
    make_key("kecil")
    shutil.rmtree(folder)
    prepare("kecil", root=there)
    with pytest.raises(InputError, match="K111"):
        bring()
    assert contents(placed) == before
    assert [path.name for path in placed.parent.iterdir() if path.name != ".kecil.lock"] == ["kecil"]
