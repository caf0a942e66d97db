"""Gains course by course, by unit and kind of competency, and by hours taken (chapter outcomes)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from karier_stats.answers import margins, verdicts
from karier_stats.answers.record import Answer, Field, Finding, Picture, Table, answers
from karier_stats.chapters import claims, counting, nesting
from karier_stats.chapters.claims import claim, decided, estimate_of
from karier_stats.chapters.counting import in_words
from karier_stats.domain import codes
from karier_stats.stats.change.compare import compare
from karier_stats.stats.numerics import shares
from karier_stats.stats.numerics.estimate import Estimate, between, of_t
from karier_stats.stats.numerics.multiplicity import benjamini_hochberg, selected_levels
from karier_stats.stats.results import METHODS
from karier_stats.views import scores
from karier_stats.views.scores import POINTS, TEST
from karier_stats.words.numbers import both, integer, number, p_value

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

CHAPTER = "outcomes"
LEAST = counting.LEAST
FEWEST_COURSES = 4
"""Hours go with the course; below so many courses the clustered test is refused."""


def _verdicts(data: pd.DataFrame) -> Counter[str]:
    """How many rows have each verdict."""
    return Counter(verdicts.verdict(value, verdicts.smallest("points")) for value in _estimates(data))


def _mostly_precise(data: pd.DataFrame) -> bool:
    """Whether at least half of the rows have an interval that tells something."""
    return bool(np.mean([margins.precise(value, "points") for value in _estimates(data)]) >= 0.5)


def _estimates(data: pd.DataFrame) -> list[Estimate]:
    """The rows as estimates."""
    return [between(*row) for row in data[["estimate", "low", "high"]].to_numpy(float).tolist()]


@answers(
    CHAPTER,
    both(
        "Di unit dan jenis kompetensi mana perubahan peserta berbeda dari yang lain?",
        "In which units and kinds of competency did participants change unlike the others?",
    ),
    TEST,
)
def by_unit(ev: Evaluation) -> Answer:
    """Participants' change in every unit and kind of competency against all other participants, BH-adjusted."""
    rows, wider = scores.tests(ev)
    pairs = scores.complete(rows)
    trained = pairs[pairs["arm"] == scores.TRAINED]
    without = int(trained["unit_id"].isna().sum())
    trained = trained[trained["unit_id"].notna()]
    kinds = ev.table("program", "all").set_index("program_id")["competency_kind"]
    trained = trained.assign(competency=trained["program_id"].map(kinds).fillna("lainnya").astype(str))
    data = _cells(ev, trained)
    if data.empty:
        return counting.nothing(
            by_unit, ev, f"tidak ada unit dengan sekurang-kurangnya {LEAST} peserta bertes dalam satu jenis kompetensi.",
            f"no unit has at least {LEAST} tested participants in one kind of competency.",
        )
    picture = Picture(
        "intervals", data,
        both("Perubahan peserta unit terhadap peserta lain", "Change of a unit's participants against the others'"),
        POINTS, both("Unit dan jenis kompetensi", "Unit and kind of competency"), int(data["n"].sum()), reference=0.0, ranked=False,
    )
    notes = (
        nesting.family_note(
            len(data), both("pasangan unit dan jenis kompetensi", "pairs of unit and kind of competency"),
            both("Benjamini–Hochberg", "Benjamini and Hochberg"),
        ),
        both(
            f"Setiap pasangan memuat paling sedikit {LEAST} peserta, dibandingkan menurut Welch. Perubahan sebelum–sesudah "
            "antarunit dapat berbeda karena pesertanya berbeda.",
            f"Each pair holds at least {LEAST} participants, compared by Welch's method. Units may differ because their "
            "participants do.",
        ),
        *nesting.left_out(without), *((scores.TO_DATE,) if wider else ()),
    )
    finding = _unit_finding(ev, data, scores.coverage(rows, scores.places(ev, rows)))
    return counting.answer(by_unit, [finding], picture=picture, table=_unit_table(data), notes=notes)


