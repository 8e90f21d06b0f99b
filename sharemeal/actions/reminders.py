"""Reminders by text message, written inside the unit of work of the step that sends them; each person gets one a day;
and the question who walks a course instead, once for each time that somebody cannot come.

Who has no number is passed over: the desk sees who has not answered.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharemeal.actions.sign_in import add_link
from sharemeal.actions.write_messages import write_message
from sharemeal.messages import Purpose, fresh_code, fresh_secret
from sharemeal.people import Role
from sharemeal.store import households, kitchens
from sharemeal.store.alerts import chain_now
from sharemeal.store.covers import Cover
from sharemeal.store.messages import Message
from sharemeal.store.people import Person
from sharemeal.store.service_days import Route, ServiceDay
from sharemeal.store.volunteers import Volunteer


def remind_kitchens(session: Session, service_date: date, *, now: datetime) -> int:
    """Ask the kitchens that have said nothing about that day, each person by a link of their own; returns how many."""
    told = {offer.kitchen_id for offer in kitchens.offers_on(session, service_date)}
    resting = {pause.kitchen_id for pause in households.pauses_on(session, service_date)}
    asked = {each.id for each in kitchens.all_kitchens(session)} - told - resting
    query = (
        select(Person.id)
        .where(Person.role == Role.KITCHEN, Person.active, Person.phone_index.is_not(None))
        .where(Person.kitchen_id.in_(asked))
        .order_by(Person.id)
    )
    return sum(
        _with_link(session, person_id, Purpose.REMIND_KITCHEN, service_date, now)
        for person_id in session.scalars(query)
    )


def remind_volunteers(session: Session, day: ServiceDay, *, now: datetime) -> int:
    """Send the route sheets of a fixed day to those who have not got theirs; returns how many."""
    return sum(
        _with_link(session, person_id, Purpose.REMIND_VOLUNTEER, day.service_date, now)
        for person_id in not_reminded(session, day)
    )


def not_reminded(session: Session, day: ServiceDay) -> list[int]:
    """The people with a number whose route of that day was not sent to them yet."""
    query = (
        select(Person.id)
        .join(Volunteer, Volunteer.person_id == Person.id)
        .join(Route, Route.volunteer_id == Volunteer.id)
        .where(Route.day_id == day.id, Person.active, Person.phone_index.is_not(None))
        .order_by(Person.id)
    )
    going = {_once(Purpose.REMIND_VOLUNTEER, day.service_date, each): each for each in session.scalars(query)}
    sent = set(session.scalars(select(Message.once).where(Message.once.in_(going))))
    return [person_id for once, person_id in going.items() if once not in sent]


def ask_stand_ins(
    session: Session, cover: Cover, volunteers: Iterable[Volunteer], service_date: date, *, now: datetime
) -> int:
    """Ask these volunteers, as far as they have a number, whether they walk a course instead; returns how many."""
    return sum(
        _with_link(
            session, each.person_id, Purpose.STEP_IN, service_date, now, f"{cover.once}{each.person_id}"
        )
        for each in volunteers
        if each.person.phone_index is not None
    )


def remind_coordinators(session: Session, service_date: date, *, now: datetime) -> int:
    """Tell the people of the lab's chain that the plan of that day is not fixed yet; returns how many."""
    chain = chain_now(session)
    return sum(
        _written(session, each.person_id, Purpose.REMIND_COORDINATOR, service_date, now)
        for each in chain.contacts or chain.admins
    )


def _with_link(
    session: Session,
    person_id: int,
    purpose: Purpose,
    service_date: date,
    now: datetime,
    once: str | None = None,
) -> bool:
    """The link's token is the message's code and a secret that only its text holds."""
    code, secret = fresh_code(), fresh_secret()
    if not _written(session, person_id, purpose, service_date, now, code=code, detail=secret, once=once):
        return False
    add_link(session, person_id, token=code + secret, service_date=service_date, now=now)
    return True


def _written(
    session: Session,
    person_id: int,
    purpose: Purpose,
    service_date: date,
    now: datetime,
    *,
    code: str | None = None,
    detail: str | None = None,
    once: str | None = None,
) -> bool:
    once = once or _once(purpose, service_date, person_id)
    written = write_message(session, person_id, purpose, once=once, now=now, code=code, detail=detail)
    return written is not None


def _once(purpose: Purpose, service_date: date, person_id: int) -> str:
    return f"{purpose.value} {service_date.isoformat()} {person_id}"
