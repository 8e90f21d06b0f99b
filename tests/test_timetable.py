"""What the clock does for a service day, when, and until when."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharemeal.labs import LabRules
from sharemeal.timetable import Step, days_on_the_clock, timetable
from sharemeal.volunteers import Shift

FRIDAY = date(2026, 11, 27)
HOUR = 3600
RULES = LabRules()
EVENING = timetable(RULES, FRIDAY, [Shift(16 * HOUR, 19 * HOUR), Shift(15 * HOUR, 18 * HOUR)])


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=RULES.zone)


def test_a_friday_by_the_defaults() -> None:
    told = [
        (moment.step.value, f"{moment.at.astimezone(RULES.zone):%m-%d %H:%M}") for moment in EVENING.moments
    ]
    assert told == [
        ("remind_kitchens", "11-26 10:00"),
        ("cut_off", "11-26 15:00"),
        ("draft_plan", "11-26 15:05"),
        ("remind_coordinators", "11-26 17:00"),
        ("remind_volunteers", "11-26 17:00"),
        ("start_day", "11-27 13:00"),
        ("close_day", "11-27 21:00"),
    ]


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("2026-11-26T09:59", []),
        ("2026-11-26T10:00", [Step.REMIND_KITCHENS]),
        ("2026-11-26T15:00", [Step.CUT_OFF]),
        ("2026-11-26T15:06", [Step.CUT_OFF, Step.DRAFT_PLAN]),
        (
            "2026-11-26T17:00",
            [Step.CUT_OFF, Step.DRAFT_PLAN, Step.REMIND_COORDINATORS, Step.REMIND_VOLUNTEERS],
        ),
        ("2026-11-27T19:00", [Step.START_DAY]),
        ("2026-12-27T19:00", [Step.START_DAY, Step.CLOSE_DAY]),
    ],
)
def test_what_is_due_and_what_is_too_late(at: str, due: list[Step]) -> None:
    assert EVENING.due(local(at)) == due


def test_what_comes_next() -> None:
    following = EVENING.next(local("2026-11-26T15:00"))
    assert following is not None
    assert following.step is Step.DRAFT_PLAN
    assert EVENING.next(local("2026-11-27T21:00")) is None
    assert EVENING.begins == EVENING.at(Step.REMIND_KITCHENS).at


def test_a_cut_off_on_the_day_itself_reminds_nobody_before_it() -> None:
    day = timetable(LabRules(cutoff_days_before=0, cutoff_time=time(9, 30)), FRIDAY)
    assert day.at(Step.REMIND_KITCHENS).at == local("2026-11-27T08:30")
    assert day.at(Step.REMIND_COORDINATORS).at == local("2026-11-27T10:00")


def test_days_on_the_clock_are_todays_and_those_near_their_cut_off() -> None:
    assert days_on_the_clock(RULES, local("2026-11-25T12:00")) == []
    assert days_on_the_clock(RULES, local("2026-11-26T00:00")) == [FRIDAY]
    assert days_on_the_clock(RULES, local("2026-11-27T23:59")) == [FRIDAY]
    assert days_on_the_clock(RULES, local("2026-12-31T12:00")) == []
    long_before = LabRules(cutoff_days_before=8)
    assert days_on_the_clock(long_before, local("2026-11-20T12:00")) == [date(2026, 11, 20), FRIDAY]


@given(
    st.integers(0, 6),
    st.times().map(lambda each: each.replace(second=0, microsecond=0)),
    st.times().map(lambda each: each.replace(second=0, microsecond=0)),
    st.lists(st.tuples(st.integers(0, 12 * HOUR), st.integers(1, 11 * HOUR)), max_size=4),
)
def test_moments_come_in_order_and_the_day_closes_last(
    days_before: int, cutoff: time, confirm: time, shifts: list[tuple[int, int]]
) -> None:
    rules = LabRules(cutoff_days_before=days_before, cutoff_time=cutoff, confirm_time=confirm)
    table = timetable(rules, FRIDAY, [Shift(starts, starts + length) for starts, length in shifts])
    moments = [moment.at for moment in table.moments]
    assert moments == sorted(moments)
    assert [moment.step for moment in table.moments if moment.at.tzinfo is UTC] == [
        moment.step for moment in table.moments
    ]
    assert {moment.step for moment in table.moments} == set(Step)
    assert table.at(Step.START_DAY).at < table.at(Step.CLOSE_DAY).at
    assert table.at(Step.REMIND_KITCHENS).at <= table.at(Step.CUT_OFF).at - timedelta(hours=1)
