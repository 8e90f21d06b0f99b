"""Who is next in the chain, what wakes whom, and when a step is due by a clock that may have been set."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharemeal.alerts import (
    ACK_LIVES,
    PACE,
    WORRIED_PACE,
    AlertState,
    Chain,
    Hours,
    Link,
    ack_is_over,
    chain_of,
    may_be_taken_up,
    step_is_due,
    wakes,
)
from sharemeal.sentences import Refused
from sharemeal.watch import Kind, Level

NOON = datetime(2026, 11, 27, 12, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
NIGHT = NOON.replace(hour=23)
NOW = NOON.astimezone(UTC)
DAYTIME = Hours(time(8), time(21))
times = st.times()
hours = st.none() | st.builds(lambda begin, end: None if begin == end else Hours(begin, end), times, times)
people = st.lists(st.integers(1, 9), max_size=4, unique=True)


def chain(contacts: Sequence[int], admins: Sequence[int] = ()) -> Chain:
    return Chain(tuple(map(Link, contacts)), tuple(map(Link, admins)))


def told(chain: Chain, steps: int, local: datetime = NOON, *, wakes: bool = True) -> list[int]:
    """Who is told one after the other, while nobody takes it up."""
    so_far: list[int] = []
    for _ in range(steps):
        link = chain.recipient(so_far, local, wakes=wakes)
        if link is None:
            break
        so_far.append(link.person_id)
    return so_far


def test_the_chain_widens_and_goes_round() -> None:
    assert told(chain((1, 2), (9,)), 8) == [1, 2, 9, 1, 2, 9, 1, 2]


def test_without_contacts_the_admins_are_told_and_with_nobody_nobody() -> None:
    assert told(chain((), (9, 8)), 3) == [9, 8, 9]
    assert told(chain(()), 1) == []


@given(contacts=people, admins=people, start=st.integers(0, 20))
def test_nobody_of_the_chain_is_passed_over(contacts: list[int], admins: list[int], start: int) -> None:
    everybody = {*contacts, *admins}
    assert set(told(chain(contacts, admins), start + len(everybody))[start:]) == everybody


@given(st.lists(st.tuples(st.integers(1, 9), hours), max_size=4, unique_by=lambda each: each[0]), times)
def test_quiet_hours_hold_nobody_back_from_worry_and_wake_nobody_for_less(
    contacts: list[tuple[int, Hours | None]], at: time
) -> None:
    links = Chain(tuple(Link(*each) for each in contacts))
    local = datetime.combine(NOON.date(), at, NOON.tzinfo)
    everybody = {each.person_id for each in links.links}
    awake = {each.person_id for each in links.links if each.awake(local)}
    assert set(told(links, len(everybody), local)) == everybody
    assert set(told(links, len(awake), local)[: len(awake)]) == awake, "who is awake comes first"
    assert set(told(links, 2 * len(everybody), local, wakes=False)) == awake
    if everybody and not awake:
        begins = links.next_hours(local)
        assert begins is not None
        assert timedelta(0) < begins - local <= timedelta(days=1)
        assert told(links, 1, begins, wakes=False)


def test_what_is_not_urgent_waits_for_the_morning() -> None:
    asleep = Chain((Link(1, DAYTIME), Link(2, Hours(time(6), time(9)))))
    assert told(asleep, 2, NIGHT, wakes=False) == []
    assert asleep.next_hours(NIGHT) == NIGHT.replace(day=28, hour=6)
    assert told(asleep, 3, NIGHT) == [1, 2, 1]
    assert told(asleep, 1, NOON, wakes=False) == [1]


def test_hours_reach_over_midnight_and_are_not_empty() -> None:
    late = Hours(time(22), time(6))
    assert [late.cover(time(hour)) for hour in (21, 22, 0, 5, 6)] == [False, True, True, True, False]
    with pytest.raises(Refused, match="始まりと終わりが同じ"):
        Hours(time(8), time(8))


def test_worry_no_answer_and_silence_wake_people() -> None:
    waking = {kind for kind in Kind if wakes(Level.TODAY, kind)}
    assert waking == {
        Kind.UNSEEN,
        Kind.NOT_REACHED,
        Kind.SILENT_HOME,
        Kind.SILENT_VOLUNTEER,
        Kind.NO_CARRIER,
    }
    assert all(wakes(Level.NOW, kind) for kind in Kind)


@given(st.lists(st.builds(Link, st.integers(1, 9), hours, st.sampled_from(["ja", "en"])), max_size=4))
def test_a_chain_is_stored_and_read(links: list[Link]) -> None:
    for each in (Chain(tuple(links)), Chain((), tuple(links))):
        assert Chain.from_json(each.as_json()) == each


def test_confirmed_contacts_go_before_everybody_with_a_number() -> None:
    one, two, three, boss = map(Link, (1, 2, 3, 9))
    assert chain_of([three], [one, two], [boss]) == Chain((three,), (boss,))
    assert chain_of([], [one, two], [boss]) == Chain((one, two), (boss,))


@pytest.mark.parametrize("pace", [WORRIED_PACE, PACE])
@given(step=st.timedeltas(timedelta(hours=-2), timedelta(hours=2)))
def test_no_setting_of_the_clock_puts_a_step_off_for_longer_than_a_step(
    pace: timedelta, step: timedelta
) -> None:
    """``step`` is how far the wall clock was set the moment after the step was written down."""
    next_step_at, begins = NOW + pace, NOW + step
    waits = [
        minutes
        for minutes in range(0, 20)
        if step_is_due(
            AlertState.NOTIFYING, Kind.WORRIED, NOW, next_step_at, begins + timedelta(minutes=minutes)
        )
    ]
    assert waits, "at the latest a quarter of an hour and a minute later"


def test_what_waits_for_a_first_look_is_due_when_it_was_opened_in_the_future() -> None:
    def due(set_back: timedelta) -> bool:
        return step_is_due(AlertState.WAITING, Kind.UNSEEN, NOW, NOW + PACE, NOW - set_back)

    assert not due(timedelta(0))
    assert due(timedelta(hours=1))
    assert not step_is_due(AlertState.ACKED, Kind.UNSEEN, NOW, None, NOW)


def test_a_hold_for_quiet_hours_is_no_step_that_was_set_too_far() -> None:
    morning = NOW + timedelta(hours=9)
    assert not step_is_due(AlertState.NOTIFYING, Kind.OBSERVED, NOW, morning, NOW)
    assert step_is_due(AlertState.NOTIFYING, Kind.OBSERVED, NOW, morning, morning)


@given(st.timedeltas(timedelta(hours=-3), timedelta(hours=3)))
def test_an_ack_lives_for_no_longer_than_it_should(set_off: timedelta) -> None:
    expires = NOW + ACK_LIVES
    held = [
        minutes
        for minutes in range(0, 200)
        if not ack_is_over(expires, NOW + set_off + timedelta(minutes=minutes))
    ]
    assert len(held) <= 47
    assert not ack_is_over(None, NOW)
    assert not ack_is_over(expires, NOW)


def test_one_person_has_it() -> None:
    may_be_taken_up(AlertState.NOTIFYING, None, 1, None)
    may_be_taken_up(AlertState.ACKED, 1, 1, "桜井")
    with pytest.raises(Refused, match="桜井さんが、もう引き受けています"):
        may_be_taken_up(AlertState.ACKED, 1, 2, "桜井")
    with pytest.raises(Refused, match="もう終わっています"):
        may_be_taken_up(AlertState.ENDED, 1, 1, "桜井")
