"""Coming in by a link: looking uses nothing up, the first POST binds the device, staff links open once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from sharemeal.actions.people import end_person
from sharemeal.actions.sign_in import FreshLink, make_link
from sharemeal.people import Role
from sharemeal.store.base import Store
from sharemeal.store.people import Person, SignInLink
from tests.web.conftest import Labs, StandingClock

AddPerson = Callable[..., int]


@pytest.fixture
def link_for(
    store: Store, labs: Labs, person: AddPerson, clock: StandingClock
) -> Callable[[Role], FreshLink]:
    """A fresh link for a new person of that role in our lab."""

    def make(role: Role) -> FreshLink:
        person_id = person(labs.ours, role, "桜井")
        with store.session(labs.ours) as session:
            return make_link(session, person_id, now=clock.moment)

    return make


def comes_in(client: FlaskClient, link: FreshLink, **form: str) -> bool:
    """Whether the POST signs this browser in."""
    client.get(f"/s/{link.token}")
    answer = client.post(f"/s/{link.token}", data=form)
    with client.session_transaction() as session:
        signed_in = "person_id" in session
    assert signed_in == (answer.status_code == 303)
    return signed_in


@pytest.mark.parametrize("role", [Role.KITCHEN, Role.VOLUNTEER, Role.COORDINATOR, Role.LAB_ADMIN])
def test_looking_at_a_link_uses_nothing_up(app: Flask, link_for, role: Role) -> None:
    link = link_for(role)
    for _ in range(3):
        page = app.test_client().get(f"/s/{link.token}")
        assert page.status_code == 200
        assert "続ける" in page.text
        assert "桜井" not in page.text
    assert comes_in(app.test_client(), link)


def test_a_staff_link_opens_once(app: Flask, link_for) -> None:
    link = link_for(Role.COORDINATOR)
    assert comes_in(app.test_client(), link)
    other = app.test_client()
    assert "もう使われました" in other.get(f"/s/{link.token}").text
    assert not comes_in(other, link)
    assert not comes_in(other, link, code=link.code)


def test_a_staff_link_lives_ten_minutes(app: Flask, link_for, clock: StandingClock) -> None:
    link = link_for(Role.LAB_ADMIN)
    clock.moment += timedelta(minutes=10)
    assert "期限は過ぎました" in app.test_client().get(f"/s/{link.token}").text
    assert not comes_in(app.test_client(), link)


def test_a_double_tap_comes_in_as_one_tap_does(app: Flask, link_for) -> None:
    link = link_for(Role.COORDINATOR)
    client = app.test_client()
    client.get(f"/s/{link.token}")
    device = client.get_cookie("device", path="/s/")
    assert device is not None
    assert comes_in(client, link)
    again = app.test_client()
    again.set_cookie("device", device.value, path="/s/")
    assert comes_in(again, link)


def test_the_back_button_leads_on_when_one_is_in_already(app: Flask, link_for, clock: StandingClock) -> None:
    link = link_for(Role.COORDINATOR)
    client = app.test_client()
    assert comes_in(client, link)
    clock.moment += timedelta(minutes=5)
    assert client.get(f"/s/{link.token}").status_code == 303
    assert client.post(f"/s/{link.token}").headers["Location"] == "/"


@pytest.mark.parametrize("role", [Role.KITCHEN, Role.VOLUNTEER])
def test_the_first_device_is_bound_and_another_needs_the_code(app: Flask, link_for, role: Role) -> None:
    link = link_for(role)
    first, second = app.test_client(), app.test_client()
    assert comes_in(first, link)
    first.post("/signout")
    assert comes_in(first, link)
    assert not comes_in(second, link)
    assert comes_in(second, link, code=f" {link.code[:3]} {link.code[3:]}")
    first.post("/signout")
    assert comes_in(first, link), "the code on another device took the first one's place"


def test_a_code_is_read_as_people_write_it(app: Flask, link_for) -> None:
    link = link_for(Role.VOLUNTEER)
    assert comes_in(app.test_client(), link)
    wide = link.code.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert comes_in(app.test_client(), link, code=wide)


def test_five_wrong_codes_close_it_for_a_quarter_of_an_hour(
    app: Flask, link_for, clock: StandingClock
) -> None:
    link = link_for(Role.VOLUNTEER)
    assert comes_in(app.test_client(), link)
    wrong = "000000" if link.code != "000000" else "111111"
    client = app.test_client()
    for _ in range(5):
        assert "番号が違います" in client.post(f"/s/{link.token}", data={"code": wrong}).text
    closed = client.post(f"/s/{link.token}", data={"code": link.code})
    assert closed.status_code == 422
    assert "15分ほど待ってから" in closed.text
    clock.moment += timedelta(minutes=14)
    assert not comes_in(client, link, code=link.code)
    clock.moment += timedelta(minutes=1)
    assert comes_in(client, link, code=link.code)


def test_day_links_live_until_their_day_is_over(app: Flask, link_for, clock: StandingClock) -> None:
    kitchen = link_for(Role.KITCHEN)
    clock.moment = kitchen.valid_until - timedelta(seconds=1)
    assert kitchen.valid_until.isoformat() == "2026-11-27T15:00:00+00:00"
    client = app.test_client()
    assert comes_in(client, kitchen)
    clock.moment = kitchen.valid_until
    assert client.get(f"/s/{kitchen.token}").status_code == 422
    with client.session_transaction() as session:
        assert "person_id" not in session


def test_an_unknown_link_is_not_found(app: Flask) -> None:
    assert app.test_client().get("/s/nothing-of-ours").status_code == 404
    assert app.test_client().post("/s/nothing-of-ours", data={"code": "123456"}).status_code == 404


def test_who_has_ended_comes_in_no_more(app: Flask, store: Store, labs: Labs, link_for, now) -> None:
    link = link_for(Role.VOLUNTEER)
    inside = app.test_client()
    assert comes_in(inside, link)
    with store.session(labs.ours) as session:
        end_person(session, session.scalars(select(Person.id)).one(), now=now)
    assert not comes_in(app.test_client(), link, code=link.code)
    with inside.session_transaction() as session:
        assert "person_id" not in session


def test_neither_token_nor_code_stands_in_the_database(store: Store, labs: Labs, link_for) -> None:
    link = link_for(Role.VOLUNTEER)
    with store.session(labs.ours) as session:
        kept = session.scalars(select(SignInLink)).one()
        values = [str(value) for value in vars(kept).values()]
    assert not any(link.token in value or link.code in value for value in values)
    assert len(link.token) >= 32


def test_nobody_makes_a_link_for_a_person_of_another_lab(
    store: Store, labs: Labs, person: AddPerson, now
) -> None:
    stranger = person(labs.strangers, Role.COORDINATOR)
    with store.session(labs.ours) as session, pytest.raises(LookupError):
        make_link(session, stranger, now=now)
    with store.session(all_labs=True) as session:
        assert session.scalar(select(func.count()).select_from(SignInLink)) == 0
