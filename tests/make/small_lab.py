"""A lab of a few invented people, row by row, for tests that plan one small day.

All places lie on one meridian; ``lat`` counts steps of 0.001 degrees (111 m, some 50 s by bicycle) north of a base.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import date, datetime

from sqlalchemy.orm import Session

from sharemeal.households import ConsentItem, DeliveryWindow, Need
from sharemeal.kitchens import HandoverHours, Texture
from sharemeal.labs import LabRules
from sharemeal.people import Role
from sharemeal.places import Point
from sharemeal.store.alerts import AlertContact
from sharemeal.store.base import Store, transaction
from sharemeal.store.households import Consent, Household
from sharemeal.store.kitchens import Kitchen, Offer
from sharemeal.store.labs import Lab
from sharemeal.store.people import Person
from sharemeal.store.volunteers import Volunteer
from sharemeal.volunteers import Mode, Shift

DAY = date(2026, 11, 27)
"""The Friday that is planned."""


def at(lat: int) -> Point:
    """The point so many steps north."""
    return Point(35.540 + lat / 1000, 139.520)


def clock(text: str) -> int:
    """Seconds after midnight of 16:30."""
    hours, minutes = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60


class SmallLab:
    """Adds rows to one lab, each call in a unit of work of its own."""

    def __init__(
        self, store: Store, now: datetime, *, slug: str = "aoba", rules: LabRules | None = None
    ) -> None:
        self.store, self.now = store, now
        with store.session(all_labs=True) as session, transaction(session, now):
            lab = Lab(slug=slug, name=slug, rules=rules or LabRules())
            session.add(lab)
            session.flush()
            self.lab_id = lab.id

    def add(self, *rows: object) -> None:
        """Any rows of this lab."""
        with self.store.session(self.lab_id, actor="test") as session, transaction(session, self.now):
            session.add_all(rows)

    def contact(self, position: int, name: str, *, role: Role = Role.COORDINATOR) -> int:
        """Somebody of the lab's chain with a confirmed number and the PIN 2468; returns the person's id."""
        number = f"+8145000{self.lab_id:02d}{position:02d}"
        person = Person(
            role=role, name=name, phone=number, phone_index=number, uniquifier=f"{self.lab_id}c{position}"
        )
        self.add(person)
        self.add(
            AlertContact(
                person_id=person.id, position=position, confirmed_at=self.now, pin=f"{person.id}:2468"
            )
        )
        return person.id

    def contacts(self) -> tuple[int, int]:
        """Two of them, as many as a lab should have."""
        return self.contact(1, "桜井"), self.contact(2, "野口")

    def session(self) -> AbstractContextManager[Session]:
        """A session of this lab."""
        return self.store.session(self.lab_id, actor="test")

    def kitchen(
        self, number: int, lat: int, *, opens: str = "16:00", closes: str = "18:00", minutes: int = 90
    ) -> int:
        row = Kitchen(
            number=number,
            name=f"{number}号食堂",
            place=at(lat),
            textures=frozenset({"普通"}),
            handover=HandoverHours(clock(opens), clock(closes)),
            freshness_seconds=minutes * 60,
        )
        self.add(row)
        return row.id

    def home(
        self,
        number: int,
        lat: int,
        *,
        portions: int = 2,
        allergens: Iterable[str] = (),
        opens: str = "17:00",
        closes: str = "18:30",
        skills: Iterable[str] = (),
        consents: Iterable[ConsentItem] = (ConsentItem.MEALS, ConsentItem.WATCH_OVER),
    ) -> int:
        row = Household(
            number=number,
            name=f"{number}番さん",
            place=at(lat),
            need=Need(portions, frozenset(allergens)),
            window=DeliveryWindow(clock(opens), clock(closes)),
            skills=frozenset(skills),
        )
        row.consents = [Consent(item=item, given_on=date(2026, 4, 1), given_by="ご本人") for item in consents]
        self.add(row)
        return row.id

    def volunteer(
        self,
        number: int,
        lat: int,
        *,
        mode: Mode = Mode.BICYCLE,
        carries: int = 10,
        starts: str = "16:00",
        ends: str = "19:00",
        by_default: bool = True,
        skills: Iterable[str] = (),
    ) -> int:
        person = Person(role=Role.VOLUNTEER, name=f"{number}号さん", uniquifier=f"{self.lab_id}-{number}")
        row = Volunteer(
            number=number,
            person=person,
            mode=mode,
            meals_carried=carries,
            place=at(lat),
            shift=Shift(clock(starts), clock(ends)),
            skills=frozenset(skills),
            serves_by_default=by_default,
        )
        self.add(row)
        return row.id

    def offer(
        self,
        kitchen_id: int,
        dish: str,
        meal_count: int,
        *,
        allergens: Iterable[str] | None = (),
        ready: str = "16:30",
        day: date = DAY,
    ) -> int:
        row = Offer(
            service_date=day,
            kitchen_id=kitchen_id,
            dish=dish,
            meal_count=meal_count,
            allergens=None if allergens is None else frozenset(allergens),
            texture=int(Texture.REGULAR),
            ready_seconds=clock(ready),
            entered_at=self.now,
            entered_by="test",
        )
        self.add(row)
        return row.id


def two_homes(store: Store, now: datetime, slug: str = "aoba") -> SmallLab:
    """One kitchen with five meals, two homes that want two each, two cyclists."""
    lab = SmallLab(store, now, slug=slug)
    kitchen = lab.kitchen(1, 0)
    lab.offer(kitchen, "豆のごはん", 5)
    lab.home(1, 5)
    lab.home(2, 10)
    lab.volunteer(1, -5)
    lab.volunteer(2, 20)
    return lab
