"""出られます／出られません: asked for the coming days, kept at one tap, and by telephone once the day is settled."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient

from sharemeal.people import Role
from sharemeal.service_days import DayState
from sharemeal.store.base import Store
from sharemeal.store.volunteers import answers_on
from tests.make.evening import FRIDAY, Evening, evening
from tests.web.conftest import Labs, StandingClock

NEXT = date(2026, 12, 4)
ClientOf = Callable[[int], FlaskClient]


@pytest.fixture
def friday(store: Store, labs: Labs, now: datetime) -> Evening:
    return evening(store, labs.ours, now, state=DayState.DRAFT)


@pytest.fixture
def phone(friday: Evening, client_of: ClientOf) -> FlaskClient:
    return client_of(friday.volunteer)


def answers(store: Store, friday: Evening, day: date) -> dict[int, bool]:
    with store.session(friday.lab_id) as session:
        return answers_on(session, day)


def test_four_days_are_asked_with_the_standing_answer(phone: FlaskClient) -> None:
    page = phone.get("/duty").text
    for words in ("11月27日（金）", "12月4日（金）", "12月11日（金）", "12月18日（金）"):
        assert words in page
    assert page.count("いつも通り出られます") == 4
    assert page.count('aria-pressed="true"') == 4
    assert "11月26日（木） 15:00" in page, "what happens next, and by when"


def test_an_answer_is_kept_and_marked(phone: FlaskClient, store: Store, friday: Evening) -> None:
    kept = phone.post("/duty", data={"day": NEXT.isoformat(), "can_serve": "no"})
    assert kept.status_code == 303
    assert answers(store, friday, NEXT) == {friday.volunteer_id: False}
    page = phone.get(kept.location).text
    assert "お返事をうかがいました" in page
    section = page[page.index("12月4日") : page.index("12月11日")]
    assert "st-diff" in section
    assert 'cannot" name="can_serve" value="no" aria-pressed="true"' in section
    phone.post("/duty", data={"day": NEXT.isoformat(), "can_serve": "yes"})
    assert answers(store, friday, NEXT) == {friday.volunteer_id: True}


def test_a_double_tap_changes_nothing_more(phone: FlaskClient, store: Store, friday: Evening) -> None:
    form = {"day": NEXT.isoformat(), "can_serve": "no", "form_id": "once"}
    assert phone.post("/duty", data=form).status_code == 303
    phone.post("/duty", data={"day": NEXT.isoformat(), "can_serve": "yes", "form_id": "later"})
    assert phone.post("/duty", data=form).status_code == 303, "sent again by the back button"
    assert answers(store, friday, NEXT) == {friday.volunteer_id: True}


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"day": "x", "can_serve": "yes"},
        {"day": "2026-11-31", "can_serve": "yes"},
        {"day": "2026-11-28", "can_serve": "yes"},
        {"day": "2020-11-27", "can_serve": "yes"},
        {"day": "2026-12-04", "can_serve": "maybe"},
    ],
)
def test_what_no_button_sends_is_not_found(phone: FlaskClient, form: dict[str, str]) -> None:
    assert phone.post("/duty", data=form).status_code == 404


def test_a_settled_day_asks_for_a_call(store: Store, labs: Labs, now: datetime, client_of: ClientOf) -> None:
    friday = evening(store, labs.ours, now, state=DayState.FIXED)
    phone = client_of(friday.volunteer)
    page = phone.get("/duty").text
    assert "コースが決まりました" in page
    assert 'href="/route"' in page
    assert 'href="tel:+81450000000"' in page
    assert f'name="day" value="{FRIDAY.isoformat()}"' not in page
    refused = phone.post("/duty", data={"day": FRIDAY.isoformat(), "can_serve": "no"})
    assert refused.status_code == 422
    assert "もう決まっています" in refused.text
    assert "すぐに代わりを探します" in refused.text
    assert answers(store, friday, FRIDAY) == {}


def test_after_the_round_the_day_is_over(
    store: Store, labs: Labs, now: datetime, client_of: ClientOf, clock: StandingClock
) -> None:
    friday = evening(store, labs.ours, now)
    clock.moment = datetime(2026, 11, 27, 12, 30, tzinfo=UTC)
    assert "この日の活動は終わりました" in client_of(friday.volunteer).get("/duty").text


def test_a_volunteer_without_registration_is_told_whom_to_call(
    friday: Evening, person: Callable[..., int], client_of: ClientOf
) -> None:
    page = client_of(person(friday.lab_id, Role.VOLUNTEER, "新人")).get("/duty").text
    assert "登録が見つかりません" in page
    assert "045-000-0000" in page


def test_a_stranger_answers_for_themselves_alone(
    friday: Evening, labs: Labs, store: Store, now: datetime, person: Callable[..., int], client_of: ClientOf
) -> None:
    """There is no address of our volunteer that a stranger could ask for; without a row of their own it is 404."""
    stranger = client_of(person(labs.strangers, Role.VOLUNTEER, "よそ"))
    page = stranger.get("/duty").text
    assert "桜井" not in page
    assert stranger.post("/duty", data={"day": NEXT.isoformat(), "can_serve": "no"}).status_code == 404
    assert answers(store, friday, NEXT) == {}


@pytest.mark.parametrize("role", [Role.KITCHEN, Role.COORDINATOR, Role.LAB_ADMIN, Role.CITY])
def test_other_roles_may_not(role: Role, labs: Labs, person: Callable[..., int], client_of: ClientOf) -> None:
    client = client_of(person(labs.ours, role, "ほか"))
    assert client.get("/duty").status_code == 403
    assert client.post("/duty", data={"day": NEXT.isoformat(), "can_serve": "no"}).status_code == 403
