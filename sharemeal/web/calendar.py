"""お届けの日の予定: the coming weeks, which of them rest and why, and a button to close a day or to open it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sharemeal.actions.change_calendar import close_on, open_on
from sharemeal.people import Role
from sharemeal.sentences import Refused, Sentence
from sharemeal.service_days import STATE_WORDS
from sharemeal.store import kitchens, service_days
from sharemeal.store.service_days import ServiceDay
from sharemeal.web.access import allow
from sharemeal.web.doorway import db, lab, let_go, now, today
from sharemeal.web.entering import iso_day
from sharemeal.web.language import in_page as _

pages = Blueprint("calendar", __name__, url_prefix="/calendar")
DESK = (Role.COORDINATOR, Role.LAB_ADMIN)

WEEKS_SHOWN = 14


@dataclass(frozen=True)
class CalendarDay:
    """One day of the lab's weekday: why it rests, or how far its plan is, and the meals already promised."""

    day: date
    rest: Sentence | None
    planned: ServiceDay | None
    meals: int
    by_hand: bool

    @property
    def settled(self) -> bool:
        """Whether it can no longer be closed, only called off."""
        return self.planned is not None and self.planned.settled


@pages.get("/")
@allow(*DESK)
def show() -> ResponseReturnValue:
    """The coming weeks."""
    return _page()


@pages.errorhandler(Refused)
def refused(refusal: Refused) -> ResponseReturnValue:
    """Say on the page itself why a day was not changed."""
    let_go()
    return _page(refusal), 422


@pages.post("/<day>/close")
@allow(*DESK)
def close(day: str) -> ResponseReturnValue:
    """Close a day; whoever has promised meals for it has to be called."""
    on = iso_day(day)
    promised = {offer.kitchen_id for offer in kitchens.offers_on(db(), on) if offer.meal_count}
    close_on(db(), on, now=now())
    if promised:
        flash(
            _(
                "お休みにしました。%(count)s店から、もう食数が届いています。お電話してください。",
                count=len(promised),
            )
        )
    else:
        flash(_("お休みにしました。この日は、だれにもお知らせを送りません。"))
    return redirect(url_for("calendar.show"), 303)


@pages.post("/<day>/open")
@allow(*DESK)
def open_again(day: str) -> ResponseReturnValue:
    """Serve on a day that rested."""
    open_on(db(), iso_day(day), now=now())
    flash(_("お届けの日にしました。"))
    return redirect(url_for("calendar.show"), 303)


def _page(refusal: Refused | None = None) -> str:
    rules = lab().rules
    return render_template(
        "calendar.html",
        days=[_calendar_day(day) for day in rules.weekdays_from(today(), WEEKS_SHOWN)],
        coming=rules.coming_service_date(now()),
        state_words=STATE_WORDS,
        refusal=refusal,
    )


def _calendar_day(day: date) -> CalendarDay:
    rules = lab().rules
    return CalendarDay(
        day=day,
        rest=rules.rest(day),
        planned=service_days.on(db(), day),
        meals=sum(offer.meal_count for offer in kitchens.offers_on(db(), day)),
        by_hand=day.isoformat() in rules.open_days,
    )
