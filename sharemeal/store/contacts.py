"""連絡先: the rows of the chain as they are changed, and how the last receive test of each person went."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sharemeal.messages import FAILED, OF_AN_ALERT, OPEN, Channel, Purpose
from sharemeal.receive_tests import Standing
from sharemeal.store import messages
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
    """Why an SMS of an alert need not be tried: its person's number takes none, and e-mail reaches them.

    That is believed until an e-mail to them fails: then both are tried.
    """
    if row.channel is not Channel.SMS or row.purpose not in OF_AN_ALERT:
        return None
    query = (
        select(AlertContact.fault_code)
        .join(Person, Person.id == AlertContact.person_id)
        .where(AlertContact.person_id == row.person_id, Person.email_index.is_not(None))
    )
    fault = session.scalar(query)
    if fault is None:
        return None
    mail = select(Message.state).where(
        Message.person_id == row.person_id, Message.channel == Channel.EMAIL, Message.state.not_in(OPEN)
    )
    last = session.scalar(mail.order_by(Message.id.desc()).limit(1))
    return None if last in FAILED else fault


def is_kept(session: Session, kept: str | None, value: str) -> bool:
    """Whether ``kept`` is the keyed fingerprint of ``value``; it takes the same time whatever differs."""
    return fits(session.get_bind().dialect, kept, value)


READ = "read"
"""The status of a message that a person has opened."""
TESTS = (Purpose.CONFIRM_NUMBER, Purpose.RECEIVE_TEST)


def receive_tests(
    session: Session,
    person_ids: Collection[int],
    *,
    purposes: Collection[Purpose] = TESTS,
    channel: Channel = Channel.SMS,
) -> dict[int, Message]:
    """Person id → their last test of that way: digits that they asked for, or the one of the month."""
    last = (
        select(func.max(Message.id))
        .where(Message.purpose.in_(purposes), Message.channel == channel, Message.person_id.in_(person_ids))
        .group_by(Message.person_id)
    )
    return {row.person_id: row for row in session.scalars(select(Message).where(Message.id.in_(last)))}


def answer_sid(row: Message) -> str:
    """Under which it is noted that a person has opened this test; no provider's sid looks so."""
    return f"read-{row.code}"


def is_answered(session: Session, row: Message) -> bool:
    """Whether somebody has said that this test has come."""
    return messages.event_stands(session, answer_sid(row), READ)


def asked_at(session: Session, person_ids: Collection[int]) -> dict[int, datetime]:
    """Person id → when their last monthly test was written."""
    tests = receive_tests(session, person_ids, purposes=(Purpose.RECEIVE_TEST,))
    return {person_id: row.made_at for person_id, row in tests.items()}


def standings(session: Session, chain: Iterable[AlertContact], now: datetime) -> dict[int, Standing]:
    """Person id → how far one can rely on each of these contacts."""
    rows = list(chain)
    asked = asked_at(session, [each.person_id for each in rows])
    return {each.person_id: each.number.standing(asked.get(each.person_id), now) for each in rows}


def tests_since(session: Session, person_id: int, since: datetime) -> list[datetime]:
    """When receive tests of this person were written since then, oldest first."""
    query = (
        select(Message)
        .where(Message.purpose == Purpose.CONFIRM_NUMBER, Message.person_id == person_id)
        .where(Message.made_at > since)
        .order_by(Message.id)
    )
    return [row.made_at for row in session.scalars(query)]
