"""An evaluation with its views: ``ev.people()``, ``ev.places()``, ... Each is documented where it is made."""

# mypy: disable-error-code=misc

from __future__ import annotations

from dataclasses import fields

from karier_stats.intake import processed


class Evaluation(processed.Processed):
    """The processed tables of one evaluation and their tidy views, for one unit and one period.

    Each module of views gives functions of an evaluation; named in this class they are its methods.
    """

    from karier_stats.views.forms import comments, forms, item_answers, post_ratings, rated_twice, relevance
    from karier_stats.views.intake_record import feeds, left_out, loose_ends, notices, rows_read, stewardship, unmapped
    from karier_stats.views.leaders import climate, describers, leaders, led, raters, sources
    from karier_stats.views.money import budget, ceilings, free, hours_on_record, offers, paid
    from karier_stats.views.places import attended, batches, ended, places, seats
    from karier_stats.views.scores import arms, began, doses, low_scorers
    from karier_stats.views.scores import test_scores as scores
    from karier_stats.views.service import elements, ip_asn, ip_asn_change, rated, satisfaction
    from karier_stats.views.soundness import cells, columns, criteria, cross_checks, gaps, gaps_by_column, joined
    from karier_stats.views.staff import elsewhere, hours, people, staff
    from karier_stats.views.surveys import answered, answers, instruments, responses, responses_of_units, sheets
    from karier_stats.views.wishes import competencies, needed, respondents, wishes
    from karier_stats.views.work import activities, applications, earlier, officers, plans, students, studied


def with_views(evaluation: processed.Processed) -> Evaluation:
    """The same evaluation with its views; nothing is read again."""
    if isinstance(evaluation, Evaluation):
        return evaluation
    return Evaluation(**{one.name: getattr(evaluation, one.name) for one in fields(evaluation)})


def open_evaluation(
    evaluation: str, *, unit: str = "semua", period: int, lang: str = "id", audience: str = "internal",
    level: float = 0.95, seed: int = 20250817,
) -> Evaluation:
    """Open the processed tables of an evaluation, with their views.

    Parameters, errors and what is checked: :func:`karier_stats.intake.processed.open_evaluation`.
    """
    return with_views(processed.open_evaluation(
        evaluation, unit=unit, period=period, lang=lang, audience=audience, level=level, seed=seed,
    ))
