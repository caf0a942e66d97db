"""Which courses participants find irrelevant, whether changes helped, and how far the reactions can be trusted.

The unit of analysis is one filled-in form; comments and ratings are counted
as they were given.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from karier_stats.answers import margins
from karier_stats.answers.record import Answer, Field, Finding, Picture, Recommendation, Table, answers
from karier_stats.chapters import claims, counting, reliabilities
from karier_stats.chapters.at_work import at_work
from karier_stats.chapters.claims import claim, decided
from karier_stats.chapters.counting import finding, in_words, share_words, span
from karier_stats.domain import codes
from karier_stats.domain.rules import rule
from karier_stats.stats.numerics import shares
from karier_stats.stats.numerics.estimate import between
from karier_stats.views import activity, surveys
from karier_stats.words.numbers import both, integer, listing, number, percent

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

CHAPTER = "feedback"
SURVEY = ("survey_item", "survey_response")
MOST_LEVELS = 10
"""Items with more levels than this are in the table, not in the picture of levels."""
SHOWN = 15
"""Courses in a picture; the table has all."""
DECISION = {
    "revise": both("revisi", "revise"), "watch": both("pantau", "watch"),
    "keep": both("pertahankan", "keep"), "few": both("jawaban terlalu sedikit", "too few answers"),
}


class Limits(NamedTuple):
    """The decision rule on one course: revise or watch where the lower bound is above, answers that are enough."""

    revise: float
    watch: float
    enough: int


def _limits() -> Limits:
    """The rule ``revise_curriculum`` of ``rules.yml``."""
    value = rule("revise_curriculum").value
    return Limits(value["revise_above"], value["watch_above"], value["minimum_n"])


def _rule_note() -> dict[str, str]:
    """The rule in words."""
    limits = _limits()
    return both(
        f"Aturan: revisi bila batas bawah selang di atas {percent(limits.revise, 'id', 0)} dan sekurang-kurangnya "
        f"{limits.enough} orang menjawab; pantau bila batas bawah itu di atas {percent(limits.watch, 'id', 0)}. "
        "“Tidak relevan” berarti jawaban pada dua tingkat terendah.",
        f"Rule: revise where the lower bound is above {percent(limits.revise, 'en', 0)} and at least {limits.enough} "
        f"people answered; watch where that bound is above {percent(limits.watch, 'en', 0)}. "
        "“Not relevant” means an answer on the two lowest levels.",
    )


def _relevance(ev: Evaluation, when: str = "period") -> tuple[pd.DataFrame, bool]:
    """One row per form about a known course: ``unfit`` where its relevance lies on the two lowest levels."""
    scale = surveys.scale(ev, "relevansi", when=when)
    scored = [
        part.wide[["response_id", "instrument", "wave", "batch_id", "year"]].assign(
            score=part.means, unfit=(part.means <= part.ends[0] + 1).astype(bool),
        )
        for part in scale.parts()
    ]
    rows = pd.concat(scored, ignore_index=True) if scored else scale.wide.assign(score=math.nan, unfit=False)
    rows = rows.dropna(subset=["score"]).drop_duplicates(["response_id", "instrument", "wave"])
    batch = ev.table("batch", "all")[["batch_id", "program_id", "curriculum_version"]]
    program = ev.table("program", "all")[["program_id", "title"]]
    rows = rows.merge(batch, on="batch_id", how="inner", validate="m:1")
    return rows.merge(program, on="program_id", how="left", validate="m:1"), scale.wider


def _decide(row: pd.Series) -> str:
    """The written rule on one course's counts, by the lower bound: a share of few answers passes any limit by chance."""
    limits = _limits()
    if row["n"] < limits.enough:
        return "few"
    if row["low"] > limits.revise:
        return "revise"
    return "watch" if row["low"] > limits.watch else "keep"


