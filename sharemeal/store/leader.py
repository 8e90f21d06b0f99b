"""One leader among all processes that would drive the clock, however they end.

On SQLite it is who holds a lock on a file beside the database, on PostgreSQL who holds an advisory lock by a
connection kept for nothing else. The operating system, or the server, frees both when the process dies.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from sharemeal.store.base import Store

LOCK_NUMBER = 0x73686172656D6561
"""``sharemea`` in letters: the advisory lock's number in the database."""


class FileLeader:
    """Leads by a lock on a file. Child processes do not inherit the file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def try_to_lead(self) -> bool:
        """Whether this process leads from now on; never waits."""
        if self._file is not None:
            return True
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            return False
        self._file = file
        return self.still_leads()

    def still_leads(self) -> bool:
        """Whether the lock that is held is on the file that others would lock."""
        if self._file is None:
            return False
        held = os.fstat(self._file)
        try:
            there = self._path.stat()
        except FileNotFoundError:
            there = None
        if there is None or (there.st_dev, there.st_ino) != (held.st_dev, held.st_ino):
            self.release()
            return False
        return True

    def release(self) -> None:
        """Let others lead."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


class AdvisoryLeader:
    """Leads by an advisory lock of PostgreSQL, which lives as long as its connection."""

    def __init__(self, url: str) -> None:
        self._engine: Engine = create_engine(
            url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True
        )
        self._connection: Connection | None = None

    def try_to_lead(self) -> bool:
        """Whether this process leads from now on; never waits. False too where the database does not answer."""
        if self._connection is not None:
            return self.still_leads()
        try:
            connection = self._engine.connect()
        except SQLAlchemyError:
            return False
        try:
            got = connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": LOCK_NUMBER})
        except SQLAlchemyError:
            got = False
        if not got:
            connection.close()
            return False
        self._connection = connection
        return True

    def still_leads(self) -> bool:
        """Whether the connection that holds the lock is still there."""
        if self._connection is None:
            return False
        try:
            self._connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            self.release()
            return False
        return True

    def release(self) -> None:
        """Let others lead."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._engine.dispose()


Leader = FileLeader | AdvisoryLeader


def leader_of(store: Store) -> Leader:
    """The way to lead for this database; a process tries for itself."""
    url = store.engine.url
    if url.get_backend_name() != "sqlite":
        return AdvisoryLeader(store.url)
    return FileLeader(Path(f"{url.database}.leader").resolve())
