"""順路表 on paper: what it prints, as plain values, and the A4 pages made of them.

A sheet holds what one volunteer needs on the way and nothing else: no home's telephone, no number, no emergency
contact. It is given back and destroyed on the same day.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import segno

from sharemeal.labs import weekday_name
from sharemeal.papers.typeset import typeset
from sharemeal.visits import AT_THE_DOOR, CONDITION_WORDS, CONTACT_WORDS, Condition
from sharemeal.written import clock_told

_HONORIFIC = "さん"


@dataclass(frozen=True)
class Named:
    """Somebody's name as agreed, and how it is read, where that is known."""

    name: str
    reading: str | None = None

    def as_data(self) -> dict[str, str | None]:
        """Name, reading and さん for the template; さん stands there once, whoever wrote it already."""
        bare = self.name.strip().removesuffix(_HONORIFIC)
        reading = (self.reading or "").strip().removesuffix(_HONORIFIC)
        return {"name": bare, "reading": None if reading == bare else reading or None, "suffix": _HONORIFIC}


@dataclass(frozen=True)
class Caller:
    """Whom to telephone; ``phone`` as people write it."""

    who: Named
    phone: str


@dataclass(frozen=True)
class Dish:
    """So many portions of one dish."""

    dish: str
    portions: int


@dataclass(frozen=True)
class PaperPickup:
    """A halt at a kitchen: what is collected, to be counted there, and by when it must be at the doors."""

    begins_seconds: int
    kitchen: str
    town: str
    dishes: tuple[Dish, ...]
    deadline_seconds: int | None = None


@dataclass(frozen=True)
class PaperDoor:
    """A halt at a home. ``diet`` are the words in the frame, ``first_time`` that nobody has been there before."""

    order: int
    begins_seconds: int
    home: Named
    address: str
    portions: int
    note: str = ""
    diet: tuple[str, ...] = ()
    dishes: tuple[Dish, ...] = ()
    first_time: bool = False


@dataclass(frozen=True)
class PaperSheet:
    """One volunteer's course of one day. ``link`` is what the QR opens, None without a QR."""

    lab: str
    day: date
    volunteer: Named
    mode: str
    travel_minutes: int
    stops: tuple[PaperPickup | PaperDoor, ...]
    callers: tuple[Caller, ...] = ()
    deadline_seconds: int | None = None
    link: str | None = None

    @property
    def sums(self) -> str:
        """11月27日（金）　徒歩・4軒・9食・35分."""
        doors = [stop for stop in self.stops if isinstance(stop, PaperDoor)]
        portions = sum(door.portions for door in doors)
        return f"{day_told(self.day)}　{self.mode}・{len(doors)}軒・{portions}食・{self.travel_minutes}分"


def route_sheets_pdf(sheets: Sequence[PaperSheet]) -> bytes:
    """The sheets as one PDF, each beginning on a page of its own with pages counted by themselves."""
    return typeset(
        "sheet",
        {
            "contact": [CONTACT_WORDS[contact] for contact in AT_THE_DOOR],
            "usual": CONDITION_WORDS[Condition.USUAL],
            "different": CONDITION_WORDS[Condition.DIFFERENT],
            "worried": CONDITION_WORDS[Condition.WORRIED],
            "sheets": [_sheet(sheet) for sheet in sheets],
        },
    )


def day_told(day: date) -> str:
    """11月27日（金）."""
    return f"{day.month}月{day.day}日（{weekday_name(day)}）"


def _sheet(sheet: PaperSheet) -> dict[str, Any]:
    return {
        "lab": sheet.lab,
        "day": day_told(sheet.day),
        "sums": sheet.sums,
        "volunteer": sheet.volunteer.as_data(),
        "stops": [_stop(stop) for stop in sheet.stops],
        "callers": [{**caller.who.as_data(), "phone": caller.phone} for caller in sheet.callers],
        "deadline": _clock(sheet.deadline_seconds),
        "qr": None if sheet.link is None else _qr(sheet.link),
    }


def _stop(stop: PaperPickup | PaperDoor) -> dict[str, Any]:
    told: dict[str, Any] = {
        "clock": clock_told(stop.begins_seconds),
        "dishes": [{"dish": each.dish, "portions": each.portions} for each in stop.dishes],
    }
    if isinstance(stop, PaperPickup):
        deadline = _clock(stop.deadline_seconds)
        return told | {"kind": "pickup", "kitchen": stop.kitchen, "about": stop.town, "deadline": deadline}
    return told | {
        "kind": "door",
        "order": stop.order,
        "home": stop.home.as_data(),
        "portions": stop.portions,
        "address": stop.address,
        "note": stop.note,
        "diet": "　／　".join(stop.diet),
        "first": stop.first_time,
    }


def _clock(seconds: int | None) -> str | None:
    return None if seconds is None else clock_told(seconds)


def _qr(link: str) -> str:
    """The link as a picture in SVG."""
    drawn = io.BytesIO()
    segno.make(link, error="m").save(drawn, kind="svg", border=2, xmldecl=False)
    return drawn.getvalue().decode()
