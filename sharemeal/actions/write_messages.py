"""Put a message into the outbox, inside the unit of work of what it tells of. Sending is another deed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sharemeal.messages import Channel, MessageState, Purpose, fresh_code
from sharemeal.store import messages
from sharemeal.store.messages import Message
from sharemeal.store.people import Person

_ATTEMPTS = 5


def write_message(
    session: Session,
    person_id: int,
    purpose: Purpose,
    *,
    once: str,
    now: datetime,
    detail: str | None = None,
    due_at: datetime | None = None,
    alert_id: int | None = None,
    step: int = 0,
    code: str | None = None,
    channel: Channel = Channel.SMS,
    language: str | None = None,
    lab_id: int | None = None,
    level: int = 0,
) -> Message | None:
    """Write a message to somebody, due at once or at ``due_at``; None where ``once`` stands in this lab already.

    ``code`` is for a caller that has put it into a link; else a fresh one is made, and another if it is taken.
    ``language`` is theirs where none is given. ``lab_id`` is for a session of all labs.
    """
    spoken = language or session.scalar(select(Person.language).where(Person.id == person_id)) or "ja"
    for _ in range(_ATTEMPTS):
        if messages.written_once(session, once, lab_id=lab_id) is not None:
            return None
        message = Message(
            person_id=person_id,
            purpose=purpose,
            channel=channel,
            language=spoken,
            level=level,
            state=MessageState.PENDING,
            once=once,
            code=code or fresh_code(),
            detail=detail,
            made_at=now,
            due_at=due_at or now,
            alert_id=alert_id,
            step=step,
        )
        if lab_id is not None:
            message.lab_id = lab_id
        try:
            with session.begin_nested():
                session.add(message)
        except IntegrityError:
            if code is not None:
                raise
            continue
        return message
    raise RuntimeError("no free message code was found")
