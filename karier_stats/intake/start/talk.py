"""The questions in a terminal or a form: numbered, one at a time, saved after each, so that one may stop and go on another day.

``peta.usulan.yml`` is the proposed crosswalk: the reason of every line, what is open, and the analyst's own lines kept. The
preview says what ``prepare`` would store, before it does: rows as in the file and as stored, what is left out, what looks wrong.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from karier_stats.errors import InputError, KarierError, visible
from karier_stats.intake.crosswalk import ORIGIN, PETA, PROPOSED
from karier_stats.intake.files.yaml_files import read_yaml
from karier_stats.intake.prepare import rehearse
from karier_stats.intake.project import proposed_name, shown
from karier_stats.intake.schema import TABLES
from karier_stats.intake.scrub import MASK, SECRET
from karier_stats.intake.start.content import Path as Place
from karier_stats.intake.start.content import Proposal, propose, unread
from karier_stats.intake.start.looks import Look, Trait, looks_of
from karier_stats.intake.start.questions import Question
from karier_stats.intake.values import Cell, as_text, is_blank
from karier_stats.words import Phrase, say
from karier_stats.words.catalogue import node

if TYPE_CHECKING:
    import pandas as pd
    from ipywidgets import VBox

_BASE = ".peta.usulan.yml"
_STEP = "  "
_GONE = object()


def earlier_answers(path: Path) -> dict[str, Any]:
    """The answers that a crosswalk holds, by the id of their question; nothing where there is no such file."""
    content = read_yaml(path) if path.is_file() else None
    found = content.get("questions") if isinstance(content, dict) else None
    parts = [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []
    return {str(part["id"]): part["answer"] for part in parts if part.get("answer") is not None and "id" in part}


def current(folder: Path) -> Path:
    """The crosswalk of a folder as it stands: the proposal, else the confirmed one."""
    return folder / PROPOSED if (folder / PROPOSED).is_file() else folder / PETA


def keep_own_lines(made: Proposal, folder: Path) -> None:
    """What somebody has changed in the crosswalk since it was proposed stays changed."""
    if not (folder / _BASE).is_file() or not current(folder).is_file():
        return
    before, now = (dict(_leaves(read_yaml(path))) for path in (folder / _BASE, current(folder)))
    for place in {**before, **now}:
        if place and now.get(place, _GONE) != before.get(place, _GONE) and place[0] != "questions":
            _change(made, place, now.get(place, _GONE))


def feed_names(feeds: list[Any]) -> list[str]:
    """A name for each feed of a table: its file or source, and its sheet or table."""
    return [":".join(str(feed.get(key, "")) for key in ORIGIN) if isinstance(feed, dict) else "" for feed in feeds]


def _leaves(content: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every value with its path, in which feeds are known by file and sheet, not by their place in a list."""
    if len(place) == 2 and place[0] == "tables" and isinstance(content, list):
        content = dict(zip(feed_names(content), content, strict=True))
    if isinstance(content, dict) and content:
        for key, value in content.items():
            yield from _leaves(value, (*place, key))
    else:
        yield place, content


def _change(made: Proposal, place: Place, value: Any) -> None:
    """Let one line be as somebody wrote it."""
    target, path = made.content, list(place)
    if path[0] == "tables" and len(path) > 3:
        feeds = made.content["tables"].get(path[1], [])
        names = feed_names(feeds)
        if path[2] not in names:
            return
        at = names.index(path[2])
        target, path = feeds[at], path[3:]
        made.why["tables", place[1], at, *path] = Phrase("start.reason.own")
    for key in path[:-1]:
        target = target.setdefault(key, {})
        if not isinstance(target, dict):
            return
    if value is _GONE:
        target.pop(path[-1], None)
    else:
        target[path[-1]] = value


def write(made: Proposal, folder: Path, lang: str) -> Path:
    """Write the proposal beside the files, and what it was written as, so that later changes are seen."""
    text, paths = written(made, lang), [folder / PROPOSED, folder / _BASE]
    parts = [path.with_name(f"{path.name}.part") for path in paths]
    for part in parts:  # whole before they take a place: a full disk loses no answer given before
        part.write_text(text, encoding="utf-8")
    for part, path in zip(parts, paths, strict=True):
        part.replace(path)
    return folder / PROPOSED


def confirm(folder: Path) -> Path | None:
    """Let the proposal become the crosswalk; None where a crosswalk of another hand stands there."""
    target = folder / PETA
    if target.is_file() and not earlier_answers(target):
        return None
    (folder / PROPOSED).replace(target)
    return target


