"""Free text without the people in it: numbers, addresses and known names masked, and nothing that a machine would run.

A name is found in the forms in which colleagues write it: as it stands in
the staff list, turned, without its middle, with initials, titles and marks
between, in any case, joined as in an account name, shortened (St. for Siti),
with an ending (budinya). One word of a longer name is masked after a form of
address, a title or a role; by itself most such words are common words too, and stay.
"""

import datetime
import itertools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from pathlib import Path

from karier_stats.domain import nip
from karier_stats.intake.schema import TABLES
from karier_stats.intake.values import attempted, date
from karier_stats.words.catalogue import own_data

_WORDS = {name: frozenset(" ".join(given.values() if isinstance(given, dict) else [given]).split())
          for name, given in own_data(Path(__file__).with_name("name_words.yml")).items()}
"""The lists of words around Indonesian names; ``name_words.yml`` says what each holds."""
TITLES, HONORIFIC, ADDRESS, GLUED, ROLES = (_WORDS[name] for name in ("titles", "honorific", "address", "glued", "roles"))
OFFICES, MUHAMMAD, PLACE_KINDS, COMMON = (_WORDS[name] for name in ("offices", "muhammad", "place_kinds", "common"))
_NEGATIVE, _CALL = re.compile(r"-\d[^=+@|!*/^&;\t]*"), re.compile(r"[^\W\d_]\(")
MASK = "[disamarkan]"
SECRET = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # e-mail
    r"|(?:\+62|\b0)[ .-]?8(?:[ .-]?\d){7,12}\b"  # mobile phone
    r"|\d(?:[ .\-]?\d){8,}"  # any run of nine digits or more
)
_ADDRESSED = re.compile(
    r"(?<![\w.+-])[\w.+-]++\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)*"  # e-mail, user@host
    r"|(?<=\s)@\w{3,}"  # account of a network
    r"|(?:\+\s?62|\b62|\b0)[ .\-]?8(?:[ .\-]?\d){7,12}\b"  # mobile phone
    r"|\(0\d{2,3}\)[ \-]?\d{5,8}\b|\b0\d{2,3}[ \-]\d{5,8}\b",  # landline
    re.IGNORECASE)
_GAP = r"[\s.,\-/_:;'’`|\\()–—]{0,3}"
_NIP = re.compile("(?<![0-9])" + _GAP.join((
    "(?:1{g}9{g}[3-9]|2{g}0{g}[01])", "[0-9]", "(?:0{g}[1-9]|1{g}[0-2])", "(?:0{g}[1-9]|[12]{g}[0-9]|3{g}[01])",
    "(?:1{g}9{g}[5-9]|2{g}0{g}[0-4])", "[0-9]", "[0-9]", "[0-9]", "[12]", "[0-9]", "[0-9]", "[0-9]",
)).replace("{g}", _GAP) + "(?![0-9])")
_RUN = re.compile(r"\d(?:[ .\-]?\d){8,}")
_DAY = r"\d{1,2}[\-/.]\d{1,2}[\-/.]\d{4}|\d{4}-\d{1,2}-\d{1,2}|\d{1,2} \d{1,2} \d{4}"
_HARMLESS = re.compile(
    r"(?:[1-9]\d{0,2}(?:\.\d{3})+|(?:19|20)\d\d|" + _DAY + r"|\d{1,2}[.:]\d{2})"
    r"(?:[ \-](?:[1-9]\d{0,2}(?:\.\d{3})+|(?:19|20)\d\d|" + _DAY + r"|\d{1,2}[.:]\d{2}))*"  # amounts, years, days
    r"|[1-9]\d?(?:\.\d{1,4}){3,}"  # codes of areas, activities and accounts
)
_DATE = re.compile(
    r"(?<!\d)(?:\d{8}|\d{4}[\-/.]\s?\d{1,2}[\-/.]\s?\d{1,2}|\d{1,2}[\-/. ]\s?\d{1,2}[\-/. ]\s?(?:\d{4}|\d{2}(?!\.\d))"
    r"|\d{1,2}[\s\-]+[A-Za-z]{3,9}\.?[\s\-]+(?:\d{4}|\d{2}))(?!\d)")
