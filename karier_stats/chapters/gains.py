"""What a course added to its participants' scores, form by form, and over all forms."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from karier_stats.chapters import claims, nesting
from karier_stats.domain.codes import FORM, SELECTION, label
from karier_stats.errors import StatisticsError
from karier_stats.stats.change.compare import compare
from karier_stats.stats.change.result import Change
from karier_stats.stats.numerics import strata
from karier_stats.stats.numerics.estimate import Estimate, between, of_t
from karier_stats.stats.numerics.multiplicity import holm, holm_levels
from karier_stats.views import scores
from karier_stats.words.numbers import both, integer, listing

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation
KNOWN_CHOICE = 0.8
"""Where the way of choosing is known for fewer participants, the evidence is one grade less."""
ASSUMPTION = {
    "did": both(
        "tanpa pelatihan kedua kelompok akan berubah sama besar",
        "without the training both groups would have changed alike",
    ),
    "ancova": both(
        "tanpa pelatihan, peserta dan pembanding dengan nilai pretes yang sama akan memperoleh nilai akhir yang sama",
        "without the training, participants and comparison people with equal pre-test scores would have ended alike",
    ),
}


@dataclass(frozen=True)
class Gain:
    """The gain of one form of training against its comparison people.

    Attributes
    ----------
    form, selection : str
        Codes of ``FORM`` and ``SELECTION``.
    base : str
        ``did`` or ``ancova``: the estimate that leads, by how people were chosen.
    row : Series
        Its row of the result's table.
    result : Change
        The whole comparison.
    people : DataFrame
        Participants and comparison people with both tests who are compared.
    cluster : str or None
        Column that they are clustered by.
    adjust : tuple of str
        Covariates of the ANCOVA beside the pre-test.
    without, off_site : DataFrame
        Those left out because their unit, or their site, is not known.
    level : float
        Of the interval; above the report's where several tests make one family.
    """

    form: str
    selection: str
    base: str
    row: pd.Series
    result: Change
    people: pd.DataFrame
    cluster: str | None
    adjust: tuple[str, ...]
    without: pd.DataFrame
    off_site: pd.DataFrame
    level: float

    @property
    def trained(self) -> int:
        """Participants with both tests."""
        return int((self.people["arm"] == scores.TRAINED).sum())

    @property
    def control(self) -> int:
        """Comparison people with both tests."""
        return int((self.people["arm"] == scores.CONTROL).sum())

    @property
    def fewest(self) -> int:
        """People in the smaller arm: those whom disclosure control must protect."""
        return min(self.trained, self.control)

    @property
    def estimate(self) -> Estimate:
        """The leading estimate with its interval at ``level``, in points."""
        return self.interval(self.row)

    def interval(self, row: pd.Series) -> Estimate:
        """An estimate of this comparison with its interval at ``level``."""
        value, error, dof = (claims.plain(row[name]) for name in ("estimate", "std_error", "dof"))
        found = of_t(value, error, dof, self.level)
        return between(found.estimate, found.low, found.high)

    @property
    def made(self) -> nesting.Made:
        """What it is the gain of, and the method of its row."""
        return nesting.Made(both(*(label(FORM, self.form, lang) for lang in ("id", "en"))), str(self.row["method"]))

    def other(self, base: str) -> pd.Series:
        """The row of ``did`` or ``ancova`` by the method of the leading row where it has one."""
        return preferred(self.result, f"{base}[{scores.TRAINED}]")

    @property
    def agree(self) -> bool:
        """Whether the two estimates lead to one conclusion; asked only where the way of choosing is unknown."""
        if self.selection != "unknown":
            return True
        one, two = (self.interval(self.other(base)) for base in ("did", "ancova"))
        return claims.decided(one) == claims.decided(two) and math.copysign(1, one.value) == math.copysign(1, two.value)


def preferred(result: Change, term: str) -> pd.Series:
    """The row of a term by CR2 where there are clusters, else by Welch, else by least squares."""
    rows = result.table[result.table["term"] == term]
    order = ["cr2", "welch", "ols"]
    rows = rows[rows["method"].isin(order)]
    return rows.iloc[int(np.argmin([order.index(method) for method in rows["method"]]))]


def by_form(ev: Evaluation, pairs: pd.DataFrame) -> list[Gain]:
    """The gain of every form that has comparison people, in the order of the code list."""
    trained = pairs[pairs["arm"] == scores.TRAINED]
    found = []
    for form in [code for code in FORM if code in set(trained["form"])]:
        courses = set(trained.loc[trained["form"] == form, "program_id"])
        gain = one_form(ev, scores.beside(pairs, courses), form)
        if gain is not None:
            found.append(gain)
    return found


def one_form(ev: Evaluation, part: pd.DataFrame, form: str) -> Gain | None:
    """The gain of one form; None where the comparison cannot be made."""
    group = nesting.nested(part)
    people, off_site = _with_sites(group.rows)
    if not scores.has_control(people):
        return None
    chosen = people.loc[people["arm"] == scores.TRAINED, "selection"].unique()
    selection = str(chosen[0]) if len(chosen) == 1 else "unknown"
    adjust = ("site",) if _sites_tell(people) else ()
    try:
        result = compare(
            people, before="pre", after="post", group="arm", control=scores.CONTROL, cluster=group.cluster,
            adjust=adjust, selection=selection, level=ev.level, seed=ev.seed,  # type: ignore[arg-type]
        )
    except StatisticsError:
        return None
    row = result.headline
    if math.isnan(claims.plain(row["std_error"])):
        return None
    base = str(row["term"]).split("[")[0]
    return Gain(
        form, selection, base, row, result, people, group.cluster, adjust, group.without, off_site, ev.level,
    )


def _with_sites(people: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Those whose site is known and those left out for it; all where half or more of an arm have none."""
    known = people["site"].notna()
    few = not known.any() or (known.groupby(people["arm"]).mean() < 1 - nesting.MOST_WITHOUT).any()
    return (people, people.iloc[:0]) if few else (people[known], people[~known])


