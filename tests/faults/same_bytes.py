"""What ``prepare`` and a page make of the same files, as one hash: whatever time zone, language, seed of hashes and cores."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import small_intake
from tiny_report import executed

import karier_stats as ks
from karier_stats.intake.prepare import prepare
from karier_stats.intake.processed import open_evaluation
from karier_stats.intake.pseudonyms import key_path
from karier_stats.report.render import Cover, page
from karier_stats.report.sanitise import clean_notebook


def digest(folder: Path) -> str:
    """The hash of every file and figure, the small office's tables under a fixed key."""
    root = folder / "proyek"
    for name in ("data/processed", "notebooks"):
        (root / name).mkdir(parents=True)
    os.environ.update(KARIER_KEYS=str(folder / "kunci"), KARIER_HOME=str(root))
    key_path("kecil").parent.mkdir()
    key_path("kecil").write_bytes(b"k" * 32)
    key_path("kecil").chmod(0o600)
    small_intake.office(root / "data/raw/kecil")
    target = prepare("kecil", root=root).folder
    rows = open_evaluation("kecil", period=2025).table("test_score")
    figures = ks.means(rows, of="score", by="kind").table.to_csv()
    shown = page(Cover("İstanbul", "id", intake={"tables": {}}), {"delivery": clean_notebook(executed())})
    files = {path.name: path.read_bytes() for path in sorted(target.iterdir())}
    return hashlib.sha256(repr((files, figures, shown)).encode()).hexdigest()


if __name__ == "__main__":
    print(digest(Path(sys.argv[1])))
