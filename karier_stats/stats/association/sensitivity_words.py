"""Sensitivity in words and as a picture: what a confounder must explain, and why a figure is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from karier_stats.stats import row_picture
from karier_stats.stats.results import METHODS, base_term, name_of
from karier_stats.stats.row_words import digits_for
from karier_stats.words.numbers import Text, both, integer, interval, is_missing, level_percent, number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from karier_stats.stats.association.sensitivity import Sensitivity
    from karier_stats.stats.change.pairing import Pairs
    from karier_stats.stats.numerics.oster import Selection

_BLUE, _RED = "#2a6f97", "#bb3e03"

NO_ROWS = both(
    "RV dan Oster tidak dihitung: baris datanya tidak pernah dimuat sekaligus. Pakai `regress` pada tabel di memori.",
    "No RV and Oster: the rows were never in memory at once. Use `regress` on a table in memory.",
)
NO_ERROR = both(
    "RV tidak dihitung: regresinya tidak menyisakan apa pun untuk dijelaskan, atau derajat bebasnya kurang dari dua.",
    "No RV: the regression leaves nothing to explain, or has fewer than two degrees of freedom.",
)
NO_TEST = both(
    "RV sampai selang memuat nol kosong: hasilnya tidak memiliki selang.",
    "RV until the interval holds zero is empty: the result has no interval.",
)
RATIO_KEPT = both(
    "RV sampai selang memuat nol mengandaikan bahwa perbandingan galat baku hasil ini (tahan heteroskedastisitas atau "
    "menurut klaster) dengan galat baku kuadrat terkecil tidak diubah oleh pengganggu.",
    "RV until the interval holds zero takes it that a confounder leaves the ratio of the standard error of this result "
    "(robust or clustered) to that of least squares as it is.",
)
NO_COVARIATES = both(
    "Oster tidak dihitung: tidak ada peubah penyesuai pada tingkat yang dibandingkan, sehingga tidak ada yang dapat "
    "dijadikan ukuran bagi yang tidak diukur.",
    "No Oster: there is no covariate at the level that is compared, hence nothing to judge the unmeasured by.",
)
NO_RATIO = both(
    "Nilai-E tidak dihitung: hasil ini bukan rasio (odds atau laju).",
    "No E-value: the result is not a ratio (of odds or rates).",
)
NO_LIMIT = both(
    "Nilai-E batas selang kosong: rasionya tidak memiliki selang.",
    "The E-value of the limit is empty: the ratio has no interval.",
)
NO_PAIRS = both(
    "Batas Rosenbaum tidak dihitung: perlu pasangan dua orang yang dicocokkan sebelum program.",
    "No Rosenbaum bounds: they need pairs of two people who were matched before the programme.",
)
NO_LOT = both(
    "Batas Lee tidak dihitung: perlu dua kelompok yang ditetapkan dengan undian.",
    "No Lee bounds: they need two arms that were drawn by lot.",
)
LOT = both(
    "Kelompok ditetapkan dengan undian, sehingga pengganggu yang tidak diukur hanya dapat masuk melalui orang yang "
    "keluar: itulah yang dibatasi oleh batas Lee. RV, Oster, nilai-E, dan Rosenbaum tidak diperlukan.",
    "The arms were drawn by lot, so that an unmeasured confounder can only come in through those who left: Lee's "
    "bounds "
    "cover that. RV, Oster, E-value and Rosenbaum are not needed.",
)
LOT_NOBODY_LEFT = both(
    "Kelompok ditetapkan dengan undian dan tidak seorang pun keluar: tidak ada yang perlu dibatasi.",
    "The arms were drawn by lot and nobody left: there is nothing to bound.",
)
ONE_GROUP = both(
    "RV, nilai-E, Oster, batas Rosenbaum, dan batas Lee tidak dihitung: satu kelompok dibandingkan dengan dirinya "
    "sendiri, sehingga apa pun yang terjadi pada masa yang sama (pengalaman, tes ulang, regresi ke rata-rata) dapat "
    "menjelaskan perubahannya. Perlu kelompok pembanding.",
    "No RV, E-value, Oster, Rosenbaum or Lee bounds: one group is compared with itself, so that anything that happened "
    "in the same time (experience, retest, regression to the mean) can explain the change. A comparison group is "
    "needed.",
)
GAMMA = both(
    "Gamma: selama perbandingan peluang (odds) ikut program antara dua orang sepasang paling besar gamma, nilai p dua "
    "sisi terbesar masih di bawah taraf. Pasangan dianggap saling bebas; pasangan tanpa beda tidak menentukan.",
    "Gamma: as long as the odds of taking part of two people of a pair differ by no more than gamma, the largest "
    "two-sided p is below the level. Pairs are taken as independent; pairs without a difference have no say.",
)
NO_DIFFERENCE = both("Gamma kosong: tidak satu pasangan pun berbeda.", "Gamma is empty: no pair differs.")
NO_OTHERS_MATCHED = both(
    "RV, Oster, nilai-E, dan batas Lee tidak dihitung: pasangan dibandingkan tanpa regresi, tanpa rasio, dan tanpa "
    "undian.",
    "No RV, Oster, E-value and Lee bounds: pairs are compared without a regression, a ratio or a lot.",
)
ABOUT_ANCOVA = both(
    "Angka-angka ini tentang baris `ancova`: pengganggu ialah apa pun yang membedakan kelompok pada nilai awal (dan "
    "peubah penyesuai) yang sama.",
    "These figures are about the `ancova` rows: a confounder is whatever sets the arms apart at equal scores before "
    "(and covariates).",
)
_CLOSING = both(
    "Angka ini tidak menunjukkan apakah pengganggu semacam itu ada.",
    "These figures do not show whether there is such a confounder.",
)
_REST = {
    "between": both("sisa keragaman antarunit", "what is left of the differences between units"),
    "within": both("sisa keragaman di dalam unit", "what is left of the differences within units"),
    "rows": both("sisa keragaman", "what is left of the differences"),
}


REST = both(
    "Sisa keragaman ialah keragaman yang tidak dijelaskan oleh peubah lain dalam regresi (bagi hasil: termasuk skor).",
    "What is left of the differences is what the other variables of the regression (for the outcome: the score, too) "
    "do "
    "not explain.",
)


def left_out(design: str) -> list[Text]:
    """Which figures a comparison leaves out, and why."""
    if design == "arms":
        return [ABOUT_ANCOVA, NO_RATIO, NO_PAIRS, NO_LOT]
    return [{"one_group": ONE_GROUP, "matched": NO_OTHERS_MATCHED}[design]] if design != "random" else []


def about_row(method: str) -> Text:
    """Which row RV and Oster are about where it is not the headline."""
    return both(
        f"RV dan Oster adalah tentang baris kuadrat terkecil ({METHODS[method]['id']}), bukan tentang baris utama hasil ini.",
        f"RV and Oster are about the row of least squares ({METHODS[method]['en']}), not about the headline of the result.",
    )


def why_not_matched(pairs: Pairs) -> str:
    """What about the pairs speaks against matched people; empty where nothing does."""
    if pairs.arms:
        return "`group`"
    if pairs.cluster is not None:
        return "`cluster`"
    return "ordinal" if pairs.kind == "ordinal" else ""


def too_strong(name: str, times: int) -> Text:
    """A confounder that no data could hold."""
    return both(
        f"Pengganggu {_times(times, 'id')} `{name}` tidak mungkin ada: ia akan menjelaskan lebih dari seluruh sisa "
        "keragaman.",
        f"There can be no confounder {_times(times, 'en')} `{name}`: it would explain more than all that is left.",
    )


def _times(times: int, lang: str) -> str:
    """``as strong``, ``2 times as strong``."""
    strong = both("sekuat", "as strong as")[lang]
    return strong if times == 1 else both(f"{times} kali {strong}", f"{times} times {strong}")[lang]


def all_the_rest(name: str, times: int) -> Text:
    """A confounder that would leave nothing of the outcome to explain."""
    return both(
        f"Pengganggu {_times(times, 'id')} `{name}` akan menjelaskan seluruh sisa keragaman hasil, sehingga "
        "taksirannya "
        "tidak memiliki selang.",
        f"A confounder {_times(times, 'en')} `{name}` would explain all that is left of the outcome, so that the "
        "estimate has no interval.",
    )


def roots(inside: str, fitting: Sequence[float]) -> list[Text]:
    """Other roots that fit the assumptions as well, or that none does."""
    others = {lang: "; ".join(number(root, lang, 4) for root in fitting[1:]) for lang in ("id", "en")}
    if not fitting:
        return [both(
            f"Oster ({inside}): tidak ada akar nyata yang memenuhi andaiannya pada delta = 1.",
            f"Oster ({inside}): no real root meets the assumptions at delta = 1.",
        )]
    return [] if len(fitting) == 1 else [both(
        f"Oster ({inside}): pada delta = 1 ada akar lain yang juga memenuhi andaiannya: {others['id']}. Yang disajikan "
        "ialah yang terdekat dengan taksiran.",
        f"Oster ({inside}): at delta = 1 other roots meet the assumptions as well: {others['en']}. The one nearest to "
        "the estimate is shown.",
    )]


def no_delta(inside: str) -> Text:
    """Why Oster's delta has no value."""
    return both(
        f"Oster ({inside}): delta kosong. Peubah penyesuai menjauhkan taksiran dari nol, atau tidak berkaitan dengan "
        "skor "
        "dan hasil sekaligus, atau Rmax tidak melebihi bagian yang sudah dijelaskan; maka tidak ada delta yang "
        "memenuhi "
        "andaian Oster.",
        f"Oster ({inside}): delta is empty. The covariates move the estimate away from zero, or do not go with both "
        "score "
        "and outcome, or Rmax does not exceed the share that is explained; so that no delta meets Oster's assumptions.",
    )


