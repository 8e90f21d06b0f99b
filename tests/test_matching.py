"""Meals to homes: no hard rule is ever broken, each soft level decides in its turn, each reason is true."""

import pytest

from sharemeal.matching import match
from sharemeal.meals import Demand, Supply
from tests.matching.tables import FIVE, home, offer, told


def why(demands: list[Demand], supplies: list[Supply], number: int = 1) -> str:
    """The reason of a home's only serving."""
    (serving,) = (each for each in match(demands, supplies).servings if each.household == number)
    return str(serving.why)


def short_why(demands: list[Demand], supplies: list[Supply]) -> str:
    """The reason of the only shortage."""
    (shortage,) = match(demands, supplies).shortages
    return str(shortage.why)


@pytest.mark.parametrize(
    ("demand", "supply", "reason"),
    [
        (home(1, 2, "卵"), offer(1, "丼", 5, "卵 乳"), "合う食事がありません（丼に卵が入っています）"),
        (
            home(1, 2, "卵"),
            offer(1, "丼", 5, None),
            "合う食事がありません（丼はアレルギー表示がないため、すべて入っているものとして扱います）",
        ),
        (
            home(1, 2, texture=2),
            offer(1, "丼", 5, texture=1),
            "合う食事がありません（丼はUDF2より かたい食事です）",
        ),
        (
            home(1, 2, opens=FIVE + 3601),
            offer(1, "丼", 5, ready=FIVE - 1800),
            "合う食事がありません（丼のお届け期限が、お届け時間帯より前に来ます）",
        ),
        (
            home(1, 2),
            offer(1, "丼", 5, ready=FIVE + 3601),
            "合う食事がありません（丼のできあがりが、受け渡しかお届け時間帯の終わりより後です）",
        ),
    ],
)
def test_what_must_not_be_is_never_served(demand: Demand, supply: Supply, reason: str) -> None:
    found = match([demand], [supply])
    assert found.servings == ()
    assert [(each.portions, str(each.why)) for each in found.shortages] == [(2, reason)]
    assert [(each.portions, str(each.why)) for each in found.surpluses] == [
        (5, "この日のどのお届け先にも合いません")
    ]
    assert found.proven


def test_at_the_very_edge_it_suits() -> None:
    assert told(match([home(1, opens=FIVE + 3600)], [offer(1, "丼", 1, ready=FIVE - 1800)])) == {(1, "丼"): 1}
    assert told(match([home(1)], [offer(1, "丼", 1, ready=FIVE + 3600)])) == {(1, "丼"): 1}
    assert told(match([home(1)], [offer(1, "丼", 1, None)])) == {(1, "丼"): 1}


def test_most_portions_go_before_whole_homes() -> None:
    homes = [home(1, 3, "卵"), home(2, 1), home(3, 1)]
    found = match(homes, [offer(1, "粥", 3), offer(2, "丼", 1, "卵")])
    assert sum(each.portions for each in found.servings) == 4
    assert len(found.shortages) == 1


def test_whole_homes_go_before_half_served_ones() -> None:
    found = match([home(1, 2), home(2, 2), home(3, 2)], [offer(1, "粥", 4)])
    assert sorted(each.portions for each in found.servings) == [2, 2]
    assert [each.portions for each in found.shortages] == [2]


def test_a_home_gets_all_from_one_kitchen_before_rescued_food() -> None:
    supplies = [offer(1, "粥", 1, rescued=True), offer(2, "丼", 2)]
    assert told(match([home(1, 2)], supplies)) == {(1, "丼"): 2}
    assert why([home(1, 2)], supplies) == "2食すべてを同じ協力店でそろえられます"


def test_several_dishes_of_one_kitchen_are_one_kitchen() -> None:
    supplies = [offer(1, "粥", 1), offer(1, "丼", 1), offer(2, "汁", 1), offer(3, "飯", 1)]
    assert {each.kitchen for each in match([home(1, 2)], supplies).servings} == {1}


def test_rescued_food_goes_before_the_same_texture() -> None:
    supplies = [offer(1, "粥", 1, texture=2, rescued=True), offer(2, "丼", 1)]
    assert told(match([home(1)], supplies)) == {(1, "粥"): 1}
    assert why([home(1)], supplies) == "余った食材を生かした食事です"


