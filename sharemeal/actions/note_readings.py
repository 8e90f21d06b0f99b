"""Write down whose personal data a session has read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from sharemeal.store import audit
from sharemeal.store.base import let_go, transaction


def note_readings(session: Session, *, now: datetime) -> None:
    """One audit row per kind of row read since the last call; nothing is written when nothing was read."""
    noted = audit.readings(session)
    if not noted:
        return
    let_go(session)
    with transaction(session, now):
        for subject, ids in sorted(noted.items()):
            audit.note(session, "read", subject, sorted(ids))
