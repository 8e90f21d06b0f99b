"""A day's match and its routes put together: what each home gets, who brings it when, and what is missing and why.

Only what a route really carries counts as planned. The meals of a home that no route reaches are left over, the
home is short, and both say why. Nothing gets lost: homes and portions add up (:class:`sharemeal.meals.Counts`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sharemeal.meals import Counts, Demand, Match, Shortage, Surplus
from sharemeal.routing.day import DayProblem, Parcel
from sharemeal.routing.plan import Plan, Route, Step
from sharemeal.sentences import Sentence, chained

Json = dict[str, Any]


@dataclass(frozen=True)
class Halt:
    """One stay at a kitchen or at a home. Travel leads from the place before; times are seconds of the day."""

    kitchen: int | None
    household: int | None
    arrives: int
    begins: int
    leaves: int
    travel_seconds: int
    distance_metres: int
    why: Sentence | None
    parcels: tuple[Parcel, ...]


@dataclass(frozen=True)
class Round:
    """One volunteer's way."""

    volunteer: int
    starts: int
    ends: int
    travel_seconds: int
    distance_metres: int
    halts: tuple[Halt, ...]


@dataclass(frozen=True)
class DayPlan:
    """All of a day: the parcels that are brought, the rounds, what is missing and left over, and the sum."""

    parcels: tuple[Parcel, ...]
    rounds: tuple[Round, ...]
    shortages: tuple[Shortage, ...]
    surpluses: tuple[Surplus, ...]
    counts: Counts


def day_plan(
    asked: DayProblem,
    plan: Plan | None,
    match: Match,
    demands: Sequence[Demand],
    *,
    active: int,
    paused: int,
    declined: int,
) -> DayPlan:
    """Put match and routes together; ``plan`` None means that there was nothing to route.

    ``demands`` are the homes that want meals on the day; with the paused and the declined they are ``active``.
    """
    parcels = {parcel.id: parcel for parcel in asked.parcels}
    rounds = tuple(_round(route, parcels) for route in plan.routes if route.stops) if plan else ()
    brought = {parcel.id for each in rounds for halt in each.halts for parcel in halt.parcels}
    left = list(asked.hopeless)
    reasons = {unserved.task.id: unserved.why for unserved in plan.unserved} if plan else {}
    left += [(parcel, reasons[parcel.id]) for parcel in asked.parcels if parcel.id not in brought]
    shortages = _shortages(match, left)
    short = {shortage.household for shortage in shortages}
    wanted = sum(demand.need.portions for demand in demands)
    counts = Counts(
        active=active,
        paused=paused,
        declined=declined,
        planned=sum(demand.household not in short for demand in demands),
        short=sum(demand.household in short for demand in demands),
        portions_wanted=wanted,
        portions_planned=sum(parcels[number].portions for number in brought),
    )
    return DayPlan(
        parcels=tuple(parcel for parcel in asked.parcels if parcel.id in brought),
        rounds=rounds,
        shortages=shortages,
        surpluses=_surpluses(match, left),
        counts=counts,
    )


def tagged(answer: Json, asked: DayProblem) -> Json:
    """The answer of ``route`` with the household, kitchen, offer and portions of each pickup and delivery."""
    parcels = {parcel.id: parcel for parcel in asked.parcels}
    for route in answer["routes"]:
        for step in route["steps"]:
            if step["type"] in ("pickup", "delivery"):
                parcel = parcels[step["id"]]
                step.setdefault("sharemeal", {}).update(
                    household=parcel.serving.household,
                    kitchen=parcel.serving.kitchen,
                    offer=parcel.serving.dish,
                    portions=parcel.portions,
                )
    return answer


def nobody_goes() -> Json:
    """The answer of ``route`` where there is nobody to go or nothing to bring: no routes, proven."""
    zeros = dict.fromkeys(
        (
            "cost",
            "routes",
            "unassigned",
            "setup",
            "service",
            "duration",
            "distance",
            "waiting_time",
            "priority",
        ),
        0,
    )
    return {
        "code": 0,
        "summary": {
            **zeros,
            "delivery": [0],
            "pickup": [0],
            "violations": [],
            "computing_times": {"loading": 0, "solving": 0, "routing": 0},
        },
        "unassigned": [],
        "routes": [],
        "sharemeal": {
            "status": "optimal",
            "bound": 0,
            "gap": 0.0,
            "familiar_share": None,
            "solver": "none",
            "unserved": [],
        },
    }


def _round(route: Route, parcels: dict[int, Parcel]) -> Round:
    halts: list[Halt] = []
    seconds = metres = 0
    for _, group in groupby(route.stops, key=lambda step: (step.kind, step.place)):
        steps = list(group)
        first, last = steps[0], steps[-1]
        carried = tuple(parcels[step.id] for step in steps if step.id is not None)
        serving = carried[0].serving
        collecting = first.kind == "pickup"
        travelled = last.travelled_metres or 0
        halts.append(
            Halt(
                kitchen=serving.kitchen if collecting else None,
                household=None if collecting else serving.household,
                arrives=first.arrival,
                begins=first.begins,
                leaves=_leaves(last),
                travel_seconds=last.travelled_seconds - seconds,
                distance_metres=travelled - metres,
                why=first.why,
                parcels=carried,
            )
        )
        seconds, metres = last.travelled_seconds, travelled
    start, end = route.steps[0], route.steps[-1]
    return Round(
        volunteer=route.vehicle.id,
        starts=start.arrival,
        ends=end.arrival,
        travel_seconds=end.travelled_seconds,
        distance_metres=route.metres,
        halts=tuple(halts),
    )


def _leaves(step: Step) -> int:
    return step.begins + step.setup_seconds + step.service_seconds


def _shortages(match: Match, left: Sequence[tuple[Parcel, Sentence]]) -> tuple[Shortage, ...]:
    """One shortage a home, with every cause: no suitable meal, no place on a route, or some of both."""
    portions: dict[int, int] = defaultdict(int)
    causes: dict[int, list[Sentence]] = defaultdict(list)
    for shortage in match.shortages:
        portions[shortage.household] += shortage.portions
        causes[shortage.household].append(shortage.why)
    for parcel, why in left:
        portions[parcel.serving.household] += parcel.portions
        causes[parcel.serving.household].append(Sentence("コースに入れませんでした（{why}）", why=why))
    return tuple(
        Shortage(home, count, joined(causes[home])) for home, count in sorted(portions.items()) if count
    )


def _surpluses(match: Match, left: Sequence[tuple[Parcel, Sentence]]) -> tuple[Surplus, ...]:
    """What is left of each offer, with every cause."""
    portions: dict[tuple[int, str], int] = defaultdict(int)
    causes: dict[tuple[int, str], list[Sentence]] = defaultdict(list)
    for surplus in match.surpluses:
        portions[surplus.kitchen, surplus.dish] += surplus.portions
        causes[surplus.kitchen, surplus.dish].append(surplus.why)
    for parcel, _ in left:
        serving = parcel.serving
        portions[serving.kitchen, serving.dish] += parcel.portions
        causes[serving.kitchen, serving.dish].append(Sentence("コースに入れなかったお届け先の分が残ります"))
    return tuple(
        Surplus(kitchen, dish, count, joined(causes[kitchen, dish]))
        for (kitchen, dish), count in sorted(portions.items())
        if count
    )


def joined(causes: Sequence[Sentence]) -> Sentence:
    """Several causes as one sentence, each said once."""
    return chained(dict.fromkeys(causes))
