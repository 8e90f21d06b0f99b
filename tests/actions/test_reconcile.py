"""What is in doubt is found by its code or sent again; what is not heard of is looked up."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from sharemeal.messages import MessageState, Purpose
from sharemeal.outside.ways import Certain, InDoubt
from sharemeal.store.base import Store, transaction
from sharemeal.store.messages import Message
from sharemeal.store.people import Person
from tests.make.outbox import PHONE, Crash, Outbox


@pytest.fixture
def outbox(store: Store, now: datetime) -> Outbox:
    return Outbox(store, now)


def test_taken_in_doubt_is_bound_and_not_sent_again(outbox: Outbox) -> None:
    message = outbox.write()
    outbox.in_doubt(message, taken=True)
    assert outbox.after(19).reconcile() == 0
    assert outbox.after(1).reconcile() == 1
    row = outbox.row(message)
    assert (row.state, row.provider_sid, row.lease_owner) == (MessageState.ACCEPTED, "SM1", None)
    assert outbox.send() == 0
    assert len(outbox.sms.taken) == 1


def test_absent_it_goes_out_again_under_the_same_code(outbox: Outbox) -> None:
    message = outbox.write()
    outbox.in_doubt(message, taken=False)
    assert outbox.after(20).reconcile() == 1
    assert outbox.state(message) is MessageState.PENDING
    assert outbox.send() == 1
    row = outbox.row(message)
    assert row.code in outbox.sms.taken[0].text
    assert outbox.sms.callbacks == [f"https://meals.example.jp/twilio/status/{row.nonce}.{n}" for n in (1, 2)]


def test_another_text_to_the_same_number_is_not_taken_for_it(outbox: Outbox) -> None:
    person = outbox.person()
    outbox.write(person)
    outbox.send()
    message = outbox.write(person)
    outbox.in_doubt(message, taken=False)
    assert outbox.after(20).reconcile() == 1
    assert outbox.state(message) is MessageState.PENDING


def test_without_a_list_it_stays_in_doubt_and_old_enough_to_hurry(outbox: Outbox) -> None:
    message = outbox.write()
    outbox.in_doubt(message, taken=True)
    meant_at = outbox.row(message).intent_at
    outbox.sms.list_fails = InDoubt()
    for _ in range(3):
        assert outbox.after(20).reconcile() == 0
    row = outbox.row(message)
    assert (row.state, row.intent_at) == (MessageState.IN_DOUBT, meant_at)
    assert row.intent_at is not None
    assert outbox.now - row.intent_at >= timedelta(seconds=60)
    outbox.sms.list_fails = None
    assert (outbox.after(9).reconcile(), outbox.after(1).reconcile()) == (0, 1)
    assert outbox.state(message) is MessageState.ACCEPTED


def test_what_the_list_tells_of_its_way_is_taken_in(outbox: Outbox) -> None:
    message, other = outbox.write(), outbox.write(outbox.person("+819000000002"))
    outbox.sms.plan.extend([InDoubt(), InDoubt()])
    outbox.sms.takes_before_failing = True
    outbox.send()
    outbox.sms.tell("SM1", "delivered")
    outbox.sms.tell("SM2", "undelivered", 30005)
    assert outbox.after(20).reconcile() == 2
    assert outbox.state(message) is MessageState.DELIVERED
    assert (outbox.state(other), outbox.row(other).error_code) == (MessageState.UNDELIVERED, 30005)


def test_two_who_reconcile_ask_once(outbox: Outbox) -> None:
    message = outbox.write()
    outbox.in_doubt(message, taken=True)
    outbox.after(20)
    asked = []

    def dies(to: str, since: datetime) -> None:
        asked.append(to)
        raise Crash

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(outbox.sms, "sent_to", dies)
        with pytest.raises(Crash):
            outbox.reconcile("dead")
    assert (outbox.reconcile("two"), asked) == (0, [PHONE])
    assert outbox.after(60).reconcile("two") == 1


def test_a_callback_while_the_list_is_asked_decides(outbox: Outbox) -> None:
    message = outbox.write()
    outbox.in_doubt(message, taken=True)
    outbox.after(20)
    listed = outbox.sms.sent_to

    def meanwhile(to: str, since: datetime) -> list[object]:
        assert outbox.hear(message, "delivered")
        listed(to, since)
        return []

    with pytest.MonkeyPatch.context() as slow:
        slow.setattr(outbox.sms, "sent_to", meanwhile)
        assert outbox.reconcile() == 0
    assert outbox.state(message) is MessageState.DELIVERED
    assert outbox.send() == 0


def test_an_alert_that_ended_meanwhile_is_not_sent_again(outbox: Outbox) -> None:
    alert = outbox.alert()
    message = outbox.write(alert_id=alert)
    outbox.in_doubt(message, taken=False)
    outbox.end(alert)
    assert outbox.after(20).reconcile() == 1
    assert outbox.state(message) is MessageState.WITHDRAWN
    assert outbox.send() == 0


def test_somebody_who_lost_the_number_meanwhile_is_not_asked_about(outbox: Outbox) -> None:
    person = outbox.person()
    message = outbox.write(person)
    outbox.in_doubt(message, taken=True)
    with outbox.lab.session() as session, transaction(session, outbox.now):
        session.get_one(Person, person).phone = None
    assert outbox.after(20).reconcile() == 0
    assert outbox.state(message) is MessageState.REFUSED


# --- looking up


def test_what_is_not_heard_of_is_looked_up_every_two_minutes_for_a_day(outbox: Outbox) -> None:
    message = outbox.write()
    outbox.send()
    for seconds, looked in ((119, 0), (1, 1), (119, 1), (1, 2)):
        outbox.after(seconds).poll()
        assert len(outbox.sms.looked) == looked
    outbox.sms.tell("SM1", "sent")
    assert outbox.after(120).poll() == 1
    assert outbox.state(message) is MessageState.SENT
    outbox.after(24 * 3600).poll()
    assert len(outbox.sms.looked) == 3


def test_what_is_looked_up_ends_as_the_provider_says(outbox: Outbox) -> None:
    arrived, lost = outbox.write(), outbox.write()
    outbox.send()
    outbox.sms.tell("SM1", "delivered")
    outbox.sms.tell("SM2", "failed", 30006)
    assert outbox.after(120).poll() == 2
    assert outbox.state(arrived) is MessageState.DELIVERED
    assert (outbox.state(lost), outbox.row(lost).error_code) == (MessageState.UNDELIVERED, 30006)
    assert outbox.after(120).poll() == 0
    assert len(outbox.sms.looked) == 2


def test_a_provider_that_does_not_answer_is_asked_once_a_tick(outbox: Outbox) -> None:
    for _ in range(3):
        outbox.write()
    outbox.send()
    outbox.sms.list_fails = InDoubt()
    assert outbox.after(120).poll() == 0
    assert outbox.sms.looked == ["SM1"]
    outbox.sms.list_fails = Certain(20404, 404)
    assert outbox.poll() == 0
    assert outbox.sms.looked == ["SM1", "SM2", "SM3"]


@pytest.mark.parametrize("purpose", [Purpose.REMIND_KITCHEN, Purpose.CONFIRM_NUMBER])
def test_a_links_end_is_forgotten_when_it_has_come_not_before(outbox: Outbox, purpose: Purpose) -> None:
    message = outbox.write(purpose=purpose, detail="SECRET234567")
    outbox.in_doubt(message, taken=True)
    assert outbox.row(message).detail == "SECRET234567"
    outbox.after(20).reconcile()
    assert outbox.row(message).detail == "SECRET234567"
    assert outbox.hear(message, "delivered")
    assert outbox.row(message).detail is None


def test_what_was_never_heard_of_keeps_its_secret_a_day(outbox: Outbox) -> None:
    message = outbox.write(purpose=Purpose.REMIND_KITCHEN, detail="SECRET234567")
    waiting = outbox.write(
        purpose=Purpose.REMIND_KITCHEN, detail="SECRET234567", due_at=outbox.now + timedelta(days=2)
    )
    alert = outbox.write(detail="5")
    outbox.send()
    outbox.after(24 * 3600 - 1).poll()
    assert outbox.row(message).detail is not None
    outbox.after(1).poll()
    details = [outbox.row(each).detail for each in (message, waiting, alert)]
    assert details == [None, "SECRET234567", "5"]


def test_a_message_of_another_lab_goes_the_same_way(outbox: Outbox, store: Store, now: datetime) -> None:
    other = Outbox(store, now, slug="stranger")
    ours, theirs = outbox.write(), other.write()
    assert outbox.send() == 2
    assert (outbox.state(ours), other.state(theirs)) == (MessageState.ACCEPTED,) * 2
    assert [row[3] for row in outbox.audited()] == [outbox.lab.lab_id] * 2 + [other.lab.lab_id] * 2
    with outbox.lab.session() as session:
        assert session.get(Message, theirs) is None
