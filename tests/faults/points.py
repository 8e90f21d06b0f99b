"""Where a worker is at each moment, told to its parent through shared memory; and the points at which it may be killed.

The product knows nothing of this: its functions are wrapped in the forked child. Every wrapper says first where the
worker is, so that the parent can count what its kills have hit, and can freeze a worker inside its call.
"""

from __future__ import annotations

import os
import signal
import struct
import time
from collections.abc import Callable
from enum import IntEnum, StrEnum
from typing import Any


class Where(IntEnum):
    """What a worker is at."""

    BORN = 0
    WAITING = 1
    SILENCES = 2
    ESCALATING = 3
    SENDING = 4
    CLAIMED = 5
    MEANT = 6
    CALLING = 7
    ANSWERED = 8
    RECONCILING = 9
    POLLING = 10


HELD = frozenset({Where.CLAIMED, Where.MEANT, Where.CALLING, Where.ANSWERED})
"""A message is in the worker's hands."""


class Point(StrEnum):
    """Where a worker kills itself with SIGKILL: nothing of it runs after."""

    CLAIMED = "after the claim"
    MEANT = "after the intent"
    ACCEPTED = "accepted, not committed"
    COMMITTED = "after the commit"


SLOT = struct.Struct("=Bqqq")
COUNTS = (Point.CLAIMED, Point.MEANT, Point.ACCEPTED, Point.COMMITTED)


class Slot:
    """One process's place in the shared memory: where it is, which message it holds, at which point it died."""

    def __init__(self, memory: Any, number: int) -> None:
        self._memory, self._at = memory, number * SLOT.size

    def begin(self, number: int = 0) -> None:
        """The parent clears it for another; a feeder begins with the deed of that number."""
        SLOT.pack_into(self._memory, self._at, Where.BORN, number, -1, 0)

    def write(self, where: Where, message_id: int = 0, point: int = -1) -> None:
        """The child says where it is."""
        SLOT.pack_into(self._memory, self._at, where, message_id, point, self.steps + 1)

    def read(self) -> tuple[Where, int, Point | None]:
        """Where it is, or was when it died."""
        where, message_id, point, _ = SLOT.unpack_from(self._memory, self._at)
        return Where(where), message_id, None if point < 0 else COUNTS[point]

    @property
    def steps(self) -> int:
        """How often it has said where it is."""
        steps: int = SLOT.unpack_from(self._memory, self._at)[3]
        return steps


class Watched:
    """Wraps what the worker does. ``doom`` is the point at which it dies, at its ``passes``-th arrival there.

    ``calls`` is a file descriptor: a line for each intent, with its address and the moment before it was written.
    """

    def __init__(self, slot: Slot, calls: int, doom: Point | None, passes: int = 1) -> None:
        self._slot, self._calls = slot, calls
        self._doom, self._passes = doom, passes
        self._message_id = 0

    def reached(self, point: Point) -> None:
        """The worker is at this point: its last, if it is bound to die there."""
        if self._doom is not point:
            return
        self._passes -= 1
        if self._passes == 0:
            self._slot.write(self._slot.read()[0], self._message_id, COUNTS.index(point))
            os.kill(os.getpid(), signal.SIGKILL)

    def _at(self, where: Where) -> None:
        self._slot.write(where, self._message_id if where in HELD else 0)

    def hold(self, where: Where, message_id: int = 0) -> None:
        """A sender that is not the product's says itself where it is."""
        self._message_id = message_id
        self._at(where)

    def tick(self, where: Where, deed: Callable[..., Any]) -> Callable[..., Any]:
        """A tick, or a part of one."""

        def told(*values: Any, **named: Any) -> Any:
            self._at(where)
            return deed(*values, **named)

        return told

    def claim(self, deed: Callable[..., Any]) -> Callable[..., Any]:
        """``send_messages.claim_next``."""

        def told(*values: Any, **named: Any) -> Any:
            claim = deed(*values, **named)
            if claim is not None:
                self._message_id = claim.message_id
                self._at(Where.CLAIMED)
                self.reached(Point.CLAIMED)
            return claim

        return told

    def intend(self, deed: Callable[..., Any]) -> Callable[..., Any]:
        """``send_messages.intend``."""

        def told(*values: Any, **named: Any) -> Any:
            begun = time.time()
            call = deed(*values, **named)
            if call is not None:
                os.write(self._calls, f"{begun:.6f} {self._message_id} {call.callback_url}\n".encode())
                self._at(Where.MEANT)
                self.reached(Point.MEANT)
            return call

        return told

    def send(self, deed: Callable[..., Any]) -> Callable[..., Any]:
        """A way's own ``send``."""

        def told(*values: Any, **named: Any) -> Any:
            self._at(Where.CALLING)
            sid = deed(*values, **named)
            self._at(Where.ANSWERED)
            self.reached(Point.ACCEPTED)
            return sid

        return told

    def note(self, deed: Callable[..., Any]) -> Callable[..., Any]:
        """``send_messages.note_outcome``."""

        def told(*values: Any, **named: Any) -> Any:
            self._at(Where.ANSWERED)
            noted = deed(*values, **named)
            self.reached(Point.COMMITTED)
            self._at(Where.SENDING)
            return noted

        return told
