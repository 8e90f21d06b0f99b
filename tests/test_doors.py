"""Today's number: nobody and no meal falls out of the sums, whatever is told of the doors."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharemeal.doors import (
    NOT_VISITED,
    Door,
    DoorState,
    TodaysNumber,
    planned_door,
    state_of,
    todays_number,
    word_of,
)
from sharemeal.visits import AT_THE_DOOR, Condition, Contact, Means

AT = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Said:
    """A report as a door counts it."""

    id: int
    contact: Contact
    condition: Condition | None = Condition.USUAL
    level: int = 0
    reporter_id: int = 1
    means: Means = Means.DOOR
    undone_at: datetime | None = None
    seen_at: datetime = AT


@pytest.mark.parametrize(
    ("reports", "state"),
    [
        ([], DoorState.WAITING),
        ([Said(1, Contact.SEEN)], DoorState.SEEN),
        ([Said(1, Contact.VOICE_ONLY)], DoorState.VOICE),
        ([Said(1, Contact.SEEN, Condition.DIFFERENT)], DoorState.DIFFERENT),
        ([Said(1, Contact.SEEN, level=1)], DoorState.DIFFERENT),
        ([Said(1, Contact.SEEN, Condition.WORRIED, 3)], DoorState.WORRIED),
        ([Said(1, Contact.UNSEEN_LEFT, None, 2)], DoorState.UNSEEN),
        ([Said(1, Contact.SEEN, undone_at=AT)], DoorState.WAITING),
        ([Said(1, Contact.UNSEEN_LEFT, None, 2), Said(2, Contact.SEEN)], DoorState.SEEN),
        ([Said(1, Contact.UNSEEN_LEFT, None, 2), Said(2, Contact.SEEN, reporter_id=2)], DoorState.UNSEEN),
        (
            [
                Said(1, Contact.UNSEEN_LEFT, None, 2),
                Said(2, Contact.VOICE_ONLY, reporter_id=2, means=Means.CALL),
            ],
            DoorState.HEARD_LATER,
        ),
        (
            [
                Said(1, Contact.VOICE_ONLY, reporter_id=2, means=Means.CALL),
                Said(2, Contact.UNSEEN_LEFT, None, 2),
            ],
            DoorState.UNSEEN,
        ),
    ],
)
def test_a_door_stands_as_its_gravest_report_has_it(reports: list[Said], state: DoorState) -> None:
    assert state_of(reports, overdue=False) is state


def test_a_door_without_a_word_is_silent_once_its_time_is_over() -> None:
    assert state_of([], overdue=True) is DoorState.SILENT
    assert state_of([Said(1, Contact.SEEN)], overdue=True) is DoorState.SEEN


def test_a_call_brings_no_meal() -> None:
    door = planned_door(1, 2, AT, [Said(1, Contact.VOICE_ONLY, means=Means.CALL)], overdue=False)
    assert (door.met, door.delivered) == (True, None)
    number = todays_number([door])
    assert (number.met, number.handed, number.carried) == (1, 0, 2)
    nobody = planned_door(2, 1, AT, [Said(1, Contact.NOT_REACHED, None, 2, means=Means.CALL)], overdue=False)
    assert word_of(nobody) == "電話に出ない"


def test_the_number_is_said_in_words() -> None:
    assert str(TodaysNumber(10, 10, 9, 24, 22, 0, 2).in_words) == "10軒すべてをたずね、9軒で会えました。"
    assert str(TodaysNumber(10, 10, 9, 24, 22, 0, 2).meals_in_words) == "24食＝手渡し22＋持ち帰り2"
    assert str(TodaysNumber(10, 6, 6, 24, 14, 0, 0).in_words) == "10軒のうち6軒をたずね、6軒で会えました。"
    assert str(TodaysNumber(10, 6, 6, 24, 14, 0, 0).meals_in_words) == "24食＝手渡し14＋これから10"
    assert str(TodaysNumber(4, 4, 4, 8, 8, 0, 0).in_words) == "4軒すべてをたずね、みなさんに会えました。"
    assert str(TodaysNumber(4, 0, 0, 8, 0, 0, 0).in_words) == "これから4軒をたずねます。"
    assert str(TodaysNumber(0, 0, 0, 0, 0, 0, 0).in_words) == "お届けする家はありません。"


said = st.builds(
    Said,
    id=st.integers(1, 50),
    contact=st.sampled_from(AT_THE_DOOR),
    condition=st.sampled_from([None, *Condition]),
    level=st.integers(0, 3),
    reporter_id=st.integers(1, 3),
    means=st.sampled_from(Means),
    undone_at=st.sampled_from([None, AT]),
)
planned = st.builds(
    lambda number, portions, reports, overdue: planned_door(number, portions, AT, reports, overdue=overdue),
    st.integers(1, 30),
    st.integers(1, 6),
    st.lists(said, max_size=5, unique_by=lambda each: each.id),
    st.booleans(),
)
left_out = st.builds(Door, st.integers(1, 30), st.sampled_from(sorted(NOT_VISITED)))


@given(st.lists(planned | left_out, max_size=12))
def test_the_law_of_the_number(doors: list[Door]) -> None:
    """Every planned home is met, not met or to come; every meal handed over, left, brought back or on its way."""
    number = todays_number(doors)
    going = [door for door in doors if door.state not in NOT_VISITED]
    assert number.planned == len(going) == number.met + number.unmet + number.to_come
    assert min(number.met, number.unmet, number.to_come, number.carried) >= 0
    assert number.meals == sum(door.portions for door in going)
    assert number.meals == number.handed + number.left + number.returned + number.carried
