"""What earlier weeks and people's decisions mean for a plan: faces, variety, pins, moves, who came last time."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from sharemeal.actions.pin_home import move_home, pin_home, unpin
from sharemeal.actions.plan_day import Planned
from sharemeal.sentences import Refused, Sentence
from sharemeal.service_days import DayState
from sharemeal.store.base import Store
from sharemeal.store.day_inputs import day_inputs
from sharemeal.store.service_days import Route, ServiceDay, ServingRow, ShortageRow, Stop, pins_on
from sharemeal.store.volunteers import DutyAnswer, FamiliarFace
from tests.actions.planning import planned, volunteer_of
from tests.make.small_lab import DAY, SmallLab, two_homes

WEEK = timedelta(days=7)


def familiarity_of(plan: Planned) -> dict[int, dict[str, float]]:
    """Parcel → the volunteers that are known to its home."""
    return {each["delivery"]["id"]: each["sharemeal"]["familiarity"] for each in plan.problem["shipments"]}


def visited(
    lab: SmallLab, day: date, volunteer_id: int, home_id: int, state: DayState = DayState.CLOSED
) -> ServiceDay:
    """A settled day on which that volunteer came to that home."""
    times = {
        "arrives_seconds": 0,
        "begins_seconds": 0,
        "leaves_seconds": 0,
        "travel_seconds": 0,
        "distance_metres": 0,
    }
    route = Route(
        volunteer_id=volunteer_id, starts_seconds=0, ends_seconds=0, travel_seconds=0, distance_metres=0
    )
    route.stops = [Stop(position=1, household_id=home_id, **times)]
    row = ServiceDay(service_date=day, state=state, summary={}, routes=[route])
    lab.add(row)
    return row


def one_home(store: Store, now: datetime) -> tuple[SmallLab, int, int, int]:
    """A home between two cyclists, the first of them nearer."""
    lab = SmallLab(store, now)
    lab.offer(lab.kitchen(1, 0), "豆のごはん", 5)
    home = lab.home(1, 5)
    return lab, home, lab.volunteer(1, 0), lab.volunteer(2, 3)


def test_a_familiar_face_goes_although_another_is_nearer(store: Store, now: datetime) -> None:
    lab, home, _, farther = one_home(store, now)
    planned(lab)
    assert volunteer_of(lab) == {1: 1}
    lab.add(FamiliarFace(volunteer_id=farther, household_id=home))
    plan = planned(lab)
    assert familiarity_of(plan) == {1: {"2": 1.0}}
    assert volunteer_of(lab) == {1: 2}


def test_visits_of_closed_days_make_a_face_familiar(store: Store, now: datetime) -> None:
    lab, home, near, farther = one_home(store, now)
    visited(lab, DAY - WEEK, farther, home)
    visited(lab, DAY - 2 * WEEK, near, home, state=DayState.FIXED)
    known = familiarity_of(planned(lab))[1]
    assert set(known) == {"2"}
    assert 0.4 < known["2"] < 0.5


def test_who_came_last_time_is_known(store: Store, now: datetime) -> None:
    lab, home, near, farther = one_home(store, now)
    visited(lab, DAY - 2 * WEEK, near, home)
    visited(lab, DAY - WEEK, farther, home)
    visited(lab, DAY + WEEK, near, home)
    (shipment,) = planned(lab).problem["shipments"]
    assert shipment["sharemeal"]["previous_vehicle"] == 2


def test_dishes_of_the_last_six_settled_days_count_newest_first(store: Store, now: datetime) -> None:
    lab = two_homes(store, now)
    with lab.session() as session:
        ids = day_inputs(session, DAY).household_ids
        kitchen = day_inputs(session, DAY).kitchen_ids[1]
    why = Sentence("合う献立です")
    for weeks in range(1, 9):
        offer = lab.offer(kitchen, f"{weeks}週前の弁当", 2, day=DAY - weeks * WEEK)
        row = ServiceDay(service_date=DAY - weeks * WEEK, state=DayState.CLOSED, summary={})
        row.servings = [ServingRow(household_id=ids[1], offer_id=offer, portions=2, why=why)]
        row.shortages = [ShortageRow(household_id=ids[2], portions=2, why=why)] if weeks <= 2 else []
        lab.add(row)
    lab.add(ServiceDay(service_date=DAY - timedelta(days=1), state=DayState.DRAFT, summary={}))
    with lab.session() as session:
        first, second = day_inputs(session, DAY).demands
    assert first.recent_dishes == tuple(f"{weeks}週前の弁当" for weeks in range(1, 7))
    assert first.recent_kitchens == (1,) * 6
    assert (first.scarce_turns, second.scarce_turns) == (2, 0)
    assert second.recent_dishes == ()


def pin(lab: SmallLab, home: int, volunteer: int, until: date | None = None) -> int:
    with lab.session() as session:
        made = pin_home(
            session,
            home,
            volunteer,
            reason="声でわかるので",
            until=until,
            today=DAY - timedelta(days=1),
            now=lab.now,
        )
        return made.id


def move(lab: SmallLab, home: int, volunteer: int, day: date = DAY) -> None:
    with lab.session() as session:
        move_home(session, day, home, volunteer, now=lab.now)


def test_a_pin_is_kept_and_a_move_goes_before_it_for_its_day(store: Store, now: datetime) -> None:
    lab, *_ = one_home(store, now)
    pin(lab, 1, 2)
    planned(lab)
    assert volunteer_of(lab) == {1: 2}
    move(lab, 1, 1)
    move(lab, 1, 2, DAY + WEEK)
    planned(lab)
    assert volunteer_of(lab) == {1: 1}
    with lab.session() as session:
        for each in pins_on(session, DAY):
            unpin(session, each.id, now=now)
    planned(lab)
    assert volunteer_of(lab) == {1: 1}, "without pins the nearer one goes"


def test_a_pin_ends_with_its_last_day(store: Store, now: datetime) -> None:
    lab, *_ = one_home(store, now)
    pin(lab, 1, 2, until=DAY - timedelta(days=1))
    planned(lab)
    assert volunteer_of(lab) == {1: 1}
    pin(lab, 1, 2, until=DAY)
    planned(lab)
    assert volunteer_of(lab) == {1: 2}


def test_a_pin_to_somebody_who_is_not_in_is_not_used_and_said(store: Store, now: datetime) -> None:
    lab, _, _, farther = one_home(store, now)
    pin(lab, 1, 2)
    lab.add(DutyAnswer(volunteer_id=farther, service_date=DAY, can_serve=False, answered_at=now))
    plan = planned(lab)
    assert volunteer_of(lab) == {1: 1}
    assert [str(note) for note in plan.notes] == [
        "お届け先①の固定は、ボランティア2がこの日は出られないため、使っていません。"
    ]


def test_pinning_again_changes_nothing_and_pinning_anew_ends_the_old(store: Store, now: datetime) -> None:
    lab, *_ = one_home(store, now)
    first = pin(lab, 1, 2)
    assert pin(lab, 1, 2) == first
    second = pin(lab, 1, 1)
    assert second != first
    planned(lab)
    assert volunteer_of(lab) == {1: 1}
    with lab.session() as session:
        for minutes in (1, 2):
            taken_back = unpin(session, second, now=now + timedelta(minutes=minutes))
            assert taken_back is not None
            assert taken_back.ended_at == now + timedelta(minutes=1)


def test_a_stranger_cannot_pin_or_unpin_here(store: Store, now: datetime) -> None:
    lab, *_ = one_home(store, now)
    made = pin(lab, 1, 2)
    stranger = SmallLab(store, now, slug="stranger")
    with stranger.session() as session:
        assert unpin(session, made, now=now) is None
    with pytest.raises(Refused, match="登録されていません"):
        pin(stranger, 1, 2)
    planned(lab)
    assert volunteer_of(lab) == {1: 2}


@pytest.mark.parametrize(
    ("home", "volunteer", "reason", "until", "sentence"),
    [
        (9, 1, "声でわかる", None, "お届け先⑨は登録されていません"),
        (1, 9, "声でわかる", None, "ボランティア9は登録されていません"),
        (1, 1, "  ", None, "空のままです"),
        (1, 1, "声でわかる", date(2026, 11, 25), "終わりの日が過ぎています"),
        (2, 1, "声でわかる", None, "条件（介助）に合いません"),
    ],
)
def test_a_pin_that_cannot_be_meant_is_refused(
    store: Store, now: datetime, home: int, volunteer: int, reason: str, until: date | None, sentence: str
) -> None:
    lab, *_ = one_home(store, now)
    lab.home(2, 6, skills=("介助",))
    with lab.session() as session, pytest.raises(Refused, match=sentence):
        pin_home(session, home, volunteer, reason=reason, until=until, today=date(2026, 11, 26), now=now)


def test_a_move_to_somebody_who_is_not_in_is_refused(store: Store, now: datetime) -> None:
    lab, _, near, _ = one_home(store, now)
    lab.add(DutyAnswer(volunteer_id=near, service_date=DAY, can_serve=False, answered_at=now))
    with pytest.raises(Refused, match="ボランティア1は、この日は出られません"):
        move(lab, 1, 1)


def test_a_settled_day_takes_no_moves(store: Store, now: datetime) -> None:
    lab, *_ = one_home(store, now)
    lab.add(ServiceDay(service_date=DAY, state=DayState.FIXED, summary={}))
    with pytest.raises(Refused, match="もう決まっています"):
        move(lab, 1, 2)


def test_skills_are_words_in_the_lab_and_kept_by_the_plan(store: Store, now: datetime) -> None:
    lab = SmallLab(store, now)
    lab.offer(lab.kitchen(1, 0), "豆のごはん", 5)
    lab.home(1, 5, skills=("介助",))
    lab.home(2, 6, skills=("手話",))
    lab.volunteer(1, 0)
    lab.volunteer(2, 3, skills=("介助", "鍵"))
    plan = planned(lab)
    assert volunteer_of(lab) == {1: 2}
    assert (plan.counts.planned, plan.counts.short) == (1, 1)
