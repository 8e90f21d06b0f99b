"""What a home's page tells of its last weeks: visits that were planned, reports, concerns, rests and declines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, undefer_group

from sharemeal.service_days import DayState
from sharemeal.store.service_days import Route, ServiceDay, Stop
from sharemeal.store.visits import CheckIn, ExpectedVisit, Whose
from sharemeal.store.watch import Concern


@dataclass(frozen=True)
class Expected:
    """A settled day, whether the home was on a course, and until when a word of it was expected."""

    day: ServiceDay
    visited: bool
    due_at: datetime | None

    def overdue(self, now: datetime) -> bool:
        """Whether the time for a word of it is over."""
        return self.due_at is not None and self.due_at <= now


def expected_of(session: Session, household_id: int, first: date, last: date) -> list[Expected]:
    """The settled days in that span, oldest first."""
    query = select(ServiceDay).where(ServiceDay.service_date.between(first, last))
    query = query.where(ServiceDay.state != DayState.DRAFT).order_by(ServiceDay.service_date)
    days = list(session.scalars(query))
    ids = [day.id for day in days]
    on_course = select(Route.day_id).join(Stop, Stop.route_id == Route.id)
    on_course = on_course.where(Stop.household_id == household_id, Route.day_id.in_(ids))
    visited = set(session.scalars(on_course))
    due = select(ExpectedVisit.day_id, ExpectedVisit.due_at).where(
        ExpectedVisit.household_id == household_id,
        ExpectedVisit.whose == Whose.HOME,
        ExpectedVisit.day_id.in_(ids),
    )
    due_at = {row[0]: row[1] for row in session.execute(due)}
    return [Expected(day, day.id in visited, due_at.get(day.id)) for day in days]


def reports_of(session: Session, household_id: int, first: date) -> Sequence[CheckIn]:
    """The reports of this home on days from ``first``, undone ones included, with notes: a reading."""
    query = (
        select(CheckIn)
        .join(ServiceDay, ServiceDay.id == CheckIn.day_id)
        .where(CheckIn.household_id == household_id, ServiceDay.service_date >= first)
        .order_by(CheckIn.id)
        .options(undefer_group("personal"), joinedload(CheckIn.day))
    )
    return list(session.scalars(query))


def concerns_of(session: Session, household_id: int, since: datetime) -> list[Concern]:
    """The concerns of this home since then, with why and memo: a reading."""
    query = select(Concern).where(Concern.household_id == household_id, Concern.opened_at >= since)
    return list(session.scalars(query.order_by(Concern.id).options(undefer_group("personal"))))
