"""Today's number: how each door of a day stands, and the sums of homes and meals that follow from it.

Every planned home is in exactly one of three: met, not met, not yet asked. Every planned meal is in exactly one of
four: handed over, left at the door, brought back, still on its way. Nothing falls out of either sum. A home that the
plan does not know, because it came or came back after the day was fixed, has a door too, and counts in no sum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sharemeal.sentences import Sentence
from sharemeal.visits import CONTACT_WORDS, Condition, Contact, Means, Weighed, worst
from sharemeal.watch import Level


class DoorState(StrEnum):
    """How a door stands: by the gravest report that stands, or why nobody went."""

    SEEN = "seen"
    VOICE = "voice"
    DIFFERENT = "different"
    WORRIED = "worried"
    UNSEEN = "unseen"
    HEARD_LATER = "heard_later"
    SILENT = "silent"
    WAITING = "waiting"
    RESTING = "resting"
    DECLINED = "declined"
    SHORT = "short"
    UNPLANNED = "unplanned"


DOOR_WORDS = {
    DoorState.SEEN: "会えた",
    DoorState.VOICE: "声だけ",
    DoorState.DIFFERENT: "ちょっと違う",
    DoorState.WORRIED: "心配",
    DoorState.UNSEEN: "会えず",
    DoorState.HEARD_LATER: "あとで話せた",
    DoorState.SILENT: "便りなし",
    DoorState.WAITING: "これから",
    DoorState.RESTING: "お休み",
    DoorState.DECLINED: "辞退",
    DoorState.SHORT: "届けず",
    DoorState.UNPLANNED: "計画に入っていません",
}
NOT_VISITED = frozenset({DoorState.RESTING, DoorState.DECLINED, DoorState.SHORT, DoorState.UNPLANNED})
"""Doors to which nobody was to go."""
NOT_YET = frozenset({DoorState.WAITING, DoorState.SILENT})
"""Doors of which nothing is known yet."""


class Told(Weighed, Protocol):
    """A report as a door counts it."""

    @property
    def condition(self) -> Condition | None: ...
    @property
    def means(self) -> Means: ...


@dataclass(frozen=True)
class Door:
    """One home on one day. ``portions`` is what was planned for it, ``planned_at`` when, ``contact`` what counts."""

    number: int
    state: DoorState
    portions: int = 0
    planned_at: datetime | None = None
    contact: Contact | None = None
    delivered: Contact | None = None

    @property
    def met(self) -> bool:
        """Whether the home was seen or heard."""
        return self.contact is not None and self.contact.met

    @property
    def asked(self) -> bool:
        """Whether a visit or a call has ended."""
        return self.contact is not None


def state_of(reports: Sequence[Told], *, overdue: bool) -> DoorState:
    """How a planned door stands. Without a report it waits, or is silent once its time is over."""
    gravest = worst(reports)
    if gravest is None:
        return DoorState.SILENT if overdue else DoorState.WAITING
    if gravest.condition is Condition.WORRIED or gravest.level >= Level.NOW:
        return DoorState.WORRIED
    if not gravest.contact.met:
        heard = any(
            each.contact.met and each.means is Means.CALL and each.id > gravest.id
            for each in reports
            if each.undone_at is None
        )
        return DoorState.HEARD_LATER if heard else DoorState.UNSEEN
    if gravest.condition is Condition.DIFFERENT or gravest.level >= Level.NOTE:
        return DoorState.DIFFERENT
    return DoorState.VOICE if gravest.contact is Contact.VOICE_ONLY else DoorState.SEEN


def planned_door(
    number: int, portions: int, planned_at: datetime | None, reports: Sequence[Told], *, overdue: bool
) -> Door:
    """A home that was to be visited, as its reports have it. What became of its meals only the door tells, no call."""
    gravest = worst(reports)
    at_the_door = worst([each for each in reports if each.means is not Means.CALL])
    return Door(
        number,
        state_of(reports, overdue=overdue),
        portions,
        planned_at,
        None if gravest is None else gravest.contact,
        None if at_the_door is None else at_the_door.contact,
    )


@dataclass(frozen=True)
class TodaysNumber:
    """The sums over the planned doors of a day."""

    planned: int
    asked: int
    met: int
    meals: int
    handed: int
    left: int
    returned: int
    voice: int = 0

    @property
    def unmet(self) -> int:
        """Asked, and neither seen nor heard."""
        return self.asked - self.met

    @property
    def to_come(self) -> int:
        """Not asked yet."""
        return self.planned - self.asked

    @property
    def carried(self) -> int:
        """Meals of which no door has told yet."""
        return self.meals - self.handed - self.left - self.returned

    @property
    def in_words(self) -> Sentence:
        """10軒すべてをたずね、9軒で会えました。"""
        if not self.planned:
            return Sentence("お届けする家はありません。")
        if not self.asked:
            return Sentence("これから{planned}軒をたずねます。", planned=self.planned)
        if self.to_come:
            told = Sentence(
                "{planned}軒のうち{asked}軒をたずね、{met}軒で会えました。",
                planned=self.planned,
                asked=self.asked,
                met=self.met,
            )
        elif not self.unmet:
            told = Sentence("{planned}軒すべてをたずね、みなさんに会えました。", planned=self.planned)
        else:
            told = Sentence(
                "{planned}軒すべてをたずね、{met}軒で会えました。", planned=self.planned, met=self.met
            )
        if not self.voice:
            return told
        return Sentence("{told}うち声だけが{voice}軒です。", told=told, voice=self.voice)

    @property
    def meals_in_words(self) -> Sentence:
        """24食＝手渡し22＋持ち帰り2; what is nothing is left out, but the first."""
        parts = [Sentence("手渡し{count}", count=self.handed)]
        others = (
            (self.left, Sentence("置いた{count}", count=self.left)),
            (self.returned, Sentence("持ち帰り{count}", count=self.returned)),
            (self.carried, Sentence("これから{count}", count=self.carried)),
        )
        parts += [said for count, said in others if count]
        told = parts[0]
        for part in parts[1:]:
            told = Sentence("{first}＋{more}", first=told, more=part)
        return Sentence("{meals}食＝{parts}", meals=self.meals, parts=told)


def todays_number(doors: Iterable[Door]) -> TodaysNumber:
    """The sums of these doors; those to which nobody was to go count nowhere."""
    planned = [door for door in doors if door.state not in NOT_VISITED]
    meals: Counter[Contact | None] = Counter()
    for door in planned:
        meals[door.delivered] += door.portions
    return TodaysNumber(
        planned=len(planned),
        asked=sum(door.asked for door in planned),
        met=sum(door.met for door in planned),
        voice=sum(door.contact is Contact.VOICE_ONLY for door in planned),
        meals=sum(meals.values()),
        handed=meals[Contact.SEEN] + meals[Contact.VOICE_ONLY],
        left=meals[Contact.UNSEEN_LEFT],
        returned=meals[Contact.UNSEEN_RETURNED],
    )


def word_of(door: Door) -> str:
    """What stands on the door's tile: of a home that was not met, whether anybody called or knocked."""
    if door.state is DoorState.UNSEEN and door.contact is Contact.NOT_REACHED:
        return CONTACT_WORDS[Contact.NOT_REACHED]
    return DOOR_WORDS[door.state]
