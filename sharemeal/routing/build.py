"""From the question to what solvers read: locked steps folded away, costs in whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import lcm

import numpy as np

from sharemeal.routing.model import FOREVER, NOWHERE, Model, Node, Order, Van
from sharemeal.routing.prefix import Prefix, prefix_of
from sharemeal.routing.problem import (
    Grid,
    Job,
    Kind,
    Matrix,
    Objective,
    Problem,
    Shipment,
    Task,
    Vehicle,
    Wishes,
)
from sharemeal.sentences import Refused, Sentence

LARGEST_ARC = 2**52
FINEST_UNIT = 10**6
"""Costs are counted at most this finely; a finer familiarity is rounded and nothing is called proven."""


def build(problem: Problem) -> Model:
    """The model of a problem."""
    prefixes = [prefix_of(problem, vehicle) for vehicle in problem.vehicles]
    unit = _unit(problem)
    count = len(problem.vehicles)
    tie = count + 1 if problem.objective is not Objective.VEHICLES_DISTANCE else 1
    grids: dict[tuple[object, ...], tuple[Grid, Grid | None, Grid]] = {}
    vans = [
        _van(problem, vehicle, prefix, unit, tie, grids)
        for vehicle, prefix in zip(problem.vehicles, prefixes, strict=True)
    ]
    nodes, orders = _open_orders(problem, prefixes, unit, tie)
    if problem.objective is Objective.VEHICLES_DISTANCE:
        above = 1 + (len(nodes) + count) * max(int(van.arcs.max()) for van in vans)
        vans = [van if van.under_way else replace(van, use_cost=above) for van in vans]
    exact = all(
        (wish_cost(problem, each.wishes, vehicle) * unit).denominator == 1
        for each in _with_faces(problem)
        for vehicle in problem.vehicles
    )
    vehicles_first = problem.objective is Objective.VEHICLES_DISTANCE
    return Model(nodes, orders, tuple(vans), unit, tie, exact, vehicles_first)


def familiarity_fraction(share: float) -> Fraction:
    """A share as an exact fraction, taken to the millionth."""
    return Fraction(str(round(float(share), 6)))


def wish_cost(problem: Problem, wishes: Wishes, vehicle: Vehicle) -> Fraction:
    """What the faces add to the cost when this vehicle delivers."""
    if problem.objective is not Objective.WEIGHTED:
        return Fraction(0)
    cost = Fraction(0)
    if wishes.familiarity is not None:
        known = familiarity_fraction(wishes.familiarity.get(vehicle.id, 0.0))
        cost += problem.familiarity_weight * (1 - known)
    if wishes.previous_vehicle is not None and wishes.previous_vehicle != vehicle.id:
        cost += problem.change_weight
    return cost


def _unit(problem: Problem) -> int:
    if problem.objective is not Objective.WEIGHTED:
        return 1
    unit = 1
    for vehicle in problem.vehicles:
        costs = vehicle.costs
        for share in (Fraction(costs.per_hour, 3600), Fraction(costs.per_task_hour, 3600)):
            unit = lcm(unit, share.denominator)
        unit = lcm(unit, Fraction(costs.per_km, 1000).denominator)
    for each in _with_faces(problem):
        for vehicle in problem.vehicles:
            finer = lcm(unit, wish_cost(problem, each.wishes, vehicle).denominator)
            if finer <= FINEST_UNIT:
                unit = finer
    return unit


def _with_faces(problem: Problem) -> list[Job | Shipment]:
    return [each for each in problem.requests if each.wishes.cost_anything]


def _van(
    problem: Problem,
    vehicle: Vehicle,
    prefix: Prefix,
    unit: int,
    tie: int,
    grids: dict[tuple[object, ...], tuple[Grid, Grid | None, Grid]],
) -> Van:
    costs = vehicle.costs
    key = (vehicle.profile, vehicle.speed_factor, costs.per_hour, costs.per_km)
    if key not in grids:
        grids[key] = _grids(problem, vehicle, unit, tie)
    seconds, metres, arcs = grids[key]
    weighted = problem.objective is Objective.WEIGHTED
    end = NOWHERE if vehicle.end is None else vehicle.end
    home = int(seconds[prefix.place, end])
    under_way = bool(vehicle.locked_steps)
    ends_by = FOREVER if vehicle.window is None else vehicle.window.closes
    travel_left, distance_left = vehicle.max_travel_seconds, vehicle.max_distance_metres
    if travel_left is not None:
        travel_left = max(travel_left - prefix.travel_seconds, home if under_way else -1)
    if distance_left is not None and metres is not None:
        way_home = int(metres[prefix.place, end])
        distance_left = max(distance_left - prefix.distance_metres, way_home if under_way else -1)
    return Van(
        start=prefix.place,
        starts_at=prefix.free_at,
        end=end,
        ends_by=max(ends_by, prefix.free_at + home) if under_way else ends_by,
        capacity=tuple(max(pair) for pair in zip(vehicle.capacity, prefix.aboard, strict=True)),
        aboard=prefix.aboard,
        tasks_left=None if vehicle.max_tasks is None else max(0, vehicle.max_tasks - prefix.tasks),
        travel_left=travel_left,
        distance_left=distance_left,
        seconds=seconds,
        metres=metres,
        arcs=arcs,
        task_rate=tie * unit * costs.per_task_hour // 3600 if weighted else 0,
        use_cost=0 if under_way else (tie * unit * costs.fixed if weighted else 0) + 1,
        under_way=under_way,
    )


def _grids(problem: Problem, vehicle: Vehicle, unit: int, tie: int) -> tuple[Grid, Grid | None, Grid]:
    matrix = problem.matrices[vehicle.profile]
    seconds = problem.travel_seconds(vehicle)
    _refuse_what_overflows(matrix, vehicle, unit * tie)
    if problem.objective is not Objective.WEIGHTED:
        assert matrix.distances is not None
        arcs = matrix.distances * tie
    elif matrix.costs is not None:
        arcs = matrix.costs * (unit * tie)
    else:
        arcs = seconds * (unit * vehicle.costs.per_hour // 3600 * tie)
        if vehicle.costs.per_km:
            assert matrix.distances is not None
            arcs = arcs + matrix.distances * (unit * vehicle.costs.per_km // 1000 * tie)
    return _padded(seconds), None if matrix.distances is None else _padded(matrix.distances), _padded(arcs)


def _refuse_what_overflows(matrix: Matrix, vehicle: Vehicle, finer: int) -> None:
    grids = [grid for grid in (matrix.durations, matrix.distances, matrix.costs) if grid is not None]
    dearest = max(1, vehicle.costs.per_hour // 3600, vehicle.costs.per_km // 1000) / min(
        1, vehicle.speed_factor
    )
    if max(int(grid.max()) for grid in grids) * dearest * finer > LARGEST_ARC:
        raise Refused(
            Sentence("費用が大きすぎて計算できません（vehicle {id}）", id=vehicle.id),
            remedy=Sentence("costsや行列の値を小さくしてください"),
        )


def _padded(grid: Grid) -> Grid:
    return np.pad(grid, ((0, 1), (0, 1)))


def _open_orders(
    problem: Problem, prefixes: Sequence[Prefix], unit: int, tie: int
) -> tuple[tuple[Node, ...], tuple[Order, ...]]:
    done = {(step.kind, step.id) for vehicle in problem.vehicles for step in vehicle.locked_steps}
    carrier = {p: (v, end) for v, prefix in enumerate(prefixes) for p, end in prefix.picked_at.items()}
    nodes: list[Node] = []
    orders: list[Order] = []

    def node(kind: Kind, task: Task, load: tuple[int, ...], start: tuple[int, ...], by: int = FOREVER) -> int:
        windows = _open_windows(problem, task, by)
        nodes.append(
            Node(kind, task.id, task.place, task.setup_seconds, task.service_seconds, windows, len(orders),
                 load, start)
        )  # fmt: skip
        return len(nodes) - 1

    zero = (0,) * problem.amount_size
    no_faces = (0,) * len(problem.vehicles)
    for each in problem.requests:
        able = _able_vehicles(problem, each)
        cost_by = no_faces
        if each.wishes.cost_anything:
            cost_by = tuple(round(wish_cost(problem, each.wishes, v) * unit) * tie for v in problem.vehicles)
        if isinstance(each, Job):
            if (Kind.JOB, each.task.id) in done:
                continue
            given, taken = each.delivery or zero, each.pickup or zero
            change = tuple(p - d for p, d in zip(taken, given, strict=True))
            only = node(Kind.JOB, each.task, change, given)
            orders.append(Order(None, only, each.priority, 1, able, cost_by))
            continue
        amount = each.amount or zero
        minus = tuple(-a for a in amount)
        ride = each.wishes.max_ride_seconds
        if (Kind.DELIVERY, each.delivery.id) in done:
            continue
        if each.pickup.id in carrier:
            v, left_at = carrier[each.pickup.id]
            only = node(
                Kind.DELIVERY, each.delivery, minus, zero, FOREVER if ride is None else left_at + ride
            )
            orders.append(Order(None, only, each.priority, 1, (v,), cost_by))
            continue
        pickup = node(Kind.PICKUP, each.pickup, amount, zero)
        delivery = node(Kind.DELIVERY, each.delivery, minus, zero)
        orders.append(Order(pickup, delivery, 2 * each.priority, 2, able, cost_by, ride))
    return tuple(nodes), tuple(orders)


def _able_vehicles(problem: Problem, each: Job | Shipment) -> tuple[int, ...]:
    pinned = each.wishes.pinned_vehicle
    return tuple(
        v
        for v, vehicle in enumerate(problem.vehicles)
        if each.skills <= vehicle.skills and pinned in (None, vehicle.id)
    )


def _open_windows(problem: Problem, task: Task, by: int) -> tuple[tuple[int, int], ...]:
    now = problem.now or 0
    whole_time = ((0, FOREVER),)
    windows = tuple((w.opens, w.closes) for w in task.windows) or whole_time
    return tuple((max(a, now), min(b, by)) for a, b in windows if max(a, now) <= min(b, by))
