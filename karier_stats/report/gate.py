"""The gate: what must not be in a report is looked for before the report may leave.

Every file of a finished report is read: the pages and what their tags say, the
strings of the executed notebooks and of ``findings.json``, every cell of the
tables, the message, and the chunks of every picture. One hit refuses the report; so does a file that cannot be read
or is of a kind that the gate does not know.
"""

from __future__ import annotations

import base64
import binascii
import csv
import getpass
import html
import io
import json
import platform
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from karier_stats.errors import GateError
from karier_stats.intake.pseudonyms import Names
from karier_stats.intake.scrub import copied
from karier_stats.report.letters import faces

MATHML = frozenset(
    "math mrow mi mn mo ms mtext mspace msup msub msubsup mfrac msqrt mroot mover munder munderover mtable mtr mtd "
    "mstyle mpadded mphantom menclose".split()
)
TAGS = MATHML | frozenset(
    "html head meta title style body header main nav footer section article aside div span p br hr "
    "h1 h2 h3 h4 h5 h6 ul ol li dl dt dd a strong em b i u s del sub sup small mark abbr q blockquote cite "
    "table caption colgroup col thead tbody tfoot tr th td figure figcaption img pre code kbd samp var "
    "details summary time wbr "
    "svg desc g path circle text".split()
)
"""Elements that a report may hold; every other one refuses it."""

ATTRIBUTES = frozenset(
    "class id lang title href src alt width height scope colspan rowspan role tabindex open charset name content "
    "http-equiv headers start value datetime display mathvariant stretchy fence separator form accent accentunder "
    "lspace rspace columnalign rowalign displaystyle scriptlevel linethickness movablelimits minsize maxsize depth "
    "notation columnspacing rowspacing columnlines rowlines symmetric largeop border style "
    "viewbox font-family font-size font-weight text-anchor transform x y d cx cy r fill fill-opacity stroke stroke-opacity "
    "stroke-width stroke-linecap stroke-dasharray".split()
)
"""Attributes that an element may carry, beside ``aria-*``."""

