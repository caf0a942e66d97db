"""How many units a clear answer would need (chapter leadership)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.answers import verdicts
from karier_stats.answers.record import Answer, Finding
from karier_stats.chapters import counting
from karier_stats.chapters.claims import plain
from karier_stats.chapters.counting import in_words
from karier_stats.errors import StatisticsError
from karier_stats.stats.plan.power import power
from karier_stats.words.numbers import both, integer, number

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation
    from karier_stats.stats.association.regression import Regression


def units_needed(of: Callable[[Evaluation], Answer], ev: Evaluation, rows: pd.DataFrame, result: Regression) -> list[Finding]:
    """Units that would show the smallest association worth acting on; nothing where that cannot be computed.

    Notes
    -----
    Test of unit means with the sizes, the intraclass correlation and the spread of engagement seen in these data; the
    correlation is that before engagement is taken out, which asks for rather more units than fewer.
    """
    units = rows.groupby("unit_id", sort=True)["engagement"].agg(["mean", "size"])
    icc = next((plain(row["estimate"]) for _, row in result.table.iterrows() if row["term"] == "icc"), float("nan"))
    effect = verdicts.smallest("slope") * float(units["mean"].std()) / float(rows["took_part"].std())
    size = float(units["size"].mean())
    try:
        plan = power(
            design="slope", effect=effect, size=size, size_cv=float(units["size"].std(ddof=0)) / size,
            icc=max(icc, 0.0), level=ev.level,
        )
    except StatisticsError:
        return []
    needed = plain(plan.headline["estimate"])
    if not needed >= 1:
        return []
    sentence = in_words(lambda lang: _words(needed, len(units), icc, size, lang))
    return [
        counting.finding(
            of, ev, counting.exact(needed), len(rows), sentence, part="units_needed", measure="unit", precise=True,
            n_units=len(units),
        )
    ]


def _words(needed: float, have: int, icc: float, size: float, lang: str) -> str:
    """What a plan would take, beside what there is."""
    smallest, mean = number(100 * verdicts.smallest("slope"), lang, 0), number(size, lang, 0)
    return both(
        f"Agar keterkaitan sebesar {smallest} poin persentase per poin indeks dapat terlihat (daya uji 80 persen), "
        f"diperlukan sekurang-kurangnya {integer(needed, 'id')} unit seperti ini (rata-rata {mean} pegawai-tahun, ICC "
        f"{number(icc, 'id', 3)}); data ini memuat {integer(have, 'id')} unit.",
        f"For an association of {smallest} percentage points per point of the index to be seen (80 percent power), at "
        f"least {integer(needed, 'en')} units like these are needed ({mean} staff-years on average, ICC "
        f"{number(icc, 'en', 3)}); these data hold {integer(have, 'en')} units.",
    )[lang]
