"""The next person: whoever is due is told, an ack without an outcome is taken back, a message that failed hurries."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from sharemeal.actions.concerns import give_back, tell_next
from sharemeal.actions.one_by_one import one_by_one
from sharemeal.alerts import AlertState
from sharemeal.messages import FAILED, MessageState, Purpose
from sharemeal.store import alerts
from sharemeal.store.alerts import Alert
from sharemeal.store.base import Store
from sharemeal.store.messages import Message

ACTOR = "clock"
DOUBT_LASTS = timedelta(seconds=60)
"""A message whose fate is unknown for so long counts as failed: loss is worse than telling one person too many."""


def escalate(store: Store, *, now: datetime) -> int:
    """Take every step that is due in every lab; returns how many. One fault does not keep the others back."""
    with store.session(all_labs=True, actor=ACTOR) as session:
        due = [*alerts.due_ids(session, now), *_failed(session, now)]
    return one_by_one(store, dict.fromkeys(due), _step, actor=ACTOR, now=now)


def _did_not_reach(now: datetime) -> object:
    doubtful = and_(Message.state == MessageState.IN_DOUBT, Message.intent_at <= now - DOUBT_LASTS)
    return and_(Message.purpose == Purpose.ALERT, or_(Message.state.in_(FAILED), doubtful))


def _failed(session: Session, now: datetime) -> list[tuple[int, int]]:
    """Alerts whose last person was not reached, while there are people in the chain who were not tried yet."""
    query = (
        select(Alert)
        .join(Message, and_(Message.alert_id == Alert.id, Message.step == Alert.step))
        .where(Alert.state == AlertState.NOTIFYING, _did_not_reach(now))  # type: ignore[arg-type]
    )
    return [(each.lab_id, each.id) for each in session.scalars(query) if _untried(each)]


def _untried(alert: Alert) -> bool:
    chain = alert.chain
    return alert.step < len({*chain.contacts, *chain.admins})


def _step(session: Session, alert_id: int, now: datetime) -> bool:
    alert, concern = alerts.with_concern(session, alert_id)
    if alert.state is AlertState.ENDED:
        return False
    if alert.state is AlertState.ACKED:
        if alert.ack_expires_at is None or alert.ack_expires_at > now:
            return False
        give_back(alert, concern)
        alert.next_step_at = now
    due = alert.next_step_at is not None and alert.next_step_at <= now
    if not due and not (
        alert.state is AlertState.NOTIFYING and _untried(alert) and _last_failed(session, alert, now)
    ):
        return False
    tell_next(session, alert, concern, now)
    return True


def _last_failed(session: Session, alert: Alert, now: datetime) -> bool:
    query = select(Message.id).where(
        Message.alert_id == alert.id,
        Message.step == alert.step,
        _did_not_reach(now),  # type: ignore[arg-type]
    )
    return session.scalars(query).first() is not None
