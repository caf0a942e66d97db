"""Figures that others printed come out of the public verbs."""

from __future__ import annotations

import pytest

from tests import published


@pytest.mark.skipif(not published.SHARED.is_dir(), reason="the real data are not beside this checkout")
def test_every_published_figure_comes_out() -> None:
    found = list(published.figures())
    assert len(found) >= 50
    assert [f"{each.source}: {each.quantity} {each.printed} {each.ours}" for each in found if not each.holds] == []


def test_a_figure_that_is_off_by_one_digit_does_not_hold() -> None:
    assert published.Figure("", "", "1794.342", 1794.3424).holds
    assert not published.Figure("", "", "1794.342", 1794.3431).holds
    assert not published.Figure("", "", "1.503E-29", 1.505e-29).holds
