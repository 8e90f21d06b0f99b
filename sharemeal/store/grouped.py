"""What goes to one person in one text: what was sent to them lately, and what waits beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from sharemeal.alerts import ONE_TEXT_IN, AlertState
from sharemeal.messages import MessageState, Purpose
from sharemeal.store.alerts import Alert
from sharemeal.store.messages import Message
from sharemeal.store.people import Person
from sharemeal.store.watch import Concern

_ON_THE_WAY = (
    MessageState.CLAIMED,
    MessageState.IN_DOUBT,
    MessageState.ACCEPTED,
    MessageState.SENT,
    MessageState.DELIVERED,
)


@dataclass(frozen=True)
class Told:
    """Of what somebody was told a moment ago: when, how grave, whether it was answered, and whether it surely went out."""

    at: datetime
    level: int
    answered: bool
    sure: bool


def hold_person(session: Session, person_id: int) -> None:
    """Nobody else decides at the same time about a text to this person, until the unit of work ends."""
    query = select(Person.id).where(Person.id == person_id)
    session.execute(query.with_for_update(key_share=True))


def told_lately(session: Session, row: Message, now: datetime) -> list[Told]:
    """What else of this sort was told to this person by this way within ONE_TEXT_IN, or is being told right now."""
    query = (
        select(Message.intent_at, Message.level, Alert.state, Message.state)
        .join(Alert, Alert.id == Message.alert_id)
        .where(
            Message.person_id == row.person_id,
            Message.channel == row.channel,
            Message.purpose == row.purpose,
            Message.id != row.id,
            Message.state.in_(_ON_THE_WAY),
            Message.made_at <= now,
            (Message.intent_at.is_(None)) | (Message.intent_at.between(now - ONE_TEXT_IN, now)),
        )
    )
    return [
        Told(
            at or now,
            level,
            alert in (AlertState.ACKED, AlertState.ENDED),
            message is not MessageState.IN_DOUBT,
        )
        for at, level, alert, message in session.execute(query)
        if at is None or at > now - ONE_TEXT_IN
    ]


def level_of(session: Session, row: Message) -> int | None:
    """How grave the concern is that a message tells of; None for one of no alert."""
    query = select(Concern.level).join(Alert, Alert.concern_id == Concern.id)
    return session.scalar(query.where(Alert.id == row.alert_id)) if row.alert_id is not None else None


def beside(session: Session, row: Message) -> list[Message]:
    """What else of this sort waits for the same way to this person, locked, whenever it is due."""
    query = (
        select(Message)
        .join(Alert, Alert.id == Message.alert_id)
        .where(
            Message.person_id == row.person_id,
            Message.channel == row.channel,
            Message.purpose == row.purpose,
            Message.state == MessageState.PENDING,
            Message.carried_by_id.is_(None),
            Message.id != row.id,
            or_(
                Message.purpose != Purpose.ALERT,
                Alert.state.not_in((AlertState.ENDED, AlertState.ACKED)),
            ),
        )
        .order_by(Message.id)
    )
    locked = query.with_for_update(skip_locked=True, of=Message)
    return list(session.scalars(locked.execution_options(populate_existing=True)))


def carried(session: Session, row: Message) -> list[Message]:
    """What goes out in this message's text besides itself."""
    query = select(Message).where(Message.carried_by_id == row.id).order_by(Message.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def release(session: Session, row: Message, *, due_at: datetime) -> None:
    """What this message carried waits for itself again."""
    session.execute(
        update(Message)
        .where(Message.carried_by_id == row.id)
        .values(
            carried_by_id=None,
            state=MessageState.PENDING,
            due_at=due_at,
            intent_at=None,
            lease_owner=None,
            lease_until=None,
        )
    )


def fare_alike(session: Session, row: Message) -> None:
    """What is carried fares as its carrier does."""
    session.flush()
    session.execute(
        update(Message)
        .where(Message.carried_by_id == row.id)
        .values(
            state=row.state,
            intent_at=row.intent_at,
            provider_sid=row.provider_sid,
            accepted_at=row.accepted_at,
            error_code=row.error_code,
            lease_owner=row.lease_owner,
            lease_until=row.lease_until,
        )
    )


def open_requests(session: Session, person_id: int, now: datetime) -> list[tuple[Message, Concern]]:
    """What this person was asked for and nobody has taken up, the gravest and oldest first: the last text of each."""
    last = (
        select(func.max(Message.id))
        .where(Message.person_id == person_id, Message.purpose == Purpose.ALERT)
        .group_by(Message.alert_id)
    )
    query = (
        select(Message, Concern)
        .join(Alert, Alert.id == Message.alert_id)
        .join(Concern, Concern.id == Alert.concern_id)
        .where(
            Message.id.in_(last),
            or_(
                Alert.state == AlertState.NOTIFYING,
                and_(Alert.state == AlertState.ACKED, Alert.ack_expires_at <= now),
            ),
        )
        .order_by(Concern.level.desc(), Concern.since, Concern.id)
    )
    return [(message, concern) for message, concern in session.execute(query)]
