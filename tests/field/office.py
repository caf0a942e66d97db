"""The cases of the field: an office's own files, prepared as the command line would, and what came of them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from karier_stats.intake.prepare import Intake, prepare
from karier_stats.intake.pseudonyms import make_key

CASES = Path(__file__).with_name("cases")
EVALUATION = "kecil"


def prepared(case: str | Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Intake, dict[str, pd.DataFrame]]:
    """Prepare a case's folder in a project of its own.

    Parameters
    ----------
    case : str or Path
        A folder of ``cases``, or a folder of one's own, with a ``peta.yml``.

    Returns
    -------
    Intake, dict of DataFrame
        What was noticed, and the processed tables by name.
    """
    raw = CASES / case if isinstance(case, str) else case
    monkeypatch.setenv("KARIER_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("KARIER_HOME", str(tmp_path / "project"))
    project = tmp_path / "project"
    (project / "data" / "processed").mkdir(parents=True, exist_ok=True)
    make_key(EVALUATION)
    intake = prepare(EVALUATION, root=project, raw=raw, peta=raw / "peta.yml", lang="en")
    return intake, {path.stem: pd.read_parquet(path) for path in sorted(intake.folder.glob("*.parquet"))}
