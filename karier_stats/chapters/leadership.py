"""Questions of the chapter leadership that are not in its notebook yet."""

from __future__ import annotations

from karier_stats.chapters.leader_ratings import averaging

CHAPTER = "leadership"
QUESTIONS = (averaging,)