_LIVE = re.compile(
    r"\b[a-z][a-z0-9+.\-]*+://\S*|\bwww\.\S+|\bmailto:\S*|(?<![\w/])//[\w\-]+\.\w\S*"  # addresses
    r"|\b[A-Za-z]:[\\/](?:[^\\/\s:*?\"<>|]+(?: [^\\/\s:*?\"<>|]+)*[\\/])*\S*|\\\\[\w.\-]+\\\S*"  # paths of Windows
    r"|(?<![\w/.])~?/[\w.~\-\[\]]+/\S*",  # paths of other systems
    re.IGNORECASE)
_COMMANDS = (
    (re.compile(r"<(?=\s*[/!?a-z])", re.IGNORECASE), "‹"),
    (re.compile(r"\b(javascript|vbscript|data)(\s*):", re.IGNORECASE), r"\1\2∶"),
    (re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]"), ""),
    (re.compile(r"@(?=import)", re.IGNORECASE), "＠"), (re.compile(r"\b(url)(\s*)\(", re.IGNORECASE), r"\1:\2("))
"""What a browser or a terminal might take for a command, and how it is written so that none does."""
_WORD = re.compile(r"[^\W\d_]+(?:['’`][^\W\d_]+)*")
_OWNED, _ENDING = re.compile(r"['’`]s$", re.IGNORECASE), re.compile(r"(?:nya|lah|kah|pun|ku|mu)$")
_FEWEST_GLUED, _LONGEST_SHORT = 6, 4  # letters of pakani, as a name of three behind a form of address; and of Rohm.
_BETWEEN = re.compile(r"[\s.'’`_\-/(]{1,3}")
_DEGREE = re.compile(r"\s*,\s*(?:[A-Z][A-Za-z]{0,4}\.\s?[A-Z]|(?:S[EHTP]|M[MHTA]|SKM|SPd|MSi|MPd)\b)")
_MASKS = re.compile(rf"{re.escape(MASK)}(?:[\s.,'’_\-/]{{0,3}}{re.escape(MASK)})+")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # signs that make a spreadsheet run a cell that begins with them
_INNER = re.compile(r"([;,|\t\r\n]\s*[\"']?)(?=[=+\-@＝＋－＠])")


def inert(text: str) -> str:
    """A text that no spreadsheet takes for a formula, at its beginning or behind a separator that it may split at."""
    guarded = _INNER.sub(r"\1'", text)
    return f"'{guarded}" if guarded.lstrip(" \"").startswith(FORMULA) or guarded.startswith(FORMULA) else guarded


def copied(text: str) -> str:
    """A text that no spreadsheet runs; a negative number in words stays as it is."""
    return text if _NEGATIVE.fullmatch(text) and not _CALL.search(text) else inert(text)


def lifeless(text: str) -> str:
    """The text without web addresses and file paths, and with nothing that a browser might take for a command.

    No report may hold any of them: one in the data would hold all of it back.
    """
    clean = _LIVE.sub(MASK, text)
    for command, harmless in _COMMANDS:
        clean = command.sub(harmless, clean)
    return _MASKS.sub(MASK, clean) if clean != text else text


def folded_word(word: str) -> str:
    """A word without case, accents, apostrophes and the 's of an owner; every way to write Muhammad is one."""
    plain = _OWNED.sub("", word.casefold())
    if not (plain.isascii() and plain.isalpha()):
        plain = "".join(letter for letter in unicodedata.normalize("NFKD", plain) if letter.isalpha())
    return "muhammad" if plain in MUHAMMAD else plain


