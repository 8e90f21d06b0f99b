"""A home's last twelve weeks as a line, and everything that was seen and done in one column. A gap stays a gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sharemeal.doors import DoorState, state_of
from sharemeal.labs import LabRules
from sharemeal.service_days import DayState
from sharemeal.store import home_watch, households, sheets, watch_log
from sharemeal.store.home_watch import Expected
from sharemeal.store.households import Household, Pause
from sharemeal.store.visits import CheckIn
from sharemeal.store.watch import Concern
from sharemeal.visits import GOOD_NEWS_WORDS, OBSERVATION_WORDS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

WEEKS = 12


class Mark(StrEnum):
    """What one week was for a home."""

    SEEN = "seen"
    DIFFERENT = "different"
    WORRIED = "worried"
    VOICE = "voice"
    UNSEEN = "unseen"
    HEARD_LATER = "heard_later"
    SILENT = "silent"
    RESTING = "resting"
    DECLINED = "declined"
    NOTHING = "nothing"
    TO_COME = "to_come"


MARK_WORDS = {
    Mark.SEEN: "会えた",
    Mark.DIFFERENT: "ちょっと違う",
    Mark.WORRIED: "心配",
    Mark.VOICE: "声だけ",
    Mark.UNSEEN: "会えず",
    Mark.HEARD_LATER: "あとで話せた",
    Mark.SILENT: "便りなし",
    Mark.RESTING: "お休み",
    Mark.DECLINED: "辞退",
    Mark.NOTHING: "お届けなし",
    Mark.TO_COME: "これから",
}
MET = frozenset({Mark.SEEN, Mark.DIFFERENT, Mark.WORRIED, Mark.VOICE})
"""Weeks that the line runs through: the home was seen or heard."""
_OF_DOOR = {
    DoorState.SEEN: Mark.SEEN,
    DoorState.VOICE: Mark.VOICE,
    DoorState.DIFFERENT: Mark.DIFFERENT,
    DoorState.WORRIED: Mark.WORRIED,
    DoorState.UNSEEN: Mark.UNSEEN,
    DoorState.HEARD_LATER: Mark.HEARD_LATER,
    DoorState.SILENT: Mark.SILENT,
    DoorState.WAITING: Mark.TO_COME,
}


@dataclass(frozen=True)
class Week:
    """One week of the line; ``joined`` where it and the week before were both met, so that the line runs on."""

    day: date
    mark: Mark
    joined: bool = False


@dataclass(frozen=True)
class Happening:
    """One entry of the column: a report, a concern, a rest, or a week without a word. ``at`` sorts them."""

    at: datetime
    gap: bool
    report: CheckIn | None = None
    reporter: str = ""
    replaced: bool = False
    concern: Concern | None = None
    ended_by: str = ""
    pause: Pause | None = None
    week: Week | None = None

    @property
    def seen(self) -> list[str]:
        """What was noted at the door, in words."""
        return [] if self.report is None else [OBSERVATION_WORDS[each] for each in self.report.observations]

    @property
    def news(self) -> list[str]:
        """Good news in words."""
        return [] if self.report is None else [GOOD_NEWS_WORDS[each] for each in self.report.good_news]


@dataclass(frozen=True)
class Watch:
    """A home's last weeks, their sums in words of MARK_WORDS, and what happened, newest first."""

    weeks: tuple[Week, ...]
    counts: tuple[tuple[Mark, int], ...]
    happenings: tuple[Happening, ...]


def watch_of(session: Session, home: Household, rules: LabRules, now: datetime) -> Watch:
    """Read a home's last twelve weeks with notes and memos: a reading of personal data."""
    today = rules.today(now)
    last = today - timedelta(days=(today.weekday() - rules.weekday) % 7)
    first = last - timedelta(weeks=WEEKS - 1)
    expected = home_watch.expected_of(session, home.id, first, today)
    reports = home_watch.reports_of(session, home.id, first)
    pauses = households.pauses_of(session, "household_id", home.id)
    declines = households.declines_of(session, home.id, first)
    weeks: list[Week] = []
    for day in (first + timedelta(weeks=each) for each in range(WEEKS)):
        mark, on = _mark(day, expected, reports, pauses, declines, now, today)
        joined = mark in MET and bool(weeks) and weeks[-1].mark in MET
        weeks.append(Week(on, mark, joined))
    counts = tuple((mark, sum(week.mark is mark for week in weeks)) for mark in Mark)
    return Watch(
        tuple(weeks),
        tuple((mark, count) for mark, count in counts if count),
        tuple(_happenings(session, home, reports, pauses, _told_of(weeks, expected), rules, first, now)),
    )


def _mark(
    day: date,
    expected: Sequence[Expected],
    reports: Sequence[CheckIn],
    pauses: Sequence[Pause],
    declines: set[date],
    now: datetime,
    today: date,
) -> tuple[Mark, date]:
    """What the week of that service day was, and on which day; a day that was moved counts for its week."""
    monday = day - timedelta(days=day.weekday())
    there = [each for each in expected if monday <= each.day.service_date < monday + timedelta(days=7)]
    chosen = next((each for each in there if each.visited), there[0] if there else None)
    on = chosen.day.service_date if chosen else day
    told = [each for each in reports if chosen and each.day_id == chosen.day.id and each.undone_at is None]
    if chosen and (chosen.visited or told):
        over = chosen.day.state is DayState.CLOSED or on < today or chosen.overdue(now)
        if told or over:
            return _OF_DOOR[state_of(told, overdue=True)], on
        return Mark.TO_COME, on
    if any(pause.span.covers(on) for pause in pauses):
        return Mark.RESTING, on
    if on in declines:
        return Mark.DECLINED, on
    return Mark.NOTHING, on


def _told_of(weeks: Sequence[Week], expected: Sequence[Expected]) -> list[Week]:
    """The weeks without any word that stand in the column: not those before the lab's first day."""
    began = expected[0].day.service_date if expected else date.max
    silent = (Mark.SILENT, Mark.DECLINED, Mark.NOTHING)
    return [week for week in weeks if week.mark in silent and week.day >= began]


def _happenings(
    session: Session,
    home: Household,
    reports: Sequence[CheckIn],
    pauses: Sequence[Pause],
    weeks: Sequence[Week],
    rules: LabRules,
    first: date,
    now: datetime,
) -> list[Happening]:
    since = rules.moment(first, 0)
    concerns = home_watch.concerns_of(session, home.id, since)
    people = {each.reporter_id for each in reports}
    people |= {each.ended_by_id for each in concerns if each.ended_by_id is not None}
    names = sheets.names_of(session, people) if people else {}
    old = watch_log.corrected(session, reports) if reports else set()
    found = [
        Happening(
            each.seen_at,
            gap=not each.contact.met,
            report=each,
            reporter=names.get(each.reporter_id, ""),
            replaced=each.id in old,
        )
        for each in reports
    ]
    found += [
        Happening(
            each.ended_at or each.opened_at,
            gap=False,
            concern=each,
            ended_by=names.get(each.ended_by_id or 0, ""),
        )
        for each in concerns
    ]
    found += [
        Happening(rules.moment(pause.span.starts, 0), gap=True, pause=pause)
        for pause in pauses
        if pause.ended_at is None and since <= rules.moment(pause.span.starts, 0) <= now
    ]
    found += [Happening(rules.moment(week.day, 86_399), gap=True, week=week) for week in weeks]
    return sorted(found, key=lambda each: (each.at, each.concern is not None), reverse=True)