def _sites_tell(people: pd.DataFrame) -> bool:
    """Whether sites can be a covariate: all known, two or more, one with both arms, and few beside the people."""
    site = people["site"]
    if site.isna().any() or not 2 <= site.nunique() <= len(people) / 4:
        return False
    return bool((people.groupby(site.astype(str))["arm"].nunique() > 1).any())


def site_notes(found: list[Gain]) -> tuple[dict[str, str], ...]:
    """Where sites are a covariate of the ANCOVA, and where they are given and are not."""
    used, lost = [gain for gain in found if gain.adjust], sum(len(gain.off_site) for gain in found)
    given = [gain for gain in found if gain.people["site"].notna().any() and not gain.adjust]
    notes = []
    if used:
        most = max(gain.people["site"].nunique() for gain in used)
        notes.append(both(
            f"ANCOVA memperhitungkan lokasi (paling banyak {integer(most, 'id')} lokasi).",
            f"The ANCOVA allows for the site (up to {integer(most, 'en')} sites).",
        ))
    if lost:
        notes.append(both(
            f"{integer(lost, 'id')} orang yang lokasinya tidak diketahui tidak ikut dihitung.",
            f"{integer(lost, 'en')} {'person' if lost == 1 else 'people'} whose site is not known "
            f"{'is' if lost == 1 else 'are'} left out.",
        ))
    if given:
        notes.append(both(
            "Lokasi tidak diperhitungkan bila tidak diketahui bagi sebagian besar orang, hanya satu, terlalu banyak, atau tidak "
            "memuat kedua kelompok.",
            "The site is no covariate where it is not known for most people, is one only, comes in too many, or never holds "
            "both arms.",
        ))
    return tuple(notes)


def as_family(found: list[Gain], level: float) -> list[Gain]:
    """The gains with their intervals at the levels of Holm's steps: zero is left out just where the adjusted p says so."""
    levels = holm_levels([claims.plain(gain.row["p_value"]) for gain in found], level)
    return [replace(gain, level=float(each)) for gain, each in zip(found, levels, strict=True)]


def robust(found: list[Gain]) -> bool:
    """Whether reasonable methods agree and it is known how most participants were chosen."""
    known = sum(gain.trained for gain in found if gain.selection != "unknown")
    return all(gain.agree for gain in found) and known >= KNOWN_CHOICE * sum(gain.trained for gain in found)


