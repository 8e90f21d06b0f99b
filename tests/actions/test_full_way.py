"""A way takes so much in a minute; alerts wait for no such limit, and nothing is lost by it."""

from __future__ import annotations

from datetime import datetime

import pytest

from sharemeal import messages as rules
from sharemeal.messages import Channel, MessageState, Purpose
from sharemeal.store.base import Store
from tests.make.outbox import Outbox


@pytest.fixture
def outbox(store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Outbox:
    monkeypatch.setitem(rules.MOST_A_MINUTE, Channel.SMS, 3)
    return Outbox(store, now)


def reminders(outbox: Outbox, count: int) -> list[int]:
    return [outbox.write(purpose=Purpose.REMIND_COORDINATOR, detail=None) for _ in range(count)]


def test_what_can_wait_waits_for_the_next_minute_and_goes_out_in_its_order(outbox: Outbox) -> None:
    rows = reminders(outbox, 8)
    sent = [outbox.after(5).send() for _ in range(40)]
    assert sum(sent) == 8
    assert all(sum(sent[begin : begin + 12]) <= 3 for begin in range(len(sent))), "three in each minute"
    assert {outbox.state(each) for each in rows} == {MessageState.ACCEPTED}
    assert [
        outbox.row(each).code in text.text for each, text in zip(rows, outbox.sms.taken, strict=True)
    ] == [True] * 8


def test_alerts_all_clears_and_digits_do_not_wait(outbox: Outbox) -> None:
    reminders(outbox, 5)
    outbox.send()
    alert = outbox.alert()
    urgent = [
        outbox.write(alert_id=alert),
        outbox.write(purpose=Purpose.ALL_CLEAR, detail="17:10", alert_id=alert, step=0),
        outbox.write(purpose=Purpose.CONFIRM_NUMBER, detail="123456"),
    ]
    assert outbox.after(1).send() == 3
    assert {outbox.state(each) for each in urgent} == {MessageState.ACCEPTED}


def test_what_waits_is_due_later_so_that_no_alarm_is_raised(outbox: Outbox) -> None:
    rows = reminders(outbox, 5)
    outbox.send()
    waiting = [outbox.row(each) for each in rows if outbox.state(each) is MessageState.PENDING]
    assert len(waiting) == 2
    assert all(row.due_at > outbox.now for row in waiting)
