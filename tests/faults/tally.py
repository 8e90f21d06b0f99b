"""The nursery's children and what was done to them, counted exactly."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.faults.points import Slot


@dataclass
class Child:
    """A forked process. ``lives`` is how many steps it may take at least; ``wakes_at`` when a frozen one goes on."""

    pid: int
    slot: Slot
    number: int
    lives: int = 0
    wakes_at: float | None = None


@dataclass
class Tally:
    """What was done to whom. ``held`` names each message that was in a killed worker's hands, with the time."""

    kills: int = 0
    by_place: Counter[str] = field(default_factory=Counter)
    by_point: Counter[str] = field(default_factory=Counter)
    freezes: int = 0
    feeder_kills: int = 0
    fell: int = 0
    fewest: int = 99
    errors: Counter[str] = field(default_factory=Counter)
    held: list[tuple[float, int]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """A plain form."""
        return {**vars(self), "kills": self.kills}
