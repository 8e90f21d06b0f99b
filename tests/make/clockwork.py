"""A lab on the clock: people with telephones, and the clock turned by hand from moment to moment."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from sharemeal.actions.day_steps import Taken, take_steps
from sharemeal.actions.draft_plan import draft_plans
from sharemeal.messages import Purpose
from sharemeal.people import Role
from sharemeal.store import service_days, ticks
from sharemeal.store.base import Store, transaction
from sharemeal.store.messages import Message
from sharemeal.store.people import Person
from sharemeal.store.service_days import ServiceDay
from sharemeal.store.ticks import DayStep
from sharemeal.store.volunteers import Volunteer
from sharemeal.timetable import Step
from tests.make.small_lab import SmallLab


class Clockwork(SmallLab):
    """Two kitchens, two homes, two cyclists, a coordinator; everyone but the second cyclist has a telephone."""

    def __init__(self, store: Store, now: datetime, *, slug: str = "aoba") -> None:
        super().__init__(store, now, slug=slug)
        self.kitchens = [self.kitchen(1, 0), self.kitchen(2, 1)]
        self.homes = [self.home(1, 5), self.home(2, 10)]
        self.volunteers = [self.volunteer(1, -5), self.volunteer(2, 20)]
        self.cooks = [self._person(Role.KITCHEN, 1 + each, kitchen_id=each) for each in self.kitchens]
        self.coordinator = self._person(Role.COORDINATOR, 90)
        with self.session() as session:
            rows = list(session.scalars(select(Volunteer).order_by(Volunteer.number)))
            self.walkers = [row.person_id for row in rows]
        self.give_phone(self.walkers[0], 50)

    def _person(self, role: Role, number: int, *, kitchen_id: int | None = None) -> int:
        phone = f"+8190{self.lab_id:04d}{number:04d}"
        row = Person(role=role, name=f"{number}番の人", phone=phone, phone_index=phone, kitchen_id=kitchen_id)
        self.add(row)
        return row.id

    def give_phone(self, person_id: int, number: int) -> None:
        """From now on this person has a telephone."""
        with self.session() as session, transaction(session, self.now):
            person = session.get_one(Person, person_id)
            person.phone = person.phone_index = f"+8190{self.lab_id:04d}{number:04d}"

    def tick(self, now: datetime) -> Taken:
        """One tick of the timetable, at that moment."""
        return take_steps(self.store, self.lab_id, now=now)

    def draft(self, now: datetime) -> int:
        """One tick of the draft plans, stopped by count."""
        return draft_plans(self.store, self.lab_id, now=now, seconds=10)

    def local(self, text: str) -> datetime:
        """A moment of Yokohama."""
        return datetime.fromisoformat(f"{text}+09:00")

    def messages(self) -> list[tuple[Purpose, int]]:
        """Purpose and recipient of everything that was written, in order."""
        with self.session() as session:
            return [
                (row.purpose, row.person_id) for row in session.scalars(select(Message).order_by(Message.id))
            ]

    def steps(self, day: date) -> dict[str, str]:
        """Step → outcome of what was taken on that day."""
        with self.session() as session:
            return {name: row.outcome for name, row in ticks.steps_on(session, day).items()}

    def all_steps(self) -> list[tuple[date, Step]]:
        """Every step that was taken, by day."""
        with self.session() as session:
            rows = session.scalars(select(DayStep).order_by(DayStep.service_date, DayStep.id))
            return [(row.service_date, Step(row.step)) for row in rows]

    def day(self, service_date: date) -> ServiceDay | None:
        """That day as it stands."""
        with self.session() as session:
            return service_days.on(session, service_date)
