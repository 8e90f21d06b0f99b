"""A volunteer's round as the sheet shows it: which day, how much of it may be seen now, stop by stop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sharemeal.places import Point
from sharemeal.sheets import (
    FOR_THE_WAY,
    Box,
    Collected,
    SheetHours,
    SheetStop,
    SheetTotals,
    Sight,
    by_dish,
    door_numbers,
    sheet_hours,
    totals,
    whole_address,
)
from sharemeal.store import service_days, sheets
from sharemeal.store.households import Household
from sharemeal.store.kitchens import Kitchen
from sharemeal.store.service_days import Route, ServiceDay, Stop
from sharemeal.store.volunteers import Volunteer
from sharemeal.web import maps
from sharemeal.web.doorway import db, lab

PHONE_WIDTH = 400


@dataclass(frozen=True)
class Round:
    """A settled day and the volunteer's route on it."""

    day: ServiceDay
    route: Route
    volunteer: Volunteer
    hours: SheetHours
    sight: Sight
    stops: tuple[SheetStop, ...]
    totals: SheetTotals

    @property
    def first_kitchen(self) -> Kitchen | None:
        """Where the way begins."""
        return next((stop.kitchen for stop in self.route.stops if stop.kitchen), None)

    @property
    def deadline_seconds(self) -> int | None:
        """The earliest お届け期限 of what is carried."""
        offers = [item.serving.offer for stop in self.route.stops for item in stop.items]
        return min((offer.supply.deadline_seconds for offer in offers), default=None)


@dataclass(frozen=True)
class Row:
    """One stop as it is read: a kitchen with what is collected, or a home with what is handed over."""

    position: int
    order: int | None
    begins_seconds: int
    travel_seconds: int
    portions: int
    dishes: tuple[Collected, ...]
    kitchen: Kitchen | None
    home: Household | None
    my_last_visit: date | None = None
    last_visit: date | None = None

    @property
    def place(self) -> Point:
        """Where it is. A stop is at a home or at a kitchen."""
        if self.home:
            return self.home.place
        assert self.kitchen is not None
        return self.kitchen.place

    @property
    def address(self) -> str:
        """Where it is in words: the chō, and a home's number behind it unless the chō stands there already."""
        place = self.home or self.kitchen
        assert place is not None
        return whole_address(place.town or "", self.home.address if self.home else None)

    @property
    def map_link(self) -> str:
        """A maps site with the way to this place; opened by the volunteer's own tap alone."""
        return f"https://www.google.com/maps/dir/?api=1&destination={self.place.text}"


def current_round(volunteer: Volunteer, now: datetime) -> Round | None:
    """The round under way or the next one; else the one that has just ended (today or the day before)."""
    today = lab().rules.today(now)
    found = [
        _round(day, route, volunteer, now)
        for day, route in sheets.rounds(db(), volunteer.id, today - timedelta(days=1))
    ]
    return next((each for each in found if each.sight is not Sight.OVER), found[-1] if found else None)


def _round(day: ServiceDay, route: Route, volunteer: Volunteer, now: datetime) -> Round:
    hours = sheet_hours(lab().rules, day.service_date, volunteer.shift)
    stops = tuple(_stop(stop) for stop in route.stops)
    return Round(day, route, volunteer, hours, hours.sight(now), stops, totals(stops))


def _stop(stop: Stop) -> SheetStop:
    boxes = tuple(
        Box(item.serving.household_id, item.serving.offer.dish, item.serving.portions) for item in stop.items
    )
    return SheetStop(
        stop.position,
        stop.kitchen_id,
        stop.household_id,
        stop.begins_seconds,
        stop.travel_seconds,
        stop.distance_metres,
        boxes,
    )


def rows(current: Round) -> tuple[Row, ...]:
    """The stops with names and addresses. Only for a round that is open: it reads the homes' personal data."""
    if current.sight is not Sight.OPEN:
        return ()
    home_ids = {stop.household for stop in current.stops if stop.household is not None}
    homes = sheets.homes(db(), home_ids, FOR_THE_WAY)
    kitchens = sheets.kitchens_with_phones(
        db(), {stop.kitchen for stop in current.stops if stop.kitchen is not None}
    )
    visits = service_days.visits_before(db(), current.day.service_date)
    orders = door_numbers(current.stops)
    return tuple(
        Row(
            position=stop.position,
            order=orders.get(stop.position),
            begins_seconds=stop.begins_seconds,
            travel_seconds=stop.travel_seconds,
            portions=stop.portions,
            dishes=by_dish(stop.boxes),
            kitchen=None if stop.kitchen is None else kitchens[stop.kitchen],
            home=None if stop.household is None else homes[stop.household],
            my_last_visit=_newest(visits, stop.household, current.volunteer.id),
            last_visit=_newest(visits, stop.household),
        )
        for stop in current.stops
    )


def _newest(visits: list[tuple[int, int, date]], home: int | None, who: int | None = None) -> date | None:
    """The last day before on which this home was visited, by anybody or by one volunteer."""
    return max(
        (day for visitor, visited, day in visits if visited == home and who in (None, visitor)), default=None
    )


def drawing(current: Round, seen: tuple[Row, ...], words: str) -> maps.Drawing | None:
    """The map of these stops and no others, for a phone."""
    stops = tuple(maps.RouteStop(row.place, row.order) for row in seen if row.order is not None)
    kitchens = {row.kitchen.id: maps.Sign(row.kitchen.place, row.kitchen.name) for row in seen if row.kitchen}
    base = current.volunteer.place
    through = (base, *(row.place for row in seen))
    return maps.drawn(
        [maps.RouteOnMap(words, through, stops)], list(kitchens.values()), base=base, width=PHONE_WIDTH
    )
