"""An office's week goes in as spreadsheets and comes out as a plan, which code of another hand checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from sharemeal.actions.fix_day import fix_day, reopen_day
from sharemeal.actions.import_files import import_rows
from sharemeal.actions.plan_day import plan_day
from sharemeal.actions.sign_off import sign_few_contacts, sign_off
from sharemeal.cli.day_report import as_json
from sharemeal.households import PauseSpan
from sharemeal.labs import LabRules
from sharemeal.papers.spreadsheets import read_table
from sharemeal.papers.tables import TABLES
from sharemeal.store import service_days, sweeps
from sharemeal.store.base import Store, transaction
from sharemeal.store.households import Decline, Household, Pause
from sharemeal.store.labs import Lab
from sharemeal.store.volunteers import DutyAnswer, Volunteer
from tests.checker import check_week
from tests.checker.tables import Tables
from tests.make.spreadsheets import WRITERS
from tests.make.weeks import Week

SOLUTIONS = 20


@dataclass(frozen=True)
class Absences:
    """Who is away on the day, by number."""

    paused: Sequence[str] = ()
    declined: Sequence[str] = ()
    absent: Sequence[str] = ()


def findings(store: Store, slug: str, week: Week, now: datetime, away: Absences = Absences()) -> list[str]:
    """Import the week into a lab of its own, plan it, and say what the independent checker finds."""
    day = date.fromisoformat(week.date)
    with store.session(all_labs=True) as session, transaction(session, now):
        lab = Lab(slug=slug, name=slug, rules=LabRules())
        session.add(lab)
        session.flush()
        lab_id = lab.id
    tables = _taken_in(store, lab_id, week, now)
    _send_away(store, lab_id, day, away, now)
    plan = plan_day(store, lab_id, day, now=now, actor="test", seconds=20, solutions=SOLUTIONS)
    with store.session(lab_id) as session:
        kept = service_days.on(session, day)
        assert kept is not None
        told = as_json(kept)
    found = check_week(
        tables, told, plan.problem, paused=away.paused, declined=away.declined, absent=away.absent
    )
    return [*found, *_forgotten(store, lab_id, day, now)]


def _forgotten(store: Store, lab_id: int, day: date, now: datetime) -> list[str]:
    """Settle the day as a coordinator would, and say whom the auditor misses; then it is a draft again."""
    with store.session(lab_id, actor="test") as session:
        kept = service_days.on(session, day)
        assert kept is not None
        if not kept.routes:
            return []
        for home in {short.household.number for short in kept.shortages}:
            sign_off(session, day, home, reason="電話でたずねます", by="桜井", now=now)
        sign_few_contacts(session, day, reason="ひとりで電話を待ちます", by="桜井", now=now)
        fix_day(session, day, by="桜井", now=now)
        with store.session(all_labs=True) as everyone:
            found = sweeps.hits(everyone, now)
        reopen_day(session, day, now=now)
    return [f"the auditor finds {kind.value} {count}" for kind, count in found.items()]


def _taken_in(store: Store, lab_id: int, week: Week, now: datetime) -> Tables:
    """Import what there is; the tables that were taken. Offers that cannot be meant are refused as a whole."""
    tables = week.tables
    for kind, rows in week.tables.items():
        if not rows:
            continue
        with store.session(lab_id, actor="test") as session:
            table = read_table(WRITERS["cp932"](kind, rows), TABLES[kind], most_bytes=1_000_000)
            taken = import_rows(session, kind, table, now=now, actor="test")
        faults = [(fault.row, fault.column, str(fault.refusal)) for fault in taken.faults]
        if faults and week.nature == "ready too late to hand over":
            assert {column for _, column, _ in faults} == {"できあがり"}
            tables[kind] = []
            continue
        assert faults == [], faults
        assert taken.created == len(rows)
    return tables


def _send_away(store: Store, lab_id: int, day: date, away: Absences, now: datetime) -> None:
    with store.session(lab_id, actor="test") as session, transaction(session, now):
        homes = {str(home.number): home.id for home in session.scalars(select(Household))}
        helpers = {str(helper.number): helper.id for helper in session.scalars(select(Volunteer))}
        session.add_all(Pause(household_id=homes[number], span=PauseSpan(day)) for number in away.paused)
        session.add_all(
            Decline(household_id=homes[number], service_date=day, declined_at=now) for number in away.declined
        )
        session.add_all(
            DutyAnswer(volunteer_id=helpers[number], service_date=day, can_serve=False, answered_at=now)
            for number in away.absent
        )
