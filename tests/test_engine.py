"""From request to report: refusals before a kernel starts, one whole run, and failures that harm nothing."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import nbformat
import pytest
import tiny_report

from karier_stats.errors import EnvironmentFault, GateError, InputError, KarierError, StatisticsError
from karier_stats.intake.project import alone
from karier_stats.intake.pseudonyms import fingerprint, keep_names, load_key, make_key
from karier_stats.report import engine, forking, kernels, manifest, processes
from karier_stats.report.request import Request, check_names, slug

POSIX = os.name == "posix"
LONG = bool(os.environ.get("KARIER_LONG"))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of two chapters; the engine is told that these are all."""
    monkeypatch.setattr(engine, "CHAPTERS", tiny_report.CHAPTERS)
    monkeypatch.setattr(manifest, "PACKAGE", tmp_path / "program")  # the real one may be edited while a test runs
    return tiny_report.write_project(tmp_path / "proyek {a}")


@pytest.fixture(scope="module")
def worker() -> Iterator[Executor]:
    """A worker that stays: what it imports takes longer than a tiny report."""
    with processes.Callers(1) as pool:
        yield pool


@pytest.fixture
def one_worker(worker: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let reports whose chapters are to fail share a worker; whole, stopped and killed runs have their own."""
    monkeypatch.setattr(engine, "Callers", lambda jobs: contextlib.nullcontext(worker))


@pytest.fixture
def no_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any attempt to run a chapter fails the test."""

    class Refusing(processes.Serial):
        def submit(self, fn: Callable[..., Any], /, *given: Any, **more: Any) -> Future[Any]:
            assert fn is not kernels.run, "a run began"
            return super().submit(fn, *given, **more)

    monkeypatch.setattr(engine, "Callers", lambda jobs: contextlib.nullcontext(Refusing()))


def write(root: Path, **more: object) -> list[Path]:
    """The report of the tiny project, whose notebooks are not the package's, in Indonesian unless said otherwise."""
    given: dict[str, object] = {"root": root, "period": 2025, "langs": ("id",), "progress": False, "allow_changed": True}
    arguments = {**given, **more}
    return engine.write_report(arguments.pop("evaluation", "contoh"), **arguments)  # type: ignore[arg-type]


def test_a_whole_report_twice(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both languages come out whole and verified; a second run gives the same bytes and the next number.

    The account is called as a word that stands on the page: that holds nothing back.
    """
    monkeypatch.setenv("LOGNAME", "angkatan")  # in the workers, too
    pages = write(root, langs=("id", "en"))
    place = root / "reports" / "contoh" / "2025" / "semua" / "internal"
    assert pages == [place / "id" / "laporan.html", place / "en" / "laporan.html"]
    first = {path.relative_to(place): path.read_bytes() for path in place.rglob("*") if path.is_file()}
    assert {path.as_posix() for path in first} == {
        f"{lang}/{name}" for lang in ("id", "en") for name in
        ("satu-halaman.html", "laporan.html", "lampiran.html", "pesan.txt", "findings.json", "findings.schema.json",
         "manifest.json", "chapters/delivery.ipynb", "chapters/synthesis.ipynb")
    }
    for lang in ("id", "en"):
        assert manifest.verify(place / lang, root=root) == ()
    _check_content(place)
    write(root, langs=("id", "en"))
    second = {path.relative_to(place): path.read_bytes() for path in place.rglob("*") if path.is_file()}
    changed = {path.as_posix() for path in first if first[path] != second[path]}
    assert changed == {"id/manifest.json", "en/manifest.json"}  # the counter
    assert [manifest.read(place / lang)["run"] for lang in ("id", "en")] == [2, 2]
    assert write(root, langs=("id", "en"), keep=True) == pages  # it still holds: nothing is made
    assert {path.relative_to(place): path.read_bytes() for path in place.rglob("*") if path.is_file()} == second
    assert "contoh/2025/semua/internal/id/laporan.html" in (root / "reports" / "index.html").read_text(encoding="utf-8")


def _check_content(place: Path) -> None:
    """The synthesis has seen the other chapter's finding; the notebooks carry no trace of the machine."""
    found = json.loads((place / "en" / "findings.json").read_text(encoding="utf-8"))
    assert [one["id"] for one in found["findings"]] == ["delivery.count", "synthesis.verdict"]
    assert found["findings"][1]["sentence"]["en"] == "There are 1 findings."
    assert (found["lang"], found["period"], len(found["data_sha256"])) == ("en", 2025, 64)
    assert "angkatan" in (place / "id" / "lampiran.html").read_text(encoding="utf-8")
    page = (place / "en" / "laporan.html").read_text(encoding="utf-8")
    assert page.index("There are 1 findings.") < page.index("What was delivered") < page.index("Sentence delivery.count.")
    notebook = json.loads((place / "id" / "chapters" / "delivery.ipynb").read_text(encoding="utf-8"))
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    assert not any("papermill" in cell["metadata"] for cell in notebook["cells"])
    assert manifest.read(place / "id")["notebooks_changed"] == ["delivery", "synthesis"]
    for name in ("laporan.html", "satu-halaman.html", "lampiran.html", "pesan.txt"):
        assert "Buku kerja analisis diubah" in (place / "id" / name).read_text(encoding="utf-8")
        assert "Analysis notebooks changed" in (place / "en" / name).read_text(encoding="utf-8")


def test_what_would_come_out_again_is_not_run_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another language, other assumptions: no kernel; another level, a changed notebook, a damaged report: kernels."""
    monkeypatch.setattr(os, "environ", os.environ.copy())
    monkeypatch.setattr(engine, "Callers", lambda jobs: contextlib.nullcontext(processes.Serial()))
    place, run, ran = root / "reports" / "contoh" / "2025" / "semua" / "internal", kernels._execute, []
    monkeypatch.setattr(kernels, "_execute", lambda job, private: ran.append(job.chapter) or run(job, private))
    write(root)
    first = (place / "id" / "findings.json").read_bytes()
    (root / "ASSUMPTIONS.md").write_text("# Asumsi\n", encoding="utf-8")
    write(root, langs=("id", "en"))
    assert ran == ["delivery", "synthesis"]
    assert (place / "id" / "findings.json").read_bytes() == first
    _check_content(place)
    path = root / "notebooks" / "delivery.ipynb"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    write(root, langs=("en",))
    assert ran[2:] == ["delivery", "synthesis"]
    write(root, langs=("en",), level=0.9)
    (place / "en" / "laporan.html").write_text("", encoding="utf-8")
    write(root, langs=("en",), level=0.9)
    assert ran[4:] == ["delivery", "synthesis"] * 2


@pytest.mark.parametrize(("change", "code"), [
    ({"evaluation": "conto"}, "K220"),
    ({"unit": "Kulin"}, "K221"),
    ({"unit": "U" * 300}, "K221"),
    ({"unit": "U\0"}, "K221"),
    ({"evaluation": "../contoh"}, "K220"),
    ({"evaluation": "a" * 300}, "K220"),
    ({"period": 2024}, "K222"),
    ({"audience": "semua"}, "K223"),
    ({"level": 95.0}, "K223"),
    ({"seed": -1}, "K223"),
    ({"period": "2025"}, "K231"),
    ({"level": True}, "K231"),
    ({"unit": 7}, "K231"),
    ({"langs": ("id", "fr")}, "K233"),
    ({"langs": ()}, "K233"),
    ({"langs": ("id", "id")}, "K233"),
    ({"kinds": ("odt",)}, "K219"),
    ({"jobs": 0}, "K235"),
])
def test_requests_are_refused_before_a_kernel_starts(
    root: Path, no_kernel: None, change: dict[str, object], code: str
) -> None:
    """Each wrong parameter has its code and exit code 2, and leaves nothing behind."""
    with pytest.raises(InputError) as caught:
        write(root, **change)
    assert (caught.value.code, caught.value.exit_code) == (code, 2)
    assert not (root / "reports").exists()


def test_unknown_unit_and_misspelt_parameter_get_a_suggestion(root: Path, no_kernel: None) -> None:
    """The message names what was probably meant."""
    with pytest.raises(InputError) as unit:
        write(root, unit="Kulin")
    assert "Maksud Anda: U2 (Kulim)?" in unit.value.message("id")
    with pytest.raises(InputError) as name:
        check_names({"unitt": "semua"})
    assert name.value.message("en") == (
        "K230 The parameter `unitt` is not known. The nearest is: unit. There are: evaluation, unit, period, lang, "
        "audience, level, seed."
    )
    with pytest.raises(InputError) as hostile:
        check_names({'x=1\nopen("a","w")': 1})
    assert "\n" not in hostile.value.message("id")
    check_names({"unit": 1, "seed": 2})


@pytest.mark.parametrize(("cell", "code"), [
    (None, "K525"),
    (tiny_report.PARAMETERS.replace("seed:", "sed:"), "K526"),
    (tiny_report.PARAMETERS.replace("period: int", "period: str"), "K526"),
])
def test_notebooks_are_checked_before_a_kernel_starts(
    root: Path, no_kernel: None, cell: str | None, code: str
) -> None:
    """A missing notebook, a missing parameter and one of another type are refused."""
    path = root / "notebooks" / "synthesis.ipynb"
    notebook = nbformat.read(path, as_version=4)
    path.unlink()
    if cell is not None:
        next(one for one in notebook.cells if one.cell_type == "code").source = cell
        nbformat.write(notebook, path)
    with pytest.raises(EnvironmentFault) as caught:
        write(root)
    assert (caught.value.code, caught.value.exit_code) == (code, 5)


def test_changed_notebooks_are_refused_unless_they_are_allowed(root: Path, no_kernel: None) -> None:
    """K533 names them, before a kernel starts; what a report of them says stands in ``_check_content``."""
    with pytest.raises(EnvironmentFault) as caught:
        write(root, allow_changed=False)
    assert caught.value.message("en").startswith("K533 Notebooks differ from the package's own: delivery.ipynb, synthesis.ipynb.")
    assert not (root / "reports").exists()


def test_missing_kernel_is_found_before_the_run(root: Path, no_kernel: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """K520 names the kernel."""
    monkeypatch.setattr(kernels, "KERNEL", "tidak-ada")
    with pytest.raises(EnvironmentFault) as caught:
        write(root)
    assert caught.value.code == "K520"


@pytest.mark.parametrize("python", ["tidak/ada", "/bin/false"])
def test_a_kernel_that_cannot_start_is_found_before_the_run(
    root: Path, no_kernel: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, python: str
) -> None:
    """An interpreter that is gone, or that lacks the packages, is K520 as well."""
    spec = tmp_path / "jupyter" / "kernels" / "lain" / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text(json.dumps({"argv": [python, "-m", "ipykernel_launcher"], "display_name": "Lain", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setattr(kernels, "KERNEL", "lain")
    with pytest.raises(EnvironmentFault) as caught:
        write(root)
    assert caught.value.code == "K520"


@pytest.mark.parametrize(("name", "expected"), [
    ("semua", "semua"), ("lingkup-a", "lingkup-a"), ("14.71.10.1012", "14-71-10-1012-e3b97d7d9a2411f2c7eb"),
    ("KULIM ", "kulim-2eb737c851a1bcbacf50"), ("../../x", "x-9cdf6a50100a862e1428"),
    ("/abs", "abs-e802dcc0fe5e6ec15fb3"), ("a" * 300, "a" * 39 + "-9835fa6bf4e20a9b9ea8"),
    ("", "e3b0c44298fc1c149afb"), ("..", "5ec1f7e700f37c3d0b29"), ("a\0b", "a-b-59b271ae1bbcb1d31d41"),
    ("con", "con-1143da2bc54c495c4be3"), ("x-" + "a" * 20, "x-aaaaaaaaaaaaaaaaaaaa-584fcf44520a335844a3"),
])
def test_slugs_are_short_plain_and_distinct(name: str, expected: str) -> None:
    """A name that loses something gets twenty hex digits; nothing escapes, nothing is a device."""
    assert slug(name) == expected
    assert len(expected) <= 60


def test_slugs_of_different_names_differ() -> None:
    """Names that look alike without their marks keep apart, so do a name and another one's folder."""
    names = ["Kulim", "KULIM", "KULIM ", "kulim", "ku lim", "ku-lim", "..", "...", "/", slug("KULIM "), slug("..")]
    assert len({slug(name) for name in names}) == len(names)


def test_slugs_of_a_hundred_thousand_names_differ() -> None:
    """Six hex digits, as the folders once had, give two of these names one folder; twenty do not."""
    names = ["".join(letters) for letters in itertools.product("Kk", "Uu", "Ll", "Ii", "Mm", " .-_/,", *[" .,;"] * 4, "12")]
    assert len(names) == 98_304
    assert len({slug(name)[-6:] for name in names}) < len(names)
    assert len({slug(name) for name in names}) == len(names)


@pytest.mark.parametrize(("evaluation", "unit", "expected"), [
    ("contoh_2025", "semua", "contoh_2025/2025/semua/internal"),
    ("carpentries_longterm2017", "..", "carpentries_longterm2017/2025/5ec1f7e700f37c3d0b29/internal"),
])
def test_folders_keep_plain_names_and_stay_inside(tmp_path: Path, evaluation: str, unit: str, expected: str) -> None:
    """An evaluation's own folder name is kept; a unit that is no plain word becomes a slug below it."""
    folder = Request(evaluation, unit, 2025, ("id",), "internal", 0.95, 1).folder(tmp_path)
    assert folder.relative_to((tmp_path / "reports").resolve()).as_posix() == expected


@pytest.mark.parametrize("evaluation", ["../../x", "program asn", "con", ""])
def test_no_report_folder_for_a_name_that_no_evaluation_can_have(tmp_path: Path, evaluation: str) -> None:
    """The name is refused as everywhere, not turned into another."""
    with pytest.raises(InputError) as caught:
        Request(evaluation, "semua", 2025, ("id",), "internal", 0.95, 1).folder(tmp_path)
    assert caught.value.code == "K225"


@pytest.mark.parametrize("link", [
    "contoh", "contoh/2025", "contoh/2025/semua", "contoh/2025/semua/internal", "contoh/2025/semua/internal/id",
])
@pytest.mark.parametrize("target", ["luar", "proyek {a}/reports/lain"])
def test_a_folder_that_leads_out_is_refused(root: Path, tmp_path: Path, link: str, target: str) -> None:
    """A link inside reports does not take a report elsewhere, nor into the report of another evaluation."""
    (tmp_path / target).mkdir(parents=True)
    (root / "reports" / link).parent.mkdir(parents=True, exist_ok=True)
    (root / "reports" / link).symlink_to(tmp_path / target)
    with pytest.raises(InputError) as caught:
        Request("contoh", "semua", 2025, ("id",), "internal", 0.95, 1).folder(root)
    assert caught.value.code == "K234"


def test_errors_of_a_chapter_keep_kind_and_mask_the_text() -> None:
    """Statistics keep exit code 3; a foreign message is not repeated; ours is masked."""
    ours = kernels.failure("needs", "StatisticsError", f"K301 baris {tiny_report.NIP} di /a/b/c.csv", 4)
    assert isinstance(ours, StatisticsError)
    assert (ours.exit_code, ours.code) == (3, "K521")
    assert ours.message("id") == (
        "K521 Bab needs berhenti pada sel 5 (StatisticsError: K301 baris 19**************01 di c.csv). Laporan lama "
        "tidak diubah. Buka buku kerja bab ini di JupyterLab untuk melihat sebabnya."
    )
    foreign = kernels.failure("needs", "KeyError", "'Budi Santoso'", 0)
    assert (type(foreign), foreign.exit_code) == (EnvironmentFault, 5)
    assert "Budi" not in foreign.message("id") + foreign.message("en")


@pytest.mark.skipif(not POSIX, reason="sockets in the file system")
def test_kernels_open_no_network_port(tmp_path: Path) -> None:
    """Kernels talk through sockets in a private folder of each run."""
    config = kernels._transport(tmp_path)["ConnectionFileMixin"]
    assert (config["transport"], config["ip"]) == ("ipc", str(tmp_path / "k"))


@pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux")
def test_a_running_kernel_listens_on_no_port(tmp_path: Path) -> None:
    """Not even on that of ipykernel for processes that a cell forks; what a cell prints is there."""
    before = os.environ.copy()
    nbformat.write(tiny_report.notebook(
        nbformat.v4.new_code_cell("lang: str = 'id'", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("import psutil\nprint(psutil.Process().net_connections('inet'))"),
    ), tmp_path / "a.ipynb")
    ran = kernels._executed(kernels.Job("needs", tmp_path / "a.ipynb", {}, {"lang": "id"}, tmp_path))
    assert [output.text for output in ran.cells[-1].outputs] == ["[]\n"]
    assert os.environ == before  # IPython would warn of its folder, which is gone


CAUSAL = tiny_report.finding("delivery.count", sentence={"id": "Pelatihan meningkatkan nilai.", "en": "Scores rose."})
FAILURES = {
    "raise ValueError('Budi')": ("K521", 5),
    "import os\nos.kill(os.getpid(), 9)": ("K523", 5),
    "from IPython.display import display\ndisplay({'image/png': 'AAAA'}, raw=True)": ("K524", 5),
    f"print('{tiny_report.NIP}')": ("K400", 4),
    f"display({{'text/html': '<p>x</p>', {tiny_report.MIME!r}: {tiny_report.words(CAUSAL)!r}}}, raw=True)": ("K530", 4),
}
MORE_FAILURES = {
    "from karier_stats.errors import StatisticsError\n"
    "raise StatisticsError('K302', columns='1')": ("K521", 3),
    "print('/home/budi/a.xlsx')": ("K405", 4),
    "from dataclasses import replace\nfrom karier_stats.answers.record import Answer, restored\n"
    f"ks.show(Answer('delivery.count', 'delivery', (replace(restored({CAUSAL!r}), n=90),)))": ("K521", 4),
}
"""Second ones of the same kinds, for the long form."""


def test_failures_leave_the_old_report(root: Path, one_worker: None) -> None:
    """A cell that fails, a kernel that dies, a damaged picture, a leak: code, exit code, old report, no rest."""
    place = root / "reports" / "contoh" / "2025" / "semua" / "internal"
    page = write(root)[0]
    before = {path: path.read_bytes() for path in (place / "id").rglob("*") if path.is_file()}
    failures = FAILURES | MORE_FAILURES if LONG else FAILURES
    for cell, (code, exit_code) in failures.items():
        nbformat.write(tiny_report.delivery(cell), root / "notebooks" / "delivery.ipynb")
        with pytest.raises(KarierError) as caught:
            write(root)
        assert (caught.value.code, caught.value.exit_code) == (code, exit_code), cell
        assert {path: path.read_bytes() for path in (place / "id").rglob("*") if path.is_file()} == before
        assert sorted(path.name for path in place.iterdir()) == ["id"]
    assert page.is_file()


def test_a_cell_that_hangs_is_stopped(root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A cell past its limit is K522, not a dead kernel."""
    monkeypatch.setattr(kernels, "CELL_SECONDS", 2)
    monkeypatch.setattr(os, "environ", os.environ.copy())
    nbformat.write(tiny_report.notebook(
        nbformat.v4.new_code_cell("lang: str = 'id'", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("while True: pass"),
    ), tmp_path / "a.ipynb")
    job = kernels.Job("needs", tmp_path / "a.ipynb", {"id": tmp_path / "b.ipynb"}, {"lang": "id"}, tmp_path)
    with pytest.raises(EnvironmentFault) as caught:
        kernels.run(job)
    assert caught.value.code == "K522"
    assert not job.targets["id"].exists()


@pytest.mark.skipif(not POSIX, reason="limits as on Linux and macOS")
def test_a_cell_that_takes_too_much_memory_is_told_as_that(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """More than the kernel may have is K531 with the limit."""
    monkeypatch.setattr(os, "environ", os.environ | {forking.MEMORY: "1500"})
    nbformat.write(tiny_report.notebook(
        nbformat.v4.new_code_cell("lang: str = 'id'", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("import numpy as np\nnp.ones(1 << 28)"),
    ), tmp_path / "a.ipynb")
    with pytest.raises(EnvironmentFault) as caught:
        kernels.run(kernels.Job("needs", tmp_path / "a.ipynb", {"id": tmp_path / "b.ipynb"}, {"lang": "id"}, tmp_path))
    assert caught.value.code == "K531"
    assert "(limit 1500 MB per kernel)" in caught.value.message("en")


@pytest.mark.skipif(not POSIX, reason="process ids as on Linux and macOS")
def test_private_folders_of_killed_runs_are_removed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Those of processes that are gone go; those of a living one, and of others, stay."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for name in (f"karier-{gone.pid}-a", f"karier-{os.getpid()}-b", "karier-tests-c", "lain-1-d"):
        (tmp_path / name).mkdir()
    with kernels.private_folder() as mine:
        assert mine.stat().st_mode & 0o777 == 0o700
        assert {path.name for path in tmp_path.iterdir()} == {
            f"karier-{os.getpid()}-b", "karier-tests-c", "lain-1-d", mine.name}
    assert not mine.exists()


def test_one_run_at_a_time(root: Path, no_kernel: None) -> None:
    """A second run on the same evaluation, whatever it does, is K501; afterwards the evaluation is free again."""
    with alone(root, "contoh"), pytest.raises(EnvironmentFault) as caught:
        write(root)
    assert caught.value.message("en") == (
        "K501 The report contoh/2025/semua/internal cannot be made now: another run (prepare, forget or report) has the same "
        "evaluation. Wait until it has ended, then run again."
    )
    assert not (root / "reports").exists()
    with pytest.raises(AssertionError, match="a run began"):
        write(root)


def test_what_a_killed_run_left_is_mended(tmp_path: Path) -> None:
    """Killed between the two renames: the old report comes back; work folders and spent copies go."""
    for name in (".old-id", ".old-en", "en", ".tmp-3"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "laporan.html").write_text(name, encoding="utf-8")
    with engine.workspace(tmp_path) as work:
        assert not POSIX or work.stat().st_mode & 0o777 == 0o700  # whatever the umask
        assert sorted(path.name for path in tmp_path.iterdir()) == [work.name, "en", "id"]
    assert (tmp_path / "id" / "laporan.html").read_text(encoding="utf-8") == ".old-id"
    assert (tmp_path / "en" / "laporan.html").read_text(encoding="utf-8") == "en"


@pytest.mark.parametrize("one_step", [True, False])
def test_a_new_report_takes_the_place_of_the_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_step: bool) -> None:
    """In one step where the system has it, in two renames elsewhere: the new one stands, the old one is out of the way."""
    for name in ("kerja/id", "id"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "laporan.html").write_text(name, encoding="utf-8")
    if not one_step:
        monkeypatch.setattr(engine, "_exchange", lambda *_: False)
    engine.swap(tmp_path / "kerja" / "id", tmp_path / "id")
    assert (tmp_path / "id" / "laporan.html").read_text(encoding="utf-8") == "kerja/id"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["id", "kerja"]
    assert sys.platform != "linux" or (tmp_path / "kerja" / "id").exists() == one_step
    engine.swap(tmp_path / "id", tmp_path / "en")
    assert (tmp_path / "en" / "laporan.html").read_text(encoding="utf-8") == "kerja/id"


def test_a_full_disk_is_said_without_a_path(tmp_path: Path) -> None:
    """An OSError becomes K500 with the system's reason only."""
    request = Request("contoh", "semua", 2025, ("id", "en"), "internal", 0.95, 1)
    with pytest.raises(EnvironmentFault) as caught, engine._disk_faults(request):
        raise OSError(28, "No space left on device", str(tmp_path))
    assert caught.value.message("en") == (
        "K500 The report contoh/2025/semua/internal cannot be written: No space left on device. Check the permissions and "
        "free up to 40 MB of disk space, then run again; the old report is unchanged."
    )


def test_a_folder_that_is_deleted_meanwhile_is_said(root: Path, one_worker: None) -> None:
    """K500 and exit code 5, no half report."""
    gone = "import shutil\nfrom karier_stats.intake.processed import find_root\nshutil.rmtree(find_root() / 'reports')"
    nbformat.write(tiny_report.delivery(gone), root / "notebooks" / "delivery.ipynb")
    with pytest.raises(EnvironmentFault) as caught:
        write(root)
    assert (caught.value.code, caught.value.exit_code) == ("K500", 5)
    assert not list((root / "reports").rglob("*.html"))


SWAP = """import hashlib, json, pathlib
import pandas as pd
from karier_stats.intake.processed import find_root
folder = find_root() / "data" / "processed" / "contoh"
about = json.loads((folder / "intake.json").read_text())
table = pd.read_parquet(folder / "unit.parquet").assign(unit_name=["Satu", "Dua"])
table.to_parquet(folder / "unit.parquet")
about["tables"]["unit"]["sha256"] = hashlib.sha256((folder / "unit.parquet").read_bytes()).hexdigest()
(folder / "intake.json").write_text(json.dumps(about))"""
"""A chapter that does what a ``prepare`` without its lock would do between two chapters."""


def test_tables_swapped_between_two_chapters_hold_the_report_back(root: Path, one_worker: None) -> None:
    """The chapter that opens other data than the report began with is refused, and no report is there."""
    first, last = tiny_report.delivery(SWAP), tiny_report.synthesis()
    last.cells.insert(3, nbformat.v4.new_code_cell(tiny_report.OPEN))
    nbformat.write(first, root / "notebooks" / "delivery.ipynb")
    nbformat.write(last, root / "notebooks" / "synthesis.ipynb")
    with pytest.raises(EnvironmentFault) as caught:
        write(root)
    assert (caught.value.code, caught.value.exit_code) == ("K521", 5)
    assert "K514" in caught.value.message("id")
    assert list((root / "reports" / "contoh" / "2025" / "semua" / "internal").iterdir()) == []


def test_tables_prepared_anew_before_the_lock_was_taken_hold_the_report_back(
    root: Path, no_kernel: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where only the account differs: a page would tell of the one state and its manifest of the other."""
    @contextlib.contextmanager
    def late(*given: Any) -> Iterator[None]:
        account = root / "data" / "processed" / "contoh" / "intake.json"
        account.write_text(account.read_text().replace("Program contoh", "Program baru"))
        with alone(*given):
            yield

    monkeypatch.setattr(engine, "alone", late)
    with pytest.raises(EnvironmentFault) as caught:
        write(root)
    assert caught.value.code == "K514"


def test_tables_swapped_after_the_last_chapter_opened_them_hold_the_report_back(root: Path, one_worker: None) -> None:
    """Where no chapter opens the new tables, the sources are still compared before the report takes its place."""
    nbformat.write(tiny_report.delivery(SWAP), root / "notebooks" / "delivery.ipynb")
    with pytest.raises(EnvironmentFault) as caught:
        write(root)
    assert (caught.value.code, caught.value.values["what"]) == ("K515", "data")
    assert list((root / "reports" / "contoh" / "2025" / "semua" / "internal").iterdir()) == []


def test_prepare_is_kept_out_while_a_report_runs(root: Path) -> None:
    """Both take the one lock of the evaluation: while a chapter runs, another run gets K513; a request to end frees it."""
    child = slow_run(root)
    kernel = _wait_for_pid(root / "pid")
    with pytest.raises(EnvironmentFault) as caught, alone(root, "contoh"):
        pass
    assert (caught.value.code, caught.value.exit_code) == ("K513", 5)
    if POSIX:
        _stopped(root, child, kernel, "SIGTERM")
    else:
        child.terminate()
        child.wait(15)
    with alone(root, "contoh"):
        pass


def test_what_can_be_checked_is_checked_before_a_kernel_starts(
    root: Path, no_kernel: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A path in a notebook's prose, one in the office's own title and a name there are found before any chapter runs."""
    notebook = tiny_report.delivery()
    notebook.cells[1].source += "\n\nSee /home/budi/data.xlsx."  # English prose, though the report is Indonesian
    nbformat.write(notebook, root / "notebooks" / "delivery.ipynb")
    with pytest.raises(GateError) as caught:
        write(root)
    assert (caught.value.code, caught.value.values["file"]) == ("K405", "chapters/delivery.ipynb")
    nbformat.write(tiny_report.delivery(), root / "notebooks" / "delivery.ipynb")
    account = root / "data" / "processed" / "contoh" / "intake.json"
    account.write_text(account.read_text().replace("Program contoh", "Program /srv/bagi"))
    with pytest.raises(GateError) as caught:
        write(root)
    assert (caught.value.code, caught.value.values["file"]) == ("K405", "lampiran.html")
    monkeypatch.setenv("KARIER_KEYS", str(tmp_path / "kunci"))
    make_key("contoh")
    digest = keep_names("contoh", load_key("contoh"), [(("rosmiati", "hutapea"), False)])
    told = json.loads(account.read_text().replace("Program /srv/bagi", "Program Rosmiati Hutapea"))
    account.write_text(json.dumps({**told, "names": digest, "key_fingerprint": fingerprint(load_key("contoh"))}))
    with pytest.raises(GateError) as caught:
        write(root)
    assert (caught.value.code, caught.value.values["file"]) == ("K416", "lampiran.html")


def slow_run(root: Path) -> subprocess.Popen[bytes]:
    """A report in a process of its own, with a chapter that takes a minute and leaves its process id in `pid`."""
    slow = "open('pid', 'w').write(str(__import__('os').getpid()))\nimport time\ntime.sleep(60)"
    nbformat.write(tiny_report.delivery(slow), root / "notebooks" / "delivery.ipynb")
    script = root / "run_it.py"
    script.write_text(
        "import signal\nfrom pathlib import Path\nfrom karier_stats.report import engine\n"
        f"engine.CHAPTERS = {tiny_report.CHAPTERS!r}\n"
        "if __name__ == '__main__':\n"
        # where a shell has begun the tests in the background, their children would ignore Ctrl-C
        "    signal.signal(signal.SIGINT, signal.default_int_handler)\n    try:\n"
        f"        engine.write_report('contoh', root=Path({str(root)!r}), period=2025, langs=('id',), progress=False, "
        "allow_changed=True)\n"
        "    except KeyboardInterrupt:\n        raise SystemExit(130)\n",
        encoding="utf-8",
    )
    package = str(Path(engine.__file__).parents[2])
    return subprocess.Popen([sys.executable, str(script)], env={**os.environ, "PYTHONPATH": package})


@pytest.mark.skipif(not POSIX, reason="signals as on Linux and macOS")
@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"] if LONG else ["SIGINT"])
def test_an_interrupt_stops_everything(root: Path, number: str) -> None:
    """Ctrl-C; a request to end by itself in the long form, else in the test of the lock above."""
    child = slow_run(root)
    _stopped(root, child, _wait_for_pid(root / "pid"), number)


def _stopped(root: Path, child: subprocess.Popen[bytes], kernel: int, number: str) -> None:
    """The signal is a KeyboardInterrupt, within seconds, and leaves no kernel and no work folder."""
    began = time.monotonic()
    child.send_signal(getattr(signal, number))
    assert child.wait(60) == 130
    assert time.monotonic() - began < 40  # the workers get 4 s; an uninterrupted run would sleep for a minute
    assert _gone(kernel)
    assert list((root / "reports" / "contoh" / "2025" / "semua" / "internal").iterdir()) == []


@pytest.mark.skipif(not POSIX, reason="signals as on Linux and macOS")
def test_a_killed_run_leaves_nothing_running_and_is_cleared(root: Path) -> None:
    """Killed without warning: workers and kernel end by themselves, and the next run finds its way."""
    whole = (root / "notebooks" / "delivery.ipynb").read_bytes()
    child = slow_run(root)
    kernel = _wait_for_pid(root / "pid")
    child.kill()
    child.wait(5)
    assert _gone(kernel)
    place = root / "reports" / "contoh" / "2025" / "semua" / "internal"
    assert [path.name for path in place.iterdir()] == [".tmp-1"]
    (root / "notebooks" / "delivery.ipynb").write_bytes(whole)
    assert write(root)[0].is_file()
    assert [path.name for path in place.iterdir()] == ["id"]


def _wait_for_pid(path: Path) -> int:
    """The kernel's process id, once its cell has begun: on a busy machine minutes later, and nothing here is timed by it."""
    for _ in range(3_000):
        if path.exists() and path.read_text():
            return int(path.read_text())
        time.sleep(0.1)
    raise AssertionError("the kernel did not begin")


def _gone(pid: int) -> bool:
    """Whether a process has ended within five seconds."""
    for _ in range(50):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").is_file() and Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
            return True
        time.sleep(0.1)
    return False


