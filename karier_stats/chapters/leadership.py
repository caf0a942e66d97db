"""Does leaders' engagement go with their staff's participation and with a learning culture?

The unit of analysis of participation is one active member of staff in one
year, nested in the work unit; engagement is that of the unit's heads in the
year before. Heads are not among the staff. What varies by whom, how much is
attended, ratings by staff, and how wrong it could be lie in modules beside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from karier_stats.answers import verdicts
from karier_stats.answers.record import Answer, Field, Finding, Picture, Recommendation, Table, answers
from karier_stats.chapters import claims, counting, slopes
from karier_stats.chapters.claims import claim, decided, estimate_of
from karier_stats.chapters.counting import finding, in_words, span
from karier_stats.chapters.culture import learning_culture, support
from karier_stats.chapters.engagement import (
    INDEX,
    LAGGED,
    NEEDS,
    PERSONAL,
    associate,
    composition_words,
    engagement,
    holds_adjusted,
    settled_rows,
    staff_years,
)
from karier_stats.chapters.leader_amounts import amounts
from karier_stats.chapters.leader_doubts import doubts
from karier_stats.chapters.leader_moderators import moderators
from karier_stats.chapters.leader_plan import units_needed
from karier_stats.chapters.leader_ratings import averaging
from karier_stats.chapters.leader_units import side_by_side
from karier_stats.chapters.slopes import Quantity
from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics import shares
from karier_stats.stats.numerics.estimate import between
from karier_stats.stats.results import METHODS, TERMS, base_term
from karier_stats.words.numbers import both, integer, interval, listing, number, percent

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation
    from karier_stats.stats.association.regression import Regression

CHAPTER = "leadership"
BANDS = (
    (0.0, "rendah (0–3,3)", "low (0–3.3)"), (10 / 3, "sedang (3,3–6,7)", "middle (3.3–6.7)"),
    (20 / 3, "tinggi (6,7–10)", "high (6.7–10)"),
)
FEWEST = 3
"""A band of engagement with fewer units than this is counted but not compared."""
TAKING_PART = Quantity(
    both("partisipasi pegawai", "staff participation"), both("poin persentase", "percentage points"),
    both("keterlibatan pimpinan tahun sebelumnya", "leader engagement of the year before"), scale=100,
    margin=verdicts.smallest("slope"),
)
SAME_SCALE = ("unit_means", "cr2", "wild", "reml", "reml_satterthwaite", "ame")
"""Rows of ``regress`` that are differences of shares and can stand side by side."""


@answers(
    CHAPTER,
    both(
        "Apakah keterlibatan pimpinan berkaitan dengan partisipasi pegawai?",
        "Does leaders' engagement go with staff participation?",
    ),
    NEEDS,
)
def participation(ev: Evaluation) -> Answer:
    """Participation on the engagement of the year before, between and within units apart."""
    rows = staff_years(ev)
    if rows.empty:
        return counting.nothing(participation, ev, NO_LAG["id"], NO_LAG["en"])
    result = associate(ev, rows)
    holds = holds_adjusted(ev, rows, result)
    robust = holds is True
    findings = [
        _scope_finding(ev, result, scope, robust, len(rows)) for scope in ("between", "within")
        if f"engagement[{scope}]" in set(result.table["term"])
    ]
    picture = _unit_picture(ev, rows, result) if ev.audience == "internal" else None
    notes = (INDEX, LAGGED, _adjusted(rows, holds)) + (() if picture else (PERSONAL,))
    return counting.answer(participation, findings, picture=picture, notes=notes)


NO_LAG = both(
    "belum ada data keterlibatan pimpinan untuk tahun sebelum suatu tahun partisipasi.",
    "there are no data on leader engagement for the year before a year of participation.",
)


def _adjusted(rows: pd.DataFrame, holds: bool | None) -> dict[str, str]:
    """What adjusting for whom the units employ leads to."""
    names = composition_words(rows)
    if holds is None:
        return both(
            "Taksiran ini tidak disesuaikan: susunan pegawai tidak diketahui, atau penyesuaiannya tidak dapat dihitung; "
            "buktinya diturunkan satu tingkat.",
            "This estimate is not adjusted: whom the units employ is not known, or the adjustment cannot be computed; the "
            "evidence is graded one step lower.",
        )
    if holds:
        return both(
            f"Taksiran ini belum disesuaikan; dengan penyesuaian susunan pegawai ({names['id']}) simpulannya sama.",
            f"This estimate is not adjusted; adjusting for whom the unit employs ({names['en']}) leads to the same conclusion.",
        )
    return both(
        f"Dengan penyesuaian susunan pegawai ({names['id']}) simpulannya berbeda; buktinya diturunkan satu tingkat.",
        f"Adjusting for whom the unit employs ({names['en']}) leads to another conclusion; the evidence is graded one step "
        "lower.",
    )


def _unit_picture(ev: Evaluation, rows: pd.DataFrame, result: Regression) -> Picture:
    """Units as points with their own intervals and the line that the headline tests."""
    return Picture(
        "units", _unit_points(ev, rows),
        both(
            "Keterlibatan pimpinan dan partisipasi pegawai menurut unit",
            "Leader engagement and staff participation by unit",
        ),
        both("Indeks keterlibatan pimpinan tahun sebelumnya (0–10)", "Leader engagement of the year before (0–10)"),
        both("Bagian pegawai yang ikut pelatihan", "Share of staff who took part"), len(rows), "percent", 0,
        line=result.line if result.scope == "between" else None,
    )


def _unit_points(ev: Evaluation, rows: pd.DataFrame) -> pd.DataFrame:
    """Mean engagement and rate of participation of every unit."""
    names = ev.table("unit", "all").set_index("unit_id")["unit_name"]
    points = rows.groupby("unit_id", sort=True).agg(
        x=("engagement", "mean"), k=("took_part", "sum"), n=("took_part", "size"),
    ).reset_index()
    low, high = shares.wilson(points["k"].to_numpy(), points["n"].to_numpy(), ev.level)
    name = points["unit_id"].map(names).astype(str)
    return points.assign(y=points["k"] / points["n"], y_low=low, y_high=high, label_id=name, label_en=name)


def _scope_finding(ev: Evaluation, result: Regression, scope: str, robust: bool, n: int) -> Finding:
    """Between or within units in words."""
    lead = result.lead[0] == f"engagement[{scope}]"
    row = result.headline if lead else result.row(f"engagement[{scope}]", "cr2")
    value, few = estimate_of(row), slopes.too_few(row)
    undecided = lead and result.conclusion == "undecided"
    settled_up = lead and decided(value) and value.value > 0 and not undecided and not few
    return claim(
        participation, ev, value, n,
        in_words(lambda lang: slopes.sentence(row, TAKING_PART, scope, undecided, lang)),
        design="association", measure="share_per_point", part=scope, coverage=1.0, precise=TAKING_PART.is_precise(value),
        robust=robust and not undecided and not few, p_value=claims.plain(row["p_value"]),
        n_units=int(row["n_units"]), headline=lead, recommendation=_engage(ev) if settled_up else None,
    )


def _engage(ev: Evaluation) -> Recommendation:
    """Leaders' own learning in their performance agreements, as a trial that can be judged."""
    return Recommendation(
        both(
            "Memasukkan keterlibatan dalam pengembangan kompetensi ke dalam sasaran kinerja kepala unit, diuji coba "
            "dahulu pada sebagian unit yang dipilih dengan undian.",
            "Put engagement in staff development into the performance targets of heads of units, first tried in some "
            "units chosen by lot.",
        ),
        both("Sekretaris Daerah bersama BKPSDM", "The regional secretary together with the personnel agency (BKPSDM)"),
        claims.end_next_year(ev),
        both(
            "Indeks keterlibatan dan tingkat partisipasi unit uji coba dibandingkan dengan unit lain.",
            "Engagement index and participation of the trial units beside those of the other units.",
        ),
    )


