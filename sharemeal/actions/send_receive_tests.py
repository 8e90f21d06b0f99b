"""The monthly receive test: a text, and an e-mail where there is an address, to each contact who gave no sign of late."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from sharemeal.actions.write_messages import write_message
from sharemeal.messages import Channel, Purpose
from sharemeal.receive_tests import may_go_out
from sharemeal.store import alerts, contacts
from sharemeal.store.base import transaction
from sharemeal.store.labs import fenced


def send_receive_tests(session: Session, *, now: datetime) -> int:
    """Write the tests that are due in the session's lab, once a month each; returns to how many people.

    A number that is known to take no texts is tried as well: one text a month shows when it takes them again.
    """
    rules = fenced(session).rules
    if not may_go_out(rules, now) or not _due(session, now):
        return 0
    month = rules.today(now).strftime("%Y-%m")
    with transaction(session, now):
        return sum(
            _written(session, person_id, month, email=email, now=now)
            for person_id, email in _due(session, now)
        )


def _due(session: Session, now: datetime) -> list[tuple[int, bool]]:
    """Whom to ask, and whether they have an e-mail address."""
    chain = alerts.contacts(session)
    asked = contacts.asked_at(session, [each.person_id for each in chain])
    return [
        (each.person_id, each.person.email_index is not None)
        for each in chain
        if each.number.test_is_due(asked.get(each.person_id), now)
    ]


def _written(session: Session, person_id: int, month: str, *, email: bool, now: datetime) -> bool:
    once = f"{Purpose.RECEIVE_TEST} {person_id} {month}"
    written = write_message(session, person_id, Purpose.RECEIVE_TEST, once=once, now=now)
    if email:
        by_mail = f"{once} {Channel.EMAIL}"
        write_message(session, person_id, Purpose.RECEIVE_TEST, once=by_mail, now=now, channel=Channel.EMAIL)
    return written is not None
