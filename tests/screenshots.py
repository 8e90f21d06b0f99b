"""Every page on a picture: ``make screenshots`` writes them to instance/screenshots, light and dark.

A page is a row ``(name, path, role, width)``; rows stand under the moment at which they are looked at.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from sharemeal import create_app
from sharemeal.clock import Clock
from sharemeal.config import Settings
from sharemeal.labs import LabRules
from sharemeal.people import Role
from sharemeal.service_days import DayState
from sharemeal.store import service_days
from sharemeal.store.base import Store, transaction
from sharemeal.store.columns import Keyring
from sharemeal.store.labs import Lab
from tests import browser
from tests.make.evening import FRIDAY, Evening, evening
from tests.serving import serving

PHONE, DESK = 390, 1280
Row = tuple[str, str, Role | None, int]

DAY_BEFORE: list[Row] = [
    ("signin", "/signin", None, PHONE),
    ("kitchen", "/kitchen", Role.KITCHEN, PHONE),
    ("kitchen-narrow", "/kitchen", Role.KITCHEN, 320),
    ("kitchen-another-dish", "/kitchen?more=1", Role.KITCHEN, PHONE),
    ("kitchen-saved", "/kitchen/saved", Role.KITCHEN, PHONE),
    ("duty", "/duty", Role.VOLUNTEER, PHONE),
    ("route-none", "/route", Role.VOLUNTEER, PHONE),
    ("plan-draft", "/plan/2026-11-27", Role.COORDINATOR, DESK),
]
MORNING: list[Row] = [("route-early", "/route", Role.VOLUNTEER, PHONE)]
EVENING: list[Row] = [
    ("kitchen-closed", "/kitchen", Role.KITCHEN, PHONE),
    ("duty-fixed", "/duty", Role.VOLUNTEER, PHONE),
    ("route-shop", "/route", Role.VOLUNTEER, PHONE),
    ("route", "/route?stop=4", Role.VOLUNTEER, PHONE),
    ("route-narrow", "/route?stop=4", Role.VOLUNTEER, 320),
    ("plan-fixed", "/plan/2026-11-27", Role.COORDINATOR, DESK),
    ("plan-fixed-phone", "/plan/2026-11-27", Role.COORDINATOR, PHONE),
]
NIGHT: list[Row] = [("route-over", "/route", Role.VOLUNTEER, PHONE)]


class SetClock(Clock):
    """A clock that stands where it is set."""

    moment = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


def shoot(
    app: Flask, chromium: Browser, address: str, people: Mapping[Role, int], rows: Sequence[Row], folder: Path
) -> None:
    """One picture per row and colour scheme, of the whole page, as the person of that role sees it."""
    for name, path, role, width in rows:
        for scheme in ("light", "dark"):
            context = chromium.new_context(
                viewport={"width": width, "height": 844},
                color_scheme=scheme,
                locale="ja-JP",
                device_scale_factor=2 if width < DESK else 1,
            )
            if role is not None:
                context.add_cookies(_signed_in(app, people[role], address))  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(address + path, wait_until="networkidle")
            whole = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({"width": width, "height": max(844, whole)})
            page.screenshot(path=folder / f"{name}-{scheme}.png", full_page=True)
            context.close()


def _signed_in(app: Flask, person_id: int, address: str) -> list[dict[str, str]]:
    client = app.test_client()
    with client.session_transaction() as session:
        session["person_id"] = person_id
    return [
        {"name": each.key, "value": each.value, "url": address} for each in (client._cookies or {}).values()
    ]


def _lab(store: Store, now: datetime) -> Evening:
    store.upgrade()
    with store.session(all_labs=True) as session, transaction(session, now):
        lab = Lab(slug="aobadai", name="青葉台・藤が丘", rules=LabRules())
        session.add(lab)
    return evening(store, lab.id, now, state=DayState.DRAFT)


def _fix(store: Store, lab_id: int, now: datetime) -> None:
    with store.session(lab_id) as session, transaction(session, now):
        day = service_days.on(session, FRIDAY)
        assert day is not None
        day.state = DayState.FIXED


def main(folder: Path) -> None:
    """Take all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        store = Store(f"sqlite:///{scratch}/pictures.db", Keyring.generate())
        clock = SetClock()
        friday = _lab(store, clock.moment)
        app = create_app(Settings(secret_key="only for pictures", instance=scratch), clock, store)
        people = {
            Role.KITCHEN: friday.cook,
            Role.VOLUNTEER: friday.volunteer,
            Role.COORDINATOR: friday.coordinator,
        }
        chromium = playwright.chromium.launch(
            executable_path=browser.find_chromium(), args=list(browser.FLAGS)
        )
        with serving(app) as address:
            shoot(app, chromium, address, people, DAY_BEFORE, folder)
            _fix(store, friday.lab_id, clock.moment)
            for hour, rows in ((1, MORNING), (8, EVENING), (13, NIGHT)):
                clock.moment = datetime(2026, 11, 27, hour, tzinfo=UTC)
                shoot(app, chromium, address, people, rows, folder)
        chromium.close()
        store.close()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "instance/screenshots"))
