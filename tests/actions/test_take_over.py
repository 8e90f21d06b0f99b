"""Somebody takes a course over: one of those who press, with what is left of it, and the alarm falls away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import select

from sharemeal.actions.cancel_route import take_back_cancel
from sharemeal.actions.escalate import escalate
from sharemeal.actions.record_visit import check_in
from sharemeal.actions.reminders import not_reminded
from sharemeal.actions.take_over import take_over
from sharemeal.actions.watch_over import notice_silences
from sharemeal.sentences import Refused
from sharemeal.store import service_days
from sharemeal.store.base import Store, transaction
from sharemeal.store.households import Household
from sharemeal.store.messages import Message
from sharemeal.store.service_days import Route
from sharemeal.store.visits import CheckIn, Whose
from sharemeal.visits import Means, Report
from sharemeal.volunteers import Mode
from sharemeal.watch import Ending, Kind
from tests.make.small_lab import DAY
from tests.make.stand_ins import Neighbours, T

MARGIN = timedelta(minutes=15)


def before(minutes: float) -> datetime:
    """So long before the first halt."""
    return T - timedelta(minutes=minutes)


@pytest.fixture
def friday(store: Store, now: datetime) -> Neighbours:
    return Neighbours(store, now)


def takes(friday: Neighbours, cover_id: int, volunteer_id: int, at: datetime) -> None:
    with friday.store.session(friday.lab_id, actor=f"volunteer {volunteer_id}") as session:
        take_over(session, cover_id, volunteer_id, now=at)


def taps(friday: Neighbours, home: int, person_id: int, at: datetime, contact: str = "seen") -> CheckIn:
    with friday.store.session(friday.lab_id, actor="test") as session:
        return check_in(
            session,
            friday.courses.stops[1, home],
            client_uuid=str(uuid4()),
            report=Report.read(contact, "usual", (), None, means=Means.DOOR),
            observed_at=at,
            reporter_id=person_id,
            now=at,
        ).check_in


def test_taken_over_in_time_nobody_is_alarmed(friday: Neighbours) -> None:
    homes = friday.expected(Whose.HOME)
    cover = friday.cancels(before(30))
    takes(friday, cover, friday.asked[0], before(20))
    takes(friday, cover, friday.asked[0], before(19))
    (concern,) = friday.concerns()
    assert concern.ended_as is Ending.TAKEN_OVER
    assert escalate(friday.store, now=before(0)) == 0
    assert friday.told("alert") == friday.told("all_clear") == []
    assert friday.courses_now() == {friday.asked[0]: [1, 2, 3], friday.volunteer_of(2): [1, 4]}
    assert friday.expected(Whose.HOME) == homes
    due = [each for each in friday.expected(Whose.VOLUNTEER) if each[0] == friday.asked[0]]
    assert [moment for _, moment, _ in due] == [
        T + timedelta(minutes=10 * stop) + MARGIN for stop in range(4)
    ]
    assert all(waits for _, _, waits in due)
    with friday.store.session(friday.lab_id) as session:
        day = service_days.on(session, DAY)
        assert day is not None
        assert friday.person_of(friday.asked[0]) in not_reminded(session, day), "the sheet is sent to them"


def test_taken_over_later_the_first_halts_are_expected_later(friday: Neighbours) -> None:
    cover = friday.cancels(before(30))
    escalate(friday.store, now=before(15))
    with friday.store.session(friday.lab_id, actor="test") as session, transaction(session, before(14)):
        for message in session.scalars(select(Message).where(Message.purpose == "alert")):
            message.intent_at = before(14)
    takes(friday, cover, friday.asked[1], before(-12))
    due = [moment for who, moment, _ in friday.expected(Whose.VOLUNTEER) if who == friday.asked[1]]
    late = before(-12) + MARGIN
    assert due == [late, late, before(-20) + MARGIN, before(-30) + MARGIN]
    assert [person for person, _ in friday.told("all_clear")] == [friday.courses.boss]


def test_a_silent_stand_in_is_noticed_like_anybody(friday: Neighbours) -> None:
    cover = friday.cancels(before(30))
    takes(friday, cover, friday.asked[0], before(20))
    notice_silences(friday.store, now=before(-16))
    silent = {each.volunteer_id for each in friday.concerns() if each.kind is Kind.SILENT_VOLUNTEER}
    assert friday.asked[0] in silent
    assert friday.walker not in silent


def test_of_two_at_once_exactly_one_goes(friday: Neighbours) -> None:
    cover, together = friday.cancels(before(30)), Barrier(2)

    def press(volunteer_id: int) -> str | None:
        with friday.store.session(friday.lab_id, actor=f"volunteer {volunteer_id}") as session:
            together.wait(timeout=10)
            try:
                take_over(session, cover, volunteer_id, now=before(20))
            except Refused as refusal:
                return str(refusal)
        return None

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(press, friday.asked))
    assert said.count(None) == 1
    assert "もう決まりました" in next(each for each in said if each)
    assert friday.courses_now()[friday.asked[said.index(None)]] == [1, 2, 3]


def test_what_was_ended_stays_with_who_ended_it(friday: Neighbours) -> None:
    first, second = friday.courses.people[1], friday.person_of(friday.asked[0])
    taps(friday, 1, first, before(-10))
    cover = friday.cancels(before(-12))
    takes(friday, cover, friday.asked[0], before(-14))
    assert friday.courses_now() == {
        friday.walker: [1],
        friday.volunteer_of(2): [1, 4],
        friday.asked[0]: [2, 3],
    }
    with friday.store.session(friday.lab_id) as session:
        rest = session.scalars(select(Route).where(Route.volunteer_id == friday.asked[0])).one()
        assert [(stop.position, stop.begins_seconds // 60) for stop in rest.stops] == [(1, 1040), (2, 1050)]
        assert (rest.travel_seconds, rest.planned_mode) == (600, Mode.BICYCLE)
        assert not [route for route in session.scalars(select(Route)) if route.cancelled_at is not None]
    taps(friday, 2, second, before(-20))
    with pytest.raises(Refused, match="あなたのコースにありません"):
        taps(friday, 1, second, before(-21))


def test_what_the_first_one_s_telephone_sends_late_is_not_lost(friday: Neighbours) -> None:
    """Recorded out of signal, cancelled by telephone, taken over: then the signal comes back."""
    first = friday.courses.people[1]
    cover = friday.cancels(before(-12))
    takes(friday, cover, friday.asked[0], before(-13))
    assert taps(friday, 1, first, before(-14)).reporter_id == first
    still = [who for who, _, waits in friday.expected(Whose.VOLUNTEER) if waits and who == friday.asked[0]]
    assert len(still) == 3, "it says nothing of who goes now"
    with pytest.raises(Refused, match="あなたのコースにありません"):
        taps(friday, 2, friday.courses.people[2], before(-15))


def test_the_silence_of_whom_nobody_reached_goes_on(friday: Neighbours) -> None:
    notice_silences(friday.store, now=before(-15))
    cover = friday.cancels(before(-16), unheard=True)
    takes(friday, cover, friday.asked[0], before(-17))
    concern = next(each for each in friday.concerns() if each.volunteer_id == friday.walker)
    assert (concern.kind, concern.ended_at) == (Kind.SILENT_VOLUNTEER, None)


def test_heard_of_after_all_it_falls_away(friday: Neighbours) -> None:
    friday.cancels(before(-16), unheard=True)
    cover = friday.cancels(before(-17))
    takes(friday, cover, friday.asked[0], before(-18))
    assert friday.concerns()[0].ended_as is Ending.TAKEN_OVER


def test_a_stand_in_may_fall_out_too(friday: Neighbours) -> None:
    takes(friday, friday.cancels(before(60)), friday.asked[1], before(50))
    again = friday.cancels(before(40), number=12)
    takes(friday, again, friday.asked[0], before(35))
    assert [each.ended_as for each in friday.concerns()] == [Ending.TAKEN_OVER, Ending.TAKEN_OVER]
    with friday.store.session(friday.lab_id) as session:
        route = session.scalars(select(Route).where(Route.volunteer_id == friday.asked[0])).one()
        assert route.planned_mode is Mode.BICYCLE, "the times are those of who was planned"


def test_who_may_not_go_is_told_why(friday: Neighbours) -> None:
    cover = friday.cancels(before(30))
    with friday.store.session(friday.lab_id, actor="test") as session, transaction(session, before(30)):
        session.get_one(Household, friday.courses.homes[2]).skills = frozenset({"手話"})
    with pytest.raises(Refused, match="別のコースがあります"):
        takes(friday, cover, friday.volunteer_of(2), before(20))
    with pytest.raises(Refused, match="手話のできる人"):
        takes(friday, cover, friday.asked[0], before(20))
    with pytest.raises(Refused, match="いまお届けに加わっていません"):
        takes(friday, cover, friday.others["gone"], before(20))
    with pytest.raises(LookupError):
        takes(friday, cover, friday.stranger, before(20))
    with friday.store.session(friday.stranger_lab) as session, pytest.raises(LookupError):
        take_over(session, cover, friday.stranger, now=before(20))


def test_what_was_taken_back_cannot_be_taken_and_the_other_way_round(friday: Neighbours) -> None:
    cover = friday.cancels(before(30))
    with friday.store.session(friday.lab_id, actor="test") as session:
        take_back_cancel(session, DAY, friday.walker, now=before(29))
    with pytest.raises(Refused, match="もういらなくなりました"):
        takes(friday, cover, friday.asked[0], before(28))
    takes(friday, friday.cancels(before(27)), friday.asked[0], before(26))
    with (
        friday.store.session(friday.lab_id, actor="test") as session,
        pytest.raises(Refused, match="もう代わりの人が決まりました"),
    ):
        take_back_cancel(session, DAY, friday.walker, now=before(25))


def test_the_silence_that_was_taken_over_with_the_course_is_told_no_more(friday: Neighbours) -> None:
    notice_silences(friday.store, now=before(-15))
    takes(friday, friday.cancels(before(-16)), friday.asked[0], before(-17))
    concern = next(each for each in friday.concerns() if each.volunteer_id == friday.walker)
    assert concern.ended_as is Ending.TAKEN_OVER
    due = [
        moment for who, moment, waits in friday.expected(Whose.VOLUNTEER) if who == friday.asked[0] and waits
    ]
    assert len(due) == 4, "what joined the concern is expected of the stand-in all the same"
