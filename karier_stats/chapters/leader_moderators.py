"""Does the association differ by status, age or grade, or bend? Declared secondary questions (chapter leadership)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from karier_stats.answers import verdicts
from karier_stats.answers.record import Answer, Field, Finding, Picture, Table, answers
from karier_stats.chapters import claims, counting, slopes
from karier_stats.chapters.claims import Words, claim, estimate_of
from karier_stats.chapters.counting import in_words, span
from karier_stats.chapters.engagement import INDEX, LAGGED, NEEDS, associate, staff_years
from karier_stats.chapters.slopes import Quantity
from karier_stats.domain.codes import CONTRACT_STATUS
from karier_stats.stats.description.contrasts import LEAST
from karier_stats.stats.results import METHODS, TERMS
from karier_stats.words.numbers import both, listing, p_value

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation
    from karier_stats.stats.association.regression import Regression

CHAPTER = "leadership"
PERMANENT = ("PNS", "CPNS")


@dataclass(frozen=True)
class Moderator:
    """One declared question: who is compared with whom, and the 0/1 column that says so (NaN: neither)."""

    key: str
    name: Words
    groups: Words
    flag: Callable[[pd.DataFrame], pd.Series]


def _contract(rows: pd.DataFrame) -> pd.Series:
    """1 for contract staff, 0 for permanent staff."""
    return _flag(rows["status"].isin(CONTRACT_STATUS), rows["status"].isin(PERMANENT))


def _older(rows: pd.DataFrame) -> pd.Series:
    """1 from the age of 50 on, 0 below."""
    return _flag(rows["age_band"] == "50+", rows["age_band"].notna())


def _upper(rows: pd.DataFrame) -> pd.Series:
    """1 for grades III and IV, 0 for I and II, of permanent staff; grades of contracts are another ladder."""
    grade, permanent = rows["grade"].fillna("").astype(str), rows["status"].isin(PERMANENT)
    upper, lower = grade.str.match(r"(?:III|IV)/"), grade.str.match(r"(?:I|II)/")
    return _flag(permanent & upper, permanent & lower)


def _flag(one: pd.Series, zero: pd.Series) -> pd.Series:
    """1 where the first holds, else 0 where the second does, else missing."""
    first, second = (part.fillna(False).to_numpy(dtype=bool) for part in (one, zero))
    return pd.Series(np.where(first, 1.0, np.where(second, 0.0, np.nan)), index=one.index)


MODERATORS = (
    Moderator("status", both("status", "status"), both("PPPK dibandingkan dengan PNS", "contract against permanent staff"), _contract),
    Moderator(
        "age", both("kelompok umur", "age band"),
        both("umur 50 tahun ke atas dibandingkan dengan yang lebih muda", "aged 50 or more against younger"), _older,
    ),
    Moderator(
        "grade", both("golongan", "grade"),
        both("PNS golongan III–IV dibandingkan dengan golongan I–II", "permanent staff of grades III–IV against I–II"), _upper,
    ),
)
_NAMES = {moderator.key: moderator.groups for moderator in MODERATORS}
_BENT = both("lengkung garis, per kuadrat poin indeks", "bend of the line, per squared point")
_SLOPE = Quantity(
    both("partisipasi", "participation"), both("poin persentase", "percentage points"),
    both("keterlibatan pimpinan", "leader engagement"), scale=100,
    margin=verdicts.smallest("slope"),
)
_BEND = replace(_SLOPE, digits=2)


@answers(
    CHAPTER,
    both(
        "Apakah keterkaitan itu berbeda menurut status, umur, dan golongan, atau melengkung?",
        "Does the association differ by status, age and grade, or does it bend?",
    ),
    NEEDS,
)
def moderators(ev: Evaluation) -> Answer:
    """Secondary questions declared beforehand: difference of the slope between groups of staff, and its bend."""
    rows = staff_years(ev)
    result = _asked(ev, rows) if len(rows) else None
    asked = None if result is None else result.secondary
    if result is None or asked is None or asked.empty:
        return counting.nothing(
            moderators, ev, "tidak ada dua kelompok pegawai yang cukup besar untuk dibandingkan.",
            "no two groups of staff are large enough to be compared.",
        )
    data = pd.DataFrame([_line(result, question) for _, question in asked.iterrows()])
    told = data[(data["scope"] == "between") | (data["p"] < 1 - ev.level)]
    findings = [_finding(ev, row, len(data)) for _, row in told.iterrows()]
    slopes_only = data[data["kind"] == "moderator"]
    picture = Picture(
        "intervals", slopes_only,
        both("Beda keterkaitan antara dua kelompok pegawai", "Difference in the association between two groups of staff"),
        both("Beda, poin persentase per poin indeks", "Difference, percentage points per point of the index"),
        both("Kelompok", "Groups"), int(data["n"].max()), "number", 1, reference=0.0,
    ) if len(slopes_only) else None
    notes = (_declared(data), INDEX, LAGGED)
    return counting.answer(moderators, findings, picture=picture, table=_table(data), notes=notes)


def _asked(ev: Evaluation, rows: pd.DataFrame) -> Regression:
    """The main question with the declared secondary ones, as a linear probability model."""
    flags = {moderator.key: moderator.flag(rows) for moderator in MODERATORS}
    known = [key for key, flag in flags.items() if min(flag.value_counts().reindex([0.0, 1.0], fill_value=0)) >= LEAST]
    return associate(
        ev, rows.assign(**flags), family="continuous", moderators=tuple(known), dose_response="quadratic",
    )


def _declared(data: pd.DataFrame) -> Words:
    """The family of questions, declared before the data were seen, and those of them that the data can answer."""
    asked = set(data["key"])
    names = {lang: listing([each.name[lang] for each in MODERATORS if each.key in asked], lang) for lang in ("id", "en")}
    left = {lang: listing([each.name[lang] for each in MODERATORS if each.key not in asked], lang) for lang in ("id", "en")}
    bent, family = bool((data["kind"] == "quadratic").any()), len(data)
    bend = both(", serta lengkung garisnya", ", and the bend of the line") if bent else both("", "")
    out = both(
        f" Tidak dapat dijawab dari data ini: {left['id']}.", f" These data cannot answer: {left['en']}.",
    ) if left["id"] else both("", "")
    told = both(
        f" Nilai p dikoreksi menurut Holm untuk {family} pertanyaan; selangnya selang satu pertanyaan." if family > 1 else "",
        f" p is corrected by Holm for {family} questions; the intervals are those of one question." if family > 1 else "",
    )
    errors = both(
        " dengan galat CR2 menurut unit", " with CR2 errors by unit",
    ) if data["low"].notna().any() else both("", "")
    return both(
        f"Pertanyaan sekunder yang dinyatakan di muka: {names['id']}, antarunit dan di dalam unit{bend['id']}.{out['id']}"
        f"{told['id']} Beda ialah selisih kemiringan pada model peluang linear{errors['id']}.",
        f"Secondary questions declared beforehand: {names['en']}, between and within units{bend['en']}.{out['en']}"
        f"{told['en']} A difference is that of two slopes in a linear probability model{errors['en']}.",
    )


def _line(result: Regression, question: pd.Series) -> dict[str, object]:
    """One question: its row of the result, in percentage points, with the corrected p."""
    row = result.row(str(question["terms"][0]), "cr2")
    value, scope = estimate_of(row), str(question["scope"])
    about = _NAMES.get(str(question["subject"]), _BENT)
    return {
        "key": question["subject"], "kind": question["kind"], "scope": scope, "row": row,
        "p": claims.plain(question["p_holm"]), "estimate": 100 * value.value, "low": 100 * value.low,
        "high": 100 * value.high, "n": int(row["n"]),
        **{f"label_{lang}": name for lang, name in _named(about, scope).items()},
    }


def _named(about: Words, scope: str) -> Words:
    """Who is compared, and whether between or within units."""
    return both(*(f"{about[lang]} ({TERMS[scope][lang]})" for lang in ("id", "en")))


def _table(data: pd.DataFrame) -> Table:
    """All declared questions, seen or not."""
    return Table(
        data.drop(columns="row"),
        (
            Field("label", both("Siapa dibandingkan", "Who is compared")),
            Field("estimate", both("Beda kemiringan (poin persentase)", "Difference of slopes (points)"), "number", 2),
            *counting.bounds(2, "number"), Field("p", both("p (Holm)", "p (Holm)"), "p"),
            Field("n", both("Pegawai-tahun", "Staff-years"), "integer"),
        ),
        both("Pertanyaan sekunder yang dinyatakan di muka", "Secondary questions declared beforehand"), count="n",
    )


def _finding(ev: Evaluation, line: pd.Series, family: int) -> Finding:
    """One question in words, by its corrected p."""
    row, p = line["row"], float(line["p"])
    few = slopes.too_few(row)
    seen = p < 1 - ev.level and not few
    about = _named(_NAMES.get(str(line["key"]), _BENT), str(line["scope"]))
    words = _bend_words if line["kind"] == "quadratic" else _group_words
    sentence = in_words(lambda lang: words(about, row, p, seen, family, lang))
    bend = line["kind"] == "quadratic"
    return claim(
        moderators, ev, estimate_of(row), int(row["n"]), sentence, design="association",
        measure="share_per_squared_point" if bend else "share_per_point_difference",
        part="bend" if bend else f"{line['key']}{'' if line['scope'] == 'between' else '.within'}", coverage=1.0, precise=seen if bend else _SLOPE.is_precise(estimate_of(row)), p_value=p, robust=not few,
        n_units=int(row["n_units"]),
    )


def _facts(row: pd.Series, p: float, family: int, lang: str) -> str:
    """Interval, corrected p, method and units."""
    corrected = p_value(p, lang) + both(
        f" setelah koreksi Holm untuk {family} pertanyaan", f" after Holm's correction for {family} questions",
    )[lang]
    bounds = span(estimate_of(row), lang, claims.plain(row["ci_level"]), digits=2)
    units = counting.units_words(row["n_units"], lang)
    return f"{bounds}; {corrected}; {METHODS['cr2'][lang]}; {units}"


def _group_words(groups: Words, row: pd.Series, p: float, seen: bool, family: int, lang: str) -> str:
    """Two groups of staff: seen, not seen, or too few units."""
    value, facts, few = claims.plain(row["estimate"]), _facts(row, p, family, lang), slopes.too_few(row)
    if seen:
        word = both("lebih curam" if value > 0 else "lebih landai", "steeper" if value > 0 else "flatter")[lang]
        return both(
            f"Keterkaitan berbeda, {groups['id']}: kemiringan pada kelompok pertama {_SLOPE.size(abs(value), 'id')} per poin "
            f"indeks {word} ({facts}).",
            f"The association differs, {groups['en']}: the slope of the first group is {_SLOPE.size(abs(value), 'en')} per point "
            f"of the index {word} ({facts}).",
        )[lang] + _matters(row, few, lang)
    start = both(
        f"Data tidak cukup untuk menilai beda keterkaitan: {groups['id']}" if few
        else f"Beda keterkaitan tidak terlihat: {groups['id']}",
        f"The data are not enough to assess a difference in the association: {groups['en']}" if few
        else f"A difference in the association is not seen: {groups['en']}",
    )[lang]
    per = both("per poin indeks", "per point of the index")[lang]
    return f"{start}; {_SLOPE.size(value, lang)} {per} ({facts}).{_matters(row, few, lang)}{slopes.smallest(row, _SLOPE, lang)}"


def _matters(row: pd.Series, few: bool, lang: str) -> str:
    """Whether the difference of slopes matters; nothing is said of it where there are too few units."""
    return "" if few else _SLOPE.matters(estimate_of(row), lang)


def _bend_words(_: Words, row: pd.Series, p: float, seen: bool, family: int, lang: str) -> str:
    """Whether each further point of engagement goes with as much as the one before."""
    value, facts, few = claims.plain(row["estimate"]), _facts(row, p, family, lang), slopes.too_few(row)
    size = _BEND.size(value, lang)
    if seen:
        word = both("makin landai" if value < 0 else "makin curam", "flatter" if value < 0 else "steeper")[lang]
        return both(
            f"Garis keterkaitannya {word} pada keterlibatan yang lebih tinggi: {size} per kuadrat poin indeks ({facts}).",
            f"The line gets {word} at higher engagement: {size} per squared point of the index ({facts}).",
        )[lang]
    start = both(
        "Data tidak cukup untuk menilai apakah garisnya melengkung" if few
        else "Lengkung pada garis keterkaitannya tidak terlihat",
        "The data are not enough to assess whether the line bends" if few else "No bend of the line is seen",
    )[lang]
    per = both("per kuadrat poin indeks", "per squared point of the index")[lang]
    return f"{start}: {size} {per} ({facts})."
