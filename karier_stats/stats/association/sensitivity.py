"""How wrong could a result be: what nobody measured, and how strong it would have to be."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from karier_stats.errors import StatisticsError
from karier_stats.stats.association.regression import Regression
from karier_stats.stats.association.within_between import design_of, unit_level, within_level
from karier_stats.stats.change.change_rows import ancova_design
from karier_stats.stats.change.compare import Change
from karier_stats.stats.effect import cell, of_row
from karier_stats.stats.numerics import paired, robustness
from karier_stats.stats.numerics.estimate import NAN, Array, Estimate, of_t
from karier_stats.stats.numerics.permutation import matched_test
from karier_stats.stats.picture import Picture, alike
from karier_stats.stats.results import METHODS, Result, Sheet, base_term, digits_for, named
from karier_stats.words import Figure, Joined, Phrase
from karier_stats.words.numbers import Text, is_missing

Design = Literal["association", "arms", "random", "matched", "one_group"]

TIMES = (1, 2, 3)
"""A confounder so many times as strong as a benchmark."""
COMMON = 0.15
"""From this share on an outcome is not rare, and its odds ratio is no risk ratio (VanderWeele & Ding 2017)."""
LEFT_OUT = {
    "arms": ("about_ancova", "no_ratio", "no_pairs", "no_lot"), "random": (), "one_group": ("one_group",),
    "matched": ("matched",),
}
"""Notes of which figures a comparison leaves out, and why."""
OSTER_FACTOR = 1.3
"""Oster's share of the outcome that could be explained, over the share that is."""


