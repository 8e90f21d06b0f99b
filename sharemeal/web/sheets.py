"""順路表 on the phone: the next stop, the whole course, the map. What may be seen depends on the hour (sheets.py)."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from sharemeal.people import Role
from sharemeal.sheets import Sight
from sharemeal.store import service_days, volunteers
from sharemeal.volunteers import MODE_WORDS, Mode
from sharemeal.web.access import allow, who
from sharemeal.web.coordinators import coordinator
from sharemeal.web.doorway import db, lab, now, today
from sharemeal.web.language import tell
from sharemeal.web.sheet_view import Row, current_round, drawing, rows

pages = Blueprint("sheets", __name__)

MODE_ICONS = {Mode.WALK: "walk", Mode.BICYCLE: "bike", Mode.CAR: "car"}


@pages.get("/route")
@allow(Role.VOLUNTEER)
def show() -> ResponseReturnValue:
    """The sheet of who asks, as far as it may be seen now."""
    volunteer = volunteers.of_person(db(), who().person_id)
    current = current_round(volunteer, now()) if volunteer else None
    if current is None or volunteer is None:
        return _without_round()
    about = {
        "current": current,
        "mode": volunteer.mode,
        "mode_words": MODE_WORDS[volunteer.mode],
        "mode_icon": MODE_ICONS[volunteer.mode],
        "coordinator": coordinator(),
    }
    if current.sight is not Sight.OPEN:
        following = lab().rules.coming_service_date(now())
        return render_template(f"sheet_{current.sight}.html", following=following, **about)
    seen = rows(current)
    here = _here(seen)
    return render_template(
        "sheet.html",
        rows=seen,
        here=here,
        before=_beside(seen, here, -1),
        after=_beside(seen, here, +1),
        drawing=drawing(current, seen, tell(MODE_WORDS[volunteer.mode])),
        **about,
    )


def _without_round() -> ResponseReturnValue:
    """What is to be expected, and by when, where there is nothing to carry yet."""
    coming = lab().rules.coming_service_date(now())
    return render_template(
        "sheet_none.html",
        coming=coming,
        settled=service_days.settled_on(db(), coming) is not None,
        cutoff=lab().rules.cutoff(coming),
        today=today(),
        coordinator=coordinator(),
    )


def _here(seen: tuple[Row, ...]) -> Row:
    """The stop that ``?stop=`` asks for, a number and nothing personal; else the first."""
    wanted = request.args.get("stop", type=int)
    return next((row for row in seen if row.position == wanted), seen[0])


def _beside(seen: tuple[Row, ...], here: Row, step: int) -> Row | None:
    place = seen.index(here) + step
    return seen[place] if 0 <= place < len(seen) else None
