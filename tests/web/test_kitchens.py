"""協力店: the list with the coming day's meals, the page, and offers entered for whoever telephoned."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from sharemeal.actions.register_kitchen import add_kitchen
from sharemeal.people import Role
from sharemeal.service_days import DayState
from sharemeal.store import kitchens
from sharemeal.store.base import Store, transaction
from sharemeal.store.kitchens import Offer
from sharemeal.store.service_days import ServiceDay
from tests.web.conftest import Labs, StandingClock

ClientOf = Callable[[int], FlaskClient]
FRIDAY = date(2026, 11, 27)
KITCHEN = {
    "name": "なのはな食堂", "kind": "和食", "town": "藤が丘一丁目", "lat": "35.546458", "lng": "139.530478",
    "phone": "045-000-0011", "textures": "普通・UDF1", "handover_opens": "16:00", "handover_closes": "18:00",
    "freshness_minutes": "90",
}  # fmt: skip
OFFER = {
    "dish": "里芋コロッケ弁当", "meal_count": "８食", "allergens": ["小麦", "大豆"], "texture": "普通", "ready": "16:20",
    "surplus_kg": "1.3", "measured": "実測", "local_percent": "30%", "employment_hours": "1.5",
}  # fmt: skip


@pytest.fixture
def desk(labs: Labs, person: Callable[..., int], client_of: ClientOf) -> FlaskClient:
    return client_of(person(labs.ours, Role.COORDINATOR))


@pytest.fixture
def shop(store: Store, labs: Labs, now: datetime) -> int:
    with store.session(labs.ours, actor="test") as session:
        return add_kitchen(session, KITCHEN, now=now)


def offers(store: Store, labs: Labs) -> list[Offer]:
    with store.session(labs.ours) as session:
        return kitchens.offers_on(session, FRIDAY)


def test_a_kitchen_is_entered_changed_and_listed(desk: FlaskClient) -> None:
    form = {**KITCHEN, "textures": ["普通", "UDF1"]}
    assert desk.post("/kitchens/new", data=form).headers["Location"] == "/kitchens/1"
    page = desk.get("/kitchens/1").text
    for told in ("なのはな食堂", "045-000-0011", "できあがりから90分", "容易にかめる"):
        assert told in page
    desk.post("/kitchens/1/edit", data={**form, "handover_closes": "18時30分"})
    listed = desk.get("/kitchens").text
    assert "16:00–18:30" in listed
    assert "まだ届いていません" in listed
    assert "締め切りは 11月26日（木）15:00" in listed.replace(" 15:00", "15:00")


def test_faults_are_told_at_their_fields(desk: FlaskClient) -> None:
    wrong = {"name": "", "handover_opens": "18:00", "handover_closes": "16:00", "freshness_minutes": "5000"}
    answer = desk.post("/kitchens/new", data={**KITCHEN, **wrong})
    assert answer.status_code == 422
    for told in (
        "3 か所",
        'href="#name"',
        "受け渡しの終了が開始より前です",
        "15から240の数字",
        'value="5000"',
    ):
        assert told in answer.text
    assert "まだ登録されていません" in desk.get("/kitchens").text


def test_an_offer_is_entered_corrected_and_taken_back(
    desk: FlaskClient, store: Store, labs: Labs, shop: int
) -> None:
    assert "11月27日" in desk.get("/kitchens/1/offers/2026-11-27").text
    desk.post("/kitchens/1/offers/2026-11-27", data=OFFER)
    (offer,) = offers(store, labs)
    assert (offer.meal_count, offer.allergens, offer.uses_surplus) == (8, frozenset({"小麦", "大豆"}), True)
    assert offer.entered_by.startswith("coordinator ")
    assert "届きました 8食" in desk.get("/kitchens").text
    edit = f"/kitchens/1/offers/{offer.id}/edit"
    assert 'value="小麦" checked' in desk.get(edit).text
    desk.post(edit, data={**OFFER, "allergens": "なし", "meal_count": "6"})
    assert [(each.meal_count, each.allergens) for each in offers(store, labs)] == [(6, frozenset())]
    desk.post(f"/kitchens/1/offers/{offer.id}/withdraw")
    assert offers(store, labs) == []


def test_what_is_not_declared_is_said_to_count_as_everything(desk: FlaskClient, shop: int) -> None:
    desk.post("/kitchens/1/offers/2026-11-27", data={**OFFER, "allergens": ""})
    assert "すべて入りとみなします" in desk.get("/kitchens/1").text


def test_a_count_that_cannot_be_meant_is_refused_and_kept(
    desk: FlaskClient, store: Store, labs: Labs, shop: int
) -> None:
    for count in ("-1", "5000", "18-20", "たくさん"):
        answer = desk.post("/kitchens/1/offers/2026-11-27", data={**OFFER, "meal_count": count})
        assert answer.status_code == 422
        assert f'value="{count}"' in answer.text
        assert f"0から500の数字で入力してください（入力: {count}）。" in answer.text
    assert offers(store, labs) == []


def test_the_coordinator_enters_after_the_cutoff_until_the_day_is_fixed(
    desk: FlaskClient, store: Store, labs: Labs, shop: int, clock: StandingClock
) -> None:
    clock.moment += timedelta(hours=5)
    assert "締め切りを過ぎました" in desk.get("/kitchens").text
    desk.post("/kitchens/1/offers/2026-11-27", data=OFFER)
    with store.session(labs.ours) as session, transaction(session, clock.moment):
        session.add(ServiceDay(service_date=FRIDAY, state=DayState.FIXED))
    (offer,) = offers(store, labs)
    late = desk.post(f"/kitchens/1/offers/{offer.id}/edit", data={**OFFER, "meal_count": "1"})
    assert late.status_code == 422
    assert "もう決まっています" in late.text
    assert offers(store, labs)[0].meal_count == 8


def test_a_resting_kitchen_is_shown_as_resting(desk: FlaskClient, shop: int) -> None:
    desk.post("/kitchens/1/pause", data={"ends": "2026-12-03"})
    listed = desk.get("/kitchens").text
    assert "12月3日（木）までお休み" in listed
    assert "次は12月4日（金）" in listed


def test_a_link_for_the_kitchen_opens_its_page(desk: FlaskClient, shop: int, labs: Labs) -> None:
    page = desk.post("/kitchens/1/link").text
    assert "data:image/svg+xml;base64," in page
    path = page.partition('value="http://localhost')[2].partition('"')[0]
    assert path.startswith("/s/")
    guest = desk.application.test_client()
    assert guest.post(path).headers["Location"] == "/"
    assert guest.get("/households").status_code == 403


@pytest.mark.parametrize("role", [Role.KITCHEN, Role.VOLUNTEER])
def test_the_wrong_role_is_refused(
    labs: Labs, person: Callable[..., int], client_of: ClientOf, role: Role
) -> None:
    client = client_of(person(labs.ours, role))
    assert client.get("/kitchens").status_code == 403
    assert client.post("/kitchens/1/offers/2026-11-27", data=OFFER).status_code == 403


def test_a_stranger_from_another_lab_finds_nothing_and_changes_nothing(
    desk: FlaskClient, store: Store, labs: Labs, shop: int, person: Callable[..., int], client_of: ClientOf
) -> None:
    desk.post("/kitchens/1/offers/2026-11-27", data=OFFER)
    (offer,) = offers(store, labs)
    stranger = client_of(person(labs.strangers, Role.COORDINATOR))
    assert "なのはな" not in stranger.get("/kitchens").text
    pages = ("", "/edit", "/offers/2026-11-27", f"/offers/{offer.id}/edit")
    assert {stranger.get(f"/kitchens/1{page}").status_code for page in pages} == {404}
    deeds = ("edit", "pause", "return", "end", "link", "offers/2026-11-27", f"offers/{offer.id}/withdraw")
    form = {**KITCHEN, **OFFER}
    assert {stranger.post(f"/kitchens/1/{deed}", data=form).status_code for deed in deeds} == {404}
    assert len(offers(store, labs)) == 1
