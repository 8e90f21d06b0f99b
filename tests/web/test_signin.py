"""Coming in by password, going out here and everywhere, and where one is led afterwards."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sharemeal.actions.people import add_person, set_password
from sharemeal.people import Role
from sharemeal.sentences import Refused
from sharemeal.store.base import Store
from sharemeal.web import accounts
from sharemeal.web.limits import PER_MINUTE
from sharemeal.web.signin import local_path
from tests.web.conftest import Labs, StandingClock

EMAIL = "sakurai@example.jp"
PASSWORD = "さくらのはながさくころに"


@pytest.fixture(scope="session")
def password_hash() -> str:
    return accounts.make_hash(PASSWORD, EMAIL)


@pytest.fixture
def coordinator(store: Store, labs: Labs, now, password_hash: str) -> int:
    """A coordinator of our lab with a password."""
    with store.session(labs.ours) as session:
        person_id = add_person(session, Role.COORDINATOR, "桜井", email=EMAIL, now=now)
        set_password(session, person_id, password_hash, now=now)
    return person_id


def try_to_come_in(client: FlaskClient, email: str = EMAIL, password: str = PASSWORD, **form: str):
    return client.post("/signin", data={"email": email, "password": password, **form})


def who_is_in(client: FlaskClient) -> int | None:
    with client.session_transaction() as session:
        return session.get("person_id")


def test_a_coordinator_comes_in_by_password(app: Flask, coordinator: int) -> None:
    client = app.test_client()
    assert try_to_come_in(client).headers["Location"] == "/"
    assert who_is_in(client) == coordinator


def test_the_address_may_be_typed_in_wide_letters_and_capitals(app: Flask, coordinator: int) -> None:
    client = app.test_client()
    assert try_to_come_in(client, email=" Ｓakurai＠EXAMPLE.jp ").status_code == 303


def test_unknown_address_and_wrong_password_get_the_same_answer(app: Flask, coordinator: int) -> None:
    answers = [
        try_to_come_in(app.test_client(), email=email, password=password)
        for email, password in [(EMAIL, "wrong password"), ("yamada@example.jp", PASSWORD), ("???", PASSWORD)]
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert all("メールアドレスかパスワードが違います" in answer.text for answer in answers)
    assert PASSWORD not in "".join(answer.text for answer in answers)


def test_an_unknown_address_costs_one_comparison_as_a_known_one_does(
    app: Flask, coordinator: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[bool] = []

    def fits(password: str, password_hash: str | None) -> bool:
        compared.append(password_hash is not None)
        return False

    monkeypatch.setattr(accounts, "fits", fits)
    try_to_come_in(app.test_client())
    try_to_come_in(app.test_client(), email="yamada@example.jp")
    assert compared == [True, False]


def test_without_a_hash_a_password_is_still_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    import flask_security

    hashes: list[str] = []

    def verify_password(_password: str, kept: str) -> bool:
        hashes.append(kept)
        return True

    monkeypatch.setattr(flask_security, "verify_password", verify_password)
    assert accounts.fits(PASSWORD, None) is False
    assert hashes[0].startswith("$argon2id$")


@pytest.mark.parametrize("email", [EMAIL, "yamada@example.jp"])
def test_five_wrong_passwords_close_the_address_known_or_not(
    app: Flask, coordinator: int, clock: StandingClock, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "fits", lambda password, kept: kept is not None and password == PASSWORD)
    for _ in range(5):
        assert "違います" in try_to_come_in(app.test_client(), email, "wrong password").text
    assert "15分ほど待ってから" in try_to_come_in(app.test_client(), email).text
    clock.moment += timedelta(minutes=15)
    assert (try_to_come_in(app.test_client(), email).status_code == 303) == (email == EMAIL)


def test_a_right_password_forgives_the_wrong_ones_before(
    app: Flask, coordinator: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "fits", lambda password, _: password == PASSWORD)
    for password in ["wrong"] * 4 + [PASSWORD] + ["wrong"] * 4:
        try_to_come_in(app.test_client(), password=password)
    assert try_to_come_in(app.test_client()).status_code == 303


def test_volunteers_do_not_come_in_by_password(
    app: Flask, store: Store, labs: Labs, now, password_hash: str
) -> None:
    with store.session(labs.ours) as session:
        person_id = add_person(session, Role.VOLUNTEER, "山田", email="yamada@example.jp", now=now)
        set_password(session, person_id, password_hash, now=now)
    assert try_to_come_in(app.test_client(), email="yamada@example.jp").status_code == 422


def test_a_flood_of_tries_is_braked(app: Flask) -> None:
    client = app.test_client()
    codes = [client.post("/s/unknown").status_code for _ in range(PER_MINUTE + 1)]
    assert codes == [404] * PER_MINUTE + [429]


def test_a_closed_page_leads_to_the_door_and_then_back(app: Flask, coordinator: int) -> None:
    app.add_url_rule("/closed", "closed", _closed)
    client = app.test_client()
    door = client.get("/closed").headers["Location"]
    assert door == "/signin?next=/closed"
    assert 'name="next" value="/closed"' in client.get(door).text
    assert try_to_come_in(client, next="/closed").headers["Location"] == "/closed"


def _closed() -> str:
    return "inside"


_closed.allowed = frozenset({Role.COORDINATOR})  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "wanted",
    [
        "https://example.org/",
        "//example.org",
        "/\\example.org",
        "\\\\example.org",
        "/\t/example.org",
        "/\n/example.org",
        "",
        "x",
    ],
)
def test_nobody_is_led_to_another_site(app: Flask, coordinator: int, wanted: str) -> None:
    assert local_path(wanted) is None
    client = app.test_client()
    assert 'name="next" value=""' in client.get("/signin", query_string={"next": wanted}).text
    assert try_to_come_in(client, next=wanted).headers["Location"] == "/"
    shown = client.post("/display", data={"back": wanted, "lang": "en"})
    assert (shown.status_code, shown.headers["Location"]) == (303, "/")


def test_a_path_here_is_followed() -> None:
    assert local_path("/plan/2026-11-27?course=2") == "/plan/2026-11-27?course=2"


def test_a_password_with_a_sign_that_no_hash_takes_is_wrong_and_no_fault(
    app: Flask, coordinator: int
) -> None:
    client = app.test_client()
    assert try_to_come_in(client, password=f"{PASSWORD}\0", form_id="\0").status_code == 422
    with pytest.raises(Refused):
        accounts.make_hash("correct\0horse battery", EMAIL)


def test_going_out_ends_this_session_alone(
    app: Flask, coordinator: int, client_of: Callable[[int], FlaskClient]
) -> None:
    here, there = client_of(coordinator), client_of(coordinator)
    assert here.post("/signout").headers["Location"] == "/signin"
    assert who_is_in(here) is None
    assert who_is_in(there) == coordinator


def test_going_out_everywhere_ends_every_session(
    app: Flask, coordinator: int, client_of: Callable[[int], FlaskClient]
) -> None:
    here, there = client_of(coordinator), client_of(coordinator)
    here.post("/signout", data={"everywhere": "on"})
    assert who_is_in(here) is None
    assert who_is_in(there) is None


def test_a_new_password_ends_the_sessions_of_the_old_one(
    store: Store,
    labs: Labs,
    coordinator: int,
    client_of: Callable[[int], FlaskClient],
    password_hash: str,
    now,
) -> None:
    there = client_of(coordinator)
    with store.session(labs.ours) as session:
        set_password(session, coordinator, password_hash, now=now)
    assert who_is_in(there) is None


@pytest.mark.parametrize("weak", ["short", "aaaaaaaaaaaaaaaa", "sakurai-sakurai", "x" * 201])
def test_a_password_that_is_easily_guessed_is_refused(weak: str) -> None:
    with pytest.raises(Refused):
        accounts.make_hash(weak, EMAIL)
