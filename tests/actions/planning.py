"""Short words for tests that plan a small day."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from sharemeal.actions.plan_day import Planned, plan_day
from sharemeal.actions.sign_off import sign_few_contacts
from sharemeal.alerts import LEAST_CONTACTS
from sharemeal.cli.day_report import as_json
from sharemeal.store import alerts, service_days
from sharemeal.store.service_days import ServiceDay
from tests.make.small_lab import DAY, SmallLab

Json = dict[str, Any]


def planned(lab: SmallLab, **changes: Any) -> Planned:
    """Plan the Friday of that lab, stopped by count; where the lab lacks contacts, somebody answers for that."""
    settings: dict[str, Any] = {"now": lab.now, "actor": "test", "seconds": 10, "solutions": 30, **changes}
    done = plan_day(lab.store, lab.lab_id, DAY, **settings)
    with lab.session() as session:
        if alerts.ready_count(session) < LEAST_CONTACTS:
            sign_few_contacts(session, DAY, reason="ひとりで電話を待ちます", by="桜井", now=settings["now"])
    return done


def the_day(session: Session) -> ServiceDay:
    """The Friday, which somebody has planned."""
    day = service_days.on(session, DAY)
    assert day is not None
    return day


def report(lab: SmallLab) -> Json:
    """What the store keeps of the Friday."""
    with lab.session() as session:
        return as_json(the_day(session))


def volunteer_of(lab: SmallLab) -> dict[int, int]:
    """Home → the volunteer who brings it something."""
    return {
        step["sharemeal"]["household"]: route["vehicle"]
        for route in report(lab)["routes"]["routes"]
        for step in route["steps"]
        if step["type"] == "delivery"
    }
