"""A browser's session on the server: begun, kept, and ended at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from sharemeal.store.base import transaction
from sharemeal.store.people import WebSession

_FORGOTTEN_AFTER = timedelta(days=1)


def begin_session(
    session: Session, id_hash: str, person_id: int | None, values: str, *, expires_at: datetime, now: datetime
) -> None:
    """A new session, for a person or (only to carry a form's token) for nobody. Forgets what expired long ago."""
    with transaction(session, now):
        session.execute(delete(WebSession).where(WebSession.expires_at < now - _FORGOTTEN_AFTER))
        session.add(
            WebSession(
                id_hash=id_hash, person_id=person_id, values=values, started_at=now, expires_at=expires_at
            )
        )


def keep_session(session: Session, row_id: int, values: str, *, expires_at: datetime, now: datetime) -> None:
    """Write the values of a session that has not ended meanwhile."""
    with transaction(session, now):
        session.execute(
            update(WebSession)
            .where(WebSession.id == row_id, WebSession.ended_at.is_(None))
            .values({WebSession.values: values, WebSession.expires_at: expires_at})
        )


def end_session(session: Session, row_id: int, *, now: datetime) -> None:
    """End one session at once."""
    with transaction(session, now):
        session.execute(update(WebSession).where(WebSession.id == row_id).values(ended_at=now))


def end_sessions_of(session: Session, person_id: int, *, now: datetime) -> int:
    """End every session of a person at once, on all devices; returns how many there were."""
    with transaction(session, now):
        ended = session.execute(
            update(WebSession)
            .where(WebSession.person_id == person_id, WebSession.ended_at.is_(None))
            .values(ended_at=now)
            .returning(WebSession.id)
        )
        return len(ended.all())
