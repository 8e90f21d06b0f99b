"""The auditor finds each way of being late, raises one alarm for it, ends it by itself, and writes to the operator."""

import logging
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from sharemeal import jobs
from sharemeal.actions import watch_the_watch
from sharemeal.actions.watch_the_watch import keep_alarms, look, proof_of_life, tell_operator
from sharemeal.alarms import ALARM_WORDS, AlarmKind
from sharemeal.messages import MessageState
from sharemeal.service_days import DayState
from sharemeal.store import alarms, ticks
from sharemeal.store.alarms import Alarm
from sharemeal.store.alerts import Alert
from sharemeal.store.audit import FIRST_HASH
from sharemeal.store.base import Store, transaction
from sharemeal.store.messages import Message
from sharemeal.store.service_days import ServiceDay
from sharemeal.store.sweeps import adds_up
from sharemeal.store.visits import ExpectedVisit
from tests.make.lateness import BY_NAME, HOUR, JOBS, MINUTE, SECOND, Late, Spoil
from tests.test_jobs import StandingTime, world_on

KIND_AND_WAY = pytest.mark.parametrize(("kind", "way"), BY_NAME.values(), ids=BY_NAME.keys())


@pytest.fixture
def late(store: Store, now: datetime) -> Late:
    return Late(store, now)


def rows(store: Store) -> list[Alarm]:
    with store.session(all_labs=True) as session:
        return list(session.scalars(select(Alarm).order_by(Alarm.id)))


def test_an_evening_on_which_all_is_well_has_no_hit(late: Late, now: datetime) -> None:
    assert look(late.store, now=now) == {}
    assert look(late.store, now=now + MINUTE) == {}


@KIND_AND_WAY
def test_each_way_of_being_late_is_found_by_its_kind_alone(
    late: Late, now: datetime, kind: AlarmKind, way: Spoil
) -> None:
    way(late)
    assert look(late.store, now=now) == {kind: 1}


def test_a_home_that_nobody_expects_is_found_and_breaks_the_sum(late: Late, now: datetime) -> None:
    late.home()
    assert look(late.store, now=now) == {AlarmKind.HOME_FORGOTTEN: 1, AlarmKind.SUM_BROKEN: 1}


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (Alert, {"next_step_at": -60}),
        (Alert, {"next_step_at": None, "ack_expires_at": -60}),
        (Alert, {"next_step_at": 15 * 60}),
        (Alert, {"next_step_at": None, "ack_expires_at": 45 * 60}),
        (Message, {"state": MessageState.PENDING, "due_at": -60}),
        (Message, {"state": MessageState.PENDING, "due_at": 60 * 60}),
        (Message, {"state": MessageState.CLAIMED, "intent_at": -90}),
        (Message, {"state": MessageState.DELIVERED, "due_at": -6000, "intent_at": -6000}),
        (ExpectedVisit, {"due_at": -60}),
        (ExpectedVisit, {"due_at": -6000, "raised_at": -5990}),
        (ExpectedVisit, {"due_at": -6000, "closed_at": -5990}),
    ],
)
def test_what_is_in_time_or_over_is_no_hit(late: Late, now: datetime, table, values) -> None:
    moments = {
        name: now + timedelta(seconds=value) if isinstance(value, int) else value
        for name, value in values.items()
    }
    late.change(table, **moments)
    assert look(late.store, now=now) == {}


def test_a_day_that_is_over_or_a_draft_is_not_looked_at(late: Late, now: datetime) -> None:
    late.silence()
    late.sum()
    with late.store.session(all_labs=True) as session, transaction(session, now):
        for day in session.scalars(select(ServiceDay)):
            day.state = DayState.CLOSED
    assert look(late.store, now=now) == {}


def test_every_clock_that_was_set_back_by_an_hour_is_noticed(late: Late, now: datetime) -> None:
    found = look(late.store, now=now - HOUR)
    assert found[AlarmKind.CLOCK_SET_BACK] == len(JOBS) + 1, "the jobs' beats and the open alert"


def test_an_auditor_that_begins_waits_for_the_first_run_of_the_jobs(late: Late, now: datetime) -> None:
    late.beat(now - HOUR)
    assert look(late.store, now=now) == {}
    late.beat(now, ticks.AUDITOR_JOB)
    assert look(late.store, now=now + 5 * SECOND) == {AlarmKind.JOB_LATE: len(JOBS) - 1}


@pytest.mark.parametrize(
    ("figures", "good"),
    [
        ((10, 1, 2, 6, 1, 6, 6, 1), True),
        ((10, 1, 2, 6, 1, 7, 7, 0), True),
        ((10, 1, 2, 6, 1, 6, 6, 0), False),
        ((10, 1, 2, 7, 1, 6, 6, 1), False),
        ((10, 1, 2, 6, 1, 6, 5, 1), False),
        ((None, 1, 2, 6, 1, 6, 6, 1), False),
    ],
    ids=["all named", "short of a portion", "left out unnamed", "one too many", "not expected", "no figures"],
)
def test_nobody_disappears_from_the_sum(figures, good: bool) -> None:
    assert adds_up(*figures) is good


@KIND_AND_WAY
def test_an_alarm_begins_goes_on_and_ends_by_itself(
    late: Late, now: datetime, kind: AlarmKind, way: Spoil
) -> None:
    store = late.store
    assert keep_alarms(store, look(store, now=now), now=now).begun == ()
    assert rows(store) == []
    way(late)
    assert keep_alarms(store, look(store, now=now), now=now).begun == (kind,)
    later = now + 5 * SECOND
    assert keep_alarms(store, {kind: 3}, now=later).begun == ()
    [row] = rows(store)
    assert (row.kind, row.first_seen_at, row.last_seen_at, row.ended_at, row.count) == (
        kind,
        now,
        later,
        None,
        3,
    )
    assert keep_alarms(store, {}, now=later + SECOND).ended == (kind,)
    [row] = rows(store)
    assert (row.ended_at, row.last_seen_at) == (later + SECOND, later)
    assert keep_alarms(store, {kind: 1}, now=later + MINUTE).begun == (kind,)
    assert len(rows(store)) == 2


