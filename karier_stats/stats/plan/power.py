"""``power``: how small an effect could be seen, or how many people and units it takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from karier_stats.errors import StatisticsError
from karier_stats.stats.columns import check_level
from karier_stats.stats.numerics import planning
from karier_stats.stats.numerics.estimate import NAN, Estimate
from karier_stats.stats.numerics.planning import Plan
from karier_stats.stats.picture import Picture, worded
from karier_stats.stats.results import Result, TableRow, make_table
from karier_stats.words import Figure, Phrase
from karier_stats.words.numbers import Text, decimals, is_missing, level_digits

POINTS = 41
"""Effects along the curve of power."""
FEWEST = {"two_arms": 6, "paired": 4, "shares": 6, "slope": 4}
"""Designs, and fewest units that the test itself accepts: 4 in all, 3 in each arm."""
ARMS = ("two_arms", "shares")
"""Designs of two arms."""


@dataclass(frozen=True, eq=False, repr=False)
class Power(Result):
    """A study before its data: what it could see, or what it needs.

    ``plan`` is the study, with what was missing filled in; counts are whole numbers. ``target`` is the power that was asked for,
    the power found where that was the question; ``curve`` (``effect, power``) the power over a range of effects at these
    numbers, empty where nothing was found; ``fall`` of two shares the smallest fall that could be seen (negative), where the
    headline is a rise: the two differ.
    """

    plan: Plan
    target: float
    curve: pd.DataFrame
    fall: float | None = None

    def sentence(self, lang: str = "id") -> str:
        """What could be seen, or what is needed, with the assumptions that it rests on."""
        solved, row = self.lead[0], self.headline
        people = Phrase("plan.any_people") if is_missing(row.n) else Phrase("plan.people", n=row.n)
        said = solved if solved in ("detectable_effect", "power") else "needed"
        alpha = Figure(1 - self.plan.level, "percent", level_digits(self.plan.level))
        effect, shares = self.plan.effect, self.plan.design == "shares"
        size = Figure(100 * effect) if shares else Figure(effect, "number", decimals(abs(effect)))
        fall = None if self.fall is None else Figure(100 * abs(self.fall))
        facts: dict[str, Any] = {
            "who": people if self.plan.units is None else Phrase("plan.in_units", people=people, units=row.n_units),
            "kind": Phrase(f"plan.kind.{self.plan.design}", share=self.plan.share),
            "size": Phrase("plan.effect", size=size, measure=self.measure), "target": self.target,
            "aim": Phrase("plan.aim", target=self.target, alpha=alpha),
            "downwards": "" if fall is None else Phrase("plan.downwards", size=fall),
        }
        return Phrase(f"plan.{'no_answer' if is_missing(self.headline.estimate) else said}", **facts)[lang]

    @property
    def measure(self) -> Phrase:
        """Unit of measure of the effect."""
        if self.plan.design == "shares":
            return Phrase("plan.measure.percentage_points")
        return Phrase(f"plan.measure.{'standard_deviations' if self.plan.sd == 1 else 'points'}")

    def picture(self) -> Picture:
        """Power in percent over a range of effects, with the effect and the power of the plan."""
        scale, plan = 100 if self.plan.design == "shares" else 1, self.plan
        points = [*self.curve[["effect", "power"]].to_numpy(), *([(abs(plan.effect), plan.power)] if len(self.curve) else [])]
        names = [Phrase(f"plan.axis.{'here' if place == len(self.curve) else 'curve'}") for place in range(len(points))]
        data = pd.DataFrame(points, columns=["x", "value"]).mul([scale, 100])
        x, y = Phrase("plan.axis.effect", measure=self.measure), Phrase("plan.axis.power")
        return self.pictured("lines", data.assign(**worded("group", names)), x, y, reference=100 * self.target, digits=0)


def power(
    *, design: str = "two_arms", effect: float | None = None, n: int | None = None, units: int | None = None,
    size: float | None = None, sizes: Sequence[int] | None = None, icc: float = 0.0, size_cv: float = 0.0, sd: float = 1.0,
    r: float = 0.5, share: float = 0.5, level: float = 0.95, power: float | None = 0.8,
) -> Power:
    """Find the one number of a plan that is left out: the effect, the people, the units, or the power.

    Parameters
    ----------
    design : {"two_arms", "paired", "shares", "slope"}
        Two equal arms of people (of whole units where there are units); change of one group; two shares; slope of the
        outcome on a score of the unit.
    effect : float, optional
        True difference: in units of ``sd``; for ``shares`` the second share less the first (0.1 is ten percentage
        points); for the slopes per standard deviation of the score.
    n : int, optional
        People in all, both arms together.
    units : int, optional
        Units in all, both arms together. With ``size`` and without ``n`` they are what is sought.
    size : float, optional
        Mean number of people in a unit.
    sizes : sequence of int, optional
        Size of every unit, instead of ``n``, ``units``, ``size`` and ``size_cv``.
    icc : float
        Share of the variance that lies between units; above 0 it asks for units.
    size_cv : float
        Standard deviation of the units' sizes over their mean.
    sd : float
        Standard deviation of the outcome; with 1 effects are in standard deviations.
    r : float
        Correlation of the two waves (``paired``).
    share : float
        The first share (``shares``).
    level : float
        Confidence level of the two-sided test.
    power : float or None
        Chance to see the effect; None where that is the question.

    Returns
    -------
    Power
        One row: ``detectable_effect``, ``persons_needed``, ``units_needed`` or ``power``, by ``noncentral_t`` or, for
        shares without units, ``normal``. The row has no interval: a plan has no sampling error. ``interval(level)``
        makes the plan anew at another level of the test.

    Raises
    ------
    StatisticsError
        K317 (a value out of range, not finite or not whole, too few units for the test), K393 (not exactly one number left out).

    Notes
    -----
    With units the test is that of unit means, t(G-2) (t(G-1) for ``paired``), whose variance is ``icc + (1 - icc)
    mean(1 / n_g)``; ``mean(1 / n_g)`` is ``(1 + cv^2) / m`` where sizes are not given. For equal sizes that is the
    design effect ``1 + (m - 1) icc``. Whole numbers are rounded up, in each arm. A plan is made before the data;
    power at the effect that was found afterwards says nothing new. Of two shares both directions are looked at: the
    estimate is the smallest rise, the smallest fall where no rise could be seen; ``result.fall`` is the other.

    References
    ----------
    Cohen (1988), Statistical Power Analysis, chapter 2; Donner & Klar (2000), Cluster Randomization
    Trials; Eldridge, Ashby & Kerry (2006), Int. J. Epidemiology 35, 1292-1300 (unequal sizes).

    Examples
    --------
    >>> int(power(effect=0.5).row("persons_needed").estimate)
    128
    """
    given = {
        "effect": effect, "n": n, "units": units, "size": size, "icc": icc, "size_cv": size_cv, "sd": sd, "r": r,
        "share": share, "level": level, "power": power,
    }
    for name, value in given.items():
        real = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
        _hold(name, value, value is None or (real and math.isfinite(value)), f"-inf < {name} < inf")
    one_over = None
    if sizes is not None:
        if size_cv or any(value is not None for value in (n, units, size)):
            raise StatisticsError("K394")
        n, units, size, size_cv, one_over = _of_sizes(sizes)
    for name, value in (("n", n), ("units", units)):
        _hold(name, value, value is None or (value >= 2 and float(value).is_integer()), f"{name} = 2, 3, 4, ...")
    _hold("size", size, size is None or size >= 1, "size >= 1")
    _hold("design", design, design in FEWEST, f"design in {', '.join(FEWEST)}")
    plan = Plan(design, effect or 0.0, 0.0, None, icc, size_cv, sd, r, share, level, one_over)
    _check(plan, effect, power)
    nested = units is not None or size is not None or icc > 0 or design == "slope"
    if nested and n is None and units is not None and size is not None:
        n = round(units * size)
    if nested and units is None and n is not None and size is not None:
        units = round(n / size)
    solved = _missing(effect, n, units, size, power, nested)
    plan = replace(plan, n=float(n or 0), units=float(units or 0) if nested else None)
    if plan.units is not None and solved != "units_needed":
        _refuse_few_units(plan, plan.units, solved)
    return _PlanQuestion(solved, plan, 0.8 if power is None else power, size).result(level)


def _hold(name: str, value: Any, holds: bool, rule: str) -> None:
    """K317 for a value that breaks its rule."""
    if not holds:
        raise StatisticsError("K317", name=name, value=value, rule=rule)


def _of_sizes(sizes: Sequence[int]) -> tuple[int, int, float, float, float]:
    """People, units, mean size, its coefficient of variation and the mean of one over the size."""
    found = np.asarray(sizes, dtype=float)
    whole = found.ndim == 1 and len(found) >= 2 and (found >= 1) & np.isfinite(found) & (found == np.round(found))
    _hold("sizes", list(sizes), bool(np.all(whole)), "sizes >= 1, 2, 3, ...")
    mean = float(found.mean())
    return int(found.sum()), len(found), mean, float(found.std() / mean), float(np.mean(1 / found))


def _check(plan: Plan, effect: float | None, power: float | None) -> None:
    """Every value in its range; K317 names the first that is not."""
    _hold("icc", plan.icc, 0 <= plan.icc < 1, "0 <= icc < 1")
    _hold("size_cv", plan.size_cv, plan.size_cv >= 0, "size_cv >= 0")
    _hold("sd", plan.sd, plan.sd > 0, "sd > 0")
    _hold("r", plan.r, -1 <= plan.r < 1, "-1 <= r < 1")
    for name in ("share", "level"):
        _hold(name, getattr(plan, name), 0 < getattr(plan, name) < 1, f"0 < {name} < 1")
    _hold("power", power, power is None or 1 - plan.level < power < 1, "1 - level < power < 1")
    if effect is not None and plan.design == "shares":
        possible = effect != 0 and 0 < plan.share + effect < 1
        _hold("effect", effect, possible, "0 < share + effect < 1, effect != 0")
    _hold("effect", effect, effect != 0, "effect != 0")


def _refuse_few_units(plan: Plan, units: float, solved: str) -> None:
    """K317 for a plan of fewer units than the test accepts, or of more units than people."""
    fewest = FEWEST[plan.design]
    _hold("units", int(units), units >= fewest, f"units >= {fewest}" + (" (3 / arm)" if plan.design in ARMS else ""))
    _hold("n", int(plan.n), solved == "persons_needed" or plan.n >= units, "n >= units")


def _missing(
    effect: float | None, n: float | None, units: float | None, size: float | None, power: float | None, nested: bool
) -> str:
    """Term of the one number that is left out."""
    left_out = [name for name, value in (("effect", effect), ("power", power)) if value is None]
    if nested and units is None:
        left_out.append("units")
        left_out += ["size"] if n is None and size is None else []
        left_out += ["size"] if n is not None else []
    elif n is None:
        left_out.append("n")
    if len(left_out) != 1:
        raise StatisticsError("K393", count=len(left_out), names=", ".join(left_out) or "-")
    return {
        "effect": "detectable_effect", "power": "power", "units": "units_needed", "n": "persons_needed"
    }[left_out[0]]


@dataclass(frozen=True)
class _PlanQuestion:
    """A plan with one number to be found."""

    solved: str
    plan: Plan
    target: float
    size: float | None

    def result(self, level: float) -> Power:
        check_level(level)
        plan, value = self._solve(replace(self.plan, level=level))
        found, normal = math.isfinite(value), plan.units is None and plan.design == "shares"
        dof = NAN if plan.dof is None or not found else plan.dof
        row = TableRow(self.solved, "normal" if normal else "noncentral_t", Estimate(value, dof=dof))
        counts = {"n": plan.n or None, "n_units": plan.units}
        return Power(
            table=make_table([row.record(level) | counts]), lead=row.key, notes=tuple(self._notes(plan, found)),
            recompute=self.result, plan=plan, target=plan.power if self.solved == "power" else self.target,
            curve=_curve(plan) if found else pd.DataFrame({"effect": [], "power": []}, dtype=float),
            fall=self._fall(plan) if found else None,
        )

    def _fall(self, plan: Plan) -> float | None:
        """The smallest fall of a share, where the plan's own answer is a rise."""
        if plan.design != "shares" or self.solved != "detectable_effect" or plan.effect < 0:
            return None
        fall = planning.detectable_effect(plan, self.target, -1)
        return fall if math.isfinite(fall) else None

    def _solve(self, plan: Plan) -> tuple[Plan, float]:
        """The plan in whole numbers, and the number that was asked for; NaN where there is none."""
        if self.solved == "power":
            return plan, plan.power
        if self.solved == "detectable_effect":
            effect = planning.detectable_effect(plan, self.target)
            if plan.design == "shares" and not math.isfinite(effect):  # no rise can be so large; a fall may be
                effect = planning.detectable_effect(plan, self.target, -1)
            return (replace(plan, effect=effect) if math.isfinite(effect) else plan), effect
        if self.solved == "persons_needed":
            people = planning.people_needed(plan, self.target)
            people = _whole(people, plan, self.solved) if math.isfinite(people) else people
            return (replace(plan, n=people) if math.isfinite(people) else plan), people
        assert self.size is not None
        needed = planning.units_needed(plan, self.size, self.target, float(FEWEST[plan.design]))
        units = _whole(needed, plan, self.solved)
        return replace(plan, units=units, n=float(math.ceil(units * self.size))), units

    def _notes(self, plan: Plan, found: bool) -> list[Text]:
        """What the plan assumes, and why it has no answer."""
        shares, nested = plan.design == "shares", plan.units is not None and plan.n > 0 and found
        about = {
            "beyond_shares": not found and shares and plan.n > 0,
            "more_units": not found and not (shares and plan.n > 0),
            "rounded": found and self.solved in ("persons_needed", "units_needed"),
            "unit_means": nested,
            "unequal_sizes": nested and plan.size_cv > 0 and plan.per_person is None,
            "random_scores": plan.design == "slope",
            "correlation": plan.design == "paired",
            "assumptions": True,
        }
        facts: dict[str, Any] = {"icc": plan.icc, "size_cv": plan.size_cv, "r": plan.r}
        if found:
            facts |= {"power": plan.power, "effect": plan.design_effect}
        if nested:
            facts |= {"units": plan.units, "size": plan.n / (plan.units or 1)}
        return [Phrase(f"plan.notes.{name}", **facts) for name, applies in about.items() if applies]


def _whole(value: float, plan: Plan, solved: str) -> float:
    """Rounded up, in each arm where people or units are split between two."""
    parts = 2 if plan.design in ARMS and not (solved == "persons_needed" and plan.units is not None) else 1
    return float(parts * math.ceil((value - 1e-9 * value) / parts))


def _curve(plan: Plan) -> pd.DataFrame:
    """Power at effects from zero to twice the plan's, or as far as shares go."""
    top = 2 * abs(plan.effect)
    if plan.design == "shares":
        top = min(top, 0.999 * (1 - plan.share if plan.effect > 0 else plan.share))
    effects = np.linspace(0, top, POINTS)
    sign = math.copysign(1.0, plan.effect)
    return pd.DataFrame({
        "effect": effects, "power": [replace(plan, effect=sign * float(effect)).power for effect in effects]
    })
