"""Kitchens and what they offer."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Numeric, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, composite, deferred, mapped_column, relationship

from sharemeal.kitchens import HandoverHours, Texture
from sharemeal.meals import Supply
from sharemeal.places import Point
from sharemeal.store.audit import Personal
from sharemeal.store.base import Base, LabOwned
from sharemeal.store.columns import EncryptedText, TextSet, UtcDateTime


class Kitchen(Personal, LabOwned, Base):
    """協力店: a shop, public but for its telephone."""

    __tablename__ = "kitchen"
    __table_args__ = (UniqueConstraint("lab_id", "number"),)
    personal = ("phone",)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, default="")
    town: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[Point] = composite(Point, mapped_column("lat"), mapped_column("lng"))
    phone: Mapped[str | None] = deferred(mapped_column(EncryptedText), group="personal")
    textures: Mapped[frozenset[str]] = mapped_column(TextSet)
    handover: Mapped[HandoverHours] = composite(
        HandoverHours, mapped_column("handover_opens_seconds"), mapped_column("handover_closes_seconds")
    )
    freshness_seconds: Mapped[int] = mapped_column(default=5400)
    ended_on: Mapped[date | None]

    @property
    def makes(self) -> tuple[Texture, ...]:
        """What it can make, hardest first."""
        return tuple(sorted(Texture.from_word(word) for word in self.textures))


class Offer(LabOwned, Base):
    """提供予定: what a kitchen will cook for a day, known by day, kitchen and dish.

    ``allergens`` is None while undeclared. ``ready_seconds`` counts from local midnight.
    """

    __tablename__ = "offer"
    __table_args__ = (UniqueConstraint("lab_id", "service_date", "kitchen_id", "dish"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    service_date: Mapped[date] = mapped_column(index=True)
    kitchen_id: Mapped[int] = mapped_column(ForeignKey("kitchen.id", ondelete="CASCADE"), index=True)
    dish: Mapped[str] = mapped_column(Text)
    meal_count: Mapped[int]
    allergens: Mapped[frozenset[str] | None] = mapped_column(TextSet)
    texture: Mapped[int] = mapped_column(default=0)
    ready_seconds: Mapped[int]
    surplus_kg: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    surplus_measured: Mapped[bool] = mapped_column(default=False)
    uses_surplus: Mapped[bool] = mapped_column(default=False)
    local_percent: Mapped[int | None]
    employment_hours: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by: Mapped[str] = mapped_column(Text)
    kitchen: Mapped[Kitchen] = relationship()

    @property
    def supply(self) -> Supply:
        """The offer as the matching sees it."""
        return Supply(
            kitchen=self.kitchen.number,
            dish=self.dish,
            meal_count=self.meal_count,
            allergens=self.allergens,
            texture=Texture(self.texture),
            ready_seconds=self.ready_seconds,
            freshness_seconds=self.kitchen.freshness_seconds,
            handover=self.kitchen.handover,
            rescued=self.uses_surplus,
        )


def all_kitchens(session: Session, *, ended: bool = False) -> list[Kitchen]:
    """The kitchens that have not ended (or only those that have), by number."""
    query = select(Kitchen).where(Kitchen.ended_on.is_not(None) if ended else Kitchen.ended_on.is_(None))
    return list(session.scalars(query.order_by(Kitchen.number)))


def by_number(session: Session, number: int) -> Kitchen | None:
    """The kitchen of that number."""
    return session.scalars(select(Kitchen).where(Kitchen.number == number)).first()


def offers_on(session: Session, day: date) -> list[Offer]:
    """The offers for that day, by kitchen and dish."""
    query = (
        select(Offer).join(Offer.kitchen).where(Offer.service_date == day).order_by(Kitchen.number, Offer.id)
    )
    return list(session.scalars(query))


def last_offer_before(session: Session, kitchen_id: int, day: date) -> Offer | None:
    """The latest earlier offer of that kitchen: what its form is filled in with."""
    query = (
        select(Offer)
        .where(Offer.kitchen_id == kitchen_id, Offer.service_date < day)
        .order_by(Offer.service_date.desc(), Offer.id)
        .limit(1)
    )
    return session.scalars(query).first()


def offers_of(session: Session, kitchen_id: int, since: date) -> list[Offer]:
    """What this kitchen offers on the days from ``since``, by day."""
    query = select(Offer).where(Offer.kitchen_id == kitchen_id, Offer.service_date >= since)
    return list(session.scalars(query.order_by(Offer.service_date, Offer.id)))
