"""Which job runs how often, and running one of them once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sharemeal.actions.beat import beat
from sharemeal.jobs import ticks
from sharemeal.jobs.world import World
from sharemeal.store import restorations
from sharemeal.store.base import Store
from sharemeal.store.ticks import beat_is_due

LOOK_SECONDS = 0.5
"""How often it is looked whether something is to be sent: one question to an index, so that no worry waits for a tick."""
ALERTS, DAYS, PLANS, OUTSIDE = "alerts", "days", "plans", "outside"


@dataclass(frozen=True)
class Job:
    """One job: its name, how often it runs, in ticks or in seconds, and whose threads it uses.

    ``copies`` run side by side, so that one call that hangs does not keep the others waiting.
    ``on_hold`` says that it runs after a restore too, while all others wait.
    """

    name: str
    tick: Callable[[World], None]
    threads: str
    ticks: int = 1
    seconds: float | None = None
    copies: int = 1
    on_hold: bool = False

    def every(self, tick_seconds: float) -> float:
        """Seconds between two runs."""
        return self.seconds if self.seconds is not None else self.ticks * tick_seconds


JOBS = (
    Job("end-hold", ticks.tick_end_hold, ALERTS, on_hold=True),
    Job("silence", ticks.tick_silence, ALERTS),
    Job("escalate", ticks.tick_escalate, ALERTS),
    Job("outbox", ticks.tick_outbox, ALERTS, seconds=LOOK_SECONDS, copies=4),
    Job("mail", ticks.tick_mail, ALERTS, seconds=LOOK_SECONDS, copies=2),
    Job("status-poll", ticks.tick_status_poll, ALERTS, ticks=6),
    Job("timetable", ticks.tick_timetable, DAYS),
    Job("draft-plan", ticks.tick_draft_plan, PLANS, ticks=2),
    Job("receive-test", ticks.tick_receive_test, DAYS, seconds=3600),
    Job("audit", ticks.tick_audit, DAYS, ticks=2, on_hold=True),
    Job("auditor", ticks.tick_auditor, ALERTS, on_hold=True),
    Job("tell-operator", ticks.tick_tell_operator, OUTSIDE, on_hold=True),
    Job("heartbeat", ticks.tick_heartbeat, OUTSIDE, seconds=60, on_hold=True),
    Job("retention", ticks.tick_retention, DAYS, seconds=3600),
)


def run_once(job: Job, world: World) -> bool:
    """Run one job and note its heartbeat, not more often than each tick; a job that fails leaves none.

    False where it waits for a hold to end.
    """
    if not job.on_hold and holds(world.store):
        return False
    job.tick(world)
    with world.store.session(all_labs=True, actor=ticks.ACTOR) as session:
        now = world.now()
        if beat_is_due(session, job.name, owner=world.owner, now=now, every=world.tick_seconds):
            beat(session, job.name, owner=world.owner, now=now)
    return True


def holds(store: Store) -> bool:
    """Whether the database came out of a backup and what happened after that backup is not reconciled yet."""
    with store.session(all_labs=True, actor=ticks.ACTOR) as session:
        return restorations.standing(session) is not None


def named(name: str) -> Job | None:
    """The job of that name."""
    return next((job for job in JOBS if job.name == name), None)


def names() -> Iterator[str]:
    """The names of all jobs."""
    return (job.name for job in JOBS)
