"""A kitchen, a household or a volunteer as a row of the table or a form tells it, read whole.

Import and forms read through here, so each rule about a field stands in one place. Texts come by field name
(tables.py). Every reader raises SeveralRefused with all refusals, each told of its field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sharemeal.allergens import avoided
from sharemeal.households import (
    DIET_TAGS,
    MOST_PORTIONS,
    DeliveryWindow,
    Need,
    resident_kinds,
)
from sharemeal.kitchens import HandoverHours, Texture, textures
from sharemeal.papers.reading import Fields, contact, counted, needed, optional, phone
from sharemeal.places import Point
from sharemeal.sentences import Refused, Sentence
from sharemeal.volunteers import MOST_CARRIED, Mode, Shift
from sharemeal.written import clock_seconds, folded, listed, yes

MOST_NUMBER = 9999
FRESHNESS_MINUTES = (15, 240)
"""A box that keeps for less cannot be carried; beyond the other, nobody should promise it."""


@dataclass(frozen=True)
class KitchenEntry:
    """A row of the kitchens' table."""

    number: int
    name: str
    kind: str
    town: str
    place: Point
    phone: str | None
    textures: frozenset[Texture]
    handover: HandoverHours
    freshness_seconds: int


@dataclass(frozen=True)
class HouseholdEntry:
    """A row of the households' table."""

    number: int
    name: str
    reading: str | None
    town: str
    address: str | None
    place: Point
    phone: str | None
    need: Need
    window: DeliveryWindow
    door_note: str | None
    emergency_contact: str | None
    watch_over: bool
    tell_family: bool


@dataclass(frozen=True)
class VolunteerEntry:
    """A row of the volunteers' table; ``familiar`` are numbers of homes."""

    number: int
    name: str
    reading: str | None
    phone: str | None
    mode: Mode
    meals_carried: int
    town: str
    place: Point
    shift: Shift
    familiar: frozenset[int]


def _town(text: str) -> str:
    return optional(60)(text) or ""


def number(text: str) -> int:
    """The number by which a home, a kitchen or a volunteer is known."""
    return counted(1, MOST_NUMBER, "番")(text)


def kitchen(texts: Mapping[str, str]) -> KitchenEntry:
    """The kitchen that these texts tell."""
    fields = Fields(texts)
    opens, closes = (fields.read(name, clock_seconds) for name in ("handover_opens", "handover_closes"))
    minutes = fields.read("freshness_minutes", counted(*FRESHNESS_MINUTES, "分"))
    entry = {
        "number": fields.read("number", number),
        "name": fields.read("name", needed(60)),
        "kind": fields.read("kind", _town),
        "town": fields.read("town", _town),
        "place": fields.point(),
        "phone": fields.read("phone", phone),
        "textures": fields.read("textures", textures),
        "handover": fields.built(
            "handover_closes", ("handover_opens", "handover_closes"), lambda: HandoverHours(opens, closes)
        ),
    }
    fields.done()
    return KitchenEntry(**entry, freshness_seconds=minutes * 60)  # type: ignore[arg-type]


def household(texts: Mapping[str, str], known_allergens: Iterable[str]) -> HouseholdEntry:
    """The household that these texts tell; ``known_allergens`` are the names in force."""
    fields = Fields(texts)
    known = tuple(known_allergens)
    opens, closes = (fields.read(name, clock_seconds) for name in ("window_opens", "window_closes"))
    portions = fields.read("portions", counted(1, MOST_PORTIONS, "食"))
    allergens = fields.read("allergens", lambda text: avoided(text, known))
    texture = fields.read("texture", Texture.from_word)
    diet = fields.read("diet", _diet)
    kinds = fields.read("kinds", resident_kinds)
    entry = {
        "number": fields.read("number", number),
        "name": fields.read("name", needed(60)),
        "reading": fields.read("reading", optional(60)),
        "town": fields.read("town", _town),
        "address": fields.read("address", optional(120)),
        "place": fields.point(),
        "phone": fields.read("phone", phone),
        "window": fields.built(
            "window_closes", ("window_opens", "window_closes"), lambda: DeliveryWindow(opens, closes)
        ),
        "door_note": fields.read("door_note", optional(500)),
        "watch_over": fields.read("watch_over", yes),
        "emergency_contact": fields.read("emergency_contact", contact),
        "tell_family": fields.read("tell_family", yes),
    }
    fields.done()
    return HouseholdEntry(**entry, need=Need(portions, allergens, texture, diet, kinds))  # type: ignore[arg-type]


def volunteer(texts: Mapping[str, str]) -> VolunteerEntry:
    """The volunteer that these texts tell."""
    fields = Fields(texts)
    starts, ends = (fields.read(name, clock_seconds) for name in ("shift_starts", "shift_ends"))
    entry = {
        "number": fields.read("number", number),
        "name": fields.read("name", needed(60)),
        "reading": fields.read("reading", optional(60)),
        "phone": fields.read("phone", phone),
        "mode": fields.read("mode", Mode.from_word),
        "meals_carried": fields.read("meals_carried", counted(1, MOST_CARRIED, "食")),
        "town": fields.read("town", _town),
        "place": fields.point(),
        "shift": fields.built("shift_ends", ("shift_starts", "shift_ends"), lambda: Shift(starts, ends)),
        "familiar": fields.read("familiar", lambda text: frozenset(number(each) for each in listed(text))),
    }
    fields.done()
    return VolunteerEntry(**entry)  # type: ignore[arg-type]


def _diet(text: str) -> tuple[str, ...]:
    """Tags as told by the person, in order. An allergy told here would not be kept, so it is sent to its field."""
    known = {folded(tag): tag for tag in DIET_TAGS}
    tags = tuple(known.get(folded(tag), needed(40)(tag)) for tag in listed(text))
    if any("アレルギー" in tag for tag in tags):
        raise Refused(
            Sentence("アレルギーは「配慮」では守れません（入力: {value}）。", value=text[:40]),
            remedy=Sentence("「アレルギー」の欄に、一覧にある名前で入力してください。"),
        )
    return () if tags == ("なし",) else tuple(dict.fromkeys(tags))
