"""A day is read, solved and written while others go on working: nothing is mixed, nothing old is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.pool import QueuePool

from sharemeal.routing.solve import solve
from sharemeal.sentences import Refused
from sharemeal.service_days import DayState
from sharemeal.store import service_days
from sharemeal.store.base import Store, transaction
from sharemeal.store.kitchens import Offer
from sharemeal.store.service_days import ServiceDay, ServingRow
from tests.actions.planning import planned, report, the_day
from tests.make.small_lab import DAY, SmallLab, two_homes


def correct(lab: SmallLab, meal_count: int) -> None:
    """The kitchen corrects its count."""
    with lab.session() as session, transaction(session, lab.now):
        session.scalars(select(Offer)).one().meal_count = meal_count


def test_a_count_corrected_during_the_calculation_is_what_is_planned(store: Store, now: datetime) -> None:
    lab = two_homes(store, now)
    solved: list[int] = []

    def corrected_meanwhile(*question: Any) -> Any:
        solved.append(1)
        if len(solved) == 1:
            correct(lab, 2)
        return solve(*question)

    counts = planned(lab, solver=corrected_meanwhile).counts
    assert len(solved) == 2
    assert (counts.portions_planned, counts.short) == (2, 1)


def test_what_keeps_changing_is_refused_and_nothing_is_written(store: Store, now: datetime) -> None:
    lab = two_homes(store, now)
    left = [4, 3]

    def corrected_each_time(*question: Any) -> Any:
        correct(lab, left.pop())
        return solve(*question)

    with pytest.raises(Refused, match="また変わりました"):
        planned(lab, solver=corrected_each_time)
    with lab.session() as session:
        assert service_days.on(session, DAY) is None


@pytest.mark.parametrize("state", [DayState.FIXED, DayState.UNDER_WAY, DayState.CLOSED])
def test_a_settled_day_is_not_planned_anew(store: Store, now: datetime, state: DayState) -> None:
    lab = two_homes(store, now)
    lab.add(ServiceDay(service_date=DAY, state=state, summary={}))
    with pytest.raises(Refused, match="もう決まっています"):
        planned(lab)


def test_a_day_settled_during_the_calculation_stays_settled(store: Store, now: datetime) -> None:
    lab = two_homes(store, now)
    planned(lab)
    before = report(lab)

    def settled_meanwhile(*question: Any) -> Any:
        with lab.session() as session, transaction(session, now):
            the_day(session).state = DayState.FIXED
        return solve(*question)

    with pytest.raises(Refused, match="もう決まっています"):
        planned(lab, solver=settled_meanwhile)
    assert report(lab) == {**before, "state": "fixed"}


def test_no_transaction_is_open_while_it_solves(store: Store, now: datetime) -> None:
    lab = two_homes(store, now)
    checked_out = []
    pool = store.engine.pool
    assert isinstance(pool, QueuePool)

    def watched(*question: Any) -> Any:
        checked_out.append(pool.checkedout())
        return solve(*question)

    planned(lab, solver=watched)
    assert checked_out == [0]


def test_a_past_day_can_be_planned(store: Store, now: datetime) -> None:
    lab = two_homes(store, now)
    assert planned(lab, now=now + timedelta(days=30)).complete


def test_of_two_calculations_at_once_the_last_one_stands_wholly(store: Store, now: datetime) -> None:
    lab = two_homes(store, now)

    def overtaken(*question: Any) -> Any:
        planned(lab, now=now + timedelta(minutes=1), seed=7)
        return solve(*question)

    planned(lab, solver=overtaken)
    with lab.session() as session:
        day = service_days.on(session, DAY)
        assert day is not None
        assert day.planned_at == now
        assert len(session.scalars(select(ServingRow)).all()) == 2
        assert sum(stop.household_id is not None for route in day.routes for stop in route.stops) == 2
