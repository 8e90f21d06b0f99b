"""Every route × role × lab: who may open what, and that a stranger's lab is as if it were not there.

The routes come from the app itself, so that a new page is in these tests on the day it is born.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from sharemeal.people import Role
from sharemeal.store.base import LabOwned, Store
from sharemeal.store.tables import Base
from sharemeal.web.access import EVERYBODY, declared
from tests.actions.planning import planned
from tests.make.small_lab import DAY, SmallLab
from tests.web.conftest import Labs

ROLES = (Role.KITCHEN, Role.VOLUNTEER, Role.COORDINATOR, Role.LAB_ADMIN)
NUMBER = 4242
"""The number of our kitchen, home and volunteer; part of each of their names, so a page that shows one shows it."""
FORM_NAMES = (
    "id home household household_id volunteer volunteer_id kitchen kitchen_id offer offer_id stop pin number"
)
STARTS_A_CALCULATION = {"plan.start"}
"""Goes on in a thread of its own in the asker's own lab; its actions are fenced and tested by themselves."""

SAYS_THAT_NO_JOB_RUNS = {"health.ready"}
"""Answers 503 in these tests, as it should."""


def asked(app: Flask, ours: dict[str, object]) -> Iterator[tuple[str, Rule, str]]:
    """Method, rule and path of everything that somebody may ask this app, with our ids where ids belong."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        values: dict[str, Any] = {name: ours.get(name, NUMBER) for name in rule.arguments}
        if "kind" in values:
            values["kind"] = "volunteers"
        with app.test_request_context():
            path = app.url_for(rule.endpoint, **values)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule, path


def ask(client: FlaskClient, method: str, path: str, form: dict[str, object]) -> TestResponse:
    return client.open(path, method=method, data=form if method == "POST" else None)


def in_role(add: Callable[..., int], lab_id: int, role: Role, kitchen_id: int | None) -> int:
    return add(lab_id, role, f"{role.value}の人", kitchen_id=kitchen_id if role is Role.KITCHEN else None)


@pytest.fixture
def plain_values() -> dict[str, object]:
    return {"day": DAY.isoformat(), "token": "x", "table": "kitchens"}


def test_every_view_says_who_may_open_it(app: Flask) -> None:
    silent = [name for name, allowed in declared(app).items() if allowed is None and name != "static"]
    assert silent == []


def test_a_view_that_says_nothing_answers_nobody(
    app: Flask, labs: Labs, person: Callable[..., int], client_of: Callable[[int], FlaskClient]
) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "everything")
    client = client_of(person(labs.ours, Role.COORDINATOR))
    assert client.get("/forgotten").status_code == 404
    assert app.test_client().get("/forgotten").status_code == 404


def test_who_is_not_signed_in_is_led_to_the_door_or_refused(
    app: Flask, labs: Labs, plain_values: dict[str, object]
) -> None:
    wrong = []
    for method, rule, path in asked(app, plain_values):
        if declared(app)[rule.endpoint] == EVERYBODY:
            continue
        answer = ask(app.test_client(), method, path, {})
        led = answer.status_code == 303 and answer.headers["Location"].startswith("/signin?next=/")
        if not (led if method == "GET" and not path.startswith("/api/") else answer.status_code == 401):
            wrong.append((method, path, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_the_wrong_role_is_refused_everywhere(
    app: Flask,
    labs: Labs,
    person: Callable[..., int],
    client_of: Callable[[int], FlaskClient],
    plain_values: dict[str, object],
    role: Role,
) -> None:
    client = client_of(in_role(person, labs.ours, role, None))
    wrong = []
    for method, rule, path in asked(app, plain_values):
        allowed = declared(app)[rule.endpoint]
        assert allowed is not None
        if allowed != EVERYBODY and role not in allowed:
            answer = ask(client, method, path, {})
            if answer.status_code != 403:
                wrong.append((method, path, answer.status_code))
    assert wrong == []


class Ours:
    """Our lab with a planned day, and everything that stands in it."""

    def __init__(self, store: Store, now: datetime) -> None:
        self.lab = SmallLab(store, now, slug=f"ours{NUMBER}")
        for _ in range(3):  # so that no id of ours is an id of the strangers' by chance
            self.lab.kitchen(NUMBER + 1 + _, 30)
        self.kitchen_id = self.lab.kitchen(NUMBER, 0)
        self.offer_id = self.lab.offer(self.kitchen_id, f"{NUMBER}のごはん", 5)
        self.home_id = self.lab.home(NUMBER, 5)
        self.volunteer_id = self.lab.volunteer(NUMBER, -5)
        planned(self.lab)

    def everything(self) -> list[tuple[object, ...]]:
        """Every raw row of our lab."""
        owned = [each.local_table for each in Base.registry.mappers if issubclass(each.class_, LabOwned)]
        rows: list[tuple[object, ...]] = []
        with self.lab.store.engine.connect() as connection:
            for name in sorted(str(table) for table in owned):
                query = text(f'SELECT * FROM "{name}" WHERE lab_id = :lab ORDER BY id')
                rows += [
                    (name, *map(str, row)) for row in connection.execute(query, {"lab": self.lab.lab_id})
                ]
        return rows


@pytest.fixture
def ours(store: Store, now: datetime) -> Ours:
    return Ours(store, now)


@pytest.mark.parametrize("role", ROLES)
def test_a_stranger_from_another_lab_reads_and_changes_nothing_of_ours(
    app: Flask,
    ours: Ours,
    labs: Labs,
    person: Callable[..., int],
    client_of: Callable[[int], FlaskClient],
    plain_values: dict[str, object],
    role: Role,
    store: Store,
    now: datetime,
) -> None:
    theirs = SmallLab(store, now, slug="strangers-own")
    stranger = client_of(in_role(person, theirs.lab_id, role, theirs.kitchen(1, 0)))
    ids = {"offer_id": ours.offer_id, "household_id": ours.home_id, "volunteer_id": ours.volunteer_id}
    form = dict.fromkeys(FORM_NAMES.split(), NUMBER) | ids | {"reason": "知らない人", "day": DAY.isoformat()}
    before, wrong = ours.everything(), []
    for method, rule, path in asked(app, plain_values | ids):
        if method == "POST" and rule.endpoint in STARTS_A_CALCULATION | {"signin.out"}:
            continue
        answer = ask(stranger, method, path, dict(form))
        names_ours = str(NUMBER) in str(path)
        shown = any(f"{NUMBER}{word}" in answer.text for word in ("番さん", "号食堂", "号さん", "のごはん"))
        broken = answer.status_code >= 500 and rule.endpoint not in SAYS_THAT_NO_JOB_RUNS
        if broken or shown or (names_ours and answer.status_code not in (403, 404)):
            wrong.append((method, path, answer.status_code, shown))
    assert wrong == []
    assert ours.everything() == before


@pytest.mark.parametrize("role", ROLES)
def test_who_may_open_a_page_of_the_own_lab_gets_it(
    app: Flask,
    ours: Ours,
    person: Callable[..., int],
    client_of: Callable[[int], FlaskClient],
    plain_values: dict[str, object],
    role: Role,
) -> None:
    client = client_of(in_role(person, ours.lab.lab_id, role, ours.kitchen_id))
    wrong = []
    for method, rule, path in asked(app, plain_values | {"offer_id": ours.offer_id}):
        allowed = declared(app)[rule.endpoint]
        if method != "GET" or allowed == EVERYBODY or allowed is None or role not in allowed:
            continue
        answer = client.get(path)
        if answer.status_code not in (200, 303, 404) or (answer.status_code == 404 and rule.arguments):
            wrong.append((path, answer.status_code))
    assert wrong == []
