"""No table, no column and no type is left out of a backup."""

from pathlib import Path

from sharemeal.backups import Kind
from sharemeal.store import snapshot
from sharemeal.store.base import Store
from sharemeal.store.tables import Base


def test_every_table_with_every_column_is_backed_up(store: Store, tmp_path: Path) -> None:
    with snapshot.of_one_moment(store, tmp_path) as connection:
        found = snapshot.tables(connection)
    assert {table.name for table in found} == set(Base.metadata.tables)
    for table in found:
        assert {name for name, _ in table.columns} == set(Base.metadata.tables[table.name].columns.keys())


def test_the_database_and_the_models_agree_on_what_a_column_holds(store: Store, tmp_path: Path) -> None:
    with snapshot.of_one_moment(store, tmp_path) as connection:
        for table in snapshot.tables(connection):
            for name, kind in table.columns:
                shape = Base.metadata.tables[table.name].columns[name].type
                assert snapshot.kind_of(getattr(shape, "impl_instance", shape)) is kind, (table.name, name)


def test_each_kind_has_its_type() -> None:
    assert {kind for _, kind in snapshot._KINDS} == set(Kind)
