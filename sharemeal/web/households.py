"""お届け先: the list, one home with all that is known of it, and the form to take one in or change it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from sharemeal.actions.register_household import add_household, change_household, household_entry
from sharemeal.households import CONSENT_WORDS, DIET_TAGS, KIND_WORDS, ConsentItem, numbered
from sharemeal.kitchens import TEXTURE_MEANINGS, Texture
from sharemeal.papers.exports import household_texts
from sharemeal.papers.tables import HOUSEHOLDS
from sharemeal.people import Role
from sharemeal.sentences import Refused
from sharemeal.store import allergens, households, sheets
from sharemeal.store.base import own
from sharemeal.store.households import Household
from sharemeal.visits import CONDITION_WORDS
from sharemeal.watch import ENDING_WORDS
from sharemeal.web import standing
from sharemeal.web.access import allow, who
from sharemeal.web.doorway import db, lab, now, today
from sharemeal.web.entering import Sheet, cut, searched, tell_change, typed
from sharemeal.web.household_watch import MARK_WORDS, watch_of
from sharemeal.web.language import tell
from sharemeal.web.responses import errors_of
from sharemeal.web.standing import Standing, State
from sharemeal.written import listed

pages = Blueprint("households", __name__, url_prefix="/households")

STATES = (State.IN, State.RESTING, State.DECLINED, State.NO_CONSENT, State.ENDED)
FORM_FIELDS = (
    "name", "reading", "kinds", "town", "address", "lat", "lng", "phone", "portions", "allergens", "texture", "diet",
    "window_opens", "window_closes", "door_note", "emergency_contact", "skills",
)  # fmt: skip
NEW_FIELDS = ("number", "watch_over", "tell_family", "given_by")
DAYS_SHOWN = 4


@dataclass(frozen=True)
class Line:
    """One home in the list."""

    home: Household
    standing: Standing


@pages.get("")
@allow(Role.COORDINATOR, Role.LAB_ADMIN)
def index() -> ResponseReturnValue:
    """All homes; for the lab's administrator numbers and states alone."""
    return _index("")


@pages.post("")
@allow(Role.COORDINATOR)
def find() -> ResponseReturnValue:
    """The homes whose number, name, reading or town holds what was typed. Nothing is written."""
    return _index(searched())


def _index(wanted: str) -> str:
    coming, state = lab().rules.coming_service_date(now()), request.args.get("state", "")
    lines = _lines()
    counts = Counter(line.standing.state for line in lines)
    portions = sum(line.home.need.portions for line in lines if line.standing.state is State.IN)
    names = who().role is Role.COORDINATOR
    shown = standing.chosen(lines, state, STATES, ended_too=bool(wanted))
    if wanted and names:
        sheets.homes(db(), [line.home.id for line in shown], ("name", "reading"))
        shown = [line for line in shown if _fits(line.home, wanted)]
    sheet: Sheet[Line] = cut(shown, whole=bool(wanted))
    if names and sheet.rows:
        sheets.homes(db(), [line.home.id for line in sheet.rows], ("name", "reading"))
    return render_template(
        "households.html",
        sheet=sheet,
        coming=coming,
        counts=counts,
        portions=portions,
        states=STATES,
        state=state,
        wanted=wanted,
        names=names,
    )


def _lines() -> list[Line]:
    rules = lab().rules
    coming = rules.coming_service_date(now())
    pauses = standing.by_owner(households.pauses_on(db(), coming), "household_id")
    declined = households.declined_on(db(), coming)
    homes = households.all_households(db()) + households.all_households(db(), ended=True)
    return [
        Line(home, standing.of_home(home, pauses.get(home.id, ()), declined, coming, rules)) for home in homes
    ]


def _fits(home: Household, wanted: str) -> bool:
    return wanted == str(home.number) or any(
        wanted in text for text in (home.name, home.reading or "", home.town)
    )


def of_number(number: int) -> Household:
    """The home of that number in this lab. Raises LookupError, which answers 404."""
    home = households.by_number(db(), number, with_names=True)
    if home is None:
        raise LookupError(number)
    return home


@pages.get("/<int(max=9999):number>")
@allow(Role.COORDINATOR)
def show(number: int) -> ResponseReturnValue:
    """Everything about one home."""
    return page(of_number(number))


