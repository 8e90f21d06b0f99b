"""The first page: each role's own."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from sharemeal.people import Role
from sharemeal.web.access import allow_everybody, somebody

pages = Blueprint("home", __name__)

FIRST_PAGES = {
    Role.KITCHEN: "offers.show",
    Role.VOLUNTEER: "duty.show",
    Role.COORDINATOR: "plan.show",
    Role.LAB_ADMIN: "plan.show",
}


@pages.get("/")
@allow_everybody
def show() -> ResponseReturnValue:
    """Lead everybody to where their work is; strangers to the sign-in page."""
    person = somebody()
    return redirect(url_for(FIRST_PAGES.get(person.role, "signin.show") if person else "signin.show"), 303)
