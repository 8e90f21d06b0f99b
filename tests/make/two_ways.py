"""An alert whose people have a number and an address: SMS by a provider in memory, e-mail by a real mail server."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import select

from sharemeal.actions.concerns import close_concern
from sharemeal.actions.escalate import escalate
from sharemeal.actions.reconcile import reconcile
from sharemeal.actions.send_messages import send_messages
from sharemeal.actions.take_up import take_up
from sharemeal.messages import Channel, MessageState, Purpose
from sharemeal.outside.mail import SmtpMail
from sharemeal.outside.smtp import server_of
from sharemeal.outside.ways import Way
from sharemeal.store.alerts import Alert, AlertContact
from sharemeal.store.base import Store, transaction
from sharemeal.store.messages import Message
from sharemeal.store.people import Person
from sharemeal.store.watch import Concern
from sharemeal.watch import Ending
from tests.make.outbox import Outbox, sending
from tests.smtp_standin import SmtpStandIn

FIRST, SECOND = ("+819000000001", "first@example.jp"), ("+819000000002", "second@example.jp")
MAIL_TIMEOUT_SECONDS = 0.4


class TwoWays(Outbox):
    """The chain is ``first``, then ``second``; ``first`` was just asked by SMS, which is not sent yet."""

    def __init__(self, store: Store, now: datetime, server: SmtpStandIn) -> None:
        super().__init__(store, now)
        self.mail: Way = SmtpMail(server_of(server.url), timeout_seconds=MAIL_TIMEOUT_SECONDS)
        self.begun = now
        self.first, self.second = self.contact(*FIRST, 1), self.contact(*SECOND, 2)
        self.alert_id, self.sms_id = self.request()

    def contact(self, phone: str, email: str, position: int) -> int:
        """Somebody of the chain."""
        person = self.person(phone)
        self.lab.add(AlertContact(person_id=person, position=position, confirmed_at=self.now))
        self.give_address(person, email)
        return person

    def give_address(self, person_id: int, email: str | None) -> None:
        with self.lab.session() as session, transaction(session, self.now):
            person = session.get_one(Person, person_id)
            person.email = person.email_index = email

    def request(self) -> tuple[int, int]:
        """An alert that ``first`` is asked to look after: its id and its message's."""
        alert_id = self.alert(self.first, self.second)
        return alert_id, self.write(self.first, alert_id=alert_id)

    def send_mail(self, owner: str = "mail") -> int:
        how = sending(owner, channel=Channel.EMAIL)
        return send_messages(self.store, self.mail, how, now=self.now, timer=lambda: 0.0)

    def tick(self) -> None:
        """Every job of alerts once, in an order that helps nobody."""
        how = sending("mail", channel=Channel.EMAIL)
        self.send_mail()
        reconcile(self.store, self.mail, how, now=self.now)
        self.send()
        self.reconcile()
        self.poll()
        escalate(self.store, now=self.now)

    def run(self, seconds: int, *, every: int = 5) -> Self:
        """The jobs, tick by tick, for so long."""
        for _ in range(seconds // every):
            self.tick()
            self.after(every)
        self.tick()
        return self

    def told(self, alert_id: int | None = None) -> list[tuple[str, str, str]]:
        """(who, by which way, how it stands) of every request of the alert, in order."""
        who = {self.first: "first", self.second: "second"}
        with self.lab.session() as session:
            query = select(Message).where(Message.alert_id == (alert_id or self.alert_id))
            rows = session.scalars(query.where(Message.purpose == Purpose.ALERT).order_by(Message.id)).all()
        return [(who[row.person_id], row.channel.value, row.state.value) for row in rows]

    def rows(self, purpose: Purpose, channel: Channel) -> list[Message]:
        with self.lab.session() as session:
            query = select(Message).where(Message.purpose == purpose, Message.channel == channel)
            return list(session.scalars(query.order_by(Message.id)))

    def take_up(self) -> None:
        with self.lab.session() as session:
            take_up(session, self.alert_id, self.second, now=self.now)

    def close(self) -> None:
        """The concern ends, and all who were told get the all-clear."""
        with self.lab.session() as session, transaction(session, self.now):
            concern_id = session.get_one(Alert, self.alert_id).concern_id
            close_concern(session, session.get_one(Concern, concern_id), Ending.SAFE, now=self.now)

    def fault(self) -> int | None:
        """What is remembered of the first one's number."""
        with self.lab.session() as session:
            query = select(AlertContact.fault_code).where(AlertContact.person_id == self.first)
            return session.scalar(query)

    def waited(self, message: Message) -> timedelta:
        """How long after the beginning a message was taken."""
        assert message.accepted_at is not None
        assert message.state is MessageState.ACCEPTED
        return message.accepted_at - self.begun
