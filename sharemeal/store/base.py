"""The engine, the unit of work and the lab fence.

A session is opened for one lab (or, for sign-in and upkeep, for all of them) and keeps to it: each question is
narrowed to that lab, each new row is given to it, and a row of another lab cannot be written. The session also
notes whose personal data it has loaded and changed; store/audit.py turns that into audit rows.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, ForeignKey, MetaData, create_engine, event, inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Session,
    declared_attr,
    mapped_column,
    sessionmaker,
    with_loader_criteria,
)
from sqlalchemy.pool import QueuePool

from sharemeal.store.columns import Keyring

try:  # a newer SQLite than most systems have, so that WAL is safe
    from pysqlite3 import dbapi2 as sqlite
except ImportError:
    import sqlite3 as sqlite

T = TypeVar("T")

SQLITE_VERSION: tuple[int, ...] = tuple(sqlite.sqlite_version_info)
"""The version of the SQLite library that :func:`_engine` opens files with."""

ALL_LABS = "all labs"
SECONDS = "seconds"
"""Where a session keeps the clock for leases that it was given."""
_WRITES = "sharemeal_writes"
_TURN = "turn"
BUSY_SECONDS = 5
"""So long a writer waits for SQLite, and before that for its turn in this process."""


class Base(DeclarativeBase):
    """All tables. Constraint names are fixed, so that migrations can name them on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class LabOwned:
    """A row that belongs to one lab; the fence sees to it."""

    @declared_attr
    @classmethod
    def lab_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("lab.id", ondelete="CASCADE"), index=True)


class FenceBroken(RuntimeError):
    """Code tried to touch another lab's rows, or rows of labs without saying which: always a fault of ours."""


class Store:
    """The database: address and keys in, sessions out.

    ``newer_keys`` is asked before each session and answers with a keyring when the keys were rotated meanwhile, so
    that a process which serves while another rotates goes on reading and writes under the newest key.
    Parameters never stand in error messages: they are people's data. ``seconds`` is another clock for leases than
    store/uptime.py's, for tests.
    """

    def __init__(
        self,
        url: str,
        keyring: Keyring,
        newer_keys: Callable[[], Keyring | None] = lambda: None,
        seconds: Callable[[Session], float] | None = None,
    ) -> None:
        self.url = url
        self.engine = _engine(url)
        self._newer_keys = newer_keys
        self._seconds = seconds
        self._turn = threading.Lock() if url.startswith("sqlite") else None
        self.use_keys(keyring)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False, class_=Session)

    def use_keys(self, keyring: Keyring) -> None:
        """Read and write personal columns with these keys from now on."""
        self.keyring = keyring
        self.engine.dialect.sharemeal_keyring = keyring  # type: ignore[attr-defined]

    @contextmanager
    def session(
        self, lab_id: int | None = None, *, all_labs: bool = False, actor: str = "system"
    ) -> Iterator[Session]:
        """A session fenced to ``lab_id``, or to none with ``all_labs``; ``actor`` is named in the audit."""
        if (lab_id is None) != all_labs:
            raise FenceBroken("say which lab, or all labs")
        if (newer := self._newer_keys()) is not None:
            self.use_keys(newer)
        with self._sessions() as session:
            session.info["fence"] = ALL_LABS if all_labs else lab_id
            session.info["actor"] = actor
            session.info[SECONDS] = self._seconds
            session.info[_TURN] = self._turn
            yield session

    def upgrade(self) -> None:
        """Run the migrations up to the newest."""
        from sharemeal.store.migrations import upgrade

        upgrade(self.engine)

    def upgrade_if_new(self) -> None:
        """Run the migrations on a database that has no tables at all, and leave any other as it is."""
        if not inspect(self.engine).get_table_names():
            self.upgrade()

    def answers(self) -> bool:
        """Whether the database answers a question now."""
        try:
            with self.engine.connect() as connection:
                connection.execute(select(1))
        except SQLAlchemyError:
            return False
        return True

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()