PNG_CHUNKS = frozenset(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB sBIT pHYs bKGD".split())
"""PNG chunks that carry the picture; others can carry text and are refused."""

_INLINE = "a|abbr|b|cite|code|del|em|i|kbd|mark|q|s|samp|small|span|strong|sub|sup|u|var|wbr"
_DIGIT_RUN = re.compile(r"(?<![0-9A-Za-z])(?<!\b0[.,])[0-9]{18}(?![0-9A-Za-z])")
_NIP_PARTS = (
    "(?:19[3-9]|20[01])[0-9]", "(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12][0-9]|3[01])", "(?:19[5-9]|20[0-4])[0-9]",
    "[0-9]{2}", "[12]", "[0-9]{3}",
)
_GAP = r"[\s.,\-/_:]{0,3}"
_SPACED_NIP = re.compile(
    "(?<![0-9A-Za-z])" + _GAP.join(_NIP_PARTS) + "(?![0-9A-Za-z])"
    "|(?<![0-9A-Za-z])(?:[0-9][ \u00a0\u2009.\\-_/]){17}[0-9](?![0-9A-Za-z])"
)
_NUMBERS = re.compile(
    r"(?<![\w.,])[1-9][0-9]{5}(?:[04][1-9]|[1256][0-9]|[37][01])(?:0[1-9]|1[0-2])[0-9]{6}(?!\w)"  # NIK: area, birth date, serial
    r"|(?<![\w.,/-])(?:\+62|0)8[0-9]{8,11}(?!\w)"  # mobile phone
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?!\w)", re.IGNORECASE)
_AT = re.compile(r"@[\w-]+\.")
_PATH = r"/(?<![^\s\"'(=,;\[{>]/)[\w.~-]+/[\w.~-]+"
_TEXT_RULES = (
    ("K401", ("script",), re.compile(r"<\s*/?\s*script", re.IGNORECASE)),
    ("K403", ("javascript", "vbscript"), re.compile(r"\b(?:javascript|vbscript)\s*:", re.IGNORECASE)),
    ("K404", ("//", "@import", "url"), re.compile(
        r"\b(?:https?|ftp|wss?|file)\s*://|[\"'(=]\s*//[\w-]+\.\w|@import|\burl\s*\(", re.IGNORECASE)),
    ("K405", ("/", "\\"), re.compile(_PATH)),
    ("K407", ("<!--",), re.compile(r"<!--")),
    ("K408", ("data:",), re.compile(r"\bdata:(?!image/png;base64,)[a-z]+/[a-z0-9.+-]+[;,]", re.IGNORECASE)),
)
"""Codes, marks of which a leak has one (most texts have none, which is found sooner), and patterns."""
_ANY_PATH = re.compile(rf"{_PATH}|\b[A-Za-z]:\\\w|\\\\[\w.-]+\\\w")
_ALIKE = str.maketrans("\u0130\u0131\u017f\u212a", "iisk")
"""Letters that a pattern without regard to case takes for plain ones."""
_TEN_DIGITS = re.compile("[0-9]{10,}")
_EIGHTEEN_DIGITS = re.compile(r"[0-9](?:[\s.,\-/_:]{0,3}[0-9]){17}")
_PNG_URI = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=\s]*)")
_OWN_FILES = re.compile(
    r"(?:(?:satu-halaman|laporan|lampiran)\.html(?:#[\w.-]+)?|#[\w.-]*|tabel/T-B\.[0-9]+\.[0-9]+\.csv)", re.ASCII
)
"""Where a link may lead: to an anchor, or to another file of the same report."""
_VOCABULARY = re.compile(r"http://(?:schemas\.(?:openxmlformats|microsoft)\.(?:org|com)|purl\.org|www\.w3\.org)/")
"""How the name of a vocabulary of office documents begins; it is no address that anybody is led to."""
_SHAPE = re.compile(r'(?<= d=")[MLQCZ\d. -]*(?=")')
"""The places of a drawn line: digits that are no number of anybody."""
_PLAIN_TAG = (
    rf"</?(?:{'|'.join(sorted(TAGS))})(?: (?:(?:{'|'.join(sorted(ATTRIBUTES - {'href', 'src', 'http-equiv'}))}|viewBox|aria-[a-z]+)"
    rf'="[^"<>]*"|open|href="{_OWN_FILES.pattern}"|src="data:image/png;base64,"|http-equiv="Content-Security-Policy"))*+ ?/?>'
)
_PLAIN = re.compile(f"(?:<!DOCTYPE html>)?(?:[^<]++|{_PLAIN_TAG})*+", re.ASCII)
"""Markup of tags and attributes that may be there, written in one way: it need not be taken apart to know that."""
_VALUE = re.compile(r'="([^"]*)"')
_SHARED_ACCOUNTS = frozenset("root user admin administrator runner ubuntu jovyan guest pengguna localhost".split())
_METADATA_WORDS = frozenset("python python3 ipython name language tags parameters".split())
"""Words that the metadata of every chapter hold, whoever runs it."""
SHORT = 200
"""Letters of a text whose leaks are looked for once, wherever else it stands."""
_INVISIBLE = dict.fromkeys((0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))


@dataclass(frozen=True)
class Leak:
    """One thing that may not leave: its code, its file, the line (or cell) and how often."""

    code: str
    file: str
    place: str
    count: int


@dataclass(frozen=True)
class Traces:
    """What would tell on this machine.

    Attributes
    ----------
    names : tuple of str
        The account and the machine. They are often plain words (``pelatihan``,
        ``umum``), so they tell only in a path and in ``account@machine``.
    folders : tuple of str
        Folders of the machine, which tell anywhere.
    known : str
        The office's own texts: an address ``name@place`` in them is no trace.
    alone : bool
        Whether a name tells by itself, as it does in metadata, which nobody writes by hand.
    people : Names, optional
        Knows the staff by name, where their evaluation's key is here.
    """

    names: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    known: str = ""
    alone: bool = False
    people: Names | None = None

    @cached_property
    def strict(self) -> Traces:
        """The same where a name tells by itself."""
        return replace(self, alone=True)

    @cached_property
    def unnamed(self) -> Traces:
        """The same where nobody is named, as is known already."""
        return replace(self, people=None)

    @cached_property
    def harmless(self) -> set[str]:
        """Short texts without a leak: most of a record are words that stand in many places of it."""
        return set()

    def named(self, text: str, file: str, place: str) -> list[Leak]:
        """The names of people in a text."""
        return _leak("K416", self.people.hits(text) if self.people else [], text, file, place)

    def leaks(self, text: str, file: str, place: str) -> list[Leak]:
        """The leaks of a text."""
        found = self.named(text, file, place)
        for folder in (folder for folder in self.folders if folder in text):
            found += _leak("K405", list(_whole(folder).finditer(text)), text, file, place)
        lower = text.lower() if self.names else ""
        for name in (name for name in self.names if name.lower() in lower):
            by_itself = self.alone and name.lower() not in _METADATA_WORDS
            hits = (_whole(name) if by_itself else _in_address(name)).finditer(text)
            found += _leak("K406", [hit for hit in hits if "@" not in hit[0] or hit[0] not in self.known], text, file, place)
        return found


