"""What holds at every moment of an evening, by the machine's own log of who said what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from hypothesis.stateful import invariant
from sqlalchemy import select

from sharemeal.alarms import AlarmKind
from sharemeal.alerts import AlertState
from sharemeal.messages import MessageState, Purpose
from sharemeal.store import sweeps
from sharemeal.store.alerts import Alert
from sharemeal.store.base import Store
from sharemeal.store.messages import Message
from sharemeal.store.service_days import ServiceDay
from sharemeal.store.visits import CheckIn, ExpectedVisit, Whose
from sharemeal.store.watch import Concern
from tests.make.two_courses import COURSES, TwoCourses

FORGOTTEN = {
    AlarmKind.CONCERN_UNTOLD,
    AlarmKind.HOME_FORGOTTEN,
    AlarmKind.SUM_BROKEN,
    AlarmKind.AUDIT_BROKEN,
    AlarmKind.CLOCK_SET_BACK,
}
"""What no order of reports, calls and clicks may bring about; what is merely late the clock of these evenings decides."""

PLANNED = sorted({home for course in COURSES.values() for home in course})


@dataclass(frozen=True)
class Entry:
    """What the machine remembers of a report: how grave DOMAIN's table makes it, and when it was seen."""

    home: int
    reporter: int
    uuid: str
    level: int
    seen: datetime
    undone: bool = False


class Laws:
    """``log`` holds every report, in the order in which they came."""

    store: Store
    now: datetime
    town: TwoCourses
    log: list[Entry]
    excused: set[int]

    def _all(self, table: type) -> list:  # type: ignore[type-arg]
        with self.store.session(self.town.lab_id) as session:
            return list(session.scalars(select(table).order_by(table.id)))  # type: ignore[attr-defined]

    def _alerts(self) -> list[Alert]:
        return self._all(Alert)

    def _concerns(self) -> list[Concern]:
        return self._all(Concern)

    def _standing(self) -> Iterator[tuple[int, str, int]]:
        """(home, uuid, level) of what stands of each person, by the machine's own log.

        The last word stands, but for a lighter one that was said earlier than a graver one.
        """
        stands: dict[tuple[int, int], Entry] = {}
        for entry in [each for each in self.log if not each.undone]:
            before = stands.get((entry.home, entry.reporter))
            if before is None or not (entry.level < before.level and entry.seen < before.seen):
                stands[entry.home, entry.reporter] = entry
        yield from ((each.home, each.uuid, each.level) for each in stands.values())

    @invariant()
    def nobody_disappears(self) -> None:
        homes = [each.household_id for each in self._all(ExpectedVisit) if each.whose is Whose.HOME]
        assert sorted(homes) == sorted(self.town.homes[home] for home in PLANNED)
        day = self._all(ServiceDay)[0]
        counts = day.summary["counts"]
        assert counts["active"] - counts["paused"] - counts["declined"] - counts["short"] == len(homes)

    @invariant()
    def the_auditor_finds_nobody_forgotten(self) -> None:
        with self.store.session(all_labs=True) as session:
            found = sweeps.hits(session, self.now)
        assert found.keys().isdisjoint(FORGOTTEN), found

    @invariant()
    def a_home_that_was_reported_is_expected_no_more(self) -> None:
        reported = {self.town.homes[home] for home, _, _ in self._standing()}
        for each in self._all(ExpectedVisit):
            if each.whose is Whose.HOME and each.household_id in reported:
                assert each.closed_at is not None

    @invariant()
    def a_home_that_is_neither_away_nor_reported_is_expected_or_looked_after(self) -> None:
        reported = {home for home, _, _ in self._standing()}
        open_homes = {each.household_id for each in self._all(Concern) if each.ended_at is None}
        handled = {each.household_id for each in self._all(Concern) if each.ended_by_id is not None}
        expected = {
            each.household_id
            for each in self._all(ExpectedVisit)
            if each.whose is Whose.HOME and each.closed_at is None
        }
        for home in set(PLANNED) - reported - self.excused:
            assert self.town.homes[home] in expected | open_homes | handled

    @invariant()
    def each_grave_report_has_an_alert(self) -> None:
        rows = {row.client_uuid: row for row in self._all(CheckIn)}
        concerns = {each.id: each for each in self._concerns()}
        alerted = {each.concern_id for each in self._alerts()}
        for home, uuid, level in self._standing():
            row = rows[uuid]
            assert row.level == level, (uuid, row.level, level)
            if level >= 2:
                assert row.concern_id in alerted
                concern = concerns[row.concern_id]
                handled = concern.ended_by_id is not None or concern.ended_as in ("met", "absent")
                assert concern.ended_at is None or handled, (home, concern.ended_as)

    @invariant()
    def no_alert_without_a_cause(self) -> None:
        standing = {uuid for _, uuid, level in self._standing() if level}
        holding = {row.concern_id for row in self._all(CheckIn) if row.client_uuid in standing}
        silent = {each.concern_id for each in self._all(ExpectedVisit) if each.raised_at}
        for alert in self._alerts():
            if alert.state is not AlertState.ENDED:
                assert alert.concern_id in holding | silent

    @invariant()
    def one_open_concern_a_home_and_its_alert_ends_with_it(self) -> None:
        concerns = self._concerns()
        still = [each.household_id for each in concerns if each.ended_at is None and each.household_id]
        assert len(still) == len(set(still))
        ended = {each.id: each.ended_at is not None for each in concerns}
        for alert in self._alerts():
            assert (alert.state is AlertState.ENDED) is ended[alert.concern_id]
            assert alert.state in (AlertState.ACKED, AlertState.ENDED) or alert.next_step_at is not None

    @invariant()
    def who_was_told_gets_the_all_clear(self) -> None:
        messages = self._all(Message)
        for alert in self._alerts():
            unsent = (MessageState.WITHDRAWN, MessageState.REFUSED)
            mine = [each for each in messages if each.alert_id == alert.id]
            told = {
                each.person_id for each in mine if each.purpose is Purpose.ALERT and each.state not in unsent
            }
            clear = [each.person_id for each in mine if each.purpose is Purpose.ALL_CLEAR]
            assert len(clear) == len(set(clear))
            if alert.state is AlertState.ENDED:
                assert set(clear) == told
            else:
                assert clear == []
