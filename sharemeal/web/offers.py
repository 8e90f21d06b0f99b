"""The kitchen's twenty seconds: the coming day's form, its receipt, and what it becomes after the cut-off."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from sharemeal.actions.offer import change_offer, enter_offer, offer_entry, read_offer, withdraw_offer
from sharemeal.kitchens import TEXTURE_MEANINGS
from sharemeal.people import Role
from sharemeal.sentences import Refused, Sentence, SeveralRefused, listing
from sharemeal.store import allergens, kitchens
from sharemeal.store.base import own
from sharemeal.store.kitchens import Kitchen, Offer
from sharemeal.web.access import allow, who
from sharemeal.web.doorway import db, lab, now, today
from sharemeal.web.language import moment
from sharemeal.web.offer_form import REMEMBERED, OfferForm, beginning, correcting, known_of, sent
from sharemeal.web.offer_receipt import is_closed, offers_on_day, receipt
from sharemeal.web.responses import errors_of

pages = Blueprint("offers", __name__)

WEEKS_AHEAD = 5
_ONCE_MORE = Sentence("これでよければ、もう一度「知らせる」を押してください。いまの内容と置きかわります。")


@pages.get("/kitchen")
@allow(Role.KITCHEN)
def show() -> ResponseReturnValue:
    """The form of the coming day; after the cut-off what was told, and whom to call."""
    kitchen, day = _kitchen(), _day(request.args.get("day"))
    if is_closed(day, kitchen):
        return receipt(kitchen, day, closed=True)
    entered = offers_on_day(kitchen, day)
    wanted = request.args.get("offer", type=int)
    if wanted is not None:
        offer = next((offer for offer in entered if offer.id == wanted), None)
        if offer is None:
            raise NotFound
        return _form(kitchen, correcting(offer, entered), entered)
    if entered and "more" not in request.args:
        return _form(kitchen, correcting(entered[0], entered), entered)
    past = [
        offer for offer in kitchens.offers_of(db(), kitchen.id, day - REMEMBERED) if offer.service_date < day
    ]
    return _form(kitchen, beginning(kitchen, day, past, entered), entered)


@pages.post("/kitchen")
@allow(Role.KITCHEN)
def save() -> ResponseReturnValue:
    """Count one up or down, or keep the dish. Whatever is refused is shown again as it was typed."""
    kitchen, day = _kitchen(), _day(request.form.get("day"))
    form = sent(request.form, day)
    entered = offers_on_day(kitchen, day)
    if form.offer_id is not None and form.offer_id not in {offer.id for offer in entered}:
        _refuse_foreign(form.offer_id)
        form = replace(form, offer_id=None)
    if step := request.form.get("step", type=int):
        return _stepped(kitchen, form, entered, step)
    if "none" in request.form:
        dish = form.typed["dish"].strip() or "お休み"
        form = replace(
            form, typed={**form.typed, "meal_count": "0", "dish": dish}, declares=form.declares or "unknown"
        )
    try:
        if "withdraw" in request.form and form.offer_id is not None:
            withdraw_offer(db(), form.offer_id, now=now(), kitchen_id=kitchen.id)
        else:
            _keep(kitchen, form, entered, zero="none" in request.form)
    except _Stale as stale:
        newer = replace(form.looked(), known=known_of(entered), offer_id=stale.offer_id)
        return _form(kitchen, newer, entered, errors_of(stale.refusal)), 409
    except Refused as refusal:
        if is_closed(day, kitchen):
            return receipt(kitchen, day, closed=True, refusal=refusal, typed=form.typed), 422
        return _form(kitchen, form.looked(), entered, errors_of(refusal)), 422
    return redirect(url_for("offers.saved", day=day.isoformat()), 303)


@pages.get("/kitchen/saved")
@allow(Role.KITCHEN)
def saved() -> ResponseReturnValue:
    """What was taken down, until when it can be changed, and who collects it."""
    kitchen, day = _kitchen(), _day(request.args.get("day"))
    return receipt(kitchen, day, closed=is_closed(day, kitchen))


class _Stale(Exception):
    """The day was changed by another page since this one was opened. ``offer_id`` is what a second tap replaces."""

    def __init__(self, refusal: Refused, offer_id: int | None) -> None:
        super().__init__()
        self.refusal, self.offer_id = refusal, offer_id


def _keep(kitchen: Kitchen, form: OfferForm, entered: list[Offer], *, zero: bool) -> None:
    texts = form.texts()
    refusals = [] if zero else form.refusals()
    named = {"service_date": form.service_date.isoformat(), "kitchen": str(kitchen.number)}
    entry = None
    try:
        entry = read_offer(db(), {**texts, **named}, kitchen)
    except Refused as refusal:
        refusals += [_explained(each) for each in errors_of(refusal).values()]
    if refusals or entry is None:
        raise SeveralRefused(tuple(refusals))
    same = next((offer for offer in entered if offer.id == form.offer_id), None)
    same = same or next((offer for offer in entered if offer.dish == entry.dish), None)
    if same is not None and offer_entry(same) == entry:
        return
    if form.known != known_of(entered):
        raise _stale(form, entered, same)
    if form.offer_id is None:
        enter_offer(db(), kitchen.id, form.service_date, texts, now=now(), actor=who().actor)
    else:
        change_offer(db(), form.offer_id, texts, now=now(), actor=who().actor, kitchen_id=kitchen.id)


def _stale(form: OfferForm, entered: list[Offer], same: Offer | None) -> _Stale:
    told = [Sentence("{dish} {count}食", dish=offer.dish, count=offer.meal_count) for offer in entered]
    latest = max((offer.entered_at for offer in entered), default=None)
    if same is None and not form.known and len(entered) == 1:
        same = entered[0]
    refusal = Refused(
        Sentence(
            "この日の食数は、別の画面からも知らせがありました（{told}、{moment}）。",
            told=listing(told),
            moment=moment(latest) if latest else "—",
        ),
        why=Sentence("2つの画面で開いたか、前の画面に戻って送ったようです。"),
        remedy=_ONCE_MORE
        if same is not None
        else Sentence("もう一度「知らせる」を押すと、この献立が加わります。"),
    )
    return _Stale(refusal, same.id if same is not None else None)


def _explained(refusal: Refused) -> Refused:
    if refusal.field == "meal_count" and refusal.remedy is None:
        remedy = Sentence("つくれる数を、ひとつの数字で入力してください。例: 10")
        return Refused(refusal.what, why=refusal.why, remedy=remedy, field=refusal.field)
    return refusal


def _stepped(kitchen: Kitchen, form: OfferForm, entered: list[Offer], step: int) -> ResponseReturnValue:
    """− or + without a script: the same page with another number, nothing kept yet."""
    try:
        return _form(kitchen, form.stepped(max(-1, min(step, 1))), entered)
    except Refused as refusal:
        return _form(kitchen, form, entered, {"meal_count": _explained(refusal.at("meal_count"))}), 422


def _form(
    kitchen: Kitchen, form: OfferForm, entered: list[Offer], errors: dict[str, Refused] | None = None
) -> str:
    listed = allergens.in_force(db(), form.service_date)
    return render_template(
        "offers.html",
        kitchen=kitchen,
        form=form,
        entered=entered,
        errors=errors or {},
        mandatory=[each.name for each in listed if each.mandatory],
        recommended=[each.name for each in listed if not each.mandatory],
        textures=[(each.word, TEXTURE_MEANINGS[each]) for each in kitchen.makes],
        cutoff=lab().rules.cutoff(form.service_date),
    )


def _kitchen() -> Kitchen:
    kitchen_id = who().kitchen_id
    if kitchen_id is None:
        raise NotFound
    return own(db(), Kitchen, kitchen_id)


def _day(asked: str | None) -> date:
    """The coming service day, or the asked one of the next weeks. No other day has a form."""
    days = lab().rules.service_days_from(today(), WEEKS_AHEAD)
    if not asked:
        return days[0]
    found = next((day for day in days if day.isoformat() == asked), None)
    if found is None:
        raise NotFound
    return found


def _refuse_foreign(offer_id: int) -> None:
    """An offer that is gone may be entered anew; one of another kitchen or another day is not found."""
    try:
        own(db(), Offer, offer_id)
    except LookupError:
        return
    raise NotFound
