"""The clock takes each step of a service day once, and none that would help nobody."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from sharemeal.actions.call_off import call_off
from sharemeal.actions.change_calendar import close_on
from sharemeal.actions.fix_day import fix_day, reopen_day
from sharemeal.actions.pause import pause
from sharemeal.actions.sign_in import look_at_link
from sharemeal.messages import Purpose, text, units
from sharemeal.service_days import DayState
from sharemeal.store.base import Store, transaction
from sharemeal.store.messages import Message
from sharemeal.store.people import Person
from sharemeal.timetable import Step
from tests.actions.planning import planned, the_day
from tests.make.clockwork import Clockwork
from tests.make.small_lab import DAY

CONFIRM = "2026-11-26T17:00"


@pytest.fixture
def lab(store: Store, now: datetime) -> Clockwork:
    return Clockwork(store, now)


def fixed(lab: Clockwork) -> Clockwork:
    lab.offer(lab.kitchens[0], "豆のごはん", 5)
    planned(lab)
    with lab.session() as session:
        fix_day(session, DAY, by="桜井", now=lab.now)
    return lab


def test_kitchens_that_have_said_nothing_are_reminded_once(lab: Clockwork) -> None:
    lab.offer(lab.kitchens[1], "煮魚", 3)
    assert lab.tick(lab.local("2026-11-26T09:59")).steps == []
    at = lab.local("2026-11-26T10:00")
    assert lab.tick(at).steps == [(DAY, Step.REMIND_KITCHENS)]
    assert lab.tick(at).steps == []
    assert lab.tick(at + timedelta(hours=1)).steps == []
    assert lab.messages() == [(Purpose.REMIND_KITCHEN, lab.cooks[0])]
    assert lab.steps(DAY) == {"remind_kitchens": "reminded 1"}


def test_a_reminder_opens_the_kitchens_day(lab: Clockwork) -> None:
    at = lab.local("2026-11-26T10:00")
    lab.tick(at)
    with lab.session() as session:
        message = session.scalars(select(Message).order_by(Message.id)).first()
        assert message is not None
        assert message.detail is not None
        link = look_at_link(session, message.code + message.detail, now=at)
        assert (link.person_id, link.service_date) == (lab.cooks[0], DAY)
        assert link.valid_until == lab.local("2026-11-28T00:00")
        said = text(message.purpose, "https://example.jp", message.code, message.detail)
        assert units(said) <= 70


def test_who_rests_has_ended_or_has_no_number_is_not_asked(lab: Clockwork, now: datetime) -> None:
    with lab.session() as session:
        texts = {"starts": "2026-11-20", "ends": "2026-12-20", "reason": ""}
        pause(session, "kitchens", lab.kitchens[0], texts, now=now)
        with transaction(session, now):
            person = session.get_one(Person, lab.cooks[1])
            person.phone = person.phone_index = None
    lab.tick(lab.local("2026-11-26T10:00"))
    assert lab.messages() == []


def test_a_process_that_slept_through_a_moment_catches_up_but_reminds_nobody_too_late(lab: Clockwork) -> None:
    assert lab.tick(lab.local("2026-11-26T14:00")).steps == [(DAY, Step.REMIND_KITCHENS)]
    other = Clockwork(lab.store, lab.now, slug="late")
    assert other.tick(lab.local("2026-11-26T15:00")).steps == [(DAY, Step.CUT_OFF)]
    assert other.messages() == []


def test_coordinators_are_told_of_a_day_that_is_not_fixed(lab: Clockwork) -> None:
    at = lab.local(CONFIRM)
    lab.tick(at - timedelta(seconds=1))
    assert lab.tick(at).steps == [(DAY, Step.REMIND_COORDINATORS)]
    lab.tick(at + timedelta(hours=2))
    told = [person for purpose, person in lab.messages() if purpose is Purpose.REMIND_COORDINATOR]
    assert told == [lab.coordinator]


def test_volunteers_get_their_sheet_the_evening_before_and_nobody_else_is_told(lab: Clockwork) -> None:
    fixed(lab)
    at = lab.local(CONFIRM)
    lab.tick(at - timedelta(seconds=1))
    assert lab.messages() == []
    lab.tick(at)
    lab.tick(at)
    assert lab.messages() == [(Purpose.REMIND_VOLUNTEER, lab.walkers[0])]
    assert lab.steps(DAY)["remind_coordinators"] == "not needed"
    with lab.session() as session:
        message = session.scalars(select(Message)).one()
        link = look_at_link(session, message.code + (message.detail or ""), now=at)
        assert (link.person_id, link.service_date) == (lab.walkers[0], DAY)


def test_who_comes_onto_a_route_later_gets_the_sheet_too(lab: Clockwork) -> None:
    fixed(lab)
    with lab.session() as session:
        reopen_day(session, DAY, now=lab.now)
    at = lab.local(CONFIRM)
    lab.tick(at)
    assert [purpose for purpose, _ in lab.messages()] == [Purpose.REMIND_COORDINATOR]
    with lab.session() as session:
        fix_day(session, DAY, by="桜井", now=at)
    lab.tick(at + timedelta(minutes=1))
    with lab.session() as session:
        going = [route.volunteer.person_id for route in the_day(session).routes]
    for person_id in going:
        lab.give_phone(person_id, 60 + person_id)
    lab.tick(at + timedelta(minutes=2))
    lab.tick(at + timedelta(minutes=3))
    sent = sorted(person for purpose, person in lab.messages() if purpose is Purpose.REMIND_VOLUNTEER)
    assert sent == sorted(going)


def test_the_day_starts_with_the_first_sheet_and_closes_after_the_last(lab: Clockwork) -> None:
    fixed(lab)
    assert lab.tick(lab.local("2026-11-26T18:00")).failed == []
    assert lab.tick(lab.local("2026-11-27T13:59")).steps == []
    start = lab.local("2026-11-27T14:00")
    assert (DAY, Step.START_DAY) in lab.tick(start).steps
    day = lab.day(DAY)
    assert day is not None
    assert (day.state, day.started_at) == (DayState.UNDER_WAY, start)
    assert lab.tick(lab.local("2026-11-27T20:59")).steps == []
    close = lab.local("2026-11-27T21:00")
    assert lab.tick(close).steps == [(DAY, Step.CLOSE_DAY)]
    assert lab.tick(close).steps == []
    day = lab.day(DAY)
    assert day is not None
    assert (day.state, day.closed_at, day.closed_by) == (DayState.CLOSED, close, "clock")


def test_a_day_is_closed_weeks_later_without_a_word_to_anybody(lab: Clockwork) -> None:
    fixed(lab)
    taken = lab.tick(lab.local("2026-12-16T12:00"))
    assert taken.steps == [(DAY, Step.START_DAY), (DAY, Step.CLOSE_DAY)]
    assert taken.failed == []
    assert {purpose for purpose, _ in lab.messages()} <= {Purpose.ALERT}


def test_a_closed_day_reminds_nobody(lab: Clockwork, now: datetime) -> None:
    with lab.session() as session:
        close_on(session, DAY, now=lab.local("2026-11-25T12:00"))
    for hours in range(60):
        lab.tick(lab.local("2026-11-26T00:00") + timedelta(hours=hours))
    assert lab.messages() == []
    assert lab.all_steps() == []


def test_a_day_that_is_called_off_reminds_nobody_and_is_closed(lab: Clockwork) -> None:
    fixed(lab)
    with lab.session() as session:
        call_off(session, DAY, why="大雪", now=lab.now)
    told_before = lab.messages()
    for hours in range(60):
        assert lab.tick(lab.local("2026-11-26T00:00") + timedelta(hours=hours)).failed == []
    later = lab.messages()[len(told_before) :]
    assert not {Purpose.REMIND_KITCHEN, Purpose.REMIND_VOLUNTEER, Purpose.REMIND_COORDINATOR} & {
        purpose for purpose, _ in later
    }
    day = lab.day(DAY)
    assert day is not None
    assert day.state is DayState.CLOSED


def test_a_step_that_fails_keeps_no_other_back(lab: Clockwork, monkeypatch: pytest.MonkeyPatch) -> None:
    from sharemeal.actions import day_steps

    def broken(*_: object, **__: object) -> int:
        raise RuntimeError("電話 090-0000-0001")

    monkeypatch.setattr(day_steps, "remind_coordinators", broken)
    fixed(lab)
    with lab.session() as session:
        reopen_day(session, DAY, now=lab.now)
    taken = lab.tick(lab.local("2026-11-26T17:30"))
    assert taken.failed == ["remind_coordinators RuntimeError"]
    assert (DAY, Step.CUT_OFF) in taken.steps
    monkeypatch.undo()
    assert lab.tick(lab.local("2026-11-26T17:31")).steps == [(DAY, Step.REMIND_COORDINATORS)]


def test_another_labs_day_is_another_labs(lab: Clockwork) -> None:
    other = Clockwork(lab.store, lab.now, slug="tsuzuki")
    lab.tick(lab.local("2026-11-26T10:00"))
    assert other.messages() == []
    assert other.all_steps() == []
    other.tick(lab.local("2026-11-26T10:00"))
    assert [person for _, person in other.messages()] == other.cooks
    assert date(2026, 12, 4) not in {day for day, _ in other.all_steps()}
