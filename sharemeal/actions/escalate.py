"""The next person: whoever is due is told, an ack without an outcome is taken back, what did not reach hurries on.

A text that has not come in time is followed by another way to the same person; where no way reached them, the next
person is told at once. What is set further off than any step is was set before the clock was put back, and is due.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from sharemeal.actions.concerns import give_back, tell_next
from sharemeal.actions.go_another_way import go_another_way
from sharemeal.actions.one_by_one import one_by_one
from sharemeal.alerts import AlertState, ack_is_over, wakes
from sharemeal.store import alerts, messages, unreached
from sharemeal.store.alerts import Alert
from sharemeal.store.base import Store
from sharemeal.store.labs import fenced
from sharemeal.store.watch import Concern

ACTOR = "clock"


def escalate(store: Store, *, now: datetime) -> int:
    """Take every step that is due in every lab; returns how many. One fault does not keep the others back."""
    try:
        with store.session(all_labs=True, actor=ACTOR) as session:
            late = unreached.late_texts(session, now)
        done = one_by_one(store, late, _another_way, actor=ACTOR, now=now)
    finally:
        steps = _steps(store, now)
    return done + steps


def _steps(store: Store, now: datetime) -> int:
    with store.session(all_labs=True, actor=ACTOR) as session:
        due = [*alerts.due_ids(session, now), *unreached.told_in_vain(session, now)]
    return one_by_one(store, dict.fromkeys(due), _step, actor=ACTOR, now=now)


def _another_way(session: Session, message_id: int, now: datetime) -> bool:
    row = messages.by_id(session, message_id)
    return row is not None and unreached.is_late(session, row, now) and go_another_way(session, row, now=now)


def _step(session: Session, alert_id: int, now: datetime) -> bool:
    alert, concern = alerts.with_concern(session, alert_id)
    if alert.state is AlertState.ENDED:
        return False
    if alert.state is AlertState.ACKED:
        if not ack_is_over(alert.ack_expires_at, now):
            return False
        give_back(alert, concern)
        alert.next_step_at = now
    if not alert.step_is_due(concern.kind, now) and not _hurries(session, alert, concern, now):
        return False
    tell_next(session, alert, concern, now)
    return True


def _hurries(session: Session, alert: Alert, concern: Concern, now: datetime) -> bool:
    """Whether nothing reached the last person and there is another, not tried yet, who may be told at this hour."""
    if not unreached.in_vain(session, alert, now):
        return False
    told = messages.told_in_turn(session, alert.id)
    local = now.astimezone(fenced(session).rules.zone)
    link = alert.chain.recipient(told, local, wakes=wakes(concern.level, concern.kind))
    return link is not None and link.person_id not in told
