"""Forget what has served its purpose: ended sessions, links, forms that were taken, tries of codes."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from sharemeal.store.base import transaction
from sharemeal.store.people import CodeAttempt, FormPost, SignInLink, WebSession
from sharemeal.store.service_days import SolveRun

FORMS_KEPT = timedelta(days=2)
TRIES_KEPT = timedelta(days=1)
SESSIONS_KEPT = timedelta(days=1)
LINKS_KEPT = timedelta(days=30)
CALCULATIONS_KEPT = timedelta(days=90)


def forget(session: Session, *, now: datetime) -> int:
    """Delete all of it, in every lab; returns how many rows. ``session`` sees all labs."""
    old = (
        delete(WebSession).where(WebSession.expires_at < now - SESSIONS_KEPT),
        delete(FormPost).where(FormPost.at < now - FORMS_KEPT),
        delete(CodeAttempt).where(CodeAttempt.at < now - TRIES_KEPT),
        delete(SignInLink).where(SignInLink.valid_until < now - LINKS_KEPT),
        delete(SolveRun).where(SolveRun.started_at < now - CALCULATIONS_KEPT),
    )
    with transaction(session, now):
        return sum(
            session.execute(each, execution_options={"synchronize_session": False}).rowcount  # type: ignore[attr-defined]
            for each in old
        )
