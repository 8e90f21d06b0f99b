"""Write every personal column anew under the newest key, while people go on working."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Session

from sharemeal.store import audit, rotation
from sharemeal.store.base import transaction
from sharemeal.store.columns import Keyring


def rewrite_under_newest(session: Session, keys: Keyring, *, now: datetime) -> int:
    """Rewrite what is not under the newest key of ``keys`` yet and return how many rows that were.

    Each batch is one unit of work. Old and new values can both be read at every moment as long as the old keys are
    kept behind the new one; a crash in the middle does no harm, the next call goes on. ``session`` sees all labs.
    Raises Refused when a value fits no key; nothing of its batch is then written.
    """
    rewritten = sum(_rewrite(session, table, keys, now) for table in rotation.tables())
    if rewritten:
        with transaction(session, now):
            audit.note(session, "keys rotated", "all tables", [])
    return rewritten


def _rewrite(session: Session, table: Table, keys: Keyring, now: datetime) -> int:
    after: tuple[Any, ...] | None = None
    rewritten = 0
    while True:
        with transaction(session, now):
            after, changed = rotation.reseal_batch(session, table, keys, after)
        rewritten += changed
        if after is None:
            return rewritten
