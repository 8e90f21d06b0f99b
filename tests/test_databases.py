"""The databases that tests stand on: migrated, fresh for each test, of both kinds."""

import pytest
from sqlalchemy import inspect, text

from sharemeal.store.base import SQLITE_VERSION, Store, wal_is_safe
from sharemeal.store.columns import Keyring
from tests.databases import PostgresMaker, SqliteMaker


def leave_a_trace(url: str, keyring: Keyring) -> list[str]:
    """Add a table to the database and return the tables that were there before."""
    store = Store(url, keyring)
    tables = inspect(store.engine).get_table_names()
    with store.engine.begin() as connection:
        connection.execute(text("CREATE TABLE trace (id INTEGER)"))
    store.close()
    return tables


def test_a_store_has_every_table_that_the_migrations_make(store: Store) -> None:
    assert {"alembic_version", "lab", "household"} <= set(inspect(store.engine).get_table_names())


def test_an_empty_database_is_empty(empty_database_url: str, keyring: Keyring) -> None:
    assert leave_a_trace(empty_database_url, keyring) == []


def test_each_copy_is_fresh_on_sqlite(sqlite_maker: SqliteMaker, keyring: Keyring) -> None:
    leave_a_trace(sqlite_maker.migrated(), keyring)
    assert "trace" not in leave_a_trace(sqlite_maker.migrated(), keyring)


@pytest.mark.postgres
def test_each_copy_is_fresh_on_postgresql(postgres_maker: PostgresMaker, keyring: Keyring) -> None:
    leave_a_trace(postgres_maker.migrated(), keyring)
    assert "trace" not in leave_a_trace(postgres_maker.migrated(), keyring)


def test_the_sqlite_that_runs_is_the_one_whose_version_decides_the_journal(
    sqlite_maker: SqliteMaker, keyring: Keyring
) -> None:
    store = Store(sqlite_maker.migrated(), keyring)
    with store.engine.connect() as connection:
        version = connection.execute(text("SELECT sqlite_version()")).scalar()
        journal = connection.execute(text("PRAGMA journal_mode")).scalar()
    store.close()
    assert version == ".".join(map(str, SQLITE_VERSION[:3]))
    assert journal == ("wal" if wal_is_safe(SQLITE_VERSION) else "truncate")
