"""Many reports at once: what is asked for, what fails alone, what is kept, what a stopped batch leaves."""

from __future__ import annotations

import io
import os
import re
import sys
import tarfile
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
import tiny_report

from karier_stats import cli
from karier_stats.errors import EnvironmentFault, GateError, InputError
from karier_stats.intake.pseudonyms import Names
from karier_stats.report import batch, cluster, engine, forking, manifest
from karier_stats.report.batch import Outcome, make_reports, requests_for, worst, years
from karier_stats.report.processes import Callers, ProcessDied, Serial
from karier_stats.report.request import Request, slug

FIRST = Request("contoh", "semua", 2025, ("id",), "internal", 0.95, 20250817, allow_changed=True)  # the notebooks are tiny
FAILING = """if unit == "U2":
    raise ValueError("Budi")"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tiny project; a program that nobody edits meanwhile; an environment that a chapter may set."""
    monkeypatch.setattr(engine, "CHAPTERS", tiny_report.CHAPTERS)
    monkeypatch.setattr(manifest, "PACKAGE", tmp_path / "program")
    monkeypatch.setattr(os, "environ", os.environ.copy())
    return tiny_report.write_project(tmp_path / "proyek")


def made(root: Path, requests: list[Request], executor: Executor | None = None, **more: object) -> dict[str, str]:
    """The state of every report of a batch, by unit."""
    found = list(make_reports(requests, root=root, executor=executor or Serial(), progress=False, **more))  # type: ignore[arg-type]
    return {one.request.unit: one.state for one in found}


def test_units_years_and_readers_give_a_list_of_reports(root: Path) -> None:
    """Every unit by its id, years as ranges or lists, each report once."""
    found = requests_for(root, FIRST, "each", "2025", "internal,public")
    assert [(one.unit, one.audience) for one in found] == [
        ("14.71", "internal"), ("14.71", "public"), ("U2", "internal"), ("U2", "public")]
    assert requests_for(root, FIRST, "U2,U2", "2025,2025", "internal") == [replace(FIRST, unit="U2")]
    assert years("2023..2025,2021") == [2023, 2024, 2025, 2021]


def test_units_of_few_staff_are_left_to_the_office(root: Path) -> None:
    """Two people each: of every unit the public gets no report, and a unit that is named is refused."""
    public = requests_for(root, FIRST, "each", "2025", "public")
    assert made(root, public) == {"14.71": "internal", "U2": "internal"}
    with pytest.raises(InputError) as caught:
        requests_for(root, FIRST, "U2", "2025", "public")
    assert caught.value.message("en").startswith("K277 No public report is made of a unit with 2 staff in 2025: 20 at least.")
    assert requests_for(root, FIRST, "semua", "2025", "public")


