"""The first page: each role's own."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from sharemeal.people import Role
from sharemeal.sheets import Sight
from sharemeal.store import volunteers
from sharemeal.web.access import allow_everybody, somebody
from sharemeal.web.covers import offers_for, was_asked
from sharemeal.web.doorway import db, now
from sharemeal.web.sheet_view import current_round

pages = Blueprint("home", __name__)

FIRST_PAGES = {
    Role.KITCHEN: "offers.show",
    Role.VOLUNTEER: "duty.show",
    Role.COORDINATOR: "today.show",
    Role.LAB_ADMIN: "today.show",
}


@pages.get("/")
@allow_everybody
def show() -> ResponseReturnValue:
    """Lead everybody to where their work is; strangers to the sign-in page."""
    person = somebody()
    if person is not None and person.role is Role.VOLUNTEER and _on_the_way(person.person_id):
        return redirect(url_for("sheets.show"), 303)
    if person is not None and person.role is Role.VOLUNTEER and _is_asked(person.person_id):
        return redirect(url_for("covers.show"), 303)
    return redirect(url_for(FIRST_PAGES.get(person.role, "signin.show") if person else "signin.show"), 303)


def _is_asked(person_id: int) -> bool:
    """Whether this volunteer was asked to walk a course instead of somebody, and walks none."""
    volunteer = volunteers.of_person(db(), person_id)
    return volunteer is not None and (bool(offers_for(volunteer)) or was_asked(volunteer))


def _on_the_way(person_id: int) -> bool:
    """Whether this volunteer's sheet is open now: then it is what they came for."""
    volunteer = volunteers.of_person(db(), person_id)
    current = current_round(volunteer, now()) if volunteer else None
    return current is not None and current.sight is Sight.OPEN