@dataclass(frozen=True, eq=False, repr=False)
class Sensitivity(Result):
    """How strong an unmeasured confounder must be to undo a result; see :func:`sensitivity`.

    ``design`` is what the result compares, which decides what can be asked of it; ``about`` are the rows of the result that
    the figures are about: one, or one for each arm; ``outcome`` is compared over ``score``, between or within units ("between",
    "within") or over "rows", by ``scope``; its differences are percentage points where it is a ``share``; ``ratio`` is the row
    of a ratio that has an E-value. ``curve`` has ``score, zero, unseen``: what a confounder must explain of the outcome (0-1) to
    bring the estimate to zero, and the interval to hold it, for each share that it explains of the score; it is empty without a
    regression. ``marks`` has ``label, score, outcome``: confounders as strong as the benchmarks.
    """

    design: Design
    about: tuple[Mapping[Any, Any], ...]
    outcome: str
    score: str
    scope: str
    share: bool
    ratio: Mapping[Any, Any] | None
    curve: pd.DataFrame = field(repr=False)
    marks: pd.DataFrame = field(repr=False)

    def sentence(self, lang: str = "id") -> str:
        """What a confounder must explain, for each figure that fits the design."""
        if self.design == "one_group":
            return _say("one_group", n=self.about[0]["n"])[lang]
        if self.design == "random":
            return Joined(*(self._lee(about) for about in self.about))[lang]
        if self.design == "matched":
            return Joined(self._gamma(), _say("closing"))[lang]
        parts = [
            part for about in self.about
            for part in (*self._robustness(about), *self._benchmarks(about), self._oster_told(about))
        ]
        return Joined(*parts, self._e_value(), _say("closing"))[lang]

    def picture(self) -> Picture:
        """Curves of what a confounder must explain, with benchmarks; without a regression the figures as rows."""
        if not len(self.curve):
            if self.design == "random":
                return self.pictured_rows(Phrase("change.picture.axis.points"), 0.0)
            return self.pictured_rows(_say("picture.figures"), None)
        curves = [(_say(f"picture.{name}"), self.curve["score"], self.curve[name]) for name in ("zero", "unseen")]
        of_name = self.marks["label"].str.rpartition(" × ")[0] if len(self.marks) else pd.Series(dtype=str)
        benches = [(alike(name), *self.marks.loc[of_name == name, ["score", "outcome"]].to_numpy().T) for name in of_name.unique()]
        data = pd.concat([
            pd.DataFrame({"x": 100 * x, "value": 100 * y, "group_id": name["id"], "group_en": name["en"], "highlight": not place})
            for place, (name, x, y) in enumerate([*curves, *benches])
        ], ignore_index=True)
        what = self._what(self.about[0])
        return self.pictured("lines", data, _say("picture.x", **what), _say("picture.y", **what), digits=0, ranked=False)

    def _rows(self, base: str, about: Mapping[Any, Any]) -> list[Mapping[Any, Any]]:
        """Rows of one kind about one arm, or about the regression, each with what stands in its brackets beside the arm."""
        arm = base_term(about["term"])[1] if self.design != "association" else ""
        found: list[Mapping[Any, Any]] = []
        for row in self.table.to_dict("records"):
            kind, inside = base_term(row["term"])
            if kind == base and (not arm or inside == arm or inside.startswith(f"{arm} · ")):
                found.append(row | {"inside": inside.removeprefix(arm).removeprefix(" · ")})
        return found

    def _value(self, base: str, about: Mapping[Any, Any]) -> Mapping[Any, Any] | None:
        """The first of these rows that has a value."""
        return next((row for row in self._rows(base, about) if not is_missing(row["estimate"])), None)

    def _figures(self, row: Mapping[Any, Any]) -> dict[str, Any]:
        """An estimate and its bounds, None where there are none, in percentage points for a share."""
        factor = 100 if self.share else 1
        names = {"estimate": "value", "ci_low": "low", "ci_high": "high"}
        told = dict(row) | {name: row[name] if is_missing(row[name]) else factor * row[name] for name in names}
        digits = digits_for(told)  # type: ignore[arg-type]
        figures: dict[str, Any] = {
            short: None if is_missing(told[name]) else Figure(told[name], digits=digits) for name, short in names.items()
        }
        return figures | {"unit": Phrase(f"association.unit.{'points' if self.share else 'plain'}")}

    def _estimate(self, about: Mapping[Any, Any]) -> Phrase:
        figures = self._figures(about)
        return _say("estimate", value=figures["value"], unit=figures["unit"], facts=_facts(figures, about))

    def _what(self, about: Mapping[Any, Any]) -> dict[str, Text]:
        if self.score:
            return {"score": _say("column", name=self.score), "outcome": _say("column", name=self.outcome)}
        return {"score": _say("taking_part", arm=base_term(about["term"])[1]), "outcome": _say("score_after")}

    def _robustness(self, about: Mapping[Any, Any]) -> list[Text]:
        zero, unseen = (self._value(term, about) for term in ("robustness_value", "robustness_value_alpha"))
        estimate = self._estimate(about)
        if zero is None:
            return [_say("unknown", estimate=estimate)]
        left = _say(f"left.{self.scope}")
        first = _say("zero", estimate=estimate, share=zero["estimate"], left=left, **self._what(about))
        if unseen is None:
            return [first]
        return [first, _say("unseen" if unseen["estimate"] > 0 else "unseen_already", share=unseen["estimate"])]

    def _benchmarks(self, about: Mapping[Any, Any]) -> list[Text]:
        parts: list[Text] = []
        for row in self._rows("as_strong_as", about):
            name, _, times = row["inside"].rpartition(" × ")
            if times == "1" and not is_missing(row["estimate"]):
                figures = self._figures(row)
                bounds = "" if figures["low"] is None else _say("bounds", low=figures["low"], high=figures["high"])
                parts.append(_say("benchmark", name=name, value=figures["value"], unit=figures["unit"], bounds=bounds))
        return parts

    def _e_value(self) -> Text | None:
        about = self.about[0]
        point, limit = (self._value(term, about) for term in ("e_value", "e_value_limit"))
        if point is None or self.ratio is None:
            return None
        ending = "" if limit is None else _say("limit", limit=limit["estimate"])
        return _say(
            "e_value", kind=_say("rate" if self.ratio["method"] == "rate_ratio" else "odds"),
            ratio=self.ratio["estimate"], value=point["estimate"], ending=ending,
            **self._what(about),
        )

    def _oster_told(self, about: Mapping[Any, Any]) -> Text | None:
        row = self._value("oster_delta", about)
        if row is None:
            return None
        largest = float(row["inside"].removeprefix("Rmax="))
        rmax = Figure(largest, digits=0 if largest == 1 else 3)
        return _say("oster_against" if row["estimate"] < 0 else "oster", rmax=rmax, delta=abs(row["estimate"]))

    def _gamma(self) -> Phrase:
        row, estimate = self.headline, self._estimate(self.about[0])
        if is_missing(row["estimate"]):
            return _say("gamma.no_difference", estimate=estimate)
        found = "unseen" if row["estimate"] <= 1 else "seen"
        return _say(f"gamma.{found}", estimate=estimate, method=METHODS[row["method"]], gamma=row["estimate"])

    def _lee(self, about: Mapping[Any, Any]) -> Phrase:
        """Lee's bounds of one arm, or that there is nothing to bound."""
        arm = base_term(about["term"])[1]
        low, high = (self._value(term, about) for term in ("lee_lower", "lee_upper"))
        if low is None or high is None:
            return _say("lee.nobody_left", arm=arm, n=about["n"])
        below, above = (self._figures({**low, "estimate": row["estimate"]}) for row in (low, high))
        return _say("lee.bounds", arm=arm, low=below["value"], high=above["value"], facts=_facts(below, low))


