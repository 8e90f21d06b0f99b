"""Benchmark files of the literature: Li & Lim (pickups and deliveries) and Solomon (deliveries in windows).

Distances are Euclidean and the speed is one. Real numbers become whole ones at ``FINE`` units, each distance
rounded *up*, so that what is feasible here is feasible in double precision; reported distances are summed
again from the coordinates. For Solomon with ``distance``, each is truncated to a tenth, as published.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sharemeal.routing.problem import (
    Job,
    Matrix,
    Objective,
    Place,
    Problem,
    Shipment,
    Task,
    Vehicle,
    Window,
)
from sharemeal.sentences import Refused, Sentence

FINE = 10_000
TENTHS = 10


@dataclass(frozen=True)
class _Row:
    id: int
    x: float
    y: float
    demand: int
    ready: float
    due: float
    service: float
    pickup_of: int = 0
    delivery_of: int = 0


def read_lilim(text: str, objective: Objective = Objective.VEHICLES_DISTANCE) -> Problem:
    """A file of Li & Lim: ``vehicles capacity speed``, then a row of nine numbers for each task."""
    lines = [line.split() for line in text.splitlines() if line.strip()]
    head = _numbers(lines[0] if lines else [], 3, 1)
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        found = _numbers(line, 9, number)
        rows.append(_row(found))
    return _problem(rows, int(head[0]), int(head[1]), objective, "lilim", FINE)


def read_solomon(text: str, objective: Objective = Objective.VEHICLES_DISTANCE) -> Problem:
    """A file of Solomon (or Gehring and Homberger): a VEHICLE line and rows of seven numbers."""
    rows, head = [], None
    for number, line in enumerate(text.splitlines(), start=1):
        parts = line.split()
        if not parts or not all(_is_number(part) for part in parts):
            continue
        if head is None and len(parts) == 2:
            head = _numbers(parts, 2, number)
            continue
        found = _numbers(parts, 7, number)
        rows.append(_row([*found, 0, 0]))
    if head is None:
        raise Refused(Sentence("SolomonのファイルにVEHICLEの行（台数と積載量）がありません"))
    scale = TENTHS if objective is Objective.DISTANCE else FINE
    return _problem(rows, int(head[0]), int(head[1]), objective, "solomon", scale)


def _problem(
    rows: list[_Row], fleet: int, capacity: int, objective: Objective, benchmark: str, scale: int
) -> Problem:
    if len(rows) < 2 or rows[0].id != 0:
        raise Refused(Sentence("ファイルに出発地（番号0）の行と、届け先の行がありません"))
    depot = rows[0]
    window = _window(depot, scale)
    x, y = np.array([row.x for row in rows]), np.array([row.y for row in rows])
    lines = np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :])
    # A distance that is a whole number of units in truth must not be lifted by the last bit of a double.
    ways = np.floor(lines * scale + 1e-7) if scale == TENTHS else np.ceil(lines * scale - 1e-7)
    grid = ways.astype(np.int64)
    tasks = {
        row.id: Task(row.id, number, 0, _scaled(row.service, scale), (_window(row, scale),))
        for number, row in enumerate(rows)
    }
    if len(tasks) != len(rows):
        raise Refused(Sentence("ファイルに同じ番号の行が二つあります"))
    jobs, shipments = [], []
    for row in rows[1:]:
        if benchmark == "solomon":
            jobs.append(Job(tasks[row.id], delivery=(row.demand,)))
        elif row.delivery_of:
            if row.delivery_of not in tasks:
                raise Refused(
                    Sentence(
                        "行{id}の届け先{delivery}がファイルにありません", id=row.id, delivery=row.delivery_of
                    )
                )
            shipments.append(Shipment(tasks[row.id], tasks[row.delivery_of], (row.demand,)))
    return Problem(
        places=tuple(Place(row.x, row.y, row.id, plane=True) for row in rows),
        vehicles=tuple(
            Vehicle(id=number, start=0, end=0, capacity=(capacity,), window=window)
            for number in range(1, fleet + 1)
        ),
        jobs=tuple(jobs),
        shipments=tuple(shipments),
        matrices={"car": Matrix(grid, grid)},
        objective=objective,
        units_per_second=scale,
        benchmark=benchmark,
    )


def _row(found: list[float]) -> _Row:
    number, x, y, demand, ready, due, service, pickup_of, delivery_of = found
    return _Row(int(number), x, y, int(demand), ready, due, service, int(pickup_of), int(delivery_of))


def _window(row: _Row, scale: int) -> Window:
    return Window(_scaled(row.ready, scale), _scaled(row.due, scale))


def _scaled(value: float, scale: int) -> int:
    return round(value * scale)


def _numbers(parts: list[str], count: int, line: int) -> list[float]:
    if len(parts) != count or not all(_is_number(part) for part in parts):
        raise Refused(Sentence("{line}行目は{count}個の数のはずです", line=line, count=count))
    return [float(part) for part in parts]


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
