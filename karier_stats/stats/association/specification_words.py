"""A specification curve in words and as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from karier_stats.words.numbers import (
    Text,
    both,
    figures,
    integer,
    interval,
    is_missing,
    level_digits,
    number,
    p_value,
    percent,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from karier_stats.stats.association.specification import Specifications

_SEEN, _UNSEEN = "#bb3e03", "#8a9ba8"
ROWS_TO = 30
"""Up to so many options are drawn under the curve."""


def notes(
    on: str, by_unit: bool, standardised: bool, same: int, failed: int, untested: int, reason: str
) -> list[Text]:
    """What was tested, what the estimates are, and which specifications have none."""
    dealt = both("rata-rata unitnya dibagikan ulang di antara unit", "its unit means are dealt out anew among units") \
        if by_unit else both("nilainya dibagikan ulang di antara baris", "its values are dealt out anew among rows")
    found: list[Text] = [both(
        f"p bersama: `{on}` diacak ({dealt['id']}) dan seluruh kurva dihitung ulang; yang diuji ialah bahwa `{on}` "
        "tidak "
        "berkaitan dengan apa pun, termasuk peubah penyesuai (Simonsohn, Simmons & Nelson 2020).",
        f"Joint p: `{on}` is permuted ({dealt['en']}) and the whole curve computed anew; the test is of `{on}` going "
        "with "
        "nothing, covariates included (Simonsohn, Simmons & Nelson 2020).",
    )]
    if standardised:
        found.append(both(
            f"Taksiran dalam simpangan baku hasil per simpangan baku `{on}`, keduanya dari semua baris.",
            f"Estimates in standard deviations of the outcome per standard deviation of `{on}`, both over all rows.",
        ))
    found.append(both(
        "Semua spesifikasi yang dinyatakan di muka ikut dihitung dengan bobot sama; tidak ada yang dipilih.",
        "All specifications that were declared count alike; none is picked.",
    ))
    if same:
        found.append(both(
            f"{integer(same, 'id')} gabungan pilihan menghasilkan regresi yang sama dengan yang lain dan dihitung "
            "satu kali.",
            f"{integer(same, 'en')} combinations come to the same regression as another one, which counts once.",
        ))
    if failed:
        found.append(both(
            f"{integer(failed, 'id')} spesifikasi tidak dapat dihitung dan tidak ikut. Alasan pertama: {reason}",
            f"{integer(failed, 'en')} specifications could not be computed and do not count. The first reason: "
            f"{reason}",
        ))
    if untested:
        found.append(both(
            f"{integer(untested, 'id')} spesifikasi memiliki taksiran tanpa uji dan dihitung sebagai belum terlihat.",
            f"{integer(untested, 'en')} specifications have an estimate without a test and count as not seen.",
        ))
    return found


def empty_cells(gaps: Mapping[str, int]) -> Text:
    """How many cells are empty, by column, and what becomes of their rows."""
    words = {
        lang: "; ".join(f"`{name}` {integer(count, lang)}" for name, count in gaps.items()) for lang in ("id", "en")
    }
    return both(
        f"Sel kosong menurut kolom ({words['id']}): barisnya tidak ikut pada spesifikasi yang memerlukan kolom itu.",
        f"Empty cells by column ({words['en']}): their rows are left out of the specifications that need the column.",
    )


def sentence(result: Specifications, lang: str) -> str:
    """Median, range, direction and visibility, with the joint p of each."""
    median, same, seen = (result.row(term) for term in ("curve_median", "curve_same_sign", "curve_seen"))
    count, computed = integer(len(result.curve), lang), result.computed["estimate"]
    found = [float(median["estimate"]), float(computed.min()), float(computed.max())]
    (value, low, high), size = figures(found, lang, max(map(abs, found)) / 10)  # three figures
    value, bounds = value + size, f"{low} {both('s.d.', 'to')[lang]} {high}{size}"
    alpha = 1 - result.level
    taraf = {code: percent(alpha, code, level_digits(result.level)) for code in ("id", "en")}
    told = p_value(median["p_value"], lang)
    verdict = both(
        ("kurva ini sulit dijelaskan oleh kebetulan saja" if median["p_value"] < alpha
         else "kurva seperti ini masih dapat muncul secara kebetulan") + f" ({told} bersama)",
        ("chance alone hardly makes such a curve" if median["p_value"] < alpha
         else "chance may still make such a curve") + f" (joint {told})",
    )[lang]
    return both(
        f"Dari {count} spesifikasi, median taksiran pada `{result.on}` {value} (terendah dan tertinggi {bounds}; n = "
        f"{integer(median['n'], 'id')}); {percent(same['estimate'], 'id', 0)} searah dengan median dan "
        f"{percent(seen['estimate'], 'id', 0)} searah serta terlihat pada taraf {taraf['id']}; {verdict}.",
        f"Over {count} specifications the median estimate on `{result.on}` is {value} (lowest and highest {bounds}; n "
        "= "
        f"{integer(median['n'], 'en')}); {percent(same['estimate'], 'en', 0)} have the median's sign and "
        f"{percent(seen['estimate'], 'en', 0)} have it and are seen at the level of {taraf['en']}; "
        f"{verdict}.",
    )[lang]


def _options(result: Specifications) -> list[tuple[str, str]]:
    """Every option of every choice that has more than one, in the order of first appearance in the curve."""
    return [
        (name, label) for name in result.choices if result.curve[name].nunique() > 1
        for label in sorted(result.curve[name].unique())
    ]


def draw(result: Specifications, ax: Axes | None, lang: str) -> Axes:
    """Estimates in their order; under them a mark for every option that each rests on. Nothing is computed."""
    import matplotlib.pyplot as plt

    options = _options(result)[:ROWS_TO]
    if ax is None:
        _, ax = plt.subplots(figsize=(7.5, 3.0 + 0.22 * len(options)), layout="constrained")
    ax.set_axis_off()
    share = 0.58 if options else 1.0
    top = ax.inset_axes((0.0, 1 - share, 1.0, share))
    curve = result.computed
    places = np.arange(len(curve))
    seen = (curve["p_value"] < 1 - result.level).fillna(False).to_numpy(dtype=bool)
    for mask, colour, name in (
        (seen, _SEEN, both("terlihat", "seen")), (~seen, _UNSEEN, both("belum terlihat", "not seen"))
    ):
        if mask.any():
            top.scatter(places[mask], curve["estimate"].to_numpy(float)[mask], s=14, color=colour, label=name[lang])
    top.axhline(0, color="0.35", linewidth=0.8)
    top.axhline(float(result.headline["estimate"]), color="0.35", linewidth=0.8, linestyle="--")
    top.set_ylabel(both("Taksiran\n(putus-putus: median)", "Estimate\n(dashed: median)")[lang])
    top.legend(frameon=False, fontsize="small")
    top.set_xticks([])
    if options:
        _draw_options(result, ax.inset_axes((0.0, 0.0, 1.0, 0.38)), options, seen)
    return ax


def _draw_options(
    result: Specifications, panel: Axes, options: list[tuple[str, str]], seen: np.ndarray
) -> None:
    """One line per option, a mark where a specification takes it."""
    curve, places = result.computed, np.arange(len(result.computed))
    for line, (name, label) in enumerate(options):
        taken = (curve[name] == label).to_numpy(dtype=bool)
        for mask, colour in ((taken & seen, _SEEN), (taken & ~seen, _UNSEEN)):
            panel.scatter(places[mask], np.full(mask.sum(), -line), s=9, marker="s", color=colour)
    panel.set_yticks([-line for line in range(len(options))], [f"{name}: {label}" for name, label in options],
                     fontsize="small")
    panel.set_xticks([])
    panel.margins(y=0.08)


def alternative(result: Specifications, lang: str) -> str:
    """The picture in words: how many points, their range, the median, and the median of each option."""
    curve = result.computed
    parts = []
    for name, label in _options(result)[:ROWS_TO]:
        values = curve.loc[curve[name] == label, "estimate"]
        middle = None if values.empty else float(values.median())
        parts.append(f"{name} {label} {number(middle, lang, 3)}" if not is_missing(middle) else f"{name} {label} –")
    bounds = interval(curve["estimate"].min(), curve["estimate"].max(), lang, 3)
    options = "; ".join(parts)
    return both(
        f"Kurva {integer(len(curve), 'id')} taksiran menurut urutannya, {bounds}, median "
        f"{number(result.headline['estimate'], 'id', 3)}." + (f" Median tiap pilihan: {options}." if options else ""),
        f"Curve of {integer(len(curve), 'en')} estimates in their order, {bounds}, median "
        f"{number(result.headline['estimate'], 'en', 3)}." + (f" Median of each option: {options}." if options else ""),
    )[lang]