def name_words(name: str) -> tuple[str, ...]:
    """The words of a name without titles and initials, folded; ``SANTOSO, Budi`` has two."""
    head, _, tail = name.partition(",")
    found = _plain_words(head)
    if len(found) == 1:
        rest = _plain_words(re.sub(r"\w+\.\w[\w.]*", "", tail))
        found += [word for word in rest if len(word) > 2 and set(word) & set("aiueo")]
    return tuple(found)


def _plain_words(text: str) -> list[str]:
    """Folded words of two letters or more that are no titles."""
    words = [folded_word(word) for word in _WORD.findall(text)]
    return [word for word in words if len(word) > 1 and word not in TITLES]


class Scrubber:
    """Masks numbers, addresses and the evaluation's own people in text.

    ``numbers`` are everybody's service number or other personal id, ``births``
    birth dates that are given apart from these, ``places`` the names of units:
    where one is a kind and a word (Kelurahan Mawar), or a kind and common words,
    these in that place are nobody's, and alone they are common ones.
    """

    def __init__(
        self, names: Iterable[str], numbers: Iterable[str] = (), births: Iterable[datetime.date] = (),
        places: Iterable[str] = (),
    ) -> None:
        people = sorted({words for words in map(name_words, names) if words})
        known = {plain for number in numbers if len(plain := nip.clean(number).casefold()) >= 6}
        self._codes = {number for number in known if not _NIP.fullmatch(number)}
        born = [number[:8] for number in known if len(number) == 18 and number.isascii() and number.isdigit()]
        self._births = {*births, *(day for digits in born for day in _days(digits))}
        units = list(places)
        self._places = {words for words in map(_place_words, units) if words}
        self._of_units = {pair for unit in units for pair in itertools.pairwise(map(folded_word, _WORD.findall(unit)))}
        self._common = COMMON | _official_words() | {word for place in self._places for word in place}
        self._any = {word for words in people for word in words}
        self._single = {words[0] for words in people if len(words) == 1 and len(words[0]) >= 4} - self._common
        self._telling = {word for word in self._any if len(word) >= 4} - self._common
        self._pairs = {pair for words in people for pair in itertools.combinations(words, 2)}
        self._plain = {pair for words in people for pair in itertools.pairwise(words)}
        self._beside: dict[str, set[str]] = defaultdict(set)
        for words in people:
            for one, other in itertools.permutations(words, 2):
                self._beside[one].add(other)
        self._known: dict[str, tuple[str, bool]] = {}
        self._joined = {joined for words in people for joined in _joined(words, self._common)}

    def scrub(self, text: str, *, names: bool = True, runs: bool = True, typed: bool = False) -> str:
        """The text with ``[disamarkan]`` in place of what may tell who somebody is.

        ``runs``: any long run of digits is masked, as it is not in the number of a
        document. ``typed``: somebody wrote it in their own words; there a capital on
        one word of a name that is no common word makes it a person's.
        """
        clean = _NIP.sub(MASK, _ADDRESSED.sub(MASK, text))
        clean = _DATE.sub(lambda found: MASK if self._births.intersection(_days(found[0])) else found[0], clean)
        clean = _RUN.sub(_unless_harmless, clean) if runs else clean
        if self._codes:
            clean = re.sub(r"[0-9A-Za-z][\w./\-]{4,}", lambda found: (
                MASK if nip.clean(found[0].rstrip(".-/")).casefold() in self._codes else found[0]), clean)
        clean = self._without_names(clean, typed) if names and self._any else clean
        return _MASKS.sub(MASK, clean) if clean != text else text

    def telling_pairs(self) -> Iterator[tuple[tuple[str, str], bool]]:
        """Two words of one name that tell who it is, and whether so only as written there, since both are common ones.

        None that stand together in the name of a unit.
        """
        for pair in self._pairs:
            common = self._common.issuperset(pair)
            if not {pair, pair[::-1]} & self._of_units and (not common or pair in self._plain):
                yield pair, common

    def _without_names(self, text: str, typed: bool) -> str:
        """Names of the evaluation's people masked."""
        found = list(_WORD.finditer(text))
        known = [self._known.get(match.group()) or self._read(match.group()) for match in found]
        words, hits = [word for word, _ in known], {place for place, (_, tells) in enumerate(known) if tells}
        if not hits and self._any.isdisjoint(words):
            return text
        line = _Worded(text, found, words)
        places = {place + offset for place, word in enumerate(words) if word in PLACE_KINDS for unit in self._places
                  if tuple(words[place + 1: place + 1 + len(unit)]) == unit for offset in range(1, len(unit) + 1)}
        hits |= {*self._pairs_in(line), *self._initials_in(line)}
        hits |= {place for place, word in enumerate(words) if word in self._any
                 and (self._is_called(line, place) or _DEGREE.match(text, found[place].end()))}
        hits |= {place for place, word in enumerate(words) if typed and word in self._telling and line.capital(place)}
        for place in sorted(hits - places, reverse=True):
            text = text[:found[place].start()] + MASK + text[found[place].end():]
        return text

    def _read(self, written: str) -> tuple[str, bool]:
        """A word folded, without an ending behind what is a name, and whether it tells who it is by itself; found out once."""
        word, bare = folded_word(written), _ENDING.sub("", folded_word(written))
        word = bare if word not in self._any and (bare in self._any or self._tells(bare)) else word
        self._known[written] = word, self._tells(word)
        return self._known[written]

    def _tells(self, word: str) -> bool:
        """Whether one word is somebody: a name of one word, or several written as one, a form of address before it or not."""
        return word in self._single or word in self._joined or (
            len(word) >= _FEWEST_GLUED and word not in self._any and word not in self._common
            and any(word.startswith(call) and word[len(call):] in self._any for call in GLUED))

    def _pairs_in(self, line: "_Worded") -> Iterator[int]:
        """Words of one name that stand together, in any order, initials and titles between them."""
        for place, word in enumerate(line.words):
            after = line.next_word(place) if word in self._any else None
            if after is None:
                continue
            pair, other = (word, line.words[after]), (line.words[after], word)
            comma = "," in line.gap(after - 1)
            if pair not in self._pairs and other not in self._pairs:
                continue
            doubtful = self._common.issuperset(pair)
            written = line.capital(place) and line.capital(after)
            if (not comma and (pair in self._plain or not doubtful or written)) or (comma and not doubtful):
                yield from range(place, after + 1)

    def _initials_in(self, line: "_Worded") -> Iterator[int]:
        """A word of a name beside the initial of another word of it, or beside one that shortens it (St. Aminah)."""
        for place, word in enumerate(line.words):
            others = self._beside.get(word, ())
            for beside in line.short_beside(place) if others else ():
                dotted = any(line.dotted(each) for each in beside)
                sure = (dotted and line.capital(place)) or word not in self._common
                capital = all(line.capital(each) for each in beside) or dotted
                if sure and capital and any(re.match(".*".join(line.words[each]), other) for each in beside for other in others):
                    yield from (place, *beside)

    def _is_called(self, line: "_Worded", place: int) -> bool:
        """Whether what stands before a word calls it a person."""
        before = place - 1
        while before >= 0 and line.near(before):
            word = line.words[before]
            if word in ADDRESS or (word in HONORIFIC and line.dotted(before)):
                return True
            if word in ROLES:
                return line.capital(place) and line.words[place] not in self._common
            if word not in TITLES and word not in OFFICES and len(word) > 1:
                return False
            before -= 1
        return False


