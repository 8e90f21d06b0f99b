"""What stays on a volunteer's telephone when the evening is over: no name, no note, and in the end nothing."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from sharemeal.actions.take_up import take_up
from sharemeal.people import Role
from sharemeal.store.alerts import Alert
from sharemeal.store.base import Store
from tests.make.evening import HOMES, Evening, evening
from tests.web.conftest import Labs, StandingClock
from tests.web.round_phone import AT_THE_DOORS, prepare, reports

pytestmark = pytest.mark.browser

AFTER = timedelta(hours=4, seconds=5)
"""From 17:00 until just after 21:00, when the sheet of a shift until 19:00 closes."""
A_DAY_LATER = datetime.fromisoformat("2026-11-29T00:00:01+09:00")
Opened = Callable[..., Page]


@pytest.fixture
def friday(store: Store, labs: Labs, now: datetime, clock: StandingClock) -> Evening:
    made = evening(store, labs.ours, now)
    prepare(store, made, now)
    clock.moment = AT_THE_DOORS
    return made


def tap(page: Page, contact: str, condition: str) -> None:
    """Two taps."""
    page.locator(f"label.choice:has(input[value={contact}])").click()
    page.locator(f"button.cond[value={condition}]").click()


def stored(page: Page) -> list[dict[str, Any]]:
    """What waits on that telephone, whoever's it is."""
    found: list[str] = page.evaluate("Object.values(localStorage)")
    return [entry for each in found for entry in json.loads(each)]


def pass_on(page: Page, clock: StandingClock, span: timedelta) -> None:
    """Time goes by on the telephone and here."""
    clock.moment += span
    page.clock.fast_forward(int(span.total_seconds() * 1000))


def names_in(page: Page) -> list[str]:
    """Names and addresses anywhere in the page, in its templates and in its title."""
    text = page.content() + page.title()
    return [word for home in HOMES for word in (home[0], home[3]) if word in text]


def test_names_go_when_the_sheet_closes(opened: Opened, friday: Evening, clock: StandingClock) -> None:
    page = opened("/route", friday.volunteer)
    assert names_in(page)
    pass_on(page, clock, timedelta(hours=3, minutes=59))
    assert names_in(page)
    pass_on(page, clock, AFTER - timedelta(hours=3, minutes=59))
    expect(page.locator("main h1")).to_contain_text("ありがとうございました")
    assert names_in(page) == []


def test_a_telephone_whose_clock_is_wrong_closes_with_ours(
    opened: Opened, friday: Evening, clock: StandingClock
) -> None:
    page = opened("/route", friday.volunteer, at=AT_THE_DOORS + timedelta(days=2))
    page.clock.fast_forward(60_000)
    assert names_in(page)
    pass_on(page, clock, AFTER)
    expect(page.locator("main h1")).to_contain_text("ありがとうございました")


@pytest.mark.parametrize("path", ["/route", "/route/worried?stop=4", "/route/different?stop=4"])
def test_out_of_signal_a_sentence_stands_in_place_of_the_names(
    opened: Opened, store: Store, friday: Evening, clock: StandingClock, path: str
) -> None:
    page = opened("/route?stop=4", friday.volunteer)
    if path != "/route":
        tap(page, "seen", path.split("/")[2].partition("?")[0])
        expect(page).to_have_url(f"{page.url.partition('/route')[0]}{path}")
    page.context.set_offline(True)
    if path == "/route":
        tap(page, "seen", "usual")
    told_before = len(reports(store, friday.lab_id))
    pass_on(page, clock, AFTER)
    expect(page.locator("main h1")).to_contain_text("この画面からもう消えています")
    expect(page.locator("main h1")).to_be_focused()
    assert names_in(page) == []
    assert page.locator(".offline").is_visible() is (path == "/route")
    page.context.set_offline(False)
    expect(page.locator("main h1")).to_contain_text("ありがとうございました")
    nothing_kept(page)
    assert len(reports(store, friday.lab_id)) == told_before + (path == "/route"), "what waited was sent"


def test_of_what_was_refused_only_the_place_stays(opened: Opened, friday: Evening) -> None:
    page = opened("/route?stop=4", friday.volunteer)
    page.context.set_offline(True)
    page.clock.set_fixed_time(datetime.fromisoformat("2026-11-25T17:03:00+09:00"))
    page.locator(".more summary").click()
    page.locator("textarea").fill("息子さんが入院されたそうです")
    tap(page, "seen", "usual")
    expect(page.locator(".offline")).to_contain_text("1件")
    assert [entry["event"]["note"] for entry in stored(page)] == ["息子さんが入院されたそうです"]
    page.context.set_offline(False)
    expect(page.locator(".refusals")).to_contain_text("2軒目の記録")
    (entry,) = stored(page)
    assert set(entry) == {"key", "place", "until", "error"}
    page.reload()
    page.get_by_role("button", name="わかりました").click()
    expect(page.locator(".refusals li")).to_have_count(0)
    assert stored(page) == []


@pytest.mark.parametrize("own", [True, False])
def test_a_day_after_the_day_nothing_is_left(
    opened: Opened, store: Store, labs: Labs, friday: Evening, person: Callable[..., int], own: bool
) -> None:
    """Also where somebody else uses that telephone by then."""
    page = opened("/route?stop=4", friday.volunteer)
    page.route("**/api/v1/check-ins", lambda route: route.abort())
    tap(page, "seen", "usual")
    expect(page.locator(".offline")).to_contain_text("1件")
    assert len(stored(page)) == 1
    context = page.context
    page.close()
    reader = friday.volunteer if own else person(labs.ours, Role.VOLUNTEER, "浜野")
    later = opened("/route", reader, context=context, at=A_DAY_LATER)
    nothing_kept(later)
    later.wait_for_load_state("networkidle")
    assert reports(store, friday.lab_id) == []


def test_the_name_of_who_took_it_up_comes_by_itself(
    opened: Opened, store: Store, friday: Evening, clock: StandingClock
) -> None:
    page = opened("/route?stop=4", friday.volunteer)
    tap(page, "seen", "worried")
    expect(page.locator("#so-far")).to_contain_text("世話人に知らせています")
    with store.session(friday.lab_id) as session:
        take_up(session, session.scalars(select(Alert.id)).one(), friday.coordinator, now=AT_THE_DOORS)
    pass_on(page, clock, timedelta(seconds=6))
    expect(page.locator("#so-far")).to_contain_text("桜井さんが引き受けました")


def nothing_kept(page: Page) -> None:
    """Look again and again until nothing is stored; the page's content policy lets no script wait for it inside."""
    for _ in range(600):
        if page.evaluate("localStorage.length") == 0:
            return
        page.wait_for_timeout(50)
    raise AssertionError("something is still stored")
