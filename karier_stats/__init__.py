"""Evaluates the career-development programmes of civil servants (ASN), from an office's own files to a report.

``import karier_stats as ks`` is a map; what it names loads when it is first used.

- ``ks.open_evaluation``: the processed tables of one evaluation, for one year and one population.
- ``ks.compare``, ``ks.regress``, ``ks.reliability``, ``ks.agreement``: data in, a frozen result with a tidy table out.
- ``ks.slopes``, ``ks.every_way``, ``ks.split_halves``: a regression with what may be concluded from it, asked in every way.
- ``ks.compare_units``: units side by side without a league table.
- ``ks.raters``: whether several raters of the same people agree.
- ``ks.shortfall``, ``ks.allocate``: a need beside the money for it, and which offered places close most of it.
- ``ks.power``: the one number of a plan that is left out: effect, people, units or power.
- ``ks.sensitivity``, ``ks.specifications``: how strong a confounder must be to undo a result; all ways to ask at once.
- ``ks.show``: an answer as picture, table and words; ``ks.close``: what the chapter was computed from.
- ``ks.guard_parameters``: the first cell of a notebook; refuses parameters that the notebook does not know.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from karier_stats.answers.ledger import ledger as ledger
    from karier_stats.answers.question import question as question
    from karier_stats.answers.scorecard import scorecard as scorecard
    from karier_stats.answers.verdicts import smallest as smallest
    from karier_stats.intake.start.form import start as start
    from karier_stats.report.parameters import guard_parameters as guard_parameters
    from karier_stats.report.show import close as close
    from karier_stats.report.show import show as show
    from karier_stats.stats.association.every_way import every_way as every_way
    from karier_stats.stats.association.halves import split_halves as split_halves
    from karier_stats.stats.association.moderated import moderated as moderated
    from karier_stats.stats.association.regress import regress as regress
    from karier_stats.stats.association.sensitivity import sensitivity as sensitivity
    from karier_stats.stats.association.slopes import slopes as slopes
    from karier_stats.stats.association.slopes import units_needed as units_needed
    from karier_stats.stats.association.specification import specifications as specifications
    from karier_stats.stats.association.without import without as without
    from karier_stats.stats.change.compare import compare as compare
    from karier_stats.stats.change.dealt_out import dealt_out as dealt_out
    from karier_stats.stats.change.dropouts import dropouts as dropouts
    from karier_stats.stats.change.gains import gains as gains
    from karier_stats.stats.change.net_gains import net_gains as net_gains
    from karier_stats.stats.change.retained import retained as retained
    from karier_stats.stats.description.contrasts import contrast as contrast
    from karier_stats.stats.description.contrasts import representation as representation
    from karier_stats.stats.description.contrasts import rest as rest
    from karier_stats.stats.description.decide import decide as decide
    from karier_stats.stats.description.decide import last_change as last_change
    from karier_stats.stats.description.describe import deviations as deviations
    from karier_stats.stats.description.describe import distinct as distinct
    from karier_stats.stats.description.describe import means as means
    from karier_stats.stats.description.describe import medians as medians
    from karier_stats.stats.description.describe import ratios as ratios
    from karier_stats.stats.description.describe import shares as shares
    from karier_stats.stats.description.describe import summary as summary
    from karier_stats.stats.description.describe import totals as totals
    from karier_stats.stats.description.inequality import inequality as inequality
    from karier_stats.stats.description.mismatch import mismatch as mismatch
    from karier_stats.stats.description.others import others as others
    from karier_stats.stats.description.within import within as within
    from karier_stats.stats.each import each as each
    from karier_stats.stats.effect import described as described
    from karier_stats.stats.effect import effect as effect
    from karier_stats.stats.plan.allocate import allocate as allocate
    from karier_stats.stats.plan.power import power as power
    from karier_stats.stats.plan.shortfall import shortfall as shortfall
    from karier_stats.stats.scales.agreement import agreement as agreement
    from karier_stats.stats.scales.promoters import promoters as promoters
    from karier_stats.stats.scales.raters import raters as raters
    from karier_stats.stats.scales.reliability import reliabilities as reliabilities
    from karier_stats.stats.scales.reliability import reliability as reliability
    from karier_stats.stats.tried import tried as tried
    from karier_stats.stats.units.compare_units import compare_units as compare_units
    from karier_stats.views.evaluation import open_evaluation as open_evaluation

__version__ = "0.1.0"

_FUNCTIONS = {
    "open_evaluation": "karier_stats.views.evaluation",
    "question": "karier_stats.answers.question",
    "slopes": "karier_stats.stats.association.slopes",
    "split_halves": "karier_stats.stats.association.halves",
    "every_way": "karier_stats.stats.association.every_way",
    "units_needed": "karier_stats.stats.association.slopes",
    "smallest": "karier_stats.answers.verdicts",
    "tried": "karier_stats.stats.tried",
    "ledger": "karier_stats.answers.ledger",
    "scorecard": "karier_stats.answers.scorecard",
    "shares": "karier_stats.stats.description.describe",
    "means": "karier_stats.stats.description.describe",
    "medians": "karier_stats.stats.description.describe",
    "totals": "karier_stats.stats.description.describe",
    "summary": "karier_stats.stats.description.describe",
    "ratios": "karier_stats.stats.description.describe",
    "deviations": "karier_stats.stats.description.describe",
    "distinct": "karier_stats.stats.description.describe",
    "inequality": "karier_stats.stats.description.inequality",
    "contrast": "karier_stats.stats.description.contrasts",
    "rest": "karier_stats.stats.description.contrasts",
    "decide": "karier_stats.stats.description.decide",
    "last_change": "karier_stats.stats.description.decide",
    "representation": "karier_stats.stats.description.contrasts",
    "without": "karier_stats.stats.association.without",
    "within": "karier_stats.stats.description.within",
    "agreement": "karier_stats.stats.scales.agreement",
    "compare": "karier_stats.stats.change.compare",
    "dealt_out": "karier_stats.stats.change.dealt_out",
    "dropouts": "karier_stats.stats.change.dropouts",
    "net_gains": "karier_stats.stats.change.net_gains",
    "retained": "karier_stats.stats.change.retained",
    "gains": "karier_stats.stats.change.gains",
    "mismatch": "karier_stats.stats.description.mismatch",
    "moderated": "karier_stats.stats.association.moderated",
    "others": "karier_stats.stats.description.others",
    "each": "karier_stats.stats.each",
    "described": "karier_stats.stats.effect",
    "effect": "karier_stats.stats.effect",
    "allocate": "karier_stats.stats.plan.allocate",
    "promoters": "karier_stats.stats.scales.promoters",
    "power": "karier_stats.stats.plan.power",
    "shortfall": "karier_stats.stats.plan.shortfall",
    "raters": "karier_stats.stats.scales.raters",
    "regress": "karier_stats.stats.association.regress",
    "reliabilities": "karier_stats.stats.scales.reliability",
    "reliability": "karier_stats.stats.scales.reliability",
    "sensitivity": "karier_stats.stats.association.sensitivity",
    "specifications": "karier_stats.stats.association.specification",
    "compare_units": "karier_stats.stats.units.compare_units",
    "guard_parameters": "karier_stats.report.parameters",
    "show": "karier_stats.report.show",
    "start": "karier_stats.intake.start.form",
    "close": "karier_stats.report.show",
}

__all__ = [
    "agreement", "allocate", "close", "compare", "compare_units", "contrast", "dealt_out", "decide",
    "described", "deviations", "distinct", "dropouts", "each", "effect", "every_way", "gains",
    "guard_parameters", "inequality", "last_change", "ledger", "means", "medians", "mismatch", "moderated",
    "net_gains", "open_evaluation", "others", "power", "promoters", "question", "raters", "ratios", "regress",
    "reliabilities", "reliability", "representation", "rest", "retained", "scorecard",
    "sensitivity", "shares", "shortfall", "show", "slopes", "smallest", "specifications", "split_halves",
    "start", "summary", "totals", "tried", "units_needed", "within", "without",
]


def __getattr__(name: str) -> Any:
    """Load a public name where it lies, once (PEP 562)."""
    if name not in _FUNCTIONS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has: {', '.join(__all__)}")
    found = getattr(importlib.import_module(_FUNCTIONS[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """The public names."""
    return [*__all__, "__version__"]
