"""連絡先: the chain of people who are told of an alert, and where each confirms their own number and PIN."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from sharemeal.actions.chain import OF_THE_CHAIN, join_chain, leave_chain, move_in_chain
from sharemeal.actions.confirm_number import ask_number, choose_pin, confirm_number
from sharemeal.alerts import LEAST_CONTACTS
from sharemeal.message_faults import told as told_fault
from sharemeal.messages import STATE_WORDS
from sharemeal.people import ROLE_WORDS, Role
from sharemeal.pins import TEST_AGAIN_AFTER, masked
from sharemeal.sentences import Refused
from sharemeal.store import alerts, contacts, people
from sharemeal.store.alerts import AlertContact
from sharemeal.store.base import let_go
from sharemeal.store.messages import Message
from sharemeal.web.access import allow, who
from sharemeal.web.doorway import db, now
from sharemeal.web.entering import id_in
from sharemeal.web.outbox import STATE_ICONS
from sharemeal.web.responses import errors_of

pages = Blueprint("contacts", __name__, url_prefix="/contacts")

DESK = (Role.COORDINATOR, Role.LAB_ADMIN)


class State(StrEnum):
    """How far a person of the chain is; the words stand in contacts.html."""

    CONFIRMED = "confirmed"
    NUMBER_OPEN = "number_open"
    PIN_OPEN = "pin_open"


@dataclass(frozen=True)
class Line:
    """One person of the chain. ``test`` is their last receive test, ``number`` is masked."""

    person_id: int
    name: str
    role_word: str
    number: str
    state: State
    test: Message | None
    fault: str | None
    test_due: bool


def _state(contact: AlertContact) -> State:
    if contact.confirmed_at is None:
        return State.NUMBER_OPEN
    return State.CONFIRMED if contact.pin is not None else State.PIN_OPEN


@pages.get("")
@allow(*DESK)
def show() -> ResponseReturnValue:
    """The chain in order, what is lacking, and one's own number."""
    return _page()


def _page(errors: Mapping[str, Refused] | None = None, phone: str = "") -> ResponseReturnValue:
    staff = [each for role in OF_THE_CHAIN for each in people.of_role(db(), role, with_names=True)]
    known = {each.id: each for each in staff}
    chain = [each for each in alerts.contacts(db()) if each.person_id in known]
    tests = contacts.receive_tests(db(), [each.person_id for each in chain])
    lines = []
    for each in chain:
        person, test = known[each.person_id], tests.get(each.person_id)
        lines.append(
            Line(
                person.id,
                person.name,
                ROLE_WORDS[person.role],
                masked(person.phone) if person.phone else "",
                _state(each),
                test,
                told_fault(test.error_code) if test else None,
                test is None or now() - test.made_at > TEST_AGAIN_AFTER,
            )
        )
    me = who().person_id
    mine = next((each for each in chain if each.person_id == me), None)
    in_chain = {each.person_id for each in chain}
    return render_template(
        "contacts.html",
        lines=lines,
        lacking=max(0, LEAST_CONTACTS - sum(each.counts for each in chain)),
        least=LEAST_CONTACTS,
        words=STATE_WORDS,
        icons=STATE_ICONS,
        me=me,
        mine=mine,
        own=next((line for line in lines if line.person_id == me), None),
        asked=mine is not None and mine.code_until is not None and mine.code_until > now(),
        others=[(each.id, each.name, ROLE_WORDS[each.role]) for each in staff if each.id not in in_chain],
        errors=errors or {},
        phone=phone,
    ), (422 if errors else 200)


def _refused(refusal: Refused, phone: str = "") -> ResponseReturnValue:
    let_go(db())
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
