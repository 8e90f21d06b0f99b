"""Sending: claim, intent, call, result, and what each of them leaves when the process dies there."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from sharemeal.actions import send_messages as sending
from sharemeal.messages import MessageState, Purpose
from sharemeal.outside.sms import ScreenSms
from sharemeal.outside.ways import Certain, InDoubt
from sharemeal.store.base import Store, transaction
from sharemeal.store.messages import Message
from sharemeal.store.people import Person
from tests.make.outbox import PHONE, SETTLE, SITE, Crash, Outbox
from tests.make.outbox import sending as how


@pytest.fixture
def outbox(store: Store, now: datetime) -> Outbox:
    return Outbox(store, now)


def test_what_is_due_goes_out_once_with_its_code_and_an_address_of_its_own(outbox: Outbox) -> None:
    message = outbox.write()
    assert outbox.send() == 1
    row = outbox.row(message)
    assert (row.state, row.provider_sid, row.tries, row.lease_owner) == (
        MessageState.ACCEPTED,
        "SM1",
        1,
        None,
    )
    assert row.accepted_at == outbox.now
    assert outbox.sms.to == [PHONE]
    assert outbox.sms.taken[0].text == f"【見守り】確認依頼1件。5分以内に開いてください {SITE}/a/{row.code}"
    assert outbox.sms.callbacks == [f"{SITE}/twilio/status/{row.nonce}.1"]
    assert outbox.after(3600).send() == 0
    assert len(outbox.sms.taken) == 1


def test_reading_the_number_and_sending_leave_audit_rows_of_the_lab(outbox: Outbox) -> None:
    outbox.write()
    outbox.send()
    lab = outbox.lab.lab_id
    assert outbox.audited() == [("read", "person", "phone", lab), ("sent", "outbox", "", lab)]


def test_no_address_is_given_where_none_can_be_reached(outbox: Outbox) -> None:
    outbox.write()
    outbox.send(site="http://127.0.0.1:8000/")
    assert outbox.sms.callbacks == [None]
    assert "http://127.0.0.1:8000/a/" in outbox.sms.taken[0].text


def test_alerts_go_first_and_what_is_not_due_waits(outbox: Outbox) -> None:
    later = outbox.write(due_at=outbox.now + timedelta(minutes=1))
    outbox.write(purpose=Purpose.CALLED_OFF, detail=None)
    outbox.after(1)
    alert = outbox.write()
    assert outbox.send(most=1) == 1
    assert outbox.state(alert) is MessageState.ACCEPTED
    assert outbox.send() == 1
    assert outbox.state(later) is MessageState.PENDING
    assert outbox.after(60).send() == 1


@pytest.mark.parametrize("person", [{"phone": None}, {"active": False}])
def test_who_has_no_number_or_has_gone_is_not_called(outbox: Outbox, person: dict[str, object]) -> None:
    message = outbox.write(outbox.person(**person))  # type: ignore[arg-type]
    assert outbox.send() == 0
    assert outbox.state(message) is MessageState.REFUSED
    assert outbox.sms.callbacks == []


def test_a_number_that_was_changed_is_read_anew(outbox: Outbox) -> None:
    person = outbox.person()
    first, second = outbox.write(person), outbox.write(person)

    def moves(_sid: str) -> None:
        with outbox.lab.session() as session, transaction(session, outbox.now):
            session.get_one(Person, person).phone = "+819000000002"

    outbox.sms.plan.append(moves)
    assert outbox.send() == 2
    assert outbox.sms.to == [PHONE, "+819000000002"]
    assert {outbox.state(first), outbox.state(second)} == {MessageState.ACCEPTED}


def test_a_busy_provider_is_asked_again_later_and_later(outbox: Outbox) -> None:
    message, other = outbox.write(), outbox.write()
    for tries, seconds in enumerate((5, 10, 20), 1):
        outbox.sms.plan.append(Certain(20429, 429))
        assert outbox.send(most=1) == 0
        row = outbox.row(message)
        assert (row.state, row.tries) == (MessageState.PENDING, tries)
        assert row.due_at == outbox.now + timedelta(seconds=seconds)
        assert (row.intent_at, row.lease_owner) == (None, None)
        outbox.after(seconds)
        with outbox.lab.session() as session, transaction(session, outbox.now):
            session.get_one(Message, other).due_at = outbox.now  # the first stays the first
    assert outbox.send() == 2
    assert outbox.row(message).tries == 4


def test_a_busy_provider_is_left_alone_for_the_rest_of_the_tick(outbox: Outbox) -> None:
    outbox.write()
    other = outbox.write()
    outbox.sms.plan.append(Certain(20429, 429))
    assert outbox.send() == 0
    assert outbox.state(other) is MessageState.PENDING


def test_a_definite_refusal_is_kept_with_its_code(outbox: Outbox) -> None:
    message, other = outbox.write(), outbox.write()
    outbox.sms.plan.append(Certain(21211, 400))
    assert outbox.send() == 1
    row = outbox.row(message)
    assert (row.state, row.error_code, row.lease_owner) == (MessageState.REFUSED, 21211, None)
    assert outbox.state(other) is MessageState.ACCEPTED
    assert outbox.after(3600).send() == 0


def test_a_refusal_without_a_code_keeps_the_status(outbox: Outbox) -> None:
    message = outbox.write()
    outbox.sms.plan.append(Certain(None, 403))
    outbox.send()
    assert outbox.row(message).error_code == 403


def test_what_has_no_answer_is_in_doubt_and_not_sent_again_by_itself(outbox: Outbox) -> None:
    message = outbox.write()
    outbox.sms.plan.append(InDoubt())
    outbox.send()
    assert outbox.state(message) is MessageState.IN_DOUBT
    assert outbox.after(3600).send() == 0


def test_what_was_withdrawn_is_never_sent(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    before, between = outbox.write(), outbox.write()

    def withdraw(message: int) -> None:
        with outbox.lab.session() as session, transaction(session, outbox.now):
            session.execute(update(Message).where(Message.id == message).values(state=MessageState.WITHDRAWN))

    withdraw(before)
    intend = sending.intend

    def withdrawn_meanwhile(session: object, claim: sending.Claim, *args: object, **more: object) -> object:
        withdraw(claim.message_id)
        return intend(session, claim, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(sending, "intend", withdrawn_meanwhile)
    assert outbox.send() == 0
    assert outbox.sms.callbacks == []
    assert (outbox.state(before), outbox.state(between)) == (MessageState.WITHDRAWN,) * 2


def test_an_alert_that_has_ended_is_not_told_any_more(outbox: Outbox) -> None:
    alert = outbox.alert()
    message = outbox.write(alert_id=alert)
    outbox.end(alert)
    assert outbox.send() == 0
    assert outbox.state(message) is MessageState.WITHDRAWN


def test_on_the_screen_everything_is_taken(outbox: Outbox) -> None:
    message = outbox.write(purpose=Purpose.REMIND_VOLUNTEER, detail="SECRET234567")
    outbox.sms = ScreenSms()  # type: ignore[assignment]
    assert outbox.send() == 1
    assert outbox.after(121).poll() == 1
    row = outbox.row(message)
    assert (row.state, row.detail) == (MessageState.DELIVERED, "SECRET234567")


# --- dying


def dying(outbox: Outbox, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Send, and die where that step would begin."""

    def die(*_args: object, **_more: object) -> None:
        raise Crash

    with monkeypatch.context() as broken:
        broken.setattr(sending, name, die)
        with pytest.raises(Crash):
            outbox.send("dead")