def test_the_same_texture_goes_before_variety() -> None:
    supplies = [offer(1, "粥", 1, texture=1), offer(2, "丼", 1)]
    assert told(match([home(1, dishes=("丼",))], supplies)) == {(1, "丼"): 1}
    assert why([home(1, dishes=("丼",))], supplies) == "食形態が普通でちょうど合います"


def test_variety_goes_before_fairness() -> None:
    homes = [home(1, dishes=("丼",), turns=0), home(2, turns=5)]
    assert told(match(homes, [offer(1, "丼", 1)])) == {(2, "丼"): 1}


def test_a_newer_dish_weighs_more_than_an_older_one() -> None:
    supplies = [offer(1, "丼", 1), offer(2, "粥", 1)]
    eaten = home(1, dishes=("丼", "粥"))
    assert told(match([eaten], supplies)) == {(1, "粥"): 1}
    assert why([eaten], supplies) == "最近お届けした丼より、間があいています"
    assert why([home(1, dishes=("丼",))], supplies) == "最近お届けした丼とは別の献立です"


def test_another_kitchen_than_lately() -> None:
    supplies = [offer(1, "丼", 1), offer(2, "粥", 1)]
    assert told(match([home(1, kitchens=(2,))], supplies)) == {(1, "丼"): 1}
    assert why([home(1, kitchens=(2,))], supplies) == "最近お届けした協力店とは別のお店です"


@pytest.mark.parametrize("lucky", [1, 2])
def test_it_is_not_always_the_same_home_that_is_short(lucky: int) -> None:
    homes = [home(number, turns=int(number == lucky)) for number in (1, 2)]
    supplies = [offer(1, "丼", 1), offer(2, "粥", 1, "卵"), offer(3, "飯", 1, texture=0)]
    assert [each.household for each in match(homes, supplies[:1]).shortages] == [lucky]
    homes = [home(number, turns=int(number == lucky), avoids="卵") for number in (1, 2, 3)]
    homes[2] = home(3, turns=0, avoids="卵")
    assert [each.household for each in match(homes, [supplies[0], supplies[2]]).shortages] == [lucky]


@pytest.mark.parametrize(("lucky", "other"), [(1, 2), (2, 1)])
def test_the_scarce_choice_goes_to_who_had_it_less_often(lucky: int, other: int) -> None:
    homes = [home(lucky, turns=3), home(other)]
    assert told(match(homes, [offer(1, "丼", 1), offer(2, "粥", 2)])) == {(other, "丼"): 1, (lucky, "粥"): 1}


def test_what_holds_for_all_suitable_meals_is_no_reason() -> None:
    supplies = [offer(1, "丼", 2, rescued=True), offer(2, "粥", 2, rescued=True)]
    assert why([home(1)], supplies) == "食形態とアレルギーに合う2種類から選びました"


def test_going_first_is_told() -> None:
    homes = [home(1), home(2, turns=1)]
    supplies = [offer(1, "丼", 1), offer(1, "粥", 0)]
    assert why(homes, supplies) == "この日の食事は丼だけです"
    three = [*homes, home(3)]
    expected = "足りない日に食事がそろった回数が少ないので、今回は先にしました"
    assert why(three, [offer(1, "丼", 1), offer(1, "粥", 1)]) == expected


@pytest.mark.parametrize(
    ("demand", "others", "reason"),
    [
        (
            home(1, 1, "卵 乳"),
            [offer(2, "丼", 3, "卵"), offer(3, "汁", 3, "卵 乳")],
            "乳・卵が入っていない食事は粥だけです",
        ),
        (home(1, 1, "卵 乳"), [offer(2, "丼", 3, "卵")], "卵が入っていない食事は粥だけです"),
        (
            home(1, 1, "卵"),
            [offer(2, "丼", 3, "卵"), offer(3, "汁", 3, None)],
            "卵が入っていないと確かめられる食事は粥だけです",
        ),
        (home(1, 1, texture=1), [offer(2, "丼", 3)], "UDF1に足りるやわらかさの食事は粥だけです"),
        (
            home(1, 1, "卵", 1),
            [offer(2, "丼", 3), offer(3, "汁", 3, "卵", 1)],
            "このお届け先に合う食事は粥だけです",
        ),
        (
            home(1, opens=FIVE + 4000),
            [offer(2, "丼", 3, fresh=5000)],
            "お届け時間帯に期限が間に合う食事は粥だけです",
        ),
    ],
)
def test_the_only_suitable_meal_says_why(demand: Demand, others: list[Supply], reason: str) -> None:
    assert why([demand], [offer(1, "粥", 3, texture=1, fresh=9000), *others]) == reason


