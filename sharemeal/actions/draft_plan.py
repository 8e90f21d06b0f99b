"""The draft that the clock calculates after the cut-off, so that the coordinator finds one to look at.

Each try is noted before it begins: a calculation that fails or dies with its process is tried again a little later,
a few times in all, and never keeps another lab from its own.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sharemeal.actions.day_steps import ACTOR, table_of
from sharemeal.actions.fix_day import stale
from sharemeal.actions.plan_day import Solve, plan_day_noted
from sharemeal.actions.solve_runs import RunState, begin_run, run_of
from sharemeal.routing.solve import solve
from sharemeal.store import kitchens, service_days, ticks
from sharemeal.store.base import Store, let_go, transaction
from sharemeal.store.labs import fenced
from sharemeal.store.ticks import DayStep
from sharemeal.timetable import Step, days_on_the_clock

MOST_TRIES = 3
TRIED_AGAIN_AFTER = timedelta(minutes=5)
_BEGUN, _FAILED, _PLANNED, _PLANNED_BY_HAND = "begun", "failed", "planned", "planned by hand"


def draft_plans(store: Store, lab_id: int, *, now: datetime, seconds: float, solver: Solve = solve) -> int:
    """Plan the days of that lab whose draft is due; returns how many were planned.

    A day is planned where it is neither settled nor called off, has offers, and has no plan or one that is not true
    any more. Raises what a calculation raised, after noting it.
    """
    planned = 0
    for service_date in _due(store, lab_id, now, seconds):
        tries = _begin(store, lab_id, service_date, now)
        if tries is None:
            continue
        try:
            run_id = begin_run(store, lab_id, service_date, now=now, actor=ACTOR)
            plan_day_noted(
                store, lab_id, service_date, run_id, now=now, actor=ACTOR, seconds=seconds, solver=solver
            )
        except Exception as error:
            _note(store, lab_id, service_date, f"{_FAILED} {tries} {type(error).__name__}", now)
            raise
        _note(store, lab_id, service_date, _PLANNED, now)
        planned += 1
    return planned


def _due(store: Store, lab_id: int, now: datetime, seconds: float) -> list[date]:
    with store.session(lab_id, actor=ACTOR) as session:
        rules = fenced(session).rules
        return [
            day
            for day in days_on_the_clock(rules, now)
            if table_of(session, rules, day).at(Step.DRAFT_PLAN).due(now)
            and _tries_left(ticks.steps_on(session, day).get(Step.DRAFT_PLAN.value), now)
            and _wanting(session, day, now, seconds)
        ]


def _wanting(session: Session, service_date: date, now: datetime, seconds: float) -> bool:
    """Whether there is something to plan and nobody is planning it just now."""
    day = service_days.on(session, service_date)
    if day is not None and (day.settled or day.called_off_at is not None):
        return False
    if not any(offer.meal_count for offer in kitchens.offers_on(session, service_date)):
        return False
    run = run_of(session, service_date, now=now, seconds=seconds)
    return run is None or run.state is not RunState.RUNNING


def _tries_left(row: DayStep | None, now: datetime) -> int | None:
    """Which try is next, from 1; None where it is done, has been given up, or it is too early for another."""
    if row is None:
        return 1
    word, _, rest = row.outcome.partition(" ")
    if word not in (_BEGUN, _FAILED) or now - row.taken_at < TRIED_AGAIN_AFTER:
        return None
    tries = int(rest.partition(" ")[0]) + 1
    return tries if tries <= MOST_TRIES else None


def _begin(store: Store, lab_id: int, service_date: date, now: datetime) -> int | None:
    """Note a try; None where another process has begun it, or a plan that is still true stands already."""
    try:
        with store.session(lab_id, actor=ACTOR) as session:
            day = service_days.on(session, service_date)
            by_hand = day is not None and day.planned_at is not None and not stale(session, service_date)
            let_go(session)
            with transaction(session, now):
                row = ticks.step_for_writing(session, service_date, Step.DRAFT_PLAN.value)
                tries = _tries_left(row, now)
                if tries is None:
                    return None
                outcome = _PLANNED_BY_HAND if by_hand else f"{_BEGUN} {tries}"
                if row is None:
                    step = Step.DRAFT_PLAN.value
                    row = DayStep(service_date=service_date, step=step, taken_at=now, outcome=outcome)
                    session.add(row)
                row.taken_at, row.outcome = now, outcome
            return None if by_hand else tries
    except IntegrityError:
        return None


def _note(store: Store, lab_id: int, service_date: date, outcome: str, now: datetime) -> None:
    with store.session(lab_id, actor=ACTOR) as session, transaction(session, now):
        row = ticks.step_for_writing(session, service_date, Step.DRAFT_PLAN.value)
        if row is not None:
            row.outcome = outcome
