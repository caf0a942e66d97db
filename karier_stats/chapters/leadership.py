"""Does leaders' engagement go with their staff's participation and with a learning culture?

The unit of analysis of participation is one active member of staff in one
year, nested in the work unit; engagement is that of the unit's heads in the
year before. Heads are not among the staff.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from karier_stats.chapters import claims, counting
from karier_stats.chapters.claims import claim, decided, estimate_of
from karier_stats.chapters.counting import finding, in_words, span
from karier_stats.chapters.culture import learning_culture, support
from karier_stats.chapters.engagement import INDEX, engagement
from karier_stats.chapters.findings import Answer, Field, Finding, Picture, Recommendation, Table, answers
from karier_stats.errors import StatisticsError
from karier_stats.language import both, integer, number, p_value, percent
from karier_stats.stats import shares
from karier_stats.stats.regress import regress
from karier_stats.stats.results import METHODS, TERMS, base_term
from karier_stats.stats.shares import Estimate

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation
    from karier_stats.stats.regression import Regression

CHAPTER = "leadership"
NEEDS = ("leader_engagement", "employee", "participation")
BANDS = (
    (0.0, "rendah (0–3,3)", "low (0–3.3)"), (10 / 3, "sedang (3,3–6,7)", "middle (3.3–6.7)"),
    (20 / 3, "tinggi (6,7–10)", "high (6.7–10)"),
)
FEWEST = 3
"""A band of engagement with fewer units than this is counted but not compared."""
LAGGED = both(
    "Keterlibatan tahun sebelumnya dihubungkan dengan partisipasi tahun berikutnya; sebab lain yang membedakan unit "
    "tidak dapat dikesampingkan.",
    "Engagement of one year is set beside participation of the next; other reasons why units differ cannot be ruled "
    "out.",
)


def staff_years(ev: Evaluation) -> pd.DataFrame:
    """Active staff who head nothing, with ``took_part`` in a year and the unit's engagement of the year before."""
    lagged = engagement(ev).assign(year=lambda frame: frame["year"] + 1)
    parts = []
    for year in sorted({int(year) for year in lagged["year"] if year <= ev.period}):
        people = counting.with_activity(ev, year)
        parts.append(people[~people["is_head"].fillna(False).astype(bool)])
    if not parts:
        return pd.DataFrame(columns=["employee_uid", "unit_id", "year", "engagement", "took_part"])
    joined = pd.concat(parts, ignore_index=True).merge(lagged, on=["unit_id", "year"], how="inner", validate="m:1")
    return joined.assign(took_part=joined["took_part"].astype(float), calendar=joined["year"].astype(str))


def _regress(ev: Evaluation, rows: pd.DataFrame, adjust: tuple[str, ...]) -> Regression:
    """Participation on engagement, staff nested in units, calendar year held equal."""
    year = ("calendar",) if rows["calendar"].nunique() > 1 else ()
    return regress(rows, outcome="took_part", on="engagement", unit="unit_id", person="employee_uid",
                   adjust=(*year, *adjust), family="binary", level=ev.level, seed=ev.seed)


def _composition(rows: pd.DataFrame) -> tuple[str, ...]:
    """Columns on whom the unit employs that are known and vary."""
    return tuple(
        name for name in ("status", "position_type", "age_band", "sex") if rows[name].notna().all()
        and rows[name].nunique() > 1
    )


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
        return counting.nothing(
            participation, ev, "belum ada data keterlibatan pimpinan untuk tahun sebelum suatu tahun partisipasi.",
            "there are no data on leader engagement for the year before a year of participation.",
        )
    result = _regress(ev, rows, ())
    robust = _same_conclusion(ev, rows, result)
    findings = [
        _scope_finding(ev, result, scope, robust, len(rows)) for scope in ("between", "within")
        if f"engagement[{scope}]" in set(result.table["term"])
    ]
    units = _unit_points(ev, rows)
    picture = Picture(
        "units", units,
        both(
            "Keterlibatan pimpinan dan partisipasi pegawai menurut unit",
            "Leader engagement and staff participation by unit",
        ),
        both("Indeks keterlibatan pimpinan tahun sebelumnya (0–10)", "Leader engagement of the year before (0–10)"),
        both("Bagian pegawai yang ikut pelatihan", "Share of staff who took part"), len(rows), "percent", 0,
        line=result.line if result.scope == "between" else None,
    )
    notes = (
        INDEX, LAGGED,
        both(
            "Taksiran dengan penyesuaian susunan pegawai (status, jenis jabatan, umur, jenis kelamin) mengarah pada "
            "simpulan yang sama."
            if robust
            else "Dengan penyesuaian susunan pegawai (status, jenis jabatan, umur, jenis kelamin) simpulannya berbeda; "
            "buktinya diturunkan satu tingkat.",
            "Adjusting for whom the unit employs (status, post, age, sex) leads to the same conclusion."
            if robust
            else "Adjusting for whom the unit employs (status, post, age, sex) leads to another conclusion; the "
            "evidence is graded one step lower.",
        ),
    )
    return counting.answer(participation, findings, picture=picture, table=_methods(result), notes=notes)


