"""``python -m karier_stats`` is ``karier``."""

from karier_stats.cli import main

main()
