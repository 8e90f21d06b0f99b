"""The page behind an alert's link: who may take it up, what they see, and what a mere holder of the link does not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from sharemeal.actions.people import end_person
from sharemeal.alerts import AlertState
from sharemeal.people import Role
from sharemeal.store.alerts import Alert, AlertContact
from sharemeal.store.audit import AuditEntry
from sharemeal.store.base import Store, transaction
from sharemeal.store.people import CodeAttempt
from sharemeal.web.limits import PER_MINUTE
from tests.make.alarm import PERSONAL_WORDS, PINS, WHY, Alarm, alarm
from tests.make.evening import Evening, evening
from tests.web.conftest import Labs, StandingClock

ON_THE_WAY = datetime(2026, 11, 27, 7, 40, tzinfo=UTC)
ClientOf = Callable[[int], FlaskClient]


@pytest.fixture
def friday(store: Store, labs: Labs, now: datetime, clock: StandingClock) -> Evening:
    clock.moment = ON_THE_WAY
    return evening(store, labs.ours, now)


@pytest.fixture
def worry(store: Store, friday: Evening) -> Alarm:
    return alarm(store, friday, ON_THE_WAY)


def alert_of(store: Store, worry: Alarm) -> Alert:
    with store.session(worry.lab_id) as session:
        return session.scalars(select(Alert).where(Alert.id == worry.alert_id)).one()


def take_up(client: FlaskClient, worry: Alarm, pin: str = PINS[0]) -> int:
    return client.post(f"/a/{worry.code}", data={"pin": pin}).status_code


def test_looking_uses_nothing_up_and_shows_nothing_of_the_home(
    app: Flask, store: Store, worry: Alarm
) -> None:
    for _ in range(3):
        page = app.test_client().get(f"/a/{worry.code}")
        assert page.status_code == 200
        assert "確認のお願い" in page.text
        assert 'inputmode="numeric"' in page.text
        assert [word for word in PERSONAL_WORDS if word in page.text] == []
    kept = alert_of(store, worry)
    assert (kept.state, kept.acked_by_id) == (AlertState.NOTIFYING, None)
    with store.session(all_labs=True) as session:
        assert session.scalar(select(func.count()).select_from(CodeAttempt)) == 0


def test_the_pin_takes_it_up_and_shows_this_case_alone(app: Flask, store: Store, worry: Alarm) -> None:
    client = app.test_client()
    assert take_up(client, worry) == 303
    kept = alert_of(store, worry)
    assert (kept.state, kept.acked_by_id) == (AlertState.ACKED, worry.first)
    page = client.get(f"/a/{worry.code}").text
    for words in ("梅原", WHY, "tel:+819000000002", "tel:119", "tel:110", "結果を知らせて終える", "17:25"):
        assert words in page
    assert "さくら荘" in page, "who calls 119 has to say where"
    with client.session_transaction() as session:
        assert "person_id" not in session
    assert client.get("/contacts").status_code == 303, "it is no signing in"
    assert client.get("/households/2").status_code == 303


@pytest.mark.parametrize("pin", ["２５８０", " 2580 ", "25-80"])
def test_a_pin_is_read_as_people_write_it(app: Flask, worry: Alarm, pin: str) -> None:
    assert take_up(app.test_client(), worry, pin) == 303


def test_the_code_is_read_as_people_write_it(app: Flask, worry: Alarm) -> None:
    wide = worry.code.lower().translate({n: n + 0xFEE0 for n in range(0x21, 0x7F)})
    for written in (
        worry.code.lower(),
        f"{worry.code[:4]}-{worry.code[4:]}",
        wide,
        f"{worry.code[:4]}ー{worry.code[4:]}",
    ):
        assert app.test_client().get(f"/a/{written}").status_code == 200
        assert app.test_client().post(f"/a/{written}", data={"pin": "0"}).status_code == 422


def test_an_unknown_code_is_like_any_page_that_is_not_there(app: Flask, worry: Alarm) -> None:
    nowhere = app.test_client().get("/nowhere").text
    for code in ("ZZZZZZZZ", "4242", "x" * 300, "%00", "あ", worry.code[:-1]):
        answer = app.test_client().get(f"/a/{code}")
        assert answer.status_code == 404
        assert answer.text.replace(f"/a/{code}", "/nowhere").count("見つかりませんでした") == nowhere.count(
            "見つかりませんでした"
        )
        assert app.test_client().post(f"/a/{code}", data={"pin": PINS[0]}).status_code == 404
        assert app.test_client().post(f"/a/{code}/outcome").status_code == 404


def test_the_sixth_wrong_pin_meets_a_closed_door(
    app: Flask, store: Store, worry: Alarm, clock: StandingClock
) -> None:
    for _ in range(5):
        wrong = app.test_client().post(f"/a/{worry.code}", data={"pin": "9753"})
        assert wrong.status_code == 422
        assert "PINが違います" in wrong.text
    closed = app.test_client().post(f"/a/{worry.code}", data={"pin": PINS[0]})
    assert closed.status_code == 422
    assert "15分ほど待ってから" in closed.text
    assert [word for word in PERSONAL_WORDS if word in closed.text] == []
    assert alert_of(store, worry).state is AlertState.NOTIFYING
    clock.moment += timedelta(minutes=14)
    assert take_up(app.test_client(), worry) == 422
    clock.moment += timedelta(minutes=1)
    assert take_up(app.test_client(), worry) == 303


def test_a_forwarded_link_without_the_pin_is_worth_nothing(app: Flask, store: Store, worry: Alarm) -> None:
    for form in ({}, {"pin": ""}, {"pin": PINS[1]}, {"pin": "2580" * 20}, {"do": "end", "outcome": "safe"}):
        answer = app.test_client().post(f"/a/{worry.code}", data=form)
        assert answer.status_code == 422
        assert [word for word in PERSONAL_WORDS if word in answer.text] == []
    stranger = app.test_client().post(f"/a/{worry.code}/outcome", data={"do": "end", "outcome": "safe"})
    assert stranger.status_code == 422
    assert [word for word in PERSONAL_WORDS if word in stranger.text] == []
    assert alert_of(store, worry).state is AlertState.NOTIFYING


def test_taking_it_up_twice_changes_nothing(
    app: Flask, store: Store, worry: Alarm, clock: StandingClock
) -> None:
    client, form = app.test_client(), {"pin": PINS[0], "form_id": "one"}
    assert client.post(f"/a/{worry.code}", data=form).status_code == 303
    before = alert_of(store, worry)
    clock.moment += timedelta(minutes=1)
    assert client.post(f"/a/{worry.code}", data=form).status_code == 303
    assert take_up(client, worry) == 303
    after = alert_of(store, worry)
    assert (after.acked_at, after.ack_expires_at) == (before.acked_at, before.ack_expires_at)


def test_the_same_person_finds_their_case_again_on_another_telephone(app: Flask, worry: Alarm) -> None:
    assert take_up(app.test_client(), worry) == 303
    other = app.test_client()
    first = other.get(f"/a/{worry.code}")
    assert "引き受けた人がいます" in first.text
    assert [word for word in PERSONAL_WORDS if word in first.text] == []
    assert take_up(other, worry) == 303
    assert "梅原" in other.get(f"/a/{worry.code}").text


def test_who_comes_second_learns_who_has_it(
    app: Flask, worry: Alarm, client_of: ClientOf, store: Store
) -> None:
    assert take_up(app.test_client(), worry) == 303
    second = client_of(worry.second)
    seen = second.get(f"/a/{worry.code}").text
    assert "桜井さんが、" in seen
    assert "することはありません" in seen
    late = second.post(f"/a/{worry.code}")
    assert late.status_code == 409
    assert "梅原" not in late.text
    assert alert_of(store, worry).acked_by_id == worry.first


def test_a_coordinator_who_is_signed_in_needs_no_pin(worry: Alarm, client_of: ClientOf, store: Store) -> None:
    client = client_of(worry.second)
    page = client.get(f"/a/{worry.code}").text
    assert 'name="pin"' not in page
    assert client.post(f"/a/{worry.code}").status_code == 303
    assert alert_of(store, worry).acked_by_id == worry.second
    assert "梅原" in client.get(f"/a/{worry.code}").text


@pytest.mark.parametrize("role", [Role.KITCHEN, Role.VOLUNTEER, Role.LAB_ADMIN, Role.COORDINATOR])
def test_who_is_signed_in_as_somebody_else_is_treated_like_anybody(
    worry: Alarm, labs: Labs, person: Callable[..., int], client_of: ClientOf, friday: Evening, role: Role
) -> None:
    """A kitchen, a volunteer and an admin outside the chain of ours; a coordinator of another lab."""
    lab_id = labs.strangers if role is Role.COORDINATOR else labs.ours
    kitchen_id = friday.kitchen_id if role is Role.KITCHEN else None
    client = client_of(person(lab_id, role, "だれか", kitchen_id=kitchen_id))
    page = client.get(f"/a/{worry.code}").text
    assert 'name="pin"' in page
    assert [word for word in PERSONAL_WORDS if word in page] == []
    assert 'class="plate"' not in page
    assert client.post(f"/a/{worry.code}").status_code == 422
    assert take_up(client, worry) == 303, "the PIN counts, whoever else is signed in here"
    assert "梅原" in client.get(f"/a/{worry.code}").text


def test_an_admin_of_the_chain_needs_no_pin(worry: Alarm, client_of: ClientOf, store: Store) -> None:
    with store.session(worry.lab_id) as session, transaction(session, ON_THE_WAY):
        alert = session.scalars(select(Alert)).one()
        alert.chain_snapshot = {
            "contacts": [{"person_id": worry.first}],
            "admins": [{"person_id": worry.admin}],
        }
    client = client_of(worry.admin)
    assert client.post(f"/a/{worry.code}").status_code == 303
    assert alert_of(store, worry).acked_by_id == worry.admin


@pytest.mark.parametrize("how", ["ended", "unconfirmed", "removed", "not in the chain when it opened"])
def test_who_has_left_is_refused_with_the_right_pin_too(
    app: Flask, store: Store, worry: Alarm, how: str
) -> None:
    with store.session(worry.lab_id) as session:
        if how == "ended":
            end_person(session, worry.first, now=ON_THE_WAY)
        else:
            with transaction(session, ON_THE_WAY):
                row = session.scalars(select(AlertContact).where(AlertContact.person_id == worry.first)).one()
                if how == "unconfirmed":
                    row.confirmed_at = None
                elif how == "removed":
                    session.delete(row)
                else:
                    session.scalars(select(Alert)).one().chain_snapshot = {
                        "contacts": [{"person_id": worry.second}],
                        "admins": [],
                    }
    assert take_up(app.test_client(), worry) == 422
    assert alert_of(store, worry).state is AlertState.NOTIFYING


def test_an_ended_person_loses_the_case_at_once(app: Flask, store: Store, worry: Alarm) -> None:
    client = app.test_client()
    take_up(client, worry)
    with store.session(worry.lab_id) as session:
        end_person(session, worry.first, now=ON_THE_WAY)
    assert "梅原" not in client.get(f"/a/{worry.code}").text
    assert client.post(f"/a/{worry.code}/outcome", data={"outcome": "safe"}).status_code == 422


def test_what_is_read_of_the_home_is_noted_under_who_took_it_up(
    app: Flask, store: Store, worry: Alarm
) -> None:
    client = app.test_client()
    client.get(f"/a/{worry.code}")
    take_up(client, worry)
    client.get(f"/a/{worry.code}")
    with store.session(all_labs=True) as session:
        query = select(AuditEntry.actor).where(AuditEntry.subject == "household", AuditEntry.what == "read")
        assert set(session.scalars(query)) == {f"coordinator {worry.first}"}


def test_a_flood_of_tries_is_slowed_down(app: Flask, worry: Alarm) -> None:
    answers = [app.test_client().post(f"/a/{worry.code}").status_code for _ in range(PER_MINUTE + 1)]
    assert set(answers[:-1]) == {422}
    assert answers[-1] == 429


def test_after_the_end_a_link_changes_nothing(app: Flask, store: Store, worry: Alarm) -> None:
    client = app.test_client()
    take_up(client, worry)
    client.post(f"/a/{worry.code}/outcome", data={"outcome": "safe", "memo": "話せた", "do": "end"})
    ended = alert_of(store, worry)
    for browser in (client, app.test_client()):
        assert browser.post(f"/a/{worry.code}", data={"pin": PINS[0]}).status_code == 303
        told = browser.post(f"/a/{worry.code}/outcome", data={"outcome": "emergency", "do": "end"})
        assert told.status_code in (303, 422)
        page = browser.get(f"/a/{worry.code}").text
        assert "この確認は、" in page
        assert [word for word in PERSONAL_WORDS if word in page] == []
    after = alert_of(store, worry)
    assert (after.state, after.ended_at, after.acked_by_id) == (ended.state, ended.ended_at, worry.first)
