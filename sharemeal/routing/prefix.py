"""Where locked steps have brought a vehicle: what is done is done and is not asked again."""

from __future__ import annotations

from dataclasses import dataclass

from sharemeal.routing.problem import Job, Kind, Problem, Shipment, Vehicle


@dataclass(frozen=True)
class Prefix:
    """The state of a vehicle after its locked steps (or before its first step, where there are none)."""

    place: int
    """The last place, or -1 where the vehicle has no start and has done nothing."""
    free_at: int
    tasks: int
    travel_seconds: int
    distance_metres: int
    aboard: tuple[int, ...]
    picked_at: dict[int, int]
    """For each pickup whose delivery is still open: when its service ended."""


def prefix_of(problem: Problem, vehicle: Vehicle) -> Prefix:
    """Follow the locked steps of one vehicle."""
    seconds = problem.travel_seconds(vehicle)
    metres = problem.matrices[vehicle.profile].distances
    place = -1 if vehicle.start is None else vehicle.start
    free_at = max(vehicle.window.opens if vehicle.window else 0, problem.now or 0)
    aboard = [0] * problem.amount_size
    picked_at: dict[int, int] = {}
    travelled = driven = 0
    jobs = {job.task.id: job for job in problem.jobs}
    by_pickup = {each.pickup.id: each for each in problem.shipments}
    by_delivery = {each.delivery.id: each for each in problem.shipments}
    for step in vehicle.locked_steps:
        of: Job | Shipment
        if step.kind is Kind.JOB:
            of = jobs[step.id]
            task, amount, sign = of.task, of.pickup, 1
        elif step.kind is Kind.PICKUP:
            of = by_pickup[step.id]
            task, amount, sign = of.pickup, of.amount, 1
        else:
            of = by_delivery[step.id]
            task, amount, sign = of.delivery, of.amount, -1
        if place >= 0:
            travelled += int(seconds[place, task.place])
            driven += 0 if metres is None else int(metres[place, task.place])
        free_at = step.at + task.service_seconds + (task.setup_seconds if place != task.place else 0)
        place = task.place
        for k, value in enumerate(amount):
            aboard[k] += sign * value
        if step.kind is Kind.PICKUP:
            picked_at[step.id] = free_at
        elif isinstance(of, Shipment):
            del picked_at[of.pickup.id]
    return Prefix(place, free_at, len(vehicle.locked_steps), travelled, driven, tuple(aboard), picked_at)
