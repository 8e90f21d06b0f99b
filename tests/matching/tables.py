"""Homes and offers of invented days, said shortly."""

from sharemeal.households import DeliveryWindow, Need
from sharemeal.kitchens import HandoverHours, Texture
from sharemeal.meals import Demand, Match, Supply

FIVE, HALF_PAST_SIX = 17 * 3600, 18 * 3600 + 1800


def home(
    number: int,
    portions: int = 1,
    avoids: str = "",
    texture: int = 0,
    dishes: tuple[str, ...] = (),
    kitchens: tuple[int, ...] = (),
    turns: int = 0,
    opens: int = FIVE,
) -> Demand:
    need = Need(portions, frozenset(avoids.split()), Texture(texture))
    return Demand(number, need, DeliveryWindow(opens, opens + 5400), dishes, kitchens, turns)


def offer(
    kitchen: int,
    dish: str,
    count: int,
    contains: str | None = "",
    texture: int = 0,
    rescued: bool = False,
    ready: int = FIVE - 1800,
    fresh: int = 5400,
) -> Supply:
    allergens = None if contains is None else frozenset(contains.split())
    hours = HandoverHours(FIVE - 3600, FIVE + 3600)
    return Supply(kitchen, dish, count, allergens, Texture(texture), ready, fresh, hours, rescued)


def told(match: Match) -> dict[tuple[int, str], int]:
    """Portions by home and dish."""
    return {(each.household, each.dish): each.portions for each in match.servings}
