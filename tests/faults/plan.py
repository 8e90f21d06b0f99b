"""What one ordeal is made of, as a plain value that travels to its processes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

SITE = "https://meals.example.jp"
BEGINS = "2026-11-27T17:10:00+09:00"
"""The labs' clock shows this when an ordeal begins, and then runs on as fast as any other."""


class Sender(StrEnum):
    """Who sends: the product, or one of the two that the harness must catch."""

    PRODUCT = "product"
    MARK_THEN_SEND = "mark, then send"
    LEASE_AND_RESEND = "lease and resend"


@dataclass(frozen=True)
class Plan:
    """Where the database and the provider are, how long patience lasts, and how much is killed and fed.

    ``kills_per_second`` counts random kills and deaths at chosen points together; ``point_share`` is how many of the
    forked workers are bound to die at a point. ``freezes`` workers are stopped inside their calls. It goes on until there
    were at least so many kills, freezes, ``reports`` and ``deaths_at_points`` of each.
    """

    database_url: str = ""
    keys: tuple[str, ...] = ()
    index_key: str = ""
    provider: str = ""
    account_sid: str = ""
    auth_token: str = ""
    folder: str = ""
    seed: int = 1
    kills: int = 80
    kills_per_second: float = 20.0
    reports: int = 0
    deaths_at_points: int = 0
    point_share: float = 0.4
    freezes: int = 0
    workers: int = 4
    sender: Sender = Sender.PRODUCT
    lease_seconds: float = 0.9
    settle_seconds: float = 1.0
    timeout_seconds: float = 0.3
    labs: int = 10
    homes: int = 6
    taps_per_second: float = 10.0
    open_concerns: int = 16
    feeder_kill_share: float = 0.02
    began: float = 0.0

    @property
    def lease(self) -> timedelta:
        """How long a claim lasts."""
        return timedelta(seconds=self.lease_seconds)

    @property
    def settle(self) -> timedelta:
        """How long a call without an answer is left alone."""
        return timedelta(seconds=self.settle_seconds)

    @property
    def ahead(self) -> timedelta:
        """How far the labs' clock is ahead of this machine's."""
        return datetime.fromisoformat(BEGINS) - datetime.fromtimestamp(self.began).astimezone()

    def with_(self, **changes: Any) -> Self:
        """The same with some things changed."""
        return replace(self, **changes)

    def as_text(self) -> str:
        """One line, for the standard input of a process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, line: str) -> Self:
        """The plan that :meth:`as_text` wrote."""
        stored = json.loads(line)
        stored["keys"] = tuple(stored["keys"])
        stored["sender"] = Sender(stored["sender"])
        return cls(**stored)
