"""A route sheet opens two hours before the shift and closes two hours after; its sums are those of the route."""

from datetime import UTC, date, datetime, timedelta

import pytest

from sharemeal.households import ConsentItem
from sharemeal.labs import LabRules
from sharemeal.sentences import Refused
from sharemeal.service_days import DayState
from sharemeal.sheets import (
    Box,
    Collected,
    SheetStop,
    by_dish,
    door_numbers,
    may_be_seen,
    next_stop,
    sheet_hours,
    shown_fields,
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
    assert OPENS in HOURS
    assert CLOSES in HOURS
    assert OPENS - SECOND not in HOURS
    assert CLOSES + SECOND not in HOURS


@pytest.mark.parametrize("state", [DayState.FIXED, DayState.UNDER_WAY, DayState.CLOSED])
@pytest.mark.parametrize("now", [OPENS, CLOSES])
def test_a_settled_sheet_is_seen_in_its_hours(state: DayState, now: datetime) -> None:
    may_be_seen(HOURS, state, RULES, now)


@pytest.mark.parametrize(
    ("state", "now", "sentence"),
    [
        (DayState.FIXED, OPENS - SECOND, "11月27日の14:00からご覧ください"),
        (DayState.FIXED, CLOSES + SECOND, "もう見られません"),
        (DayState.DRAFT, OPENS, "順路はまだ決まっていません"),
        (DayState.DRAFT, CLOSES + SECOND, "もう見られません"),
    ],
)
def test_outside_its_hours_it_says_when(state: DayState, now: datetime, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        may_be_seen(HOURS, state, RULES, now)


def test_whom_to_call_in_need_is_shown_only_where_it_was_agreed() -> None:
    assert "emergency_contact" not in shown_fields({ConsentItem.MEALS, ConsentItem.WATCH_OVER})
    assert "emergency_contact" in shown_fields({ConsentItem.TELL_FAMILY})
    assert {"name", "address", "phone", "door_note"} <= set(shown_fields(()))


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


def test_the_next_stop_is_the_first_that_is_not_done() -> None:
    assert next_stop(STOPS, ()) is STOPS[0]
    assert next_stop(STOPS, {1, 3}) is STOPS[1]
    assert next_stop(STOPS, {1, 2, 3}) is None
