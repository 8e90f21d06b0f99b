"""The map as a drawing of our own: places projected on paper, the order of each route, a scale and the north.

Pure: places in, coordinates out; templates/map.html draws them. What is given is what is shown, so the caller
gives only places that the viewer may see. A route is told apart three times over, by colour, dash and shape.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sharemeal.places import Point

SHAPES = ("circle", "square", "diamond", "triangle", "hexagon", "house")
"""The shape of a route's marks; its colour and dash go with it, as ``c1`` to ``c6`` in map.css."""

MARGIN = 44.0
MARK = 15.0
_APART = 34.0
_LEAST_METRES = 300.0
_SCALE_STEPS = (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 200_000)
_LETTER = 16.0
_METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True)
class RouteStop:
    """A door on a route: its place in the order, and the home's own number where the viewer may see it."""

    place: Point
    order: int
    plate: int | None = None


@dataclass(frozen=True)
class RouteOnMap:
    """One volunteer's way: ``through`` are all places in order (start, kitchens, doors, end)."""

    words: str
    through: tuple[Point, ...]
    stops: tuple[RouteStop, ...]


@dataclass(frozen=True)
class Sign:
    """A kitchen by its name, or a home without a route by its number."""

    place: Point
    words: str


@dataclass(frozen=True)
class Mark:
    """A numbered stop on paper; ``outline`` is the path of its shape."""

    x: float
    y: float
    order: int
    plate: int | None
    outline: str


@dataclass(frozen=True)
class Leg:
    """A route on paper. ``look`` (from 1) names colour and dash; ``key`` is its mark for a legend, around 18, 18."""

    words: str
    look: int
    key: str
    path: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Label:
    """A sign on paper and where its words stand."""

    x: float
    y: float
    words: str
    text_x: float
    text_y: float
    anchor: str


@dataclass(frozen=True)
class Drawing:
    """Everything the template draws, in the units of its view box."""

    width: int
    height: int
    legs: tuple[Leg, ...]
    kitchens: tuple[Label, ...]
    unplaced: tuple[Label, ...]
    base: tuple[float, float] | None
    scale_metres: int
    scale_length: float


def look_of(index: int) -> int:
    """The look, from 1, of the ``index``-th route (from 0); looks repeat after six."""
    return index % len(SHAPES) + 1


def outline(shape: str, x: float, y: float, size: float = MARK) -> str:
    """The SVG path of a mark's shape around a point."""
    if shape == "circle":
        half = f"a{size:.0f} {size:.0f} 0 1 0 "
        return f"M{x - size:.0f} {y:.0f}{half}{2 * size:.0f} 0{half}{-2 * size:.0f} 0Z"
    corners = {
        "square": ((-0.93, -0.93), (0.93, -0.93), (0.93, 0.93), (-0.93, 0.93)),
        "diamond": ((0, -1.27), (1.27, 0), (0, 1.27), (-1.27, 0)),
        "triangle": ((0, -1.5), (1.35, 0.9), (-1.35, 0.9)),
        "hexagon": ((-0.6, -1.05), (0.6, -1.05), (1.2, 0), (0.6, 1.05), (-0.6, 1.05), (-1.2, 0)),
        "house": ((0, -1.35), (1.1, -0.4), (1.1, 1), (-1.1, 1), (-1.1, -0.4)),
    }[shape]
    return "M" + "L".join(f"{x + dx * size:.0f} {y + dy * size:.0f}" for dx, dy in corners) + "Z"


def drawn(
    routes: Sequence[RouteOnMap],
    kitchens: Sequence[Sign] = (),
    unplaced: Sequence[Sign] = (),
    *,
    base: Point | None = None,
    width: int = 760,
) -> Drawing | None:
    """The map of these routes, or None where there is no place to draw."""
    places = [place for route in routes for place in (*route.through, *(stop.place for stop in route.stops))]
    places += [sign.place for sign in (*kitchens, *unplaced)] + ([base] if base else [])
    if not places:
        return None
    paper = _Paper(places, width)
    spots = {sign.place: paper.at(sign.place) for sign in kitchens}
    stops = [stop for route in routes for stop in route.stops]
    fixed = list(spots.values()) + ([paper.at(base)] if base else [])
    moved = _apart([paper.at(stop.place) for stop in stops], fixed, paper)
    marked = iter(moved)
    legs = tuple(_leg(index, route, marked, paper) for index, route in enumerate(routes))
    taken = [_box(x, y, MARK + 2) for x, y in (*moved, *fixed)]
    taken += [
        _box(x, y, 3) for route in routes for x, y in _along([paper.at(place) for place in route.through])
    ]
    return Drawing(
        width=width,
        height=paper.height,
        legs=legs,
        kitchens=tuple(_label(sign, paper, taken) for sign in kitchens),
        unplaced=tuple(_label(sign, paper, taken) for sign in unplaced),
        base=paper.at(base) if base else None,
        scale_metres=paper.scale_metres,
        scale_length=round(paper.scale_metres * paper.per_metre, 1),
    )


