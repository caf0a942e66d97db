"""Did competence change; did it last; did work and motivation change?"""

from __future__ import annotations

from karier_stats.chapters.lasting import missed, retention
from karier_stats.chapters.nominated import nominated

CHAPTER = "outcomes"
QUESTIONS = (nominated, retention, missed)
