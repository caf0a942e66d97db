"""The same questions in JupyterLab: one at a time with a drop-down, over the engine that the terminal uses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from karier_stats.errors import KarierError, visible
from karier_stats.intake.start import proposal
from karier_stats.intake.start.preview import preview
from karier_stats.intake.start.talk import Start, begin
from karier_stats.words import say

if TYPE_CHECKING:
    from ipywidgets import VBox


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
