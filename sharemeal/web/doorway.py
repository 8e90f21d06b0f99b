"""What every request may ask for: settings, clock, and the database session of the lab of who asks."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, cast

from flask import current_app, g

from sharemeal.clock import Clock
from sharemeal.config import Settings
from sharemeal.store import base
from sharemeal.store.base import Store
from sharemeal.store.labs import Lab

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Doorway:
    """Settings, clock and store of this app."""

    settings: Settings
    clock: Clock
    store: Store


def doorway() -> Doorway:
    """The doorway of the running app."""
    return cast(Doorway, current_app.extensions["sharemeal"])


def now() -> datetime:
    """The moment of this request, the same for all its parts, aware."""
    if "now" not in g:
        g.now = doorway().clock.now()
    return cast(datetime, g.now)


def today() -> date:
    """The calendar day of this request where the lab of who asks is."""
    return lab().rules.today(now())


def _stack() -> ExitStack:
    if "opened" not in g:
        g.opened = ExitStack()
    return cast(ExitStack, g.opened)


def db() -> Session:
    """The database session of this request, fenced to the lab of who asks."""
    from sharemeal.web.access import who

    if "db" not in g:
        person = who()
        g.db = _stack().enter_context(doorway().store.session(person.lab_id, actor=person.actor))
    return cast("Session", g.db)


def lab() -> Lab:
    """The lab of who asks."""
    from sharemeal.web.access import who

    if "lab" not in g:
        found = db().get(Lab, who().lab_id)
        assert found is not None
        g.lab = found
    return cast(Lab, g.lab)


def let_go() -> None:
    """End what this request was reading, so that a second session of it may write (SQLite waits for readers)."""
    if "db" in g:
        base.let_go(g.db)


def close(_error: BaseException | None) -> None:
    """Give the session back at the end of the request."""
    if "opened" in g:
        g.opened.close()
