"""Forked kernels and workers: as an ordinary one would be, gone with whoever asked, ordinary ones where none are forked."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import signal
import subprocess
import sys
import threading
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from jupyter_client.provisioning import KernelProvisionerFactory

from karier_stats.report import forking
from karier_stats.words import catalogue

ROOT = Path(__file__).parents[1]
SPEC = ROOT / "karier_stats" / "report" / "kernelspec" / "kernel.json"
CELL = """import os, random, subprocess, sys
import matplotlib.pyplot as plt
import numpy as np
early = "statsmodels.api" in sys.modules and "babel.dates" in sys.modules
from karier_stats.words import catalogue
_ = plt.plot([1, 2])
{"early": early, "drawn": [np.random.rand(), random.random()], "place": os.getcwd(), "seed": os.environ.get("PYTHONHASHSEED"),
 "process": os.getpid(), "read": catalogue.room_of.cache_info().currsize, "input": sys.stdin is None or os.read(0, 1) == b""}"""
linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")


@pytest.fixture
def kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernelspec of the package, as its installation leaves it."""
    known = KernelProvisionerFactory.instance()
    monkeypatch.setattr(known, "provisioners", dict(known.provisioners))
    monkeypatch.setattr(known, "default_provisioner_name", known.default_provisioner_name)
    forking.fork_kernels()


def told(place: Path) -> dict[str, Any]:
    """What a notebook of one cell tells of its kernel."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    run = papermill.execute_notebook(notebook, None, kernel_name="python3", cwd=place, progress_bar=False)
    kinds = [kind for output in run.cells[-1].outputs for kind in output.get("data", {})]
    text = next(output.data["text/plain"] for output in run.cells[-1].outputs if output.output_type == "execute_result")
    return {**eval(text), "kinds": kinds}


@linux
def test_a_forked_kernel_is_a_kernel_of_its_own(kernels: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Imports are done, words read, figures shown, the folder is the notebook's, and no two draw the same random numbers."""
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    one, other = told(tmp_path), told(tmp_path)
    assert one["early"] and one["read"] >= len([*catalogue.FOLDER.glob("*.yml")]) and "image/png" in one["kinds"] and one["input"]
    assert one["place"] == str(tmp_path)
    assert one["seed"] == "7"  # what it is given to see
    assert not set(one["drawn"]) & set(other["drawn"])
    assert one["process"] != other["process"]
    assert not Path(f"/proc/{one['process']}").exists()


def test_where_nothing_is_forked_the_kernel_is_the_ordinary_one(
    kernels: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same notebook runs, with imports of its own."""
    monkeypatch.setattr(forking, "address", lambda: None)
    found = told(tmp_path)
    assert not found["early"] and "image/png" in found["kinds"]


@linux
def test_where_the_server_is_gone_the_kernel_is_the_ordinary_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket that nobody listens on, or that is not there, gives no fork and no error."""
    monkeypatch.setenv(forking.ADDRESS, str(tmp_path / "tidak-ada"))
    assert forking.fork(os.getcwd) is None


@linux
def test_a_forks_number_comes_before_its_answer_and_its_end_after() -> None:
    """Work that ends at once would else be taken for a process that died; and whoever waits for the end finds nothing left."""
    for fork in [forking.fork(os.getpid) for _ in range(20)]:
        assert fork is not None and fork.link.recv() == (True, fork.pid)
        assert fork.wait(10) == 0 and fork.poll() == 0
        assert not Path(f"/proc/{fork.pid}").exists()
        with pytest.raises(EOFError):
            fork.link.recv()


@linux
@pytest.mark.parametrize("work, given, code, said", [
    (os.kill, (0, 9), -9, None), (sys.exit, (3,), 3, None), (sys.exit, ("teks",), 1, None), (int, ("x",), 0, ValueError),
    (threading.Lock, (), 1, None), (os._exit, (0,), -9, None), (signal.raise_signal, (2,), 1, None),
])
def test_how_a_fork_ends_is_told(work: Any, given: tuple[Any, ...], code: int, said: type[Exception] | None) -> None:
    """An error is an answer; a process that was killed, left, or could not give its answer has none."""
    fork = forking.fork(work, *given)
    assert fork is not None
    if said:
        fine, error = fork.link.recv()
        assert not fine and isinstance(error, said)
    assert fork.wait(10) == code


@linux
def test_a_fork_that_does_not_end_when_asked_is_ended_and_holds_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asked is gone: its fork is told, then killed; meanwhile others are served."""
    stubborn = forking.fork(_ignore, str(tmp_path / "begun"))
    assert stubborn is not None
    while not (tmp_path / "begun").exists():
        time.sleep(0.01)
    stubborn.link.close()
    time.sleep(0.2)
    other = forking.fork(os.getpid)
    assert other is not None and other.wait(2) == 0
    assert Path(f"/proc/{stubborn.pid}").exists() and gone(stubborn.pid)


def _ignore(begun: str) -> None:
    """Work that goes on whatever it is told."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    Path(begun).touch()
    time.sleep(60)


@linux
def test_a_server_that_is_killed_takes_its_forks_along(tmp_path: Path) -> None:
    """Nobody would watch them."""
    script = (
        "import time\nfrom karier_stats.report import forking\n"
        "print(forking.fork(time.sleep, 60).pid, flush=True)\ntime.sleep(60)\n"
    )
    env = {**os.environ, forking.ADDRESS: "", "PYTHONPATH": str(ROOT)}
    asked = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=env)
    assert asked.stdout is not None
    fork, (server,) = int(asked.stdout.readline()), running(str(asked.pid))
    os.kill(server, signal.SIGKILL)
    assert gone(fork)
    asked.kill()
    asked.wait()


