"""Which sentence a result calls for: rules that give a key of the catalogue, never words.

A part of a question names its rule by ``choose``; its sentences, and what is
recommended, stand under the keys that the rule can give.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isclose, isfinite
from typing import Any, TypeVar

from karier_stats.answers import verdicts
from karier_stats.domain.rules import Rules
from karier_stats.stats.association.moderated import Asked
from karier_stats.stats.association.slopes import Slope, Slopes
from karier_stats.stats.change.dealt_out import DealtOut
from karier_stats.stats.change.gains import Gain, Gains
from karier_stats.stats.description.contrasts import LEAST, Gap, Gaps, contrast
from karier_stats.stats.description.decide import Decisions
from karier_stats.stats.description.describe import Description
from karier_stats.stats.description.inequality import Inequality
from karier_stats.stats.description.mismatch import Mismatch
from karier_stats.stats.description.others import Others
from karier_stats.stats.description.within import Within
from karier_stats.stats.effect import Effect
from karier_stats.stats.plan.allocate import Allocation, Trials
from karier_stats.stats.plan.shortfall import Shortfall

Rule = TypeVar("Rule", bound=Callable[[Any], str | None])
RULES: dict[str, Callable[[Any], str | None]] = {}


def rule(choose: Rule) -> Rule:
    """Let the catalogue name a function by ``choose``."""
    RULES[choose.__name__] = choose
    return choose


@rule
def sign(gap: Gap) -> str:
    """``even`` (no difference at all), ``up``, ``down`` or ``open``, where the interval holds zero."""
    if gap.value.value == 0:
        return "even"
    if not gap.seen:
        return "open"
    return "up" if gap.value.value > 0 else "down"


@rule
def below(groups: Description) -> str | None:
    """``some`` where a group lies surely below everybody, else ``none``; None where there is no second group."""
    if len(groups) < 2:
        return None
    return "some" if groups.apart("below") else "none"


@rule
def amount(described: Description) -> str | None:
    """``none``, ``all`` or ``some`` of those who could be counted; None where nobody could."""
    row = described.row
    if not row.n:
        return None
    return "none" if not row.k else "all" if row.k == row.n else "some"


@rule
def largest(gap: Gap) -> str | None:
    """``surely`` or ``open`` for a group that stands highest; None where nothing is counted or several do."""
    if not gap.one.k or gap.value.value <= 0:
        return None
    return "surely" if gap.value.low > 0 else "open"


@rule
def leader(groups: Description) -> str:
    """Who stands highest: ``none`` where nobody counts, ``alone``, ``surely`` above the second or ``open``."""
    lead = contrast(groups, 1, 2)
    if not groups.ranked()[0].k:
        return "none"
    return "alone" if lead is None else "surely" if lead.value.low > 0 else "open"


@rule
def pulled(middle: Description) -> str:
    """``pulled`` where a few large values draw the mean more than one unit above the median, else ``plain``."""
    return "pulled" if float(middle.data[middle.of].mean()) > middle.row.estimate + 1 else "plain"


@rule
def middle(described: Description) -> str:
    """``none`` where half or more have nothing, else as :func:`pulled`."""
    return "none" if described.row.estimate == 0 else pulled(described)


@rule
def uneven(found: Inequality) -> str | None:
    """``uneven`` where the tenth of people with most hold twice their part or more, else ``even``; None below ten people."""
    return None if found.n < LEAST else "uneven" if found.held >= 0.2 else "even"


@rule
def lacking(described: Description) -> str:
    """``some`` where even the upper bound leaves somebody behind, else ``none``."""
    return "some" if described.row.high < 1 else "none"


@rule
def beside_rest(gaps: Gaps) -> str:
    """``one`` or ``several`` groups that differ, with ``_behind`` where one lies behind; ``open`` or ``open_two`` else."""
    if not gaps.seen:
        return "open_two" if gaps.plainest.two_groups else "open"
    return ("one" if len(gaps.seen) == 1 else "several") + ("_behind" if gaps.behind is not None else "")


@rule
def colleagues(one: Within) -> str:
    """``higher`` or ``lower`` than colleagues of the unit, or ``open``."""
    return "open" if not one.seen else "higher" if one.value.value > 0 else "lower"


@rule
def place(race: Description) -> str:
    """Who is first among categories: ``one`` category only, all ``even``, several ``tied`` or one ``leading``."""
    first = [row for row in race.rows if row.k == race.ranked()[0].k]
    if len(race) == 1:
        return "one"
    return "even" if len(first) == len(race) else "tied" if len(first) > 1 else "leading"


@rule
def race(described: Description) -> str | None:
    """Where the category in focus stands: ``absent``, ``tied`` with the first, ``behind``, ``first`` or ``first_open``."""
    if len(described) < 2:
        return None
    top, asked, lead = described.ranked()[0], described.find(described.focus), contrast(described, 1, 2)
    if asked is None:
        return "absent"
    if asked.name != top.name:
        return "tied" if asked.k == top.k else "behind"
    return "first" if lead is not None and lead.value.low > 0 else "first_open"


@rule
def widest(gaps: Description) -> str:
    """The group with the largest mean: ``none`` above zero, several ``tied``, ``surely`` above zero or ``open``."""
    ranked = gaps.ranked()
    if not ranked[0].estimate > 0:
        return "none"
    if len(ranked) > 1 and isclose(ranked[0].estimate, ranked[1].estimate):
        return "tied_surely" if ranked[0].low > 0 else "tied"
    return "surely" if ranked[0].low > 0 else "open"


@rule
def long_courses(lengths: Description) -> str:
    """What long courses weigh: ``none`` of them, ``more`` of the hours than of the places, or ``alike``."""
    long, hours = lengths.data["long"], lengths.data[lengths.of]
    if not long.any():
        return "none"
    return "more" if hours[long].sum() / hours.sum() > long.mean() else "alike"


@rule
def cancelled(batches: Description) -> str:
    """``none`` cancelled or no ``reason`` known, one reason ``only`` or the ``commonest``; with ``_often`` beyond one in twenty."""
    facts = batches.about["facts"]
    if not batches.row.k or not facts["reason"]:
        return "plain"
    return ("commonest" if facts["reasons"] > 1 else "only") + ("_often" if batches.row.low > 0.05 else "")


@rule
def overdue(done: Description) -> str:
    """``some`` recommendations past their due date, or ``none``."""
    return "some" if done.data["late"].any() else "none"


@rule
def recorded(total: Description) -> str:
    """``hours`` on record, or ``unknown``."""
    return "hours" if total.row.estimate else "unknown"


@rule
def free_apart(cost: Description) -> str:
    """Whether there are hours that cost nothing, which stand apart."""
    return "free" if cost.about["facts"]["free"] else "alone"


@rule
def several(described: Description) -> str | None:
    """Nothing is told of one group alone."""
    return "" if len(described) > 1 else None


@rule
def booked(gap: Gap) -> str | None:
    """``more`` or ``fewer`` hours than were credited, by what explains it; None where both are one."""
    if abs(gap.value.value) < 0.5:
        return None
    return f"{'more' if gap.value.value > 0 else 'fewer'}_{gap.about['facts']['explained']}"


@rule
def offered(found: Mismatch) -> str:
    """``short``, with ``_surely`` where it calls for more places, or ``none``; with ``_over`` where some are too many."""
    margin = verdicts.smallest("share")
    short = "short_surely" if found.short(margin) else "short" if found.top(margin).value.low > 0 else "none"
    return f"{short}_over" if found.over(margin) else short


@rule
def moved_alone(effect: Effect) -> str:
    """Whether scores move without the training: they do (``broken``), surely do not by much (``holds``), or ``open``."""
    if effect.seen:
        return "broken"
    small = verdicts.verdict(effect.value, verdicts.smallest("points")) == "terlalu_kecil"
    return "holds" if small else "open"


@rule
def kept(share: Effect) -> str:
    """What is left of a gain: ``harm`` or ``unclear`` where there surely was none, else ``gone``, ``left`` or ``wide``.

    With ``_less`` where surely less than half is left.
    """
    value = share.value
    if value.value != value.value:
        return "harm" if share.about["facts"]["harm"] else "unclear"
    if value.high < 0:
        return "gone"
    found = "left" if value.high - value.low <= 1 else "wide"
    return f"{found}_less" if value.high < 0.5 else found


@rule
def remaining(share: Effect) -> str:
    """As :func:`kept`; ``whole`` where nothing of it is estimated to be lost."""
    found = kept(share)
    return "whole" if found == "left" and share.value.value >= 1 else found


@rule
def lost_many(missing: Description) -> str:
    """``many`` where surely more than a tenth are missing, else ``few``."""
    return "many" if missing.row.low > 0.10 else "few"


@rule
def tips(effect: Effect) -> str:
    """``tips`` where a result can be undone by those who are missing, ``unseen`` where there is none to undo."""
    return "tips" if isfinite(effect.about["facts"]["near"]) else "unseen"


@rule
def often(absent: Description) -> str:
    """``often`` where a sign of weak commitment is surely commoner than the rule allows, else ``seldom``."""
    return "often" if absent.row.low > verdicts.commitment("no_show") else "seldom"


@rule
def neglected(done: Description) -> str:
    """``neglected`` where surely fewer plans are done than the rule asks for, else ``kept``."""
    return "neglected" if done.row.high < verdicts.commitment("plans_done") else "kept"


@rule
def spent(ratio: Description) -> str:
    """What was spent of a ceiling: ``none`` is on record, ``over`` or ``under`` it."""
    return "under" if ratio.row.estimate <= 1 else "over" if ratio.row.estimate > 1 else "none"


@rule
def mixed(plan: Allocation) -> str:
    """``covered`` by own courses, by ``own`` courses as far as it goes, or best by a ``mixed`` offer."""
    return "covered" if plan.alone > 1 - 1e-6 else "own" if plan.used.empty else "mixed"


@rule
def decisive(trials: Trials) -> str:
    """Whether there is ``one`` offer that matters most, or ``none``."""
    return "none" if trials.decisive is None else "one"


@rule
def gained(gain: Effect | Gain) -> str:
    """``alone`` without comparison people, ``levels`` of ordered answers; else ``up``, ``down`` or ``open``."""
    effect = gain if isinstance(gain, Effect) else gain.effect
    if effect.design == "before_after":
        return "levels" if effect.measure == "share" else "alone"
    return direction(effect)


@rule
def direction(result: Effect | Gain | DealtOut | Shortfall) -> str:
    """``up``, ``down`` or ``open``, where the interval holds zero."""
    effect = result if isinstance(result, Effect) else result.effect
    return "open" if not effect.seen else "up" if effect.value.value > 0 else "down"


@rule
def reviewed(gain: Gain) -> str:
    """As :func:`gained`, ``.._review`` where the gain surely stays below the smallest one that matters."""
    found = gained(gain)
    small = found != "alone" and gain.estimate.high < verdicts.smallest("points")
    return f"{found}_review" if small else found


@rule
def tested(gain: Effect | Gain | DealtOut) -> str:
    """What a gain shows (:func:`~karier_stats.answers.verdicts.shown`), ``thin`` where too few people leave it open;
    ``alone_..`` without comparison people, ``levels`` of ordered answers.
    """
    effect = gain if isinstance(gain, Effect) else gain.effect
    found = verdicts.shown(effect.value, verdicts.margin_of(effect.measure))
    if effect.design != "before_after":
        return "thin" if found == "open" and effect.n < LEAST else found
    return "levels" if effect.measure == "share" else f"alone_{found}"


@rule
def rose(result: Gain | DealtOut) -> str:
    """As :func:`tested`; ``up_rose`` where participants' own mean rose too, and did not only fall less."""
    gain, found = result.gain if isinstance(result, DealtOut) else result, tested(result)
    if found != "up" or gain is None:
        return found
    own = gain.people[gain.people[gain.roles.group] != gain.roles.control]
    return "up_rose" if float((own[gain.roles.after] - own[gain.roles.before]).mean()) > 0 else "up"