def people_of(found: list[Gain]) -> pd.DataFrame:
    """All who are compared in some gains, comparison people who stand beside several of them once."""
    people = pd.concat([gain.people for gain in found])
    again = people.duplicated(["employee_uid", "measure", "pre", "post"]) & (people["arm"] == scores.CONTROL)
    return people[~again]


def without_unit(found: list[Gain]) -> int:
    """People of some gains who are left out because their unit is not known."""
    return sum(len(gain.without) for gain in found)


def apart(ev: Evaluation, found: list[Gain]) -> list[Gain]:
    """The gains as strata that share nobody: forms beside one comparison arm are put together."""
    strata_: list[Gain] = []
    for gain in found:
        mine = _people(gain)
        linked = [other for other in strata_ if mine & _people(other)]
        joined = _joined(ev, [*linked, gain]) if linked else gain
        if joined is None:  # cannot be made together: the form stays out rather than be counted as independent
            continue
        strata_ = [other for other in strata_ if all(other is not one for one in linked)] + [joined]
    return strata_


def _people(gain: Gain) -> set[tuple[str, str]]:
    """The tests of the comparison people of a gain, as person and measure."""
    control = gain.people[gain.people["arm"] == scores.CONTROL]
    return set(zip(control["employee_uid"], control["measure"], strict=True))


def _joined(ev: Evaluation, found: list[Gain]) -> Gain | None:
    """One gain of the people of several, every comparison person once."""
    whole = [replace(gain, people=pd.concat([gain.people, gain.without, gain.off_site])) for gain in found]
    return one_form(ev, people_of(whole), found[0].form)


def overall(ev: Evaluation, found: list[Gain]) -> Estimate:
    """The mean gain over the participants of all forms."""
    parts = apart(ev, found)
    estimates, errors, dofs = (
        [claims.plain(gain.row[name]) for gain in parts] for name in ("estimate", "std_error", "dof")
    )
    return strata.combine(estimates, errors, dofs, [gain.trained for gain in parts], ev.level)


def holm_p(gains: list[Gain]) -> list[float]:
    """Holm-adjusted p-values within the family of forms."""
    return [float(p) for p in holm(np.array([claims.plain(gain.row["p_value"]) for gain in gains]))]


LEAD = {"did": both("beda perubahan", "difference in differences"), "ancova": both("ANCOVA", "ANCOVA")}
"""The estimate that leads, in words."""


def lead_words(gain: Gain) -> dict[str, str]:
    """``method_id`` and ``method_en`` of a table."""
    return {f"method_{lang}": LEAD[gain.base][lang] for lang in ("id", "en")}


def lead_notes(found: list[Gain]) -> tuple[dict[str, str], ...]:
    """Which estimate leads for which way of choosing participants, of the ways that there are."""
    beside = both(" (ANCOVA disebut pula)", " (with ANCOVA beside it)")
    ways = sorted({(gain.selection, gain.base) for gain in found})
    told = {
        lang: listing([
            both(f"{label(SELECTION, way, lang)} memakai {LEAD[base][lang]}{beside[lang] if way == 'unknown' else ''}",
                 f"{label(SELECTION, way, lang)}: {LEAD[base][lang]}{beside[lang] if way == 'unknown' else ''}")[lang]
            for way, base in ways
        ], lang)
        for lang in ("id", "en")
    }
    return (both(
        f"Taksiran utama mengikuti cara memilih peserta: {told['id']}.",
        f"The leading estimate follows how participants were chosen: {told['en']}.",
    ),)


def assumptions(gains: list[Gain], lang: str) -> str:
    """The assumptions that the leading estimates rest on, in words."""
    used = [base for base in ("did", "ancova") if any(gain.base == base for gain in gains)]
    if len(used) == 1:
        return ASSUMPTION[used[0]][lang]
    names = {
        base: listing([label(FORM, gain.form, lang).lower() for gain in gains if gain.base == base], lang)
        for base in used
    }
    return both(
        f"{ASSUMPTION['did']['id']} ({names['did']}) dan {ASSUMPTION['ancova']['id']} ({names['ancova']})",
        f"{ASSUMPTION['did']['en']} ({names['did']}) and {ASSUMPTION['ancova']['en']} ({names['ancova']})",
    )[lang]
