"""順路表: what a volunteer may see and when; strangers and other roles see nothing."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from sharemeal.people import Role
from sharemeal.service_days import DayState
from sharemeal.store.audit import AuditEntry
from sharemeal.store.base import Store
from tests.make.evening import HOMES, Evening, evening
from tests.web.conftest import Labs, StandingClock

OPEN = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
"""17:00 in Yokohama, within the shift of 16:00 to 19:00."""

SECRETS = [word for home in HOMES for word in (home[0], home[1], home[3])]
ClientOf = Callable[[int], FlaskClient]


@pytest.fixture
def friday(store: Store, labs: Labs, now: datetime) -> Evening:
    return evening(store, labs.ours, now)


@pytest.fixture
def phone(friday: Evening, client_of: ClientOf, clock: StandingClock) -> FlaskClient:
    """The walker's phone, signed in at noon of the Friday."""
    clock.moment = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
    return client_of(friday.volunteer)


def test_the_sheet_shows_the_whole_course(phone: FlaskClient, clock: StandingClock) -> None:
    clock.moment = OPEN
    page = phone.get("/route").text
    for name, reading, _town, address, *_rest in HOMES:
        assert f"<ruby>{name}<rt>{reading}</rt></ruby>" in page
        assert address in page
    assert "ひだまり食堂" in page
    assert "豚の生姜焼き弁当 8食" in page
    assert "えび・かに 抜き" in page
    assert "UDF1" in page
    assert 'href="tel:+81450000000"' in page
    assert "お届け期限は18:00です" in page
    assert "長女" not in page, "whom to call in need is not the volunteer's to know"


def test_one_stop_fills_the_screen(phone: FlaskClient, clock: StandingClock) -> None:
    clock.moment = OPEN
    first = phone.get("/route").text
    assert '<h1 id="here"' in first
    assert "受け取るときに" in first
    page = phone.get("/route?stop=4").text
    card = page[page.index('<h1 id="here"') : page.index('id="all"')]
    assert "梅原" in card
    assert "ベルのあと" in card
    assert re.search(r"減塩 ／ <span class=\"nw\">えび・かに 抜き", card)
    assert "destination=35.546458,139.530478" in card
    assert 'rel="noreferrer"' in card
    assert 'href="tel:+819000000002"' in card
    assert "/route?stop=3#stop" in page
    assert "/route?stop=5#stop" in page
    assert "つぎの立ち寄り先にもどる" in card
    assert "前回は11月20日（金）、あなたがお届けしました" in card
    assert "はじめてのお宅です" in phone.get("/route?stop=3").text
    assert phone.get("/route?stop=99").status_code == 200
    assert phone.get("/route?stop=x").status_code == 200


@pytest.mark.parametrize("hours_before", [2.01, 4])
def test_before_it_opens_only_sums_are_told(
    phone: FlaskClient, clock: StandingClock, store: Store, hours_before: float
) -> None:
    clock.moment = datetime(2026, 11, 27, 7, 0, tzinfo=UTC) - timedelta(hours=hours_before)
    page = phone.get("/route").text
    assert "4軒" in page
    assert "9食" in page
    assert "ひだまり食堂" in page
    assert "16:40" in page
    assert "11月27日（金） 14:00" in page
    assert not [secret for secret in SECRETS if secret in page]
    assert not _read(store, "household")
    assert _json(phone)["stops"] == []


def test_it_opens_two_hours_before_and_closes_two_hours_after(
    phone: FlaskClient, clock: StandingClock
) -> None:
    for moment, seen in (
        (datetime(2026, 11, 27, 4, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 27, 5, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 27, 12, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 27, 12, 0, 1, tzinfo=UTC), False),
    ):
        clock.moment = moment
        assert ("梅原" in phone.get("/route").text) is seen, moment


