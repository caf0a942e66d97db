"""Scores before and after, and answers to forms: wide columns that become records; nothing about their scale is guessed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from karier_stats.domain.answer_words import ANSWER_SCALES
from karier_stats.domain.codes import ARM, PURPOSE, TEST_KIND
from karier_stats.intake.made import year_of
from karier_stats.intake.project import proposed_name
from karier_stats.intake.start import lexicon, tables
from karier_stats.intake.start.columns import Claim, Match, matched
from karier_stats.intake.start.feed import NULL, Draft
from karier_stats.intake.start.looks import Look
from karier_stats.intake.start.questions import Asked, coded
from karier_stats.intake.start.traits import MOST, Trait
from karier_stats.intake.values import as_text, folded, yes_no
from karier_stats.words import Phrase

if TYPE_CHECKING:
    from karier_stats.intake.start.content import Proposal

_OF_SCORES = ("employee_uid", "batch_id", "year", "taken_on", "arm", "site")
_LIKELY = ("5", "4")
"""Scales that forms have."""


def scores_asked(look: Look, asked: Asked) -> dict[str, str]:
    """The wave of each column of scores: what its heading says, else what is answered; empty without a before and an after."""
    found = {trait.name: str(lexicon.wave_of(trait.heading)) for trait in tables.score_columns(look)}
    silent = [trait for trait in look.traits if trait.amounts >= 0.8 and not trait.is_days and trait.name not in found
              and lexicon.is_score(trait.heading)]
    if len(silent) >= 2 and not found:
        given = asked.ask(f"waves {look.pattern}", "waves", {**coded(TEST_KIND), NULL: Phrase("start.choice.none_of_these")},
                          items=tuple(folded(trait.heading) for trait in silent), where=look.where)
        found = {trait.name: wave for trait in silent if (wave := given.get(folded(trait.heading), NULL)) != NULL}
    scores = [trait for trait in look.traits if trait.amounts >= MOST and not trait.is_days and lexicon.is_score(trait.heading)]
    if not found and len(scores) == 1 and (wave := tables.sheet_wave(look)):
        return {scores[0].name: wave}
    return found if {"pre", "post"} <= set(found.values()) else {}


def scored(
    made: Proposal, look: Look, claims: Mapping[str, Claim], course: Trait | None, proven: tuple[Trait, Trait] | None
) -> tuple[Draft, Match]:
    """The scores of a sheet: one record for each column of them, or a row for each, its wave in a column."""
    waves = scores_asked(look, made.asked)
    draft, further = Draft(look, "test_score", made.asked), () if waves else ("kind", "score")
    match = matched(look, "test_score", claims={name: claim for name, claim in claims.items() if name in _OF_SCORES},
                    only=(*_OF_SCORES, *further), without=tuple(waves))
    _course(made, draft, course, proven, dated=match.claims.keys().isdisjoint(("year", "taken_on")))
    armed = "arm" not in match.claims and any(lexicon.said_in(lexicon.LEXICON["arms"], text) for text in look.around.values())
    if armed and (arm := made.asked.ask(f"arm {look.where}", "arm", coded(ARM), where=look.where)) is not None:
        draft.put("constants", "arm", arm, Phrase("start.reason.answered"))
    draft.put("constants", "measure", "tes", Phrase("start.reason.measure"))
    draft.put("constants", "scale_kind", "interval")
    held = [trait for trait in look.traits if trait.name in waves] or [
        claim.trait for name, claim in match.claims.items() if name == "score"]
    if held:
        _top(draft, held)
    if waves:
        draft.parts["long"] = {"value": "score", "columns": {name: {"kind": wave} for name, wave in waves.items()}}
        draft.why |= {("long", "columns", name): Phrase("start.reason.wave") for name in waves}
    return draft, match


def _course(
    made: Proposal, draft: Draft, course: Trait | None, proven: tuple[Trait, Trait] | None, *, dated: bool
) -> None:
    """The course of a sheet of scores, and its year where it is dated by it: its own, its batch's in the schedule, or asked."""
    schedules = made.of("batch")
    if proven is not None and schedules and (dated or course is None):
        own, code = proven
        told = matched(schedules[0], "batch").claims
        days = next((told[name].trait.cells for name in ("year", "end_date", "start_date") if name in told), ())
        reason, codes = Phrase("start.reason.overlap", heading=code.heading), [*map(as_text, code.cells)]
        years = {text: year for text, day in zip(codes, days, strict=False) if (year := year_of(day))}
        if years and dated:
            draft.told_by("year", own, years, reason)
        if "program_id" in told and course is None:
            courses = dict(zip(codes, map(as_text, told["program_id"].trait.cells), strict=True))
            draft.told_by("program_id", own, courses, reason)
            return
    if course is not None:
        draft.fill("program_id", Claim(course, Phrase("start.reason.heading", heading=course.heading)))
    else:
        draft.from_anywhere("program_id", "course_from")


