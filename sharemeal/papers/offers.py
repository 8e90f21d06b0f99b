"""An offer as a row of the table or a kitchen's form tells it, read against the kitchen that makes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sharemeal import written
from sharemeal.allergens import declared
from sharemeal.kitchens import MOST_MEALS, HandoverHours, Texture
from sharemeal.papers.entries import number
from sharemeal.papers.reading import Fields, counted, needed
from sharemeal.sentences import Refused, Sentence, listing, word

_MEASURED = {"実測": True, "計測": True, "推定": False, "見積もり": False, "見積り": False, "": False}


@dataclass(frozen=True)
class OfferEntry:
    """A row of the offers' table. ``kitchen`` is a number, ``allergens`` None is not declared, seconds after midnight.

    ``uses_surplus`` is None where nobody said; a mass of rescued food says it.
    """

    service_date: date
    kitchen: int
    dish: str
    meal_count: int
    allergens: frozenset[str] | None
    texture: Texture
    ready_seconds: int
    surplus_kg: Decimal | None
    surplus_measured: bool
    uses_surplus: bool | None
    local_percent: int | None
    employment_hours: Decimal | None

    @property
    def key(self) -> tuple[date, int, str]:
        """What an offer is known by: day, kitchen and dish."""
        return self.service_date, self.kitchen, self.dish


def offer(texts: Mapping[str, str], known_allergens: Iterable[str]) -> OfferEntry:
    """The offer that these texts tell. Raises SeveralRefused."""
    fields = Fields(texts)
    known = tuple(known_allergens)
    surplus_kg = fields.read("surplus_kg", _kilograms)
    said = fields.text("uses_surplus").strip()
    entry = {
        "service_date": fields.read("service_date", written.day),
        "kitchen": fields.read("kitchen", number),
        "dish": fields.read("dish", needed(80)),
        "meal_count": fields.read("meal_count", counted(0, MOST_MEALS, "食")),
        "allergens": fields.read("allergens", lambda text: declared(text, known)),
        "texture": fields.read("texture", Texture.from_word),
        "ready_seconds": fields.read("ready", written.clock_seconds),
        "surplus_kg": surplus_kg,
        "surplus_measured": fields.read("measured", _measured),
        "local_percent": fields.read("local_percent", lambda text: written.percent(text) if text else None),
        "employment_hours": fields.read("employment_hours", _hours),
        "uses_surplus": True if surplus_kg else fields.read("uses_surplus", written.yes) if said else None,
    }
    fields.done()
    return OfferEntry(**entry)  # type: ignore[arg-type]


def refused_by_kitchen(
    entry: OfferEntry, makes: frozenset[Texture], handover: HandoverHours
) -> list[Refused]:
    """Why a form should ask again: a texture that the kitchen does not make, a meal ready after its hours.

    A table is taken as the office wrote it: there the offer's own texture decides, and what cannot be handed over
    in time suits nobody (:func:`sharemeal.meals.unsuited`) and is named as left over.
    """
    refusals = []
    if entry.texture not in makes:
        refusals.append(
            Refused(
                Sentence("この協力店では{texture}を作れません。", texture=word(entry.texture.word)),
                why=Sentence(
                    "作れる食形態は{makes}です。", makes=listing(each.word for each in sorted(makes))
                ),
                remedy=Sentence("食形態を直すか、協力店の「作れる食形態」に加えてください。"),
                field="texture",
            )
        )
    if entry.ready_seconds > handover.closes:
        refusals.append(
            Refused(
                Sentence(
                    "できあがり（{ready}）が、受け渡しの終わり（{closes}）より後です。",
                    ready=written.clock_text(entry.ready_seconds),
                    closes=written.clock_text(handover.closes),
                ),
                remedy=Sentence("できあがりの時刻か、協力店の受け渡し時間を直してください。"),
                field="ready",
            )
        )
    return refusals


def texture_words(makes: Iterable[Texture]) -> str:
    """普通・UDF1, hardest first."""
    return "・".join(texture.word for texture in sorted(makes))


def _kilograms(text: str) -> Decimal | None:
    return written.kilograms(text).quantize(Decimal("0.01")) if text else None


def _hours(text: str) -> Decimal | None:
    return written.hours(text).quantize(Decimal("0.01")) if text else None


def _measured(text: str) -> bool:
    measured = _MEASURED.get(written.folded(text))
    if measured is None:
        raise Refused(
            Sentence("計量を読み取れません（入力: {value}）。", value=text[:40]),
            remedy=Sentence("実測か推定のどちらかを入力してください。"),
        )
    return measured