@answers(
    CHAPTER,
    both("Apakah cara menghitung mengubah jawabannya?", "Does the way of computing change the answer?"), NEEDS,
)
def inferences(ev: Evaluation) -> Answer:
    """Every way of testing the association, side by side as a forest; the units that a clear answer would need."""
    rows = staff_years(ev)
    if rows.empty:
        return counting.nothing(inferences, ev, NO_LAG["id"], NO_LAG["en"])
    result = associate(ev, rows)
    data = _forest(result)
    lead = data[data["term"] == result.lead[0]]
    value = estimate_of(result.headline)
    agree = int((lead["p"] < 1 - ev.level).sum())
    sentence = in_words(lambda lang: _forest_words(lead, result, agree, lang))
    picture = Picture(
        "intervals", data,
        both("Keterkaitan menurut beberapa cara menghitung", "The association by several ways of computing"),
        both("Poin persentase per poin indeks", "Percentage points per point of the index"),
        both("Cara menghitung", "Way of computing"), len(rows), "number", 1, reference=0.0,
    )
    found = claim(
        inferences, ev, value, len(rows), sentence, design="association", measure="share_per_point", coverage=1.0,
        precise=TAKING_PART.is_precise(value),
        robust=agree in (0, len(lead)) and not slopes.too_few(result.headline) and holds_adjusted(ev, rows, result) is True,
        p_value=claims.plain(result.headline["p_value"]), n_units=int(result.headline["n_units"]),
    )
    findings = [found, *units_needed(inferences, ev, rows, result)]
    return counting.answer(inferences, findings, picture=picture, table=_methods(data), notes=(_ways(result), LAGGED))


