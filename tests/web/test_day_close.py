"""A day that is called off becomes a round of calls; a day that is closed adds up, and carries over by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from sharemeal.people import Role
from sharemeal.service_days import DayState
from sharemeal.store import batches, kitchens, service_days
from sharemeal.store.base import Store
from sharemeal.watch import Ending
from tests.make.round import AT_THE_DOOR, FixedRound, later
from tests.make.small_lab import DAY, SmallLab
from tests.web.conftest import StandingClock

ClientOf = Callable[[int], FlaskClient]
Person = Callable[..., int]
OFF, CLOSE = f"/today/{DAY}/call-off", f"/today/{DAY}/close"


@pytest.fixture
def friday(store: Store, now: datetime, clock: StandingClock) -> FixedRound:
    made = FixedRound(store, now)
    clock.moment = later(30)
    return made


@pytest.fixture
def desk(friday: FixedRound, client_of: ClientOf) -> FlaskClient:
    return client_of(friday.boss)


def words(page: str) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", page))


def test_calling_off_asks_why_and_becomes_a_round_of_calls(
    friday: FixedRound, desk: FlaskClient, clock: StandingClock
) -> None:
    clock.moment = AT_THE_DOOR - timedelta(hours=3)
    assert f'href="{OFF}"' in desk.get(f"/plan/{DAY}").text
    assert "2軒に、1軒ずつ電話でたずねます" in words(desk.get(OFF).text)
    refused = desk.post(OFF, data={"why": " "})
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.text
    assert desk.post(OFF, data={"why": "大雪の予報"}).status_code == 303
    page = desk.get(f"/today/{DAY}").text
    assert "大雪の予報" in page
    assert "中止の日。0軒にたずね、のこりは2軒です。" in words(page)
    assert page.count('name="contact" value="voice_only"') == 2
    for home, contact in ((1, "voice_only"), (2, "not_reached")):
        call = {"home": home, "contact": contact, "uuid": str(uuid4()), "note": ""}
        assert desk.post(f"/today/{DAY}/call", data=call).status_code == 303
    page = words(desk.get(f"/today/{DAY}").text)
    assert "2軒すべてにたずね、1軒と話せました。" in page
    assert "電話に出ない" in page
    (concern,) = friday.concerns()
    assert concern.kind == "not_reached"
    assert desk.get(OFF).status_code == 303, "called off once is called off"


def test_a_worry_on_the_telephone_is_told_at_once(friday: FixedRound, desk: FlaskClient) -> None:
    desk.post(OFF, data={"why": "台風"})
    call = {
        "home": 1,
        "contact": "voice_only",
        "condition": "worried",
        "uuid": str(uuid4()),
        "note": "せきこむ",
    }
    desk.post(f"/today/{DAY}/call", data=call)
    (concern,) = friday.concerns()
    assert concern.level == 3
    assert 'href="tel:119"' in desk.get(f"/today/{DAY}").text


def test_closing_adds_up_and_names_what_is_open(friday: FixedRound, desk: FlaskClient) -> None:
    friday.taps(1, "seen")
    page = words(desk.get(CLOSE).text)
    assert "豆のごはん" in page
    assert "まだだれもたずねていません" in page
    with friday.lab.session() as session:
        offer_id = kitchens.offers_on(session, DAY)[0].id
    refused = desk.post(CLOSE, data={f"lost-{offer_id}": "たくさん"})
    assert refused.status_code == 422
    assert 'value="たくさん"' in refused.text
    too_many = desk.post(CLOSE, data={f"lost-{offer_id}": "4"})
    assert too_many.status_code == 422
    assert "食多く出ています" in too_many.text
    assert desk.post(CLOSE, data={f"lost-{offer_id}": "１食"}).status_code == 303
    with friday.lab.session() as session:
        day = service_days.on(session, DAY)
        assert day is not None
        assert day.state is DayState.CLOSED
        tally = batches.tallies_of(session, [offer_id])[offer_id]
        assert (tally.cooked, tally.handed, tally.left_there, tally.returned, tally.lost) == (5, 2, 0, 2, 1)
    summary = desk.get(CLOSE).text
    carried = summary[summary.index('id="open"') :]
    assert '<span class="plate">2</span>' in carried
    assert "締めました" in summary
    assert desk.post(CLOSE, data={}).status_code == 303, "closed twice is closed"
    (concern,) = friday.concerns()
    desk.post("/today/end", data={"concern": concern.id, "outcome": "safe"})
    assert friday.concerns()[0].ended_as is Ending.SAFE


def test_a_day_that_is_not_settled_leads_back(desk: FlaskClient) -> None:
    for path in ("call-off", "close", "paper"):
        assert desk.get(f"/today/2026-12-04/{path}").status_code == 303
    assert desk.post("/today/2026-12-04/close").status_code == 422
    assert desk.post("/today/2026-12-04/call-off", data={"why": "雪"}).status_code == 422


def test_a_stranger_and_an_administrator_close_nothing(
    store: Store, now: datetime, friday: FixedRound, person: Person, client_of: ClientOf
) -> None:
    stranger = client_of(person(SmallLab(store, now, slug="far").lab_id, Role.COORDINATOR, "都筑"))
    assert stranger.post(CLOSE).status_code == 422
    assert stranger.post(OFF, data={"why": "雪"}).status_code == 422
    admin = client_of(person(friday.lab.lab_id, Role.LAB_ADMIN, "宮野"))
    assert admin.post(CLOSE).status_code == 403
    assert admin.get(OFF).status_code == 403
    with friday.lab.session() as session:
        day = service_days.on(session, DAY)
        assert day is not None
        assert (day.state, day.called_off_at) == (DayState.FIXED, None)
