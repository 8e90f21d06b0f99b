"""The banner on the desk while the watching itself is late: for coordinators and lab admins, about nobody."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from sharemeal.actions.watch_the_watch import keep_alarms
from sharemeal.alarms import ALARM_WORDS, AlarmKind
from sharemeal.people import Role
from sharemeal.store.base import Store
from tests.make.alarm import PERSONAL_WORDS
from tests.make.lateness import Late
from tests.web.conftest import Labs, StandingClock

SAID = "電話で確かめてください"
DESK = (Role.COORDINATOR, Role.LAB_ADMIN)


@pytest.fixture
def late(store: Store, labs: Labs, now: datetime) -> Late:
    return Late(store, now, lab_id=labs.ours)


@pytest.fixture
def desk(
    labs: Labs, person: Callable[..., int], client_of: Callable[[int], FlaskClient]
) -> Callable[..., FlaskClient]:
    def open_as(role: Role, lab_id: int = labs.ours) -> FlaskClient:
        return client_of(person(lab_id, role, f"{role.value}の人"))

    return open_as


@pytest.mark.parametrize("role", DESK)
def test_the_desk_says_that_the_watch_is_late_and_what_to_do_until_it_is_over(
    late: Late, desk: Callable[..., FlaskClient], now: datetime, role: Role
) -> None:
    client = desk(role)
    assert SAID not in client.get("/today").text
    keep_alarms(late.store, {AlarmKind.MESSAGE_LATE: 3}, now=now)
    page = client.get("/today").text
    assert SAID in page
    assert ALARM_WORDS[AlarmKind.MESSAGE_LATE] in page
    assert ("ほかの世話人にも電話で" in page) is (role is Role.COORDINATOR)
    assert ("世話人に電話で知らせて" in page) is (role is Role.LAB_ADMIN)
    keep_alarms(late.store, {}, now=now)
    assert SAID not in client.get("/today").text


def test_jobs_of_which_nothing_is_heard_are_said_though_nobody_raises_an_alarm(
    late: Late, desk: Callable[..., FlaskClient], clock: StandingClock, now: datetime
) -> None:
    clock.moment = now + timedelta(minutes=5)
    page = desk(Role.COORDINATOR).get("/today").text
    assert SAID in page
    assert ALARM_WORDS[AlarmKind.JOB_LATE] in page


def test_an_open_page_notices(late: Late, desk: Callable[..., FlaskClient], now: datetime) -> None:
    client = desk(Role.COORDINATOR)
    before = client.get("/today/state").json
    keep_alarms(late.store, {AlarmKind.MESSAGE_LATE: 3}, now=now)
    after = client.get("/today/state").json
    assert before is not None
    assert after is not None
    assert before["fingerprint"] != after["fingerprint"]


def test_the_desk_of_another_lab_learns_that_the_house_is_late_and_nothing_of_ours(
    late: Late, desk: Callable[..., FlaskClient], labs: Labs, now: datetime
) -> None:
    late.silence()
    keep_alarms(late.store, {AlarmKind.SILENCE_LATE: 1}, now=now)
    page = desk(Role.COORDINATOR, labs.strangers).get("/today").text
    assert SAID in page
    assert [word for word in (*PERSONAL_WORDS, "お届け先2") if word in page] == []


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.KITCHEN])
def test_who_has_no_desk_sees_no_banner(
    late: Late, desk: Callable[..., FlaskClient], now: datetime, role: Role
) -> None:
    keep_alarms(late.store, {AlarmKind.MESSAGE_LATE: 3}, now=now)
    answer = desk(role).get("/today")
    assert answer.status_code == 403
    assert SAID not in answer.text
