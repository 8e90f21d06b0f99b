"""The explained answer: who goes where and when, what is left out and why, and how good it is known to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from sharemeal.routing.build import familiarity_fraction, wish_cost
from sharemeal.routing.model import Model, Node, Routes
from sharemeal.routing.prefix import prefix_of
from sharemeal.routing.problem import Job, Kind, Objective, Problem, Shipment, Task, Vehicle, Wishes
from sharemeal.routing.reasons import step_reasons, unserved_reasons
from sharemeal.routing.schedule import Limit, begins
from sharemeal.sentences import Sentence


class Status(StrEnum):
    """How good an answer is known to be; ``optimal`` only if every level of the objective is proven."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"


@dataclass(frozen=True)
class Step:
    """One stop of a round. Service (with its setup first) begins at ``arrival + waiting_seconds``."""

    kind: str
    """``start``, ``job``, ``pickup``, ``delivery`` or ``end``."""
    id: int | None
    place: int | None
    arrival: int
    travelled_seconds: int
    travelled_metres: int | None
    setup_seconds: int
    service_seconds: int
    waiting_seconds: int
    load: tuple[int, ...]
    locked: bool = False
    why: Sentence | None = None

    @property
    def begins(self) -> int:
        """When service begins."""
        return self.arrival + self.waiting_seconds


@dataclass(frozen=True)
class Route:
    """The round of one vehicle, from its start step to its end step."""

    vehicle: Vehicle
    steps: tuple[Step, ...]
    cost: Fraction
    priority: int
    delivered: tuple[int, ...]
    picked: tuple[int, ...]

    @property
    def stops(self) -> tuple[Step, ...]:
        """The steps at which something is done."""
        return tuple(step for step in self.steps if step.id is not None)

    @property
    def metres(self) -> int:
        """How far the round goes; 0 where distances are not known."""
        return self.steps[-1].travelled_metres or 0


@dataclass(frozen=True)
class Unserved:
    """A task that nobody does, and why."""

    kind: Kind
    task: Task
    why: Sentence


@dataclass(frozen=True)
class Plan:
    """The answer to a :class:`Problem`."""

    problem: Problem
    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    status: Status
    bound: Fraction | None
    """A proven lower bound of the cost among answers that serve as much."""
    solver: str
    familiar_share: float | None
    """The mean familiarity of the served deliveries that carry any; None where none does."""
    solving_seconds: float
    note: Sentence | None = None
    """What went wrong inside, if something did and this is the best that was found before."""

    @property
    def cost(self) -> Fraction:
        """The cost of all routes, in the problem's own units."""
        return sum((route.cost for route in self.routes), Fraction(0))

    @property
    def gap(self) -> float | None:
        """(cost − bound) / cost; None without a bound."""
        if self.bound is None:
            return None
        return float((self.cost - self.bound) / self.cost) if self.cost else 0.0


def plan_of(
    problem: Problem,
    model: Model,
    routes: Routes,
    *,
    status: Status,
    solver: str,
    solving_seconds: float,
    note: Sentence | None = None,
) -> Plan:
    """Write a solver's orders of stops out as a plan, with times, costs and reasons."""
    why = step_reasons(problem, model, routes)
    written = []
    for v, vehicle in enumerate(problem.vehicles):
        nodes = routes.get(v, ())
        if nodes or vehicle.locked_steps:
            written.append(_route(problem, model, v, vehicle, nodes, why))
    done = {(step.kind, step.id) for route in written for step in route.stops}
    left = [(kind, task) for kind, task in problem.tasks() if (kind.value, task.id) not in done]
    reasons = unserved_reasons(problem, model, routes)
    return Plan(
        problem=problem,
        routes=tuple(written),
        unserved=tuple(Unserved(kind, task, reasons[kind, task.id]) for kind, task in left),
        status=status,
        bound=None,
        solver=solver,
        familiar_share=_familiar_share(problem, written),
        solving_seconds=solving_seconds,
        note=note,
    )


@dataclass(frozen=True)
class _Stop:
    """A stop as it is written: its begin is known, the rest follows."""

    kind: Kind
    task: Task
    begins: int
    locked: bool
    of: Job | Shipment


def _stops(problem: Problem, model: Model, v: int, vehicle: Vehicle, nodes: tuple[int, ...]) -> list[_Stop]:
    of: dict[tuple[Kind, int], Job | Shipment] = {(Kind.JOB, job.task.id): job for job in problem.jobs}
    for each in problem.shipments:
        of[Kind.PICKUP, each.pickup.id] = of[Kind.DELIVERY, each.delivery.id] = each
    tasks = {(kind, task.id): task for kind, task in problem.tasks()}

    def stop(key: tuple[Kind, int], at: int, locked: bool) -> _Stop:
        return _Stop(key[0], tasks[key], at, locked, of[key])

    times = begins(model, v, nodes)
    if isinstance(times, Limit):
        raise AssertionError(f"a solver proposed a round that breaks its {times.value} limit")
    stops = [stop((step.kind, step.id), step.at, locked=True) for step in vehicle.locked_steps]
    open_nodes: list[Node] = [model.nodes[n] for n in nodes]
    stops += [
        stop((node.kind, node.id), at, locked=False) for node, at in zip(open_nodes, times, strict=True)
    ]
    return stops


