"""Somebody who holds an alert's link says who they are: with the PIN of the person it was sent to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from sharemeal.actions.count_tries import begin_try, note_success
from sharemeal.pins import digits_of
from sharemeal.sentences import Refused, Sentence
from sharemeal.store import alerts, audit, contacts
from sharemeal.store.alerts import Alert
from sharemeal.store.base import own, transaction


def check_pin(session: Session, alert_id: int, person_id: int, pin: str, *, now: datetime) -> None:
    """Let the person through, or raise Refused, told of the field.

    The try is counted before its outcome is known; after five wrong ones the person's PIN is closed for a quarter of
    an hour, whichever link it is tried at. Who has left the chain, or was not in it when the alert opened, is
    refused with the right PIN too. Raises LookupError for an alert of another lab.
    """
    try:
        attempt = begin_try(session, f"alert-pin {person_id}", now=now)
    except Refused as closed:
        raise closed.at("pin") from None
    chain = own(session, Alert, alert_id).chain
    contact = alerts.contact_of(session, person_id)
    if not contacts.is_kept(session, contact.pin if contact else None, f"{person_id}:{digits_of(pin[:40])}"):
        raise Refused(
            Sentence("PINが違います。"),
            remedy=Sentence("連絡先の画面で決めた、あなたの4けたの数字を入力してください。"),
            field="pin",
        )
    if contact is None or not contact.counts or person_id not in chain.people:
        raise Refused(
            Sentence("このPINでは、いまは引き受けられません。"),
            why=Sentence("連絡先から外れているか、番号の確認が終わっていません。"),
            remedy=Sentence("世話人にご連絡ください。連絡は、次の人へ進みます。"),
            field="pin",
        )
    note_success(session, attempt, now=now)
    with transaction(session, now):
        audit.note(session, "known by PIN", "person", [person_id])
