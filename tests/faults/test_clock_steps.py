"""The machine's clock is set by an hour, forth or back, at the worst moment: leases run on, and nobody waits for an hour.

``Machine`` has two clocks: ``seconds`` pass, ``set`` changes only what the wall clock shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import text

from sharemeal.actions import send_messages as sending
from sharemeal.actions.escalate import escalate
from sharemeal.actions.take_up import snooze, take_up
from sharemeal.alerts import AlertState
from sharemeal.messages import MessageState
from sharemeal.outside.ways import Certain, InDoubt
from sharemeal.store import uptime
from sharemeal.store.base import Store
from sharemeal.store.columns import Keyring
from sharemeal.store.messages import Message
from tests.make.outbox import Crash, Outbox
from tests.make.outbox import sending as how
from tests.make.round import FixedRound, later

AN_HOUR = timedelta(hours=1)
SERVERS_CLOCK = text("SELECT extract(epoch FROM clock_timestamp())")
STEPS = pytest.mark.parametrize("step", [AN_HOUR, -AN_HOUR], ids=["forth", "back"])


class Machine:
    """A store whose leases count these seconds, and an outbox by the wall clock."""

    def __init__(self, url: str, keyring: Keyring, now: datetime) -> None:
        self.seconds = 1000.0
        self.store = Store(url, keyring, seconds=lambda _session: self.seconds)
        self.outbox = Outbox(self.store, now)

    def pass_by(self, seconds: float) -> None:
        """Time passes; both clocks go on."""
        self.seconds += seconds
        self.outbox.after(seconds)

    def set(self, step: timedelta) -> None:
        """Somebody sets the wall clock."""
        self.outbox.after(step.total_seconds())


@pytest.fixture
def machine(database_url: str, keyring: Keyring, now: datetime) -> Iterator[Machine]:
    made = Machine(database_url, keyring, now)
    yield made
    made.store.close()


def dies(monkeypatch: pytest.MonkeyPatch, outbox: Outbox, where: str) -> None:
    """The sender dies there."""

    def crash(*_args: object, **_more: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(sending, where, crash)
        with pytest.raises(Crash):
            outbox.send("dead")


@STEPS
def test_a_claim_ends_when_its_lease_has_passed_whatever_the_clock_shows(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, step: timedelta
) -> None:
    outbox = machine.outbox
    message = outbox.write()
    dies(monkeypatch, outbox, "intend")
    machine.set(step)
    machine.pass_by(19)
    assert outbox.send("two") == 0
    machine.pass_by(1)
    assert outbox.send("two") == 1
    assert outbox.state(message) is MessageState.ACCEPTED


@STEPS
@pytest.mark.parametrize("taken", [True, False])
def test_what_is_in_doubt_is_asked_for_when_it_has_settled(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, step: timedelta, taken: bool
) -> None:
    outbox = machine.outbox
    message = outbox.write()
    dies(monkeypatch, outbox, "note_outcome" if taken else "_called")
    machine.set(step)
    machine.pass_by(19)
    assert outbox.reconcile("two") == 0
    machine.pass_by(1)
    assert outbox.reconcile("two") == 1
    outbox.send("two")
    assert outbox.state(message) is MessageState.ACCEPTED
    assert len(outbox.sms.taken) == 1


@STEPS
def test_a_call_without_an_answer_settles_by_the_time_that_passes(machine: Machine, step: timedelta) -> None:
    outbox = machine.outbox
    message = outbox.write()
    outbox.sms.plan.append(InDoubt())
    outbox.send()
    machine.set(step)
    machine.pass_by(19)
    assert outbox.reconcile() == 0
    machine.pass_by(1)
    assert outbox.reconcile() == 1
    assert outbox.send() == 1
    assert outbox.state(message) is MessageState.ACCEPTED


def test_what_a_busy_provider_put_off_does_not_wait_for_the_hour_to_come_again(machine: Machine) -> None:
    outbox = machine.outbox
    message = outbox.write()
    outbox.sms.plan.append(Certain(20429, 429))
    outbox.send()
    machine.set(-AN_HOUR)
    assert outbox.send() == 1
    assert outbox.state(message) is MessageState.ACCEPTED


def test_what_was_written_before_the_clock_was_set_back_goes_out_at_once(machine: Machine) -> None:
    outbox = machine.outbox
    message = outbox.write()
    machine.set(-AN_HOUR)
    assert outbox.send() == 1
    assert outbox.state(message) is MessageState.ACCEPTED


@STEPS
def test_what_was_taken_is_looked_up_although_the_clock_was_set(machine: Machine, step: timedelta) -> None:
    outbox = machine.outbox
    message = outbox.write()
    outbox.send()
    outbox.sms.tell("SM1", "delivered")
    machine.set(step)
    machine.pass_by(120)
    assert outbox.poll() == 1
    assert outbox.state(message) is MessageState.DELIVERED


def test_a_lease_of_before_the_machine_was_started_anew_holds_nobody(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = machine.outbox
    message = outbox.write()
    machine.seconds = 864_000.0
    dies(monkeypatch, outbox, "intend")
    machine.seconds = 15.0
    assert outbox.send("two") == 1
    assert outbox.state(message) is MessageState.ACCEPTED


@pytest.fixture
def friday(store: Store, now: datetime) -> FixedRound:
    return FixedRound(store, now)


def told_until(friday: FixedRound, begins: datetime, minutes: int) -> list[int]:
    """At which of these minutes somebody is told."""
    return [each for each in range(minutes) if escalate(friday.store, now=begins + timedelta(minutes=each))]


@STEPS
def test_the_next_person_is_told_no_more_than_a_quarter_of_an_hour_late(
    friday: FixedRound, step: timedelta
) -> None:
    friday.taps(1, "seen", "worried")
    waits = told_until(friday, later(0) + step, 40)
    assert waits[0] <= 16
    assert len(waits) >= 4, "and on it goes at its pace"
    assert all(after - before <= 5 for before, after in pairwise(waits))


@STEPS
def test_a_home_that_was_not_seen_is_told_of_in_time(friday: FixedRound, step: timedelta) -> None:
    friday.taps(1, "unseen_left")
    assert told_until(friday, later(0) + step, 40)[0] <= 16


@STEPS
def test_who_has_put_it_off_or_taken_it_up_does_not_keep_it_for_an_hour_more(
    friday: FixedRound, step: timedelta
) -> None:
    friday.taps(1, "unseen_left")
    (alert,) = friday.alerts()
    escalate(friday.store, now=later(15))
    with friday.lab.session() as session:
        snooze(session, alert.id, friday.boss, now=later(16))
    assert told_until(friday, later(16) + step, 40)[0] <= 16
    with friday.lab.session() as session:
        take_up(session, alert.id, friday.second, now=later(60) + step)
    begins = later(60) + step - step * 2
    minute = told_until(friday, begins, 60)[0]
    assert minute <= 46
    (alert,) = friday.alerts()
    assert alert.state is AlertState.NOTIFYING


def test_seconds_of_leases_are_the_machines_or_the_servers_and_follow_no_given_time(
    database_url: str, keyring: Keyring
) -> None:
    store = Store(database_url, keyring)
    with store.session(all_labs=True) as session:
        first, second = uptime.seconds_now(session), uptime.seconds_now(session)
        assert 0 <= second - first < 60
        theirs = (
            session.scalar(SERVERS_CLOCK) if store.engine.dialect.name == "postgresql" else uptime.uptime()
        )
        assert theirs is not None
        assert 0 <= float(theirs) - second < 60
    store.close()


def test_the_sender_of_production_leases_by_that_clock(
    database_url: str, keyring: Keyring, now: datetime
) -> None:
    store = Store(database_url, keyring)
    outbox = Outbox(store, now)
    message = outbox.write()
    with store.session(all_labs=True) as session:
        assert sending.claim_next(session, how("one"), now=now) is not None
        row = session.get_one(Message, message, populate_existing=True)
        assert row.lease_until is not None
        assert 0 < row.lease_until - uptime.seconds_now(session) <= 20
    store.close()