@pytest.mark.parametrize(
    ("demand", "supplies", "reason"),
    [
        (home(1), [], "この日の提供予定がありません"),
        (home(1), [offer(1, "丼", 0)], "この日の提供予定がありません"),
        (home(1, 3), [offer(1, "丼", 1)], "この日の食事は ぜんぶ行き先が決まり、2食 足りません"),
        (
            home(1, 3, "卵"),
            [offer(1, "丼", 1), offer(1, "粥", 5, "卵")],
            "合う食事（丼）は ぜんぶ行き先が決まり、2食 足りません",
        ),
        (
            home(1, 1, "卵 乳"),
            [offer(1, "丼", 1, "卵"), offer(1, "粥", 5, "乳")],
            "どの食事にも、避けるもの（乳・卵）が入っています",
        ),
        (
            home(1, 1, "卵 乳"),
            [offer(1, "丼", 1, "卵"), offer(1, "粥", 5, None)],
            "どの食事も、避けるもの（乳・卵）が入っているか、アレルギー表示がありません",
        ),
        (
            home(1, 1, "卵"),
            [offer(1, "丼", 1, None), offer(1, "粥", 5, None)],
            "どの食事もアレルギー表示がなく、卵を避けられません",
        ),
        (
            home(1, texture=3),
            [offer(1, "丼", 1), offer(1, "粥", 5, texture=2)],
            "どの食事もUDF3より かたい食事です",
        ),
        (
            home(1, 1, "卵", 1),
            [offer(1, "丼", 1), offer(1, "粥", 5, "卵", 1)],
            "合う食事がありません（丼はUDF1より かたい食事です。粥に卵が入っています）",
        ),
    ],
)
def test_a_shortage_says_why(demand: Demand, supplies: list[Supply], reason: str) -> None:
    assert short_why([demand], supplies) == reason


def test_a_surplus_says_why() -> None:
    def left(demands: list[Demand], supply: Supply) -> list[tuple[int, str]]:
        return [(each.portions, str(each.why)) for each in match(demands, [supply]).surpluses]

    assert left([], offer(1, "丼", 2)) == [(2, "この日に届けるお届け先がありません")]
    assert left([home(1)], offer(1, "丼", 2)) == [(1, "必要な食数は すべて足りました")]
    assert left([home(1), home(2, 1, "卵")], offer(1, "丼", 2, "卵")) == [
        (1, "まだ足りないお届け先には合いません")
    ]


@pytest.mark.parametrize("twice", [([home(1), home(1)], []), ([], [offer(1, "丼", 1), offer(1, "丼", 2)])])
def test_names_that_stand_twice_are_refused(twice: tuple[list[Demand], list[Supply]]) -> None:
    with pytest.raises(ValueError, match="twice"):
        match(*twice)


def test_nothing_gives_nothing() -> None:
    found = match([], [])
    assert (found.servings, found.shortages, found.surpluses, found.proven) == ((), (), (), True)


def large_day(count: int) -> tuple[list[Demand], list[Supply]]:
    """Homes with mixed needs, and enough meals that each can have all of its own from one kitchen."""
    homes = [home(n, 1 + n % 3, ("", "卵", "乳", "")[n % 4], n % 5 // 4) for n in range(1, count + 1)]
    kitchens = range(1, 1 + count // 15)
    allergens = ("", "卵", None, "乳")
    return homes, [offer(k, f"献立{k}", 31, allergens[k % 4], k % 2, k % 3 == 0) for k in kitchens]


def test_sixty_homes_are_proven() -> None:
    homes, supplies = large_day(60)
    found = match(homes, supplies)
    assert found.proven
    assert match(homes[::-1], supplies[::-1], seed=7) == found


def test_three_hundred_homes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sharemeal.matching.LEVEL_EFFORT", 0.5)
    found = match(*large_day(300))
    assert sum(each.portions for each in found.servings) == 600
    assert found.shortages == ()
    assert len({(each.household, each.kitchen) for each in found.servings}) == 300


def test_without_effort_nothing_is_lost_and_nothing_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sharemeal.matching.LEVEL_EFFORT", 0.0)
    found = match([home(n, 2) for n in range(1, 8)], [offer(1, "丼", 5), offer(2, "粥", 4)])
    assert not found.proven
    assert sum(each.portions for each in found.servings) == 9
    assert sum(each.portions for each in found.shortages) == 5