NO_TRACES = Traces()


@cache
def _whole(text: str) -> re.Pattern[str]:
    """A text that is no part of a longer word."""
    return re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")


@cache
def _in_address(name: str) -> re.Pattern[str]:
    """A name of an account or a machine where it stands in a path, as a share, or beside an at sign."""
    word = re.escape(name)
    return re.compile(
        rf"(?:(?<![\w.])[/\\](?:[\w.~-]+[/\\])+|(?<!\w)[A-Za-z]:[/\\](?:[\w.~-]+[/\\])*|(?<![\w:])[/\\]{{2}}|"
        rf"(?<!\w)(?:home|users|export)[/\\]){word}(?!\w)"
        rf"|(?<!\w)~{word}[/\\]|(?<![\w.@]){word}@[\w.-]*\w|[\w.-]+@{word}(?!\w)",
        re.IGNORECASE,
    )


def check(
    folder: Path, *, secrets: Iterable[str] = (), known: str = "", people: Names | None = None, files: str = "*"
) -> None:
    """Refuse a report folder in which anything is found that must not leave.

    Parameters
    ----------
    folder : Path
        The finished report of one language, still under its temporary name.
    secrets : iterable of str
        Further folders that may not appear, such as the project's.
    known : str
        The office's own texts: addresses and numbers in them are no trace of this machine or of a person.
    people : Names, optional
        The staff, whom nothing may name.
    files : str
        Names of the files that are read; all by default.

    Raises
    ------
    GateError
        K400-K412, K415 and K416 for the first leak, with its file, its place and the number of
        further ones; never the text itself.
    """
    leaks = inspect(folder, secrets=secrets, known=known, people=people, files=files)
    if leaks:
        first = leaks[0]
        raise GateError(first.code, file=first.file, place=first.place, count=first.count, more=len(leaks) - 1)


def inspect(
    folder: Path, *, secrets: Iterable[str] = (), known: str = "", people: Names | None = None, files: str = "*"
) -> list[Leak]:
    """Every leak of every file of a report folder, in the order of file names."""
    hidden = _hidden(own_traces(), tuple(secrets), known, people)
    leaks: list[Leak] = []
    for path in sorted(path for path in folder.rglob(files) if not path.is_dir()):
        name = path.relative_to(folder).as_posix()
        try:
            leaks += _file_leaks(path, name, hidden)
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            leaks.append(Leak("K410", name, "1", 1))
    return leaks


@lru_cache(maxsize=4)
def _hidden(own: Traces, secrets: tuple[str, ...], known: str, people: Names | None) -> Traces:
    """What may not leave; one object for both languages of a report, so that what is known of a text is found at once."""
    return replace(own, folders=(*secrets, *own.folders), known=known, people=people)