def _route(
    problem: Problem,
    model: Model,
    v: int,
    vehicle: Vehicle,
    nodes: tuple[int, ...],
    why: Mapping[int, Sentence],
) -> Route:
    stops = _stops(problem, model, v, vehicle, nodes)
    ways = _Ways(problem, vehicle)
    size = len(vehicle.capacity)
    load = [sum(stop.of.delivery[k] for stop in stops if isinstance(stop.of, Job) and stop.of.delivery)
            for k in range(size)]  # fmt: skip
    delivered, picked = list(load), [0] * size
    first = stops[0]
    place = vehicle.start
    free_at = _leaves_at(problem, vehicle, first, ways.seconds(place, first.task.place))
    cost = Fraction(vehicle.costs.fixed if problem.objective is Objective.WEIGHTED else 0)
    steps = [_end_step("start", first.task.place if place is None else place, free_at, ways, load)]
    for position, stop in enumerate(stops):
        task = stop.task
        ways.go(place, task.place)
        arrival = min(free_at + ways.seconds(place, task.place), stop.begins)
        setup = task.setup_seconds if place != task.place else 0
        cost += ways.task_cost(setup + task.service_seconds)
        if stop.kind is not Kind.PICKUP:
            cost += wish_cost(problem, stop.of.wishes, vehicle)
        for k in range(size):
            change, got = _change(stop, k)
            load[k] += change
            picked[k] += got
            delivered[k] += -change if stop.kind is Kind.DELIVERY else 0
        place = task.place
        free_at = stop.begins + setup + task.service_seconds
        open_position = position - len(vehicle.locked_steps)
        reason = None if open_position < 0 else why.get(nodes[open_position])
        steps.append(
            Step(stop.kind.value, task.id, place, arrival, ways.travelled, ways.metres, setup,
                 task.service_seconds, stop.begins - arrival, tuple(load), stop.locked, reason)
        )  # fmt: skip
    end = place if vehicle.end is None else vehicle.end
    assert end is not None
    if vehicle.end is not None:
        ways.go(place, end)
        free_at += ways.seconds(place, end)
    steps.append(_end_step("end", end, free_at, ways, load))
    priority = sum(stop.of.priority for stop in stops)
    return Route(vehicle, tuple(steps), cost + ways.cost, priority, tuple(delivered), tuple(picked))


def _end_step(kind: str, place: int, at: int, ways: _Ways, load: list[int]) -> Step:
    return Step(kind, None, place, at, ways.travelled, ways.metres, 0, 0, 0, tuple(load))


def _leaves_at(problem: Problem, vehicle: Vehicle, first: _Stop, leg: int) -> int:
    """As late as the first stop allows, and not before the shift; what is done may have begun early."""
    if first.locked:
        return max(
            0, min(first.begins, max(first.begins - leg, vehicle.window.opens if vehicle.window else 0))
        )
    untouched = prefix_of(problem, vehicle).free_at
    return max(untouched, first.begins - leg)


def _change(stop: _Stop, k: int) -> tuple[int, int]:
    """What a stop changes aboard, and what of it is picked up, in quantity ``k``."""
    if isinstance(stop.of, Job):
        taken = stop.of.pickup[k] if stop.of.pickup else 0
        return taken - (stop.of.delivery[k] if stop.of.delivery else 0), taken
    amount = stop.of.amount[k] if stop.of.amount else 0
    return (amount, amount) if stop.kind is Kind.PICKUP else (-amount, 0)


class _Ways:
    """Travel of one round so far: seconds, metres and what they cost."""

    def __init__(self, problem: Problem, vehicle: Vehicle) -> None:
        self._matrix = problem.matrices[vehicle.profile]
        self._seconds = problem.travel_seconds(vehicle)
        self._vehicle, self._objective = vehicle, problem.objective
        self.travelled = 0
        self.metres: int | None = None if self._matrix.distances is None else 0
        self.cost = Fraction(0)

    def seconds(self, a: int | None, b: int) -> int:
        return 0 if a is None else int(self._seconds[a, b])

    def go(self, a: int | None, b: int) -> None:
        if a is None:
            return
        seconds, metres = int(self._seconds[a, b]), 0
        if self._matrix.distances is not None and self.metres is not None:
            metres = int(self._matrix.distances[a, b])
            self.metres += metres
        self.travelled += seconds
        costs = self._vehicle.costs
        if self._objective is not Objective.WEIGHTED:
            self.cost += metres
        elif self._matrix.costs is not None:
            self.cost += int(self._matrix.costs[a, b])
        else:
            self.cost += Fraction(seconds * costs.per_hour, 3600) + Fraction(metres * costs.per_km, 1000)

    def task_cost(self, seconds: int) -> Fraction:
        if self._objective is not Objective.WEIGHTED:
            return Fraction(0)
        return Fraction(seconds * self._vehicle.costs.per_task_hour, 3600)


def _familiar_share(problem: Problem, routes: list[Route]) -> float | None:
    carried: dict[tuple[str, int], Wishes] = {("job", job.task.id): job.wishes for job in problem.jobs}
    carried |= {("delivery", each.delivery.id): each.wishes for each in problem.shipments}
    shares = []
    for route in routes:
        for step in route.stops:
            wishes = carried.get((step.kind, step.id or 0))
            if wishes is not None and wishes.familiarity is not None:
                shares.append(familiarity_fraction(wishes.familiarity.get(route.vehicle.id, 0.0)))
    return float(sum(shares, Fraction(0)) / len(shares)) if shares else None
