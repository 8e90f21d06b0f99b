"""Each job safe to run twice, one fault of a lab or a job that keeps no other back, and nothing but names in the log."""

import logging
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest

from sharemeal import jobs
from sharemeal.messages import Channel, MessageState
from sharemeal.outside.mail import ScreenMail
from sharemeal.outside.sms import ScreenSms
from sharemeal.store import ticks
from sharemeal.store.base import Store, transaction
from sharemeal.store.messages import Message
from sharemeal.store.restorations import Restoration
from sharemeal.store.tables import Base
from tests.make.clockwork import Clockwork
from tests.make.processes import within

PHONE = "090-0000-0001"


class StandingTime:
    """A clock that is turned by hand."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment


def world_on(store: Store, now: Any, *, tick_seconds: float = 0.2, owner: str = "one") -> jobs.World:
    return jobs.World(
        store=store,
        ways={Channel.SMS: ScreenSms(), Channel.EMAIL: ScreenMail()},
        site="https://example.jp",
        now=now,
        lease=timedelta(seconds=20),
        settle=timedelta(seconds=20),
        tick_seconds=tick_seconds,
        solve_seconds=5,
        owner=owner,
    )


@pytest.fixture
def lab(store: Store, now: datetime) -> Clockwork:
    return Clockwork(store, now)


def rows(store: Store) -> dict[str, int]:
    """Table → rows, heartbeats and audit aside."""
    with store.session(all_labs=True) as session:
        return {
            mapper.class_.__tablename__: session.query(mapper.class_).count()
            for mapper in Base.registry.mappers
            if mapper.class_.__tablename__ not in ("heartbeat", "audit_entry")
        }


def test_every_job_twice_is_as_once_and_leaves_its_heartbeat(store: Store, lab: Clockwork) -> None:
    lab.offer(lab.kitchens[0], "豆のごはん", 5)
    for at in ("2026-11-26T10:00", "2026-11-26T15:10", "2026-11-26T17:00"):
        world = world_on(store, StandingTime(lab.local(at)))
        for job in jobs.JOBS[::-1]:
            jobs.run_once(job, world)
        once = rows(store)
        for job in jobs.JOBS:
            jobs.run_once(job, world)
        assert rows(store) == once
    assert once["outbox"] == 2, "a kitchen and the coordinator"
    with store.session(all_labs=True) as session:
        beats = ticks.heartbeats(session)
        assert {name: (row.owner, row.at) for name, row in beats.items()} == {
            name: ("one", lab.local("2026-11-26T17:00")) for name in jobs.names()
        }
        assert {row.state for row in session.query(Message)} <= {
            MessageState.ACCEPTED,
            MessageState.DELIVERED,
        }


def test_after_a_restore_every_job_waits_but_those_that_end_the_hold(
    store: Store, lab: Clockwork, now: datetime
) -> None:
    with store.session(all_labs=True) as session, transaction(session, now):
        session.add(Restoration(backup_at=now - timedelta(hours=1), restored_at=now))
    world = world_on(store, StandingTime(lab.local("2026-11-26T10:00")))
    before = rows(store)
    assert [job.name for job in jobs.JOBS[::-1] if jobs.run_once(job, world)] == [
        "heartbeat", "tell-operator", "auditor", "audit", "end-hold",
    ]  # fmt: skip
    assert _beating(store) == {"heartbeat", "tell-operator", "auditor", "audit", "end-hold"}
    assert rows(store) == before
    assert all(jobs.run_once(job, world) for job in jobs.JOBS), "nothing was in doubt"


def test_a_lab_that_fails_keeps_no_other_lab_back(
    store: Store, lab: Clockwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sharemeal.actions import day_steps

    second = Clockwork(store, lab.now, slug="tsuzuki")
    real = day_steps.take_steps

    def take(store: Store, lab_id: int, *, now: datetime) -> day_steps.Taken:
        if lab_id == lab.lab_id:
            raise RuntimeError(PHONE)
        return real(store, lab_id, now=now)

    monkeypatch.setattr(day_steps, "take_steps", take)
    timetable = jobs.named("timetable")
    assert timetable is not None
    world = world_on(store, StandingTime(lab.local("2026-11-26T10:00")))
    with pytest.raises(jobs.SomeFailed) as failed:
        jobs.run_once(timetable, world)
    assert str(failed.value) == f"lab {lab.lab_id} RuntimeError"
    assert [person for _, person in second.messages()] == second.cooks
    with store.session(all_labs=True) as session:
        assert ticks.heartbeats(session) == {}


def test_the_clockwork_runs_all_jobs_but_the_one_that_fails_and_logs_only_names(
    store: Store, lab: Clockwork, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from sharemeal.actions import watch_over

    def broken(*_: object, **__: object) -> int:
        raise RuntimeError(PHONE)

    monkeypatch.setattr(watch_over, "notice_silences", broken)
    told: list[bool] = []
    stopping = threading.Event()
    world = world_on(store, StandingTime(lab.local("2026-11-26T10:00")))
    with caplog.at_level(logging.DEBUG):
        thread = threading.Thread(target=jobs.Clockwork(world, told.append).run, args=(stopping,))
        thread.start()
        try:
            others = set(jobs.names()) - {"silence"}
            assert within(20, lambda: _beating(store) == others) is not None
        finally:
            stopping.set()
            thread.join()
    assert told == [True]
    assert "job silence failed: RuntimeError" in caplog.text
    assert PHONE not in caplog.text
    assert len(lab.messages()) == 2


def test_of_two_clockworks_one_waits_and_follows(store: Store, lab: Clockwork) -> None:
    time = StandingTime(lab.local("2026-11-26T09:00"))
    stops = [threading.Event(), threading.Event()]
    told: list[list[bool]] = [[], []]
    threads: list[threading.Thread] = []
    for number in range(2):
        run = jobs.Clockwork(world_on(store, time, owner=str(number)), told[number].append).run
        threads.append(threading.Thread(target=run, args=(stops[number],)))
        threads[-1].start()
        assert within(10, told[number].__len__) is not None
    try:
        assert told == [[True], [False]]
        assert within(20, lambda: _owners(store) == {"0"}) is not None
        stops[0].set()
        threads[0].join()
        assert within(20, lambda: "1" in _owners(store)) is not None
        assert told[1] == [False, True]
    finally:
        for stop, thread in zip(stops, threads, strict=True):
            stop.set()
            thread.join()


def test_a_leader_that_cannot_be_asked_is_asked_again(
    store: Store, lab: Clockwork, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clockwork = jobs.Clockwork(world_on(store, StandingTime(lab.local("2026-11-26T09:00"))))
    real, asked = clockwork._leader.try_to_lead, []

    def once_broken() -> bool:
        asked.append(True)
        if len(asked) == 1:
            raise PermissionError(PHONE)
        return real()

    monkeypatch.setattr(clockwork._leader, "try_to_lead", once_broken)
    stopping = threading.Event()
    thread = threading.Thread(target=clockwork.run, args=(stopping,))
    thread.start()
    try:
        assert within(20, lambda: _beating(store)) is not None
    finally:
        stopping.set()
        thread.join()
    assert "the clock stands still: PermissionError" in caplog.text
    assert PHONE not in caplog.text


def _beating(store: Store) -> set[str]:
    with store.session(all_labs=True) as session:
        return set(ticks.heartbeats(session))


def _owners(store: Store) -> set[str]:
    with store.session(all_labs=True) as session:
        return {row.owner for row in ticks.heartbeats(session).values()}


def test_a_job_is_found_by_its_name() -> None:
    assert jobs.named("status-poll") is not None
    assert jobs.named("status_poll") is None