def written(made: Proposal, lang: str) -> str:
    """The proposal as text: each line with its reason, the headings that nothing reads, the questions with their choices."""
    lines = [f"# {line}" for line in say("start.head", lang).splitlines()]
    lines += [f"# {error.message(lang)}" for error in made.refused]
    lines += [f"# {say('start.unread', lang, where=look.where, names=names)}"
              for look in made.looks if (names := unread(made, look))]
    lines += _mapping(made.content, made, (), 0, lang)
    if made.asked.questions:
        lines.append("questions:")
        for question in made.asked.questions.values():
            answer = made.asked.answers.get(question.id)
            if question.items:
                answer = {item: (answer if isinstance(answer, Mapping) else {}).get(item) for item in question.items}
            lines += [f"{_STEP}- id: {_scalar(question.id)}", f"{_STEP * 2}ask: {_scalar(question.text[lang])}"]
            lines += [f"{_STEP * 2}# {name} = {label[lang]}" for name, label in question.choices.items()]
            lines.append(f"{_STEP * 2}answer: {_scalar(answer)}"
                         + (f"  # {say('start.open', lang)}" if question.unanswered(answer) else ""))
    return "\n".join(map(visible, lines)) + "\n"


def _mapping(content: Mapping[str, Any], made: Proposal, place: Place, depth: int, lang: str) -> Iterator[str]:
    """The lines of a part."""
    for key, value in content.items():
        here = (*place, key)
        begin = f"{_STEP * depth}{_scalar(key)}:"
        reason = f"  # {made.why[here][lang]}" if here in made.why else ""
        if isinstance(value, dict) and value and depth < 5 and key != "title":
            yield begin + reason
            yield from _mapping(value, made, here, depth + 1, lang)
        elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            yield begin + reason
            for n, one in enumerate(value):
                if key == "rows":
                    yield f"{_STEP * (depth + 1)}- {_scalar(one)}"
                else:
                    first, *rest = _mapping(one, made, (*here, n), depth + 2, lang)
                    yield f"{_STEP * (depth + 1)}- {first.lstrip()}"
                    yield from rest
        else:
            yield f"{begin} {_scalar(value)}{reason}"


def _scalar(value: Any) -> str:
    """A value in one line of YAML."""
    text: str = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, sort_keys=False, width=10**6)
    return text.removesuffix("\n").removesuffix("\n...").strip()


QUIT = frozenset({"q", "keluar", "berhenti"})
YES = frozenset({"ya", "y", "yes"})


@dataclass
class Start:
    """One folder on its way to a crosswalk.

    Attributes
    ----------
    folder : Path
    evaluation : str
    looks : list of Look
    refused : list of KarierError
        Files that could not be read.
    answers : dict
        What has been answered.
    made : Proposal
        The proposal that these answers give.
    """

    folder: Path
    evaluation: str
    looks: list[Look]
    refused: list[KarierError]
    answers: dict[str, Any]
    lang: str = "id"
    made: Proposal = field(init=False)

    def __post_init__(self) -> None:
        self.refresh()

    def answer(self, question: Question, given: Any, item: str = "") -> None:
        """Take an answer, save the proposal, and see what it leaves to be asked."""
        if item:
            held = self.answers.get(question.id)
            self.answers[question.id] = {**(held if isinstance(held, dict) else {}), item: given}
        else:
            self.answers[question.id] = given
        self.refresh()

    def refresh(self) -> None:
        """Make the proposal anew, with the lines that somebody has changed by hand, and write it."""
        self.made = propose([*self.looks], self.answers, self.evaluation, self.refused)
        keep_own_lines(self.made, self.folder)
        write(self.made, self.folder, self.lang)

    @property
    def open(self) -> list[Question]:
        """What is still to be asked; which table a sheet feeds comes first."""
        return sorted(self.made.asked.open, key=lambda question: not question.id.startswith("table "))


def begin(folder: Path, answers: Path | None = None, lang: str = "id") -> Start:
    """Look at every file of a folder and propose a crosswalk.

    Parameters
    ----------
    folder : Path
        The office's files.
    answers : Path, optional
        A crosswalk of another year whose answers hold again.
    lang : {"id", "en"}

    Raises
    ------
    InputError
        K289 where no file can be read.
    """
    looks, refused = looks_of(folder)
    if not looks:
        raise refused[0] if refused else InputError("K289", folder=shown(folder.name))
    known = {**(earlier_answers(answers) if answers else {}), **earlier_answers(current(folder))}
    return Start(folder, proposed_name(folder.resolve().name), looks, refused, known, lang)


