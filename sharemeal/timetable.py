"""The timetable of a service day: what the clock does by itself, when, and until when it still makes sense.

A process that was down over a moment takes the step when it comes back, as long as that helps somebody: nobody is
reminded of what is over, but a day is always closed. Moments are aware.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from sharemeal.labs import LabRules
from sharemeal.sheets import OPEN_AFTER, OPEN_BEFORE
from sharemeal.volunteers import Shift

PLANNED_AFTER_CUTOFF = timedelta(minutes=5)
TIME_TO_LOOK = timedelta(minutes=30)
"""So long after the cut-off a coordinator may take at least before being reminded of the plan."""
TIME_TO_ANSWER = timedelta(hours=1)
"""So long before the cut-off a kitchen is reminded at the latest."""
USUAL_SHIFT = Shift(16 * 3600, 19 * 3600)
"""The hours of a day on which no volunteer is known yet."""


class Step(StrEnum):
    """A step of a service day, in the order in which they come."""

    REMIND_KITCHENS = "remind_kitchens"
    CUT_OFF = "cut_off"
    DRAFT_PLAN = "draft_plan"
    REMIND_COORDINATORS = "remind_coordinators"
    REMIND_VOLUNTEERS = "remind_volunteers"
    START_DAY = "start_day"
    CLOSE_DAY = "close_day"


STEP_WORDS = {
    Step.REMIND_KITCHENS: "まだの協力店に食数を聞く",
    Step.CUT_OFF: "食数の締め切り",
    Step.DRAFT_PLAN: "計画の下書き",
    Step.REMIND_COORDINATORS: "未確定なら世話人に知らせる",
    Step.REMIND_VOLUNTEERS: "ボランティアに順路表を送る",
    Step.START_DAY: "お届けの始まり",
    Step.CLOSE_DAY: "お届けの日の締め",
}


@dataclass(frozen=True)
class Moment:
    """When a step is due, and from when on it is too late for it; ``until`` is None where it is never too late."""

    step: Step
    at: datetime
    until: datetime | None

    def due(self, now: datetime) -> bool:
        """Whether the step is to be taken ``now``."""
        return self.at <= now and (self.until is None or now < self.until)


@dataclass(frozen=True)
class Timetable:
    """The moments of one service day, in order of time."""

    service_date: date
    moments: tuple[Moment, ...]

    def at(self, step: Step) -> Moment:
        """The moment of that step."""
        return next(moment for moment in self.moments if moment.step is step)

    def due(self, now: datetime) -> list[Step]:
        """The steps to be taken ``now``, unless they have been."""
        return [moment.step for moment in self.moments if moment.due(now)]

    def next(self, now: datetime) -> Moment | None:
        """What comes next after ``now``; None when the day is over."""
        return next((moment for moment in self.moments if moment.at > now), None)

    @property
    def begins(self) -> datetime:
        """The first moment of all."""
        return self.moments[0].at


def timetable(rules: LabRules, service_date: date, shifts: Iterable[Shift] = ()) -> Timetable:
    """The timetable of that day in a lab whose volunteers of the day have these shifts."""
    known = list(shifts) or [USUAL_SHIFT]
    opens = rules.moment(service_date, min(shift.starts for shift in known)) - OPEN_BEFORE
    ends = rules.moment(service_date, max(shift.ends for shift in known))
    cutoff = rules.cutoff(service_date)
    cutoff_day = service_date - timedelta(days=rules.cutoff_days_before)
    confirm = rules.moment(service_date - timedelta(days=1), _seconds(rules.confirm_time))
    remind = rules.moment(cutoff_day, _seconds(rules.remind_kitchens_time))
    moments = [
        Moment(Step.REMIND_KITCHENS, min(remind, cutoff - TIME_TO_ANSWER), cutoff),
        Moment(Step.CUT_OFF, cutoff, ends),
        Moment(Step.DRAFT_PLAN, cutoff + PLANNED_AFTER_CUTOFF, ends),
        Moment(Step.REMIND_COORDINATORS, max(confirm, cutoff + TIME_TO_LOOK), ends),
        Moment(Step.REMIND_VOLUNTEERS, confirm, ends),
        Moment(Step.START_DAY, opens, None),
        Moment(Step.CLOSE_DAY, ends + OPEN_AFTER, None),
    ]
    return Timetable(service_date, tuple(sorted(moments, key=lambda moment: moment.at)))


def days_on_the_clock(rules: LabRules, now: datetime) -> list[date]:
    """The service days whose first moments may have come: today's, and those whose cut-off day has begun."""
    today = rules.today(now)
    ahead = today + timedelta(days=max(rules.cutoff_days_before, 1))
    weeks = rules.weekdays_from(today, (ahead - today).days // 7 + 1)
    return [day for day in weeks if day <= ahead and rules.serves_on(day)]


def _seconds(wall: time) -> int:
    return wall.hour * 3600 + wall.minute * 60 + wall.second