@dataclass(frozen=True)
class AskedCoefficient:
    """One coefficient of a least-squares regression whose sensitivity is asked for; ``row`` is that of the result.

    ``position`` is the column of the score or ``arm``, ``always`` those that are no covariates: the constant and other arms.
    """

    arm: str
    row: Mapping[Any, Any]
    X: Array
    y: Array
    names: tuple[str, ...]
    position: int
    always: tuple[int, ...]
    dof: int

    @property
    def covariates(self) -> list[int]:
        """Columns of the covariates."""
        return [i for i in range(len(self.names)) if i != self.position and i not in self.always]

    def columns_of(self, name: str) -> list[int]:
        """Columns of one covariate: itself, or its categories."""
        return [i for i in self.covariates if self.names[i] == name or self.names[i].startswith(f"{name}=")]

    @property
    def known(self) -> list[str]:
        """Names of the covariates, each category by its column."""
        return list(dict.fromkeys(self.names[i].partition("=")[0] for i in self.covariates))

    def coefficient(self) -> robustness.Coefficient | None:
        """The coefficient with the error that the result reports (NaN where none); None where nothing is left over."""
        if self.dof < 2:
            return None
        row = self.row
        error, test_dof = cell(row["std_error"]), cell(row["dof"])
        found = robustness.coefficient(self.X, self.y, self.position, self.dof, error, None if test_dof == self.dof else test_dof)
        return found if found.std_error > 1e-10 * abs(found.estimate) else None


def sensitivity(result: Result, *, benchmark: str | Sequence[str] | None = None, matched: bool = False) -> Sensitivity:
    """How strong an unmeasured confounder must be to undo a result.

    Parameters
    ----------
    result : Regression or Change
        A result of ``ks.regress`` or ``ks.compare``.
    benchmark : str or sequence of str, optional
        Covariates of the result (``"before"``: the score before, of an ANCOVA): what a confounder one, two and three
        times as strong would do.
    matched : bool
        Each pair of ``result`` is two people, matched before the programme: ``before`` holds the score of the one
        who did not take part, ``after`` that of the one who did.

    Returns
    -------
    Sensitivity
        Rows that fit the design; ``notes`` say why the others are left out. A regression, and ANCOVA of arms that were not drawn by
        lot: ``robustness_value``, ``robustness_value_alpha``, ``partial_r2``, ``as_strong_as[<benchmark> × <times>]``,
        ``oster_delta`` and ``oster_beta`` by their Rmax. Odds and rate ratios: ``e_value``, ``e_value_limit``. Arms drawn by lot:
        ``lee_lower``, ``lee_upper``. Matched people: ``gamma``.

    Raises
    ------
    StatisticsError
        K365 (another result), K366 (a benchmark that is no covariate), K367 (pairs that are not matched people).

    Notes
    -----
    Figures of ``[between]`` are those of the unit means, with G - 2 degrees of freedom less the covariates; of
    ``[within]`` those of deviations from the unit means. Where the result's error is robust or clustered, its ratio
    to the classical one is taken to be left as it is by a confounder. Rmax is 1.3 times the share explained (Oster's
    rule) and 1. An outcome that at least 15 percent have takes the square root of its odds ratio.

    References
    ----------
    Cinelli and Hazlett (2020), J. Royal Statistical Society B 82, 39-67; VanderWeele and Ding (2017), Annals of
    Internal Medicine 167, 268-274; Oster (2019), J. Business & Economic Statistics 37, 187-204; Rosenbaum (2002),
    Observational Studies, 2nd ed., chapter 4; Lee (2009), Review of Economic Studies 76, 1071-1102.

    Examples
    --------
    >>> import pandas as pd
    >>> from karier_stats.stats.association.regress import regress
    >>> staff = pd.DataFrame({"y": [1, 2, 4, 3, 6, 5.5], "x": [0, 1, 2, 3, 4, 5]})
    >>> round(float(sensitivity(regress(staff, outcome="y", on="x")).headline.estimate), 2)
    0.86
    """
    names = [benchmark] if isinstance(benchmark, str) else list(benchmark or ())
    if isinstance(result, Change):
        found = _of_change(result, names, matched)
    elif isinstance(result, Regression):
        if matched:
            raise StatisticsError("K367", what="`regress`")
        found = _of_regression(result, names)
    else:
        raise StatisticsError("K365", kind=type(result).__name__)
    return found.result(lambda level: sensitivity(result.recompute(level), benchmark=names, matched=matched))


