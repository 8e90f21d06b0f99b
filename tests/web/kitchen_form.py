"""A kitchen's form as a test reads and sends it."""

import re
from datetime import date
from html import unescape

from flask.testing import FlaskClient

from sharemeal.store.base import Store
from sharemeal.store.kitchens import Offer, offers_on
from tests.make.evening import FRIDAY, Evening


def fields(page: str) -> dict[str, object]:
    """What the form would send as it stands, untouched."""
    found: dict[str, object] = {}
    form = page[page.index('<form class="cook"') :]
    for tag in re.findall(r"<input[^>]*>", form):
        values = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if values.get("type") in ("checkbox", "radio") and " checked" not in tag:
            continue
        if values["name"] in ("a", "declares"):
            found.setdefault(values["name"], []).append(values["value"])  # type: ignore[attr-defined]
        else:
            found[values["name"]] = values["value"]
    return found


def told(store: Store, friday: Evening, day: date = FRIDAY) -> list[Offer]:
    """What the store has of the first kitchen."""
    with store.session(friday.lab_id) as session:
        return [offer for offer in offers_on(session, day) if offer.kitchen_id == friday.kitchen_id]


def open_form(phone: FlaskClient, **changes: object) -> dict[str, object]:
    """The form of the coming day, with some fields changed."""
    return {**fields(phone.get("/kitchen").text), **changes}
