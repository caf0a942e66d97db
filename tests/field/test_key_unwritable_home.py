"""No folder for the key can be made: a fault of the environment that names KARIER_KEYS, not a traceback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOBODY = 65534


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that any account may enter."""
    folder = Path(tempfile.mkdtemp(prefix="karier-field-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def key(home: str, place: Path) -> subprocess.CompletedProcess[str]:
    """``karier key coba`` with this HOME, as an account that is not root, outside any project."""
    if os.name != "posix":
        pytest.skip("accounts as on Linux and macOS")
    drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
    if drop and not shutil.which("setpriv"):
        pytest.skip("root may write anywhere, and another account cannot be taken here")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KARIER_", "XDG_"))}
    environment = {**kept, "HOME": home, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    tried = subprocess.run([*drop, sys.executable, "-c", "import karier_stats.cli"], cwd=place, env=environment,
                           capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("another account cannot read this program")
    return subprocess.run([*drop, sys.executable, "-m", "karier_stats", "key", "coba"], cwd=place, env=environment,
                          capture_output=True, text=True, check=False)


@pytest.mark.parametrize("kind", ["absent", "read-only", "a file"])
def test_the_home_cannot_hold_the_key(place: Path, kind: str) -> None:
    """As it came: PermissionError and exit 1, which means rows set aside. As it should: exit 5 and the remedy."""
    home = {"absent": "/nonexistent", "read-only": str(place / "rumah"), "a file": str(place / "berkas")}[kind]
    (place / "rumah").mkdir(mode=0o555)
    (place / "berkas").write_text("")
    done = key(home, place)
    assert done.returncode == 5, done.stderr
    assert done.stderr.startswith("K505 ")
    assert "KARIER_KEYS" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_home_that_can(place: Path) -> None:
    """The positive control: the same account makes its key where it may write."""
    home = place / "rumah"
    home.mkdir()
    if os.name == "posix" and os.geteuid() == 0:
        os.chown(home, NOBODY, NOBODY)
    done = key(str(home), place)
    assert (done.returncode, done.stderr) == (0, "")
    assert (home / ".config" / "karier_stats" / "keys" / "coba.key").stat().st_size == 32
