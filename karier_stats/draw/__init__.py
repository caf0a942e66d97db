"""Pictures from their data: one set of kinds for a report and for JupyterLab, each also told in words."""

from karier_stats.draw.alt_text import describe
from karier_stats.draw.figures import bare, draw, drawn, plot, png, svg

__all__ = ["bare", "describe", "draw", "drawn", "plot", "png", "svg"]
