"""``ks.question``: one question of a chapter, from results to what is shown and kept.

::

    with ks.question(ev, "participation.rate") as q:
        rate = ks.shares(ev.people(), of="took_part")
        q.answer(rate, trend=ks.contrast(rate, against=ks.shares(ev.people(-1), of="took_part")))

The words lie in ``words/<chapter>.yml`` under the question's name: for each part a sentence (or several, with the rule that
chooses), its unit of measure and what is recommended; title and axes of the picture; columns of the table; notes. A part
without words is a fact that other sentences may name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from difflib import get_close_matches
from types import TracebackType
from typing import Any, Self

from karier_stats.answers import build, exhibits
from karier_stats.answers.chapters import CHAPTERS, number, questions
from karier_stats.answers.facts import facts_of
from karier_stats.answers.phrases import Margins
from karier_stats.answers.record import Answer, Finding, resting_on
from karier_stats.answers.rules import RULES
from karier_stats.domain.rules import Laws, Rules, rules_read
from karier_stats.errors import InputError, StatisticsError
from karier_stats.stats.effect import Refused
from karier_stats.views.evaluation import Evaluation
from karier_stats.views.view import Wanting, tables_read
from karier_stats.words import Phrase, catalogue
from karier_stats.words.numbers import Text


class question:
    """Answer one question of a chapter inside a ``with`` block.

    Parameters
    ----------
    ev : Evaluation
    name : str
        Chapter and question, such as ``"participation.rate"``.

    Notes
    -----
    A view that is wanting, or a verb that refuses, ends the block; the record then says why, in words. Nothing else
    is caught.

    Raises
    ------
    InputError
        K278 where the words name a part that :meth:`answer` was not given, K279 where the block gives no answer, K280
        where there is no such question.
    """

    def __init__(self, ev: Evaluation, name: str) -> None:
        self.ev, self.name = ev, name
        self.chapter = name.partition(".")[0]
        try:
            self.words: Mapping[str, Any] = catalogue.node(name)
        except KeyError:
            near = get_close_matches(name, [one for chapter in CHAPTERS for one in questions(chapter)], 3, 0.4)
            raise InputError("K280", question=name, near=", ".join(near) or "–") from None
        self.rule = Rules()
        self.record: Answer | None = None

    def __enter__(self) -> Self:
        self._reading = ExitStack()
        self._used = self._reading.enter_context(rules_read())
        self._tables = self._reading.enter_context(tables_read())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        self._reading.close()
        if isinstance(error, Wanting | StatisticsError):
            self.record = self._refused(error)
        elif isinstance(error, catalogue.NotGiven):
            raise InputError("K278", question=self.name, part=error.args[0], file=f"{self.chapter}.yml") from error
        elif error is not None:
            return False
        if self.record is None:
            raise InputError("K279", question=self.name)
        told = following(resting_on(self.record, tuple(self._used.values())), self.ev)
        from karier_stats.report.show import show

        show(replace(told, lang=self.ev.lang, audience=self.ev.audience, n_units=len(self.ev.units)))
        return True

    def answer(
        self, main: Any, *, focus: str = "", picture: Any = None, table: Any = None, headline: bool = False,
        notes: tuple[Text, ...] = (), **parts: Any,
    ) -> None:
        """Give the answer.

        Parameters
        ----------
        main : Description, Gap or Result
            What the question is about; its finding bears the question's own name.
        focus : str
            The group or category that is asked about, where it is not the largest.
        picture : result, optional
            What is drawn; default: ``main``, where it has groups. The catalogue says how.
        table : result, DataFrame or mapping of str to result, optional
            What is tabulated; default: ``main``, where it has groups. The results of a mapping stand side by side.
        headline : bool
            Whether the chapter leads with this finding.
        notes : tuple of Text
            Beside those of the catalogue.
        **parts
            Further results, numbers or texts: findings of their own where the catalogue has words for them, else
            facts. None is left out.
        """
        main = replace(main, focus=focus) if focus else main
        given = {"main": main, **{name: part for name, part in parts.items() if part is not None}}
        facts = {**self._known(), **build.known_of(given.values()), **build.years_of(main),
                 **{name: facts_of(part) for name, part in given.items()}}
        order = [name for name in dict.fromkeys((*self.words.get("order", ()), *given)) if name in given and name in self.words]
        findings = tuple(one for name in order for one in self._findings(name, given[name], facts))
        if not findings:
            own = f"{self.name}.nothing"
            why = Phrase(own if catalogue.has(own) else "views.nothing", **self._known())
            raise Wanting(why, tables=tuple(build.about_of(main).get("tables", ())))
        about = next((found for part in given.values() if (found := build.about_of(part))), {})
        findings = (replace(findings[0], headline=headline), *findings[1:])
        drawn = picture if picture is not None else main
        n = exhibits.pictured(drawn, findings[0].n)
        told = table if table is not None else main
        noted: list[Any] = [note for key in self._note_keys() if any((note := dict(Phrase(key, **facts))).values())]
        noted += [*self._filtered(main), *about.get("notes", ()), *notes]
        shown = None if self._personal else exhibits.picture(self.name, drawn, n, facts)
        tabled = exhibits.table(self.name, told, facts)
        self.record = Answer(self.name, self.chapter, findings, shown, tabled, tuple(noted), needs=findings[0].source_tables)

    def repeat(self, findings: Iterable[Finding]) -> None:
        """Answer by findings of other chapters (of :func:`karier_stats.ledger`), as they stand there."""
        found = tuple(findings)
        if not found:
            raise Wanting(Phrase(f"{self.name}.nothing"))
        self.record = Answer(self.name, self.chapter, found, notes=tuple(dict(Phrase(key)) for key in self._note_keys()))

    def _known(self) -> dict[str, Any]:
        """What every sentence may name: the years, how many units were chosen, the rules and their legal basis."""
        year = self.ev.period
        return {"year": year, "last_year": year - 1, "next_year": year + 1, "after_next": year + 2, "rule": self.rule,
                "law": Laws(), "margin": Margins(), "chosen": len(self.ev.units)}

    def _filtered(self, main: Any) -> tuple[Text, ...]:
        """Notes where rows of the view were left out before they were described, or belong to no group."""
        left, ungrouped = build.filtered(main), build.ungrouped(main)
        apart = (Phrase("said.ungrouped", columns=ungrouped),) if ungrouped else ()
        return apart if left is None or self.words.get("part") else (Phrase("said.filtered", n=left[0], total=left[1]), *apart)

    def _note_keys(self) -> list[str]:
        """Notes of the question: those of the chapter that it names, or of another by their whole key."""
        instead = [self.words["picture"]["instead"]] if self._personal else []
        named = (*self.words.get("notes", ()), *instead)
        return [name if "." in name else f"{self.chapter}.notes.{name}" for name in named]

    @property
    def _personal(self) -> bool:
        """Whether the picture tells of persons and is for the office alone: ``instead`` names the note in its place."""
        return self.ev.audience != "internal" and "instead" in self.words.get("picture", {})

    def _findings(self, name: str, part: Any, facts: Mapping[str, Any]) -> Iterator[Finding]:
        """The finding of one part; a part of several gives one each.

        The catalogue's ``always`` tells it where nobody was counted too; ``judged`` names another part by whose facts
        the sentence is chosen.
        """
        words = self.words[name]
        grouped = isinstance(part, Mapping) and not words.get("whole")
        for inner, one in list(part.items()) if grouped else [("", part)]:
            refused, about = isinstance(one, Refused), build.said(one)
            told_anyway = about.evidence is not None or words.get("always") or (refused and "refused" in words)
            if about.n == 0 and not told_anyway:
                continue
            key = f"{self.name}.{name}"
            if (other := words.get("judged")) is not None and other not in facts:
                raise catalogue.NotGiven(other)
            judged = one if other is None else facts[other]
            plain = refused or build.unexpected(words, one)
            choice = RULES[words["choose"]](judged) if "choose" in words and not plain else ""
            if choice is None:
                continue
            told = {**facts, **(build.known_of([one]) if grouped else {}), **build.years_of(one), "it": facts_of(one)}
            named = words.get("as", {})
            own = named if isinstance(named, str) else named.get(choice, "" if name == "main" else name)
            yield build.finding(
                key, choice, one, told, id=".".join(bit for bit in (self.name, own, inner) if bit), chapter=self.chapter,
                question=Phrase(f"{self.name}.question"), number=self._number(name, inner),
            )

    def _number(self, part: str, inner: str) -> str:
        """The number of a part: its question's, with a letter by its place in the catalogue, and its own id in a group."""
        parts = [name for name, words in self.words.items() if isinstance(words, Mapping) and {"said", "refused"} & set(words)]
        further = [name for name in parts if name != "main"]
        letter = chr(ord("a") + further.index(part)) if part in further else ""
        return "-".join(bit for bit in (f"{number(self.name)}{letter}", inner) if bit)

    def _refused(self, error: Wanting | StatisticsError) -> Answer:
        """A record that says why there is no answer."""
        tables, absent = (tuple(getattr(error, name, ())) for name in ("tables", "absent"))
        if "needs" in self.words:  # all tables of the question, not of the first view alone
            tables, absent = tuple(self.words["needs"]), self.ev.missing(*self.words["needs"])
        if absent:
            sentence = Phrase("said.not_assessable.absent", tables=absent)
        elif isinstance(error, StatisticsError):
            sentence = Phrase("said.not_assessable.refused", reason=error.texts)
        else:
            sentence = Phrase("said.not_assessable.nothing", why=error.reason)
        tables = tables or tuple(self._tables)
        found = Finding(
            id=self.name, chapter=self.chapter, question=dict(Phrase(f"{self.name}.question")), estimate=None, unit_of_measure="",
            ci_low=None, ci_high=None, n=0, design="descriptive", evidence="belum_ada_data", source_tables=tables,
            sentence=dict(sentence), number=number(self.name),
        )
        return Answer(self.name, self.chapter, (found,), needs=tables, missing=absent)


def following(answer: Answer, ev: Evaluation) -> Answer:
    """The answer, its advice with the earlier recommendations on the same lever that are not done."""
    if not any(one.recommendation and one.recommendation.lever for one in answer.findings):
        return answer
    try:
        rows = ev.earlier()
    except Wanting:
        return answer
    if "lever" not in rows:
        return answer
    earlier = {lever: (tuple(map(str, of["rec_id"])), bool(of["late"].any()))
               for lever, of in rows[rows["undone"]].groupby("lever", sort=True)}

    def followed(one: Finding) -> Finding:
        advice = one.recommendation
        if advice is None or advice.lever not in earlier:
            return one
        ids, overdue = earlier[advice.lever]
        return replace(one, recommendation=replace(advice, follows=ids, overdue=overdue))

    return replace(answer, findings=tuple(map(followed, answer.findings)))
