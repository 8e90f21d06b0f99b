"""A fixed Friday laid out by hand: two volunteers, five homes, of which home 1 is on both courses, and a chain of two.

Nothing is planned here, so that a fresh copy costs nothing; the sums are those of a real plan.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sharemeal.actions.watch_over import expect_visits
from sharemeal.households import ConsentItem
from sharemeal.meals import Counts
from sharemeal.people import Role
from sharemeal.sentences import Sentence
from sharemeal.service_days import DayState
from sharemeal.store.alerts import AlertContact
from sharemeal.store.base import Store, transaction
from sharemeal.store.people import Person
from sharemeal.store.service_days import Route, ServiceDay, ServingRow, ShortageRow, SignOff, Stop, StopItem
from sharemeal.store.volunteers import Volunteer
from tests.make.small_lab import DAY, SmallLab, clock

COURSES = {1: (1, 2, 3), 2: (1, 4)}
"""Volunteer → homes in order. Home 5 is signed off by name."""


@dataclass(frozen=True)
class TwoCourses:
    """Ids of what was laid out. ``stops`` is (volunteer, home) → stop; ``people`` volunteer → person."""

    lab_id: int
    day_id: int
    homes: dict[int, int]
    people: dict[int, int]
    stops: dict[tuple[int, int], int]
    boss: int
    second: int


def two_courses(store: Store, now: datetime) -> TwoCourses:
    """Fill a lab."""
    lab = SmallLab(store, now)
    kitchen = lab.kitchen(1, 0)
    offer = lab.offer(kitchen, "豆のごはん", 12)
    agreed = (ConsentItem.MEALS, ConsentItem.WATCH_OVER)
    homes = {number: lab.home(number, number * 2, consents=agreed) for number in range(1, 6)}
    for number in COURSES:
        lab.volunteer(number, -number)
    chain = []
    for position, name in ((1, "桜井"), (2, "野口")):
        phone = f"+814500000{position:02d}"
        person = Person(role=Role.COORDINATOR, name=name, phone=phone, phone_index=phone, uniquifier=name)
        lab.add(person)
        lab.add(
            AlertContact(person_id=person.id, position=position, confirmed_at=now, pin=f"{person.id}:2468")
        )
        chain.append(person.id)
    with lab.session() as session, transaction(session, now):
        volunteers = {row.number: row for row in session.query(Volunteer)}
        counts = Counts(active=5, paused=0, declined=0, planned=4, short=1)
        day = ServiceDay(service_date=DAY, state=DayState.FIXED, planned_at=now, fixed_at=now)
        day.summary = {"counts": asdict(counts), "notes": [], "routes": {}}
        session.add(day)
        session.flush()
        session.add(ShortageRow(day_id=day.id, household_id=homes[5], portions=1, why=Sentence("足りません")))
        session.add(
            SignOff(day_id=day.id, household_id=homes[5], reason="電話する", signed_by="桜井", signed_at=now)
        )
        day.routes = [
            _route(day, volunteers[number], kitchen, [homes[home] for home in course], offer)
            for number, course in COURSES.items()
        ]
        session.flush()
        expect_visits(session, day)
        stops = {
            (number, home): stop.id
            for number, route in zip(COURSES, day.routes, strict=True)
            for home, home_id in homes.items()
            for stop in route.stops
            if stop.household_id == home_id
        }
    return TwoCourses(
        lab.lab_id,
        day.id,
        homes,
        {number: row.person_id for number, row in volunteers.items()},
        stops,
        *chain,
    )


def _route(day: ServiceDay, volunteer: Volunteer, kitchen: int, homes: list[int], offer: int) -> Route:
    servings = [
        ServingRow(
            day_id=day.id, household_id=home, offer_id=offer, portions=2, why=Sentence("いつもの店です")
        )
        for home in homes
    ]
    day.servings += servings
    halts: list[tuple[int | None, int | None, list[ServingRow]]] = [(kitchen, None, servings)]
    halts += [(None, home, [serving]) for home, serving in zip(homes, servings, strict=True)]
    starts = clock("16:50")
    stops = [
        Stop(
            position=position,
            kitchen_id=kitchen_id,
            household_id=home,
            arrives_seconds=starts + 600 * position,
            begins_seconds=starts + 600 * position,
            leaves_seconds=starts + 600 * position + 240,
            travel_seconds=300,
            distance_metres=500,
            items=[StopItem(serving=serving) for serving in carried],
        )
        for position, (kitchen_id, home, carried) in enumerate(halts, start=1)
    ]
    return Route(
        day_id=day.id,
        volunteer_id=volunteer.id,
        starts_seconds=starts,
        ends_seconds=clock("18:00"),
        travel_seconds=300 * len(stops),
        distance_metres=500 * len(stops),
        stops=stops,
    )
