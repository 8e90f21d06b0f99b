"""できました: a kitchen says that a dish is ready, and how many there are. お届け期限 counts from that moment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from sharemeal.sentences import Refused, Sentence
from sharemeal.service_days import DayState
from sharemeal.store import batches
from sharemeal.store.base import own, transaction
from sharemeal.store.batches import Batch
from sharemeal.store.kitchens import Offer
from sharemeal.store.service_days import day_for_writing

MOST_MEALS = 500


def cooked(
    session: Session,
    offer_id: int,
    *,
    meal_count: int,
    now: datetime,
    actor: str,
    kitchen_id: int | None = None,
) -> Batch:
    """The dish is ready now. Said again it corrects the count and keeps the moment.

    With ``kitchen_id`` only an offer of that kitchen is found. Raises LookupError, and Refused for a day that is
    closed or a draft, and for a count that cannot be.
    """
    if not 0 <= meal_count <= MOST_MEALS:
        raise Refused(
            Sentence(
                "食数は0から{high}の数字で入力してください（入力: {value}）。",
                high=MOST_MEALS,
                value=meal_count,
            ),
            field="meal_count",
        )
    with transaction(session, now):
        offer = _offer(session, offer_id, kitchen_id)
        batch = batches.batches_of(session, [offer.id]).get(offer.id)
        if batch is None:
            batch = Batch(offer_id=offer.id, meal_count=meal_count, cooked_at=now, entered_by=actor)
            session.add(batch)
        elif batch.meal_count != meal_count:
            batch.meal_count, batch.entered_by = meal_count, actor
        return batch


def take_back_cooked(
    session: Session, offer_id: int, *, now: datetime, kitchen_id: int | None = None
) -> None:
    """It is not ready yet after all. Raises LookupError and Refused as :func:`cooked`."""
    with transaction(session, now):
        offer = _offer(session, offer_id, kitchen_id)
        batch = batches.batches_of(session, [offer.id]).get(offer.id)
        if batch is not None:
            session.delete(batch)


def _offer(session: Session, offer_id: int, kitchen_id: int | None) -> Offer:
    session.expire_all()
    offer = own(session, Offer, offer_id)
    if kitchen_id not in (None, offer.kitchen_id):
        raise LookupError(f"offer {offer_id} is another kitchen's")
    day = day_for_writing(session, offer.service_date)
    if day.state is DayState.DRAFT:
        raise Refused(
            Sentence("この日の計画は、まだ決まっていません。"),
            remedy=Sentence("決まってから、もう一度押してください。"),
        )
    if day.state is DayState.CLOSED:
        raise Refused(
            Sentence("この日のお届けは、もう締めました。"), remedy=Sentence("世話人にお電話ください。")
        )
    return offer
