"""The proven best of a neighbourhood: each vehicle's best round for each set of doors, shared out at best.

``labels`` gives, for each vehicle and each set of orders, the least cost of serving just that set. It leaves
out limits on time aboard and the loads of jobs beside pickups, so a cost may be too small, never too large.
The sharing out is solved over subsets; where a chosen round breaks a rule that was left out, its set gets its
true cost by trying every order of stops, and the sharing out is solved again, until all chosen rounds are
true ones: then nothing better exists.
"""

from __future__ import annotations

import time

import numpy as np

from sharemeal.routing.model import Model, Routes
from sharemeal.routing.schedule import Limit, begins
from sharemeal.routing.solvers.labels import UNREACHED, GivenUp, Rounds, rounds_of
from sharemeal.routing.wire import Proof

MOST_ORDERS = 14
ALWAYS_TOO_MUCH = {Limit.LOAD, Limit.WINDOW, Limit.RIDE, Limit.TASKS}
"""What no further stop can mend. (A further stop may lie on a quicker way home.)"""


def prove(model: Model, deadline: float) -> tuple[Proof, Routes | None]:
    """A proven bound of the best value, and an answer that has it, or None where time ended before.

    Raises :class:`GivenUp` when ``deadline`` (of ``time.monotonic``) passes before there is any bound, or
    memory would not do.
    """
    if len(model.orders) > MOST_ORDERS:
        raise GivenUp
    rounds = [rounds_of(model, v, deadline) for v in range(len(model.vans))]
    proof, sets = _share_out(model, rounds, deadline)
    truly: dict[tuple[int, int], tuple[int, ...]] = {}
    try:
        while True:
            wrong = [pair for pair in sets.items() if pair not in truly and not _can(model, rounds, *pair)]
            if not wrong:
                routes = {v: truly.get((v, served)) or rounds[v].nodes(served) for v, served in sets.items()}
                return proof, routes
            for v, served in wrong:
                cost, nodes = _every_order(model, v, served, deadline)
                rounds[v].cost[served], truly[v, served] = cost, nodes
            proof, sets = _share_out(model, rounds, deadline)
    except GivenUp:
        return proof, None


def _can(model: Model, rounds: list[Rounds], v: int, served: int) -> bool:
    return not isinstance(begins(model, v, rounds[v].nodes(served)), Limit)


def _every_order(model: Model, v: int, served: int, deadline: float) -> tuple[int, tuple[int, ...]]:
    """The least true cost of one vehicle serving just this set, and its stops; UNREACHED where it cannot."""
    van = model.vans[v]
    members = [order for o, order in enumerate(model.orders) if served >> o & 1]
    best: tuple[int, tuple[int, ...]] = (int(UNREACHED), ())

    def extend(nodes: tuple[int, ...], spent: int) -> None:
        nonlocal best
        if time.monotonic() > deadline:
            raise GivenUp
        todo = [n for order in members for n in order.nodes if n not in nodes]
        if not todo:
            total = model.cost(v, nodes)
            if total < best[0] and not isinstance(begins(model, v, nodes), Limit):
                best = (total, nodes)
            return
        if begins(model, v, nodes) in ALWAYS_TOO_MUCH:
            return
        at = model.nodes[nodes[-1]].place if nodes else van.start
        for n in todo:
            pickup = model.orders[model.nodes[n].order].pickup
            cost = spent + int(van.arcs[at, model.nodes[n].place])
            if (n == pickup or pickup is None or pickup in nodes) and cost < best[0]:
                extend((*nodes, n), cost)

    extend((), van.use_cost)
    return best


def _share_out(model: Model, rounds: list[Rounds], deadline: float) -> tuple[Proof, dict[int, int]]:
    """The best value by these costs, and which set of orders each vehicle serves for it."""
    sets = 1 << len(model.orders)
    everything = np.arange(sets)
    least = np.full(sets, UNREACHED)
    least[0] = 0
    choices = []
    for each in rounds:
        better = least + each.cost[0]
        choice = np.zeros(sets, dtype=np.int64)
        for served in np.flatnonzero(each.cost < UNREACHED).tolist():
            if served == 0:
                continue
            if time.monotonic() > deadline:
                raise GivenUp
            rest = everything[(everything & served) == 0]
            rest = rest[least[rest] < UNREACHED]
            value = least[rest] + each.cost[served]
            union = rest | served
            wins = value < better[union]
            better[union[wins]] = value[wins]
            choice[union[wins]] = served
        least = np.minimum(better, UNREACHED)
        choices.append(choice)
    levels = [
        (sum(o.priority for i, o in enumerate(model.orders) if s >> i & 1),
         sum(o.tasks for i, o in enumerate(model.orders) if s >> i & 1), -int(least[s]), -int(s))
        for s in np.flatnonzero(least < UNREACHED).tolist()
    ]  # fmt: skip
    priority, tasks, cost, served = max(levels)
    left = -served
    shares: dict[int, int] = {}
    for v in range(len(rounds) - 1, -1, -1):
        mine = int(choices[v][left])
        if mine:
            shares[v] = mine
        left &= ~mine
    return Proof(priority, tasks, -cost), shares
