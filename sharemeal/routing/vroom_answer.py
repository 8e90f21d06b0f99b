"""A Plan as VROOM's answer."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from sharemeal.routing.plan import Plan, Route, Step
from sharemeal.routing.problem import Kind, Place, Problem, Task
from sharemeal.sentences import Sentence

Tell = Callable[[Sentence], str]


def answer_from(plan: Plan, tell: Tell = str, loading_seconds: float = 0.0) -> dict[str, Any]:
    """The answer in the shape of VROOM's, with ours under ``sharemeal``; ``tell`` speaks the reader's language."""
    problem = plan.problem
    routes = [_route(problem, route, tell) for route in plan.routes]
    summary: dict[str, Any] = {
        "cost": sum((_file_cost(problem, route) for route in plan.routes), Fraction(0)),
        "routes": len(routes),
        "unassigned": len(plan.unserved),
        "delivery": _sums([route.delivered for route in plan.routes], problem.amount_size),
        "amount": _sums([route.delivered for route in plan.routes], problem.amount_size),
        "pickup": _sums([route.picked for route in plan.routes], problem.amount_size),
        "violations": [],
        "computing_times": {
            "loading": round(loading_seconds * 1000),
            "solving": math.ceil(plan.solving_seconds * 1000),
            "routing": 0,
        },
    }
    summary["cost"] = _number(summary["cost"])
    for key in ("setup", "service", "duration", "waiting_time", "priority", "distance"):
        if all(key in route for route in routes):
            summary[key] = sum(route[key] for route in routes)
    return {
        "code": 0,
        "summary": summary,
        "unassigned": [
            {
                "id": left.task.id,
                "type": left.kind.value,
                **_where(problem, left.task.place),
                **_about(left.task),
            }
            for left in plan.unserved
        ],
        "routes": routes,
        "sharemeal": _ours(plan, summary, tell),
    }


def _ours(plan: Plan, summary: dict[str, Any], tell: Tell) -> dict[str, Any]:
    ours: dict[str, Any] = {
        "status": plan.status.value,
        "bound": None if plan.bound is None else _number(plan.bound / _scale(plan.problem)),
        "gap": plan.gap,
        "familiar_share": plan.familiar_share,
        "solver": plan.solver,
        "unserved": [
            {"type": left.kind.value, "id": left.task.id, "why": tell(left.why)} for left in plan.unserved
        ],
    }
    if plan.note is not None:
        ours["note"] = tell(plan.note)
    if plan.problem.benchmark:
        ours["vehicles"] = len(plan.routes)
        ours["distance"] = summary.get("distance", 0)
    return ours


def _route(problem: Problem, route: Route, tell: Tell) -> dict[str, Any]:
    scale = problem.units_per_second
    stops = route.stops
    answer: dict[str, Any] = {
        "vehicle": route.vehicle.id,
        "cost": _number(_file_cost(problem, route)),
        "delivery": list(route.delivered),
        "amount": list(route.delivered),
        "pickup": list(route.picked),
        "setup": _time(sum(step.setup_seconds for step in stops), scale),
        "service": _time(sum(step.service_seconds for step in stops), scale),
        "duration": _time(route.steps[-1].travelled_seconds, scale),
        "waiting_time": _time(sum(step.waiting_seconds for step in stops), scale),
        "priority": route.priority,
        "steps": [],
        "violations": [],
    }
    if route.vehicle.description:
        answer["description"] = route.vehicle.description
    ways = _real_ways(problem, route)
    if ways is not None:
        answer["distance"] = ways[-1]
    about = {(kind.value, task.id): task for kind, task in problem.tasks()}
    for position, step in enumerate(route.steps):
        told = _step(problem, step, tell)
        if step.id is not None:
            told |= _about(about[step.kind, step.id])
        if ways is not None:
            told["distance"] = ways[position]
        answer["steps"].append(told)
    return answer


def _step(problem: Problem, step: Step, tell: Tell) -> dict[str, Any]:
    scale = problem.units_per_second
    told: dict[str, Any] = {"type": step.kind}
    if step.id is not None:
        told["id"] = step.id
        if step.kind == Kind.JOB:
            told["job"] = step.id
    told |= {} if step.place is None else _where(problem, step.place)
    told |= {
        "arrival": _time(step.arrival, scale),
        "duration": _time(step.travelled_seconds, scale),
        "setup": _time(step.setup_seconds, scale),
        "service": _time(step.service_seconds, scale),
        "waiting_time": _time(step.waiting_seconds, scale),
        "load": list(step.load),
        "violations": [],
    }
    ours: dict[str, Any] = {}
    if step.why is not None:
        ours["why"] = tell(step.why)
    if step.locked:
        ours = {"locked": True, "why": tell(Sentence("すでに済んでいます"))}
    if ours:
        told["sharemeal"] = ours
    return told


def _real_ways(problem: Problem, route: Route) -> list[Any] | None:
    """Metres up to each step; for benchmark files in double precision from the coordinates."""
    if not problem.benchmark or problem.units_per_second == 10:
        metres = [step.travelled_metres for step in route.steps]
        if None in metres:
            return None
        return [_time(metre or 0, problem.units_per_second) for metre in metres]
    total, ways, last = 0.0, [], None
    for step in route.steps:
        place = problem.places[step.place or 0]
        total += 0.0 if last is None else _line(last, place)
        ways.append(total)
        last = place
    return ways


def _line(a: Place, b: Place) -> float:
    return math.hypot((a.lng or 0.0) - (b.lng or 0.0), (a.lat or 0.0) - (b.lat or 0.0))


def _file_cost(problem: Problem, route: Route) -> Fraction:
    """The route's cost; for benchmark files its distance as the file measures it."""
    ways = _real_ways(problem, route) if problem.benchmark else None
    return Fraction(ways[-1]) if ways else route.cost


def _scale(problem: Problem) -> int:
    return problem.units_per_second if problem.benchmark else 1


def _where(problem: Problem, number: int) -> dict[str, Any]:
    place = problem.places[number]
    where: dict[str, Any] = {}
    if place.lng is not None:
        where["location"] = [place.lng, place.lat]
    if place.index is not None:
        where["location_index"] = place.index
    return where


def _about(task: Task) -> dict[str, Any]:
    return {"description": task.description} if task.description else {}


def _sums(rows: list[tuple[int, ...]], size: int) -> list[int]:
    return [sum(row[k] for row in rows) for k in range(size)]


def _time(value: int, scale: int) -> int | float:
    return value if scale == 1 else value / scale


def _number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)
