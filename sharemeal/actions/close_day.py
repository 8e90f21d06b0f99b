"""Close a service day: the meals add up dish by dish, and what is open is carried over by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharemeal.actions.watch_over import expect_visits, raise_silence
from sharemeal.sentences import Refused, Sentence
from sharemeal.service_days import DayState
from sharemeal.store import batches, labs, service_days, visits
from sharemeal.store.base import transaction
from sharemeal.store.batches import MealTally
from sharemeal.store.kitchens import Offer
from sharemeal.store.service_days import ServiceDay
from sharemeal.store.visits import CheckIn, ClosedBy, ExpectedVisit, Whose
from sharemeal.store.watch import Concern
from sharemeal.visits import Contact, standing, worst


@dataclass(frozen=True)
class DishSum:
    """One offer's meals: cooked = handed + left + returned + lost. ``short`` is how many more went out than cooked.

    ``returned`` is what came back and what nobody collected. Where the kitchen said no number, its offer counts.
    """

    offer: Offer
    cooked: int
    handed: int
    left: int
    lost: int
    told: bool

    @property
    def returned(self) -> int:
        """The rest, never below nothing."""
        return max(0, self.cooked - self.handed - self.left - self.lost)

    def tally(self) -> MealTally:
        """The sum as it is kept once the day is closed."""
        return MealTally(
            offer_id=self.offer.id,
            cooked=self.cooked,
            handed=self.handed,
            left_there=self.left,
            returned=self.returned,
            lost=self.lost,
        )

    @property
    def short(self) -> int:
        """How many meals are missing from the sum; 0 where it adds up."""
        return max(0, self.handed + self.left + self.lost - self.cooked)


@dataclass(frozen=True)
class Closing:
    """A day before it is closed: its sums, the homes nobody has visited yet, and the concerns that go on."""

    day: ServiceDay
    dishes: tuple[DishSum, ...]
    unvisited: tuple[ExpectedVisit, ...]
    concerns: tuple[Concern, ...]


def figures(session: Session, service_date: date, lost: Mapping[int, int] | None = None) -> Closing:
    """The day as it would be closed now; ``lost`` is offer id → meals that were lost. Raises LookupError."""
    day = service_days.settled_on(session, service_date)
    if day is None:
        raise LookupError(service_date)
    return Closing(
        day=day,
        dishes=tuple(_dishes(session, day, lost or {})),
        unvisited=tuple(each for each in visits.expected_on(session, day.id) if each.closed_at is None),
        concerns=tuple(_open_concerns(session)),
    )


def close_day(
    session: Session,
    service_date: date,
    *,
    lost: Mapping[int, int],
    by: str,
    now: datetime,
    nobody_to_ask: bool = False,
) -> ServiceDay:
    """Close the day. A home that nobody visited becomes a concern of its own; what is open is carried over.

    ``by`` is remembered. A day that is closed stays as it is. Raises Refused for a day that is not settled or has not
    come yet, an unknown dish or a negative number, and where more meals went out than were cooked; with
    ``nobody_to_ask`` (the clock) as many count as cooked as went out.
    """
    with transaction(session, now):
        session.expire_all()
        found = service_days.settled_on(session, service_date)
        if found is None:
            raise Refused(
                Sentence("この日の計画は決まっていないため、締められません。"),
                remedy=Sentence("日にちを確かめてください。"),
            )
        day = service_days.lock_day(session, found.id)
        if day.state is DayState.CLOSED:
            return day
        if labs.today(session, now) < service_date:
            raise Refused(
                Sentence("この日のお届けは、まだ来ていません。"),
                remedy=Sentence("当日になってから締めてください。"),
            )
        dishes = _dishes(session, day, lost)
        if nobody_to_ask:
            dishes = [replace(dish, cooked=dish.cooked + dish.short) for dish in dishes]
        _refuse_wrong_sums(dishes, lost)
        expect_visits(session, day)
        for expected in visits.expected_on(session, day.id):
            if expected.closed_at is None:
                if expected.raised_at is None:
                    raise_silence(session, day, expected, now=now)
                expected.closed_at, expected.closed_by = now, ClosedBy.CARRIED_OVER
        for expected in visits.expected_on(session, day.id, Whose.VOLUNTEER):
            if expected.closed_at is None:
                expected.closed_at, expected.closed_by = now, ClosedBy.CARRIED_OVER
        session.flush()
        for concern in _open_concerns(session):
            concern.carried_over_at = now
        session.add_all(dish.tally() for dish in dishes)
        day.started_at = day.started_at or now
        day.state, day.closed_at, day.closed_by = DayState.CLOSED, now, by
        return day


def _open_concerns(session: Session) -> list[Concern]:
    query = select(Concern).where(Concern.ended_at.is_(None)).order_by(Concern.level.desc(), Concern.id)
    return list(session.scalars(query))


def _dishes(session: Session, day: ServiceDay, lost: Mapping[int, int]) -> list[DishSum]:
    handed, left = _went_out(session, day)
    offers = {serving.offer_id: serving.offer for serving in day.servings}
    offers |= {surplus.offer_id: surplus.offer for surplus in day.surpluses}
    cooked = batches.batches_of(session, list(offers))
    return [
        DishSum(
            offer=offer,
            cooked=cooked[offer.id].meal_count if offer.id in cooked else _planned(day, offer, handed, left),
            handed=handed[offer.id],
            left=left[offer.id],
            lost=lost.get(offer.id, 0),
            told=offer.id in cooked,
        )
        for offer in sorted(offers.values(), key=lambda each: (each.kitchen.number, each.id))
    ]


def _planned(day: ServiceDay, offer: Offer, handed: Counter[int], left: Counter[int]) -> int:
    """Where the kitchen said nothing its offer counts, and nothing on a day that was called off before it began."""
    if day.called_off_at is not None and not handed[offer.id] + left[offer.id]:
        return 0
    return offer.meal_count


def _went_out(session: Session, day: ServiceDay) -> tuple[Counter[int], Counter[int]]:
    """Offer id → portions that were handed over, and that were left at a door."""
    reports = visits.on_day(session, day.id)
    handed, left = Counter[int](), Counter[int]()
    for route in day.routes:
        for stop in route.stops:
            if stop.household_id is None:
                continue
            contact = _contact_at(reports.get(stop.household_id, []), stop.id)
            into = handed if contact in (Contact.SEEN, Contact.VOICE_ONLY) else left
            if contact in (Contact.SEEN, Contact.VOICE_ONLY, Contact.UNSEEN_LEFT):
                for item in stop.items:
                    into[item.serving.offer_id] += item.serving.portions
    return handed, left


def _contact_at(reports: list[CheckIn], stop_id: int) -> Contact | None:
    """What became of the meals of a stop: the standing report of that very stop."""
    here = worst([each for each in standing(reports) if each.stop_id == stop_id])
    return None if here is None else here.contact


def _refuse_wrong_sums(dishes: list[DishSum], lost: Mapping[int, int]) -> None:
    unknown = set(lost) - {dish.offer.id for dish in dishes}
    if unknown or any(count < 0 for count in lost.values()):
        raise Refused(
            Sentence("なくした数は、その日の献立ごとに0以上で入力してください。"),
            remedy=Sentence("画面を開きなおして、入力しなおしてください。"),
        )
    for dish in dishes:
        if dish.short:
            raise Refused(
                Sentence(
                    "{dish}は、つくった数より{count}食多く出ています。",
                    dish=dish.offer.dish,
                    count=dish.short,
                ),
                why=Sentence(
                    "つくった数{cooked}に対し、手渡し{handed}・置いた{left}・なくした{lost}です。",
                    cooked=dish.cooked,
                    handed=dish.handed,
                    left=dish.left,
                    lost=dish.lost,
                ),
                remedy=Sentence("つくった数か、なくした数を直してください。"),
                field=f"lost-{dish.offer.id}",
            )