def own_traces() -> Traces:
    """What would tell on this machine: account and machine by name, home folder, folder for temporary files."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError, ImportError):  # the system knows no name for the account
        user = ""
    try:
        home = str(Path.home())
    except RuntimeError:  # nor a folder
        home = ""
    names = (user, platform.node(), platform.node().partition(".")[0])
    return Traces(
        tuple(dict.fromkeys(name for name in names if len(name) > 2 and name.lower() not in _SHARED_ACCOUNTS)),
        tuple(folder for folder in (home, tempfile.gettempdir()) if len(folder) > 3),
    )


def _file_leaks(path: Path, name: str, hidden: Traces) -> list[Leak]:
    """The leaks of one file, by its kind; an unknown kind is a leak itself."""
    if path.is_symlink():
        return [Leak("K410", name, "1", 1)]
    if path.suffix == ".html":
        return page_leaks(path.read_text(encoding="utf-8"), name, hidden)
    if path.suffix == ".ipynb":
        return notebook_leaks(json.loads(path.read_text(encoding="utf-8")), name, hidden)
    if path.suffix == ".json":
        return _value_leaks(json.loads(path.read_text(encoding="utf-8")), name, "", hidden)
    if path.suffix == ".txt":
        return text_leaks(path.read_text(encoding="utf-8"), name, "", hidden)
    if path.suffix == ".docx":
        return document_leaks(path.read_bytes(), name, hidden)
    if path.suffix == ".pdf":
        return paper_leaks(path.read_bytes(), name, hidden)
    if path.suffix == ".csv":
        return table_leaks(path.read_text(encoding="utf-8-sig"), name, hidden)
    return [Leak("K410", name, "1", 1)]


def table_leaks(text: str, name: str, hidden: Traces = NO_TRACES) -> list[Leak]:
    """The leaks of a CSV file: its text, and cells that a spreadsheet would run.

    The first line tells what stands between the cells.
    """
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    rows = list(csv.reader(text.splitlines(), delimiter=delimiter))
    run = [place for place, row in enumerate(rows, 1) if any(copied(cell) != cell for cell in row)]
    return text_leaks(text, name, "", hidden) + ([Leak("K412", name, str(run[0]), len(run))] if run else [])


def document_leaks(content: bytes, name: str, hidden: Traces = NO_TRACES) -> list[Leak]:
    """The leaks of a Word document: the words and attributes of its parts, its pictures, links that lead out of it."""
    from defusedxml.ElementTree import fromstring

    leaks: list[Leak] = []
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for part in parts.namelist():
            if part.endswith(".png"):
                leaks += _chunk_leaks(parts.read(part), name, part)
            elif part.endswith(".rels"):
                leaks += _leak("K404", list(re.finditer('TargetMode="External"', parts.read(part).decode())), "", name, part)
            elif part.endswith(".xml"):
                leaks += text_leaks(_part_text(fromstring(parts.read(part))), name, part, hidden) if part[0] != "[" else []
            else:
                leaks.append(Leak("K410", name, part, 1))
    return leaks


def _part_text(root: Any) -> str:
    """The words of a part of a document, a line for every paragraph, and the values of its attributes but names of vocabularies."""
    lines = ["".join(one.itertext()) for one in root.iter() if one.tag.endswith("}p")] or ["".join(root.itertext())]
    values = [value for one in root.iter() for value in one.attrib.values() if not _VOCABULARY.match(value)]
    return "\n".join([*lines, *values])


def paper_leaks(content: bytes, name: str, hidden: Traces = NO_TRACES) -> list[Leak]:
    """The leaks of a PDF: the words of its pages, what it says of itself, and the addresses that it leads to."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    leaks = text_leaks("\n".join(map(str, (reader.metadata or {}).values())), name, "metadata", hidden)
    for place, page in enumerate(reader.pages, 1):
        leaks += text_leaks(page.extract_text(), name, str(place), hidden)
        actions = [note.get_object().get("/A", {}) for note in page.get("/Annots", [])]
        leaks += [Leak("K404", name, str(place), 1) for one in actions if "/URI" in one or "/Launch" in str(one.get("/S"))]
    return leaks


def page_leaks(page: str, name: str = "laporan.html", hidden: Traces = NO_TRACES) -> list[Leak]:
    """The leaks of an HTML page: its text, its tags and attributes, its pictures; our own letters are known."""
    page = page.replace(faces(), "")
    leaks = markup_leaks(page, name, "", hidden)
    if not _CSP.search(page):
        leaks.append(Leak("K411", name, "1", 1))
    return leaks


_CSP = re.compile(
    r"<meta http-equiv=\"Content-Security-Policy\" "
    r"content=\"default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'\">"
)


