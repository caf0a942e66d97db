"""Who is left out: each group beside the rest, and the same within units over all years (chapter participation)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from karier_stats.answers import verdicts
from karier_stats.answers.record import Answer, Field, Finding, Picture, Recommendation, Table, answers
from karier_stats.chapters import claims, counting
from karier_stats.chapters.claims import claim, decided, estimate_of
from karier_stats.chapters.counting import finding, in_words
from karier_stats.domain import codes
from karier_stats.errors import StatisticsError
from karier_stats.stats.association.regress import regress
from karier_stats.stats.change.family_levels import holm_levels
from karier_stats.stats.change.result import holm
from karier_stats.stats.numerics import shares
from karier_stats.stats.numerics.estimate import Estimate, between
from karier_stats.stats.results import METHODS
from karier_stats.words.numbers import both, integer, listing, number, p_value, percent

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation
    from karier_stats.stats.association.regression import Regression
    from karier_stats.stats.results import Result

CHAPTER = "participation"
DIMENSIONS = {
    "sex": (both("jenis kelamin", "sex"), codes.SEX),
    "age_band": (both("kelompok umur", "age band"), codes.AGE_BAND),
    "status": (both("status kepegawaian", "employment status"), codes.STATUS),
    "position_type": (both("jenis jabatan", "post type"), codes.POSITION_TYPE),
}
SIDE_BY_SIDE = both(
    "Setiap kelompok dibandingkan dengan seluruh pegawai selebihnya; semua perbandingan pada pertanyaan ini membentuk satu "
    "keluarga yang dikoreksi menurut Holm, dan selangnya selang koreksi itu. Kelompok di bawah sepuluh orang dihitung, tetapi "
    "tidak dibandingkan. Perbandingan ini belum memperhitungkan perbedaan lain antarkelompok (misalnya unit atau jenis "
    "jabatan); perbedaan yang terlihat menunjukkan keterkaitan, bukan hubungan sebab akibat.",
    "Each group is compared with all other staff; all comparisons of this question form one family, corrected by Holm, and "
    "the intervals are those of that correction. Groups of fewer than ten people are counted and not compared. These "
    "comparisons do not allow for other differences between the groups (such as unit or post); a difference shows an "
    "association, not cause and effect.",
)
WITHIN = both(
    "Model seluruh tahun membandingkan pegawai dalam unit yang sama (model peluang linear, unit tetap, galat CR2 menurut "
    "unit) dengan tahun dan ciri lain yang dinyatakan di muka disamakan: jenis kelamin, kelompok umur, status, dan jenis "
    "jabatan.",
    "The model over all years compares staff of the same unit (linear probability model, fixed units, CR2 errors by unit), "
    "with the year and the other features declared beforehand held equal: sex, age band, status and post type.",
)
_REST = both("pegawai selebihnya", "all other staff")
_ASSOCIATION = both(
    "Temuan ini menunjukkan keterkaitan, bukan hubungan sebab akibat.",
    "This is an association; it does not prove a cause.",
)


@answers(CHAPTER, both("Siapa yang tertinggal?", "Who is left out?"), ("employee", "participation", "batch"))
def equity(ev: Evaluation) -> Answer:
    """Each group of sex, age, status and post against the rest, in the period and within units over all years."""
    people = counting.with_activity(ev)
    if people.empty:
        return counting.no_staff(equity, ev)
    groups = _equity_groups(ev, people)
    if groups.empty:
        return counting.nothing(equity, ev, "jenis kelamin, umur, status, dan jenis jabatan pegawai tidak tersedia.",
                                "sex, age, status and post of staff are not given.")
    if counting.only_participants(ev, people):
        return counting.nothing(
            equity, ev, "daftar pegawai dibuat dari daftar peserta, sehingga yang tidak ikut tidak diketahui.",
            "the staff list was made from the list of participants, so those who did not take part are not known.",
        )
    pairs, adjusted = against_rest(groups, ev.level), within_units(ev)
    found = [_told(ev, pairs[pairs["dimension"] == dimension]) for dimension in DIMENSIONS if (pairs["dimension"] == dimension).any()]
    behind = {one["code"] for _, one in pairs.iterrows() if one["diff_high"] < 0}
    found += [_adjusted_finding(ev, one, len(adjusted), one.code not in behind) for one in adjusted if decided(one.value)]
    if adjusted and not any(decided(one.value) for one in adjusted):
        found.append(_none_adjusted(ev, adjusted))
    if not found:
        found = [finding(
            equity, ev, counting.exact(float("nan")), len(people),
            both("Kelompok pegawai terlalu kecil untuk dibandingkan.", "The groups of staff are too small to be compared."),
        )]
    notes = (counting.CENSUS, SIDE_BY_SIDE, *([WITHIN] if adjusted else []))
    return counting.answer(
        equity, found, picture=_picture(pairs, len(people)), table=_equity_table(groups, adjusted), notes=notes,
    )


def _equity_groups(ev: Evaluation, people: pd.DataFrame) -> pd.DataFrame:
    """One row per group of every dimension that the office gave."""
    frames = []
    for dimension, (name, names) in DIMENSIONS.items():
        known = people[people[dimension].notna()]
        if known[dimension].nunique() < 2:
            continue
        rows = counting.tally(known.astype({dimension: str}), dimension, "took_part", ev.level)
        rows = counting.labelled(counting.code_order(rows, dimension, names), dimension, names)
        rows = rows.rename(columns={dimension: "code"})
        k_all, n_all = int(rows["k"].sum()), int(rows["n"].sum())
        ratios = [
            shares.representation(int(row["k"]), int(row["n"]), k_all, n_all, ev.level).ends for _, row in rows.iterrows()
        ]
        rows["ratio"], rows["ratio_low"], rows["ratio_high"] = np.array(ratios, dtype=float).T
        frames.append(_with_rest(rows, k_all, n_all).assign(
            dimension=dimension, dimension_id=name["id"], dimension_en=name["en"],
        ))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _with_rest(rows: pd.DataFrame, k_all: int, n_all: int) -> pd.DataFrame:
    """The groups of one dimension with everybody else beside them; of two groups, that is the other one."""
    two = len(rows) == 2
    rest = {lang: rows[f"label_{lang}"].iloc[::-1].to_numpy() if two else _REST[lang] for lang in ("id", "en")}
    return rows.assign(
        k_rest=k_all - rows["k"], n_rest=n_all - rows["n"], two=two, rest_id=rest["id"], rest_en=rest["en"],
        rest_ratio=rows["ratio"].iloc[::-1].to_numpy() if two else np.nan,
    )


def against_rest(groups: pd.DataFrame, level: float) -> pd.DataFrame:
    """The share of each group less that of the rest of its dimension, all in one family by Holm.

    Parameters
    ----------
    groups : DataFrame
        ``dimension``, ``code``, ``k``, ``n``, ``k_rest``, ``n_rest``, ``estimate`` of every group.
    level : float
        Of the family.

    Returns
    -------
    DataFrame
        The groups compared, with ``diff``, ``diff_low``, ``diff_high``, ``p``, ``p_holm``, ``diff_level`` and ``family``.

    Notes
    -----
    p is that at which Newcombe's interval reaches zero. Holm tests the
    ``i``-th smallest p at ``alpha / (m - i + 1)`` and stops at the first that
    is not below; each interval is the one of the level at which its own
    comparison was tested, those after the stop at the level of the stop, so
    that interval and test cannot disagree. Of two groups there is one
    comparison. Where exactly one group of a dimension is too small to be
    compared, the smallest other is left out too, since a total and the rest
    would tell the small one.
    """
    kept = pd.concat([_comparable(rows) for _, rows in groups.groupby("dimension", sort=False)])
    counts = [tuple(int(row[name]) for name in ("k", "n", "k_rest", "n_rest")) for _, row in kept.iterrows()]
    p = np.array([newcombe_p(*one) for one in counts], dtype=float)
    levels = holm_levels(p, level)
    found = [shares.newcombe(k, n, k_rest, n_rest, each).ends
             for (k, n, k_rest, n_rest), each in zip(counts, levels, strict=True)]
    bounds = np.array(found, dtype=float).reshape(-1, 3)
    return kept.assign(
        diff=bounds[:, 0], diff_low=bounds[:, 1], diff_high=bounds[:, 2], p=p, p_holm=holm(p), diff_level=levels,
        family=len(kept),
    ).reset_index(drop=True)


def _comparable(rows: pd.DataFrame) -> pd.DataFrame:
    """The groups of one dimension that are compared with the rest of it."""
    large = rows[(rows["n"] >= counting.LEAST)]
    if len(rows[rows["n"] > 0]) - len(large) == 1 and len(large):
        large = large.drop(index=large["n"].astype(float).idxmin())
    large = large[large["n_rest"] >= counting.LEAST]
    if len(rows) == 2 and len(large) == 2:  # one against the other, the higher first
        return large.sort_values("estimate", ascending=False, kind="stable").head(1)
    return large


def newcombe_p(k1: int, n1: int, k2: int, n2: int) -> float:
    """One less the level at which Newcombe's interval of the difference of two shares reaches zero; 1 where they are equal."""
    from scipy.optimize import brentq

    difference = k1 / n1 - k2 / n2
    if difference == 0:
        return 1.0

    def bound(level: float) -> float:
        value = shares.newcombe(k1, n1, k2, n2, level)
        return value.low if difference > 0 else -value.high

    widest = 1 - 1e-12
    return 1 - float(brentq(bound, 1e-9, widest, xtol=1e-13)) if bound(widest) < 0 else 1 - widest


