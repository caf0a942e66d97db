"""The recorded engagement of heads, and the staff beside it a year later (chapter leadership)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from karier_stats.chapters.claims import decided, estimate_of
from karier_stats.domain.leadership import engagement_index
from karier_stats.errors import StatisticsError
from karier_stats.stats.association.regress import regress
from karier_stats.views import activity
from karier_stats.words.numbers import both, listing

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation
    from karier_stats.stats.association.regression import Regression

NEEDS = ("leader_engagement", "employee", "participation")
PARTS = ["head_jp", "events_opened", "letters_promoting"]
ACTING = ("PLT", "PLH", "PJ")
COMPOSITION = ("status", "position_type", "age_band", "sex")
"""What a unit's staff differ in and its head does not choose: the declared adjustment."""
INDEX = both(
    "Indeks keterlibatan pimpinan (0–10) dihitung dari jam pelajaran kepala unit, kegiatan yang dibuka atau dihadiri, "
    "dan surat yang mendorong pelatihan; bila kepala berganti, hitungan para kepala dijumlahkan.",
    "The index of leader engagement (0–10) is computed from the head's learning hours, events opened or attended, and "
    "letters that promote training; where heads changed, their counts are added.",
)
LAGGED = both(
    "Keterlibatan tahun sebelumnya dihubungkan dengan partisipasi tahun berikutnya; sebab lain yang membedakan unit "
    "tidak dapat dikesampingkan.",
    "Engagement of one year is set beside participation of the next; other reasons why units differ cannot be ruled "
    "out.",
)
PERSONAL = both(
    "Gambar menurut unit tidak disajikan untuk umum karena nilai keterlibatan sebuah unit ialah nilai pribadi "
    "kepalanya.",
    "No picture by unit is published, since a unit's engagement is the personal score of its head.",
)


def engagement(ev: Evaluation) -> pd.DataFrame:
    """Engagement of every unit and year up to the period: ``unit_id, year, engagement, heads, acting``."""
    rows = ev.table("leader_engagement", "to_date")
    rows = rows.assign(acting=rows["acting_type"].isin(ACTING), known=rows[PARTS].notna().all(axis=1))
    unit = rows.groupby(["unit_id", "year"], sort=True)
    found = unit[[*PARTS]].sum().astype(float)
    found["engagement"] = engagement_index(*(found[part] for part in PARTS)).where(unit["known"].all())
    found["heads"], found["acting"] = unit.size(), unit["acting"].any()
    return found.drop(columns=PARTS).dropna(subset=["engagement"]).reset_index()


def staff_years(ev: Evaluation) -> pd.DataFrame:
    """Active staff who head nothing, in each year that follows a year of recorded engagement.

    Returns
    -------
    DataFrame, one row per person and year
        ``took_part``, ``courses`` and ``jp`` of the year, ``engagement``, ``heads`` and ``acting`` of the unit in the
        year before, ``calendar`` (the year as text).
    """
    lagged = engagement(ev).assign(year=lambda frame: frame["year"] + 1)
    parts = []
    for year in sorted({int(year) for year in lagged["year"] if year <= ev.period}):
        people = activity.with_activity(ev, year)
        parts.append(people[~people["is_head"].fillna(False).astype(bool)])
    if not parts:
        return pd.DataFrame(columns=["employee_uid", "unit_id", "year", "engagement", "took_part", "courses", "jp"])
    joined = pd.concat(parts, ignore_index=True).merge(lagged, on=["unit_id", "year"], how="inner", validate="m:1")
    return joined.assign(
        took_part=joined["took_part"].astype(float), courses=joined["courses"].astype(float),
        calendar=joined["year"].astype(str),
    )


def settled_rows(rows: pd.DataFrame) -> pd.Series:
    """True where the unit had one permanent head in the year of engagement."""
    return (rows["heads"] == 1) & ~rows["acting"].astype(bool)


def associate(
    ev: Evaluation, rows: pd.DataFrame, adjust: tuple[str, ...] = (), outcome: str = "took_part",
    family: Literal["binary", "count", "continuous"] = "binary", **secondary: Any,
) -> Regression:
    """An outcome of staff on engagement, staff nested in units, calendar year held equal; see ``ks.regress``."""
    year = ("calendar",) if rows["calendar"].nunique() > 1 else ()
    return regress(
        rows, outcome=outcome, on="engagement", unit="unit_id", person="employee_uid", adjust=(*year, *adjust),
        family=family, level=ev.level, seed=ev.seed, **secondary,
    )


def holds_adjusted(ev: Evaluation, rows: pd.DataFrame, result: Regression, **asked: Any) -> bool | None:
    """Whether adjusting for the unit's composition leaves sign and conclusion of the headline as they are.

    None where nothing is known of whom the units employ, or the data do not carry the adjustment.

    Parameters
    ----------
    ev : Evaluation
    rows : DataFrame
        As :func:`staff_years` gives them.
    result : Regression
        Without the adjustment.
    **asked
        ``outcome`` and ``family`` of :func:`associate`.
    """
    adjust = composition(rows)
    if not adjust:
        return None
    try:
        other = associate(ev, composed(rows), adjust, **asked)
    except StatisticsError:
        return None
    one, two = estimate_of(result.headline), estimate_of(other.headline)
    return decided(one) == decided(two) and math.copysign(1, one.value) == math.copysign(1, two.value)


def composition(rows: pd.DataFrame) -> tuple[str, ...]:
    """Columns on whom the unit employs that are known for most people and vary."""
    return tuple(name for name in COMPOSITION if rows[name].notna().mean() > 0.5 and rows[name].nunique() > 1)


def composed(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with every gap in their composition as a level of its own: one gap drops neither a row nor a column."""
    gaps = [name for name in composition(rows) if rows[name].isna().any()]
    return rows.assign(**{name: rows[name].astype(object).where(rows[name].notna(), "?") for name in gaps})


def composition_words(rows: pd.DataFrame) -> dict[str, str]:
    """The columns of :func:`composition` in words."""
    return {lang: listing([_COMPOSITION[name][lang] for name in composition(rows)], lang) for lang in ("id", "en")}


_COMPOSITION = {
    "status": both("status", "status"), "position_type": both("jenis jabatan", "post"),
    "age_band": both("umur", "age"), "sex": both("jenis kelamin", "sex"),
}
