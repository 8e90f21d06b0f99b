"""Open, join and end concerns with their alerts and messages, inside the unit of work of their cause.

Whoever calls has locked the service day, so that one home has one open concern at a time. Nothing here commits.
"""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from operator import itemgetter

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from sharemeal.actions.write_messages import write_message
from sharemeal.alerts import ALL_CLEAR_STEP, AlertState, pace, wakes
from sharemeal.messages import ONCE_MORE, MessageState, Purpose, way_back
from sharemeal.sentences import listing
from sharemeal.store import alerts, messages, watch
from sharemeal.store.alerts import Alert
from sharemeal.store.labs import fenced
from sharemeal.store.messages import Message
from sharemeal.store.visits import ClosedBy, ExpectedVisit
from sharemeal.store.watch import Concern
from sharemeal.watch import Ending, Kind, Level, Verdict

SILENCES = (Kind.SILENT_HOME, Kind.SILENT_VOLUNTEER)


def raise_concern(
    session: Session,
    verdict: Verdict,
    *,
    day_id: int,
    since: datetime,
    key: str,
    now: datetime,
    household_id: int | None = None,
    volunteer_id: int | None = None,
) -> Concern:
    """Open a concern of a home, or of a volunteer who is silent; where one is open, the cause joins it.

    ``key`` is the cause's own: it has one alert, and another only after that has ended. From level 2 the alert is written with it, and the
    first message too where it is due at once.
    """
    concern = (
        watch.open_of_home(session, household_id)
        if household_id is not None
        else watch.open_of_volunteer(session, volunteer_id or 0)
    )
    if concern is None:
        concern = Concern(
            day_id=day_id,
            household_id=household_id,
            volunteer_id=volunteer_id,
            kind=verdict.kind,
            level=verdict.level,
            why=verdict.why,
            since=since,
            opened_at=now,
        )
        session.add(concern)
        session.flush()
        if verdict.level >= Level.TODAY:
            _open_alert(session, concern, key, due_at=since + verdict.patience, now=now)
        return concern
    join(session, concern, verdict, day_id=day_id, since=since, key=key, now=now)
    return concern


def join(
    session: Session,
    concern: Concern,
    verdict: Verdict,
    *,
    day_id: int,
    since: datetime,
    key: str,
    now: datetime,
) -> None:
    """A further cause of an open concern: the graver word counts, and what was taken up is told anew if it is graver.

    ``since`` becomes the moment of what counts; notes of different days stand beside each other.
    """
    before = concern.level
    if concern.kind is Kind.NO_CARRIER and verdict.kind is Kind.SILENT_VOLUNTEER:
        # Somebody still has to go there: the silence stands beside it.
        if str(verdict.why) not in str(concern.why):
            concern.why = listing([concern.why, verdict.why])
    elif verdict.level >= before or concern.kind in SILENCES:
        also = concern.day_id != day_id and verdict.level == before == Level.NOTE
        concern.kind, concern.since = verdict.kind, since
        concern.why = listing([verdict.why, concern.why]) if also else verdict.why
    if verdict.kind is Kind.NO_CARRIER:
        concern.day_id = day_id
    concern.level = max(before, verdict.level)
    if verdict.level < Level.TODAY:
        return
    due_at = max(since + verdict.patience, now)
    alert = alerts.of_concern(session, concern.id)
    if alert is None:
        _open_alert(session, concern, key, due_at=due_at, now=now)
    elif alert.state is AlertState.WAITING or (
        verdict.level > before and alert.state is AlertState.NOTIFYING
    ):
        _hurry(session, alert, concern, due_at, now)
    elif alert.state is AlertState.ACKED and verdict.level > before:
        give_back(alert, concern)
        _hurry(session, alert, concern, due_at, now)


def _open_alert(session: Session, concern: Concern, key: str, *, due_at: datetime, now: datetime) -> None:
    alert = Alert(
        concern_id=concern.id,
        dedupe_key=f"{key} {alerts.ended_of_cause(session, key)}",
        state=AlertState.WAITING,
        step=0,
        opened_at=now,
        next_step_at=due_at,
        chain_snapshot=alerts.chain_now(session).as_json()
        | {"rung_minutes": list(fenced(session).rules.rung_minutes)},
    )
    session.add(alert)
    session.flush()
    _hurry(session, alert, concern, due_at, now)