def oster(chosen: Selection) -> Text:
    """What Oster's figures start from."""
    short, long = chosen.short, chosen.long
    return both(
        f"Oster: taksiran tanpa peubah penyesuai {number(short, 'id', 4)} (R² {number(chosen.short_r2, 'id', 3)}), "
        "dengan "
        f"peubah penyesuai {number(long, 'id', 4)} (R² {number(chosen.long_r2, 'id', 3)}). Rmax, bagian hasil yang "
        "dapat "
        "dijelaskan seluruhnya, ialah 1,3 kali R² dan 1.",
        f"Oster: estimate without covariates {number(short, 'en', 4)} (R² {number(chosen.short_r2, 'en', 3)}), with "
        "them "
        f"{number(long, 'en', 4)} (R² {number(chosen.long_r2, 'en', 3)}). Rmax, the share of the outcome that could "
        "be "
        "explained in all, is 1.3 times R² and 1.",
    )


def e_value(on: str, common: bool) -> Text:
    """What the E-value is an E-value of."""
    more = both(
        " Hasilnya tidak jarang (15 persen atau lebih), sehingga dipakai akar kuadrat rasio odds." if common else "",
        " The outcome is not rare (15 percent or more), so that the square root of the odds ratio is used." if common
        else "",
    )
    return both(
        f"Nilai-E berlaku untuk beda satu satuan `{on}`, dengan peubah penyesuai sudah diperhitungkan." + more["id"],
        f"The E-value is that of a difference of one unit of `{on}`, beyond the covariates." + more["en"],
    )


