"""Who is left out; the 20 JP duty (chapter participation)."""

from __future__ import annotations

from karier_stats.chapters.equity import equity
from karier_stats.chapters.learning_hours import concentration, duty

CHAPTER = "participation"
QUESTIONS = (equity, duty, concentration)

__all__ = ["CHAPTER", "QUESTIONS", "concentration", "duty", "equity"]
