"""The demo is the same for the same seed, its past adds up, and its coming day has enough for everybody."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from sharemeal.actions.export_tables import table_rows
from sharemeal.demo.load import load
from sharemeal.meals import Counts
from sharemeal.papers.tables import TABLES
from sharemeal.people import Role
from sharemeal.service_days import DayState
from sharemeal.store.alerts import contacts
from sharemeal.store.base import ALL_LABS, FenceBroken, Store, narrow
from sharemeal.store.households import Household, pauses_on
from sharemeal.store.kitchens import offers_on
from sharemeal.store.labs import Lab, all_labs, by_slug
from sharemeal.store.people import Person, of_role
from sharemeal.store.service_days import Route, ServiceDay
from sharemeal.store.volunteers import Volunteer
from sharemeal.volunteers import Mode

COMING = date(2026, 11, 27)


def lab_id(store: Store, slug: str) -> int:
    with store.session(all_labs=True) as session:
        lab = by_slug(session, slug)
        assert lab is not None
        return lab.id


def tables(store: Store, slug: str) -> dict[str, list[dict[str, str]]]:
    with store.session(lab_id(store, slug)) as session:
        return {kind: table_rows(session, kind) for kind in TABLES}


def test_the_same_seed_gives_the_same_rows_and_another_does_not(store: Store, now: datetime) -> None:
    assert load(store, labs=1, weeks=1, seed=3, now=now) == ["demo"]
    first = tables(store, "demo")
    with store.session(all_labs=True) as session:
        lab = session.get_one(Lab, lab_id(store, "demo"))
        session.delete(lab)
        session.commit()
    load(store, labs=1, weeks=1, seed=3, now=now)
    assert tables(store, "demo") == first
    assert load(store, labs=1, weeks=1, seed=4, now=now) == ["demo-2"]
    assert tables(store, "demo-2") != first
    assert tables(store, "demo") == first


def test_nothing_happens_where_there_is_a_lab_already(store: Store, now: datetime) -> None:
    assert load(store, labs=2, weeks=0, seed=1, now=now, if_empty=True) == ["demo", "demo-2"]
    assert load(store, labs=2, weeks=0, seed=1, now=now, if_empty=True) == []
    with store.session(all_labs=True) as session:
        assert [lab.slug for lab in all_labs(session)] == ["demo", "demo-2"]


def test_a_lab_has_everybody_it_needs(store: Store, now: datetime) -> None:
    load(store, labs=1, weeks=1, seed=1, now=now)
    with store.session(lab_id(store, "demo")) as session:
        assert {volunteer.mode for volunteer in session.scalars(select(Volunteer))} == set(Mode)
        roles = Counter(person.role for person in session.scalars(select(Person)))
        assert roles[Role.KITCHEN] == 3
        assert (roles[Role.COORDINATOR], roles[Role.LAB_ADMIN]) == (2, 1)
        assert [person.name for person in of_role(session, Role.COORDINATOR)] == ["桜井", "野口"]
        assert [contact.counts for contact in contacts(session)] == [True, True]
        homes = list(session.scalars(select(Household)))
        assert all(home.phone is not None and home.phone.startswith("+81900000") for home in homes)


@pytest.mark.parametrize("seed", range(4))
def test_past_days_are_closed_and_add_up(store: Store, now: datetime, seed: int) -> None:
    load(store, labs=1, weeks=3, seed=seed, now=now)
    with store.session(lab_id(store, "demo")) as session:
        days = list(session.scalars(select(ServiceDay).order_by(ServiceDay.service_date)))
        assert [day.service_date for day in days] == [COMING - timedelta(days=7 * week) for week in (3, 2, 1)]
        for day in days:
            assert day.state == DayState.CLOSED
            counts = Counts(**day.summary["counts"])
            served: Counter[int] = Counter()
            for row in day.servings:
                served[row.household_id] += row.portions
                assert not row.household.need.allergens & (row.offer.allergens or frozenset())
            wanted = {home.id: home.need.portions for home in session.scalars(select(Household))}
            assert all(wanted[home] == portions for home, portions in served.items())
            assert (counts.planned, counts.short) == (len(served), len(day.shortages))
            assert counts.portions_planned == sum(served.values())
            for offer in offers_on(session, day.service_date):
                given = sum(row.portions for row in day.servings if row.offer_id == offer.id)
                left = sum(row.portions for row in day.surpluses if row.offer_id == offer.id)
                assert given + left == offer.meal_count
            visited = [stop.household_id for route in day.routes for stop in route.stops if stop.household_id]
            assert sorted(visited) == sorted(served)
            for route in day.routes:
                check_route(route)


def check_route(route: Route) -> None:
    """Hours, bag and order of one evening, and its sums."""
    at, bag, carried = route.starts_seconds, 0, set()
    for position, stop in enumerate(route.stops, start=1):
        assert stop.position == position
        assert stop.arrives_seconds == at + stop.travel_seconds
        assert stop.arrives_seconds <= stop.begins_seconds < stop.leaves_seconds
        items = {item.serving_id for item in stop.items}
        if stop.kitchen is not None:
            assert stop.kitchen.handover.opens <= stop.begins_seconds <= stop.kitchen.handover.closes
            assert all(item.serving.offer.ready_seconds <= stop.begins_seconds for item in stop.items)
            carried |= items
            bag += sum(item.serving.portions for item in stop.items)
            assert bag <= route.volunteer.meals_carried
        if stop.household is not None:
            assert items <= carried
            assert stop.household.window.opens <= stop.begins_seconds <= stop.household.window.closes
            deadlines = [item.serving.offer.supply.deadline_seconds for item in stop.items]
            assert stop.begins_seconds <= min(deadlines)
            bag -= sum(item.serving.portions for item in stop.items)
        at = stop.leaves_seconds
    assert bag == 0
    assert route.volunteer.shift.starts <= route.starts_seconds < at == route.ends_seconds
    assert route.ends_seconds <= route.volunteer.shift.ends
    assert route.travel_seconds == sum(stop.travel_seconds for stop in route.stops)
    assert route.distance_metres == sum(stop.distance_metres for stop in route.stops)


def test_the_coming_day_has_enough_and_one_home_rests(store: Store, now: datetime) -> None:
    load(store, labs=1, weeks=1, seed=1, now=now)
    with store.session(lab_id(store, "demo")) as session:
        assert session.scalars(select(ServiceDay).where(ServiceDay.service_date == COMING)).first() is None
        resting = {pause.household_id for pause in pauses_on(session, COMING)}
        homes = [home for home in session.scalars(select(Household)) if home.id not in resting]
        offers = offers_on(session, COMING)
        assert (len(resting), len(homes), len(offers)) == (1, 10, 3)
        assert all(offer.allergens is not None and offer.entered_at <= now for offer in offers)
        wanted = sum(home.need.portions for home in homes)
        assert sum(offer.meal_count for offer in offers) >= wanted
        assert sum(volunteer.meals_carried for volunteer in session.scalars(select(Volunteer))) >= wanted


def test_a_session_is_narrowed_once(store: Store) -> None:
    with store.session(all_labs=True) as session:
        assert session.info["fence"] == ALL_LABS
        narrow(session, 1)
        with pytest.raises(FenceBroken):
            narrow(session, 2)
