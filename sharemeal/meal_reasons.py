"""Why each home gets what it gets, why portions are missing, why meals are left: one plain, true sentence each.

A serving is explained by what sets it apart from the home's other suitable offers, those with meals left over
first, in the order in which the match weighs (``matching.py``). Nothing is said that does not hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sharemeal.meals import Demand, Match, Rule, Serving, Shortage, Supply, Surplus, hindrances, unsuited
from sharemeal.sentences import Sentence, chained, listing, word

Portions = Mapping[tuple[int, int], int]
"""Portions by (home, offer), both by their place in the sequences they came in."""
NAMED = 3
"""So many dishes are named in one sentence, the rest counted."""


def explained(
    homes: Sequence[Demand], offers: Sequence[Supply], portions: Portions, *, proven: bool
) -> Match:
    """These portions as a match, each serving, shortage and surplus with its reason; the sums close by construction.

    ``offers`` are those with at least one meal; no further portion may be possible.
    """
    day = _Day(homes, offers, portions)
    return Match(
        servings=tuple(
            Serving(homes[h].household, offers[o].kitchen, offers[o].dish, count, day.why_served(h, o))
            for (h, o), count in sorted(portions.items())
            if count
        ),
        shortages=tuple(
            Shortage(home.household, day.missing[h], day.why_short(h))
            for h, home in enumerate(homes)
            if day.missing[h]
        ),
        surpluses=tuple(
            Surplus(offer.kitchen, offer.dish, day.left[o], day.why_left(o))
            for o, offer in enumerate(offers)
            if day.left[o]
        ),
        proven=proven,
    )


class _Day:
    def __init__(self, homes: Sequence[Demand], offers: Sequence[Supply], portions: Portions) -> None:
        self.homes, self.offers = homes, offers
        self.missing = [home.need.portions for home in homes]
        self.left = [offer.meal_count for offer in offers]
        self.kitchens: dict[int, set[int]] = defaultdict(set)
        for (h, o), count in portions.items():
            self.missing[h] -= count
            self.left[o] -= count
            if count:
                self.kitchens[h].add(offers[o].kitchen)
        self.suitable = [
            [o for o, offer in enumerate(offers) if unsuited(offer, home) is None] for home in homes
        ]

    def why_served(self, h: int, o: int) -> Sentence:
        """What sets this offer apart for this home."""
        others = [other for other in self.suitable[h] if other != o]
        if not others:
            return self._why_only(h, o)
        free = [other for other in others if self.left[other]]
        told = self._better(h, o, free) or self._better(h, o, others) or self._turn(h, o)
        if told is not None:
            return told
        if not free:
            return Sentence("食形態とアレルギーに合い、ほかに合う食事は残っていません")
        return Sentence("食形態とアレルギーに合う{count}種類から選びました", count=len(others) + 1)

    def _why_only(self, h: int, o: int) -> Sentence:
        home, dish = self.homes[h], self.offers[o].dish
        refused = [hindrances(offer, home) for place, offer in enumerate(self.offers) if place != o]
        if not refused:
            return Sentence("この日の食事は{dish}だけです", dish=dish)
        if all(Rule.ALLERGENS in found for found in refused):
            clashes = (offer.allergens or frozenset() for offer in self.offers)
            named = frozenset[str]().union(*clashes) & home.need.allergens
            return Sentence(
                "{allergens}が入っていない食事は{dish}だけです", allergens=_listed(named), dish=dish
            )
        if all(Rule.ALLERGENS in found or Rule.DECLARED in found for found in refused):
            return Sentence(
                "{allergens}が入っていないと確かめられる食事は{dish}だけです",
                allergens=_listed(home.need.allergens),
                dish=dish,
            )
        if all(Rule.TEXTURE in found for found in refused):
            return Sentence(
                "{texture}に足りるやわらかさの食事は{dish}だけです",
                texture=word(home.need.texture.word),
                dish=dish,
            )
        if all(Rule.DEADLINE in found for found in refused):
            return Sentence("お届け時間帯に期限が間に合う食事は{dish}だけです", dish=dish)
        return Sentence("このお届け先に合う食事は{dish}だけです", dish=dish)

    def _better(self, h: int, o: int, others: Sequence[int]) -> Sentence | None:
        """The first level on which this offer is truly better for the home than one of the others."""
        home, offer = self.homes[h], self.offers[o]
        rivals = [self.offers[other] for other in others]
        if home.need.portions > 1 and not self.missing[h] and self.kitchens[h] == {offer.kitchen}:
            elsewhere: dict[int, int] = defaultdict(int)
            for other in others:
                elsewhere[self.offers[other].kitchen] += self.left[other]
            elsewhere.pop(offer.kitchen, None)
            if any(left < home.need.portions for left in elsewhere.values()):
                return Sentence("{count}食すべてを同じ協力店でそろえられます", count=home.need.portions)
        if offer.rescued and any(not rival.rescued for rival in rivals):
            return Sentence("余った食材を生かした食事です")
        if offer.texture == home.need.texture and any(rival.texture > offer.texture for rival in rivals):
            return Sentence("食形態が{texture}でちょうど合います", texture=word(offer.texture.word))
        return _fresher(home, offer, rivals)

    def _turn(self, h: int, o: int) -> Sentence | None:
        """The home goes before one that is short, because it had less luck lately."""
        turns = self.homes[h].scarce_turns
        waiting = (g for g, suited in enumerate(self.suitable) if self.missing[g] and o in suited)
        if self.left[o] or not any(self.homes[g].scarce_turns > turns for g in waiting):
            return None
        return Sentence("足りない日に食事がそろった回数が少ないので、今回は先にしました")

    def why_short(self, h: int) -> Sentence:
        """Nothing was offered, nothing suits, or what suits ran out."""
        if not self.offers:
            return Sentence("この日の提供予定がありません")
        suited = self.suitable[h]
        if not suited:
            return self._why_none(self.homes[h])
        count = self.missing[h]
        if len(suited) == len(self.offers):
            return Sentence("この日の食事は ぜんぶ行き先が決まり、{count}食 足りません", count=count)
        dishes = _counted([self.offers[o].dish for o in suited])
        return Sentence(
            "合う食事（{dishes}）は ぜんぶ行き先が決まり、{count}食 足りません", dishes=dishes, count=count
        )

    def _why_none(self, home: Demand) -> Sentence:
        refused = [hindrances(offer, home) for offer in self.offers]
        if len(refused) == 1:
            return Sentence("合う食事がありません（{why}）", why=next(iter(refused[0].values())))
        if all(Rule.ALLERGENS in found or Rule.DECLARED in found for found in refused):
            allergens = _listed(home.need.allergens)
            if all(Rule.DECLARED in found for found in refused):
                return Sentence(
                    "どの食事もアレルギー表示がなく、{allergens}を避けられません", allergens=allergens
                )
            if all(Rule.ALLERGENS in found for found in refused):
                named = frozenset[str]().union(*(offer.allergens or () for offer in self.offers))
                allergens = _listed(named & home.need.allergens)
                return Sentence("どの食事にも、避けるもの（{allergens}）が入っています", allergens=allergens)
            return Sentence(
                "どの食事も、避けるもの（{allergens}）が入っているか、アレルギー表示がありません",
                allergens=allergens,
            )
        if all(Rule.TEXTURE in found for found in refused):
            return Sentence("どの食事も{texture}より かたい食事です", texture=word(home.need.texture.word))
        if all(Rule.DEADLINE in found for found in refused):
            return Sentence("どの食事も、お届け期限がお届け時間帯より前に来ます")
        if all(Rule.HANDOVER in found for found in refused):
            return Sentence("どの食事も、できあがりが受け渡しかお届け時間帯の終わりより後です")
        return Sentence(
            "合う食事がありません（{why}）", why=_chained([next(iter(found.values())) for found in refused])
        )

    def why_left(self, o: int) -> Sentence:
        """Nobody to bring it to, nobody left who needs it, or it does not suit those who are short."""
        if not self.homes:
            return Sentence("この日に届けるお届け先がありません")
        if not any(o in suited for suited in self.suitable):
            return Sentence("この日のどのお届け先にも合いません")
        if not any(self.missing):
            return Sentence("必要な食数は すべて足りました")
        return Sentence("まだ足りないお届け先には合いません")


def _fresher(home: Demand, offer: Supply, rivals: Sequence[Supply]) -> Sentence | None:
    """Another dish or kitchen than lately, or one longer ago than a rival's."""
    dishes, kitchens = home.recent_dishes, home.recent_kitchens
    repeated = sorted({rival.dish for rival in rivals} & set(dishes), key=dishes.index)
    if offer.dish in dishes:
        newer = [dish for dish in repeated if dishes.index(dish) < dishes.index(offer.dish)]
        return Sentence("最近お届けした{dish}より、間があいています", dish=newer[0]) if newer else None
    if repeated:
        return Sentence("最近お届けした{dish}とは別の献立です", dish=repeated[0])
    if offer.kitchen not in kitchens and {rival.kitchen for rival in rivals} & set(kitchens):
        return Sentence("最近お届けした協力店とは別のお店です")
    return None


def _listed(names: frozenset[str]) -> Sentence:
    return listing(sorted(names))


def _counted(dishes: Sequence[str]) -> Sentence:
    names = listing(Sentence("{dish}", dish=dish) for dish in dishes[:NAMED])
    if len(dishes) <= NAMED:
        return names
    return Sentence("{dishes}ほか{count}種類", dishes=names, count=len(dishes) - NAMED)


def _chained(causes: Sequence[Sentence]) -> Sentence:
    first = chained(causes[:NAMED])
    if len(causes) > NAMED:
        return Sentence("{first}。ほか{count}種類も合いません", first=first, count=len(causes) - NAMED)
    return first
