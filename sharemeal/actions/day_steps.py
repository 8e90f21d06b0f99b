"""The steps of a service day that the clock takes, each once, in one unit of work with its messages.

Only the draft plan lives elsewhere (draft_plan.py): it solves with no transaction open. A step of one lab that fails
stops neither the lab's other steps nor another lab.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sharemeal.actions.close_day import close_day
from sharemeal.actions.fix_day import start_day
from sharemeal.actions.reminders import not_reminded, remind_coordinators, remind_kitchens, remind_volunteers
from sharemeal.labs import LabRules
from sharemeal.service_days import DayState
from sharemeal.store import households, kitchens, service_days, ticks, volunteers
from sharemeal.store.base import Store, let_go, transaction
from sharemeal.store.labs import fenced
from sharemeal.store.service_days import ServiceDay
from sharemeal.store.ticks import DayStep
from sharemeal.timetable import Step, Timetable, days_on_the_clock, timetable
from sharemeal.volunteers import Shift

ACTOR = "clock"


@dataclass(frozen=True)
class Taken:
    """What was done in one lab: the steps with their days, and step and kind of error of what went wrong."""

    steps: list[tuple[date, Step]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Here:
    """One day of the session's lab at one moment. ``day`` is None while nobody has planned it."""

    session: Session
    service_date: date
    served: bool
    now: datetime

    @property
    def day(self) -> ServiceDay | None:
        return service_days.on(self.session, self.service_date)

    @property
    def waiting(self) -> bool:
        """Whether the day is still to be prepared: served, neither settled nor called off."""
        day = self.day
        return self.served and (day is None or not (day.settled or day.called_off_at is not None))

    @property
    def going(self) -> ServiceDay | None:
        """The day once it is fixed or under way."""
        day = self.day
        return day if day is not None and day.state in (DayState.FIXED, DayState.UNDER_WAY) else None


def take_steps(store: Store, lab_id: int, *, now: datetime) -> Taken:
    """Take every step of that lab that is due and was not taken."""
    done = Taken()
    with store.session(lab_id, actor=ACTOR) as session:
        rules = fenced(session).rules
        for table in tables_due(session, now):
            taken = ticks.steps_on(session, table.service_date)
            here = _Here(session, table.service_date, rules.serves_on(table.service_date), now)
            for step in table.due(now):
                deed = _DEEDS.get(step)
                if deed is None or (step.value in taken and step is not Step.REMIND_VOLUNTEERS):
                    continue
                try:
                    if deed(here):
                        done.steps.append((table.service_date, step))
                except Exception as error:
                    done.failed.append(f"{step.value} {type(error).__name__}")
                let_go(session)
                session.expire_all()
    return done


def tables_due(session: Session, now: datetime) -> list[Timetable]:
    """The timetables of the days that the clock looks at now: those near, and any fixed one that is not closed."""
    rules = fenced(session).rules
    ahead = rules.today(now) + timedelta(days=max(rules.cutoff_days_before, 1))
    days = {*days_on_the_clock(rules, now), *service_days.dates_to_finish(session, ahead)}
    return [table_of(session, rules, day) for day in sorted(days)]


def table_of(session: Session, rules: LabRules, service_date: date) -> Timetable:
    """The timetable of that day by the shifts of who goes, or of who is likely to."""
    return timetable(rules, service_date, _shifts(session, service_date))


def _shifts(session: Session, service_date: date) -> list[Shift]:
    settled = service_days.settled_on(session, service_date)
    if settled is not None and settled.routes:
        return [route.shift for route in settled.routes]
    return [each.shift for each in volunteers.in_service(session, service_date)]


def _once(here: _Here, step: Step, deed: Callable[[], str]) -> bool:
    """Take the step and note it in one unit of work; False where another process has just taken it."""
    try:
        with transaction(here.session, here.now):
            if step.value in ticks.steps_on(here.session, here.service_date):
                return False
            row = DayStep(service_date=here.service_date, step=step.value, taken_at=here.now, outcome="")
            here.session.add(row)
            here.session.flush()
            row.outcome = deed()
    except IntegrityError:
        return False
    return True


def _ask_kitchens(here: _Here) -> bool:
    def ask() -> str:
        if not here.waiting:
            return "not needed"
        return f"reminded {remind_kitchens(here.session, here.service_date, now=here.now)}"

    return here.waiting and _once(here, Step.REMIND_KITCHENS, ask)


def _cut_off(here: _Here) -> bool:
    def count() -> str:
        offers = kitchens.offers_on(here.session, here.service_date)
        kitchens_told = len({offer.kitchen_id for offer in offers})
        return f"kitchens {kitchens_told}, meals {sum(offer.meal_count for offer in offers)}"

    return here.served and _once(here, Step.CUT_OFF, count)


def _ask_coordinators(here: _Here) -> bool:
    def ask() -> str:
        if not here.waiting:
            return "not needed"
        if not households.all_households(here.session):
            return "no homes"
        return f"reminded {remind_coordinators(here.session, here.service_date, now=here.now)}"

    return here.served and _once(here, Step.REMIND_COORDINATORS, ask)


def _send_sheets(here: _Here) -> bool:
    """Whoever comes onto a route later (a fixed day was opened again) gets the sheet as soon as it is fixed."""
    day = here.going
    if day is None or day.called_off_at is not None or not not_reminded(here.session, day):
        return False
    with transaction(here.session, here.now):
        day = service_days.day_for_writing(here.session, here.service_date)
        if not day.goes_on:
            return False
        count = remind_volunteers(here.session, day, now=here.now)
        row = ticks.step_for_writing(here.session, here.service_date, Step.REMIND_VOLUNTEERS.value)
        if row is None:
            step = Step.REMIND_VOLUNTEERS.value
            here.session.add(
                DayStep(service_date=here.service_date, step=step, taken_at=here.now, outcome="")
            )
    return count > 0


def _start(here: _Here) -> bool:
    day = here.day
    if day is None or not day.settled:
        return False
    if day.state is DayState.FIXED:
        start_day(here.session, here.service_date, now=here.now)
    return _once(here, Step.START_DAY, lambda: "")


def _close(here: _Here) -> bool:
    day = here.day
    if day is None or not day.settled:
        return False
    close_day(here.session, here.service_date, lost={}, by=ACTOR, now=here.now, nobody_to_ask=True)
    return _once(here, Step.CLOSE_DAY, lambda: "")


_DEEDS: dict[Step, Callable[[_Here], bool]] = {
    Step.REMIND_KITCHENS: _ask_kitchens,
    Step.CUT_OFF: _cut_off,
    Step.REMIND_COORDINATORS: _ask_coordinators,
    Step.REMIND_VOLUNTEERS: _send_sheets,
    Step.START_DAY: _start,
    Step.CLOSE_DAY: _close,
}
