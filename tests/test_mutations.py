"""Real comparisons spoilt in one way each: sentence, verdict, evidence and recommendation change as the rubric says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from karier_stats.answers import chapters, verdicts
from karier_stats.answers.ledger import Ledger
from karier_stats.answers.record import Finding
from karier_stats.answers.scorecard import Scorecard, scorecard
from karier_stats.domain.rules import rule
from karier_stats.intake.processed import Processed
from karier_stats.report.disclosure import protect
from karier_stats.report.wording import causal_words, faults
from tests import once
from tests.every_answer import of_chapter, sample

GRADES = ("lemah", "sedang", "kuat")
KEY = ["employee_uid", "program_id", "measure"]
ASKED = ("outcomes.change", "outcomes.by_form")
Findings = dict[str, Finding]


def scores_of_the_year() -> pd.DataFrame:
    """The sample's test scores of the period."""
    rows = sample()["test_score"]
    return rows[rows["year"] == 2025].reset_index(drop=True)


def asked(tests: pd.DataFrame, questions: tuple[str, ...] = ASKED, audience: str = "internal") -> Findings:
    """What the chapter on outcomes says of the sample with other tests, after disclosure control."""
    ev = Processed.from_tables({**sample(), "test_score": tests}, period=2025, audience=audience)
    answers = [protect(chapters.answer(ev, name), audience) for name in questions]
    found = {one.id: one for answer in answers for one in answer.findings}
    assert [(name, faults(one)) for name, one in found.items() if faults(one)] == []
    return found


@once.kept
def as_it_is() -> Findings:
    """The same of the sample as it is."""
    return {one.id: one for answer in of_chapter("outcomes") for one in answer.findings}


def advised(found: Findings) -> set[tuple[str, str]]:
    """What is advised on the forms of training: lever and form."""
    advice = Ledger(tuple(found.values())).advice.findings
    return {(one.recommendation.lever, one.recommendation.subject) for one in advice if one.recommendation}


def card(found: Findings) -> Scorecard:
    """The rubric over the findings on change alone."""
    return scorecard(found.values())


def weaker(one: Finding, than: Finding) -> bool:
    """Whether the evidence fell."""
    return GRADES.index(one.evidence) < GRADES.index(than.evidence)


def causal(one: Finding) -> bool:
    """Whether sentence or title claim a cause."""
    texts = [one.sentence, *((one.brief.message, one.brief.plain) if one.brief else ())]
    return any(causal_words(text[lang], lang) for text in texts for lang in text)


def test_the_comparison_as_it_is() -> None:
    change = as_it_is()["outcomes.change"]
    assert (change.design, change.evidence, card(as_it_is()).code) == ("comparison_group", "sedang", "continue")
    assert causal(change) and "meningkatkan" in change.brief.message["id"]
    assert ("forms", "bimtek") not in advised(as_it_is())


def test_the_sign_flipped() -> None:
    """Participants lose against the others what they had gained."""
    rows = scores_of_the_year()
    wide = rows.pivot_table(index=[*KEY, "arm"], columns="kind", values="score").reset_index()
    others = (wide["post"] - wide["pre"])[wide["arm"] == "pembanding"].mean()
    before = wide.set_index(KEY)["pre"].groupby(level=KEY).first().reindex(pd.MultiIndex.from_frame(rows[KEY])).to_numpy()
    turned = (rows["arm"] == "peserta") & (rows["kind"] != "pre") & ~np.isnan(before)
    found = asked(rows.assign(score=np.where(turned, 2 * (before + others) - rows["score"], rows["score"]).clip(0, 100)))
    change, form = found["outcomes.change"], found["outcomes.by_form.bimtek"]
    assert change.ci_high < 0 < as_it_is()["outcomes.change"].ci_low
    assert "berlawanan dengan tujuan" in change.brief.message["id"] and "contrary to the aim" in change.brief.message["en"]
    assert change.evidence == as_it_is()["outcomes.change"].evidence  # the direction is no matter of strength
    assert form.recommendation and ("forms", "bimtek") in advised(found)
    assert card(found)["benefit"].judgement == "unfavourable" and card(found).code == "against"


def test_the_interval_widened_across_zero() -> None:
    """Few of the people, their scores scattered: nothing is seen, and the sentence says how much may be."""
    rows, rng = scores_of_the_year(), np.random.default_rng(5)
    few = rows[rows["employee_uid"].isin(rng.choice(sorted(set(rows["employee_uid"])), 60, replace=False))]
    found = asked(few.assign(score=(few["score"] + rng.normal(0, 40, len(few))).clip(0, 100)), ("outcomes.change",))
    change = found["outcomes.change"]
    assert change.ci_low < 0 < change.ci_high and weaker(change, as_it_is()["outcomes.change"])
    assert {"wide", "useless"} & set(change.reasons)
    assert not causal(change) and "belum dapat diketahui" in change.sentence["id"]
    assert card(found)["benefit"].judgement == "not_visible" and card(found).code == "open"


