"""What a volunteer's round is read from: what they have told so far, and what has become of it. Nothing is locked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, undefer_group

from sharemeal.alerts import AlertState
from sharemeal.messages import WENT_OUT, Purpose
from sharemeal.store.alerts import Alert
from sharemeal.store.batches import MealTally
from sharemeal.store.kitchens import Offer
from sharemeal.store.messages import Message
from sharemeal.store.service_days import ServiceDay
from sharemeal.store.visits import CheckIn
from sharemeal.visits import GoodNews
from sharemeal.watch import Ending


@dataclass(frozen=True)
class Telling:
    """What has become of a concern so far: how many people heard of it, who took it up (a person's id), how it ended.

    ``waiting`` counts those whom a message has not reached yet.
    """

    told: int
    told_at: datetime | None
    waiting: int
    taken_up_by: int | None
    taken_up_at: datetime | None
    ended_at: datetime | None
    ended_as: Ending | None


def reports_of(
    session: Session, day_id: int, reporter_id: int, *, with_words: bool = False
) -> dict[int, list[CheckIn]]:
    """Stop id → this person's reports of that day's stop, in order; ``with_words`` reads notes and codes too."""
    query = (
        select(CheckIn)
        .where(CheckIn.day_id == day_id, CheckIn.reporter_id == reporter_id, CheckIn.stop_id.is_not(None))
        .order_by(CheckIn.id)
    )
    if with_words:
        query = query.options(undefer_group("personal")).execution_options(populate_existing=True)
    found: dict[int, list[CheckIn]] = {}
    for row in session.scalars(query):
        found.setdefault(row.stop_id or 0, []).append(row)
    return found


def tellings(session: Session, concern_ids: Collection[int]) -> dict[int, Telling]:
    """Concern id → what has become of it, of those that have an alert."""
    query = select(Alert).where(Alert.concern_id.in_(concern_ids)).options(joinedload(Alert.concern))
    return {alert.concern_id: _telling(session, alert) for alert in session.scalars(query)}


def _telling(session: Session, alert: Alert) -> Telling:
    query = select(Message).where(Message.alert_id == alert.id, Message.purpose == Purpose.ALERT)
    written = list(session.scalars(query.order_by(Message.id)))
    out = [each for each in written if each.state in WENT_OUT]
    told = {each.person_id for each in out}
    taken = alert.state in (AlertState.ACKED, AlertState.ENDED) and alert.acked_by_id is not None
    return Telling(
        told=len(told),
        told_at=min((each.accepted_at or each.made_at for each in out), default=None),
        waiting=len({each.person_id for each in written} - told),
        taken_up_by=alert.acked_by_id if taken else None,
        taken_up_at=alert.acked_at if taken else None,
        ended_at=alert.ended_at or alert.concern.ended_at,
        ended_as=alert.concern.ended_as,
    )


def cooked_in_month(session: Session, kitchen_id: int, day: date) -> list[tuple[Offer, MealTally | None]]:
    """This kitchen's offers of that day's month, up to the day, with the sum of those whose day is closed."""
    query = (
        select(Offer, MealTally)
        .outerjoin(MealTally, MealTally.offer_id == Offer.id)
        .where(Offer.kitchen_id == kitchen_id)
        .where(Offer.service_date >= day.replace(day=1), Offer.service_date <= day)
        .order_by(Offer.service_date, Offer.id)
    )
    return [(offer, tally) for offer, tally in session.execute(query)]


def tasted(session: Session, day: ServiceDay, household_ids: Collection[int]) -> int:
    """In how many of these homes somebody said おいしかった that day: a count alone."""
    query = select(CheckIn.household_id, CheckIn.codes).where(
        CheckIn.day_id == day.id, CheckIn.household_id.in_(household_ids), CheckIn.undone_at.is_(None)
    )
    return len({home for home, codes in session.execute(query) if GoodNews.TASTY in codes})
