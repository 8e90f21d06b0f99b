"""Random evenings keep the laws of watching over: a sample always, a thousand on each database under soak."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from sharemeal.store.base import Store
from sharemeal.store.columns import Keyring
from tests.databases import BOTH, PostgresMaker, SqliteMaker
from tests.make.two_courses import TwoCourses, two_courses
from tests.stories.random_evenings import Evening

Fresh = Callable[[], tuple[Store, TwoCourses]]


@pytest.fixture(params=BOTH)
def fresh(request: pytest.FixtureRequest, keyring: Keyring, now: datetime) -> Iterator[Fresh]:
    """Each call a copy of one lab that was laid out once."""
    made: list[str] = []
    if request.param == "sqlite":
        sqlite: SqliteMaker = request.getfixturevalue("sqlite_maker")
        template = sqlite.migrated()
        copy = lambda: sqlite.copied(template)  # noqa: E731
        drop: Callable[[str], None] = _unlink
    else:
        postgres: PostgresMaker = request.getfixturevalue("postgres_maker")
        template = postgres.migrated()
        copy = lambda: postgres.copied(template)  # noqa: E731
        drop = postgres.drop
    store = Store(template, keyring)
    town = two_courses(store, now)
    store.close()

    def another() -> tuple[Store, TwoCourses]:
        while made:
            drop(made.pop())
        made.append(copy())
        return Store(made[0], keyring), town

    yield another
    for url in [*made, template]:
        drop(url)


def _unlink(url: str) -> None:
    path = Path(url.removeprefix("sqlite:///"))
    for leftover in path.parent.glob(f"{path.name}*"):
        leftover.unlink()


def play(fresh: Fresh, evenings: int) -> None:
    machine = type("FreshEvening", (Evening,), {"fresh": lambda _self: fresh()})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=evenings,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )


@pytest.mark.slow
def test_a_sample_of_evenings_keeps_the_laws(fresh: Fresh) -> None:
    play(fresh, 15)


@pytest.mark.soak
def test_a_thousand_evenings_keep_the_laws(fresh: Fresh) -> None:
    play(fresh, 1000)
