"""順路表 on the phone: the next stop, the whole course, the map. What may be seen depends on the hour (sheets.py)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sharemeal.people import Role, called
from sharemeal.sheets import Sight
from sharemeal.store import service_days, sheets
from sharemeal.visits import GOOD_NEWS_WORDS, OBSERVATION_WORDS
from sharemeal.volunteers import MODE_WORDS
from sharemeal.web.access import allow, who
from sharemeal.web.coordinators import coordinator
from sharemeal.web.covers import has_offers
from sharemeal.web.doorway import db, lab, now, today
from sharemeal.web.language import tell
from sharemeal.web.offer_receipt import in_words
from sharemeal.web.round_view import Going, Halt, Panel, fresh_panel, going, words
from sharemeal.web.sheet_view import MODE_ICONS, Round, drawing

pages = Blueprint("sheets", __name__)


@pages.get("/route")
@allow(Role.VOLUNTEER)
def show() -> ResponseReturnValue:
    """The sheet of who asks, as far as it may be seen now: the next stop, or the thanks at the end.

    ``?stop=`` asks for one stop and ``?saved=`` says which was recorded just now: numbers and nothing personal.
    """
    asked = request.args.get("stop", type=int)
    round_now = going(with_words=asked is not None)
    if round_now is None:
        return _without_round()
    current = round_now.current
    if current.called_off and current.sight is not Sight.OVER:
        return render_template("sheet_called_off.html", **about(current))
    if current.route.cancelled_at is not None and current.sight is not Sight.OVER:
        return redirect(url_for("covers.cannot", day=current.day.service_date.isoformat()), 303)
    if current.sight is not Sight.OPEN:
        following = lab().rules.coming_service_date(now())
        return render_template(f"sheet_{current.sight}.html", following=following, **about(current))
    here = round_now.at(asked) or round_now.next
    if here is None:
        return _done(round_now)
    return sheet(round_now, here)


def sheet(round_now: Going, here: Halt, panel: Panel | None = None) -> str:
    """The sheet with one stop filling the screen, and the form of that stop as it was sent or as it begins."""
    current = round_now.current
    seen = tuple(halt.row for halt in round_now.halts)
    saved = round_now.at(request.args.get("saved", type=int)) if request.method == "GET" else None
    return render_template(
        "sheet.html",
        going=round_now,
        here=here,
        panel=panel or fresh_panel(here, with_words=request.args.get("stop", type=int) is not None),
        saved=saved if saved and saved is not here and saved.report else None,
        drawing=drawing(current, seen, tell(MODE_WORDS[current.volunteer.mode])),
        observation_words=OBSERVATION_WORDS,
        good_news_words=GOOD_NEWS_WORDS,
        **about(current),
    )


def about(current: Round) -> dict[str, Any]:
    """What every page of a round says of it."""
    mode = current.route.mode
    return {
        "current": current,
        "mode": mode,
        "mode_words": MODE_WORDS[mode],
        "my_mode": MODE_WORDS[current.volunteer.mode],
        "mode_icon": MODE_ICONS[mode],
        "coordinator": coordinator(),
        **words(),
    }


def _done(round_now: Going) -> str:
    """Thanks, the record, when the next time is, and when the names leave this phone."""
    day = round_now.current.day.service_date
    name = sheets.names_of(db(), {who().person_id})[who().person_id]
    following = next(each for each in lab().rules.service_days_from(day, 3) if each > day)
    return render_template(
        "sheet_done.html",
        going=round_now,
        name=called(name),
        homes=in_words(round_now.current.totals.homes, "%(count)s軒"),
        following=following,
        **about(round_now.current),
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
        wanted=has_offers(who().person_id),
        **words(),
    )
