"""お休み of a home, a kitchen or a volunteer, and the return; 辞退 of a home for one day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharemeal.actions.watch_over import settle_absence
from sharemeal.households import PauseSpan
from sharemeal.papers.reading import Fields, optional
from sharemeal.papers.tables import Change
from sharemeal.sentences import Refused, Sentence
from sharemeal.service_days import DayState
from sharemeal.store.base import own, transaction
from sharemeal.store.households import Decline, Household, Pause, pauses_of
from sharemeal.store.kitchens import Kitchen
from sharemeal.store.labs import today
from sharemeal.store.service_days import on
from sharemeal.store.volunteers import Volunteer
from sharemeal.written import day

RESTING: dict[str, tuple[type[Household | Kitchen | Volunteer], str]] = {
    "households": (Household, "household_id"),
    "kitchens": (Kitchen, "kitchen_id"),
    "volunteers": (Volunteer, "volunteer_id"),
}
"""Who may rest: kind of table → the row, and the column of a pause that names it."""


def pause(session: Session, kind: str, row_id: int, texts: Mapping[str, str], *, now: datetime) -> Change:
    """Note a pause from the fields ``starts`` (empty: today), ``ends`` (empty: until they return), ``reason``.

    The same pause again changes nothing. Raises LookupError for a row that is not of this lab and SeveralRefused.
    """
    table, column = RESTING[kind]
    with transaction(session, now):
        own(session, table, row_id)
        fields = Fields(texts)
        first = today(session, now)
        starts = fields.read("starts", lambda text: day(text) if text else first)
        ends = fields.read("ends", lambda text: day(text) if text else None)
        reason = fields.read("reason", optional(200))
        span = fields.built("ends", ("starts", "ends"), lambda: PauseSpan(starts, ends))
        fields.done()
        if any((each.span, each.reason) == (span, reason) for each in pauses_of(session, column, row_id)):
            return Change.UNCHANGED
        session.add(Pause(**{column: row_id}, span=span, reason=reason))
        if kind == "households":
            settle_absence(session, row_id, now=now)
        return Change.CREATED


def return_from_pause(session: Session, kind: str, row_id: int, *, now: datetime) -> Change:
    """They are back from today: a pause under way ends yesterday, one to come is taken back. Raises LookupError."""
    table, column = RESTING[kind]
    with transaction(session, now):
        own(session, table, row_id)
        first = today(session, now)
        standing = [
            each
            for each in pauses_of(session, column, row_id)
            if each.span.ends is None or each.span.ends >= first
        ]
        for each in standing:
            if each.span.starts < first:
                each.span = PauseSpan(each.span.starts, first - timedelta(days=1))
            else:
                each.ended_at = now
        if kind == "households":
            settle_absence(session, row_id, now=now)
        return Change.UPDATED if standing else Change.UNCHANGED


def decline(session: Session, household_id: int, service_date: date, *, now: datetime) -> Change:
    """A home does not want its meal on that day. Raises LookupError, and Refused for a day that is over."""
    with transaction(session, now):
        own(session, Household, household_id)
        if _declined(session, household_id, service_date) is not None:
            return Change.UNCHANGED
        _refuse_over(session, service_date, now)
        session.add(Decline(household_id=household_id, service_date=service_date, declined_at=now))
        settle_absence(session, household_id, now=now)
        return Change.CREATED


def take_back_decline(session: Session, household_id: int, service_date: date, *, now: datetime) -> Change:
    """The home wants its meal after all. Raises LookupError, and Refused for a day that is over."""
    with transaction(session, now):
        own(session, Household, household_id)
        declined = _declined(session, household_id, service_date)
        if declined is None:
            return Change.UNCHANGED
        _refuse_over(session, service_date, now)
        session.delete(declined)
        settle_absence(session, household_id, now=now)
        return Change.UPDATED


def _declined(session: Session, household_id: int, service_date: date) -> Decline | None:
    query = select(Decline).where(Decline.household_id == household_id, Decline.service_date == service_date)
    return session.scalars(query).first()


def _refuse_over(session: Session, service_date: date, now: datetime) -> None:
    stored = on(session, service_date)
    if service_date < today(session, now) or (stored is not None and stored.state == DayState.CLOSED):
        raise Refused(
            Sentence("{day}のお届けはもう終わっています。", day=service_date.isoformat()),
            remedy=Sentence("日にちを確かめてください。"),
        )
