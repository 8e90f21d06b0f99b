"""Ways as the crow flies: how long and how far between points where no road service is asked.

Straight lines are stretched by a detour factor and walked at the speed of the mode; the figures are those of
the neighbourhood's travel model and can be overridden problem by problem.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sharemeal.routing.terms import LARGEST_WHOLE, Matrix, Place
from sharemeal.sentences import Refused, Sentence

EARTH_RADIUS_METRES = 6371008.8


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e9


@dataclass(frozen=True)
class Mode:
    """How one mode travels: ceil(max(min_metres, line × detour) / speed) + fixed_seconds; 0 on the spot."""

    kmh: float
    detour: float
    min_metres: float = 50.0
    fixed_seconds: int = 0

    def __post_init__(self) -> None:
        for name in ("kmh", "detour"):
            value = getattr(self, name)
            if not _is_number(value) or value <= 0:
                raise Refused(
                    Sentence("{name}は0より大きい数です（いまは{value}）", name=name, value=repr(value))
                )
        for name in ("min_metres", "fixed_seconds"):
            value = getattr(self, name)
            if not _is_number(value) or value < 0:
                raise Refused(
                    Sentence("{name}は0以上の数です（いまは{value}）", name=name, value=repr(value))
                )


DEFAULT_MODES = {
    "foot": Mode(kmh=4.0, detour=1.35),
    "bike": Mode(kmh=11.0, detour=1.35),
    "car": Mode(kmh=18.0, detour=1.40, fixed_seconds=60),
}
"""The neighbourhood's default figures: walking with meals, a bicycle, a car and its minute of parking."""


def straight_lines(places: Sequence[Place], mode: Mode) -> Matrix:
    """Seconds and metres between all places for one mode. Places without coordinates are refused."""
    if any(place.lng is None or place.lat is None for place in places):
        raise Refused(
            Sentence("座標のない場所があるので、所要時間を見積もれません"),
            remedy=Sentence("locationを書くか、行列（matrices）を書いてください"),
        )
    lng = np.radians(np.array([place.lng for place in places], dtype=float))
    lat = np.radians(np.array([place.lat for place in places], dtype=float))
    half = (
        np.sin((lat[:, None] - lat[None, :]) / 2) ** 2
        + np.cos(lat)[:, None] * np.cos(lat)[None, :] * np.sin((lng[:, None] - lng[None, :]) / 2) ** 2
    )
    line = 2 * EARTH_RADIUS_METRES * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    metres = np.maximum(mode.min_metres, line * mode.detour)
    seconds = np.ceil(metres / (mode.kmh / 3.6)) + math.ceil(mode.fixed_seconds)
    seconds = np.minimum(seconds, LARGEST_WHOLE + 1)  # so slow that the matrix refuses it
    metres = np.minimum(metres, LARGEST_WHOLE + 1)
    same = (lng[:, None] == lng[None, :]) & (lat[:, None] == lat[None, :])
    return Matrix(
        durations=np.where(same, 0, seconds).astype(np.int64),
        distances=np.where(same, 0, np.rint(metres)).astype(np.int64),
    )