def sentence(result: Sensitivity, lang: str) -> str:
    """Every figure that fits the design, in one sentence each."""
    n = {each: integer(result.about[0]["n"], each) for each in ("id", "en")}
    if result.design == "one_group":
        return both(
            f"Kekuatan pengganggu tidak dapat dihitung untuk perubahan satu kelompok tanpa pembanding (n = {n['id']}); "
            "lihat catatan.",
            f"The strength of a confounder cannot be computed for the change of one group without a comparison (n = "
            f"{n['en']}); see the notes.",
        )[lang]
    if result.design == "random":
        return " ".join(_lee(result, about, lang) for about in result.about)
    if result.design == "matched":
        return f"{_gamma(result, lang)} {_CLOSING[lang]}"
    parts = [
        part for about in result.about
        for part in (*_robustness(result, about, lang), *_benchmarks(result, about, lang), _oster(result, about, lang))
    ]
    return " ".join(part for part in (*parts, _e_value(result, lang), _CLOSING[lang]) if part)


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


def _size(result: Sensitivity, row: Mapping[Any, Any], lang: str) -> tuple[str, str]:
    """An estimate and its interval (empty where there is none), in percentage points for a share."""
    factor = 100 if result.share else 1
    row = dict(row) | {
        name: row[name] if is_missing(row[name]) else factor * row[name] for name in ("estimate", "ci_low", "ci_high")
    }
    places = digits_for(row)  # type: ignore[arg-type]
    unit = both(" poin persentase", " percentage points")[lang] if result.share else ""
    bounds = "" if is_missing(row["ci_low"]) else interval(row["ci_low"], row["ci_high"], lang, places)
    return number(row["estimate"], lang, places) + unit, bounds


