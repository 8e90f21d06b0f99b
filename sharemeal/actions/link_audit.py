"""Put new audit rows into the hash chain, in order, and look whether the chain holds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from sharemeal.sentences import Refused, Sentence
from sharemeal.store import audit
from sharemeal.store.base import transaction


def link_audit(session: Session, *, now: datetime) -> int:
    """Link every audit row that is written and not linked yet; returns how many. ``session`` sees all labs.

    Raises Refused when a row stands unlinked among linked ones: it was put there, or its hash was taken away.
    """
    linked = 0
    while True:
        with transaction(session, now):
            audit.wait_for_writers(session)
            entries = audit.unlinked(session)
            if entries and entries[0].seq < audit.last_linked(session):
                raise _broken(entries[0].seq)
            previous = audit.head(session)
            for entry in entries:
                entry.prev_hash, entry.hash = previous, entry.digest(previous)
                previous = entry.hash
        linked += len(entries)
        if not entries:
            return linked


def verify_audit(session: Session, *, now: datetime) -> int:
    """Link what is new, check the whole chain, and return its length. Raises Refused naming the first broken row."""
    link_audit(session, now=now)
    broken = audit.first_broken(session)
    if broken is not None:
        raise _broken(broken)
    return audit.linked_count(session)


def _broken(seq: int) -> Refused:
    return Refused(
        Sentence("監査の記録が、{seq}番から合いません。", seq=seq),
        why=Sentence("この行か、その前の行が、あとから変えられたか消されています。"),
        remedy=Sentence("データベースに触れた人を確かめ、バックアップと見くらべてください。"),
    )
