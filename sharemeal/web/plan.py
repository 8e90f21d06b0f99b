"""計画: calculate the day, see why, move and pin, sign off, fix."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from sharemeal import written
from sharemeal.actions.fix_day import fix_day, reopen_day, stale
from sharemeal.actions.pin_home import move_home, pin_home
from sharemeal.actions.pin_home import unpin as take_back_pin
from sharemeal.actions.sign_off import (
    sign_few_contacts,
    sign_off,
    take_back_few_contacts,
    take_back_sign_off,
)
from sharemeal.actions.solve_runs import RunState, RunView, run_of
from sharemeal.alerts import LEAST_CONTACTS
from sharemeal.meals import Counts
from sharemeal.people import Role
from sharemeal.sentences import Refused, Sentence
from sharemeal.service_days import STATE_WORDS, DayState
from sharemeal.store import alerts, kitchens, people, service_days, volunteers
from sharemeal.store.people import Person
from sharemeal.store.service_days import ServiceDay
from sharemeal.volunteers import MODE_WORDS
from sharemeal.web import plan_map, plan_view
from sharemeal.web.access import allow, who
from sharemeal.web.calculating import calculate
from sharemeal.web.doorway import db, doorway, lab, let_go, now, today
from sharemeal.web.entering import iso_day
from sharemeal.web.language import tell

pages = Blueprint("plan", __name__, url_prefix="/plan")
DESK = (Role.COORDINATOR, Role.LAB_ADMIN)


def _number(field: str) -> int:
    return written.count(request.form.get(field, ""), low=1, high=10**9, unit="")


def _back(day: date) -> ResponseReturnValue:
    return redirect(url_for("plan.show", day=day.isoformat()), 303)


def _seconds() -> float:
    return float(doorway().settings.solve_seconds)


def _run(day: date) -> RunView | None:
    return run_of(db(), day, now=doorway().clock.now(), seconds=_seconds())


def _start(day: date) -> None:
    let_go()
    calculate(doorway(), who().lab_id, day, actor=who().actor)


@pages.get("/")
@pages.get("/<day>")
@allow(*DESK)
def show(day: str | None = None) -> ResponseReturnValue:
    """The plan of a day: the coming service day unless another is named.

    Where homes lie and why they get what they get is the coordinators' alone; an administrator sees figures.
    """
    return _page(day)


@pages.errorhandler(Refused)
def refused(refusal: Refused) -> ResponseReturnValue:
    """Say on the plan itself why something was not done; nothing of it was written."""
    let_go()
    return _page((request.view_args or {}).get("day"), refusal), 422


def _page(day: str | None, refusal: Refused | None = None) -> str:
    in_detail = who().role is Role.COORDINATOR
    rules = lab().rules
    coming = rules.coming_service_date(now())
    on = coming if day is None else iso_day(day)
    stored = service_days.on(db(), on)
    planned = stored if stored is not None and stored.planned_at is not None else None
    before = service_days.settled_before(db(), on)
    names = _names()
    return render_template(
        "plan.html",
        on=on,
        near=[*rules.service_days_before(coming, 1), *rules.service_days_from(coming, 3)],
        rest=rules.rest(on),
        stored=stored,
        planned=planned,
        state=stored.state if stored else DayState.DRAFT,
        state_words=STATE_WORDS,
        mode_words=MODE_WORDS,
        counts=_counts(planned),
        run=_run(on),
        running=RunState.RUNNING,
        routes=plan_view.routes_of(planned) if planned else [],
        homeless=plan_view.homeless(planned) if planned else [],
        answer=plan_view.answer_of(planned) if planned else {},
        notes=[Sentence.from_json(note) for note in planned.summary.get("notes", [])] if planned else [],
        totals=plan_view.totals(planned) if planned else None,
        before=before,
        before_totals=plan_view.totals(before) if before else None,
        changed=plan_view.changed_homes(planned, before) if planned and before else [],
        resting=plan_view.resting(db(), on),
        pins=plan_view.pins_by_home(db(), on),
        serving=volunteers.in_service(db(), on),
        offers=kitchens.offers_on(db(), on),
        names=names,
        plotted=plan_view.curve,
        in_detail=in_detail,
        drawing=plan_map.drawing(planned, names) if planned and in_detail else None,
        stale=stale(db(), on),
        seconds=_seconds(),
        refusal=refusal,
        ready=alerts.ready_count(db()),
        least=LEAST_CONTACTS,
        few_reason=request.form.get("few_reason", ""),
    )


def _counts(planned: ServiceDay | None) -> Counts | None:
    return Counts(**planned.summary["counts"]) if planned else None


def _names() -> dict[int, str]:
    """Person id → the volunteer's name, read in one go."""
    return {person.id: person.name for person in people.of_role(db(), Role.VOLUNTEER, with_names=True)}


