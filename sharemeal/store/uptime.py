"""Seconds that pass, by a clock that nobody sets: what leases are counted in.

A wall clock that is set back by an hour would keep a dead process's lease alive for an hour. On SQLite all processes
share one machine and its time since it was started, sleep included; on PostgreSQL the server's own clock counts. A
lease that lies further ahead than leases last was written before the machine was started anew, and counts no more.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sharemeal.store.base import SECONDS

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def uptime() -> float:
    """Seconds since this machine was started, sleep included."""
    return time.clock_gettime(_CLOCK)


def seconds_now(session: Session) -> float:
    """The seconds that leases in this session's database are counted in."""
    given: Callable[[Session], float] | None = session.info.get(SECONDS)
    if given is not None:
        return given(session)
    if session.get_bind().dialect.name == "postgresql":
        return float(session.connection().scalar(select(func.extract("epoch", func.clock_timestamp()))) or 0)
    return uptime()
