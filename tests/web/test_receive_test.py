"""The page behind a receive test's link: one press, no sign-in, nothing of anybody; alerts' links stay as they are."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from sharemeal.actions.send_receive_tests import send_receive_tests
from sharemeal.messages import Channel
from sharemeal.people import Role
from sharemeal.store.alerts import AlertContact
from sharemeal.store.base import Store, transaction
from sharemeal.store.messages import Message
from sharemeal.store.people import Person
from tests.make.alarm import alarm, contact
from tests.make.evening import evening
from tests.web.conftest import Labs, StandingClock

LATER = timedelta(days=32)


@pytest.fixture
def code(store: Store, labs: Labs, person: Callable[..., int], clock: StandingClock, now: datetime) -> str:
    """The code of a test that was sent a while after its contact's number was confirmed."""
    contact(store, labs.ours, person(labs.ours, Role.COORDINATOR, "桜井"), 1, "2580", now)
    clock.moment = now + LATER
    with store.session(labs.ours) as session:
        send_receive_tests(session, now=clock.moment)
        return session.scalars(select(Message)).one().code


def answered_at(store: Store) -> datetime | None:
    with store.session(all_labs=True) as session:
        return session.scalars(select(AlertContact)).one().tested_at


def test_one_press_says_that_it_has_come(app: Flask, store: Store, code: str, clock: StandingClock) -> None:
    phone = app.test_client()
    for _ in range(2):
        asked = phone.get(f"/a/{code.lower()}")
        assert asked.status_code == 200
        assert "届きました" in asked.text
    assert answered_at(store) is None, "looking uses nothing up"
    assert phone.post(f"/a/{code}/arrived").headers["Location"] == f"/a/{code}"
    assert answered_at(store) == clock.moment
    assert "ありがとうございます" in phone.get(f"/a/{code}").text
    first = clock.moment
    clock.moment += timedelta(minutes=5)
    assert phone.post(f"/a/{code}/arrived", follow_redirects=True).status_code == 200
    assert answered_at(store) == first
    assert "桜井" not in asked.text


def test_a_press_from_elsewhere_without_the_page_is_refused(app: Flask, store: Store, code: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert app.test_client().post(f"/a/{code}/arrived").status_code == 400
    assert answered_at(store) is None


@pytest.mark.parametrize("code_of_none", ["22222222", "x", "あ" * 8, "2" * 200])
def test_a_code_of_nothing_is_not_found(app: Flask, labs: Labs, code_of_none: str) -> None:
    assert app.test_client().get(f"/a/{code_of_none}").status_code == 404
    assert app.test_client().post(f"/a/{code_of_none}/arrived").status_code == 404


def test_a_test_opens_nothing_of_an_alert(app: Flask, code: str) -> None:
    assert app.test_client().post(f"/a/{code}", data={"pin": "2580"}).status_code == 404
    assert app.test_client().post(f"/a/{code}/outcome", data={"memo": "x"}).status_code == 404


def test_who_does_not_answer_stands_on_the_desk(
    client_of: Callable[[int], FlaskClient],
    person: Callable[..., int],
    labs: Labs,
    code: str,
    clock: StandingClock,
    app: Flask,
) -> None:
    me = person(labs.ours, Role.COORDINATOR, "野口")
    assert "受信テスト中" in client_of(me).get("/contacts").text
    clock.moment += timedelta(days=2, minutes=1)
    desk = client_of(me)
    page = desk.get("/contacts").text
    assert "受信テストに返事がありません" in page
    assert "桜井さんに声をかけ" in page
    assert "受信テストに返事がありません" in desk.get("/today").text
    app.test_client().post(f"/a/{code}/arrived")
    assert "返事がありません" not in desk.get("/contacts").text
    stranger = client_of(person(labs.strangers, Role.COORDINATOR, "よそ"))
    assert "桜井" not in stranger.get("/contacts").text


def test_an_alerts_code_is_no_test(app: Flask, store: Store, labs: Labs, now: datetime) -> None:
    made = alarm(store, evening(store, labs.ours, now), now)
    phone = app.test_client()
    assert "確認のお願い" in phone.get(f"/a/{made.code}").text
    assert phone.post(f"/a/{made.code}/arrived").status_code == 404


def test_the_e_mail_beside_asks_for_the_text_as_well(
    app: Flask,
    store: Store,
    labs: Labs,
    person: Callable[..., int],
    client_of: Callable[[int], FlaskClient],
    clock: StandingClock,
    now: datetime,
) -> None:
    me = person(labs.ours, Role.COORDINATOR, "桜井")
    contact(store, labs.ours, me, 1, "2580", now)
    with store.session(labs.ours) as session, transaction(session, now):
        somebody = session.get_one(Person, me)
        somebody.email = somebody.email_index = "sakurai@example.org"
    clock.moment = now + LATER
    with store.session(labs.ours) as session:
        send_receive_tests(session, now=clock.moment)
        mail = session.scalars(select(Message).where(Message.channel == Channel.EMAIL)).one()
    assert "メール</p>" in client_of(me).get("/outbox").text
    phone = app.test_client()
    assert "SMSの受信テストも" in phone.post(f"/a/{mail.code}/arrived", follow_redirects=True).text
    assert answered_at(store) is None
    clock.moment += timedelta(days=3)
    page = client_of(me).get("/contacts").text
    assert "受信テストに返事がありません" in page
    assert "メールのほうは、届いたと返事がありました" in page