def test_dead_after_the_claim_another_sends_it_once_the_lease_has_run_out(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = outbox.write()
    dying(outbox, monkeypatch, "intend")
    assert outbox.state(message) is MessageState.CLAIMED
    assert outbox.after(19).send("two") == 0
    assert outbox.reconcile("two") == 0
    assert outbox.after(1).send("two") == 1
    assert outbox.row(message).epoch == 2


@pytest.mark.parametrize("taken", [False, True])
def test_dead_after_the_intent_or_with_the_text_taken_it_is_sent_exactly_once(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch, taken: bool
) -> None:
    message = outbox.write()
    dying(outbox, monkeypatch, "note_outcome" if taken else "_called")
    assert len(outbox.sms.taken) == taken
    assert (outbox.after(19).reconcile("two"), outbox.state(message)) == (0, MessageState.CLAIMED)
    assert outbox.after(1).send("two") == 0
    assert outbox.reconcile("two") == 1
    assert outbox.send("two") == (not taken)
    row = outbox.row(message)
    assert (row.state, row.provider_sid) == (MessageState.ACCEPTED, "SM1")
    assert [row.code in each.text for each in outbox.sms.taken] == [True]


def test_dead_after_the_result_nothing_is_left_to_do(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    outbox.write()
    outbox.sms.plan.append(lambda _sid: None)
    assert outbox.send("dead") == 1
    assert outbox.after(60).reconcile("two") == 0
    assert outbox.send("two") == 0
    assert len(outbox.sms.taken) == 1


@pytest.mark.parametrize("held_up", [10.0, 19.0, 25.0])
def test_who_was_held_up_before_the_call_does_not_call(outbox: Outbox, held_up: float) -> None:
    message = outbox.write()
    moments = iter([0.0, 0.0, 0.0, 0.0, 0.0, held_up, held_up, held_up, held_up])
    sent = sending.send_messages(
        outbox.store, outbox.sms, how("frozen"), now=outbox.now, timer=lambda: next(moments)
    )
    assert (sent, outbox.sms.callbacks) == (0, [])
    assert outbox.after(25).reconcile() == 1
    assert outbox.send() == 1
    assert outbox.state(message) is MessageState.ACCEPTED


def test_a_result_that_comes_after_the_claim_was_lost_changes_nothing(outbox: Outbox) -> None:
    message = outbox.write()
    with outbox.store.session(all_labs=True, actor="outbox") as slow:
        claim = sending.claim_next(slow, how("slow"), now=outbox.now)
        assert claim is not None
        assert outbox.after(20).send("quick") == 1
        assert sending.intend(slow, claim, outbox.sms, how("slow"), now=outbox.now) is None
        sending.note_outcome(slow, claim, Certain(21211, 400), settle=SETTLE, now=outbox.now)
    assert outbox.state(message) is MessageState.ACCEPTED


@pytest.mark.parametrize("next_owner", ["quick", "slow"])
def test_who_claimed_before_has_no_say_while_another_holds_it(outbox: Outbox, next_owner: str) -> None:
    message = outbox.write()
    with outbox.store.session(all_labs=True, actor="outbox") as session:
        old = sending.claim_next(session, how("slow"), now=outbox.now)
        new = sending.claim_next(session, how(next_owner), now=outbox.after(20).now)
        assert old is not None
        assert new is not None
        assert sending.intend(session, old, outbox.sms, how("slow"), now=outbox.now) is None
        sending.note_outcome(session, old, "SM-old", settle=SETTLE, now=outbox.now)
        assert outbox.state(message) is MessageState.CLAIMED
        assert sending.intend(session, new, outbox.sms, how(next_owner), now=outbox.now) is not None
        sending.note_outcome(session, old, Certain(21211, 400), settle=SETTLE, now=outbox.now)
        sending.note_outcome(session, new, "SM-new", settle=SETTLE, now=outbox.now)
    assert outbox.row(message).provider_sid == "SM-new"


def test_two_senders_at_once_send_each_text_once(outbox: Outbox) -> None:
    person = outbox.person()
    messages = [outbox.write(person) for _ in range(12)]
    gate, faults = threading.Barrier(2), []

    def work(owner: str) -> None:
        gate.wait()
        try:
            while outbox.send(owner):
                pass
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=work, args=(owner,)) for owner in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert {outbox.state(each) for each in messages} == {MessageState.ACCEPTED}
    codes = sorted(outbox.row(each).code for each in messages)
    assert sorted(text.text.rpartition("/")[2] for text in outbox.sms.taken) == codes
