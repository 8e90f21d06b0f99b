"""When things happen on a given round: the earliest times that keep every promise, or none.

Pure and exact: solvers propose an order of stops, this says whether it can be done and when.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import combinations_with_replacement, pairwise

from sharemeal.routing.model import Model, Node, Routes


class Limit(StrEnum):
    """What a round can run against."""

    VEHICLE = "vehicle"
    LOAD = "load"
    TASKS = "tasks"
    TRAVEL = "travel"
    DISTANCE = "distance"
    ORDER = "order"
    WINDOW = "window"
    RIDE = "ride"
    SHIFT = "shift"


def begins(model: Model, v: int, nodes: Sequence[int]) -> tuple[int, ...] | Limit:
    """When each stop begins at the earliest if vehicle ``v`` visits ``nodes`` in order, or what forbids it.

    Waiting is free, so each beginning is the smallest that all promises together allow. A limit on time
    aboard may hold a pickup back until it can be delivered soon enough.
    """
    return _untimed_limit(model, v, nodes) or _times(model, v, nodes)


def insertions(nodes: Sequence[int], new: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Every way to put the stops ``new``, in their order, between those of a round."""
    for gaps in combinations_with_replacement(range(len(nodes) + 1), len(new)):
        longer = list(nodes)
        for offset, (gap, n) in enumerate(zip(gaps, new, strict=True)):
            longer.insert(gap + offset, n)
        yield tuple(longer)


def feasible(model: Model, routes: Routes) -> bool:
    """Whether every round can be done and nothing is done twice or by halves."""
    seen = [n for nodes in routes.values() for n in nodes]
    if len(seen) != len(set(seen)):
        return False
    visited = set(seen)
    for order in model.orders:
        if len(visited.intersection(order.nodes)) not in (0, len(order.nodes)):
            return False
    return all(not isinstance(begins(model, v, nodes), Limit) for v, nodes in routes.items() if nodes)


def _untimed_limit(model: Model, v: int, nodes: Sequence[int]) -> Limit | None:
    van = model.vans[v]
    visited: set[int] = set()
    for n in nodes:
        order = model.orders[model.nodes[n].order]
        if v not in order.vehicles:
            return Limit.VEHICLE
        if n == order.delivery and order.pickup is not None and order.pickup not in visited:
            return Limit.ORDER
        visited.add(n)
    if van.tasks_left is not None and len(nodes) > van.tasks_left:
        return Limit.TASKS
    load = [a + sum(model.nodes[n].from_start[k] for n in nodes) for k, a in enumerate(van.aboard)]
    if nodes and any(a > b for a, b in zip(load, van.capacity, strict=True)):
        return Limit.LOAD
    stops = [van.start, *(model.nodes[n].place for n in nodes), van.end]
    legs = list(pairwise(stops))
    if van.travel_left is not None and sum(int(van.seconds[leg]) for leg in legs) > van.travel_left:
        return Limit.TRAVEL
    metres = 0 if van.metres is None else sum(int(van.metres[leg]) for leg in legs)
    if van.distance_left is not None and metres > van.distance_left:
        return Limit.DISTANCE
    for n in nodes:
        for k, change in enumerate(model.nodes[n].load):
            load[k] += change
        if any(a > b for a, b in zip(load, van.capacity, strict=True)):
            return Limit.LOAD
    return None


def _times(model: Model, v: int, nodes: Sequence[int]) -> tuple[int, ...] | Limit:
    van = model.vans[v]
    places = [van.start, *(model.nodes[n].place for n in nodes)]
    action = [model.action_seconds(places[i], n) for i, n in enumerate(nodes)]
    legs = [int(van.seconds[places[i], places[i + 1]]) for i in range(len(nodes))]
    rides = _rides(model, nodes)
    earliest = [0] * len(nodes)
    rounds = 1 + len(nodes) + sum(len(model.nodes[n].windows) for n in nodes)
    for _ in range(rounds):
        free_at = van.starts_at
        for i, n in enumerate(nodes):
            opening = next_opening(model.nodes[n], max(earliest[i], free_at + legs[i]))
            if opening is None:
                return Limit.WINDOW
            earliest[i] = opening
            free_at = opening + action[i]
        if nodes and free_at + int(van.seconds[places[-1], van.end]) > van.ends_by:
            return Limit.SHIFT
        held = False
        for p, d, longest in rides:
            wanted = earliest[d] - longest - action[p]
            if wanted > earliest[p]:
                earliest[p], held = wanted, True
        if not held:
            return tuple(earliest)
    return Limit.RIDE


def _rides(model: Model, nodes: Sequence[int]) -> list[tuple[int, int, int]]:
    position = {n: i for i, n in enumerate(nodes)}
    rides = []
    for n in nodes:
        order = model.orders[model.nodes[n].order]
        if order.max_ride is not None and n == order.delivery and order.pickup is not None:
            rides.append((position[order.pickup], position[n], order.max_ride))
    return rides


def next_opening(node: Node, time: int) -> int | None:
    """The first moment from ``time`` on at which the stop may begin."""
    for opens, closes in node.windows:
        if time <= closes:
            return max(time, opens)
    return None
