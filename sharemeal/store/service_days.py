"""A service day: its state, its match, its routes, and what people decided about it."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text, UniqueConstraint, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from sharemeal.sentences import Sentence
from sharemeal.service_days import DayState
from sharemeal.store.base import Base, LabOwned
from sharemeal.store.columns import Coded, EncryptedSentence, EncryptedText, UtcDateTime
from sharemeal.store.households import Household
from sharemeal.store.kitchens import Kitchen, Offer
from sharemeal.store.volunteers import Volunteer
from sharemeal.volunteers import Mode, Shift


class ServiceDay(LabOwned, Base):
    """お届けの日. ``summary`` holds the figures of the last calculation, numbers only."""

    __tablename__ = "service_day"
    __table_args__ = (UniqueConstraint("lab_id", "service_date"), Index("ix_service_day_state", "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    service_date: Mapped[date]
    state: Mapped[DayState] = mapped_column(Coded(DayState), default=DayState.DRAFT)
    planned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fixed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fixed_by: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str | None] = mapped_column(Text)
    called_off_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    called_off_why: Mapped[str | None] = mapped_column(EncryptedText)
    heat_alert: Mapped[bool] = mapped_column(default=False)
    few_contacts_by: Mapped[str | None] = mapped_column(EncryptedText)
    few_contacts_why: Mapped[str | None] = mapped_column(EncryptedText)
    summary: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    servings: Mapped[list[ServingRow]] = relationship(cascade="all, delete-orphan", order_by="ServingRow.id")
    shortages: Mapped[list[ShortageRow]] = relationship(
        cascade="all, delete-orphan", order_by="ShortageRow.id"
    )
    surpluses: Mapped[list[SurplusRow]] = relationship(cascade="all, delete-orphan", order_by="SurplusRow.id")
    routes: Mapped[list[Route]] = relationship(cascade="all, delete-orphan", order_by="Route.id")
    sign_offs: Mapped[list[SignOff]] = relationship(cascade="all, delete-orphan", order_by="SignOff.id")

    @property
    def settled(self) -> bool:
        """Whether its plan stands: fixed, under way or closed."""
        return self.state is not DayState.DRAFT

    @property
    def goes_on(self) -> bool:
        """Whether its round is to be made or is being made: settled, neither called off nor closed."""
        return self.state in (DayState.FIXED, DayState.UNDER_WAY) and self.called_off_at is None


class ServingRow(LabOwned, Base):
    """So many portions of one offer for one home."""

    __tablename__ = "serving"

    id: Mapped[int] = mapped_column(primary_key=True)
    day_id: Mapped[int] = mapped_column(ForeignKey("service_day.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id", ondelete="CASCADE"), index=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"), index=True)
    portions: Mapped[int]
    why: Mapped[Sentence] = mapped_column(EncryptedSentence)
    offer: Mapped[Offer] = relationship()
    household: Mapped[Household] = relationship()


class ShortageRow(LabOwned, Base):
    """A home that lacks portions or a place on a route, and why."""

    __tablename__ = "shortage"

    id: Mapped[int] = mapped_column(primary_key=True)
    day_id: Mapped[int] = mapped_column(ForeignKey("service_day.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id", ondelete="CASCADE"), index=True)
    portions: Mapped[int]
    why: Mapped[Sentence] = mapped_column(EncryptedSentence)
    household: Mapped[Household] = relationship()


class SurplusRow(LabOwned, Base):
    """Portions of an offer that nobody gets."""

    __tablename__ = "surplus"

    id: Mapped[int] = mapped_column(primary_key=True)
    day_id: Mapped[int] = mapped_column(ForeignKey("service_day.id", ondelete="CASCADE"), index=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"), index=True)
    portions: Mapped[int]
    why: Mapped[Sentence] = mapped_column(EncryptedSentence)
    offer: Mapped[Offer] = relationship()


class Route(LabOwned, Base):
    """コース: one volunteer's way on one day. Times in seconds after local midnight, lengths in metres.

    ``cancelled_at`` stands while nobody walks it. ``planned_mode`` is how the times were counted, where somebody who
    may go another way has taken it over.
    """

    __tablename__ = "route"
    __table_args__ = (UniqueConstraint("day_id", "volunteer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    day_id: Mapped[int] = mapped_column(ForeignKey("service_day.id", ondelete="CASCADE"), index=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"), index=True)
    starts_seconds: Mapped[int]
    ends_seconds: Mapped[int]
    travel_seconds: Mapped[int]
    distance_metres: Mapped[int]
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    planned_mode: Mapped[Mode | None] = mapped_column(Coded(Mode))
    volunteer: Mapped[Volunteer] = relationship()
    stops: Mapped[list[Stop]] = relationship(
        back_populates="route", cascade="all, delete-orphan", order_by="Stop.position"
    )

    @property
    def mode(self) -> Mode:
        """How its times were counted."""
        return self.planned_mode or self.volunteer.mode

    @property
    def shift(self) -> Shift:
        """The volunteer's hours, as wide as the course: who has taken it over may have others."""
        theirs = self.volunteer.shift
        return Shift(min(theirs.starts, self.starts_seconds), max(theirs.ends, self.ends_seconds))


