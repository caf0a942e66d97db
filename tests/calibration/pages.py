"""What the notebook ``calibration`` shows: the committed table as answers in both languages."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from karier_stats.answers.record import Answer, Field, Finding, Picture, Table
from karier_stats.errors import InputError
from karier_stats.words.numbers import LANGUAGES, both, integer, number

from .book import RESULTS
from .reasons import reason

if TYPE_CHECKING:
    from karier_stats.words.numbers import Text

CHAPTER = "calibration"
VERDICTS = {
    "kept": both("ditepati", "kept"),
    "within error": both("dalam galat simulasi", "within simulation error"),
    "missed": both("meleset", "missed"),
}
MEASURES = {
    "coverage": both("cakupan selang (persen)", "coverage of the interval (percent)"),
    "size": both("taraf uji (persen)", "size of the test (percent)"),
    "power": both("daya uji (persen)", "power (percent)"),
    "bias": both("bias (simpangan baku)", "bias (standard deviations)"),
    "se_ratio": both("galat baku dibagi sebaran taksiran", "standard error over spread of estimates"),
    "discoveries": both("temuan palsu (persen)", "false discoveries (percent)"),
}
NAMES = {
    "paired t": "t berpasangan", "sign flip": "permutasi tanda", "McNemar exact": "McNemar eksak",
    "Newcombe paired difference": "beda bagian berpasangan, Newcombe", "Hodges-Lehmann": "Hodges–Lehmann",
    "Wilcoxon signed rank": "peringkat bertanda Wilcoxon", "rank-biserial": "rank-biserial berpasangan",
    "d_z, noncentral t": "d_z, t nonsentral", "d_rm, noncentral t": "d_rm, t nonsentral",
    "share improved, Wilson": "bagian yang naik, Wilson", "share unchanged, Wilson": "bagian yang tetap, Wilson",
    "share declined, Wilson": "bagian yang turun, Wilson", "did, Welch": "beda perubahan, Welch",
    "did, least squares": "beda perubahan, kuadrat terkecil", "ANCOVA, least squares": "ANCOVA, kuadrat terkecil",
    "equivalence (TOST) at the margin": "uji kesetaraan (TOST) di batasnya",
    "detectable change": "perubahan terkecil yang terlihat", "mean change, CR2": "perubahan rata-rata, CR2",
    "mean change, wild": "perubahan rata-rata, wild bootstrap", "did, CR2": "beda perubahan, CR2",
    "did, wild": "beda perubahan, wild bootstrap", "ANCOVA, wild": "ANCOVA, wild bootstrap",
    "did, permutation of units": "beda perubahan, permutasi unit", "class gain": "gain kelas",
    "share kept, Fieller": "bagian yang bertahan, Fieller", "dose, HC3": "dosis, HC3", "dose, Spearman": "dosis, Spearman",
    "paired t on the trained": "t berpasangan pada peserta saja",
    "net gain, reliability known": "peningkatan bersih, reliabilitas diketahui",
    "net gain, reliability with error": "peningkatan bersih, reliabilitas ditaksir",
    "unit means, t(G-2)": "rata-rata unit, t(G−2)",
    "wild bootstrap, restricted": "wild bootstrap terbatas", "random intercept, t(G-2)": "intersep acak, t(G−2)",
    "random intercept, Kenward-Roger": "intersep acak, Kenward–Roger", "logit AME, CR2": "efek marginal logit, CR2",
    "Poisson rate, CR2": "rasio laju Poisson, CR2", "within slope, CR2": "kemiringan di dalam unit, CR2",
    "between slope, unit means": "kemiringan antarunit, rata-rata unit",
    "logit AME within, CR2": "efek marginal logit di dalam unit, CR2", "ICC, profile REML": "ICC, profil REML",
    "Holm, family error": "Holm, galat keluarga",
    "Benjamini-Hochberg, false discoveries": "Benjamini–Hochberg, temuan palsu",
    "Wilcoxon signed rank, p": "peringkat bertanda Wilcoxon, p",
    "paired t that ignores units": "t berpasangan tanpa melihat unit",
    "d_av, SE of independent groups": "d_av, galat baku kelompok terpisah",
    "d_av, percentile bootstrap": "d_av, bootstrap persentil",
    "Wilcoxon exact that ignores ties, p": "Wilcoxon eksak tanpa melihat nilai kembar, p",
    "long format without person effects": "data panjang tanpa efek orang", "dose, one variance": "dosis, satu varians",
    "statsmodels CR1, z": "CR1 dengan z (bawaan statsmodels)",
    "no adjustment, family error": "tanpa koreksi, galat keluarga",
}
"""Indonesian names of the methods; one that is not here has the same name in both languages."""

DATA = {
    "normal": both("normal", "normal"), "skewed": both("menceng", "skewed"),
    "ceiling": both("nilai mentok", "ceiling"), "ordinal": both("ordinal", "ordinal"),
    "pass": both("lulus/tidak", "pass/fail"),
}

_REPETITIONS = both("n: ulangan simulasi untuk setiap keadaan data.", "n: repetitions of the simulation for each kind of data.")


@dataclass(frozen=True)
class Committed:
    """The committed table, read for one language.

    Parameters
    ----------
    rows : DataFrame
        One row per cell, method and measure.
    lang : {"id", "en"}
    """

    rows: pd.DataFrame
    lang: str

    @property
    def promises(self) -> pd.DataFrame:
        """Rows of methods that must keep a bound."""
        return self.rows[self.rows["role"] == "promise"]

    @property
    def controls(self) -> pd.DataFrame:
        """Rows of wrong ways that must fail."""
        return self.rows[self.rows["role"] == "control"]

    def facts(self) -> dict[str, Any]:
        """What the notebook was computed from."""
        import karier_stats

        repetitions = self.rows["repetitions"]
        return {
            "lang": self.lang, "karier_stats": karier_stats.__version__,
            "repetitions": f"{repetitions.min()}-{repetitions.max()}", "cells": self.rows["cell"].nunique(),
            "results_sha256": hashlib.sha256(RESULTS.read_bytes()).hexdigest(),
        }

    def _repr_html_(self) -> str:
        return f"<p>{self}</p>"

    def __str__(self) -> str:
        counts = self.rows["cell"].nunique(), self.rows["repetitions"].max()
        return both(
            "Kalibrasi: {} keadaan data, sampai {} ulangan tiap keadaan.".format(*(integer(n, "id") for n in counts)),
            "Calibration: {} kinds of data, up to {} repetitions of each.".format(*(integer(n, "en") for n in counts)),
        )[self.lang]


def committed(lang: str) -> Committed:
    """The committed table, for a reader of ``lang``; K223 where that is not a language of the project."""
    if lang not in LANGUAGES:
        raise InputError("K223", name="lang", value=lang, allowed=", ".join(LANGUAGES))
    return Committed(pd.read_csv(RESULTS), lang)


def name_of(method: str) -> Text:
    """A method in both languages."""
    return both(NAMES.get(method, method), method)


def promises(table: Committed) -> Answer:
    """How many bounds are kept, and by how much the others are missed."""
    rows = table.promises
    count = {verdict: int((rows["verdict"] == verdict).sum()) for verdict in VERDICTS}
    sentence = both(*(
        words.format(total=integer(len(rows), lang), **{k.split()[0]: integer(v, lang) for k, v in count.items()})
        for lang, words in both(
            "Dari {total} batas, {kept} ditepati, {within} di luar batas tetapi masih dalam galat simulasi, dan "
            "{missed} meleset.",
            "Of {total} bounds {kept} are kept, {within} lie outside but within simulation error, and {missed} are "
            "missed.",
        ).items()
    ))
    groups = rows.groupby(["method", "measure"], sort=False)
    data = pd.DataFrame([
        _labels(method) | _labels(measure, MEASURES, "measure") | {
            "cells": len(group), "lowest": group["value"].min(), "highest": group["value"].max(),
            **{verdict.split()[0]: int((group["verdict"] == verdict).sum()) for verdict in VERDICTS},
        }
        for (method, measure), group in groups
    ])
    fields = (
        Field("label", both("Cara", "Method")), Field("measure", both("Yang diukur", "Measure")),
        Field("cells", both("Keadaan", "Cells"), "integer"), Field("lowest", both("Terendah", "Lowest"), "number", 2),
        Field("highest", both("Tertinggi", "Highest"), "number", 2),
        *(Field(verdict.split()[0], words, "integer") for verdict, words in VERDICTS.items()),
    )
    caption = both("Setiap cara: angka terendah dan tertinggi di semua keadaan data",
                   "Each method: lowest and highest figure over all kinds of data")
    return _answer(table, "promises", sentence, len(rows), table_=Table(data, fields, caption))


def coverage(table: Committed) -> Answer:
    """Coverage of the intervals of one group, the worst of three sizes, by kind of data."""
    rows = table.promises[table.promises["cell"].str.startswith("one group/") & (table.promises["measure"] == "coverage")]
    rows = rows.assign(kind=rows["cell"].str.extract(r"one group/(\w+)")[0])
    data = _worst(rows, "kind", DATA, lambda group: group["value"].min())
    title = both("Cakupan terendah selang 95 persen pada 12, 30, dan 100 pasang",
                 "Lowest coverage of 95 percent intervals at 12, 30 and 100 pairs")
    sentence = _lowest(rows, both("selang", "interval"))
    picture = Picture("matrix", data, title, both("bentuk data", "kind of data"), both("cara", "method"),
                      int(rows["repetitions"].max()), note=_REPETITIONS)
    return _answer(table, "coverage", sentence, int(rows["repetitions"].max()), picture=picture)


def sizes(table: Committed) -> Answer:
    """Size of every inference on a unit-level score, on average over the kinds of data, by number of units.

    The highest of many cells would show simulation error; cells that miss their bound stand in :func:`misses`.
    """
    rows = table.promises[table.promises["cell"].str.startswith("units/") & (table.promises["measure"] == "size")]
    rows = rows.assign(kind=rows["units"].astype(int).astype(str))
    known = {kind: both(f"G = {kind}", f"G = {kind}") for kind in sorted(set(rows["kind"]), key=int)}
    data = _worst(rows, "kind", known, lambda group: group["value"].mean())
    title = both("Taraf uji rata-rata (persen, seharusnya 5) menurut banyaknya unit",
                 "Mean size of the test (percent, should be 5) by number of units")
    head = rows[(rows["method"] == "unit means, t(G-2)") & (rows["units"] >= 6)]
    sentence = both(*(
        words.format(*(number(value, lang) for value in (head["value"].min(), head["value"].max())))
        for lang, words in both(
            "Uji yang didahulukan (rata-rata unit) menolak {} sampai {} persen bila tidak ada keterkaitan dan unitnya "
            "enam atau lebih.",
            "The test that leads (unit means) rejects {} to {} percent where there is no association and six units or "
            "more.",
        ).items()
    ))
    picture = Picture("matrix", data, title, both("banyaknya unit", "number of units"), both("cara", "method"),
                      int(rows["repetitions"].max()), note=_REPETITIONS)
    return _answer(table, "sizes", sentence, int(rows["repetitions"].max()), picture=picture)


def controls(table: Committed) -> Answer:
    """Wrong ways, the amount by which they are known to fail, and what was found."""
    rows = table.controls
    caught = int((rows["verdict"] == "caught").sum())
    sentence = both(
        f"Dari {integer(len(rows), 'id')} cara salah yang sengaja dijalankan, {integer(caught, 'id')} ketahuan dengan besar "
        "kesalahan yang sudah dikenal.",
        f"Of {integer(len(rows), 'en')} wrong ways that were run on purpose {integer(caught, 'en')} are caught, by the known "
        "amount.",
    )
    data = pd.DataFrame([
        _labels(row["method"]) | _labels(row["measure"], MEASURES, "measure") | {
            "n": row["n"], "units": row["units"], "value": row["value"], "low": row["low"], "high": row["high"],
        }
        for row in rows.to_dict("records")
    ])
    fields = (
        Field("label", both("Cara salah", "Wrong way")), Field("measure", both("Yang diukur", "Measure")),
        Field("n", both("n", "n"), "integer"), Field("units", both("Unit", "Units"), "integer"),
        Field("value", both("Ditemukan", "Found"), "number", 2), Field("low", both("Dikenal, dari", "Known, from"), "number", 2),
        Field("high", both("sampai", "to"), "number", 2),
    )
    caption = both("Cara salah sebagai kendali positif", "Wrong ways as positive controls")
    return _answer(table, "controls", sentence, len(rows), table_=Table(data, fields, caption))


def misses(table: Committed) -> Answer:
    """Every bound that is missed, with the reason where it is known."""
    rows = table.promises[table.promises["verdict"] == "missed"]
    sentence = both(
        f"{integer(len(rows), 'id')} batas meleset; semuanya tercantum, dan batasnya tidak dilonggarkan.",
        f"{integer(len(rows), 'en')} bounds are missed; all are listed, and no bound was widened.",
    ) if len(rows) else both("Tidak ada batas yang meleset.", "No bound is missed.")
    data = pd.DataFrame([
        _labels(row["method"]) | _labels(row["measure"], MEASURES, "measure") | {
            "cell": row["cell"], "value": row["value"], "low": row["low"], "high": row["high"],
        } | {f"why_{lang}": _why(row["cell"], row["method"])[lang] for lang in LANGUAGES}
        for row in rows.to_dict("records")
    ])
    fields = (
        Field("cell", both("Keadaan", "Cell")), Field("label", both("Cara", "Method")),
        Field("measure", both("Yang diukur", "Measure")), Field("value", both("Ditemukan", "Found"), "number", 2),
        Field("low", both("Batas, dari", "Bound, from"), "number", 2), Field("high", both("sampai", "to"), "number", 2),
        Field("why", both("Sebab", "Reason")),
    )
    caption = both("Batas yang meleset", "Bounds that are missed")
    return _answer(table, "misses", sentence, len(rows), table_=Table(data, fields, caption) if len(rows) else None)


def _why(cell: str, method: str) -> Text:
    """The reason of a miss."""
    return reason(cell, method) or both("belum diketahui", "not known yet")


def _labels(key: str, words: dict[str, dict[str, str]] | None = None, stem: str = "label") -> dict[str, str]:
    """``label_id`` and ``label_en`` of a method, or of a key of ``words``."""
    known = name_of(key) if words is None else words[key]
    return {f"{stem}_{lang}": known[lang] for lang in LANGUAGES}


def _worst(rows: pd.DataFrame, column: str, known: dict[str, dict[str, str]], pick: Any) -> pd.DataFrame:
    """One shaded cell per method and kind."""
    return pd.DataFrame([
        _labels(method, stem="row") | _labels(kind, known, "column")
        | {"value": pick(group), "n": int(group["repetitions"].max())}
        for kind in known
        for method, group in rows[rows[column] == kind].groupby("method", sort=False)
    ])


def _lowest(rows: pd.DataFrame, what: Text) -> Text:
    """The lowest and the highest figure in words."""
    least, most = rows.loc[rows["value"].idxmin()], rows.loc[rows["value"].idxmax()]
    return both(*(
        words.format(what[lang], name_of(least["method"])[lang], number(least["value"], lang),
                     name_of(most["method"])[lang], number(most["value"], lang))
        for lang, words in both(
            "Dari semua {}, yang terendah ({}) memuat kebenaran {} persen dan yang tertinggi ({}) {} persen.",
            "Of every {}, the lowest ({}) covers the truth {} percent and the highest ({}) {} percent.",
        ).items()
    ))


def _answer(
    table: Committed, name: str, sentence: Text, n: int, picture: Picture | None = None, table_: Table | None = None
) -> Answer:
    """An answer with one finding."""
    finding = Finding(
        id=f"{CHAPTER}.{name}", chapter=CHAPTER, question=sentence, estimate=None, unit_of_measure="", ci_low=None,
        ci_high=None, n=n, design="descriptive", evidence="kuat", source_tables=("calibration",), sentence=dict(sentence),
    )
    return Answer(id=finding.id, chapter=CHAPTER, findings=(finding,), picture=picture, table=table_, lang=table.lang)
