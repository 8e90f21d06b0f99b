"""Backups, databases of which every table holds rows, and all rows as the driver gives them."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy import CheckConstraint, Column, Table, UniqueConstraint, text

from sharemeal import backups
from sharemeal.actions.backup import back_up
from sharemeal.backups import Kind
from sharemeal.labs import LabRules
from sharemeal.papers.backups import Backup
from sharemeal.store import snapshot
from sharemeal.store.base import Store, transaction
from sharemeal.store.columns import Keyring
from sharemeal.store.labs import Lab
from sharemeal.store.rotation import encrypted_columns
from sharemeal.store.tables import Base

NASTY = "髙𠮷﨑①\n\"'\\%s {}"
TOUCHED = {"audit_entry", "heartbeat", "restoration"}
"""What the backup and the restore write themselves."""


def _value(part: Column[Any], kind: Kind, number: int, keys: Keyring) -> object:
    if part.foreign_keys:
        return 1
    if part.primary_key and kind is Kind.WHOLE:
        return number
    if part in encrypted_columns(part.table):
        return keys.seal(f"{NASTY}{number}")
    values: dict[Kind, object] = {
        Kind.TEXT: f"{part.name} {NASTY}{number}",
        Kind.WHOLE: 0 if _is_checked(part.table) else 2**31 - 1 - number,
        Kind.REAL: 0.1 + number,
        Kind.DECIMAL: f"{number}.25",
        Kind.TRUTH: number % 2 == 0,
        Kind.BYTES: bytes(range(256)),
        Kind.MOMENT: datetime(2026, 11, 27, 8, 30, number, 123456, tzinfo=UTC),
        Kind.DAY: date(2026, 11, number),
        Kind.TIME: time(16, 30, number),
        Kind.JSON: f'{{"{NASTY[0]}": [{number}, null, 0.1, "\\\\"]}}',
    }
    return values[kind]


def _rows(table: Table, keys: Keyring) -> list[tuple[backups.Table, list[object]]]:
    """Two rows: one where everything is filled, one where all that may is empty."""
    kinds = [(part, snapshot.kind_of(_plain(part))) for part in table.columns]
    shape = backups.Table(table.name, tuple((part.name, kind) for part, kind in kinds))
    full = [_value(part, kind, 1, keys) for part, kind in kinds]
    bare = [
        None if part.nullable and not part.primary_key else _value(part, kind, 2, keys)
        for part, kind in kinds
    ]
    only_one = any(part.unique and part.foreign_keys and not part.nullable for part in table.columns) or any(
        all(part.foreign_keys for part in each.columns)
        for each in table.constraints
        if isinstance(each, UniqueConstraint)
    )
    return [(shape, full)] if only_one else [(shape, full), (shape, bare)]


def _is_checked(table: Table) -> bool:
    """Whether the database itself compares the numbers of a row."""
    return any(isinstance(each, CheckConstraint) for each in table.constraints)


def _plain(part: Column[Any]) -> Any:
    return getattr(part.type, "impl_instance", part.type)


def fill_every_table(store: Store, keys: Keyring) -> None:
    """Rows of every kind in every table, with the values that are easily damaged."""
    with store.engine.begin() as connection:
        for name in snapshot.FILLED_BY_THEMSELVES:
            connection.execute(text(f"DELETE FROM {name}"))
        snapshot.fill(
            connection, [row for table in Base.metadata.sorted_tables for row in _rows(table, keys)]
        )


def raw_rows(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Table → all its rows as the driver gives them, without our types."""
    with store.engine.connect() as connection:
        return {
            name: [
                tuple(row) for row in connection.execute(text(f"SELECT * FROM {name} ORDER BY {_key(table)}"))
            ]
            for name, table in Base.metadata.tables.items()
        }


def _key(table: Table) -> str:
    return ", ".join(part.name for part in table.primary_key.columns)


def rows_in(path: Path) -> dict[str, list[list[object]]]:
    """Table → its rows in a backup."""
    found: dict[str, list[list[object]]] = defaultdict(list)
    for table, row in Backup(path).through():
        found[table.name].append(row)
    return dict(found)


def backed_up(store: Store, path: Path, now: datetime) -> Path:
    """A backup of it."""
    back_up(store, path, owner="test", now=now)
    return path


def second_lab(store: Store, now: datetime) -> int:
    """One more lab, empty."""
    with store.session(all_labs=True) as session, transaction(session, now):
        lab = Lab(slug="second", name="second", rules=LabRules())
        session.add(lab)
        session.flush()
        return lab.id
