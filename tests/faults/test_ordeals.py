"""Short ordeals on both databases: kills at random, at four points, and workers frozen inside their calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sharemeal.clock import Clock
from sharemeal.store.base import Store
from sharemeal.store.columns import Keyring
from tests.faults.feeder import Feeder
from tests.faults.judge import CODE
from tests.faults.ordeal import endure, standing
from tests.faults.plan import Plan, Sender
from tests.faults.points import COUNTS, Point
from tests.faults.worker import store_of

pytestmark = pytest.mark.slow

PATIENCE_SECONDS = 60


@pytest.fixture
def plan(database_url: str, keyring: Keyring, tmp_path: Path) -> Plan:
    return Plan(
        database_url=database_url,
        keys=keyring.field_keys,
        index_key=keyring.index_key,
        folder=str(tmp_path),
        seed=20261127,
        labs=6,
    )


@pytest.fixture
def telephone(plan: Plan) -> Iterator[Store]:
    store = store_of(plan)
    yield store
    store.close()


def test_random_kills_lose_nothing_and_double_nothing(plan: Plan) -> None:
    outcome = endure(plan.with_(kills=70, reports=10, deaths_at_points=1))
    assert outcome.undone == []
    assert outcome.verdict.sound, outcome.verdict
    assert outcome.tally["kills"] >= 70
    assert outcome.tally["fewest"] >= 2
    assert outcome.tally["fell"] == 0
    assert outcome.verdict.alerts > 5
    assert len(outcome.faults) > 3


def test_a_worker_that_dies_at_any_point_leaves_exactly_one_text(plan: Plan, telephone: Store) -> None:
    quick = plan.with_(lease_seconds=0.7, settle_seconds=0.7)
    with standing(quick, windows=False) as ordeal:
        ordeal.heal()
        ordeal.nursery.say("doom 0 1 2 3")
        ordeal.nursery.fresh()
        feeder = Feeder(ordeal.plan, telephone, Clock(ordeal.plan.ahead).now)
        for number, town in enumerate(feeder.towns * 2, start=1):
            feeder.tap(town, number % len(town.stops), number, worried=True)
        ordeal.nursery.wait_for(lambda told: len(told["by_point"]) == len(Point), PATIENCE_SECONDS)
        until = ordeal.now()
        assert ordeal.through(until) == []
        tally = ordeal.nursery.fresh()
        assert tally["by_point"] == {point.value: 1 for point in COUNTS}
        verdict = ordeal.verdict(until, tally)
        assert verdict.sound, verdict
        codes = {row["id"]: row["code"] for row in ordeal.books.messages()}
        bodies = [code for each in ordeal.truth()["accepted"] for code in CODE.findall(each["body"])]
        refused = [code for each in ordeal.truth()["refused"] for code in CODE.findall(each["body"])]
        struck = [codes[message_id] for _, message_id in tally["held"]]
        assert len(struck) == len(Point)
        assert [(bodies + refused).count(code) for code in struck] == [1] * len(Point)


def test_a_frozen_worker_loses_nothing(plan: Plan, record_property: Callable[[str, object], None]) -> None:
    outcome = endure(
        plan.with_(kills=4, kills_per_second=2.0, freezes=2, lease_seconds=0.7, settle_seconds=0.7)
    )
    assert outcome.tally["freezes"] == 2
    assert outcome.verdict.lost == []
    assert outcome.undone == []
    record_property("doubled", len(outcome.verdict.doubled) + len(outcome.verdict.paused))


def test_the_harness_catches_who_marks_before_sending(plan: Plan) -> None:
    outcome = endure(plan.with_(kills=20, point_share=0.8, deaths_at_points=2, sender=Sender.MARK_THEN_SEND))
    assert outcome.verdict.lost != []


def test_the_harness_catches_who_sends_again_without_asking(plan: Plan) -> None:
    outcome = endure(
        plan.with_(kills=20, point_share=0.8, deaths_at_points=2, sender=Sender.LEASE_AND_RESEND)
    )
    assert outcome.verdict.doubled != []
