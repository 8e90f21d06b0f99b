"""生かされた食材: how many kilograms a meal has rescued, measured or estimated.

Only the rescued part of a meal counts: what came from surplus, a food drive, or off-grade goods. Where it was weighed
the weight counts, else a figure for each meal, marked as estimated.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

KILOGRAMS_PER_MEAL = Decimal("0.42")
"""Rescued kilograms of one meal whose surplus was not weighed.

The weight of a meal as programmes that give food on reckon it; always told as an estimate (推定).
"""


@dataclass(frozen=True)
class Rescued:
    """Kilograms that were eaten instead of thrown away, as far as they were weighed and as far as reckoned."""

    measured_kg: Decimal = Decimal(0)
    estimated_kg: Decimal = Decimal(0)

    @property
    def total_kg(self) -> Decimal:
        """Both together."""
        return self.measured_kg + self.estimated_kg

    def __add__(self, other: Rescued) -> Rescued:
        return Rescued(self.measured_kg + other.measured_kg, self.estimated_kg + other.estimated_kg)


def rescued_of(*, uses_surplus: bool, surplus_kg: Decimal | None, measured: bool, meals: int) -> Rescued:
    """What one dish has rescued: its surplus where that was weighed, else so much for each meal, as an estimate."""
    if not uses_surplus or meals <= 0:
        return Rescued()
    if measured and surplus_kg is not None:
        return Rescued(measured_kg=surplus_kg)
    return Rescued(estimated_kg=KILOGRAMS_PER_MEAL * meals)


def rescued(parts: Iterable[Rescued]) -> Rescued:
    """The sum of several dishes."""
    return sum(parts, Rescued())
