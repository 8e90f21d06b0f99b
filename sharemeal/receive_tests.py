"""The monthly receive test of a contact: when it goes out, who answers it, and how far one can rely on a number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from sharemeal.alerts import Hours
from sharemeal.labs import LabRules
from sharemeal.pins import TEST_AGAIN_AFTER

CIVIL_HOURS = Hours(time(10), time(17))
"""Nobody is called from bed or table for a mere test."""
ANSWER_WITHIN = timedelta(days=2)


def may_go_out(rules: LabRules, now: datetime) -> bool:
    """Whether ``now`` (aware) is an hour of the lab's day for a test, on a day on which nobody rests."""
    local = now.astimezone(rules.zone)
    return CIVIL_HOURS.cover(local.time()) and rules.rest(local.date()) is None


class Standing(StrEnum):
    """How far one can rely on a contact; the words stand in contact_pieces.html."""

    NUMBER_OPEN = "number_open"
    PIN_OPEN = "pin_open"
    DEAD = "dead"
    UNANSWERED = "unanswered"
    OVERDUE = "overdue"
    ASKED = "asked"
    CONFIRMED = "confirmed"


IN_NEED = frozenset(Standing) - {Standing.ASKED, Standing.CONFIRMED}
"""Somebody has to do something about these."""


@dataclass(frozen=True)
class Number:
    """What is known of a contact's number, each with its moment (aware). ``dead``: it takes no texts."""

    confirmed_at: datetime | None
    tested_at: datetime | None
    has_pin: bool
    dead: bool

    @property
    def proven_at(self) -> datetime | None:
        """When somebody last showed that texts arrive here."""
        if self.confirmed_at is None or self.tested_at is None:
            return self.confirmed_at
        return max(self.confirmed_at, self.tested_at)

    @property
    def counts(self) -> bool:
        """Whether its owner is told of alerts."""
        return self.confirmed_at is not None and self.has_pin

    def test_is_due(self, asked_at: datetime | None, now: datetime) -> bool:
        """Whether to ask for a sign; ``asked_at`` is when the last monthly test was written.

        Never twice within a month: who does not answer is called by a person, not by more texts.
        """
        marks = [each for each in (self.proven_at, asked_at) if each is not None]
        return self.counts and all(now - each > TEST_AGAIN_AFTER for each in marks)

    def standing(self, asked_at: datetime | None, now: datetime) -> Standing:
        """How far one can rely on it now."""
        proven = self.proven_at
        if proven is None:
            return Standing.NUMBER_OPEN
        if not self.has_pin:
            return Standing.PIN_OPEN
        if self.dead:
            return Standing.DEAD
        if asked_at is not None and asked_at > proven:
            return Standing.UNANSWERED if now - asked_at > ANSWER_WITHIN else Standing.ASKED
        return Standing.OVERDUE if now - proven > TEST_AGAIN_AFTER else Standing.CONFIRMED
