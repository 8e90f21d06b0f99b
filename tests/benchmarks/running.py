"""The program as it runs for a benchmark: its processes, its database, its provider, and what the outbox's stamps say."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from sharemeal.messages import Channel, Purpose
from sharemeal.store import ticks
from sharemeal.store.base import Store
from sharemeal.store.columns import Keyring
from sharemeal.store.messages import Message
from tests.benchmarks.street import House
from tests.make.processes import said, started, within
from tests.twilio_standin import TwilioStandIn

PATIENCE_SECONDS = 120.0


def now() -> datetime:
    return datetime.now(UTC)


class Running:
    """One database, one provider, and the processes that are started on them."""

    def __init__(self, folder: Path, url: str, keyring: Keyring, twilio: TwilioStandIn, smtp: Any) -> None:
        self.folder, self.twilio = folder, twilio
        self.store = Store(url, keyring)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = int(taken.getsockname()[1])
        self.site = f"http://127.0.0.1:{port}"
        self.settings = {
            "DATABASE_URL": url,
            "SHAREMEAL_FIELD_KEYS": ",".join(keyring.field_keys),
            "SHAREMEAL_INDEX_KEY": keyring.index_key,
            "SHAREMEAL_INSTANCE": str(folder / "instance"),
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "SMTP_URL": smtp.url,
            **twilio.environment(),
        }

    @contextlib.contextmanager
    def running(self, *commands: tuple[str, ...]) -> Iterator[list[Any]]:
        """These commands, once the jobs run."""
        with started(self.folder, self.settings, *commands) as processes:
            begun = now()
            if (
                within(
                    PATIENCE_SECONDS,
                    lambda: min(self.beat(job) or begun for job in ("outbox", "silence")) > begun,
                )
                is None
            ):
                raise RuntimeError(said(self.folder))
            yield processes

    def beat(self, job: str) -> datetime | None:
        """When that job last ran."""
        with self.store.session(all_labs=True) as session:
            row = ticks.heartbeats(session).get(job)
            return row.at if row else None

    def leader(self) -> int:
        """The process that ran the silences last."""
        with self.store.session(all_labs=True) as session:
            return int(ticks.heartbeats(session)["silence"].owner.split()[1])

    def led_by_another_than(self, process: int) -> bool:
        """Whether another process leads now."""
        return self.leader() != process

    def waits(self, houses: list[House], channel: Channel = Channel.SMS) -> list[float]:
        """Seconds from making to acceptance of each accepted alert to these labs."""
        with self.store.session(all_labs=True) as session:
            query = select(Message).where(
                Message.lab_id.in_([house.lab_id for house in houses]),
                Message.purpose == Purpose.ALERT,
                Message.channel == channel,
                Message.accepted_at.is_not(None),
            )
            rows = list(session.scalars(query))
        return [(row.accepted_at - row.made_at).total_seconds() for row in rows if row.accepted_at]

    def all_told(self, houses: list[House], channel: Channel = Channel.SMS) -> list[float]:
        """The same, once every one of these labs was told."""
        if within(PATIENCE_SECONDS, lambda: len(self.waits(houses, channel)) >= len(houses)) is None:
            raise RuntimeError(f"{len(self.waits(houses, channel))} of {len(houses)} were told")
        return self.waits(houses, channel)
