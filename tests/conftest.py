"""What several test files share."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the project; a clone without it skips, and says so."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real data (../shared/data) are not beside this clone")
    return SHARED_DATA
