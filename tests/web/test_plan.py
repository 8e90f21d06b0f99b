"""The planning page: calculate, see why, move, pin, sign off, fix; and nobody of another lab ever sees it."""

import re
import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from sharemeal.people import Role
from sharemeal.store import service_days
from sharemeal.store.base import Store, transaction
from sharemeal.store.households import Household
from tests.make.small_lab import DAY, SmallLab, two_homes

PAGE = f"/plan/{DAY.isoformat()}"
Person = Callable[..., int]
ClientOf = Callable[[int], FlaskClient]


def wait_for_calculations() -> None:
    """Join the background calculations that pages have begun."""
    for thread in threading.enumerate():
        if thread.name.startswith("calculate"):
            thread.join(60)


@pytest.fixture
def lab(store: Store, now: datetime) -> SmallLab:
    made = two_homes(store, now)
    made.contacts()
    return made


@pytest.fixture
def desk(lab: SmallLab, person: Person, client_of: ClientOf) -> FlaskClient:
    """The coordinator's browser."""
    return client_of(person(lab.lab_id, Role.COORDINATOR))


def calculated(desk: FlaskClient) -> str:
    assert desk.post(f"{PAGE}/calculate").status_code == 303
    wait_for_calculations()
    return desk.get(PAGE).text


def test_a_day_is_calculated_shown_and_fixed(desk: FlaskClient, lab: SmallLab) -> None:
    before = desk.get(PAGE)
    assert before.status_code == 200
    assert "豆のごはん" in before.text
    page = calculated(desk)
    assert "もれなし" in page
    assert "2軒" in page
    assert "なぜ" in page
    assert "<svg" in page
    fixed = desk.post(f"{PAGE}/fix", follow_redirects=True)
    assert "確定" in fixed.text
    with lab.store.session(lab.lab_id) as session:
        day = service_days.on(session, DAY)
        assert day is not None
        assert day.state == "fixed"
    assert desk.post(f"{PAGE}/fix").status_code == 303
    refused = desk.post(f"{PAGE}/calculate", follow_redirects=True)
    wait_for_calculations()
    assert refused.status_code == 200
    assert "もう決まっています" in desk.get(PAGE).text


def test_progress_tells_figures_only(desk: FlaskClient) -> None:
    assert desk.get(f"{PAGE}/progress").json == {"state": "none"}
    calculated(desk)
    told = desk.get(f"{PAGE}/progress").json
    assert told is not None
    assert told["state"] == "done"
    assert told["unserved"] == 0


def test_a_home_moves_for_a_day_and_back(desk: FlaskClient, lab: SmallLab) -> None:
    calculated(desk)
    with lab.store.session(lab.lab_id) as session:
        day = service_days.on(session, DAY)
        assert day is not None
        carriers = {stop.household_id: route.volunteer.number for route in day.routes for stop in route.stops}
    home = 1
    other = 1 if 2 in carriers.values() and 1 not in carriers.values() else 2
    desk.post(f"{PAGE}/move", data={"household": home, "volunteer": other})
    wait_for_calculations()
    page = desk.get(PAGE).text
    assert "この日だけ移しました" in page
    pin = re.search(r'name="pin" value="(\d+)"', page)
    assert pin is not None
    desk.post(f"{PAGE}/unpin", data={"pin": pin[1]})
    wait_for_calculations()
    assert "この日だけ移しました" not in desk.get(PAGE).text


def test_a_pin_needs_a_reason(desk: FlaskClient) -> None:
    calculated(desk)
    refused = desk.post(f"{PAGE}/pin", data={"household": "1", "volunteer": "1", "reason": " "})
    assert refused.status_code == 422
    kept = desk.post(
        f"{PAGE}/pin",
        data={"household": "1", "volunteer": "1", "reason": "声でわかる", "until": "令和8年12月31日"},
    )
    assert kept.status_code == 303
    wait_for_calculations()
    assert "声でわかる" in desk.get(PAGE).text


def test_a_home_without_a_place_needs_a_name(desk: FlaskClient, lab: SmallLab) -> None:
    lab.home(3, 12, portions=4)
    page = calculated(desk)
    assert "届かない家" in page
    blocked = desk.post(f"{PAGE}/fix")
    assert blocked.status_code == 422
    assert "お届け先③" in blocked.text
    assert "もう一度計算する" in blocked.text
    signed = desk.post(
        f"{PAGE}/sign-off", data={"household": "3", "reason": "電話して惣菜を届ける"}, follow_redirects=True
    )
    assert "桜井さんが引き受け：電話して惣菜を届ける" in signed.text
    assert "引き受け済み" in signed.text
    assert desk.post(f"{PAGE}/fix").status_code == 303


def test_what_changed_since_is_said(desk: FlaskClient, lab: SmallLab) -> None:
    calculated(desk)
    lab.home(3, 12)
    assert "計算のあとで" in desk.get(PAGE).text
    assert desk.post(f"{PAGE}/fix").status_code == 422


