"""From results to Records: what a report may say, how strongly, and why."""
