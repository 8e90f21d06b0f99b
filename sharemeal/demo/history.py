"""Past service days of a demo lab, written as they would stand after the evening: closed, with sums that agree."""

from __future__ import annotations

import random
from dataclasses import asdict
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from sharemeal.demo.menus import Given, cooked, shared_out
from sharemeal.demo.names import COORDINATOR
from sharemeal.demo.people import Neighbourhood
from sharemeal.demo.rounds import Halt, Round, rounds
from sharemeal.labs import LabRules
from sharemeal.meals import Counts
from sharemeal.sentences import Sentence
from sharemeal.service_days import DayState
from sharemeal.store.households import Decline
from sharemeal.store.kitchens import Offer
from sharemeal.store.service_days import (
    Route,
    ServiceDay,
    ServingRow,
    ShortageRow,
    Stop,
    StopItem,
    SurplusRow,
)
from sharemeal.store.volunteers import DutyAnswer, Volunteer


def live_through(
    session: Session, dice: random.Random, people: Neighbourhood, rules: LabRules, day: date
) -> ServiceDay:
    """Write one past day: offers, answers, who declined, who got what, who went where. It is closed."""
    before = rules.moment(day - timedelta(days=1), 11 * 3600)
    wanting = list(people.homes)
    if dice.random() < 0.3:
        away = wanting.pop(dice.randrange(len(wanting)))
        session.add(Decline(household_id=away.id, service_date=day, declined_at=before))
    offers = cooked(dice, people.kitchens, wanting, day, entered_at=before)
    session.add_all(offers)
    session.flush()
    on_duty = _on_duty(session, dice, people.volunteers, day, before)
    given = shared_out(offers, wanting)
    evenings = rounds(on_duty, given, rules, people.familiar)
    came = {home.id for evening in evenings for home in evening.homes}
    stored = ServiceDay(
        service_date=day,
        state=DayState.CLOSED,
        planned_at=before + timedelta(hours=5),
        fixed_at=before + timedelta(hours=6),
        fixed_by=COORDINATOR[0],
        summary=_summary(people, wanting_count=len(wanting), given=given, came=came),
    )
    session.add(stored)
    session.flush()
    delivered = [each for each in given if each.home.id in came]
    servings = {(each.home.id, each.offer.id): _serving(stored, each) for each in delivered}
    session.add_all(servings.values())
    for home in (home for home in wanting if home.id not in came):
        why = Sentence("だれが行っても、時間帯に間に合いません")
        session.add(ShortageRow(day_id=stored.id, household_id=home.id, portions=home.need.portions, why=why))
    session.add_all(_left_over(stored, offers, delivered))
    session.add_all(_route(stored, evening, servings) for evening in evenings if evening.halts)
    session.flush()
    return stored


def _on_duty(
    session: Session, dice: random.Random, volunteers: list[Volunteer], day: date, at: datetime
) -> list[Volunteer]:
    """Nearly all; now and then one cannot, and says so."""
    resting = dice.choice(volunteers[1:]) if dice.random() < 0.35 else None
    for volunteer in volunteers:
        if volunteer is resting or dice.random() < 0.5:
            can_serve = volunteer is not resting
            session.add(
                DutyAnswer(volunteer_id=volunteer.id, service_date=day, can_serve=can_serve, answered_at=at)
            )
    return [volunteer for volunteer in volunteers if volunteer is not resting]


def _summary(
    people: Neighbourhood, *, wanting_count: int, given: list[Given], came: set[int]
) -> dict[str, object]:
    counts = Counts(
        active=len(people.homes),
        paused=0,
        declined=len(people.homes) - wanting_count,
        planned=len(came),
        short=wanting_count - len(came),
        portions_wanted=sum(each.portions for each in given),
        portions_planned=sum(each.portions for each in given if each.home.id in came),
    )
    return {"counts": asdict(counts), "fingerprint": "", "notes": [], "routes": {}}


def _serving(day: ServiceDay, given: Given) -> ServingRow:
    return ServingRow(
        day_id=day.id,
        household_id=given.home.id,
        offer_id=given.offer.id,
        portions=given.portions,
        why=Sentence("アレルギーと食形態に合い、数が足りていました"),
    )


def _left_over(day: ServiceDay, offers: list[Offer], delivered: list[Given]) -> list[SurplusRow]:
    rows = []
    for offer in offers:
        left = offer.meal_count - sum(each.portions for each in delivered if each.offer is offer)
        if left:
            why = Sentence("すべてのお届け先に足りたあとの残りです")
            rows.append(SurplusRow(day_id=day.id, offer_id=offer.id, portions=left, why=why))
    return rows


def _route(day: ServiceDay, evening: Round, servings: dict[tuple[int, int], ServingRow]) -> Route:
    return Route(
        day_id=day.id,
        volunteer_id=evening.volunteer.id,
        starts_seconds=evening.halts[0].arrives - evening.halts[0].travel_seconds,
        ends_seconds=evening.ends,
        travel_seconds=sum(halt.travel_seconds for halt in evening.halts),
        distance_metres=sum(halt.metres for halt in evening.halts),
        stops=[_stop(position, halt, servings) for position, halt in enumerate(evening.halts, start=1)],
    )


def _stop(position: int, halt: Halt, servings: dict[tuple[int, int], ServingRow]) -> Stop:
    return Stop(
        position=position,
        kitchen_id=halt.kitchen.id if halt.kitchen else None,
        household_id=halt.home.id if halt.home else None,
        arrives_seconds=halt.arrives,
        begins_seconds=halt.begins,
        leaves_seconds=halt.leaves,
        travel_seconds=halt.travel_seconds,
        distance_metres=halt.metres,
        why=None,
        items=[StopItem(serving=servings[each.home.id, each.offer.id]) for each in halt.given],
    )
