"""Silence of a home and of a volunteer; a day that is called off; a day that is closed; who ends a concern."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from sharemeal.actions.call_off import call_off, record_call
from sharemeal.actions.close_day import close_day, figures
from sharemeal.actions.cook import cooked, take_back_cooked
from sharemeal.actions.escalate import escalate
from sharemeal.actions.fix_day import reopen_day
from sharemeal.actions.pause import decline
from sharemeal.actions.take_up import end_concern, snooze, take_up
from sharemeal.actions.watch_over import notice_silences
from sharemeal.alerts import ACK_LIVES, AlertState
from sharemeal.messages import MessageState
from sharemeal.sentences import Refused
from sharemeal.service_days import DayState
from sharemeal.store import service_days, visits
from sharemeal.store.base import Store, transaction
from sharemeal.store.batches import MealTally
from sharemeal.store.kitchens import Offer
from sharemeal.store.messages import Message
from sharemeal.store.visits import ClosedBy, Whose
from sharemeal.visits import Means, Report
from sharemeal.watch import Ending, Kind
from tests.make.round import FixedRound, later
from tests.make.small_lab import DAY

WINDOW_AND_PATIENCE = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
"""18:30 and half an hour in Yokohama."""


@pytest.fixture
def friday(store: Store, now: datetime) -> FixedRound:
    return FixedRound(store, now)


def test_every_planned_home_and_every_stop_is_expected(friday: FixedRound) -> None:
    with friday.lab.session() as session:
        day = service_days.on(session, DAY)
        assert day is not None
        homes = visits.expected_on(session, day.id)
        assert {each.household_id for each in homes} == {row.household_id for row in day.servings}
        assert all(each.due_at == WINDOW_AND_PATIENCE for each in homes)
        stops = [stop for route in day.routes for stop in route.stops]
        assert len(visits.expected_on(session, day.id, Whose.VOLUNTEER)) == len(stops)
        reopen_day(session, DAY, now=friday.lab.now)
        assert visits.expected_on(session, day.id) == []


def test_a_silent_volunteer_is_noticed_once_and_falls_away_when_heard(friday: FixedRound) -> None:
    assert notice_silences(friday.store, now=later(-60)) == 0
    noticed = notice_silences(friday.store, now=later(15))
    assert noticed >= 1
    assert notice_silences(friday.store, now=later(15)) == 0
    silent = [each for each in friday.concerns() if each.kind is Kind.SILENT_VOLUNTEER]
    assert len(silent) == len({each.volunteer_id for each in silent}) >= 1
    for home in (1, 2):
        friday.taps(home, "seen", at=later(16))
    assert {each.ended_as for each in friday.concerns()} == {Ending.MET}
    assert {alert.state for alert in friday.alerts()} == {AlertState.ENDED}


def test_a_silent_home_is_told_of_when_its_patience_ends(friday: FixedRound) -> None:
    friday.taps(1, "seen")
    notice_silences(friday.store, now=WINDOW_AND_PATIENCE)
    homes = [each for each in friday.concerns() if each.kind is Kind.SILENT_HOME]
    assert len(homes) == 1, "the home that was seen is not silent"
    friday.taps(2, "seen", at=WINDOW_AND_PATIENCE + timedelta(minutes=5))
    assert next(each for each in friday.concerns() if each.id == homes[0].id).ended_as is Ending.MET


def test_a_late_unseen_report_keeps_the_silence_s_alert(friday: FixedRound) -> None:
    notice_silences(friday.store, now=WINDOW_AND_PATIENCE)
    before = [each for each in friday.concerns() if each.kind is Kind.SILENT_HOME]
    friday.taps(2, "unseen_returned", at=WINDOW_AND_PATIENCE + timedelta(minutes=5))
    changed = next(
        each
        for each in friday.concerns()
        if each.id in {one.id for one in before} and each.kind is Kind.UNSEEN
    )
    assert changed.ended_at is None


def test_a_known_absence_ends_the_silence_and_the_expectation(friday: FixedRound) -> None:
    notice_silences(friday.store, now=WINDOW_AND_PATIENCE)
    with friday.lab.session() as session:
        day = service_days.on(session, DAY)
        assert day is not None
        homes = visits.expected_on(session, day.id)
        for expected in homes:
            assert expected.household_id is not None
            decline(session, expected.household_id, DAY, now=WINDOW_AND_PATIENCE)
    ended = {each.ended_as for each in friday.concerns() if each.kind is Kind.SILENT_HOME}
    assert ended == {Ending.ABSENT}


def test_taking_up_expires_without_an_outcome(friday: FixedRound) -> None:
    friday.taps(1, "seen", "worried")
    (alert,) = friday.alerts()
    with friday.lab.session() as session:
        for _ in range(2):
            take_up(session, alert.id, friday.boss, now=later(1))
        with pytest.raises(Refused, match="桜井さんが、もう引き受けています"):
            take_up(session, alert.id, friday.second, now=later(2))
        with pytest.raises(Refused, match="あとにできません"):
            snooze(session, alert.id, friday.boss, now=later(2))
    assert escalate(friday.store, now=later(1) + ACK_LIVES - timedelta(seconds=1)) == 0
    assert escalate(friday.store, now=later(1) + ACK_LIVES) == 1
    (alert,) = friday.alerts()
    assert (alert.state, alert.acked_by_id, alert.step) == (AlertState.NOTIFYING, None, 2)


def test_a_message_that_cannot_reach_hurries_the_next_person_but_does_not_run_in_circles(
    friday: FixedRound,
) -> None:
    friday.taps(1, "unseen_left")
    escalate(friday.store, now=later(15))
    for step in range(3):
        with friday.lab.session() as session, transaction(session, later(16 + step)):
            for message in session.scalars(select(Message)):
                message.state = MessageState.REFUSED
        escalate(friday.store, now=later(16 + step))
    told = [person for _, person, _ in friday.messages()]
    assert told == [friday.boss, friday.second], "both were tried at once; the second round waits its time"


def test_ending_tells_everyone_and_is_for_good(friday: FixedRound) -> None:
    friday.taps(1, "seen", "worried")
    escalate(friday.store, now=later(5))
    (concern,) = friday.concerns()
    with friday.lab.session() as session, transaction(session, later(5)):
        for message in session.scalars(select(Message)):
            message.state, message.intent_at = MessageState.DELIVERED, later(5)
    with friday.lab.session() as session:
        with pytest.raises(Refused, match="結果をえらんで"):
            end_concern(
                session, concern.id, ended_as=Ending.MET, memo="", person_id=friday.boss, now=later(6)
            )
        end_concern(
            session,
            concern.id,
            ended_as=Ending.SAFE,
            memo="電話で話せた",
            person_id=friday.boss,
            now=later(6),
        )
        with pytest.raises(Refused, match="ほかの人がもう終えています"):
            end_concern(
                session, concern.id, ended_as=Ending.FAMILY, memo="", person_id=friday.second, now=later(7)
            )
    clear = [person for purpose, person, _ in friday.messages() if purpose == "all_clear"]
    assert sorted(clear) == sorted([friday.boss, friday.second])
    assert escalate(friday.store, now=later(600)) == 0


def test_a_stranger_s_lab_finds_no_alert_of_ours(friday: FixedRound, store: Store, now: datetime) -> None:
    friday.taps(1, "seen", "worried")
    stranger = FixedRound(store, now, slug="tsuzuki")
    with stranger.lab.session() as session:
        with pytest.raises(LookupError):
            take_up(session, friday.alerts()[0].id, stranger.boss, now=later(1))
        with pytest.raises(LookupError):
            end_concern(
                session,
                friday.concerns()[0].id,
                ended_as=Ending.SAFE,
                memo="",
                person_id=stranger.boss,
                now=later(1),
            )


def call(friday: FixedRound, home: int, contact: str, at: datetime) -> None:
    with friday.lab.session() as session:
        report = Report.read(contact, None, (), None, means=Means.CALL)
        record_call(
            session, DAY, home, client_uuid=str(uuid4()), report=report, reporter_id=friday.boss, now=at
        )


def test_a_day_called_off_becomes_a_round_of_calls_on_the_same_ladder(friday: FixedRound) -> None:
    with friday.lab.session() as session:
        with pytest.raises(Refused, match="空のまま"):
            call_off(session, DAY, why=" ", now=later(-120))
        for _ in range(2):
            call_off(session, DAY, why="台風のため", now=later(-120))
    with pytest.raises(Refused, match="中止になりました"):
        friday.taps(1, "seen")
    called_off = [person for purpose, person, _ in friday.messages() if purpose == "called_off"]
    assert len(called_off) == len(set(called_off)) >= 1
    call(friday, 1, "voice_only", later(-60))
    call(friday, 2, "not_reached", later(-60))
    (concern,) = friday.concerns()
    assert (concern.kind, friday.alerts()[0].next_step_at) == (Kind.NOT_REACHED, later(-45))
    assert notice_silences(friday.store, now=WINDOW_AND_PATIENCE) == 0, "every home was called"
    with friday.lab.session() as session:
        closed = close_day(session, DAY, lost={}, by="桜井", now=WINDOW_AND_PATIENCE)
        assert closed.state is DayState.CLOSED
        assert [row.cooked for row in session.scalars(select(MealTally))] == [0]


def test_the_meals_of_a_closed_day_add_up(friday: FixedRound) -> None:
    friday.taps(1, "seen")
    friday.taps(2, "unseen_left")
    with friday.lab.session() as session:
        offer = session.scalars(select(Offer)).one()
        cooked(session, offer.id, meal_count=3, now=later(0), actor="kitchen")
        with pytest.raises(Refused, match="1食多く出ています"):
            close_day(session, DAY, lost={}, by="桜井", now=later(60))
        take_back_cooked(session, offer.id, now=later(61))
        cooked(session, offer.id, meal_count=6, now=later(61), actor="kitchen")
        with pytest.raises(Refused, match="献立ごとに"):
            close_day(session, DAY, lost={999: 1}, by="桜井", now=later(62))
        assert [dish.returned for dish in figures(session, DAY, {offer.id: 1}).dishes] == [1]
        day = close_day(session, DAY, lost={offer.id: 1}, by="桜井", now=later(62))
        assert (day.state, day.closed_at) == (DayState.CLOSED, later(62))
        (tally,) = session.scalars(select(MealTally))
        assert (tally.cooked, tally.handed, tally.left_there, tally.returned, tally.lost) == (6, 2, 2, 1, 1)
        (concern,) = friday.concerns()
        assert concern.carried_over_at == later(62)


def test_an_unvisited_home_is_carried_over_by_name(friday: FixedRound) -> None:
    friday.taps(1, "seen")
    with friday.lab.session() as session:
        close_day(session, DAY, lost={}, by="clock", now=later(30), nobody_to_ask=True)
        day = service_days.on(session, DAY)
        assert day is not None
        closed = {each.closed_by for each in visits.expected_on(session, day.id)}
        assert closed == {ClosedBy.VISIT, ClosedBy.CARRIED_OVER}
    (concern,) = [each for each in friday.concerns() if each.household_id]
    assert (concern.kind, concern.ended_at, concern.carried_over_at) == (Kind.SILENT_HOME, None, later(30))


def test_a_day_that_has_not_come_or_was_never_settled_is_not_closed(friday: FixedRound) -> None:
    with friday.lab.session() as session:
        with pytest.raises(Refused, match="まだ来ていません"):
            close_day(session, DAY, lost={}, by="桜井", now=friday.lab.now)
        with pytest.raises(Refused, match="決まっていない"):
            close_day(session, date(2026, 12, 4), lost={}, by="桜井", now=later(0))
