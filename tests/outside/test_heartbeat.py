"""The outside heartbeat over real HTTP: arrives while all is well, stays away on each kind of hit, and harms no job."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sharemeal import jobs
from sharemeal.actions import watch_the_watch
from sharemeal.alarms import AlarmKind
from sharemeal.config import Settings
from sharemeal.instance import heart_of
from sharemeal.outside.heartbeat import Heart, is_address
from sharemeal.sentences import Refused
from sharemeal.store import ticks
from sharemeal.store.base import Store
from tests.make.lateness import BY_NAME, HOUR, MINUTE, SECOND, Late, Spoil
from tests.test_jobs import StandingTime, world_on

HOST = "127.0.0.1"


@dataclass
class Listener:
    """A service that raises an alarm when nothing comes. It can answer with a fault, or not at all."""

    status: int = 200
    silent: threading.Event | None = None
    location: str = ""
    heard: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    address: str = ""


@contextmanager
def listening(listener: Listener) -> Iterator[Listener]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            listener.heard.append((self.command, self.path, json.loads(body)))
            if listener.silent is not None:
                listener.silent.wait(20)
            self.send_response(listener.status)
            if listener.location:
                self.send_header("Location", listener.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            listener.heard.append((self.command, self.path, {}))
            self.send_error(405)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    listener.address = f"http://{HOST}:{server.server_port}/ping/secret-word"
    try:
        yield listener
    finally:
        if listener.silent is not None:
            listener.silent.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening(Listener()) as made:
        yield made


@pytest.fixture
def late(store: Store, now: datetime) -> Late:
    return Late(store, now)


@pytest.fixture
def ticked(late: Late, listener: Listener, now: datetime) -> Callable[..., None]:
    """Run these jobs once, in order, at ``at``."""

    def run(*names: str, at: datetime = now) -> None:
        world = world_on(late.store, StandingTime(at))
        world = jobs.World(**{**vars(world), "heart": Heart(listener.address)})
        for name in names:
            job = jobs.named(name)
            assert job is not None
            jobs.run_once(job, world)

    return run


def test_it_arrives_while_all_is_well_with_head_and_moment(
    ticked: Callable[..., None], listener: Listener, late: Late, now: datetime
) -> None:
    ticked("auditor", "audit", "heartbeat")
    [(method, path, body)] = listener.heard
    assert (method, path) == ("POST", "/ping/secret-word")
    assert body["at"] == now.isoformat()
    assert len(body["audit_head"]) == 64
    assert set(body["audit_head"]) != {"0"}
    assert set(body) == {"at", "audit_head"}


@pytest.mark.parametrize(("kind", "way"), BY_NAME.values(), ids=BY_NAME.keys())
def test_it_stays_away_on_each_kind_of_hit_and_comes_back(
    ticked: Callable[..., None],
    listener: Listener,
    late: Late,
    now: datetime,
    kind: AlarmKind,
    way: Spoil,
) -> None:
    way(late)
    ticked("auditor", "heartbeat")
    assert listener.heard == []


def test_it_stays_away_from_a_home_that_nobody_expects(
    ticked: Callable[..., None], listener: Listener, late: Late
) -> None:
    late.home()
    ticked("auditor", "heartbeat")
    assert listener.heard == []


def test_it_comes_back_when_all_is_well_again(
    ticked: Callable[..., None], listener: Listener, late: Late, now: datetime
) -> None:
    late.job()
    ticked("auditor", "heartbeat")
    late.beat(now)
    ticked("auditor", "heartbeat")
    assert len(listener.heard) == 1


def test_it_stays_away_when_the_auditor_fails(
    ticked: Callable[..., None],
    listener: Listener,
    late: Late,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(watch_the_watch, "look", broken)
    later = now + 61 * SECOND
    late.beat(later, *ticks.ALERT_JOBS, ticks.AUDIT_JOB)
    with pytest.raises(RuntimeError):
        ticked("auditor", at=later)
    ticked("heartbeat", at=later)
    assert listener.heard == []


def test_it_stays_away_when_the_auditor_hangs(
    late: Late, listener: Listener, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs, free = threading.Event(), threading.Event()

    def hang(*_: object, **__: object) -> dict[AlarmKind, int]:
        hangs.set()
        free.wait(30)
        return {}

    monkeypatch.setattr(watch_the_watch, "look", hang)
    time = StandingTime(now + 61 * SECOND)
    world = jobs.World(**{**vars(world_on(late.store, time)), "heart": Heart(listener.address)})
    auditor, heartbeat = jobs.named("auditor"), jobs.named("heartbeat")
    assert auditor is not None
    assert heartbeat is not None
    late.beat(time.moment, *ticks.ALERT_JOBS, ticks.AUDIT_JOB)
    thread = threading.Thread(target=jobs.run_once, args=(auditor, world))
    thread.start()
    try:
        assert hangs.wait(10)
        jobs.run_once(heartbeat, world)
        assert listener.heard == []
    finally:
        free.set()
        thread.join()
    jobs.run_once(heartbeat, world)
    assert len(listener.heard) == 1


def test_a_clock_that_was_set_back_does_not_make_an_old_look_new(
    ticked: Callable[..., None], listener: Listener, now: datetime
) -> None:
    ticked("heartbeat", at=now - HOUR)
    ticked("heartbeat", at=now + 2 * MINUTE)
    assert listener.heard == []


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_service_that_refuses_fails_no_job_and_is_logged_once_without_its_address(
    late: Late, listener: Listener, now: datetime, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    listener.status, listener.location = status, f"{listener.address}/elsewhere"
    heart = Heart(listener.address)
    with caplog.at_level(logging.DEBUG):
        assert [heart.beat("0", now) for _ in range(3)] == [False] * 3
        listener.status = 200
        assert [heart.beat("0", now) for _ in range(2)] == [True] * 2
    assert [record.getMessage() for record in caplog.records] == [
        "the outside heartbeat is not heard: HTTPError",
        "the outside heartbeat is heard again",
    ]
    assert {path for _, path, _ in listener.heard} == {"/ping/secret-word"}


def test_a_service_that_is_silent_or_gone_costs_its_time_and_nothing_else(
    listener: Listener, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    listener.silent = threading.Event()
    assert not Heart(listener.address, timeout_seconds=0.2).beat("0", now)
    listener.silent.set()
    assert Heart(listener.address).beat("0", now), "no proxy of the environment"
    assert not Heart("http://127.0.0.1:1/").beat("0", now)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.jp",
        "example.jp/ping",
        "https:///x",
        "file:///etc/passwd",
        "http://x:99999/",
        "http://[x",
    ],
)
def test_an_address_that_is_none_is_refused_without_being_shown(url: str) -> None:
    assert not is_address(url)
    with pytest.raises(Refused, match="HEARTBEAT_URL") as refused:
        heart_of(Settings(heartbeat_url=url))
    assert url not in str(refused.value)


def test_without_an_address_nothing_beats(late: Late, now: datetime) -> None:
    assert heart_of(Settings()) is None
    job = jobs.named("heartbeat")
    assert job is not None
    jobs.run_once(job, world_on(late.store, StandingTime(now)))
