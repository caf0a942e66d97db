"""Pictures inside a page."""

from __future__ import annotations

import base64
import html

from karier_stats.words import say


def image(encoded: str, alt: str, lang: str) -> str:
    """A PNG inside the page, with its size (so that nothing jumps) and its words."""
    head = base64.b64decode(encoded[:44])
    width, height = int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
    words = html.escape(alt or say("report.page.no_alt", lang), quote=True)
    return f'<img src="data:image/png;base64,{encoded}" alt="{words}" width="{width}" height="{height}">'
