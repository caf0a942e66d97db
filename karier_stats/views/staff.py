"""Who works here and who took part: one row per person and year."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from karier_stats.domain import codes
from karier_stats.domain.rules import rule
from karier_stats.intake.processed import Processed
from karier_stats.views import activity
from karier_stats.views.view import Wanting, view, year_of
from karier_stats.words import Phrase
from karier_stats.words.numbers import Text, integer

EVERYBODY, OTHERS = "semua", "lainnya"
BANDS = ("none", "below", "twice", "more")


@dataclass(frozen=True)
class _Hours:
    """So many times the yearly minimum of permanent staff, read when it is said."""

    times: int

    def say(self, lang: str) -> str:
        """In hours."""
        return integer(self.times * float(rule("jp_pns_minimum").value), lang)


NAMES = {
    "sex": codes.SEX, "age_band": codes.AGE_BAND, "status": codes.STATUS, "position_type": codes.POSITION_TYPE,
    "band": {band: Phrase(f"views.band.{band}", least=_Hours(1), twice=_Hours(2)) for band in BANDS},
    "status_line": {
        **codes.STATUS, EVERYBODY: Phrase("said.everybody"), OTHERS: Phrase("views.other_statuses"),
    },
}


@view("employee", names=NAMES)
def staff(ev: Processed, year: int | None = None, standing: str | None = activity.ACTIVE) -> pd.DataFrame:
    """The people of one year's snapshot, one row each.

    The columns of the data dictionary's table ``employee``.

    Parameters
    ----------
    year : int, optional
        Default: the period. A negative one counts back from it.
    standing : str or None
        Legal standing to keep (01: active, 03: on study assignment); None keeps everybody.
    """
    return activity.staff(ev, year_of(ev.period, year), standing)


@view("employee", "participation", "batch", names=NAMES)
def people(ev: Processed, year: int | None = None, *, years: int = 1, status: str | None = None) -> pd.DataFrame:
    """Active staff and what they attended, one row per person and year.

    The columns of ``employee``, with

    - ``took_part`` (bool): attended at least one course to its end;
    - ``status_line``: the status; statuses of fewer than ten people in a year stand together, so that no total and
      the rest tell them;
    - ``courses`` (number): courses attended to their end;
    - ``jp`` (JP): learning hours credited;
    - ``none`` (bool): no hours at all;
    - ``year``.

    ``coverage``: share of participation rows whose person is in the staff snapshot.
    Raises Wanting: no active staff in that year, or a staff list that was made from the list of participants.

    Parameters
    ----------
    year : int, optional
        Default: the period. A negative one counts back from it; another year than the period is set beside it, and
        comes empty where nothing was held.
    years : int
        How many years up to that one; those without courses are left out.
    status : str, optional
        Employment status to keep, such as ``PNS`` or ``PPPK``.
    """
    last = year_of(ev.period, year)
    if years > 1:
        held = set(activity.years_of(ev, "batch"))
        wanted = [one for one in activity.years_of(ev, "employee", years) if one in held and one <= last]
        found = pd.concat([activity.with_activity(ev, one) for one in wanted], ignore_index=True) if wanted else None
    else:
        found = activity.with_activity(ev, last)
    if year is not None and found is not None and activity.enrolments(ev, last).empty:
        return found.head(0)
    if found is None or found.empty:
        raise Wanting(Phrase("views.no_staff", year=last))
    if years == 1 and activity.only_participants(ev, found):
        raise Wanting(Phrase("views.only_participants"))
    lines = [_line(status) for _, status in found.groupby("year", sort=False)["status"]]
    found = found.assign(status_line=pd.concat(lines).reindex(found.index), none=found["jp"] <= 0)
    if status is not None:
        found = found[(found["status"] == status).fillna(False)].reset_index(drop=True)
    known, rows = activity.linked(ev)
    found.attrs = {"coverage": known / rows if rows else float("nan"), "names": {**NAMES, "unit_id": unit_names(ev)}}
    return found


@view("employee", "participation", "batch", names=NAMES)
def elsewhere(ev: Processed) -> pd.DataFrame:
    """Active staff of all other units: the columns of :func:`people`; empty where all units were chosen."""
    found = people(replace(ev, unit="semua"))
    return found[~found["unit_id"].isin(ev.units["unit_id"])].reset_index(drop=True)


@view("employee", "participation", "batch", names=NAMES)
def hours(ev: Processed, year: int | None = None, *, years: int = 1, status: str | None = None) -> pd.DataFrame:
    """Active staff beside the rules on learning hours: the columns and arguments of :func:`people`.

    With

    - ``met`` (bool): at least the yearly minimum of permanent staff (rule ``jp_pns_minimum``);
    - ``owed`` (JP): hours wanting to that minimum;
    - ``above`` (bool): more than the yearly ceiling of contract staff (rule ``jp_pppk_maximum``);
    - ``band``: none, below the minimum, up to twice it, more.
    """
    found = people(ev, year, years=years, status=status)
    least, most = (float(rule(name).value) for name in ("jp_pns_minimum", "jp_pppk_maximum"))
    jp = found["jp"]
    band = np.select([jp <= 0, jp < least, jp <= 2 * least], BANDS[:3], BANDS[3])
    return found.assign(met=jp >= least, above=jp > most, owed=(least - jp).clip(lower=0), band=band)


def unit_names(ev: Processed) -> dict[str, Text]:
    """What units are called, by their ids; the order of names is that of groups."""
    units = ev.units.sort_values("unit_id", kind="stable")
    return dict(zip(units["unit_id"], ({"id": name, "en": name} for name in units["unit_name"]), strict=True))


def _line(status: pd.Series) -> pd.Series:
    """The line of each person of one year: the status; few people are told together."""
    if status.isna().all():
        return status.fillna(EVERYBODY).astype(str)
    known = status.fillna(OTHERS).astype(str)
    sizes = known.value_counts().sort_index().sort_values(kind="stable")
    few = list(sizes.index[sizes < activity.LEAST])
    if len(few) == 1 and len(sizes) > 1:
        few.append(next(code for code in sizes.index if code not in few))
    return known.where(~known.isin(few), OTHERS)
