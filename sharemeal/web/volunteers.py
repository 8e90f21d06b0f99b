"""お届けボランティア: the list with who is in, one volunteer, and the form to take one in or change them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from sharemeal.actions.answer_duty import answer_duty
from sharemeal.actions.register_volunteer import (
    add_volunteer,
    change_volunteer,
    familiar_homes,
    volunteer_entry,
)
from sharemeal.papers.exports import volunteer_texts
from sharemeal.papers.tables import VOLUNTEERS
from sharemeal.people import Role
from sharemeal.sentences import Refused
from sharemeal.store import households, sheets, volunteers
from sharemeal.store.base import own
from sharemeal.store.volunteers import Volunteer
from sharemeal.volunteers import MODE_WORDS
from sharemeal.web import standing
from sharemeal.web.access import allow
from sharemeal.web.doorway import db, lab, now, today
from sharemeal.web.entering import Sheet, cut, iso_day, searched, tell_change, typed
from sharemeal.web.language import day as day_words
from sharemeal.web.responses import errors_of
from sharemeal.web.standing import Standing, State

pages = Blueprint("volunteers", __name__, url_prefix="/volunteers")

DESK = (Role.COORDINATOR, Role.LAB_ADMIN)
STATES = (State.IN, State.DECLINED, State.RESTING, State.ENDED)
FORM_FIELDS = (
    "name", "reading", "phone", "mode", "meals_carried", "town", "lat", "lng", "shift_starts", "shift_ends",
    "familiar", "skills", "serves_by_default",
)  # fmt: skip
DAYS_SHOWN = 4


@dataclass(frozen=True)
class Line:
    """One volunteer in the list; ``answered`` is False while the standing answer counts."""

    volunteer: Volunteer
    standing: Standing
    answered: bool


@pages.get("")
@allow(*DESK)
def index() -> ResponseReturnValue:
    """All volunteers."""
    return _index("")


@pages.post("")
@allow(*DESK)
def find() -> ResponseReturnValue:
    """The volunteers whose number, name, reading or town holds what was typed. Nothing is written."""
    return _index(searched())


def _index(wanted: str) -> str:
    coming, state = lab().rules.coming_service_date(now()), request.args.get("state", "")
    lines = _lines(coming)
    counts = {each: sum(line.standing.state is each for line in lines) for each in STATES}
    carried = sum(line.volunteer.meals_carried for line in lines if line.standing.state is State.IN)
    shown = standing.chosen(lines, state, STATES, ended_too=bool(wanted))
    if wanted:
        volunteers.with_names(db(), [line.volunteer.id for line in shown])
        shown = [line for line in shown if _fits(line.volunteer, wanted)]
    sheet: Sheet[Line] = cut(shown, whole=bool(wanted))
    volunteers.with_names(db(), [line.volunteer.id for line in sheet.rows])
    return render_template(
        "volunteers.html",
        sheet=sheet,
        coming=coming,
        cutoff=lab().rules.cutoff(coming),
        counts=counts,
        carried=carried,
        states=STATES,
        state=state,
        wanted=wanted,
        mode_words=MODE_WORDS,
    )


def _lines(coming: date) -> list[Line]:
    rests = standing.by_owner(households.pauses_on(db(), coming), "volunteer_id")
    answers = volunteers.answers_on(db(), coming)
    rows = volunteers.all_volunteers(db()) + volunteers.all_volunteers(db(), ended=True)
    return [
        Line(row, _standing(row, rests.get(row.id, []), answers.get(row.id), coming), row.id in answers)
        for row in rows
    ]


def _standing(row: Volunteer, rests: list[households.Pause], answer: bool | None, coming: date) -> Standing:
    if row.ended_on is not None:
        return Standing(State.ENDED, row.ended_on)
    if rest := standing.resting(rests, coming, lab().rules):
        return rest
    return Standing(State.IN if row.serves(answer) else State.DECLINED, next_day=coming)


def _fits(row: Volunteer, wanted: str) -> bool:
    texts = (row.person.name, row.person.reading or "", row.town)
    return wanted == str(row.number) or any(wanted in text for text in texts)


def of_number(number: int) -> Volunteer:
    """The volunteer of that number in this lab, with their person. Raises LookupError, which answers 404."""
    row = volunteers.by_number(db(), number)
    if row is None:
        raise LookupError(number)
    return volunteers.with_names(db(), [row.id])[0]


@pages.get("/<int(max=9999):number>")
@allow(*DESK)
def show(number: int) -> ResponseReturnValue:
    """Everything about one volunteer."""
    return page(of_number(number))


def page(
    row: Volunteer, errors: Mapping[str, Refused] | None = None, texts: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    """The page of one volunteer; with errors, the small form that was refused keeps what was typed."""
    rules = lab().rules
    coming = rules.coming_service_date(now())
    rests = households.pauses_of(db(), "volunteer_id", row.id)
    answers = volunteers.answers_of(db(), row.id, coming)
    familiar = familiar_homes(db())[row.id]
    return render_template(
        "volunteer.html",
        volunteer=row,
        texts=volunteer_texts(volunteer_entry(row, familiar)),
        familiar=sorted(familiar),
        standing=_standing(row, rests, answers.get(coming), coming),
        answered=coming in answers,
        coming=coming,
        today=today(),
        days=[
            (
                day,
                row.serves(answers.get(day)),
                day in answers,
                bool(standing.resting(rests, day, rules)),
            )
            for day in rules.service_days_from(coming, DAYS_SHOWN)
        ],
        walks={
            day
            for day in rules.service_days_from(coming, DAYS_SHOWN)
            if sheets.course_on(db(), row.id, day) is not None
        },
        pauses=rests,
        errors=errors or {},
        typed=texts or {},
    ), (422 if errors else 200)


@pages.get("/new")
@allow(*DESK)
def new() -> ResponseReturnValue:
    """An empty form."""
    return _form(None, {"mode": "徒歩", "meals_carried": "6", "serves_by_default": "はい"})


@pages.post("/new")
@allow(*DESK)
def add() -> ResponseReturnValue:
    """Take in a volunteer."""
    texts = typed((*FORM_FIELDS, "number"))
    try:
        volunteer_id = add_volunteer(db(), texts, now=now())
    except Refused as refusal:
        return _form(None, texts, errors_of(refusal))
    row = own(db(), Volunteer, volunteer_id)
    flash(_("ボランティア%(number)s番を登録しました。", number=row.number))
    return redirect(url_for("volunteers.show", number=row.number), 303)


@pages.get("/<int(max=9999):number>/edit")
@allow(*DESK)
def edit(number: int) -> ResponseReturnValue:
    """The form with what is known."""
    row = of_number(number)
    texts = volunteer_texts(volunteer_entry(row, familiar_homes(db())[row.id]))
    by_default = "はい" if row.serves_by_default else "いいえ"
    return _form(row, {**texts, "skills": "・".join(sorted(row.skills)), "serves_by_default": by_default})


@pages.post("/<int(max=9999):number>/edit")
@allow(*DESK)
def change(number: int) -> ResponseReturnValue:
    """Change a volunteer."""
    row, texts = of_number(number), typed(FORM_FIELDS)
    try:
        done = change_volunteer(db(), row.id, texts, now=now())
    except Refused as refusal:
        return _form(row, texts, errors_of(refusal))
    tell_change(done)
    return redirect(url_for("volunteers.show", number=number), 303)


def _form(
    row: Volunteer | None, texts: Mapping[str, str], errors: Mapping[str, Refused] | None = None
) -> ResponseReturnValue:
    return render_template(
        "volunteer_form.html",
        volunteer=row,
        texts=texts,
        headers=VOLUNTEERS.headers,
        errors=errors or {},
        modes=list(MODE_WORDS.values()),
    ), (422 if errors else 200)


@pages.post("/<int(max=9999):number>/duty")
@allow(*DESK)
def answer(number: int) -> ResponseReturnValue:
    """出られます or 出られません for one day, said by telephone."""
    row, can_serve = of_number(number), request.form.get("can_serve")
    day = iso_day(request.form.get("day", ""))
    if can_serve not in ("yes", "no"):
        raise LookupError("can_serve")
    answer_duty(db(), row.id, day, can_serve=can_serve == "yes", now=now())
    flash(_("%(day)sのお返事を書きとめました。", day=day_words(day)))
    return redirect(url_for("volunteers.show", number=number), 303)
