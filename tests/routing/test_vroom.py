"""VROOM's JSON is read key by key, refused by name where not understood, and answered in its own shape."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

import pytest

from sharemeal.routing.build import build
from sharemeal.routing.problem import Problem
from sharemeal.routing.vroom import problem_from
from sharemeal.routing.vroom_answer import answer_from
from sharemeal.sentences import Refused
from tests.routing.make_problem import solved
from tests.routing.oracle import best_value
from tests.routing.tiny import tiny_problem
from tests.routing.vroom_question import question_from

AOBADAI = [139.517300, 35.542855]
FUJIGAOKA = [139.527580, 35.543400]
KITCHEN = [139.518221, 35.545494]

WEEK: dict[str, Any] = {
    "vehicles": [
        {"id": 1, "profile": "bike", "description": "さくら", "start": AOBADAI, "capacity": [10],
         "time_window": [61200, 66600], "steps": [{"type": "start"}]},
        {"id": 2, "profile": "foot", "start": FUJIGAOKA, "end": FUJIGAOKA, "capacity": [6]},
    ],
    "jobs": [{"id": 1, "location": AOBADAI, "service": 60, "priority": 100, "description": "電池"}],
    "shipments": [
        {"amount": [2],
         "pickup": {"id": 1, "location": KITCHEN, "service": 120, "time_windows": [[61200, 63000]]},
         "delivery": {"id": 1, "location": FUJIGAOKA, "service": 240, "time_windows": [[61200, 64800]]},
         "sharemeal": {"familiarity": {"1": 0.5}, "max_ride": 3600}},
    ],
    "sharemeal": {"familiarity_weight": 300},
}  # fmt: skip


def changed(path: str, value: object) -> dict[str, Any]:
    """WEEK with one value set, e.g. ``vehicles.0.id``."""
    document = copy.deepcopy(WEEK)
    *way, last = path.split(".")
    at: Any = document
    for part in way:
        at = at[int(part)] if isinstance(at, list) else at[part]
    at[int(last) if isinstance(at, list) else last] = value
    return document


def test_the_answer_has_vrooms_shape() -> None:
    problem = problem_from(WEEK)
    answer = json.loads(json.dumps(answer_from(solved(problem))))
    assert answer["code"] == 0
    assert answer["unassigned"] == []
    summary = answer["summary"]
    assert summary["priority"] == 100
    assert (summary["delivery"], summary["pickup"], summary["unassigned"]) == ([2], [2], 0)
    assert set(summary) >= {"cost", "routes", "setup", "service", "duration", "waiting_time", "distance",
                            "violations", "computing_times"}  # fmt: skip
    assert summary["service"] == 420
    for route in answer["routes"]:
        steps = route["steps"]
        assert [steps[0]["type"], steps[-1]["type"]] == ["start", "end"]
        assert route["duration"] == steps[-1]["duration"]
        clock = steps[0]["arrival"]
        travelled = 0
        for step in steps:
            assert step["arrival"] == clock + step["duration"] - travelled
            clock = step["arrival"] + step["waiting_time"] + step["setup"] + step["service"]
            travelled = step["duration"]
    assert sum(route["cost"] for route in answer["routes"]) == summary["cost"]
    ours = answer["sharemeal"]
    assert (ours["status"], ours["gap"], ours["bound"]) == ("optimal", 0.0, summary["cost"])


def test_an_unserved_shipment_is_two_tasks_with_one_reason() -> None:
    answer = answer_from(solved(problem_from(changed("shipments.0.skills", [7]))))
    assert answer["summary"]["unassigned"] == 2
    assert [(each["type"], each["id"]) for each in answer["unassigned"]] == [("pickup", 1), ("delivery", 1)]
    assert {each["why"] for each in answer["sharemeal"]["unserved"]} == {"必要な資格（7）のある人がいません"}


def test_travel_can_be_overridden_and_new_modes_named() -> None:
    document = changed("sharemeal.travel", {"bike": {"kmh": 36}, "cart": {"kmh": 3.6, "detour": 1}})
    document["vehicles"][1]["profile"] = "cart"
    problem = problem_from(document)
    metres = problem.matrices["cart"].distances
    assert metres is not None
    assert problem.matrices["cart"].durations.max() - metres.max() in (0, 1)


def test_a_matrix_is_read_by_its_rows() -> None:
    document = {
        "vehicles": [{"id": 1, "start_index": 3}],
        "jobs": [{"id": 1, "location_index": 1}],
        "matrices": {"car": {"durations": [[0, 1, 2, 3], [4, 0, 5, 6], [7, 8, 0, 9], [10, 11, 12, 0]]}},
    }
    plan = solved(problem_from(document))
    assert plan.cost == 11
    answer = answer_from(plan)
    assert [step["location_index"] for step in answer["routes"][0]["steps"]] == [3, 1, 1]
    assert "distance" not in answer["summary"]


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("vehicles", [], "ひとりもいません"),
        ("vehicles.0.breaks", [], "vehicle 1の「breaks」には対応していません"),
        ("vehicles.0.type", "x", "vehicle 1の「type」"),
        ("jobs.0.setup_per_type", {}, "job 1の「setup_per_type」"),
        ("shipments.0.pickup.service_per_type", {}, "pickup 1の「service_per_type」"),
        ("matrix", [[0]], "JSONの「matrix」"),
        ("sharemeal.familiar_weight", 3, "「familiar_weight」"),
        ("vehicles.1.id", 1, "vehicleの番号1が二度"),
        ("jobs.0.location", [35.54, 139.51], "逆になっていませんか"),
        ("jobs.0.location", [float("nan"), 35.0], "[経度, 緯度]で書いてください"),
        ("jobs.0.location", None, "job 1に場所"),
        ("jobs.0.service", -1, "0から"),
        ("jobs.0.service", 1.5, "整数で"),
        ("jobs.0.priority", 101, "100まで"),
        ("jobs.0.time_windows", [[300, 200]], "終わりが始まりより前"),
        ("jobs.0.time_windows", [], "一つ以上"),
        ("jobs.0.time_windows", [[0, 200], [100, 300]], "重なっています"),
        ("jobs.0.delivery", [1, 2], "量の数がそろいません"),
        ("jobs.0.sharemeal", {"max_ride": 60}, "max_rideは受け取りと届けの組にだけ"),
        ("vehicles.0.speed_factor", 0, "speed_factorは0より大きく"),
        ("vehicles.0.profile", "rocket", "移動手段rocketの所要時間がわかりません"),
        ("shipments.0.sharemeal.familiarity", {"1": 1.5}, "0から1まで"),
        ("shipments.0.sharemeal.familiarity", {"さくら": 1}, "familiarityは"),
        ("shipments.0.delivery", None, "deliveryは"),
        ("matrices", {"bike": {"durations": [[0, 1]]}}, "location_index"),
        ("sharemeal.travel", {"bike": {"kmh": 0}}, "kmhは0より大きい"),
        ("vehicles.0.sharemeal", {"locked_steps": [{"type": "job", "id": 9, "at": 1}]}, "job 9は問題の中に"),
        ("vehicles.0.sharemeal", {"locked_steps": [{"type": "delivery", "id": 1, "at": 1}]}, "受け取りより先"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_a_sentence(path: str, value: object, says: str) -> None:
    with pytest.raises(Refused) as refused:
        problem_from(changed(path, value))
    assert says in str(refused.value)


@pytest.mark.parametrize("document", [None, [], "x", {"vehicles": 3}, {"vehicles": [3]}])
def test_what_is_no_question_is_refused(document: object) -> None:
    with pytest.raises(Refused):
        problem_from(document)


def test_a_matrix_that_is_too_small_or_broken_is_refused() -> None:
    document: dict[str, Any] = {"vehicles": [{"id": 1, "start_index": 5}], "matrices": {}}
    for rows, says in [([[0, 1], [1, 0]], "location_index 5"), ([[0, 1]], "正方形"), ([[-1]], "0以上")]:
        document["matrices"] = {"car": {"durations": rows}}
        with pytest.raises(Refused, match=says):
            problem_from(document)


@pytest.mark.parametrize("seed", range(20))
def test_a_question_written_out_asks_the_same(seed: int) -> None:
    problem = tiny_problem(Random(seed))
    again: Problem = problem_from(json.loads(json.dumps(question_from(problem))))
    assert best_value(again) == best_value(problem)
    assert build(again).value({}) == build(problem).value({})
