"""What hurries an alert on, and what does not: failures found by asking what could go wrong at night."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from sqlalchemy import select, update

from sharemeal.actions import escalate as escalating
from sharemeal.actions.escalate import escalate
from sharemeal.actions.take_up import take_up
from sharemeal.alarms import AlarmKind
from sharemeal.alerts import AlertState, Chain, Hours, Link
from sharemeal.messages import MessageState, Purpose
from sharemeal.outside.ways import Certain, InDoubt
from sharemeal.people import Role
from sharemeal.store import sweeps
from sharemeal.store.alerts import Alert
from sharemeal.store.base import Store, transaction
from sharemeal.store.messages import Message
from sharemeal.store.people import Person
from sharemeal.store.watch import Concern
from sharemeal.watch import Kind, Level
from tests.make.outbox import Outbox
from tests.make.round import FixedRound, later

SECOND = "+819000000002"


@pytest.fixture
def outbox(store: Store, now: object) -> Outbox:
    return Outbox(store, now)  # type: ignore[arg-type]


def asked(outbox: Outbox, *people: int, level: Level = Level.NOW, kind: Kind = Kind.WORRIED) -> int:
    """An alert that was told to the first of these people, now; the message's id."""
    alert_id = outbox.alert(*people)
    with outbox.lab.session() as session, transaction(session, outbox.now):
        alert = session.get_one(Alert, alert_id)
        session.execute(update(Concern).where(Concern.id == alert.concern_id).values(level=level, kind=kind))
    message = outbox.write(people[0], alert_id=alert_id)
    with outbox.lab.session() as session, transaction(session, outbox.now):
        session.get_one(Message, message).level = level
    return message


def with_mail(outbox: Outbox, phone: str, address: str) -> int:
    person = Person(role=Role.COORDINATOR, name="桜井", phone=phone, phone_index=phone, uniquifier=address)
    person.email = person.email_index = address
    outbox.lab.add(person)
    return person.id


def mails(outbox: Outbox) -> int:
    return sum(row.channel.value == "email" for row in rows(outbox))


