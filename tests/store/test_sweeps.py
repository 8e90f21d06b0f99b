"""The auditor's questions by the databases' own plans, and in full size (soak)."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text

from sharemeal.store import sweeps
from sharemeal.store.base import Store, transaction
from sharemeal.store.gauges import gauges
from sharemeal.store.service_days import ServiceDay, Stop
from sharemeal.store.visits import ClosedBy, ExpectedVisit, Whose, silent_ids
from tests.make.lateness import HOUR, Late

SMALL = {"heartbeat", "lab", "alarm"}
"""Tables of a few rows."""
PARTIAL = {"ix_alert_open", "ix_expected_visit_open", "ix_audit_entry_unlinked"}
"""Indexes that hold only what is open: reading all of one is reading what is open."""
OPEN = 300_000
ENDED = 700_000


@contextmanager
def asked(store: Store) -> Iterator[list[tuple[str, Any]]]:
    """Every statement that is executed in the block, with its parameters."""
    found: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("SELECT"):
            found.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(store.engine, "before_cursor_execute", note)


def scans(store: Store, statement: str, parameters: Any) -> list[str]:
    """The tables that the database would read from end to end for this, small ones aside."""
    with store.engine.connect() as connection:
        if store.engine.dialect.name == "sqlite":
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            lines = [str(row[3]) for row in rows]
            names = [
                match for line in lines for match in re.findall(r"^SCAN (\w+)(?: USING.* INDEX (\w+))?", line)
            ]
            return [table for table, index in names if table not in SMALL and index not in PARTIAL]
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        rows = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        names = [match for row in rows for match in re.findall(r"Seq Scan on (\w+)", row[0])]
        return [table for table in names if table not in SMALL]


def test_each_question_of_the_auditor_is_answered_by_an_index(store: Store, now: datetime) -> None:
    Late(store, now)
    with store.session(all_labs=True) as session, asked(store) as statements:
        sweeps.hits(session, now)
        silent_ids(session, now)
    assert len(statements) == len(sweeps._SWEEPS) + 2, "one each, the jobs' beats twice, and the silences"
    assert {sql: found for sql, more in statements if (found := scans(store, sql, more))} == {}


@pytest.fixture
def crowded(store: Store, now: datetime) -> Store:
    """A house with a million expectations, of which 300,000 are open and half of those are an hour overdue."""
    late = Late(store, now)
    with store.session(late.lab_id) as session:
        [first] = [day.id for day in session.scalars(select(ServiceDay)) if day.goes_on]
        home = session.scalars(select(Stop.household_id).where(Stop.household_id.is_not(None))).first()
    with store.session(all_labs=True) as session, transaction(session, now):
        for begin in range(0, OPEN + ENDED, 50_000):
            session.execute(
                insert(ExpectedVisit),
                [
                    {
                        "lab_id": late.lab_id,
                        "day_id": first,
                        "whose": Whose.VOLUNTEER,
                        "household_id": home,
                        "stop_id": None,
                        "position": 0,
                        "due_at": now - HOUR if number % 2 else now + HOUR,
                        "closed_at": now if number >= OPEN else None,
                        "closed_by": ClosedBy.VISIT if number >= OPEN else None,
                    }
                    for number in range(begin, begin + 50_000)
                ],
            )
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return store


@pytest.mark.soak
@pytest.mark.slow
def test_three_hundred_thousand_open_expectations_are_swept_within_a_second(
    crowded: Store, now: datetime
) -> None:
    with crowded.session(all_labs=True) as session:
        for name, what, moment in (
            ("auditor, half of them overdue", sweeps.hits, now),
            ("auditor, none overdue", sweeps.hits, now - 2 * HOUR),
            ("silences, half of them overdue", silent_ids, now),
            ("figures", gauges, now),
        ):
            took = []
            for _ in range(5):
                begun = time.perf_counter()
                found: Any = what(session, moment)
                took.append(time.perf_counter() - begun)
                session.rollback()
            print(f"{crowded.engine.dialect.name}: {name} {min(took) * 1000:.0f}–{max(took) * 1000:.0f} ms")
            assert max(took) <= 1.0, name
            assert found is not None
