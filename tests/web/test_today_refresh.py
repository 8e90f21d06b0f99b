"""The desk in a real browser: it notices what is new, and never takes away what somebody is writing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from sharemeal.store.base import Store
from tests.make.round import FixedRound, later
from tests.web.conftest import StandingClock

pytestmark = pytest.mark.browser
ClientOf = Callable[[int], FlaskClient]


@pytest.fixture
def friday(store: Store, now: datetime, clock: StandingClock) -> FixedRound:
    made = FixedRound(store, now)
    clock.moment = later(10)
    return made


def test_what_is_new_comes_by_itself_and_typed_words_stay(
    app: Flask, friday: FixedRound, client_of: ClientOf, live_server: str, page: Page
) -> None:
    client = client_of(friday.boss)
    cookies = [
        {"name": each.key, "value": each.value, "url": live_server}
        for each in (client._cookies or {}).values()
    ]
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.clock.install()
    page.goto(f"{live_server}/today")
    expect(page.get_by_text("急ぎの連絡はありません。")).to_be_visible()
    friday.taps(1, "seen", "worried")
    page.clock.fast_forward(16_000)
    expect(page.locator("article.alert")).to_have_count(1)
    page.get_by_text("もうわかっている").click()
    page.get_by_label("わかったこと").fill("電話で話せた")
    friday.taps(2, "seen", "worried")
    page.clock.fast_forward(16_000)
    expect(page.get_by_text("新しい動きがあります。")).to_be_visible()
    expect(page.get_by_label("わかったこと").first).to_have_value("電話で話せた")
    page.get_by_role("link", name="画面を新しくする").click()
    expect(page.locator("article.alert")).to_have_count(2)
