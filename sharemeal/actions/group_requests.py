"""One text instead of many: whoever was asked a moment ago is asked again only after a while, for all that has come.

No case is hidden by it: the page behind any text lists every request that its person was asked for. Worry does not
wait behind what is lighter, nor behind a worry that was answered or may not have gone out. All-clears are gathered
in the same way.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from sharemeal.alerts import ONE_TEXT_IN
from sharemeal.messages import OF_AN_ALERT, MessageState, Purpose
from sharemeal.store import grouped
from sharemeal.store.messages import Message
from sharemeal.watch import Level

JUDGED_AGAIN_AFTER = timedelta(seconds=10)


def held_until(session: Session, row: Message, now: datetime) -> datetime | None:
    """Until when this request waits, None where it goes now; inside the unit of work that claims it.

    It is judged anew every few seconds: the text that it waits for may not have come, or have been withdrawn.
    """
    if row.purpose not in OF_AN_ALERT:
        return None
    level = grouped.level_of(session, row)
    if level is None:
        return None
    grouped.hold_person(session, row.person_id)
    counts = [
        each.at
        for each in grouped.told_lately(session, row, now)
        if level < Level.NOW
        or row.purpose is Purpose.ALL_CLEAR
        or (each.level >= Level.NOW and each.sure and not each.answered)
    ]
    return min(max(counts) + ONE_TEXT_IN, now + JUDGED_AGAIN_AFTER) if counts else None


def take_along(session: Session, row: Message) -> int:
    """Let this text tell of all else that waits to be asked of its person; returns how many that is."""
    if row.purpose not in OF_AN_ALERT or row.alert_id is None:
        return 0
    session.flush()
    others = grouped.beside(session, row)
    for each in others:
        each.carried_by_id, each.state, each.tries = row.id, MessageState.CLAIMED, each.tries + 1
    grouped.fare_alike(session, row)
    return len(others)
