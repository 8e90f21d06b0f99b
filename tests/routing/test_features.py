"""Each feature of the question by itself, on a line of places where the right answer can be seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sharemeal.routing.plan import Status
from sharemeal.routing.problem import (
    Costs,
    Job,
    Kind,
    LockedStep,
    Matrix,
    Objective,
    Shipment,
    Task,
    Vehicle,
    Window,
    Wishes,
)
from tests.routing.make_problem import at, jobs_problem, line, line_problem, reason, solved, visits

VAN = Vehicle(1, start=0)


def test_an_open_round_ends_at_its_last_stop_and_is_proven() -> None:
    plan = solved(line_problem())
    assert (plan.cost, plan.status, plan.bound, plan.gap) == (400, Status.OPTIMAL, 400, 0.0)
    assert plan.routes[0].steps[-1].place == 4


def test_a_round_with_an_end_pays_the_way_there() -> None:
    assert solved(line_problem(vehicles=(Vehicle(1, start=0, end=0, capacity=(5,)),))).cost == 800


def test_without_a_start_the_round_begins_at_the_first_stop() -> None:
    plan = solved(jobs_problem(Vehicle(1, end=3), jobs=(Job(at(1)),)))
    assert (plan.cost, plan.routes[0].steps[0].place) == (200, 1)


def test_capacity_makes_a_second_trip_to_the_kitchen() -> None:
    plan = solved(line_problem(vehicles=(Vehicle(1, start=0, capacity=(1,)),)))
    assert plan.cost == 200 + 200 + 400
    assert [step.load for step in plan.routes[0].stops] == [(1,), (0,), (1,), (0,)]


def test_every_quantity_of_a_capacity_counts() -> None:
    heavy = Job(at(1), delivery=(1, 9))
    plan = solved(jobs_problem(Vehicle(1, start=0, capacity=(5, 8)), jobs=(heavy,)))
    assert reason(plan) == "量が多く、だれの荷物にも入りません"


def test_a_jobs_delivery_is_aboard_from_the_start_and_its_pickup_to_the_end() -> None:
    van = Vehicle(1, start=0, capacity=(5,))
    back = Job(at(1, 1), pickup=(3,))
    there = Job(at(2, 2), delivery=(3,))
    plan = solved(jobs_problem(van, jobs=(back, there)))
    assert [step[1] for step in visits(plan)[1]] == [2, 1]  # 3 + 3 would not fit the other way round
    assert plan.cost == 300
    assert [step.load for step in plan.routes[0].steps] == [(3,), (0,), (3,), (3,)]


def test_the_four_costs_of_a_vehicle() -> None:
    costs = Costs(fixed=7, per_hour=7200, per_task_hour=3600, per_km=1000)
    job = Job(at(2, setup_seconds=10, service_seconds=20))
    plan = solved(jobs_problem(replace(VAN, costs=costs), jobs=(job,)))
    assert plan.cost == 7 + 200 * 2 + 30 + 200


def test_a_costs_matrix_replaces_what_a_way_costs() -> None:
    ways = line().durations
    plan = solved(jobs_problem(VAN, jobs=(Job(at(2)),), matrices={"car": Matrix(ways, ways, ways // 10)}))
    assert plan.cost == 20


def test_skills_must_all_be_there() -> None:
    job = Job(at(1), skills=frozenset([1, 2]))
    able = Vehicle(2, start=7, skills=frozenset([1, 2, 3]))
    assert list(visits(solved(jobs_problem(VAN, able, jobs=(job,))))) == [2]
    left_out = solved(jobs_problem(VAN, jobs=(job,)))
    assert reason(left_out) == "必要な資格（1, 2）のある人がいません"


def test_the_shift_holds_at_both_ends() -> None:
    van = Vehicle(1, start=0, end=0, window=Window(50, 250))
    assert visits(solved(jobs_problem(van, jobs=(Job(at(1)),)))) == {1: [("job", 1, 150)]}
    late = solved(jobs_problem(replace(van, window=Window(50, 249)), jobs=(Job(at(1)),)))
    assert reason(late) == "だれが行っても、活動時間のうちに終わりません"


def test_speed_factor_divides_and_rounds_up() -> None:
    plan = solved(jobs_problem(replace(VAN, speed_factor=0.3), jobs=(Job(at(1)),)))
    assert visits(plan) == {1: [("job", 1, 334)]}
    assert plan.cost == 334


@pytest.mark.parametrize(
    ("limit", "why"),
    [
        ({"max_tasks": 0}, "だれも、これ以上の立ち寄りを引き受けられません"),
        ({"max_travel_seconds": 99}, "だれが行っても、移動時間の上限を超えます"),
        ({"max_distance_metres": 99}, "だれが行っても、移動距離の上限を超えます"),
    ],
)
def test_limits_of_a_round(limit: dict[str, Any], why: str) -> None:
    job = Job(at(1))
    assert reason(solved(jobs_problem(replace(VAN, **limit), jobs=(job,)))) == why
    (name, value) = next(iter(limit.items()))
    assert not solved(jobs_problem(replace(VAN, **{name: value + 1}), jobs=(job,))).unserved


def test_windows_include_both_ends_and_service_may_last_longer() -> None:
    job = Job(Task(1, 1, service_seconds=500, windows=(Window(20, 100),)))
    assert visits(solved(jobs_problem(VAN, jobs=(job,)))) == {1: [("job", 1, 100)]}
    missed = Job(Task(1, 1, windows=(Window(20, 99),)))
    assert reason(solved(jobs_problem(VAN, jobs=(missed,)))) == "だれが行っても、時間帯に間に合いません"


def test_a_second_window_is_waited_for() -> None:
    job = Job(Task(1, 1, windows=(Window(0, 50), Window(300, 400))))
    assert visits(solved(jobs_problem(VAN, jobs=(job,)))) == {1: [("job", 1, 300)]}


def test_setup_is_paid_once_at_one_place_and_before_the_window_counts() -> None:
    first, second = (Job(at(1, n, setup_seconds=60, service_seconds=10)) for n in (1, 2))
    (route,) = solved(jobs_problem(VAN, jobs=(first, second))).routes
    assert [(s.begins, s.setup_seconds) for s in route.stops] == [(100, 60), (170, 0)]
    at_the_start = Job(at(0, setup_seconds=60))
    (route,) = solved(jobs_problem(VAN, jobs=(at_the_start,))).routes
    assert route.stops[0].setup_seconds == 0


def test_priority_comes_before_the_number_of_tasks() -> None:
    dear = Job(at(7, 1), priority=5)
    many = tuple(Job(at(1, n)) for n in (2, 3, 4))
    plan = solved(jobs_problem(replace(VAN, max_travel_seconds=700, max_tasks=1), jobs=(dear, *many)))
    assert [step[1] for step in visits(plan)[1]] == [1]
    assert plan.status is Status.OPTIMAL


def test_equal_cost_goes_to_fewer_vehicles() -> None:
    jobs = (Job(at(1, 1)), Job(at(2, 2)))
    plan = solved(jobs_problem(Vehicle(1, start=0), Vehicle(2, start=1), Vehicle(3, start=0), jobs=jobs))
    assert (plan.cost, len(plan.routes)) == (100, 1)
    apart = solved(jobs_problem(Vehicle(1, start=1), Vehicle(2, start=2), jobs=jobs))
    assert (apart.cost, len(apart.routes)) == (0, 2)


def test_a_known_face_is_worth_its_weight() -> None:
    wishes = Wishes(familiarity={2: 0.5})
    vans = (Vehicle(1, start=0), Vehicle(2, start=4))
    job = Job(at(1), wishes=wishes)
    near = solved(jobs_problem(*vans, jobs=(job,), familiarity_weight=300))
    assert (list(visits(near)), near.cost, near.familiar_share) == ([1], 400, 0.0)
    known = solved(jobs_problem(*vans, jobs=(job,), familiarity_weight=600))
    assert (list(visits(known)), known.cost, known.familiar_share) == ([2], 600, 0.5)
    assert str(known.routes[0].stops[0].why) == "顔なじみです"


def test_a_change_of_person_costs_its_weight() -> None:
    job = Job(at(1), wishes=Wishes(previous_vehicle=2))
    vans = (Vehicle(1, start=0), Vehicle(2, start=4))
    assert list(visits(solved(jobs_problem(*vans, jobs=(job,), change_weight=199)))) == [1]
    assert list(visits(solved(jobs_problem(*vans, jobs=(job,), change_weight=201)))) == [2]


def test_pinned_is_that_vehicle_or_nobody() -> None:
    vans = (Vehicle(1, start=0), Vehicle(2, start=7))
    pinned = Job(at(1), wishes=Wishes(pinned_vehicle=2))
    assert list(visits(solved(jobs_problem(*vans, jobs=(pinned,))))) == [2]
    away = Job(at(1), wishes=Wishes(pinned_vehicle=9))
    assert reason(solved(jobs_problem(*vans, jobs=(away,)))) == "固定された人（9）が、きょうはいません"


def test_a_ride_limit_holds_the_pickup_back() -> None:
    """Picked up at once, the meal would wait for the door; so the pickup waits instead."""
    meal = Shipment(at(1, service_seconds=10), at(2, opens=900), wishes=Wishes(max_ride_seconds=150))
    plan = solved(jobs_problem(VAN, jobs=(), shipments=(meal,)))
    assert visits(plan) == {1: [("pickup", 1, 740), ("delivery", 1, 900)]}
    assert plan.status is Status.OPTIMAL
    too_far = replace(meal, wishes=Wishes(max_ride_seconds=99))
    why = reason(solved(jobs_problem(VAN, jobs=(), shipments=(too_far,))))
    assert why == "だれが行っても、受け取ってからお届けまでの時間の限りを超えます"


def test_what_is_locked_stays_first_and_nothing_open_begins_before_now() -> None:
    meal = Shipment(at(1), at(3, closes=10), amount=(1,))
    van = Vehicle(1, start=0, capacity=(1,), locked_steps=(LockedStep(Kind.PICKUP, 1, 80),
                  LockedStep(Kind.DELIVERY, 1, 350)))  # fmt: skip
    other = Vehicle(2, start=5, capacity=(1,))
    plan = solved(jobs_problem(van, other, jobs=(Job(at(4, 7)),), shipments=(meal,), now=400))
    assert visits(plan) == {1: [("pickup", 1, 80), ("delivery", 1, 350), ("job", 7, 450)]}
    assert plan.cost == 400
    late = solved(jobs_problem(van, other, jobs=(Job(at(4, 7)),), shipments=(meal,), now=900))
    assert visits(late)[1][-1] == ("job", 7, 900)


def test_what_is_aboard_is_delivered_by_who_has_it() -> None:
    meal = Shipment(at(1), at(3), amount=(1,))
    van = Vehicle(1, start=0, capacity=(1,), locked_steps=(LockedStep(Kind.PICKUP, 1, 100),))
    near = Vehicle(2, start=3, capacity=(1,))
    plan = solved(jobs_problem(van, near, jobs=(), shipments=(meal,), now=120))
    assert visits(plan) == {1: [("pickup", 1, 100), ("delivery", 1, 300)]}
    assert [step.load for step in plan.routes[0].stops] == [(1,), (0,)]


def test_fewest_vehicles_first_or_distance_alone() -> None:
    jobs = (Job(at(1, 1)), Job(at(6, 2)))
    vans = (Vehicle(1, start=1, end=1), Vehicle(2, start=6, end=6))
    first = solved(jobs_problem(*vans, jobs=jobs, objective=Objective.VEHICLES_DISTANCE))
    assert (len(first.routes), first.cost) == (1, 1000)
    alone = solved(jobs_problem(*vans, jobs=jobs, objective=Objective.DISTANCE))
    assert (len(alone.routes), alone.cost) == (2, 0)


def test_nothing_to_do_is_an_optimal_answer() -> None:
    plan = solved(jobs_problem(VAN, jobs=()))
    assert (plan.routes, plan.unserved, plan.status) == ((), (), Status.OPTIMAL)


def test_a_full_round_is_told_as_such() -> None:
    van = replace(VAN, window=Window(0, 300))
    jobs = (Job(at(3, 1), priority=1), Job(Task(2, 1, service_seconds=10)))
    plan = solved(jobs_problem(van, jobs=jobs))
    assert {left.task.id for left in plan.unserved} == {2}
    assert reason(plan) == "全員の予定がいっぱいです：活動時間が足りない"


def test_the_same_seed_gives_the_same_plan() -> None:
    generator = np.random.default_rng(5)
    ways = generator.integers(50, 500, (8, 8))
    np.fill_diagonal(ways, 0)
    jobs = tuple(Job(at(n, n)) for n in range(1, 8))
    problem = jobs_problem(VAN, Vehicle(2, start=7), jobs=jobs, matrices={"car": Matrix(ways, ways)})
    assert visits(solved(problem)) == visits(solved(problem))
