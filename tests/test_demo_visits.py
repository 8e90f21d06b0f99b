"""The demo's past was lived: every door told of, every meal accounted for, every worry ended, nothing left to send."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest
from sqlalchemy import select

from sharemeal.demo.load import load
from sharemeal.demo.names import PIN
from sharemeal.messages import OPEN
from sharemeal.store import alerts
from sharemeal.store.base import Store
from sharemeal.store.batches import Batch, MealTally
from sharemeal.store.kitchens import Offer
from sharemeal.store.labs import all_labs
from sharemeal.store.messages import Message
from sharemeal.store.service_days import ServiceDay
from sharemeal.store.visits import CheckIn, ExpectedVisit, on_day
from sharemeal.store.watch import Concern
from sharemeal.visits import Means


def lab_id_of(store: Store, now: datetime, seed: int, weeks: int) -> int:
    load(store, labs=1, weeks=weeks, seed=seed, now=now)
    with store.session(all_labs=True) as session:
        return all_labs(session)[-1].id


@pytest.mark.parametrize("seed", range(3))
def test_nobody_and_nothing_is_missing_from_the_past(store: Store, now: datetime, seed: int) -> None:
    with store.session(lab_id_of(store, now, seed, weeks=4)) as session:
        for day in session.scalars(select(ServiceDay)):
            reports = on_day(session, day.id)
            for route in day.routes:
                for stop in route.stops:
                    if stop.household_id is not None:
                        assert any(each.stop_id == stop.id for each in reports[stop.household_id])
            assert day.started_at is not None
            assert day.closed_at is not None
            assert day.started_at < day.closed_at < now
        assert all(each.closed_at is not None for each in session.scalars(select(ExpectedVisit)))
        told = list(session.scalars(select(CheckIn)))
        assert all(each.seen_at <= each.received_at < now for each in told)
        assert {each.means for each in told} <= set(Means)
        past = select(Offer.id).join(MealTally, MealTally.offer_id == Offer.id)
        tallies = list(session.scalars(select(MealTally)))
        assert len(set(session.scalars(past))) == len(tallies) == 3 * 4
        cooked = {batch.offer_id: batch.meal_count for batch in session.scalars(select(Batch))}
        for tally in tallies:
            assert tally.cooked == tally.handed + tally.left_there + tally.returned + tally.lost
            assert tally.cooked == cooked[tally.offer_id]


def test_what_was_grave_has_ended_and_nothing_waits_to_be_sent(store: Store, now: datetime) -> None:
    lab_id = lab_id_of(store, now, seed=5, weeks=12)
    with store.session(lab_id) as session:
        concerns = list(session.scalars(select(Concern)))
        assert {concern.level for concern in concerns} >= {1, 2}
        still = [concern for concern in concerns if concern.ended_at is None]
        assert all(concern.level == 1 for concern in still)
        assert all((each.ended_as is not None) == (each.ended_at is not None) for each in concerns)
        assert not [each for each in session.scalars(select(Message)) if each.state in OPEN]
        assert Counter(each.state for each in session.scalars(select(alerts.Alert))).keys() <= {"ended"}


def test_two_people_are_told_and_have_the_pin(store: Store, now: datetime) -> None:
    lab_id = lab_id_of(store, now, seed=1, weeks=1)
    with store.session(lab_id) as session:
        chain = alerts.contacts(session)
        assert [contact.counts for contact in chain] == [True, True]
        told = [link.person_id for link in alerts.chain_now(session).contacts]
        assert told == [contact.person_id for contact in chain]
        for contact in chain:
            fitting = select(alerts.AlertContact.id).where(
                alerts.AlertContact.pin == f"{contact.person_id}:{PIN}"
            )
            assert session.scalars(fitting).all() == [contact.id]


def test_the_same_seed_tells_the_same(store: Store, now: datetime) -> None:
    def told(lab_id: int) -> list[tuple[object, ...]]:
        with store.session(lab_id) as session:
            rows = session.scalars(select(CheckIn).order_by(CheckIn.id))
            return [(row.contact, row.condition, row.means, row.note, row.observed_at) for row in rows]

    first = told(lab_id_of(store, now, seed=2, weeks=3))
    with store.session(all_labs=True) as session:
        session.delete(all_labs(session)[0])
        session.commit()
    assert told(lab_id_of(store, now, seed=2, weeks=3)) == first
