"""A form is taken once: sent again, it leads to the same place and changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sharemeal.store.base import transaction
from sharemeal.store.people import FormPost

_KEPT = timedelta(days=2)


def form_location(session: Session, form_id: str) -> str | None:
    """Where this form led when it was taken, or None if it was not."""
    return session.scalars(select(FormPost.location).where(FormPost.form_id == form_id)).first()


def note_form(session: Session, form_id: str, location: str, *, now: datetime) -> None:
    """Remember for two days that this form was taken and where it led."""
    try:
        with transaction(session, now):
            session.execute(delete(FormPost).where(FormPost.at < now - _KEPT))
            session.add(FormPost(form_id=form_id, at=now, location=location))
    except IntegrityError:
        return