def _estimate(result: Sensitivity, about: Mapping[Any, Any], lang: str) -> str:
    """The estimate with its interval and n."""
    value, bounds = _size(result, about, lang)
    count = f"n = {integer(about['n'], lang)}"
    if not bounds:
        return f"{value} ({count})"
    level = level_percent(about["ci_level"], lang)
    words = both(f"selang kepercayaan {level}", f"{level} confidence interval")[lang]
    return f"{value} ({words} {bounds}; {count})"


def _what(result: Sensitivity, about: Mapping[Any, Any]) -> tuple[Text, Text]:
    """Score and outcome by name."""
    if result.score:
        return both(f"`{result.score}`", f"`{result.score}`"), both(f"`{result.outcome}`", f"`{result.outcome}`")
    arm = base_term(about["term"])[1]
    return both(f"keikutsertaan ({arm})", f"taking part ({arm})"), both("nilai akhir", "the score after")


def _robustness(result: Sensitivity, about: Mapping[Any, Any], lang: str) -> list[str]:
    """What a confounder must explain for the estimate to be zero, and for the interval to hold zero."""
    zero, unseen = (_value(result, term, about) for term in ("robustness_value", "robustness_value_alpha"))
    score, outcome = _what(result, about)
    estimate = _estimate(result, about, lang)
    if zero is None:
        return [both(
            f"Kekuatan pengganggu bagi taksiran {estimate} tidak dapat dihitung; lihat catatan.",
            f"The strength of a confounder cannot be computed for the estimate {estimate}; see the notes.",
        )[lang]]
    rest = _REST[result.scope]
    first = both(
        f"Agar taksiran {estimate} menjadi nol, pengganggu yang tidak diukur harus menjelaskan sekurang-kurangnya "
        f"{percent(zero['estimate'], 'id')} dari {rest['id']} {score['id']} dan, sekaligus, dari {rest['id']} "
        f"{outcome['id']}.",
        f"For the estimate {estimate} to be zero, an unmeasured confounder must explain at least "
        f"{percent(zero['estimate'], 'en')} of {rest['en']} in {score['en']} and, at once, of {rest['en']} in "
        f"{outcome['en']}.",
    )[lang]
    if unseen is None:
        return [first]
    if unseen["estimate"] > 0:
        share = percent(unseen["estimate"], lang)
        return [first, both(
            f"Agar selangnya memuat nol, cukup {share}.", f"For the interval to hold zero, {share} is enough.",
        )[lang]]
    return [first, both(
        "Bagi selangnya tidak diperlukan pengganggu: tanpa pengganggu pun nol belum dapat dikesampingkan.",
        "For the interval no confounder is needed: zero is not ruled out even without one.",
    )[lang]]


def _benchmarks(result: Sensitivity, about: Mapping[Any, Any], lang: str) -> list[str]:
    """What a confounder as strong as each benchmark would leave."""
    parts = []
    for row in _rows(result, "as_strong_as", about):
        name, _, times = row["inside"].rpartition(" × ")
        if times != "1" or is_missing(row["estimate"]):
            continue
        value, bounds = _size(result, row, lang)
        value += both(f" (selang {bounds})", f" (interval {bounds})")[lang] if bounds else ""
        parts.append(both(
            f"Dengan pengganggu sekuat `{name}`, taksirannya menjadi {value}.",
            f"With a confounder as strong as `{name}` the estimate would be {value}.",
        )[lang])
    return parts