@rule
def above(gains: Gains) -> str | None:
    """``all``, ``some`` or ``none`` of the groups seen above their comparison people, ``harm`` where one lies below; None
    below two groups.
    """
    values = [gain.estimate for gain in gains.beside]
    up = sum(value.low > 0 for value in values)
    if len(values) < 2:
        return None
    if any(value.high < 0 for value in values):
        return "harm"
    return "all" if up == len(values) else "some" if up else "none"


@rule
def ends(bands: Description) -> str | None:
    """The first and the last of some ordered groups by their codes: ``low_high``; None below two."""
    return f"{bands.groups[0].code}_{bands.groups[-1].code}" if len(bands.groups) > 1 else None


@rule
def ranked(gains: Gains) -> str | None:
    """``known`` where the place of the highest estimate is certain, else ``open``; None below two groups."""
    if len(gains) < 2:
        return None
    best = max(gains.rows, key=lambda gain: gain.estimate.value)
    low, high = best.ranks or (1, 1)
    return "known" if low == high else "open"


@rule
def unlike(found: Others) -> str:
    """``some`` where a group is seen to differ from the others of its kind, else ``none``."""
    return "some" if any(row.seen for row in found.rows) else "none"


@rule
def found(listed: Description) -> str:
    """``some`` or ``none`` of what was looked for."""
    return "some" if listed.row.estimate else "none"


