"""Papers at the door: whose they are, what a kitchen may not see, and that a draft is no paper."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from sharemeal.people import Role
from sharemeal.service_days import DayState
from sharemeal.store import kitchens, service_days
from sharemeal.store.audit import AuditEntry
from sharemeal.store.base import Store, transaction
from sharemeal.store.batches import Batch
from sharemeal.store.people import Person, SignInLink
from sharemeal.web import print_view
from tests.make.evening import FRIDAY, HOMES, Evening, evening
from tests.papers.pdf import pages
from tests.web.conftest import Labs, StandingClock

DAY = f"/plan/{FRIDAY.isoformat()}"
SHEETS, ONE, SLIPS, KITCHEN = (
    f"{DAY}/sheets.pdf",
    f"{DAY}/sheets/1.pdf",
    f"{DAY}/slips.pdf",
    "/kitchen/slips.pdf",
)
HOMES_WORDS = [word.replace(" ", "") for home in HOMES for word in (home[0], home[1], home[3])]
ClientOf = Callable[[int], FlaskClient]


@pytest.fixture
def friday(store: Store, labs: Labs, now: datetime) -> Evening:
    return evening(store, labs.ours, now)


@pytest.fixture
def desk(friday: Evening, client_of: ClientOf) -> FlaskClient:
    return client_of(friday.coordinator)


def paper(answer: TestResponse) -> list[str]:
    """The pages of the file that was handed out, with what every such file carries."""
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].isascii()
    return pages(answer.data)


def links_made(store: Store, lab_id: int) -> int:
    with store.session(lab_id) as session:
        return session.scalar(select(func.count()).select_from(SignInLink)) or 0


def test_the_coordinator_prints_every_sheet(desk: FlaskClient, store: Store, friday: Evening) -> None:
    answer = desk.post(SHEETS)
    text = "".join(paper(answer))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="sheets-2026-11-27.pdf"'
    for words in HOMES_WORDS:
        assert words in text, words
    for words in ("富永さんの", "徒歩・4軒・9食・35分", "豚の生姜焼き弁当8食", "白身魚の煮つけ1食", "減塩／えび・かに抜き", "UDF1",
                  "お届け期限18:00", "桜井", "045-000-0000", "ベルのあと、1分ほどお待ちください", "スマホの順路表"):  # fmt: skip
        assert words in text, words
    assert text.count("はじめてのお宅") == 1, "花村 was not on last week's course"
    assert not [word for word in ("長女", "000-0099", "090-0000-0001") if word in text], "not for the way"
    assert links_made(store, friday.lab_id) == 1


def test_what_was_read_is_noted_as_a_file_that_left_the_house(
    desk: FlaskClient, store: Store, friday: Evening
) -> None:
    desk.post(ONE)
    with store.session(all_labs=True) as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.what == "exported")).all()
    assert {entry.subject for entry in noted} == {"household", "person"}
    assert {entry.actor for entry in noted} == {f"coordinator {friday.coordinator}"}


def test_one_volunteers_sheet(desk: FlaskClient) -> None:
    answer = desk.post(ONE)
    assert "富永さんの" in paper(answer)[0]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="sheet-2026-11-27-1.pdf"'
    assert desk.post(f"{DAY}/sheets/77.pdf").status_code == 404


def test_a_volunteer_without_a_course_is_told_so(
    desk: FlaskClient, friday: Evening, store: Store, now: datetime
) -> None:
    with store.session(friday.lab_id) as session, transaction(session, now):
        day = service_days.on(session, FRIDAY)
        assert day is not None
        session.delete(day.routes[0])
    assert "コースはありません" in desk.post(ONE).text
    assert desk.post(SHEETS).status_code == 422
    assert "札はありません" in paper(desk.post(SLIPS))[0]


@pytest.mark.parametrize(
    ("hour", "made"),
    [(datetime(2026, 11, 27, 11, 59, tzinfo=UTC), 1), (datetime(2026, 11, 27, 12, 1, tzinfo=UTC), 0)],
)
def test_a_link_is_made_only_while_it_can_be_for_that_day(
    client_of: ClientOf, store: Store, friday: Evening, clock: StandingClock, hour: datetime, made: int
) -> None:
    clock.moment = hour
    desk = client_of(friday.coordinator)
    assert ("スマホの順路表" in paper(desk.post(SHEETS))[0]) is bool(made)
    assert ("スマホの順路表" in paper(desk.post("/plan/2026-11-20/sheets.pdf"))[0]) is False
    assert links_made(store, friday.lab_id) == made


def test_who_no_longer_signs_in_gets_a_sheet_without_a_link(
    desk: FlaskClient, store: Store, friday: Evening, now: datetime
) -> None:
    with store.session(friday.lab_id) as session, transaction(session, now):
        session.get_one(Person, friday.volunteer).active = False
    assert "スマホの順路表" not in paper(desk.post(SHEETS))[0]


def test_slips_of_all_kitchens(desk: FlaskClient) -> None:
    first, second = paper(desk.post(SLIPS))
    assert first.count("ひだまり食堂") == 3
    assert [f"富永さん・{order}軒目" in first for order in (1, 2, 3, 4)] == [False, True, True, True]
    assert "富永さん・1軒目" in second
    assert "表示なし" in second
    assert "045-000-0002" in second
    assert not [word for word in HOMES_WORDS if word in first + second]


def test_a_kitchen_prints_its_own_boxes_and_sees_no_home(
    friday: Evening, client_of: ClientOf, store: Store, clock: StandingClock
) -> None:
    cook = client_of(friday.cook)
    (text,) = paper(cook.post(KITCHEN, data={"day": FRIDAY.isoformat()}))
    assert text.count("豚の生姜焼き弁当") == 3
    assert "小麦・豚肉を含む" in text
    assert "つむぎ" not in text
    assert "白身魚" not in text
    assert not [word for word in HOMES_WORDS if word in text]
    assert "お弁当に貼る札を印刷する" in cook.get("/kitchen/saved").text
    with store.session(all_labs=True) as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.actor == f"kitchen {friday.cook}")).all()
    assert {entry.subject for entry in noted} == {"kitchen", "person"}
    assert cook.post(KITCHEN, data={"day": "2026-11-20"}).status_code == 404
    assert cook.post(KITCHEN, data={"day": "2026-12-04"}).status_code == 422
    assert cook.post(SHEETS).status_code == cook.post(SLIPS).status_code == 403


def test_what_is_cooked_moves_the_times(
    desk: FlaskClient, store: Store, friday: Evening, now: datetime
) -> None:
    with store.session(friday.lab_id) as session, transaction(session, now):
        offer = kitchens.offers_on(session, FRIDAY)[0]
        ready = datetime(2026, 11, 27, 7, 20, tzinfo=UTC)
        session.add(Batch(offer_id=offer.id, meal_count=10, cooked_at=ready, entered_by="kitchen"))
    slip = paper(desk.post(SLIPS))[0]
    assert "16:20" in slip
    assert "17:50まで" in slip
    assert "予定" not in slip
    assert "お届け期限17:50" in paper(desk.post(SHEETS))[0]


@pytest.mark.parametrize("state", [DayState.DRAFT, None])
@pytest.mark.parametrize("path", [SHEETS, ONE, SLIPS])
def test_a_draft_is_no_paper(
    store: Store, labs: Labs, now: datetime, client_of: ClientOf, state: DayState | None, path: str
) -> None:
    friday = evening(store, labs.ours, now, state=state)
    answer = client_of(friday.coordinator).post(path)
    assert answer.status_code == 422
    assert "まだ確定していません" in answer.text
    assert client_of(friday.cook).post(KITCHEN).status_code == 422
    assert links_made(store, labs.ours) == 0
    assert "紙に印刷する" not in client_of(friday.coordinator).get(DAY).text


def test_another_lab_gets_nothing(
    friday: Evening, labs: Labs, person: Callable[..., int], client_of: ClientOf, store: Store
) -> None:
    stranger = client_of(person(labs.strangers, Role.COORDINATOR, "よその人"))
    assert stranger.post(ONE).status_code == 404
    for path in (SHEETS, SLIPS):
        answer = stranger.post(path)
        assert answer.status_code == 422
        assert not [word for word in HOMES_WORDS if word in answer.text]
    assert links_made(store, friday.lab_id) == 0


def test_others_of_the_lab_may_not_print_homes(
    friday: Evening, person: Callable[..., int], client_of: ClientOf
) -> None:
    for somebody in (friday.volunteer, person(friday.lab_id, Role.LAB_ADMIN, "管理")):
        assert client_of(somebody).post(SHEETS).status_code == 403
        assert "紙に印刷する" not in client_of(somebody).get(DAY).text


def test_the_plan_offers_papers_of_a_settled_day_and_no_such_day_has_any(desk: FlaskClient) -> None:
    page = desk.get(DAY).text
    for path in (SHEETS, ONE, SLIPS):
        assert f'action="{path}"' in page
    assert desk.post("/plan/2026-11-31/sheets.pdf").status_code == 404
    assert desk.get(SHEETS).status_code in (404, 405)


def test_texture_diet_and_allergens_stand_in_the_frame() -> None:
    need = HOMES[2][5]
    said = print_view.diet_words(replace(need, diet=("減塩",), allergens=frozenset({"乳", "卵"})))
    assert said == ("UDF1・減塩", "乳・卵 抜き")
    assert print_view.diet_words(HOMES[0][5]) == ()
