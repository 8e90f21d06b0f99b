"""What is backed up comes back, on either database; what cannot be trusted is refused and leaves the database empty."""

from __future__ import annotations

import gzip
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from sharemeal.actions.backup import back_up
from sharemeal.actions.link_audit import verify_audit
from sharemeal.actions.restore import restore
from sharemeal.sentences import Refused
from sharemeal.store import migrations, snapshot
from sharemeal.store.base import Store, transaction
from sharemeal.store.columns import Keyring
from sharemeal.store.labs import all_labs
from sharemeal.store.people import CodeAttempt
from sharemeal.store.tables import Base
from tests.databases import SqliteMaker
from tests.make.backups import TOUCHED, backed_up, fill_every_table, raw_rows, rows_in, second_lab
from tests.make.evening import evening
from tests.make.processes import within
from tests.make.small_lab import two_homes

ACTOR = "test"


@pytest.fixture
def other(empty_database_url: str, keyring: Keyring) -> Iterator[Store]:
    """An empty database of each kind, beside ``store``: every pair of the two is tried."""
    other = Store(empty_database_url, keyring)
    yield other
    other.close()


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def without(rows: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: found for name, found in rows.items() if name not in names}


# --- there and back


def test_every_value_of_every_table_comes_back(
    store: Store, other: Store, keyring: Keyring, tmp_path: Path, now: datetime
) -> None:
    fill_every_table(store, keyring)
    before = raw_rows(store)
    assert all(before.values()), "every table has a row"
    first = backed_up(store, tmp_path / "first", now)
    other.upgrade()
    restore(other, first, actor=ACTOR, now=now)
    second = backed_up(other, tmp_path / "second", now)
    assert without(rows_in(second), TOUCHED) == without(rows_in(first), TOUCHED)
    assert rows_in(second)["audit_entry"][:-1] == rows_in(first)["audit_entry"]
    if other.engine.dialect.name == store.engine.dialect.name:
        assert without(raw_rows(other), TOUCHED) == without(before, TOUCHED)


def test_a_restored_house_goes_on(store: Store, other: Store, tmp_path: Path, now: datetime) -> None:
    lab = two_homes(store, now)
    evening(store, second_lab(store, now), now)
    with store.session(all_labs=True) as session:
        verify_audit(session, now=now)
    path = backed_up(store, tmp_path / "backup", now)
    done = restore(other, path, actor=ACTOR, now=now)
    assert migrations.is_newest(other.engine)
    assert done.rows == sum(map(len, rows_in(path).values()))
    with other.session(all_labs=True) as session:
        count = verify_audit(session, now=now)
        assert [each.slug for each in all_labs(session)] == ["aoba", "second"]
    with store.session(all_labs=True) as session:
        assert verify_audit(session, now=now) == count - 1, "that it was restored stands in the audit"
    lab.store = other
    assert lab.home(77, 3) not in {row[0] for row in rows_in(path)["household"]}


def test_a_backup_of_an_older_program_is_brought_up_to_date(
    other: Store, sqlite_maker: SqliteMaker, keyring: Keyring, tmp_path: Path, now: datetime
) -> None:
    old = Store(sqlite_maker.empty(), keyring)
    with old.engine.begin() as connection:
        migrations.upgrade_on(connection, "0004")
        connection.execute(text("INSERT INTO code_attempt VALUES (1, 'old', '2026-11-26 03:00:00', 1)"))
    path = backed_up(old, tmp_path / "old", now)
    old.close()
    assert "outbox" not in rows_in(path)
    other.upgrade()
    restore(other, path, actor=ACTOR, now=now)
    assert migrations.is_newest(other.engine)
    with other.session(all_labs=True) as session:
        assert [row.subject for row in session.query(CodeAttempt)] == ["old"]


def test_no_key_and_no_personal_word_stands_in_the_file(
    store: Store, keyring: Keyring, tmp_path: Path, now: datetime
) -> None:
    evening(store, second_lab(store, now), now)
    content = gzip.decompress(backed_up(store, tmp_path / "backup", now).read_bytes()).decode()
    for secret in (
        *keyring.field_keys,
        keyring.index_key,
        "梅原",
        "さくら荘",
        "+819000000002",
        "090-0000-0099",
    ):
        assert secret not in content


def test_writers_go_on_and_are_in_it_whole_or_not_at_all(
    store: Store, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, stopping = Counter[str](), threading.Event()

    def write(name: str) -> None:
        while not stopping.is_set():
            try:
                with store.session(all_labs=True) as session, transaction(session, now):
                    for _ in range(2):
                        session.add(CodeAttempt(subject=f"{name} {written[name]}", at=now, succeeded=False))
                        session.flush()
            except OperationalError:  # the other writer of SQLite may be faster for long
                continue
            written[name] += 1

    read = snapshot.rows

    def slowly(*args: Any) -> Iterator[tuple[Any, ...]]:
        """Every table takes so long that somebody writes meanwhile."""
        before = written.total()
        assert within(30, lambda: written.total() > before) is not None, "the writers wait for the backup"
        yield from read(*args)

    monkeypatch.setattr(snapshot, "rows", slowly)
    threads = [threading.Thread(target=write, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    try:
        path = backed_up(store, tmp_path / "backup", now)
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
    pairs = Counter(row[1] for row in rows_in(path).get("code_attempt", []))
    assert set(pairs.values()) <= {2}
    assert written.total() > len(pairs) + len(Base.metadata.tables) - 5


# --- the file


def test_the_file_is_for_its_owner_alone_and_nothing_else_is_left(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    path = backed_up(store, tmp_path / "backup", now)
    assert path.stat().st_mode & 0o777 == 0o600
    two_homes(store, now)
    backed_up(store, path, now)
    assert rows_in(path)["lab"]
    assert files(tmp_path) == ["backup"]


def test_a_backup_that_breaks_off_leaves_the_earlier_one(
    store: Store, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = backed_up(store, tmp_path / "backup", now)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(snapshot, "rows", full)
        with pytest.raises(Refused, match="No space left"):
            back_up(store, path, owner=ACTOR, now=now)
    assert (path.read_bytes(), files(tmp_path)) == (before, ["backup"])


def test_another_file_is_not_written_over(store: Store, tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "sharemeal.sqlite"
    path.write_text("precious")
    with pytest.raises(Refused, match="ほかの名前"):
        back_up(store, path, owner=ACTOR, now=now)
    assert path.read_text() == "precious"
    with pytest.raises(Refused, match="フォルダー"):
        back_up(store, tmp_path / "nowhere" / "backup", owner=ACTOR, now=now)
