"""Tiny random problems that between them use every feature, drawn from any ``random.Random``."""

from __future__ import annotations

from random import Random

import numpy as np

from sharemeal.routing.problem import (
    Costs,
    Job,
    Kind,
    LockedStep,
    Matrix,
    Place,
    Problem,
    Shipment,
    Task,
    Vehicle,
    Window,
    Wishes,
)

PLACES = 5


def tiny_problem(dice: Random, *, rides: bool = True, locked: bool = True) -> Problem:
    """At most three requests (five tasks) and three vehicles on five places."""
    vehicles = [_vehicle(dice, number) for number in range(1, dice.randint(1, 3) + 1)]
    jobs: list[Job] = []
    shipments: list[Shipment] = []
    for number in range(1, dice.randint(1, 3) + 1):
        if dice.random() < 0.5 or len(shipments) == 2:
            jobs.append(_job(dice, number, len(vehicles)))
        else:
            shipments.append(_shipment(dice, number, len(vehicles), rides))
    now = None
    if locked and dice.random() < 0.3:
        now = dice.randint(0, 300)
        vehicles[0] = _under_way(dice, vehicles[0], jobs, shipments, now)
    return Problem(
        places=tuple(Place(139.5 + 0.001 * n, 35.5) for n in range(PLACES)),
        vehicles=tuple(vehicles),
        jobs=tuple(jobs),
        shipments=tuple(shipments),
        matrices={"bike": _matrix(dice), "car": _matrix(dice)},
        familiarity_weight=dice.choice([0, 50, 300]),
        change_weight=dice.choice([0, 40]),
        now=now,
    )


def _matrix(dice: Random) -> Matrix:
    seconds = np.array([[dice.randint(10, 200) for _ in range(PLACES)] for _ in range(PLACES)])
    np.fill_diagonal(seconds, 0)
    costs = seconds * 2 if dice.random() < 0.1 else None
    return Matrix(seconds, seconds * 3, costs)


def _vehicle(dice: Random, number: int) -> Vehicle:
    opens = dice.randint(0, 200)
    return Vehicle(
        id=number,
        start=dice.choice([None, 0, 1, 2]),
        end=dice.choice([None, None, 0, 3]),
        profile=dice.choice(["bike", "car"]),
        capacity=(dice.randint(1, 6), 9),
        costs=Costs(fixed=dice.choice([0, 0, 100]), per_task_hour=dice.choice([0, 0, 1800]),
                    per_km=dice.choice([0, 0, 500])),
        skills=frozenset(dice.sample([1, 2], dice.randint(0, 2))),
        window=Window(opens, opens + dice.randint(200, 1500)) if dice.random() < 0.7 else None,
        speed_factor=dice.choice([1.0, 1.0, 0.7, 1.5]),
        max_tasks=dice.choice([None, None, 2, 3]),
        max_travel_seconds=dice.choice([None, None, None, 400]),
        max_distance_metres=dice.choice([None, None, None, 1200]),
    )  # fmt: skip


def _task(dice: Random, number: int) -> Task:
    first = dice.randint(0, 500)
    windows = dice.choice([
        (),
        (Window(first, first + dice.randint(0, 400)),),
        (Window(first, first + 100), Window(first + 200, first + 600)),
    ])  # fmt: skip
    setup, service = dice.choice([0, 0, 30, 90]), dice.choice([0, 20, 60])
    return Task(number, dice.randrange(PLACES), setup, service, windows)


def _wishes(dice: Random, vehicles: int, ride: int | None = None) -> Wishes:
    known = {v: dice.choice([0.0, 0.25, 1.0]) for v in range(1, vehicles + 1)}
    return Wishes(
        familiarity=known if dice.random() < 0.4 else None,
        max_ride_seconds=ride,
        pinned_vehicle=dice.randint(1, vehicles) if dice.random() < 0.15 else None,
        previous_vehicle=dice.randint(1, vehicles) if dice.random() < 0.2 else None,
    )


def _job(dice: Random, number: int, vehicles: int) -> Job:
    return Job(
        _task(dice, number),
        delivery=dice.choice([(), (dice.randint(0, 3), 1)]),
        pickup=dice.choice([(), (), (dice.randint(0, 3), 0)]),
        skills=frozenset([1]) if dice.random() < 0.2 else frozenset(),
        priority=dice.choice([0, 0, 1, 10]),
        wishes=_wishes(dice, vehicles),
    )


def _shipment(dice: Random, number: int, vehicles: int, rides: bool) -> Shipment:
    ride = dice.choice([None, dice.randint(0, 300)]) if rides else None
    return Shipment(
        _task(dice, number),
        _task(dice, number),
        amount=(dice.randint(0, 4), 1),
        skills=frozenset([2]) if dice.random() < 0.2 else frozenset(),
        priority=dice.choice([0, 0, 5]),
        wishes=_wishes(dice, vehicles, ride),
    )


def _under_way(
    dice: Random, vehicle: Vehicle, jobs: list[Job], shipments: list[Shipment], now: int
) -> Vehicle:
    at = dice.randint(0, now)
    steps = []
    if shipments:
        steps = [LockedStep(Kind.PICKUP, shipments[0].pickup.id, at)]
        if dice.random() < 0.4:
            steps.append(LockedStep(Kind.DELIVERY, shipments[0].delivery.id, at + dice.randint(0, 100)))
    elif jobs:
        steps = [LockedStep(Kind.JOB, jobs[0].task.id, at)]
    return Vehicle(**{**vehicle.__dict__, "locked_steps": tuple(steps)})
