"""Texts of alerts that have not come: late ones, which another way follows, and people whom no way has reached."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from sharemeal.alerts import AlertState
from sharemeal.messages import FAILED, ONCE_MORE, Channel, MessageState, Purpose
from sharemeal.store.alerts import Alert
from sharemeal.store.messages import Message, since, told_in_turn
from sharemeal.store.people import Person

DOUBT_LASTS = timedelta(seconds=60)
"""A message whose fate is unknown for so long counts as failed: loss is worse than telling one person too many."""
NOT_TAKEN_FOR = timedelta(seconds=45)
"""A text that is due for so long and that the provider has not taken: another way is quicker."""
NOT_COME_FOR = timedelta(seconds=120)
"""A text was taken so long ago, and it is not known to have come."""
LOOK_LASTS = timedelta(seconds=45)
"""So much longer the look at the provider's list may take that says whether it has come."""


def _late(now: datetime) -> ColumnElement[bool]:
    waits = and_(
        Message.state.in_((MessageState.PENDING, MessageState.CLAIMED)),
        or_(
            since(Message.due_at, now - NOT_TAKEN_FOR, now),
            and_(Message.tries > 0, since(Message.made_at, now - NOT_TAKEN_FOR, now)),
        ),
    )
    doubtful = and_(Message.state == MessageState.IN_DOUBT, since(Message.intent_at, now - DOUBT_LASTS, now))
    not_come = and_(
        Message.state.in_((MessageState.ACCEPTED, MessageState.SENT)),
        or_(
            and_(since(Message.accepted_at, now - NOT_COME_FOR, now), Message.looked_at.is_not(None)),
            since(Message.accepted_at, now - NOT_COME_FOR - LOOK_LASTS, now),
        ),
    )
    return or_(waits, doubtful, not_come)


def late_texts(session: Session, now: datetime, *, most: int = 500) -> list[tuple[int, int]]:
    """(lab id, message id) of the texts of open alerts that are late and that no e-mail follows; for all labs.

    Only of people who have an e-mail address.
    """
    other = aliased(Message)
    followed = exists().where(
        other.alert_id == Message.alert_id,
        other.person_id == Message.person_id,
        other.step == Message.step,
        other.channel != Message.channel,
    )
    query = (
        select(Message.lab_id, Message.id)
        .join(Alert, Alert.id == Message.alert_id)
        .join(Person, Person.id == Message.person_id)
        .where(
            Message.channel == Channel.SMS,
            Message.purpose == Purpose.ALERT,
            Alert.state == AlertState.NOTIFYING,
            Person.active,
            Person.email_index.is_not(None),
            _late(now),
            ~followed,
        )
        .order_by(Message.id)
        .limit(most)
    )
    return [(lab_id, message_id) for lab_id, message_id in session.execute(query)]


def is_late(session: Session, row: Message, now: datetime) -> bool:
    """Whether that text is late still."""
    return session.scalar(select(Message.id).where(Message.id == row.id, _late(now))) is not None


def _hopeless(now: datetime) -> ColumnElement[bool]:
    """It has failed; or nobody knows of it; or it was tried and is not taken, and no other way is left to be told by."""
    return or_(
        Message.state.in_(FAILED),
        and_(
            Message.state.in_((MessageState.PENDING, MessageState.CLAIMED)),
            Message.tries > 0,
            Message.error_code.not_in(ONCE_MORE) | Message.error_code.is_(None),
            since(Message.made_at, now - NOT_TAKEN_FOR, now),
        ),
        and_(Message.state == MessageState.IN_DOUBT, since(Message.intent_at, now - DOUBT_LASTS, now)),
    )


def told_in_vain(session: Session, now: datetime) -> list[tuple[int, int]]:
    """(lab id, alert id) where nothing reached the last person, and others were not tried yet; for all labs."""
    query = (
        select(Alert)
        .join(Message, and_(Message.alert_id == Alert.id, Message.step == Alert.step))
        .where(Alert.state == AlertState.NOTIFYING, Message.purpose == Purpose.ALERT, _hopeless(now))
    )
    return [(each.lab_id, each.id) for each in session.scalars(query).unique() if in_vain(session, each, now)]


def in_vain(session: Session, alert: Alert, now: datetime) -> bool:
    """Whether no way has reached the last person who was told, or may yet, while others were not tried yet."""
    if alert.state is not AlertState.NOTIFYING:
        return False
    last = and_(Message.alert_id == alert.id, Message.step == alert.step, Message.purpose == Purpose.ALERT)
    if not set(alert.chain.people) - set(told_in_turn(session, alert.id)):
        return False
    failed = session.scalar(select(Message.id).where(last, _hopeless(now)).limit(1))
    hoped = session.scalar(select(Message.id).where(last, ~_hopeless(now)).limit(1))
    return failed is not None and hoped is None
