"""The parent of all workers: forks them warm, kills and freezes them by the seed, and counts exactly what it did.

It imports everything once and holds neither a connection nor a thread, so that each child starts whole and at once.
One plan comes as a line on standard input, then commands; lines of JSON go out. When standard input ends, so does all.
"""

from __future__ import annotations

import gc
import json
import mmap
import os
import random
import select
import signal
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path

from sharemeal.clock import Clock
from sharemeal.store.base import Store
from sharemeal.store.tables import Base
from tests.faults import quick
from tests.faults.feeder import Feeder, feed
from tests.faults.plan import Plan, Sender
from tests.faults.points import COUNTS, HELD, SLOT, Point, Slot, Watched, Where
from tests.faults.tally import Child, Tally
from tests.faults.worker import Lines, store_of, ticks_of, work, world_of

TELL_EVERY_SECONDS = 0.5
LOOK_EVERY_SECONDS = 0.004
CATCHES_UP_SECONDS = 1.0
"""Kills that could not be made in time are made up for, so far back."""
STEPS, DOOMED_STEPS = 8, 30
"""A worker may take up to so many steps before it is killed at random; one that is bound to die at a point, more."""


class Nursery:
    """Keeps as many workers as the plan says, one feeder, and at most one of them frozen."""

    def __init__(self, plan: Plan, store: Store) -> None:
        self.plan, self.tally, self._store = plan, Tally(), store
        self._draw = random.Random(f"kills {plan.seed}")
        self._memory = mmap.mmap(-1, SLOT.size * (plan.workers + 1))
        self._lifeline, self._end_of_life = os.pipe()
        self._errors, errors = os.pipe()
        os.set_blocking(self._errors, False)
        calls = os.open(Path(plan.folder) / "calls.txt", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._lines = Lines(self._lifeline, calls, errors)
        self._workers: dict[int, Child] = {}
        self._feeder: Child | None = None
        self._dooms: list[Point] = []
        self._killing = self._calm_told = False
        self._next_kill = self._next_freeze = 0.0
        Slot(self._memory, 0).begin(1)

    # --- children

    def _fork(self, number: int, *, feeds: bool = False) -> Child:
        slot = Slot(self._memory, number)
        doom, passes = self._doom()
        lives = self._draw.randint(0, DOOMED_STEPS if doom else STEPS)
        if not feeds:
            slot.begin()
        pid = os.fork()
        if pid == 0:
            self._live(number, slot, None if feeds else doom, passes, feeds=feeds)
        return Child(pid, slot, number, lives)

    def _live(self, number: int, slot: Slot, doom: Point | None, passes: int, *, feeds: bool) -> None:
        """What the child does, and all that it does."""
        status = 1
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.close(self._end_of_life)
            if feeds:
                feed(self.plan, self._store, slot, self._lines)
            else:
                work(self.plan, self._store, number, slot, self._lines, doom, passes)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)

    def _doom(self) -> tuple[Point | None, int]:
        if self._dooms:
            return self._dooms.pop(0), 1
        if self._killing and self._draw.random() < self.plan.point_share:
            return self._draw.choice(COUNTS), self._draw.choice((1, 1, 2, 3))
        return None, 1

    def settle_in(self) -> None:
        """Bring the number of workers to the plan's."""
        while len(self._workers) < self.plan.workers:
            free = set(range(1, self.plan.workers + 1)) - {each.number for each in self._workers.values()}
            child = self._fork(min(free))
            self._workers[child.pid] = child

    def reap(self) -> None:
        """Count who has died, and put another in their place at once."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self._count(pid, status)

    def _count(self, pid: int, status: int) -> None:
        child = self._workers.pop(pid, None)
        if child is None:
            self._feeder = None
            return
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            where, message_id, point = child.slot.read()
            self.tally.kills += 1
            self.tally.by_place[where.name.lower()] += 1
            if point is not None:
                self.tally.by_point[point.value] += 1
            if where in HELD or point is not None:
                self.tally.held.append((time.time(), message_id))
        elif not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGTERM):
            self.tally.fell += 1
        self.tally.fewest = min(
            self.tally.fewest, sum(each.wakes_at is None for each in self._workers.values())
        )
        self.settle_in()

    # --- what befalls them

    def befall(self, now: float) -> None:
        """Kill and freeze what is due."""
        for child in self._workers.values():
            if child.wakes_at is not None and child.wakes_at <= now:
                os.kill(child.pid, signal.SIGCONT)
                child.wakes_at = None
        if self.plan.freezes and self._killing:
            self._freeze(now)
        if self._killing and now >= self._next_kill and self._kill_somebody():
            pause = self._draw.expovariate(self.plan.kills_per_second)
            self._next_kill = max(self._next_kill + pause, now - CATCHES_UP_SECONDS)
        enough = self.tally.kills >= self.plan.kills and self.tally.freezes >= self.plan.freezes
        reached = COUNTS if self.plan.sender is Sender.PRODUCT else (Point.CLAIMED, Point.ACCEPTED)
        struck = min(self.tally.by_point[point.value] for point in reached) >= self.plan.deaths_at_points
        if self._killing and enough and struck and self._reports() >= self.plan.reports:
            self._killing = False

    def _reports(self) -> int:
        """How many reports the feeder has been thanked for."""
        return Slot(self._memory, 0).read()[1]

    def _kill_somebody(self) -> bool:
        """A worker that has lived, and now and then the feeder. Nobody is killed before they could do anything.

        So on a busy machine the kills wait for the work, and hit it everywhere all the same.
        """
        awake = [each for each in self._workers.values() if each.wakes_at is None]
        old = [each for each in awake if each.slot.steps >= each.lives]
        if not old or len(awake) < 2:
            return False
        self._kill(self._draw.choice(old))
        if self._feeder is not None and self._draw.random() < self.plan.feeder_kill_share:
            self._kill_feeder()
        return True

    def _kill(self, child: Child) -> None:
        os.kill(child.pid, signal.SIGKILL)
        self._count(*os.waitpid(child.pid, 0))

    def _kill_feeder(self) -> None:
        assert self._feeder is not None
        os.kill(self._feeder.pid, signal.SIGKILL)
        os.waitpid(self._feeder.pid, 0)
        self.tally.feeder_kills += 1
        self._feeder = self._fork(0, feeds=True)

    def _freeze(self, now: float) -> None:
        """Stop a worker that is inside its call for longer than lease and settling, if none is stopped already."""
        if self.tally.freezes >= self.plan.freezes or any(
            each.wakes_at is not None for each in self._workers.values()
        ):
            return
        for child in self._workers.values():
            if child.slot.read()[0] in (Where.MEANT, Where.CALLING):
                os.kill(child.pid, signal.SIGSTOP)
                child.wakes_at = now + self.plan.lease_seconds + self.plan.settle_seconds + 0.5
                self.tally.freezes += 1
                return

    # --- the parent's own life

    def obey(self, line: str) -> bool:
        """One command; False ends it all."""
        word, _, rest = line.strip().partition(" ")
        match word:
            case "feed":
                self._feeder = self._fork(0, feeds=True)
            case "still":
                if self._feeder is not None:
                    os.kill(self._feeder.pid, signal.SIGTERM)
                    os.waitpid(self._feeder.pid, 0)
                    self._feeder = None
            case "kill":
                self._killing, self._next_kill = True, time.monotonic()
            case "doom":  # whoever is forked next dies there, one after the other
                self._dooms = [COUNTS[int(each)] for each in rest.split()]
                for child in list(self._workers.values()):
                    os.kill(child.pid, signal.SIGTERM)
            case _:
                return False
        return True

    def tell(self) -> None:
        """One line of where it stands."""
        try:
            for line in os.read(self._errors, 65536).decode().splitlines():
                self.tally.errors[line] += 1
        except BlockingIOError:
            pass
        told = {**self.tally.as_json(), "killing": self._killing, "acknowledged": self._reports()}
        print(json.dumps(told), flush=True)

    def end(self) -> None:
        """Nobody is left."""
        os.close(self._end_of_life)
        for child in [*self._workers.values(), *filter(None, [self._feeder])]:
            os.kill(child.pid, signal.SIGKILL)
            os.waitpid(child.pid, 0)

    def run(self) -> None:
        """Until standard input ends."""
        tell_at = 0.0
        standing = True
        self.settle_in()
        try:
            while standing:
                if select.select([sys.stdin.fileno()], [], [], LOOK_EVERY_SECONDS)[0]:
                    commands = os.read(sys.stdin.fileno(), 4096).decode().splitlines()
                    standing = bool(commands) and all(map(self.obey, commands))
                    tell_at = 0.0
                self.reap()
                self.befall(time.monotonic())
                if time.monotonic() >= tell_at:
                    self.tell()
                    tell_at = time.monotonic() + TELL_EVERY_SECONDS
        finally:
            self.end()


def first_line() -> str:
    """The plan's line, and nothing that comes after it."""
    read = b""
    while not read.endswith(b"\n"):
        read += os.read(sys.stdin.fileno(), 1)
    return read.decode()


def warm(plan: Plan) -> Store:
    """Do the first deed and each tick once, so that every child begins with what that taught; then close the store."""
    quick.shorten()
    Base.registry.configure()
    store = store_of(plan)
    watched = Watched(Slot(bytearray(SLOT.size), 0), os.open(os.devnull, os.O_WRONLY), None)
    Feeder(plan, store, Clock(plan.ahead).now).deed(0)
    world = world_of(plan, store, "nursery", watched)
    for _, tick in ticks_of(plan, world, watched):
        with suppress(Exception):  # the provider misbehaves already; the workers see to what is left
            tick(world)
    store.close()
    gc.collect()
    gc.freeze()
    return store


def main() -> None:
    """Read the plan, warm up, and keep the workers."""
    plan = Plan.from_text(first_line())
    Nursery(plan, warm(plan)).run()


if __name__ == "__main__":
    main()
