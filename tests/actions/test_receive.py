"""What the provider tells, in every order and twice; and replies that take an alert up, or nothing."""

from __future__ import annotations

from datetime import datetime
from itertools import permutations

import pytest

from sharemeal.actions.receive import receive_reply, receive_status
from sharemeal.alerts import AlertState
from sharemeal.messages import MessageState, Purpose
from sharemeal.store.alerts import Alert
from sharemeal.store.base import Store
from sharemeal.store.messages import DeliveryEvent
from tests.make.outbox import PHONE, Outbox


@pytest.fixture
def outbox(store: Store, now: datetime) -> Outbox:
    return Outbox(store, now)


def ways(*heard: tuple[str, int | None]) -> list[tuple[tuple[str, int | None], ...]]:
    """Every order of these, each told twice: at once, all again, and all again backwards."""
    orders = list(permutations(heard))
    return [
        twice
        for order in orders
        for twice in (order + order, order + order[::-1], tuple(each for each in order for _ in range(2)))
    ]


@pytest.mark.parametrize(
    ("heard", "end"),
    [
        ((("queued", None), ("sent", None), ("delivered", None)), MessageState.DELIVERED),
        ((("sent", None), ("undelivered", 30005)), MessageState.UNDELIVERED),
        ((("sent", None), ("undelivered", 30008)), MessageState.PENDING),
        ((("sent", None), ("undelivered", 30008), ("delivered", None)), MessageState.DELIVERED),
    ],
)
def test_in_any_order_and_twice_it_ends_the_same(
    outbox: Outbox, heard: tuple[tuple[str, int | None], ...], end: MessageState
) -> None:
    orders = ways(*heard)
    person = outbox.person()
    for order in orders:
        message = outbox.write(person)
        assert outbox.send() == 1
        sid = outbox.sms.taken[-1].sid
        news = [outbox.hear(message, status, sid=sid, error=error) for status, error in order]
        assert sum(news) == len(heard)
        assert outbox.state(message) is end, order
        outbox.after(600)
        if end is MessageState.PENDING:
            assert outbox.send() == 1
    assert outbox.count(DeliveryEvent) == len(orders) * len(heard)


def test_a_callback_before_the_result_is_kept_by_the_result(outbox: Outbox) -> None:
    message = outbox.write()

    def at_once(sid: str) -> None:
        assert outbox.hear(message, "delivered", sid=sid)

    outbox.sms.plan.append(at_once)
    outbox.send()
    row = outbox.row(message)
    assert (row.state, row.provider_sid, row.accepted_at) == (MessageState.DELIVERED, "SM1", outbox.now)
    assert [what for what, *_ in outbox.audited()] == ["read"]


def test_a_callback_ends_the_doubt(outbox: Outbox) -> None:
    message = outbox.write()
    outbox.in_doubt(message, taken=True)
    assert outbox.hear(message, "sent")
    assert outbox.state(message) is MessageState.SENT
    assert outbox.after(60).reconcile() == 0
    assert outbox.send() == 0


def test_a_late_callback_saves_a_text_that_was_believed_absent(outbox: Outbox) -> None:
    message = outbox.write()
    outbox.in_doubt(message, taken=True)
    late, outbox.sms.taken, outbox.sms.to = outbox.sms.taken, [], []
    assert outbox.after(20).reconcile() == 1
    assert outbox.state(message) is MessageState.PENDING
    assert outbox.hear(message, "sent", sid=late[0].sid)
    assert outbox.send() == 0
    assert outbox.row(message).provider_sid == late[0].sid


def test_switched_off_is_tried_once_more_and_no_more(outbox: Outbox) -> None:
    message = outbox.write()
    outbox.send()
    outbox.hear(message, "undelivered", error=30003)
    assert outbox.send() == 0
    assert outbox.after(30).send() == 1
    assert outbox.row(message).provider_sid == "SM2"
    assert outbox.hear(message, "sent", sid="SM1") is True
    assert outbox.state(message) is MessageState.ACCEPTED
    assert outbox.hear(message, "undelivered", sid="SM2", attempt=2, error=30003)
    row = outbox.row(message)
    assert (row.state, row.error_code) == (MessageState.UNDELIVERED, 30003)
    assert outbox.after(3600).send() == 0
    assert outbox.hear(message, "delivered", sid="SM1")
    assert (outbox.state(message), outbox.row(message).error_code) == (MessageState.DELIVERED, None)


def test_no_second_try_for_an_alert_that_has_ended(outbox: Outbox) -> None:
    alert = outbox.alert()
    message = outbox.write(alert_id=alert)
    outbox.send()
    outbox.end(alert)
    outbox.hear(message, "undelivered", error=30008)
    assert outbox.state(message) is MessageState.UNDELIVERED


