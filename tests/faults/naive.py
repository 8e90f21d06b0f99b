"""Two senders as one would write them at first. They are kept to be caught: one must lose, the other must double.

Both take the next due message as the product does and send the same words; what differs is the order of deeds and
that neither ever asks the provider.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from sharemeal import messages as rules
from sharemeal.actions.send_messages import address_of
from sharemeal.messages import Channel, MessageState
from sharemeal.outside.ways import Certain, InDoubt, Outgoing, Way
from sharemeal.store import messages
from sharemeal.store.base import transaction
from sharemeal.store.messages import Message
from sharemeal.store.uptime import seconds_now
from tests.faults.plan import SITE, Sender
from tests.faults.points import Point, Watched, Where

MOST = 50
AGAIN_AFTER = timedelta(seconds=0.3)
BUSY = 429


def sender(flavour: Sender, way: Way, watched: Watched) -> Callable[[Any], None]:
    """The tick of one of the two."""
    first_state = MessageState.ACCEPTED if flavour is Sender.MARK_THEN_SEND else MessageState.CLAIMED

    def tick(world: Any) -> None:
        with world.store.session(all_labs=True, actor="outbox") as session:
            for _ in range(MOST):
                taken = take(session, world, first_state)
                if taken is None:
                    return
                row, phone = taken
                watched.hold(Where.CLAIMED, row.id)
                watched.reached(Point.CLAIMED)
                call(session, world, row, phone, way)
                watched.hold(Where.SENDING)

    return tick


def take(session: Session, world: Any, state: MessageState) -> tuple[Message, str] | None:
    """Lease the next message, or mark it as sent before it is."""
    now = world.now()
    with transaction(session, now):
        row = messages.next_due(session, Channel.SMS, now)
        if row is None:
            return None
        row.state, row.lease_owner, row.epoch = state, world.owner, row.epoch + 1
        row.lease_until = seconds_now(session) + world.lease.total_seconds()
        phone = address_of(session, row)
        assert phone is not None, "everybody in an ordeal has a number"
        text = rules.text(row.purpose, SITE, row.code, row.detail)
        session.info["text"] = text
        return row, phone


def call(session: Session, world: Any, row: Message, phone: str, way: Way) -> None:
    """Send it; whatever is not taken for certain goes again later, without a question."""
    try:
        way.send(Outgoing(phone, "", session.info["text"], row.code, at=world.now()))
        state, code = MessageState.ACCEPTED, None
    except InDoubt:
        state, code = MessageState.PENDING, None
    except Certain as refused:
        busy = refused.status == BUSY
        state, code = (MessageState.PENDING, None) if busy else (MessageState.REFUSED, refused.code)
    now = world.now()
    with transaction(session, now):
        row.state, row.error_code = state, code
        row.due_at = now + AGAIN_AFTER if state is MessageState.PENDING else row.due_at
        row.lease_owner = row.lease_until = None
