"""``peta.usulan.yml``: the proposed crosswalk, the reason of every line, what is open, and the analyst's own lines kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from karier_stats.errors import visible
from karier_stats.intake.crosswalk import ORIGIN, PETA, PROPOSED
from karier_stats.intake.files.yaml_files import read_yaml
from karier_stats.intake.start.content import Path as Place
from karier_stats.intake.start.content import Proposal, unread
from karier_stats.words import Phrase, say

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
    before, now = (dict(_leaves(_keyed(read_yaml(path)))) for path in (folder / _BASE, current(folder)))
    for place in {**before, **now}:
        if now.get(place, _GONE) != before.get(place, _GONE) and place[0] != "questions":
            _change(made, place, now.get(place, _GONE))


def _keyed(content: Any) -> Any:
    """A crosswalk whose feeds are known by file and sheet, not by their place in a list."""
    tables = content.get("tables") if isinstance(content, dict) else None
    if not isinstance(tables, dict):
        return {}
    keyed = {name: dict(zip(feed_names(feeds), feeds, strict=True)) for name, feeds in tables.items() if isinstance(feeds, list)}
    return {**content, "tables": keyed}


def feed_names(feeds: list[Any]) -> list[str]:
    """A name for each feed of a table: its file or source, and its sheet or table."""
    return [":".join(str(feed.get(key, "")) for key in ORIGIN) if isinstance(feed, dict) else "" for feed in feeds]


def _leaves(content: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every value with its path."""
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
    text = written(made, lang)
    for name in (PROPOSED, _BASE):
        (folder / name).write_text(text, encoding="utf-8")
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
    import yaml

    text: str = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, sort_keys=False, width=10**6)
    return text.removesuffix("\n").removesuffix("\n...").strip()
