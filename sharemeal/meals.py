"""Meals on one day: what is wanted, what is offered, what suits whom, and the sum that always closes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sharemeal.households import DeliveryWindow, Need
from sharemeal.kitchens import HandoverHours, Texture, freshness_deadline
from sharemeal.sentences import Sentence, listing, word


@dataclass(frozen=True)
class Demand:
    """One home's wish for the day. ``recent_dishes`` and ``recent_kitchens`` are those of the last weeks, newest first.

    ``scarce_turns`` counts how often lately this home got the scarce choice, for fairness. ``unreached`` names offers
    (kitchen, dish) that nobody could bring to this home in time.
    """

    household: int
    need: Need
    window: DeliveryWindow
    recent_dishes: tuple[str, ...] = ()
    recent_kitchens: tuple[int, ...] = ()
    scarce_turns: int = 0
    unreached: frozenset[tuple[int, str]] = frozenset()


@dataclass(frozen=True)
class Supply:
    """One offer of the day. ``allergens`` None is undeclared and counts as everything. Seconds after local midnight."""

    kitchen: int
    dish: str
    meal_count: int
    allergens: frozenset[str] | None
    texture: Texture
    ready_seconds: int
    freshness_seconds: int
    handover: HandoverHours
    rescued: bool = False

    @property
    def deadline_seconds(self) -> int:
        """The last moment at which service at a door may begin."""
        return freshness_deadline(self.ready_seconds, self.freshness_seconds)

    @property
    def collected_from_seconds(self) -> int:
        """When it can be collected at the earliest: ready, and within the 受け渡し hours."""
        return max(self.ready_seconds, self.handover.opens)

    def knocks_until_seconds(self, window: DeliveryWindow) -> int:
        """The last moment at which a door with this window may be knocked on with it."""
        return min(window.closes, self.deadline_seconds)


class Rule(StrEnum):
    """A hard rule that an offer can break for a home."""

    DECLARED = "declared"
    ALLERGENS = "allergens"
    TEXTURE = "texture"
    DEADLINE = "deadline"
    HANDOVER = "handover"
    ROUTE = "route"


def hindrances(supply: Supply, demand: Demand) -> dict[Rule, Sentence]:
    """Every hard rule that forbids this offer to this home, the gravest first, each told in a sentence."""
    need = demand.need
    found: dict[Rule, Sentence] = {}
    if supply.allergens is None and need.allergens:
        found[Rule.DECLARED] = Sentence(
            "{dish}はアレルギー表示がないため、すべて入っているものとして扱います", dish=supply.dish
        )
    if clash := need.allergens & (supply.allergens or frozenset()):
        found[Rule.ALLERGENS] = Sentence(
            "{dish}に{allergens}が入っています", dish=supply.dish, allergens=listing(sorted(clash))
        )
    if supply.texture < need.texture:
        found[Rule.TEXTURE] = Sentence(
            "{dish}は{texture}より かたい食事です", dish=supply.dish, texture=word(need.texture.word)
        )
    if supply.deadline_seconds < demand.window.opens:
        found[Rule.DEADLINE] = Sentence("{dish}のお届け期限が、お届け時間帯より前に来ます", dish=supply.dish)
    if supply.ready_seconds > min(demand.window.closes, supply.handover.closes):
        found[Rule.HANDOVER] = Sentence(
            "{dish}のできあがりが、受け渡しかお届け時間帯の終わりより後です", dish=supply.dish
        )
    if (supply.kitchen, supply.dish) in demand.unreached:
        found[Rule.ROUTE] = Sentence("{dish}は、だれが行っても間に合いません", dish=supply.dish)
    return found


def unsuited(supply: Supply, demand: Demand) -> Sentence | None:
    """Why this offer must not go to this home, or None when it suits. Never traded against anything."""
    return next(iter(hindrances(supply, demand).values()), None)


@dataclass(frozen=True)
class Serving:
    """So many portions of one offer for one home, and why."""

    household: int
    kitchen: int
    dish: str
    portions: int
    why: Sentence


@dataclass(frozen=True)
class Shortage:
    """Portions that a home does not get, and why."""

    household: int
    portions: int
    why: Sentence


@dataclass(frozen=True)
class Surplus:
    """Portions of one offer that nobody gets, and why."""

    kitchen: int
    dish: str
    portions: int
    why: Sentence


@dataclass(frozen=True)
class Match:
    """What goes to whom on one day."""

    servings: tuple[Serving, ...] = ()
    shortages: tuple[Shortage, ...] = ()
    surpluses: tuple[Surplus, ...] = ()
    proven: bool = False


@dataclass(frozen=True)
class Counts:
    """Homes of one day: active = paused + declined + planned + short. Raises ValueError when the sum does not close."""

    active: int
    paused: int
    declined: int
    planned: int
    short: int
    portions_wanted: int = 0
    portions_planned: int = 0

    def __post_init__(self) -> None:
        if self.active != self.paused + self.declined + self.planned + self.short:
            raise ValueError(f"homes do not add up: {self}")
        if min(self.paused, self.declined, self.planned, self.short) < 0:
            raise ValueError(f"negative count: {self}")
