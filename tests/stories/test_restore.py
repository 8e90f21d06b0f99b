"""The drill: an evening with alerts, a backup, more texts, the disk lost, restored elsewhere: told once, and told on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from sharemeal import create_app, jobs
from sharemeal.actions.backup import back_up
from sharemeal.actions.concerns import raise_concern
from sharemeal.actions.restore import restore
from sharemeal.actions.write_messages import write_message
from sharemeal.clock import Clock
from sharemeal.config import Settings
from sharemeal.messages import Channel, MessageState, Purpose
from sharemeal.outside.mail import ScreenMail
from sharemeal.outside.sms import TwilioSms
from sharemeal.people import Role
from sharemeal.sentences import word
from sharemeal.store import households, service_days
from sharemeal.store.base import Store, transaction
from sharemeal.store.columns import Keyring
from sharemeal.store.messages import Message
from sharemeal.store.people import Person
from sharemeal.watch import Kind, Level, Verdict
from tests.databases import seconds_of_now
from tests.make.alarm import alarm
from tests.make.evening import FRIDAY, Evening, evening
from tests.make.small_lab import SmallLab
from tests.twilio_standin import NUMBER, Fault, TwilioStandIn

SETTLE = timedelta(seconds=20)
TICK_SECONDS = 5
TICKED = [job for job in jobs.JOBS if job.name not in ("draft-plan", "retention")]


class Night(Clock):
    """One Friday on a clock set by hand: the store in use, and a provider over HTTP."""

    def __init__(self, store: Store, twilio: TwilioStandIn) -> None:
        super().__init__()
        self.store, self.twilio = store, twilio
        self.moment = datetime.fromisoformat("2026-11-27T16:50+09:00")
        self.sms = TwilioSms(twilio.account_sid, twilio.auth_token, sender=NUMBER, api_url=twilio.address)

    def now(self) -> datetime:
        return self.moment

    def tick(self, seconds: int = TICK_SECONDS) -> None:
        """So much later every job runs once, as by a process that has just come."""
        self.moment += timedelta(seconds=seconds)
        world = jobs.World(
            store=self.store,
            ways={Channel.SMS: self.sms, Channel.EMAIL: ScreenMail()},
            site="https://meals.example.jp",
            now=self.now,
            lease=timedelta(seconds=20),
            settle=SETTLE,
            tick_seconds=TICK_SECONDS,
            solve_seconds=5,
        )
        for job in TICKED:
            jobs.run_once(job, world)

    def worry(self, friday: Evening, number: int) -> None:
        """Somebody worries about that home."""
        with self.store.session(friday.lab_id) as session, transaction(session, self.moment):
            day, home = service_days.on(session, FRIDAY), households.by_number(session, number)
            assert day is not None
            assert home is not None
            verdict = Verdict(Level.NOW, Kind.WORRIED, timedelta(0), word("心配"))
            raise_concern(
                session,
                verdict,
                day_id=day.id,
                since=self.moment,
                key=f"worry {number}",
                household_id=home.id,
                now=self.moment,
            )

    def texts(self, store: Store | None = None) -> list[Message]:
        with (store or self.store).session(all_labs=True) as session:
            return list(session.scalars(select(Message).order_by(Message.id)))

    def alerts(self) -> list[Message]:
        return [each for each in self.texts() if each.purpose is Purpose.ALERT]

    def taken(self, message: Message) -> int:
        """How often the provider has taken this text, or the one that told of it too."""
        with self.store.session(all_labs=True) as session:
            carrier = session.get(Message, message.carried_by_id or message.id)
            code = message.code if carrier is None else carrier.code
        return sum(code in text.body for text in self.twilio.texts())

    def ready(self, folder: Path) -> tuple[int, str]:
        app = create_app(Settings(secret_key="only for tests", instance=str(folder)), self, self.store)
        answer = app.test_client().get("/readyz")
        assert answer.json is not None
        return answer.status_code, answer.json["status"]


@pytest.fixture
def other(empty_database_url: str, keyring: Keyring) -> Iterator[Store]:
    other = Store(empty_database_url, keyring, seconds=seconds_of_now)
    yield other
    other.close()


@pytest.fixture
def night(store: Store, twilio: TwilioStandIn) -> Night:
    return Night(store, twilio)


def one_person_each(night: Night, friday: Evening) -> None:
    """The three requests go to three people, so that they are three texts."""
    with night.store.session(friday.lab_id) as session, transaction(session, night.moment):
        rows = session.scalars(select(Message).where(Message.purpose == Purpose.ALERT).order_by(Message.id))
        staff = (
            select(Person.id).where(Person.role.in_((Role.COORDINATOR, Role.LAB_ADMIN))).order_by(Person.id)
        )
        for row, person_id in zip(rows.all(), session.scalars(staff).all(), strict=True):
            row.person_id = person_id


def lose_the_disk(night: Night, other: Store, path: Path) -> list[Message]:
    """A reminder went out; three worries stand in the backup. Afterwards one goes out, one does not, one does and nobody knows; then the disk
    is gone. Answers what was in the outbox."""
    lab = SmallLab(night.store, night.moment)
    friday = evening(night.store, lab.lab_id, night.moment)
    with night.store.session(friday.lab_id) as session, transaction(session, night.moment):
        reminder = Purpose.REMIND_COORDINATOR
        write_message(session, friday.coordinator, reminder, once="reminder", now=night.moment)
    night.tick()
    alarm(night.store, friday, night.moment)
    night.worry(friday, 3)
    night.worry(friday, 4)
    one_person_each(night, friday)
    back_up(night.store, path, owner="test", now=night.moment)
    night.twilio.plan(Fault.OK, Fault.DOWN, Fault.TAKEN_THEN_500)
    night.tick()
    lost = night.texts()
    assert [night.taken(each) for each in night.alerts()] == [1, 0, 1]
    assert [night.taken(each) for each in lost if each.purpose is not Purpose.ALERT] == [1]
    night.moment += timedelta(minutes=2)
    done = restore(other, path, actor="test", now=night.moment)
    night.store = other
    assert done.in_doubt == len(lost)
    return lost


def test_nothing_is_told_twice_what_was_not_told_goes_out_and_alerts_go_on(
    night: Night, other: Store, tmp_path: Path
) -> None:
    lost = lose_the_disk(night, other, tmp_path / "backup")
    begun = night.moment
    attempts = night.twilio.attempts
    assert night.ready(tmp_path) == (503, "on hold after a restore")
    night.twilio.list_is_down = True
    for _ in range(5):
        night.tick()
    assert night.ready(tmp_path) == (503, "on hold after a restore")
    assert night.twilio.attempts == attempts
    assert len(night.texts()) == len(lost)

    night.twilio.list_is_down = False
    night.tick(15)
    night.tick()
    assert night.ready(tmp_path) == (200, "ok")
    assert night.moment - begun < timedelta(minutes=1)
    assert [night.taken(each) for each in lost] == [1] * len(lost)
    assert {each.state for each in night.texts()} == {MessageState.ACCEPTED}

    for _ in range(11):
        night.tick(30)
    known = {each.alert_id for each in lost}
    steps = [each.step for each in night.alerts() if each.alert_id in known]
    assert steps == [1, 1, 1, 2, 2, 2], "five minutes on, the next person"
    assert len(night.alerts()) > len(steps), "and nobody has come to the doors by now"
    assert [night.taken(each) for each in night.texts()] == [1] * len(night.texts())
    assert len(night.twilio.texts()) == len([each for each in night.texts() if each.carried_by_id is None])


def test_without_the_list_the_next_person_is_told_and_nobody_twice(
    night: Night, other: Store, tmp_path: Path
) -> None:
    lost = lose_the_disk(night, other, tmp_path / "backup")
    night.twilio.list_is_down = True
    for _ in range(20):
        night.tick()
    assert [night.taken(each) for each in lost if each.purpose is Purpose.ALERT] == [1, 0, 1]
    assert [each.step for each in night.alerts()] == [1, 1, 1, 2, 2, 2]
    assert [night.taken(each) for each in night.alerts() if each.step == 2] == [1, 1, 1]
    night.twilio.list_is_down = False
    for _ in range(6):
        night.tick()
    for _ in range(10):
        night.tick(30)
    assert [night.taken(each) for each in night.texts()] == [1] * len(night.texts())


def test_a_worry_of_the_meantime_is_told_when_the_hold_ends(
    night: Night, other: Store, tmp_path: Path
) -> None:
    lose_the_disk(night, other, tmp_path / "backup")
    with other.session(all_labs=True) as session:
        lab_id = session.scalars(select(Message.lab_id)).first()
    assert lab_id is not None
    night.worry(Evening(lab_id, 0, 0, 0, 0, 0), 1)
    for _ in range(6):
        night.tick()
    for _ in range(6):
        night.tick(30)
    assert {night.taken(each) for each in night.alerts() if each.step == 1} == {1}
