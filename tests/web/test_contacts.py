"""連絡先 as pages: who sees what, and one's own number from the SMS to the PIN."""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import undefer

from sharemeal.alerts import Hours, Link
from sharemeal.people import Role
from sharemeal.store.alerts import AlertContact, chain_now
from sharemeal.store.base import Store, transaction
from sharemeal.store.messages import Message
from sharemeal.store.people import Person
from tests.make.alarm import contact
from tests.web.conftest import Labs, StandingClock

ClientOf = Callable[[int], FlaskClient]


@pytest.fixture
def me(labs: Labs, person: Callable[..., int]) -> int:
    return person(labs.ours, Role.COORDINATOR, "桜井")


@pytest.fixture
def desk(client_of: ClientOf, me: int) -> FlaskClient:
    return client_of(me)


def digits_sent(store: Store) -> str:
    with store.session(all_labs=True) as session:
        query = select(Message).order_by(Message.id.desc()).options(undefer(Message.detail))
        sent = session.scalars(query).first()
        assert sent is not None
        assert sent.detail is not None
        return sent.detail


def test_from_nobody_to_a_confirmed_contact(
    desk: FlaskClient, store: Store, me: int, clock: StandingClock
) -> None:
    empty = desk.get("/contacts").text
    assert "あと2人いります" in empty
    desk.post("/contacts", data={"person": me})
    assert "番号の確認待ち" in desk.get("/contacts").text
    desk.post("/contacts/number", data={"phone": "090-0000-0041"})
    asked = desk.get("/contacts").text
    assert "届いた6けたの番号" in asked
    assert "•••-••••-0041" in asked
    assert "0000-0041" not in asked.replace("•••-••••-0041", "")
    form = {"digits": digits_sent(store), "pin": "2580", "again": "2580"}
    assert desk.post("/contacts/confirm", data=form).status_code == 303
    done = desk.get("/contacts").text
    assert "確認済み</span>" in done
    assert "あと1人いります" in done
    assert "送るのを待っています" in done, "the receive test's state"
    assert "ひと月たちました" not in done
    clock.moment += timedelta(days=32)
    with store.session(all_labs=True) as session:
        assert session.scalars(select(AlertContact)).one().counts


def test_refusals_stand_at_their_field(desk: FlaskClient, me: int, store: Store) -> None:
    desk.post("/contacts", data={"person": me})
    wrong = desk.post("/contacts/number", data={"phone": "045-000-0000"})
    assert wrong.status_code == 422
    assert "SMSを受け取れません" in wrong.text
    assert 'value="045-000-0000"' in wrong.text
    desk.post("/contacts/number", data={"phone": "090-0000-0041"})
    trivial = desk.post(
        "/contacts/confirm", data={"digits": digits_sent(store), "pin": "1111", "again": "1111"}
    )
    assert trivial.status_code == 422
    assert "はじめに試されます" in trivial.text
    assert 'value="1111"' not in trivial.text
    late = desk.post("/contacts/confirm", data={"digits": "x", "pin": "2580", "again": "2580"})
    assert "確認番号が違います" in late.text


def test_two_confirmed_people_are_enough(
    desk: FlaskClient, store: Store, labs: Labs, me: int, person: Callable[..., int], now: datetime
) -> None:
    other = person(labs.ours, Role.LAB_ADMIN, "林")
    contact(store, labs.ours, me, 1, "2580", now)
    contact(store, labs.ours, other, 2, "1470", now)
    page = desk.get("/contacts").text
    assert "人いります" not in page
    assert page.index("桜井") < page.index("林")
    desk.post(f"/contacts/{other}/move", data={"to": "up"})
    chain = re.search(r'<ol class="chain">.*?</ol>', desk.get("/contacts").text, re.DOTALL)
    assert chain is not None
    assert chain[0].index("林") < chain[0].index("桜井")
    desk.post(f"/contacts/{other}/leave")
    assert "あと1人いります" in desk.get("/contacts").text


def test_a_stranger_changes_nothing_of_our_chain(
    client_of: ClientOf, store: Store, labs: Labs, me: int, person: Callable[..., int], now: datetime
) -> None:
    contact(store, labs.ours, me, 1, "2580", now)
    stranger = client_of(person(labs.strangers, Role.COORDINATOR, "よそ"))
    assert "桜井" not in stranger.get("/contacts").text
    for path in (f"/contacts/{me}/move", f"/contacts/{me}/leave", "/contacts/number"):
        assert stranger.post(path, data={"to": "up", "phone": "090-0000-0041"}).status_code == 404
    assert stranger.post("/contacts", data={"person": me}).status_code == 404
    assert stranger.post("/contacts", data={"person": "x"}).status_code == 404
    with store.session(all_labs=True) as session:
        row = session.scalars(select(AlertContact)).one()
        assert (row.person_id, row.position) == (me, 1)