def _cells(ev: Evaluation, trained: pd.DataFrame) -> pd.DataFrame:
    """One row per unit and kind of competency: its participants' mean change less that of the others of the kind."""
    names = ev.units.set_index("unit_id")["unit_name"]
    cells = []
    for (kind, unit), part in trained.groupby(["competency", "unit_id"], sort=True):
        peers = trained[trained["competency"] == kind]
        if len(part) < LEAST or len(peers) - len(part) < LEAST:
            continue
        arms = peers.assign(side=np.where(peers["unit_id"] == unit, "unit", "others"))
        result = compare(
            arms, before="pre", after="post", group="side", control="others", selection="ability", level=ev.level,
            seed=ev.seed,
        )
        row = result.row("did[unit]", "welch")
        value = estimate_of(row)
        label = {lang: f"{names.get(unit, unit)} · {codes.label(codes.COMPETENCY_KIND, str(kind), lang)}" for lang in ("id", "en")}
        cells.append({
            "label_id": label["id"], "label_en": label["en"], "estimate": value.value, "low": value.low,
            "high": value.high, "n": len(part), "p": claims.plain(row["p_value"]),
            "std_error": claims.plain(row["std_error"]), "dof": claims.plain(row["dof"]),
        })
    data = pd.DataFrame(cells)
    return data if data.empty else _as_family(data, ev.level)


def _as_family(data: pd.DataFrame, level: float) -> pd.DataFrame:
    """The cells with adjusted p-values, and intervals that leave zero out just where these do."""
    p = data["p"].to_numpy(float)
    found = [
        of_t(value, error, dof, own)
        for (value, error, dof), own in zip(
            data[["estimate", "std_error", "dof"]].to_numpy(float).tolist(), selected_levels(p, level).tolist(), strict=True,
        )
    ]
    return data.assign(p_bh=benjamini_hochberg(p), low=[each.low for each in found], high=[each.high for each in found])


def _unit_finding(ev: Evaluation, data: pd.DataFrame, coverage: float | None) -> Finding:
    """How many cells differ from the others."""
    seen, said = data[(data["low"] > 0) | (data["high"] < 0)], _verdicts(data)

    def sentence(lang: str) -> str:
        total, count = integer(len(data), lang), integer(len(seen), lang)
        matter, small, open_ = (integer(said.get(code, 0), lang) for code in verdicts.WORDS)
        margin = margins.shown("points", lang)
        how = both("", "")[lang] if len(data) == 1 else both(
            " setelah koreksi Benjamini–Hochberg", " after Benjamini and Hochberg's correction",
        )[lang]
        pairs = "pair" if len(data) == 1 else "pairs"
        if seen.empty:
            text = both(
                f"Pada {total} pasangan unit dan jenis kompetensi yang dapat diperiksa, tidak terlihat perubahan yang lain "
                f"daripada perubahan peserta lain{how}.",
                f"In the {total} {pairs} of unit and kind of competency that can be looked at, no change is seen to be unlike "
                f"that of the other participants{how}.",
            )[lang]
        else:
            text = both(
                f"Dari {total} pasangan unit dan jenis kompetensi yang dapat diperiksa, {count} terlihat berbeda dari peserta "
                f"lain{how}.",
                f"Of {total} {pairs} of unit and kind of competency that can be looked at, {count} "
                f"{'is' if len(seen) == 1 else 'are'} seen to differ from the other participants{how}.",
            )[lang]
        return text + both(
            f" Terhadap batas {margin}, perbedaannya berarti pada {matter}, terlalu kecil untuk berarti pada {small}, dan belum "
            f"dapat diketahui pada {open_} pasangan; selang setiap pasangan tercantum pada tabel.",
            f" Against a margin of {margin} the difference is large enough to matter in {matter}, too small to matter in "
            f"{small}, and cannot be known yet in {open_}; the interval of each is in the table.",
        )[lang]

    return claim(
        by_unit, ev, counting.exact(len(seen)), int(data["n"].sum()), in_words(sentence), design="before_after",
        measure="pairs", coverage=coverage, precise=_mostly_precise(data),
    )


