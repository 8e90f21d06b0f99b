"""送った連絡 as a page shows them: the latest messages of a lab."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from sharemeal.store.messages import Message


def latest(session: Session, *, most: int, with_details: bool = False) -> list[Message]:
    """The newest messages first; what only their texts hold is read ``with_details`` alone. Without names."""
    query = select(Message).order_by(Message.id.desc()).limit(most)
    return list(session.scalars(query.options(undefer(Message.detail)) if with_details else query))
