"""``power``: how small an effect could be seen, or how many people and units it takes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics import planning
from karier_stats.stats.numerics.paired import detectable
from karier_stats.stats.numerics.planning import Plan
from karier_stats.stats.plan.power_words import (
    DESIGNS,
    assumptions,
    design_effect,
    limits,
    rounded,
    unequal_sizes,
)
from karier_stats.stats.results import Result, make_table
from karier_stats.stats.row_picture import strip_frame
from karier_stats.words.numbers import Text, both, decimals, integer, is_missing, level_digits, number, percent

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

POINTS = 41
"""Effects along the curve of power."""
FEWEST = {"paired": 4, "two_arms": 6, "shares": 6, "slope": 4, "within": 1}
"""Fewer units than this are refused by the test itself: 4 in all, 3 in each arm."""


@dataclass(frozen=True, eq=False, repr=False)
class Power(Result):
    """A study before its data: what it could see, or what it needs.

    Parameters
    ----------
    plan : Plan
        The study, with what was missing filled in; counts are whole numbers.
    target : float
        Power that was asked for; the power found where that was the question.
    curve : DataFrame
        ``effect, power``: power over a range of effects at these numbers; empty where nothing was found.
    fall : float or None
        Of two shares, the smallest fall that could be seen (negative), where the headline is a rise: the two differ.
    """

    plan: Plan
    target: float
    curve: pd.DataFrame
    fall: float | None = None

    def sentence(self, lang: str = "id") -> str:
        """What could be seen, or what is needed, with the assumptions that it rests on."""
        row, solved = self.headline, self.lead[0]
        if is_missing(row.estimate):
            return both(
                f"Dengan {self._who('id')}, {self._kind('id')} tidak dapat terlihat dengan daya uji "
                f"{percent(self.target, 'id', 0)}; lihat catatan.",
                f"With {self._who('en')}, the {self._kind('en')} cannot be seen with {percent(self.target, 'en', 0)} "
                f"power; "
                "see the notes.",
            )[lang]
        aim = both(
            f"daya uji {percent(self.target, 'id', 0)} pada taraf "
            f"{percent(1 - self.plan.level, 'id', level_digits(self.plan.level))}",
            f"{percent(self.target, 'en', 0)} power at the "
            f"{percent(1 - self.plan.level, 'en', level_digits(self.plan.level))} level",
        )
        effect = both(f"{self._kind('id')} sebesar {self._size('id')}", f"{self._kind('en')} of {self._size('en')}")
        return {
            "detectable_effect": both(
                f"Dengan {self._who('id')}, {self._kind('id')} terkecil yang dapat terlihat ({aim['id']}) sekitar "
                f"{self._size('id')}{self._downwards('id')}.",
                f"With {self._who('en')}, the smallest {self._kind('en')} that could be seen ({aim['en']}) is about "
                f"{self._size('en')}{self._downwards('en')}.",
            ),
            "power": both(
                f"Dengan {self._who('id')}, {effect['id']} akan terlihat dengan {aim['id']}.",
                f"With {self._who('en')}, a {effect['en']} would be seen with {aim['en']}.",
            ),
        }.get(solved, both(
            f"Agar {effect['id']} dapat terlihat ({aim['id']}), diperlukan sekurang-kurangnya {self._who('id')}.",
            f"For a {effect['en']} to be seen ({aim['en']}), at least {self._who('en')} are needed.",
        ))[lang]

    def _who(self, lang: str) -> str:
        """People and units."""
        count = integer(self.headline.n, lang)
        people = both(f"n = {count} orang", f"n = {count} people")[lang]
        if is_missing(self.headline.n):
            people = both("berapa pun orang", "any number of people")[lang]
        if self.plan.units is None:
            return people
        units = integer(self.headline.n_units, lang)
        return people + both(f" dalam {units} unit", f" in {units} units")[lang]

    def _kind(self, lang: str) -> str:
        """What is compared."""
        return DESIGNS[self.plan.design][lang].format(share=percent(self.plan.share, lang, 0))

    def _size(self, lang: str) -> str:
        """The effect with its unit of measure."""
        if self.plan.design == "shares":
            return number(100 * self.plan.effect, lang, 1) + both(" poin persentase", " percentage points")[lang]
        unit = both("simpangan baku", "standard deviations") if self.plan.sd == 1 else both("poin", "points")
        return f"{number(self.plan.effect, lang, decimals(abs(self.plan.effect)))} {unit[lang]}"

    def _downwards(self, lang: str) -> str:
        """The smallest fall beside the smallest rise."""
        if self.fall is None:
            return ""
        size = number(100 * abs(self.fall), lang, 1)
        return both(f" ke atas dan {size} poin persentase ke bawah", f" upwards and {size} percentage points downwards")[lang]

    def plot(self, ax: Axes | None = None, lang: str = "id") -> Axes:
        """Power over a range of effects, with the effect and the power of the plan."""
        import matplotlib.pyplot as plt

        if ax is None:
            _, ax = plt.subplots(figsize=(6, 4), layout="constrained")
        scale = 100 if self.plan.design == "shares" else 1
        ax.plot(scale * self.curve["effect"], 100 * self.curve["power"], color="#2a6f97", linewidth=1.8)
        if len(self.curve):
            ax.plot([scale * abs(self.plan.effect)], [100 * self.plan.power], "o", color="#bb3e03")
        ax.axhline(100 * self.target, color="0.35", linewidth=0.8, linestyle="--")
        ax.set_ylim(0, 102)
        ax.set_ylabel(both("Daya uji (persen)", "Power (percent)")[lang])
        unit = both("simpangan baku", "standard deviations") if self.plan.sd == 1 else both("poin", "points")
        if self.plan.design == "shares":
            unit = both("poin persentase", "percentage points")
        ax.set_xlabel(both(f"Beda sebenarnya ({unit['id']})", f"True difference ({unit['en']})")[lang])
        strip_frame(ax)
        return ax

    def alt(self, lang: str = "id") -> str:
        """The picture in words, made from its data."""
        if not len(self.curve):
            return both("Tidak ada kurva: rencana tidak terpenuhi.", "No curve: the plan cannot be met.")[lang]
        low, high = (percent(self.curve["power"].iloc[i], lang, 0) for i in (0, -1))
        return both(
            f"Kurva daya uji dengan {self._who('id')}: dari {low} tanpa beda hingga {high} pada beda terbesar yang "
            f"digambar; titik pada {self._size('id')} dengan daya uji {percent(self.plan.power, 'id', 0)}.",
            f"Curve of power with {self._who('en')}: from {low} without a difference to {high} at the largest one "
            f"drawn; "
            f"a point at {self._size('en')} with {percent(self.plan.power, 'en', 0)} power.",
        )[lang]


def power(
    *,
    design: str = "two_arms",
    effect: float | None = None,
    n: int | None = None,
    units: int | None = None,
    size: float | None = None,
    sizes: Sequence[int] | None = None,
    icc: float = 0.0,
    size_cv: float = 0.0,
    sd: float = 1.0,
    r: float = 0.5,
    share: float = 0.5,
    allocation: float = 0.5,
    level: float = 0.95,
    power: float | None = 0.8,
) -> Power:
    """Find the one number of a plan that is left out: the effect, the people, the units, or the power.

    Parameters
    ----------
    design : {"two_arms", "paired", "shares", "slope", "within"}
        Two arms of people (of whole units where there are units); change of one group; two shares; slope of the
        outcome on a score of the unit; slope on a score that differs among the people of a unit.
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
    allocation : float
        Part of the people, or units, in the first arm.
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
    Beside a null of finished data print :func:`beside`.

    References
    ----------
    Cohen (1988), Statistical Power Analysis, chapter 2; Donner & Klar (2000), Cluster Randomization
    Trials; Eldridge, Ashby & Kerry (2006), Int. J. Epidemiology 35, 1292-1300 (unequal sizes).

    Examples
    --------
    >>> int(power(effect=0.5).row("persons_needed").estimate)
    128
    """
    _check_finite({
        "effect": effect, "n": n, "units": units, "size": size, "icc": icc, "size_cv": size_cv, "sd": sd, "r": r,
        "share": share, "allocation": allocation, "level": level, "power": power,
    })
    if sizes is not None:
        n, units, size, size_cv = _of_sizes(sizes, (n, units, size), size_cv)
    _check_counts(n, units, size)
    one_over = float(np.mean(1 / np.asarray(sizes, dtype=float))) if sizes is not None else None
    _check(design, effect, icc, size_cv, sd, r, share, allocation, level, power)
    nested = units is not None or size is not None or icc > 0 or design in ("slope", "within")
    if nested and n is None and units is not None and size is not None:
        n = round(units * size)
    if nested and units is None and n is not None and size is not None:
        units = round(n / size)
    solved = _missing(effect, n, units, size, power, nested)
    plan = Plan(
        design, effect or 0.0, float(n or 0), float(units or 0) if nested else None, icc, size_cv, sd, r, share,
        allocation, level, one_over,
    )
    question = _Question(solved, plan, 0.8 if power is None else power, size)
    question.refuse_few_units()
    return question.result(level)


def beside(row: pd.Series, lang: str = "id", unit: str = "", scale: float = 1.0, power: float = 0.8) -> str:
    """The sentence that stands beside a null: the smallest difference that its test could have seen.

    Parameters
    ----------
    row : Series
        A row of any result's table, with ``std_error``, ``dof`` and ``ci_level``.
    lang : {"id", "en"}
    unit : str
        Unit of measure in words; "poin" or "points" by default.
    scale : float
        100 where shares are told in percentage points.
    power : float

    Returns
    -------
    str
        Empty where the row has no standard error or degrees of freedom.

    Examples
    --------
    >>> import pandas as pd
    >>> row = pd.Series({"std_error": 1.5, "dof": 6.0, "ci_level": 0.95})
    >>> beside(row, "en")
    'With these data the smallest difference that could be seen (80 percent power) is about 5.0 points.'
    """
    if any(is_missing(row[name]) for name in ("std_error", "dof", "ci_level")):
        return ""
    smallest = scale * detectable(float(row["std_error"]), float(row["dof"]), float(row["ci_level"]), power)
    if not math.isfinite(smallest) or smallest <= 0:
        return ""
    size = number(smallest, lang, decimals(smallest))
    chance, unit = percent(power, lang, 0), unit or both("poin", "points")[lang]
    return both(
        f"Dengan data ini, beda terkecil yang dapat terlihat (daya uji {chance}) sekitar {size} {unit}.",
        f"With these data the smallest difference that could be seen ({chance} power) is about {size} {unit}.",
    )[lang]


def _of_sizes(
    sizes: Sequence[int], given: tuple[float | None, ...], size_cv: float
) -> tuple[int, int, float, float]:
    """People, units, mean size and its coefficient of variation from a list of sizes."""
    found = np.asarray(sizes, dtype=float)
    if any(value is not None for value in given) or size_cv:
        raise StatisticsError("K394")
    if found.ndim != 1 or len(found) < 2 or not ((found >= 1) & np.isfinite(found) & (found == np.round(found))).all():
        raise StatisticsError("K317", name="sizes", value=list(sizes), rule="sizes >= 1, 2, 3, ...")
    return int(found.sum()), len(found), float(found.mean()), float(found.std() / found.mean())


def _check_finite(given: Mapping[str, float | None]) -> None:
    """K317 for the first value that is no number, NaN or infinite."""
    for name, value in given.items():
        plain = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
        if value is not None and not (plain and math.isfinite(value)):
            raise StatisticsError("K317", name=name, value=value, rule=f"-inf < {name} < inf")


def _check_counts(n: float | None, units: float | None, size: float | None) -> None:
    """K317 for people or units that are fewer than two or no whole number, and for units of less than one person."""
    for name, value in (("n", n), ("units", units)):
        if value is not None and not (value >= 2 and float(value).is_integer()):
            raise StatisticsError("K317", name=name, value=value, rule=f"{name} = 2, 3, 4, ...")
    if size is not None and size < 1:
        raise StatisticsError("K317", name="size", value=size, rule="size >= 1")


def _check(
    design: str, effect: float | None, icc: float, size_cv: float, sd: float, r: float, share: float, allocation: float,
    level: float, power: float | None,
) -> None:
    """Every value in its range; K317 names the first that is not."""
    if design not in DESIGNS:
        raise StatisticsError("K317", name="design", value=design, rule=f"design in {', '.join(DESIGNS)}")
    rules = {
        "icc": (icc, 0 <= icc < 1, "0 <= icc < 1"), "size_cv": (size_cv, size_cv >= 0, "size_cv >= 0"),
        "sd": (sd, sd > 0, "sd > 0"), "r": (r, -1 <= r < 1, "-1 <= r < 1"),
        "share": (share, 0 < share < 1, "0 < share < 1"),
        "allocation": (allocation, 0 < allocation < 1, "0 < allocation < 1"),
        "level": (level, 0 < level < 1, "0 < level < 1"),
        "power": (power, power is None or 1 - level < power < 1, "1 - level < power < 1"),
        "effect": (effect, effect is None or effect != 0, "effect != 0"),
    }
    if design == "shares" and effect is not None:
        rules["effect"] = (effect, effect != 0 and 0 < share + effect < 1, "0 < share + effect < 1, effect != 0")
    for name, (value, holds, rule) in rules.items():
        if not holds:
            raise StatisticsError("K317", name=name, value=value, rule=rule)


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
class _Question:
    """A plan with one number to be found."""

    solved: str
    plan: Plan
    target: float
    size: float | None

    def refuse_few_units(self) -> None:
        """A plan of fewer units than the test accepts is refused."""
        if self.plan.units is None or self.solved == "units_needed":
            return
        fewest, a = FEWEST[self.plan.design], self.plan.allocation
        sides = min(a, 1 - a) * self.plan.units if self.plan.design in ("two_arms", "shares") else 3
        if self.plan.units < fewest or round(sides, 9) < 3:
            rule = f"units >= {fewest}" + (" (3 / arm)" if fewest == 6 else "")
            raise StatisticsError("K317", name="units", value=int(self.plan.units), rule=rule)
        least = self.plan.units + (2 if self.plan.design == "within" else 0)
        if self.solved != "persons_needed" and self.plan.n < least:
            raise StatisticsError("K317", name="n", value=int(self.plan.n), rule="n >= units")

    def result(self, level: float) -> Power:
        """The plan with its missing number, at one level of the test."""
        import pandas as pd

        if not 0 < level < 1:
            raise StatisticsError("K349", level=level)
        plan, value = self._solve(replace(self.plan, level=level))
        found = not is_missing(value)
        method = "noncentral_t" if plan.units is not None or plan.design != "shares" else "normal"
        row = {
            "term": self.solved, "method": method, "estimate": value, "dof": plan.dof if found else None,
            "n": plan.n if plan.n else None, "n_units": plan.units,
        }
        recompute: Callable[[float], Power] = self.result
        return Power(
            table=make_table([row]), lead=(self.solved, method), notes=tuple(self._notes(plan, found)),
            recompute=recompute, plan=plan, target=plan.power if self.solved == "power" else self.target,
            curve=_curve(plan) if found else pd.DataFrame({"effect": [], "power": []}, dtype=float),
            fall=self._fall(plan) if found else None,
        )

    def _fall(self, plan: Plan) -> float | None:
        """The smallest fall of a share, where the plan's own answer is a rise."""
        if plan.design != "shares" or self.solved != "detectable_effect" or plan.effect < 0:
            return None
        fall = planning.detectable_effect(plan, self.target, -1)
        return fall if math.isfinite(fall) else None

    def _solve(self, plan: Plan) -> tuple[Plan, float | None]:
        """The plan in whole numbers, and the number that was asked for; None where there is none."""
        if self.solved == "power":
            return plan, plan.power
        if self.solved == "detectable_effect":
            effect = planning.detectable_effect(plan, self.target)
            if plan.design == "shares" and not math.isfinite(effect):  # no rise can be so large; a fall may be
                effect = planning.detectable_effect(plan, self.target, -1)
            return (replace(plan, effect=effect), effect) if math.isfinite(effect) else (plan, None)
        if self.solved == "persons_needed":
            people = planning.people_needed(plan, self.target)
            if not math.isfinite(people):
                return plan, None
            whole = _whole(people, plan, self.solved)
            return replace(plan, n=whole), whole
        assert self.size is not None
        fewest = float(FEWEST[plan.design])
        if plan.design in ("two_arms", "shares"):
            fewest = max(fewest, 3 / min(plan.allocation, 1 - plan.allocation))
        units = _whole(planning.units_needed(plan, self.size, self.target, fewest), plan, self.solved)
        return replace(plan, units=units, n=float(math.ceil(units * self.size))), units

    def _notes(self, plan: Plan, found: bool) -> list[Text]:
        """What the plan assumes, and why it has no answer."""
        notes = [limits(plan)] if not found else []
        if found and self.solved in ("persons_needed", "units_needed"):
            notes.append(rounded(plan))
        if plan.units is not None and plan.n and found:
            notes.append(design_effect(plan))
            if plan.size_cv and plan.per_person is None:
                notes.append(unequal_sizes(plan.size_cv))
        return [*notes, *assumptions(plan)]


def _whole(value: float, plan: Plan, solved: str) -> float:
    """Rounded up, in each arm where people or units are split between two."""
    tidy = value - 1e-9 * value
    split = plan.design in ("two_arms", "shares") and not (solved == "persons_needed" and plan.units is not None)
    if not split:
        return float(math.ceil(tidy))
    return float(math.ceil(tidy * plan.allocation) + math.ceil(tidy * (1 - plan.allocation)))


def _curve(plan: Plan) -> pd.DataFrame:
    """Power at effects from zero to twice the plan's, or as far as shares go."""
    import pandas as pd

    top = 2 * abs(plan.effect)
    if plan.design == "shares":
        top = min(top, 0.999 * (1 - plan.share if plan.effect > 0 else plan.share))
    effects = np.linspace(0, top, POINTS)
    sign = math.copysign(1.0, plan.effect)
    return pd.DataFrame({
        "effect": effects, "power": [replace(plan, effect=sign * float(effect)).power for effect in effects]
    })