@contextmanager
def transaction(session: Session, now: datetime) -> Iterator[Session]:
    """One unit of work: everything inside is written together or not at all; ``now`` (aware) dates its audit rows.

    What the session had merely read before is let go first, so that SQLite can take its write lock at the start
    (BEGIN IMMEDIATE) instead of failing half-way.
    """
    if session.in_transaction():
        if session.new or session.dirty or session.deleted:
            raise RuntimeError("changes were made outside the unit of work")
        session.commit()
    session.info["now"] = now
    with _turn(session):
        session.connection(execution_options={_WRITES: True})
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


@contextmanager
def _turn(session: Session) -> Iterator[None]:
    """Writers of this process take turns on SQLite: its own waiting is unfair, and the last of many would give up."""
    lock: threading.Lock | None = session.info.get(_TURN)
    mine = lock is not None and lock.acquire(timeout=BUSY_SECONDS)
    try:
        yield
    finally:
        if lock is not None and mine:
            lock.release()


def narrow(session: Session, lab_id: int) -> None:
    """From here on a session of all labs keeps to one. Raises FenceBroken for a session that is fenced already."""
    if session.info["fence"] != ALL_LABS:
        raise FenceBroken("only a session of all labs can be narrowed")
    session.info["fence"] = lab_id


def let_go(session: Session) -> None:
    """End the reading transaction, so that none stays open during a solve or a call outside."""
    session.rollback()


def own(session: Session, table: type[T], row_id: int) -> T:
    """The row of that id inside the fence. Raises LookupError for one that is unknown or of another lab."""
    row = session.scalars(select(table).where(table.id == row_id)).first()  # type: ignore[attr-defined]
    if row is None:
        raise LookupError(f"no {table.__name__} {row_id} here")
    return row


def assign(row: object, values: Mapping[str, object]) -> None:
    """Set what differs and touch nothing else, so that an encrypted value is not written anew without need."""
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


_POOL = {"pool_size": 10, "max_overflow": 30, "pool_timeout": BUSY_SECONDS}
"""One connection for each thread of pages and jobs, and some to spare; who gets none is told to come again."""


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(
            url,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"connect_timeout": BUSY_SECONDS},
            **_POOL,
        )
    engine = create_engine(
        url,
        module=sqlite,
        poolclass=QueuePool,
        hide_parameters=True,
        **_POOL,
        connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite has the fix of the WAL-reset bug (3.51.3, 3.50.7, 3.44.6 and what follows them)."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    journal = "WAL" if wal_is_safe(SQLITE_VERSION) else "TRUNCATE"
    for pragma in (
        f"busy_timeout={BUSY_SECONDS * 1000}",
        f"journal_mode={journal}",
        "foreign_keys=ON",
        "synchronous=FULL",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@event.listens_for(Session, "do_orm_execute")
def _fence_questions(state: ORMExecuteState) -> None:
    if state.is_column_load:
        return
    fence = state.session.info.get("fence")
    if fence == ALL_LABS:
        return
    if fence is None:
        raise FenceBroken("this session was opened without a lab")
    if not _can_be_narrowed(state):
        raise FenceBroken("only questions and changes of mapped rows can be kept to one lab")
    state.statement = state.statement.options(
        with_loader_criteria(
            LabOwned, lambda row: row.lab_id == fence, include_aliases=True, propagate_to_loaders=True
        )
    )


def _can_be_narrowed(state: ORMExecuteState) -> bool:
    """Whether loader criteria reach the whole statement: not raw SQL, bare tables, inserts or rows by primary key."""
    if not state.is_orm_statement or state.is_insert or state.is_from_statement:
        return False
    return not (state.is_update and isinstance(state.parameters, list))


@event.listens_for(Session, "before_flush")
def _fence_writes(session: Session, _context: object, _instances: object) -> None:
    fence = session.info.get("fence")
    for row in [*session.new, *session.dirty, *session.deleted]:
        if not isinstance(row, LabOwned):
            continue
        lab_id: int | None = row.lab_id
        if lab_id is None and isinstance(fence, int):
            lab_id = row.lab_id = fence
        if fence not in (ALL_LABS, lab_id):
            raise FenceBroken(f"a {type(row).__name__} of lab {row.lab_id} in a session of lab {fence}")
