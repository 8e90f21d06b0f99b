"""A point on the map of Japan, and a refusal for one that cannot be meant."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

from sharemeal.sentences import Refused, Sentence

EARTH_RADIUS_METRES = 6_371_008.8
"""Mean radius of the earth (IUGG), as used for all straight lines."""

_JAPAN_LAT = (20.0, 46.0)
_JAPAN_LNG = (122.0, 154.0)
_WEST_COASTS = ((38.6, 139.3), (34.75, 131.0), (30.0, 128.0), (20.0, 122.5))
"""North of this latitude, up to the one before, no island of Japan lies west of this longitude (Okushiri, Mishima,
the Gotō Islands, Yonaguni); Vladivostok, Korea, Shanghai and Taiwan do."""


@dataclass(frozen=True)
class Point:
    """Latitude and longitude in degrees (WGS84/JGD2011). Raises Refused outside Japan or when swapped."""

    lat: float
    lng: float

    def __post_init__(self) -> None:
        if _in_japan(self.lat, self.lng):
            return
        values = {"lat": self.lat, "lng": self.lng}
        if _in_japan(self.lng, self.lat):
            raise Refused(
                Sentence("緯度と経度が入れかわっているようです（入力: {lat}, {lng}）。", **values),
                remedy=Sentence("緯度に{lng}、経度に{lat}と入力してください。", **values),
            )
        raise Refused(
            Sentence("日本の外の場所です（入力: {lat}, {lng}）。", **values),
            why=Sentence("緯度は20から46、経度は122から154の数字です。"),
            remedy=Sentence("地図で場所を確かめて、入れなおしてください。"),
        )

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The point that :attr:`text` wrote."""
        lat, lng = text.split(",")
        return cls(float(lat), float(lng))

    @property
    def text(self) -> str:
        """``lat,lng`` with six decimals (about ten centimetres), the form that is stored."""
        return f"{self.lat:.6f},{self.lng:.6f}"

    def metres_to(self, other: Point) -> float:
        """Great-circle distance in metres (haversine)."""
        lat1, lat2 = math.radians(self.lat), math.radians(other.lat)
        half_lat = (lat2 - lat1) / 2
        half_lng = math.radians(other.lng - self.lng) / 2
        root = math.sin(half_lat) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half_lng) ** 2
        return 2 * EARTH_RADIUS_METRES * math.asin(math.sqrt(root))


def _in_japan(lat: float, lng: float) -> bool:
    if not (_within(lat, _JAPAN_LAT) and _within(lng, _JAPAN_LNG)):
        return False
    return lng >= next(coast for south, coast in _WEST_COASTS if lat >= south)


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]