def test_the_comparison_removed() -> None:
    """Before and after alone: no cause, at most moderate evidence, no verdict on the programme."""
    rows = scores_of_the_year()
    found = asked(rows[rows["arm"] == "peserta"])
    change = found["outcomes.change"]
    assert change.design == "before_after" and "uncompared" in change.reasons and weaker(change, as_it_is()["outcomes.change"])
    assert not any(causal(one) for one in found.values())
    assert "tanpa pembanding" in change.brief.message["id"] and "without a comparison" in change.brief.message["en"]
    assert all(one.evidence != "kuat" for name, one in found.items() if name.startswith("outcomes.by_form."))
    assert "outcomes.by_form.overall" not in found and advised(found) == set()
    assert card(found).code == "change"


def test_the_drop_out_raised() -> None:
    """Half of the participants miss the post-test: evidence falls where they were tested, and the advice names them."""
    rows, missed = scores_of_the_year(), "outcomes.missed"
    gone = sorted(set(rows.loc[rows["arm"] == "peserta", "employee_uid"]))[::2]
    lost = rows["employee_uid"].isin(gone) & (rows["arm"] == "peserta") & (rows["kind"] != "pre")
    found, before = asked(rows[~lost], (*ASKED, missed)), as_it_is()
    assert found[missed].estimate > 0.5 > 4 * before[missed].estimate - 0.1
    assert found[missed].recommendation.indicator != before[missed].recommendation.indicator
    assert found[missed].recommendation.share == found[missed].estimate
    fallen = {name for name in found if name.startswith("outcomes.by_form.") and weaker(found[name], before[name])}
    assert {"outcomes.by_form.workshop", "outcomes.by_form.diklat_teknis"} <= fallen
    assert all("incomplete" in found[name].reasons for name in fallen)
    assert weaker(found["outcomes.missed.tipping"], before["outcomes.missed.tipping"])
    farther = [float(one["outcomes.missed.tipping"].brief.message["en"].split("moved ")[1].split()[0]) for one in (found, before)]
    assert farther[0] < farther[1]  # fewer points overturn the finding
    assert [found["outcomes.change"].brief.plain["en"].count(text) for text in (" 185 ", " 364 ")] == [2, 0]


def test_nine_people_left() -> None:
    """Nine participants carry no title on the programme, are hidden from the public, and call for nothing."""
    rows = scores_of_the_year()
    both = rows[(rows["arm"] == "peserta") & (rows["kind"] == "post")].drop_duplicates("employee_uid")["employee_uid"]
    nine = rows[(rows["arm"] != "peserta") | rows["employee_uid"].isin(both.head(9))]
    found = asked(nine)
    change = found["outcomes.change"]
    assert change.n <= 9 and change.evidence == "lemah" and weaker(change, as_it_is()["outcomes.change"])
    assert not causal(change) and advised(found) == set() and card(found).code in ("open", "change")
    public = asked(nine, ("outcomes.change",), "public")["outcomes.change"]
    assert public.suppressed and public.estimate is None and public.brief is None
    assert card({public.id: public})["benefit"].judgement == "no_data"


def test_the_margin_doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gain that was large enough to matter is clear in its direction alone; data, sign and advice stay."""
    before, judged = as_it_is(), card(as_it_is())
    known = rule("smallest_effect")
    doubled = replace(known, value={**known.value, "points": 2 * known.value["points"]})
    monkeypatch.setattr(verdicts, "rule", lambda id: doubled if id == "smallest_effect" else rule(id))
    found = asked(scores_of_the_year())
    change = found["outcomes.change"]
    assert (change.estimate, change.ci_low) == (before["outcomes.change"].estimate, before["outcomes.change"].ci_low)
    assert "melampaui batas 3 poin" in before["outcomes.change"].sentence["id"]
    assert "belum dapat diketahui apakah mencapai 6 poin" in change.sentence["id"]
    assert "reaches the 6 points that matter cannot be known yet" in change.sentence["en"]
    assert judged["benefit"].judgement == "favourable" and card(found)["benefit"].judgement == "leaning"
    assert (judged.code, card(found).code) == ("continue", "leaning")
    indicators = [one["outcomes.by_form.overall"].recommendation.indicator["en"] for one in (before, found)]
    assert "3 points" in indicators[0] and "6 points" in indicators[1]
