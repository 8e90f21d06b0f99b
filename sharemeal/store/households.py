"""Households, what was agreed with them, and when they or others rest."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint, select
from sqlalchemy.orm import (
    Mapped,
    Session,
    composite,
    deferred,
    mapped_column,
    relationship,
    selectinload,
    undefer_group,
)

from sharemeal.households import ConsentItem, DeliveryWindow, Need, Part, PauseSpan, part_in_day
from sharemeal.places import Point
from sharemeal.store.audit import Personal
from sharemeal.store.base import Base, LabOwned
from sharemeal.store.columns import (
    Coded,
    EncryptedNeed,
    EncryptedPoint,
    EncryptedText,
    Keyed,
    TextSet,
    UtcDateTime,
)


class Household(Personal, LabOwned, Base):
    """お届け先: known by its stable number; everything that says who and where is encrypted."""

    __tablename__ = "household"
    __table_args__ = (UniqueConstraint("lab_id", "number"),)
    personal = ("name", "reading", "address", "phone", "door_note", "emergency_contact")
    watched = ("place", "need", "skills", "ended_on")

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    town: Mapped[str] = mapped_column(Text, default="")
    name: Mapped[str] = deferred(mapped_column(EncryptedText), group="personal")
    reading: Mapped[str | None] = deferred(mapped_column(EncryptedText), group="personal")
    address: Mapped[str | None] = deferred(mapped_column(EncryptedText), group="personal")
    phone: Mapped[str | None] = deferred(mapped_column(EncryptedText), group="personal")
    door_note: Mapped[str | None] = deferred(mapped_column(EncryptedText), group="personal")
    emergency_contact: Mapped[str | None] = deferred(mapped_column(EncryptedText), group="personal")
    phone_index: Mapped[str | None] = mapped_column(Keyed, index=True)
    place: Mapped[Point] = mapped_column(EncryptedPoint)
    need: Mapped[Need] = mapped_column(EncryptedNeed)
    window: Mapped[DeliveryWindow] = composite(
        DeliveryWindow, mapped_column("window_opens_seconds"), mapped_column("window_closes_seconds")
    )
    skills: Mapped[frozenset[str]] = mapped_column(TextSet, default=frozenset())
    ended_on: Mapped[date | None]
    consents: Mapped[list[Consent]] = relationship(
        back_populates="household", cascade="all, delete-orphan", order_by="Consent.id"
    )

    def consents_to(self, item: ConsentItem) -> bool:
        """Whether this item of 見守りのお約束 stands today: given and not withdrawn."""
        return any(consent.item == item and consent.withdrawn_on is None for consent in self.consents)

    def part(self, *, resting: bool, declined: bool) -> Part:
        """What part it takes in a day on which it rests or has declined, or neither."""
        return part_in_day(resting=resting, declined=declined, agreed=self.consents_to(ConsentItem.MEALS))


class Consent(Personal, LabOwned, Base):
    """One item that was agreed: given on, by whom, review on, withdrawn on. Never overwritten."""

    __tablename__ = "consent"
    watched = ("item", "given_by", "withdrawn_on")

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id", ondelete="CASCADE"), index=True)
    item: Mapped[ConsentItem] = mapped_column(Coded(ConsentItem))
    given_on: Mapped[date]
    given_by: Mapped[str] = mapped_column(EncryptedText)
    review_on: Mapped[date | None]
    withdrawn_on: Mapped[date | None]
    household: Mapped[Household] = relationship(back_populates="consents")

    def audited(self) -> tuple[str, int]:
        """It tells of its home."""
        return "household", self.household_id


class Pause(Personal, LabOwned, Base):
    """お休み of a home, a kitchen or a volunteer."""

    __tablename__ = "pause"
    watched = ("starts", "ends", "reason", "ended_at")

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int | None] = mapped_column(
        ForeignKey("household.id", ondelete="CASCADE"), index=True
    )
    kitchen_id: Mapped[int | None] = mapped_column(ForeignKey("kitchen.id", ondelete="CASCADE"), index=True)
    volunteer_id: Mapped[int | None] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    span: Mapped[PauseSpan] = composite(PauseSpan, mapped_column("starts"), mapped_column("ends"))
    reason: Mapped[str | None] = mapped_column(EncryptedText)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def audited(self) -> tuple[str, int]:
        """It tells of whose it is."""
        owners = (
            ("household", self.household_id),
            ("volunteer", self.volunteer_id),
            ("kitchen", self.kitchen_id),
        )
        return next(((owner, id_) for owner, id_ in owners if id_ is not None), ("pause", self.id))


class Decline(Personal, LabOwned, Base):
    """辞退: a home does not want its meal on one day."""

    __tablename__ = "decline"
    watched = ("service_date",)
    __table_args__ = (UniqueConstraint("household_id", "service_date"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id", ondelete="CASCADE"), index=True)
    service_date: Mapped[date] = mapped_column(index=True)
    declined_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def audited(self) -> tuple[str, int]:
        """It tells of its home."""
        return "household", self.household_id


def all_households(session: Session, *, with_names: bool = False, ended: bool = False) -> list[Household]:
    """The homes that have not ended (or only those that have), by number."""
    query = select(Household).where(
        Household.ended_on.is_not(None) if ended else Household.ended_on.is_(None)
    )
    query = query.order_by(Household.number).options(selectinload(Household.consents))
    return list(session.scalars(query.options(undefer_group("personal")) if with_names else query))


def by_number(session: Session, number: int, *, with_names: bool = False) -> Household | None:
    """The home of that number."""
    query = select(Household).where(Household.number == number)
    return session.scalars(query.options(undefer_group("personal")) if with_names else query).first()


def pauses_on(session: Session, day: date) -> list[Pause]:
    """The pauses, of homes, kitchens and volunteers, that cover that day and were not taken back."""
    return [
        pause
        for pause in session.scalars(select(Pause).where(Pause.ended_at.is_(None)))
        if pause.span.covers(day)
    ]


def declined_on(session: Session, day: date) -> set[int]:
    """The ids of the homes that declined that day."""
    return set(session.scalars(select(Decline.household_id).where(Decline.service_date == day)))


def pauses_of(session: Session, column: str, row_id: int) -> list[Pause]:
    """The pauses of one home, kitchen or volunteer that were not taken back, the latest first."""
    query = select(Pause).where(getattr(Pause, column) == row_id, Pause.ended_at.is_(None))
    return sorted(session.scalars(query), key=lambda pause: pause.span.starts, reverse=True)


def declines_of(session: Session, household_id: int, since: date) -> set[date]:
    """The days from ``since`` on which this home does not want its meal."""
    query = select(Decline.service_date).where(Decline.household_id == household_id)
    return set(session.scalars(query.where(Decline.service_date >= since)))
