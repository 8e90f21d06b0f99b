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
from sqlalchemy import inspect, text

from sharemeal.actions.backup import back_up
from sharemeal.actions.link_audit import verify_audit
from sharemeal.actions.restore import restore
from sharemeal.labs import LabRules
from sharemeal.sentences import Refused
from sharemeal.store import migrations, snapshot
from sharemeal.store.base import Store, transaction
from sharemeal.store.columns import Keyring
from sharemeal.store.labs import Lab, all_labs
from sharemeal.store.leader import leader_of
from sharemeal.store.people import CodeAttempt
from tests.databases import SqliteMaker
from tests.make.backups import TOUCHED, fill_every_table, raw_rows, rows_in
from tests.make.evening import evening
from tests.make.small_lab import two_homes

ACTOR = "test"


@pytest.fixture
def other(empty_database_url: str, keyring: Keyring) -> Iterator[Store]:
    """An empty database of each kind, beside ``store``: every pair of the two is tried."""
    other = Store(empty_database_url, keyring)
    yield other
    other.close()


def backed_up(store: Store, path: Path, now: datetime) -> Path:
    back_up(store, path, owner=ACTOR, now=now)
    return path


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
    evening(store, _second_lab(store, now), now)
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


def _second_lab(store: Store, now: datetime) -> int:
    with store.session(all_labs=True) as session, transaction(session, now):
        lab = Lab(slug="second", name="second", rules=LabRules())
        session.add(lab)
        session.flush()
        return lab.id


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
    evening(store, _second_lab(store, now), now)
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
        number = 0
        while not stopping.is_set():
            with store.session(all_labs=True) as session, transaction(session, now):
                for _ in range(2):
                    session.add(CodeAttempt(subject=f"{name} {number}", at=now, succeeded=False))
                    session.flush()
            written[name] += 1
            number += 1

    read = snapshot.rows

    def slowly(*args: Any) -> Iterator[tuple[Any, ...]]:
        """Every table takes so long that each writer comes to an end twice."""
        aim = {name: written[name] + 2 for name in ("one", "two")}
        for _ in range(2000):
            if all(written[name] >= count for name, count in aim.items()):
                break
            stopping.wait(0.005)
        else:
            raise AssertionError("the writers wait for the backup")
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
    assert sum(written.values()) > len(pairs) + 40


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


# --- what is refused


@pytest.fixture
def backup(sqlite_maker: SqliteMaker, keyring: Keyring, tmp_path: Path, now: datetime) -> Path:
    """A backup of one evening. That it is the same from either database is shown above."""
    store = Store(sqlite_maker.migrated(), keyring)
    evening(store, _second_lab(store, now), now)
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
