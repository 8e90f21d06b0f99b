"""The terms a routing question is asked in: places, windows, vehicles, tasks and matrices.

All times are whole seconds on one axis that the asker chooses (a service day: seconds after local
midnight), all distances whole metres. Windows include both ends and mean: *the stop may begin then*; what
is done there (setup and service) may last longer. Words and meanings follow VROOM's docs/API.md 1.15.

Every constructor refuses nonsense with a sentence (:class:`sharemeal.sentences.Refused`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from sharemeal.sentences import Refused, Sentence

LARGEST_WHOLE = 2**32 - 1
"""The largest time, distance or cost that is understood, as in VROOM (an unsigned 32-bit number)."""

Grid = npt.NDArray[np.int64]


def whole(value: object, name: str, low: int = 0, high: int = LARGEST_WHOLE) -> int:
    """The value as a whole number in ``low … high``; anything else (1.5, NaN, "3", true) is refused."""
    if isinstance(value, np.integer):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused(Sentence("{name}は整数で書いてください（いまは{value}）", name=name, value=repr(value)))
    if not low <= value <= high:
        raise Refused(
            Sentence(
                "{name}は{low}から{high}までです（いまは{value}）", name=name, low=low, high=high, value=value
            )
        )
    return value


class Objective(StrEnum):
    """What the best answer is; every one first serves the largest sum of priorities, then most tasks."""

    WEIGHTED = "weighted"  # then least cost, then fewest vehicles
    DISTANCE = "distance"  # then least distance, then fewest vehicles
    VEHICLES_DISTANCE = "vehicles-distance"  # then fewest vehicles, then least distance


class Kind(StrEnum):
    """The three kinds of task, each with its own numbering."""

    JOB = "job"
    PICKUP = "pickup"
    DELIVERY = "delivery"


@dataclass(frozen=True)
class Place:
    """A point on the map (degrees), a row of the asker's matrices, or both."""

    lng: float | None = None
    lat: float | None = None
    index: int | None = None
    plane: bool = False
    """True where the two numbers are coordinates on a plane (benchmark files), not degrees."""

    def __post_init__(self) -> None:
        if (self.lng is None) != (self.lat is None) or (self.lng is None and self.index is None):
            raise Refused(Sentence("場所は[経度, 緯度]か行列の番号で示してください"))
        if self.index is not None:
            whole(self.index, "location_index")
        if self.lng is None or self.lat is None:
            return
        if not (math.isfinite(self.lng) and math.isfinite(self.lat)):
            raise Refused(Sentence("座標が数ではありません（{lng}, {lat}）", lng=self.lng, lat=self.lat))
        if self.plane or (abs(self.lng) <= 180 and abs(self.lat) <= 90):
            return
        if abs(self.lng) <= 90 and abs(self.lat) <= 180:
            raise Refused(
                Sentence(
                    "座標は[経度, 緯度]の順です。逆になっていませんか（{lng}, {lat}）",
                    lng=self.lng,
                    lat=self.lat,
                )
            )
        raise Refused(Sentence("座標が地球の外です（{lng}, {lat}）", lng=self.lng, lat=self.lat))


@dataclass(frozen=True, order=True)
class Window:
    """From ``opens`` to ``closes``, both included."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        whole(self.opens, "time_window")
        whole(self.closes, "time_window")
        if self.closes < self.opens:
            raise Refused(
                Sentence(
                    "時間帯の終わりが始まりより前です（{opens}–{closes}）",
                    opens=self.opens,
                    closes=self.closes,
                )
            )


@dataclass(frozen=True)
class Costs:
    """VROOM's costs: ``fixed`` when used; each hour of travel, each hour of setup and service, each km."""

    fixed: int = 0
    per_hour: int = 3600
    per_task_hour: int = 0
    per_km: int = 0

    def __post_init__(self) -> None:
        for name in ("fixed", "per_hour", "per_task_hour", "per_km"):
            whole(getattr(self, name), name)


@dataclass(frozen=True)
class LockedStep:
    """A step that is done: service at this task began ``at``; its windows are not asked again."""

    kind: Kind
    id: int
    at: int

    def __post_init__(self) -> None:
        whole(self.id, "id")
        whole(self.at, "at")


@dataclass(frozen=True)
class Vehicle:
    """One volunteer's round. ``start`` and ``end`` are numbers of places; without ``end`` it stays open."""

    id: int
    start: int | None = None
    end: int | None = None
    profile: str = "car"
    description: str = ""
    capacity: tuple[int, ...] = ()
    costs: Costs = Costs()
    skills: frozenset[int] = frozenset()
    window: Window | None = None
    speed_factor: float = 1.0
    max_tasks: int | None = None
    max_travel_seconds: int | None = None
    max_distance_metres: int | None = None
    locked_steps: tuple[LockedStep, ...] = ()

    def __post_init__(self) -> None:
        whole(self.id, "id")
        amounts(self.capacity, "capacity")
        for name in ("max_tasks", "max_travel_seconds", "max_distance_metres"):
            if getattr(self, name) is not None:
                whole(getattr(self, name), name)
        if not 0 < self.speed_factor <= 5:
            raise Refused(
                Sentence("speed_factorは0より大きく5までです（いまは{value}）", value=repr(self.speed_factor))
            )