def _difference(row: pd.Series) -> Estimate:
    """The group less the rest."""
    return between(float(row['diff']), float(row['diff_low']), float(row['diff_high']))


def _told(ev: Evaluation, rows: pd.DataFrame) -> Finding:
    """One dimension: the groups that differ from the rest, or that none can be told apart."""
    first = rows.sort_values("p", kind="stable").iloc[0]
    seen = rows[(rows["diff_low"] > 0) | (rows["diff_high"] < 0)]
    value = _difference(first)
    return finding(
        equity, ev, value, int(first["n"] + first["n_rest"]), in_words(lambda lang: _told_words(rows, seen, first, lang)),
        part=str(first["dimension"]), measure="share_difference", level=float(first["diff_level"]),
        precise=verdicts.is_precise(value, verdicts.smallest("share")), coverage=counting.linked(ev).value,
        recommendation=_raw_advice(ev, seen),
    )


def _told_words(rows: pd.DataFrame, seen: pd.DataFrame, first: pd.Series, lang: str) -> str:
    """What stands out in one dimension, each with its interval, or what stands out most where nothing is established."""
    what = first[f"dimension_{lang}"]
    if len(seen):
        parts = "; ".join(_beside(row, lang) for _, row in seen.iterrows())
        text = both(f"Menurut {what}, {parts}.", f"By {what}, {parts}.")[lang]
        if len(seen) == 1:
            return text + counting.matters(_difference(first), lang)
        each = "; ".join(f"{row[f'label_{lang}']} {_weighed(_difference(row), lang)}" for _, row in seen.iterrows())
        return text + both(f" Perbedaan itu: {each}.", f" These differences: {each}.")[lang]
    text = _beside(first, lang)
    if first["two"]:
        start = both(f"Menurut {what}, {text}.", f"By {what}, {text}.")[lang]
    else:
        start = both(
            f"Menurut {what}, belum ada kelompok yang dapat dibedakan dari selebihnya; yang paling menonjol: {text}.",
            f"By {what}, no group can be told apart from the rest yet; what stands out most: {text}.",
        )[lang]
    difference, level = _difference(first), float(first["diff_level"])
    return start + counting.judged(difference, lang, level)


