"""連絡: who is told of a concern and who took it up; and the lab's chain of people to tell."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text, Time, UniqueConstraint, and_, func, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from sharemeal.alerts import (
    ACK_LIVES,
    LONGEST_WAIT,
    AlertState,
    Chain,
    Hours,
    Link,
    ack_is_over,
    chain_of,
    step_is_due,
)
from sharemeal.people import Role
from sharemeal.receive_tests import Number
from sharemeal.store import watch
from sharemeal.store.base import Base, LabOwned
from sharemeal.store.columns import Coded, Keyed, UtcDateTime
from sharemeal.store.people import Person
from sharemeal.store.watch import Concern
from sharemeal.watch import Kind


class Alert(LabOwned, Base):
    """The telling of one concern. ``step`` is the last step that was told, 0 before the first.

    ``next_step_at`` is when the next person is due; None once it has ended or while somebody has it.
    """

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("lab_id", "dedupe_key"),
        Index("ix_alert_next_step_at", "next_step_at"),
        Index("ix_alert_ack_expires_at", "ack_expires_at"),
        Index(
            "ix_alert_open",
            "next_step_at",
            "ack_expires_at",
            "opened_at",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    concern_id: Mapped[int] = mapped_column(ForeignKey("concern.id", ondelete="CASCADE"), unique=True)
    dedupe_key: Mapped[str] = mapped_column(Text)
    state: Mapped[AlertState] = mapped_column(Coded(AlertState))
    step: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_step_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    acked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ack_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    chain_snapshot: Mapped[dict[str, Any]] = mapped_column(JSON)
    concern: Mapped[Concern] = relationship()
    acked_by: Mapped[Person | None] = relationship()

    @property
    def chain(self) -> Chain:
        """The lab's chain as it was when the alert opened."""
        return Chain.from_json(self.chain_snapshot)

    @property
    def rung_minutes(self) -> tuple[int, ...] | None:
        """The ladder's minutes as they were when the alert opened; None for one that older versions wrote."""
        minutes = self.chain_snapshot.get("rung_minutes")
        return None if minutes is None else tuple(minutes)

    def step_is_due(self, kind: Kind, now: datetime) -> bool:
        """Whether the next person is to be told, of a concern of this kind."""
        return step_is_due(self.state, kind, self.opened_at, self.next_step_at, now)


class AlertContact(LabOwned, Base):
    """One person of the lab's chain. They count once their number is confirmed and they have a PIN.

    ``pin`` is a keyed fingerprint of ``person id:PIN``: the database alone does not tell it.
    """

    __tablename__ = "alert_contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    position: Mapped[int]
    code: Mapped[str | None] = mapped_column(Keyed)
    code_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pin: Mapped[str | None] = mapped_column(Keyed)
    hours_from: Mapped[time | None] = mapped_column(Time)
    hours_to: Mapped[time | None] = mapped_column(Time)
    fault_code: Mapped[int | None]
    fault_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    person: Mapped[Person] = relationship()

    @property
    def number(self) -> Number:
        """What is known of their number."""
        return Number(self.confirmed_at, self.tested_at, self.pin is not None, self.fault_code is not None)

    @property
    def counts(self) -> bool:
        """Whether this person is told of alerts."""
        return self.number.counts and self.person.active

    @property
    def ready(self) -> bool:
        """Whether they are told and nothing speaks against a text arriving."""
        return self.counts and self.fault_code is None

    @property
    def hours(self) -> Hours | None:
        """When they may be told of what is not urgent; None: always."""
        if self.hours_from is None or self.hours_to is None:
            return None
        return Hours(self.hours_from, self.hours_to)


_REACHABLE = or_(Person.phone_index.is_not(None), Person.email_index.is_not(None))


def contacts(session: Session) -> list[AlertContact]:
    """The lab's chain in order, unconfirmed people included. Names and numbers are a separate reading."""
    query = select(AlertContact).join(AlertContact.person).where(Person.active)
    return list(session.scalars(query.order_by(AlertContact.position, AlertContact.id)))


def ready_count(session: Session) -> int:
    """How many contacts of the lab one can rely on."""
    return sum(each.ready for each in contacts(session))


def contact_of(session: Session, person_id: int) -> AlertContact | None:
    """The place of this person in the chain."""
    return session.scalars(select(AlertContact).where(AlertContact.person_id == person_id)).first()


def chain_now(session: Session) -> Chain:
    """The chain of the session's lab as it stands."""
    rows = {each.person_id: each for each in contacts(session)}
    confirmed = [
        Link(each.person_id, each.hours, each.person.language) for each in rows.values() if each.counts
    ]

    def reachable(role: Role) -> list[Link]:
        query = select(Person).where(Person.role == role, Person.active, _REACHABLE).order_by(Person.id)
        return [
            Link(each.id, rows[each.id].hours if each.id in rows else None, each.language)
            for each in session.scalars(query)
        ]

    return chain_of(confirmed, reachable(Role.COORDINATOR), reachable(Role.LAB_ADMIN))


def can_be_reached(session: Session, chain: Chain) -> bool:
    """Whether anybody of a chain is still here and has a number."""
    query = select(Person.id).where(Person.id.in_(chain.people), Person.active, _REACHABLE)
    return session.scalars(query).first() is not None


def of_concern(session: Session, concern_id: int) -> Alert | None:
    """The alert of that concern, locked until the unit of work ends."""
    query = select(Alert).where(Alert.concern_id == concern_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).first()


def with_concern(session: Session, alert_id: int) -> tuple[Alert, Concern]:
    """That alert and its concern as they are now, locked in the order that every deed keeps: the concern first.

    Raises LookupError for an alert that is not of this lab.
    """
    concern_id = session.scalar(select(Alert.concern_id).where(Alert.id == alert_id))
    concern = None if concern_id is None else watch.for_writing(session, concern_id)
    query = select(Alert).where(Alert.id == alert_id).with_for_update()
    alert = session.scalars(query.execution_options(populate_existing=True)).first()
    if alert is None or concern is None:
        raise LookupError(f"no alert {alert_id} here")
    return alert, concern


def ended_of_cause(session: Session, key: str) -> int:
    """How many alerts of this cause have ended: the number of the next one, so that two can never be open."""
    query = select(func.count()).where(Alert.dedupe_key.startswith(f"{key} "), Alert.ended_at.is_not(None))
    return session.scalar(query) or 0


def due_ids(session: Session, now: datetime) -> list[tuple[int, int]]:
    """(lab id, alert id) of the alerts whose next step is due or whose ack has expired; for a session of all labs."""
    query = (
        select(Alert, Concern.kind)
        .join(Concern, Concern.id == Alert.concern_id)
        .where(
            or_(
                Alert.next_step_at <= now,
                Alert.next_step_at > now + LONGEST_WAIT,
                and_(Alert.next_step_at.is_not(None), Alert.opened_at > now),
                Alert.ack_expires_at <= now,
                Alert.ack_expires_at > now + ACK_LIVES,
            )
        )
        .order_by(Alert.next_step_at, Alert.id)
    )
    return [
        (alert.lab_id, alert.id)
        for alert, kind in session.execute(query)
        if alert.step_is_due(kind, now) or ack_is_over(alert.ack_expires_at, now)
    ]
