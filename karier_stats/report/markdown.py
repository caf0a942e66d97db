"""Markdown of notebooks and of the assumptions log as inert HTML, with formulas as MathML."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from karier_stats.report.sanitise import clean_html
from karier_stats.words import say

_MARK = re.compile("\ue000([0-9]+)\ue001")


@dataclass
class Outline:
    """Numbers and anchors of one chapter's headings, filled while its prose is written.

    ``anchor`` is the chapter's own id, ``number`` its number in the report; ``sections`` collects (anchor, number, text) of
    the questions. Where ``below`` is set the text stands under a heading of the report and its own headings are plain ones of
    the next level.
    """

    anchor: str
    number: str
    title: str = ""
    below: bool = False
    lang: str = "id"
    sections: list[tuple[str, str, str]] = field(default_factory=list)

    def heading(self, text: str, level: int) -> str:
        """The HTML of one heading; the chapter's title is kept apart and gives none."""
        words = html.unescape(re.sub(r"<[^>]*>", "", text)).strip()
        if level == 1 and not self.title:
            self.title = words
            return ""
        if not self.below and (level <= 2 or not self.sections):
            number = f"{self.number}.{len(self.sections) + 1}"
            anchor = f"{self.anchor}-{len(self.sections) + 1}"
            self.sections.append((anchor, number, words))
            return f'<h3 id="{anchor}"><span class="k-number">{number}</span> {html.escape(words)}</h3>\n'
        return f"<h4>{html.escape(words)}</h4>\n"


def to_html(source: str, outline: Outline) -> str:
    """Markdown as allow-listed HTML; headings go through the outline, ``$...$`` becomes MathML.

    Notes
    -----
    Formulas and headings are set aside before the HTML is cleaned and put
    back afterwards, so that what the author wrote is cleaned without
    exception.
    """
    cleaned, aside = parsed(source, outline.lang)
    made = [outline.heading(*one) if isinstance(one, tuple) else one for one in aside]
    return _MARK.sub(lambda mark: made[int(mark[1])], cleaned)


@lru_cache(maxsize=1 << 10)
def parsed(source: str, lang: str) -> tuple[str, tuple[str | tuple[str, int], ...]]:
    """Markdown as allow-listed HTML with marks for what is set aside: formulas, made, and headings as text and level.

    The prose of chapters and the assumptions are the same in every report: they are read once.
    """
    from nbconvert.filters.markdown_mistune import MarkdownWithMath

    aside: list[str | tuple[str, int]] = []

    def keep(made: str | tuple[str, int]) -> str:
        aside.append(made)
        return f"\ue000{len(aside) - 1}\ue001"

    plain = source.replace("\ue000", "").replace("\ue001", "")
    return clean_html(MarkdownWithMath(renderer=_renderer()(keep, lang)).render(plain)), tuple(aside)


@cache
def _renderer() -> type:
    """The class that writes Markdown's parts; made on first use, because its base class loads slowly."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer

    class Renderer(IPythonRenderer):
        """HTML of Markdown with formulas and headings set aside."""

        def __init__(self, keep: Any, lang: str) -> None:
            super().__init__(escape=False, allow_harmful_protocols=False, exclude_anchor_links=True)
            self.keep, self.lang = keep, lang

        def heading(self, text: str, level: int, **attrs: Any) -> str:
            """A heading, for the outline."""
            return self.keep((_MARK.sub("", text), level))

        def inline_math(self, body: str) -> str:
            """A formula within a line."""
            return self.keep(formula(body))

        def block_math(self, body: str) -> str:
            """A formula on its own."""
            return self.keep(display(body, self.lang))

        def latex_environment(self, name: str, body: str) -> str:
            """A formula written as an environment."""
            return self.keep(display(rf"\begin{{{name}}}{body}\end{{{name}}}", self.lang))

        def block_code(self, code: str, info: str | None = None) -> str:
            """A code block without colours."""
            return f"<pre><code>{html.escape(code)}</code></pre>\n"

        def image(self, text: str, url: str, title: str | None = None) -> str:
            """A picture in prose is said in words: a report holds computed pictures only."""
            return f"<em>{text}</em>"

    return Renderer


def display(source: str, lang: str) -> str:
    """A formula on a line of its own, in a box that scrolls on a narrow screen and that the keyboard reaches."""
    label = say("report.page.formula", lang)
    mathml = formula(source, block=True)
    return f'<span class="k-formula" role="group" tabindex="0" aria-label="{label}">{mathml}</span>'


def formula(source: str, block: bool = False) -> str:
    """LaTeX as MathML; what cannot be converted stays as code.

    Examples
    --------
    >>> formula("n")
    '<math display="inline"><mrow><mi>n</mi></mrow></math>'
    """
    from latex2mathml import converter

    try:
        mathml = converter.convert(source.strip(), display="block" if block else "inline")
    except Exception:  # latex2mathml raises many kinds for what it does not know
        return f"<code>{html.escape(source)}</code>"
    return mathml.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "")
