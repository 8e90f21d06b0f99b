"""届きました: whom a receive test has reached says so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from sharemeal.actions.settle_message import taken
from sharemeal.messages import Channel, MessageState, Purpose
from sharemeal.store import audit, contacts, messages
from sharemeal.store.base import transaction
from sharemeal.store.contacts import READ
from sharemeal.store.messages import DeliveryEvent


def answer_receive_test(session: Session, message_id: int, *, now: datetime) -> bool:
    """Somebody opened its link, so it has arrived; False where that was said before.

    Only the text's own link shows that the number takes texts: an e-mail's tells of the e-mail alone. Raises
    LookupError for another kind of message, and for one of another lab.
    """
    with transaction(session, now):
        row = messages.by_id(session, message_id)
        if row is None or row.purpose is not Purpose.RECEIVE_TEST:
            raise LookupError(f"no receive test {message_id} here")
        if contacts.is_answered(session, row):
            return False
        sid = contacts.answer_sid(row)
        session.add(DeliveryEvent(lab_id=row.lab_id, message_id=row.id, sid=sid, status=READ, at=now))
        taken(session, row, row.provider_sid or sid, MessageState.DELIVERED, now=now)
        contact = contacts.for_writing(session, row.person_id)
        if contact is not None and row.channel is Channel.SMS:
            contact.tested_at = now
            contact.fault_code = contact.fault_at = None
        audit.note(session, "receive test answered", "person", [row.person_id])
    return True
