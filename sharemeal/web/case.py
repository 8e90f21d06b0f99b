"""What somebody who took an alert up sees of it: that one home (or silent volunteer), and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from sharemeal.actions.note_readings import note_readings
from sharemeal.alerts import ACK_LIVES, AlertState
from sharemeal.households import ConsentItem
from sharemeal.messages import Purpose
from sharemeal.people import Role, called, national
from sharemeal.sentences import Sentence
from sharemeal.sheets import whole_address
from sharemeal.store import sheets, today
from sharemeal.store.alerts import Alert, contact_of
from sharemeal.store.base import own
from sharemeal.store.labs import Lab
from sharemeal.store.messages import Message
from sharemeal.store.people import Person
from sharemeal.visits import Contact, worst
from sharemeal.watch import Kind
from sharemeal.web import doorway, language
from sharemeal.web.access import somebody
from sharemeal.web.letters import message_of
from sharemeal.web.sessions import known_by_pin, person_of_case

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

KIND_ICONS = {
    Kind.WORRIED: "worried",
    Kind.DANGER: "worried",
    Kind.OBSERVED: "diff",
    Kind.UNSEEN: "unseen",
    Kind.NOT_REACHED: "unseen",
    Kind.SILENT_HOME: "clock",
    Kind.SILENT_VOLUNTEER: "clock",
    Kind.NO_CARRIER: "people",
}


FOR_THE_CASE = ("name", "reading", "address", "phone", "emergency_contact")
"""What somebody needs who is about to telephone or to go there."""


@dataclass(frozen=True)
class Letter:
    """What a code leads to: an alert, and the person to whom it was sent. The code alone proves nothing."""

    code: str
    lab_id: int
    alert_id: int
    person_id: int

    @classmethod
    def of(cls, message: Message) -> Self:
        """What an alert's message leads to. Raises LookupError for another kind of message."""
        if message.purpose is not Purpose.ALERT or message.alert_id is None:
            raise LookupError("code")
        return cls(message.code, message.lab_id, message.alert_id, message.person_id)

    @classmethod
    def of_code(cls, written: str) -> Self:
        """The alert's message with that code, however it was written. Raises LookupError where there is none."""
        return cls.of(message_of(written))


@dataclass(frozen=True)
class Stand:
    """How the alert stands for who looks. ``holder`` is who has it, ``visitor`` whom somebody who is signed in, or has
    just given the PIN of who was asked, is taken for.

    ``viewer`` is who may see the case: its holder, signed in here or known here by their PIN. ``author`` had it when
    it ended, and may still say what they found out.
    """

    ended: bool
    holder: int | None
    visitor: int | None
    viewer: int | None
    author: int | None = None


def stand(letter: Letter) -> Stand:
    """How the alert stands now. A coordinator of its lab is a visitor, and a lab admin who stands in its chain."""
    now = doorway.now()
    with doorway.doorway().store.session(letter.lab_id, actor="a link") as session:
        alert = own(session, Alert, letter.alert_id)
        held = alert.state is AlertState.ACKED and alert.ack_expires_at is not None
        holder = alert.acked_by_id if held and (alert.ack_expires_at or now) > now else None
        chain = alert.chain.people
        ended = alert.state is AlertState.ENDED
        lately = alert.acked_at is not None and alert.acked_at + ACK_LIVES > now
        author = alert.acked_by_id if ended and lately else None
    who = somebody()
    here = who is not None and who.lab_id == letter.lab_id
    near = who is not None and (
        who.role is Role.COORDINATOR or (who.role is Role.LAB_ADMIN and who.person_id in chain)
    )
    visitor = who.person_id if who is not None and here and near else None
    if visitor is None and known_by_pin(now) == letter.person_id and _may_take(letter):
        visitor = letter.person_id
    known = {visitor, person_of_case(letter.alert_id, letter.code)} - {None}
    viewer = holder if holder in known and _active(holder) else None
    return Stand(ended, holder, visitor, viewer, author if author in known and _active(author) else None)


