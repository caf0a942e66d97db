"""Words of :mod:`karier_stats.stats.change.dropout`: who left, and what they must have done to undo the gain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karier_stats.stats.results import METHODS
from karier_stats.stats.row_words import POWER, digits_for, is_null, missing, spoken
from karier_stats.words.numbers import Text, both, integer, number, percent

if TYPE_CHECKING:
    import pandas as pd

    from karier_stats.stats.change.dropout import Leavers

NOBODY_LEFT = both(
    "Tidak ada yang keluar: titik balik, imputasi, dan batas Lee tidak diperlukan.",
    "Nobody left: tipping points, imputations and Lee's bounds are not needed.",
)
TIPPING = both(
    "Titik balik ialah selisih rata-rata perubahan orang yang keluar terhadap yang bertahan dalam kelompoknya; nilainya bukan "
    "taksiran, sehingga tanpa selang dan uji. Galat bagian yang keluar ikut diperhitungkan.",
    "A tipping point is how much the leavers' mean change differs from that of those who stayed in their arm; it is no "
    "estimate, so that it has no interval or test. The error of the share who left is allowed for.",
)

FEW_CLUSTERS = both(
    "Imputasi dan selang batas Lee tidak dibuat: klaster terlalu sedikit.",
    "No imputations and no interval of Lee's bounds: there are too few clusters.",
)


def assumptions(random: bool, arms: bool) -> tuple[Text, ...]:
    """What the rows rest on, whatever was found."""
    if random and arms:
        lee = both(
            f"Batas Lee berlaku bagi orang yang akan bertahan di kelompok mana pun, dengan anggapan penempatan hanya menambah, "
            f"atau hanya mengurangi, orang yang bertahan; kedua barisnya memuat satu selang yang sama "
            f"({METHODS['lee']['id']}).",
            f"Lee's bounds hold for those who would have stayed in either arm, assuming that assignment only adds, or only "
            f"takes away, people who stay; both rows carry the one interval ({METHODS['lee']['en']}).",
        )
    elif random:
        lee = both(
            "Batas Lee tidak dibuat: perlu dua kelompok.", "No Lee bounds: they need two arms.",
        )
    else:
        lee = both(
            "Batas Lee tidak dibuat: hanya berlaku bila kelompok ditentukan secara acak.",
            "No Lee bounds: they hold only where arms were drawn by lot.",
        )
    share = both(
        "Selang bagian yang keluar (Wilson, Newcombe) menganggap orang saling bebas.",
        "Intervals of the shares who left (Wilson, Newcombe) take people as independent.",
    )
    return share, lee


def imputed(arms: bool, clustered: bool) -> Text:
    """How the scores after were drawn."""
    beside = both(
        "; pada kelompok pembanding delta 0" if arms else "", "; in the comparison arm delta is 0" if arms else "",
    )
    within = both(
        " Kovarians koefisien dan setiap set lengkap memakai CR2; kemiripan dalam klaster tidak ikut diundi pada nilai orang "
        "yang keluar." if clustered else "",
        " The coefficients' covariance and every completed set use CR2; likeness within clusters is not drawn for the leavers."
        if clustered else "",
    )
    return both(
        "`imputed[delta]`: nilai sesudah orang yang keluar diundi dari orang dengan nilai awal yang sama di kelompoknya (regresi "
        f"normal Bayes), ditambah delta poin{beside['id']}. Delta 0 menganggap keluarnya hanya bergantung pada nilai awal."
        f"{within['id']}",
        "`imputed[delta]`: the leavers' scores after are drawn from those of people with the same score before in their arm "
        f"(Bayesian normal regression), plus delta points{beside['en']}. Delta 0 assumes that leaving depends on the score "
        f"before only.{within['en']}",
    )


def _where(arm: str) -> str:
    """``" (seminar)"`` for an arm, nothing for one group."""
    return f" ({arm})" if arm else ""


def one_left(arm: str) -> Text:
    """One leaver gives no interval."""
    return both(
        f"Hanya satu orang yang keluar{_where(arm)}: beda nilai awalnya tanpa selang dan uji.",
        f"Only one person left{_where(arm)}: the difference in scores before has no interval or test.",
    )


def no_draws(arm: str) -> Text:
    """Too few stayed to draw scores from."""
    return both(
        f"Imputasi{_where(arm)} tidak dibuat: kurang dari 5 orang bertahan, atau nilai awal mereka sama semua.",
        f"No imputation{_where(arm)}: fewer than 5 people stayed, or their scores before are all equal.",
    )


def no_test(arm: str) -> Text:
    """Without an interval there is nothing that could cease to be seen."""
    return both(
        f"`tipping_unseen`{_where(arm)} tidak dihitung: hasil orang yang bertahan tidak mempunyai selang.",
        f"`tipping_unseen`{_where(arm)} is not computed: the result of those who stayed has no interval.",
    )


def unseen_already(arm: str) -> Text:
    """The interval holds zero without any leaver."""
    return both(
        f"`tipping_unseen`{_where(arm)} tidak dihitung: hasil orang yang bertahan pun belum dapat dibedakan dari nol.",
        f"`tipping_unseen`{_where(arm)} is not computed: even the result of those who stayed is not told apart from zero.",
    )


def sentence(result: Leavers, lang: str) -> str:
    """Share who left, the gain of those who stayed, and its tipping points, arm by arm."""
    return " ".join(f"{_left(result, arm, lang)} {_gain(result, arm, lang)}" for arm in result.arms)


def _row(result: Leavers, base: str, arm: str) -> pd.Series:
    """The row of an arm."""
    return result.row(f"{base}[{arm}]" if arm else base)


def _left(result: Leavers, arm: str, lang: str) -> str:
    """How many left, in an arm and in its comparison arm."""
    def share(name: str) -> str:
        row = _row(result, "left", name)
        count = integer(row["estimate"] * row["n"], lang)
        words = both(f"{count} dari {integer(row['n'], 'id')} orang", f"{count} of {integer(row['n'], 'en')} people")[lang]
        return f"{words} ({percent(row['estimate'], lang)})"

    if not arm:
        return both(
            f"Sebanyak {share(arm)} keluar tanpa nilai sesudah.", f"{share(arm)} left without a score after.",
        )[lang]
    control = result.control
    return both(
        f"Yang keluar tanpa nilai sesudah: {arm} {share(arm)}, {control} {share(control)}.",
        f"Left without a score after: {arm} {share(arm)}, {control} {share(control)}.",
    )[lang]


def _gain(result: Leavers, arm: str, lang: str) -> str:
    """The gain of those who stayed, and what would undo it."""
    row = _row(result, "did" if arm else "mean_change", arm)
    what = both(
        f"Beda perubahan rata-rata {arm} terhadap {result.control}" if arm else "Perubahan rata-rata orang yang bertahan",
        f"The difference in mean change, {arm} against {result.control}," if arm else "The mean change of those who stayed",
    )[lang]
    text = f"{what} {spoken(row, 'id')}" if lang == "id" else f"{what} is {spoken(row, 'en')}"
    if missing(row["ci_low"]):
        return text + both("; selang dan ujinya tidak dapat dihitung.", "; its interval and test cannot be computed.")[lang]
    if is_null(row):
        return text + _null(result, arm, row, lang)
    zero = _tipping(result, "tipping_zero", arm)
    if zero is None:
        return text + "."
    return f"{text}. {_undone(result, arm, row, zero, lang)}"


def _tipping(result: Leavers, base: str, arm: str) -> float | None:
    """A tipping point; None where there is none."""
    try:
        value = _row(result, base, arm)["estimate"]
    except KeyError:
        return None
    return None if missing(value) else float(value)


def _null(result: Leavers, arm: str, row: pd.Series, lang: str) -> str:
    """Nothing is seen even without the leavers."""
    text = both(", belum dapat dibedakan dari nol.", ", not told apart from zero.")[lang]
    if missing(result.detectable[arm]):
        return text
    least, power = number(result.detectable[arm], lang, digits_for(row)), percent(POWER, lang, 0)
    return text + both(
        f" Perubahan yang lebih kecil dari {least} poin memang sulit terlihat pada data sebanyak ini (daya uji {power}).",
        f" A change smaller than {least} points would be hard to see in this much data ({power} power).",
    )[lang]


def _undone(result: Leavers, arm: str, row: pd.Series, zero: float, lang: str) -> str:
    """How much lower (or higher) the leavers' change must have been."""
    word = both("lebih rendah" if zero < 0 else "lebih tinggi", "lower" if zero < 0 else "higher")[lang]
    places, unseen = digits_for(row), _tipping(result, "tipping_unseen", arm)
    far = number(abs(zero), lang, places)
    who = both(f"pada {arm} " if arm else "", f"in {arm} " if arm else "")[lang]
    if unseen is None:
        return both(
            f"Agar hasil itu menjadi nol, perubahan orang yang keluar {who}harus rata-rata {far} poin {word} daripada yang "
            f"bertahan.",
            f"For this to be zero, the change of those {who}who left must have been {far} points {word} on average than that "
            f"of those who stayed.",
        )[lang]
    near, theirs = number(abs(unseen), lang, places), number(result.stayed_change[arm] + unseen, lang, places)
    return both(
        f"Agar hasil itu tidak lagi dapat dibedakan dari nol, perubahan orang yang keluar {who}harus rata-rata {near} poin "
        f"{word} daripada yang bertahan (yaitu {theirs} poin); agar menjadi nol, {far} poin {word}.",
        f"For this no longer to be told apart from zero, the change of those {who}who left must have been {near} points {word} "
        f"on average than that of those who stayed (that is, {theirs} points); for it to be zero, {far} points {word}.",
    )[lang]
