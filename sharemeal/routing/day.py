"""A service day as a routing problem: who can carry, what is to be carried from where to where, and by when.

The problem is written in VROOM's shape (``routing/vroom.py`` reads it), with numbers and matrices alone: neither
a name nor a coordinate leaves this file. All times are whole seconds after local midnight.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sharemeal.households import DeliveryWindow
from sharemeal.labs import LabRules
from sharemeal.meals import Serving, Supply
from sharemeal.places import Point
from sharemeal.routing.terms import Place
from sharemeal.routing.travel import DEFAULT_MODES, straight_lines
from sharemeal.sentences import Sentence
from sharemeal.volunteers import Mode, Shift

Json = dict[str, Any]


@dataclass(frozen=True)
class Carrier:
    """A volunteer who is in on the day. ``ends_at`` None is an open route."""

    number: int
    mode: Mode
    meals_carried: int
    place: Point
    shift: Shift
    ends_at: Point | None = None
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Door:
    """A home as a route sees it. ``familiarity``, ``pinned`` and ``previous`` name volunteers by number."""

    household: int
    place: Point
    window: DeliveryWindow
    skills: frozenset[str] = frozenset()
    familiarity: Mapping[int, float] = field(default_factory=dict)
    pinned: int | None = None
    previous: int | None = None


@dataclass(frozen=True)
class Parcel:
    """What is carried in one go: a serving, or a part of one that is too large for every bag.

    ``id`` numbers its shipment; ``portions`` is what this parcel holds of ``serving``.
    """

    id: int
    serving: Serving
    portions: int


@dataclass(frozen=True)
class DayProblem:
    """The question of a day: VROOM's JSON, the parcels behind its ids, and what cannot even be asked."""

    body: Json
    parcels: tuple[Parcel, ...]
    hopeless: tuple[tuple[Parcel, Sentence], ...] = ()


def day_problem(
    carriers: Sequence[Carrier],
    doors: Sequence[Door],
    kitchens: Mapping[int, Point],
    supplies: Sequence[Supply],
    servings: Sequence[Serving],
    rules: LabRules,
) -> DayProblem:
    """One shipment for each serving, from its kitchen to its home, for the volunteers who are in.

    Pickups lie in the kitchen's 受け渡し hours and not before the batch is ready; service at a door begins in
    its window and by the freshness deadline. Skills are words in a lab and numbers in the problem.
    """
    door_of = {door.household: door for door in doors}
    supply_of = {(supply.kitchen, supply.dish): supply for supply in supplies}
    words = sorted({word for door in doors for word in door.skills})
    skill = {word: number for number, word in enumerate(words, start=1)}
    map_ = _Places()
    vehicles = [_vehicle(carrier, map_, skill) for carrier in carriers]
    times_at = Counter(serving.household for serving in servings)
    parcels: list[Parcel] = []
    hopeless: list[tuple[Parcel, Sentence]] = []
    shipments: list[Json] = []
    for serving in servings:
        door = door_of[serving.household]
        supply = supply_of[serving.kitchen, serving.dish]
        why = _cannot_be_asked(door, supply, carriers)
        for portions in _bags(serving.portions, door, carriers):
            parcel = Parcel(len(parcels) + len(hopeless) + 1, serving, portions)
            if why is not None:
                hopeless.append((parcel, why))
                continue
            several = times_at[serving.household] > 1 or portions < serving.portions
            collect = _collect(
                parcel, supply, map_.at("kitchen", serving.kitchen, kitchens[serving.kitchen]), rules
            )
            bring = _bring(
                parcel, door, supply, map_.at("home", door.household, door.place), rules, several=several
            )
            shipments.append(_shipment(parcel, door, collect, bring, skill))
            parcels.append(parcel)
    body = {
        "vehicles": vehicles,
        "shipments": shipments,
        "matrices": map_.matrices({carrier.mode.profile for carrier in carriers}),
        "sharemeal": {
            "familiarity_weight": rules.familiarity_weight_seconds,
            "change_weight": rules.change_weight_seconds,
        },
    }
    return DayProblem(body, tuple(parcels), tuple(hopeless))


