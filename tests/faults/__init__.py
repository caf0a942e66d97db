"""``prepare`` killed at any moment: the old tables are whole, or the new ones are."""
