"""The planning page's view of a day: routes with their marks, the figures beside last week's, who has no place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sharemeal.actions.solve_runs import RunView
from sharemeal.store import households, service_days
from sharemeal.store.service_days import Pin, Route, ServiceDay, ShortageRow, SignOff, Stop
from sharemeal.store.volunteers import Volunteer
from sharemeal.web.maps import look_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class RouteView:
    """One volunteer's course. ``doors`` numbers the homes from 1; kitchens have no number.

    ``look`` (colour, dash and shape) is the same as on the map.
    """

    look: int
    route: Route
    volunteer: Volunteer
    doors: tuple[tuple[int | None, Stop], ...]
    portions: int

    def collected(self, stop: Stop) -> list[tuple[str, int]]:
        """(dish, portions) that are collected at this kitchen, each dish once."""
        portions: Counter[str] = Counter()
        for item in stop.items:
            portions[item.serving.offer.dish] += item.serving.portions
        return list(portions.items())


@dataclass(frozen=True)
class Homeless:
    """A home without a place (or without all its meals), and who answers for it, if somebody does."""

    shortage: ShortageRow
    sign_off: SignOff | None


@dataclass(frozen=True)
class Curve:
    """How the best answer fell over time, as SVG paths in a box of 360 × 84; ``x``, ``y`` is where it ended."""

    best: str
    low: str
    x: float
    y: float


@dataclass(frozen=True)
class Totals:
    """A day's figures: seconds of travel, metres, and which volunteer comes to which home."""

    travel_seconds: int
    distance_metres: int
    familiar_percent: int | None
    carriers: dict[int, int]


def answer_of(day: ServiceDay) -> dict[str, Any]:
    """What the solver said of its answer: status, bound, gap, familiar_share; empty before the first calculation."""
    routes = (day.summary or {}).get("routes", {})
    found: dict[str, Any] = routes.get("sharemeal", {})
    return found


def routes_of(day: ServiceDay) -> list[RouteView]:
    """The courses of the day, by the volunteers' numbers."""
    views = []
    for index, route in enumerate(sorted(day.routes, key=lambda each: each.volunteer.number)):
        number = 0
        doors: list[tuple[int | None, Stop]] = []
        for stop in route.stops:
            number += stop.household_id is not None
            doors.append((number if stop.household_id is not None else None, stop))
        portions = sum(item.serving.portions for _, stop in doors if stop.kitchen_id for item in stop.items)
        views.append(RouteView(look_of(index), route, route.volunteer, tuple(doors), portions))
    return views


def homeless(day: ServiceDay) -> list[Homeless]:
    """Everybody who is short, signed off or not, by number."""
    signed = {each.household_id: each for each in day.sign_offs}
    rows = sorted(day.shortages, key=lambda each: each.household.number)
    return [Homeless(row, signed.get(row.household_id)) for row in rows]


def totals(day: ServiceDay) -> Totals:
    """The sums of a planned day."""
    share = answer_of(day).get("familiar_share")
    carriers = {
        stop.household_id: route.volunteer_id
        for route in day.routes
        for stop in route.stops
        if stop.household_id
    }
    return Totals(
        travel_seconds=sum(route.travel_seconds for route in day.routes),
        distance_metres=sum(route.distance_metres for route in day.routes),
        familiar_percent=None if share is None else round(100 * share),
        carriers=carriers,
    )


def changed_homes(day: ServiceDay, before: ServiceDay) -> list[int]:
    """The numbers of the homes that another volunteer comes to than last time."""
    earlier = totals(before).carriers
    now = totals(day).carriers
    changed = {home for home, volunteer in now.items() if earlier.get(home, volunteer) != volunteer}
    return sorted(
        stop.household.number
        for route in day.routes
        for stop in route.stops
        if stop.household is not None and stop.household_id in changed
    )


def resting(session: Session, day: date) -> list[tuple[int, date | None]]:
    """(number, last day of the pause) of the homes that rest on that day."""
    ends = {
        pause.household_id: pause.span.ends
        for pause in households.pauses_on(session, day)
        if pause.household_id
    }
    return [(home.number, ends[home.id]) for home in households.all_households(session) if home.id in ends]


def pins_by_home(session: Session, day: date) -> dict[int, Pin]:
    """Household id → the pin that holds on that day; a one-day move goes before a lasting pin."""
    found: dict[int, Pin] = {}
    for pin in service_days.pins_on(session, day):
        found[pin.household_id] = pin
    return found


def curve(run: RunView) -> Curve:
    """The curve of a calculation with at least one answer; only answers that leave out as few as the last."""
    points = [point for point in run.trace if point[3] == run.trace[-1][3]]
    highest = max(point[1] for point in points)
    lowest = min(min(point[1], point[1] if point[2] is None else point[2]) for point in points)
    long = max(run.elapsed_seconds, 0.001)

    def at(seconds: float, cost: float) -> tuple[float, float]:
        return round(4 + 296 * min(seconds / long, 1), 1), round(
            14 + 60 * (highest - cost) / max(highest - lowest, 1), 1
        )

    def steps(values: list[tuple[float, float]]) -> str:
        if not values:
            return ""
        x, y = at(*values[0])
        path = f"M{x} {y}"
        for seconds, cost in values[1:]:
            x, y = at(seconds, cost)
            path += f"H{x}V{y}"
        return path + "H300"

    _, y = at(long, points[-1][1])
    bounds = [(point[0], point[2]) for point in points if point[2] is not None]
    return Curve(steps([(point[0], point[1]) for point in points]), steps(bounds), 300, y)
