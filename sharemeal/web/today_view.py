"""今日: the doors of a day with their number, and what goes into 今すぐ, 今週 and よい知らせ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from sharemeal.doors import Door, DoorState, planned_door
from sharemeal.households import Part
from sharemeal.labs import LabRules
from sharemeal.receive_tests import IN_NEED, Standing
from sharemeal.store import alerts, contacts, households, sheets, today, visits
from sharemeal.store.alerts import AlertContact
from sharemeal.store.households import Household, Pause
from sharemeal.store.messages import Message
from sharemeal.store.service_days import ServiceDay
from sharemeal.store.visits import CheckIn, ClosedBy
from sharemeal.visits import GOOD_NEWS_WORDS, worst
from sharemeal.watch import Level
from sharemeal.web.alert_view import Card, cards

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST_GOOD_NEWS = 12


@dataclass(frozen=True)
class GoodWord:
    """Good news of one door: what was ticked, what was written, by whom."""

    report: CheckIn
    news: tuple[str, ...]
    name: str


@dataclass(frozen=True)
class PhoneCall:
    """One home of the phone round on a day that was called off; ``door`` says how it stands."""

    home: Household
    door: Door


@dataclass(frozen=True)
class Week:
    """The week's list: homes to call that the plan does not know, notes, rests, messages that did not arrive, contacts
    on whose number one cannot rely.
    """

    unplanned: list[Door]
    notes: list[Card]
    pauses: list[tuple[Pause, int]]
    failed: list[Message]
    contacts: list[tuple[AlertContact, Standing]]
    names: dict[int, str]

    @property
    def count(self) -> int:
        """How many entries it has."""
        parts = (self.unplanned, self.notes, self.pauses, self.failed, self.contacts)
        return sum(len(part) for part in parts)


def doors_of(session: Session, day: ServiceDay, rules: LabRules, now: datetime) -> list[Door]:
    """Every active home of the lab by number: planned, resting, declined, without a place, or unknown to the plan."""
    reports = visits.on_day(session, day.id)
    overdue = {
        each.household_id: each.closed_by is ClosedBy.CARRIED_OVER
        or (each.closed_at is None and each.due_at <= now)
        for each in visits.expected_on(session, day.id)
    }
    portions: Counter[int] = Counter()
    planned: dict[int, tuple[int, datetime]] = {}
    for stop in today.home_stops(session, day.id):
        assert stop.household is not None
        portions[stop.household.id] += sum(item.serving.portions for item in stop.items)
        at = rules.moment(day.service_date, stop.begins_seconds)
        number, earlier = planned.get(stop.household.id, (stop.household.number, at))
        planned[stop.household.id] = (number, min(at, earlier))
    doors = [
        planned_door(
            number,
            portions[home_id],
            at,
            reports.get(home_id, []),
            overdue=overdue.get(home_id, False),
        )
        for home_id, (number, at) in planned.items()
    ]
    return sorted([*doors, *_others(session, day, planned, reports)], key=lambda door: door.number)


def _others(
    session: Session, day: ServiceDay, planned: Collection[int], reports: Mapping[int, Sequence[CheckIn]]
) -> list[Door]:
    """Homes to which nobody goes on that day, and why; as the plan counts, no agreement to meals is a decline.

    One that was left without a meal, or that the plan does not know, may have been called. What was agreed with a
    home only after that day took no part in it.
    """
    pauses = households.pauses_on(session, day.service_date)
    resting = {pause.household_id for pause in pauses}
    declined = households.declined_on(session, day.service_date)
    short = {row.household_id for row in day.shortages}
    found = []
    for home in households.all_households(session):
        if home.id in planned:
            continue
        part = home.part(resting=home.id in resting, declined=home.id in declined)
        call = worst(reports.get(home.id, []))
        contact = call.contact if call else None
        if part is Part.RESTING:
            found.append(Door(home.number, DoorState.RESTING))
        elif part is Part.DECLINED:
            found.append(Door(home.number, DoorState.DECLINED))
        elif home.id in short:
            found.append(Door(home.number, DoorState.SHORT, contact=contact))
        elif home.consents and all(each.given_on > day.service_date for each in home.consents):
            continue
        elif part is Part.NO_CONSENT:
            found.append(Door(home.number, DoorState.DECLINED))
        else:
            found.append(Door(home.number, DoorState.UNPLANNED, contact=contact))
    return found


def by_state(doors: list[Door]) -> list[tuple[DoorState, int]]:
    """How many doors stand in which state: all that somebody sees who may not see homes."""
    counts = Counter(door.state for door in doors)
    return [(state, counts[state]) for state in DoorState if counts[state]]


def to_call(doors: list[Door]) -> list[Door]:
    """The homes that the plan does not know and nobody has called yet."""
    return [door for door in doors if door.state is DoorState.UNPLANNED and not door.asked]


def now_and_week(
    session: Session, unplanned: list[Door], *, me: int, now: datetime, monday: date
) -> tuple[list[Card], Week]:
    """今すぐ with its cards, and 今週 with these homes to call."""
    concerns = today.open_with_why(session)
    drawn = cards(session, concerns, me=me, now=now)
    failed = today.failed_messages(session, now - timedelta(days=7))
    chain = alerts.contacts(session)
    standings = contacts.standings(session, chain, now)
    in_need = [(each, standings[each.person_id]) for each in chain if standings[each.person_id] in IN_NEED]
    named = {each.person_id for each in failed} | {each.person_id for each, _ in in_need}
    numbers = {home.id: home.number for home in households.all_households(session)}
    week = Week(
        unplanned=unplanned,
        notes=[card for card in drawn if card.concern.level < Level.TODAY],
        pauses=[
            (pause, numbers[pause.household_id])
            for pause in today.pauses_within(session, monday, monday + timedelta(days=6))
            if pause.household_id in numbers
        ],
        failed=failed,
        contacts=in_need,
        names=sheets.names_of(session, named) if named else {},
    )
    return [card for card in drawn if card.concern.level >= Level.TODAY], week


def good_words(session: Session, last: date) -> list[GoodWord]:
    """What was ticked as good news in the seven days up to ``last``, with what was written beside it, newest first.

    A smile counts beside a small worry too; what is graver has its place elsewhere.
    """
    told = today.told_between(session, last - timedelta(days=6), last)
    chosen = [each for each in told if each.good_news and each.level < Level.TODAY][:MOST_GOOD_NEWS]
    names = sheets.names_of(session, {each.reporter_id for each in chosen}) if chosen else {}
    return [
        GoodWord(
            each, tuple(GOOD_NEWS_WORDS[news] for news in each.good_news), names.get(each.reporter_id, "")
        )
        for each in chosen
    ]


def phone_round(session: Session, doors: list[Door]) -> list[PhoneCall]:
    """Whom to call on a day that was called off, with telephones: those who were not asked yet come first."""
    numbers = {door.number: door for door in doors}
    ids = {home.id: home.number for home in households.all_households(session) if home.number in numbers}
    homes = sheets.homes(session, ids, ("name", "reading", "phone"))
    calls = [PhoneCall(home, numbers[home.number]) for home in homes.values()]
    left_alone = (DoorState.RESTING, DoorState.DECLINED, DoorState.UNPLANNED)
    calls = [call for call in calls if call.door.state not in left_alone]
    return sorted(calls, key=lambda call: (call.door.asked, call.home.number))
