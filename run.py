"""The two commands and their kin, with nothing but Python's own library.

    python run.py report | test | long | lab | check | calibration | bench | fuzz | faults | offices |
                  districts | clean      (Windows: py run.py report)

Each makes the environment it needs in ``.venv`` from ``requirements.lock``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
MARK = VENV / "karier-ready"
EVALUATION = "contoh"
PERIOD = "2025"


def environment() -> None:
    """Make ``.venv`` from the lock, once for each state of lock and pyproject."""
    wanted = (ROOT / "requirements.lock").read_text() + (ROOT / "pyproject.toml").read_text()
    if MARK.exists() and MARK.read_text() == wanted:
        return
    if not PYTHON.exists():
        print("Membuat lingkungan di .venv / making the environment in .venv ...", flush=True)
        venv.create(VENV, with_pip=True)
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if not quickly(pip):
        call(*pip, "--require-hashes", "-r", ROOT / "requirements.lock")
    call(*pip, "--no-deps", "--editable", ROOT)
    # An editable installation leaves out the kernel that is forked with its imports done.
    spec = ROOT / "karier_stats" / "report" / "kernelspec"
    install = ("jupyter_client.kernelspecapp", "install", "--sys-prefix", "--name", "karier", "--log-level", "ERROR")
    call(PYTHON, "-W", "ignore", "-m", *install, spec)
    MARK.write_text(wanted)


def quickly(pip: list[object]) -> bool:
    """Whether uv came from the lock and has installed the rest of it, in a fifth of pip's time.

    It knows neither an office's own pip settings nor every machine: where it cannot, pip does the same from the same lock.
    """
    lock = ROOT / "requirements.lock"
    with tempfile.TemporaryDirectory() as folder:
        alone = Path(folder) / "uv.lock"
        alone.write_text("".join(re.findall(r"^uv==(?:.*\\\n)+.*\n", lock.read_text(), re.MULTILINE)))
        came = subprocess.run([*pip, "--require-hashes", "-r", alone], cwd=ROOT, check=False, stderr=subprocess.DEVNULL)
    # Unlike pip it leaves modules uncompiled unless told: each of several processes would then compile them at once.
    words = [BIN / "uv", "pip", "install", "--quiet", "--python", PYTHON, "--compile-bytecode", "--require-hashes", "-r", lock]
    return came.returncode == 0 and subprocess.run(words, cwd=ROOT, check=False, stderr=subprocess.DEVNULL).returncode == 0


def call(*words: object) -> None:
    """Run a command in the project's root; its failure is ours."""
    done = subprocess.run([str(word) for word in words], cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def karier(*words: str) -> None:
    """Run one ``karier`` command in the environment."""
    call(PYTHON, "-m", "karier_stats", *words)


def report() -> None:
    """Write the sample district, prepare it and leave its report."""
    environment()
    karier("key", EVALUATION, "--keep")
    karier("sample", "--force")
    karier("prepare", EVALUATION, "--ok-with-quarantine")
    karier("report", EVALUATION, "--period", PERIOD, "--unit", "semua", "--lang", "id,en")


def test() -> None:
    """Every test."""
    environment()
    # What goes to one worker together, and what goes first, says tests/conftest.py. A worker has one core: threads of
    # the linear algebra would only fight for it (measured: a third more processor time).
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    # Each of many processes would compile the package anew, and each worker all tests, where nobody writes bytecode.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # A worker more than cores: tests that wait for kernels, browsers and limits of time leave a core idle.
    workers = min(4, 1 + (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1))
    # nbval has a process of its own; as a plugin of every worker it would only take seconds to load.
    call(PYTHON, "-m", "pytest", "-p", "no:nbval", "-n", workers, "--dist", "loadgroup", "--no-loadscope-reorder",
         *sys.argv[2:])


def long() -> None:
    """The tests with their long forms: every unit, year and audience, every degenerate district, 2,000 random findings."""
    os.environ["KARIER_LONG"] = "1"
    test()


def lab() -> None:
    """JupyterLab on the notebooks."""
    environment()
    call(PYTHON, "-m", "jupyterlab", "notebooks")


def calibration() -> None:
    """Coverage of every interval and size of every test, by simulation; ``--reps 2000`` for a shorter run."""
    environment()
    call(PYTHON, "-m", "tests.calibration", *sys.argv[2:])


def bench() -> None:
    """Speed beside the named peers, in one run."""
    environment()
    call(PYTHON, "-m", "tests.benchmarks", *sys.argv[2:])


def fuzz() -> None:
    """A million damaged files for the readers; ``--count 10000`` for a shorter run."""
    environment()
    call(PYTHON, "-m", "tests.fuzz", *sys.argv[2:])


def faults() -> None:
    """Kill ``karier prepare`` and batches of reports at 200 random moments; ``--first 60`` goes on at a batch."""
    environment()
    call(PYTHON, "-m", "tests.faults", *sys.argv[2:])


def offices() -> None:
    """No output of 300 random offices tells of anybody; ``KARIER_FIRST=100`` goes on at one of them."""
    _long_form("test_attacker.py::test_no_output_of_random_offices_tells_of_anybody")


def districts() -> None:
    """No number of few people is pinned in the releases of 500 random districts; ``KARIER_FIRST`` as above."""
    _long_form("test_releases.py::test_no_number_of_few_people_is_pinned_in_random_districts")


def _long_form(test: str) -> None:
    """One test in its long form, telling each case as it is done."""
    environment()
    os.environ.update(KARIER_LONG="1", OMP_NUM_THREADS="1")
    call(PYTHON, "-m", "pytest", "-p", "no:nbval", "-n", "0", "-vsx", f"tests/{test}", *sys.argv[2:])


def check() -> None:
    """Ruff, types and import rules."""
    environment()
    call(PYTHON, "-m", "ruff", "check", ".")
    call(PYTHON, "-m", "mypy")
    call(BIN / "lint-imports", "--no-cache")


def clean() -> None:
    """Remove the environment, caches and everything that commands have made."""
    caches = [".pytest_cache", ".mypy_cache", ".ruff_cache", ".import_linter_cache", ".hypothesis", "build"]
    for folder in [VENV, *(ROOT / name for name in caches), *ROOT.rglob("*.egg-info")]:
        shutil.rmtree(folder, ignore_errors=True)
    for parent in ("data/raw", "data/processed", "reports"):
        shutil.rmtree(ROOT / parent / EVALUATION, ignore_errors=True)


COMMANDS = {command.__name__: command for command in (
    report, test, long, lab, check, calibration, bench, fuzz, faults, offices, districts, clean)}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        sys.exit(f"{__doc__}\nPilih satu / choose one: {', '.join(COMMANDS)}")
    COMMANDS[sys.argv[1]]()
