"""The letters of the editions: the fonts that every page carries."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"


@cache
def faces() -> str:
    """The letters of every edition inside its style sheet, so that all readers see the same pages.

    Notes
    -----
    Public Sans and Newsreader, each under the SIL Open Font License that lies beside it, without a reserved name. They
    were subset with fonttools (``pyftsubset --flavor=woff --no-hinting`` with U+0020-017F, the punctuation and the signs
    of comparison, and the features kern, mark, mkmk, ccmp, locl, liga, lnum and tnum, for columns of figures).
    """
    rules = []
    for path in sorted(FONTS.glob("*.woff")):
        name, _, weight = path.stem.rpartition("-")
        letters = base64.b64encode(path.read_bytes()).decode("ascii")
        rules.append(
            f'@font-face {{ font-family: "{name.replace("-", " ").title()}"; font-weight: {weight};'
            f' src: url(data:font/woff;base64,{letters}) format("woff"); }}\n'
        )
    return "".join(rules)
