"""The outbox: every text message with the states it goes through, and what the provider told of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column, relationship

from sharemeal.messages import Channel, MessageState, Purpose
from sharemeal.store.base import Base, LabOwned
from sharemeal.store.columns import Coded, EncryptedText, UtcDateTime
from sharemeal.store.people import Person


class Message(LabOwned, Base):
    """One text to one person. ``code`` stands in its text and is its own; ``once`` says what it is for, only once.

    ``detail`` is what only this text holds: the secret end of a link's token, digits, minutes (messages.text).

    A claim is a lease of ``lease_owner`` until ``lease_until``; ``epoch`` rises with each claim, and whoever writes
    later under an older epoch changes nothing. ``intent_at`` is written before the call. ``nonce`` is the last
    call's, in the address that the provider calls back.
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
