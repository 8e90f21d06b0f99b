"""That a database came out of a backup, and whether sending still waits for what happened after that backup."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from sharemeal.messages import MessageState
from sharemeal.store.base import Base
from sharemeal.store.columns import UtcDateTime
from sharemeal.store.messages import Message


class Restoration(Base):
    """One restore. What stood in the backup is of ``backup_at``; until ``ended_at`` is set, jobs that send or write wait.

    ``looked_at`` is when a clock first looked into it.
    """

    __tablename__ = "restoration"

    id: Mapped[int] = mapped_column(primary_key=True)
    backup_at: Mapped[datetime] = mapped_column(UtcDateTime)
    restored_at: Mapped[datetime] = mapped_column(UtcDateTime)
    looked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def standing(session: Session, *, to_change: bool = False) -> Restoration | None:
    """The restore whose gap is not reconciled yet; ``to_change`` locks it. For a session of all labs."""
    query = select(Restoration).where(Restoration.ended_at.is_(None)).order_by(Restoration.id.desc())
    if to_change:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).first()


def end_earlier(session: Session, now: datetime) -> None:
    """A restore of a backup that was taken on hold: the new gap holds the old one."""
    session.execute(
        update(Restoration).where(Restoration.ended_at.is_(None)).values(ended_at=now),
        execution_options={"synchronize_session": False},
    )


def in_doubt(session: Session, restored_at: datetime) -> int:
    """How many texts from before the restore are in doubt; for a session of all labs."""
    query = select(func.count()).where(
        Message.state == MessageState.IN_DOUBT, Message.intent_at <= restored_at
    )
    return session.scalar(query) or 0
