"""A person of the chain confirms their own number: an SMS with six digits, typed in together with a PIN of their own."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from sharemeal.actions.count_tries import begin_try, note_success
from sharemeal.actions.write_messages import write_message
from sharemeal.messages import Purpose
from sharemeal.pins import (
    ASKED_AGAIN_AFTER,
    DIGITS_LIVE,
    MOST_TESTS_A_DAY,
    chosen_pin,
    digits_of,
    fresh_digits,
    receives_texts,
)
from sharemeal.sentences import Refused, Sentence
from sharemeal.store import audit, contacts
from sharemeal.store.alerts import AlertContact
from sharemeal.store.base import transaction
from sharemeal.written import phone as phone_number

DAY = timedelta(days=1)


def ask_number(session: Session, person_id: int, phone: str, *, now: datetime) -> None:
    """Send six digits to ``phone``; empty means the number that is known already: a receive test.

    Another number than before counts no more until it is confirmed. Raises LookupError for somebody outside the
    chain, Refused, told of its field, for a number that cannot be read or takes no SMS, and for too many in a row.
    """
    try:
        number = phone_number(phone) if phone.strip() else None
    except Refused as refusal:
        raise refusal.at("phone") from None
    with transaction(session, now):
        contact = _in_chain(session, person_id)
        person = contact.person
        wanted = number or person.phone
        if wanted is None:
            raise Refused(
                Sentence("電話番号がまだありません。"),
                remedy=Sentence("SMSを受け取る携帯電話の番号を入力してください。"),
                field="phone",
            )
        receives_texts(wanted)
        _not_too_often(session, person_id, now)
        if wanted != person.phone:
            person.phone = person.phone_index = wanted
            contact.confirmed_at = contact.tested_at = contact.fault_code = contact.fault_at = None
        digits = fresh_digits()
        contact.code, contact.code_until = f"{person_id}:{digits}", now + DIGITS_LIVE
        once = f"confirm {person_id} {now.isoformat()}"
        write_message(session, person_id, Purpose.CONFIRM_NUMBER, once=once, now=now, detail=digits)
        audit.note(session, "number to be confirmed", "person", [person_id])


def confirm_number(
    session: Session, person_id: int, digits: str, pin: str, again: str, *, now: datetime
) -> None:
    """The digits came, so the number takes texts: from now on this person is told of alerts, with this PIN.

    Raises LookupError for somebody outside the chain; Refused, told of its field, for a PIN that will not do, for
    wrong or late digits, and after too many tries.
    """
    chosen = chosen_pin(pin, again)
    try:
        attempt = begin_try(session, f"number {person_id}", now=now)
    except Refused as closed:
        raise closed.at("digits") from None
    with transaction(session, now):
        contact = _in_chain(session, person_id)
        if contact.code is None or contact.code_until is None or contact.code_until <= now:
            raise Refused(
                Sentence("確認番号の期限は過ぎました。"),
                why=Sentence("確認番号は{minutes}分だけ使えます。", minutes=DIGITS_LIVE.seconds // 60),
                remedy=Sentence("もう一度、確認のSMSを送ってください。"),
                field="digits",
            )
        if not contacts.is_kept(session, contact.code, f"{person_id}:{digits_of(digits)}"):
            raise Refused(
                Sentence("確認番号が違います。"),
                remedy=Sentence("いちばん新しいSMSの6けたを、もう一度確かめてください。"),
                field="digits",
            )
        contact.code = contact.code_until = contact.fault_code = contact.fault_at = None
        contact.confirmed_at, contact.pin = now, f"{person_id}:{chosen}"
        audit.note(session, "number confirmed", "person", [person_id])
    note_success(session, attempt, now=now)


def choose_pin(session: Session, person_id: int, pin: str, again: str, *, now: datetime) -> None:
    """Another PIN for somebody whose number is confirmed. Raises LookupError and Refused as :func:`confirm_number`."""
    chosen = chosen_pin(pin, again)
    with transaction(session, now):
        contact = _in_chain(session, person_id)
        if contact.confirmed_at is None:
            raise Refused(
                Sentence("番号の確認がまだです。"),
                remedy=Sentence("先に、確認のSMSを受け取ってください。"),
                field="pin",
            )
        contact.pin = f"{person_id}:{chosen}"
        audit.note(session, "PIN chosen", "person", [person_id])


def _in_chain(session: Session, person_id: int) -> AlertContact:
    contact = contacts.for_writing(session, person_id)
    if contact is None or not contact.person.active:
        raise LookupError(person_id)
    return contact


def _not_too_often(session: Session, person_id: int, now: datetime) -> None:
    sent = contacts.tests_since(session, person_id, now - DAY)
    if sent and now - sent[-1] < ASKED_AGAIN_AFTER:
        raise Refused(
            Sentence("確認のSMSは、いま送ったところです。"),
            remedy=Sentence("1分ほど待っても届かなければ、もう一度送ってください。"),
            field="phone",
        )
    if len(sent) >= MOST_TESTS_A_DAY:
        raise Refused(
            Sentence("確認のSMSは、1日に{most}通までです。", most=MOST_TESTS_A_DAY),
            why=Sentence("番号を何度も取り違えていないか、立ち止まるためです。"),
            remedy=Sentence("番号をよく確かめて、あした、もう一度お試しください。"),
            field="phone",
        )
