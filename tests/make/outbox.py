"""An outbox of one lab with a clock that is set by hand, and a provider in memory that can be told what to do."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Self

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from sharemeal.actions.poll_status import poll_status
from sharemeal.actions.receive import receive_status
from sharemeal.actions.reconcile import reconcile
from sharemeal.actions.send_messages import Sending, send_messages
from sharemeal.actions.write_messages import write_message
from sharemeal.alerts import AlertState, Chain, Link
from sharemeal.messages import Channel, MessageState, Purpose
from sharemeal.outside.ways import Certain, InDoubt, Listed, Outgoing
from sharemeal.people import Role
from sharemeal.sentences import Sentence
from sharemeal.store.alerts import Alert
from sharemeal.store.audit import AuditEntry
from sharemeal.store.base import Store, transaction
from sharemeal.store.messages import DeliveryEvent, Message
from sharemeal.store.people import Person
from sharemeal.store.service_days import ServiceDay
from sharemeal.store.watch import Concern
from sharemeal.watch import Kind, Level
from tests.make.small_lab import DAY, SmallLab

SITE = "https://meals.example.jp"
LEASE = timedelta(seconds=20)
SETTLE = timedelta(seconds=20)
PHONE = "+819000000001"


def sending(owner: str = "one", site: str = SITE, channel: Channel = Channel.SMS) -> Sending:
    """How the tests' processes send."""
    return Sending(owner, LEASE, SETTLE, site, channel)


class Crash(BaseException):
    """The process dies here: nothing after this line runs."""


class Provider:
    """Takes texts in memory. ``plan`` holds what the next calls meet: an error that is raised, or a function."""

    def __init__(self) -> None:
        self.taken: list[Listed] = []
        self.to: list[str] = []
        self.callbacks: list[str | None] = []
        self.plan: deque[BaseException | Callable[[str], object]] = deque()
        self.takes_before_failing = False
        self.list_fails: Exception | None = None
        self.looked: list[str] = []
        self._numbers = count(1)

    def take(self, to: str, text: str) -> str:
        listed = Listed(f"SM{next(self._numbers)}", text, "queued")
        self.taken.append(listed)
        self.to.append(to)
        return listed.sid

    def send(self, message: Outgoing) -> str:
        to, text = message.to, message.text
        self.callbacks.append(message.callback_url)
        step = self.plan.popleft() if self.plan else None
        if isinstance(step, BaseException):
            if self.takes_before_failing:
                self.take(to, text)
            raise step
        sid = self.take(to, text)
        if step is not None:
            step(sid)
        return sid

    def sent_to(self, to: str, since: datetime) -> list[Listed]:
        if self.list_fails is not None:
            raise self.list_fails
        return [each for each, number in zip(self.taken, self.to, strict=True) if number == to]

    def look(self, sid: str) -> Listed:
        self.looked.append(sid)
        if self.list_fails is not None:
            raise self.list_fails
        found = [each for each in self.taken if each.sid == sid]
        if not found:
            raise Certain(20404, 404)
        return found[0]

    def tell(self, sid: str, status: str, error_code: int | None = None) -> None:
        """From now on the provider's list says this of a text."""
        self.taken = [
            Listed(each.sid, each.text, status, error_code) if each.sid == sid else each
            for each in self.taken
        ]

    def calls_back(self, site: str) -> bool:
        return site.startswith("https://")


