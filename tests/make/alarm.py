"""A worry about home 2 of one Friday evening: told to the first of two confirmed contacts, by a message with a code."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from sharemeal.actions.concerns import raise_concern
from sharemeal.people import Role
from sharemeal.sentences import word
from sharemeal.store import households, messages, service_days
from sharemeal.store.alerts import Alert, AlertContact
from sharemeal.store.base import Store, transaction
from sharemeal.store.people import Person
from sharemeal.watch import Kind, Level, Verdict
from tests.make.evening import FRIDAY, Evening

PINS = ("2580", "1470")
WHY = "ふらつきがあるようす"
PERSONAL_WORDS = (
    "梅原",
    "うめはら",
    "さくら荘",
    "090-0000-0002",
    "+819000000002",
    WHY,
    "桜井",
    "野口",
)
"""What nobody may read who only holds the link."""


@dataclass(frozen=True)
class Alarm:
    """The ids that a test asks for. ``code`` stands in the message to ``first``; ``admin`` is outside the chain."""

    lab_id: int
    alert_id: int
    concern_id: int
    code: str
    first: int
    second: int
    admin: int


def contact(store: Store, lab_id: int, person_id: int, position: int, pin: str, now: datetime) -> None:
    """Put somebody into the chain, with number and PIN confirmed."""
    with store.session(lab_id) as session, transaction(session, now):
        row = AlertContact(person_id=person_id, position=position, confirmed_at=now)
        row.pin = f"{person_id}:{pin}"
        session.add(row)


def alarm(store: Store, friday: Evening, now: datetime) -> Alarm:
    """Two contacts, and a worry that is told to the first of them at ``now``."""
    with store.session(friday.lab_id) as session, transaction(session, now):
        other = Person(role=Role.COORDINATOR, name="野口", phone="+819000000021", uniquifier="alarm-2")
        boss = Person(role=Role.LAB_ADMIN, name="林", phone="+819000000022", uniquifier="alarm-3")
        session.add_all([other, boss])
    contact(store, friday.lab_id, friday.coordinator, 1, PINS[0], now)
    contact(store, friday.lab_id, other.id, 2, PINS[1], now)
    with store.session(friday.lab_id) as session, transaction(session, now):
        day = service_days.on(session, FRIDAY)
        home = households.by_number(session, 2)
        assert day is not None
        assert home is not None
        verdict = Verdict(Level.NOW, Kind.WORRIED, timedelta(0), word(WHY))
        concern = raise_concern(
            session, verdict, day_id=day.id, since=now, key="test", household_id=home.id, now=now
        )
        alert = session.scalars(select(Alert).where(Alert.concern_id == concern.id)).one()
        told = messages.of_alert(session, alert.id)[0]
    return Alarm(friday.lab_id, alert.id, concern.id, told.code, friday.coordinator, other.id, boss.id)
