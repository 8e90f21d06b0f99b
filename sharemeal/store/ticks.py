"""What the clock has done: each step of a service day once, and when each job last ran."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from sharemeal.store.base import Base, LabOwned
from sharemeal.store.columns import UtcDateTime

ALERT_JOBS = ("silence", "escalate", "outbox", "mail")
"""An alert waits for these."""
AUDIT_JOB = "audit"
AUDITOR_JOB = "auditor"
LATE_AFTER = timedelta(seconds=60)
"""A job that runs every few seconds and has not run for so long does not run; one that ran so far ahead ran by another clock."""


class DayStep(LabOwned, Base):
    """A step of a service day's timetable that was taken; the database keeps a second taking out."""

    __tablename__ = "day_step"
    __table_args__ = (UniqueConstraint("lab_id", "service_date", "step"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    service_date: Mapped[date]
    step: Mapped[str] = mapped_column(Text)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(Text, default="")


class Heartbeat(Base):
    """When a job last ran to its end, and by which process."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    owner: Mapped[str] = mapped_column(Text)


def steps_on(session: Session, service_date: date) -> dict[str, DayStep]:
    """Step → when and how it was taken."""
    query = select(DayStep).where(DayStep.service_date == service_date)
    return {row.step: row for row in session.scalars(query)}


def step_for_writing(session: Session, service_date: date, step: str) -> DayStep | None:
    """That step as it is now, locked until the unit of work ends."""
    query = select(DayStep).where(DayStep.service_date == service_date, DayStep.step == step)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).first()


def heartbeats(session: Session) -> dict[str, Heartbeat]:
    """Job → its last run."""
    return {row.name: row for row in session.scalars(select(Heartbeat))}


def beat_is_due(session: Session, name: str, *, owner: str, now: datetime, every: float) -> bool:
    """Whether that job's last run is another process's or lies ``every`` seconds back: each note is a write."""
    row = session.get(Heartbeat, name, populate_existing=True)
    return row is None or row.owner != owner or abs((now - row.at).total_seconds()) >= every


def late_jobs(session: Session, now: datetime) -> list[str]:
    """Those of ALERT_JOBS, AUDIT_JOB and AUDITOR_JOB that have not run lately.

    A run in the future was noted before the clock was set back: nobody knows whether there was one since.
    """
    beats = heartbeats(session)
    return [
        name
        for name in (*ALERT_JOBS, AUDIT_JOB, AUDITOR_JOB)
        if name not in beats or abs(now - beats[name].at) > LATE_AFTER
    ]
