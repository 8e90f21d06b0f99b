"""お届けボランティア: the list with who is in, the page, answers and links from the desk."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask.testing import FlaskClient

from sharemeal.actions.register_household import add_household
from sharemeal.actions.register_volunteer import add_volunteer
from sharemeal.people import Role
from sharemeal.service_days import DayState
from sharemeal.store import volunteers
from sharemeal.store.base import Store, transaction
from sharemeal.store.service_days import ServiceDay
from tests.web.conftest import Labs
from tests.web.test_households import HOME

ClientOf = Callable[[int], FlaskClient]
FRIDAY = date(2026, 11, 27)
VOLUNTEER = {
    "name": "葛西", "reading": "かさい", "phone": "070-0000-0101", "mode": "自転車", "meals_carried": "10",
    "town": "桜台", "lat": "35.551274", "lng": "139.515620", "shift_starts": "16:15", "shift_ends": "19:15",
    "familiar": "1", "skills": "手話・車いす", "serves_by_default": "はい",
}  # fmt: skip


@pytest.fixture
def desk(labs: Labs, person: Callable[..., int], client_of: ClientOf) -> FlaskClient:
    return client_of(person(labs.ours, Role.COORDINATOR))


@pytest.fixture
def helper(store: Store, labs: Labs, now: datetime) -> int:
    with store.session(labs.ours, actor="test") as session:
        add_household(session, HOME, now=now)
        return add_volunteer(session, VOLUNTEER, now=now)


def answer_of(store: Store, labs: Labs, volunteer_id: int) -> bool | None:
    with store.session(labs.ours) as session:
        return volunteers.answers_on(session, FRIDAY).get(volunteer_id)


def test_a_volunteer_is_entered_changed_and_listed(desk: FlaskClient, helper: int) -> None:
    answer = desk.post("/volunteers/new", data={**VOLUNTEER, "name": "関", "phone": "", "familiar": ""})
    assert answer.headers["Location"] == "/volunteers/2"
    page = desk.get("/volunteers/1").text
    for told in (
        "<ruby>葛西<rt>かさい</rt></ruby>",
        "070-0000-0101",
        "自転車",
        "10食まで",
        "16:15–19:15",
        "手話・車いす",
    ):
        assert told in page
    assert 'href="/households/1"' in page
    desk.post("/volunteers/1/edit", data={**VOLUNTEER, "serves_by_default": "いいえ", "mode": "車"})
    listed = desk.get("/volunteers").text
    assert "お返事がまだです" in listed
    assert "いつも通り出られます" in listed
    assert "人が出られます" in listed


def test_faults_are_told_at_their_fields(desk: FlaskClient, helper: int) -> None:
    wrong = {"meals_carried": "0", "shift_starts": "19:00", "shift_ends": "16:00", "mode": "一輪車"}
    answer = desk.post("/volunteers/new", data={**VOLUNTEER, **wrong})
    assert answer.status_code == 422
    for told in (
        "3 か所",
        "1から200の数字",
        "活動の終了が開始より前です",
        "移動手段を読み取れません（入力: 一輪車）",
    ):
        assert told in answer.text
    unknown = desk.post("/volunteers/new", data={**VOLUNTEER, "familiar": "1・7"})
    assert "お届け先7は登録がありません" in unknown.text
    assert 'value="1・7"' in unknown.text


def test_answers_by_telephone_are_entered_at_the_desk(
    desk: FlaskClient, store: Store, labs: Labs, helper: int, now: datetime
) -> None:
    form = {"day": "2026-11-27", "can_serve": "no"}
    desk.post("/volunteers/1/duty", data=form)
    assert answer_of(store, labs, helper) is False
    listed = desk.get("/volunteers").text
    assert "出られません" in listed
    assert "この日はコースに入りません" in listed
    desk.post("/volunteers/1/duty", data={**form, "can_serve": "yes"})
    assert answer_of(store, labs, helper) is True
    with store.session(labs.ours) as session, transaction(session, now):
        session.add(ServiceDay(service_date=FRIDAY, state=DayState.FIXED))
    late = desk.post("/volunteers/1/duty", data=form)
    assert late.status_code == 422
    assert "もう決まっています" in late.text
    assert answer_of(store, labs, helper) is True
    for nonsense in ({"day": "金曜", "can_serve": "no"}, {"day": "2026-11-27", "can_serve": "たぶん"}):
        assert desk.post("/volunteers/1/duty", data=nonsense).status_code == 404


def test_a_rest_and_an_end_are_shown(desk: FlaskClient, helper: int) -> None:
    desk.post("/volunteers/1/pause", data={"reason": "ひざの手術"})
    assert "お休み、もどる日は未定" in desk.get("/volunteers").text
    assert "ひざの手術" in desk.get("/volunteers/1").text
    desk.post("/volunteers/1/return")
    assert "いつも通り出られます" in desk.get("/volunteers").text
    desk.post("/volunteers/1/end")
    assert "まだ登録されていません" in desk.get("/volunteers").text


def test_a_name_is_looked_for_in_the_body_of_a_form(desk: FlaskClient, helper: int) -> None:
    assert "1件見つかりました" in desk.post("/volunteers", data={"find": "かさい"}).text
    assert "葛西" not in desk.post("/volunteers", data={"find": "山田"}).text


def test_a_link_asked_for_twice_by_one_form_is_made_once(desk: FlaskClient, helper: int) -> None:
    assert desk.post("/volunteers/1/link", data={"form_id": "tapped-twice"}).status_code == 200
    again = desk.post("/volunteers/1/link", data={"form_id": "tapped-twice"})
    assert (again.status_code, again.headers["Location"]) == (303, "/volunteers/1")


def test_a_link_brings_the_volunteer_in(desk: FlaskClient, helper: int) -> None:
    page = desk.post("/volunteers/1/link").text
    assert "11月27日（金）" in page
    path = page.partition('value="http://localhost')[2].partition('"')[0]
    guest = desk.application.test_client()
    assert guest.post(path).headers["Location"] == "/"
    assert guest.get("/duty").status_code == 200
    assert guest.get("/volunteers").status_code == 403


@pytest.mark.parametrize("role", [Role.KITCHEN, Role.VOLUNTEER])
def test_the_wrong_role_is_refused(
    labs: Labs, person: Callable[..., int], client_of: ClientOf, role: Role
) -> None:
    assert client_of(person(labs.ours, role)).get("/volunteers").status_code == 403


def test_a_stranger_from_another_lab_finds_nothing_and_changes_nothing(
    store: Store, labs: Labs, helper: int, person: Callable[..., int], client_of: ClientOf
) -> None:
    stranger = client_of(person(labs.strangers, Role.COORDINATOR))
    assert "葛西" not in stranger.get("/volunteers").text
    assert {stranger.get(f"/volunteers/1{page}").status_code for page in ("", "/edit")} == {404}
    form = {**VOLUNTEER, "day": "2026-11-27", "can_serve": "no"}
    deeds = ("edit", "pause", "return", "end", "link", "duty")
    assert {stranger.post(f"/volunteers/1/{deed}", data=form).status_code for deed in deeds} == {404}
    assert answer_of(store, labs, helper) is None


def test_who_left_and_came_back_needs_a_new_link(desk: FlaskClient, helper: int) -> None:
    path = desk.post("/volunteers/1/link").text.partition('value="http://localhost')[2].partition('"')[0]
    guest = desk.application.test_client()
    guest.post(path)
    assert guest.get("/duty").status_code == 200
    desk.post("/volunteers/1/end")
    desk.post("/volunteers/1/come-back")
    assert guest.get("/duty").status_code == 303
    assert guest.post(path).status_code == 422