def _may_take(letter: Letter) -> bool:
    """Whether who was asked still counts in the chain."""
    with doorway.doorway().store.session(letter.lab_id) as session:
        contact = contact_of(session, letter.person_id)
        return contact is not None and contact.counts


def _active(person_id: int | None) -> bool:
    with doorway.doorway().store.session(all_labs=True) as everyone:
        person = everyone.get(Person, person_id)
        return person is not None and person.active


def actor(letter: Letter, person_id: int) -> str:
    """How the audit names who acts: role and number."""
    with doorway.doorway().store.session(letter.lab_id) as session:
        return f"{own(session, Person, person_id).role.value} {person_id}"


def concern_of(letter: Letter) -> int:
    """Which concern the alert tells of."""
    with doorway.doorway().store.session(letter.lab_id) as session:
        return own(session, Alert, letter.alert_id).concern_id


def name_of(letter: Letter, person_id: int, reader: str) -> str:
    """The first word of the name of who has it, for ``reader`` (an actor), noted as read."""
    with doorway.doorway().store.session(letter.lab_id, actor=reader) as session:
        name = sheets.names_of(session, [person_id]).get(person_id, "")
        note_readings(session, now=doorway.now())
    return called(name)


@dataclass(frozen=True)
class Case:
    """Everything that the page of a case shows. Moments are told already; ``phone`` is to dial.

    ``contact`` and ``note`` are of the report that counts, ``reporter`` who made it.
    """

    concern_id: int
    level: int
    kind: Kind
    why: Sentence
    number: int | None
    name: str
    reading: str | None
    phone: str | None
    since: str
    taken_at: str
    address: str
    family: str | None
    contact: Contact | None
    note: str | None
    reporter: str
    reporter_phone: str | None
    until: str
    memo: str

    @property
    def written_phone(self) -> str:
        """The number as people write it."""
        return national(self.phone) if self.phone else ""


def case(letter: Letter, person_id: int) -> Case:
    """The case for who has it, noted as read by them."""
    with doorway.doorway().store.session(letter.lab_id, actor=actor(letter, person_id)) as session:
        found = _read(session, letter)
        note_readings(session, now=doorway.now())
    return found


def _read(session: Session, letter: Letter) -> Case:
    alert = own(session, Alert, letter.alert_id)
    concern = alert.concern
    lab = session.get(Lab, letter.lab_id)
    assert lab is not None
    number, name, reading, phone = None, "", None, None
    address, family = "", None
    counts = worst(today.of_concerns(session, [concern.id]).get(concern.id, []))
    reporter = None if counts is None else own(session, Person, counts.reporter_id)
    if concern.household_id is not None:
        home = sheets.homes(session, [concern.household_id], FOR_THE_CASE)[concern.household_id]
        number, name, reading, phone = home.number, home.name, home.reading, home.phone
        address = whole_address(home.town, home.address)
        family = home.emergency_contact if home.consents_to(ConsentItem.TELL_FAMILY) else None
    elif concern.volunteer is not None:
        person = concern.volunteer.person
        name, reading, phone = person.name, person.reading, person.phone

    def told(moment: datetime | None) -> str:
        return clock_told(moment, lab.rules.zone) if moment else ""

    return Case(
        concern.id,
        concern.level,
        concern.kind,
        concern.why,
        number,
        name,
        reading,
        phone,
        told(concern.since),
        told(alert.acked_at),
        address,
        family,
        None if counts is None else counts.contact,
        None if counts is None else counts.note,
        reporter.name if reporter else "",
        reporter.phone if reporter else None,
        told(alert.ack_expires_at),
        concern.memo or "",
    )


def clock_told(moment: datetime, zone: ZoneInfo) -> str:
    """16:40 of today, else with the day."""
    local = moment.astimezone(zone)
    clock = f"{local.hour}:{local.minute:02d}"
    if local.date() == doorway.now().astimezone(zone).date():
        return clock
    return f"{language.day(local.date())} {clock}"
