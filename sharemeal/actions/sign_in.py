"""Links to sign in with: make one, open one.

A link is a token of 192 random bits and, beside it, a code of six digits for another device. Both are kept as hashes;
the code's hash is keyed by the token, so that who reads the database cannot try all codes.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from sharemeal.actions.count_tries import begin_try, note_success
from sharemeal.labs import LabRules
from sharemeal.people import Role
from sharemeal.sentences import Refused, Sentence
from sharemeal.store import audit, sheets, volunteers
from sharemeal.store.base import transaction
from sharemeal.store.labs import Lab
from sharemeal.store.people import Person, SignInLink, link_of_token
from sharemeal.written import folded

STAFF_LINK_LIVES = timedelta(minutes=10)
AFTER_THE_SHIFT = timedelta(hours=2)
TAPPED_TWICE_WITHIN = timedelta(minutes=1)
"""A staff link is used once; the same device may send the same form again within this time."""


@dataclass(frozen=True)
class FreshLink:
    """What the person gets, once: nobody can read it from the database afterwards."""

    token: str
    code: str
    role: Role
    valid_until: datetime


@dataclass(frozen=True)
class Opening:
    """Who came in by a link, and until when; ``until`` is None for staff, whose session has its own end."""

    person_id: int
    role: Role
    until: datetime | None


def hashed(secret: str) -> str:
    """How a random secret is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _code_hash(token: str, code: str) -> str:
    return hmac.new(token.encode(), code.encode(), hashlib.sha256).hexdigest()


def make_link(session: Session, person_id: int, *, now: datetime) -> FreshLink:
    """A fresh link for a person inside the fence, in a unit of work of its own.

    Staff links live ten minutes and are used once. A kitchen's lives until the end (local midnight) of the coming
    service day, a volunteer's until two hours after that day's shift. Raises LookupError for an unknown person.
    """
    with transaction(session, now):
        return add_link(session, person_id, token=secrets.token_urlsafe(24), now=now)


def add_link(
    session: Session, person_id: int, *, token: str, now: datetime, service_date: date | None = None
) -> FreshLink:
    """:func:`make_link` inside a unit of work, with a random ``token`` of the caller's own.

    With ``service_date`` the link of a kitchen or a volunteer is for that day. Raises LookupError.
    """
    person = session.get(Person, person_id)
    if person is None or not person.active or person.lab_id is None:
        raise LookupError(person_id)
    rules = session.get_one(Lab, person.lab_id).rules
    if service_date is None or person.role.staff:
        service_date, valid_until = _life(session, person, rules, now)
    else:
        valid_until = _end_of_day(session, person, rules, service_date)
    code = f"{secrets.randbelow(1_000_000):06d}"
    session.add(
        SignInLink(
            lab_id=person.lab_id,
            person_id=person.id,
            token_hash=hashed(token),
            code_hash=_code_hash(token, code),
            service_date=service_date,
            made_at=now,
            valid_until=valid_until,
        )
    )
    audit.note(session, "link made", "person", [person.id])
    return FreshLink(token, code, person.role, valid_until)


def _life(session: Session, person: Person, rules: LabRules, now: datetime) -> tuple[date | None, datetime]:
    """The service day that the link is for, and its end."""
    if person.role.staff:
        return None, now + STAFF_LINK_LIVES
    service_date = rules.coming_service_date(now)
    until = _end_of_day(session, person, rules, service_date)
    if until <= now:
        service_date = rules.service_day_after(service_date)
        until = _end_of_day(session, person, rules, service_date)
    return service_date, until


def _end_of_day(session: Session, person: Person, rules: LabRules, service_date: date) -> datetime:
    volunteer = volunteers.of_person(session, person.id) if person.role is Role.VOLUNTEER else None
    if volunteer is not None:
        course = sheets.course_on(session, volunteer.id, service_date)
        shift = volunteer.shift if course is None else course.shift
        return rules.moment(service_date, shift.ends) + AFTER_THE_SHIFT
    return rules.moment(service_date + timedelta(days=1), 0)


def look_at_link(session: Session, token: str, *, now: datetime) -> SignInLink:
    """The link of that token, as long as it may be opened; nothing is used up by looking.

    Raises LookupError for a token that never was, Refused for a link that has ended.
    """
    link = link_of_token(session, hashed(token))
    if link is None:
        raise LookupError("link")
    _alive(link, now)
    return link


def _alive(link: SignInLink, now: datetime) -> None:
    if link.ended_at is not None or link.valid_until <= now or not link.person.active:
        raise Refused(
            Sentence("このリンクの期限は過ぎました。"),
            why=Sentence("リンクは、決まった時間のあいだだけ使えます。"),
            remedy=Sentence("世話人に、新しいリンクを頼んでください。"),
        )


def open_link(session: Session, token: str, *, code: str, device: str, now: datetime) -> Opening:
    """Sign in by a link on ``device`` (a random word that this browser keeps), with the code if one was typed.

    The first opening binds the device; there it opens again, elsewhere only with the code. A staff link opens once.
    ``session`` sees all labs. Raises LookupError and Refused as :func:`look_at_link`, and Refused for a wrong code.
    """
    link = look_at_link(session, token, now=now)
    if code.strip():
        _check_code(session, link, token, code, now)
    with transaction(session, now):
        link = link_of_token(session, hashed(token), to_change=True) or link
        _alive(link, now)
        role = link.person.role
        not_used_up(link, device, now)
        if link.device_hash not in (None, hashed(device)) and not code.strip():
            raise Refused(
                Sentence("このリンクは、ほかの端末でもうひらかれています。"),
                remedy=Sentence(
                    "番号をお持ちなら6けたを入力し、なければ世話人に新しいリンクを頼んでください。"
                ),
                field="code",
            )
        link.device_hash = link.device_hash or hashed(device)
        link.used_at = link.used_at or now
        audit.note(session, "signed in by link", "person", [link.person_id], lab_id=link.lab_id)
    return Opening(link.person_id, role, None if role.staff else link.valid_until)


def not_used_up(link: SignInLink, device: str, now: datetime) -> None:
    """Raises Refused for a staff link that was used, but for the same device's second tap."""
    if link.used_at is None or not link.person.role.staff:
        return
    if link.device_hash != hashed(device) or now - link.used_at > TAPPED_TWICE_WITHIN:
        raise Refused(
            Sentence("このリンクはもう使われました。"),
            why=Sentence("世話人と管理者のリンクは、1回だけ使えます。"),
            remedy=Sentence("パスワードで入るか、新しいリンクを頼んでください。"),
        )


def _check_code(session: Session, link: SignInLink, token: str, code: str, now: datetime) -> None:
    """Raises Refused, told of the field, for a wrong code and while the link's code is closed."""
    try:
        attempt = begin_try(session, f"link {link.id}", now=now)
    except Refused as closed:
        raise closed.at("code") from None
    digits = "".join(sign for sign in folded(code) if sign.isdigit())
    if not hmac.compare_digest(link.code_hash, _code_hash(token, digits)):
        raise Refused(
            Sentence("番号が違います。"),
            remedy=Sentence("リンクといっしょに届いた6けたの番号を、もう一度確かめてください。"),
            field="code",
        )
    note_success(session, attempt, now=now)


def signed_in_by_password(session: Session, person_id: int, attempt_id: int, *, now: datetime) -> None:
    """Write down that somebody came in by password at this try; ``session`` sees all labs."""
    note_success(session, attempt_id, now=now)
    with transaction(session, now):
        person = session.get(Person, person_id)
        if person is None:
            raise LookupError(person_id)
        audit.note(session, "signed in by password", "person", [person_id], lab_id=person.lab_id)
