"""協力店: the list with what has come in for the coming day, one kitchen, and the form to take one in or change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from sharemeal.actions.register_kitchen import add_kitchen, change_kitchen, kitchen_entry
from sharemeal.kitchens import TEXTURE_MEANINGS, Texture
from sharemeal.papers.exports import kitchen_texts
from sharemeal.papers.tables import KITCHENS
from sharemeal.people import Role
from sharemeal.sentences import Refused
from sharemeal.store import households, kitchens
from sharemeal.store.base import own
from sharemeal.store.kitchens import Kitchen, Offer
from sharemeal.web import standing
from sharemeal.web.access import allow
from sharemeal.web.doorway import db, lab, now, today
from sharemeal.web.entering import cut, iso_day, searched, tell_change, typed
from sharemeal.web.responses import errors_of
from sharemeal.web.standing import Standing, State
from sharemeal.written import listed

pages = Blueprint("kitchens", __name__, url_prefix="/kitchens")

DESK = (Role.COORDINATOR, Role.LAB_ADMIN)
STATES = (State.IN, State.WAITING, State.RESTING, State.ENDED)
FORM_FIELDS = (
    "name", "kind", "town", "lat", "lng", "phone", "textures", "handover_opens", "handover_closes",
    "freshness_minutes",
)  # fmt: skip
DAYS_SHOWN = 3


@dataclass(frozen=True)
class Line:
    """One kitchen in the list, with what it offers on the coming day."""

    kitchen: Kitchen
    standing: Standing
    offers: list[Offer]

    @property
    def meal_count(self) -> int:
        """All its meals of the day."""
        return sum(offer.meal_count for offer in self.offers)

    @property
    def makes(self) -> list[str]:
        """The textures that it makes, hardest first."""
        return makes(self.kitchen)


def makes(row: Kitchen) -> list[str]:
    """The words of the textures that a kitchen makes, hardest first."""
    return [texture.word for texture in row.makes]


@pages.get("")
@allow(*DESK)
def index() -> ResponseReturnValue:
    """All kitchens."""
    return _index("")


@pages.post("")
@allow(*DESK)
def find() -> ResponseReturnValue:
    """The kitchens whose number, name, kind or town holds what was typed. Nothing is written."""
    return _index(searched())


def _index(wanted: str) -> str:
    rules = lab().rules
    coming, state = rules.coming_service_date(now()), request.args.get("state", "")
    lines = _lines(coming)
    shown = standing.chosen(lines, state, STATES, ended_too=bool(wanted))
    if wanted:
        shown = [line for line in shown if _fits(line.kitchen, wanted)]
    return render_template(
        "kitchens.html",
        sheet=cut(shown, whole=bool(wanted)),
        coming=coming,
        cutoff=rules.cutoff(coming),
        closed=now() > rules.cutoff(coming),
        counts={each: sum(line.standing.state is each for line in lines) for each in STATES},
        meals=sum(line.meal_count for line in lines if line.standing.state is State.IN),
        states=STATES,
        state=state,
        wanted=wanted,
    )


def _lines(coming: date) -> list[Line]:
    rests = standing.by_owner(households.pauses_on(db(), coming), "kitchen_id")
    offers: dict[int, list[Offer]] = {}
    for offer in kitchens.offers_on(db(), coming):
        offers.setdefault(offer.kitchen_id, []).append(offer)
    rows = kitchens.all_kitchens(db()) + kitchens.all_kitchens(db(), ended=True)
    return [
        Line(
            row, _standing(row, rests.get(row.id, []), offers.get(row.id, []), coming), offers.get(row.id, [])
        )
        for row in rows
    ]


def _standing(row: Kitchen, rests: list[households.Pause], offers: list[Offer], coming: date) -> Standing:
    if row.ended_on is not None:
        return Standing(State.ENDED, row.ended_on)
    rest = standing.resting(rests, coming, lab().rules)
    return rest or Standing(State.IN if offers else State.WAITING, next_day=coming)


def _fits(row: Kitchen, wanted: str) -> bool:
    return wanted == str(row.number) or any(wanted in text for text in (row.name, row.kind, row.town))


def of_number(number: int) -> Kitchen:
    """The kitchen of that number in this lab. Raises LookupError, which answers 404."""
    row = kitchens.by_number(db(), number)
    if row is None:
        raise LookupError(number)
    return row


@pages.get("/<int(max=9999):number>")
@allow(*DESK)
def show(number: int) -> ResponseReturnValue:
    """Everything about one kitchen."""
    return page(of_number(number))


def page(
    row: Kitchen, errors: Mapping[str, Refused] | None = None, texts: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    """The page of one kitchen; with errors, the small form that was refused keeps what was typed."""
    rules = lab().rules
    coming = rules.coming_service_date(now())
    rests = households.pauses_of(db(), "kitchen_id", row.id)
    offers = kitchens.offers_of(db(), row.id, coming)
    days = rules.service_days_from(coming, DAYS_SHOWN)
    return render_template(
        "kitchen.html",
        kitchen=row,
        texts=kitchen_texts(kitchen_entry(row)),
        standing=_standing(row, rests, [each for each in offers if each.service_date == coming], coming),
        coming=coming,
        today=today(),
        offered=[
            (day, [each for each in offers if each.service_date == day], rules.cutoff(day)) for day in days
        ],
        texture_words={int(texture): texture.word for texture in Texture},
        meanings={texture.word: TEXTURE_MEANINGS[texture] for texture in Texture},
        makes=makes(row),
        pauses=rests,
        errors=errors or {},
        typed=texts or {},
    ), (422 if errors else 200)


@pages.get("/new")
@allow(*DESK)
def new() -> ResponseReturnValue:
    """An empty form."""
    return _form(None, {"textures": "普通", "freshness_minutes": "90"})


@pages.post("/new")
@allow(*DESK)
def add() -> ResponseReturnValue:
    """Take in a kitchen."""
    texts = typed((*FORM_FIELDS, "number"))
    try:
        kitchen_id = add_kitchen(db(), texts, now=now())
    except Refused as refusal:
        return _form(None, texts, errors_of(refusal))
    row = own(db(), Kitchen, kitchen_id)
    flash(_("%(name)sを登録しました。", name=row.name))
    return redirect(url_for("kitchens.show", number=row.number), 303)


@pages.get("/<int(max=9999):number>/edit")
@allow(*DESK)
def edit(number: int) -> ResponseReturnValue:
    """The form with what is known."""
    row = of_number(number)
    return _form(row, kitchen_texts(kitchen_entry(row)))


@pages.post("/<int(max=9999):number>/edit")
@allow(*DESK)
def change(number: int) -> ResponseReturnValue:
    """Change a kitchen."""
    row, texts = of_number(number), typed(FORM_FIELDS)
    try:
        done = change_kitchen(db(), row.id, texts, now=now())
    except Refused as refusal:
        return _form(row, texts, errors_of(refusal))
    tell_change(done)
    return redirect(url_for("kitchens.show", number=number), 303)


def _form(
    row: Kitchen | None, texts: Mapping[str, str], errors: Mapping[str, Refused] | None = None
) -> ResponseReturnValue:
    ticked = listed(texts.get("textures", ""))
    return render_template(
        "kitchen_form.html",
        kitchen=row,
        texts=texts,
        headers=KITCHENS.headers,
        errors=errors or {},
        textures=[(texture.word, TEXTURE_MEANINGS[texture], texture.word in ticked) for texture in Texture],
    ), (422 if errors else 200)


def offer_day(text: str) -> date:
    """A service day within the weeks that the page shows, or shortly before. Raises LookupError."""
    day = iso_day(text)
    if not today() - timedelta(days=7) <= day <= today() + timedelta(days=70):
        raise LookupError(text)
    return day
