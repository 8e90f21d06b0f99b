"""How the database is: whether it answers and takes writes, is up to date, and when something was last written."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from sharemeal.store.audit import AuditEntry
from sharemeal.store.base import Store
from sharemeal.store.migrations import is_newest
from sharemeal.store.trouble import Trouble, trouble_of

__all__ = ["is_newest", "journal", "newest_audit", "reach", "server_time", "trouble_now"]

PATIENCE_MILLISECONDS = 2000
"""How long a lock of SQLite is waited for when somebody only asks how it is."""


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


def trouble_now(store: Store) -> Trouble | None:
    """What keeps the database from answering or from taking a write now; None where nothing does. Writes nothing."""
    try:
        if store.engine.dialect.name != "sqlite":
            with store.engine.connect() as connection:
                connection.execute(select(1))
            return None
        raw = store.engine.raw_connection()
        try:
            return _lock_of(raw.driver_connection)
        finally:
            raw.close()
    except SQLAlchemyError as error:
        return trouble_of(error) or Trouble.LOST


def _lock_of(raw: Any) -> Trouble | None:
    """Take SQLite's write lock for a moment, with less patience than a page has, and give it back."""
    [waited] = raw.execute("PRAGMA busy_timeout").fetchone()
    raw.execute(f"PRAGMA busy_timeout={min(waited, PATIENCE_MILLISECONDS)}").close()
    try:
        raw.execute("BEGIN IMMEDIATE").close()
        raw.execute("ROLLBACK").close()
    except Exception as error:  # the driver's own: no statement of SQLAlchemy is under way
        return Trouble.BUSY if "locked" in str(error).lower() else Trouble.LOST
    finally:
        raw.execute(f"PRAGMA busy_timeout={waited}").close()
    return None


def journal(engine: Engine) -> str | None:
    """How SQLite keeps its journal here and which version does; None for another database."""
    if engine.dialect.name != "sqlite":
        return None
    with engine.connect() as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        version = connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
    return f"{str(mode).upper()}, SQLite {version}"


def server_time(engine: Engine) -> datetime | None:
    """What the clock of the database's machine says, aware; None where it is this machine's own."""
    if engine.dialect.name != "postgresql":
        return None
    with engine.connect() as connection:
        moment: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return moment


def newest_audit(store: Store) -> datetime | None:
    """When the last audit row was written."""
    with store.session(all_labs=True) as session:
        return session.scalar(select(func.max(AuditEntry.at)))
