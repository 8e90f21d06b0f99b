"""How the reader wants to see the pages: language, furigana, letter size, kept in cookies of a year."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from sharemeal.web import sessions
from sharemeal.web.access import allow_everybody
from sharemeal.web.language import LANGUAGES, SIZES
from sharemeal.web.signin import local_path

pages = Blueprint("display", __name__)

_CHOICES = {"lang": set(LANGUAGES), "size": set(SIZES), "furigana": {"on", "off"}}
_YEAR_SECONDS = 365 * 86_400


@pages.post("/display")
@allow_everybody
def choose() -> ResponseReturnValue:
    """Keep what was chosen and go back to the page it was chosen on."""
    response = redirect(local_path(request.form.get("back", "/")) or "/", 303)
    for name, values in _CHOICES.items():
        if (value := request.form.get(name)) in values:
            response.set_cookie(
                name, str(value), max_age=_YEAR_SECONDS, samesite="Lax", secure=sessions.secure()
            )
    return response
