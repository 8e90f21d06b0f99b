"""What cannot be trusted or would do harm is refused with a sentence, and leaves the database as it was."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

from sharemeal.actions.restore import restore
from sharemeal.sentences import Refused
from sharemeal.store import migrations, snapshot
from sharemeal.store.base import Store
from sharemeal.store.columns import Keyring
from sharemeal.store.leader import leader_of
from tests.databases import SqliteMaker
from tests.make.backups import backed_up, raw_rows, rows_in, second_lab
from tests.make.evening import evening
from tests.make.small_lab import two_homes

ACTOR = "test"


@pytest.fixture
def other(empty_database_url: str, keyring: Keyring) -> Iterator[Store]:
    """An empty database of each kind."""
    other = Store(empty_database_url, keyring)
    yield other
    other.close()


@pytest.fixture
def backup(sqlite_maker: SqliteMaker, keyring: Keyring, tmp_path: Path, now: datetime) -> Path:
    """A backup of one evening. That it is the same from either database is shown above."""
    store = Store(sqlite_maker.migrated(), keyring)
    evening(store, second_lab(store, now), now)
    path = backed_up(store, tmp_path / "backup", now)
    store.close()
    return path


def refused(other: Store, path: Path, now: datetime, match: str) -> None:
    """It is refused with these words, and nothing was written."""
    with pytest.raises(Refused, match=match):
        restore(other, path, actor=ACTOR, now=now)
    with other.engine.connect() as connection:
        assert snapshot.is_empty(connection)


def test_a_file_that_was_cut_off_anywhere_is_refused(
    other: Store, backup: Path, tmp_path: Path, now: datetime
) -> None:
    content = backup.read_bytes()
    cut = tmp_path / "cut"
    for length in (0, 5, 200, len(content) // 2, len(content) - 9, len(content) - 1):
        cut.write_bytes(content[:length])
        refused(other, cut, now, "こわれているか")
    lines = gzip.decompress(content).splitlines(keepends=True)
    for fewer in (lines[:-1], [*lines[:-3], lines[-1]], [*lines, b"[]\n"], lines[1:]):
        cut.write_bytes(gzip.compress(b"".join(fewer)))
        refused(other, cut, now, "こわれているか")


def test_a_file_that_was_changed_or_is_another_is_refused(
    other: Store, backup: Path, tmp_path: Path, now: datetime
) -> None:
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 1
    changed = tmp_path / "changed"
    changed.write_bytes(content)
    refused(other, changed, now, "こわれているか")
    lines = gzip.decompress(backup.read_bytes())
    changed.write_bytes(gzip.compress(lines.replace(b"second", b"secood", 1)))
    refused(other, changed, now, "こわれているか")
    changed.write_text("番号,名前\n")
    refused(other, changed, now, "こわれているか")
    refused(other, tmp_path / "nowhere", now, "開けません")


def test_a_backup_of_a_newer_program_is_refused(
    other: Store, backup: Path, tmp_path: Path, now: datetime
) -> None:
    newest = f'"revision":"{migrations.newest()}"'.encode()
    content = gzip.decompress(backup.read_bytes())
    assert newest in content
    newer = tmp_path / "newer"
    newer.write_bytes(gzip.compress(content.replace(newest, b'"revision":"9999"')))
    refused(other, newer, now, "新しい形です（9999）")


def test_a_backup_of_other_keys_is_refused(
    other: Store, backup: Path, keyring: Keyring, now: datetime
) -> None:
    fresh = Keyring.generate()
    other.use_keys(Keyring(fresh.field_keys, keyring.index_key))
    refused(other, backup, now, "SHAREMEAL_FIELD_KEYS")
    other.use_keys(Keyring(keyring.field_keys, fresh.index_key))
    refused(other, backup, now, "SHAREMEAL_INDEX_KEY")
    other.use_keys(Keyring((*fresh.field_keys, *keyring.field_keys), keyring.index_key))
    restore(other, backup, actor=ACTOR, now=now)


def test_a_database_that_is_in_use_is_refused(store: Store, backup: Path, now: datetime) -> None:
    two_homes(store, now)
    before = raw_rows(store)
    with pytest.raises(Refused, match="空ではありません"):
        restore(store, backup, actor=ACTOR, now=now)
    assert raw_rows(store) == before


def test_a_database_whose_jobs_run_is_refused(
    other: Store, backup: Path, keyring: Keyring, now: datetime
) -> None:
    other.upgrade()
    jobs = leader_of(other)
    assert jobs.try_to_lead()
    try:
        refused(other, backup, now, "jobs run")
    finally:
        jobs.release()
    restore(other, backup, actor=ACTOR, now=now)


def test_a_restore_that_breaks_off_leaves_the_database_empty(
    other: Store, backup: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, written = snapshot.fill, []

    def breaks(connection: Any, found: Any) -> int:
        written.append(real(connection, found))
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(snapshot, "fill", breaks)
        with pytest.raises(KeyboardInterrupt):
            restore(other, backup, actor=ACTOR, now=now)
    assert written[0] > 50
    with other.engine.connect() as connection:
        assert snapshot.is_empty(connection)
    restore(other, backup, actor=ACTOR, now=now)
    assert set(inspect(other.engine).get_table_names()) >= set(rows_in(backup))
