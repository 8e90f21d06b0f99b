"""札: what is written on a box, eight to an A4 page, to be cut.

Kitchens print them too, so a slip knows its carrier and the how manieth door, never whose door that is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sharemeal.kitchens import TEXTURE_MEANINGS, Texture, eat_by, freshness_deadline
from sharemeal.papers.sheet import Named, day_told
from sharemeal.papers.typeset import typeset
from sharemeal.written import clock_told


@dataclass(frozen=True)
class Slip:
    """One box or bag: so many portions of one dish for the ``order``-th door of one carrier.

    ``allergens`` None is undeclared. ``cooked_seconds`` None means not cooked yet: a line is left to write on, and the
    other times are told as planned. Seconds count from local midnight.
    """

    lab: str
    day: date
    kitchen: str
    phone: str | None
    carrier: str
    order: int
    dish: str
    portions: int
    allergens: frozenset[str] | None
    texture: Texture
    ready_seconds: int
    freshness_seconds: int
    cooked_seconds: int | None = None


def slips_pdf(slips: Sequence[Slip]) -> bytes:
    """The slips in their order, each kitchen's on pages of its own."""
    return typeset("slips", {"slips": [_slip(slip) for slip in slips]})


def _slip(slip: Slip) -> dict[str, Any]:
    made = slip.ready_seconds if slip.cooked_seconds is None else slip.cooked_seconds
    return {
        "lab": slip.lab,
        "day": day_told(slip.day),
        "kitchen": slip.kitchen,
        "kitchen_key": slip.kitchen,
        "phone": slip.phone,
        "carrier": Named(slip.carrier).as_data(),
        "order": slip.order,
        "dish": slip.dish,
        "portions": slip.portions,
        "allergens": None if slip.allergens is None else "・".join(sorted(slip.allergens)),
        "texture": f"{slip.texture.word}（{TEXTURE_MEANINGS[slip.texture]}）",
        "ready": clock_told(slip.ready_seconds),
        "cooked": None if slip.cooked_seconds is None else clock_told(slip.cooked_seconds),
        "deadline": clock_told(freshness_deadline(made, slip.freshness_seconds)),
        "eat_by": clock_told(eat_by(made, slip.freshness_seconds)),
    }
