"""Travel as the interface defines it: matrices where given, else a straight line with a detour."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from tests.checker.problem import Json, Place

EARTH_RADIUS_METRES = 6371008.8
_ROUNDING = 1e-9
"""Relative room for another order of the same floating-point operations, at a whole second only."""


@dataclass(frozen=True)
class Pace:
    """How one mode travels along a straight line."""

    kmh: float
    detour: float
    min_metres: float
    fixed_seconds: int

    def metres(self, a: tuple[float, float], b: tuple[float, float]) -> float:
        """Metres between two (longitude, latitude) points, the detour included; 0 between equal points."""
        return 0.0 if a == b else max(self.min_metres, haversine_metres(a, b) * self.detour)

    def seconds(self, a: tuple[float, float], b: tuple[float, float]) -> frozenset[int]:
        """The whole seconds that are right; two only where rounding stands on a knife's edge."""
        if a == b:
            return frozenset((0,))
        exact = self.metres(a, b) / (self.kmh / 3.6)
        room = exact * _ROUNDING
        return frozenset(
            math.ceil(value) + self.fixed_seconds for value in (exact - room, exact, exact + room)
        )


PACES = {
    "foot": Pace(kmh=4.0, detour=1.35, min_metres=50, fixed_seconds=0),
    "bike": Pace(kmh=11.0, detour=1.35, min_metres=50, fixed_seconds=0),
    "car": Pace(kmh=18.0, detour=1.40, min_metres=50, fixed_seconds=60),
}


def haversine_metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The great-circle distance between two (longitude, latitude) points in degrees."""
    lng_a, lat_a, lng_b, lat_b = map(math.radians, (*a, *b))
    half = math.sin((lat_b - lat_a) / 2) ** 2
    half += math.cos(lat_a) * math.cos(lat_b) * math.sin((lng_b - lng_a) / 2) ** 2
    return 2 * EARTH_RADIUS_METRES * math.asin(math.sqrt(half))


class Roads:
    """All travel of one problem."""

    def __init__(self, problem: Json) -> None:
        self._matrices: dict[str, Json] = problem.get("matrices", {})
        self._paces = dict(PACES)
        for profile, given in problem.get("sharemeal", {}).get("travel", {}).items():
            base = self._paces.get(profile, PACES["car"])
            self._paces[profile] = Pace(**{**base.__dict__, **given})

    def seconds(self, vehicle: Json, a: Place | None, b: Place | None) -> frozenset[int]:
        """Right travel times from a to b; a missing place costs no travel.

        Two values only where exact and double arithmetic round differently.
        """
        if a is None or b is None:
            return frozenset((0,))
        matrix = self._matrix(vehicle, "durations")
        if matrix is not None:
            plain = frozenset((_cell(matrix, a, b),))
        else:
            assert a.point is not None, "a straight line needs location"
            assert b.point is not None, "a straight line needs location"
            plain = self._paces[vehicle.get("profile", "car")].seconds(a.point, b.point)
        factor = vehicle.get("speed_factor", 1)
        return frozenset(
            slowed
            for seconds in plain
            for slowed in (math.ceil(seconds / Fraction(str(factor))), math.ceil(seconds / factor))
        )

    def metres(self, vehicle: Json, a: Place | None, b: Place | None) -> tuple[int, int] | None:
        """The least and most whole metres from a to b; None where nothing tells."""
        if a is None or b is None:
            return (0, 0)
        matrix = self._matrix(vehicle, "distances")
        if matrix is not None and a.index is not None and b.index is not None:
            return (_cell(matrix, a, b),) * 2
        pace = self._paces.get(vehicle.get("profile", "car"))
        if a.point is None or b.point is None or pace is None:
            return None
        metres = pace.metres(a.point, b.point)
        return (math.floor(metres), math.ceil(metres))

    def given_cost(self, vehicle: Json, a: Place | None, b: Place | None) -> int | None:
        """The leg's cost where the problem brings a cost matrix, else None."""
        matrix = self._matrix(vehicle, "costs")
        if matrix is None:
            return None
        if a is None or b is None:
            return 0
        return _cell(matrix, a, b)

    def _matrix(self, vehicle: Json, kind: str) -> list[list[int]] | None:
        matrix: list[list[int]] | None = self._matrices.get(vehicle.get("profile", "car"), {}).get(kind)
        return matrix


def _cell(matrix: list[list[int]], a: Place, b: Place) -> int:
    assert a.index is not None, "a matrix needs location_index"
    assert b.index is not None, "a matrix needs location_index"
    return int(matrix[a.index][b.index])
