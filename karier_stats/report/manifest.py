"""The manifest: what a report was made from and what it consists of, written last.

A report whose manifest is absent, was edited or does not match its files is no report. Order is by a counter, never by a
clock, so that equal runs write equal bytes.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karier_stats.errors import EnvironmentFault
from karier_stats.intake.project import processed_folder, raw_folder

if TYPE_CHECKING:
    from nbformat import NotebookNode

NAME, FINDINGS = "manifest.json", "findings.json"
PACKAGE = Path(__file__).parents[1]
PACKAGES = (
    "karier-stats", "babel", "bleach", "ipykernel", "jinja2", "latex2mathml", "matplotlib", "nbclient", "nbconvert",
    "nbformat", "numpy", "pandas", "papermill", "pyarrow", "scipy", "seaborn", "statsmodels",
)
"""Packages whose versions can change a report."""


def sha256(path: Path) -> str:
    """The sha256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _sha256(path: Path) -> str:
    """The same of a source, which every report of a batch asks for: read once, and again where the system saw it touched."""
    about = path.stat()
    return _known_sha256(path, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)


@lru_cache(maxsize=4096)
def _known_sha256(path: Path, *_: int) -> str:
    """The sha256 of a file that looks like this."""
    return sha256(path)


def hashes(folder: Path, paths: Iterable[Path]) -> dict[str, str]:
    """The sha256 of files, by their path below ``folder``."""
    return {path.relative_to(folder).as_posix(): _sha256(path) for path in sorted(paths)}


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """Versions of Python and of ``PACKAGES``, which a process keeps; an absent package is a dash."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "–"
    return found


def sources(root: Path, evaluation: str, chapters: Iterable[str]) -> dict[str, Any]:
    """What a report is made from, as it is now: data, notebooks, assumptions, program, versions."""
    processed = root / "data" / "processed" / evaluation
    assumptions = root / "ASSUMPTIONS.md"
    notebooks = [root / "notebooks" / f"{name}.ipynb" for name in chapters]
    program = hashes(PACKAGE, (path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix != ".pyc"))
    return {
        "data": hashes(processed, (path for path in processed.iterdir() if path.is_file())),
        "notebooks": hashes(root / "notebooks", (path for path in notebooks if path.is_file())),
        "assumptions": sha256(assumptions) if assumptions.is_file() else None,
        "program": hashlib.sha256(json.dumps(program, sort_keys=True).encode()).hexdigest(),
        "versions": versions(),
    }


def write(
    folder: Path, *, about: Mapping[str, Any], made_from: Mapping[str, Any], chapters: Iterable[str], run: int
) -> dict[str, Any]:
    """Write the manifest of a finished report folder of one language, last of all files, and return it.

    ``about`` has its parameters and title, and whether the data are made up; ``made_from`` is what :func:`sources` gave before
    the first chapter ran; ``run`` counts the reports made in this place.
    """
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != NAME]
    outputs = {name: {"sha256": digest, "bytes": (folder / name).stat().st_size} for name, digest in hashes(folder, files).items()}
    manifest: dict[str, Any] = {
        "format": 1, "status": "complete", "run": run, **about, "chapters": list(chapters),
        "made_from": dict(made_from), "outputs": outputs,
    }
    manifest["seal"] = _seal(manifest)
    write_text(folder / NAME, json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")
    return manifest


def renumber(folder: Path, run: int) -> None:
    """Give a report another number, which no other file of it tells."""
    manifest = {**read(folder), "run": run}
    write_text(folder / NAME, json.dumps({**manifest, "seal": _seal(manifest)}, ensure_ascii=False, indent=1) + "\n")


def write_text(path: Path, text: str | bytes) -> None:
    """Write a file, text as UTF-8, so that it is on the disk, whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode("utf-8"))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def write_notebook(path: Path, notebook: Mapping[str, Any]) -> None:
    """Write an executed notebook in one line: indented, as nbformat writes it, it takes ten times as long."""
    write_text(path, json.dumps(notebook, ensure_ascii=False, sort_keys=True) + "\n")


def read_notebook(path: Path) -> NotebookNode:
    """A report's notebook; it is known to be one, and not held against Jupyter's schema again."""
    from nbformat import v4

    return v4.reads(path.read_text(encoding="utf-8"))