@dataclass(frozen=True)
class Task:
    """What is done at one place: a job, or one end of a shipment. No window means any time."""

    id: int
    place: int
    setup_seconds: int = 0
    service_seconds: int = 0
    windows: tuple[Window, ...] = ()
    description: str = ""

    def __post_init__(self) -> None:
        whole(self.id, "id")
        whole(self.setup_seconds, "setup")
        whole(self.service_seconds, "service")
        ordered = tuple(sorted(self.windows))
        for one, two in pairwise(ordered):
            if two.opens <= one.closes:
                raise Refused(Sentence("タスク{id}の時間帯が重なっています", id=self.id))
        object.__setattr__(self, "windows", ordered)


@dataclass(frozen=True)
class Wishes:
    """Our additions to a job or shipment: faces that are known, the ride, who must and who did bring it.

    ``familiarity`` (vehicle id → 0.0–1.0) is None where it is not to be counted; a vehicle that is not
    named has 0. ``pinned_vehicle``: that vehicle or nobody. ``max_ride_seconds`` runs from the end of service
    at the pickup to the start of service at the delivery.
    """

    familiarity: Mapping[int, float] | None = None
    max_ride_seconds: int | None = None
    pinned_vehicle: int | None = None
    previous_vehicle: int | None = None

    @property
    def cost_anything(self) -> bool:
        """Whether it matters to the cost who delivers."""
        return self.familiarity is not None or self.previous_vehicle is not None

    def __post_init__(self) -> None:
        if self.max_ride_seconds is not None:
            whole(self.max_ride_seconds, "max_ride")
        for vehicle_id, share in (self.familiarity or {}).items():
            if not 0 <= share <= 1:
                raise Refused(
                    Sentence(
                        "顔なじみ度は0から1までです（車両{id}は{value}）", id=vehicle_id, value=repr(share)
                    )
                )


@dataclass(frozen=True)
class Job:
    """A visit at one place; ``delivery`` is loaded at the start, ``pickup`` is carried to the end."""

    task: Task
    delivery: tuple[int, ...] = ()
    pickup: tuple[int, ...] = ()
    skills: frozenset[int] = frozenset()
    priority: int = 0
    wishes: Wishes = Wishes()

    def __post_init__(self) -> None:
        amounts(self.delivery, "delivery")
        amounts(self.pickup, "pickup")
        whole(self.priority, "priority", high=100)
        if self.wishes.max_ride_seconds is not None:
            raise Refused(
                Sentence("max_rideは受け取りと届けの組にだけ書けます（job {id}）", id=self.task.id),
                remedy=Sentence("shipmentにするか、time_windowsで締め切りを書いてください"),
            )


@dataclass(frozen=True)
class Shipment:
    """Something picked up at one place and delivered at another by the same vehicle."""

    pickup: Task
    delivery: Task
    amount: tuple[int, ...] = ()
    skills: frozenset[int] = frozenset()
    priority: int = 0
    wishes: Wishes = Wishes()

    def __post_init__(self) -> None:
        amounts(self.amount, "amount")
        whole(self.priority, "priority", high=100)


@dataclass(frozen=True, eq=False)
class Matrix:
    """Ways between all places of the problem, by their numbers: seconds, metres, and costs if set apart."""

    durations: Grid
    distances: Grid | None = None
    costs: Grid | None = None

    def __post_init__(self) -> None:
        for name in ("durations", "distances", "costs"):
            grid: Any = getattr(self, name)
            if grid is None and name != "durations":
                continue
            object.__setattr__(self, name, whole_grid(grid, name))
            if getattr(self, name).shape != self.durations.shape:
                raise Refused(Sentence("行列{name}の大きさがdurationsと違います", name=name))


def whole_grid(rows: object, name: str) -> Grid:
    """Rows of whole numbers as a square array that nobody can write to."""
    try:
        grid = np.asarray(rows)
    except ValueError:
        raise Refused(Sentence("行列{name}は正方形ではありません", name=name)) from None
    if grid.ndim != 2 or grid.shape[0] != grid.shape[1] or grid.shape[0] == 0:
        raise Refused(Sentence("行列{name}は正方形ではありません", name=name))
    if grid.dtype.kind not in "iu" or grid.min() < 0 or grid.max() > LARGEST_WHOLE:
        raise Refused(Sentence("行列{name}には0以上の整数だけを書いてください", name=name))
    grid = grid.astype(np.int64)
    grid.setflags(write=False)
    return grid


def amounts(values: Iterable[int], name: str) -> None:
    """Refuse an amount that is not a whole number of at least zero."""
    for value in values:
        whole(value, name)
