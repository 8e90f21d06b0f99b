"""System alarms: that the watching itself is late. Rows of the whole house, without a word about anybody."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from sharemeal.alarms import AlarmKind
from sharemeal.store import ticks
from sharemeal.store.base import Base
from sharemeal.store.columns import Coded, UtcDateTime

STANDS = "ended_at IS NULL"


class Alarm(Base):
    """One alarm from the first look that found something to the first that did not. It ends by itself and stays.

    ``count`` is how much the last look found; ``told_at`` is when the operator was last written to about it.
    """

    __tablename__ = "alarm"
    __table_args__ = (
        Index(
            "uq_alarm_standing", "kind", unique=True, sqlite_where=text(STANDS), postgresql_where=text(STANDS)
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[AlarmKind] = mapped_column(Coded(AlarmKind))
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    count: Mapped[int]
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Standing:
    """How the watching stands: the alarms that have not ended, and the jobs of which nothing was heard in time."""

    kinds: tuple[AlarmKind, ...]
    late: tuple[str, ...]

    @property
    def well(self) -> bool:
        """Whether nothing is the matter."""
        return not self.kinds and not self.late

    @property
    def shown(self) -> tuple[AlarmKind, ...]:
        """What a person is to be told of: late jobs too, when nobody is there to raise an alarm about them."""
        if not self.late or AlarmKind.JOB_LATE in self.kinds:
            return self.kinds
        return (*self.kinds, AlarmKind.JOB_LATE)


def standing(session: Session) -> list[Alarm]:
    """The alarms that have not ended, by kind."""
    return list(session.scalars(select(Alarm).where(Alarm.ended_at.is_(None)).order_by(Alarm.kind)))


def stands_now(session: Session, now: datetime) -> Standing:
    """How the watching stands, as any page may ask."""
    kinds = tuple(alarm.kind for alarm in standing(session))
    return Standing(kinds, tuple(ticks.late_jobs(session, now)))


def for_writing(session: Session) -> dict[AlarmKind, Alarm]:
    """Kind → the alarm that stands, locked until the unit of work ends."""
    query = select(Alarm).where(Alarm.ended_at.is_(None)).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True))
    return {alarm.kind: alarm for alarm in found}


def any_since(session: Session, moment: datetime) -> bool:
    """Whether an alarm stands or was seen since then."""
    query = select(Alarm.id).where(Alarm.ended_at.is_(None) | (Alarm.last_seen_at >= moment))
    return session.scalars(query.limit(1)).first() is not None


def since(session: Session, moment: datetime) -> list[Alarm]:
    """The alarms that stand or were seen since then, oldest first, locked until the unit of work ends."""
    query = select(Alarm).where(Alarm.ended_at.is_(None) | (Alarm.last_seen_at >= moment))
    return list(session.scalars(query.order_by(Alarm.id).with_for_update()))


def last_told(session: Session, kinds: Collection[AlarmKind]) -> dict[AlarmKind, datetime]:
    """Kind → when the operator was last written to about it."""
    query = select(Alarm.kind, func.max(Alarm.told_at)).where(
        Alarm.kind.in_(kinds), Alarm.told_at.is_not(None)
    )
    rows = session.execute(query.group_by(Alarm.kind))
    return {kind: told for kind, told in rows if told is not None}
