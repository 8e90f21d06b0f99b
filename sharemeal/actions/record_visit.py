"""A tap at a door: recorded, corrected, undone; and what is counted at a kitchen.

Report, verdict, concern, alert, first message and audit are one unit of work. Corrections are further reports of the
same person; the last that was not undone stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharemeal.actions.cancel_route import settle_cover
from sharemeal.actions.keep_report import keep_report, uuid_of
from sharemeal.actions.reweigh import reweigh
from sharemeal.actions.watch_over import expect_again, expect_visits, heard_from_volunteer, stop_is_over
from sharemeal.sentences import Refused, Sentence
from sharemeal.service_days import DayState
from sharemeal.store import covers, service_days, visits
from sharemeal.store.base import own, transaction
from sharemeal.store.batches import PickupCount
from sharemeal.store.labs import fenced
from sharemeal.store.service_days import Route, ServiceDay, Stop
from sharemeal.store.visits import CheckIn
from sharemeal.store.volunteers import Volunteer
from sharemeal.visits import Means, Report, plausible, standing
from sharemeal.watch import Level, weigh


class Result(StrEnum):
    """What became of a report that was sent."""

    CREATED = "created"
    REPEATED = "repeated"


@dataclass(frozen=True)
class Outcome:
    """The report as it is kept, whether it is new, and the concern that stands for it."""

    result: Result
    check_in: CheckIn

    @property
    def concern_id(self) -> int | None:
        """The concern that looks after what was said, if something is to be looked after."""
        return self.check_in.concern_id


def check_in(
    session: Session,
    stop_id: int,
    *,
    client_uuid: str,
    report: Report,
    observed_at: datetime,
    reporter_id: int,
    now: datetime,
    means: Means = Means.DOOR,
    entered_by_id: int | None = None,
) -> Outcome:
    """Keep what ``reporter_id`` (a person) says of a door; the same ``client_uuid`` again changes nothing.

    ``observed_at`` is the tap's own time. Raises LookupError for a stop that is not of this lab; Refused for a stop of
    another course, a kitchen, a day that is not under way any more or not yet settled, and a time that cannot be.
    """
    with transaction(session, now):
        session.expire_all()
        known_id = uuid_of(client_uuid)
        stop = own(session, Stop, stop_id)
        day = visits.day_of(session, stop, to_change=True)
        session.refresh(stop, ["route_id", "position"])
        known = visits.by_uuid(session, known_id)
        if known is not None:
            return Outcome(Result.REPEATED, _same(known, stop_id, reporter_id))
        route = _own_course(session, stop, reporter_id)
        if stop.household_id is None:
            raise Refused(Sentence("ここは受け取りの店です。お届け先ではありません。"), field="stop")
        _takes_reports(
            session, day, now, late=_is_late_but_grave(session, day, stop.household_id, report, observed_at)
        )
        plausible(observed_at, _begins(session, day, route), now)
        row = keep_report(
            session,
            day,
            stop.household_id,
            report,
            client_uuid=known_id,
            stop_id=stop.id,
            reporter_id=reporter_id,
            entered_by_id=entered_by_id or reporter_id,
            means=means,
            observed_at=observed_at,
            now=now,
        )
        _heard(session, day, route, stop, reporter_id, now)
        return Outcome(Result.CREATED, row)


def undo(session: Session, client_uuid: str, *, reporter_id: int, now: datetime) -> CheckIn:
    """Take a report back until the day is closed; the reporter's one before it stands again. Undone twice is undone.

    A concern that nothing carries any more ends, and everyone who was told gets the all-clear. Raises LookupError for
    a report that is not theirs, and Refused once the day is closed.
    """
    with transaction(session, now):
        session.expire_all()
        row = visits.by_uuid(session, uuid_of(client_uuid))
        if row is None or reporter_id not in (row.reporter_id, row.entered_by_id):
            raise LookupError(client_uuid)
        day = service_days.lock_day(session, row.day_id)
        if row.undone_at is not None:
            return row
        _refuse_closed(day)
        row.undone_at = now
        session.flush()
        expect_again(session, day, row, now=now)
        reweigh(session, day, row.household_id, now)
        return row


def count_pickup(
    session: Session,
    stop_id: int,
    counts: Mapping[int, int],
    *,
    client_uuid: str,
    reporter_id: int,
    observed_at: datetime,
    now: datetime,
) -> bool:
    """Keep how many of each offer (id → portions) were counted at a kitchen; False where this was sent before.

    Raises LookupError for a stop that is not of this lab or an offer that is not collected there, and Refused as
    :func:`check_in`.
    """
    with transaction(session, now):
        session.expire_all()
        known_id = uuid_of(client_uuid)
        stop = own(session, Stop, stop_id)
        day = visits.day_of(session, stop, to_change=True)
        session.refresh(stop, ["route_id", "position"])
        query = select(PickupCount.id).where(PickupCount.client_uuid == known_id)
        if session.scalars(query).first() is not None:
            return False
        route = _own_course(session, stop, reporter_id)
        _takes_reports(session, day, now)
        plausible(observed_at, _begins(session, day, route), now)
        planned = {item.serving.offer_id for item in stop.items}
        if stop.kitchen_id is None or set(counts) - planned:
            raise LookupError(f"nothing of that is collected at stop {stop_id}")
        for offer_id, portions in counts.items():
            if not 0 <= portions <= 500:
                raise Refused(
                    Sentence("数は0から500の数字で入力してください（入力: {value}）。", value=portions),
                    field=f"offer-{offer_id}",
                )
            session.add(
                PickupCount(
                    client_uuid=known_id,
                    stop_id=stop.id,
                    offer_id=offer_id,
                    portions=portions,
                    reporter_id=reporter_id,
                    observed_at=observed_at,
                    received_at=now,
                )
            )
        _heard(session, day, route, stop, reporter_id, now)
        return True


def _same(known: CheckIn, stop_id: int, reporter_id: int) -> CheckIn:
    if known.stop_id != stop_id or known.reporter_id != reporter_id:
        raise Refused(
            Sentence("この記録の番号は、別の記録で使われています。"),
            remedy=Sentence("画面を開きなおして、もう一度記録してください。"),
            field="id",
        )
    return known


def _own_course(session: Session, stop: Stop, reporter_id: int) -> Route:
    route = own(session, Route, stop.route_id)
    if not _walks(session, route, reporter_id) and not covers.walked_before(session, route.id, reporter_id):
        raise Refused(
            Sentence("この立ち寄り先は、あなたのコースにありません。"),
            why=Sentence("コースが変わったか、ほかの人の画面のようです。"),
            remedy=Sentence("順路表を開きなおしてください。"),
            field="stop",
        )
    return route


def _walks(session: Session, route: Route, person_id: int) -> bool:
    return own(session, Volunteer, route.volunteer_id).person_id == person_id


def _heard(
    session: Session, day: ServiceDay, route: Route, stop: Stop, reporter_id: int, now: datetime
) -> None:
    """A sign of life of who walks the course. Of who walked it before, a report that comes late ends its stop alone."""
    if _walks(session, route, reporter_id):
        heard_from_volunteer(session, day, route.volunteer_id, stop.position, now=now)
    else:
        stop_is_over(session, stop.id, now=now)
    settle_cover(session, route, now=now)


def _begins(session: Session, day: ServiceDay, route: Route) -> datetime:
    return fenced(session).rules.moment(day.service_date, route.starts_seconds)


def _takes_reports(session: Session, day: ServiceDay, now: datetime, *, late: bool = False) -> None:
    """The first report of a fixed day starts it. Raises Refused for a day that takes no reports, unless ``late``."""
    if day.state is DayState.DRAFT:
        raise Refused(
            Sentence("この日の計画は、まだ決まっていません。"), remedy=Sentence("世話人にお電話ください。")
        )
    if late:
        return
    if day.called_off_at is not None:
        raise Refused(
            Sentence("この日のお届けは中止になりました。"),
            remedy=Sentence("世話人にお電話ください。"),
        )
    _refuse_closed(day)
    expect_visits(session, day)
    if day.state is DayState.FIXED:
        day.state, day.started_at = DayState.UNDER_WAY, now


def _is_late_but_grave(
    session: Session, day: ServiceDay, household_id: int, report: Report, observed_at: datetime
) -> bool:
    """Whether this is kept although the day is over, however late a telephone finds its signal.

    It is where it was seen before the day was called off, where somebody has to look after it, and where nobody has
    reported this home yet: it may be the word that ends a silence. Meals are not counted anew.
    """
    if day.state is not DayState.CLOSED:
        if day.called_off_at is None:
            return False
        if observed_at <= day.called_off_at:
            return True
    unreported = not standing(visits.of_home_on(session, day.id, household_id))
    if unreported and day.called_off_at is None:
        return True
    verdict = weigh(report, visits.noted_before(session, household_id, day), heat_alert=day.heat_alert)
    return verdict is not None and verdict.level >= Level.TODAY


def _refuse_closed(day: ServiceDay) -> None:
    if day.state is DayState.CLOSED:
        raise Refused(
            Sentence("この日のお届けは、もう締めました。"),
            why=Sentence("締めたあとの記録は、変えられません。"),
            remedy=Sentence("気になることがあれば、世話人にお電話ください。"),
        )
