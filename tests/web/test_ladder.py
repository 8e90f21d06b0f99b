"""連絡のはしご as a page: five numbers and two waits, as people type them."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from sharemeal.actions.set_ladder import DEFAULTS, FIELDS
from sharemeal.people import Role
from sharemeal.store.base import Store
from sharemeal.store.labs import Lab
from tests.web.conftest import Labs

PAGE = "/contacts/ladder"
ClientOf = Callable[[int], FlaskClient]


@pytest.fixture
def desk(client_of: ClientOf, labs: Labs, person: Callable[..., int]) -> FlaskClient:
    return client_of(person(labs.ours, Role.LAB_ADMIN, "林"))


def kept(store: Store, lab_id: int) -> dict[str, int]:
    with store.session(all_labs=True) as session:
        rules = session.get_one(Lab, lab_id).rules
        return {field: getattr(rules, field) for field in FIELDS}


def form(**changes: str) -> dict[str, str]:
    return {field: str(DEFAULTS[field]) for field in FIELDS} | {"do": "keep"} | changes


def test_minutes_are_shown_changed_and_set_back(desk: FlaskClient, store: Store, labs: Labs) -> None:
    page = desk.get(PAGE).text
    for words in ("ご本人に電話", "世話人へ連絡", "ご家族へ", "地域ケアプラザへ", "119・110を人が決める"):
        assert words in page
    assert "自分から電話することはありません" in page
    assert desk.post(PAGE, data=form(call_home_minutes="１０分", patience_minutes="４５")).status_code == 303
    assert kept(store, labs.ours) == DEFAULTS | {"call_home_minutes": 10, "patience_minutes": 45}
    assert kept(store, labs.strangers) == DEFAULTS
    assert 'value="10"' in desk.get(PAGE).text
    assert desk.post(PAGE, data=form(do="defaults", family_minutes="x")).status_code == 303
    assert kept(store, labs.ours) == DEFAULTS
    assert "変わったところはありません" in desk.post(PAGE, data=form(), follow_redirects=True).text


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("family_minutes", "10", "「ご家族へ」の10分は"),
        ("family_minutes", "", "0から600の数字で"),
        ("call_home_minutes", "-1", "0から600の数字で"),
        ("emergency_minutes", "99999999999999999999", "0から600の数字で"),
        ("patience_minutes", "半時間", "0から600の数字で"),
        ("volunteer_margin_minutes", "10-20", "数が2つ"),
    ],
)
def test_what_cannot_be_meant_is_said_at_its_field_and_stays(
    desk: FlaskClient, store: Store, labs: Labs, field: str, typed: str, said: str
) -> None:
    refused = desk.post(PAGE, data=form(**{field: typed, "care_plaza_minutes": "95"}))
    assert refused.status_code == 422
    assert said in refused.text
    assert f'id="{field}-e"' in refused.text
    assert 'value="95"' in refused.text
    assert f'value="{typed}"' in refused.text
    assert kept(store, labs.ours) == DEFAULTS


def test_a_form_with_nothing_in_it_is_no_fault(desk: FlaskClient) -> None:
    assert desk.post(PAGE, data={}).status_code == 422


@pytest.mark.parametrize("role", [Role.KITCHEN, Role.VOLUNTEER])
def test_others_do_not_open_it(
    client_of: ClientOf, labs: Labs, person: Callable[..., int], role: Role
) -> None:
    assert client_of(person(labs.ours, role)).get(PAGE).status_code == 403