def notebook_leaks(notebook: dict[str, Any], name: str, hidden: Traces = NO_TRACES) -> list[Leak]:
    """The leaks of an executed notebook, cell by cell; pictures are read as pictures."""
    leaks = _value_leaks(notebook.get("metadata", {}), name, "metadata", hidden.strict)
    for index, cell in enumerate(notebook["cells"], start=1):
        content = {key: value for key, value in cell.items() if key != "metadata"}
        leaks += _value_leaks(cell.get("metadata", {}), name, f"sel {index}", hidden.strict)
        leaks += _value_leaks(content, name, f"sel {index}", hidden, kind=cell.get("cell_type", ""))
    return leaks


def _value_leaks(value: Any, name: str, place: str, hidden: Traces, kind: str = "") -> list[Leak]:
    """Walk a JSON value; strings are scanned, numbers of 15 digits and more are refused."""
    if isinstance(value, dict):
        return [leak for key, item in value.items() for leak in _item_leaks(key, item, name, place, hidden, kind)]
    if isinstance(value, list):
        return [leak for item in value for leak in _value_leaks(item, name, place, hidden, kind)]
    if isinstance(value, str):
        return text_leaks(value, name, place, hidden)
    looks_like_nip = isinstance(value, int | float) and not isinstance(value, bool) and 1e17 <= abs(value) < 1e18
    return [Leak("K400", name, place or "1", 1)] if looks_like_nip else []


def _item_leaks(
    key: str, item: Any, name: str, place: str, hidden: Traces, kind: str
) -> list[Leak]:
    """The leaks of one key of a JSON object; HTML and Markdown are read as markup."""
    text = "".join(item) if isinstance(item, list) and all(isinstance(part, str) for part in item) else item
    if key == "image/png" and not isinstance(text, dict):  # a dict is the picture's metadata
        return _png_leaks(str(text), name, place)
    markup = key in ("text/html", "text/markdown", "image/svg+xml") or (key == "source" and kind == "markdown")
    if isinstance(text, str) and markup:
        return markup_leaks(text, name, place, hidden)
    within = f"{place}.{key}" if place and not place.startswith("sel") else place or key
    return text_leaks(key, name, within, hidden) + _value_leaks(text, name, within, hidden, kind)


def markup_leaks(markup: str, name: str, place: str, hidden: Traces) -> list[Leak]:
    """The leaks of HTML: pictures apart, tags by the parser, words with and without their tags."""
    leaks = [leak for match in _PNG_URI.finditer(markup) for leak in _png_leaks(match[1], name, place)]
    bare = _SHAPE.sub("", _PNG_URI.sub("data:image/png;base64,", markup))
    seen = hidden
    if _PLAIN.fullmatch(bare):  # a name stands in its words, or in the values of its attributes, of which most are alike
        values = "\n".join(set(_VALUE.findall(bare)))
        seen = hidden if hidden.named(values, name, place) else hidden.unnamed
    else:
        reader = _TagReader()
        reader.feed(bare)
        reader.close()
        leaks += [Leak(code, name, place or str(line), 1) for code, line in reader.found]
    leaks += text_leaks(bare, name, place, seen)
    words = html.unescape(re.sub(r"<[^>]*>", "\n\n\n\n", re.sub(rf"</?(?:{_INLINE})\b[^>]*>", "", bare)))
    known = {leak.code for leak in leaks}
    told = _nip_leaks(words, name, place) + hidden.named(words, name, place)
    return leaks + [leak for leak in told if leak.code not in known]


def text_leaks(text: str, name: str, place: str, hidden: Traces = NO_TRACES) -> list[Leak]:
    """The leaks of plain text, with the line of the first hit of each rule."""
    if text in hidden.harmless:
        return []
    found = _text_leaks(text, name, place, hidden)
    if len(text) <= SHORT and not found:
        hidden.harmless.add(text)
    return found


def _text_leaks(text: str, name: str, place: str, hidden: Traces) -> list[Leak]:
    """The leaks of a text, rule by rule."""
    leaks = _nip_leaks(text, name, place)
    personal = [hit for hit in _personal(text) if hit[0] not in hidden.known]
    leaks += _leak("K415", sorted(personal, key=re.Match.start), text, name, place)
    folded = (text.translate(_ALIKE) if _is_in(text, _ALIKE) else text).lower()
    for code, marks, pattern in _TEXT_RULES:
        if any(mark in folded for mark in marks):
            rule = _ANY_PATH if code == "K405" and "\\" in text else pattern
            leaks += _leak(code, list(rule.finditer(text)), text, name, place)
    return leaks + hidden.leaks(text, name, place)


