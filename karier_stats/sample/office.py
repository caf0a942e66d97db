"""Write the sample as an office would hand it in: 21 files, ``peta.yml``, and the known truth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from karier_stats.sample.catalogue import FOLDER, ITEM_ROWS, SEED
from karier_stats.sample.district import build
from karier_stats.sample.files import office_files
from karier_stats.sample.truth import tell


def write_sample(folder: Path, seed: int = SEED) -> dict[str, Any]:
    """Write the sample district's raw files, its crosswalk and its known truth.

    Parameters
    ----------
    folder : Path
        The raw folder of the evaluation ``contoh``; made where it is absent.
    seed : int
        The same seed gives the same bytes.

    Returns
    -------
    dict
        What ``truth.json`` holds: planted effects with their estimands, and
        under ``intake`` what ``prepare`` must report of each file and sheet.
    """
    district = build(seed)
    folder.mkdir(parents=True, exist_ok=True)
    tallies: dict[str, Any] = {}
    for file in office_files(district, seed):
        (folder / file.name).write_bytes(file.content)
        tallies[file.name] = file.tallies
    items = len(ITEM_ROWS)
    tallies["peta.yml"] = {"": {"rows_read": items, "processed": items, "quarantined": 0, "excluded": 0, "reasons": {}}}
    (folder / "peta.yml").write_bytes((FOLDER / "peta.yml").read_bytes())
    truth = {"seed": seed, **tell(district), "intake": tallies}
    (folder / "truth.json").write_bytes((json.dumps(truth, indent=2, ensure_ascii=False) + "\n").encode())
    return truth
