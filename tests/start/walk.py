"""The walk through an office: every prompt and answer of ``karier start``, the screens, what ``prepare`` makes of it."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from unittest.mock import patch

import click
from click.testing import CliRunner

from karier_stats.cli import cli
from karier_stats.intake.start import talk
from tests.start.further import Further, further

HERE = Path(__file__).parent
WALKED = ("register", "wards", "abbreviated")


def walk(office: Further, root: Path) -> str:
    """The text of a walk, in a project of its own."""
    folder = root / "data" / "raw" / office.name
    folder.mkdir(parents=True)
    for name in ("data/processed", "notebooks"):
        (root / name).mkdir(parents=True)
    office.write(folder)
    given: list[str] = []

    def read(prompt: str) -> str:
        question = begun.open[0]
        item = question.unanswered(begun.answers.get(question.id))[0] if question.items else ""
        answer = office.reply(question.id, item, [*question.choices])
        given.append(str([*question.choices].index(answer) + 1) if answer in question.choices else answer)
        click.echo(f"{prompt}{given[-1]}")
        return given[-1]

    with patch.dict(
        os.environ,
        {"KARIER_HOME": str(root), "KARIER_KEYS": str(root.parent / f"{root.name}-keys"), "KARIER_LANG": "id"},
    ):
        begun = talk.begin(folder)
        asked = CliRunner().invoke(_asked(begun, read))
        for proposed in (folder / "peta.usulan.yml", folder / ".peta.usulan.yml"):
            proposed.unlink()
        lines = [f"$ ls data/raw/{office.name}", *sorted(office.files), ""]
        done = _run("start", f"data/raw/{office.name}", typed=[*given, "ya"], root=root)
        shown = done[done.index("\n", done.rindex("Jawaban (nomor")) :] if given else done
        lines += [
            f"$ karier start data/raw/{office.name}",
            asked.output.rstrip(),
            shown.rstrip(),
            "",
            f"# {len(begun.made.asked.questions)} pertanyaan, {len(given)} jawaban",
            "",
        ]
        for command in (("key", office.name), ("prepare", office.name)):
            lines += [
                f"$ karier {' '.join(command)}",
                _run(*command, root=root).replace(str(root.parent), "…").rstrip(),
                "",
            ]
    text = re.sub(r"\bp[0-9a-f]{20}\b", "p" + "·" * 20, "\n".join(lines))  # made under a key that nobody keeps
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def _asked(begun: talk.Start, read: object) -> click.Command:
    """The questions alone, as a command whose output is caught."""

    @click.command()
    def ask() -> None:
        talk.talk(begun, read, click.echo)  # type: ignore[arg-type]

    return ask


def _run(*command: str, root: Path, typed: list[str] | None = None) -> str:
    """What a command shows."""
    before = Path.cwd()
    os.chdir(root)
    try:
        return CliRunner().invoke(cli, list(command), input="\n".join(typed or []) + "\n").output
    finally:
        os.chdir(before)


def walks() -> dict[str, str]:
    """The three walks."""
    found = {}
    for office in further():
        if office.name in WALKED:
            with tempfile.TemporaryDirectory() as folder:
                found[office.name] = walk(office, Path(folder).resolve() / "proyek")
    return found


def write() -> None:
    """Write them beside this module."""
    for name, text in walks().items():
        (HERE / f"{name}.txt").write_text(text, encoding="utf-8", newline="\n")
