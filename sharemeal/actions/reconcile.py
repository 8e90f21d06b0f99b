"""Find out what became of a message whose call has no known end: ask the provider's list for its code.

Found → the message is bound to its sid and never sent again. Absent after the settling time → it goes out once more under
the same code. No list to be had → it stays in doubt, and from a minute on the alert hurries to the next person.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from sharemeal import messages as rules
from sharemeal.actions import settle_message
from sharemeal.actions.send_messages import ACTOR, Claim, number_of
from sharemeal.messages import MessageState
from sharemeal.outside.sms import Certain, InDoubt, Listed, Sms
from sharemeal.store import messages
from sharemeal.store.base import Store, transaction
from sharemeal.store.messages import Message

LEASE = timedelta(seconds=30)
"""Nobody else asks about a message in doubt for so long."""
ASKED_AGAIN_AFTER = timedelta(seconds=10)
"""Where the list was not to be had, nobody asks again before."""


def reconcile(store: Store, sms: Sms, *, owner: str, now: datetime, settle: timedelta, most: int = 50) -> int:
    """Settle what is in doubt since ``settle`` or longer; returns how many are in doubt no more."""
    settled = 0
    with store.session(all_labs=True, actor=ACTOR) as session:
        doubt_dropped(session, now=now)
        for _ in range(most):
            asked = _claim(session, owner, now, now - settle)
            if asked is None:
                break
            claim, to, code, since = asked
            if to is None:
                continue
            try:
                found = [each for each in sms.sent_to(to, since) if code in each.text]
            except (Certain, InDoubt):
                _leave(session, claim, now)
                break
            settled += _settle(session, claim, found, now)
    return settled


def doubt_dropped(session: Session, *, now: datetime) -> None:
    """Whoever meant to call and has not told the outcome until the lease's end has gone: nobody knows what went out."""
    with transaction(session, now):
        session.execute(
            update(Message)
            .where(
                Message.state == MessageState.CLAIMED,
                Message.intent_at.is_not(None),
                Message.lease_until <= now,
            )
            .values(state=MessageState.IN_DOUBT, lease_owner=None, lease_until=None),
            execution_options={"synchronize_session": False},
        )


def _claim(
    session: Session, owner: str, now: datetime, intent_until: datetime
) -> tuple[Claim, str | None, str, datetime] | None:
    with transaction(session, now):
        row = messages.next_doubtful(session, now, intent_until)
        if row is None:
            return None
        row.lease_owner, row.lease_until, row.epoch = owner, now + LEASE, row.epoch + 1
        to = number_of(session, row)
        if to is None:
            settle_message.failed(row, MessageState.REFUSED, None)
        return Claim(row.id, owner, row.epoch), to, row.code, row.intent_at or now


def _leave(session: Session, claim: Claim, now: datetime) -> None:
    with transaction(session, now):
        row = messages.held(session, claim.message_id, claim.owner, claim.epoch)
        if row is not None:
            row.lease_owner, row.lease_until = None, now + ASKED_AGAIN_AFTER


def _settle(session: Session, claim: Claim, found: list[Listed], now: datetime) -> bool:
    with transaction(session, now):
        row = messages.held(session, claim.message_id, claim.owner, claim.epoch)
        if row is None or row.state is not MessageState.IN_DOUBT:
            return False
        known = messages.failed_sids(session, row.id)
        mine = [each for each in found if each.sid not in known]
        if not mine and row.provider_sid is not None:  # put in doubt by a restore, although it was taken
            settle_message.taken(session, row, row.provider_sid, MessageState.ACCEPTED, now=now)
            return True
        if not mine:
            settle_message.again(session, row, due_at=now)
            return True
        best = max(mine, key=lambda each: rules.told(each.status) is not MessageState.UNDELIVERED)
        settle_message.taken(session, row, best.sid, MessageState.ACCEPTED, now=now)
        settle_message.heard(session, row, best.sid, best.status, best.error_code, now=now)
        return True
