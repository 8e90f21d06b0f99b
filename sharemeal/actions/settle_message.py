"""What becomes of a message once the provider has spoken, inside a unit of work that has locked its row.

Sending, reconciling, polling and the provider's own calls all end here, so that they may come in any order and twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from sharemeal.actions.go_another_way import go_another_way, number_answers, number_is_dead
from sharemeal.alerts import AlertState
from sharemeal.messages import FAILED, ONCE_MORE, SECRETS, MessageState, Purpose, later, told
from sharemeal.outside.ways import SCREEN_SID
from sharemeal.store import audit, grouped, messages
from sharemeal.store.alerts import Alert
from sharemeal.store.messages import DeliveryEvent, Message

ONCE_MORE_AFTER = timedelta(seconds=30)


def is_over(session: Session, row: Message) -> bool:
    """Whether nobody needs this message any more: its alert has ended, or somebody has taken it up."""
    if row.purpose is not Purpose.ALERT or row.alert_id is None:
        return False
    alert = session.get(Alert, row.alert_id, populate_existing=True)
    return alert is None or alert.state in (AlertState.ENDED, AlertState.ACKED)


def taken(session: Session, row: Message, sid: str, state: MessageState, *, now: datetime) -> None:
    """The provider has it, under this sid."""
    if row.accepted_at is None:
        audit.note(session, "sent", "outbox", [row.id], lab_id=row.lab_id)
        row.accepted_at = now
    row.provider_sid, row.error_code = sid, None
    row.state = later(row.state, state)
    _release(row)
    _forget_secret(row)
    if row.state is MessageState.DELIVERED:
        number_answers(session, row, now=now)
    grouped.fare_alike(session, row)


def again(session: Session, row: Message, *, due_at: datetime) -> None:
    """It has certainly not reached anybody and is sent again, under the same code, unless it is over.

    What it carried waits for itself again: it may be due although this one is over.
    """
    grouped.release(session, row, due_at=due_at)
    row.state = MessageState.WITHDRAWN if is_over(session, row) else MessageState.PENDING
    row.due_at, row.intent_at, row.looked_at = due_at, None, None
    row.provider_sid = row.accepted_at = None
    _release(row)


def failed(
    session: Session, row: Message, state: MessageState, error_code: int | None, *, now: datetime
) -> None:
    """It does not go out, has not arrived, or nobody can find out, and is not tried again: another way, where there is."""
    row.state, row.error_code = state, error_code
    _release(row)
    _forget_secret(row)
    number_is_dead(session, row, now=now)
    grouped.fare_alike(session, row)
    for each in [row, *grouped.carried(session, row)]:
        go_another_way(session, each, now=now)


def heard(
    session: Session,
    row: Message,
    sid: str,
    status: str,
    error_code: int | None,
    *,
    now: datetime,
    earlier: bool = False,
) -> bool:
    """The provider told this of the message; whether it was news. What was told before changes nothing.

    ``earlier`` is told of a try before the last: that it came to nothing is known, or decides nothing now.
    """
    state = told(status)
    if state is None or messages.event_stands(session, sid, status):
        return False
    failed_before = messages.failed_sids(session, row.id)
    event = DeliveryEvent(
        lab_id=row.lab_id, message_id=row.id, sid=sid, status=status, error_code=error_code, at=now
    )
    session.add(event)
    if state is MessageState.DELIVERED:
        taken(session, row, sid, state, now=now)
    elif row.provider_sid not in (None, sid) or sid in failed_before or (earlier and row.provider_sid != sid):
        pass  # of an earlier try that came to nothing; the one under way decides
    elif state is not MessageState.UNDELIVERED:
        taken(session, row, sid, state, now=now)
    elif row.state is not MessageState.DELIVERED:
        _not_arrived(session, row, sid, error_code, failed_before, now)
    return True


def _not_arrived(
    session: Session, row: Message, sid: str, error_code: int | None, failed_before: set[str], now: datetime
) -> None:
    if error_code in ONCE_MORE and not failed_before and not is_over(session, row):
        row.error_code = error_code
        again(session, row, due_at=now + ONCE_MORE_AFTER)
    else:
        row.provider_sid = sid
        failed(session, row, MessageState.UNDELIVERED, error_code, now=now)


def _release(row: Message) -> None:
    row.lease_owner = row.lease_until = None


def _forget_secret(row: Message) -> None:
    """A link's end, or a number's digits, once it has come or will not come. What stays on the screen keeps it."""
    on_screen = (row.provider_sid or "").startswith(SCREEN_SID)
    if row.purpose in SECRETS and row.state in FAILED | {MessageState.DELIVERED} and not on_screen:
        row.detail = None
