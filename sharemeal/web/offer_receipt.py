"""What a kitchen is told back: how many, until when it can be changed, who collects. Never whose door it goes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import render_template

from sharemeal.ledger import KILOGRAMS_PER_MEAL
from sharemeal.people import called
from sharemeal.sentences import Refused
from sharemeal.store import households, kitchens, service_days, sheets
from sharemeal.store.kitchens import Kitchen, Offer
from sharemeal.store.service_days import Route
from sharemeal.web.cooking_view import cookings, rescued_this_month, thanks
from sharemeal.web.cooking_view import is_open as cooking_is_open
from sharemeal.web.coordinators import coordinator
from sharemeal.web.doorway import db, lab, now
from sharemeal.web.language import in_page as _
from sharemeal.web.language import language
from sharemeal.web.sheet_view import MODE_ICONS

_NUMERALS = "〇一二三四五六七八九"


@dataclass(frozen=True)
class Pickup:
    """Who collects here: a name as they are called, so many portions, when, and when their last door is."""

    name: str
    icon: str
    portions: int
    begins_seconds: int
    last_door_seconds: int
    nobody: bool = False


def is_closed(day: date, kitchen: Kitchen) -> bool:
    """Whether the number may no longer be changed here: behind the cut-off, on a settled day, while resting."""
    return now() > lab().rules.cutoff(day) or _settled(day) or _resting(day, kitchen)


def receipt(
    kitchen: Kitchen,
    day: date,
    *,
    closed: bool,
    refusal: Refused | None = None,
    typed: dict[str, str] | None = None,
    cooking_refusal: tuple[int, str, Refused] | None = None,
) -> str:
    """The page that says what was taken down; ``refusal`` and ``typed`` tell of a change that came too late.

    ``cooking_refusal`` is a count at the pass that cannot be: offer, what was typed, why.
    """
    entered = offers_on_day(kitchen, day)
    settled = service_days.settled_on(db(), day)
    total = sum(offer.meal_count for offer in entered)
    evening = thanks(entered, settled)
    return render_template(
        "offer_saved.html",
        kitchen=kitchen,
        day=day,
        entered=entered,
        total=in_words(total),
        received=max((offer.entered_at for offer in entered), default=None),
        closed=closed,
        resting=_resting(day, kitchen),
        settled=settled is not None,
        called_off=settled is not None and settled.called_off_at is not None,
        cookings=cookings(kitchen, entered) if cooking_is_open(day) else [],
        cooking_refusal=cooking_refusal,
        thanks=evening,
        thanks_words=in_words(evening.delivered) if evening else "",
        rescued=rescued_this_month(kitchen, day),
        kilograms_per_meal=KILOGRAMS_PER_MEAL,
        cutoff=lab().rules.cutoff(day),
        following=lab().rules.service_day_after(day),
        pickups=pickups(kitchen, day) if settled else [],
        coordinator=coordinator(),
        refusal=refusal,
        typed=typed or {},
    )


def offers_on_day(kitchen: Kitchen, day: date) -> list[Offer]:
    """What this kitchen offers that day, in the order in which it was entered."""
    offers = kitchens.offers_of(db(), kitchen.id, day)
    return sorted((offer for offer in offers if offer.service_date == day), key=lambda offer: offer.id)


def pickups(kitchen: Kitchen, day: date) -> list[Pickup]:
    """Who collects at this kitchen on that settled day, in order of time."""
    routes = sheets.carried_from(db(), kitchen.id, day)
    names = sheets.names_of(db(), {route.volunteer.person_id for route in routes})
    found = [_pickup(route, kitchen, names[route.volunteer.person_id]) for route in routes]
    return sorted(found, key=lambda each: each.begins_seconds)


def _pickup(route: Route, kitchen: Kitchen, name: str) -> Pickup:
    here = [stop for stop in route.stops if stop.kitchen_id == kitchen.id]
    doors = [
        stop.begins_seconds
        for stop in route.stops
        if stop.household_id is not None
        and any(item.serving.offer.kitchen_id == kitchen.id for item in stop.items)
    ]
    return Pickup(
        name=called(name),
        icon=MODE_ICONS[route.volunteer.mode],
        portions=sum(item.serving.portions for stop in here for item in stop.items),
        begins_seconds=min(stop.begins_seconds for stop in here),
        last_door_seconds=max(doors, default=route.ends_seconds),
        nobody=route.cancelled_at is not None,
    )


def in_words(total: int, template: str = "%(count)s食") -> str:
    """十食 (or 四軒) as one writes a thank-you in Japanese, up to 九十九; else in figures."""
    if language() == "ja" and 0 <= total < 100:
        tens, ones = divmod(total, 10)
        spelled = ("" if tens == 0 else "十" if tens == 1 else f"{_NUMERALS[tens]}十") + (
            _NUMERALS[ones] if ones or not tens else ""
        )
        return str(_(template, count=spelled if total else "0"))
    return str(_(template, count=total))


def _settled(day: date) -> bool:
    return service_days.settled_on(db(), day) is not None


def _resting(day: date, kitchen: Kitchen) -> bool:
    return any(pause.kitchen_id == kitchen.id for pause in households.pauses_on(db(), day))
