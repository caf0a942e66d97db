"""Test scores as pairs: one person, course and measure a row, one column per wave.

The first attempt of each test counts. Scores with a known range are written on 0 to 100, so that points mean the same in
every course; ordered levels stay as they are.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from karier_stats.domain import codes
from karier_stats.errors import refuse_absent
from karier_stats.intake.processed import Processed
from karier_stats.views import activity
from karier_stats.views.view import Kept, Wanting, once, view
from karier_stats.words import Figure, Joined, Phrase
from karier_stats.words.numbers import both

PERSON = ["employee_uid", "program_id", "measure"]
TRAINED, CONTROL = "peserta", "pembanding"
TEST = ("test_score", "program", "employee")
"""Tables that every question on scores needs."""
POINTS = both("Poin (skala 0–100)", "Points (scale 0–100)")
FEW = 20
"""Fewer tested participants than this in the period: all years up to it are read."""
LOW = "low_before"
"""Way of choosing people for a low pre-test."""
FEWEST_COURSES = 4
"""Hours go with the course; below so many courses they cannot be told apart."""
SHARED = "shared"
"""Column: the comparison person of a programme without participants, who stands beside several courses."""

TO_DATE = Phrase("views.to_date")
NAMES = {
    "form": codes.FORM, "arm": codes.ARM, "selection": codes.SELECTION, "competency": codes.COMPETENCY_KIND,
    "lead": {base: Phrase(f"gains.lead.{base}") for base in ("did", "ancova")}, "wave": codes.TEST_KIND,
}
PAIR = ("pre", "post")


@view(*TEST, names=NAMES)
def test_scores(ev: Processed, levels: bool = False) -> pd.DataFrame:
    """Test scores, one row per person, course and measure.

    Columns: ``pre``, ``post``, ``retensi`` (points of 0-100; ordered levels as they are), ``change`` (``post`` less ``pre``;
    none of levels), ``arm`` (``peserta``, ``pembanding``), ``test`` (person and measure), ``form``, ``selection``, ``title``,
    ``competency`` and ``program_id`` of the course, ``measure``, ``year``, ``unit_id``, ``site``; ``shared`` (bool): the
    comparison person of a programme without participants, who stands beside several courses.

    ``coverage``: participants with both tests over the places attended, in ``coverage_of`` by form. All years up
    to the period where it alone has few tests, which a note then says. Facts: ``places`` attended by form, ``seats``
    (all of them) and, as a sentence, how many of them were ``tested``.
    Raises Wanting: nobody was tested by scores, or with ``levels`` by neither.

    Parameters
    ----------
    levels : bool
        Give ordered levels where fewer than two participants have scores before and after.
    """
    return _scored(ev, levels)


@once
def _scored(ev: Processed, levels: bool = False) -> pd.DataFrame:
    """The table of :func:`test_scores`."""
    rows, wider = tests(ev)
    trained = complete(rows[rows["arm"] == TRAINED])
    if levels and len(trained) < 2:
        rows, wider = tests(ev, ordinal=True)
        trained = complete(rows[rows["arm"] == TRAINED])
        if len(trained) < 2:
            raise Wanting(Phrase("views.no_pairs"))
        rows = _as_levels(rows[rows["arm"] == TRAINED])
    elif complete(rows).empty:
        raise Wanting(Phrase("views.no_scores"))
    held = places(ev, rows)
    tested = len(complete(rows[rows["arm"] == TRAINED]).drop_duplicates(["employee_uid", "program_id", "year"]))
    seats = len(held)  # nothing is said where fewer are on record than were tested
    told = Phrase("views.tested", tested=tested, seats=seats) if tested <= seats else Joined()
    rows = rows.assign(test=rows["employee_uid"] + " " + rows["measure"])
    rows = rows if levels_only(rows) else rows.assign(change=rows["post"] - rows["pre"])
    rows.attrs = {
        "scale": (0.0, 100.0), "coverage": coverage(rows, held), "notes": (TO_DATE,) if wider else (),
        "coverage_of": Kept({form: coverage(part, held) for form, part in rows.groupby("form")}),
        "facts": {"places": Kept(held.value_counts().to_dict()), "seats": seats, "tested": told},
        "names": Kept({**NAMES, **_typed_names(ev, rows)}),
    }
    return rows


def _as_levels(rows: pd.DataFrame) -> pd.DataFrame:
    """Scores before and after as ordered levels."""
    order = pd.CategoricalDtype(sorted({*rows["pre"].dropna(), *rows["post"].dropna()}), ordered=True)
    return rows.astype({"pre": order, "post": order})


@view(*TEST, names=NAMES)
def began(ev: Processed) -> pd.DataFrame:
    """Everybody with a pre-test, participants and the comparison people beside them, one row per person, course and measure.

    The columns of :func:`test_scores` without ``change``, with ``gone`` (bool): has no post-test. Ordered levels
    where there are no scores.
    Raises Wanting: no participant has a pre-test.
    """
    rows, wider = tests(ev)
    if ordinal := rows.empty:
        rows, wider = tests(ev, ordinal=True)
    trained = set(rows.loc[rows["arm"] == TRAINED, "program_id"])
    rows = beside(rows[rows["pre"].notna()], trained)
    if not (rows["arm"] == TRAINED).any():
        raise Wanting(Phrase("views.no_pretest"))
    found = (_as_levels(rows) if ordinal else rows).assign(gone=rows["post"].isna())
    found.attrs = {"notes": (TO_DATE,) if wider else ()}
    return found


@view(*TEST, names=NAMES)
def low_scorers(ev: Processed) -> pd.DataFrame:
    """People with a pre-test in courses that take those who scored low, one row per person, course and measure.

    The columns of :func:`test_scores` without ``change``.
    Raises Wanting: no participant of such a course has both tests.
    """
    rows, wider = tests(ev)
    rows = rows[(rows["selection"] == LOW) & rows["pre"].notna()].reset_index(drop=True)
    if not ((rows["arm"] == TRAINED) & rows["post"].notna()).any():
        raise Wanting(Phrase("views.no_low_scorers"))
    rows.attrs = {"notes": (TO_DATE,) if wider else (), "names": {**NAMES, **_typed_names(ev, rows)}}
    return rows


def levels_only(rows: pd.DataFrame) -> bool:
    """Whether scores are ordered levels."""
    return bool(rows["pre"].dtype.name == "category")


def _typed_names(ev: Processed, rows: pd.DataFrame) -> dict[str, dict[str, tuple[str, str]]]:
    """What courses and levels are called: as the office typed them."""
    courses = rows[["program_id", "title"]].drop_duplicates("program_id").fillna("")
    levels = ev.table("test_score", "to_date").dropna(subset=["label"]).drop_duplicates("score")
    typed: dict[str, tuple[list[str], list[str]]] = {
        "unit_id": (list(ev.units["unit_id"]), list(ev.units["unit_name"])),
        "program_id": (list(courses["program_id"]), list(courses["title"])),
        "score": ([f"{score:g}" for score in levels["score"]], list(levels["label"])),
    }
    return {
        column: {str(code): (str(name), str(name)) for code, name in zip(codes_, names, strict=True)}
        for column, (codes_, names) in typed.items()
    }


@view(*TEST, names=NAMES)
def arms(
    ev: Processed, by: str | None = None, *, having: Collection[str] = PAIR, levels: bool = False,
) -> pd.DataFrame:
    """Participants and the comparison people who stand beside them, one row per test and group.

    The columns of :func:`test_scores`. A course without comparison people of its own takes those who were tested on
    the same measure under a programme without participants.

    Parameters
    ----------
    by : str, optional
        Column that groups participants, such as ``form``: their comparison people carry its value, and stand once
        beside each group. By default all stand in one group.
    having : collection of str
        Tests that a person must have taken; of ordered levels any.
    levels : bool
        As in :func:`test_scores`.
    """
    whole = _scored(ev, levels)
    refuse_absent([("having", test) for test in having], whole)
    rows = whole if levels_only(whole) else whole.dropna(subset=list(having))
    trained = rows[rows["arm"] == TRAINED]
    refuse_absent([("by", by)] if by is not None else [], rows)
    if by is None:
        found = beside(rows, set(trained["program_id"]))
    else:
        found = pd.concat([
            beside(rows, set(part["program_id"])).assign(**{by: code}) for code, part in trained.groupby(by, sort=True)
        ] or [rows])
    found.attrs = dict(whole.attrs)
    if set(having) - set(PAIR):
        if len(trained) < 2:
            raise Wanting(Phrase("views.no_retention"))
        of_forms = whole[whole["form"].isin(trained["form"])]  # participants with further tests over the places of their forms
        tested = coverage(of_forms, places(ev, of_forms))
        both_tests = int((complete(of_forms)["arm"] == TRAINED).sum())
        found.attrs["coverage"] = None if tested is None else tested * len(trained) / max(both_tests, 1)
    return found


@view(*TEST, "participation", "batch", names=NAMES)
def doses(ev: Processed) -> pd.DataFrame:
    """Participants with both tests and the hours that they attended, one row per person, course and measure.

    The columns of :func:`test_scores` with ``jp`` (JP attended in that course and year) and
    ``band``: the quarter of the hours, named by its ends. ``coverage``: of the participants with both tests.
    Raises Wanting: fewer than ``FEW`` participants, three different hours or ``FEWEST_COURSES`` courses; or all changed alike.
    """
    whole = _scored(ev)
    trained = complete(whole[whole["arm"] == TRAINED])
    who = ["employee_uid", "program_id", "year"]
    batch = ev.table("batch", "all")[["batch_id", "program_id", "year"]]
    hours = ev.table("participation", "to_date").drop(columns=["year"], errors="ignore")
    hours = hours.merge(batch, on="batch_id", validate="m:1").dropna(subset=["attended_jp"])
    rows = trained.merge(hours.groupby(who, sort=False)["attended_jp"].sum().rename("jp").reset_index(), on=who)
    rows = rows.sort_values(["program_id", "jp", "pre", "post"], kind="stable").reset_index(drop=True)
    if len(rows) < FEW or rows["jp"].nunique() < 3:
        raise Wanting(Phrase("views.few_hours"))
    if rows["program_id"].nunique() < FEWEST_COURSES:
        raise Wanting(Phrase("views.few_courses", least=FEWEST_COURSES))
    if rows["change"].nunique() < 2:
        raise Wanting(Phrase("views.same_change"))
    quarter = pd.qcut(rows["jp"].rank(method="dense"), 4, duplicates="drop", labels=False).astype(int).astype(str)
    ends = rows.groupby(quarter, sort=True)["jp"].agg(["min", "max"])
    bands = {
        code: Phrase("views.hours_band" if low < high else "views.hours_one", low=Figure(low, "number", 0),
                     high=Figure(high, "number", 0))
        for code, low, high in zip(ends.index, ends["min"].tolist(), ends["max"].tolist(), strict=True)
    }
    rows = rows.assign(band=quarter)
    rows.attrs = {**whole.attrs, "coverage": len(rows) / len(trained), "names": {**NAMES, "band": bands}}
    return rows


def tests(ev: Processed, ordinal: bool = False) -> tuple[pd.DataFrame, bool]:
    """Scores by wave for scores (default) or ordered levels.

    Columns: ``employee_uid``, ``program_id``, ``measure``, ``arm``, ``pre``, ``post``, ``retensi`` with ``form``, ``selection``,
    ``title`` of the course, ``year``, ``unit_id``, ``site`` and ``shared`` (bool). Beside it whether all years up to the period
    were read because the period alone has few.
    """
    wide = _wide(ev, "period", ordinal)
    if int((wide["arm"] == TRAINED).sum()) >= FEW:
        return wide, False
    longer = _wide(ev, "to_date", ordinal)
    return (longer, True) if len(longer) > len(wide) else (wide, False)


@once
def _wide(ev: Processed, when: str, ordinal: bool) -> pd.DataFrame:
    """One row per person, course and measure."""
    rows = ev.table("test_score", when)  # type: ignore[arg-type]
    rows = rows[(rows["scale_kind"] == "ordinal") == ordinal]
    if not ordinal:  # scores between their lowest and highest possible value as 0 to 100; others as they are
        ends = rows["score_max"] - rows["score_min"]
        other = ((ends > 0) & ~((rows["score_min"] == 0) & (rows["score_max"] == 100))).fillna(False)
        rows = rows.assign(score=rows["score"].where(~other, 100 * (rows["score"] - rows["score_min"]) / ends))
    rows = rows.assign(attempt=rows["attempt"].fillna(1), arm=rows["arm"].fillna(TRAINED))
    rows = rows.sort_values("attempt", kind="stable").drop_duplicates([*PERSON, "kind"])
    wide = rows.pivot(index=PERSON, columns="kind", values="score").reindex(columns=["pre", "post", "retensi"])
    about = rows.drop_duplicates(PERSON).set_index(PERSON)[["arm", "year", "site"]]
    wide = wide.join(about).reset_index()
    program = ev.table("program", "all")[["program_id", "title", "form", "selection", "competency_kind"]]
    program = program.rename(columns={"competency_kind": "competency"})
    wide = wide.merge(program, on="program_id", how="left", validate="m:1")
    wide["form"], wide["selection"] = wide["form"].fillna("lainnya"), wide["selection"].fillna("unknown")
    wide["competency"] = wide["competency"].fillna("lainnya").astype(str)
    everywhere = activity.whole(ev).table("test_score", "all")
    participants = everywhere.loc[everywhere["arm"].fillna(TRAINED) == TRAINED, "program_id"]
    wide[SHARED] = (wide["arm"] == CONTROL) & ~wide["program_id"].isin(participants)
    staff = ev.table("employee", "all").drop_duplicates(["employee_uid", "year"])[["employee_uid", "year", "unit_id"]]
    wide = wide.merge(staff, on=["employee_uid", "year"], how="left", validate="m:1")
    # by value, never by pseudonym: sums in another order differ in the last bit
    return wide.sort_values(["program_id", "year", "arm", "pre", "post", "retensi"], kind="stable").reset_index(drop=True)


def complete(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with both waves."""
    return rows[rows["pre"].notna() & rows["post"].notna()]


