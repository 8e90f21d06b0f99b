"""When the database itself is in trouble: which errors people can wait out, and which are a fault of ours.

The words of an error never leave here: with SQL and parameters they may hold what people wrote.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

DatabaseFault = SQLAlchemyError
"""What pages may catch without knowing whose library it is."""


class Trouble(StrEnum):
    """What the matter is."""

    BUSY = "database is locked"
    LOST = "database does not answer"
    FULL = "disk is full"


_SQLITE_WORDS = (
    ("database or disk is full", Trouble.FULL),
    ("locked", Trouble.BUSY),
    ("unable to open database file", Trouble.LOST),
    ("disk i/o error", Trouble.LOST),
)
_STATES = (
    ("53100", Trouble.FULL),
    ("53", Trouble.BUSY),
    ("55P03", Trouble.BUSY),
    ("40", Trouble.BUSY),
    ("57P", Trouble.LOST),
    ("08", Trouble.LOST),
    ("25006", Trouble.LOST),
)
"""Beginnings of PostgreSQL's SQLSTATE: full, too many connections, locked, deadlock, shutting down, gone, read-only."""


def trouble_of(error: BaseException | None) -> Trouble | None:
    """Which trouble of the database this error is; None where it is another fault."""
    if isinstance(error, PoolTimeout):
        return Trouble.BUSY
    if not isinstance(error, DBAPIError):
        return None
    state = getattr(error.orig, "sqlstate", None)
    if state:
        return next((trouble for begins, trouble in _STATES if state.startswith(begins)), None)
    if type(error.orig).__module__.startswith("psycopg"):  # it has no state where no server has answered
        return Trouble.LOST if error.connection_invalidated or _is_operational(error) else None
    words = str(error.orig).lower()
    return next((trouble for said, trouble in _SQLITE_WORDS if said in words), None)


def _is_operational(error: DBAPIError) -> bool:
    return type(error.orig).__name__ in ("OperationalError", "ConnectionTimeout", "InterfaceError")
