"""Every possible answer of a tiny day, tried one after the other, with the rules written down once more."""

from collections.abc import Iterator, Sequence
from itertools import product

from sharemeal.matching import lot
from sharemeal.meals import Demand, Match, Supply

Score = tuple[int, ...]
Share = tuple[int, ...]


def may_have(demand: Demand, supply: Supply) -> bool:
    """The hard rules, from the domain's words alone."""
    avoided = demand.need.allergens
    if avoided and (supply.allergens is None or any(each in supply.allergens for each in avoided)):
        return False
    fresh_until = supply.ready_seconds + supply.freshness_seconds
    in_time = supply.ready_seconds <= demand.window.closes and supply.ready_seconds <= supply.handover.closes
    return int(supply.texture) >= int(demand.need.texture) and fresh_until >= demand.window.opens and in_time


def shares(demand: Demand, supplies: Sequence[Supply]) -> Iterator[Share]:
    """All that one home could be given of each offer."""
    ranges = [range(demand.need.portions + 1) if may_have(demand, each) else (0,) for each in supplies]
    return (share for share in product(*ranges) if sum(share) <= demand.need.portions)


def score(demand: Demand, share: Share, demands: Sequence[Demand], supplies: Sequence[Supply]) -> Score:
    """What this share counts on each level, less is better; a day's score is the sum over its homes."""
    served = [(supply, count) for supply, count in zip(supplies, share, strict=True) if count]
    total = sum(share)
    stale = turns = 0
    for supply, count in served:
        for place, dish in enumerate(demand.recent_dishes[:12]):
            stale += 3 * (12 - place) * count * (dish == supply.dish)
        for place, kitchen in enumerate(demand.recent_kitchens[:12]):
            stale += (12 - place) * count * (kitchen == supply.kitchen)
        wanted = sum(each.need.portions for each in demands if may_have(each, supply))
        turns += demand.scarce_turns * count * (2 if wanted > supply.meal_count else 1)
    return (
        -total,
        -(total == demand.need.portions),
        len({supply.kitchen for supply, _ in served}),
        -sum(count for supply, count in served if supply.rescued),
        sum((supply.texture - demand.need.texture) * count for supply, count in served),
        stale,
        turns,
        len(served),
        sum(lot(demand, supply) * count for supply, count in served),
    )


def added(scores: Sequence[Score]) -> Score:
    return tuple(map(sum, zip(*scores, strict=True)))


def best(demands: Sequence[Demand], supplies: Sequence[Supply]) -> tuple[Score, list[tuple[Share, ...]]]:
    """The best score of all, and each answer that has it."""
    tables = [
        [(share, score(each, share, demands, supplies)) for share in shares(each, supplies)]
        for each in demands
    ]
    found: tuple[Score, list[tuple[Share, ...]]] | None = None
    for choice in product(*tables):
        given = [sum(share[o] for share, _ in choice) for o in range(len(supplies))]
        if any(count > supply.meal_count for count, supply in zip(given, supplies, strict=True)):
            continue
        worth, answer = added([each for _, each in choice]), tuple(share for share, _ in choice)
        if found is None or worth < found[0]:
            found = worth, [answer]
        elif worth == found[0]:
            found[1].append(answer)
    assert found is not None
    return found


def answer_of(match: Match, demands: Sequence[Demand], supplies: Sequence[Supply]) -> tuple[Share, ...]:
    """A match in the oracle's form."""
    count = {(each.household, each.kitchen, each.dish): each.portions for each in match.servings}
    assert len(count) == len(match.servings)
    answer = tuple(
        tuple(count.pop((home.household, supply.kitchen, supply.dish), 0) for supply in supplies)
        for home in demands
    )
    assert not count
    return answer