def page(
    home: Household, errors: Mapping[str, Refused] | None = None, texts: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    """The page of one home; with errors, the small form that was refused keeps what was typed."""
    rules, entry = lab().rules, household_entry(home)
    coming = rules.coming_service_date(now())
    pauses = households.pauses_of(db(), "household_id", home.id)
    declines = households.declines_of(db(), home.id, coming)
    declined = {home.id} if coming in declines else set()
    return render_template(
        "household.html",
        home=home,
        watch=watch_of(db(), home, rules, now()),
        mark_words=MARK_WORDS,
        condition_words=CONDITION_WORDS,
        ending_words=ENDING_WORDS,
        title=tell(numbered(home.number)),
        texts=household_texts(entry),
        kinds=[KIND_WORDS[kind] for kind in KIND_WORDS if kind in entry.need.kinds],
        standing=standing.of_home(home, pauses, declined, coming, rules),
        coming=coming,
        today=today(),
        days=[
            (day, day in declines, standing.resting(pauses, day, rules) is not None)
            for day in rules.service_days_from(coming, DAYS_SHOWN)
        ],
        pauses=pauses,
        consents=_consents(home),
        missing=[item for item in ConsentItem if not home.consents_to(item)],
        consent_words=CONSENT_WORDS,
        review_on=today() + timedelta(days=365),
        errors=errors or {},
        typed=texts or {},
    ), (422 if errors else 200)


def _consents(home: Household) -> list[tuple[str, list[households.Consent]]]:
    """Each item in order with everything that was ever agreed about it, the latest first."""
    return [
        (item.value, [each for each in reversed(home.consents) if each.item == item]) for item in ConsentItem
    ]


@pages.get("/new")
@allow(Role.COORDINATOR)
def new() -> ResponseReturnValue:
    """An empty form."""
    return _form(None, {"portions": "1", "texture": "普通", "given_by": "本人"})


@pages.post("/new")
@allow(Role.COORDINATOR)
def add() -> ResponseReturnValue:
    """Take in a home."""
    texts = typed((*FORM_FIELDS, *NEW_FIELDS))
    try:
        home_id = add_household(db(), texts, now=now(), given_by=texts["given_by"].strip() or "本人")
    except Refused as refusal:
        return _form(None, texts, errors_of(refusal))
    home = own(db(), Household, home_id)
    flash(_("%(home)sを登録しました。", home=tell(numbered(home.number))))
    return redirect(url_for("households.show", number=home.number), 303)


@pages.get("/<int(max=9999):number>/edit")
@allow(Role.COORDINATOR)
def edit(number: int) -> ResponseReturnValue:
    """The form with what is known."""
    home = of_number(number)
    return _form(home, {**household_texts(household_entry(home)), "skills": "・".join(sorted(home.skills))})


@pages.post("/<int(max=9999):number>/edit")
@allow(Role.COORDINATOR)
def change(number: int) -> ResponseReturnValue:
    """Change a home."""
    home, texts = of_number(number), typed(FORM_FIELDS)
    try:
        done = change_household(db(), home.id, texts, now=now())
    except Refused as refusal:
        return _form(home, texts, errors_of(refusal))
    tell_change(done)
    return redirect(url_for("households.show", number=number), 303)


def _form(
    home: Household | None, texts: Mapping[str, str], errors: Mapping[str, Refused] | None = None
) -> ResponseReturnValue:
    mandatory = [each.name for each in allergens.in_force(db(), today()) if each.mandatory]
    avoided, diet = listed(texts.get("allergens", "")), listed(texts.get("diet", ""))
    return render_template(
        "household_form.html",
        home=home,
        title=tell(numbered(home.number)) if home else "",
        texts=texts,
        headers=HOUSEHOLDS.headers,
        errors=errors or {},
        kinds=[(word, word in listed(texts.get("kinds", ""))) for word in KIND_WORDS.values()],
        allergens=[(name, name in avoided) for name in mandatory],
        other_allergens="・".join(name for name in avoided if name not in mandatory),
        diet=[(tag, tag in diet) for tag in DIET_TAGS],
        other_diet="・".join(tag for tag in diet if tag not in DIET_TAGS),
        textures=[(texture.word, TEXTURE_MEANINGS[texture]) for texture in Texture],
    ), (422 if errors else 200)
