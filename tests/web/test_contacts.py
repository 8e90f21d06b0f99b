"""連絡先 as pages: who sees what, and one's own number from the SMS to the PIN."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import undefer

from sharemeal.people import Role
from sharemeal.store.alerts import AlertContact
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
