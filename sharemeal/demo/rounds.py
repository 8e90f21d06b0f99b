"""Rounds of days that are over: each home goes where it lengthens the evening least, within every hour and bag.

This is how a person would do it by hand, and enough for history; coming days are planned by routing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sharemeal.demo.menus import Given
from sharemeal.labs import LabRules
from sharemeal.places import Point
from sharemeal.routing.travel import DEFAULT_MODES
from sharemeal.store.households import Household
from sharemeal.store.kitchens import Kitchen
from sharemeal.store.volunteers import Volunteer

_FAMILIAR_SECONDS = 600


@dataclass(frozen=True)
class Halt:
    """One halt with its times (seconds after midnight) and the way to it."""

    kitchen: Kitchen | None
    home: Household | None
    given: tuple[Given, ...]
    arrives: int
    begins: int
    leaves: int
    travel_seconds: int
    metres: int


@dataclass(frozen=True)
class Round:
    """One volunteer's evening: the homes in order, and the halts that follow from them."""

    volunteer: Volunteer
    homes: tuple[Household, ...] = ()
    halts: tuple[Halt, ...] = field(default=())

    @property
    def ends(self) -> int:
        """When the last door closes."""
        return self.halts[-1].leaves if self.halts else self.volunteer.shift.starts


def rounds(
    volunteers: list[Volunteer],
    given: list[Given],
    rules: LabRules,
    familiar: frozenset[tuple[int, int]],
) -> list[Round]:
    """A round for each volunteer; a home that fits nowhere is left out."""
    by_home: dict[int, list[Given]] = {}
    for each in given:
        by_home.setdefault(each.home.id, []).append(each)
    homes = sorted(
        {each.home.id: each.home for each in given}.values(),
        key=lambda home: (home.window.closes, home.number),
    )
    evenings = [Round(volunteer) for volunteer in volunteers]
    for home in homes:
        tried = [
            (
                grown.ends - evening.ends - _FAMILIAR_SECONDS * ((evening.volunteer.id, home.id) in familiar),
                n,
                grown,
            )
            for n, evening in enumerate(evenings)
            for grown in _grown(evening, home, by_home, rules)
        ]
        if tried:
            _cost, n, grown = min(tried, key=lambda each: each[:2])
            evenings[n] = grown
    return evenings


def _grown(
    evening: Round, home: Household, by_home: dict[int, list[Given]], rules: LabRules
) -> Iterable[Round]:
    for position in range(len(evening.homes) + 1):
        homes = (*evening.homes[:position], home, *evening.homes[position:])
        halts = _walked(evening.volunteer, homes, by_home, rules)
        if halts is not None:
            yield replace(evening, homes=homes, halts=halts)


def _walked(
    volunteer: Volunteer, homes: tuple[Household, ...], by_home: dict[int, list[Given]], rules: LabRules
) -> tuple[Halt, ...] | None:
    """Kitchens in order of their readiness, then the homes; None when an hour or the bag does not allow it."""
    carried = [each for home in homes for each in by_home[home.id]]
    if sum(each.portions for each in carried) > volunteer.meals_carried:
        return None
    at, seconds = volunteer.place, volunteer.shift.starts
    halts: list[Halt] = []
    offers = sorted(
        {each.offer.id: each.offer for each in carried}.values(), key=lambda offer: offer.ready_seconds
    )
    for offer in offers:
        kitchen = offer.kitchen
        taken = tuple(each for each in carried if each.offer is offer)
        travel, metres = _way(volunteer, at, kitchen.place)
        begins = max(seconds + travel, offer.ready_seconds, kitchen.handover.opens)
        if begins > kitchen.handover.closes:
            return None
        leaves = begins + rules.pickup_seconds
        halts.append(Halt(kitchen, None, taken, seconds + travel, begins, leaves, travel, metres))
        at, seconds = kitchen.place, leaves
    for home in homes:
        taken = tuple(by_home[home.id])
        travel, metres = _way(volunteer, at, home.place)
        begins = max(seconds + travel, home.window.opens)
        fresh_until = min(each.offer.supply.deadline_seconds for each in taken)
        if begins > min(home.window.closes, fresh_until):
            return None
        leaves = begins + rules.door_seconds
        halts.append(Halt(None, home, taken, seconds + travel, begins, leaves, travel, metres))
        at, seconds = home.place, leaves
    return tuple(halts) if seconds <= volunteer.shift.ends else None


def _way(volunteer: Volunteer, here: Point, there: Point) -> tuple[int, int]:
    """Seconds and metres by the volunteer's mode, as the travel model has it."""
    if here == there:
        return 0, 0
    mode = DEFAULT_MODES[volunteer.mode.profile]
    metres = max(mode.min_metres, here.metres_to(there) * mode.detour)
    return math.ceil(metres / (mode.kmh / 3.6)) + mode.fixed_seconds, round(metres)
