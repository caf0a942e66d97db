"""``python -m tests.golden [name ...]``: write the golden records anew; what changed is for the commit to explain."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.conftest import SHARED_DATA
from tests.golden import districts, records


def write(path: Path, record: object) -> None:
    """One golden file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(records.text(record), encoding="utf-8", newline="\n")
    print(path.relative_to(records.HERE))


def main(names: list[str]) -> None:
    """Write the records of the verbs and of the evaluations named; of all where none is."""
    for verb in records.verbs() if not names or "verbs" in names else ():
        write(records.HERE / "verbs" / f"{verb}.json", records.verb_record(verb))
    for name in districts.NAMES:
        if names and name not in names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            ev = districts.evaluation(name, Path(folder), SHARED_DATA)
            for chapter in records.CHAPTERS:
                write(records.HERE / name / f"{chapter}.json", records.chapter_record(ev, chapter))


if __name__ == "__main__":
    main(sys.argv[1:])
