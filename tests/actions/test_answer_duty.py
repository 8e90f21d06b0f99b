"""Answers of volunteers: kept once, changed freely while the day is a draft, and never lost behind a settled day."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from sharemeal.actions.answer_duty import answer_duty
from sharemeal.labs import LabRules
from sharemeal.papers.tables import Change
from sharemeal.people import Role
from sharemeal.places import Point
from sharemeal.sentences import Refused
from sharemeal.service_days import DayState
from sharemeal.store.audit import AuditEntry
from sharemeal.store.base import Store, transaction
from sharemeal.store.labs import Lab
from sharemeal.store.people import Person
from sharemeal.store.service_days import ServiceDay
from sharemeal.store.volunteers import DutyAnswer, Volunteer, answers_on
from sharemeal.volunteers import Mode, Shift

FRIDAY = date(2026, 11, 27)


@pytest.fixture
def lab_id(store: Store, now: datetime) -> int:
    with store.session(all_labs=True) as session, transaction(session, now):
        lab = Lab(slug="aobadai", name="青葉台・藤が丘", rules=LabRules())
        session.add(lab)
    return lab.id


@pytest.fixture
def volunteer_id(store: Store, lab_id: int, now: datetime) -> int:
    with store.session(lab_id) as session, transaction(session, now):
        volunteer = Volunteer(
            number=1,
            person=Person(role=Role.VOLUNTEER, name="富永", uniquifier="v1"),
            mode=Mode.WALK,
            meals_carried=10,
            place=Point(35.541460, 139.526663),
            shift=Shift(16 * 3600, 19 * 3600),
        )
        session.add(volunteer)
    return volunteer.id


def test_an_answer_is_kept_and_changed(store: Store, lab_id: int, volunteer_id: int, now: datetime) -> None:
    with store.session(lab_id) as session:
        assert answer_duty(session, volunteer_id, FRIDAY, can_serve=False, now=now) is Change.CREATED
        assert answer_duty(session, volunteer_id, FRIDAY, can_serve=False, now=now) is Change.UNCHANGED
        assert answer_duty(session, volunteer_id, FRIDAY, can_serve=True, now=now) is Change.UPDATED
    with store.session(lab_id) as session:
        assert answers_on(session, FRIDAY) == {volunteer_id: True}
        assert len(list(session.scalars(select(DutyAnswer)))) == 1


@pytest.mark.parametrize("state", [DayState.FIXED, DayState.UNDER_WAY, DayState.CLOSED])
def test_a_settled_day_wants_a_call(
    store: Store, lab_id: int, volunteer_id: int, now: datetime, state: DayState
) -> None:
    with store.session(lab_id) as session, transaction(session, now):
        session.add(ServiceDay(service_date=FRIDAY, state=state, summary={}))
    with store.session(lab_id) as session, pytest.raises(Refused, match="電話"):
        answer_duty(session, volunteer_id, FRIDAY, can_serve=False, now=now)
    with store.session(lab_id) as session:
        assert answers_on(session, FRIDAY) == {}


def test_a_draft_takes_answers(store: Store, lab_id: int, volunteer_id: int, now: datetime) -> None:
    with store.session(lab_id) as session, transaction(session, now):
        session.add(ServiceDay(service_date=FRIDAY, state=DayState.DRAFT, summary={}))
    with store.session(lab_id) as session:
        assert answer_duty(session, volunteer_id, FRIDAY, can_serve=False, now=now) is Change.CREATED


def test_a_past_day_is_refused(store: Store, lab_id: int, volunteer_id: int, now: datetime) -> None:
    with store.session(lab_id) as session, pytest.raises(Refused, match="過ぎて"):
        answer_duty(session, volunteer_id, FRIDAY, can_serve=False, now=now + timedelta(days=3))


def test_a_stranger_finds_nobody(store: Store, volunteer_id: int, now: datetime) -> None:
    with store.session(all_labs=True) as session, transaction(session, now):
        other = Lab(slug="tsuzuki", name="都筑", rules=LabRules())
        session.add(other)
    with store.session(other.id) as session, pytest.raises(LookupError):
        answer_duty(session, volunteer_id, FRIDAY, can_serve=False, now=now)


def test_nothing_personal_is_read(store: Store, lab_id: int, volunteer_id: int, now: datetime) -> None:
    with store.session(lab_id) as session:
        answer_duty(session, volunteer_id, FRIDAY, can_serve=False, now=now)
        assert not session.info.get("readings")
        assert not [each for each in session.scalars(select(AuditEntry)) if each.what == "read"]
