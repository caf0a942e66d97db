"""May ratings of a superior be averaged over a unit, and did one person give both answers? (chapter leadership)"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from karier_stats.answers import verdicts
from karier_stats.answers.record import Answer, Field, Finding, Picture, Table, answers
from karier_stats.chapters import claims, counting
from karier_stats.chapters.claims import Words, claim, estimate_of
from karier_stats.chapters.counting import finding, in_words, span
from karier_stats.chapters.culture import CULTURE, NEEDS, SUPPORT, placed
from karier_stats.chapters.engagement import PERSONAL
from karier_stats.errors import StatisticsError
from karier_stats.stats.association.regress import regress
from karier_stats.stats.numerics import shares
from karier_stats.stats.numerics.estimate import of_t
from karier_stats.stats.scales.agreement import Agreement, agreement
from karier_stats.views import surveys
from karier_stats.views.surveys import Scale
from karier_stats.words.numbers import both, integer, listing, number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from karier_stats.intake.processed import Evaluation

CHAPTER = "leadership"
_RECORDS = both("catatan kantor", "office records")
_LISTS = both("daftar hadir dan catatan pelatihan", "attendance lists and training records")
_MEANING = both(
    "ICC(1) dan ICC(2) menilai apakah unit berbeda, r_wg(j) apakah pegawai satu unit sepakat. Angka-angka ini "
    "dilaporkan, bukan dipakai sebagai syarat; r_wg(j) yang tinggi bukan bukti bahwa unit berbeda.",
    "ICC(1) and ICC(2) tell whether units differ, r_wg(j) whether people of one unit agree. The figures are reported "
    "and are no gate; a high r_wg(j) is no proof that units differ.",
)
SPLITS = 21
"""Splits into halves by lot; an odd number, so that the median is one of them."""
_FORM = both("kuesioner pegawai", "questionnaire of staff")


@answers(
    CHAPTER,
    both(
        "Bolehkah penilaian pegawai atas pimpinannya dirata-ratakan per unit?",
        "May staff ratings of their superiors be averaged over a unit?",
    ),
    NEEDS,
)
def averaging(ev: Evaluation) -> Answer:
    """Agreement on superiors within units, where each answer came from, and what one source alone would show."""
    rated, culture = surveys.scale(ev, SUPPORT.purpose), surveys.scale(ev, CULTURE.purpose)
    rows = _raters(ev, rated)
    if rows.empty:
        return counting.nothing(
            averaging, ev, "belum ada penilaian atas pimpinan dari pegawai yang unitnya diketahui.",
            "no ratings of superiors come from staff whose unit is known.",
        )
    findings: list[Finding] = []
    picture: Picture | None = None
    notes: list[Words] = []
    result = _agreed(ev, rated, rows)
    if isinstance(result, StatisticsError):
        findings.append(_unknown(ev, result))
    else:
        findings.append(_agreement(ev, result, len(rows)))
        picture = _unit_means(ev, rows) if ev.audience == "internal" else None
        notes = [_MEANING, *([] if picture else [PERSONAL])]
    findings += [_sources(ev, rated, culture), *_one_source(ev, rows, culture)]
    return counting.answer(averaging, findings, picture=picture, table=_map(ev, rated, culture), notes=tuple(notes))


def _raters(ev: Evaluation, rated: Scale) -> pd.DataFrame:
    """Complete ratings of superiors by staff who head nothing, with their unit and mean rating."""
    rows = placed(ev, rated.wide.assign(rating=rated.means)).dropna(subset=rated.columns)
    head = ev.table("employee", "all").drop_duplicates(["employee_uid", "year"])[["employee_uid", "year", "is_head"]]
    rows = rows.merge(head, on=["employee_uid", "year"], how="left")
    return rows[~rows["is_head"].fillna(False).astype(bool)].reset_index(drop=True)


def _agreed(ev: Evaluation, rated: Scale, rows: pd.DataFrame) -> Agreement | StatisticsError:
    """The agreement of the ratings, or why there is none."""
    ends = int(rated.items["scale_min"].min()), int(rated.items["scale_max"].max())
    try:
        found = agreement(rows, items=rated.columns, unit="unit_id", scale=ends).recompute(ev.level)
    except StatisticsError as error:
        return error
    assert isinstance(found, Agreement)
    return found


def _unknown(ev: Evaluation, error: StatisticsError) -> Finding:
    """Why agreement could not be assessed."""
    sentence = both(
        f"Kesepakatan penilaian belum dapat dinilai. {error.message('id')}",
        f"Agreement on superiors cannot be assessed. {error.message('en')}",
    )
    return finding(averaging, ev, counting.exact(float("nan")), 0, sentence, part="agreement", measure="icc1")


def _agreement(ev: Evaluation, result: Agreement, n: int) -> Finding:
    """The share of the ratings' variance that lies between units, in the library's words."""
    row = result.row("icc1", "reml")
    value = estimate_of(row)
    return finding(
        averaging, ev, value, n, in_words(result.sentence), part="agreement", measure="icc1", coverage=None,
        precise=verdicts.is_precise(value, verdicts.smallest("share")), n_units=int(row["n_units"]),
    )


def _unit_means(ev: Evaluation, rows: pd.DataFrame) -> Picture:
    """Each unit's mean rating with its own interval."""
    names = ev.table("unit", "all").set_index("unit_id")["unit_name"]
    points = []
    for unit, part in rows.groupby("unit_id", sort=True):
        value = shares.mean(part["rating"].to_numpy(float), ev.level)
        name = str(names.get(unit, unit))
        points.append({
            "label_id": name, "label_en": name, "estimate": value.value, "low": value.low, "high": value.high,
            "n": len(part),
        })
    return Picture(
        "intervals", pd.DataFrame(points),
        both("Penilaian pegawai atas dukungan atasan menurut unit", "Staff ratings of superiors' support by unit"),
        both("Rata-rata butir menurut pegawai", "Mean of items by staff"), both("Unit", "Unit"), len(rows), "number", 1,
        reference=float(rows["rating"].mean()),
    )


