"""A small day is planned: everybody who wants a meal has a place or a reason, and the homes add up."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from sharemeal.households import ConsentItem, PauseSpan
from sharemeal.meals import Counts
from sharemeal.store import service_days
from sharemeal.store.base import Store
from sharemeal.store.households import Decline, Pause
from sharemeal.store.kitchens import Offer
from sharemeal.store.service_days import ServiceDay, ServingRow, Stop
from sharemeal.store.volunteers import DutyAnswer
from tests.actions.planning import planned, report, the_day, volunteer_of
from tests.make.small_lab import DAY, SmallLab, two_homes


def test_everybody_is_served_and_the_homes_add_up(store: Store, now: datetime) -> None:
    lab = two_homes(store, now)
    two_homes(store, now, slug="stranger")
    plan = planned(lab)
    assert plan.complete
    assert plan.counts == Counts(2, 0, 0, 2, 0, portions_wanted=4, portions_planned=4)
    told = report(lab)
    assert (told["date"], told["state"]) == ("2026-11-27", "draft")
    assert {(meal["household"], meal["offer"], meal["portions"]) for meal in told["meals"]} == {
        (1, "豆のごはん", 2),
        (2, "豆のごはん", 2),
    }
    assert all(meal["why"] for meal in told["meals"])
    assert [(left["offer"], left["portions"]) for left in told["surplus"]] == [("豆のごはん", 1)]
    assert told["shortages"] == []


def test_a_stranger_lab_stays_as_it_was(store: Store, now: datetime) -> None:
    lab, stranger = two_homes(store, now), two_homes(store, now, slug="stranger")
    planned(lab)
    with stranger.session() as session:
        assert service_days.on(session, DAY) is None
        assert session.scalars(select(ServingRow)).all() == []
    with lab.session() as session:
        homes = {row.household.lab_id for row in session.scalars(select(ServingRow))}
    assert homes == {lab.lab_id}


def test_each_step_says_what_is_carried_for_whom(store: Store, now: datetime) -> None:
    lab = two_homes(store, now)
    planned(lab)
    routes = report(lab)["routes"]["routes"]
    steps = [step for route in routes for step in route["steps"] if "sharemeal" in step]
    delivered = [step["sharemeal"] for step in steps if step["type"] == "delivery"]
    assert len(steps) == 4
    assert {(each["household"], each["kitchen"], each["offer"], each["portions"]) for each in delivered} == {
        (1, 1, "豆のごはん", 2),
        (2, 1, "豆のごはん", 2),
    }


def test_the_problem_holds_numbers_and_matrices_alone(store: Store, now: datetime) -> None:
    problem = planned(two_homes(store, now)).problem
    text = str(problem)
    assert "location'" not in text
    assert "35.5" not in text
    assert "番さん" not in text
    assert {vehicle["id"] for vehicle in problem["vehicles"]} == {1, 2}
    assert "bike" in problem["matrices"]


def test_stops_at_one_place_are_one_halt(store: Store, now: datetime) -> None:
    lab = SmallLab(store, now)
    kitchen = lab.kitchen(1, 0)
    lab.offer(kitchen, "豆のごはん", 2)
    lab.offer(kitchen, "里芋の弁当", 2)
    lab.home(1, 5, portions=4)
    lab.volunteer(1, -5)
    assert planned(lab).complete
    with lab.session() as session:
        stops = session.scalars(select(Stop).order_by(Stop.position)).all()
        assert [(stop.kitchen_id is not None, len(stop.items)) for stop in stops] == [(True, 2), (False, 2)]
        at_door = stops[1]
        assert at_door.leaves_seconds - at_door.begins_seconds == 240, (
            "one halt takes the time at the door once"
        )
        assert [item.serving.portions for item in at_door.items] == [2, 2]


def test_who_rests_declines_or_has_not_agreed_gets_nothing(store: Store, now: datetime) -> None:
    lab = SmallLab(store, now)
    lab.offer(lab.kitchen(1, 0), "豆のごはん", 20)
    paused, back = lab.home(1, 1), lab.home(2, 2)
    declined = lab.home(3, 3)
    lab.home(4, 4, consents=(ConsentItem.WATCH_OVER,))
    lab.home(5, 5)
    lab.volunteer(1, 0)
    lab.add(
        Pause(household_id=paused, span=PauseSpan(date(2026, 11, 20), date(2026, 11, 27))),
        Pause(household_id=back, span=PauseSpan(date(2026, 11, 20), date(2026, 11, 26))),
        Decline(household_id=declined, service_date=DAY, declined_at=now),
        Decline(household_id=back, service_date=DAY + timedelta(days=7), declined_at=now),
    )
    assert planned(lab).counts == Counts(5, 1, 2, 2, 0, portions_wanted=4, portions_planned=4)
    assert {meal["household"] for meal in report(lab)["meals"]} == {2, 5}


def test_only_who_is_in_goes(store: Store, now: datetime) -> None:
    lab = SmallLab(store, now)
    lab.offer(lab.kitchen(1, 0), "豆のごはん", 4)
    lab.home(1, 5)
    said_no, said_yes = lab.volunteer(1, 0), lab.volunteer(2, 20, by_default=False)
    resting = lab.volunteer(3, 1)
    lab.volunteer(4, 1, by_default=False)
    lab.add(
        DutyAnswer(volunteer_id=said_no, service_date=DAY, can_serve=False, answered_at=now),
        DutyAnswer(volunteer_id=said_yes, service_date=DAY, can_serve=True, answered_at=now),
        Pause(volunteer_id=resting, span=PauseSpan(DAY)),
    )
    plan = planned(lab)
    assert [vehicle["id"] for vehicle in plan.problem["vehicles"]] == [2]
    assert volunteer_of(lab) == {1: 2}


def test_a_kitchen_that_rests_offers_nothing(store: Store, now: datetime) -> None:
    lab = two_homes(store, now)
    with lab.session() as session:
        kitchen = session.scalars(select(Offer.kitchen_id)).one()
    lab.add(Pause(kitchen_id=kitchen, span=PauseSpan(DAY)))
    assert planned(lab).counts.short == 2
    told = report(lab)
    assert (told["meals"], told["surplus"], told["routes"]["routes"]) == ([], [], [])
    assert all(short["why"] for short in told["shortages"])


@pytest.mark.parametrize("missing", ["volunteers", "offers", "homes"])
def test_a_day_that_lacks_something_is_planned_and_says_so(store: Store, now: datetime, missing: str) -> None:
    lab = SmallLab(store, now)
    kitchen = lab.kitchen(1, 0)
    if missing != "offers":
        lab.offer(kitchen, "豆のごはん", 5)
    if missing != "homes":
        lab.home(1, 5)
    if missing != "volunteers":
        lab.volunteer(1, 0)
    counts = planned(lab).counts
    told = report(lab)
    assert (counts.planned, counts.short) == ((0, 0) if missing == "homes" else (0, 1))
    assert told["routes"]["code"] == 0
    assert told["routes"]["routes"] == []
    assert sum(left["portions"] for left in told["surplus"]) == (0 if missing == "offers" else 5)
    if missing == "volunteers":
        assert "出られるお届けボランティアがいません" in told["shortages"][0]["why"]


def test_more_need_than_meals_leaves_somebody_short_by_name(store: Store, now: datetime) -> None:
    lab = SmallLab(store, now)
    lab.offer(lab.kitchen(1, 0), "豆のごはん", 3)
    lab.home(1, 5)
    lab.home(2, 6)
    lab.volunteer(1, 0)
    counts = planned(lab).counts
    assert (counts.planned, counts.short, counts.portions_planned) == (1, 1, 3)
    (short,) = report(lab)["shortages"]
    assert short["portions"] == 1
    assert short["household"] in volunteer_of(lab), "it is visited with what there is"


def test_a_door_that_no_route_reaches_is_short_and_its_meals_are_left_over(
    store: Store, now: datetime
) -> None:
    lab = SmallLab(store, now)
    lab.offer(lab.kitchen(1, 0), "豆のごはん", 4)
    lab.home(1, 2)
    lab.home(2, 60)
    lab.volunteer(1, 0, ends="17:20")
    counts = planned(lab).counts
    told = report(lab)
    assert (counts.planned, counts.short) == (1, 1)
    assert [meal["household"] for meal in told["meals"]] == [1]
    assert [(short["household"], short["portions"]) for short in told["shortages"]] == [(2, 2)]
    assert "コースに入れませんでした" in told["shortages"][0]["why"]
    assert [(left["offer"], left["portions"]) for left in told["surplus"]] == [("豆のごはん", 2)]
    assert told["routes"]["summary"]["unassigned"] == 2


def test_a_serving_larger_than_every_bag_is_carried_in_parts(store: Store, now: datetime) -> None:
    lab = SmallLab(store, now)
    lab.offer(lab.kitchen(1, 0), "豆のごはん", 6)
    lab.home(1, 2, portions=6)
    lab.volunteer(1, 0, carries=4)
    lab.volunteer(2, 1, carries=3)
    counts = planned(lab).counts
    assert (counts.planned, counts.portions_planned) == (1, 6)
    told = report(lab)
    assert [meal["portions"] for meal in told["meals"]] == [6]
    with lab.session() as session:
        doors = session.scalars(select(Stop).where(Stop.household_id.is_not(None))).all()
        assert sum(item.serving.portions for stop in doors for item in stop.items) == 6


def test_planning_again_replaces_the_draft_wholly(store: Store, now: datetime) -> None:
    lab = two_homes(store, now)
    planned(lab)
    first = report(lab)
    planned(lab, now=now + timedelta(minutes=1))
    again = report(lab)
    for told in (first, again):
        told["routes"]["summary"].pop("computing_times")
    assert again == first
    with lab.session() as session:
        assert len(session.scalars(select(ServiceDay)).all()) == 1
        assert len(session.scalars(select(ServingRow)).all()) == 2
        assert the_day(session).planned_at == now + timedelta(minutes=1)
