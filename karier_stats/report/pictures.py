"""Pictures inside a page."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from karier_stats.words import say


def vectors(about: Mapping[str, Any], lang: str, titled: bool = True, drawn: str = "") -> str:
    """A recorded picture as vectors of two widths, of which the page's style shows the one that fits.

    Parameters
    ----------
    about : mapping
        ``picture`` of a record (:mod:`karier_stats.report.record`).
    titled : bool
        Whether its title is drawn; a page that writes it over the picture says no.
    drawn : str
        The wide one, where a notebook has it already.
    """
    from karier_stats.draw import bare

    text = json.dumps(about)
    pair = drawn or _vector(text, lang, 720), _vector(text, lang, 350)
    return "\n".join(pair if titled else map(bare, pair))


@lru_cache(maxsize=256)
def _vector(about: str, lang: str, width: int) -> str:
    """The same picture stands in several editions: it is drawn once."""
    from karier_stats.draw import svg
    from karier_stats.report.record import picture_of

    return svg(picture_of(json.loads(about)), lang, width)


def raster(about: Mapping[str, Any], lang: str, dots: int) -> tuple[bytes, str]:
    """A recorded picture as PNG of so many dots per inch of 72 units, without its title; and its description in words."""
    from karier_stats.draw import describe, drawn, png
    from karier_stats.report.record import picture_of

    picture = picture_of(dict(about))
    return png(drawn(picture, lang, titled=False), dots), describe(picture, lang)


def image(encoded: str, alt: str, lang: str) -> str:
    """A PNG inside the page, with its size (so that nothing jumps) and its words."""
    head = base64.b64decode(encoded[:44])
    width, height = int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
    words = html.escape(alt or say("report.page.no_alt", lang), quote=True)
    return f'<img src="data:image/png;base64,{encoded}" alt="{words}" width="{width}" height="{height}">'
