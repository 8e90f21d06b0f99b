"""Send what is due: claim, intent, call, result, each in a transaction of its own and none of them open in a call.

The intent is on the disk before the call, so that whoever finds it later knows that the message may have gone out and
asks the way's list (actions/reconcile.py) instead of sending it twice. Every later step is fenced by the claim's owner
and epoch. One message is claimed at a time: behind a slow call, no other waits under a lease that runs out. A call
begins in the first half of its lease or not at all, so that it has ended before anybody asks the list. What asks
one person for several things goes out in one text (actions/group_requests.py).

What remains: a process that is frozen inside the call for longer than lease and settling, and wakes, may double one
text. Without a key of the provider's against repeats nobody can prevent that.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharemeal import messages as rules
from sharemeal.actions import settle_message
from sharemeal.actions.group_requests import held_until, take_along
from sharemeal.messages import Channel, MessageState
from sharemeal.outside.ways import Certain, InDoubt, Outgoing, Way
from sharemeal.store import audit, contacts, grouped, messages
from sharemeal.store.base import Store, let_go, transaction
from sharemeal.store.messages import Message
from sharemeal.store.people import Person
from sharemeal.store.uptime import seconds_now, uptime

ACTOR = "outbox"
"""How the audit names the sender of messages."""


FULL_FOR = timedelta(seconds=10)
"""Where a way is full, what can wait is looked at again after this time."""


@dataclass(frozen=True)
class Claim:
    """A lease of one message: only who holds owner and epoch changes the row."""

    message_id: int
    owner: str
    epoch: int


@dataclass(frozen=True)
class Sending:
    """How a process sends: its name, how long its claims last, how long what is in doubt settles, the pages' address."""

    owner: str
    lease: timedelta
    settle: timedelta
    site: str
    channel: Channel = Channel.SMS


def send_messages(
    store: Store,
    way: Way,
    sending: Sending,
    *,
    now: datetime,
    most: int = 50,
    timer: Callable[[], float] = uptime,
) -> int:
    """Send what is due, alerts first, at most ``most`` and no longer than one lease; returns how many were taken.

    ``timer`` tells seconds that pass: ``now`` moves on with it, since calls take time.
    """
    sent, begun = 0, timer()

    def present() -> datetime:
        return now + timedelta(seconds=timer() - begun)

    with store.session(all_labs=True, actor=ACTOR) as session:
        for _ in range(most):
            if present() - now > sending.lease or not messages.any_to_send(
                session, sending.channel, present()
            ):
                break
            let_go(session)
            claim = claim_next(session, sending, now=present())
            if claim is None:
                break
            meant_at = present()
            call = intend(session, claim, way, sending, now=meant_at)
            if call is None or present() - meant_at >= sending.lease / 2:  # held up: others reconcile it
                continue
            outcome = _called(way, call)
            note_outcome(session, claim, outcome, settle=sending.settle, now=present())
            sent += isinstance(outcome, str)
            if isinstance(outcome, Certain) and outcome.busy:
                break
    return sent


def claim_next(session: Session, sending: Sending, *, now: datetime) -> Claim | None:
    """Take a lease of the next message that is due; of two who claim at once, each gets another.

    A request to somebody who was sent one a moment ago is put off, and goes out with what comes meanwhile. Where a
    way has taken as much as it may in a minute, whatever can wait does.
    """
    while True:
        with transaction(session, now):
            row = messages.next_due(session, sending.channel, now)
            if row is None:
                return None
            until = held_until(session, row, now)
            if until is None:
                return _claimed(session, row, sending, now)
            row.state, row.due_at, row.lease_owner, row.lease_until = MessageState.PENDING, until, None, None


def _claimed(session: Session, row: Message, sending: Sending, now: datetime) -> Claim | None:
    if row.purpose not in rules.CANNOT_WAIT and messages.is_full(session, sending.channel, now):
        messages.put_off(session, sending.channel, now, now + FULL_FOR)
        return None
    row.state, row.intent_at = MessageState.CLAIMED, None
    _lease(session, row, sending)
    row.epoch += 1
    return Claim(row.id, sending.owner, row.epoch)


def _lease(session: Session, row: Message, sending: Sending) -> None:
    row.lease_owner = sending.owner
    row.lease_until = seconds_now(session) + sending.lease.total_seconds()


def intend(session: Session, claim: Claim, way: Way, sending: Sending, *, now: datetime) -> Outgoing | None:
    """Write down that the call will be made now, and make its text; None where nothing is to be sent any more.

    Whoever has no number (or address) or has gone is refused; what was withdrawn or claimed by another meanwhile
    stays as it is.
    """
    with transaction(session, now):
        row = messages.held(session, claim.message_id, claim.owner, claim.epoch)
        if row is None or row.state is not MessageState.CLAIMED:
            return None
        if settle_message.is_over(session, row):
            settle_message.again(session, row, due_at=row.due_at)
            return None
        to = address_of(session, row)
        known_fault = contacts.known_fault(session, row)
        if to is None or known_fault is not None:
            settle_message.failed(session, row, MessageState.REFUSED, known_fault, now=now)
            return None
        row.intent_at, row.tries = now, row.tries + 1
        _lease(session, row, sending)
        row.nonce = row.nonce or secrets.token_urlsafe(16)
        count = 1 + take_along(session, row)
        site = sending.site.rstrip("/")
        text = rules.text(row.purpose, site, row.code, row.detail, language=row.language, count=count)
        back = f"{site}/twilio/status/{row.nonce}.{row.tries}" if way.calls_back(site) else None
        return Outgoing(to, rules.subject(row.purpose, row.language), text, row.code, back, at=now)


def address_of(session: Session, row: Message) -> str | None:
    """The number or the e-mail address of who gets it, which leaves an audit row; None where there is none."""
    column = Person.email if row.channel is Channel.EMAIL else Person.phone
    found = session.scalar(select(column).where(Person.id == row.person_id, Person.active))
    if found:
        audit.note(session, "read", "person", [row.person_id], column.key, lab_id=row.lab_id)
    return found or None


def _called(way: Way, call: Outgoing) -> str | Certain | InDoubt:
    try:
        return way.send(call)
    except (Certain, InDoubt) as error:
        return error


def note_outcome(
    session: Session, claim: Claim, outcome: str | Certain | InDoubt, *, settle: timedelta, now: datetime
) -> None:
    """Write down how the call ended, if the claim still stands; the provider's own call may have come before."""
    with transaction(session, now):
        row = messages.held(session, claim.message_id, claim.owner, claim.epoch)
        if row is None:
            return
        match outcome:
            case str():
                settle_message.taken(session, row, outcome, MessageState.ACCEPTED, now=now)
            case InDoubt():
                row.state, row.lease_owner = MessageState.IN_DOUBT, None
                row.lease_until = seconds_now(session) + settle.total_seconds()
                grouped.fare_alike(session, row)
            case Certain(busy=True):
                row.error_code = outcome.code
                settle_message.again(session, row, due_at=now + rules.pause(row.tries))
            case Certain():
                settle_message.failed(session, row, MessageState.REFUSED, outcome.code, now=now)
