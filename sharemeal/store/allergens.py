"""The dated list of allergens, shared by all labs."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from sharemeal.allergens import Allergen
from sharemeal.store.base import Base


class AllergenRow(Base):
    """One row of the list."""

    __tablename__ = "allergen"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    mandatory: Mapped[bool]
    in_force_from: Mapped[date]
    in_force_until: Mapped[date | None]

    @property
    def allergen(self) -> Allergen:
        """The row as a noun."""
        return Allergen(self.name, self.mandatory, self.in_force_from, self.in_force_until)


def in_force(session: Session, day: date) -> tuple[Allergen, ...]:
    """The allergens that count on ``day``, mandatory ones first."""
    rows = session.scalars(select(AllergenRow).order_by(AllergenRow.mandatory.desc(), AllergenRow.id))
    return tuple(row.allergen for row in rows if row.allergen.in_force(day))
