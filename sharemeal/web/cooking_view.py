"""What a kitchen sees of its cooking and its evening: ready when, what became of it, one kind word, kilograms rescued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sharemeal.ledger import Rescued, rescued, rescued_of
from sharemeal.service_days import DayState
from sharemeal.store import batches, rounds, service_days
from sharemeal.store.kitchens import Kitchen, Offer
from sharemeal.store.service_days import ServiceDay
from sharemeal.web.doorway import db, today


@dataclass(frozen=True)
class Cooking:
    """One dish of the day at the pass: how many were ready when, and until when a door may be reached with them."""

    offer: Offer
    meals: int
    cooked_at: datetime | None = None
    deliver_by: datetime | None = None


@dataclass(frozen=True)
class Thanks:
    """What became of the day's meals of one kitchen, once the day is closed. Never whose door they went to."""

    cooked: int
    handed: int
    left: int
    returned: int
    lost: int
    kind_words: int

    @property
    def delivered(self) -> int:
        """Meals that arrived, into a hand or before a door."""
        return self.handed + self.left

    @property
    def all_delivered(self) -> bool:
        """Whether every cooked meal arrived."""
        return self.cooked > 0 and self.delivered == self.cooked


def cookings(kitchen: Kitchen, entered: list[Offer]) -> list[Cooking]:
    """The dishes that somebody waits for, with what was said of them at the pass."""
    known = batches.batches_of(db(), [offer.id for offer in entered])
    found = []
    for offer in entered:
        batch = known.get(offer.id)
        if batch is not None:
            until = batch.cooked_at + timedelta(seconds=kitchen.freshness_seconds)
            found.append(Cooking(offer, batch.meal_count, batch.cooked_at, until))
        elif offer.meal_count:
            found.append(Cooking(offer, offer.meal_count))
    return found


def thanks(entered: list[Offer], day: ServiceDay | None) -> Thanks | None:
    """The evening's thanks; None until the day is closed."""
    if day is None or day.state is not DayState.CLOSED:
        return None
    ids = [offer.id for offer in entered]
    sums = list(batches.tallies_of(db(), ids).values())
    if not sums:
        return None
    fed = {serving.household_id for serving in day.servings if serving.offer_id in ids}
    return Thanks(
        cooked=sum(each.cooked for each in sums),
        handed=sum(each.handed for each in sums),
        left=sum(each.left_there for each in sums),
        returned=sum(each.returned for each in sums),
        lost=sum(each.lost for each in sums),
        kind_words=rounds.tasted(db(), day, fed),
    )


def rescued_this_month(kitchen: Kitchen, day: date) -> Rescued:
    """What this kitchen's dishes of the month have rescued up to that day: of closed days what was cooked.

    A day that is not closed yet counts with what was said at the pass; what nobody has cooked yet does not count.
    """
    rows = rounds.cooked_in_month(db(), kitchen.id, day)
    known = batches.batches_of(db(), [offer.id for offer, _tally in rows])
    return rescued(
        rescued_of(
            uses_surplus=offer.uses_surplus,
            surplus_kg=offer.surplus_kg,
            measured=offer.surplus_measured,
            meals=tally.cooked
            if tally is not None
            else known[offer.id].meal_count
            if offer.id in known
            else 0,
        )
        for offer, tally in rows
    )


def is_open(day: date) -> bool:
    """Whether できました can be said: it is today, the plan stands, and the day is neither called off nor closed."""
    settled = service_days.settled_on(db(), day)
    return day == today() and settled is not None and settled.goes_on