@rule
def by_rule_alone(fates: Description) -> str | None:
    """``only`` where rows were left out and none of them quarantined, else None."""
    return None if fates.find("quarantined") else "only"


@rule
def dated(years: Description) -> str:
    """``dated`` where a year is on record, else ``undated``."""
    return "dated" if years.row.estimate == years.row.estimate else "undated"


@rule
def slope(found: Slope | Slopes) -> str:
    """Its conclusion; ``up_beside`` where an association is seen that is not the main answer."""
    one = found.lead if isinstance(found, Slopes) else found
    return "up_beside" if one.conclusion == "up" and not one.leads else one.conclusion


@rule
def asked(found: Asked) -> str | None:
    """The conclusion on a difference of slopes, or ``bend_..`` on a bend; None within units where nothing is seen."""
    if found.scope != "between" and found.conclusion not in ("up", "down"):
        return None
    return f"bend_{found.conclusion}" if found.kind == "quadratic" else found.conclusion


@rule
def ways(found: Slopes) -> str:
    """``few`` units; else whether ``none``, ``all`` or ``some`` of the ways of computing see an association."""
    if found.lead.few:
        return "few"
    return "none" if not found.agree else "all" if found.agree == len(found.ways) else "some"


@rule
def peak(means: Description) -> str:
    """``most`` where groups large enough to be compared differ, so that one of them has the most; else ``plain``."""
    values = {row.estimate for row in means.groups if row.n >= LEAST}
    return "most" if len(values) > 1 else "plain"


