"""A sign-in link for today, made at the desk for a kitchen or a volunteer, and shown once."""

from __future__ import annotations

import base64
import io

import segno
from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sharemeal.actions.sign_in import make_link
from sharemeal.people import Role
from sharemeal.store import people
from sharemeal.store.kitchens import Kitchen
from sharemeal.web import kitchens, volunteers
from sharemeal.web.access import allow, who
from sharemeal.web.doorway import db, doorway, now
from sharemeal.web.responses import taken

pages = Blueprint(
    "hand_links", __name__, url_prefix="/<any(kitchens, volunteers):kind>/<int(max=9999):number>"
)


@pages.post("/link")
@allow(Role.COORDINATOR, Role.LAB_ADMIN)
def make(kind: str, number: int) -> ResponseReturnValue:
    """Make a link and show it with its code and QR; nobody can read it again afterwards.

    A volunteer's link opens a route sheet with homes on it, so it is for coordinators alone to make.
    """
    if kind == "volunteers" and who().role is not Role.COORDINATOR:
        abort(403)
    row = kitchens.of_number(number) if kind == "kitchens" else volunteers.of_number(number)
    person_id, name = _person(row) if isinstance(row, Kitchen) else (row.person_id, row.person.name)
    made = make_link(db(), person_id, now=now())
    taken(url_for(f"{kind}.show", number=number))
    base = doorway().settings.public_url.rstrip("/") or request.url_root.rstrip("/")
    address = base + url_for("links.show", token=made.token)
    return render_template(
        "hand_link.html", kind=kind, number=number, name=name, made=made, address=address, qr=_qr(address)
    )


def _person(row: Kitchen) -> tuple[int, str]:
    """The active person of that kitchen. Raises LookupError when nobody signs in for it."""
    for person in people.of_role(db(), Role.KITCHEN):
        if person.kitchen_id == row.id:
            return person.id, row.name
    raise LookupError(row.number)


def _qr(address: str) -> str:
    """The address as a picture that stands in the page itself."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", scale=6, border=2, dark="#2a231d", light="#fffefb")
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode()
