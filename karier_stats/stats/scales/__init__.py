"""How well a scale or a rater measures."""
