"""Four weeks with New Year's Day among their Fridays: the same round under a clock that the story sets."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from sharemeal.alerts import AlertState
from sharemeal.messages import MessageState, Purpose
from sharemeal.service_days import DayState
from sharemeal.store import service_days
from sharemeal.store.alerts import Alert
from sharemeal.store.base import Store
from sharemeal.store.batches import MealTally
from sharemeal.store.messages import Message
from sharemeal.store.ticks import DayStep
from sharemeal.store.visits import CheckIn, ExpectedVisit
from sharemeal.store.watch import Concern
from sharemeal.watch import Ending, Kind
from tests.stories.four_weeks import BOSS, COOK, HOLIDAY, SECOND, SERVED, YOKOHAMA, FourWeeks
from tests.twilio_standin import TwilioStandIn

pytestmark = pytest.mark.slow


def written(weeks: FourWeeks) -> None:
    """The script of the four weeks."""
    plain, christmas, silent, snow = SERVED
    for day in SERVED:
        weeks.prepares(day)

    for day in (plain, christmas):
        weeks.when(day, "16:35", lambda day=day: weeks.collects(day))  # type: ignore[misc]
    weeks.when(plain, "17:05", lambda: weeks.taps(plain, 1, "seen"))
    weeks.when(plain, "17:15", lambda: weeks.taps(plain, 2, "voice_only"))
    weeks.when(plain, "17:15", lambda: weeks.taps(plain, 3, "unseen_left"))
    weeks.when(plain, "17:25", lambda: weeks.taps(plain, 3, "seen"))

    weeks.when(christmas, "17:05", lambda: weeks.taps(christmas, 1, "seen", "worried"))
    weeks.when(christmas, "17:15", lambda: weeks.taps(christmas, 3, "seen"))
    weeks.when(christmas, "17:20", lambda: weeks.takes_up(weeks.second))
    weeks.when(christmas, "17:30", lambda: weeks.ends(weeks.second))
    weeks.when(christmas, "17:32", lambda: weeks.taps(christmas, 2, "unseen_returned"))
    weeks.when(christmas, "17:55", lambda: weeks.ends(weeks.boss))

    for home, ago in ((1, 75), (2, 70), (3, 65)):
        weeks.when(silent, "18:20", lambda home=home, ago=ago: weeks.taps(silent, home, "seen", ago=ago))  # type: ignore[misc]

    weeks.when(snow, "10:00", lambda: weeks.calls_off(snow))
    weeks.when(snow, "10:10", lambda: weeks.calls(snow, 1, "voice_only"))
    weeks.when(snow, "10:15", lambda: weeks.calls(snow, 2, "not_reached"))
    weeks.when(snow, "11:00", lambda: weeks.ends(weeks.boss))
    weeks.when(snow, "20:00", lambda: weeks.ends(weeks.boss))


def test_four_weeks_with_a_holiday(store: Store, twilio: TwilioStandIn) -> None:
    weeks = FourWeeks(store, twilio)
    written(weeks)
    weeks.play()
    with weeks.lab.session() as session:
        days = {day: service_days.on(session, day) for day in (*SERVED, HOLIDAY)}
        assert days.pop(HOLIDAY) is None, "nobody planned the holiday"
        assert {day.state for day in days.values() if day} == {DayState.CLOSED}
        assert {each.closed_at is not None for each in session.scalars(select(ExpectedVisit))} == {True}
        steps = Counter((each.service_date, each.step) for each in session.scalars(select(DayStep)))
        assert set(steps.values()) == {1}
        assert {day for day, _ in steps} == set(SERVED)
        for tally in session.scalars(select(MealTally)):
            assert tally.cooked == tally.handed + tally.left_there + tally.returned + tally.lost
        alerts = list(session.scalars(select(Alert)))
        assert {alert.state for alert in alerts} == {AlertState.ENDED}
        concerns = list(session.scalars(select(Concern).order_by(Concern.id)))
        messages = list(session.scalars(select(Message)))
        assert {
            row.level >= 2 for row in session.scalars(select(CheckIn).where(CheckIn.concern_id.is_not(None)))
        } == {True}
    what_was_looked_after(concerns)
    who_was_told(messages, alerts)
    what_went_out(weeks)


def what_was_looked_after(concerns: list[Concern]) -> None:
    """Each scene left what it should: nothing more, nothing less."""
    by_day: dict[date, list[tuple[Kind, Ending | None]]] = {}
    for each in concerns:
        day = each.opened_at.astimezone(YOKOHAMA).date()
        by_day.setdefault(day, []).append((each.kind, each.ended_as))
    plain, christmas, silent, snow = SERVED
    assert by_day[plain] == [(Kind.UNSEEN, Ending.MET)], "seen again within a quarter of an hour"
    assert by_day[christmas] == [(Kind.WORRIED, Ending.SAFE), (Kind.UNSEEN, Ending.SAFE)]
    assert {kind for kind, _ in by_day[silent]} == {Kind.SILENT_VOLUNTEER}
    assert {ending for _, ending in by_day[silent]} == {Ending.MET}
    assert by_day[snow] == [(Kind.NOT_REACHED, Ending.SAFE), (Kind.SILENT_HOME, Ending.SAFE)]
    assert set(by_day) == set(SERVED)


def who_was_told(messages: list[Message], alerts: list[Alert]) -> None:
    """Every text arrived once; who was told of something heard its end."""
    assert {message.state for message in messages} <= {MessageState.DELIVERED, MessageState.WITHDRAWN}
    for alert in alerts:
        mine = [each for each in messages if each.alert_id == alert.id]
        told = {
            each.person_id
            for each in mine
            if each.purpose is Purpose.ALERT and each.state is MessageState.DELIVERED
        }
        assert {each.person_id for each in mine if each.purpose is Purpose.ALL_CLEAR} == told
    counted = Counter(message.purpose for message in messages)
    assert counted[Purpose.REMIND_KITCHEN] == len(SERVED)
    assert counted[Purpose.REMIND_COORDINATOR] == 0, "every day was fixed in time"
    assert counted[Purpose.CALLED_OFF] >= 2


def what_went_out(weeks: FourWeeks) -> None:
    """No text twice, none in the week of the holiday, none longer than one part; the chain in its order."""
    bodies = [text.body for text in weeks.twilio.texts()]
    assert len(bodies) == len(set(bodies))
    assert all(len(body) <= 70 for body in bodies)
    with weeks.lab.session() as session:
        moments = [
            message.made_at.astimezone(YOKOHAMA).date() for message in session.scalars(select(Message))
        ]
    quiet = (HOLIDAY - timedelta(days=6), SERVED[2] - timedelta(days=2))
    assert [day for day in moments if quiet[0] <= day <= quiet[1]] == []
    worry = next(text for text in weeks.twilio.texts(BOSS) if "5分以内" in text.body)
    assert any("5分以内" in text.body for text in weeks.twilio.texts(SECOND)), (
        "the next one after five minutes"
    )
    assert worry.status == "delivered"
    assert sum("食数" in text.body for text in weeks.twilio.texts(COOK)) == len(SERVED)
