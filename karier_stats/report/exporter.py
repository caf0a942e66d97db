"""The report's page as an nbconvert exporter, so that it also stands in JupyterLab's export menu.

The only module that loads nbconvert at its top: it is nbconvert that loads it.
"""

from __future__ import annotations

import re
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode

from karier_stats.report.render import notebook_cover, page
from karier_stats.report.sanitise import clean_notebook
from karier_stats.words import Phrase, say
from karier_stats.words.numbers import LANGUAGES


class ReportExporter(Exporter):
    """One executed notebook as a self-contained page: ``jupyter nbconvert --to karier-report``.

    The language is the notebook's own parameter ``lang``; the page is the one
    that ``karier report`` makes, with a single chapter.
    """

    file_extension = ".html"
    output_mimetype = "text/html"
    export_from_notebook = "Laporan karier (HTML)"

    def from_notebook_node(  # type: ignore[override]  # nbconvert's own exporters return text here, too
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page of one notebook, with nbconvert's resources."""
        notebook, about = super().from_notebook_node(nb, resources, **kw)
        lang = _language(notebook)
        name = about.get("metadata", {}).get("name") or say("report.page.chapter", lang)
        return page(notebook_cover(notebook, lang, Phrase("report.page.report")), {name: clean_notebook(notebook)}), about


def _language(notebook: NotebookNode) -> str:
    """The notebook's parameter ``lang``, the injected one first; Indonesian where there is none."""
    found = [
        match[1] for cell in notebook.cells if cell.cell_type == "code"
        for match in re.finditer(r"^lang(?::\s*str)?\s*=\s*[\"'](\w+)[\"']", cell.source, re.MULTILINE)
    ]
    return found[-1] if found and found[-1] in LANGUAGES else "id"
