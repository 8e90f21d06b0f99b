"""Every sensible round of one vehicle, as labels: for each set of doors the least it can cost to serve it.

A label is what was picked up, what was given and the last stop, with the earliest time the vehicle is free
and the least cost to get there. A label that is both later and dearer than another of its kind is dropped:
waiting is free, so being early never hurts. Whole numbers in numpy arrays, one layer for each length of a
round; two bits of a mask for each order (picked, given), a job sets both at once.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sharemeal.routing.model import Model

MOST_LABELS = 6_000_000
UNREACHED = np.int64(2**61)
PACK = 2**30
"""Travel seconds and metres share one number: travel × PACK + metres."""

Array = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class GivenUp(Exception):
    """There was not enough time or memory for a proof."""


@dataclass(frozen=True)
class Layer:
    """All labels after so many stops. ``spent`` holds travel and metres where the vehicle limits them."""

    picked: Array
    given: Array
    last: Array
    free_at: Array
    cost: Array
    spent: Array
    parent: Array

    def take(self, chosen: Array | Mask) -> Layer:
        """Only these labels."""
        return Layer(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Rounds:
    """For one vehicle: the least cost of serving exactly each set of orders, and how to get it back."""

    cost: Array
    layer_of: Array
    label_of: Array
    layers: list[Layer]

    def nodes(self, served: int) -> tuple[int, ...]:
        """The stops of the best round that serves this set."""
        layer, label = int(self.layer_of[served]), int(self.label_of[served])
        stops: list[int] = []
        while layer > 0:
            stops.append(int(self.layers[layer].last[label]))
            label = int(self.layers[layer].parent[label])
            layer -= 1
        return tuple(reversed(stops))


def rounds_of(model: Model, v: int, deadline: float) -> Rounds:
    """All best rounds of vehicle ``v``; :class:`GivenUp` where they are too many or take too long."""
    ground = _Ground(model, v)
    sets = 1 << len(model.orders)
    rounds = Rounds(np.full(sets, UNREACHED), np.zeros(sets, np.int64), np.zeros(sets, np.int64), [])
    rounds.cost[0] = model.cost(v, ())
    rounds.layers.append(ground.first())
    most = len(model.nodes) if ground.van.tasks_left is None else ground.van.tasks_left
    total = 0
    for depth in range(1, min(most, len(model.nodes)) + 1):
        layer = ground.next(rounds.layers[-1], deadline)
        total += layer.last.size
        if total > MOST_LABELS or time.monotonic() > deadline:
            raise GivenUp
        if not layer.last.size:
            break
        rounds.layers.append(layer)
        ground.close(layer, depth, rounds)
    return rounds


class _Ground:
    """What one vehicle's labels are extended over: its ways, its limits, the orders it may take."""

    def __init__(self, model: Model, v: int) -> None:
        self.model, self.van = model, model.vans[v]
        van, nodes = self.van, model.nodes
        self.orders = [o for o, order in enumerate(model.orders) if v in order.vehicles]
        places = np.array([node.place for node in nodes] + [van.start])
        square = np.ix_(places, places)
        self.seconds, arcs = van.seconds[square], van.arcs[square]
        metres = np.zeros_like(self.seconds) if van.metres is None else van.metres[square]
        self.home, self.way_home = van.seconds[places, van.end], van.arcs[places, van.end]
        service = np.array([node.service for node in nodes] + [0])
        setup = np.array([node.setup for node in nodes] + [0])
        self.action = service[None, :] + np.where(places[:, None] == places[None, :], 0, setup[None, :])
        face = np.zeros(len(nodes) + 1, np.int64)
        for order in model.orders:
            face[order.delivery] = order.cost_by[v]
        self.arcs = arcs + van.task_rate * self.action + face[None, :]
        self.limited = van.travel_left is not None or van.distance_left is not None
        longest = max(int(self.seconds.max()), int(metres.max()), int(self.home.max()))
        if self.limited and longest * (len(nodes) + 2) >= PACK:
            raise GivenUp
        self.spend = self.seconds * PACK + metres
        metres_home = 0 if van.metres is None else van.metres[places, van.end]
        self.spend_home = self.home * PACK + metres_home
        self._set_latest(service)
        self._set_loads()

    def _set_latest(self, service: Array) -> None:
        """For each stop and each order on board: the latest time at which one may be free there."""
        shortest = self.seconds.copy()
        for k in range(len(shortest)):
            np.minimum(shortest, shortest[:, k, None] + shortest[None, k, :], out=shortest)
        way_home = (shortest + self.home[None, :]).min(axis=1)
        self.latest_home = self.van.ends_by - way_home
        self.latest = {}
        for o in self.orders:
            d = self.model.orders[o].delivery
            closes = max((closes for _, closes in self.model.nodes[d].windows), default=-1)
            by = min(closes, self.van.ends_by - int(service[d]) - int(way_home[d]))
            self.latest[o] = by - shortest[:, d]

    def _set_loads(self) -> None:
        """What sets of orders add to the load when picked, when given, and at the very start."""
        size, sets = len(self.van.capacity), 1 << len(self.model.orders)
        self.load_picked = np.zeros((size, sets), np.int64)
        self.load_given = np.zeros((size, sets), np.int64)
        self.load_start = np.zeros((size, sets), np.int64)
        members = np.arange(sets)
        for o, order in enumerate(self.model.orders):
            has = (members >> o) & 1
            door = self.model.nodes[order.delivery]
            for k in range(size):
                if order.pickup is not None:
                    self.load_picked[k] += has * self.model.nodes[order.pickup].load[k]
                self.load_given[k] += has * door.load[k]
                self.load_start[k] += has * door.from_start[k]

    def first(self) -> Layer:
        """The label of a vehicle that has done nothing yet."""
        zero = np.zeros(1, np.int64)
        van = self.van
        return Layer(
            zero, zero, zero + len(self.model.nodes), zero + van.starts_at, zero + van.use_cost, zero, zero
        )

    def next(self, layer: Layer, deadline: float) -> Layer:
        """All labels one stop longer that are worth keeping."""
        grown = []
        for o in self.orders:
            order = self.model.orders[o]
            bit = 1 << o
            fresh = (layer.picked & bit) == 0
            if order.pickup is not None:
                grown.append(self._visit(layer, np.flatnonzero(fresh), order.pickup, bit, 0))
                aboard = ~fresh & ((layer.given & bit) == 0)
                grown.append(self._visit(layer, np.flatnonzero(aboard), order.delivery, 0, bit))
            else:
                grown.append(self._visit(layer, np.flatnonzero(fresh), order.delivery, bit, bit))
            if time.monotonic() > deadline:
                raise GivenUp
        if not grown:
            return layer.take(np.zeros(0, np.int64))
        columns = ([getattr(one, name) for one in grown] for name in Layer.__dataclass_fields__)
        return self._undominated(Layer(*(np.concatenate(column) for column in columns)))

    def _visit(self, layer: Layer, chosen: Array, n: int, picks: int, gives: int) -> Layer:
        last = layer.last[chosen]
        begins = self._opening(n, layer.free_at[chosen] + self.seconds[last, n])
        picked, given = layer.picked[chosen] | picks, layer.given[chosen] | gives
        free_at = begins + self.action[last, n]
        ok = (begins < UNREACHED) & (free_at <= self.latest_home[n])
        for k, most in enumerate(self.van.capacity):
            start = self.van.aboard[k] + self.load_start[k][given]
            ok &= (start <= most) & (start + self.load_picked[k][picked] + self.load_given[k][given] <= most)
        spent = layer.spent[chosen]
        if self.limited:
            spent = spent + self.spend[last, n]
            ok &= self._within(spent)
        for o in self.orders:
            waits = ((picked & ~given) >> o) & 1 == 1
            ok &= ~waits | (free_at <= self.latest[o][n])
        cost = layer.cost[chosen] + self.arcs[last, n]
        return Layer(picked, given, np.full(len(chosen), n), free_at, cost, spent, chosen).take(ok)

    def _opening(self, n: int, arrival: Array) -> Array:
        begins = np.full(arrival.shape, UNREACHED)
        for opens, closes in reversed(self.model.nodes[n].windows):
            begins = np.where(arrival <= closes, np.maximum(arrival, opens), begins)
        return begins

    def _within(self, spent: Array) -> Mask:
        ok = np.ones(spent.shape, np.bool_)
        if self.van.travel_left is not None:
            ok &= spent // PACK <= self.van.travel_left
        if self.van.distance_left is not None:
            ok &= spent % PACK <= self.van.distance_left
        return ok

    def _undominated(self, layer: Layer) -> Layer:
        if not layer.last.size:
            return layer
        bits = len(self.model.orders)
        kind = (layer.picked << (bits + 6)) | (layer.given << 6) | layer.last
        order = np.lexsort((layer.cost, layer.free_at, layer.spent, kind))
        layer = layer.take(order)
        kind = kind[order]
        new = np.ones(len(kind), np.bool_)
        new[1:] = (kind[1:] != kind[:-1]) | (layer.spent[1:] != layer.spent[:-1])
        group = np.cumsum(new)
        rank = np.unique(layer.cost, return_inverse=True)[1]
        value = rank - group * (int(rank.max()) + 1)  # each group lies below all groups before it
        best = np.minimum.accumulate(value)
        keep = new.copy()
        keep[1:] |= value[1:] < best[:-1]
        return layer.take(keep)

    def close(self, layer: Layer, depth: int, rounds: Rounds) -> None:
        """Note the rounds that may end here."""
        ok = (layer.picked == layer.given) & (layer.free_at + self.home[layer.last] <= self.van.ends_by)
        if self.limited:
            ok &= self._within(layer.spent + self.spend_home[layer.last])
        chosen = np.flatnonzero(ok)
        total = layer.cost[chosen] + self.way_home[layer.last[chosen]]
        for label in chosen[np.argsort(-total, kind="stable")]:  # the least cost is written last
            served = int(layer.given[label])
            rounds.cost[served] = layer.cost[label] + self.way_home[layer.last[label]]
            rounds.layer_of[served], rounds.label_of[served] = depth, label
