"""Plan a service day: meals to homes, homes to routes, written in one go.

The day is read, the reading transaction let go, then matched and solved with no transaction open. Writing replaces
the draft wholly: of two calculations at once the last one stands, never a mixture. Where an offer, a home or an
answer changed meanwhile, the day is planned once more from what is true now.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from sharemeal.actions.solve_runs import Noted, end_run, refusal_of
from sharemeal.households import numbered
from sharemeal.matching import match
from sharemeal.meals import Counts, Match
from sharemeal.routing.day import DayProblem, Json, day_problem
from sharemeal.routing.day_plan import DayPlan, day_plan, nobody_goes, tagged
from sharemeal.routing.plan import Plan
from sharemeal.routing.second_try import better, narrowed, with_leftovers
from sharemeal.routing.solve import Progress, Stop, solve
from sharemeal.routing.vroom import problem_from
from sharemeal.routing.vroom_answer import answer_from
from sharemeal.sentences import Refused, Sentence
from sharemeal.service_days import still_open
from sharemeal.store import service_days
from sharemeal.store.base import Store, let_go, transaction
from sharemeal.store.day_inputs import DayInputs, day_inputs
from sharemeal.store.day_rows import replace_rows
from sharemeal.store.service_days import ServiceDay

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
                still_open(day.state)
            inputs = day_inputs(session, service_date)
            let_go(session)
        draft = _draft(inputs, Stop(seconds, solutions), seed, progress, solver)
        with store.session(lab_id, actor=actor) as session, transaction(session, now):
            if day_inputs(session, service_date).fingerprint != inputs.fingerprint:
                continue
            day = service_days.day_for_writing(session, service_date)
            still_open(day.state)
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


def _draft(inputs: DayInputs, stop: Stop, seed: int, progress: Progress | None, solver: Solve) -> _Draft:
    """Match and route; where routes leave somebody out, once more without what cannot be brought there."""

    def tried(matched: Match, stop: Stop, progress: Progress | None) -> _Draft:
        return _routed(inputs, matched, stop, seed, progress, solver)

    matched = match(inputs.demands, inputs.supplies, seed=seed)
    first = tried(matched, stop, progress)
    if not inputs.carriers or (first.plan.parcels == first.asked.parcels and not first.asked.hopeless):
        return first
    demands = narrowed(
        inputs.demands,
        first.asked,
        first.plan,
        inputs.carriers,
        inputs.doors,
        inputs.kitchens,
        inputs.supplies,
        inputs.rules,
    )
    again = match(demands, inputs.supplies, seed=seed)
    brought = Counter[tuple[int, int, str]]()
    for parcel in first.plan.parcels:
        each = parcel.serving
        brought[each.household, each.kitchen, each.dish] += parcel.portions
    if all(brought[each.household, each.kitchen, each.dish] >= each.portions for each in again.servings):
        return first
    spent = first.answer["summary"]["computing_times"]["solving"] / 1000
    rest = Stop(max(stop.seconds - spent, stop.seconds / 4), stop.solutions)
    later = None if progress is None else _later(progress, spent)
    second = tried(with_leftovers(again, inputs.demands, inputs.supplies), rest, later)
    return second if better(first.plan, second.plan) else first


def _later(progress: Progress, seconds: float) -> Progress:
    def told(elapsed: float, cost: float, bound: float | None, left_out: int) -> None:
        progress(elapsed + seconds, cost, bound, left_out)

    return told


def _routed(
    inputs: DayInputs, matched: Match, stop: Stop, seed: int, progress: Progress | None, solver: Solve
) -> _Draft:
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
    notes = _notes(draft.inputs)
    replace_rows(session, day, draft.inputs, draft.plan)
    day.planned_at = now
    day.summary = _summary(draft, notes)
    session.flush()
    return Planned(draft.plan.counts, draft.asked.body, notes)


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