class Stop(LabOwned, Base):
    """立ち寄り先: one halt at a kitchen (to collect) or at a home (to hand over), in order of ``position`` from 1.

    ``begins_seconds`` is when service begins, ``travel_seconds`` and ``distance_metres`` lead from the place before.
    """

    __tablename__ = "stop"
    __table_args__ = (UniqueConstraint("route_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    route_id: Mapped[int] = mapped_column(ForeignKey("route.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    kitchen_id: Mapped[int | None] = mapped_column(ForeignKey("kitchen.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int | None] = mapped_column(
        ForeignKey("household.id", ondelete="CASCADE"), index=True
    )
    arrives_seconds: Mapped[int]
    begins_seconds: Mapped[int]
    leaves_seconds: Mapped[int]
    travel_seconds: Mapped[int]
    distance_metres: Mapped[int]
    why: Mapped[Sentence | None] = mapped_column(EncryptedSentence)
    route: Mapped[Route] = relationship(back_populates="stops")
    kitchen: Mapped[Kitchen | None] = relationship()
    household: Mapped[Household | None] = relationship()
    items: Mapped[list[StopItem]] = relationship(cascade="all, delete-orphan", order_by="StopItem.id")


class StopItem(LabOwned, Base):
    """What is collected or handed over at a stop."""

    __tablename__ = "stop_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    stop_id: Mapped[int] = mapped_column(ForeignKey("stop.id", ondelete="CASCADE"), index=True)
    serving_id: Mapped[int] = mapped_column(ForeignKey("serving.id", ondelete="CASCADE"), index=True)
    serving: Mapped[ServingRow] = relationship()


class SignOff(LabOwned, Base):
    """A home without a place that somebody answers for, by name, so that the day can be fixed."""

    __tablename__ = "sign_off"
    __table_args__ = (UniqueConstraint("day_id", "household_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    day_id: Mapped[int] = mapped_column(ForeignKey("service_day.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(EncryptedText)
    signed_by: Mapped[str] = mapped_column(EncryptedText)
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Pin(LabOwned, Base):
    """固定: a person's decision that the solver keeps. With ``only_on`` a move for one day, else until ``until``."""

    __tablename__ = "pin"

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id", ondelete="CASCADE"), index=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str | None] = mapped_column(EncryptedText)
    only_on: Mapped[date | None]
    until: Mapped[date | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    household: Mapped[Household] = relationship()
    volunteer: Mapped[Volunteer] = relationship()


class SolveRun(LabOwned, Base):
    """One calculation, as it goes and as it ended, for the page that watches it. Cost in seconds of travel."""

    __tablename__ = "solve_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_date: Mapped[date] = mapped_column(index=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refusal: Mapped[Sentence | None] = mapped_column(EncryptedSentence)
    trace: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """(elapsed seconds, best cost, bound or None, unserved), oldest first."""


def on(session: Session, day: date) -> ServiceDay | None:
    """The service day of that date, if anybody has planned it."""
    return session.scalars(select(ServiceDay).where(ServiceDay.service_date == day)).first()


def settled_on(session: Session, day: date) -> ServiceDay | None:
    """The service day of that date once its plan stands; None while it is a draft or nobody has planned it."""
    planned = on(session, day)
    return planned if planned is not None and planned.settled else None


def dates_to_finish(session: Session, until: date) -> list[date]:
    """The days up to ``until`` that were fixed and are not closed yet, oldest first."""
    query = select(ServiceDay.service_date).where(
        ServiceDay.state.in_((DayState.FIXED, DayState.UNDER_WAY)), ServiceDay.service_date <= until
    )
    return list(session.scalars(query.order_by(ServiceDay.service_date)))


def settled_before(session: Session, day: date) -> ServiceDay | None:
    """The last earlier day that was fixed or carried out, to compare with."""
    query = (
        select(ServiceDay)
        .where(ServiceDay.service_date < day, ServiceDay.state != DayState.DRAFT)
        .order_by(ServiceDay.service_date.desc())
        .limit(1)
    )
    return session.scalars(query).first()


def day_for_writing(session: Session, service_date: date) -> ServiceDay:
    """The day of that date, made if nobody has planned it yet, locked until the unit of work ends."""
    query = select(ServiceDay).where(ServiceDay.service_date == service_date)
    query = query.with_for_update().execution_options(populate_existing=True)
    day = session.scalars(query).first()
    if day is not None:
        return day
    # Where somebody makes it in the same moment, theirs is taken.
    with suppress(IntegrityError), session.begin_nested():
        session.add(ServiceDay(service_date=service_date, state=DayState.DRAFT, summary={}))
    return session.scalars(query).one()


def lock_day(session: Session, day_id: int) -> ServiceDay:
    """The day as it is now, locked until the unit of work ends."""
    query = select(ServiceDay).where(ServiceDay.id == day_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def pins_on(session: Session, day: date) -> list[Pin]:
    """The pins that hold on that day; a one-day move goes before a lasting one."""
    query = select(Pin).where(Pin.ended_at.is_(None), or_(Pin.only_on.is_(None), Pin.only_on == day))
    pins = [pin for pin in session.scalars(query) if pin.until is None or day <= pin.until]
    return sorted(pins, key=lambda pin: (pin.only_on is not None, pin.id))


def last_run(session: Session, day: date) -> SolveRun | None:
    """The newest calculation of that day."""
    query = select(SolveRun).where(SolveRun.service_date == day).order_by(SolveRun.id.desc()).limit(1)
    return session.scalars(query).first()


def visits_before(session: Session, day: date) -> list[tuple[int, int, date]]:
    """(volunteer id, household id, date) of the stops at homes on closed days before ``day``."""
    query = (
        select(Route.volunteer_id, Stop.household_id, ServiceDay.service_date)
        .join(Stop, Stop.route_id == Route.id)
        .join(ServiceDay, ServiceDay.id == Route.day_id)
        .where(Stop.household_id.is_not(None), ServiceDay.service_date < day)
        .where(ServiceDay.state == DayState.CLOSED, ServiceDay.called_off_at.is_(None))
    )
    return [
        (volunteer, household, on_day) for volunteer, household, on_day in session.execute(query) if household
    ]
