"""Take in a kitchen, or change it, with the person through whom its links are made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sharemeal.papers.entries import KitchenEntry, kitchen
from sharemeal.papers.exports import kitchen_texts
from sharemeal.papers.tables import Change
from sharemeal.people import Role
from sharemeal.sentences import Refused, Sentence, SeveralRefused
from sharemeal.store.base import assign, own, transaction
from sharemeal.store.kitchens import Kitchen, by_number
from sharemeal.store.people import Person


def add_kitchen(session: Session, texts: Mapping[str, str], *, now: datetime) -> int:
    """Take in a kitchen from the fields of papers/tables.py; without a number it gets the next. Returns its id.

    Raises SeveralRefused for fields that cannot be meant and for a number that is taken.
    """
    with transaction(session, now):
        following = (session.scalar(select(func.max(Kitchen.number))) or 0) + 1
        entry = kitchen({**texts, "number": texts.get("number", "").strip() or str(following)})
        refuse_taken(by_number(session, entry.number))
        row = write_kitchen(session, entry, None)
        session.flush()
        return row.id


def change_kitchen(session: Session, kitchen_id: int, texts: Mapping[str, str], *, now: datetime) -> Change:
    """Change the fields that ``texts`` has and keep all others. Raises LookupError and SeveralRefused."""
    with transaction(session, now):
        row = own(session, Kitchen, kitchen_id)
        before = kitchen_entry(row)
        entry = kitchen({**kitchen_texts(before), **texts})
        if entry == before:
            return Change.UNCHANGED
        if entry.number != before.number:
            refuse_taken(by_number(session, entry.number))
        write_kitchen(session, entry, row)
        return Change.UPDATED


def refuse_taken(row: object | None) -> None:
    """Raises SeveralRefused when there is such a row already: its number is taken."""
    if row is not None:
        raise SeveralRefused(
            (
                Refused(
                    Sentence("この番号はもう使われています。"),
                    remedy=Sentence("ほかの番号にするか、いまある方を直してください。"),
                    field="number",
                ),
            )
        )


def kitchen_entry(row: Kitchen) -> KitchenEntry:
    """A stored kitchen as its table would tell it. Its telephone is read."""
    return KitchenEntry(
        number=row.number,
        name=row.name,
        kind=row.kind,
        town=row.town,
        place=row.place,
        phone=row.phone,
        textures=frozenset(row.makes),
        handover=row.handover,
        freshness_seconds=row.freshness_seconds,
    )


def write_kitchen(session: Session, entry: KitchenEntry, row: Kitchen | None) -> Kitchen:
    """Bring the row to what the entry tells, inside a unit of work. A new kitchen gets its person."""
    values = {
        "number": entry.number,
        "name": entry.name,
        "kind": entry.kind,
        "town": entry.town,
        "place": entry.place,
        "phone": entry.phone,
        "textures": frozenset(texture.word for texture in entry.textures),
        "handover": entry.handover,
        "freshness_seconds": entry.freshness_seconds,
    }
    if row is None:
        row = Kitchen(**values)
        session.add(row)
        session.flush()
        session.add(_person(row))
        return row
    _follow(session, row, entry)
    assign(row, values)
    return row


def _person(row: Kitchen) -> Person:
    return Person(
        role=Role.KITCHEN,
        kitchen_id=row.id,
        name=row.name,
        phone=row.phone,
        phone_index=row.phone,
    )


def _follow(session: Session, row: Kitchen, entry: KitchenEntry) -> None:
    """The person that carries the shop's own name or telephone takes the new one."""
    if (row.name, row.phone) == (entry.name, entry.phone):
        return
    for person in session.scalars(select(Person).where(Person.kitchen_id == row.id)):
        if person.name == row.name:
            assign(person, {"name": entry.name})
        if person.phone == row.phone and row.phone != entry.phone:
            assign(person, {"phone": entry.phone})
            person.phone_index = entry.phone
