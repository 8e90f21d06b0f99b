"""調理ロット: what was cooked and when it was ready; what was counted at the pass; the sum of the day, dish by dish."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from sharemeal.store.base import Base, LabOwned
from sharemeal.store.columns import UtcDateTime
from sharemeal.store.kitchens import Offer


class Batch(LabOwned, Base):
    """What became of an offer: so many meals, ready at ``cooked_at``. お届け期限 counts from there."""

    __tablename__ = "batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"), unique=True)
    meal_count: Mapped[int]
    cooked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by: Mapped[str] = mapped_column(Text)
    offer: Mapped[Offer] = relationship()


class PickupCount(LabOwned, Base):
    """How many of one dish a volunteer counted at a kitchen; the last count of a stop and dish is the one that holds."""

    __tablename__ = "pickup_count"
    __table_args__ = (UniqueConstraint("lab_id", "client_uuid", "offer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    client_uuid: Mapped[str] = mapped_column(Text)
    stop_id: Mapped[int] = mapped_column(ForeignKey("stop.id", ondelete="RESTRICT"), index=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"), index=True)
    portions: Mapped[int]
    reporter_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    observed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MealTally(LabOwned, Base):
    """The sum of one offer on a closed day: cooked = handed + left + returned + lost. The database holds it too."""

    __tablename__ = "meal_tally"
    __table_args__ = (
        CheckConstraint("cooked = handed + left_there + returned + lost", name="adds_up"),
        CheckConstraint(
            "handed >= 0 AND left_there >= 0 AND returned >= 0 AND lost >= 0", name="no_negative"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"), unique=True)
    cooked: Mapped[int]
    handed: Mapped[int]
    left_there: Mapped[int]
    returned: Mapped[int]
    lost: Mapped[int]
    offer: Mapped[Offer] = relationship()


def batches_of(session: Session, offer_ids: list[int]) -> dict[int, Batch]:
    """Offer id → its batch, of those that are cooked."""
    return {row.offer_id: row for row in session.scalars(select(Batch).where(Batch.offer_id.in_(offer_ids)))}


def counts_of(session: Session, stop_ids: list[int]) -> dict[tuple[int, int], PickupCount]:
    """(stop id, offer id) → the last count."""
    query = select(PickupCount).where(PickupCount.stop_id.in_(stop_ids)).order_by(PickupCount.id)
    return {(row.stop_id, row.offer_id): row for row in session.scalars(query)}


def tallies_of(session: Session, offer_ids: list[int]) -> dict[int, MealTally]:
    """Offer id → the sum of its day."""
    query = select(MealTally).where(MealTally.offer_id.in_(offer_ids))
    return {row.offer_id: row for row in session.scalars(query)}
