"""A locked, lost or full database: 503 or 507 with patience asked for, no fault page, and a telephone that keeps its queue."""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import event, text

from sharemeal import create_app
from sharemeal.config import Settings
from sharemeal.people import Role
from sharemeal.store import service_days
from sharemeal.store.base import Store
from sharemeal.store.columns import Keyring
from sharemeal.web.access import allow, allow_everybody
from sharemeal.web.doorway import db
from tests.make.evening import FRIDAY, Evening
from tests.web.conftest import Labs, StandingClock
from tests.web.round_phone import AT_THE_DOORS, reports
from tests.web.test_round_in_browser import tap

PATIENCE_MILLISECONDS = 200
ROUTE = "/route"
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""One writer locks the whole file, and a file may be full."""
ON_POSTGRESQL = pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
"""A connection may be lost."""


@pytest.fixture
def hurried(app: Flask, store: Store) -> Flask:
    """The app as it is served (faults become pages), which waits for a lock of SQLite only a moment."""
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    if store.engine.dialect.name == "sqlite":

        def hurry(connection, _record) -> None:
            connection.execute(f"PRAGMA busy_timeout={PATIENCE_MILLISECONDS}").close()

        event.listen(store.engine, "connect", hurry)
        store.engine.dispose()
    return app


class Writer:
    """Somebody else who writes to a SQLite file and keeps everybody out meanwhile."""

    def __init__(self, store: Store) -> None:
        path = store.engine.url.database
        assert path is not None
        self._connection = store.engine.dialect.dbapi.connect(path, isolation_level=None)  # type: ignore[union-attr]

    def begin(self) -> None:
        self._connection.execute("BEGIN EXCLUSIVE")

    def end(self) -> None:
        self._connection.execute("ROLLBACK")

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def writer(store: Store) -> Iterator[Writer]:
    made = Writer(store)
    yield made
    made.close()


def a_tap(stop: int, note: str | None = None) -> dict[str, object]:
    return {
        "id": str(uuid4()),
        "stop": stop,
        "contact": "seen",
        "condition": "usual",
        "observations": [],
        "note": note,
        "observed_at": AT_THE_DOORS.isoformat(),
    }


def a_stop(store: Store, lab_id: int) -> int:
    with store.session(lab_id) as session:
        day = service_days.on(session, FRIDAY)
        assert day is not None
        return next(stop.id for stop in day.routes[0].stops if stop.household_id is not None)


@ON_SQLITE
def test_a_locked_database_asks_a_telephone_to_come_again_and_then_takes_the_report_once(
    hurried: Flask, store: Store, friday: Evening, phone: FlaskClient, writer: Writer
) -> None:
    tap = a_tap(a_stop(store, friday.lab_id))
    writer.begin()
    began = time.monotonic()
    answer = phone.post("/api/v1/check-ins", json=[tap])
    assert time.monotonic() - began < 10
    writer.end()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json is not None
    assert list(answer.json) == ["error"]
    for result in ("created", "repeated"):
        again = phone.post("/api/v1/check-ins", json=[tap])
        assert again.json is not None
        assert [each["result"] for each in again.json] == [result]


@ON_SQLITE
@pytest.mark.browser
def test_a_telephone_keeps_its_queue_while_the_database_is_locked(
    hurried: Flask,
    store: Store,
    friday: Evening,
    clock: StandingClock,
    opened: Callable[..., Page],
    writer: Writer,
) -> None:
    clock.moment = AT_THE_DOORS
    page = opened("/route?stop=4", friday.volunteer)
    page.wait_for_load_state("networkidle")
    writer.begin()
    with page.expect_response("**/api/v1/check-ins") as answered:
        tap(page, "seen", "usual")
    assert answered.value.status == 503
    expect(page.locator(".offline")).to_contain_text("1件")
    writer.end()
    assert reports(store, friday.lab_id) == []
    page.locator("[data-send]").first.click()
    expect(page.locator(".offline")).to_be_hidden()
    assert len(reports(store, friday.lab_id)) == 1


@ON_SQLITE
def test_a_page_says_so_in_plain_words_and_shows_nobody(
    hurried: Flask, friday: Evening, phone: FlaskClient, writer: Writer
) -> None:
    writer.begin()
    answer = phone.get(ROUTE)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "少し待ってから" in answer.text
    assert "梅原" not in answer.text
    assert answer.headers["Content-Security-Policy"]
    writer.end()
    assert "梅原" in phone.get(ROUTE).text


@ON_SQLITE
def test_a_stranger_from_another_lab_learns_no_more_than_that(
    hurried: Flask,
    labs: Labs,
    friday: Evening,
    person: Callable[..., int],
    client_of: Callable[[int], FlaskClient],
    writer: Writer,
) -> None:
    stranger = client_of(person(labs.strangers, Role.COORDINATOR))
    writer.begin()
    answer = stranger.post(
        f"/today/{FRIDAY}/call", data={"home": "2", "contact": "seen", "uuid": str(uuid4())}
    )
    writer.end()
    assert answer.status_code == 503
    assert "送ったものは、保存されていないかもしれません" in answer.text
    assert "梅原" not in answer.text


@ON_SQLITE
def test_a_locked_database_is_not_ready_within_seconds(hurried: Flask, writer: Writer) -> None:
    writer.begin()
    began = time.monotonic()
    answer = hurried.test_client().get("/readyz")
    assert time.monotonic() - began < 5
    writer.end()
    assert (answer.status_code, answer.json) == (503, {"status": "database is locked"})
    assert answer.headers["Retry-After"] == "5"


@pytest.fixture
def full(hurried: Flask, store: Store, friday: Evening) -> Iterator[None]:
    """No page more fits into the database."""
    with store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def limit(connection, _record) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}").close()

    event.listen(store.engine, "connect", limit)
    store.engine.dispose()
    yield
    event.remove(store.engine, "connect", limit)
    store.engine.dispose()


@ON_SQLITE
def test_a_full_disk_refuses_loudly_while_reading_goes_on(
    hurried: Flask,
    store: Store,
    friday: Evening,
    phone: FlaskClient,
    full: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    stop = a_stop(store, friday.lab_id)
    answer = phone.post("/api/v1/check-ins", json=[a_tap(stop, "花" * 490) for _ in range(60)])
    assert (answer.status_code, answer.headers.get("Retry-After")) == (507, "60"), answer.text[:600]
    assert "disk is full at /api/v1/check-ins [POST]" in caplog.text
    caplog.clear()
    for _ in range(40):
        assert phone.get(ROUTE).status_code == 200
    assert "梅原" in phone.get(ROUTE).text
    told = [record.getMessage() for record in caplog.records if record.levelno == logging.CRITICAL]
    assert told, "what could not be noted in the audit stands in the log"
    assert all(each.startswith("disk is full; read by volunteer ") for each in told)
    assert "梅原" not in caplog.text


@pytest.fixture
def gone(keyring: Keyring, tmp_path: Path, clock: StandingClock) -> Iterator[FlaskClient]:
    """An app whose PostgreSQL is not there."""
    store = Store("postgresql://nobody@127.0.0.1:1/nowhere", keyring)
    made = create_app(Settings(secret_key="only for tests", instance=str(tmp_path)), clock, store)
    yield made.test_client()
    store.close()


def test_a_server_that_is_gone_is_said_on_every_page(gone: FlaskClient) -> None:
    gone.set_cookie("sharemeal", "somebody")
    for path in ("/today", "/signin", "/a/ABCDEFGH"):
        answer = gone.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30"), path
        assert "1分ほど待ってから" in answer.text
    answer = gone.get("/api/v1/route")
    assert (answer.status_code, answer.mimetype) == (503, "application/json")
    answer = gone.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "database does not answer"})
    assert gone.get("/healthz").status_code == 200


@ON_POSTGRESQL
def test_a_connection_that_is_lost_midway_is_said_and_the_next_request_works(
    hurried: Flask,
    store: Store,
    labs: Labs,
    person: Callable[..., int],
    client_of: Callable[[int], FlaskClient],
) -> None:
    def view() -> str:
        pid = db().connection().exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with store.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        return str(db().connection().exec_driver_sql("SELECT 1").scalar_one())

    hurried.add_url_rule("/lost", "lost", allow(Role.COORDINATOR)(view))
    client = client_of(person(labs.ours, Role.COORDINATOR))
    answer = client.get("/lost")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert client.get("/today").status_code == 200


def test_another_fault_stays_a_fault(hurried: Flask, store: Store, now: datetime) -> None:
    def view() -> str:
        with store.session(all_labs=True) as session:
            session.execute(text("SELECT nothing FROM nowhere"))
        return ""

    hurried.add_url_rule("/broken", "broken", allow_everybody(view))
    assert hurried.test_client().get("/broken").status_code == 500
