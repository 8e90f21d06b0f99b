"""連絡先: the rows of the chain as they are changed, and how the last receive test of each person went."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sharemeal.messages import Channel, Purpose
from sharemeal.store.alerts import AlertContact
from sharemeal.store.columns import fits
from sharemeal.store.messages import Message
from sharemeal.store.people import Person


def for_writing(session: Session, person_id: int) -> AlertContact | None:
    """The place of this person in the chain as it is now, locked until the unit of work ends."""
    query = select(AlertContact).where(AlertContact.person_id == person_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).first()


def whole_chain(session: Session) -> list[AlertContact]:
    """Every row of the lab's chain in order, locked until the unit of work ends."""
    query = select(AlertContact).order_by(AlertContact.position, AlertContact.id).with_for_update()
    return list(session.scalars(query.execution_options(populate_existing=True)))


def known_fault(session: Session, row: Message) -> int | None:
    """Why an SMS of an alert need not be tried: its person's number takes none, and there is an e-mail address."""
    if row.channel is not Channel.SMS or row.purpose not in (Purpose.ALERT, Purpose.ALL_CLEAR):
        return None
    query = (
        select(AlertContact.fault_code)
        .join(Person, Person.id == AlertContact.person_id)
        .where(AlertContact.person_id == row.person_id, Person.email_index.is_not(None))
    )
    return session.scalar(query)


def is_kept(session: Session, kept: str | None, value: str) -> bool:
    """Whether ``kept`` is the keyed fingerprint of ``value``; it takes the same time whatever differs."""
    return fits(session.get_bind().dialect, kept, value)


def receive_tests(session: Session, person_ids: Collection[int]) -> dict[int, Message]:
    """Person id → their last receive test."""
    last = (
        select(func.max(Message.id))
        .where(Message.purpose == Purpose.CONFIRM_NUMBER, Message.person_id.in_(person_ids))
        .group_by(Message.person_id)
    )
    return {row.person_id: row for row in session.scalars(select(Message).where(Message.id.in_(last)))}


def tests_since(session: Session, person_id: int, since: datetime) -> list[datetime]:
    """When receive tests of this person were written since then, oldest first."""
    query = (
        select(Message)
        .where(Message.purpose == Purpose.CONFIRM_NUMBER, Message.person_id == person_id)
        .where(Message.made_at > since)
        .order_by(Message.id)
    )
    return [row.made_at for row in session.scalars(query)]
