"""One route driven again, step by step, with every rule asked on the way."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from tests.checker.problem import Json, Place, Task, TaskKey, dimensions, locked_steps, padded, place_of
from tests.checker.travel import Roads

COST_ROOM = 1e-6
"""Room for sums of floating-point weights; whole costs must agree exactly within it."""


@dataclass
class Drive:
    """What one route came to when driven again."""

    vehicle: Json
    findings: list[str] = field(default_factory=list)
    served: list[Task] = field(default_factory=list)
    travel: int = 0
    setup: int = 0
    service: int = 0
    waiting_time: int = 0
    metres: tuple[int, int] | None = (0, 0)
    matrix_cost: int | None = 0
    load: tuple[int, ...] = ()

    def meter(self, roads: Roads, a: Place | None, b: Place | None, seconds: int) -> None:
        """Count one leg of ``seconds``, its metres and, where a matrix tells it, its cost."""
        self.travel += seconds
        leg_metres, leg_cost = roads.metres(self.vehicle, a, b), roads.given_cost(self.vehicle, a, b)
        if self.metres is not None:
            near, far = self.metres
            self.metres = None if leg_metres is None else (near + leg_metres[0], far + leg_metres[1])
        self.matrix_cost = (
            None if self.matrix_cost is None or leg_cost is None else self.matrix_cost + leg_cost
        )

    def say(self, what: str) -> None:
        self.findings.append(f"vehicle {self.vehicle['id']}: {what}")

    def require(self, holds: bool, what: str) -> None:
        if not holds:
            self.say(what)


def drive(problem: Json, roads: Roads, tasks: Mapping[TaskKey, Task], vehicle: Json, route: Json) -> Drive:
    """Drive the route of an answer again and note everything that is not as the rules say."""
    trip = Drive(vehicle, load=padded((), dimensions(problem)))
    steps = route.get("steps", [])
    kinds = [step.get("type") for step in steps]
    if len(steps) < 3 or kinds[0] != "start" or kinds[-1] != "end" or {"start", "end"} & set(kinds[1:-1]):
        trip.say(f"a route is start, tasks, end, not {kinds}")
        return trip
    stops = [(step, tasks.get((step["type"], step.get("id")))) for step in steps[1:-1]]
    unknown = [(step["type"], step.get("id")) for step, task in stops if task is None]
    if unknown:
        trip.say(f"unknown tasks {unknown}")
        return trip
    known = [(step, task) for step, task in stops if task is not None]
    trip.served = [task for _, task in known]
    locked = dict(_locked_at_front(trip))
    start = place_of(vehicle, "start")
    _check_start(trip, steps[0], known, start, problem, bool(locked))
    onward = _along(trip, roads, start, steps[0], known, locked, problem)
    _check_end(trip, roads, onward, steps[-2], steps[-1])
    _check_limits(trip, locked)
    return trip


def _locked_at_front(trip: Drive) -> list[tuple[TaskKey, int]]:
    locked = locked_steps(trip.vehicle)
    wanted, found = [key for key, _ in locked], [task.key for task in trip.served[: len(locked)]]
    trip.require(found == wanted, f"done steps {wanted} must come first in this order, found {found}")
    return locked


def _check_start(
    trip: Drive, step: Json, known: list[tuple[Json, Task]], start: Place | None, problem: Json, locked: bool
) -> None:
    size = len(trip.load)
    job_gifts = [task.given for _, task in known if task.key[0] == "job"]
    trip.load = (
        tuple(sum(column) for column in zip(*job_gifts, strict=True)) if job_gifts and size else trip.load
    )
    _check_place(trip, "start", step, start or known[0][1].place)
    _check_whole(trip, "start", step)
    window, now = trip.vehicle.get("time_window"), problem.get("sharemeal", {}).get("now")
    if not locked:
        trip.require(
            window is None or step["arrival"] >= window[0], f"starts at {step['arrival']}, before its shift"
        )
        trip.require(now is None or step["arrival"] >= now, f"starts at {step['arrival']}, before now")
    trip.require(step.get("duration", 0) == 0, "duration at the start is not 0")
    if size:
        trip.require(tuple(step.get("load", ())) == trip.load, f"load at the start is not {trip.load}")
    for idle in ("setup", "service", "waiting_time"):
        trip.require(step.get(idle, 0) == 0, f"{idle} at the start is not 0")


def _along(
    trip: Drive,
    roads: Roads,
    here: Place | None,
    before: Json,
    known: list[tuple[Json, Task]],
    locked: dict[TaskKey, int],
    problem: Json,
) -> Place | None:
    """Drive start to last task; return where that is."""
    now, service_ends = problem.get("sharemeal", {}).get("now"), dict[TaskKey, int]()
    for step, task in known:
        name = f"{task.key[0]} {task.key[1]}"
        _check_whole(trip, name, step)
        _check_place(trip, name, step, task.place)
        setup = 0 if here is not None and here.same_as(task.place) else task.setup
        trip.require(step.get("setup", 0) == setup, f"{name}: setup is {step.get('setup')}, not {setup}")
        trip.require(step.get("service", 0) == task.service, f"{name}: service is not {task.service}")
        trip.setup, trip.service = trip.setup + setup, trip.service + task.service
        waiting = step.get("waiting_time", 0)
        trip.waiting_time += waiting
        trip.require(waiting >= 0, f"{name}: waits {waiting} s")
        begins = step["arrival"] + waiting
        done_at = locked.get(task.key)
        _check_leg(trip, roads, here, task.place, before, step, name, timed=done_at is None)
        if done_at is None:
            _check_begin(trip, name, task, begins, now)
            _check_ride(trip, name, task, begins, service_ends)
            needed = task.skills - set(trip.vehicle.get("skills", []))
            trip.require(not needed, f"{name}: lacks skills {sorted(needed)}")
            pinned = task.wishes.get("pinned_vehicle")
            trip.require(pinned in (None, trip.vehicle["id"]), f"{name}: is pinned to vehicle {pinned}")
        else:
            trip.require(begins == done_at, f"{name}: was begun at {done_at}, not {begins}")
        trip.require(
            task.partner is None or task.key[0] == "pickup" or task.partner in service_ends,
            f"{name}: delivered before its pickup, or picked up on no route of this vehicle",
        )
        service_ends[task.key] = begins + setup + task.service
        _check_load(trip, name, task, step, done_at is None)
        here, before = task.place, step
    return here


def _check_leg(
    trip: Drive,
    roads: Roads,
    a: Place | None,
    b: Place | None,
    before: Json,
    step: Json,
    name: str,
    *,
    timed: bool,
) -> None:
    """Travel, clock and metres from one step to the next (``timed`` False: done already, only the meter counts)."""
    allowed = roads.seconds(trip.vehicle, a, b)
    travelled = step.get("duration", 0) - before.get("duration", 0)
    trip.require(
        travelled in allowed, f"{name}: travel counted as {travelled} s, should be {sorted(allowed)}"
    )
    left = (
        before["arrival"] + before.get("waiting_time", 0) + before.get("setup", 0) + before.get("service", 0)
    )
    if timed:
        drove = step["arrival"] - left
        trip.require(
            drove in allowed, f"{name}: arrives {drove} s after leaving, should be {sorted(allowed)}"
        )
    trip.meter(roads, a, b, travelled)


def _check_begin(trip: Drive, name: str, task: Task, begins: int, now: int | None) -> None:
    fits = not task.windows or any(start <= begins <= end for start, end in task.windows)
    trip.require(fits, f"{name}: service begins at {begins}, outside {list(task.windows)}")
    trip.require(now is None or begins >= now, f"{name}: begins at {begins}, before now ({now})")


def _check_ride(trip: Drive, name: str, task: Task, begins: int, service_ends: Mapping[TaskKey, int]) -> None:
    most = task.wishes.get("max_ride")
    if most is None or task.key[0] != "delivery" or task.partner is None or task.partner not in service_ends:
        return
    ride = begins - service_ends[task.partner]
    trip.require(ride <= most, f"{name}: {ride} s aboard, more than {most}")


def _check_load(trip: Drive, name: str, task: Task, step: Json, still_open: bool) -> None:
    size = len(trip.load)
    trip.load = tuple(
        load + into - out for load, into, out in zip(trip.load, task.taken, task.given, strict=True)
    )
    capacity = padded(trip.vehicle.get("capacity"), size)
    fits = all(load <= most for load, most in zip(trip.load, capacity, strict=True))
    trip.require(fits or not still_open, f"{name}: load {trip.load} is more than {capacity}")
    if size:
        trip.require(tuple(step.get("load", ())) == trip.load, f"{name}: load is not {trip.load}")


def _check_end(trip: Drive, roads: Roads, here: Place | None, before: Json, step: Json) -> None:
    end = place_of(trip.vehicle, "end")
    _check_whole(trip, "end", step)
    if here is not None:
        _check_place(trip, "end", step, end or here)
    _check_leg(trip, roads, here if end else None, end, before, step, "end", timed=True)
    window = trip.vehicle.get("time_window")
    trip.require(
        window is None or step["arrival"] <= window[1], f"ends at {step['arrival']}, after its shift"
    )
    if trip.load:
        trip.require(tuple(step.get("load", ())) == trip.load, f"load at the end is not {trip.load}")
    for idle in ("setup", "service", "waiting_time"):
        trip.require(step.get(idle, 0) == 0, f"{idle} at the end is not 0")


def _check_limits(trip: Drive, locked: Mapping[TaskKey, int]) -> None:
    vehicle = trip.vehicle
    first_loads = padded((), len(trip.load))
    for task in trip.served:
        if task.key[0] == "job":
            first_loads = tuple(load + given for load, given in zip(first_loads, task.given, strict=True))
    capacity = padded(vehicle.get("capacity"), len(first_loads))
    fits = all(load <= most for load, most in zip(first_loads, capacity, strict=True))
    trip.require(fits or bool(locked), f"load {first_loads} at the start is more than {capacity}")
    most = vehicle.get("max_tasks", math.inf)
    trip.require(len(trip.served) <= most, f"{len(trip.served)} tasks, more than {most}")
    most = vehicle.get("max_travel_time", math.inf)
    trip.require(trip.travel <= most, f"{trip.travel} s of travel, more than {most}")
    most = vehicle.get("max_distance", math.inf)
    trip.require(trip.metres is None or trip.metres[0] <= most, f"{trip.metres} m, more than {most}")


def _check_place(trip: Drive, name: str, step: Json, place: Place) -> None:
    told = place_of(step)
    if told is None:
        trip.say(f"{name}: has no place")
        return
    trip.require(
        told.index in (None, place.index) and told.point in (None, place.point), f"{name}: is elsewhere"
    )
    trip.require(told.index is not None or place.point is not None, f"{name}: has no place of the problem's")


def _check_whole(trip: Drive, name: str, step: Json) -> None:
    for key in ("arrival", "duration", "setup", "service", "waiting_time"):
        given = step.get(key, None if key == "arrival" else 0)
        if not isinstance(given, int) or isinstance(given, bool):
            trip.say(f"{name}: {key} is {given!r}, not whole seconds")
            step[key] = int(given or 0)


def cost_range(problem: Json, trip: Drive) -> tuple[float, float] | None:
    """The least and most the route may cost: one value, but for the rounding of odd rates; None if unknown."""
    rates = trip.vehicle.get("costs", {})
    if trip.matrix_cost is not None:
        driving = (Fraction(trip.matrix_cost),) * 2
    else:
        by_time, per_km = Fraction(rates.get("per_hour", 3600) * trip.travel, 3600), rates.get("per_km", 0)
        if per_km and trip.metres is None:
            return None
        low, high = trip.metres or (0, 0)
        driving = (by_time + Fraction(per_km * low, 1000), by_time + Fraction(per_km * high, 1000))
    at_doors = Fraction(rates.get("per_task_hour", 0) * (trip.setup + trip.service), 3600)
    whole = rates.get("fixed", 0) + _faces(problem, trip)
    least = whole + math.floor(driving[0]) + math.floor(at_doors)
    return (least - COST_ROOM, whole + math.ceil(driving[1]) + math.ceil(at_doors) + COST_ROOM)


def _faces(problem: Json, trip: Drive) -> float:
    """What unfamiliar faces and changed volunteers cost on this route."""
    weights, cost, me = problem.get("sharemeal", {}), 0.0, trip.vehicle["id"]
    for task in trip.served:
        if not task.counts_as_delivery:
            continue
        if "familiarity" in task.wishes:
            cost += weights.get("familiarity_weight", 0) * (1 - task.wishes["familiarity"].get(str(me), 0))
        if task.wishes.get("previous_vehicle") not in (None, me):
            cost += weights.get("change_weight", 0)
    return cost
