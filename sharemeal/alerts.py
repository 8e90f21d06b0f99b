"""Who is told of a concern, when, who is next, and when it falls back: an alert that never ends by itself.

waiting → notifying (step 1, 2, …) → acked → ended; an ack without an outcome expires and the alert goes on. The chain
is copied into the alert when it opens. Times are aware.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Self

from sharemeal.sentences import Refused, Sentence
from sharemeal.watch import Level

WORRIED_PACE = timedelta(minutes=5)
PACE = timedelta(minutes=15)
ACK_LIVES = timedelta(minutes=45)
SNOOZE = timedelta(minutes=15)
ALL_CLEAR_STEP = 0
"""Steps of telling count from 1; the all-clear is step 0 of the same alert."""
LEAST_CONTACTS = 2
"""So many confirmed contacts a lab should have."""


class AlertState(StrEnum):
    """Where an alert stands."""

    WAITING = "waiting"
    NOTIFYING = "notifying"
    ACKED = "acked"
    ENDED = "ended"


def pace(level: int) -> timedelta:
    """How long one person may take before the next one is told."""
    return WORRIED_PACE if level >= Level.NOW else PACE


@dataclass(frozen=True)
class Chain:
    """Who is told, by person id: ``contacts`` in order, then ``admins``, and so again and again."""

    contacts: tuple[int, ...] = ()
    admins: tuple[int, ...] = ()

    def recipient(self, step: int) -> int | None:
        """Who is told at that step, counted from 1; None in a lab where there is nobody to tell."""
        wide = self.contacts + tuple(each for each in self.admins if each not in self.contacts)
        return wide[(step - 1) % len(wide)] if wide else None

    def as_json(self) -> dict[str, Any]:
        """A plain form for storing."""
        return {"contacts": list(self.contacts), "admins": list(self.admins)}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """The chain that :meth:`as_json` wrote."""
        return cls(tuple(stored["contacts"]), tuple(stored["admins"]))


def chain_of(confirmed: Sequence[int], coordinators: Sequence[int], admins: Sequence[int]) -> Chain:
    """The chain of a lab: its confirmed contacts in order; where there are none, every coordinator who has a number."""
    return Chain(tuple(confirmed) or tuple(coordinators), tuple(admins))


def may_be_taken_up(state: AlertState, acked_by: int | None, person_id: int, name: str | None) -> None:
    """Raises Refused where the alert has ended or somebody else has it; one's own may be taken up again."""
    if state is AlertState.ENDED:
        raise Refused(
            Sentence("この確認は、もう終わっています。"),
            remedy=Sentence("することはありません。ありがとうございます。"),
        )
    if state is AlertState.ACKED and acked_by != person_id:
        raise Refused(
            Sentence("{name}さんが、もう引き受けています。", name=name or Sentence("ほかの世話人")),
            remedy=Sentence("代わるときは、引き受けた人に声をかけてください。"),
        )
