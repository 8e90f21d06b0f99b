"""The straight-line model, by hand."""

from __future__ import annotations

import math

import pytest

from sharemeal.routing.problem import Place
from sharemeal.routing.travel import DEFAULT_MODES, EARTH_RADIUS_METRES, Mode, straight_lines
from sharemeal.sentences import Refused

DEGREE = EARTH_RADIUS_METRES * math.pi / 180


@pytest.mark.parametrize(("profile", "kmh", "detour", "fixed"), [
    ("foot", 4.0, 1.35, 0), ("bike", 11.0, 1.35, 0), ("car", 18.0, 1.40, 60),
])  # fmt: skip
def test_a_hundredth_of_a_degree_to_the_north(profile: str, kmh: float, detour: float, fixed: int) -> None:
    ways = straight_lines([Place(139.5, 35.0), Place(139.5, 35.01)], DEFAULT_MODES[profile])
    metres = DEGREE / 100 * detour
    assert ways.durations[0, 1] == math.ceil(metres / (kmh / 3.6)) + fixed
    assert ways.distances is not None
    assert ways.distances[1, 0] == round(metres)


def test_next_door_is_fifty_metres_and_the_same_point_is_nothing() -> None:
    ways = straight_lines([Place(139.5, 35.0), Place(139.5, 35.0), Place(139.500001, 35.0)], Mode(3.6, 1.0))
    assert ways.durations[0].tolist() == [0, 0, 50]


def test_a_place_without_a_point_is_refused() -> None:
    with pytest.raises(Refused, match="座標のない場所"):
        straight_lines([Place(index=3)], DEFAULT_MODES["car"])
