"""気がかり: what is being looked after, from its first cause to how it ended."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text, select
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column, relationship

from sharemeal.sentences import Sentence
from sharemeal.store.audit import Personal
from sharemeal.store.base import Base, LabOwned
from sharemeal.store.columns import Coded, EncryptedSentence, EncryptedText, UtcDateTime
from sharemeal.store.households import Household
from sharemeal.store.service_days import ServiceDay
from sharemeal.store.volunteers import Volunteer
from sharemeal.watch import Ending, Kind


class Concern(Personal, LabOwned, Base):
    """気がかり of one home, or of a volunteer who is silent. One is open per home at a time; causes join it.

    ``since`` is when it was seen or noticed. From level 2 it has an alert; level 1 stands in the week's list.
    """

    __tablename__ = "concern"
    __table_args__ = (Index("ix_concern_open", "lab_id", "ended_at"),)
    personal = ("why", "memo")
    watched = ("level", "owner_id", "ended_as")

    id: Mapped[int] = mapped_column(primary_key=True)
    day_id: Mapped[int] = mapped_column(ForeignKey("service_day.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int | None] = mapped_column(
        ForeignKey("household.id", ondelete="CASCADE"), index=True
    )
    volunteer_id: Mapped[int | None] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[Kind] = mapped_column(Coded(Kind))
    level: Mapped[int]
    why: Mapped[Sentence] = deferred(mapped_column(EncryptedSentence), group="personal")
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    next_look_on: Mapped[str | None] = mapped_column(Text)
    memo: Mapped[str | None] = deferred(mapped_column(EncryptedText), group="personal")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_as: Mapped[Ending | None] = mapped_column(Coded(Ending))
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    carried_over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    day: Mapped[ServiceDay] = relationship()
    household: Mapped[Household | None] = relationship()
    volunteer: Mapped[Volunteer | None] = relationship()

    @property
    def cover_on(self) -> date | None:
        """The day on which somebody may have to go instead of the volunteer."""
        return self.day.service_date if self.volunteer_id is not None and self.day.goes_on else None

    def audited(self) -> tuple[str, int]:
        """It tells of its home, or of the volunteer."""
        if self.household_id is not None:
            return "household", self.household_id
        return ("volunteer", self.volunteer_id) if self.volunteer_id is not None else ("concern", self.id)


def for_writing(session: Session, concern_id: int) -> Concern | None:
    """That concern as it is now, locked until the unit of work ends."""
    query = select(Concern).where(Concern.id == concern_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).first()


def open_of_home(session: Session, household_id: int) -> Concern | None:
    """The concern of this home that has not ended, locked until the unit of work ends."""
    query = select(Concern).where(Concern.household_id == household_id, Concern.ended_at.is_(None))
    return session.scalars(
        query.order_by(Concern.id).with_for_update().execution_options(populate_existing=True)
    ).first()


def open_of_volunteer(session: Session, volunteer_id: int) -> Concern | None:
    """The concern of this volunteer's silence that has not ended, locked until the unit of work ends."""
    query = select(Concern).where(
        Concern.volunteer_id == volunteer_id, Concern.household_id.is_(None), Concern.ended_at.is_(None)
    )
    return session.scalars(
        query.order_by(Concern.id).with_for_update().execution_options(populate_existing=True)
    ).first()


def of_home(session: Session, household_id: int, *, most: int = 60) -> list[Concern]:
    """The concerns of this home, newest first. Without personal columns."""
    query = select(Concern).where(Concern.household_id == household_id)
    return list(session.scalars(query.order_by(Concern.id.desc()).limit(most)))
