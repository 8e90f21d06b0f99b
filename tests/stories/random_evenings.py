"""An evening in which anything may happen, and the laws that hold all the same.

The machine keeps its own log of who said what; how grave a report is stands in its own table, not in the product's.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from sqlalchemy import select

from sharemeal.actions.call_off import call_off, record_call
from sharemeal.actions.close_day import close_day
from sharemeal.actions.escalate import escalate
from sharemeal.actions.pause import decline, take_back_decline
from sharemeal.actions.record_visit import Result, check_in, undo
from sharemeal.actions.take_up import end_concern, snooze, take_up
from sharemeal.actions.watch_over import notice_silences
from sharemeal.alerts import AlertState
from sharemeal.messages import MessageState
from sharemeal.sentences import Refused
from sharemeal.store.base import Store, transaction
from sharemeal.store.batches import MealTally
from sharemeal.store.messages import Message
from sharemeal.store.visits import CheckIn, ExpectedVisit
from sharemeal.visits import Means, Report
from sharemeal.watch import CHOSEN_BY_PEOPLE
from tests.make.small_lab import DAY
from tests.make.two_courses import COURSES, TwoCourses
from tests.stories.laws_of_watching import PLANNED, Entry, Laws

FIVE = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
LATE = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
DOORS = [(volunteer, home) for volunteer, course in COURSES.items() for home in course]
SAID: list[tuple[str, str | None, tuple[str, ...], int]] = [
    ("seen", "usual", (), 0),
    ("seen", "usual", ("smile", "tasty"), 0),
    ("voice_only", None, (), 0),
    ("seen", "different", (), 1),
    ("seen", "different", ("dress_odd",), 1),
    ("seen", "different", ("dress_odd", "meal_untouched"), 2),
    ("seen", "usual", ("mail_piled",), 2),
    ("unseen_left", "usual", (), 2),
    ("unseen_returned", None, ("no_response",), 2),
    ("unseen_left", "worried", ("no_response",), 3),
    ("seen", "worried", (), 3),
    ("voice_only", "different", ("danger",), 3),
]
"""Contact, condition, codes, and how grave DOMAIN's table makes it."""


