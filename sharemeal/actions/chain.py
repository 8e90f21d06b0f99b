"""The lab's chain of people to tell: somebody joins, moves up or down, or leaves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sharemeal.people import Role
from sharemeal.sentences import Refused, Sentence
from sharemeal.store import audit, contacts
from sharemeal.store.alerts import AlertContact
from sharemeal.store.base import own, transaction
from sharemeal.store.people import Person

OF_THE_CHAIN = (Role.COORDINATOR, Role.LAB_ADMIN)


def join_chain(session: Session, person_id: int, *, now: datetime) -> bool:
    """Put somebody of the lab's staff at the end of the chain; False where they stand in it already.

    They are told of nothing before they have confirmed their own number. Raises LookupError for somebody of another
    lab, Refused for somebody who is not of its staff.
    """
    try:
        with transaction(session, now):
            person = own(session, Person, person_id)
            if not person.active or person.role not in OF_THE_CHAIN:
                raise Refused(
                    Sentence("この人は、連絡先に加えられません。"),
                    why=Sentence("連絡先になれるのは、世話人とラボ管理者です。"),
                    remedy=Sentence("一覧から、えらびなおしてください。"),
                    field="person",
                )
            chain = contacts.whole_chain(session)
            if any(each.person_id == person_id for each in chain):
                return False
            position = max((each.position for each in chain), default=0) + 1
            session.add(AlertContact(person_id=person_id, position=position))
            audit.note(session, "joined the chain", "person", [person_id])
    except IntegrityError:
        return False
    return True


def leave_chain(session: Session, person_id: int, *, now: datetime) -> bool:
    """Take somebody out of the chain, with their PIN; False where they are out already. Alerts under way go on."""
    with transaction(session, now):
        own(session, Person, person_id)
        contact = contacts.for_writing(session, person_id)
        if contact is None:
            return False
        session.delete(contact)
        audit.note(session, "left the chain", "person", [person_id])
    return True


def move_in_chain(session: Session, person_id: int, *, up: bool, now: datetime) -> bool:
    """Let somebody change places with their neighbour in the chain; False where there is none on that side.

    Raises LookupError for somebody who does not stand in it.
    """
    with transaction(session, now):
        chain = [each for each in contacts.whole_chain(session) if each.person.active]
        place = next((place for place, each in enumerate(chain) if each.person_id == person_id), None)
        if place is None:
            raise LookupError(person_id)
        other = place - 1 if up else place + 1
        if not 0 <= other < len(chain):
            return False
        chain[place], chain[other] = chain[other], chain[place]
        for position, each in enumerate(chain, start=1):
            each.position = position
        audit.note(session, "moved in the chain", "person", [person_id])
    return True
