"""A home, a kitchen or a volunteer leaves, and may come back: nothing is deleted, the number stays theirs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharemeal.actions.pause import RESTING
from sharemeal.actions.people import end_links_and_sessions
from sharemeal.papers.tables import Change
from sharemeal.store.base import own, transaction
from sharemeal.store.kitchens import Kitchen
from sharemeal.store.labs import today
from sharemeal.store.people import Person
from sharemeal.store.volunteers import Volunteer


def end(session: Session, kind: str, row_id: int, *, now: datetime) -> Change:
    """They leave today; their people can no longer sign in. Raises LookupError for a row not of this lab."""
    with transaction(session, now):
        row = own(session, RESTING[kind][0], row_id)
        if row.ended_on is not None:
            return Change.UNCHANGED
        row.ended_on = today(session, now)
        for person in _people_of(session, row):
            person.active = False
            end_links_and_sessions(session, person.id, now)
        return Change.UPDATED


def come_back(session: Session, kind: str, row_id: int, *, now: datetime) -> Change:
    """They take part again, as they were, and come in by new links. Raises LookupError for a row not of this lab."""
    with transaction(session, now):
        row = own(session, RESTING[kind][0], row_id)
        if row.ended_on is None:
            return Change.UNCHANGED
        row.ended_on = None
        for person in _people_of(session, row):
            person.active = True
        return Change.UPDATED


def _people_of(session: Session, row: object) -> list[Person]:
    if isinstance(row, Kitchen):
        theirs = Person.kitchen_id == row.id
    elif isinstance(row, Volunteer):
        theirs = Person.id == row.person_id
    else:
        return []
    return list(session.scalars(select(Person).where(theirs)))