class _Places:
    """Every party has a row of its own, also where two live in one house: each door takes its time."""

    def __init__(self) -> None:
        self._points: list[Point] = []
        self._rows: dict[tuple[str, int], int] = {}

    def at(self, kind: str, number: int, point: Point) -> int:
        if (kind, number) not in self._rows:
            self._rows[kind, number] = len(self._points)
            self._points.append(point)
        return self._rows[kind, number]

    def matrices(self, profiles: set[str]) -> Json:
        places = [Place(lng=point.lng, lat=point.lat) for point in self._points]
        grids: Json = {}
        for profile in sorted(profiles) if places else ():
            lines = straight_lines(places, DEFAULT_MODES[profile])
            assert lines.distances is not None
            grids[profile] = {"durations": lines.durations.tolist(), "distances": lines.distances.tolist()}
        return grids


def _vehicle(carrier: Carrier, places: _Places, skill: Mapping[str, int]) -> Json:
    vehicle: Json = {
        "id": carrier.number,
        "profile": carrier.mode.profile,
        "start_index": places.at("volunteer", carrier.number, carrier.place),
        "capacity": [carrier.meals_carried],
        "time_window": [carrier.shift.starts, carrier.shift.ends],
    }
    if carrier.ends_at is not None:
        vehicle["end_index"] = places.at("volunteer's end", carrier.number, carrier.ends_at)
    if known := sorted(skill[word] for word in carrier.skills if word in skill):
        vehicle["skills"] = known
    return vehicle


def _collect(parcel: Parcel, supply: Supply, row: int, rules: LabRules) -> Json:
    """The pickup. Its time is set-up: several boxes at one halt take it once."""
    return {
        "id": parcel.id,
        "location_index": row,
        "setup": rules.pickup_seconds,
        "service": 0,
        "time_windows": [[supply.collected_from_seconds, supply.handover.closes]],
    }


def _bring(parcel: Parcel, door: Door, supply: Supply, row: int, rules: LabRules, *, several: bool) -> Json:
    """The delivery; where ``several`` parcels come to one door, one halt takes the time at the door once."""
    return {
        "id": parcel.id,
        "location_index": row,
        "setup": rules.door_seconds if several else 0,
        "service": 0 if several else rules.door_seconds,
        "time_windows": [[door.window.opens, supply.knocks_until_seconds(door.window)]],
    }


def _shipment(parcel: Parcel, door: Door, collect: Json, bring: Json, skill: Mapping[str, int]) -> Json:
    wishes: Json = {"familiarity": {str(number): share for number, share in sorted(door.familiarity.items())}}
    if door.pinned is not None:
        wishes["pinned_vehicle"] = door.pinned
    if door.previous is not None:
        wishes["previous_vehicle"] = door.previous
    shipment: Json = {"amount": [parcel.portions], "pickup": collect, "delivery": bring, "sharemeal": wishes}
    if door.skills:
        shipment["skills"] = sorted(skill[word] for word in door.skills)
    return shipment


def able(door: Door, carriers: Sequence[Carrier]) -> list[Carrier]:
    """Who may go to this door at all: has its skills, and is not kept out by its pin."""
    return [
        carrier
        for carrier in carriers
        if door.skills <= carrier.skills and door.pinned in (None, carrier.number)
    ]


def _bags(portions: int, door: Door, carriers: Sequence[Carrier]) -> list[int]:
    """The portions in as few parcels as fit the largest bag of those who may go there."""
    largest = max((carrier.meals_carried for carrier in able(door, carriers)), default=0)
    if largest < 1:
        return [portions]
    full, rest = divmod(portions, largest)
    return [largest] * full + ([rest] if rest else [])


def _cannot_be_asked(door: Door, supply: Supply, carriers: Sequence[Carrier]) -> Sentence | None:
    """Why no route could ever bring this meal to this door, or None."""
    if not carriers:
        return Sentence("この日に出られるお届けボランティアがいません")
    if not able(door, carriers):
        words = "・".join(sorted(door.skills))
        if door.pinned is not None:
            return Sentence("固定された人（ボランティア{number}）は、このお宅の条件（{words}）に合いません",
                            number=door.pinned, words=words)  # fmt: skip
        return Sentence("このお宅の条件（{words}）に合う人が、この日は出られません", words=words)
    if supply.collected_from_seconds > supply.handover.closes:
        return Sentence("{dish}のできあがりが、受け渡しの時間より後です", dish=supply.dish)
    if supply.knocks_until_seconds(door.window) < door.window.opens:
        return Sentence("{dish}のお届け期限が、お届け時間帯より前に来ます", dish=supply.dish)
    return None
