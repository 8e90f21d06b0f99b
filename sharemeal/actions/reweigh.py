"""After each report, undoing and call: which concern of the home still holds, and what is not looked after yet.

One rule for all of them, so that no cause of level 2 is ever without an alert and no alert without a cause.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from sharemeal.actions.concerns import close_concern, join, raise_concern
from sharemeal.alerts import AlertState
from sharemeal.store import alerts, visits, watch
from sharemeal.store.labs import fenced
from sharemeal.store.service_days import ServiceDay
from sharemeal.store.visits import CheckIn, ClosedBy, ExpectedVisit
from sharemeal.store.watch import Concern
from sharemeal.visits import Means, standing
from sharemeal.watch import NO_ANSWER, Ending, Kind, Level, Verdict, weigh

UNSEEN = (Kind.UNSEEN, Kind.NOT_REACHED)


def reweigh(session: Session, day: ServiceDay, household_id: int, now: datetime) -> None:
    """Bring the home's concern to what the standing reports say, inside a unit of work that has locked the day.

    What joined reports still carry goes on; what nothing carries ends by itself, with the all-clear; a report that
    no living concern stands for opens one.
    """
    reports = standing(visits.of_home_on(session, day.id, household_id))
    loose = [each for each in reports if each.level and not _looked_after(session, each, reports)]
    concern = watch.open_of_home(session, household_id)
    if concern is not None:
        alert = alerts.of_concern(session, concern.id)
        for report in [each for each in loose if alert is None or each.level >= Level.TODAY]:
            verdict = _verdict(session, report, day)
            join(session, concern, verdict, day_id=day.id, since=report.seen_at, key=_key(report), now=now)
            report.concern_id = concern.id
            loose.remove(report)
        session.flush()
        _keep_or_end(session, concern, day, reports, now)
    for report in loose:
        opened = raise_concern(
            session,
            _verdict(session, report, day),
            day_id=day.id,
            household_id=household_id,
            since=report.seen_at,
            key=_key(report),
            now=now,
        )
        report.concern_id = opened.id
    session.flush()


def _key(report: CheckIn) -> str:
    return f"check-in {report.client_uuid}"


def _verdict(session: Session, report: CheckIn, day: ServiceDay) -> Verdict:
    verdict = weigh(
        report.report,
        visits.noted_before(session, report.household_id, day),
        heat_alert=day.heat_alert,
        unseen_patience=timedelta(minutes=fenced(session).rules.coordinator_minutes),
    )
    assert verdict is not None, "a report with a level has a verdict"
    return verdict


def _answered(report: CheckIn, reports: Sequence[CheckIn], *, waiting: bool) -> bool:
    """Whether a home that was not met has been heard of since: by a call, or on a later day.

    While nobody has been told yet, another visit answers it too; later a mere "as usual" closes nothing by itself.
    """
    return any(
        each.contact.met
        and each.id > report.id
        and (waiting or each.means is Means.CALL or each.day_id != report.day_id)
        for each in reports
    )


def _looked_after(session: Session, report: CheckIn, reports: Sequence[CheckIn]) -> bool:
    """Whether a concern stands for this report: open, ended by a person, or fallen away since the home was met."""
    concern = None if report.concern_id is None else session.get(Concern, report.concern_id)
    if concern is None:
        return False
    if concern.ended_at is None or concern.ended_by_id is not None or concern.ended_as is Ending.ABSENT:
        return True
    return concern.ended_as is Ending.MET and _answered(report, reports, waiting=True)


def _keep_or_end(
    session: Session, concern: Concern, day: ServiceDay, reports: Sequence[CheckIn], now: datetime
) -> None:
    alert = alerts.of_concern(session, concern.id)
    waiting = alert is not None and alert.state is AlertState.WAITING
    met = any(each.contact.met for each in reports)
    carried = _carried_by(session, concern, reports)
    levels = [
        each.level
        for each in carried
        if not (each.kind in UNSEEN and _answered(each, reports, waiting=waiting))
    ]
    silent = select(ExpectedVisit.id).where(
        ExpectedVisit.concern_id == concern.id,
        or_(ExpectedVisit.closed_at.is_(None), ExpectedVisit.closed_by == ClosedBy.CARRIED_OVER),
    )
    if met:
        silent = silent.where(ExpectedVisit.day_id == day.id)
    if session.scalars(silent).first() is not None:
        levels.append(Level.TODAY)
    level = max(levels, default=Level.NONE)
    if level == Level.NONE or (alert is not None and level < Level.TODAY):
        heard = met and (concern.kind in NO_ANSWER or any(each.level >= Level.TODAY for each in carried))
        ended_as = Ending.MET if heard else Ending.WITHDRAWN
        close_concern(session, concern, ended_as, now=now)
    else:
        concern.level = level


def _carried_by(session: Session, concern: Concern, reports: Sequence[CheckIn]) -> list[CheckIn]:
    """The standing reports that this concern stands for; of earlier days, those that were not undone."""
    today = {each.day_id for each in reports}
    query = select(CheckIn).where(CheckIn.concern_id == concern.id, CheckIn.undone_at.is_(None))
    earlier = [each for each in session.scalars(query) if each.day_id not in today]
    return [*earlier, *(each for each in reports if each.concern_id == concern.id)]