def _beside(row: pd.Series, lang: str) -> str:
    """A group and the rest, each with its rate, and their difference."""
    points = counting.points_words(_difference(row), lang, float(row["diff_level"]), int(row["family"]))
    one, other = percent(row["estimate"], lang), percent(row["k_rest"] / row["n_rest"], lang)
    return both(
        f"tingkat partisipasi {row['label_id']} {one} dan {row['rest_id']} {other}: selisih {points}",
        f"the rate of {row['label_en']} is {one} and that of {row['rest_en']} {other}: a difference of {points}",
    )[lang]


def _weighed(value: Estimate, lang: str) -> str:
    """The verdict on a difference of shares."""
    margin = verdicts.smallest("share")
    unit = both("poin persentase", "percentage points")[lang]
    return verdicts.weighed(value, margin, lang, f"{number(100 * margin, lang, 0)} {unit}")


def _raw_advice(ev: Evaluation, seen: pd.DataFrame) -> Recommendation | None:
    """What to do for the group that lies furthest behind the rest beyond chance."""
    if seen.empty:
        return None
    low = seen[seen["diff_high"] < 0]
    if len(low):
        row = low.sort_values("diff", kind="stable").iloc[0]
        return _reach_out(ev, row, "label", float(row["ratio"]))
    row = seen.iloc[0]
    return _reach_out(ev, row, "rest", float(row["rest_ratio"])) if row["two"] else None


