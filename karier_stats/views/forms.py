"""What participants, graduates and superiors say of courses: forms, answers, comments and ratings."""

from __future__ import annotations

from typing import Any

import pandas as pd

from karier_stats.domain import codes
from karier_stats.intake.processed import Processed
from karier_stats.views import activity, surveys
from karier_stats.views.surveys import Scale
from karier_stats.views.view import Wanting, once, view
from karier_stats.words import Joined, Phrase
from karier_stats.words.numbers import Text

SURVEY = ("survey_item", "survey_response")
FORM = ["response_id", "instrument", "wave"]
MOST_LEVELS = 10
"""Items with more levels than this have no ``level``."""
LIKELY = r"rekomendasi|menyarankan|kemungkinan|recommend|likel"
"""Words of an item that asks how likely somebody is to recommend a course."""


@view(*SURVEY, "batch", "program")
def relevance(ev: Processed, *, to_date: bool = False) -> pd.DataFrame:
    """Answers on how relevant a course is, one row per form about a known course.

    Columns: ``response_id``, ``instrument``, ``wave``, ``batch_id``, ``year``, ``program_id``, ``title``,
    ``curriculum_version`` and ``unfit`` (bool): the mean of the items lies on the two lowest levels of its own scale.
    ``coverage``: forms over attended places of these courses, None where years are mixed; ``coverage_of``: the same by
    course and version, over all years.
    Raises Wanting: no answer belongs to a course.

    Parameters
    ----------
    to_date : bool
        All years up to the period.
    """
    scale = surveys.scale(ev, "relevansi", when="to_date" if to_date else "period")
    scored = [part.wide[[*FORM, "batch_id", "year"]].assign(unfit=part.means <= part.ends[0] + 1) for part in scale.parts()]
    if not scored:
        raise Wanting(Phrase("views.no_relevance"))
    batch = ev.table("batch", "all")[["batch_id", "program_id", "curriculum_version"]]
    rows = pd.concat(scored, ignore_index=True).drop_duplicates(FORM).merge(batch, on="batch_id", validate="m:1")
    rows = rows.merge(ev.table("program", "all")[["program_id", "title"]], on="program_id", how="left", validate="m:1")
    if rows.empty:
        raise Wanting(Phrase("views.no_relevance"))
    titles = rows.drop_duplicates("program_id").sort_values("program_id").set_index("program_id")["title"].astype(str)
    rows.attrs = {
        "coverage": None if to_date else _covered(ev, scale, rows), "coverage_of": _answered(ev, rows, batch),
        "names": {"program_id": {code: {"id": title, "en": title} for code, title in titles.items()}},
        "notes": scale.notes,
    }
    return rows


def _covered(ev: Processed, scale: Scale, forms: pd.DataFrame) -> float | None:
    """Forms over attended places of their courses; None where years are mixed or no such place is known but from the forms."""
    courses = forms["batch_id"].map(ev.table("batch", "all").set_index("batch_id")["program_id"]).dropna()
    places = activity.enrolments(ev)
    n = int((places["attended"] & places["program_id"].isin(courses)).sum())
    return None if scale.wider or not n or len(_places_from_forms(ev)) else min(len(courses) / n, 1.0)


@once
def _places_from_forms(ev: Processed) -> pd.DataFrame:
    """Participation rows that were read from the rows of forms: nobody knows then who did not answer."""
    origin = ["source_file", "source_row"]
    places, forms = (ev.table(name)[origin].dropna() for name in ("participation", "survey_response"))
    return places[pd.MultiIndex.from_frame(places).isin(pd.MultiIndex.from_frame(forms))]


def _answered(ev: Processed, rows: pd.DataFrame, batch: pd.DataFrame) -> dict[Any, float | None]:
    """Forms over attended places of each course and version, all years up to the period; None where no place is known."""
    by = ["program_id", "curriculum_version"]
    places = ev.table("participation", "to_date")
    places = places[places["outcome"].isin(activity.ATTENDED)][["batch_id"]].merge(batch, on="batch_id", validate="m:1")
    attended, forms = places.groupby(by).size().to_dict(), rows.groupby(by).size().to_dict()
    return {of: min(1.0, n / attended[of]) if of in attended else None for of, n in forms.items()}