def test_two_auditors_raise_one_alarm(late: Late, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    real, first = alarms.for_writing, [True]

    def overtaken(session):
        found = real(session)
        if first:
            first.clear()
            if late.store.engine.dialect.name == "postgresql":  # SQLite lets no other write now
                keep_alarms(late.store, {AlarmKind.JOB_LATE: 1}, now=now)
        return found

    monkeypatch.setattr(alarms, "for_writing", overtaken)
    keep_alarms(late.store, {AlarmKind.JOB_LATE: 1}, now=now)
    assert [row.kind for row in rows(late.store)] == [AlarmKind.JOB_LATE]


def test_the_operator_is_told_once_a_quarter_of_an_hour_for_each_kind(late: Late, now: datetime) -> None:
    told: list[tuple[str, str]] = []

    def tell(subject: str, text: str) -> None:
        told.append((subject, text))

    store = late.store
    assert tell_operator(store, tell, now=now) == 0
    keep_alarms(store, {AlarmKind.JOB_LATE: 1}, now=now)
    assert tell_operator(store, tell, now=now) == 1
    assert tell_operator(store, tell, now=now + 14 * MINUTE) == 0
    keep_alarms(store, {AlarmKind.JOB_LATE: 1, AlarmKind.ALERT_LATE: 2}, now=now + 14 * MINUTE)
    assert tell_operator(store, tell, now=now + 14 * MINUTE) == 1
    assert tell_operator(store, tell, now=now + 15 * MINUTE) == 1
    assert ["alert_late" in text for _, text in told] == [False, True, False]
    assert "2件" in told[1][1]
    assert ALARM_WORDS[AlarmKind.JOB_LATE] in told[2][1]


def test_an_alarm_that_was_over_in_a_moment_is_told_once_and_one_that_flaps_no_oftener(
    late: Late, now: datetime
) -> None:
    told: list[str] = []
    store = late.store
    for second in range(0, 60, 10):
        at = now + second * SECOND
        keep_alarms(store, {AlarmKind.JOB_LATE: 1}, now=at)
        keep_alarms(store, {}, now=at + 5 * SECOND)
        tell_operator(store, lambda _subject, text: told.append(text), now=at + 5 * SECOND)
    assert len(told) == 1
    assert "まで" in told[0]
    tell_operator(store, lambda _subject, text: told.append(text), now=now + HOUR)
    assert len(told) == 1


def test_who_could_not_be_told_is_told_a_minute_later(late: Late, now: datetime) -> None:
    def down(_subject: str, _text: str) -> None:
        raise ConnectionRefusedError

    told: list[str] = []
    keep_alarms(late.store, {AlarmKind.JOB_LATE: 1}, now=now)
    with pytest.raises(ConnectionRefusedError):
        tell_operator(late.store, down, now=now)
    assert tell_operator(late.store, lambda _s, text: told.append(text), now=now + 59 * SECOND) == 0
    assert tell_operator(late.store, lambda _s, text: told.append(text), now=now + 60 * SECOND) == 1


def test_there_is_proof_of_life_only_while_the_auditor_has_just_looked_and_all_is_well(
    late: Late, now: datetime
) -> None:
    store = late.store
    assert proof_of_life(store, now=now) == FIRST_HASH
    assert proof_of_life(store, now=now + MINUTE) == FIRST_HASH
    assert proof_of_life(store, now=now + 61 * SECOND) is None
    assert proof_of_life(store, now=now - 61 * SECOND) is None, "the beats lie in the future"
    keep_alarms(store, {AlarmKind.SILENCE_LATE: 1}, now=now)
    assert proof_of_life(store, now=now) is None
    keep_alarms(store, {}, now=now)
    assert proof_of_life(store, now=now) == FIRST_HASH


def test_what_is_found_is_logged_by_kind_and_count_even_where_it_cannot_be_written(
    late: Late, now: datetime, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    late.silence()
    world = world_on(late.store, StandingTime(now))
    job = jobs.named("auditor")
    assert job is not None
    with caplog.at_level(logging.INFO):
        jobs.run_once(job, world)
        jobs.run_once(job, world)
    criticals = [record for record in caplog.records if record.levelno == logging.CRITICAL]
    assert [record.getMessage() for record in criticals] == ["alarm: silence_late 1"]
    caplog.clear()

    def full(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(watch_the_watch, "keep_alarms", full)
    with pytest.raises(OSError, match="disk full"):
        jobs.run_once(job, world)
    assert "alarm: silence_late 1; it cannot be written down" in caplog.text


def test_every_kind_has_its_words_and_names_nobody() -> None:
    assert set(ALARM_WORDS) == set(AlarmKind)
    assert {column.name for column in Alarm.__table__.columns} == {
        "id",
        "kind",
        "first_seen_at",
        "last_seen_at",
        "ended_at",
        "count",
        "told_at",
    }


def test_pages_show_late_jobs_even_when_nobody_raises_an_alarm(late: Late, now: datetime) -> None:
    with late.store.session(late.lab_id) as session:
        assert alarms.stands_now(session, now).well
        stood = alarms.stands_now(session, now + 5 * MINUTE)
    assert (stood.kinds, stood.shown) == ((), (AlarmKind.JOB_LATE,))
    assert "auditor" in stood.late