def _unit_table(data: pd.DataFrame) -> Table:
    """Every pair of unit and kind of competency with its interval and adjusted p."""
    return Table(
        data,
        (
            Field("label", both("Unit dan jenis kompetensi", "Unit and kind of competency")),
            Field("n", both("Peserta", "Participants"), "integer"),
            Field("estimate", both("Selisih terhadap peserta lain", "Difference from the others"), "number"),
            Field("low", both("Batas bawah", "Lower bound"), "number"),
            Field("high", both("Batas atas", "Upper bound"), "number"),
            Field("p_bh", both("p (Benjamini–Hochberg)", "p (Benjamini–Hochberg)"), "p"),
        ),
        both(
            "Perubahan peserta unit terhadap peserta lain pada jenis kompetensi yang sama, poin",
            "Change of a unit's participants against others in the same kind of competency, points",
        ),
        count="n",
    )


@answers(
    CHAPTER,
    both(
        "Apakah lebih banyak jam pelajaran disertai perubahan yang lebih besar?",
        "Do more learning hours go with a larger change?",
    ),
    (*TEST, "participation", "batch"),
)
def hours(ev: Evaluation) -> Answer:
    """Participants' change against the hours that they attended; hours were not assigned."""
    rows, wider = scores.tests(ev)
    pairs = scores.complete(rows)
    trained = pairs[pairs["arm"] == scores.TRAINED].merge(_attended(ev), on=["employee_uid", "program_id", "year"])
    trained = trained.sort_values(["program_id", "jp", "pre", "post"], kind="stable").reset_index(drop=True)
    if len(trained) < scores.FEW or trained["jp"].nunique() < 3:
        return counting.nothing(
            hours, ev, "terlalu sedikit peserta bertes dengan jam pelajaran yang berbeda-beda.",
            "too few tested participants have differing learning hours.",
        )
    courses = int(trained["program_id"].nunique())
    if courses < FEWEST_COURSES:
        return counting.nothing(
            hours, ev, f"kurang dari {FEWEST_COURSES} pelatihan; jam tidak dapat dipisahkan dari pelatihannya.",
            f"fewer than {FEWEST_COURSES} courses; hours cannot be told apart from the courses.",
        )
    if (trained["post"] - trained["pre"]).nunique() < 2:
        return counting.nothing(
            hours, ev, "nilai semua peserta berubah sama besar, sehingga tidak ada yang dapat dikaitkan dengan jam.",
            "every participant's score changed alike, so that there is nothing to go with the hours.",
        )
    result = compare(
        trained, before="pre", after="post", dose="jp", cluster="program_id", level=ev.level, seed=ev.seed,
    )
    row, rank = result.row("dose[linear]"), result.row("dose[monotone]")
    finding = claim(
        hours, ev, estimate_of(row), int(row["n"]), in_words(lambda lang: _hours_sentence(ev, row, rank, courses, lang)),
        design="before_after", measure="points_per_jp", p_value=claims.plain(row["p_value"]),
        coverage=len(trained) / int((pairs["arm"] == scores.TRAINED).sum()),
        precise=margins.precise(_per_ten(row), "points"), n_units=courses,
    )
    picture = Picture(
        "intervals", _hours_means(ev, trained),
        both("Perubahan peserta menurut jam pelajaran yang diikuti", "Participants' change by learning hours attended"),
        POINTS, both("Jam pelajaran (JP)", "Learning hours (JP)"), len(trained), reference=0.0,
    )
    note = both(
        "Jam pelajaran tidak ditetapkan oleh evaluasi: pelatihan yang panjang berbeda juga dalam isi, bentuk, dan "
        "pesertanya, sehingga angka ini bukan hasil menambah jam.",
        "Hours were not assigned by the evaluation: long courses differ in content, form and participants too, so this "
        "is not what adding hours would give.",
    )
    how = both(
        f"Kemiringan: {METHODS[str(row['method'])]['id']}, dengan peserta bersarang dalam pelatihannya.",
        f"The slope: {METHODS[str(row['method'])]['en']}, with participants nested in their courses.",
    )
    return counting.answer(hours, [finding], picture=picture, notes=(note, how, *((scores.TO_DATE,) if wider else ())))