def _personal(text: str) -> list[re.Match[str]]:
    """Identity and telephone numbers and e-mails, looked for only where ten digits or the place of an e-mail begin."""
    begins = [run.start() for run in _TEN_DIGITS.finditer(text)]
    numbers = [_NUMBERS.match(text, begin) or _NUMBERS.match(text, max(begin - 1, 0)) for begin in begins]  # a plus before them
    emails = _EMAIL.finditer(text) if _AT.search(text) else ()
    return [*filter(None, numbers), *emails]


def _nip_leaks(text: str, name: str, place: str) -> list[Leak]:
    """Service numbers: 18 digits in a row, or digits with marks between that read as one."""
    seen = text.translate(_INVISIBLE) if _is_in(text, _INVISIBLE) else text
    plain = unicodedata.normalize("NFKC", seen)
    if not _EIGHTEEN_DIGITS.search(plain):
        return []
    return _leak("K400", [*_DIGIT_RUN.finditer(plain)] or [*_SPACED_NIP.finditer(plain)], plain, name, place)


def _is_in(text: str, letters: Mapping[int, object]) -> bool:
    """Whether a text has one of some letters: found much sooner than all are replaced."""
    return not text.isascii() and any(chr(one) in text for one in letters)


def _leak(code: str, hits: list[re.Match[str]], text: str, name: str, place: str) -> list[Leak]:
    """One leak for all the hits of a rule; its place is the first hit's line."""
    if not hits:
        return []
    return [Leak(code, name, place or str(text.count("\n", 0, hits[0].start()) + 1), len(hits))]


def _png_leaks(encoded: str, name: str, place: str) -> list[Leak]:
    """A picture that is no PNG, or a PNG with chunks that can carry text."""
    try:
        return _chunk_leaks(base64.b64decode("".join(encoded.split()), validate=True), name, place)
    except binascii.Error:
        return [Leak("K408", name, place or "1", 1)]


def _chunk_leaks(picture: bytes, name: str, place: str) -> list[Leak]:
    """The same of the picture itself."""
    try:
        names = {kind for kind, _ in png_chunks(picture)}
    except ValueError:
        return [Leak("K408", name, place or "1", 1)]
    return [Leak("K408", name, place or "1", 1)] if names - PNG_CHUNKS else []


def png_chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a PNG as (kind, whole chunk).

    Raises
    ------
    ValueError
        The bytes are no PNG, are cut off, or go on after the last chunk.
    """
    if picture[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError("not a PNG")
    place, kind = 8, b""
    while kind != b"IEND":
        end = place + 12 + int.from_bytes(picture[place : place + 4], "big")
        kind = picture[place + 4 : place + 8]
        if end > len(picture) or len(kind) < 4:
            raise ValueError("cut off")
        yield kind, picture[place:end]
        place = end
    if place != len(picture):
        raise ValueError("trailing bytes")


class _TagReader(HTMLParser):
    """Collects (code, line) of every element, attribute or address that is not allowed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Check one opening tag with its attributes."""
        line = self.getpos()[0]
        if tag not in TAGS:
            self.found.append(("K409", line))
        self.found += [(code, line) for name, value in attrs for code in _attribute_codes(tag, name, value or "")]

    def handle_pi(self, data: str) -> None:
        """Refuse a processing instruction."""
        self.found.append(("K409", self.getpos()[0]))


def _attribute_codes(tag: str, name: str, value: str) -> list[str]:
    """The codes of what is wrong with one attribute."""
    if name.startswith("on"):
        return ["K402"]
    if name not in ATTRIBUTES and not name.startswith("aria-"):
        return ["K409"]
    address = re.sub(r"[\s\x00-\x1f]", "", value)
    if name == "href" and not _OWN_FILES.fullmatch(address):
        return ["K404"]
    if name == "src" and not (tag == "img" and address.startswith("data:image/png;base64,")):
        return ["K408" if address.startswith("data:") else "K404"]
    refresh = tag == "meta" and name == "http-equiv" and address.lower() != "content-security-policy"
    return ["K409"] if refresh else []
