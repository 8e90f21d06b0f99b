"""Do the meals of a plan suit their homes, and could more have been served?"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Collection
from typing import Any

from tests.checker.tables import Home, Meal, Tables, homes, meals_of

Json = dict[str, Any]
MealKey = tuple[str, str, str]
"""Home number, kitchen number, 献立."""


def matched_portions(plan: Json) -> Counter[MealKey]:
    """Portions per home, kitchen and 献立 as the plan's ``meals`` say."""
    found: Counter[MealKey] = Counter()
    for meal in plan.get("meals", []):
        found[str(meal["household"]), str(meal["kitchen"]), str(meal["offer"]).strip()] += meal["portions"]
    return found


def check_meals(tables: Tables, date: str, plan: Json, fed: Collection[str]) -> list[str]:
    """Check each match, the sums and the surplus; ``fed`` are the homes that may get meals today."""
    findings = []
    offers, known = meals_of(tables, date), homes(tables)
    matched = matched_portions(plan)
    for meal in plan.get("meals", []):
        if not isinstance(meal["portions"], int) or meal["portions"] < 1:
            findings.append(f"meal {meal} has no portions")
        if not str(meal.get("why") or "").strip():
            findings.append(f"meal {meal} has no why")
    for (number, kitchen, name), portions in matched.items():
        home, offer = known.get(number), offers.get((kitchen, name))
        if home is None or offer is None:
            findings.append(f"home {number}, kitchen {kitchen}, {name}: not in the tables of {date}")
            continue
        if number not in fed:
            findings.append(f"home {number} is paused or declined and gets {portions} {name}")
        why = offer.why_unsuitable(home)
        if why:
            findings.append(f"home {number} gets {name}: {why}")
    return findings + _check_sums(offers, known, matched) + _check_surplus(offers, matched, plan)


def _check_sums(
    offers: dict[tuple[str, str], Meal], known: dict[str, Home], matched: Counter[MealKey]
) -> list[str]:
    """No home gets more than it asked for, no offer gives more than it has."""
    findings, by_home, by_offer = [], Counter[str](), _by_offer(matched)
    for (number, _, _), portions in matched.items():
        by_home[number] += portions
    for number, portions in by_home.items():
        if number in known and portions > known[number].portions:
            findings.append(f"home {number} gets {portions} portions, asked for {known[number].portions}")
    for key, portions in by_offer.items():
        if key in offers and portions > offers[key].portions:
            findings.append(f"offer {key} gives {portions} portions, has {offers[key].portions}")
    return findings


def _by_offer(matched: Counter[MealKey]) -> Counter[tuple[str, str]]:
    sums = Counter[tuple[str, str]]()
    for (_, kitchen, name), portions in matched.items():
        sums[kitchen, name] += portions
    return sums


def _check_surplus(offers: dict[tuple[str, str], Meal], matched: Counter[MealKey], plan: Json) -> list[str]:
    """What is left of each offer is named; offers of one name are summed, the plan names no kitchen here."""
    left, said, by_offer = Counter[str](), Counter[str](), _by_offer(matched)
    for key, offer in offers.items():
        left[offer.name] += offer.portions - by_offer[key]
    for entry in plan.get("surplus", []):
        said[str(entry["offer"]).strip()] += entry["portions"]
    return [
        f"surplus of {name} is {left[name]}, the plan says {said[name]}"
        for name in sorted(left.keys() | said.keys())
        if left[name] != said[name]
    ]


def max_portions(
    tables: Tables,
    date: str,
    *,
    paused: Collection[str] = (),
    declined: Collection[str] = (),
    in_time_only: bool = False,
    brought: Callable[[Meal, Home], bool] = lambda _offer, _home: True,
) -> int:
    """The most portions that the offers of ``date`` can serve, were there no roads (a maximum flow).

    ``in_time_only`` also leaves out what gets ready only after the kitchen's handing-over hours or the home's window.
    ``brought`` says whether somebody could bring an offer to a home.
    """
    away = set(paused) | set(declined)
    fed = [home for home in homes(tables).values() if home.number not in away]
    offers = list(meals_of(tables, date).values())

    def may(offer: Meal, home: Home) -> bool:
        in_time = offer.can_be_handed_over() and offer.ready <= home.window[1]
        return offer.why_unsuitable(home) is None and (in_time or not in_time_only) and brought(offer, home)

    return _max_flow(offers, fed, may)


def _max_flow(offers: list[Meal], fed: list[Home], may: Callable[[Meal, Home], bool]) -> int:
    """Augment along shortest paths offers -> homes until none is left (Edmonds and Karp)."""
    source, sink = 0, 1 + len(offers) + len(fed)
    room: dict[int, dict[int, int]] = {node: {} for node in range(sink + 1)}

    def pipe(a: int, b: int, width: int) -> None:
        room[a][b], room[b][a] = width, 0

    for i, offer in enumerate(offers, 1):
        pipe(source, i, offer.portions)
        for j, home in enumerate(fed, 1 + len(offers)):
            if may(offer, home):
                pipe(i, j, min(offer.portions, home.portions))
    for j, home in enumerate(fed, 1 + len(offers)):
        pipe(j, sink, home.portions)
    served = 0
    while path := _path(room, source, sink):
        width = min(room[a][b] for a, b in path)
        for a, b in path:
            room[a][b] -= width
            room[b][a] += width
        served += width
    return served


def _path(room: dict[int, dict[int, int]], source: int, sink: int) -> list[tuple[int, int]]:
    came_from = {source: source}
    waiting = deque([source])
    while waiting and sink not in came_from:
        here = waiting.popleft()
        for there, width in room[here].items():
            if width > 0 and there not in came_from:
                came_from[there] = here
                waiting.append(there)
    if sink not in came_from:
        return []
    path, node = [], sink
    while node != source:
        path.append((came_from[node], node))
        node = came_from[node]
    return path[::-1]
