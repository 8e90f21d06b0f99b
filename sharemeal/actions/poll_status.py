"""Look up what the provider took and has told nothing of since: its call to us may have been lost."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from sharemeal import messages as rules
from sharemeal.actions import settle_message
from sharemeal.actions.send_messages import ACTOR
from sharemeal.outside.ways import Certain, InDoubt, Way
from sharemeal.store import messages
from sharemeal.store.base import Store, transaction
from sharemeal.store.messages import Message

UNHEARD_AFTER = timedelta(seconds=120)
"""Taken so long ago and not known to have arrived: it is looked up, again and again at this distance."""
UNHEARD_FOR = timedelta(days=1)


def poll_status(store: Store, way: Way, *, now: datetime, most: int = 50) -> int:
    """Look up what was taken and has not been heard of for two minutes, up to a day; returns how much was news.

    Secrets of what has long come to its end are forgotten by the way.
    """
    news = 0
    with store.session(all_labs=True, actor=ACTOR) as session:
        _forget_old_secrets(session, now)
        for _ in range(most):
            with transaction(session, now):
                row = messages.next_unheard(session, now, after=UNHEARD_AFTER, until=UNHEARD_FOR)
                if row is None:
                    break
                row.looked_at = now
                message_id, sid = row.id, row.provider_sid or ""
            try:
                listed = way.look(sid)
            except Certain:
                continue
            except InDoubt:
                break
            if listed is None:
                continue
            with transaction(session, now):
                row = messages.by_id(session, message_id)
                if row is not None and row.provider_sid == sid:
                    news += settle_message.heard(session, row, sid, listed.status, listed.error_code, now=now)
    return news


def _forget_old_secrets(session: Session, now: datetime) -> None:
    with transaction(session, now):
        session.execute(
            update(Message)
            .where(
                Message.purpose.in_(rules.SECRETS),
                Message.state.not_in(rules.OPEN),
                Message.due_at <= now - UNHEARD_FOR,
                Message.detail.is_not(None),
            )
            .values(detail=None),
            execution_options={"synchronize_session": False},
        )
