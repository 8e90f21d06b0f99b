"""順路表: what a volunteer may see of a route, when, and how it is put together.

A sheet is open from two hours before the shift to two hours after it, never as a draft, and shows the volunteer's
own stops alone. Names, addresses and telephones are for the way; whom to call in need is shown only where the home
agreed to it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sharemeal.households import ConsentItem
from sharemeal.labs import LabRules
from sharemeal.sentences import Refused, Sentence, word
from sharemeal.service_days import DayState
from sharemeal.volunteers import Shift

OPEN_BEFORE = timedelta(hours=2)
OPEN_AFTER = timedelta(hours=2)

MONTH_WORDS = ("1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月")

FOR_THE_WAY = ("name", "reading", "address", "phone", "door_note")
"""What a volunteer needs to find a door and to greet who opens it."""


@dataclass(frozen=True)
class SheetHours:
    """From when until when (aware, both included) a sheet can be seen."""

    opens: datetime
    closes: datetime

    def __contains__(self, now: datetime) -> bool:
        return self.opens <= now <= self.closes


def sheet_hours(rules: LabRules, service_date: date, shift: Shift) -> SheetHours:
    """The hours of the sheet of a volunteer with that shift."""
    return SheetHours(
        rules.moment(service_date, shift.starts) - OPEN_BEFORE,
        rules.moment(service_date, shift.ends) + OPEN_AFTER,
    )


def may_be_seen(hours: SheetHours, state: DayState, rules: LabRules, now: datetime) -> None:
    """Raises Refused, saying when to come back, unless the sheet can be seen ``now``."""
    if now > hours.closes:
        raise Refused(
            Sentence("この順路表は、もう見られません。"),
            why=Sentence("お宅の情報を守るため、活動の2時間後に閉じます。"),
            remedy=Sentence("ご用のときは、世話人にお電話ください。"),
        )
    if state is DayState.DRAFT:
        raise Refused(
            Sentence("順路はまだ決まっていません。"),
            remedy=Sentence("決まると、ここに順路表が出ます。"),
        )
    if now < hours.opens:
        opens = hours.opens.astimezone(rules.zone)
        raise Refused(
            Sentence("順路表はまだ見られません。"),
            why=Sentence("お宅の情報を守るため、活動の2時間前に開きます。"),
            remedy=Sentence(
                "{day}の{clock}からご覧ください。",
                day=Sentence("{month}{day}日", month=word(MONTH_WORDS[opens.month - 1]), day=opens.day),
                clock=f"{opens.hour}:{opens.minute:02d}",
            ),
        )


def shown_fields(consents: Collection[ConsentItem]) -> tuple[str, ...]:
    """Which personal fields of a home stand on the sheet, by what it agreed to."""
    if ConsentItem.TELL_FAMILY in consents:
        return (*FOR_THE_WAY, "emergency_contact")
    return FOR_THE_WAY


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


def next_stop(stops: Sequence[SheetStop], done: Collection[int]) -> SheetStop | None:
    """The first stop whose position is not done; None at the end of the route."""
    return next((stop for stop in stops if stop.position not in done), None)
