"""What a route sheet is read from: the settled rounds of one volunteer, and the homes on them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload, undefer

from sharemeal.service_days import DayState
from sharemeal.store.households import Household
from sharemeal.store.kitchens import Kitchen, Offer
from sharemeal.store.people import Person
from sharemeal.store.service_days import Route, ServiceDay, ServingRow, Stop, StopItem


def rounds(session: Session, volunteer_id: int, since: date) -> list[tuple[ServiceDay, Route]]:
    """The volunteer's routes on days from ``since`` that are no drafts, oldest first, with stops and kitchens.

    Homes are not read here: before a sheet opens nobody needs to know whose they are.
    """
    boxes = selectinload(Route.stops).selectinload(Stop.items).selectinload(StopItem.serving)
    query = (
        select(ServiceDay, Route)
        .join(Route, Route.day_id == ServiceDay.id)
        .where(Route.volunteer_id == volunteer_id, ServiceDay.service_date >= since)
        .where(ServiceDay.state != DayState.DRAFT)
        .order_by(ServiceDay.service_date)
        .options(
            boxes.selectinload(ServingRow.offer).selectinload(Offer.kitchen),
            selectinload(Route.stops).selectinload(Stop.kitchen),
        )
    )
    return [(day, route) for day, route in session.execute(query)]


def course_on(session: Session, volunteer_id: int, day: date) -> Route | None:
    """The volunteer's settled route of that day."""
    query = (
        select(Route)
        .join(ServiceDay, ServiceDay.id == Route.day_id)
        .where(Route.volunteer_id == volunteer_id, ServiceDay.service_date == day)
        .where(ServiceDay.state != DayState.DRAFT)
    )
    return session.scalars(query).first()


def carried_from(session: Session, kitchen_id: int, day: date) -> list[Route]:
    """The settled routes of that day that collect at this kitchen, with what they collect."""
    query = (
        select(Route)
        .join(ServiceDay, ServiceDay.id == Route.day_id)
        .where(ServiceDay.service_date == day, ServiceDay.state != DayState.DRAFT)
        .where(Route.stops.any(Stop.kitchen_id == kitchen_id))
        .order_by(Route.id)
        .options(
            selectinload(Route.stops)
            .selectinload(Stop.items)
            .selectinload(StopItem.serving)
            .selectinload(ServingRow.offer),
            selectinload(Route.volunteer),
        )
    )
    return list(session.scalars(query))


def routes_on(session: Session, day: date) -> list[Route]:
    """The settled routes of that day by the volunteers' numbers, with stops, boxes, offers and kitchens; no homes."""
    boxes = selectinload(Route.stops).selectinload(Stop.items).selectinload(StopItem.serving)
    query = (
        select(Route)
        .join(ServiceDay, ServiceDay.id == Route.day_id)
        .where(ServiceDay.service_date == day, ServiceDay.state != DayState.DRAFT)
        .options(
            boxes.selectinload(ServingRow.offer).selectinload(Offer.kitchen), selectinload(Route.volunteer)
        )
    )
    return sorted(session.scalars(query), key=lambda route: route.volunteer.number)


def homes(session: Session, household_ids: Collection[int], fields: Collection[str]) -> dict[int, Household]:
    """These homes by id, with what was agreed with them, with these personal fields and no others."""
    query = select(Household).where(Household.id.in_(household_ids)).options(selectinload(Household.consents))
    shown = [undefer(getattr(Household, name)) for name in fields]
    return {home.id: home for home in session.scalars(query.options(*shown))}


def kitchens_with_phones(session: Session, kitchen_ids: Collection[int]) -> dict[int, Kitchen]:
    """These kitchens by id, with their telephones."""
    query = select(Kitchen).where(Kitchen.id.in_(kitchen_ids)).options(undefer(Kitchen.phone))
    return {kitchen.id: kitchen for kitchen in session.scalars(query)}


def people_with_readings(session: Session, person_ids: Collection[int]) -> dict[int, Person]:
    """These people by id, with their names and how those are read, and nothing else of them."""
    query = (
        select(Person).where(Person.id.in_(person_ids)).options(undefer(Person.name), undefer(Person.reading))
    )
    return {person.id: person for person in session.scalars(query)}


def names_of(session: Session, person_ids: Collection[int]) -> dict[int, str]:
    """The names, and nothing else, of these people by id."""
    query = select(Person).where(Person.id.in_(person_ids)).options(undefer(Person.name))
    return {person.id: person.name for person in session.scalars(query)}
