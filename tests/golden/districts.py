"""The evaluations whose every word is on record: the sample, a real programme, and three made-up districts."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from karier_stats.intake.prepare import prepare
from karier_stats.intake.processed import Processed, open_evaluation
from karier_stats.intake.pseudonyms import make_key
from tests import once
from tests.made_up import VARIANTS, made_up

REAL = "carpentries_longterm2017"
PETA = Path(__file__).parents[1] / "real" / REAL / "peta.yml"
NAMES = ("contoh", REAL, *VARIANTS)


def evaluation(name: str, folder: Path, shared: Path) -> Processed:
    """One of ``NAMES``, prepared in a project of its own.

    Parameters
    ----------
    folder : Path
        An empty folder; the environment's ``KARIER_HOME`` and ``KARIER_KEYS`` are set to places in it.
    shared : Path
        Where the real data lie.
    """
    if name in VARIANTS:
        return Processed.from_tables(made_up(name).tables, period=2025, name=name)
    os.environ.update(KARIER_HOME=str(folder / "proyek"), KARIER_KEYS=str(folder / "kunci"))
    (folder / "proyek" / "notebooks").mkdir(parents=True)
    if name == REAL:
        (folder / "proyek" / "data" / "processed").mkdir(parents=True)
        make_key(name)
        prepare(name, root=folder / "proyek", raw=shared / REAL, peta=PETA)
        return open_evaluation(name, period=2017)
    shutil.copytree(once.prepared().parent, folder, dirs_exist_ok=True)
    return open_evaluation(name, period=2025)
