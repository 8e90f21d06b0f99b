"""Close a service day or open one that rests. A day that is fixed is called off instead: people count on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharemeal.labs import LabRules
from sharemeal.sentences import Refused, Sentence
from sharemeal.store import audit, labs
from sharemeal.store.base import transaction
from sharemeal.store.labs import Lab
from sharemeal.store.service_days import ServiceDay

LOOK_AHEAD = timedelta(days=400)
"""So far ahead a day may be closed or opened."""
_KEPT = timedelta(days=400)
"""Decisions about days so long past are forgotten."""


def close_on(session: Session, day: date, *, now: datetime) -> None:
    """No service on that day. One that rests already stays as it is.

    Raises LookupError for a day that is not of the lab's weekday, Refused for one that is past or settled.
    """
    with transaction(session, now):
        lab = labs.for_writing(session)
        _changeable(session, lab.rules, day, now)
        rules = replace(lab.rules, open_days=lab.rules.open_days - {day.isoformat()})
        if rules.serves_on(day):
            rules = replace(rules, closed_days=rules.closed_days | {day.isoformat()})
        _keep(session, lab, rules, now)


def open_on(session: Session, day: date, *, now: datetime) -> None:
    """Service on that day, although it was closed or others rest. Raises as :func:`close_on`."""
    with transaction(session, now):
        lab = labs.for_writing(session)
        _changeable(session, lab.rules, day, now)
        rules = replace(lab.rules, closed_days=lab.rules.closed_days - {day.isoformat()})
        if not rules.serves_on(day):
            rules = replace(rules, open_days=rules.open_days | {day.isoformat()})
        _keep(session, lab, rules, now)


def _changeable(session: Session, rules: LabRules, day: date, now: datetime) -> None:
    today = rules.today(now)
    if day.weekday() != rules.weekday or day > today + LOOK_AHEAD:
        raise LookupError(f"{day} is no service day of this lab")
    if day < today:
        raise Refused(
            Sentence("この日は、もう過ぎています。"), remedy=Sentence("これからの日を選んでください。")
        )
    query = select(ServiceDay).where(ServiceDay.service_date == day).with_for_update()
    planned = session.scalars(query.execution_options(populate_existing=True)).first()
    if planned is not None and planned.settled:
        raise Refused(
            Sentence("この日の計画は、もう確定しています。"),
            why=Sentence("協力店・ボランティア・お届け先が、その日を待っています。"),
            remedy=Sentence("「中止する」から知らせるか、確定を取り消してから変えてください。"),
        )


def _keep(session: Session, lab: Lab, rules: LabRules, now: datetime) -> None:
    since = (rules.today(now) - _KEPT).isoformat()
    rules = replace(
        rules,
        closed_days=frozenset(day for day in rules.closed_days if day >= since),
        open_days=frozenset(day for day in rules.open_days if day >= since),
    )
    if rules != lab.rules:
        lab.rules = rules
        audit.note(session, "calendar changed", "lab", [lab.id])
