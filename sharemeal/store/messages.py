"""The outbox: every text message with the states it goes through, and what the provider told of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    ForeignKey,
    Index,
    Select,
    Text,
    UniqueConstraint,
    and_,
    case,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, deferred, mapped_column, relationship

from sharemeal.messages import CANNOT_WAIT, MOST_A_MINUTE, Channel, MessageState, Purpose, told
from sharemeal.store.base import Base, LabOwned
from sharemeal.store.columns import Coded, EncryptedText, UtcDateTime
from sharemeal.store.people import Person
from sharemeal.store.uptime import seconds_now

LONGEST_LEASE_SECONDS = 120.0
"""No lease lasts longer, nor does anything in doubt wait longer before it is asked for."""
SET_BACK = timedelta(minutes=6)
"""Nothing is put off this far: a moment further ahead was written before the clock was set back."""


class Message(LabOwned, Base):
    """One text to one person. ``code`` stands in its text and is its own; ``once`` says what it is for, only once.

    ``detail`` is what only this text holds: the secret end of a link's token, digits, minutes (messages.text).

    A claim is a lease of ``lease_owner`` until ``lease_until`` (seconds of store/uptime.py; of what is in doubt, the
    moment from which on it is asked for); ``epoch`` rises with each claim, and whoever writes later under an older
    epoch changes nothing. ``intent_at`` is written before the call. ``nonce`` and the number of the try stand in the
    address that the provider calls back. What is told by another message's text is ``carried_by_id`` it and fares
    as that one does. ``level`` is how grave the concern was when it was told.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("alert_id", "person_id", "channel", "step"),
        UniqueConstraint("lab_id", "once"),
        Index("ix_outbox_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alert.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[Purpose] = mapped_column(Coded(Purpose))
    channel: Mapped[Channel] = mapped_column(Coded(Channel), default=Channel.SMS)
    step: Mapped[int] = mapped_column(default=0)
    once: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text, unique=True)
    detail: Mapped[str | None] = deferred(mapped_column(EncryptedText))
    state: Mapped[MessageState] = mapped_column(Coded(MessageState), default=MessageState.PENDING)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_owner: Mapped[str | None] = mapped_column(Text)
    lease_until: Mapped[float | None] = mapped_column(Double)
    epoch: Mapped[int] = mapped_column(default=0)
    intent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    nonce: Mapped[str | None] = mapped_column(Text, index=True)
    provider_sid: Mapped[str | None] = mapped_column(Text, index=True)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    looked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error_code: Mapped[int | None]
    tries: Mapped[int] = mapped_column(default=0)
    language: Mapped[str] = mapped_column(Text, default="ja")
    level: Mapped[int] = mapped_column(default=0)
    carried_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("outbox.id", ondelete="SET NULL"), index=True
    )
    person: Mapped[Person] = relationship()