def _seal(manifest: Mapping[str, Any]) -> str:
    """A digest of everything in a manifest but the digest itself."""
    content = {name: value for name, value in manifest.items() if name != "seal"}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def read(folder: Path) -> dict[str, Any]:
    """The manifest of a report folder; K502 where it is absent, cannot be read, was edited or does not say that it is complete."""
    try:
        manifest = json.loads((folder / NAME).read_text(encoding="utf-8"))
        whole = manifest["status"] == "complete" and manifest["seal"] == _seal(manifest)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EnvironmentFault("K502", report=place(folder)) from error
    if not whole:
        raise EnvironmentFault("K502", report=place(folder))
    return manifest


def verify(folder: Path, *, root: Path | None = None) -> tuple[str, ...]:
    """Check the report of one language against its manifest; say what it was made from that has changed since.

    Given the project's folder, those of ``data``, ``notebooks``, ``assumptions``, ``program`` and ``versions`` that differ from
    its present state, and ``raw`` where a raw file is no longer the one that was prepared: the report is sound but stale.

    Raises
    ------
    EnvironmentFault
        K502 for the manifest, K503 where a file of the report is missing, changed or too many.
    """
    manifest = read(folder)
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    files.pop(NAME)
    expected = manifest["outputs"]
    wrong = [name for name in expected if name not in files or sha256(files[name]) != expected[name]["sha256"]]
    wrong += [name for name in files if name not in expected]
    if wrong:
        raise EnvironmentFault("K503", report=place(folder), file=wrong[0], count=len(wrong))
    return stale(manifest, root) if root is not None else ()


def stale(manifest: Mapping[str, Any], root: Path) -> tuple[str, ...]:
    """Which of its sources have changed since a report was made."""
    try:
        now = sources(root, manifest["evaluation"], manifest["chapters"])
        files = raw_files(root, manifest["evaluation"])
    except (OSError, ValueError):
        return ("data",)
    changed = [name for name, value in manifest["made_from"].items() if now.get(name) != value]
    return (*changed, "raw") if "changed" in files.values() else tuple(changed)


def standing(place: Path, parameters: Mapping[str, Any], made_from: Mapping[str, Any]) -> dict[str, dict[str, Path]]:
    """The chapters of the report that stands in a place whose results would come out again, by chapter and language.

    Given are today's parameters, of any language, and what :func:`sources` gives today. They were made from the same data,
    program, versions, parameters and notebook, and each file is the one that its manifest names. The last chapter reads the
    findings of all, so that it stands only where all do.
    """
    found: dict[str, dict[str, Path]] = {}
    for path in sorted(place.glob(f"*/{NAME}")):
        with suppress(EnvironmentFault):
            verify(path.parent)
            about = read(path.parent)
            before = about["made_from"]
            as_today = all(before[name] == made_from[name] for name in ("data", "program", "versions"))
            if not as_today or {**about, **parameters, "lang": about["lang"]} != about:
                continue
            for name, digest in before["notebooks"].items():
                if made_from["notebooks"].get(name) == digest:
                    found.setdefault(Path(name).stem, {})[about["lang"]] = path.parent / "chapters" / name
    return found


def raw_files(root: Path, evaluation: str) -> dict[str, str]:
    """Whether each raw file is still the one that was prepared: ``same``, ``changed``, or ``gone`` from its folder."""
    account = json.loads((processed_folder(root, evaluation) / "intake.json").read_text(encoding="utf-8"))
    places = {name: raw_folder(root, evaluation) / name for name in account.get("files", {})}
    return {
        name: "gone" if not place.is_file() else "same" if _sha256(place) == account["files"][name] else "changed"
        for name, place in places.items()
    }


def place(folder: Path) -> str:
    """A report's folder as the last five parts of its path: evaluation, period, unit, audience, language."""
    return "/".join(folder.relative_to(folder.anchor).parts[-5:])


def next_run(folder: Path) -> int:
    """The counter of the next report in a place: one more than the highest of its languages."""
    runs = [0]
    for path in folder.glob(f"*/{NAME}"):
        with suppress(EnvironmentFault, KeyError, ValueError):
            runs.append(int(read(path.parent)["run"]))
    return max(runs) + 1
