"""The jobs that the clock runs: each a plain function of the world, safe to run twice, and a loop that one leader drives.

A job that fails stops no other job, and a lab that fails no other lab. Alert jobs have threads of their own, so that
no plan keeps an alert waiting. Only names stand in the log: an error's own words may hold what people wrote.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from sharemeal.actions.beat import beat
from sharemeal.clock import Clock
from sharemeal.messages import Channel
from sharemeal.store.base import Store
from sharemeal.store.labs import all_labs
from sharemeal.store.leader import leader_of
from sharemeal.store.tables import Base
from sharemeal.store.ticks import beat_is_due

if TYPE_CHECKING:
    from sharemeal.outside.ways import Way

log = logging.getLogger("sharemeal.jobs")

LOOK_SECONDS = 0.5
"""How often it is looked whether something is to be sent: one question to an index, so that no worry waits for a tick."""
ALERTS, DAYS, PLANS = "alerts", "days", "plans"
_THREADS = {ALERTS: 5, DAYS: 2, PLANS: 1}
ACTOR = "clock"


@dataclass(frozen=True)
class World:
    """All that a job may use. ``owner`` names this process in leases and heartbeats, ``site`` stands in texts."""

    store: Store
    ways: Mapping[Channel, Way]
    site: str
    now: Callable[[], datetime]
    lease: timedelta
    settle: timedelta
    tick_seconds: float
    solve_seconds: float
    owner: str = field(default_factory=lambda: f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(3)}")


class SomeFailed(RuntimeError):
    """A job has done what it could; what it could not is named by lab id, step and kind of error."""


def tick_silence(world: World) -> None:
    """Turn what is overdue at a door or on a route into concerns and alerts."""
    from sharemeal.actions.watch_over import notice_silences

    notice_silences(world.store, now=world.now())


def tick_escalate(world: World) -> None:
    """Tell the next person of every alert that nobody has taken up."""
    from sharemeal.actions.escalate import escalate

    escalate(world.store, now=world.now())


def tick_outbox(world: World) -> None:
    """Send what is due, then settle what is in doubt."""
    _send(world, Channel.SMS)


def tick_mail(world: World) -> None:
    """The same for e-mail: no text that hangs keeps it waiting."""
    _send(world, Channel.EMAIL)


def _send(world: World, channel: Channel) -> None:
    from sharemeal.actions.reconcile import reconcile
    from sharemeal.actions.send_messages import Sending, send_messages

    way = world.ways[channel]
    sending = Sending(world.owner, world.lease, world.settle, world.site, channel)
    send_messages(world.store, way, sending, now=world.now())
    reconcile(world.store, way, sending, now=world.now())


def tick_status_poll(world: World) -> None:
    """Look up texts that the provider has not told about."""
    from sharemeal.actions.poll_status import poll_status

    poll_status(world.store, world.ways[Channel.SMS], now=world.now())


def tick_timetable(world: World) -> None:
    """Take the steps of each lab's service day that are due: reminders, cut-off, start, close."""
    from sharemeal.actions.day_steps import take_steps

    def take(lab_id: int) -> list[str]:
        return take_steps(world.store, lab_id, now=world.now()).failed

    _each_lab(world, take)


def tick_draft_plan(world: World) -> None:
    """Calculate the drafts that are due after the cut-off."""
    from sharemeal.actions.draft_plan import draft_plans

    def plan(lab_id: int) -> list[str]:
        draft_plans(world.store, lab_id, now=world.now(), seconds=world.solve_seconds)
        return []

    _each_lab(world, plan)


def tick_receive_test(world: World) -> None:
    """Ask the contacts who gave no sign for a month whether texts still reach them."""
    from sharemeal.actions.send_receive_tests import send_receive_tests

    def ask(lab_id: int) -> list[str]:
        with world.store.session(lab_id, actor=ACTOR) as session:
            send_receive_tests(session, now=world.now())
        return []

    _each_lab(world, ask)


def tick_audit(world: World) -> None:
    """Link new audit rows into the chain."""
    from sharemeal.actions.link_audit import link_audit

    with world.store.session(all_labs=True, actor=ACTOR) as session:
        link_audit(session, now=world.now())


def tick_retention(world: World) -> None:
    """Forget what has served its purpose."""
    from sharemeal.actions.forget import forget

    with world.store.session(all_labs=True, actor=ACTOR) as session:
        forget(session, now=world.now())


