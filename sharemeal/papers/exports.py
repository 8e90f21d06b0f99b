"""The lab's tables written as csv, so that reading them again changes nothing.

A cell that a spreadsheet program could take for a formula gets an apostrophe in front; reading takes it off again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping

from sharemeal.households import KIND_WORDS
from sharemeal.papers.entries import HouseholdEntry, KitchenEntry, VolunteerEntry
from sharemeal.papers.offers import OfferEntry, texture_words
from sharemeal.papers.tables import Table
from sharemeal.people import national
from sharemeal.places import Point
from sharemeal.sentences import Refused, Sentence
from sharemeal.volunteers import MODE_WORDS
from sharemeal.written import clock_text

ENCODINGS = ("utf-8", "cp932")
"""What a table may be written in; UTF-8 comes with the mark by which Excel knows it."""

_COULD_BE_FORMULA = re.compile(r"^'*[=+\-@＝＋－＠\t\r]")


def csv_table(table: Table, rows: Iterable[Mapping[str, str]], encoding: str = "utf-8") -> bytes:
    """The rows (texts by field) as a csv with CRLF.

    Raises Refused when cp932 has no sign for a character.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(table.headers.values())
    for row in rows:
        writer.writerow([_guarded(row[name]) for name in table.headers])
    try:
        return stream.getvalue().encode("cp932" if encoding == "cp932" else "utf-8-sig")
    except UnicodeEncodeError as error:
        raise Refused(
            Sentence("cp932では書けない文字があります（{sign}）。", sign=error.object[error.start]),
            remedy=Sentence("UTF-8で書き出してください。"),
        ) from None


def _guarded(cell: str) -> str:
    return f"'{cell}" if _COULD_BE_FORMULA.match(cell) else cell


def kitchen_texts(entry: KitchenEntry) -> dict[str, str]:
    """The fields of a kitchen as a person would write them."""
    return {
        "number": str(entry.number),
        "name": entry.name,
        "kind": entry.kind,
        "town": entry.town,
        **_place(entry.place),
        "phone": _phone(entry.phone),
        "textures": texture_words(entry.textures),
        "handover_opens": clock_text(entry.handover.opens),
        "handover_closes": clock_text(entry.handover.closes),
        "freshness_minutes": str(entry.freshness_seconds // 60),
    }


def household_texts(entry: HouseholdEntry) -> dict[str, str]:
    """The fields of a household as a person would write them."""
    need = entry.need
    return {
        "number": str(entry.number),
        "name": entry.name,
        "reading": entry.reading or "",
        "kinds": "・".join(word for kind, word in KIND_WORDS.items() if kind in need.kinds),
        "town": entry.town,
        "address": entry.address or "",
        **_place(entry.place),
        "phone": _phone(entry.phone),
        "portions": str(need.portions),
        "allergens": "・".join(sorted(need.allergens)),
        "texture": need.texture.word,
        "diet": "・".join(need.diet),
        "window_opens": clock_text(entry.window.opens),
        "window_closes": clock_text(entry.window.closes),
        "door_note": entry.door_note or "",
        "watch_over": _yes(entry.watch_over),
        "emergency_contact": entry.emergency_contact or "",
        "tell_family": _yes(entry.tell_family),
    }


def volunteer_texts(entry: VolunteerEntry) -> dict[str, str]:
    """The fields of a volunteer as a person would write them."""
    return {
        "number": str(entry.number),
        "name": entry.name,
        "reading": entry.reading or "",
        "phone": _phone(entry.phone),
        "mode": MODE_WORDS[entry.mode],
        "meals_carried": str(entry.meals_carried),
        "town": entry.town,
        **_place(entry.place),
        "shift_starts": clock_text(entry.shift.starts),
        "shift_ends": clock_text(entry.shift.ends),
        "familiar": "・".join(str(number) for number in sorted(entry.familiar)),
    }


def offer_texts(entry: OfferEntry) -> dict[str, str]:
    """The fields of an offer as a person would write them."""
    allergens = entry.allergens
    return {
        "service_date": entry.service_date.isoformat(),
        "kitchen": str(entry.kitchen),
        "dish": entry.dish,
        "meal_count": str(entry.meal_count),
        "allergens": "" if allergens is None else "・".join(sorted(allergens)) or "なし",
        "texture": entry.texture.word,
        "ready": clock_text(entry.ready_seconds),
        "surplus_kg": "" if entry.surplus_kg is None else f"{entry.surplus_kg.normalize():f}",
        "measured": "実測" if entry.surplus_measured else "推定",
        "local_percent": "" if entry.local_percent is None else f"{entry.local_percent}%",
        "employment_hours": ""
        if entry.employment_hours is None
        else f"{entry.employment_hours.normalize():f}",
    }


def _place(place: Point) -> dict[str, str]:
    return {"lat": f"{place.lat:.6f}", "lng": f"{place.lng:.6f}"}


def _phone(number: str | None) -> str:
    return "" if number is None else national(number)


def _yes(value: bool) -> str:
    return "はい" if value else "いいえ"
