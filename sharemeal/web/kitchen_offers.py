"""The coming days' offers of a kitchen, entered and corrected by the coordinator for whoever telephoned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from sharemeal.actions.offer import change_offer, enter_offer, offer_entry, withdraw_offer
from sharemeal.allergens import DECLARED_NONE
from sharemeal.papers.exports import offer_texts
from sharemeal.papers.tables import OFFERS
from sharemeal.sentences import Refused
from sharemeal.store import allergens, kitchens
from sharemeal.store.base import own
from sharemeal.store.kitchens import Kitchen, Offer
from sharemeal.web.access import allow, who
from sharemeal.web.doorway import db, now
from sharemeal.web.entering import typed
from sharemeal.web.kitchens import DESK, makes, of_number, offer_day, pages
from sharemeal.web.responses import errors_of
from sharemeal.written import listed

FORM_FIELDS = (
    "dish", "meal_count", "allergens", "texture", "ready", "surplus_kg", "measured", "uses_surplus",
    "local_percent", "employment_hours",
)  # fmt: skip


def _offer(row: Kitchen, offer_id: int) -> Offer:
    found = own(db(), Offer, offer_id)
    if found.kitchen_id != row.id:
        raise LookupError(offer_id)
    return found


def _texts(offer: Offer) -> dict[str, str]:
    return {**offer_texts(offer_entry(offer)), "uses_surplus": "はい" if offer.uses_surplus else ""}


def _typed() -> dict[str, str]:
    texts = typed(FORM_FIELDS)
    texts["uses_surplus"] = texts["uses_surplus"] or "いいえ"
    return texts


@pages.get("/<int(max=9999):number>/offers/<day>")
@allow(*DESK)
def new_offer(number: int, day: str) -> ResponseReturnValue:
    """The form of one day, filled in as the kitchen cooked last; dish, allergens and kilograms are said anew."""
    row, on = of_number(number), offer_day(day)
    last = kitchens.last_offer_before(db(), row.id, on)
    texts = _texts(last) if last else {"texture": "普通", "measured": "推定"}
    fresh = {"dish": "", "allergens": "", "surplus_kg": ""}
    return _form(row, on, None, {**texts, **fresh})


@pages.post("/<int(max=9999):number>/offers/<day>")
@allow(*DESK)
def add_offer(number: int, day: str) -> ResponseReturnValue:
    """Enter an offer; after the cut-off too, as long as the plan is open."""
    row, on, texts = of_number(number), offer_day(day), _typed()
    try:
        enter_offer(db(), row.id, on, texts, now=now(), actor=who().actor, after_cutoff=True)
    except Refused as refusal:
        return _form(row, on, None, texts, errors_of(refusal))
    flash(_("食数を入れました。"))
    return redirect(url_for("kitchens.show", number=number), 303)


@pages.get("/<int(max=9999):number>/offers/<int(max=2147483647):offer_id>/edit")
@allow(*DESK)
def edit_offer(number: int, offer_id: int) -> ResponseReturnValue:
    """The form with what was entered."""
    row = of_number(number)
    offer = _offer(row, offer_id)
    return _form(row, offer.service_date, offer, _texts(offer))


@pages.post("/<int(max=9999):number>/offers/<int(max=2147483647):offer_id>/edit")
@allow(*DESK)
def correct_offer(number: int, offer_id: int) -> ResponseReturnValue:
    """Correct an offer."""
    row, texts = of_number(number), _typed()
    offer = _offer(row, offer_id)
    try:
        change_offer(
            db(), offer.id, texts, now=now(), actor=who().actor, kitchen_id=row.id, after_cutoff=True
        )
    except Refused as refusal:
        return _form(row, offer.service_date, offer, texts, errors_of(refusal))
    flash(_("直しました。"))
    return redirect(url_for("kitchens.show", number=number), 303)


@pages.post("/<int(max=9999):number>/offers/<int(max=2147483647):offer_id>/withdraw")
@allow(*DESK)
def take_back_offer(number: int, offer_id: int) -> ResponseReturnValue:
    """Take an offer back."""
    row = of_number(number)
    withdraw_offer(db(), offer_id, now=now(), kitchen_id=row.id, after_cutoff=True)
    flash(_("取り消しました。"))
    return redirect(url_for("kitchens.show", number=number), 303)


def _form(
    row: Kitchen,
    on: date,
    offer: Offer | None,
    texts: Mapping[str, str],
    errors: Mapping[str, Refused] | None = None,
) -> ResponseReturnValue:
    mandatory = [each.name for each in allergens.in_force(db(), on) if each.mandatory]
    said = listed(texts.get("allergens", ""))
    return render_template(
        "kitchen_offer.html",
        kitchen=row,
        on=on,
        offer=offer,
        texts=texts,
        headers=OFFERS.headers,
        errors=errors or {},
        none=bool(said) and said[0] in DECLARED_NONE,
        allergens=[(name, name in said) for name in mandatory],
        other_allergens="・".join(
            name for name in said if name not in mandatory and name not in DECLARED_NONE
        ),
        textures=makes(row),
        action=url_for("kitchens.correct_offer", number=row.number, offer_id=offer.id)
        if offer
        else url_for("kitchens.add_offer", number=row.number, day=on.isoformat()),
    ), (422 if errors else 200)
