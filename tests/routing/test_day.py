"""A service day as a routing problem: windows, bags, halts and skills, and the answer put back together as a day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sharemeal.households import DeliveryWindow, Need
from sharemeal.kitchens import HandoverHours, Texture
from sharemeal.labs import LabRules
from sharemeal.meals import Demand, Match, Serving, Shortage, Supply, Surplus
from sharemeal.places import Point
from sharemeal.routing.day import Carrier, DayProblem, Door, day_problem
from sharemeal.routing.day_plan import DayPlan, day_plan, joined, nobody_goes, tagged
from sharemeal.routing.solve import Stop, solve
from sharemeal.routing.vroom import problem_from
from sharemeal.routing.vroom_answer import answer_from
from sharemeal.sentences import Sentence
from sharemeal.volunteers import Mode, Shift
from tests.checker import check_routes

RULES = LabRules(familiarity_weight_seconds=300, change_weight_seconds=40)
HOUR = 3600
WHY = Sentence("合う献立です")
KITCHENS = {1: Point(35.540, 139.52)}


def point(step: int) -> Point:
    return Point(35.540 + step / 1000, 139.52)


def carrier(number: int, **changes: Any) -> Carrier:
    settings: dict[str, Any] = {
        "mode": Mode.BICYCLE,
        "meals_carried": 10,
        "place": point(-5),
        "shift": Shift(16 * HOUR, 19 * HOUR),
        **changes,
    }
    return Carrier(number, **settings)


def door(household: int, **changes: Any) -> Door:
    settings: dict[str, Any] = {
        "place": point(5 * household),
        "window": DeliveryWindow(17 * HOUR, 18 * HOUR),
        **changes,
    }
    return Door(household, **settings)


def supply(dish: str = "豆のごはん", **changes: Any) -> Supply:
    settings: dict[str, Any] = {
        "meal_count": 10,
        "allergens": frozenset[str](),
        "texture": Texture.REGULAR,
        "ready_seconds": 16 * HOUR + 1800,
        "freshness_seconds": 5400,
        "handover": HandoverHours(16 * HOUR, 18 * HOUR),
        **changes,
    }
    return Supply(1, dish, **settings)


def asked(
    *servings: tuple[int, str, int],
    carriers: Sequence[Carrier] = (carrier(1),),
    doors: Sequence[Door] = (door(1), door(2)),
    supplies: Sequence[Supply] = (supply(), supply("里芋の弁当")),
) -> DayProblem:
    wanted = [Serving(home, 1, dish, portions, WHY) for home, dish, portions in servings]
    return day_problem(carriers, doors, KITCHENS, supplies, wanted, RULES)


def put_together(question: DayProblem, match: Match, *portions: int) -> DayPlan:
    """Solve the question and put it together with its match; homes 1, 2, … want so many portions."""
    demands = [
        Demand(home, Need(count), DeliveryWindow(17 * HOUR, 18 * HOUR))
        for home, count in enumerate(portions, 1)
    ]
    plan = solve(problem_from(question.body), Stop(10, 30)) if question.parcels else None
    if plan is not None:
        assert check_routes(question.body, answer_from(plan)) == []
    return day_plan(question, plan, match, demands, active=len(demands), paused=0, declined=0)


def test_windows_join_what_kitchen_meal_and_home_allow() -> None:
    late = supply(ready_seconds=16 * HOUR, freshness_seconds=5400)
    early = supply("里芋の弁当", ready_seconds=15 * HOUR, freshness_seconds=4 * HOUR)
    question = asked((1, "豆のごはん", 2), (2, "里芋の弁当", 1), supplies=(late, early))
    first, second = question.body["shipments"]
    assert first["pickup"]["time_windows"] == [[16 * HOUR, 18 * HOUR]]
    assert first["delivery"]["time_windows"] == [[17 * HOUR, 17 * HOUR + 1800]], (
        "the deadline comes before the door"
    )
    assert second["pickup"]["time_windows"] == [[16 * HOUR, 18 * HOUR]], "not before the kitchen hands over"
    assert second["delivery"]["time_windows"] == [[17 * HOUR, 18 * HOUR]]


def test_one_serving_takes_service_at_the_door_and_several_take_setup_once() -> None:
    question = asked((1, "豆のごはん", 1), (1, "里芋の弁当", 1), (2, "豆のごはん", 1))
    timed = [(each["delivery"]["setup"], each["delivery"]["service"]) for each in question.body["shipments"]]
    assert timed == [(240, 0), (240, 0), (0, 240)]
    assert {(each["pickup"]["setup"], each["pickup"]["service"]) for each in question.body["shipments"]} == {
        (60, 0)
    }


def test_vehicles_go_from_home_and_end_where_they_say() -> None:
    question = asked(
        (1, "豆のごはん", 1),
        carriers=(carrier(3), carrier(7, mode=Mode.WALK, ends_at=point(-9), meals_carried=4)),
    )
    open_route, walker = question.body["vehicles"]
    assert (open_route["id"], open_route["profile"], open_route["capacity"]) == (3, "bike", [10])
    assert "end_index" not in open_route
    assert (walker["profile"], walker["time_window"]) == ("foot", [16 * HOUR, 19 * HOUR])
    assert walker["end_index"] != walker["start_index"]
    assert set(question.body["matrices"]) == {"bike", "foot"}
    assert question.body["sharemeal"] == {"familiarity_weight": 300, "change_weight": 40}


def test_two_homes_in_one_house_are_two_places_without_a_way_between() -> None:
    question = asked((1, "豆のごはん", 1), (2, "豆のごはん", 1), doors=(door(1), door(2, place=point(5))))
    rows = [each["delivery"]["location_index"] for each in question.body["shipments"]]
    assert rows[0] != rows[1]
    assert question.body["matrices"]["bike"]["durations"][rows[0]][rows[1]] == 0


def test_wishes_stand_on_the_shipment() -> None:
    wished = door(1, familiarity={4: 0.5, 1: 1.0}, pinned=4, previous=9)
    question = asked((1, "豆のごはん", 1), doors=(wished,), carriers=(carrier(1), carrier(4)))
    assert question.body["shipments"][0]["sharemeal"] == {
        "familiarity": {"1": 1.0, "4": 0.5},
        "pinned_vehicle": 4,
        "previous_vehicle": 9,
    }


def test_skills_become_numbers_that_mean_the_same_word() -> None:
    question = asked(
        (1, "豆のごはん", 1),
        (2, "豆のごはん", 1),
        doors=(door(1, skills=frozenset({"手話"})), door(2, skills=frozenset({"介助"}))),
        carriers=(carrier(1, skills=frozenset({"介助", "鍵"})), carrier(2, skills=frozenset({"手話"}))),
    )
    helper, signer = (vehicle["skills"] for vehicle in question.body["vehicles"])
    wanted = [each["skills"] for each in question.body["shipments"]]
    assert wanted == [signer, helper]
    assert helper != signer


def test_a_serving_is_split_only_where_no_bag_holds_it() -> None:
    bags = (carrier(1, meals_carried=4), carrier(2, meals_carried=6))
    assert [p.portions for p in asked((1, "豆のごはん", 6), carriers=bags).parcels] == [6]
    assert [p.portions for p in asked((1, "豆のごはん", 9), carriers=bags).parcels] == [6, 3]
    pinned = (door(1, pinned=1),)
    assert [p.portions for p in asked((1, "豆のごはん", 9), carriers=bags, doors=pinned).parcels] == [4, 4, 1]


def test_what_cannot_be_asked_is_short_with_its_reason_and_never_an_error() -> None:
    nobody = asked((1, "豆のごはん", 2), carriers=())
    unskilled = asked((1, "豆のごはん", 2), doors=(door(1, skills=frozenset({"介助"})),))
    too_late = asked((1, "豆のごはん", 2), supplies=(supply(ready_seconds=19 * HOUR),))
    too_old = asked((1, "豆のごはん", 2), supplies=(supply(ready_seconds=14 * HOUR),))
    for question, word in (
        (nobody, "いません"),
        (unskilled, "介助"),
        (too_late, "受け渡し"),
        (too_old, "期限"),
    ):
        assert question.parcels == ()
        assert question.body["shipments"] == []
        ((_, why),) = question.hopeless
        assert word in str(why)
        plan = put_together(question, Match(servings=(Serving(1, 1, "豆のごはん", 2, WHY),)), 2)
        assert [(short.household, short.portions) for short in plan.shortages] == [(1, 2)]
        assert [(left.dish, left.portions) for left in plan.surpluses] == [("豆のごはん", 2)]
        assert (plan.counts.planned, plan.counts.short) == (0, 1)


def test_halts_carry_travel_from_the_place_before() -> None:
    question = asked((1, "豆のごはん", 2), (1, "里芋の弁当", 1), (2, "豆のごはん", 2))
    plan = put_together(question, Match(), 3, 2)
    (course,) = plan.rounds
    assert [(halt.kitchen, halt.household) for halt in course.halts] == [(1, None), (None, 1), (None, 2)]
    assert [len(halt.parcels) for halt in course.halts] == [3, 2, 1]
    assert sum(halt.travel_seconds for halt in course.halts) == course.travel_seconds == 3 * 246
    assert sum(halt.distance_metres for halt in course.halts) == course.distance_metres
    kitchen, first, second = course.halts
    assert kitchen.leaves - kitchen.begins == 60
    assert (first.begins, first.leaves) == (17 * HOUR, 17 * HOUR + 240)
    assert second.arrives == first.leaves + 246
    assert plan.counts.planned == 2


def test_a_home_with_part_of_its_meals_is_visited_and_short_with_every_cause() -> None:
    no_more = Sentence("食事が足りません")
    question = asked(
        (1, "豆のごはん", 2),
        (1, "里芋の弁当", 1),
        supplies=(supply(), supply("里芋の弁当", ready_seconds=17 * HOUR + 3599, freshness_seconds=60)),
        carriers=(carrier(1, shift=Shift(16 * HOUR, 17 * HOUR + 1800)),),
    )
    match = Match(shortages=(Shortage(1, 1, no_more),), surpluses=(Surplus(1, "里芋の弁当", 4, WHY),))
    plan = put_together(question, match, 4)
    assert [(parcel.serving.dish, parcel.portions) for parcel in plan.parcels] == [("豆のごはん", 2)]
    (short,) = plan.shortages
    assert short.portions == 2
    assert str(short.why).startswith("食事が足りません。コースに入れませんでした（")
    (left,) = plan.surpluses
    assert left.portions == 5
    assert plan.counts.portions_planned == 2


def test_the_answer_of_nobody_keeps_every_rule() -> None:
    assert check_routes({"vehicles": [], "shipments": []}, nobody_goes()) == []


def test_steps_are_tagged_with_what_they_carry() -> None:
    question = asked((2, "里芋の弁当", 3))
    answer = tagged(answer_from(solve(problem_from(question.body), Stop(10, 30))), question)
    tags = [
        step["sharemeal"] for step in answer["routes"][0]["steps"] if step["type"] in ("pickup", "delivery")
    ]
    assert len(tags) == 2
    for tag in tags:
        assert {key: tag[key] for key in ("household", "kitchen", "offer", "portions")} == {
            "household": 2,
            "kitchen": 1,
            "offer": "里芋の弁当",
            "portions": 3,
        }


def test_causes_are_said_once_each() -> None:
    one, two = Sentence("ひとつ"), Sentence("ふたつ")
    assert str(joined([one, two, one])) == "ひとつ。ふたつ"
