"""A volunteer says 出られます or 出られません for one day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharemeal.papers.tables import Change
from sharemeal.sentences import Refused, Sentence
from sharemeal.store.base import transaction
from sharemeal.store.labs import today
from sharemeal.store.service_days import ServiceDay
from sharemeal.store.volunteers import DutyAnswer, Volunteer


def answer_duty(
    session: Session, volunteer_id: int, service_date: date, *, can_serve: bool, now: datetime
) -> Change:
    """Keep the answer; the same answer again changes nothing.

    Raises LookupError for a volunteer who is not of this lab or has ended, and Refused for a day that is past or
    settled: the answer would lie unread while somebody waits at a door, so a person has to be told.
    """
    with transaction(session, now):
        session.expire_all()
        query = select(Volunteer).where(Volunteer.id == volunteer_id, Volunteer.ended_on.is_(None))
        if session.scalars(query.with_for_update(key_share=True)).first() is None:
            raise LookupError(f"no volunteer {volunteer_id} here")
        answer = _answer_of(session, volunteer_id, service_date)
        if answer is not None and answer.can_serve == can_serve:
            return Change.UNCHANGED
        _refuse_past(session, service_date, now)
        _refuse_settled(session, service_date)
        keep_answer(session, volunteer_id, service_date, can_serve=can_serve, now=now)
        return Change.CREATED if answer is None else Change.UPDATED


def keep_answer(
    session: Session, volunteer_id: int, service_date: date, *, can_serve: bool, now: datetime
) -> None:
    """Inside a unit of work: the answer stands, whatever the state of the day."""
    answer = _answer_of(session, volunteer_id, service_date)
    if answer is None:
        answer = DutyAnswer(volunteer_id=volunteer_id, service_date=service_date)
        session.add(answer)
    answer.can_serve, answer.answered_at = can_serve, now


def _answer_of(session: Session, volunteer_id: int, service_date: date) -> DutyAnswer | None:
    query = select(DutyAnswer).where(
        DutyAnswer.volunteer_id == volunteer_id, DutyAnswer.service_date == service_date
    )
    return session.scalars(query).first()


def _refuse_past(session: Session, service_date: date, now: datetime) -> None:
    if service_date < today(session, now):
        raise Refused(
            Sentence("この日は、もう過ぎています。"),
            remedy=Sentence("画面を開きなおして、これからの日にお答えください。"),
        )


def _refuse_settled(session: Session, service_date: date) -> None:
    """The day's row is locked, so that an answer cannot slip in while the day is being fixed."""
    query = select(ServiceDay).where(ServiceDay.service_date == service_date).with_for_update()
    day = session.scalars(query).first()
    if day is not None and day.settled:
        raise Refused(
            Sentence("この日のコースは、もう決まっています。"),
            why=Sentence("ここで変えても、お届けを待つお宅に間に合わないことがあります。"),
            remedy=Sentence("世話人にお電話ください。すぐに代わりを探します。"),
        )