def talk(start: Start, read: Callable[[str], str], tell: Callable[[str], None]) -> bool:
    """Ask what is open until nothing is; False where somebody stops before.

    Parameters
    ----------
    start : Start
    read : callable
        Shows a prompt and gives the line that is typed.
    tell : callable
        Shows a line.
    """
    while start.open:
        question, n = start.open[0], len(start.open)
        item = question.unanswered(start.answers.get(question.id))[0] if question.items else ""
        tell("")
        tell(visible(say("start.progress", start.lang, n=n) + " " + question.text[start.lang]))
        if item:
            tell(visible(f"  {item}"))
        choices = list(question.choices)
        if not choices and not question.free:  # a file is wanting, which no answer makes good
            return False
        for number, choice in enumerate(choices, start=1):
            tell(visible(f"  {number}. {question.choices[choice][start.lang]}"))
        given = _typed(question, choices, read, tell, start.lang)
        if given is None:
            tell(say("start.stopped", start.lang))
            return False
        start.answer(question, given, item)
    return True


def _typed(
    question: Question, choices: list[str], read: Callable[[str], str], tell: Callable[[str], None], lang: str
) -> str | None:
    """The answer that somebody types; Enter alone answers nothing. None where they stop."""
    while True:
        try:
            text = read(say("start.prompt", lang)).strip()
        except EOFError:
            return None
        if text.casefold() in QUIT:
            return None
        if text.isascii() and text.isdigit() and 1 <= int(text) <= len(choices):
            return choices[int(text) - 1]
        if text and question.takes(text):
            return text
        tell(say(f"start.again.{'choice' if choices else question.free}", lang))


def agreed(read: Callable[[str], str], lang: str) -> bool:
    """Whether somebody confirms the whole; an input that has ended says no."""
    try:
        return read(say("start.confirm", lang)).strip().casefold() in YES
    except EOFError:
        return False


_ENDS, _STORED, _WIDE = 3, 5, 22
_LARGE_JP, _YOUNG, _OLD = 100, "<30", "50+"


def preview(start: Start, peta: Path) -> Iterator[str]:
    """The lines of the preview, sheet by sheet, then table by table, then what a report can answer of it.

    Parameters
    ----------
    start : Start
        Without an open question.
    peta : Path
        The proposal as it lies in the folder.

    Raises
    ------
    KarierError
        Whatever ``prepare`` would refuse.
    """
    import pandas as pd

    lang = start.lang
    with tempfile.TemporaryDirectory() as folder:
        intake = rehearse(start.evaluation, raw=start.folder, peta=peta, folder=Path(folder), lang=lang)
        seen = set[str]()
        for look in start.looks:
            yield from _sheet(look, start.made, lang, 1 if look.pattern in seen else _ENDS)
            seen.add(look.pattern)
        yield ""
        yield intake.summary(lang)
        frames = {table: pd.read_parquet(intake.folder / f"{table}.parquet") for table in intake.content["tables"]}
        for table, frame in frames.items():
            yield ""
            yield say("start.stored", lang, table=TABLES[table].text, n=len(frame))
            told = frame.head(_STORED).dropna(axis=1, how="all").drop(columns=["source_file", "source_row"], errors="ignore")
            text = told.astype(object).where(told.notna(), "–").to_string(index=False, max_colwidth=_WIDE)
            yield "\n".join("  " + visible(line) for line in text.splitlines())
        yield ""
        yield from _plausible(frames, lang)
        for table in node("start.opens"):
            key = "can" if table in frames else "cannot"
            yield say(f"start.{key}", lang, table=TABLES[table].text, what=Phrase(f"start.opens.{table}"))


def _sheet(look: Look, made: Proposal, lang: str, ends: int) -> Iterator[str]:
    """Some first and last rows of data of a sheet as its file has them, and the rows left out by each rule."""
    table, open_ones = made.tables.get(look.where, ""), impersonal(made, look)
    yield ""
    yield say("start.sheet", lang, where=look.where, n=len(look.rows), header=list(map(str, look.header)),
              table=TABLES[table].text if table in TABLES else "–")
    places = [*range(len(look.rows))]
    for place in dict.fromkeys([*places[:ends], *places[-ends:]]):
        cells = [masked(trait, trait.cells[place], trait.name in open_ones) for trait in look.traits[:8]]
        yield visible(f"  {look.rows[place]}: " + " | ".join(cells))
    for rule in dict.fromkeys(look.left.values()):
        rows = [str(number) for number in sorted(look.left) if look.left[number] == rule]
        yield "  " + say(f"start.left.{rule}", lang, row=rows)


def impersonal(made: Proposal, look: Look) -> set[str]:
    """The headings of a sheet that fill columns which tell nothing of who somebody is."""
    personal = {column.name for spec in TABLES.values() for column in spec.columns
                if column.kind == "person" or column.input_only or column.typed}
    found = set[str]()
    for feed in made.feeds(look):
        columns, long = feed.get("columns", {}), feed.get("long", {})
        found |= {name for column, name in columns.items() if column not in personal}
        found |= set() if long.get("value") in personal else {*long.get("columns", {})}
    return found