def test_an_unknown_nonce_is_told_and_an_unknown_word_passed_over(outbox: Outbox) -> None:
    message = outbox.write()
    outbox.send()
    with pytest.raises(LookupError):
        receive_status(outbox.store, "nobody.1", sid="SM1", status="sent", error_code=None, now=outbox.now)
    assert not outbox.hear(message, "partially_delivered")
    assert outbox.count(DeliveryEvent) == 0


# --- replies


def reply(outbox: Outbox, text: str, sender: str = PHONE) -> bool:
    return receive_reply(outbox.store, sender, text, now=outbox.now)


@pytest.mark.parametrize("yes", ["1", "１", "はい", " はい　", "code"])
def test_a_reply_takes_the_one_open_alert_up(outbox: Outbox, yes: str) -> None:
    person = outbox.person()
    alert = outbox.alert(person)
    message = outbox.write(person, alert_id=alert)
    outbox.send()
    assert reply(outbox, f"引き受けます {outbox.row(message).code.lower()}" if yes == "code" else yes)
    with outbox.lab.session() as session:
        row = session.get_one(Alert, alert)
        assert (row.state, row.acked_by_id, row.acked_at) == (AlertState.ACKED, person, outbox.now)
    assert reply(outbox, "1")


def test_a_code_chooses_among_several_and_a_bare_yes_does_not(outbox: Outbox) -> None:
    person = outbox.person()
    first, second = outbox.alert(person), outbox.alert(person)
    outbox.write(person, alert_id=first)
    outbox.send()
    code = outbox.row(outbox.after(360).write(person, alert_id=second)).code
    outbox.send()
    assert not reply(outbox, "はい")
    assert reply(outbox, code)
    assert (outbox.state_of(first), outbox.state_of(second)) == (AlertState.NOTIFYING, AlertState.ACKED)


@pytest.mark.parametrize("answer", ["はい", "code"])
def test_an_answer_to_a_text_of_several_takes_all_of_them_up(outbox: Outbox, answer: str) -> None:
    person = outbox.person()
    alerts = [outbox.alert(person) for _ in range(3)]
    code = outbox.row(outbox.write(person, alert_id=alerts[0])).code
    for each in alerts[1:]:
        outbox.write(person, alert_id=each)
    outbox.send()
    assert [text.text[:12] for text in outbox.sms.taken] == ["【見守り】確認依頼3件。"]
    assert reply(outbox, answer.replace("code", code))
    assert [outbox.state_of(each) for each in alerts] == [AlertState.ACKED] * 3


def test_what_changes_nothing(outbox: Outbox) -> None:
    person, other = outbox.person(), outbox.person("+819000000002")
    alert, ended = outbox.alert(person), outbox.alert(person)
    old = outbox.row(outbox.write(person, alert_id=ended)).code
    outbox.send()
    code = outbox.row(outbox.after(360).write(person, alert_id=alert)).code
    clear = outbox.row(outbox.write(other, Purpose.ALL_CLEAR, detail=None, alert_id=alert, step=0)).code
    outbox.end(ended)
    assert not reply(outbox, "1")  # nothing of it was sent yet
    outbox.send()
    for sender, text in (
        ("+819000000002", code),  # another's code
        ("+819000000002", clear),  # not an alert
        ("+819000000009", code),  # nobody
        ("", code),
        (PHONE, old),
        (PHONE, "いま電車です"),
        (PHONE, "1" * 5000),
    ):
        assert not reply(outbox, text, sender), text
    assert outbox.state_of(alert) is AlertState.NOTIFYING


def test_what_another_has_taken_up_stays_theirs(outbox: Outbox) -> None:
    person, other = outbox.person(), outbox.person("+819000000002")
    alert = outbox.alert(person, other)
    outbox.write(person, alert_id=alert)
    outbox.write(other, alert_id=alert, step=2)
    outbox.send()
    assert reply(outbox, "1")
    assert not reply(outbox, "1", "+819000000002")
    with outbox.lab.session() as session:
        assert session.get_one(Alert, alert).acked_by_id == person


def test_a_number_known_in_two_labs_answers_where_it_was_told(
    outbox: Outbox, store: Store, now: datetime
) -> None:
    stranger = Outbox(store, now, slug="stranger")
    stranger.person()
    person = outbox.person()
    alert = outbox.alert(person)
    outbox.write(person, alert_id=alert)
    outbox.send()
    assert reply(outbox, "1")
    assert outbox.state_of(alert) is AlertState.ACKED
