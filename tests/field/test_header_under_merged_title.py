"""Two heading rows that merge nothing, under a title that does."""

from __future__ import annotations

from field.office import prepared


def test_the_heading_is_found_under_the_title(tmp_path, monkeypatch):
    """It was not found because the sheet has merged cells somewhere else."""
    intake, tables = prepared("header-under-merged-title", tmp_path, monkeypatch)
    feed = next(feed for feed in intake.content["feeds"] if feed["table"] == "test_score")
    assert (feed["dialect"]["header"], feed["quarantined"]) == ("2+3", 0)
    scores = tables["test_score"]
    assert sorted(zip(scores["kind"], scores["score"], strict=True)) == [
        ("post", 60.0), ("post", 75.0), ("pre", 55.0), ("pre", 60.0)]
