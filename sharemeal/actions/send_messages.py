"""Send what is due: claim, intent, call, result, each in a transaction of its own and none of them open in a call.

The intent is on the disk before the call, so that whoever finds it later knows that the text may have gone out and asks
the provider (actions/reconcile.py) instead of sending it twice. Every later step is fenced by the claim's owner and
epoch. One message is claimed at a time: behind a slow call, no other waits under a lease that runs out.

What remains: a process that is frozen inside the call for longer than lease and settling, and wakes, may double one
text. Without a key of the provider's against repeats nobody can prevent that.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharemeal import messages as rules
from sharemeal.actions import settle_message
from sharemeal.messages import MessageState
from sharemeal.outside.sms import Certain, InDoubt, Sms
from sharemeal.store import audit, messages
from sharemeal.store.base import Store, transaction
from sharemeal.store.messages import Message
from sharemeal.store.people import Person

ACTOR = "outbox"
"""How the audit names the sender of messages."""


@dataclass(frozen=True)
class Claim:
    """A lease of one message: only who holds owner and epoch changes the row."""

    message_id: int
    owner: str
    epoch: int


@dataclass(frozen=True)
class Call:
    """What is handed to the provider. Lives in memory alone."""

    to: str
    text: str
    callback_url: str | None


def send_messages(
    store: Store,
    sms: Sms,
    *,
    site: str,
    owner: str,
    now: datetime,
    lease: timedelta,
    most: int = 50,
    timer: Callable[[], float] = time.monotonic,
) -> int:
    """Send what is due, alerts first, at most ``most`` and no longer than one lease; returns how many were taken.

    ``site`` is the pages' address. ``timer`` tells seconds that pass: ``now`` moves on with it, since calls take time.
    """
    site, sent = site.rstrip("/"), 0
    begun = timer()

    def present() -> datetime:
        return now + timedelta(seconds=timer() - begun)

    with store.session(all_labs=True, actor=ACTOR) as session:
        for _ in range(most):
            if present() - now > lease:
                break
            claim = claim_next(session, owner=owner, now=present(), lease=lease)
            if claim is None:
                break
            meant_at = present()
            call = intend(session, claim, sms, site=site, now=meant_at, lease=lease)
            if call is None or present() - meant_at >= lease:  # frozen meanwhile: others reconcile it
                continue
            outcome = _called(sms, call)
            note_outcome(session, claim, outcome, now=present())
            sent += isinstance(outcome, str)
            if isinstance(outcome, Certain) and _is_busy(outcome):
                break
    return sent


def claim_next(session: Session, *, owner: str, now: datetime, lease: timedelta) -> Claim | None:
    """Take a lease of the next message that is due; of two who claim at once, each gets another."""
    with transaction(session, now):
        row = messages.next_due(session, now)
        if row is None:
            return None
        row.state, row.intent_at = MessageState.CLAIMED, None
        row.lease_owner, row.lease_until, row.epoch = owner, now + lease, row.epoch + 1
        return Claim(row.id, owner, row.epoch)


def intend(
    session: Session, claim: Claim, sms: Sms, *, site: str, now: datetime, lease: timedelta
) -> Call | None:
    """Write down that the call will be made now, and make its text; None where nothing is to be sent any more.

    Whoever has no number or has gone is refused; what was withdrawn or claimed by another meanwhile stays as it is.
    """
    with transaction(session, now):
        row = messages.held(session, claim.message_id, claim.owner, claim.epoch)
        if row is None or row.state is not MessageState.CLAIMED:
            return None
        if settle_message.is_over(session, row):
            settle_message.again(session, row, due_at=row.due_at)
            return None
        phone = number_of(session, row)
        if phone is None:
            settle_message.failed(row, MessageState.REFUSED, None)
            return None
        row.intent_at, row.lease_until, row.tries = now, now + lease, row.tries + 1
        row.nonce = row.nonce or secrets.token_urlsafe(16)
        text = rules.text(row.purpose, site, row.code, row.detail)
        back = f"{site}/twilio/status/{row.nonce}.{row.tries}" if sms.calls_back(site) else None
        return Call(phone, text, back)


def number_of(session: Session, row: Message) -> str | None:
    """The number of who gets it, which leaves an audit row; None for somebody who has none or has gone."""
    phone = session.scalar(select(Person.phone).where(Person.id == row.person_id, Person.active))
    if phone:
        audit.note(session, "read", "person", [row.person_id], "phone", lab_id=row.lab_id)
    return phone or None


def _called(sms: Sms, call: Call) -> str | Certain | InDoubt:
    try:
        return sms.send(call.to, call.text, call.callback_url)
    except (Certain, InDoubt) as error:
        return error


def note_outcome(session: Session, claim: Claim, outcome: str | Certain | InDoubt, *, now: datetime) -> None:
    """Write down how the call ended, if the claim still stands; the provider's own call may have come before."""
    with transaction(session, now):
        row = messages.held(session, claim.message_id, claim.owner, claim.epoch)
        if row is None:
            return
        match outcome:
            case str():
                settle_message.taken(session, row, outcome, MessageState.ACCEPTED, now=now)
            case InDoubt():
                row.state, row.lease_owner, row.lease_until = MessageState.IN_DOUBT, None, None
            case Certain() if _is_busy(outcome):
                settle_message.again(session, row, due_at=now + rules.pause(row.tries))
            case Certain():
                settle_message.failed(row, MessageState.REFUSED, outcome.code or outcome.status)


def _is_busy(outcome: Certain) -> bool:
    return outcome.status == rules.TOO_MANY or outcome.code == rules.SLOW_DOWN