@pytest.mark.parametrize("missing", ["volunteers", "offers"])
def test_a_day_without_people_or_food_has_a_plan_that_says_so(
    missing: str, store: Store, now: datetime, person: Person, client_of: ClientOf
) -> None:
    lab = SmallLab(store, now, slug="thin")
    kitchen = lab.kitchen(1, 0)
    lab.home(1, 5)
    if missing == "volunteers":
        lab.offer(kitchen, "豆のごはん", 5)
    else:
        lab.volunteer(1, 0)
    desk = client_of(person(lab.lab_id, Role.COORDINATOR))
    page = calculated(desk)
    assert "届かない家" in page
    assert desk.post(f"{PAGE}/fix").status_code == 422


def test_another_labs_desk_sees_and_changes_nothing(
    lab: SmallLab, desk: FlaskClient, store: Store, now: datetime, person: Person, client_of: ClientOf
) -> None:
    calculated(desk)
    stranger = SmallLab(store, now, slug="stranger")
    elsewhere = client_of(person(stranger.lab_id, Role.COORDINATOR, "よその人"))
    page = elsewhere.get(PAGE).text
    assert "豆のごはん" not in page
    assert "もれなし" not in page
    assert elsewhere.post(f"{PAGE}/fix").status_code == 422
    assert elsewhere.post(f"{PAGE}/move", data={"household": 1, "volunteer": 1}).status_code == 422
    with lab.store.session(lab.lab_id) as session:
        day = service_days.on(session, DAY)
        assert day is not None
        assert day.state == "draft"


@pytest.mark.parametrize("role", [Role.KITCHEN, Role.VOLUNTEER, Role.CITY])
def test_others_may_not_open_it(role: Role, lab: SmallLab, person: Person, client_of: ClientOf) -> None:
    assert client_of(person(lab.lab_id, role)).get(PAGE).status_code == 403


def test_no_such_day(desk: FlaskClient) -> None:
    assert desk.get("/plan/2026-11-31").status_code == 404
    assert desk.get("/plan/tomorrow").status_code == 404


def test_an_administrator_sees_figures_but_no_place_and_no_reason(
    store: Store, now: datetime, person: Person, client_of: ClientOf
) -> None:
    lab = SmallLab(store, now, slug="private")
    lab.offer(lab.kitchen(1, 0), "豆のごはん", 2, allergens=("卵",))
    lab.home(1, 5, allergens=("卵",))
    lab.home(2, 10)
    with lab.session() as session, transaction(session, now):
        for home in session.scalars(select(Household)):
            home.town = "もえぎ野"
    lab.volunteer(1, -5)
    desk = client_of(person(lab.lab_id, Role.COORDINATOR))
    page = calculated(desk)
    told = ("もえぎ野", "卵", "mapcard")
    assert all(word in page for word in told)
    admin = client_of(person(lab.lab_id, Role.LAB_ADMIN, "管理"))
    shown = admin.get(PAGE).text
    assert "届かない家が1軒" in shown
    assert not [word for word in told if word in shown]
    assert admin.post("/volunteers/1/link").status_code == 403
    assert "入るリンクを作る" not in admin.get("/volunteers/1").text
    assert desk.post("/volunteers/1/link").status_code == 200


def test_a_day_with_too_few_contacts_needs_a_name(
    store: Store, now: datetime, person: Person, client_of: ClientOf
) -> None:
    lab = two_homes(store, now, slug="alone")
    lab.contact(1, "桜井")
    desk = client_of(person(lab.lab_id, Role.COORDINATOR))
    assert "連絡先が、あと1人いります" in calculated(desk)
    blocked = desk.post(f"{PAGE}/fix")
    assert blocked.status_code == 422
    assert "連絡先が2人そろっていません" in blocked.text
    empty = desk.post(f"{PAGE}/few-contacts", data={"few_reason": " "})
    assert empty.status_code == 422
    assert 'id="few_reason-e"' in empty.text
    stranger = SmallLab(store, now, slug="stranger")
    elsewhere = client_of(person(stranger.lab_id, Role.COORDINATOR, "よその人"))
    elsewhere.post(f"{PAGE}/few-contacts", data={"few_reason": "よその話"})
    assert "よその話" not in desk.get(PAGE).text
    signed = desk.post(f"{PAGE}/few-contacts", data={"few_reason": "電話を離しません"}, follow_redirects=True)
    assert "桜井さんが引き受け：電話を離しません" in signed.text
    desk.post(f"{PAGE}/few-contacts", data={"do": "undo"})
    assert desk.post(f"{PAGE}/fix").status_code == 422
    desk.post(f"{PAGE}/few-contacts", data={"few_reason": "電話を離しません"})
    assert desk.post(f"{PAGE}/fix").status_code == 303
    fixed = desk.get(PAGE).text
    assert "桜井さんが引き受け：電話を離しません" in fixed
    assert "引き受けを取り消す" not in fixed
