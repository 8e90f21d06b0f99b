"""The product's patience, shortened in this process: an ordeal of minutes meets what evenings of years would.

Only lengths of time change. Leases and settling are settings and come with the plan; these are constants.
"""

from __future__ import annotations

from datetime import timedelta

from sharemeal import alerts, messages
from sharemeal.actions import group_requests, poll_status, reconcile, settle_message
from sharemeal.store import grouped, unreached


def seconds(count: float) -> timedelta:
    """So long."""
    return timedelta(seconds=count)


SHORTENED = (
    (alerts, "WORRIED_PACE", seconds(5)),
    (alerts, "PACE", seconds(7)),
    (messages, "_PAUSES", (0.1, 0.2, 0.4, 0.8, 1.0)),
    (reconcile, "LEASE", seconds(1)),
    (reconcile, "ASKED_AGAIN_AFTER", seconds(0.3)),
    (settle_message, "ONCE_MORE_AFTER", seconds(0.5)),
    (poll_status, "UNHEARD_AFTER", seconds(2)),
    (unreached, "DOUBT_LASTS", seconds(4)),
    *((module, "ONE_TEXT_IN", seconds(1)) for module in (alerts, grouped, group_requests)),
)


def shorten() -> None:
    """From now on this process is impatient. A name that the product no longer has is a fault of the harness."""
    for module, name, value in SHORTENED:
        if not hasattr(module, name):
            raise LookupError(f"{module.__name__} has no {name} any more: mend tests/faults/quick.py")
        setattr(module, name, value)