class _Paper:
    """Equirectangular around the middle: true to a metre in a neighbourhood; north is up."""

    def __init__(self, places: Sequence[Point], width: int) -> None:
        self.width = width
        south, north = min(p.lat for p in places), max(p.lat for p in places)
        west, east = min(p.lng for p in places), max(p.lng for p in places)
        self._lat, self._lng = (south + north) / 2, (west + east) / 2
        self._shrink = math.cos(math.radians(self._lat))
        wide = max((east - west) * self._shrink * _METRES_PER_DEGREE, _LEAST_METRES)
        tall = max((north - south) * _METRES_PER_DEGREE, _LEAST_METRES)
        room = width - 2 * MARGIN
        self.per_metre = min(room / wide, 1.2 * room / tall)
        self.height = max(round(tall * self.per_metre + 2 * MARGIN + 36), round(width * 0.6))
        most = width / 3 / self.per_metre
        self.scale_metres = max(step for step in _SCALE_STEPS if step <= max(most, _SCALE_STEPS[0]))

    def at(self, place: Point) -> tuple[float, float]:
        east = (place.lng - self._lng) * self._shrink * _METRES_PER_DEGREE
        north = (place.lat - self._lat) * _METRES_PER_DEGREE
        return self.width / 2 + east * self.per_metre, (self.height - 36) / 2 - north * self.per_metre

    def kept(self, x: float, y: float) -> tuple[float, float]:
        edge = MARK + 4
        return min(max(x, edge), self.width - edge), min(max(y, edge), self.height - edge)


def _apart(
    spots: list[tuple[float, float]], fixed: list[tuple[float, float]], paper: _Paper
) -> list[tuple[float, float]]:
    """Marks pushed aside just so far that each number can be read; homes of one house stand around it."""
    moved = list(spots)
    for _round in range(60):
        still = True
        for index in range(len(moved)):
            for other, spot in enumerate([*moved, *fixed]):
                if other == index:
                    continue
                x, y = moved[index]
                dx, dy = x - spot[0], y - spot[1]
                gap = math.hypot(dx, dy)
                if gap >= _APART - 0.5:
                    continue
                still = False
                if gap < 0.01:
                    dx, dy, gap = math.cos(index * 2.4), math.sin(index * 2.4), 1.0
                push = (_APART - gap) / (1 if other >= len(moved) else 2) / max(gap, 0.01)
                moved[index] = paper.kept(x + dx * push, y + dy * push)
        if still:
            break
    return moved


def _leg(index: int, route: RouteOnMap, marked: Iterator[tuple[float, float]], paper: _Paper) -> Leg:
    shape = SHAPES[index % len(SHAPES)]
    spots: dict[Point, list[tuple[float, float]]] = {}
    marks = []
    for stop in route.stops:
        x, y = next(marked)
        spots.setdefault(stop.place, []).append((x, y))
        marks.append(Mark(round(x, 1), round(y, 1), stop.order, stop.plate, outline(shape, x, y)))
    way = [spots[place].pop(0) if spots.get(place) else paper.at(place) for place in route.through]
    path = "M" + " L".join(f"{x:.0f} {y:.0f}" for x, y in way) if len(way) > 1 else ""
    return Leg(route.words, look_of(index), outline(shape, 18, 18, 11), path, tuple(marks))


_Box = tuple[float, float, float, float]


def _box(x: float, y: float, reach: float) -> _Box:
    return x - reach, y - reach, x + reach, y + reach


def _along(way: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Points every dozen units along a way, so that words keep off it."""
    for (x, y), (to_x, to_y) in pairwise(way):
        steps = int(math.hypot(to_x - x, to_y - y) // 12)
        for step in range(1, steps + 1):
            yield x + (to_x - x) * step / (steps + 1), y + (to_y - y) * step / (steps + 1)


def _label(sign: Sign, paper: _Paper, taken: list[_Box]) -> Label:
    """The words right of, left of, below or above the sign: where they hide least; the place is then taken."""
    x, y = paper.at(sign.place)
    long = sum(_LETTER if ord(letter) > 0xFF else _LETTER * 0.6 for letter in sign.words)
    reach = MARK + 5
    choices = (
        ("start", x + reach, y + 5, (x + reach, y - 9, x + reach + long, y + 9)),
        ("end", x - reach, y + 5, (x - reach - long, y - 9, x - reach, y + 9)),
        ("middle", x, y + reach + 13, (x - long / 2, y + reach, x + long / 2, y + reach + 18)),
        ("middle", x, y - reach - 2, (x - long / 2, y - reach - 18, x + long / 2, y - reach)),
    )
    anchor, text_x, text_y, box = min(choices, key=lambda each: _hidden(each[3], paper, taken))
    taken.append(box)
    return Label(round(x, 1), round(y, 1), sign.words, round(text_x, 1), round(text_y, 1), anchor)


def _hidden(box: _Box, paper: _Paper, taken: list[_Box]) -> float:
    outside = max(0, -box[0]) + max(0, box[2] - paper.width) + max(0, -box[1]) + max(0, box[3] - paper.height)
    overlap = sum(
        max(0.0, min(box[2], other[2]) - max(box[0], other[0]))
        * max(0.0, min(box[3], other[3]) - max(box[1], other[1]))
        for other in taken
    )
    return outside * 1000 + overlap