def _ways(result: Regression) -> dict[str, str]:
    """Which method gives the main answer and which stand beside it, from the rows that there are."""
    term, method = result.lead
    others = [each for each in result.table.loc[result.table["term"] == term, "method"] if each != method and each in SAME_SCALE]
    words = {
        lang: (METHODS[method][lang], listing([METHODS[str(each)][lang] for each in dict.fromkeys(others)], lang))
        for lang in ("id", "en")
    }
    beside = both(f"; {words['id'][1]} mendampinginya", f"; beside it stand {words['en'][1]}") if others else both("", "")
    return both(
        f"Jawaban utama: {words['id'][0]}{beside['id']}. Galat klaster biasa dengan sebaran normal tidak dipakai karena "
        "terlalu sering menyatakan ada keterkaitan bila unitnya sedikit.",
        f"The main answer: {words['en'][0]}{beside['en']}. The usual cluster errors with the normal distribution are not used, "
        "since with few units they find associations too often.",
    )


def _forest(result: Regression) -> pd.DataFrame:
    """One row per scope and method, in percentage points per point of the index."""
    rows = result.table[
        result.table["term"].str.startswith("engagement[") & result.table["method"].isin(SAME_SCALE)
        & result.table["estimate"].notna()
    ]
    return pd.DataFrame([
        {
            "term": row["term"],
            **{
                f"label_{lang}": f"{TERMS[base_term(str(row['term']))[1]][lang]}: {METHODS[str(row['method'])][lang]}"
                for lang in ("id", "en")
            },
            "estimate": claims.plain(row["estimate"]) * 100, "low": claims.plain(row["ci_low"]) * 100,
            "high": claims.plain(row["ci_high"]) * 100, "p": claims.plain(row["p_value"]), "n": int(row["n"]),
        }
        for _, row in rows.iterrows()
    ])


def _forest_words(lead: pd.DataFrame, result: Regression, agree: int, lang: str) -> str:
    """How many of the ways see the association, and how far their estimates lie apart."""
    spread = interval(lead["estimate"].min(), lead["estimate"].max(), lang)
    ways, seen = integer(len(lead), lang), integer(agree, lang)
    bounds = span(estimate_of(result.headline), lang, claims.plain(result.headline["ci_level"]), digits=2)
    scope = TERMS[base_term(result.lead[0])[1]][lang]
    text = both(
        f"Dari {ways} cara menghitung keterkaitan {scope}, {seen} melihat keterkaitan; taksirannya {spread} poin "
        f"persentase per poin indeks (jawaban utama, {METHODS[result.lead[1]]['id']}; {bounds}).",
        f"Of {ways} ways of computing the association {scope}, {seen} see one; their estimates are {spread} "
        f"percentage points per point of the index (main answer, {METHODS[result.lead[1]]['en']}; {bounds}).",
    )[lang]
    if slopes.too_few(result.headline):
        return text + both(
            " Unitnya terlalu sedikit, sehingga data tidak cukup untuk menyimpulkan.",
            " There are too few units; the data are not enough to conclude.",
        )[lang]
    if agree == 0:
        return text + slopes.smallest(result.headline, TAKING_PART, lang)
    if agree == len(lead):
        return text
    return text + both(
        " Karena cara-cara itu berbeda jawaban, simpulannya bergantung pada cara menghitung.",
        " Since the ways disagree, the conclusion depends on the way of computing.",
    )[lang]


def _methods(data: pd.DataFrame) -> Table:
    """All answers side by side."""
    return Table(
        data,
        (
            Field("label", both("Perbandingan dan cara", "Comparison and method")),
            Field(
                "estimate", both("Poin persentase per poin indeks", "Percentage points per point of the index"),
                "number", 2,
            ),
            *counting.bounds(2, "number"), Field("p", both("p", "p"), "p"),
            Field("n", both("Pegawai-tahun", "Staff-years"), "integer"),
        ),
        both(
            "Keterkaitan partisipasi dengan keterlibatan pimpinan menurut beberapa cara",
            "Association of participation with leader engagement by several methods",
        ),
        count="n",
    )