@rule
def bottom(described: Description) -> str:
    """``lowest`` where groups differ, ``alike`` where they do not, ``alone`` for one group or where another is in focus."""
    if described.focus != "lowest":
        return "alone"
    values = {row.estimate for row in described.groups}
    return "lowest" if len(values) > 1 else "alike" if len(described.groups) > 1 else "alone"


@rule
def spread(units: Description) -> str:
    """``one`` unit, ``several`` that are too small to be compared, ``even`` ones, or units that lie ``apart``."""
    gap = contrast(units)
    if gap is None:
        return "one" if len(units) == 1 else "several"
    return "apart" if gap.value.value else "even"


@rule
def fitness(criteria: Mapping[str, int]) -> str:
    """The worst grade of the criteria: ``fit``, with ``reservations`` or ``unfit``."""
    return ("unfit", "reservations", "fit")[criteria["worst"]]


@rule
def reconciled(agreement: Any) -> str:
    """``all`` identities between findings hold, or ``some``."""
    return "some" if agreement.broken else "all"


@rule
def grounded(advice: Any) -> str:
    """``some`` of what is advised rests on strong evidence, or ``none``."""
    return "some" if advice.strong else "none"


@rule
def concluded(card: Any) -> str:
    """The verdict of a scorecard."""
    return str(card.code)


@rule
def apart(described: Description) -> str:
    """``apart`` where the data come from sources of their own, ``together`` where one tells of both."""
    return "apart" if described.about.get("robust", True) else "together"


@rule
def decided(found: Decisions) -> str:
    """``few`` where no group has people enough, else ``some`` or ``none`` under the strictest decision."""
    rows = found.rows
    if len(rows["few"]) == len(found.result):
        return "few"
    return "some" if rows[max(found.limits, key=found.limits.__getitem__)] else "none"


@rule
def agreed(effect: Effect) -> str | None:
    """``weak``, ``enough`` or ``open`` against the least agreement of raters; None without an interval."""
    least = float(Rules().rater_agreement)
    if effect.value.low != effect.value.low:
        return None
    return "weak" if effect.value.high < least else "enough" if effect.value.low >= least else "open"


@rule
def items(described: Description) -> str:
    """``single`` where a scale has one item, else ``several``; ``nobody`` where no form counts."""
    return "nobody" if not described.n else "single" if described.about["facts"]["items"] == 1 else "several"
