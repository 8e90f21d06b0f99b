"""Run every benchmark through the command line: a table on screen, JSON in instance/bench.json.

`python -m tests.benchmarks.run [--quick]`. Neighbourhood weeks are drawn from seeds. Where BENCH_FOLDER names a folder
with classic instances (lc101.txt, C101.txt, … and bks.json with their best known answers), those are solved too. Then
how quickly alerts reach somebody is measured on both databases.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks import alerts, neighbourhood

ROOT = Path(__file__).resolve().parent.parent.parent
Row = dict[str, Any]


def route(problem: Path, *options: str) -> Row:
    """The answer of `sharemeal route`, or its refusal."""
    command = [str(Path(sys.executable).parent / "sharemeal"), "route", str(problem), "--seed", "0", *options]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    try:
        answer: Row = json.loads(done.stdout)
    except ValueError:
        answer = {"code": 2, "error": done.stderr.strip()}
    return answer


def row(name: str, answer: Row) -> Row:
    """One line of the table from an answer."""
    if answer.get("code"):
        return {"name": name, "status": "refused", "error": answer.get("error", "")}
    summary, ours = answer["summary"], answer["sharemeal"]
    return {
        "name": name,
        "status": ours["status"],
        "solver": ours["solver"],
        "cost": summary["cost"],
        "bound": ours["bound"],
        "unassigned": summary["unassigned"],
        "vehicles": ours.get("vehicles", len(answer["routes"])),
        "distance": ours.get("distance"),
        "milliseconds": summary["computing_times"]["solving"],
    }


def weeks(seeds: int, seconds: int) -> list[Row]:
    """Neighbourhood weeks, one line each."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(seeds):
            problem = Path(folder) / f"week{seed}.json"
            problem.write_text(json.dumps(neighbourhood.week(seed)), "utf-8")
            rows.append(row(problem.stem, route(problem, "--seconds", str(seconds))))
            show(rows[-1])
    return rows


def classic(folder: Path, most: int, seconds: int) -> list[Row]:
    """Classic instances beside their best known answers."""
    best = json.loads((folder / "bks.json").read_text("utf-8"))
    rows = []
    for problem in sorted(folder.glob("*.txt"))[:most]:
        form = "lilim" if problem.stem.startswith("l") else "solomon"
        found = row(problem.stem, route(problem, "--format", form, "--seconds", str(seconds)))
        known = best.get(problem.stem, {})
        rows.append({**found, "best_vehicles": known.get("vehicles"), "best_distance": known.get("distance")})
        show(rows[-1])
    return rows


def show(line: Row) -> None:
    """Print one line of the table."""
    print("  ".join(f"{key} {value}" for key, value in line.items() if value is not None), flush=True)


def main() -> int:
    """Run all of it; 1 if an answer was refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="samples only")
    quick = parser.parse_args().quick
    results: dict[str, list[Row]] = {"weeks": weeks(5 if quick else 50, 1)}
    folder = Path(os.environ.get("BENCH_FOLDER", "")) / "classic"
    if os.environ.get("BENCH_FOLDER") and folder.is_dir():
        results["classic"] = classic(folder, 3 if quick else 1000, 5)
    results["alerts"] = [{"name": name, **figures} for name, figures in alerts.run(quick=quick).items()]
    target = ROOT / "instance" / "bench.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(results, ensure_ascii=False, indent=1), "utf-8")
    every = [line for lines in results.values() for line in lines]
    times = sorted(line["milliseconds"] for line in every if "milliseconds" in line)
    if times:
        optimal = sum(line.get("status") == "optimal" for line in every)
        print(
            f"{len(times)} solved, {optimal} proven optimal, median {times[len(times) // 2]} ms, most {times[-1]} ms"
        )
    print(f"Written to {target.relative_to(ROOT)}")
    return int(any(line.get("status") == "refused" for line in every))


if __name__ == "__main__":
    sys.exit(main())
