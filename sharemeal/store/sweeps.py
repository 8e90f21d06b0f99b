"""What the auditor asks, one indexed question each, about all labs at once. Counts and nothing else come back.

Each question is one statement, so that what is written meanwhile is seen whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from sharemeal import alarms
from sharemeal.alarms import AlarmKind
from sharemeal.alerts import AlertState
from sharemeal.messages import OPEN, WENT_OUT, MessageState
from sharemeal.service_days import DayState
from sharemeal.store import ticks
from sharemeal.store.alerts import Alert
from sharemeal.store.audit import AuditEntry
from sharemeal.store.labs import Lab
from sharemeal.store.messages import Message
from sharemeal.store.service_days import Route, ServiceDay, ShortageRow, Stop
from sharemeal.store.visits import ExpectedVisit, Whose
from sharemeal.store.watch import Concern
from sharemeal.watch import Kind, Level

Hits = dict[AlarmKind, int]
OPEN_DAYS = (DayState.FIXED, DayState.UNDER_WAY)


def hits(session: Session, now: datetime) -> Hits:
    """Kind → how much of it there is at this moment; kinds of which there is nothing are left out.

    ``session`` sees all labs. A moment that lies ahead of ``now`` is a hit too: a clock that was set back must not
    make what is late look early.
    """
    found: Hits = {}
    for sweep in _SWEEPS:
        for kind, count in sweep(session, now).items():
            if count:
                found[kind] = found.get(kind, 0) + count
    return found


def _alerts(session: Session, now: datetime) -> Hits:
    """Open alerts whose next step or whose ack is over since a minute, and those of another clock.

    Only what waits for a first look or keeps quiet hours may be due later than the longest wait.
    """
    late = now - alarms.STEP_SLACK
    ahead = or_(
        Alert.opened_at > now + alarms.AHEAD_SLACK,
        and_(
            Alert.state == AlertState.NOTIFYING,
            Concern.kind != Kind.OBSERVED,
            Alert.next_step_at > now + alarms.NEXT_STEP_MOST,
        ),
        Alert.ack_expires_at > now + alarms.ACK_MOST,
    )
    query = select(
        _count(or_(Alert.next_step_at < late, Alert.ack_expires_at < late)),
        _count(ahead),
    )
    query = query.join(Concern, Concern.id == Alert.concern_id).where(Alert.ended_at.is_(None))
    overdue, of_another_clock = session.execute(query).one()
    return {AlarmKind.ALERT_LATE: overdue, AlarmKind.CLOCK_SET_BACK: of_another_clock}


def _messages(session: Session, now: datetime) -> Hits:
    """Messages that are due since a minute and were not called for, and calls of which nothing is known.

    One that the provider had no time for has a later moment; while nothing at all gets through, all of them hit. What
    another message carries fares as that one does, as long as that one is on its way.
    """
    carrier = aliased(Message)
    carried = exists().where(carrier.id == Message.carried_by_id, carrier.state.in_(OPEN))
    not_called = or_(
        Message.state == MessageState.PENDING,
        and_(Message.state == MessageState.CLAIMED, Message.intent_at.is_(None), ~carried),
    )
    called = Message.state.in_((MessageState.CLAIMED, MessageState.IN_DOUBT))
    ahead = or_(
        Message.made_at > now + alarms.AHEAD_SLACK,
        Message.intent_at > now + alarms.AHEAD_SLACK,
    )
    query = select(
        _count(and_(not_called, Message.due_at < now - alarms.STEP_SLACK)),
        _count(and_(called, Message.intent_at < now - alarms.INTENT_SLACK)),
        _count(ahead),
    ).where(Message.state.in_(OPEN))
    waiting, lost, of_another_clock = session.execute(query).one()
    return {
        AlarmKind.MESSAGE_LATE: waiting,
        AlarmKind.CALL_LOST: lost,
        AlarmKind.CLOCK_SET_BACK: of_another_clock,
    }


def _silences(session: Session, now: datetime) -> Hits:
    """What was expected until a minute ago on a day that goes on, and neither came nor was noticed to be missing."""
    open_days = select(ServiceDay.id).where(ServiceDay.state.in_(OPEN_DAYS))
    query = select(func.count()).where(
        ExpectedVisit.closed_at.is_(None),
        ExpectedVisit.raised_at.is_(None),
        ExpectedVisit.due_at < now - alarms.STEP_SLACK,
        ExpectedVisit.day_id.in_(open_days),
    )
    return {AlarmKind.SILENCE_LATE: session.scalar(query) or 0}


def _concerns(session: Session, _now: datetime) -> Hits:
    """Open concerns that somebody should hear of today, and that no living alert tells."""
    told = exists().where(Alert.concern_id == Concern.id, Alert.ended_at.is_(None))
    query = select(func.count()).where(
        Concern.lab_id.in_(select(Lab.id)),
        Concern.ended_at.is_(None),
        Concern.level >= Level.TODAY,
        ~told,
    )
    return {AlarmKind.CONCERN_UNTOLD: session.scalar(query) or 0}


def _unreached(session: Session, now: datetime) -> Hits:
    """Alerts that are told since a while and of which no message went out, to anybody, by any way."""
    went_out = exists().where(Message.alert_id == Alert.id, Message.state.in_(WENT_OUT))
    query = select(func.count()).where(
        Alert.ended_at.is_(None),
        Alert.state == AlertState.NOTIFYING,
        Alert.opened_at < now - alarms.REACH_SLACK,
        ~went_out,
        ~exists().where(
            Message.alert_id == Alert.id, Message.made_at > now - alarms.REACH_SLACK, Message.step <= 1
        ),
    )
    return {AlarmKind.NOBODY_REACHED: session.scalar(query) or 0}


def _homes(session: Session, _now: datetime) -> Hits:
    """Homes on a course of a day that goes on, of which nobody expects a sign of life."""
    expected = exists().where(
        ExpectedVisit.day_id == ServiceDay.id,
        ExpectedVisit.whose == Whose.HOME,
        ExpectedVisit.household_id == Stop.household_id,
    )
    query = (
        select(func.count())
        .select_from(ServiceDay)
        .join(Route, Route.day_id == ServiceDay.id)
        .join(Stop, Stop.route_id == Route.id)
        .where(ServiceDay.state.in_(OPEN_DAYS), Stop.household_id.is_not(None), ~expected)
    )
    return {AlarmKind.HOME_FORGOTTEN: session.scalar(query) or 0}


def _sums(session: Session, _now: datetime) -> Hits:
    """Days that go on and on which active − paused − declined is not planned + short, or not who has a place or is named.

    The figures are those of the calculation that was fixed, the homes are counted from the courses, from what is
    expected and from the shortages as they stand.
    """
    counts = ServiceDay.summary["counts"]
    active, paused, declined, planned, short = (
        counts[name].as_integer() for name in ("active", "paused", "declined", "planned", "short")
    )
    on_course = (
        select(func.count(func.distinct(Stop.household_id)))
        .join(Route, Stop.route_id == Route.id)
        .where(Route.day_id == ServiceDay.id)
        .correlate(ServiceDay)
        .scalar_subquery()
    )
    expected = (
        select(func.count(func.distinct(ExpectedVisit.household_id)))
        .where(ExpectedVisit.day_id == ServiceDay.id, ExpectedVisit.whose == Whose.HOME)
        .correlate(ServiceDay)
        .scalar_subquery()
    )
    has_place = (
        exists()
        .where(Stop.route_id == Route.id, Route.day_id == ServiceDay.id)
        .where(Stop.household_id == ShortageRow.household_id)
        .correlate(ServiceDay, ShortageRow)
    )
    left_out = (
        select(func.count(func.distinct(ShortageRow.household_id)))
        .where(ShortageRow.day_id == ServiceDay.id, ~has_place)
        .correlate(ServiceDay)
        .scalar_subquery()
    )
    query = select(active, paused, declined, planned, short, on_course, expected, left_out).where(
        ServiceDay.state.in_(OPEN_DAYS), ServiceDay.planned_at.is_not(None)
    )
    broken = sum(not adds_up(*row) for row in session.execute(query))
    return {AlarmKind.SUM_BROKEN: broken}


def adds_up(
    active: int | None,
    paused: int | None,
    declined: int | None,
    planned: int | None,
    short: int | None,
    on_course: int,
    expected: int,
    left_out: int,
) -> bool:
    """Whether nobody has disappeared from a day: every home that takes part has a course or is named as left out."""
    if active is None or paused is None or declined is None or planned is None or short is None:
        return False
    part = active - paused - declined
    return part == planned + short == on_course + left_out and on_course == expected


def _chain(session: Session, _now: datetime) -> Hits:
    """Audit rows that stand unlinked among linked ones: they were put there, or their hashes were taken away."""
    last = select(func.max(AuditEntry.seq)).where(AuditEntry.hash.is_not(None)).scalar_subquery()
    query = select(func.count()).where(AuditEntry.hash.is_(None), AuditEntry.seq < last)
    return {AlarmKind.AUDIT_BROKEN: session.scalar(query) or 0}


def _jobs(session: Session, now: datetime) -> Hits:
    """Jobs that stand still. An auditor that has only just begun itself waits for the others' first run."""
    beats = ticks.heartbeats(session)
    ahead = {name for name, beat in beats.items() if beat.at - now > alarms.AHEAD_SLACK}
    own = beats.get(ticks.AUDITOR_JOB)
    begun = own is None or now - own.at > ticks.LATE_AFTER
    late = set() if begun else {*ticks.late_jobs(session, now)} - {ticks.AUDITOR_JOB, *ahead}
    return {AlarmKind.JOB_LATE: len(late), AlarmKind.CLOCK_SET_BACK: len(ahead)}


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(condition)


_SWEEPS: tuple[Callable[[Session, datetime], Hits], ...] = (
    _alerts,
    _messages,
    _silences,
    _concerns,
    _unreached,
    _homes,
    _sums,
    _chain,
    _jobs,
)
