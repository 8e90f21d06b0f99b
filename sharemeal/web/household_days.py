"""What changes with a home from week to week: 辞退 for a day, and 見守りのお約束 item by item."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from sharemeal import written
from sharemeal.actions import pause
from sharemeal.actions.consent import give_consent, withdraw_consent
from sharemeal.households import CONSENT_WORDS, ConsentItem
from sharemeal.people import Role
from sharemeal.sentences import Refused
from sharemeal.web import households
from sharemeal.web.access import allow
from sharemeal.web.doorway import db, now
from sharemeal.web.entering import iso_day, typed
from sharemeal.web.households import pages
from sharemeal.web.language import day as day_words
from sharemeal.web.language import tell
from sharemeal.web.responses import errors_of


def _back(number: int) -> ResponseReturnValue:
    return redirect(url_for("households.show", number=number), 303)


def _item() -> ConsentItem:
    try:
        return ConsentItem(request.form.get("item", ""))
    except ValueError:
        raise LookupError("item") from None


@pages.post("/<int(max=9999):number>/decline")
@allow(Role.COORDINATOR)
def decline(number: int) -> ResponseReturnValue:
    """辞退: no meal on one day."""
    home, day = households.of_number(number), iso_day(request.form.get("day", ""))
    pause.decline(db(), home.id, day, now=now())
    flash(_("%(day)sは届けません。", day=day_words(day)))
    return _back(number)


@pages.post("/<int(max=9999):number>/take-back-decline")
@allow(Role.COORDINATOR)
def take_back_decline(number: int) -> ResponseReturnValue:
    """A meal after all."""
    home, day = households.of_number(number), iso_day(request.form.get("day", ""))
    pause.take_back_decline(db(), home.id, day, now=now())
    flash(_("%(day)sは届けます。", day=day_words(day)))
    return _back(number)


@pages.post("/<int(max=9999):number>/consents")
@allow(Role.COORDINATOR)
def consent(number: int) -> ResponseReturnValue:
    """Write down what was agreed, and who said so."""
    home, item, texts = households.of_number(number), _item(), typed(("item", "given_by", "review_on"))
    try:
        review_on = None
        if texts["review_on"]:
            try:
                review_on = written.day(texts["review_on"])
            except Refused as refusal:
                raise refusal.at("review_on") from None
        give_consent(db(), home.id, item, by=texts["given_by"], now=now(), review_on=review_on)
    except Refused as refusal:
        return households.page(home, errors_of(refusal), texts)
    flash(_("「%(item)s」のお約束を書きとめました。", item=tell(CONSENT_WORDS[item])))
    return _back(number)


@pages.post("/<int(max=9999):number>/consents/withdraw")
@allow(Role.COORDINATOR)
def withdraw(number: int) -> ResponseReturnValue:
    """Take one item back, from today."""
    home, item = households.of_number(number), _item()
    withdraw_consent(db(), home.id, item, now=now())
    flash(_("「%(item)s」のお約束を取り消しました。", item=tell(CONSENT_WORDS[item])))
    return _back(number)
