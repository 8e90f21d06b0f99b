"""Random tiny problems with every feature: the answer is the best there is, and what is claimed is true."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sharemeal.routing.build import build
from sharemeal.routing.model import Routes
from sharemeal.routing.plan import Plan, Status, plan_of
from sharemeal.routing.problem import Problem
from sharemeal.routing.schedule import feasible
from sharemeal.routing.solve import solve
from sharemeal.routing.solvers.method import answer
from sharemeal.routing.solvers.search import Search
from sharemeal.routing.stop import Stop
from sharemeal.routing.wire import Question
from tests.routing.oracle import Value, best_value
from tests.routing.tiny import tiny_problem


def value(plan: Plan) -> Value:
    """What a plan achieves, in the oracle's terms."""
    stops = sum(len(route.stops) for route in plan.routes)
    return (-sum(route.priority for route in plan.routes), -stops, plan.cost, len(plan.routes))


def in_this_process(problem: Problem) -> tuple[Plan, bool]:
    """The plan of the solving process's own method, and whether it was proven."""
    model = build(problem)
    told: list[Routes] = [{}]
    proof, solver = answer(Question(model, Stop(20, solutions=100), 1), told.append)
    proven = proof is not None and model.value(told[-1]) == (-proof.priority, -proof.tasks, proof.cost)
    plan = plan_of(problem, model, told[-1], status=Status.FEASIBLE, solver=solver, solving_seconds=0.0)
    return plan, proven


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_the_best_answer_is_found_and_proven(dice: Random) -> None:
    problem = tiny_problem(dice)
    plan, proven = in_this_process(problem)
    assert value(plan) == best_value(problem)
    assert proven


@pytest.mark.parametrize("seed", range(60))
def test_seeded_problems_with_every_feature(seed: int) -> None:
    problem = tiny_problem(Random(seed))
    plan, proven = in_this_process(problem)
    assert value(plan) == best_value(problem)
    assert proven
    left = {(each.kind, each.task.id) for each in plan.unserved}
    done = {(step.kind, step.id) for route in plan.routes for step in route.stops}
    assert left | done == {(kind, task.id) for kind, task in problem.tasks()}
    assert not left & done
    assert all(str(each.why) for each in plan.unserved)


@pytest.mark.parametrize("seed", range(0, 1000, 40))
def test_the_search_alone_proposes_only_what_can_be_done_and_serves_as_much(seed: int) -> None:
    """219, 608 and 611 once had no answer at all: rules on times bound stops that nobody serves."""
    problem = tiny_problem(Random(seed))
    model = build(problem)
    search = Search(model, 1)
    told: list[Routes] = [{}]
    search.run(20, told.append, solutions=60)
    assert all(feasible(model, routes) for routes in told)
    locked = sum(len(vehicle.locked_steps) for vehicle in problem.vehicles)
    assert model.value(told[-1])[1] - locked == best_value(problem)[1]


@pytest.mark.parametrize("seed", [219, 366, 608, 611, 677])
def test_a_pair_that_cannot_be_served_spoils_nothing(seed: int) -> None:
    told: list[Routes] = []
    Search(build(tiny_problem(Random(seed))), 1).run(20, told.append, solutions=20)
    assert told


@pytest.mark.parametrize("seed", range(5))
def test_through_the_door(seed: int) -> None:
    problem = tiny_problem(Random(seed))
    plan = solve(problem, Stop(20, solutions=100))
    assert value(plan) == best_value(problem)
    assert plan.status is Status.OPTIMAL
    assert plan.bound == plan.cost
