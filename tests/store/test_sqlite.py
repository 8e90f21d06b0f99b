"""The SQLite library that is linked is the one by whose version the journal is chosen."""

from pathlib import Path

from sqlalchemy import text

from sharemeal.store.base import SQLITE_VERSION, Store, wal_is_safe
from sharemeal.store.columns import Keyring


def test_the_engine_runs_on_the_library_whose_version_was_asked(tmp_path: Path, keyring: Keyring) -> None:
    store = Store(f"sqlite:///{tmp_path / 'here.db'}", keyring)
    with store.engine.connect() as connection:
        version = connection.scalar(text("SELECT sqlite_version()"))
        journal = connection.scalar(text("PRAGMA journal_mode"))
    store.close()
    assert version == ".".join(map(str, SQLITE_VERSION))
    assert journal == ("wal" if wal_is_safe(SQLITE_VERSION) else "truncate")


def test_wal_is_taken_only_where_its_fault_is_mended() -> None:
    versions = [
        (3, 40, 1),
        (3, 44, 5),
        (3, 44, 6),
        (3, 45, 0),
        (3, 50, 6),
        (3, 50, 7),
        (3, 51, 2),
        (3, 51, 3),
    ]
    assert [each for each in versions if wal_is_safe(each)] == [(3, 44, 6), (3, 50, 7), (3, 51, 3)]
