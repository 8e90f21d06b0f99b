"""Keep a report inside the unit of work of a tap, a typed tick or a call: one way for all of them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from sharemeal.actions.reweigh import reweigh
from sharemeal.actions.watch_over import heard_from_home
from sharemeal.households import ConsentItem
from sharemeal.sentences import Refused, Sentence
from sharemeal.store import visits
from sharemeal.store.base import own
from sharemeal.store.households import Household
from sharemeal.store.service_days import ServiceDay
from sharemeal.store.visits import CheckIn, ClosedBy
from sharemeal.visits import Condition, Means, Report
from sharemeal.watch import Level, weigh


def keep_report(
    session: Session,
    day: ServiceDay,
    household_id: int,
    report: Report,
    *,
    client_uuid: str,
    stop_id: int | None,
    reporter_id: int,
    entered_by_id: int,
    means: Means,
    observed_at: datetime,
    now: datetime,
) -> CheckIn:
    """Inside a unit of work that has locked the day: keep a report, end what was expected, weigh it.

    Raises Refused for more than was agreed: at the door of a home without watch-over only whether it was handed
    over, and 心配; what a call found out may be written down.
    """
    if means is not Means.CALL:
        _only_what_was_agreed(own(session, Household, household_id), report)
    verdict = weigh(report, visits.noted_before(session, household_id, day), heat_alert=day.heat_alert)
    row = CheckIn(
        client_uuid=client_uuid,
        day_id=day.id,
        household_id=household_id,
        stop_id=stop_id,
        reporter_id=reporter_id,
        entered_by_id=entered_by_id,
        means=means,
        contact=report.contact,
        condition=report.condition,
        level=Level.NONE if verdict is None else verdict.level,
        kind=None if verdict is None else verdict.kind,
        codes=frozenset(report.codes),
        note=report.note,
        observed_at=observed_at,
        received_at=now,
    )
    session.add(row)
    session.flush()
    closed_by = ClosedBy.CALL if means is Means.CALL else ClosedBy.VISIT
    heard_from_home(session, day, household_id, closed_by=closed_by, now=now)
    reweigh(session, day, household_id, now)
    return row


def _only_what_was_agreed(home: Household, report: Report) -> None:
    if home.consents_to(ConsentItem.WATCH_OVER) or report.condition is Condition.WORRIED:
        return
    if report.condition is Condition.DIFFERENT or report.observations or report.note:
        raise Refused(
            Sentence("このお宅では、お渡しできたかどうかだけを記録します。"),
            why=Sentence("見守りのお約束をいただいていません。"),
            remedy=Sentence("心配なときは「心配」を押すか、世話人にお電話ください。"),
            field="condition",
        )


def uuid_of(text: str) -> str:
    """The normal form of a UUID. Raises Refused for what is none."""
    try:
        return str(UUID(text))
    except (ValueError, AttributeError, TypeError):
        raise Refused(
            Sentence("記録の番号を読み取れません。"),
            remedy=Sentence("画面を開きなおして、もう一度記録してください。"),
            field="id",
        ) from None
