"""What a kitchen will cook for a day: entered, corrected and taken back until the cut-off.

Whoever plans (``after_cutoff``) may do so longer, but nobody once the plan of the day is fixed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharemeal.kitchens import Texture
from sharemeal.papers.exports import offer_texts
from sharemeal.papers.offers import OfferEntry, offer, refused_by_kitchen
from sharemeal.papers.tables import Change
from sharemeal.sentences import Refused, Sentence, SeveralRefused
from sharemeal.service_days import before_cutoff, still_open
from sharemeal.store.allergens import in_force
from sharemeal.store.base import assign, own, transaction
from sharemeal.store.kitchens import Kitchen, Offer
from sharemeal.store.labs import fenced
from sharemeal.store.service_days import on


def enter_offer(
    session: Session,
    kitchen_id: int,
    service_date: date,
    texts: Mapping[str, str],
    *,
    now: datetime,
    actor: str,
    after_cutoff: bool = False,
) -> int:
    """Enter what the kitchen offers that day from the fields of papers/tables.py (and ``uses_surplus``).

    A dish that was entered for that day is corrected. Returns the offer's id. Raises LookupError for a kitchen
    that is not of this lab, Refused when it is too late, SeveralRefused for fields that cannot be meant.
    """
    with transaction(session, now):
        kitchen = own(session, Kitchen, kitchen_id)
        _refuse_late(session, service_date, now=now, after_cutoff=after_cutoff)
        named = {"service_date": service_date.isoformat(), "kitchen": str(kitchen.number)}
        entry = read_offer(session, {**texts, **named}, kitchen)
        row = _same_dish(session, kitchen, service_date, entry.dish)
        return write_offer(session, entry, row, kitchen, now=now, actor=actor).id


def change_offer(
    session: Session,
    offer_id: int,
    texts: Mapping[str, str],
    *,
    now: datetime,
    actor: str,
    kitchen_id: int | None = None,
    after_cutoff: bool = False,
) -> Change:
    """Correct the fields that ``texts`` has and keep all others; day and kitchen stay.

    With ``kitchen_id`` only an offer of that kitchen is found. Raises LookupError, Refused and SeveralRefused.
    """
    with transaction(session, now):
        row = _offer(session, offer_id, kitchen_id)
        before = offer_entry(row)
        named = {"service_date": row.service_date.isoformat(), "kitchen": str(row.kitchen.number)}
        kept = {**offer_texts(before), "uses_surplus": "はい" if before.uses_surplus else "いいえ"}
        entry = read_offer(session, {**kept, **texts, **named}, row.kitchen)
        if entry == before:
            return Change.UNCHANGED
        _refuse_late(session, row.service_date, now=now, after_cutoff=after_cutoff)
        if entry.dish != before.dish and _same_dish(session, row.kitchen, row.service_date, entry.dish):
            raise SeveralRefused(
                (
                    Refused(
                        Sentence("同じ献立がこの日にもうあります（{dish}）。", dish=entry.dish), field="dish"
                    ),
                )
            )
        write_offer(session, entry, row, row.kitchen, now=now, actor=actor)
        return Change.UPDATED


def withdraw_offer(
    session: Session,
    offer_id: int,
    *,
    now: datetime,
    kitchen_id: int | None = None,
    after_cutoff: bool = False,
) -> None:
    """Take an offer back, as if it had not been entered. Raises LookupError, and Refused when it is too late."""
    with transaction(session, now):
        row = _offer(session, offer_id, kitchen_id)
        _refuse_late(session, row.service_date, now=now, after_cutoff=after_cutoff)
        session.delete(row)


def _offer(session: Session, offer_id: int, kitchen_id: int | None) -> Offer:
    row = own(session, Offer, offer_id)
    if kitchen_id not in (None, row.kitchen_id):
        raise LookupError(f"offer {offer_id} is another kitchen's")
    return row


def _same_dish(session: Session, kitchen: Kitchen, day: date, dish: str) -> Offer | None:
    query = select(Offer).where(Offer.kitchen_id == kitchen.id, Offer.service_date == day, Offer.dish == dish)
    return session.scalars(query).first()


def _refuse_late(session: Session, service_date: date, *, now: datetime, after_cutoff: bool) -> None:
    day = on(session, service_date)
    if day is not None:
        still_open(day.state)
    if not after_cutoff:
        before_cutoff(fenced(session).rules.cutoff(service_date), now)


def read_offer(session: Session, texts: Mapping[str, str], kitchen: Kitchen) -> OfferEntry:
    """The offer that these texts tell, as this kitchen can make it. Raises SeveralRefused."""
    day = date.fromisoformat(texts["service_date"])
    entry = offer(texts, [allergen.name for allergen in in_force(session, day)])
    if refusals := refused_by_kitchen(entry, frozenset(kitchen.makes), kitchen.handover):
        raise SeveralRefused(tuple(refusals))
    return entry


def offer_entry(row: Offer) -> OfferEntry:
    """A stored offer as its table would tell it."""
    return OfferEntry(
        service_date=row.service_date,
        kitchen=row.kitchen.number,
        dish=row.dish,
        meal_count=row.meal_count,
        allergens=row.allergens,
        texture=Texture(row.texture),
        ready_seconds=row.ready_seconds,
        surplus_kg=row.surplus_kg,
        surplus_measured=row.surplus_measured,
        uses_surplus=row.uses_surplus,
        local_percent=row.local_percent,
        employment_hours=row.employment_hours,
    )


def write_offer(
    session: Session, entry: OfferEntry, row: Offer | None, kitchen: Kitchen, *, now: datetime, actor: str
) -> Offer:
    """Bring the row to what the entry tells, inside a unit of work, with who said so and when."""
    values = {
        "meal_count": entry.meal_count,
        "dish": entry.dish,
        "allergens": entry.allergens,
        "texture": int(entry.texture),
        "ready_seconds": entry.ready_seconds,
        "surplus_kg": entry.surplus_kg,
        "surplus_measured": entry.surplus_measured,
        "uses_surplus": bool(
            entry.uses_surplus if entry.uses_surplus is not None or row is None else row.uses_surplus
        ),
        "local_percent": entry.local_percent,
        "employment_hours": entry.employment_hours,
    }
    said = {"entered_at": now, "entered_by": actor}
    if row is None:
        row = Offer(**values, **said, service_date=entry.service_date, kitchen=kitchen)
        session.add(row)
    elif any(getattr(row, name) != value for name, value in values.items()):
        assign(row, {**values, **said})
    session.flush()
    return row
