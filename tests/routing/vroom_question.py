"""A Problem as the JSON that asks it: what is written out and read again must ask the same."""

from __future__ import annotations

from typing import Any

from sharemeal.routing.problem import Job, Matrix, Problem, Task, Vehicle, Wishes


def question_from(problem: Problem) -> dict[str, Any]:
    """The problem with its matrices; places are rows of them, and neither names nor coordinates are told."""
    return {
        "vehicles": [_vehicle(vehicle) for vehicle in problem.vehicles],
        "jobs": [_job(job) for job in problem.jobs],
        "shipments": [
            {
                "pickup": _task(each.pickup),
                "delivery": _task(each.delivery),
                "amount": list(each.amount),
                "skills": sorted(each.skills),
                "priority": each.priority,
                **_wishes(each.wishes),
            }
            for each in problem.shipments
        ],
        "matrices": {profile: _matrix(matrix) for profile, matrix in problem.matrices.items()},
        "sharemeal": {
            "familiarity_weight": problem.familiarity_weight,
            "change_weight": problem.change_weight,
            **({} if problem.now is None else {"now": problem.now}),
        },
    }


def _vehicle(vehicle: Vehicle) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "id": vehicle.id,
        "profile": vehicle.profile,
        "start_index": vehicle.start,
        "end_index": vehicle.end,
        "capacity": list(vehicle.capacity),
        "costs": dict(vehicle.costs.__dict__),
        "skills": sorted(vehicle.skills),
        "time_window": None if vehicle.window is None else [vehicle.window.opens, vehicle.window.closes],
        "speed_factor": vehicle.speed_factor,
        "max_tasks": vehicle.max_tasks,
        "max_travel_time": vehicle.max_travel_seconds,
        "max_distance": vehicle.max_distance_metres,
    }
    if vehicle.locked_steps:
        steps = [{"type": step.kind.value, "id": step.id, "at": step.at} for step in vehicle.locked_steps]
        asked["sharemeal"] = {"locked_steps": steps}
    return {key: value for key, value in asked.items() if value is not None}


def _job(job: Job) -> dict[str, Any]:
    return {
        **_task(job.task),
        "delivery": list(job.delivery),
        "pickup": list(job.pickup),
        "skills": sorted(job.skills),
        "priority": job.priority,
        **_wishes(job.wishes),
    }


def _task(task: Task) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "id": task.id,
        "location_index": task.place,
        "setup": task.setup_seconds,
        "service": task.service_seconds,
    }
    if task.windows:
        asked["time_windows"] = [[window.opens, window.closes] for window in task.windows]
    return asked


def _wishes(wishes: Wishes) -> dict[str, Any]:
    ours: dict[str, Any] = {
        "familiarity": None
        if wishes.familiarity is None
        else {str(vehicle): share for vehicle, share in wishes.familiarity.items()},
        "max_ride": wishes.max_ride_seconds,
        "pinned_vehicle": wishes.pinned_vehicle,
        "previous_vehicle": wishes.previous_vehicle,
    }
    told = {key: value for key, value in ours.items() if value is not None}
    return {"sharemeal": told} if told else {}


def _matrix(matrix: Matrix) -> dict[str, Any]:
    grids = {"durations": matrix.durations, "distances": matrix.distances, "costs": matrix.costs}
    return {name: grid.tolist() for name, grid in grids.items() if grid is not None}
