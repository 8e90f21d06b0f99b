"""連絡先 as the page shows it: each person of the chain with their number, their hours, and what is to be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING

from sharemeal.actions.chain import OF_THE_CHAIN
from sharemeal.alerts import Hours
from sharemeal.message_faults import told as told_fault
from sharemeal.messages import Channel, MessageState, Purpose
from sharemeal.people import ROLE_WORDS
from sharemeal.pins import masked, masked_address
from sharemeal.receive_tests import IN_NEED, Standing
from sharemeal.sentences import Refused
from sharemeal.store import alerts, contacts, people
from sharemeal.store.alerts import AlertContact
from sharemeal.store.messages import Message
from sharemeal.store.people import Person
from sharemeal.written import clock_seconds, clock_text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

ALWAYS, BETWEEN = "always", "between"


@dataclass(frozen=True)
class Line:
    """One person of the chain. ``test`` is their last receive test; number and address are masked.

    ``fault`` is why the number takes no texts, or else why the last test did not arrive; ``mail_test`` is the
    monthly test's twin by e-mail.
    """

    person_id: int
    name: str
    role_word: str
    number: str
    email: str
    standing: Standing
    test: Message | None
    mail_test: Message | None
    fault: str | None
    hours: Hours | None
    language: str

    @property
    def in_need(self) -> bool:
        """Whether somebody has to do something about it."""
        return self.standing in IN_NEED

    @property
    def mail_answered(self) -> bool:
        """Whether the e-mail of the last monthly test was opened."""
        return self.mail_test is not None and self.mail_test.state is MessageState.DELIVERED


@dataclass(frozen=True)
class Chain:
    """The lab's chain as it is read for the page. ``others`` are the staff outside it: id, name and role's word."""

    lines: list[Line]
    rows: list[AlertContact]
    others: list[tuple[int, str, str]]

    def line_of(self, person_id: int) -> Line | None:
        """The line of that person."""
        return next((each for each in self.lines if each.person_id == person_id), None)

    def row_of(self, person_id: int) -> AlertContact | None:
        """The row of that person."""
        return next((each for each in self.rows if each.person_id == person_id), None)

    @property
    def ready(self) -> int:
        """How many of them one can rely on."""
        return sum(each.ready for each in self.rows)


def chain(session: Session, now: datetime) -> Chain:
    """The chain in order; reads the names, numbers and addresses of the lab's staff."""
    staff = [each for role in OF_THE_CHAIN for each in people.of_role(session, role, with_names=True)]
    known = {each.id: each for each in staff}
    rows = [each for each in alerts.contacts(session) if each.person_id in known]
    ids = [each.person_id for each in rows]
    tests = contacts.receive_tests(session, ids)
    by_mail = contacts.receive_tests(session, ids, purposes=(Purpose.RECEIVE_TEST,), channel=Channel.EMAIL)
    standings = contacts.standings(session, rows, now)
    lines = [
        _line(
            each,
            known[each.person_id],
            standings[each.person_id],
            tests.get(each.person_id),
            by_mail.get(each.person_id),
        )
        for each in rows
    ]
    others = [(each.id, each.name, ROLE_WORDS[each.role]) for each in staff if each.id not in set(ids)]
    return Chain(lines, rows, others)


def _line(
    row: AlertContact, person: Person, standing: Standing, test: Message | None, by_mail: Message | None
) -> Line:
    return Line(
        person.id,
        person.name,
        ROLE_WORDS[person.role],
        masked(person.phone) if person.phone else "",
        masked_address(person.email) if person.email else "",
        standing,
        test,
        by_mail,
        told_fault(row.fault_code or (test.error_code if test else None)),
        row.hours,
        person.language,
    )


def hours_in(form: Mapping[str, str], person_id: int) -> Hours | None:
    """The hours that the form of that person says. Raises Refused, told of the field as it is named there."""
    if form.get(f"when-{person_id}") != BETWEEN:
        return None
    begin, end = (_time(form, f"{name}-{person_id}") for name in ("hours_from", "hours_to"))
    try:
        return Hours(begin, end)
    except Refused as refusal:
        raise refusal.at(f"{refusal.field}-{person_id}") from None


def _time(form: Mapping[str, str], field: str) -> time:
    try:
        seconds = clock_seconds(form.get(field, "")[:20])
    except Refused as refusal:
        raise refusal.at(field) from None
    return time(seconds // 3600, seconds // 60 % 60)


def written_hours(hours: Hours | None) -> tuple[str, str, str]:
    """When, from and to as the form shows them; a proposal where nobody has chosen."""
    if hours is None:
        return ALWAYS, "9:00", "21:00"
    begin, end = (clock_text(each.hour * 3600 + each.minute * 60) for each in (hours.begin, hours.end))
    return BETWEEN, begin, end