def _both_answered(rated: Scale, culture: Scale) -> tuple[int, int]:
    """How many who described the culture also rated their superior in the same questionnaire, and how many there are."""
    said = set(culture.wide["response_id"])
    return len(said & set(rated.wide["response_id"])), len(said)


def _attendance_is_told(ev: Evaluation) -> bool:
    """Whether the rows of participation come from a file of the questionnaire instead of attendance lists."""
    files = (set(ev.table(name, "all")["source_file"].dropna()) for name in ("participation", "survey_response"))
    return bool(set.intersection(*files))


def _sources(ev: Evaluation, rated: Scale, culture: Scale) -> Finding:
    """Whether outcome and leadership come from different sources; a warning where they do not."""
    k, n = _both_answered(rated, culture)
    value = shares.share(k, n, ev.level) if n else counting.exact(float("nan"))
    told = _attendance_is_told(ev)
    sentence = in_words(lambda lang: _sources_words(k, n, told, lang))
    return finding(averaging, ev, value, n, sentence, part="sources", precise=True, robust=not told)


def _sources_words(k: int, n: int, told: bool, lang: str) -> str:
    """Where participation comes from, and how many gave both answers."""
    start = both(
        "Peringatan: partisipasi dan kuesioner pegawai berasal dari berkas yang sama, sehingga kesan seseorang dapat "
        "terbaca dua kali"
        if told else "Partisipasi berasal dari daftar hadir dan keterlibatan pimpinan dari catatan, bukan dari "
        "kuesioner pegawai",
        "Warning: participation and the questionnaire of staff come from one file, so that one person's impression can "
        "be read twice"
        if told else "Participation comes from attendance lists and leader engagement from records, not from the "
        "questionnaire of staff",
    )[lang]
    return both(
        f"{start}; {integer(k, 'id')} dari {integer(n, 'id')} pengisi skala budaya belajar juga menilai dukungan "
        "atasannya dalam kuesioner yang sama.",
        f"{start}; {integer(k, 'en')} of {integer(n, 'en')} who answered on learning culture also rated their "
        "superiors' support in the same questionnaire.",
    )[lang]


def _one_source(ev: Evaluation, rows: pd.DataFrame, culture: Scale) -> list[Finding]:
    """Culture on the superior's rating by the same people, by the others of the unit, and by the other half."""
    said = culture.wide.assign(culture=culture.means)[["response_id", "culture"]].dropna()
    joined = rows.merge(said, on="response_id", how="inner", validate="1:1")
    # In an order that the answers themselves make, so that neither row order nor pseudonyms decide who is in which half.
    joined = joined.sort_values(["unit_id", "rating", "culture"], kind="stable", ignore_index=True)
    joined = joined.assign(others=_by_others(joined)).dropna(subset=["others"])
    try:
        own, others = (_slope(ev, joined, way) for way in ("rating", "others"))
        halves = _halved(ev, joined)
    except StatisticsError:
        return []
    value = estimate_of(halves)
    if not math.isfinite(value.low):
        return []
    sentence = in_words(lambda lang: _one_source_words(own, others, halves, ev.level, lang))
    return [
        claim(
            averaging, ev, value, int(halves["n"]), sentence, design="association", robust=False,
            measure="scale_points_per_scale_point", part="one_source", coverage=None,
            p_value=claims.plain(halves["p_value"]), n_units=int(halves["n_units"]),
        )
    ]


def _by_others(rows: pd.DataFrame) -> pd.Series:
    """The mean rating by everybody else of the unit; missing for somebody alone."""
    unit = rows.groupby("unit_id", sort=False)["rating"]
    n = unit.transform("size")
    return ((unit.transform("sum") - rows["rating"]) / (n - 1).where(n > 1)).astype(float)


def _slope(ev: Evaluation, rows: pd.DataFrame, way: str) -> pd.Series:
    """The slope of culture on the rating, staff clustered by unit."""
    return regress(rows, outcome="culture", on=way, person="unit_id", level=ev.level, seed=ev.seed).headline


