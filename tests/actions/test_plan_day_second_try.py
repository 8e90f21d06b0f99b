"""Meals that no route can bring to a home feed another one, and a home gets what can still reach it in time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from sharemeal.routing.solve import solve
from sharemeal.store.base import Store
from tests.actions.planning import planned, report, volunteer_of
from tests.make.small_lab import SmallLab


@pytest.mark.parametrize(("near", "far"), [(1, 2), (2, 1)])
def test_scarce_meals_go_to_whom_they_can_be_brought(
    store: Store, now: datetime, near: int, far: int
) -> None:
    lab = SmallLab(store, now)
    lab.offer(lab.kitchen(1, 0), "豆のごはん", 3)
    lab.home(near, 5)
    lab.home(far, 80, closes="17:01")
    lab.volunteer(1, 0)
    counts = planned(lab).counts
    assert (counts.planned, counts.short, counts.portions_planned) == (1, 1, 2)
    assert volunteer_of(lab) == {near: 1}
    told = report(lab)
    (short,) = told["shortages"]
    assert (short["household"], short["portions"]) == (far, 2)
    assert "コースに入れませんでした" in short["why"]
    assert [left["portions"] for left in told["surplus"]] == [1]
    assert told["routes"]["summary"]["unassigned"] == 2, "what was left over was asked for and has its reason"


@pytest.mark.parametrize(("hasty", "lasting"), [("あ", "い"), ("い", "あ")])
def test_a_far_home_gets_the_meal_that_lasts(store: Store, now: datetime, hasty: str, lasting: str) -> None:
    lab = SmallLab(store, now)
    lab.offer(lab.kitchen(1, 0, minutes=40), hasty, 2)
    lab.offer(lab.kitchen(2, 0, minutes=120), lasting, 2)
    lab.home(1, 2, opens="16:30")
    lab.home(2, 50, opens="17:00", closes="18:30")
    lab.volunteer(1, 0)
    plan = planned(lab)
    assert plan.complete
    assert {(meal["household"], meal["offer"]) for meal in report(lab)["meals"]} == {(1, hasty), (2, lasting)}


def test_where_nothing_can_be_gained_it_is_solved_once(store: Store, now: datetime) -> None:
    lab = SmallLab(store, now)
    lab.offer(lab.kitchen(1, 0), "豆のごはん", 9)
    lab.home(1, 5)
    lab.home(2, 80, closes="17:01")
    lab.volunteer(1, 0)
    asked: list[int] = []

    def counted(*question: Any) -> Any:
        asked.append(1)
        return solve(*question)

    assert planned(lab, solver=counted).counts.short == 1
    assert len(asked) == 1
