"""How the database is: whether it answers, is up to date, and when something was last written."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from sharemeal.store.audit import AuditEntry
from sharemeal.store.base import Store
from sharemeal.store.migrations import is_newest

__all__ = ["is_newest", "newest_audit", "reach"]


def reach(engine: Engine) -> tuple[bool, str]:
    """Whether the database answers, and a sentence about it that names no password."""
    address = engine.url.render_as_string(hide_password=True)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return (
            False,
            f"データベースが答えません（{address}、{type(error).__name__}）。DATABASE_URL を確かめてください。",
        )
    return True, f"データベースは答えます（{engine.dialect.name}）。"


def newest_audit(store: Store) -> datetime | None:
    """When the last audit row was written."""
    with store.session(all_labs=True) as session:
        return session.scalar(select(func.max(AuditEntry.at)))
