"""An evaluation with its views: ``ev.people()``, ``ev.places()``, ... Each is documented where it is made."""

from __future__ import annotations

from dataclasses import fields

from karier_stats.intake import processed
from karier_stats.views import forms as of_forms
from karier_stats.views import intake_record
from karier_stats.views import leaders as of_leaders
from karier_stats.views import money as of_money
from karier_stats.views import places as of_places
from karier_stats.views import scores as of_scores
from karier_stats.views import service as of_service
from karier_stats.views import soundness as of_soundness
from karier_stats.views import staff as of_staff
from karier_stats.views import surveys as of_surveys
from karier_stats.views import wishes as of_wishes
from karier_stats.views import work as of_work


class Evaluation(processed.Evaluation):
    """The processed tables of one evaluation and their tidy views, for one unit and one period."""

    staff = of_staff.staff
    people = of_staff.people
    elsewhere = of_staff.elsewhere
    hours = of_staff.hours
    places = of_places.places
    ended = of_places.ended
    attended = of_places.attended
    batches = of_places.batches
    seats = of_places.seats
    wishes = of_wishes.wishes
    respondents = of_wishes.respondents
    competencies = of_wishes.competencies
    scores = of_scores.test_scores
    arms = of_scores.arms
    began = of_scores.began
    low_scorers = of_scores.low_scorers
    doses = of_scores.doses
    relevance = of_forms.relevance
    forms = of_forms.forms
    item_answers = of_forms.item_answers
    comments = of_forms.comments
    post_ratings = of_forms.post_ratings
    rated_twice = of_forms.rated_twice
    leaders = of_leaders.leaders
    led = of_leaders.led
    climate = of_leaders.climate
    answered = of_surveys.answered
    raters = of_leaders.raters
    describers = of_leaders.describers
    sources = of_leaders.sources
    officers = of_work.officers
    activities = of_work.activities
    studied = of_work.studied
    feeds = intake_record.feeds
    rows_read = intake_record.rows_read
    left_out = intake_record.left_out
    notices = intake_record.notices
    loose_ends = intake_record.loose_ends
    unmapped = intake_record.unmapped
    stewardship = intake_record.stewardship
    satisfaction = of_service.satisfaction
    elements = of_service.elements
    rated = of_service.rated
    ip_asn = of_service.ip_asn
    ip_asn_change = of_service.ip_asn_change
    applications = of_work.applications
    students = of_work.students
    paid = of_money.paid
    budget = of_money.budget
    ceilings = of_money.ceilings
    offers = of_money.offers
    free = of_money.free
    hours_on_record = of_money.hours_on_record
    columns = of_soundness.columns
    cells = of_soundness.cells
    gaps = of_soundness.gaps
    gaps_by_column = of_soundness.gaps_by_column
    joined = of_soundness.joined
    cross_checks = of_soundness.cross_checks
    criteria = of_soundness.criteria
    instruments = of_surveys.instruments
    responses = of_surveys.responses
    responses_of_units = of_surveys.responses_of_units
    sheets = of_surveys.sheets
    earlier = of_work.earlier
    answers = of_surveys.answers
    plans = of_work.plans
    needed = of_wishes.needed


def with_views(evaluation: processed.Evaluation) -> Evaluation:
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
