"""Write down whose personal data a session has read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from sharemeal.store import audit
from sharemeal.store.base import let_go, transaction


def note_readings(session: Session, *, now: datetime, what: str = "read") -> None:
    """One audit row per kind of row read since the last call; nothing is written when nothing was read.

    ``what`` is how it was read: "exported" where it left the house as a file.
    """
    noted = audit.readings(session)
    if not noted:
        return
    let_go(session)
    with transaction(session, now):
        for subject, ids in sorted(noted.items()):
            audit.note(session, what, subject, sorted(ids))
