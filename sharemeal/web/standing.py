"""How a home, a kitchen or a volunteer stands for the coming service day, and what is to be done next."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sharemeal.households import ConsentItem
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


def resting(pauses: Iterable[Pause], coming: date, rules: LabRules) -> Standing | None:
    """The rest that covers the coming day, if there is one; of several the longest."""
    covering = [pause.span for pause in pauses if pause.span.covers(coming)]
    if not covering:
        return None
    ends = [span.ends for span in covering if span.ends is not None]
    if len(ends) < len(covering):
        return Standing(State.RESTING)
    last = max(ends)
    return Standing(State.RESTING, last, rules.service_days_from(last + timedelta(days=1), 1)[0])


def of_home(
    home: Household, pauses: Iterable[Pause], declined: Collection[int], coming: date, rules: LabRules
) -> Standing:
    """As the plan counts the home: a rest before a decline, a decline before what was never agreed."""
    if home.ended_on is not None:
        return Standing(State.ENDED, home.ended_on)
    if rest := resting(pauses, coming, rules):
        return rest
    if home.id in declined:
        return Standing(State.DECLINED, coming, coming + timedelta(weeks=1))
    if not home.consents_to(ConsentItem.MEALS):
        return Standing(State.NO_CONSENT)
    return Standing(State.IN, next_day=coming)


def by_owner(pauses: Iterable[Pause], column: str) -> dict[int, list[Pause]]:
    """Pauses by the id of the home, kitchen or volunteer whose they are."""
    found: dict[int, list[Pause]] = {}
    for pause in pauses:
        owner = getattr(pause, column)
        if owner is not None:
            found.setdefault(owner, []).append(pause)
    return found
