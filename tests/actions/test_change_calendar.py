"""Closing and opening service days by hand."""

from datetime import date, datetime, timedelta

import pytest

from sharemeal.actions.change_calendar import close_on, open_on
from sharemeal.labs import LabRules
from sharemeal.sentences import Refused
from sharemeal.service_days import DayState
from sharemeal.store.base import Store
from sharemeal.store.labs import fenced
from sharemeal.store.service_days import ServiceDay
from tests.make.small_lab import DAY, SmallLab

NEW_YEAR = date(2027, 1, 1)


def rules(lab: SmallLab) -> LabRules:
    with lab.session() as session:
        return fenced(session).rules


def test_a_day_is_closed_and_opened_again(store: Store, now: datetime) -> None:
    lab = SmallLab(store, now)
    for _ in range(2):
        with lab.session() as session:
            close_on(session, DAY, now=now)
        assert rules(lab).closed_days == {DAY.isoformat()}
        assert rules(lab).coming_service_date(now) == date(2026, 12, 4)
    for _ in range(2):
        with lab.session() as session:
            open_on(session, DAY, now=now)
        assert rules(lab) == LabRules()


def test_a_holiday_is_opened_and_closed_again(store: Store, now: datetime) -> None:
    lab = SmallLab(store, now)
    with lab.session() as session:
        open_on(session, NEW_YEAR, now=now)
    assert rules(lab).serves_on(NEW_YEAR)
    with lab.session() as session:
        close_on(session, NEW_YEAR, now=now)
    assert rules(lab) == LabRules()


@pytest.mark.parametrize("state", [DayState.FIXED, DayState.UNDER_WAY, DayState.CLOSED])
def test_a_settled_day_is_called_off_instead(store: Store, now: datetime, state: DayState) -> None:
    lab = SmallLab(store, now)
    lab.add(ServiceDay(service_date=DAY, state=state, summary={}))
    with lab.session() as session, pytest.raises(Refused, match="中止"):
        close_on(session, DAY, now=now)
    assert rules(lab) == LabRules()


def test_a_draft_may_still_be_closed(store: Store, now: datetime) -> None:
    lab = SmallLab(store, now)
    lab.add(ServiceDay(service_date=DAY, state=DayState.DRAFT, summary={}))
    with lab.session() as session:
        close_on(session, DAY, now=now)
    assert not rules(lab).serves_on(DAY)


def test_days_that_cannot_be_changed(store: Store, now: datetime) -> None:
    lab = SmallLab(store, now)
    with lab.session() as session:
        with pytest.raises(Refused, match="過ぎています"):
            close_on(session, DAY - timedelta(days=7), now=now)
        for day in (DAY + timedelta(days=1), DAY + timedelta(days=7 * 60)):
            with pytest.raises(LookupError):
                close_on(session, day, now=now)


def test_what_was_decided_about_days_long_past_is_forgotten(store: Store, now: datetime) -> None:
    old, recent = "2024-01-05", "2026-11-20"
    lab = SmallLab(store, now, rules=LabRules(closed_days=frozenset({old, recent})))
    with lab.session() as session:
        close_on(session, DAY, now=now)
    assert rules(lab).closed_days == {recent, DAY.isoformat()}
