"""An app on a fresh database with two labs: ours, and a stranger's that must stay unseen."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page

from sharemeal import create_app
from sharemeal.clock import Clock
from sharemeal.config import Settings
from sharemeal.labs import LabRules
from sharemeal.people import Role
from sharemeal.store.base import Store, transaction
from sharemeal.store.labs import Lab
from sharemeal.store.people import Person
from tests.make.evening import Evening, evening
from tests.web.round_phone import AT_THE_DOORS, prepare


class StandingClock(Clock):
    """A clock that shows one moment until it is set to another."""

    def __init__(self, moment: datetime) -> None:
        super().__init__()
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


@dataclass(frozen=True)
class Labs:
    """Ours, and the stranger's."""

    ours: int
    strangers: int


@pytest.fixture
def labs(store: Store, now: datetime) -> Labs:
    """Two labs without anybody in them."""
    with store.session(all_labs=True) as session, transaction(session, now):
        ours = Lab(slug="aobadai", name="青葉台・藤が丘", rules=LabRules())
        strangers = Lab(slug="tsuzuki", name="都筑", rules=LabRules())
        session.add_all([ours, strangers])
    return Labs(ours.id, strangers.id)


@pytest.fixture
def clock(now: datetime) -> StandingClock:
    """The clock of the app; set ``clock.moment`` to move it."""
    return StandingClock(now)


@pytest.fixture
def app(store: Store, clock: StandingClock, tmp_path: Path) -> Flask:
    """The whole app on that database."""
    made = create_app(Settings(secret_key="only for tests", instance=str(tmp_path)), clock, store)
    made.testing = True
    made.config["WTF_CSRF_ENABLED"] = False
    return made


@pytest.fixture
def person(store: Store, now: datetime) -> Callable[..., int]:
    """Add somebody to a lab: ``person(lab_id, Role.COORDINATOR, "桜井") -> person id``."""

    def add(lab_id: int, role: Role, name: str = "桜井", *, kitchen_id: int | None = None) -> int:
        with store.session(lab_id) as session, transaction(session, now):
            somebody = Person(
                role=role, name=name, kitchen_id=kitchen_id, uniquifier=f"{lab_id}-{role}-{name}"
            )
            session.add(somebody)
        return somebody.id

    return add


@pytest.fixture
def client_of(app: Flask) -> Callable[[int], FlaskClient]:
    """A browser in which that person is signed in."""

    def open_as(person_id: int) -> FlaskClient:
        client = app.test_client()
        with client.session_transaction() as session:
            session["person_id"] = person_id
        return client

    return open_as


@pytest.fixture
def friday(store: Store, labs: Labs, now: datetime) -> Evening:
    """A Friday on the road, its homes watched over. A file that wants another says its own."""
    made = evening(store, labs.ours, now)
    prepare(store, made, now)
    return made


@pytest.fixture
def phone(friday: Evening, client_of: Callable[[int], FlaskClient], clock: StandingClock) -> FlaskClient:
    """The phone of the Friday's volunteer, signed in within the shift."""
    clock.moment = AT_THE_DOORS
    return client_of(friday.volunteer)


@pytest.fixture
def opened(app: Flask, browser: Browser, live_server: str) -> Iterator[Callable[..., Page]]:
    """Open a page as somebody ``at`` a moment of the telephone; ``context`` keeps what it has stored."""
    contexts: list[BrowserContext] = []

    def open_page(
        path: str,
        person_id: int,
        *,
        width: int = 390,
        script: bool = True,
        context: BrowserContext | None = None,
        at: datetime = AT_THE_DOORS,
    ) -> Page:
        client = app.test_client()
        with client.session_transaction() as session:
            session["person_id"] = person_id
        if context is None:
            context = browser.new_context(
                viewport={"width": width, "height": 844}, java_script_enabled=script, locale="ja-JP"
            )
            contexts.append(context)
        for cookie in (client._cookies or {}).values():
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server}])
        page = context.new_page()
        page.clock.install(time=at)
        page.goto(live_server + path)
        return page

    yield open_page
    for each in contexts:
        each.close()
