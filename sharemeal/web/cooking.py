"""できました at the pass: a dish is ready, its count is corrected, or it is taken back."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sharemeal.actions.cook import MOST_MEALS, cooked, take_back_cooked
from sharemeal.people import Role
from sharemeal.sentences import Refused, Sentence
from sharemeal.store.base import own
from sharemeal.store.kitchens import Kitchen, Offer
from sharemeal.web.access import allow, who
from sharemeal.web.cooking_view import is_open
from sharemeal.web.doorway import db, now
from sharemeal.web.entering import id_in
from sharemeal.web.offer_receipt import receipt
from sharemeal.written import count

pages = Blueprint("cooking", __name__, url_prefix="/kitchen")


@pages.post("/cooked")
@allow(Role.KITCHEN)
def ready() -> ResponseReturnValue:
    """A dish is ready now; sent again it corrects the count, or takes it back until the day is closed."""
    kitchen_id = who().kitchen_id
    offer_id = id_in(request.form.get("offer", ""))
    if kitchen_id is None:
        raise LookupError(offer_id)
    offer = own(db(), Offer, offer_id)
    if offer.kitchen_id != kitchen_id:
        raise LookupError(offer_id)
    day = offer.service_date
    if not is_open(day):
        raise Refused(
            Sentence("「できました」は、お届けの日に押せます。"),
            why=Sentence("計画が決まる前か、お届けの日ではないか、もう締めたあとです。"),
            remedy=Sentence("画面を開きなおして確かめてください。わからないときは世話人にお電話ください。"),
        )
    if "take_back" in request.form:
        take_back_cooked(db(), offer.id, now=now(), kitchen_id=kitchen_id)
    else:
        typed = request.form.get("meal_count", "")
        try:
            meals = count(typed, low=0, high=MOST_MEALS, unit="食")
        except Refused as refusal:
            kitchen = own(db(), Kitchen, kitchen_id)
            return receipt(kitchen, day, closed=True, cooking_refusal=(offer.id, typed, refusal)), 422
        cooked(db(), offer.id, meal_count=meals, now=now(), actor=who().actor, kitchen_id=kitchen_id)
    return redirect(url_for("offers.saved", day=day.isoformat()) + "#cooked", 303)