class Outbox:
    """One lab's outbox. ``now`` is moved by :meth:`after`."""

    def __init__(self, store: Store, now: datetime, *, slug: str = "aoba") -> None:
        self.store, self.now = store, now
        self.lab = SmallLab(store, now, slug=slug)
        self.sms = Provider()
        self._numbers = count(1)

    def person(self, phone: str | None = PHONE, *, active: bool = True) -> int:
        row = Person(
            role=Role.COORDINATOR,
            name="桜井",
            phone=phone,
            phone_index=phone,
            active=active,
            uniquifier=f"{self.lab.lab_id}p{next(self._numbers)}",
        )
        self.lab.add(row)
        return row.id

    def alert(self, *people: int) -> int:
        """An alert that is being told to these people."""
        day = ServiceDay(service_date=DAY + timedelta(days=7 * next(self._numbers)))
        self.lab.add(day)
        concern = Concern(
            day_id=day.id,
            kind=Kind.WORRIED,
            level=Level.NOW,
            why=Sentence("心配"),
            since=self.now,
            opened_at=self.now,
        )
        self.lab.add(concern)
        alert = Alert(
            concern_id=concern.id,
            dedupe_key=f"test {concern.id}",
            state=AlertState.NOTIFYING,
            step=1,
            opened_at=self.now,
            next_step_at=self.now + timedelta(minutes=5),
            chain_snapshot=Chain(tuple(map(Link, people))).as_json(),
        )
        self.lab.add(alert)
        return alert.id

    def end(self, alert_id: int) -> None:
        """The alert has ended."""
        with self.lab.session() as session, transaction(session, self.now):
            session.get_one(Alert, alert_id).state = AlertState.ENDED

    def state_of(self, alert_id: int) -> AlertState:
        with self.lab.session() as session:
            return session.get_one(Alert, alert_id).state

    def write(
        self,
        person_id: int | None = None,
        purpose: Purpose = Purpose.ALERT,
        *,
        detail: str | None = "5",
        alert_id: int | None = None,
        due_at: datetime | None = None,
        step: int = 1,
    ) -> int:
        """A message that is due now."""
        to = person_id or self.person()
        with self.lab.session() as session, transaction(session, self.now):
            row = write_message(
                session,
                to,
                purpose,
                once=f"test {next(self._numbers)}",
                now=self.now,
                detail=detail,
                due_at=due_at,
                alert_id=alert_id,
                step=step,
            )
            assert row is not None
        return row.id

    def row(self, message_id: int) -> Message:
        with self.lab.session() as session:
            return session.get_one(Message, message_id, options=[undefer(Message.detail)])

    def state(self, message_id: int) -> MessageState:
        return self.row(message_id).state

    def after(self, seconds: float) -> Self:
        """So much later."""
        self.now += timedelta(seconds=seconds)
        return self

    def send(self, owner: str = "one", *, site: str = SITE, most: int = 50) -> int:
        return send_messages(
            self.store, self.sms, sending(owner, site), now=self.now, most=most, timer=lambda: 0.0
        )

    def reconcile(self, owner: str = "one") -> int:
        return reconcile(self.store, self.sms, sending(owner), now=self.now)

    def poll(self) -> int:
        return poll_status(self.store, self.sms, now=self.now)

    def hear(
        self,
        message_id: int,
        status: str,
        *,
        sid: str | None = None,
        attempt: int = 1,
        error: int | None = None,
    ) -> bool:
        """The provider calls back about a message."""
        row = self.row(message_id)
        told = sid or row.provider_sid or self.sms.taken[-1].sid
        return receive_status(
            self.store, f"{row.nonce}.{attempt}", sid=told, status=status, error_code=error, now=self.now
        )

    def in_doubt(self, message_id: int, *, taken: bool) -> None:
        """Send what is due, of which nobody knows whether it was taken."""
        self.sms.plan.append(InDoubt())
        self.sms.takes_before_failing = taken
        assert self.send() == 0
        self.sms.takes_before_failing = False
        assert self.state(message_id) is MessageState.IN_DOUBT

    def count(self, table: type[DeliveryEvent | AuditEntry]) -> int:
        with self.store.session(all_labs=True) as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    def audited(self) -> list[tuple[str, str, str, int | None]]:
        """(what, subject, columns, lab) of what the sender read and sent."""
        with self.store.session(all_labs=True) as session:
            query = select(AuditEntry).where(AuditEntry.actor == "outbox").order_by(AuditEntry.seq)
            return [(row.what, row.subject, row.columns, row.lab_id) for row in session.scalars(query)]
