"""Expect a sign of life from every home and every volunteer, notice when it does not come, and let it go when it does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sharemeal.actions.concerns import close_concern, raise_concern
from sharemeal.actions.one_by_one import one_by_one
from sharemeal.covers import expected_at
from sharemeal.sentences import Sentence
from sharemeal.service_days import DayState
from sharemeal.store import households, service_days, visits, watch
from sharemeal.store.base import Store
from sharemeal.store.labs import fenced
from sharemeal.store.service_days import ServiceDay, Stop
from sharemeal.store.visits import CheckIn, ClosedBy, ExpectedVisit, Whose
from sharemeal.visits import standing
from sharemeal.watch import NO_ANSWER, Ending, Kind, Level, Verdict

ACTOR = "clock"


def expect_visits(session: Session, day: ServiceDay) -> None:
    """Inside a unit of work: write down what is expected of a settled day, once.

    A home's visit is due at the end of its window plus the lab's patience, each stop of a volunteer at its planned
    time plus the margin.
    """
    if visits.expected_on(session, day.id) or visits.expected_on(session, day.id, Whose.VOLUNTEER):
        return
    rules = fenced(session).rules
    patience = timedelta(minutes=rules.patience_minutes)
    margin = timedelta(minutes=rules.volunteer_margin_minutes)
    homes: set[int] = set()
    for route in day.routes:
        for stop in route.stops:
            session.add(
                ExpectedVisit(
                    day_id=day.id,
                    whose=Whose.VOLUNTEER,
                    stop_id=stop.id,
                    volunteer_id=route.volunteer_id,
                    position=stop.position,
                    due_at=rules.moment(day.service_date, stop.begins_seconds) + margin,
                )
            )
            if stop.household is None or stop.household.id in homes:
                continue
            homes.add(stop.household.id)
            session.add(
                ExpectedVisit(
                    day_id=day.id,
                    whose=Whose.HOME,
                    household_id=stop.household.id,
                    stop_id=stop.id,
                    position=stop.position,
                    due_at=rules.moment(day.service_date, stop.household.window.closes) + patience,
                )
            )
    session.flush()


def expect_nothing(session: Session, day: ServiceDay) -> None:
    """Inside a unit of work: a day that is a draft again expects nobody."""
    session.execute(delete(ExpectedVisit).where(ExpectedVisit.day_id == day.id))


def notice_silences(store: Store, *, now: datetime) -> int:
    """Turn each overdue expectation of every lab into a concern with its alert; returns how many.

    One that cannot be turned does not keep the others back; its fault is raised at the end.
    """
    with store.session(all_labs=True, actor=ACTOR) as session:
        overdue = visits.silent_ids(session, now)
    return one_by_one(store, overdue, _notice, actor=ACTOR, now=now)


def _notice(session: Session, expected_id: int, now: datetime) -> bool:
    day_id = session.scalar(select(ExpectedVisit.day_id).where(ExpectedVisit.id == expected_id))
    if day_id is None:
        return False
    day = service_days.lock_day(session, day_id)
    query = select(ExpectedVisit).where(ExpectedVisit.id == expected_id)
    expected = session.scalars(query.execution_options(populate_existing=True)).one()
    if expected.closed_at is not None or expected.raised_at is not None or day.state is DayState.CLOSED:
        return False
    raise_silence(session, day, expected, now=now)
    return True


def raise_silence(session: Session, day: ServiceDay, expected: ExpectedVisit, *, now: datetime) -> None:
    """Inside a unit of work that has locked the day: the silence becomes a concern."""
    home = expected.whose is Whose.HOME
    why = (
        Sentence("お届け時間帯を過ぎても、訪問の記録がありません")
        if home
        else Sentence("予定の時刻を過ぎても、ボランティアの記録がありません")
    )
    verdict = Verdict(Level.TODAY, Kind.SILENT_HOME if home else Kind.SILENT_VOLUNTEER, timedelta(0), why)
    concern = raise_concern(
        session,
        verdict,
        day_id=day.id,
        household_id=expected.household_id if home else None,
        volunteer_id=None if home else expected.volunteer_id,
        since=expected.due_at,
        key=f"silence {expected.id}",
        now=now,
    )
    expected.raised_at, expected.concern_id = now, concern.id
    session.flush()


def heard_from_home(
    session: Session, day: ServiceDay, household_id: int, *, closed_by: ClosedBy, now: datetime
) -> None:
    """Inside a unit of work that has locked the day: a visit or a call ended what was expected of this home."""
    for expected in visits.open_expectations(session, day.id, household_id=household_id):
        expected.closed_at, expected.closed_by = now, closed_by
    carried = select(ExpectedVisit).where(
        ExpectedVisit.day_id == day.id,
        ExpectedVisit.household_id == household_id,
        ExpectedVisit.closed_by == ClosedBy.CARRIED_OVER,
    )
    for expected in session.scalars(carried.with_for_update()):
        expected.closed_by = closed_by
    session.flush()


def expect_nobody(session: Session, day: ServiceDay, volunteer_id: int, *, now: datetime) -> None:
    """Inside a unit of work that has locked the day: this volunteer cannot come; their stops wait for somebody else."""
    for expected in visits.open_expectations(session, day.id, volunteer_id=volunteer_id):
        expected.closed_at, expected.closed_by = now, ClosedBy.CANCELLED
    session.flush()


def expect_stops(
    session: Session, day: ServiceDay, stops: Sequence[Stop], volunteer_id: int, *, now: datetime
) -> None:
    """Inside a unit of work that has locked the day: these stops are expected of this volunteer from ``now`` on."""
    rules = fenced(session).rules
    margin = timedelta(minutes=rules.volunteer_margin_minutes)
    walked = {stop.id: stop for stop in stops}
    query = select(ExpectedVisit).where(
        ExpectedVisit.day_id == day.id,
        ExpectedVisit.whose == Whose.VOLUNTEER,
        ExpectedVisit.stop_id.in_(walked),
    )
    for expected in session.scalars(query.order_by(ExpectedVisit.id).with_for_update()):
        stop = walked[expected.stop_id or 0]
        expected.volunteer_id, expected.position = volunteer_id, stop.position
        expected.due_at = expected_at(rules.moment(day.service_date, stop.begins_seconds), margin, now)
        expected.closed_at = expected.closed_by = expected.raised_at = expected.concern_id = None
    session.flush()


def stop_is_over(session: Session, stop_id: int, *, now: datetime) -> None:
    """Inside a unit of work that has locked the day: who had the course before ended this stop, and this one alone."""
    query = select(ExpectedVisit).where(ExpectedVisit.stop_id == stop_id, ExpectedVisit.closed_at.is_(None))
    for expected in session.scalars(query.where(ExpectedVisit.whose == Whose.VOLUNTEER).with_for_update()):
        expected.closed_at, expected.closed_by = now, ClosedBy.VISIT
    session.flush()


def heard_from_volunteer(
    session: Session, day: ServiceDay, volunteer_id: int, position: int, *, now: datetime
) -> None:
    """The volunteer ended a stop: nothing is expected up to there, and a concern about their silence falls away."""
    left = visits.open_expectations(session, day.id, volunteer_id=volunteer_id)
    for expected in left:
        if expected.position <= position:
            expected.closed_at, expected.closed_by = now, ClosedBy.VISIT
    session.flush()
    concern = watch.open_of_volunteer(session, volunteer_id)
    still = [each for each in left if each.closed_at is None and each.raised_at is not None]
    if concern is not None and concern.kind is not Kind.NO_CARRIER and not still:
        close_concern(session, concern, Ending.MET, now=now)


def expect_again(session: Session, day: ServiceDay, undone: CheckIn, *, now: datetime) -> None:
    """Inside a unit of work that has locked the day: a home whose last report was undone is expected again.

    One that is known to be away stays excused.
    """
    if not standing(visits.of_home_on(session, day.id, undone.household_id)):
        _expect(session, day, undone.household_id, ClosedBy.VISIT, ClosedBy.CALL, ClosedBy.ABSENT)
        settle_absence(session, undone.household_id, now=now)


def settle_absence(session: Session, household_id: int, *, now: datetime) -> None:
    """Inside a unit of work, after a rest or a decline was noted or taken back: whom is this home expected by?

    On each settled day that goes on, a home that is known to be away is expected no more, and its silence ends; one
    that is back is expected as before, unless it was reported meanwhile.
    """
    session.flush()
    rests = [each.span for each in households.pauses_of(session, "household_id", household_id)]
    for day in _days_of(session, household_id):
        on = day.service_date
        away = any(span.covers(on) for span in rests) or household_id in households.declined_on(session, on)
        if away:
            _excuse(session, day, household_id, now)
        elif not standing(visits.of_home_on(session, day.id, household_id)):
            _expect(session, day, household_id, ClosedBy.ABSENT)


def _excuse(session: Session, day: ServiceDay, household_id: int, now: datetime) -> None:
    for expected in visits.open_expectations(session, day.id, household_id=household_id):
        expected.closed_at, expected.closed_by = now, ClosedBy.ABSENT
    session.flush()
    concern = watch.open_of_home(session, household_id)
    if concern is not None and concern.day_id == day.id and concern.kind in NO_ANSWER:
        close_concern(session, concern, Ending.ABSENT, now=now)


def _expect(session: Session, day: ServiceDay, household_id: int, *closed_by: ClosedBy) -> None:
    """What was ended so is expected again."""
    query = select(ExpectedVisit).where(
        ExpectedVisit.day_id == day.id,
        ExpectedVisit.whose == Whose.HOME,
        ExpectedVisit.household_id == household_id,
        ExpectedVisit.closed_by.in_(closed_by),
    )
    for expected in session.scalars(query.with_for_update()):
        expected.closed_at = expected.closed_by = expected.raised_at = expected.concern_id = None
    session.flush()


def _days_of(session: Session, household_id: int) -> list[ServiceDay]:
    """The settled days that go on and on which this home is expected, locked, oldest first."""
    expecting = select(ExpectedVisit.day_id).where(ExpectedVisit.household_id == household_id)
    query = (
        select(ServiceDay)
        .where(ServiceDay.state.in_((DayState.FIXED, DayState.UNDER_WAY)), ServiceDay.id.in_(expecting))
        .order_by(ServiceDay.id)
    )
    return list(session.scalars(query.with_for_update().execution_options(populate_existing=True)))
