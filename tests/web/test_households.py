"""お届け先: lists and pages for the coordinator, numbers for the administrator, nothing for anybody else."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from sharemeal.actions.register_household import add_household
from sharemeal.households import ConsentItem
from sharemeal.people import Role
from sharemeal.store import households
from sharemeal.store.audit import AuditEntry
from sharemeal.store.base import Store
from sharemeal.store.households import Household
from tests.web.conftest import Labs

ClientOf = Callable[[int], FlaskClient]
HOME = {
    "name": "髙柳さん", "reading": "たかやなぎ", "kinds": "高齢者", "town": "もえぎ野", "address": "3-4", "lat": "35.547510",
    "lng": "139.523110", "phone": "090-0000-0101", "portions": "2", "allergens": "卵・大豆", "texture": "UDF1",
    "diet": "減塩・50%減", "window_opens": "16:30", "window_closes": "18:30", "door_note": "ベル2回",
    "emergency_contact": "妹 080-0000-0101", "skills": "手話",
}  # fmt: skip


@pytest.fixture
def desk(labs: Labs, person: Callable[..., int], client_of: ClientOf) -> FlaskClient:
    return client_of(person(labs.ours, Role.COORDINATOR))


@pytest.fixture
def homes(store: Store, now: datetime) -> Callable[..., None]:
    """Take in homes of these names: ``homes(lab_id, "髙柳さん", …)``."""

    def add(lab_id: int, *names: str) -> None:
        with store.session(lab_id, actor="test") as session:
            for name in names:
                add_household(session, {**HOME, "name": name}, now=now)

    return add


def stored(store: Store, labs: Labs, number: int = 1) -> Household:
    with store.session(labs.ours) as session:
        home = households.by_number(session, number, with_names=True)
        assert home is not None
        assert home.consents is not None
        return home


def test_a_home_is_entered_shown_and_listed(desk: FlaskClient, store: Store, labs: Labs) -> None:
    answer = desk.post("/households/new", data={**HOME, "given_by": "長女", "watch_over": "はい"})
    assert answer.headers["Location"] == "/households/1"
    page = desk.get("/households/1").text
    for told in (
        "<ruby>髙柳<rt>たかやなぎ</rt></ruby>さん",
        "卵・大豆 抜き",
        "50%減",
        "ベル2回",
        "妹 080-0000-0101",
        "手話",
        "長女",
    ):
        assert told in page
    line = desk.get("/households").text
    assert "髙柳" in line
    assert "計画に入ります" in line
    assert "次は11月27日（金）" in line
    assert stored(store, labs).consents_to(ConsentItem.WATCH_OVER)


def test_every_fault_is_told_at_its_field_and_what_was_typed_stays(
    desk: FlaskClient, store: Store, labs: Labs
) -> None:
    wrong = {
        "portions": "18-20",
        "lat": "139.5",
        "lng": "35.5",
        "phone": "90-0000-0101",
        "allergens": "そばこ",
    }
    answer = desk.post("/households/new", data={**HOME, **wrong})
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 4
    for told in (
        "4 か所",
        'href="#portions"',
        "数が2つ書かれています",
        "緯度に35.5、経度に139.5",
        "090-0000-0101",
    ):
        assert told in answer.text
    for kept in ('value="18-20"', 'value="そばこ"', 'value="髙柳さん"', 'value="減塩" checked'):
        assert kept in answer.text
    with store.session(labs.ours) as session:
        assert households.all_households(session) == []


def test_a_change_keeps_consents_and_number(
    desk: FlaskClient, store: Store, labs: Labs, homes: Callable[..., None]
) -> None:
    homes(labs.ours, "髙柳さん")
    form = desk.get("/households/1/edit").text
    assert 'value="卵" checked' in form
    assert 'value="大豆"' in form
    desk.post("/households/1/edit", data={**HOME, "allergens": ["えび", "卵"], "portions": "３食"})
    home = stored(store, labs)
    assert (home.number, home.need.portions, home.need.allergens) == (1, 3, frozenset({"えび", "卵"}))
    assert home.consents_to(ConsentItem.MEALS)
    answer = desk.post(
        "/households/1/edit",
        data={**HOME, "allergens": ["えび", "卵"], "portions": "3"},
        follow_redirects=True,
    )
    assert "変わったところはありません" in answer.text


def test_a_form_sent_twice_is_taken_once(desk: FlaskClient, store: Store, labs: Labs) -> None:
    form = {**HOME, "form_id": "abc"}
    places = [desk.post("/households/new", data=form).headers["Location"] for _ in range(2)]
    assert places == ["/households/1"] * 2
    with store.session(labs.ours) as session:
        assert len(households.all_households(session)) == 1


def test_a_rest_with_its_end_takes_the_home_out_until_it_returns(
    desk: FlaskClient, store: Store, labs: Labs, homes: Callable[..., None]
) -> None:
    homes(labs.ours, "髙柳さん")
    refused = desk.post(
        "/households/1/pause", data={"starts": "2026-12-04", "ends": "2026-11-27", "reason": "旅行"}
    )
    assert refused.status_code == 422
    assert "お休みの終わりが始まりより前です" in refused.text
    assert 'value="旅行"' in refused.text
    desk.post("/households/1/pause", data={"starts": "", "ends": "令和8年12月4日", "reason": "旅行"})
    line = desk.get("/households").text
    assert "12月4日（金）までお休み" in line
    assert "次は12月11日（金）" in line
    desk.post("/households/1/return")
    assert "計画に入ります" in desk.get("/households").text


def test_a_day_is_declined_and_taken_back(
    desk: FlaskClient, store: Store, labs: Labs, homes: Callable[..., None]
) -> None:
    homes(labs.ours, "髙柳さん")
    desk.post("/households/1/decline", data={"day": "2026-11-27"})
    assert "11月27日（金）は辞退" in desk.get("/households?state=declined").text
    with store.session(labs.ours) as session:
        assert len(households.declined_on(session, date(2026, 11, 27))) == 1
    desk.post("/households/1/take-back-decline", data={"day": "2026-11-27"})
    assert "27日（金）は辞退" not in desk.get("/households/1").text
    over = desk.post("/households/1/decline", data={"day": "2026-11-20"})
    assert over.status_code == 422
    assert "もう終わっています" in over.text
    assert desk.post("/households/1/decline", data={"day": "あす"}).status_code == 404
    assert desk.get(f"/households/{10**20}").status_code == 404


def test_consents_are_given_and_withdrawn_item_by_item(
    desk: FlaskClient, store: Store, labs: Labs, homes: Callable[..., None]
) -> None:
    homes(labs.ours, "髙柳さん")
    nobody = desk.post(
        "/households/1/consents", data={"item": "tell_family", "given_by": "", "review_on": ""}
    )
    assert nobody.status_code == 422
    assert "どなたが約束されたか" in nobody.text
    wrong = {"item": "tell_family", "given_by": "妹", "review_on": "2027-02-31"}
    assert "2月は28日までです" in desk.post("/households/1/consents", data=wrong).text
    desk.post("/households/1/consents", data={**wrong, "review_on": "令和9年4月1日"})
    page = desk.get("/households/1").text
    assert "妹" in page
    assert "見なおし 2027年4月1日" in page
    desk.post("/households/1/consents/withdraw", data={"item": "meals"})
    home = stored(store, labs)
    assert home.consents_to(ConsentItem.TELL_FAMILY)
    assert not home.consents_to(ConsentItem.MEALS)
    assert "お約束がまだです" in desk.get("/households").text
    assert "2026年11月26日に取り消し" in desk.get("/households/1").text


def test_a_home_ends_and_comes_back_under_its_number(
    desk: FlaskClient, store: Store, labs: Labs, homes: Callable[..., None]
) -> None:
    homes(labs.ours, "髙柳さん")
    desk.post("/households/1/end")
    assert "まだ登録されていません" in desk.get("/households").text
    assert "髙柳" in desk.get("/households?state=ended").text
    desk.post("/households/1/come-back")
    assert "計画に入ります" in desk.get("/households/1").text


def test_a_long_list_has_pages_and_is_searched_without_a_name_in_the_address(
    desk: FlaskClient, store: Store, labs: Labs, homes: Callable[..., None]
) -> None:
    homes(labs.ours, *(f"{number}番目さん" for number in range(1, 53)))
    first, second = desk.get("/households").text, desk.get("/households?page=2").text
    assert "50番目" in first
    assert "51番目" not in first
    assert "52番目" in second
    assert desk.get("/households?page=999").text.count("番目") == second.count("番目")
    found = desk.post("/households", data={"find": "52番目"}).text
    assert "1件見つかりました" in found
    assert "51番目" not in found
    assert "あてはまるお届け先はありません" in desk.post("/households", data={"find": "いない人"}).text


def test_the_list_notes_whose_names_it_showed(
    desk: FlaskClient, store: Store, labs: Labs, homes: Callable[..., None]
) -> None:
    homes(labs.ours, "髙柳さん")
    desk.get("/households")
    with store.session(labs.ours) as session:
        query = select(func.count()).where(AuditEntry.what == "read", AuditEntry.subject == "household")
        assert session.scalar(query) == 1


def test_the_administrator_sees_numbers_and_no_person(
    desk: FlaskClient,
    store: Store,
    labs: Labs,
    homes: Callable[..., None],
    person: Callable[..., int],
    client_of: ClientOf,
) -> None:
    homes(labs.ours, "髙柳さん")
    admin = client_of(person(labs.ours, Role.LAB_ADMIN))
    page = admin.get("/households").text
    assert "お届け先1" in page
    for hidden in ("髙柳", "もえぎ野", "卵", "減塩"):
        assert hidden not in page
    for path in ("/households/1", "/households/new", "/households/1/edit"):
        assert admin.get(path).status_code == 403
    for path in ("/households", "/households/1/edit", "/households/1/pause", "/households/1/end"):
        assert admin.post(path, data={"find": "髙柳"}).status_code == 403
    assert stored(store, labs).ended_on is None


@pytest.mark.parametrize("role", [Role.KITCHEN, Role.VOLUNTEER])
def test_kitchens_and_volunteers_see_nothing(
    labs: Labs, person: Callable[..., int], client_of: ClientOf, role: Role
) -> None:
    assert client_of(person(labs.ours, role)).get("/households").status_code == 403


def test_a_stranger_from_another_lab_finds_nothing_and_changes_nothing(
    store: Store, labs: Labs, homes: Callable[..., None], person: Callable[..., int], client_of: ClientOf
) -> None:
    homes(labs.ours, "髙柳さん")
    stranger = client_of(person(labs.strangers, Role.COORDINATOR))
    assert "髙柳" not in stranger.get("/households").text
    for path in ("/households/1", "/households/1/edit"):
        assert stranger.get(path).status_code == 404
    for deed in ("edit", "pause", "return", "end", "decline", "consents", "consents/withdraw"):
        form = {**HOME, "name": "別人", "day": "2026-11-27", "item": "meals", "given_by": "誰か"}
        assert stranger.post(f"/households/1/{deed}", data=form).status_code == 404, deed
    home = stored(store, labs)
    assert (home.name, home.ended_on, home.consents_to(ConsentItem.MEALS)) == ("髙柳さん", None, True)