def _reach_out(ev: Evaluation, row: pd.Series, who: str, ratio: float) -> Recommendation:
    """Offer places to a group that takes part less than its share."""
    name = {lang: f"{row[f'dimension_{lang}']}: {row[f'{who}_{lang}']}" for lang in ("id", "en")}
    now = {lang: number(ratio, lang, 2) for lang in ("id", "en")}
    return Recommendation(
        both(
            f"Menyediakan tempat dan jadwal yang menjangkau kelompok yang kurang terwakili ({name['id']}) dan menanyakan "
            "kendalanya.",
            f"Offer places and times that reach the under-represented group ({name['en']}) and ask what holds it back.",
        ),
        both("BKPSDM", "Personnel agency (BKPSDM)"),
        both(
            f"rencana pengembangan kompetensi tahun {ev.period + 1}",
            f"the competency-development plan for {ev.period + 1}",
        ),
        both(
            f"rasio keterwakilan kelompok ini, sekarang {now['id']}, mendekati satu",
            f"the group's representation ratio, now {now['en']}, approaches one",
        ),
    )


@dataclass(frozen=True)
class Within:
    """One group against the rest of its dimension within units, all else that was declared held equal."""

    dimension: str
    code: str
    value: Estimate
    level: float
    p_holm: float
    n: int
    n_group: int
    n_units: int
    years: int

    def name(self, lang: str) -> str:
        """The group in words."""
        return codes.label(DIMENSIONS[self.dimension][1], self.code, lang)


def within_units(ev: Evaluation) -> list[Within]:
    """Every group that is large enough, one family by Holm; empty where the units are too few to compare within them."""
    rows = _staff_years(ev)
    fitted: list[tuple[str, str, Regression]] = []
    for dimension, (_, names) in DIMENSIONS.items():
        sizes = rows[dimension].value_counts() if dimension in rows else pd.Series(dtype=int)
        listed = [code for code in names if counting.LEAST <= sizes.get(code, 0) <= int(sizes.sum()) - counting.LEAST]
        for code in listed[1:] if len(listed) == 2 == len(sizes) else listed:
            try:
                fitted.append((dimension, code, _fit(ev, rows, dimension, code)))
            except StatisticsError:
                continue
    p = np.array([claims.plain(_row(result)["p_value"]) for _, _, result in fitted], dtype=float)
    corrected, levels = holm(p), holm_levels(p, ev.level)
    years = int(rows["calendar"].nunique()) if len(rows) else 0
    return [
        _made(rows, years, one, float(each), float(adjusted))
        for one, each, adjusted in zip(fitted, levels, corrected, strict=True)
    ]


def _staff_years(ev: Evaluation) -> pd.DataFrame:
    """Active staff of all years up to the period that have courses, one row per person and year."""
    held = set(counting.years_of(ev, "batch"))
    years = [year for year in counting.years_of(ev, "employee") if year in held]
    rows = pd.concat([counting.with_activity(ev, year) for year in years], ignore_index=True) if years else pd.DataFrame()
    if rows.empty:
        return rows
    return rows.dropna(subset=["unit_id"]).assign(
        took_part=rows["took_part"].astype(float), calendar=rows["year"].astype(str),
    )


