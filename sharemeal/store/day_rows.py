"""A calculated day as rows: what replaces an earlier draft, and what of it outlives the replacing."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete
from sqlalchemy.orm import Session

from sharemeal.routing.day_plan import DayPlan, Round
from sharemeal.store.day_inputs import DayInputs
from sharemeal.store.service_days import (
    Route,
    ServiceDay,
    ServingRow,
    ShortageRow,
    SignOff,
    Stop,
    StopItem,
    SurplusRow,
)


def replace_rows(session: Session, day: ServiceDay, inputs: DayInputs, plan: DayPlan) -> None:
    """Put ``plan`` in the place of whatever the day held; nothing of an earlier calculation stays between."""
    _clear(session, day, {(inputs.household_ids[each.household], each.portions) for each in plan.shortages})
    servings = {
        parcel.id: ServingRow(
            day_id=day.id,
            household_id=inputs.household_ids[parcel.serving.household],
            offer_id=inputs.offer_ids[parcel.serving.kitchen, parcel.serving.dish],
            portions=parcel.portions,
            why=parcel.serving.why,
        )
        for parcel in plan.parcels
    }
    session.add_all(servings.values())
    for short in plan.shortages:
        home = inputs.household_ids[short.household]
        session.add(ShortageRow(day_id=day.id, household_id=home, portions=short.portions, why=short.why))
    for left in plan.surpluses:
        offer = inputs.offer_ids[left.kitchen, left.dish]
        session.add(SurplusRow(day_id=day.id, offer_id=offer, portions=left.portions, why=left.why))
    session.add_all(_route_row(day, each, inputs, servings) for each in plan.rounds)
    session.flush()


def _clear(session: Session, day: ServiceDay, short: set[tuple[int, int]]) -> None:
    """Take the earlier calculation away; who signed for a home keeps doing so while the same is missing."""
    before = {(row.household_id, row.portions) for row in day.shortages}
    kept = {home for home, _ in before & short}
    for table in (Route, ServingRow, ShortageRow, SurplusRow):
        session.execute(delete(table).where(table.day_id == day.id))
    session.execute(delete(SignOff).where(SignOff.day_id == day.id, SignOff.household_id.not_in(kept)))
    session.expire(day, ["servings", "shortages", "surpluses", "routes", "sign_offs"])


def _route_row(day: ServiceDay, each: Round, inputs: DayInputs, servings: Mapping[int, ServingRow]) -> Route:
    stops = [
        Stop(
            position=position,
            kitchen_id=None if halt.kitchen is None else inputs.kitchen_ids[halt.kitchen],
            household_id=None if halt.household is None else inputs.household_ids[halt.household],
            arrives_seconds=halt.arrives,
            begins_seconds=halt.begins,
            leaves_seconds=halt.leaves,
            travel_seconds=halt.travel_seconds,
            distance_metres=halt.distance_metres,
            why=halt.why,
            items=[StopItem(serving=servings[parcel.id]) for parcel in halt.parcels],
        )
        for position, halt in enumerate(each.halts, start=1)
    ]
    return Route(
        day_id=day.id,
        volunteer_id=inputs.volunteer_ids[each.volunteer],
        starts_seconds=each.starts,
        ends_seconds=each.ends,
        travel_seconds=each.travel_seconds,
        distance_metres=each.distance_metres,
        stops=stops,
    )
