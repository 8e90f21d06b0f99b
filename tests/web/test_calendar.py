"""お届けの日の予定: days that rest say why, and a coordinator closes and opens them."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from sharemeal.people import Role
from sharemeal.service_days import DayState
from sharemeal.store.base import Store
from sharemeal.store.labs import Lab
from tests.make.evening import Evening, evening
from tests.web.conftest import Labs, StandingClock

ClientOf = Callable[[int], FlaskClient]


@pytest.fixture
def friday(store: Store, labs: Labs, now: datetime) -> Evening:
    return evening(store, labs.ours, now, state=DayState.DRAFT)


@pytest.fixture
def desk(friday: Evening, client_of: ClientOf) -> FlaskClient:
    return client_of(friday.coordinator)


def section(page: str, day: str) -> str:
    start = page.index(f'datetime="{day}"')
    return page[start : page.index("</li>", start)]


def test_the_coming_weeks_with_why_a_day_rests(desk: FlaskClient) -> None:
    page = desk.get("/calendar/").text
    assert "次のお届けは 11月27日（金）" in page
    assert "お休み: 元日" in section(page, "2027-01-01")
    assert "お届けする<" in section(page, "2027-01-01")
    assert "13食が届いています" in section(page, "2026-11-27")


def test_a_day_is_closed_and_everyone_sees_the_next_one(
    desk: FlaskClient, friday: Evening, client_of: ClientOf
) -> None:
    done = desk.post("/calendar/2026-11-27/close")
    assert done.status_code == 303
    page = desk.get(done.location).text
    assert "2店から、もう食数が届いています" in page
    assert "お休み: 世話人がお休みにした日" in section(page, "2026-11-27")
    duty = client_of(friday.volunteer).get("/duty").text
    assert "11月27日（金）は、お届けがお休みです（世話人がお休みにした日）。" in duty
    assert "12月25日（金）" in duty
    assert "12月4日（金）" in desk.get("/plan/").text
    assert "この日はお休みです（世話人がお休みにした日）" in desk.get("/plan/2026-11-27").text
    desk.post("/calendar/2026-11-27/open")
    assert "次のお届けは 11月27日（金）" in desk.get("/calendar/").text


def test_over_new_year_the_plan_leads_to_the_days_that_are_served(
    friday: Evening, client_of: ClientOf, clock: StandingClock
) -> None:
    clock.moment = datetime(2026, 12, 27, 3, 0, tzinfo=UTC)
    page = client_of(friday.coordinator).get("/plan/").text
    near = page[page.index('class="weekdays"') : page.index("</nav>", page.index('class="weekdays"'))]
    assert [
        day in near for day in ("2026-12-25", "2027-01-01", "2027-01-08", "2027-01-15", "2027-01-22")
    ] == [
        True,
        False,
        True,
        True,
        True,
    ]


def test_a_settled_day_is_refused_on_the_page(
    store: Store, labs: Labs, now: datetime, client_of: ClientOf
) -> None:
    friday = evening(store, labs.ours, now, state=DayState.FIXED)
    desk = client_of(friday.coordinator)
    assert "お休みの日にする" not in section(desk.get("/calendar/").text, "2026-11-27")
    answer = desk.post("/calendar/2026-11-27/close")
    assert answer.status_code == 422
    assert "もう確定しています" in answer.text


def test_days_that_are_none_are_not_found(desk: FlaskClient) -> None:
    assert desk.post("/calendar/2026-11-28/close").status_code == 404
    assert desk.post("/calendar/tomorrow/open").status_code == 404


def test_a_lab_admin_may_and_a_stranger_changes_only_their_own_lab(
    store: Store, labs: Labs, friday: Evening, person: Callable[..., int], client_of: ClientOf
) -> None:
    stranger = client_of(person(labs.strangers, Role.LAB_ADMIN, "遠くの人"))
    page = stranger.get("/calendar/").text
    assert "食が届いています" not in page
    assert stranger.post("/calendar/2026-11-27/close").status_code == 303
    with store.session(all_labs=True) as session:
        assert session.get_one(Lab, labs.ours).rules.closed_days == frozenset()
        assert session.get_one(Lab, labs.strangers).rules.closed_days == {"2026-11-27"}
    for role in (Role.KITCHEN, Role.VOLUNTEER):
        somebody = client_of(person(labs.ours, role, "だれか", kitchen_id=friday.kitchen_id))
        assert somebody.get("/calendar/").status_code == 403
