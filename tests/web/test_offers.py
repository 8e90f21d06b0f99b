"""The kitchen's form: filled in from last time, kept at two taps, bad input told and nothing lost."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from html import unescape

import pytest
from flask.testing import FlaskClient

from sharemeal.store.base import Store
from tests.make.evening import Evening, evening
from tests.web.conftest import Labs
from tests.web.kitchen_form import fields, open_form, told

ClientOf = Callable[[int], FlaskClient]


@pytest.fixture
def friday(store: Store, labs: Labs, now: datetime) -> Evening:
    return evening(store, labs.ours, now, state=None)


@pytest.fixture
def phone(friday: Evening, client_of: ClientOf) -> FlaskClient:
    return client_of(friday.cook)


def test_the_form_is_filled_in_from_last_time(phone: FlaskClient) -> None:
    page = phone.get("/kitchen").text
    form = fields(page)
    assert "11月27日（金）" in page
    assert form["meal_count"] == "10"
    assert "11月20日（金）と同じ数" in page
    assert form["dish"] == "豚の生姜焼き弁当"
    assert form["a"] == ["小麦", "豚肉"]
    assert form["ready"] == "16:30"
    assert "surplus" in form


def test_two_taps_save(phone: FlaskClient, store: Store, friday: Evening) -> None:
    kept = phone.post("/kitchen", data=open_form(phone))
    assert kept.status_code == 303
    page = phone.get(kept.location).text
    assert "十食、" in page
    assert "うかがいました" in page
    assert "11月26日（木） 12:00に受け取りました" in page
    assert "直せるのは11月26日（木） 15:00まで" in page
    assert "tel:+81450000000" in page
    (offer,) = told(store, friday)
    assert (offer.meal_count, offer.dish, offer.entered_by) == (
        10,
        "豚の生姜焼き弁当",
        f"kitchen {friday.cook}",
    )
    assert offer.allergens == frozenset({"小麦", "豚肉"})


@pytest.mark.parametrize(("step", "shown"), [("1", "11"), ("-1", "9")])
def test_minus_and_plus_work_without_a_script(
    phone: FlaskClient, store: Store, friday: Evening, step: str, shown: str
) -> None:
    page = phone.post("/kitchen", data=open_form(phone, step=step, dish="うどん")).text
    assert fields(page)["meal_count"] == shown
    assert fields(page)["dish"] == "うどん"
    assert told(store, friday) == []


@pytest.mark.parametrize(
    ("typed", "step", "shown"), [("0", "-1", "0"), ("500", "1", "500"), ("１８食", "1", "19")]
)
def test_counting_stays_within_its_bounds(phone: FlaskClient, typed: str, step: str, shown: str) -> None:
    page = phone.post("/kitchen", data=open_form(phone, step=step, meal_count=typed)).text
    assert fields(page)["meal_count"] == shown


@pytest.mark.parametrize("typed", ["１８食", "18", " 18 ", "18食", "18.0"])
def test_a_number_may_be_written_as_people_do(
    phone: FlaskClient, store: Store, friday: Evening, typed: str
) -> None:
    assert phone.post("/kitchen", data=open_form(phone, meal_count=typed)).status_code == 303
    assert told(store, friday)[0].meal_count == 18


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("meal_count", "5000", "0から500の数字で入力してください（入力: 5000）"),
        ("meal_count", "-3", "0から500の数字で入力してください（入力: -3）"),
        ("meal_count", "18-20", "数が2つ書かれています"),
        ("meal_count", "", "0から500の数字で入力してください"),
        ("meal_count", "たくさん", "0から500の数字で入力してください"),
        ("dish", "", "空のままです"),
        ("dish", "=HYPERLINK(1)", "計算式は読み込めません"),
        ("dish", "あ" * 200, "80字までで書いてください"),
        ("ready", "25:00", "時刻を読み取れません"),
        ("ready", "19:30", "受け渡しの終わり（18:00）より後です"),
        ("a", ["石"], "「石」というアレルゲンは一覧にありません"),
        ("texture", "UDF4", "この協力店ではUDF4を作れません"),
    ],
)
def test_bad_input_is_told_and_kept(
    phone: FlaskClient, store: Store, friday: Evening, field: str, typed: object, words: str
) -> None:
    answer = phone.post("/kitchen", data=open_form(phone, **{field: typed}))
    assert answer.status_code == 422
    page = unescape(answer.text)
    assert words in page
    assert 'class="errsum"' in page
    assert 'aria-invalid="true"' in page or field in ("a", "texture")
    assert told(store, friday) == []
    kept = fields(answer.text)
    if field not in ("a", "texture"):
        assert kept[field] == typed
    assert kept["ready" if field != "ready" else "dish"] == (
        "16:30" if field != "ready" else "豚の生姜焼き弁当"
    )


def test_nothing_chosen_is_not_taken_as_nothing_inside(
    phone: FlaskClient, store: Store, friday: Evening
) -> None:
    form = {name: value for name, value in open_form(phone).items() if name != "a"}
    assert "入っているものを選んでください" in phone.post("/kitchen", data=form).text
    assert told(store, friday) == []
    assert phone.post("/kitchen", data={**form, "declares": "none"}).status_code == 303
    assert told(store, friday)[0].allergens == frozenset()


def test_unknown_counts_as_everything(phone: FlaskClient, store: Store, friday: Evening) -> None:
    page = phone.get("/kitchen").text
    assert "すべて入っているものとして扱い" in page
    assert phone.post("/kitchen", data=open_form(phone, declares="unknown")).status_code == 303
    assert told(store, friday)[0].allergens is None


def test_both_none_and_some_is_asked_again(phone: FlaskClient) -> None:
    answer = phone.post("/kitchen", data=open_form(phone, declares="none"))
    assert "両方選ばれています" in answer.text


def test_allergens_of_another_dish_are_looked_at_once_more(
    phone: FlaskClient, store: Store, friday: Evening
) -> None:
    answer = phone.post("/kitchen", data=open_form(phone, dish="さばの味噌煮"))
    assert answer.status_code == 422
    assert "献立が変わりました" in answer.text
    assert told(store, friday) == []
    assert phone.post("/kitchen", data=fields(answer.text)).status_code == 303
    assert told(store, friday)[0].dish == "さばの味噌煮"


def test_chips_and_their_numbers(phone: FlaskClient, store: Store, friday: Evening) -> None:
    asked = phone.post("/kitchen", data=open_form(phone, local="on"))
    assert "およその割合を" in asked.text
    form = open_form(phone, local="on", local_percent="80%", work="on", employment_hours="1.5")
    form |= {"surplus_kg": "２．９kg", "measured": "on"}
    assert phone.post("/kitchen", data=form).status_code == 303
    (offer,) = told(store, friday)
    assert (offer.local_percent, offer.employment_hours) == (80, Decimal("1.5"))
    assert (offer.uses_surplus, offer.surplus_kg, offer.surplus_measured) == (True, Decimal("2.9"), True)


def test_no_meals_today_is_one_tap(phone: FlaskClient, store: Store, friday: Evening) -> None:
    assert phone.post("/kitchen", data=open_form(phone, none="1")).status_code == 303
    assert told(store, friday)[0].meal_count == 0
    assert "0食、" in phone.get("/kitchen/saved").text