def _e_value(result: Sensitivity, lang: str) -> str:
    """The risk ratios that a confounder must have with both."""
    about = result.about[0]
    point, limit = (_value(result, term, about) for term in ("e_value", "e_value_limit"))
    if point is None or result.ratio is None:
        return ""
    score, outcome = _what(result, about)
    ratio, value = number(result.ratio["estimate"], lang, 2), number(point["estimate"], lang, 2)
    kind = both("laju", "rate")[lang] if result.ratio["method"] == "rate_ratio" else "odds"
    ending = "" if limit is None else both(
        f" (untuk batas selang yang terdekat dengan satu: {number(limit['estimate'], 'id', 2)})",
        f" (for the limit of the interval nearest to one: {number(limit['estimate'], 'en', 2)})",
    )[lang]
    return both(
        f"Agar rasio {kind} {ratio} menjadi satu, pengganggu harus berkaitan dengan {score['id']} dan dengan "
        f"{outcome['id']}, masing-masing dengan rasio risiko sekurang-kurangnya {value}{ending}.",
        f"For the {kind} ratio of {ratio} to be one, a confounder must go with {score['en']} and with {outcome['en']} "
        "by "
        f"risk ratios of at least {value} each{ending}.",
    )[lang]


def _oster(result: Sensitivity, about: Mapping[Any, Any], lang: str) -> str:
    """How strong selection on the unmeasured must be."""
    row = _value(result, "oster_delta", about)
    if row is None:
        return ""
    largest = float(row["inside"].removeprefix("Rmax="))
    delta, rmax = number(abs(row["estimate"]), lang, 2), number(largest, lang, 0 if largest == 1 else 3)
    if row["estimate"] < 0:
        return both(
            f"Menurut Oster (Rmax {rmax}), yang tidak diukur harus bekerja berlawanan arah dengan peubah penyesuai, "
            f"{delta} kali sekuatnya, agar taksiran menjadi nol.",
            f"By Oster (Rmax {rmax}), the unmeasured must work against the covariates, {delta} times as strongly, for "
            "the "
            "estimate to be zero.",
        )[lang]
    return both(
        f"Menurut Oster (Rmax {rmax}), yang tidak diukur harus {delta} kali sekuat peubah penyesuai agar taksiran "
        "menjadi nol.",
        f"By Oster (Rmax {rmax}), the unmeasured must be {delta} times as strong as the covariates for the estimate "
        "to be "
        "zero.",
    )[lang]


def _gamma(result: Sensitivity, lang: str) -> str:
    """How unlike matched people may have been."""
    row, told = result.headline, _estimate(result, result.about[0], lang)
    if is_missing(row["estimate"]):
        return both(
            f"Beda rata-rata orang yang dipasangkan {told}; tidak satu pasangan pun berbeda.",
            f"The mean difference of matched people is {told}; no pair differs.",
        )[lang]
    gamma = number(row["estimate"], lang, 2)
    if row["estimate"] <= 1:
        return both(
            f"Beda rata-rata orang yang dipasangkan, {told}, belum terlihat oleh {METHODS[row['method']]['id']}, "
            "bahkan "
            "tanpa pengganggu (gamma 1).",
            f"The mean difference of matched people, {told}, is not seen yet by {METHODS[row['method']]['en']}, even "
            "without a confounder (gamma 1).",
        )[lang]
    return both(
        f"Beda rata-rata orang yang dipasangkan, {told}, tetap terlihat selama pengganggu tidak membuat perbandingan "
        f"peluang (odds) ikut program dua orang sepasang melebihi {gamma}.",
        f"The mean difference of matched people, {told}, stays seen as long as no confounder makes the odds of taking "
        f"part of two people of a pair differ by more than {gamma}.",
    )[lang]


def _lee(result: Sensitivity, about: Mapping[Any, Any], lang: str) -> str:
    """Lee's bounds of one arm, or that there is nothing to bound."""
    arm = base_term(about["term"])[1]
    low, high = (_value(result, term, about) for term in ("lee_lower", "lee_upper"))
    if low is None or high is None:
        return both(
            f"{arm}: kelompok ditetapkan dengan undian dan tidak seorang pun keluar (n = {integer(about['n'], 'id')}), "
            "sehingga tidak ada pengganggu yang perlu dibatasi.",
            f"{arm}: the arms were drawn by lot and nobody left (n = {integer(about['n'], 'en')}), so that there is no "
            "confounder to bound.",
        )[lang]
    both_ends = {**low, "estimate": high["estimate"]}
    places = digits_for(both_ends)  # type: ignore[arg-type]
    factor = 100 if result.share else 1
    ends = interval(factor * low["estimate"], factor * high["estimate"], lang, places)
    bounds = _estimate(result, low, lang).partition(" (")[2]
    return both(
        f"{arm}: kelompok ditetapkan dengan undian; dengan memperhitungkan mereka yang keluar, beda perubahan "
        "terletak di "
        f"antara batas Lee {ends} ({bounds}.",
        f"{arm}: the arms were drawn by lot; counting in those who left, the difference in change lies between Lee's "
        "bounds "
        f"{ends} ({bounds}.",
    )[lang]


