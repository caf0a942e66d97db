"""About eighty calls of the verbs: verb, kind of outcome, design and level, on data made from a seed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd

import karier_stats as ks
from karier_stats.stats.results import Result

SELECTIONS = ("random", "low_before", "ability", "unknown")


@cache
def people(units: int = 14, size: int = 9, seed: int = 4) -> pd.DataFrame:
    """Staff in units with scores before, after and later, arms, courses, hours, a leader's score, and gaps."""
    draw = np.random.default_rng(seed)
    n = units * size
    unit = np.repeat(np.arange(units), size)
    arm = np.where(draw.random(n) < 0.45, "pelatihan", "pembanding")
    lead = np.repeat(draw.uniform(1, 5, units), size)
    own = lead + draw.normal(0, 0.8, n)
    before = np.clip(60 + 4 * draw.normal(size=units)[unit] + draw.normal(0, 9, n), 0, 100).round(1)
    after = np.clip(before + 3 + 5 * (arm == "pelatihan") + draw.normal(0, 6, n), 0, 100).round(1)
    later = np.where(draw.random(n) < 0.7, np.clip(after - 2 + draw.normal(0, 4, n), 0, 100).round(1), np.nan)
    after[draw.random(n) < 0.1] = np.nan
    took = (draw.random(n) < 1 / (1 + np.exp(-(0.5 * own - 1.5)))).astype(int)
    frame = pd.DataFrame({
        "orang": [f"orang {k:03d}" for k in range(n)], "unit": [f"unit {k:02d}" for k in unit], "arm": arm,
        "tiga": np.where(arm == "pembanding", arm, np.where(draw.random(n) < 0.5, "seminar", "bimtek")),
        "bentuk": draw.choice(["seminar", "bimtek", "workshop"], n), "before": before, "after": after, "later": later,
        "jp": draw.integers(4, 40, n), "lead": lead, "own": own, "took": took,
        "courses": draw.poisson(np.maximum(0.2 + 0.4 * own, 0.1)),
        "umur": draw.choice(["muda", "madya", "utama"], n), "jenis": draw.choice(["PNS", "PPPK"], n),
        "lulus0": (before > 60).astype(int), "lulus1": (np.nan_to_num(after, nan=66) > 63).astype(int),
    })
    for k in range(1, 5):
        frame[f"q{k}"] = np.clip(np.round(own + draw.normal(0, 0.9, n)), 1, 5)
    return frame


def _ordinal() -> pd.DataFrame:
    """Levels of an answer before and after."""
    kind = pd.CategoricalDtype([1.0, 2.0, 3.0, 4.0, 5.0], ordered=True)
    return people().assign(awal=people()["q1"].astype(kind), akhir=people()["q2"].astype(kind))


def _compare(**more: object) -> Callable[[], Result]:
    """``compare`` on scores before and after."""
    return lambda: ks.compare(people(), **({"before": "before", "after": "after"} | more))


def _arms(**more: object) -> Callable[[], Result]:
    """The same with a comparison arm."""
    return _compare(group="arm", control="pembanding", **more)


def _long() -> Result:
    """The same people in long form."""
    long = people().melt(["orang", "arm"], ["before", "after"], "gelombang", "nilai").dropna(subset="nilai")
    return ks.compare(
        long, before="before", after="after", outcome="nilai", wave="gelombang", person="orang", group="arm",
        control="pembanding", selection="ability",
    )


