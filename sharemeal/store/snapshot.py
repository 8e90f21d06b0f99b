"""All tables as they stand at one moment, row by row, and the same rows put into an empty database.

Tables and columns are read from the database itself, so a backup can be taken before its migrations are run, and put
back into tables of its own migration. No value is decrypted on the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby, islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Engine,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Text,
    Time,
    bindparam,
    cast,
    column,
    create_engine,
    func,
    insert,
    inspect,
    select,
    table,
    text,
)
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeEngine

from sharemeal.backups import Kind, Table
from sharemeal.store import migrations
from sharemeal.store.base import Store
from sharemeal.store.tables import Base

BATCH_ROWS = 500
FILLED_BY_THEMSELVES = frozenset({"allergen", "heartbeat"})
"""What migrations fill, and what jobs note while nobody has entered anything."""
_OF_MIGRATIONS = "alembic_version"
_KINDS: tuple[tuple[type[TypeEngine[Any]], Kind], ...] = (
    (Boolean, Kind.TRUTH),
    (Integer, Kind.WHOLE),
    (Float, Kind.REAL),
    (Numeric, Kind.DECIMAL),
    (LargeBinary, Kind.BYTES),
    (JSON, Kind.JSON),
    (DateTime, Kind.MOMENT),
    (Date, Kind.DAY),
    (Time, Kind.TIME),
    (Text, Kind.TEXT),
)
"""The first that fits. A kind that is missing here is a fault of ours that a test finds."""
_TYPES: dict[Kind, TypeEngine[Any]] = {kind: shape() for shape, kind in _KINDS} | {
    Kind.MOMENT: DateTime(timezone=True),
    Kind.JSON: Text(),
}


@contextmanager
def of_one_moment(store: Store, folder: Path) -> Iterator[Connection]:
    """A connection that sees the database as it is now, whoever goes on writing meanwhile and for however long.

    PostgreSQL keeps a snapshot. SQLite copies its pages into ``folder`` by its own online backup, which takes a
    moment, so that no writer waits while the rows are read.
    """
    if store.engine.dialect.name != "sqlite":
        with store.engine.connect() as connection:
            calm = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with calm.begin():
                yield calm
        return
    copy = _copied(store.engine, folder / "copy")
    try:
        with copy.connect() as connection:
            yield connection
    finally:
        copy.dispose()


def _copied(engine: Engine, path: Path) -> Engine:
    path.touch(0o600)
    driver: Any = engine.dialect.dbapi
    source, target = engine.raw_connection(), driver.connect(str(path))
    try:
        source.driver_connection.backup(target)  # type: ignore[union-attr]
    finally:
        target.close()
        source.close()

    def opened() -> Any:
        address = f"file:{quote(str(path))}?immutable=1"
        return driver.connect(address, uri=True, check_same_thread=False)

    return create_engine("sqlite://", module=driver, creator=opened, poolclass=NullPool, hide_parameters=True)


def tables(connection: Connection) -> list[Table]:
    """The program's tables as this database has them, each behind those that it points to.

    In a database of the newest migration a table that is not the program's is left alone.
    """
    newest = migrations.revision_of(connection) == migrations.newest()
    known = Base.metadata.tables.keys()

    def ours(name: str, _metadata: object) -> bool:
        return name != _OF_MIGRATIONS and (name in known or not newest)

    found = MetaData()
    found.reflect(connection, only=ours)
    return [
        Table(each.name, tuple((part.name, kind_of(part.type)) for part in each.columns))
        for each in found.sorted_tables
    ]


def kind_of(shape: TypeEngine[Any]) -> Kind:
    """What sort of value a column of this type holds. Raises LookupError for one that no backup knows."""
    for known, kind in _KINDS:
        if isinstance(shape, known):
            return kind
    raise LookupError(f"no backup knows {type(shape).__name__}")


def rows(connection: Connection, shape: Table) -> Iterator[tuple[Any, ...]]:
    """Every row of a table, in the order of its primary key."""
    postgresql = connection.dialect.name == "postgresql"
    from_ = table(shape.name)
    wanted: list[ColumnElement[Any]] = []
    for name, kind in shape.columns:
        part = column(name, _TYPES[kind], _selectable=from_)
        if postgresql and kind in (Kind.JSON, Kind.DECIMAL):
            wanted.append(cast(part, Text))
        else:
            wanted.append(part if kind is not Kind.DECIMAL else column(name, Float, _selectable=from_))
    key = inspect(connection).get_pk_constraint(shape.name)["constrained_columns"]
    query = select(*wanted).select_from(from_).order_by(*(column(each, _selectable=from_) for each in key))
    streamed = connection.execution_options(stream_results=True, yield_per=BATCH_ROWS)
    with streamed.execute(query) as found:
        for row in found:
            yield tuple(row)


def is_empty(connection: Connection) -> bool:
    """Whether nobody has entered anything: none of the program's tables has a row but those that fill by themselves."""
    names = Base.metadata.tables.keys() & set(inspect(connection).get_table_names())
    return not any(
        connection.execute(select(text("1")).select_from(table(name)).limit(1)).first()
        for name in names - FILLED_BY_THEMSELVES
    )


def make_room(connection: Connection, revision: str) -> None:
    """Give an empty database the tables of that migration, without any row."""
    if migrations.revision_of(connection) != revision:
        there = MetaData()
        there.reflect(connection, only=lambda name, _: name in {*Base.metadata.tables, _OF_MIGRATIONS})
        there.drop_all(connection)
        migrations.upgrade_on(connection, revision)
    for name in FILLED_BY_THEMSELVES & set(inspect(connection).get_table_names()):
        connection.execute(table(name).delete())


def fill(connection: Connection, found: Iterable[tuple[Table, Sequence[Any]]]) -> int:
    """Write the rows, in batches; returns how many. Whoever is given a number next gets a higher one."""
    count = 0
    for shape, group in groupby(found, key=lambda each: each[0]):
        statement = _insertion(connection, shape)
        names = [name for name, _ in shape.columns]
        values = (dict(zip(names, _bound(connection, shape, row), strict=True)) for _, row in group)
        while batch := list(islice(values, BATCH_ROWS)):
            connection.execute(statement, batch)
            count += len(batch)
    if connection.dialect.name == "postgresql":
        _move_sequences(connection)
    return count


def _insertion(connection: Connection, shape: Table) -> Any:
    into = table(shape.name, *(column(name, _TYPES[kind]) for name, kind in shape.columns))
    if connection.dialect.name != "postgresql":
        return insert(into)
    as_text = {
        name: cast(bindparam(name, type_=Text), JSON if kind is Kind.JSON else Numeric)
        for name, kind in shape.columns
        if kind in (Kind.JSON, Kind.DECIMAL)
    }
    return insert(into).values(
        {name: as_text.get(name, bindparam(name, type_=_TYPES[kind])) for name, kind in shape.columns}
    )


def _bound(connection: Connection, shape: Table, row: Sequence[Any]) -> list[Any]:
    if connection.dialect.name == "postgresql":
        return list(row)
    return [
        float(value) if kind is Kind.DECIMAL and value is not None else value
        for (_, kind), value in zip(shape.columns, row, strict=True)
    ]


def _move_sequences(connection: Connection) -> None:
    there = inspect(connection)
    for name in there.get_table_names():
        for key in there.get_pk_constraint(name)["constrained_columns"]:
            sequence = connection.scalar(select(func.pg_get_serial_sequence(name, key)))
            if sequence is not None:
                highest = connection.scalar(select(func.max(column(key))).select_from(table(name)))
                connection.execute(select(func.setval(sequence, highest or 1, highest is not None)))
