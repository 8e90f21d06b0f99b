"""End the hold after a restore: ask the provider for every text that may have gone out after the backup, then go on.

The restore has put these texts in doubt, so the ordinary reconciling binds what was taken and frees the rest. While the
list cannot be asked the hold stays, but not for long: what is still in doubt then stays so and is not sent twice, while
its alert goes on to the next person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sharemeal.actions.reconcile import reconcile
from sharemeal.actions.send_messages import Sending
from sharemeal.backups import hold_is_over, may_ask
from sharemeal.outside.ways import Way
from sharemeal.store import restorations
from sharemeal.store.base import Store, transaction

ACTOR = "clock"


@dataclass(frozen=True)
class Hold:
    """How a hold fares: whether it has ended now, and how many texts are in doubt."""

    ended: bool
    in_doubt: int


def end_hold(store: Store, way: Way, sending: Sending, *, now: datetime) -> Hold | None:
    """Look into the gap of a restore and end its hold when nothing is in doubt any more, or after too long.

    None where no hold stands. Safe to run twice and at once.
    """
    with store.session(all_labs=True, actor=ACTOR) as session:
        if restorations.standing(session) is None:
            return None
        with transaction(session, now):
            row = restorations.standing(session, to_change=True)
            if row is None:
                return None
            row.looked_at = row.looked_at or now
            restored_at, looked_at = row.restored_at, row.looked_at
        if may_ask(restored_at, now, sending.settle):
            reconcile(store, way, sending, now=now)
        with transaction(session, now):
            row = restorations.standing(session, to_change=True)
            left = restorations.in_doubt(session, restored_at)
            over = hold_is_over(looked_at, now, sending.settle, left)
            if row is not None and over:
                row.ended_at = now
    return Hold(over, left)