def _top(draft: Draft, traits: list[Trait]) -> None:
    """The highest possible score, which no column of scores can tell."""
    top = max(trait.range[1] for trait in traits)
    name = "|".join(sorted(folded(trait.heading) for trait in traits))
    choices = {str(n): {"id": str(n), "en": str(n)} for n in (4, 5, 10, 20, 50, 100) if n >= top}
    given = draft.asked.ask(f"score_max {name}", "score_max", choices, free="number", headings=[trait.heading for trait in traits],
                            top=f"{top:g}")
    if given is not None:
        draft.put("constants", "score_max", float(given), Phrase("start.reason.answered"))


def answered(made: Proposal, look: Look, claims: Mapping[str, Claim]) -> None:
    """The answers of a form, one record for each item; purpose, scale and reversed items are asked once a form."""
    found = tables.items(look)
    instrument = proposed_name(f"{look.sheet} {look.around['file']}" if len(look.origin) > 1 else look.around["file"])
    draft = Draft(look, "survey_response", made.asked)
    match = matched(look, "survey_response", claims=claims, without=tuple(trait.name for trait in found),
                    only=("unit_id", "batch_id", "year", "submitted_on", "wave"))
    for column, claim in match.claims.items():
        draft.fill(column, claim)
    if look.people:
        draft.fill("employee_uid", Claim(look.people[0], Phrase("start.reason.heading", heading=look.people[0].heading)))
    draft.put("constants", "response_id", "S-{row}", Phrase("start.reason.row"))
    draft.put("constants", "instrument", instrument)
    if "year" not in draft.filled:
        draft.year(match.claims)
    top = _scale(made, draft, found)
    draft.parts["long"] = {"value": "value", "columns": {trait.name: {"item_id": f"B{n:02d}"} for n, trait in enumerate(found, 1)}}
    made.feed(draft)
    _items(made, look, instrument, found, top)


def widened(draft: Draft, match: Match) -> None:
    """Columns that stand for one competency, wish or item each become records."""
    look = draft.look
    if draft.table == "competency" and (pairs := tables.level_pairs(look)):
        long = {"value": "actual_level", "columns": {own.name: {"competency_code": name} for name, (_, own) in pairs.items()},
                "beside": {"standard_level": {own.name: standard.name for _, (standard, own) in pairs.items()}}}
        _become(draft, match, long)
    elif draft.table == "need" and (ticked := tables.ticks(look)):
        long = {"value": "need_item", "columns": {trait.name: {"need_item": trait.heading} for trait in ticked}}
        _become(draft, match, long)
        if no := sorted({as_text(cell) for trait in ticked for cell in trait.counts if not yes_no(cell)}):
            draft.put("missing", "need_item", no, Phrase("start.reason.ticks"))
    elif draft.table == "need" and (ranked := tables.ranks(look)):
        _become(draft, match, {"value": "interest_rank", "columns": {one.name: {"need_item": one.heading} for one in ranked}})
    elif draft.table == "need" and (wishes := tables.ordered(look)):
        _become(draft, match, {"value": "need_item", "columns": {one.name: {"interest_rank": n} for n, one in wishes.items()}})
    elif draft.table == "comment" and "comment_id" not in match.claims and (said := tables.remarks(look)):
        long = {"value": "comment", "columns": {one.name: {"comment_id": f"K{n}-{{row}}"} for n, one in enumerate(said, 1)}}
        _become(draft, match, long)
    elif draft.table == "post_training_rating" and "item_id" not in match.claims and (rated := [
            trait for trait in tables.items(look) if trait.name not in {claim.trait.name for claim in match.claims.values()}]):
        _become(draft, match, {"value": "value", "columns": {one.name: {"item_id": f"B{n:02d}"} for n, one in enumerate(rated, 1)}})


