"""A volunteer cancels half an hour before: the homes stay due, the right people are asked, the alarm comes at T − 15."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from sharemeal.actions.call_off import call_off
from sharemeal.actions.cancel_route import take_back_cancel
from sharemeal.actions.close_day import close_day
from sharemeal.actions.escalate import escalate
from sharemeal.actions.fix_day import reopen_day
from sharemeal.actions.record_visit import check_in
from sharemeal.actions.take_up import take_up
from sharemeal.actions.watch_over import notice_silences
from sharemeal.alerts import AlertState
from sharemeal.sentences import Refused
from sharemeal.store.base import Store
from sharemeal.store.messages import Message
from sharemeal.store.people import SignInLink
from sharemeal.store.service_days import Route
from sharemeal.store.visits import Whose
from sharemeal.store.volunteers import answers_on
from sharemeal.visits import Means, Report
from sharemeal.watch import Ending, Kind
from tests.make.small_lab import DAY
from tests.make.stand_ins import Neighbours, T


def before(minutes: float) -> datetime:
    """So long before the first halt."""
    return T - timedelta(minutes=minutes)


@pytest.fixture
def friday(store: Store, now: datetime) -> Neighbours:
    return Neighbours(store, now)


def taps(friday: Neighbours, home: int, at: datetime, *, number: int = 1) -> None:
    """The volunteer of that number records the door of that home on course 1."""
    with friday.store.session(friday.lab_id, actor="test") as session:
        check_in(
            session,
            friday.courses.stops[1, home],
            client_uuid=str(uuid4()),
            report=Report.read("seen", "usual", (), None, means=Means.DOOR),
            observed_at=at,
            reporter_id=friday.courses.people[number],
            now=at,
        )


def take_back(friday: Neighbours, at: datetime) -> bool:
    with friday.store.session(friday.lab_id, actor="test") as session:
        return take_back_cancel(session, DAY, friday.walker, now=at)


def test_the_homes_stay_due_and_one_concern_stands_for_the_course(friday: Neighbours) -> None:
    homes = friday.expected(Whose.HOME)
    friday.cancels(before(30))
    assert friday.expected(Whose.HOME) == homes, "not a minute later"
    others = friday.expected(Whose.VOLUNTEER)
    assert {volunteer for volunteer, _, waits in others if waits} == {friday.volunteer_of(2)}
    (concern,) = friday.concerns()
    assert (concern.kind, concern.volunteer_id, concern.ended_at) == (Kind.NO_CARRIER, friday.walker, None)
    with friday.store.session(friday.lab_id) as session:
        (route,) = session.scalars(select(Route).where(Route.cancelled_at.is_not(None)))
        assert route.volunteer_id == friday.walker
        assert answers_on(session, DAY)[friday.walker] is False, "planned anew, they are not in it"


def test_those_who_can_are_asked_and_nobody_else(friday: Neighbours) -> None:
    friday.cancels(before(30))
    asked = [person for person, _ in friday.told("step_in")]
    assert asked == [friday.person_of(each) for each in friday.asked]
    with friday.store.session(all_labs=True) as session:
        assert set(session.scalars(select(Message.lab_id))) == {friday.lab_id}, "no stranger hears of it"
        links = list(session.scalars(select(SignInLink).where(SignInLink.person_id.in_(asked))))
    assert [link.service_date for link in links] == [DAY, DAY]


def test_the_alarm_is_told_a_quarter_of_an_hour_before_and_not_earlier(friday: Neighbours) -> None:
    friday.cancels(before(30))
    assert escalate(friday.store, now=before(15.1)) == 0
    assert friday.told("alert") == []
    assert escalate(friday.store, now=before(15)) == 1
    assert [person for person, _ in friday.told("alert")] == [friday.courses.boss]


def test_later_than_that_it_is_told_at_once(friday: Neighbours) -> None:
    friday.cancels(before(10))
    assert [person for person, _ in friday.told("alert")] == [friday.courses.boss]


def test_nobody_goes_so_the_chain_is_told_and_later_each_home_s_silence(friday: Neighbours) -> None:
    friday.cancels(before(30))
    for minutes in (15, 0):
        escalate(friday.store, now=before(minutes))
    assert [person for person, _ in friday.told("alert")] == [friday.courses.boss, friday.courses.second]
    notice_silences(friday.store, now=before(-60))
    silent = [each.volunteer_id for each in friday.concerns() if each.kind is Kind.SILENT_VOLUNTEER]
    assert silent == [friday.volunteer_of(2)], "who cannot come is not silent beside it"
    notice_silences(friday.store, now=before(-150))
    homes = {each.household_id for each in friday.concerns() if each.kind is Kind.SILENT_HOME}
    assert homes == {friday.courses.homes[number] for number in (1, 2, 3, 4)}
    assert friday.concerns()[0].ended_at is None


def test_said_twice_it_is_said_once(friday: Neighbours) -> None:
    assert friday.cancels(before(30)) == friday.cancels(before(29))
    assert len(friday.concerns()) == 1
    assert len(friday.told("step_in")) == 2


def test_after_the_last_door_nothing_is_left_to_cancel(friday: Neighbours) -> None:
    for home in (1, 2, 3):
        taps(friday, home, before(-10 * home))
    with pytest.raises(Refused, match="もうすべて終わっています"):
        friday.cancels(before(-40))
    assert friday.concerns() == []


def test_who_has_no_course_has_nothing_to_cancel(friday: Neighbours) -> None:
    with friday.store.session(friday.lab_id) as session, pytest.raises(LookupError):
        take_back_cancel(session, DAY, friday.asked[0], now=before(30))
    with friday.store.session(friday.stranger_lab) as session, pytest.raises(Refused):
        take_back_cancel(session, DAY, friday.walker, now=before(30))


def test_taken_back_everything_is_as_before(friday: Neighbours) -> None:
    stops = friday.expected(Whose.VOLUNTEER)
    friday.cancels(before(30))
    assert take_back(friday, before(25)) is True
    assert take_back(friday, before(24)) is False, "taken back twice is taken back"
    assert friday.expected(Whose.VOLUNTEER) == stops
    (concern,) = friday.concerns()
    assert concern.ended_as is Ending.WITHDRAWN
    assert {state for _, state in friday.told("step_in")} == {"withdrawn"}, "nobody is asked any more"
    assert escalate(friday.store, now=before(0)) == 0
    friday.cancels(before(20))
    assert len(friday.told("step_in")) == 4, "a second time is a second question"


def test_taken_back_late_the_stops_get_their_margin(friday: Neighbours) -> None:
    friday.cancels(before(30))
    take_back(friday, before(-40))
    due = [moment for volunteer, moment, _ in friday.expected(Whose.VOLUNTEER) if volunteer == friday.walker]
    assert min(due) == before(-40) + timedelta(minutes=15)


def test_it_joins_the_silence_of_who_cancels_late(friday: Neighbours) -> None:
    notice_silences(friday.store, now=before(-15))
    silent = next(each for each in friday.concerns() if each.volunteer_id == friday.walker)
    friday.cancels(before(-16))
    joined = next(each for each in friday.concerns() if each.volunteer_id == friday.walker)
    assert (joined.id, joined.kind) == (silent.id, Kind.NO_CARRIER)
    told = len(friday.told("alert"))
    assert notice_silences(friday.store, now=before(-17)) == 0, "it does not alarm twice"
    assert len(friday.told("alert")) == told


def test_a_door_that_is_done_all_the_same_leaves_the_others_without_anybody(friday: Neighbours) -> None:
    friday.cancels(before(30))
    taps(friday, 1, before(-10))
    assert friday.concerns()[0].ended_at is None, "two doors are left"
    taps(friday, 2, before(-20))
    taps(friday, 3, before(-30))
    assert friday.concerns()[0].ended_as is Ending.MET


def test_who_has_taken_the_concern_up_keeps_it(friday: Neighbours) -> None:
    friday.cancels(before(30))
    with friday.store.session(friday.lab_id, actor="test") as session:
        take_up(session, friday.alerts()[0].id, friday.courses.boss, now=before(29))
    assert escalate(friday.store, now=before(0)) == 0
    assert friday.alerts()[0].state is AlertState.ACKED


def test_closing_the_day_carries_it_over(friday: Neighbours) -> None:
    friday.cancels(before(30))
    with friday.store.session(friday.lab_id, actor="test") as session:
        close_day(session, DAY, lost={}, by="clock", now=before(-180), nobody_to_ask=True)
    concern = next(each for each in friday.concerns() if each.kind is Kind.NO_CARRIER)
    assert (concern.ended_at, concern.carried_over_at) == (None, before(-180))
    silent = {each.household_id for each in friday.concerns() if each.kind is Kind.SILENT_HOME}
    assert len(silent) == 4, "and each home stands for itself"
    with pytest.raises(Refused, match="いま変えられません"):
        take_back(friday, before(-181))


@pytest.mark.parametrize("deed", ["call off", "reopen"])
def test_a_day_on_which_nobody_has_to_go_lets_it_fall_away(friday: Neighbours, deed: str) -> None:
    friday.cancels(before(30))
    with friday.store.session(friday.lab_id, actor="test") as session:
        if deed == "call off":
            call_off(session, DAY, why="台風", now=before(28))
        else:
            reopen_day(session, DAY, now=before(28))
    assert friday.concerns()[0].ended_as is Ending.WITHDRAWN
    assert {state for _, state in friday.told("step_in")} == {"withdrawn"}
    assert escalate(friday.store, now=before(0)) == 0