@dataclass
class _Findings:
    """Rows and notes as they are gathered, before they become a result; ``told`` are the fields that it takes as they are."""

    level: float
    about: tuple[Mapping[Any, Any], ...]
    told: dict[str, Any]
    sheet: Sheet = field(default_factory=Sheet)
    ratio: Mapping[Any, Any] | None = None
    curve: dict[str, Array] = field(default_factory=lambda: dict.fromkeys(("score", "zero", "unseen"), np.empty(0)))
    marks: list[tuple[str, float, float]] = field(default_factory=list)

    def result(self, recompute: Any) -> Sensitivity:
        """The frozen result; without any figure its one row is the robustness value that cannot be had."""
        if not self.sheet.rows:
            self.add("robustness_value", "confounder", NAN, self.about[0])
        return Sensitivity(
            table=self.sheet.table(self.level), lead=self.sheet.rows[0].key, notes=tuple(self.sheet.notes),
            recompute=recompute, about=self.about, ratio=self.ratio, curve=pd.DataFrame(self.curve),
            marks=pd.DataFrame(self.marks, columns=["label", "score", "outcome"]), **self.told,
        )

    def add(self, term: str, method: str, found: float | Estimate, like: Mapping[Any, Any]) -> None:
        """A figure, with the n and the units of the row that it is about."""
        units = None if is_missing(like["n_units"]) else int(like["n_units"])
        self.sheet.add(term, method, found if isinstance(found, Estimate) else Estimate(found), int(like["n"]), units)

    def note(self, *keys: str, **facts: Any) -> None:
        """Notes by the ends of their keys."""
        self.sheet.note(*(Phrase(f"association.sensitivity.note.{key}", **facts) for key in keys))

    def linear(self, question: AskedCoefficient, benchmark: list[str]) -> None:
        """Robustness values, benchmarks and Oster's figures of one coefficient."""
        fitted, arm, row = question.coefficient(), question.arm, question.row
        if fitted is None:
            self.add(named("robustness_value", arm), "confounder", NAN, row)
            self.note("no_error")
            return
        strength, critical = fitted.strength, fitted.critical(self.level)
        if math.isnan(critical):
            self.note("no_test")
        values = {
            "robustness_value": robustness.robustness_value(strength),
            "robustness_value_alpha": robustness.robustness_value(strength, critical),
            "partial_r2": fitted.partial_r2,
        }
        for term, value in values.items():
            self.add(named(term, arm), "confounder", value, row)
        self.note("rest")
        if abs(fitted.ratio - 1) > 1e-9:
            self.note("ratio_kept")
        if not len(self.curve["score"]):
            shares = np.linspace(0, 1, 201)[1:-1]
            ends = (("zero", 0.0), ("unseen", critical))
            curves = {name: robustness.outcome_needed(strength, end, shares) for name, end in ends}
            self.curve = {"score": shares, **curves}
        for name in benchmark:
            self.benchmark(question, fitted, name)
        self.oster(question)

    def benchmark(self, question: AskedCoefficient, fitted: robustness.Coefficient, name: str) -> None:
        """The coefficient beside confounders one, two and three times as strong as a covariate."""
        for times in TIMES:
            confounder = robustness.as_strong_as(question.X, question.y, question.position, question.columns_of(name), times)
            term = named("as_strong_as", question.arm, f"{name} × {times}")
            strong = Phrase(f"association.sensitivity.{'as_strong' if times == 1 else 'times_as_strong'}", times=times)
            if confounder is None:
                self.add(term, "confounder", NAN, question.row)
                self.note("too_strong", name=name, strong=strong)
                continue
            beside = fitted.adjusted(confounder)
            dof = beside.dof if beside.test_dof is None else beside.test_dof
            self.add(term, "confounder", of_t(beside.estimate, beside.std_error * beside.ratio, dof), question.row)
            if confounder.outcome >= 1:
                self.note("all_the_rest", name=name, strong=strong)
            if question.row is self.about[0]:
                self.marks.append((f"{name} × {times}", confounder.score, confounder.outcome))

    def oster(self, question: AskedCoefficient) -> None:
        """Oster's delta, and the coefficient at a delta of one, at both values of Rmax."""
        if not question.covariates:
            self.note("no_covariates")
            return
        X = question.X
        chosen = robustness.selection(X[:, question.position], question.y, X[:, question.covariates], X[:, list(question.always)])
        for rmax in dict.fromkeys([min(OSTER_FACTOR * chosen.long_r2, 1.0), 1.0]):
            inside = named("", question.arm, f"Rmax={rmax:.3g}")[1:-1]
            delta, roots = chosen.delta(rmax), chosen.coefficients(rmax)
            fitting = [root for root, keeps in roots if keeps]
            self.add(f"oster_delta[{inside}]", "oster", delta, question.row)
            self.add(f"oster_beta[{inside}]", "oster", fitting[0] if fitting else NAN, question.row)
            if len(fitting) != 1:
                others = Joined(*(Phrase("association.sensitivity.root", root=root) for root in fitting[1:]), mark="; ")
                self.note("more_roots" if fitting else "no_root", inside=inside, others=others)
            if not math.isfinite(delta):
                self.note("no_delta", inside=inside)
        shown = {name: getattr(chosen, name) for name in ("short", "short_r2", "long", "long_r2")}
        self.note("oster", **shown)

    def ratios(self, result: Regression) -> None:
        """E-values of the headline's ratio, or why there are none."""
        rows: list[Any] = result.table.to_dict("records")
        ratio = _find(rows, result.lead[0], ("odds_ratio", "firth", "rate_ratio"))
        if ratio is None:
            self.note("no_ratio")
            return
        odds = ratio["method"] != "rate_ratio"
        common = odds and (result.frame is None or float(result.frame.y.mean()) >= COMMON)
        power, method = (0.5, "bias_factor_root") if common else (1.0, "bias_factor")
        self.ratio = ratio
        self.add("e_value", method, robustness.e_value(ratio["estimate"] ** power), ratio)
        limit = NAN
        if not is_missing(ratio["ci_low"]):
            limit = robustness.e_value(robustness.nearer_one(ratio["ci_low"], ratio["ci_high"]) ** power)
        else:
            self.note("no_limit")
        self.add("e_value_limit", method, limit, ratio)
        self.note("e_value_common" if common else "e_value", on=result.on)

    def rosenbaum(self, result: Change) -> None:
        binary = result.pairs.kind == "pass_fail"
        test = matched_test(paired.differences(result.pairs.before, result.pairs.after), binary)
        gamma = NAN if test is None else test.gamma(self.level)
        self.add("gamma", "rosenbaum_mcnemar" if binary else "rosenbaum", gamma, self.about[0])
        self.note("gamma" if test is not None else "no_difference")