def _become(draft: Draft, match: Match, long: dict[str, Any]) -> None:
    """Let columns become records; they fill nothing else."""
    draft.parts["long"] = long
    draft.why["long",] = Phrase("start.reason.wide")
    used = {*long["columns"], *(name for others in long.get("beside", {}).values() for name in others.values())}
    for column in draft.filled & {*match.claims, *match.doubtful} | {
            column for column, claim in match.claims.items() if claim.trait.name in used}:
        match.claims.pop(column, None)


def listed_in_cells(draft: Draft, trait: Trait) -> None:
    """Cells that list several answers: whether they do is asked, with what they would be."""
    if listed := tables.options_in(trait):
        separator, options = listed
        choices = {"ya": Phrase("start.choice.several", options=list(options)[:6], n=len(options)),
                   "tidak": Phrase("start.choice.one_text")}
        if draft.asked.ask(f"split {trait.heading}", "split", choices, where=draft.look.where, heading=trait.heading) == "ya":
            draft.parts["split"] = {"column": "need_item", "separator": separator}
            draft.why["split",] = Phrase("start.reason.answered")


def _scale(made: Proposal, draft: Draft, found: list[Trait]) -> float | None:
    """The highest number of the scale, and what its words count: always asked."""
    look, words = draft.look, sorted({word for trait in found for word in trait.words if any(map(str.isalpha, word))})
    if not words:
        choices = {n: {"id": f"1–{n}", "en": f"1–{n}"} for n in _LIKELY}
        given = made.asked.ask(f"scale {look.pattern}", "scale", choices, free="number", where=look.where)
        return float(given) if given else None
    scales = {name: Phrase("start.choice.scale", words=list(scale)[::-1]) for name, scale in ANSWER_SCALES.items()
              if set(words) <= set(scale)}
    if scales:
        own = {NULL: Phrase("start.choice.none_of_these")}
        given = made.asked.ask(f"scale {look.pattern}", "scale", {**scales, **own}, where=look.where)
        if given is None:
            return None
        if given != NULL:
            draft.parts["answers"] = given
            return float(max(ANSWER_SCALES[given].values()))
    numbers = made.asked.ask("answer words", "answer_words", {}, items=tuple(words), free="number")
    if len(numbers) < len(words):
        return None
    draft.parts["answers"] = {"*": {word: float(numbers[word]) for word in words}}
    return max(float(numbers[word]) for word in words)


def _items(made: Proposal, look: Look, instrument: str, found: list[Trait], top: float | None) -> None:
    """The items of a form, with their purpose and those that are turned."""
    purpose = made.asked.ask(f"purpose {look.pattern}", "purpose", coded(PURPOSE), where=look.where, first=found[0].heading)
    turned = made.asked.ask(f"reversed {look.pattern}", "reversed", {NULL: Phrase("start.choice.none_of_these")}, free="text",
                            where=look.where, texts=[f"{n}. {trait.heading}" for n, trait in enumerate(found, 1)])
    if purpose is None or turned is None or top is None:
        return
    numbers = {part.strip() for part in turned.split(",")}
    rows: list[dict[str, Any]] = [
        {"instrument": instrument, "item_id": f"B{n:02d}", "item_text": trait.heading, "purpose": purpose, "scale_min": 1,
         "scale_max": top, "reverse": str(n) in numbers} for n, trait in enumerate(found, 1)]
    made.content["tables"].setdefault("survey_item", []).append({"rows": rows})
