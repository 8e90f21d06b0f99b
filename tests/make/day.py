"""One small day made by hand: four tables, the right plan and the routing problem behind it.

All places lie on one meridian, 0.005 degrees (246 s by bicycle) apart: the volunteer, the kitchen, home 1, home 2.
"""

from __future__ import annotations

import csv
from typing import Any

from tests.make.words import DATE, HEADERS

Json = dict[str, Any]

_TABLES = {
    "kitchens": ["1,なのはな食堂,和食,榎が丘,35.540000,139.520000,045-000-0001,普通・UDF1,16:00,18:00,90"],
    "households": [
        "1,若槻さん,わかつき,高齢者,桜台,1-1,35.545000,139.520000,090-0000-0001,2,卵,UDF1,,17:00,18:30,,はい,,いいえ",
        "2,目黒さん,めぐろ,子育て,桜台,2-2,35.550000,139.520000,090-0000-0002,3,,普通,,17:00,19:00,,はい,,いいえ",
        "3,土岐さん,とき,障がい,桜台,3-3,35.551000,139.520000,090-0000-0003,1,,普通,,17:00,19:00,,はい,,いいえ",
        "4,塩見さん,しおみ,高齢者,桜台,4-4,35.552000,139.520000,090-0000-0004,1,大豆,普通,,17:00,19:00,,はい,,いいえ",
    ],
    "volunteers": ["1,久我,くが,070-0000-0001,自転車,5,つつじが丘,35.535000,139.520000,16:00,19:00,1"],
    "offers": [
        f"{DATE},1,豆のごはん,4,大豆,UDF1,16:30,1.0,推定,30%,0",
        f"{DATE},1,おまかせ弁当,2,,普通,16:40,0.5,実測,30%,1.5",
        "2026-11-20,1,先週の弁当,9,なし,UDF4,16:00,0.5,実測,30%,1.5",
    ],
}

_LNG = 139.52
_START, _KITCHEN, _DOOR_1, _DOOR_2 = 35.535, 35.540, 35.545, 35.550
LEG = 246
"""Seconds by bicycle from each place to the next."""


def the_tables() -> dict[str, list[dict[str, str]]]:
    """One kitchen with two dishes (one of last week beside them), four homes, one volunteer."""
    return {
        kind: [dict(zip(HEADERS[kind], cells, strict=True)) for cells in csv.reader(lines)]
        for kind, lines in _TABLES.items()
    }


def _stop(kind: str, lat: float, arrival: int, duration: int, load: int, **more: Any) -> Json:
    """A step; what it speaks of is copied, so that a test may change one step alone."""
    idle = {"setup": 0, "service": 0, "waiting_time": 0}
    words = {"sharemeal": dict(more["sharemeal"])} if "sharemeal" in more else {}
    return {
        "type": kind,
        "location": [_LNG, lat],
        "arrival": arrival,
        "duration": duration,
        "load": [load],
        **idle,
        **more,
        **words,
    }


def _speaks_of(household: int, offer: str, portions: int) -> Json:
    return {"household": household, "kitchen": 1, "offer": offer, "portions": portions}


BEANS_1 = _speaks_of(1, "豆のごはん", 2)
BEANS_2 = _speaks_of(2, "豆のごはん", 2)
CHOICE_2 = _speaks_of(2, "おまかせ弁当", 1)


def the_plan() -> Json:
    """Home 3 is paused; home 4 avoids soy, so nothing suits it; homes 1 and 2 get all they asked for."""
    steps = [
        _stop("start", _START, 58200, 0, 0),
        _stop("pickup", _KITCHEN, 58446, LEG, 2, id=1, waiting_time=954, service=60, sharemeal=BEANS_1),
        _stop("pickup", _KITCHEN, 59460, LEG, 4, id=2, sharemeal=BEANS_2),
        _stop("pickup", _KITCHEN, 59460, LEG, 5, id=3, waiting_time=540, sharemeal=CHOICE_2),
        _stop("delivery", _DOOR_1, 60246, 2 * LEG, 3, id=1, waiting_time=954, service=240, sharemeal=BEANS_1),
        _stop("delivery", _DOOR_2, 61686, 3 * LEG, 1, id=2, service=240, sharemeal=BEANS_2),
        _stop("delivery", _DOOR_2, 61926, 3 * LEG, 0, id=3, sharemeal=CHOICE_2),
        _stop("end", _DOOR_2, 61926, 3 * LEG, 0),
    ]
    sums = {"cost": 738, "setup": 0, "service": 540, "duration": 738, "waiting_time": 2448, "priority": 0}
    routes = {
        "code": 0,
        "summary": {**sums, "routes": 1, "unassigned": 0, "computing_times": {"solving": 5}},
        "unassigned": [],
        "routes": [{"vehicle": 1, "steps": steps, **sums}],
        "sharemeal": {"status": "optimal", "bound": 738, "gap": 0, "solver": "hand", "unserved": []},
    }
    return {
        "date": DATE,
        "state": "draft",
        "meals": [{**meal, "why": "合う献立です"} for meal in (BEANS_1, BEANS_2, CHOICE_2)],
        "shortages": [{"household": 4, "portions": 1, "why": "大豆を含まない献立がありません"}],
        "surplus": [{"offer": "おまかせ弁当", "portions": 1}],
        "counts": {"active": 4, "paused": 1, "declined": 0, "planned": 2, "short": 1},
        "routes": routes,
    }


def the_day_problem() -> Json:
    """The routing problem of the plan, on straight lines."""
    handed_over, portions = [57600, 64800], (2, 2, 1)
    pickups = [
        {"id": 1, "service": 60, "time_windows": [[59400, handed_over[1]]]},
        {"id": 2, "time_windows": [[59400, handed_over[1]]]},
        {"id": 3, "time_windows": [[60000, handed_over[1]]]},
    ]
    deliveries = [
        {"id": 1, "location": [_LNG, _DOOR_1], "service": 240, "time_windows": [[61200, 64800]]},
        {"id": 2, "location": [_LNG, _DOOR_2], "service": 240, "time_windows": [[61200, 64800]]},
        {"id": 3, "location": [_LNG, _DOOR_2], "time_windows": [[61200, 65400]]},
    ]
    vehicle = {
        "id": 1,
        "profile": "bike",
        "start": [_LNG, _START],
        "capacity": [5],
        "time_window": [57600, 68400],
    }
    return {
        "vehicles": [vehicle],
        "shipments": [
            {"amount": [amount], "pickup": {"location": [_LNG, _KITCHEN], **pickup}, "delivery": delivery}
            for amount, pickup, delivery in zip(portions, pickups, deliveries, strict=True)
        ],
    }
