"""VROOM's JSON (docs/API.md 1.15, with our ``sharemeal`` keys) as a Problem.

Every key is honoured, or refused by its name; none is passed over. ``steps`` of a vehicle is a hint that may
be ignored. Coordinates are ``[lng, lat]``, times seconds, distances metres.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sharemeal.routing.problem import (
    Costs,
    Grid,
    Job,
    Matrix,
    Objective,
    Place,
    Problem,
    Shipment,
    Task,
    Vehicle,
)
from sharemeal.routing.terms import whole, whole_grid
from sharemeal.routing.travel import DEFAULT_MODES, Mode, straight_lines
from sharemeal.routing.vroom_keys import (
    Json,
    is_number,
    name_of,
    read_amounts,
    read_id,
    read_list,
    read_locked,
    read_object,
    read_skills,
    read_text,
    read_window,
    read_wishes,
)
from sharemeal.sentences import Refused, Sentence

VEHICLE_KEYS = {
    "id", "profile", "description", "start", "start_index", "end", "end_index", "capacity", "costs", "skills",
    "time_window", "speed_factor", "max_tasks", "max_travel_time", "max_distance", "steps", "sharemeal",
}  # fmt: skip
TASK_KEYS = {"id", "description", "location", "location_index", "setup", "service", "time_windows"}
JOB_KEYS = TASK_KEYS | {"delivery", "pickup", "skills", "priority", "sharemeal"}
SHIPMENT_KEYS = {"pickup", "delivery", "amount", "skills", "priority", "sharemeal"}
WEEK_KEYS = {"familiarity_weight", "change_weight", "now", "travel"}


def problem_from(document: object, objective: Objective = Objective.WEIGHTED) -> Problem:
    """The question that a parsed JSON document asks. :class:`Refused` names what is wrong with it."""
    root = read_object(document, "JSON", {"vehicles", "jobs", "shipments", "matrices", "sharemeal"})
    ours = read_object(root.get("sharemeal", {}), "sharemeal", WEEK_KEYS)
    grids = read_object(root.get("matrices", {}), "matrices")
    reader = _Reader(by_index=bool(grids))
    vehicles = tuple(reader.vehicle(each) for each in read_list(root, "vehicles"))
    jobs = tuple(reader.job(each) for each in read_list(root, "jobs"))
    shipments = tuple(reader.shipment(each) for each in read_list(root, "shipments"))
    places = tuple(reader.places)
    modes = _modes(ours.get("travel", {}))
    matrices = {
        profile: _matrix(profile, grids.get(profile), places, modes)
        for profile in {vehicle.profile for vehicle in vehicles}
        if profile in grids or profile in modes
    }
    return Problem(
        places=places,
        vehicles=vehicles,
        jobs=jobs,
        shipments=shipments,
        matrices=matrices,
        familiarity_weight=whole(ours.get("familiarity_weight", 0), "familiarity_weight"),
        change_weight=whole(ours.get("change_weight", 0), "change_weight"),
        now=None if ours.get("now") is None else whole(ours["now"], "now"),
        objective=objective,
    )


def _speed_factor(told: Json, name: str) -> float:
    given = told.get("speed_factor", 1.0)
    if not is_number(given):
        raise Refused(Sentence("{name}のspeed_factorは0より大きく5までの数です", name=name))
    return float(given)


def _matrix(profile: str, given: object, places: tuple[Place, ...], modes: Mapping[str, Mode]) -> Matrix:
    if given is None:
        return straight_lines(places, modes[profile])
    name = f"matrices.{profile}"
    parts = read_object(given, name, {"durations", "distances", "costs"})
    located = all(place.lng is not None for place in places)
    rows = [place.index for place in places if place.index is not None]
    if len(rows) < len(places):
        raise Refused(
            Sentence("行列（{name}）を使うときは、すべての場所にlocation_indexを書いてください", name=name)
        )
    if "durations" not in parts:
        if "distances" in parts or profile not in modes or not located:
            raise Refused(Sentence("{name}にdurationsがありません", name=name))
        return Matrix(
            straight_lines(places, modes[profile]).durations, None, _rows(parts["costs"], rows, name)
        )
    distances = _rows(parts["distances"], rows, f"{name}.distances") if "distances" in parts else None
    costs = _rows(parts["costs"], rows, f"{name}.costs") if "costs" in parts else None
    if distances is None and located and profile in modes and places:
        distances = straight_lines(places, modes[profile]).distances
    return Matrix(_rows(parts["durations"], rows, f"{name}.durations"), distances, costs)


def _rows(given: object, rows: list[int], name: str) -> Grid:
    grid = whole_grid(given, name)
    for row in rows:
        if row >= len(grid):
            raise Refused(
                Sentence("{name}は{size}行しかなく、location_index {row}が入りません", name=name,
                         size=len(grid), row=row)
            )  # fmt: skip
    return np.asarray(grid[np.ix_(rows, rows)])


def _modes(given: object) -> dict[str, Mode]:
    modes = dict(DEFAULT_MODES)
    for profile, figures in read_object(given, "sharemeal.travel").items():
        name = f"sharemeal.travel.{profile}"
        told = read_object(figures, name, {"kmh", "detour", "min_metres", "fixed_seconds"})
        base = modes.get(profile)
        known = {} if base is None else dict(base.__dict__)
        if not {"kmh", "detour"} <= {*known, *told}:
            raise Refused(Sentence("{name}にはkmhとdetourを書いてください", name=name))
        modes[profile] = Mode(**{**known, **told})
    return modes


class _Reader:
    """Reads vehicles and tasks, numbering each place once."""

    def __init__(self, *, by_index: bool) -> None:
        self.places: list[Place] = []
        self._by_index = by_index
        self._numbers: dict[object, int] = {}

    def vehicle(self, given: object) -> Vehicle:
        name = name_of(given, "vehicle")
        told = read_object(given, name, VEHICLE_KEYS)
        ours = read_object(told.get("sharemeal", {}), f"{name}.sharemeal", {"locked_steps"})
        costs = read_object(
            told.get("costs", {}), f"{name}.costs", {"fixed", "per_hour", "per_task_hour", "per_km"}
        )
        window = told.get("time_window")
        limits = {
            key: None if told.get(key) is None else whole(told[key], f"{name} {key}")
            for key in ("max_tasks", "max_travel_time", "max_distance")
        }
        return Vehicle(
            id=read_id(told, name),
            start=self._place(told, name, "start", "start_index"),
            end=self._place(told, name, "end", "end_index"),
            profile=read_text(told, "profile", name) or "car",
            description=read_text(told, "description", name),
            capacity=read_amounts(told, "capacity", name),
            costs=Costs(**costs),
            skills=read_skills(told, name),
            window=None if window is None else read_window(window, name),
            speed_factor=_speed_factor(told, name),
            max_tasks=limits["max_tasks"],
            max_travel_seconds=limits["max_travel_time"],
            max_distance_metres=limits["max_distance"],
            locked_steps=tuple(read_locked(step, name) for step in read_list(ours, "locked_steps")),
        )

    def job(self, given: object) -> Job:
        name = name_of(given, "job")
        told = read_object(given, name, JOB_KEYS)
        return Job(
            task=self._task(told, name),
            delivery=read_amounts(told, "delivery", name),
            pickup=read_amounts(told, "pickup", name),
            skills=read_skills(told, name),
            priority=whole(told.get("priority", 0), f"{name} priority", high=100),
            wishes=read_wishes(told, name),
        )

    def shipment(self, given: object) -> Shipment:
        told = read_object(given, "shipment", SHIPMENT_KEYS)
        ends = []
        for end in ("pickup", "delivery"):
            name = name_of(told.get(end), end)
            ends.append(self._task(read_object(told.get(end), name, TASK_KEYS), name))
        name = f"shipment {ends[0].id}"
        return Shipment(
            pickup=ends[0],
            delivery=ends[1],
            amount=read_amounts(told, "amount", name),
            skills=read_skills(told, name),
            priority=whole(told.get("priority", 0), f"{name} priority", high=100),
            wishes=read_wishes(told, name),
        )

    def _task(self, told: Json, name: str) -> Task:
        place = self._place(told, name, "location", "location_index")
        if place is None:
            raise Refused(Sentence("{name}に場所（location）がありません", name=name))
        windows = told.get("time_windows")
        if windows is not None and not (isinstance(windows, list) and windows):
            raise Refused(
                Sentence("{name}のtime_windowsには[始まり, 終わり]を一つ以上書いてください", name=name)
            )
        return Task(
            id=read_id(told, name),
            place=place,
            setup_seconds=whole(told.get("setup", 0), f"{name} setup"),
            service_seconds=whole(told.get("service", 0), f"{name} service"),
            windows=tuple(read_window(window, name) for window in windows or ()),
            description=read_text(told, "description", name),
        )

    def _place(self, told: Json, name: str, point_key: str, index_key: str) -> int | None:
        point, index = told.get(point_key), told.get(index_key)
        if point is None and index is None:
            return None
        lng: float | None = None
        lat: float | None = None
        if point is not None:
            if not (isinstance(point, list) and len(point) == 2 and all(map(is_number, point))):
                raise Refused(
                    Sentence("{name}の{key}は[経度, 緯度]で書いてください", name=name, key=point_key)
                )
            lng, lat = float(point[0]), float(point[1])
        if index is not None:
            whole(index, f"{name} {index_key}")
        try:
            place = Place(lng, lat, index)
        except Refused as refusal:
            raise Refused(Sentence("{name}：{what}", name=name, what=refusal.what)) from None
        key: object = index if self._by_index and index is not None else (lng, lat)
        if not self._by_index and lng is None:
            raise Refused(
                Sentence("{name}には座標がなく、行列（matrices）もありません", name=name),
                remedy=Sentence("locationか、matricesを書いてください"),
            )
        if key not in self._numbers:
            self._numbers[key] = len(self.places)
            self.places.append(place)
        return self._numbers[key]
