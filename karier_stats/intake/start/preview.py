"""What ``prepare`` would store, before it does: rows as in the file and as stored, what is left out, and what looks wrong.

In JupyterLab the questions are asked by a form, one at a time with a drop-down, over the engine that the terminal uses.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karier_stats.errors import KarierError, visible
from karier_stats.intake.prepare import rehearse
from karier_stats.intake.schema import TABLES
from karier_stats.intake.scrub import MASK, SECRET
from karier_stats.intake.start import proposal
from karier_stats.intake.start.content import Proposal
from karier_stats.intake.start.looks import Look
from karier_stats.intake.start.talk import Start, begin
from karier_stats.intake.start.traits import Trait
from karier_stats.intake.values import Cell, as_text, is_blank
from karier_stats.words import Phrase, say
from karier_stats.words.catalogue import node

if TYPE_CHECKING:
    import pandas as pd
    from ipywidgets import VBox

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
    form.children = (Label(visible(text)), Label(visible(item)), choice, button)


def _show(form: VBox, begun: Start) -> None:
    """Show what would be stored, and let it be confirmed."""
    from ipywidgets import Button, Textarea

    lang = begun.lang
    peta = proposal.write(begun.made, begun.folder, lang)
    try:
        text = "\n".join(preview(begun, peta))
    except KarierError as error:
        text = error.message(lang)
    button = Button(description=say("start.form.confirm", lang))

    def confirm(_: object) -> None:
        button.disabled = proposal.confirm(begun.folder) is not None

    button.on_click(confirm)
    form.children = (Textarea(text, disabled=True, rows=30, layout={"width": "100%"}), button)
