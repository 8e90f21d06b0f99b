"""The plainest way to an answer: put each order where it costs least, soonest deadline first.

Needs no solver at all; it stands in where the solving process could not answer.
"""

from __future__ import annotations

import time

from sharemeal.routing.model import Model, Routes
from sharemeal.routing.schedule import Limit, begins, insertions


def insert_greedily(model: Model, deadline: float) -> Routes:
    """Routes that keep every rule, as full as they get before ``deadline`` (of ``time.monotonic``)."""
    routes: dict[int, tuple[int, ...]] = {}
    waiting = sorted(range(len(model.orders)), key=lambda o: (-model.orders[o].priority, _deadline(model, o)))
    for o in waiting:
        best: tuple[int, int, tuple[int, ...]] | None = None
        for v in model.orders[o].vehicles:
            if time.monotonic() > deadline:
                return routes
            nodes = routes.get(v, ())
            before = model.cost(v, nodes)
            for longer in insertions(nodes, model.orders[o].nodes):
                added = model.cost(v, longer) - before
                if (best is None or added < best[0]) and not isinstance(begins(model, v, longer), Limit):
                    best = (added, v, longer)
        if best is not None:
            routes[best[1]] = best[2]
    return routes


def _deadline(model: Model, o: int) -> int:
    windows = model.nodes[model.orders[o].delivery].windows
    return windows[-1][1] if windows else -1
