"""出られます／出られません: the coming service days, each with two large buttons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from sharemeal.actions.answer_duty import answer_duty
from sharemeal.people import Role
from sharemeal.sentences import Refused, Sentence
from sharemeal.sheets import sheet_hours
from sharemeal.store import covers, households, service_days, sheets, volunteers
from sharemeal.store.volunteers import Volunteer
from sharemeal.web.access import allow, who
from sharemeal.web.coordinators import coordinator
from sharemeal.web.covers import offers_for
from sharemeal.web.doorway import db, lab, now, today
from sharemeal.web.entering import iso_day

pages = Blueprint("duty", __name__)

DAYS_SHOWN = 4
MOST_LOOKED_AT = 14


@dataclass(frozen=True)
class DutyDay:
    """One service day as the volunteer sees it. ``answered`` is False while the standing answer counts.

    ``covered`` says that they could not come and somebody else goes.
    """

    day: date
    can_serve: bool
    answered: bool
    resting: bool
    settled: bool
    has_route: bool
    over: bool
    covered: bool
    cutoff: datetime


@pages.get("/duty")
@allow(Role.VOLUNTEER)
def show() -> ResponseReturnValue:
    """The coming days and what was answered."""
    return _page(_volunteer())


@pages.post("/duty")
@allow(Role.VOLUNTEER)
def answer() -> ResponseReturnValue:
    """Keep one answer; a day that is settled asks for a call instead."""
    volunteer = _volunteer()
    day = iso_day(request.form.get("day", ""))
    can_serve = request.form.get("can_serve")
    if volunteer is None or day not in coming_days() or can_serve not in ("yes", "no"):
        raise NotFound
    try:
        answer_duty(db(), volunteer.id, day, can_serve=can_serve == "yes", now=now())
    except Refused as refusal:
        return _page(volunteer, refusal=refusal), 422
    return redirect(url_for("duty.show", said=day.isoformat()), 303)


def coming_days() -> list[date]:
    """The next service days, today's included."""
    return lab().rules.service_days_from(today(), DAYS_SHOWN)


def _volunteer() -> Volunteer | None:
    volunteer = volunteers.of_person(db(), who().person_id)
    return None if volunteer is None or volunteer.ended_on is not None else volunteer


def _page(volunteer: Volunteer | None, refusal: Refused | None = None) -> str:
    return render_template(
        "duty.html",
        days=[_duty_day(day, volunteer) for day in coming_days()] if volunteer else [],
        skipped=_skipped() if volunteer else [],
        wanted=bool(volunteer and offers_for(volunteer)),
        said=request.args.get("said") if request.method == "GET" else None,
        refusal=refusal,
        refused_day=request.form.get("day") if refusal else None,
        coordinator=coordinator(),
    )


def _skipped() -> list[tuple[date, Sentence]]:
    """The days between those shown on which there is no service, each with why."""
    rules, last = lab().rules, coming_days()[-1]
    found = [(day, rules.rest(day)) for day in rules.weekdays_from(today(), MOST_LOOKED_AT)]
    return [(day, rest) for day, rest in found if rest is not None and day < last]


def _duty_day(day: date, volunteer: Volunteer) -> DutyDay:
    answered = volunteers.answers_on(db(), day).get(volunteer.id)
    settled = service_days.settled_on(db(), day)
    course = sheets.course_on(db(), volunteer.id, day) if settled else None
    gone = covers.last_of(db(), settled.id, volunteer.id) if settled else None
    rules = lab().rules
    return DutyDay(
        day=day,
        can_serve=volunteer.serves(answered),
        answered=answered is not None,
        resting=any(pause.volunteer_id == volunteer.id for pause in households.pauses_on(db(), day)),
        settled=settled is not None,
        has_route=course is not None,
        over=now() > sheet_hours(rules, day, course.shift if course else volunteer.shift).closes,
        covered=gone is not None and gone.taken_by_id is not None,
        cutoff=rules.cutoff(day),
    )
