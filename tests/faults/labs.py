"""Several labs on a Friday that is under way: homes on one course, a chain of people to tell, some of them unreachable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from sharemeal.households import ConsentItem, DeliveryWindow, Need
from sharemeal.labs import LabRules
from sharemeal.people import Role
from sharemeal.service_days import DayState
from sharemeal.store.alerts import AlertContact
from sharemeal.store.base import Store, transaction
from sharemeal.store.households import Consent, Household
from sharemeal.store.people import Person
from sharemeal.store.service_days import Route, ServiceDay, Stop
from sharemeal.store.volunteers import Volunteer
from tests.faults.provider import DEAD_ENDING, LANDLINE_ENDING
from tests.make.small_lab import DAY, SmallLab, at, clock

RULES = LabRules(patience_minutes=0, volunteer_margin_minutes=0)
FIRST_SILENCE = clock("17:10")
"""From then on one home after the other is overdue."""
APART_SECONDS = 7
ENDINGS = ("01", DEAD_ENDING, LANDLINE_ENDING, "02", "03", "04")
"""How the first contact's number ends, lab by lab; every chain has others who can be reached."""


@dataclass(frozen=True)
class Town:
    """The ids of one lab that its feeder asks for; ``stops`` and ``homes`` are in the order of the course."""

    lab_id: int
    walker: int
    coordinator: int
    stops: tuple[int, ...]
    homes: tuple[int, ...]


def found(store: Store, count: int, homes: int, now: datetime) -> list[Town]:
    """So many labs with so many homes each."""
    return [_lab(store, number, homes, now) for number in range(count)]


def _lab(store: Store, number: int, homes: int, now: datetime) -> Town:
    lab = SmallLab(store, now, slug=f"lab{number}", rules=RULES)
    volunteer_id = lab.volunteer(1, -5)
    rows = [
        Household(
            number=1 + index,
            name=f"{1 + index}番さん",
            place=at(index),
            need=Need(1),
            window=DeliveryWindow(clock("16:00"), FIRST_SILENCE + APART_SECONDS * (1 + index)),
            consents=[
                Consent(item=item, given_on=DAY, given_by="ご本人")
                for item in (ConsentItem.MEALS, ConsentItem.WATCH_OVER)
            ],
        )
        for index in range(homes)
    ]
    lab.add(*rows)
    chain = [
        _contact(lab, position, f"+8190{number:04d}00{ending}")
        for position, ending in enumerate((ENDINGS[number % len(ENDINGS)], "11", "12"), start=1)
    ]
    day = ServiceDay(service_date=DAY, state=DayState.FIXED, planned_at=now, fixed_at=now, fixed_by="桜井")
    lab.add(day)
    stops = [
        Stop(
            position=1 + index,
            household_id=row.id,
            arrives_seconds=FIRST_SILENCE + APART_SECONDS * index,
            begins_seconds=FIRST_SILENCE + APART_SECONDS * index,
            leaves_seconds=FIRST_SILENCE + APART_SECONDS * index + 5,
            travel_seconds=2,
            distance_metres=3,
        )
        for index, row in enumerate(rows)
    ]
    lab.add(
        Route(
            day_id=day.id,
            volunteer_id=volunteer_id,
            starts_seconds=clock("17:00"),
            ends_seconds=clock("18:30"),
            travel_seconds=60,
            distance_metres=100,
            stops=stops,
        )
    )
    with lab.session() as session:
        walker = session.scalars(select(Volunteer.person_id)).one()
        assert session.scalars(select(ServiceDay.id)).one() == day.id
    return Town(
        lab.lab_id, walker, chain[-1], tuple(each.id for each in stops), tuple(each.id for each in rows)
    )


def _contact(lab: SmallLab, position: int, phone: str) -> int:
    person = Person(role=Role.COORDINATOR, name=f"{position}番の世話人", phone=phone, phone_index=phone)
    lab.add(person)
    lab.add(
        AlertContact(person_id=person.id, position=position, confirmed_at=lab.now, pin=f"{person.id}:2468")
    )
    return person.id


def towns(store: Store) -> list[Town]:
    """The labs of a database as a feeder finds them."""
    found: list[Town] = []
    with store.session(all_labs=True) as session, transaction(session, datetime.now().astimezone()):
        for volunteer in session.scalars(select(Volunteer).order_by(Volunteer.lab_id)):
            stops = session.scalars(
                select(Stop).where(Stop.lab_id == volunteer.lab_id).order_by(Stop.position)
            ).all()
            contact = select(AlertContact.person_id).where(AlertContact.lab_id == volunteer.lab_id)
            coordinator = session.scalars(contact.order_by(AlertContact.position.desc())).first()
            found.append(
                Town(
                    volunteer.lab_id,
                    volunteer.person_id,
                    coordinator or 0,
                    tuple(each.id for each in stops),
                    tuple(each.household_id or 0 for each in stops),
                )
            )
    return found
