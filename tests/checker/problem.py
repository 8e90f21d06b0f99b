"""The routing question as the checker reads it: tasks and vehicles of a problem in VROOM's shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
TaskKey = tuple[str, int]
"""Type (job, pickup or delivery) and id: the three numberings are separate."""


@dataclass(frozen=True)
class Place:
    """A matrix row, a point (longitude, latitude), or both."""

    index: int | None
    point: tuple[float, float] | None

    def same_as(self, other: Place) -> bool:
        if self.index is not None and other.index is not None:
            return self.index == other.index
        return self.point is not None and self.point == other.point


def place_of(body: Json, name: str = "location") -> Place | None:
    """The place under ``name`` and ``name_index``; None where neither is given (an open end)."""
    point, index = body.get(name), body.get(f"{name}_index")
    if point is None and index is None:
        return None
    return Place(index, None if point is None else (float(point[0]), float(point[1])))


@dataclass(frozen=True)
class Task:
    """One stop: a job, or one half of a shipment."""

    key: TaskKey
    place: Place
    setup: int
    service: int
    windows: tuple[tuple[int, int], ...]
    taken: tuple[int, ...]
    """What comes aboard here (a job's pickup, a shipment's amount at its pickup)."""
    given: tuple[int, ...]
    """What leaves here (a job's delivery, a shipment's amount at its delivery)."""
    skills: frozenset[int]
    priority: int
    partner: TaskKey | None
    """The other half of the shipment."""
    wishes: Json = field(default_factory=dict)
    """The ``sharemeal`` object of the job or shipment."""

    @property
    def counts_as_delivery(self) -> bool:
        """Familiarity and change are paid once a job, and once a shipment: at its delivery."""
        return self.key[0] != "pickup"


def dimensions(problem: Json) -> int:
    """How many kinds of load the problem speaks of."""
    amounts = [vehicle.get("capacity", []) for vehicle in problem.get("vehicles", [])]
    for job in problem.get("jobs", []):
        amounts += [job.get("delivery", []), job.get("pickup", [])]
    amounts += [shipment.get("amount", []) for shipment in problem.get("shipments", [])]
    return max((len(amount) for amount in amounts), default=0)


def padded(amount: list[int] | tuple[int, ...] | None, size: int) -> tuple[int, ...]:
    """The amount with zeros for what it does not name."""
    given = tuple(amount or ())
    return given + (0,) * (size - len(given))


def tasks_of(problem: Json) -> dict[TaskKey, Task]:
    """Every task of the problem, by type and id."""
    size = dimensions(problem)
    tasks: dict[TaskKey, Task] = {}
    for job in problem.get("jobs", []):
        key = ("job", job["id"])
        tasks[key] = _task(
            key, job, job, padded(job.get("pickup"), size), padded(job.get("delivery"), size), None
        )
    nothing = padded((), size)
    for shipment in problem.get("shipments", []):
        amount = padded(shipment.get("amount"), size)
        first, second = ("pickup", shipment["pickup"]["id"]), ("delivery", shipment["delivery"]["id"])
        tasks[first] = _task(first, shipment["pickup"], shipment, amount, nothing, second)
        tasks[second] = _task(second, shipment["delivery"], shipment, nothing, amount, first)
    return tasks


def _task(
    key: TaskKey,
    body: Json,
    whole: Json,
    taken: tuple[int, ...],
    given: tuple[int, ...],
    partner: TaskKey | None,
) -> Task:
    place = place_of(body)
    assert place is not None, f"{key} of the problem has no place"
    return Task(
        key=key,
        place=place,
        setup=body.get("setup", 0),
        service=body.get("service", 0),
        windows=tuple((start, end) for start, end in body.get("time_windows", [])),
        taken=taken,
        given=given,
        skills=frozenset(whole.get("skills", [])),
        priority=whole.get("priority", 0),
        partner=partner,
        wishes=whole.get("sharemeal", {}),
    )


def locked_steps(vehicle: Json) -> list[tuple[TaskKey, int]]:
    """What this vehicle has done already, in order: the task and when its service began."""
    return [
        ((step["type"], step["id"]), step["at"])
        for step in vehicle.get("sharemeal", {}).get("locked_steps", [])
        if step["type"] in ("job", "pickup", "delivery")
    ]
