"""Take in a household, or change it; what it agreed to is kept item by item and never overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sharemeal.actions.consent import agree
from sharemeal.actions.register_kitchen import refuse_taken
from sharemeal.households import ConsentItem
from sharemeal.papers.entries import HouseholdEntry, household
from sharemeal.papers.exports import household_texts
from sharemeal.papers.reading import form_skills
from sharemeal.papers.tables import Change
from sharemeal.store.allergens import in_force
from sharemeal.store.base import assign, own, transaction
from sharemeal.store.households import Household, by_number
from sharemeal.store.labs import today


def add_household(
    session: Session, texts: Mapping[str, str], *, now: datetime, given_by: str = "本人"
) -> int:
    """Take in a household from the fields of papers/tables.py (and ``skills``); it agrees to meals. Returns its id.

    ``given_by`` is who agreed. Without a number it gets the next. Raises SeveralRefused for fields that cannot be
    meant and for a number that is taken.
    """
    with transaction(session, now):
        following = (session.scalar(select(func.max(Household.number))) or 0) + 1
        texts = {**texts, "number": texts.get("number", "").strip() or str(following)}
        entry = read_household(session, texts, today(session, now))
        skills = form_skills(texts)
        refuse_taken(by_number(session, entry.number))
        row = write_household(session, entry, None, today=today(session, now), given_by=given_by)
        row.skills = skills or frozenset()
        session.flush()
        return row.id


def change_household(
    session: Session, household_id: int, texts: Mapping[str, str], *, now: datetime, given_by: str = "本人"
) -> Change:
    """Change the fields that ``texts`` has and keep all others. Raises LookupError and SeveralRefused."""
    with transaction(session, now):
        row = own(session, Household, household_id)
        before = household_entry(row)
        entry = read_household(session, {**household_texts(before), **texts}, today(session, now))
        skills = form_skills(texts)
        if entry.number != before.number:
            refuse_taken(by_number(session, entry.number))
        if entry == before and skills in (None, row.skills):
            return Change.UNCHANGED
        write_household(session, entry, row, today=today(session, now), given_by=given_by)
        row.skills = row.skills if skills is None else skills
        return Change.UPDATED


def read_household(session: Session, texts: Mapping[str, str], day: date) -> HouseholdEntry:
    """The household that these texts tell, with the allergens in force on ``day``."""
    return household(texts, [allergen.name for allergen in in_force(session, day)])


def household_entry(row: Household) -> HouseholdEntry:
    """A stored household as its table would tell it. Its personal columns are read."""
    return HouseholdEntry(
        number=row.number,
        name=row.name,
        reading=row.reading,
        town=row.town,
        address=row.address,
        place=row.place,
        phone=row.phone,
        need=row.need,
        window=row.window,
        door_note=row.door_note,
        emergency_contact=row.emergency_contact,
        watch_over=row.consents_to(ConsentItem.WATCH_OVER),
        tell_family=row.consents_to(ConsentItem.TELL_FAMILY),
    )


def write_household(
    session: Session, entry: HouseholdEntry, row: Household | None, *, today: date, given_by: str
) -> Household:
    """Bring the row to what the entry tells, inside a unit of work. A new household agrees to meals."""
    values = {
        "number": entry.number,
        "town": entry.town,
        "name": entry.name,
        "reading": entry.reading,
        "address": entry.address,
        "phone": entry.phone,
        "door_note": entry.door_note,
        "emergency_contact": entry.emergency_contact,
        "place": entry.place,
        "need": entry.need,
        "window": entry.window,
    }
    if row is None:
        row = Household(**values, phone_index=entry.phone, skills=frozenset())
        session.add(row)
        agree(row, ConsentItem.MEALS, given=True, by=given_by, today=today)
    else:
        if row.phone != entry.phone:
            row.phone_index = entry.phone
        assign(row, values)
    agree(row, ConsentItem.WATCH_OVER, given=entry.watch_over, by=given_by, today=today)
    agree(row, ConsentItem.TELL_FAMILY, given=entry.tell_family, by=given_by, today=today)
    return row
