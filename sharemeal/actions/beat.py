"""A job's heartbeat: when it last ran to its end, and in which process."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from sharemeal.store.base import transaction
from sharemeal.store.ticks import Heartbeat


def beat(session: Session, name: str, *, owner: str, now: datetime) -> None:
    """Note that the job ran. ``session`` sees all labs."""
    with transaction(session, now):
        row = session.get(Heartbeat, name, with_for_update=True, populate_existing=True)
        if row is None:
            session.add(Heartbeat(name=name, at=now, owner=owner))
        else:
            row.at, row.owner = now, owner
