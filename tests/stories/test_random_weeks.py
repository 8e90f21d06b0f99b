"""Random weeks, plain and nasty, are imported and planned; an independent checker confirms every hard rule.

It drives each route again, tries each meal against each home, counts homes and portions anew, and knows by a flow
computation how many portions could have been matched. A sample runs always; two hundred weeks and more under soak.
"""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings

from sharemeal.store.base import Store
from tests.make.nasty import NASTY
from tests.make.weeks import Week, random_week, weeks
from tests.stories.random_weeks import Absences, findings


def away(week: Week, seed: int) -> Absences:
    """One home rests, one declines and one volunteer says no in every second week, as far as there are any."""
    homes = [row["お届け先番号"] for row in week.households]
    helpers = [row["ボランティア番号"] for row in week.volunteers]
    if seed % 2 or len(homes) < 3:
        return Absences()
    return Absences(paused=homes[:1], declined=homes[1:2], absent=helpers[:1])


def sized(seed: int, *, hard: bool = False) -> Week:
    """Weeks from three homes with one volunteer to sixteen homes with six."""
    return random_week(seed, homes=3 + seed % 14, volunteers=1 + seed % 6, offers=1 + seed % 7, hard=hard)


def test_a_sample_of_weeks_keeps_every_rule(store: Store, now: datetime) -> None:
    for seed in range(10):
        week = sized(seed * 7)
        assert findings(store, f"plain-{seed}", week, now, away(week, seed)) == [], seed


def test_each_nasty_week_keeps_every_rule(store: Store, now: datetime) -> None:
    for seed, nature in enumerate(NASTY):
        week = random_week(seed, hard=True)
        assert week.nature == nature
        assert findings(store, f"nasty-{seed}", week, now, away(week, seed)) == [], nature


@pytest.mark.soak
@pytest.mark.parametrize("hard", [False, True])
def test_two_hundred_weeks_keep_every_rule(store: Store, now: datetime, hard: bool) -> None:
    for seed in range(1000, 1100):
        week = sized(seed, hard=hard)
        assert findings(store, f"soak-{seed}", week, now, away(week, seed)) == [], (seed, hard)


numbers = iter(range(1_000_000))


@pytest.mark.soak
@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@given(week=weeks())
def test_weeks_that_hypothesis_makes_keep_every_rule(store: Store, now: datetime, week: Week) -> None:
    assert findings(store, f"made-{next(numbers)}", week, now) == []
