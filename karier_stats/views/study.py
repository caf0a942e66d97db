"""Formal study: applications, and who of the staff studies or has finished."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.domain import codes
from karier_stats.views import activity
from karier_stats.views.staff import NAMES
from karier_stats.views.view import Wanting, view
from karier_stats.words import Phrase
from karier_stats.words.numbers import LANGUAGES

if TYPE_CHECKING:
    from karier_stats.views.evaluation import Evaluation

UNKNOWN = "lainnya"
TAKEN = ("berjalan", "selesai")


@view("further_study", "employee", names={"study_state": codes.STUDY_STATE})
def applications(ev: Evaluation) -> pd.DataFrame:
    """Applications for formal study up to the period, one row per person and degree.

    Returns
    -------
    DataFrame
        The columns of ``further_study``, with ``study_state`` (its ``state``) and ``study``: degree and kind in one.

    Raises
    ------
    Wanting
        There are none.
    """
    rows = ev.table("further_study", "all")
    rows = rows[~(rows["start_date"].dt.year > ev.period).fillna(False)].reset_index(drop=True)
    if rows.empty:
        raise Wanting(Phrase("views.no_study", year=ev.period))
    kind, degree = rows["study_kind"].fillna(UNKNOWN).astype(str), rows["degree"].astype(str)
    bars = sorted(set(zip(degree, kind, strict=True)), key=lambda bar: (_rank(bar[0]), bar[1]))
    rows = rows.assign(study_state=rows["state"], study=degree + " " + kind)
    rows.attrs = {"names": {"study_state": codes.STUDY_STATE, "study": {f"{one} {two}": _study(one, two) for one, two in bars}}}
    return rows


@view("further_study", "employee", names=NAMES)
def students(ev: Evaluation) -> pd.DataFrame:
    """Everybody in the snapshot of the period, those on study assignment included, one row each.

    Returns
    -------
    DataFrame
        The columns of ``employee``, with ``studies`` (bool): is in further study, or has finished.

    Raises
    ------
    Wanting
        There is no application up to the period.
    """
    rows = applications(ev)
    people = activity.staff(ev, standing=None)
    return people.assign(studies=people["employee_uid"].isin(set(rows.loc[rows["state"].isin(TAKEN), "employee_uid"])))


def _study(degree: str, kind: str) -> Phrase:
    """Degree and kind in words."""
    kinds = _named(codes.STUDY_KIND, kind)
    return Phrase("views.study" if kind in codes.STUDY_KIND else "views.study_unknown", degree=_named(codes.EDUCATION, degree),
                  kind={lang: kinds[lang].lower() for lang in LANGUAGES})


def _named(names: codes.CodeList, code: str) -> dict[str, str]:
    """A code in words."""
    return {lang: codes.label(names, code, lang) for lang in LANGUAGES}


def _rank(degree: str) -> int:
    """The place of a degree in its list; unknown ones last."""
    known = list(codes.EDUCATION)
    return known.index(degree) if degree in known else len(known)
