"""Numbers on arrays: no tables, no words."""
