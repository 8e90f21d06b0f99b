"""The same person by another way: an e-mail where an SMS cannot come, at once and inside the same unit of work.

Which numbers take no texts is remembered at the chain's contacts, until a text arrives or the number is confirmed anew.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharemeal.actions.write_messages import write_message
from sharemeal.alerts import AlertState
from sharemeal.messages import OF_AN_ALERT, UNREACHABLE, Channel, Purpose
from sharemeal.store import contacts
from sharemeal.store.alerts import Alert
from sharemeal.store.messages import Message
from sharemeal.store.people import Person


def go_another_way(session: Session, row: Message, *, now: datetime) -> bool:
    """Write the e-mail beside a text of an alert that nobody can rely on; False where there is none to be written.

    Once for each step: what was written before stands. A request that was answered needs no other way.
    """
    if row.channel is not Channel.SMS or row.purpose not in OF_AN_ALERT or row.alert_id is None:
        return False
    alert = session.get(Alert, row.alert_id, populate_existing=True)
    if alert is None or (row.purpose is Purpose.ALERT and alert.state is not AlertState.NOTIFYING):
        return False
    query = select(Person.id).where(
        Person.id == row.person_id, Person.active, Person.email_index.is_not(None)
    )
    if session.scalar(query) is None:
        return False
    written = write_message(
        session,
        row.person_id,
        row.purpose,
        once=f"{row.once} {Channel.EMAIL}",
        channel=Channel.EMAIL,
        detail=row.detail,
        language=row.language,
        level=row.level,
        alert_id=row.alert_id,
        step=row.step,
        lab_id=row.lab_id,
        now=now,
    )
    return written is not None


def number_is_dead(session: Session, row: Message, *, now: datetime) -> None:
    """Remember a number that takes no texts."""
    if row.channel is Channel.SMS and row.error_code in UNREACHABLE:
        contact = contacts.for_writing(session, row.person_id)
        if contact is not None and contact.fault_code is None:
            contact.fault_code, contact.fault_at = row.error_code, now


def number_answers(session: Session, row: Message, *, now: datetime) -> None:
    """A text arrived at last: the number takes texts."""
    if row.channel is not Channel.SMS:
        return
    contact = contacts.for_writing(session, row.person_id)
    if contact is not None and contact.fault_at is not None and contact.fault_at <= now:
        contact.fault_code = contact.fault_at = None
