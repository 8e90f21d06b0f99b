"""How a home, a kitchen or a volunteer stands for the coming service day, and what is to be done next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar

from sharemeal.households import Part
from sharemeal.labs import LabRules
from sharemeal.store.households import Household, Pause


class State(StrEnum):
    """What the lists tell apart; the words stand in list_pieces.html."""

    IN = "in"
    WAITING = "waiting"
    RESTING = "resting"
    DECLINED = "declined"
    NO_CONSENT = "no_consent"
    ENDED = "ended"


@dataclass(frozen=True)
class Standing:
    """A state, with the last day of a rest where it is known and the next service day that counts again."""

    state: State
    until: date | None = None
    next_day: date | None = None


class Line(Protocol):
    """A row of a list that says how it stands."""

    @property
    def standing(self) -> Standing: ...


L = TypeVar("L", bound=Line)


def resting(pauses: Iterable[Pause], coming: date, rules: LabRules) -> Standing | None:
    """The rest that covers the coming day, if there is one; of several the longest."""
    covering = [pause.span for pause in pauses if pause.span.covers(coming)]
    if not covering:
        return None
    ends = [span.ends for span in covering if span.ends is not None]
    if len(ends) < len(covering):
        return Standing(State.RESTING)
    last = max(ends)
    return Standing(State.RESTING, last, rules.service_day_after(last))


def of_home(
    home: Household, pauses: Iterable[Pause], declined: Collection[int], coming: date, rules: LabRules
) -> Standing:
    """As the plan counts the home (:meth:`Household.part`), with the days that follow from it."""
    if home.ended_on is not None:
        return Standing(State.ENDED, home.ended_on)
    if rest := resting(pauses, coming, rules):
        return rest
    part = home.part(resting=False, declined=home.id in declined)
    if part is Part.DECLINED:
        return Standing(State.DECLINED, coming, rules.service_day_after(coming))
    return Standing(State(part), next_day=coming if part is Part.IN else None)


def chosen(lines: Sequence[L], state: str, states: Collection[State], *, ended_too: bool) -> list[L]:
    """The lines of the asked state; where none of ``states`` is asked for, all, with or without those that ended."""
    if state in states:
        return [line for line in lines if line.standing.state == state]
    return [line for line in lines if ended_too or line.standing.state is not State.ENDED]


def by_owner(pauses: Iterable[Pause], column: str) -> dict[int, list[Pause]]:
    """Pauses by the id of the home, kitchen or volunteer whose they are."""
    found: dict[int, list[Pause]] = {}
    for pause in pauses:
        owner = getattr(pause, column)
        if owner is not None:
            found.setdefault(owner, []).append(pause)
    return found
