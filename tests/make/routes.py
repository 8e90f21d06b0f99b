"""One small routing problem and its right answer, every figure worked out by hand."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

TRAVEL_SECONDS = [
    [0, 100, 130, 150, 101],
    [100, 0, 120, 160, 90],
    [130, 120, 0, 80, 70],
    [150, 160, 80, 0, 60],
    [101, 90, 70, 60, 0],
]


def the_problem() -> Json:
    """Two shipments from place 1 for vehicle 1, a round trip with job 7 for vehicle 2, job 8 for nobody."""
    return {
        "vehicles": [
            {
                "id": 1,
                "start_index": 0,
                "capacity": [4, 2],
                "skills": [1],
                "time_window": [0, 2000],
                "max_tasks": 4,
                "max_travel_time": 300,
                "max_distance": 600,
                "costs": {"fixed": 10},
            },
            {
                "id": 2,
                "start_index": 0,
                "end_index": 0,
                "capacity": [2, 2],
                "speed_factor": 2,
                "time_window": [0, 222],
            },
        ],
        "shipments": [
            {
                "amount": [2, 0],
                "skills": [1],
                "pickup": {"id": 1, "location_index": 1, "setup": 30, "service": 60},
                "delivery": {
                    "id": 1,
                    "location_index": 2,
                    "service": 120,
                    "time_windows": [[0, 9], [500, 900]],
                },
                "sharemeal": {"familiarity": {"1": 0.5}, "max_ride": 310},
            },
            {
                "amount": [1, 0],
                "pickup": {"id": 2, "location_index": 1, "setup": 30, "service": 60},
                "delivery": {"id": 2, "location_index": 3, "service": 120, "time_windows": [[0, 700]]},
                "sharemeal": {"previous_vehicle": 2},
            },
        ],
        "jobs": [
            {
                "id": 7,
                "location_index": 4,
                "setup": 20,
                "service": 100,
                "delivery": [0, 1],
                "pickup": [1, 0],
                "priority": 5,
                "sharemeal": {"pinned_vehicle": 2},
            },
            {"id": 8, "location_index": 4, "skills": [9]},
        ],
        "matrices": {
            "car": {
                "durations": TRAVEL_SECONDS,
                "distances": [[2 * leg for leg in row] for row in TRAVEL_SECONDS],
            }
        },
        "sharemeal": {"familiarity_weight": 100, "change_weight": 40, "now": 0},
    }


def step(kind: str, place: int, arrival: int, duration: int, load: list[int], **more: int) -> Json:
    return {
        "type": kind,
        "location_index": place,
        "arrival": arrival,
        "duration": duration,
        "load": load,
        "setup": 0,
        "service": 0,
        "waiting_time": 0,
        **more,
    }


def the_answer() -> Json:
    """Every figure worked out by hand."""
    first = [
        step("start", 0, 0, 0, [0, 0]),
        step("pickup", 1, 100, 100, [2, 0], id=1, setup=30, service=60),
        step("pickup", 1, 190, 100, [3, 0], id=2, service=60),
        step("delivery", 2, 370, 220, [1, 0], id=1, service=120, waiting_time=130),
        step("delivery", 3, 700, 300, [0, 0], id=2, service=120),
        step("end", 3, 820, 300, [0, 0]),
    ]
    second = [
        step("start", 0, 0, 0, [0, 1]),
        step("job", 4, 51, 51, [1, 0], id=7, setup=20, service=100),
        step("end", 0, 222, 102, [1, 0]),
    ]
    return {
        "code": 0,
        "summary": {
            "cost": 502,
            "routes": 2,
            "unassigned": 1,
            "setup": 50,
            "service": 460,
            "duration": 402,
            "waiting_time": 130,
            "priority": 5,
            "delivery": [3, 1],
            "pickup": [4, 0],
            "distance": 1004,
            "violations": [],
            "computing_times": {"loading": 0, "solving": 3, "routing": 0},
        },
        "unassigned": [{"type": "job", "id": 8, "location_index": 4}],
        "routes": [
            {
                "vehicle": 1,
                "cost": 400,
                "setup": 30,
                "service": 360,
                "duration": 300,
                "waiting_time": 130,
                "priority": 0,
                "delivery": [3, 0],
                "pickup": [3, 0],
                "distance": 600,
                "steps": first,
            },
            {
                "vehicle": 2,
                "cost": 102,
                "setup": 20,
                "service": 100,
                "duration": 102,
                "waiting_time": 0,
                "priority": 5,
                "delivery": [0, 1],
                "pickup": [1, 0],
                "distance": 404,
                "steps": second,
            },
        ],
        "sharemeal": {
            "status": "feasible",
            "bound": 251,
            "gap": 0.5,
            "familiar_share": 0.5,
            "solver": "hand",
            "unserved": [{"type": "job", "id": 8, "why": "nobody has skill 9"}],
        },
    }
