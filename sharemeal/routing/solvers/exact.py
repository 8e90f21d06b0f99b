"""Every sensible order of stops for each vehicle, kept as labels, then the best way to share the doors out.

For a neighbourhood (about a dozen orders). A label is a set of things picked up, a set of things delivered
and a last stop, with the earliest time and the least cost to get there; a label that is both later and dearer
than another of its kind is dropped, since waiting is free and being early never hurts. What each vehicle can
do at best for each set of doors is then combined over subsets. Everything is whole numbers in numpy arrays,
one layer for each length of a round.

Limits on time aboard and the loads of jobs beside pickups are left out (the answer can then only be cheaper,
so the bound stays true); the caller checks the answer itself against every rule.
"""

from __future__ import annotations

import time

import numpy as np

from sharemeal.routing.model import Model, Routes
from sharemeal.routing.solvers.labels import UNREACHED, GivenUp, Rounds, rounds_of
from sharemeal.routing.wire import Proof

MOST_ORDERS = 14


def prove(model: Model, deadline: float) -> tuple[Proof, Routes | None]:
    """The best value there is, and an answer that has it under the rules kept here.

    Raises :class:`GivenUp` when ``deadline`` (of ``time.monotonic``) passes or memory would not do.
    """
    if len(model.orders) > MOST_ORDERS:
        raise GivenUp
    rounds = [rounds_of(model, v, deadline) for v in range(len(model.vans))]
    return _share_out(model, rounds, deadline)


def _share_out(model: Model, rounds: list[Rounds], deadline: float) -> tuple[Proof, Routes]:
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
    routes: dict[int, tuple[int, ...]] = {}
    for v in range(len(rounds) - 1, -1, -1):
        mine = int(choices[v][left])
        if mine:
            routes[v] = rounds[v].nodes(mine)
        left &= ~mine
    return Proof(priority, tasks, -cost), routes
