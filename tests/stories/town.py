"""A town for the browser stories: an app on a fresh store, its clock, and people who open pages in a Chromium.

Nothing here sleeps: whoever looks waits for what the page shows.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Locator, Page, Response, expect

from sharemeal import create_app
from sharemeal.actions.found_lab import found_lab
from sharemeal.actions.people import add_person
from sharemeal.actions.sign_in import make_link
from sharemeal.config import Settings
from sharemeal.people import Role
from sharemeal.store.base import Store
from tests.web.conftest import StandingClock

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 900}}
PATIENCE_MS = 30_000
"""How long a page may take on a busy machine before the story is given up."""


class Somebody:
    """One person with one device: a browser context of their own."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        page.set_default_timeout(PATIENCE_MS)

    def opens(self, path: str) -> Response:
        """Go to a page of the app; the answer tells its status."""
        answer = self.page.goto(path if path.startswith("http") else self.address + path)
        assert answer is not None
        return answer

    def taps(self, words: str, *, within: Locator | None = None) -> None:
        """Press the one button or link with these words, and arrive where it leads."""
        place = within or self.page
        named: dict[str, Any] = {"name": words, "exact": True}
        place.get_by_role("button", **named).or_(place.get_by_role("link", **named)).click()
        self.page.wait_for_load_state()

    def sees(self, *words: str) -> None:
        """Each of these words comes to stand on the page."""
        for each in words:
            expect(self.page.locator("main")).to_contain_text(each, timeout=PATIENCE_MS)

    def sees_nothing_of(self, *words: str) -> None:
        """Not in the page's text, not in its source."""
        source = self.page.content()
        assert [each for each in words if each in source] == []

    def comes_in_by(self, link: str) -> None:
        """Open a link, read 続ける, tap it."""
        self.opens(link)
        self.taps("続ける")


class Town:
    """One served app; ``clock.moment`` moves the time for all."""

    def __init__(
        self,
        store: Store,
        folder: Path,
        clock: StandingClock,
        serve: Callable[[Flask], str],
        browser: Browser,
        **more: str,
    ) -> None:
        given = {"secret_key": "only for tests", "instance": str(folder), "solve_seconds": "3", **more}
        settings = Settings(**given)
        self.store, self.clock, self._browser = store, clock, browser
        self.address = serve(create_app(settings, clock, store))
        self._open = ExitStack()
        self.people: list[Somebody] = []

    def lab(self, slug: str, name: str) -> int:
        """A lab with nobody in it."""
        with self.store.session(all_labs=True, actor="test") as session:
            return found_lab(session, slug, name, now=self.clock.moment).id

    def link_of(self, lab_id: int, role: Role, name: str) -> str:
        """Somebody new in the lab, and the link that the operator's command would print for them."""
        with self.store.session(lab_id, actor="test") as session:
            person = add_person(session, role, name, now=self.clock.moment, phone="045-000-0900")
            return f"{self.address}/s/{make_link(session, person, now=self.clock.moment).token}"

    def somebody(self, device: dict[str, Any], *, script: bool = True) -> Somebody:
        """Somebody with a fresh browser."""
        context = self._browser.new_context(
            **device, locale="ja-JP", timezone_id="Asia/Tokyo", java_script_enabled=script
        )
        self._open.callback(context.close)
        somebody = Somebody(context.new_page(), self.address)
        self.people.append(somebody)
        return somebody

    def it_is(self, moment: datetime) -> None:
        """Move the clock."""
        self.clock.moment = moment

    def close(self) -> None:
        """Everybody puts their device away."""
        self._open.close()
