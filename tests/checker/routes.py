"""Does an answer of ``sharemeal route`` keep every rule of its problem?"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping

from tests.checker.drive import COST_ROOM, Drive, cost_range, drive
from tests.checker.problem import Json, Task, TaskKey, dimensions, locked_steps, place_of, tasks_of
from tests.checker.travel import Roads

SUMS = ("setup", "service", "duration", "waiting_time", "priority")
STATUSES = ("optimal", "feasible", "infeasible")


def check_routes(problem: Json, answer: Json) -> list[str]:
    """Drive every route of the answer again and count everything anew.

    ``problem`` and ``answer`` are the JSON objects in VROOM's shape with ``sharemeal`` additions; neither is
    changed. Returns one sentence per broken rule, an empty list if the answer is right.
    """
    if answer.get("code") != 0:
        return [f"refused with code {answer.get('code')}: {answer.get('error')}"]
    missing = [key for key in ("summary", "unassigned", "routes", "sharemeal") if key not in answer]
    if missing:
        return [f"the answer lacks {missing}"]
    answer = copy.deepcopy(answer)
    tasks, roads = tasks_of(problem), Roads(problem)
    trips, findings = _drive_all(problem, answer, tasks, roads)
    findings += _check_everyone_once(tasks, trips, answer)
    findings += _check_locks(problem, trips)
    findings += _check_route_sums(problem, answer, trips)
    findings += _check_summary(problem, answer)
    findings += _check_proof(answer)
    findings += _check_reasons(tasks, answer)
    return findings


def _drive_all(
    problem: Json, answer: Json, tasks: Mapping[TaskKey, Task], roads: Roads
) -> tuple[list[tuple[Json, Drive]], list[str]]:
    vehicles = {vehicle["id"]: vehicle for vehicle in problem.get("vehicles", [])}
    findings, trips = [], []
    for vehicle, times in Counter(route.get("vehicle") for route in answer["routes"]).items():
        if times > 1:
            findings.append(f"vehicle {vehicle} has {times} routes")
        if vehicle not in vehicles:
            findings.append(f"vehicle {vehicle} is unknown")
    for route in answer["routes"]:
        if route.get("vehicle") in vehicles:
            trip = drive(problem, roads, tasks, vehicles[route["vehicle"]], route)
            trips.append((route, trip))
            findings += trip.findings
    return trips, findings


def _check_everyone_once(
    tasks: Mapping[TaskKey, Task], trips: list[tuple[Json, Drive]], answer: Json
) -> list[str]:
    """Each task is on one route or among the unassigned; a shipment wholly so."""
    findings = []
    on_routes = Counter(task.key for _, trip in trips for task in trip.served)
    left = Counter((task.get("type"), task.get("id")) for task in answer["unassigned"])
    done = {key for _, trip in trips for key, _ in locked_steps(trip.vehicle)}
    for key, task in tasks.items():
        if on_routes[key] + left[key] != 1:
            findings.append(f"{key} is {on_routes[key]} times on routes and {left[key]} times unassigned")
        aboard_for_good = key in done and key[0] == "pickup"
        if task.partner and on_routes[key] and not on_routes[task.partner] and not aboard_for_good:
            findings.append(f"{key} is on a route, {task.partner} is not")
    findings += [f"unassigned {key} is no task of the problem" for key in left if key not in tasks]
    for entry in answer["unassigned"]:
        task_left, told = tasks.get((entry.get("type"), entry.get("id"))), place_of(entry)
        if task_left and told and not told.same_as(task_left.place):
            findings.append(f"unassigned {task_left.key} is elsewhere")
    if answer["summary"].get("unassigned") != sum(left.values()):
        findings.append(f"summary.unassigned is not {sum(left.values())}")
    for _, trip in trips:
        here = {task.key for task in trip.served}
        for task in trip.served:
            if task.partner and on_routes[task.partner] and task.partner not in here:
                findings.append(f"{task.key} and {task.partner} are on different routes")
    return findings


def _check_locks(problem: Json, trips: list[tuple[Json, Drive]]) -> list[str]:
    driven = {trip.vehicle["id"] for _, trip in trips}
    return [
        f"vehicle {vehicle['id']} has done steps and no route"
        for vehicle in problem.get("vehicles", [])
        if locked_steps(vehicle) and vehicle["id"] not in driven
    ]


def _check_route_sums(problem: Json, answer: Json, trips: list[tuple[Json, Drive]]) -> list[str]:
    findings = []
    for route, trip in trips:
        name = f"vehicle {trip.vehicle['id']}: route"
        counted = {
            "setup": trip.setup,
            "service": trip.service,
            "duration": trip.travel,
            "waiting_time": trip.waiting_time,
            "priority": sum(task.priority for task in trip.served),
        }
        for key, value in counted.items():
            if route.get(key) != value:
                findings.append(f"{name}.{key} is {route.get(key)}, not {value}")
        amounts = {
            "delivery": _column_sums([task.given for task in trip.served]),
            "pickup": _column_sums([task.taken for task in trip.served]),
        }
        for key, amount in amounts.items():
            if key in route and dimensions(problem) and list(route[key]) != amount:
                findings.append(f"{name}.{key} is {route[key]}, not {amount}")
        if "distance" in route and trip.metres and not trip.metres[0] <= route["distance"] <= trip.metres[1]:
            findings.append(f"{name}.distance is {route['distance']}, not {trip.metres}")
        if route.get("violations"):
            findings.append(f"{name}.violations is {route['violations']}")
        cost = cost_range(problem, trip)
        if not _number(route.get("cost")):
            findings.append(f"{name}.cost is {route.get('cost')!r}")
        elif cost and not cost[0] <= route["cost"] <= cost[1]:
            findings.append(f"{name}.cost is {route['cost']}, not {cost[0] + COST_ROOM}")
    return findings


def _column_sums(amounts: list[tuple[int, ...]]) -> list[int]:
    return [sum(column) for column in zip(*amounts, strict=True)]


def _check_summary(problem: Json, answer: Json) -> list[str]:
    summary, routes, findings = answer["summary"], answer["routes"], []
    if summary.get("routes") != len(routes):
        findings.append(f"summary.routes is {summary.get('routes')}, not {len(routes)}")
    for key in SUMS:
        total = sum(route.get(key, 0) for route in routes)
        if summary.get(key) != total:
            findings.append(f"summary.{key} is {summary.get(key)}, not {total}")
    total_cost = sum(route["cost"] for route in routes if _number(route.get("cost")))
    if not _number(summary.get("cost")) or abs(summary["cost"] - total_cost) > COST_ROOM * (1 + len(routes)):
        findings.append(f"summary.cost is {summary.get('cost')}, not {total_cost}")
    for key in ("delivery", "pickup"):
        if key in summary and routes and all(key in route for route in routes) and dimensions(problem):
            amount = _column_sums([tuple(route[key]) for route in routes])
            if list(summary[key]) != amount:
                findings.append(f"summary.{key} is {summary[key]}, not {amount}")
    if "distance" in summary and all("distance" in route for route in routes):
        metres = sum(route["distance"] for route in routes)
        if summary["distance"] != metres:
            findings.append(f"summary.distance is {summary['distance']}, not {metres}")
    if summary.get("violations"):
        findings.append(f"summary.violations is {summary['violations']}")
    solving = summary.get("computing_times", {}).get("solving")
    if not _number(solving) or solving < 0:
        findings.append(f"summary.computing_times.solving is {solving!r}")
    return findings


def _check_proof(answer: Json) -> list[str]:
    """A bound lies at or below the cost; the gap follows from both; what is optimal has none."""
    said, findings = answer["sharemeal"], []
    status, bound, gap = said.get("status"), said.get("bound"), said.get("gap")
    cost = answer["summary"].get("cost")
    if status not in STATUSES:
        findings.append(f"status is {status!r}")
    if not said.get("solver"):
        findings.append("the answer does not name its solver")
    share = said.get("familiar_share")
    if share is not None and not (_number(share) and 0 <= share <= 1):
        findings.append(f"familiar_share is {share!r}")
    if bound is None:
        if status == "optimal":
            findings.append("optimal without a bound")
        if gap is not None:
            findings.append(f"gap {gap} without a bound")
    elif _number(cost):
        room = COST_ROOM * max(1.0, abs(cost))
        if bound > cost + room:
            findings.append(f"bound {bound} is above the cost {cost}")
        if status == "optimal" and abs(bound - cost) > room:
            findings.append(f"optimal, but the bound is {bound} and the cost {cost}")
        right_gap = (cost - bound) / cost if cost else 0.0
        if not _number(gap) or abs(gap - right_gap) > COST_ROOM:
            findings.append(f"gap is {gap}, not {right_gap}")
    return findings


def _check_reasons(tasks: Mapping[TaskKey, Task], answer: Json) -> list[str]:
    """Everything left out is named with a why; a shipment may be named by either half."""
    findings, named = [], set()
    left = {(task.get("type"), task.get("id")) for task in answer["unassigned"]}
    for entry in answer["sharemeal"].get("unserved", []):
        key = (entry.get("type"), entry.get("id"))
        named.add(key)
        if not str(entry.get("why") or "").strip():
            findings.append(f"unserved {key} has no why")
        if key not in left:
            findings.append(f"unserved {key} is not among the unassigned")
    for key in left:
        task = tasks.get(key)
        if key not in named and (task is None or task.partner not in named):
            findings.append(f"unassigned {key} is not named in unserved")
    return findings


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
