"""Whole reports in two languages beside a shell loop of papermill and nbconvert, both by the clock on the wall."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from karier_stats.report import engine
from karier_stats.report.batch import make_reports, requests_for
from karier_stats.report.request import Request

from .cases import Case
from .counted import counted

ROOT = Path(__file__).parents[2]
FIRST = Request("contoh", "", 0, ("id", "en"), "internal", 0.95, 20250817)
REPORTS = 10


def cases(full: bool) -> list[Case]:
    """Ten reports on either side, or two here and one, of both languages, by the shell loop, counted twice; and what the cells
    of reports, their answers and the drawing of their pictures take of all the processor time that they take."""
    reports, looped = (REPORTS, REPORTS) if full else (2, 1)
    took: Counter[str] = Counter()
    return [Case(
        f"{reports} whole reports beside their own cells, answers and pictures", ours=lambda: ours(reports),
        our_clock=lambda: processor(reports, took)["all"], peer_clock=lambda: took["own"],
        peer_name="their own cells, answers and pictures: overhead is the rest, under 30 %", faster=round(1 / 1.3, 2),
    ), Case(
        f"{reports} whole reports, 9 chapters, 2 languages", ours=lambda: ours(reports), our_clock=lambda: ours(reports),
        peer_clock=lambda: shell_loop(looped) * reports / looped,
        peer_name="papermill and nbconvert in a shell loop" + ("" if full else "*"), faster=8,
    )]


def project(folder: Path) -> Path:
    """The sample district, prepared, with the notebooks."""
    sys.path.insert(0, str(ROOT / "tests"))
    import once

    root = Path(shutil.copytree(once.prepared(), folder / "proyek"))
    shutil.copytree(ROOT / "notebooks", root / "notebooks", dirs_exist_ok=True)
    shutil.copy(ROOT / "ASSUMPTIONS.md", root)
    return root


def ours(reports: int) -> float:
    """Seconds for the reports of so many units."""
    with tempfile.TemporaryDirectory() as folder:
        root = project(Path(folder))
        asked = requests_for(root, FIRST, "each", "2025", "internal")[:reports]
        began = time.monotonic()
        states = [one.state for one in make_reports(asked, root=root, jobs=os.cpu_count() or 1, progress=False)]
        seconds = time.monotonic() - began
    assert states == ["made"] * reports
    return seconds


def processor(reports: int, took: Counter[str]) -> Counter[str]:
    """Processor seconds of so many reports: ``all`` of them, and those of ``own`` cells and drawing."""
    with tempfile.TemporaryDirectory() as folder:
        project(Path(folder))  # what is prepared is prepared before the clock runs
        with counted(Path(folder) / "log") as found:
            ours(reports)
    took.update(found)
    return took


def shell_loop(reports: int) -> float:
    """Seconds of a shell for the same chapters of so many units, in both languages."""
    with tempfile.TemporaryDirectory() as folder:
        root = project(Path(folder))
        units = [one.unit for one in requests_for(root, FIRST, "each", "2025", "internal")[:reports]]
        lines = [
            f"{sys.executable} -m papermill --no-progress-bar notebooks/{chapter}.ipynb out.ipynb -p unit {unit} -p lang {lang} && "
            f"{sys.executable} -m nbconvert --to html out.ipynb"
            for unit in units for lang in FIRST.langs for chapter in engine.CHAPTERS
        ]
        began = time.monotonic()
        subprocess.run(["sh", "-ec", "\n".join(lines)], cwd=root, check=True, capture_output=True,
                       env={**os.environ, "KARIER_HOME": str(root), "PYTHONPATH": str(ROOT)})
        return time.monotonic() - began
