"""All that a day's plan is made from, read as values in one go, with a fingerprint to notice later changes by."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharemeal.households import Part
from sharemeal.labs import LabRules
from sharemeal.meals import Demand, Supply
from sharemeal.places import Point
from sharemeal.routing.day import Carrier, Door
from sharemeal.service_days import DayState
from sharemeal.store import households, kitchens, service_days, volunteers
from sharemeal.store.households import Household
from sharemeal.store.kitchens import Kitchen, Offer
from sharemeal.store.labs import Lab
from sharemeal.store.service_days import Route, ServiceDay, ServingRow, ShortageRow, Stop
from sharemeal.store.volunteers import Volunteer
from sharemeal.volunteers import familiarity

_CALENDAR: dict[str, Any] = {
    "rests_on_holidays": True,
    "closed_days": frozenset(),
    "open_days": frozenset(),
    "remind_kitchens_time": time(),
    "confirm_time": time(),
}
"""What a lab decides about other days and about reminders changes nothing in a plan."""

RECENT_DAYS = 6
"""So many settled days before are looked at for variety, fairness and the volunteer of last time."""


@dataclass(frozen=True)
class DayInputs:
    """One day as values. Homes, kitchens and volunteers go by number; ``ids`` lead back to their rows.

    ``unkept_pins`` are pins (home, volunteer) to somebody who is not in on the day.
    """

    service_date: date
    rules: LabRules
    demands: tuple[Demand, ...]
    doors: tuple[Door, ...]
    supplies: tuple[Supply, ...]
    carriers: tuple[Carrier, ...]
    kitchens: dict[int, Point]
    active: int
    paused: tuple[int, ...]
    declined: tuple[int, ...]
    unkept_pins: tuple[tuple[int, int], ...]
    household_ids: dict[int, int]
    kitchen_ids: dict[int, int]
    volunteer_ids: dict[int, int]
    offer_ids: dict[tuple[int, str], int]

    @property
    def fingerprint(self) -> str:
        """Changes whenever an offer, a home, a rest, an answer or a rule changes; the past and pins do not count."""
        parts: list[Iterable[Any]] = [
            [
                replace(demand, recent_dishes=(), recent_kitchens=(), scarce_turns=0)
                for demand in self.demands
            ],
            [replace(door, familiarity={}, pinned=None, previous=None) for door in self.doors],
            self.supplies,
            self.carriers,
            [{"kitchen": number, "place": point.text} for number, point in sorted(self.kitchens.items())],
            [replace(self.rules, **_CALENDAR)],
        ]
        plain: list[Any] = [[_plain(each) for each in part] for part in parts]
        plain += [self.active, self.paused, self.declined]
        text = json.dumps(plain, default=_written, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    return value if isinstance(value, dict) else asdict(value)


def _written(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else str(value)


def day_inputs(session: Session, service_date: date) -> DayInputs:
    """Read the day of the session's lab. Homes without consent to meals count as declined."""
    lab = session.get_one(Lab, session.info["fence"])
    homes = households.all_households(session)
    pauses = households.pauses_on(session, service_date)
    resting = {pause.household_id for pause in pauses}
    refused = households.declined_on(session, service_date)
    parts = [(home, home.part(resting=home.id in resting, declined=home.id in refused)) for home in homes]
    paused = [home for home, part in parts if part is Part.RESTING]
    declined = [home for home, part in parts if part in (Part.DECLINED, Part.NO_CONSENT)]
    wanting = [home for home, part in parts if part is Part.IN]
    on_duty = volunteers.in_service(session, service_date)
    closed = {pause.kitchen_id for pause in pauses}
    offers = [
        offer
        for offer in kitchens.offers_on(session, service_date)
        if offer.kitchen_id not in closed and offer.kitchen.ended_on is None
    ]
    pins = {pin.household_id: pin.volunteer for pin in service_days.pins_on(session, service_date)}
    past = _Past(session, service_date)
    in_service = {volunteer.id for volunteer in on_duty}
    return DayInputs(
        service_date=service_date,
        rules=lab.rules,
        demands=tuple(past.demand(home) for home in wanting),
        doors=_doors(session, service_date, wanting, on_duty, pins, past),
        supplies=tuple(offer.supply for offer in offers),
        carriers=tuple(_carrier(volunteer) for volunteer in on_duty),
        kitchens={offer.kitchen.number: offer.kitchen.place for offer in offers},
        active=len(homes),
        paused=tuple(home.number for home in paused),
        declined=tuple(home.number for home in declined),
        unkept_pins=tuple(
            (home.number, pins[home.id].number)
            for home in wanting
            if home.id in pins and pins[home.id].id not in in_service
        ),
        household_ids={home.number: home.id for home in homes},
        kitchen_ids={offer.kitchen.number: offer.kitchen_id for offer in offers},
        volunteer_ids={volunteer.number: volunteer.id for volunteer in on_duty},
        offer_ids={(offer.kitchen.number, offer.dish): offer.id for offer in offers},
    )