@linux
def test_threads_that_ask_at_once_share_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beginning one takes seconds: whoever comes meanwhile waits for it."""
    begun = []
    monkeypatch.delenv(forking.ADDRESS, raising=False)
    monkeypatch.setattr(forking, "_begin", functools.cache(lambda written: (time.sleep(0.1), begun.append(written), "a")[-1]))
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: forking.address(), range(4))) == {"a"}
    assert len(begun) == 1


@linux
def test_a_fork_ends_with_what_it_began_as_soon_as_nobody_waits_for_it(tmp_path: Path) -> None:
    """Killed without warning, a process takes its forks along, and what these have begun, and its server."""
    script = tmp_path / "kerja.py"
    script.write_text(
        "import subprocess, sys, time\nfrom pathlib import Path\nfrom karier_stats.report import forking\n"
        "def work(place):\n"
        "    child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "    Path(place).write_text(str(child.pid))\n    time.sleep(60)\n"
        "if __name__ == '__main__':\n"
        "    import kerja\n    fork = forking.fork(kerja.work, sys.argv[1])\n"
        "    print(fork.pid, flush=True)\n    time.sleep(60)\n",
        encoding="utf-8",
    )
    env = {**os.environ, forking.ADDRESS: "", "PYTHONPATH": os.pathsep.join((str(ROOT), str(tmp_path)))}
    asked = subprocess.Popen([sys.executable, script, tmp_path / "pid"], stdout=subprocess.PIPE, env=env)
    assert asked.stdout is not None
    fork = int(asked.stdout.readline())
    for _ in range(600):
        if (tmp_path / "pid").exists() and (tmp_path / "pid").read_text():
            break
        time.sleep(0.1)
    begun = int((tmp_path / "pid").read_text())
    servers = running(str(asked.pid))
    assert servers
    asked.kill()
    asked.wait()
    assert all(gone(process) for process in (fork, begun, *servers))


def running(parent: str) -> list[int]:
    """The processes that a process has begun."""
    return [int(name) for name in os.listdir("/proc") if name.isdecimal() and state(name)[1:2] == [parent]]


def gone(process: int) -> bool:
    """Whether a process has ended within ten seconds."""
    for _ in range(100):
        if state(str(process))[:1] in ([], ["Z"]):
            return True
        time.sleep(0.1)
    return False


def state(process: str) -> list[str]:
    """The state of a process and what began it; nothing where it is gone, which it may be from one look to the next."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return []


def test_the_kernelspec_and_the_entry_point_name_the_provisioner() -> None:
    """``papermill -k karier`` and JupyterLab find it where the package is installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    entries = project["project"]["entry-points"]["jupyter_client.kernel_provisioners"]
    assert entries == {forking.PROVISIONER: "karier_stats.report.forking:ForkProvisioner"}
    assert project["tool"]["setuptools"]["data-files"] == {"share/jupyter/kernels/karier": [str(SPEC.relative_to(ROOT))]}
    spec = json.loads(SPEC.read_text(encoding="utf-8"))
    assert spec["metadata"]["kernel_provisioner"]["provisioner_name"] == forking.PROVISIONER
