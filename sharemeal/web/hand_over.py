"""A coordinator notes that a volunteer cannot come, and hands the course to somebody else."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from sharemeal.actions.cancel_route import cancel_route, take_back_cancel
from sharemeal.actions.take_over import take_over
from sharemeal.covers import alarm_at
from sharemeal.people import Role
from sharemeal.sentences import Refused, Sentence
from sharemeal.store import covers, households, service_days, sheets, volunteers, watch
from sharemeal.store.volunteers import Volunteer
from sharemeal.volunteers import MODE_WORDS
from sharemeal.watch import Kind
from sharemeal.web.access import allow, who
from sharemeal.web.doorway import db, lab, let_go, now
from sharemeal.web.entering import iso_day
from sharemeal.web.sheet_view import MODE_ICONS
from sharemeal.web.volunteers import of_number

pages = Blueprint("hand_over", __name__, url_prefix="/plan/<day>/cover/<int(max=9999):number>")


@pages.get("")
@allow(Role.COORDINATOR)
def show(day: str, number: int) -> ResponseReturnValue:
    """How it stands with the course of that volunteer."""
    return _page(iso_day(day), of_number(number))


@pages.post("/cancel")
@allow(Role.COORDINATOR)
def cancel(day: str, number: int) -> ResponseReturnValue:
    """They cannot come: they said so by telephone, or nobody reached them."""
    on, volunteer = iso_day(day), of_number(number)
    heard = request.form.get("heard", "")
    try:
        if heard not in ("yes", "no"):
            raise Refused(
                Sentence("本人と連絡がとれたかを、えらんでください。"),
                why=Sentence("連絡がとれないときは、ご本人の無事も確かめつづけます。"),
                field="heard",
            )
        cancel_route(db(), on, volunteer.id, entered_by_id=who().person_id, unheard=heard == "no", now=now())
    except Refused as refusal:
        return _page(on, volunteer, refusal)
    return _back(on, number)


@pages.post("/undo")
@allow(Role.COORDINATOR)
def take_back(day: str, number: int) -> ResponseReturnValue:
    """They can come after all."""
    on, volunteer = iso_day(day), of_number(number)
    try:
        take_back_cancel(db(), on, volunteer.id, now=now())
    except Refused as refusal:
        return _page(on, volunteer, refusal)
    flash(_("取り消しました。コースは%(name)sさんのままです。", name=volunteer.person.name))
    return _back(on, number)


@pages.post("/hand")
@allow(Role.COORDINATOR)
def hand(day: str, number: int) -> ResponseReturnValue:
    """Hand the course to whoever was chosen."""
    on, volunteer = iso_day(day), of_number(number)
    stored = service_days.settled_on(db(), on)
    cover = None if stored is None else covers.last_of(db(), stored.id, volunteer.id)
    if cover is None:
        raise NotFound
    try:
        taker = _chosen()
        take_over(db(), cover.id, taker.id, now=now())
    except Refused as refusal:
        return _page(on, volunteer, refusal)
    person = of_number(taker.number).person
    if person.phone:
        flash(_("%(name)sさんのコースになりました。順路表をSMSで送ります。", name=person.name))
    else:
        flash(
            _(
                "%(name)sさんのコースになりました。電話番号がないので、リンクか紙を渡してください。",
                name=person.name,
            )
        )
    return _back(on, number)


def _chosen() -> Volunteer:
    text = request.form.get("volunteer", "")
    chosen = (
        volunteers.by_number(db(), int(text))
        if text.isascii() and text.isdecimal() and len(text) < 6
        else None
    )
    if chosen is None:
        raise Refused(
            Sentence("代わりに行く人をえらんでください。"),
            remedy=Sentence("一覧からひとりえらんで、もう一度押してください。"),
            field="volunteer",
        )
    return chosen


def _back(day: date, number: int) -> ResponseReturnValue:
    return redirect(url_for("hand_over.show", day=day.isoformat(), number=number), 303)


def _page(day: date, volunteer: Volunteer, refusal: Refused | None = None) -> ResponseReturnValue:
    let_go()
    db().expire_all()
    volunteer = of_number(volunteer.number)
    stored = service_days.settled_on(db(), day)
    route = sheets.course_on(db(), volunteer.id, day)
    last = covers.last_of(db(), stored.id, volunteer.id) if stored else None
    taker_id = None if last is None else last.taken_by_id
    if stored is None or (route is None and taker_id is None):
        return redirect(url_for("plan.show", day=day.isoformat()), 303)
    left = None if route is None or taker_id else covers.remainder(db(), route)
    free = covers.free_volunteers(db(), stored)
    named = volunteers.with_names(db(), [each.id for each in free] + ([taker_id] if taker_id else []))
    concern = watch.open_of_volunteer(db(), volunteer.id)
    page = render_template(
        "hand_over.html",
        on=day,
        volunteer=volunteer,
        route=route,
        cancelled=route is not None and route.cancelled_at is not None,
        taker=next((each for each in named if each.id == taker_id), None),
        left=left,
        alarm=None if left is None else alarm_at(lab().rules.moment(day, left.begins), now()),
        free=[each for each in named if each.id != taker_id],
        answers=volunteers.answers_on(db(), day),
        resting={pause.volunteer_id for pause in households.pauses_on(db(), day)},
        asked={
            each.id
            for each in (covers.stand_ins(db(), stored, left) if left else ())
            if each.person.phone_index is not None
        },
        silent=concern is not None and concern.kind is Kind.SILENT_VOLUNTEER,
        goes_on=stored.goes_on,
        mode_words=MODE_WORDS,
        mode_icons=MODE_ICONS,
        refusal=refusal,
        chosen=request.form.get("volunteer", ""),
        heard=request.form.get("heard", ""),
    )
    return page, 422 if refusal else 200
