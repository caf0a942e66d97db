"""Who is left out (chapter participation)."""

from __future__ import annotations

from karier_stats.chapters.equity import equity

CHAPTER = "participation"
QUESTIONS = (equity,)

__all__ = ["CHAPTER", "QUESTIONS", "equity"]
