"""The independent checker of a day's plan can fail: one right plan made by hand, then each rule broken alone."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, combinations
from typing import Any

import pytest
from hypothesis import given, settings

from tests.checker import check_week, max_portions
from tests.checker.tables import homes, items, meals_of, texture_rank
from tests.make.changes import changed
from tests.make.day import the_day_problem, the_plan, the_tables
from tests.make.weeks import Week, weeks
from tests.make.words import DATE

S = "routes.routes.0.steps"


def test_a_right_plan_has_no_findings() -> None:
    assert check_week(the_tables(), the_plan(), paused=["3"]) == []
    assert check_week(the_tables(), the_plan(), the_day_problem(), date=DATE, paused=["3"]) == []


def moved(steps: list[Any]) -> list[Any]:
    """The first two deliveries before everything else."""
    return [steps[0], steps[4], *steps[1:4], *steps[5:]]


WRONG_PLANS: list[tuple[str, object | Callable[[Any], Any], str]] = [
    ("date", "2026-11-20", "not in the tables of 2026-11-20"),
    ("state", "done", "state is 'done'"),
    ("meals.0.why", "", "has no why"),
    ("meals.0.portions", 3, "home 1 gets 3 portions, asked for 2"),
    ("meals.1.portions", 3, "gives 5 portions, has 4"),
    ("meals.0.portions", 0, "has no portions"),
    ("meals.0.offer", "おまかせ弁当", "home 1 gets おまかせ弁当: no declared allergens"),
    ("meals.0.offer", "先週の弁当", "not in the tables"),
    ("meals.0.kitchen", 2, "not in the tables"),
    ("meals.2.household", 3, "home 3 is paused or declined"),
    ("meals.2.household", 4, "home 4 gets おまかせ弁当: no declared allergens"),
    ("meals.1.household", 4, "home 4 gets 豆のごはん: contains ['大豆']"),
    ("meals", lambda meals: meals[:2], "routes bring 1 of ('2', '1', 'おまかせ弁当'), matched 0"),
    ("surplus", [], "surplus of おまかせ弁当 is 1, the plan says 0"),
    ("surplus", [{"offer": "カレー", "portions": 1}], "surplus of カレー is 0"),
    ("shortages", [], "home 4 lacks 1 portions, the plan says 0"),
    ("shortages.0.household", 1, "home 1 lacks 0 portions, the plan says 1"),
    ("shortages.0.why", None, "has no why"),
    ("counts.planned", 3, "counts.planned is 3, not 2"),
    ("counts.short", 0, "do not add up"),
    ("counts.paused", 0, "counts.paused is 0, not 1"),
    ("counts.active", 3, "counts.active is 3, not 4"),
    ("counts", {}, "lack one of"),
    ("routes", {"code": 2, "error": "no"}, "the plan has no routes answer"),
    ("routes.routes", [], "home 1 lacks 2 portions"),
    ("routes.routes.0.vehicle", 2, "volunteer 2 has a route and is not there"),
    (f"{S}.0.arrival", 57599, "leaves before 57600"),
    (f"{S}.7.arrival", 68401, "ends after 68400"),
    (f"{S}.7.arrival", 61925, "ends before the last door is done"),
    (f"{S}.0.location", [139.52, 35.536], "start at [139.52, 35.536]"),
    (f"{S}.4.location", [139.52, 35.55], "delivery at [139.52, 35.55]"),
    (f"{S}.1.arrival", 58445, "245 s to pickup"),
    (f"{S}.5.arrival", 61600, "160 s to delivery"),
    (f"{S}.1.waiting_time", 953, "takes 豆のごはん at 59399, ready at 59400"),
    (f"{S}.3.waiting_time", 5341, "at 64801, outside 57600–64800"),
    (f"{S}.4.waiting_time", 953, "at home 1 at 61199, outside 61200"),
    (f"{S}.4.waiting_time", 6355, "at home 1 at 66601, outside 61200–66600"),
    (f"{S}.5.waiting_time", 3115, "at home 2 at 64801, after 64800"),
    (f"{S}.4.sharemeal.household", 2, "delivers ('2', '1', '豆のごはん') before picking it up"),
    (f"{S}.4.sharemeal.portions", 1, "comes home with"),
    (f"{S}.4.sharemeal", {}, "speaks of"),
    (S, moved, "before picking it up"),
    (f"{S}.4.type", "job", "step job 1"),
]

STRICTER_TABLES = [
    ("households.0.アレルギー", "大豆・卵", "home 1 gets 豆のごはん: contains ['大豆']"),
    ("households.0.食形態", "UDF2", "texture 1 is harder than 2"),
    ("households.0.時間帯開始", "18:01", "deadline 64800 lies before the window opens at 64860"),
    ("households.1.時間帯終了", "17:05", "at home 2 at 61686, outside"),
    ("households.1.食数", "4", "home 2 lacks 1 portions, the plan says 0"),
    ("households.3.アレルギー", "卵", "5 portions are matched (and 0 fell off)"),
    ("kitchens.0.お届け期限分", "29", "at home 1 at 61200, after 61140"),
    ("kitchens.0.受け渡し終了", "16:35", "outside 57600–59700"),
    ("volunteers.0.持てる食数", "4", "carries 5, may carry 4"),
    ("volunteers.0.移動手段", "徒歩", "takes 676"),
    ("volunteers.0.活動終了", "17:00", "ends after 61200"),
    ("volunteers.0.緯度", "35.530000", "start at"),
    ("offers.0.アレルギー表示", "", "no declared allergens, the home avoids ['卵']"),
    ("offers.0.食形態", "普通", "texture 0 is harder than 1"),
    ("offers.0.できあがり", "16:31", "ready at 59460"),
    ("offers.1.食数", "1", "surplus of おまかせ弁当 is 0"),
    ("offers.1.アレルギー表示", "なし", "5 portions are matched (and 0 fell off), 6 can be"),
]


@pytest.mark.parametrize(("path", "value", "finding"), WRONG_PLANS)
def test_each_wrong_word_of_a_plan_is_found(path: str, value: object, finding: str) -> None:
    findings = check_week(the_tables(), changed(the_plan(), path, value), paused=["3"])
    assert any(finding in found for found in findings), findings


@pytest.mark.parametrize(("path", "value", "finding"), STRICTER_TABLES)
def test_each_rule_of_the_tables_is_asked(path: str, value: str, finding: str) -> None:
    findings = check_week(changed(the_tables(), path, value), the_plan(), paused=["3"])
    assert any(finding in found for found in findings), findings


def test_those_who_are_away_are_known() -> None:
    tables, plan = the_tables(), the_plan()
    assert any(
        "volunteer 1 has a route" in found for found in check_week(tables, plan, paused=["3"], absent=["1"])
    )
    assert any("home 1 is paused or declined" in found for found in check_week(tables, plan, declined=["1"]))
    assert any("counts.declined is 0" in found for found in check_week(tables, plan, declined=["3"]))
    assert any(
        "the plan is for" in found for found in check_week(tables, plan, date="2026-11-20", paused=["3"])
    )


def test_what_the_problem_says_to_the_second_is_asked_too() -> None:
    plan = changed(the_plan(), f"{S}.1.duration", 245)
    assert check_week(the_tables(), plan, paused=["3"]) == []
    findings = check_week(the_tables(), plan, the_day_problem(), paused=["3"])
    assert findings
    assert all(found.startswith("routes: ") for found in findings)


def test_a_plan_without_a_volunteer_is_short_of_every_home() -> None:
    plan = the_plan() | {"meals": [], "routes": the_plan()["routes"] | {"routes": []}}
    plan["surplus"] = [{"offer": "豆のごはん", "portions": 4}, {"offer": "おまかせ弁当", "portions": 2}]
    plan["shortages"] = [
        {"household": n, "portions": p, "why": "届ける人がいません"} for n, p in ((1, 2), (2, 3), (4, 1))
    ]
    plan["counts"] = {"active": 4, "paused": 1, "declined": 0, "planned": 0, "short": 3}
    assert check_week(the_tables() | {"volunteers": []}, plan, paused=["3"]) == []
    assert check_week(the_tables(), plan, paused=["3"]) == [
        "0 portions are matched (and 0 fell off), 5 can be"
    ], "with a volunteer there, meals may not stay unmatched"


@settings(max_examples=60, deadline=None)
@given(weeks(homes=(0, 6)))
def test_the_most_portions_are_the_narrowest_cut(week: Week) -> None:
    """Max-flow equals min-cut: the least over all sets of homes of what feeds them or what the rest asks for."""
    tables = week.tables
    all_homes, offers = list(homes(tables).values()), list(meals_of(tables, week.date).values())
    subsets = chain.from_iterable(combinations(all_homes, size) for size in range(len(all_homes) + 1))
    narrowest = min(
        sum(home.portions for home in all_homes if home not in chosen)
        + sum(
            offer.portions for offer in offers if any(offer.why_unsuitable(home) is None for home in chosen)
        )
        for chosen in subsets
    )
    assert max_portions(tables, week.date) == narrowest


def test_cells_are_read_as_offices_write_them() -> None:
    assert items("卵・ 乳、小麦") == {"卵", "乳", "小麦"}
    assert items("なし") == items("") == frozenset()
    assert [texture_rank(cell) for cell in ("普通", "UDF1", "ＵＤＦ４", "udf 2")] == [0, 1, 4, 2]