@pages.get("/<day>/progress")
@allow(*DESK)
def progress(day: str) -> ResponseReturnValue:
    """How the calculation goes, for the page that watches it: figures only."""
    run = _run(iso_day(day))
    if run is None:
        return jsonify(state="none")
    last = run.trace[-1] if run.trace else None
    return jsonify(
        state=run.state.value,
        elapsed_seconds=round(run.elapsed_seconds, 1),
        best_minutes=None if last is None else round(last[1] / 60),
        unserved=None if last is None else last[3],
        refusal=None if run.refusal is None else tell(run.refusal),
    )


@pages.post("/<day>/calculate")
@allow(*DESK)
def start(day: str) -> ResponseReturnValue:
    """Begin a calculation; the page shows how it goes."""
    on = iso_day(day)
    run = _run(on)
    if run is None or run.state is not RunState.RUNNING:
        _start(on)
    return _back(on)


@pages.post("/<day>/move")
@allow(*DESK)
def move(day: str) -> ResponseReturnValue:
    """Give a home to another volunteer for this day, and calculate anew."""
    on = iso_day(day)
    home, volunteer = _number("household"), _number("volunteer")
    move_home(db(), on, home, volunteer, now=now())
    _start(on)
    return _back(on)


@pages.post("/<day>/pin")
@allow(*DESK)
def pin(day: str) -> ResponseReturnValue:
    """Keep a home with a volunteer, with a reason and an end, and calculate anew."""
    on = iso_day(day)
    home, volunteer = _number("household"), _number("volunteer")
    until = request.form.get("until", "").strip()
    pin_home(
        db(),
        home,
        volunteer,
        reason=request.form.get("reason", ""),
        until=written.day(until) if until else None,
        today=today(),
        now=now(),
    )
    _start(on)
    return _back(on)


@pages.post("/<day>/unpin")
@allow(*DESK)
def unpin(day: str) -> ResponseReturnValue:
    """Take the pins and moves of a home back, and calculate anew."""
    on = iso_day(day)
    take_back_pin(db(), _number("pin"), now=now())
    _start(on)
    return _back(on)


@pages.post("/<day>/sign-off")
@allow(*DESK)
def sign(day: str) -> ResponseReturnValue:
    """Answer by name for a home that stays without a place."""
    on = iso_day(day)
    person = db().get_one(Person, who().person_id)
    sign_off(db(), on, _number("household"), reason=request.form.get("reason", ""), by=person.name, now=now())
    flash(_("引き受けを記録しました。"))
    return _back(on)


@pages.post("/<day>/sign-off/undo")
@allow(*DESK)
def unsign(day: str) -> ResponseReturnValue:
    """Take an answer back."""
    on = iso_day(day)
    take_back_sign_off(db(), on, _number("household"), now=now())
    return _back(on)


@pages.post("/<day>/few-contacts")
@allow(*DESK)
def sign_few(day: str) -> ResponseReturnValue:
    """Answer by name for a day on which too few people can be told, or take that back."""
    on = iso_day(day)
    if request.form.get("do") == "undo":
        take_back_few_contacts(db(), on, now=now())
        return _back(on)
    person = db().get_one(Person, who().person_id)
    sign_few_contacts(db(), on, reason=request.form.get("few_reason", ""), by=person.name, now=now())
    flash(_("引き受けを記録しました。"))
    return _back(on)


@pages.post("/<day>/fix")
@allow(*DESK)
def fix(day: str) -> ResponseReturnValue:
    """Fix the day, if nobody is left without a place or a name that answers."""
    on = iso_day(day)
    fix_day(db(), on, by=who().actor, now=now())
    flash(_("計画を確定しました。順路表は、当日の活動の2時間前から見られます。"))
    return _back(on)


@pages.post("/<day>/reopen")
@allow(*DESK)
def reopen(day: str) -> ResponseReturnValue:
    """Take the fixing back, while the day is not under way."""
    on = iso_day(day)
    reopen_day(db(), on, now=now())
    flash(_("下書きに戻しました。"))
    return _back(on)
