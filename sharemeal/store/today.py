"""What the coordinator's page of a day is read from. Personal columns are read only where a function says so."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload, undefer_group

from sharemeal.messages import FAILED
from sharemeal.store.alerts import Alert
from sharemeal.store.households import Pause
from sharemeal.store.messages import Message
from sharemeal.store.service_days import Route, ServiceDay, ServingRow, Stop, StopItem
from sharemeal.store.visits import CheckIn
from sharemeal.store.watch import Concern
from sharemeal.visits import Means


def home_stops(session: Session, day_id: int) -> list[Stop]:
    """The halts at homes on that day by course and order, with what is handed over and who goes."""
    query = (
        select(Stop)
        .join(Stop.route)
        .where(Route.day_id == day_id, Stop.household_id.is_not(None))
        .order_by(Route.id, Stop.position)
        .options(
            contains_eager(Stop.route).joinedload(Route.volunteer),
            joinedload(Stop.household),
            selectinload(Stop.items).joinedload(StopItem.serving).joinedload(ServingRow.offer),
        )
    )
    return list(session.scalars(query))


def open_with_why(session: Session) -> list[Concern]:
    """Every concern that has not ended, the gravest and oldest first, with why and memo: a reading."""
    query = select(Concern).where(Concern.ended_at.is_(None), Concern.level > 0)
    query = query.options(undefer_group("personal"))
    return list(session.scalars(query.order_by(Concern.level.desc(), Concern.since, Concern.id)))


def open_counts(session: Session) -> dict[int, int]:
    """Level → how many concerns have not ended."""
    query = select(Concern.level, func.count()).where(Concern.ended_at.is_(None)).group_by(Concern.level)
    return {row[0]: row[1] for row in session.execute(query)}


def alerts_of(session: Session, concern_ids: Collection[int]) -> dict[int, Alert]:
    """Concern id → its alert, to look at."""
    query = select(Alert).where(Alert.concern_id.in_(concern_ids))
    return {alert.concern_id: alert for alert in session.scalars(query)}


def messages_of(session: Session, alert_ids: Collection[int]) -> dict[int, list[Message]]:
    """Alert id → everything that was written for it, in order."""
    found: dict[int, list[Message]] = {}
    query = select(Message).where(Message.alert_id.in_(alert_ids)).order_by(Message.id)
    for message in session.scalars(query):
        assert message.alert_id is not None
        found.setdefault(message.alert_id, []).append(message)
    return found


def failed_messages(session: Session, since: datetime, *, most: int = 20) -> list[Message]:
    """The messages written since then that did not arrive, newest first."""
    query = select(Message).where(Message.state.in_(FAILED), Message.made_at >= since)
    return list(session.scalars(query.order_by(Message.id.desc()).limit(most)))


def of_concerns(session: Session, concern_ids: Collection[int]) -> dict[int, list[CheckIn]]:
    """Concern id → the reports that are its causes, with what was written, in the order in which they came: a reading."""
    found: dict[int, list[CheckIn]] = {}
    query = select(CheckIn).where(CheckIn.concern_id.in_(concern_ids)).order_by(CheckIn.id)
    query = query.options(undefer_group("personal"))
    for report in session.scalars(query):
        assert report.concern_id is not None
        found.setdefault(report.concern_id, []).append(report)
    return found


def calls_since(session: Session, household_ids: Collection[int], since: datetime) -> list[CheckIn]:
    """The calls to these homes since then, in the order in which they came."""
    query = select(CheckIn).where(CheckIn.household_id.in_(household_ids), CheckIn.undone_at.is_(None))
    query = query.where(CheckIn.means == Means.CALL, CheckIn.received_at >= since)
    return list(session.scalars(query.order_by(CheckIn.id)))


def told_between(session: Session, first: date, last: date, *, most: int = 400) -> list[CheckIn]:
    """The reports of these days with good news and notes, newest first: a reading."""
    query = (
        select(CheckIn)
        .join(CheckIn.day)
        .where(ServiceDay.service_date.between(first, last), CheckIn.undone_at.is_(None))
        .order_by(CheckIn.id.desc())
        .limit(most)
        .options(undefer_group("personal"), joinedload(CheckIn.household), contains_eager(CheckIn.day))
    )
    return list(session.scalars(query))


def pauses_within(session: Session, first: date, last: date) -> list[Pause]:
    """The homes' rests that touch these days, with their reasons, by their beginnings."""
    query = select(Pause).where(Pause.household_id.is_not(None), Pause.ended_at.is_(None))
    return sorted(
        (
            pause
            for pause in session.scalars(query)
            if pause.span.starts <= last and (pause.span.ends is None or pause.span.ends >= first)
        ),
        key=lambda pause: (pause.span.starts, pause.id),
    )


def fingerprint(session: Session, day_id: int | None) -> tuple[object, ...]:
    """What differs as soon as anything on the page of that day has changed; holds nothing personal."""

    def of(*columns: object, where: object) -> tuple[object, ...]:
        query = select(*columns).where(where)  # type: ignore[call-overload]
        return tuple(tuple(row) for row in session.execute(query))

    day = of(
        ServiceDay.state, ServiceDay.called_off_at, ServiceDay.closed_at, where=ServiceDay.id == (day_id or 0)
    )
    reports = of(func.max(CheckIn.id), func.count(CheckIn.undone_at), where=CheckIn.day_id == (day_id or 0))
    concerns = of(
        Concern.id, Concern.level, Concern.owner_id, where=Concern.ended_at.is_(None) & (Concern.level > 0)
    )
    alerts = of(
        Alert.id,
        Alert.state,
        Alert.step,
        Alert.acked_by_id,
        Alert.next_step_at,
        where=Alert.ended_at.is_(None),
    )
    open_alerts = [row[0] for row in alerts if isinstance(row, tuple)]
    sent = of(Message.id, Message.state, where=Message.alert_id.in_(open_alerts))
    return tuple(tuple(sorted(map(str, part))) for part in (day, reports, concerns, alerts, sent))
