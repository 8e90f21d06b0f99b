"""The coordinator's day: the number, the doors, three lists, and taking up and ending what is open."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from sharemeal.actions.escalate import escalate
from sharemeal.people import Role
from sharemeal.store.base import Store
from sharemeal.store.messages import Message
from sharemeal.store.visits import CheckIn
from sharemeal.watch import Ending
from tests.make.round import AT_THE_DOOR, FixedRound, later
from tests.make.small_lab import DAY, SmallLab
from tests.web.conftest import StandingClock

ClientOf = Callable[[int], FlaskClient]
Person = Callable[..., int]


@pytest.fixture
def friday(store: Store, now: datetime, clock: StandingClock) -> FixedRound:
    made = FixedRound(store, now)
    clock.moment = later(10)
    return made


@pytest.fixture
def desk(friday: FixedRound, client_of: ClientOf) -> FlaskClient:
    """The browser of the first coordinator of the chain."""
    return client_of(friday.boss)


def in_one_line(page: str) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", page))


def test_one_number_and_the_doors(friday: FixedRound, desk: FlaskClient) -> None:
    assert "これから2軒をたずねます。" in in_one_line(desk.get("/today").text)
    friday.taps(1, "seen", codes=["smile"], note="庭の柿が色づいた")
    page = desk.get("/today").text
    assert "2軒のうち1軒をたずね、1軒で会えました。" in in_one_line(page)
    assert "4食＝手渡し2＋これから2" in in_one_line(page)
    assert re.search(r'<p class="mincho">庭の柿が色づいた</p>', page)
    assert "笑顔" in page
    friday.taps(2, "unseen_returned", None)
    page = in_one_line(desk.get("/today").text)
    assert "2軒すべてをたずね、1軒で会えました。" in page
    assert "4食＝手渡し2＋持ち帰り2" in page


def test_a_day_without_service_says_what_comes_next(desk: FlaskClient, clock: StandingClock) -> None:
    page = in_one_line(desk.get("/today/2026-12-02").text)
    assert "お届けのない日です。" in page
    assert "12月4日（金）" in page or "11月27日（金）" in page
    assert "急ぎの連絡はありません。" in page
    assert desk.get("/today/no-day").status_code == 404


def test_a_worry_is_taken_up_noted_and_ended(friday: FixedRound, desk: FlaskClient) -> None:
    friday.taps(1, "seen", "worried", ["unsteady_or_hurt"])
    page = desk.get("/today").text
    assert 'href="tel:119"' in page
    assert "心配・ふらつき・けが・あざ" in page
    assert "送るのを待っています" in page
    (alert,), (concern,) = friday.alerts(), friday.concerns()
    desk.post("/today/take-up", data={"alert": alert.id})
    page = in_one_line(desk.get("/today").text)
    assert "あなたが引き受け17:20" in page
    assert "18:05までに結果がないと、ほかの世話人に戻ります" in page
    desk.post("/today/memo", data={"concern": concern.id, "memo": "電話で話せた"})
    assert "電話で話せた</textarea>" in desk.get("/today").text
    refused = desk.post("/today/end", data={"concern": concern.id, "memo": "落ち着いた", "outcome": ""})
    assert refused.status_code == 422
    assert "結果をえらんでください" in refused.text
    assert "落ち着いた</textarea>" in refused.text, "what was typed stays"
    desk.post("/today/end", data={"concern": concern.id, "outcome": "safe"})
    (ended,) = friday.concerns()
    assert (ended.ended_as, ended.ended_by_id) == (Ending.SAFE, friday.boss)
    assert "急ぎの連絡はありません。" in desk.get("/today").text


def test_another_sees_who_has_it(friday: FixedRound, desk: FlaskClient, client_of: ClientOf) -> None:
    friday.taps(1, "seen", "worried")
    (alert,) = friday.alerts()
    desk.post("/today/take-up", data={"alert": alert.id})
    other = client_of(friday.second)
    assert "桜井さんが引き受け17:20" in in_one_line(other.get("/today").text)
    refused = other.post("/today/take-up", data={"alert": alert.id})
    assert refused.status_code == 422
    assert "桜井さんが、もう引き受けています。" in refused.text


def test_a_snooze_waits_and_a_small_note_ends_as_easily(friday: FixedRound, desk: FlaskClient) -> None:
    friday.taps(1, "unseen_left", None)
    (alert,) = friday.alerts()
    desk.post("/today/snooze", data={"alert": alert.id})
    assert friday.alerts()[0].next_step_at == later(25)
    friday.taps(2, "seen", "different", ["meal_untouched"])
    page = desk.get("/today").text
    week = page[page.index('id="week"') : page.index('id="goodh"')]
    assert "食事が手つかず" in week
    note = friday.concerns()[1]
    desk.post("/today/end", data={"concern": note.id, "outcome": "keep_watching"})
    assert friday.concerns()[1].ended_as is Ending.KEEP_WATCHING


def test_the_ladder_shows_done_next_and_later(
    friday: FixedRound, desk: FlaskClient, clock: StandingClock
) -> None:
    friday.taps(1, "unseen_left", None, ["no_response"])
    clock.moment = later(6)
    assert states(desk.get("/today").text) == ["next", "later", "later", "later", "later"]
    call = {"home": 1, "contact": "not_reached", "uuid": str(uuid4()), "note": ""}
    assert desk.post(f"/today/{DAY}/call", data=call).status_code == 303
    page = desk.get("/today").text
    assert states(page) == ["done", "next", "later", "later", "later"]
    assert "出ませんでした" in page
    assert 'href="tel:119"' not in page, "not yet"
    clock.moment = later(121)
    escalate(friday.store, now=later(16))
    page = desk.get("/today").text
    assert states(page)[-1] == "next", "119・110 is for a person to decide"
    assert "119・110に電話するかを、人が決めるときです" in page
    assert page.index('href="tel:119"') < page.index('href="tel:110"') < page.index("お名前")
    assert "お約束なし" in page


def states(page: str) -> list[str]:
    rungs = page[page.index('<ol class="ladder') :].partition("</ol>")[0]
    return re.findall(r'<li class="(\w+)"', rungs)


def test_a_call_is_a_report_once(friday: FixedRound, desk: FlaskClient) -> None:
    friday.taps(1, "unseen_left", None)
    call = {"home": 1, "contact": "voice_only", "uuid": str(uuid4()), "note": "昼寝をしていた"}
    for _ in range(2):
        assert desk.post(f"/today/{DAY}/call", data=call).status_code == 303
    with friday.lab.session() as session:
        assert len(session.scalars(select(CheckIn)).all()) == 2
    page = desk.get("/today").text
    assert "あとで話せた" in page
    assert "急ぎの連絡はありません。" in page
    refused = desk.post(f"/today/{DAY}/call", data={**call, "uuid": str(uuid4()), "contact": ""})
    assert refused.status_code == 422
    assert desk.post(f"/today/{DAY}/call", data={**call, "uuid": "x", "home": 9}).status_code in (404, 422)


def test_the_script_learns_that_something_changed(friday: FixedRound, desk: FlaskClient) -> None:
    def state() -> tuple[str, int]:
        answer = desk.get(f"/today/state?day={DAY}").json
        assert answer is not None
        return answer["fingerprint"], answer["urgent"]

    before = state()
    assert state() == before
    friday.taps(1, "seen", "worried")
    worried = state()
    assert worried[0] != before[0]
    assert worried[1] == 1
    with friday.lab.session() as session:
        assert session.scalars(select(Message)).first() is not None
    (alert,) = friday.alerts()
    desk.post("/today/take-up", data={"alert": alert.id})
    assert state()[0] != worried[0]


def test_an_administrator_sees_figures_alone(
    app: Flask, friday: FixedRound, person: Person, client_of: ClientOf
) -> None:
    friday.taps(1, "seen", "worried", note="ひみつのメモ")
    admin = client_of(person(friday.lab.lab_id, Role.LAB_ADMIN, "宮野"))
    page = admin.get("/today").text
    assert "2軒のうち1軒をたずね" in in_one_line(page)
    assert "今すぐ 1件" in page
    for secret in ("ひみつ", "番さん", "号さん", "桜井", "/households/1"):
        assert secret not in page
    assert admin.get("/log").status_code == 403
    (alert,) = friday.alerts()
    assert admin.post("/today/take-up", data={"alert": alert.id}).status_code == 403


def test_a_stranger_finds_and_changes_nothing(
    store: Store, now: datetime, friday: FixedRound, person: Person, client_of: ClientOf
) -> None:
    friday.taps(1, "seen", "worried")
    (alert,), (concern,) = friday.alerts(), friday.concerns()
    stranger = client_of(person(SmallLab(store, now, slug="far").lab_id, Role.COORDINATOR, "都筑"))
    assert "番さん" not in stranger.get("/today").text
    assert "急ぎの連絡はありません。" in stranger.get("/today").text
    for path, form in (
        ("take-up", {"alert": alert.id}),
        ("snooze", {"alert": alert.id}),
        ("memo", {"concern": concern.id, "memo": "x"}),
        ("end", {"concern": concern.id, "outcome": "safe"}),
        ("end", {"concern": "x", "outcome": "safe"}),
    ):
        assert stranger.post(f"/today/{path}", data=form).status_code == 404
    assert friday.concerns()[0].ended_at is None
    assert friday.alerts()[0].acked_by_id is None


def test_a_silent_home_and_a_silent_volunteer_have_cards(
    friday: FixedRound, desk: FlaskClient, clock: StandingClock
) -> None:
    from sharemeal.actions.watch_over import notice_silences

    clock.moment = AT_THE_DOOR.replace(hour=11)
    notice_silences(friday.store, now=clock.moment)
    page = desk.get("/today").text
    assert "便りなし" in page
    assert "ボランティアから便りなし" in page
    assert "号さん" in page
