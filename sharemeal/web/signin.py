"""Coming in by password, and going out: here, or on every device at once."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from sharemeal.actions.keep_session import end_sessions_of
from sharemeal.sentences import Refused
from sharemeal.web import accounts, doorway, sessions
from sharemeal.web.access import allow_everybody, somebody
from sharemeal.web.responses import errors_of

pages = Blueprint("signin", __name__)


def local_path(wanted: str) -> str | None:
    """``wanted`` if it is a path on this site, never a way to another one."""
    if not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return None
    return None if any(ord(sign) <= 32 for sign in wanted) or "\\" in wanted else wanted


def _page(
    errors: dict[str, Refused] | None = None, email: str = "", following: str | None = None
) -> ResponseReturnValue:
    return render_template("signin.html", errors=errors or {}, email=email, following=following or ""), (
        422 if errors else 200
    )


@pages.get("/signin")
@allow_everybody
def show() -> ResponseReturnValue:
    """The form for staff, and a word for those who come by a link."""
    return _page(following=local_path(request.args.get("next", "")))


@pages.post("/signin")
@allow_everybody
def enter() -> ResponseReturnValue:
    """Come in by e-mail address and password."""
    email = request.form.get("email", "")[:254]
    following = local_path(request.form.get("next", ""))
    try:
        person_id = accounts.person_by_password(email, request.form.get("password", ""))
    except Refused as refusal:
        return _page(errors_of(refusal), email, following)
    sessions.begin(person_id, None)
    return redirect(following or url_for("home.show"), 303)


@pages.post("/signout")
@allow_everybody
def out() -> ResponseReturnValue:
    """Go out here, or with ``everywhere`` on every device at once."""
    person = somebody()
    if person is not None and request.form.get("everywhere"):
        doorway.let_go()
        with doorway.doorway().store.session(all_labs=True, actor=person.actor) as everyone:
            end_sessions_of(everyone, person.person_id, now=doorway.now())
    sessions.end()
    flash(_("出ました。"))
    return redirect(url_for("signin.show"), 303)
