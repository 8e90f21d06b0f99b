"""Write one of the lab's tables out; whose personal data went out stands in the audit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload, undefer_group

from sharemeal.actions.note_readings import note_readings
from sharemeal.actions.offer import offer_entry
from sharemeal.actions.register_household import household_entry
from sharemeal.actions.register_kitchen import kitchen_entry
from sharemeal.actions.register_volunteer import familiar_homes, volunteer_entry
from sharemeal.papers.exports import (
    csv_table,
    household_texts,
    kitchen_texts,
    offer_texts,
    volunteer_texts,
)
from sharemeal.papers.tables import TABLES
from sharemeal.store.households import Household
from sharemeal.store.kitchens import Kitchen, Offer
from sharemeal.store.volunteers import Volunteer


def export_table(session: Session, kind: str, *, now: datetime, encoding: str = "utf-8") -> bytes:
    """The table of that kind as csv: what has not ended, and every offer.

    Raises Refused when cp932 has no sign for a character.
    """
    written = csv_table(TABLES[kind], table_rows(session, kind), encoding)
    note_readings(session, now=now, what="exported")
    return written


def table_rows(session: Session, kind: str) -> list[dict[str, str]]:
    """The rows of that table as texts by field, in the order of their numbers (offers: of their days)."""
    if kind == "kitchens":
        kitchens = (
            select(Kitchen)
            .where(Kitchen.ended_on.is_(None))
            .order_by(Kitchen.number)
            .options(undefer_group("personal"))
        )
        return [kitchen_texts(kitchen_entry(row)) for row in session.scalars(kitchens)]
    if kind == "households":
        homes = (
            select(Household)
            .where(Household.ended_on.is_(None))
            .order_by(Household.number)
            .options(undefer_group("personal"), selectinload(Household.consents))
        )
        return [household_texts(household_entry(row)) for row in session.scalars(homes)]
    if kind == "volunteers":
        familiar = familiar_homes(session)
        people = (
            select(Volunteer)
            .where(Volunteer.ended_on.is_(None))
            .order_by(Volunteer.number)
            .options(joinedload(Volunteer.person).options(undefer_group("personal")))
        )
        return [volunteer_texts(volunteer_entry(row, familiar[row.id])) for row in session.scalars(people)]
    offers = (
        select(Offer)
        .join(Offer.kitchen)
        .order_by(Offer.service_date, Kitchen.number, Offer.id)
        .options(contains_eager(Offer.kitchen))
    )
    return [offer_texts(offer_entry(row)) for row in session.scalars(offers)]
