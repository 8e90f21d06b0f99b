"""A second match after routes have left somebody out: meals that cannot be brought to a home shall feed another.

What no volunteer could bring to a home even with nothing else to do is taken out of that home's choice. What is left
over in the end is still offered to who lacks meals, so that the routes can say why it does not come.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sharemeal.labs import LabRules
from sharemeal.meals import Demand, Match, Serving, Supply, unsuited
from sharemeal.places import Point
from sharemeal.routing.day import Carrier, DayProblem, Door, able
from sharemeal.routing.day_plan import DayPlan
from sharemeal.routing.terms import Place
from sharemeal.routing.travel import DEFAULT_MODES, straight_lines
from sharemeal.sentences import Sentence


def narrowed(
    demands: Sequence[Demand],
    asked: DayProblem,
    plan: DayPlan,
    carriers: Sequence[Carrier],
    doors: Sequence[Door],
    kitchens: Mapping[int, Point],
    supplies: Sequence[Supply],
    rules: LabRules,
) -> tuple[Demand, ...]:
    """The same wishes, without the offers that cannot be brought to the homes that ``plan`` leaves out."""
    brought = {parcel.id for parcel in plan.parcels}
    every = (*asked.parcels, *(parcel for parcel, _ in asked.hopeless))
    left_out = {parcel.serving.household for parcel in every if parcel.id not in brought}
    door_of = {door.household: door for door in doors}

    def unreached(door: Door) -> frozenset[tuple[int, str]]:
        return frozenset(
            (supply.kitchen, supply.dish)
            for supply in supplies
            if not any(
                _reaches(carrier, kitchens[supply.kitchen], supply, door, rules)
                for carrier in able(door, carriers)
            )
        )

    return tuple(
        replace(demand, unreached=unreached(door_of[demand.household]))
        if demand.household in left_out
        else demand
        for demand in demands
    )


def _reaches(carrier: Carrier, kitchen: Point, supply: Supply, door: Door, rules: LabRules) -> bool:
    """Whether this volunteer could bring this meal to this door with nothing else to do."""
    points = [carrier.place, kitchen, door.place, carrier.ends_at or door.place]
    places = [Place(lng=point.lng, lat=point.lat) for point in points]
    seconds = straight_lines(places, DEFAULT_MODES[carrier.mode.profile]).durations
    collects = max(carrier.shift.starts + int(seconds[0, 1]), supply.collected_from_seconds)
    knocks = max(collects + rules.pickup_seconds + int(seconds[1, 2]), door.window.opens)
    home_by = knocks + rules.door_seconds + (int(seconds[2, 3]) if carrier.ends_at else 0)
    return (
        collects <= supply.handover.closes
        and knocks <= supply.knocks_until_seconds(door.window)
        and home_by <= carrier.shift.ends
    )


def with_leftovers(match: Match, demands: Sequence[Demand], supplies: Sequence[Supply]) -> Match:
    """The match, and what it leaves over offered to who is short and whom it suits but for the way there.

    ``demands`` are the wishes before they were narrowed. Portions add up as before.
    """
    left = {(each.kitchen, each.dish): each for each in match.surpluses}
    short = {each.household: each for each in match.shortages}
    supply_of = {(supply.kitchen, supply.dish): supply for supply in supplies}
    more: list[Serving] = []
    for demand in demands:
        for key, surplus in left.items():
            lacking = short.get(demand.household)
            portions = min(lacking.portions, surplus.portions) if lacking else 0
            if lacking is None or portions < 1 or unsuited(supply_of[key], demand) is not None:
                continue
            why = Sentence("ほかに行き先のない食事です")
            more.append(Serving(demand.household, surplus.kitchen, surplus.dish, portions, why))
            left[key] = replace(surplus, portions=surplus.portions - portions)
            short[demand.household] = replace(lacking, portions=lacking.portions - portions)
    return Match(
        servings=(*match.servings, *more),
        shortages=tuple(each for each in short.values() if each.portions),
        surpluses=tuple(each for each in left.values() if each.portions),
        proven=match.proven,
    )


def better(first: DayPlan, second: DayPlan) -> bool:
    """Whether ``second`` serves more homes wholly, or as many and more portions."""
    one, two = first.counts, second.counts
    return (two.planned, two.portions_planned) > (one.planned, one.portions_planned)
