"""Meals to homes for one day, by CP-SAT: what suits whom is never traded, the rest is weighed level by level.

Hard: an offer that :func:`sharemeal.meals.unsuited` refuses never goes to that home, nobody gets more than the
need, no kitchen gives more than it cooks, portions are whole. Homes that rest or declined are not asked for here.

Soft, each level only among the answers that are best on all levels before it:

1. most portions served,
2. then most homes with all their portions, since a half-served home counts as short,
3. each home's meals from as few kitchens as can be (fewest pairs of home and kitchen),
4. most portions of rescued food,
5. the home's own texture rather than a softer one (fewest steps of softness, counted by portion),
6. variety: fewest repeats of recent dishes and kitchens; a newer one weighs more, a dish three times a kitchen,
7. fairness: what is scarce goes first to homes that had such luck less often lately, and so does being served at
   all; so it is not always the same home that is short,
8. one dish for a home rather than several (fewest pairs of home and dish),
9. lots drawn from the numbers and dishes themselves, so that neither the order of the input nor the seed decides.

Each level is solved, proven and then held fast for the next; where the effort for one ends before its proof, the
best answer found is held and the match says that it is not proven. ``docs/matching.md`` says the same for neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import TypeVar

from ortools.graph.python import max_flow
from ortools.sat.python import cp_model

from sharemeal.meal_reasons import Portions, explained
from sharemeal.meals import Demand, Match, Supply, unsuited

RECENT_PLACES = 12
"""So many of the newest entries of a home's history count for variety."""
DISH_WEIGHT = 3
"""A repeated dish weighs so many times a repeated kitchen."""
LOTS = 1 << 20
"""Lots are drawn from so many numbers."""
LEVEL_EFFORT = 6.0
"""CP-SAT's deterministic time for one level: a count of work that is equal on every machine, not seconds."""
KITCHENS_LEVEL = 2
"""The place of the level that gathers each home's meals in few kitchens."""
GATHERING_ROUNDS = 8
"""So often a good start for that level is sought."""

Pair = tuple[int, int]
Key = TypeVar("Key", bound=Hashable)


def match(demands: Sequence[Demand], supplies: Sequence[Supply], *, seed: int = 0) -> Match:
    """The best match of the day's meals with its homes, each serving, shortage and surplus with its true reason.

    The same whatever the order of the input; ``proven`` says whether every level is. ``seed`` steers the search
    only. Raises ValueError when a home, or a dish of one kitchen, is named twice: the answer could not be told apart.
    """
    homes = sorted(demands, key=lambda demand: demand.household)
    offers = sorted(
        (supply for supply in supplies if supply.meal_count > 0),
        key=lambda supply: (supply.kitchen, supply.dish),
    )
    if len({home.household for home in homes}) < len(homes):
        raise ValueError("a home is named twice")
    if len({(offer.kitchen, offer.dish) for offer in offers}) < len(offers):
        raise ValueError("a dish of one kitchen is offered twice")
    portions, proven = _Question(homes, offers).answer(seed)
    return explained(homes, offers, portions, proven=proven)


def staleness(demand: Demand, supply: Supply) -> int:
    """How much this offer repeats what the home had lately: 12 for the newest entry down to 1, dishes threefold."""

    def repeats(recent: Sequence[object], now: object) -> int:
        places = enumerate(recent[:RECENT_PLACES])
        return sum(RECENT_PLACES - place for place, before in places if before == now)

    return DISH_WEIGHT * repeats(demand.recent_dishes, supply.dish) + repeats(
        demand.recent_kitchens, supply.kitchen
    )


def lot(demand: Demand, supply: Supply) -> int:
    """The lot of this home for this offer, the lowest first: drawn from their names alone."""
    names = f"{demand.household}/{supply.kitchen}/{supply.dish}"
    return int.from_bytes(blake2b(names.encode(), digest_size=8).digest(), "big") % LOTS


