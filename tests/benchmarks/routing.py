"""Routing measured on the shared benchmark set (``bench/``, beside the repository or where BENCH says).

    python -m tests.benchmarks.routing [--weekly N] [--classic NAME …] [--scale N …] [--rows FILE]

Prints a table and, with ``--rows``, writes one JSON object a line. The set has its own travel model and counts
its windows from 16:30; both are converted here, so that costs can be laid beside ``weekly_optima.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from sharemeal.routing.classic import read_lilim, read_solomon
from sharemeal.routing.plan import Plan
from sharemeal.routing.problem import (
    Objective,
    Place,
    Problem,
    Shipment,
    Task,
    Vehicle,
    Window,
    Wishes,
)
from sharemeal.routing.solve import Stop, solve
from sharemeal.routing.travel import Mode, straight_lines
from sharemeal.routing.vroom_answer import answer_from

BENCH = Path(os.environ.get("BENCH", Path(__file__).parents[3] / "shared" / "bench"))
MODES = {"walk": Mode(4.5, 1.3, 0), "bike": Mode(12, 1.3, 0), "car": Mode(20, 1.3, 0)}
CAPACITY = {"walk": 6, "bike": 10, "car": 30}
FAMILIARITY_WEIGHT = 300


def neighbourhood(path: Path) -> Problem:
    """A file of ``weekly/`` or ``scale/`` as a problem of ours, with the set's own rules."""
    given = json.loads(path.read_text(encoding="utf-8"))
    volunteers = given["volunteers"]
    points = given["restaurants"] + given["households"] + [each["at"] for each in volunteers]
    places = tuple(Place(lng, lat) for lat, lng in points)
    homes, ends = len(given["restaurants"]), len(given["restaurants"]) + len(given["households"])
    last = max(each["shift"][1] for each in volunteers)
    vehicles = tuple(
        Vehicle(
            id=number,
            start=ends + number,
            profile=each["mode"],
            capacity=(CAPACITY[each["mode"]],),
            window=Window(*each["shift"]),
        )
        for number, each in enumerate(volunteers)
    )
    shipments = []
    for number, order in enumerate(given["orders"]):
        known = {
            v: 1.0 for v, each in enumerate(volunteers) if order["household"] in each.get("familiar", ())
        }
        shipments.append(
            Shipment(
                Task(number, order["restaurant"], 0, 60, (Window(order["ready"], last),)),
                Task(number, homes + order["household"], 0, 180, (Window(*order["deliver"]),)),
                amount=(order["meals"],),
                wishes=Wishes(
                    familiarity=known if any(each.get("familiar") for each in volunteers) else None
                ),
            )
        )
    return Problem(
        places=places,
        vehicles=vehicles,
        jobs=(),
        shipments=tuple(shipments),
        matrices={name: straight_lines(places, mode) for name, mode in MODES.items()},
        familiarity_weight=FAMILIARITY_WEIGHT,
    )


def weekly(count: int, seconds: float) -> list[dict[str, Any]]:
    """The first so many weekly instances beside their proven optima."""
    optima = json.loads((BENCH / "weekly_optima.json").read_text(encoding="utf-8"))
    rows = []
    for seed in range(count):
        name = f"neigh_h10_v3_s{seed}.json"
        left_out, best = optima[name][:2]
        row, plan = _solved(name, neighbourhood(BENCH / "weekly" / name), seconds)
        row |= {"best": best, "best_unserved": left_out, "status": plan.status.value}
        row["same"] = [row["cost"], row["unserved"]] == [best, left_out]
        rows.append(row)
    return rows


def classic(name: str, seconds: float) -> list[dict[str, Any]]:
    """A file of the literature, vehicles first, beside its best-known answer."""
    known = json.loads((BENCH / "classic" / "bks.json").read_text(encoding="utf-8"))
    text = (BENCH / "classic" / f"{name}.txt").read_text(encoding="utf-8")
    reader = read_lilim if name.startswith("l") else read_solomon
    row, plan = _solved(name, reader(text, Objective.VEHICLES_DISTANCE), seconds)
    told = answer_from(plan)["sharemeal"]
    best = known.get(name) or known.get(name.lower()) or {}
    row |= {"vehicles": told["vehicles"], "cost": round(told["distance"], 2), "status": told["status"]}
    row |= {"best_vehicles": best.get("vehicles"), "best": best.get("distance")}
    return [row]


def scale(count: int, seconds: float) -> list[dict[str, Any]]:
    """A city of so many deliveries; no optimum is known."""
    name = f"scale_{count}_s1.json"
    row, plan = _solved(name, neighbourhood(BENCH / "scale" / name), seconds)
    return [row | {"status": plan.status.value}]


def _solved(name: str, problem: Problem, seconds: float) -> tuple[dict[str, Any], Plan]:
    began = time.perf_counter()
    plan = solve(problem, Stop(seconds), seed=1)
    wall = time.perf_counter() - began
    unserved = len(plan.unserved) // 2 if problem.shipments else len(plan.unserved)
    row = {"name": name, "seconds": seconds, "wall": round(wall, 3), "solver": plan.solver}
    return row | {"unserved": unserved, "cost": float(plan.cost)}, plan


def main() -> None:
    """Run what is asked for and tell."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weekly", type=int, default=15)
    parser.add_argument("--classic", nargs="*", default=["lc101", "lr101", "R101"])
    parser.add_argument("--scale", nargs="*", type=int, default=[100])
    parser.add_argument("--rows", type=Path)
    asked = parser.parse_args()
    if not BENCH.is_dir():
        sys.exit(f"The benchmark set is not at {BENCH}; say where with BENCH=…")
    rows = weekly(asked.weekly, 3.0)
    for name in asked.classic:
        rows += classic(name, 5.0)
    for count in asked.scale:
        rows += scale(count, 10.0)
    columns = ["name", "status", "unserved", "vehicles", "best_vehicles", "cost", "best", "wall", "solver"]
    for row in [dict(zip(columns, columns, strict=True)), *rows]:
        print("  ".join(f"{row.get(column, '')!s:<20.20}" for column in columns))
    if asked.rows is not None:
        asked.rows.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    main()
