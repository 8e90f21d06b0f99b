"""The phone pages in a real browser: light, accessible, narrow; quick with a script, whole without one."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page

from sharemeal.service_days import DayState
from sharemeal.store import service_days
from sharemeal.store.base import Store, transaction
from tests.make.evening import FRIDAY, Evening, evening
from tests.web.conftest import Labs, StandingClock
from tests.web.kitchen_form import told

HEAVIEST_SHEET = 100 * 1024
AT_NOON = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
AT_FIVE = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)

TOO_SMALL = """() => [...document.querySelectorAll("a, button, summary, input:not([type=hidden]), select")]
  .filter((each) => each.getClientRects().length && !each.matches(".sr, .skip") && !/checkbox|radio/.test(each.type))
  .filter((each) => !each.closest("p.s") && each.getBoundingClientRect().height < 47.5)
  .map((each) => each.outerHTML.slice(0, 80))"""

Opened = Callable[..., Page]

pytestmark = pytest.mark.browser


@pytest.fixture
def friday(store: Store, labs: Labs, now: datetime) -> Evening:
    return evening(store, labs.ours, now, state=DayState.DRAFT)


@pytest.fixture
def opened(app: Flask, browser: Browser, live_server: str) -> Iterator[Opened]:
    """Open a page as somebody: ``opened("/duty", person_id, width=320, script=False)``."""
    contexts = []

    def open_page(
        path: str, person_id: int, *, width: int = 390, script: bool = True, dark: bool = False
    ) -> Page:
        client: FlaskClient = app.test_client()
        with client.session_transaction() as session:
            session["person_id"] = person_id
        context = browser.new_context(
            viewport={"width": width, "height": 844},
            java_script_enabled=script,
            color_scheme="dark" if dark else "light",
            locale="ja-JP",
        )
        contexts.append(context)
        for cookie in (client._cookies or {}).values():
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server}])
        page = context.new_page()
        page.goto(live_server + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def settle(store: Store, friday: Evening) -> None:
    """The coordinator fixes the Friday."""
    with store.session(friday.lab_id) as session, transaction(session, AT_NOON):
        day = service_days.on(session, FRIDAY)
        assert day is not None
        day.state = DayState.FIXED


def faults(page: Page) -> list[str]:
    """What axe, a finger and a narrow window find."""
    found: list[str] = [violation["id"] for violation in Axe().run(page).response["violations"]]
    found += page.evaluate(TOO_SMALL)
    width = page.evaluate("document.documentElement.scrollWidth")
    return found + ([f"{width} wide"] if width > page.viewport_size["width"] else [])  # type: ignore[index]


def test_every_phone_page_is_sound(
    opened: Opened, store: Store, friday: Evening, clock: StandingClock
) -> None:
    """Narrow and light before the day is settled; wider and dark afterwards."""
    for path, who in (
        ("/kitchen", friday.cook),
        ("/kitchen?more=1", friday.cook),
        ("/kitchen/saved", friday.cook),
        ("/duty", friday.volunteer),
        ("/route", friday.volunteer),
    ):
        assert faults(opened(path, who, width=320)) == [], path
    assert faults(opened("/kitchen", friday.cook, dark=True)) == []
    settle(store, friday)
    clock.moment = AT_FIVE
    for path, who in (
        ("/kitchen", friday.cook),
        ("/duty", friday.volunteer),
        ("/route?stop=4", friday.volunteer),
    ):
        assert faults(opened(path, who, dark=True)) == [], path
    assert faults(opened("/route?stop=4", friday.volunteer, width=320)) == []


@pytest.mark.parametrize("script", [True, False])
def test_two_taps_with_and_without_a_script(
    opened: Opened, store: Store, friday: Evening, script: bool
) -> None:
    page = opened("/kitchen", friday.cook, script=script)
    posts = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.get_by_label("1食ふやす").click()
    page.wait_for_load_state()
    assert page.get_by_label("何食").input_value() == "11"
    assert bool(posts) is not script, "with the script no new page is asked for"
    page.get_by_role("button", name="知らせる").click()
    page.wait_for_url("**/kitchen/saved*")
    assert told(store, friday)[0].meal_count == 11
    if script:
        page.go_back()
        page.get_by_role("button", name="知らせる").click()
        page.wait_for_url("**/kitchen/saved*")
    assert len(told(store, friday)) == 1


def test_what_was_mistyped_is_on_top_and_at_the_field(opened: Opened, friday: Evening) -> None:
    page = opened("/kitchen", friday.cook)
    page.get_by_label("何食").fill("18-20")
    page.get_by_role("button", name="知らせる").click()
    summary = page.get_by_role("alert")
    summary.get_by_role("link", name=re.compile("食数：0から500")).click()
    assert page.evaluate("document.activeElement.id") == "meal_count"
    assert page.get_by_label("何食").input_value() == "18-20"


def test_the_sheet_weighs_little(
    app: Flask, store: Store, friday: Evening, clock: StandingClock, client_of: Callable[[int], FlaskClient]
) -> None:
    settle(store, friday)
    clock.moment = AT_FIVE
    client = client_of(friday.volunteer)
    sheet = client.get("/route")
    assert "梅原" in sheet.text
    parts = set(re.findall(r'(?:href|src)="/static/([^"#]+)', sheet.text))
    assert {"icons.svg", "base.css", "volunteer.css"} <= parts
    assert app.static_folder is not None
    weight = len(sheet.data) + sum((Path(app.static_folder) / part).stat().st_size for part in parts)
    assert weight <= HEAVIEST_SHEET, f"{weight} bytes"
