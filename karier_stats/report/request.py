"""What a report is asked for, checked before a kernel starts."""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import json
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from karier_stats.errors import EnvironmentFault, InputError
from karier_stats.intake.project import DEVICES, check_name, shown
from karier_stats.report.office import check_kinds
from karier_stats.words.numbers import LANGUAGES

if TYPE_CHECKING:
    from karier_stats.intake.processed import Processed

PUBLISHED = Path(__file__).with_name("notebooks.yml")
"""The package's own notebooks: by chapter, what :func:`analysis` gives; ``python -m tests.notebooks`` writes it."""
TYPES: dict[str, type] = {
    "evaluation": str, "unit": str, "period": int, "lang": str, "audience": str, "level": float, "seed": int,
}
"""The parameters that every chapter notebook declares, with their types."""


@dataclass(frozen=True)
class Request:
    """One report: of which evaluation, for which unit and year, in which languages."""

    evaluation: str
    unit: str
    period: int
    langs: tuple[str, ...]
    audience: str
    level: float
    seed: int
    kinds: tuple[str, ...] = ()
    allow_changed: bool = False

    def parameters(self, lang: str) -> dict[str, Any]:
        """The notebook parameters of one language."""
        return {
            "evaluation": self.evaluation, "unit": self.unit, "period": self.period, "lang": lang,
            "audience": self.audience, "level": self.level, "seed": self.seed,
        }

    @property
    def place(self) -> str:
        """The report's folder below ``reports``, as messages name it."""
        return f"{self.evaluation}/{self.period}/{slug(self.unit)}/{self.audience}"

    def folder(self, root: Path) -> Path:
        """The folder of the report's languages, surely under ``reports/<evaluation>``: K225 for a name that an evaluation
        cannot have, K234 where a link leads elsewhere.
        """
        reports = (root / "reports").resolve()
        folder = reports / check_name(self.evaluation) / str(self.period) / slug(self.unit) / self.audience
        if any(path.resolve() != path for path in (folder, *(folder / lang for lang in self.langs))):
            raise InputError("K234", evaluation=self.evaluation, unit=shown(self.unit))
        return folder


def slug(name: str) -> str:
    """A name as a folder name of ``[a-z0-9-]``, at most 60; 20 hex digits mark one that lost something.

    Different names give different folders: a plain name stays as it is unless it looks like a marked one, and 80 bits of
    SHA-256 keep the marked apart.
    """
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if plain and plain == name and len(plain) <= 60 and plain not in DEVICES and not _MARKED.search(plain):
        return plain
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:20]
    return f"{plain[:39].strip('-')}-{digest}".strip("-")


_MARKED = re.compile(r"(?:^|-)[0-9a-f]{20}$")


def check_names(names: Iterable[str], known: Collection[str] = TYPES) -> None:
    """Refuse the first parameter that is not known (default: to the chapters), with the name that it may have meant (K230)."""
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(str(name), list(known), n=1, cutoff=0.5)
            raise InputError("K230", name=shown(name), near=near[0] if near else "–", known=", ".join(known))


def check_request(root: Path, request: Request) -> Processed:
    """Refuse a request that cannot be met, and open its evaluation.

    Raises
    ------
    InputError
        K220-K223 from ``open_evaluation`` (evaluation, unit, period, audience,
        level, seed); K237 after the retention date of the data; K231 for a wrong type; K233 for the languages; K219
        for the kinds of files.
    EnvironmentFault
        K506 and K508 where what a kind of file needs is not there; K510 where a processed table is gone or damaged.
    """
    if not request.langs or len(set(request.langs)) < len(request.langs) or set(request.langs) - set(LANGUAGES):
        raise InputError("K233", given=", ".join(map(shown, request.langs)) or "–", known=", ".join(LANGUAGES))
    check_kinds(request.kinds)
    for name, value in request.parameters(request.langs[0]).items():
        check_type(name, value, TYPES[name])
    with home(root):
        from karier_stats.intake.processed import open_evaluation
        from karier_stats.intake.project import check_retention, retention_of

        evaluation = open_evaluation(**request.parameters(request.langs[0]))
        evaluation.check_files()
        check_retention(evaluation.name, retention_of(evaluation.intake), request.langs[0])
        return evaluation


def check_type(name: str, value: object, wanted: type) -> None:
    """Refuse a value that is not of the parameter's type (K231); a whole number passes for a fraction."""
    accepted = (int, float) if wanted is float else wanted
    if isinstance(value, bool) or not isinstance(value, accepted):
        raise InputError("K231", name=name, wanted=wanted.__name__, given=type(value).__name__)


def analysis(path: Path) -> str:
    """The sha256 of what a notebook says and runs: kind, text and tags of its cells, whatever else it was saved with."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    said = [[cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags", [])] for cell in cells]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def changed_notebooks(root: Path, chapters: Iterable[str], allowed: bool) -> list[str]:
    """The chapters whose notebooks are not those of the package; K533 where there are any and they are not allowed."""
    ours = yaml.safe_load(PUBLISHED.read_text(encoding="utf-8"))
    changed = [name for name in chapters if ours.get(name) != analysis(root / "notebooks" / f"{name}.ipynb")]
    if changed and not allowed:
        raise EnvironmentFault("K533", names=", ".join(f"{name}.ipynb" for name in changed))
    return changed


def check_notebook(path: Path, parameters: Mapping[str, object]) -> None:
    """Refuse a chapter notebook that does not declare every parameter with its type, as papermill reads it.

    K525 for a notebook that is missing or cannot be read, K526 for a parameter that is not declared, or with another type.
    """
    import nbformat
    import papermill

    try:
        notebook = nbformat.read(path, as_version=4)
        declared = {name: about["inferred_type_name"] for name, about in papermill.inspect_notebook(notebook).items()}
    except Exception as error:  # nbformat and papermill raise many kinds for a damaged file
        raise EnvironmentFault("K525", notebook=path.name) from error
    for name, given in declared.items():
        if name in TYPES and given not in (TYPES[name].__name__, "None"):
            raise EnvironmentFault("K526", notebook=path.name, name=f"{name}: {TYPES[name].__name__}")
    lacking = [name for name in parameters if name not in declared]
    if lacking:
        raise EnvironmentFault("K526", notebook=path.name, name=", ".join(lacking))


@contextlib.contextmanager
def home(root: Path) -> Iterator[None]:
    """Let the reader of processed tables look into ``root`` for a while."""
    before = os.environ.get("KARIER_HOME")
    os.environ["KARIER_HOME"] = str(root)
    try:
        yield
    finally:
        if before is None:
            del os.environ["KARIER_HOME"]
        else:
            os.environ["KARIER_HOME"] = before
