"""The immutable question of routing: who can carry, what is to be carried, how long the ways are, what is best."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from sharemeal.routing.terms import (
    Costs,
    Grid,
    Job,
    Kind,
    LockedStep,
    Matrix,
    Objective,
    Place,
    Shipment,
    Task,
    Vehicle,
    Window,
    Wishes,
    whole,
)
from sharemeal.sentences import Refused, Sentence

__all__ = [
    "Costs",
    "Grid",
    "Job",
    "Kind",
    "LockedStep",
    "Matrix",
    "Objective",
    "Place",
    "Problem",
    "Shipment",
    "Task",
    "Vehicle",
    "Window",
    "Wishes",
]


LONGEST_TRAVEL_SECONDS = 2**40
"""Longer than any way; sums of such ways still fit into 64 bits."""


@dataclass(frozen=True, eq=False)
class Problem:
    """Everything a solver may know.

    ``matrices`` holds one :class:`Matrix` for each profile that a vehicle uses, over ``places`` in their
    order. ``now``: nothing that is not locked begins before it. ``units_per_second`` is 1 except in benchmark
    files, whose real numbers are scaled to whole ones.
    """

    places: tuple[Place, ...]
    vehicles: tuple[Vehicle, ...]
    jobs: tuple[Job, ...]
    shipments: tuple[Shipment, ...]
    matrices: Mapping[str, Matrix]
    familiarity_weight: int = 0
    change_weight: int = 0
    now: int | None = None
    objective: Objective = Objective.WEIGHTED
    units_per_second: int = 1
    benchmark: str = ""
    """``lilim`` or ``solomon`` where the question came from such a file."""
    _slowed: dict[tuple[str, float], Grid] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        whole(self.familiarity_weight, "familiarity_weight")
        whole(self.change_weight, "change_weight")
        if self.now is not None:
            whole(self.now, "now")
        if not self.vehicles:
            raise Refused(
                Sentence("届ける人（vehicles）がひとりもいません"),
                remedy=Sentence("届ける人をひとり以上書いてください"),
            )
        _once((vehicle.id for vehicle in self.vehicles), "vehicle")
        for kind in Kind:
            _once((task.id for of, task in self.tasks() if of is kind), kind.value)
        self._check_places()
        self._check_amounts()
        self._check_named_vehicles()
        self._check_locked_steps()

    def tasks(self) -> Iterator[tuple[Kind, Task]]:
        """Every task with its kind: jobs, then each shipment's pickup and delivery."""
        for job in self.jobs:
            yield Kind.JOB, job.task
        for shipment in self.shipments:
            yield Kind.PICKUP, shipment.pickup
            yield Kind.DELIVERY, shipment.delivery

    @property
    def requests(self) -> tuple[Job | Shipment, ...]:
        """All jobs, then all shipments."""
        return (*self.jobs, *self.shipments)

    @property
    def amount_size(self) -> int:
        """How many quantities a capacity counts."""
        return max(len(vehicle.capacity) for vehicle in self.vehicles)

    def travel_seconds(self, vehicle: Vehicle) -> Grid:
        """Seconds between places for this vehicle: ceil(duration / speed_factor), exactly.

        Raises Refused where a factor near nothing makes a way longer than LONGEST_TRAVEL_SECONDS.
        """
        durations = self.matrices[vehicle.profile].durations
        if vehicle.speed_factor == 1:
            return durations
        key = vehicle.profile, vehicle.speed_factor
        if key not in self._slowed:
            factor = Fraction(str(vehicle.speed_factor))
            exact = -(-durations.astype(object) * factor.denominator // factor.numerator)
            if exact.size and exact.max() > LONGEST_TRAVEL_SECONDS:
                raise Refused(
                    Sentence(
                        "speed_factor {value} では、移動の時間が長くなりすぎます", value=vehicle.speed_factor
                    )
                )
            self._slowed[key] = exact.astype(np.int64)
        return self._slowed[key]

    def _check_places(self) -> None:
        numbers = [task.place for _, task in self.tasks()]
        numbers += [
            end for vehicle in self.vehicles for end in (vehicle.start, vehicle.end) if end is not None
        ]
        if any(not 0 <= number < len(self.places) for number in numbers):
            raise Refused(Sentence("場所の番号が場所の数（{count}）を超えています", count=len(self.places)))
        for vehicle in self.vehicles:
            matrix = self.matrices.get(vehicle.profile)
            if matrix is None:
                raise Refused(
                    Sentence("移動手段{profile}の所要時間がわかりません", profile=vehicle.profile),
                    why=Sentence("行列も既定の速さもない移動手段です"),
                    remedy=Sentence(
                        "matricesかsharemeal.travelに書いてください（foot、bike、carは既定があります）"
                    ),
                )
            if matrix.durations.shape[0] < len(self.places):
                raise Refused(
                    Sentence("行列{profile}が小さすぎて、場所が入りきりません", profile=vehicle.profile)
                )
            if matrix.costs is not None and vehicle.costs.per_hour != 3600:
                raise Refused(
                    Sentence("costs行列とper_hourは一緒に使えません（vehicle {id}）", id=vehicle.id)
                )
            needs = vehicle.max_distance_metres is not None or self.objective is not Objective.WEIGHTED
            if matrix.distances is None and (needs or (vehicle.costs.per_km and matrix.costs is None)):
                raise Refused(
                    Sentence(
                        "距離がわからないので計算できません（profile {profile}）", profile=vehicle.profile
                    ),
                    remedy=Sentence("distances行列か、すべての場所の座標を書いてください"),
                )

    def _check_amounts(self) -> None:
        size = self.amount_size
        lists = [(f"vehicle {vehicle.id} capacity", vehicle.capacity, False) for vehicle in self.vehicles]
        for job in self.jobs:
            lists += [(f"job {job.task.id} delivery", job.delivery, True)]
            lists += [(f"job {job.task.id} pickup", job.pickup, True)]
        lists += [(f"shipment {each.pickup.id} amount", each.amount, True) for each in self.shipments]
        for name, values, may_be_absent in lists:
            if len(values) != size and not (may_be_absent and not values):
                raise Refused(
                    Sentence(
                        "量の数がそろいません（{name}は{found}個、capacityは{size}個）",
                        name=name,
                        found=len(values),
                        size=size,
                    )
                )

    def _check_named_vehicles(self) -> None:
        known = {vehicle.id for vehicle in self.vehicles}
        for name, wishes in [(f"job {job.task.id}", job.wishes) for job in self.jobs] + [
            (f"shipment {each.pickup.id}", each.wishes) for each in self.shipments
        ]:
            for vehicle_id in wishes.familiarity or {}:
                whole(vehicle_id, f"familiarity ({name})")
            if wishes.pinned_vehicle is not None and wishes.pinned_vehicle not in known:
                # The person who must bring it is away: the task stays unserved and the answer says why.
                whole(wishes.pinned_vehicle, f"pinned_vehicle ({name})")

    def _check_locked_steps(self) -> None:
        known = {(kind, task.id) for kind, task in self.tasks()}
        pickup_of = {each.delivery.id: each.pickup.id for each in self.shipments}
        seen: set[tuple[Kind, int]] = set()
        for vehicle in self.vehicles:
            picked: set[int] = set()
            last = 0
            for step in vehicle.locked_steps:
                key = (step.kind, step.id)
                name = f"{step.kind.value} {step.id}"
                if key not in known:
                    raise Refused(Sentence("locked_stepsの{name}は問題の中にありません", name=name))
                if key in seen:
                    raise Refused(Sentence("locked_stepsに{name}が二度あります", name=name))
                if step.at < last:
                    raise Refused(Sentence("locked_stepsの{name}の時刻が前の立ち寄りより早いです", name=name))
                if step.kind is Kind.DELIVERY and pickup_of[step.id] not in picked:
                    raise Refused(
                        Sentence(
                            "locked_stepsの{name}は、受け取りより先に届けたことになっています", name=name
                        )
                    )
                seen.add(key)
                last = step.at
                if step.kind is Kind.PICKUP:
                    picked.add(step.id)


def _once(ids: Iterator[int], name: str) -> None:
    seen: set[int] = set()
    for each in ids:
        if each in seen:
            raise Refused(Sentence("{name}の番号{id}が二度使われています", name=name, id=each))
        seen.add(each)
