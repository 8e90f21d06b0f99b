"""One text for several requests: nobody is written to without end, no case is hidden, and worry does not wait."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import select, update

from sharemeal.alerts import ONE_TEXT_IN, AlertState
from sharemeal.messages import MessageState, Purpose
from sharemeal.outside.ways import Certain, InDoubt
from sharemeal.store import messages
from sharemeal.store.alerts import Alert
from sharemeal.store.base import Store, transaction
from sharemeal.store.messages import Message
from sharemeal.store.watch import Concern
from sharemeal.watch import Level
from tests.make.outbox import Outbox

_steps = count(2)


@pytest.fixture
def outbox(store: Store, now: object) -> Outbox:
    return Outbox(store, now)  # type: ignore[arg-type]


def request(outbox: Outbox, person: int, level: Level = Level.TODAY) -> int:
    """One more request to that person, due now; the message's id."""
    alert_id = outbox.alert(person)
    with outbox.lab.session() as session, transaction(session, outbox.now):
        alert = session.get_one(Alert, alert_id)
        session.execute(update(Concern).where(Concern.id == alert.concern_id).values(level=level))
    message = outbox.write(person, alert_id=alert_id)
    with outbox.lab.session() as session, transaction(session, outbox.now):
        session.get_one(Message, message).level = level
    return message


def texts(outbox: Outbox) -> list[str]:
    """How each text begins that was taken."""
    return [each.text.split("。")[0].removeprefix("【見守り】") for each in outbox.sms.taken]


def states(outbox: Outbox, *ids: int) -> set[MessageState]:
    return {outbox.state(each) for each in ids}


def test_what_is_due_together_goes_out_as_one_text_to_each_person(outbox: Outbox) -> None:
    one, two = outbox.person(), outbox.person("+819000000002")
    rows = [request(outbox, person) for person in (one, one, two, one, two)]
    assert outbox.send() == 2
    assert texts(outbox) == ["確認依頼3件", "確認依頼2件"]
    assert states(outbox, *rows) == {MessageState.ACCEPTED}
    carried = [outbox.row(each).carried_by_id for each in rows]
    assert carried == [None, rows[0], None, rows[0], rows[2]]


def test_for_five_minutes_the_next_waits_and_goes_out_with_all_that_came(outbox: Outbox) -> None:
    person = outbox.person()
    request(outbox, person)
    outbox.send()
    later = []
    for _ in range(4):
        outbox.after(60)
        later.append(request(outbox, person))
        assert outbox.send() == 0
    assert states(outbox, *later) == {MessageState.PENDING}
    assert outbox.after(59).send() == 0
    assert outbox.after(1).send() == 1
    assert texts(outbox) == ["確認依頼1件", "確認依頼4件"]
    assert states(outbox, *later) == {MessageState.ACCEPTED}


def test_worry_does_not_wait_behind_what_is_lighter_nor_behind_a_worry_that_was_answered(
    outbox: Outbox,
) -> None:
    person = outbox.person()
    request(outbox, person)
    outbox.send()
    first = request(outbox, person, Level.NOW)
    assert outbox.after(10).send() == 1, "only a lighter one went out before"
    second = request(outbox, person, Level.NOW)
    assert outbox.after(10).send() == 0, "a worry stands unanswered: its page shows this one too"
    with outbox.lab.session() as session, transaction(session, outbox.now):
        alert = session.get_one(Alert, outbox.row(first).alert_id)
        alert.state = AlertState.ACKED
        session.get_one(Message, second).due_at = outbox.now
    third = request(outbox, person, Level.NOW)
    assert outbox.send() == 1
    assert states(outbox, second, third) == {MessageState.ACCEPTED}
    assert texts(outbox) == ["確認依頼1件", "確認依頼1件", "確認依頼2件"]


