"""Words of a plan: what is compared, and what the plan takes for granted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karier_stats.words.numbers import Text, both, integer, number, percent

if TYPE_CHECKING:
    from karier_stats.stats.numerics.planning import Plan

DESIGNS: dict[str, Text] = {
    "two_arms": both("beda rata-rata dua kelompok", "difference between the means of two arms"),
    "paired": both("perubahan rata-rata", "mean change"),
    "shares": both("beda bagian dua kelompok (dari {share})", "difference between two shares (from {share})"),
    "slope": both(
        "beda hasil antarunit per simpangan baku skor unit",
        "difference in the outcome between units per standard deviation of the unit's score",
    ),
    "within": both(
        "beda hasil di dalam unit per simpangan baku skor",
        "difference in the outcome within units per standard deviation of the score",
    ),
}


def rounded(plan: Plan) -> Text:
    """Whole numbers, and the power that they have."""
    return both(
        f"Dibulatkan ke atas menjadi bilangan bulat (pada tiap kelompok); daya ujinya menjadi "
        f"{percent(plan.power, 'id')}.",
        f"Rounded up to whole numbers (in each arm); the power is then {percent(plan.power, 'en')}.",
    )


def design_effect(plan: Plan) -> Text:
    """By how much units inflate the variance, and what the test is."""
    assert plan.units is not None
    mean = plan.n / plan.units
    if plan.design == "within":
        return both(
            f"Orang dibandingkan di dalam unitnya: ragam antarunit (ICC {number(plan.icc, 'id', 3)}) tidak ikut serta.",
            f"People are compared within their unit: the variance between units (ICC {number(plan.icc, 'en', 3)}) "
            f"plays no "
            "part.",
        )
    return both(
        f"Uji atas rata-rata {integer(plan.units, 'id')} unit berisi rata-rata {number(mean, 'id', 1)} orang, ICC "
        f"{number(plan.icc, 'id', 3)}: efek rancangan {number(plan.design_effect, 'id', 2)} (ragam dibandingkan "
        f"orang yang "
        "saling bebas).",
        f"The test is of the means of {integer(plan.units, 'en')} units of {number(mean, 'en', 1)} people on "
        f"average, ICC "
        f"{number(plan.icc, 'en', 3)}: design effect {number(plan.design_effect, 'en', 2)} (variance against "
        f"independent "
        "people).",
    )


def unequal_sizes(size_cv: float) -> Text:
    """Sizes that are known by their coefficient of variation only."""
    return both(
        f"Ukuran unit tidak sama (koefisien keragaman {number(size_cv, 'id', 2)}): rata-rata 1/ukuran dihampiri dengan "
        "(1 + KK²)/ukuran rata-rata.",
        f"Units differ in size (coefficient of variation {number(size_cv, 'en', 2)}): the mean of 1/size is "
        f"approximated by "
        "(1 + CV²)/mean size.",
    )


def limits(plan: Plan) -> Text:
    """Why no number is enough."""
    if plan.design == "shares" and plan.n:
        return both(
            "Tidak ada jawaban: beda yang diperlukan melewati 0 dan 100 persen.",
            "No answer: the difference that is needed goes beyond 0 and 100 percent.",
        )
    return both(
        "Tidak ada jawaban: ragam antarunit tidak berkurang dengan menambah orang di unit yang sama; tambahlah unit.",
        "No answer: the variance between units does not shrink with more people in the same units; add units.",
    )


def assumptions(plan: Plan) -> list[Text]:
    """What the plan rests on."""
    notes = []
    if plan.design == "slope":
        notes.append(both(
            "Skor unit dianggap acak dan normal; daya uji adalah rata-rata atas sebaran skor yang mungkin terjadi.",
            "The units' scores are taken as random and normal; power is the mean over the spreads they may have.",
        ))
    if plan.design == "paired":
        notes.append(both(
            f"Korelasi nilai sebelum dan sesudah dianggap {number(plan.r, 'id', 2)}; perubahan satu kelompok bukan "
            f"bukti "
            "sebab.",
            f"The correlation of scores before and after is taken as {number(plan.r, 'en', 2)}; the change of one "
            f"group is "
            "no proof of a cause.",
        ))
    return [*notes, both(
        "Rencana ini mengandaikan ragam dan ICC yang diisikan; hitung ulang bila keduanya lain. Daya uji pada beda "
        "yang "
        "sudah ditemukan tidak menambah keterangan.",
        "The plan rests on the variance and ICC that were put in; make it anew where they differ. Power at a "
        "difference "
        "already found adds nothing.",
    )]
