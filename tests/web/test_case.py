"""The case of who took an alert up: memo, 結果, and the end of what may be seen."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import undefer

from sharemeal.actions.concerns import close_concern
from sharemeal.actions.take_up import end_concern
from sharemeal.actions.take_up import take_up as deed
from sharemeal.alerts import ACK_LIVES, AlertState
from sharemeal.messages import Purpose
from sharemeal.store import messages
from sharemeal.store.base import Store, transaction
from sharemeal.store.watch import Concern
from sharemeal.watch import Ending
from sharemeal.web import sessions
from tests.make.alarm import PERSONAL_WORDS, PINS, Alarm, alarm
from tests.make.evening import evening
from tests.web.conftest import Labs, StandingClock
from tests.web.test_take_up import ON_THE_WAY, alert_of, take_up


@pytest.fixture
def worry(store: Store, labs: Labs, now: datetime, clock: StandingClock) -> Alarm:
    clock.moment = ON_THE_WAY
    return alarm(store, evening(store, labs.ours, now), ON_THE_WAY)


@pytest.fixture
def client(app: Flask, worry: Alarm) -> FlaskClient:
    """The browser in which it was taken up by PIN."""
    made = app.test_client()
    assert take_up(made, worry) == 303
    return made


def concern_of(store: Store, worry: Alarm) -> Concern:
    with store.session(worry.lab_id) as session:
        return session.scalars(select(Concern).options(undefer(Concern.memo))).one()


def test_memo_and_outcome_end_it_and_all_who_were_told_hear_of_it(
    client: FlaskClient, store: Store, worry: Alarm, app: Flask
) -> None:
    form = {"memo": "電話で話せた。食べはじめて落ち着いた", "outcome": "safe", "do": "end"}
    assert client.post(f"/a/{worry.code}/outcome", data=form).status_code == 303
    kept = concern_of(store, worry)
    assert (kept.ended_as, kept.memo, kept.ended_by_id) == (Ending.SAFE, form["memo"], worry.first)
    assert alert_of(store, worry).state is AlertState.ENDED
    for browser in (client, app.test_client()):
        page = browser.get(f"/a/{worry.code}").text
        assert "この確認は、" in page
        assert [word for word in PERSONAL_WORDS if word in page] == []
    with client.session_transaction() as session:
        assert session["case"]["alerts"] == {}


def test_a_memo_alone_is_kept_and_the_case_goes_on(client: FlaskClient, store: Store, worry: Alarm) -> None:
    form = {"memo": "電話に出ない", "do": "memo"}
    assert client.post(f"/a/{worry.code}/outcome", data=form).status_code == 303
    assert concern_of(store, worry).memo == "電話に出ない"
    assert "電話に出ない" in client.get(f"/a/{worry.code}").text
    assert alert_of(store, worry).state is AlertState.ACKED


@pytest.mark.parametrize("outcome", ["", "met", "withdrawn", "nonsense"])
def test_without_an_outcome_that_people_choose_nothing_ends(
    client: FlaskClient, store: Store, worry: Alarm, outcome: str
) -> None:
    answer = client.post(f"/a/{worry.code}/outcome", data={"memo": "書きかけ", "outcome": outcome})
    assert answer.status_code == 422
    assert "結果がまだ選ばれていません" in answer.text
    assert "書きかけ" in answer.text
    assert concern_of(store, worry).ended_at is None


def test_a_memo_that_is_too_long_is_told_at_its_field(
    client: FlaskClient, store: Store, worry: Alarm
) -> None:
    answer = client.post(f"/a/{worry.code}/outcome", data={"memo": "長" * 1001, "outcome": "safe"})
    assert answer.status_code == 422
    assert "1000字まで" in answer.text
    assert concern_of(store, worry).ended_at is None


def test_an_ack_that_has_expired_shows_nothing_more(
    client: FlaskClient, store: Store, worry: Alarm, clock: StandingClock
) -> None:
    clock.moment += ACK_LIVES - timedelta(seconds=1)
    assert "梅原" in client.get(f"/a/{worry.code}").text
    clock.moment += timedelta(seconds=1)
    page = client.get(f"/a/{worry.code}").text
    assert "確認のお願い" in page
    assert [word for word in PERSONAL_WORDS if word in page] == []
    late = client.post(f"/a/{worry.code}/outcome", data={"memo": "書きかけ", "outcome": "safe"})
    assert late.status_code == 422
    assert "もう一度引き受けてから" in late.text
    assert "書きかけ" in late.text
    assert concern_of(store, worry).ended_at is None


def test_what_another_ended_meanwhile_is_over_here_too(
    client: FlaskClient, store: Store, worry: Alarm
) -> None:
    with store.session(worry.lab_id) as session:
        end_concern(
            session,
            worry.concern_id,
            ended_as=Ending.FAMILY,
            memo="",
            person_id=worry.second,
            now=ON_THE_WAY,
        )
    answer = client.post(f"/a/{worry.code}/outcome", data={"outcome": "safe", "memo": ""})
    assert answer.status_code == 303
    assert concern_of(store, worry).ended_as is Ending.FAMILY
    assert client.post(f"/a/{worry.code}", data={"pin": PINS[0]}).status_code == 303
    assert alert_of(store, worry).state is AlertState.ENDED


def test_what_was_found_out_is_kept_though_the_program_ended_it_meanwhile(
    client: FlaskClient, store: Store, worry: Alarm
) -> None:
    with store.session(worry.lab_id) as session, transaction(session, ON_THE_WAY):
        concern = session.scalars(select(Concern)).one()
        close_concern(session, concern, Ending.MET, now=ON_THE_WAY)
    answer = client.post(f"/a/{worry.code}/outcome", data={"outcome": "safe", "memo": "電話で話せた"})
    assert answer.status_code == 303
    assert (concern_of(store, worry).ended_as, concern_of(store, worry).memo) == (Ending.SAFE, "電話で話せた")
    assert "この確認は、" in client.get(f"/a/{worry.code}").text


def test_an_expired_ack_is_free_for_everybody_at_once(
    client: FlaskClient, app: Flask, store: Store, worry: Alarm, clock: StandingClock
) -> None:
    clock.moment += ACK_LIVES
    assert take_up(client, worry) == 303
    assert "梅原" in client.get(f"/a/{worry.code}").text
    kept = alert_of(store, worry)
    assert (kept.acked_by_id, kept.acked_at) == (worry.first, clock.moment)
    clock.moment += ACK_LIVES
    with store.session(worry.lab_id) as session:
        deed(session, worry.alert_id, worry.second, now=clock.moment)
    assert alert_of(store, worry).acked_by_id == worry.second
    assert "梅原" not in client.get(f"/a/{worry.code}").text


def test_an_all_clears_code_leads_nowhere(client: FlaskClient, store: Store, worry: Alarm) -> None:
    with store.session(worry.lab_id) as session:
        end_concern(
            session, worry.concern_id, ended_as=Ending.SAFE, memo="", person_id=worry.first, now=ON_THE_WAY
        )
        others = [
            each for each in messages.of_alert(session, worry.alert_id) if each.purpose is not Purpose.ALERT
        ]
    assert [client.get(f"/a/{each.code}").status_code for each in others] == [404] * len(others)


def test_an_id_that_another_has_set_does_not_see_the_case(app: Flask, store: Store, worry: Alarm) -> None:
    victim = app.test_client()
    with victim.session_transaction() as session:
        session["csrf_token"] = "planted"
    planted = victim.get_cookie(sessions.COOKIE)
    assert planted is not None
    assert take_up(victim, worry) == 303
    other = app.test_client()
    other.set_cookie(sessions.COOKIE, planted.value)
    assert "梅原" not in other.get(f"/a/{worry.code}").text
    assert "梅原" in victim.get(f"/a/{worry.code}").text


def test_going_out_closes_the_case(client: FlaskClient, worry: Alarm) -> None:
    client.post("/signout")
    assert "梅原" not in client.get(f"/a/{worry.code}").text


def test_another_alerts_case_is_not_this_ones(
    app: Flask, store: Store, worry: Alarm, client: FlaskClient
) -> None:
    with client.session_transaction() as session:
        session["case"] = {**session["case"], "alerts": {worry.code: worry.alert_id + 1}, "until": ""}
    assert "梅原" not in client.get(f"/a/{worry.code}").text