def draw(result: Sensitivity, ax: Axes | None, lang: str) -> Axes:
    """Curves of what a confounder must explain; without a regression the figures as dots. Nothing is computed."""
    import matplotlib.pyplot as plt

    if not len(result.curve):
        ax = row_picture.draw(result.table.to_dict("records"), ax, lang)
        if result.design != "random":
            ax.set_xlabel(both("Besaran (kali)", "Figure (times)")[lang])
        return ax
    if ax is None:
        _, ax = plt.subplots(figsize=(6.0, 4.4), layout="constrained")
    names = {
        "zero": both("taksiran menjadi nol", "estimate becomes zero"),
        "unseen": both("selang memuat nol", "interval holds zero"),
    }
    for column, colour, line in (("zero", _RED, "-"), ("unseen", _BLUE, "--")):
        ax.plot(100 * result.curve["score"], 100 * result.curve[column], line, color=colour, label=names[column][lang])
    _draw_marks(result, ax)
    score, outcome = _what(result, result.about[0])
    ax.set_xlim(0, 100)
    ax.set_ylim(0, 100)
    ax.set_xlabel(both(f"Sisa keragaman {score['id']} yang dijelaskan pengganggu (persen)",
                       f"Confounder's share of what is left of {score['en']} (percent)")[lang])
    ax.set_ylabel(both(f"Sisa keragaman {outcome['id']}\nyang dijelaskan pengganggu (persen)",
                       f"Confounder's share of what is left of\n{outcome['en']} (percent)")[lang])
    ax.legend(frameon=False, fontsize="small")
    return ax


def _draw_marks(result: Sensitivity, ax: Axes) -> None:
    """Each benchmark as dots on a line from once to thrice its strength, named at its end."""
    of_name = result.marks["label"].str.rpartition(" × ")[0] if len(result.marks) else ()
    for step, name in enumerate(dict.fromkeys(of_name)):
        marks = result.marks[of_name == name]
        x, y = 100 * marks["score"], 100 * marks["outcome"]
        ax.plot(x, y, "o-", color="0.25", markersize=4, linewidth=0.8)
        ax.annotate(marks["label"].iloc[-1], (x.iloc[-1], y.iloc[-1]), xytext=(6, 4 + 11 * step),
                    textcoords="offset points", fontsize="small")


def alternative(result: Sensitivity, lang: str) -> str:
    """The picture in words."""
    if not len(result.curve):
        rows = result.table.to_dict("records")
        words = "; ".join(f"{name_of(row['term'], lang)} {number(row['estimate'], lang, 2)}" for row in rows)
        return both(f"Gambar titik: {words}.", f"Dots: {words}.")[lang]
    about = result.about[0]
    zero, unseen = (_value(result, term, about) for term in ("robustness_value", "robustness_value_alpha"))
    assert zero is not None
    hidden = percent(unseen["estimate"] if unseen else None, lang)
    marks = "; ".join(
        f"{mark['label']} ({percent(mark['score'], lang)}, {percent(mark['outcome'], lang)})"
        for mark in result.marks.to_dict("records")
    )
    score, outcome = _what(result, about)
    return both(
        f"Kurva bagian sisa keragaman {outcome['id']} yang harus dijelaskan pengganggu menurut bagiannya pada "
        f"{score['id']}: taksiran nol bila keduanya {percent(zero['estimate'], 'id')}; selang memuat nol bila keduanya "
        f"{hidden}." + (f" Titik pembanding: {marks}." if marks else ""),
        f"Curves of the share of what is left of {outcome['en']} that a confounder must explain, by its share of "
        f"{score['en']}: the estimate is zero where both are {percent(zero['estimate'], 'en')}; the interval holds "
        "zero "
        f"where both are {hidden}." + (f" Benchmarks: {marks}." if marks else ""),
    )[lang]
