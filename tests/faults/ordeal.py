"""One ordeal: start everything, feed and kill, then calm down, wait until all is through, and judge."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sharemeal.clock import Clock
from sharemeal.store.base import Store
from tests.faults.feeder import uuid_of
from tests.faults.judge import Books, Verdict, judge, undone
from tests.faults.labs import found
from tests.faults.plan import Plan
from tests.house import ROOT

LAG_SECONDS = 0.35
DRAIN_SECONDS = 120
STALLED_SECONDS = 120
"""Kills that do not come for so long end the ordeal as a fault of the harness."""
THROWN_AWAY = {"keys", "index_key", "database_url", "folder", "provider", "account_sid", "auth_token"}
Told = dict[str, Any]


class Talk:
    """A process of the harness that speaks in lines. ``last`` is what it said last."""

    def __init__(self, module: str, first: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self.last: Told = {}
        self.lines = 0
        self._news = threading.Condition()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self.say(first)
        self._listener.start()

    def say(self, line: str) -> None:
        """Tell it something."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            told = json.loads(line)
            with self._news:
                self.last, self.lines = told, self.lines + 1
                self._news.notify_all()

    def wait_for(self, holds: Callable[[Told], object], seconds: float) -> Told:
        """What it says once this holds of it. Raises TimeoutError."""
        with self._news:
            if not self._news.wait_for(lambda: self.lines and holds(self.last), seconds):
                raise TimeoutError(f"the harness stands still: {self.last}")
            return self.last

    def fresh(self, seconds: float = 30) -> Told:
        """What it says next."""
        with self._news:
            seen = self.lines
            if not self._news.wait_for(lambda: self.lines > seen + 1, seconds):
                raise TimeoutError(f"the harness has gone silent: {self.last}")
            return self.last

    def close(self) -> None:
        """End its standard input, and so it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._listener.join(20)
        self.process.stdout.close()


@dataclass(frozen=True)
class Outcome:
    """What an ordeal came to."""

    plan: Plan
    verdict: Verdict
    tally: Told
    faults: dict[str, int]
    attempts: int
    seconds: float
    drained: bool
    undone: list[str]

    @property
    def kills_per_second(self) -> float:
        """As measured while killing."""
        return float(self.tally["kills"]) / self.seconds if self.seconds else 0.0

    def as_json(self) -> dict[str, Any]:
        """For a file. Keys and addresses of what was thrown away are left out."""
        plan = {name: each for name, each in asdict(self.plan).items() if name not in THROWN_AWAY}
        told = {name: each for name, each in self.tally.items() if name != "held"}
        return {**asdict(self), "plan": plan, "tally": told, "kills_per_second": self.kills_per_second}


class Ordeal:
    """The processes of one ordeal while they stand."""

    def __init__(self, plan: Plan, provider: Talk, nursery: Talk) -> None:
        self.plan, self._provider, self.nursery = plan, provider, nursery
        self.control: str = provider.last["control"]
        self.books = Books(plan.database_url)

    def now(self) -> datetime:
        """The labs' time."""
        return Clock(self.plan.ahead).now()

    def truth(self) -> Told:
        """What the provider has taken."""
        with urllib.request.urlopen(f"{self.control}/truth", timeout=20) as answer:
            told: Told = json.load(answer)
            return told

    def heal(self) -> None:
        """From now on the provider is well."""
        urllib.request.urlopen(urllib.request.Request(f"{self.control}/heal", b""), timeout=20).close()

    def through(self, until: datetime, seconds: float = DRAIN_SECONDS) -> list[str]:
        """Wait until nothing that was written by then is on its way; what is left at the deadline."""
        deadline = time.monotonic() + seconds
        left = undone(self.books, until)
        while left and time.monotonic() < deadline:
            self.nursery.fresh()
            left = undone(self.books, until)
        return left

    def verdict(self, until: datetime, tally: Told) -> Verdict:
        """The judge's."""
        reports = [uuid_of(self.plan.seed, number) for number in range(tally["acknowledged"])]
        return judge(
            self.books,
            self.truth(),
            until=until,
            ahead=self.plan.ahead,
            acknowledged=reports,
            calls=self.calls(),
            held=[(at, message_id) for at, message_id in tally["held"]],
            patience=min(self.plan.lease_seconds, self.plan.settle_seconds),
        )

    def calls(self) -> dict[str, float]:
        """Callback address → when its intent was about to be written."""
        kept = (Path(self.plan.folder) / "calls.txt").read_text("utf-8").splitlines()
        return {address: float(at) for at, _, address in (line.split(" ") for line in kept)}


@contextmanager
def standing(plan: Plan, *, windows: bool = True) -> Iterator[Ordeal]:
    """Labs in the plan's empty database, a provider and a nursery around them."""
    from tests.faults.worker import store_of

    plan = plan.with_(began=time.time())
    wanted = {
        "seed": plan.seed,
        "windows": windows,
        "timeout_seconds": plan.timeout_seconds,
        "lag_seconds": LAG_SECONDS,
        "ahead_seconds": plan.ahead.total_seconds(),
    }
    provider = Talk("tests.faults.provider", json.dumps(wanted))
    try:
        told = provider.wait_for(lambda _: True, 60)
        plan = plan.with_(
            provider=told["provider"], account_sid=told["account_sid"], auth_token=told["auth_token"]
        )
        store: Store = store_of(plan)
        found(store, plan.labs, plan.homes, datetime.now(UTC) + plan.ahead - timedelta(hours=1))
        store.close()
        nursery = Talk("tests.faults.nursery", plan.as_text())
        ordeal = Ordeal(plan, provider, nursery)
        try:
            nursery.wait_for(lambda _: True, 60)
            yield ordeal
        finally:
            nursery.close()
            ordeal.books.close()
    finally:
        provider.close()


def endure(plan: Plan, progress: Callable[[Told], None] = lambda _told: None) -> Outcome:
    """The whole of it. Raises TimeoutError where the harness itself does not get on."""
    with standing(plan) as ordeal:
        nursery = ordeal.nursery
        nursery.say("feed\nkill")
        begun = time.monotonic()
        last, moved = -1, begun
        nursery.wait_for(lambda told: told["killing"], 30)
        while (told := nursery.fresh())["killing"]:
            progress(told)
            done = told["kills"] + told["freezes"]
            if done != last:
                last, moved = done, time.monotonic()
            if time.monotonic() - moved > STALLED_SECONDS:
                raise TimeoutError(f"nobody was killed for {STALLED_SECONDS} s: {told}")
        seconds = time.monotonic() - begun
        nursery.say("still")
        nursery.fresh()
        ordeal.heal()
        until = ordeal.now()
        left = ordeal.through(until)
        tally = nursery.fresh()
        progress(tally)
        verdict = ordeal.verdict(until, tally)
        truth = ordeal.truth()
        return Outcome(
            ordeal.plan, verdict, tally, truth["counts"], truth["attempts"], seconds, not left, left
        )
