"""Plan a service day: meals to homes, homes to routes, written in one go.

The day is read, the reading transaction let go, then matched and solved with no transaction open. Writing replaces
the draft wholly: of two calculations at once the last one stands, never a mixture. Where an offer, a home or an
answer changed meanwhile, the day is planned once more from what is true now.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sharemeal.actions.solve_runs import Noted, begin_run, end_run, note_progress, refusal_of, run_of
from sharemeal.households import numbered
from sharemeal.matching import match
from sharemeal.meals import Counts
from sharemeal.routing.day import DayProblem, Json, day_problem
from sharemeal.routing.day_plan import DayPlan, Round, day_plan, nobody_goes, tagged
from sharemeal.routing.plan import Plan
from sharemeal.routing.solve import Progress, Stop, solve
from sharemeal.routing.vroom import problem_from
from sharemeal.routing.vroom_answer import answer_from
from sharemeal.sentences import Refused, Sentence
from sharemeal.service_days import DayState, still_open
from sharemeal.store import service_days
from sharemeal.store.base import Store, let_go, transaction
from sharemeal.store.day_inputs import DayInputs, day_inputs
from sharemeal.store.service_days import (
    Route,
    ServiceDay,
    ServingRow,
    ShortageRow,
    SignOff,
    StopItem,
    SurplusRow,
)
from sharemeal.store.service_days import Stop as StopRow

__all__ = ["Planned", "begin_run", "end_run", "note_progress", "plan_day", "plan_day_noted", "run_of"]

_ATTEMPTS = 2

Solve = Callable[..., Plan]


@dataclass(frozen=True)
class Planned:
    """What was planned: the sum of homes, whether everybody has a place, and the very problem that was solved."""

    counts: Counts
    problem: Json
    notes: tuple[Sentence, ...]

    @property
    def complete(self) -> bool:
        """Whether no home is short."""
        return self.counts.short == 0


@dataclass(frozen=True)
class _Draft:
    inputs: DayInputs
    asked: DayProblem
    plan: DayPlan
    answer: Json


def plan_day(
    store: Store,
    lab_id: int,
    service_date: date,
    *,
    now: datetime,
    actor: str,
    seconds: float,
    seed: int = 0,
    progress: Progress | None = None,
    solutions: int | None = None,
    solver: Solve = solve,
) -> Planned:
    """Match and route the day of that lab and keep it as its draft. Planning sends nothing; past days may be planned.

    ``seconds`` bounds the search (``solutions`` too, for repeatable results); ``progress`` hears of each better
    answer. Raises Refused when the day is no draft any more, or when what it is made from keeps changing.
    """
    for _ in range(_ATTEMPTS):
        with store.session(lab_id, actor=actor) as session:
            day = service_days.on(session, service_date)
            if day is not None:
                still_open(DayState(day.state))
            inputs = day_inputs(session, service_date)
            let_go(session)
        draft = _draft(inputs, Stop(seconds, solutions), seed, progress, solver)
        with store.session(lab_id, actor=actor) as session, transaction(session, now):
            if day_inputs(session, service_date).fingerprint != inputs.fingerprint:
                continue
            day = day_for_writing(session, service_date)
            still_open(DayState(day.state))
            return _write(session, day, draft, now)
    raise Refused(
        Sentence("計算しているあいだに、食数や出欠などがまた変わりました。"),
        why=Sentence("古い内容の計画は保存していません。"),
        remedy=Sentence("少し待ってから、もう一度計算してください。"),
    )


def plan_day_noted(
    store: Store,
    lab_id: int,
    service_date: date,
    run_id: int,
    *,
    now: datetime,
    actor: str,
    seconds: float,
    seed: int = 0,
    solver: Solve = solve,
) -> Planned:
    """:func:`plan_day` with a run (:func:`begin_run`) kept up to date and ended, however it ends."""
    began = time.monotonic()
    noted = Noted(store, lab_id, run_id, now)
    refusal: Sentence | None = None
    try:
        return plan_day(
            store,
            lab_id,
            service_date,
            now=now,
            actor=actor,
            seconds=seconds,
            seed=seed,
            progress=noted,
            solver=solver,
        )
    except BaseException as error:
        refusal = refusal_of(error)
        raise
    finally:
        ended = now + timedelta(seconds=time.monotonic() - began)
        end_run(store, lab_id, run_id, now=ended, points=tuple(noted.waiting), refusal=refusal)


def day_for_writing(session: Session, service_date: date) -> ServiceDay:
    """The day of that date, made if nobody has planned it yet, locked until the unit of work ends."""
    query = select(ServiceDay).where(ServiceDay.service_date == service_date)
    query = query.with_for_update().execution_options(populate_existing=True)
    day = session.scalars(query).first()
    if day is not None:
        return day
    # Where somebody makes it in the same moment, theirs is taken.
    with suppress(IntegrityError), session.begin_nested():
        session.add(ServiceDay(service_date=service_date, state=DayState.DRAFT, summary={}))
    return session.scalars(query).one()


def _draft(inputs: DayInputs, stop: Stop, seed: int, progress: Progress | None, solver: Solve) -> _Draft:
    matched = match(inputs.demands, inputs.supplies, seed=seed)
    asked = day_problem(
        inputs.carriers, inputs.doors, inputs.kitchens, inputs.supplies, matched.servings, inputs.rules
    )
    plan: Plan | None = None
    answer = nobody_goes()
    if asked.parcels:
        plan = solver(problem_from(asked.body), stop, seed, progress)
        answer = tagged(answer_from(plan), asked)
    whole = day_plan(
        asked,
        plan,
        matched,
        inputs.demands,
        active=inputs.active,
        paused=len(inputs.paused),
        declined=len(inputs.declined),
    )
    return _Draft(inputs, asked, whole, answer)


def _write(session: Session, day: ServiceDay, draft: _Draft, now: datetime) -> Planned:
    inputs, plan = draft.inputs, draft.plan
    notes = _notes(inputs)
    _clear(session, day, {(inputs.household_ids[each.household], each.portions) for each in plan.shortages})
    day.planned_at = now
    day.summary = _summary(draft, notes)
    servings = {
        parcel.id: ServingRow(
            day_id=day.id,
            household_id=inputs.household_ids[parcel.serving.household],
            offer_id=inputs.offer_ids[parcel.serving.kitchen, parcel.serving.dish],
            portions=parcel.portions,
            why=parcel.serving.why,
        )
        for parcel in plan.parcels
    }
    session.add_all(servings.values())
    for short in plan.shortages:
        home = inputs.household_ids[short.household]
        session.add(ShortageRow(day_id=day.id, household_id=home, portions=short.portions, why=short.why))
    for left in plan.surpluses:
        offer = inputs.offer_ids[left.kitchen, left.dish]
        session.add(SurplusRow(day_id=day.id, offer_id=offer, portions=left.portions, why=left.why))
    session.add_all(_route_row(day, each, inputs, servings) for each in plan.rounds)
    session.flush()
    return Planned(plan.counts, draft.asked.body, notes)


def _clear(session: Session, day: ServiceDay, short: set[tuple[int, int]]) -> None:
    """Take the earlier calculation away; who signed for a home keeps doing so while the same is missing."""
    before = {(row.household_id, row.portions) for row in day.shortages}
    kept = {home for home, _ in before & short}
    for table in (Route, ServingRow, ShortageRow, SurplusRow):
        session.execute(delete(table).where(table.day_id == day.id))
    session.execute(delete(SignOff).where(SignOff.day_id == day.id, SignOff.household_id.not_in(kept)))
    session.expire(day, ["servings", "shortages", "surpluses", "routes", "sign_offs"])


def _route_row(day: ServiceDay, each: Round, inputs: DayInputs, servings: dict[int, ServingRow]) -> Route:
    stops = [
        StopRow(
            position=position,
            kitchen_id=None if halt.kitchen is None else inputs.kitchen_ids[halt.kitchen],
            household_id=None if halt.household is None else inputs.household_ids[halt.household],
            arrives_seconds=halt.arrives,
            begins_seconds=halt.begins,
            leaves_seconds=halt.leaves,
            travel_seconds=halt.travel_seconds,
            distance_metres=halt.distance_metres,
            why=halt.why,
            items=[StopItem(serving=servings[parcel.id]) for parcel in halt.parcels],
        )
        for position, halt in enumerate(each.halts, start=1)
    ]
    return Route(
        day_id=day.id,
        volunteer_id=inputs.volunteer_ids[each.volunteer],
        starts_seconds=each.starts,
        ends_seconds=each.ends,
        travel_seconds=each.travel_seconds,
        distance_metres=each.distance_metres,
        stops=stops,
    )


def _notes(inputs: DayInputs) -> tuple[Sentence, ...]:
    """What a person decided and the calculation could not keep."""
    return tuple(
        Sentence(
            "{home}の固定は、ボランティア{number}がこの日は出られないため、使っていません。",
            home=numbered(home),
            number=number,
        )
        for home, number in inputs.unkept_pins
    )


def _summary(draft: _Draft, notes: tuple[Sentence, ...]) -> dict[str, Any]:
    """The figures of this calculation: ``counts``, ``notes``, the answer of ``route``, and the inputs' fingerprint."""
    return {
        "counts": asdict(draft.plan.counts),
        "fingerprint": draft.inputs.fingerprint,
        "notes": [note.as_json() for note in notes],
        "routes": draft.answer,
    }
