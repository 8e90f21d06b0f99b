"""On tiny days the match is the best of all answers, level by level, whatever the order and the seed."""

from hypothesis import given, settings
from hypothesis import strategies as st

from sharemeal.matching import match
from sharemeal.meals import Demand, Match, Supply
from tests.matching.days import tiny_days
from tests.matching.oracle import added, answer_of, best, may_have, score

Day = tuple[list[Demand], list[Supply]]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(tiny_days())
def test_no_answer_is_better(day: Day) -> None:
    demands, supplies = day
    found = match(demands, supplies)
    worth, answers = best(demands, supplies)
    answer = answer_of(found, demands, supplies)
    scores = [score(home, share, demands, supplies) for home, share in zip(demands, answer, strict=True)]
    assert added(scores) == worth
    assert answer in answers
    assert found.proven


@settings(max_examples=100, deadline=None, derandomize=True)
@given(tiny_days(), st.randoms(use_true_random=False), st.integers(0, 2**31 - 1))
def test_order_and_seed_change_nothing(day: Day, shuffler, seed: int) -> None:
    demands, supplies = day
    first = match(demands, supplies)
    shuffler.shuffle(demands)
    shuffler.shuffle(supplies)
    assert match(demands, supplies, seed=seed) == first


@settings(max_examples=150, deadline=None, derandomize=True)
@given(tiny_days())
def test_sums_close_and_reasons_hold(day: Day) -> None:
    demands, supplies = day
    found = match(demands, supplies)
    for home in demands:
        served = sum(each.portions for each in found.servings if each.household == home.household)
        missing = [each.portions for each in found.shortages if each.household == home.household]
        assert served + sum(missing) == home.need.portions
        assert len(missing) == (served < home.need.portions)
    for supply in supplies:
        mine = [each for each in found.servings if (each.kitchen, each.dish) == (supply.kitchen, supply.dish)]
        left = [
            each for each in found.surpluses if (each.kitchen, each.dish) == (supply.kitchen, supply.dish)
        ]
        assert sum(each.portions for each in mine) + sum(each.portions for each in left) == supply.meal_count
        assert len(left) == (sum(each.portions for each in mine) < supply.meal_count)
    amounts = [each.portions for each in found.servings]
    amounts += [each.portions for each in found.shortages]
    amounts += [each.portions for each in found.surpluses]
    assert all(count > 0 for count in amounts)
    hold(found, demands, [supply for supply in supplies if supply.meal_count])


def hold(found: Match, demands: list[Demand], supplies: list[Supply]) -> None:
    """Each sentence against the facts, read from its words."""
    for serving in found.servings:
        home = next(each for each in demands if each.household == serving.household)
        mine = next(each for each in supplies if (each.kitchen, each.dish) == (serving.kitchen, serving.dish))
        only_holds(str(serving.why), dict(serving.why.values), home, mine, supplies)
        better_holds(str(serving.why), dict(serving.why.values), home, mine, supplies)
        turn_holds(str(serving.why), home, mine, found, demands, supplies)
    shortages_hold(found, demands, supplies)
    surpluses_hold(found, demands, supplies)


def only_holds(why: str, told: dict[str, object], home: Demand, mine: Supply, supplies: list[Supply]) -> None:
    others = [each for each in supplies if each is not mine]
    assert ("だけです" in why) == (not any(may_have(home, each) for each in others))
    if "この日の食事は" in why:
        assert not others
    if "入っていない" in why:
        named = set(str(told["allergens"]).split("・"))
        assert named
        assert named <= home.need.allergens
        assert mine.allergens is not None
        assert not named & mine.allergens
        unsure = "確かめられる" in why
        assert all(
            named & (each.allergens or set()) or (unsure and each.allergens is None) for each in others
        )
    if "やわらかさの食事は" in why:
        assert all(each.texture < home.need.texture for each in others)


def better_holds(
    why: str, told: dict[str, object], home: Demand, mine: Supply, supplies: list[Supply]
) -> None:
    suited = [each for each in supplies if may_have(home, each)]
    if "余った食材" in why:
        assert mine.rescued
        assert not all(each.rescued for each in suited)
    if "ちょうど合います" in why:
        assert mine.texture == home.need.texture
        assert any(each.texture > mine.texture for each in suited)
    if "別の献立" in why:
        assert mine.dish not in home.recent_dishes
        assert told["dish"] in home.recent_dishes
    if "間があいて" in why:
        assert home.recent_dishes.index(str(told["dish"])) < home.recent_dishes.index(mine.dish)
    if "別のお店" in why:
        assert mine.kitchen not in home.recent_kitchens


def turn_holds(
    why: str, home: Demand, mine: Supply, found: Match, demands: list[Demand], supplies: list[Supply]
) -> None:
    short = {each.household for each in found.shortages}
    suited = [each for each in supplies if may_have(home, each)]
    if "同じ協力店で" in why:
        kitchens = {each.kitchen for each in found.servings if each.household == home.household}
        assert kitchens == {mine.kitchen}
        assert home.household not in short
        assert {each.kitchen for each in suited} > kitchens
    if "今回は先に" in why:
        assert any(each.household in short and each.scarce_turns > home.scarce_turns for each in demands)
    if "残っていません" in why:
        left = {(each.kitchen, each.dish) for each in found.surpluses}
        assert not any((each.kitchen, each.dish) in left for each in suited if each is not mine)


def shortages_hold(found: Match, demands: list[Demand], supplies: list[Supply]) -> None:
    for shortage in found.shortages:
        home = next(each for each in demands if each.household == shortage.household)
        ran_out = "行き先が決まり" in str(shortage.why)
        assert ran_out == any(may_have(home, each) for each in supplies)
        assert ("提供予定がありません" in str(shortage.why)) == (not supplies)
        assert not ran_out or dict(shortage.why.values)["count"] == shortage.portions


def surpluses_hold(found: Match, demands: list[Demand], supplies: list[Supply]) -> None:
    short = {each.household for each in found.shortages}
    for surplus in found.surpluses:
        supply = next(
            each for each in supplies if (each.kitchen, each.dish) == (surplus.kitchen, surplus.dish)
        )
        assert not any(may_have(each, supply) for each in demands if each.household in short)
        fits_nobody = not any(may_have(each, supply) for each in demands)
        assert ("どのお届け先にも合いません" in str(surplus.why)) == (fits_nobody and bool(demands))
        assert ("すべて足りました" in str(surplus.why)) == (not fits_nobody and not short)
