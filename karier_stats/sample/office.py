"""Write the sample as an office would hand it in: 21 files, ``peta.yml``, and the known truth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from karier_stats.sample import answer_files, other_files, staff_files
from karier_stats.sample.district import build
from karier_stats.sample.peta import crosswalk

SEED = 20250817
WRITERS = (
    staff_files.staff_list, staff_files.unit_list, staff_files.course_list, staff_files.batch_list, staff_files.siasn_export,
    staff_files.training_book, answer_files.score_book, answer_files.score_export, answer_files.feedback_form,
    answer_files.comment_list, answer_files.staff_form, answer_files.ticked_form, answer_files.motivation_list,
    other_files.head_list, other_files.budget_export, other_files.partner_list, other_files.activity_list,
    other_files.study_list, other_files.competency_list, other_files.follow_up_book, other_files.service_form,
)
_HEADING = """\
# Contoh peta: berkas mana mengisi tabel mana. Semua orang dan angka dalam contoh ini rekaan.
# Sample crosswalk: which file feeds which table. All people and figures in this sample are made up.
"""


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
    import yaml

    district = build(seed)
    folder.mkdir(parents=True, exist_ok=True)
    tallies: dict[str, Any] = {}
    for write in WRITERS:
        file = write(district, seed)
        (folder / file.name).write_bytes(file.content)
        tallies[file.name] = file.tallies
    content = crosswalk()
    literal = len(content["tables"]["survey_item"][0]["rows"])
    tallies["peta.yml"] = {"": {"rows_read": literal, "processed": literal, "quarantined": 0, "excluded": 0, "reasons": {}}}
    peta = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)
    (folder / "peta.yml").write_bytes((_HEADING + peta).encode())
    truth = {"seed": seed, **district.truth, "intake": tallies}
    (folder / "truth.json").write_bytes((json.dumps(truth, indent=2, ensure_ascii=False) + "\n").encode())
    return truth
