"""The way of three offices from their files to a report, as a person goes it: every prompt and answer, and how long it takes.

``python -m tests.start`` runs ``karier start``, ``key``, ``prepare`` and ``report``
as programs of their own, answers each prompt from ``answers.yml``, and writes
what was shown and typed, and ``minutes.csv`` with what that asks of a person.

Notes
-----
A person's time is reckoned as if every word shown were read and every decision
thought over: silent reading at 200 words a minute (readers of prose reach 238:
Brysbaert 2019, J. Memory and Language 109, 104047; masked cells have no words),
0.28 s for each key and 1.35 s to prepare each line that is typed (the keystroke
model of Card, Moran and Newell 1980, Communications of the ACM 23, 396-410: a
typist of 40 words a minute), and 5 s to decide each answer, an assumption.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from karier_stats.words import say
from tests.start.further import Further, further

HERE = Path(__file__).parent
ANSWERS: dict[str, list[str]] = yaml.safe_load((HERE / "answers.yml").read_text(encoding="utf-8"))
WORDS_A_SECOND, KEY, PREPARE, DECIDE = 200 / 60, 0.28, 1.35, 5.0
FIELDS = ("office", "answers", "letters_read", "words_read", "keys_typed", "minutes", "start_s", "prepare_s", "report_s")


class Step(NamedTuple):
    """A command with what it showed, the lines typed into it, and the seconds that the machine took."""

    command: str
    shown: str
    typed: list[str]
    seconds: float


def steps(office: Further, root: Path, *, report: bool) -> Iterator[Step]:
    """Every command from the files of an office to its report, in a project of its own."""
    folder = root / "data" / "raw" / office.name
    folder.mkdir(parents=True)
    (root / "data" / "processed").mkdir()
    shutil.copytree(HERE.parents[1] / "notebooks", root / "notebooks")
    office.write(folder)
    yield _run(root, f"start data/raw/{office.name}", ANSWERS[office.name])
    yield _run(root, f"key {office.name}", [])
    yield _run(root, f"prepare {office.name}", [])
    if report:
        yield _run(root, f"report {office.name} --period 2025", [])


def _run(root: Path, command: str, answers: list[str]) -> Step:
    """Run a command and answer its prompts as they come."""
    env = {**os.environ, "KARIER_HOME": str(root), "KARIER_KEYS": f"{root}-keys", "KARIER_LANG": "id",
           "PYTHONPATH": str(HERE.parents[1])}
    begun, waiting, typed, shown = time.monotonic(), iter(answers), list[str](), ""
    prompts = tuple(say(f"start.{key}", "id") for key in ("prompt", "confirm"))
    with subprocess.Popen([sys.executable, "-m", "karier_stats", *command.split()], cwd=root, env=env, text=True, encoding="utf-8",
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as run:
        assert run.stdin and run.stdout
        while letter := run.stdout.read(1):
            shown += letter
            if shown.endswith(prompts):
                typed.append(_key(next(waiting), shown))
                shown += f"{typed[-1]}\n"
                run.stdin.write(f"{typed[-1]}\n")
                run.stdin.flush()
    assert run.returncode == 0 and not [*waiting], (command, shown)
    return Step(f"karier {command}", shown.strip("\n"), typed, time.monotonic() - begun)


def _key(answer: str, shown: str) -> str:
    """What is typed for an answer: the number of its choice in the last question, else the answer itself."""
    menu = re.findall(r"^  (\d+)\. (.*)$", shown.rpartition("\n\n")[2], re.MULTILINE)
    return next((number for number, label in menu if label == answer), answer)


def written(done: list[Step], root: Path) -> str:
    """What was shown and typed, as it is kept: no path of a machine, no pseudonym of a key that nobody has."""
    text = "\n".join(f"$ {step.command}\n{step.shown}\n" for step in done)
    text = re.sub(r"\bp[0-9a-f]{20}\b", "p" + "·" * 20, text.replace(str(root.parent), "…"))
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def asked_of_a_person(text: str) -> dict[str, Any]:
    """What a walk has a person read and type, and the minutes which that takes."""
    prompts = tuple(say(f"start.{key}", "id") for key in ("prompt", "confirm"))
    commands = [line.removeprefix("$ ") for line in text.splitlines() if line.startswith("$ ")]
    answers = [line.removeprefix(prompt) for line in text.splitlines() for prompt in prompts if line.startswith(prompt)]
    words = [word for word in text.split() if any(map(str.isalnum, word))]
    keys = sum(len(line) + 1 for line in (*commands, *answers))
    seconds = len(words) / WORDS_A_SECOND + KEY * keys + PREPARE * len(commands + answers) + DECIDE * len(answers)
    return {"answers": len(answers), "letters_read": len(text), "words_read": len(words), "keys_typed": keys,
            "minutes": f"{seconds / 60:.1f}"}


def walk(name: str, folder: Path, *, report: bool) -> tuple[str, dict[str, float]]:
    """The text of an office's walk, and the machine's seconds of each command."""
    root = folder.resolve() / "proyek"
    done = [*steps(next(office for office in further() if office.name == name), root, report=report)]
    return written(done, root), {step.command.split()[1]: step.seconds for step in done}


def write() -> None:
    """Write the walks beside this module, and what they ask of a person and of the machine."""
    with (HERE / "minutes.csv").open("w", encoding="utf-8", newline="\n") as out:
        table = csv.DictWriter(out, FIELDS, lineterminator="\n")
        table.writeheader()
        for name in ANSWERS:
            with tempfile.TemporaryDirectory() as folder:
                text, seconds = walk(name, Path(folder), report=True)
            (HERE / f"{name}.txt").write_text(text, encoding="utf-8", newline="\n")
            table.writerow({"office": name, **asked_of_a_person(text),
                            **{f"{step}_s": f"{seconds[step]:.0f}" for step in ("start", "prepare", "report")}})
