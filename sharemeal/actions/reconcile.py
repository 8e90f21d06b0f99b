"""Find out what became of a message whose call has no known end: ask the provider's list for its code.

Found → the message is bound to its sid and never sent again. Absent after the settling time → it goes out once more under
the same code. No list to be had → it stays in doubt, and another way is taken at once. A way that keeps no list → nobody
will ever know: it is not sent twice, and the alert hurries to the next person.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from sharemeal import messages as rules
from sharemeal.actions import settle_message
from sharemeal.actions.go_another_way import go_another_way
from sharemeal.actions.send_messages import ACTOR, Claim, Sending, address_of
from sharemeal.messages import MessageState
from sharemeal.outside.ways import Certain, InDoubt, Listed, Way
from sharemeal.store import grouped, messages
from sharemeal.store.base import Store, let_go, transaction
from sharemeal.store.uptime import seconds_now, uptime

LEASE = timedelta(seconds=60)
"""Nobody else asks about a message in doubt for so long."""
ASKED_AGAIN_AFTER = timedelta(seconds=10)
"""Where the list was not to be had, nobody asks again before."""


def reconcile(
    store: Store,
    way: Way,
    sending: Sending,
    *,
    now: datetime,
    most: int = 50,
    timer: Callable[[], float] = uptime,
) -> int:
    """Settle what is in doubt and has settled; returns how many are in doubt no more.

    It stops after a lease's time: a list that answers slowly keeps no new message waiting. ``timer`` tells seconds.
    """
    settled, begun = 0, timer()
    with store.session(all_labs=True, actor=ACTOR) as session:
        if not messages.any_in_doubt(session, sending.channel):
            return 0
        let_go(session)
        with transaction(session, now):
            left = max(sending.settle - sending.lease, timedelta(0))
            messages.doubt_what_was_dropped(session, settle_seconds=left.total_seconds())
        for _ in range(most):
            asked = (
                _claim(session, sending, now) if timer() - begun <= sending.lease.total_seconds() else None
            )
            if asked is None:
                break
            claim, code, since = asked
            to = _address(session, claim, now)
            if to is None:
                continue
            try:
                listed = way.sent_to(to, since)
            except (Certain, InDoubt):
                _leave(session, claim, now)
                break
            if listed is None:
                _never_known(session, claim, now)
                continue
            settled += _settle(session, claim, [each for each in listed if code in each.text], now)
    return settled


def _claim(session: Session, sending: Sending, now: datetime) -> tuple[Claim, str, datetime] | None:
    with transaction(session, now):
        row = messages.next_doubtful(session, sending.channel)
        if row is None:
            return None
        row.lease_owner, row.epoch = sending.owner, row.epoch + 1
        row.lease_until = seconds_now(session) + LEASE.total_seconds()
        return Claim(row.id, sending.owner, row.epoch), row.code, row.intent_at or now


def _address(session: Session, claim: Claim, now: datetime) -> str | None:
    """To whom it went; read behind the claim, so that one that cannot be read keeps no other back."""
    with transaction(session, now):
        row = messages.held(session, claim.message_id, claim.owner, claim.epoch)
        if row is None:
            return None
        to = address_of(session, row)
        if to is None:
            settle_message.failed(session, row, MessageState.REFUSED, None, now=now)
        return to


def _leave(session: Session, claim: Claim, now: datetime) -> None:
    """The list is not to be had: it stays in doubt, and the person is told by another way."""
    with transaction(session, now):
        row = messages.held(session, claim.message_id, claim.owner, claim.epoch)
        if row is None or row.state is not MessageState.IN_DOUBT:
            return
        row.lease_owner, row.lease_until = None, seconds_now(session) + ASKED_AGAIN_AFTER.total_seconds()
        for each in [row, *grouped.carried(session, row)]:
            go_another_way(session, each, now=now)


def _never_known(session: Session, claim: Claim, now: datetime) -> None:
    with transaction(session, now):
        row = messages.held(session, claim.message_id, claim.owner, claim.epoch)
        if row is not None and row.state is MessageState.IN_DOUBT:
            settle_message.failed(session, row, MessageState.UNKNOWN, None, now=now)


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
