"""What was seen at the doors of a demo lab's past days: reported, looked after and ended as people would have."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from sharemeal.actions.close_day import figures
from sharemeal.actions.concerns import close_concern
from sharemeal.actions.keep_report import keep_report
from sharemeal.actions.watch_over import expect_visits, heard_from_volunteer
from sharemeal.demo.names import GOOD_NOTES, MEMOS, ODD_NOTES
from sharemeal.households import ConsentItem
from sharemeal.labs import LabRules
from sharemeal.messages import MessageState
from sharemeal.store import alerts, messages, watch
from sharemeal.store.batches import Batch
from sharemeal.store.service_days import Route, ServiceDay, Stop
from sharemeal.visits import Condition, Contact, GoodNews, Means, Observation, Report
from sharemeal.watch import Ending, Level

_NOTES = (
    Observation.MEAL_UNTOUCHED, Observation.LOOKS_UNWELL, Observation.LIGHTS_ODD, Observation.HOME_UNKEPT,
    Observation.UNSTEADY_OR_HURT,
)  # fmt: skip
_CALL_AFTER, _END_AFTER = timedelta(minutes=10), timedelta(minutes=25)
_SIGNAL_LOST = timedelta(minutes=38)


@dataclass(frozen=True)
class Desk:
    """Who sat at the desk, by person id, and whether the week's small notes are still open."""

    coordinator: int
    leave_open: bool


def visit_all(session: Session, dice: random.Random, day: ServiceDay, rules: LabRules, desk: Desk) -> None:
    """Write the reports of a past day, how what they raised ended, and the sums of its meals; the day is closed."""
    session.refresh(day, ["routes", "servings", "surpluses"])
    _cook(session, day, rules)
    expect_visits(session, day)
    session.flush()
    day.started_at = min(
        (rules.moment(day.service_date, each.starts_seconds) for each in day.routes), default=None
    )
    for route in sorted(day.routes, key=lambda each: each.id):
        on_paper = dice.random() < 0.12
        for stop in route.stops:
            at = rules.moment(day.service_date, stop.begins_seconds) + timedelta(
                seconds=dice.randint(20, 200)
            )
            if stop.household_id is not None:
                _visit(session, dice, day, route, stop, at, desk, rules, on_paper=on_paper)
            heard_from_volunteer(session, day, route.volunteer_id, stop.position, now=at)
    session.flush()
    day.closed_at, day.closed_by = (
        rules.moment(day.service_date, 20 * 3600),
        f"coordinator {desk.coordinator}",
    )
    session.add_all(dish.tally() for dish in figures(session, day.service_date).dishes)
    session.flush()


def _cook(session: Session, day: ServiceDay, rules: LabRules) -> None:
    offers = {row.offer_id: row.offer for row in day.servings}
    offers |= {row.offer_id: row.offer for row in day.surpluses}
    for offer in offers.values():
        ready = rules.moment(day.service_date, offer.ready_seconds)
        session.add(
            Batch(
                offer_id=offer.id, meal_count=offer.meal_count, cooked_at=ready, entered_by=offer.kitchen.name
            )
        )


def _visit(
    session: Session,
    dice: random.Random,
    day: ServiceDay,
    route: Route,
    stop: Stop,
    at: datetime,
    desk: Desk,
    rules: LabRules,
    *,
    on_paper: bool,
) -> None:
    assert stop.household_id is not None
    report, mistaken = _report(dice), dice.random() < 0.03
    if stop.household is not None and not stop.household.consents_to(ConsentItem.WATCH_OVER):
        report = Report(report.contact, good_news=report.good_news)
    received = (
        at + timedelta(seconds=dice.randint(1, 4)) + (_SIGNAL_LOST if dice.random() < 0.07 else timedelta(0))
    )
    means = Means.DOOR
    if on_paper:
        means, received = Means.PAPER, rules.moment(day.service_date, 19 * 3600 + 1800)
    for said in ([Report(Contact.VOICE_ONLY)] if mistaken else []) + [report]:
        keep_report(
            session,
            day,
            stop.household_id,
            said,
            client_uuid=str(UUID(int=dice.getrandbits(128))),
            stop_id=stop.id,
            reporter_id=route.volunteer.person_id,
            entered_by_id=desk.coordinator if on_paper else route.volunteer.person_id,
            means=means,
            observed_at=at,
            now=received,
        )
    _look_after(session, dice, day, stop.household_id, received, desk)


def _report(dice: random.Random) -> Report:
    lot = dice.random()
    if lot < 0.04:
        contact = dice.choice((Contact.UNSEEN_LEFT, Contact.UNSEEN_RETURNED))
        return Report(contact, None, frozenset({Observation.NO_RESPONSE}))
    if lot < 0.055:
        return Report(
            Contact.SEEN,
            Condition.WORRIED,
            frozenset({Observation.LOOKS_UNWELL}),
            note=dice.choice(ODD_NOTES),
        )
    if lot < 0.11:
        return Report(
            Contact.SEEN, Condition.DIFFERENT, frozenset({dice.choice(_NOTES)}), note=dice.choice(ODD_NOTES)
        )
    contact = Contact.VOICE_ONLY if lot < 0.19 else Contact.SEEN
    news = frozenset({dice.choice(tuple(GoodNews))}) if dice.random() < 0.25 else frozenset()
    note = dice.choice(GOOD_NOTES) if contact is Contact.SEEN and dice.random() < 0.15 else None
    return Report(contact, Condition.USUAL, good_news=news, note=note)


def _look_after(
    session: Session, dice: random.Random, day: ServiceDay, household_id: int, at: datetime, desk: Desk
) -> None:
    """A home that was not met is called; what is grave is ended within the hour, a small note on the next day."""
    concern = watch.open_of_home(session, household_id)
    if concern is None:
        return
    if concern.kind in ("unseen", "not_reached") and dice.random() < 0.6:
        _call(session, dice, day, household_id, at + _CALL_AFTER, desk)
        if concern.ended_at is not None:
            return
    if concern.level < Level.TODAY:
        if desk.leave_open:
            return
        ended, ending = at + timedelta(hours=18), dice.choice((Ending.SAFE, Ending.KEEP_WATCHING))
    else:
        ended, ending = (
            at + _END_AFTER,
            dice.choice((Ending.SAFE, Ending.SAFE, Ending.FAMILY, Ending.KEEP_WATCHING)),
        )
    concern.memo = dice.choice(MEMOS)
    concern.owner_id = desk.coordinator
    _delivered(session, concern.id, at)
    close_concern(session, concern, ending, now=ended, person_id=desk.coordinator)
    _delivered(session, concern.id, ended)
    session.flush()


def _call(
    session: Session, dice: random.Random, day: ServiceDay, household_id: int, at: datetime, desk: Desk
) -> None:
    keep_report(
        session,
        day,
        household_id,
        Report(Contact.VOICE_ONLY, Condition.USUAL, note=dice.choice(MEMOS)),
        client_uuid=str(UUID(int=dice.getrandbits(128))),
        stop_id=None,
        reporter_id=desk.coordinator,
        entered_by_id=desk.coordinator,
        means=Means.CALL,
        observed_at=at,
        now=at,
    )


def _delivered(session: Session, concern_id: int, at: datetime) -> None:
    """What was written to somebody about it has long arrived: nothing of the past is ever sent."""
    session.flush()
    alert = alerts.of_concern(session, concern_id)
    for message in messages.of_alert(session, alert.id) if alert is not None else []:
        if message.state is MessageState.PENDING:
            message.state, message.tries = MessageState.DELIVERED, 1
            message.intent_at = message.accepted_at = at + timedelta(seconds=2)
