"""/healthz, /readyz and /metrics, as an outside check asks them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from sharemeal import create_app
from sharemeal.actions.beat import beat
from sharemeal.actions.watch_the_watch import keep_alarms
from sharemeal.alarms import AlarmKind
from sharemeal.config import Settings
from sharemeal.store import gauges as store_gauges
from sharemeal.store import health, ticks
from sharemeal.store.base import SQLITE_VERSION, Store
from sharemeal.store.gauges import Delays
from tests.make.alarm import PERSONAL_WORDS
from tests.make.lateness import Late
from tests.web.conftest import Labs, StandingClock

JOBS = (*ticks.ALERT_JOBS, ticks.AUDIT_JOB, ticks.AUDITOR_JOB)
TOKEN = "a long word that nobody guesses"


def beats(store: Store, now: datetime, *names: str) -> None:
    with store.session(all_labs=True) as session:
        for name in names:
            beat(session, name, owner="test", now=now)


def test_a_process_is_up_although_no_job_runs(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/healthz").json == {"status": "ok"}
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["jobs"] == "not running: silence, escalate, outbox, mail"
    assert answer.json["auditor"] == "not running"


def test_it_is_ready_while_the_jobs_run_and_no_longer(
    app: Flask, store: Store, clock: StandingClock, now: datetime
) -> None:
    beats(store, now, *JOBS)
    client = app.test_client()
    clock.moment = now + timedelta(seconds=60)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    told = {"status": "ok", "migrations": "ok", "jobs": "ok", "auditor": "ok"}
    told["database"] = store.engine.dialect.name
    if told["database"] == "sqlite":
        told["journal"] = f"WAL, SQLite {'.'.join(map(str, SQLITE_VERSION))}"
    assert answer.json == told
    for seconds in (61, -61):
        clock.moment = now + timedelta(seconds=seconds)
        assert client.get("/readyz").status_code == 503, "what ran in the future ran by another clock"


def test_one_job_that_stands_still_is_named(
    app: Flask, store: Store, clock: StandingClock, now: datetime
) -> None:
    beats(store, now, *JOBS)
    clock.moment = now + timedelta(minutes=5)
    beats(store, clock.moment, *(name for name in JOBS if name != "outbox"))
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["jobs"] == "not running: outbox"
    assert answer.json["auditor"] == "ok"


@pytest.mark.parametrize("asleep", [ticks.AUDIT_JOB, ticks.AUDITOR_JOB])
def test_an_auditor_that_stands_still_is_said(
    app: Flask, store: Store, clock: StandingClock, now: datetime, asleep: str
) -> None:
    beats(store, now, *JOBS)
    clock.moment = now + timedelta(minutes=5)
    beats(store, clock.moment, *(name for name in JOBS if name != asleep))
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert (answer.json["jobs"], answer.json["auditor"]) == ("ok", "not running")


def test_what_the_auditor_found_is_named_by_its_kinds(app: Flask, store: Store, now: datetime) -> None:
    beats(store, now, *JOBS)
    keep_alarms(store, {AlarmKind.SILENCE_LATE: 2, AlarmKind.ALERT_LATE: 1}, now=now)
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["auditor"] == "alert_late, silence_late"
    keep_alarms(store, {}, now=now)
    assert app.test_client().get("/readyz").status_code == 200


def test_an_old_database_is_said(app: Flask, store: Store, now: datetime) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (
        503,
        {"status": "not ready", "migrations": "not newest"},
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_journal_is_that_of_the_library_that_opens_the_file(store: Store) -> None:
    told = health.journal(store.engine)
    with store.engine.connect() as connection:
        version = connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
    assert version == ".".join(map(str, SQLITE_VERSION))
    assert told == f"WAL, SQLite {version}"


# --- /metrics


def asked(client: FlaskClient, *, address: str = "127.0.0.1", **headers: str) -> int:
    return client.get("/metrics", environ_base={"REMOTE_ADDR": address}, headers=headers).status_code


def test_the_figures_are_for_this_machine_alone(app: Flask) -> None:
    client = app.test_client()
    assert asked(client) == 200
    assert asked(client, address="::1") == 200
    assert asked(client, address="192.0.2.7") == 404
    for name in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"):
        assert asked(client, **{name: "192.0.2.7"}) == 404, "a proxy on this machine asks for another"
    assert asked(client, address="192.0.2.7", Authorization="Bearer ") == 404


def test_who_has_the_token_may_ask_from_anywhere(store: Store, clock: StandingClock, tmp_path: Path) -> None:
    settings = Settings(secret_key="only for tests", instance=str(tmp_path), metrics_token=TOKEN)
    client = create_app(settings, clock, store).test_client()
    far = {"address": "192.0.2.7", "X-Forwarded-For": "198.51.100.1"}
    assert asked(client, **far, Authorization=f"Bearer {TOKEN}") == 200
    for wrong in (f"Bearer {TOKEN}s", "Bearer", f"Basic {TOKEN}", "Bearer é"):
        assert asked(client, **far, Authorization=wrong) == 404


def read(client: FlaskClient) -> dict[tuple[str, tuple[str, ...]], float]:
    """(name, label values by label) → value."""
    answer = client.get("/metrics")
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    return {
        (
            sample.name.removeprefix("sharemeal_"),
            tuple(value for _, value in sorted(sample.labels.items())),
        ): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_the_figures_are_counted_in_the_database(
    app: Flask, store: Store, labs: Labs, clock: StandingClock, now: datetime
) -> None:
    late = Late(store, now, lab_id=labs.ours)
    late.silence()
    clock.moment = now + timedelta(seconds=30)
    keep_alarms(store, {AlarmKind.SILENCE_LATE: 2}, now=clock.moment)
    found = read(app.test_client())
    assert found["messages", ("accepted",)] == 1
    assert found["messages", ("pending",)] == 0
    assert found["messages_in_doubt", ()] == 0
    assert found["open_alerts", ("notifying",)] == 1
    assert found["job_heartbeat_seconds", ("outbox",)] == 30
    assert found["auditor_hits", ("silence_late",)] == 2
    assert found["auditor_hits", ("alert_late",)] == 0
    assert found["open_expectations", ()] == 4 + 6
    assert found["overdue_expectations", ()] == 1
    assert found["check_ins_last_day", ()] == 0
    assert found["message_accepted_seconds_bucket", ("0.5", "alert")] == 1
    assert found["message_accepted_seconds_count", ("alert",)] == 1
    assert found["message_accepted_seconds_count", ("other",)] == 0
    late.message()
    clock.moment = now + timedelta(seconds=39)
    assert read(app.test_client())["oldest_pending_message_seconds", ()] == 100


def test_no_figure_names_a_lab_or_a_person(app: Flask, store: Store, labs: Labs, now: datetime) -> None:
    Late(store, now, lab_id=labs.ours)
    said = app.test_client().get("/metrics").text
    assert [word for word in (*PERSONAL_WORDS, "aobadai", "青葉台", "lab") if word in said] == []


def test_waits_are_put_into_buckets_that_hold_those_before() -> None:
    delays = Delays.of([0.1, 0.5, 0.6, 4, 4000])
    assert dict(zip(store_gauges.BOUNDS_SECONDS, delays.within, strict=False)) == {
        0.5: 2,
        1.0: 3,
        2.0: 3,
        5.0: 4,
        10.0: 4,
        30.0: 4,
        60.0: 4,
        300.0: 4,
        1800.0: 4,
    }
    assert (delays.within[-1], delays.sum_seconds) == (5, pytest.approx(4005.2))


def test_every_read_of_the_figures_is_a_read(
    app: Flask, store: Store, labs: Labs, person: Callable[..., int], now: datetime
) -> None:
    def rows() -> int:
        with store.engine.connect() as connection:
            return int(connection.execute(text("SELECT count(*) FROM audit_entry")).scalar_one())

    before = rows()
    for path in ("/metrics", "/readyz", "/healthz"):
        app.test_client().get(path)
    assert rows() == before
