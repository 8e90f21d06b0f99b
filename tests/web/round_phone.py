"""A volunteer's Friday as a test taps it: homes that agreed to be watched over, somebody to tell, forms as they stand."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from html import unescape
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from sharemeal.households import ConsentItem
from sharemeal.store import households
from sharemeal.store.base import Store, transaction
from sharemeal.store.households import Consent
from sharemeal.store.people import Person
from sharemeal.store.service_days import Route, ServiceDay, Stop
from sharemeal.store.visits import CheckIn
from tests.make.evening import FRIDAY, Evening

AT_THE_DOORS = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
"""17:00 in Yokohama, within the shift of 16:00 to 19:00."""


def prepare(store: Store, friday: Evening, now: datetime, *, agreed: Iterable[int] = (1, 2, 3)) -> None:
    """These homes agree to the watch-over, and the coordinator's number can be reached."""
    with store.session(friday.lab_id) as session, transaction(session, now):
        for number in agreed:
            home = households.by_number(session, number)
            assert home is not None
            item = ConsentItem.WATCH_OVER
            home.consents.append(Consent(item=item, given_on=now.date(), given_by="本人"))
        boss = session.get(Person, friday.coordinator)
        assert boss is not None
        boss.phone_index = "+81450000000"


def stops(store: Store, lab_id: int) -> list[int]:
    """The ids of Friday's stops, by position: two kitchens, four homes."""
    with store.session(lab_id) as session:
        query = (
            select(Stop.id)
            .join(Route, Route.id == Stop.route_id)
            .join(ServiceDay, ServiceDay.id == Route.day_id)
            .where(ServiceDay.service_date == FRIDAY)
            .order_by(Stop.position)
        )
        return list(session.scalars(query))


def reports(store: Store, lab_id: int) -> list[CheckIn]:
    """Every report of the lab in the order in which it came, with its words."""
    with store.session(lab_id) as session:
        rows = list(session.scalars(select(CheckIn).order_by(CheckIn.id)))
        for row in rows:
            assert row.codes is not None
            assert row.note is None or row.note
    return rows


def event(stop: int, **changes: Any) -> dict[str, Any]:
    """An ordinary door as a program sends it."""
    ordinary = {
        "id": str(uuid4()),
        "stop": stop,
        "contact": "seen",
        "condition": "usual",
        "observations": [],
        "note": None,
        "observed_at": "2026-11-27T16:59:30+09:00",
    }
    return ordinary | changes


def form_of(page: str, kind: str, **changes: str) -> dict[str, str]:
    """What the form of that kind (door, pickup, undo, chips) would send besides its button."""
    form = page[page.index(f'data-event="{kind}"') :]
    form = form[: form.index("</form>")]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        values = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if values.get("type") in ("checkbox", "radio") and " checked" not in tag:
            continue
        found[values["name"]] = values.get("value", "")
    return found | changes


def told(answer: TestResponse) -> Any:
    """What a program is answered."""
    return json.loads(answer.data)


def collect_all(phone: FlaskClient) -> None:
    """Both kitchens, as planned."""
    for _kitchen in range(2):
        form = form_of(phone.get("/route").text, "pickup", planned="1")
        assert phone.post("/route/pickup", data=form).status_code == 303


def card_of(page: str) -> str:
    """The stop that fills the screen."""
    return page[page.index('id="stop"') : page.index('id="all"')]


def tap(phone: FlaskClient, condition: str, contact: str = "seen", path: str = "/route") -> str:
    """Two taps at the door that the sheet shows; where they lead."""
    form = form_of(phone.get(path).text, "door", contact=contact, condition=condition)
    answer = phone.post("/route/check-in", data=form)
    assert answer.status_code == 303, answer.text
    return str(answer.location)
