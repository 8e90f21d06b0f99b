"""One Friday evening on which all is well, and ways to make the watching itself late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from sharemeal.actions.beat import beat
from sharemeal.actions.watch_over import expect_visits
from sharemeal.alarms import AlarmKind
from sharemeal.labs import LabRules
from sharemeal.messages import MessageState
from sharemeal.store import service_days, ticks
from sharemeal.store.alerts import Alert
from sharemeal.store.audit import AuditEntry
from sharemeal.store.base import Store, transaction
from sharemeal.store.labs import Lab
from sharemeal.store.messages import Message
from sharemeal.store.service_days import ServiceDay
from sharemeal.store.ticks import Heartbeat
from sharemeal.store.visits import ExpectedVisit
from tests.make.alarm import Alarm, alarm
from tests.make.evening import FRIDAY, evening

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
JOBS = (*ticks.ALERT_JOBS, ticks.AUDIT_JOB, ticks.AUDITOR_JOB)


class Late:
    """A lab whose Friday is fixed and expected, one worry that is told and accepted, and every job's beat at ``now``."""

    def __init__(self, store: Store, now: datetime, *, lab_id: int | None = None) -> None:
        self.store, self.now = store, now
        if lab_id is None:
            with store.session(all_labs=True) as session, transaction(session, now):
                lab = Lab(slug="aobadai", name="青葉台・藤が丘", rules=LabRules())
                session.add(lab)
            lab_id = lab.id
        self.lab_id = lab_id
        self.friday = evening(store, lab_id, now)
        with store.session(lab_id) as session, transaction(session, now):
            day = service_days.on(session, FRIDAY)
            assert day is not None
            expect_visits(session, day)
        self.alarm: Alarm = alarm(store, self.friday, now)
        self.change(Message, state=MessageState.ACCEPTED, intent_at=now, accepted_at=now)
        self.beat(now)

    def beat(self, at: datetime, *names: str) -> None:
        """These jobs (all, if none is named) ran at that moment."""
        with self.store.session(all_labs=True) as session:
            for name in names or JOBS:
                beat(session, name, owner="test", now=at)

    def change(self, table: type[Any], **values: Any) -> None:
        """Set this in the first row of a table."""
        with self.store.session(all_labs=True) as session, transaction(session, self.now):
            row = session.scalars(select(table).limit(1)).one()
            for name, value in values.items():
                setattr(row, name, value)

    # --- one way for each kind

    def alert(self) -> None:
        self.change(Alert, next_step_at=self.now - 61 * SECOND)

    def ack(self) -> None:
        self.change(Alert, next_step_at=None, ack_expires_at=self.now - 61 * SECOND)

    def message(self) -> None:
        self.change(Message, state=MessageState.PENDING, accepted_at=None, intent_at=None)
        self.change(Message, due_at=self.now - 61 * SECOND)

    def claimed(self) -> None:
        self.change(Message, state=MessageState.CLAIMED, accepted_at=None, intent_at=None)
        self.change(Message, due_at=self.now - 61 * SECOND)

    def call(self) -> None:
        self.change(Message, state=MessageState.CLAIMED, intent_at=self.now - 91 * SECOND)

    def doubt(self) -> None:
        self.change(Message, state=MessageState.IN_DOUBT, intent_at=self.now - 91 * SECOND)

    def silence(self) -> None:
        self.change(ExpectedVisit, due_at=self.now - 61 * SECOND)

    def home(self) -> None:
        with self.store.session(all_labs=True) as session, transaction(session, self.now):
            first = session.scalars(select(ExpectedVisit.id).where(ExpectedVisit.household_id.is_not(None)))
            session.execute(delete(ExpectedVisit).where(ExpectedVisit.id == first.first()))

    def concern(self) -> None:
        with self.store.session(all_labs=True) as session, transaction(session, self.now):
            session.execute(delete(Alert))

    def sum(self) -> None:
        with self.store.session(self.lab_id) as session, transaction(session, self.now):
            day = service_days.on(session, FRIDAY)
            assert day is not None
            counts = day.summary["counts"]
            day.summary = {**day.summary, "counts": {**counts, "active": counts["active"] + 1}}

    def audit(self) -> None:
        with self.store.session(all_labs=True) as session, transaction(session, self.now):
            rows = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
            rows[1].hash = "0" * 64

    def job(self) -> None:
        self.beat(self.now - 61 * SECOND, "outbox")

    def clock(self) -> None:
        self.beat(self.now + HOUR, "silence")

    def opened_ahead(self) -> None:
        self.change(Alert, opened_at=self.now + HOUR, next_step_at=self.now + HOUR + 5 * MINUTE)

    def ack_ahead(self) -> None:
        self.change(Alert, next_step_at=None, ack_expires_at=self.now + HOUR + 45 * MINUTE)

    def intent_ahead(self) -> None:
        self.change(Message, state=MessageState.IN_DOUBT, intent_at=self.now + HOUR)


Spoil = Callable[[Late], None]
WAYS: tuple[tuple[AlarmKind, Spoil], ...] = (
    (AlarmKind.ALERT_LATE, Late.alert),
    (AlarmKind.ALERT_LATE, Late.ack),
    (AlarmKind.MESSAGE_LATE, Late.message),
    (AlarmKind.MESSAGE_LATE, Late.claimed),
    (AlarmKind.CALL_LOST, Late.call),
    (AlarmKind.CALL_LOST, Late.doubt),
    (AlarmKind.SILENCE_LATE, Late.silence),
    (AlarmKind.CONCERN_UNTOLD, Late.concern),
    (AlarmKind.SUM_BROKEN, Late.sum),
    (AlarmKind.AUDIT_BROKEN, Late.audit),
    (AlarmKind.JOB_LATE, Late.job),
    (AlarmKind.CLOCK_SET_BACK, Late.clock),
    (AlarmKind.CLOCK_SET_BACK, Late.opened_ahead),
    (AlarmKind.CLOCK_SET_BACK, Late.ack_ahead),
    (AlarmKind.CLOCK_SET_BACK, Late.intent_ahead),
)
"""What is found, and what has happened. A home that is forgotten breaks the sum as well: see :meth:`Late.home`."""
BY_NAME = {f"{kind.value} by {way.__name__}": (kind, way) for kind, way in WAYS}

__all__ = ["BY_NAME", "HOUR", "JOBS", "MINUTE", "SECOND", "WAYS", "Heartbeat", "Late", "ServiceDay", "Spoil"]
