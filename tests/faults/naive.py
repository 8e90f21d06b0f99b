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
from sharemeal.actions.send_messages import number_of
from sharemeal.messages import MessageState
from sharemeal.outside.sms import Certain, InDoubt
from sharemeal.store import messages
from sharemeal.store.base import transaction
from sharemeal.store.messages import Message
from tests.faults.plan import SITE, Sender
from tests.faults.points import Point, Watched, Where

MOST = 50
AGAIN_AFTER = timedelta(seconds=0.3)
BUSY = 429


def sender(flavour: Sender, send: Callable[..., str], watched: Watched) -> Callable[[Any], None]:
    """The tick of one of the two; ``send`` is a way's own."""
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
                call(session, world, row, phone, send)
                watched.hold(Where.SENDING)

    return tick


def take(session: Session, world: Any, state: MessageState) -> tuple[Message, str] | None:
    """Lease the next message, or mark it as sent before it is."""
    now = world.now()
    with transaction(session, now):
        row = messages.next_due(session, now)
        if row is None:
            return None
        row.state, row.lease_owner, row.lease_until = state, world.owner, now + world.lease
        row.epoch += 1
        phone = number_of(session, row)
        assert phone is not None, "everybody in an ordeal has a number"
        text = rules.text(row.purpose, SITE, row.code, row.detail)
        session.info["text"] = text
        return row, phone


def call(session: Session, world: Any, row: Message, phone: str, send: Callable[..., str]) -> None:
    """Send it; whatever is not taken for certain goes again later, without a question."""
    try:
        send(phone, session.info["text"], None)
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
