"""順路表: what a volunteer may see of a route, when, and how it is put together.

A sheet is open from two hours before the shift to two hours after it, never as a draft, and shows the volunteer's
own stops alone. Names, addresses and telephones are for the way; whom to call in need does not stand there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sharemeal.labs import LabRules
from sharemeal.volunteers import Shift

OPEN_BEFORE = timedelta(hours=2)
OPEN_AFTER = timedelta(hours=2)
KEPT_AFTER = timedelta(days=1)
"""So long after the end of the day a telephone keeps what it could not send."""

FOR_THE_WAY = ("name", "reading", "address", "phone", "door_note")
"""What a volunteer needs to find a door and to greet who opens it."""


ON_PAPER = ("name", "reading", "address", "door_note")
"""What is printed of a home: paper can be lost, so it holds no telephone."""


def whole_address(town: str, number: str | None) -> str:
    """Where it is in words: the chō, and a home's number behind it unless the chō stands there already."""
    number = number or ""
    return number if town and number.startswith(town) else f"{town} {number}".strip()


class Sight(StrEnum):
    """How much may be seen: sums before the round, everything during it, nothing after it."""

    EARLY = "early"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True)
class SheetHours:
    """From when until when (aware, both included) a sheet can be seen; from ``forgets`` on no telephone knows of it."""

    opens: datetime
    closes: datetime
    forgets: datetime

    def sight(self, now: datetime) -> Sight:
        """What may be seen ``now``."""
        return Sight.EARLY if now < self.opens else Sight.OVER if now > self.closes else Sight.OPEN


def sheet_hours(rules: LabRules, service_date: date, shift: Shift) -> SheetHours:
    """The hours of the sheet of a volunteer with that shift."""
    return SheetHours(
        rules.moment(service_date, shift.starts) - OPEN_BEFORE,
        rules.moment(service_date, shift.ends) + OPEN_AFTER,
        rules.moment(service_date + timedelta(days=1), 0) + KEPT_AFTER,
    )


@dataclass(frozen=True)
class Box:
    """So many portions of one dish for one home."""

    household: int
    dish: str
    portions: int


@dataclass(frozen=True)
class SheetStop:
    """One stop of a sheet in order of ``position``; at a kitchen ``household`` is None, at a home ``kitchen``."""

    position: int
    kitchen: int | None
    household: int | None
    begins_seconds: int
    travel_seconds: int
    distance_metres: int
    boxes: tuple[Box, ...]

    @property
    def portions(self) -> int:
        """Meals collected or handed over here."""
        return sum(box.portions for box in self.boxes)


@dataclass(frozen=True)
class Collected:
    """What is counted at a kitchen: so many of one dish, and for which homes they are."""

    dish: str
    portions: int
    boxes: tuple[Box, ...]


def by_dish(boxes: Iterable[Box]) -> tuple[Collected, ...]:
    """The boxes of a stop put together by dish, in the order in which dishes come; a home's boxes as one."""
    dishes: dict[str, dict[int, int]] = {}
    for box in boxes:
        homes = dishes.setdefault(box.dish, {})
        homes[box.household] = homes.get(box.household, 0) + box.portions
    return tuple(
        Collected(dish, sum(homes.values()), tuple(Box(home, dish, count) for home, count in homes.items()))
        for dish, homes in dishes.items()
    )


@dataclass(frozen=True)
class SheetTotals:
    """今日 4軒・9食・徒歩35分: a route in one line. ``first_seconds`` is when the first stop begins."""

    homes: int
    portions: int
    travel_seconds: int
    distance_metres: int
    first_seconds: int | None

    @property
    def travel_minutes(self) -> int:
        """Minutes on the way, rounded up."""
        return -(-self.travel_seconds // 60)


def totals(stops: Sequence[SheetStop]) -> SheetTotals:
    """The sums of a route. A home that is visited twice is one home."""
    doors = [stop for stop in stops if stop.household is not None]
    return SheetTotals(
        homes=len({stop.household for stop in doors}),
        portions=sum(stop.portions for stop in doors),
        travel_seconds=sum(stop.travel_seconds for stop in stops),
        distance_metres=sum(stop.distance_metres for stop in stops),
        first_seconds=min((stop.begins_seconds for stop in stops), default=None),
    )


def door_numbers(stops: Sequence[SheetStop]) -> dict[int, int]:
    """Position → which door of the day it is, from 1; kitchens are not counted."""
    doors = [stop.position for stop in stops if stop.household is not None]
    return {position: number for number, position in enumerate(doors, start=1)}
