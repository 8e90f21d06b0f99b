"""Holidays, お盆 and the year's end; and the service days of a lab, which pass over all of them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharemeal.calendar_days import rest_of
from sharemeal.labs import LabRules

FRIDAYS = LabRules()
DAYS = st.dates(date(2026, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2026-08-12", None),
        ("2026-08-13", "お盆"),
        ("2026-08-16", "お盆"),
        ("2026-08-17", None),
        ("2026-09-22", "国民の休日"),
        ("2026-11-23", "勤労感謝の日"),
        ("2026-12-28", None),
        ("2026-12-29", "年末年始"),
        ("2027-01-01", "元日"),
        ("2027-01-03", "年末年始"),
        ("2027-01-04", None),
        ("2027-03-22", "春分の日の振替休日"),
    ],
)
def test_days_on_which_people_rest_say_why(day: str, why: str | None) -> None:
    rest = rest_of(date.fromisoformat(day))
    assert (None if rest is None else str(rest)) == why


def test_a_friday_that_is_new_year_is_passed_over() -> None:
    days = FRIDAYS.service_days_from(date(2026, 12, 24), 4)
    assert days == [date(2026, 12, 25), date(2027, 1, 8), date(2027, 1, 15), date(2027, 1, 22)]
    assert FRIDAYS.service_day_after(date(2026, 12, 25)) == date(2027, 1, 8)
    assert FRIDAYS.service_days_before(date(2027, 1, 8), 2) == [date(2026, 12, 18), date(2026, 12, 25)]
    assert not FRIDAYS.serves_on(date(2027, 1, 1))
    assert str(FRIDAYS.rest(date(2027, 1, 1))) == "元日"


def test_a_monday_lab_rests_on_a_monday_holiday() -> None:
    mondays = LabRules(weekday=0)
    assert mondays.service_days_from(date(2026, 11, 17), 2) == [date(2026, 11, 30), date(2026, 12, 7)]
    assert mondays.coming_service_date(datetime(2026, 11, 22, 20, 0, tzinfo=UTC)) == date(2026, 11, 30)


def test_a_lab_may_serve_although_others_rest() -> None:
    holiday = date(2026, 11, 23)
    by_hand = LabRules(weekday=0, open_days=frozenset({holiday.isoformat()}))
    always = LabRules(weekday=0, rests_on_holidays=False)
    assert by_hand.serves_on(holiday)
    assert always.serves_on(holiday)
    assert not by_hand.serves_on(date(2027, 1, 11))


def test_a_day_that_was_closed_by_hand_stays_closed_even_if_it_was_opened_too() -> None:
    day = date(2026, 12, 4)
    both = LabRules(closed_days=frozenset({day.isoformat()}), open_days=frozenset({day.isoformat()}))
    assert not both.serves_on(day)
    assert str(both.rest(day)) == "世話人がお休みにした日"


@given(
    first=DAYS,
    weekday=st.integers(0, 6),
    closed=st.frozensets(DAYS.map(date.isoformat), max_size=30),
    opened=st.frozensets(DAYS.map(date.isoformat), max_size=30),
    rests=st.booleans(),
    count=st.integers(1, 12),
)
def test_service_days_ascend_and_none_of_them_rests(
    first: date, weekday: int, closed: frozenset[str], opened: frozenset[str], rests: bool, count: int
) -> None:
    rules = LabRules(weekday=weekday, rests_on_holidays=rests, closed_days=closed, open_days=opened)
    days = rules.service_days_from(first, count)
    assert len(days) == count
    assert days == sorted(set(days))
    assert days[0] >= first
    assert all(rules.serves_on(day) for day in days)
    between = (first + timedelta(days=each) for each in range((days[-1] - first).days + 1))
    assert days == [day for day in between if rules.serves_on(day)]
    after = days[-1] + timedelta(days=1)
    assert rules.service_days_before(after, count) == days


@given(st.integers(0, 400))
def test_a_lab_that_closes_for_a_year_or_more_finds_its_next_day(weeks: int) -> None:
    friday = date(2026, 11, 27)
    closed = frozenset((friday + timedelta(weeks=week)).isoformat() for week in range(weeks))
    rules = LabRules(closed_days=closed, rests_on_holidays=False)
    assert rules.service_days_from(friday, 1) == [friday + timedelta(weeks=weeks)]