def test_a_public_report_is_held_against_the_others_while_it_is_finished(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alone, before the last chapter reads the findings, and that chapter by itself; an internal report is not."""
    from karier_stats.report import releases

    asked: list[str] = []
    real = releases.finish
    monkeypatch.setattr(releases, "finish", lambda work, place, langs, ev, last="": asked.append(f"{place.name} {last}") or
                        real(work, place, langs, ev, last))
    both = [FIRST, replace(FIRST, audience="public")]
    assert [one.state for one in make_reports(both, root=root, executor=Serial(), progress=False)] == ["made", "made"]
    assert asked == ["public ", f"public {tiny_report.CHAPTERS[-1]}"]


@pytest.mark.parametrize(("units", "periods", "code"), [
    ("each", "2025..2023", "K276"), ("each", "abc", "K276"), ("each", "", "K276"), ("each", "2024..2025", "K222"),
    ("semua,Kulin", "2025", "K221"), ("", "2025", "K221"),
])
def test_what_no_report_can_be_made_of_is_refused_before_the_first(root: Path, units: str, periods: str, code: str) -> None:
    """Years that are none or have no data, units that do not exist."""
    with pytest.raises(InputError) as caught:
        requests_for(root, FIRST, units, periods, "internal")
    assert caught.value.code == code


def test_one_failing_report_does_not_stop_the_rest_and_what_holds_is_kept(root: Path) -> None:
    """A failed report leaves its place empty; the next run makes only what lacks, or what has changed."""
    path = root / "notebooks" / "delivery.ipynb"
    nbformat.write(tiny_report.delivery(FAILING), path)
    asked = requests_for(root, FIRST, "each", "2025", "internal")
    outcomes = {one.request.unit: one for one in make_reports(asked, root=root, executor=Serial(), progress=False)}
    assert {unit: one.state for unit, one in outcomes.items()} == {"14.71": "made", "U2": "failed"}
    error = outcomes["U2"].error
    assert error is not None and error.code == "K521" and "Budi" not in error.message("id")
    assert worst(list(outcomes.values())) == 5
    assert list(asked[1].folder(root).iterdir()) == []
    assert "14-71" in (root / "reports" / "index.html").read_text(encoding="utf-8")

    first = (asked[0].folder(root) / "id" / "manifest.json").read_bytes()
    assert made(root, asked) == {"14.71": "current", "U2": "failed"}
    assert (asked[0].folder(root) / "id" / "manifest.json").read_bytes() == first
    nbformat.write(tiny_report.delivery(), path)
    assert made(root, asked) == {"14.71": "made", "U2": "made"}
    assert made(root, asked) == {"14.71": "current", "U2": "current"}
    assert made(root, [replace(asked[0], level=0.9)]) == {"14.71": "made"}


def test_a_damaged_report_is_made_again(root: Path) -> None:
    """One changed byte in a page is enough."""
    request = replace(FIRST, unit="U2")
    assert made(root, [request]) == {"U2": "made"}
    page = request.folder(root) / "id" / "laporan.html"
    page.write_text(page.read_text(encoding="utf-8") + " ", encoding="utf-8")
    assert not engine.is_current(root, request)
    assert made(root, [request]) == {"U2": "made"}
    assert engine.is_current(root, request)


def test_a_batch_takes_the_lock_of_its_evaluation(root: Path) -> None:
    """A second one is K501, and leaves the first alone."""
    running = make_reports([replace(FIRST, unit="14.71"), replace(FIRST, unit="U2")], root=root, executor=Serial(), progress=False)
    next(running)
    with pytest.raises(EnvironmentFault) as caught:
        made(root, [FIRST])
    assert caught.value.code == "K501"
    assert [one.state for one in running] == ["made"]


def test_reports_are_made_by_workers_elsewhere_though_one_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a shared disk: of two workers one is killed while it works; every report is made, once, as it is made here."""
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(engine, "CHAPTERS", tiny_report.CHAPTERS)
    monkeypatch.setattr(os, "environ", os.environ.copy())
    monkeypatch.setenv(forking.ADDRESS, forking.address() or "")  # workers of this machine share what has been imported
    root, home = (tiny_report.write_project(tmp_path / name) for name in ("proyek", "rumah"))
    asked = [replace(FIRST, unit=unit) for unit in ("14.71", "U2", "lingkup-a", "lingkup-c")]
    two = distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=None)
    with two as cluster, distributed.Client(cluster) as client:
        processes, found = client.run(os.getpid), []
        for one in make_reports(asked, root=root, scheduler=cluster.scheduler_address, progress=False):
            found.append(one)
            busy = [worker for worker, keys in client.processing().items() if keys]
            if len(found) == 1:
                os.kill(processes[busy[0]], 9)
    assert [one.error for one in found] == [None] * 4
    assert sorted((one.request.unit, one.state) for one in found) == sorted((one.unit, "made") for one in asked)
    assert all(engine.is_current(root, one) and manifest.read(one.folder(root) / "id")["run"] == 1 for one in asked)
    assert made(home, asked[:1]) == {"14.71": "made"}
    for path in (path for path in asked[0].folder(home).rglob("*") if path.is_file()):
        assert (asked[0].folder(root) / path.relative_to(asked[0].folder(home))).read_bytes() == path.read_bytes()