def _of_regression(result: Regression, benchmark: list[str]) -> _Findings:
    question = _regression_question(result)
    about = question.row if question else result.headline.to_dict()
    share = result.family == "binary"
    found = _Findings(result.level, (about,), {
        "design": "association", "outcome": result.outcome, "score": result.on, "scope": result.scope, "share": share})
    if question is None:
        found.note("no_rows")
    else:
        _check_benchmarks([question], benchmark)
        if about["method"] != result.lead[1]:
            found.note("about_row", method=METHODS[str(about["method"])])
        found.linear(question, benchmark)
    found.ratios(result)
    found.note("no_pairs", "no_lot")
    return found


def _regression_question(result: Regression) -> AskedCoefficient | None:
    """The least-squares regression behind the headline; None of Parquet files, whose rows are not kept."""
    frame, term = result.frame, result.lead[0]
    if frame is None:
        return None
    rows = {(row["term"], row["method"]): row for row in result.table.to_dict("records")}
    if result.scope == "rows":
        X = np.column_stack([np.ones(frame.n), frame.x, frame.adjust])
        names = ("1", frame.on, *frame.adjust_names)
        return AskedCoefficient("", rows[term, "cr2"], X, frame.y, names, 1, (0,), frame.n - X.shape[1])
    design = design_of(frame)
    if result.scope == "between":
        Z, points, names, _ = unit_level(design)
        return AskedCoefficient("", rows[term, "unit_means"], Z, points["y"], names, 1, (0,), len(Z) - Z.shape[1])
    X, y, names = within_level(design)
    return AskedCoefficient("", rows[term, "cr2"], X, y, names, 0, (), len(X) - design.n_units - X.shape[1])