def _same_conclusion(ev: Evaluation, rows: pd.DataFrame, result: Regression) -> bool:
    """Whether adjusting for the unit's composition leaves sign and conclusion of the headline as they are."""
    adjust = _composition(rows)
    if not adjust:
        return True
    try:
        other = _regress(ev, rows, adjust)
    except StatisticsError:
        return False
    one, two = estimate_of(result.headline), estimate_of(other.headline)
    return decided(one) == decided(two) and math.copysign(1, one.value) == math.copysign(1, two.value)


def _unit_points(ev: Evaluation, rows: pd.DataFrame) -> pd.DataFrame:
    """Mean engagement and rate of participation of every unit."""
    names = ev.table("unit", "all").set_index("unit_id")["unit_name"]
    points = rows.groupby("unit_id", sort=True).agg(
        x=("engagement", "mean"), k=("took_part", "sum"), n=("took_part", "size"),
    ).reset_index()
    low, high = shares.wilson(points["k"].to_numpy(), points["n"].to_numpy(), ev.level)
    name = points["unit_id"].map(names).astype(str)
    return points.assign(y=points["k"] / points["n"], y_low=low, y_high=high, label_id=name, label_en=name)


def _methods(result: Regression) -> Table:
    """All answers side by side."""
    rows = result.table[result.table["term"].str.startswith("engagement[")]
    data = pd.DataFrame([
        {
            **{f"scope_{lang}": TERMS[base_term(str(row["term"]))[1]][lang] for lang in ("id", "en")},
            **{f"method_{lang}": METHODS[str(row["method"])][lang] for lang in ("id", "en")},
            "estimate": claims.plain(row["estimate"]) * 100, "low": claims.plain(row["ci_low"]) * 100,
            "high": claims.plain(row["ci_high"]) * 100, "p": claims.plain(row["p_value"]), "n": int(row["n"]),
        }
        for _, row in rows.iterrows()
        if row["method"] != "odds_ratio"
    ])
    return Table(
        data,
        (
            Field("scope", both("Perbandingan", "Comparison")), Field("method", both("Cara", "Method")),
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


def _scope_finding(ev: Evaluation, result: Regression, scope: str, robust: bool, n: int) -> Finding:
    """Between or within units in words."""
    lead = result.lead[0] == f"engagement[{scope}]"
    row = result.headline if lead else result.row(f"engagement[{scope}]", "cr2")
    value, p = estimate_of(row), claims.plain(row["p_value"])
    undecided = lead and result.conclusion == "undecided"
    sentence = in_words(lambda lang: _scope_sentence(ev, row, value, p, scope, undecided, lang))
    return claim(
        participation, ev, value, n, sentence, design="adjusted_association", measure="share_per_point", part=scope,
        coverage=1.0, robust=robust and not undecided, p_value=p, n_units=int(row["n_units"]), headline=lead,
        recommendation=_engage(ev) if lead and decided(value) and value.value > 0 and not undecided else None,
    )


def _scope_sentence(
    ev: Evaluation, row: pd.Series, value: Estimate, p: float, scope: str, undecided: bool, lang: str,
) -> str:
    """What the units, or the years of one unit, show."""
    method = METHODS[str(row["method"])][lang]
    units = f"{integer(row['n_units'], lang)} {both('unit', 'units')[lang]}"
    facts = f"{span(value, lang, ev.level, digits=2)}; {p_value(p, lang)}; {method}; {units}"
    where = {
        "between": both("Antarunit", "Between units"),
        "within": both("Di dalam unit dari tahun ke tahun", "Within units from year to year"),
    }[scope][lang]
    size = number(100 * abs(value.value), lang)
    if undecided:
        return both(
            f"{where}, keterkaitan partisipasi pegawai dengan keterlibatan pimpinan belum dapat disimpulkan karena "
            f"cara-cara yang wajar berbeda jawaban; taksirannya {number(100 * value.value, 'id')} poin persentase per "
            f"poin indeks ({facts}).",
            f"{where}, whether staff participation goes with leader engagement cannot be concluded yet since "
            f"reasonable methods disagree; the estimate is {number(100 * value.value, 'en')} percentage points per "
            f"point of the index ({facts}).",
        )[lang]
    if not decided(value):
        least = number(100 * counting.smallest_seen(value), lang)
        return both(
            f"{where}, keterkaitan partisipasi pegawai dengan keterlibatan pimpinan tahun sebelumnya tidak terlihat: "
            f"{number(100 * value.value, 'id')} poin persentase per poin indeks ({facts}); keterkaitan terkecil yang "
            f"biasanya dapat terlihat dari data ini {least} poin.",
            f"{where}, no association of staff participation with leader engagement of the year before is seen: "
            f"{number(100 * value.value, 'en')} percentage points per point of the index ({facts}); the smallest that "
            f"data like these usually show is {least} points.",
        )[lang]
    word = both("lebih tinggi" if value.value > 0 else "lebih rendah", "higher" if value.value > 0 else "lower")[lang]
    against = "" if value.value > 0 else both(
        "; arahnya berlawanan dengan dugaan", "; this is contrary to what was expected",
    )[lang]
    return both(
        f"{where}, satu poin indeks keterlibatan pimpinan pada tahun sebelumnya berkaitan dengan partisipasi pegawai "
        f"{size} poin persentase {word} ({facts}){against}. Temuan ini menunjukkan keterkaitan, bukan hubungan sebab "
        "akibat.",
        f"{where}, one point of leader engagement in the year before goes with staff participation {size} percentage "
        f"points {word} ({facts}){against}. This is an association; it does not prove a cause.",
    )[lang]


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
    value = Estimate(top["estimate"], top["low"], top["high"])
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
    return counting.answer(
        bands, [finding(bands, ev, value, len(rows), sentence, n_units=int(rows["unit_id"].nunique()))],
        picture=picture, notes=(INDEX, note),
    )


def _band_words(row: pd.Series, lang: str, level: float) -> str:
    """One band: ``rendah (0–3,3): 33,5 persen (selang ...; 13 unit)``."""
    bounds = span(Estimate(row["estimate"], row["low"], row["high"]), lang, level)
    units = f"{integer(row['units'], lang)} {both('unit', 'units')[lang]}"
    return f"{row[f'label_{lang}']}: {percent(row['estimate'], lang)} ({bounds}; {units})"


def _band_row(ev: Evaluation, cells: pd.DataFrame, band: int) -> dict[str, object]:
    """One band: rate over its units, the units as what varies."""
    units = cells.groupby("unit_id", sort=True)[["k", "n"]].sum()
    value = shares.ratio(
        units["k"].to_numpy(float), units["n"].to_numpy(float), ev.level,
    ) if len(units) >= FEWEST else counting.exact(units["k"].sum() / units["n"].sum())
    low, high = (min(max(bound, 0.0), 1.0) if math.isfinite(bound) else bound for bound in (value.low, value.high))
    return {
        "label_id": BANDS[band][1], "label_en": BANDS[band][2], "estimate": value.value, "low": low, "high": high,
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
    """Acting heads and changes of head counted, and the association without those unit-years."""
    known = engagement(ev)
    changed, acting = known["heads"] > 1, known["acting"]
    data = known.assign(
        acting_units=acting.astype(int), changed_units=changed.astype(int),
    ).groupby("year", sort=True).agg(
        units=("unit_id", "size"), acting=("acting_units", "sum"), changed=("changed_units", "sum"),
        engagement=("engagement", "mean"),
    ).reset_index()
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
    findings = [finding(heads, ev, value, len(known), sentence)]
    settled = known[~changed & ~acting]
    rows = staff_years(ev).merge(settled[["unit_id", "year"]].assign(year=settled["year"] + 1), on=["unit_id", "year"])
    if len(rows):
        findings += _settled_finding(ev, rows)
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
    """The association between units in unit-years with one permanent head; nothing where it cannot be tested."""
    try:
        result = _regress(ev, rows, ())
    except StatisticsError:
        return []
    row = result.headline
    value = estimate_of(row)
    sentence = in_words(
        lambda lang: both(
            "Tanpa unit-tahun tersebut, keterkaitan partisipasi dengan keterlibatan pimpinan ditaksir "
            f"{number(100 * value.value, 'id')} poin persentase per poin indeks "
            f"({span(value, 'id', ev.level, digits=2)}; {integer(row['n_units'], 'id')} unit).",
            "Without those unit-years the association of participation with leader engagement is estimated at "
            f"{number(100 * value.value, 'en')} percentage points per point of the index "
            f"({span(value, 'en', ev.level, digits=2)}; {integer(row['n_units'], 'en')} units).",
        )[lang]
    )
    return [
        claim(
            heads, ev, value, len(rows), sentence, design="adjusted_association", measure="share_per_point",
            part="settled", coverage=1.0, p_value=claims.plain(row["p_value"]), n_units=int(row["n_units"]),
        )
    ]


QUESTIONS = (participation, bands, heads, learning_culture, support)
