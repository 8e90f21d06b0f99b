"""Volunteers, their answers for a day, and the faces they know."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, composite, joinedload, mapped_column, relationship

from sharemeal.places import Point
from sharemeal.store.audit import Personal
from sharemeal.store.base import Base, LabOwned
from sharemeal.store.columns import Coded, EncryptedPoint, TextSet, UtcDateTime
from sharemeal.store.households import pauses_on
from sharemeal.store.people import Person
from sharemeal.volunteers import Mode, Shift


class Volunteer(Personal, LabOwned, Base):
    """お届けボランティア. Name and telephone stand on the person. ``ends_at`` None is an open route."""

    __tablename__ = "volunteer"
    watched = ("place", "ends_at", "ended_on")
    __table_args__ = (UniqueConstraint("lab_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    mode: Mapped[Mode] = mapped_column(Coded(Mode))
    meals_carried: Mapped[int]
    town: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[Point] = mapped_column(EncryptedPoint)
    ends_at: Mapped[Point | None] = mapped_column(EncryptedPoint)
    shift: Mapped[Shift] = composite(
        Shift, mapped_column("shift_starts_seconds"), mapped_column("shift_ends_seconds")
    )
    skills: Mapped[frozenset[str]] = mapped_column(TextSet, default=frozenset())
    serves_by_default: Mapped[bool] = mapped_column(default=True)
    ended_on: Mapped[date | None]
    person: Mapped[Person] = relationship()

    def serves(self, answer: bool | None) -> bool:
        """Whether they come on a day on which they said ``answer``; None, and they stand by as they always do."""
        return self.serves_by_default if answer is None else answer


class DutyAnswer(LabOwned, Base):
    """出られます／出られません for one day."""

    __tablename__ = "duty_answer"
    __table_args__ = (UniqueConstraint("volunteer_id", "service_date"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"), index=True)
    service_date: Mapped[date] = mapped_column(index=True)
    can_serve: Mapped[bool]
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FamiliarFace(LabOwned, Base):
    """A home that a volunteer is known to, as people say; visits add to it (volunteers.familiarity)."""

    __tablename__ = "familiar_face"
    __table_args__ = (UniqueConstraint("volunteer_id", "household_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id", ondelete="CASCADE"), index=True)


def all_volunteers(session: Session, *, ended: bool = False) -> list[Volunteer]:
    """The volunteers that have not ended (or only those that have), by number, with their people.

    Names are a separate reading.
    """
    query = select(Volunteer).where(
        Volunteer.ended_on.is_not(None) if ended else Volunteer.ended_on.is_(None)
    )
    return list(session.scalars(query.order_by(Volunteer.number).options(joinedload(Volunteer.person))))


def with_names(session: Session, volunteer_ids: Collection[int]) -> list[Volunteer]:
    """These volunteers by number, with the personal columns of their people."""
    query = select(Volunteer).where(Volunteer.id.in_(volunteer_ids)).order_by(Volunteer.number)
    return list(session.scalars(query.options(joinedload(Volunteer.person).undefer_group("personal"))))


def by_number(session: Session, number: int) -> Volunteer | None:
    """The volunteer of that number."""
    return session.scalars(select(Volunteer).where(Volunteer.number == number)).first()


def of_person(session: Session, person_id: int) -> Volunteer | None:
    """The volunteer that this person is."""
    return session.scalars(select(Volunteer).where(Volunteer.person_id == person_id)).first()


def answers_on(session: Session, day: date) -> dict[int, bool]:
    """Volunteer id → whether they said they can, for that day."""
    rows = session.scalars(select(DutyAnswer).where(DutyAnswer.service_date == day))
    return {row.volunteer_id: row.can_serve for row in rows}


def in_service(session: Session, day: date) -> list[Volunteer]:
    """The volunteers who are in on that day, by number: said so, or said nothing and stand by; and do not rest."""
    answers = answers_on(session, day)
    resting = {pause.volunteer_id for pause in pauses_on(session, day)}
    return [
        each
        for each in all_volunteers(session)
        if each.id not in resting and each.serves(answers.get(each.id))
    ]


def familiar_pairs(session: Session) -> set[tuple[int, int]]:
    """Declared familiar faces as (volunteer id, household id)."""
    return {(row.volunteer_id, row.household_id) for row in session.scalars(select(FamiliarFace))}


def answers_of(session: Session, volunteer_id: int, since: date) -> dict[date, bool]:
    """Day → whether this volunteer said they can, for the days from ``since``."""
    query = select(DutyAnswer).where(DutyAnswer.volunteer_id == volunteer_id)
    return {
        row.service_date: row.can_serve
        for row in session.scalars(query.where(DutyAnswer.service_date >= since))
    }