class _Worded:
    """A text as its words, with what stands between them."""

    def __init__(self, text: str, found: list[re.Match[str]], words: list[str]) -> None:
        self.text, self.found, self.words = text, found, words

    def gap(self, place: int) -> str:
        """What stands between a word and the next one."""
        return self.text[self.found[place].end():self.found[place + 1].start()]

    def near(self, place: int) -> bool:
        """Whether a word and the next one may be of one name."""
        if place + 1 >= len(self.words):
            return False
        gap = self.gap(place)
        return gap == "," or bool(_BETWEEN.fullmatch(gap.replace(",", "")))

    def next_word(self, place: int) -> int | None:
        """The next word that is neither an initial nor a title, two of those at most between."""
        for after in range(place + 1, min(place + 4, len(self.words))):
            if not self.near(after - 1):
                return None
            if len(self.words[after]) > 1 and self.words[after] not in TITLES:
                return after
        return None

    def short_beside(self, place: int) -> Iterator[list[int]]:
        """The single letters and shortened words right before a word, and those right behind it."""
        before = list(itertools.takewhile(lambda each: self._is_short(each) and self.near(each), range(place - 1, -1, -1)))
        after = list(itertools.takewhile(
            lambda each: self._is_short(each) and self.near(each - 1), range(place + 1, len(self.words))))
        yield from (each for each in (before, after) if each)

    def _is_short(self, place: int) -> bool:
        """Whether a word is a letter, or a few of which a dot or the want of vowels shows that they stand for more."""
        word, written = self.words[place], self.found[place].group()
        return len(word) == 1 or (len(word) <= _LONGEST_SHORT and (
            self.dotted(place) or (written.istitle() and set(word).isdisjoint("aiueo"))))

    def capital(self, place: int) -> bool:
        """Whether a word begins with a capital."""
        return self.found[place].group()[0].isupper()

    def dotted(self, place: int) -> bool:
        """Whether a dot follows a word."""
        return self.text[self.found[place].end():][:1] == "."


