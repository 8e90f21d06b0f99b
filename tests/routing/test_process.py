"""A solver that hangs, crashes or lies keeps its trouble to itself; the time is kept all the same."""

from __future__ import annotations

import time

import pytest

from sharemeal.routing import process
from sharemeal.routing.plan import Status
from sharemeal.routing.process import Solver
from sharemeal.routing.solve import Stop, solve
from tests.routing.make_problem import line_problem


def test_a_hung_process_costs_no_more_than_the_time_that_was_given() -> None:
    solver = Solver("tests.routing.hangs")
    began = time.monotonic()
    plan = solve(line_problem(), Stop(0.5), process=lambda: solver)
    assert time.monotonic() - began < 2.5
    assert not solver.is_alive()
    assert plan.status is Status.FEASIBLE
    assert not plan.unserved
    assert plan.solver == "insertion"


def test_what_a_hung_process_told_before_is_kept() -> None:
    solver = Solver("tests.routing.tells_then_hangs")
    heard: list[tuple[float, float, float | None, int]] = []
    plan = solve(line_problem(), Stop(3.0), progress=lambda *told: heard.append(told), process=lambda: solver)
    assert [step.id for route in plan.routes for step in route.stops] == [1, 1]
    assert [(cost, bound, left) for _, cost, bound, left in heard] == [(200.0, None, 2)]
    assert {left.task.id for left in plan.unserved} == {2}


def test_a_crash_is_told_in_the_plan_and_never_raised() -> None:
    plan = solve(line_problem(), Stop(20), process=lambda: Solver("tests.routing.crashes"))
    assert plan.note is not None
    assert "止まりました" in str(plan.note)
    assert not plan.unserved


def test_a_process_that_answered_is_used_again_and_one_that_died_is_not() -> None:
    process.end_all()
    solve(line_problem(), Stop(20))
    first = process.borrow()
    process.give_back(first)
    solve(line_problem(), Stop(20))
    second = process.borrow()
    assert second.pid == first.pid
    second.kill()
    process.give_back(second)
    third = process.borrow()
    assert third.pid != second.pid
    third.kill()


def test_progress_hears_falling_costs() -> None:
    heard: list[float] = []
    plan = solve(
        line_problem(), Stop(20), progress=lambda _s, cost, _b, left: heard.append(left * 10**6 + cost)
    )
    assert heard == sorted(heard, reverse=True)
    assert heard[-1] == float(plan.cost)


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> object:
    yield
    process.end_all()