@view(*SURVEY)
def forms(ev: Processed, purpose: str) -> pd.DataFrame:
    """The forms about one purpose, one row per form and part; parts are instruments and ranges of values.

    Columns: ``part`` (empty for the one with most forms), ``score`` (mean of the items answered), ``highest`` and ``same``
    (bool; missing where an item is not answered): every item at its highest value, all items alike; and one column per item.
    ``parts``: the columns of every part; ``coverage``, and ``coverage_of`` by part, as of :func:`relevance`. Items that ask
    for a likelihood on 0-10 are in :func:`item_answers` only.
    Raises Wanting: nobody answered.

    Parameters
    ----------
    purpose : str
        A code of ``PURPOSE``, such as ``reaksi``.
    """
    scale = surveys.asked(ev, purpose)
    likely = _likely(scale.items)
    parts = {"" if place == 0 else part.name: part for place, part in enumerate(scale.only(~likely).parts())}
    filled = [scale.wide.head(0).assign(part="")] if not parts else []
    for code, part in parts.items():
        answered = part.wide[part.columns]
        whole, same = answered.notna().all(axis=1), answered.nunique(axis=1) == 1
        highest = (answered == part.items["scale_max"].to_numpy(float)).all(axis=1)
        filled.append(part.wide.assign(part=code, score=part.means, highest=highest.astype("boolean").where(whole),
                                       same=same.astype("boolean").where(whole)))
    rows = pd.concat(filled, ignore_index=True)
    rows.attrs = {
        "coverage": _covered(ev, scale, scale.wide), "people": len(scale.wide),
        "coverage_of": {code: _covered(ev, part, part.wide) for code, part in parts.items()},
        "facts_of": {code: _told(part, len(parts)) for code, part in parts.items()},
        "names": {"part": {code: code for code in parts}}, "scale_of": {code: part.ends for code, part in parts.items()},
        "parts": {code: part.columns for code, part in parts.items()},
        "notes": (*((Phrase("views.parts", n=len(parts)),) if len(parts) > 1 else ()),
                  *((Phrase("views.promoters"),) if likely.any() else ()), *scale.notes),
    }
    return rows


def _likely(items: pd.DataFrame) -> pd.Series:
    """The items that ask for a likelihood on 0 to 10."""
    words = (items["label_id"].astype(str) + " " + items["label_en"].astype(str)).str.contains(LIKELY, case=False)
    return words & (items["scale_min"] == 0) & (items["scale_max"] == 10) & ~items["reverse"]


def _told(part: Scale, parts: int) -> dict[str, Any]:
    """What sentences may name of a part."""
    first = part.items.iloc[0]
    where = Phrase("views.of_instrument", name=str(first["instrument"])) if parts > 1 else Joined()
    low, high = part.ends
    return {"items": len(part.items), "item": {"id": first["label_id"], "en": first["label_en"]}, "where": where,
            "lowest": low, "highest": high}


@view(*SURVEY)
def item_answers(ev: Processed, purpose: str) -> pd.DataFrame:
    """The answers about one purpose, one row per form and item.

    Columns: ``response_id``, ``item``, ``value``, ``level`` (the value as a category, with its ends marked; missing for items of
    more than ``MOST_LEVELS`` levels), ``top`` (bool): the highest value, ``likely`` (bool): the item asks how likely
    somebody is to recommend, on 0-10. ``people``: forms; ``coverage`` as of :func:`relevance`.
    Raises Wanting: nobody answered.
    """
    scale = surveys.asked(ev, purpose)
    short = scale.items["item_id"].is_unique
    items = scale.items.assign(likely=_likely(scale.items), code=scale.items["item_id"] if short else scale.items["item"])
    rows = scale.wide.melt(["response_id"], scale.columns, "item").dropna(subset=["value"])
    rows = rows.merge(items[["item", "code", "scale_min", "scale_max", "likely"]], on="item", validate="m:1")
    ends = rows["scale_min"], rows["scale_max"]
    level = rows["value"].round().where(ends[1] - ends[0] <= MOST_LEVELS)
    marks = level.map("{:g}".format, na_action="ignore") + (level == ends[0]).map({True: "-", False: ""}) + (
        level == ends[1]).map({True: "+", False: ""})
    names = _level_names(items[items["scale_max"] - items["scale_min"] <= MOST_LEVELS])
    rows = rows.assign(item=rows["code"], top=rows["value"] == ends[1], level=pd.Categorical(marks, list(names)))
    rows.attrs = {"coverage": _covered(ev, scale, scale.wide), "people": len(scale.wide), "names": {"level": names, "item": {
        item["code"]: {"id": item["label_id"], "en": item["label_en"]} for _, item in items.iterrows()}}}
    return rows


