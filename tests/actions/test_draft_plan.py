"""The clock drafts a plan after the cut-off: once, with a few tries, and never over what a person has done."""

from datetime import timedelta
from typing import Any

import pytest

from sharemeal.actions.day_steps import take_steps
from sharemeal.actions.draft_plan import MOST_TRIES, draft_plans
from sharemeal.actions.fix_day import fix_day
from sharemeal.actions.solve_runs import begin_run
from sharemeal.service_days import DayState
from sharemeal.store.base import Store
from tests.actions.planning import planned, report
from tests.make.clockwork import Clockwork
from tests.make.small_lab import DAY

DUE = "2026-11-26T15:05"


@pytest.fixture
def lab(store: Store, now: Any) -> Clockwork:
    lab = Clockwork(store, now)
    lab.offer(lab.kitchens[0], "豆のごはん", 5)
    return lab


def broken(*_: object) -> Any:
    raise RuntimeError("the solver fell over")


def test_a_draft_is_made_after_the_cut_off_and_only_once(lab: Clockwork) -> None:
    due = lab.local(DUE)
    assert lab.draft(due - timedelta(seconds=1)) == 0
    assert lab.draft(due) == 1
    assert report(lab)["counts"]["planned"] == 2
    assert lab.steps(DAY) == {"draft_plan": "planned"}
    lab.offer(lab.kitchens[1], "煮魚", 3)
    assert lab.draft(due + timedelta(hours=1)) == 0


def test_without_offers_it_waits_for_them(store: Store, now: Any) -> None:
    lab = Clockwork(store, now)
    assert lab.draft(lab.local(DUE)) == 0
    assert lab.steps(DAY) == {}
    lab.offer(lab.kitchens[0], "お休み", 0)
    assert lab.draft(lab.local(DUE)) == 0
    lab.offer(lab.kitchens[0], "豆のごはん", 5)
    assert lab.draft(lab.local("2026-11-26T16:40")) == 1


def test_what_a_person_has_planned_stands(lab: Clockwork) -> None:
    planned(lab)
    before = lab.day(DAY)
    assert before is not None
    assert lab.draft(lab.local(DUE)) == 0
    after = lab.day(DAY)
    assert after is not None
    assert after.planned_at == before.planned_at
    assert lab.steps(DAY) == {"draft_plan": "planned by hand"}


def test_a_plan_that_is_not_true_any_more_is_made_anew(lab: Clockwork) -> None:
    planned(lab)
    lab.home(3, 7, portions=1)
    assert lab.draft(lab.local(DUE)) == 1
    assert report(lab)["counts"]["active"] == 3


def test_a_fixed_day_is_left_alone(lab: Clockwork, now: Any) -> None:
    planned(lab)
    with lab.session() as session:
        fix_day(session, DAY, by="桜井", now=now)
    assert lab.draft(lab.local(DUE)) == 0
    day = lab.day(DAY)
    assert day is not None
    assert day.state is DayState.FIXED


def test_while_somebody_calculates_it_waits(lab: Clockwork) -> None:
    due = lab.local(DUE)
    begin_run(lab.store, lab.lab_id, DAY, now=due, actor="coordinator 1")
    assert lab.draft(due) == 0
    assert lab.draft(due + timedelta(minutes=2)) == 1


def test_a_failure_is_noted_and_tried_again_a_few_times(lab: Clockwork) -> None:
    at = lab.local(DUE)
    for tries in range(1, MOST_TRIES + 1):
        with pytest.raises(RuntimeError):
            draft_plans(lab.store, lab.lab_id, now=at, seconds=5, solver=broken)
        assert lab.steps(DAY) == {"draft_plan": f"failed {tries} RuntimeError"}
        assert (
            draft_plans(lab.store, lab.lab_id, now=at + timedelta(minutes=4), seconds=5, solver=broken) == 0
        )
        at += timedelta(minutes=5)
    assert lab.draft(at + timedelta(hours=1)) == 0
    assert take_steps(lab.store, lab.lab_id, now=lab.local("2026-11-26T17:00")).failed == []


def test_one_failure_is_made_good(lab: Clockwork) -> None:
    at = lab.local(DUE)
    with pytest.raises(RuntimeError):
        draft_plans(lab.store, lab.lab_id, now=at, seconds=5, solver=broken)
    assert lab.draft(at + timedelta(minutes=5)) == 1
    assert lab.steps(DAY) == {"draft_plan": "planned"}


def test_a_process_that_died_while_it_calculated_is_followed_by_another(lab: Clockwork) -> None:
    at = lab.local(DUE)

    def killed(*_: object) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        draft_plans(lab.store, lab.lab_id, now=at, seconds=5, solver=killed)
    assert lab.steps(DAY) == {"draft_plan": "begun 1"}
    assert lab.draft(at + timedelta(minutes=1)) == 0
    assert lab.draft(at + timedelta(minutes=6)) == 1
