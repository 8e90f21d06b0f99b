"""Once a month each contact is asked whether texts still arrive, and says so by opening the link."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from sharemeal.actions.answer_receive_test import answer_receive_test
from sharemeal.actions.send_receive_tests import send_receive_tests
from sharemeal.messages import Channel, MessageState, Purpose
from sharemeal.receive_tests import Standing
from sharemeal.store import alerts, contacts
from sharemeal.store.alerts import AlertContact
from sharemeal.store.base import Store, transaction
from sharemeal.store.messages import Message
from sharemeal.store.people import Person
from tests.make.small_lab import SmallLab

LATER = timedelta(days=32)


@pytest.fixture
def lab(store: Store, now: datetime) -> SmallLab:
    """Two confirmed contacts, the first of them with an e-mail address."""
    made = SmallLab(store, now)
    first, _ = made.contacts()
    with made.session() as session, transaction(session, now):
        person = session.get_one(Person, first)
        person.email = person.email_index = "sakurai@example.org"
    return made


def sent(lab: SmallLab, now: datetime) -> int:
    with lab.session() as session:
        return send_receive_tests(session, now=now)


def written(lab: SmallLab) -> list[Message]:
    with lab.session() as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def standings(lab: SmallLab, now: datetime) -> list[Standing]:
    with lab.session() as session:
        return list(contacts.standings(session, alerts.contacts(session), now).values())


def test_each_contact_is_asked_once_a_month_by_every_way(lab: SmallLab, now: datetime) -> None:
    assert sent(lab, now) == 0, "they have just confirmed their numbers"
    assert sent(lab, now + LATER) == 2
    assert sent(lab, now + LATER + timedelta(hours=1)) == 0
    rows = written(lab)
    assert {each.purpose for each in rows} == {Purpose.RECEIVE_TEST}
    assert [each.channel for each in rows] == [Channel.SMS, Channel.EMAIL, Channel.SMS]
    assert sent(lab, now + LATER + timedelta(hours=9)) == 0, "not in the evening"
    assert sent(lab, now + 2 * LATER) == 2, "who does not answer is asked again, a month later"


def test_whoever_rests_is_not_asked(lab: SmallLab, now: datetime) -> None:
    assert sent(lab, now + timedelta(days=36)) == 0, "New Year's Day"
    assert written(lab) == []


def test_the_press_tells_that_it_has_arrived(lab: SmallLab, now: datetime) -> None:
    at = now + LATER
    sent(lab, at)
    assert standings(lab, at) == [Standing.ASKED, Standing.ASKED]
    late = at + timedelta(days=2, minutes=1)
    assert standings(lab, late) == [Standing.UNANSWERED, Standing.UNANSWERED]
    with lab.session() as session, transaction(session, at):
        row = session.scalars(select(AlertContact).order_by(AlertContact.id)).first()
        assert row is not None
        row.fault_code, row.fault_at = 30006, at
    text, mail, _ = written(lab)
    with lab.session() as session:
        assert answer_receive_test(session, mail.id, now=late)
    assert standings(lab, late)[0] is Standing.DEAD, "an e-mail shows nothing of the number"
    with lab.session() as session:
        assert answer_receive_test(session, text.id, now=late)
        assert not answer_receive_test(session, text.id, now=late + timedelta(minutes=1))
        kept = alerts.contact_of(session, text.person_id)
        assert kept is not None
        assert (kept.tested_at, kept.fault_code, kept.fault_at) == (late, None, None)
    assert standings(lab, late) == [Standing.CONFIRMED, Standing.UNANSWERED]
    assert [each.state for each in written(lab)] == [
        MessageState.DELIVERED,
        MessageState.DELIVERED,
        MessageState.PENDING,
    ]


def test_only_a_test_of_the_own_lab_is_answered(lab: SmallLab, store: Store, now: datetime) -> None:
    sent(lab, now + LATER)
    theirs = SmallLab(store, now, slug="strangers")
    row = written(lab)[0]
    with theirs.session() as session, pytest.raises(LookupError):
        answer_receive_test(session, row.id, now=now + LATER)
    assert written(lab)[0].state is MessageState.PENDING
