"""Every encrypted column of every table, written anew under the newest key, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, bindparam, select, tuple_, type_coerce, update
from sqlalchemy.orm import Session

from sharemeal.store.columns import Encrypted, Keyring
from sharemeal.store.tables import Base

BATCH_ROWS = 500


def encrypted_columns(table: Table) -> list[Column[Any]]:
    """The columns of a table that hold personal values."""
    return [column for column in table.columns if isinstance(column.type, Encrypted)]


def tables() -> Iterator[Table]:
    """Every table with encrypted columns."""
    return (table for table in Base.metadata.sorted_tables if encrypted_columns(table))


def reseal_batch(
    session: Session, table: Table, keys: Keyring, after: tuple[Any, ...] | None
) -> tuple[tuple[Any, ...] | None, int]:
    """Rewrite the next batch behind the primary key ``after`` where a value is not under the newest key yet.

    Returns the last primary key looked at (None at the end) and how many rows were rewritten. Rows stay locked until
    the caller's unit of work ends, so that nobody's change in between is lost. Raises Refused when no key fits.
    """
    key, columns = list(table.primary_key.columns), encrypted_columns(table)
    query = select(*key, *(type_coerce(column, LargeBinary) for column in columns))
    if after is not None:
        query = query.where(tuple_(*key) > after)
    rows = session.connection().execute(query.order_by(*key).limit(BATCH_ROWS).with_for_update()).all()
    changes = []
    for row in rows:
        sealed = [None if value is None else bytes(value) for value in row[len(key) :]]
        fresh = [None if value is None or keys.is_newest(value) else keys.reseal(value) for value in sealed]
        if any(value is not None for value in fresh):
            kept = [new if new is not None else old for new, old in zip(fresh, sealed, strict=True)]
            names = [f"key_{number}" for number in range(len(key))]
            changes.append(
                dict(zip(names, row, strict=False))
                | {f"new_{column.name}": value for column, value in zip(columns, kept, strict=True)}
            )
    if changes:
        change = update(table).values(
            {column.name: bindparam(f"new_{column.name}", type_=LargeBinary) for column in columns}
        )
        for number, part in enumerate(key):
            change = change.where(part == bindparam(f"key_{number}"))
        session.connection().execute(change, changes)
    return (tuple(rows[-1][: len(key)]) if len(rows) == BATCH_ROWS else None), len(changes)


def open_some(session: Session, table: Table, keys: Keyring, most: int) -> None:
    """Open the newest ``most`` rows' values without keeping them. Raises Refused when no key fits one."""
    columns = encrypted_columns(table)
    query = select(*(type_coerce(column, LargeBinary) for column in columns))
    newest = [column.desc() for column in table.primary_key.columns]
    for row in session.connection().execute(query.order_by(*newest).limit(most)):
        for value in row:
            if value is not None:
                keys.open(bytes(value))