@dataclass(frozen=True)
class Job:
    """One job: its name, how often it runs, in ticks or in seconds, and whose threads it uses."""

    name: str
    tick: Callable[[World], None]
    threads: str
    ticks: int = 1
    seconds: float | None = None

    def every(self, tick_seconds: float) -> float:
        """Seconds between two runs."""
        return self.seconds if self.seconds is not None else self.ticks * tick_seconds


JOBS = (
    Job("silence", tick_silence, ALERTS),
    Job("escalate", tick_escalate, ALERTS),
    Job("outbox", tick_outbox, ALERTS, seconds=LOOK_SECONDS),
    Job("mail", tick_mail, ALERTS, seconds=LOOK_SECONDS),
    Job("status-poll", tick_status_poll, ALERTS, ticks=6),
    Job("timetable", tick_timetable, DAYS),
    Job("draft-plan", tick_draft_plan, PLANS, ticks=2),
    Job("receive-test", tick_receive_test, DAYS, seconds=3600),
    Job("audit", tick_audit, DAYS, ticks=2),
    Job("retention", tick_retention, DAYS, seconds=3600),
)


def run_once(job: Job, world: World) -> None:
    """Run one job and note its heartbeat, not more often than each tick; a job that fails leaves none."""
    job.tick(world)
    with world.store.session(all_labs=True, actor=ACTOR) as session:
        now = world.now()
        if beat_is_due(session, job.name, owner=world.owner, now=now, every=world.tick_seconds):
            beat(session, job.name, owner=world.owner, now=now)


def _each_lab(world: World, deed: Callable[[int], list[str]]) -> None:
    """The deed for every lab; raises SomeFailed at the end."""
    with world.store.session(all_labs=True, actor=ACTOR) as session:
        lab_ids = [lab.id for lab in all_labs(session)]
    failed: list[str] = []
    for lab_id in lab_ids:
        try:
            failed += [f"lab {lab_id} {what}" for what in deed(lab_id)]
        except Exception as error:
            failed.append(f"lab {lab_id} {type(error).__name__}")
    if failed:
        raise SomeFailed(", ".join(failed))


class Clockwork:
    """Runs all jobs while this process leads; while another does, waits to take its place."""

    def __init__(self, world: World, leads: Callable[[bool], None] = lambda _leads: None) -> None:
        """``leads`` is told whenever this process begins or ceases to lead, and once at the beginning."""
        self._world = world
        self._leads = leads
        self._leader = leader_of(world.store)
        self._scheduler: BackgroundScheduler | None = None
        self._told: bool | None = None

    def run(self, stopping: threading.Event) -> None:
        """Until ``stopping`` is set; what runs then is finished."""
        try:
            while not stopping.is_set():
                try:
                    self._lead_or_wait()
                except Exception as error:
                    log.error("the clock stands still: %s", type(error).__name__)
                stopping.wait(min(self._world.tick_seconds, 5.0) / 2)
        finally:
            self._stop(wait=True)
            self._leader.release()

    def _lead_or_wait(self) -> None:
        if self._scheduler is None and self._leader.try_to_lead():
            self._scheduler = _scheduler(self._world)
            self._scheduler.start()
        elif self._scheduler is not None and not self._leader.still_leads():
            self._stop(wait=False)
        leads = self._scheduler is not None
        if leads is not self._told:
            self._told = leads
            self._leads(leads)

    def _stop(self, *, wait: bool) -> None:
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=wait)
            self._scheduler = None


def _scheduler(world: World) -> BackgroundScheduler:
    """Every job from now on. Nothing is remembered between starts: what is due stands in the database."""
    Base.registry.configure()  # all tables are known before several threads ask for them
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={name: ThreadPoolExecutor(count) for name, count in _THREADS.items()},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    scheduler.add_listener(_tell, EVENT_JOB_ERROR | EVENT_JOB_MISSED)
    for job in JOBS:
        scheduler.add_job(
            run_once,
            "interval",
            args=(job, world),
            id=job.name,
            seconds=job.every(world.tick_seconds),
            executor=job.threads,
            next_run_time=Clock().now(),
        )
    return scheduler


def _tell(event: Any) -> None:
    """A missed or failed job, by name; the words of an error only where they are our own."""
    error = getattr(event, "exception", None)
    if error is None:
        log.warning("job %s was missed", event.job_id)
    else:
        said = f": {error}" if isinstance(error, SomeFailed) else ""
        log.error("job %s failed: %s%s", event.job_id, type(error).__name__, said)


def named(name: str) -> Job | None:
    """The job of that name."""
    return next((job for job in JOBS if job.name == name), None)


def names() -> Iterator[str]:
    """The names of all jobs."""
    return (job.name for job in JOBS)
