"""People who sign in: added, given a password, ended."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sharemeal import written
from sharemeal.people import Role
from sharemeal.sentences import Refused, Sentence
from sharemeal.store import audit, kitchens
from sharemeal.store.base import transaction
from sharemeal.store.people import Person, SignInLink, WebSession

_EMAIL = re.compile(r"^[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+$")
LONGEST_EMAIL = 254


def email_address(text: str) -> str:
    """An e-mail address in the one form that is kept and looked up. Raises Refused for what is none."""
    address = written.folded(text).lower()
    if len(address) > LONGEST_EMAIL or not _EMAIL.match(address):
        raise Refused(
            Sentence("メールアドレスを読み取れません（入力: {value}）。", value=text.strip()[:60]),
            remedy=Sentence("namae@example.jp のように、@ を入れて書いてください。"),
            field="email",
        )
    return address


def add_person(
    session: Session,
    role: Role,
    name: str,
    *,
    now: datetime,
    phone: str = "",
    email: str = "",
    kitchen_number: int | None = None,
) -> int:
    """Add somebody to the lab of the session; returns their id.

    Raises Refused for a kitchen that is not there, an address that somebody has already, and what cannot be read.
    """
    if role not in (Role.KITCHEN, Role.VOLUNTEER, Role.COORDINATOR, Role.LAB_ADMIN):
        raise Refused(
            Sentence("この役割の人は、まだ登録できません（{role}）。", role=role.value),
            remedy=Sentence("kitchen、volunteer、coordinator、lab-admin のどれかを選んでください。"),
        )
    person = Person(role=role, name=written.needed(name, longest=60))
    if phone.strip():
        person.phone = person.phone_index = written.phone(phone)
    if email.strip():
        person.email = person.email_index = email_address(email)
    try:
        with transaction(session, now):
            if role is Role.KITCHEN:
                person.kitchen_id = _kitchen_id(session, kitchen_number)
            session.add(person)
    except IntegrityError:
        raise Refused(
            Sentence("このメールアドレスは、もう使われています。"),
            remedy=Sentence("ほかのメールアドレスを入力してください。"),
            field="email",
        ) from None
    return person.id


def _kitchen_id(session: Session, number: int | None) -> int:
    if number is None:
        raise Refused(
            Sentence("どの協力店の人かがわかりません。"),
            remedy=Sentence("--kitchen で協力店の番号を指定してください。"),
        )
    kitchen = kitchens.by_number(session, number)
    if kitchen is None:
        raise Refused(
            Sentence("協力店{number}はありません。", number=number),
            remedy=Sentence("協力店の一覧で番号を確かめてください。"),
        )
    return kitchen.id


def people_of_kitchens(session: Session, *, now: datetime) -> None:
    """Give each kitchen without anybody who signs in a person of its own name, so that it can have a link."""
    served = select(Person.kitchen_id).where(Person.role == Role.KITCHEN, Person.kitchen_id.is_not(None))
    known = set(session.scalars(served))
    lonely = [kitchen for kitchen in kitchens.all_kitchens(session) if kitchen.id not in known]
    if not lonely:
        return
    with transaction(session, now):
        for kitchen in lonely:
            session.add(Person(role=Role.KITCHEN, name=kitchen.name, kitchen_id=kitchen.id))


def set_password(session: Session, person_id: int, password_hash: str, *, now: datetime) -> None:
    """Keep the hash of a new password; sessions begun under the old one end. Raises LookupError."""
    with transaction(session, now):
        person = session.get(Person, person_id)
        if person is None:
            raise LookupError(person_id)
        person.password = password_hash
        _end_sessions(session, person_id, now)
        audit.note(session, "password set", "person", [person_id], lab_id=person.lab_id)


def end_person(session: Session, person_id: int, *, now: datetime) -> None:
    """From now on this person comes in nowhere: links and sessions end at once. Raises LookupError."""
    with transaction(session, now):
        person = session.get(Person, person_id)
        if person is None:
            raise LookupError(person_id)
        person.active = False
        end_links_and_sessions(session, person_id, now)
        audit.note(session, "ended", "person", [person_id], lab_id=person.lab_id)


def end_links_and_sessions(session: Session, person_id: int, now: datetime) -> None:
    """Inside a unit of work: what this person came in by is over for good, also if they come back."""
    session.execute(
        update(SignInLink)
        .where(SignInLink.person_id == person_id, SignInLink.ended_at.is_(None))
        .values(ended_at=now)
    )
    _end_sessions(session, person_id, now)


def _end_sessions(session: Session, person_id: int, now: datetime) -> None:
    session.execute(
        update(WebSession)
        .where(WebSession.person_id == person_id, WebSession.ended_at.is_(None))
        .values(ended_at=now)
    )