class Evening(Laws, RuleBasedStateMachine):
    """Subclasses give ``fresh``: a store with two courses laid out, anew for each evening."""

    def fresh(self) -> tuple[Store, TwoCourses]:
        raise NotImplementedError

    @initialize()
    def begin(self) -> None:
        self.store, self.town = self.fresh()
        self.now = FIVE
        self.called_off = False
        self.log: list[Entry] = []
        self.excused: set[int] = set()

    # --- what people do ---------------------------------------------------------------------------------

    def _report(self, door: tuple[int, int], said: int, *, means: Means, minutes_ago: int) -> None:
        volunteer, home = door
        contact, condition, codes, level = SAID[said]
        uuid, reporter = str(uuid4()), self.town.people[volunteer]
        with self.store.session(self.town.lab_id, actor="test") as session:
            done = check_in(
                session,
                self.town.stops[door],
                client_uuid=uuid,
                report=Report.read(contact, condition, codes, None, means=means),
                observed_at=self.now - timedelta(minutes=minutes_ago),
                reporter_id=reporter,
                entered_by_id=self.town.boss if means is Means.PAPER else None,
                means=means,
                now=self.now,
            )
        assert done.result is Result.CREATED
        seen = self.now - timedelta(minutes=minutes_ago)
        self.log.append(Entry(home, reporter, uuid, level, seen))

    @precondition(lambda self: not self.called_off)
    @rule(door=st.sampled_from(DOORS), said=st.integers(0, len(SAID) - 1))
    def taps(self, door: tuple[int, int], said: int) -> None:
        self._report(door, said, means=Means.DOOR, minutes_ago=0)

    @precondition(lambda self: not self.called_off)
    @rule(door=st.sampled_from(DOORS), said=st.integers(0, len(SAID) - 1), ago=st.integers(1, 100))
    def a_tap_arrives_late(self, door: tuple[int, int], said: int, ago: int) -> None:
        self._report(door, said, means=Means.DOOR, minutes_ago=ago)

    @precondition(lambda self: not self.called_off)
    @rule(door=st.sampled_from(DOORS), said=st.integers(0, len(SAID) - 1))
    def a_tick_on_paper_is_typed_back(self, door: tuple[int, int], said: int) -> None:
        self._report(door, said, means=Means.PAPER, minutes_ago=30)

    @precondition(lambda self: bool(self.log) and not self.called_off)
    @rule(data=st.data())
    def a_telephone_sends_again(self, data: st.DataObject) -> None:
        with self.store.session(self.town.lab_id) as session:
            row = session.scalars(
                select(CheckIn).where(CheckIn.client_uuid == data.draw(st.sampled_from(self.log)).uuid)
            ).one()
            if row.stop_id is None:
                return
            done = check_in(
                session,
                row.stop_id,
                client_uuid=row.client_uuid,
                report=Report.read("seen", None, (), None, means=Means.DOOR),
                observed_at=self.now,
                reporter_id=row.reporter_id,
                now=self.now,
            )
        assert done.result is Result.REPEATED

    @precondition(lambda self: bool(self.log))
    @rule(data=st.data())
    def undoes(self, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(self.log) - 1))
        entry = self.log[place]
        with self.store.session(self.town.lab_id) as session:
            undo(session, entry.uuid, reporter_id=entry.reporter, now=self.now)
        self.log[place] = replace(entry, undone=True)

    @rule(why=st.just("台風のため"))
    def the_day_is_called_off(self, why: str) -> None:
        if self.now < FIVE + timedelta(minutes=30):
            return
        with self.store.session(self.town.lab_id) as session:
            call_off(session, DAY, why=why, now=self.now)
        self.called_off = True

    @rule(home=st.sampled_from(PLANNED), reached=st.booleans(), worried=st.booleans())
    def somebody_calls(self, home: int, reached: bool, worried: bool) -> None:
        uuid = str(uuid4())
        contact = "voice_only" if reached else "not_reached"
        condition = "worried" if worried else None
        with self.store.session(self.town.lab_id) as session:
            report = Report.read(contact, condition, (), None, means=Means.CALL)
            record_call(
                session, DAY, home, client_uuid=uuid, report=report, reporter_id=self.town.boss, now=self.now
            )
        level = 3 if worried else 0 if reached else 2
        self.log.append(Entry(home, self.town.boss, uuid, level, self.now))

    @rule(home=st.sampled_from(PLANNED))
    def a_home_is_back_after_all(self, home: int) -> None:
        with self.store.session(self.town.lab_id) as session:
            take_back_decline(session, self.town.homes[home], DAY, now=self.now)
        self.excused.discard(home)

    @rule(home=st.sampled_from(PLANNED))
    def a_home_is_known_to_be_away(self, home: int) -> None:
        with self.store.session(self.town.lab_id) as session:
            decline(session, self.town.homes[home], DAY, now=self.now)
        self.excused.add(home)

    @rule(minutes=st.sampled_from([1, 5, 15, 30, 46]), fails=st.booleans())
    def time_goes_by(self, minutes: int, fails: bool) -> None:
        """The clock ticks: silences, steps, and messages that are accepted or fail."""
        if self.now >= LATE:
            return
        self.now += timedelta(minutes=minutes)
        notice_silences(self.store, now=self.now)
        escalate(self.store, now=self.now)
        self._send(fails)

    def _send(self, fails: bool) -> None:
        with self.store.session(self.town.lab_id) as session, transaction(session, self.now):
            for place, message in enumerate(
                session.scalars(
                    select(Message).where(Message.state == MessageState.PENDING).order_by(Message.id)
                )
            ):
                message.intent_at = self.now
                refused = fails and place % 2 == 0
                message.state = MessageState.REFUSED if refused else MessageState.ACCEPTED

    @rule(data=st.data(), who=st.sampled_from(["boss", "second"]), deed=st.sampled_from(["take", "snooze"]))
    def a_coordinator_answers(self, data: st.DataObject, who: str, deed: str) -> None:
        alerts = self._alerts()
        if not alerts:
            return
        alert = data.draw(st.sampled_from(alerts))
        with self.store.session(self.town.lab_id) as session:
            try:
                act = take_up if deed == "take" else snooze
                act(session, alert.id, getattr(self.town, who), now=self.now)
            except Refused:
                return

    @rule(data=st.data(), ended_as=st.sampled_from(CHOSEN_BY_PEOPLE))
    def a_coordinator_ends(self, data: st.DataObject, ended_as: str) -> None:
        concerns = [each for each in self._concerns() if each.ended_at is None]
        if concerns:
            self._end(data.draw(st.sampled_from(concerns)).id)

    def _end(self, concern_id: int) -> None:
        with self.store.session(self.town.lab_id) as session:
            end_concern(
                session,
                concern_id,
                ended_as=CHOSEN_BY_PEOPLE[0],
                memo="",
                person_id=self.town.boss,
                now=self.now,
            )

    def teardown(self) -> None:
        """The night: the day is closed, and everybody who is still looked after is looked after to the end."""
        if not hasattr(self, "town"):
            return
        self.now = max(self.now, LATE)
        with self.store.session(self.town.lab_id) as session:
            close_day(session, DAY, lost={}, by="桜井", now=self.now, nobody_to_ask=True)
        assert [each for each in self._all(ExpectedVisit) if each.closed_at is None] == []
        for tally in self._all(MealTally):
            assert tally.cooked == tally.handed + tally.left_there + tally.returned + tally.lost
        reported = {home for home, _, _ in self._standing()}
        open_homes = {each.household_id for each in self._concerns()}
        for home in set(PLANNED) - reported - self.excused:
            assert self.town.homes[home] in open_homes, "a home that nobody reported is somebody's concern"
        self.each_grave_report_has_an_alert()
        for concern in [each for each in self._concerns() if each.ended_at is None]:
            self._end(concern.id)
        assert all(alert.state is AlertState.ENDED for alert in self._alerts())
        self.who_was_told_gets_the_all_clear()
        self.store.close()
