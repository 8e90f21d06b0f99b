"""The kitchen's form a second time: corrections, double taps, two tabs, the cut-off; and never a word of a home."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from sharemeal.people import Role
from sharemeal.service_days import DayState
from sharemeal.store.base import Store
from tests.make.evening import HOMES, Evening, evening
from tests.web.conftest import Labs, StandingClock
from tests.web.kitchen_form import fields, open_form, told

ClientOf = Callable[[int], FlaskClient]
SECRETS = [word for home in HOMES for word in (home[0], home[1], home[3])]


@pytest.fixture
def friday(store: Store, labs: Labs, now: datetime) -> Evening:
    return evening(store, labs.ours, now, state=None)


@pytest.fixture
def phone(friday: Evening, client_of: ClientOf) -> FlaskClient:
    return client_of(friday.cook)


def test_a_number_is_corrected_until_the_cutoff(phone: FlaskClient, store: Store, friday: Evening) -> None:
    phone.post("/kitchen", data=open_form(phone))
    form = open_form(phone, meal_count="8", dish="豚丼")
    assert form["offer_id"]
    again = phone.post("/kitchen", data=form)
    assert "献立が変わりました" in again.text
    assert phone.post("/kitchen", data=fields(again.text)).status_code == 303
    (offer,) = told(store, friday)
    assert (offer.meal_count, offer.dish) == (8, "豚丼")


def test_another_dish_can_be_added_and_taken_back(phone: FlaskClient, store: Store, friday: Evening) -> None:
    phone.post("/kitchen", data=open_form(phone))
    more = fields(phone.get("/kitchen?more=1").text)
    assert not more["offer_id"]
    assert not more["dish"]
    more |= {"dish": "豆のカレー", "meal_count": "4", "declares": "none"}
    assert phone.post("/kitchen", data=more).status_code == 303
    assert [offer.meal_count for offer in told(store, friday)] == [10, 4]
    page = phone.get("/kitchen/saved").text
    assert "十四食" in page
    second = told(store, friday)[1].id
    form = fields(phone.get(f"/kitchen?offer={second}").text)
    assert form["dish"] == "豆のカレー"
    assert phone.post("/kitchen", data={**form, "withdraw": "1"}).status_code == 303
    assert [offer.dish for offer in told(store, friday)] == ["豚の生姜焼き弁当"]


def test_a_double_tap_and_the_back_button_change_nothing_more(
    phone: FlaskClient, store: Store, friday: Evening
) -> None:
    form = open_form(phone)
    first = phone.post("/kitchen", data=form)
    assert phone.post("/kitchen", data=form).location == first.location
    assert phone.post("/kitchen", data={**form, "form_id": "another"}).status_code == 303
    assert len(told(store, friday)) == 1


def test_two_tabs_never_add_up_unasked(phone: FlaskClient, store: Store, friday: Evening) -> None:
    early = open_form(phone, dish="鶏の照り焼き", meal_count="12", a=["鶏肉"])
    phone.post("/kitchen", data=open_form(phone))
    answer = phone.post("/kitchen", data=early)
    assert answer.status_code == 409
    assert "別の画面からも知らせがありました" in answer.text
    assert fields(answer.text)["meal_count"] == "12"
    assert [offer.meal_count for offer in told(store, friday)] == [10]
    assert phone.post("/kitchen", data=fields(answer.text)).status_code == 303
    assert [(offer.dish, offer.meal_count) for offer in told(store, friday)] == [("鶏の照り焼き", 12)]


def test_a_stale_correction_does_not_undo_the_newer_one(
    phone: FlaskClient, store: Store, friday: Evening, clock: StandingClock
) -> None:
    phone.post("/kitchen", data=open_form(phone))
    stale = open_form(phone, meal_count="11")
    clock.moment += timedelta(minutes=5)
    phone.post("/kitchen", data=open_form(phone, meal_count="6"))
    assert phone.post("/kitchen", data=stale).status_code == 409
    assert told(store, friday)[0].meal_count == 6


def test_behind_the_cutoff_only_a_call_helps(
    phone: FlaskClient, store: Store, friday: Evening, clock: StandingClock
) -> None:
    form = open_form(phone)
    clock.moment = datetime(2026, 11, 26, 6, 0, 1, tzinfo=UTC)
    late = phone.post("/kitchen", data=form)
    assert late.status_code == 422
    assert "締め切りを過ぎました" in late.text
    assert "まだ受け取っていない内容: 豚の生姜焼き弁当 10食" in late.text
    assert told(store, friday) == []
    page = phone.get("/kitchen").text
    assert "まだ届いていません" in page
    assert 'href="tel:+81450000000"' in page
    assert "<form class" not in page
    assert "12月4日（金）の食数を知らせる" in page
    assert fields(phone.get("/kitchen?day=2026-12-04").text)["meal_count"] == "10"


def test_once_the_day_is_settled_the_carrier_is_named_and_no_home_is(
    store: Store, labs: Labs, now: datetime, client_of: ClientOf
) -> None:
    friday = evening(store, labs.ours, now, state=DayState.FIXED)
    page = client_of(friday.cook).get("/kitchen").text
    assert "富永さん" in page
    assert "8食" in page
    assert "16:40" in page
    assert "コースが決まったので" in page
    assert not [secret for secret in SECRETS if secret in page]
    assert "お届け先" not in page


def test_a_draft_does_not_keep_a_kitchen_from_correcting(
    store: Store, labs: Labs, now: datetime, client_of: ClientOf
) -> None:
    friday = evening(store, labs.ours, now, state=DayState.DRAFT)
    phone = client_of(friday.cook)
    assert phone.post("/kitchen", data=open_form(phone, meal_count="7")).status_code == 303
    assert [offer.meal_count for offer in told(store, friday)] == [7]


def test_days_without_service_have_no_form(phone: FlaskClient) -> None:
    for day in ("2026-11-28", "2026-11-20", "2027-12-03", "x", "2026-11-31"):
        assert phone.get(f"/kitchen?day={day}").status_code == 404
        assert phone.post("/kitchen", data={"day": day}).status_code == 404


def test_a_stranger_finds_none_of_our_offers(
    phone: FlaskClient, friday: Evening, labs: Labs, store: Store, now: datetime, client_of: ClientOf
) -> None:
    phone.post("/kitchen", data=open_form(phone))
    ours = told(store, friday)[0].id
    strangers = evening(store, labs.strangers, now, state=None)
    stranger = client_of(strangers.cook)
    assert stranger.get(f"/kitchen?offer={ours}").status_code == 404
    form = {**fields(stranger.get("/kitchen").text), "offer_id": str(ours), "meal_count": "1"}
    stranger.post("/kitchen", data={**form, "withdraw": "1"})
    stranger.post("/kitchen", data=form)
    assert [offer.meal_count for offer in told(store, friday)] == [10]


def test_another_kitchen_of_the_lab_finds_none_either(
    phone: FlaskClient, friday: Evening, store: Store, person: Callable[..., int], client_of: ClientOf
) -> None:
    phone.post("/kitchen", data=open_form(phone))
    ours = told(store, friday)[0].id
    other = client_of(person(friday.lab_id, Role.KITCHEN, "つむぎ", kitchen_id=friday.kitchen_id + 1))
    assert other.get(f"/kitchen?offer={ours}").status_code == 404
    form = {**fields(other.get("/kitchen").text), "offer_id": str(ours), "meal_count": "1", "withdraw": "1"}
    assert other.post("/kitchen", data=form).status_code == 404
    assert [offer.meal_count for offer in told(store, friday)] == [10]


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.COORDINATOR, Role.LAB_ADMIN, Role.CITY])
def test_other_roles_may_not(role: Role, labs: Labs, person: Callable[..., int], client_of: ClientOf) -> None:
    client = client_of(person(labs.ours, role, "ほか"))
    assert client.get("/kitchen").status_code == 403
    assert client.get("/kitchen/saved").status_code == 403
    assert client.post("/kitchen", data={}).status_code == 403
