"""The one door of routing: a problem, when to stop and a seed in; an explained plan out.

Solving happens in a process of its own (``process``). Whatever becomes of that process, the time is kept and
the best answer it told of is returned.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from sharemeal.routing.build import build
from sharemeal.routing.insertion import insert_greedily
from sharemeal.routing.model import Model, Routes
from sharemeal.routing.plan import Plan, Status, plan_of
from sharemeal.routing.problem import Problem
from sharemeal.routing.process import Lost, Solver, borrow, give_back
from sharemeal.routing.schedule import feasible
from sharemeal.routing.stop import Stop
from sharemeal.routing.wire import Better, Finished, Proof, Question
from sharemeal.sentences import Sentence

__all__ = ["Progress", "Stop", "solve"]

Progress = Callable[[float, float, float | None, int], None]
"""Told of each better answer: elapsed seconds, its cost, a proven bound or None, and tasks left out."""

WRITING_SECONDS = 0.15
"""Kept back from the time for writing the answer out (more for a city)."""


def solve(
    problem: Problem,
    stop: Stop | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    *,
    process: Callable[[], Solver] = borrow,
) -> Plan:
    """The best plan that is found before ``stop``; with the same seed and a stop by count, the same plan.

    ``stop`` is three seconds unless given; a plan that is proven optimal comes at once. ``process`` gives the
    process that solves. A crash inside is told in ``Plan.note``; it never reaches the caller as an error.
    """
    stop = stop or Stop()
    watch = _Watch(build(problem), stop, progress)
    note = None
    if watch.model.orders:
        solver = process()
        try:
            watch.follow(solver, seed)
        except Lost:
            note = Sentence("計算の途中で計算係が止まりました。それまでに見つかった答えです")
        if watch.finished is not None:
            give_back(solver)
        else:
            solver.kill()
        if not watch.routes:
            watch.insert()
    plan = plan_of(
        problem,
        watch.model,
        watch.routes,
        status=watch.status(),
        solver=watch.solver,
        solving_seconds=watch.elapsed(),
        note=note,
    )
    return replace(plan, bound=watch.bound(plan.cost), solving_seconds=watch.elapsed())


class _Watch:
    """The answer as it grows, with the clock beside it."""

    def __init__(self, model: Model, stop: Stop, progress: Progress | None) -> None:
        self._began = time.monotonic()
        self.model, self._stop, self._progress = model, stop, progress
        self.routes: Routes = {}
        self._value = model.value({})
        self._inserted = False
        self.finished: Finished | None = None if model.orders else Finished(None, "none")
        city = min(0.1 * stop.seconds, len(model.nodes) * len(model.vans) / 50_000)
        self._budget = max(0.2 * stop.seconds, stop.seconds - WRITING_SECONDS - city)

    def elapsed(self) -> float:
        """Seconds since the problem was parsed."""
        return time.monotonic() - self._began

    def left(self) -> float:
        """Seconds until the answer must be written out."""
        return self._budget - self.elapsed()

    @property
    def solver(self) -> str:
        """What found the answer."""
        if self._inserted:
            return "insertion"
        return "ortools" if self.finished is None else self.finished.solver

    def follow(self, solver: Solver, seed: int) -> None:
        """Ask and listen until it is finished or time is over."""
        inside = max(0.05, self.left() - 0.05)
        solver.ask(Question(self.model, Stop(inside, self._stop.solutions), seed))
        while self.left() > 0:
            said = solver.hear(self.left())
            if isinstance(said, Finished):
                self.finished = said
                return
            if isinstance(said, Better):
                self.offer(said.routes)

    def insert(self) -> None:
        """The plainest answer, where the process told of none."""
        self.offer(insert_greedily(self.model, time.monotonic() + max(0.2, self.left())))
        self._inserted = bool(self.routes)

    def offer(self, routes: Routes) -> None:
        """Take an answer that is better and keeps every rule; tell of it."""
        value = self.model.value(routes)
        if value > self._value or not feasible(self.model, routes):
            return
        self.routes, self._value = routes, value
        if self._progress is not None:
            left_out = sum(order.tasks for order in self.model.orders) + value[1]
            self._progress(self.elapsed(), float(self._in_full(value[2])), None, left_out)

    def status(self) -> Status:
        """What may be claimed of the answer: optimal only where every level is proven."""
        if not self.model.orders:
            return Status.OPTIMAL
        proof = self._proof()
        return Status.OPTIMAL if proof is not None and self._value[2] == proof.cost else Status.FEASIBLE

    def bound(self, cost: Fraction) -> Fraction | None:
        """A proven lower bound, given the cost of the answer; None where fewer vehicles come first."""
        if not self.model.orders:
            return cost
        proof = self._proof()
        if proof is None or self.model.vehicles_first:
            return None
        return cost - (self._in_full(self._value[2]) - self._in_full(proof.cost))

    def _in_full(self, cost: int) -> Fraction:
        """The model's cost in the problem's units, without what breaks ties."""
        return Fraction(cost // self.model.tie, self.model.unit)

    def _proof(self) -> Proof | None:
        """The proof, if it speaks of answers that serve as much as this one."""
        proof = None if self.finished is None else self.finished.proof
        if proof is None or not self.model.exact or (-proof.priority, -proof.tasks) != self._value[:2]:
            return None
        return proof
