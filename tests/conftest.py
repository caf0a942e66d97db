"""What several test files share."""

from __future__ import annotations

from pathlib import Path

import pytest

LONGEST = (
    "test_engine", "test_nbval", "test_degenerate_districts", "sample", "public sample", "choices", "test_chapter_notes",
    "test_big", "test_attacker", "test_calibration", "test_degenerate_offices", "test_made_up_districts", "test_names",
    "test_label_gaps", "test_figures", "test_catalogue", "test_faults", "test_regress", "test_project",
)
"""Groups of tests that take longest, first: the workers begin with them, so that none is left alone with one at the end."""

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the project; a clone without it skips, and says so."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real data (../shared/data) are not beside this clone")
    return SHARED_DATA


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give each worker whole files, or what names one ``xdist_group`` across files: what they prepare once is dear."""
    if not hasattr(config, "workerinput"):
        return
    places = {name: place for place, name in enumerate(LONGEST)}
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
    items.sort(key=lambda item: places.get(item.get_closest_marker("xdist_group").args[0], len(places)))
