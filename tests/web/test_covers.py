"""行けなくなりました and 代わりに行きます, on telephones and at the desk."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from sharemeal.actions.call_off import call_off
from sharemeal.people import Role
from sharemeal.store.base import Store
from sharemeal.store.messages import Message
from sharemeal.watch import Ending, Kind
from tests.make.small_lab import DAY
from tests.make.stand_ins import Neighbours, T
from tests.web.conftest import StandingClock

ClientOf = Callable[[int], FlaskClient]
CANNOT = f"/duty/{DAY}/cannot"
DESK = f"/plan/{DAY}/cover/1"


@pytest.fixture
def friday(store: Store, now: datetime, clock: StandingClock) -> Neighbours:
    made = Neighbours(store, now)
    clock.moment = T - timedelta(minutes=30)
    return made


@pytest.fixture
def phone(friday: Neighbours, client_of: ClientOf) -> FlaskClient:
    """Who cannot come."""
    return client_of(friday.courses.people[1])


@pytest.fixture
def neighbour(friday: Neighbours, client_of: ClientOf) -> FlaskClient:
    """Who is asked, and walks."""
    return client_of(friday.person_of(friday.asked[1]))


@pytest.fixture
def desk(friday: Neighbours, client_of: ClientOf) -> FlaskClient:
    return client_of(friday.courses.boss)


def test_two_steps_say_what_will_happen_and_can_be_taken_back(friday: Neighbours, phone: FlaskClient) -> None:
    assert CANNOT in phone.get("/route").text
    assert CANNOT in phone.get("/duty").text
    page = phone.get(CANNOT).text
    assert "のこりの3軒" in page
    assert "16:45までに決まらなければ" in page
    assert friday.concerns() == [], "looking does nothing"
    assert phone.post(CANNOT).status_code == 303
    told = phone.get(CANNOT).text
    assert "行けないことを知らせました" in told
    assert phone.get("/route").location == CANNOT, "who does not go needs no names"
    assert phone.post(f"{CANNOT}/undo").location == "/route"
    assert "今日のコース" in phone.get("/route").text
    assert friday.concerns()[0].ended_as is Ending.WITHDRAWN


def test_a_stand_in_sees_sums_and_no_names(
    friday: Neighbours, phone: FlaskClient, neighbour: FlaskClient
) -> None:
    phone.post(CANNOT)
    page = neighbour.get("/cover").text
    for words in (
        "3軒",
        "6食",
        "17:00",
        "18:00",
        "自転車 20分",
        "徒歩では、もっとかかります",
        "代わりに行きます",
    ):
        assert words in page
    for number in range(1, 6):
        assert f"{number}番さん" not in page
    assert "1号さん" not in page
    assert "代わりに行ける人をさがしています" in neighbour.get("/duty").text
    assert neighbour.get("/").location == "/cover"


def test_the_sheet_moves_from_one_telephone_to_the_other(
    friday: Neighbours, phone: FlaskClient, neighbour: FlaskClient
) -> None:
    phone.post(CANNOT)
    cover = re.search(r'name="cover" value="(\d+)"', neighbour.get("/cover").text)
    assert cover
    assert neighbour.post("/cover", data={"cover": cover[1]}).location == "/route"
    sheet = neighbour.get("/route").text
    assert "2番さん" in sheet
    assert "徒歩では、もっとかかります" in sheet
    assert "2番さん" not in phone.get("/route").text
    assert "代わりの人が決まりました" in phone.get(CANNOT).text
    assert "代わりの人が決まりました" in phone.get("/duty").text
    refused = phone.post(f"{CANNOT}/undo")
    assert refused.status_code == 422
    assert "世話人にお電話ください" in refused.text


def test_who_comes_second_reads_calmly_that_it_is_settled(
    friday: Neighbours, phone: FlaskClient, neighbour: FlaskClient, client_of: ClientOf
) -> None:
    phone.post(CANNOT)
    form = re.search(r'name="cover" value="(\d+)"', neighbour.get("/cover").text)
    assert form
    client_of(friday.person_of(friday.asked[0])).post("/cover", data={"cover": form[1]})
    late = neighbour.post("/cover", data={"cover": form[1]})
    assert "もう決まりました。ありがとうございます" in late.text.replace("<wbr>", "")
    assert "errsum" not in late.text
    assert neighbour.get("/").location == "/cover", "by the link they learn it too"


def test_the_link_of_the_text_leads_to_the_question(friday: Neighbours, phone: FlaskClient) -> None:
    phone.post(CANNOT)
    with friday.store.session(friday.lab_id) as session:
        row = session.scalars(select(Message).where(Message.purpose == "step_in")).first()
        assert row is not None
        link = f"/s/{row.code}{row.detail}"
    newcomer = phone.application.test_client()
    assert newcomer.get(link).status_code == 200
    newcomer.post(link)
    assert newcomer.get("/").location == "/cover"


def test_the_desk_enters_it_for_who_telephoned_and_hands_it_on(friday: Neighbours, desk: FlaskClient) -> None:
    assert DESK in desk.get(f"/plan/{DAY}").text
    assert DESK in desk.get("/volunteers/1").text
    page = desk.get(DESK).text
    assert "出られるボランティア2人に" in page
    unsaid = desk.post(f"{DESK}/cancel")
    assert unsaid.status_code == 422
    assert "連絡がとれたかを" in unsaid.text
    assert desk.post(f"{DESK}/cancel", data={"heard": "yes"}).location == DESK
    card = desk.get("/today").text
    assert "3軒に行く人がいません" in card
    assert DESK in card
    unchosen = desk.post(f"{DESK}/hand", data={"volunteer": "x"})
    assert unchosen.status_code == 422
    assert "代わりに行く人をえらんで" in unchosen.text
    busy = desk.post(f"{DESK}/hand", data={"volunteer": "2"})
    assert busy.status_code == 422
    assert "もう別のコースがあります" in busy.text
    assert desk.post(f"{DESK}/hand", data={"volunteer": "17"}).location == DESK, (
        "of other hours, by word of mouth"
    )
    assert "17号さんさんが代わりに行きます" in desk.get(DESK).text
    assert "急ぎの連絡はありません" in desk.get("/today").text
    assert friday.courses_now()[friday.others["in the morning"]] == [1, 2, 3]


def test_who_took_it_outside_their_hours_can_open_the_sheet(
    friday: Neighbours, desk: FlaskClient, client_of: ClientOf
) -> None:
    desk.post(f"{DESK}/cancel", data={"heard": "yes"})
    desk.post(f"{DESK}/hand", data={"volunteer": "17"})
    morning = client_of(friday.person_of(friday.others["in the morning"]))
    assert "2番さん" in morning.get("/route").text


def test_the_desk_takes_it_back(friday: Neighbours, desk: FlaskClient) -> None:
    desk.post(f"{DESK}/cancel", data={"heard": "no"})
    assert "行く人がいません" in desk.get(f"/plan/{DAY}").text
    assert desk.post(f"{DESK}/undo").location == DESK
    assert friday.courses_now()[friday.walker] == [1, 2, 3]
    assert friday.concerns()[0].kind is Kind.NO_CARRIER
    assert friday.concerns()[0].ended_as is Ending.WITHDRAWN


def test_a_stranger_finds_nothing_of_it(
    friday: Neighbours, phone: FlaskClient, person: Callable[..., int], client_of: ClientOf
) -> None:
    phone.post(CANNOT)
    stranger = client_of(friday.person_of(friday.stranger))
    assert "代わりに行きます" not in stranger.get("/cover").text
    assert stranger.post("/cover", data={"cover": "1"}).status_code == 404
    assert stranger.get(CANNOT).location == "/duty"
    boss = client_of(person(friday.stranger_lab, Role.COORDINATOR, "よその世話人"))
    assert boss.get(DESK).status_code == 404
    for deed, form in (("cancel", {"heard": "yes"}), ("undo", {}), ("hand", {"volunteer": "18"})):
        assert boss.post(f"{DESK}/{deed}", data=form).status_code == 404
    assert friday.courses_now()[friday.walker] == [1, 2, 3]


@pytest.mark.parametrize("cover", ["", "x", "0", "-1", "99999999999999999999", "７"])
def test_what_no_button_sends_is_not_found(neighbour: FlaskClient, cover: str) -> None:
    assert neighbour.post("/cover", data={"cover": cover}).status_code == 404
    assert neighbour.get("/duty/2026-13-01/cannot").status_code == 404
    assert neighbour.post("/duty/2026-11-27/cannot").status_code == 404


def test_on_a_day_that_was_called_off_nobody_is_looked_for(
    friday: Neighbours, phone: FlaskClient, neighbour: FlaskClient, desk: FlaskClient
) -> None:
    phone.post(CANNOT)
    with friday.store.session(friday.lab_id, actor="test") as session:
        call_off(session, DAY, why="台風", now=T - timedelta(minutes=29))
    assert "さがしているコースはありません" in neighbour.get("/cover").text.replace("<wbr>", "")
    assert "のこっているお届けはありません" in phone.get(CANNOT).text
    assert "のこっているお届けはありません" in desk.get(DESK).text
    assert phone.post(CANNOT).status_code == 422
    assert neighbour.get("/").location == "/duty"
