"""行けなくなりました, and 代わりに行きます: a volunteer's own pages. Neither shows a name or an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from sharemeal.actions.cancel_route import cancel_route, take_back_cancel
from sharemeal.actions.take_over import take_over
from sharemeal.covers import Remainder, alarm_at, is_slower
from sharemeal.people import Role
from sharemeal.sentences import Refused
from sharemeal.store import covers, messages, service_days, sheets, volunteers
from sharemeal.store.covers import Cover
from sharemeal.store.volunteers import Volunteer
from sharemeal.volunteers import MODE_WORDS, Mode
from sharemeal.web.access import allow, who
from sharemeal.web.coordinators import coordinator
from sharemeal.web.doorway import db, lab, let_go, now, today
from sharemeal.web.entering import id_in, iso_day
from sharemeal.web.round_view import words
from sharemeal.web.sheet_view import MODE_ICONS

pages = Blueprint("covers", __name__)


@dataclass(frozen=True)
class Offer:
    """What a stand-in is told: the day, what is left, how it was counted, and what is harder for them than planned."""

    cover_id: int
    day: date
    left: Remainder
    planned: Mode
    mode: Mode
    carried: int

    @property
    def slower(self) -> bool:
        """Whether they need longer than planned."""
        return is_slower(self.mode, self.planned)

    @property
    def heavy(self) -> bool:
        """Whether it is more than they carry at a time."""
        return self.left.portions > self.carried


@pages.get("/duty/<day>/cannot")
@allow(Role.VOLUNTEER)
def cannot(day: str) -> ResponseReturnValue:
    """What happens when they say that they cannot come; afterwards, how it stands."""
    volunteer = volunteers.of_person(db(), who().person_id)
    return redirect(url_for("duty.show"), 303) if volunteer is None else _cannot(iso_day(day), volunteer)


@pages.post("/duty/<day>/cannot")
@allow(Role.VOLUNTEER)
def tell(day: str) -> ResponseReturnValue:
    """They cannot come. Said twice it is said once."""
    on, volunteer = iso_day(day), _volunteer()
    try:
        cancel_route(db(), on, volunteer.id, entered_by_id=who().person_id, now=now())
    except Refused as refusal:
        return _cannot(on, volunteer, refusal)
    return redirect(url_for("covers.cannot", day=on.isoformat()), 303)


@pages.post("/duty/<day>/cannot/undo")
@allow(Role.VOLUNTEER)
def take_back(day: str) -> ResponseReturnValue:
    """They can come after all, unless somebody has taken the course."""
    on, volunteer = iso_day(day), _volunteer()
    try:
        take_back_cancel(db(), on, volunteer.id, now=now())
    except Refused as refusal:
        return _cannot(on, volunteer, refusal)
    return redirect(url_for("sheets.show"), 303)


@pages.get("/cover")
@allow(Role.VOLUNTEER)
def show() -> ResponseReturnValue:
    """The courses that wait for somebody, as far as who asks may walk them."""
    return _offers()


@pages.post("/cover")
@allow(Role.VOLUNTEER)
def step_in() -> ResponseReturnValue:
    """代わりに行きます. First come, first served; who comes second reads calmly that it is settled."""
    try:
        take_over(db(), id_in(request.form.get("cover", "")), _volunteer().id, now=now())
    except Refused as refusal:
        return _offers(refusal)
    return redirect(url_for("sheets.show"), 303)


def offers_for(volunteer: Volunteer) -> list[Offer]:
    """What this volunteer is asked for now."""
    found = []
    for cover in covers.going_on(db(), today()):
        left = None if cover.ended_at is not None else covers.remainder(db(), cover.route)
        if left is None or volunteer.id not in {each.id for each in covers.stand_ins(db(), cover.day, left)}:
            continue
        mode = cover.route.mode
        found.append(
            Offer(cover.id, cover.day.service_date, left, mode, volunteer.mode, volunteer.meals_carried)
        )
    return found


def has_offers(person_id: int) -> bool:
    """Whether this person is a volunteer who is asked for something now."""
    volunteer = volunteers.of_person(db(), person_id)
    return volunteer is not None and bool(offers_for(volunteer))


def was_asked(volunteer: Volunteer) -> bool:
    """Whether a text asked this volunteer for a course that somebody has taken by now, and that is still walked."""
    return any(_asked(cover, volunteer) for cover in covers.going_on(db(), today()))


def _asked(cover: Cover, volunteer: Volunteer) -> bool:
    taken = cover.taken_by_id not in (None, volunteer.id)
    free = sheets.course_on(db(), volunteer.id, cover.day.service_date) is None
    return taken and free and messages.written_once(db(), f"{cover.once}{volunteer.person_id}") is not None


def _volunteer() -> Volunteer:
    volunteer = volunteers.of_person(db(), who().person_id)
    if volunteer is None or volunteer.ended_on is not None:
        raise NotFound
    return volunteer


def _cannot(day: date, volunteer: Volunteer, refusal: Refused | None = None) -> ResponseReturnValue:
    """The page as it stands now. Who neither has nor had a course that day is led back to their days."""
    let_go()
    db().expire_all()
    stored = service_days.settled_on(db(), day)
    route = sheets.course_on(db(), volunteer.id, day)
    last = covers.last_of(db(), stored.id, volunteer.id) if stored else None
    taken = last is not None and last.taken_by_id is not None
    if stored is None or (route is None and not taken):
        return redirect(url_for("duty.show"), 303)
    left = None if route is None or taken else covers.remainder(db(), route)
    page = render_template(
        "cannot.html",
        day=day,
        taken=taken,
        cancelled=route is not None and route.cancelled_at is not None,
        goes_on=stored.goes_on,
        left=left,
        alarm=None if left is None else alarm_at(lab().rules.moment(day, left.begins), now()),
        refusal=refusal,
        coordinator=coordinator(),
        **words(),
    )
    return page, 422 if refusal else 200


def _offers(refusal: Refused | None = None) -> ResponseReturnValue:
    let_go()
    db().expire_all()
    volunteer = _volunteer()
    page = render_template(
        "cover.html",
        offers=offers_for(volunteer),
        settled=was_asked(volunteer),
        refusal=refusal,
        mode_words=MODE_WORDS,
        mode_icons=MODE_ICONS,
        coordinator=coordinator(),
    )
    return page, 422 if refusal else 200