def _fit(ev: Evaluation, rows: pd.DataFrame, dimension: str, code: str) -> Regression:
    """Taking part on belonging to a group, within units."""
    known = rows[rows[dimension].notna()]
    others = {
        name: known[name].astype("string").fillna("?").astype(str) for name in DIMENSIONS
        if name != dimension and name in known and known[name].notna().any()
    }
    used = known.assign(group=(known[dimension] == code).astype(float), **others)
    adjust = tuple(name for name in ("calendar", *others) if used[name].nunique() > 1)
    result = regress(
        used, outcome="took_part", on="group", unit="unit_id", person="employee_uid", adjust=adjust, family="continuous",
        level=ev.level, seed=ev.seed,
    )
    if not np.isfinite(claims.plain(_row(result)["p_value"])):
        raise StatisticsError("K341", units=0)
    return result


def _row(result: Result) -> pd.Series:
    """The slope within units."""
    return result.row("group[within]", "cr2")


def _made(rows: pd.DataFrame, years: int, one: tuple[str, str, Regression], level: float, p: float) -> Within:
    """One group with the interval of the level at which Holm tests it."""
    dimension, code, result = one
    row = _row(result.recompute(level))
    return Within(
        dimension, code, estimate_of(row), level, p, int(row["n"]), int((rows[dimension] == code).sum()), int(row["n_units"]),
        years,
    )


def _adjusted_finding(ev: Evaluation, one: Within, family: int, advise: bool) -> Finding:
    """A group that differs from the rest within units."""
    what = DIMENSIONS[one.dimension][0]
    row = pd.Series({
        **{f"dimension_{lang}": what[lang] for lang in ("id", "en")}, **{f"label_{lang}": one.name(lang) for lang in ("id", "en")},
    })
    slug = one.code.lower().replace("+", "_plus").replace("<", "under_")
    return claim(
        equity, ev, one.value, min(one.n_group, one.n - one.n_group), in_words(lambda lang: _adjusted_words(one, family, lang)),
        design="adjusted_association", measure="share_difference", part=f"within.{one.dimension}.{slug}",
        coverage=counting.linked(ev).value, precise=verdicts.is_precise(one.value, verdicts.smallest("share")),
        p_value=one.p_holm, n_units=one.n_units, level=one.level,
        recommendation=_reach_within(ev, row, one) if advise and one.value.high < 0 else None,
    )


def _reach_within(ev: Evaluation, row: pd.Series, one: Within) -> Recommendation:
    """Offer places to a group that lies behind its own colleagues."""
    advice = _reach_out(ev, row, "label", 1.0)
    points = {lang: number(abs(100 * one.value.value), lang) for lang in ("id", "en")}
    return Recommendation(
        advice.action, advice.owner, advice.due, both(
            f"selisih terhadap rekan seunit, sekarang {points['id']} poin persentase, berkurang setengahnya",
            f"the difference from colleagues of the unit, now {points['en']} percentage points, is halved",
        ),
    )


def _adjusted_words(one: Within, family: int, lang: str) -> str:
    """The difference within units with its interval, its corrected p, and what was held equal."""
    others = listing([name[lang] for key, (name, _) in DIMENSIONS.items() if key != one.dimension], lang)
    size = number(abs(100 * one.value.value), lang)
    word = both("lebih tinggi", "higher")[lang] if one.value.value > 0 else both("lebih rendah", "lower")[lang]
    text = both(
        f"Di dalam unit yang sama, dengan tahun, {others} disamakan, tingkat partisipasi {one.name(lang)} {size} poin "
        f"persentase {word} daripada rekan selebihnya ({_facts(one, family, lang)}).",
        f"Within the same unit, with year, {others} held equal, the rate of {one.name(lang)} is {size} percentage points "
        f"{word} than that of all other colleagues ({_facts(one, family, lang)}).",
    )[lang]
    return f"{text}{counting.matters(one.value, lang)} {_ASSOCIATION[lang]}"


def _facts(one: Within, family: int, lang: str) -> str:
    """Interval, corrected p, method, and on how much it rests."""
    corrected = both(f"menurut Holm untuk {family} perbandingan", f"by Holm for {family} comparisons")[lang]
    years = both(f"{one.years} tahun", f"{one.years} year{'s' if one.years != 1 else ''}")[lang]
    units = counting.units_words(one.n_units, lang)
    rows = f"{integer(one.n, lang)} {both('pegawai-tahun', 'staff-years')[lang]}"
    return "; ".join([
        counting.span(one.value, lang, one.level), f"{p_value(one.p_holm, lang)} {corrected}", METHODS["cr2"][lang], units, years,
        rows,
    ])