def rows(outbox: Outbox) -> list[Message]:
    with outbox.store.session(all_labs=True) as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def test_a_late_text_that_cannot_be_handled_keeps_no_other_alert_back(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(outbox, with_mail(outbox, "+819000000001", "a@example.org"), outbox.person(SECOND))

    def broken(*_: object, **__: object) -> bool:
        raise RuntimeError("cannot be read")

    monkeypatch.setattr(escalating, "_another_way", broken)
    with pytest.raises(RuntimeError, match="cannot be read"):
        escalate(outbox.store, now=outbox.after(301).now)
    assert max(row.step for row in rows(outbox)) == 2, "the next person is told all the same"


def test_who_sleeps_is_no_reason_to_call_a_dead_number_again_and_again(outbox: Outbox) -> None:
    first, second = outbox.person(), outbox.person(SECOND)
    message = asked(outbox, first, second, level=Level.TODAY, kind=Kind.OBSERVED)
    local = outbox.now + timedelta(hours=9)
    asleep = Hours(time((local.hour + 2) % 24), time((local.hour + 4) % 24))
    with outbox.lab.session() as session, transaction(session, outbox.now):
        alert = session.get_one(Alert, outbox.row(message).alert_id)
        alert.chain_snapshot = Chain((Link(first), Link(second, asleep))).as_json()
        alert.next_step_at = outbox.now + timedelta(minutes=15)
    for _ in range(60):
        outbox.sms.plan.append(Certain(21211, 400))
        outbox.after(5).send()
        escalate(outbox.store, now=outbox.now)
    assert len(outbox.sms.callbacks) == 1
    assert len(rows(outbox)) == 1


@pytest.mark.parametrize("busy", [True, False])
def test_what_goes_along_with_another_gets_its_e_mail_as_soon(outbox: Outbox, busy: bool) -> None:
    person = with_mail(outbox, "+819000000001", "a@example.org")
    asked(outbox, person)
    asked(outbox, person)
    for _ in range(14):
        outbox.sms.plan.extend([Certain(20429, 429) if busy else InDoubt()] * 5)
        outbox.send()
        outbox.reconcile()
        escalate(outbox.store, now=outbox.now)
        outbox.after(5)
    assert mails(outbox) == 2


def test_a_worry_that_waits_for_a_text_which_did_not_come_waits_no_longer(outbox: Outbox) -> None:
    person, other = outbox.person(), outbox.person(SECOND)
    first = asked(outbox, person, other)
    outbox.send()
    second = asked(outbox, person, other)
    assert outbox.after(10).send() == 0
    outbox.hear(first, "undelivered", error=30005)
    assert outbox.after(20).send() == 1
    assert outbox.state(second) is MessageState.ACCEPTED


def test_a_worry_waits_for_nothing_that_was_lighter_when_it_was_told(outbox: Outbox) -> None:
    person = outbox.person()
    first = asked(outbox, person, level=Level.TODAY)
    outbox.send()
    with outbox.lab.session() as session, transaction(session, outbox.now):
        concern = session.get_one(Alert, outbox.row(first).alert_id).concern_id
        session.execute(update(Concern).where(Concern.id == concern).values(level=Level.NOW))
    asked(outbox, person)
    assert outbox.after(60).send() == 1


def test_what_somebody_has_taken_up_is_told_to_nobody_else(outbox: Outbox) -> None:
    first, second = outbox.person(), outbox.person(SECOND)
    message = asked(outbox, first, second)
    with outbox.lab.session() as session:
        alert_id = outbox.row(message).alert_id
        assert alert_id is not None
        take_up(session, alert_id, second, now=outbox.now)
    assert outbox.send() == 0
    assert outbox.state(message) is MessageState.WITHDRAWN
    escalate(outbox.store, now=outbox.after(45 * 60 + 5).now)
    told = rows(outbox)[-1]
    assert (told.step, told.person_id) == (2, first), "who was never told comes first when it falls back"


def test_a_late_failure_of_an_earlier_try_does_not_undo_the_one_under_way(outbox: Outbox) -> None:
    message = asked(outbox, outbox.person())
    outbox.in_doubt(message, taken=True)
    outbox.sms.list_fails = None
    taken, outbox.sms.taken = outbox.sms.taken, []
    outbox.sms.to = []
    assert outbox.after(20).reconcile() == 1, "the list lags: it is believed absent"

    def late(_sid: str) -> None:
        outbox.hear(message, "undelivered", sid=taken[0].sid, attempt=1, error=30003)

    outbox.sms.plan.append(late)
    assert outbox.send() == 1
    assert outbox.state(message) is MessageState.ACCEPTED
    assert outbox.after(60).send() == 0


def test_an_alert_that_reaches_nobody_is_an_alarm(outbox: Outbox) -> None:
    asked(outbox, outbox.person())
    for _ in range(40):
        outbox.sms.plan.extend([Certain(20003, 401)] * 5)
        outbox.after(5).send()
        escalate(outbox.store, now=outbox.now)
    with outbox.store.session(all_labs=True) as session:
        assert sweeps.hits(session, outbox.now).get(AlarmKind.NOBODY_REACHED) == 1


def test_who_was_told_by_a_text_that_seemed_lost_hears_that_it_is_over(store: Store, now: object) -> None:
    friday = FixedRound(store, now)  # type: ignore[arg-type]
    friday.taps(1, "seen", "worried")
    with friday.lab.session() as session, transaction(session, later(0)):
        session.execute(
            update(Message).values(state=MessageState.PENDING, error_code=30008, tries=1, due_at=later(1))
        )
    (concern,) = friday.concerns()
    from sharemeal.actions.take_up import end_concern
    from sharemeal.watch import Ending

    with friday.lab.session() as session:
        end_concern(session, concern.id, ended_as=Ending.SAFE, memo="", person_id=friday.boss, now=later(2))
    assert [purpose for purpose, _, _ in friday.messages()] == [Purpose.ALERT, Purpose.ALL_CLEAR]
    assert friday.alerts()[0].state is AlertState.ENDED
