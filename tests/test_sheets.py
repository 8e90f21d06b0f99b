"""A route sheet opens two hours before the shift and closes two hours after; its sums are those of the route."""

from datetime import UTC, date, datetime, timedelta

from sharemeal.labs import LabRules
from sharemeal.sheets import (
    Box,
    Collected,
    SheetStop,
    Sight,
    by_dish,
    door_numbers,
    sheet_hours,
    totals,
)
from sharemeal.volunteers import Shift

RULES = LabRules()
HOURS = sheet_hours(RULES, date(2026, 11, 27), Shift(16 * 3600, 19 * 3600))
OPENS = datetime(2026, 11, 27, 5, 0, tzinfo=UTC)
CLOSES = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_the_hours_are_the_shift_and_two_hours_around_it() -> None:
    assert (HOURS.opens, HOURS.closes) == (OPENS, CLOSES)
    assert HOURS.forgets == datetime(2026, 11, 28, 15, 0, tzinfo=UTC), "the end of the 28th in Yokohama"
    assert HOURS.sight(OPENS) is Sight.OPEN
    assert HOURS.sight(CLOSES) is Sight.OPEN
    assert HOURS.sight(OPENS - SECOND) is Sight.EARLY
    assert HOURS.sight(CLOSES + SECOND) is Sight.OVER


def stop(position: int, *boxes: Box, household: int | None = None) -> SheetStop:
    kitchen = 1 if household is None else None
    return SheetStop(position, kitchen, household, 60_000 + 600 * position, 200, 450, boxes)


BEANS_1, BEANS_2, TARO_2 = Box(1, "豆のごはん", 2), Box(2, "豆のごはん", 1), Box(2, "里芋の弁当", 1)
STOPS = (
    stop(1, BEANS_1, TARO_2, BEANS_2),
    stop(2, BEANS_1, household=1),
    stop(3, BEANS_2, TARO_2, household=2),
)


def test_boxes_are_counted_by_dish_at_the_kitchen() -> None:
    assert by_dish(STOPS[0].boxes) == (
        Collected("豆のごはん", 3, (BEANS_1, BEANS_2)),
        Collected("里芋の弁当", 1, (TARO_2,)),
    )
    assert by_dish([BEANS_2, BEANS_2]) == (Collected("豆のごはん", 2, (Box(2, "豆のごはん", 2),)),)
    assert by_dish([]) == ()


def test_a_route_in_one_line_counts_homes_once_and_meals_at_doors() -> None:
    again = stop(4, BEANS_1, household=1)
    sums = totals((*STOPS, again))
    assert (sums.homes, sums.portions) == (2, 6)
    assert (sums.travel_seconds, sums.travel_minutes, sums.distance_metres) == (800, 14, 1800)
    assert sums.first_seconds == 60_600
    assert totals(()).first_seconds is None


def test_doors_are_numbered_without_kitchens() -> None:
    assert door_numbers(STOPS) == {2: 1, 3: 2}
