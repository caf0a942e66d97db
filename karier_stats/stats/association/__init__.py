"""An outcome on a score, within and between units, and how wrong that could be."""