CALLS: dict[str, Callable[[], Result]] = {
    "compare one group": _compare(),
    "compare one group, level 0.9": _compare(level=0.9),
    "compare one group, scale": _compare(scale=(0, 100)),
    "compare one group, clusters": _compare(cluster="unit"),
    "compare one group, by": _compare(by="bentuk"),
    "compare one group, by in clusters": _compare(by="bentuk", cluster="unit"),
    "compare one group, later": _compare(after=["after", "later"]),
    "compare one group, dose": _compare(dose="jp"),
    "compare one group, dose in clusters": _compare(dose="jp", cluster="unit"),
    "compare one group, margin": _compare(smallest_effect=3),
    "compare one group, wide margin": _compare(smallest_effect=20, level=0.99),
    "compare long": _long,
    **{f"compare arms, {how}": _arms(selection=how) for how in SELECTIONS},
    **{f"compare arms in clusters, {how}": _arms(selection=how, cluster="unit") for how in SELECTIONS},
    "compare arms, adjusted": _arms(selection="low_before", adjust=["umur", "jp"]),
    "compare arms, adjusted in clusters": _arms(selection="random", adjust="umur", cluster="unit"),
    "compare arms, by": _arms(selection="ability", by="bentuk"),
    "compare arms, by in clusters": _arms(selection="ability", by="bentuk", cluster="unit"),
    "compare arms, later": _arms(selection="ability", after=["after", "later"]),
    "compare arms, later in clusters": _arms(selection="low_before", after=["after", "later"], cluster="unit"),
    "compare arms, scale and margin": _arms(selection="unknown", scale=(0, 100), smallest_effect=3),
    "compare three arms": _compare(group="tiga", control="pembanding", selection="ability"),
    "compare three arms in clusters": _compare(group="tiga", control="pembanding", selection="unknown", cluster="unit"),
    "compare pass or fail": _compare(before="lulus0", after="lulus1"),
    "compare pass or fail, clusters": _compare(before="lulus0", after="lulus1", cluster="unit"),
    "compare pass or fail, arms": _arms(before="lulus0", after="lulus1", selection="ability"),
    "compare ordered": lambda: ks.compare(_ordinal(), before="awal", after="akhir"),
    "compare ordered in clusters": lambda: ks.compare(_ordinal(), before="awal", after="akhir", cluster="unit"),
    "compare ordered arms": lambda: ks.compare(_ordinal(), before="awal", after="akhir", group="arm", control="pembanding"),
    "compare few": lambda: ks.compare(people().head(7), before="before", after="after"),
    "compare net gain": lambda: ks.compare(
        people()[people()["before"] < 60], before="before", after="after"
    ).net_gain(reliability=0.8, pool=people()["before"]),
    "compare leavers": lambda: _arms(selection="ability")().leavers(),  # type: ignore[attr-defined]
    "regress score": lambda: ks.regress(people(), outcome="before", on="lead", unit="unit"),
    "regress score, own": lambda: ks.regress(people(), outcome="before", on="own", unit="unit"),
    "regress score, level 0.9": lambda: ks.regress(people(), outcome="before", on="own", unit="unit", level=0.9),
    "regress score, adjusted": lambda: ks.regress(people(), outcome="before", on="own", unit="unit", adjust=["umur", "jp"]),
    "regress rows": lambda: ks.regress(people(), outcome="before", on="own"),
    "regress rows, adjusted": lambda: ks.regress(people(), outcome="before", on="own", adjust="umur"),
    "regress persons": lambda: ks.regress(
        pd.concat([people(), people().assign(before=lambda d: d["before"] + 1)]), outcome="before", on="own", person="orang"
    ),
    "regress share": lambda: ks.regress(people(), outcome="took", on="own", unit="unit"),
    "regress share of the unit's score": lambda: ks.regress(people(), outcome="took", on="lead", unit="unit"),
    "regress share, rows": lambda: ks.regress(people(), outcome="took", on="own"),
    "regress share, adjusted": lambda: ks.regress(people(), outcome="took", on="own", unit="unit", adjust=["jenis"]),
    "regress count": lambda: ks.regress(people(), outcome="courses", on="own", unit="unit", family="count"),
    "regress count, rows": lambda: ks.regress(people(), outcome="courses", on="own", family="count"),
    "regress moderators": lambda: ks.regress(people(), outcome="took", on="own", unit="unit", moderators=["jenis", "umur"]),
    "regress bend": lambda: ks.regress(people(), outcome="before", on="own", unit="unit", dose_response="quadratic"),
    "regress 50 units": lambda: ks.regress(people(50, 8), outcome="before", on="own", unit="unit"),
    "regress 5 units": lambda: ks.regress(people(5, 12), outcome="took", on="lead", unit="unit"),
    "agreement": lambda: ks.agreement(people(), items=["q1", "q2", "q3", "q4"], unit="unit", scale=(1, 5)),
    "agreement of one item": lambda: ks.agreement(people(), items="q1", unit="unit", scale=(1, 5)),
    "reliability": lambda: ks.reliability(people(), items=["q1", "q2", "q3", "q4"]),
    "reliability of two items": lambda: ks.reliability(people(), items=["q1", "q2"]),
    "raters": lambda: ks.raters(people(), raters=["q1", "q2"]),
    "raters, three": lambda: ks.raters(people(), raters=["q1", "q2", "q3"]),
    "sensitivity of a comparison": lambda: ks.sensitivity(_arms(selection="ability")()),
    "sensitivity of a regression": lambda: ks.sensitivity(
        ks.regress(people(), outcome="before", on="own", unit="unit", adjust=["umur"])
    ),
    "sensitivity of a share": lambda: ks.sensitivity(ks.regress(people(), outcome="took", on="own", unit="unit")),
    "specifications": lambda: ks.specifications(
        people(), on="lead", unit="unit", draws=49,
        choices={"outcome": {"took": "took", "courses": "courses"}, "adjust": {"none": (), "jenis": ("jenis",)}},
    ),
    "compare_units share": lambda: ks.compare_units(people(), outcome="took", unit="unit"),
    "compare_units share, adjusted": lambda: ks.compare_units(people(), outcome="took", unit="unit", adjust=["umur"]),
    "compare_units mean": lambda: ks.compare_units(people(), outcome="before", unit="unit"),
    "compare_units mean, adjusted": lambda: ks.compare_units(people(), outcome="before", unit="unit", adjust=["umur"]),
    "compare_units level 0.9": lambda: ks.compare_units(people(), outcome="took", unit="unit", level=0.9),
    "power two arms": lambda: ks.power(n=60),
    "power people": lambda: ks.power(effect=0.4, level=0.99),
    "power paired": lambda: ks.power(design="paired", n=30, sd=9, r=0.65),
    "power shares": lambda: ks.power(design="shares", share=0.4, n=90),
    "power shares, downwards only": lambda: ks.power(design="shares", share=0.9, n=20),
    "power slope": lambda: ks.power(design="slope", units=8, size=25, icc=0.1),
    "power slope, unequal units": lambda: ks.power(design="slope", sizes=[6, 9, 12, 18, 25, 30, 40, 60], icc=0.1),
    "power units": lambda: ks.power(effect=0.5, icc=0.1, size=25, size_cv=0.6),
    "power itself": lambda: ks.power(effect=0.5, n=60, power=None),
    "power never": lambda: ks.power(units=8, icc=0.1, effect=0.3),
}
