"""見守り記録: sieved, page by page without a gap or a repeat, struck where taken back, and as a file."""

from __future__ import annotations

import csv
import io
import random
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from sharemeal.people import Role
from sharemeal.store import service_days, watch_log
from sharemeal.store.audit import AuditEntry
from sharemeal.store.base import Store
from sharemeal.store.visits import CheckIn
from sharemeal.store.watch_log import Place, Sieve
from sharemeal.visits import Condition, Contact, Means
from tests.make.round import AT_THE_DOOR, FixedRound, later
from tests.make.small_lab import DAY, SmallLab
from tests.web.conftest import StandingClock

ClientOf = Callable[[int], FlaskClient]
Person = Callable[..., int]


@pytest.fixture
def friday(store: Store, now: datetime, clock: StandingClock) -> FixedRound:
    made = FixedRound(store, now)
    clock.moment = later(30)
    return made


@pytest.fixture
def desk(friday: FixedRound, client_of: ClientOf) -> FlaskClient:
    return client_of(friday.boss)


def many(friday: FixedRound, count: int, seed: int = 1) -> list[int]:
    """So many reports at few different moments; their ids as the log has them, newest first."""
    dice = random.Random(seed)
    with friday.lab.session() as session:
        day = service_days.on(session, DAY)
        assert day is not None
        day_id = day.id
    stops = {home: friday.stop(home) for home in (1, 2)}
    people = {home: friday.carrier(home) for home in (1, 2)}
    rows = []
    for number in range(count):
        home = dice.choice((1, 2))
        at = AT_THE_DOOR + timedelta(seconds=dice.randrange(count // 4 + 1))
        rows.append(
            CheckIn(
                client_uuid=str(UUID(int=number + 1)),
                day_id=day_id,
                household_id=stops[home].household_id,
                stop_id=stops[home].id,
                reporter_id=people[home],
                entered_by_id=people[home],
                means=Means.DOOR,
                contact=dice.choice((Contact.SEEN, Contact.VOICE_ONLY)),
                condition=Condition.USUAL,
                level=0,
                codes=frozenset(),
                observed_at=at,
                received_at=at,
            )
        )
    friday.lab.add(*rows)
    return [row.id for row in sorted(rows, key=lambda row: (row.received_at, row.id), reverse=True)]


@pytest.mark.parametrize("most", [1, 3, 7, 50])
def test_pages_hold_every_row_once_in_order_both_ways(friday: FixedRound, most: int) -> None:
    ids = many(friday, 40)
    with friday.lab.session() as session:
        forward: list[int] = []
        page = watch_log.page(session, Sieve(), most=most)
        assert page.newer is None
        while True:
            forward += [row.id for row in page.rows]
            if page.older is None:
                break
            page = watch_log.page(session, Sieve(), behind=page.older, most=most)
        assert forward == ids
        backward = [row.id for row in page.rows]
        while page.newer is not None:
            page = watch_log.page(session, Sieve(), before=page.newer, most=most)
            backward = [row.id for row in page.rows] + backward
        assert backward == ids
        everything = [
            row.id for each in watch_log.everything(session, Sieve(), most=most) for row in each.rows
        ]
        assert everything == ids


def test_what_comes_in_meanwhile_moves_nothing(friday: FixedRound) -> None:
    ids = many(friday, 12)
    with friday.lab.session() as session:
        first = watch_log.page(session, Sieve(), most=5)
    friday.taps(1, "seen", at=later(5))
    with friday.lab.session() as session:
        second = watch_log.page(session, Sieve(), behind=first.older, most=5)
        assert [row.id for row in second.rows] == ids[5:10]


@pytest.mark.parametrize("text", ["", "x", "1", "1-", "-1", "1-x", "9" * 30 + "-1", "１-1", "1-" + "9" * 20])
def test_a_place_that_is_none_asks_for_the_newest(text: str) -> None:
    assert Place.from_text(text) is None


def test_a_place_survives_its_text() -> None:
    place = Place(AT_THE_DOOR + timedelta(microseconds=123_457), 42)
    assert Place.from_text(place.as_text()) == place


def homes_on(page: str) -> list[str]:
    return re.findall(r'<a class="plate"[^>]*>(\d+)</a>', page)


def test_the_log_is_sieved_by_day_home_volunteer_contact_and_condition(
    friday: FixedRound, desk: FlaskClient
) -> None:
    assert "記録はまだありません" in desk.get("/log").text
    friday.taps(1, "seen")
    friday.taps(2, "voice_only", "different", ["meal_untouched"], note="声に力がない", at=later(2))
    assert homes_on(desk.get("/log").text) == ["2", "1"]
    for asked, found in (
        ("home=1", ["1"]),
        ("home=９番", []),
        ("contact=voice_only", ["2"]),
        ("condition=different", ["2"]),
        ("condition=worried", []),
        ("contact=nonsense", ["2", "1"]),
        (f"first={DAY}&last=令和8年11月27日", ["2", "1"]),
        ("first=2026-11-28", []),
        ("last=2026-11-26", []),
        ("volunteer=99", []),
        ("behind=nonsense", ["2", "1"]),
    ):
        answer = desk.get(f"/log?{asked}")
        assert answer.status_code == 200, asked
        assert homes_on(answer.text) == found, asked
    refused = desk.get("/log?first=きのう&home=二")
    assert refused.status_code == 422
    assert 'value="きのう"' in refused.text
    assert "読み取れません" in refused.text


def test_fifty_stand_on_a_page(friday: FixedRound, desk: FlaskClient) -> None:
    many(friday, 61)
    first = desk.get("/log").text
    assert len(homes_on(first)) == 50
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older is not None
    second = desk.get(older[1].replace("&amp;", "&")).text
    assert len(homes_on(second)) == 11
    newer = re.search(r'rel="prev" href="([^"]+)"', second)
    assert newer is not None
    assert homes_on(desk.get(newer[1].replace("&amp;", "&")).text) == homes_on(first)


def test_what_was_taken_back_or_corrected_is_marked_not_gone(friday: FixedRound, desk: FlaskClient) -> None:
    friday.undoes(friday.taps(1, "voice_only"))
    friday.taps(2, "unseen_left", None)
    friday.taps(2, "seen", at=later(1))
    page = desk.get("/log").text
    assert len(homes_on(page)) == 3
    assert "取り消し" in page
    assert "あとで直しました" in page
    assert page.count("<s>会えず（置いた）</s>") == 1


def test_the_file_holds_the_same_and_is_safe_to_open(friday: FixedRound, desk: FlaskClient) -> None:
    friday.taps(1, "seen", codes=["smile"], note="-2℃でもお元気、「また来週」")
    friday.taps(2, "voice_only", "different", ["meal_untouched"], at=later(1))
    answer = desk.post("/log/csv", data={"contact": ""})
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"].encode().isascii()
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["お届け先番号"] for row in rows] == ["2", "1"]
    assert rows[1]["メモ"] == "'-2℃でもお元気、「また来週」"
    assert rows[1]["よい知らせ"] == "笑顔"
    assert rows[0]["記録した時刻"] == "2026-11-27 17:11"
    assert rows[0]["気づいたこと"] == "食事が手つかず"
    only = desk.post("/log/csv", data={"home": "1"})
    assert only.data.decode("utf-8-sig").count("\r\n") == 2
    assert desk.post("/log/csv", data={"first": "きのう"}).status_code == 422
    with friday.store.session(all_labs=True) as session:
        said = select(AuditEntry.subject).where(AuditEntry.what == "exported")
        assert "check_in" in set(session.scalars(said))


def test_reading_the_log_is_noted(friday: FixedRound, desk: FlaskClient) -> None:
    friday.taps(1, "seen", note="庭の柿")
    desk.get("/log")
    with friday.store.session(all_labs=True) as session:
        said = select(AuditEntry.subject).where(
            AuditEntry.what == "read", AuditEntry.actor == f"coordinator {friday.boss}"
        )
        assert {"check_in", "person"} <= set(session.scalars(said))


def test_a_stranger_reads_nothing(
    store: Store, now: datetime, friday: FixedRound, person: Person, client_of: ClientOf
) -> None:
    friday.taps(1, "seen", note="ひみつ")
    stranger = client_of(person(SmallLab(store, now, slug="far").lab_id, Role.COORDINATOR, "都筑"))
    assert "ひみつ" not in stranger.get("/log?home=1").text
    assert stranger.post("/log/csv").data.decode("utf-8-sig").count("\r\n") == 1
