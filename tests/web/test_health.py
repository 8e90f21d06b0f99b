"""/healthz and /readyz, as an outside check asks them."""

from datetime import datetime, timedelta

from flask import Flask

from sharemeal.actions.beat import beat
from sharemeal.store.base import Store
from tests.web.conftest import StandingClock

JOBS = ("silence", "escalate", "outbox", "mail", "audit")


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
    database = store.engine.dialect.name
    assert answer.json == {"status": "ok", "database": database, "jobs": "ok", "auditor": "ok"}
    clock.moment = now + timedelta(seconds=61)
    assert client.get("/readyz").status_code == 503


def test_one_job_that_stands_still_is_named(
    app: Flask, store: Store, clock: StandingClock, now: datetime
) -> None:
    beats(store, now, *JOBS)
    clock.moment = now + timedelta(minutes=5)
    beats(store, clock.moment, "silence", "escalate", "mail", "audit")
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["jobs"] == "not running: outbox"
    assert answer.json["auditor"] == "ok"


def test_a_database_that_does_not_answer_is_said(app: Flask, store: Store, monkeypatch) -> None:
    monkeypatch.setattr(store, "answers", lambda: False)
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"status": "database does not answer"}