def test_a_report_that_comes_back_and_names_somebody_stays_out(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers have no key, so that the names are looked for where it lies; of other evaluations a job brings nothing."""
    assert made(root, [FIRST]) == {"semua": "made"}
    (root / "data/processed/lain").mkdir()
    (root / "data/processed/lain/unit.parquet").write_bytes(b"")
    with tarfile.open(fileobj=io.BytesIO(cluster.packed(root, "contoh", engine.CHAPTERS))) as archive:
        assert {name.split("/")[2] for name in archive.getnames() if name.startswith("data")} == {"contoh"}
    place = FIRST.folder(root)
    report = cluster._archive(place, [path for path in place.rglob("*") if path.is_file()])
    cluster.put(root, FIRST, report)
    monkeypatch.setattr(cluster, "kept_names", lambda *_: Names(b"", "contoh", frozenset()))
    cluster.put(root, FIRST, report)
    monkeypatch.setattr(Names, "hits", lambda self, text: list(re.finditer("Berapa", text)))
    with pytest.raises(GateError, match="K416"):
        cluster.put(root, FIRST, report)


def test_a_scheduler_that_nobody_hears_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first report: nobody answers, or the extra is not there."""
    monkeypatch.setattr("karier_stats.report.cluster.SECONDS", 1)
    with pytest.raises(EnvironmentFault) as caught:
        made(root, [FIRST], scheduler="tcp://127.0.0.1:9")
    assert (caught.value.code, caught.value.exit_code) == ("K532", 5)
    assert not (root / "reports" / "contoh").exists()


def test_what_is_not_made_in_time_is_left(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """K529 names the limit; a process that outlives it is ended."""
    monkeypatch.setattr(batch, "_make", slow)
    found = list(make_reports([FIRST], root=root, minutes=0.01, progress=False))
    assert [(one.state, one.error and one.error.code) for one in found] == [("left", "K529")]
    assert worst(found) == 5


def slow(*_: object) -> float:
    """A report that takes a minute."""
    import time

    time.sleep(60)
    return 60.0


def die() -> None:
    """A process that the system ends."""
    os.kill(os.getpid(), 9)


def refuse() -> None:
    """A refusal with a code."""
    raise InputError("K276", given="abc")


def test_a_process_of_its_own_gives_back_values_errors_and_its_death() -> None:
    """Whatever happens to it, the caller goes on."""
    with Callers(1) as pool:
        assert pool.submit(years, "2023..2025").result() == [2023, 2024, 2025]
        with pytest.raises(InputError) as caught:
            pool.submit(refuse).result()
        assert caught.value.message("en") == "K276 `abc` names no years. Write 2025, 2023,2025 or 2023..2025."
        with pytest.raises(ProcessDied):
            pool.submit(die).result()
        assert pool.submit(years, "2025").result() == [2025]


def test_the_command_line_tells_each_report_their_sum_and_the_worst_code(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each, the message of what failed, the list, and the highest exit code."""
    def known(asked: list[Request], **_: object) -> object:
        yield Outcome(asked[0], "made", 61.4)
        yield Outcome(asked[1], "failed", 0, EnvironmentFault("K528", report=asked[1].place, reason="ProcessDied"))

    monkeypatch.setattr(batch, "make_reports", known)
    monkeypatch.setenv("KARIER_HOME", str(root))
    monkeypatch.setenv("KARIER_LANG", "en")
    monkeypatch.setattr(sys, "argv", ["karier", "report", "contoh", "--period", "2025", "--unit", "each"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 5
    told = capsys.readouterr()
    assert told.out == (
        f"contoh/2025/{slug('14.71')}/internal: made, 61 seconds\n"
        f"contoh/2025/{slug('U2')}/internal: failed, 0 seconds\n"
        "2 reports: 1 made, 0 still current, 1 failed, 0 not made. List: reports/index.html\n"
    )
    assert told.err.startswith("K528 The report contoh/2025/u2-")


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes as Linux lists them")
def test_batches_ended_at_any_moment_are_made_good(tmp_path: Path) -> None:
    """Two here, two hundred by ``make faults``: no damaged report, nothing runs on, the next batch gives the same bytes."""
    from faults.batches import Batches, random_kills

    assert len(list(random_kills(Batches(tmp_path), 2, seed=3))) == 2
