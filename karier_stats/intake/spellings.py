"""Names that are the same, and names that only look it.

Two names are one where they differ in capitals, blanks, dots and commas
alone; names of units also where one of them shortens a word that every office
shortens (``Kel.``, ``SD Negeri``). Numbers, roman numerals and the kind of a
unit are part of the name: Kecamatan Mawar is not Kelurahan Mawar, and SDN 1 is
not SDN 11. Names one or two letters apart are told, never taken for one.
"""

import itertools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

_SHORT = {
    "kel": "kelurahan", "kec": "kecamatan", "kab": "kabupaten", "din": "dinas", "ds": "desa", "bag": "bagian",
    "bid": "bidang", "sekr": "sekretariat", "setda": "sekretariat daerah", "insp": "inspektorat",
    "pkm": "puskesmas", "pusk": "puskesmas", "upt": "uptd", "rsud": "rumah sakit umum daerah",
    "sdn": "sd negeri", "smpn": "smp negeri", "sman": "sma negeri", "smkn": "smk negeri", "tkn": "tk negeri",
    "mtsn": "mts negeri", "man": "ma negeri", "subbag": "sub bagian", "subbagian": "sub bagian",
    "subbid": "sub bidang", "subbidang": "sub bidang"}
"""Words that offices shorten, and the words in full; only these, and only as whole words."""
_PARTED = re.compile(r"\b(sd|smp|sma|smk|tk|mts)(?:\s+|\s*\.\s*)(?:n|neg)\b\.?")
_KINDS = frozenset(
    "kelurahan kecamatan kabupaten dinas desa bagian bidang sekretariat inspektorat puskesmas uptd badan kantor "
    "rumah sd smp sma smk tk mts ma sub".split())
_ROMAN = re.compile(r"[ivx]+")
_WORD = re.compile(r"\d+|[^\W\d_]+")
SHORTEST_NEAR, LONG = 5, 10  # names below the first length are never called near; from the second on two letters may differ


def _words(text: str, shortened: bool) -> list[str]:
    """Words and numbers of a name, folded; shortened words written out where that is wanted."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = _PARTED.sub(r"\1 negeri", plain) if shortened else plain
    words = _WORD.findall(plain)
    if not shortened:
        return words
    return [part for word in words for part in _SHORT.get(word, word).split()]


def spelling(table: str, text: str) -> str:
    """A name without what makes no difference: equal for every way to write one name.

    Parameters
    ----------
    table : str
        Only names of units have words that are shortened.
    text : str
        The name, or an id that is one.

    Examples
    --------
    >>> spelling("unit", "Kel. Mawar") == spelling("unit", "KELURAHAN  MAWAR")
    True
    >>> spelling("unit", "SDN 1 1") == spelling("unit", "SD Negeri 11")
    False
    """
    if table == "unit":
        return _joined(_words(text, shortened=True))
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s.,]+", "", re.sub(r"(?<=\d)[\s.,]+(?=\d)", "-", plain))


def _joined(words: list[str]) -> str:
    """Words without blanks; two numbers beside each other stay two."""
    found = ""
    for word in words:
        found += ("-" if found[-1:].isdigit() and word[0].isdigit() else "") + word
    return found


def preferred(names: Iterable[str]) -> str:
    """Of several spellings the one to show: not all in capitals, nothing shortened; else the first."""
    return max(names, key=lambda name: (not name.isupper(), not name.islower(), len(name.replace(".", ""))))


def near_pairs(table: str, names: Iterable[str]) -> list[tuple[str, str]]:
    """Names that a slip of the finger may have parted: one letter apart, or two where they are long.

    Parameters
    ----------
    table : str
        Whose names they are.
    names : iterable of str
        Names of which no two have one :func:`spelling`.

    Returns
    -------
    list of (str, str)
        In the order of the names. Numbers, roman numerals, single letters and
        the kind of a unit must agree.
    """
    blocks: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
    for name in names:
        words = _words(name, table == "unit")
        fixed = [word for word in words if word in _KINDS or word.isdigit() or len(word) == 1 or _ROMAN.fullmatch(word)]
        core = _joined([word for word in words if word not in fixed])
        if len(core) >= SHORTEST_NEAR:
            blocks[tuple(fixed)].setdefault(core, name)
    found = []
    for block in blocks.values():
        order = {core: place for place, core in enumerate(block)}
        shared: dict[str, list[str]] = defaultdict(list)  # by what is left once letters are taken out
        for core in block:
            less = {core[:place] + core[place + 1:] for place in range(len(core))}
            more = less if len(core) >= LONG else ()
            for left in {core} | less | {text[:place] + text[place + 1:] for text in more for place in range(len(text))}:
                shared[left].append(core)
        alike = {pair for group in shared.values() for pair in itertools.combinations(group, 2)}
        pairs = {tuple(sorted(pair, key=order.__getitem__)) for pair in alike
                 if distance(*pair) <= (2 if len(min(pair, key=len)) >= LONG else 1)}
        found += [(block[one], block[other]) for one, other in sorted(pairs, key=lambda pair: [order[c] for c in pair])]
    return found


def distance(one: str, other: str) -> int:
    """Letters to add, drop, change or swap with their neighbour (optimal string alignment).

    References
    ----------
    Damerau (1964), Communications of the ACM 7(3): 171-176.
    """
    before, last = list[int](), list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        line = [row]
        for place, wanted in enumerate(other, start=1):
            cost = min(last[place] + 1, line[-1] + 1, last[place - 1] + (letter != wanted))
            if row > 1 and place > 1 and letter == other[place - 2] and one[row - 2] == wanted:
                cost = min(cost, before[place - 2] + 1)
            line.append(cost)
        before, last = last, line
    return last[-1]
