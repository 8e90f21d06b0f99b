"""The true best of a tiny routing problem, by trying every order of stops on every vehicle.

Good for about five shipments and jobs together on a few vehicles; it proves claims of optimality false or true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.checker.drive import COST_ROOM, Drive, cost_range
from tests.checker.problem import Json, Task, TaskKey, dimensions, locked_steps, padded, place_of, tasks_of
from tests.checker.travel import Roads

Level = tuple[float, float, float, float]
"""Minus priority, minus tasks served, cost, vehicles used: the least is the best."""


def best_level(problem: Json) -> Level:
    """The best that any answer can reach under the ``weighted`` objective."""
    return _Trials(problem).best()


def check_best(problem: Json, answer: Json) -> list[str]:
    """Hold an answer (already found right by ``check_routes``) against the true best of a tiny problem."""
    best, summary, said = best_level(problem), answer["summary"], answer["sharemeal"]
    served = sum(len(route["steps"]) - 2 for route in answer["routes"])
    reached = (-summary["priority"], -served, summary["cost"], summary["routes"])
    findings = []
    if _worse(best, reached):
        findings.append(f"the answer reaches {reached}, better than anything possible: {best}")
    if said["status"] == "optimal" and _worse(reached, best):
        findings.append(f"called optimal at {reached}, but {best} is possible")
    bound = said.get("bound")
    if bound is not None and reached[:2] == best[:2] and bound > best[2] + COST_ROOM * max(1.0, abs(best[2])):
        findings.append(f"the bound {bound} is above a possible cost of {best[2]}")
    return findings


def _worse(one: Level, other: Level) -> bool:
    """Whether ``one`` is worse than ``other``; costs closer than rounding are equal."""
    close = abs(one[2] - other[2]) <= COST_ROOM * max(1.0, abs(other[2]))
    if one[:2] != other[:2] or not close:
        return one[:3] > other[:3]
    return one[3] > other[3]


class _Trials:
    def __init__(self, problem: Json) -> None:
        self.problem, self.tasks, self.roads = problem, tasks_of(problem), Roads(problem)
        self.vehicles: list[Json] = problem.get("vehicles", [])
        self.now: int | None = problem.get("sharemeal", {}).get("now")

    def best(self) -> Level:
        """Share the tasks out vehicle by vehicle, keeping the best for each set of tasks used so far."""
        best_for: dict[frozenset[TaskKey], Level] = {frozenset(): (0, 0, 0, 0)}
        for vehicle in self.vehicles:
            options = self._routes_of(vehicle)
            shared: dict[frozenset[TaskKey], Level] = {}
            for used, level in best_for.items():
                for tasks, route_level in options.items():
                    if used & tasks:
                        continue
                    total = tuple(a + b for a, b in zip(level, route_level, strict=True))
                    priority, count, cost, vehicles = total
                    together = used | tasks
                    if together not in shared or (priority, count, cost, vehicles) < shared[together]:
                        shared[together] = (priority, count, cost, vehicles)
            best_for = shared
        return min(best_for.values())

    def _routes_of(self, vehicle: Json) -> dict[frozenset[TaskKey], Level]:
        """Every set of tasks this vehicle can serve, each at its least cost."""
        locked = dict(locked_steps(vehicle))
        options: dict[frozenset[TaskKey], Level] = {} if locked else {frozenset(): (0, 0, 0, 0)}
        waiting = [tuple(self.tasks[key] for key in locked)]
        while waiting:
            route = waiting.pop()
            if route and not self._can_be_driven(vehicle, route, locked):
                continue
            served = frozenset(task.key for task in route)
            if (
                route
                and self._is_whole(route, locked)
                and self._can_be_driven(vehicle, route, locked, home=True)
            ):
                cost = self._cost(vehicle, route)
                level = (-sum(task.priority for task in route), -len(route), cost, 1)
                options[served] = min(level, options.get(served, level))
            waiting += [(*route, task) for task in self._next(vehicle, served)]
        return options

    def _next(self, vehicle: Json, served: frozenset[TaskKey]) -> Iterator[Task]:
        done_elsewhere = {
            key for other in self.vehicles if other["id"] != vehicle["id"] for key, _ in locked_steps(other)
        }
        for key, task in self.tasks.items():
            comes_too_early = key[0] == "delivery" and task.partner not in served
            allowed = task.skills <= set(vehicle.get("skills", []))
            pinned = task.wishes.get("pinned_vehicle") not in (None, vehicle["id"])
            if (
                key not in served
                and key not in done_elsewhere
                and allowed
                and not pinned
                and not comes_too_early
            ):
                yield task

    def _is_whole(self, route: tuple[Task, ...], locked: Mapping[TaskKey, int]) -> bool:
        """What was picked up is delivered; only what was aboard already may stay there."""
        keys = {task.key for task in route}
        return all(task.key in locked or task.partner is None or task.partner in keys for task in route)

    def _can_be_driven(
        self, vehicle: Json, route: tuple[Task, ...], locked: Mapping[TaskKey, int], *, home: bool = False
    ) -> bool:
        """Every limit; ``home`` also counts the way to the vehicle's end.

        Without it a failing route can be given up for good: no longer one keeps what it breaks.
        """
        return (
            len(route) <= vehicle.get("max_tasks", len(route))
            and self._fits_aboard(vehicle, route, locked)
            and self._within_range(vehicle, route, home=home)
            and self._can_be_timed(vehicle, route, locked, home=home)
        )

    def _fits_aboard(self, vehicle: Json, route: tuple[Task, ...], locked: Mapping[TaskKey, int]) -> bool:
        size = dimensions(self.problem)
        capacity = padded(vehicle.get("capacity"), size)
        load = [sum(task.given[d] for task in route if task.key[0] == "job") for d in range(size)]
        fits = bool(locked) or all(load[d] <= capacity[d] for d in range(size))
        for task in route:
            load = [load[d] + task.taken[d] - task.given[d] for d in range(size)]
            fits = fits and (task.key in locked or all(load[d] <= capacity[d] for d in range(size)))
        return fits

    def _within_range(self, vehicle: Json, route: tuple[Task, ...], *, home: bool) -> bool:
        trip = self._trip(vehicle, route, home=home)
        longest, furthest = vehicle.get("max_travel_time"), vehicle.get("max_distance")
        if longest is not None and trip.travel > longest:
            return False
        return furthest is None or trip.metres is None or trip.metres[0] <= furthest

    def _can_be_timed(
        self, vehicle: Json, route: tuple[Task, ...], locked: Mapping[TaskKey, int], *, home: bool
    ) -> bool:
        """Push begin times later until every rule holds; give up when they never settle."""
        opens, closes = vehicle.get("time_window") or (None, None)
        earliest = [bound for bound in (opens, self.now) if bound is not None]
        leaves = max(earliest) if earliest and not locked else -(10**9)
        begins = [locked.get(task.key, -(10**9)) for task in route]
        windows = sum(max(1, len(task.windows)) for task in route)
        for _ in range(len(route) * windows + 2):
            before, here, free = list(begins), place_of(vehicle, "start"), leaves
            for i, task in enumerate(route):
                if task.key not in locked:
                    soonest = max(
                        begins[i], free + min(self.roads.seconds(vehicle, here, task.place)), self.now or free
                    )
                    allowed = _next_allowed(task, soonest)
                    if allowed is None:
                        return False
                    begins[i] = allowed
                setup = 0 if here is not None and here.same_as(task.place) else task.setup
                here, free = task.place, begins[i] + setup + task.service
                if not self._ride_kept(route, i, begins, free - begins[i], locked):
                    return False
            end = place_of(vehicle, "end") if home else None
            if (
                closes is not None
                and free + min(self.roads.seconds(vehicle, here if end else None, end)) > closes
            ):
                return False
            if begins == before:
                return True
        return False

    def _ride_kept(
        self, route: tuple[Task, ...], i: int, begins: list[int], spent: int, locked: Mapping[TaskKey, int]
    ) -> bool:
        """Push pickup ``i`` later if its delivery comes too late for ``max_ride``; False if it is done already."""
        most = route[i].wishes.get("max_ride")
        if most is None or route[i].key[0] != "pickup":
            return True
        for j in range(i + 1, len(route)):
            if route[j].key == route[i].partner and route[j].key not in locked:
                least = begins[j] - most - spent
                if least > begins[i] and route[i].key in locked:
                    return False
                begins[i] = max(begins[i], least)
        return True

    def _trip(self, vehicle: Json, route: tuple[Task, ...], *, home: bool) -> Drive:
        trip, here = Drive(vehicle, served=list(route)), place_of(vehicle, "start")
        for task in route:
            trip.setup += 0 if here is not None and here.same_as(task.place) else task.setup
            trip.service += task.service
            trip.meter(self.roads, here, task.place, min(self.roads.seconds(vehicle, here, task.place)))
            here = task.place
        end = place_of(vehicle, "end") if home else None
        if end is not None:
            trip.meter(self.roads, here, end, min(self.roads.seconds(vehicle, here, end)))
        return trip

    def _cost(self, vehicle: Json, route: tuple[Task, ...]) -> float:
        found = cost_range(self.problem, self._trip(vehicle, route, home=True))
        assert found is not None, "the cost of a tiny problem must be known"
        return found[0] + COST_ROOM


def _next_allowed(task: Task, soonest: int) -> int | None:
    """The first moment at or after ``soonest`` at which this service may begin."""
    if not task.windows:
        return soonest
    moments = [max(start, soonest) for start, end in task.windows if soonest <= end]
    return min(moments, default=None)
