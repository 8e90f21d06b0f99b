"""代わり: somebody cannot come after the day is fixed. Who is asked, what a stand-in is told, when nobody going alarms.

The order of the halts and their times stay as they were planned; only who walks them changes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sharemeal.sentences import Refused, Sentence, listing
from sharemeal.volunteers import Mode, Shift

LEAD = timedelta(minutes=15)
"""So long before the first halt that is left, somebody is told that nobody goes."""
_PACE = {Mode.WALK: 1, Mode.BICYCLE: 2, Mode.CAR: 3}


@dataclass(frozen=True)
class Remainder:
    """What is left of a course: homes, meals, from when to when (seconds after midnight), seconds on the way.

    ``collected`` says that meals were collected already, so that somebody has to hand them on.
    """

    homes: int
    portions: int
    begins: int
    ends: int
    travel_seconds: int
    skills: frozenset[str]
    collected: bool

    @property
    def travel_minutes(self) -> int:
        """Minutes on the way, rounded up."""
        return -(-self.travel_seconds // 60)


def alarm_at(first_halt: datetime, now: datetime) -> datetime:
    """When somebody is told that nobody goes: LEAD before the first halt that is left, or now if that has passed."""
    return max(first_halt - LEAD, now)


def expected_at(planned: datetime, margin: timedelta, now: datetime) -> datetime:
    """Until when a halt is to be ended by who takes it over at ``now``."""
    return max(planned, now) + margin


def is_slower(mode: Mode, planned: Mode) -> bool:
    """Whether somebody who goes so needs longer than was planned."""
    return _PACE[mode] < _PACE[planned]


def is_asked(shift: Shift, skills: Collection[str], left: Remainder) -> bool:
    """Whether somebody with these hours and skills is asked: the hours touch the course, the homes' needs are met."""
    return shift.starts < left.ends and left.begins < shift.ends and left.skills <= set(skills)


def may_walk(skills: Collection[str], left: Remainder, *, busy: bool) -> None:
    """Raises Refused for somebody who walks another course that day, or lacks what a home needs."""
    if busy:
        raise Refused(
            Sentence("この日は、もう別のコースがあります。"),
            why=Sentence("ひとりが2つのコースを同じ時間にまわることはできません。"),
            remedy=Sentence("コースのない人にお願いしてください。"),
        )
    lacking = left.skills - set(skills)
    if lacking:
        raise Refused(
            Sentence(
                "このコースには、{skills}のできる人が要るお宅があります。", skills=listing(sorted(lacking))
            ),
            remedy=Sentence("できる人にお願いするか、世話人にお電話ください。"),
        )
