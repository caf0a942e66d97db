"""Matplotlib's drawing as a small SVG: shapes and words only, with nothing of the machine, the time or an address in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from karier_stats.draw.look import FONTS, SMALL, width_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ANCHOR = {"center": ' text-anchor="middle"', "right": ' text-anchor="end"'}
_LETTERS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C"}
_CIRCLE = np.shape(Path.unit_circle().vertices)


def figure_svg(figure: Figure) -> str:
    """The figure, of 72 dots per inch, as one ``<svg>`` whose unit is a point."""
    width, height = 72 * figure.get_size_inches()
    renderer = Vector(float(width), float(height))
    figure.patch.set_visible(False)
    figure.draw(renderer)
    size = f'viewBox="0 0 {_short(width)} {_short(height)}" width="{_short(width)}" height="{_short(height)}"'
    family = quoteattr(", ".join(FONTS) + ", sans-serif")
    body = "\n".join(renderer.parts)
    return f'<svg {size} font-family={family} font-size="{SMALL}">\n{body}\n</svg>'


def _short(value: float) -> str:
    """A number to a tenth of a unit, without idle zeros."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


class Vector(RendererBase):
    """Collects the elements of a picture; nothing is clipped, so nothing needs a name."""

    def __init__(self, width: float, height: float) -> None:
        super().__init__()
        self.width, self.height = width, height
        self.parts: list[str] = []
        self.flip = Affine2D().scale(1, -1).translate(0, height)

    def get_canvas_width_height(self) -> tuple[float, float]:
        """The size in units."""
        return self.width, self.height

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> tuple[float, float, float]:
        """The size of one line of words."""
        size = prop.get_size_in_points()
        return width_of(s, size, prop.get_weight() == "bold"), 0.95 * size, 0.24 * size

    def draw_path(self, gc: Any, path: Path, transform: Any, rgbFace: Any = None) -> None:
        """A circle or a path."""
        stroke, fill = _stroked(gc), ""
        if rgbFace is not None and not (len(rgbFace) > 3 and rgbFace[3] == 0):
            fill = _colour("fill", (*rgbFace[:3], gc.get_alpha()) if gc.get_forced_alpha() else rgbFace)
        elif stroke:
            fill = ' fill="none"'
        look = fill + stroke
        if not look:
            return
        full = transform + self.flip
        if np.shape(path.vertices) == _CIRCLE and path.codes is not None and np.asarray(path.codes)[1] == Path.CURVE4:
            (x, y), (edge, _) = full.transform([(0, 0), (1, 0)])
            self.parts.append(f'<circle cx="{_short(x)}" cy="{_short(y)}" r="{_short(abs(edge - x))}"{look}/>')
            return
        steps = [
            "Z" if code == Path.CLOSEPOLY else _LETTERS[code] + " ".join(map(_short, points))
            for points, code in path.iter_segments(full, simplify=False)
        ]
        self.parts.append(f'<path d="{"".join(steps)}"{look}/>')

    def draw_text(self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float, ismath: Any = False,
                  mtext: Any = None) -> None:
        """One line of words; a turned one stands where matplotlib puts it."""
        if mtext is not None and not angle:
            self.word(mtext)
        else:
            turn = f' transform="rotate({_short(-angle)} {_short(x)} {_short(y)})"' if angle else ""
            self._say((x, y), s, prop, gc.get_rgb(), turn)

    def word(self, text: Any) -> None:
        """One upright line of words, held where its letters may be narrower: by its left end, its middle or its right end."""
        from matplotlib.colors import to_rgba

        x, y = text.get_transform().transform(text.get_unitless_position())
        held = _ANCHOR.get(text.get_ha(), "") + (f' class="{text.get_gid()}"' if text.get_gid() else "")
        at = float(x), self.height - float(y)
        self._say(at, text.get_text(), text.get_fontproperties(), to_rgba(text.get_color()), held)

    def _say(self, at: tuple[float, float], s: str, prop: Any, rgba: Any, further: str) -> None:
        """The element of one line of words, with what else it bears: how it is held, or how far it is turned."""
        size, weight = prop.get_size_in_points(), prop.get_weight()
        look = f' font-size="{_short(size)}"' if size != SMALL else ""
        look += ' font-weight="700"' if weight in ("bold", 700) else ' font-weight="600"' if weight in ("semibold", 600) else ""
        place = f'x="{_short(at[0])}" y="{_short(at[1])}"'
        self.parts.append(f'<text {place}{look}{further}{_colour("fill", rgba)}>{escape(s)}</text>')


def _colour(name: str, rgba: Any) -> str:
    """A colour, and its opacity where it has one."""
    from matplotlib.colors import to_hex

    alpha = f' {name}-opacity="{rgba[3]:.2g}"' if len(rgba) > 3 and rgba[3] < 1 else ""
    return f' {name}="{to_hex(rgba)}"{alpha}'


def _stroked(gc: Any) -> str:
    """How a line is drawn; nothing for none."""
    width, rgba = gc.get_linewidth(), gc.get_rgb()
    if not width or (len(rgba) > 3 and rgba[3] == 0):
        return ""
    _, dashes = gc.get_dashes()
    dashed = f' stroke-dasharray="{" ".join(map(_short, dashes))}"' if dashes is not None else ""
    cap = ' stroke-linecap="round"' if gc.get_capstyle() == "round" else ""
    return f'{_colour("stroke", rgba)} stroke-width="{_short(width)}"{cap}{dashed}'
