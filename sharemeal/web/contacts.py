"""連絡先: the chain of people who are told of an alert, and where each confirms their own number and PIN."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from sharemeal.actions.chain import join_chain, leave_chain, move_in_chain
from sharemeal.actions.choose_hours import choose_hours
from sharemeal.actions.confirm_number import ask_number, choose_pin, confirm_number
from sharemeal.alerts import LEAST_CONTACTS
from sharemeal.messages import STATE_WORDS
from sharemeal.people import Role
from sharemeal.sentences import Refused
from sharemeal.web import contact_view
from sharemeal.web.access import allow, who
from sharemeal.web.contact_view import Line
from sharemeal.web.doorway import db, let_go, now
from sharemeal.web.entering import id_in
from sharemeal.web.outbox import STATE_ICONS
from sharemeal.web.responses import errors_of

pages = Blueprint("contacts", __name__, url_prefix="/contacts")

DESK = (Role.COORDINATOR, Role.LAB_ADMIN)


@pages.get("")
@allow(*DESK)
def show() -> ResponseReturnValue:
    """The chain in order, what is lacking, and one's own number."""
    return _page()


def _page(errors: Mapping[str, Refused] | None = None, phone: str = "") -> ResponseReturnValue:
    chain = contact_view.chain(db(), now())
    me = who().person_id
    mine = chain.row_of(me)
    return render_template(
        "contacts.html",
        lines=chain.lines,
        lacking=max(0, LEAST_CONTACTS - chain.ready),
        least=LEAST_CONTACTS,
        words=STATE_WORDS,
        icons=STATE_ICONS,
        own_id=me,
        mine=mine,
        own=chain.line_of(me),
        asked=mine is not None and mine.code_until is not None and mine.code_until > now(),
        others=chain.others,
        may_set=_may_set,
        written_hours=contact_view.written_hours,
        typed=request.form if errors else {},
        errors=errors or {},
        labels=_labels(chain.lines),
        phone=phone,
    ), (422 if errors else 200)


def _labels(lines: Sequence[Line]) -> dict[str, str]:
    """What the fields are called in the summary of what is wrong; those of each person's hours end in their id."""
    labels = {
        "person": _("加える人"),
        "phone": _("電話番号"),
        "digits": _("6けたの番号"),
        "pin": _("PIN"),
        "again": _("PINをもう一度"),
    }
    for line in lines:
        labels[f"hours_from-{line.person_id}"] = _("何時から")
        labels[f"hours_to-{line.person_id}"] = _("何時まで")
        labels[f"language-{line.person_id}"] = _("SMSとメールのことば")
    return labels


def _may_set(person_id: int) -> bool:
    """One's own hours, and the lab's administrator everybody's: who is ill cannot change theirs."""
    return person_id == who().person_id or who().role is Role.LAB_ADMIN


def _refused(refusal: Refused, phone: str = "") -> ResponseReturnValue:
    let_go()
    return _page(errors_of(refusal), phone)


@pages.post("")
@allow(*DESK)
def add() -> ResponseReturnValue:
    """Put somebody of the lab's staff at the end of the chain."""
    try:
        join_chain(db(), id_in(request.form.get("person", "")), now=now())
    except Refused as refusal:
        return _refused(refusal)
    flash(_("連絡先に加えました。"))
    return redirect(url_for(".show"), 303)


@pages.post("/<int(max=2147483647):person_id>/move")
@allow(*DESK)
def move(person_id: int) -> ResponseReturnValue:
    """One place up or down."""
    move_in_chain(db(), person_id, up=request.form.get("to") == "up", now=now())
    flash(_("順番を変えました。"))
    return redirect(url_for(".show"), 303)


@pages.post("/<int(max=2147483647):person_id>/leave")
@allow(*DESK)
def leave(person_id: int) -> ResponseReturnValue:
    """Out of the chain."""
    leave_chain(db(), person_id, now=now())
    flash(_("連絡先から外しました。"))
    return redirect(url_for(".show"), 303)


@pages.post("/<int(max=2147483647):person_id>/hours")
@allow(*DESK)
def hours(person_id: int) -> ResponseReturnValue:
    """When somebody may be told of what is not urgent, and in which language."""
    if not _may_set(person_id):
        abort(404 if contact_view.chain(db(), now()).row_of(person_id) is None else 403)
    form = request.form
    try:
        chosen = contact_view.hours_in(form, person_id)
        choose_hours(db(), person_id, chosen, form.get(f"language-{person_id}", ""), now=now())
    except Refused as refusal:
        field = refusal.field or ""
        return _refused(refusal if field.endswith(f"-{person_id}") else refusal.at(f"{field}-{person_id}"))
    flash(_("受け取る時間とことばを決めました。"))
    return redirect(url_for(".show"), 303)


@pages.post("/number")
@allow(*DESK)
def ask() -> ResponseReturnValue:
    """An SMS with digits to one's own number, new or old."""
    phone = request.form.get("phone", "")[:40]
    try:
        ask_number(db(), who().person_id, phone, now=now())
    except Refused as refusal:
        return _refused(refusal, phone)
    flash(_("確認のSMSを送ります。届いた6けたの番号を入れてください。"))
    return redirect(url_for(".show"), 303)


@pages.post("/confirm")
@allow(*DESK)
def confirm() -> ResponseReturnValue:
    """The digits that came, with a PIN of one's own."""
    form = request.form
    try:
        confirm_number(
            db(),
            who().person_id,
            form.get("digits", "")[:40],
            form.get("pin", "")[:40],
            form.get("again", "")[:40],
            now=now(),
        )
    except Refused as refusal:
        return _refused(refusal)
    flash(_("番号を確認しました。これからは、連絡がこの番号に届きます。"))
    return redirect(url_for(".show"), 303)


@pages.post("/pin")
@allow(*DESK)
def change_pin() -> ResponseReturnValue:
    """Another PIN for oneself."""
    form = request.form
    try:
        choose_pin(db(), who().person_id, form.get("pin", "")[:40], form.get("again", "")[:40], now=now())
    except Refused as refusal:
        return _refused(refusal)
    flash(_("PINを決めました。"))
    return redirect(url_for(".show"), 303)
