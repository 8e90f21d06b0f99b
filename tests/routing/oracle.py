"""The best value of a tiny problem by trying everything: every sharing out, every order, every window.

Reads the Problem itself and shares no rule with the solvers; times are checked as a system of differences.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction

from sharemeal.routing.problem import Job, Kind, Problem, Shipment, Task, Vehicle

FAR = 10**9
Value = tuple[int, int, Fraction, int]
Stop = tuple[Kind, Task, Job | Shipment]


def best_value(problem: Problem) -> Value:
    """(−priorities, −tasks, cost, vehicles) of the best answer."""
    locked = {(step.kind, step.id): v.id for v in problem.vehicles for step in v.locked_steps}
    stops: dict[tuple[Kind, int], Stop] = {}
    groups: list[list[Stop]] = []
    for job in problem.jobs:
        stops[Kind.JOB, job.task.id] = (Kind.JOB, job.task, job)
        if (Kind.JOB, job.task.id) not in locked:
            groups.append([stops[Kind.JOB, job.task.id]])
    for each in problem.shipments:
        pair: list[Stop] = [(Kind.PICKUP, each.pickup, each), (Kind.DELIVERY, each.delivery, each)]
        stops.update({(kind, task.id): (kind, task, of) for kind, task, of in pair})
        todo = [one for one in pair if (one[0], one[1].id) not in locked]
        if todo:
            groups.append(todo)
    choices = [[None, *_able(problem, group, locked)] for group in groups]
    best: Value | None = None
    rounds: dict[tuple[int, tuple[int, ...]], Fraction | None] = {}
    for choice in itertools.product(*choices):
        cost, used, done = Fraction(0), 0, [s for s in stops.values() if (s[0], s[1].id) in locked]
        for vehicle in problem.vehicles:
            mine = tuple(i for i, chosen in enumerate(choice) if chosen == vehicle.id)
            if (vehicle.id, mine) not in rounds:
                todo = [stop for i in mine for stop in groups[i]]
                rounds[vehicle.id, mine] = _best_round(problem, vehicle, stops, todo)
            found = rounds[vehicle.id, mine]
            if found is None:
                break
            cost += found
            used += bool(mine or vehicle.locked_steps)
            done += [stop for i in mine for stop in groups[i]]
        else:
            value = (-sum(of.priority for _, _, of in done), -len(done), cost, used)
            best = value if best is None else min(best, value)
    assert best is not None
    return best


def _able(problem: Problem, group: list[Stop], locked: dict[tuple[Kind, int], int]) -> list[int]:
    of = group[0][2]
    if isinstance(of, Shipment) and (Kind.PICKUP, of.pickup.id) in locked:
        return [locked[Kind.PICKUP, of.pickup.id]]
    pinned = of.wishes.pinned_vehicle
    return [v.id for v in problem.vehicles if of.skills <= v.skills and pinned in (None, v.id)]


def _best_round(
    problem: Problem, vehicle: Vehicle, stops: dict[tuple[Kind, int], Stop], todo: list[Stop]
) -> Fraction | None:
    done = [stops[step.kind, step.id] for step in vehicle.locked_steps]
    if not done and not todo:
        return Fraction(0)
    bare = _measures(problem, vehicle, done) if done else (0, 0)
    costs = [
        _cost(problem, vehicle, done + order)
        for order in _orders(todo)
        if _allowed(problem, vehicle, done, order, bare) and _in_time(problem, vehicle, done, order)
    ]
    return min(costs, default=None)


def _orders(todo: list[Stop]) -> Iterator[list[Stop]]:
    for order in itertools.permutations(todo):
        where = {(kind, id(of)): i for i, (kind, _, of) in enumerate(order)}
        if all(
            i < where.get((Kind.DELIVERY, of), FAR) for (kind, of), i in where.items() if kind is Kind.PICKUP
        ):
            yield list(order)


def _legs(vehicle: Vehicle, stops: list[Stop]) -> list[tuple[int, int]]:
    places = [vehicle.start, *(task.place for _, task, _ in stops), vehicle.end]
    return [(a, b) for a, b in itertools.pairwise(places) if a is not None and b is not None]


def _measures(problem: Problem, vehicle: Vehicle, stops: list[Stop]) -> tuple[int, int]:
    seconds, metres = problem.travel_seconds(vehicle), problem.matrices[vehicle.profile].distances
    legs = _legs(vehicle, stops)
    return sum(int(seconds[leg]) for leg in legs), sum(
        int(metres[leg]) for leg in legs
    ) if metres is not None else 0


def _actions(vehicle: Vehicle, stops: list[Stop]) -> list[int]:
    places = [vehicle.start, *(task.place for _, task, _ in stops)]
    return [
        task.service_seconds + (task.setup_seconds if places[i] != task.place else 0)
        for i, (_, task, _) in enumerate(stops)
    ]


def _allowed(
    problem: Problem, vehicle: Vehicle, done: list[Stop], order: list[Stop], bare: tuple[int, int]
) -> bool:
    stops = done + order
    if order and vehicle.max_tasks is not None and len(stops) > vehicle.max_tasks:
        return False
    travelled, driven = _measures(problem, vehicle, stops)
    if vehicle.max_travel_seconds is not None and travelled > max(vehicle.max_travel_seconds, bare[0]):
        return False
    if vehicle.max_distance_metres is not None and driven > max(vehicle.max_distance_metres, bare[1]):
        return False
    for k, capacity in enumerate(vehicle.capacity):
        load = sum(of.delivery[k] for _, _, of in order if isinstance(of, Job) and of.delivery)
        aboard = 0
        for kind, _, of in done:
            aboard += _change(kind, of, k) + (of.delivery[k] if isinstance(of, Job) and of.delivery else 0)
        most = max(capacity, aboard)
        load += aboard
        if order and load > most:
            return False
        for kind, _, of in order:
            load += _change(kind, of, k)
            if load > most:
                return False
    return True


def _change(kind: Kind, of: Job | Shipment, k: int) -> int:
    if isinstance(of, Job):
        return (of.pickup[k] if of.pickup else 0) - (of.delivery[k] if of.delivery else 0)
    amount = of.amount[k] if of.amount else 0
    return amount if kind is Kind.PICKUP else -amount


def _in_time(problem: Problem, vehicle: Vehicle, done: list[Stop], order: list[Stop]) -> bool:
    """Whether some choice of windows makes a feasible system of differences (Bellman–Ford)."""
    stops = done + order
    if not order:
        return True
    seconds = problem.travel_seconds(vehicle)
    actions = _actions(vehicle, stops)
    opens = max(vehicle.window.opens if vehicle.window else 0, problem.now or 0)
    places = [vehicle.start, *(task.place for _, task, _ in stops)]
    legs = [
        0 if places[i] is None else int(seconds[places[i], task.place])
        for i, (_, task, _) in enumerate(stops)
    ]
    home = 0 if vehicle.end is None else int(seconds[stops[-1][1].place, vehicle.end])
    closes = vehicle.window.closes if vehicle.window else FAR
    if done:
        last = vehicle.locked_steps[-1].at + actions[len(done) - 1]
        bare_home = 0 if vehicle.end is None else int(seconds[done[-1][1].place, vehicle.end])
        closes = max(closes, last + bare_home)
    options = []
    for i, (_, task, _) in enumerate(stops):
        if i < len(done):
            at = vehicle.locked_steps[i].at
            options.append([(at, at)])
        else:
            windows = [(w.opens, w.closes) for w in task.windows] or [(0, FAR)]
            options.append([(max(a, problem.now or 0), b) for a, b in windows])
    for chosen in itertools.product(*options):
        rules = []  # t[j] - t[i] >= least, with -1 for the start of time
        for i, (a, b) in enumerate(chosen):
            rules += [(-1, i, a), (i, -1, -b)]
            if i == 0 and not done:
                rules.append((-1, 0, opens + legs[0]))
            elif i >= max(1, len(done)):
                rules.append((i - 1, i, actions[i - 1] + legs[i]))
        rules.append((len(stops) - 1, -1, actions[-1] + home - closes))
        for p, d, ride in _rides(stops):
            if d >= len(done):
                rules.append((d, p, -ride - actions[p]))
        if _consistent(len(stops), rules):
            return True
    return False


def _rides(stops: list[Stop]) -> Iterator[tuple[int, int, int]]:
    for i, (kind, _, of) in enumerate(stops):
        for j, (other, _, same) in enumerate(stops):
            ride = of.wishes.max_ride_seconds
            if of is same and kind is Kind.PICKUP and other is Kind.DELIVERY and ride is not None:
                yield i, j, ride


def _consistent(count: int, rules: list[tuple[int, int, int]]) -> bool:
    at = dict.fromkeys(range(-1, count), 0)
    for _ in range(count + 2):
        changed = False
        for i, j, least in rules:
            if at[i] + least > at[j]:
                at[j], changed = at[i] + least, True
        if not changed:
            return True
    return False


def _cost(problem: Problem, vehicle: Vehicle, stops: list[Stop]) -> Fraction:
    seconds, matrix = problem.travel_seconds(vehicle), problem.matrices[vehicle.profile]
    total = Fraction(vehicle.costs.fixed)
    for leg in _legs(vehicle, stops):
        if matrix.costs is not None:
            total += int(matrix.costs[leg])
            continue
        total += Fraction(int(seconds[leg]) * vehicle.costs.per_hour, 3600)
        if matrix.distances is not None:
            total += Fraction(int(matrix.distances[leg]) * vehicle.costs.per_km, 1000)
    total += Fraction(sum(_actions(vehicle, stops)) * vehicle.costs.per_task_hour, 3600)
    for kind, _, of in stops:
        if kind is Kind.PICKUP:
            continue
        if of.wishes.familiarity is not None:
            known = Fraction(str(of.wishes.familiarity.get(vehicle.id, 0)))
            total += problem.familiarity_weight * (1 - known)
        if of.wishes.previous_vehicle not in (None, vehicle.id):
            total += problem.change_weight
    return total