def _halved(ev: Evaluation, rows: pd.DataFrame) -> pd.Series:
    """Unit means of culture by one half of the staff on unit means of the rating by the other half, over many splits.

    Raises
    ------
    StatisticsError
        K340-K352, as ``regress`` on the first split.

    Notes
    -----
    Halves are drawn by lot in each unit. Over the splits: the median slope
    ``b``, and for its variance the median of ``se^2 + (b_s - b)^2``, with t of
    the unit means.

    References
    ----------
    Chernozhukov et al. (2018), Econometrics Journal 21, C1-C68, definition 3.3.
    """
    rng = np.random.default_rng([ev.seed, len(rows)])
    found = [_one_split(ev, rows, rng.random(len(rows))) for _ in range(SPLITS)]
    slopes, errors, dof = (np.array([claims.plain(row[name]) for row in found]) for name in ("estimate", "std_error", "dof"))
    slope = float(np.median(slopes))
    error = math.sqrt(float(np.median(errors**2 + (slopes - slope) ** 2)))
    made = of_t(slope, error, float(np.median(dof)), ev.level)
    middle = found[int(np.argmin(np.abs(slopes - slope)))]
    return pd.Series({
        "estimate": made.estimate, "ci_low": made.low, "ci_high": made.high, "p_value": made.p, "n": middle["n"],
        "n_units": middle["n_units"],
    })


def _one_split(ev: Evaluation, rows: pd.DataFrame, lot: NDArray[np.float64]) -> pd.Series:
    """The slope of unit means where, in each unit, the half with the lower lots rates and the other half describes."""
    place = pd.Series(lot, index=rows.index).groupby(rows["unit_id"], sort=False)
    rates = place.rank(method="first") <= (place.transform("size") + 1) // 2
    scores = rows[rates].groupby("unit_id", sort=True)["rating"].mean().rename("half").reset_index()
    half = rows[~rates].merge(scores, on="unit_id", how="inner")
    return regress(half, outcome="culture", on="half", unit="unit_id", level=ev.level, seed=ev.seed).headline


def _one_source_words(own: pd.Series, others: pd.Series, halves: pd.Series, level: float, lang: str) -> str:
    """Three slopes; the first is that of one source and is not a finding about leaders."""
    sizes = [f"{number(claims.plain(row['estimate']), lang, 2)}" for row in (own, others, halves)]
    bounds = [span(estimate_of(row), lang, level, 1, 2) for row in (own, others, halves)]
    return both(
        f"Satu poin penilaian atasan berkaitan dengan budaya belajar {sizes[0]} poin skala bila keduanya diisi orang "
        f"yang sama ({bounds[0]}), {sizes[1]} bila atasan dinilai rekan-rekan seunitnya ({bounds[1]}), dan {sizes[2]} "
        f"bila separuh pegawai menilai atasan dan separuh lainnya menggambarkan budaya ({bounds[2]}; median {SPLITS} undian). Angka pertama "
        "memuat kesan orang yang sama; hanya angka ketiga yang bebas darinya.",
        f"One point of the superior's rating goes with learning culture {sizes[0]} scale points where one person answers "
        f"both ({bounds[0]}), {sizes[1]} where colleagues of the unit rate the superior ({bounds[1]}), and {sizes[2]} "
        f"where half the staff rate the superior and the other half describe the culture ({bounds[2]}; median of {SPLITS} lots). The first figure "
        "holds one person's impressions; only the third is free of them.",
    )[lang]


def _map(ev: Evaluation, rated: Scale, culture: Scale) -> Table:
    """Which answer came from which source."""
    recorded = sorted({str(text) for text in ev.table("leader_engagement", "to_date")["source"].dropna()})
    where = {lang: (listing(recorded, lang) if recorded else _RECORDS[lang]) for lang in ("id", "en")}
    rows = [
        _source(both("keterlibatan pimpinan", "leader engagement"), where, len(ev.table("leader_engagement", "to_date"))),
        _source(
            both("partisipasi", "participation"), _FORM if _attendance_is_told(ev) else _LISTS,
            len(ev.table("participation", "to_date")),
        ),
        *(
            _source(subject.name, both(*(f"{_FORM[lang]} ({_instruments(scale)})" for lang in ("id", "en"))),
                    len(scale.wide))
            for subject, scale in ((CULTURE, culture), (SUPPORT, rated))
        ),
    ]
    return Table(
        pd.DataFrame(rows),
        (
            Field("what", both("Yang diukur", "What is measured")), Field("source", both("Sumber", "Source")),
            Field("n", both("Baris", "Rows"), "integer"),
        ),
        both("Dari mana setiap jawaban berasal", "Where each answer came from"),
    )


def _source(what: Words, source: Words, n: int) -> dict[str, object]:
    """One line of the map."""
    return {
        "what_id": what["id"], "what_en": what["en"], "source_id": source["id"], "source_en": source["en"], "n": n,
    }


def _instruments(scale: Scale) -> str:
    """The instruments of a scale by name."""
    return ", ".join(sorted(set(scale.items["instrument"].astype(str))))
