"""What telephones, people and plans do at a bad moment: reports that come three times, two who disagree, a plan that hangs."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from sharemeal import jobs
from sharemeal.actions.keep_report import keep_report
from sharemeal.messages import MessageState
from sharemeal.people import Role
from sharemeal.store import service_days
from sharemeal.store.base import Store, transaction
from sharemeal.store.people import Person
from sharemeal.store.visits import CheckIn
from sharemeal.visits import Means, Report
from sharemeal.watch import Level
from tests.make.clockwork import Clockwork
from tests.make.outbox import Outbox
from tests.make.processes import within
from tests.make.round import FixedRound, later
from tests.make.small_lab import DAY
from tests.test_jobs import StandingTime, world_on

PATIENCE_SECONDS = 60


@pytest.fixture
def friday(store: Store, now: datetime) -> FixedRound:
    return FixedRound(store, now)


@pytest.mark.parametrize("off", [timedelta(hours=1), timedelta(hours=-1)], ids=["fast", "slow"])
def test_a_telephone_whose_clock_is_an_hour_off_sends_a_worry_three_times(
    friday: FixedRound, off: timedelta
) -> None:
    uuid = str(uuid4())
    for minutes in (0, 1, 7):
        friday.taps(1, "seen", "worried", uuid=uuid, at=later(minutes), observed_at=later(0) + off)
    (concern,), (alert,) = friday.concerns(), friday.alerts()
    assert concern.level == Level.NOW
    assert alert.next_step_at == later(5), "it is told by the time at which it came"
    assert [purpose for purpose, _, _ in friday.messages()] == ["alert"]
    with friday.lab.session() as session:
        (report,) = session.scalars(select(CheckIn)).all()
        assert (report.observed_at, report.received_at) == (later(0) + off, later(0))


@pytest.mark.parametrize("first", ["worried", "usual"])
def test_two_who_disagree_are_both_kept_and_the_worse_counts(friday: FixedRound, first: str) -> None:
    """Two go in a pair, each with a telephone; whoever speaks last does not overrule a worry."""
    other = Person(role=Role.VOLUNTEER, name="伊藤", uniquifier="pair")
    friday.lab.add(other)
    said = {"worried": "usual", "usual": "worried"}
    reporters = (friday.carrier(1), other.id)
    stop = friday.stop(1)
    assert stop.household is not None
    for minutes, (reporter, condition) in enumerate(zip(reporters, (first, said[first]), strict=True)):
        with friday.lab.session() as session, transaction(session, later(minutes)):
            day = service_days.on(session, DAY)
            assert day is not None
            keep_report(
                session,
                service_days.lock_day(session, day.id),
                stop.household.id,
                Report.read("seen", condition, (), None, means=Means.DOOR),
                client_uuid=str(uuid4()),
                stop_id=stop.id,
                reporter_id=reporter,
                entered_by_id=reporter,
                means=Means.DOOR,
                observed_at=later(minutes),
                now=later(minutes),
            )
    with friday.lab.session() as session:
        assert len(session.scalars(select(CheckIn)).all()) == 2
    (concern,) = friday.concerns()
    assert (concern.level, concern.ended_at) == (Level.NOW, None)


def test_a_plan_that_hangs_keeps_no_alert_waiting(
    store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The solver runs in a process of its own; even where whoever waits for it never comes back, alerts go out."""
    from sharemeal.actions import draft_plan

    lab, hangs, goes_on = Clockwork(store, now), threading.Event(), threading.Event()

    def hanging(*_args: object, **_more: object) -> int:
        hangs.set()
        goes_on.wait(PATIENCE_SECONDS)
        return 0

    monkeypatch.setattr(draft_plan, "draft_plans", hanging)
    outbox = Outbox(store, datetime.now(UTC), slug="tsuzuki")
    time = StandingTime(outbox.now)
    stopping = threading.Event()
    thread = threading.Thread(target=jobs.Clockwork(world_on(store, time)).run, args=(stopping,))
    thread.start()
    try:
        assert hangs.wait(PATIENCE_SECONDS)
        message = outbox.write(alert_id=outbox.alert(outbox.person()))
        assert within(PATIENCE_SECONDS, lambda: outbox.state(message) is MessageState.ACCEPTED) is not None
        assert not goes_on.is_set(), "the plan still hangs"
    finally:
        goes_on.set()
        stopping.set()
        thread.join()
    assert lab.lab_id