def _carrier(volunteer: Volunteer) -> Carrier:
    return Carrier(
        number=volunteer.number,
        mode=volunteer.mode,
        meals_carried=volunteer.meals_carried,
        place=volunteer.place,
        shift=volunteer.shift,
        ends_at=volunteer.ends_at,
        skills=volunteer.skills,
    )


def _doors(
    session: Session,
    service_date: date,
    wanting: Sequence[Household],
    on_duty: Sequence[Volunteer],
    pins: dict[int, Volunteer],
    past: _Past,
) -> tuple[Door, ...]:
    declared = volunteers.familiar_pairs(session)
    visits: dict[tuple[int, int], list[date]] = defaultdict(list)
    for volunteer_id, home_id, on_day in service_days.visits_before(session, service_date):
        visits[volunteer_id, home_id].append(on_day)
    numbers = {volunteer.id: volunteer.number for volunteer in on_duty}
    doors = []
    for home in wanting:
        known = {
            volunteer.number: familiarity(
                visits[volunteer.id, home.id], service_date, declared=(volunteer.id, home.id) in declared
            )
            for volunteer in on_duty
        }
        pin = pins.get(home.id)
        doors.append(
            Door(
                household=home.number,
                place=home.place,
                window=home.window,
                skills=home.skills,
                familiarity={number: share for number, share in known.items() if share > 0},
                pinned=numbers.get(pin.id) if pin else None,
                previous=past.volunteers.get(home.id),
            )
        )
    return tuple(doors)


class _Past:
    """The settled days before: what each home ate, who came, and when it had luck that others had not."""

    def __init__(self, session: Session, service_date: date) -> None:
        settled = (DayState.FIXED, DayState.UNDER_WAY, DayState.CLOSED)
        days = session.scalars(
            select(ServiceDay.id)
            .where(ServiceDay.service_date < service_date, ServiceDay.state.in_(settled))
            .order_by(ServiceDay.service_date.desc())
            .limit(RECENT_DAYS)
        ).all()
        newest_first = {day_id: place for place, day_id in enumerate(days)}
        eaten = session.execute(
            select(ServingRow.day_id, ServingRow.household_id, Offer.dish, Kitchen.number)
            .join(Offer, Offer.id == ServingRow.offer_id)
            .join(Kitchen, Kitchen.id == Offer.kitchen_id)
            .where(ServingRow.day_id.in_(days))
            .order_by(ServingRow.id)
        ).all()
        self._meals: dict[int, list[tuple[str, int]]] = defaultdict(list)
        for _, home, dish, kitchen in sorted(eaten, key=lambda row: newest_first[row[0]]):
            self._meals[home].append((dish, kitchen))
        self._luck = self._lucky_days(session, days, [(day, home) for day, home, _, _ in eaten])
        self.volunteers: dict[int, int] = {}
        brought = session.execute(
            select(Route.day_id, Stop.household_id, Volunteer.number)
            .join(Stop, Stop.route_id == Route.id)
            .join(Volunteer, Volunteer.id == Route.volunteer_id)
            .where(Route.day_id.in_(days), Stop.household_id.is_not(None))
            .order_by(Stop.id)
        ).all()
        for _, home_id, number in sorted(brought, key=lambda row: newest_first[row[0]]):
            if home_id is not None:
                self.volunteers.setdefault(home_id, number)

    @staticmethod
    def _lucky_days(
        session: Session, days: Sequence[int], served: Sequence[tuple[int, int]]
    ) -> dict[int, int]:
        """How many days with a shortage somewhere each home got all of its own."""
        short: dict[int, set[int]] = defaultdict(set)
        rows = select(ShortageRow.day_id, ShortageRow.household_id).where(ShortageRow.day_id.in_(days))
        for day, home in session.execute(rows):
            short[day].add(home)
        luck: dict[int, int] = defaultdict(int)
        for day, home in set(served):
            luck[home] += day in short and home not in short[day]
        return luck

    def demand(self, home: Household) -> Demand:
        meals = self._meals.get(home.id, [])
        return Demand(
            household=home.number,
            need=home.need,
            window=home.window,
            recent_dishes=tuple(dish for dish, _ in meals),
            recent_kitchens=tuple(kitchen for _, kitchen in meals),
            scarce_turns=self._luck.get(home.id, 0),
        )