def _level_names(items: pd.DataFrame) -> dict[str, Text]:
    """Every level that an item can have, the ends of its range marked, in order."""
    levels = {(level, "-" if level == low else "+" if level == high else "")
              for low, high in {(int(low), int(high)) for low, high in zip(items["scale_min"], items["scale_max"], strict=True)}
              for level in range(low, high + 1)}
    words = {"-": "lowest", "": "between", "+": "highest"}
    return {f"{level}{mark}": Phrase(f"views.level.{words[mark]}", level=str(level))
            for level, mark in sorted(levels, key=lambda one: (one[0], list(words).index(one[1])))}


@view("comment", names={"theme": codes.THEME})
def comments(ev: Processed) -> pd.DataFrame:
    """Comments of the period that have a theme, one row each.

    Columns: ``comment_id`` and ``theme``. Facts: ``left``: how many have none.
    Raises Wanting: none has a theme, or one unit was chosen: comments name none.
    """
    activity.of_agency(ev)
    rows = ev.table("comment")
    named = rows.dropna(subset=["theme"])[["comment_id", "theme"]].reset_index(drop=True)
    if named.empty:
        raise Wanting(Phrase("views.no_themes"))
    left = len(rows) - len(named)
    named.attrs = {
        "coverage": None, "facts": {"left": Phrase("views.without_theme", n=left) if left else Joined()},
        "notes": () if ev.unit == "semua" else (Phrase("views.whole_programme"),),
    }
    return named


@view("post_training_rating", names={"rater_role": codes.RATER})
def post_ratings(ev: Processed) -> pd.DataFrame:
    """Ratings some months after the training, all years up to the period: one row per graduate, batch and kind of rater.

    Columns: ``batch_id``, ``employee_uid`` (the graduate), ``rater_role`` and ``value`` (mean of the items). ``people``:
    graduates, once for each batch.
    """
    wide = _rated(ev)
    rows = wide.reset_index().melt(["batch_id", "employee_uid"], list(wide.columns), "rater_role").dropna(subset=["value"])
    rows.attrs = {"coverage": None, "people": len(wide)}
    return rows.reset_index(drop=True)


@view("post_training_rating")
def rated_twice(ev: Processed) -> pd.DataFrame:
    """Graduates rated by themselves and by their superior, one row per graduate and batch.

    Columns: ``alumni``, ``atasan`` (mean of the items) and ``milder``: the graduate's less the superior's.
    """
    rows = _rated(ev).reindex(columns=["alumni", "atasan"]).dropna().reset_index()
    rows = rows.assign(milder=rows["alumni"] - rows["atasan"])
    rows.attrs = {"coverage": None}
    return rows


def _rated(ev: Processed) -> pd.DataFrame:
    """Mean rating of each graduate of a batch, one column per kind of rater; in the order of the values, never of pseudonyms."""
    rows = ev.table("post_training_rating", "to_date")
    if rows.empty:
        raise Wanting(Phrase("views.no_post_ratings"))
    people = rows.groupby(["batch_id", "employee_uid", "rater_role"], sort=True)["value"].mean().unstack("rater_role")
    return people.sort_values(list(people.columns), kind="stable")
