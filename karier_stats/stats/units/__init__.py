"""Units side by side and from year to year."""
