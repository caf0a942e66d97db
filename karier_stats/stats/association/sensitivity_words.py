"""Sensitivity in words and as a picture: what a confounder must explain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from karier_stats.stats.picture import Picture, alike
from karier_stats.stats.results import METHODS, base_term
from karier_stats.stats.row_words import digits_for
from karier_stats.words import Figure, Joined, Phrase
from karier_stats.words.numbers import Text, is_missing

if TYPE_CHECKING:
    from karier_stats.stats.association.sensitivity import Sensitivity


def _say(key: str, **facts: Any) -> Phrase:
    """A phrase of sensitivity."""
    return Phrase(f"association.sensitivity.{key}", **facts)


def sentence(result: Sensitivity) -> Text:
    """Every figure that fits the design, in one sentence each."""
    if result.design == "one_group":
        return _say("one_group", n=result.about[0]["n"])
    if result.design == "random":
        return Joined(*(_lee(result, about) for about in result.about))
    if result.design == "matched":
        return Joined(_gamma(result), _say("closing"))
    parts = [
        part for about in result.about
        for part in (*_robustness(result, about), *_benchmarks(result, about), _oster(result, about))
    ]
    return Joined(*parts, _e_value(result), _say("closing"))


def _rows(result: Sensitivity, base: str, about: Mapping[Any, Any]) -> list[Mapping[Any, Any]]:
    """Rows of one kind about one arm, or about the regression, each with what stands in its brackets beside the arm."""
    arm = base_term(about["term"])[1] if result.design != "association" else ""
    found: list[Mapping[Any, Any]] = []
    for row in result.table.to_dict("records"):
        kind, inside = base_term(row["term"])
        if kind == base and (not arm or inside == arm or inside.startswith(f"{arm} · ")):
            found.append(row | {"inside": inside.removeprefix(arm).removeprefix(" · ")})
    return found


def _value(result: Sensitivity, base: str, about: Mapping[Any, Any]) -> Mapping[Any, Any] | None:
    """The first of these rows that has a value."""
    return next((row for row in _rows(result, base, about) if not is_missing(row["estimate"])), None)


def _figures(result: Sensitivity, row: Mapping[Any, Any]) -> dict[str, Any]:
    """An estimate and its bounds, None where there are none, in percentage points for a share."""
    factor = 100 if result.share else 1
    names = {"estimate": "value", "ci_low": "low", "ci_high": "high"}
    told = dict(row) | {name: row[name] if is_missing(row[name]) else factor * row[name] for name in names}
    digits = digits_for(told)  # type: ignore[arg-type]
    figures: dict[str, Any] = {
        short: None if is_missing(told[name]) else Figure(told[name], digits=digits) for name, short in names.items()
    }
    return figures | {"unit": Phrase(f"association.unit.{'points' if result.share else 'plain'}")}


def _facts(figures: Mapping[str, Any], row: Mapping[Any, Any]) -> Text:
    """Interval and n, as they stand in brackets."""
    interval = None if figures["low"] is None else Phrase(
        "association.facts.interval", level=row["ci_level"], low=figures["low"], high=figures["high"], size=""
    )
    return Joined(interval, Phrase("association.facts.n", n=row["n"]), mark="; ")


def _estimate(result: Sensitivity, about: Mapping[Any, Any]) -> Phrase:
    """The estimate with its interval and n."""
    figures = _figures(result, about)
    return _say("estimate", value=figures["value"], unit=figures["unit"], facts=_facts(figures, about))


def _what(result: Sensitivity, about: Mapping[Any, Any]) -> dict[str, Text]:
    """Score and outcome by name."""
    if result.score:
        return {"score": _say("column", name=result.score), "outcome": _say("column", name=result.outcome)}
    return {"score": _say("taking_part", arm=base_term(about["term"])[1]), "outcome": _say("score_after")}


def _robustness(result: Sensitivity, about: Mapping[Any, Any]) -> list[Text]:
    """What a confounder must explain for the estimate to be zero, and for the interval to hold zero."""
    zero, unseen = (_value(result, term, about) for term in ("robustness_value", "robustness_value_alpha"))
    estimate = _estimate(result, about)
    if zero is None:
        return [_say("unknown", estimate=estimate)]
    left = _say(f"left.{result.scope}")
    first = _say("zero", estimate=estimate, share=zero["estimate"], left=left, **_what(result, about))
    if unseen is None:
        return [first]
    return [first, _say("unseen" if unseen["estimate"] > 0 else "unseen_already", share=unseen["estimate"])]


def _benchmarks(result: Sensitivity, about: Mapping[Any, Any]) -> list[Text]:
    """What a confounder as strong as each benchmark would leave."""
    parts: list[Text] = []
    for row in _rows(result, "as_strong_as", about):
        name, _, times = row["inside"].rpartition(" × ")
        if times == "1" and not is_missing(row["estimate"]):
            figures = _figures(result, row)
            bounds = "" if figures["low"] is None else _say("bounds", low=figures["low"], high=figures["high"])
            parts.append(_say("benchmark", name=name, value=figures["value"], unit=figures["unit"], bounds=bounds))
    return parts


def _e_value(result: Sensitivity) -> Text | None:
    """The risk ratios that a confounder must have with both."""
    about = result.about[0]
    point, limit = (_value(result, term, about) for term in ("e_value", "e_value_limit"))
    if point is None or result.ratio is None:
        return None
    ending = "" if limit is None else _say("limit", limit=limit["estimate"])
    return _say(
        "e_value", kind=_say("rate" if result.ratio["method"] == "rate_ratio" else "odds"),
        ratio=result.ratio["estimate"], value=point["estimate"], ending=ending,
        **_what(result, about),
    )


def _oster(result: Sensitivity, about: Mapping[Any, Any]) -> Text | None:
    """How strong selection on the unmeasured must be."""
    row = _value(result, "oster_delta", about)
    if row is None:
        return None
    largest = float(row["inside"].removeprefix("Rmax="))
    rmax = Figure(largest, digits=0 if largest == 1 else 3)
    return _say("oster_against" if row["estimate"] < 0 else "oster", rmax=rmax, delta=abs(row["estimate"]))


def _gamma(result: Sensitivity) -> Phrase:
    """How unlike matched people may have been."""
    row, estimate = result.headline, _estimate(result, result.about[0])
    if is_missing(row["estimate"]):
        return _say("gamma.no_difference", estimate=estimate)
    found = "unseen" if row["estimate"] <= 1 else "seen"
    return _say(f"gamma.{found}", estimate=estimate, method=METHODS[row["method"]], gamma=row["estimate"])


def _lee(result: Sensitivity, about: Mapping[Any, Any]) -> Phrase:
    """Lee's bounds of one arm, or that there is nothing to bound."""
    arm = base_term(about["term"])[1]
    low, high = (_value(result, term, about) for term in ("lee_lower", "lee_upper"))
    if low is None or high is None:
        return _say("lee.nobody_left", arm=arm, n=about["n"])
    below, above = (_figures(result, {**low, "estimate": row["estimate"]}) for row in (low, high))
    return _say("lee.bounds", arm=arm, low=below["value"], high=above["value"], facts=_facts(below, low))


def picture(result: Sensitivity) -> Picture:
    """Curves of what a confounder must explain, with benchmarks; without a regression the figures as rows."""
    if not len(result.curve):
        if result.design == "random":
            return result.pictured_rows(Phrase("change.picture.axis.points"), 0.0)
        return result.pictured_rows(_say("picture.figures"), None)
    curves = [(_say(f"picture.{name}"), result.curve["score"], result.curve[name]) for name in ("zero", "unseen")]
    of_name = result.marks["label"].str.rpartition(" × ")[0] if len(result.marks) else pd.Series(dtype=str)
    benches = [(alike(name), *result.marks.loc[of_name == name, ["score", "outcome"]].to_numpy().T) for name in of_name.unique()]
    data = pd.concat([
        pd.DataFrame({"x": 100 * x, "value": 100 * y, "group_id": name["id"], "group_en": name["en"], "highlight": not place})
        for place, (name, x, y) in enumerate([*curves, *benches])
    ], ignore_index=True)
    what = _what(result, result.about[0])
    return result.pictured("lines", data, _say("picture.x", **what), _say("picture.y", **what), digits=0, ranked=False)
