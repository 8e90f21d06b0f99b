"""A calculation can be followed from anywhere while it runs, and its end is known even where it broke off."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from sharemeal.actions.plan_day import plan_day_noted
from sharemeal.actions.solve_runs import RunState, begin_run, note_progress, run_of
from sharemeal.routing.solve import solve
from sharemeal.sentences import Refused
from sharemeal.service_days import DayState
from sharemeal.store.base import Store, transaction
from tests.actions.planning import report, the_day
from tests.make.small_lab import DAY, SmallLab, two_homes

SECONDS = 10.0


def view(lab: SmallLab, now: datetime) -> Any:
    with lab.session() as session:
        return run_of(session, DAY, now=now, seconds=SECONDS)


def begun(lab: SmallLab) -> int:
    return begin_run(lab.store, lab.lab_id, DAY, now=lab.now, actor="test")


def test_no_run_before_the_first_calculation(store: Store, now: datetime) -> None:
    lab, stranger = two_homes(store, now), two_homes(store, now, slug="stranger")
    begun(stranger)
    assert view(lab, now) is None


def test_a_run_goes_on_and_breaks_off_when_nobody_ends_it(store: Store, now: datetime) -> None:
    lab = two_homes(store, now)
    run = begun(lab)
    later = now + timedelta(seconds=3)
    note_progress(store, lab.lab_id, run, [(0.5, 900.0, None, 2), (1.0, 800.0, None, 0)], now=later)
    going = view(lab, later)
    assert (going.state, going.elapsed_seconds) == (RunState.RUNNING, 3.0)
    assert going.trace == ((0.5, 900.0, None, 2), (1.0, 800.0, None, 0))
    assert view(lab, now + timedelta(seconds=40)).state is RunState.RUNNING
    assert view(lab, now + timedelta(seconds=41)).state is RunState.BROKEN_OFF


def test_a_calculation_ends_its_run_with_every_better_answer(store: Store, now: datetime) -> None:
    lab = two_homes(store, now)

    def chatty(problem: Any, stop: Any, seed: int, progress: Any) -> Any:
        for elapsed, cost in ((0.0, 900.0), (0.1, 850.0), (0.2, 800.0), (0.3, 750.0), (0.4, 700.0)):
            progress(elapsed, cost, None, 0)
        return solve(problem, stop, seed)

    plan_day_noted(store, lab.lab_id, DAY, begun(lab), now=now, actor="test", seconds=SECONDS, solver=chatty)
    done = view(lab, now + timedelta(hours=1))
    assert done.state is RunState.DONE
    assert [point[1] for point in done.trace] == [900.0, 850.0, 800.0, 750.0, 700.0]
    assert report(lab)["counts"]["planned"] == 2


def test_a_refused_calculation_says_why(store: Store, now: datetime) -> None:
    lab = two_homes(store, now)

    def settled_meanwhile(*question: Any) -> Any:
        with lab.session() as session, transaction(session, now):
            the_day(session).state = DayState.FIXED
        return solve(*question)

    plan_day_noted(store, lab.lab_id, DAY, begun(lab), now=now, actor="test", seconds=SECONDS)
    with pytest.raises(Refused):
        plan_day_noted(
            store,
            lab.lab_id,
            DAY,
            begun(lab),
            now=now,
            actor="test",
            seconds=SECONDS,
            solver=settled_meanwhile,
        )
    refused = view(lab, now)
    assert refused.state is RunState.REFUSED
    assert "もう決まっています" in str(refused.refusal)


def test_a_crash_inside_ends_the_run_too(store: Store, now: datetime) -> None:
    lab = two_homes(store, now)

    def broken(*_question: Any) -> Any:
        raise MemoryError

    with pytest.raises(MemoryError):
        plan_day_noted(
            store, lab.lab_id, DAY, begun(lab), now=now, actor="test", seconds=SECONDS, solver=broken
        )
    assert view(lab, now).state is RunState.REFUSED