def masked(trait: Trait, cell: Cell, shown: bool) -> str:
    """A cell as it may be shown: no service number, no name of a person, no word of a column that nothing reads."""
    if is_blank(cell):
        return "–"
    text = as_text(cell)
    if trait.numbers_of_people >= 0.6 or not (shown or trait.amounts >= 0.8):
        return re.sub(r"\w", "*", text)[:_WIDE]
    return SECRET.sub(MASK, text)[:_WIDE]


def _plausible(frames: dict[str, pd.DataFrame], lang: str) -> Iterator[str]:
    """Lines by which a person sees what an exit code of 0 does not: swapped tests, swapped days and months, hours that are none."""
    if "test_score" in frames:
        scores = frames["test_score"].pivot_table(
            index=["employee_uid", "program_id"], columns="kind", values="score", observed=True)
        if {"pre", "post"} <= set(scores.columns):
            gains = (scores["post"] - scores["pre"]).dropna()
            yield say("start.plausible.gain", lang, up=int((gains > 0).sum()), down=int((gains < 0).sum()), n=len(gains))
    batches = frames.get("batch")
    if batches is not None and "start_date" in batches and batches["start_date"].notna().any():
        months = [str(day)[5:7] for day in batches["start_date"].dropna()]
        yield say("start.plausible.months", lang, counts=[f"{month}: {months.count(month)}" for month in sorted(set(months))])
    seats = frames.get("participation")
    if seats is not None:
        held = [name for name in ("credited_jp", "attended_jp") if name in seats]
        hours = seats[held[0]].dropna() if held else None
        if hours is not None and len(hours):
            yield say("start.plausible.hours", lang, share=float((hours > _LARGE_JP).mean()), top=float(hours.max()))
        yield say("start.plausible.seats", lang, people=seats["employee_uid"].nunique(), batches=seats["batch_id"].nunique())
    staff = frames["employee"]
    bands = list(staff["age_band"]) if "age_band" in staff else []
    years = ", ".join(str(year) for year in sorted(staff["year"].unique()))
    yield say("start.plausible.staff", lang, people=staff["employee_uid"].nunique(), years=years,
              young=bands.count(_YOUNG), old=bands.count(_OLD), n=len(staff))


def start(folder: str, *, answers: str = "", lang: str = "id") -> VBox:
    """Look at an office's files and ask, in a form, what they do not prove.

    Parameters
    ----------
    folder : str
        The folder with the files.
    answers : str
        The crosswalk of another year whose answers hold again; none by default.
    lang : {"id", "en"}

    Returns
    -------
    VBox
        The form: a question, its choices, and at the end the preview with a button that confirms the crosswalk.

    Raises
    ------
    InputError
        K289 where no file can be read.
    """
    from ipywidgets import VBox

    form = VBox()
    _ask(form, begin(Path(folder), Path(answers) if answers else None, lang))
    return form


def _ask(form: VBox, begun: Start) -> None:
    """Show the next question, or the preview once none is left."""
    from ipywidgets import Button, Dropdown, Label, Text

    if not begun.open:
        _show(form, begun)
        return
    question, lang = begun.open[0], begun.lang
    item = question.unanswered(begun.answers.get(question.id))[0] if question.items else ""
    options = [("", ""), *((visible(label[lang]), name) for name, label in question.choices.items())]
    choice: Any = Text() if question.free and not question.choices else Dropdown(options=options)
    button = Button(description=say("start.form.next", lang), disabled=not (question.choices or question.free))

    def take(_: object) -> None:
        if question.takes(choice.value):
            begun.answer(question, choice.value, item)
            _ask(form, begun)

    button.on_click(take)
    text = say("start.progress", lang, n=len(begun.open)) + " " + question.text[lang]
    refused = [Label(error.message(lang)) for error in begun.refused]
    form.children = (*refused, Label(visible(text)), Label(visible(item)), choice, button)


def _show(form: VBox, begun: Start) -> None:
    """Show what would be stored, and let it be confirmed."""
    from ipywidgets import Button, Textarea

    lang = begun.lang
    peta = write(begun.made, begun.folder, lang)
    try:
        text = "\n".join(preview(begun, peta))
    except KarierError as error:
        text = error.message(lang)
    button = Button(description=say("start.form.confirm", lang))

    def confirmed(_: object) -> None:
        button.disabled = confirm(begun.folder) is not None

    button.on_click(confirmed)
    form.children = (Textarea(text, disabled=True, rows=30, layout={"width": "100%"}), button)
