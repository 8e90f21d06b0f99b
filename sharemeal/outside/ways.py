"""The door by which a message leaves, whichever way it takes: SMS and e-mail, later a voice call or a push message.

A call ends in one of three ways: it was taken (its sid), was certainly not taken (Certain), or nobody knows (InDoubt).
Neither error says to whom or what: numbers, addresses and texts stand in no log.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

SCREEN_SID = "screen-"
"""So begin the sids of what never left this program and is shown on a page instead."""
TOO_MANY = 429


class Certain(Exception):
    """It was not taken, or what was asked for is not known: the way's error code (else its status).

    ``busy``: nothing is wrong with the message; it is worth sending again after a pause. So is what HTTP calls 429.
    """

    def __init__(self, code: int | None, status: int, *, busy: bool = False) -> None:
        super().__init__(f"not taken: code {code}, status {status}")
        self.code = status if code is None else code
        self.status = status
        self.busy = busy or status == TOO_MANY


class InDoubt(Exception):
    """Whether it was taken is not known: a fault of the other side, no answer in time, a broken line."""


@dataclass(frozen=True)
class Outgoing:
    """What is handed over. Lives in memory alone.

    ``at`` is the moment of the intent, for a way that dates what it carries. ``to`` is a number or an address, ``key`` the message's own code (it stands in ``text`` too): a way that knows a
    key against repeats is given it. ``callback_url`` is where to tell how it fares, None where nobody could call.
    """

    to: str
    subject: str
    text: str
    key: str
    callback_url: str | None = None
    at: datetime = field(kw_only=True)


@dataclass(frozen=True)
class Listed:
    """One message as the way knows it."""

    sid: str
    text: str
    status: str
    error_code: int | None = None


class Way(Protocol):
    """By which way messages leave."""

    def send(self, message: Outgoing) -> str:
        """Hand one message over; returns its sid. Raises Certain or InDoubt."""

    def sent_to(self, to: str, since: datetime) -> list[Listed] | None:
        """What was taken for this address since then; None where the way keeps no list. Raises Certain or InDoubt."""

    def look(self, sid: str) -> Listed | None:
        """One message as it stands; None where the way cannot tell. Raises Certain or InDoubt."""

    def calls_back(self, site: str) -> bool:
        """Whether an address of this site may be given for its status calls."""
