"""Whatever stands in a question: it is understood, or refused with a sentence, and nothing else happens."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sharemeal.routing.build import build
from sharemeal.routing.vroom import problem_from
from sharemeal.sentences import Refused
from tests.routing.test_vroom import WEEK, changed

ODD: list[Any] = [None, True, "", "x", -1, 0, 1.5, float("nan"), float("inf"), 10**30, 10**400, 2**32 - 1, 1e-300,
       [], [[]], [1], [1, 2], ["a"], [None, None], {}, {"id": 1}, {"x": {}}]  # fmt: skip


def paths(node: Any, way: str = "") -> list[str]:
    """Every place in the document where a value stands."""
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    found = [way] if way else []
    for key, value in inside:
        found += paths(value, f"{way}.{key}".strip("."))
    return found


EXTRA = ["jobs.0.skills", "jobs.0.setup", "jobs.0.delivery", "jobs.0.sharemeal", "vehicles.0.costs",
         "vehicles.0.speed_factor", "vehicles.0.max_tasks", "vehicles.0.end_index", "vehicles.0.sharemeal",
         "matrices", "sharemeal.now", "sharemeal.travel", "sharemeal.change_weight"]  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(paths(WEEK) + EXTRA), st.sampled_from(ODD))
def test_an_odd_value_anywhere(path: str, value: object) -> None:
    with contextlib.suppress(Refused):
        build(problem_from(changed(path, value)))


@pytest.mark.parametrize(
    "path",
    ["sharemeal.travel.bike", "vehicles.0.costs"],
)
def test_figures_that_would_overflow_are_refused(path: str) -> None:
    document = changed("sharemeal.travel", {})
    document["sharemeal"]["travel"] = {"bike": {"kmh": 1e-9}}
    if path == "vehicles.0.costs":
        document = changed(path, {"per_hour": 2**32 - 1, "per_km": 2**32 - 1})
        document["vehicles"][0]["speed_factor"] = 0.000001
    with pytest.raises(Refused):
        build(problem_from(document))


def test_a_factor_with_many_digits_is_taken_exactly_and_one_near_nothing_is_refused() -> None:
    slow = changed("vehicles.0.speed_factor", 0.3333333333333333)
    problem = problem_from(slow)
    plain = problem.matrices[problem.vehicles[0].profile].durations
    slowed = problem.travel_seconds(problem.vehicles[0])
    assert ((slowed >= 3 * plain) & (slowed <= 3 * plain + 1)).all()
    with pytest.raises(Refused, match="長くなりすぎます"):
        build(problem_from(changed("vehicles.0.speed_factor", 1e-300)))