@answers(
    CHAPTER, both("Pelatihan mana yang dinilai tidak relevan?", "Which courses do participants find irrelevant?"),
    (*SURVEY, "batch", "program"),
)
def irrelevant(ev: Evaluation) -> Answer:
    """Share "not relevant" of each course and what the rule says of it."""
    rows, wider = _relevance(ev)
    if rows.empty:
        return counting.nothing(
            irrelevant, ev, "belum ada jawaban tentang relevansi yang terkait dengan suatu pelatihan.",
            "no answers about relevance belong to a course yet.",
        )
    data = counting.tally(rows, ["program_id", "title"], "unfit", ev.level)
    data = data.assign(
        decision=data.apply(_decide, axis=1), label_id=data["title"].astype(str), label_en=data["title"].astype(str),
    )
    data = data.assign(
        **{f"decision_{lang}": [DECISION[code][lang] for code in data["decision"]] for lang in ("id", "en")}
    )
    data = data.sort_values(["estimate", "program_id"], ascending=[False, True], kind="stable").reset_index(drop=True)
    coverage = _coverage(ev, rows, wider)
    findings = [
        _summary(ev, data, coverage),
        *(_course(ev, row, coverage) for _, row in data[data["decision"] == "revise"].iterrows()),
    ]
    picture = Picture(
        "intervals", data.head(SHOWN),
        both("Peserta yang menilai pelatihannya tidak relevan", "Participants who find their course not relevant"),
        both("Bagian jawaban “tidak relevan”", "Share of answers “not relevant”"), both("Pelatihan", "Course"),
        len(rows), "percent", 0, reference=_limits().revise,
    )
    table = Table(
        data,
        (
            Field("label", both("Pelatihan", "Course")), Field("k", both("Tidak relevan", "Not relevant"), "integer"),
            Field("n", both("Jawaban", "Answers"), "integer"), Field("estimate", both("Bagian", "Share"), "percent"),
            *counting.bounds(), Field("decision", both("Keputusan menurut aturan", "Decision by the rule")),
        ),
        both("Relevansi setiap pelatihan", "Relevance of each course"), count="n",
    )
    return counting.answer(irrelevant, findings, picture=picture, table=table, notes=(_rule_note(), *_wider(wider)))


def _wider(wider: bool) -> tuple[dict[str, str], ...]:
    """A note where years before the period were read."""
    return (
        both(
            "Periode ini tidak memiliki jawaban; semua tahun sebelumnya dipakai.",
            "This period has no answers; all earlier years are used.",
        ),
    ) if wider else ()


def _coverage(ev: Evaluation, rows: pd.DataFrame, wider: bool) -> float | None:
    """Forms over attended places of the courses they speak of; None where years are mixed."""
    places = activity.enrolments(ev)
    places = places[places["attended"] & places["program_id"].isin(rows["program_id"])]
    return None if wider or places.empty else min(len(rows) / len(places), 1.0)


def _summary(ev: Evaluation, data: pd.DataFrame, coverage: float | None) -> Finding:
    """How many courses the rule wants revised, and which."""
    judged, revise = data[data["decision"] != "few"], data[data["decision"] == "revise"]
    watch = int((data["decision"] == "watch").sum())
    overall = shares.share(int(data["k"].sum()), int(data["n"].sum()), ev.level)

    def sentence(lang: str) -> str:
        names = listing([f"{row['title']} ({percent(row['estimate'], lang)})" for _, row in revise.iterrows()], lang)
        counts = integer(len(revise), lang), integer(len(judged), lang), integer(watch, lang)
        facts = both(f"Dari semua jawaban, {counting.share_apart(overall, 'id', ev.level)} menyatakan tidak relevan.",
                     f"Of all answers, {counting.share_apart(overall, 'en', ev.level)} say not relevant.")[lang]
        if judged.empty:
            return both(
                f"Belum ada pelatihan dengan sekurang-kurangnya {_limits().enough} jawaban, sehingga aturan keputusan belum "
                f"dapat dipakai. {facts}",
                f"No course has at least {_limits().enough} answers yet, so that the decision rule cannot be used. {facts}",
            )[lang]
        if revise.empty:
            return both(
                f"Menurut aturan keputusan, belum ada dari {counts[1]} pelatihan yang perlu direvisi; {counts[2]} "
                f"perlu dipantau. {facts}",
                f"By the decision rule none of {counts[1]} courses calls for revision; {counts[2]} should be watched. "
                f"{facts}",
            )[lang]
        return both(
            f"Menurut aturan keputusan, {counts[0]} dari {counts[1]} pelatihan perlu direvisi, yaitu {names}; "
            f"{counts[2]} perlu dipantau. {facts}",
            f"By the decision rule of {counts[1]} courses {counts[0]} should be revised: {names}; {counts[2]} should "
            f"be watched. {facts}",
        )[lang]

    return finding(irrelevant, ev, overall, int(data["n"].sum()), in_words(sentence), coverage=coverage, headline=True)


