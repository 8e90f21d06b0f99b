"""Migrations and models agree on both databases; there is one line of migrations and one end to it."""

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from sharemeal.store import migrations
from sharemeal.store.base import Store
from sharemeal.store.columns import Keyring
from sharemeal.store.tables import Base
from tests.house import ROOT


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "sharemeal" / "store" / "migrations"))
    return ScriptDirectory.from_config(config)


def test_models_and_migrations_agree(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_indexes_and_constraints_agree_with_the_models(store: Store) -> None:
    inspector = inspect(store.engine)
    for name, table in Base.metadata.tables.items():
        assert {
            index["name"] for index in inspector.get_indexes(name) if not index.get("duplicates_constraint")
        } == {index.name for index in table.indexes}
        nullable = {column["name"]: column["nullable"] for column in inspector.get_columns(name)}
        assert nullable == {column.name: column.nullable for column in table.columns}


def test_there_is_one_end_and_the_numbers_follow_one_another() -> None:
    numbers = [each.revision for each in scripts().walk_revisions()]
    assert len(scripts().get_heads()) == 1
    assert sorted(numbers) == [f"{number:04d}" for number in range(1, len(numbers) + 1)]


def test_an_empty_database_becomes_the_newest_and_stays_so(empty_database_url: str, keyring: Keyring) -> None:
    store = Store(empty_database_url, keyring)
    assert not migrations.is_newest(store.engine)
    store.upgrade()
    assert migrations.is_newest(store.engine)
    store.upgrade()
    assert set(inspect(store.engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}
    store.close()
