"""Call a settled day off: the course becomes a round of calls, on the same ladder, so that nobody is forgotten."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharemeal.actions.cancel_route import end_covers
from sharemeal.actions.concerns import close_concern
from sharemeal.actions.keep_report import keep_report, uuid_of
from sharemeal.actions.record_visit import Outcome, Result
from sharemeal.actions.watch_over import expect_visits
from sharemeal.actions.write_messages import write_message
from sharemeal.messages import Purpose
from sharemeal.people import Role
from sharemeal.sentences import Refused, Sentence
from sharemeal.service_days import DayState
from sharemeal.store import households, service_days, visits, watch
from sharemeal.store.base import transaction
from sharemeal.store.people import Person
from sharemeal.store.service_days import ServiceDay
from sharemeal.store.visits import ClosedBy, ExpectedVisit, Whose
from sharemeal.visits import Means, Report
from sharemeal.watch import Ending
from sharemeal.written import needed


def call_off(session: Session, service_date: date, *, why: str, now: datetime) -> ServiceDay:
    """No delivery on that day. Volunteers and kitchens are told; every home that was to be visited is to be called.

    What is expected of the homes stays due as it was. Called off twice is called off. Raises Refused for a day that
    is not settled or is closed, and without a reason.
    """
    try:
        reason = needed(why)
    except Refused as refusal:
        raise refusal.at("why") from None
    with transaction(session, now):
        day = _settled(session, service_date)
        if day.called_off_at is not None:
            return day
        if day.state is DayState.FIXED:
            day.state, day.started_at = DayState.UNDER_WAY, now
        day.called_off_at, day.called_off_why = now, reason
        expect_visits(session, day)
        end_covers(session, day, now=now)
        _let_volunteers_be(session, day, now)
        for person_id in _who_was_to_come(session, day):
            write_message(
                session,
                person_id,
                Purpose.CALLED_OFF,
                once=f"called-off {day.id} {person_id}",
                detail=f"{service_date:%m-%d}",
                now=now,
            )
        return day


def record_call(
    session: Session,
    service_date: date,
    household_number: int,
    *,
    client_uuid: str,
    report: Report,
    reporter_id: int,
    now: datetime,
) -> Outcome:
    """Keep how a call to a home went, on a day that was called off, beside a visit, or after the day was closed; once per ``client_uuid``.

    Raises LookupError for an unknown home, Refused for a day that is not settled and for a home that
    took no part in that day; one that was left without a meal may be called too.
    """
    with transaction(session, now):
        known_id = uuid_of(client_uuid)
        day = _settled(session, service_date, closed_too=True)
        home = households.by_number(session, household_number)
        if home is None:
            raise LookupError(household_number)
        known = visits.by_uuid(session, known_id)
        if known is not None:
            if (known.household_id, known.reporter_id) != (home.id, reporter_id):
                raise LookupError(household_number)
            return Outcome(Result.REPEATED, known)
        expected = {each.household_id for each in visits.expected_on(session, day.id)}
        if home.id not in expected | {each.household_id for each in day.shortages}:
            raise Refused(
                Sentence("このお宅は、この日のお届けに入っていません。"),
                remedy=Sentence("日にちとお届け先を確かめてください。"),
            )
        row = keep_report(
            session,
            day,
            home.id,
            report,
            client_uuid=known_id,
            stop_id=None,
            reporter_id=reporter_id,
            entered_by_id=reporter_id,
            means=Means.CALL,
            observed_at=now,
            now=now,
        )
        return Outcome(Result.CREATED, row)


def _settled(session: Session, service_date: date, *, closed_too: bool = False) -> ServiceDay:
    session.expire_all()
    found = service_days.settled_on(session, service_date)
    if found is None:
        raise Refused(
            Sentence("この日の計画は、まだ決まっていません。"),
            remedy=Sentence("決まる前の日は、暦の画面からお休みにできます。"),
        )
    day = service_days.lock_day(session, found.id)
    if day.state is DayState.CLOSED and not closed_too:
        raise Refused(
            Sentence("この日のお届けは、もう締めました。"),
            remedy=Sentence("つぎのお届けの日をひらいてください。"),
        )
    return day


def _let_volunteers_be(session: Session, day: ServiceDay, now: datetime) -> None:
    query = select(ExpectedVisit).where(
        ExpectedVisit.day_id == day.id,
        ExpectedVisit.whose == Whose.VOLUNTEER,
        ExpectedVisit.closed_at.is_(None),
    )
    for expected in session.scalars(query.with_for_update()):
        expected.closed_at, expected.closed_by = now, ClosedBy.CALLED_OFF
    session.flush()
    for route in day.routes:
        concern = watch.open_of_volunteer(session, route.volunteer_id)
        if concern is not None and concern.day_id == day.id:
            close_concern(session, concern, Ending.WITHDRAWN, now=now)


def _who_was_to_come(session: Session, day: ServiceDay) -> list[int]:
    """The volunteers with a course and the people of the kitchens that cook, by person id."""
    kitchens = {serving.offer.kitchen_id for serving in day.servings}
    cooks = select(Person.id).where(
        Person.role == Role.KITCHEN, Person.kitchen_id.in_(kitchens), Person.active
    )
    return sorted({route.volunteer.person_id for route in day.routes} | set(session.scalars(cooks)))