def beside(rows: pd.DataFrame, courses: Collection[str]) -> pd.DataFrame:
    """The participants of some courses and the comparison people who stand beside them, each once.

    A course without comparison people of its own takes those who were tested on the same measure under a programme that has
    no participants: the one comparison arm of a programme with several.
    """
    own = rows[rows["program_id"].isin(courses) & ~rows[SHARED]]
    compared = own.loc[own["arm"] == CONTROL, ["program_id", "measure"]].drop_duplicates().assign(own=True)
    tested = own.loc[own["arm"] == TRAINED, ["program_id", "measure"]].drop_duplicates()
    matched = tested.merge(compared, on=["program_id", "measure"], how="left")
    missing = matched.loc[matched["own"].isna(), "measure"]
    both_kinds = pd.concat([own, rows[rows[SHARED] & rows["measure"].isin(missing)]])
    again = both_kinds.duplicated(["employee_uid", "measure", "pre", "post", "retensi"]) & (both_kinds["arm"] == CONTROL)
    return both_kinds[~again]


def places(ev: Processed, rows: pd.DataFrame) -> pd.Series:
    """The form of every place attended in the years of some rows."""
    years = [activity.enrolments(ev, int(year)) for year in sorted(set(rows["year"]))]
    forms = [year.loc[year["attended"], "form"].fillna("lainnya") for year in years]
    return pd.concat(forms) if forms else pd.Series(dtype="string")


def coverage(rows: pd.DataFrame, attended: pd.Series) -> float | None:
    """Participants with both tests over the places attended of the forms of some rows; None without tests.

    Where fewer places than tests are on record: over the participants with any of the two tests.
    """
    trained = rows[(rows["arm"] == TRAINED) & (rows["pre"].notna() | rows["post"].notna())]
    tested = len(complete(trained).drop_duplicates(["employee_uid", "program_id", "year"]))
    began = len(trained.drop_duplicates(["employee_uid", "program_id", "year"]))
    return tested / max(int(attended.isin(trained["form"]).sum()), began) if began else None
