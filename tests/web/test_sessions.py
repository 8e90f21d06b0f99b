"""Sessions on the server: what the cookie holds, when it changes, when it ends."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from sharemeal.actions.keep_session import end_sessions_of
from sharemeal.people import Role
from sharemeal.store.base import Store
from sharemeal.store.people import WebSession
from sharemeal.web import sessions
from tests.web.conftest import Labs, StandingClock


@pytest.fixture
def coordinator(labs: Labs, person: Callable[..., int]) -> int:
    return person(labs.ours, Role.COORDINATOR)


@pytest.fixture
def client(client_of: Callable[[int], FlaskClient], coordinator: int) -> FlaskClient:
    return client_of(coordinator)


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie(sessions.COOKIE)
    assert cookie is not None
    return cookie.value


def person_in(client: FlaskClient) -> int | None:
    with client.session_transaction() as session:
        return session.get("person_id")


def rows(store: Store) -> int:
    with store.session(all_labs=True) as session:
        return session.scalar(select(func.count()).select_from(WebSession)) or 0


def test_the_cookie_holds_an_id_that_the_database_does_not(store: Store, client: FlaskClient) -> None:
    with store.session(all_labs=True) as session:
        kept = session.scalars(select(WebSession)).one()
        raw = session.execute(text('SELECT "values" FROM web_session')).scalar_one()
    assert len(cookie_of(client)) >= 43
    assert cookie_of(client) not in f"{vars(kept)}"
    assert kept.id_hash != cookie_of(client)
    assert b"person_id" not in bytes(raw)
    assert "person_id" in kept.values


@pytest.mark.parametrize(("base", "secure"), [("http://localhost", False), ("https://localhost", True)])
def test_the_cookie_is_kept_from_scripts_and_other_sites(app: Flask, base: str, secure: bool) -> None:
    set_cookie = app.test_client().get("/signin", base_url=base).headers["Set-Cookie"]
    assert set_cookie.startswith("sharemeal=")
    assert "; HttpOnly" in set_cookie
    assert "; SameSite=Lax" in set_cookie
    assert "; Path=/" in set_cookie
    assert ("; Secure" in set_cookie) == secure
    assert "Domain" not in set_cookie


def test_signing_in_gives_a_new_id(app: Flask, coordinator: int) -> None:
    client = app.test_client()
    with client.session_transaction() as session:
        session["csrf_token"] = "set by somebody else"
    planted = cookie_of(client)
    with client.session_transaction() as session:
        session["person_id"] = coordinator
    assert cookie_of(client) != planted
    attacker = app.test_client()
    attacker.set_cookie(sessions.COOKIE, planted)
    assert person_in(attacker) is None


def test_an_id_that_the_server_did_not_give_is_worth_nothing(app: Flask) -> None:
    client = app.test_client()
    client.set_cookie(sessions.COOKIE, "chosen by somebody else")
    client.get("/signin")
    assert cookie_of(client) != "chosen by somebody else"


def test_changing_hands_ends_the_session_before(
    app: Flask, store: Store, labs: Labs, person: Callable[..., int], client: FlaskClient
) -> None:
    before = cookie_of(client)
    with client.session_transaction() as session:
        session["person_id"] = person(labs.ours, Role.LAB_ADMIN, "森")
    other = app.test_client()
    other.set_cookie(sessions.COOKIE, before)
    assert person_in(other) is None


@pytest.mark.parametrize(("seconds_before", "still_in"), [(1, True), (0, False)])
def test_a_staff_session_ends_after_twelve_idle_hours(
    client: FlaskClient, clock: StandingClock, seconds_before: int, still_in: bool
) -> None:
    clock.moment += sessions.IDLE - timedelta(seconds=seconds_before)
    assert (person_in(client) is not None) == still_in


def test_using_it_keeps_it_for_seven_days_and_no_longer(
    client: FlaskClient, clock: StandingClock, coordinator: int
) -> None:
    began = clock.moment
    while clock.moment - began < sessions.LONGEST - timedelta(hours=6):
        clock.moment += timedelta(hours=6)
        client.get("/healthz")
        assert person_in(client) == coordinator
    clock.moment = began + sessions.LONGEST
    assert person_in(client) is None


def test_ending_somebodys_sessions_works_at_once(
    store: Store, client: FlaskClient, coordinator: int, now
) -> None:
    with store.session(all_labs=True) as session:
        assert end_sessions_of(session, coordinator, now=now) == 1
    assert person_in(client) is None


def test_what_the_ended_session_still_writes_does_not_bring_it_back(
    store: Store, client: FlaskClient, coordinator: int, now
) -> None:
    with client.session_transaction() as session:
        session["said"] = "something"
        with store.session(all_labs=True) as everyone:
            end_sessions_of(everyone, coordinator, now=now)
    assert person_in(client) is None


def test_who_only_asks_whether_the_process_is_up_leaves_no_session(app: Flask, store: Store) -> None:
    client = app.test_client()
    client.get("/healthz")
    client.get("/static/base.css").close()
    assert rows(store) == 0


def test_sessions_that_expired_long_ago_are_forgotten(app: Flask, store: Store, clock: StandingClock) -> None:
    app.test_client().get("/signin")
    clock.moment += timedelta(days=2)
    app.test_client().get("/signin")
    assert rows(store) == 1
