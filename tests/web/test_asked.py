"""Several requests behind one text: the page counts them for who holds the link, and lists them for who was asked."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from sharemeal.actions.concerns import raise_concern
from sharemeal.actions.take_up import take_up
from sharemeal.alerts import ACK_LIVES, AlertState
from sharemeal.sentences import word
from sharemeal.store import households, messages, service_days
from sharemeal.store.alerts import Alert, AlertContact
from sharemeal.store.base import Store, transaction
from sharemeal.store.labs import all_labs
from sharemeal.watch import Kind, Level, Verdict
from tests.make.alarm import PERSONAL_WORDS, PINS, Alarm, alarm
from tests.make.evening import FRIDAY, Evening, evening
from tests.web.conftest import Labs, StandingClock
from tests.web.test_take_up import ON_THE_WAY


@pytest.fixture
def friday(store: Store, labs: Labs, now: object, clock: StandingClock) -> Evening:
    clock.moment = ON_THE_WAY
    return evening(store, labs.ours, now)  # type: ignore[arg-type]


@pytest.fixture
def worry(store: Store, friday: Evening) -> Alarm:
    return alarm(store, friday, ON_THE_WAY)


@pytest.fixture
def other_code(store: Store, worry: Alarm) -> str:
    """A second request to the first contact, about home 1."""
    with store.session(worry.lab_id) as session, transaction(session, ON_THE_WAY):
        day, home = service_days.on(session, FRIDAY), households.by_number(session, 1)
        assert day is not None
        assert home is not None
        verdict = Verdict(Level.TODAY, Kind.UNSEEN, timedelta(0), word("会えず"))
        concern = raise_concern(
            session,
            verdict,
            day_id=day.id,
            since=ON_THE_WAY,
            key="second",
            household_id=home.id,
            now=ON_THE_WAY,
        )
        alert = session.scalars(select(Alert).where(Alert.concern_id == concern.id)).one()
        [told] = messages.of_alert(session, alert.id)
        assert told.person_id == worry.first
    return told.code


def state(store: Store, lab_id: int, code: str) -> AlertState:
    with store.session(lab_id) as session:
        row = messages.by_code(session, code)
        assert row is not None
        return session.get_one(Alert, row.alert_id).state


def test_who_holds_the_link_learns_how_many_and_no_more(app: Flask, worry: Alarm, other_code: str) -> None:
    for code in (worry.code, other_code):
        page = app.test_client().get(f"/a/{code}").text
        assert "確認のお願いが、2件あります" in re.sub("<[^>]*>", "", page)
        assert [each for each in PERSONAL_WORDS if each in page] == []
        assert "会えず" not in page
    assert other_code not in app.test_client().get(f"/a/{worry.code}").text


def test_one_pin_opens_every_request_and_each_is_taken_up_by_itself(
    app: Flask, store: Store, worry: Alarm, other_code: str
) -> None:
    client = app.test_client()
    assert client.post(f"/a/{worry.code}", data={"pin": PINS[0]}).status_code == 303
    case = client.get(f"/a/{worry.code}").text
    assert "梅原" in case
    assert "会えず" in case
    assert f'action="/a/{other_code}"' in case
    assert state(store, worry.lab_id, other_code) is AlertState.NOTIFYING
    assert client.post(f"/a/{other_code}").status_code == 303
    assert state(store, worry.lab_id, other_code) is AlertState.ACKED
    for code, words in ((worry.code, "梅原"), (other_code, "お届け先")):
        page = client.get(f"/a/{code}").text
        assert words in page
        assert "結果を知らせて終える" in page, "both cases stay open in this browser"
    ended = client.post(f"/a/{worry.code}/outcome", data={"outcome": "safe", "memo": "", "do": "end"})
    assert ended.status_code == 303
    assert state(store, worry.lab_id, worry.code) is AlertState.ENDED
    assert "結果を知らせて終える" in client.get(f"/a/{other_code}").text


def test_another_browser_and_a_later_hour_need_the_pin_again(
    app: Flask, store: Store, worry: Alarm, other_code: str, clock: StandingClock
) -> None:
    client = app.test_client()
    client.post(f"/a/{worry.code}", data={"pin": PINS[0]})
    assert app.test_client().post(f"/a/{other_code}").status_code == 422
    clock.moment = ON_THE_WAY + ACK_LIVES
    assert client.post(f"/a/{other_code}").status_code == 422
    assert state(store, worry.lab_id, other_code) is AlertState.NOTIFYING


def test_who_has_left_the_chain_takes_no_more_up(
    app: Flask, store: Store, worry: Alarm, other_code: str
) -> None:
    client = app.test_client()
    client.post(f"/a/{worry.code}", data={"pin": PINS[0]})
    with store.session(worry.lab_id) as session, transaction(session, ON_THE_WAY):
        session.delete(
            session.scalars(select(AlertContact).where(AlertContact.person_id == worry.first)).one()
        )
    assert client.post(f"/a/{other_code}").status_code == 422
    assert state(store, worry.lab_id, other_code) is AlertState.NOTIFYING


def test_an_ended_request_leads_to_what_is_still_open(
    app: Flask, store: Store, worry: Alarm, other_code: str
) -> None:
    with store.session(worry.lab_id) as session:
        take_up(session, worry.alert_id, worry.second, now=ON_THE_WAY)
    page = app.test_client().get(f"/a/{worry.code}").text
    assert "ほかの確認のお願い 1件" in page
    assert f'href="/a/{other_code}"' in page
    assert [each for each in PERSONAL_WORDS if each in page] == []


def test_a_stranger_is_no_nearer(app: Flask, store: Store, labs: Labs, worry: Alarm, other_code: str) -> None:
    stranger = app.test_client()
    with store.session(all_labs=True) as session:
        assert len(all_labs(session)) > 1
    assert stranger.post(f"/a/{other_code}", data={"pin": PINS[1]}).status_code == 422
    assert state(store, worry.lab_id, other_code) is AlertState.NOTIFYING