def test_afterwards_the_names_are_gone(phone: FlaskClient, clock: StandingClock) -> None:
    clock.moment = datetime(2026, 11, 27, 13, 0, tzinfo=UTC)
    page = phone.get("/route").text
    assert "ありがとうございました" in page
    assert not [secret for secret in SECRETS if secret in page]
    assert _json(phone)["sight"] == "over"
    assert _json(phone)["stops"] == []


@pytest.mark.parametrize("state", [DayState.DRAFT, None])
def test_a_draft_is_no_sheet(
    store: Store,
    labs: Labs,
    now: datetime,
    clock: StandingClock,
    client_of: ClientOf,
    state: DayState | None,
) -> None:
    friday = evening(store, labs.ours, now, state=state)
    clock.moment = OPEN
    page = client_of(friday.volunteer).get("/route").text
    assert "これから決まります" in page
    assert "11月26日（木） 15:00" in page
    assert not [secret for secret in SECRETS if secret in page]
    assert client_of(friday.volunteer).get("/api/v1/route").json == {
        "date": None,
        "sight": "none",
        "stops": [],
    }


def test_a_settled_day_without_a_course_for_me_says_so(
    friday: Evening, person: Callable[..., int], client_of: ClientOf, clock: StandingClock
) -> None:
    clock.moment = OPEN
    page = client_of(person(friday.lab_id, Role.VOLUNTEER, "浜野")).get("/route").text
    assert "お願いするコースがありません" in page
    assert not [secret for secret in SECRETS if secret in page]


def test_reading_is_noted_by_number(
    phone: FlaskClient, clock: StandingClock, store: Store, friday: Evening
) -> None:
    clock.moment = OPEN
    phone.get("/route")
    entries = _read(store, "household")
    assert [entry.actor for entry in entries] == [f"volunteer {friday.volunteer}"]
    assert entries[0].subject_ids.count(",") == len(HOMES) - 1


def test_the_same_as_json(phone: FlaskClient, clock: StandingClock) -> None:
    clock.moment = OPEN
    answer = _json(phone)
    assert [stop["type"] for stop in answer["stops"]] == ["pickup"] * 2 + ["delivery"] * 4
    assert answer["deliver_by"] == "2026-11-27T18:00:00+09:00"
    assert answer["totals"]["portions"] == 9
    second = answer["stops"][3]
    assert second["household"]["name"] == "梅原"
    assert second["household"]["allergens"] == ["えび", "かに"]
    assert "emergency_contact" not in second["household"]


@pytest.mark.parametrize("path", ["/route", "/route?stop=4", "/api/v1/route"])
def test_a_stranger_of_another_lab_sees_nothing_of_ours(
    path: str,
    friday: Evening,
    labs: Labs,
    person: Callable[..., int],
    client_of: ClientOf,
    clock: StandingClock,
) -> None:
    """There is no address of our sheet that a stranger could ask for; theirs is empty."""
    clock.moment = OPEN
    page = client_of(person(labs.strangers, Role.VOLUNTEER, "よそ")).get(path).text
    assert not [secret for secret in [*SECRETS, "ひだまり", "桜井", "+8145"] if secret in page]


@pytest.mark.parametrize("role", [Role.KITCHEN, Role.COORDINATOR, Role.LAB_ADMIN, Role.CITY])
@pytest.mark.parametrize("path", ["/route", "/api/v1/route"])
def test_other_roles_may_not(
    role: Role, path: str, labs: Labs, person: Callable[..., int], client_of: ClientOf
) -> None:
    assert client_of(person(labs.ours, role, "ほか")).get(path).status_code == 403


def test_nobody_signed_in_is_led_to_the_door(friday: Evening, client_of: ClientOf, app: object) -> None:
    assert app.test_client().get("/route").status_code == 303  # type: ignore[attr-defined]


def _json(phone: FlaskClient) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(phone.get("/api/v1/route").data)
    return answer


def _read(store: Store, subject: str) -> list[AuditEntry]:
    with store.session(all_labs=True) as session:
        query = select(AuditEntry).where(AuditEntry.what == "read", AuditEntry.subject == subject)
        return list(session.scalars(query))
