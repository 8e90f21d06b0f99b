"""The outbox: every text message with the states it goes through, and what the provider told of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Select, Text, UniqueConstraint, and_, case, or_, select
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column, relationship

from sharemeal.messages import Channel, MessageState, Purpose, told
from sharemeal.store.base import Base, LabOwned
from sharemeal.store.columns import Coded, EncryptedText, UtcDateTime
from sharemeal.store.people import Person


class Message(LabOwned, Base):
    """One text to one person. ``code`` stands in its text and is its own; ``once`` says what it is for, only once.

    ``detail`` is what only this text holds: the secret end of a link's token, digits, minutes (messages.text).

    A claim is a lease of ``lease_owner`` until ``lease_until``; ``epoch`` rises with each claim, and whoever writes
    later under an older epoch changes nothing. ``intent_at`` is written before the call. ``nonce`` and the number of
    the try stand in the address that the provider calls back.
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
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    epoch: Mapped[int] = mapped_column(default=0)
    intent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    nonce: Mapped[str | None] = mapped_column(Text, index=True)
    provider_sid: Mapped[str | None] = mapped_column(Text, index=True)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    looked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error_code: Mapped[int | None]
    tries: Mapped[int] = mapped_column(default=0)
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


def by_code(session: Session, code: str) -> Message | None:
    """The message with this code."""
    return session.scalars(select(Message).where(Message.code == code)).first()


def written_once(session: Session, once: str) -> Message | None:
    """The message that was written for this."""
    return session.scalars(select(Message).where(Message.once == once)).first()


def by_id(session: Session, message_id: int) -> Message | None:
    """That message, locked until the unit of work ends."""
    return _locked(session, select(Message).where(Message.id == message_id))


def of_nonce(session: Session, nonce: str) -> Message | None:
    """The message that the provider calls back about, locked until the unit of work ends; for a session of all labs."""
    return _locked(session, select(Message).where(Message.nonce == nonce))


def next_due(session: Session, now: datetime) -> Message | None:
    """What is to be sent next, locked, alerts first; for a session of all labs.

    It is due, or somebody claimed it and came to nothing: the lease ran out before the intent to call was written.
    """
    fresh = and_(Message.state == MessageState.PENDING, Message.due_at <= now)
    dropped = and_(
        Message.state == MessageState.CLAIMED, Message.intent_at.is_(None), Message.lease_until <= now
    )
    query = select(Message).where(or_(fresh, dropped))
    urgent = case((Message.purpose == Purpose.ALERT, 0), else_=1)
    return _locked(session, query.order_by(urgent, Message.due_at, Message.id), pass_over=True)


def next_doubtful(session: Session, now: datetime, intent_until: datetime) -> Message | None:
    """A message in doubt whose call was meant by then, locked, and that nobody looks into; for all labs."""
    query = select(Message).where(
        Message.state == MessageState.IN_DOUBT,
        Message.intent_at <= intent_until,
        or_(Message.lease_until.is_(None), Message.lease_until <= now),
    )
    return _locked(session, query.order_by(Message.intent_at, Message.id), pass_over=True)


def next_unheard(
    session: Session, accepted_after: datetime, accepted_until: datetime, looked_until: datetime
) -> Message | None:
    """A message that was taken between these times and of whose arrival nothing was heard, locked; for all labs."""
    query = select(Message).where(
        Message.state.in_((MessageState.ACCEPTED, MessageState.SENT)),
        Message.provider_sid.is_not(None),
        Message.accepted_at > accepted_after,
        Message.accepted_at <= accepted_until,
        or_(Message.looked_at.is_(None), Message.looked_at <= looked_until),
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
