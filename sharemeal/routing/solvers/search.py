"""OR-Tools' routing model: insertion, then guided local search, for problems of every size.

Time at a node counts from *after* its setup, so that a setup that falls away between two stops at one place
is a property of the way there. Where stops share a place, their windows are asked of a variable of its own.
Levels above the cost become penalties that no saving of the levels below can reach.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from ortools.constraint_solver import pywrapcp

from sharemeal.routing.model import FOREVER, Model, Order, Routes
from sharemeal.routing.problem import Grid
from sharemeal.routing.schedule import feasible
from sharemeal.routing.solvers.parameters import search_parameters

LARGEST_OBJECTIVE = 2**60
MANY_PAIRS = 30
Found = Callable[[Routes], None]


class Search:
    """One problem in OR-Tools, ready to be searched several times."""

    def __init__(self, model: Model, seed: int) -> None:
        self.model = model
        self._order = list(range(len(model.nodes)))
        random.Random(seed).shuffle(self._order)  # noqa: S311 - a search order, not a secret
        self._lay_out()
        self._matrices: dict[tuple[Any, ...], int] = {}
        self.routing = pywrapcp.RoutingModel(self.manager)
        self.routing.solver().ReSeed(seed)
        self._keep: list[Any] = []
        self._set_costs()
        self._set_time()
        self._set_loads()
        self._set_limits()
        self._set_orders()

    def run(
        self, seconds: float, found: Found, *, solutions: int | None = None, start: Routes | None = None
    ) -> None:
        """Search for at most ``seconds`` (or so many ``solutions``); tell ``found`` of each better answer."""
        pairs = sum(order.pickup is not None for order in self.model.orders)
        parameters = search_parameters(seconds, solutions, equal_vehicles_stall=pairs >= MANY_PAIRS)
        best = [2**62]

        def at_solution() -> None:
            cost = self.routing.CostVar().Max()
            if cost < best[0]:
                best[0] = cost
                routes = self._routes()
                if feasible(self.model, routes):
                    found(routes)

        self.routing.AddAtSolutionCallback(at_solution)
        if start is None:
            self.routing.SolveWithParameters(parameters)
            return
        self.routing.CloseModelWithParameters(parameters)
        node_of = {n: m for m, n in enumerate(self._order)}
        lists = [[node_of[n] for n in start.get(v, ())] for v in range(len(self.model.vans))]
        assignment = self.routing.ReadAssignmentFromRoutes(lists, True)
        if assignment is None:
            self.routing.SolveWithParameters(parameters)
        else:
            self.routing.SolveFromAssignmentWithParameters(assignment, parameters)

    def _lay_out(self) -> None:
        """Number the nodes: tasks in a shuffled order, then each kind of start and of end."""
        nodes, vans = self.model.nodes, self.model.vans
        self._places = [nodes[n].place for n in self._order]
        ends: dict[tuple[str, int, bool], int] = {}

        def terminal(role: str, place: int, under_way: bool) -> int:
            key = (role, place, under_way)
            if key not in ends:
                ends[key] = len(self._places)
                self._places.append(place)
            return ends[key]

        starts = [terminal("start", van.start, van.under_way) for van in vans]
        finishes = [terminal("end", van.end, van.under_way) for van in vans]
        self.idle_starts = [ends[key] for key in ends if key[0] == "start" and not key[2]]
        self.finishes = [ends[key] for key in ends if key[0] == "end"]
        self.manager = pywrapcp.RoutingIndexManager(len(self._places), len(vans), starts, finishes)
        terminals = len(self._places) - len(nodes)
        self._service = np.array([nodes[n].service for n in self._order] + [0] * terminals)
        setup = np.array([nodes[n].setup for n in self._order] + [0] * terminals)
        place = np.array(self._places)
        self._setup_paid = np.where(place[:, None] == place[None, :], 0, setup[None, :])

    def _grid(self, grid: Grid) -> Grid:
        spread = grid[np.ix_(self._places, self._places)]
        return np.asarray(spread)

    def _register(self, key: tuple[Any, ...], grid: Grid) -> int:
        if key not in self._matrices:
            if key[0] != "cost":
                for start in self.idle_starts:
                    grid[start, self.finishes] = 0
            self._matrices[key] = self.routing.RegisterTransitMatrix(grid.tolist())
        return self._matrices[key]

    def _set_costs(self) -> None:
        model = self.model
        columns = len(self._places)
        top = 0
        grids: dict[tuple[Any, ...], Grid] = {}
        keys = []
        for v, van in enumerate(model.vans):
            face = np.zeros(columns, dtype=np.int64)
            for m, n in enumerate(self._order):
                order = model.orders[model.nodes[n].order]
                face[m] = order.cost_by[v] if order.delivery == n else 0
            key = ("cost", id(van.arcs), van.task_rate, face.tobytes())
            keys.append(key)
            if key not in grids:
                action = self._setup_paid + self._service[None, :]
                grids[key] = self._grid(van.arcs) + van.task_rate * action + face[None, :]
        for grid in grids.values():
            top = max(top, int(grid.max()))
        ceiling = 1 + (len(model.nodes) + len(model.vans)) * top + sum(van.use_cost for van in model.vans)
        tasks = 1 + sum(order.tasks for order in model.orders)
        priorities = 1 + sum(order.priority for order in model.orders)
        self._shrink = 1 + ceiling * tasks * priorities // LARGEST_OBJECTIVE
        self._task_penalty = 1 + ceiling // self._shrink + len(model.nodes)
        self._priority_penalty = self._task_penalty * tasks
        for v, van in enumerate(model.vans):
            key = keys[v]
            self.routing.SetArcCostEvaluatorOfVehicle(self._register(key, grids[key] // self._shrink), v)
            self.routing.SetFixedCostOfVehicle(van.use_cost // self._shrink, v)
            if van.under_way:
                self.routing.SetVehicleUsedWhenEmpty(True, v)

    def _set_time(self) -> None:
        model, solver = self.model, self.routing.solver()
        finite = [van.starts_at for van in model.vans]
        finite += [t for node in model.nodes for window in node.windows for t in window if t < FOREVER]
        slowest = max(int(van.seconds.max()) for van in model.vans)
        work = sum(node.setup + node.service + slowest for node in model.nodes)
        self._horizon = max(finite, default=0) + work + 2 * slowest + 1
        action = self._service[:, None] + self._setup_paid
        transits = [
            self._matrices.get(("time", id(van.seconds)))
            or self._register(("time", id(van.seconds)), self._grid(van.seconds) + action)
            for van in model.vans
        ]
        self.routing.AddDimensionWithVehicleTransits(transits, self._horizon, self._horizon, False, "time")
        self._time = self.routing.GetDimensionOrDie("time")
        for v, van in enumerate(model.vans):
            self._time.CumulVar(self.routing.Start(v)).SetValue(van.starts_at)
            self._time.CumulVar(self.routing.End(v)).SetMax(min(van.ends_by, self._horizon))
        at_place: dict[int, list[int]] = {}
        for m in range(len(self._order)):
            at_place.setdefault(self._places[m], []).append(m)
        self._begin: dict[int, Any] = {}
        for m, n in enumerate(self._order):
            node, index = model.nodes[n], self.manager.NodeToIndex(m)
            before = [self.manager.NodeToIndex(other) for other in at_place[node.place] if other != m]
            before += [self.routing.Start(v) for v, van in enumerate(model.vans) if van.start == node.place]
            cumul = self._time.CumulVar(index)
            if not node.setup or not before:
                self._keep_windows(cumul, node.windows, node.setup)
                self._begin[n] = cumul - node.setup
                continue
            same = solver.Sum([self.routing.NextVar(other) == index for other in before])
            begin = solver.IntVar(-node.setup, self._horizon)
            solver.Add(begin == cumul - node.setup + node.setup * same)
            self._keep_windows(begin, node.windows, 0)
            self._begin[n] = begin

    def _keep_windows(self, variable: Any, windows: tuple[tuple[int, int], ...], shift: int) -> None:
        if not windows:
            return
        variable.SetRange(windows[0][0] + shift, min(windows[-1][1] + shift, self._horizon))
        for one, two in pairwise(windows):
            if two[0] - one[1] > 1:
                variable.RemoveInterval(one[1] + shift + 1, two[0] + shift - 1)

    def _set_loads(self) -> None:
        model = self.model
        terminals = len(self._places) - len(self._order)
        for k in range(len(model.vans[0].capacity)):
            change = [model.nodes[n].load[k] for n in self._order] + [0] * terminals
            from_start = [model.nodes[n].from_start[k] for n in self._order] + [0] * terminals
            if not any(change) and not any(from_start):
                continue
            ceilings = [van.capacity[k] for van in model.vans]
            name = f"load{k}"
            loads = self.routing.RegisterUnaryTransitVector(change)
            self.routing.AddDimensionWithVehicleCapacity(loads, 0, ceilings, False, name)
            load = self.routing.GetDimensionOrDie(name)
            brought = None
            if any(from_start):
                left = self.routing.RegisterUnaryTransitVector([-amount for amount in from_start])
                self.routing.AddDimensionWithVehicleCapacity(left, 0, ceilings, False, f"{name}_to_bring")
                brought = self.routing.GetDimensionOrDie(f"{name}_to_bring")
            for v, van in enumerate(model.vans):
                start = load.CumulVar(self.routing.Start(v))
                if brought is None:
                    start.SetValue(van.aboard[k])
                    continue
                brought.CumulVar(self.routing.End(v)).SetValue(0)
                self.routing.solver().Add(start == brought.CumulVar(self.routing.Start(v)) + van.aboard[k])

    def _set_limits(self) -> None:
        vans = self.model.vans
        if any(van.tasks_left is not None for van in vans):
            ones = [1] * len(self._order) + [0] * (len(self._places) - len(self._order))
            tasks = self.routing.RegisterUnaryTransitVector(ones)
            most = [len(self._order) if van.tasks_left is None else van.tasks_left for van in vans]
            self.routing.AddDimensionWithVehicleCapacity(tasks, 0, most, True, "tasks")
        for name in ("travel", "distance"):
            limits = [van.travel_left if name == "travel" else van.distance_left for van in vans]
            if all(limit is None for limit in limits):
                continue
            grids = [van.seconds if name == "travel" else van.metres for van in vans]
            transits = [
                self._register(
                    (name, id(grid)), np.zeros_like(self._setup_paid) if grid is None else self._grid(grid)
                )
                for grid in grids
            ]
            caps = [FOREVER if limit is None else max(0, limit) for limit in limits]
            self.routing.AddDimensionWithVehicleTransitAndCapacity(transits, 0, caps, True, name)

    def _set_orders(self) -> None:
        routing, solver = self.routing, self.routing.solver()
        index_of = {n: self.manager.NodeToIndex(m) for m, n in enumerate(self._order)}
        for order in self.model.orders:
            indices = [index_of[n] for n in order.nodes]
            penalty = order.tasks * self._task_penalty + order.priority * self._priority_penalty
            hopeless = not order.vehicles or any(not self.model.nodes[n].windows for n in order.nodes)
            for n, index in zip(order.nodes, indices, strict=True):
                share = penalty if n == order.delivery else 0
                routing.AddDisjunction([index], share)
                if hopeless:
                    routing.ActiveVar(index).SetValue(0)
                elif len(order.vehicles) < len(self.model.vans):
                    routing.VehicleVar(index).SetValues([-1, *order.vehicles])
            if order.pickup is None:
                continue
            routing.AddPickupAndDelivery(*indices)
            solver.Add(routing.VehicleVar(indices[0]) == routing.VehicleVar(indices[1]))
            self._set_pair_times(order, *indices)

    def _set_pair_times(self, order: Order, pickup: int, delivery: int) -> None:
        """Pickup before delivery, and not too long aboard.

        Rules bind the times of unserved stops too: where those could not keep them, they ask only of a pair
        that is served.
        """
        solver, node = self.routing.solver(), self.model.nodes[order.nodes[0]]
        slack = 0 if self._harmless(order) else (1 - self.routing.ActiveVar(delivery)) * 2 * self._horizon
        solver.Add(self._time.CumulVar(pickup) <= self._time.CumulVar(delivery) + slack)
        if order.max_ride is not None:
            picked = self._time.CumulVar(pickup) + node.service
            solver.Add(self._begin[order.delivery] - picked <= order.max_ride + slack)

    def _harmless(self, order: Order) -> bool:
        picks, gives = (self.model.nodes[n] for n in order.nodes)
        longest = FOREVER if order.max_ride is None else order.max_ride + picks.setup + picks.service
        return any(
            opens - until <= longest and closes - since >= picks.setup - gives.setup
            for opens, closes in gives.windows
            for since, until in picks.windows
        )

    def _routes(self) -> Routes:
        routes: Routes = {}
        for v in range(len(self.model.vans)):
            index = self.routing.NextVar(self.routing.Start(v)).Value()
            nodes = []
            while not self.routing.IsEnd(index):
                nodes.append(self._order[self.manager.IndexToNode(index)])
                index = self.routing.NextVar(index).Value()
            if nodes:
                routes[v] = tuple(nodes)
        return routes
