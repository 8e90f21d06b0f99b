"""The end of a day: calling it off, so that it becomes a round of calls; and closing it, dish by dish and by name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from sharemeal import written
from sharemeal.actions import close_day as closing
from sharemeal.actions.call_off import call_off as call_day_off
from sharemeal.doors import todays_number
from sharemeal.people import Role
from sharemeal.sentences import Refused, SeveralRefused
from sharemeal.service_days import DayState
from sharemeal.store import batches, kitchens, service_days, sheets
from sharemeal.store import today as store_today
from sharemeal.web import today_view
from sharemeal.web.access import allow, who
from sharemeal.web.doorway import db, lab, let_go, now
from sharemeal.web.entering import iso_day
from sharemeal.web.language import day as day_words
from sharemeal.web.responses import errors_of
from sharemeal.web.today import pages

MOST_LOST = 500


def _to_day(on: date) -> ResponseReturnValue:
    return redirect(url_for("today.show", day=on.isoformat()), 303)


@pages.get("/<day>/call-off")
@allow(Role.COORDINATOR)
def call_off(day: str) -> ResponseReturnValue:
    """Ask for the reason, and say what will follow."""
    return _call_off_page(iso_day(day))


def _call_off_page(on: date, refusal: Refused | None = None) -> ResponseReturnValue:
    stored = service_days.settled_on(db(), on)
    if stored is None or not stored.goes_on:
        return _to_day(on)
    number = todays_number(today_view.doors_of(db(), stored, lab().rules, now()))
    return render_template(
        "call_off.html",
        on=on,
        number=number,
        errors=errors_of(refusal) if refusal else {},
        why=request.form.get("why", ""),
    ), (422 if refusal else 200)


@pages.post("/<day>/call-off")
@allow(Role.COORDINATOR)
def do_call_off(day: str) -> ResponseReturnValue:
    """Call the day off; the desk now shows whom to call."""
    on = iso_day(day)
    try:
        call_day_off(db(), on, why=request.form.get("why", ""), now=now())
    except Refused as refusal:
        let_go()
        if service_days.settled_on(db(), on) is None:
            raise
        return _call_off_page(on, refusal)
    flash(_("%(day)sのお届けを中止しました。1軒ずつ電話でたずねてください。", day=day_words(on)))
    return _to_day(on)


@pages.get("/<day>/close")
@allow(Role.COORDINATOR)
def close(day: str) -> ResponseReturnValue:
    """The sums, dish by dish, and what is open; of a closed day its summary."""
    return _close_page(iso_day(day))


def _close_page(
    on: date, errors: Mapping[str, Refused] | None = None, lost: Mapping[int, int] | None = None
) -> ResponseReturnValue:
    stored = service_days.settled_on(db(), on)
    if stored is None:
        return _to_day(on)
    doors = today_view.doors_of(db(), stored, lab().rules, now())
    about = {
        "on": on,
        "stored": stored,
        "number": todays_number(doors),
        "states": today_view.by_state(doors),
    }
    if stored.state is DayState.CLOSED:
        offers = kitchens.offers_on(db(), on)
        tallies = batches.tallies_of(db(), [offer.id for offer in offers])
        carried = [each for each in store_today.open_with_why(db()) if each.carried_over_at is not None]
        return render_template(
            "day_closed.html",
            tallies=[tallies[offer.id] for offer in offers if offer.id in tallies],
            carried=carried,
            **about,
        )
    figures = closing.figures(db(), on, lost)
    volunteer_people = {each.volunteer.person_id for each in figures.concerns if each.volunteer is not None}
    return render_template(
        "day_close.html",
        figures=figures,
        concerns=store_today.open_with_why(db()),
        names=sheets.names_of(db(), volunteer_people) if volunteer_people else {},
        errors=errors or {},
        typed=request.form,
        **about,
    ), (422 if errors else 200)


@pages.post("/<day>/close")
@allow(Role.COORDINATOR)
def do_close(day: str) -> ResponseReturnValue:
    """締める: the sums stand from now on, and what is open is carried over by name."""
    on = iso_day(day)
    lost: dict[int, int] = {}
    wrong: list[Refused] = []
    for field, text in request.form.items():
        offer = field.removeprefix("lost-")
        if field == offer or not offer.isdecimal() or len(offer) > 15 or not text.strip():
            continue
        try:
            lost[int(offer)] = written.count(text, low=0, high=MOST_LOST, unit="食")
        except Refused as refusal:
            wrong.append(refusal.at(field))
    try:
        if wrong:
            raise SeveralRefused(tuple(wrong))
        closing.close_day(db(), on, lost=lost, by=who().actor, now=now())
    except Refused as refusal:
        let_go()
        if service_days.settled_on(db(), on) is None:
            raise
        return _close_page(on, errors_of(refusal), {})
    flash(_("%(day)sを締めました。おつかれさまでした。", day=day_words(on)))
    return redirect(url_for("today.close", day=on.isoformat()), 303)