def test_a_text_in_doubt_is_a_text(outbox: Outbox) -> None:
    person = outbox.person()
    rows = [request(outbox, person), request(outbox, person)]
    outbox.sms.plan.append(InDoubt())
    outbox.sms.takes_before_failing = True
    outbox.send()
    later = request(outbox, person)
    assert outbox.after(5).send() == 0
    assert states(outbox, *rows) == {MessageState.IN_DOUBT}
    assert outbox.after(20).reconcile() == 1
    assert states(outbox, *rows) == {MessageState.ACCEPTED}
    assert outbox.state(later) is MessageState.PENDING


def test_what_certainly_did_not_go_out_carries_nothing_any_more(outbox: Outbox) -> None:
    person = outbox.person()
    rows = [request(outbox, person), request(outbox, person)]
    outbox.sms.plan.append(Certain(20429, 429))
    outbox.send()
    assert states(outbox, *rows) == {MessageState.PENDING}
    assert {outbox.row(each).carried_by_id for each in rows} == {None}
    assert outbox.after(5).send() == 1
    assert texts(outbox) == ["確認依頼2件"]


@pytest.mark.parametrize("taken", [False, True])
def test_where_the_first_is_over_meanwhile_the_others_are_told_all_the_same(
    outbox: Outbox, taken: bool
) -> None:
    person = outbox.person()
    first, other = request(outbox, person), request(outbox, person)
    outbox.sms.plan.append(InDoubt())
    outbox.sms.takes_before_failing = taken
    outbox.send()
    outbox.sms.takes_before_failing = False
    alert_id = outbox.row(first).alert_id
    assert alert_id is not None
    outbox.end(alert_id)
    assert outbox.after(20).reconcile() == 1
    outbox.send()
    assert outbox.state(first) is (MessageState.ACCEPTED if taken else MessageState.WITHDRAWN)
    assert outbox.state(other) is MessageState.ACCEPTED
    assert len(outbox.sms.taken) == 1


def test_a_dead_number_fails_them_all_and_the_chain_goes_on(outbox: Outbox) -> None:
    person = outbox.person()
    rows = [request(outbox, person), request(outbox, person)]
    outbox.sms.plan.append(Certain(21211, 400))
    outbox.send()
    assert states(outbox, *rows) == {MessageState.REFUSED}
    assert {outbox.row(each).error_code for each in rows} == {21211}


def test_all_clears_are_gathered_too(outbox: Outbox) -> None:
    person = outbox.person()
    alerts = [outbox.alert(person) for _ in range(3)]

    def clear(alert: int) -> int:
        outbox.end(alert)
        return outbox.write(person, Purpose.ALL_CLEAR, detail="17:10", alert_id=alert, step=0)

    rows = [clear(alerts[0]), clear(alerts[1])]
    assert outbox.send() == 1
    rows.append(clear(alerts[2]))
    assert outbox.after(299).send() == 0
    assert outbox.after(1).send() == 1
    assert states(outbox, *rows) == {MessageState.ACCEPTED}
    assert texts(outbox) == [
        "17:10からお願いした確認2件は終わりました",
        "17:10にお願いした確認は終わりました",
    ]


def test_a_clock_that_was_set_back_holds_nobody(outbox: Outbox) -> None:
    person = outbox.person()
    request(outbox, person)
    outbox.send()
    outbox.after(-3600)
    request(outbox, person)
    assert outbox.send() == 1


def test_everybody_silent_at_once_is_one_text_in_five_minutes_and_every_case_is_listed(
    outbox: Outbox,
) -> None:
    people = [outbox.person(f"+8190000000{number:02}") for number in range(1, 4)]
    rows = [request(outbox, person) for _ in range(40) for person in people]
    for _ in range(5):
        outbox.send()
        outbox.after(61)
    assert sorted(outbox.sms.to) == sorted(f"+8190000000{number:02}" for number in range(1, 4))
    assert texts(outbox) == ["確認依頼40件"] * 3
    assert states(outbox, *rows) == {MessageState.ACCEPTED}
    with outbox.store.session(all_labs=True) as session:
        told = session.scalars(select(Message.alert_id).where(Message.state == MessageState.ACCEPTED))
        assert len(set(told)) == 120
        assert messages.any_to_send(session, outbox.row(rows[0]).channel, outbox.now) is False
    assert timedelta(minutes=5) == ONE_TEXT_IN
