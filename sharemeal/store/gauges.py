"""The figures of /metrics, counted over all labs when somebody asks: how much, how old, how fast. Never who."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Index, func, select
from sqlalchemy.orm import Session

from sharemeal.alerts import AlertState
from sharemeal.messages import MessageState, Purpose
from sharemeal.store import ticks
from sharemeal.store.alerts import Alert
from sharemeal.store.labs import Lab
from sharemeal.store.messages import Message
from sharemeal.store.visits import CheckIn, ExpectedVisit

Index("ix_outbox_accepted_at", Message.accepted_at)

A_DAY = timedelta(days=1)
BOUNDS_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)
"""From written to accepted: where the buckets end."""


@dataclass(frozen=True)
class Delays:
    """How long texts waited: how many within each of BOUNDS_SECONDS and beyond (each bucket holds those before it)."""

    within: tuple[int, ...]
    sum_seconds: float

    @classmethod
    def of(cls, seconds: Iterable[float]) -> Delays:
        """The buckets of these waits."""
        places: Counter[int] = Counter()
        total = 0.0
        for each in seconds:
            places[bisect_left(BOUNDS_SECONDS, each)] += 1
            total += each
        running, within = 0, []
        for place in range(len(BOUNDS_SECONDS) + 1):
            running += places[place]
            within.append(running)
        return cls(tuple(within), total)


@dataclass(frozen=True)
class Gauges:
    """All figures of one moment. Seconds that cannot be told are left out."""

    messages: dict[MessageState, int]
    oldest_due_seconds: float
    alerts: dict[AlertState, int]
    beat_seconds: dict[str, float]
    expected: int
    overdue: int
    check_ins: int
    delays: dict[str, Delays]


def gauges(session: Session, now: datetime) -> Gauges:
    """The figures at this moment. ``session`` sees all labs."""
    still = (ExpectedVisit.closed_at.is_(None), ExpectedVisit.raised_at.is_(None))
    expected = session.scalar(select(func.count()).where(*still)) or 0
    overdue = session.scalar(select(func.count()).where(*still, ExpectedVisit.due_at <= now)) or 0
    check_ins = select(func.count()).where(
        CheckIn.lab_id.in_(select(Lab.id)), CheckIn.received_at > now - A_DAY, CheckIn.received_at <= now
    )
    return Gauges(
        messages=_messages(session),
        oldest_due_seconds=_oldest_due_seconds(session, now),
        alerts=_alerts(session),
        beat_seconds={
            name: (now - beat.at).total_seconds() for name, beat in ticks.heartbeats(session).items()
        },
        expected=expected,
        overdue=overdue,
        check_ins=session.scalar(check_ins) or 0,
        delays=_delays(session, now),
    )


def _messages(session: Session) -> dict[MessageState, int]:
    query = select(Message.state, func.count()).group_by(Message.state)
    found = {row[0]: row[1] for row in session.execute(query)}
    return {state: found.get(state, 0) for state in MessageState}


def _oldest_due_seconds(session: Session, now: datetime) -> float:
    """How long the message that waits longest is due, 0 where none is."""
    query = select(func.min(Message.due_at)).where(Message.state == MessageState.PENDING)
    oldest = session.scalar(query)
    return 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())


def _alerts(session: Session) -> dict[AlertState, int]:
    query = select(Alert.state, func.count()).where(Alert.ended_at.is_(None)).group_by(Alert.state)
    found = {row[0]: row[1] for row in session.execute(query)}
    return {state: found.get(state, 0) for state in AlertState if state is not AlertState.ENDED}


def _delays(session: Session, now: datetime) -> dict[str, Delays]:
    """Of the last day's texts, alerts apart: from written, or from due where that was later, to accepted."""
    waits: dict[str, list[float]] = {"alert": [], "other": []}
    query = select(Message.purpose, Message.made_at, Message.due_at, Message.accepted_at).where(
        Message.accepted_at > now - A_DAY, Message.accepted_at <= now
    )
    for purpose, made_at, due_at, accepted_at in session.execute(query):
        assert accepted_at is not None, "it was asked for by this moment"
        # What was tried again has a later due_at: somebody has waited since it was written.
        begun = made_at if purpose is Purpose.ALERT else max(made_at, min(due_at, accepted_at))
        kind = "alert" if purpose is Purpose.ALERT else "other"
        waits[kind].append(max(0.0, (accepted_at - begun).total_seconds()))
    return {kind: Delays.of(each) for kind, each in waits.items()}
