"""The harness itself: its provider follows its seed, its judge sees what it must, its plan travels whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice, pairwise
from typing import Any

import pytest

from sharemeal.store.base import Store
from tests.faults import quick
from tests.faults.judge import Books, Verdict, judge, undone
from tests.faults.plan import Plan, Sender
from tests.faults.provider import SeededProvider, Window, spells
from tests.make.alarm import Alarm, alarm
from tests.make.evening import evening
from tests.make.small_lab import SmallLab
from tests.twilio_standin import Fault

POSTS = 400
GOOD, DEAD = "+819000000011", "+819000000021"


@pytest.fixture
def told(store: Store, now: datetime) -> Alarm:
    lab = SmallLab(store, now)
    return alarm(store, evening(store, lab.lab_id, now), now)


@pytest.fixture
def books(store: Store) -> Iterator[Books]:
    books = Books(store.url)
    yield books
    books.close()


def met(seed: int, number: str = GOOD) -> list[Fault]:
    provider = SeededProvider(seed, timeout_seconds=0.3, lag_seconds=0.3)
    return [provider.met_by({"To": number, "Body": "7KQ2M9XP"}) for _ in range(POSTS)]


def test_what_posts_meet_comes_from_the_seed() -> None:
    assert met(1) == met(1) != met(2)
    assert set(met(1)) >= set(Fault) - {Fault.DEAD_NUMBER, Fault.NO_MOBILE}


def test_a_dead_number_takes_nothing_ever() -> None:
    assert not set(met(1, DEAD)) & {Fault.OK, Fault.TAKEN_THEN_500, Fault.TAKEN_THEN_SILENT, Fault.LATE}


def test_windows_come_from_the_seed_and_none_lies_in_another() -> None:
    first = list(islice(spells(3), 30))
    assert first == list(islice(spells(3), 30))
    assert {each.window for each in first} == set(Window)
    assert all(one.begins + one.lasts < two.begins for one, two in pairwise(first))


def test_a_healed_provider_is_well() -> None:
    provider = SeededProvider(1, timeout_seconds=0.3, lag_seconds=0.3)
    provider.healed = True
    assert {provider.met_by({"To": GOOD, "Body": "7KQ2M9XP"}) for _ in range(POSTS)} == {Fault.OK}


def test_a_plan_travels_whole() -> None:
    plan = Plan(keys=("one", "two"), sender=Sender.MARK_THEN_SEND, seed=9)
    assert Plan.from_text(plan.as_text()) == plan


def test_what_is_shortened_is_there() -> None:
    assert [name for module, name, _ in quick.SHORTENED if not hasattr(module, name)] == []


def accepted(
    code: str, *, callback: str | None = None, at: float = 0.0, undelivered: bool = False
) -> dict[str, Any]:
    return {"body": f"(…/a/{code})", "at": at, "callback": callback, "undelivered": undelivered}


def judged(books: Books, now: datetime, *texts: dict[str, Any], **more: Any) -> Verdict:
    truth = {"accepted": list(texts), "refused": more.pop("refused", [])}
    return judge(books, truth, until=now, ahead=timedelta(0), **more)


def test_the_judge_sees_what_was_never_taken(books: Books, told: Alarm, now: datetime) -> None:
    found = judged(books, now)
    assert len(found.lost) == 2, "the message, and the alert of which nobody was told"
    assert undone(books, now) != []
    assert judged(books, now - timedelta(seconds=1)).lost == [], "it was not written yet"


def test_one_text_is_neither_lost_nor_doubled(books: Books, told: Alarm, now: datetime) -> None:
    assert judged(books, now, accepted(told.code)).sound


def test_the_judge_sees_a_second_copy_unless_the_first_failed(
    books: Books, told: Alarm, now: datetime
) -> None:
    twice = accepted(told.code), accepted(told.code)
    assert len(judged(books, now, *twice).doubled) == 1
    assert judged(books, now, accepted(told.code, undelivered=True), accepted(told.code)).sound


def test_a_copy_that_came_after_a_pause_is_told_apart(books: Books, told: Alarm, now: datetime) -> None:
    copies = accepted(told.code, callback="one", at=5.0), accepted(told.code, callback="two", at=4.0)
    late = judged(books, now, *copies, calls={"one": 2.0, "two": 3.9}, patience=1.0)
    assert (len(late.doubled), len(late.paused)) == (0, 1)


def test_the_judge_sees_a_text_of_nobody_and_a_report_that_is_gone(
    books: Books, told: Alarm, now: datetime
) -> None:
    found = judged(books, now, accepted(told.code), accepted("ZZZZZZZZ"), acknowledged=["a report"])
    assert (len(found.stray), found.lost) == (1, ["report a report"])
