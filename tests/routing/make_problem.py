"""Small problems made by hand, whose right answers are easy to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from sharemeal.routing.plan import Plan
from sharemeal.routing.problem import Job, Matrix, Place, Problem, Shipment, Task, Vehicle, Window
from sharemeal.routing.solve import Stop, solve

STEP = 100
"""Seconds (and metres) between neighbours on the line of places 0, 1, 2, …"""


def line(count: int = 8) -> Matrix:
    """Places on a line, one STEP apart."""
    at = np.arange(count)
    ways = abs(at[:, None] - at[None, :]) * STEP
    return Matrix(ways, ways)


def places(count: int = 8) -> tuple[Place, ...]:
    """As many places as the line has, known by their rows only."""
    return tuple(Place(index=n) for n in range(count))


def line_problem(**changes: Any) -> Problem:
    """One vehicle at place 0; two shipments, 0 → 2 and 0 → 4, both on the way: cost 400."""
    shipments = tuple(Shipment(Task(n, 0), Task(n, 2 * n), amount=(1,)) for n in (1, 2))
    base = Problem(places(), (Vehicle(1, start=0, capacity=(5,)),), (), shipments, {"car": line()})
    return replace(base, **changes)


def jobs_problem(*vehicles: Vehicle, jobs: tuple[Job, ...], **more: Any) -> Problem:
    """Jobs on the line, for these vehicles."""
    matrices: Mapping[str, Matrix] = more.pop("matrices", {"car": line()})
    return Problem(places(), vehicles, jobs, more.pop("shipments", ()), matrices, **more)


def solved(problem: Problem) -> Plan:
    """Its plan; these are small enough to be proven long before the time is over."""
    return solve(problem, Stop(20, solutions=200), seed=1)


def visits(plan: Plan) -> dict[int, list[tuple[str, int | None, int]]]:
    """For each vehicle what it does and when service begins."""
    return {
        route.vehicle.id: [(str(step.kind), step.id, step.begins) for step in route.stops]
        for route in plan.routes
    }


def reason(plan: Plan) -> str:
    """The one reason for the one request left out."""
    (why,) = {str(left.why) for left in plan.unserved}
    return why


def at(place: int, number: int = 1, *, opens: int = 0, closes: int = 10**6, **more: Any) -> Task:
    """A task at a place of the line."""
    return Task(number, place, windows=(Window(opens, closes),), **more)