class DeliveryEvent(LabOwned, Base):
    """What the provider told of a message; the same thing told twice stands once."""

    __tablename__ = "delivery_event"
    __table_args__ = (UniqueConstraint("sid", "status"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("outbox.id", ondelete="CASCADE"), index=True)
    sid: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    error_code: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def of_alert(session: Session, alert_id: int) -> list[Message]:
    """Everything that was written for an alert, in order."""
    query = select(Message).where(Message.alert_id == alert_id)
    return list(session.scalars(query.order_by(Message.id)))


def told_in_turn(session: Session, alert_id: int) -> list[int]:
    """Who was told of an alert, one person for each step, in order; not whose text was withdrawn before it went."""
    query = (
        select(Message.step, Message.person_id)
        .where(
            Message.alert_id == alert_id,
            Message.purpose == Purpose.ALERT,
            Message.state != MessageState.WITHDRAWN,
        )
        .distinct()
        .order_by(Message.step)
    )
    return [person_id for _, person_id in session.execute(query)]


def by_code(session: Session, code: str) -> Message | None:
    """The message with this code."""
    return session.scalars(select(Message).where(Message.code == code)).first()


def written_once(session: Session, once: str, *, lab_id: int | None = None) -> Message | None:
    """The message that was written for this, in the session's lab or the given one."""
    query = select(Message).where(Message.once == once)
    return session.scalars(query if lab_id is None else query.where(Message.lab_id == lab_id)).first()


def by_id(session: Session, message_id: int) -> Message | None:
    """That message, locked until the unit of work ends."""
    return _locked(session, select(Message).where(Message.id == message_id))


def of_nonce(session: Session, nonce: str) -> Message | None:
    """The message that the provider calls back about, locked until the unit of work ends; for a session of all labs."""
    return _locked(session, select(Message).where(Message.nonce == nonce))


def since(column: InstrumentedAttribute[Any], moment: datetime, now: datetime) -> ColumnElement[bool]:
    """Whether that lies at ``moment`` or before; or so far ahead of ``now`` that the clock was set back since."""
    return or_(column <= moment, column > now + SET_BACK)


def lapsed(now_seconds: float) -> ColumnElement[bool]:
    """Whether a lease has run out, or was written before the machine was started anew."""
    return or_(Message.lease_until <= now_seconds, Message.lease_until > now_seconds + LONGEST_LEASE_SECONDS)


def _due(channel: Channel, now: datetime, now_seconds: float) -> ColumnElement[bool]:
    fresh = and_(Message.state == MessageState.PENDING, since(Message.due_at, now, now))
    dropped = and_(Message.state == MessageState.CLAIMED, Message.intent_at.is_(None), lapsed(now_seconds))
    return and_(Message.channel == channel, Message.carried_by_id.is_(None), or_(fresh, dropped))


def _doubtful(channel: Channel, now_seconds: float) -> ColumnElement[bool]:
    return and_(
        Message.state == MessageState.IN_DOUBT,
        Message.channel == channel,
        Message.carried_by_id.is_(None),
        or_(Message.lease_until.is_(None), lapsed(now_seconds)),
    )


def _dropped(now_seconds: float) -> ColumnElement[bool]:
    return and_(Message.state == MessageState.CLAIMED, Message.intent_at.is_not(None), lapsed(now_seconds))


def any_to_send(session: Session, channel: Channel, now: datetime) -> bool:
    """Whether something may wait to be sent by that way: a look that locks nothing; for a session of all labs."""
    fresh = and_(Message.state == MessageState.PENDING, since(Message.due_at, now, now))
    claimed = and_(Message.state == MessageState.CLAIMED, Message.intent_at.is_(None))
    query = select(Message.id).where(Message.channel == channel, or_(fresh, claimed)).limit(1)
    return session.scalar(query) is not None


def any_in_doubt(session: Session, channel: Channel) -> bool:
    """Whether something of that way may have to be asked for: a look that locks nothing; for a session of all labs."""
    called = and_(Message.state == MessageState.CLAIMED, Message.intent_at.is_not(None))
    doubtful = or_(Message.state == MessageState.IN_DOUBT, called)
    return session.scalar(select(Message.id).where(Message.channel == channel, doubtful).limit(1)) is not None


def next_due(session: Session, channel: Channel, now: datetime) -> Message | None:
    """What is to be sent next by that way, locked, alerts first; for a session of all labs.

    It is due, or somebody claimed it and came to nothing: the lease ran out before the intent to call was written.
    """
    query = select(Message).where(_due(channel, now, seconds_now(session)))
    urgent = case((Message.purpose == Purpose.ALERT, 0), (Message.purpose.in_(CANNOT_WAIT), 1), else_=2)
    return _locked(session, query.order_by(urgent, Message.due_at, Message.id), pass_over=True)


def is_full(session: Session, channel: Channel, now: datetime) -> bool:
    """Whether as much went out by that way in the last minute as may; for a session of all labs."""
    lately = Message.accepted_at.between(now - timedelta(minutes=1), now)
    query = select(func.count()).where(Message.channel == channel, lately)
    return (session.scalar(query) or 0) >= MOST_A_MINUTE[channel]


def put_off(session: Session, channel: Channel, now: datetime, until: datetime) -> None:
    """All that is due by that way and can wait is due ``until``; for a session of all labs."""
    waiting = select(Message).where(
        Message.channel == channel,
        Message.state == MessageState.PENDING,
        Message.due_at <= now,
        Message.purpose.not_in(CANNOT_WAIT),
    )
    for row in session.scalars(waiting.with_for_update(skip_locked=True, of=Message)):
        row.due_at = until


def doubt_what_was_dropped(session: Session, *, settle_seconds: float) -> None:
    """Whoever meant to call and has not told the outcome until the lease's end has gone: nobody knows what went out.

    ``settle_seconds`` is what is left of the settling time, which counts from the intent.
    """
    seconds = seconds_now(session)
    session.execute(
        update(Message)
        .where(_dropped(seconds))
        .values(state=MessageState.IN_DOUBT, lease_owner=None, lease_until=seconds + settle_seconds),
        execution_options={"synchronize_session": False},
    )


def next_doubtful(session: Session, channel: Channel) -> Message | None:
    """A message in doubt that has settled and that nobody looks into, locked; for a session of all labs."""
    query = select(Message).where(_doubtful(channel, seconds_now(session)))
    return _locked(session, query.order_by(Message.intent_at, Message.id), pass_over=True)


def next_unheard(session: Session, now: datetime, *, after: timedelta, until: timedelta) -> Message | None:
    """A text taken ``after`` ago or longer, but not ``until`` ago, of whose arrival nothing was heard, locked; for all.

    It is looked up again and again at the distance of ``after``.
    """
    query = select(Message).where(
        Message.state.in_((MessageState.ACCEPTED, MessageState.SENT)),
        Message.provider_sid.is_not(None),
        Message.channel == Channel.SMS,
        Message.carried_by_id.is_(None),
        Message.accepted_at > now - until,
        since(Message.accepted_at, now - after, now),
        or_(Message.looked_at.is_(None), since(Message.looked_at, now - after, now)),
    )
    return _locked(session, query.order_by(Message.accepted_at, Message.id), pass_over=True)


def held(session: Session, message_id: int, owner: str, epoch: int) -> Message | None:
    """The message, locked, if this claim on it still stands; for a session of all labs."""
    return _locked(
        session,
        select(Message).where(Message.id == message_id, Message.lease_owner == owner, Message.epoch == epoch),
    )


def alerts_told(session: Session, person_ids: Collection[int], code: str | None = None) -> list[Message]:
    """The alert messages to these people, of this code if one is given, oldest first; for a session of all labs."""
    query = select(Message).where(Message.person_id.in_(person_ids), Message.purpose == Purpose.ALERT)
    if code is not None:
        query = query.where(Message.code == code)
    return list(session.scalars(query.order_by(Message.id)))


def failed_sids(session: Session, message_id: int) -> set[str]:
    """Under which sids the provider told that this message did not arrive."""
    query = select(DeliveryEvent).where(DeliveryEvent.message_id == message_id)
    return {each.sid for each in session.scalars(query) if told(each.status) is MessageState.UNDELIVERED}


def event_stands(session: Session, sid: str, status: str) -> bool:
    """Whether this was told before."""
    query = select(DeliveryEvent.id).where(DeliveryEvent.sid == sid, DeliveryEvent.status == status)
    return session.scalars(query).first() is not None


def _locked(session: Session, query: Select[Message], *, pass_over: bool = False) -> Message | None:
    """The first row of the question, locked; ``pass_over`` leaves rows that another has locked to that other."""
    query = query.limit(1).with_for_update(skip_locked=pass_over, of=Message)
    return session.scalars(query.execution_options(populate_existing=True)).first()
