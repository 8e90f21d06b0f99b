"""A number is confirmed by the digits that an SMS brought; another number has to be confirmed anew."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import undefer

from sharemeal.actions.chain import join_chain
from sharemeal.actions.confirm_number import ask_number, choose_pin, confirm_number
from sharemeal.alerts import Link
from sharemeal.messages import Purpose
from sharemeal.people import Role
from sharemeal.sentences import Refused
from sharemeal.store.alerts import AlertContact, chain_now
from sharemeal.store.base import Store
from sharemeal.store.messages import Message
from sharemeal.store.people import Person
from tests.make.small_lab import SmallLab

NUMBER, OTHER = "０９０ー００００－００４１", "080-0000-0042"


@pytest.fixture
def lab(store: Store, now: datetime) -> SmallLab:
    return SmallLab(store, now)


@pytest.fixture
def me(lab: SmallLab, now: datetime) -> int:
    person = Person(role=Role.COORDINATOR, name="桜井", uniquifier="me")
    lab.add(person)
    with lab.session() as session:
        join_chain(session, person.id, now=now)
    return person.id


def ask(lab: SmallLab, me: int, phone: str, now: datetime) -> str:
    """Ask for an SMS; the digits that it brings."""
    with lab.session() as session:
        ask_number(session, me, phone, now=now)
        query = select(Message).order_by(Message.id.desc()).options(undefer(Message.detail))
        sent = session.scalars(query).first()
    assert sent is not None
    assert (sent.purpose, sent.person_id) == (Purpose.CONFIRM_NUMBER, me)
    assert sent.detail is not None
    return sent.detail


def confirm(
    lab: SmallLab, me: int, digits: str, now: datetime, pin: str = "2580", again: str = "2580"
) -> None:
    with lab.session() as session:
        confirm_number(session, me, digits, pin, again, now=now)


def mine(lab: SmallLab) -> AlertContact:
    with lab.session() as session:
        row = session.scalars(select(AlertContact)).one()
        assert isinstance(row.person, Person)
        return row


def refusal(call: object, *arguments: object, **named: object) -> Refused:
    with pytest.raises(Refused) as caught:
        call(*arguments, **named)  # type: ignore[operator]
    return caught.value


def test_the_digits_confirm_the_number_and_set_the_pin(lab: SmallLab, me: int, now: datetime) -> None:
    digits = ask(lab, me, NUMBER, now)
    assert not mine(lab).counts
    confirm(lab, me, f"{digits[:3]} {digits[3:]}", now)
    kept = mine(lab)
    assert kept.counts
    assert kept.code is None
    assert "2580" not in str(kept.pin)
    with lab.session() as session:
        assert chain_now(session).contacts == (Link(me),)
        found = select(Person).where(Person.phone_index == "+819000000041")
        assert session.scalars(found.options(undefer(Person.phone))).one().phone == "+819000000041"


def test_wrong_digits_are_counted_and_the_sixth_try_is_closed(lab: SmallLab, me: int, now: datetime) -> None:
    digits = ask(lab, me, NUMBER, now)
    wrong = "000000" if digits != "000000" else "111111"
    for _ in range(5):
        assert refusal(confirm, lab, me, wrong, now).field == "digits"
    closed = refusal(confirm, lab, me, digits, now)
    assert closed.field == "digits"
    assert "15分" in str(closed)
    assert not mine(lab).counts
    again = ask(lab, me, "", now + timedelta(minutes=2))
    assert "15分" in str(refusal(confirm, lab, me, again, now + timedelta(minutes=3))), (
        "a new SMS opens no door"
    )


def test_digits_are_worth_nothing_after_a_quarter_of_an_hour(lab: SmallLab, me: int, now: datetime) -> None:
    digits = ask(lab, me, NUMBER, now)
    late = refusal(confirm, lab, me, digits, now + timedelta(minutes=15))
    assert "期限" in str(late)
    confirm(lab, me, digits, now + timedelta(minutes=14, seconds=59))


def test_digits_work_once_and_only_the_newest(lab: SmallLab, me: int, now: datetime) -> None:
    old = ask(lab, me, NUMBER, now)
    new = ask(lab, me, "", now + timedelta(minutes=2))
    if old != new:
        assert "違います" in str(refusal(confirm, lab, me, old, now + timedelta(minutes=2)))
    confirm(lab, me, new, now + timedelta(minutes=2))
    assert refusal(confirm, lab, me, new, now + timedelta(minutes=3)).field == "digits"


def test_another_number_counts_no_more_and_the_same_one_goes_on(
    lab: SmallLab, me: int, now: datetime
) -> None:
    confirm(lab, me, ask(lab, me, NUMBER, now), now)
    ask(lab, me, NUMBER, now + timedelta(minutes=2))
    assert mine(lab).counts, "a receive test changes nothing"
    digits = ask(lab, me, OTHER, now + timedelta(minutes=4))
    assert not mine(lab).counts
    confirm(lab, me, digits, now + timedelta(minutes=5), "1470", "1470")
    assert mine(lab).counts


@pytest.mark.parametrize(
    ("pin", "again", "field"),
    [
        ("0000", "0000", "pin"),
        ("７７７７", "7777", "pin"),
        ("1234", "1234", "pin"),
        ("9876", "9876", "pin"),
        ("258", "258", "pin"),
        ("25800", "25800", "pin"),
        ("abcd", "abcd", "pin"),
        ("", "", "pin"),
        ("2580", "2581", "again"),
    ],
)
def test_a_pin_that_anybody_would_try_is_refused(
    lab: SmallLab, me: int, now: datetime, pin: str, again: str, field: str
) -> None:
    digits = ask(lab, me, NUMBER, now)
    assert refusal(confirm, lab, me, digits, now, pin, again).field == field
    confirm(lab, me, digits, now)


@pytest.mark.parametrize("phone", ["", "045-000-0000", "+81450000000", "12", "090-0000-0001/090-0000-0002"])
def test_a_number_that_takes_no_sms_is_refused(lab: SmallLab, me: int, now: datetime, phone: str) -> None:
    with lab.session() as session:
        assert refusal(ask_number, session, me, phone, now=now).field == "phone"
        assert session.scalars(select(Message)).all() == []


def test_nobody_can_have_sms_sent_in_a_row(lab: SmallLab, me: int, now: datetime) -> None:
    ask(lab, me, NUMBER, now)
    with lab.session() as session:
        assert "いま送った" in str(refusal(ask_number, session, me, "", now=now + timedelta(seconds=59)))
    for minutes in range(1, 10):
        ask(lab, me, "", now + timedelta(minutes=minutes))
    with lab.session() as session:
        assert "10通" in str(refusal(ask_number, session, me, "", now=now + timedelta(hours=2)))
    ask(lab, me, "", now + timedelta(days=1, minutes=30))


def test_another_pin_needs_a_confirmed_number(lab: SmallLab, me: int, now: datetime) -> None:
    with lab.session() as session:
        assert refusal(choose_pin, session, me, "1470", "1470", now=now).field == "pin"
    confirm(lab, me, ask(lab, me, NUMBER, now), now)
    before = mine(lab).pin
    with lab.session() as session:
        choose_pin(session, me, "1470", "1470", now=now)
    assert mine(lab).pin != before


def test_who_stands_outside_the_chain_is_not_found(
    lab: SmallLab, store: Store, me: int, now: datetime
) -> None:
    theirs = SmallLab(store, now, slug="strangers")
    with theirs.session() as session, pytest.raises(LookupError):
        ask_number(session, me, NUMBER, now=now)
    with theirs.session() as session, pytest.raises(LookupError):
        confirm_number(session, me, "000000", "2580", "2580", now=now)