def _hurry(session: Session, alert: Alert, concern: Concern, due_at: datetime, now: datetime) -> None:
    alert.next_step_at = due_at if alert.next_step_at is None else min(alert.next_step_at, due_at)
    if alert.next_step_at <= now:
        tell_next(session, alert, concern, now)


def tell_next(session: Session, alert: Alert, concern: Concern, now: datetime) -> None:
    """Tell the next person of the chain, and set when the one after is due.

    Where all of them sleep, what wakes nobody waits for the first who may be told. A lab where nobody of the copied
    chain can be reached any more is asked again: somebody may have been found.
    """
    if not alerts.can_be_reached(session, alert.chain):
        alert.chain_snapshot = alerts.chain_now(session).as_json()
    local = now.astimezone(fenced(session).rules.zone)
    told = messages.told_in_turn(session, alert.id)
    link = alert.chain.recipient(told, local, wakes=wakes(concern.level, concern.kind))
    if link is None:
        alert.next_step_at = alert.chain.next_hours(local) or now + pace(concern.level)
        return
    alert.state = AlertState.NOTIFYING
    alert.next_step_at = now + pace(concern.level)
    alert.step += 1
    write_message(
        session,
        link.person_id,
        Purpose.ALERT,
        language=link.language,
        level=concern.level,
        once=f"alert {alert.id} step {alert.step}",
        detail=str(int(pace(concern.level).total_seconds()) // 60),
        alert_id=alert.id,
        step=alert.step,
        now=now,
    )


def give_back(alert: Alert, concern: Concern) -> None:
    """Nobody has it any more: the telling goes on from here."""
    alert.state = AlertState.NOTIFYING
    alert.acked_by_id = alert.acked_at = alert.ack_expires_at = None
    concern.owner_id = None


def close_concern(
    session: Session, concern: Concern, ended_as: Ending, *, now: datetime, person_id: int | None = None
) -> None:
    """End a concern, its alert and its expectations, and tell everyone who was told; ended once, it stays so.

    ``person_id`` is who ended it, None where its causes are gone.
    """
    if concern.ended_at is not None:
        return
    concern.ended_at, concern.ended_as, concern.ended_by_id = now, ended_as, person_id
    session.execute(
        update(ExpectedVisit)
        .where(ExpectedVisit.concern_id == concern.id, ExpectedVisit.closed_at.is_(None))
        .values(closed_at=now, closed_by=ClosedBy.CONCERN)
    )
    alert = alerts.of_concern(session, concern.id)
    if alert is None:
        return
    alert.state, alert.ended_at = AlertState.ENDED, now
    alert.next_step_at = alert.ack_expires_at = None
    _all_clear(session, alert, now)


def _all_clear(session: Session, alert: Alert, now: datetime) -> None:
    """What has not gone out is withdrawn; to whom something may have gone, the all-clear goes, by the way that reached.

    What a sender holds this moment may go out, and is not waited for: sender and ending would wait for each other, since
    one text can carry several messages of an alert.
    """
    waiting = (
        select(Message)
        .where(Message.alert_id == alert.id, Message.intent_at.is_(None))
        .where(Message.state.in_((MessageState.PENDING, MessageState.CLAIMED)))
        .with_for_update(skip_locked=True, of=Message)
        .execution_options(populate_existing=True)
    )
    for row in session.scalars(waiting):
        row.state = MessageState.WITHDRAWN
    session.flush()
    unsent = (MessageState.WITHDRAWN, MessageState.REFUSED)
    query = (
        select(Message.person_id, Message.made_at, Message.channel, Message.state)
        .where(
            Message.alert_id == alert.id,
            Message.purpose == Purpose.ALERT,
            or_(
                Message.state.not_in(unsent),
                and_(Message.state == MessageState.WITHDRAWN, Message.error_code.in_(ONCE_MORE)),
            ),
        )
        .order_by(Message.person_id, Message.id)
    )
    zone = fenced(session).rules.zone
    for person_id, rows in groupby(session.execute(query).all(), key=itemgetter(0)):
        moments, channels, states = zip(*(row[1:] for row in rows), strict=True)
        told_at = min(moments)
        write_message(
            session,
            person_id,
            Purpose.ALL_CLEAR,
            once=f"all-clear {alert.id} {person_id}",
            channel=way_back(tuple(zip(channels, states, strict=True))),
            detail=f"{told_at.astimezone(zone):%H:%M}",
            alert_id=alert.id,
            step=ALL_CLEAR_STEP,
            now=now,
        )