def _per_ten(row: pd.Series) -> Estimate:
    """The change per ten more learning hours, in points."""
    return estimate_of(row).times(10)


def _attended(ev: Evaluation) -> pd.DataFrame:
    """Hours that each person attended of each course in a year."""
    rows = ev.table("participation", "to_date").drop(columns=["year"], errors="ignore")
    batch = ev.table("batch", "all")[["batch_id", "program_id", "year"]]
    rows = rows.merge(batch, on="batch_id", validate="m:1").dropna(subset=["attended_jp"])
    summed = rows.groupby(["employee_uid", "program_id", "year"], sort=False)["attended_jp"].sum()
    return summed.rename("jp").reset_index()


def _hours_means(ev: Evaluation, trained: pd.DataFrame) -> pd.DataFrame:
    """Mean change in quarters of the hours."""
    cut = pd.qcut(trained["jp"].rank(method="dense"), 4, duplicates="drop", labels=False)
    means = []
    for _, part in trained.groupby(cut, sort=True):
        value = shares.mean((part["post"] - part["pre"]).to_numpy(float), ev.level)
        low, high = part["jp"].min(), part["jp"].max()
        name = {lang: f"{number(low, lang, 0)}–{number(high, lang, 0)} JP" if low < high else f"{number(low, lang, 0)} JP"
                for lang in ("id", "en")}
        means.append({
            "label_id": name["id"], "label_en": name["en"], "estimate": value.value, "low": value.low,
            "high": value.high, "n": len(part),
        })
    return pd.DataFrame(means)


def _hours_sentence(ev: Evaluation, row: pd.Series, rank: pd.Series, courses: int, lang: str) -> str:
    """The slope per ten hours, and whether larger goes with more at all."""
    ten = _per_ten(row)
    facts = f"{claims.bounds(ten, lang, ev.level)}; {p_value(claims.plain(row['p_value']), lang)}; " + both(
        f"{integer(row['n'], 'id')} peserta pada {courses} pelatihan",
        f"{integer(row['n'], 'en')} participants in {courses} courses",
    )[lang]
    tail = both(
        f" Korelasi peringkat (Spearman) antara perubahan dan jam {number(claims.plain(rank['estimate']), 'id', 2)}; "
        "selangnya tidak diberikan karena peserta mengelompok menurut pelatihan.",
        f" The rank correlation (Spearman) of change and hours is {number(claims.plain(rank['estimate']), 'en', 2)}; it "
        "has no interval because participants come in courses.",
    )[lang]
    tail = margins.told(ten, "points", lang) + tail
    if not decided(ten):
        return both(
            f"Perubahan nilai per tambahan 10 JP ialah {number(ten.value, 'id')} poin ({facts}).",
            f"The change per 10 more learning hours is {number(ten.value, 'en')} points ({facts}).",
        )[lang] + tail
    word = both("lebih besar" if ten.value > 0 else "lebih kecil", "larger" if ten.value > 0 else "smaller")[lang]
    size = number(abs(ten.value), lang)
    return both(
        f"Untuk setiap tambahan 10 JP yang diikuti, perubahan nilai peserta {size} poin {word} ({facts}).",
        f"For every 10 more learning hours attended, participants' change is {size} points {word} ({facts}).",
    )[lang] + tail
