"""The independent checker of routes can fail: one right answer made by hand, then each rule broken alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checker import best_level, check_best, check_routes
from tests.checker.travel import PACES
from tests.make.changes import changed
from tests.make.routes import the_answer, the_problem

Json = dict[str, Any]


def test_a_right_answer_has_no_findings() -> None:
    problem, answer = the_problem(), the_answer()
    assert check_routes(problem, answer) == []
    assert (problem, answer) == (the_problem(), the_answer()), "the checker changes nothing"


S, T = "routes.0.steps", "routes.1.steps"

WRONG_ANSWERS = [
    ("code", 2, "refused"),
    ("routes.0.vehicle", 9, "vehicle 9 is unknown"),
    ("routes.1.vehicle", 1, "vehicle 1 has 2 routes"),
    ("routes", lambda routes: routes[:1], "0 times on routes and 0 times unassigned"),
    ("routes.1.steps", lambda steps: [steps[0], steps[2]], "a route is start, tasks, end"),
    (f"{S}.0.type", "job", "a route is start, tasks, end"),
    (f"{S}.1.id", 99, "unknown tasks"),
    (f"{S}.2.id", 1, "2 times on routes"),
    (S, lambda steps: [steps[0], steps[3], steps[2], steps[1], *steps[4:]], "delivered before its pickup"),
    (f"{S}.3.arrival", 369, "arrives 119 s after leaving"),
    (f"{S}.3.arrival", 371, "arrives 121 s after leaving"),
    (f"{S}.3.arrival", 370.0, "not whole seconds"),
    (f"{S}.3.waiting_time", 129, "outside [(0, 9), (500, 900)]"),
    (f"{S}.4.waiting_time", -1, "waits -1 s"),
    (f"{S}.3.duration", 221, "travel counted as 121"),
    (f"{S}.2.setup", 30, "setup is 30, not 0"),
    (f"{S}.1.setup", 0, "setup is 0, not 30"),
    (f"{S}.3.service", 119, "service is not 120"),
    (f"{S}.3.load", [0, 0], "load is not (1, 0)"),
    (f"{S}.0.load", [3, 0], "load at the start"),
    (f"{T}.0.load", [0, 0], "load at the start"),
    (f"{T}.2.load", [0, 0], "load at the end"),
    (f"{S}.3.location_index", 3, "is elsewhere"),
    (f"{S}.5.location_index", 0, "is elsewhere"),
    (f"{S}.5.arrival", 821, "arrives 1 s after leaving"),
    (f"{T}.1.arrival", 50, "arrives 50 s after leaving, should be [51]"),
    ("routes.0.cost", 399, "cost is 399, not 400"),
    ("routes.0.priority", 1, "priority is 1, not 0"),
    ("routes.0.delivery", [3, 1], "delivery is [3, 1], not [3, 0]"),
    ("routes.0.distance", 599, "distance is 599"),
    ("routes.0.violations", [{"cause": "delay"}], "violations"),
    ("summary.cost", 501, "summary.cost is 501, not 502"),
    ("summary.routes", 1, "summary.routes is 1, not 2"),
    ("summary.unassigned", 0, "summary.unassigned is not 1"),
    ("summary.service", 459, "summary.service"),
    ("summary.duration", 401, "summary.duration"),
    ("summary.waiting_time", 0, "summary.waiting_time"),
    ("summary.priority", 0, "summary.priority"),
    ("summary.pickup", [3, 0], "summary.pickup"),
    ("summary.computing_times", {}, "computing_times.solving"),
    ("unassigned", [], "0 times on routes and 0 times unassigned"),
    (
        "unassigned",
        lambda left: [*left, {"type": "delivery", "id": 1}],
        "1 times on routes and 1 times unassigned",
    ),
    ("unassigned", lambda left: [*left, {"type": "job", "id": 70}], "no task of the problem"),
    ("unassigned.0.location_index", 1, "unassigned ('job', 8) is elsewhere"),
    ("sharemeal.status", "optimal", "optimal, but the bound is 251"),
    ("sharemeal.status", "perfect", "status is 'perfect'"),
    ("sharemeal.bound", 503, "is above the cost"),
    ("sharemeal.bound", None, "without a bound"),
    ("sharemeal.gap", 0, "gap is 0, not 0.5"),
    ("sharemeal.familiar_share", 50, "familiar_share is 50"),
    ("sharemeal.solver", "", "name its solver"),
    ("sharemeal.unserved", [], "not named in unserved"),
    ("sharemeal.unserved.0.why", " ", "has no why"),
    ("sharemeal.unserved.0.id", 7, "is not among the unassigned"),
]

STRICTER_PROBLEMS = [
    ("vehicles.0.capacity", [2, 2], "load (3, 0) is more than (2, 2)"),
    ("vehicles.1.capacity", [2, 0], "load (0, 1) at the start is more than"),
    ("vehicles.0.skills", [], "lacks skills [1]"),
    ("vehicles.0.time_window", [0, 819], "ends at 820, after its shift"),
    ("vehicles.0.time_window", [1, 2000], "starts at 0, before its shift"),
    ("vehicles.0.max_tasks", 3, "4 tasks, more than 3"),
    ("vehicles.0.max_travel_time", 299, "300 s of travel, more than 299"),
    ("vehicles.0.max_distance", 599, "m, more than 599"),
    ("vehicles.0.costs", {"fixed": 10, "per_hour": 7200}, "cost is 400, not 700"),
    ("vehicles.0.costs", {"fixed": 10, "per_task_hour": 3600}, "cost is 400, not 790"),
    ("vehicles.0.costs", {"fixed": 10, "per_km": 1000}, "cost is 400, not 1000"),
    ("matrices.car.costs", [[1] * 5] * 5, "cost is 400, not 104"),
    ("vehicles.1.speed_factor", 1, "should be [101]"),
    ("shipments.0.delivery.time_windows", [[501, 900]], "begins at 500, outside"),
    ("shipments.1.delivery.time_windows", [[0, 699]], "begins at 700, outside"),
    ("shipments.0.sharemeal.max_ride", 309, "310 s aboard, more than 309"),
    ("shipments.0.sharemeal.familiarity", {"1": 0.4}, "cost is 400, not 410"),
    ("shipments.1.sharemeal.previous_vehicle", 1, "cost is 400, not 360"),
    ("jobs.0.sharemeal.pinned_vehicle", 1, "is pinned to vehicle 1"),
    ("sharemeal.now", 1, "before now"),
    ("jobs", lambda jobs: [*jobs, {"id": 9, "location_index": 0}], "('job', 9) is 0 times on routes"),
]


@pytest.mark.parametrize(("path", "value", "finding"), WRONG_ANSWERS)
def test_each_wrong_figure_of_an_answer_is_found(path: str, value: object, finding: str) -> None:
    findings = check_routes(the_problem(), changed(the_answer(), path, value))
    assert any(finding in found for found in findings), findings


@pytest.mark.parametrize(("path", "value", "finding"), STRICTER_PROBLEMS)
def test_each_rule_of_a_problem_is_asked(path: str, value: object, finding: str) -> None:
    findings = check_routes(changed(the_problem(), path, value), the_answer())
    assert any(finding in found for found in findings), findings


def with_done_steps(*done: tuple[str, int, int], now: int = 200) -> Json:
    locked = [{"type": kind, "id": number, "at": at} for kind, number, at in done]
    problem = (
        changed(the_problem(), "vehicles.0.sharemeal", {"locked_steps": locked}) if done else the_problem()
    )
    problem["vehicles"][1]["time_window"] = [0, 2000]
    problem["sharemeal"]["now"] = now
    return problem


def an_answer_from(now: int) -> Json:
    """Vehicle 2 leaves at ``now``; vehicle 1 is under way."""
    answer = the_answer()
    for stop in answer["routes"][1]["steps"]:
        stop["arrival"] += now
    return answer


def test_done_steps_are_kept_first_and_their_windows_not_asked_again() -> None:
    problem = with_done_steps(("pickup", 1, 100), ("pickup", 2, 190))
    problem["shipments"][1]["pickup"]["time_windows"] = [[0, 1]]
    assert check_routes(problem, an_answer_from(200)) == []


@pytest.mark.parametrize(
    ("done", "now", "finding"),
    [
        ([("pickup", 1, 101)], 150, "was begun at 101, not 100"),
        ([("pickup", 2, 190)], 150, "must come first in this order"),
        ([("pickup", 1, 100), ("delivery", 1, 500)], 150, "must come first in this order"),
        ([("pickup", 1, 100)], 200, "begins at 190, before now"),
    ],
)
def test_broken_done_steps_are_found(done: list[tuple[str, int, int]], now: int, finding: str) -> None:
    findings = check_routes(with_done_steps(*done, now=now), an_answer_from(now))
    assert any(finding in found for found in findings), findings


def test_a_vehicle_with_done_steps_must_have_a_route() -> None:
    problem = changed(
        the_problem(),
        "vehicles",
        lambda vehicles: [
            *vehicles,
            {"id": 3, "start_index": 0, "sharemeal": {"locked_steps": [{"type": "job", "id": 8, "at": 5}]}},
        ],
    )
    assert "vehicle 3 has done steps and no route" in check_routes(problem, the_answer())


def test_straight_lines_take_the_published_seconds() -> None:
    here, north = (139.52, 35.54), (139.52, 35.55)  # 1,111.95 m apart
    took = {name: pace.seconds(here, north) for name, pace in PACES.items()}
    assert took == {"foot": {1352}, "bike": {492}, "car": {372}}
    assert PACES["foot"].seconds(here, here) == {0}
    assert max(PACES["foot"].seconds(here, (139.52, 35.54001))) == 46, (
        "a knife's edge: 50 m are 45 s to the dot"
    )
    assert PACES["car"].seconds(here, (139.52, 35.54001)) >= {70}, "at least 50 m, and the minute of parking"


def test_a_straight_line_problem_is_driven_too() -> None:
    problem: Json = {
        "vehicles": [{"id": 1, "profile": "bike", "start": [139.52, 35.54], "end": [139.52, 35.54]}],
        "jobs": [{"id": 1, "location": [139.52, 35.55], "service": 8}],
        "sharemeal": {"travel": {"bike": {"fixed_seconds": 8}}},
    }
    steps = [
        {"type": "start", "location": [139.52, 35.54], "arrival": 0},
        {"type": "job", "id": 1, "location": [139.52, 35.55], "arrival": 500, "duration": 500, "service": 8},
        {"type": "end", "location": [139.52, 35.54], "arrival": 1008, "duration": 1000},
    ]
    sums = {"cost": 1000, "setup": 0, "service": 8, "duration": 1000, "waiting_time": 0, "priority": 0}
    answer: Json = {
        "code": 0,
        "unassigned": [],
        "routes": [{"vehicle": 1, "steps": steps, **sums}],
        "summary": {**sums, "routes": 1, "unassigned": 0, "computing_times": {"solving": 0}},
        "sharemeal": {"status": "optimal", "bound": 1000, "gap": 0, "solver": "hand"},
    }
    assert check_routes(problem, answer) == []
    assert check_routes(changed(problem, "sharemeal.travel.bike", {"kmh": 12}), answer) != []


def test_the_true_best_of_a_tiny_problem_is_known() -> None:
    assert [round(part) for part in best_level(the_problem())] == [-5, -5, 502, 2]
    roomy = changed(
        changed(the_problem(), "vehicles.1.time_window", [0, 9000]), "vehicles.1.capacity", [9, 9]
    )
    # Vehicle 1 alone with shipment 1: 10 + 220 + 50. Vehicle 2 by places 1, 4, 3: 50 + 45 + 30 + 75, no change.
    assert [round(part) for part in best_level(roomy)] == [-5, -5, 480, 2]


@pytest.mark.parametrize(
    ("path", "value", "best"),
    [
        ("vehicles.0.max_travel_time", 299, (-5, -3)),
        ("vehicles.0.max_distance", 599, (-5, -3)),
        ("vehicles.0.max_tasks", 3, (-5, -3)),
        ("vehicles.0.capacity", [1, 0], (-5, -3)),
        ("vehicles.0.skills", [], (-5, -3)),
        ("vehicles.0.time_window", [0, 819], (-5, -3)),
        ("vehicles.1.time_window", [0, 221], (0, -4)),
        ("vehicles.1.max_travel_time", 101, (0, -4)),
        ("vehicles.1.capacity", [2, 0], (0, -4)),
        ("jobs.0.sharemeal.pinned_vehicle", 3, (0, -4)),
        ("shipments.0.delivery.time_windows", [[0, 9], [90, 99]], (-5, -3)),
        ("shipments.0.sharemeal.max_ride", 119, (-5, -3)),
        ("jobs.1.skills", [], (-5, -6)),
    ],
)
def test_what_no_answer_can_serve_is_not_expected(path: str, value: object, best: tuple[int, int]) -> None:
    assert best_level(changed(the_problem(), path, value))[:2] == best


def test_false_claims_of_optimality_are_found() -> None:
    cheaper = changed(the_problem(), "matrices.car.durations.2.3", 10)
    said = {"status": "optimal", "bound": 502, "gap": 0}
    answer = the_answer()
    answer["sharemeal"] |= said
    assert check_best(the_problem(), answer) == []
    assert any("called optimal" in found for found in check_best(cheaper, answer))
    assert any("above a possible cost" in found for found in check_best(cheaper, answer))
    assert any(
        "better than anything" in found
        for found in check_best(the_problem(), changed(answer, "summary.cost", 1))
    )
