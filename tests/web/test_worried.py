"""心配 on the phone: what to do first, who knows of it by now, the second question, and taking it back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from sharemeal.actions.take_up import take_up
from sharemeal.store.alerts import Alert
from sharemeal.store.base import Store
from tests.make.evening import Evening, evening
from tests.web.conftest import Labs, StandingClock
from tests.web.round_phone import AT_THE_DOORS, form_of, prepare, reports, tap, told

ClientOf = Callable[[int], FlaskClient]


@pytest.fixture
def friday(store: Store, labs: Labs, now: datetime) -> Evening:
    made = evening(store, labs.ours, now)
    prepare(store, made, now)
    return made


@pytest.fixture
def phone(friday: Evening, client_of: ClientOf, clock: StandingClock) -> FlaskClient:
    clock.moment = AT_THE_DOORS
    return client_of(friday.volunteer)


def test_a_worry_says_what_to_do_and_who_knows(
    phone: FlaskClient, store: Store, friday: Evening, clock: StandingClock
) -> None:
    address = tap(phone, "worried", path="/route?stop=5")
    page = phone.get(address).text
    assert page.index('href="tel:119"') < page.index("急いだほうが") < page.index("いま、こうなっています")
    assert 'href="tel:110"' in page
    assert "世話人に知らせています" in page
    with store.session(friday.lab_id) as session:
        alert = session.scalars(select(Alert)).one()
        take_up(session, alert.id, friday.coordinator, now=AT_THE_DOORS + timedelta(minutes=1))
    answer = told(phone.get("/route/worried/now?stop=5"))
    assert "桜井さんが引き受けました" in answer["html"]
    assert not answer["over"]
    assert "桜井さんが引き受けました" in phone.get("/route").text
    clock.moment = AT_THE_DOORS + timedelta(minutes=2)
    assert phone.post("/route/undo", data=form_of(page, "undo")).location == "/route?stop=5"
    assert "無事の連絡が届きます" in phone.get("/route?stop=5").text
    assert phone.get(address).status_code == 303
    assert told(phone.get("/route/worried/now?stop=5")) == {"html": "", "over": True}


@pytest.mark.parametrize(("said", "condition", "leads"), [
    ("yes", "worried", "/route/worried?stop=5"),
    ("no", "different", "/route/different?stop=5"),
])  # fmt: skip
def test_the_second_question(
    phone: FlaskClient, store: Store, friday: Evening, said: str, condition: str, leads: str
) -> None:
    page = phone.get(tap(phone, "worried", "unseen_left", "/route?stop=5")).text
    form = page[page.index('action="/route/worried/urgent"') :]
    fields = form_of(f'data-event="urgent"{form}', "urgent", urgent=said)
    assert phone.post("/route/worried/urgent", data=fields).location == leads
    last = reports(store, friday.lab_id)[-1]
    assert (last.contact, last.condition) == ("unseen_left", condition)
    assert (last.note == "今日中に見てほしい") is (said == "yes")
    if said == "yes":
        assert "書きそえました" in phone.get(leads).text
