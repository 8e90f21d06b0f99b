"""見守り記録: every report of every door, and the visits that were expected. Nothing here is ever overwritten.

Contact, condition and level stand in clear, so that the log can be searched; what was seen in detail is encrypted.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column, relationship

from sharemeal.store.audit import Personal
from sharemeal.store.base import Base, LabOwned
from sharemeal.store.columns import Coded, Encrypted, EncryptedText, UtcDateTime
from sharemeal.store.households import Household
from sharemeal.store.service_days import Route, ServiceDay, Stop
from sharemeal.visits import Condition, Contact, GoodNews, Means, Observation, Report, standing
from sharemeal.watch import Kind


class EncryptedCodes(Encrypted):
    """What was seen, as a list of codes: sensitive by law."""

    cache_ok = True
    write = staticmethod(lambda codes: json.dumps(sorted(codes)))
    read = staticmethod(lambda text: frozenset(json.loads(text)))


class CheckIn(Personal, LabOwned, Base):
    """One report of one home by one person. ``client_uuid`` is made by the telephone: sent again, it changes nothing.

    ``observed_at`` is the tap's own time by the telephone's clock, ``received_at`` ours. ``stop_id`` is None for a
    call on a day that was called off or to a home without a stop. ``level`` and ``kind`` are what watch.py
    made of it.
    """

    __tablename__ = "check_in"
    __table_args__ = (
        UniqueConstraint("lab_id", "client_uuid"),
        Index("ix_check_in_log", "lab_id", "received_at", "id"),
    )
    personal = ("codes", "note")
    watched = ("contact", "condition", "undone_at")

    id: Mapped[int] = mapped_column(primary_key=True)
    client_uuid: Mapped[str] = mapped_column(Text)
    day_id: Mapped[int] = mapped_column(ForeignKey("service_day.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id", ondelete="CASCADE"), index=True)
    stop_id: Mapped[int | None] = mapped_column(ForeignKey("stop.id", ondelete="RESTRICT"), index=True)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    means: Mapped[Means] = mapped_column(Coded(Means))
    contact: Mapped[Contact] = mapped_column(Coded(Contact))
    condition: Mapped[Condition | None] = mapped_column(Coded(Condition))
    level: Mapped[int]
    kind: Mapped[Kind | None] = mapped_column(Coded(Kind))
    codes: Mapped[frozenset[str]] = deferred(mapped_column(EncryptedCodes), group="personal")
    note: Mapped[str | None] = deferred(mapped_column(EncryptedText), group="personal")
    observed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    concern_id: Mapped[int | None] = mapped_column(ForeignKey("concern.id", ondelete="SET NULL"), index=True)
    household: Mapped[Household] = relationship()
    day: Mapped[ServiceDay] = relationship()
    stop: Mapped[Stop | None] = relationship()

    def audited(self) -> tuple[str, int]:
        """It tells of its home."""
        return "household", self.household_id

    @property
    def seen_at(self) -> datetime:
        """When it happened: by the telephone's clock, but never later than it arrived."""
        return min(self.observed_at, self.received_at)

    @property
    def report(self) -> Report:
        """What was said, as the noun; a reading of personal data."""
        return Report(
            self.contact,
            self.condition,
            frozenset(self.observations),
            frozenset(self.good_news),
            self.note,
        )

    @property
    def observations(self) -> list[Observation]:
        """What was seen; a reading of personal data."""
        return [each for each in Observation if each.value in self.codes]

    @property
    def good_news(self) -> list[GoodNews]:
        """Good news; a reading of personal data."""
        return [each for each in GoodNews if each.value in self.codes]


STILL_EXPECTED = "closed_at IS NULL AND raised_at IS NULL"
"""What is still looked out for: the only rows that a sweep reads, however many have ended."""


class Whose(StrEnum):
    """Whose sign of life is expected."""

    HOME = "home"
    VOLUNTEER = "volunteer"


class ClosedBy(StrEnum):
    """How an expectation ended; what is CANCELLED waits for who takes the course over."""

    VISIT = "visit"
    CALL = "call"
    ABSENT = "absent"
    CARRIED_OVER = "carried_over"
    CALLED_OFF = "called_off"
    CONCERN = "concern"
    CANCELLED = "cancelled"


