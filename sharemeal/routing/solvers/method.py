"""Which way of solving, in which order, inside one budget of time."""

from __future__ import annotations

import time
from collections.abc import Callable

from sharemeal.routing.model import Model, Routes
from sharemeal.routing.schedule import feasible
from sharemeal.routing.solvers.exact import MOST_ORDERS, prove
from sharemeal.routing.solvers.labels import GivenUp
from sharemeal.routing.solvers.search import Search
from sharemeal.routing.wire import Proof, Question

FIRST_LOOK_SECONDS = 0.05
"""A short search before the proof, so that there is an answer whatever happens next."""


class _Best:
    """The best answer so far; tells of each better one."""

    def __init__(self, model: Model, tell: Callable[[Routes], None]) -> None:
        self.model, self._tell = model, tell
        self.routes: Routes = {}
        self.value = model.value({})

    def offer(self, routes: Routes) -> None:
        value = self.model.value(routes)
        if value < self.value:
            self.routes, self.value = routes, value
            self._tell(routes)


def answer(question: Question, tell: Callable[[Routes], None]) -> tuple[Proof | None, str]:
    """Solve; ``tell`` hears of each better answer. Returns a proof, if there is one, and what was used."""
    began = time.monotonic()
    model, stop = question.model, question.stop
    best = _Best(model, tell)

    def left() -> float:
        return stop.seconds - (time.monotonic() - began)

    if not model.orders:
        return Proof(0, 0, best.value[2]), "exact"
    if len(model.orders) > MOST_ORDERS:
        Search(model, question.seed).run(left(), best.offer, solutions=stop.solutions)
        return None, "ortools"
    Search(model, question.seed).run(
        min(FIRST_LOOK_SECONDS, left()), best.offer, solutions=stop.solutions or 50
    )
    proof = _proven(model, best, began + stop.seconds * 0.6)
    if proof is not None and best.value == (-proof.priority, -proof.tasks, proof.cost):
        return proof, "ortools+exact"
    if left() > 0:
        again = Search(model, question.seed + 1)
        again.run(left(), best.offer, solutions=stop.solutions, start=best.routes)
    return proof, "ortools"


def _proven(model: Model, best: _Best, deadline: float) -> Proof | None:
    try:
        proof, routes = prove(model, deadline)
    except GivenUp:
        return None
    if routes is not None and feasible(model, routes):
        best.routes, best.value = {}, model.value({})  # the proven answer replaces an equal one: one result
        best.offer(routes)
    return proof
