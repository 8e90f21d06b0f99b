"""POST /api/v1/check-ins: each event for itself, safe to repeat, and nothing that can be sent brings it down."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from sharemeal.people import Role
from sharemeal.service_days import DayState
from sharemeal.store import service_days
from sharemeal.store.base import Store, transaction
from tests.make.evening import FRIDAY, Evening, evening
from tests.web.conftest import Labs, StandingClock
from tests.web.round_phone import AT_THE_DOORS, event, reports, stops, told

URL = "/api/v1/check-ins"
ClientOf = Callable[[int], FlaskClient]


@pytest.fixture
def door(store: Store, friday: Evening) -> int:
    """The stop of 梅原."""
    return stops(store, friday.lab_id)[3]


def test_one_event_is_answered_by_one(phone: FlaskClient, store: Store, friday: Evening, door: int) -> None:
    sent = event(door, observations=["smile", "mail_piled"], note="ポストがいっぱい", condition="different")
    answer = phone.post(URL, json=sent)
    assert answer.status_code == 200
    assert told(answer) == {"id": sent["id"], "result": "created", "error": None}
    (kept,) = reports(store, friday.lab_id)
    assert (kept.contact, kept.condition, kept.note) == ("seen", "different", "ポストがいっぱい")
    assert kept.codes == {"smile", "mail_piled"}
    assert kept.observed_at == datetime.fromisoformat(sent["observed_at"])
    assert kept.received_at == AT_THE_DOORS


def test_sent_again_it_changes_nothing(phone: FlaskClient, store: Store, friday: Evening, door: int) -> None:
    sent = event(door)
    assert told(phone.post(URL, json=sent))["result"] == "created"
    again = [sent, {**sent, "id": sent["id"].upper(), "contact": "voice_only"}]
    assert [each["result"] for each in told(phone.post(URL, json=again))] == ["repeated", "repeated"]
    assert [each.contact for each in reports(store, friday.lab_id)] == ["seen"]


def test_undone_by_an_event_too(phone: FlaskClient, store: Store, friday: Evening, door: int) -> None:
    first, second = event(door), event(door, contact="voice_only")
    back = {"id": second["id"], "undo": True}
    answers = told(phone.post(URL, json=[first, second, back, back, {"id": str(uuid4()), "undo": True}]))
    assert [each["result"] for each in answers] == ["created", "created", "created", "repeated", "refused"]
    stop = told(phone.get("/api/v1/route"))["stops"][3]
    assert stop["id"] == door
    assert stop["ended"]
    assert stop["recorded"]["id"] == first["id"]
    phone.post(URL, json={"id": first["id"], "undo": True})
    stop = told(phone.get("/api/v1/route"))["stops"][3]
    assert (stop["ended"], stop["recorded"]) == (False, None)


def test_a_count_at_a_kitchen(phone: FlaskClient, store: Store, friday: Evening) -> None:
    shop = told(phone.get("/api/v1/route"))["stops"][0]
    (box,) = shop["boxes"]
    sent = {
        "id": str(uuid4()),
        "stop": shop["id"],
        "counts": {str(box["offer"]): 7},
        "observed_at": "2026-11-27T16:40:00+09:00",
    }
    assert [each["result"] for each in told(phone.post(URL, json=[sent, sent]))] == ["created", "repeated"]
    shop = told(phone.get("/api/v1/route"))["stops"][0]
    assert shop["ended"]
    assert shop["recorded"] == {"counts": {str(box["offer"]): 7}}
    impossible: tuple[Any, ...] = (
        {},
        [],
        {"x": 1},
        {"²": 1},
        {"999999": 1},
        {str(box["offer"]): -1},
        {str(box["offer"]): 1.5},
    )
    for counts in impossible:
        answer = phone.post(URL, json={**sent, "id": str(uuid4()), "counts": counts})
        assert answer.status_code == 200
        assert told(answer)["result"] == "refused"


BAD: list[tuple[dict[str, Any], str]] = [
    ({"contact": None}, "まだ答えがありません"),
    ({"contact": ""}, "まだ答えがありません"),
    ({"contact": "not_reached"}, "選べません"),
    ({"contact": "met"}, "知らないことば"),
    ({"contact": 5}, "読み取れません"),
    ({"contact": ["seen"]}, "読み取れません"),
    ({"condition": "fine"}, "知らないことば"),
    ({"condition": {}}, "読み取れません"),
    ({"observations": ["mail_piled", "burglar"]}, "知らないことば"),
    ({"observations": "mail_piled"}, "読み取れません"),
    ({"observations": [["mail_piled"]]}, "読み取れません"),
    ({"observations": {"mail_piled": True}}, "読み取れません"),
    ({"note": "あ" * 501}, "500字まで"),
    ({"note": 12}, "読み取れません"),
    ({"note": "半分の字\ud83d"}, "読み取れません"),
    ({"note": "a\x00b"}, "読めない文字"),
    ({"observed_at": "2026-11-27T16:59:30"}, "時差がありません"),
    ({"observed_at": "2026-11-27"}, "時差がありません"),
    ({"observed_at": "今日"}, "読み取れません"),
    ({"observed_at": 1795766370}, "読み取れません"),
    ({"observed_at": None}, "読み取れません"),
    ({"observed_at": "0001-01-01T00:00:00+23:59"}, "時差がありません"),
    ({"observed_at": "9999-12-31T23:59:59-23:59"}, "時差がありません"),
    ({"observed_at": "2026-11-26T17:00:00+09:00"}, "より前です"),
    ({"observed_at": "2026-11-27T23:00:00+09:00"}, "いまより先"),
    ({"id": "12"}, "読み取れません"),
    ({"id": None}, "読み取れません"),
    ({"id": 7}, "読み取れません"),
    ({"id": "x" * 5000}, "読み取れません"),
    ({"stop": None}, "読み取れません"),
    ({"stop": "1"}, "読み取れません"),
    ({"stop": True}, "読み取れません"),
    ({"stop": 1.5}, "読み取れません"),
    ({"stop": 0}, "読み取れません"),
    ({"stop": 10**30}, "読み取れません"),
    ({"stop": 2**31 - 1}, "見つかりません"),
    ({"undo": "yes"}, "読み取れません"),
]


def test_what_cannot_be_is_refused_in_a_sentence(
    phone: FlaskClient, store: Store, friday: Evening, door: int
) -> None:
    """All bad events in one list, with a good one behind them: each is told why, and the good one is kept."""
    good = event(door)
    answer = phone.post(URL, json=[*({**event(door), **change} for change, _words in BAD), good])
    assert answer.status_code == 200
    *refused, created = told(answer)
    for (change, words), each in zip(BAD, refused, strict=True):
        assert each["result"] == "refused", change
        assert words in each["error"], change
    assert created == {"id": good["id"], "result": "created", "error": None}
    assert len(reports(store, friday.lab_id)) == 1


def test_a_kitchen_is_no_door(phone: FlaskClient, store: Store, friday: Evening) -> None:
    answer = told(phone.post(URL, json=event(stops(store, friday.lab_id)[0])))
    assert answer["result"] == "refused"
    assert "受け取りの店" in answer["error"]


NO_LISTS = [
    (b"", "application/json", 400),
    (b"{", "application/json", 400),
    (b'"door"', "application/json", 400),
    (b"null", "application/json", 400),
    (b"3", "application/json", 400),
    (b"\xff\xfe\xfa", "application/json", 400),
    (b"[" * 100_000, "application/json", 400),
    (b'{"stop": ' + b"9" * 6000 + b"}", "application/json", 400),
    (json.dumps({"note": "x" * 1_000_000}).encode(), "application/json", 413),
    (b"[" + b",".join([b"{}"] * 201) + b"]", "application/json", 413),
    (b"stop=1", "application/x-www-form-urlencoded", 415),
    (b"{}", "text/plain", 415),
]


def test_what_is_no_list_of_events(phone: FlaskClient) -> None:
    for body, kind, status in NO_LISTS:
        answer = phone.post(URL, data=body, content_type=kind)
        assert answer.status_code == status, body[:40]
        assert told(answer)["error"]


def test_strange_elements_are_refused_one_by_one(phone: FlaskClient) -> None:
    answers = told(phone.post(URL, json=[None, 3, "x", [], {}]))
    assert [each["result"] for each in answers] == ["refused"] * 5
    assert told(phone.post(URL, json=[])) == []


SENDERS: list[tuple[dict[str, str], int]] = [
    ({}, 200),
    ({"Origin": "http://localhost"}, 200),
    ({"Sec-Fetch-Site": "same-origin"}, 200),
    ({"Origin": "https://elsewhere.example"}, 403),
    ({"Origin": "http://localhost.elsewhere.example"}, 403),
    ({"Origin": "http://localhost:99"}, 403),
    ({"Origin": "null"}, 403),
    ({"Sec-Fetch-Site": "cross-site"}, 403),
    ({"Sec-Fetch-Site": "same-site"}, 403),
    ({"X-Sharemeal-Queue": "another's"}, 409),
    ({"X-Sharemeal-Queue": "ほかの人".encode().decode("latin-1")}, 409),
]


def test_only_pages_of_ours_may_send(phone: FlaskClient, store: Store, friday: Evening, door: int) -> None:
    taken = 0
    for headers, status in SENDERS:
        answer = phone.post(URL, json=event(door), headers=headers)
        assert answer.status_code == status, headers
        taken += status == 200
        assert len(reports(store, friday.lab_id)) == taken


def test_it_needs_no_secret_of_a_form(app: Any, phone: FlaskClient, friday: Evening, door: int) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert told(phone.post(URL, json=event(door)))["result"] == "created"
    assert phone.post("/route/check-in", data={"stop": door}).status_code == 400


def test_another_volunteers_door_and_another_labs(
    store: Store,
    labs: Labs,
    friday: Evening,
    now: datetime,
    person: Callable[..., int],
    client_of: ClientOf,
    clock: StandingClock,
    door: int,
) -> None:
    clock.moment = AT_THE_DOORS
    mine = event(door)
    assert told(client_of(friday.volunteer).post(URL, json=mine))["result"] == "created"
    colleague = client_of(person(labs.ours, Role.VOLUNTEER, "浜野"))
    stranger = client_of(evening(store, labs.strangers, now).volunteer)
    for client in (colleague, stranger):
        tried = [event(door), {"id": mine["id"], "undo": True}, {**mine, "contact": "unseen_left"}]
        answers = told(client.post(URL, json=tried))
        assert [each["result"] for each in answers] == ["refused"] * 3
        assert client.post("/route/check-in", data={"stop": door, "contact": "seen"}).status_code in (
            404,
            422,
        )
        assert client.post("/route/undo", data={"uuid": mine["id"]}).status_code == 404
    assert [each.undone_at for each in reports(store, labs.ours)] == [None]
    assert reports(store, labs.strangers) == []


@pytest.mark.parametrize("role", [Role.KITCHEN, Role.COORDINATOR, Role.LAB_ADMIN])
def test_other_roles_may_not(role: Role, labs: Labs, person: Callable[..., int], client_of: ClientOf) -> None:
    answer = client_of(person(labs.ours, role, "ほか")).post(URL, json=[])
    assert answer.status_code == 403
    assert told(answer)["error"]


def test_nobody_signed_in(app: Any) -> None:
    assert app.test_client().post(URL, json=[]).status_code == 401


@pytest.mark.parametrize("state", [DayState.DRAFT, DayState.CLOSED, "called off"])
def test_a_day_that_takes_no_reports(
    phone: FlaskClient, store: Store, friday: Evening, door: int, state: DayState | str
) -> None:
    """A closed day still takes the first word of a home; what comes after it is too late, unless it is grave."""
    before = [event(door)] * (state is DayState.CLOSED)
    phone.post(URL, json=before)
    with store.session(friday.lab_id) as session, transaction(session, AT_THE_DOORS):
        day = service_days.on(session, FRIDAY)
        assert day is not None
        if isinstance(state, DayState):
            day.state = state
        else:
            day.called_off_at = AT_THE_DOORS - timedelta(hours=1)
    assert told(phone.post(URL, json=event(door)))["result"] == "refused"
    assert len(reports(store, friday.lab_id)) == len(before)


def test_what_waited_comes_after_the_sheet_has_closed(
    phone: FlaskClient, store: Store, friday: Evening, door: int, clock: StandingClock
) -> None:
    clock.moment = AT_THE_DOORS + timedelta(hours=6)
    assert told(phone.post(URL, json=event(door)))["result"] == "created"
    assert reports(store, friday.lab_id)[0].received_at == clock.moment


def test_only_what_was_agreed_is_recorded(phone: FlaskClient, store: Store, friday: Evening) -> None:
    last = stops(store, friday.lab_id)[5]
    tried = [
        event(last, condition="different"),
        event(last, observations=["mail_piled"]),
        event(last, condition="worried"),
        event(last),
    ]
    answers = told(phone.post(URL, json=tried))
    assert [each["result"] for each in answers] == ["refused", "refused", "created", "created"]
