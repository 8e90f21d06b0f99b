"""What no page of ours sends: days at the ends of the calendar, numbers no id can have, an origin that is none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient

from sharemeal.store.base import Store
from tests.make.round import FixedRound, later
from tests.make.small_lab import DAY
from tests.web.conftest import StandingClock

BY_DAY = (
    "/today/{}", "/today/{}/call-off", "/today/{}/close", "/today/{}/paper", "/today/state?day={}",
    "/plan/{}", "/plan/{}/progress",
)  # fmt: skip
NO_IDS = ("", "x", "-1", "0", str(2**31), "9" * 15, "9" * 30, "9" * 5000)


@pytest.fixture
def friday(store: Store, now: datetime, clock: StandingClock) -> FixedRound:
    clock.moment = later(10)
    return FixedRound(store, now)


@pytest.fixture
def desk(friday: FixedRound, client_of: Callable[[int], FlaskClient]) -> FlaskClient:
    return client_of(friday.boss)


def test_a_day_near_the_ends_of_the_calendar_is_not_there(desk: FlaskClient) -> None:
    for day in ("9999-12-31", "0001-01-01", "0001-01-03", "1999-12-31", "2101-01-01"):
        for page in BY_DAY:
            assert desk.get(page.format(day)).status_code == 404, (page, day)
        assert desk.post(f"/plan/{day}/calculate").status_code == 404


def test_the_first_and_the_last_day_have_their_pages(desk: FlaskClient) -> None:
    for day in ("2000-01-01", "2100-12-31"):
        for page in ("/today", "/plan"):
            assert desk.get(f"{page}/{day}").status_code == 200, (page, day)


def test_a_number_that_no_id_can_have_is_not_there(desk: FlaskClient) -> None:
    for number in NO_IDS:
        form = dict.fromkeys(("alert", "concern", "person", "household", "volunteer", "pin", "home"), number)
        form |= {"memo": "x", "outcome": "safe", "contact": "seen", "uuid": "x"}
        for path in ("/today/take-up", "/today/snooze", "/today/memo", "/today/end", "/contacts"):
            assert desk.post(path, data=form).status_code == 404, (path, number)
        for path in (f"/plan/{DAY}/move", f"/plan/{DAY}/unpin", f"/today/{DAY}/call"):
            assert desk.post(path, data=form).status_code in (404, 422), (path, number)


def test_a_place_that_is_none_begins_the_log_at_its_top(friday: FixedRound, desk: FlaskClient) -> None:
    friday.taps(1, "seen", note="庭の柿")
    for place in (f"1-{'9' * 15}", f"1-{2**31}", f"{'9' * 17}-{'9' * 15}", "1-", "-", f"{'9' * 18}-1"):
        for way in ("behind", "before"):
            assert "庭の柿" in desk.get(f"/log?{way}={place}").text, (way, place)


def test_an_origin_that_is_no_address_is_not_ours(
    friday: FixedRound, client_of: Callable[[int], FlaskClient]
) -> None:
    volunteer = client_of(friday.carrier(1))
    for origin in ("http://[", "http://[::1", "//", "http://]:80", "\u00b2"):
        answer = volunteer.post("/api/v1/check-ins", json=[], headers={"Origin": origin})
        assert answer.status_code == 403, origin