def _course(ev: Evaluation, row: pd.Series, coverage: float | None) -> Finding:
    """One course that the rule wants revised."""
    value = between(row['estimate'], row['low'], row['high'])
    sentence = in_words(
        lambda lang: both(
            f"{row['title']}: {integer(row['k'], 'id')} dari {integer(row['n'], 'id')} jawaban "
            f"({share_words(value, 'id', ev.level)}) menyatakan tidak relevan.",
            f"{row['title']}: {integer(row['k'], 'en')} of {integer(row['n'], 'en')} answers "
            f"({share_words(value, 'en', ev.level)}) say not relevant.",
        )[lang]
    )
    return finding(
        irrelevant, ev, value, int(row["n"]), sentence, part=str(row["program_id"]), coverage=coverage, precise=True,
        recommendation=_revise(ev, row),
    )


def _revise(ev: Evaluation, row: pd.Series) -> Recommendation:
    """Revise the curriculum of one course."""
    watch = _limits().watch
    return Recommendation(
        both(
            f"Merevisi kurikulum {row['title']} bersama calon peserta dan atasannya sebelum angkatan berikutnya "
            "dibuka.",
            f"Revise the curriculum of {row['title']} with those who will attend and their superiors before the next "
            "batch opens.",
        ),
        both("Penyelenggara pelatihan bersama BKPSDM", "The organiser together with the personnel agency (BKPSDM)"),
        claims.mid_next_year(ev),
        both(
            f"Jawaban “tidak relevan” pada angkatan pertama kurikulum baru di bawah {percent(watch, 'id', 0)}.",
            f"Answers “not relevant” in the first batch of the new curriculum are below {percent(watch, 'en', 0)}.",
        ),
    )


@answers(
    CHAPTER, both("Apakah perubahan kurikulum terdahulu membantu?", "Did earlier changes of curriculum help?"),
    (*SURVEY, "batch", "program"),
)
def revised(ev: Evaluation) -> Answer:
    """Each revised course: share "not relevant" in the new version less that in the old one."""
    rows, _ = _relevance(ev, "to_date")
    rows = rows.dropna(subset=["curriculum_version"])
    data = counting.tally(
        rows, ["program_id", "title", "curriculum_version"], "unfit", ev.level,
    ) if len(rows) else pd.DataFrame({"program_id": []})
    data = data[data["n"] >= _limits().enough] if len(data) else data
    pairs = [_versions(part) for _, part in data.groupby("program_id", sort=True) if len(part) > 1]
    if not pairs:
        return counting.nothing(
            revised, ev, "belum ada pelatihan dengan cukup jawaban untuk dua versi kurikulum.",
            "no course has enough answers for two versions of its curriculum yet.",
        )
    level = 1 - (1 - ev.level) / len(pairs)
    places = _version_places(ev)
    findings = [
        _revised_finding(ev, old, new, level, _least_answered(places, old, new), first=place == 0)
        for place, (old, new) in enumerate(pairs)
    ]
    shown = data[data["program_id"].isin([old["program_id"] for old, _ in pairs])]
    version = shown["curriculum_version"].astype(str)
    shown = shown.assign(
        label_id=shown["title"] + ", versi " + version, label_en=shown["title"] + ", version " + version,
    )
    picture = Picture(
        "intervals", shown,
        both("Jawaban “tidak relevan” sebelum dan sesudah revisi", "Answers “not relevant” before and after revision"),
        both("Bagian jawaban “tidak relevan”", "Share of answers “not relevant”"),
        both("Versi kurikulum", "Version of the curriculum"), int(shown["n"].sum()), "percent", 0,
    )
    note = both(
        "Orang yang menilai kedua versi berbeda, dan tidak ada pelatihan pembanding; hal lain yang berubah pada tahun "
        "yang sama ikut terbaca.",
        "Different people judged the two versions and no other course serves as comparison; whatever else changed in "
        "the same years is read along.",
    )
    family = (both(
        f"Selang perbedaan disesuaikan menurut Bonferroni untuk {len(pairs)} pelatihan.",
        f"The intervals of the differences are adjusted by Bonferroni's method for {len(pairs)} courses.",
    ),) if len(pairs) > 1 else ()
    return counting.answer(revised, findings, picture=picture, notes=(note, *family))