def _unless_harmless(found: re.Match[str]) -> str:
    """Amounts, years, days, hours and codes as they are; any other run of digits masked."""
    before = found.string[max(0, found.start() - 8):found.start()].casefold()
    if re.search(r"\bni[pk]\b", before):
        return MASK
    return found[0] if _HARMLESS.fullmatch(found[0]) or re.search(r"\brp\.?\s?$", before) else MASK


def _days(text: str) -> Iterator[datetime.date]:
    """Every day that a text may be: eight digits either way round, or a date with marks or a month in words."""
    plain = re.sub(r"\s*([\-/. ])\s*", r"\1", text.strip())
    forms = (f"{plain[:4]}-{plain[4:6]}-{plain[6:]}", f"{plain[:2]}-{plain[2:4]}-{plain[4:]}") if plain.isdigit() else (
        re.sub(r"[/.]", "-", plain), re.sub(r"(?<=\d) (?=\d)", "-", plain))
    for form, style in itertools.product(forms, ("yyyy-mm-dd", "dd-mm-yyyy", "teks")):
        if (day := attempted(date, form, style, since=nip.OLDEST_BIRTH_YEAR)) is not None:
            yield day


@cache
def _official_words() -> frozenset[str]:
    """Words of the data dictionary and its closed lists: what a form itself says is nobody's name."""
    texts = [text for spec in TABLES.values() for column in spec.columns
             for text in (*column.text.values(), *itertools.chain(*(column.codes or {}).values()))]
    return frozenset(folded_word(word) for text in texts for word in _WORD.findall(text))


def _place_words(unit: str) -> tuple[str, ...]:
    """What a unit that is a place is called, without its kind: one word, or common ones; nothing for any other unit."""
    words = [folded_word(word) for word in _WORD.findall(unit)]
    rest = tuple(itertools.dropwhile(lambda word: word in PLACE_KINDS, words))
    called = len(rest) < len(words) and (len(rest) == 1 or COMMON.issuperset(rest))
    return rest if called and ADDRESS.isdisjoint(rest) else ()


def _joined(words: tuple[str, ...], common: Collection[str]) -> Iterator[str]:
    """A name as account names join it."""
    for one, other in itertools.permutations(words, 2):
        if len(one + other) >= 8:
            yield one + other
        if len(other) >= 5 and other not in common:
            yield one[0] + other
    if len(words) > 2:
        yield "".join(words)
