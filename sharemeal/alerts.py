"""Who is told of a concern, when, who is next, and when it falls back: an alert that never ends by itself.

waiting → notifying (step 1, 2, …) → acked → ended; an ack without an outcome expires and the alert goes on. The chain
is copied into the alert when it opens, with each person's hours and language. Times are aware; hours of the day are
the lab's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any, Self

from sharemeal.sentences import Refused, Sentence
from sharemeal.watch import NO_ANSWER, Kind, Level

WORRIED_PACE = timedelta(minutes=5)
PACE = timedelta(minutes=15)
ACK_LIVES = timedelta(minutes=45)
SNOOZE = timedelta(minutes=15)
LONGEST_WAIT = max(PACE, SNOOZE)
"""No step of telling is set further off than this, but for quiet hours and what waits for a first look."""
ALL_CLEAR_STEP = 0
"""Steps of telling count from 1; the all-clear is step 0 of the same alert."""
LEAST_CONTACTS = 2
"""So many confirmed contacts a lab should have."""
ONE_TEXT_IN = timedelta(minutes=5)
"""Nobody gets more than one text about requests of the same urgency in this time; what comes meanwhile goes with the next."""
_DAY = timedelta(days=1)
_SLACK = timedelta(minutes=1)
"""Clocks of several machines differ by less."""


class AlertState(StrEnum):
    """Where an alert stands."""

    WAITING = "waiting"
    NOTIFYING = "notifying"
    ACKED = "acked"
    ENDED = "ended"


def pace(level: int) -> timedelta:
    """How long one person may take before the next one is told."""
    return WORRIED_PACE if level >= Level.NOW else PACE


def wakes(level: int, kind: Kind) -> bool:
    """Whether no quiet hours hold it back: worry, everybody who gives no sign, and homes to which nobody goes."""
    return level >= Level.NOW or kind in NO_ANSWER or kind in (Kind.SILENT_VOLUNTEER, Kind.NO_CARRIER)


@dataclass(frozen=True)
class Hours:
    """From when to when in the lab's day somebody may be told of what is not urgent; over midnight too.

    Raises Refused where both are the same.
    """

    begin: time
    end: time

    def __post_init__(self) -> None:
        if self.begin == self.end:
            raise Refused(
                Sentence("連絡を受ける時間の始まりと終わりが同じです。"),
                remedy=Sentence("いつでもよければ、どちらも空けてください。"),
                field="hours_to",
            )

    def cover(self, moment: time) -> bool:
        """Whether that time of the day lies in them."""
        if self.begin < self.end:
            return self.begin <= moment < self.end
        return moment >= self.begin or moment < self.end


@dataclass(frozen=True)
class Link:
    """One person of a chain, by id, with the hours in which they may be told of anything (None: always)."""

    person_id: int
    hours: Hours | None = None
    language: str = "ja"

    def awake(self, local: datetime) -> bool:
        """Whether ``local`` (the lab's wall clock) lies in their hours."""
        return self.hours is None or self.hours.cover(local.time())

    def as_json(self) -> dict[str, Any]:
        """A plain form for storing."""
        stored: dict[str, Any] = {"person_id": self.person_id}
        if self.hours is not None:
            stored["hours"] = [self.hours.begin.isoformat(), self.hours.end.isoformat()]
        if self.language != "ja":
            stored["language"] = self.language
        return stored

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """The link that :meth:`as_json` wrote."""
        hours = stored.get("hours")
        return cls(
            stored["person_id"],
            None if hours is None else Hours(time.fromisoformat(hours[0]), time.fromisoformat(hours[1])),
            stored.get("language", "ja"),
        )


@dataclass(frozen=True)
class Chain:
    """Who is told: ``contacts`` in order, then ``admins``, and so again and again."""

    contacts: tuple[Link, ...] = ()
    admins: tuple[Link, ...] = ()

    @property
    def links(self) -> tuple[Link, ...]:
        """Everybody once, in order."""
        known = {each.person_id for each in self.contacts}
        return self.contacts + tuple(each for each in self.admins if each.person_id not in known)

    @property
    def people(self) -> tuple[int, ...]:
        """The ids of everybody, in order."""
        return tuple(each.person_id for each in self.links)

    def recipient(self, told: Sequence[int], local: datetime, *, wakes: bool) -> Link | None:
        """Who is told next at ``local`` (the lab's wall clock), where ``told`` were told so far.

        Whoever was told least often, in order; whom it finds in their hours before the others. Those others are told
        only of what ``wakes`` them. None where nobody may be told now.
        """
        awake = [each for each in self.links if each.awake(local)]
        asleep = [each for each in self.links if each not in awake] if wakes else []
        return min([*awake, *asleep], key=lambda each: told.count(each.person_id), default=None)

    def next_hours(self, local: datetime) -> datetime | None:
        """When, after ``local``, the first of those who sleep may be told; None for a chain without anybody."""
        begins = [
            begin if begin > local else begin + _DAY
            for each in self.links
            if each.hours is not None
            for begin in [datetime.combine(local.date(), each.hours.begin, local.tzinfo)]
        ]
        return min(begins, default=None)

    def as_json(self) -> dict[str, Any]:
        """A plain form for storing."""
        return {
            "contacts": [each.as_json() for each in self.contacts],
            "admins": [each.as_json() for each in self.admins],
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """The chain that :meth:`as_json` wrote."""
        return cls(
            tuple(map(Link.from_json, stored["contacts"])), tuple(map(Link.from_json, stored["admins"]))
        )


def step_is_due(
    state: AlertState, kind: Kind, opened_at: datetime, next_step_at: datetime | None, now: datetime
) -> bool:
    """Whether the next person is to be told: the time has come, or it was set before the clock was put back.

    Then an alert that waits was opened in the future, and one that tells has its next step further off than steps are.
    """
    if next_step_at is None or next_step_at <= now:
        return next_step_at is not None
    if state is AlertState.WAITING:
        return opened_at > now + _SLACK
    return kind is not Kind.OBSERVED and next_step_at > now + LONGEST_WAIT + _SLACK


def ack_is_over(expires_at: datetime | None, now: datetime) -> bool:
    """Whether an ack without an outcome has expired, by a clock that may have been put back meanwhile."""
    return expires_at is not None and not now < expires_at <= now + ACK_LIVES + _SLACK


def chain_of(confirmed: Sequence[Link], coordinators: Sequence[Link], admins: Sequence[Link]) -> Chain:
    """The chain of a lab: its confirmed contacts in order; where there are none, every coordinator who can be reached."""
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