class ExpectedVisit(LabOwned, Base):
    """A sign of life that is expected until ``due_at``: of a home by a visit, or of a volunteer by an ended stop.

    ``raised_at`` is when the silence was noticed; ``closed_at`` when the visit ended or the home was excused.
    """

    __tablename__ = "expected_visit"
    __table_args__ = (
        UniqueConstraint("day_id", "whose", "household_id", "stop_id"),
        Index(
            "ix_expected_visit_open",
            "due_at",
            "day_id",
            sqlite_where=text(STILL_EXPECTED),
            postgresql_where=text(STILL_EXPECTED),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    day_id: Mapped[int] = mapped_column(ForeignKey("service_day.id", ondelete="CASCADE"), index=True)
    whose: Mapped[Whose] = mapped_column(Coded(Whose))
    household_id: Mapped[int | None] = mapped_column(
        ForeignKey("household.id", ondelete="CASCADE"), index=True
    )
    stop_id: Mapped[int | None] = mapped_column(ForeignKey("stop.id", ondelete="CASCADE"), index=True)
    volunteer_id: Mapped[int | None] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    raised_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[ClosedBy | None] = mapped_column(Coded(ClosedBy))
    concern_id: Mapped[int | None] = mapped_column(ForeignKey("concern.id", ondelete="SET NULL"), index=True)
    household: Mapped[Household | None] = relationship()


def by_uuid(session: Session, client_uuid: str) -> CheckIn | None:
    """The report that carries this telephone-made id."""
    return session.scalars(select(CheckIn).where(CheckIn.client_uuid == client_uuid)).first()


def of_home_on(session: Session, day_id: int, household_id: int) -> list[CheckIn]:
    """Every report of this home on that day, undone ones included, in the order in which they came."""
    query = select(CheckIn).where(CheckIn.day_id == day_id, CheckIn.household_id == household_id)
    return list(session.scalars(query.order_by(CheckIn.id)))


def standing_of(session: Session, report: CheckIn) -> CheckIn | None:
    """What stands now of the same person at the same home on that day."""
    rows = of_home_on(session, report.day_id, report.household_id)
    return next((each for each in standing(rows) if each.reporter_id == report.reporter_id), None)


def on_day(session: Session, day_id: int) -> dict[int, list[CheckIn]]:
    """Household id → every report of that day, in the order in which they came. Without personal columns."""
    found: dict[int, list[CheckIn]] = {}
    for row in session.scalars(select(CheckIn).where(CheckIn.day_id == day_id).order_by(CheckIn.id)):
        found.setdefault(row.household_id, []).append(row)
    return found


def noted_before(session: Session, household_id: int, day: ServiceDay) -> frozenset[Observation]:
    """What was noted at this home's last visit on an earlier day. Weighing reads it; no person does."""
    earlier = (
        select(CheckIn.day_id)
        .join(ServiceDay, ServiceDay.id == CheckIn.day_id)
        .where(CheckIn.household_id == household_id, CheckIn.undone_at.is_(None))
        .where(ServiceDay.service_date < day.service_date)
        .order_by(ServiceDay.service_date.desc())
        .limit(1)
    )
    query = select(CheckIn.codes).where(
        CheckIn.household_id == household_id,
        CheckIn.undone_at.is_(None),
        CheckIn.day_id == earlier.scalar_subquery(),
    )
    codes = {code for each in session.scalars(query) for code in each}
    return frozenset(each for each in Observation if each.value in codes)


def expected_on(session: Session, day_id: int, whose: Whose = Whose.HOME) -> list[ExpectedVisit]:
    """What was expected on that day, in the order in which it is due."""
    query = select(ExpectedVisit).where(ExpectedVisit.day_id == day_id, ExpectedVisit.whose == whose)
    return list(session.scalars(query.order_by(ExpectedVisit.due_at, ExpectedVisit.id)))


def open_expectations(
    session: Session, day_id: int, *, household_id: int | None = None, volunteer_id: int | None = None
) -> list[ExpectedVisit]:
    """What is still expected of a home or of a volunteer on that day, locked until the unit of work ends."""
    query = select(ExpectedVisit).where(ExpectedVisit.day_id == day_id, ExpectedVisit.closed_at.is_(None))
    if household_id is not None:
        query = query.where(ExpectedVisit.whose == Whose.HOME, ExpectedVisit.household_id == household_id)
    if volunteer_id is not None:
        query = query.where(
            ExpectedVisit.whose == Whose.VOLUNTEER, ExpectedVisit.volunteer_id == volunteer_id
        )
    return list(session.scalars(query.order_by(ExpectedVisit.position).with_for_update()))


def silent_ids(session: Session, now: datetime, *, most: int = 500) -> list[tuple[int, int]]:
    """(lab id, expectation id) of what is overdue and not noticed yet; for a session of all labs."""
    query = (
        select(ExpectedVisit.lab_id, ExpectedVisit.id)
        .where(
            ExpectedVisit.due_at <= now,
            ExpectedVisit.closed_at.is_(None),
            ExpectedVisit.raised_at.is_(None),
        )
        .order_by(ExpectedVisit.due_at, ExpectedVisit.id)
        .limit(most)
    )
    return [(lab_id, row_id) for lab_id, row_id in session.execute(query)]


def stop_of(session: Session, stop_id: int) -> Stop | None:
    """A stop of this lab, with its route and day."""
    return session.scalars(select(Stop).where(Stop.id == stop_id)).first()


def day_of(session: Session, stop: Stop, *, to_change: bool = False) -> ServiceDay:
    """The day of a stop; ``to_change`` keeps others from settling it meanwhile."""
    query = select(ServiceDay).join(Route, Route.day_id == ServiceDay.id).where(Route.id == stop.route_id)
    if to_change:
        query = query.with_for_update(of=ServiceDay).execution_options(populate_existing=True)
    return session.scalars(query).one()


def last_signs(session: Session, household_ids: Collection[int]) -> dict[int, CheckIn]:
    """Household id → the last report in which the home was seen or heard."""
    found: dict[int, CheckIn] = {}
    query = (
        select(CheckIn)
        .where(CheckIn.household_id.in_(household_ids), CheckIn.undone_at.is_(None))
        .where(CheckIn.contact.in_((Contact.SEEN, Contact.VOICE_ONLY)))
        .order_by(CheckIn.observed_at, CheckIn.id)
    )
    for row in session.scalars(query):
        found[row.household_id] = row
    return found