@answers(
    CHAPTER,
    both(
        "Apakah pegawai lebih banyak ikut bila pimpinannya ikut dan mendorong?",
        "Do more staff take part where their head takes part and promotes training?",
    ),
    NEEDS,
)
def bands(ev: Evaluation) -> Answer:
    """Rates of participation in units of low, middle and high engagement."""
    rows = staff_years(ev)
    if rows.empty:
        return counting.nothing(
            bands, ev, "belum ada tahun partisipasi dengan keterlibatan pimpinan tahun sebelumnya.",
            "no year of participation has leader engagement of the year before.",
        )
    edges = [start for start, _, _ in BANDS[1:]]
    rows = rows.assign(band=np.digitize(rows["engagement"].to_numpy(float), edges))
    cells = rows.groupby(["band", "unit_id", "year"], sort=True)["took_part"].agg(k="sum", n="size").reset_index()
    data = pd.DataFrame([_band_row(ev, cells[cells["band"] == band], band) for band in sorted(set(cells["band"]))])
    picture = Picture(
        "intervals", data,
        both(
            "Partisipasi pegawai menurut keterlibatan pimpinan tahun sebelumnya",
            "Staff participation by leader engagement of the year before",
        ),
        both("Bagian pegawai yang ikut pelatihan", "Share of staff who took part"),
        both("Keterlibatan pimpinan", "Leader engagement"), len(rows), "percent", 0,
    )
    parts = {
        lang: "; ".join(_band_words(row, lang, ev.level) for _, row in data.iterrows()) for lang in ("id", "en")
    }
    top = data.iloc[-1]
    value = between(top['estimate'], top['low'], top['high'])
    sentence = both(
        f"Bagian pegawai yang ikut pelatihan menurut keterlibatan pimpinan tahun sebelumnya ialah {parts['id']}.",
        f"The share of staff who took part, by leader engagement of the year before, is {parts['en']}.",
    )
    note = both(
        "Selang memperhitungkan bahwa pegawai satu unit serupa; unit dapat berada pada tingkat keterlibatan yang "
        "berbeda pada tahun yang berbeda.",
        "Intervals take into account that staff of one unit are alike; a unit can be in different bands in different "
        "years.",
    )
    found = [finding(bands, ev, value, int(top["n"]), sentence, n_units=int(top["units"]))]
    return counting.answer(bands, found, picture=picture, notes=(INDEX, note))


def _band_words(row: pd.Series, lang: str, level: float) -> str:
    """One band: ``rendah (0–3,3): 33,5 persen (selang ...; 13 unit)``."""
    bounds = span(between(row['estimate'], row['low'], row['high']), lang, level)
    units = counting.units_words(row["units"], lang)
    return f"{row[f'label_{lang}']}: {percent(row['estimate'], lang)} ({bounds}; {units})"


def _band_row(ev: Evaluation, cells: pd.DataFrame, band: int) -> dict[str, object]:
    """One band: rate over its units, the units as what varies."""
    units = cells.groupby("unit_id", sort=True)[["k", "n"]].sum()
    value = shares.ratio(
        units["k"].to_numpy(float), units["n"].to_numpy(float), ev.level,
    ) if len(units) >= FEWEST else counting.exact(units["k"].sum() / units["n"].sum())
    value = counting.within_one(value)
    return {
        "label_id": BANDS[band][1], "label_en": BANDS[band][2], "estimate": value.value, "low": value.low, "high": value.high,
        "n": int(units["n"].sum()), "units": len(units),
    }