def test_nobody_confirms_for_another(
    desk: FlaskClient, store: Store, labs: Labs, person: Callable[..., int], now: datetime
) -> None:
    other = person(labs.ours, Role.COORDINATOR, "野口")
    with store.session(labs.ours) as session, transaction(session, now):
        session.add(AlertContact(person_id=other, position=1))
        session.get_one(Person, other).phone = "+819000000021"
    form = {"phone": "090-0000-0041", "digits": "000000", "pin": "2580", "again": "2580", "person": other}
    for path in ("/contacts/number", "/contacts/confirm", "/contacts/pin"):
        assert desk.post(path, data=form).status_code == 404
    assert "•••-••••-0021" in desk.get("/contacts").text


@pytest.mark.parametrize("role", [Role.KITCHEN, Role.VOLUNTEER])
def test_others_do_not_open_it(
    client_of: ClientOf, labs: Labs, person: Callable[..., int], role: Role
) -> None:
    client = client_of(person(labs.ours, role))
    assert client.get("/contacts").status_code == 403
    assert client.get("/outbox").status_code == 403


def test_hours_and_language_are_ones_own_and_the_administrators_to_set(
    client_of: ClientOf, store: Store, labs: Labs, me: int, person: Callable[..., int], now: datetime
) -> None:
    admin = person(labs.ours, Role.LAB_ADMIN, "林")
    contact(store, labs.ours, me, 1, "2580", now)
    contact(store, labs.ours, admin, 2, "1470", now)
    form = {f"when-{me}": "between", f"hours_from-{me}": "８時", f"hours_to-{me}": "２１：３０"}
    form[f"language-{me}"] = "en"
    desk = client_of(me)
    assert desk.post(f"/contacts/{me}/hours", data=form).status_code == 303
    page = desk.get("/contacts").text
    assert "8:00から21:30まで" in page
    assert "「心配」と「便りなし」「会えず」は、何時でも届きます" in page
    with store.session(labs.ours) as session:
        link = chain_now(session).contacts[0]
        assert (link.hours, link.language) == (Hours(time(8), time(21, 30)), "en")
    assert desk.post(f"/contacts/{admin}/hours", data={f"language-{admin}": "en"}).status_code == 403
    always = {f"when-{me}": "always", f"language-{me}": "ja"}
    assert client_of(admin).post(f"/contacts/{me}/hours", data=always).status_code == 303
    with store.session(labs.ours) as session:
        assert chain_now(session).contacts[0] == Link(me)
    stranger = client_of(person(labs.strangers, Role.LAB_ADMIN, "よそ"))
    assert stranger.post(f"/contacts/{me}/hours", data=always).status_code == 404
    outsider = client_of(person(labs.strangers, Role.COORDINATOR, "よその人"))
    assert outsider.post(f"/contacts/{me}/hours", data=always).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"hours_from": "あさ"}, "hours_from", "時刻を読み取れません"),
        ({"hours_to": ""}, "hours_to", "空のままです"),
        ({"hours_to": "9:00"}, "hours_to", "始まりと終わりが同じ"),
        ({"language": "fr"}, "language", "SMSのことばが選ばれていません"),
    ],
)
def test_hours_that_cannot_be_meant_are_said_at_their_field(
    desk: FlaskClient,
    store: Store,
    labs: Labs,
    me: int,
    now: datetime,
    changes: dict[str, str],
    field: str,
    said: str,
) -> None:
    contact(store, labs.ours, me, 1, "2580", now)
    form = {"when": "between", "hours_from": "9:00", "hours_to": "20:45", "language": "ja"} | changes
    refused = desk.post(f"/contacts/{me}/hours", data={f"{name}-{me}": value for name, value in form.items()})
    assert refused.status_code == 422
    assert said in refused.text
    assert f'id="{field}-{me}-e"' in refused.text
    assert f'value="{form["hours_from"]}"' in refused.text
    with store.session(labs.ours) as session:
        assert chain_now(session).contacts[0] == Link(me)


def test_a_number_that_takes_no_texts_stands_in_red_until_it_is_confirmed(
    desk: FlaskClient,
    store: Store,
    labs: Labs,
    me: int,
    now: datetime,
    clock: StandingClock,
    client_of: ClientOf,
) -> None:
    contact(store, labs.ours, me, 1, "2580", now)
    with store.session(labs.ours) as session, transaction(session, now):
        row = session.scalars(select(AlertContact)).one()
        row.fault_code, row.fault_at = 30006, now
        row.person.phone = row.person.phone_index = "+819000000041"
        row.person.email = row.person.email_index = "sakurai@example.org"
    page = desk.get("/contacts").text
    for words in (
        "いま、この番号にはSMSが届きません",
        "固定電話など",
        "番号を確かめて、もう一度受信テスト",
        "s•••@example.org",
    ):
        assert words in page
    assert "sakurai@" not in page
    assert "あと2人いります" in page, "who cannot be reached does not count"
    assert "SMSが届きません" in desk.get("/today").text
    desk.post("/contacts/number", data={"phone": ""})
    digits = digits_sent(store)
    desk.post("/contacts/confirm", data={"digits": digits, "pin": "2580", "again": "2580"})
    page = desk.get("/contacts").text
    assert "この番号にはSMSが届きません" not in page
    assert "あと1人いります" in page
    clock.moment += timedelta(days=32)
    desk = client_of(me)
    assert "ひと月たちました" in desk.get("/contacts").text
