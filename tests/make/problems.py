"""Random tiny routing problems in VROOM's shape, small enough for ``tests.checker.best_level``.

As with weeks, a seed and hypothesis draw through the same makers.
"""

from __future__ import annotations

import random
from typing import Any

from hypothesis import strategies as st

from tests.make.picks import FromHypothesis, FromSeed, Pick
from tests.make.words import CHO

Json = dict[str, Any]
PLACES = 6


def random_problem(seed: int, *, shipments: int = 3, jobs: int = 1, vehicles: int = 2) -> Json:
    """The same problem for the same arguments."""
    return _problem(
        FromSeed(random.Random(f"{seed} {shipments} {jobs} {vehicles}")), shipments, jobs, vehicles
    )


@st.composite
def problems(draw: st.DrawFn, *, shipments: int = 3, jobs: int = 2, vehicles: int = 2) -> Json:
    """A hypothesis strategy: up to so many of each, at least one vehicle and one task."""
    pick = FromHypothesis(draw)
    few = pick.whole(0, jobs)
    return _problem(pick, pick.whole(0 if few else 1, shipments), few, pick.whole(1, vehicles))


def _problem(pick: Pick, shipments: int, jobs: int, vehicles: int) -> Json:
    by_matrix = pick.one_of((True, False))
    places: list[Json] = [{"location_index": i} for i in range(PLACES)]
    if not by_matrix:
        towns = [pick.one_of(CHO) for _ in range(PLACES)]
        places = [{"location": [lng, lat]} for _, lat, lng in towns]
    numbers = list(range(1, vehicles + 1))
    problem: Json = {
        "vehicles": [_vehicle(pick, number, places, by_matrix=by_matrix) for number in numbers],
        "shipments": [_shipment(pick, number, places, numbers) for number in range(1, shipments + 1)],
        "jobs": [_job(pick, number, places, numbers) for number in range(1, jobs + 1)],
        "sharemeal": {
            "familiarity_weight": pick.one_of((0, 300, 60)),
            "change_weight": pick.one_of((0, 120)),
        },
    }
    if pick.one_of((False, True)):
        problem["sharemeal"]["now"] = 60 * pick.whole(0, 30)
    if by_matrix:
        problem["matrices"] = {profile: _matrices(pick) for profile in ("foot", "bike", "car")}
    return problem


def _matrices(pick: Pick) -> Json:
    """Travel that need not be the same there and back, nor shortest by the straight way."""
    seconds = [[0 if a == b else pick.whole(1, 900) for b in range(PLACES)] for a in range(PLACES)]
    return {"durations": seconds, "distances": [[4 * leg for leg in row] for row in seconds]}


def _vehicle(pick: Pick, number: int, places: list[Json], *, by_matrix: bool) -> Json:
    vehicle: Json = {
        "id": number,
        "profile": pick.one_of(("car", "bike", "foot")),
        "capacity": [pick.whole(2, 8), pick.whole(0, 3)],
        "time_window": [600 * pick.whole(0, 2), 3600 + 600 * pick.whole(0, 9)],
        **_at(pick.one_of(places), "start"),
    }
    if pick.one_of((False, True)):
        vehicle |= _at(pick.one_of(places), "end")
    if pick.one_of((False, True)):
        vehicle["skills"] = [1]
    rare = pick.one_of(("", "", "", "max_tasks", "max_travel_time", "speed_factor", "costs", "max_distance"))
    if rare == "max_tasks":
        vehicle[rare] = pick.whole(1, 5)
    elif rare == "max_travel_time":
        vehicle[rare] = 300 * pick.whole(1, 8)
    elif rare == "speed_factor":
        vehicle[rare] = pick.one_of((0.5, 1.3, 2))
    elif rare == "costs":
        vehicle[rare] = {
            "fixed": 100 * pick.whole(0, 9),
            "per_hour": pick.one_of((3600, 7200)),
            "per_task_hour": 3600,
        }
    elif rare == "max_distance" and by_matrix:
        vehicle[rare] = 1000 * pick.whole(1, 9)
    return vehicle


def _at(place: Json, name: str) -> Json:
    """A task's place as a vehicle's start or end."""
    return {name if key == "location" else f"{name}_index": value for key, value in place.items()}


def _stop(pick: Pick, number: int, place: Json) -> Json:
    stop: Json = {"id": number, **place, "service": 60 * pick.whole(0, 4), "setup": 30 * pick.whole(0, 2)}
    kind = pick.one_of(("none", "one", "two"))
    if kind != "none":
        opens, length = 300 * pick.whole(0, 12), 300 * pick.whole(1, 12)
        stop["time_windows"] = [[opens, opens + length]]
        if kind == "two":
            stop["time_windows"].append([opens + length + 600, opens + length + 1200])
    return stop


def _shipment(pick: Pick, number: int, places: list[Json], vehicles: list[int]) -> Json:
    shipment: Json = {
        "amount": [pick.whole(1, 4), 0],
        "pickup": _stop(pick, number, pick.one_of(places[:2])),
        "delivery": _stop(pick, number, pick.one_of(places)),
        **_wishes(pick, vehicles),
    }
    if pick.one_of((False, False, True)):
        shipment["sharemeal"]["max_ride"] = 300 * pick.whole(1, 8)
    return shipment


def _job(pick: Pick, number: int, places: list[Json], vehicles: list[int]) -> Json:
    amount = [pick.whole(0, 1), pick.whole(0, 1)]
    stop = _stop(pick, number, pick.one_of(places))
    return {**stop, pick.one_of(("delivery", "pickup")): amount, **_wishes(pick, vehicles)}


def _wishes(pick: Pick, vehicles: list[int]) -> Json:
    """Skill, priority, faces, pins and yesterday's volunteer, each only sometimes."""
    wishes: Json = {}
    if pick.one_of((True, False)):
        wishes["familiarity"] = {str(number): pick.one_of((0, 0.5, 1)) for number in vehicles}
    if pick.one_of((False, False, True)):
        wishes["previous_vehicle"] = pick.one_of(vehicles)
    if pick.one_of((False, False, False, True)):
        wishes["pinned_vehicle"] = pick.one_of(vehicles)
    body: Json = {"sharemeal": wishes}
    if pick.one_of((False, False, True)):
        body["priority"] = pick.whole(1, 3)
    if pick.one_of((False, False, True)):
        body["skills"] = [1]
    return body