class _Question:
    """The CP-SAT model of one day: whole portions of each suitable pair, and the levels over them."""

    def __init__(self, homes: Sequence[Demand], offers: Sequence[Supply]) -> None:
        self._homes, self._offers = homes, offers
        self._model = cp_model.CpModel()
        suitable = [
            (h, o)
            for h, home in enumerate(homes)
            for o, offer in enumerate(offers)
            if unsuited(offer, home) is None
        ]
        self._portions = {
            (h, o): self._model.new_int_var(0, min(homes[h].need.portions, offers[o].meal_count), f"x{h}_{o}")
            for h, o in suitable
        }
        self._of_home = _grouped(self._portions, lambda pair: pair[0])
        self._of_offer = _grouped(self._portions, lambda pair: pair[1])
        self._wanted = {
            o: sum(homes[h].need.portions for h, _ in pairs) for o, pairs in self._of_offer.items()
        }
        self._whole: dict[int, cp_model.IntVar] = {}
        self._visits: dict[Pair, cp_model.IntVar] = {}
        self._limit_portions()

    def _limit_portions(self) -> None:
        for h, pairs in self._of_home.items():
            self._model.add(self._sum(pairs) <= self._homes[h].need.portions)
        for o, pairs in self._of_offer.items():
            self._model.add(self._sum(pairs) <= self._offers[o].meal_count)

    def _count_whole_homes(self) -> None:
        for h, pairs in self._of_home.items():
            whole = self._whole[h] = self._model.new_bool_var(f"whole{h}")
            self._model.add(self._sum(pairs) >= self._homes[h].need.portions * whole)

    def _count_kitchens(self) -> None:
        def home_and_kitchen(pair: Pair) -> Pair:
            return pair[0], self._offers[pair[1]].kitchen

        for (h, kitchen), pairs in _grouped(self._portions, home_and_kitchen).items():
            visit = self._visits[h, kitchen] = self._model.new_bool_var(f"from{h}_{kitchen}")
            most = min(self._homes[h].need.portions, sum(self._offers[o].meal_count for _, o in pairs))
            self._model.add(self._sum(pairs) <= most * visit)
        for h, whole in self._whole.items():
            visits = [visit for (home, _), visit in self._visits.items() if home == h]
            self._model.add(cp_model.LinearExpr.sum(visits) >= whole)

    def _dishes(self) -> cp_model.LinearExprT:
        """How many pairs of home and dish there are; each joins the model as a yes or no."""
        chosen = []
        for (h, o), portions in self._portions.items():
            chosen.append(self._model.new_bool_var(f"dish{h}_{o}"))
            self._model.add(
                portions <= min(self._homes[h].need.portions, self._offers[o].meal_count) * chosen[-1]
            )
        return cp_model.LinearExpr.sum(chosen)

    def _sum(self, pairs: Sequence[Pair]) -> cp_model.LinearExprT:
        return cp_model.LinearExpr.sum([self._portions[pair] for pair in pairs])

    def _levels(self) -> Iterator[cp_model.LinearExprT]:
        """The levels after the docstring's order, each to be made as small as can be; what it counts joins the model then."""
        homes, offers = self._homes, self._offers

        def weighed(weight: Callable[[int, int], int]) -> cp_model.LinearExprT:
            pairs = {pair: weight(*pair) for pair in self._portions}
            terms = [pair for pair, each in pairs.items() if each]
            return cp_model.LinearExpr.weighted_sum(
                [self._portions[pair] for pair in terms], [pairs[pair] for pair in terms]
            )

        def scarce(o: int) -> bool:
            return self._wanted[o] > offers[o].meal_count

        yield weighed(lambda _h, _o: -1)
        self._count_whole_homes()
        yield -cp_model.LinearExpr.sum(list(self._whole.values()))
        self._count_kitchens()
        yield cp_model.LinearExpr.sum(list(self._visits.values()))
        yield weighed(lambda _h, o: -offers[o].rescued)
        yield weighed(lambda h, o: offers[o].texture - homes[h].need.texture)
        yield weighed(lambda h, o: staleness(homes[h], offers[o]))
        yield weighed(lambda h, o: homes[h].scarce_turns * (2 if scarce(o) else 1))
        yield self._dishes()
        yield weighed(lambda h, o: lot(homes[h], offers[o]))

    def answer(self, seed: int) -> tuple[Portions, bool]:
        """The best portions by (home, offer), both by place, and whether each level is proven."""
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = seed
        solver.parameters.linearization_level = 2
        solver.parameters.max_deterministic_time = LEVEL_EFFORT
        best = self._flow([home.need.portions for home in self._homes], {})
        proven = True
        for place, level in enumerate(self._levels()):
            if place == KITCHENS_LEVEL:
                best = self._gathered(best)
            self._hint(best)
            self._model.minimize(level)
            status = solver.solve(self._model)
            proven = proven and status == cp_model.OPTIMAL
            if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
                break
            best = {pair: solver.value(variable) for pair, variable in self._portions.items()}
            self._model.add(level <= round(solver.objective_value))
        return {pair: count for pair, count in best.items() if count}, proven

    def _flow(self, amounts: Sequence[int], settled: Mapping[int, int]) -> dict[Pair, int]:
        """As many portions as can be, these at most for each home, settled homes from their kitchen alone."""
        flow = max_flow.SimpleMaxFlow()
        source, sink = len(self._homes) + len(self._offers), len(self._homes) + len(self._offers) + 1
        arcs = {
            (h, o): flow.add_arc_with_capacity(h, len(self._homes) + o, amounts[h])
            for h, o in self._portions
            if settled.get(h, self._offers[o].kitchen) == self._offers[o].kitchen
        }
        for h, amount in enumerate(amounts):
            flow.add_arc_with_capacity(source, h, amount)
        for o, offer in enumerate(self._offers):
            flow.add_arc_with_capacity(len(self._homes) + o, sink, offer.meal_count)
        flow.solve(source, sink)
        return {pair: flow.flow(arcs[pair]) if pair in arcs else 0 for pair in self._portions}

    def _gathered(self, portions: dict[Pair, int]) -> dict[Pair, int]:
        """The same portions for each home, from one kitchen where quick tries find that: a start for the search.

        Large homes choose first; who finds no single kitchen is moved to the front of the next round.
        """
        amounts = [sum(portions[pair] for pair in self._of_home.get(h, ())) for h in range(len(self._homes))]
        order = sorted((h for h in self._of_home if amounts[h]), key=lambda h: (-amounts[h], h))
        best = portions
        fewest = len(order) + 1
        for _ in range(GATHERING_ROUNDS):
            trial, split = self._one_kitchen_each(amounts, order, portions)
            if len(split) < fewest:
                best, fewest = trial, len(split)
            if not split:
                break
            order = [*split, *(h for h in order if h not in split)]
        return best

    def _one_kitchen_each(
        self, amounts: Sequence[int], order: Sequence[int], portions: dict[Pair, int]
    ) -> tuple[dict[Pair, int], list[int]]:
        """Settle homes one after the other on one kitchen while all amounts can still flow; who stays split."""
        settled: dict[int, int] = {}
        for h in order:
            given: dict[int, int] = {}
            for pair in self._of_home[h]:
                kitchen = self._offers[pair[1]].kitchen
                given[kitchen] = given.get(kitchen, 0) + portions[pair]
            for kitchen in sorted(given, key=lambda kitchen: (-given[kitchen], kitchen)):
                whole = given[kitchen] == amounts[h]
                trial = portions if whole else self._flow(amounts, {**settled, h: kitchen})
                if sum(trial.values()) == sum(amounts):
                    settled[h], portions = kitchen, trial
                    break
        return portions, [h for h in order if h not in settled]

    def _hint(self, portions: Portions) -> None:
        """Let the next level begin at this answer."""
        self._model.clear_hints()  # type: ignore[no-untyped-call]
        for pair, variable in self._portions.items():
            self._model.add_hint(variable, portions[pair])
        for h, whole in self._whole.items():
            served = sum(portions[pair] for pair in self._of_home[h])
            self._model.add_hint(whole, served == self._homes[h].need.portions)
        used = {(h, self._offers[o].kitchen) for (h, o), count in portions.items() if count}
        for visited, visit in self._visits.items():
            self._model.add_hint(visit, visited in used)


def _grouped(pairs: Mapping[Pair, object], key: Callable[[Pair], Key]) -> dict[Key, list[Pair]]:
    groups: dict[Key, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(key(pair), []).append(pair)
    return groups