def _versions(part: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The last two versions of one course."""
    ordered = part.sort_values("curriculum_version", kind="stable")
    return ordered.iloc[-2], ordered.iloc[-1]


def _version_places(ev: Evaluation) -> pd.Series:
    """Attended places of each version of each course, all years up to the period."""
    rows = ev.table("participation", "to_date")
    batch = ev.table("batch", "all")[["batch_id", "program_id", "curriculum_version"]]
    rows = rows[rows["outcome"].isin(activity.ATTENDED)][["batch_id"]].merge(batch, on="batch_id", validate="m:1")
    return rows.groupby(["program_id", "curriculum_version"], sort=True).size()


def _least_answered(places: pd.Series, *versions: pd.Series) -> float | None:
    """The smaller share of places of two versions for which a form was filled in; None where none is on record."""
    attended = [int(places.get((each["program_id"], each["curriculum_version"]), 0)) for each in versions]
    if not all(attended):
        return None
    return min(1.0, *(int(each["n"]) / many for each, many in zip(versions, attended, strict=True)))


def _revised_finding(
    ev: Evaluation, old: pd.Series, new: pd.Series, level: float, coverage: float | None, first: bool,
) -> Finding:
    """One revised course in words."""
    value = shares.newcombe(int(new["k"]), int(new["n"]), int(old["k"]), int(old["n"]), level)

    def sentence(lang: str) -> str:
        name = f"{new['title']}"
        counts = f"{integer(old['n'], lang)} {both('dan', 'and')[lang]} {integer(new['n'], lang)}"
        facts, said = f"{span(value, lang, level)}; n = {counts}", margins.told(value, "share", lang)
        shares_of = percent(old["estimate"], lang), percent(new["estimate"], lang)
        if not decided(value):
            return both(
                f"{name}: jawaban “tidak relevan” {shares_of[0]} pada kurikulum lama dan {shares_of[1]} pada kurikulum "
                f"baru; selisih {number(100 * value.value, 'id')} poin persentase ({facts}).",
                f"{name}: answers “not relevant” were {shares_of[0]} under the old curriculum and {shares_of[1]} under "
                f"the new one; a difference of {number(100 * value.value, 'en')} percentage points ({facts}).",
            )[lang] + said
        word = both("turun" if value.value < 0 else "naik", "fell" if value.value < 0 else "rose")[lang]
        return both(
            f"{name}: jawaban “tidak relevan” {word} dari {shares_of[0]} pada kurikulum lama ke {shares_of[1]} pada "
            f"kurikulum baru, selisih {number(100 * value.value, 'id')} poin persentase ({facts}).",
            f"{name}: answers “not relevant” {word} from {shares_of[0]} under the old curriculum to {shares_of[1]} "
            f"under the new one, a difference of {number(100 * value.value, 'en')} percentage points ({facts}).",
        )[lang] + said

    return claim(
        revised, ev, value, int(min(old["n"], new["n"])), in_words(sentence), design="before_after",
        measure="share_difference", part=str(new["program_id"]), coverage=coverage, headline=first and decided(value),
        precise=margins.precise(value, "share"), level=level,
    )


@answers(
    CHAPTER,
    both(
        "Bagaimana reaksi peserta, dan sejauh mana skornya dapat dipercaya?",
        "How do participants react, and how far can the scores be trusted?",
    ),
    SURVEY,
)
def reactions(ev: Evaluation) -> Answer:
    """Reaction items: answers cut by level, share at the highest level, reliability."""
    return _likert(reactions, ev, "reaksi", both("Reaksi peserta", "Participants' reactions"))


@answers(
    CHAPTER,
    both(
        "Apakah peserta merasakan manfaat pelatihan dalam pekerjaan?",
        "Do participants find the training useful at work?",
    ),
    SURVEY,
)
def usefulness(ev: Evaluation) -> Answer:
    """Items on usefulness at work: answers cut by level, share at the highest level, reliability."""
    return _likert(
        usefulness, ev, "manfaat", both("Manfaat pelatihan dalam pekerjaan", "Usefulness of the training at work"),
    )


def _likert(of: Callable[[Evaluation], Answer], ev: Evaluation, purpose: str, title: dict[str, str]) -> Answer:
    """The answers to one scale, each instrument and range on its own; likelihood on 0-10 as a net promoter score."""
    scale = surveys.scale(ev, purpose)
    if scale.means.dropna().empty:
        name = codes.PURPOSE[purpose]
        return counting.nothing(
            of, ev, f"belum ada jawaban survei dengan tujuan “{name[0]}”.",
            f"no answers to a survey on “{name[1]}” yet.",
        )
    likely = _is_likelihood(scale.items)
    parts = scale.only(~likely).parts()
    findings = [
        finding for place, part in enumerate(parts) for finding in _part_findings(of, ev, part, place, len(parts))
    ] + [_promoters(of, ev, scale, item) for _, item in scale.items[likely].iterrows()]
    short = scale.items["scale_max"] - scale.items["scale_min"] <= MOST_LEVELS
    picture = Picture(
        "stacked", _levels(scale.only(short)), title, both("Bagian jawaban", "Share of answers"), both("Butir", "Item"),
        len(scale.wide), "percent", 0,
    ) if short.any() else None
    items = pd.DataFrame([_item_row(scale, row) for _, row in scale.items.iterrows()])
    table = Table(
        items,
        (
            Field("label", both("Butir", "Item")), Field("n", both("Jawaban", "Answers"), "integer"),
            Field("mean", both("Rata-rata", "Mean"), "number", 2),
            Field("sd", both("Simpangan baku", "Standard deviation"), "number", 2),
            Field("top", both("Pada nilai tertinggi", "At the highest level"), "percent"),
        ),
        both("Jawaban setiap butir", "Answers to each item"), count="n",
    )
    return counting.answer(
        of, findings, picture=picture, table=table,
        notes=(*_parts_note(parts), *((_PROMOTERS,) if likely.any() else ()), *_wider(scale.wider)),
    )


def _part_findings(
    of: Callable[[Evaluation], Answer], ev: Evaluation, part: surveys.Scale, place: int, parts: int,
) -> list[Finding]:
    """Mean, ceiling and reliability of one part; the one with most respondents has the plain ids."""
    ending = "" if place == 0 else reliabilities.name_of(part)
    name = str(part.items["instrument"].iloc[0]) if parts > 1 else ""
    found = [_mean_finding(of, ev, part, name, ending), _ceiling_finding(of, ev, part, name, ending)]
    alpha = reliabilities.reliable(of, ev, part)
    return found + [replace(one, id=f"{one.id}.{ending}") if ending else one for one in alpha]


def _parts_note(parts: list[surveys.Scale]) -> tuple[dict[str, str], ...]:
    """That several instruments or ranges are told apart."""
    if len(parts) < 2:
        return ()
    return (both(
        f"Ada {len(parts)} kelompok butir dari instrumen atau rentang nilai yang berbeda; masing-masing dihitung sendiri, sebab "
        "respondennya berbeda dan nilainya tidak dapat dirata-ratakan bersama.",
        f"There are {len(parts)} sets of items from different instruments or ranges; each is computed on its own, since their "
        "respondents differ and their values have no mean in common.",
    ),)


_LIKELY = r"rekomendasi|menyarankan|kemungkinan|recommend|likel"
"""Words of an item that asks how likely somebody is to recommend a course."""
PROMOTER, DETRACTOR = 9, 6
"""From 9 a respondent promotes, up to 6 detracts."""
_PROMOTERS = both(
    "Skor promotor bersih (net promoter score): bagian yang menjawab 9–10 dikurangi bagian yang menjawab 0–6 pada pertanyaan "
    "kemungkinan merekomendasikan, skala 0–10 (Reichheld 2003, Harvard Business Review 81(12), 46–54).",
    "Net promoter score: the share who answer 9–10 less the share who answer 0–6 to a question on how likely they are to "
    "recommend, scale 0–10 (Reichheld 2003, Harvard Business Review 81(12), 46–54).",
)


def _is_likelihood(items: pd.DataFrame) -> pd.Series:
    """The items that ask for a likelihood on 0 to 10."""
    words = (items["label_id"].astype(str) + " " + items["label_en"].astype(str)).str.contains(_LIKELY, case=False)
    return words & (items["scale_min"] == 0) & (items["scale_max"] == 10) & ~items["reverse"]


def _promoters(of: Callable[[Evaluation], Answer], ev: Evaluation, scale: surveys.Scale, item: pd.Series) -> Finding:
    """Promoters less detractors of one item, of the same respondents."""
    values = scale.wide[item["item"]].dropna()
    promote, detract = int((values >= PROMOTER).sum()), int((values <= DETRACTOR).sum())
    share = shares.paired_difference(promote, detract, len(values), ev.level)
    score = share.times(100)

    def sentence(lang: str) -> str:
        parts = percent(promote / len(values), lang), percent(detract / len(values), lang)
        facts = f"{claims.bounds(score, lang, ev.level, 0)}; n = {integer(len(values), lang)}"
        return both(
            f"Skor promotor bersih untuk “{item['label_id']}” ialah {number(score.value, 'id', 0)} ({facts}): {parts[0]} "
            f"menjawab 9–10 dan {parts[1]} menjawab 0–6.",
            f"The net promoter score of “{item['label_en']}” is {number(score.value, 'en', 0)} ({facts}): {parts[0]} answer 9–10 "
            f"and {parts[1]} answer 0–6.",
        )[lang]

    return finding(
        of, ev, score, len(values), in_words(sentence), part=f"nps.{item['item_id']}", measure="net_promoter_score",
        coverage=None, precise=share.high - share.low <= counting.PRECISE_WIDTH,
    )


def _item_row(scale: surveys.Scale, item: pd.Series) -> dict[str, object]:
    """Mean, spread and ceiling of one item."""
    values = scale.wide[item["item"]].dropna()
    return {
        "label_id": item["label_id"], "label_en": item["label_en"], "n": len(values), "mean": values.mean(),
        "sd": values.std(), "top": (values == item["scale_max"]).mean(),
    }


def _levels(scale: surveys.Scale) -> pd.DataFrame:
    """The share of every level in every item, lowest level first."""
    rows = []
    for _, item in scale.items.iterrows():
        counts = scale.wide[item["item"]].dropna().round().value_counts()
        total, lowest, highest = int(counts.sum()), int(item["scale_min"]), int(item["scale_max"])
        ends = {lowest: both(" (terendah)", " (lowest)"), highest: both(" (tertinggi)", " (highest)")}
        for level in range(lowest, highest + 1):
            end = ends.get(level, both("", ""))
            rows.append({
                "label_id": item["label_id"], "label_en": item["label_en"], "part_id": f"{level}{end['id']}",
                "part_en": f"{level}{end['en']}", "value": counts.get(float(level), 0) / total if total else 0.0,
                "n": total,
            })
    return pd.DataFrame(rows)


def _mean_finding(
    of: Callable[[Evaluation], Answer], ev: Evaluation, scale: surveys.Scale, name: str, part: str,
) -> Finding:
    """The mean of one part of a scale; ``name`` tells it apart where there are several."""
    means, (low, top) = scale.means.dropna(), scale.ends
    value, count = shares.mean(means.to_numpy(float), ev.level), len(scale.items)

    def sentence(lang: str) -> str:
        facts = f"{claims.bounds(value, lang, ev.level, 2)}; n = {integer(len(means), lang)}"
        ends = number(low, lang, 0), number(top, lang, 0)
        what = both(f"{integer(count, 'id')} butir", f"{integer(count, 'en')} items")[lang]
        if count == 1:
            what = both("butir", "the item")[lang] + f" “{scale.items[f'label_{lang}'].iloc[0]}”"
        what += both(f" pada instrumen {name}", f" of the instrument {name}")[lang] if name else ""
        return both(
            f"Rata-rata {what} ialah {number(value.value, 'id', 2)} pada skala {ends[0]}–{ends[1]} ({facts}).",
            f"The mean of {what} is {number(value.value, 'en', 2)} on a scale of {ends[0]}–{ends[1]} ({facts}).",
        )[lang]

    precise = math.isfinite(value.low) and value.high - value.low <= 0.1 * (top - low)
    return finding(
        of, ev, value, len(means), in_words(sentence), part=part, measure="scale_points", coverage=None, precise=precise,
    )


def _ceiling_finding(
    of: Callable[[Evaluation], Answer], ev: Evaluation, scale: surveys.Scale, name: str, part: str,
) -> Finding:
    """How many forms carry the highest value on every item: they cannot tell good from better."""
    answered = scale.wide[scale.columns].dropna()
    top = scale.items["scale_max"].to_numpy(float)
    count, n = int((answered.to_numpy(float) == top).all(axis=1).sum()), len(answered)
    full = shares.share(count, n, ev.level)
    same = float((answered.nunique(axis=1) == 1).mean()) if n else math.nan

    def sentence(lang: str) -> str:
        where = both(f" instrumen {name}", f" of the instrument {name}")[lang] if name else ""
        if not n:
            return both(
                f"Tidak ada formulir{where} yang menjawab semua butir.", f"No form{where} answers all items.",
            )[lang]
        share = counting.share_apart(full, lang, ev.level)
        if len(scale.items) == 1:
            return both(
                f"Sebanyak {share} dari {integer(n, 'id')} jawaban{where} bernilai tertinggi; jawaban demikian kurang dapat "
                "membedakan mutu.",
                f"{share} of {integer(n, 'en')} answers{where} have the highest value; such answers can hardly tell quality "
                "apart.",
            )[lang]
        return both(
            f"Sebanyak {share} dari {integer(n, 'id')} formulir lengkap{where} "
            f"memberi nilai tertinggi pada setiap butir, dan {percent(same, 'id')} memberi nilai yang sama pada semua "
            "butir; formulir demikian kurang dapat membedakan mutu.",
            f"{share} of {integer(n, 'en')} complete forms{where} give the "
            f"highest value on every item, and {percent(same, 'en')} the same value on all items; such forms can "
            "hardly tell quality apart.",
        )[lang]

    return finding(
        of, ev, full, n, in_words(sentence), part=f"ceiling.{part}" if part else "ceiling", coverage=None,
    )


@answers(
    CHAPTER, both("Apa yang dikemukakan peserta dalam komentarnya?", "What do participants say in their comments?"),
    ("comment",),
)
def themes(ev: Evaluation) -> Answer:
    """Comments by theme."""
    rows = ev.table("comment")
    named = rows.dropna(subset=["theme"])
    if named.empty:
        return counting.nothing(
            themes, ev, "belum ada komentar yang diberi tema pada periode ini.",
            "no comment of this period has a theme yet.",
        )
    counts = named["theme"].value_counts().rename_axis("theme").reset_index(name="k").sort_values(
        ["k", "theme"], ascending=[False, True], kind="stable",
    )
    low, high = shares.wilson(counts["k"].to_numpy(), len(named), ev.level)
    data = counting.labelled(
        counts.assign(value=counts["k"] / len(named), low=low, high=high, n=counts["k"]).reset_index(drop=True),
        "theme", codes.THEME,
    )
    top = data.iloc[0]
    value = between(top['value'], top['low'], top['high'])
    tied, left = data[data["k"] == top["k"]], len(rows) - len(named)

    def sentence(lang: str) -> str:
        about = listing([str(name).lower() for name in tied[f"label_{lang}"]], lang)
        each = both("masing-masing ", "each ")[lang] if len(tied) > 1 else ""
        text = both(
            f"Dari {integer(len(named), 'id')} komentar bertema, yang terbanyak tentang {about} "
            f"({each}{share_words(value, 'id', ev.level)})",
            f"Of {integer(len(named), 'en')} comments with a theme most are about {about} "
            f"({each}{share_words(value, 'en', ev.level)})",
        )[lang]
        if not left:
            return text + "."
        return text + both(
            f"; {integer(left, 'id')} komentar belum diberi tema.",
            f"; {integer(left, 'en')} {'comment has' if left == 1 else 'comments have'} no theme yet.",
        )[lang]

    picture = Picture(
        "bars", data, both("Tema komentar peserta", "Themes of participants' comments"),
        both("Bagian komentar", "Share of comments"), both("Tema", "Theme"), len(named), "percent", 0,
    )
    note = both(
        "Komentar ditulis oleh sebagian peserta saja; bagian ini menggambarkan komentar, bukan semua peserta.",
        "Only some participants write comments; these shares describe the comments, not all participants.",
    )
    return counting.answer(
        themes, [finding(themes, ev, value, len(named), in_words(sentence), coverage=None)], picture=picture,
        notes=(note, *claims.whole_programme(ev)),
    )


QUESTIONS = (irrelevant, revised, reactions, usefulness, themes, at_work)