@answers(
    CHAPTER,
    both(
        "Berapa unit dipimpin pejabat sementara atau berganti kepala?",
        "How many units have an acting head or a change of head?",
    ),
    NEEDS,
)
def heads(ev: Evaluation) -> Answer:
    """Acting heads and changes of head counted, and the association without those unit-years beside that of all."""
    known = engagement(ev)
    changed, acting = known["heads"] > 1, known["acting"]
    data = known.assign(
        acting_units=acting.astype(int), changed_units=changed.astype(int),
    ).groupby("year", sort=True).agg(
        units=("unit_id", "size"), acting=("acting_units", "sum"), changed=("changed_units", "sum"),
        engagement=("engagement", "mean"),
    ).reset_index()
    if ev.audience != "internal":  # the mean of one or two units tells a head's own score
        data["engagement"] = data["engagement"].where(data["units"] >= FEWEST)
    value = shares.share(int((acting | changed).sum()), len(known), ev.level)
    sentence = in_words(
        lambda lang: both(
            f"Dari {integer(len(known), 'id')} unit-tahun, {integer(acting.sum(), 'id')} dipimpin pelaksana tugas atau "
            f"penjabat dan {integer(changed.sum(), 'id')} berganti kepala; salah satu atau keduanya terjadi pada "
            f"{counting.share_apart(value, 'id', ev.level)}.",
            f"Of {integer(len(known), 'en')} unit-years {integer(acting.sum(), 'en')} had an acting or caretaker head "
            f"and {integer(changed.sum(), 'en')} a change of head; either or both happened in "
            f"{counting.share_apart(value, 'en', ev.level)}.",
        )[lang]
    )
    counted = finding(
        heads, ev, value, len(known), sentence, of_people=False, sources=("leader_engagement",), n_units=known["unit_id"].nunique(),
    )
    findings = [counted, *_settled_finding(ev, staff_years(ev))]
    table = Table(
        data.assign(year_id=data["year"].astype(str), year_en=data["year"].astype(str)),
        (
            Field("year", both("Tahun", "Year")), Field("units", both("Unit", "Units"), "integer"),
            Field("acting", both("Pejabat sementara", "Acting head"), "integer"),
            Field("changed", both("Berganti kepala", "Change of head"), "integer"),
            Field("engagement", both("Rata-rata indeks", "Mean index"), "number", 1),
        ),
        both("Kepala unit dan keterlibatannya", "Heads of units and their engagement"),
    )
    return counting.answer(heads, findings, table=table, notes=(INDEX,))


def _settled_finding(ev: Evaluation, rows: pd.DataFrame) -> list[Finding]:
    """The association in unit-years with one permanent head beside that of all; nothing where it cannot be tested."""
    kept = rows[settled_rows(rows)] if len(rows) else rows
    if kept.empty or len(kept) == len(rows):
        return []
    try:
        whole, result = associate(ev, rows), associate(ev, kept)
    except StatisticsError:
        return []
    row, value = result.headline, estimate_of(result.headline)
    same = decided(value) == decided(estimate_of(whole.headline))
    sentence = in_words(lambda lang: _settled_words(row, whole.headline, same, len(rows) - len(kept), lang))
    return [
        claim(
            heads, ev, value, len(kept), sentence, design="association", measure="share_per_point", part="settled",
            coverage=1.0, precise=TAKING_PART.is_precise(value),
            robust=same and not slopes.too_few(row) and holds_adjusted(ev, kept, result) is True,
            p_value=claims.plain(row["p_value"]), n_units=int(row["n_units"]),
        )
    ]


def _settled_words(row: pd.Series, whole: pd.Series, same: bool, out: int, lang: str) -> str:
    """The estimate without the unit-years concerned, beside the one of all, and whether the conclusion is the same."""
    with_all = number(100 * claims.plain(whole["estimate"]), lang)
    size = number(100 * claims.plain(row["estimate"]), lang)
    units = counting.units_words(row["n_units"], lang)
    facts = f"{span(estimate_of(row), lang, claims.plain(row['ci_level']), digits=2)}; {units}"
    end = both(
        "data tidak cukup untuk menyimpulkan karena unitnya terlalu sedikit.",
        "the data are not enough to conclude since there are too few units.",
    )[lang] if slopes.too_few(row) else both(
        "simpulannya sama." if same else "simpulannya berubah, sehingga hasil bergantung pada unit-tahun tersebut.",
        "the conclusion is the same." if same else "the conclusion changes, so that it hangs on those unit-years.",
    )[lang]
    return both(
        f"Tanpa unit-tahun tersebut ({integer(out, 'id')} pegawai-tahun), keterkaitan partisipasi dengan keterlibatan "
        f"pimpinan ditaksir {size} poin persentase per poin indeks ({facts}), dibandingkan dengan {with_all} pada "
        f"semua unit; {end}",
        f"Without those unit-years ({integer(out, 'en')} staff-years) the association of participation with leader "
        f"engagement is estimated at {size} percentage points per point of the index ({facts}), beside {with_all} in "
        f"all units; {end}",
    )[lang]


QUESTIONS = (
    participation, inferences, bands, amounts, moderators, heads, learning_culture, support, averaging, doubts,
    side_by_side,
)
