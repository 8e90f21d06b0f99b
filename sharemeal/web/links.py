"""Coming in by a link. Looking at it uses nothing up: mail programs and phones look at links by themselves."""

from __future__ import annotations

import secrets
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from sharemeal.actions.sign_in import hashed, look_at_link, not_used_up, open_link
from sharemeal.people import Role
from sharemeal.sentences import Refused, Sentence
from sharemeal.store.base import let_go
from sharemeal.store.labs import Lab
from sharemeal.store.people import link_of_token
from sharemeal.web import doorway, sessions
from sharemeal.web.access import allow_everybody, somebody
from sharemeal.web.responses import errors_of
from sharemeal.written import clock_told

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

pages = Blueprint("links", __name__)

DEVICE_COOKIE = "device"
_YEAR_SECONDS = 365 * 86_400
_TITLES = {
    Role.KITCHEN: Sentence("食数の画面をひらきます。"),
    Role.VOLUNTEER: Sentence("お届けの画面をひらきます。"),
}
_STAFF_TITLE = Sentence("世話人の画面をひらきます。")


@pages.get("/s/<token>")
@allow_everybody
def show(token: str) -> ResponseReturnValue:
    """続ける, and a field for the code."""
    device = request.cookies.get(DEVICE_COOKIE) or secrets.token_urlsafe(24)
    with doorway.doorway().store.session(all_labs=True) as everyone:
        if _is_in_already(everyone, token):
            return redirect(url_for("home.show"), 303)
        not_used_up(look_at_link(everyone, token, now=doorway.now()), device, doorway.now())
        response = _page(everyone, token, {})
    _keep_device(response, device)
    return response


@pages.post("/s/<token>")
@allow_everybody
def enter(token: str) -> ResponseReturnValue:
    """Come in on this device; the first one is bound to the link, another needs the code."""
    device = request.cookies.get(DEVICE_COOKIE) or secrets.token_urlsafe(24)
    doorway.let_go()
    with doorway.doorway().store.session(all_labs=True) as everyone:
        try:
            code = request.form.get("code", "")[:40]
            opening = open_link(everyone, token, code=code, device=device, now=doorway.now())
        except Refused as refusal:
            let_go(everyone)
            if refusal.field:
                return _page(everyone, token, errors_of(refusal))
            if _is_in_already(everyone, token):
                return redirect(url_for("home.show"), 303)
            raise
    sessions.begin(opening.person_id, opening.until)
    response = redirect(url_for("home.show"), 303)
    _keep_device(response, device)
    return response


def _is_in_already(everyone: Session, token: str) -> bool:
    """Whether who comes by a used link is signed in as its person: a form sent twice, the back button."""
    person, link = somebody(), link_of_token(everyone, hashed(token))
    return person is not None and link is not None and link.person_id == person.person_id


def _page(everyone: Session, token: str, errors: dict[str, Refused]) -> Response:
    link = look_at_link(everyone, token, now=doorway.now())
    lab = everyone.get(Lab, link.lab_id)
    assert lab is not None
    until = link.valid_until.astimezone(lab.rules.zone)
    last_day = (until - timedelta(seconds=1)).date()
    page = render_template(
        "link.html",
        title=_TITLES.get(link.person.role, _STAFF_TITLE),
        staff=link.person.role.staff,
        lab=lab,
        until_day=last_day,
        until_clock=clock_told(
            int((until.replace(tzinfo=None) - datetime.combine(last_day, time())).total_seconds())
        ),
        today=lab.rules.today(doorway.now()),
        errors=errors,
    )
    return make_response(page, 422 if errors else 200)


def _keep_device(response: Response, device: str) -> None:
    """A random word by which this browser is known again at the same link; it says nothing about anybody."""
    response.set_cookie(
        DEVICE_COOKIE,
        device,
        max_age=_YEAR_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=sessions.secure(),
        path="/s/",
    )
