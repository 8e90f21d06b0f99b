"""What the demo's kitchens cook on a day, and who got what on a day that is over."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sharemeal.demo.names import MENUS
from sharemeal.meals import Demand, unsuited
from sharemeal.store.households import Household
from sharemeal.store.kitchens import Kitchen, Offer

_FIRST_READY = 16 * 3600 + 1800


@dataclass(frozen=True)
class Given:
    """So many portions of an offer for a home."""

    home: Household
    offer: Offer
    portions: int


def cooked(
    dice: random.Random, kitchens: list[Kitchen], homes: list[Household], day: date, *, entered_at: datetime
) -> list[Offer]:
    """One dish of each kitchen, enough for these homes and a little more: the soft one for those with few choices."""
    dishes = [dice.choice(menu) for menu in MENUS]
    wanted = sum(home.need.portions for home in homes)
    only_soft = sum(
        home.need.portions
        for home in homes
        if all(
            home.need.allergens & allergens or home.need.texture > texture
            for _name, allergens, texture in (dishes[0], dishes[2])
        )
    )
    soft = max(only_soft, wanted // 3) + dice.randint(1, 2)
    others = max(wanted - soft, 4)
    counts = (others - others // 2 + dice.randint(0, 1), soft, others // 2 + dice.randint(0, 1))
    offers = []
    for kitchen, (dish, allergens, texture), count in zip(kitchens, dishes, counts, strict=True):
        mass = Decimal(dice.randint(2, 30)) / 10 if dice.random() < 0.8 else Decimal(0)
        offers.append(
            Offer(
                service_date=day,
                kitchen=kitchen,
                dish=dish,
                meal_count=count,
                allergens=allergens,
                texture=int(texture),
                ready_seconds=_FIRST_READY + 300 * dice.randint(0, 4),
                surplus_kg=mass,
                surplus_measured=dice.random() < 0.6,
                uses_surplus=mass > 0,
                local_percent=10 * dice.randint(2, 9),
                employment_hours=Decimal(dice.choice((0, 15, 20, 30))) / 10,
                entered_at=entered_at,
                entered_by=kitchen.name,
            )
        )
    while sum(given.portions for given in shared_out(offers, homes)) < wanted:
        offers[1].meal_count += 1
    return offers


def shared_out(offers: list[Offer], homes: list[Household]) -> list[Given]:
    """Portions for each home, those with the fewest choices first, from one kitchen where that goes."""
    left = {offer.dish: offer.meal_count for offer in offers}
    choices = {home.number: [each for each in offers if _suits(each, home)] for home in homes}
    given = []
    for home in sorted(homes, key=lambda each: (len(choices[each.number]), -each.need.portions, each.number)):
        wanted = home.need.portions
        ranked = sorted(
            choices[home.number],
            key=lambda each: (left[each.dish] < home.need.portions, each.texture, -left[each.dish]),
        )
        for offer in ranked:
            portions = min(wanted, left[offer.dish])
            if portions:
                given.append(Given(home, offer, portions))
                left[offer.dish] -= portions
                wanted -= portions
    return given


def _suits(offer: Offer, home: Household) -> bool:
    return unsuited(offer.supply, Demand(home.number, home.need, home.window)) is None
