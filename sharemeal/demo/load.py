"""Labs to look at: invented people at real chō, past weeks, and a coming service day that is ready to plan."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from sharemeal.actions.found_lab import new_lab
from sharemeal.demo.history import live_through
from sharemeal.demo.menus import cooked
from sharemeal.demo.names import LAB_NAMES
from sharemeal.demo.people import rest, settle
from sharemeal.demo.visits import Desk, visit_all
from sharemeal.store.alerts import contacts
from sharemeal.store.base import Store, narrow, transaction
from sharemeal.store.labs import all_labs, by_slug
from sharemeal.store.volunteers import DutyAnswer


def load(
    store: Store, *, labs: int, weeks: int, seed: int, now: datetime, if_empty: bool = False
) -> list[str]:
    """Add so many labs with so many past weeks each; returns their slugs.

    The same seed on the same day gives the same people and numbers. With ``if_empty`` nothing happens where there
    is a lab already. Each lab is one unit of work.
    """
    with store.session(all_labs=True) as session:
        if if_empty and all_labs(session):
            return []
    slugs = []
    for index in range(labs):
        with store.session(all_labs=True, actor="demo") as session, transaction(session, now):
            slugs.append(_lab(session, index, weeks=weeks, seed=seed, now=now))
    return slugs


def _lab(session: Session, index: int, *, weeks: int, seed: int, now: datetime) -> str:
    number = index + 1
    while by_slug(session, _slug(number)) is not None:
        number += 1
    place = LAB_NAMES[(number - 1) % len(LAB_NAMES)]
    lab = new_lab(session, _slug(number), f"{place}リビングラボ（見本）")
    narrow(session, lab.id)
    dice = random.Random(f"{seed} {index}")  # noqa: S311  (invented people need no secret dice)
    coming = lab.rules.coming_service_date(now)
    past = lab.rules.service_days_before(coming, weeks)
    settled_on = past[0] - timedelta(days=1) if past else lab.rules.today(now)
    people = settle(
        session,
        dice,
        lab=number - 1,
        today=settled_on,
        at=lab.rules.moment(settled_on, 0),
    )
    for contact in contacts(session):
        contact.tested_at = now - timedelta(days=5)
    doors = random.Random(f"{seed} {index} doors")  # noqa: S311
    for day in past:
        lived = live_through(session, dice, people, lab.rules, day)
        visit_all(session, doors, lived, lab.rules, Desk(people.coordinators[0], leave_open=day == past[-1]))
    resting = people.homes[dice.randrange(len(people.homes))]
    rest(session, resting, coming)
    entered_at = min(now, lab.rules.moment(coming - timedelta(days=2), 10 * 3600))
    wanting = [home for home in people.homes if home is not resting]
    session.add_all(cooked(dice, people.kitchens, wanting, coming, entered_at=entered_at))
    session.add(
        DutyAnswer(
            volunteer_id=people.volunteers[0].id, service_date=coming, can_serve=True, answered_at=entered_at
        )
    )
    session.flush()
    return lab.slug


def _slug(number: int) -> str:
    return "demo" if number == 1 else f"demo-{number}"
