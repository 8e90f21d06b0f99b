"""The question as solvers read it: what is still open, in whole numbers, with one cost to make small.

What is locked is folded away: a volunteer under way starts where the last locked step ended, with the load,
the time and the limits that are left. Places are rows of padded grids whose last row and column are zero:
the place ``NOWHERE`` stands for a start or an end that is not given.

``cost`` counts in units of 1/``unit`` of the problem's cost, times ``tie``, plus what a used vehicle adds, so
that least cost and fewest vehicles (or the other way round) are one number. Levels above it, the sum of
priorities and the number of tasks served, are kept apart in :class:`Order`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sharemeal.routing.problem import Grid, Kind

NOWHERE = -1
FOREVER = 2**40
"""A time that never comes, in seconds; far above every time that a problem may name."""

Routes = dict[int, tuple[int, ...]]
"""A candidate answer: for each vehicle (by position) the nodes it visits, in order."""


@dataclass(frozen=True)
class Node:
    """An open task. ``load`` is what it changes aboard, ``from_start`` what must be aboard from the start."""

    kind: Kind
    id: int
    place: int
    setup: int
    service: int
    windows: tuple[tuple[int, int], ...]
    order: int
    load: tuple[int, ...]
    from_start: tuple[int, ...]


@dataclass(frozen=True)
class Order:
    """What is served as a whole or not at all: a job, a shipment, or a delivery that is already aboard."""

    pickup: int | None
    delivery: int
    priority: int
    tasks: int
    vehicles: tuple[int, ...]
    cost_by: tuple[int, ...]
    """What it adds to the cost for each vehicle, by position."""
    max_ride: int | None = None

    @property
    def nodes(self) -> tuple[int, ...]:
        """Its nodes in the order they must be visited."""
        return (self.delivery,) if self.pickup is None else (self.pickup, self.delivery)


@dataclass(frozen=True, eq=False)
class Van:
    """A vehicle with what is left of it after its locked steps; grids are shared between equal vehicles."""

    start: int
    starts_at: int
    end: int
    ends_by: int
    capacity: tuple[int, ...]
    aboard: tuple[int, ...]
    tasks_left: int | None
    travel_left: int | None
    distance_left: int | None
    seconds: Grid
    metres: Grid | None
    arcs: Grid
    task_rate: int
    use_cost: int
    """Added when the vehicle does anything; 0 where locked steps have already used it."""
    under_way: bool


@dataclass(frozen=True, eq=False)
class Model:
    """Nodes, orders and vans in whole numbers; ``unit`` and ``tie`` as the module's text says."""

    nodes: tuple[Node, ...]
    orders: tuple[Order, ...]
    vans: tuple[Van, ...]
    unit: int
    tie: int
    exact: bool = True
    """False where a familiarity was so fine that its cost had to be rounded."""
    vehicles_first: bool = False

    def cost(self, v: int, nodes: Sequence[int]) -> int:
        """What vehicle ``v`` adds to the objective by visiting ``nodes`` in this order."""
        van = self.vans[v]
        if not nodes:
            return int(van.arcs[van.start, van.end]) if van.under_way else 0
        total, at = van.use_cost, van.start
        for n in nodes:
            node = self.nodes[n]
            total += int(van.arcs[at, node.place]) + van.task_rate * self.action_seconds(at, n)
            if self.orders[node.order].delivery == n:
                total += self.orders[node.order].cost_by[v]
            at = node.place
        return total + int(van.arcs[at, van.end])

    def action_seconds(self, came_from: int, n: int) -> int:
        """Setup and service at a node; setup is not needed again at the place where one already is."""
        node = self.nodes[n]
        return node.service + (node.setup if came_from != node.place else 0)

    def served(self, routes: Routes) -> tuple[int, int]:
        """The sum of priorities and the number of tasks that an answer serves."""
        done = {self.nodes[n].order for nodes in routes.values() for n in nodes}
        return sum(self.orders[o].priority for o in done), sum(self.orders[o].tasks for o in done)

    def value(self, routes: Routes) -> tuple[int, int, int]:
        """The whole objective as one tuple; smaller is better."""
        priority, tasks = self.served(routes)
        return -priority, -tasks, sum(self.cost(v, routes.get(v, ())) for v in range(len(self.vans)))
