"""The command line: ``karier start | key | sample | template | prepare | forget | report | verify``.

Exit codes: 0 done, 1 finished with quarantined rows, 2 input refused, 3 statistics refused, 4 output gate refused, 5
environment, 130 interrupted. A user never sees a traceback: what can go wrong has a code and a remedy.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from karier_stats.errors import EnvironmentFault, InputError, KarierError, default_language
from karier_stats.words import Phrase, say

if TYPE_CHECKING:
    from karier_stats.report.batch import Outcome
    from karier_stats.report.request import Request

INTERRUPTED = 130
SEED = 20250817

folder = click.Path(file_okay=False, path_type=Path)


def main() -> None:
    """Run the command line and turn every known defect into its message and exit code.

    Raises
    ------
    SystemExit
        With the exit codes of this module; nothing else leaves, so that no user meets a traceback.
    """
    from karier_stats.intake.project import ending_as_interrupt

    os.umask(os.umask(0o022) | 0o022)  # what is written here is nobody else's to change
    try:
        with ending_as_interrupt(), _system_faults():
            cli(sys.argv[1:] or ["--help"], prog_name="karier", standalone_mode=False)
    except KarierError as error:
        click.echo(error.message(default_language()), err=True)
        sys.exit(error.exit_code)
    except click.UsageError as error:
        click.echo(_unreadable(error).message(default_language()), err=True)
        sys.exit(InputError.exit_code)
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo(say("cli.interrupted", default_language()), err=True)
        sys.exit(INTERRUPTED)


def _verb() -> str:
    """The verb of the command line; a dash where it has none."""
    return next((word for word in sys.argv[1:] if word in cli.commands), "–")


def _unreadable(error: click.UsageError) -> InputError:
    """What click refuses of a command line, in our words: K223 a value, K281 what is wanting, K282 a word that is unknown."""
    from karier_stats.intake.project import nearest, shown

    verb = _verb()
    command = cli.commands.get(verb, cli)
    form = " ".join(["karier", *({verb} & {*cli.commands}), *command.collect_usage_pieces(click.Context(command))])
    found = re.search(r"'([^']+)'|\((\S+)\)", error.message) or re.search(r"(\S+)", error.message)
    word, param = shown(found[found.lastindex or 0] if found else "–"), getattr(error, "param", None)
    name = word if param is None else param.opts[0] if isinstance(param, click.Option) else param.human_readable_name
    if isinstance(error, click.MissingParameter | click.BadOptionUsage):
        return InputError("K281", name=name, form=form)
    if isinstance(error, click.BadParameter) and param:
        return InputError("K223", name=name, value=word, allowed=Phrase(f"cli.kinds.{param.type.name}"))
    known = [name for param in command.params for name in param.opts if name[0] == "-"] if word[0] == "-" else list(cli.commands)
    return InputError("K282", word=word, near=nearest(word, known), form=form)


@contextlib.contextmanager
def _system_faults() -> Iterator[None]:
    """Turn what the system refuses, at any verb, into a fault of the environment (K504): the verb, the file, the reason."""
    try:
        yield
    except BrokenPipeError:  # whoever read our words has left; there is nobody to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EnvironmentFault.exit_code)
    except (OSError, MemoryError) as error:
        from karier_stats.intake.project import shown

        reason, file = getattr(error, "strerror", None), getattr(error, "filename", None)
        place = shown(Path(os.fsdecode(file)).name) if isinstance(file, str | bytes | os.PathLike) else "–"
        raise EnvironmentFault("K504", verb=_verb(), reason=reason or type(error).__name__, place=place) from error


def _tell(key: str, **facts: object) -> None:
    """Print one line of the catalogue (a key below ``cli``) in the language of the session."""
    click.echo(say(f"cli.{key}", default_language(), **facts))


def _help(option: str) -> str:
    """What an option is for, in both languages: nobody has said yet which one is read."""
    return " / ".join(Phrase(f"cli.options.{option}").values())


def _say_when_due(evaluation: str, content: Mapping[str, Any]) -> None:
    """Refuse data whose retention is over (K237), by what ``prepare`` wrote of it; say on standard error where its end is near."""
    from karier_stats.intake.project import check_retention, retention_of

    warning = check_retention(evaluation, retention_of(content), default_language())
    if warning:
        click.echo(warning, err=True)


@click.group()
@click.version_option(package_name="karier-stats")
def cli() -> None:
    """Evaluasi program pengembangan karier ASN / evaluates ASN career-development programmes."""


@cli.command()
@click.argument("evaluation")
@click.option("--keep", is_flag=True, help=_help("keep"))
def key(evaluation: str, keep: bool) -> None:
    """Buat kunci penyamaran / make the pseudonym key of an evaluation.
    \f

    It lies outside the project, and who holds it can tell whose a pseudonym is. Refuses to replace a key; with ``--keep`` an
    existing one is left in silence.
    """
    from karier_stats.intake.processed import find_root
    from karier_stats.intake.pseudonyms import has_key, make_key

    if keep and has_key(evaluation):
        return
    try:
        project: Path | None = find_root()
    except EnvironmentFault:  # a key may be made before there is a project
        project = None
    make_key(evaluation, project=project)
    _tell("made", evaluation=evaluation)


@cli.command()
@click.option("--seed", type=click.IntRange(min=0), default=SEED, show_default=True)
@click.option("--force", is_flag=True, help=_help("force"))
def sample(seed: int, force: bool) -> None:
    """Tulis berkas kabupaten contoh (data sintetis) / write the sample district (synthetic data).
    \f

    Raises
    ------
    InputError
        K232 where the folder holds other files than a sample, K229 where it is a link, K283 for an earlier sample, which goes
        with ``--force``.
    """
    from karier_stats.intake.processed import find_root
    from karier_stats.intake.project import raw_folder, refuse_link
    from karier_stats.sample import write_sample

    target = raw_folder(find_root(), "contoh")
    refuse_link(target)
    files = list(target.iterdir()) if target.is_dir() else []
    if files and not (target / "truth.json").is_file():
        raise InputError("K232", folder="data/raw/contoh", n=len(files))
    if target.exists() and not force:
        raise InputError("K283", folder="data/raw/contoh")
    write_sample(target, seed=seed)
    _tell("written", folder="data/raw/contoh")


@cli.command()
@click.argument("tables", nargs=-1)
@click.option("--out", type=folder, default=Path("formulir"), show_default=True, help=_help("out"))
@click.option("--lang", default=None, help=_help("lang"))
@click.option("--evaluation", default=None, help=_help("evaluation"))
def template(tables: tuple[str, ...], out: Path, lang: str | None, evaluation: str | None) -> None:
    """Tulis formulir kosong dan petanya / write blank forms and the crosswalk that reads them.
    \f

    For all tables of the data dictionary, or those named; of several languages each in a folder of its own.
    """
    from karier_stats.intake.project import check_name, proposed_name
    from karier_stats.intake.template import write_templates

    name = proposed_name(out.resolve().name) if evaluation is None else check_name(evaluation)
    langs = (lang or default_language()).split(",")
    for one in langs:
        place = out / one if len(langs) > 1 else out
        for path in write_templates(place, tables, lang=one, evaluation=name):
            click.echo(path)


@cli.command()
@click.argument("files", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--answers", type=click.Path(exists=True, dir_okay=False, path_type=Path), help=_help("answers"))
@click.option("--yes", is_flag=True, help=_help("yes"))
def start(files: Path, answers: Path | None, yes: bool) -> None:
    """Usulkan peta dari berkas kantor, dan tanyakan sisanya / propose a crosswalk from an office's files and ask the rest.
    \f

    Exit code 1 while a question is open or the whole is not confirmed: the proposal waits, and answers given so far are kept.
    Nothing uncertain is taken over unasked, also with ``--yes``.
    """
    from karier_stats.intake.start import talk

    lang = default_language()
    begun = talk.begin(files, answers, lang)
    for refused in begun.refused:
        click.echo(refused.message(lang), err=True)
    if not yes:
        talk.talk(begun, input, click.echo)
    peta = talk.write(begun.made, files, lang)
    if begun.open:
        click.echo(say("start.waiting", lang, n=len(begun.open), file=peta.name))
        sys.exit(1)
    for line in talk.preview(begun, peta):
        click.echo(line)
    if not yes and not talk.agreed(input, lang):
        click.echo(say("start.unconfirmed", lang, file=peta.name))
        sys.exit(1)
    written = talk.confirm(files)
    placed = files.resolve().parent.name == "raw"
    click.echo(say("start.other_hand", lang, file=peta.name) if written is None else say(
        "start.confirmed", lang, evaluation=begun.evaluation, raw="" if placed else f" --raw {files}"))


@cli.command()
@click.argument("evaluations", metavar="EVALUATION...", nargs=-1, required=True)
@click.option("--raw", type=folder, help=_help("raw"))
@click.option("--peta", type=click.Path(dir_okay=False, path_type=Path), help=_help("peta"))
@click.option("--ok-with-quarantine", is_flag=True, help=_help("ok_with_quarantine"))
@click.option("--scheduler", help=_help("holders"))
def prepare(
    evaluations: tuple[str, ...], raw: Path | None, peta: Path | None, ok_with_quarantine: bool, scheduler: str | None
) -> None:
    """Baca, periksa, samarkan, tulis / read, check, pseudonymise and write the office's files.
    \f

    Exit code 1 where rows are in quarantine (0 with ``--ok-with-quarantine``); of several evaluations none stops the others,
    and the worst code is that of the command.
    """
    from karier_stats.intake.prepare import prepare as run
    from karier_stats.intake.prepare import receive
    from karier_stats.intake.processed import find_root
    from karier_stats.report.cluster import agencies
    from karier_stats.report.processes import Callers, Serial

    root, lang, codes, alone = find_root(), default_language(), [0], len(evaluations) == 1
    with contextlib.ExitStack() as met:
        pool = met.enter_context(ThreadPoolExecutor() if scheduler else Serial() if alone else Callers(os.cpu_count() or 1))
        run = met.enter_context(agencies(scheduler, run, receive)) if scheduler else run
        asked = {name: pool.submit(run, name, root=root, raw=raw if alone or raw is None else raw / name, peta=peta, lang=lang)
                 for name in evaluations}
        for evaluation, done in asked.items():
            try:
                intake = done.result()
            except KarierError as error:  # of several none stops the others
                if alone:
                    raise
                click.echo(error.message(lang), err=True)
                codes.append(error.exit_code)
                continue
            click.echo(intake.summary(lang))
            _say_when_due(evaluation, intake.content)
            codes.append(int(intake.quarantined > 0 and not ok_with_quarantine))
    if max(codes):
        sys.exit(max(codes))


@cli.command()
@click.argument("evaluation")
@click.option("--from", "source", type=click.File("r", encoding="utf-8"), help=_help("from"))
@click.option("--raw", type=folder, help=_help("searched"))
def forget(evaluation: str, source: TextIO | None, raw: Path | None) -> None:
    """Hapus data seseorang; NIP dibaca dari masukan, bukan argumen / delete a person's data; NIP from stdin.
    \f

    An argument would stand in the shell's history and in the list of processes. InputError K228: the input is no UTF-8 text.
    """
    from karier_stats.intake.forget import forget as run
    from karier_stats.intake.processed import find_root

    if source is None and sys.stdin.isatty():
        people = [click.prompt("NIP", hide_input=True)]
    else:
        try:
            people = (source or sys.stdin).read().splitlines()
        except UnicodeDecodeError:
            raise InputError("K228") from None
    click.echo(run(evaluation, people, root=find_root(), raw=raw).summary(default_language()))


@cli.command()
@click.argument("evaluation")
@click.option("--period", required=True, help=_help("period"))
@click.option("--unit", default="semua", show_default=True, help=_help("unit"))
@click.option("--lang", default="id,en", show_default=True)
@click.option("--audience", default="internal", show_default=True)
@click.option("--level", default=0.95, show_default=True)
@click.option("--seed", default=SEED, show_default=True)
@click.option("--to", "kinds", default="", help=_help("to"))
@click.option("--jobs", default=2, show_default=True, help=_help("jobs"))
@click.option("--minutes", type=click.FloatRange(min=0), help=_help("minutes"))
@click.option("--scheduler", envvar="DASK_SCHEDULER_ADDRESS", help=_help("scheduler"))
@click.option("--allow-changed", is_flag=True, help=_help("allow_changed"))
def report(
    evaluation: str, period: str, unit: str, lang: str, audience: str, level: float, seed: int, kinds: str, jobs: int,
    minutes: float | None, scheduler: str | None, allow_changed: bool,
) -> None:
    """Jalankan semua bab dan tulis laporan / run every chapter and write the report, or many of them.
    \f

    A batch where units, periods or audiences are several (``each``, ``2023..2025``): its exit code is the worst of its
    reports. InputError K237: the data are past their retention.
    """
    from karier_stats.intake.processed import find_root
    from karier_stats.intake.project import processed_folder
    from karier_stats.report.batch import requests_for
    from karier_stats.report.engine import write_report
    from karier_stats.report.request import Request

    root = find_root()
    about = processed_folder(root, evaluation) / "intake.json"
    if about.is_file():
        _say_when_due(evaluation, json.loads(about.read_text(encoding="utf-8")))
    given = tuple(kinds.split(",")) if kinds else ()
    first = Request(evaluation, unit, 0, tuple(lang.split(",")), audience, level, seed, given, allow_changed)
    asked = requests_for(root, first, unit, period, audience)
    if len(asked) > 1:
        _make_all(root, asked, jobs=jobs, minutes=minutes, scheduler=scheduler)
        return
    for page in write_report(**{**vars(asked[0]), "root": root, "jobs": jobs, "keep": True}):
        click.echo(page)


def _make_all(root: Path, asked: Sequence[Request], **how: Any) -> None:
    """Make a batch; a line for each report, their sum at the end, however it ends, and the worst exit code."""
    from karier_stats.report.batch import make_reports, worst

    known: list[Outcome] = []
    try:
        with contextlib.closing(make_reports(asked, root=root, **how)) as outcomes:
            for one in outcomes:
                known.append(one)
                state = Phrase(f"cli.batch.state.{one.state}")
                _tell("batch.row", place=one.request.place, state=state, seconds=round(one.seconds))
                if one.error is not None:
                    click.echo(one.error.message(default_language()), err=True)
    finally:
        n = dict.fromkeys(("made", "current", "failed"), 0) | Counter(one.state for one in known)
        n["left"] = len(asked) - sum(n[state] for state in ("made", "current", "failed"))
        _tell("batch.summary", n=len(asked), index="reports/index.html", **n)
    sys.exit(worst(known))


@cli.command()
@click.argument("report_folder", type=folder)
@click.argument("finding", required=False)
@click.option("--rerun", is_flag=True, help=_help("rerun"))
def verify(report_folder: Path, finding: str | None, rerun: bool) -> None:
    """Periksa laporan terhadap manifes dan asalnya / check a report against its manifest and what it was made from.
    \f

    With a finding (``F-5.1``) also the way from its number back to rows of the raw files; with ``--rerun`` every chapter
    again, number by number. Exit code 5 where the report is stale or a number comes out otherwise.
    """
    from karier_stats.intake.processed import find_root
    from karier_stats.report import trace
    from karier_stats.report.manifest import verify as run

    place, root = report_folder.resolve(), None
    if finding or rerun or place.parts[-6:-5] == ("reports",):
        root = find_root()
    stale = run(place, root=root)
    changed = [Phrase(f"report.site.changed.{name}") for name in stale]
    click.echo(say("report.verify.stale" if stale else "report.verify.whole", default_language(), changed=changed))
    for line in trace.trace(place, root, finding) if root and finding else ():
        click.echo(line[default_language()])
    n, different = trace.differing(place, root) if root and rerun else (0, [])
    if rerun:
        click.echo(say("report.verify.again", default_language(), same=n - len(different), n=n))
    if different:
        click.echo(say("report.verify.different", default_language(), names=different))
    if stale or different:
        sys.exit(EnvironmentFault.exit_code)
