"""The loop that one leader drives. Alert jobs have threads of their own, so that no plan keeps an alert waiting.

Only names stand in the log: an error's own words may hold what people wrote.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from sharemeal.actions.each_lab import SomeFailed
from sharemeal.clock import Clock
from sharemeal.jobs.rota import ALERTS, DAYS, JOBS, OUTSIDE, PLANS, run_once
from sharemeal.jobs.world import World
from sharemeal.store.leader import leader_of
from sharemeal.store.tables import Base

log = logging.getLogger("sharemeal.jobs")

_THREADS = {
    ALERTS: sum(job.copies for job in JOBS if job.threads == ALERTS),
    DAYS: 2,
    PLANS: 1,
    OUTSIDE: 2,
}


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
    for job, copy in [(each, copy) for each in JOBS for copy in range(each.copies)]:
        scheduler.add_job(
            run_once,
            "interval",
            args=(job, world),
            id=f"{job.name} {copy + 1}" if job.copies > 1 else job.name,
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
