"""Note how a calculation goes, in small units of work, so that any process can show it while another one solves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from sharemeal.sentences import Refused, Sentence
from sharemeal.store import service_days
from sharemeal.store.base import Store, transaction
from sharemeal.store.service_days import SolveRun

NOTED_EVERY_SECONDS = 0.25
"""Better answers that follow each other more quickly are noted together."""

LONGEST_SILENCE = timedelta(seconds=30)
"""A run that has not ended so long after its time is taken as broken off."""

Point = tuple[float, float, float | None, int]
"""Elapsed seconds, best cost in seconds, a proven bound or None, tasks left out."""


class RunState(StrEnum):
    """How a calculation stands."""

    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    BROKEN_OFF = "broken_off"


@dataclass(frozen=True)
class RunView:
    """A calculation as the page shows it."""

    id: int
    state: RunState
    started_at: datetime
    elapsed_seconds: float
    trace: tuple[Point, ...]
    refusal: Sentence | None


def begin_run(store: Store, lab_id: int, service_date: date, *, now: datetime, actor: str) -> int:
    """Note that a calculation of that day begins; the number it goes by."""
    with store.session(lab_id, actor=actor) as session, transaction(session, now):
        run = SolveRun(service_date=service_date, started_at=now, trace=[])
        session.add(run)
        session.flush()
        return run.id


def note_progress(store: Store, lab_id: int, run_id: int, points: list[Point], *, now: datetime) -> None:
    """Add better answers to a run that is still going."""
    with store.session(lab_id) as session, transaction(session, now):
        run = session.get(SolveRun, run_id)
        if run is not None and run.ended_at is None:
            run.trace = [*run.trace, *(list(point) for point in points)]


def end_run(
    store: Store,
    lab_id: int,
    run_id: int,
    *,
    now: datetime,
    points: tuple[Point, ...] = (),
    refusal: Sentence | None = None,
) -> None:
    """Note that a run is over, with the refusal if it was refused and the points not noted yet."""
    with store.session(lab_id) as session, transaction(session, now):
        run = session.get(SolveRun, run_id)
        if run is not None and run.ended_at is None:
            run.ended_at = now
            run.refusal = refusal
            run.trace = [*run.trace, *(list(point) for point in points)]


class Noted:
    """A ``progress`` for the solver that keeps a run up to date, at most a few times a second.

    ``started_at`` plus the elapsed seconds is the moment of each note, so no clock is read here.
    """

    def __init__(self, store: Store, lab_id: int, run_id: int, started_at: datetime) -> None:
        self._store, self._lab_id, self._run_id = store, lab_id, run_id
        self._started_at = started_at
        self._noted_at = -NOTED_EVERY_SECONDS
        self.waiting: list[Point] = []

    def __call__(self, elapsed: float, cost: float, bound: float | None, left_out: int) -> None:
        self.waiting.append((round(elapsed, 3), cost, bound, left_out))
        if elapsed - self._noted_at < NOTED_EVERY_SECONDS:
            return
        moment = self._started_at + timedelta(seconds=elapsed)
        note_progress(self._store, self._lab_id, self._run_id, self.waiting, now=moment)
        self.waiting, self._noted_at = [], elapsed


def run_of(session: Session, service_date: date, *, now: datetime, seconds: float) -> RunView | None:
    """How the newest calculation of that day stands; ``seconds`` is the time a calculation may take."""
    run = service_days.last_run(session, service_date)
    if run is None:
        return None
    return RunView(
        id=run.id,
        state=run_state(run, now=now, seconds=seconds),
        started_at=run.started_at,
        elapsed_seconds=((run.ended_at or now) - run.started_at).total_seconds(),
        trace=tuple((point[0], point[1], point[2], point[3]) for point in run.trace),
        refusal=run.refusal,
    )


def run_state(run: SolveRun, *, now: datetime, seconds: float) -> RunState:
    """Whether a run goes on, is done, was refused, or broke off with the process that had it."""
    if run.ended_at is not None:
        return RunState.DONE if run.refusal is None else RunState.REFUSED
    late = now - run.started_at > timedelta(seconds=seconds) + LONGEST_SILENCE
    return RunState.BROKEN_OFF if late else RunState.RUNNING


def refusal_of(error: BaseException) -> Sentence:
    """What a run notes when its calculation did not come to an end by itself."""
    if isinstance(error, Refused):
        return error.what
    return Sentence("計算の途中で思わぬことが起きました。もう一度計算してください。")