def _none_adjusted(ev: Evaluation, adjusted: list[Within]) -> Finding:
    """No group can be told apart from its colleagues: the one that stands out most, with what it could have shown."""
    one = min(adjusted, key=lambda each: each.p_holm)
    sentence = in_words(lambda lang: both(
        f"Di dalam unit yang sama, belum ada kelompok yang dapat dibedakan dari rekan selebihnya; yang paling menonjol ialah "
        f"{one.name(lang)}: {number(100 * one.value.value, lang)} poin persentase ({_facts(one, len(adjusted), lang)}).",
        f"Within the same unit no group can be told apart from its colleagues yet; what stands out most is {one.name(lang)}: "
        f"{number(100 * one.value.value, lang)} percentage points ({_facts(one, len(adjusted), lang)}).",
    )[lang] + counting.judged(one.value, lang, one.level))
    return claim(
        equity, ev, one.value, min(one.n_group, one.n - one.n_group), sentence, design="adjusted_association",
        measure="share_difference", part="within", coverage=counting.linked(ev).value, p_value=one.p_holm, level=one.level,
        precise=verdicts.is_precise(one.value, verdicts.smallest("share")), n_units=one.n_units,
    )


def _picture(pairs: pd.DataFrame, n: int) -> Picture | None:
    """Differences from the rest with the intervals that decide."""
    if pairs.empty:
        return None
    data = pairs.assign(
        estimate=pairs["diff"], low=pairs["diff_low"], high=pairs["diff_high"], group_id=pairs["dimension_id"],
        group_en=pairs["dimension_en"], n=np.minimum(pairs["n"], pairs["n_rest"]),
    )
    return Picture(
        "intervals", data[["label_id", "label_en", "estimate", "low", "high", "n", "group_id", "group_en"]],
        both("Selisih tingkat partisipasi dari pegawai selebihnya", "Difference in the participation rate from all other staff"),
        both("Selisih bagian yang ikut serta", "Difference in the share who took part"), both("Kelompok", "Group"), n, "percent",
        0, reference=0.0,
        note=both("Garis tegak: sama dengan pegawai selebihnya.", "Vertical line: the same as all other staff."),
    )


def _equity_table(groups: pd.DataFrame, adjusted: list[Within]) -> Table:
    """Rates and representation ratios with intervals, and the difference within units where it was computed."""
    within = {(one.dimension, one.code): one.value for one in adjusted}
    nothing = Estimate(np.nan)
    found = [within.get((str(row["dimension"]), str(row["code"])), nothing).ends for _, row in groups.iterrows()]
    data = groups.assign(**dict(zip(("within", "within_low", "within_high"), np.array(found, dtype=float).T, strict=True)))
    fields = (
        Field("dimension", both("Menurut", "By")), Field("label", both("Kelompok", "Group")),
        Field("n", both("Pegawai aktif", "Active staff"), "integer"),
        Field("k", both("Ikut serta", "Took part"), "integer"), Field("estimate", both("Tingkat", "Rate"), "percent"),
        *counting.bounds(), Field("ratio", both("Rasio keterwakilan", "Representation ratio"), "number", 2),
        Field("ratio_low", both("Batas bawah rasio", "Ratio, lower bound"), "number", 2),
        Field("ratio_high", both("Batas atas rasio", "Ratio, upper bound"), "number", 2),
        *((
            Field("within", both("Selisih dari rekan seunit", "Difference within units"), "percent"),
            Field("within_low", both("Batas bawah selisih", "Difference, lower bound"), "percent"),
            Field("within_high", both("Batas atas selisih", "Difference, upper bound"), "percent"),
        ) if adjusted else ()),
    )
    caption = both("Pemerataan: tingkat partisipasi dan rasio keterwakilan (1 = sebanding dengan jumlahnya)",
                   "Equity: participation rate and representation ratio (1 = in proportion to its size)")
    return Table(data, fields, caption, count="n", block="dimension_id")
