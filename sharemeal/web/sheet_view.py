"""A volunteer's round as the sheet shows it: which day, how much of it may be seen now, stop by stop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sharemeal.covers import is_slower
from sharemeal.households import ConsentItem
from sharemeal.kitchens import freshness_deadline
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
from sharemeal.store import batches, service_days, sheets
from sharemeal.store.households import Household
from sharemeal.store.kitchens import Kitchen
from sharemeal.store.service_days import Route, ServiceDay, Stop
from sharemeal.store.volunteers import Volunteer
from sharemeal.volunteers import Mode
from sharemeal.web import maps
from sharemeal.web.doorway import db, lab

PHONE_WIDTH = 400
MODE_ICONS = {Mode.WALK: "walk", Mode.BICYCLE: "bike", Mode.CAR: "car"}


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
    deadlines: Mapping[int, int]
    """Offer id → お届け期限 in seconds after midnight: from when it was cooked, else from when it was to be ready."""

    @property
    def first_kitchen(self) -> Kitchen | None:
        """Where the way begins."""
        return next((stop.kitchen for stop in self.route.stops if stop.kitchen), None)

    @property
    def slower(self) -> bool:
        """Whether who walks it has taken it over and needs longer than was counted."""
        return is_slower(self.volunteer.mode, self.route.mode)

    @property
    def called_off(self) -> bool:
        """Whether the day was called off, so that nobody is to go anywhere."""
        return self.day.called_off_at is not None

    @property
    def open_for_reports(self) -> bool:
        """Whether doors may be recorded here: the sheet is open and the day neither called off nor closed."""
        return self.sight is Sight.OPEN and self.day.goes_on

    @property
    def deadline_seconds(self) -> int | None:
        """The earliest お届け期限 of what is carried."""
        return min((each for each in self.deadlines.values()), default=None)


@dataclass(frozen=True)
class Row:
    """One stop as it is read: a kitchen with what is collected, or a home with what is handed over.

    ``offers`` holds id, dish and portions of each offer; ``deadline_seconds`` is the earliest お届け期限 among them.
    """

    position: int
    order: int | None
    begins_seconds: int
    travel_seconds: int
    portions: int
    dishes: tuple[Collected, ...]
    kitchen: Kitchen | None
    home: Household | None
    stop_id: int = 0
    deadline_seconds: int | None = None
    offers: tuple[tuple[int, str, int], ...] = ()
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
    def late(self) -> bool:
        """Whether the door is planned for a time that lies behind what the meal allows."""
        return (
            bool(self.home)
            and self.deadline_seconds is not None
            and self.begins_seconds > self.deadline_seconds
        )

    @property
    def watched_over(self) -> bool:
        """Whether this home has agreed to the gentle watch-over: without that, only the handing over is recorded."""
        return self.home is not None and self.home.consents_to(ConsentItem.WATCH_OVER)

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
    hours = sheet_hours(lab().rules, day.service_date, route.shift)
    stops = tuple(_stop(stop) for stop in route.stops)
    return Round(
        day,
        route,
        volunteer,
        hours,
        hours.sight(now),
        stops,
        totals(stops),
        _deadlines(day.service_date, route),
    )


def _deadlines(service_date: date, route: Route) -> dict[int, int]:
    offers = {item.serving.offer.id: item.serving.offer for stop in route.stops for item in stop.items}
    cooked = batches.batches_of(db(), list(offers))
    return {
        offer_id: freshness_deadline(
            lab().rules.seconds_after_midnight(service_date, cooked[offer_id].cooked_at)
            if offer_id in cooked
            else offer.ready_seconds,
            offer.kitchen.freshness_seconds,
        )
        for offer_id, offer in offers.items()
    }


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
    if current.sight is not Sight.OPEN or current.called_off:
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
            stop_id=halt.id,
            deadline_seconds=min(
                (current.deadlines[offer] for offer, _dish, _count in _offers(halt)), default=None
            ),
            offers=_offers(halt),
            my_last_visit=_newest(visits, stop.household, current.volunteer.id),
            last_visit=_newest(visits, stop.household),
        )
        for stop, halt in zip(current.stops, current.route.stops, strict=True)
    )


def _offers(halt: Stop) -> tuple[tuple[int, str, int], ...]:
    """What is collected or handed over here, offer by offer: id, dish, portions."""
    counts: dict[int, int] = {}
    for item in halt.items:
        counts[item.serving.offer_id] = counts.get(item.serving.offer_id, 0) + item.serving.portions
    dishes = {item.serving.offer_id: item.serving.offer.dish for item in halt.items}
    return tuple((offer_id, dishes[offer_id], count) for offer_id, count in counts.items())


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