def _of_change(result: Change, benchmark: list[str], matched: bool) -> _Findings:
    """Figures of ANCOVA for arms, Lee's bounds for arms drawn by lot, gamma for matched people."""
    level, pairs = result.options.level, result.pairs
    rows: list[Any] = result.table.to_dict("records")
    if matched:
        unmatched = pairs.arms, pairs.cluster is not None, pairs.kind == "ordinal"
        wrong = dict(zip(("`group`", "`cluster`", "ordinal"), unmatched, strict=True))
        if any(wrong.values()):
            raise StatisticsError("K367", what=next(what for what, holds in wrong.items() if holds))
    design: Design = "matched" if matched else "one_group"
    if pairs.arms:
        design = "random" if result.selection == "random" else "arms"
    share = pairs.kind == "pass_fail"
    found = _Findings(level, (result.headline.to_dict(),), {
        "design": design, "outcome": "", "score": "", "scope": "rows", "share": share})
    questions = _arm_questions(result) if design == "arms" else []
    _check_benchmarks(questions, benchmark)
    if questions:
        found.about = tuple(question.row for question in questions)
    for question in questions:
        found.linear(question, benchmark)
    if design == "random":
        lee = result.leavers().table
        for row in lee[lee["term"].str.startswith("lee_")].to_dict("records"):
            found.add(row["term"], row["method"], of_row(row, level), row)
        found.note("lot" if found.sheet.rows else "lot_nobody_left")
        changes = [_find(rows, named("did", arm), ("cr2", "welch")) for arm in pairs.arms[1:]]
        found.about = tuple(row for row in changes if row is not None)
    if design == "matched":
        found.rosenbaum(result)
    found.note(*LEFT_OUT[design])
    return found


def _arm_questions(result: Change) -> list[AskedCoefficient]:
    """ANCOVA of each arm that has an estimate."""
    pairs = result.pairs
    X, names, known = ancova_design(pairs)
    rows: list[Any] = result.table.to_dict("records")
    others = tuple(range(len(pairs.arms)))
    questions = []
    for k, arm in enumerate(pairs.arms[1:], start=1):
        row = _find(rows, named("ancova", arm), ("cr2", "ols"))
        if row is not None and not is_missing(row["estimate"]):
            always = tuple(i for i in others if i != k)
            questions.append(AskedCoefficient(arm, row, X, pairs.after[known], names, k, always, len(X) - X.shape[1]))
    return questions


def _find(rows: list[Any], term: str, methods: Sequence[str]) -> Any:
    """The first row of a term by preference of method; None where there is none."""
    return next((row for method in methods for row in rows if (row["term"], row["method"]) == (term, method)), None)


def _check_benchmarks(questions: list[AskedCoefficient], benchmark: list[str]) -> None:
    """K366 where a benchmark is no covariate of the regression, or there is no regression."""
    known = questions[0].known if questions else []
    unknown = [name for name in benchmark if not (questions and questions[0].columns_of(name))]
    if unknown:
        raise StatisticsError("K366", names=", ".join(unknown), known=", ".join(known) or "-")


def _say(key: str, **facts: Any) -> Phrase:
    return Phrase(f"association.sensitivity.{key}", **facts)


def _facts(figures: Mapping[str, Any], row: Mapping[Any, Any]) -> Text:
    """Interval and n, as they stand in brackets."""
    interval = None if figures["low"] is None else Phrase(
        "association.facts.interval", level=row["ci_level"], low=figures["low"], high=figures["high"], size=""
    )
    return Joined(interval, Phrase("association.facts.n", n=row["n"]), mark="; ")
