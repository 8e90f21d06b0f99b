"""The round as plain forms: count at the pass, two taps a door, take back, correct, worry, and the thanks at the end."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from sharemeal.actions.cook import cooked
from sharemeal.people import Role
from sharemeal.service_days import DayState
from sharemeal.store import service_days
from sharemeal.store.base import Store, transaction
from sharemeal.store.batches import counts_of
from sharemeal.store.kitchens import offers_on
from tests.make.evening import FRIDAY, Evening
from tests.web.conftest import Labs, StandingClock
from tests.web.round_phone import (
    AT_THE_DOORS,
    card_of,
    collect_all,
    form_of,
    reports,
    stops,
    tap,
    told,
)

ClientOf = Callable[[int], FlaskClient]


def test_a_whole_round(phone: FlaskClient, store: Store, friday: Evening) -> None:
    assert "8食 うけとりました" in card_of(phone.get("/route").text)
    collect_all(phone)
    assert "花村" in card_of(phone.get("/route").text)
    assert tap(phone, "usual") == "/route?saved=3"
    page = phone.get("/route?saved=3").text
    assert "元に戻す" in page
    assert "梅原" in card_of(page)
    assert "久保田" in page, "every later stop stays readable"
    assert page[page.index('class="beads"') : page.index('id="stop"')].count("済") == 3
    assert tap(phone, "different", "voice_only") == "/route/different?stop=4"
    assert tap(phone, "worried", "unseen_left") == "/route/worried?stop=5"
    assert tap(phone, "usual") == "/route?saved=6"
    done = phone.get("/route?saved=6").text
    assert "四軒のお届けが" in done
    assert "富永さん、今日もありがとう" in done
    assert "すべて送りました" in done
    assert "12月4日（金）" in done
    assert "21:00にこの電話から消えます" in done
    assert "梅原" not in done
    assert done.count("直す") == 4
    assert [(each.contact, each.condition) for each in reports(store, friday.lab_id)] == [
        ("seen", "usual"),
        ("voice_only", "different"),
        ("unseen_left", "worried"),
        ("seen", "usual"),
    ]


def test_all_met_is_said_so(phone: FlaskClient) -> None:
    collect_all(phone)
    for _door in range(4):
        tap(phone, "usual")
    assert "四軒みなさんに" in phone.get("/route").text


def test_nothing_ends_without_an_answer(phone: FlaskClient, store: Store, friday: Evening) -> None:
    form = form_of(
        phone.get("/route?stop=4").text, "door", condition="worried", note="長い" * 5, codes="smile"
    )
    answer = phone.post("/route/check-in", data=form)
    assert answer.status_code == 422
    assert 'class="errsum"' in answer.text
    assert 'href="#contact"' in answer.text
    assert "まだ答えがありません" in answer.text
    assert "（えらんだもの）" in answer.text
    card = card_of(answer.text)
    assert "梅原" in card
    assert "長い長い" in card
    assert 'value="smile" checked' in card
    assert reports(store, friday.lab_id) == []
    again = form_of(answer.text, "door", contact="seen", condition="worried", note="a" * 501)
    answer = phone.post("/route/check-in", data=again)
    assert answer.status_code == 422
    assert 'value="seen" checked' in card_of(answer.text), "the choice is kept"
    assert "500字まで" in card_of(answer.text)


def test_a_double_tap_and_the_back_button_change_nothing(
    phone: FlaskClient, store: Store, friday: Evening
) -> None:
    form = form_of(phone.get("/route?stop=4").text, "door", contact="seen", condition="usual")
    first, second = (phone.post("/route/check-in", data=form) for _tap in range(2))
    assert first.location == second.location
    another_form = {**form, "form_id": "another", "contact": "voice_only"}
    assert phone.post("/route/check-in", data=another_form).status_code == 303
    assert [each.contact for each in reports(store, friday.lab_id)] == ["seen"]


def test_taking_back_and_correcting(phone: FlaskClient, store: Store, friday: Evening) -> None:
    tap(phone, "usual", path="/route?stop=4")
    page = phone.get("/route?saved=4").text
    answer = phone.post("/route/undo", data=form_of(page, "undo"))
    assert answer.location == "/route?stop=4"
    page = phone.get("/route?stop=4").text
    assert "取り消しました" in page
    assert "元に戻す" not in card_of(page)
    tap(phone, "usual", path="/route?stop=4")
    page = phone.get("/route?stop=4").text
    assert 'value="seen" checked' in card_of(page)
    assert tap(phone, "usual", "voice_only", "/route?stop=4") == "/route?saved=4"
    kept = reports(store, friday.lab_id)
    assert [(each.contact, each.undone_at is None) for each in kept] == [
        ("seen", False),
        ("seen", True),
        ("voice_only", True),
    ]
    assert "声だけ" in phone.get("/route").text


def test_what_was_different(phone: FlaskClient, store: Store, friday: Evening) -> None:
    address = tap(phone, "different", path="/route?stop=4")
    page = phone.get(address).text
    assert "見たことをえらんでください" in page
    first_six = page[: page.index("ほかにも")]
    assert first_six.count('name="codes"') == 6
    assert "ふらつき・けが・あざ" in first_six
    form = form_of(
        page, "chips", codes="unsteady_or_hurt", condition="different", note="手すりを\r\n持っていた"
    )
    assert phone.post("/route/check-in", data=form).location == "/route?saved=4"
    last = reports(store, friday.lab_id)[-1]
    assert last.codes == {"unsteady_or_hurt"}
    assert last.note is not None
    page = phone.get(address).text
    assert 'value="unsteady_or_hurt" checked' in page
    assert "手すりを" in page
    too_long = form_of(page, "chips", note="あ" * 501, condition="different", codes="smile")
    answer = phone.post("/route/check-in", data=too_long)
    assert answer.status_code == 422
    assert "見たことをえらんでください" in answer.text
    assert "500字まで" in answer.text
    worried = form_of(page, "chips", codes="talk_confused", condition="worried")
    assert phone.post("/route/check-in", data=worried).location == "/route/worried?stop=4"
    assert phone.get("/route/different?stop=6").location == "/route?stop=6"


def test_counting_at_the_pass(phone: FlaskClient, store: Store, friday: Evening) -> None:
    form = form_of(phone.get("/route").text, "pickup")
    field = next(name for name in form if name.startswith("count-"))
    answer = phone.post("/route/pickup", data={**form, field: "18-20"})
    assert answer.status_code == 422
    assert "0から500の数字" in answer.text
    assert 'value="18-20"' in answer.text
    assert phone.post("/route/pickup", data={**form, field: "７食"}).status_code == 303
    page = phone.get("/route").text
    assert "7食 受け取りました" in page
    assert "予定は8食" in page
    stop = stops(store, friday.lab_id)[0]
    form = form_of(phone.get("/route?stop=1").text, "pickup", planned="1")
    assert form[field] == "7"
    assert phone.post("/route/pickup", data=form).status_code == 303
    with store.session(friday.lab_id) as session:
        assert [each.portions for each in counts_of(session, [stop]).values()] == [8]


def test_a_home_that_agreed_to_no_watch_over(phone: FlaskClient, store: Store, friday: Evening) -> None:
    card = card_of(phone.get("/route?stop=6").text)
    assert 'data-watched="no"' in card
    assert "お渡しした" in card
    form = form_of(phone.get("/route?stop=6").text, "door", contact="seen", condition="different")
    answer = phone.post("/route/check-in", data=form)
    assert answer.status_code == 422
    assert "見守りのお約束をいただいていません" in answer.text
    assert reports(store, friday.lab_id) == []
    assert tap(phone, "usual", path="/route?stop=6") == "/route?saved=6"
    assert "お渡しした" in phone.get("/route?saved=6").text
    page = phone.get(tap(phone, "worried", path="/route?stop=6")).text
    assert "急いだほうが" not in page


def test_the_deadline_moves_with_the_cooking(
    phone: FlaskClient, store: Store, friday: Evening, clock: StandingClock
) -> None:
    """Ready at 15:35 the boxes are good until 17:05: the last doors lie behind it."""
    assert "お届け期限は18:00です" in phone.get("/route").text
    with store.session(friday.lab_id) as session:
        offer = next(each for each in offers_on(session, FRIDAY) if each.kitchen_id == friday.kitchen_id)
        at = AT_THE_DOORS - timedelta(minutes=85)
        cooked(session, offer.id, meal_count=10, now=at, actor="test", kitchen_id=friday.kitchen_id)
    page = phone.get("/route?stop=4").text
    assert "お届け期限は17:05です。" in page
    assert "まにあわないときは" in card_of(page)
    assert "まにあわないときは" not in card_of(phone.get("/route?stop=3").text)


@pytest.mark.parametrize("kind", ["closed", "called off", "over"])
def test_afterwards_nothing_is_asked(
    phone: FlaskClient, store: Store, friday: Evening, clock: StandingClock, kind: str
) -> None:
    tap(phone, "worried", path="/route?stop=4")
    before = form_of(phone.get("/route?stop=4").text, "door", contact="seen", condition="usual")
    with store.session(friday.lab_id) as session, transaction(session, AT_THE_DOORS):
        day = service_days.on(session, FRIDAY)
        assert day is not None
        if kind == "closed":
            day.state = DayState.CLOSED
        elif kind == "called off":
            day.called_off_at = AT_THE_DOORS - timedelta(minutes=1)
    if kind == "over":
        clock.moment = AT_THE_DOORS + timedelta(hours=6)
    page = phone.get("/route").text
    assert "<form" not in page[page.index("<main") :]
    if kind == "called off":
        assert "中止になりました" in page
    if kind != "closed":
        assert "梅原" not in page
        assert "梅原" not in phone.get("/route/worried?stop=4", follow_redirects=True).text
        assert told(phone.get("/api/v1/route"))["stops"] == []
    if kind != "over":
        answer = phone.post("/route/check-in", data=before)
        assert answer.status_code == 422
        assert len(reports(store, friday.lab_id)) == 1


def test_earlier_weeks_stay_untold(
    phone: FlaskClient, store: Store, friday: Evening, clock: StandingClock
) -> None:
    """Condition and history of a home never stand on a sheet; a week later the report of today is unknown there."""
    tap(phone, "worried", path="/route?stop=4")
    with store.session(friday.lab_id) as session, transaction(session, AT_THE_DOORS):
        day = service_days.on(session, FRIDAY)
        assert day is not None
        day.service_date = FRIDAY - timedelta(days=14)
    clock.moment = AT_THE_DOORS
    assert "心配</span>" not in phone.get("/route").text


@pytest.mark.parametrize(
    "path", ["/route/different?stop=4", "/route/worried?stop=4", "/route/worried/now?stop=4"]
)
def test_strangers_and_others_see_nothing(
    path: str, phone: FlaskClient, labs: Labs, person: Callable[..., int], client_of: ClientOf
) -> None:
    tap(phone, "worried", path="/route?stop=4")
    for who in (person(labs.ours, Role.VOLUNTEER, "浜野"), person(labs.strangers, Role.VOLUNTEER, "よそ")):
        answer = client_of(who).get(path, follow_redirects=True)
        assert "梅原" not in answer.text
        assert "心配" not in answer.text
    assert client_of(person(labs.ours, Role.KITCHEN, "店")).get(path).status_code == 403


@pytest.mark.parametrize("path", ["/route/check-in", "/route/undo", "/route/pickup", "/route/worried/urgent"])
def test_forms_from_nowhere(phone: FlaskClient, path: str) -> None:
    for data in ({}, {"stop": "x"}, {"stop": "999"}, {"stop": "9" * 30, "uuid": "x", "contact": "seen"}):
        assert phone.post(path, data=data).status_code in (303, 404, 422), data
