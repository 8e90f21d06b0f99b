"""What a job may use: values alone, so that a test or a command makes its own world."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sharemeal.actions.send_messages import Sending
from sharemeal.messages import Channel
from sharemeal.store.base import Store

if TYPE_CHECKING:
    from sharemeal.outside.heartbeat import Heart
    from sharemeal.outside.ways import Way


@dataclass(frozen=True)
class World:
    """All that a job may use. ``owner`` names this process in leases and heartbeats, ``site`` stands in texts.

    ``heart`` beats outside, ``tell_operator`` writes to the operator; None where neither is set.
    """

    store: Store
    ways: Mapping[Channel, Way]
    site: str
    now: Callable[[], datetime]
    lease: timedelta
    settle: timedelta
    tick_seconds: float
    solve_seconds: float
    owner: str = field(default_factory=lambda: f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(3)}")
    heart: Heart | None = None
    tell_operator: Callable[[str, str], None] | None = None

    def sending(self, channel: Channel) -> Sending:
        """How this process sends by that way."""
        return Sending(self.owner, self.lease, self.settle, self.site, channel)
