"""``reports/index.html``: the reports that are whole, and which of them are out of date."""

from __future__ import annotations

import urllib.parse
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from karier_stats.errors import EnvironmentFault
from karier_stats.report import manifest
from karier_stats.report.render import environment
from karier_stats.words import Phrase
from karier_stats.words.numbers import Text

OTHERS = {"one": "satu-halaman.html", "annexes": "lampiran.html"}
"""What stands beside the main report, by key of its words."""
LANGUAGE_NAMES = {"id": "Bahasa Indonesia", "en": "English"}

@dataclass(frozen=True)
class ListedReport:
    """One whole report: where its editions lie, what it says of itself, what has changed since it was made."""

    href: str
    others: tuple[tuple[Text, str], ...]
    evaluation: str
    title: str
    period: int
    unit: str
    audience: Text
    lang: str
    synthetic: bool
    stale: tuple[str, ...]

    @property
    def language(self) -> str:
        """The language's own name."""
        return LANGUAGE_NAMES[self.lang]

    @property
    def state(self) -> Text:
        """Current, or out of date with what, in both languages."""
        changed = [Phrase(f"report.site.changed.{name}") for name in self.stale]
        return Phrase("report.site.stale", changed=changed) if changed else Phrase("report.site.current")


def entries(root: Path) -> list[ListedReport]:
    """Every report with a matching manifest, newest year first; others are passed over."""
    reports = root / "reports"
    found = []
    for path in sorted(reports.rglob(manifest.NAME)):
        folder = path.parent
        if any(part.startswith(".") for part in folder.relative_to(reports).parts):
            continue
        with suppress(EnvironmentFault, KeyError, ValueError):
            stale, about = manifest.verify(folder, root=root), manifest.read(folder)
            others = tuple((Phrase(f"editions.page.{words}"), _href(folder / name, reports))
                           for words, name in OTHERS.items() if (folder / name).is_file())
            found.append(ListedReport(
                _href(folder / "laporan.html", reports), others, about["evaluation"], about["title"][about["lang"]],
                int(about["period"]), about["unit_name"], Phrase(f"editions.page.short.{about['audience']}"), about["lang"],
                bool(about["synthetic"]), stale,
            ))
    return sorted(found, key=lambda one: (one.title, -one.period, one.unit, one.audience["en"], one.lang != "id", one.lang))


def _href(file: Path, reports: Path) -> str:
    """A file as the list links to it."""
    return urllib.parse.quote(file.relative_to(reports).as_posix())


def write_index(root: Path) -> Path:
    """Write the list of reports, whole or not at all, and return its path."""
    path = root / "reports" / "index.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    manifest.write_text(path, environment().get_template("index.html.j2").render(entries=entries(root)))
    return path
